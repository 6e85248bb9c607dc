//! The drawer, and what becomes of requests when it opens.
//!
//! Device sheet 4.4 and 4.7.

use super::mechanism::{Disc, Head};
use super::queue::Work;
use super::timing::Sixths;
use super::{CdRom, TRY_DISC};
use emu_core::device::{DevError, DeviceCx, Finished, Notice};
use emu_core::media::{DiscNumber, DiscTable, MediaEvent};
use emu_core::time::Tick;

impl CdRom {
    /// Somebody does something to the drive or its disc.
    pub(super) fn handle(&mut self, event: &MediaEvent, cx: &mut DeviceCx<'_>) {
        match event {
            MediaEvent::Open => self.open(cx.now, cx),
            MediaEvent::Close => self.close(cx.now, cx),
            MediaEvent::Insert(disc) => self.swap(disc.clone(), cx),
            &MediaEvent::FailFrame(frame) => self.mar(cx, |disc| disc.fail(frame)),
            &MediaEvent::SlowFrame { frame, extra } => {
                self.mar(cx, |disc| disc.slow_down(frame, extra));
            }
        }
        self.serve(cx.now, cx);
    }

    fn swap(&mut self, disc: Option<(DiscNumber, DiscTable)>, cx: &mut DeviceCx<'_>) {
        self.open(cx.now, cx);
        self.disc = disc.map(|(number, table)| Disc::new(number, table));
        self.close(cx.now, cx);
    }

    /// Changes how frames can be read; what has passed the head already stays as it was.
    fn mar(&mut self, cx: &mut DeviceCx<'_>, change: impl FnOnce(&mut Disc)) {
        if let Some(disc) = &mut self.disc {
            let drive = self.profile.constants();
            let now = Sixths::at(cx.now);
            self.head.advance(now, disc, drive);
            change(disc);
            self.head.pass_not_before(now, disc, drive);
            self.rearm(cx);
        }
    }

    /// Opens the drawer: whatever has to do with the disc fails.
    pub(super) fn open(&mut self, at: Tick, cx: &mut DeviceCx<'_>) {
        if !self.closed {
            return;
        }
        let could_be_read = self.has_readable_disc() && self.is_tried();
        self.closed = false;
        self.changes = self.changes.saturating_add(1);
        if self.disc.is_some() {
            self.media_changes = self.media_changes.saturating_add(1);
        }
        if let Some((_, event)) = self.trying.take() {
            cx.cancel(event);
        }
        let running = self.running.as_ref();
        if running.is_some_and(|running| !running.work.is_drawer()) {
            self.cut(DevError::Offline, at, cx);
        }
        let offline = Finished::failed(DevError::Offline);
        for waiting in std::mem::take(&mut self.queue) {
            if waiting.work.is_drawer() {
                self.queue.push(waiting);
            } else {
                self.end_waiting(&waiting, offline, at, cx);
            }
        }
        self.head.stop();
        self.audio.leave();
        if could_be_read {
            cx.notice(Notice::Media {
                device: cx.device(),
                present: false,
            });
        }
    }

    /// Closes the drawer: a disc in it begins to turn.
    pub(super) fn close(&mut self, at: Tick, cx: &mut DeviceCx<'_>) {
        if self.closed {
            return;
        }
        self.closed = true;
        self.last_error = 0;
        if self.disc.is_some() {
            self.media_changes = self.media_changes.saturating_add(1);
            let ready = at + self.profile.constants().spin_up;
            self.trying = Some((ready, cx.schedule(ready, TRY_DISC, 0)));
        }
    }

    /// The disc turns: its table of contents is read, and those who waited for it go on.
    pub(super) fn try_disc(&mut self, at: Tick, cx: &mut DeviceCx<'_>) {
        self.head = Head::at_rest();
        self.active = self.active.max(at);
        if self.has_readable_disc() {
            cx.notice(Notice::Media {
                device: cx.device(),
                present: true,
            });
        }
        for mut waiting in std::mem::take(&mut self.queue) {
            waiting.held = at.since(waiting.submitted);
            let table = self.disc.as_ref().map(|disc| &disc.table);
            let result = match waiting.work {
                Work::Status(recv) => Some(self.say_status(recv, at, cx)),
                Work::DiscData(recv) => Some(self.say_disc_data(recv, cx)),
                Work::Asked(asked) => {
                    let plan = table.ok_or(DevError::Offline);
                    match plan.and_then(|table| asked.plan(table)) {
                        Ok(read) => {
                            waiting.work = Work::Read(read);
                            None
                        }
                        Err(error) => Some(Finished::failed(error)),
                    }
                }
                Work::Read(_)
                | Work::SubQ(_)
                | Work::Play(_)
                | Work::Start
                | Work::Open
                | Work::Close => None,
            };
            match result {
                Some(result) => self.end_waiting(&waiting, result, at, cx),
                None => self.queue.push(waiting),
            }
        }
        self.serve(at, cx);
    }
}
