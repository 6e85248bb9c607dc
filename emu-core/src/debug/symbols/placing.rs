//! Where in memory a program file lies.

use crate::loader::aif::{HEADER_3DO, HEADER_3DO_END, Image};
use crate::mem::{MEMORY_END, Memory};

/// Programs lie on multiples of this.
const STEP: usize = 0x100;
/// Exit word, sizes and kind of debugger tables: what no program changes in its header.
const FIXED: std::ops::Range<usize> = 0x10..0x28;

/// What a program is recognised by in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    fixed: Vec<u8>,
    header: Vec<u8>,
    base: u32,
    size: u32,
}

impl Signature {
    /// That of a program file.
    pub fn of(image: &Image) -> Signature {
        let part = |from: usize, to: usize| image.bytes.get(from..to).unwrap_or_default().to_vec();
        let size = [
            image.read_only_size,
            image.read_write_size,
            image.zero_init_size,
        ];
        Signature {
            fixed: part(FIXED.start, FIXED.end),
            header: part(HEADER_3DO as usize, HEADER_3DO_END as usize),
            base: image.image_base,
            size: size.into_iter().fold(0, u32::saturating_add),
        }
    }

    /// How far the addresses of the file are moved, and where the program ends in memory.
    pub fn find(&self, mem: &Memory) -> Option<(u32, u32)> {
        let all = mem.bytes(0, MEMORY_END)?;
        let is_it = |place: &[u8]| {
            let header = place.get(HEADER_3DO as usize..).unwrap_or_default();
            place.get(FIXED) == Some(&self.fixed) && header.starts_with(&self.header)
        };
        let mut places = (0..all.len()).step_by(STEP);
        let start = places.find(|&at| is_it(&all[at..]))? as u32;
        Some((
            start.wrapping_sub(self.base),
            start.saturating_add(self.size),
        ))
    }
}
