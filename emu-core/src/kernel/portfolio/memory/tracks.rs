//! Sizes of tracked blocks that start on a page and have no room for them in front.
//!
//! A chain of records hangs on `meml_AlignedTrackSize`: next record, address, size. Those of a
//! program's own pools are in kernel memory, those of a pool that a program has made are
//! blocks of that pool.

use super::Portfolio;
use super::pools::{Access, Pool};
use crate::kernel::abi::Trouble;
use crate::kernel::portfolio::structs::MemList;
use crate::mem::{GuestPtr, Memory};

/// A record of a tracked block that starts on a page: next record, address, size.
const TRACK: u32 = 16;
/// Records that a walk looks at; there are not that many pages.
const MOST_TRACKS: u32 = 4096;

impl Portfolio {
    /// Notes the size of a tracked block that starts on a page; false if there is no room.
    pub(super) fn track(
        &mut self,
        mem: &mut Memory,
        pool: &Pool,
        start: u32,
        size: u32,
    ) -> Result<bool, Trouble> {
        let head = pool.meml.at(MemList::meml_AlignedTrackSize);
        let record = match pool.access {
            Access::Caller => pool.take(mem, TRACK, 0)?.0,
            Access::Kernel | Access::Owner => self.heap_alloc(mem, TRACK).ok(),
        };
        let Some(record) = record else {
            return Ok(false);
        };
        let next = mem.peek(head);
        mem.set_word(record, next);
        mem.set_word(record + 4, start);
        mem.set_word(record + 8, size);
        if pool.access == Access::Caller {
            mem.write(head, record)?;
        } else {
            mem.poke(head, record);
        }
        Ok(true)
    }

    /// The record of a tracked block: the link that leads to it, and itself.
    pub(super) fn find_track(
        mem: &Memory,
        pool: &Pool,
        start: u32,
    ) -> Option<(GuestPtr<u32>, u32)> {
        let mut link = pool.meml.at(MemList::meml_AlignedTrackSize);
        for _ in 0..MOST_TRACKS {
            let record = mem.read(link).ok().filter(|&record| record != 0)?;
            mem.check_readable(record, TRACK).ok()?;
            if mem.word(record + 4) == start {
                return Some((link, record));
            }
            link = GuestPtr::new(record);
        }
        None
    }

    /// Forgets the records of a program that is gone.
    pub(super) fn forget_tracks(&mut self, mem: &mut Memory, meml: GuestPtr<MemList>) {
        let head = meml.at(MemList::meml_AlignedTrackSize);
        let mut record = mem.peek(head);
        for _ in 0..MOST_TRACKS {
            if record == 0 {
                break;
            }
            let next = mem.word(record);
            self.heap_free(record, TRACK);
            record = next;
        }
        mem.poke(head, 0);
    }

    /// Takes a record out of its chain; returns the size.
    pub(super) fn drop_track(
        &mut self,
        mem: &mut Memory,
        pool: &Pool,
        link: GuestPtr<u32>,
        record: u32,
    ) -> Result<u32, Trouble> {
        let (next, size) = (mem.word(record), mem.word(record + 8));
        if pool.access == Access::Caller {
            mem.write(link, next)?;
            // A record that is not in the pool any more stays where it is.
            let _ = pool.give(mem, record, TRACK);
        } else {
            mem.poke(link, next);
            self.heap_free(record, TRACK);
        }
        Ok(size)
    }
}
