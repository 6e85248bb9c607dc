//! The asynchronous traps -94 to -99, all but the wait.
//!
//! Mach sheet 3.2.

#![expect(
    clippy::too_many_arguments,
    reason = "a trap has as many as its page says"
)]

use super::{Count, captured};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::PortName;
use crate::kernel::mach::device::collect::Form;
use crate::kernel::mach::device::operation::{Sink, Wish};
use crate::kernel::mach::queue::QueueId;
use crate::kernel::mach::records::{DevMode, IO_INBAND_MAX};
use crate::kernel::mach::rpc::{KernCode, kern};
use crate::kernel::mach::space::{PORT_DEAD, PORT_NULL};
use crate::kernel::portfolio::Portfolio;
use crate::mem::GuestPtr;

impl Portfolio {
    /// The device of an asynchronous trap, or the code for a name that is none.
    fn async_device(&mut self, dev: PortName, is_read: bool) -> Result<u32, i32> {
        let other = self.quirks.mach_async_device && !is_read;
        self.device_named(dev.0).ok_or(match other {
            true => codes::MACH_SEND_INTERRUPTED,
            false => codes::KERN_INVALID_ARGUMENT,
        })
    }

    /// The queue that a read's completion goes to.
    fn read_queue(&mut self, queue: PortName) -> Result<QueueId, i32> {
        let queue = self.queue_named(queue.0);
        queue.ok_or(codes::KERN_INVALID_ARGUMENT)
    }

    /// The queue that a write's completion goes to; nowhere for the null and the dead name.
    fn write_queue(&mut self, queue: PortName, id: u32) -> Result<Sink, i32> {
        match queue.0 {
            PORT_NULL | PORT_DEAD => Ok(Sink::Nobody),
            _ => Ok(Sink::Queue(self.read_queue(queue)?, id)),
        }
    }
}

fn read_async(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    queue: PortName,
    id: u32,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
) -> Result<KernCode, Trouble> {
    let wish = Wish::read(Form::OutOfLine, mode, recnum, bytes);
    read_into_queue(k, cx, (dev, queue, id), wish)
}

fn read_async_inband(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    queue: PortName,
    id: u32,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
) -> Result<KernCode, Trouble> {
    let wish = Wish::read(Form::Inband, mode, recnum, bytes);
    read_into_queue(k, cx, (dev, queue, id), wish)
}

fn read_overwrite_async(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    queue: PortName,
    id: u32,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
    buffer: GuestPtr<u8>,
) -> Result<KernCode, Trouble> {
    let wish = Wish::overwrite(mode, recnum, bytes, buffer.addr());
    read_into_queue(k, cx, (dev, queue, id), wish)
}

fn read_into_queue(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    (dev, queue, id): (PortName, PortName, u32),
    wish: Wish,
) -> Result<KernCode, Trouble> {
    let work = || {
        let device = k.async_device(dev, wish.form != Form::Overwrite)?;
        let queue = k.read_queue(queue)?;
        k.accept(cx, device, wish, Sink::Queue(queue, id))
    };
    kern(work())
}

fn write_async(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    queue: PortName,
    id: u32,
    mode: DevMode,
    Count(recnum): Count,
    data: GuestPtr<u8>,
    Count(count): Count,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let device = k.async_device(dev, false)?;
        let sink = k.write_queue(queue, id)?;
        let data = captured(cx, data, count, codes::KERN_INVALID_ADDRESS)?;
        let wish = Wish::write(Form::Write, mode, recnum, data);
        k.accept(cx, device, wish, sink)
    };
    kern(work())
}

fn write_async_inband(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    queue: PortName,
    id: u32,
    mode: DevMode,
    Count(recnum): Count,
    data: GuestPtr<u8>,
    Count(count): Count,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let device = k.async_device(dev, false)?;
        let sink = k.write_queue(queue, id)?;
        // The trap clips what the message refuses.
        let count = count.min(IO_INBAND_MAX as u32);
        let data = captured(cx, data, count, codes::KERN_MEMORY_ERROR)?;
        let wish = Wish::write(Form::WriteInband, mode, recnum, data);
        k.accept(cx, device, wish, sink)
    };
    kern(work())
}

calls! { pub(crate) CALLS: Mach;
    trap 94 device_read_async(dev: PortName, queue: PortName, id: u32, mode: DevMode,
        recnum: Count, bytes: i32) -> Code = read_async;
    trap 95 device_read_overwrite_async(dev: PortName, queue: PortName, id: u32, mode: DevMode,
        recnum: Count, bytes: i32, buffer: GuestPtr<u8>) -> Code = read_overwrite_async;
    trap 96 device_write_async(dev: PortName, queue: PortName, id: u32, mode: DevMode,
        recnum: Count, data: GuestPtr<u8>, count: Count) -> Code = write_async;
    trap 98 device_write_async_inband(dev: PortName, queue: PortName, id: u32, mode: DevMode,
        recnum: Count, data: GuestPtr<u8>, count: Count) -> Code = write_async_inband;
    trap 99 device_read_async_inband(dev: PortName, queue: PortName, id: u32, mode: DevMode,
        recnum: Count, bytes: i32) -> Code = read_async_inband;
}
