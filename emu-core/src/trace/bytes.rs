//! Numbers as bytes: LEB128, so that small ones take one.

use super::field::Damage;

/// Reads values from bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// From the first byte on.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Damage> {
        let (&byte, rest) = self.bytes.split_first().ok_or(Damage::Short)?;
        self.bytes = rest;
        Ok(byte)
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self.bytes.split_at_checked(len).ok_or(Damage::Short)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// The next number.
    pub fn number(&mut self) -> Result<u64, Damage> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7F);
            if bits << shift >> shift != bits {
                return Err(Damage::Number);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                let is_shortest = byte != 0 || shift == 0;
                return is_shortest.then_some(value).ok_or(Damage::Number);
            }
        }
        Err(Damage::Number)
    }
}

/// Writes a number.
#[inline]
pub fn put_number(to: &mut Vec<u8>, value: u64) {
    // Most are small: differences of time, counts, kinds.
    match value {
        0..0x80 => to.push(value as u8),
        _ => put_long(to, value),
    }
}

/// The same for one of several bytes. Those of 32 bits are appended at once, which is cheaper than
/// byte by byte; a tape is made of them.
fn put_long(to: &mut Vec<u8>, mut value: u64) {
    let more = |shift: u32| (value >> shift) as u8 | 0x80;
    let last = |shift: u32| (value >> shift) as u8;
    match value {
        0..0x4000 => to.extend_from_slice(&[more(0), last(7)]),
        0x4000..0x20_0000 => to.extend_from_slice(&[more(0), more(7), last(14)]),
        0x20_0000..0x1000_0000 => {
            to.extend_from_slice(&[more(0), more(7), more(14), last(21)]);
        }
        0x1000_0000..0x8_0000_0000 => {
            to.extend_from_slice(&[more(0), more(7), more(14), more(21), last(28)]);
        }
        _ => {
            while value >= 0x80 {
                to.push(value as u8 | 0x80);
                value >>= 7;
            }
            to.push(value as u8);
        }
    }
}
