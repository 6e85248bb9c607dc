//! What GDB reads and writes: registers, memory, tasks, where a program lies.

use super::arch::{Arm60, Register, TaskRegisters};
use super::guest::{Guest, NOBODY};
use emu_core::cpu::Psr;
use emu_core::kernel::abi::Registers;
use emu_core::kernel::portfolio::items::Item;
use emu_core::mem::{DRAM_SIZE, MEMORY_END, VRAM_SIZE};
use gdbstub::common::Tid;
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::ext::base::multithread::{MultiThreadBase, MultiThreadResumeOps};
use gdbstub::target::ext::base::single_register_access::{
    SingleRegisterAccess, SingleRegisterAccessOps,
};
use gdbstub::target::ext::breakpoints::BreakpointsOps;
use gdbstub::target::ext::memory_map::{MemoryMap, MemoryMapOps};
use gdbstub::target::ext::monitor_cmd::MonitorCmdOps;
use gdbstub::target::ext::section_offsets::{Offsets, SectionOffsets, SectionOffsetsOps};
use gdbstub::target::ext::thread_extra_info::{ThreadExtraInfo, ThreadExtraInfoOps};
use gdbstub::target::{Target, TargetError, TargetResult};
use std::convert::Infallible;

/// There is no such memory.
const EFAULT: u8 = 14;
/// There is no such task.
const ESRCH: u8 = 3;
/// That makes no sense.
pub(super) const EINVAL: u8 = 22;

/// A task by GDB's number for it.
pub(super) fn task_of(tid: Tid) -> Item {
    i32::try_from(tid.get()).map_or(Item::NONE, Item)
}

/// GDB's number for a task.
pub(super) fn tid_of(task: Item) -> Tid {
    let number = usize::try_from(task.0).ok().and_then(Tid::new);
    number.unwrap_or(NOBODY)
}

impl Target for Guest<'_> {
    type Arch = Arm60;
    type Error = Infallible;

    fn base_ops(&mut self) -> BaseOps<'_, Arm60, Infallible> {
        BaseOps::MultiThread(self)
    }

    fn use_fork_stop_reason(&self) -> bool {
        false
    }

    fn use_vfork_stop_reason(&self) -> bool {
        false
    }

    fn use_vforkdone_stop_reason(&self) -> bool {
        false
    }

    fn use_lldb_register_info(&self) -> bool {
        false
    }

    fn support_breakpoints(&mut self) -> Option<BreakpointsOps<'_, Self>> {
        Some(self)
    }

    fn support_monitor_cmd(&mut self) -> Option<MonitorCmdOps<'_, Self>> {
        Some(self)
    }

    fn support_section_offsets(&mut self) -> Option<SectionOffsetsOps<'_, Self>> {
        Some(self)
    }

    fn support_memory_map(&mut self) -> Option<MemoryMapOps<'_, Self>> {
        Some(self)
    }
}

impl Guest<'_> {
    /// The registers of a task; all zero for the one that stands for nobody.
    fn registers_of(&self, tid: Tid) -> TargetResult<Registers, Self> {
        let machine = self.debugging.debugger.machine();
        match machine.task_registers(self.task_named(tid)) {
            Some(registers) => Ok(registers.clone()),
            None if self.has_thread(tid) => Ok(Registers::default()),
            None => Err(TargetError::Errno(ESRCH)),
        }
    }

    fn change_registers(
        &mut self,
        tid: Tid,
        change: impl FnOnce(&mut Registers),
    ) -> TargetResult<(), Self> {
        let task = self.task_named(tid);
        if self.debugging.debugger.machine().task(task).is_none() {
            return Err(TargetError::Errno(ESRCH));
        }
        self.debugging.debugger.change(|machine| {
            if let Some(registers) = machine.task_registers_mut(task) {
                let psr = registers.cpsr;
                change(registers);
                registers.r[15] &= !3;
                // Mode and interrupts are the system's.
                registers.cpsr = registers.cpsr & Psr::FLAGS | psr & !Psr::FLAGS;
            }
        });
        Ok(())
    }

    /// The task of a number. A client that has chosen none means the one that stands still.
    fn task_named(&self, tid: Tid) -> Item {
        match tid {
            NOBODY => task_of(self.standing()),
            tid => task_of(tid),
        }
    }

    fn has_thread(&self, tid: Tid) -> bool {
        self.threads().contains(&tid)
    }

    /// The task that stands still first, then the others; there is always one.
    fn threads(&self) -> Vec<Tid> {
        let machine = self.debugging.debugger.machine();
        let first = self.standing();
        let others = machine.tasks().into_iter().map(tid_of);
        let others = others.filter(|&tid| tid != first);
        std::iter::once(first).chain(others).collect()
    }
}

impl MultiThreadBase for Guest<'_> {
    fn read_registers(&mut self, to: &mut TaskRegisters, tid: Tid) -> TargetResult<(), Self> {
        to.0 = self.registers_of(tid)?;
        Ok(())
    }

    fn write_registers(&mut self, from: &TaskRegisters, tid: Tid) -> TargetResult<(), Self> {
        self.change_registers(tid, |registers| registers.clone_from(&from.0))
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(&mut self, start: u32, to: &mut [u8], _: Tid) -> TargetResult<usize, Self> {
        let memory = self.debugging.debugger.machine().memory();
        let wanted = u32::try_from(to.len()).unwrap_or(u32::MAX);
        let there = wanted.min(MEMORY_END.saturating_sub(start));
        match memory.bytes(start, there) {
            Some(bytes) if there > 0 => {
                to[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            }
            _ => Err(TargetError::Errno(EFAULT)),
        }
    }

    fn write_addrs(&mut self, start: u32, bytes: &[u8], _: Tid) -> TargetResult<(), Self> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let memory = self.debugging.debugger.machine().memory();
        if memory.bytes(start, length).is_none() {
            return Err(TargetError::Errno(EFAULT));
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.debugging.debugger.change(|machine| {
            if let Some(place) = machine.memory_mut().bytes_mut(start, length) {
                place.copy_from_slice(bytes);
            }
        });
        Ok(())
    }

    fn list_active_threads(&mut self, tell: &mut dyn FnMut(Tid)) -> Result<(), Infallible> {
        self.threads().into_iter().for_each(tell);
        Ok(())
    }

    fn is_thread_alive(&mut self, tid: Tid) -> Result<bool, Infallible> {
        Ok(self.has_thread(tid))
    }

    fn support_resume(&mut self) -> Option<MultiThreadResumeOps<'_, Self>> {
        Some(self)
    }

    fn support_thread_extra_info(&mut self) -> Option<ThreadExtraInfoOps<'_, Self>> {
        Some(self)
    }
}

impl SingleRegisterAccess<Tid> for Guest<'_> {
    fn read_register(
        &mut self,
        tid: Tid,
        register: Register,
        to: &mut [u8],
    ) -> TargetResult<usize, Self> {
        let registers = self.registers_of(tid)?;
        let value = match register {
            Register::General(n) => registers.r[usize::from(n & 15)],
            Register::Cpsr => registers.cpsr,
        };
        let place = to.get_mut(..4).ok_or(TargetError::Errno(EINVAL))?;
        place.copy_from_slice(&value.to_be_bytes());
        Ok(4)
    }

    fn write_register(
        &mut self,
        tid: Tid,
        register: Register,
        value: &[u8],
    ) -> TargetResult<(), Self> {
        let bytes = <[u8; 4]>::try_from(value).map_err(|_| TargetError::Errno(EINVAL))?;
        let value = u32::from_be_bytes(bytes);
        self.change_registers(tid, |registers| match register {
            Register::General(n) => registers.r[usize::from(n & 15)] = value,
            Register::Cpsr => registers.cpsr = value,
        })
    }
}

impl ThreadExtraInfo for Guest<'_> {
    fn thread_extra_info(&self, tid: Tid, to: &mut [u8]) -> Result<usize, Infallible> {
        let machine = self.debugging.debugger.machine();
        let task = task_of(tid);
        let lines = machine.kernel().describe_tasks(machine.memory());
        let of = |items: Vec<Item>| items.iter().position(|item| *item == task);
        let line = of(machine.tasks()).and_then(|n| lines.get(n));
        let text = line.map_or("no task runs", String::as_str);
        let count = text.len().min(to.len()).min(512);
        to[..count].copy_from_slice(&text.as_bytes()[..count]);
        Ok(count)
    }
}

impl SectionOffsets for Guest<'_> {
    fn get_section_offsets(&mut self) -> Result<Offsets<u32>, Infallible> {
        let offset = self.offset;
        Ok(Offsets::Sections {
            text: offset,
            data: offset,
            bss: Some(offset),
        })
    }
}

impl MemoryMap for Guest<'_> {
    fn memory_map_xml(
        &self,
        offset: u64,
        length: usize,
        to: &mut [u8],
    ) -> TargetResult<usize, Self> {
        let xml = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map \
             V1.0//EN\" \"http://sourceware.org/gdb/gdb-memory-map.dtd\"><memory-map>\
             <memory type=\"ram\" start=\"0x0\" length=\"{DRAM_SIZE:#x}\"/>\
             <memory type=\"ram\" start=\"{DRAM_SIZE:#x}\" length=\"{VRAM_SIZE:#x}\"/></memory-map>"
        );
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(xml.len());
        let rest = &xml.as_bytes()[start..];
        let count = rest.len().min(length).min(to.len());
        to[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}
