//! The disc under the head: what has been read already, and when it was.
//!
//! Device sheet 4.8.

use super::options::Speed;
use super::timing::{BUFFER_FRAMES, DriveConstants, Sixths};
use emu_core::media::{DiscNumber, DiscTable, FIRST_FRAME, TRACKS_MAX};
use emu_core::time::Ticks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// No disc has a frame beyond 99:59:74.
pub(super) const FRAMES_MAX: u32 = 100 * 60 * 75;

/// More than any frame may take: an hour.
const EXTRA_MAX: Ticks = Ticks(3_600 * 12_500_000);

/// A disc in the drawer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Disc {
    pub number: DiscNumber,
    /// Without tracks if the disc's own is nonsense: it cannot be read then.
    pub table: DiscTable,
    /// Frames that cannot be read.
    failing: BTreeSet<u32>,
    /// Frames that take longer.
    slow: BTreeMap<u32, Ticks>,
}

impl Disc {
    pub fn new(number: DiscNumber, table: DiscTable) -> Disc {
        let table = if is_table_sound(&table) {
            table
        } else {
            DiscTable::default()
        };
        Disc {
            number,
            table,
            failing: BTreeSet::new(),
            slow: BTreeMap::new(),
        }
    }

    /// Whether there is a table of contents.
    pub fn is_readable(&self) -> bool {
        !self.table.tracks.is_empty()
    }

    /// Whether a frame cannot be read.
    pub fn is_failing(&self, frame: u32) -> bool {
        self.failing.contains(&frame)
    }

    /// A frame cannot be read from now on.
    pub fn fail(&mut self, frame: u32) {
        if frame < self.table.lead_out {
            self.failing.insert(frame);
        }
    }

    /// A frame takes longer from now on.
    pub fn slow_down(&mut self, frame: u32, extra: Ticks) {
        if frame < self.table.lead_out {
            self.slow.insert(frame, extra.min(EXTRA_MAX));
        }
    }

    pub fn is_sound(&self) -> bool {
        let inside = |frame: &u32| *frame < self.table.lead_out;
        (self.table == DiscTable::default() || is_table_sound(&self.table))
            && self.failing.iter().all(inside)
            && self.slow.keys().all(inside)
            && self.slow.values().all(|&extra| extra <= EXTRA_MAX)
    }
}

/// Whether a table of contents can be one.
fn is_table_sound(table: &DiscTable) -> bool {
    let tracks = &table.tracks;
    let mut end = 0;
    let mut number = 0;
    let in_order = tracks.iter().all(|track| {
        let follows = track.start >= end && track.number > number;
        number = track.number;
        match track.start.checked_add(track.frames) {
            Some(after) => end = after,
            None => return false,
        }
        follows
    });
    !tracks.is_empty()
        && tracks.len() <= TRACKS_MAX
        && usize::from(number) <= TRACKS_MAX
        && in_order
        && end <= table.lead_out
        && table.lead_out <= FRAMES_MAX
}

/// A frame that has been read and not been asked for yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    /// When it had passed the head.
    pub finish: Sixths,
    /// Whether all retries were in vain.
    pub bad: bool,
}

/// The head and the frames read ahead of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The next frame under it; the buffer ends here.
    pub pos: u32,
    /// When that frame begins, unless paused.
    pub starts: Sixths,
    /// The frames before `pos`.
    pub buffer: VecDeque<Held>,
    /// Whether it stays where it is.
    pub paused: bool,
    /// How fast the disc turns.
    pub speed: Speed,
    /// The frame that it does not read ahead beyond.
    pub limit: u32,
    /// How often it reads a bad frame again.
    pub retries: u32,
}

impl Head {
    /// At the first frame of the data, waiting.
    pub fn at_rest() -> Head {
        Head {
            pos: FIRST_FRAME,
            starts: Sixths(0),
            buffer: VecDeque::new(),
            paused: true,
            speed: Speed::Double,
            limit: 0,
            retries: 0,
        }
    }

    /// What the next frame will be when it has passed.
    pub fn next(&self, disc: &Disc, drive: &DriveConstants) -> Held {
        let bad = disc.is_failing(self.pos);
        let mut length = drive.frame(self.speed);
        if bad {
            length = length.plus(Sixths::ticks(drive.retry.0).times(self.retries));
        }
        if let Some(extra) = disc.slow.get(&self.pos) {
            length = length.plus(Sixths::ticks(extra.0));
        }
        Held {
            finish: self.starts.plus(length),
            bad,
        }
    }

    /// Reads ahead up to `until`: stops when the buffer is full.
    pub fn advance(&mut self, until: Sixths, disc: &Disc, drive: &DriveConstants) {
        while !self.paused {
            if self.buffer.len() >= BUFFER_FRAMES || self.pos >= self.limit {
                self.paused = true;
                return;
            }
            let next = self.next(disc, drive);
            if next.finish > until {
                return;
            }
            self.buffer.push_back(next);
            self.pos = self.pos.saturating_add(1);
            self.starts = next.finish;
        }
    }

    /// The frame under the head has become quicker: it has not passed before `now` even so.
    pub fn pass_not_before(&mut self, now: Sixths, disc: &Disc, drive: &DriveConstants) {
        let finish = self.next(disc, drive).finish;
        if let Some(late @ 1..) = now.0.checked_sub(finish.0) {
            self.starts = self.starts.plus(Sixths(late));
        }
    }

    /// The first frame in the buffer.
    pub fn first(&self) -> u32 {
        self.pos.saturating_sub(self.buffer.len() as u32)
    }

    /// Whether reading can begin with `frame` without a new command.
    pub fn goes_on_at(&self, frame: u32) -> bool {
        (self.first()..self.pos).contains(&frame) || frame == self.pos && !self.paused
    }

    /// Forgets the frames before `frame`.
    pub fn skip_to(&mut self, frame: u32) {
        while self.first() < frame && self.buffer.pop_front().is_some() {}
    }

    /// Goes to `frame`, to read from `starts` on.
    pub fn jump(&mut self, frame: u32, starts: Sixths) {
        self.buffer.clear();
        self.pos = frame;
        self.starts = starts;
        self.paused = false;
    }

    /// A place is free from `at` on.
    pub fn resume(&mut self, at: Sixths) {
        if self.paused {
            self.paused = false;
            self.starts = at;
        }
    }

    /// Stays at `frame`, with nothing read.
    pub fn rest_at(&mut self, frame: u32) {
        self.stop();
        self.pos = frame;
    }

    /// The disc stands still.
    pub fn stop(&mut self) {
        self.buffer.clear();
        self.paused = true;
    }

    /// Whether a head from a file can be one: a frame that begins far away would never end.
    pub fn is_sound(&self, latest: Sixths) -> bool {
        self.pos <= FRAMES_MAX
            && self.limit <= FRAMES_MAX
            && self.retries < 128
            && self.buffer.len() <= BUFFER_FRAMES
            && self.buffer.len() <= self.pos as usize
            && self.buffer.iter().is_sorted_by_key(|held| held.finish)
            && self.buffer.iter().all(|held| held.finish <= latest)
            && self.starts <= latest
    }
}
