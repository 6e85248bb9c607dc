//! The character sets, and every way between two of them.

use super::kana::{self, to_full, to_half, to_hiragana};
use super::romaji;
use super::room::Room;
use encoding_rs::SHIFT_JIS;

/// Characters that users of Shift-JIS define: 0xF040 and on.
const USER_FIRST: char = '\u{E000}';
const USER_LAST: char = '\u{E757}';
/// Characters of one first byte.
const ROW: u32 = 188;

/// A character set, in the order of the header's `CharacterSets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel::portfolio) enum Script {
    /// Eight bits: the first page of Unicode.
    Ascii,
    /// Sixteen bits.
    Unicode,
    /// Eight or sixteen bits.
    ShiftJis,
    /// Japanese in Latin letters.
    Romaji,
    /// Shift-JIS with katakana of half width.
    HalfKana,
    /// Shift-JIS with katakana.
    FullKana,
    /// Shift-JIS with hiragana.
    Hiragana,
}

impl Script {
    /// All of them.
    pub(in crate::kernel::portfolio) const ALL: [Script; 7] = [
        Script::Ascii,
        Script::Unicode,
        Script::ShiftJis,
        Script::Romaji,
        Script::HalfKana,
        Script::FullKana,
        Script::Hiragana,
    ];

    /// The set of a number.
    pub(in crate::kernel::portfolio) fn of(number: u32) -> Option<Script> {
        let index = usize::try_from(number).ok()?;
        Self::ALL.get(index).copied()
    }

    /// Bytes of the zero behind a string of it.
    pub(in crate::kernel::portfolio) fn unit(self) -> usize {
        match self {
            Script::Unicode => 2,
            _ => 1,
        }
    }

    fn is_kana(self) -> bool {
        matches!(self, Script::HalfKana | Script::FullKana | Script::Hiragana)
    }
}

/// Writes a text in another character set. A character that the result's set cannot express
/// becomes one filler.
pub(in crate::kernel::portfolio) fn transliterate(
    text: &[u8],
    from: Script,
    to: Script,
    filler: u8,
    room: &mut Room,
) {
    let mut text = decode(text, from);
    if from == Script::Romaji && to.is_kana() {
        text = romaji::to_katakana(&text);
    }
    if to == Script::Romaji {
        text = romaji::from_katakana(&kana::unite(&text));
    } else if to.is_kana() {
        text = kana::unite(&text);
    }
    for character in text {
        if room.is_full() {
            break;
        }
        let written = character.is_some_and(|c| encode(c, from, to, room));
        if !written {
            match to {
                Script::Unicode => room.push(&[0, filler]),
                _ => room.push(&[filler]),
            }
        }
    }
}

/// The characters of a text; `None` stands for bytes that are no character.
fn decode(text: &[u8], from: Script) -> Vec<Option<char>> {
    match from {
        Script::Ascii | Script::Romaji => text.iter().map(|&b| Some(char::from(b))).collect(),
        Script::Unicode => text
            .chunks_exact(2)
            .map(|pair| char::from_u32(u32::from(pair[0]) << 8 | u32::from(pair[1])))
            .collect(),
        _ => {
            let mut characters = Vec::new();
            let mut left = text;
            while let Some(&first) = left.first() {
                let is_lead = matches!(first, 0x81..=0x9F | 0xE0..=0xFC);
                let length = if is_lead { 2 } else { 1 };
                let (code, rest) = left.split_at(length.min(left.len()));
                characters.push(decode_one(code));
                left = rest;
            }
            characters
        }
    }
}

fn decode_one(code: &[u8]) -> Option<char> {
    if let [byte @ 0..=0x7F] = code {
        return Some(char::from(*byte));
    }
    let (text, bad) = SHIFT_JIS.decode_without_bom_handling(code);
    let mut characters = text.chars();
    match (bad, characters.next(), characters.next()) {
        (false, Some(character), None) => Some(character),
        _ => None,
    }
}

/// Writes a character; false when the set does not have it.
fn encode(character: char, from: Script, to: Script, room: &mut Room) -> bool {
    match to {
        Script::Unicode => match u16::try_from(u32::from(character)) {
            Ok(unit) => room.push(&unit.to_be_bytes()),
            Err(_) => return false,
        },
        Script::Ascii | Script::Romaji => {
            // "When converting from UniCode to ASCII, characters not in the first UniCode page
            // are never converted."
            let character = match from {
                Script::Unicode => character,
                _ => narrow(character),
            };
            match u8::try_from(u32::from(character)) {
                Ok(byte) => room.push(&[byte]),
                Err(_) => return false,
            }
        }
        Script::ShiftJis => return encode_shift_jis(character, room),
        Script::FullKana => {
            return is_in_kana_text(character) && encode_shift_jis(character, room);
        }
        Script::Hiragana => return encode_all(to_hiragana(character), room),
        Script::HalfKana => return encode_all(to_half(character), room),
    }
    true
}

/// What texts of kana have: kana, their marks, and ASCII.
fn is_in_kana_text(character: char) -> bool {
    character.is_ascii() || to_full(character).is_some()
}

fn encode_all(text: Option<[Option<char>; 2]>, room: &mut Room) -> bool {
    let Some(text) = text else {
        return false;
    };
    text.into_iter()
        .flatten()
        .all(|c| encode_shift_jis(c, room))
}

fn encode_shift_jis(character: char, room: &mut Room) -> bool {
    if let USER_FIRST..=USER_LAST = character {
        // The table reads these and does not write them.
        let number = u32::from(character) - u32::from(USER_FIRST);
        let (row, cell) = (number / ROW, number % ROW);
        // 0x7F is no second byte.
        let second = cell + 0x40 + u32::from(cell >= 0x3F);
        room.push(&[(0xF0 + row) as u8, second as u8]);
        return true;
    }
    let mut utf8 = [0; 4];
    let (bytes, _, unknown) = SHIFT_JIS.encode(character.encode_utf8(&mut utf8));
    if !unknown {
        room.push(&bytes);
    }
    !unknown
}

/// The ASCII character of a Latin letter, digit or sign of full width.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => {
            let code = u32::from(character) - 0xFF01 + 0x21;
            char::from_u32(code).unwrap_or(character)
        }
        _ => character,
    }
}
