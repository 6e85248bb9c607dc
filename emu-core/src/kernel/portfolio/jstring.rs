//! JString folio: Japanese text from one encoding to another.
//!
//! SDK header jstring.h. The International folio uses the same conversions.
//!
//! ```text
//! bytes ── source ── characters of Unicode ── result ── bytes
//!              romaji becomes katakana    kana becomes the wanted kana, or romaji
//! ```
//!
//! | module | what it knows |
//! |---|---|
//! | `scripts` | the character sets, and every way between two of them |
//! | `kana` | hiragana, katakana, and katakana of half width |
//! | `romaji` | Japanese in Latin letters |
//! | `room` | the caller's buffer: how much fits, and what ends it |

mod kana;
mod romaji;
pub(super) mod room;
pub(super) mod scripts;

#[cfg(test)]
mod tests;

use self::room::{Overflow, Room};
use self::scripts::{Script, transliterate};
use super::Portfolio;
use super::errors::{Parts, Status};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{BadAccess, GuestPtr, Memory};

const BUFFERTOOSMALL: Status = Parts::severe(b'F', b"JS", 1, 1).code();

/// Cycles for each byte that is read or written.
pub(super) const CYCLES_PER_BYTE: u64 = 12;

/// The bytes of a string up to its zero, which has as many bytes as a character of it.
pub(super) fn read_text(mem: &Memory, at: u32, unit: usize) -> Result<Vec<u8>, BadAccess> {
    let mut text = Vec::new();
    let mut next = GuestPtr::<u8>::new(at);
    loop {
        let start = text.len();
        for _ in 0..unit {
            text.push(mem.read(next)?);
            next = next.index(1);
        }
        if text.iter().skip(start).all(|&byte| byte == 0) {
            text.truncate(start);
            return Ok(text);
        }
    }
}

/// Writes the katakana of a text in half width, or in full; what has no other form stays.
pub(super) fn kana_width(text: &[u16], half: bool) -> Vec<u16> {
    let characters: Vec<Option<char>> = text
        .iter()
        .map(|&unit| char::from_u32(unit.into()))
        .collect();
    kana::with_width(&characters, half)
        .into_iter()
        .map(|c| {
            c.and_then(|c| u16::try_from(u32::from(c)).ok())
                .unwrap_or(0xFFFD)
        })
        .collect()
}

/// The arguments that all calls of this folio have.
struct Job {
    string: GuestPtr<u8>,
    result: GuestPtr<u8>,
    size: u32,
    filler: u8,
}

/// One conversion. The result ends with a zero whenever there is room for one; what does not
/// fit is left off.
fn convert(cx: &mut CallCx<'_>, job: &Job, from: Script, to: Script) -> Result<u32, Trouble> {
    let text = read_text(cx.mem, job.string.addr(), from.unit())?;
    let mut room = Room::new(job.size, to.unit());
    transliterate(&text, from, to, job.filler, &mut room);
    cx.charge.0 += (text.len() + room.len()) as u64 * CYCLES_PER_BYTE;
    match room.store(cx.mem, job.result.addr())? {
        Ok(count) => Ok(count),
        Err(Overflow) => Err(BUFFERTOOSMALL.into()),
    }
}

/// One handler for each way.
macro_rules! ways {
    ($($name:ident: $from:ident => $to:ident;)*) => {
        $(fn $name(
            _k: &mut Portfolio,
            cx: &mut CallCx<'_>,
            string: GuestPtr<u8>,
            result: GuestPtr<u8>,
            size: u32,
            filler: u8,
        ) -> Result<u32, Trouble> {
            let job = Job { string, result, size, filler };
            convert(cx, &job, Script::$from, Script::$to)
        })*
    };
}

ways! {
    shift_jis_to_unicode: ShiftJis => Unicode;
    unicode_to_shift_jis: Unicode => ShiftJis;
    shift_jis_to_ascii: ShiftJis => Ascii;
    ascii_to_shift_jis: Ascii => ShiftJis;
    romaji_to_hiragana: Romaji => Hiragana;
    romaji_to_full_kana: Romaji => FullKana;
    romaji_to_half_kana: Romaji => HalfKana;
    hiragana_to_romaji: Hiragana => Romaji;
    hiragana_to_full_kana: Hiragana => FullKana;
    hiragana_to_half_kana: Hiragana => HalfKana;
    full_kana_to_hiragana: FullKana => Hiragana;
    full_kana_to_half_kana: FullKana => HalfKana;
    full_kana_to_romaji: FullKana => Romaji;
    half_kana_to_hiragana: HalfKana => Hiragana;
    half_kana_to_full_kana: HalfKana => FullKana;
    half_kana_to_romaji: HalfKana => Romaji;
}

calls! { pub(crate) CALLS: Jstring;
    vec 1 ShiftJIS2UniCode(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = shift_jis_to_unicode;
    vec 2 UniCode2ShiftJIS(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = unicode_to_shift_jis;
    vec 3 ShiftJIS2ASCII(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = shift_jis_to_ascii;
    vec 4 ASCII2ShiftJIS(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = ascii_to_shift_jis;
    vec 5 Romaji2Hiragana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = romaji_to_hiragana;
    vec 6 Romaji2FullKana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = romaji_to_full_kana;
    vec 7 Romaji2HalfKana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = romaji_to_half_kana;
    vec 8 Hiragana2Romaji(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = hiragana_to_romaji;
    vec 9 Hiragana2FullKana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = hiragana_to_full_kana;
    vec 10 Hiragana2HalfKana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = hiragana_to_half_kana;
    vec 11 FullKana2Hiragana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = full_kana_to_hiragana;
    vec 12 FullKana2HalfKana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = full_kana_to_half_kana;
    vec 13 FullKana2Romaji(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = full_kana_to_romaji;
    vec 14 HalfKana2Hiragana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = half_kana_to_hiragana;
    vec 15 HalfKana2FullKana(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = half_kana_to_full_kana;
    vec 16 HalfKana2Romaji(string: GuestPtr<u8>, result: GuestPtr<u8>, size: u32, filler: u8) -> Number = half_kana_to_romaji;
}
