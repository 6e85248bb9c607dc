//! The sending half of trap -32.

use super::Receive;
use crate::kernel::call::CallCx;
use crate::kernel::mach::clock::milliseconds;
use crate::kernel::mach::codes;
use crate::kernel::mach::mig::header::{Descriptor, Header, OutOfLine, descriptors};
use crate::kernel::mach::mig::wire::word;
use crate::kernel::mach::msg::MsgOption;
use crate::kernel::mach::rpc::{descriptors_size, is_complex};
use crate::kernel::mach::space::{Message, OutItem, Outgoing, RegionKind, Sent};
use crate::kernel::mach::waiting::Waiting;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::mem::Memory;
use serde::{Deserialize, Serialize};

/// Most bytes of a message without its out-of-line data.
const INLINE_MAX: u32 = 0x1_0000;
/// Most bytes and rights out of line in one message: more than memory has.
const OUT_OF_LINE_MAX: u32 = 0x40_0000;

/// A send that waits for room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Send {
    /// Whose it is.
    pub program: Item,
    /// The message; its rights are no task's now.
    pub message: Message,
    /// Where it was sent from, and how long it was.
    pub addr: u32,
    /// Bytes that were sent.
    pub size: u32,
    /// What to do afterwards.
    pub receive: Option<Receive>,
}

/// A descriptor's data or names, copied from the sender's memory.
fn read_item(mem: &Memory, descriptor: Descriptor) -> Result<OutItem, i32> {
    let invalid = codes::MACH_SEND_INVALID_MEMORY;
    let read = |region: &OutOfLine, unit: u32| {
        let len = region.size.checked_mul(unit).ok_or(invalid)?;
        if len > OUT_OF_LINE_MAX {
            return Err(invalid);
        }
        mem.read_bytes(region.address, len).map_err(|_| invalid)
    };
    let data = |region: OutOfLine, is_volatile: bool| {
        let kind = RegionKind {
            copy: region.copy,
            is_volatile,
        };
        if region.copy > 1 {
            return Err(codes::MACH_SEND_INVALID_TYPE);
        }
        let bytes = if region.size == 0 {
            Vec::new()
        } else {
            read(&region, 1)?
        };
        Ok(OutItem::Data(bytes, kind))
    };
    match descriptor {
        Descriptor::Port(right) => Ok(OutItem::Port(right.name, u32::from(right.disposition))),
        Descriptor::Data(region) => data(region, false),
        Descriptor::Volatile(region) => data(region, true),
        Descriptor::Ports(region, disposition) => {
            let bytes = if region.size == 0 {
                Vec::new()
            } else {
                read(&region, 4)?
            };
            let names = bytes.chunks_exact(4).filter_map(|name| word(name, 0));
            Ok(OutItem::Ports(names.collect(), u32::from(disposition)))
        }
    }
}

impl Portfolio {
    /// Sends the message at an address. `Some` = it has to wait for room.
    pub(super) fn send_from(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        addr: u32,
        size: u32,
    ) -> Result<Option<Message>, i32> {
        if size < Header::SIZE as u32 || !size.is_multiple_of(4) {
            return Err(codes::MACH_SEND_MSG_TOO_SMALL);
        }
        if size > INLINE_MAX {
            return Err(codes::MACH_SEND_NO_BUFFER);
        }
        let readable = cx.mem.check_readable(addr, size);
        readable.map_err(|_| codes::MACH_SEND_INVALID_DATA)?;
        // Lent, as most messages are small and come one after the other.
        let mut bytes = std::mem::take(&mut self.mach.scratch);
        bytes.clear();
        bytes.extend_from_slice(cx.mem.bytes(addr, size).unwrap_or_default());
        let sent = self.send_bytes(cx, program, &bytes);
        self.mach.scratch = bytes;
        sent
    }

    fn send_bytes(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        bytes: &[u8],
    ) -> Result<Option<Message>, i32> {
        let header = Header::decode(bytes).unwrap_or_default();
        let descriptors = descriptors(bytes).map_err(|fault| fault.code)?;
        let mut items = Vec::with_capacity(descriptors.len());
        for &descriptor in &descriptors {
            items.push(read_item(cx.mem, descriptor)?);
        }
        let body = match is_complex(header.bits) {
            true => Header::SIZE + descriptors_size(items.len()),
            false => Header::SIZE,
        };
        let from = Outgoing {
            bits: header.bits,
            remote: header.remote,
            local: header.local,
            id: header.id as u32,
            items,
            body: Vec::new(),
        };
        let Some((space, ports)) = self.mach.space(program) else {
            return Err(codes::MACH_SEND_INVALID_DEST);
        };
        let message = space.copy_in_message(ports, from);
        let message = message.map_err(|code| code.0 as i32)?;
        for descriptor in descriptors {
            let (region, unit) = match descriptor {
                Descriptor::Data(region) | Descriptor::Volatile(region) => (region, 1),
                Descriptor::Ports(region, _) => (region, 4),
                Descriptor::Port(_) => continue,
            };
            if region.deallocate != 0 {
                self.free_region(
                    cx,
                    program,
                    region.address,
                    region.size.saturating_mul(unit),
                );
            }
        }
        let mut message = message;
        // The kernel reads what was sent; a queue keeps it.
        if let Some(object) = self.mach.ports.object_at(message.dest) {
            self.serve(cx, program, object, message, bytes);
            return Ok(None);
        }
        message.body = bytes.get(body..).unwrap_or_default().to_vec();
        match self.mach.ports.enqueue(message) {
            Sent::Queued => Ok(None),
            Sent::WouldBlock(message) => Ok(Some(message)),
            Sent::NoRoom(message) => {
                self.mach.ports.destroy_message(message);
                Err(codes::MACH_SEND_NO_BUFFER)
            }
            Sent::Kernel(object, message) => {
                self.serve(cx, program, object, message, bytes);
                Ok(None)
            }
        }
    }

    /// Whether a send that waits is over; the receiving half may follow.
    pub(in crate::kernel::mach) fn poll_send(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        send: Send,
        timed_out: bool,
    ) -> Result<i32, Waiting> {
        let (program, addr, size) = (send.program, send.addr, send.size);
        let message = match self.mach.ports.enqueue(send.message) {
            Sent::WouldBlock(message) if !timed_out => {
                return Err(Waiting::Send(Box::new(Send { message, ..send })));
            }
            Sent::WouldBlock(message) | Sent::NoRoom(message) => Some(message),
            Sent::Queued => None,
            // A port does not become the kernel's.
            Sent::Kernel(_, message) => Some(message),
        };
        if let Some(message) = message {
            // The rights come back, the message is as it was before it was sent.
            let Some((space, ports)) = self.mach.space(program) else {
                self.mach.ports.destroy_message(message);
                return Ok(codes::MACH_SEND_TIMED_OUT);
            };
            let back = space.give_back(ports, message);
            let error = back.error.map(|code| code.0 as i32);
            let stored = self.store_message(cx, program, addr, size, back, None, None);
            return Ok(error.or(stored.err()).unwrap_or(codes::MACH_SEND_TIMED_OUT));
        }
        match send.receive {
            None => Ok(codes::KERN_SUCCESS),
            Some(receive) => {
                let time_out = receive.option.contains(MsgOption::MACH_RCV_TIMEOUT);
                let time_out = time_out.then(|| milliseconds(receive.timeout));
                self.set_deadline(cx, task, time_out);
                let at_once = receive.timeout == 0 && time_out.is_some();
                self.poll_receive(cx, task, receive, at_once)
            }
        }
    }
}
