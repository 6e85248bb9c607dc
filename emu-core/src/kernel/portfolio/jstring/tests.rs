//! Conversions without a guest.

use super::room::{Overflow, Room};
use super::scripts::{Script, transliterate};
use crate::mem::Memory;
use proptest::prelude::*;

const AT: u32 = 0x5_0000;

fn convert_into(
    size: u32,
    text: &[u8],
    from: Script,
    to: Script,
) -> (Result<u32, Overflow>, Vec<u8>) {
    let mut mem = Memory::new();
    mem.set_writable(AT, AT + 0x8000, true);
    let mut room = Room::new(size, to.unit());
    transliterate(text, from, to, b'?', &mut room);
    let length = room.len() as u32;
    let stored = room.store(&mut mem, AT).expect("memory");
    (stored, mem.bytes(AT, length).expect("memory").to_vec())
}

fn convert(text: &[u8], from: Script, to: Script) -> Vec<u8> {
    let (stored, bytes) = convert_into(0x4000, text, from, to);
    assert_eq!(stored, Ok((bytes.len() / to.unit()) as u32));
    bytes
}

/// Text in Shift-JIS.
fn sjis(text: &str) -> Vec<u8> {
    let (bytes, _, unknown) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!unknown, "{text}");
    bytes.into_owned()
}

fn show(bytes: &[u8]) -> String {
    encoding_rs::SHIFT_JIS.decode(bytes).0.into_owned()
}

#[test]
fn kana_become_each_other() {
    use Script::{FullKana, HalfKana, Hiragana};
    let rows = [
        (
            Hiragana,
            "がっこう、ぱぴぷ。",
            FullKana,
            "ガッコウ、パピプ。",
        ),
        (Hiragana, "がーゃ゛", HalfKana, "ｶﾞｰｬﾞ"),
        (
            FullKana,
            "ヴァイオリン・「ー」",
            Hiragana,
            "う゛ぁいおりん・「ー」",
        ),
        (FullKana, "ヴポ゜ン。", HalfKana, "ｳﾞﾎﾟﾟﾝ｡"),
        (HalfKana, "ｶﾞｷﾞﾊﾟﾞｱﾞ", FullKana, "ガギパ゛ア゛"),
        (HalfKana, "ｳﾞｱ", Hiragana, "う゛あ"),
        (FullKana, "ヰヱヮヵヶ漢A1", HalfKana, "??????A1"),
        (FullKana, "ヵ漢ア", Hiragana, "??あ"),
    ];
    for (from, text, to, expected) in rows {
        assert_eq!(show(&convert(&sjis(text), from, to)), expected, "{text}");
    }
}

#[test]
fn romaji_is_read_and_written() {
    let rows = [
        ("konnichiwa", "コンニチワ"),
        ("Shimbun", "シンブン"),
        ("kin'en", "キンエン"),
        ("gakkou matcha", "ガッコウ マッチャ"),
        ("si ti tu hu zya", "シ チ ツ フ ジャ"),
        ("ra-men", "ラーメン"),
        ("shashin 3", "シャシン 3"),
    ];
    for (roman, kana) in rows {
        let read = convert(roman.as_bytes(), Script::Romaji, Script::FullKana);
        assert_eq!(show(&read), kana, "{roman}");
    }
    let rows = [
        ("しんおおさか きっちん", "shin'oosaka kitchin"),
        ("じゅんび、っ。", "junbi,xtsu."),
        ("ゔ".trim_matches('ゔ'), ""),
        ("らーめんファンにゃ", "ra-menfannya"),
    ];
    for (kana, roman) in rows {
        let written = convert(&sjis(kana), Script::Hiragana, Script::Romaji);
        assert_eq!(show(&written), roman, "{kana}");
    }
    let unknown = convert(b"q", Script::Romaji, Script::HalfKana);
    assert_eq!(unknown, b"?");
}

#[test]
fn unicode_ascii_and_shift_jis() {
    use Script::{Ascii, ShiftJis, Unicode};
    let unicode =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    assert_eq!(convert(&sjis("aｱ漢"), ShiftJis, Unicode), unicode("aｱ漢"));
    assert_eq!(
        convert(&unicode("aｱ漢é\u{E000}"), Unicode, ShiftJis),
        [&sjis("aｱ漢")[..], b"?", &[0xF0, 0x40]].concat()
    );
    assert_eq!(
        convert(&unicode("é×Ａ"), Unicode, Ascii),
        b"\xE9\xD7?",
        "never above the first page"
    );
    assert_eq!(convert(&sjis("Ａｂ！　漢×"), ShiftJis, Ascii), b"Ab! ?\xD7");
    assert_eq!(
        convert(b"a\xD7\xE9", Ascii, ShiftJis),
        [b"a", &sjis("×")[..], b"?"].concat()
    );
    assert_eq!(
        convert(b"\x81", ShiftJis, Unicode),
        [0, b'?'],
        "half a character"
    );
    assert_eq!(convert(&[0xD8, 0x00], Unicode, Ascii), b"?", "a surrogate");
}

#[test]
fn rooms_are_never_left() {
    use Script::{FullKana, Hiragana, Unicode};
    let text = sjis("あい");
    let (stored, bytes) = convert_into(4, &text, Hiragana, FullKana);
    assert_eq!((stored, show(&bytes)), (Err(Overflow), "ア".to_owned()));
    let (stored, bytes) = convert_into(5, &text, Hiragana, FullKana);
    assert_eq!((stored, show(&bytes)), (Ok(4), "アイ".to_owned()));
    assert_eq!(convert_into(0, b"", Hiragana, FullKana).0, Err(Overflow));
    assert_eq!(convert_into(1, b"", Hiragana, FullKana).0, Ok(0));
    assert_eq!(convert_into(1, b"", Hiragana, Unicode).0, Err(Overflow));
}

/// Every character that Shift-JIS reads as one is written as that again, or as its double.
#[test]
fn shift_jis_goes_through_unicode() {
    use Script::{ShiftJis, Unicode};
    let unknown = [0, b'?'];
    for code in 0x8140_u16..=0xFCFC {
        let wide = convert(&code.to_be_bytes(), ShiftJis, Unicode);
        if wide.len() == 2 && wide != unknown {
            let back = convert(&wide, Unicode, ShiftJis);
            assert_eq!(convert(&back, ShiftJis, Unicode), wide, "{code:#x}");
        }
    }
}

proptest! {
    /// Any bytes in any set: no panic, nothing beyond the room.
    #[test]
    fn any_text_converts(
        text in prop::collection::vec(any::<u8>(), 0..60),
        (from, to) in (0_u32..7, 0_u32..7),
        size in 0_u32..80,
    ) {
        let (from, to) = (Script::of(from).unwrap(), Script::of(to).unwrap());
        let (stored, bytes) = convert_into(size, &text, from, to);
        prop_assert!(bytes.len() + to.unit() <= size as usize || bytes.is_empty());
        if let Ok(count) = stored {
            prop_assert_eq!(count as usize * to.unit(), bytes.len());
        }
    }

    /// Katakana survive half width and back, and romaji and back.
    #[test]
    fn kana_come_back(text in "[アイウカガキギクシジスタチツナニノハバパヒホポマミモヤユヨラリロワヲン]{0,30}") {
        use Script::{FullKana, HalfKana, Hiragana, Romaji};
        for by in [HalfKana, Hiragana, Romaji] {
            let there = convert(&sjis(&text), FullKana, by);
            prop_assert_eq!(show(&convert(&there, by, FullKana)), &text[..], "{:?}", by);
        }
    }
}
