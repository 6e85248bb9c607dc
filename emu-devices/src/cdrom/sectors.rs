//! What a block holds: which lengths there are, and how they are made.
//!
//! Device sheet 4.3.

use super::mechanism::Disc;
use super::records::Position;
use emu_core::device::{Buffer, DeviceCx};
use emu_core::media::{SECTOR_DATA, SECTOR_RAW, SectorError, TrackKind};

/// Longest block.
const BLOCK_MAX: usize = 2449;
/// Bytes of subcode.
const SUBCODE: usize = 96;

/// A length and what stands in it: a part of the raw sector, then perhaps more.
struct Layout {
    length: u16,
    from: usize,
    to: usize,
    tail: Tail,
}

/// What follows the part of the raw sector; what is left after it is zero.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Zero,
    Subcode,
    /// An error byte, always 0, before the subcode.
    ErrorAndSubcode,
}

const fn part(length: u16, from: usize) -> Layout {
    Layout {
        length,
        from,
        to: from + length as usize,
        tail: Tail::Zero,
    }
}

const fn tailed(length: u16, from: usize, tail: Tail) -> Layout {
    Layout {
        length,
        from,
        to: SECTOR_RAW,
        tail,
    }
}

/// Header at 12, data at 16. What the four extra bytes of 2440 are is unknown.
const MODE1: [Layout; 8] = [
    part(2048, 16),
    part(2052, 12),
    part(2336, 16),
    part(2340, 12),
    part(2352, 0),
    tailed(2436, 12, Tail::Subcode),
    tailed(2440, 12, Tail::Subcode),
    tailed(2448, 0, Tail::Subcode),
];

/// Header at 12, subheader at 16, data at 24.
const MODE2: [Layout; 10] = [
    part(2048, 24),
    part(2060, 12),
    part(2324, 24),
    part(2328, 24),
    part(2336, 16),
    part(2340, 12),
    part(2352, 0),
    tailed(2436, 12, Tail::Subcode),
    tailed(2440, 12, Tail::Subcode),
    tailed(2448, 0, Tail::Subcode),
];

const AUDIO: [Layout; 4] = [
    part(2352, 0),
    tailed(2353, 0, Tail::Zero),
    tailed(2448, 0, Tail::Subcode),
    tailed(2449, 0, Tail::ErrorAndSubcode),
];

fn layouts(kind: TrackKind) -> &'static [Layout] {
    match kind {
        TrackKind::Mode1 => &MODE1,
        TrackKind::Mode2 => &MODE2,
        TrackKind::Audio => &AUDIO,
    }
}

fn layout(kind: TrackKind, length: u32) -> Option<&'static Layout> {
    let mut all = layouts(kind).iter();
    all.find(|layout| u32::from(layout.length) == length)
}

/// Whether blocks of that length can be read from a track.
pub(super) fn is_length(kind: TrackKind, length: u32) -> bool {
    layout(kind, length).is_some()
}

/// Whether any track has blocks of that length.
pub(super) fn is_length_of_any(length: u32) -> bool {
    [TrackKind::Mode1, TrackKind::Mode2, TrackKind::Audio]
        .into_iter()
        .any(|kind| is_length(kind, length))
}

/// Writes one block to its place; true if there is one, false if the host cannot read it.
pub(super) fn deliver(
    disc: &Disc,
    frame: u32,
    kind: TrackKind,
    length: u32,
    to: (Buffer, u32),
    cx: &mut DeviceCx<'_>,
) -> bool {
    // An image begins with track 1: what was before it cannot be missed.
    let before = disc.table.tracks.first();
    let before = before.is_none_or(|track| frame < track.start);
    let there = |result| match result {
        Ok(()) => Some(true),
        Err(SectorError::NoData(_)) => Some(false),
        Err(_) => before.then_some(false),
    };
    let (buffer, offset) = to;
    if kind != TrackKind::Audio && length as usize == SECTOR_DATA {
        let mut data = [0; SECTOR_DATA];
        let Some(there) = there(cx.discs().read_data(disc.number, frame, &mut data)) else {
            return false;
        };
        if !there {
            data.fill(0);
        }
        cx.write_buffer(buffer, offset, &data);
        return true;
    }
    let Some(layout) = layout(kind, length) else {
        return false;
    };
    let mut raw = [0; SECTOR_RAW];
    let Some(there) = there(cx.discs().read_raw(disc.number, frame, &mut raw)) else {
        return false;
    };
    if !there {
        raw.fill(0);
    }
    let mut block = [0; BLOCK_MAX];
    let part = layout.to - layout.from;
    block[..part].copy_from_slice(&raw[layout.from..layout.to]);
    let subcode = match layout.tail {
        Tail::Zero => None,
        Tail::Subcode => Some(part),
        Tail::ErrorAndSubcode => Some(part + 1),
    };
    if let Some(at) = subcode {
        let bytes = Position::of(&disc.table, frame).subcode();
        block[at..at + SUBCODE].copy_from_slice(&bytes);
    }
    cx.write_buffer(buffer, offset, &block[..length as usize]);
    true
}
