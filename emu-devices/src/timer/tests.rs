//! Every sentence about the timer as a test.
//!
//! They are those of the device sheet's section 3 and the kernel sheet's 5.14,
//! and a comparison with a model that steps the clock.

mod checks;
mod fields;
mod micros;
mod model;

mod state;

use super::*;
use emu_core::device::{Buffer, Bus, DeviceId, Message, Notice, Op, Suspicion, Ties};
use emu_core::event::Target;
use emu_core::mem::Memory;
use emu_core::quirks::Profile;
use emu_core::time::Ticks;

/// Where the tests put a TimeVal and read results.
const SEND: u32 = 0x5_0000;
const RECV: u32 = 0x5_0100;

/// What the kernel hears, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Ended(ReqId, Finished),
    Told(Notice),
}

/// A timer with the part of a machine that it needs.
#[derive(Clone)]
struct Rig {
    timer: Timer,
    memory: Memory,
    bus: Bus,
    now: Tick,
    count: u64,
    next_id: u64,
    heard: Vec<(Tick, Said)>,
    /// What requests say that say nothing about it.
    ties: Ties,
}

impl Rig {
    fn new(quirks: Quirks) -> Rig {
        Rig::with(Video::Ntsc, quirks)
    }

    fn with(video: Video, quirks: Quirks) -> Rig {
        let mut rig = Rig {
            timer: Timer::new(video, quirks),
            memory: Memory::new(),
            bus: Bus::default(),
            now: Tick(0),
            count: 0,
            next_id: 1,
            heard: Vec::new(),
            ties: Ties::OldestFirst,
        };
        rig.next_field();
        rig
    }

    fn next_field(&mut self) {
        let field = Event {
            at: self.timer.video.field_start(self.count + 1),
            target: Target::Field,
            tag: 0,
            data: self.count + 1,
        };
        self.bus.events.schedule(Rank::FIELD, field);
    }

    fn device<R>(&mut self, call: impl FnOnce(&mut Timer, &mut DeviceCx<'_>) -> R) -> R {
        let rank = self.timer.info().rank;
        let mut cx = DeviceCx::new(self.now, DeviceId(0), rank, &mut self.memory, &mut self.bus);
        let result = call(&mut self.timer, &mut cx);
        while let Some(message) = self.bus.outbox.pop() {
            let said = match message {
                Message::Completion(end) => Said::Ended(end.id, end.result),
                Message::Notice(notice) => Said::Told(notice),
            };
            self.heard.push((self.now, said));
        }
        result
    }

    /// What a machine does until `at`, with everything due then.
    fn run(&mut self, at: Tick) {
        while self.bus.events.next_tick() <= at {
            self.now = self.bus.events.next_tick();
            let Some(event) = self.bus.events.pop_due(self.now) else {
                break;
            };
            match event.target {
                Target::Kernel | Target::Input | Target::Held => (),
                Target::Field => {
                    self.count = event.data;
                    self.device(|timer, cx| timer.field(event.data, cx));
                    self.next_field();
                }
                Target::Device(_) => self.device(|timer, cx| timer.event(event, cx)),
            }
        }
        self.now = at;
    }

    /// Runs to the middle of the field after vertical blank `k`.
    fn run_into_field(&mut self, k: u64) {
        self.run(self.timer.video.field_start(k) + Ticks(100_000));
    }

    fn run_micros(&mut self, micros: u64) {
        self.run(Tick(micros * 25 / 2));
    }

    /// Sends a request that `change` has completed.
    fn send(&mut self, op: Op, unit: u8, change: impl FnOnce(&mut Request)) -> (ReqId, Submit) {
        let id = ReqId(self.next_id);
        self.next_id += 1;
        let mut request = Request::new(id, unit, op);
        request.ties = self.ties;
        change(&mut request);
        (id, self.device(|timer, cx| timer.submit(request, cx)))
    }

    /// A microsecond command with a TimeVal; the option is a signal for metronomes.
    fn micros(&mut self, command: u16, seconds: i32, micros: i32) -> (ReqId, Submit) {
        self.memory.set_word(SEND, seconds.cast_unsigned());
        self.memory.set_word(SEND + 4, micros.cast_unsigned());
        self.send(Op::Control(command), UNIT_USEC, |request| {
            request.send = Buffer::Guest { addr: SEND, len: 8 };
            request.option = 0x100;
        })
    }

    /// A vertical-blank command.
    fn fields(&mut self, command: u16, offset: u32) -> (ReqId, Submit) {
        self.send(Op::Control(command), UNIT_VBLANK, |request| {
            request.offset = offset;
            request.option = 0x100;
        })
    }

    fn abort(&mut self, id: ReqId) -> bool {
        self.device(|timer, cx| timer.abort(id, cx))
    }

    /// What was heard since the last call, without the plain field notices.
    fn heard(&mut self) -> Vec<(Tick, Said)> {
        self.heard
            .extract_if(.., |_| true)
            .filter(|(_, said)| !matches!(said, Said::Told(Notice::Field { .. })))
            .collect()
    }

    /// The events that the timer has scheduled.
    fn armed(&self) -> Vec<Tick> {
        let mut events = self.bus.events.clone();
        std::iter::from_fn(|| events.pop_due(Tick::NEVER))
            .filter(|event| event.target != Target::Field)
            .map(|event| event.at)
            .collect()
    }
}

fn documented() -> Quirks {
    Quirks::of(Profile::Documented)
}

fn retail() -> Quirks {
    Quirks::of(Profile::Retail)
}

fn both(test: impl Fn(Rig)) {
    test(Rig::new(documented()));
    test(Rig::new(retail()));
}

fn ok(id: ReqId, actual: u32) -> Said {
    Said::Ended(id, Finished::ok(actual))
}

fn aborted(id: ReqId, actual: u32) -> Said {
    let error = Some(DevError::Aborted);
    Said::Ended(id, Finished { actual, error })
}

fn beat(id: ReqId) -> Said {
    Said::Told(Notice::Beat { id, signal: 0x100 })
}

fn failed(error: DevError) -> Submit {
    Submit::Done(Finished::failed(error))
}

fn done(actual: u32) -> Submit {
    Submit::Done(Finished::ok(actual))
}

fn ids<const N: usize>(heard: &[(Tick, Said)]) -> [u64; N] {
    let ids: Vec<u64> = heard
        .iter()
        .map(|(_, said)| match said {
            Said::Ended(id, _) | Said::Told(Notice::Beat { id, .. }) => id.0,
            Said::Told(other) => panic!("{other:?}"),
        })
        .collect();
    ids.try_into().unwrap()
}
