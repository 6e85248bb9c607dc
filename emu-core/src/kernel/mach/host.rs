//! The host: what it is, its time; giving way to other threads.
//!
//! Mach sheet 1.7, 4.8.

use super::clock::{milliseconds, time_at};
use super::codes;
use super::device::PortName;
use super::rpc::{KernCode, Rpc, Served, done, kern};
use super::space::{KernelObject, PORT_NULL};
use super::vm::PAGE;
use super::waiting::Waiting;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::portfolio::Portfolio;
use crate::mem::{GuestPtr, MEMORY_END};
use crate::messages;

/// The one flavor of `host_info` that is published: five integers.
const HOST_BASIC_INFO: u32 = 1;
/// `CPU_TYPE_ARM`, with subtype 0: any.
const CPU_TYPE_ARM: u32 = 12;
/// Options of `thread_switch`.
const SWITCH_OPTION_NONE: u32 = 0;
const SWITCH_OPTION_DEPRESS: u32 = 1;
const SWITCH_OPTION_WAIT: u32 = 2;

/// Checks that the target is one of the host's two ports.
pub(super) fn is_host(rpc: &Rpc<'_>) -> Result<(), i32> {
    match rpc.object {
        KernelObject::Host | KernelObject::HostPrivileged => Ok(()),
        _ => Err(codes::KERN_INVALID_ARGUMENT),
    }
}

fn get_time(_k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    is_host(rpc)?;
    let time = time_at(cx.now);
    Ok(Served::Words(vec![time.tv_sec, time.tv_nsec as u32 / 1000]))
}

fn info(_k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(40)?;
    is_host(rpc)?;
    if rpc.word(32)? != HOST_BASIC_INFO {
        return Err(codes::KERN_INVALID_ARGUMENT);
    }
    // Processors possible and present, bytes of memory, kind of processor.
    let basic = [1, 1, MEMORY_END, CPU_TYPE_ARM, 0];
    if (rpc.word(36)? as usize) < basic.len() {
        return Err(codes::KERN_FAILURE);
    }
    let count = [basic.len() as u32];
    Ok(Served::Words([&count[..], &basic].concat()))
}

fn page_size(_k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    is_host(rpc)?;
    Ok(Served::Words(vec![PAGE]))
}

fn swtch(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    k.mach_caller();
    Ok(u32::from(k.give_way(cx.mem)))
}

fn swtch_pri(k: &mut Portfolio, cx: &mut CallCx<'_>, _priority: i32) -> Result<u32, Trouble> {
    swtch(k, cx)
}

fn thread_switch(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    thread: PortName,
    option: u32,
    time: u32,
) -> Answer {
    let program = k.mach_caller();
    if thread.0 != PORT_NULL {
        match k.mach.object_of(program, thread.0) {
            Some((KernelObject::Thread(_), _)) => (),
            _ => return done(codes::KERN_INVALID_ARGUMENT),
        }
    }
    match option {
        SWITCH_OPTION_NONE | SWITCH_OPTION_DEPRESS => {
            k.give_way(cx.mem);
            done(codes::KERN_SUCCESS)
        }
        SWITCH_OPTION_WAIT => {
            let waiting = Waiting::Time { wakeup: None };
            Ok(k.mach_block(cx, waiting, Some(milliseconds(time))))
        }
        _ => done(codes::KERN_INVALID_ARGUMENT),
    }
}

/// No flavor of these is published with its numbers.
fn no_flavor(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _target: PortName,
    _flavor: u32,
    _info: GuestPtr<u32>,
    _count: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    kern(Err(codes::KERN_INVALID_ARGUMENT))
}

calls! { pub(crate) CALLS: Mach;
    trap 59 swtch_pri(priority: i32) -> Word = swtch_pri;
    trap 60 swtch() -> Word = swtch;
    blocking trap 61 thread_switch(thread: PortName, option: u32, time: u32) -> Code
        = thread_switch;
    refused trap 93 task_info(task: PortName, flavor: u32, info: GuestPtr<u32>,
        count: GuestPtr<u32>) -> Code = no_flavor;
    refused trap 117 host_statistics(host: PortName, flavor: u32, info: GuestPtr<u32>,
        count: GuestPtr<u32>) -> Code = no_flavor;
}

messages! { pub(crate) MESSAGES;
    2634 host_get_time() = get_time;
    2638 host_info(flavor: Bits @ 32, room: Int @ 36) = info;
    2644 host_page_size() = page_size;
}
