//! Requests from the queue to their completion (device sheet 4.7, 4.8).

use super::audio::Span;
use super::commands::Asked;
use super::options::{Recovery, Speed};
use super::sectors;
use super::timing::{Marks, Sixths};
use super::{CdRom, WORK};
use emu_core::device::{Buffer, DevError, DeviceCx, Finished, Notice, ReqId};
use emu_core::event::EventId;
use emu_core::media::TrackKind;
use emu_core::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};

/// A READ that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Read {
    /// First frame.
    pub start: u32,
    /// Blocks, one a frame.
    pub count: u32,
    pub kind: TrackKind,
    /// Bytes of a block.
    pub length: u32,
    pub recv: Buffer,
    pub speed: Speed,
    pub recovery: Recovery,
    pub retries: u32,
    pub read_ahead: bool,
}

/// What a pending request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Work {
    Status(Buffer),
    DiscData(Buffer),
    Asked(Asked),
    Read(Read),
    SubQ(Buffer),
    Play(Span),
    /// Lets the disc turn.
    Start,
    Open,
    Close,
}

impl Work {
    /// Whether it has to do with the drawer and not with a disc.
    pub fn is_drawer(&self) -> bool {
        matches!(self, Work::Open | Work::Close)
    }
}

/// A request in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub id: ReqId,
    pub priority: u8,
    pub submitted: Tick,
    /// How long it has waited for a disc to be recognised.
    pub held: Ticks,
    pub work: Work,
}

/// The request that is being served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Running {
    pub id: ReqId,
    pub work: Work,
    pub marks: Marks,
    /// Blocks delivered.
    pub done: u32,
    /// When the last of them was.
    pub last: Sixths,
    /// When the next one is, or all is done.
    pub due: Sixths,
    /// The event scheduled for that.
    pub armed: (Tick, EventId),
    /// Whether it was aborted and ends with the sector under way.
    pub stopping: bool,
    /// The frame that READ_SUBQ tells about.
    pub frame: u32,
}

impl Running {
    /// Bytes delivered.
    fn actual(&self) -> u32 {
        match &self.work {
            Work::Read(read) => self.done.saturating_mul(read.length),
            _ => 0,
        }
    }
}

impl CdRom {
    /// Queues a request behind those of its priority.
    pub(super) fn enqueue(&mut self, waiting: Waiting, cx: &mut DeviceCx<'_>) {
        let place = self
            .queue
            .partition_point(|other| other.priority >= waiting.priority);
        self.queue.insert(place, waiting);
        self.serve(cx.now, cx);
    }

    /// Begins the first request if the drive is free.
    pub(super) fn serve(&mut self, at: Tick, cx: &mut DeviceCx<'_>) {
        while self.running.is_none() {
            let may = |first: &Waiting| self.is_tried() || first.work.is_drawer();
            if !self.queue.first().is_some_and(may) {
                return;
            }
            let waiting = self.queue.remove(0);
            if let Work::Play(span) = waiting.work {
                let result = self.play(span, at.max(waiting.submitted));
                self.end_waiting(&waiting, result, at, cx);
            } else {
                self.begin(waiting, at, cx);
            }
        }
    }

    fn begin(&mut self, waiting: Waiting, at: Tick, cx: &mut DeviceCx<'_>) {
        let at = at.max(waiting.submitted);
        let drive = self.profile.constants();
        let mut marks = Marks::new(waiting.submitted, waiting.held, at);
        let mut frame = 0;
        match waiting.work {
            Work::Read(_) => self.stop_sound(at),
            _ => self.settle_sound(at),
        }
        let due = match (&waiting.work, drive.whole) {
            (Work::Read(read), Some(whole)) => {
                self.head.pos = read.start;
                marks.read = Sixths::at(at + whole);
                marks.read
            }
            (Work::SubQ(_), Some(whole)) => {
                frame = self.passing(at).map_or(self.head.pos, |(frame, _)| frame);
                marks.read = Sixths::at(at + whole);
                marks.read
            }
            (_, Some(whole)) => {
                marks.commanded = Sixths::at(at + whole);
                marks.commanded
            }
            (Work::Read(read), None) => {
                self.approach(read, &mut marks);
                self.next_due(read, read.start, &mut marks, Sixths(0))
            }
            (Work::SubQ(_), None) => {
                (frame, marks.read) = self.next_position(&mut marks);
                marks.read
            }
            (Work::Start, None) => {
                self.spin_up(&mut marks);
                marks.commanded = marks.spun.plus(Sixths::ticks(drive.command.0));
                marks.commanded
            }
            (_, None) => {
                marks.commanded = Sixths::at(at + drive.command);
                marks.commanded
            }
        };
        if !waiting.work.is_drawer() {
            self.audio.stopped = false;
        }
        self.running = Some(Running {
            id: waiting.id,
            work: waiting.work,
            marks,
            done: 0,
            last: Sixths(0),
            due,
            armed: (due.tick(), cx.schedule(due.tick(), WORK, 0)),
            stopping: false,
            frame,
        });
    }

    /// Lets the disc turn again if it stands still.
    fn spin_up(&mut self, marks: &mut Marks) {
        if self.stands_still(marks.began) {
            self.head.stop();
            let length = self.profile.constants().spin_up;
            marks.spun = marks.spun.plus(Sixths::ticks(length.0));
        }
        marks.spun = marks.spun.max(self.audio.turns);
    }

    /// Rules 1 to 3 of device sheet 4.8: goes on with what is being read, or goes there.
    fn approach(&mut self, read: &Read, marks: &mut Marks) {
        let Some(disc) = &self.disc else {
            return;
        };
        let drive = self.profile.constants();
        let now = Sixths::at(marks.began);
        self.head.advance(now, disc, drive);
        self.spin_up(marks);
        let goes_on = self.head.speed == read.speed && self.head.goes_on_at(read.start);
        marks.commanded = marks.spun;
        if goes_on {
            self.head.skip_to(read.start);
        } else {
            marks.commanded = marks.spun.plus(Sixths::ticks(drive.command.0));
        }
        marks.sped = marks.commanded;
        if self.head.speed != read.speed {
            self.head.speed = read.speed;
            marks.sped = marks.sped.plus(Sixths::ticks(drive.speed_change.0));
        }
        marks.sought = marks.sped;
        if !goes_on {
            let seek = drive.seek(self.head.pos, read.start, read.speed);
            marks.sought = marks.sped.plus(seek);
            self.head.jump(read.start, marks.sought);
        }
        marks.read = marks.sought;
        let end = read.start.saturating_add(read.count);
        let lead_out = self.disc.as_ref().map_or(end, |disc| disc.table.lead_out);
        self.head.limit = if read.read_ahead { lead_out } else { end };
        self.head.retries = read.retries;
    }

    /// When the next block is delivered; a bad one that is refused fails when it has passed.
    fn next_due(&mut self, read: &Read, frame: u32, marks: &mut Marks, last: Sixths) -> Sixths {
        let drive = self.profile.constants();
        let Some(disc) = &self.disc else {
            return marks.read;
        };
        let held = match self.head.buffer.front() {
            Some(held) if frame < self.head.pos => *held,
            _ => {
                // A request always leaves the head reading; a saved one could be made not to.
                self.head.resume(last.max(Sixths::at(marks.began)));
                self.head.next(disc, drive)
            }
        };
        marks.read = marks.sought.max(held.finish);
        let from = Sixths::at(marks.began).max(held.finish).max(last);
        if held.bad && read.recovery == Recovery::Default {
            from
        } else {
            from.plus(drive.transfer(read.length))
        }
    }

    /// The frame whose sub-Q comes next, and when.
    fn next_position(&mut self, marks: &mut Marks) -> (u32, Sixths) {
        let Some(disc) = &self.disc else {
            return (0, marks.read);
        };
        let drive = self.profile.constants();
        self.head.advance(Sixths::at(marks.began), disc, drive);
        self.spin_up(marks);
        marks.commanded = marks.spun;
        marks.sped = marks.spun;
        marks.sought = marks.spun;
        if let Some(passing) = self.passing(marks.began) {
            return passing;
        }
        let finish = match (&self.disc, self.head.paused) {
            (Some(disc), false) => self.head.next(disc, drive).finish,
            _ => marks.spun.plus(drive.frame(self.head.speed)),
        };
        (self.head.pos, finish)
    }

    /// The running request's event is due.
    pub(super) fn work(&mut self, at: Tick, cx: &mut DeviceCx<'_>) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        let result = match running.work {
            Work::Read(read) if self.profile.constants().whole.is_some() => {
                self.deliver_all(&read, &mut running, cx)
            }
            Work::Read(read) => match self.deliver_next(&read, &mut running, cx) {
                Some(result) => result,
                None => {
                    self.running = Some(running);
                    return;
                }
            },
            Work::SubQ(recv) => self.say_position(recv, running.frame, cx),
            Work::Start | Work::Open | Work::Close => Finished::ok(0),
            Work::Status(_) | Work::DiscData(_) | Work::Asked(_) | Work::Play(_) => {
                Finished::failed(DevError::Hardware)
            }
        };
        self.end(&running, result, at, cx);
        match running.work {
            Work::Open => self.open(at, cx),
            Work::Close => self.close(at, cx),
            _ => (),
        }
        self.serve(at, cx);
    }

    /// The block whose delivery is due, and the next one's event; how it ended if it has.
    fn deliver_next(
        &mut self,
        read: &Read,
        running: &mut Running,
        cx: &mut DeviceCx<'_>,
    ) -> Option<Finished> {
        let drive = self.profile.constants();
        let disc = self.disc.as_ref()?;
        let frame = read.start.saturating_add(running.done);
        self.head.advance(running.due, disc, drive);
        let held = self.head.buffer.pop_front();
        self.head.resume(running.due);
        let refused = held.is_none_or(|held| held.bad) && read.recovery == Recovery::Default;
        if refused || !self.deliver_block(read, running, frame, cx) {
            return Some(Finished {
                actual: running.actual(),
                error: Some(if running.stopping {
                    DevError::Aborted
                } else {
                    DevError::Media
                }),
            });
        }
        let error = running.stopping.then_some(DevError::Aborted);
        if error.is_some() || running.done >= read.count {
            let actual = running.actual();
            return Some(Finished { actual, error });
        }
        running.last = running.due;
        running.due = self.next_due(
            read,
            frame.saturating_add(1),
            &mut running.marks,
            running.last,
        );
        running.armed.0 = running.due.tick();
        running.armed.1 = cx.schedule(running.armed.0, WORK, 0);
        None
    }

    /// All blocks at once, for the drive that takes no time.
    fn deliver_all(
        &mut self,
        read: &Read,
        running: &mut Running,
        cx: &mut DeviceCx<'_>,
    ) -> Finished {
        let mut frame = read.start;
        let mut good = true;
        while good && running.done < read.count {
            let bad = self.disc.as_ref().is_none_or(|disc| disc.is_failing(frame));
            good = !(bad && read.recovery == Recovery::Default)
                && self.deliver_block(read, running, frame, cx);
            frame = frame.saturating_add(1);
        }
        self.head.pos = frame;
        Finished {
            actual: running.actual(),
            error: (!good).then_some(DevError::Media),
        }
    }

    /// Writes one block and counts it; false if the host cannot read it.
    fn deliver_block(
        &self,
        read: &Read,
        running: &mut Running,
        frame: u32,
        cx: &mut DeviceCx<'_>,
    ) -> bool {
        let Some(disc) = &self.disc else {
            return false;
        };
        let to = (read.recv, running.actual());
        let good = sectors::deliver(disc, frame, read.kind, read.length, to, cx);
        if good {
            running.done += 1;
        } else {
            let id = running.id;
            cx.notice(Notice::HostError { id, frame });
        }
        good
    }

    /// Ends the request that was running.
    fn end(&mut self, running: &Running, result: Finished, at: Tick, cx: &mut DeviceCx<'_>) {
        self.note_error(result.error);
        self.active = self.active.max(at);
        self.tell(running.id, result, &running.marks, at, cx);
    }

    /// Says how a request ended and what its time went into.
    fn tell(&self, id: ReqId, result: Finished, marks: &Marks, at: Tick, cx: &mut DeviceCx<'_>) {
        let terms = marks.terms(at);
        debug_assert_eq!(terms.total(), at.since(marks.submitted));
        cx.complete_explained(id, result, terms);
    }

    /// Ends a request that waits.
    pub(super) fn end_waiting(
        &mut self,
        waiting: &Waiting,
        result: Finished,
        at: Tick,
        cx: &mut DeviceCx<'_>,
    ) {
        let at = at.max(waiting.submitted);
        let marks = Marks::new(waiting.submitted, waiting.held, at);
        self.tell(waiting.id, result, &marks, at, cx);
    }

    /// Takes the running request off the drive and ends it.
    pub(super) fn cut(&mut self, error: DevError, at: Tick, cx: &mut DeviceCx<'_>) {
        if let Some(running) = self.running.take() {
            cx.cancel(running.armed.1);
            let actual = running.actual();
            let at = at.max(running.marks.began);
            let error = Some(error);
            self.end(&running, Finished { actual, error }, at, cx);
        }
    }

    /// What is under the head may take longer from now on: when is the next block due?
    pub(super) fn rearm(&mut self, cx: &mut DeviceCx<'_>) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        if let (Work::Read(read), None) = (running.work, self.profile.constants().whole) {
            let frame = read.start.saturating_add(running.done);
            running.due = self.next_due(&read, frame, &mut running.marks, running.last);
            if running.due.tick() != running.armed.0 {
                cx.cancel(running.armed.1);
                running.armed.0 = running.due.tick().max(cx.now);
                running.armed.1 = cx.schedule(running.armed.0, WORK, 0);
            }
        }
        self.running = Some(running);
    }

    /// Ends a pending request early; false if it is none.
    pub(super) fn withdraw(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool {
        if let Some(place) = self.queue.iter().position(|waiting| waiting.id == id) {
            let waiting = self.queue.remove(place);
            self.end_waiting(&waiting, Finished::failed(DevError::Aborted), cx.now, cx);
            self.serve(cx.now, cx);
            return true;
        }
        let whole = self.profile.constants().whole.is_some();
        let Some(running) = self.running.as_mut().filter(|running| running.id == id) else {
            return false;
        };
        let reads = matches!(running.work, Work::Read(_));
        if reads && !whole && Sixths::at(cx.now) >= running.marks.sought {
            running.stopping = true;
        } else {
            self.cut(DevError::Aborted, cx.now, cx);
            self.serve(cx.now, cx);
        }
        true
    }
}
