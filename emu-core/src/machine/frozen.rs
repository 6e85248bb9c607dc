//! A machine at an instant, kept in little space: many of them make a history.

use super::Machine;
use crate::device::Board;
use crate::mem::SharedPages;
use crate::time::Tick;
use std::collections::BTreeSet;

/// A machine that does not run. Pages of memory that are the same in another one are shared.
#[derive(Clone)]
pub struct Frozen<B> {
    machine: Machine<B>,
    pages: SharedPages,
}

impl<B: Board + Clone> Frozen<B> {
    /// The machine as it is; what is as in `like` is shared with it.
    pub fn of(machine: &mut Machine<B>, like: Option<&Frozen<B>>) -> Frozen<B> {
        let pages = SharedPages::of(&machine.mem, like.map(|like| &like.pages));
        let memory = machine.mem.take();
        let hollow = machine.clone();
        machine.mem = memory;
        Frozen {
            machine: hollow,
            pages,
        }
    }

    /// A machine that goes on from here. It has no breakpoints and watches nothing.
    pub fn thaw(&self) -> Machine<B> {
        let mut machine = self.machine.clone();
        machine.mem = self.pages.to_memory();
        machine.set_breakpoints(&BTreeSet::new());
        machine
    }

    /// When it is.
    pub fn at(&self) -> Tick {
        self.machine.now
    }

    /// Guest instructions executed until then.
    pub fn instructions(&self) -> u64 {
        self.machine.engine.instructions()
    }

    /// Bytes of memory that this one takes beside another, without the machine's small parts.
    pub fn bytes_beside(&self, other: Option<&Frozen<B>>) -> usize {
        self.pages.bytes_beside(other.map(|other| &other.pages))
    }
}
