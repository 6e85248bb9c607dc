//! Audio time: output frames, audio ticks, and what is due when.
//!
//! Audio sheet section 6. Nothing happens once a frame: the count of frames follows from the
//! machine's clock, and only what is due at a frame is an event.
//!
//! ```text
//! frame  1/44100 s = 125000/441 CPU cycles, counted from power-on
//! tick   `duration` frames (183 unless a program changes it); AudioTime counts ticks
//! ```

#![allow(dead_code)]

use crate::event::{Event, Rank, Target};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Marks the kernel's events that belong to the Audio folio.
pub(crate) const EVENT_TAG: u16 = 2;
/// Frames of one audio tick at power-on.
pub(super) const DEFAULT_DURATION: u32 = 183;

/// A point in audio time: output frames since power-on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Frame(pub u64);

impl Frame {
    /// The frame that is being put out at `now`.
    pub fn at(now: Tick) -> Frame {
        Frame((u128::from(now.0) * 441 / 125_000) as u64)
    }

    /// When it begins.
    pub fn start(self) -> Tick {
        let tick = (u128::from(self.0) * 125_000).div_ceil(441);
        Tick(u64::try_from(tick).unwrap_or(u64::MAX))
    }
}

/// What the Audio folio has put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Due {
    /// The time of a cue has come.
    Cue(Item),
    /// A sample or an envelope that is attached to an instrument gets somewhere.
    Attachment(Item),
}

/// The audio clock, and what waits for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AudioClock {
    /// Frames of one tick.
    pub(super) duration: u32,
    /// Ticks that had passed at `since`: both change with the duration.
    pub(super) ticks: u32,
    /// The frame at which tick `ticks` began.
    pub(super) since: Frame,
    due: BTreeMap<u64, Due>,
    next_number: u64,
}

impl Default for AudioClock {
    fn default() -> Self {
        AudioClock {
            duration: DEFAULT_DURATION,
            ticks: 0,
            since: Frame(0),
            due: BTreeMap::new(),
            next_number: 0,
        }
    }
}

impl AudioClock {
    pub(super) fn is_sound(&self) -> bool {
        self.next_number <= u64::MAX / 2 && (1..=0xFFFF).contains(&self.duration)
    }

    /// Whether something will happen by itself.
    pub(super) fn has_due(&self) -> bool {
        !self.due.is_empty()
    }
}

impl Portfolio {
    /// Notes what is to happen when `frame` begins; the number takes it back again.
    pub(super) fn audio_at(&mut self, cx: &mut CallCx<'_>, frame: Frame, due: Due) -> u64 {
        let clock = &mut self.audio.clock;
        let number = clock.next_number;
        clock.next_number += 1;
        clock.due.insert(number, due);
        let event = Event {
            at: frame.start().max(cx.now),
            target: Target::Kernel,
            tag: EVENT_TAG,
            data: number,
        };
        cx.bus.events.schedule(Rank::AUDIO, event);
        number
    }

    /// Takes back what was noted; its event then passes unnoticed.
    pub(super) fn audio_not_at(&mut self, number: u64) {
        self.audio.clock.due.remove(&number);
    }

    /// Something is due.
    pub(in crate::kernel::portfolio) fn audio_event(&mut self, cx: &mut CallCx<'_>, number: u64) {
        let _ = cx;
        match self.audio.clock.due.remove(&number) {
            Some(Due::Cue(_) | Due::Attachment(_)) | None => (),
        }
    }

    /// Whether something of the Audio folio is due by itself.
    pub(in crate::kernel::portfolio) fn has_audio_work(&self) -> bool {
        self.audio.clock.has_due()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_begin_where_they_are_counted() {
        for frame in [0, 1, 182, 183, 44_100, 1 << 40] {
            let start = Frame(frame).start();
            assert_eq!(Frame::at(start), Frame(frame));
            assert!(frame == 0 || Frame::at(Tick(start.0 - 1)) == Frame(frame - 1));
        }
        assert_eq!(Frame(44_100).start(), Tick(12_500_000));
    }
}
