//! One golden vector a routine: request and reply, success and error, as bytes.
//!
//! Mach sheet 1.5 and 1.6, acceptance tests 39 to 52.
#![forbid(unsafe_code)]

use Value::{Bytes, Halves, Ints, Ool, Port, W};
use emu_core::loader::opera_fs::writer::pack;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{
    COPY_SEND, MAKE_SEND, Reply, Value, hex, open_values, request, short_reply,
};
use tests::guest::{Guest, both_profiles, disc_file, disc_from};

type Names<'a> = &'a [(&'a str, u32)];

/// Sends the bytes of a golden request, which the tables give too.
fn ask(
    g: &mut Guest,
    text: &str,
    names: Names<'_>,
    routine: &str,
    ports: (u32, u32),
    values: &[Value<'_>],
) -> Reply {
    let bytes = hex(text, names);
    assert_eq!(
        bytes,
        request(routine, ports.0, ports.1, values),
        "{routine}"
    );
    let reply = g.exchange(&bytes);
    reply.unwrap_or_else(|code| panic!("{routine}: mach_msg gives {code:#x}"))
}

/// Compares a reply and its trailer with a golden one.
fn expect(reply: &Reply, text: &str, names: Names<'_>) {
    let got = [&reply.bytes[..], &reply.trailer].concat();
    assert_eq!(got, hex(text, names), "reply {}", reply.id());
}

/// The error reply of table 1.5 by request id and code.
fn expect_error(reply: &Reply, port: u32, id: u32, code: u32) {
    let names = [("R", port), ("I", id + 100), ("C", code)];
    let text = "00001200 00000024 00000000 R 00000000 I | 00000000 00000000 | C |
                00000000 00000008";
    expect(reply, text, &names);
}

/// A machine with a disc of 700 records, and the bytes of them.
fn with_700(profile: Profile) -> (Guest, Vec<u8>) {
    let data: Vec<u8> = (0..64 * 2048_u32).map(|n| (n / 3) as u8).collect();
    let mut image = pack(&[disc_file("data", &data)], "CD-ROM").expect("it fits");
    image.resize(700 * 2048, 0x3C);
    let disc = disc_from(image.clone()).expect("a disc");
    let g = Guest::with_discs(profile, DriveProfile::Instant, vec![disc]);
    (g, image)
}

/// The device that a golden test talks to, and a reply port.
fn device(g: &mut Guest, name: &str) -> (u32, u32) {
    (g.open(name), g.my_reply_port())
}

#[test]
fn golden_device_open() {
    for profile in [Profile::Documented, Profile::Retail] {
        let (mut guest, _) = with_700(profile);
        let g = &mut guest;
        let (m, r) = (g.master(), g.my_reply_port());
        let names = [("M", m), ("R", r)];
        let text = "80001513 0000004C M R 00000000 00000AFE | 00000001
                    00000000 00000000 00001300 | 00000000 00000000 | 00000001 |
                    00000000 00000000 | 00000000 00000007 6364726F 6D300000";
        let values = open_values(1, b"cdrom0\0");
        let reply = ask(g, text, &names, "device_open", (m, r), &values);
        let d = reply.word(28);
        let text = "80001200 00000028 00000000 R 00000000 00000B62 | 00000001 |
                    D 00000000 00001100 | 00000000 00000008";
        expect(&reply, text, &[("R", r), ("D", d)]);
        assert_eq!(g.port_type(d), Ok(TYPE_SEND));
        let task = g.task_self();
        let reply = g.rpc("device_open", task, &values);
        expect_error(&reply, r, 2814, D_INVALID_OPERATION);
    }
}

#[test]
fn golden_device_close() {
    both_profiles(|g| {
        let (d, r) = device(g, "test_device0");
        let text = "00001513 00000018 D R 00000000 00000AF1";
        let names = [("D", d), ("R", r)];
        let reply = ask(g, text, &names, "device_close", (d, r), &[]);
        let text = "00001200 00000024 00000000 R 00000000 00000B55 | 00000000 00000000 |
                    00000000 | 00000000 00000008";
        expect(&reply, text, &names);
        let task = g.task_self();
        let reply = g.rpc("device_close", task, &[]);
        expect_error(&reply, r, 2801, D_NO_SUCH_DEVICE);
    });
}

#[test]
fn golden_device_read() {
    for profile in [Profile::Documented, Profile::Retail] {
        let (mut guest, image) = with_700(profile);
        let g = &mut guest;
        let (d, r) = device(g, "cdrom0");
        let text = "00001513 0000002C D R 00000000 00000AF4 | 00000000 00000000 |
                    00000000 | 00000010 | 00000800";
        let names = [("D", d), ("R", r)];
        let values = [W(0), W(16), W(2048)];
        let reply = ask(g, text, &names, "device_read", (d, r), &values);
        let a = reply.word(28);
        let text = "80001200 00000034 00000000 R 00000000 00000B58 | 00000001 |
                    A 00000800 00010001 | 00000000 00000000 | 00000800 | 00000000 00000008";
        expect(&reply, text, &[("R", r), ("A", a)]);
        assert_eq!(a % 4096, 0);
        assert_eq!(g.read_bytes(a, 2048), image[16 * 2048..17 * 2048]);
        let reply = g.rpc("device_read", d, &[W(0), W(700), W(2048)]);
        expect_error(&reply, r, 2804, D_INVALID_RECNUM);
    }
}

#[test]
fn golden_device_read_inband() {
    both_profiles(|g| {
        let (d, r) = device(g, "screen0");
        let picture: Vec<u8> = (1..=16).collect();
        assert_eq!(g.write_inband(d, 16, &picture), Ok(16));
        let text = "00001513 0000002C D R 00000000 00000AF5 | 00000000 00000000 |
                    00000000 | 00000010 | 00000010";
        let names = [("D", d), ("R", r)];
        let values = [W(0), W(16), W(16)];
        let reply = ask(g, text, &names, "device_read_inband", (d, r), &values);
        let text = "00001200 00000038 00000000 R 00000000 00000B59 | 00000000 00000000 |
                    00000000 | 00000010 | 0102030405060708 090A0B0C0D0E0F10 |
                    00000000 00000008";
        expect(&reply, text, &names);
        // A count that is no multiple of 4: padded, the trailer behind.
        let reply = g.rpc("device_read_inband", d, &[W(0), W(16), W(5)]);
        assert_eq!((reply.bytes.len(), reply.word(36)), (48, 5));
        assert_eq!(reply.bytes[40..45], picture[..5]);
        let task = g.task_self();
        let reply = g.rpc("device_read_inband", task, &values);
        expect_error(&reply, r, 2805, D_NO_SUCH_DEVICE);
    });
}

#[test]
fn golden_device_write() {
    both_profiles(|g| {
        let (d, r) = device(g, "test_device0");
        let a = g.alloc(512);
        let text = "80001513 0000003C D R 00000000 00000AF2 | 00000001 |
                    A 00000200 00010001 | 00000000 00000000 | 00000000 | 00000000 | 00000200";
        let names = [("D", d), ("R", r), ("A", a)];
        let values = [Ool(a, 512), W(0), W(0), W(512)];
        let reply = ask(g, text, &names, "device_write", (d, r), &values);
        let text = "00001200 00000028 00000000 R 00000000 00000B56 | 00000000 00000000 |
                    00000000 | 00000200 | 00000000 00000008";
        expect(&reply, text, &names);
        let task = g.task_self();
        let reply = g.rpc("device_write", task, &values);
        expect_error(&reply, r, 2802, D_NO_SUCH_DEVICE);
    });
}

#[test]
fn golden_device_write_inband() {
    both_profiles(|g| {
        let (d, r) = device(g, "console");
        let text = "00001513 00000034 D R 00000000 00000AF3 | 00000000 00000000 |
                    00000000 | 00000000 | 00000006 | 68656C6C 6F0A0000";
        let names = [("D", d), ("R", r)];
        let values = [W(0), W(0), Bytes(b"hello\n")];
        let reply = ask(g, text, &names, "device_write_inband", (d, r), &values);
        let text = "00001200 00000028 00000000 R 00000000 00000B57 | 00000000 00000000 |
                    00000000 | 00000006 | 00000000 00000008";
        expect(&reply, text, &names);
        assert_eq!(g.console(), "hello\n");
        // A driver's error comes in the long form.
        let timer = g.open("timer0");
        let reply = g.rpc("device_write_inband", timer, &values);
        let text = "00001200 00000028 00000000 R 00000000 00000B57 | 00000000 00000000 |
                    000009C9 | 00000000 | 00000000 00000008";
        expect(&reply, text, &names);
        let task = g.task_self();
        let reply = g.rpc("device_write_inband", task, &values);
        expect_error(&reply, r, 2803, D_NO_SUCH_DEVICE);
    });
}

#[test]
fn golden_device_map() {
    both_profiles(|g| {
        let (d, r) = device(g, "screen0");
        let text = "00001513 00000030 D R 00000000 00000AF9 | 00000000 00000000 |
                    00000003 | 00000000 | 00001000 | 00000000";
        let names = [("D", d), ("R", r)];
        let values = [W(3), W(0), W(4096), W(0)];
        let reply = ask(g, text, &names, "device_map", (d, r), &values);
        let p = reply.word(28);
        let text = "80001200 00000028 00000000 R 00000000 00000B5D | 00000001 |
                    P 00000000 00001100 | 00000000 00000008";
        expect(&reply, text, &[("R", r), ("P", p)]);
        assert_eq!(g.port_type(p), Ok(TYPE_SEND));
        // The protection is looked at before the port.
        let task = g.task_self();
        for port in [d, task] {
            let reply = g.rpc("device_map", port, &[W(8), W(0), W(4096), W(0)]);
            expect_error(&reply, r, 2809, INVALID_ARGUMENT);
        }
        let reply = g.rpc("device_map", task, &values);
        expect_error(&reply, r, 2809, D_NO_SUCH_DEVICE);
    });
}

#[test]
fn golden_device_set_status() {
    both_profiles(|g| {
        let (d, r) = device(g, "test_device0");
        let text = "00001513 00000030 D R 00000000 00000AFA | 00000000 00000000 |
                    00000001 | 00000002 | 00000007 FFFFFFFF";
        let names = [("D", d), ("R", r)];
        let values = [W(1), Ints(&[7, 0xFFFF_FFFF])];
        let reply = ask(g, text, &names, "device_set_status", (d, r), &values);
        let text = "00001200 00000024 00000000 R 00000000 00000B5E | 00000000 00000000 |
                    00000000 | 00000000 00000008";
        expect(&reply, text, &names);
        let task = g.task_self();
        let reply = g.rpc("device_set_status", task, &values);
        expect_error(&reply, r, 2810, D_NO_SUCH_DEVICE);
        let timer = g.open("timer0");
        let reply = g.rpc("device_set_status", timer, &[W(0x12_3456), Ints(&[])]);
        expect_error(&reply, r, 2810, D_INVALID_OPERATION);
    });
}

#[test]
fn golden_device_get_status() {
    for profile in [Profile::Documented, Profile::Retail] {
        let (mut guest, _) = with_700(profile);
        let g = &mut guest;
        let (d, r) = device(g, "cdrom0");
        let text = "00001513 00000028 D R 00000000 00000AFB | 00000000 00000000 |
                    00000000 | 00000002";
        let names = [("D", d), ("R", r)];
        let values = [W(0), W(2)];
        let reply = ask(g, text, &names, "device_get_status", (d, r), &values);
        let text = "00001200 00000030 00000000 R 00000000 00000B5F | 00000000 00000000 |
                    00000000 | 00000002 | 0015E000 00000800 | 00000000 00000008";
        expect(&reply, text, &names);
        let reply = g.rpc("device_get_status", d, &[W(0x12_3456), W(2)]);
        expect_error(&reply, r, 2811, D_INVALID_OPERATION);
        let task = g.task_self();
        let reply = g.rpc("device_get_status", task, &values);
        expect_error(&reply, r, 2811, D_NO_SUCH_DEVICE);
    }
}

/// No device has a filter, which is a valid answer.
#[test]
fn golden_device_set_filter() {
    both_profiles(|g| {
        let (d, r) = device(g, "test_device0");
        let f = g.reply_port();
        let text = "80001513 00000040 D R 00000000 00000AFC | 00000001 |
                    F 00000000 00001400 | 00000000 00000000 | 00000005 | 00000003 |
                    000A0001 06000000";
        let names = [("D", d), ("R", r), ("F", f)];
        let commands = Halves(&[10, 1, 0x600]);
        let values = [Port(f, MAKE_SEND), W(5), commands];
        let reply = ask(g, text, &names, "device_set_filter", (d, r), &values);
        expect_error(&reply, r, 2812, D_INVALID_OPERATION);
        let null = [Port(0, COPY_SEND), W(5), commands];
        let reply = g.rpc("device_set_filter", d, &null);
        expect_error(&reply, r, 2812, D_INVALID_OPERATION);
        let task = g.task_self();
        let reply = g.rpc("device_set_filter", task, &values);
        expect_error(&reply, r, 2812, D_NO_SUCH_DEVICE);
    });
}

#[test]
fn golden_io_done_queue_create() {
    both_profiles(|g| {
        let (h, r) = (g.host_self(), g.my_reply_port());
        let text = "00001513 00000018 H R 00000000 00000AFF";
        let names = [("H", h), ("R", r)];
        let reply = ask(g, text, &names, "io_done_queue_create", (h, r), &[]);
        let q = reply.word(28);
        let text = "80001200 00000028 00000000 R 00000000 00000B63 | 00000001 |
                    Q 00000000 00001100 | 00000000 00000008";
        expect(&reply, text, &[("R", r), ("Q", q)]);
        let task = g.task_self();
        let reply = g.rpc("io_done_queue_create", task, &[]);
        expect_error(&reply, r, 2815, INVALID_ARGUMENT);
    });
}

#[test]
fn golden_io_done_queue_terminate() {
    both_profiles(|g| {
        let (q, r) = (g.queue(), g.my_reply_port());
        let text = "00001513 00000018 Q R 00000000 00000B00";
        let names = [("Q", q), ("R", r)];
        let reply = ask(g, text, &names, "io_done_queue_terminate", (q, r), &[]);
        let text = "00001200 00000024 00000000 R 00000000 00000B64 | 00000000 00000000 |
                    00000000 | 00000000 00000008";
        expect(&reply, text, &names);
        let task = g.task_self();
        let reply = g.rpc("io_done_queue_terminate", task, &[]);
        expect_error(&reply, r, 2816, INVALID_ARGUMENT);
    });
}

#[test]
fn golden_overwrite_reply() {
    both_profiles(|g| {
        let (d, r) = device(g, "test_device0");
        let buffer = g.guarded(24);
        let asked = g.trap(-82, &[d, r, 0, 0, 24, buffer.at]);
        assert_eq!(asked, OK);
        let reply = g.receive(r);
        let text = "00001200 00000028 00000000 R 00000000 00000B61 | 00000000 00000000 |
                    00000000 | 00000018 | 00000000 00000008";
        expect(&reply, text, &[("R", r)]);
        let mut data = [0; 24];
        data[0] = b'x';
        assert_eq!(buffer.bytes(g), data);
        // A failure has the code and no bytes, in either of the two forms.
        let timer = g.open("timer0");
        assert_eq!(g.trap(-82, &[timer, r, 8, 50, 8, buffer.at]), OK);
        let reply = g.receive(r);
        assert_eq!((reply.id(), reply.code()), (2913, D_WOULD_BLOCK));
        assert!(reply.bytes.len() == 36 || reply.bytes.len() == 40 && reply.word(36) == 0);
    });
}

#[test]
fn golden_error_reply() {
    both_profiles(|g| {
        let (m, r) = (g.master(), g.my_reply_port());
        let reply = g.rpc("device_open", m, &open_values(1, b"nothing0\0"));
        let text = "00001200 00000024 00000000 R 00000000 00000B62 | 00000000 00000000 |
                    000009C6 | 00000000 00000008";
        expect(&reply, text, &[("R", r)]);
        assert_eq!(reply.bytes, short_reply("device_open", r, D_NO_SUCH_DEVICE));
    });
}
