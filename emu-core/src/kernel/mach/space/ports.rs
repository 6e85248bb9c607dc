//! All ports of a machine, and what becomes of rights that are let go.

use super::message::Message;
use super::notify;
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

    /// Ends a port of the kernel.
    pub fn destroy_kernel(&mut self, id: PortId) {
        let mut rest = Vec::new();
        self.kill(id, &mut rest);
        self.release_all(rest);
    }

    /// Lets a right go: the last send right causes a no-senders notification, a send-once right a
    /// send-once notification, the receive right ends its port.
    pub fn release(&mut self, right: Right) {
        match right {
            Right::Null | Right::Dead => return,
            Right::Send(id) => {
                // One of many goes unnoticed.
                if let Some(port) = self.get_mut(id).filter(|port| port.send_rights > 1) {
                    port.send_rights -= 1;
                    return;
                }
            }
            Right::SendOnce(_) | Right::Receive(_) => (),
        }
        self.release_all(vec![right]);
    }

    /// Lets a message go with all its rights.
    pub fn destroy_message(&mut self, message: Message) {
        self.release_all(message.into_rights());
    }

    /// A list instead of recursion: a chain of ports in queues of ports may be long.
    pub(super) fn release_all(&mut self, mut rest: Vec<Right>) {
        while let Some(right) = rest.pop() {
            match right {
                Right::Null | Right::Dead => {}
                Right::Send(id) => self.drop_send(id, &mut rest),
                Right::SendOnce(id) => match self.ports.get_mut(id.0) {
                    Some(Port {
                        receiver: Receiver::Kernel(_),
                        send_once_rights,
                        ..
                    }) => *send_once_rights = send_once_rights.saturating_sub(1),
                    Some(_) => self.post(notify::send_once(right), &mut rest),
                    None => {}
                },
                Right::Receive(id) => {
                    self.begin_move(id);
                    let Some(port) = self.ports.get_mut(id.0) else {
                        continue;
                    };
                    match std::mem::take(&mut port.port_destroyed) {
                        Right::Null => self.kill(id, &mut rest),
                        to => self.post(notify::port_destroyed(to, id), &mut rest),
                    }
                }
            }
        }
    }

    /// One send right less, in a queue of work.
    fn drop_send(&mut self, id: PortId, rest: &mut Vec<Right>) {
        let Some(port) = self.ports.get_mut(id.0) else {
            return;
        };
        port.send_rights = port.send_rights.saturating_sub(1);
        if port.send_rights > 0 {
            return;
        }
        if let Receiver::Kernel(object) = port.receiver {
            self.note(Event::NoSenders { port: id, object });
            return;
        }
        let make_send = port.make_send;
        match std::mem::take(&mut port.no_senders) {
            Right::Null => {}
            to => self.post(notify::with_word(notify::NO_SENDERS, to, make_send), rest),
        }
    }

    /// A send-once right that has been used: no notification.
    pub fn use_up(&mut self, right: Right) {
        match right {
            Right::SendOnce(id) => {
                if let Some(port) = self.ports.get_mut(id.0) {
                    port.send_once_rights = port.send_once_rights.saturating_sub(1);
                }
            }
            right => self.release(right),
        }
    }

    /// Ends a port. What it had is left in `rest`.
    fn kill(&mut self, id: PortId, rest: &mut Vec<Right>) {
        self.leave_set(id);
        let Some(port) = self.ports.remove(id.0) else {
            return;
        };
        self.note(Event::Died(id));
        for ((_, name), to) in port.dead_names {
            self.post(notify::with_word(notify::DEAD_NAME, to, name), rest);
        }
        rest.push(port.no_senders);
        rest.push(port.port_destroyed);
        for (_, message) in port.queue {
            self.held = self.held.saturating_sub(message.weight());
            rest.extend(message.into_rights());
        }
    }

    /// The receive right leaves its space: out of the set, counts from the beginning (Mach sheet 4.1).
    pub(super) fn begin_move(&mut self, id: PortId) {
        if !self.leave_set(id) {
            self.note(Event::Moved(id));
        }
        if let Some(port) = self.ports.get_mut(id.0) {
            port.receiver = Receiver::Transit(None);
            port.make_send = 0;
            port.seqno = 0;
        }
    }

    /// Takes a port out of its set.
    pub(super) fn leave_set(&mut self, id: PortId) -> bool {
        let Some(set) = self.ports.get_mut(id.0).and_then(|port| port.set.take()) else {
            return false;
        };
        if let Some(members) = self.sets.get_mut(&set) {
            members.retain(|&member| member != id);
        }
        self.note(Event::Moved(id));
        true
    }

    /// Ends a set; its ports stay.
    pub(super) fn destroy_set(&mut self, set: SetId) {
        for member in self.sets.get(&set).cloned().unwrap_or_default() {
            self.leave_set(member);
        }
        self.sets.remove(&set);
    }

    /// Whether a queue of `to` would end up holding the port it belongs to: `to` is `moved`, or its receive
    /// right is in a queue of which the same is true. Nobody could ever receive such a message.
    fn is_circular(&self, moved: PortId, to: PortId) -> bool {
        let mut at = Some(to);
        while let Some(id) = at {
            if id == moved {
                return true;
            }
            at = match self.get(id).map(|port| port.receiver) {
                Some(Receiver::Transit(next)) => next,
                _ => None,
            };
        }
        false
    }

    /// Puts a message into the queue of its destination, however full; what cannot be queued is left in
    /// `rest` for release. A message to a dead port vanishes, as does one nobody could ever receive.
    pub(super) fn post(&mut self, message: Message, rest: &mut Vec<Right>) {
        let to = match message.dest.port() {
            Some(to) if self.is_alive(to) => to,
            _ => return rest.extend(message.into_rights()),
        };
        let moved: Vec<PortId> = message.receive_rights().collect();
        if self.object(to).is_some() || moved.iter().any(|&id| self.is_circular(id, to)) {
            self.use_up_later(message, rest);
            return;
        }
        for id in moved {
            if let Some(port) = self.ports.get_mut(id.0) {
                port.receiver = Receiver::Transit(Some(to));
            }
        }
        self.held = self.held.saturating_add(message.weight());
        self.arrivals = self.arrivals.wrapping_add(1);
        let arrival = self.arrivals;
        if let Some(port) = self.ports.get_mut(to.0) {
            port.queue.push_back((arrival, message));
            self.note(Event::Queued(to));
        }
    }

    /// As [`Ports::destroy_message`], but the send-once right it was sent with has done its work: were it
    /// released, its notification would come back here.
    pub(super) fn use_up_later(&mut self, mut message: Message, rest: &mut Vec<Right>) {
        let dest = std::mem::take(&mut message.dest);
        match dest {
            Right::SendOnce(id) => {
                if let Some(port) = self.ports.get_mut(id.0) {
                    port.send_once_rights = port.send_once_rights.saturating_sub(1);
                }
            }
            dest => rest.push(dest),
        }
        rest.extend(message.into_rights());
    }

    /// Forgets a dead-name request because its name goes: the requester gets a port-deleted notification.
    pub(super) fn cancel_dead_name(&mut self, id: PortId, space: SpaceId, name: Name) {
        let to = self
            .get_mut(id)
            .and_then(|port| port.dead_names.remove(&(space, name)));
        if let Some(to) = to {
            let mut rest = Vec::new();
            self.post(notify::with_word(notify::PORT_DELETED, to, name), &mut rest);
            self.release_all(rest);
        }
    }
}
