//! When pages are moved, and when requests end (device sheet 8).

use super::{PAGE, Sport};
use emu_core::device::{DeviceCx, Finished, PendingWork, Terms};
use emu_core::time::{Tick, Ticks};

/// The line of a field in which transfers begin, and the one before which they have ended.
const FIRST_LINE: u32 = 10;
const END_LINE: u32 = 13;
/// Pages moved in one field at most: half of VRAM, more than any screen has.
const PAGES_PER_FIELD: u32 = 256;
/// What FLASHWRITE keeps the bus for, a page: 0.05 ms for the 75 of a screen.
const FLASH_PAGE: u64 = 8;
/// The tag of the only kind of event: the end of a field's transfers; its data is the field.
const END: u16 = 0;

impl Sport {
    /// The first field whose transfers have not begun at `now`.
    pub(super) fn next_field(&self, now: Tick) -> u64 {
        let next = self.video.first_field_at(now);
        let present = next.saturating_sub(1);
        if now < self.begin_of(present) {
            present
        } else {
            next
        }
    }

    /// When the transfers of a field begin.
    pub(super) fn begin_of(&self, field: u64) -> Tick {
        self.video.line_start(field, FIRST_LINE)
    }

    /// When the transfers of a field have ended.
    pub(super) fn end_of(&self, field: u64) -> Tick {
        self.video.line_start(field, END_LINE)
    }

    pub(super) fn flash_time(pages: u32) -> Ticks {
        Ticks(u64::from(pages) * FLASH_PAGE)
    }

    /// Schedules the one event, for the oldest request.
    pub(super) fn arm(&mut self, cx: &mut DeviceCx<'_>) {
        let field = self.queue.front().map(|job| job.field);
        if self.armed.map(|(field, _)| field) == field {
            return;
        }
        if let Some((_, event)) = self.armed.take() {
            cx.cancel(event);
        }
        self.armed = field.map(|field| (field, cx.schedule(self.end_of(field), END, field)));
    }

    /// The transfers of a field are over: moves its pages and ends what is done.
    pub(super) fn transfer(&mut self, field: u64, cx: &mut DeviceCx<'_>) {
        let (begin, end) = (self.begin_of(field), self.end_of(field));
        let mut room = PAGES_PER_FIELD;
        while let Some(job) = self.queue.front_mut()
            && job.field <= field
        {
            if room == 0 && job.done < job.pages {
                break;
            }
            job.begun.get_or_insert(begin);
            while room > 0 && job.done < job.pages {
                job.step(cx.memory());
                room -= 1;
            }
            if job.done < job.pages {
                break;
            }
            let begun = job.begun.unwrap_or(begin);
            let terms = Terms {
                queue: begun.since(job.sent),
                transfer: end.since(begun),
                ..Terms::default()
            };
            cx.complete_explained(job.id, Finished::ok(job.pages * PAGE), terms);
            self.queue.pop_front();
        }
        for job in &mut self.queue {
            job.field = job.field.max(field.saturating_add(1));
        }
        self.arm(cx);
    }

    /// The requests and when they end.
    pub(super) fn ends(&self) -> impl Iterator<Item = PendingWork> {
        let mut field = 0;
        let mut room = PAGES_PER_FIELD;
        self.queue.iter().map(move |job| {
            if job.field > field {
                (field, room) = (job.field, PAGES_PER_FIELD);
            }
            let mut left = job.pages.saturating_sub(job.done);
            while left > room {
                left -= room;
                field = field.saturating_add(1);
                room = PAGES_PER_FIELD;
            }
            room -= left;
            PendingWork {
                id: job.id,
                due: Some(self.end_of(field)),
            }
        })
    }
}
