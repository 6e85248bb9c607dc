//! Discs: the table of contents a drive knows, and the sectors the host lends.
//!
//! A machine is a value and holds no file. What is in its drive is a [`DiscTable`] and a number;
//! the sectors themselves are lent for the length of a run ([`Discs`]), as the call log's reader
//! is. Frames are absolute: frame 150 (00:02:00) is the first of the data (device sheet 0, 4).

use crate::time::Ticks;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Absolute number of the frame of file-system block 0.
pub const FIRST_FRAME: u32 = 150;

/// Bytes of user data in a sector of mode 1.
pub const SECTOR_DATA: usize = 2048;

/// Bytes of a sector as it is on the disc: sync, header, data and correction codes.
pub const SECTOR_RAW: usize = 2352;

/// Most tracks of a disc.
pub const TRACKS_MAX: usize = 99;

/// One of the discs the host has at hand; 0 is the one that the run began with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DiscNumber(pub u16);

/// What a track holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrackKind {
    /// 2048 bytes of data in a sector.
    Mode1,
    /// CD-ROM XA: 2048 or 2324 bytes.
    Mode2,
    /// Sound.
    Audio,
}

/// A track, as the table of contents has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// 1 to 99.
    pub number: u8,
    /// What it holds.
    pub kind: TrackKind,
    /// Absolute frame of INDEX 01.
    pub start: u32,
    /// Frames from there to the end of its data.
    pub frames: u32,
}

/// The table of contents of a disc.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscTable {
    /// In the order of the disc; at most [`TRACKS_MAX`].
    pub tracks: Vec<Track>,
    /// Absolute frame of the lead-out: the first that no track has.
    pub lead_out: u32,
}

impl DiscTable {
    /// A disc of one data track of `blocks` sectors.
    pub fn one_track(blocks: u32) -> DiscTable {
        let track = Track {
            number: 1,
            kind: TrackKind::Mode1,
            start: FIRST_FRAME,
            frames: blocks,
        };
        DiscTable {
            tracks: vec![track],
            lead_out: FIRST_FRAME.saturating_add(blocks),
        }
    }

    /// The track that a frame belongs to: the last that has begun, pre-gaps to the track before.
    pub fn track_at(&self, frame: u32) -> Option<&Track> {
        let mut begun = self.tracks.iter().rev();
        begun
            .find(|track| track.start <= frame)
            .or(self.tracks.first())
            .filter(|_| frame < self.lead_out)
    }

    /// The first track that holds data: where a file system begins.
    pub fn data_track(&self) -> Option<&Track> {
        let mut tracks = self.tracks.iter();
        tracks.find(|track| track.kind != TrackKind::Audio)
    }
}

/// What lies in a closed drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Medium<'a> {
    /// How often a medium has come or gone since power-on, this one's coming included.
    pub changes: u64,
    /// Its table of contents.
    pub table: &'a DiscTable,
    /// Whether the drive has read that table already; if not, requests wait until it has.
    pub ready: bool,
}

/// Why the host could not deliver a sector.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SectorError {
    /// There is no such disc.
    #[error("disc {} is not at hand", .0.0)]
    NoDisc(DiscNumber),
    /// The image holds nothing there: a gap between tracks.
    #[error("the image holds no data for frame {0}")]
    NoData(u32),
    /// The host's complaint.
    #[error("frame {frame} cannot be read: {why}")]
    Unreadable {
        /// The frame.
        frame: u32,
        /// What the host says.
        why: String,
    },
}

/// The discs of the host, by number. The same number and frame always give the same bytes.
pub trait Discs {
    /// The 2048 bytes of user data of a frame.
    fn read_data(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_DATA],
    ) -> Result<(), SectorError>;

    /// A whole frame: sync, header, data and correction codes, or 588 pairs of 16-bit samples,
    /// low byte first. What an image does not hold is made as the standard says.
    fn read_raw(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_RAW],
    ) -> Result<(), SectorError>;
}

/// No disc at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDiscs;

impl Discs for NoDiscs {
    fn read_data(
        &self,
        disc: DiscNumber,
        _frame: u32,
        _to: &mut [u8; SECTOR_DATA],
    ) -> Result<(), SectorError> {
        Err(SectorError::NoDisc(disc))
    }

    fn read_raw(
        &self,
        disc: DiscNumber,
        _frame: u32,
        _to: &mut [u8; SECTOR_RAW],
    ) -> Result<(), SectorError> {
        Err(SectorError::NoDisc(disc))
    }
}

/// What somebody does to a drive, or what is wrong with a disc.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaEvent {
    /// The drawer opens; what was being read fails.
    Open,
    /// The drawer closes over whatever lies in it.
    Close,
    /// A disc is put in, or taken out; the drawer opens for it and closes again.
    Insert(Option<(DiscNumber, DiscTable)>),
    /// A frame cannot be read from now on.
    FailFrame(u32),
    /// A frame takes longer to read from now on.
    SlowFrame {
        /// Absolute.
        frame: u32,
        /// How much longer.
        extra: Ticks,
    },
}
