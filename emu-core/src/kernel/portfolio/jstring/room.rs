//! The caller's buffer for a text: how much fits, and what ends it.

use crate::mem::{BadAccess, MEMORY_END, Memory};

/// More came than fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel::portfolio) struct Overflow;

/// A text that is being written: whole characters, and a zero at the end.
pub(in crate::kernel::portfolio) struct Room {
    text: Vec<u8>,
    /// Bytes without the zero.
    limit: usize,
    /// Bytes of the zero, and what is counted.
    unit: usize,
    /// Not even the zero fits.
    none: bool,
    full: bool,
}

impl Room {
    /// A buffer of `size` bytes for characters of `unit` bytes.
    pub(in crate::kernel::portfolio) fn new(size: u32, unit: usize) -> Room {
        let size = size.min(MEMORY_END) as usize;
        Room {
            text: Vec::new(),
            limit: size.saturating_sub(unit),
            unit,
            none: size < unit,
            full: false,
        }
    }

    /// Whether something did not fit: nothing else will.
    pub(in crate::kernel::portfolio) fn is_full(&self) -> bool {
        self.full
    }

    /// Bytes that are there.
    pub(in crate::kernel::portfolio) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends the bytes of one character, all or none.
    pub(in crate::kernel::portfolio) fn push(&mut self, bytes: &[u8]) {
        self.full |= self.text.len() + bytes.len() > self.limit;
        if !self.full {
            self.text.extend(bytes);
        }
    }

    /// Appends characters of 16 bits.
    pub(in crate::kernel::portfolio) fn push_wide(&mut self, text: &[u16]) {
        for unit in text {
            self.push(&unit.to_be_bytes());
        }
    }

    /// Appends the same character of 16 bits so many times.
    pub(in crate::kernel::portfolio) fn pad(&mut self, with: u16, count: usize) {
        for _ in 0..count {
            if self.full {
                break;
            }
            self.push_wide(&[with]);
        }
    }

    /// The text as characters of 16 bits, if all of it fitted.
    pub(in crate::kernel::portfolio) fn wide_text(&self) -> Option<Vec<u16>> {
        let units = self.text.chunks_exact(2);
        let text = units.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        (!self.full).then(|| text.collect())
    }

    /// Writes the text and its zero to memory; gives the number of units in front of the zero.
    pub(in crate::kernel::portfolio) fn store(
        mut self,
        mem: &mut Memory,
        at: u32,
    ) -> Result<Result<u32, Overflow>, BadAccess> {
        if self.none {
            return Ok(Err(Overflow));
        }
        let count = (self.text.len() / self.unit) as u32;
        self.text.extend(vec![0; self.unit]);
        mem.write_bytes(at, &self.text)?;
        Ok(if self.full { Err(Overflow) } else { Ok(count) })
    }
}
