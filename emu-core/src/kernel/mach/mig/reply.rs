//! Replies of subsystem `device`, as their receiver sees them (Mach sheet 1.5).
//!
//! Those of the `*_request` forms (subsystem `device_reply`, base 2900) are the same messages.

use super::header::{
    Descriptor, Header, MACH_MSG_TYPE_MOVE_SEND, MACH_NOTIFY_SEND_ONCE, OutOfLine, PortRight,
};
use super::routine::{REPLY_OFFSET, Routine};
use super::wire::{Body, Builder, round4};
use super::{Fault, ReplyTo};
use crate::kernel::mach::codes;
use crate::kernel::mach::records::{DEV_STATUS_MAX, IO_INBAND_MAX, IoBufLen};
use serde::{Deserialize, Serialize};

/// Bytes of the form that has only a code.
pub const CODE_REPLY_SIZE: usize = 36;
/// Bytes of the largest reply, that of `device_get_status`; a client's buffer needs room for a
/// trailer too.
pub const LARGEST_REPLY: usize = 40 + 4 * DEV_STATUS_MAX;

/// A reply of subsystem `device`. Fields have the names of the published signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceReply {
    /// The 36-byte form with a code other than 0, for every routine.
    Failed {
        /// Whose reply it is.
        routine: Routine,
        /// A `D_`, `KERN_` or `MIG_` code.
        code: i32,
    },
    /// `device_close` has worked.
    DeviceClose,
    /// `device_write`: 40 bytes, also when the driver reports an error.
    DeviceWrite {
        /// 0, or the driver's code.
        code: i32,
        /// Bytes written.
        bytes_written: IoBufLen,
    },
    /// `device_write_inband`: as [`DeviceReply::DeviceWrite`].
    DeviceWriteInband {
        /// 0, or the driver's code.
        code: i32,
        /// Bytes written.
        bytes_written: IoBufLen,
    },
    /// `device_read` has worked.
    DeviceRead {
        /// Where the data is, in the receiver's memory.
        data: OutOfLine,
        /// Bytes read.
        data_count: u32,
    },
    /// `device_read_inband`, also when the driver reports an error.
    DeviceReadInband {
        /// 0, or the driver's code.
        code: i32,
        /// The bytes read, at most 128.
        data: Vec<u8>,
    },
    /// `device_map` has worked.
    DeviceMap {
        /// Name of the memory object.
        pager: u32,
    },
    /// `device_set_status` has worked.
    DeviceSetStatus,
    /// `device_get_status` has worked.
    DeviceGetStatus {
        /// The status, at most 1024 integers.
        status: Vec<i32>,
    },
    /// `device_set_filter` has worked.
    DeviceSetFilter,
    /// The end of a `device_read_overwrite` request.
    DeviceReadOverwrite {
        /// 0, or the driver's code.
        code: i32,
        /// Bytes read.
        bytes_read: IoBufLen,
    },
    /// `device_open` has worked.
    DeviceOpen {
        /// Name of the device port.
        device: u32,
    },
    /// `io_done_queue_create` has worked.
    IoDoneQueueCreate {
        /// Name of the queue's port.
        queue: u32,
    },
    /// `io_done_queue_terminate` has worked.
    IoDoneQueueTerminate,
}

impl DeviceReply {
    /// The routine.
    pub fn routine(&self) -> Routine {
        match self {
            DeviceReply::Failed { routine, .. } => *routine,
            DeviceReply::DeviceClose => Routine::DeviceClose,
            DeviceReply::DeviceWrite { .. } => Routine::DeviceWrite,
            DeviceReply::DeviceWriteInband { .. } => Routine::DeviceWriteInband,
            DeviceReply::DeviceRead { .. } => Routine::DeviceRead,
            DeviceReply::DeviceReadInband { .. } => Routine::DeviceReadInband,
            DeviceReply::DeviceMap { .. } => Routine::DeviceMap,
            DeviceReply::DeviceSetStatus => Routine::DeviceSetStatus,
            DeviceReply::DeviceGetStatus { .. } => Routine::DeviceGetStatus,
            DeviceReply::DeviceSetFilter => Routine::DeviceSetFilter,
            DeviceReply::DeviceReadOverwrite { .. } => Routine::DeviceReadOverwrite,
            DeviceReply::DeviceOpen { .. } => Routine::DeviceOpen,
            DeviceReply::IoDoneQueueCreate { .. } => Routine::IoDoneQueueCreate,
            DeviceReply::IoDoneQueueTerminate => Routine::IoDoneQueueTerminate,
        }
    }

    /// The return code that the client's call gives.
    pub fn code(&self) -> i32 {
        match self {
            DeviceReply::Failed { code, .. }
            | DeviceReply::DeviceWrite { code, .. }
            | DeviceReply::DeviceWriteInband { code, .. }
            | DeviceReply::DeviceReadInband { code, .. }
            | DeviceReply::DeviceReadOverwrite { code, .. } => *code,
            _ => codes::D_SUCCESS,
        }
    }

    /// The message as its receiver sees it, without trailer.
    ///
    /// # Errors
    /// `MIG_ARRAY_TOO_LARGE` when an array has more than its maximum.
    pub fn encode(&self, to: ReplyTo) -> Result<Vec<u8>, Fault> {
        let message = begin(self.routine().reply_id(), to);
        let message = match self {
            DeviceReply::Failed { code, .. } => message.ndr().i32(*code),
            DeviceReply::DeviceClose
            | DeviceReply::DeviceSetStatus
            | DeviceReply::DeviceSetFilter
            | DeviceReply::IoDoneQueueTerminate => message.ndr().i32(codes::D_SUCCESS),
            DeviceReply::DeviceWrite {
                code,
                bytes_written: bytes,
            }
            | DeviceReply::DeviceWriteInband {
                code,
                bytes_written: bytes,
            }
            | DeviceReply::DeviceReadOverwrite {
                code,
                bytes_read: bytes,
            } => message.ndr().i32(*code).i32(*bytes),
            DeviceReply::DeviceRead { data, data_count } => message
                .descriptor(Descriptor::Data(*data))
                .ndr()
                .u32(*data_count),
            DeviceReply::DeviceReadInband { code, data } => {
                limit(data.len(), IO_INBAND_MAX)?;
                let message = message.ndr().i32(*code);
                message.u32(data.len() as u32).padded(data)
            }
            DeviceReply::DeviceGetStatus { status } => {
                limit(status.len(), DEV_STATUS_MAX)?;
                let message = message.ndr().i32(codes::D_SUCCESS);
                message.u32(status.len() as u32).ints(status)
            }
            DeviceReply::DeviceMap { pager: name }
            | DeviceReply::DeviceOpen { device: name }
            | DeviceReply::IoDoneQueueCreate { queue: name } => {
                message.descriptor(Descriptor::Port(PortRight::send(*name)))
            }
        };
        Ok(message.finish())
    }

    /// Reads the reply to a call, as a client stub does: a `Failed` reply is `Ok`, what comes as
    /// an error is the stub's own. The message is as long as its header says; what follows it in
    /// `bytes` (the trailer) is not looked at. The caller compares a returned array with its room:
    /// [`room_code`].
    ///
    /// # Errors
    /// `MIG_SERVER_DIED` for a send-once notification, `MIG_REPLY_MISMATCH` for another id,
    /// `MIG_TYPE_ERROR` for everything else (Mach sheet 1.5).
    pub fn decode(routine: Routine, bytes: &[u8]) -> Result<DeviceReply, Fault> {
        let header = Header::decode(bytes).ok_or(Fault::types("shorter than a header"))?;
        if header.id == MACH_NOTIFY_SEND_ONCE {
            return Err(Fault {
                code: codes::MIG_SERVER_DIED,
                reason: "the reply's right was destroyed",
            });
        }
        if header.id != routine.reply_id() {
            return Err(Fault {
                code: codes::MIG_REPLY_MISMATCH,
                reason: "a reply to another request",
            });
        }
        parse(routine, &header, bytes)
    }

    /// Reads a message that comes without a call to wait for it: a reply of a `*_request` form.
    ///
    /// # Errors
    /// `MIG_BAD_ID` for an id that is not one of 2902 to 2905, 2913 and 2914, `MIG_TYPE_ERROR`
    /// for a wrong form.
    pub fn decode_unasked(bytes: &[u8]) -> Result<DeviceReply, Fault> {
        let header = Header::decode(bytes).ok_or(Fault::types("shorter than a header"))?;
        match Routine::of_reply(header.id) {
            Some(
                routine @ (Routine::DeviceWrite
                | Routine::DeviceWriteInband
                | Routine::DeviceRead
                | Routine::DeviceReadInband
                | Routine::DeviceReadOverwrite
                | Routine::DeviceOpen),
            ) => parse(routine, &header, bytes),
            _ => Err(Fault {
                code: codes::MIG_BAD_ID,
                reason: "not a reply to a request form",
            }),
        }
    }
}

/// What a client stub answers for a returned array of `count` elements when the caller has `room`:
/// `MIG_ARRAY_TOO_LARGE` if it does not fit. The first part is copied and the count updated in
/// either case.
pub fn room_code(count: usize, room: usize) -> i32 {
    if count > room {
        codes::MIG_ARRAY_TOO_LARGE
    } else {
        codes::D_SUCCESS
    }
}

/// The 36-byte reply with a code, to a request of any id.
pub fn error_reply(request_id: i32, code: i32, to: ReplyTo) -> Vec<u8> {
    let message = begin(request_id.wrapping_add(REPLY_OFFSET), to);
    message.ndr().i32(code).finish()
}

/// The header of a reply: its right is used up, the remote port is none.
fn begin(id: i32, to: ReplyTo) -> Builder {
    Builder::new(&Header {
        bits: u32::from(to.disposition) << 8,
        local: to.port,
        id,
        ..Header::default()
    })
}

/// An array's length within its maximum.
fn limit(count: usize, maximum: usize) -> Result<(), Fault> {
    if count <= maximum {
        return Ok(());
    }
    Err(Fault {
        code: codes::MIG_ARRAY_TOO_LARGE,
        reason: "an array has more than its maximum",
    })
}

/// Table 1.5 of the Mach sheet, from the side of a client.
fn parse(routine: Routine, header: &Header, bytes: &[u8]) -> Result<DeviceReply, Fault> {
    let bytes = usize::try_from(header.size)
        .ok()
        .and_then(|size| bytes.get(..size))
        .ok_or(Fault::types("shorter than its header says"))?;
    if header.is_complex() {
        return parse_complex(routine, bytes);
    }
    let body = Body::new(bytes, 24, Fault::types("the message ends early"));
    let code = body.i32(32)?;
    if body.size() == CODE_REPLY_SIZE {
        return match routine {
            _ if code != codes::D_SUCCESS => Ok(DeviceReply::Failed { routine, code }),
            Routine::DeviceClose => Ok(DeviceReply::DeviceClose),
            Routine::DeviceSetStatus => Ok(DeviceReply::DeviceSetStatus),
            Routine::DeviceSetFilter => Ok(DeviceReply::DeviceSetFilter),
            Routine::IoDoneQueueTerminate => Ok(DeviceReply::IoDoneQueueTerminate),
            _ => Err(Fault::types("success without its results")),
        };
    }
    let value = body.i32(36)?;
    let fixed = body.size() == 40;
    match routine {
        Routine::DeviceWrite if fixed => Ok(DeviceReply::DeviceWrite {
            code,
            bytes_written: value,
        }),
        Routine::DeviceWriteInband if fixed => Ok(DeviceReply::DeviceWriteInband {
            code,
            bytes_written: value,
        }),
        Routine::DeviceReadOverwrite if fixed => Ok(DeviceReply::DeviceReadOverwrite {
            code,
            bytes_read: value,
        }),
        Routine::DeviceReadInband => {
            let count = returned(&body, value, IO_INBAND_MAX, 1)?;
            Ok(DeviceReply::DeviceReadInband {
                code,
                data: body.bytes(40, count)?.to_vec(),
            })
        }
        Routine::DeviceGetStatus if code == codes::D_SUCCESS => {
            let count = returned(&body, value, DEV_STATUS_MAX, 4)?;
            Ok(DeviceReply::DeviceGetStatus {
                status: body.ints(40, count)?,
            })
        }
        _ => Err(Fault::types("not the size of this reply")),
    }
}

/// A returned count that must agree with the size of the reply.
fn returned(body: &Body<'_>, count: i32, maximum: usize, unit: usize) -> Result<usize, Fault> {
    usize::try_from(count)
        .ok()
        .filter(|&count| count <= maximum && body.size() == 40 + round4(unit * count))
        .ok_or(Fault::types("a count does not agree with the size"))
}

/// The replies with a descriptor, which have no code.
fn parse_complex(routine: Routine, bytes: &[u8]) -> Result<DeviceReply, Fault> {
    let body = Body::new(bytes, 40, Fault::types("the message ends early"));
    let size = match routine {
        Routine::DeviceRead => 52,
        Routine::DeviceMap | Routine::DeviceOpen | Routine::IoDoneQueueCreate => 40,
        _ => return Err(Fault::types("a descriptor where there is none")),
    };
    if body.size() != size || super::wire::word(bytes, 24) != Some(1) {
        return Err(Fault::types(
            "the size or the count of descriptors is wrong",
        ));
    }
    let descriptor = Descriptor::decode(bytes, 28);
    match (routine, descriptor) {
        (Routine::DeviceRead, Ok(Descriptor::Data(data))) => Ok(DeviceReply::DeviceRead {
            data,
            data_count: body.u32(48)?,
        }),
        (_, Ok(Descriptor::Port(right))) if right.disposition == MACH_MSG_TYPE_MOVE_SEND => {
            match routine {
                Routine::DeviceMap => Ok(DeviceReply::DeviceMap { pager: right.name }),
                Routine::DeviceOpen => Ok(DeviceReply::DeviceOpen { device: right.name }),
                Routine::IoDoneQueueCreate => {
                    Ok(DeviceReply::IoDoneQueueCreate { queue: right.name })
                }
                _ => Err(Fault::types("a right where data should be")),
            }
        }
        _ => Err(Fault::types("the descriptor is of the wrong kind")),
    }
}
