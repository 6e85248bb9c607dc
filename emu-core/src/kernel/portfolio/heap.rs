//! Kernel memory: where item structures and their names live.
//!
//! Two fixed areas of guest DRAM that no task may write; when they are full the heap takes
//! whole pages from the top of the user pool, as the shipped kernel takes its memory from the
//! top of DRAM (kernel sheet 8.2). Blocks are zero-filled and 16-byte aligned.

use super::Portfolio;
use super::errors::{NOMEM, Status};
use crate::mem::{KERNEL_AREA, KERNEL_AREA_HIGH, MEMORY_END, Memory};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Granularity and alignment of blocks.
pub(super) const GRAIN: u32 = 16;

/// Free kernel memory: length by start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heap {
    free: BTreeMap<u32, u32>,
}

impl Default for Heap {
    fn default() -> Self {
        let free = [KERNEL_AREA, KERNEL_AREA_HIGH];
        Heap {
            free: free
                .iter()
                .map(|&(start, end)| (start, end - start))
                .collect(),
        }
    }
}

impl Heap {
    /// No memory at all.
    pub(super) fn empty() -> Heap {
        Heap {
            free: BTreeMap::new(),
        }
    }

    /// Takes the first free `len` bytes, a multiple of [`GRAIN`].
    pub(super) fn take(&mut self, len: u32) -> Option<u32> {
        let (&start, &room) = self.free.iter().find(|&(_, &room)| room >= len)?;
        self.free.remove(&start);
        if room > len {
            self.free.insert(start + len, room - len);
        }
        Some(start)
    }

    /// Adds free memory: what was taken, or more of it.
    pub(super) fn give(&mut self, mut start: u32, mut len: u32) {
        if let Some((&before, &before_len)) = self.free.range(..start).next_back()
            && before + before_len == start
        {
            self.free.remove(&before);
            start = before;
            len += before_len;
        }
        if let Some(after_len) = self.free.remove(&(start + len)) {
            len += after_len;
        }
        self.free.insert(start, len);
    }

    /// Whether every free block is memory.
    pub(crate) fn is_sound(&self) -> bool {
        let ends = self
            .free
            .iter()
            .map(|(&start, &len)| start.checked_add(len));
        let mut inside = ends.map(|end| end.is_some_and(|end| end <= MEMORY_END));
        inside.all(|inside| inside)
    }

    #[cfg(test)]
    pub(crate) fn available(&self) -> u32 {
        self.free.values().sum()
    }
}

impl Portfolio {
    /// A zero-filled block of kernel memory.
    pub(crate) fn heap_alloc(&mut self, mem: &mut Memory, len: u32) -> Result<u32, Status> {
        let len = len.max(1).checked_next_multiple_of(GRAIN).ok_or(NOMEM)?;
        let start = match self.heap.take(len) {
            Some(start) => start,
            None => {
                let (start, pages) = self.take_kernel_pages(mem, len).ok_or(NOMEM)?;
                self.heap.give(start, pages);
                self.heap.take(len).ok_or(NOMEM)?
            }
        };
        if let Some(block) = mem.bytes_mut(start, len) {
            block.fill(0);
        }
        Ok(start)
    }

    /// Gives a block of kernel memory back.
    pub(crate) fn heap_free(&mut self, start: u32, len: u32) {
        let len = len.max(1).checked_next_multiple_of(GRAIN);
        // What a saved state says may be nonsense.
        if let Some(len) = len
            && start.checked_add(len).is_some_and(|end| end <= MEMORY_END)
        {
            self.heap.give(start, len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_merge_again() {
        let mut heap = Heap::default();
        let all = heap.available();
        let blocks: Vec<u32> = (0..10).filter_map(|_| heap.take(48)).collect();
        assert_eq!(heap.available(), all - 480);
        for &n in &[3, 1, 2, 9, 0, 4, 8, 5, 7, 6] {
            heap.give(blocks[n], 48);
        }
        assert_eq!(heap.available(), all);
        assert_eq!(heap, Heap::default());
    }
}
