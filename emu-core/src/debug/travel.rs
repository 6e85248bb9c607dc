//! Going on, to any instant, and backwards.
//!
//! Going back is going on from an earlier instant: a machine that is run again does the same.
//! What was told on the first way is not told again.

mod backwards;
mod outside;

pub use backwards::WayBack;

use super::drive::{Armed, Driven, Pace};
use super::history::{History, Mark};
use super::listen::{Heard, Listener, Present};
use super::stops::{Contents, On, Requested, StopPoint, StopPoints};
use super::symbols::Symbols;
use super::{Halt, Position};
use crate::device::Board;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::{IOInfo, IOReq};
use crate::machine::{Machine, Outside, Stop, Write};
use crate::media::Discs;
use crate::mem::Range;
use crate::profile::Profile;
use crate::time::Tick;
use crate::trace::{Event, Sink};
use std::collections::{BTreeMap, VecDeque};

/// An instant farther back than this, in ticks, gets others kept on the way to it: the next step
/// back will not have so far to go.
const FAR: u64 = 60_000;

/// A machine that stops, steps and goes back.
pub struct Debugger<B> {
    pub(super) machine: Machine<B>,
    pub(super) history: History<B>,
    /// What the machine stops for. Changes count from the next run on.
    pub points: StopPoints,
    /// Names of addresses.
    pub symbols: Symbols,
    /// What was counted, while the machine does not count itself.
    pub(super) profile: Option<Box<Profile>>,
    pub(super) counts: bool,
    /// How far the run has got: what happened before was told.
    pub(super) told: Tick,
    /// Calls of this instant have been stopped for.
    pub(super) passed: Option<Tick>,
    /// What it stands still for, and where.
    standing: Option<(Position, Halt)>,
    pub(super) requests: BTreeMap<u64, Requested>,
    /// How many changes the machine has seen.
    pub(super) changes: u32,
    pub(super) armed: Armed,
    contents: Contents,
    /// Until when somebody may do something: a machine that nothing inside can wake is not
    /// stuck before.
    pub(super) awaited: Tick,
    /// What breakpoints wait for and has happened at the present instant: each is a stop of its
    /// own.
    pending: VecDeque<Halt>,
}

impl<B: Board + Clone> Debugger<B> {
    /// Debugs a machine from where it stands.
    pub fn new(mut machine: Machine<B>) -> Debugger<B> {
        let history = History::new(&mut machine);
        Debugger::with_history(machine, history)
    }

    /// The same with a history of other measures, which begins with the machine.
    pub fn with_history(mut machine: Machine<B>, history: History<B>) -> Debugger<B> {
        Debugger {
            requests: requests_of(&mut machine),
            told: machine.now(),
            passed: None,
            standing: None,
            points: StopPoints::default(),
            changes: 0,
            armed: Armed::default(),
            contents: Contents::default(),
            symbols: Symbols::default(),
            profile: None,
            counts: false,
            awaited: Tick::default(),
            pending: VecDeque::new(),
            machine,
            history,
        }
    }

    /// The machine.
    pub fn machine(&self) -> &Machine<B> {
        &self.machine
    }

    /// The instants that are kept.
    pub fn history(&self) -> &History<B> {
        &self.history
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        position(&self.machine)
    }

    /// Changes the machine by hand. What is known of its future is forgotten: it is another one
    /// now. Whoever goes back past this instant and on again finds the change made again.
    pub fn change<T>(&mut self, by: impl FnOnce(&mut Machine<B>) -> T) -> T {
        let given = by(&mut self.machine);
        self.machine.watch(&[]);
        self.pending.clear();
        self.changes += 1;
        self.history.change(&mut self.machine, self.changes);
        self.told = self.told.min(Tick(self.machine.now().0 + 1));
        given
    }

    /// Goes on until something stops it or the clock reaches `limit`.
    pub fn run(&mut self, limit: Tick, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        self.arm();
        loop {
            let next = self.history.next().max(self.machine.now());
            let until = self.count_on(limit.min(next));
            let halt = self.forward(until, discs, sink);
            self.count_off();
            if self.machine.now() >= self.history.next() {
                self.history.keep(&mut self.machine, self.changes);
            }
            let now = self.machine.now();
            match halt {
                Halt::There => {
                    self.told = self.told.max(now);
                    if now >= limit {
                        self.passed = None;
                        return self.stopped(halt);
                    }
                }
                Halt::Address(n) | Halt::Event(n, ..) | Halt::Written(n, _)
                    if self.points.is_passed_by(n) => {}
                Halt::Event(number, actor, event @ Event::Call { .. }) => {
                    // The call has been made by now; whoever waits for it wants to see it coming.
                    self.told = self.told.max(Tick(now.0 + 1));
                    self.passed = Some(now);
                    self.back_one(discs);
                    return self.stopped(Halt::Event(number, actor, event));
                }
                halt => {
                    self.told = self.told.max(Tick(now.0 + 1));
                    self.passed = None;
                    return self.stopped(halt);
                }
            }
        }
    }

    /// Makes the machine stop for what is wanted now.
    pub(super) fn arm(&mut self) {
        self.armed = Armed {
            addresses: self.points.addresses(),
            ranges: self.points.ranges(),
            loads: self.points.loads(),
            hears: true,
        };
        self.armed.arm(&mut self.machine);
        self.contents = Contents::of(&self.points, self.machine.memory());
        if self.points.want_events() {
            // Requests from before anybody listened.
            let mut requests = requests_of(&mut self.machine);
            for (id, request) in &mut requests {
                *request = self.requests.get(id).copied().unwrap_or(*request);
            }
            self.requests = requests;
        }
    }

    /// Counts a stop.
    pub(super) fn stopped(&mut self, halt: Halt) -> Halt {
        if let Halt::Address(number) | Halt::Event(number, ..) | Halt::Written(number, _) = &halt {
            self.points.count(*number);
        }
        self.standing = Some((self.position(), halt.clone()));
        halt
    }

    /// Runs to the next thing that a breakpoint waits for, or to `limit`.
    fn forward(&mut self, limit: Tick, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        while let Some(halt) = self.pending.pop_front() {
            let wanted = |n| self.points.iter().any(|p| p.number == n && p.enabled);
            if matches!(halt, Halt::Event(n, ..) if wanted(n)) {
                return halt;
            }
        }
        loop {
            let changes = self.changes;
            let (stop, heard) = self.go(Pace::Free, limit, discs, sink);
            let met = heard.into_iter().filter_map(|heard| {
                let number = self.met(&heard)?;
                Some(Halt::Event(number, heard.actor, heard.event))
            });
            self.pending = met.collect();
            if changes != self.changes {
                self.contents = Contents::of(&self.points, self.machine.memory());
            }
            if let Some(halt) = self.pending.pop_front() {
                return halt;
            }
            return match stop {
                Stop::Limit => Halt::There,
                Stop::Breakpoint { pc } => match self.at_address(pc) {
                    Some(number) => Halt::Address(number),
                    None => continue,
                },
                Stop::Written(writes) => match self.touched(&writes) {
                    Some(number) => Halt::Written(number, writes),
                    None => continue,
                },
                // An event that no condition fits after all.
                Stop::Sink if !sink.wants_stop() => continue,
                stop => Halt::Ended(stop),
            };
        }
    }

    /// Lets the machine go over what was changed, and gives what it stopped for with the events
    /// that may be what breakpoints wait for, while it is armed for any.
    pub(super) fn go(
        &mut self,
        pace: Pace,
        limit: Tick,
        discs: &dyn Discs,
        sink: &mut dyn Sink,
    ) -> (Stop, Vec<Heard>) {
        let none = StopPoints::default();
        let mut listener = Listener {
            outer: sink,
            points: if self.armed.hears {
                &self.points
            } else {
                &none
            },
            told: self.told,
            passed: self.passed,
            requests: &mut self.requests,
            heard: Vec::new(),
        };
        let mut outside = Outside {
            sink: &mut listener,
            discs,
        };
        let mut driven = Driven {
            machine: &mut self.machine,
            history: &self.history,
            changes: &mut self.changes,
            armed: &self.armed,
            awaited: self.awaited,
        };
        let stop = driven.go(pace, limit, &mut outside);
        (stop, listener.heard)
    }

    /// Makes the machine stop for nothing.
    pub(super) fn disarm(&mut self) {
        self.armed = Armed::default();
        self.armed.arm(&mut self.machine);
    }

    fn current(&self) -> Item {
        let current = self.machine.kernel().current_task();
        current.unwrap_or(Item::NONE)
    }

    /// The first breakpoint that waits for one of these.
    pub(super) fn touched(&mut self, accesses: &[Write]) -> Option<u32> {
        let changed = self.contents.look(&self.points, self.machine.memory());
        let any = |range: Range, is_load: bool| {
            let mut like = accesses.iter().filter(|a| a.is_load == is_load);
            like.any(|access| access.range.meets(range))
        };
        self.first(|point| match point.on {
            On::Write(range) => any(range, false),
            On::Read(range) => any(range, true),
            _ => changed.contains(&point.number),
        })
    }

    fn at_address(&self, pc: u32) -> Option<u32> {
        self.first(|point| point.on == On::Address(pc))
    }

    pub(super) fn met(&self, heard: &Heard) -> Option<u32> {
        let Heard {
            actor,
            event,
            request,
        } = heard;
        let mut points = self.points.iter().filter(|point| {
            point.hears(event, request.as_ref()) && point.on.finds(event, &self.machine)
        });
        let task = self.machine.item_name(*actor);
        let scope = self.scope(Some(event), *actor);
        points
            .find(|point| point.fits(&task, &scope))
            .map(|point| point.number)
    }

    /// The first breakpoint of a kind whose task and condition fit.
    fn first(&self, is_it: impl Fn(&StopPoint) -> bool) -> Option<u32> {
        let task = self.current();
        let scope = self.scope(None, task);
        let name = self.machine.item_name(task);
        let mut points = self
            .points
            .iter()
            .filter(|point| point.enabled && is_it(point));
        points
            .find(|point| point.fits(&name, &scope))
            .map(|point| point.number)
    }

    fn scope<'a>(&'a self, event: Option<&'a Event>, task: Item) -> Present<'a> {
        let mut registers = [0; 17];
        if let Some(own) = self.machine.task_registers(task) {
            registers[..16].copy_from_slice(&own.r);
            registers[16] = own.cpsr;
        }
        Present {
            registers,
            mem: self.machine.memory(),
            event,
            symbols: &self.symbols,
        }
    }

    /// What a condition sees now.
    pub fn value(&self, expression: &super::Expression) -> Option<i64> {
        expression.value(&self.scope(None, self.current()))
    }

    /// Executes one guest instruction, whosever turn it is.
    pub fn step(&mut self, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        self.passed = None;
        self.pending.clear();
        self.disarm();
        self.count_on(Tick::NEVER);
        let (mut stop, _) = self.go(Pace::Step, Tick::NEVER, discs, sink);
        if stop == Stop::Stepped {
            (stop, _) = self.go(Pace::Settle, Tick::NEVER, discs, sink);
        }
        self.told = self.told.max(Tick(self.machine.now().0 + 1));
        self.count_off();
        match stop {
            Stop::Stepped | Stop::Limit => Halt::Stepped,
            other => Halt::Ended(other),
        }
    }

    /// Goes to an instant: the first at or after `at` where something can stand.
    pub fn goto(&mut self, at: Tick, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        self.passed = None;
        let now = self.machine.now();
        // What is kept of the future is the run's own: a change by hand makes that go.
        if at < now || self.history.before(at).frozen.at() > now {
            self.stand_before(at);
        }
        let points = std::mem::take(&mut self.points);
        self.pending.clear();
        // A step back from there has not so far to go.
        let near = Tick(at.0.saturating_sub(FAR));
        if self.machine.now() < near && near < self.history.end() {
            let halt = self.run(near, discs, sink);
            if halt != Halt::There {
                self.points = points;
                return halt;
            }
            self.history.keep(&mut self.machine, self.changes);
        }
        let halt = self.run(at, discs, sink);
        self.points = points;
        halt
    }

    /// Stands at the last instant that is kept and not after `at`.
    fn stand_before(&mut self, at: Tick) {
        let Mark {
            frozen, changes, ..
        } = self.history.before(at);
        self.changes = *changes;
        self.machine = frozen.thaw();
        self.pending.clear();
        self.requests = requests_of(&mut self.machine);
    }
}

fn position<B: Board>(machine: &Machine<B>) -> Position {
    Position {
        at: machine.now(),
        instructions: machine.instructions(),
    }
}

/// What is known of each request in progress.
fn requests_of<B: Board>(machine: &mut Machine<B>) -> BTreeMap<u64, Requested> {
    let pending = machine.pending_work();
    let iors: BTreeMap<_, _> = machine.kernel().pending_requests().collect();
    let mut requests = BTreeMap::new();
    for (id, work) in pending {
        let Some(device) = machine.device_class(id) else {
            continue;
        };
        let ior = iors.get(&work.id).and_then(|&ior| machine.item(ior));
        // Whoever owns an IOReq has the request's own copy of its IOInfo in it.
        let info = ior.map(|node| node.cast::<IOReq>().at(IOReq::io_Info));
        let byte = |field| info.map(|info| machine.memory().peek(info.at(field)));
        let request = Requested {
            device,
            unit: byte(IOInfo::ioi_Unit),
            command: byte(IOInfo::ioi_Command).map(u16::from),
        };
        requests.insert(work.id.0, request);
    }
    requests
}
