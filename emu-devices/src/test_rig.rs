//! One device with the part of a machine that its tests need.

use emu_core::device::{
    Buffer, Bus, DevError, Device, DeviceCx, DeviceId, Finished, Message, Op, ReqId, Request,
    Submit,
};
use emu_core::mem::Memory;
use emu_core::time::Tick;

/// Where the tests have their buffers.
pub(crate) const SEND: u32 = 0x5_0000;
pub(crate) const RECV: u32 = 0x6_0000;

pub(crate) struct Rig<D> {
    pub(crate) device: D,
    pub(crate) memory: Memory,
    pub(crate) bus: Bus,
    next_id: u64,
    heard: Vec<(ReqId, Finished)>,
}

impl<D: Device> Rig<D> {
    pub(crate) fn new(device: D) -> Rig<D> {
        Rig {
            device,
            memory: Memory::new(),
            bus: Bus::default(),
            next_id: 1,
            heard: Vec::new(),
        }
    }

    fn with<R>(&mut self, call: impl FnOnce(&mut D, &mut DeviceCx<'_>) -> R) -> R {
        let rank = self.device.info().rank;
        let mut cx = DeviceCx::new(Tick(0), DeviceId(0), rank, &mut self.memory, &mut self.bus);
        let result = call(&mut self.device, &mut cx);
        while let Some(message) = self.bus.outbox.pop() {
            if let Message::Completion(end) = message {
                self.heard.push((end.id, end.result));
            }
        }
        result
    }

    /// Sends a request that `change` has completed.
    pub(crate) fn send(
        &mut self,
        op: Op,
        unit: u8,
        change: impl FnOnce(&mut Request),
    ) -> (ReqId, Submit) {
        let id = ReqId(self.next_id);
        self.next_id += 1;
        let mut request = Request::new(id, unit, op);
        change(&mut request);
        (id, self.with(|device, cx| device.submit(request, cx)))
    }

    pub(crate) fn abort(&mut self, id: ReqId) -> bool {
        self.with(|device, cx| device.abort(id, cx))
    }

    /// What ended since the last call.
    pub(crate) fn heard(&mut self) -> Vec<(ReqId, Finished)> {
        std::mem::take(&mut self.heard)
    }
}

pub(crate) fn send_buffer(len: u32) -> Buffer {
    Buffer::Guest { addr: SEND, len }
}

pub(crate) fn recv_buffer(len: u32) -> Buffer {
    Buffer::Guest { addr: RECV, len }
}

pub(crate) fn failed(error: DevError) -> Submit {
    Submit::Done(Finished::failed(error))
}

pub(crate) fn done(actual: u32) -> Submit {
    Submit::Done(Finished::ok(actual))
}
