//! What maps memory: messages 2089 and 3125006, traps -64 and -209.
//!
//! Mach sheet 4.8, 5.3.

use super::{Mapping, Source, View};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::PortName;
use crate::kernel::mach::records::VmProt;
use crate::kernel::mach::rpc::{KernCode, Rpc, Served, kern};
use crate::kernel::mach::space::{
    Item as Part, KernelObject, MACH_MSG_TYPE_PORT_SEND, PORT_NULL, Right,
};
use crate::kernel::mach::vm::access_code;
use crate::kernel::portfolio::Portfolio;
use crate::mem::GuestPtr;
use crate::messages;

#[expect(clippy::too_many_arguments, reason = "the trap has eleven")]
fn map(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    address: GuestPtr<u32>,
    size: u32,
    mask: u32,
    anywhere: u32,
    object: PortName,
    offset: u32,
    copy: u32,
    current: u32,
    most: u32,
    inherit: u32,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.own_task(task.0)?;
        let wanted = cx.mem.read(address).map_err(access_code)?;
        cx.mem
            .check_writable(address.addr(), 4)
            .map_err(access_code)?;
        let view = match object.0 {
            PORT_NULL => None,
            name => {
                let object = k.mach.object_of(program, name);
                let (object, _) = object.ok_or(codes::KERN_INVALID_ARGUMENT)?;
                Some(k.view_of(object)?)
            }
        };
        let how = Mapping {
            address: wanted,
            size,
            mask,
            anywhere: anywhere != 0,
            offset,
            copy: copy != 0,
            current,
            most,
            inherit,
        };
        let at = k.vm_map(cx, program, view, &how)?;
        cx.mem.write(address, at).map_err(access_code)
    };
    kern(work())
}

fn serve_map(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(84, 1)?;
    let word = |at| rpc.word_of_complex(at);
    let how = Mapping {
        address: word(48)?,
        size: word(52)?,
        mask: word(56)?,
        anywhere: word(60)? != 0,
        offset: word(64)?,
        copy: word(68)? != 0,
        current: word(72)?,
        most: word(76)?,
        inherit: word(80)?,
    };
    // The right stays with the message and goes with it.
    let right = match rpc.parts.first() {
        Some(&Part::Port {
            right,
            kind: MACH_MSG_TYPE_PORT_SEND,
        }) => right,
        _ => return Err(codes::MIG_TYPE_ERROR),
    };
    let program = Portfolio::own_target(rpc.program, rpc.object)?;
    let view = match right {
        Right::Null => None,
        right => {
            let object = right.port().and_then(|port| k.mach.ports.object(port));
            Some(k.view_of(object.ok_or(codes::KERN_INVALID_ARGUMENT)?)?)
        }
    };
    let at = k.vm_map(cx, program, view, &how)?;
    Ok(Served::Words(vec![at]))
}

fn serve_map_time(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    rpc.simple(24)?;
    let KernelObject::Clock(_) = rpc.object else {
        return Err(codes::KERN_INVALID_ARGUMENT);
    };
    let view = View {
        source: Source::Clock,
        offset: 0,
        prot: VmProt::READ,
    };
    Ok(Served::port(k.new_memory_object(view)))
}

fn map_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    prot: u32,
    offset: u32,
    size: u32,
    address: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let device = k.device_named(dev.0);
        let view = k.device_map(device, prot, offset)?;
        cx.mem
            .check_writable(address.addr(), 4)
            .map_err(access_code)?;
        let how = Mapping {
            address: 0,
            size,
            mask: 0,
            anywhere: true,
            offset: 0,
            copy: false,
            current: prot,
            most: prot,
            inherit: 0,
        };
        let program = k.mach_caller();
        let at = k.vm_map(cx, program, Some(view), &how)?;
        cx.mem.write(address, at).map_err(access_code)
    };
    kern(work())
}

calls! { pub(crate) CALLS: Mach;
    trap 64 vm_map(task: PortName, address: GuestPtr<u32>, size: u32, mask: u32, anywhere: u32,
        object: PortName, offset: u32, copy: u32, cur: u32, max: u32, inherit: u32) -> Code = map;
    trap 209 device_map_direct(dev: PortName, prot: u32, offset: u32, size: u32,
        address: GuestPtr<u32>) -> Code = map_direct;
}

messages! { pub(crate) MESSAGES;
    2089 vm_map(address: Pointer @ 48, size: Bits @ 52, mask: Bits @ 56, anywhere: Int @ 60,
        offset: Bits @ 64, copy: Int @ 68, cur: Bits @ 72, max: Bits @ 76, inherit: Int @ 80)
        = serve_map;
    3125006 clock_map_time() = serve_map_time;
}
