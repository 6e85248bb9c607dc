//! Where display lists are kept, and when their memory may be used again.
//!
//! Lists are in video memory that no task may write: the rest of the kernel's own page, then
//! whole pages from the top of the user pool. The display reads the lists of the present field
//! until the next vertical blank, so the memory of one that is shown is used again only then.

use super::codes::NOMEM;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::heap::{GRAIN, Heap};
use crate::kernel::portfolio::memory::memtype;
use crate::mem::{MEMORY_END, Memory};
use serde::{Deserialize, Serialize};

/// Video memory of the kernel's last page below the two pages of GrafBase.
pub(super) const KERNEL_VRAM: (u32, u32) = (0x2F_C000, 0x2F_F000);

/// Some bytes of guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The first.
    pub(super) start: u32,
    /// How many.
    pub(super) len: u32,
}

impl Block {
    /// Whether all of it is memory.
    pub(super) fn is_sound(&self) -> bool {
        self.start
            .checked_add(self.len)
            .is_some_and(|end| end <= MEMORY_END)
    }

    fn contains(&self, addr: u32) -> bool {
        addr.wrapping_sub(self.start) < self.len
    }
}

/// Free memory for display lists, and what becomes free at the next vertical blank.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListMemory {
    free: Heap,
    dying: Vec<Block>,
}

impl Default for ListMemory {
    fn default() -> Self {
        ListMemory {
            free: Heap::empty(),
            dying: Vec::new(),
        }
    }
}

impl ListMemory {
    /// Whether what was read from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        self.free.is_sound() && self.dying.iter().all(Block::is_sound)
    }

    /// Adds memory.
    pub(super) fn add(&mut self, (start, end): (u32, u32)) {
        self.free.give(start, end - start);
    }

    /// The display has let go of the lists before.
    pub(super) fn release_dying(&mut self) {
        for block in std::mem::take(&mut self.dying) {
            self.free.give(block.start, block.len);
        }
    }
}

impl Portfolio {
    /// Zero-filled memory for display lists, in video memory, on a multiple of 16.
    pub(super) fn alloc_list(&mut self, mem: &mut Memory, bytes: u32) -> Result<Block, Status> {
        let len = bytes.max(1).checked_next_multiple_of(GRAIN).ok_or(NOMEM)?;
        let start = match self.graphics.lists.free.take(len) {
            Some(start) => start,
            None => {
                let pages = self.take_pages_of(mem, memtype::VRAM, len);
                let (start, pages) = pages.ok_or(NOMEM)?;
                self.graphics.lists.free.give(start, pages);
                self.graphics.lists.free.take(len).ok_or(NOMEM)?
            }
        };
        if let Some(bytes) = mem.bytes_mut(start, len) {
            bytes.fill(0);
        }
        Ok(Block { start, len })
    }

    /// Gives the memory of a display list back, at once or when the display has let go of it.
    pub(super) fn free_list(&mut self, start: u32, bytes: u32) {
        let len = bytes.max(1).checked_next_multiple_of(GRAIN);
        let block = Block {
            start,
            len: len.unwrap_or(0),
        };
        // What a saved state says may be nonsense.
        if start == 0 || block.len == 0 || !block.is_sound() {
            return;
        }
        let graphics = &mut self.graphics;
        let is_shown = [graphics.told, graphics.latched]
            .iter()
            .flatten()
            .any(|list| block.contains(list.first));
        if is_shown {
            graphics.lists.dying.push(block);
        } else {
            graphics.lists.free.give(block.start, block.len);
        }
    }
}
