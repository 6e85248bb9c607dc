//! The traps on names (Mach sheet 1.7).

use super::{allocate, allocate_name, disposition, mod_refs};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::PortName;
use crate::kernel::mach::rpc::{KernCode, kern};
use crate::kernel::mach::space::{KernReturn, PORT_NULL, Ports, Right, Space};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::mem::GuestPtr;

impl Portfolio {
    /// The program whose task port a name of the caller's is.
    fn target_task(&mut self, name: PortName) -> Result<Item, i32> {
        let program = self.mach_caller();
        let task = self.mach.task_named(program, name.0);
        task.ok_or(codes::KERN_INVALID_TASK)
    }

    /// The right that a name of the caller's gives with a disposition.
    fn take_right(&mut self, name: PortName, kind: u32) -> Result<Right, i32> {
        if name.0 == PORT_NULL {
            return Ok(Right::Null);
        }
        let program = self.mach_caller();
        self.in_space(program, |space, ports| {
            space.copy_in(ports, name.0, disposition(kind)?)
        })
    }
}

/// A trap that does something to the names of a task.
fn on_names(
    k: &mut Portfolio,
    task: PortName,
    work: impl FnOnce(&mut Space, &mut Ports) -> Result<(), KernReturn>,
) -> Result<KernCode, Trouble> {
    let task = k.target_task(task);
    kern(task.and_then(|task| k.in_space(task, work)))
}

fn port_allocate(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    right: u32,
    name: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let task = k.target_task(task)?;
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        cx.mem.check_writable(name.addr(), 4).map_err(invalid)?;
        let new = k.in_space(task, |space, ports| allocate(space, ports, right))?;
        cx.mem.write(name, new).map_err(invalid)
    };
    kern(work())
}

fn port_allocate_name(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    right: u32,
    name: u32,
) -> Result<KernCode, Trouble> {
    on_names(k, task, |space, ports| {
        allocate_name(space, ports, right, name)
    })
}

fn port_deallocate(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    name: PortName,
) -> Result<KernCode, Trouble> {
    on_names(k, task, |space, ports| space.deallocate(ports, name.0))
}

fn port_destroy(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    name: PortName,
) -> Result<KernCode, Trouble> {
    on_names(k, task, |space, ports| space.destroy(ports, name.0))
}

fn port_rename(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    old_name: PortName,
    new_name: u32,
) -> Result<KernCode, Trouble> {
    on_names(k, task, |space, ports| {
        space.rename(ports, old_name.0, new_name)
    })
}

fn port_move_member(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    member: PortName,
    after: PortName,
) -> Result<KernCode, Trouble> {
    on_names(k, task, |space, ports| {
        space.move_member(ports, member.0, after.0)
    })
}

fn port_mod_refs(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    name: PortName,
    right: u32,
    delta: i32,
) -> Result<KernCode, Trouble> {
    on_names(k, task, |space, ports| {
        mod_refs(space, ports, name.0, right, delta)
    })
}

fn port_insert_right(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    name: u32,
    right: PortName,
    kind: u32,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let task = k.target_task(task)?;
        let right = k.take_right(right, kind)?;
        k.in_space(task, |space, ports| space.insert_right(ports, name, right))
    };
    kern(work())
}

#[expect(clippy::too_many_arguments, reason = "the trap has seven")]
fn port_request_notification(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    name: PortName,
    id: u32,
    sync: u32,
    notify: PortName,
    kind: u32,
    previous: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let task = k.target_task(task)?;
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        cx.mem.check_writable(previous.addr(), 4).map_err(invalid)?;
        let notify = k.take_right(notify, kind)?;
        let before = k.in_space(task, |space, ports| {
            space.request_notification(ports, name.0, id, sync, notify)
        })?;
        let program = k.mach_caller();
        let before = k.mach.hand_over(program, before)?;
        cx.mem.write(previous, before).map_err(invalid)
    };
    kern(work())
}

calls! { pub(in crate::kernel::mach) CALLS: Mach;
    trap 72 mach_port_allocate(task: PortName, right: u32, name: GuestPtr<u32>) -> Code
        = port_allocate;
    trap 73 mach_port_deallocate(task: PortName, name: PortName) -> Code = port_deallocate;
    trap 74 mach_port_insert_right(task: PortName, name: u32, right: PortName, kind: u32) -> Code
        = port_insert_right;
    trap 75 mach_port_allocate_name(task: PortName, right: u32, name: u32) -> Code
        = port_allocate_name;
    trap 85 mach_port_destroy(task: PortName, name: PortName) -> Code = port_destroy;
    trap 88 mach_port_move_member(task: PortName, member: PortName, after: PortName) -> Code
        = port_move_member;
    trap 90 mach_port_rename(task: PortName, old_name: PortName, new_name: u32) -> Code
        = port_rename;
    trap 118 mach_port_mod_refs(task: PortName, name: PortName, right: u32, delta: i32) -> Code
        = port_mod_refs;
    trap 119 mach_port_request_notification(task: PortName, name: PortName, id: u32, sync: u32,
        notify: PortName, kind: u32, previous: GuestPtr<u32>) -> Code = port_request_notification;
}
