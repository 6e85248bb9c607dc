//! Letters: their order, their forms, what they are.
//!
//! Only the first page of Unicode is known, as published; with a Japanese locale kana too.

use super::{BADFLAGS, CYCLES_PER_BYTE, store, wide_source};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::jstring::kana_width;
use crate::kernel::portfolio::jstring::room::Room;
use std::cmp::Ordering;

mod attr {
    pub const UPPERCASE: u32 = 1 << 0;
    pub const LOWERCASE: u32 = 1 << 1;
    pub const PUNCTUATION: u32 = 1 << 2;
    pub const DECIMAL_DIGIT: u32 = 1 << 3;
    pub const NUMBERS: u32 = 1 << 4;
    pub const SPACE: u32 = 1 << 6;
    pub const HALF_WIDTH: u32 = 1 << 7;
    pub const FULL_WIDTH: u32 = 1 << 8;
    pub const KANA: u32 = 1 << 9;
    pub const HIRAGANA: u32 = 1 << 10;
    pub const KANJI: u32 = 1 << 11;
}

mod conv {
    pub const UPPERCASE: u32 = 1 << 0;
    pub const LOWERCASE: u32 = 1 << 1;
    pub const STRIPDIACRITICALS: u32 = 1 << 2;
    pub const HALF_WIDTH: u32 = 1 << 3;
    pub const FULL_WIDTH: u32 = 1 << 4;
    pub const ALL: u32 = (1 << 5) - 1;
}

/// A character of the first page.
fn latin(unit: u16) -> Option<char> {
    u8::try_from(unit).ok().map(char::from)
}

/// One case for another, where both are on the first page.
fn with_case(unit: u16, upper: bool) -> u16 {
    let Some(character) = latin(unit) else {
        return unit;
    };
    let changed = |mut to: std::char::ToUppercase| (to.next(), to.next());
    let other = match upper {
        true => match changed(character.to_uppercase()) {
            (Some(one), None) => one,
            _ => character,
        },
        false => character.to_lowercase().next().unwrap_or(character),
    };
    match u8::try_from(u32::from(other)) {
        Ok(byte) => u16::from(byte),
        Err(_) => unit,
    }
}

/// The letter under a diacritical mark.
fn stripped(unit: u16) -> u16 {
    let plain = match unit {
        0xC0..=0xC5 => b'A',
        0xC7 => b'C',
        0xC8..=0xCB => b'E',
        0xCC..=0xCF => b'I',
        0xD1 => b'N',
        0xD2..=0xD6 | 0xD8 => b'O',
        0xD9..=0xDC => b'U',
        0xDD => b'Y',
        0xE0..=0xE5 => b'a',
        0xE7 => b'c',
        0xE8..=0xEB => b'e',
        0xEC..=0xEF => b'i',
        0xF1 => b'n',
        0xF2..=0xF6 | 0xF8 => b'o',
        0xF9..=0xFC => b'u',
        0xFD | 0xFF => b'y',
        _ => return unit,
    };
    u16::from(plain)
}

/// What a string is sorted by first: letters without case and marks, ligatures as two letters.
fn letters(text: &[u16]) -> impl Iterator<Item = u16> + '_ {
    text.iter().flat_map(|&unit| {
        let pair = |one: u8, other: u8| [Some(u16::from(one)), Some(u16::from(other))];
        let both = match unit {
            0xC6 | 0xE6 => pair(b'a', b'e'),
            0xDF => pair(b's', b's'),
            _ => [Some(with_case(stripped(unit), false)), None],
        };
        both.into_iter().flatten()
    })
}

/// Letters decide, then marks, then case: small letters come first.
fn collate(one: &[u16], other: &[u16]) -> Ordering {
    let unmarked = |unit: &u16| with_case(*unit, false);
    letters(one)
        .cmp(letters(other))
        .then_with(|| one.iter().map(unmarked).cmp(other.iter().map(unmarked)))
        .then_with(|| other.cmp(one))
}

fn attributes(unit: u16, japanese: bool) -> u32 {
    if let Some(character) = latin(unit) {
        return match character {
            '0'..='9' => attr::DECIMAL_DIGIT,
            '¼' | '½' | '¾' => attr::NUMBERS,
            '²' | '³' | '¹' => 0,
            _ if character.is_whitespace() => attr::SPACE,
            _ if character.is_uppercase() => attr::UPPERCASE,
            _ if character.is_lowercase() => attr::LOWERCASE,
            _ if character.is_control() => 0,
            _ => attr::PUNCTUATION,
        };
    }
    if !japanese {
        return 0;
    }
    match unit {
        0x3000 => attr::SPACE,
        0x3001 | 0x3002 | 0x300C | 0x300D | 0x30FB => attr::PUNCTUATION,
        0x3041..=0x3093 => attr::HIRAGANA,
        0x30A1..=0x30F6 | 0x30FC => attr::KANA | attr::FULL_WIDTH,
        0x4E00..=0x9FFF => attr::KANJI,
        0xFF61..=0xFF65 => attr::PUNCTUATION | attr::HALF_WIDTH,
        0xFF66..=0xFF9F => attr::KANA | attr::HALF_WIDTH,
        _ => 0,
    }
}

/// Vector 4.
pub(super) fn compare_strings(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    locale: Item,
    one: u32,
    other: u32,
) -> Result<i32, Trouble> {
    k.check_locale(cx.mem, locale)?;
    let one = wide_source(cx, one)?;
    let other = wide_source(cx, other)?;
    Ok(collate(&one, &other) as i32)
}

/// Vector 5.
pub(super) fn convert_string(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    locale: Item,
    string: u32,
    result: u32,
    size: u32,
    flags: u32,
) -> Result<u32, Trouble> {
    let japanese = k.is_japanese(cx.mem, locale)?;
    let has = |flag: u32| flags & flag != 0;
    if flags & !conv::ALL != 0
        || has(conv::UPPERCASE) && has(conv::LOWERCASE)
        || has(conv::HALF_WIDTH) && has(conv::FULL_WIDTH)
    {
        return Err(BADFLAGS.into());
    }
    let mut text = wide_source(cx, string)?;
    if japanese && has(conv::HALF_WIDTH | conv::FULL_WIDTH) {
        cx.charge.0 += text.len() as u64 * CYCLES_PER_BYTE;
        text = kana_width(&text, has(conv::HALF_WIDTH));
    }
    let mut room = Room::new(size, 2);
    for mut unit in text {
        if has(conv::STRIPDIACRITICALS) {
            unit = stripped(unit);
        }
        if has(conv::UPPERCASE | conv::LOWERCASE) {
            unit = with_case(unit, has(conv::UPPERCASE));
        }
        room.push_wide(&[unit]);
    }
    store(cx, room, result)
}

/// Vector 6.
pub(super) fn get_char_attrs(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    locale: Item,
    character: u32,
) -> Result<u32, Trouble> {
    let japanese = k.is_japanese(cx.mem, locale)?;
    Ok(attributes(character as u16, japanese))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn strings_are_sorted_as_in_a_dictionary() {
        let sorted = [
            "", " x", "10", "9", "a", "A", "aa", "Ab", "ad", "ae", "æ", "Æ", "Æb", "cote", "coté",
            "côte", "côté", "resume", "Resume", "résumé", "strase", "strasse", "straße", "z",
        ];
        for (n, one) in sorted.iter().enumerate() {
            for (m, other) in sorted.iter().enumerate() {
                let order = collate(&wide(one), &wide(other));
                assert_eq!(order, n.cmp(&m), "{one} and {other}");
            }
        }
    }

    #[test]
    fn case_and_marks_of_the_first_page() {
        let all = |f: &dyn Fn(u16) -> u16, text: &str| {
            let units: Vec<u16> = wide(text).into_iter().map(f).collect();
            String::from_utf16(&units).unwrap()
        };
        assert_eq!(all(&|u| with_case(u, true), "aé÷ßÿµž"), "AÉ÷ßÿµž");
        assert_eq!(all(&|u| with_case(u, false), "AÉ×ÞŽ"), "aé×þŽ");
        assert_eq!(all(&stripped, "ÀÇØñÿÆßž"), "ACOnyÆßž");
        for unit in 0..=0xFF {
            assert!(with_case(unit, true) <= 0xFF && with_case(unit, false) <= 0xFF);
        }
    }
}
