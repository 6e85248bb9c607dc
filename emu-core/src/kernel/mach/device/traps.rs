//! How programs ask for reads and writes: traps.
//!
//! The asynchronous ones -94 to -99, the synchronous ones, the project's own without messages
//! (Mach sheet 1.7, 3.2, 5.3).

#![expect(
    clippy::too_many_arguments,
    reason = "a trap has as many as its page says"
)]

use super::PortName;
use super::collect::{Collect, Form};
use super::operation::{Sink, Wish};
use crate::calls;
use crate::kernel::abi::{ArgKind, Arguments, FromGuest, IntoReply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::mach::codes;
use crate::kernel::mach::queue::QueueId;
use crate::kernel::mach::records::{DEV_NAME_MAX, DEV_STATUS_MAX, DevMode, IO_INBAND_MAX};
use crate::kernel::mach::rpc::{KernCode, ReplyPort, kern};
use crate::kernel::mach::space::{Disposition, KernelObject, PORT_DEAD, PORT_NULL};
use crate::kernel::mach::waiting::Waiting;
use crate::kernel::portfolio::Portfolio;
use crate::mem::{CString, GuestPtr};

impl FromGuest for DevMode {
    const KIND: ArgKind = ArgKind::DevMode;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        DevMode::from_bits_retain(arguments.word())
    }
}

/// A number that the call log shows in decimal: a record, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u32);

impl FromGuest for Count {
    const KIND: ArgKind = ArgKind::Int;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Count(arguments.word())
    }
}

/// A status flavor as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flavor(pub u32);

impl FromGuest for Flavor {
    const KIND: ArgKind = ArgKind::Flavor;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Flavor(arguments.word())
    }
}

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

    /// The device whose status call ends later, if this is one.
    fn waits_for_status(&mut self, dev: PortName, flavor: Flavor) -> Option<u32> {
        let device = self.device_named(dev.0)?;
        self.ends_later(device, flavor.0).then_some(device)
    }

    /// The right of a trap's reply port: a send-once right made from a receive right.
    fn make_reply(&mut self, name: PortName) -> Result<ReplyPort, i32> {
        let program = self.mach_caller();
        let invalid = codes::KERN_INVALID_ARGUMENT;
        let (space, ports) = self.mach.space(program).ok_or(invalid)?;
        let right = space.copy_in(ports, name.0, Disposition::MakeSendOnce);
        let right = right.map_err(|_| invalid)?;
        Ok(ReplyPort { right, kind: 18 })
    }

    /// The synchronous traps know local devices only: for another name the library sends the
    /// message (Mach sheet 1.7).
    fn sync_device(&mut self, dev: PortName) -> Result<u32, i32> {
        self.device_named(dev.0).ok_or(codes::MACH_SEND_INTERRUPTED)
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
    read_into_queue(
        k,
        cx,
        (dev, queue, id),
        Form::OutOfLine,
        (mode, recnum, bytes, 0),
    )
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
    read_into_queue(
        k,
        cx,
        (dev, queue, id),
        Form::Inband,
        (mode, recnum, bytes, 0),
    )
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
    let what = (mode, recnum, bytes, buffer.addr());
    read_into_queue(k, cx, (dev, queue, id), Form::Overwrite, what)
}

fn read_into_queue(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    (dev, queue, id): (PortName, PortName, u32),
    form: Form,
    (mode, recnum, bytes_wanted, addr): (DevMode, u32, i32, u32),
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let device = k.async_device(dev, form != Form::Overwrite)?;
        let queue = k.read_queue(queue)?;
        let sink = Sink::Queue(queue, id);
        let data = Vec::new();
        let wish = Wish {
            device,
            form,
            mode,
            recnum,
            bytes_wanted,
            addr,
            data,
            sink,
        };
        k.accept(cx, wish)
    };
    let result = work();
    k.settle_ports(cx);
    kern(result)
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
        k.accept(
            cx,
            write_wish(device, Form::Write, mode, recnum, data, sink),
        )
    };
    let result = work();
    k.settle_ports(cx);
    kern(result)
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
        let wish = write_wish(device, Form::WriteInband, mode, recnum, data, sink);
        k.accept(cx, wish)
    };
    let result = work();
    k.settle_ports(cx);
    kern(result)
}

fn write_wish(
    device: u32,
    form: Form,
    mode: DevMode,
    recnum: u32,
    data: Vec<u8>,
    sink: Sink,
) -> Wish {
    Wish {
        device,
        form,
        mode,
        recnum,
        bytes_wanted: 0,
        addr: 0,
        data,
        sink,
    }
}

/// The bytes of a write, as they are at the time of the call.
fn captured(
    cx: &CallCx<'_>,
    data: GuestPtr<u8>,
    count: u32,
    unreadable: i32,
) -> Result<Vec<u8>, i32> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let bytes = cx.mem.read_bytes(data.addr(), count);
    bytes.map_err(|_| unreadable)
}

/// The result of a trap that might have waited.
fn done(result: Result<(), i32>) -> Answer {
    let code = result.err().unwrap_or(codes::KERN_SUCCESS);
    Ok(Flow::Done(KernCode(code).into_reply()))
}

/// Waits for an operation that has been accepted for the caller, or gives the code why not.
fn wait_for(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    wish: Result<Wish, i32>,
    collect: Collect,
) -> Answer {
    let task = k.caller();
    k.mach_caller();
    // Before the operation begins, as it may be over at once.
    let waiting = Waiting::Operation {
        collect,
        record: None,
    };
    let flow = k.mach_block(cx, waiting, None);
    let accepted = wish.and_then(|wish| {
        let sink = Sink::Thread(task);
        k.accept(cx, Wish { sink, ..wish })
    });
    k.settle_ports(cx);
    match accepted {
        Ok(()) => Ok(flow),
        Err(code) => {
            k.stop_waiting(cx, task);
            Ok(Flow::Done(KernCode(code).into_reply()))
        }
    }
}

fn wish(device: u32, form: Form, mode: DevMode, recnum: u32, bytes_wanted: i32, addr: u32) -> Wish {
    Wish {
        device,
        form,
        mode,
        recnum,
        bytes_wanted,
        addr,
        data: Vec::new(),
        sink: Sink::Nobody,
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
    let wish = device.map(|device| wish(device, Form::OutOfLine, mode, recnum, bytes, 0));
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
    let form = Form::Overwrite;
    let wish = device.map(|device| wish(device, form, mode, recnum, bytes, buffer.addr()));
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
        Ok(write_wish(
            device,
            Form::Write,
            mode,
            recnum,
            data,
            Sink::Nobody,
        ))
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
    let what = k
        .sync_device(dev)
        .map(|device| wish(device, Form::OutOfLine, mode, recnum, bytes, 0));
    request(k, cx, what, reply)
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
    let form = Form::Overwrite;
    let what = k
        .sync_device(dev)
        .map(|device| wish(device, form, mode, recnum, bytes, buffer.addr()));
    request(k, cx, what, reply)
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
    let what = k.sync_device(dev).and_then(|device| {
        let data = captured(cx, data, count, codes::KERN_INVALID_ADDRESS)?;
        Ok(write_wish(
            device,
            Form::Write,
            mode,
            recnum,
            data,
            Sink::Nobody,
        ))
    });
    request(k, cx, what, reply)
}

/// Begins an operation whose end is told by a message.
fn request(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    what: Result<Wish, i32>,
    reply: PortName,
) -> Result<KernCode, Trouble> {
    let work = || {
        let what = what?;
        let reply = k.make_reply(reply)?;
        let sink = Sink::Reply(reply);
        let accepted = k.accept(cx, Wish { sink, ..what });
        if accepted.is_err() {
            k.mach.ports.use_up(reply.right);
        }
        accepted
    };
    let result = work();
    k.settle_ports(cx);
    kern(result)
}

fn open_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    master: PortName,
    mode: DevMode,
    name: GuestPtr<CString>,
    device: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.mach_caller();
        match k.mach.object_of(program, master.0) {
            Some((KernelObject::DeviceMaster, _)) => (),
            _ => return Err(codes::D_INVALID_OPERATION),
        }
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        let name = cx
            .mem
            .read_string(name, DEV_NAME_MAX as u32)
            .map_err(invalid)?;
        cx.mem.check_writable(device.addr(), 4).map_err(invalid)?;
        let right = k.open_device(cx, &name, mode)?;
        let name = k.mach.hand_over(program, right)?;
        cx.mem.write(device, name).map_err(invalid)
    };
    let result = work();
    k.settle_ports(cx);
    kern(result)
}

fn close_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
) -> Result<KernCode, Trouble> {
    let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE);
    let result = device.and_then(|device| k.close_device(cx, device));
    k.settle_ports(cx);
    kern(result)
}

fn get_status_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    flavor: Flavor,
    status: GuestPtr<u32>,
    count: GuestPtr<u32>,
) -> Answer {
    if let Some(device) = k.waits_for_status(dev, flavor) {
        let wish = wish(
            device,
            Form::Status { get: true },
            DevMode::empty(),
            0,
            0,
            0,
        );
        // No integers come: the count is that of the bytes.
        return wait_for(k, cx, Ok(wish), Collect::Count(count.addr()));
    }
    let mut work = || {
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE)?;
        let room = cx.mem.read(count).map_err(invalid)?;
        let status_ints = k.get_status(cx, device, flavor.0, room.min(DEV_STATUS_MAX as u32))?;
        let fits = status_ints.len().min(room as usize);
        let bytes: Vec<u8> = status_ints[..fits]
            .iter()
            .flat_map(|int| int.to_be_bytes())
            .collect();
        cx.mem.write_bytes(status.addr(), &bytes).map_err(invalid)?;
        let all = status_ints.len() as u32;
        cx.mem.write(count, all).map_err(invalid)?;
        match fits == status_ints.len() {
            true => Ok(()),
            false => Err(codes::MIG_ARRAY_TOO_LARGE),
        }
    };
    done(work())
}

fn set_status_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    flavor: Flavor,
    status: GuestPtr<u32>,
    Count(count): Count,
) -> Answer {
    if let Some(device) = k.waits_for_status(dev, flavor) {
        let wish = wish(
            device,
            Form::Status { get: false },
            DevMode::empty(),
            0,
            0,
            0,
        );
        return wait_for(k, cx, Ok(wish), Collect::Nothing);
    }
    let mut work = || {
        let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE)?;
        if count as usize > DEV_STATUS_MAX {
            return Err(codes::MIG_ARRAY_TOO_LARGE);
        }
        let bytes = captured(cx, status.cast(), 4 * count, codes::KERN_INVALID_ADDRESS)?;
        let ints = crate::kernel::mach::records::status::to_ints(&bytes);
        k.set_status(cx, device, flavor.0, &ints)
    };
    let result = work();
    k.settle_ports(cx);
    done(result)
}

fn read_inband_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
    data: GuestPtr<u8>,
    count: GuestPtr<u32>,
) -> Answer {
    let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE);
    let wish = device.map(|device| wish(device, Form::Inband, mode, recnum, bytes, 0));
    let collect = Collect::Inband {
        data: data.addr(),
        count: count.addr(),
    };
    wait_for(k, cx, wish, collect)
}

fn write_inband_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    data: GuestPtr<u8>,
    Count(count): Count,
    written: GuestPtr<u32>,
) -> Answer {
    let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE);
    let wish = device.and_then(|device| {
        if count as usize > IO_INBAND_MAX {
            return Err(codes::MIG_ARRAY_TOO_LARGE);
        }
        let data = captured(cx, data, count, codes::KERN_INVALID_ADDRESS)?;
        Ok(write_wish(
            device,
            Form::WriteInband,
            mode,
            recnum,
            data,
            Sink::Nobody,
        ))
    });
    wait_for(k, cx, wish, Collect::Count(written.addr()))
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
    trap 203 device_open_direct(master: PortName, mode: DevMode, name: GuestPtr<CString>,
        device: GuestPtr<u32>) -> Code = open_direct;
    trap 204 device_close_direct(dev: PortName) -> Code = close_direct;
    blocking trap 205 device_get_status_direct(dev: PortName, flavor: Flavor, status: GuestPtr<u32>,
        count: GuestPtr<u32>) -> Code = get_status_direct;
    blocking trap 206 device_set_status_direct(dev: PortName, flavor: Flavor, status: GuestPtr<u32>,
        count: Count) -> Code = set_status_direct;
    blocking trap 207 device_read_inband_direct(dev: PortName, mode: DevMode, recnum: Count,
        bytes: i32, data: GuestPtr<u8>, count: GuestPtr<u32>) -> Code = read_inband_direct;
    blocking trap 208 device_write_inband_direct(dev: PortName, mode: DevMode, recnum: Count,
        data: GuestPtr<u8>, count: Count, written: GuestPtr<u32>) -> Code = write_inband_direct;
}
