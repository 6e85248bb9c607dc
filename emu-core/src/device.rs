//! What kernels and devices say to each other: neither knows the other.
//!
//! ```text
//! kernel --Request--> device.submit --+-- Done(result)          finished now
//!                                     +-- Pending               exactly one Completion follows
//! device --Completion{id, result}--> kernel                     (queued, delivered by the run loop)
//! device --Notice--> kernel                                     what happens without a request
//! ```

use crate::event::{Event, EventId, EventQueue, Rank, Target};
use crate::media::{Discs, MediaEvent, Medium, NoDiscs};
use crate::mem::Memory;
use crate::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// A device of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceId(pub u8);

/// Names one request from `submit` to its completion; never reused in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReqId(pub u64);

/// Names a buffer that the kernel holds outside guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BufId(pub u64);

/// Where a request's bytes come from or go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Buffer {
    /// Nowhere.
    #[default]
    None,
    /// Guest memory, checked by the kernel before the request was submitted.
    Guest {
        /// First byte.
        addr: u32,
        /// Length in bytes.
        len: u32,
    },
    /// Bytes held by the kernel: what the file system reads, Mach out-of-line and in-band data.
    Kernel {
        /// Which.
        id: BufId,
        /// Length in bytes.
        len: u32,
    },
}

impl Buffer {
    /// Length in bytes.
    pub fn len(self) -> u32 {
        match self {
            Buffer::None => 0,
            Buffer::Guest { len, .. } | Buffer::Kernel { len, .. } => len,
        }
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether the first byte stands on a multiple of four; kernel buffers always do.
    pub fn is_word_aligned(self) -> bool {
        match self {
            Buffer::Guest { addr, .. } => addr.is_multiple_of(4),
            _ => true,
        }
    }
}

/// What is asked of a device: the common three, or one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Bytes to the device.
    Write,
    /// Bytes from the device.
    Read,
    /// The device's status record.
    Status,
    /// A command of the device's own numbering.
    Control(u16),
}

/// Which of a kernel's requests that are due at the same time ends first. Devices whose requests
/// run side by side order by it; only the kernels know whose rule it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ties {
    /// The one sent last; before all [`Ties::OldestFirst`] that are due then.
    NewestFirst,
    /// The one sent first.
    #[default]
    OldestFirst,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its name until it completes.
    pub id: ReqId,
    /// Names the object it was made with, which may be used for many requests in turn.
    pub requester: u64,
    /// The unit of the device.
    pub unit: u8,
    /// What to do.
    pub op: Op,
    /// Where, in the device's own units.
    pub offset: u32,
    /// Device-specific options.
    pub option: u32,
    /// Bytes to the device.
    pub send: Buffer,
    /// Room for bytes from the device.
    pub recv: Buffer,
    /// A device that keeps a queue serves higher ones first.
    pub priority: u8,
    /// Whether the system itself asks, or a program that may do what it may.
    pub privileged: bool,
    /// Its place among requests that are due with it.
    pub ties: Ties,
}

impl Request {
    /// A request without place, options or buffers, made by a program for no object of its own.
    pub fn new(id: ReqId, unit: u8, op: Op) -> Request {
        Request {
            id,
            requester: 0,
            unit,
            op,
            offset: 0,
            option: 0,
            send: Buffer::None,
            recv: Buffer::None,
            priority: 0,
            privileged: false,
            ties: Ties::OldestFirst,
        }
    }
}

/// Why a device could not do what was asked; each kernel has its own number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DevError {
    /// The command is not one of the device's.
    BadCommand,
    /// A length, alignment or option is not acceptable.
    BadArgument,
    /// The unit does not exist.
    BadUnit,
    /// The request was aborted.
    Aborted,
    /// The device is not there.
    Offline,
    /// The medium cannot be read.
    Media,
    /// Beyond the end of the medium.
    EndOfMedium,
    /// The mechanism failed.
    Hardware,
    /// Only the system itself may ask for this.
    NotPrivileged,
    /// The unit has nothing that this could be done with.
    NotSupported,
    /// What is there does not fit into the buffer.
    Incomplete,
    /// A notice of this request could not be delivered; the kernel's own code.
    Refused(i32),
}

/// How a request ended: bytes (or the device's own units) done, and the error if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Bytes or device units done.
    pub actual: u32,
    /// What went wrong.
    pub error: Option<DevError>,
}

impl Finished {
    /// Success with `actual` done.
    pub fn ok(actual: u32) -> Finished {
        Finished {
            actual,
            error: None,
        }
    }

    /// Failure with nothing done.
    pub fn failed(error: DevError) -> Finished {
        Finished {
            actual: 0,
            error: Some(error),
        }
    }
}

/// The device's answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submit {
    /// Finished now; no completion follows.
    Done(Finished),
    /// Finished now, no completion follows, but the requester is told "in progress"
    /// (a quirk of the shipped timer driver).
    DoneUnsaid(Finished),
    /// Exactly one completion follows.
    Pending,
}

/// The end of a pending request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Which request.
    pub id: ReqId,
    /// How it ended.
    pub result: Finished,
    /// What its time went into, if the device can say.
    pub terms: Terms,
}

/// What the time from `submit` to the completion went into, in order. The terms of a device that
/// explains itself sum to that time exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Waiting for requests before it.
    pub queue: Ticks,
    /// Waiting for a disc to be recognised and to turn.
    pub spin_up: Ticks,
    /// Understanding the command.
    pub command: Ticks,
    /// Changing the speed of the disc.
    pub speed_change: Ticks,
    /// Moving the head.
    pub seek: Ticks,
    /// Waiting for the disc to turn under the head.
    pub reading: Ticks,
    /// Moving bytes to memory after the last of them was read.
    pub transfer: Ticks,
}

impl Terms {
    /// Each term with its name.
    pub fn parts(&self) -> [(&'static str, Ticks); 7] {
        [
            ("queue", self.queue),
            ("spin-up", self.spin_up),
            ("command", self.command),
            ("speed change", self.speed_change),
            ("seek", self.seek),
            ("reading", self.reading),
            ("transfer", self.transfer),
        ]
    }

    /// Their sum.
    pub fn total(&self) -> Ticks {
        Ticks(self.parts().iter().map(|(_, ticks)| ticks.0).sum())
    }
}

/// What a device tells without a request having ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// A pending request beats; its owner wants the signal bits of its options.
    Beat {
        /// Which request.
        id: ReqId,
        /// The signal bits it asked for.
        signal: u32,
    },
    /// A pending request was queued under another offset than the one it was sent with.
    Requeued {
        /// Which request.
        id: ReqId,
        /// The offset now.
        offset: u32,
    },
    /// A vertical blank: the count since power-on.
    Field {
        /// The count.
        count: u64,
    },
    /// A medium was taken away, or one is there and can be read.
    Media {
        /// Whose.
        device: DeviceId,
        /// Whether one is there now.
        present: bool,
    },
    /// The host could not read what the guest asked for; worth a warning.
    HostError {
        /// Which request.
        id: ReqId,
        /// Absolute frame of the disc.
        frame: u32,
    },
    /// The guest asked for something that cannot be meant; worth a warning.
    Suspicious {
        /// Which request.
        id: ReqId,
        /// In words.
        what: Suspicion,
    },
}

/// Requests worth a warning although they are legal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suspicion {
    /// A DELAYUNTIL whose field count has passed already.
    DelayUntilPast,
}

/// Completions and notices on their way to the kernel, in the order they happened.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outbox {
    queue: VecDeque<Message>,
}

/// One thing a device said.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Message {
    /// A request ended.
    Completion(Completion),
    /// Something else.
    Notice(Notice),
}

impl Outbox {
    /// The oldest message.
    pub fn pop(&mut self) -> Option<Message> {
        self.queue.pop_front()
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// What is behind a buffer that the kernel has.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Held {
    /// Bytes outside guest memory.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Guest memory from this address on, as long as it is its reader's.
    Guest(u32),
    /// Nothing any more: what is written is lost.
    Gone,
}

/// Buffers that the kernel holds for devices.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KernelBuffers {
    held: BTreeMap<BufId, Held>,
    next: u64,
}

impl KernelBuffers {
    /// Takes charge of `bytes`.
    pub fn hold(&mut self, bytes: Vec<u8>) -> BufId {
        self.add(Held::Bytes(bytes))
    }

    /// A buffer that is guest memory, and can cease to be while a device works.
    pub fn lend(&mut self, addr: u32) -> BufId {
        self.add(Held::Guest(addr))
    }

    fn add(&mut self, held: Held) -> BufId {
        let id = BufId(self.next);
        self.next += 1;
        self.held.insert(id, held);
        id
    }

    /// Takes guest memory away from a device that may still write to it.
    pub fn give_up(&mut self, id: BufId) {
        if let Some(held) = self.held.get_mut(&id) {
            *held = Held::Gone;
        }
    }

    /// Gives the bytes back and forgets them.
    pub fn release(&mut self, id: BufId) -> Option<Vec<u8>> {
        match self.held.remove(&id)? {
            Held::Bytes(bytes) => Some(bytes),
            Held::Guest(_) | Held::Gone => None,
        }
    }
}

/// What lies between the kernel and the devices; part of the machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Bus {
    /// What is due when.
    pub events: EventQueue,
    /// What devices said and the kernel has not heard yet.
    pub outbox: Outbox,
    /// Bytes the kernel holds for devices.
    pub buffers: KernelBuffers,
    /// Cycles for which devices have taken the bus from the CPU and that are not charged yet.
    pub stall: Ticks,
}

impl Bus {
    /// The first `len` bytes of a buffer, or fewer if it is shorter.
    pub fn read_buffer(&self, memory: &Memory, buffer: Buffer, len: u32) -> Vec<u8> {
        let len = len.min(buffer.len());
        let bytes = match buffer {
            Buffer::None => None,
            Buffer::Guest { addr, .. } => memory.bytes(addr, len),
            Buffer::Kernel { id, .. } => match self.buffers.held.get(&id) {
                Some(Held::Bytes(bytes)) => bytes.get(..len as usize),
                Some(&Held::Guest(addr)) => memory.bytes(addr, len),
                Some(Held::Gone) | None => None,
            },
        };
        bytes.unwrap_or_default().to_vec()
    }

    /// Writes bytes into a buffer from `offset` on; what does not fit is dropped. Returns the
    /// number of bytes written.
    pub fn write_buffer(
        &mut self,
        memory: &mut Memory,
        buffer: Buffer,
        offset: u32,
        bytes: &[u8],
    ) -> u32 {
        let room = buffer.len().saturating_sub(offset);
        let len = room.min(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        let to = match buffer {
            Buffer::None => None,
            Buffer::Guest { addr, .. } => memory.bytes_mut(addr.wrapping_add(offset), len),
            Buffer::Kernel { id, .. } => match self.buffers.held.get_mut(&id) {
                Some(Held::Bytes(held)) => {
                    let end = (offset + len) as usize;
                    held.get_mut(offset as usize..end)
                }
                Some(Held::Guest(addr)) => memory.bytes_mut(addr.wrapping_add(offset), len),
                // Nobody misses them: the device goes on as if they had arrived.
                Some(Held::Gone) => return len,
                None => None,
            },
        };
        match to {
            Some(to) => {
                to.copy_from_slice(&bytes[..len as usize]);
                len
            }
            None => 0,
        }
    }
}

/// All that a device may touch while it works.
pub struct DeviceCx<'a> {
    /// The present instant.
    pub now: Tick,
    device: DeviceId,
    rank: Rank,
    memory: &'a mut Memory,
    bus: &'a mut Bus,
    discs: &'a dyn Discs,
}

impl<'a> DeviceCx<'a> {
    /// The view of `device`, whose events have `rank`.
    pub fn new(
        now: Tick,
        device: DeviceId,
        rank: Rank,
        memory: &'a mut Memory,
        bus: &'a mut Bus,
    ) -> Self {
        DeviceCx {
            now,
            device,
            rank,
            memory,
            bus,
            discs: &NoDiscs,
        }
    }

    /// The same with the discs that the host lends.
    pub fn with_discs(self, discs: &'a dyn Discs) -> Self {
        DeviceCx { discs, ..self }
    }

    /// The device's own number.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The discs of the host.
    pub fn discs(&self) -> &'a dyn Discs {
        self.discs
    }

    /// Schedules one of this device's own events.
    pub fn schedule(&mut self, at: Tick, tag: u16, data: u64) -> EventId {
        self.bus.events.schedule(
            self.rank,
            Event {
                at,
                target: Target::Device(self.device),
                tag,
                data,
            },
        )
    }

    /// Cancels one of this device's own events.
    pub fn cancel(&mut self, id: EventId) {
        self.bus.events.cancel(id);
    }

    /// Ends a pending request.
    pub fn complete(&mut self, id: ReqId, result: Finished) {
        self.complete_explained(id, result, Terms::default());
    }

    /// Ends a pending request and says what its time went into.
    pub fn complete_explained(&mut self, id: ReqId, result: Finished, terms: Terms) {
        let completion = Completion { id, result, terms };
        self.bus
            .outbox
            .queue
            .push_back(Message::Completion(completion));
    }

    /// Tells the kernel something that is not the end of a request.
    pub fn notice(&mut self, notice: Notice) {
        self.bus.outbox.queue.push_back(Message::Notice(notice));
    }

    /// Takes the bus from the CPU for `length`: no task runs, device time goes on.
    pub fn stall(&mut self, length: Ticks) {
        self.bus.stall.0 += length.0;
    }

    /// The first `len` bytes of a buffer, or fewer if it is shorter.
    pub fn read_buffer(&self, buffer: Buffer, len: u32) -> Vec<u8> {
        self.bus.read_buffer(self.memory, buffer, len)
    }

    /// Writes bytes into a buffer from `offset` on; what does not fit is dropped. Returns the
    /// number of bytes written.
    pub fn write_buffer(&mut self, buffer: Buffer, offset: u32, bytes: &[u8]) -> u32 {
        self.bus.write_buffer(self.memory, buffer, offset, bytes)
    }

    /// Memory as a bus master sees it (scan-out, cel engine, audio DMA): no task's protection.
    pub fn memory(&mut self) -> &mut Memory {
        self.memory
    }
}

/// What kind of device it is: kernels name and number by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceClass {
    /// Timer.
    Timer,
    /// Disc drive.
    CdRom,
    /// Memory with a device's manners; unit 3 keeps its bytes without power.
    Ram,
    /// The port of pads and mice.
    ControlPort,
    /// The expansion bus.
    Xbus,
    /// Anything else.
    Other,
}

/// What a kernel needs to know to present a device to its programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Name that both personalities look it up by.
    pub name: &'static str,
    /// What kind of device it is.
    pub class: DeviceClass,
    /// Highest legal unit.
    pub max_unit: u8,
    /// Names of its commands by number: later numbers are refused before they reach it.
    pub commands: &'static [&'static str],
    /// Order of its events among those of the same tick.
    pub rank: Rank,
    /// Whether it tells the count of vertical blanks ([`Notice::Field`]) for programs to read.
    pub counts_fields: bool,
}

/// A device model.
pub trait Device {
    /// What it is.
    fn info(&self) -> DeviceInfo;

    /// Begins a request. Never calls back: `Pending` promises exactly one completion.
    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit;

    /// One of its own events is due.
    fn event(&mut self, event: Event, cx: &mut DeviceCx<'_>);

    /// Ends a pending request early. The completion (with [`DevError::Aborted`]) comes through
    /// the outbox, at once or when the hardware allows. False when the request is not pending.
    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool;

    /// The object that requests were made with is gone.
    fn forget(&mut self, _requester: u64) {}

    /// Somebody does something to the drive or its disc.
    fn media(&mut self, _event: &MediaEvent, _cx: &mut DeviceCx<'_>) {}

    /// The medium in it that can be read now or soon.
    fn medium(&self) -> Option<Medium<'_>> {
        None
    }

    /// How often a medium has come or gone since power-on: whoever remembers the number of when
    /// he opened the device knows by it whether the medium is still the same.
    fn media_changes(&self) -> u64 {
        0
    }

    /// Whether a medium is in it that can be read now or soon.
    fn has_medium(&self) -> bool {
        self.medium().is_some()
    }

    /// A vertical blank begins; `count` of them since power-on.
    fn field(&mut self, _count: u64, _cx: &mut DeviceCx<'_>) {}

    /// Whether a device that was read from a file fits the present instant: nothing in it is
    /// long overdue or out of order.
    fn is_sound(&self, _now: Tick) -> bool {
        true
    }

    /// Pending requests that will complete or beat without anybody's help.
    fn pending(&self) -> Vec<PendingWork>;
}

/// A pending request as the stuck report and the debugger show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingWork {
    /// Which.
    pub id: ReqId,
    /// When it will complete or beat next, if that is known.
    pub due: Option<Tick>,
}

/// The devices of one machine.
pub trait Board {
    /// How many devices there are: their ids are 0 up to this.
    fn device_count(&self) -> u8;

    /// One device.
    fn device(&mut self, id: DeviceId) -> Option<&mut dyn Device>;

    /// When vertical blank number `k` (the first is 1) begins.
    fn field_start(&self, k: u64) -> Tick;

    /// How many vertical blanks have begun at `now`.
    fn fields_at(&self, now: Tick) -> u64 {
        // No field is longer than 300000 ticks or shorter than 200000.
        let (mut low, mut high) = (now.0 / 300_000, now.0 / 200_000 + 1);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.field_start(middle) <= now {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }
}
