//! Memory that a task has from the kernel, from Portfolio's memory lists.
//!
//! There is no address translation: a region is memory of the program's own pool, at a multiple
//! of the page size and full of zeros (Mach sheet 5.6). Memory that is somebody else's, a page of
//! a device, is mapped where it is. Protections are recorded; only the calls of this part heed
//! them, loads and stores do not.

mod calls;
mod regions;

pub(super) use calls::{CALLS, MESSAGES};
pub use regions::{PAGE, Protection, Regions};

use self::regions::pages;
use super::codes;
use super::memory_object::Source;
use super::records::VmProt;
use super::space::KernelObject;
use super::task::number_of;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::memtype;
use crate::kernel::portfolio::structs::List;
use crate::mem::{BadAccess, GuestPtr, Refusal};

/// The code for memory that a task named and cannot use.
pub(super) fn access_code(bad: BadAccess) -> i32 {
    match bad.why {
        Refusal::NotWritable => codes::KERN_PROTECTION_FAILURE,
        Refusal::NoMemory | Refusal::Low => codes::KERN_INVALID_ADDRESS,
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
        self.new_region_masked(cx, program, size, 0)
    }

    /// The same at an address that has none of the bits of `mask`.
    pub(super) fn new_region_masked(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        size: u32,
        mask: u32,
    ) -> Result<u32, i32> {
        let no_space = codes::KERN_NO_SPACE;
        let size = size.checked_next_multiple_of(PAGE).ok_or(no_space)?;
        let align = (mask | (PAGE - 1)).checked_add(1).ok_or(no_space)?;
        let align = align.checked_next_power_of_two().ok_or(no_space)?;
        let lists = self.memory_of(cx.mem, program).ok_or(no_space)?;
        let own = self.take_aligned_from_pool(cx.mem, lists, size, align);
        let start = match own {
            Some(start) => start,
            None => self.more_for_region(cx, lists, size, align)?,
        };
        self.begin_region(cx, program, start, size);
        Ok(start)
    }

    /// Pages for a region from the system's memory. Mostly they come aligned; if not, there must
    /// be room to align in.
    fn more_for_region(
        &mut self,
        cx: &mut CallCx<'_>,
        lists: GuestPtr<List>,
        size: u32,
        align: u32,
    ) -> Result<u32, i32> {
        let no_space = codes::KERN_NO_SPACE;
        for room in [Some(size), size.checked_add(align)] {
            let room = room.and_then(|room| i32::try_from(room).ok());
            let room = room.ok_or(no_space)?;
            let got = self.alloc_mem(cx, room, memtype::DRAM);
            let got = got.ok().filter(|&got| got != 0).ok_or(no_space)?;
            self.give_to_pool(cx.mem, lists, got, room as u32);
            if let Some(start) = self.take_aligned_from_pool(cx.mem, lists, size, align) {
                return Ok(start);
            }
        }
        Err(no_space)
    }

    fn begin_region(&mut self, cx: &mut CallCx<'_>, program: Item, start: u32, size: u32) {
        if let Some(bytes) = cx.mem.bytes_mut(start, size) {
            bytes.fill(0);
        }
        cx.charge.0 += u64::from(size / 4);
        if let Some(task) = self.mach.tasks.get_mut(&program) {
            task.regions.own(start, size);
        }
    }

    /// New pages at an address: only where the program's own memory is free, or the system's.
    pub(super) fn new_region_at(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        size: u32,
    ) -> Result<u32, i32> {
        let (start, end) = pages(addr, size).ok_or(codes::KERN_INVALID_ADDRESS)?;
        let lists = self.memory_of(cx.mem, program);
        let lists = lists.ok_or(codes::KERN_NO_SPACE)?;
        if !self.take_from_pool(cx.mem, lists, start, end - start) {
            if !self.claim_pages(cx.mem, lists, start, end - start) {
                return Err(codes::KERN_NO_SPACE);
            }
            // The system's pages are larger: the rest is the program's to allocate from.
            let (first, last) = self.page_span(cx.mem, start, end);
            self.give_to_pool(cx.mem, lists, first, start - first);
            self.give_to_pool(cx.mem, lists, end, last - end);
        }
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
        let was_screen = task.regions.has_mapped(Source::Screen);
        let mut owned: Vec<(u32, u32)> = Vec::new();
        for at in task.regions.forget(start, end) {
            match owned.last_mut() {
                Some((_, to)) if *to == at => *to += PAGE,
                _ => owned.push((at, at + PAGE)),
            }
        }
        let is_screen = task.regions.has_mapped(Source::Screen);
        if let (true, false, Some((at, size))) = (was_screen, is_screen, self.screen_page()) {
            self.allow_writes(cx.mem, program, at, size, false);
        }
        self.drop_unmapped();
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
        let size = self.within_source(program, addr, size);
        let task = self.mach.tasks.get(&program);
        if !task.is_some_and(|task| task.regions.covers(addr, size)) {
            return Err(codes::KERN_INVALID_ADDRESS);
        }
        self.free_region(cx, program, addr, size);
        Ok(())
    }

    /// `vm_protect`.
    fn vm_protect(
        &mut self,
        program: Item,
        (addr, size): (u32, u32),
        set_most: bool,
        wanted: u32,
    ) -> Result<(), i32> {
        let wanted = VmProt::from_bits_retain(wanted);
        if !wanted.is_known() {
            return Err(codes::KERN_INVALID_ARGUMENT);
        }
        if size == 0 {
            return Ok(());
        }
        let size = self.within_source(program, addr, size);
        let task = self.mach.tasks.get_mut(&program);
        let task = task.ok_or(codes::KERN_INVALID_ADDRESS)?;
        task.regions.protect(addr, size, set_most, wanted)
    }

    /// `vm_read`: a copy of memory.
    fn vm_read(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        size: u32,
    ) -> Result<Vec<u8>, i32> {
        if size == 0 {
            return Ok(Vec::new());
        }
        cx.mem.check_readable(addr, size).map_err(access_code)?;
        self.check_protection(program, addr, size, VmProt::READ)?;
        cx.charge.0 += u64::from(size / 4);
        cx.mem.read_bytes(addr, size).map_err(access_code)
    }

    /// `vm_write`.
    fn vm_write(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        data: &[u8],
    ) -> Result<(), i32> {
        let size = u32::try_from(data.len()).map_err(|_| codes::KERN_INVALID_ADDRESS)?;
        if size == 0 {
            return Ok(());
        }
        cx.mem.check_writable(addr, size).map_err(access_code)?;
        self.check_protection(program, addr, size, VmProt::WRITE)?;
        cx.charge.0 += u64::from(size / 4);
        cx.mem.write_bytes(addr, data).map_err(access_code)
    }

    fn check_protection(
        &self,
        program: Item,
        addr: u32,
        size: u32,
        wanted: VmProt,
    ) -> Result<(), i32> {
        let task = self.mach.tasks.get(&program);
        match task.is_none_or(|task| task.regions.allows(addr, size, wanted)) {
            true => Ok(()),
            false => Err(codes::KERN_PROTECTION_FAILURE),
        }
    }

    /// The running program, if a name is its own task port: memory of others is out of reach.
    pub(super) fn own_task(&mut self, name: u32) -> Result<Item, i32> {
        let program = self.mach_caller();
        match self.mach.task_named(program, name) {
            Some(task) if task == program => Ok(program),
            _ => Err(codes::KERN_INVALID_ARGUMENT),
        }
    }

    /// The program that a message is for, if that is its sender's own.
    pub(super) fn own_target(program: Item, object: KernelObject) -> Result<Item, i32> {
        match object == KernelObject::Task(number_of(program)) {
            true => Ok(program),
            false => Err(codes::KERN_INVALID_ARGUMENT),
        }
    }
}
