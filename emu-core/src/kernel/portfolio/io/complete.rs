//! How requests end: completion, notification, beats, abort.
//!
//! Kernel sheet 5.9, 5.10.

use crate::device::{
    Completion, DevError, DeviceClass, Finished, Heard, Message as Said, Notice, ReqId, Suspicion,
    Terms,
};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::devices::status_of;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::io::Pending;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::notes::guest_sum;
use crate::kernel::portfolio::signals::{SIGF_IODONE, SIGF_ONESHOT};
use crate::kernel::portfolio::structs::io_flag::{IO_DONE, IO_QUICK};
use crate::kernel::portfolio::structs::node_type::TASKNODE;
use crate::kernel::portfolio::structs::{IOInfo, IOReq, ItemNode, Task};
use crate::time::Ticks;
use crate::trace::{Category, Event, Hex, Record, Told, TraceEvent};

impl Portfolio {
    pub(super) fn finish_with(&mut self, cx: &mut CallCx<'_>, ior: Item, result: Finished) {
        let class = match self.ioreq(cx.mem, ior) {
            Ok(ptr) => {
                let device = cx.mem.peek(ptr.at(IOReq::io_Dev)).cast::<ItemNode>();
                self.class_of(cx.mem.peek(device.at(ItemNode::n_Item)))
            }
            Err(_) => DeviceClass::Other,
        };
        let error = result
            .error
            .map_or(Status::OK, |error| status_of(error, class));
        self.finish(cx, ior, result.actual, error);
    }

    /// Writes how a request ended, and completes it (kernel sheet 5.9).
    pub(crate) fn finish(&mut self, cx: &mut CallCx<'_>, ior: Item, actual: u32, error: Status) {
        let Ok(ptr) = self.ioreq(cx.mem, ior) else {
            return;
        };
        cx.mem.poke(ptr.at(IOReq::io_Actual), actual as i32);
        cx.mem.poke(ptr.at(IOReq::io_Error), error.0);
        let flags = cx.mem.peek(ptr.at(IOReq::io_Flags)) | IO_DONE;
        cx.mem.poke(ptr.at(IOReq::io_Flags), flags);
        let told = cx.mem.peek(ptr.at(IOReq::io_MsgItem));
        let by_signal = self.item_of::<Task>(cx.mem, told, TASKNODE).is_ok();
        if self.notes.wanted() {
            let how = match () {
                () if self.call_backs.contains_key(&ior) => Told::CallBack,
                () if flags & IO_QUICK != 0 => Told::Quiet,
                () if by_signal => Told::Signal,
                () => Told::Message,
            };
            let send = super::send_of(cx.mem, ptr.at(IOReq::io_Info).at(IOInfo::ioi_Send));
            self.note(Event::Done {
                ior,
                actual,
                error: error.0,
                told: how,
                to: told,
                data: guest_sum(cx.mem, send),
            });
        }
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
        if by_signal {
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
        while let Some(heard) = cx.bus.hear(cx.now, cx.mem) {
            let message = match heard {
                Heard::Message(message) => message,
                Heard::Held { id, delay } => {
                    self.note(Event::Held { req: id.0, delay });
                    continue;
                }
            };
            match message {
                Said::Completion(completion) => {
                    self.note_complete(cx, &completion);
                    let Completion { id, result, terms } = completion;
                    match self.pending.remove(&id) {
                        Some(Pending::Request(ior)) => {
                            let mut result = result;
                            if let Some(code) = self.beat_errors.remove(&id) {
                                result.error = Some(DevError::Refused(code));
                            }
                            self.explain(cx, result, terms, |_| {
                                format!("request {} of {ior:?}", id.0)
                            });
                            self.finish_with(cx, ior, result);
                        }
                        Some(Pending::Volume(volume)) => {
                            self.read_finished(cx, volume, id, result, terms);
                        }
                        Some(Pending::Mach(operation)) => {
                            self.mach_finished(cx, operation, result, terms);
                        }
                        None => (),
                    }
                }
                Said::Notice(notice) => self.notice(cx, notice),
            }
        }
    }

    pub(super) fn notice(&mut self, cx: &mut CallCx<'_>, notice: Notice) {
        match notice {
            Notice::Beat { id, signal } => {
                let (req, bits) = (id.0, Hex(signal));
                self.note(Event::Beat { req, bits });
                let Some(&Pending::Request(ior)) = self.pending.get(&id) else {
                    return;
                };
                let owner = self.owner_of(cx.mem, ior);
                if let Err(error) = self.signal(cx.mem, owner, signal) {
                    self.beat_errors.insert(id, error.0);
                    self.abort_pending(cx, id, ior);
                }
            }
            Notice::Requeued { id, offset } => {
                if let Some(&Pending::Request(ior)) = self.pending.get(&id)
                    && let Ok(ptr) = self.ioreq(cx.mem, ior)
                {
                    let info = ptr.at(IOReq::io_Info);
                    cx.mem.poke(info.at(IOInfo::ioi_Offset), offset as i32);
                }
            }
            Notice::Media { device, present } => self.medium_changed(cx, device, present),
            Notice::HostError { frame, .. } => {
                let text = format!("the host cannot read frame {frame} of the disc image");
                self.warn(cx, text);
            }
            Notice::Field { count } => {
                self.publish_field_count(cx.mem, count);
                self.graphics_field(cx, count);
                self.broker_field(cx, count);
                self.control_field(cx, count);
            }
            Notice::Suspicious { id, what } => {
                let ior = match self.pending.get(&id) {
                    Some(&Pending::Request(ior)) => ior,
                    _ => Item::NONE,
                };
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
        self.abort_at(cx, device, id);
    }

    pub(super) fn pending_id(&self, ior: Item) -> Option<ReqId> {
        let wanted = Pending::Request(ior);
        let mut all = self.pending.iter();
        all.find(|&(_, &pending)| pending == wanted)
            .map(|(&id, _)| id)
    }

    /// The requests of programs that are in progress, at a device or in the file system.
    pub(crate) fn pending_iors(&self) -> impl Iterator<Item = Item> + '_ {
        let at_devices = self.pending.values().filter_map(|pending| match pending {
            Pending::Request(ior) => Some(*ior),
            Pending::Volume(_) | Pending::Mach(_) => None,
        });
        at_devices.chain(self.files.requests())
    }

    /// Says what the time of a request went into.
    pub(crate) fn explain(
        &self,
        cx: &mut CallCx<'_>,
        result: Finished,
        terms: Terms,
        what: impl FnOnce(&Portfolio) -> String,
    ) {
        if terms.total() == Ticks(0) || !cx.sink.wants(Category::REQUESTS) {
            return;
        }
        let parts = terms.parts().into_iter().filter(|(_, ticks)| ticks.0 > 0);
        let parts: Vec<String> = parts
            .map(|(name, ticks)| format!("{name} {}", ticks.0))
            .collect();
        let ended = match result.error {
            Some(error) => format!(" ({error:?})"),
            None => String::new(),
        };
        let text = format!(
            "{}: {} bytes after {} cycles = {}{ended}",
            what(self),
            result.actual,
            terms.total().0,
            parts.join(" + ")
        );
        // Nobody's turn in particular: this is the devices' own time.
        let record = Record {
            at: cx.now,
            task: String::new(),
            event: TraceEvent::Request(text),
        };
        cx.sink.record(record);
    }

    /// Aborts a request if it is in progress and hears what its device says to that.
    pub(super) fn abort(&mut self, cx: &mut CallCx<'_>, ior: Item) {
        if self.abort_file_request(cx, ior) {
            self.deliver(cx);
        } else if let Some(id) = self.pending_id(ior) {
            self.abort_pending(cx, id, ior);
            self.deliver(cx);
        }
    }
}
