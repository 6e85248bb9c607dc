//! The rights of a message, taken from the names of its sender.
//!
//! Mach sheet 4.1, 4.2.

use super::{COMPLEX, Item, Message, OutItem, Outgoing};
use crate::kernel::mach::mig::header::REQUEST_BITS;
use crate::kernel::mach::records::SecurityToken;
use crate::kernel::mach::space::ports::{Ports, Right};
use crate::kernel::mach::space::{Disposition, Held, MsgReturn, PORT_DEAD, PORT_NULL, Space};

impl Space {
    /// Takes the rights of a message from their names.
    pub fn copy_in_message(
        &mut self,
        ports: &mut Ports,
        from: Outgoing,
    ) -> Result<Message, MsgReturn> {
        let (dest, dest_kind, reply, reply_kind) = self.copy_in_header(ports, &from)?;
        let (id, body) = (from.id, from.body);
        let complex = from.bits & COMPLEX != 0;
        let mut message = Message {
            id,
            complex,
            dest,
            dest_kind,
            reply,
            reply_kind,
            sender: SecurityToken::default(),
            items: Vec::new(),
            body,
        };
        let items = if complex { from.items } else { Vec::new() };
        for item in items {
            if let Err(code) = self.copy_in_item(ports, item, &mut message.items) {
                ports.destroy_message(message);
                return Err(code);
            }
        }
        Ok(message)
    }

    fn copy_in_header(
        &mut self,
        ports: &mut Ports,
        from: &Outgoing,
    ) -> Result<(Right, u32, Right, u32), MsgReturn> {
        if let Some(rights) = self.copy_in_stub_header(ports, from) {
            return Ok(rights);
        }
        let is_send = |how: &Disposition| *how != Disposition::MoveReceive;
        let remote = Disposition::from_number(from.bits & 0xff).filter(is_send);
        let remote = remote.ok_or(MsgReturn::SEND_INVALID_HEADER)?;
        let local = match from.bits >> 8 & 0xff {
            0 if from.local == PORT_NULL => None,
            bits => Some(
                Disposition::from_number(bits)
                    .filter(is_send)
                    .ok_or(MsgReturn::SEND_INVALID_HEADER)?,
            ),
        };
        if !self.can_copy_in(ports, from.remote, remote)
            || self.port_of(ports, from.remote).is_none()
        {
            return Err(MsgReturn::SEND_INVALID_DEST);
        }
        let is_none = from.local == PORT_NULL || from.local == PORT_DEAD;
        if let Some(local) = local.filter(|_| !is_none) {
            let twice = from.local == from.remote
                && match self.settle(ports, from.remote).map(|entry| entry.held) {
                    Some(Held::SendOnce(_)) => true,
                    Some(Held::Port { send: 1, .. }) => {
                        [remote, local] == [Disposition::MoveSend; 2]
                    }
                    _ => false,
                };
            if twice || !self.can_copy_in(ports, from.local, local) {
                return Err(MsgReturn::SEND_INVALID_REPLY);
            }
        }
        // With one name for both, what only looks at the right goes before what takes it away.
        let reply_first = remote == Disposition::MoveSend;
        let take_reply = |space: &mut Space, ports: &mut Ports| match local {
            Some(local) => space
                .copy_in(ports, from.local, local)
                .map_err(|_| MsgReturn::SEND_INVALID_REPLY),
            None => Ok(Right::Null),
        };
        let early = if reply_first {
            Some(take_reply(self, ports)?)
        } else {
            None
        };
        let dest = self
            .copy_in(ports, from.remote, remote)
            .map_err(|_| MsgReturn::SEND_INVALID_DEST)?;
        let reply = match early {
            Some(reply) => reply,
            None => take_reply(self, ports)?,
        };
        Ok((
            dest,
            remote.received_as(),
            reply,
            local.map_or(0, Disposition::received_as),
        ))
    }

    /// The header of all client stubs, as long as nothing is wrong with it: a copied send right,
    /// and a send-once right made from another port's receive right.
    fn copy_in_stub_header(
        &mut self,
        ports: &mut Ports,
        from: &Outgoing,
    ) -> Option<(Right, u32, Right, u32)> {
        if from.bits & 0xffff != REQUEST_BITS {
            return None;
        }
        let Held::Port { port: to, send, .. } = self.entries.get(from.remote)?.held else {
            return None;
        };
        let Held::Port {
            port: reply,
            receive,
            ..
        } = self.entries.get(from.local)?.held
        else {
            return None;
        };
        if send == 0 || !receive || !ports.is_alive(reply) {
            return None;
        }
        let to_port = ports.get_mut(to)?;
        to_port.send_rights = to_port.send_rights.saturating_add(1);
        let reply_port = ports.get_mut(reply)?;
        reply_port.send_once_rights = reply_port.send_once_rights.saturating_add(1);
        Some((Right::Send(to), 17, Right::SendOnce(reply), 18))
    }

    fn copy_in_item(
        &mut self,
        ports: &mut Ports,
        item: OutItem,
        to: &mut Vec<Item>,
    ) -> Result<(), MsgReturn> {
        let (names, number, is_single) = match item {
            OutItem::Data(data, kind) => {
                to.push(Item::Data(data, kind));
                return Ok(());
            }
            OutItem::Port(name, how) => (vec![name], how, true),
            OutItem::Ports(names, how) => (names, how, false),
        };
        let how = Disposition::from_number(number).ok_or(MsgReturn::SEND_INVALID_TYPE)?;
        let kind = how.received_as();
        let mut rights = Vec::with_capacity(names.len());
        for name in names {
            match self.copy_in(ports, name, how) {
                Ok(right) => rights.push(right),
                Err(_) => {
                    ports.release_all(rights);
                    return Err(MsgReturn::SEND_INVALID_RIGHT);
                }
            }
        }
        to.push(match (is_single, rights.first()) {
            (true, Some(&right)) => Item::Port { right, kind },
            _ => Item::Ports { rights, kind },
        });
        Ok(())
    }
}
