//! The options word, and what a drive does with the fields left out.
//!
//! Device sheet 4.2. A field of 0 means "the default", which SETDEFAULTS changes.

use emu_core::device::DevError;
use serde::{Deserialize, Serialize};

/// How the bytes of a frame are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Density {
    /// What the disc's kind says.
    Default,
    /// Data of mode 1.
    Mode1,
    /// CD-ROM XA.
    Mode2,
    /// Sound.
    Audio,
}

/// What is done about frames that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recovery {
    /// They fail after all retries.
    Default,
    /// Retries only; then the bytes as they are.
    CircOnly,
    /// The best that can be had; then the bytes as they are.
    BestAttempt,
}

/// What the offset of a request counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddressFormat {
    /// Absolute frames.
    Blocks,
    /// 0x00MMSSFF, binary, absolute.
    Msf,
}

/// How fast the disc turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speed {
    /// 75 frames a second.
    Single,
    /// 150 frames a second.
    Double,
}

/// A small change of speed for sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pitch {
    /// One per cent slower.
    Slow,
    /// As recorded.
    Normal,
    /// One per cent faster.
    Fast,
}

/// An options word; what is `None` was left 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Kind of block.
    pub density: Option<Density>,
    /// What to do about bad frames.
    pub recovery: Option<Recovery>,
    /// What the offset counts; blocks when left 0 and never set by SETDEFAULTS.
    pub address: Option<AddressFormat>,
    /// Whether the drive reads on after the request.
    pub read_ahead: Option<bool>,
    /// Time limit; accepted and ignored.
    pub timeout_shift: u8,
    /// A bad frame is read again 2^this - 1 times.
    pub retry_shift: u8,
    /// Speed of the disc.
    pub speed: Option<Speed>,
    /// Pitch of sound.
    pub pitch: Option<Pitch>,
    /// Bytes of a block.
    pub length: Option<u16>,
}

/// Where the fields stand: the lowest bit and the width.
const DENSITY: (u32, u32) = (29, 3);
const RECOVERY: (u32, u32) = (27, 2);
const ADDRESS: (u32, u32) = (25, 2);
const READ_AHEAD: (u32, u32) = (23, 2);
const TIMEOUT: (u32, u32) = (19, 4);
const RETRY: (u32, u32) = (16, 3);
const SPEED: (u32, u32) = (14, 2);
const PITCH: (u32, u32) = (12, 2);
const LENGTH: (u32, u32) = (0, 12);

/// The value that a field's number means, if it is not left out.
fn choice<T: Copy>(number: u32, values: &[T]) -> Result<Option<T>, DevError> {
    match number.checked_sub(1) {
        None => Ok(None),
        Some(n) => match values.get(n as usize) {
            Some(&value) => Ok(Some(value)),
            None => Err(DevError::BadArgument),
        },
    }
}

impl Options {
    /// Reads a word; numbers that mean nothing are refused.
    pub fn decode(word: u32) -> Result<Options, DevError> {
        let field = |(low, width): (u32, u32)| word >> low & ((1 << width) - 1);
        use {Density as D, Pitch as P, Recovery as R, Speed as S};
        let densities = [D::Default, D::Mode1, D::Mode2, D::Audio];
        let recoveries = [R::Default, R::CircOnly, R::BestAttempt];
        let length = field(LENGTH) as u16;
        Ok(Options {
            density: choice(field(DENSITY), &densities)?,
            recovery: choice(field(RECOVERY), &recoveries)?,
            // 2, counted from the start of a track, is refused by every driver.
            address: choice(field(ADDRESS), &[AddressFormat::Msf])?,
            read_ahead: choice(field(READ_AHEAD), &[true, false])?,
            timeout_shift: field(TIMEOUT) as u8,
            retry_shift: field(RETRY) as u8,
            speed: choice(field(SPEED), &[S::Single, S::Double])?,
            pitch: choice(field(PITCH), &[P::Slow, P::Normal, P::Fast])?,
            length: (length != 0).then_some(length),
        })
    }

    /// The word.
    pub fn encode(&self) -> u32 {
        let density = self.density.map_or(0, |density| density as u32 + 1);
        let recovery = self.recovery.map_or(0, |recovery| recovery as u32 + 1);
        let address = u32::from(self.address == Some(AddressFormat::Msf));
        let read_ahead = self.read_ahead.map_or(0, |on| if on { 1 } else { 2 });
        let speed = self.speed.map_or(0, |speed| speed as u32 + 1);
        let pitch = self.pitch.map_or(0, |pitch| pitch as u32 + 1);
        [
            (DENSITY, density),
            (RECOVERY, recovery),
            (ADDRESS, address),
            (READ_AHEAD, read_ahead),
            (TIMEOUT, u32::from(self.timeout_shift)),
            (RETRY, u32::from(self.retry_shift)),
            (SPEED, speed),
            (PITCH, pitch),
            (LENGTH, u32::from(self.length.unwrap_or(0))),
        ]
        .into_iter()
        .fold(0, |word, ((low, width), value)| {
            word | (value & ((1 << width) - 1)) << low
        })
    }
}

/// A value for every field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    pub density: Density,
    pub recovery: Recovery,
    pub address: AddressFormat,
    pub read_ahead: bool,
    pub retry_shift: u8,
    pub speed: Speed,
    pub pitch: Pitch,
    pub length: u16,
}

impl Default for Settings {
    /// Those of power-on.
    fn default() -> Settings {
        Settings {
            density: Density::Default,
            recovery: Recovery::Default,
            address: AddressFormat::Blocks,
            read_ahead: true,
            retry_shift: 3,
            speed: Speed::Double,
            pitch: Pitch::Normal,
            length: 2048,
        }
    }
}

impl Settings {
    /// What a request with these options is done with. Its retries count only if it says what
    /// is to be done about bad frames.
    pub fn with(self, options: &Options) -> Settings {
        Settings {
            retry_shift: match options.recovery {
                Some(_) => options.retry_shift,
                None => self.retry_shift,
            },
            ..self.fields(options)
        }
    }

    /// SETDEFAULTS: every field that is not 0, and always the address format. Retries are kept
    /// although nothing is said about bad frames.
    pub fn store(&mut self, options: &Options) {
        *self = Settings {
            address: options.address.unwrap_or(AddressFormat::Blocks),
            retry_shift: match options.retry_shift {
                0 => self.retry_shift,
                shift => shift,
            },
            ..self.fields(options)
        };
    }

    fn fields(self, options: &Options) -> Settings {
        Settings {
            density: options.density.unwrap_or(self.density),
            recovery: options.recovery.unwrap_or(self.recovery),
            address: options.address.unwrap_or(self.address),
            read_ahead: options.read_ahead.unwrap_or(self.read_ahead),
            retry_shift: self.retry_shift,
            speed: options.speed.unwrap_or(self.speed),
            pitch: options.pitch.unwrap_or(self.pitch),
            length: options.length.unwrap_or(self.length),
        }
    }

    /// How often a bad frame is read again.
    pub fn retries(&self) -> u32 {
        (1 << self.retry_shift.min(7)) - 1
    }
}
