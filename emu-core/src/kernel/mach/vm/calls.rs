//! The calls on a task's memory: messages 2021 to 2027, and their traps.
//!
//! Mach sheet 1.7, 4.8.

use super::access_code;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::PortName;
use crate::kernel::mach::rpc::{KernCode, Rpc, Served, data_part, kern};
use crate::kernel::portfolio::Portfolio;
use crate::mem::GuestPtr;
use crate::messages;

fn allocate(
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

fn deallocate(
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

fn protect(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    task: PortName,
    address: u32,
    size: u32,
    set_max: u32,
    prot: u32,
) -> Result<KernCode, Trouble> {
    let done = k
        .own_task(task.0)
        .and_then(|program| k.vm_protect(program, (address, size), set_max != 0, prot));
    kern(done)
}

fn read_overwrite(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    address: u32,
    size: u32,
    data: GuestPtr<u8>,
    data_size: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.own_task(task.0)?;
        cx.mem
            .check_writable(data_size.addr(), 4)
            .map_err(access_code)?;
        cx.mem
            .check_writable(data.addr(), size)
            .map_err(access_code)?;
        let bytes = k.vm_read(cx, program, address, size)?;
        k.vm_write(cx, program, data.addr(), &bytes)?;
        cx.mem.write(data_size, size).map_err(access_code)
    };
    kern(work())
}

fn write(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: PortName,
    address: u32,
    data: GuestPtr<u8>,
    size: u32,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.own_task(task.0)?;
        let bytes = k.vm_read(cx, program, data.addr(), size)?;
        k.vm_write(cx, program, address, &bytes)
    };
    kern(work())
}

fn serve_allocate(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    rpc.simple(44)?;
    let program = Portfolio::own_target(rpc.program, rpc.object)?;
    let (address, size, anywhere) = (rpc.word(32)?, rpc.word(36)?, rpc.word(40)?);
    let got = k.vm_allocate(cx, program, address, size, anywhere != 0)?;
    Ok(Served::Words(vec![got]))
}

fn serve_deallocate(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    rpc.simple(40)?;
    let program = Portfolio::own_target(rpc.program, rpc.object)?;
    k.vm_deallocate(cx, program, rpc.word(32)?, rpc.word(36)?)?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn serve_protect(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    rpc.simple(48)?;
    let program = Portfolio::own_target(rpc.program, rpc.object)?;
    let range = (rpc.word(32)?, rpc.word(36)?);
    k.vm_protect(program, range, rpc.word(40)? != 0, rpc.word(44)?)?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn serve_read(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(40)?;
    let program = Portfolio::own_target(rpc.program, rpc.object)?;
    // Nobody would get the copy, so none is made.
    if rpc.reply.is_none() {
        return Ok(Served::Silent);
    }
    let (address, size) = (rpc.word(32)?, rpc.word(36)?);
    let data = k.vm_read(cx, program, address, size)?;
    Ok(Served::Complex(vec![data_part(data)], vec![size]))
}

fn serve_write(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(56, 1)?;
    let program = Portfolio::own_target(rpc.program, rpc.object)?;
    let (address, count) = (rpc.word_of_complex(48)?, rpc.word_of_complex(52)?);
    let data = rpc.take_data(0)?;
    if data.len() != count as usize {
        return Err(codes::MIG_TYPE_ERROR);
    }
    k.vm_write(cx, program, address, &data)?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

calls! { pub(crate) CALLS: Mach;
    trap 30 vm_read_overwrite(task: PortName, address: u32, size: u32, data: GuestPtr<u8>,
        data_size: GuestPtr<u32>) -> Code = read_overwrite;
    trap 31 vm_write(task: PortName, address: u32, data: GuestPtr<u8>, size: u32) -> Code
        = write;
    trap 65 vm_allocate(task: PortName, address: GuestPtr<u32>, size: u32, anywhere: u32)
        -> Code = allocate;
    trap 66 vm_deallocate(task: PortName, address: u32, size: u32) -> Code = deallocate;
    trap 91 vm_protect(task: PortName, address: u32, size: u32, set_max: u32, prot: u32)
        -> Code = protect;
}

messages! { pub(crate) MESSAGES;
    2021 vm_allocate(address: Pointer @ 32, size: Bits @ 36, anywhere: Int @ 40) = serve_allocate;
    2023 vm_deallocate(address: Pointer @ 32, size: Bits @ 36) = serve_deallocate;
    2024 vm_protect(address: Pointer @ 32, size: Bits @ 36, set_max: Int @ 40, prot: Bits @ 44)
        = serve_protect;
    2026 vm_read(address: Pointer @ 32, size: Bits @ 36) = serve_read;
    2027 vm_write(address: Pointer @ 48, size: Bits @ 52) = serve_write;
}
