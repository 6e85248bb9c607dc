//! The golden vectors of Mach sheet 1.6, in both directions.

use super::super::device::{DevName, DeviceRequest};
use super::super::header::{Header, OutOfLine, PortRight, Trailer};
use super::super::reply::{DeviceReply, error_reply};
use super::super::routine::Routine;
use super::super::{ReplyTo, codes};
use super::hex;
use crate::kernel::mach::records::{DevMode, SecurityToken, flavors};

/// The ports of the vectors: `M`, `D`, `H` and `Q` are targets, `R` is the reply port.
const TARGET: u32 = 0x0000_0103;
const REPLY: u32 = 0x0000_0207;
const TRAILER: &str = "00000000 00000008";

fn request(vector: &str, typed: &DeviceRequest) {
    let vector = vector
        .replace('T', &format!("{TARGET:08X}"))
        .replace('R', &format!("{REPLY:08X}"));
    let bytes = hex(&vector);
    assert_eq!(
        typed.encode(TARGET, REPLY).as_ref(),
        Ok(&bytes),
        "{typed:?}"
    );
    let header = Header::decode(&bytes).unwrap();
    assert_eq!(header.size as usize, bytes.len());
    assert_eq!(header.encode(), bytes[..24]);
    assert_eq!((header.remote, header.local), (TARGET, REPLY));
    assert_eq!(ReplyTo::of(&header), Some(ReplyTo::once(REPLY)));
    let decoded = DeviceRequest::decode(header.id, &header, &bytes);
    assert_eq!(decoded.as_ref(), Ok(typed));
    // As a server sees it that is a task: header translated, the message is the same.
    let received = header.received(bytes.len() as u32);
    assert_eq!(received.bits & 0xffff, 0x1112);
    assert_eq!((received.remote, received.local), (REPLY, TARGET));
    let decoded = DeviceRequest::decode(header.id, &received, &bytes);
    assert_eq!(decoded.as_ref(), Ok(typed));
}

fn reply(vector: &str, typed: &DeviceReply) {
    let bytes = hex(&format!(
        "{} {TRAILER}",
        vector.replace('R', &format!("{REPLY:08X}"))
    ));
    let mut encoded = typed.encode(ReplyTo::once(REPLY)).unwrap();
    let end = encoded.len();
    encoded.extend(Trailer::Empty.encode());
    assert_eq!(encoded, bytes, "{typed:?}");
    // The trailer lies behind the message and does not disturb.
    assert_eq!(
        DeviceReply::decode(typed.routine(), &bytes).as_ref(),
        Ok(typed)
    );
    assert_eq!(Trailer::decode(&bytes, end), Ok(Trailer::Empty));
    assert_eq!(Header::decode(&bytes).unwrap().size as usize, end);
}

#[test]
fn golden_device_open() {
    request(
        "80001513 0000004C T R 00000000 00000AFE | 00000001
         00000000 00000000 00001300 | 00000000 00000000 | 00000001 | 00000000 00000000
         | 00000000 00000007 6364726F 6D300000",
        &DeviceRequest::DeviceOpen {
            ledger: PortRight::copy_send(0),
            mode: DevMode::D_READ,
            sec_token: SecurityToken::default(),
            name: DevName::new("cdrom0"),
        },
    );
    reply(
        "80001200 00000028 00000000 R 00000000 00000B62 | 00000001
         | 0000030B 00000000 00001100",
        &DeviceReply::DeviceOpen { device: 0x30b },
    );
}

#[test]
fn golden_error_reply() {
    let vector = "00001200 00000024 00000000 R 00000000 00000B62 | 00000000 00000000 | 000009C6";
    reply(
        vector,
        &DeviceReply::Failed {
            routine: Routine::DeviceOpen,
            code: codes::D_NO_SUCH_DEVICE,
        },
    );
    let bytes = hex(&vector.replace('R', &format!("{REPLY:08X}")));
    let to = ReplyTo::once(REPLY);
    assert_eq!(error_reply(2814, codes::D_NO_SUCH_DEVICE, to), bytes);
}

#[test]
fn golden_io_done_queue_create() {
    request(
        "00001513 00000018 T R 00000000 00000AFF",
        &DeviceRequest::IoDoneQueueCreate,
    );
    reply(
        "80001200 00000028 00000000 R 00000000 00000B63 | 00000001
         | 0000040F 00000000 00001100",
        &DeviceReply::IoDoneQueueCreate { queue: 0x40f },
    );
}

#[test]
fn golden_io_done_queue_terminate() {
    request(
        "00001513 00000018 T R 00000000 00000B00",
        &DeviceRequest::IoDoneQueueTerminate,
    );
    reply(
        "00001200 00000024 00000000 R 00000000 00000B64 | 00000000 00000000 | 00000000",
        &DeviceReply::IoDoneQueueTerminate,
    );
}

#[test]
fn golden_device_close() {
    request(
        "00001513 00000018 T R 00000000 00000AF1",
        &DeviceRequest::DeviceClose,
    );
    reply(
        "00001200 00000024 00000000 R 00000000 00000B55 | 00000000 00000000 | 00000000",
        &DeviceReply::DeviceClose,
    );
}

#[test]
fn golden_device_read_inband() {
    request(
        "00001513 0000002C T R 00000000 00000AF5 | 00000000 00000000
         | 00000000 | 00000010 | 00000010",
        &DeviceRequest::DeviceReadInband {
            mode: DevMode::empty(),
            recnum: 16,
            bytes_wanted: 16,
        },
    );
    reply(
        "00001200 00000038 00000000 R 00000000 00000B59 | 00000000 00000000
         | 00000000 | 00000010 | 00010203 04050607 08090A0B 0C0D0E0F",
        &DeviceReply::DeviceReadInband {
            code: 0,
            data: (0..16).collect(),
        },
    );
}

#[test]
fn golden_device_get_status() {
    request(
        "00001513 00000028 T R 00000000 00000AFB | 00000000 00000000 | 00000000 | 00000002",
        &DeviceRequest::DeviceGetStatus {
            flavor: flavors::DEV_GET_SIZE,
            count: 2,
        },
    );
    reply(
        "00001200 00000030 00000000 R 00000000 00000B5F | 00000000 00000000
         | 00000000 | 00000002 | 0015E000 00000800",
        &DeviceReply::DeviceGetStatus {
            status: vec![700 * 2048, 2048],
        },
    );
}

#[test]
fn golden_device_read() {
    request(
        "00001513 0000002C T R 00000000 00000AF4 | 00000000 00000000
         | 00000000 | 00000010 | 00000800",
        &DeviceRequest::DeviceRead {
            mode: DevMode::empty(),
            recnum: 16,
            bytes_wanted: 2048,
        },
    );
    reply(
        "80001200 00000034 00000000 R 00000000 00000B58 | 00000001
         | 00123000 00000800 00010001 | 00000000 00000000 | 00000800",
        &DeviceReply::DeviceRead {
            data: OutOfLine::new(0x0012_3000, 2048),
            data_count: 2048,
        },
    );
}

#[test]
fn golden_device_write() {
    request(
        "80001513 0000003C T R 00000000 00000AF2 | 00000001
         | 00123000 00000200 00010001 | 00000000 00000000 | 00000000 | 00000000 | 00000200",
        &DeviceRequest::DeviceWrite {
            mode: DevMode::empty(),
            recnum: 0,
            data: OutOfLine::new(0x0012_3000, 512),
        },
    );
    reply(
        "00001200 00000028 00000000 R 00000000 00000B56 | 00000000 00000000
         | 00000000 | 00000200",
        &DeviceReply::DeviceWrite {
            code: 0,
            bytes_written: 512,
        },
    );
}

// The rows below have no vector in the sheet; they are written from table 1.5.

#[test]
fn golden_device_write_inband() {
    request(
        "00001513 00000034 T R 00000000 00000AF3 | 00000000 00000000
         | 00000008 | 00000003 | 00000005 | 48656C6C 6F000000",
        &DeviceRequest::DeviceWriteInband {
            mode: DevMode::D_NOWAIT,
            recnum: 3,
            data: b"Hello".to_vec(),
        },
    );
    reply(
        "00001200 00000028 00000000 R 00000000 00000B57 | 00000000 00000000
         | 000009C4 | 00000000",
        &DeviceReply::DeviceWriteInband {
            code: codes::D_IO_ERROR,
            bytes_written: 0,
        },
    );
}

#[test]
fn golden_device_map() {
    request(
        "00001513 00000030 T R 00000000 00000AF9 | 00000000 00000000
         | 00000003 | 00001000 | 00025800 | 00000000",
        &DeviceRequest::DeviceMap {
            prot: crate::kernel::mach::records::VmProt::from_bits_retain(3),
            offset: 0x1000,
            size: 0x25800,
            unmap: 0,
        },
    );
    reply(
        "80001200 00000028 00000000 R 00000000 00000B5D | 00000001
         | 00000513 00000000 00001100",
        &DeviceReply::DeviceMap { pager: 0x513 },
    );
}

#[test]
fn golden_device_set_status() {
    request(
        "00001513 0000002C T R 00000000 00000AFA | 00000000 00000000
         | 0000530A | 00000001 | FF80FF80",
        &DeviceRequest::DeviceSetStatus {
            flavor: flavors::CDROM_VOLCTRL,
            status: vec![0xff80_ff80_u32 as i32],
        },
    );
    reply(
        "00001200 00000024 00000000 R 00000000 00000B5E | 00000000 00000000 | 00000000",
        &DeviceReply::DeviceSetStatus,
    );
}

#[test]
fn golden_device_set_filter() {
    request(
        "80001513 00000040 T R 00000000 00000AFC | 00000001
         | 00000617 00000000 00001400 | 00000000 00000000 | 0000000A | 00000003
         | 00010002 03C00000",
        &DeviceRequest::DeviceSetFilter {
            receive_port: PortRight {
                name: 0x617,
                disposition: 20,
            },
            priority: 10,
            filter: vec![1, 2, 0x3c0],
        },
    );
    reply(
        "00001200 00000024 00000000 R 00000000 00000B60 | 00000000 00000000 | 00000000",
        &DeviceReply::DeviceSetFilter,
    );
}

#[test]
fn golden_overwrite_reply() {
    let typed = DeviceReply::DeviceReadOverwrite {
        code: 0,
        bytes_read: 2048,
    };
    reply(
        "00001200 00000028 00000000 R 00000000 00000B61 | 00000000 00000000
         | 00000000 | 00000800",
        &typed,
    );
    let bytes = typed.encode(ReplyTo::once(REPLY)).unwrap();
    assert_eq!(DeviceReply::decode_unasked(&bytes), Ok(typed));
}
