//! What somebody does to a debugged machine, and asks of it.
//!
//! A button that is pressed belongs to the run from then on: going back and forth over that
//! instant presses it again. Pressed in the past it makes another future, and the old one goes.

use super::{Debugger, requests_of};
use crate::debug::WaitReport;
use crate::device::Board;
use crate::input::Input;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;

impl<B: Board + Clone> Debugger<B> {
    /// Does something to the console now. What followed this instant so far is forgotten.
    pub fn input(&mut self, input: Input) {
        let now = self.machine.now();
        if self.told > now {
            self.told = now;
            self.awaited = now;
        }
        self.changes += 1;
        self.machine.schedule_input(now, input.clone());
        self.history.input(&mut self.machine, self.changes, input);
        self.standing = None;
        self.requests = requests_of(&mut self.machine);
    }

    /// Somebody could do something until `at`: before that the machine does not count as stuck.
    pub fn await_input(&mut self, at: Tick) {
        self.awaited = self.awaited.max(at);
    }

    /// How far the run has got, wherever it stands now.
    pub fn reached(&self) -> Tick {
        self.told.max(self.machine.now())
    }

    /// Why a task waits; `None` when there is no such task.
    pub fn why(&mut self, task: Item) -> Option<WaitReport> {
        self.machine.why(task)
    }
}
