//! Requests of subsystem `device`, base 2800 (Mach sheet 1.2, 1.5).
//!
//! The request half `device_request` has the same bytes under the same ids, with a reply port of
//! the caller's own; so one decoder serves both. Dispatch is by id: the target of a request is the
//! header's remote port, and what it is must be checked by the handler.

use super::header::{Descriptor, Header, OutOfLine, PortRight, REQUEST_BITS};
use super::routine::Routine;
use super::wire::{Body, Builder, round4};
use super::{Fault, Refusal};
use crate::kernel::mach::codes;
use crate::kernel::mach::records::{
    DEV_NAME_MAX, DEV_STATUS_MAX, DevFlavor, DevMode, FILTER_MAX, IO_INBAND_MAX, IoBufLen, Recnum,
    SecurityToken, VmProt,
};
use serde::{Deserialize, Serialize};

/// A device's name as a message carries it: at most 128 bytes, a NUL among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevName(Vec<u8>);

impl DevName {
    /// The name of a text, cut after 127 bytes, with its NUL.
    pub fn new(text: &str) -> DevName {
        let bytes = text.bytes().take_while(|&byte| byte != 0);
        DevName(bytes.take(DEV_NAME_MAX - 1).chain([0]).collect())
    }

    /// What a message carries; `None` without a NUL or with more than 128 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<DevName> {
        (bytes.len() <= DEV_NAME_MAX && bytes.contains(&0)).then(|| DevName(bytes.to_vec()))
    }

    /// The bytes in the message, the NUL and what follows it included.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name: the bytes before the NUL.
    pub fn text(&self) -> &[u8] {
        self.0.split(|&byte| byte == 0).next().unwrap_or_default()
    }
}

/// A request of subsystem `device`. The fields have the names of the published signatures; the
/// port it goes to is in the message's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceRequest {
    /// `device_close(dev)`
    DeviceClose,
    /// `device_write(dev, mode, recnum, data, data_count, *bytes_written)`
    DeviceWrite {
        /// How to write.
        mode: DevMode,
        /// The first record.
        recnum: Recnum,
        /// The data; its size is `data_count`.
        data: OutOfLine,
    },
    /// `device_write_inband(dev, mode, recnum, data, data_count, *bytes_written)`
    DeviceWriteInband {
        /// How to write.
        mode: DevMode,
        /// The first record.
        recnum: Recnum,
        /// The data, at most 128 bytes.
        data: Vec<u8>,
    },
    /// `device_read(dev, mode, recnum, bytes_wanted, *data, *data_count)`
    DeviceRead {
        /// How to read.
        mode: DevMode,
        /// The first record.
        recnum: Recnum,
        /// Bytes; may be negative.
        bytes_wanted: IoBufLen,
    },
    /// `device_read_inband(dev, mode, recnum, bytes_wanted, data[128], *data_count)`
    DeviceReadInband {
        /// How to read.
        mode: DevMode,
        /// The first record.
        recnum: Recnum,
        /// Bytes; may be negative or above 128.
        bytes_wanted: IoBufLen,
    },
    /// `device_map(dev, prot, offset, size, *pager, unmap)`
    DeviceMap {
        /// What the mapping is for.
        prot: VmProt,
        /// Where it begins, in bytes.
        offset: u32,
        /// Bytes.
        size: u32,
        /// Not used.
        unmap: u32,
    },
    /// `device_set_status(dev, flavor, status, count)`
    DeviceSetStatus {
        /// Which status.
        flavor: DevFlavor,
        /// Its integers, at most 1024.
        status: Vec<i32>,
    },
    /// `device_get_status(dev, flavor, status, *count)`
    DeviceGetStatus {
        /// Which status.
        flavor: DevFlavor,
        /// Room in integers, as the message says it; may be above 1024.
        count: u32,
    },
    /// `device_set_filter(dev, receive_port, receive_port_type, priority, filter, count)`
    DeviceSetFilter {
        /// Where packets go.
        receive_port: PortRight,
        /// Which filter comes first.
        priority: i32,
        /// Its commands, at most 64.
        filter: Vec<u16>,
    },
    /// `device_open(master, ledger, mode, sec_token, name, *device)`
    DeviceOpen {
        /// Who pays; clients give none.
        ledger: PortRight,
        /// How to open.
        mode: DevMode,
        /// Who asks; clients give zeros.
        sec_token: SecurityToken,
        /// The device's name.
        name: DevName,
    },
    /// `io_done_queue_create(host, *queue)`
    IoDoneQueueCreate,
    /// `io_done_queue_terminate(queue)`
    IoDoneQueueTerminate,
}

impl DeviceRequest {
    /// The routine.
    pub fn routine(&self) -> Routine {
        match self {
            DeviceRequest::DeviceClose => Routine::DeviceClose,
            DeviceRequest::DeviceWrite { .. } => Routine::DeviceWrite,
            DeviceRequest::DeviceWriteInband { .. } => Routine::DeviceWriteInband,
            DeviceRequest::DeviceRead { .. } => Routine::DeviceRead,
            DeviceRequest::DeviceReadInband { .. } => Routine::DeviceReadInband,
            DeviceRequest::DeviceMap { .. } => Routine::DeviceMap,
            DeviceRequest::DeviceSetStatus { .. } => Routine::DeviceSetStatus,
            DeviceRequest::DeviceGetStatus { .. } => Routine::DeviceGetStatus,
            DeviceRequest::DeviceSetFilter { .. } => Routine::DeviceSetFilter,
            DeviceRequest::DeviceOpen { .. } => Routine::DeviceOpen,
            DeviceRequest::IoDoneQueueCreate => Routine::IoDoneQueueCreate,
            DeviceRequest::IoDoneQueueTerminate => Routine::IoDoneQueueTerminate,
        }
    }

    /// Reads a request as a generated server does. `bytes` is the whole message, header included,
    /// and its length is what was sent: the size in the header is ignored. `header` may be the
    /// sender's or the receiver's, as only the complex bit of it counts; dispositions of
    /// descriptors may be translated or not.
    ///
    /// # Errors
    /// `MIG_BAD_ID` for an id without routine; `MIG_BAD_ARGUMENTS` for a wrong size, complex bit
    /// or count; `MIG_TYPE_ERROR` for a wrong descriptor (Mach sheet 1.5).
    pub fn decode(id: i32, header: &Header, bytes: &[u8]) -> Result<DeviceRequest, Refusal> {
        let bad_id = Fault {
            code: codes::MIG_BAD_ID,
            reason: "no such routine",
        };
        Routine::of_request(id)
            .ok_or(bad_id)
            .and_then(|routine| parse(routine, header.is_complex(), bytes))
            .map_err(|fault| Refusal { id, fault })
    }

    /// The message of a client stub: `target` is copied, `reply` gets a send-once right made.
    ///
    /// # Errors
    /// `MIG_ARRAY_TOO_LARGE` when an array has more than its maximum.
    pub fn encode(&self, target: u32, reply: u32) -> Result<Vec<u8>, Fault> {
        self.encode_bits(REQUEST_BITS, target, reply)
    }

    /// The message with dispositions of the caller's choice; the complex bit is set as needed.
    ///
    /// # Errors
    /// As [`DeviceRequest::encode`].
    pub fn encode_bits(&self, bits: u32, target: u32, reply: u32) -> Result<Vec<u8>, Fault> {
        let message = Builder::new(&Header {
            bits,
            remote: target,
            local: reply,
            id: self.routine().request_id(),
            ..Header::default()
        });
        let message = match self {
            DeviceRequest::DeviceClose
            | DeviceRequest::IoDoneQueueCreate
            | DeviceRequest::IoDoneQueueTerminate => message,
            DeviceRequest::DeviceWrite { mode, recnum, data } => message
                .descriptor(Descriptor::Data(*data))
                .ndr()
                .u32(mode.bits())
                .u32(*recnum)
                .u32(data.size),
            DeviceRequest::DeviceWriteInband { mode, recnum, data } => message
                .ndr()
                .u32(mode.bits())
                .u32(*recnum)
                .u32(fitting(data.len(), IO_INBAND_MAX)?)
                .padded(data),
            DeviceRequest::DeviceRead {
                mode,
                recnum,
                bytes_wanted,
            }
            | DeviceRequest::DeviceReadInband {
                mode,
                recnum,
                bytes_wanted,
            } => message
                .ndr()
                .u32(mode.bits())
                .u32(*recnum)
                .i32(*bytes_wanted),
            DeviceRequest::DeviceMap {
                prot,
                offset,
                size,
                unmap,
            } => message
                .ndr()
                .u32(prot.bits())
                .u32(*offset)
                .u32(*size)
                .u32(*unmap),
            DeviceRequest::DeviceSetStatus { flavor, status } => message
                .ndr()
                .u32(*flavor)
                .u32(fitting(status.len(), DEV_STATUS_MAX)?)
                .ints(status),
            DeviceRequest::DeviceGetStatus { flavor, count } => {
                message.ndr().u32(*flavor).u32(*count)
            }
            DeviceRequest::DeviceSetFilter {
                receive_port,
                priority,
                filter,
            } => {
                let commands: Vec<u8> = filter.iter().flat_map(|word| word.to_be_bytes()).collect();
                message
                    .descriptor(Descriptor::Port(*receive_port))
                    .ndr()
                    .i32(*priority)
                    .u32(fitting(filter.len(), FILTER_MAX)?)
                    .padded(&commands)
            }
            DeviceRequest::DeviceOpen {
                ledger,
                mode,
                sec_token,
                name,
            } => message
                .descriptor(Descriptor::Port(*ledger))
                .ndr()
                .u32(mode.bits())
                .u32(sec_token.first)
                .u32(sec_token.second)
                .u32(0)
                .u32(fitting(name.bytes().len(), DEV_NAME_MAX)?)
                .padded(name.bytes()),
        };
        Ok(message.finish())
    }
}

/// A count within its maximum, as a client stub checks it.
fn fitting(count: usize, maximum: usize) -> Result<u32, Fault> {
    u32::try_from(count)
        .ok()
        .filter(|_| count <= maximum)
        .ok_or(Fault {
            code: codes::MIG_ARRAY_TOO_LARGE,
            reason: "an array has more than its maximum",
        })
}

/// What a server checks before it looks at a variable request: complex bit, count of descriptors,
/// and the bounds of the size.
fn shape(complex: bool, want: bool, bytes: &[u8], sizes: (usize, usize)) -> Result<(), Fault> {
    if complex != want {
        return Err(Fault::arguments("the complex bit is wrong"));
    }
    if !(sizes.0..=sizes.1).contains(&bytes.len()) {
        return Err(Fault::arguments("the size is wrong"));
    }
    if want && super::wire::word(bytes, 24) != Some(1) {
        return Err(Fault::arguments("the count of descriptors is wrong"));
    }
    Ok(())
}

/// The send right that a request's only descriptor must be.
fn send_right(bytes: &[u8]) -> Result<PortRight, Fault> {
    match Descriptor::decode(bytes, 28) {
        Ok(Descriptor::Port(right)) if right.arrives_as_send() => Ok(right),
        Ok(Descriptor::Port(_)) => Err(Fault::types("not a send right")),
        _ => Err(Fault::types("not a port descriptor")),
    }
}

/// A count that must agree with the message's size: `unit` bytes each from `at` on, padded.
fn counted(
    body: &Body<'_>,
    count: u32,
    max: usize,
    at: usize,
    unit: usize,
) -> Result<usize, Fault> {
    let count = count as usize;
    if count > max || body.size() != at + round4(unit * count) {
        return Err(Fault::arguments("a count does not agree with the size"));
    }
    Ok(count)
}

/// Table 1.5 of the Mach sheet, from the side of a server.
fn parse(routine: Routine, complex: bool, bytes: &[u8]) -> Result<DeviceRequest, Fault> {
    let short = Fault::arguments("the message ends early");
    let simple = Body::new(bytes, 24, short);
    let body = Body::new(bytes, 40, short);
    let check = |want, least, most| shape(complex, want, bytes, (least, most));
    let mode = |bits| DevMode::from_bits_retain(bits);
    match routine {
        Routine::DeviceClose => {
            check(false, 24, 24)?;
            Ok(DeviceRequest::DeviceClose)
        }
        Routine::IoDoneQueueCreate => {
            check(false, 24, 24)?;
            Ok(DeviceRequest::IoDoneQueueCreate)
        }
        Routine::IoDoneQueueTerminate => {
            check(false, 24, 24)?;
            Ok(DeviceRequest::IoDoneQueueTerminate)
        }
        Routine::DeviceWrite => {
            check(true, 60, 60)?;
            let Ok(Descriptor::Data(data)) = Descriptor::decode(bytes, 28) else {
                return Err(Fault::types("not a descriptor of out-of-line data"));
            };
            if data.size != body.u32(56)? {
                return Err(Fault::types("the count is not the descriptor's"));
            }
            Ok(DeviceRequest::DeviceWrite {
                mode: mode(body.u32(48)?),
                recnum: body.u32(52)?,
                data,
            })
        }
        Routine::DeviceWriteInband => {
            check(false, 44, 44 + IO_INBAND_MAX)?;
            let count = counted(&simple, simple.u32(40)?, IO_INBAND_MAX, 44, 1)?;
            Ok(DeviceRequest::DeviceWriteInband {
                mode: mode(simple.u32(32)?),
                recnum: simple.u32(36)?,
                data: simple.bytes(44, count)?.to_vec(),
            })
        }
        Routine::DeviceRead => {
            check(false, 44, 44)?;
            Ok(DeviceRequest::DeviceRead {
                mode: mode(simple.u32(32)?),
                recnum: simple.u32(36)?,
                bytes_wanted: simple.i32(40)?,
            })
        }
        Routine::DeviceReadInband => {
            check(false, 44, 44)?;
            Ok(DeviceRequest::DeviceReadInband {
                mode: mode(simple.u32(32)?),
                recnum: simple.u32(36)?,
                bytes_wanted: simple.i32(40)?,
            })
        }
        Routine::DeviceMap => {
            check(false, 48, 48)?;
            Ok(DeviceRequest::DeviceMap {
                prot: VmProt::from_bits_retain(simple.u32(32)?),
                offset: simple.u32(36)?,
                size: simple.u32(40)?,
                unmap: simple.u32(44)?,
            })
        }
        Routine::DeviceSetStatus => {
            check(false, 40, 40 + 4 * DEV_STATUS_MAX)?;
            let count = counted(&simple, simple.u32(36)?, DEV_STATUS_MAX, 40, 4)?;
            Ok(DeviceRequest::DeviceSetStatus {
                flavor: simple.u32(32)?,
                status: simple.ints(40, count)?,
            })
        }
        Routine::DeviceGetStatus => {
            check(false, 40, 40)?;
            Ok(DeviceRequest::DeviceGetStatus {
                flavor: simple.u32(32)?,
                count: simple.u32(36)?,
            })
        }
        Routine::DeviceSetFilter => {
            check(true, 56, 56 + 2 * FILTER_MAX)?;
            let receive_port = send_right(bytes)?;
            let count = counted(&body, body.u32(52)?, FILTER_MAX, 56, 2)?;
            let commands = (0..count).map(|index| body.u16(56 + 2 * index));
            Ok(DeviceRequest::DeviceSetFilter {
                receive_port,
                priority: body.i32(48)?,
                filter: commands.collect::<Result<_, _>>()?,
            })
        }
        Routine::DeviceOpen => {
            check(true, 68, 68 + DEV_NAME_MAX)?;
            let ledger = send_right(bytes)?;
            let count = counted(&body, body.u32(64)?, DEV_NAME_MAX, 68, 1)?;
            let name = DevName::from_bytes(body.bytes(68, count)?);
            Ok(DeviceRequest::DeviceOpen {
                ledger,
                mode: mode(body.u32(48)?),
                sec_token: SecurityToken {
                    first: body.u32(52)?,
                    second: body.u32(56)?,
                },
                name: name.ok_or(Fault::arguments("the name has no NUL"))?,
            })
        }
        // A hole as a request; `of_request` never gives it.
        Routine::DeviceReadOverwrite => Err(Fault {
            code: codes::MIG_BAD_ID,
            reason: "no such routine",
        }),
    }
}
