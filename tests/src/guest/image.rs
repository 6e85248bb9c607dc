//! The smallest valid program file: header, 3DO header, a Yield loop.

use super::code::PARK;

const NOP: u32 = 0xE1A0_0000;

/// An AIF file that runs at `base` only and needs `size` bytes there (entry point at 0x100).
/// `priority` 0 = that of its creator.
pub fn program_image(base: u32, size: u32, priority: u8) -> Vec<u8> {
    let mut words = vec![0; 0x80];
    words[..4].copy_from_slice(&[NOP, NOP, NOP, 0xEB00_003B]);
    words[4] = 0xEF00_0011;
    words[5] = 0x200; // read-only size
    words[8] = size - 0x200; // zero-init size
    words[10] = base;
    words[11] = 0x4000_0000; // a 3DO header follows
    words[12] = 32;
    words[0x22] = 0x0105_0000 | u32::from(priority) << 8;
    words[0x2A] = 0x2000; // stack
    words[0x40..0x42].copy_from_slice(&PARK);
    words
        .iter()
        .flat_map(|word: &u32| word.to_be_bytes())
        .collect()
}
