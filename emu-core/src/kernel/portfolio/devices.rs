//! Device and driver items: how programs see the board's devices.

use super::Portfolio;
use super::errors::{
    ABORTED, BADCOMMAND, BADIOARG, BADPRIV, BADUNIT, DEVICE_ERROR, DEVICE_OFFLINE, END_OF_MEDIUM,
    IO_INCOMPLETE, MEDIA_ERROR, NOSUPPORT, Status,
};
use super::io::Pending;
use super::items::{Item, NewItem};
use super::structs::node_type::{DEVICENODE, DRIVERNODE, IOREQNODE};
use super::structs::{Device, Driver, IOReq, ItemNode, KernelBase, TimerDevice};
use crate::device::{
    Board, Buffer, DevError, Device as Model, DeviceClass, DeviceCx, DeviceId, Finished, Op, ReqId,
    Request, Submit,
};
use crate::event::Rank;
use crate::kernel::call::CallCx;
use crate::kernel::mach::OperationId;
use crate::mem::{GuestPtr, GuestType, Memory};
use crate::trace::{Asker, Category, Event, TraceEvent};
use serde::{Deserialize, Serialize};

/// Who requests of the Mach side are made for: no item has this number.
const MACH_REQUESTER: u64 = 1 << 40;

/// The board's side of a device item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceItem {
    /// Which device.
    pub id: DeviceId,
    /// Commands it knows.
    pub commands: u8,
    /// Order of its events.
    pub rank: Rank,
    /// What kind of device it is.
    pub class: DeviceClass,
}

/// The code that a device error has in `io_Error`: each kind of device has its own namespace
/// (device sheet section 1).
pub(crate) fn status_of(error: DevError, class: DeviceClass) -> Status {
    let number = match error {
        DevError::Refused(code) => return Status(code),
        DevError::NotPrivileged => BADPRIV,
        DevError::Aborted => ABORTED,
        DevError::BadUnit => BADUNIT,
        DevError::BadCommand => BADCOMMAND,
        DevError::BadArgument => BADIOARG,
        DevError::NotSupported => NOSUPPORT,
        DevError::Incomplete => IO_INCOMPLETE,
        DevError::Offline => DEVICE_OFFLINE,
        DevError::Hardware => DEVICE_ERROR,
        DevError::Media => MEDIA_ERROR,
        DevError::EndOfMedium => END_OF_MEDIUM,
    };
    let base = match class {
        DeviceClass::CdRom => 0xD13D_1000_u32,
        DeviceClass::ControlPort => 0xD13E_9000,
        _ => return number,
    };
    Status((base | number.0 as u32 & 0xFF) as i32)
}

impl Portfolio {
    /// Makes the items of every device on the board.
    pub(crate) fn boot_devices(
        &mut self,
        mem: &mut Memory,
        board: &mut dyn Board,
    ) -> Result<(), Status> {
        for n in 0..board.device_count() {
            let id = DeviceId(n);
            let Some(info) = board.device(id).map(|device| device.info()) else {
                continue;
            };
            if info.class == DeviceClass::Display {
                self.graphics.display = Some((id, info.rank));
                continue;
            }
            let node = |kind, size| NewItem {
                subsystem: 1,
                kind,
                size,
                name: Some(info.name.as_bytes().to_vec()),
                version: 24,
                revision: 225,
                ..NewItem::default()
            };
            let driver_item = self.new_item(mem, &node(DRIVERNODE, Driver::SIZE))?;
            let driver: GuestPtr<Driver> = self.item_of(mem, driver_item, DRIVERNODE)?;
            mem.poke(driver.at(Driver::drv_OpenCnt), 1);
            let commands = info.commands.len() as u8;
            mem.poke(driver.at(Driver::drv_MaxCommands), commands);
            self.enlist(mem, KernelBase::kb_Drivers, driver_item);

            let (size, request_size) = if info.counts_fields {
                (TimerDevice::SIZE, IOReq::SIZE + 8)
            } else {
                (Device::SIZE, IOReq::SIZE)
            };
            let item = self.new_item(mem, &node(DEVICENODE, size))?;
            let device: GuestPtr<Device> = self.item_of(mem, item, DEVICENODE)?;
            mem.poke(device.at(Device::dev_Driver), driver);
            mem.poke(device.at(Device::dev_MaxUnitNum), info.max_unit);
            mem.poke(device.at(Device::dev_IOReqSize), request_size);
            self.init_list(mem, device.at(Device::dev_IOReqs));
            self.enlist(mem, KernelBase::kb_Devices, item);
            let known = DeviceItem {
                id,
                commands,
                rank: info.rank,
                class: info.class,
            };
            self.devices.insert(item, known);
            if info.counts_fields {
                self.timer_device = device.cast();
            }
        }
        Ok(())
    }

    /// Keeps the count of vertical blanks in the timer's item current: programs read it there.
    pub(crate) fn publish_field_count(&mut self, mem: &mut Memory, count: u64) {
        let timer = self.timer_device;
        if !timer.is_null() {
            let overflow = timer.at(TimerDevice::timerdev_VBlankCountOverFlow);
            mem.poke(overflow, (count >> 32) as u32);
            mem.poke(timer.at(TimerDevice::timerdev_VBlankCount), count as u32);
        }
    }

    /// Hands a request to the device that an item stands for.
    pub(crate) fn submit_to(
        &self,
        cx: &mut CallCx<'_>,
        device: Item,
        request: Request,
        asker: (Asker, u32),
    ) -> Submit {
        let (id, recv) = (request.id, request.recv);
        if self.notes.wanted() {
            self.note_submit(device, &request, asker);
        }
        let answer = self.pass_on(cx, device, request, asker.0);
        match answer {
            Submit::Done(result) | Submit::DoneUnsaid(result) => {
                self.note_answer(cx, id, recv, result);
            }
            Submit::Pending => self.notes.begin_reading(id, recv),
        }
        answer
    }

    fn pass_on(&self, cx: &mut CallCx<'_>, device: Item, request: Request, asker: Asker) -> Submit {
        let known = self.devices.get(&device);
        if let Some(&DeviceItem {
            id, rank, class, ..
        }) = known
            && let Some(model) = cx.board.device(id)
        {
            let req = request.id;
            // Nobody hears how the kernel's own requests end.
            let planned = match asker {
                Asker::Kernel => None,
                _ => cx.bus.plan(&request, class, cx.mem),
            };
            let device_cx = DeviceCx::new(cx.now, id, rank, cx.mem, cx.bus);
            let answer = model.submit(request, &mut device_cx.with_discs(cx.discs));
            cx.mem.attribute_writes(id.0);
            if let (Submit::Pending, Some(planned)) = (answer, planned) {
                cx.bus.begin(req, planned);
            }
            return answer;
        }
        Submit::Done(Finished::failed(DevError::Offline))
    }

    /// Asks the device that an item stands for to end a request early.
    pub(crate) fn abort_at(&self, cx: &mut CallCx<'_>, device: Item, req: ReqId) {
        self.note(Event::Abort { req: req.0 });
        cx.bus.let_go(req);
        if let Some(&DeviceItem { id, rank, .. }) = self.devices.get(&device)
            && let Some(model) = cx.board.device(id)
        {
            let device_cx = DeviceCx::new(cx.now, id, rank, cx.mem, cx.bus);
            model.abort(req, &mut device_cx.with_discs(cx.discs));
        }
    }

    /// The device of a kind, and the item it has among programs.
    fn item_of_class(&self, class: DeviceClass) -> Option<(Item, DeviceItem)> {
        let mut all = self.devices.iter();
        all.find(|(_, known)| known.class == class)
            .map(|(&item, &known)| (item, known))
    }

    /// The board's device of a kind.
    pub(in crate::kernel) fn board_device<'a>(
        &self,
        cx: &'a mut CallCx<'_>,
        class: DeviceClass,
    ) -> Option<&'a mut dyn Model> {
        let (_, known) = self.item_of_class(class)?;
        cx.board.device(known.id)
    }

    /// Asks a device of the board for an operation of the Mach side. An answer that comes at once
    /// is the error.
    pub(in crate::kernel) fn ask_board(
        &mut self,
        cx: &mut CallCx<'_>,
        class: DeviceClass,
        operation: OperationId,
        request: impl FnOnce(ReqId) -> Request,
    ) -> Result<(), Finished> {
        let offline = Finished::failed(DevError::Offline);
        let (item, _) = self.item_of_class(class).ok_or(offline)?;
        let req = ReqId(self.next_request);
        self.next_request += 1;
        let request = Request {
            requester: MACH_REQUESTER,
            ..request(req)
        };
        if cx.sink.wants(Category::REQUESTS) {
            let name = self.item_name(cx.mem, item);
            let text = format!(
                "request {} of Mach operation {} to \"{name}\": {request:?}",
                req.0, operation.0
            );
            self.tell(cx, TraceEvent::Request(text));
        }
        self.pending.insert(req, Pending::Mach(operation));
        let asker = (Asker::Mach, operation.0 as u32);
        match self.submit_to(cx, item, request, asker) {
            Submit::Pending => Ok(()),
            Submit::Done(result) | Submit::DoneUnsaid(result) => {
                self.pending.remove(&req);
                Err(result)
            }
        }
    }

    /// A command that a device of the board answers inside the call: the bytes of its answer.
    pub(in crate::kernel) fn ask_board_now(
        &mut self,
        cx: &mut CallCx<'_>,
        class: DeviceClass,
        op: Op,
        send: Vec<u8>,
        answer: u32,
    ) -> Result<Vec<u8>, DevError> {
        let (item, _) = self.item_of_class(class).ok_or(DevError::Offline)?;
        let req = ReqId(self.next_request);
        self.next_request += 1;
        let held = |cx: &mut CallCx<'_>, bytes: Vec<u8>| match bytes.len() as u32 {
            0 => Buffer::None,
            len => Buffer::Kernel {
                id: cx.bus.buffers.hold(bytes),
                len,
            },
        };
        let send = held(cx, send);
        let recv = held(cx, vec![0; answer as usize]);
        let request = Request {
            requester: MACH_REQUESTER,
            send,
            recv,
            privileged: true,
            ..Request::new(req, 0, op)
        };
        let answer = self.submit_to(cx, item, request, (Asker::Kernel, 0));
        let mut bytes = Vec::new();
        for buffer in [send, recv] {
            if let Buffer::Kernel { id, .. } = buffer {
                bytes = cx.bus.buffers.release(id).unwrap_or_default();
            }
        }
        match answer {
            Submit::Done(result) | Submit::DoneUnsaid(result) => match result.error {
                Some(error) => Err(error),
                None => Ok(bytes),
            },
            // Nobody waits for it: it ends unnoticed.
            Submit::Pending => Ok(Vec::new()),
        }
    }

    /// The display and what it may touch, for what is no request.
    pub(in crate::kernel) fn with_display<T>(
        &self,
        cx: &mut CallCx<'_>,
        work: impl FnOnce(&mut dyn Model, &mut DeviceCx<'_>) -> T,
    ) -> Option<T> {
        let (id, rank) = self.graphics.display?;
        let model = cx.board.device(id)?;
        let device_cx = DeviceCx::new(cx.now, id, rank, cx.mem, cx.bus);
        let done = work(model, &mut device_cx.with_discs(cx.discs));
        cx.mem.attribute_writes(id.0);
        Some(done)
    }

    /// What kind of device an item stands for.
    pub(crate) fn class_of(&self, device: Item) -> DeviceClass {
        let known = self.devices.get(&device);
        known.map_or(DeviceClass::Other, |known| known.class)
    }

    /// The name of a command of the device that a request belongs to.
    pub(crate) fn command_name(
        &self,
        mem: &Memory,
        board: &mut dyn Board,
        ior: Item,
        command: u8,
    ) -> Option<&'static str> {
        let ior = self.item_of::<IOReq>(mem, ior, IOREQNODE).ok()?;
        let device = mem.peek(ior.at(IOReq::io_Dev)).cast::<ItemNode>();
        let item = mem.peek(device.at(ItemNode::n_Item));
        let names = match self.file_commands(item) {
            Some(names) => names,
            None => board.device(self.devices.get(&item)?.id)?.info().commands,
        };
        names.get(usize::from(command)).copied()
    }

    /// The name of the device that a request belongs to.
    pub(crate) fn device_name_of(&self, mem: &Memory, ior: Item) -> String {
        let Ok(ptr) = self.item_of::<IOReq>(mem, ior, IOREQNODE) else {
            return String::new();
        };
        let device = mem.peek(ptr.at(IOReq::io_Dev)).cast::<ItemNode>();
        mem.show_string(mem.peek(device.at(ItemNode::n_Name)))
    }
}
