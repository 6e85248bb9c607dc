//! Arrows from the call that asks to the wake-up.
//!
//! Ends are told by signals that follow them in the same instant. So an arrow whose request has
//! ended waits until then: a signal to a sleeping task takes it to where that task runs again;
//! without one it ends with the request.

use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Tick;
use std::collections::BTreeMap;

/// Ends of one instant that a signal is compared with.
const TOGETHER_MAX: usize = 64;

/// An arrow under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its number.
    pub id: u64,
    /// The task whose track it begins in, or none.
    pub from: Item,
    /// The only task that can be woken; none if whoever gets a signal is.
    pub only: Item,
}

/// Arrows behind the end of their requests.
#[derive(Debug, Default)]
pub struct Flows {
    next: u64,
    at: Tick,
    fresh: Vec<Flow>,
    waking: BTreeMap<Item, Vec<u64>>,
}

impl Flows {
    /// A new number.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// A request has ended. Gives back an arrow that nobody has to look after.
    pub fn ended(&mut self, at: Tick, flow: Flow) -> Option<Flow> {
        if self.fresh.len() >= TOGETHER_MAX {
            return Some(flow);
        }
        self.at = at;
        self.fresh.push(flow);
        None
    }

    /// The arrows that no signal has taken on, once time has passed; and when they ended.
    pub fn settled(&mut self, now: Tick) -> Option<(Tick, Vec<Flow>)> {
        let is_over = !self.fresh.is_empty() && now != self.at;
        is_over.then(|| (self.at, std::mem::take(&mut self.fresh)))
    }

    /// The same at the end of a recording.
    pub fn rest(&mut self) -> (Tick, Vec<Flow>) {
        (self.at, std::mem::take(&mut self.fresh))
    }

    /// A sleeping task gets a signal.
    pub fn signalled(&mut self, task: Item) {
        let is_for = |flow: &Flow| flow.only == task || flow.only == Item::NONE;
        let taken = self.fresh.iter().filter(|flow| is_for(flow));
        let ids: Vec<u64> = taken.map(|flow| flow.id).collect();
        self.fresh.retain(|flow| !is_for(flow));
        if !ids.is_empty() {
            self.waking.entry(task).or_default().extend(ids);
        }
    }

    /// The arrows that end where a task runs again.
    pub fn woken(&mut self, task: Item) -> Vec<u64> {
        match self.waking.is_empty() {
            true => Vec::new(),
            false => self.waking.remove(&task).unwrap_or_default(),
        }
    }
}
