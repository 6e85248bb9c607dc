//! All ports of a machine.

mod release;

use super::message::Message;
use super::table::Table;
use super::{Name, SpaceId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The queue limit of a new port (Mach sheet 4.1).
pub const QLIMIT_DEFAULT: u32 = 5;
/// The highest queue limit.
pub const QLIMIT_MAX: u32 = 16;

/// The most that queued messages may take: a guest cannot use up the host's memory. Send-once
/// rights and notifications ignore queue limits, so these are no bound.
pub(super) const HELD_MAX: u64 = 32 << 20;

/// A port. Numbers are never used again, so an old one leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PortId(pub(super) u64);

/// A port set; never used again either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SetId(u64);

impl PortId {
    /// The number that the machine gives it.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl SetId {
    /// The number that the machine gives it.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What a port of the kernel stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KernelObject {
    /// The host, as everybody may see it.
    Host,
    /// The host, for who may change it.
    HostPrivileged,
    /// The device master port.
    DeviceMaster,
    /// What the bootstrap port answers with.
    Bootstrap,
    /// A ledger: a name that does nothing.
    Ledger(u32),
    /// A device.
    Device(u32),
    /// A done queue.
    DoneQueue(u64),
    /// A task.
    Task(u32),
    /// A thread.
    Thread(u32),
    /// A clock.
    Clock(u32),
    /// A semaphore.
    Semaphore(u64),
    /// Memory that can be mapped.
    Memory(u64),
}

/// Who gets what is sent to a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Receiver {
    /// The task with the receive right.
    Space(SpaceId),
    /// The kernel, at once.
    Kernel(KernelObject),
    /// The receive right is in a message, in the queue of this port if it is in one.
    Transit(Option<PortId>),
}

/// A right that is in no space: in a message, or the kernel's. It is counted at its port, so who has one
/// puts it somewhere or gives it to [`Ports::release`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Right {
    /// None.
    #[default]
    Null,
    /// One that was dead when it was taken.
    Dead,
    /// A send right.
    Send(PortId),
    /// A send-once right.
    SendOnce(PortId),
    /// The receive right.
    Receive(PortId),
}

impl Right {
    /// Its port.
    pub fn port(self) -> Option<PortId> {
        match self {
            Right::Send(port) | Right::SendOnce(port) | Right::Receive(port) => Some(port),
            Right::Null | Right::Dead => None,
        }
    }
}

/// What schedulers and the owners of kernel objects want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A message went into the port's queue: a receiver may be waiting.
    Queued(PortId),
    /// A message left the port's queue: a sender may be waiting.
    Room(PortId),
    /// The port died: whoever waits is told.
    Died(PortId),
    /// The port left its set, went into one, or its receive right left the space.
    Moved(PortId),
    /// Nobody can send to the kernel's port any more. Its owner looks whether that is still so.
    NoSenders {
        /// The port.
        port: PortId,
        /// What it stands for.
        object: KernelObject,
    },
}

/// A port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Who receives.
    pub receiver: Receiver,
    /// What was sent, with its place in the order of all messages.
    pub(super) queue: VecDeque<(u64, Message)>,
    /// So many messages fit.
    pub qlimit: u32,
    /// Send rights in spaces (one a name, however many references) and outside.
    pub send_rights: u32,
    /// Send-once rights in spaces and outside.
    pub send_once_rights: u32,
    /// Send rights that were made from the receive right.
    pub make_send: u32,
    /// Number of the next message that is received.
    pub seqno: u32,
    /// The set it is in.
    pub set: Option<SetId>,
    /// Send-once right for the no-senders notification.
    pub(super) no_senders: Right,
    /// Send-once right for the port-destroyed notification.
    pub(super) port_destroyed: Right,
    /// Send-once rights for the dead-name notifications of names of this port.
    pub(super) dead_names: BTreeMap<(SpaceId, Name), Right>,
}

impl Port {
    fn new(receiver: Receiver) -> Port {
        Port {
            receiver,
            queue: VecDeque::new(),
            qlimit: QLIMIT_DEFAULT,
            send_rights: 0,
            send_once_rights: 0,
            make_send: 0,
            seqno: 0,
            set: None,
            no_senders: Right::Null,
            port_destroyed: Right::Null,
            dead_names: BTreeMap::new(),
        }
    }

    /// How many messages are in its queue.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }
}

/// All ports of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    pub(super) ports: Table<Port>,
    pub(super) sets: BTreeMap<SetId, Vec<PortId>>,
    next: u64,
    arrivals: u64,
    events: VecDeque<Event>,
    /// What all queued messages take in the host's memory, about.
    pub(super) held: u64,
}

impl Ports {
    /// None yet.
    pub fn new() -> Ports {
        Ports::default()
    }

    /// A new port.
    fn create(&mut self, receiver: Receiver) -> PortId {
        PortId(self.ports.add(Port::new(receiver)))
    }

    /// A new port of a space, which must give it a name.
    pub(super) fn create_for(&mut self, space: SpaceId) -> PortId {
        self.create(Receiver::Space(space))
    }

    /// A new port of the kernel.
    pub fn create_kernel(&mut self, object: KernelObject) -> PortId {
        self.create(Receiver::Kernel(object))
    }

    /// A new set.
    pub(super) fn create_set(&mut self) -> SetId {
        self.next = self.next.wrapping_add(1);
        self.sets.insert(SetId(self.next), Vec::new());
        SetId(self.next)
    }

    /// Every port with its number.
    pub fn numbered(&self) -> impl Iterator<Item = (PortId, &Port)> {
        self.ports.iter().map(|(id, port)| (PortId(id), port))
    }

    /// A port, unless it is dead.
    pub fn get(&self, id: PortId) -> Option<&Port> {
        self.ports.get(id.0)
    }

    pub(super) fn get_mut(&mut self, id: PortId) -> Option<&mut Port> {
        self.ports.get_mut(id.0)
    }

    /// Whether a port is not dead.
    pub fn is_alive(&self, id: PortId) -> bool {
        self.ports.get(id.0).is_some()
    }

    /// How many ports there are.
    pub fn len(&self) -> usize {
        self.ports.len()
    }

    /// Whether there are no ports.
    pub fn is_empty(&self) -> bool {
        self.ports.len() == 0
    }

    /// What a port of the kernel stands for.
    pub fn object(&self, id: PortId) -> Option<KernelObject> {
        match self.get(id)?.receiver {
            Receiver::Kernel(object) => Some(object),
            _ => None,
        }
    }

    /// A message for a port goes to its receiver without the queue: it is counted, and the
    /// send-once right it came with has done its work.
    pub fn pass_by(&mut self, id: PortId) {
        if let Some(port) = self.get_mut(id) {
            port.seqno = port.seqno.wrapping_add(1);
            port.send_once_rights = port.send_once_rights.saturating_sub(1);
        }
    }

    /// What the port of a right stands for, if it is the kernel's.
    pub fn object_at(&self, right: Right) -> Option<KernelObject> {
        self.object(right.port()?)
    }

    /// What has happened since this was last asked, in order. To be asked after every call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events).into()
    }

    /// The oldest of them.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn note(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// A send right as the kernel hands it out; counts as made from the receive right.
    pub fn make_send(&mut self, id: PortId) -> Right {
        match self.ports.get_mut(id.0) {
            Some(port) => {
                port.make_send = port.make_send.wrapping_add(1);
                port.send_rights += 1;
                Right::Send(id)
            }
            None => Right::Dead,
        }
    }

    /// One more send right like this one; of another kind of right there is no second.
    pub fn copy_send(&mut self, right: Right) -> Right {
        match right {
            Right::Null => Right::Null,
            Right::Send(id) => match self.ports.get_mut(id.0) {
                Some(port) => {
                    port.send_rights += 1;
                    right
                }
                None => Right::Dead,
            },
            _ => Right::Dead,
        }
    }

    /// A send-once right as the kernel hands it out.
    pub fn make_send_once(&mut self, id: PortId) -> Right {
        match self.ports.get_mut(id.0) {
            Some(port) => {
                port.send_once_rights += 1;
                Right::SendOnce(id)
            }
            None => Right::Dead,
        }
    }
}
