//! What clients and servers must check (Mach sheet 1.5).

use super::super::device::{DevName, DeviceRequest};
use super::super::header::{Descriptor, Header, OutOfLine, PortRight, Trailer, descriptors};
use super::super::reply::{DeviceReply, room_code};
use super::super::routine::Routine;
use super::super::{Refusal, ReplyTo, codes};
use super::hex;
use crate::kernel::mach::records::{DevMode, SecurityToken};

/// The code a server gives for a message; 0 when it takes it.
fn verdict(bytes: &[u8]) -> i32 {
    let header = Header::decode(bytes).unwrap();
    match DeviceRequest::decode(header.id, &header, bytes) {
        Ok(_) => 0,
        Err(refusal) => refusal.code(),
    }
}

/// The code a client stub gives for a reply of `routine`; 0 when it takes it.
fn stub(routine: Routine, bytes: &[u8]) -> i32 {
    DeviceReply::decode(routine, bytes).map_or_else(|fault| fault.code, |_| 0)
}

fn open() -> Vec<u8> {
    let request = DeviceRequest::DeviceOpen {
        ledger: PortRight::copy_send(0),
        mode: DevMode::D_READ,
        sec_token: SecurityToken::default(),
        name: DevName::new("cdrom0"),
    };
    request.encode(1, 2).unwrap()
}

fn patched(mut bytes: Vec<u8>, at: usize, value: u8) -> Vec<u8> {
    bytes[at] = value;
    bytes
}

#[test]
fn an_id_without_routine_is_mig_bad_id_and_its_reply_has_the_id_plus_100() {
    for id in [
        0,
        71,
        2800,
        2806,
        2807,
        2808,
        2813,
        2817,
        2900,
        -1,
        i32::MAX,
    ] {
        let header = Header {
            id,
            ..Header::default()
        };
        let refusal = DeviceRequest::decode(id, &header, &header.encode()).unwrap_err();
        assert_eq!(refusal.code(), codes::MIG_BAD_ID);
        let reply = refusal.encode(ReplyTo::once(9));
        assert_eq!(reply.len(), 36);
        assert_eq!(Header::decode(&reply).unwrap().id, id.wrapping_add(100));
        assert_eq!(reply[32..], codes::MIG_BAD_ID.to_be_bytes());
    }
}

#[test]
fn a_wrong_size_or_complex_bit_or_count_is_mig_bad_arguments() {
    assert_eq!(verdict(&open()), 0);
    assert_eq!(verdict(&patched(open(), 0, 0)), codes::MIG_BAD_ARGUMENTS);
    assert_eq!(verdict(&patched(open(), 27, 0)), codes::MIG_BAD_ARGUMENTS);
    assert_eq!(verdict(&patched(open(), 27, 2)), codes::MIG_BAD_ARGUMENTS);
    assert_eq!(verdict(&open()[..72]), codes::MIG_BAD_ARGUMENTS);
    let mut longer = open();
    longer.extend([0; 4]);
    assert_eq!(verdict(&longer), codes::MIG_BAD_ARGUMENTS);
    let close = DeviceRequest::DeviceClose.encode(1, 2).unwrap();
    assert_eq!(verdict(&patched(close, 0, 0x80)), codes::MIG_BAD_ARGUMENTS);
}

#[test]
fn a_count_that_is_not_the_sizes_is_mig_bad_arguments() {
    for count in [0, 4, 9, 128, 129, 255] {
        let bytes = patched(open(), 67, count);
        assert_eq!(verdict(&bytes), codes::MIG_BAD_ARGUMENTS, "{count}");
    }
    for at in [64, 65, 66] {
        assert_eq!(verdict(&patched(open(), at, 1)), codes::MIG_BAD_ARGUMENTS);
    }
    // 5 bytes pad to 8 as 7 do, but then the name has no NUL.
    assert_eq!(verdict(&patched(open(), 67, 5)), codes::MIG_BAD_ARGUMENTS);
    assert_eq!(verdict(&patched(open(), 67, 8)), 0);
}

#[test]
fn the_size_field_the_offset_of_the_name_and_the_padding_are_ignored() {
    let plain = open();
    let header = Header::decode(&plain).unwrap();
    let wanted = DeviceRequest::decode(header.id, &header, &plain).unwrap();
    for at in (4..8).chain(16..20).chain(32..38).chain(60..64).chain([75]) {
        let bytes = patched(open(), at, 0x5a);
        let header = Header::decode(&bytes).unwrap();
        let found = DeviceRequest::decode(header.id, &header, &bytes);
        assert_eq!(found.as_ref(), Ok(&wanted), "{at}");
    }
}

#[test]
fn a_descriptor_of_the_wrong_kind_or_disposition_is_mig_type_error() {
    for kind in 1..=255 {
        assert_eq!(verdict(&patched(open(), 39, kind)), codes::MIG_TYPE_ERROR);
    }
    for disposition in 0..=255 {
        // Those that arrive as a send right are taken, whether the kernel translated them or not.
        let wanted = match disposition {
            17 | 19 | 20 => 0,
            _ => codes::MIG_TYPE_ERROR,
        };
        assert_eq!(verdict(&patched(open(), 38, disposition)), wanted);
    }
    let write = DeviceRequest::DeviceWrite {
        mode: DevMode::empty(),
        recnum: 0,
        data: OutOfLine::new(0x1000, 512),
    };
    let write = write.encode(1, 2).unwrap();
    assert_eq!(verdict(&write), 0);
    for kind in [0, 2, 3, 4] {
        let bytes = patched(write.clone(), 39, kind);
        assert_eq!(verdict(&bytes), codes::MIG_TYPE_ERROR);
    }
    // The two sizes of a write disagree.
    let bytes = patched(write.clone(), 59, 1);
    assert_eq!(verdict(&bytes), codes::MIG_TYPE_ERROR);
}

#[test]
fn a_client_refuses_to_send_more_than_the_maximum() {
    let too_large = |request: DeviceRequest| request.encode(1, 2).unwrap_err().code;
    let inband = |count| DeviceRequest::DeviceWriteInband {
        mode: DevMode::empty(),
        recnum: 0,
        data: vec![0; count],
    };
    assert_eq!(inband(128).encode(1, 2).unwrap().len(), 172);
    assert_eq!(too_large(inband(129)), codes::MIG_ARRAY_TOO_LARGE);
    let status = |count| DeviceRequest::DeviceSetStatus {
        flavor: 0,
        status: vec![0; count],
    };
    assert_eq!(status(1024).encode(1, 2).unwrap().len(), 4136);
    assert_eq!(too_large(status(1025)), codes::MIG_ARRAY_TOO_LARGE);
    let filter = |count| DeviceRequest::DeviceSetFilter {
        receive_port: PortRight::copy_send(1),
        priority: 0,
        filter: vec![0; count],
    };
    assert_eq!(filter(64).encode(1, 2).unwrap().len(), 184);
    assert_eq!(too_large(filter(65)), codes::MIG_ARRAY_TOO_LARGE);
    assert_eq!(DevName::new(&"x".repeat(200)).bytes().len(), 128);
    assert_eq!(DevName::from_bytes(&[0; 129]), None);
    assert_eq!(DevName::new("cd\0rom").text(), b"cd");
}

#[test]
fn a_little_endian_sender_has_its_scalars_swapped_and_not_its_bytes() {
    let bytes = hex(
        "80001513 0000004C 00000001 00000002 00000000 00000AFE 00000001
         00000000 00000000 00001300 00000000 01000000 01000000 02000000 03000000
         00000000 07000000 6364726F 6D300000",
    );
    let header = Header::decode(&bytes).unwrap();
    let wanted = DeviceRequest::DeviceOpen {
        ledger: PortRight::copy_send(0),
        mode: DevMode::D_READ,
        sec_token: SecurityToken {
            first: 2,
            second: 3,
        },
        name: DevName::new("cdrom0"),
    };
    assert_eq!(DeviceRequest::decode(2814, &header, &bytes), Ok(wanted));
}

#[test]
fn a_stub_tells_a_dead_server_a_mismatch_and_a_wrong_form_apart() {
    let to = ReplyTo::once(2);
    let good = DeviceReply::DeviceOpen { device: 7 }.encode(to).unwrap();
    let open = Routine::DeviceOpen;
    assert_eq!(stub(open, &good), 0);
    assert_eq!(stub(Routine::DeviceMap, &good), codes::MIG_REPLY_MISMATCH);
    let dead = patched(patched(good.clone(), 22, 0), 23, 71);
    assert_eq!(stub(open, &dead), codes::MIG_SERVER_DIED);
    for (at, value) in [
        (0, 0),
        (7, 36),
        (7, 44),
        (27, 2),
        (38, 18),
        (38, 19),
        (39, 1),
    ] {
        let bytes = patched(good.clone(), at, value);
        assert_eq!(stub(open, &bytes), codes::MIG_TYPE_ERROR, "{at}");
    }
    assert_eq!(stub(open, &good[..36]), codes::MIG_TYPE_ERROR);
    // Success without its results is no success.
    let bare = super::super::reply::error_reply(2814, 0, to);
    assert_eq!(stub(open, &bare), codes::MIG_TYPE_ERROR);
    let bare = super::super::reply::error_reply(2810, 0, to);
    assert_eq!(stub(Routine::DeviceSetStatus, &bare), 0);
}

#[test]
fn an_error_of_a_write_may_have_36_or_40_bytes_one_of_a_status_36() {
    let to = ReplyTo::once(2);
    for (routine, id) in [
        (Routine::DeviceWrite, 2802),
        (Routine::DeviceGetStatus, 2811),
    ] {
        let short = super::super::reply::error_reply(id, codes::D_IO_ERROR, to);
        let code = codes::D_IO_ERROR;
        let failed = DeviceReply::Failed { routine, code };
        assert_eq!(failed.code(), code);
        assert_eq!(DeviceReply::decode(routine, &short), Ok(failed));
    }
    let long = DeviceReply::DeviceWrite {
        code: codes::D_IO_ERROR,
        bytes_written: 512,
    };
    let bytes = long.encode(to).unwrap();
    assert_eq!(DeviceReply::decode(Routine::DeviceWrite, &bytes), Ok(long));
    let status = DeviceReply::DeviceGetStatus { status: vec![] };
    let mut bytes = status.encode(to).unwrap();
    assert_eq!(stub(Routine::DeviceGetStatus, &bytes), 0);
    bytes[35] = 1;
    assert_eq!(
        stub(Routine::DeviceGetStatus, &bytes),
        codes::MIG_TYPE_ERROR
    );
}

#[test]
fn a_returned_array_that_does_not_fit_is_mig_array_too_large() {
    assert_eq!(room_code(2, 2), 0);
    assert_eq!(room_code(3, 2), codes::MIG_ARRAY_TOO_LARGE);
}

#[test]
fn only_six_replies_come_unasked() {
    for routine in Routine::ALL {
        let reply = super::super::reply::error_reply(routine.request_id(), 5, ReplyTo::once(2));
        let taken = DeviceReply::decode_unasked(&reply).is_ok();
        let wanted = matches!(routine.reply_id(), 2902..=2905 | 2913 | 2914);
        assert_eq!(taken, wanted, "{}", routine.name());
        assert_eq!(Routine::of_reply(routine.reply_id()), Some(routine));
        let asked = Routine::of_request(routine.request_id()).is_some();
        assert_eq!(asked, routine != Routine::DeviceReadOverwrite);
    }
}

#[test]
fn a_request_without_reply_port_has_nowhere_to_reply() {
    let header = |bytes: &[u8]| Header::decode(bytes).unwrap();
    let none = DeviceRequest::DeviceClose.encode_bits(0x13, 1, 0).unwrap();
    assert_eq!(ReplyTo::of(&header(&none)), None);
    let dead = DeviceRequest::DeviceClose.encode(1, u32::MAX).unwrap();
    assert_eq!(ReplyTo::of(&header(&dead)), None);
    let send = DeviceRequest::DeviceClose
        .encode_bits(0x1413, 1, 2)
        .unwrap();
    let to = ReplyTo::of(&header(&send)).unwrap();
    assert_eq!(to.disposition, 17);
    let reply = DeviceReply::DeviceClose.encode(to).unwrap();
    assert_eq!(reply[..4], [0, 0, 0x11, 0]);
}

#[test]
fn the_kernel_finds_descriptors_or_says_why_not() {
    let message = open();
    let right = Descriptor::Port(PortRight::copy_send(0));
    assert_eq!(descriptors(&message), Ok(vec![right]));
    let code = |bytes: &[u8]| descriptors(bytes).unwrap_err().code;
    assert_eq!(code(&message[..20]), codes::MACH_SEND_MSG_TOO_SMALL);
    assert_eq!(code(&message[..24]), codes::MACH_SEND_MSG_TOO_SMALL);
    assert_eq!(code(&message[..75]), codes::MACH_SEND_MSG_TOO_SMALL);
    assert_eq!(code(&message[..36]), codes::MACH_SEND_MSG_TOO_SMALL);
    let many = patched(message.clone(), 24, 0xff);
    assert_eq!(code(&many), codes::MACH_SEND_MSG_TOO_SMALL);
    assert_eq!(
        code(&patched(message, 39, 4)),
        codes::MACH_SEND_INVALID_TYPE
    );
    let data = OutOfLine {
        address: 1,
        size: 2,
        deallocate: 3,
        copy: 1,
    };
    for descriptor in [
        Descriptor::Data(data),
        Descriptor::Ports(data, 17),
        Descriptor::Volatile(data),
    ] {
        assert_eq!(Descriptor::decode(&descriptor.encode(), 0), Ok(descriptor));
    }
}

#[test]
fn trailers_have_8_12_or_20_bytes() {
    let token = SecurityToken::KERNEL;
    for (options, size) in [(0x2, 8), (0x0100_0002, 12), (0x0200_0002, 20)] {
        let trailer = Trailer::asked(options, 5, token).unwrap();
        let bytes = trailer.encode();
        assert_eq!(bytes.len(), size);
        assert_eq!(bytes[..8], [0, 0, 0, 0, 0, 0, 0, size as u8]);
        assert_eq!(Trailer::decode(&bytes, 0), Ok(trailer));
        let cut = Trailer::decode(&bytes[..size - 1], 0).unwrap_err();
        assert_eq!(cut.code, codes::MIG_TRAILER_ERROR);
    }
    for options in [0x0300_0000, 0x1000_0000, u32::MAX] {
        let fault = Trailer::asked(options, 0, token).unwrap_err();
        assert_eq!(fault.code, codes::MACH_RCV_INVALID_TRAILER);
    }
}

#[test]
fn a_refusal_says_its_code_by_name() {
    let header = Header::default();
    let refusal: Refusal = DeviceRequest::decode(2800, &header, &[]).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "message 2800: MIG_BAD_ID: no such routine"
    );
}
