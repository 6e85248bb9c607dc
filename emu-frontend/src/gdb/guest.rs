//! The guest as a conversation with GDB sees it, and how it goes on.

use super::points::{Points, Set};
use super::target::{task_of, tid_of};
use super::text::{Tee, Text};
use crate::debug::{Debugging, going};
use emu_core::debug::{Debugger, Halt, On, Position};
use emu_core::kernel::abi::Fault;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::aif::IMAGE_BASE;
use emu_core::machine::Stop;
use emu_core::time::{CPU_HZ, Tick, Ticks};
use emu_core::trace::Event;
use emu_devices::board::ConsoleBoard;
use gdbstub::common::{Signal, Tid};
use gdbstub::stub::MultiThreadStopReason;
use gdbstub::target::ext::base::reverse_exec::ReplayLogPosition;
use std::collections::BTreeMap;
use std::io::Write;

/// The thread that stands for nobody: no task has the number 1, which is the kernel's own folio.
pub const NOBODY: Tid = Tid::MIN;
/// How long the guest runs between two looks at the connection.
const SLICE: Ticks = Ticks(CPU_HZ / 20);
/// Instructions of a stepped range between two looks at the connection.
const STEPS: u32 = 2_000;

/// Why the guest stands still.
pub type Reason = MultiThreadStopReason<u32>;

/// How the guest goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// Until something stops it.
    On,
    /// One instruction of a task, or until it leaves a range.
    Step {
        /// The task.
        task: Item,
        /// From the first address to before the second.
        range: Option<(u32, u32)>,
        /// What is done already.
        phase: Phase,
    },
    /// Backwards, until something stops it.
    Back,
    /// Back by one instruction of a task.
    StepBack(Item),
    /// To an instant, whatever happens.
    To(Tick),
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The task is to get the processor first.
    Before,
    /// Its instruction is done, and it is to get the processor again.
    Behind,
}

/// A program that has been started meanwhile.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its name.
    pub name: String,
    /// Its first instruction.
    pub start: u32,
    /// When.
    pub at: Tick,
}

/// The machine that GDB debugs.
pub struct Guest<'a> {
    pub(super) debugging: Debugging<'a, Tee<'a>, Box<dyn Write + 'a>>,
    pub(super) text: Text,
    pub(super) points: Points,
    pub(super) going: Going,
    /// An instant that the next command to go on leads to.
    pub(super) next_instant: Option<Tick>,
    /// Where the program lies, beside where it was linked to lie.
    pub(super) offset: u32,
    pub(super) started: BTreeMap<Item, Started>,
    /// The numbers of the server's own breakpoints: faults, and new tasks.
    faults: u32,
    tasks: u32,
    /// Behind a watched access that GDB has been told of before the instruction.
    accessed: Option<Position>,
    /// A fault that GDB has been told of, where it was noticed.
    told_fault: Option<Position>,
    /// An end that GDB has been told of.
    told_end: Option<Position>,
    /// Where it went on last.
    from: Position,
}

impl<'a> Guest<'a> {
    /// The guest of a debugger that has just started it.
    pub fn new(
        mut debugging: Debugging<'a, Tee<'a>, Box<dyn Write + 'a>>,
        text: Text,
    ) -> Guest<'a> {
        let kind = |word: &str| On::Kind(word.to_owned());
        let faults = debugging.debugger.points.add(kind("fault"), None, None);
        let tasks = debugging.debugger.points.add(kind("task"), None, None);
        let mut guest = Guest {
            debugging,
            text,
            points: Points::default(),
            going: Going::On,
            next_instant: None,
            offset: 0,
            started: BTreeMap::new(),
            faults,
            tasks,
            accessed: None,
            told_fault: None,
            told_end: None,
            from: Position::default(),
        };
        let main = guest.debugger().machine().kernel().main_task();
        if guest.debugger().machine().instructions() == 0 {
            guest.note_start(main);
            let start = guest.started.get(&main).map_or(0, |main| main.start);
            // The header of the image says where it was linked to lie.
            let linked = guest.debugger().machine().memory().word(start + IMAGE_BASE);
            guest.offset = start.wrapping_sub(linked);
        }
        guest
    }

    fn debugger(&self) -> &Debugger<ConsoleBoard> {
        &self.debugging.debugger
    }

    /// The numbers of breakpoints that nobody may touch at the prompt.
    pub(super) fn is_own(&self, number: u32) -> bool {
        number == self.faults || number == self.tasks || self.points.of(number).is_some()
    }

    /// The thread that a stop without a better one is told of.
    pub(super) fn standing(&self) -> Tid {
        let machine = self.debugger().machine();
        let current = machine.kernel().current_task();
        let main = machine.kernel().main_task();
        let main = machine.task(main).map(|_| main);
        let first = || machine.tasks().first().copied();
        current.or(main).or_else(first).map_or(NOBODY, tid_of)
    }

    fn signal(&self, signal: Signal) -> Reason {
        Reason::SignalWithThread {
            tid: self.standing(),
            signal,
        }
    }

    /// The answer to an interrupt.
    pub fn interrupted(&self) -> Reason {
        self.signal(Signal::SIGINT)
    }

    /// The task with the processor.
    fn current(&self) -> Item {
        let current = self.debugger().machine().kernel().current_task();
        current.unwrap_or(Item::NONE)
    }

    fn exists(&self, task: Item) -> bool {
        self.debugger().machine().task(task).is_some()
    }

    fn soon(&self) -> Tick {
        self.debugger().position().at + SLICE
    }

    /// It is to go on now.
    pub(super) fn set_going(&mut self, going: Going) {
        self.going = going;
        self.from = self.debugger().position();
        if matches!(going, Going::Back | Going::StepBack(_)) {
            // What is met again on the way forward is told again.
            (self.accessed, self.told_fault, self.told_end) = (None, None, None);
        }
    }

    /// Goes on for a short while; `interrupted` is asked when it takes longer. The reason why the
    /// guest stands still, if it does.
    pub fn advance(&mut self, interrupted: &mut dyn FnMut() -> bool) -> Option<Reason> {
        match self.going {
            Going::On => {
                self.accessed = None;
                let mut halt = self.run(self.soon());
                // The call that is made next is no reason to stay here.
                if matches!(halt, Halt::Event(_, _, Event::Call { .. }))
                    && self.debugger().position() == self.from
                {
                    halt = self.run(self.soon());
                }
                self.reason(&halt)
            }
            Going::Step { task, range, phase } => self.step(task, range, phase),
            Going::Back => {
                self.accessed = None;
                let halt = self.back(interrupted);
                self.reason(&halt)
            }
            Going::StepBack(task) => self.step_back(task, interrupted),
            Going::To(at) => {
                let soon = self.soon();
                let halt = self
                    .with_sink(|debugger, discs, sink| debugger.goto(at.min(soon), discs, sink));
                match halt {
                    Halt::There if self.debugger().position().at < at => None,
                    Halt::There => Some(self.signal(Signal::SIGTRAP)),
                    halt => self.reason(&halt),
                }
            }
        }
    }

    /// Does something with the debugger, telling what happens.
    fn with_sink(
        &mut self,
        work: impl FnOnce(
            &mut Debugger<ConsoleBoard>,
            &dyn emu_core::media::Discs,
            &mut dyn emu_core::trace::Sink,
        ) -> Halt,
    ) -> Halt {
        let debugging = &mut self.debugging;
        work(
            &mut debugging.debugger,
            debugging.discs,
            &mut debugging.sink,
        )
    }

    fn run(&mut self, limit: Tick) -> Halt {
        self.with_sink(|debugger, discs, sink| debugger.run(limit, discs, sink))
    }

    /// Backwards. Faults and new tasks were seen on the way forward.
    fn back(&mut self, interrupted: &mut dyn FnMut() -> bool) -> Halt {
        self.enable_own(false);
        let debugging = &mut self.debugging;
        let goes_on = &mut || !interrupted();
        let halt = debugging.debugger.run_back_while(debugging.discs, goes_on);
        self.enable_own(true);
        halt
    }

    fn enable_own(&mut self, enabled: bool) {
        for number in [self.faults, self.tasks] {
            if let Some(point) = self.debugging.debugger.points.get_mut(number) {
                point.enabled = enabled;
            }
        }
    }

    /// One instruction of a task: others go on meanwhile.
    fn step(&mut self, task: Item, range: Option<(u32, u32)>, mut phase: Phase) -> Option<Reason> {
        let here = self.debugger().position();
        if phase == Phase::Before
            && self.accessed.take() == Some(here)
            && !self.points.has_watches()
        {
            // GDB takes this processor for one that tells of a watched access before the
            // instruction, and steps over it. It has been executed.
            return Some(self.stepped(task));
        }
        let soon = self.soon();
        for _ in 0..STEPS {
            let halt = self.with_sink(|debugger, discs, sink| debugger.settle(soon, discs, sink));
            let mut halted = halt != Halt::Stepped;
            let mut halt = halt;
            if !halted && self.current() != task {
                if !self.exists(task) {
                    return Some(self.signal(Signal::SIGTRAP));
                }
                halt = self.run_to_task(task, soon);
                halted = halt != Halt::Stepped;
            } else if !halted && phase == Phase::Behind {
                let pc = self.pc(task);
                let is_inside = range.is_some_and(|(from, to)| (from..to).contains(&pc));
                if !is_inside || self.points.has_address(pc) {
                    return Some(self.stepped(task));
                }
                phase = Phase::Before;
            }
            if !halted && phase == Phase::Before && self.current() == task {
                let before = self.debugger().position().instructions;
                halt =
                    self.with_sink(|debugger, discs, sink| debugger.execute_one(soon, discs, sink));
                if self.debugger().position().instructions > before {
                    phase = Phase::Behind;
                }
                halted = halt != Halt::Stepped;
            }
            self.going = Going::Step { task, range, phase };
            if halted {
                return self.reason(&halt);
            }
        }
        None
    }

    /// Runs until a task gets the processor.
    fn run_to_task(&mut self, task: Item, limit: Tick) -> Halt {
        let name = self.debugger().machine().item_name(task);
        let on = On::Kind("run".to_owned());
        let points = &mut self.debugging.debugger.points;
        let number = points.add(on, Some(name), None);
        let halt = self.run(limit);
        self.debugging.debugger.points.remove(number);
        match halt {
            Halt::Event(reached, ..) if reached == number => Halt::Stepped,
            halt => halt,
        }
    }

    fn pc(&self, task: Item) -> u32 {
        let registers = self.debugger().machine().task_registers(task);
        registers.map_or(0, |registers| registers.pc())
    }

    fn stepped(&self, task: Item) -> Reason {
        Reason::SignalWithThread {
            tid: tid_of(task),
            signal: Signal::SIGTRAP,
        }
    }

    /// Back by one instruction of a task: what others did meanwhile is taken back, too.
    fn step_back(&mut self, task: Item, interrupted: &mut dyn FnMut() -> bool) -> Option<Reason> {
        self.accessed = None;
        let begin = Reason::ReplayLog {
            tid: Some(self.standing()),
            pos: ReplayLogPosition::Begin,
        };
        let discs = self.debugging.discs;
        if self.debugging.debugger.step_back(discs) == Halt::Start {
            return Some(begin);
        }
        if self.current() == task || !self.exists(task) {
            return Some(self.stepped(task));
        }
        // To where another task got the processor: the instruction before may be this one's.
        let points = std::mem::take(&mut self.debugging.debugger.points);
        let on = On::Kind("run".to_owned());
        self.debugging.debugger.points.add(on, None, None);
        let goes_on = &mut || !interrupted();
        let halt = self.debugging.debugger.run_back_while(discs, goes_on);
        self.debugging.debugger.points = points;
        match halt {
            Halt::Start => Some(begin),
            Halt::There => Some(self.interrupted()),
            // The next look takes one more back.
            _ => None,
        }
    }

    /// What GDB is told of a stop; nothing of one that concerns the server alone.
    fn reason(&mut self, halt: &Halt) -> Option<Reason> {
        let tid = self.standing();
        let goes_back = matches!(self.going, Going::Back | Going::StepBack(_));
        match halt {
            Halt::There if goes_back => Some(self.interrupted()),
            Halt::There => None,
            Halt::Stepped => Some(self.signal(Signal::SIGTRAP)),
            Halt::Start => Some(Reason::ReplayLog {
                tid: Some(tid),
                pos: ReplayLogPosition::Begin,
            }),
            Halt::Event(number, actor, event) if *number == self.tasks => {
                if let Event::Task { task, .. } = event {
                    self.note_start(*task);
                }
                let _ = actor;
                None
            }
            Halt::Event(number, actor, event) if *number == self.faults => {
                self.fault(*actor, event)
            }
            Halt::Address(number) => Some(match self.points.of(*number) {
                Some(Set::Hardware(_)) => Reason::HwBreak(tid),
                Some(_) => Reason::SwBreak(tid),
                None => self.tell(halt),
            }),
            Halt::Written(number, accesses) => Some(match self.points.of(*number) {
                Some(Set::Watch(kind, range)) => {
                    self.accessed = (!goes_back).then(|| self.debugger().position());
                    let task = accesses.first().map_or(Item::NONE, |access| access.task);
                    let tid = if self.exists(task) { tid_of(task) } else { tid };
                    Reason::Watch {
                        tid,
                        kind: kind.kind(),
                        addr: Points::touched(kind, range, accesses),
                    }
                }
                _ => self.tell(halt),
            }),
            Halt::Event(..) => Some(self.tell(halt)),
            Halt::Ended(stop) => Some(self.ended(stop, halt)),
        }
    }

    /// A breakpoint that was set with `monitor`: GDB knows nothing of it.
    fn tell(&mut self, halt: &Halt) -> Reason {
        let answer = going::answer(&self.debugging, halt);
        self.text.say(&answer.text);
        self.signal(Signal::SIGTRAP)
    }

    fn note_start(&mut self, task: Item) {
        let machine = self.debugging.debugger.machine();
        let Some(state) = machine.task(task).filter(|state| state.program == task) else {
            return;
        };
        let started = Started {
            name: machine.item_name(task),
            start: state.registers.pc(),
            at: machine.now(),
        };
        self.started.insert(task, started);
    }

    /// A task breaks a rule. GDB is shown the instruction that does, before it is executed.
    fn fault(&mut self, actor: Item, event: &Event) -> Option<Reason> {
        let noticed = self.debugger().position();
        if self.told_fault == Some(noticed) {
            return None;
        }
        self.told_fault = Some(noticed);
        let last = self.debugger().machine().kernel().last_fault();
        let signal = match last.map(|report| report.fault) {
            Some(Fault::Undefined { .. } | Fault::Supervisor { .. }) => Signal::SIGILL,
            Some(Fault::NoSuchCall { .. }) => Signal::SIGSYS,
            _ => Signal::SIGSEGV,
        };
        if let Event::Fault { what, .. } = event {
            let name = self.debugger().machine().item_name(actor);
            self.text.say(&format!("task {actor:?} \"{name}\": {what}"));
        }
        let discs = self.debugging.discs;
        self.debugging.debugger.step_back(discs);
        let tid = match self.exists(actor) {
            true => tid_of(actor),
            false => self.standing(),
        };
        Some(Reason::SignalWithThread { tid, signal })
    }

    /// The run has ended. GDB is told so twice: the first time it can still go back.
    fn ended(&mut self, stop: &Stop, halt: &Halt) -> Reason {
        let here = self.debugger().position();
        let is_told = self.told_end.replace(here) == Some(here);
        match stop {
            Stop::Exit(status) if is_told => Reason::Exited(*status as u8),
            Stop::NotStarted(_) if is_told => Reason::Exited(1),
            Stop::Fault(_) => Reason::Terminated(Signal::SIGSEGV),
            Stop::Stuck(_) => {
                self.tell(halt);
                self.signal(Signal::SIGSTOP)
            }
            Stop::Exit(_) | Stop::NotStarted(_) => {
                let answer = going::answer(&self.debugging, halt);
                let words = answer.text.lines().next().unwrap_or_default();
                self.text.say(&format!(
                    "{words}; one can still go back from here, and `continue` ends"
                ));
                Reason::ReplayLog {
                    tid: Some(self.standing()),
                    pos: ReplayLogPosition::End,
                }
            }
            _ => self.tell(halt),
        }
    }

    /// The thread's task, or the one that stands still for any.
    pub(super) fn task_meant(&self, tid: Tid) -> Item {
        match self.exists(task_of(tid)) {
            true => task_of(tid),
            false => task_of(self.standing()),
        }
    }
}
