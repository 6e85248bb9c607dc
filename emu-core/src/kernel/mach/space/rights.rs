//! The calls on names (Mach sheet 4.6); rights into and out of a space (4.1).

use super::ports::{Event, Ports, Receiver, Right};
use super::{Disposition, Entry, Held, KernReturn, Name, PORT_DEAD, PORT_NULL};
use super::{RightKind, Space, TYPE_DNREQUEST, UREFS_MAX};

impl Space {
    /// `mach_port_allocate`: a receive right, a set or a dead name.
    pub fn allocate(&mut self, ports: &mut Ports, kind: RightKind) -> Result<Name, KernReturn> {
        let held = self.new_right(ports, kind)?;
        self.add(held).inspect_err(|_| undo_new(ports, held))
    }

    /// `mach_port_allocate_name`.
    pub fn allocate_name(
        &mut self,
        ports: &mut Ports,
        kind: RightKind,
        name: Name,
    ) -> Result<(), KernReturn> {
        let held = self.new_right(ports, kind)?;
        self.add_named(name, held)
            .inspect_err(|_| undo_new(ports, held))
    }

    fn new_right(&mut self, ports: &mut Ports, kind: RightKind) -> Result<Held, KernReturn> {
        Ok(match kind {
            RightKind::Receive => Held::Port {
                port: ports.create_for(self.id),
                receive: true,
                send: 0,
            },
            RightKind::PortSet => Held::Set(ports.create_set()),
            RightKind::DeadName => Held::Dead(1),
            RightKind::Send | RightKind::SendOnce => return Err(KernReturn::InvalidValue),
        })
    }

    /// `mach_port_names`: all names with their types.
    pub fn names(&mut self, ports: &Ports) -> Vec<(Name, u32)> {
        let names: Vec<Name> = self.entries.names();
        names
            .into_iter()
            .filter_map(|name| Some((name, self.settle(ports, name)?.type_bits())))
            .collect()
    }

    /// `mach_port_type`.
    pub fn port_type(&mut self, ports: &Ports, name: Name) -> Result<u32, KernReturn> {
        Ok(self.lookup(ports, name)?.type_bits())
    }

    /// `mach_port_rename`.
    pub fn rename(&mut self, ports: &mut Ports, old: Name, new: Name) -> Result<(), KernReturn> {
        if new == PORT_NULL || new == PORT_DEAD {
            return Err(KernReturn::InvalidValue);
        }
        let entry = self.lookup(ports, old)?;
        if self.entries.contains(new) {
            return Err(KernReturn::NameExists);
        }
        self.entries.remove(old);
        self.free.extend(entry.index);
        self.put(new, entry.held, None);
        if let (true, Held::Port { port, .. } | Held::SendOnce(port)) = (entry.request, entry.held)
        {
            if let Some(port) = ports.get_mut(port) {
                let to = port.dead_names.remove(&(self.id, old)).unwrap_or_default();
                port.dead_names.insert((self.id, new), to);
            }
            if let Some(entry) = self.entries.get_mut(new) {
                entry.request = true;
            }
        }
        Ok(())
    }

    /// `mach_port_get_refs`: 0 if the name has no right of this kind.
    pub fn get_refs(
        &mut self,
        ports: &Ports,
        name: Name,
        kind: RightKind,
    ) -> Result<u32, KernReturn> {
        Ok(self.lookup(ports, name)?.refs(kind))
    }

    /// `mach_port_destroy`: everything a name stands for.
    pub fn destroy(&mut self, ports: &mut Ports, name: Name) -> Result<(), KernReturn> {
        self.lookup(ports, name)?;
        let Some(entry) = self.remove(ports, name) else {
            return Err(KernReturn::InvalidName);
        };
        match entry.held {
            Held::Port {
                port,
                receive,
                send,
            } => {
                let send = if send > 0 {
                    Right::Send(port)
                } else {
                    Right::Null
                };
                // The last is released first: no senders before there is no receiver.
                let receive = if receive {
                    Right::Receive(port)
                } else {
                    Right::Null
                };
                ports.release_all(vec![receive, send]);
            }
            Held::SendOnce(port) => ports.release(Right::SendOnce(port)),
            Held::Set(set) => ports.destroy_set(set),
            Held::Dead(_) => {}
        }
        Ok(())
    }

    /// `mach_port_deallocate`: one reference of a send right, send-once right or dead name. A name that
    /// stands for nothing is none to let go: success (Mach sheet 4.6).
    pub fn deallocate(&mut self, ports: &mut Ports, name: Name) -> Result<(), KernReturn> {
        let Some(entry) = self.settle(ports, name) else {
            return Ok(());
        };
        let kind = match entry.held {
            Held::Port { send: 1.., .. } => RightKind::Send,
            Held::SendOnce(_) => RightKind::SendOnce,
            Held::Dead(_) => RightKind::DeadName,
            Held::Port { .. } | Held::Set(_) => return Err(KernReturn::InvalidRight),
        };
        self.mod_refs(ports, name, kind, -1)
    }

    /// `mach_port_mod_refs`.
    pub fn mod_refs(
        &mut self,
        ports: &mut Ports,
        name: Name,
        kind: RightKind,
        delta: i32,
    ) -> Result<(), KernReturn> {
        let entry = self.lookup(ports, name)?;
        let refs = entry.refs(kind);
        if refs == 0 {
            return Err(KernReturn::InvalidRight);
        }
        let after = i64::from(refs) + i64::from(delta);
        if after < 0 {
            return Err(KernReturn::InvalidValue);
        }
        if delta == 0 {
            return Ok(());
        }
        match (kind, entry.held) {
            // These have one reference always.
            (RightKind::Receive | RightKind::SendOnce | RightKind::PortSet, _) if delta != -1 => {
                Err(KernReturn::InvalidValue)
            }
            _ if after > i64::from(UREFS_MAX) => Err(KernReturn::UrefsOverflow),
            (
                RightKind::Receive,
                Held::Port {
                    port, send: 1.., ..
                },
            ) => {
                // The name stays and becomes a dead name when it is looked at.
                ports.release(Right::Receive(port));
                self.forget_receive(ports, name);
                Ok(())
            }
            (
                RightKind::Send,
                Held::Port {
                    port,
                    receive,
                    send,
                },
            ) => {
                if after > 0 || receive {
                    let send = after as u32;
                    self.set_held(
                        name,
                        Held::Port {
                            port,
                            receive,
                            send,
                        },
                    );
                } else {
                    self.remove(ports, name);
                }
                if after == 0 && send > 0 {
                    ports.release(Right::Send(port));
                }
                Ok(())
            }
            (RightKind::DeadName, Held::Dead(_)) if after > 0 => {
                self.set_held(name, Held::Dead(after as u32));
                Ok(())
            }
            _ => self.destroy(ports, name),
        }
    }

    fn forget_receive(&mut self, ports: &Ports, name: Name) {
        if let Some(Entry {
            held: Held::Port { receive, .. },
            ..
        }) = self.entries.get_mut(name)
        {
            *receive = false;
        }
        self.settle(ports, name);
    }

    /// Whether a right could be taken from a name.
    pub(super) fn can_copy_in(&mut self, ports: &Ports, name: Name, how: Disposition) -> bool {
        use Disposition::{CopySend, MakeSend, MakeSendOnce, MoveReceive, MoveSend, MoveSendOnce};
        let Some(entry) = self.settle(ports, name) else {
            return false;
        };
        match (how, entry.held) {
            (MoveSend | CopySend, Held::Port { send, .. }) => send > 0,
            (MakeSend | MakeSendOnce | MoveReceive, Held::Port { receive, .. }) => receive,
            (MoveSendOnce, Held::SendOnce(_)) => true,
            (MoveSend | CopySend | MoveSendOnce, Held::Dead(_)) => true,
            _ => false,
        }
    }

    /// Takes a right from a name; null and dead names are themselves, whatever the disposition.
    pub fn copy_in(
        &mut self,
        ports: &mut Ports,
        name: Name,
        how: Disposition,
    ) -> Result<Right, KernReturn> {
        match name {
            PORT_NULL => return Ok(Right::Null),
            PORT_DEAD => return Ok(Right::Dead),
            _ => {}
        }
        let entry = self.lookup(ports, name)?;
        if !self.can_copy_in(ports, name, how) {
            return Err(KernReturn::InvalidRight);
        }
        let id = match entry.held {
            Held::Port { port, .. } => port,
            Held::SendOnce(port) => {
                self.remove(ports, name);
                return Ok(Right::SendOnce(port));
            }
            Held::Dead(_) if how == Disposition::CopySend => return Ok(Right::Dead),
            _ => {
                return self
                    .mod_refs(ports, name, RightKind::DeadName, -1)
                    .map(|()| Right::Dead);
            }
        };
        let Held::Port { receive, send, .. } = entry.held else {
            return Err(KernReturn::InvalidRight);
        };
        match how {
            Disposition::MakeSend => return Ok(ports.make_send(id)),
            Disposition::MakeSendOnce => return Ok(ports.make_send_once(id)),
            _ => {}
        }
        let Some(port) = ports.get_mut(id) else {
            return Err(KernReturn::InvalidRight);
        };
        match how {
            Disposition::CopySend => {
                port.send_rights += 1;
                Ok(Right::Send(id))
            }
            Disposition::MoveSend => {
                // The last reference goes itself, others stay: then there is one right more.
                if send > 1 {
                    port.send_rights += 1;
                }
                if send > 1 || receive {
                    self.set_held(
                        name,
                        Held::Port {
                            port: id,
                            receive,
                            send: send - 1,
                        },
                    );
                } else {
                    self.remove(ports, name);
                }
                Ok(Right::Send(id))
            }
            _ => {
                ports.begin_move(id);
                if send > 0 {
                    self.set_held(
                        name,
                        Held::Port {
                            port: id,
                            receive: false,
                            send,
                        },
                    );
                } else {
                    self.remove(ports, name);
                }
                Ok(Right::Receive(id))
            }
        }
    }

    /// Gives a right a name: its own if the space has one for the port, else a new one. A send right too many
    /// for the reference count is let go. Without room for a name the right is let go, too.
    pub fn copy_out(&mut self, ports: &mut Ports, right: Right) -> Result<Name, KernReturn> {
        let Some(id) = right.port() else {
            return Ok(if right == Right::Null {
                PORT_NULL
            } else {
                PORT_DEAD
            });
        };
        if !ports.is_alive(id) {
            return Ok(PORT_DEAD);
        }
        let own = if let Right::SendOnce(_) = right {
            None
        } else {
            self.by_port.get(&id).copied()
        };
        let name = match own {
            Some(name) => name,
            None => {
                let held = fresh(right, id);
                self.add(held).inspect_err(|_| ports.release(right))?
            }
        };
        self.merge(ports, name, right, own.is_some());
        Ok(name)
    }

    /// Adds a right to a name that stands for its port already (`own`) or was made for it.
    fn merge(&mut self, ports: &mut Ports, name: Name, right: Right, own: bool) {
        if let (Right::Receive(id), Some(port)) =
            (right, right.port().and_then(|id| ports.get_mut(id)))
        {
            port.receiver = Receiver::Space(self.id);
            ports.note(Event::Moved(id));
        }
        let Some(Entry {
            held: Held::Port { receive, send, .. },
            ..
        }) = self.entries.get_mut(name)
        else {
            return;
        };
        match right {
            Right::Receive(_) => *receive = true,
            Right::Send(_) if own => {
                let merged = *send > 0;
                *send = (*send + 1).min(UREFS_MAX);
                if merged {
                    ports.release(right);
                }
            }
            _ => {}
        }
    }

    /// `mach_port_insert_right`: a right under a given name. After an error it has been let go.
    pub fn insert_right(
        &mut self,
        ports: &mut Ports,
        name: Name,
        right: Right,
    ) -> Result<(), KernReturn> {
        let answer = self.can_insert(ports, name, right);
        match answer {
            Ok(own) => self.merge(ports, name, right, own),
            Err(_) => ports.release(right),
        }
        answer.map(|_| ())
    }

    fn can_insert(&mut self, ports: &Ports, name: Name, right: Right) -> Result<bool, KernReturn> {
        if name == PORT_NULL || name == PORT_DEAD {
            return Err(KernReturn::InvalidValue);
        }
        let id = right
            .port()
            .filter(|&id| ports.is_alive(id))
            .ok_or(KernReturn::InvalidCapability)?;
        let own = self.by_port.get(&id).copied();
        match (right, own, self.settle(ports, name)) {
            (Right::Send(_) | Right::Receive(_), Some(own), entry) if own == name => match entry {
                Some(Entry {
                    held:
                        Held::Port {
                            send: UREFS_MAX.., ..
                        },
                    ..
                }) if right == Right::Send(id) => Err(KernReturn::UrefsOverflow),
                _ => Ok(true),
            },
            (_, _, Some(_)) => Err(KernReturn::NameExists),
            (Right::Send(_) | Right::Receive(_), Some(_), None) => Err(KernReturn::RightExists),
            _ => self.add_named(name, fresh(right, id)).map(|()| false),
        }
    }

    /// `mach_port_extract_right`: a right of a name, for another space.
    pub fn extract_right(
        &mut self,
        ports: &mut Ports,
        name: Name,
        how: Disposition,
    ) -> Result<Right, KernReturn> {
        self.lookup(ports, name)?;
        self.copy_in(ports, name, how)
    }

    /// The end of a task: every name is destroyed.
    pub fn terminate(mut self, ports: &mut Ports) {
        for name in self.entries.names() {
            if self.destroy(ports, name).is_err() {
                self.entries.remove(name);
            }
        }
    }
}

/// What a name stands for that is made for this right.
fn fresh(right: Right, id: super::PortId) -> Held {
    match right {
        Right::SendOnce(_) => Held::SendOnce(id),
        Right::Receive(_) => Held::Port {
            port: id,
            receive: true,
            send: 0,
        },
        _ => Held::Port {
            port: id,
            receive: false,
            send: 1,
        },
    }
}

/// Takes back a right whose name could not be made.
fn undo_new(ports: &mut Ports, held: Held) {
    match held {
        Held::Port { port, .. } => ports.release(Right::Receive(port)),
        Held::Set(set) => ports.destroy_set(set),
        Held::SendOnce(_) | Held::Dead(_) => {}
    }
}

impl Entry {
    fn type_bits(&self) -> u32 {
        let kinds = [
            RightKind::Send,
            RightKind::Receive,
            RightKind::SendOnce,
            RightKind::PortSet,
            RightKind::DeadName,
        ];
        let bits = kinds
            .into_iter()
            .filter(|&kind| self.refs(kind) > 0)
            .map(RightKind::type_bit);
        bits.fold(if self.request { TYPE_DNREQUEST } else { 0 }, |all, bit| {
            all | bit
        })
    }

    fn refs(&self, kind: RightKind) -> u32 {
        match (kind, self.held) {
            (RightKind::Send, Held::Port { send, .. }) => send,
            (RightKind::Receive, Held::Port { receive, .. }) => u32::from(receive),
            (RightKind::SendOnce, Held::SendOnce(_)) | (RightKind::PortSet, Held::Set(_)) => 1,
            (RightKind::DeadName, Held::Dead(refs)) => refs,
            _ => 0,
        }
    }
}
