//! What becomes of ports, messages and rights that are let go.
//!
//! Mach sheet 4.1.

use super::{Event, Port, PortId, Ports, Receiver, Right, SetId};
use crate::kernel::mach::space::message::Message;
use crate::kernel::mach::space::{Name, SpaceId, notify};

impl Ports {
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
    pub(in crate::kernel::mach::space) fn release_all(&mut self, mut rest: Vec<Right>) {
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
    pub(in crate::kernel::mach::space) fn begin_move(&mut self, id: PortId) {
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
    pub(in crate::kernel::mach::space) fn leave_set(&mut self, id: PortId) -> bool {
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
    pub(in crate::kernel::mach::space) fn destroy_set(&mut self, set: SetId) {
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
    pub(in crate::kernel::mach::space) fn post(&mut self, message: Message, rest: &mut Vec<Right>) {
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
    pub(in crate::kernel::mach::space) fn use_up_later(
        &mut self,
        mut message: Message,
        rest: &mut Vec<Right>,
    ) {
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
    pub(in crate::kernel::mach::space) fn cancel_dead_name(
        &mut self,
        id: PortId,
        space: SpaceId,
        name: Name,
    ) {
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
