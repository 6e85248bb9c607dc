//! The projector's last step: bits 15 and 0 of a pixel (graphics sheet 2.11).

use super::ccb::{Flags, Registers};
use super::decode::Texel;
use super::preamble::Pre1;
use emu_core::device::display::ccb_flag;

/// CFBDSUB takes V and H of the frame buffer only where that is the primary source: read to the
/// letter, the default CECONTROL would never let a cel set them (graphics sheet 2.6).
const FRAME_VH_OF_PRIMARY_ONLY: bool = true;

/// What bit 15 becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Top {
    Fixed(bool),
    V,
}

/// What bit 0 becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bottom {
    Fixed(bool),
    Result,
    H,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Projector {
    top: Top,
    bottom: Bottom,
    /// V in bit 15 and H in bit 0 if they are the cel's, not the decoder's.
    position: Option<u16>,
    swap: bool,
    frame: bool,
}

/// A pixel whose colour alone is yet to come: `colour & keep | set | frame & from_frame`, where
/// `set` has the texel's own V and H in `from_vh`, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Finish {
    keep: u16,
    pub set: u16,
    pub from_vh: u16,
    from_frame: u16,
}

impl Finish {
    /// Whether all of a colour is kept, and nothing of the frame buffer.
    pub fn is_whole(self) -> bool {
        self.keep == 0x7FFF && self.from_frame == 0
    }

    #[inline]
    pub fn apply(self, colour: u16, set: u16, frame: u16) -> u16 {
        colour & self.keep | set | frame & self.from_frame
    }
}

impl Projector {
    pub fn new(registers: &Registers, flags: Flags, control: u32) -> Projector {
        let bit = |fraction: i32| (fraction >> 15 & 1) as u16;
        let packed = flags.has(ccb_flag::PACKED);
        Projector {
            // The undefined code 10 is taken for 00.
            top: match control >> 30 {
                1 => Top::Fixed(true),
                3 => Top::V,
                _ => Top::Fixed(false),
            },
            bottom: match control >> 28 & 3 {
                0 => Bottom::Fixed(false),
                1 => Bottom::Fixed(true),
                2 => Bottom::Result,
                _ => Bottom::H,
            },
            position: (!flags.has(ccb_flag::PLUTPOS))
                .then(|| bit(registers.y) << 15 | bit(registers.x)),
            swap: control & 0x0800_0000 != 0 && (packed || !Pre1(registers.pre1).keeps_vh()),
            frame: control & 0x0100_0000 != 0,
        }
    }

    /// V and H come from the frame buffer.
    fn takes_frame(&self, frame_first: bool) -> bool {
        self.frame && (frame_first || !FRAME_VH_OF_PRIMARY_ONLY)
    }

    /// V in bit 15 and H in bit 0 unless the frame buffer has them.
    fn own_vh(&self, texel: Texel) -> u16 {
        self.swapped(self.position.unwrap_or(texel.value))
    }

    #[inline]
    pub fn swapped(&self, vh: u16) -> u16 {
        let vh = vh & 0x8001;
        if self.swap {
            vh.rotate_left(1) & 1 | vh << 15
        } else {
            vh
        }
    }

    /// The pixel as it is written.
    pub fn finish(&self, colour: u16, texel: Texel, frame: u16, frame_first: bool) -> u16 {
        let vh = if self.takes_frame(frame_first) {
            frame
        } else {
            self.own_vh(texel)
        };
        let top = match self.top {
            Top::Fixed(on) => u16::from(on) << 15,
            Top::V => vh & 0x8000,
        };
        let bottom = match self.bottom {
            Bottom::Fixed(on) => u16::from(on),
            Bottom::Result => colour & 1,
            Bottom::H => vh & 1,
        };
        colour & 0x7FFE | top | bottom
    }

    /// The same for all texels, colours and frame buffer pixels at once.
    pub fn prepare(&self, frame_first: bool) -> Finish {
        let keep = match self.bottom {
            Bottom::Result => 0x7FFF,
            _ => 0x7FFE,
        };
        let top = match self.top {
            Top::V => 0x8000,
            Top::Fixed(_) => 0,
        };
        let vh = top | u16::from(self.bottom == Bottom::H);
        let fixed = u16::from(self.top == Top::Fixed(true)) << 15
            | u16::from(self.bottom == Bottom::Fixed(true));
        let mut finish = Finish {
            keep,
            set: fixed,
            ..Finish::default()
        };
        match self.position {
            _ if self.takes_frame(frame_first) => finish.from_frame = vh,
            Some(position) => finish.set |= self.swapped(position) & vh,
            None => finish.from_vh = vh,
        }
        finish
    }
}
