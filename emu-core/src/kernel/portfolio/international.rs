//! International folio: numbers, dates and texts of a country.
//!
//! SDK header intl.h and the guide's chapter on the folio.
//!
//! | module | what it knows |
//! |---|---|
//! | `locale` | the Locale item: whose customs are followed |
//! | `field` | widths, limits and padding in format strings |
//! | `numbers` | FormatNumber |
//! | `dates` | FormatDate |
//! | `letters` | CompareStrings, ConvertString, GetCharAttrs |
//! | `sets` | TransliterateString |

mod dates;
mod field;
mod letters;
mod locale;
mod numbers;
mod sets;

pub(super) use self::locale::LOCALENODE;
pub use self::locale::{Locale, NumericSpec, Sign};

use self::dates::format_date;
use self::letters::{compare_strings, convert_string, get_char_attrs};
use self::numbers::format_number;
use self::sets::transliterate_string;
use super::errors::{Parts, Status};
use super::items::Item;
use super::jstring::CYCLES_PER_BYTE;
use super::jstring::read_text;
use super::jstring::room::Room;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{GuestPtr, Memory};
use serde::{Deserialize, Serialize};

/// The folio's number.
pub(super) const INTLNODE: u8 = 9;

/// A code of class "standard" of the folio.
const fn standard(number: u8) -> Status {
    Parts::severe(b'F', b"IN", 0, number).code()
}

/// A code of the folio's own class.
const fn own(number: u8) -> Status {
    Parts::severe(b'F', b"IN", 1, number).code()
}

const BADITEM: Status = standard(1);
pub(super) const BADTAG: Status = standard(2);
pub(super) const NOTSUPPORTED: Status = standard(16);
const BADRESULTBUFFER: Status = own(1);
const BUFFERTOOSMALL: Status = own(2);
const BADNUMERICSPEC: Status = own(3);
const FRACTOOLARGE: Status = own(4);
const IMPOSSIBLEDATE: Status = own(5);
const BADGREGORIANDATE: Status = own(6);
const BADDATESPEC: Status = own(7);
const BADCHARACTERSET: Status = own(9);
const BADSOURCEBUFFER: Status = own(10);
const BADFLAGS: Status = own(11);

/// What the International folio knows that guests cannot see.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct International {
    /// The item that every program opens. It is made when it is first asked for.
    locale: Item,
}

/// A string of 16-bit characters; an empty one for a null pointer.
fn wide_text(cx: &mut CallCx<'_>, at: u32, bad: Status) -> Result<Vec<u16>, Status> {
    if at == 0 {
        return Ok(Vec::new());
    }
    let bytes = read_text(cx.mem, at, 2).map_err(|_| bad)?;
    cx.charge.0 += bytes.len() as u64 * CYCLES_PER_BYTE;
    let units = bytes.chunks_exact(2);
    Ok(units
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect())
}

/// The same of a string that must be there.
fn wide_source(cx: &mut CallCx<'_>, at: u32) -> Result<Vec<u16>, Status> {
    if at == 0 {
        return Err(BADSOURCEBUFFER);
    }
    wide_text(cx, at, BADSOURCEBUFFER)
}

/// Writes a result; gives the number of its characters.
fn store(cx: &mut CallCx<'_>, room: Room, result: u32) -> Result<u32, Trouble> {
    cx.charge.0 += room.len() as u64 * CYCLES_PER_BYTE;
    if result == 0 {
        return Err(BADRESULTBUFFER.into());
    }
    let stored = room.store(cx.mem, result).map_err(|_| BADRESULTBUFFER)?;
    Ok(stored.map_err(|_| BUFFERTOOSMALL)?)
}

/// A word of a structure that a program alleges.
fn word(mem: &Memory, at: GuestPtr<u32>, bad: Status) -> Result<u32, Status> {
    mem.read(at).map_err(|_| bad)
}

calls! { pub(crate) CALLS: International;
    vec 1 FormatNumber(locale: Item, spec: GuestPtr<NumericSpec>, whole: u32, frac: u32, negative: u32, do_frac: u32, result: u32, size: u32) -> Number = format_number;
    vec 2 FormatDate(locale: Item, spec: u32, date: GuestPtr<u8>, result: u32, size: u32) -> Number = format_date;
    vec 3 TransliterateString(string: u32, from: i32, result: u32, to: i32, size: u32, filler: u8) -> Number = transliterate_string;
    vec 4 CompareStrings(locale: Item, one: u32, other: u32) -> Word = compare_strings;
    vec 5 ConvertString(locale: Item, string: u32, result: u32, size: u32, flags: u32) -> Number = convert_string;
    vec 6 GetCharAttrs(locale: Item, character: u32) -> Bits = get_char_attrs;
}
