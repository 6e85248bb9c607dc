//! Guest memory: the one door through which CPU, kernels and devices reach it.
//!
//! ```text
//! 0x000000  DRAM, 2 MiB    protection pages of 32 KiB
//!   0x000000  kept zero up to 0x1FF; loads are let through and reported, stores fault
//!   0x004000  the stub page: two-instruction trampolines of the folio vectors
//!   0x008000  kernel structures
//!   0x048000  user pool
//!   0x1F0000  kernel structures
//! 0x200000  VRAM, 1 MiB    protection pages of 16 KiB
//!   0x2FF000  kernel
//! 0x300000  end of memory: every access beyond is an abort
//! ```
//! (kernel sheet 8.2; the placement of kernel structures is this project's choice.)

mod layout;
mod pages;
mod ptr;
mod watch;

pub use layout::{FieldInfo, GuestStruct, StructInfo};
pub use pages::SharedPages;
pub use ptr::{CString, Field, FieldKind, GuestPtr, GuestType, GuestValue};
pub use watch::{Access, Range, Watch};

use crate::cpu::{Abort, Bus, Stored};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Bytes of DRAM.
pub const DRAM_SIZE: u32 = 0x20_0000;
/// Bytes of VRAM.
pub const VRAM_SIZE: u32 = 0x10_0000;
/// First byte after memory.
pub const MEMORY_END: u32 = DRAM_SIZE + VRAM_SIZE;
/// Addresses below are "not memory" in the kernel's argument checks (kernel sheet 8.6).
pub const LOW_MEMORY_END: u32 = 0x200;
/// The reserved page of trampolines.
pub const STUB_PAGE: u32 = 0x4000;
/// First byte after the trampolines.
pub const STUB_PAGE_END: u32 = 0x8000;
/// Kernel structures, first area.
pub const KERNEL_AREA: (u32, u32) = (0x8000, 0x4_8000);
/// Kernel structures, second area.
pub const KERNEL_AREA_HIGH: (u32, u32) = (0x1F_0000, 0x20_0000);
/// DRAM that user tasks may own.
pub const USER_DRAM: (u32, u32) = (0x4_8000, 0x1F_0000);
/// VRAM that user tasks may own.
pub const USER_VRAM: (u32, u32) = (0x20_0000, 0x2F_F000);

/// Attributes are kept per 512 bytes, finer than the protection pages, so that data beside
/// decoded code stays cheap to write.
const ATTR_SHIFT: u32 = 9;
const ATTR_COUNT: usize = (MEMORY_END >> ATTR_SHIFT) as usize;

/// The CPU may load from here without a second look.
const READ: u8 = 1;
/// The running task may store here.
const WRITE: u8 = 2;
/// The CPU has decoded instructions from here.
const CODE: u8 = 4;
/// Instructions may be fetched from here.
const EXECUTE: u8 = 8;
/// Somebody wants to know of writes to a part of it.
const WATCH: u8 = 16;
/// Somebody wants to know of loads from a part of it. Such memory is not [`READ`]: a load that
/// nobody watches takes the quick way.
const LOADS: u8 = 32;
/// It would be [`READ`] if nobody watched it.
const HIDDEN: u8 = 64;
/// Writes to these want a second look.
const LOOK: u8 = CODE | WATCH;

/// Attributes without what engines and observers have put there: these are state.
fn plain(attr: u8) -> u8 {
    unwatched(attr) & !CODE
}

/// Attributes that nobody watches.
fn unwatched(attr: u8) -> u8 {
    let read = if attr & HIDDEN != 0 { READ } else { 0 };
    attr & !(WATCH | LOADS | HIDDEN) | read
}

/// A guest access that the memory door refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{} {addr:#010x}: {why}", if *.write { "store to" } else { "load from" })]
pub struct BadAccess {
    /// The first address that was refused.
    pub addr: u32,
    /// Whether it was a store.
    pub write: bool,
    /// In words.
    pub why: Refusal,
}

/// Why an access was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Refusal {
    /// Outside DRAM and VRAM.
    #[error("no memory there")]
    NoMemory,
    /// Memory that the task may not write.
    #[error("the page is not the task's to write")]
    NotWritable,
    /// Below 0x200.
    #[error("low memory does not count as memory")]
    Low,
}

/// DRAM and VRAM with the protection of the running task.
#[derive(Clone, Serialize, Deserialize)]
pub struct Memory {
    #[serde(with = "serde_bytes")]
    ram: Vec<u8>,
    #[serde(with = "saved_attributes")]
    attr: Vec<u8>,
    /// Decoded words changed by somebody other than the CPU.
    #[serde(skip)]
    code_writes: Vec<u32>,
    /// A load below 0x200 since it was last asked for.
    low_load: Option<u32>,
    /// Whose writes are watched, and those that happened.
    #[serde(skip)]
    watch: Watch,
}

/// What an engine has decoded is not machine state: two saves of equal machines are equal.
mod saved_attributes {
    use super::plain;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(attr: &[u8], to: S) -> Result<S::Ok, S::Error> {
        let plain: Vec<u8> = attr.iter().map(|bits| plain(*bits)).collect();
        serde_bytes::serialize(&plain, to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let mut attr: Vec<u8> = serde_bytes::deserialize(from)?;
        attr.iter_mut().for_each(|bits| *bits = plain(*bits));
        Ok(attr)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// Zeroed memory that no task may write.
    pub fn new() -> Memory {
        let mut memory = Memory {
            ram: vec![0; MEMORY_END as usize],
            attr: vec![READ; ATTR_COUNT],
            code_writes: Vec::new(),
            low_load: None,
            watch: Watch::default(),
        };
        memory.attr[0] = 0;
        for (start, end) in [(STUB_PAGE, STUB_PAGE_END), USER_DRAM, USER_VRAM] {
            memory.set_attr(start, end, EXECUTE, true);
        }
        memory
    }

    /// None at all: what is left of memory whose bytes are kept elsewhere.
    fn hollow() -> Memory {
        Memory {
            ram: Vec::new(),
            attr: Vec::new(),
            code_writes: Vec::new(),
            low_load: None,
            watch: Watch::default(),
        }
    }

    /// Flat memory, writable and executable throughout, for programs that run without a kernel.
    pub fn bare() -> Memory {
        let mut memory = Memory::new();
        memory.attr.fill(READ | WRITE | EXECUTE);
        memory
    }

    /// Whether there is as much of it as there should be (a saved state may say otherwise).
    pub(crate) fn is_whole(&self) -> bool {
        self.ram.len() == MEMORY_END as usize && self.attr.len() == ATTR_COUNT
    }

    fn set_attr(&mut self, start: u32, end: u32, bit: u8, on: bool) {
        let range = (start >> ATTR_SHIFT) as usize..(end >> ATTR_SHIFT) as usize;
        for attr in self.attr.get_mut(range).into_iter().flatten() {
            *attr = if on { *attr | bit } else { *attr & !bit };
        }
    }

    /// Takes all write permission away; what follows grants it page by page.
    pub fn revoke_all_writes(&mut self) {
        for attr in &mut self.attr {
            *attr &= !WRITE;
        }
    }

    /// Grants or revokes the running task's write access to `[start, end)`, multiples of 512.
    pub fn set_writable(&mut self, start: u32, end: u32, writable: bool) {
        self.set_attr(start, end, WRITE, writable);
    }

    /// The lowest load address below 0x200 seen since the last call, if any.
    pub fn take_low_load(&mut self) -> Option<u32> {
        self.low_load.take()
    }

    // ---- the kernel's and the devices' view: no protection, only bounds ----

    /// Reads a value; bytes outside memory read as zero.
    pub fn peek<T: GuestValue>(&self, at: GuestPtr<T>) -> T {
        match self.bytes(at.addr(), T::SIZE) {
            Some(bytes) => T::from_guest_bytes(bytes),
            None => T::default(),
        }
    }

    /// Writes a value; nothing happens outside memory.
    pub fn poke<T: GuestValue>(&mut self, at: GuestPtr<T>, value: T) {
        if let Some(bytes) = self.bytes_mut(at.addr(), T::SIZE) {
            value.to_guest_bytes(bytes);
        }
    }

    /// Reads a word by its address; zero outside memory.
    pub fn word(&self, addr: u32) -> u32 {
        self.peek(GuestPtr::<u32>::new(addr))
    }

    /// Writes a word by its address; nothing outside memory.
    pub fn set_word(&mut self, addr: u32, value: u32) {
        self.poke(GuestPtr::<u32>::new(addr), value);
    }

    /// The half-word at an address; `None` outside memory.
    #[inline]
    pub fn half(&self, addr: u32) -> Option<u16> {
        let at = addr as usize;
        let bytes = self.ram.get(at..at.checked_add(2)?)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// Writes a half-word at an even address; nothing outside memory.
    #[inline]
    pub fn set_half(&mut self, addr: u32, value: u16) {
        if self.attr_of(addr) & LOOK != 0 {
            self.look(addr, addr + 2);
        }
        let at = addr as usize;
        if let Some(bytes) = self.ram.get_mut(at..at.saturating_add(2)) {
            bytes.copy_from_slice(&value.to_be_bytes());
        }
    }

    /// The bytes `[addr, addr+len)` if all of them are memory.
    pub fn bytes(&self, addr: u32, len: u32) -> Option<&[u8]> {
        let end = addr.checked_add(len)?;
        self.ram.get(addr as usize..end as usize)
    }

    /// The same, to write. Decoded instructions there are forgotten.
    #[inline]
    pub fn bytes_mut(&mut self, addr: u32, len: u32) -> Option<&mut [u8]> {
        let end = addr.checked_add(len)?;
        if end > MEMORY_END {
            return None;
        }
        let pages = addr >> ATTR_SHIFT..end.div_ceil(1 << ATTR_SHIFT);
        let attr = &self.attr[pages.start as usize..pages.end.max(pages.start) as usize];
        if attr.iter().any(|attr| attr & LOOK != 0) {
            self.look(addr, end);
        }
        self.ram.get_mut(addr as usize..end as usize)
    }

    /// `[start, end)` is about to be written by somebody other than the CPU.
    #[cold]
    fn look(&mut self, start: u32, end: u32) {
        self.watch.note(start, end);
        self.forget_code(start, end);
    }

    fn forget_code(&mut self, start: u32, end: u32) {
        let pages = (start >> ATTR_SHIFT)..=((end - 1) >> ATTR_SHIFT);
        for page in pages {
            if self.attr[page as usize] & CODE != 0 {
                let first = (page << ATTR_SHIFT).max(start) & !3;
                let last = ((page + 1) << ATTR_SHIFT).min(end);
                self.code_writes.extend((first..last).step_by(4));
            }
        }
    }

    // ---- arguments of calls: what the running task may do ----

    /// Whether `[addr, addr+len)` counts as memory in argument checks (kernel sheet 8.6).
    pub fn check_readable(&self, addr: u32, len: u32) -> Result<(), BadAccess> {
        let refuse = |why| {
            Err(BadAccess {
                addr,
                write: false,
                why,
            })
        };
        match addr.checked_add(len) {
            _ if addr < LOW_MEMORY_END && len > 0 => refuse(Refusal::Low),
            Some(end) if end <= MEMORY_END => Ok(()),
            _ => refuse(Refusal::NoMemory),
        }
    }

    /// Whether the running task may write all of `[addr, addr+len)`.
    pub fn check_writable(&self, addr: u32, len: u32) -> Result<(), BadAccess> {
        self.check_readable(addr, len)
            .map_err(|bad| BadAccess { write: true, ..bad })?;
        if len == 0 {
            return Ok(());
        }
        let pages = (addr >> ATTR_SHIFT)..=((addr + len - 1) >> ATTR_SHIFT);
        for page in pages {
            if self.attr[page as usize] & WRITE == 0 {
                return Err(BadAccess {
                    addr: (page << ATTR_SHIFT).max(addr),
                    write: true,
                    why: Refusal::NotWritable,
                });
            }
        }
        Ok(())
    }

    /// Reads a value on behalf of the running task.
    pub fn read<T: GuestValue>(&self, at: GuestPtr<T>) -> Result<T, BadAccess> {
        self.check_readable(at.addr(), T::SIZE)?;
        Ok(self.peek(at))
    }

    /// Writes a value on behalf of the running task.
    pub fn write<T: GuestValue>(&mut self, at: GuestPtr<T>, value: T) -> Result<(), BadAccess> {
        self.check_writable(at.addr(), T::SIZE)?;
        self.poke(at, value);
        Ok(())
    }

    /// Copies bytes out on behalf of the running task.
    pub fn read_bytes(&self, addr: u32, len: u32) -> Result<Vec<u8>, BadAccess> {
        self.check_readable(addr, len)?;
        Ok(self.bytes(addr, len).unwrap_or_default().to_vec())
    }

    /// Copies bytes in on behalf of the running task.
    pub fn write_bytes(&mut self, addr: u32, bytes: &[u8]) -> Result<(), BadAccess> {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.check_writable(addr, len)?;
        if let Some(to) = self.bytes_mut(addr, len) {
            to.copy_from_slice(bytes);
        }
        Ok(())
    }

    /// The bytes of a zero-terminated string, without the zero; at most `max` of them.
    pub fn read_string(&self, at: GuestPtr<CString>, max: u32) -> Result<Vec<u8>, BadAccess> {
        self.check_readable(at.addr(), 1)?;
        let start = at.addr() as usize;
        let window = &self.ram[start..(start + max as usize).min(self.ram.len())];
        match window.iter().position(|&byte| byte == 0) {
            Some(end) => Ok(window[..end].to_vec()),
            None if window.len() == max as usize => Ok(window.to_vec()),
            None => Err(BadAccess {
                addr: MEMORY_END,
                write: false,
                why: Refusal::NoMemory,
            }),
        }
    }

    /// A string for showing to people: never fails, at most 64 characters.
    pub fn show_string(&self, at: GuestPtr<CString>) -> String {
        match self.read_string(at, 64) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => String::new(),
        }
    }

    #[inline]
    fn attr_of(&self, addr: u32) -> u8 {
        match self.attr.get((addr >> ATTR_SHIFT) as usize) {
            Some(&attr) => attr,
            None => 0,
        }
    }

    #[cold]
    fn load_word_slowly(&mut self, addr: u32) -> Result<u32, Abort> {
        let is_low = addr < LOW_MEMORY_END;
        if is_low {
            self.low_load.get_or_insert(addr);
        }
        // What is watched is asked for again, see `Bus::watched_word`.
        if !is_low || self.attr_of(addr) & LOADS != 0 {
            return Err(Abort);
        }
        Ok(self.word(addr))
    }
}

impl Bus for Memory {
    #[inline]
    fn fetch(&mut self, addr: u32) -> Result<u32, Abort> {
        if self.attr_of(addr) & EXECUTE == 0 {
            return Err(Abort);
        }
        Ok(self.word(addr))
    }

    #[inline]
    fn load_word(&mut self, addr: u32) -> Result<u32, Abort> {
        let at = addr as usize;
        if self.attr_of(addr) & READ != 0
            && let Some(Ok(bytes)) = self.ram.get(at..at + 4).map(<[u8; 4]>::try_from)
        {
            return Ok(u32::from_be_bytes(bytes));
        }
        self.load_word_slowly(addr)
    }

    #[inline]
    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort> {
        if self.attr_of(addr) & READ != 0
            && let Some(&byte) = self.ram.get(addr as usize)
        {
            return Ok(byte);
        }
        let word = self.load_word_slowly(addr & !3)?;
        Ok(word.to_be_bytes()[(addr & 3) as usize])
    }

    #[inline]
    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        let attr = self.attr_of(addr);
        let at = addr as usize;
        match self.ram.get_mut(at..at.wrapping_add(4)) {
            Some(bytes) if attr & WRITE != 0 => bytes.copy_from_slice(&value.to_be_bytes()),
            _ => return Err(Abort),
        }
        if attr & LOOK == 0 {
            return Ok(Stored::Plain);
        }
        self.watch.note(addr, addr + 4);
        Ok(Stored::Code)
    }

    #[inline]
    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort> {
        let attr = self.attr_of(addr);
        match self.ram.get_mut(addr as usize) {
            Some(byte) if attr & WRITE != 0 => *byte = value,
            _ => return Err(Abort),
        }
        if attr & LOOK == 0 {
            return Ok(Stored::Plain);
        }
        self.watch.note(addr, addr + 1);
        Ok(Stored::Code)
    }

    fn watched_word(&mut self, addr: u32) -> Option<u32> {
        self.note_load(addr, 4).then(|| self.word(addr))
    }

    fn watched_byte(&mut self, addr: u32) -> Option<u8> {
        self.note_load(addr, 1)
            .then(|| self.peek(GuestPtr::new(addr)))
    }

    fn wants_exit(&self) -> bool {
        self.watch.has_hit()
    }

    fn note_code(&mut self, addr: u32) {
        if let Some(attr) = self.attr.get_mut((addr >> ATTR_SHIFT) as usize) {
            *attr |= CODE;
        }
    }

    fn take_code_writes(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.code_writes)
    }
}
