//! When the timer's requests end (device sheet 3.3 and 3.4).

use super::{STEP, Timer};
use emu_core::device::{DeviceCx, Finished, Notice, ReqId, Ties};
use emu_core::time::{Micros, Tick};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// A request pending on the microsecond unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MicrosWait {
    pub id: ReqId,
    /// The clock that it waits for.
    pub due: Micros,
    /// Its place among those of the same due time.
    pub ties: Ties,
    /// What it does instead of ending.
    pub repeat: Option<Repeat>,
}

/// A metronome of the microsecond unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Repeat {
    /// Microseconds from beat to beat.
    pub every: NonZeroU64,
    /// The signal bits it asked for.
    pub signal: u32,
}

impl MicrosWait {
    /// The step of the clock at which it is due.
    pub fn step(&self) -> Tick {
        Tick::of_system_micros(self.due)
    }
}

/// A request pending on the vertical-blank unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FieldWait {
    pub id: ReqId,
    /// The offset it is ordered by, as the requester sees it.
    pub offset: u32,
    /// Fields to wait; 0 and 1 both mean the next.
    pub fields: u32,
    /// The count when it was sent, or at its last beat.
    pub since: u64,
    /// The signal bits of a metronome.
    pub beat: Option<u32>,
}

impl FieldWait {
    /// The count at which it ends or beats.
    pub fn due(&self) -> u64 {
        self.since.saturating_add(u64::from(self.fields.max(1)))
    }

    /// Fields already waited, as `io_Actual` shows them.
    fn waited(&self, count: u64) -> u32 {
        u32::try_from(count.saturating_sub(self.since)).unwrap_or(u32::MAX)
    }
}

impl Timer {
    /// Queues by due time. Among equals one goes to the front and the other to the end, so that
    /// all that want the newest first stand before all others. A beat counts as sent anew.
    pub(super) fn queue_micros(&mut self, wait: MicrosWait) {
        let place = self.micros.partition_point(|other| match wait.ties {
            Ties::NewestFirst => other.due < wait.due,
            Ties::OldestFirst => other.due <= wait.due,
        });
        self.micros.insert(place, wait);
    }

    /// Queues by ascending offset; among equals the oldest is first. The shipped driver
    /// compares whole signed offsets, not the fields that are left.
    pub(super) fn queue_field(&mut self, wait: FieldWait) {
        let key = |wait: &FieldWait| wait.offset.cast_signed();
        let place = self
            .fields
            .partition_point(|other| key(other) <= key(&wait));
        self.fields.insert(place, wait);
    }

    /// Schedules the one event, for the earliest request.
    pub(super) fn arm(&mut self, cx: &mut DeviceCx<'_>) {
        let due = self.micros.first().map(MicrosWait::step);
        if self.armed.map(|(at, _)| at) == due {
            return;
        }
        if let Some((_, event)) = self.armed.take() {
            cx.cancel(event);
        }
        self.armed = due.map(|at| (at, cx.schedule(at, STEP, 0)));
    }

    /// The step of the clock at `at`: ends what is due. A metronome that has missed beats (an
    /// interval shorter than the step) beats once and goes on after the present clock: the
    /// signal is a bit, so the owner could not tell more beats from one.
    pub(super) fn step(&mut self, at: Tick, cx: &mut DeviceCx<'_>) {
        let clock = at.system_micros();
        while self.micros.first().is_some_and(|wait| wait.due <= clock) {
            let mut wait = self.micros.remove(0);
            match wait.repeat {
                None => cx.complete(wait.id, Finished::ok(0)),
                Some(Repeat { every, signal }) => {
                    cx.notice(Notice::Beat {
                        id: wait.id,
                        signal,
                    });
                    let beats = (clock.0 - wait.due.0) / every + 1;
                    let passed = every.get().saturating_mul(beats);
                    wait.due.0 = wait.due.0.saturating_add(passed);
                    self.queue_micros(wait);
                }
            }
        }
        self.arm(cx);
    }

    /// A vertical blank: the count first, then every request in queue order.
    pub(super) fn count_field(&mut self, count: u64, cx: &mut DeviceCx<'_>) {
        self.count = count;
        cx.notice(Notice::Field { count });
        self.fields.retain_mut(|wait| {
            if count < wait.due() {
                return true;
            }
            match wait.beat {
                None => cx.complete(wait.id, Finished::ok(wait.waited(count))),
                Some(signal) => {
                    cx.notice(Notice::Beat {
                        id: wait.id,
                        signal,
                    });
                    wait.since = count;
                }
            }
            wait.beat.is_some()
        });
    }

    /// Takes a pending request out of its queue; the fields it has waited, 0 on the
    /// microsecond unit, or nothing if it is not pending.
    pub(super) fn withdraw(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> Option<u32> {
        if let Some(place) = self.fields.iter().position(|wait| wait.id == id) {
            return Some(self.fields.remove(place).waited(self.count));
        }
        let place = self.micros.iter().position(|wait| wait.id == id)?;
        self.micros.remove(place);
        self.arm(cx);
        Some(0)
    }
}
