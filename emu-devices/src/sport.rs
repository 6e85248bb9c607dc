//! SPORT: copies and fills whole pages of VRAM (device sheet 8).
//!
//! ```text
//! field k     line 0        10       13                        10       13
//!             |-------------|========|-------------------------|========|---
//!                 ^ A, B sent        A and B end                         C ends
//!                               ^ C sent: too late for this field
//!
//!   =  transfers: oldest request first, 256 pages at most in one field; what is left
//!      goes on in the next. FLASHWRITE waits for nothing.
//! ```

mod commands;
#[cfg(test)]
mod tests;
mod timing;

use commands::Job;
use emu_core::device::{
    DevError, Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request,
    Submit,
};
use emu_core::event::{Event, EventId, Rank};
use emu_core::time::{Tick, Video};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Fills pages with copies of one, in the vertical blank.
pub const SPORTCMD_CLONE: u16 = 4;
/// Copies pages, in the vertical blank.
pub const SPORTCMD_COPY: u16 = 5;
/// Fills pages with a word, at once.
pub const FLASHWRITE_CMD: u16 = 6;
/// Bytes of a page of VRAM.
pub const PAGE: u32 = 2048;

/// The copier of pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sport {
    video: Video,
    /// Waiting or half done, oldest first.
    queue: VecDeque<Job>,
    /// The end of the next transfers: field and event.
    armed: Option<(u64, EventId)>,
}

impl Sport {
    /// One at power-on.
    pub fn new(video: Video) -> Sport {
        Sport {
            video,
            queue: VecDeque::new(),
            armed: None,
        }
    }
}

impl Device for Sport {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "SPORT",
            class: DeviceClass::Sport,
            max_unit: 0,
            commands: &[
                "WRITE",
                "READ",
                "STATUS",
                "RESERVED",
                "CLONE",
                "COPY",
                "FLASHWRITE",
            ],
            rank: Rank::SPORT,
            counts_fields: false,
        }
    }

    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit {
        self.start(&request, cx)
            .unwrap_or_else(|error| Submit::Done(Finished::failed(error)))
    }

    fn event(&mut self, event: Event, cx: &mut DeviceCx<'_>) {
        if self
            .armed
            .take_if(|(field, _)| *field == event.data)
            .is_some()
        {
            self.transfer(event.data, cx);
        }
    }

    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool {
        let Some(place) = self.queue.iter().position(|job| job.id == id) else {
            return false;
        };
        let actual = self.queue.remove(place).map_or(0, |job| job.moved());
        self.arm(cx);
        let error = Some(DevError::Aborted);
        cx.complete(id, Finished { actual, error });
        true
    }

    fn is_sound(&self, now: Tick) -> bool {
        let armed = self.armed.map(|(field, _)| field);
        armed == self.queue.front().map(|job| job.field)
            && self.queue.iter().is_sorted_by_key(|job| job.field)
            && self.queue.iter().all(Job::is_sound)
            && !armed.is_some_and(|field| self.end_of(field).is_long_before(now))
    }

    fn pending(&self) -> Vec<PendingWork> {
        self.ends().collect()
    }
}
