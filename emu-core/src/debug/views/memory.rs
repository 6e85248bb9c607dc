//! The memory of each program: pages that it owns, and what is free in them.

use super::nodes;
use crate::device::Board;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::{MemHdr, MemList, Node, Task};
use crate::machine::Machine;
use crate::mem::{GuestPtr, MEMORY_END, Range};

/// One list of memory of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryView {
    /// The program.
    pub task: Item,
    /// The list's structure.
    pub address: u32,
    /// MEMTYPE bits of this memory.
    pub types: u32,
    /// Pages that the program owns, neighbours together.
    pub owned: Vec<Range>,
    /// Free blocks in them, by address.
    pub free: Vec<Range>,
}

impl MemoryView {
    /// Bytes of owned pages that are given out.
    pub fn used(&self) -> u32 {
        let sum = |ranges: &[Range]| {
            let lens = ranges.iter().map(|range| range.end - range.start);
            lens.fold(0_u32, u32::saturating_add)
        };
        sum(&self.owned).saturating_sub(sum(&self.free))
    }
}

impl<B: Board> Machine<B> {
    /// The memory of every program. Threads use that of their program.
    pub fn memory_views(&self) -> Vec<MemoryView> {
        let mem = self.memory();
        let mut views = Vec::new();
        for task in self.tasks() {
            let own = self.task(task).is_some_and(|state| state.program == task);
            let Some(node) = self.item(task).filter(|_| own) else {
                continue;
            };
            let lists = mem.peek(node.cast::<Task>().at(Task::t_FreeMemoryLists));
            for list in nodes(mem, lists) {
                views.push(self.memory_view(task, list.cast()));
            }
        }
        views
    }

    fn memory_view(&self, task: Item, list: GuestPtr<MemList>) -> MemoryView {
        let mem = self.memory();
        let header: GuestPtr<MemHdr> = mem.peek(list.at(MemList::meml_MemHdr));
        let base = mem.peek(header.at(MemHdr::memh_MemBase));
        let shift = u32::from(mem.peek(header.at(MemHdr::memh_PageShift)).min(20));
        let bits = mem.peek(list.at(MemList::meml_OwnBits));
        let words = u32::from(mem.peek(list.at(MemList::meml_OwnBitsSize)));
        let mut owned: Vec<Range> = Vec::new();
        for page in 0..words * 32 {
            let word = mem.word(bits.addr().wrapping_add(page / 32 * 4) & !3);
            let start = base.saturating_add(page << shift);
            // The first page has the highest bit of the first word.
            if word << (page % 32) >> 31 == 0 || start >= MEMORY_END {
                continue;
            }
            let end = start + (1 << shift);
            match owned.last_mut().filter(|last| last.end == start) {
                Some(last) => last.end = end,
                None => owned.push(Range { start, end }),
            }
        }
        let free = nodes(mem, mem.peek(list.at(MemList::meml_l)));
        let block = |node: GuestPtr<Node>| {
            let len = mem.peek(node.at(Node::n_Size));
            Range::new(node.addr(), u32::try_from(len).unwrap_or(0))
        };
        let mut free: Vec<Range> = free.into_iter().map(block).collect();
        free.sort();
        MemoryView {
            task,
            address: list.addr(),
            types: mem.peek(list.at(MemList::meml_Types)),
            owned,
            free,
        }
    }
}
