//! What messages of all subsystems share: header, descriptors, NDR, trailer.
//!
//! Mach sheet 4.2 to 4.4. Everything is big-endian but what follows a little-endian NDR record.

use super::Fault;
use super::wire::word;
use crate::kernel::mach::codes;
use crate::kernel::mach::records::SecurityToken;
use serde::{Deserialize, Serialize};

/// The name of no port.
pub const MACH_PORT_NULL: u32 = 0;
/// The name of a port that died on its way.
pub const MACH_PORT_DEAD: u32 = 0xffff_ffff;

/// A plain number, no right.
pub const MACH_MSG_TYPE_PORT_NAME: u8 = 15;
/// The receive right itself.
pub const MACH_MSG_TYPE_MOVE_RECEIVE: u8 = 16;
/// One reference of a send right; on receipt: a send right.
pub const MACH_MSG_TYPE_MOVE_SEND: u8 = 17;
/// The send-once right itself; on receipt: a send-once right.
pub const MACH_MSG_TYPE_MOVE_SEND_ONCE: u8 = 18;
/// A copy of a send right.
pub const MACH_MSG_TYPE_COPY_SEND: u8 = 19;
/// A send right made from the receive right.
pub const MACH_MSG_TYPE_MAKE_SEND: u8 = 20;
/// A send-once right made from the receive right.
pub const MACH_MSG_TYPE_MAKE_SEND_ONCE: u8 = 21;

/// What the receiver sees of a disposition (table of Mach sheet 4.1); one that was translated
/// before stays what it is.
pub fn arrives_as(disposition: u8) -> u8 {
    match disposition {
        MACH_MSG_TYPE_COPY_SEND | MACH_MSG_TYPE_MAKE_SEND => MACH_MSG_TYPE_MOVE_SEND,
        MACH_MSG_TYPE_MAKE_SEND_ONCE => MACH_MSG_TYPE_MOVE_SEND_ONCE,
        other => other,
    }
}

/// The bit of a message that has descriptors.
pub const MACH_MSGH_BITS_COMPLEX: u32 = 0x8000_0000;
/// Bits of a client stub's request: remote COPY_SEND, local MAKE_SEND_ONCE.
pub const REQUEST_BITS: u32 = 0x1513;
/// `msgh_id` of a send-once notification: the reply's right was destroyed.
pub const MACH_NOTIFY_SEND_ONCE: i32 = 71;

/// `mach_msg_header_t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Dispositions and the complex bit.
    pub bits: u32,
    /// Bytes of header and body; ignored on sending.
    pub size: u32,
    /// The destination; on receipt: the reply port.
    pub remote: u32,
    /// The reply port; on receipt: the port it came to.
    pub local: u32,
    /// No meaning.
    pub reserved: u32,
    /// Which routine, or which reply.
    pub id: i32,
}

impl Header {
    /// Bytes of a header.
    pub const SIZE: usize = 24;

    /// Reads a header; `None` when there are fewer than 24 bytes.
    pub fn decode(bytes: &[u8]) -> Option<Header> {
        Some(Header {
            bits: word(bytes, 0)?,
            size: word(bytes, 4)?,
            remote: word(bytes, 8)?,
            local: word(bytes, 12)?,
            reserved: word(bytes, 16)?,
            id: word(bytes, 20)? as i32,
        })
    }

    /// The header's bytes.
    pub fn encode(&self) -> Vec<u8> {
        self.to_array().to_vec()
    }

    /// The same without the host's heap.
    pub fn to_array(&self) -> [u8; Header::SIZE] {
        let words = [
            self.bits,
            self.size,
            self.remote,
            self.local,
            self.reserved,
            self.id as u32,
        ];
        let mut bytes = [0; Header::SIZE];
        for (to, word) in bytes.chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    /// The disposition of the remote port.
    pub fn remote_disposition(&self) -> u8 {
        self.bits as u8
    }

    /// The disposition of the local port.
    pub fn local_disposition(&self) -> u8 {
        (self.bits >> 8) as u8
    }

    /// Whether the message has descriptors.
    pub fn is_complex(&self) -> bool {
        self.bits & MACH_MSGH_BITS_COMPLEX != 0
    }

    /// What a task that receives the message sees: dispositions translated, ports and their
    /// dispositions swapped, unused bits and the reserved word cleared (Mach sheet 4.2). `size` is
    /// the length that was sent; names are still the sender's.
    pub fn received(&self, size: u32) -> Header {
        let remote = u32::from(arrives_as(self.remote_disposition()));
        let local = u32::from(arrives_as(self.local_disposition()));
        Header {
            bits: self.bits & MACH_MSGH_BITS_COMPLEX | remote << 8 | local,
            size,
            remote: self.local,
            local: self.remote,
            reserved: 0,
            id: self.id,
        }
    }
}

/// A right in a message: a port descriptor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRight {
    /// Its name in the task whose memory holds the message.
    pub name: u32,
    /// One of the `MACH_MSG_TYPE_` numbers.
    pub disposition: u8,
}

impl PortRight {
    /// A right that is copied, as client stubs send it.
    pub fn copy_send(name: u32) -> PortRight {
        PortRight {
            name,
            disposition: MACH_MSG_TYPE_COPY_SEND,
        }
    }

    /// A send right as it is received.
    pub fn send(name: u32) -> PortRight {
        PortRight {
            name,
            disposition: MACH_MSG_TYPE_MOVE_SEND,
        }
    }

    /// Whether the receiver gets a send right.
    pub fn arrives_as_send(&self) -> bool {
        arrives_as(self.disposition) == MACH_MSG_TYPE_MOVE_SEND
    }
}

/// Copy option: the kernel copies at once.
pub const MACH_MSG_PHYSICAL_COPY: u8 = 0;
/// Copy option: the kernel may share pages until one is written.
pub const MACH_MSG_VIRTUAL_COPY: u8 = 1;

/// Out-of-line data: an address instead of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutOfLine {
    /// Where the data is; no meaning when the size is 0.
    pub address: u32,
    /// Bytes, or for ports their number.
    pub size: u32,
    /// Whether the sender's pages are freed; any byte but 0 says so, and is kept.
    pub deallocate: u8,
    /// 0 physical, 1 virtual; 2 and 3 in receive scatter lists only.
    pub copy: u8,
}

impl OutOfLine {
    /// Data as received descriptors and client stubs have it: kept, virtual copy.
    pub fn new(address: u32, size: u32) -> OutOfLine {
        OutOfLine {
            address,
            size,
            deallocate: 0,
            copy: MACH_MSG_VIRTUAL_COPY,
        }
    }
}

/// One descriptor of a complex message (Mach sheet 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Descriptor {
    /// Kind 0: a right.
    Port(PortRight),
    /// Kind 1: out-of-line data.
    Data(OutOfLine),
    /// Kind 2: out-of-line rights, all of one disposition.
    Ports(OutOfLine, u8),
    /// Kind 3: out-of-line data that may change meanwhile.
    Volatile(OutOfLine),
}

impl Descriptor {
    /// Bytes of a descriptor.
    pub const SIZE: usize = 12;

    /// Reads the descriptor at an offset.
    ///
    /// # Errors
    /// `MACH_SEND_MSG_TOO_SMALL` when it is not all there, `MACH_SEND_INVALID_TYPE` when its kind
    /// is unknown.
    pub fn decode(bytes: &[u8], at: usize) -> Result<Descriptor, Fault> {
        let Some(&[a, b, c, d, e, f, g, h, deallocate, copy, disposition, kind]) =
            bytes.get(at..).and_then(|rest| rest.first_chunk())
        else {
            return Err(Fault {
                code: codes::MACH_SEND_MSG_TOO_SMALL,
                reason: "a descriptor runs past the end",
            });
        };
        let name = u32::from_be_bytes([a, b, c, d]);
        let data = OutOfLine {
            address: name,
            size: u32::from_be_bytes([e, f, g, h]),
            deallocate,
            copy,
        };
        match kind {
            0 => Ok(Descriptor::Port(PortRight { name, disposition })),
            1 => Ok(Descriptor::Data(data)),
            2 => Ok(Descriptor::Ports(data, disposition)),
            3 => Ok(Descriptor::Volatile(data)),
            _ => Err(Fault {
                code: codes::MACH_SEND_INVALID_TYPE,
                reason: "a descriptor is of no known kind",
            }),
        }
    }

    /// The descriptor's bytes, padding zero.
    pub fn encode(&self) -> [u8; Descriptor::SIZE] {
        let (data, disposition, kind) = match *self {
            Descriptor::Port(right) => {
                let bare = OutOfLine {
                    address: right.name,
                    ..OutOfLine::default()
                };
                (bare, right.disposition, 0)
            }
            Descriptor::Data(data) => (data, 0, 1),
            Descriptor::Ports(data, disposition) => (data, disposition, 2),
            Descriptor::Volatile(data) => (data, 0, 3),
        };
        let [a, b, c, d] = data.address.to_be_bytes();
        let [e, f, g, h] = data.size.to_be_bytes();
        let (deallocate, copy) = (data.deallocate, data.copy);
        [a, b, c, d, e, f, g, h, deallocate, copy, disposition, kind]
    }
}

/// All descriptors of a message that is sent; none of a simple one. This is the kernel's check,
/// before any server sees the message.
///
/// # Errors
/// `MACH_SEND_MSG_TOO_SMALL` when the message is shorter than a header, not of a multiple of 4
/// bytes, or ends before its descriptors; `MACH_SEND_INVALID_TYPE` for an unknown kind.
pub fn descriptors(bytes: &[u8]) -> Result<Vec<Descriptor>, Fault> {
    let small = |reason| Fault {
        code: codes::MACH_SEND_MSG_TOO_SMALL,
        reason,
    };
    let header = Header::decode(bytes).ok_or(small("shorter than a header"))?;
    if !bytes.len().is_multiple_of(4) {
        return Err(small("not a multiple of 4 bytes"));
    }
    if !header.is_complex() {
        return Ok(Vec::new());
    }
    let count = word(bytes, 24).ok_or(small("no count of descriptors"))? as usize;
    // The bound first: a guest's count must not become an allocation.
    if count > (bytes.len() - 28) / Descriptor::SIZE {
        return Err(small("descriptors run past the end"));
    }
    (0..count)
        .map(|index| Descriptor::decode(bytes, 28 + index * Descriptor::SIZE))
        .collect()
}

/// The record that says how the scalars of a body are written (Mach sheet 4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ndr {
    /// Version of the generator.
    pub mig_version: u8,
    /// Version of the interface.
    pub interface_version: u8,
    /// Integers: 0 big-endian, 1 little-endian.
    pub integers: u8,
    /// Characters: 0 ASCII.
    pub characters: u8,
    /// Floating point: 0 IEEE.
    pub floats: u8,
}

impl Ndr {
    /// Bytes of the record.
    pub const SIZE: usize = 8;
    /// The guest's own: eight zero bytes.
    pub const BIG: Ndr = Ndr {
        mig_version: 0,
        interface_version: 0,
        integers: 0,
        characters: 0,
        floats: 0,
    };

    /// Reads the record at an offset.
    pub fn decode(bytes: &[u8], at: usize) -> Option<Ndr> {
        let &[mig, interface, _, _, integers, characters, floats, _] =
            bytes.get(at..)?.first_chunk()?;
        Some(Ndr {
            mig_version: mig,
            interface_version: interface,
            integers,
            characters,
            floats,
        })
    }

    /// The record's bytes.
    pub fn encode(&self) -> [u8; Ndr::SIZE] {
        let (mig, interface) = (self.mig_version, self.interface_version);
        let (integers, characters) = (self.integers, self.characters);
        [mig, interface, 0, 0, integers, characters, self.floats, 0]
    }

    /// Whether scalars have to be swapped.
    pub fn is_little(&self) -> bool {
        self.integers == 1
    }
}

/// What follows a received message (Mach sheet 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trailer {
    /// 8 bytes: type and size only.
    Empty,
    /// 12 bytes: with the port's sequence number.
    Seqno(u32),
    /// 20 bytes: with the sender's token too.
    Sender(u32, SecurityToken),
}

impl Trailer {
    /// Bytes of the smallest trailer.
    pub const MINIMUM: usize = 8;
    /// Bytes of the largest.
    pub const MAXIMUM: usize = 20;

    /// The trailer that a receiver's options ask for.
    ///
    /// # Errors
    /// `MACH_RCV_INVALID_TRAILER` for other elements than 0 to 2 or another format than 0.
    pub fn asked(options: u32, seqno: u32, sender: SecurityToken) -> Result<Trailer, Fault> {
        match options >> 24 {
            0 => Ok(Trailer::Empty),
            1 => Ok(Trailer::Seqno(seqno)),
            2 => Ok(Trailer::Sender(seqno, sender)),
            _ => Err(Fault {
                code: codes::MACH_RCV_INVALID_TRAILER,
                reason: "no such trailer",
            }),
        }
    }

    /// How many bytes it has: 8, 12 or 20.
    pub fn size(&self) -> usize {
        match self {
            Trailer::Empty => Trailer::MINIMUM,
            Trailer::Seqno(_) => 12,
            Trailer::Sender(..) => Trailer::MAXIMUM,
        }
    }

    /// The trailer's bytes.
    pub fn encode(&self) -> Vec<u8> {
        self.to_array().0[..self.size()].to_vec()
    }

    /// The same without the host's heap: its bytes, and how many of them there are.
    pub fn to_array(&self) -> ([u8; Trailer::MAXIMUM], usize) {
        let (seqno, sender) = match *self {
            Trailer::Empty => (0, SecurityToken::default()),
            Trailer::Seqno(seqno) => (seqno, SecurityToken::default()),
            Trailer::Sender(seqno, sender) => (seqno, sender),
        };
        let mut bytes = [0; Trailer::MAXIMUM];
        bytes[4..8].copy_from_slice(&(self.size() as u32).to_be_bytes());
        bytes[8..12].copy_from_slice(&seqno.to_be_bytes());
        bytes[12..].copy_from_slice(&sender.encode());
        (bytes, self.size())
    }

    /// Reads the trailer at an offset: the end of the message, rounded up to 4.
    ///
    /// # Errors
    /// `MIG_TRAILER_ERROR` when it is of another type or size, or not all there.
    pub fn decode(bytes: &[u8], at: usize) -> Result<Trailer, Fault> {
        let bytes = bytes.get(at..).unwrap_or_default();
        let read = || match (word(bytes, 0)?, word(bytes, 4)?) {
            (0, 8) => Some(Trailer::Empty),
            (0, 12) => Some(Trailer::Seqno(word(bytes, 8)?)),
            (0, 20) => {
                let sender = SecurityToken::decode(bytes.get(12..)?)?;
                Some(Trailer::Sender(word(bytes, 8)?, sender))
            }
            _ => None,
        };
        read().ok_or(Fault {
            code: codes::MIG_TRAILER_ERROR,
            reason: "a trailer of no known form",
        })
    }
}
