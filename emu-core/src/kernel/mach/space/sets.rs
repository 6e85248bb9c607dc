//! Port sets, and the attributes of ports.

use super::ports::{Event, Ports, QLIMIT_MAX, SetId};
use super::{Held, KernReturn, Name, PORT_NULL, Right, Space};

/// Attributes: the queue limit.
pub const LIMITS_INFO: u32 = 1;
/// Attributes: everything about a receive right.
pub const RECEIVE_STATUS: u32 = 2;
/// Attributes: how many dead-name requests there is room for.
pub const DNREQUESTS_SIZE: u32 = 3;

impl Space {
    /// `mach_port_move_member`: a receive right goes into a set, or out of its set if `set` is 0.
    pub fn move_member(
        &mut self,
        ports: &mut Ports,
        member: Name,
        set: Name,
    ) -> Result<(), KernReturn> {
        let id = self.receive_right(ports, member)?;
        if set == PORT_NULL {
            return if ports.leave_set(id) {
                Ok(())
            } else {
                Err(KernReturn::NotInSet)
            };
        }
        let set = self.set(ports, set)?;
        ports.leave_set(id);
        if let Some(port) = ports.get_mut(id) {
            port.set = Some(set);
        }
        if let Some(members) = ports.sets.get_mut(&set) {
            members.push(id);
        }
        ports.note(Event::Moved(id));
        Ok(())
    }

    /// The set a name stands for.
    fn set(&mut self, ports: &Ports, name: Name) -> Result<SetId, KernReturn> {
        match self.lookup(ports, name)?.held {
            Held::Set(set) => Ok(set),
            _ => Err(KernReturn::InvalidRight),
        }
    }

    /// `mach_port_get_set_status`: the names of a set's members, in the order they came.
    pub fn get_set_status(&mut self, ports: &Ports, name: Name) -> Result<Vec<Name>, KernReturn> {
        let set = self.set(ports, name)?;
        let members = ports.sets.get(&set).map_or(&[][..], |members| members);
        Ok(members
            .iter()
            .filter_map(|port| self.by_port.get(port).copied())
            .collect())
    }

    /// `mach_port_get_attributes`, with room for so many words.
    pub fn get_attributes(
        &mut self,
        ports: &Ports,
        name: Name,
        flavor: u32,
        room: usize,
    ) -> Result<Vec<u32>, KernReturn> {
        let id = self.receive_right(ports, name)?;
        let port = ports.get(id).ok_or(KernReturn::InvalidRight)?;
        let words = match flavor {
            LIMITS_INFO => vec![port.qlimit],
            RECEIVE_STATUS => vec![
                port.set.map_or(PORT_NULL, |set| self.name_of_set(set)),
                port.seqno,
                port.make_send,
                port.qlimit,
                port.queued() as u32,
                port.send_once_rights,
                u32::from(port.send_rights > 0),
                u32::from(port.port_destroyed != Right::Null),
                u32::from(port.no_senders != Right::Null),
                0,
            ],
            DNREQUESTS_SIZE => vec![port.dead_names.len() as u32],
            _ => return Err(KernReturn::InvalidValue),
        };
        if words.len() > room {
            Err(KernReturn::Failure)
        } else {
            Ok(words)
        }
    }

    fn name_of_set(&self, set: SetId) -> Name {
        let found = self
            .entries
            .iter()
            .find(|(_, entry)| entry.held == Held::Set(set));
        found.map_or(PORT_NULL, |(name, _)| name)
    }

    /// `mach_port_set_attributes`. A size for dead-name requests is accepted and means nothing here.
    pub fn set_attributes(
        &mut self,
        ports: &mut Ports,
        name: Name,
        flavor: u32,
        words: &[u32],
    ) -> Result<(), KernReturn> {
        let id = self.receive_right(ports, name)?;
        match (flavor, words) {
            (LIMITS_INFO, &[limit, ..]) if limit <= QLIMIT_MAX => {
                if let Some(port) = ports.get_mut(id) {
                    port.qlimit = limit;
                    ports.note(Event::Room(id));
                }
                Ok(())
            }
            (LIMITS_INFO | DNREQUESTS_SIZE, []) => Err(KernReturn::Failure),
            (DNREQUESTS_SIZE, _) => Ok(()),
            _ => Err(KernReturn::InvalidValue),
        }
    }

    /// `mach_port_set_mscount`.
    pub fn set_mscount(
        &mut self,
        ports: &mut Ports,
        name: Name,
        count: u32,
    ) -> Result<(), KernReturn> {
        let id = self.receive_right(ports, name)?;
        if let Some(port) = ports.get_mut(id) {
            port.make_send = count;
        }
        Ok(())
    }
}
