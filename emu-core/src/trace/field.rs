//! The values in events: each type's bytes and its word of text.
//!
//! Numbers are LEB128, so small ones take one byte. A value has exactly one encoding and one
//! spelling: reading and writing again gives the same bytes.

mod call;
mod request;

pub(crate) use call::SYSTEMS;

pub use super::bytes::{Reader, put_number};
use crate::kernel::portfolio::items::Item;
use crate::time::Ticks;
use std::fmt::Write;
use thiserror::Error;

/// Longest text in an event, in bytes.
pub const MAX_TEXT: usize = 1 << 16;

/// What is wrong with the bytes or the text of an event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// The bytes end too early.
    #[error("it ends in the middle of a value")]
    Short,
    /// A number needs more bits than its place has, or is written with more bytes than it needs.
    #[error("a number has an impossible encoding")]
    Number,
    /// A kind of event, a command or an error that this version does not know.
    #[error("{what} {value:?} is not known")]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// What stands there.
        value: String,
    },
    /// A text that is too long or no UTF-8.
    #[error("a text is longer than 65536 bytes or no UTF-8")]
    Text,
    /// Words that are no such value.
    #[error("{value:?} is not {what}")]
    Word {
        /// What it should be.
        what: &'static str,
        /// What stands there.
        value: String,
    },
    /// A field that is not where it should be.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// Something behind the last field.
    #[error("{0:?} follows the last field")]
    Extra(String),
}

/// A value of an event.
pub trait Field: Sized + PartialEq {
    /// Appends its bytes.
    fn encode(&self, to: &mut Vec<u8>);
    /// Reads its bytes.
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage>;
    /// Appends its word; no word holds a space outside quotation marks.
    fn write(&self, to: &mut String);
    /// Reads its word.
    fn parse(word: &str) -> Result<Self, Damage>;
    /// What is left of it for a comparison that ignores payload.
    fn essence(&self) -> Self;
}

/// As much of a word as belongs into an error.
pub(super) fn clipped(word: &str) -> String {
    word.chars().take(80).collect()
}

fn not(what: &'static str, word: &str) -> Damage {
    Damage::Word {
        what,
        value: clipped(word),
    }
}

/// Digits without sign or leading zeros, so that each number has one spelling.
fn digits(word: &str, radix: u32) -> Option<u64> {
    let is_plain = word == "0" || !word.starts_with(['0', '+']);
    let is_small = word.bytes().all(|b| !b.is_ascii_uppercase());
    u64::from_str_radix(word, radix)
        .ok()
        .filter(|_| is_plain && is_small)
}

macro_rules! decimal_fields {
    ($($type:ty),*) => { $(
        impl Field for $type {
            fn encode(&self, to: &mut Vec<u8>) {
                put_number(to, u64::from(*self));
            }
            fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
                from.number()?.try_into().map_err(|_| Damage::Number)
            }
            fn write(&self, to: &mut String) {
                let _ = write!(to, "{self}");
            }
            fn parse(word: &str) -> Result<Self, Damage> {
                let value = digits(word, 10).and_then(|value| value.try_into().ok());
                value.ok_or_else(|| not("a number", word))
            }
            fn essence(&self) -> Self {
                *self
            }
        }
    )* };
}
decimal_fields!(u8, u16, u32, u64);

impl Field for i32 {
    fn encode(&self, to: &mut Vec<u8>) {
        // Small numbers of both signs are short.
        put_number(to, u64::from((self << 1 ^ self >> 31) as u32));
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let raw = u32::decode(from)?;
        Ok((raw >> 1) as i32 ^ -((raw & 1) as i32))
    }
    fn write(&self, to: &mut String) {
        let _ = write!(to, "{self}");
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        let bad = || not("a number", word);
        match word.strip_prefix('-') {
            Some(rest) => {
                let size = digits(rest, 10).filter(|&size| size > 0 && size <= 1 << 31);
                size.map(|size| (size as i64).wrapping_neg() as i32)
                    .ok_or_else(bad)
            }
            None => digits(word, 10)
                .and_then(|value| value.try_into().ok())
                .ok_or_else(bad),
        }
    }
    fn essence(&self) -> Self {
        *self
    }
}

impl Field for bool {
    fn encode(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damage::Number),
        }
    }
    fn write(&self, to: &mut String) {
        to.push_str(if *self { "yes" } else { "no" });
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        match word {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(not("yes or no", word)),
        }
    }
    fn essence(&self) -> Self {
        *self
    }
}

/// A length of time in cycles.
impl Field for Ticks {
    fn encode(&self, to: &mut Vec<u8>) {
        self.0.encode(to);
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        u64::decode(from).map(Ticks)
    }
    fn write(&self, to: &mut String) {
        self.0.write(to);
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        u64::parse(word).map(Ticks)
    }
    fn essence(&self) -> Self {
        *self
    }
}

/// 32 bits that are shown in hexadecimal: addresses, bits, checksums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hex(pub u32);

impl Field for Hex {
    fn encode(&self, to: &mut Vec<u8>) {
        self.0.encode(to);
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        u32::decode(from).map(Hex)
    }
    fn write(&self, to: &mut String) {
        let _ = write!(to, "{:#x}", self.0);
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        let rest = word.strip_prefix("0x");
        let value = rest.and_then(|rest| digits(rest, 16)?.try_into().ok());
        value.map(Hex).ok_or_else(|| not("such as 0x1f", word))
    }
    fn essence(&self) -> Self {
        *self
    }
}

/// What a call gives back: an error is the same in every run, anything else may be an address,
/// an item or a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value(pub u32);

impl Value {
    /// Whether it reads as an error code of Portfolio.
    pub fn is_error(self) -> bool {
        (self.0 as i32) < 0
    }
}

impl Field for Value {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.0 as i32).encode(to);
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        i32::decode(from).map(|value| Value(value as u32))
    }
    fn write(&self, to: &mut String) {
        Hex(self.0).write(to);
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        Hex::parse(word).map(|hex| Value(hex.0))
    }
    fn essence(&self) -> Self {
        Value(if self.is_error() { self.0 } else { 0 })
    }
}

impl Field for Item {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.0 as u32).encode(to);
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        u32::decode(from).map(|number| Item(number as i32))
    }
    fn write(&self, to: &mut String) {
        Hex(self.0 as u32).write(to);
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        Hex::parse(word).map(|hex| Item(hex.0 as i32))
    }
    fn essence(&self) -> Self {
        *self
    }
}

impl Field for String {
    fn encode(&self, to: &mut Vec<u8>) {
        // What is longer is cut where a character begins.
        let mut len = self.len().min(MAX_TEXT);
        while !self.is_char_boundary(len) {
            len -= 1;
        }
        put_number(to, len as u64);
        to.extend_from_slice(&self.as_bytes()[..len]);
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let len = usize::try_from(from.number()?).map_err(|_| Damage::Text)?;
        if len > MAX_TEXT {
            return Err(Damage::Text);
        }
        let bytes = from.take(len)?.to_vec();
        String::from_utf8(bytes).map_err(|_| Damage::Text)
    }
    fn write(&self, to: &mut String) {
        to.push('"');
        for c in self.chars() {
            match c {
                '"' => to.push_str("\\\""),
                '\\' => to.push_str("\\\\"),
                '\n' => to.push_str("\\n"),
                '\r' => to.push_str("\\r"),
                '\t' => to.push_str("\\t"),
                // Characters that a terminal or a reader would act upon or not show.
                c if c.is_control() || is_unseen(c) => {
                    let _ = write!(to, "\\u{{{:x}}}", u32::from(c));
                }
                c => to.push(c),
            }
        }
        to.push('"');
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        let bad = || not("a text in quotation marks", word);
        let inner = word.strip_prefix('"').and_then(|w| w.strip_suffix('"'));
        let mut chars = inner.ok_or_else(bad)?.chars();
        let mut text = String::new();
        while let Some(c) = chars.next() {
            if c == '"' {
                return Err(bad());
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            text.push(match chars.next().ok_or_else(bad)? {
                '"' => '"',
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let rest = chars.as_str();
                    let (code, after) = rest
                        .strip_prefix('{')
                        .and_then(|rest| rest.split_once('}'))
                        .ok_or_else(bad)?;
                    chars = after.chars();
                    let value = digits(code, 16).and_then(|code| u32::try_from(code).ok());
                    value.and_then(char::from_u32).ok_or_else(bad)?
                }
                _ => return Err(bad()),
            });
        }
        if text.len() > MAX_TEXT {
            return Err(Damage::Text);
        }
        // A character that needs no escape has only that spelling, and one that does no other.
        let mut spelled = String::new();
        text.write(&mut spelled);
        if spelled == word {
            Ok(text)
        } else {
            Err(bad())
        }
    }
    fn essence(&self) -> Self {
        self.clone()
    }
}

/// Characters without a shape of their own, and those that end a line.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// The argument words of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words {
    len: u8,
    words: [u32; Words::MAX],
}

impl Words {
    /// More than any call has.
    pub const MAX: usize = 12;

    /// Appends a word; nothing happens when it is full.
    pub fn push(&mut self, word: u32) {
        if let Some(place) = self.words.get_mut(usize::from(self.len)) {
            *place = word;
            self.len += 1;
        }
    }

    /// The words.
    pub fn as_slice(&self) -> &[u32] {
        &self.words[..usize::from(self.len)]
    }
}

impl Field for Words {
    fn encode(&self, to: &mut Vec<u8>) {
        to.push(self.len);
        for word in self.as_slice() {
            word.encode(to);
        }
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let len = from.byte()?;
        if usize::from(len) > Words::MAX {
            return Err(Damage::Number);
        }
        let mut words = Words::default();
        for _ in 0..len {
            words.push(u32::decode(from)?);
        }
        Ok(words)
    }
    fn write(&self, to: &mut String) {
        to.push('(');
        for (n, word) in self.as_slice().iter().enumerate() {
            if n > 0 {
                to.push(',');
            }
            let _ = write!(to, "{word:#x}");
        }
        to.push(')');
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        let bad = || not("a list of words such as (0x1,0x2)", word);
        let inner = word.strip_prefix('(').and_then(|w| w.strip_suffix(')'));
        let inner = inner.ok_or_else(bad)?;
        let mut words = Words::default();
        if inner.is_empty() {
            return Ok(words);
        }
        for part in inner.split(',') {
            if usize::from(words.len) == Words::MAX {
                return Err(bad());
            }
            words.push(Hex::parse(part)?.0);
        }
        Ok(words)
    }
    /// How many there are; what they say is an address or an item more often than not.
    fn essence(&self) -> Self {
        Words {
            len: self.len,
            words: [0; Words::MAX],
        }
    }
}

/// `-` for none.
impl<T: Field> Field for Option<T> {
    fn encode(&self, to: &mut Vec<u8>) {
        self.is_some().encode(to);
        if let Some(value) = self {
            value.encode(to);
        }
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        match bool::decode(from)? {
            true => T::decode(from).map(Some),
            false => Ok(None),
        }
    }
    fn write(&self, to: &mut String) {
        match self {
            Some(value) => value.write(to),
            None => to.push('-'),
        }
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        match word {
            "-" => Ok(None),
            word => T::parse(word).map(Some),
        }
    }
    fn essence(&self) -> Self {
        self.as_ref().map(T::essence)
    }
}

/// Declares how a type with few values is written: a byte and a word each.
macro_rules! word_fields {
    ($($type:ty, $what:literal: $($value:path => $code:literal $word:literal),* $(,)?;)*) => { $(
        impl Field for $type {
            fn encode(&self, to: &mut Vec<u8>) {
                to.push(match self { $($value => $code),* });
            }
            fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
                match from.byte()? {
                    $($code => Ok($value),)*
                    other => Err(Damage::Unknown { what: $what, value: other.to_string() }),
                }
            }
            fn write(&self, to: &mut String) {
                to.push_str(match self { $($value => $word),* });
            }
            fn parse(word: &str) -> Result<Self, Damage> {
                match word {
                    $($word => Ok($value),)*
                    _ => Err(Damage::Unknown { what: $what, value: clipped(word) }),
                }
            }
            fn essence(&self) -> Self {
                *self
            }
        }
    )* };
}
pub(super) use word_fields;
