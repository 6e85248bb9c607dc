//! Signals: 32 bits per task that say "something happened" (kernel sheet 6.6).

use super::Portfolio;
use super::errors::{BADPRIV, ILLEGAL_SIGNAL, Status};
use super::items::Item;
use super::schedule::Poll;
use super::structs::Task;
use super::structs::node_type::TASKNODE;
use super::tasks::Phase;
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::Memory;
use crate::trace::{Event, Hex};

/// Added to every wait of a user task: the wait is over because something was deleted.
pub const SIGF_ABORT: u32 = 0x04;
/// A signal-notified request has completed.
pub const SIGF_IODONE: u32 = 0x08;
/// A child task has died without an exit message.
pub const SIGF_DEADTASK: u32 = 0x10;
/// The kernel's own: semaphores, kill, request deletion.
pub const SIGF_ONESHOT: u32 = 0x20;
/// Bits that programs may not send or allocate.
const SYSTEM_SIGNALS: u32 = 0xFF;
const SIGN_BIT: u32 = 0x8000_0000;

impl Portfolio {
    /// Sends signals for the kernel: no rights are checked, unallocated bits are refused.
    pub(crate) fn signal(&mut self, mem: &mut Memory, task: Item, mask: u32) -> Result<(), Status> {
        let ptr = self.item_of::<Task>(mem, task, TASKNODE)?;
        if mask & SIGN_BIT != 0 || mask & !mem.peek(ptr.at(Task::t_AllocatedSigs)) != 0 {
            return Err(ILLEGAL_SIGNAL);
        }
        let pending = mem.peek(ptr.at(Task::t_SigBits)) | mask;
        mem.poke(ptr.at(Task::t_SigBits), pending);
        let bits = Hex(mask);
        self.note(Event::Signal { task, bits });
        let waits_for = mem.peek(ptr.at(Task::t_WaitBits));
        let is_waiting = self
            .tasks
            .get(&task)
            .is_some_and(|state| state.phase == Phase::Waiting);
        if is_waiting && pending & waits_for != 0 {
            self.make_ready(mem, task);
        }
        Ok(())
    }

    /// Sends one of the kernel's own signals, which every task has allocated.
    pub(crate) fn signal_kernel(&mut self, mem: &mut Memory, task: Item, mask: u32) {
        let _ = self.signal(mem, task, mask);
    }

    /// Takes those of `mask` that are pending.
    pub(crate) fn take_signals(&self, mem: &mut Memory, task: Item, mask: u32) -> u32 {
        let at = self.task_ptr(task).at(Task::t_SigBits);
        let pending = mem.peek(at);
        mem.poke(at, pending & !mask);
        pending & mask
    }

    pub(crate) fn poll_signal(&mut self, mem: &mut Memory, task: Item, mask: u32) -> Poll {
        let mask = mask | SIGF_ABORT;
        match self.take_signals(mem, task, mask) {
            0 => Poll::Pending(mask),
            got => Poll::value(got as i32),
        }
    }

    /// The lowest free user signal, allocated; 0 when none is left.
    pub(crate) fn alloc_signal(&mut self, mem: &mut Memory, task: Item) -> u32 {
        let ptr = self.task_ptr(task);
        let allocated = mem.peek(ptr.at(Task::t_AllocatedSigs));
        let free = !allocated & !SYSTEM_SIGNALS & !SIGN_BIT;
        let mask = free & free.wrapping_neg();
        self.set_allocated(mem, task, allocated | mask, mask);
        mask
    }

    /// Sets the allocated signals of a task and forgets pending instances of `changed` ones.
    pub(crate) fn set_allocated(
        &mut self,
        mem: &mut Memory,
        task: Item,
        allocated: u32,
        changed: u32,
    ) {
        let ptr = self.task_ptr(task);
        mem.poke(ptr.at(Task::t_AllocatedSigs), allocated);
        self.take_signals(mem, task, changed);
    }
}

fn wait_signal(k: &mut Portfolio, cx: &mut CallCx<'_>, mask: u32) -> Answer {
    let ptr = k.task_ptr(k.caller());
    if mask & !cx.mem.peek(ptr.at(Task::t_AllocatedSigs)) != 0 {
        return Err(ILLEGAL_SIGNAL.into());
    }
    Ok(Flow::Block(Wait::Signal { mask }))
}

fn send_signal(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: Item,
    mask: u32,
) -> Result<i32, Trouble> {
    let task = if task == Item::NONE { k.caller() } else { task };
    k.item_of::<Task>(cx.mem, task, TASKNODE)?;
    if mask & SYSTEM_SIGNALS != 0 {
        return Err(BADPRIV.into());
    }
    k.signal(cx.mem, task, mask)?;
    Ok(0)
}

fn alloc_signal(k: &mut Portfolio, cx: &mut CallCx<'_>, mask: u32) -> Result<u32, Trouble> {
    let task = k.caller();
    if mask == 0 {
        return Ok(k.alloc_signal(cx.mem, task));
    }
    if mask & (SYSTEM_SIGNALS | SIGN_BIT) != 0 {
        return Err(ILLEGAL_SIGNAL.into());
    }
    let allocated = cx.mem.peek(k.task_ptr(task).at(Task::t_AllocatedSigs));
    if allocated & mask != 0 {
        return Ok(0);
    }
    k.set_allocated(cx.mem, task, allocated | mask, mask);
    Ok(mask)
}

fn free_signal(k: &mut Portfolio, cx: &mut CallCx<'_>, mask: u32) -> Result<i32, Trouble> {
    let task = k.caller();
    let allocated = cx.mem.peek(k.task_ptr(task).at(Task::t_AllocatedSigs));
    if mask & (SYSTEM_SIGNALS | SIGN_BIT) != 0 || mask & !allocated != 0 {
        return Err(ILLEGAL_SIGNAL.into());
    }
    k.set_allocated(cx.mem, task, allocated & !mask, mask);
    Ok(0)
}

calls! { pub(crate) CALLS: Kernel;
    blocking swi 1 WaitSignal(mask: u32) -> Bits = wait_signal;
    swi 2 SendSignal(task: Item, mask: u32) -> Number = send_signal;
    swi 21 AllocSignal(mask: u32) -> Bits = alloc_signal;
    swi 22 FreeSignal(mask: u32) -> Number = free_signal;
}
