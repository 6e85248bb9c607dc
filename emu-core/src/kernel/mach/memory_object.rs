//! Memory objects: memory of devices that tasks map, and the clock pages.
//!
//! Mach sheet 5.6.
//!
//! ```text
//! device_map, clock_map_time ── object: a port ── vm_map ─┬─ record in the task's regions
//!                                                         └─ copy = TRUE: pages of its own
//! ```
//! There is one page of a source in the whole machine, in the kernel's memory, while any task has
//! it mapped: every mapping has the same address, and tasks only read it. The screen's page is
//! video memory that a task may write while it has it mapped for that. An object is no more
//! than a name for a source, so it ends with the last right to it; mappings go on without.

mod calls;

pub(super) use calls::{CALLS, MESSAGES};

use super::clock::time_at;
use super::codes;
use super::device::TEST_MARK;
use super::records::{VmInherit, VmProt};
use super::space::{KernelObject, PortId, Right};
use super::vm::{PAGE, Protection};
use super::waiting::Timer;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::mem::MEMORY_END;
use crate::time::Ticks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Between two updates of the clock pages: 10 ms, the clocks' map-time resolution.
pub const CLOCK_PERIOD: Ticks = Ticks(125_000);

/// What there is to map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The page of the test devices.
    Test,
    /// Seconds, nanoseconds, seconds again.
    Clock,
    /// Seconds, microseconds, seconds again.
    Time,
    /// The page of the screen, which tasks may write.
    Screen,
}

impl Source {
    fn shows_time(self) -> bool {
        matches!(self, Source::Clock | Source::Time)
    }
}

/// A source from a place on, for certain uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// What is mapped.
    pub source: Source,
    /// From where on, in bytes; a multiple of the page size.
    pub offset: u32,
    /// What it may be mapped for.
    pub prot: VmProt,
}

/// How something is to be mapped.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// Where, unless `anywhere`.
    pub address: u32,
    /// Bytes.
    pub size: u32,
    /// Bits that the address shall not have, if `anywhere`.
    pub mask: u32,
    /// Where there is room.
    pub anywhere: bool,
    /// From where on in the object.
    pub offset: u32,
    /// Not the memory itself but a copy.
    pub copy: bool,
    /// What may be done with it now.
    pub current: u32,
    /// What may ever be.
    pub most: u32,
    /// What a child of the task would get; no task has any.
    pub inherit: u32,
}

/// An object: a view with a port.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct MemoryObject {
    port: PortId,
    view: View,
}

/// All memory objects.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MemoryObjects {
    objects: BTreeMap<u64, MemoryObject>,
    /// The pages of sources that somebody has mapped.
    pages: BTreeMap<Source, u32>,
    /// Whether the timer of the clock pages runs.
    ticks: bool,
}

impl MemoryObjects {
    /// Whether state from a file can be worked on: pages are memory.
    pub(super) fn is_sound(&self) -> bool {
        let last = MEMORY_END - PAGE;
        let mut pages = self.pages.values();
        pages.all(|&at| at <= last && at.is_multiple_of(PAGE))
    }
}

impl Portfolio {
    /// A new object: a send right to its port.
    pub(super) fn new_memory_object(&mut self, view: View) -> Right {
        let mach = &mut self.mach;
        let number = mach.new_id();
        let port = mach.ports.create_kernel(KernelObject::Memory(number));
        let object = MemoryObject { port, view };
        mach.memory.objects.insert(number, object);
        mach.ports.make_send(port)
    }

    /// Nobody can name an object any more.
    pub(super) fn end_memory_object(&mut self, number: u64) {
        if let Some(object) = self.mach.memory.objects.remove(&number) {
            self.mach.ports.destroy_kernel(object.port);
        }
    }

    fn view_of(&self, object: KernelObject) -> Result<View, i32> {
        let number = match object {
            KernelObject::Memory(number) => number,
            _ => return Err(codes::KERN_INVALID_ARGUMENT),
        };
        let object = self.mach.memory.objects.get(&number);
        object
            .map(|object| object.view)
            .ok_or(codes::KERN_INVALID_ARGUMENT)
    }

    /// Where the page of a source is, made if nobody has it mapped. To be followed by
    /// [`Portfolio::drop_unmapped`] unless it is mapped now.
    fn open_source(&mut self, cx: &mut CallCx<'_>, source: Source) -> Result<(u32, u32), i32> {
        if source == Source::Screen {
            let (at, size) = self.screen_page().ok_or(codes::KERN_INVALID_ARGUMENT)?;
            return Ok((at, (at + size).next_multiple_of(PAGE)));
        }
        let at = match self.mach.memory.pages.get(&source) {
            Some(&at) => at,
            None => {
                let room = self.heap_alloc(cx.mem, 2 * PAGE);
                let room = room.map_err(|_| codes::KERN_RESOURCE_SHORTAGE)?;
                let at = room.next_multiple_of(PAGE);
                for (from, to) in [(room, at), (at + PAGE, room + 2 * PAGE)] {
                    if from < to {
                        self.heap_free(from, to - from);
                    }
                }
                self.mach.memory.pages.insert(source, at);
                at
            }
        };
        match source {
            Source::Test => {
                if let Some([first, ..]) = cx.mem.bytes_mut(at, 1) {
                    *first = TEST_MARK;
                }
            }
            Source::Clock | Source::Time => {
                write_time(cx, source, at);
                self.keep_ticking(cx);
            }
            Source::Screen => (),
        }
        Ok((at, at + PAGE))
    }

    /// Lets go of pages that nobody has mapped any more.
    pub(super) fn drop_unmapped(&mut self) {
        let mach = &self.mach;
        let is_mapped = |source: Source| {
            let mut tasks = mach.tasks.values();
            tasks.any(|task| task.regions.has_mapped(source))
        };
        let pages = mach.memory.pages.iter();
        let gone = pages.filter(|&(&source, _)| !is_mapped(source));
        let gone: Vec<(Source, u32)> = gone.map(|(&source, &at)| (source, at)).collect();
        for (source, at) in gone {
            self.mach.memory.pages.remove(&source);
            self.heap_free(at, PAGE);
        }
    }

    /// The part of a range that is there: a mapping may be larger than what it shows.
    pub(super) fn within_source(&self, program: Item, addr: u32, size: u32) -> u32 {
        let task = self.mach.tasks.get(&program);
        let source = task.and_then(|task| task.regions.source_at(addr));
        let end = match source {
            Some(Source::Screen) => self
                .screen_page()
                .map(|(at, size)| (at + size).next_multiple_of(PAGE)),
            Some(source) => self.mach.memory.pages.get(&source).map(|at| at + PAGE),
            None => None,
        };
        end.map_or(size, |end| size.min(end.saturating_sub(addr)))
    }

    /// `vm_map`: the address. Without an object it is new memory.
    pub(super) fn vm_map(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        view: Option<View>,
        how: &Mapping,
    ) -> Result<u32, i32> {
        let protection = Protection {
            current: VmProt::from_bits_retain(how.current),
            most: VmProt::from_bits_retain(how.most),
        };
        let is_known = protection.most.is_known() && protection.most.contains(protection.current);
        if !is_known || VmInherit::from_number(how.inherit).is_none() || how.size == 0 {
            return Err(codes::KERN_INVALID_ARGUMENT);
        }
        let at = match view {
            Some(view) if !how.copy => return self.map_source(cx, program, view, how, protection),
            Some(view) => self.map_copy(cx, program, view, how)?,
            None => self.map_new(cx, program, how)?,
        };
        if let Some(task) = self.mach.tasks.get_mut(&program) {
            task.regions.set_protection(at, how.size, protection);
        }
        Ok(at)
    }

    fn map_new(&mut self, cx: &mut CallCx<'_>, program: Item, how: &Mapping) -> Result<u32, i32> {
        match how.anywhere {
            true => self.new_region_masked(cx, program, how.size, how.mask),
            false => self.new_region_at(cx, program, how.address, how.size),
        }
    }

    /// Pages with what the source shows now, and zeros behind its end.
    fn map_copy(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        view: View,
        how: &Mapping,
    ) -> Result<u32, i32> {
        if !view.prot.contains(VmProt::READ) {
            return Err(codes::KERN_PROTECTION_FAILURE);
        }
        let offset = offset_in(view, how)?;
        let (start, end) = self.open_source(cx, view.source)?;
        let from = start.saturating_add(offset).min(end);
        let shown = cx.mem.bytes(from, (end - from).min(how.size));
        let shown = shown.unwrap_or_default().to_vec();
        self.drop_unmapped();
        let at = self.map_new(cx, program, how)?;
        if let Some(to) = cx.mem.bytes_mut(at, shown.len() as u32) {
            to.copy_from_slice(&shown);
        }
        Ok(at)
    }

    /// The memory itself: it is where it is.
    fn map_source(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        view: View,
        how: &Mapping,
        protection: Protection,
    ) -> Result<u32, i32> {
        if !view.prot.contains(protection.current) {
            return Err(codes::KERN_PROTECTION_FAILURE);
        }
        let offset = offset_in(view, how)?;
        let (start, end) = self.open_source(cx, view.source)?;
        let mut mapped = || {
            let from = start.checked_add(offset).filter(|&from| from < end);
            let from = from.ok_or(codes::KERN_INVALID_ARGUMENT)?;
            let fits = match how.anywhere {
                true => from & how.mask == 0,
                false => how.address & !(PAGE - 1) == from,
            };
            let size = how.size.min(end - from).next_multiple_of(PAGE);
            let task = self.mach.tasks.get_mut(&program);
            let task = task.filter(|_| fits).ok_or(codes::KERN_NO_SPACE)?;
            let range = (from, from + size);
            task.regions.map(range, view.source, protection)?;
            Ok((from, size))
        };
        let mapped: Result<(u32, u32), i32> = mapped();
        self.drop_unmapped();
        let (from, size) = mapped?;
        if view.source == Source::Screen && protection.current.contains(VmProt::WRITE) {
            self.allow_writes(cx.mem, program, from, size, true);
        }
        Ok(from)
    }

    fn keep_ticking(&mut self, cx: &mut CallCx<'_>) {
        if !self.mach.memory.ticks {
            self.mach.memory.ticks = true;
            self.start_timer(cx, CLOCK_PERIOD, Timer::ClockPages);
        }
    }

    /// The clock pages that somebody has mapped show the time.
    pub(super) fn tick_clock_pages(&mut self, cx: &mut CallCx<'_>) {
        let memory = &mut self.mach.memory;
        memory.ticks = false;
        let pages = memory
            .pages
            .iter()
            .filter(|(source, _)| source.shows_time());
        let mut is_needed = false;
        for (&source, &at) in pages {
            write_time(cx, source, at);
            is_needed = true;
        }
        if is_needed {
            self.keep_ticking(cx);
        }
    }
}

/// Where a mapping begins in its source.
fn offset_in(view: View, how: &Mapping) -> Result<u32, i32> {
    let offset = view.offset.checked_add(how.offset);
    offset
        .filter(|offset| offset.is_multiple_of(PAGE))
        .ok_or(codes::KERN_INVALID_ARGUMENT)
}

fn write_time(cx: &mut CallCx<'_>, source: Source, at: u32) {
    let time = time_at(cx.now);
    let fraction = match source {
        Source::Time => time.tv_nsec / 1_000,
        _ => time.tv_nsec,
    };
    let words = [time.tv_sec, fraction as u32, time.tv_sec];
    for (n, word) in (0..).zip(words) {
        cx.mem.set_word(at + 4 * n, word);
    }
}
