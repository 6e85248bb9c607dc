//! AIFF and AIFC files: sampled sound, its loops and notes.
//!
//! Audio sheet 3.1.
//!
//! ```text
//! FORM size AIFF|AIFC
//!   COMM   channels, frames, bits, rate; AIFC: how the sound is compressed
//!   MARK   positions with numbers
//!   INST   notes, velocities, and two loops between positions
//!   SSND   the sound
//! ```
//! Chunks come in any order; FVER, APPL and all others are passed over.

mod chunks;
pub mod decode;
mod error;
mod rate;
#[cfg(test)]
mod tests;

pub use self::error::AiffError;
pub use self::rate::Extended;

use self::chunks::{Chunk, Instrument, Marker, loop_between, walk};

/// Markers that a file may have.
pub const MARKERS_MAX: usize = 28;

/// How the sound in a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// Two to one: the difference of squares.
    Sdx2,
    /// Three to one; nothing is known that plays it.
    Sdx3,
    /// Four to one: ADPCM of Intel and DVI.
    Adp4,
}

impl Compression {
    const ALL: [Compression; 4] = [
        Compression::None,
        Compression::Sdx2,
        Compression::Sdx3,
        Compression::Adp4,
    ];

    /// Its four characters in a file.
    pub fn id(self) -> [u8; 4] {
        match self {
            Compression::None => *b"NONE",
            Compression::Sdx2 => *b"SDX2",
            Compression::Sdx3 => *b"SDX3",
            Compression::Adp4 => *b"ADP4",
        }
    }

    /// How many times shorter the sound is.
    pub fn ratio(self) -> u32 {
        match self {
            Compression::None => 1,
            Compression::Sdx2 => 2,
            Compression::Sdx3 => 3,
            Compression::Adp4 => 4,
        }
    }

    fn from_id(id: [u8; 4]) -> Option<Compression> {
        Compression::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// Part of a sound that is repeated, in frames: the first one, and the first one behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// Its first frame.
    pub begin: u32,
    /// The frame behind its last one.
    pub end: u32,
}

/// Which notes a sound is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notes {
    /// The note that was recorded.
    pub base: u8,
    /// Hundredths of a semitone that it is off.
    pub detune: i8,
    /// The lowest and the highest note to play it for.
    pub notes: (u8, u8),
    /// The lowest and the highest velocity.
    pub velocities: (u8, u8),
}

/// Where in the file the sound is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sound {
    /// Its first byte.
    pub offset: u32,
    /// Its bytes, as its chunk says.
    pub len: u32,
}

/// A sampled sound as a file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aiff {
    /// Samples of one frame.
    pub channels: u8,
    /// Frames, as the file says.
    pub frames: u32,
    /// Bits of a sample before it was compressed.
    pub bits: u8,
    /// Frames a second.
    pub rate: Extended,
    /// How it is compressed.
    pub compression: Compression,
    /// Which notes it is for, if the file says so.
    pub notes: Option<Notes>,
    /// What is repeated until the note is released.
    pub sustain: Option<Loop>,
    /// What is repeated afterwards.
    pub release: Option<Loop>,
    /// Where it is; empty when the file has none, and no frames.
    pub sound: Sound,
}

impl Aiff {
    /// Reads a whole file.
    pub fn parse(file: &[u8]) -> Result<Aiff, AiffError> {
        Aiff::read(file, true)
    }

    /// Reads the beginning of a file: what lies behind it is unknown, not missing.
    pub fn parse_head(head: &[u8]) -> Result<Aiff, AiffError> {
        Aiff::read(head, false)
    }

    /// Bytes of a sample before it was compressed.
    pub fn width(&self) -> u8 {
        self.bits.div_ceil(8)
    }

    fn read(file: &[u8], is_whole: bool) -> Result<Aiff, AiffError> {
        let (mut common, mut sound) = (None, None);
        let mut markers: Vec<Marker> = Vec::new();
        let mut instrument: Option<Instrument> = None;
        for chunk in walk(file, is_whole)? {
            match chunk? {
                Chunk::Common(chunk) => common = common.or(Some(chunk)),
                Chunk::Sound(chunk) => sound = sound.or(Some(chunk)),
                Chunk::Markers(chunk) => markers = chunk,
                Chunk::Instrument(chunk) => instrument = instrument.or(Some(chunk)),
                Chunk::Other => (),
            }
        }
        let common = common.ok_or(AiffError::NoCommon)?;
        if sound.is_none() && common.frames > 0 {
            return Err(AiffError::NoSound);
        }
        let between = |ends: Option<(i16, i16)>| loop_between(&markers, ends?);
        Ok(Aiff {
            channels: common.channels,
            frames: common.frames,
            bits: common.bits,
            rate: common.rate,
            compression: common.compression,
            notes: instrument.as_ref().map(|chunk| chunk.notes),
            sustain: between(instrument.as_ref().and_then(|chunk| chunk.sustain)),
            release: between(instrument.as_ref().and_then(|chunk| chunk.release)),
            sound: sound.unwrap_or_default(),
        })
    }
}
