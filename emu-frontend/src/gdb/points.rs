//! Breakpoints and watchpoints as GDB sets them.

use super::guest::Guest;
use emu_core::debug::On;
use emu_core::machine::Write;
use emu_core::mem::{MEMORY_END, Range};
use gdbstub::target::ext::breakpoints::{
    Breakpoints, HwBreakpoint, HwBreakpointOps, HwWatchpoint, HwWatchpointOps, SwBreakpoint,
    SwBreakpointOps, WatchKind,
};
use gdbstub::target::{TargetError, TargetResult};

/// Breakpoints and watchpoints that GDB may have at a time.
const POINTS_MAX: usize = 4096;
/// Out of room.
const ENOSPC: u8 = 28;

/// What GDB has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// A breakpoint in memory; here no memory is changed for one.
    Software(u32),
    /// A breakpoint of the processor.
    Hardware(u32),
    /// A watchpoint.
    Watch(Watched, Range),
}

/// What a watchpoint waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Writes, by whomever.
    Stores,
    /// Loads, by instructions.
    Loads,
    /// Both.
    Both,
}

impl Watched {
    /// As the library has it.
    pub fn kind(self) -> WatchKind {
        match self {
            Watched::Stores => WatchKind::Write,
            Watched::Loads => WatchKind::Read,
            Watched::Both => WatchKind::ReadWrite,
        }
    }
}

impl From<WatchKind> for Watched {
    fn from(kind: WatchKind) -> Watched {
        match kind {
            WatchKind::Write => Watched::Stores,
            WatchKind::Read => Watched::Loads,
            WatchKind::ReadWrite => Watched::Both,
        }
    }
}

/// All of it, each with the numbers of the debugger's own breakpoints for it.
#[derive(Clone, Debug, Default)]
pub struct Points(Vec<(Set, Vec<u32>)>);

impl Points {
    /// What GDB has set under a number of the debugger.
    pub fn of(&self, number: u32) -> Option<Set> {
        let found = self.0.iter().find(|(_, numbers)| numbers.contains(&number));
        found.map(|(set, _)| *set)
    }

    /// Whether it watches any memory.
    pub fn has_watches(&self) -> bool {
        self.0.iter().any(|(set, _)| matches!(set, Set::Watch(..)))
    }

    /// Whether there is a breakpoint on an address.
    pub fn has_address(&self, address: u32) -> bool {
        let mut sets = self.0.iter().map(|(set, _)| *set);
        sets.any(|set| set == Set::Software(address) || set == Set::Hardware(address))
    }

    /// The first address of a watched part that one of these accesses touched.
    pub fn touched(kind: Watched, range: Range, accesses: &[Write]) -> u32 {
        let fits = |access: &&Write| match kind {
            Watched::Stores => !access.is_load,
            Watched::Loads => access.is_load,
            Watched::Both => true,
        };
        let mut accesses = accesses.iter().filter(fits);
        let first = accesses.find(|access| access.range.meets(range));
        first.map_or(range.start, |access| access.range.start.max(range.start))
    }
}

impl Guest<'_> {
    fn set(&mut self, set: Set) -> TargetResult<bool, Self> {
        let ons = match set {
            Set::Software(address) | Set::Hardware(address) => {
                if address % 4 != 0 || address >= MEMORY_END {
                    return Ok(false);
                }
                vec![On::Address(address)]
            }
            Set::Watch(kind, range) => {
                if range.start >= range.end.min(MEMORY_END) {
                    return Ok(false);
                }
                match kind {
                    Watched::Stores => vec![On::Write(range)],
                    Watched::Loads => vec![On::Read(range)],
                    Watched::Both => vec![On::Write(range), On::Read(range)],
                }
            }
        };
        // GDB may set what it has set already, to be sure.
        if self.points.0.iter().any(|(known, _)| *known == set) {
            return Ok(true);
        }
        if self.points.0.len() >= POINTS_MAX {
            return Err(TargetError::Errno(ENOSPC));
        }
        let points = &mut self.debugging.debugger.points;
        let numbers = ons.into_iter().map(|on| points.add(on, None, None));
        let numbers = numbers.collect();
        self.points.0.push((set, numbers));
        Ok(true)
    }

    fn unset(&mut self, set: Set) -> TargetResult<bool, Self> {
        let Some(n) = self.points.0.iter().position(|(known, _)| *known == set) else {
            return Ok(true);
        };
        let (_, numbers) = self.points.0.remove(n);
        for number in numbers {
            self.debugging.debugger.points.remove(number);
        }
        Ok(true)
    }

    /// Takes away everything that GDB has set: it is gone.
    pub(super) fn unset_all(&mut self) {
        for (_, numbers) in std::mem::take(&mut self.points).0 {
            for number in numbers {
                self.debugging.debugger.points.remove(number);
            }
        }
    }
}

impl Breakpoints for Guest<'_> {
    fn support_sw_breakpoint(&mut self) -> Option<SwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_breakpoint(&mut self) -> Option<HwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_watchpoint(&mut self) -> Option<HwWatchpointOps<'_, Self>> {
        Some(self)
    }
}

/// Instructions have four bytes: Thumb's are not this processor's.
const INSTRUCTION: usize = 4;

impl SwBreakpoint for Guest<'_> {
    fn add_sw_breakpoint(&mut self, addr: u32, kind: usize) -> TargetResult<bool, Self> {
        match kind {
            INSTRUCTION => self.set(Set::Software(addr)),
            _ => Ok(false),
        }
    }

    fn remove_sw_breakpoint(&mut self, addr: u32, _: usize) -> TargetResult<bool, Self> {
        self.unset(Set::Software(addr))
    }
}

impl HwBreakpoint for Guest<'_> {
    fn add_hw_breakpoint(&mut self, addr: u32, kind: usize) -> TargetResult<bool, Self> {
        match kind {
            INSTRUCTION => self.set(Set::Hardware(addr)),
            _ => Ok(false),
        }
    }

    fn remove_hw_breakpoint(&mut self, addr: u32, _: usize) -> TargetResult<bool, Self> {
        self.unset(Set::Hardware(addr))
    }
}

impl HwWatchpoint for Guest<'_> {
    fn add_hw_watchpoint(
        &mut self,
        addr: u32,
        len: u32,
        kind: WatchKind,
    ) -> TargetResult<bool, Self> {
        self.set(Set::Watch(kind.into(), Range::new(addr, len)))
    }

    fn remove_hw_watchpoint(
        &mut self,
        addr: u32,
        len: u32,
        kind: WatchKind,
    ) -> TargetResult<bool, Self> {
        self.unset(Set::Watch(kind.into(), Range::new(addr, len)))
    }
}
