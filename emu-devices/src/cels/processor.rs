//! The pixel processor (graphics sheet 2.10).

use super::ccb::{Flags, Registers};
use super::decode::Texel;
use super::preamble::Pre1;
use super::projector::Projector;
use emu_core::device::display::ccb_flag;

/// Where the lowest bit of blue comes from: the bit `shift`, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlueBit {
    shift: u32,
    mask: u16,
}

impl BlueBit {
    /// Of a field of CECONTROL or PRE1: its two lowest bits.
    pub fn new(code: u32) -> BlueBit {
        let (shift, mask) = match code & 3 {
            0 => (0, 0),
            1 => (0, 1),
            2 => (4, 1),
            _ => (5, 1),
        };
        BlueBit { shift, mask }
    }

    #[inline]
    pub fn apply(self, pixel: u16) -> u16 {
        pixel & !1 | pixel >> self.shift & self.mask
    }
}

/// Where a multiplier comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Multiplier {
    Constant(u32),
    /// The pixel's alternate multiplier.
    Alternate,
    /// The decoded component: multiplier and divider.
    Both,
    /// The decoded component: only the multiplier.
    Component,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secondary {
    Constant(u32),
    Frame,
    Decoded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecondShift {
    By(u32),
    /// The two low bits of the decoded component.
    Component,
}

/// One half of PIXC, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Math {
    frame_first: bool,
    multiplier: Multiplier,
    divider: u32,
    secondary: Secondary,
    second_shift: SecondShift,
    halve: bool,
    xor: bool,
    subtract: bool,
    extend: bool,
    wrap: bool,
}

/// How far a divider code shifts.
fn shift(code: u32) -> u32 {
    match code & 3 {
        0 => 4,
        code => code,
    }
}

impl Math {
    pub fn new(half: u16, flags: Flags) -> Math {
        let half = u32::from(half);
        let constant = half >> 1 & 0x1F;
        // The constant's bits as controls, all of them off otherwise.
        let controls = if flags.has(ccb_flag::USEAV) { half } else { 0 };
        Math {
            frame_first: half & 0x8000 != 0,
            multiplier: match half >> 13 & 3 {
                0 => Multiplier::Constant((half >> 10 & 7) + 1),
                1 => Multiplier::Alternate,
                2 => Multiplier::Both,
                _ => Multiplier::Component,
            },
            divider: shift(half >> 8),
            secondary: match half >> 6 & 3 {
                0 => Secondary::Constant(0),
                1 => Secondary::Constant(constant),
                2 => Secondary::Frame,
                _ => Secondary::Decoded,
            },
            second_shift: match controls >> 4 & 3 {
                3 => SecondShift::Component,
                by => SecondShift::By(by),
            },
            halve: half & 1 != 0,
            xor: flags.has(ccb_flag::PXOR),
            subtract: controls & 0x02 != 0,
            extend: controls & 0x04 != 0,
            wrap: controls & 0x08 != 0,
        }
    }

    pub fn reads_frame(&self) -> bool {
        self.frame_first || self.secondary == Secondary::Frame
    }

    pub fn is_frame_first(&self) -> bool {
        self.frame_first
    }

    /// Whether all components come out as they went in.
    pub fn is_plain(&self) -> bool {
        let whole = self.multiplier == Multiplier::Constant(1 << self.divider);
        let alone = self.secondary == Secondary::Constant(0);
        whole && alone && !self.frame_first && !self.halve && !self.subtract
    }

    /// Whether each component comes out as the mean of what it was and the frame buffer's.
    pub fn is_average(&self) -> bool {
        let whole = self.multiplier == Multiplier::Constant(1 << self.divider);
        let frame = self.secondary == Secondary::Frame && self.second_shift == SecondShift::By(0);
        let altered = self.xor || self.subtract || self.extend;
        whole && frame && self.halve && !self.frame_first && !altered
    }

    /// One component of the result; each argument has 5 bits, `alternate` 3.
    pub fn component(&self, decoded: u32, alternate: u32, frame: u32) -> u32 {
        let primary = if self.frame_first { frame } else { decoded };
        let (multiplier, divider) = match self.multiplier {
            Multiplier::Constant(by) => (by, self.divider),
            Multiplier::Alternate => (alternate + 1, self.divider),
            Multiplier::Both => ((decoded >> 2) + 1, shift(decoded)),
            Multiplier::Component => ((decoded >> 2) + 1, self.divider),
        };
        let first = ((primary * multiplier) >> divider) as i32;
        let secondary = match self.secondary {
            Secondary::Constant(value) => value,
            Secondary::Frame => frame,
            Secondary::Decoded => decoded,
        };
        let second_shift = match self.second_shift {
            SecondShift::By(by) => by,
            SecondShift::Component => decoded & 3,
        };
        let second = (secondary >> second_shift) as i32;
        let result = if self.xor {
            first ^ second
        } else {
            let (second, carry) = if self.subtract {
                (!second, 1)
            } else {
                (second, 0)
            };
            let second = if self.extend {
                second << 27 >> 27
            } else {
                second
            };
            first + second + carry
        };
        let result = result >> u32::from(self.halve);
        if self.wrap {
            result as u32 & 0x1F
        } else {
            result.clamp(0, 31) as u32
        }
    }
}

/// All that is done to a decoded pixel before it is written.
#[derive(Clone, Debug)]
pub(super) struct Processor {
    pub halves: [Math; 2],
    forced: Option<usize>,
    keeps_black: bool,
    decoded_blue: BlueBit,
    pub frame_blue: BlueBit,
    pub projector: Projector,
}

/// What the computed colour 000 is written as when black is not kept.
pub(super) const NEARLY_BLACK: u16 = 0x0400;

impl Processor {
    /// `control` is CECONTROL.
    pub fn new(registers: &Registers, flags: Flags, control: u32) -> Processor {
        let math = |half: u32| Math::new(half as u16, flags);
        let packed = flags.has(ccb_flag::PACKED);
        Processor {
            halves: [math(registers.pixc), math(registers.pixc >> 16)],
            forced: flags.forced_p(),
            keeps_black: flags.has(ccb_flag::NOBLK),
            decoded_blue: BlueBit::new(if packed {
                control >> 20
            } else {
                Pre1(registers.pre1).blue_code()
            }),
            frame_blue: BlueBit::new(control >> 22),
            projector: Projector::new(registers, flags, control),
        }
    }

    /// Which half of PIXC a pixel goes by.
    #[inline]
    pub fn half(&self, texel: Texel) -> usize {
        self.forced.unwrap_or(usize::from(texel.value >> 15))
    }

    /// The decoded colour as the arithmetic sees it.
    #[inline]
    pub fn decoded(&self, texel: Texel) -> u16 {
        self.decoded_blue.apply(texel.value)
    }

    /// Whether the frame buffer's colours are seen as they are, and black stays black.
    pub fn takes_means(&self) -> bool {
        self.frame_blue == BlueBit::new(1) && self.keeps_black
    }

    #[inline]
    pub fn blacken(&self, colour: u16) -> u16 {
        if colour == 0 && !self.keeps_black {
            NEARLY_BLACK
        } else {
            colour
        }
    }

    /// What is written for a pixel where the frame buffer holds `frame`.
    pub fn process(&self, texel: Texel, frame: u16) -> u16 {
        let math = &self.halves[self.half(texel)];
        let decoded = self.decoded(texel);
        let seen = self.frame_blue.apply(frame);
        let colour = [10, 5, 0].iter().fold(0, |colour, &at| {
            let of = |pixel: u16| u32::from(pixel >> at & 0x1F);
            let alternate = u32::from(texel.multipliers >> (at / 5 * 3) & 7);
            colour | (math.component(of(decoded), alternate, of(seen)) as u16) << at
        });
        let colour = self.blacken(colour);
        self.projector
            .finish(colour, texel, frame, math.is_frame_first())
    }
}
