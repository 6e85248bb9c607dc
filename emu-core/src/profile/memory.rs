//! How deep stacks were: stack pointers, and what was written.

use crate::kernel::portfolio::items::Item;
use crate::mem::Memory;
use std::collections::BTreeMap;

/// Bytes of stacks that are remembered as they were before, at most.
const KEPT_MAX: usize = 4 << 20;

/// The stack of one task.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Its lowest address.
    pub base: u32,
    /// Its bytes.
    pub size: u32,
    /// The lowest stack pointer at any transfer of control.
    pub lowest: u32,
    /// What was in it when the task first ran, lowest address first; cut when there is too much.
    before: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct StackUses {
    seen: BTreeMap<Item, Seen>,
    task: Item,
    /// Of the running task.
    base: u32,
    lowest: u32,
    kept: usize,
}

impl StackUses {
    /// A task gets the CPU.
    pub fn enter(&mut self, task: Item, sp: u32, (base, size): (u32, u32), mem: &Memory) {
        if self.task != task {
            self.store();
            let room = KEPT_MAX - self.kept;
            let seen = self.seen.entry(task).or_insert_with(|| {
                let bytes = mem.bytes(base, size).unwrap_or_default();
                let before = bytes.iter().copied().take(room).collect();
                Seen {
                    base,
                    size,
                    lowest: base.saturating_add(size),
                    before,
                }
            });
            self.task = task;
            (self.base, self.lowest) = (seen.base, seen.lowest);
            self.kept = self.seen.values().map(|seen| seen.before.len()).sum();
        }
        self.see(sp);
    }

    /// A stack pointer. One outside is that of another stack.
    #[inline]
    pub fn see(&mut self, sp: u32) {
        if sp < self.lowest && sp >= self.base {
            self.lowest = sp;
        }
    }

    fn store(&mut self) {
        if let Some(seen) = self.seen.get_mut(&self.task) {
            seen.lowest = seen.lowest.min(self.lowest);
        }
    }

    /// Each stack, with the lowest address that was in use. A function that calls nothing is
    /// known by what it wrote; memory of a task that has ended may be somebody else's by now.
    pub fn used(&self, mem: &Memory, lives: impl Fn(Item) -> bool) -> Vec<(Item, Seen, u32)> {
        let mut all = self.clone();
        all.store();
        let seen = all.seen.into_iter();
        seen.map(|(task, seen)| {
            let now = mem.bytes(seen.base, seen.before.len() as u32);
            let now = now.filter(|_| lives(task)).unwrap_or_default();
            let changed = now.iter().zip(&seen.before).position(|(a, b)| a != b);
            let written = changed.map(|n| seen.base + n as u32);
            let lowest = written.map_or(seen.lowest, |at| at.min(seen.lowest));
            (task, seen, lowest)
        })
        .collect()
    }
}
