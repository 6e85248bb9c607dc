//! Frame buffers as the engine reaches them (graphics sheet 2.5).

use super::ccb::ADDRESS;
use emu_core::device::display::CelJob;

/// One frame buffer: lines in pairs, a word for a column of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Buffer {
    base: u32,
    /// Pixels of a line.
    modulo: u32,
}

/// Pixels that each bit of a modulo code adds.
const MODULO: [u32; 8] = [32, 512, 256, 1024, 64, 128, 256, 1024];

impl Buffer {
    fn new(base: u32, code: u32) -> Buffer {
        let bits = MODULO.iter().enumerate();
        Buffer {
            base: base & ADDRESS,
            modulo: bits.map(|(bit, &adds)| (code >> bit & 1) * adds).sum(),
        }
    }

    /// The address of a pixel inside the clip.
    #[inline]
    pub fn address(&self, x: i32, y: i32) -> u32 {
        let (x, y) = (x as u32, y as u32);
        self.base + (y >> 1) * self.modulo * 4 + x * 4 + (y & 1) * 2
    }
}

/// Where a list is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canvas {
    /// The last column and row.
    pub right: i32,
    pub bottom: i32,
    pub read: Buffer,
    pub write: Buffer,
}

impl Canvas {
    pub fn new(job: &CelJob) -> Canvas {
        let [moduli, clip, read, write] = job.registers;
        Canvas {
            right: (clip & 0x7FF) as i32,
            bottom: (clip >> 16 & 0x7FF) as i32,
            read: Buffer::new(read, moduli),
            write: Buffer::new(write, moduli >> 8),
        }
    }

    /// Read and written at one place, and no two visible pixels share an address.
    pub fn is_plain(&self) -> bool {
        self.read == self.write && (self.right as u32) < self.write.modulo
    }

    /// The visible ones of the columns `[x0, x1)`.
    #[inline]
    pub fn columns(&self, x0: i32, x1: i32) -> (i32, i32) {
        (x0.max(0), x1.min(self.right + 1))
    }

    /// The visible ones of the rows `[y0, y1)`.
    #[inline]
    pub fn rows(&self, y0: i32, y1: i32) -> (i32, i32) {
        (y0.max(0), y1.min(self.bottom + 1))
    }
}
