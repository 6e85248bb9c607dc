//! Pools: lists of free blocks in ascending order of their addresses.
//!
//! A free block begins with a node: links, type, and `n_Size` = bytes in the block. Nothing in
//! it is believed before it was checked: it must be aligned, lie behind the block before it and
//! inside the pool's memory, in pages that the pool owns. A walk therefore always ends.

use super::pages::{Header, bit};
use super::{GRAIN, Portfolio, memtype};
use crate::kernel::portfolio::structs::{List, MemList, Node, node_type};
use crate::mem::{BadAccess, GuestPtr, GuestValue, Memory};

/// On whose behalf a pool is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// The kernel's: for a program that does not run yet.
    Kernel,
    /// The running program's own pool: the head is in kernel memory, the blocks are touched
    /// with the program's protection.
    Owner,
    /// A pool that a program has made: all of it is touched with the program's protection.
    Caller,
}

/// One MemList, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pool {
    pub(super) meml: GuestPtr<MemList>,
    pub(super) header: Header,
    pub(super) types: u32,
    pub(super) access: Access,
    /// The list it belongs to, unless a program has made it.
    pub(super) lists: Option<GuestPtr<List>>,
    own: GuestPtr<u32>,
    free: GuestPtr<List>,
}

/// A free block that was checked, with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) addr: u32,
    pub(super) len: u32,
    prev: u32,
    next: u32,
}

impl Block {
    pub(super) fn end(&self) -> u32 {
        self.addr + self.len
    }
}

/// Why a block could not be freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The running task may not touch what would have to be touched.
    Access(BadAccess),
    /// The range overlaps a free block, or is not the pool's: a mistake of the program.
    Wrong(&'static str),
}

impl From<BadAccess> for Refused {
    fn from(bad: BadAccess) -> Self {
        Refused::Access(bad)
    }
}

/// The blocks of a pool in order, as far as they can be right.
pub(super) struct Blocks<'a> {
    pool: &'a Pool,
    mem: &'a Memory,
    prev: u32,
    node: u32,
    floor: u32,
    /// The first node that cannot be right.
    pub(super) broken: Option<u32>,
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let end = self.pool.anchor_end();
        if self.broken.is_some() || self.node == end {
            return None;
        }
        let Some((len, next)) = self.pool.check(self.mem, self.node, self.floor) else {
            self.broken = Some(self.node);
            return None;
        };
        let block = Block {
            addr: self.node,
            len,
            prev: self.prev,
            next,
        };
        // The next node will have its link written: it must be right as well.
        if next != end && self.pool.check(self.mem, next, block.end()).is_none() {
            self.broken = Some(next);
            return None;
        }
        self.prev = block.addr;
        self.node = next;
        self.floor = block.end();
        Some(block)
    }
}

impl Pool {
    /// Reads a MemList of `lists`, which is in kernel memory.
    pub(super) fn of_kernel(
        mem: &Memory,
        lists: GuestPtr<List>,
        (meml, header): (GuestPtr<MemList>, Header),
        access: Access,
    ) -> Pool {
        Pool {
            meml,
            header,
            types: mem.peek(meml.at(MemList::meml_Types)),
            access,
            lists: Some(lists),
            own: mem.peek(meml.at(MemList::meml_OwnBits)),
            free: mem.peek(meml.at(MemList::meml_l)),
        }
    }

    /// Reads a MemList that a program has made; none if it names no kind of memory.
    fn of_caller(
        mem: &Memory,
        meml: GuestPtr<MemList>,
        headers: &[Header],
    ) -> Result<Option<Pool>, BadAccess> {
        let header = mem.read(meml.at(MemList::meml_MemHdr))?;
        let Some(header) = headers.iter().find(|known| known.at == header) else {
            return Ok(None);
        };
        Ok(Some(Pool {
            meml,
            header: *header,
            types: mem.read(meml.at(MemList::meml_Types))?,
            access: Access::Caller,
            lists: None,
            own: GuestPtr::NULL,
            free: mem.read(meml.at(MemList::meml_l))?,
        }))
    }

    /// Whether the pool has all the kind bits of a request.
    pub(super) fn serves(&self, flags: u32) -> bool {
        flags & memtype::KINDS & !self.types == 0
    }

    /// The list head seen as the node before the first block.
    fn anchor_start(&self) -> u32 {
        self.free.at(List::ListAnchor_head).addr()
    }

    /// The list head seen as the node behind the last block.
    fn anchor_end(&self) -> u32 {
        self.free.at(List::ListAnchor_filler).addr()
    }

    fn is_anchor(&self, node: u32) -> bool {
        node == self.anchor_start() || node == self.anchor_end()
    }

    /// Whether `[start, end)` may belong to the pool.
    pub(super) fn owns(&self, mem: &Memory, start: u32, end: u32) -> bool {
        if start >= end || !self.header.contains(start) || end > self.header.top {
            return false;
        }
        match self.access {
            Access::Caller => mem.check_writable(start, end - start).is_ok(),
            Access::Kernel | Access::Owner => {
                let mut pages = self.header.pages(start, end);
                pages.all(|n| bit(mem, self.own, n))
            }
        }
    }

    /// Length and successor of the block at `node` if it can be one.
    fn check(&self, mem: &Memory, node: u32, floor: u32) -> Option<(u32, u32)> {
        if !node.is_multiple_of(GRAIN) || node < floor || !self.header.contains(node) {
            return None;
        }
        let block = GuestPtr::<Node>::new(node);
        let len = mem.peek(block.at(Node::n_Size)) as u32;
        let end = node.checked_add(len)?;
        if len == 0 || !len.is_multiple_of(GRAIN) || !self.owns(mem, node, end) {
            return None;
        }
        Some((len, mem.peek(block.at(Node::n_Next)).addr()))
    }

    /// The free blocks in order.
    pub(super) fn blocks<'a>(&'a self, mem: &'a Memory) -> Blocks<'a> {
        Blocks {
            pool: self,
            mem,
            prev: self.anchor_start(),
            node: mem.peek(self.free.at(List::ListAnchor_head)).addr(),
            floor: self.header.base,
            broken: None,
        }
    }

    /// Writes a word of a block, or of the list head.
    fn set<T: GuestValue>(
        &self,
        mem: &mut Memory,
        node: u32,
        at: GuestPtr<T>,
        value: T,
    ) -> Result<(), BadAccess> {
        let kernel = match self.access {
            Access::Kernel => true,
            Access::Owner => self.is_anchor(node),
            Access::Caller => false,
        };
        if kernel {
            mem.poke(at, value);
            Ok(())
        } else {
            mem.write(at, value)
        }
    }

    fn link(&self, mem: &mut Memory, prev: u32, next: u32) -> Result<(), BadAccess> {
        let (before, after) = (GuestPtr::<Node>::new(prev), GuestPtr::<Node>::new(next));
        self.set(mem, prev, before.at(Node::n_Next), after)?;
        self.set(mem, next, after.at(Node::n_Prev), before)
    }

    /// Makes `[addr, addr+len)` a free block between two neighbours.
    fn put(
        &self,
        mem: &mut Memory,
        (prev, next): (u32, u32),
        addr: u32,
        len: u32,
    ) -> Result<(), BadAccess> {
        let node = GuestPtr::<Node>::new(addr);
        self.set(mem, addr, node.at(Node::n_SubsysType), 1)?;
        self.set(mem, addr, node.at(Node::n_Type), node_type::MEMFREENODE)?;
        self.set(mem, addr, node.at(Node::n_Priority), 0)?;
        self.set(mem, addr, node.at(Node::n_Flags), 0)?;
        self.set(mem, addr, node.at(Node::n_Size), len as i32)?;
        self.link(mem, prev, addr)?;
        self.link(mem, addr, next)
    }

    /// Takes `[start, end)` out of a block; what is left before and behind stays free.
    fn carve(
        &self,
        mem: &mut Memory,
        block: &Block,
        start: u32,
        end: u32,
    ) -> Result<(), BadAccess> {
        let mut prev = block.prev;
        if start > block.addr {
            let size = GuestPtr::<Node>::new(block.addr).at(Node::n_Size);
            self.set(mem, block.addr, size, (start - block.addr) as i32)?;
            prev = block.addr;
        }
        if end < block.end() {
            self.put(mem, (prev, block.next), end, block.end() - end)
        } else {
            self.link(mem, prev, block.next)
        }
    }

    /// Where in a block a request fits.
    fn place(&self, block: &Block, len: u32, flags: u32) -> Option<u32> {
        let page = self.header.page_for(flags);
        let start_page = flags & memtype::STARTPAGE != 0;
        let in_page = flags & memtype::INPAGE != 0;
        let crosses = |start: u32| start / page != (start + len - 1) / page;
        if block.len < len {
            return None;
        }
        let start = if flags & memtype::FROMTOP != 0 {
            let mut start = block.end() - len;
            if start_page {
                start -= start % page;
            } else if in_page && crosses(start) {
                let boundary = (start + len - 1) / page * page;
                start = boundary.checked_sub(len)?;
            }
            start
        } else {
            let mut start = block.addr;
            if start_page || in_page && crosses(start) {
                start = start.next_multiple_of(page);
            }
            start
        };
        let fits = start >= block.addr && start + len <= block.end();
        (fits && !(in_page && crosses(start))).then_some(start)
    }

    /// Takes `len` bytes, a multiple of the grain, out of the pool: the lowest place that fits,
    /// or the highest. The second value is a node that could not be believed.
    pub(super) fn take(
        &self,
        mem: &mut Memory,
        len: u32,
        flags: u32,
    ) -> Result<(Option<u32>, Option<u32>), BadAccess> {
        let mut found = None;
        let mut blocks = self.blocks(mem);
        for block in &mut blocks {
            if let Some(start) = self.place(&block, len, flags) {
                found = Some((block, start));
                if flags & memtype::FROMTOP == 0 {
                    break;
                }
            }
        }
        let broken = blocks.broken;
        let Some((block, start)) = found else {
            return Ok((None, broken));
        };
        if self.access != Access::Kernel {
            mem.check_writable(start, len)?;
        }
        self.carve(mem, &block, start, start + len)?;
        Ok((Some(start), broken))
    }

    /// Adds `[start, start+len)` to the pool and merges it with its neighbours.
    pub(super) fn give(&self, mem: &mut Memory, start: u32, len: u32) -> Result<(), Refused> {
        let end = start
            .checked_add(len)
            .ok_or(Refused::Wrong("beyond memory"))?;
        if !self.owns(mem, start, end) {
            return Err(Refused::Wrong("not the pool's memory"));
        }
        let mut before: Option<Block> = None;
        let mut after: Option<Block> = None;
        let mut blocks = self.blocks(mem);
        for block in &mut blocks {
            if block.addr >= start {
                after = Some(block);
                break;
            }
            before = Some(block);
        }
        if after.is_none() && blocks.broken.is_some() {
            return Err(Refused::Wrong("the free list is damaged"));
        }
        let overlaps = before.is_some_and(|block| block.end() > start)
            || after.is_some_and(|block| block.addr < end);
        if overlaps {
            return Err(Refused::Wrong("already free"));
        }
        let mut next = after.map_or(self.anchor_end(), |block| block.addr);
        let mut new_end = end;
        if let Some(block) = after
            && block.addr == end
        {
            new_end = block.end();
            next = block.next;
        }
        match before {
            Some(block) if block.end() == start => {
                let size = GuestPtr::<Node>::new(block.addr).at(Node::n_Size);
                self.set(mem, block.addr, size, (new_end - block.addr) as i32)?;
                self.link(mem, block.addr, next)?;
            }
            _ => {
                let prev = before.map_or(self.anchor_start(), |block| block.addr);
                self.put(mem, (prev, next), start, new_end - start)?;
            }
        }
        Ok(())
    }

    /// Takes whatever is free in `[start, end)` out of the pool.
    pub(super) fn cut(&self, mem: &mut Memory, start: u32, end: u32) -> Result<(), BadAccess> {
        // Each round removes one overlap, so this ends.
        loop {
            let mut blocks = self.blocks(mem);
            let hit = blocks.find(|block| block.addr < end && block.end() > start);
            let Some(block) = hit else {
                return Ok(());
            };
            let (from, to) = (start.max(block.addr), end.min(block.end()));
            self.carve(mem, &block, from, to)?;
        }
    }

    /// The whole pages inside free blocks, as `(start, length)`.
    pub(super) fn free_pages(&self, mem: &Memory) -> Vec<(u32, u32)> {
        let page = self.header.page;
        let pages = self.blocks(mem).filter_map(|block| {
            let start = block.addr.next_multiple_of(page);
            let end = block.end() / page * page;
            (start < end).then(|| (start, end - start))
        });
        pages.collect()
    }
}

impl Portfolio {
    /// A MemList named by the running program: one of its own, or one that it has made.
    pub(super) fn pool(
        &self,
        mem: &Memory,
        meml: GuestPtr<MemList>,
    ) -> Result<Option<Pool>, BadAccess> {
        if let Some(lists) = self.current_memory(mem) {
            let own = self.pools_of(mem, lists);
            if let Some(&pair) = own.iter().find(|(own, _)| *own == meml) {
                return Ok(Some(Pool::of_kernel(mem, lists, pair, Access::Owner)));
            }
        }
        Pool::of_caller(mem, meml, &self.headers(mem))
    }

    /// The pools on a list named by the running program.
    pub(super) fn pools(
        &self,
        mem: &Memory,
        lists: GuestPtr<List>,
    ) -> Result<Vec<Pool>, BadAccess> {
        if self.current_memory(mem) == Some(lists) {
            let own = self.pools_of(mem, lists);
            let read = |pair| Pool::of_kernel(mem, lists, pair, Access::Owner);
            return Ok(own.into_iter().map(read).collect());
        }
        // A list that the program has put together; longer ones than this are loops.
        const LONGEST: usize = 64;
        let mut pools = Vec::new();
        let end = lists.at(List::ListAnchor_filler).cast();
        let mut node = mem.read(lists.at(List::ListAnchor_head))?;
        while node != end && pools.len() < LONGEST {
            match self.pool(mem, node.cast())? {
                Some(pool) => pools.push(pool),
                None => break,
            }
            node = mem.read(node.at(Node::n_Next))?;
        }
        Ok(pools)
    }
}
