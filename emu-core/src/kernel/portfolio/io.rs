//! The I/O model: IOReqs over the neutral device layer (kernel sheet section 5).
//!
//! ```text
//! SendIO / DoIO ── checks 1-3 ─ checks 4-9 ─ start ── device.submit ─┬─ Done ──── complete ── 1
//!                    (errors)    (quirk)                             └─ Pending ── QUICK off ─ 0
//! completion from the outbox ─────────────────────────────────────────────────── complete
//! complete: DONE on; with QUICK on nobody is told, else the message is replied or SIGF_IODONE sent
//! ```

use super::Portfolio;
use super::devices::DeviceItem;
use super::errors::{
    ABORTED, BADCOMMAND, BADIOARG, BADITEM, BADPTR, BADSIZE, BADTAG, BADUNIT, CANT_SET_OWNER,
    DEVICE_ERROR, DEVICE_OFFLINE, END_OF_MEDIUM, IO_NOT_DONE, ITEM_NOT_OPEN, MEDIA_ERROR,
    NO_REPLY_PORT, NOSUPPORT, NOTOWNER, Status,
};
use super::items::Item;
use super::list::Links;
use super::resources::Resource;
use super::schedule::Poll;
use super::signals::{SIGF_ABORT, SIGF_IODONE, SIGF_ONESHOT};
use super::structs::io_flag::{IO_DONE, IO_QUICK, IO_WAITING};
use super::structs::node_type::{DEVICENODE, IOREQNODE, MESSAGENODE};
use super::structs::{Device, IOBuf, IOInfo, IOReq, ItemNode, Message, MinNode, Node, Task};
use super::tags::CommonTags;
use super::wait::Wait;
use crate::calls;
use crate::device::{
    Buffer, DevError, DeviceCx, Finished, Notice, Op, ReqId, Request, Submit, Suspicion,
};
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::{GuestPtr, GuestType, Memory};
use crate::trace::{Category, TraceEvent};

mod tag {
    pub const REPLYPORT: u32 = 10;
    pub const DEVICE: u32 = 11;
}

/// Commands common to all devices; the rest are the device's own.
fn op_of(command: u8) -> Op {
    match command {
        0 => Op::Write,
        1 => Op::Read,
        2 => Op::Status,
        n => Op::Control(u16::from(n)),
    }
}

/// The code that a device error has in `io_Error`.
fn status_of(error: DevError) -> Status {
    match error {
        DevError::BadCommand => BADCOMMAND,
        DevError::BadArgument => BADIOARG,
        DevError::BadUnit => BADUNIT,
        DevError::Aborted => ABORTED,
        DevError::Offline => DEVICE_OFFLINE,
        DevError::Media => MEDIA_ERROR,
        DevError::EndOfMedium => END_OF_MEDIUM,
        DevError::Hardware => DEVICE_ERROR,
        DevError::Refused(code) => Status(code),
    }
}

fn buffer_of(mem: &Memory, at: GuestPtr<IOBuf>) -> Buffer {
    let addr = mem.peek(at.at(IOBuf::iob_Buffer));
    match mem.peek(at.at(IOBuf::iob_Len)) {
        0 => Buffer::None,
        len => Buffer::Guest {
            addr,
            len: len as u32,
        },
    }
}

impl Portfolio {
    fn ioreq(&self, mem: &Memory, ior: Item) -> Result<GuestPtr<IOReq>, Status> {
        self.item_of(mem, ior, IOREQNODE)
    }

    /// CreateSizedItem of a request (kernel sheet 5.2).
    pub(crate) fn create_ioreq(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
        size: u32,
    ) -> Result<Item, Status> {
        let owner = self.caller();
        let (mut device, mut port) = (Item::NONE, None);
        for &(tag, value) in rest {
            match tag {
                tag::DEVICE => device = Item(value as i32),
                tag::REPLYPORT => port = Some(Item(value as i32)),
                _ => return Err(BADTAG),
            }
        }
        let device_ptr: GuestPtr<Device> = self.item_of(cx.mem, device, DEVICENODE)?;
        let is_open = self
            .tasks
            .get(&owner)
            .is_some_and(|task| task.resources.contains(Resource::Opened(device)));
        if !is_open {
            return Err(ITEM_NOT_OPEN);
        }
        if let Some(port) = port {
            self.check_own_port(cx.mem, port, owner)?;
        }
        let least = cx
            .mem
            .peek(device_ptr.at(Device::dev_IOReqSize))
            .max(IOReq::SIZE);
        if size != 0 && size < least {
            return Err(BADSIZE);
        }
        let new = common.into_item(1, IOREQNODE, size.max(least), owner);
        let item = self.new_item(cx.mem, &new)?;
        let ior = self.ioreq(cx.mem, item)?;
        let told = match port {
            None => owner,
            Some(port) => match self.new_io_message(cx.mem, &new, port) {
                Ok(message) => {
                    if let Ok(ptr) = self.item_of::<Message>(cx.mem, message, MESSAGENODE) {
                        cx.mem.poke(ptr.at(Message::msg_DataPtr), ior.addr());
                    }
                    message
                }
                Err(error) => {
                    self.free_item(cx.mem, item);
                    return Err(error);
                }
            },
        };
        cx.mem.poke(ior.at(IOReq::io_Dev), device_ptr);
        cx.mem.poke(ior.at(IOReq::io_Flags), IO_DONE | IO_QUICK);
        cx.mem.poke(ior.at(IOReq::io_MsgItem), told);
        let link: GuestPtr<Node> = ior.at(IOReq::io_Link).cast();
        let list = device_ptr.at(Device::dev_IOReqs);
        let _ = Links::kernel(cx.mem).add_tail(list, link);
        Ok(item)
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
        let info = ior.at(IOReq::io_Info);
        let quick = u32::from(mem.peek(info.at(IOInfo::ioi_Flags))) & IO_QUICK;
        let flags = mem.peek(ior.at(IOReq::io_Flags)) & !(IO_DONE | IO_QUICK) | quick;
        mem.poke(ior.at(IOReq::io_CallBack), 0);
        mem.poke(ior.at(IOReq::io_Error), 0);
        mem.poke(ior.at(IOReq::io_Actual), 0);
        mem.poke(ior.at(IOReq::io_Flags), flags);
    }

    /// Hands a checked request to its device.
    fn submit(&mut self, cx: &mut CallCx<'_>, ior: Item, ptr: GuestPtr<IOReq>) -> i32 {
        self.begin(cx.mem, ptr);
        let info = ptr.at(IOReq::io_Info);
        let device = cx.mem.peek(ptr.at(IOReq::io_Dev));
        let device_item = cx.mem.peek(device.cast::<ItemNode>().at(ItemNode::n_Item));
        let Some(&DeviceItem { id, commands, rank }) = self.devices.get(&device_item) else {
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
            send: buffer_of(cx.mem, info.at(IOInfo::ioi_Send)),
            recv: buffer_of(cx.mem, info.at(IOInfo::ioi_Recv)),
        };
        self.next_request += 1;
        let req = request.id;
        if cx.sink.wants(Category::REQUESTS) {
            let name = self.item_name(cx.mem, device_item);
            let text = format!("request {} of {ior:?} to \"{name}\": {request:?}", req.0);
            self.tell(cx, TraceEvent::Request(text));
        }
        self.pending.insert(req, ior);
        let answer = match cx.board.device(id) {
            Some(device) => {
                let mut device_cx = DeviceCx::new(cx.now, id, rank, cx.mem, cx.bus);
                device.submit(request, &mut device_cx)
            }
            None => Submit::Done(Finished::failed(DevError::Offline)),
        };
        match answer {
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

    fn finish_with(&mut self, cx: &mut CallCx<'_>, ior: Item, result: Finished) {
        let error = result.error.map_or(Status::OK, status_of);
        self.finish(cx, ior, result.actual, error);
    }

    /// Writes how a request ended, and completes it (kernel sheet 5.9).
    fn finish(&mut self, cx: &mut CallCx<'_>, ior: Item, actual: u32, error: Status) {
        let Ok(ptr) = self.ioreq(cx.mem, ior) else {
            return;
        };
        cx.mem.poke(ptr.at(IOReq::io_Actual), actual as i32);
        cx.mem.poke(ptr.at(IOReq::io_Error), error.0);
        let flags = cx.mem.peek(ptr.at(IOReq::io_Flags)) | IO_DONE;
        cx.mem.poke(ptr.at(IOReq::io_Flags), flags);
        let quiet = flags & IO_QUICK != 0;
        if cx.sink.wants(Category::REQUESTS) {
            let how = if quiet { "quietly" } else { "and is told" };
            let text = format!("{ior:?} done {how}: io_Actual {actual}, io_Error {error:?}");
            self.tell(cx, TraceEvent::Request(text));
        }
        if quiet {
            return;
        }
        let told = cx.mem.peek(ptr.at(IOReq::io_MsgItem));
        if self
            .item_of::<Task>(cx.mem, told, super::structs::node_type::TASKNODE)
            .is_ok()
        {
            self.signal_kernel(cx.mem, told, SIGF_IODONE);
        } else {
            let user = cx.mem.peek(ptr.at(IOReq::io_Info).at(IOInfo::ioi_User));
            // Fails silently while the message of an earlier completion is still queued, or
            // when the port is gone.
            let _ = self.reply(cx, told, error.0, ior.0 as u32, user);
        }
        let waits = cx.mem.peek(ptr.at(IOReq::io_Private0));
        if waits != Item::NONE {
            self.signal_kernel(cx.mem, waits, SIGF_ONESHOT);
        }
    }

    /// Takes what devices have said: ends requests, passes beats on.
    pub fn deliver(&mut self, cx: &mut CallCx<'_>) {
        while let Some(message) = cx.bus.outbox.pop() {
            match message {
                crate::device::Message::Completion(completion) => {
                    if let Some(ior) = self.pending.remove(&completion.id) {
                        let mut result = completion.result;
                        if let Some(code) = self.beat_errors.remove(&completion.id) {
                            result.error = Some(DevError::Refused(code));
                        }
                        self.finish_with(cx, ior, result);
                    }
                }
                crate::device::Message::Notice(notice) => self.notice(cx, notice),
            }
        }
    }

    fn notice(&mut self, cx: &mut CallCx<'_>, notice: Notice) {
        match notice {
            Notice::Beat { id, signal } => {
                let Some(&ior) = self.pending.get(&id) else {
                    return;
                };
                let owner = self.owner_of(cx.mem, ior);
                if let Err(error) = self.signal(cx.mem, owner, signal) {
                    self.beat_errors.insert(id, error.0);
                    self.abort_pending(cx, id, ior);
                }
            }
            Notice::Requeued { id, offset } => {
                if let Some(&ior) = self.pending.get(&id)
                    && let Ok(ptr) = self.ioreq(cx.mem, ior)
                {
                    let info = ptr.at(IOReq::io_Info);
                    cx.mem.poke(info.at(IOInfo::ioi_Offset), offset as i32);
                }
            }
            Notice::Field { count } => self.publish_field_count(cx.mem, count),
            Notice::Suspicious { id, what } => {
                let ior = self.pending.get(&id).copied().unwrap_or(Item::NONE);
                let text = match what {
                    Suspicion::DelayUntilPast => {
                        format!(
                            "DELAYUNTIL of IOReq {ior:?} names a vertical blank that has passed"
                        )
                    }
                };
                self.warn(cx, text);
            }
        }
    }

    /// Asks a request's device to end it early.
    fn abort_pending(&mut self, cx: &mut CallCx<'_>, id: ReqId, ior: Item) {
        let Ok(ptr) = self.ioreq(cx.mem, ior) else {
            return;
        };
        let device = cx.mem.peek(ptr.at(IOReq::io_Dev)).cast::<ItemNode>();
        let device = cx.mem.peek(device.at(ItemNode::n_Item));
        if let Some(&DeviceItem {
            id: device, rank, ..
        }) = self.devices.get(&device)
            && let Some(model) = cx.board.device(device)
        {
            let mut device_cx = DeviceCx::new(cx.now, device, rank, cx.mem, cx.bus);
            model.abort(id, &mut device_cx);
        }
    }

    /// Aborts every request that writes into `[start, end)`. False: some are not over yet;
    /// `waiter` will be woken.
    pub(crate) fn quiet_pages(
        &mut self,
        cx: &mut CallCx<'_>,
        waiter: Item,
        start: u32,
        end: u32,
    ) -> bool {
        for ior in self.requests_into(cx.mem, start, end) {
            if let Ok(ptr) = self.ioreq(cx.mem, ior) {
                cx.mem.poke(ptr.at(IOReq::io_Private0), waiter);
                self.abort(cx, ior);
            }
        }
        self.take_signals(cx.mem, waiter, SIGF_ONESHOT);
        self.requests_into(cx.mem, start, end).is_empty()
    }

    fn pending_id(&self, ior: Item) -> Option<ReqId> {
        let mut all = self.pending.iter();
        all.find(|&(_, &pending)| pending == ior).map(|(&id, _)| id)
    }

    /// Aborts a request if it is in progress and hears what its device says to that.
    fn abort(&mut self, cx: &mut CallCx<'_>, ior: Item) {
        if let Some(id) = self.pending_id(ior) {
            self.abort_pending(cx, id, ior);
            self.deliver(cx);
        }
    }

    /// Deletes a request. False: its device has not let it go yet; `waiter` will be woken.
    pub(crate) fn delete_ioreq(&mut self, cx: &mut CallCx<'_>, waiter: Item, item: Item) -> bool {
        let Ok(ptr) = self.ioreq(cx.mem, item) else {
            return true;
        };
        cx.mem.poke(ptr.at(IOReq::io_Private0), waiter);
        self.abort(cx, item);
        if self.pending_id(item).is_some() {
            return false;
        }
        self.take_signals(cx.mem, waiter, SIGF_ONESHOT);
        self.abort_waiters(cx.mem, |wait| match wait {
            Wait::Io { ior } | Wait::IoMessage { ior, .. } => ior == item,
            _ => false,
        });
        let device = cx.mem.peek(ptr.at(IOReq::io_Dev)).cast::<ItemNode>();
        let device = cx.mem.peek(device.at(ItemNode::n_Item));
        if let Some(&DeviceItem { id, .. }) = self.devices.get(&device)
            && let Some(model) = cx.board.device(id)
        {
            model.forget(item.0 as u64);
        }
        let link: GuestPtr<MinNode> = ptr.at(IOReq::io_Link);
        let _ = Links::kernel(cx.mem).remove(link.cast());
        let told = cx.mem.peek(ptr.at(IOReq::io_MsgItem));
        if self.item_of::<Message>(cx.mem, told, MESSAGENODE).is_ok() {
            let _ = self.delete_message(cx, told);
        }
        self.free_item(cx.mem, item);
        true
    }

    /// The requests that `task` has made for `device`.
    pub(crate) fn requests_of(&self, mem: &Memory, task: Item, device: Item) -> Vec<Item> {
        let Ok(device) = self.item_of::<Device>(mem, device, DEVICENODE) else {
            return Vec::new();
        };
        let Some(state) = self.tasks.get(&task) else {
            return Vec::new();
        };
        let owned = state
            .resources
            .iter()
            .filter_map(|resource| match resource {
                Resource::Owned(item) => Some(item),
                Resource::Opened(_) => None,
            });
        owned
            .filter(|&item| {
                self.ioreq(mem, item)
                    .is_ok_and(|ior| mem.peek(ior.at(IOReq::io_Dev)) == device)
            })
            .collect()
    }

    /// SetItemOwner of a request: idle and signal-notified ones only.
    pub(crate) fn move_ioreq(
        &mut self,
        mem: &mut Memory,
        ior: Item,
        owner: Item,
    ) -> Result<(), Status> {
        let ptr = self.ioreq(mem, ior)?;
        if mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE == 0 {
            return Err(IO_NOT_DONE);
        }
        let told = mem.peek(ptr.at(IOReq::io_MsgItem));
        if self.item_of::<Message>(mem, told, MESSAGENODE).is_ok() {
            return Err(NOSUPPORT);
        }
        if !self.tasks.contains_key(&owner) {
            return Err(CANT_SET_OWNER);
        }
        mem.poke(ptr.at(IOReq::io_MsgItem), owner);
        Ok(())
    }

    /// What WaitIO waits for, or its result (kernel sheet 5.8).
    fn begin_wait(&mut self, mem: &mut Memory, ior: Item) -> Result<Flow, Status> {
        let ptr = self.ioreq(mem, ior)?;
        let flags = mem.peek(ptr.at(IOReq::io_Flags));
        let error = mem.peek(ptr.at(IOReq::io_Error));
        let over = Flow::Done(Reply::value(error as u32));
        if flags & IO_QUICK != 0 {
            return Ok(over);
        }
        if self.owner_of(mem, ior) != self.caller() {
            return Err(NOTOWNER);
        }
        let told = mem.peek(ptr.at(IOReq::io_MsgItem));
        let Ok(message) = self.item_of::<Message>(mem, told, MESSAGENODE) else {
            return Ok(Flow::Block(Wait::Io { ior }));
        };
        let port = mem.peek(message.at(Message::msg_ReplyPort));
        let is_queued = mem.peek(message.at(Message::msg_MsgPort)) == port;
        if flags & IO_DONE != 0 && !is_queued {
            return Ok(over);
        }
        if self.port_ptr(mem, port).is_err() {
            return Err(NO_REPLY_PORT);
        }
        Ok(Flow::Block(Wait::IoMessage {
            ior,
            message: told,
            port,
        }))
    }

    pub(crate) fn poll_io(&mut self, cx: &mut CallCx<'_>, task: Item, ior: Item) -> Poll {
        let ptr = self.task_ptr(task);
        let wakers = SIGF_IODONE | SIGF_ABORT;
        let mut got = 0;
        if self.is_parked(task) {
            got |= self.take_signals(cx.mem, task, wakers);
        }
        let Ok(req) = self.ioreq(cx.mem, ior) else {
            self.take_signals(cx.mem, task, SIGF_ABORT);
            cx.mem.poke(ptr.at(Task::t_WaitItem), Item::FREE);
            return Poll::error(BADITEM);
        };
        let is_done = cx.mem.peek(req.at(IOReq::io_Flags)) & IO_DONE != 0;
        if !is_done {
            got |= self.take_signals(cx.mem, task, wakers);
        }
        let aborted = got & SIGF_ABORT != 0;
        if is_done || aborted {
            self.clear_io_flags(cx.mem, req, IO_WAITING);
            cx.mem.poke(ptr.at(Task::t_WaitItem), Item::FREE);
            return if aborted {
                Poll::error(BADITEM)
            } else {
                Poll::value(cx.mem.peek(req.at(IOReq::io_Error)))
            };
        }
        let flags = cx.mem.peek(req.at(IOReq::io_Flags));
        cx.mem.poke(req.at(IOReq::io_Flags), flags | IO_WAITING);
        cx.mem.poke(ptr.at(Task::t_WaitItem), ior);
        Poll::Pending(wakers)
    }

    pub(crate) fn poll_io_message(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        ior: Item,
        message: Item,
        port: Item,
    ) -> Poll {
        match self.poll_port_message(cx, task, port, message) {
            Poll::Ready(Ok(_)) => match self.ioreq(cx.mem, ior) {
                Ok(ptr) => Poll::value(cx.mem.peek(ptr.at(IOReq::io_Error))),
                Err(error) => Poll::error(error),
            },
            other => other,
        }
    }

    pub(crate) fn poll_request_abort(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        ior: Item,
    ) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        if !self.delete_ioreq(cx, task, ior) {
            return Poll::Pending(SIGF_ONESHOT);
        }
        if let Some(state) = self.tasks.get_mut(&task) {
            state.resources.remove(Resource::Owned(ior));
        }
        Poll::value(0)
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
