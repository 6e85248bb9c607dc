//! From pixels to colours: tables, display control (graphics sheet 1.2, 1.3).

use super::vdl::Rgb;
use serde::{Deserialize, Serialize};

/// DEFAULT_DISPCTRL: blended both ways, blue whole, all corners upper left.
const DEFAULT: u32 = 0xC001_002C;
/// Bits of a display control word with the same meaning for both kinds of pixels: those of the
/// pixels that take the fixed colour table stand so much higher.
const FIXED_SHIFT: u32 = 11;
/// Colours of a display control word that say "keep" when all of their bits are set.
const KEEPING: [u32; 6] = [3 << 19, 3 << 17, 3 << 15, 3 << 8, 3 << 6, 3 << 4];
/// No blending down for one line.
const ONCE_UNBLENDED: u32 = 1;
/// Further display control words of the entry are ignored.
const COLORS_ONLY: u32 = 2;

/// The display control word with what it has kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Control(u32);

impl Default for Control {
    fn default() -> Control {
        Control(DEFAULT)
    }
}

impl Control {
    /// Takes a word, except where it says "keep". Tells whether the entry's further ones count.
    pub fn replace(&mut self, word: u32) -> bool {
        let kept = KEEPING
            .iter()
            .filter(|&&field| word & field == field)
            .fold(0, |kept, field| kept | field);
        self.0 = word & !kept | self.0 & kept;
        word & COLORS_ONLY == 0
    }

    /// A line has ended.
    pub fn end_line(&mut self) {
        self.0 &= !ONCE_UNBLENDED;
    }

    fn bit(self, bit: u32) -> bool {
        self.0 >> bit & 1 != 0
    }

    /// How pixels that take the fixed colour table are read, or the others.
    fn reading(self, fixed: bool) -> Reading {
        let word = if fixed { self.0 >> FIXED_SHIFT } else { self.0 };
        Reading {
            swapped: word >> 10 & 1 != 0,
            vertical: word >> 8 & 3,
            horizontal: word >> 6 & 3,
            blue: word >> 4 & 3,
            blend: [
                word >> 2 & 1 != 0,
                word >> 3 & 1 != 0 && self.0 & ONCE_UNBLENDED == 0,
            ],
        }
    }
}

/// How one kind of pixels is read.
#[derive(Clone, Copy, Debug)]
struct Reading {
    /// Bit 15 is horizontal, bit 0 vertical.
    swapped: bool,
    vertical: u32,
    horizontal: u32,
    blue: u32,
    /// Horizontally, vertically.
    blend: [bool; 2],
}

/// The colour table: 32 registers of red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Colors {
    table: [Rgb; 32],
    pub background: Rgb,
}

impl Default for Colors {
    /// The ramp that every list of the system begins with, and black.
    fn default() -> Colors {
        let level = |n: usize| (n * 255 / 31) as u8;
        Colors {
            table: std::array::from_fn(|n| [level(n); 3]),
            background: [0; 3],
        }
    }
}

impl Colors {
    /// Writes the chosen parts of a register.
    pub fn set(&mut self, register: u8, parts: [bool; 3], rgb: Rgb) {
        let entry = &mut self.table[usize::from(register & 0x1F)];
        for part in 0..3 {
            if parts[part] {
                entry[part] = rgb[part];
            }
        }
    }
}

/// A pixel as it leaves the colour tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dot {
    pub rgb: Rgb,
    /// Which of its four output pixels has this very colour: right, lower.
    pub corner: [bool; 2],
    /// Whether the others are blended with neighbours: horizontally, vertically.
    pub blend: [bool; 2],
}

/// What makes dots of the pixels of one line.
pub(super) struct Converter<'a> {
    colors: &'a Colors,
    bypass: bool,
    /// Whether the fixed table repeats the high bits in the low ones.
    replicates: bool,
    /// For pixels of the custom table, and of the fixed one.
    readings: [Reading; 2],
}

impl<'a> Converter<'a> {
    pub fn new(colors: &'a Colors, control: Control) -> Converter<'a> {
        Converter {
            colors,
            bypass: control.bit(25),
            // Random low bits would make pictures that nobody can compare.
            replicates: control.bit(11) || control.bit(12),
            readings: [control.reading(false), control.reading(true)],
        }
    }

    pub fn dot(&self, pixel: u16) -> Dot {
        let fixed = self.bypass && pixel & 0x8000 != 0;
        let reading = &self.readings[usize::from(fixed)];
        let (first, last) = (pixel >> 15 != 0, pixel & 1 != 0);
        let (vertical, horizontal) = if reading.swapped {
            (last, first)
        } else {
            (first, last)
        };
        Dot {
            rgb: self.color(pixel, fixed, reading.blue),
            corner: [
                chosen(reading.horizontal, horizontal),
                chosen(reading.vertical, vertical),
            ],
            blend: reading.blend,
        }
    }

    fn color(&self, pixel: u16, fixed: bool, blue: u32) -> Rgb {
        if pixel & 0x7FFF == 0 {
            return self.colors.background;
        }
        let low = match blue {
            0 => 0,
            1 => pixel >> 5 & 1,
            _ => pixel & 1,
        };
        let parts = [pixel >> 10 & 31, pixel >> 5 & 31, pixel & 30 | low].map(|n| n as u8);
        if fixed {
            let low = |n: u8| if self.replicates { n >> 2 } else { 0 };
            return parts.map(|n| n << 3 | low(n));
        }
        let table = &self.colors.table;
        std::array::from_fn(|part| table[usize::from(parts[part])][part])
    }
}

/// A bit that is zero, one, or the pixel's.
fn chosen(source: u32, pixel: bool) -> bool {
    match source {
        0 => false,
        1 => true,
        _ => pixel,
    }
}
