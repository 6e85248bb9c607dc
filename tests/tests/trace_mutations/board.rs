//! A console whose timer, fields or discs can misbehave from outside.

use emu_core::device::display::{Picture, Scaling};
use emu_core::device::{
    Board, Bus, Completion, DevError, Device, DeviceCx, DeviceId, DeviceInfo, Finished, Message,
    Notice, PendingWork, ReqId, Request, Submit,
};
use emu_core::event::Event;
use emu_core::machine::Config;
use emu_core::media::{DiscNumber, DiscTable, Discs, SECTOR_DATA, SECTOR_RAW, SectorError};
use emu_core::mem::Memory;
use emu_core::time::{Tick, Ticks};
use emu_devices::board::{ConsoleBoard, TIMER};
use emu_devices::cdrom::DriveProfile;
use emu_devices::timer::Timer;
use serde::{Deserialize, Serialize};

/// What is wrong with the timer; numbers count from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimerFault {
    /// Whatever it says comes later.
    Late(u64),
    /// This completion comes after the next one.
    Swapped(u64),
    /// This completion has an error.
    Error(u64, DevError),
    /// This completion has done one more.
    OneMore(u64),
    /// This completion does not come.
    LostCompletion(u64),
    /// This beat does not come.
    LostBeat(u64),
    /// This beat comes twice.
    DoubleBeat(u64),
    /// This beat has other signals.
    OtherSignal(u64, u32),
    /// This request is refused.
    Refused(u64),
    /// This request is done at once.
    AtOnce(u64),
    /// What this request reads is lost.
    LostBytes(u64),
    /// This request gets another unit.
    OtherUnit(u64),
}

/// The timer, with a bus of its own so that what it says can be changed.
#[derive(Clone, Serialize, Deserialize)]
struct Shim {
    timer: Timer,
    bus: Bus,
    #[serde(skip)]
    fault: Option<TimerFault>,
    #[serde(skip)]
    counts: Counts,
    /// Said, and not passed on yet.
    #[serde(skip)]
    held: Vec<(Tick, Message)>,
    /// Waits for the completion after it.
    #[serde(skip)]
    aside: Option<Completion>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    requests: u64,
    completions: u64,
    beats: u64,
}

impl Shim {
    fn with_timer<T>(
        &mut self,
        cx: &mut DeviceCx<'_>,
        work: impl FnOnce(&mut Timer, &mut DeviceCx<'_>) -> T,
    ) -> T {
        let (now, id, rank) = (cx.now, cx.device(), self.timer.info().rank);
        let before = self.bus.events.next_tick();
        let result = {
            let mut inner = DeviceCx::new(now, id, rank, cx.memory(), &mut self.bus);
            work(&mut self.timer, &mut inner)
        };
        while let Some(message) = self.bus.outbox.pop() {
            self.say(message, cx);
        }
        let next = self.bus.events.next_tick();
        if next != Tick::NEVER && next != before {
            cx.schedule(next, 0, 0);
        }
        result
    }

    fn say(&mut self, message: Message, cx: &mut DeviceCx<'_>) {
        use TimerFault as F;
        let fault = self.fault;
        if let Some(F::Late(by)) = fault {
            let at = cx.now + Ticks(by);
            self.held.push((at, message));
            cx.schedule(at, 0, 0);
            return;
        }
        match message {
            Message::Completion(mut completion) => {
                let n = self.counts.completions;
                self.counts.completions += 1;
                match fault {
                    Some(F::Swapped(which)) if which == n => {
                        self.aside = Some(completion);
                        return;
                    }
                    Some(F::LostCompletion(which)) if which == n => return,
                    Some(F::Error(which, error)) if which == n => {
                        completion.result.error = Some(error);
                    }
                    Some(F::OneMore(which)) if which == n => completion.result.actual += 1,
                    _ => (),
                }
                complete(completion, cx);
                if let Some(aside) = self.aside.take() {
                    complete(aside, cx);
                }
            }
            Message::Notice(Notice::Beat { id, signal }) => {
                let n = self.counts.beats;
                self.counts.beats += 1;
                let mut signal = signal;
                match fault {
                    Some(F::LostBeat(which)) if which == n => return,
                    Some(F::DoubleBeat(which)) if which == n => {
                        cx.notice(Notice::Beat { id, signal });
                    }
                    Some(F::OtherSignal(which, bits)) if which == n => signal = bits,
                    _ => (),
                }
                cx.notice(Notice::Beat { id, signal });
            }
            Message::Notice(notice) => cx.notice(notice),
        }
    }
}

fn complete(Completion { id, result, terms }: Completion, cx: &mut DeviceCx<'_>) {
    cx.complete_explained(id, result, terms);
}

impl Device for Shim {
    fn info(&self) -> DeviceInfo {
        self.timer.info()
    }

    fn submit(&mut self, mut request: Request, cx: &mut DeviceCx<'_>) -> Submit {
        use TimerFault as F;
        let n = self.counts.requests;
        self.counts.requests += 1;
        match self.fault {
            Some(F::Refused(which)) if which == n => {
                return Submit::Done(Finished::failed(DevError::BadCommand));
            }
            Some(F::AtOnce(which)) if which == n => return Submit::Done(Finished::ok(0)),
            Some(F::LostBytes(which)) if which == n => {
                let result = Finished::ok(request.recv.len());
                return Submit::Done(result);
            }
            Some(F::OtherUnit(which)) if which == n => request.unit ^= 1,
            _ => (),
        }
        self.with_timer(cx, |timer, cx| timer.submit(request, cx))
    }

    fn event(&mut self, _event: Event, cx: &mut DeviceCx<'_>) {
        let now = cx.now;
        while let Some(event) = self.bus.events.pop_due(now) {
            self.with_timer(cx, |timer, cx| timer.event(event, cx));
        }
        let (due, rest) = self.held.drain(..).partition(|(at, _)| *at <= now);
        self.held = rest;
        for (_, message) in due {
            match message {
                Message::Completion(completion) => complete(completion, cx),
                Message::Notice(notice) => cx.notice(notice),
            }
        }
    }

    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool {
        self.with_timer(cx, |timer, cx| timer.abort(id, cx))
    }

    fn forget(&mut self, requester: u64) {
        self.timer.forget(requester);
    }

    fn field(&mut self, count: u64, cx: &mut DeviceCx<'_>) {
        self.with_timer(cx, |timer, cx| timer.field(count, cx));
    }

    fn pending(&self) -> Vec<PendingWork> {
        let held = self.held.iter().filter_map(|(at, message)| match message {
            Message::Completion(Completion { id, .. })
            | Message::Notice(Notice::Beat { id, .. }) => Some((*id, *at)),
            Message::Notice(_) => None,
        });
        let held = held.map(|(id, at)| PendingWork { id, due: Some(at) });
        self.timer.pending().into_iter().chain(held).collect()
    }
}

/// The console's board with that timer, and with fields that can be late.
#[derive(Clone, Serialize, Deserialize)]
pub struct TestBoard {
    rest: ConsoleBoard,
    /// In place of the board's own; none where the kernel's own buffers reach the timer.
    timer: Option<Shim>,
    #[serde(skip)]
    fields_late: u64,
}

impl TestBoard {
    /// A board whose drive has a disc, if one is given.
    pub fn new(
        config: &Config,
        drive: DriveProfile,
        disc: Option<(DiscNumber, DiscTable)>,
    ) -> Self {
        let mut rest = ConsoleBoard::new(config.video, config.quirks()).with_drive(drive);
        if let Some((number, table)) = disc {
            rest = rest.with_disc(number, table);
        }
        TestBoard {
            rest,
            timer: None,
            fields_late: 0,
        }
    }

    /// The same with other NVRAM.
    pub fn with_nvram(mut self, bytes: Vec<u8>) -> TestBoard {
        self.rest = self
            .rest
            .with_nvram(bytes)
            .expect("as long as the console's");
        self
    }

    /// The same with a timer that can be at fault, and perhaps is.
    pub fn with_shim(mut self, config: &Config, fault: Option<TimerFault>) -> TestBoard {
        self.timer = Some(Shim {
            timer: Timer::new(config.video, config.quirks()),
            bus: Bus::default(),
            fault,
            counts: Counts::default(),
            held: Vec::new(),
            aside: None,
        });
        self
    }

    /// The same whose fields begin later.
    pub fn with_late_fields(mut self, by: u64) -> TestBoard {
        self.fields_late = by;
        self
    }
}

impl Board for TestBoard {
    fn device_count(&self) -> u8 {
        self.rest.device_count()
    }

    fn device(&mut self, id: DeviceId) -> Option<&mut dyn Device> {
        match id {
            TIMER if self.timer.is_some() => {
                self.timer.as_mut().map(|timer| timer as &mut dyn Device)
            }
            id => self.rest.device(id),
        }
    }

    fn field_start(&self, k: u64) -> Tick {
        self.rest.field_start(k) + Ticks(self.fields_late)
    }

    fn picture(&self, memory: &Memory, scaling: Scaling) -> Option<Picture> {
        self.rest.picture(memory, scaling)
    }
}

/// What is wrong with the discs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DiscFault {
    /// A byte of a frame.
    Byte(u32, usize),
    /// A frame that the host cannot read.
    Unreadable(u32),
}

/// Discs with a fault.
pub struct FaultyDiscs<'a> {
    pub discs: &'a dyn Discs,
    pub fault: Option<DiscFault>,
}

impl Discs for FaultyDiscs<'_> {
    fn read_data(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_DATA],
    ) -> Result<(), SectorError> {
        if self.fault == Some(DiscFault::Unreadable(frame)) {
            let why = "a scratch".to_owned();
            return Err(SectorError::Unreadable { frame, why });
        }
        self.discs.read_data(disc, frame, to)?;
        if let Some(DiscFault::Byte(_, at)) = self
            .fault
            .filter(|fault| matches!(fault, DiscFault::Byte(f, _) if *f == frame))
        {
            to[at] ^= 1;
        }
        Ok(())
    }

    fn read_raw(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_RAW],
    ) -> Result<(), SectorError> {
        self.discs.read_raw(disc, frame, to)
    }
}
