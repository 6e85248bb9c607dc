//! One instruction at a time, for whoever must hear other things meanwhile.

use super::drive::Pace;
use super::{Debugger, Halt};
use crate::device::Board;
use crate::machine::Stop;
use crate::media::Discs;
use crate::time::Tick;
use crate::trace::{Event, Sink};

impl<B: Board + Clone> Debugger<B> {
    /// Executes one guest instruction, whosever turn it is, unless the clock reaches `limit` before
    /// there is one ([`Halt::There`]). Watched memory and events are heeded, addresses and calls are
    /// not.
    pub fn execute_one(&mut self, limit: Tick, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        self.stride(Pace::Step, limit, discs, sink)
    }

    /// Goes on to where a guest instruction is about to be executed, with the same limit.
    pub fn settle(&mut self, limit: Tick, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        self.stride(Pace::Settle, limit, discs, sink)
    }

    fn stride(&mut self, pace: Pace, limit: Tick, discs: &dyn Discs, sink: &mut dyn Sink) -> Halt {
        self.passed = None;
        self.arm();
        self.armed.addresses.clear();
        self.armed.arm(&mut self.machine);
        let (stop, heard) = self.go(pace, limit, discs, sink);
        let now = self.machine.now();
        // At a limit the rest of the instant is still to be told.
        let is_over = !matches!(stop, Stop::Limit);
        self.told = self.told.max(Tick(now.0 + u64::from(is_over)));
        if now >= self.history.next() {
            self.history.keep(&mut self.machine, self.changes);
        }
        let mut heard = heard.into_iter();
        let met = heard.find_map(|heard| {
            let is_call = matches!(heard.event, Event::Call { .. });
            let number = self.met(&heard).filter(|_| !is_call)?;
            Some(Halt::Event(number, heard.actor, heard.event))
        });
        if let Some(halt) = met {
            return self.stopped(halt);
        }
        match stop {
            Stop::Stepped => Halt::Stepped,
            // Something was heard that is no reason to stop: the stride may not be over yet.
            Stop::Limit | Stop::Sink => Halt::There,
            Stop::Written(accesses) => match self.touched(&accesses) {
                Some(number) => self.stopped(Halt::Written(number, accesses)),
                None => Halt::Stepped,
            },
            other => self.stopped(Halt::Ended(other)),
        }
    }
}
