//! Where in memory a program file lies.

use crate::loader::aif::{HEADER_3DO, HEADER_3DO_END, Image};
use crate::mem::{MEMORY_END, Memory};
use std::collections::BTreeMap;

/// Sizes and kind of debugger tables: what neither program nor kernel changes in its header.
const FIXED: std::ops::Range<usize> = 0x14..0x28;

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

    /// How far the addresses of the file are moved if it begins there, and where it ends.
    fn at(&self, start: u32) -> (u32, u32) {
        let end = start.saturating_add(self.size);
        (start.wrapping_sub(self.base), end)
    }
}

/// Where programs lie: which one, how far the addresses of its file are moved, and where it ends
/// in memory. One that was loaded twice lies in two places.
pub(super) fn find<'a>(
    mem: &Memory,
    programs: impl Iterator<Item = &'a Signature>,
) -> Vec<(usize, u32, u32)> {
    let mut by_fixed: BTreeMap<&[u8], Vec<(usize, &Signature)>> = BTreeMap::new();
    for (n, program) in programs.enumerate() {
        by_fixed
            .entry(&program.fixed)
            .or_default()
            .push((n, program));
    }
    let sizes: Vec<&[u8]> = by_fixed.keys().filter_map(|fixed| fixed.get(..4)).collect();
    let mut found = Vec::new();
    let all = mem.bytes(0, MEMORY_END).unwrap_or_default();
    let (words, _) = all.as_chunks::<4>();
    for (n, word) in words.iter().enumerate() {
        if !sizes.contains(&word.as_slice()) {
            continue;
        }
        let Some(start) = (n * 4).checked_sub(FIXED.start) else {
            continue;
        };
        let place = all.get(start..).unwrap_or_default();
        let same = place.get(FIXED).and_then(|fixed| by_fixed.get(fixed));
        let header = place.get(HEADER_3DO as usize..).unwrap_or_default();
        for (n, program) in same.into_iter().flatten() {
            if header.starts_with(&program.header) {
                let (shift, end) = program.at(start as u32);
                found.push((*n, shift, end));
            }
        }
    }
    found
}
