//! The functions that each task is in, from calls and returns.
//!
//! A branch with link is a call; so is a jump that leaves its own return address behind. A jump
//! to where a call would return ends that function and those above it. A branch to where a
//! function begins is a call in the caller's place. A stack pointer above that of a call says
//! that the function was left some other way.

use super::tree::{NodeId, Place, Tree};
use crate::cpu::{Transfer, Way};
use crate::kernel::portfolio::items::Item;
use crate::mem::{MEMORY_END, STUB_PAGE, STUB_PAGE_END};
use std::collections::BTreeMap;

/// Functions inside one another that are told apart; deeper ones count for the last.
const DEEPEST: usize = 512;

#[derive(Clone, Copy, Debug)]
struct Frame {
    node: NodeId,
    entry: u32,
    /// Where it returns to.
    back: u32,
    /// The stack pointer of its caller.
    sp: u32,
}

#[derive(Clone, Debug)]
struct Stack {
    frames: Vec<Frame>,
    root: NodeId,
    /// Where the task goes on unless the kernel sends it elsewhere.
    next: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Stacks {
    tasks: BTreeMap<Item, Stack>,
    names: BTreeMap<Item, String>,
    /// The stack of the running task is taken out of the map.
    task: Item,
    stack: Stack,
    /// A bit for each word of memory where a function begins.
    entries: Vec<u64>,
}

impl Default for Stacks {
    fn default() -> Stacks {
        Stacks {
            tasks: BTreeMap::new(),
            names: BTreeMap::new(),
            task: Item::NONE,
            stack: Stack::at(0),
            entries: vec![0; MEMORY_END as usize / 4 / 64 + 1],
        }
    }
}

impl Stack {
    fn at(root: NodeId) -> Stack {
        Stack {
            frames: Vec::new(),
            root,
            next: 0,
        }
    }

    fn node(&self) -> NodeId {
        self.frames.last().map_or(self.root, |frame| frame.node)
    }
}

impl Stacks {
    pub fn note_entry(&mut self, address: u32) {
        let word = address as usize / 4;
        if let Some(bits) = self.entries.get_mut(word / 64) {
            *bits |= 1 << (word % 64);
        }
    }

    fn is_entry(&self, address: u32) -> bool {
        let word = address as usize / 4;
        let bits = self.entries.get(word / 64).copied().unwrap_or(0);
        bits >> (word % 64) & 1 != 0
    }

    /// The name of a task that has run.
    pub fn name(&self, task: Item) -> Option<&str> {
        self.names.get(&task).map(String::as_str)
    }

    /// Where the running task is.
    pub fn node(&self) -> NodeId {
        self.stack.node()
    }

    /// Nothing is known of any task's callers any more.
    pub fn forget(&mut self) {
        self.tasks.clear();
        self.stack.frames.clear();
        self.stack.next = 0;
    }

    /// A task gets the CPU, with program counter, return register and stack pointer.
    pub fn enter(
        &mut self,
        tree: &mut Tree,
        task: Item,
        name: &dyn Fn() -> String,
        (pc, lr, sp): (u32, u32, u32),
    ) {
        if self.task != task {
            let root = tree.child(0, Place::Task(task));
            let stack = self.tasks.remove(&task);
            let stack = stack.unwrap_or_else(|| Stack::at(root));
            let before = std::mem::replace(&mut self.stack, stack);
            let before_task = std::mem::replace(&mut self.task, task);
            if before_task != Item::NONE {
                self.tasks.insert(before_task, before);
            }
            self.names.entry(task).or_insert_with(name);
        }
        if self.stack.frames.is_empty() {
            self.push(tree, pc, 0, u32::MAX);
        } else if self.stack.next != pc {
            // The kernel has sent it elsewhere: to a routine of the program, or back.
            let is_routine = (STUB_PAGE..STUB_PAGE_END).contains(&lr);
            match is_routine && self.caller(pc).is_none() {
                true => self.push(tree, pc, lr, sp),
                false => self.return_to(pc),
            }
        }
    }

    /// The task goes on here, or wherever the kernel sends it.
    pub fn leave(&mut self, pc: u32) {
        self.stack.next = pc;
    }

    /// Whether a transfer can mean another function.
    #[inline]
    pub fn concerns(&self, transfer: &Transfer) -> bool {
        match transfer.way {
            // What lies there is one trap, which has a node of its own.
            Way::Call | Way::Jump if (STUB_PAGE..STUB_PAGE_END).contains(&transfer.to) => false,
            Way::Call | Way::Jump => true,
            Way::Branch => self.is_entry(transfer.to),
        }
    }

    pub fn follow(&mut self, tree: &mut Tree, transfer: &Transfer) {
        let Transfer {
            way,
            from,
            to,
            lr,
            sp,
            ..
        } = *transfer;
        let behind = from.wrapping_add(4);
        match way {
            Way::Call => {
                self.note_entry(to);
                self.drop_left(sp);
                self.push(tree, to, behind, sp);
            }
            Way::Jump if self.caller(to).is_some() => self.return_to(to),
            Way::Jump if lr == behind => {
                self.note_entry(to);
                self.drop_left(sp);
                self.push(tree, to, lr, sp);
            }
            Way::Jump | Way::Branch => self.instead(tree, to),
        }
    }

    /// Functions whose caller's stack lies below the present one were left for good.
    fn drop_left(&mut self, sp: u32) {
        while self.stack.frames.len() > 1
            && self.stack.frames.last().is_some_and(|frame| frame.sp < sp)
        {
            self.stack.frames.pop();
        }
    }

    fn push(&mut self, tree: &mut Tree, entry: u32, back: u32, sp: u32) {
        if self.stack.frames.len() < DEEPEST {
            let node = tree.enter(self.stack.node(), Place::Function(entry));
            self.stack.frames.push(Frame {
                node,
                entry,
                back,
                sp,
            });
        }
    }

    /// The function that returns to an address, the innermost if there are several.
    fn caller(&self, to: u32) -> Option<usize> {
        let mut frames = self.stack.frames.iter();
        frames.rposition(|frame| frame.back == to && to != 0)
    }

    fn return_to(&mut self, to: u32) {
        if let Some(n) = self.caller(to) {
            self.stack.frames.truncate(n.max(1));
        }
    }

    /// Another function in the place of the present one, which it will not come back to.
    fn instead(&mut self, tree: &mut Tree, to: u32) {
        let Some(top) = self.stack.frames.last().copied() else {
            return;
        };
        if self.is_entry(to) && to != top.entry {
            self.stack.frames.pop();
            self.push(tree, to, top.back, top.sp);
        }
    }
}
