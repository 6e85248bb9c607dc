//! Source data to pixels of 15 bits of colour (graphics sheet 2.8, 2.9).

mod packed;
mod unpacked;

use super::Stop;
use super::ccb::{Ccb, Registers};
use super::preamble::{Depth, Pre0, Pre1};
use emu_core::device::display::ccb_flag;
use emu_core::mem::Memory;

/// A decoded pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Texel {
    /// Colour in bits 14 to 0; bit 15 selects the P-mode and is V, bit 0 is H.
    pub value: u16,
    /// Alternate multipliers less 1 of red (bits 8 to 6), green and blue (bits 2 to 0).
    pub multipliers: u16,
}

/// Equal pixels beside each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The first one's column, without what SKIPX leaves out.
    pub column: u32,
    pub count: u32,
    pub texel: Texel,
}

/// A row of source data.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub runs: Vec<Run>,
    /// Columns without what SKIPX leaves out.
    pub columns: u32,
    /// Pixels that were decoded, transparent ones among them.
    pub decoded: u32,
    /// Transparent ones that are not in transparent packets.
    pub transparent: u32,
}

impl Row {
    fn clear(&mut self) {
        self.runs.clear();
        self.columns = 0;
        self.decoded = 0;
        self.transparent = 0;
    }

    fn push(&mut self, count: u32, texel: Option<Texel>) {
        match texel {
            Some(texel) => self.runs.push(Run {
                column: self.columns,
                count,
                texel,
            }),
            None => self.transparent += count,
        }
        self.columns += count;
        self.decoded += count;
    }
}

/// Bits of a source pixel to a texel.
#[derive(Clone, Copy, Debug)]
struct Decoder<'a> {
    plut: &'a [u16; 32],
    depth: Depth,
    linear: bool,
    replicate: bool,
    /// High bits of the index.
    index: u32,
    draws_zero: bool,
}

impl Decoder<'_> {
    /// `None` for a transparent pixel.
    #[inline]
    fn texel(&self, bits: u32) -> Option<Texel> {
        let texel = self.decode(bits);
        let transparent = texel.value & 0x7FFF == 0 && !self.draws_zero;
        (!transparent).then_some(texel)
    }

    /// An uncoded pixel of 16 bits.
    #[inline]
    fn direct(&self, value: u16) -> Option<Texel> {
        let transparent = value & 0x7FFF == 0 && !self.draws_zero;
        (!transparent).then_some(Texel {
            value,
            multipliers: 0,
        })
    }

    #[inline]
    fn decode(&self, bits: u32) -> Texel {
        let entry = |index: u32| self.plut[(index & 0x1F) as usize];
        let plain = |value: u16| Texel {
            value,
            multipliers: 0,
        };
        match (self.depth, self.linear) {
            (Depth::One | Depth::Two | Depth::Four, _) => plain(entry(self.index + bits)),
            (Depth::Six, _) => plain(entry(bits) & 0x7FFF | (bits as u16 & 0x20) << 10),
            (Depth::Eight, false) => Texel {
                value: entry(bits),
                multipliers: (bits >> 5) as u16 * 0o111,
            },
            (Depth::Eight, true) => plain(self.spread(bits)),
            (Depth::Sixteen, false) => Texel {
                value: entry(bits) & 0x7FFF | bits as u16 & 0x8000,
                multipliers: (bits >> 5) as u16 & 0o777,
            },
            (Depth::Sixteen, true) => plain(bits as u16),
        }
    }

    /// RRRGGGBB to 15 bits of colour.
    fn spread(&self, bits: u32) -> u16 {
        let (r, g, b) = (bits >> 5 & 7, bits >> 2 & 7, bits & 3);
        let (mut low_r, mut low_g, mut low_b) = (0, 0, 0);
        if self.replicate {
            (low_r, low_g) = (r >> 1, g >> 1);
            low_b = b << 1 | b >> 1;
        }
        ((r << 2 | low_r) << 10 | (g << 2 | low_g) << 5 | b << 3 | low_b) as u16
    }
}

/// The source data of a cel.
#[derive(Clone, Debug)]
pub(super) struct Source {
    depth: Depth,
    pre0: Pre0,
    packed: bool,
    draws_zero: bool,
    index: u32,
    skip: u32,
    /// Of unpacked data: pixels of a row with those that are left out.
    width: u32,
    row_bytes: u32,
    left_right: bool,
    /// The next row, or pair of rows.
    at: u32,
    pub rows: u32,
    /// One of a pair of rows gathered.
    gathered: Vec<u8>,
}

impl Source {
    /// `None` for the reserved depths.
    pub fn new(registers: &Registers, ccb: &Ccb) -> Option<Source> {
        let pre0 = Pre0(registers.pre0);
        let pre1 = Pre1(registers.pre1);
        let depth = pre0.depth()?;
        let packed = ccb.flags.has(ccb_flag::PACKED);
        let left_right = !packed && pre1.is_left_right();
        let plut_bits = ccb.flags.plut_bits();
        Some(Source {
            depth,
            pre0,
            packed,
            draws_zero: ccb.flags.has(ccb_flag::BGND),
            index: match depth {
                Depth::One => plut_bits << 1,
                Depth::Two => (plut_bits & 0xE) << 1,
                Depth::Four => (plut_bits & 0x8) << 1,
                _ => 0,
            },
            skip: pre0.skip(),
            width: pre1.width(),
            row_bytes: pre1.row_bytes(depth),
            left_right,
            at: ccb.source,
            rows: pre0.rows() << u32::from(left_right),
            gathered: Vec::new(),
        })
    }

    fn decoder<'a>(&self, plut: &'a [u16; 32]) -> Decoder<'a> {
        Decoder {
            plut,
            depth: self.depth,
            linear: self.pre0.is_linear(),
            replicate: self.pre0.replicates(),
            index: self.index,
            draws_zero: self.draws_zero,
        }
    }

    /// Columns of each row, if that is known without reading it.
    pub fn columns(&self) -> Option<u32> {
        (!self.packed).then(|| self.width.saturating_sub(self.skip))
    }

    /// Reads row `number`, all in their turn; tells what that costs.
    pub fn read(
        &mut self,
        number: u32,
        plut: &[u16; 32],
        memory: &Memory,
        row: &mut Row,
    ) -> Result<u64, Stop> {
        row.clear();
        if self.packed {
            self.read_packed(plut, memory, row)
        } else {
            self.read_unpacked(number, plut, memory, row)
        }
    }

    /// Passes over a row whose columns are known; tells what that costs.
    pub fn pass(&mut self, number: u32, memory: &Memory) -> Result<u64, Stop> {
        let cost = self.unpacked_bytes(memory)?.1;
        self.end_row(number);
        Ok(cost)
    }
}

/// `count` bits at a bit position; zeros behind the end.
#[inline]
fn bits_at(bytes: &[u8], position: u32, count: u32) -> u32 {
    let first = (position / 8) as usize;
    let byte = |n: usize| u32::from(bytes.get(first + n).copied().unwrap_or(0));
    let three = byte(0) << 16 | byte(1) << 8 | byte(2);
    three >> (24 - position % 8 - count) & ((1 << count) - 1)
}
