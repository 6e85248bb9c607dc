//! The timer device (SDK headers time.h, Programmer's Guide chapter 10).
//!
//! ```text
//! unit 1, microseconds: a clock in steps of 16 us, which is 200 ticks
//!
//!   clock  0         16        32        48        64
//!          |---------|---------|---------|---------|
//!              ^ DELAY 20 sent here
//!          |<------ 20 us ----->|        due = clock + 20 = 20, counted from the last step
//!                              ^ ends: the first step at which clock >= due
//!
//!   one event is scheduled: the step at which the earliest request is due
//!   due in the same step: by due time; of equal due times first the requests that want the
//!   newest first (`Ties`), newest to oldest, then the others, oldest to newest
//!   METRONOME: next due = this due + interval, so it never drifts
//!
//! unit 0, vertical blanks: the count goes up at every field, then the requests are looked at
//!
//!   count  7            8            9           10
//!          |------------|------------|------------|
//!                ^ DELAY 0, 1, 2 sent here
//!                       ^ 0 and 1 end ^ 2 ends
//!
//!   due in the same field: by ascending offset (signed, the whole of it), equal ones oldest
//!   first, whatever their `Ties`
//!   METRONOME: counts anew from each beat
//! ```

mod commands;
#[cfg(test)]
mod tests;
mod timing;

pub use emu_core::device::timer::{
    CMD_DELAY, CMD_DELAYUNTIL, CMD_METRONOME, UNIT_USEC, UNIT_VBLANK,
};
use emu_core::device::{DevError, Submit};
use emu_core::device::{Device, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request};
use emu_core::event::{Event, EventId, Rank};
use emu_core::quirks::Quirks;
use emu_core::time::{Tick, Video};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use timing::{FieldWait, MicrosWait};

/// The tag of the timer's only kind of event: the earliest request's step of the clock.
const STEP: u16 = 0;

/// The timer with its two units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    video: Video,
    quirks: Quirks,
    /// Vertical blanks since power-on.
    count: u64,
    /// Pending on the microsecond unit, in the order in which they end.
    micros: Vec<MicrosWait>,
    /// Pending on the vertical-blank unit, in the order in which they are looked at.
    fields: Vec<FieldWait>,
    /// The event scheduled for the first of `micros`.
    armed: Option<(Tick, EventId)>,
    /// Requesters marked for ever by a metronome; stays empty without the quirk.
    marked: BTreeSet<u64>,
}

impl Timer {
    /// A timer at power-on.
    pub fn new(video: Video, quirks: Quirks) -> Timer {
        Timer {
            video,
            quirks,
            count: 0,
            micros: Vec::new(),
            fields: Vec::new(),
            armed: None,
            marked: BTreeSet::new(),
        }
    }
}

impl Device for Timer {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "timer",
            class: emu_core::device::DeviceClass::Timer,
            max_unit: UNIT_USEC,
            commands: &[
                "WRITE",
                "READ",
                "STATUS",
                "DELAY",
                "DELAYUNTIL",
                "METRONOME",
            ],
            rank: Rank::CLOCK_STEP,
            counts_fields: true,
        }
    }

    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit {
        self.start(&request, cx)
            .unwrap_or_else(|error| Submit::Done(Finished::failed(error)))
    }

    fn event(&mut self, event: Event, cx: &mut DeviceCx<'_>) {
        if event.tag == STEP && self.armed.take_if(|(at, _)| *at == event.at).is_some() {
            self.step(event.at, cx);
        }
    }

    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool {
        let Some(actual) = self.withdraw(id, cx) else {
            return false;
        };
        cx.complete(
            id,
            Finished {
                actual,
                error: Some(DevError::Aborted),
            },
        );
        true
    }

    fn forget(&mut self, requester: u64) {
        self.marked.remove(&requester);
    }

    fn field(&mut self, count: u64, cx: &mut DeviceCx<'_>) {
        self.count_field(count, cx);
    }

    fn is_sound(&self, now: Tick) -> bool {
        let first = self.micros.first().map(MicrosWait::step);
        let armed = self.armed.map(|(at, _)| at);
        armed == first
            && !first.is_some_and(|at| at.is_long_before(now))
            && self.micros.is_sorted_by_key(|wait| (wait.due, wait.ties))
            && self.count <= now.0
    }

    fn pending(&self) -> Vec<PendingWork> {
        let micros = self.micros.iter().map(|wait| (wait.id, wait.step()));
        let fields = self
            .fields
            .iter()
            .map(|wait| (wait.id, self.video.field_start(wait.due())));
        micros
            .chain(fields)
            .map(|(id, due)| PendingWork { id, due: Some(due) })
            .collect()
    }
}
