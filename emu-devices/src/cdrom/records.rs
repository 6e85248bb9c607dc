//! What the drive says about itself and its disc (device sheet 4.4 to 4.6).

use emu_core::media::{DiscTable, Track, TrackKind};

/// Bytes of the status record.
pub const STATUS_SIZE: usize = 36;
/// Bytes of the disc information.
pub const DISC_DATA_SIZE: usize = 816;
/// Bytes of the sub-Q record.
pub const SUBQ_SIZE: usize = 12;

/// Status byte: the drawer is closed.
pub const DOOR_CLOSED: u8 = 0x80;
/// Status byte: there is a disc.
pub const DISC_IN: u8 = 0x40;
/// Status byte: it turns.
pub const SPINNING: u8 = 0x20;
/// Status byte: the last read failed.
pub const ERROR: u8 = 0x10;
/// Status byte: double speed.
pub const DOUBLE_SPEED: u8 = 0x02;
/// Status byte: the table of contents has been tried.
pub const READY: u8 = 0x01;

const IDENTITY: u8 = 6;
const FAMILY: u8 = 1;
const FILE_SYSTEM: u32 = 0x8000_0000;
const READ_ONLY: u32 = 0x2000_0000;

/// Low nibble of a track's control: data.
const CONTROL_DATA: u8 = 4;
/// High nibble: the entry says a position.
const POSITION: u8 = 0x10;

/// Minutes, seconds and frames, in binary.
pub fn msf(frame: u32) -> [u8; 3] {
    [frame / 4500, frame / 75 % 60, frame % 75].map(|part| part as u8)
}

fn control_of(track: &Track) -> u8 {
    let data = track.kind != TrackKind::Audio;
    POSITION | if data { CONTROL_DATA } else { 0 }
}

/// 0x20 for CD-ROM XA, else 0.
pub fn disc_id(table: &DiscTable) -> u8 {
    let xa = |track: &Track| track.kind == TrackKind::Mode2;
    if table.tracks.iter().any(xa) { 0x20 } else { 0 }
}

/// The status record.
pub fn status(
    table: Option<&DiscTable>,
    byte: u8,
    last_error: u8,
    changes: u32,
) -> [u8; STATUS_SIZE] {
    let first = table.and_then(|table| table.tracks.first());
    let (size, usage) = match first {
        Some(track) if track.kind != TrackKind::Audio => (2048, FILE_SYSTEM | READ_ONLY),
        _ => (2352, READ_ONLY),
    };
    let words = [
        u32::from_be_bytes([IDENTITY, 0, FAMILY, 0]),
        STATUS_SIZE as u32,
        size,
        table.map_or(0, |table| table.lead_out),
        u32::from(byte),
        usage,
        u32::from(last_error),
        changes,
        0,
    ];
    let mut record = [0; STATUS_SIZE];
    for (to, word) in record.chunks_exact_mut(4).zip(words) {
        to.copy_from_slice(&word.to_be_bytes());
    }
    record
}

/// The disc information; there is never a second session.
pub fn disc_data(table: &DiscTable) -> [u8; DISC_DATA_SIZE] {
    let mut record = [0; DISC_DATA_SIZE];
    let number = |track: Option<&Track>| track.map_or(0, |track| track.number);
    let [m, s, f] = msf(table.lead_out);
    let (first, last) = (number(table.tracks.first()), number(table.tracks.last()));
    record[..6].copy_from_slice(&[disc_id(table), first, last, m, s, f]);
    for track in &table.tracks {
        let [m, s, f] = msf(track.start);
        let at = 8 + 8 * usize::from(track.number);
        if let Some(entry) = record.get_mut(at..at + 8) {
            entry.copy_from_slice(&[0, control_of(track), track.number, 0, m, s, f, 0]);
        }
    }
    record
}

/// What channel Q says at a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Kind of entry, and kind of track.
    pub control: u8,
    /// The track; a gap belongs to the track behind it.
    pub track: u8,
    /// 1, or 0 in the gap before the track.
    pub index: u8,
    /// Frames from the track's start; counts down to it in the gap.
    pub relative: u32,
    /// Frames from the start of the disc.
    pub absolute: u32,
}

impl Position {
    /// That of a frame.
    pub fn of(table: &DiscTable, frame: u32) -> Position {
        let end = |track: &Track| track.start.saturating_add(track.frames);
        let here = table.tracks.iter().find(|track| frame < end(track));
        let Some(track) = here.or(table.tracks.last()) else {
            return Position::default();
        };
        Position {
            control: control_of(track),
            track: track.number,
            index: u8::from(frame >= track.start),
            relative: frame.abs_diff(track.start),
            absolute: frame,
        }
    }

    /// The record of READ_SUBQ; the first byte is the drive's command.
    pub fn record(&self) -> [u8; SUBQ_SIZE] {
        let [rm, rs, rf] = msf(self.relative);
        let [m, s, f] = msf(self.absolute);
        let (control, track, index) = (self.control, self.track, self.index);
        [0x87, 1, control, track, index, rm, rs, rf, 0, m, s, f]
    }

    /// The twelve bytes of channel Q as they are on the disc: decimal digits and a checksum.
    pub fn channel(&self) -> [u8; 12] {
        let decimal = |n: u8| n / 10 * 16 + n % 10;
        let [rm, rs, rf] = msf(self.relative).map(decimal);
        let [m, s, f] = msf(self.absolute).map(decimal);
        // The disc has the two nibbles of the control byte the other way round.
        let control = self.control.rotate_left(4);
        let (track, index) = (decimal(self.track), decimal(self.index));
        let mut q = [control, track, index, rm, rs, rf, 0, m, s, f, 0, 0];
        let crc = q[..10].iter().fold(0_u16, |crc, &byte| {
            (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| {
                crc << 1 ^ if crc & 0x8000 != 0 { 0x1021 } else { 0 }
            })
        });
        q[10..].copy_from_slice(&(!crc).to_be_bytes());
        q
    }

    /// The 96 bytes of subcode of a frame. Bit 6 of each is a bit of channel Q; the other
    /// channels are zero, an image holds none of them.
    pub fn subcode(&self) -> [u8; 96] {
        let q = self.channel();
        std::array::from_fn(|n| (q[n / 8] >> (7 - n % 8) & 1) << 6)
    }
}
