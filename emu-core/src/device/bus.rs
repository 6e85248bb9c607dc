//! What lies between kernels and devices: what devices say, buffers, views.

use super::Terms;
use super::{BufId, Buffer, Completion, DeviceClass, DeviceId, Finished, Notice, ReqId, Request};
use crate::chaos::{Chaos, Disturbance, Planned};
use crate::event::{Event, EventId, EventQueue, Rank, Target};
use crate::media::{Discs, NoDiscs};
use crate::mem::Memory;
use crate::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

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
    /// What is held back, in a run that looks for races.
    chaos: Option<Disturbance>,
}

/// What the kernel hears when it listens.
#[derive(Clone, Copy, Debug)]
pub enum Heard {
    /// What a device said.
    Message(Message),
    /// A device said something that the kernel will hear later.
    Held {
        /// Of which request.
        id: ReqId,
        /// How much later.
        delay: Ticks,
    },
}

impl Bus {
    /// Disturbs what devices say from now on, or no longer.
    pub(crate) fn disturb(&mut self, chaos: Option<Chaos>) {
        self.chaos = chaos.map(Disturbance::new);
    }

    /// How what devices say is disturbed.
    pub(crate) fn chaos(&self) -> Option<&Chaos> {
        self.chaos.as_ref().map(Disturbance::chaos)
    }

    /// A device is about to get a request: what becomes of that, if anything.
    pub(crate) fn plan(
        &self,
        request: &Request,
        device: DeviceClass,
        memory: &Memory,
    ) -> Option<Planned> {
        self.chaos.as_ref()?.plan(request, device, memory)
    }

    /// The device has begun it.
    pub(crate) fn begin(&mut self, id: ReqId, planned: Planned) {
        if let Some(chaos) = &mut self.chaos {
            chaos.begin(id, planned);
        }
    }

    /// A request is to end early.
    pub(crate) fn let_go(&mut self, id: ReqId) {
        if let Some(chaos) = &mut self.chaos {
            chaos.let_go(id);
        }
    }

    /// What was held back may be heard.
    pub(crate) fn release(&mut self, number: u64) {
        if let Some(chaos) = &mut self.chaos {
            chaos.release(number);
        }
    }

    /// Whether devices have said something that the kernel has not heard.
    pub(crate) fn is_quiet(&self) -> bool {
        self.outbox.is_empty() && self.chaos.as_ref().is_none_or(Disturbance::is_empty)
    }

    /// Whether the kernel has something to hear or to wait for.
    pub(crate) fn has_news(&self) -> bool {
        !self.is_quiet() || self.stall.0 > 0
    }

    /// The oldest of what devices have said.
    pub(crate) fn hear(&mut self, now: Tick, memory: &mut Memory) -> Option<Heard> {
        let Some(chaos) = &mut self.chaos else {
            return self.outbox.pop().map(Heard::Message);
        };
        if let Some(message) = chaos.pop_released(memory) {
            return Some(Heard::Message(message));
        }
        let message = self.outbox.pop()?;
        let Some((id, at, number)) = chaos.hold(&message, now, memory) else {
            return Some(Heard::Message(message));
        };
        let event = Event {
            at,
            target: Target::Held,
            tag: 0,
            data: number,
        };
        self.events.schedule(Rank::HELD, event);
        let delay = at.since(now);
        Some(Heard::Held { id, delay })
    }

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
