//! Tests of Mach IPC as data: the rules of Mach sheet 4.1 and 4.5-4.7.

mod messages;
mod random;
mod rules;

use super::*;

/// Some spaces and all ports.
struct World {
    ports: Ports,
    spaces: Vec<Space>,
}

impl World {
    fn new() -> World {
        World {
            ports: Ports::new(),
            spaces: (0..3).map(|id| Space::new(SpaceId(id))).collect(),
        }
    }

    fn port(&mut self, space: usize) -> Name {
        self.spaces[space]
            .allocate(&mut self.ports, RightKind::Receive)
            .unwrap()
    }

    fn take(&mut self, space: usize, name: Name, how: Disposition) -> Right {
        self.spaces[space]
            .copy_in(&mut self.ports, name, how)
            .unwrap()
    }

    fn give(&mut self, space: usize, right: Right) -> Name {
        self.spaces[space].copy_out(&mut self.ports, right).unwrap()
    }

    fn kind(&mut self, space: usize, name: Name) -> Result<u32, KernReturn> {
        self.spaces[space].port_type(&self.ports, name)
    }

    fn refs(&mut self, space: usize, name: Name, kind: RightKind) -> u32 {
        self.spaces[space]
            .get_refs(&self.ports, name, kind)
            .unwrap()
    }

    fn send(&mut self, space: usize, from: Outgoing) -> Result<Sent, MsgReturn> {
        let message = self.spaces[space].copy_in_message(&mut self.ports, from)?;
        Ok(self.ports.enqueue(message))
    }

    fn receive(&mut self, space: usize, name: Name) -> Result<Receipt, MsgReturn> {
        self.spaces[space].receive(&mut self.ports, name, 4096, false)
    }

    fn message(&mut self, space: usize, name: Name) -> Received {
        match self.receive(space, name).unwrap() {
            Receipt::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }
}

/// A message without a reply port.
fn to(remote: Name, how: u32) -> Outgoing {
    Outgoing {
        bits: how,
        remote,
        id: 7,
        ..Outgoing::default()
    }
}
