//! Disc images: what a drive would find on the disc, in frames.
//!
//! | module | what it knows |
//! |---|---|
//! | [`iso`] | images of one track: 2048, 2352 or 2448 bytes a sector |
//! | [`cue`] | cue sheets and the files they name, audio tracks included |
//! | `chd` | compressed images, with the feature of that name |
//! | [`folder`] | a tree of files presented as a disc |
//! | `frames` | the table of contents, and sectors by absolute frame |
//! | `wave` | the samples of WAVE files, for sheets that name such |
//! | [`sector`] | sync, header and codes of a sector |
//! | [`shelf`] | the discs of a run |
//!
//! The host's files belong to the frontend: it hands over [`Source`]s, and images are recognised
//! by their bytes, never by a name. Block 0 is the first data sector, the frame 00:02:00
//! (device sheet 0 and 6.7).

#[cfg(feature = "chd")]
mod chd;
pub mod cue;
pub mod folder;
mod frames;
pub mod iso;
pub mod sector;
pub mod shelf;
#[cfg(test)]
mod tests;
mod wave;

use emu_core::loader::opera_fs::{BLOCK_SIZE, BlockError, Blocks};
use sector::{MODE2_DATA, SYNC};
use thiserror::Error;

pub use emu_core::media::{FIRST_FRAME, SECTOR_RAW as RAW_SECTOR};
pub use shelf::Shelf;

/// Bytes of an image that are enough to recognise it.
pub const HEAD: usize = 4096;

/// Where an image's bytes come from. A frontend may run a machine in a thread of its own.
pub trait Source: std::fmt::Debug + Send {
    /// How many there are.
    fn length(&self) -> u64;
    /// Fills `to` from `offset`; the error is what the host says.
    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String>;
}

/// Bytes in memory.
impl Source for Vec<u8> {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(to.len());
        let bytes = self.get(start..end).ok_or("past the end")?;
        to.copy_from_slice(bytes);
        Ok(())
    }
}

/// Why something is no disc. Every text is the end of one line: what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MediaError {
    /// No bytes.
    #[error("the file is empty; give a disc image: .iso, .bin, .cue or .chd")]
    Empty,
    /// Compressed.
    #[error(
        "this is a CHD image, which this build cannot read (its feature `chd` is off); \
         `chdman extractcd` turns it into .bin and .cue"
    )]
    Chd,
    /// A CHD image that cannot be used.
    #[error("the CHD image {why}")]
    BadChd {
        /// What is wrong with it.
        why: String,
    },
    /// Sectors of no known size, or no label.
    #[error(
        "this is no 3DO disc image: {0}; give an .iso, .bin, .cue or .chd of a 3DO disc, or a folder"
    )]
    NotADisc(&'static str),
    /// A line of a cue sheet.
    #[error("line {line}: {why}")]
    Cue {
        /// Counted from 1.
        line: u32,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The host's complaint.
    #[error("byte {offset:#x}: {why}")]
    Unreadable {
        /// Where.
        offset: u64,
        /// What the host says.
        why: String,
    },
}

/// What an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Sectors of 2048 bytes, or an image made from a folder.
    Iso,
    /// Sectors as they are on the disc.
    Raw,
    /// The same with 96 bytes of subcode each.
    RawSubcode,
    /// A cue sheet and its files.
    Cue,
    /// Compressed hunks of frames.
    Chd,
    /// A folder.
    Folder,
}

impl Format {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Format::Iso => "iso",
            Format::Raw => "bin",
            Format::RawSubcode => "bin with subcode",
            Format::Cue => "cue",
            Format::Chd => "chd",
            Format::Folder => "folder",
        }
    }
}

/// How the sectors of a track are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sectors {
    /// 2048 bytes of data.
    Data,
    /// 2048 bytes of data of mode 2, form 1.
    Form1,
    /// 2336 bytes: mode 2 without sync and header.
    Mode2,
    /// 2352 bytes with sync and header.
    Raw,
    /// The same and 96 bytes of subcode.
    RawSubcode,
    /// 2352 bytes of sound; `swapped` if the high byte of a sample comes first.
    Audio {
        /// Big-endian samples.
        swapped: bool,
    },
}

impl Sectors {
    /// Bytes of a sector in the file.
    pub fn size(self) -> u32 {
        match self {
            Sectors::Data | Sectors::Form1 => 2048,
            Sectors::Mode2 => 2336,
            Sectors::Raw | Sectors::Audio { .. } => 2352,
            Sectors::RawSubcode => 2448,
        }
    }

    /// Whether programs can read blocks from it.
    pub fn is_data(self) -> bool {
        !matches!(self, Sectors::Audio { .. })
    }
}

/// A track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Counted from 1.
    pub number: u8,
    /// How its sectors are stored.
    pub sectors: Sectors,
    /// Its first frame (INDEX 01), counted from block 0.
    pub start: u32,
    /// Its frames.
    pub frames: u32,
    /// Which of the disc's sources holds it.
    source: usize,
    /// Where in the source its first frame is.
    offset: u64,
    /// Bytes from there to the next one: a sector, and what may stand behind it.
    stride: u32,
}

/// A disc.
#[derive(Debug)]
pub struct Disc {
    format: Format,
    sources: Vec<Box<dyn Source>>,
    tracks: Vec<Track>,
}

impl Disc {
    /// What the image is made of.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The tracks, in the order of the disc.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Frames from block 0 to the end of the last track.
    pub fn frames(&self) -> u32 {
        let ends = self.tracks.iter().map(|t| t.start.saturating_add(t.frames));
        ends.max().unwrap_or(0)
    }

    fn track_of(&self, frame: u32) -> Option<&Track> {
        let within = |t: &&Track| frame >= t.start && frame - t.start < t.frames;
        self.tracks.iter().find(within)
    }

    /// Reads a frame of an audio track: 588 pairs of 16-bit samples, the low byte first.
    pub fn read_audio(&self, frame: u32, to: &mut [u8; RAW_SECTOR]) -> Result<(), BlockError> {
        match self.track_of(frame) {
            Some(track) => {
                let Sectors::Audio { swapped } = track.sectors else {
                    let why = "it belongs to a data track";
                    return Err(BlockError::NoData { block: frame, why });
                };
                self.read_stored(track, frame, to)?;
                if swapped {
                    to.chunks_exact_mut(2).for_each(|pair| pair.reverse());
                }
                Ok(())
            }
            None => Err(self.outside(frame)),
        }
    }

    fn read_stored(&self, track: &Track, frame: u32, to: &mut [u8]) -> Result<(), BlockError> {
        let sector = u64::from(frame - track.start) * u64::from(track.stride);
        let offset = track.offset.saturating_add(sector);
        let source = self.sources.get(track.source);
        source
            .ok_or_else(|| "no such file".to_owned())
            .and_then(|source| source.read_at(offset, to))
            .map_err(|why| BlockError::Unreadable { block: frame, why })
    }

    fn outside(&self, block: u32) -> BlockError {
        let count = self.frames();
        if block < count {
            let why = "it lies between two tracks";
            return BlockError::NoData { block, why };
        }
        BlockError::PastEnd { block, count }
    }
}

impl Blocks for Disc {
    fn block_count(&self) -> u32 {
        let data = self.tracks.iter().filter(|t| t.sectors.is_data());
        let ends = data.map(|t| t.start.saturating_add(t.frames));
        ends.max().unwrap_or(0)
    }

    fn read_block(&self, n: u32, to: &mut [u8; BLOCK_SIZE]) -> Result<(), BlockError> {
        let no_data = |why| BlockError::NoData { block: n, why };
        let track = self.track_of(n).ok_or_else(|| self.outside(n))?;
        match track.sectors {
            Sectors::Data | Sectors::Form1 => self.read_stored(track, n, to),
            Sectors::Mode2 => {
                let mut bytes = [0; MODE2_DATA];
                self.read_stored(track, n, &mut bytes)?;
                to.copy_from_slice(&bytes[8..8 + BLOCK_SIZE]);
                Ok(())
            }
            Sectors::Raw | Sectors::RawSubcode => {
                let mut bytes = [0; RAW_SECTOR];
                self.read_stored(track, n, &mut bytes)?;
                let start = match (bytes.starts_with(&SYNC), bytes[15]) {
                    (true, 1) => 16,
                    (true, 2) => 24,
                    (true, _) => return Err(no_data("its sector is neither of mode 1 nor 2")),
                    (false, _) => return Err(no_data("its sector has no sync pattern")),
                };
                to.copy_from_slice(&bytes[start..start + BLOCK_SIZE]);
                Ok(())
            }
            Sectors::Audio { .. } => Err(no_data("it belongs to an audio track")),
        }
    }
}
