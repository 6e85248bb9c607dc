//! Requests that drivers make: a call-back instead of a notification.
//!
//! Kernel sheet 5.9.
//!
//! A driver that serves a program's request with requests of its own (a file with reads of its
//! disc) starts them here. What is to happen at the end of each is plain data, so a machine can
//! be saved in the middle of a chain.

use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::IOReq;
use crate::kernel::portfolio::structs::io_flag::IO_INTERNAL;
use crate::mem::STUB_PAGE;
use serde::{Deserialize, Serialize};

/// What happens when a driver's request ends; nobody else is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallBack {
    /// The next request of the chain starts; its IOInfo stands in it already. After a failure
    /// it is not started but ends with the same error.
    Start(Item),
    /// The program's request that the chain is for ends with the same result.
    Finish(Item),
}

impl Portfolio {
    /// Notes what happens when a driver's request ends. To be called before it is started.
    pub fn set_call_back(&mut self, ior: Item, call_back: CallBack) {
        self.call_backs.insert(ior, call_back);
    }

    /// Starts a request on a driver's behalf. Its IOInfo stands in `io_Info` and was checked
    /// when it was put there.
    pub fn driver_start(&mut self, cx: &mut CallCx<'_>, ior: Item) {
        let Ok(ptr) = self.ioreq(cx.mem, ior) else {
            return;
        };
        let flags = cx.mem.peek(ptr.at(IOReq::io_Flags));
        cx.mem.poke(ptr.at(IOReq::io_Flags), flags | IO_INTERNAL);
        self.submit(cx, ior, ptr);
        self.clear_io_flags(cx.mem, ptr, IO_INTERNAL);
        if self.call_backs.contains_key(&ior) {
            // The field says "a driver's"; the code behind it is this module.
            cx.mem.poke(ptr.at(IOReq::io_CallBack), STUB_PAGE);
        }
    }

    /// Does what was noted for a driver's request that has ended.
    pub(super) fn call_back(
        &mut self,
        cx: &mut CallCx<'_>,
        call_back: CallBack,
        actual: u32,
        error: Status,
    ) {
        match call_back {
            CallBack::Start(next) if !error.is_error() => self.driver_start(cx, next),
            CallBack::Start(ior) | CallBack::Finish(ior) => self.finish(cx, ior, actual, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{
        Board, Bus, DevError, Device, DeviceCx, DeviceId, DeviceInfo, Finished, PendingWork, ReqId,
        Request, Submit,
    };
    use crate::event::{Event, Rank};
    use crate::kernel::portfolio::errors::MEDIA_ERROR;
    use crate::kernel::portfolio::items::NewItem;
    use crate::kernel::portfolio::structs::io_flag::{IO_DONE, IO_QUICK};
    use crate::kernel::portfolio::structs::node_type::{IOREQNODE, TASKNODE};
    use crate::kernel::portfolio::structs::{IOInfo, ItemNode, Task};
    use crate::kernel::portfolio::tasks::TaskState;
    use crate::mem::{GuestPtr, GuestType, Memory};
    use crate::quirks::Quirks;
    use crate::time::{Tick, Ticks};
    use crate::trace::Silent;

    /// A device that ends a request when the test says so.
    #[derive(Default)]
    struct Slow {
        asked: Vec<ReqId>,
    }

    impl Device for Slow {
        fn info(&self) -> DeviceInfo {
            DeviceInfo {
                name: "slow",
                class: crate::device::DeviceClass::Other,
                max_unit: 0,
                commands: &["WRITE", "READ"],
                rank: Rank::FILES,
                counts_fields: false,
            }
        }
        fn submit(&mut self, request: Request, _cx: &mut DeviceCx<'_>) -> Submit {
            self.asked.push(request.id);
            Submit::Pending
        }
        fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}
        fn abort(&mut self, _id: ReqId, _cx: &mut DeviceCx<'_>) -> bool {
            false
        }
        fn pending(&self) -> Vec<PendingWork> {
            Vec::new()
        }
    }

    impl Board for Slow {
        fn device_count(&self) -> u8 {
            1
        }
        fn device(&mut self, _id: DeviceId) -> Option<&mut dyn Device> {
            Some(self)
        }
        fn field_start(&self, k: u64) -> Tick {
            Tick(k)
        }
    }

    struct Bench {
        k: Portfolio,
        mem: Memory,
        board: Slow,
        bus: Bus,
        owner: Item,
    }

    impl Bench {
        fn new() -> Bench {
            let (mut mem, mut board) = (Memory::new(), Slow::default());
            let mut k = Portfolio::new(&mut mem, &mut board, Quirks::default(), 0);
            let new = NewItem {
                subsystem: 1,
                kind: TASKNODE,
                size: Task::SIZE,
                ..NewItem::default()
            };
            let owner = k.new_item(&mut mem, &new).unwrap();
            let state = TaskState::new(Default::default(), owner, Item::NONE);
            k.tasks.insert(owner, state);
            let task = k.task_ptr(owner);
            mem.poke(task.at(Task::t_AllocatedSigs), 0xFF);
            Bench {
                k,
                mem,
                board,
                bus: Bus::default(),
                owner,
            }
        }

        /// A read of the slow device, ready to start.
        fn request(&mut self) -> Item {
            let new = NewItem {
                subsystem: 1,
                kind: IOREQNODE,
                size: IOReq::SIZE,
                owner: self.owner,
                ..NewItem::default()
            };
            let item = self.k.new_item(&mut self.mem, &new).unwrap();
            let device = *self.k.devices.keys().next().unwrap();
            let device = self.k.items.lookup(device).unwrap();
            let ior = self.ptr(item);
            self.mem.poke(ior.at(IOReq::io_Dev), device.cast());
            self.mem.poke(ior.at(IOReq::io_Flags), IO_DONE | IO_QUICK);
            self.mem.poke(ior.at(IOReq::io_MsgItem), self.owner);
            let command = ior.at(IOReq::io_Info).at(IOInfo::ioi_Command);
            self.mem.poke(command, 1);
            item
        }

        fn ptr(&self, ior: Item) -> GuestPtr<IOReq> {
            let node: GuestPtr<ItemNode> = self.k.items.lookup(ior).unwrap();
            node.cast()
        }

        fn flags(&self, ior: Item) -> u32 {
            self.mem.peek(self.ptr(ior).at(IOReq::io_Flags))
        }

        fn signals(&self) -> u32 {
            let task = self.k.task_ptr(self.owner);
            self.mem.peek(task.at(Task::t_SigBits))
        }

        fn with<R>(&mut self, work: impl FnOnce(&mut Portfolio, &mut CallCx<'_>) -> R) -> R {
            let mut cx = CallCx {
                now: Tick(0),
                mem: &mut self.mem,
                board: &mut self.board,
                bus: &mut self.bus,
                discs: &crate::media::NoDiscs,
                sink: &mut Silent,
                charge: Ticks(0),
                convention: crate::kernel::abi::Convention::Apcs,
            };
            work(&mut self.k, &mut cx)
        }

        /// The device ends the request it was asked last.
        fn end_last(&mut self, result: Finished) {
            let id = self.board.asked.pop().unwrap();
            let device = DeviceId(0);
            DeviceCx::new(Tick(0), device, Rank::FILES, &mut self.mem, &mut self.bus)
                .complete(id, result);
            self.with(|k, cx| k.deliver(cx));
        }
    }

    /// The program's request starts, two requests of a driver serve it, and the program hears
    /// of its own only.
    #[test]
    fn a_chain_ends_in_the_programs_request() {
        let mut bench = Bench::new();
        let (program, first, second) = (bench.request(), bench.request(), bench.request());
        let ptr = bench.ptr(program);
        bench.with(|k, cx| k.begin(cx.mem, ptr));
        bench.k.set_call_back(first, CallBack::Start(second));
        bench.k.set_call_back(second, CallBack::Finish(program));
        bench.with(|k, cx| k.driver_start(cx, first));
        assert_eq!(bench.flags(first), 0, "in progress, INTERNAL gone again");
        let call_back = bench.ptr(first).at(IOReq::io_CallBack);
        assert_ne!(bench.mem.peek(call_back), 0);

        bench.end_last(Finished::ok(10));
        assert_eq!(bench.flags(first), IO_DONE);
        assert_eq!(
            bench.signals(),
            0,
            "the end of a driver's request is not told"
        );
        assert_eq!(bench.flags(second), 0, "the next one runs");
        assert_eq!(bench.flags(program), 0);

        bench.end_last(Finished::ok(20));
        assert_eq!(bench.flags(program), IO_DONE);
        assert_eq!(bench.mem.peek(ptr.at(IOReq::io_Actual)), 20);
        assert_eq!(bench.signals(), 8, "SIGF_IODONE");
    }

    /// A failure ends the rest of the chain with its error.
    #[test]
    fn an_error_passes_down_the_chain() {
        let mut bench = Bench::new();
        let (program, first, second) = (bench.request(), bench.request(), bench.request());
        let ptr = bench.ptr(program);
        bench.with(|k, cx| k.begin(cx.mem, ptr));
        bench.k.set_call_back(first, CallBack::Start(second));
        bench.k.set_call_back(second, CallBack::Finish(program));
        bench.with(|k, cx| k.driver_start(cx, first));
        bench.end_last(Finished::failed(DevError::Media));
        assert_eq!(bench.board.asked.len(), 0, "the second was never started");
        assert_eq!(bench.mem.peek(ptr.at(IOReq::io_Error)), MEDIA_ERROR.0);
        assert_eq!(bench.flags(program), IO_DONE);
        assert_eq!(bench.signals(), 8);
    }
}
