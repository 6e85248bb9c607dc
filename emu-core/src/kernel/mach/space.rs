//! Mach IPC as data: ports, names, rights, messages (Mach sheet 4.1, 4.5-4.7).
//!
//! Everything here is a plain value. Nothing waits: [`Ports::enqueue`] answers that a queue is full and
//! [`Space::receive`] that it is empty, and whoever schedules threads looks at [`Ports::take_events`]
//! to learn whom to ask again.
//!
//! | module | what is there |
//! |---|---|
//! | `ports` | all ports of the machine, rights outside of spaces, the death of a port |
//! | `rights` | the calls on names and rights |
//! | `sets` | port sets and attributes |
//! | `notify` | notifications and the requests for them |
//! | `message` | messages into and out of queues |
//!
//! The death of a port does not look for the names that stood for it. An entry is looked at again when its
//! name is used (`Space::settle`) and is a dead name from then on; nobody can see the difference.

mod codes;
mod inspect;
mod message;
mod notify;
mod ports;
mod rights;
mod sets;
mod table;
#[cfg(test)]
mod tests;

pub use codes::{KernReturn, MsgReturn};
pub use message::{Item, Message, OutItem, Outgoing, Receipt, Received, RegionKind, Sent, Source};
pub use notify::{DEAD_NAME, NO_SENDERS, PORT_DELETED, PORT_DESTROYED, SEND_ONCE};
pub use ports::{Event, KernelObject, Port, PortId, Ports, Receiver, Right, SetId};
pub use sets::{DNREQUESTS_SIZE, LIMITS_INFO, RECEIVE_STATUS};

use self::table::Entries;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A name of a right in one space.
pub type Name = u32;
/// The name of no right.
pub const PORT_NULL: Name = 0;
/// The name of a right whose port is gone.
pub const PORT_DEAD: Name = 0xffff_ffff;
/// The most user references a name can have (Mach sheet 4.1, inferred).
pub const UREFS_MAX: u32 = 65535;
/// The most names a space can have, so that a guest cannot use up the host's memory.
pub const NAMES_MAX: usize = 65536;
/// The type bit of a name with a dead-name request.
pub const TYPE_DNREQUEST: u32 = 0x8000_0000;

/// Generations of an index begin here and go up in steps of four.
const FIRST_GENERATION: u8 = 3;
/// Names have 24 bits of index.
const INDEX_MAX: u32 = 0x00ff_ffff;

/// Which task's space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SpaceId(pub u32);

/// The kinds of rights, by the numbers the calls use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u32)]
pub enum RightKind {
    /// To send to a port.
    Send = 0,
    /// To receive from a port.
    Receive = 1,
    /// To send to a port a single time.
    SendOnce = 2,
    /// To receive from any port of a set.
    PortSet = 3,
    /// What is left of a right to a port that is gone.
    DeadName = 4,
}

impl RightKind {
    /// The kind with this number.
    pub fn from_number(number: u32) -> Result<RightKind, KernReturn> {
        Ok(match number {
            0 => RightKind::Send,
            1 => RightKind::Receive,
            2 => RightKind::SendOnce,
            3 => RightKind::PortSet,
            4 => RightKind::DeadName,
            _ => return Err(KernReturn::InvalidValue),
        })
    }

    /// Its bit in the answer of `mach_port_type`.
    pub fn type_bit(self) -> u32 {
        1 << (self as u32 + 16)
    }
}

/// What happens to a right on its way into a message (Mach sheet 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u32)]
pub enum Disposition {
    /// The receive right goes.
    MoveReceive = 16,
    /// One user reference of a send right goes.
    MoveSend = 17,
    /// A send-once right goes.
    MoveSendOnce = 18,
    /// A second send right is made from one.
    CopySend = 19,
    /// A send right is made from the receive right.
    MakeSend = 20,
    /// A send-once right is made from the receive right.
    MakeSendOnce = 21,
}

/// What a receiver is told that a receive right was.
pub const MACH_MSG_TYPE_PORT_RECEIVE: u32 = Disposition::MoveReceive as u32;
/// What a receiver is told that a send right was.
pub const MACH_MSG_TYPE_PORT_SEND: u32 = Disposition::MoveSend as u32;
/// What a receiver is told that a send-once right was.
pub const MACH_MSG_TYPE_PORT_SEND_ONCE: u32 = Disposition::MoveSendOnce as u32;

impl Disposition {
    /// The disposition with this number.
    pub fn from_number(number: u32) -> Option<Disposition> {
        Some(match number {
            16 => Disposition::MoveReceive,
            17 => Disposition::MoveSend,
            18 => Disposition::MoveSendOnce,
            19 => Disposition::CopySend,
            20 => Disposition::MakeSend,
            21 => Disposition::MakeSendOnce,
            _ => return None,
        })
    }

    /// What the receiver is told.
    pub fn received_as(self) -> u32 {
        match self {
            Disposition::MoveReceive => MACH_MSG_TYPE_PORT_RECEIVE,
            Disposition::MoveSend | Disposition::CopySend | Disposition::MakeSend => {
                MACH_MSG_TYPE_PORT_SEND
            }
            Disposition::MoveSendOnce | Disposition::MakeSendOnce => MACH_MSG_TYPE_PORT_SEND_ONCE,
        }
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Held {
    /// The receive right, or `send` user references of a send right, or both.
    Port {
        port: PortId,
        receive: bool,
        send: u32,
    },
    /// A send-once right.
    SendOnce(PortId),
    /// A port set.
    Set(SetId),
    /// A dead name with its user references.
    Dead(u32),
}

/// A name's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    held: Held,
    /// The index, when the kernel chose the name.
    index: Option<u32>,
    /// A dead-name request is registered at the port for this name.
    request: bool,
}

/// The names of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    id: SpaceId,
    entries: Entries,
    /// The one name of the send and receive rights of a port.
    by_port: BTreeMap<PortId, Name>,
    /// The generation each index had when it was last used, from index 1 on.
    generations: Vec<u8>,
    /// Free indices; the last one freed is used first.
    free: Vec<u32>,
}

impl Space {
    /// An empty space.
    pub fn new(id: SpaceId) -> Space {
        let (entries, by_port) = (Entries::default(), BTreeMap::new());
        Space {
            id,
            entries,
            by_port,
            generations: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Whose it is.
    pub fn id(&self) -> SpaceId {
        self.id
    }

    /// The name of a port's send or receive right.
    pub fn name_of(&self, port: PortId) -> Option<Name> {
        self.by_port.get(&port).copied()
    }

    /// How many names it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no names.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Makes a name of the kernel's choice.
    fn add(&mut self, held: Held) -> Result<Name, KernReturn> {
        if self.entries.len() >= NAMES_MAX {
            return Err(KernReturn::NoSpace);
        }
        let mut skipped = Vec::new();
        let mut found = None;
        while found.is_none() {
            let index = match self.free.pop() {
                Some(index) => index,
                None => {
                    let index = self.generations.len() as u32 + 1;
                    if index > INDEX_MAX {
                        break;
                    }
                    // One step before the first, as a use begins with a step.
                    self.generations.push(FIRST_GENERATION.wrapping_sub(4));
                    index
                }
            };
            found = self.next_name(index);
            if found.is_none() {
                skipped.push(index);
            }
        }
        self.free.extend(skipped);
        let (name, index) = found.ok_or(KernReturn::NoSpace)?;
        self.put(name, held, Some(index));
        Ok(name)
    }

    /// The next name with this index, past those a task has chosen itself.
    fn next_name(&mut self, index: u32) -> Option<(Name, u32)> {
        let generation = self.generations.get_mut(index as usize - 1)?;
        for _ in 0..64 {
            *generation = generation.wrapping_add(4);
            let name = index << 8 | u32::from(*generation);
            if name != PORT_DEAD && !self.entries.contains(name) {
                return Some((name, index));
            }
        }
        None
    }

    /// Makes a name a task has chosen.
    fn add_named(&mut self, name: Name, held: Held) -> Result<(), KernReturn> {
        if name == PORT_NULL || name == PORT_DEAD {
            return Err(KernReturn::InvalidValue);
        }
        if self.entries.contains(name) {
            return Err(KernReturn::NameExists);
        }
        if self.entries.len() >= NAMES_MAX {
            return Err(KernReturn::NoSpace);
        }
        self.put(name, held, None);
        Ok(())
    }

    fn put(&mut self, name: Name, held: Held, index: Option<u32>) {
        if let Held::Port { port, .. } = held {
            self.by_port.insert(port, name);
        }
        self.entries.insert(
            name,
            Entry {
                held,
                index,
                request: false,
            },
        );
    }

    /// Forgets a name; its rights are the caller's to release, except a dead-name request.
    fn remove(&mut self, ports: &mut Ports, name: Name) -> Option<Entry> {
        let entry = self.entries.remove(name)?;
        if let Some(index) = entry.index {
            self.free.push(index);
        }
        if let Held::Port { port, .. } = entry.held {
            self.by_port.remove(&port);
        }
        if let (true, Held::Port { port, .. } | Held::SendOnce(port)) = (entry.request, entry.held)
        {
            ports.cancel_dead_name(port, self.id, name);
        }
        Some(entry)
    }

    fn set_held(&mut self, name: Name, held: Held) {
        if let Some(entry) = self.entries.get_mut(name) {
            entry.held = held;
        }
    }

    /// What a name stands for now: the rights of a port that is gone become a dead name.
    fn settle(&mut self, ports: &Ports, name: Name) -> Option<Entry> {
        let entry = self.entries.get_mut(name)?;
        let (port, refs, is_once) = match entry.held {
            Held::Port { port, send, .. } => (port, send, false),
            Held::SendOnce(port) => (port, 1, true),
            Held::Set(_) | Held::Dead(_) => return Some(*entry),
        };
        if !ports.is_alive(port) {
            // The dead-name notification that was sent holds a reference of its own (Mach sheet 4.7).
            let refs = refs + u32::from(entry.request);
            entry.held = Held::Dead(refs.min(UREFS_MAX));
            entry.request = false;
            // A send-once right has a name of its own; the port's may not have been looked at yet.
            if !is_once {
                self.by_port.remove(&port);
            }
        }
        Some(*entry)
    }

    /// [`Space::settle`] for calls that answer with a code.
    fn lookup(&mut self, ports: &Ports, name: Name) -> Result<Entry, KernReturn> {
        self.settle(ports, name).ok_or(KernReturn::InvalidName)
    }

    /// The port whose receive right a name stands for.
    fn receive_right(&mut self, ports: &Ports, name: Name) -> Result<PortId, KernReturn> {
        match self.lookup(ports, name)?.held {
            Held::Port {
                port,
                receive: true,
                ..
            } => Ok(port),
            _ => Err(KernReturn::InvalidRight),
        }
    }

    /// The same without looking again whether its port is alive.
    pub fn peek(&self, ports: &Ports, name: Name) -> Option<PortId> {
        match self.entries.get(name)?.held {
            Held::Port { port, .. } | Held::SendOnce(port) if ports.is_alive(port) => Some(port),
            _ => None,
        }
    }

    /// Whether a name is what is left of a right to a port that is gone.
    pub fn is_dead(&mut self, ports: &Ports, name: Name) -> bool {
        let entry = self.settle(ports, name);
        matches!(
            entry,
            Some(Entry {
                held: Held::Dead(_),
                ..
            })
        )
    }

    /// The port a name leads to; the kernel looks up its arguments so.
    pub fn port_of(&mut self, ports: &Ports, name: Name) -> Option<PortId> {
        match self.settle(ports, name)?.held {
            Held::Port { port, .. } | Held::SendOnce(port) => Some(port),
            Held::Set(_) | Held::Dead(_) => None,
        }
    }
}
