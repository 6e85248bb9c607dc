//! The I/O model: IOReqs over the neutral device layer.
//!
//! Kernel sheet section 5.
//!
//! ```text
//! SendIO / DoIO ── checks 1-3 ─ checks 4-9 ─ start ── device.submit ─┬─ Done ──── complete ── 1
//!                    (errors)    (quirk)                             └─ Pending ── QUICK off ─ 0
//! completion from the outbox ─────────────────────────────────────────────────── complete
//! complete: DONE on; with QUICK on nobody is told, else the message is replied or SIGF_IODONE sent
//! ```

mod chain;
mod complete;
mod requests;
mod wait;

pub use self::chain::CallBack;
pub(crate) use self::requests::TAG_DEVICE;

use super::Portfolio;
use super::devices::DeviceItem;
use super::errors::{
    BADCOMMAND, BADIOARG, BADPTR, BADUNIT, DEVICE_OFFLINE, IO_NOT_DONE, NOTOWNER, Status,
};
use super::files::VolumeId;
use super::items::Item;
use super::structs::io_flag::{IO_DONE, IO_QUICK};
use super::structs::node_type::IOREQNODE;
use super::structs::{Device, IOBuf, IOInfo, IOReq, ItemNode};
use crate::calls;
use crate::device::{Buffer, Op, ReqId, Request, Submit, Ties};
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::mach::OperationId;
use crate::mem::{GuestPtr, GuestType, Memory};
use crate::trace::{Asker, Category, TraceEvent};
use serde::{Deserialize, Serialize};

/// Commands common to all devices; the rest are the device's own.
fn op_of(command: u8) -> Op {
    match command {
        0 => Op::Write,
        1 => Op::Read,
        2 => Op::Status,
        n => Op::Control(u16::from(n)),
    }
}

pub(crate) fn buffer_of(mem: &Memory, at: GuestPtr<IOBuf>) -> Buffer {
    let addr = mem.peek(at.at(IOBuf::iob_Buffer));
    match mem.peek(at.at(IOBuf::iob_Len)) {
        0 => Buffer::None,
        len => Buffer::Guest {
            addr,
            len: len as u32,
        },
    }
}

/// What a request sends: SPORT wants to know where, even if it is nothing (device sheet 8).
pub(crate) fn send_of(mem: &Memory, at: GuestPtr<IOBuf>) -> Buffer {
    let addr = mem.peek(at.at(IOBuf::iob_Buffer));
    match buffer_of(mem, at) {
        Buffer::None if addr != 0 => Buffer::Guest { addr, len: 0 },
        buffer => buffer,
    }
}

/// Who is told when a device's request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pending {
    /// A program's request.
    Request(Item),
    /// The file system, which reads a volume.
    Volume(VolumeId),
    /// An operation of the Mach side.
    Mach(OperationId),
}

impl Portfolio {
    pub(crate) fn ioreq(&self, mem: &Memory, ior: Item) -> Result<GuestPtr<IOReq>, Status> {
        self.item_of(mem, ior, IOREQNODE)
    }

    /// SendIO and the first half of DoIO. Negative = not started, 1 = over, 0 = in progress.
    fn start_io(
        &mut self,
        cx: &mut CallCx<'_>,
        ior: Item,
        info: GuestPtr<IOInfo>,
        force_quick: bool,
    ) -> Result<i32, Status> {
        let ptr = self.ioreq(cx.mem, ior)?;
        if self.owner_of(cx.mem, ior) != self.caller() {
            return Err(NOTOWNER);
        }
        if cx.mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE == 0 {
            return Err(IO_NOT_DONE);
        }
        let copied = cx.mem.read_bytes(info.addr(), IOInfo::SIZE);
        let own = ptr.at(IOReq::io_Info);
        let arguments = match copied {
            Ok(bytes) => {
                if let Some(copy) = cx.mem.bytes_mut(own.addr(), IOInfo::SIZE) {
                    copy.copy_from_slice(&bytes);
                }
                if force_quick {
                    let flags = cx.mem.peek(own.at(IOInfo::ioi_Flags)) | IO_QUICK as u8;
                    cx.mem.poke(own.at(IOInfo::ioi_Flags), flags);
                }
                self.check_arguments(cx.mem, ptr)
            }
            Err(_) => Err(BADPTR),
        };
        match arguments {
            Ok(()) => Ok(self.submit(cx, ior, ptr)),
            Err(error) if self.quirks.sendio_argument_errors => Err(error),
            Err(error) => {
                if error == BADPTR && cx.mem.check_readable(info.addr(), IOInfo::SIZE).is_err() {
                    if let Some(copy) = cx.mem.bytes_mut(own.addr(), IOInfo::SIZE) {
                        copy.fill(0);
                    }
                    if force_quick {
                        cx.mem.poke(own.at(IOInfo::ioi_Flags), IO_QUICK as u8);
                    }
                }
                self.begin(cx.mem, ptr);
                self.finish(cx, ior, 0, error);
                Ok(1)
            }
        }
    }

    /// Checks 5 to 9 of the kernel sheet's table 5.6.
    fn check_arguments(&self, mem: &Memory, ior: GuestPtr<IOReq>) -> Result<(), Status> {
        let info = ior.at(IOReq::io_Info);
        if mem.peek(info.at(IOInfo::ioi_Flags2)) != 0 {
            return Err(BADIOARG);
        }
        if mem.peek(info.at(IOInfo::ioi_Flags)) & !(IO_QUICK as u8) != 0 {
            return Err(BADIOARG);
        }
        let device = mem.peek(ior.at(IOReq::io_Dev));
        if mem.peek(info.at(IOInfo::ioi_Unit)) > mem.peek(device.at(Device::dev_MaxUnitNum)) {
            return Err(BADUNIT);
        }
        let recv = buffer_of(mem, info.at(IOInfo::ioi_Recv));
        if let Buffer::Guest { addr, len } = recv {
            mem.check_writable(addr, len).map_err(|_| BADPTR)?;
        }
        let send = buffer_of(mem, info.at(IOInfo::ioi_Send));
        if let Buffer::Guest { addr, len } = send {
            mem.check_readable(addr, len).map_err(|_| BADPTR)?;
        }
        Ok(())
    }

    /// Marks a request as in progress.
    fn begin(&self, mem: &mut Memory, ior: GuestPtr<IOReq>) {
        self.note_ask(mem, ior);
        let info = ior.at(IOReq::io_Info);
        let quick = u32::from(mem.peek(info.at(IOInfo::ioi_Flags))) & IO_QUICK;
        let flags = mem.peek(ior.at(IOReq::io_Flags)) & !(IO_DONE | IO_QUICK) | quick;
        mem.poke(ior.at(IOReq::io_CallBack), 0);
        mem.poke(ior.at(IOReq::io_Error), 0);
        mem.poke(ior.at(IOReq::io_Actual), 0);
        mem.poke(ior.at(IOReq::io_Flags), flags);
    }

    /// Hands a checked request to its device.
    pub(crate) fn submit(&mut self, cx: &mut CallCx<'_>, ior: Item, ptr: GuestPtr<IOReq>) -> i32 {
        self.begin(cx.mem, ptr);
        let info = ptr.at(IOReq::io_Info);
        let device = cx.mem.peek(ptr.at(IOReq::io_Dev));
        let device_item = cx.mem.peek(device.cast::<ItemNode>().at(ItemNode::n_Item));
        if self.file_commands(device_item).is_some() {
            let answer = self.submit_file(cx, ior, ptr);
            if answer == 0 {
                self.clear_io_flags(cx.mem, ptr, IO_QUICK);
                self.deliver(cx);
            }
            return answer;
        }
        let Some(&DeviceItem { commands, .. }) = self.devices.get(&device_item) else {
            self.finish(cx, ior, 0, DEVICE_OFFLINE);
            return 1;
        };
        let command = cx.mem.peek(info.at(IOInfo::ioi_Command));
        if command >= commands {
            self.finish(cx, ior, 0, BADCOMMAND);
            return 1;
        }
        let request = Request {
            id: ReqId(self.next_request),
            requester: ior.0 as u64,
            unit: cx.mem.peek(info.at(IOInfo::ioi_Unit)),
            op: op_of(command),
            offset: cx.mem.peek(info.at(IOInfo::ioi_Offset)) as u32,
            option: cx.mem.peek(info.at(IOInfo::ioi_CmdOptions)),
            send: send_of(cx.mem, info.at(IOInfo::ioi_Send)),
            recv: buffer_of(cx.mem, info.at(IOInfo::ioi_Recv)),
            priority: cx.mem.peek(ptr.cast::<ItemNode>().at(ItemNode::n_Priority)),
            privileged: false,
            ties: Ties::NewestFirst,
        };
        self.next_request += 1;
        let req = request.id;
        if cx.sink.wants(Category::REQUESTS) {
            let name = self.item_name(cx.mem, device_item);
            let text = format!("request {} of {ior:?} to \"{name}\": {request:?}", req.0);
            self.tell(cx, TraceEvent::Request(text));
        }
        self.pending.insert(req, Pending::Request(ior));
        let asker = (Asker::Request, ior.0 as u32);
        match self.submit_to(cx, device_item, request, asker) {
            Submit::Pending => {
                self.clear_io_flags(cx.mem, ptr, IO_QUICK);
                self.deliver(cx);
                0
            }
            Submit::Done(result) => {
                self.pending.remove(&req);
                self.finish_with(cx, ior, result);
                1
            }
            Submit::DoneUnsaid(result) => {
                self.pending.remove(&req);
                self.finish_with(cx, ior, result);
                self.clear_io_flags(cx.mem, ptr, IO_QUICK);
                0
            }
        }
    }

    fn clear_io_flags(&self, mem: &mut Memory, ior: GuestPtr<IOReq>, clear: u32) {
        let flags = mem.peek(ior.at(IOReq::io_Flags)) & !clear;
        mem.poke(ior.at(IOReq::io_Flags), flags);
    }
}

fn send_io(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    ior: Item,
    info: GuestPtr<IOInfo>,
) -> Result<i32, Trouble> {
    Ok(k.start_io(cx, ior, info, false)?)
}

fn do_io(k: &mut Portfolio, cx: &mut CallCx<'_>, ior: Item, info: GuestPtr<IOInfo>) -> Answer {
    k.start_io(cx, ior, info, true)?;
    Ok(k.begin_wait(cx.mem, ior)?)
}

fn wait_io(k: &mut Portfolio, cx: &mut CallCx<'_>, ior: Item) -> Answer {
    Ok(k.begin_wait(cx.mem, ior)?)
}

fn check_io(k: &mut Portfolio, cx: &mut CallCx<'_>, ior: Item) -> Result<u32, Trouble> {
    let ptr = k.ioreq(cx.mem, ior)?;
    Ok(cx.mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE)
}

fn abort_io(k: &mut Portfolio, cx: &mut CallCx<'_>, ior: Item) -> Result<i32, Trouble> {
    k.ioreq(cx.mem, ior)?;
    if k.owner_of(cx.mem, ior) != k.caller() {
        return Err(NOTOWNER.into());
    }
    k.abort(cx, ior);
    Ok(0)
}

/// SWI 34 is for drivers: a user task's call has no effect.
fn complete_io(_k: &mut Portfolio, _cx: &mut CallCx<'_>, _request: u32) -> Result<(), Trouble> {
    Ok(())
}

calls! { pub(crate) CALLS: Kernel;
    swi 24 SendIO(ior: Item, info: GuestPtr<IOInfo>) -> Number = send_io, cost 600;
    swi 25 AbortIO(ior: Item) -> Number = abort_io;
    refused swi 34 CompleteIO(request: u32) -> Nothing = complete_io;
    blocking swi 37 DoIO(ior: Item, info: GuestPtr<IOInfo>) -> Number = do_io, cost 700;
    blocking swi 41 WaitIO(ior: Item) -> Number = wait_io;
    vec 41 CheckIO(ior: Item) -> Number = check_io;
}
