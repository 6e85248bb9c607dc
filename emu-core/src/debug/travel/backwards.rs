//! Going backwards: on from an earlier instant, to just before where it stood.

use super::{Debugger, FAR, Halt, Position};
use crate::debug::drive::Pace;
use crate::device::Board;
use crate::media::Discs;
use crate::time::Tick;
use crate::trace::{Event, Silent};

/// Going back under way: from where, and what is still to be looked through.
#[derive(Clone, Copy, Debug)]
pub struct WayBack {
    here: Position,
    end: Position,
}

impl<B: Board + Clone> Debugger<B> {
    /// Takes back one guest instruction.
    pub fn step_back(&mut self, discs: &dyn Discs) -> Halt {
        self.passed = None;
        match self.back_one(discs) {
            true => Halt::Stepped,
            false => Halt::Start,
        }
    }

    /// Goes to where the last guest instruction was about to be executed; whether there is one.
    pub(super) fn back_one(&mut self, discs: &dyn Discs) -> bool {
        let here = self.position();
        let mut from = here.at;
        loop {
            let mark = &self.history.before(from).frozen;
            let (at, done) = (mark.at(), mark.instructions());
            if done < here.instructions {
                self.stand_before(at);
                self.approach(here, discs);
                return true;
            }
            if at <= self.history.start() {
                return false;
            }
            from = Tick(at.0 - 1);
        }
    }

    /// Runs to just before the last of the instructions that are done at `there`.
    fn approach(&mut self, there: Position, discs: &dyn Discs) {
        let wanted = there.instructions - 1;
        let mut kept = self.machine.now();
        self.disarm();
        loop {
            let done = self.machine.instructions();
            if done >= wanted {
                break;
            }
            // No instruction takes less than a tick.
            let near = Tick(self.machine.now().0 + (wanted - done));
            self.go(Pace::Free, near, discs, &mut Silent);
            if self.machine.instructions() == done {
                // Nothing but waiting: on to the next instruction.
                self.go(Pace::Settle, there.at, discs, &mut Silent);
            }
            // Half of the way left, then half of that: few are kept, and near the end many.
            let now = self.machine.now();
            let far = there.at.since(now).0;
            if far > FAR && now.since(kept).0 >= far {
                self.history.keep(&mut self.machine, self.changes);
                kept = now;
            }
        }
        self.go(Pace::Settle, there.at, discs, &mut Silent);
    }

    /// Goes back to the last thing that a breakpoint waits for.
    pub fn run_back(&mut self, discs: &dyn Discs) -> Halt {
        self.run_back_while(discs, &mut || true)
    }

    /// The same for as long as `goes_on` says so, which is asked a few times a second; then it is
    /// [`Halt::There`].
    pub fn run_back_while(&mut self, discs: &dyn Discs, goes_on: &mut dyn FnMut() -> bool) -> Halt {
        let mut way = self.way_back();
        loop {
            if let Some(halt) = self.run_back_part(&mut way, discs) {
                return halt;
            }
            if !goes_on() {
                return Halt::There;
            }
        }
    }

    /// Going back from here, in parts.
    pub fn way_back(&self) -> WayBack {
        let here = self.position();
        WayBack { here, end: here }
    }

    /// Looks through the part of the run before the one that was looked through last. Where it
    /// stands in between is on the way, and as good as any other place.
    pub fn run_back_part(&mut self, way: &mut WayBack, discs: &dyn Discs) -> Option<Halt> {
        let WayBack { here, end } = *way;
        let mut silent = Silent;
        let start = self.history.before(Tick(end.at.0.saturating_sub(1)));
        let at = start.frozen.at();
        self.stand_before(at);
        let mut last: Option<(Position, Halt)> = None;
        self.arm();
        self.passed = None;
        loop {
            let halt = self.forward(end.at, discs, &mut silent);
            let found = self.position();
            let is_stop = !matches!(halt, Halt::There | Halt::Ended(_));
            // A call is stopped for before its last instruction.
            let is_call = matches!(halt, Halt::Event(_, _, Event::Call { .. }));
            let place = found.instructions - u64::from(is_call && found.instructions > 0);
            let is_instruction = is_call || matches!(halt, Halt::Address(_));
            let is_here = is_instruction || self.standing == Some((here, halt.clone()));
            let is_before = place < here.instructions
                || place == here.instructions
                    && (found.at < here.at || found.at == here.at && !is_here);
            if !is_stop || !is_before {
                break;
            }
            last = Some((found, halt));
        }
        if let Some((found, halt)) = last {
            self.stand_before(found.at);
            self.return_to(found, &halt, discs);
            return Some(self.stopped(halt));
        }
        if at <= self.history.start() {
            self.stand_before(at);
            return Some(Halt::Start);
        }
        way.end = Position { at, ..end };
        None
    }

    /// Runs to a stop that was found before.
    fn return_to(&mut self, found: Position, halt: &Halt, discs: &dyn Discs) {
        self.arm();
        loop {
            let reached = self.forward(found.at, discs, &mut Silent);
            let is_it = self.position() == found && reached == *halt;
            // The kept instant may lie behind the stop's own event: then it is there already.
            if is_it || matches!(reached, Halt::There | Halt::Ended(_)) {
                break;
            }
        }
        if matches!(halt, Halt::Event(_, _, Event::Call { .. })) {
            self.passed = Some(found.at);
            self.back_one(discs);
        }
    }
}
