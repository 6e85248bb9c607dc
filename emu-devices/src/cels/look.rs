//! One cel by itself: how it looks before it is scaled, turned and mixed.
//!
//! The engine draws it, on a copy of memory, into a frame buffer that is not in its way. It does
//! so on black and on white: what differs then is what the cel leaves alone.

use super::CelEngine;
use super::ccb::ADDRESS;
use super::preamble::{Pre0, Pre1};
use emu_core::device::display::{CelJob, ccb_flag as flag};
use emu_core::mem::{DRAM_SIZE, Memory};
use emu_core::time::Ticks;

/// Size of the frame buffer: no cel is seen beyond it.
const WIDTH: u32 = 1024;
const HEIGHT: u32 = 480;
const BYTES: u32 = WIDTH * HEIGHT * 2;
/// A modulus of 1024 pixels for reading and writing.
const MODULI: u32 = 0x0808;
/// Source pixels as they are.
const PLAIN_PIXC: u32 = 0x1F00_1F00;
/// Time for a cel of the largest size, many times over.
const WATCHDOG: Ticks = Ticks(50_000_000);

/// A cel by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CelLook {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Colours of 15 bits, row by row; none where nothing is drawn.
    pub pixels: Vec<Option<u16>>,
    /// What its preamble says, in words.
    pub format: String,
}

/// How the cel at an address looks; `None` when there is none.
pub fn cel_look(memory: &Memory, at: u32) -> Option<CelLook> {
    let at = at & ADDRESS;
    let bytes = memory.bytes(at, 60)?;
    let (words, _) = bytes.as_chunks();
    let words: Vec<u32> = words.iter().map(|&word| u32::from_be_bytes(word)).collect();
    let &[flags, _, source, plut, ..] = &words[..] else {
        return None;
    };
    let pointer = |value: u32, n: u32, absolute: u32| {
        let base = if flags & absolute == 0 {
            at + 4 * n + 4
        } else {
            0
        };
        base.wrapping_add(value) & ADDRESS
    };
    let source = pointer(source, 2, flag::SPABS);
    let plut = pointer(plut, 3, flag::PPABS);
    let optional = [(flag::LDSIZE, 4), (flag::LDPRS, 2), (flag::LDPPMP, 1)];
    let before = optional.iter().filter(|(flag, _)| flags & flag != 0);
    let preamble = 6 + before.map(|(_, words)| words).sum::<usize>();
    let (pre0, pre1) = match flags & flag::CCBPRE != 0 {
        true => (*words.get(preamble)?, words.get(preamble + 1).copied()),
        false => {
            memory.bytes(source, 4)?;
            let pre1 = source + 4;
            (
                memory.word(source),
                memory.bytes(pre1, 4).map(|_| memory.word(pre1)),
            )
        }
    };
    // The buffer lies in the half of memory that the source data are not in.
    let buffer = if source < DRAM_SIZE {
        DRAM_SIZE
    } else {
        DRAM_SIZE - 0x10_0000
    };
    let copy = buffer + BYTES;
    let scene = Scene {
        memory,
        buffer,
        copy,
        plut: memory.bytes(plut, 64).map(<[u8]>::to_vec),
        ccb: [
            flags & !(flag::SKIP | flag::TWD | flag::MARIA | flag::PXOR | flag::USEAV)
                | flag::LAST
                | flag::SPABS
                | flag::PPABS
                | flag::YOXY
                | flag::LDSIZE
                | flag::LDPRS
                | flag::LDPPMP
                | flag::ACW
                | flag::ACCW,
            0,
            source,
            copy + 0x100,
            0,
            0,
            1 << 20,
            0,
            0,
            1 << 16,
            0,
            0,
            PLAIN_PIXC,
            pre0,
            pre1.unwrap_or_default(),
        ],
    };
    let (black, white) = (scene.draw(0), scene.draw(0xFF));
    let pixel = |x: u32, y: u32| {
        let place = ((y >> 1) * WIDTH * 4 + x * 4 + (y & 1) * 2) as usize;
        let of = |bytes: &[u8]| {
            Some(u16::from_be_bytes([
                *bytes.get(place)?,
                *bytes.get(place + 1)?,
            ]))
        };
        let (black, white) = (of(&black)?, of(&white)?);
        (black == white).then_some(black & 0x7FFF)
    };
    let packed = flags & flag::PACKED != 0;
    let (mut width, mut height) = (0, 0);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            if pixel(x, y).is_some() {
                width = width.max(x + 1);
                height = height.max(y + 1);
            }
        }
    }
    if let Some(pre1) = pre1.filter(|_| !packed) {
        let columns = Pre1(pre1).width() - Pre0(pre0).skip().min(Pre1(pre1).width() - 1);
        width = width.max(columns.min(WIDTH));
    }
    height = height.max(Pre0(pre0).rows().min(HEIGHT));
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Some(CelLook {
        width,
        height,
        pixels: rows.map(|(x, y)| pixel(x, y)).collect(),
        format: format(pre0, packed),
    })
}

fn format(pre0: u32, packed: bool) -> String {
    let pre0 = Pre0(pre0);
    let depth = pre0.depth();
    let bits = depth.map_or("no depth there is".to_owned(), |depth| {
        format!("{} bits a pixel", depth.bits())
    });
    let colour = if pre0.is_coded() { "coded" } else { "uncoded" };
    let packed = if packed { "packed" } else { "unpacked" };
    format!("{bits}, {colour}, {packed}, {} rows", pre0.rows())
}

/// What the cel is drawn on.
struct Scene<'a> {
    memory: &'a Memory,
    buffer: u32,
    copy: u32,
    plut: Option<Vec<u8>>,
    ccb: [u32; 15],
}

impl Scene<'_> {
    /// The frame buffer, which was filled with this byte before.
    fn draw(&self, fill: u8) -> Vec<u8> {
        let mut memory = self.memory.clone();
        if let Some(bytes) = memory.bytes_mut(self.buffer, BYTES) {
            bytes.fill(fill);
        }
        for (n, word) in (0..).zip(self.ccb) {
            memory.set_word(self.copy + 4 * n, word);
        }
        if let Some(plut) = &self.plut
            && let Some(bytes) = memory.bytes_mut(self.copy + 0x100, 64)
        {
            bytes.copy_from_slice(plut);
        }
        let job = CelJob {
            control: 0,
            registers: [
                MODULI,
                (HEIGHT - 1) << 16 | (WIDTH - 1),
                self.buffer,
                self.buffer,
            ],
            first: self.copy,
            watchdog: WATCHDOG,
        };
        CelEngine::default().draw(&job, &mut memory);
        let drawn = memory.bytes(self.buffer, BYTES);
        drawn.map(<[u8]>::to_vec).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CCB: u32 = 0x5_0000;

    /// A coded cel of 8 bits and 4 x 2 pixels with its data at `source`.
    fn memory(source: u32, more: u32) -> Memory {
        let mut memory = Memory::new();
        let flags = flag::LAST | flag::SPABS | flag::PPABS | flag::CCBPRE | flag::LDPLUT | more;
        let pre0 = 5 | 1 << 6;
        let pre1 = 3;
        let words = [flags, 0, source, CCB + 0x100, 7 << 16, 9 << 16, pre0, pre1];
        for (n, word) in (0..).zip(words) {
            memory.set_word(CCB + 4 * n, word);
        }
        // Entries 1 and 2.
        memory.set_word(CCB + 0x100, 0x0000_7C00);
        memory.set_word(CCB + 0x104, 0x03E0_0000);
        memory.set_word(source, 0x0102_0001);
        memory.set_word(source + 8, 0x0201_0100);
        memory
    }

    #[test]
    fn a_cel_is_seen_as_its_data_are() {
        for source in [0x6_0000, 0x24_0000] {
            let look = cel_look(&memory(source, 0), CCB).expect("a cel");
            assert_eq!((look.width, look.height), (4, 2));
            let (red, green) = (Some(0x7C00), Some(0x03E0));
            assert_eq!(
                look.pixels,
                [red, green, None, red, green, red, red, None],
                "{source:#x}"
            );
            assert_eq!(look.format, "8 bits a pixel, coded, unpacked, 2 rows");
        }
    }

    #[test]
    fn a_skipped_cel_is_seen_all_the_same() {
        let look = cel_look(&memory(0x6_0000, flag::SKIP), CCB).expect("a cel");
        assert_eq!(look.pixels[0], Some(0x7C00));
    }

    #[test]
    fn what_is_no_cel_is_nothing_or_empty() {
        assert_eq!(cel_look(&Memory::new(), 0x30_0000), None);
        let nothing = cel_look(&Memory::new(), CCB).expect("zeroes");
        assert!(nothing.pixels.iter().all(Option::is_none));
        let mut wild = memory(0x6_0000, 0);
        wild.set_word(CCB + 8, 0x00F0_0000);
        cel_look(&wild, CCB);
    }
}
