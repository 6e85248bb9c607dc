//! What the cycles of a run went into, exactly.
//!
//! | module | what is there |
//! |---|---|
//! | `tree` | who called whom, and what it cost |
//! | `stacks` | the functions that each task is in, from calls and returns |
//! | `leaks` | items and memory that were never given back |
//! | `waits` | how long tasks waited in which call, and for which device |
//! | `memory` | how deep stacks were |
//! | `report` | tables, and stacks folded to lines |
//!
//! The run loop lets time pass in three ways: the guest runs, the kernel or a bus master keeps
//! the CPU, nobody can run. Each way charges what it takes to one node of the tree, so the nodes
//! add up to the time that has passed. Guest cycles are split where control is transferred, which
//! the engines tell of; nothing is sampled.

mod leaks;
mod memory;
mod report;
mod stacks;
mod tree;
mod waits;

pub use report::{Function, Leak, Lost, Report, Row, StackUse, TaskRow, WaitRow};
pub use tree::{Place, Work};

use self::leaks::Leaks;
use self::memory::StackUses;
use self::stacks::Stacks;
use self::tree::{NodeId, Tree};
use self::waits::Waits;
use crate::cpu::{Observer, Transfer};
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::{Tick, Ticks};
use crate::trace::Event;
use std::collections::VecDeque;

/// Fields that are kept apart; the cycles of later ones are counted, but not field by field.
const FIELDS_MAX: usize = 1 << 18;

/// What the CPU did between two vertical blanks, in cycles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its number: vertical blanks since power-on.
    pub number: u64,
    /// Guest code.
    pub guest: u64,
    /// The system.
    pub kernel: u64,
    /// The CPU stood still while the cel engine or another bus master worked.
    pub engines: u64,
    /// Nobody could run.
    pub idle: u64,
}

impl Field {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.guest + self.kernel + self.engines + self.idle
    }
}

/// What a run's cycles went into.
#[derive(Clone, Debug)]
pub struct Profile {
    tree: Tree,
    stacks: Stacks,
    waits: Waits,
    leaks: Leaks,
    stack_uses: StackUses,
    /// What is charged to the guest until now, and instructions.
    charged: (u64, u64),
    /// The task that runs, and where it is in the tree.
    running: Option<Item>,
    /// What keeps the CPU from the guest, first come first.
    owed: VecDeque<(NodeId, u64)>,
    /// What the kernel is entered for.
    work: Work,
    fields: Vec<Field>,
    field: Field,
    /// The instants that are counted.
    counted: u64,
    last: Option<Tick>,
}

impl Profile {
    /// Nothing yet.
    pub fn new(field: u64) -> Profile {
        Profile {
            tree: Tree::default(),
            stacks: Stacks::default(),
            waits: Waits::default(),
            leaks: Leaks::default(),
            stack_uses: StackUses::default(),
            charged: (0, 0),
            running: None,
            owed: VecDeque::new(),
            work: Work::Switching,
            fields: Vec::new(),
            field: Field {
                number: field,
                ..Field::default()
            },
            counted: 0,
            last: None,
        }
    }

    /// Names the places where functions begin: a branch to one is a call in the caller's place.
    pub fn know_functions(&mut self, addresses: impl Iterator<Item = u32>) {
        for address in addresses {
            self.stacks.note_entry(address);
        }
    }

    /// The instant up to which everything is counted.
    pub fn end(&self) -> Option<Tick> {
        self.last
    }

    /// Cycles that were counted.
    pub fn elapsed(&self) -> u64 {
        self.counted
    }

    /// Counting goes on at this instant; until `busy` the CPU is kept from the guest already.
    pub(crate) fn resume(&mut self, now: Tick, busy: Tick) {
        if self.last != Some(now) {
            // What lies between was not seen.
            self.stacks.forget();
            self.waits.forget();
            self.owed.clear();
        }
        self.last = Some(now);
        let owed: u64 = self.owed.iter().map(|(_, cycles)| cycles).sum();
        let rest = busy.0.saturating_sub(now.0).saturating_sub(owed);
        if rest > 0 {
            let node = self.tree.system(Work::Before);
            self.owed.push_back((node, rest));
        }
    }

    /// The guest is about to run.
    pub(crate) fn begin_guest(&mut self, start: Start<'_>) {
        let Start {
            task,
            name,
            pc,
            lr,
            sp,
            at,
            instructions,
            stack,
            mem,
        } = start;
        self.charged = (at.0, instructions);
        self.running = Some(task);
        self.stacks.enter(&mut self.tree, task, name, (pc, lr, sp));
        self.stack_uses.enter(task, sp, stack, mem);
    }

    /// The guest has run.
    pub(crate) fn end_guest(&mut self, pc: u32, at: Tick, instructions: u64) {
        let before = self.last.map_or(at.0, |last| last.0);
        self.settle(at.0, instructions);
        self.stacks.leave(pc);
        self.field.guest += at.0 - before;
        self.count(at);
    }

    /// Charges the present function with what the guest has done since the last time.
    fn settle(&mut self, at: u64, instructions: u64) {
        let (from, done) = self.charged;
        let node = self.stacks.node();
        self.tree.charge(node, at - from, instructions - done);
        self.charged = (at, instructions);
    }

    /// The kernel is about to be entered for this.
    pub(crate) fn enter_kernel(&mut self, work: Work) {
        self.work = work;
    }

    /// The task that ran last.
    pub(crate) fn running(&self) -> Option<Item> {
        self.running
    }

    /// The kernel has worked: it and bus masters will keep the CPU for so long. `call` is the
    /// last call of the task that ran last; there is none when that has ended.
    pub(crate) fn owe(&mut self, call: Option<CallKey>, charge: Ticks, stall: Ticks) {
        let work = std::mem::replace(&mut self.work, Work::Switching);
        let node = match (work, call) {
            (Work::Trap, Some(call)) => {
                let caller = self.stacks.node();
                self.tree.call(caller, call)
            }
            (Work::Trap, None) => self.tree.system(Work::Ending),
            // A device that works by itself has told nobody.
            (_, _) if charge.0 == 0 => self.tree.system(Work::Device),
            (work, _) => self.tree.system(work),
        };
        if charge.0 > 0 {
            self.owed.push_back((node, charge.0));
        }
        if stall.0 > 0 {
            let node = self.tree.engine(node);
            self.owed.push_back((node, stall.0));
        }
    }

    /// Time passes in which the CPU is kept from the guest.
    pub(crate) fn pay(&mut self, until: Tick) {
        let mut left = until.0 - self.last.map_or(until.0, |last| last.0);
        while left > 0 {
            let (node, paid) = match self.owed.front_mut() {
                Some((node, cycles)) => {
                    let paid = left.min(*cycles);
                    *cycles -= paid;
                    (*node, paid)
                }
                None => (self.tree.system(Work::Before), left),
            };
            if self.owed.front().is_some_and(|(_, cycles)| *cycles == 0) {
                self.owed.pop_front();
            }
            match self.tree.is_engine(node) {
                true => self.field.engines += paid,
                false => self.field.kernel += paid,
            }
            self.tree.charge(node, paid, 0);
            left -= paid;
        }
        self.count(until);
    }

    /// Time passes in which nobody can run.
    pub(crate) fn idle(&mut self, until: Tick) {
        let passed = until.0 - self.last.map_or(until.0, |last| last.0);
        let node = self.tree.idle();
        self.tree.charge(node, passed, 0);
        self.field.idle += passed;
        self.count(until);
    }

    fn count(&mut self, until: Tick) {
        self.counted += until.0 - self.last.map_or(until.0, |last| last.0);
        self.last = Some(until);
    }

    /// A vertical blank: the next field begins.
    pub(crate) fn begin_field(&mut self, number: u64) {
        let ended = std::mem::replace(
            &mut self.field,
            Field {
                number,
                ..Field::default()
            },
        );
        if self.fields.len() < FIELDS_MAX {
            self.fields.push(ended);
        }
    }

    /// Something has happened. `name` gives the names of items.
    pub(crate) fn event(
        &mut self,
        at: Tick,
        actor: Item,
        event: &Event,
        name: impl Fn(Item) -> String,
    ) {
        let here = self.stacks.node();
        self.leaks.event(at, actor, event, here);
        self.waits.event(at, actor, event, name);
    }

    /// The names in a program's Mach space when a call of one of its tasks is over.
    pub(crate) fn mach_names(
        &mut self,
        at: Tick,
        program: Item,
        call: CallKey,
        names: &[u32],
        words: impl Fn(u32) -> String,
    ) {
        let asker = (call, self.stacks.node());
        self.leaks.names(at, program, asker, names, words);
    }
}

/// The guest as it is about to run.
pub(crate) struct Start<'a> {
    pub task: Item,
    pub name: &'a dyn Fn() -> String,
    pub pc: u32,
    pub lr: u32,
    pub sp: u32,
    pub at: Tick,
    pub instructions: u64,
    /// Where its stack begins and how long it is.
    pub stack: (u32, u32),
    pub mem: &'a crate::mem::Memory,
}

impl Observer for Profile {
    const LISTENS: bool = true;

    #[inline]
    fn transfer(&mut self, transfer: &Transfer) {
        if self.stacks.concerns(transfer) {
            self.settle(transfer.at, transfer.instructions);
            self.stacks.follow(&mut self.tree, transfer);
        }
        self.stack_uses.see(transfer.sp);
    }
}
