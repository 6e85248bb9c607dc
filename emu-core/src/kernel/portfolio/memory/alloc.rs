//! AllocMem, FreeMem and their family.

use super::pools::{Access, Pool, Refused};
use super::{GRAIN, Portfolio, memtype};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::structs::{KernelBase, List, MemList, Node, node_flag, node_type};
use crate::mem::{CString, GuestPtr, GuestType, Memory};

/// Bytes that AllocMemList takes: a MemList and behind it the head of its free list.
const PRIVATE_POOL: u32 = MemList::SIZE.next_multiple_of(GRAIN) + List::SIZE;
/// What a request asks for, in bytes that are taken from a pool.
fn room_for(size: i32, flags: u32) -> Option<u32> {
    let size = u32::try_from(size).ok().filter(|&size| size > 0)?;
    let tag = if tracks_in_front(flags) { 4 } else { 0 };
    (size + tag).checked_next_multiple_of(GRAIN)
}

/// Whether the size is kept in the word before the block.
fn tracks_in_front(flags: u32) -> bool {
    flags & memtype::TRACKSIZE != 0 && flags & memtype::STARTPAGE == 0
}

impl Portfolio {
    /// Allocates from one pool, adding pages to it if it may; null if there is no room.
    fn allocate(
        &mut self,
        cx: &mut CallCx<'_>,
        pool: &Pool,
        size: i32,
        flags: u32,
    ) -> Result<u32, Trouble> {
        let Some(len) = room_for(size, flags) else {
            return Ok(0);
        };
        if flags & memtype::INPAGE != 0 && len > pool.header.page_for(flags) {
            return Ok(0);
        }
        let Some(start) = self.find_room(cx, pool, len, flags)? else {
            return Ok(0);
        };
        if flags & memtype::FILL != 0 {
            cx.charge.0 += u64::from(len / 4);
            if let Some(bytes) = cx.mem.bytes_mut(start, len) {
                bytes.fill(flags as u8);
            }
        } else {
            cx.mem.set_word(start, len);
        }
        if tracks_in_front(flags) {
            cx.mem.set_word(start, size as u32);
            return Ok(start + 4);
        }
        if flags & memtype::TRACKSIZE != 0 && !self.track(cx.mem, pool, start, size as u32)? {
            self.give_back(cx, pool, start, len)?;
            return Ok(0);
        }
        Ok(start)
    }

    /// First what the pool has; then new pages, after the pool has given its whole free pages
    /// back; then once more after the kernel's pools have done the same.
    fn find_room(
        &mut self,
        cx: &mut CallCx<'_>,
        pool: &Pool,
        len: u32,
        flags: u32,
    ) -> Result<Option<u32>, Trouble> {
        if let Some(start) = self.take_from(cx, pool, len, flags)? {
            return Ok(Some(start));
        }
        let Some(lists) = pool.lists.filter(|_| flags & memtype::MYPOOL == 0) else {
            return Ok(None);
        };
        for system in [false, true] {
            if system {
                self.scavenge_kernel(cx.mem);
            } else {
                self.scavenge(cx.mem, lists)?;
            }
            if let Some((start, room)) = self.grab_pages(cx.mem, lists, &pool.header, len, false) {
                return match pool.give(cx.mem, start, room) {
                    Ok(()) => self.take_from(cx, pool, len, flags),
                    Err(Refused::Access(bad)) => Err(bad.into()),
                    Err(Refused::Wrong(_)) => {
                        self.return_pages(cx.mem, lists, start, room);
                        Ok(None)
                    }
                };
            }
        }
        Ok(None)
    }

    fn take_from(
        &self,
        cx: &mut CallCx<'_>,
        pool: &Pool,
        len: u32,
        flags: u32,
    ) -> Result<Option<u32>, Trouble> {
        let (start, broken) = pool.take(cx.mem, len, flags)?;
        if let Some(node) = broken {
            self.memory_warning(cx, || {
                format!("the free list of a memory pool is damaged at {node:#x}: something wrote past its block")
            });
        }
        Ok(start)
    }

    /// Adds a range to a pool; a mistake is told and changes nothing.
    fn give_back(
        &self,
        cx: &mut CallCx<'_>,
        pool: &Pool,
        start: u32,
        len: u32,
    ) -> Result<(), Trouble> {
        match pool.give(cx.mem, start, len) {
            Ok(()) => Ok(()),
            Err(Refused::Access(bad)) => Err(bad.into()),
            Err(Refused::Wrong(why)) => {
                self.memory_warning(cx, || {
                    format!("FreeMem of {len:#x} bytes at {start:#x} is ignored: {why}")
                });
                Ok(())
            }
        }
    }

    /// AllocMem on behalf of the running task, for calls that hand it memory; 0 if there is none.
    pub(crate) fn alloc_mem(
        &mut self,
        cx: &mut CallCx<'_>,
        size: i32,
        flags: u32,
    ) -> Result<u32, Trouble> {
        match self.current_memory(cx.mem) {
            Some(lists) => alloc_mem_from_mem_lists(self, cx, lists, size, flags),
            None => Ok(0),
        }
    }

    /// FreeMem on behalf of the running task.
    pub(crate) fn free_mem(
        &mut self,
        cx: &mut CallCx<'_>,
        p: u32,
        size: i32,
    ) -> Result<(), Trouble> {
        match self.current_memory(cx.mem) {
            Some(lists) => free_mem_to_mem_lists(self, cx, lists, GuestPtr::new(p), size),
            None => Ok(()),
        }
    }

    /// Adds a range of a program's pages to its pool, whoever runs: what is left of the pages
    /// of its image, the stack of a thread that is gone. Parts that are too small for a block,
    /// foreign or free already are left alone.
    pub(crate) fn give_to_pool(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        start: u32,
        len: u32,
    ) {
        let first = start.next_multiple_of(GRAIN);
        let end = start.saturating_add(len) / GRAIN * GRAIN;
        for pair in self.pools_of(mem, lists) {
            if pair.1.contains(first) && first < end {
                let pool = Pool::of_kernel(mem, lists, pair, Access::Kernel);
                let _ = pool.give(mem, first, end - first);
            }
        }
    }

    /// Takes the lowest free `len` bytes at a multiple of `align` out of a program's own pool of
    /// DRAM, both multiples of a block's grain.
    pub(crate) fn take_aligned_from_pool(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        len: u32,
        align: u32,
    ) -> Option<u32> {
        let mut pools = self.pools_of(mem, lists).into_iter();
        let pair = pools.find(|pair| pair.1.serves(memtype::DRAM))?;
        let pool = Pool::of_kernel(mem, lists, pair, Access::Kernel);
        let start = pool.blocks(mem).find_map(|block| {
            let start = block.addr.checked_next_multiple_of(align)?;
            let end = start.checked_add(len)?;
            (end <= block.end()).then_some(start)
        })?;
        pool.cut(mem, start, start + len).ok()?;
        Some(start)
    }

    /// Takes exactly `[start, start+len)` out of the free memory of a program's pool; false, and
    /// nothing is taken, when some of it is not free.
    pub(crate) fn take_from_pool(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        start: u32,
        len: u32,
    ) -> bool {
        let Some(end) = start.checked_add(len) else {
            return false;
        };
        let pools = self.pools_of(mem, lists);
        let Some(pair) = pools.into_iter().find(|pair| pair.1.contains(start)) else {
            return false;
        };
        let pool = Pool::of_kernel(mem, lists, pair, Access::Kernel);
        let is_free = pool
            .blocks(mem)
            .any(|block| block.addr <= start && block.end() >= end);
        is_free && pool.cut(mem, start, end).is_ok()
    }

    /// Returns every whole free page of a program's pools to the system, except those that a
    /// device still writes into. Returns the bytes.
    pub(super) fn scavenge(&self, mem: &mut Memory, lists: GuestPtr<List>) -> Result<u32, Trouble> {
        let mut bytes = 0;
        for pair in self.pools_of(mem, lists) {
            let pool = Pool::of_kernel(mem, lists, pair, Access::Owner);
            for (start, len) in pool.free_pages(mem) {
                for at in (start..start + len).step_by(pool.header.page as usize) {
                    let end = at + pool.header.page;
                    let quiet = self.requests_into(mem, at, end).is_empty();
                    if quiet && !self.mach_writes_into(at, end) {
                        pool.cut(mem, at, end)?;
                        self.return_pages(mem, lists, at, end - at);
                        bytes += end - at;
                    }
                }
            }
        }
        Ok(bytes)
    }

    /// Bytes of DRAM and of VRAM in pages that nobody has.
    pub(crate) fn free_memory(&self, mem: &Memory) -> (u32, u32) {
        let lists = mem.peek(self.kernel_base.at(KernelBase::kb_MemFreeLists));
        let pools = self.pools_of(mem, lists);
        let free = |n: usize| pools.get(n).map_or(0, |pair| pair.1.free_bytes(mem));
        (free(0), free(1))
    }

    /// The same for the kernel's pools.
    fn scavenge_kernel(&self, mem: &mut Memory) -> u32 {
        let lists = mem.peek(self.kernel_base.at(KernelBase::kb_MemFreeLists));
        let mut bytes = 0;
        for pair in self.pools_of(mem, lists) {
            let pool = Pool::of_kernel(mem, lists, pair, Access::Kernel);
            for (start, len) in pool.free_pages(mem) {
                // Kernel access refuses nothing.
                let _ = pool.cut(mem, start, start + len);
                self.return_pages(mem, lists, start, len);
                bytes += len;
            }
        }
        bytes
    }

    /// Start and length of the block that a pointer and a size stand for; none when a negative
    /// size asks for a record that does not exist.
    fn block_of(
        &mut self,
        mem: &mut Memory,
        pool: &Pool,
        p: u32,
        size: i32,
    ) -> Result<Option<(u32, u32)>, Trouble> {
        if let Ok(size) = u32::try_from(size) {
            if p.is_multiple_of(GRAIN) {
                let len = size.checked_next_multiple_of(GRAIN);
                return Ok(len.map(|len| (p, len)));
            }
            // Not a block of ours: the whole grains inside, never a byte outside.
            let start = p.next_multiple_of(GRAIN);
            let end = p.checked_add(size).map(|end| end / GRAIN * GRAIN);
            let len = end.and_then(|end| end.checked_sub(start));
            return Ok(len.map(|len| (start, len)));
        }
        if p % GRAIN == 4 {
            let size = mem.read(GuestPtr::<u32>::new(p - 4))?;
            let len = size
                .checked_add(4)
                .and_then(|len| len.checked_next_multiple_of(GRAIN));
            return Ok(len.map(|len| (p - 4, len)));
        }
        let Some((link, record)) = Self::find_track(mem, pool, p) else {
            return Ok(None);
        };
        let size = self.drop_track(mem, pool, link, record)?;
        Ok(size.checked_next_multiple_of(GRAIN).map(|len| (p, len)))
    }

    fn free(&mut self, cx: &mut CallCx<'_>, pool: &Pool, p: u32, size: i32) -> Result<(), Trouble> {
        match self.block_of(cx.mem, pool, p, size)? {
            Some((_, 0)) => Ok(()),
            Some((start, len)) => self.give_back(cx, pool, start, len),
            None => {
                self.memory_warning(cx, || {
                    format!("FreeMem({p:#x}, {size}) is ignored: no such block is known")
                });
                Ok(())
            }
        }
    }
}

pub(super) fn alloc_mem_from_mem_lists(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    lists: GuestPtr<List>,
    size: i32,
    flags: u32,
) -> Result<u32, Trouble> {
    for pool in k.pools(cx.mem, lists)? {
        if pool.serves(flags) {
            let start = k.allocate(cx, &pool, size, flags)?;
            if start != 0 {
                return Ok(start);
            }
        }
    }
    Ok(0)
}

pub(super) fn alloc_mem_from_mem_list(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    meml: GuestPtr<MemList>,
    size: i32,
    flags: u32,
) -> Result<u32, Trouble> {
    match k.pool(cx.mem, meml)? {
        Some(pool) if pool.serves(flags) => k.allocate(cx, &pool, size, flags),
        _ => Ok(0),
    }
}

pub(crate) fn free_mem_to_mem_lists(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    lists: GuestPtr<List>,
    p: GuestPtr<u8>,
    size: i32,
) -> Result<(), Trouble> {
    if p.is_null() || size == 0 {
        return Ok(());
    }
    let pools = k.pools(cx.mem, lists)?;
    match pools.iter().find(|pool| pool.header.contains(p.addr())) {
        Some(pool) => k.free(cx, pool, p.addr(), size),
        None => {
            k.memory_warning(cx, || {
                format!("FreeMem of {p:?} is ignored: no pool has it")
            });
            Ok(())
        }
    }
}

pub(super) fn free_mem_to_mem_list(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    meml: GuestPtr<MemList>,
    p: GuestPtr<u8>,
    size: i32,
) -> Result<(), Trouble> {
    if p.is_null() || size == 0 {
        return Ok(());
    }
    match k.pool(cx.mem, meml)? {
        Some(pool) if pool.header.contains(p.addr()) => k.free(cx, &pool, p.addr(), size),
        _ => {
            k.memory_warning(cx, || {
                format!("FreeMem of {p:?} is ignored: the pool is for other memory")
            });
            Ok(())
        }
    }
}

/// Makes an empty pool in the caller's own memory: it goes when the program goes.
pub(super) fn alloc_mem_list(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    p: u32,
    name: GuestPtr<CString>,
) -> Result<GuestPtr<MemList>, Trouble> {
    let Some(header) = k.header_of(cx.mem, p) else {
        return Ok(GuestPtr::NULL);
    };
    let room = k.alloc_mem(cx, PRIVATE_POOL as i32, memtype::FILL)?;
    if room == 0 {
        return Ok(GuestPtr::NULL);
    }
    let meml = GuestPtr::<MemList>::new(room);
    let free = GuestPtr::<List>::new(room + PRIVATE_POOL - List::SIZE);
    let name = if name.is_null() {
        k.default_list_name(cx.mem)
    } else {
        name
    };
    let nodes = [
        (meml.cast::<Node>(), node_type::MEMLISTNODE, MemList::SIZE),
        (free.cast::<Node>(), node_type::LISTNODE, List::SIZE),
    ];
    for (node, kind, size) in nodes {
        cx.mem.poke(node.at(Node::n_SubsysType), 1);
        cx.mem.poke(node.at(Node::n_Type), kind);
        cx.mem.poke(node.at(Node::n_Flags), node_flag::NAMEVALID);
        cx.mem.poke(node.at(Node::n_Size), size as i32);
        cx.mem.poke(node.at(Node::n_Name), name);
    }
    cx.mem.poke(meml.at(MemList::meml_Types), header.types);
    cx.mem.poke(meml.at(MemList::meml_MemHdr), header.at);
    cx.mem.poke(meml.at(MemList::meml_l), free);
    crate::kernel::portfolio::list::Links::caller(cx.mem).clear(free)?;
    Ok(meml)
}

/// Frees what AllocMemList took; blocks that are still in the pool stay allocated.
pub(super) fn free_mem_list(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    meml: GuestPtr<MemList>,
) -> Result<(), Trouble> {
    k.free_mem(cx, meml.addr(), PRIVATE_POOL as i32)
}

pub(super) fn scavenge_mem(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    match k.current_memory(cx.mem) {
        Some(lists) => k.scavenge(cx.mem, lists),
        None => Ok(0),
    }
}

pub(super) fn system_scavenge_mem(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    Ok(k.scavenge_kernel(cx.mem))
}

/// Whole pages, the caller's with TASKMEM and else the kernel's; the first word is their size.
pub(super) fn alloc_mem_blocks(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    size: i32,
    flags: u32,
) -> Result<u32, Trouble> {
    let lists = if flags & memtype::TASKMEM != 0 {
        k.current_memory(cx.mem)
    } else {
        Some(cx.mem.peek(k.kernel_base.at(KernelBase::kb_MemFreeLists)))
    };
    let (Some(lists), Some(len)) = (lists, room_for(size, 0)) else {
        return Ok(0);
    };
    let from_top = flags & memtype::FROMTOP != 0;
    for (_, header) in k.pools_of(cx.mem, lists) {
        if header.serves(flags)
            && let Some((start, room)) = k.grab_pages(cx.mem, lists, &header, len, from_top)
        {
            cx.mem.set_word(start, room);
            return Ok(start);
        }
    }
    Ok(0)
}

/// The size of a tracked block; 0 if none is known.
pub(super) fn get_mem_track_size(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    p: GuestPtr<u8>,
) -> Result<u32, Trouble> {
    let p = p.addr();
    if p % GRAIN == 4 {
        return Ok(cx.mem.read(GuestPtr::<u32>::new(p - 4)).unwrap_or(0));
    }
    let Some(lists) = k.current_memory(cx.mem) else {
        return Ok(0);
    };
    let pools = k.pools(cx.mem, lists)?;
    let record = pools
        .iter()
        .find_map(|pool| Portfolio::find_track(cx.mem, pool, p));
    Ok(record.map_or(0, |(_, record)| cx.mem.word(record + 8)))
}
