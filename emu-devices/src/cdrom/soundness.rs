//! Whether a drive from a file can be one: it must not panic, hang or overflow.

use super::CdRom;
use super::mechanism::FRAMES_MAX;
use super::queue::{Read, Running, Waiting, Work};
use super::sectors;
use super::timing::Sixths;
use emu_core::time::{Tick, Ticks};

/// More requests than a guest's memory has room for.
const QUEUE_MAX: usize = 65_536;

/// Nothing of a drive is farther ahead: more than all frames and retries of the longest request.
const AHEAD_MAX: Ticks = Ticks(1 << 56);

impl CdRom {
    /// Whether everything fits the present instant and fits together.
    pub(super) fn fits(&self, now: Tick) -> bool {
        let latest = Sixths::at(now + AHEAD_MAX);
        self.settings.retry_shift <= 7
            && sectors::is_length_of_any(u32::from(self.settings.length))
            && self.disc.as_ref().is_none_or(|disc| disc.is_sound())
            && self.head.is_sound(latest)
            && self.fits_sound(latest)
            && self.active <= now
            && self.queue.len() <= QUEUE_MAX
            && self.queue.is_sorted_by(|a, b| a.priority >= b.priority)
            && self
                .queue
                .iter()
                .all(|waiting| self.fits_waiting(waiting, now))
            && self
                .trying
                .is_none_or(|(at, _)| self.closed && self.disc.is_some() && is_ahead(at, now))
            && match &self.running {
                Some(running) => self.fits_running(running, now, latest),
                None => {
                    let may = |first: &Waiting| self.is_tried() || first.work.is_drawer();
                    !self.queue.first().is_some_and(may)
                }
            }
    }

    fn fits_waiting(&self, waiting: &Waiting, now: Tick) -> bool {
        waiting.submitted <= now
            && waiting.held <= now.since(waiting.submitted)
            && match &waiting.work {
                Work::Status(_) | Work::DiscData(_) => !self.is_tried(),
                Work::Asked(asked) => !self.is_tried() && asked.settings.retry_shift <= 7,
                Work::Read(read) => self.is_tried() && self.fits_read(read),
                Work::SubQ(_) | Work::Play(_) | Work::Start => self.closed && self.disc.is_some(),
                Work::Open | Work::Close => true,
            }
    }

    fn fits_read(&self, read: &Read) -> bool {
        let lead_out = self.disc.as_ref().map_or(0, |disc| disc.table.lead_out);
        let bytes = read.count.checked_mul(read.length);
        self.closed
            && sectors::is_length(read.kind, read.length)
            && read.count > 0
            && read.start < lead_out
            && read.count <= lead_out - read.start
            && bytes == Some(read.recv.len())
            && read.retries < 128
    }

    fn fits_running(&self, running: &Running, now: Tick, latest: Sixths) -> bool {
        let marks = &running.marks;
        let work = match &running.work {
            Work::Read(read) => {
                let frame = read.start.saturating_add(running.done);
                let instant = self.profile.constants().whole.is_some();
                self.fits_read(read)
                    && self.is_tried()
                    && running.done < read.count
                    // The block to be delivered is in the buffer, or under a head that reads.
                    && (instant || self.head.first() == frame)
                    && (instant || !self.head.buffer.is_empty() || !self.head.paused)
                    && (instant || self.head.limit >= read.start.saturating_add(read.count))
            }
            Work::SubQ(_) | Work::Start => self.closed && self.disc.is_some() && self.is_tried(),
            Work::Open | Work::Close => true,
            Work::Status(_) | Work::DiscData(_) | Work::Asked(_) | Work::Play(_) => false,
        };
        let ends = [
            marks.spun,
            marks.commanded,
            marks.sped,
            marks.sought,
            marks.read,
        ];
        work && marks.submitted <= marks.began
            && marks.began <= now
            && marks.held <= marks.began.since(marks.submitted)
            && ends.iter().all(|&mark| mark <= latest)
            && running.last <= latest
            && running.due <= latest
            && running.frame <= FRAMES_MAX
            && is_ahead(running.armed.0, now)
    }
}

/// Whether an event can be scheduled for that tick.
fn is_ahead(at: Tick, now: Tick) -> bool {
    !at.is_long_before(now) && at <= now + AHEAD_MAX
}
