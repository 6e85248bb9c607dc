//! Pages, pools and free lists of guest memory (kernel sheet 3.7, 8.2-8.6).
//!
//! ```text
//! MemHdr   one per kind of memory: which pages are free      kb_MemHdrList
//! MemList  one per kind and program: which pages it owns,    t_FreeMemoryLists
//!          which it may write, and its free blocks
//! ```
//! Headers, MemLists, page bits and the heads of the free lists are in kernel memory: programs
//! read them and cannot write them. (The shipped kernel keeps the heads on the program's stack,
//! because its allocator runs in user mode; ours does not need that.) The free blocks themselves
//! lie in the program's pages, in whatever state the program has put them: every walk checks
//! each block before it is used, and stops at the first one that cannot be right.

mod alloc;
mod blocks;
mod boot;
mod control;
mod pages;
mod pools;
mod tracks;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

pub(crate) use self::alloc::free_mem_to_mem_lists;

use self::alloc::*;
use self::blocks::*;
use self::control::*;
use super::Portfolio;
use super::structs::{List, MemHdr, MemList};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{CString, GuestPtr};
use crate::trace::Category;

/// Bits of allocation requests (kernel sheet 8.3).
#[allow(missing_docs)]
pub(crate) mod memtype {
    pub const VRAM: u32 = 0x0001_0000;
    pub const CEL: u32 = 0x0004_0000;
    pub const DRAM: u32 = 0x0008_0000;
    /// The bits that say which memory will do; a pool must have all that are asked for.
    pub const KINDS: u32 = 0x703F_0000;
    pub const FILL: u32 = 0x100;
    pub const MYPOOL: u32 = 0x200;
    pub const FROMTOP: u32 = 0x4000;
    pub const TASKMEM: u32 = 0x8000;
    pub const TRACKSIZE: u32 = 0x0040_0000;
    pub const INPAGE: u32 = 0x0100_0000;
    pub const STARTPAGE: u32 = 0x0200_0000;
    pub const SYSTEMPAGESIZE: u32 = 0x0400_0000;
}

/// Granularity and alignment of allocations.
const GRAIN: u32 = 16;

impl Portfolio {
    /// Tells the sink about a mistake of the running task.
    fn memory_warning(&self, cx: &mut CallCx<'_>, text: impl FnOnce() -> String) {
        if cx.sink.wants(Category::WARNINGS) || self.notes.wanted() {
            self.warn(cx, text());
        }
    }
}

fn is_mem_readable(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    start: u32,
    len: u32,
) -> Result<bool, Trouble> {
    Ok(len == 0 || cx.mem.check_readable(start, len).is_ok())
}

fn is_mem_writable(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    start: u32,
    len: i32,
) -> Result<bool, Trouble> {
    Ok(len > 0 && cx.mem.check_writable(start, len as u32).is_ok())
}

fn get_page_size(k: &mut Portfolio, cx: &mut CallCx<'_>, flags: u32) -> Result<u32, Trouble> {
    let headers = k.headers(cx.mem);
    let header = headers.iter().find(|header| header.serves(flags));
    Ok(header.map_or(0, |header| header.page_for(flags)))
}

fn find_mh(k: &mut Portfolio, cx: &mut CallCx<'_>, addr: u32) -> Result<GuestPtr<MemHdr>, Trouble> {
    let header = k.header_of(cx.mem, addr);
    Ok(header.map_or(GuestPtr::NULL, |header| header.at))
}

fn alloc_alignment(_: &mut Portfolio, _: &mut CallCx<'_>, _flags: u32) -> Result<u32, Trouble> {
    Ok(GRAIN)
}

calls! {
    /// What this module answers.
    pub(crate) CALLS: Kernel;
    vec 7 AllocMemFromMemLists(lists: GuestPtr<List>, size: i32, flags: u32) -> Pointer = alloc_mem_from_mem_lists;
    vec 8 FreeMemToMemLists(lists: GuestPtr<List>, p: GuestPtr<u8>, size: i32) -> Nothing = free_mem_to_mem_lists;
    vec 11 ScavengeMem() -> Number = scavenge_mem;
    vec 13 memset(dst: GuestPtr<u8>, value: u32, n: u32) -> Pointer = memset;
    vec 14 memcpy(dst: GuestPtr<u8>, src: GuestPtr<u8>, n: u32) -> Pointer = memcpy;
    vec 15 GetPageSize(flags: u32) -> Number = get_page_size;
    vec 18 USecToTicks(usec: u32) -> Word = usec_to_ticks;
    vec 23 TicksToTimeVal(ticks: u32, tv: GuestPtr<u32>) -> Nothing = ticks_to_time_val;
    vec 25 FindMH(addr: u32) -> Pointer = find_mh;
    vec 26 AllocMemFromMemList(ml: GuestPtr<MemList>, size: i32, flags: u32) -> Pointer = alloc_mem_from_mem_list;
    vec 27 FreeMemToMemList(ml: GuestPtr<MemList>, p: GuestPtr<u8>, size: i32) -> Nothing = free_mem_to_mem_list;
    vec 28 AllocMemList(p: u32, name: GuestPtr<CString>) -> Pointer = alloc_mem_list;
    vec 29 FreeMemList(ml: GuestPtr<MemList>) -> Nothing = free_mem_list;
    vec 33 SignedDivide(divisor: i32, dividend: i32) -> Word = signed_divide;
    vec 34 UnsignedDivide(divisor: u32, dividend: u32) -> Word = unsigned_divide;
    vec 35 SignedDivide10(dividend: i32) -> Word = signed_divide_10;
    vec 36 UnsignedDivide10(dividend: u32) -> Word = unsigned_divide_10;
    vec 39 GetMemAllocAlignment(flags: u32) -> Number = alloc_alignment;
    vec 40 GetMemTrackSize(p: GuestPtr<u8>) -> Number = get_mem_track_size;
    vec 42 IsMemReadable(p: u32, n: u32) -> Number = is_mem_readable;
    vec 43 IsMemWritable(p: u32, n: i32) -> Number = is_mem_writable;
    swi 13 AllocMemBlocks(size: i32, flags: u32) -> Pointer = alloc_mem_blocks;
    blocking swi 20 ControlMem(p: u32, size: i32, cmd: u32, task: super::items::Item) -> Number = control_mem;
    swi 33 SystemScavengeMem() -> Number = system_scavenge_mem;
}
