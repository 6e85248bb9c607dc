//! Messages of generated clients and servers (MIG), of subsystem `device`.
//!
//! Pure functions between bytes and typed values: no ports are looked up, no memory is read, no
//! time passes. A kernel decodes requests and encodes replies; clients and tests do the opposite.
//! Offsets are those of Mach sheet 1.5, counted from the beginning of the message.
//!
//! | module | what is there |
//! |---|---|
//! | [`header`] | header, descriptors, NDR record, trailer |
//! | [`wire`] | reading and writing at offsets |
//! | [`routine`] | ids and names of the routines |
//! | [`device`] | their requests |
//! | [`reply`] | their replies |

pub mod device;
pub mod header;
pub mod reply;
pub mod routine;
pub mod wire;

#[cfg(test)]
mod tests;

use super::codes;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a message is not acceptable: the code its sender gets, and what a log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A `MIG_` or `MACH_SEND_` code.
    pub code: i32,
    /// What is wrong, in a few words.
    pub reason: &'static str,
}

impl Fault {
    /// `MIG_BAD_ARGUMENTS`: size, complex bit or a count.
    pub fn arguments(reason: &'static str) -> Fault {
        Fault {
            code: codes::MIG_BAD_ARGUMENTS,
            reason,
        }
    }

    /// `MIG_TYPE_ERROR`: kind or disposition of a descriptor; anything about a reply.
    pub fn types(reason: &'static str) -> Fault {
        Fault {
            code: codes::MIG_TYPE_ERROR,
            reason,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match codes::by_number(self.code) {
            Some(row) => write!(f, "{}: {}", row.name, self.reason),
            None => write!(f, "{}: {}", self.code, self.reason),
        }
    }
}

impl std::error::Error for Fault {}

/// A request that gets an error reply instead of being done (Mach sheet 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The request's id.
    pub id: i32,
    /// `MIG_BAD_ID`, `MIG_BAD_ARGUMENTS` or `MIG_TYPE_ERROR`, and why.
    pub fault: Fault,
}

impl Refusal {
    /// The code in the reply.
    pub fn code(&self) -> i32 {
        self.fault.code
    }

    /// The 36-byte error reply as its receiver sees it, without trailer.
    pub fn encode(&self, to: ReplyTo) -> Vec<u8> {
        reply::error_reply(self.id, self.code(), to)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {}: {}", self.id, self.fault)
    }
}

impl std::error::Error for Refusal {}

/// Where a reply goes: the right that its request carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// Name of the port in the receiver's task.
    pub port: u32,
    /// The right used up by the reply, as the receiver sees it in the bits: 18 or 17.
    pub disposition: u8,
}

impl ReplyTo {
    /// A port whose request carried a send-once right, as all client stubs do.
    pub fn once(port: u32) -> ReplyTo {
        ReplyTo {
            port,
            disposition: header::MACH_MSG_TYPE_MOVE_SEND_ONCE,
        }
    }

    /// The reply port of a request's header as it was sent; `None` when it names none.
    pub fn of(header: &header::Header) -> Option<ReplyTo> {
        match header.local {
            header::MACH_PORT_NULL | header::MACH_PORT_DEAD => None,
            port => Some(ReplyTo {
                port,
                disposition: header::arrives_as(header.local_disposition()),
            }),
        }
    }
}
