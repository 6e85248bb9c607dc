//! Memory that a task has from the kernel: page by page, from Portfolio's memory lists.
//!
//! There is no address translation: a region is memory of the program's own pool, at a multiple
//! of the page size and full of zeros (Mach sheet 5.6).

use super::codes;
use super::device::PortName;
use super::rpc::{KernCode, kern};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::memtype;
use crate::mem::{GuestPtr, MEMORY_END};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `host_page_size`, in bytes.
pub const PAGE: u32 = 4096;

/// What a page of a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// Memory of the program's pool, to be given back.
    Owned,
    /// Somebody else's memory that the task sees: only the record goes.
    Mapped,
}

/// The pages of a task, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regions(BTreeMap<u32, Page>);

/// The pages that a range touches: first address, and the first address behind.
fn pages(addr: u32, size: u32) -> Option<(u32, u32)> {
    let start = addr & !(PAGE - 1);
    let end = addr.checked_add(size)?.checked_next_multiple_of(PAGE)?;
    (end <= MEMORY_END).then_some((start, end))
}

impl Regions {
    /// Notes the pages of a range.
    pub fn note(&mut self, addr: u32, size: u32, page: Page) {
        if let Some((start, end)) = pages(addr, size) {
            self.0
                .extend((start..end).step_by(PAGE as usize).map(|at| (at, page)));
        }
    }

    /// Whether every page that a range touches is a region's.
    pub fn covers(&self, addr: u32, size: u32) -> bool {
        pages(addr, size).is_some_and(|(start, end)| {
            let mut all = (start..end).step_by(PAGE as usize);
            all.all(|at| self.0.contains_key(&at))
        })
    }
}

impl Portfolio {
    /// New pages of the running program, full of zeros.
    pub(super) fn new_region(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        size: u32,
    ) -> Result<u32, i32> {
        let no_space = codes::KERN_NO_SPACE;
        let size = size.checked_next_multiple_of(PAGE).ok_or(no_space)?;
        // Room to align in; what is not needed goes back at once.
        let room = size.checked_add(PAGE).ok_or(no_space)?;
        let room = i32::try_from(room).map_err(|_| no_space)?;
        let got = self.alloc_mem(cx, room, memtype::DRAM);
        let got = got.ok().filter(|&got| got != 0).ok_or(no_space)?;
        let start = got.next_multiple_of(PAGE);
        let (end, got_end) = (start + size, got + room as u32);
        for (from, to) in [(got, start), (end, got_end)] {
            if from < to {
                let _ = self.free_mem(cx, from, (to - from) as i32);
            }
        }
        self.begin_region(cx, program, start, size);
        Ok(start)
    }

    fn begin_region(&mut self, cx: &mut CallCx<'_>, program: Item, start: u32, size: u32) {
        if let Some(bytes) = cx.mem.bytes_mut(start, size) {
            bytes.fill(0);
        }
        cx.charge.0 += u64::from(size / 4);
        if let Some(task) = self.mach.tasks.get_mut(&program) {
            task.regions.note(start, size, Page::Owned);
        }
    }

    /// New pages at an address: only where the system's memory is free.
    fn new_region_at(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        size: u32,
    ) -> Result<u32, i32> {
        let (start, end) = pages(addr, size).ok_or(codes::KERN_NO_SPACE)?;
        let lists = self.memory_of(cx.mem, program);
        let lists = lists.ok_or(codes::KERN_NO_SPACE)?;
        if !self.claim_pages(cx.mem, lists, start, end - start) {
            return Err(codes::KERN_NO_SPACE);
        }
        // The system's pages are larger: the rest is the program's to allocate from.
        let (first, last) = self.page_span(cx.mem, start, end);
        self.give_to_pool(cx.mem, lists, first, start - first);
        self.give_to_pool(cx.mem, lists, end, last - end);
        self.begin_region(cx, program, start, end - start);
        Ok(start)
    }

    /// New pages with these bytes in them; address 0 for none.
    pub(super) fn new_region_with(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        data: &[u8],
    ) -> Result<u32, i32> {
        if data.is_empty() {
            return Ok(0);
        }
        let size = u32::try_from(data.len()).map_err(|_| codes::KERN_NO_SPACE)?;
        let at = self.new_region(cx, program, size)?;
        if let Some(bytes) = cx.mem.bytes_mut(at, size) {
            bytes.copy_from_slice(data);
        }
        Ok(at)
    }

    /// Gives back the pages that a range touches, those of them that are a region's.
    pub(super) fn free_region(&mut self, cx: &mut CallCx<'_>, program: Item, addr: u32, size: u32) {
        let Some((start, end)) = pages(addr, size).filter(|_| size > 0) else {
            return;
        };
        let Some(task) = self.mach.tasks.get_mut(&program) else {
            return;
        };
        let touched: Vec<u32> = task
            .regions
            .0
            .range(start..end)
            .map(|(&at, _)| at)
            .collect();
        let mut owned: Vec<(u32, u32)> = Vec::new();
        for at in touched {
            if task.regions.0.remove(&at) == Some(Page::Owned) {
                match owned.last_mut() {
                    Some((_, to)) if *to == at => *to += PAGE,
                    _ => owned.push((at, at + PAGE)),
                }
            }
        }
        self.leave_pages(cx, start, end);
        let Some(lists) = self.memory_of(cx.mem, program) else {
            return;
        };
        for (from, to) in owned {
            self.give_to_pool(cx.mem, lists, from, to - from);
        }
    }

    /// `vm_allocate`.
    pub(super) fn vm_allocate(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        size: u32,
        anywhere: bool,
    ) -> Result<u32, i32> {
        match (size, anywhere) {
            (0, _) => Ok(0),
            (_, true) => self.new_region(cx, program, size),
            (_, false) => self.new_region_at(cx, program, addr, size),
        }
    }

    /// `vm_deallocate`: every page that the range touches.
    pub(super) fn vm_deallocate(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        size: u32,
    ) -> Result<(), i32> {
        if size == 0 {
            return Ok(());
        }
        let task = self.mach.tasks.get(&program);
        if !task.is_some_and(|task| task.regions.covers(addr, size)) {
            return Err(codes::KERN_INVALID_ADDRESS);
        }
        self.free_region(cx, program, addr, size);
        Ok(())
    }

    /// The running program, if a name is its own task port: memory of others is out of reach.
    pub(super) fn own_task(&mut self, name: u32) -> Result<Item, i32> {
        let program = self.mach_caller();
        match self.mach.task_named(program, name) {
            Some(task) if task == program => Ok(program),
            _ => Err(codes::KERN_INVALID_ARGUMENT),
        }
    }
}

fn vm_allocate(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    address: GuestPtr<u32>,
    size: u32,
    anywhere: u32,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.own_task(task.0)?;
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        let wanted = cx.mem.read(address).map_err(invalid)?;
        cx.mem.check_writable(address.addr(), 4).map_err(invalid)?;
        let got = k.vm_allocate(cx, program, wanted, size, anywhere != 0)?;
        cx.mem.write(address, got).map_err(invalid)
    };
    kern(work())
}

fn vm_deallocate(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    address: u32,
    size: u32,
) -> Result<KernCode, Trouble> {
    let freed = k
        .own_task(task.0)
        .and_then(|program| k.vm_deallocate(cx, program, address, size));
    kern(freed)
}

calls! { pub(crate) CALLS: Mach;
    trap 65 vm_allocate(task: PortName, address: GuestPtr<u32>, size: u32, anywhere: u32) -> Code
        = vm_allocate;
    trap 66 vm_deallocate(task: PortName, address: u32, size: u32) -> Code = vm_deallocate;
}
