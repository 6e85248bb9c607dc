//! The synchronous traps -77 to -82: the caller waits, or names a reply port.
//!
//! Mach sheet 1.7.

#![expect(
    clippy::too_many_arguments,
    reason = "a trap has as many as its page says"
)]

use super::{Count, captured, wait_for};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::mach::codes;
use crate::kernel::mach::device::PortName;
use crate::kernel::mach::device::collect::{Collect, Form};
use crate::kernel::mach::device::operation::{Sink, Wish};
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::rpc::{KernCode, ReplyPort, kern};
use crate::kernel::mach::space::{Disposition, MACH_MSG_TYPE_PORT_SEND_ONCE};
use crate::kernel::portfolio::Portfolio;
use crate::mem::GuestPtr;

impl Portfolio {
    /// The right of a trap's reply port: a send-once right made from a receive right.
    fn make_reply(&mut self, name: PortName) -> Result<ReplyPort, i32> {
        let program = self.mach_caller();
        let invalid = codes::KERN_INVALID_ARGUMENT;
        let (space, ports) = self.mach.space(program).ok_or(invalid)?;
        let right = space.copy_in(ports, name.0, Disposition::MakeSendOnce);
        let right = right.map_err(|_| invalid)?;
        Ok(ReplyPort {
            right,
            kind: MACH_MSG_TYPE_PORT_SEND_ONCE,
        })
    }

    /// The synchronous traps know local devices only: for another name the library sends the
    /// message (Mach sheet 1.7).
    fn sync_device(&mut self, dev: PortName) -> Result<u32, i32> {
        self.device_named(dev.0).ok_or(codes::MACH_SEND_INTERRUPTED)
    }
}

fn device_read(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
    data: GuestPtr<u32>,
    count: GuestPtr<u32>,
) -> Answer {
    let device = k.sync_device(dev);
    let wish = device.map(|device| (device, Wish::read(Form::OutOfLine, mode, recnum, bytes)));
    let collect = Collect::OutOfLine {
        data: data.addr(),
        count: count.addr(),
    };
    wait_for(k, cx, wish, collect)
}

fn device_read_overwrite(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
    buffer: GuestPtr<u8>,
    count: GuestPtr<u32>,
) -> Answer {
    let device = k.sync_device(dev);
    let wish = Wish::overwrite(mode, recnum, bytes, buffer.addr());
    let wish = device.map(|device| (device, wish));
    wait_for(k, cx, wish, Collect::Count(count.addr()))
}

fn device_write(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    data: GuestPtr<u8>,
    Count(count): Count,
    written: GuestPtr<u32>,
) -> Answer {
    let wish = k.sync_device(dev).and_then(|device| {
        let data = captured(cx, data, count, codes::KERN_INVALID_ADDRESS)?;
        Ok((device, Wish::write(Form::Write, mode, recnum, data)))
    });
    wait_for(k, cx, wish, Collect::Count(written.addr()))
}

fn read_request(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    reply: PortName,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
) -> Result<KernCode, Trouble> {
    let device = k.sync_device(dev);
    let wish = device.map(|device| (device, Wish::read(Form::OutOfLine, mode, recnum, bytes)));
    request(k, cx, wish, reply)
}

fn read_overwrite_request(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    reply: PortName,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
    buffer: GuestPtr<u8>,
) -> Result<KernCode, Trouble> {
    let device = k.sync_device(dev);
    let wish = Wish::overwrite(mode, recnum, bytes, buffer.addr());
    let wish = device.map(|device| (device, wish));
    request(k, cx, wish, reply)
}

fn write_request(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    reply: PortName,
    mode: DevMode,
    Count(recnum): Count,
    data: GuestPtr<u8>,
    Count(count): Count,
) -> Result<KernCode, Trouble> {
    let wish = k.sync_device(dev).and_then(|device| {
        let data = captured(cx, data, count, codes::KERN_INVALID_ADDRESS)?;
        Ok((device, Wish::write(Form::Write, mode, recnum, data)))
    });
    request(k, cx, wish, reply)
}

/// Begins an operation whose end is told by a message.
fn request(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    wish: Result<(u32, Wish), i32>,
    reply: PortName,
) -> Result<KernCode, Trouble> {
    let work = || {
        let (device, wish) = wish?;
        let reply = k.make_reply(reply)?;
        let accepted = k.accept(cx, device, wish, Sink::Reply(reply));
        if accepted.is_err() {
            k.mach.ports.use_up(reply.right);
        }
        accepted
    };
    kern(work())
}

calls! { pub(crate) CALLS: Mach;
    blocking trap 77 device_read_trap(dev: PortName, mode: DevMode, recnum: Count, bytes: i32,
        data: GuestPtr<u32>, count: GuestPtr<u32>) -> Code = device_read;
    trap 78 device_read_request(dev: PortName, reply: PortName, mode: DevMode, recnum: Count,
        bytes: i32) -> Code = read_request;
    blocking trap 79 device_write_trap(dev: PortName, mode: DevMode, recnum: Count,
        data: GuestPtr<u8>, count: Count, written: GuestPtr<u32>) -> Code = device_write;
    trap 80 device_write_request(dev: PortName, reply: PortName, mode: DevMode, recnum: Count,
        data: GuestPtr<u8>, count: Count) -> Code = write_request;
    blocking trap 81 device_read_overwrite_trap(dev: PortName, mode: DevMode, recnum: Count,
        bytes: i32, buffer: GuestPtr<u8>, count: GuestPtr<u32>) -> Code = device_read_overwrite;
    trap 82 device_read_overwrite_request(dev: PortName, reply: PortName, mode: DevMode,
        recnum: Count, bytes: i32, buffer: GuestPtr<u8>) -> Code = read_overwrite_request;
}
