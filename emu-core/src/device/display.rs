//! Display and cel engine as data: what is shown and drawn, how it looks.
//!
//! Kernels say which display lists are shown from the next vertical blank on, and which list of
//! cels is drawn where; the device says what that cost and how it looks. Addresses are those of
//! guest memory; a device reads it by itself.

pub mod ccb_flag;

use crate::time::Ticks;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a display shows of a frame buffer (graphics sheet 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DisplayMode {
    /// 320 x 240.
    #[default]
    Ntsc,
    /// 320 x 288.
    PalNarrow,
    /// 384 x 288.
    PalWide,
}

impl DisplayMode {
    /// Width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            DisplayMode::Ntsc => (320, 240),
            DisplayMode::PalNarrow => (320, 288),
            DisplayMode::PalWide => (384, 288),
        }
    }
}

/// One display list as a field shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownList {
    /// Address of its first entry; 0 = nothing, a black field.
    pub first: u32,
    /// Black lines above its first line.
    pub top_lines: u32,
}

/// What is shown from the next vertical blank on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// How large the picture is.
    pub mode: DisplayMode,
    /// What fields with even numbers show.
    pub even: ShownList,
    /// What fields with odd numbers show.
    pub odd: ShownList,
}

/// A list of cels to be drawn: the registers of the cel engine (graphics sheet 2.5, 2.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CelJob {
    /// CECONTROL.
    pub control: u32,
    /// REGCTL0 to REGCTL3: moduli, clip size, read and write address of the pixel (0, 0).
    pub registers: [u32; 4],
    /// Address of the first CCB.
    pub first: u32,
    /// Cycles after which the engine is stopped.
    pub watchdog: Ticks,
}

/// How the engine's work on a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CelEnd {
    /// With the last cel.
    Finished,
    /// The watchdog stopped it.
    TimedOut,
    /// A CCB, or what it points to, is no memory.
    NoMemory {
        /// The CCB.
        ccb: u32,
        /// What is no memory.
        addr: u32,
    },
}

/// What the engine has done with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CelReport {
    /// How it ended.
    pub end: CelEnd,
    /// CCBs that were processed, skipped ones among them.
    pub cels: u64,
    /// Pixels that were written, repeats counted.
    pub pixels: u64,
    /// What it cost; the engine has the bus for so long (graphics sheet 2.16).
    pub cost: Ticks,
}

/// How a picture is made of a frame buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scaling {
    /// One pixel for each of the frame buffer: the canonical picture of hashes and tests.
    #[default]
    Plain,
    /// Four pixels for each, blended where the display list says so (graphics sheet 1.5).
    Interpolated,
}

/// What one field looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Red, green, blue of each pixel, row by row from the top; `width * height * 3` bytes.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// A black picture.
    pub fn black(width: u32, height: u32) -> Picture {
        Picture {
            width,
            height,
            rgb: vec![0; (width * height * 3) as usize],
        }
    }

    /// CRC-32 of the RGB bytes.
    pub fn checksum(&self) -> u32 {
        crc32fast::hash(&self.rgb)
    }

    /// SHA-256 of the RGB bytes, in hexadecimal: the frame hash.
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(&self.rgb);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
