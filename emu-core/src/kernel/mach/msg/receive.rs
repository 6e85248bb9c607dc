//! The receiving half of trap -32.

use super::MsgOption;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::mach::clock::milliseconds;
use crate::kernel::mach::codes;
use crate::kernel::mach::mig::header::descriptors;
use crate::kernel::mach::mig::header::{Descriptor, Header, OutOfLine, PortRight, Trailer};
use crate::kernel::mach::records::SecurityToken;
use crate::kernel::mach::rpc::done;
use crate::kernel::mach::space::{
    Message, MsgReturn, OutItem, PortId, Ports, Receipt, Received, Source,
};
use crate::kernel::mach::waiting::Waiting;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use serde::{Deserialize, Serialize};

/// A receive as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receive {
    /// Whose it is.
    pub program: Item,
    /// The receive right or set.
    pub name: u32,
    /// What that was when the wait began.
    pub source: Option<Source>,
    /// Where the message goes.
    pub addr: u32,
    /// Room there, in bytes.
    pub size: u32,
    /// The options of the call.
    pub option: MsgOption,
    /// In milliseconds, if the options say so.
    pub timeout: u32,
    /// Name of the receive right for a notification, if the options say so.
    pub notify: u32,
    /// Address and size of the list that says where out-of-line data goes.
    pub scatter: (u32, u32),
}

impl Receive {
    /// Whether a message for this port would be for it.
    pub fn hears(&self, ports: &Ports, port: PortId) -> bool {
        match self.source {
            Some(Source::Port(own)) => own == port,
            Some(Source::Set(set)) => ports.get(port).is_some_and(|port| port.set == Some(set)),
            None => false,
        }
    }
}

impl Portfolio {
    /// Receives, or lets the caller wait.
    pub(super) fn receive_into(&mut self, cx: &mut CallCx<'_>, receive: Receive) -> Answer {
        let limited = receive.option.contains(MsgOption::MACH_RCV_TIMEOUT);
        let task = self.caller();
        let answer = self.poll_receive(cx, task, receive, limited && receive.timeout == 0);
        self.settle_ports(cx);
        match answer {
            Ok(code) => done(code),
            Err(waiting) => {
                let time_out = limited.then(|| milliseconds(receive.timeout));
                Ok(self.mach_block(cx, waiting, time_out))
            }
        }
    }

    /// Whether a message is there; it is delivered if so.
    pub(in crate::kernel::mach) fn poll_receive(
        &mut self,
        cx: &mut CallCx<'_>,
        _task: Item,
        receive: Receive,
        timed_out: bool,
    ) -> Result<i32, Waiting> {
        let Some((space, ports)) = self.mach.space(receive.program) else {
            return Ok(codes::MACH_RCV_INVALID_NAME);
        };
        let source = match (space.source(ports, receive.name), receive.source) {
            (Ok(now), Some(then)) if now != then => return Ok(codes::MACH_RCV_PORT_DIED),
            (Ok(now), _) => now,
            (Err(code), None) => return Ok(code.0 as i32),
            // It was waited for, and something has happened to it meanwhile.
            (Err(MsgReturn::RCV_IN_SET), Some(_)) => return Ok(codes::MACH_RCV_PORT_CHANGED),
            (Err(_), Some(_)) => return Ok(codes::MACH_RCV_PORT_DIED),
        };
        let token = SecurityToken::default();
        let trailer = match Trailer::asked(receive.option.bits(), 0, token) {
            Ok(trailer) => trailer.size() as u32,
            Err(fault) => return Ok(fault.code),
        };
        let large = receive.option.contains(MsgOption::MACH_RCV_LARGE);
        if let Some(next) = space.next_size(ports, source) {
            let room = receive.size.saturating_sub(trailer);
            let stored = if next > room as usize {
                Header::SIZE as u32 + trailer
            } else {
                (next as u32).saturating_add(trailer)
            };
            let stored = stored.min(receive.size);
            if cx.mem.check_writable(receive.addr, stored).is_err() {
                // Dequeued and destroyed, as one that is too large.
                let _ = space.receive_from(ports, source, 0, false);
                return Ok(codes::MACH_RCV_INVALID_DATA);
            }
        }
        let room = receive.size.saturating_sub(trailer) as usize;
        match space.receive_from(ports, source, room, large) {
            Err(code) => Ok(code.0 as i32),
            Ok(Receipt::Empty) if timed_out => Ok(codes::MACH_RCV_TIMED_OUT),
            Ok(Receipt::Empty) => Err(Waiting::Receive(Receive {
                source: Some(source),
                ..receive
            })),
            Ok(Receipt::TooLarge(mut header)) => {
                header.items.clear();
                let stored = self.store_header(cx, &receive, &header);
                Ok(stored.err().unwrap_or(codes::MACH_RCV_TOO_LARGE))
            }
            Ok(Receipt::Message(message)) => {
                let mut code = message
                    .error
                    .map_or(codes::KERN_SUCCESS, |code| code.0 as i32);
                if let Err(other) = self.request_notification(&receive, message.remote) {
                    code = other;
                }
                let scatter = self.scatter_list(cx, &receive);
                let trailer = Trailer::asked(receive.option.bits(), message.seqno, message.sender);
                let (program, addr, size) = (receive.program, receive.addr, receive.size);
                let trailer = trailer.ok();
                let stored = self.store_message(cx, program, addr, size, message, trailer, scatter);
                Ok(match stored {
                    Ok(()) => code,
                    Err(other) if code == codes::KERN_SUCCESS => other,
                    Err(other) => code | other & codes::MACH_MSG_MASK,
                })
            }
        }
    }

    /// The port that a receive would take the next message from, when it is alone there, nothing is
    /// queued, and nothing but the message is wanted.
    pub(super) fn direct_port(&mut self, receive: &Receive) -> Option<PortId> {
        let beside = MsgOption::MACH_RCV_NOTIFY | MsgOption::MACH_RCV_OVERWRITE;
        if receive.option.intersects(beside) || receive.option.bits() >> 24 != 0 {
            return None;
        }
        let alone = self.mach.threads.len() == 1;
        let (space, ports) = self.mach.space(receive.program)?;
        match space.source(ports, receive.name) {
            Ok(Source::Port(port)) if alone && ports.get(port)?.queued() == 0 => Some(port),
            _ => None,
        }
    }

    /// Hands a reply over without its queue. False: it does not fit, and is in the queue.
    pub(super) fn receive_directly(
        &mut self,
        cx: &mut CallCx<'_>,
        receive: &Receive,
        port: PortId,
        message: Message,
    ) -> bool {
        let size = message.size();
        let whole = u32::try_from(size + Trailer::MINIMUM).unwrap_or(u32::MAX);
        if whole > receive.size || cx.mem.check_writable(receive.addr, whole).is_err() {
            self.mach.ports.send_reply(message);
            return false;
        }
        self.mach.ports.pass_by(port);
        let header = Header {
            bits: message.dest_kind << 8,
            size: size as u32,
            remote: 0,
            local: receive.name,
            reserved: 0,
            id: message.id as i32,
        };
        let (addr, room) = (receive.addr, receive.size);
        let trailer = Some(Trailer::Empty);
        let stored = store_simple(cx, addr, room, &header, &message.body, trailer);
        self.mach.spare = message.body;
        stored.is_ok()
    }

    /// MACH_RCV_NOTIFY: asks for the dead-name notification of the reply port that has come.
    fn request_notification(&mut self, receive: &Receive, remote: u32) -> Result<(), i32> {
        use crate::kernel::mach::space::{DEAD_NAME, Disposition, PORT_DEAD, PORT_NULL};
        if !receive.option.contains(MsgOption::MACH_RCV_NOTIFY)
            || remote == PORT_NULL
            || remote == PORT_DEAD
        {
            return Ok(());
        }
        let invalid = codes::MACH_RCV_INVALID_NOTIFY;
        let (space, ports) = self.mach.space(receive.program).ok_or(invalid)?;
        let right = space.copy_in(ports, receive.notify, Disposition::MakeSendOnce);
        let right = right.map_err(|_| invalid)?;
        let previous = space.request_notification(ports, remote, DEAD_NAME, 0, right);
        let previous = previous.map_err(|_| invalid)?;
        ports.release(previous);
        Ok(())
    }

    /// The list of MACH_RCV_OVERWRITE: descriptors that say where data goes.
    fn scatter_list(&self, cx: &CallCx<'_>, receive: &Receive) -> Option<Vec<Descriptor>> {
        let (addr, size) = receive.scatter;
        if !receive.option.contains(MsgOption::MACH_RCV_OVERWRITE) || size > 0x1_0000 {
            return None;
        }
        let mut bytes = cx.mem.read_bytes(addr, size).ok()?;
        // The list is a message of descriptors, whatever its bits say.
        if let Some(first) = bytes.first_mut() {
            *first |= 0x80;
        }
        descriptors(&bytes).ok()
    }

    fn store_header(
        &mut self,
        cx: &mut CallCx<'_>,
        receive: &Receive,
        message: &Received,
    ) -> Result<(), i32> {
        let invalid = |_| codes::MACH_RCV_INVALID_DATA;
        let mut bytes = header_of(message).encode();
        bytes.extend(Trailer::Empty.encode());
        bytes.truncate(receive.size as usize);
        cx.mem.write_bytes(receive.addr, &bytes).map_err(invalid)
    }

    /// Writes a received message to memory: its rights have names already, its out-of-line data
    /// gets memory here.
    #[expect(
        clippy::too_many_arguments,
        reason = "where, how much, what, and its extras"
    )]
    pub(super) fn store_message(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        room: u32,
        message: Received,
        trailer: Option<Trailer>,
        scatter: Option<Vec<Descriptor>>,
    ) -> Result<(), i32> {
        if message.items.is_empty() && message.bits & 0x8000_0000 == 0 {
            let header = header_of(&message);
            return store_simple(cx, addr, room, &header, &message.body, trailer);
        }
        let mut error = Ok(());
        let mut bytes = header_of(&message).encode();
        if !message.items.is_empty() || message.bits & 0x8000_0000 != 0 {
            bytes.extend((message.items.len() as u32).to_be_bytes());
        }
        for (n, item) in message.items.into_iter().enumerate() {
            let wanted = scatter.as_ref().and_then(|list| list.get(n).copied());
            let descriptor = match item {
                OutItem::Port(name, kind) => Descriptor::Port(PortRight {
                    name,
                    disposition: kind as u8,
                }),
                OutItem::Ports(names, kind) => {
                    let data: Vec<u8> = names.iter().flat_map(|name| name.to_be_bytes()).collect();
                    let count = names.len() as u32;
                    let place = self.place_data(cx, program, &data, wanted);
                    let address = place.unwrap_or_else(|code| {
                        error = Err(code);
                        0
                    });
                    let region = OutOfLine::new(address, if address == 0 { 0 } else { count });
                    Descriptor::Ports(region, kind as u8)
                }
                OutItem::Data(data, kind) => {
                    let place = self.place_data(cx, program, &data, wanted);
                    let address = place.unwrap_or_else(|code| {
                        error = Err(code);
                        0
                    });
                    let size = if address == 0 { 0 } else { data.len() as u32 };
                    let region = OutOfLine::new(address, size);
                    if kind.is_volatile {
                        Descriptor::Volatile(region)
                    } else {
                        Descriptor::Data(region)
                    }
                }
            };
            bytes.extend(descriptor.encode());
        }
        bytes.extend(&message.body);
        bytes.truncate(room as usize);
        if let Some(trailer) = trailer {
            bytes.resize(bytes.len().next_multiple_of(4), 0);
            bytes.extend(trailer.encode());
        }
        let written = cx.mem.write_bytes(addr, &bytes);
        written.map_err(|_| codes::MACH_RCV_INVALID_DATA)?;
        error
    }

    /// Finds a place for out-of-line data: new memory, or where the list says.
    fn place_data(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        data: &[u8],
        wanted: Option<Descriptor>,
    ) -> Result<u32, i32> {
        const OVERWRITE: u8 = 3;
        if data.is_empty() {
            return Ok(0);
        }
        match wanted {
            Some(Descriptor::Data(to) | Descriptor::Volatile(to) | Descriptor::Ports(to, _))
                if to.copy == OVERWRITE =>
            {
                if (to.size as usize) < data.len() {
                    return Err(codes::MACH_RCV_SCATTER_SMALL);
                }
                let written = cx.mem.write_bytes(to.address, data);
                written.map_err(|_| codes::MACH_RCV_INVALID_DATA)?;
                Ok(to.address)
            }
            Some(Descriptor::Port(_)) => Err(codes::MACH_RCV_INVALID_TYPE),
            _ => self
                .new_region_with(cx, program, data)
                .map_err(|_| codes::MACH_RCV_BODY_ERROR | codes::MACH_MSG_VM_SPACE),
        }
    }
}

/// Writes a message without descriptors, piece by piece.
fn store_simple(
    cx: &mut CallCx<'_>,
    addr: u32,
    room: u32,
    header: &Header,
    body: &[u8],
    trailer: Option<Trailer>,
) -> Result<(), i32> {
    let invalid = codes::MACH_RCV_INVALID_DATA;
    let whole = (Header::SIZE + body.len()).min(room as usize);
    let (trailer, extra) = trailer.map_or(([0; Trailer::MAXIMUM], 0), |one| one.to_array());
    let end = match extra {
        0 => whole,
        extra => whole.next_multiple_of(4) + extra,
    };
    let size = u32::try_from(end).map_err(|_| invalid)?;
    cx.mem.check_writable(addr, size).map_err(|_| invalid)?;
    let to = cx.mem.bytes_mut(addr, size).ok_or(invalid)?;
    let (to, last) = to.split_at_mut(end - extra);
    last.copy_from_slice(&trailer[..extra]);
    let header = header.to_array();
    let first = header.len().min(to.len());
    let (to, rest) = to.split_at_mut(first);
    to.copy_from_slice(&header[..first]);
    let fits = body.len().min(rest.len());
    let (to, padding) = rest.split_at_mut(fits);
    to.copy_from_slice(&body[..fits]);
    padding.fill(0);
    Ok(())
}

fn header_of(message: &Received) -> Header {
    Header {
        bits: message.bits,
        size: message.size as u32,
        remote: message.remote,
        local: message.local,
        reserved: 0,
        id: message.id as i32,
    }
}
