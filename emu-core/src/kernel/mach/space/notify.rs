//! Notifications and the requests for them (Mach sheet 4.7).

use super::message::{Item, Message};
use super::ports::{PortId, Ports, Right};
use super::{Held, KernReturn, MACH_MSG_TYPE_PORT_SEND_ONCE, Name, Space, UREFS_MAX};
use crate::kernel::mach::records::SecurityToken;

/// Message id: a name with a dead-name request is gone.
pub const PORT_DELETED: u32 = 65;
/// Message id: here is the receive right that was let go.
pub const PORT_DESTROYED: u32 = 69;
/// Message id: there are no send rights any more.
pub const NO_SENDERS: u32 = 70;
/// Message id: a send-once right was let go unused.
pub const SEND_ONCE: u32 = 71;
/// Message id: a name has become a dead name.
pub const DEAD_NAME: u32 = 72;

fn notification(id: u32, to: Right, items: Vec<Item>, body: Vec<u8>) -> Message {
    let complex = !items.is_empty();
    Message {
        id,
        complex,
        dest: to,
        dest_kind: MACH_MSG_TYPE_PORT_SEND_ONCE,
        reply: Right::Null,
        reply_kind: 0,
        sender: SecurityToken::KERNEL,
        items,
        body,
    }
}

/// A notification that says no more than its id.
pub(super) fn send_once(to: Right) -> Message {
    notification(SEND_ONCE, to, Vec::new(), Vec::new())
}

/// A notification with one word after the NDR record, which is eight zeros on this machine.
pub(super) fn with_word(id: u32, to: Right, word: u32) -> Message {
    let mut body = vec![0; 8];
    body.extend_from_slice(&word.to_be_bytes());
    notification(id, to, Vec::new(), body)
}

/// The notification that carries a receive right.
pub(super) fn port_destroyed(to: Right, port: PortId) -> Message {
    notification(
        PORT_DESTROYED,
        to,
        vec![Item::Port {
            right: Right::Receive(port),
            kind: 16,
        }],
        Vec::new(),
    )
}

impl Space {
    /// `mach_port_request_notification`: `notify` is the send-once right, or null to cancel. Answers the one
    /// registered before. After an error `notify` has been let go.
    pub fn request_notification(
        &mut self,
        ports: &mut Ports,
        name: Name,
        id: u32,
        sync: u32,
        notify: Right,
    ) -> Result<Right, KernReturn> {
        let answer = match notify {
            Right::Null | Right::SendOnce(_) => self.request(ports, name, id, sync, notify),
            _ => Err(KernReturn::InvalidCapability),
        };
        if answer.is_err() {
            ports.release(notify);
        }
        answer
    }

    fn request(
        &mut self,
        ports: &mut Ports,
        name: Name,
        id: u32,
        sync: u32,
        notify: Right,
    ) -> Result<Right, KernReturn> {
        match id {
            PORT_DESTROYED if sync == 0 => {
                let port = self.receive_right(ports, name)?;
                let port = ports.get_mut(port).ok_or(KernReturn::InvalidRight)?;
                Ok(std::mem::replace(&mut port.port_destroyed, notify))
            }
            NO_SENDERS => {
                let id = self.receive_right(ports, name)?;
                let port = ports.get_mut(id).ok_or(KernReturn::InvalidRight)?;
                let previous = std::mem::take(&mut port.no_senders);
                // Sheet: silent. The documentation's `sync` is the make-send count the requester knows of.
                if notify != Right::Null && port.send_rights == 0 && sync <= port.make_send {
                    let message = with_word(NO_SENDERS, notify, port.make_send);
                    let mut rest = Vec::new();
                    ports.post(message, &mut rest);
                    ports.release_all(rest);
                } else {
                    port.no_senders = notify;
                }
                Ok(previous)
            }
            DEAD_NAME => self.request_dead_name(ports, name, sync, notify),
            _ => Err(KernReturn::InvalidValue),
        }
    }

    fn request_dead_name(
        &mut self,
        ports: &mut Ports,
        name: Name,
        sync: u32,
        notify: Right,
    ) -> Result<Right, KernReturn> {
        let id = match self.lookup(ports, name)?.held {
            Held::Port { port, .. } | Held::SendOnce(port) => port,
            Held::Set(_) => return Err(KernReturn::InvalidRight),
            Held::Dead(_) if sync == 0 || notify == Right::Null => {
                return Err(KernReturn::InvalidArgument);
            }
            Held::Dead(UREFS_MAX..) => return Err(KernReturn::UrefsOverflow),
            Held::Dead(refs) => {
                self.set_held(name, Held::Dead(refs + 1));
                let mut rest = Vec::new();
                ports.post(with_word(DEAD_NAME, notify, name), &mut rest);
                ports.release_all(rest);
                return Ok(Right::Null);
            }
        };
        let port = ports.get_mut(id).ok_or(KernReturn::InvalidName)?;
        let key = (self.id, name);
        let previous = match notify {
            Right::Null => port.dead_names.remove(&key),
            notify => port.dead_names.insert(key, notify),
        };
        if let Some(entry) = self.entries.get_mut(name) {
            entry.request = notify != Right::Null;
        }
        Ok(previous.unwrap_or(Right::Null))
    }
}
