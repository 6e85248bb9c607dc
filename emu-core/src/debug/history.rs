//! The machine at many instants, in little space.
//!
//! Each instant is kept whole, and shares all pages of memory with the one before that have not
//! changed since. When they take more than the budget, those go whose loss makes the smallest gap
//! for their distance from where the machine stands: near there they stay dense, far away they
//! thin out.

use crate::device::Board;
use crate::input::Input;
use crate::machine::{Frozen, Machine};
use crate::time::{CPU_HZ, Tick, Ticks};
use std::collections::BTreeMap;

/// Bytes that a history takes, unless told otherwise.
pub const BUDGET: usize = 256 << 20;
/// Bytes of a kept machine beside its memory, roughly.
const SMALL_PARTS: usize = 160 << 10;
/// How often an instant is kept, unless told otherwise: four times a second.
const EVERY: Ticks = Ticks(CPU_HZ / 4);

/// Changes by hand that are kept: before the oldest of more, the past is forgotten.
const CHANGES: usize = 256;

/// A change from outside the run.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// By hand: the machine behind it is kept for good.
    Kept,
    /// Something that happens to the console.
    Input(Input),
}

/// A machine that is kept.
#[derive(Clone)]
pub(super) struct Mark<B> {
    pub frozen: Frozen<B>,
    /// How many changes it has seen.
    pub changes: u32,
    /// What it takes beside the one before.
    bytes: usize,
}

impl Change {
    fn is_kept(&self) -> bool {
        matches!(self, Change::Kept)
    }
}

/// Instants of a run, from its first on.
#[derive(Clone)]
pub struct History<B> {
    marks: Vec<Mark<B>>,
    /// When each change was made, and what it was.
    changes: BTreeMap<u32, (Tick, Change)>,
    bytes: usize,
    every: Ticks,
    budget: usize,
}

impl<B: Board + Clone> History<B> {
    /// The history of a run that begins with this machine.
    pub fn new(machine: &mut Machine<B>) -> History<B> {
        let mut history = History {
            marks: Vec::new(),
            changes: BTreeMap::new(),
            bytes: 0,
            every: EVERY,
            budget: BUDGET,
        };
        history.keep(machine, 0);
        history
    }

    /// The same with another distance between instants and another budget in bytes.
    pub fn with_limits(self, every: Ticks, budget: usize) -> History<B> {
        History {
            every: Ticks(every.0.max(1)),
            budget,
            ..self
        }
    }

    /// When the next instant is to be kept.
    pub fn next(&self) -> Tick {
        self.end() + self.every
    }

    /// The last instant that is kept.
    pub fn end(&self) -> Tick {
        let last = self.marks.last();
        last.map_or(Tick::default(), |mark| mark.frozen.at())
    }

    /// The first instant.
    pub fn start(&self) -> Tick {
        let first = self.marks.first();
        first.map_or(Tick::default(), |mark| mark.frozen.at())
    }

    /// How many instants are kept.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether none is kept; never so.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// How many bytes they take, roughly.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The instants that are kept, in order.
    pub fn instants(&self) -> impl Iterator<Item = Tick> + '_ {
        self.marks.iter().map(|mark| mark.frozen.at())
    }

    /// Keeps the machine as it is, in its place. It has seen this many changes.
    pub(super) fn keep(&mut self, machine: &mut Machine<B>, changes: u32) {
        let at = machine.now();
        let place = self.marks.partition_point(|mark| mark.frozen.at() < at);
        let next = self.marks.get(place);
        if next.is_some_and(|mark| mark.frozen.at() == at) {
            return;
        }
        let like = place.checked_sub(1).map(|n| &self.marks[n].frozen);
        let mark = Mark {
            frozen: Frozen::of(machine, like),
            changes,
            bytes: 0,
        };
        self.marks.insert(place, mark);
        self.measure(place);
        self.measure(place + 1);
        while self.bytes > self.budget && self.thin(at) {}
    }

    /// Keeps the machine as it is for good, behind a change by hand with this number. What was
    /// kept of its future is another run's.
    pub(super) fn change(&mut self, machine: &mut Machine<B>, number: u32) {
        let at = machine.now();
        // What was changed before in this instant is in the machine.
        self.changes.retain(|_, (when, _)| *when < at);
        self.changes.insert(number, (at, Change::Kept));
        self.begin_anew(machine, number);
        while self.changes() > CHANGES {
            self.forget();
        }
    }

    /// Something happens to the console, which the machine has been told. What was kept of its
    /// future is another run's.
    pub(super) fn input(&mut self, machine: &mut Machine<B>, number: u32, input: Input) {
        let at = machine.now();
        self.changes.retain(|_, (when, _)| *when <= at);
        self.changes.insert(number, (at, Change::Input(input)));
        self.begin_anew(machine, number);
    }

    /// Forgets what was kept at the machine's instant and later, and keeps it as it is.
    fn begin_anew(&mut self, machine: &mut Machine<B>, changes: u32) {
        let now = machine.now();
        let place = self.marks.partition_point(|mark| mark.frozen.at() < now);
        let gone = self.marks.drain(place..).map(|mark| mark.bytes);
        self.bytes -= gone.sum::<usize>();
        self.keep(machine, changes);
    }

    /// Forgets what is before the first change by hand.
    fn forget(&mut self) {
        let mut kept = self.changes.iter().filter(|(_, change)| change.1.is_kept());
        if let Some((&number, &(at, _))) = kept.next() {
            self.changes = self.changes.split_off(&(number + 1));
            self.marks.retain(|mark| mark.frozen.at() >= at);
            self.bytes = self.marks.iter().map(|mark| mark.bytes).sum();
            self.measure(0);
        }
    }

    /// The change that follows so many others, with its number.
    pub(super) fn next_change(&self, changes: u32) -> Option<(u32, Tick, &Change)> {
        let mut later = self.changes.range(changes.saturating_add(1)..);
        later
            .next()
            .map(|(number, (at, change))| (*number, *at, change))
    }

    /// How many changes by hand are kept.
    pub fn changes(&self) -> usize {
        let kept = self.changes.values().filter(|(_, change)| change.is_kept());
        kept.count()
    }

    /// Counts what an instant takes beside the one before.
    fn measure(&mut self, place: usize) {
        let before = place.checked_sub(1).map(|n| &self.marks[n].frozen);
        let Some(mark) = self.marks.get(place) else {
            return;
        };
        let bytes = mark.frozen.bytes_beside(before) + SMALL_PARTS;
        self.bytes = self.bytes - mark.bytes + bytes;
        self.marks[place].bytes = bytes;
    }

    /// Drops the instant that is missed least at `here`; whether there was one to drop.
    fn thin(&mut self, here: Tick) -> bool {
        let at = |n: usize| self.marks[n].frozen.at();
        // The gap it would leave, in relation to how far away it is.
        let cost = |&n: &usize| {
            let gap = at(n + 1).since(at(n - 1)).0;
            let distance = here.0.abs_diff(at(n).0) + CPU_HZ;
            u128::from(gap) * u128::from(CPU_HZ) / u128::from(distance)
        };
        let inner = 1..self.marks.len().saturating_sub(1);
        let mut inner = inner.filter(|&n| !self.is_for_good(at(n)));
        let Some(n) = inner.by_ref().min_by_key(cost) else {
            return false;
        };
        let gone = self.marks.remove(n);
        self.bytes -= gone.bytes;
        self.measure(n);
        true
    }

    /// Whether nothing but a machine that was kept leads on from an instant.
    fn is_for_good(&self, at: Tick) -> bool {
        let mut changes = self.changes.values();
        changes.any(|(when, change)| *when == at && change.is_kept())
    }

    /// The last instant that is kept and not after `at`; the first one if all are.
    pub fn last_before(&self, at: Tick) -> Tick {
        self.before(at).frozen.at()
    }

    /// The last instant that is not after `at`; the first one if all are.
    pub(super) fn before(&self, at: Tick) -> &Mark<B> {
        let place = self.marks.partition_point(|mark| mark.frozen.at() <= at);
        &self.marks[place.saturating_sub(1)]
    }
}
