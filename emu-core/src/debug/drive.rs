//! Letting a machine go, over the changes that were made to it.
//!
//! A change by hand is kept as the machine behind it, what happens to the console as itself. A run
//! that comes to its instant goes on with that machine: so every way to a later instant has seen the
//! change.

use super::history::{Change, History};
use crate::device::Board;
use crate::input::Input;
use crate::machine::{Machine, Outside, Stop};
use crate::mem::Range;
use crate::time::Tick;
use std::collections::BTreeSet;

/// How far it is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// To the limit.
    Free,
    /// Until an instruction is done.
    Step,
    /// Until an instruction is next.
    Settle,
}

/// A machine that sees its changes.
pub(super) struct Driven<'a, B> {
    pub machine: &'a mut Machine<B>,
    pub history: &'a History<B>,
    /// How many changes it has seen.
    pub changes: &'a mut u32,
    /// What it stops for.
    pub armed: &'a Armed,
    /// Until when somebody may do something: what only that can wake is not stuck before.
    pub awaited: Tick,
}

/// What a machine stops for by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Armed {
    pub addresses: BTreeSet<u32>,
    pub ranges: Vec<Range>,
    pub loads: Vec<Range>,
    /// Whether events may be reasons, too.
    pub hears: bool,
}

impl Armed {
    pub fn arm<B: Board>(&self, machine: &mut Machine<B>) {
        machine.set_breakpoints(&self.addresses);
        machine.watch_both(&self.ranges, &self.loads);
    }
}

impl<B: Board + Clone> Driven<'_, B> {
    /// Lets it go to `limit` at most.
    pub fn go(&mut self, pace: Pace, limit: Tick, outside: &mut Outside<'_>) -> Stop {
        loop {
            let change = self.history.next_change(*self.changes);
            let change = change.filter(|(_, at, _)| *at <= limit);
            let until = change.map_or(limit, |(_, at, _)| at);
            let stop = match pace {
                Pace::Free => self.machine.run_with(until, outside),
                Pace::Step => self.machine.step_with(until, outside),
                Pace::Settle => self.machine.settle_with(until, outside),
            };
            if let Stop::Stuck(_) = stop {
                let awaited = change.map_or(self.awaited, |(_, at, _)| at);
                if self.machine.now() < awaited {
                    self.machine
                        .schedule_input(awaited, Input::Console(Vec::new()));
                    continue;
                }
            }
            let reached = change.filter(|(_, at, _)| self.machine.now() >= *at);
            match reached {
                None => return stop,
                Some((number, at, Change::Input(input))) => {
                    self.machine.schedule_input(at, input.clone());
                    *self.changes = number;
                }
                Some((_, _, Change::Kept)) => {
                    let mark = self.history.before(until);
                    *self.machine = mark.frozen.thaw();
                    *self.changes = mark.changes;
                    self.armed.arm(self.machine);
                }
            }
            if stop != Stop::Limit {
                return stop;
            }
            // Nothing has stopped it but the change.
            if pace == Pace::Free && self.machine.now() >= limit {
                return stop;
            }
        }
    }
}

impl<B: Board + Clone> History<B> {
    /// Lets a machine that has seen so many changes go to `until`, for what it tells on the way.
    pub(super) fn replay(
        &self,
        (machine, mut changes): (&mut Machine<B>, u32),
        until: Tick,
        outside: &mut Outside<'_>,
    ) {
        let mut driven = Driven {
            machine,
            history: self,
            changes: &mut changes,
            armed: &Armed::default(),
            awaited: until,
        };
        driven.go(Pace::Free, until, outside);
    }
}
