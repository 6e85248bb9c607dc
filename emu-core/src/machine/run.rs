//! The run loop: the one place where time passes.
//!
//! ```text
//! loop
//!   due events -> devices;  what devices said -> kernel
//!   the kernel decides who has the CPU            (the only switching point)
//!   until = min(limit, next event, end of the quantum)
//!   kernel or bus master at work?  time passes, no guest code
//!   nobody runnable?               time jumps; nothing that could wake anybody = stuck
//!   else the CPU runs -> Until | trap -> handler | fault -> the task dies
//! ```

use super::report::{Stop, StuckReport, Write, Writer};
use super::{FaultReport, Machine, Pace};
use crate::cpu::Exit;
use crate::device::{Board, Device, DeviceCx, DeviceId};
use crate::event::{Event, Rank, Target};
use crate::input::Input;
use crate::kernel::abi::{Convention, Fault};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tasks::Ending;
use crate::media::{Discs, NoDiscs};
use crate::mem::{BadAccess, MEMORY_END, Refusal};
use crate::profile::Work;
use crate::time::{Tick, Ticks};
use crate::trace::{self, Category, Sink};

/// What the host lends a machine for the length of a run.
pub struct Outside<'a> {
    /// Who is told what happens.
    pub sink: &'a mut dyn Sink,
    /// What may lie in the drive.
    pub discs: &'a dyn Discs,
}

impl<'a> Outside<'a> {
    /// Somebody to tell, and no disc.
    pub fn watching(sink: &'a mut dyn Sink) -> Outside<'a> {
        Outside {
            sink,
            discs: &NoDiscs,
        }
    }
}

impl<B: Board> Machine<B> {
    /// Runs until the program ends, something stops it, or the clock reaches `limit`, with no
    /// disc at hand.
    pub fn run(&mut self, limit: Tick, sink: &mut dyn Sink) -> Stop {
        self.run_with(limit, &mut Outside::watching(sink))
    }

    /// Runs until the program ends, something stops it, or the clock reaches `limit`.
    pub fn run_with(&mut self, limit: Tick, outside: &mut Outside<'_>) -> Stop {
        let is_profiled = self.profile.is_some();
        self.kernel
            .notes
            .want(is_profiled || outside.sink.wants(Category::EVENTS));
        loop {
            self.handle_due_events(outside);
            if self.bus.has_news() {
                self.profile_work(Work::Delivery);
                self.enter_kernel(outside, |kernel, cx| kernel.deliver(cx));
            }
            if self.now >= self.kernel.quantum_end() {
                let at = self.kernel.quantum_end();
                self.kernel.quantum_expired(&self.mem, at);
            }
            if self.now >= self.busy_until {
                self.enter_kernel(outside, |kernel, cx| kernel.schedule(cx));
            }
            if let Some(stop) = self.verdict(limit, outside.sink) {
                return stop;
            }
            let until = limit
                .min(self.bus.events.next_tick())
                .min(self.kernel.quantum_end());
            if self.now < self.busy_until {
                self.now = until.min(self.busy_until);
                if let Some(profile) = &mut self.profile {
                    profile.pay(self.now);
                }
            } else if self.kernel.has_runnable() {
                self.run_guest(until, outside);
            } else if self.can_anything_wake() {
                self.now = until;
                if let Some(profile) = &mut self.profile {
                    profile.idle(self.now);
                }
            } else {
                return Stop::Stuck(self.stuck_report());
            }
        }
    }

    /// Runs until one guest instruction is done, whosever it is, or as [`Machine::run_with`].
    pub fn step_with(&mut self, limit: Tick, outside: &mut Outside<'_>) -> Stop {
        self.pace = Pace::Single;
        let stop = self.run_with(limit, outside);
        self.pace = Pace::Free;
        stop
    }

    /// Runs until a guest instruction is about to be executed, whosever it is, or as
    /// [`Machine::run_with`].
    pub fn settle_with(&mut self, limit: Tick, outside: &mut Outside<'_>) -> Stop {
        self.pace = Pace::Settle;
        let stop = self.run_with(limit, outside);
        self.pace = Pace::Free;
        stop
    }

    /// Gives the CPU to the current task until `until` or its next trap.
    fn run_guest(&mut self, until: Tick, outside: &mut Outside<'_>) {
        let Some(registers) = self.kernel.registers_mut() else {
            return;
        };
        if self.pace == Pace::Settle {
            self.halt = Some(Stop::Stepped);
            return;
        }
        registers.load_into(&mut self.cpu);
        if self.pace == Pace::Single {
            self.halt = Some(Stop::Stepped);
        }
        let exit = if let Some(profile) = self.profile.take() {
            self.run_counted(profile, until)
        } else {
            let (cpu, mem, now) = (&mut self.cpu, &mut self.mem, &mut self.now);
            let exit = if self.pace == Pace::Single {
                let exit = self.engine.step(cpu, mem, now);
                exit.unwrap_or(Exit::Until)
            } else if self.config.reference_cpu {
                self.engine.run_reference(cpu, mem, now, until)
            } else {
                self.engine.run(cpu, mem, now, until)
            };
            registers.save_from(&self.cpu);
            exit
        };
        if self.mem.has_watched_accesses() {
            self.note_writes(Writer::Program);
        }
        let fault = match exit {
            Exit::Until | Exit::Watched => None,
            Exit::Breakpoint(pc) => {
                self.halt = Some(Stop::Breakpoint { pc });
                None
            }
            Exit::Swi(number) => {
                self.profile_work(Work::Trap);
                self.enter_kernel(outside, |kernel, cx| kernel.trap(cx, number));
                None
            }
            Exit::Undefined(word) => {
                registers_back_one(self.kernel.registers_mut());
                Some(Fault::Undefined { word })
            }
            Exit::PrefetchAbort(addr) => Some(Fault::Fetch { addr }),
            Exit::DataAbort { addr, write } => Some(Fault::Access(BadAccess {
                addr,
                write,
                why: if addr < MEMORY_END {
                    Refusal::NotWritable
                } else {
                    Refusal::NoMemory
                },
            })),
        };
        if let Some(addr) = self.mem.take_low_load() {
            self.enter_kernel(outside, |kernel, cx| kernel.report_low_load(cx, addr));
        }
        if let Some(fault) = fault {
            self.profile_work(Work::Fault);
            self.enter_kernel(outside, |kernel, cx| kernel.fault(cx, fault));
        }
    }

    /// Lets the kernel work; what that costs keeps the CPU busy.
    fn enter_kernel(
        &mut self,
        outside: &mut Outside<'_>,
        work: impl FnOnce(&mut Portfolio, &mut CallCx<'_>),
    ) {
        let mut cx = CallCx {
            now: self.now,
            mem: &mut self.mem,
            board: &mut self.board,
            bus: &mut self.bus,
            sink: &mut *outside.sink,
            discs: outside.discs,
            charge: Ticks(0),
            convention: Convention::Apcs,
        };
        work(&mut self.kernel, &mut cx);
        let charge = cx.charge;
        if self.mem.has_watched_accesses() {
            self.note_writes(Writer::Kernel);
        }
        if self.profile.is_some() {
            self.count_events(outside.sink);
        } else if self.kernel.notes.wanted() {
            for (actor, event) in self.kernel.notes.take() {
                outside.sink.event(self.now, actor, &event);
            }
        }
        let stall = std::mem::take(&mut self.bus.stall);
        if charge.0 + stall.0 > 0 {
            self.busy_until = self.busy_until.max(self.now) + charge + stall;
            self.count_debt(charge, stall);
        }
    }

    fn handle_due_events(&mut self, outside: &mut Outside<'_>) {
        while let Some(event) = self.bus.events.pop_due(self.now) {
            match event.target {
                Target::Field => self.begin_field(event, outside),
                Target::Device(id) => {
                    self.with_device(id, outside.discs, |device, cx| device.event(event, cx));
                }
                Target::Kernel => {
                    self.profile_work(Work::Event);
                    self.enter_kernel(outside, |kernel, cx| kernel.event(cx, event));
                }
                Target::Input => self.begin_input(event.data, outside),
                Target::Held => self.bus.release(event.data),
            }
        }
    }

    fn begin_field(&mut self, event: Event, outside: &mut Outside<'_>) {
        if let Some(scaling) = outside.sink.wants_picture(self.fields)
            && let Some(picture) = self.board.picture(&self.mem, scaling)
        {
            outside.sink.picture(self.fields, picture);
        }
        self.fields = event.data;
        if let Some(profile) = &mut self.profile {
            profile.begin_field(event.data);
        }
        let next = event.data + 1;
        self.bus.events.schedule(
            Rank::FIELD,
            Event {
                at: self.board.field_start(next),
                data: next,
                ..event
            },
        );
        for n in 0..self.board.device_count() {
            self.with_device(DeviceId(n), outside.discs, |device, cx| {
                device.field(event.data, cx)
            });
        }
    }

    fn begin_input(&mut self, number: u64, outside: &mut Outside<'_>) {
        self.input_heard = self.board.field_start(self.fields + 1);
        let input = self.inputs.remove(&number);
        if let Some(input) = input.as_ref().filter(|_| self.kernel.notes.wanted()) {
            let what = input.to_string();
            outside
                .sink
                .event(self.now, Item::NONE, &trace::Event::Input { what });
        }
        match input {
            Some(Input::Media(event)) => {
                for n in 0..self.board.device_count() {
                    self.with_device(DeviceId(n), outside.discs, |device, cx| {
                        device.media(&event, cx)
                    });
                }
            }
            Some(Input::Pods(event)) => {
                let board = &mut self.board;
                let mut devices = 0..board.device_count();
                let mut tell = |n| board.device(DeviceId(n)).map(|d| d.pod_event(&event));
                if !devices.any(|n| tell(n) == Some(true)) {
                    let text = format!("an input finds no pod for it: {event:?}");
                    self.enter_kernel(outside, |kernel, cx| kernel.warn(cx, text));
                }
            }
            Some(Input::Console(bytes)) => {
                self.profile_work(Work::Input);
                self.enter_kernel(outside, |kernel, cx| kernel.console_input(cx, &bytes));
            }
            None => (),
        }
    }

    fn with_device(
        &mut self,
        id: DeviceId,
        discs: &dyn Discs,
        work: impl FnOnce(&mut dyn Device, &mut DeviceCx<'_>),
    ) {
        if let Some(device) = self.board.device(id) {
            let rank = device.info().rank;
            let cx = DeviceCx::new(self.now, id, rank, &mut self.mem, &mut self.bus);
            let mut cx = cx.with_discs(discs);
            work(device, &mut cx);
            if self.mem.has_watched_accesses() {
                self.note_writes(Writer::Device(id));
            }
        }
    }

    /// Watched memory was written or read: the run ends.
    #[cold]
    fn note_writes(&mut self, by: Writer) {
        let task = self.kernel.current_task().unwrap_or(Item::NONE);
        let seen = self.mem.take_watched_accesses();
        let new = seen.into_iter().map(|access| Write {
            range: access.range,
            by: access.device.map_or(by, |n| Writer::Device(DeviceId(n))),
            task,
            is_load: access.is_load,
        });
        match &mut self.halt {
            Some(Stop::Written(writes)) => writes.extend(new),
            halt => *halt = Some(Stop::Written(new.collect())),
        }
    }

    /// Why the run should end now, if it should.
    fn verdict(&mut self, limit: Tick, sink: &dyn Sink) -> Option<Stop> {
        if self.halt.is_some() {
            return self.halt.take();
        }
        match self.kernel.ending() {
            Some(Ending::Exit { status }) => return Some(Stop::Exit(status)),
            Some(Ending::NotStarted { status }) => return Some(Stop::NotStarted(status)),
            Some(Ending::Fault { fault }) => {
                let report = self.kernel.last_fault().cloned();
                return Some(Stop::Fault(report.unwrap_or_else(|| FaultReport {
                    fault,
                    ..FaultReport::default()
                })));
            }
            None => (),
        }
        if self.config.strict
            && let Some(name) = self.kernel.missing_calls().next()
        {
            return Some(Stop::Missing(name.to_owned()));
        }
        if sink.wants_stop() {
            return Some(Stop::Sink);
        }
        (self.now >= limit).then_some(Stop::Limit)
    }

    /// Whether any request could still end or beat by itself.
    fn can_anything_wake(&mut self) -> bool {
        !self.bus.is_quiet()
            || !self.inputs.is_empty()
            || self.now < self.input_heard
            || self.kernel.has_put_off_work()
            || (0..self.board.device_count()).any(|n| {
                let awaits_disc = self.kernel.awaits_disc();
                let device = self.board.device(DeviceId(n));
                device.is_some_and(|device| {
                    !device.pending().is_empty() || awaits_disc && device.has_medium()
                })
            })
    }

    fn stuck_report(&self) -> StuckReport {
        StuckReport {
            tasks: self.kernel.describe_tasks(&self.mem),
        }
    }
}

/// An undefined instruction leaves the program counter behind it; the report wants it on it.
fn registers_back_one(registers: Option<&mut crate::kernel::abi::Registers>) {
    if let Some(registers) = registers {
        registers.step_back();
    }
}
