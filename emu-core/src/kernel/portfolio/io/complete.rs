//! How requests end: completion, notification, beats, abort.
//!
//! Kernel sheet 5.9, 5.10.

use crate::device::{DevError, DeviceCx, Finished, Message as Said, Notice, ReqId, Suspicion};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::devices::DeviceItem;
use crate::kernel::portfolio::errors::{
    ABORTED, BADCOMMAND, BADIOARG, BADPRIV, BADUNIT, DEVICE_ERROR, DEVICE_OFFLINE, END_OF_MEDIUM,
    IO_INCOMPLETE, MEDIA_ERROR, NOSUPPORT, Status,
};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::signals::{SIGF_IODONE, SIGF_ONESHOT};
use crate::kernel::portfolio::structs::io_flag::{IO_DONE, IO_QUICK};
use crate::kernel::portfolio::structs::node_type::TASKNODE;
use crate::kernel::portfolio::structs::{IOInfo, IOReq, ItemNode, Task};
use crate::trace::{Category, TraceEvent};

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
        DevError::NotPrivileged => BADPRIV,
        DevError::NotSupported => NOSUPPORT,
        DevError::Incomplete => IO_INCOMPLETE,
        DevError::Refused(code) => Status(code),
    }
}

impl Portfolio {
    pub(super) fn finish_with(&mut self, cx: &mut CallCx<'_>, ior: Item, result: Finished) {
        let error = result.error.map_or(Status::OK, status_of);
        self.finish(cx, ior, result.actual, error);
    }

    /// Writes how a request ended, and completes it (kernel sheet 5.9).
    pub(super) fn finish(&mut self, cx: &mut CallCx<'_>, ior: Item, actual: u32, error: Status) {
        let Ok(ptr) = self.ioreq(cx.mem, ior) else {
            return;
        };
        cx.mem.poke(ptr.at(IOReq::io_Actual), actual as i32);
        cx.mem.poke(ptr.at(IOReq::io_Error), error.0);
        let flags = cx.mem.peek(ptr.at(IOReq::io_Flags)) | IO_DONE;
        cx.mem.poke(ptr.at(IOReq::io_Flags), flags);
        if let Some(call_back) = self.call_backs.remove(&ior) {
            return self.call_back(cx, call_back, actual, error);
        }
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
        if self.item_of::<Task>(cx.mem, told, TASKNODE).is_ok() {
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
                Said::Completion(completion) => {
                    if let Some(ior) = self.pending.remove(&completion.id) {
                        let mut result = completion.result;
                        if let Some(code) = self.beat_errors.remove(&completion.id) {
                            result.error = Some(DevError::Refused(code));
                        }
                        self.finish_with(cx, ior, result);
                    }
                }
                Said::Notice(notice) => self.notice(cx, notice),
            }
        }
    }

    pub(super) fn notice(&mut self, cx: &mut CallCx<'_>, notice: Notice) {
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
            Notice::Media { .. } | Notice::HostError { .. } => (),
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
    pub(super) fn abort_pending(&mut self, cx: &mut CallCx<'_>, id: ReqId, ior: Item) {
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
            let mut device_cx =
                DeviceCx::new(cx.now, device, rank, cx.mem, cx.bus).with_discs(cx.discs);
            model.abort(id, &mut device_cx);
        }
    }

    pub(super) fn pending_id(&self, ior: Item) -> Option<ReqId> {
        let mut all = self.pending.iter();
        all.find(|&(_, &pending)| pending == ior).map(|(&id, _)| id)
    }

    /// Aborts a request if it is in progress and hears what its device says to that.
    pub(super) fn abort(&mut self, cx: &mut CallCx<'_>, ior: Item) {
        if let Some(id) = self.pending_id(ior) {
            self.abort_pending(cx, id, ior);
            self.deliver(cx);
        }
    }
}
