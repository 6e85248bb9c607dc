//! Messages into and out of queues (Mach sheet 4.1, 4.2, 4.5).
//!
//! A send is two steps: [`Space::copy_in_message`] takes the rights, [`Ports::enqueue`] queues. Who has to
//! wait between them keeps the message. A header whose rights cannot be taken changes nothing; when a
//! right of the body cannot be taken, those taken before it, the header's too, are let go.

mod copy_in;

use super::ports::{Event, HELD_MAX, KernelObject, PortId, Ports, Receiver, Right};
use super::{Held, KernReturn, MsgReturn, Name, PORT_NULL, SetId, Space};
use crate::kernel::mach::records::SecurityToken;
use serde::{Deserialize, Serialize};

/// Bit of the header: descriptors follow.
const COMPLEX: u32 = 0x8000_0000;
const HEADER_SIZE: usize = 24;
const DESCRIPTOR_SIZE: usize = 12;

/// What an out-of-line data descriptor says besides its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionKind {
    /// The copy option.
    pub copy: u8,
    /// Descriptor 3 instead of 1.
    pub is_volatile: bool,
}

/// What a descriptor of a sender says. Reading the bytes is for who sees the sender's memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutItem {
    /// A name and a disposition.
    Port(Name, u32),
    /// Names and one disposition for all.
    Ports(Vec<Name>, u32),
    /// Data copied from the sender's memory.
    Data(#[serde(with = "serde_bytes")] Vec<u8>, RegionKind),
}

/// What a sender hands over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// `msgh_bits`.
    pub bits: u32,
    /// `msgh_remote_port`, the destination.
    pub remote: Name,
    /// `msgh_local_port`, the reply port.
    pub local: Name,
    /// `msgh_id`.
    pub id: u32,
    /// The descriptors of a complex message.
    pub items: Vec<OutItem>,
    /// What follows header and descriptors.
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

/// A descriptor on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    /// A right, and the disposition the receiver is told.
    Port {
        /// The right.
        right: Right,
        /// 16, 17 or 18.
        kind: u32,
    },
    /// Rights out of line.
    Ports {
        /// The rights.
        rights: Vec<Right>,
        /// 16, 17 or 18.
        kind: u32,
    },
    /// Data out of line.
    Data(#[serde(with = "serde_bytes")] Vec<u8>, RegionKind),
}

/// A message on its way: its rights belong to nobody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `msgh_id`.
    pub id: u32,
    /// Descriptors follow the header, though there may be none.
    pub complex: bool,
    /// The right it was sent with.
    pub dest: Right,
    /// 17 or 18.
    pub dest_kind: u32,
    /// The right to reply with.
    pub reply: Right,
    /// 17, 18, or 0 for none.
    pub reply_kind: u32,
    /// Who has sent it, for the trailer.
    pub sender: SecurityToken,
    /// Descriptors.
    pub items: Vec<Item>,
    /// What follows header and descriptors.
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

impl Message {
    /// Its size for a receiver, without trailer.
    pub fn size(&self) -> usize {
        let descriptors = if self.complex {
            4 + DESCRIPTOR_SIZE * self.items.len()
        } else {
            0
        };
        HEADER_SIZE + descriptors + self.body.len()
    }

    /// What it takes in the host's memory, about.
    pub(super) fn weight(&self) -> u64 {
        let items = self.items.iter().map(|item| match item {
            Item::Port { .. } => 0,
            Item::Ports { rights, .. } => 16 * rights.len(),
            Item::Data(data, _) => data.len(),
        });
        (256 + self.size() + items.sum::<usize>()) as u64
    }

    /// All its rights; the first is let go last.
    pub(super) fn into_rights(self) -> Vec<Right> {
        let mut rights = vec![self.dest, self.reply];
        for item in self.items {
            match item {
                Item::Port { right, .. } => rights.push(right),
                Item::Ports { rights: more, .. } => rights.extend(more),
                Item::Data(..) => {}
            }
        }
        rights
    }

    /// The ports whose receive rights it carries.
    pub(super) fn receive_rights(&self) -> impl Iterator<Item = PortId> {
        let rights = self.items.iter().flat_map(|item| match item {
            Item::Port { right, .. } => std::slice::from_ref(right),
            Item::Ports { rights, .. } => rights,
            Item::Data(..) => &[],
        });
        rights.filter_map(|right| {
            if let Right::Receive(id) = *right {
                Some(id)
            } else {
                None
            }
        })
    }
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is in the queue, or was destroyed because its port died meanwhile, which is no error.
    Queued,
    /// The queue is full: here it is again, to be queued later or given back.
    WouldBlock(Message),
    /// The host has no room for it: too much is queued already.
    NoRoom(Message),
    /// It is for the kernel, which releases all its rights.
    Kernel(KernelObject, Message),
}

/// A message as its receiver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// `msgh_bits`.
    pub bits: u32,
    /// `msgh_size`.
    pub size: usize,
    /// `msgh_remote_port`.
    pub remote: Name,
    /// `msgh_local_port`.
    pub local: Name,
    /// `msgh_id`.
    pub id: u32,
    /// Sequence number, for the trailer.
    pub seqno: u32,
    /// Who has sent it, for the trailer.
    pub sender: SecurityToken,
    /// Descriptors, with names and 16, 17 or 18.
    pub items: Vec<OutItem>,
    /// What follows header and descriptors.
    pub body: Vec<u8>,
    /// What could not be given to the receiver: a header or body error.
    pub error: Option<MsgReturn>,
}

/// What a receive found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// A message.
    Message(Received),
    /// Nothing is queued.
    Empty,
    /// The message is larger than the room. Only its header is delivered (Mach sheet 4.5, 6); its rights are
    /// gone, or it is still queued when the large option was given.
    TooLarge(Received),
}

impl Space {
    /// What a name of a receive right or a set receives from.
    pub fn source(&mut self, ports: &Ports, name: Name) -> Result<Source, MsgReturn> {
        match self.settle(ports, name).map(|entry| entry.held) {
            Some(Held::Port {
                port,
                receive: true,
                ..
            }) => match ports.get(port) {
                Some(found) if found.set.is_some() => Err(MsgReturn::RCV_IN_SET),
                _ => Ok(Source::Port(port)),
            },
            Some(Held::Set(set)) => Ok(Source::Set(set)),
            _ => Err(MsgReturn::RCV_INVALID_NAME),
        }
    }

    /// The size, without trailer, of the message that would be received next.
    pub fn next_size(&self, ports: &Ports, source: Source) -> Option<usize> {
        let port = ports.get(ports.next_of(source)?)?;
        Some(port.queue.front()?.1.size())
    }

    /// Takes the next message for a receive right or a set. `room` is what is left beside the trailer; a
    /// message that is larger stays queued if `large`.
    pub fn receive(
        &mut self,
        ports: &mut Ports,
        name: Name,
        room: usize,
        large: bool,
    ) -> Result<Receipt, MsgReturn> {
        let source = self.source(ports, name)?;
        self.receive_from(ports, source, room, large)
    }

    /// The same for a source that was found just now.
    pub fn receive_from(
        &mut self,
        ports: &mut Ports,
        source: Source,
        room: usize,
        large: bool,
    ) -> Result<Receipt, MsgReturn> {
        let Some(id) = ports.next_of(source) else {
            return Ok(Receipt::Empty);
        };
        let local = self.by_port.get(&id).copied().unwrap_or(PORT_NULL);
        let Some(port) = ports.get_mut(id) else {
            return Err(MsgReturn::RCV_PORT_DIED);
        };
        let Some((_, next)) = port.queue.front() else {
            return Ok(Receipt::Empty);
        };
        if next.size() > room && large {
            return Ok(Receipt::TooLarge(header_only(next, local, port.seqno)));
        }
        let Some((_, message)) = port.queue.pop_front() else {
            return Ok(Receipt::Empty);
        };
        let seqno = port.seqno;
        port.seqno = seqno.wrapping_add(1);
        ports.held = ports.held.saturating_sub(message.weight());
        ports.note(Event::Room(id));
        if message.size() > room {
            let header = header_only(&message, local, seqno);
            self.finish(ports, message);
            return Ok(Receipt::TooLarge(header));
        }
        Ok(Receipt::Message(
            self.copy_out_message(ports, message, local, seqno),
        ))
    }

    /// Lets go of a message that has come: its destination has done its work.
    fn finish(&mut self, ports: &mut Ports, mut message: Message) {
        ports.use_up(std::mem::take(&mut message.dest));
        ports.destroy_message(message);
    }

    fn copy_out_message(
        &mut self,
        ports: &mut Ports,
        message: Message,
        local: Name,
        seqno: u32,
    ) -> Received {
        let mut to = header_only(&message, local, seqno);
        let mut message = message;
        for item in message.receive_rights().collect::<Vec<_>>() {
            if let Some(port) = ports.get_mut(item) {
                port.receiver = Receiver::Transit(None);
            }
        }
        match self.copy_out(ports, std::mem::take(&mut message.reply)) {
            Ok(name) => to.remote = name,
            Err(_) => {
                to.error = Some(MsgReturn::RCV_HEADER_ERROR.with(MsgReturn::IPC_SPACE));
                self.finish(ports, message);
                return to;
            }
        }
        ports.use_up(message.dest);
        let (items, error) = self.copy_out_items(ports, message.items);
        to.items = items;
        to.error = error;
        to.body = message.body;
        to
    }

    fn copy_out_items(
        &mut self,
        ports: &mut Ports,
        items: Vec<Item>,
    ) -> (Vec<OutItem>, Option<MsgReturn>) {
        let mut error = None;
        let mut name = |space: &mut Space, right| {
            space
                .copy_out(ports, right)
                .unwrap_or_else(|_: KernReturn| {
                    error = Some(MsgReturn::RCV_BODY_ERROR.with(MsgReturn::IPC_SPACE));
                    PORT_NULL
                })
        };
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            out.push(match item {
                Item::Port { right, kind } => OutItem::Port(name(self, right), kind),
                Item::Ports { rights, kind } => OutItem::Ports(
                    rights.into_iter().map(|right| name(self, right)).collect(),
                    kind,
                ),
                Item::Data(data, kind) => OutItem::Data(data, kind),
            });
        }
        (out, error)
    }

    /// The pseudo-receive of a message that could not be queued in time: the sender gets its rights back,
    /// remote and local as they were.
    pub fn give_back(&mut self, ports: &mut Ports, message: Message) -> Received {
        let mut to = header_only(&message, PORT_NULL, 0);
        to.bits = to.bits & COMPLEX | message.reply_kind << 8 | message.dest_kind;
        let mut error = None;
        for (right, name) in [
            (message.dest, &mut to.remote),
            (message.reply, &mut to.local),
        ] {
            match self.copy_out(ports, right) {
                Ok(got) => *name = got,
                Err(_) => error = Some(MsgReturn::SEND_TIMED_OUT.with(MsgReturn::IPC_SPACE)),
            }
        }
        let (items, body_error) = self.copy_out_items(ports, message.items);
        let body_error = body_error.map(|_| MsgReturn::SEND_TIMED_OUT.with(MsgReturn::IPC_SPACE));
        Received {
            items,
            body: message.body,
            error: error.or(body_error),
            ..to
        }
    }
}

/// The header of a message as its receiver sees it, without a name for the reply right.
fn header_only(message: &Message, local: Name, seqno: u32) -> Received {
    let complex = if message.complex { COMPLEX } else { 0 };
    Received {
        bits: complex | message.dest_kind << 8 | message.reply_kind,
        size: message.size(),
        remote: PORT_NULL,
        local,
        id: message.id,
        seqno,
        sender: message.sender,
        items: Vec::new(),
        body: Vec::new(),
        error: None,
    }
}

/// What a receive takes messages from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// One port.
    Port(PortId),
    /// The members of a set.
    Set(SetId),
}

impl Ports {
    /// The port with the next message of a source.
    fn next_of(&self, source: Source) -> Option<PortId> {
        match source {
            Source::Port(port) => Some(port),
            Source::Set(set) => {
                let members = self.sets.get(&set)?;
                // In the order of arrival, whichever member it came to.
                let first = |id: &PortId| Some((self.get(*id)?.queue.front()?.0, *id));
                members.iter().filter_map(first).min().map(|(_, id)| id)
            }
        }
    }

    /// Lets go of what a receiver has not taken of a message.
    pub fn release_parts(&mut self, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Port { right, .. } => self.release(right),
                Item::Ports { rights, .. } => self.release_all(rights),
                Item::Data(..) => (),
            }
        }
    }

    /// Queues a message of the kernel's, whose replies no queue is too full for. Beyond what the
    /// host has room for it is lost.
    pub fn send_reply(&mut self, message: Message) {
        let mut rest = Vec::new();
        if self.held.saturating_add(message.weight()) > HELD_MAX {
            self.use_up_later(message, &mut rest);
        } else {
            self.post(message, &mut rest);
        }
        self.release_all(rest);
    }

    /// Queues a message, or says why not.
    pub fn enqueue(&mut self, message: Message) -> Sent {
        if let Some((id, port)) = message.dest.port().and_then(|id| Some((id, self.get(id)?))) {
            if let Some(object) = self.object(id) {
                return Sent::Kernel(object, message);
            }
            if self.held.saturating_add(message.weight()) > HELD_MAX {
                return Sent::NoRoom(message);
            }
            // Send-once rights ignore the limit.
            if matches!(message.dest, Right::Send(_)) && port.queued() >= port.qlimit as usize {
                return Sent::WouldBlock(message);
            }
        }
        let mut rest = Vec::new();
        self.post(message, &mut rest);
        self.release_all(rest);
        Sent::Queued
    }
}
