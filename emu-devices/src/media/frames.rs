//! A disc as a drive sees it: a table of contents and absolute frames.

use super::sector::{self, MODE2_DATA};
use super::{Disc, RAW_SECTOR, Sectors, Track};
use emu_core::loader::opera_fs::{BLOCK_SIZE, BlockError, Blocks};
use emu_core::media::{self, DiscTable, FIRST_FRAME, SectorError, TrackKind};

impl Disc {
    /// The table of contents.
    pub fn table(&self) -> DiscTable {
        let track = |track: &Track| media::Track {
            number: track.number,
            kind: self.kind(track),
            start: track.start.saturating_add(FIRST_FRAME),
            frames: track.frames,
        };
        DiscTable {
            tracks: self.tracks.iter().map(track).collect(),
            lead_out: self.frames().saturating_add(FIRST_FRAME),
        }
    }

    fn kind(&self, track: &Track) -> TrackKind {
        match track.sectors {
            Sectors::Audio { .. } => TrackKind::Audio,
            Sectors::Mode2 | Sectors::Form1 => TrackKind::Mode2,
            Sectors::Data => TrackKind::Mode1,
            Sectors::Raw | Sectors::RawSubcode => {
                // Sheets are not always right about the mode; the sector's own header is.
                let mut head = [0; 16];
                let read = self.read_stored(track, track.start, &mut head);
                match (read.is_ok() && head.starts_with(&sector::SYNC), head[15]) {
                    (true, 2) => TrackKind::Mode2,
                    _ => TrackKind::Mode1,
                }
            }
        }
    }

    /// The user data of an absolute frame.
    pub fn read_frame_data(
        &self,
        frame: u32,
        to: &mut [u8; BLOCK_SIZE],
    ) -> Result<(), SectorError> {
        let (n, _) = self.track_of_frame(frame)?;
        self.read_block(n, to).map_err(|error| wrong(frame, error))
    }

    /// An absolute frame as it is on the disc. Sound is the low byte of a sample first; what the
    /// image does not hold of a sector of data is made.
    pub fn read_frame_raw(&self, frame: u32, to: &mut [u8; RAW_SECTOR]) -> Result<(), SectorError> {
        let (n, track) = self.track_of_frame(frame)?;
        let mut data = [0; BLOCK_SIZE];
        let read = match track.sectors {
            Sectors::Audio { .. } => self.read_audio(n, to),
            Sectors::Raw | Sectors::RawSubcode => self.read_stored(track, n, to),
            Sectors::Data => self
                .read_stored(track, n, &mut data)
                .map(|()| *to = sector::mode1(frame, &data)),
            Sectors::Form1 => self
                .read_stored(track, n, &mut data)
                .map(|()| *to = sector::form1(frame, &data)),
            Sectors::Mode2 => {
                let mut stored = [0; MODE2_DATA];
                self.read_stored(track, n, &mut stored)
                    .map(|()| *to = sector::mode2(frame, &stored))
            }
        };
        read.map_err(|error| wrong(frame, error))
    }

    fn track_of_frame(&self, frame: u32) -> Result<(u32, &Track), SectorError> {
        let n = frame.checked_sub(FIRST_FRAME);
        n.and_then(|n| Some((n, self.track_of(n)?)))
            .ok_or(SectorError::NoData(frame))
    }
}

/// The frame is one of a track, so whatever is wrong is wrong with what the image says it holds.
fn wrong(frame: u32, error: BlockError) -> SectorError {
    let why = match error {
        BlockError::PastEnd { .. } => return SectorError::NoData(frame),
        BlockError::NoData { why, .. } => why.to_owned(),
        BlockError::Unreadable { why, .. } => why,
    };
    SectorError::Unreadable { frame, why }
}
