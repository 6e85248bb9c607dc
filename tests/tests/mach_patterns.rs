//! How known clients use Mach's device interface.
//!
//! Mach sheet 6.1, patterns P1 to P15.
#![forbid(unsafe_code)]

use Value::{Bytes, Ints, Ool, Port, W};
use emu_core::input::Input;
use emu_core::loader::opera_fs::writer::{Item as DiscItem, pack};
use emu_core::quirks::Profile;
use emu_core::time::Tick;
use emu_devices::cdrom::DriveProfile;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{Reply, Value, open_values, request};
use tests::guest::{Guest, both_profiles, branch, branch_ne, disc_file};
use tests::guest::{ldr, mov_reg, str, subs, swi};

const SECTOR: u32 = 2048;
/// `VC_GETINFO`.
const VC_GETINFO: u32 = 0x76_0001;

fn files() -> Vec<DiscItem> {
    let bytes: Vec<u8> = (0..60 * SECTOR).map(|n| (n / 5 % 253) as u8).collect();
    vec![disc_file("data", &bytes)]
}

fn track() -> Vec<u8> {
    pack(&files(), "CD-ROM").expect("the files fit")
}

fn with_cd(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let drive = DriveProfile::Instant;
        test(&mut Guest::with_disc(profile, drive, &files()));
    }
}

/// Lets the acting task go through a loop of its own code, however long it takes.
fn run_loop(g: &mut Guest, code: &[u32], registers: &[(usize, u32)]) -> u32 {
    g.begin_code(code, registers);
    let task = g.me();
    for _ in 0..2_000 {
        g.advance(1_000_000);
        if g.is_idle(task) {
            return g.reg(0);
        }
    }
    panic!("the loop does not end");
}

/// `swi 0x80` until it fails or `r10` times it did not: r0 comes from r9 each time.
fn repeat_trap() -> Vec<u32> {
    vec![
        mov_reg(0, 9),
        swi(0x80),
        0xE350_0000, // cmp r0, #0
        branch_ne(3),
        subs(10, 10, 1),
        branch_ne(-5),
    ]
}

#[test]
fn p1_open_once_close_later() {
    with_cd(|g| {
        for mode in [D_READ, D_READ | D_WRITE] {
            let cd = g.try_open(mode, "cdrom0").expect("opens with either mode");
            for record in [0, 5, 1] {
                let read = g.device_read(cd, record, SECTOR).expect("a read");
                let at = (record * SECTOR) as usize;
                assert_eq!(read, track()[at..at + 2048]);
            }
            assert_eq!(g.close(cd), OK);
            assert_eq!(g.port_type(cd), Ok(TYPE_DEAD_NAME));
            assert_eq!(g.deallocate(cd), OK);
        }
    });
}

/// One queue, one thread that waits for ever; a request's id points to its record.
#[test]
fn p2_one_thread_waits_for_ever() {
    both_profiles(|g| {
        let (timer, console) = (g.open("timer0"), g.open("console"));
        let queue = g.queue();
        let (errors, result) = (g.words(&[0]), g.alloc(160));
        let thread = g.create_thread("io_done");
        let code = [
            mov_reg(0, 4),
            mov_reg(1, 5),
            0xE3E0_C060, // mvn r12, #96: trap -97
            swi(0x80),
            0xE350_0000, // cmp r0, #0
            branch_ne(8),
            ldr(2, 5, 4), // the request's record
            ldr(3, 5, 0), // its kind
            str(3, 2, 0),
            ldr(3, 5, 8), // its code
            str(3, 2, 4),
            str(2, 2, 8), // it is done
            branch(-12),
            str(0, 6, 0), // a wait error: it would be logged
            branch(-14),
        ];
        let registers = [(4, queue), (5, result), (6, errors)];
        g.on(thread).begin_code(&code, &registers);
        g.advance_micros(2_000);
        let records: Vec<u32> = (0..9).map(|_| g.words(&[0; 4])).collect();
        let text = g.string("text\n");
        let stamp = g.alloc(8);
        for (n, &record) in records.iter().enumerate() {
            let sent = match n % 3 {
                0 => g.trap(-99, &[timer, queue, record, 0, 900, 8]),
                1 => g.trap(-96, &[console, queue, record, 0, 0, text, 5]),
                _ => g.trap(-95, &[timer, queue, record, 0, 300, 8, stamp]),
            };
            assert_eq!(sent, OK);
        }
        g.advance_micros(100_000);
        for (n, &record) in records.iter().enumerate() {
            let kind = [1, 2, 3][n % 3];
            let got = [0, 4, 8].map(|at| g.read(record + at));
            assert_eq!(got, [kind, OK, record], "request {n}");
        }
        assert!(g.is_blocked(thread), "it waits again");
        assert_eq!(g.read(errors), 0, "never a spurious return");
        assert_eq!(g.console(), "text\n".repeat(3));
    });
}

/// Reads as a block layer does: whole records into the buffer, the rest out of new memory.
fn block_read(g: &mut Guest, cd: u32, queue: u32, at: u32, size: u32) -> Vec<u8> {
    let record = g.status(cd, 0, 2).expect("DEV_GET_SIZE")[1];
    let first = at / record;
    let end = (at + size).div_ceil(record);
    let (id, bytes) = (0xB10C_0000 | at, (end - first) * record);
    let skipped = (at - first * record) as usize;
    if at.is_multiple_of(record) && size == bytes {
        let buffer = g.guarded(bytes);
        let arguments = [cd, queue, id, D_NOWAIT, first, bytes, buffer.at];
        assert_eq!(g.trap(-95, &arguments), OK);
        assert_eq!(g.done(queue).control(), [3, id, OK, 0, bytes]);
        return buffer.bytes(g);
    }
    assert_eq!(g.trap(-94, &[cd, queue, id, D_NOWAIT, first, bytes]), OK);
    let done = g.done(queue);
    assert_eq!(done.control(), [1, id, OK, done.data(), bytes]);
    let data = g.read_bytes(done.data(), bytes);
    assert_eq!(g.vm_deallocate(done.data(), done.count()), OK);
    data[skipped..skipped + size as usize].to_vec()
}

#[test]
fn p3_block_layer() {
    with_cd(|g| {
        let (cd, queue) = (g.open("cdrom0"), g.queue());
        let track = track();
        for (at, size) in [
            (0, 2048),
            (4096, 6144),
            (100, 50),
            (2000, 100),
            (2047, 4098),
        ] {
            let (begin, end) = (at as usize, (at + size) as usize);
            assert_eq!(block_read(g, cd, queue, at, size), track[begin..end]);
        }
        // Three pages for three records and a half: all of them come back.
        let before = g.vm_allocate(4096).expect("memory");
        assert_eq!(g.vm_deallocate(before, 4096), OK);
        for _ in 0..50 {
            block_read(g, cd, queue, 2047, 4098);
        }
        assert_eq!(g.vm_allocate(4096), Ok(before));
    });
}

#[test]
fn p4_end_of_device() {
    with_cd(|g| {
        let (cd, queue) = (g.open("cdrom0"), g.queue());
        let end = track().len() as u32 / SECTOR;
        for (recnum, bytes, code) in [
            (end, SECTOR, D_INVALID_RECNUM),
            (end - 1, 2 * SECTOR, D_INVALID_SIZE),
        ] {
            assert_eq!(g.trap(-94, &[cd, queue, 1, D_NOWAIT, recnum, bytes]), OK);
            let done = g.done(queue);
            assert_eq!(done.control(), [1, 1, code, 0, 0]);
        }
    });
}

#[test]
fn p5_writes_nobody_waits_for() {
    both_profiles(|g| {
        let console = g.open("console");
        let text = g.string("nobody waits\n");
        assert_eq!(g.trap(-96, &[console, 0, 0, 0, 0, text, 13]), OK);
        g.advance_micros(50_000);
        assert_eq!(g.console(), "nobody waits\n");
    });
}

/// Somebody types, so many milliseconds from now.
fn types(g: &mut Guest, after: u64, text: &str) {
    let at = Tick(g.now().0 + after * 12_500);
    g.machine()
        .schedule_input(at, Input::Console(text.as_bytes().to_vec()));
}

#[test]
fn p6_console() {
    both_profiles(|g| {
        let console = g.try_open(D_READ | D_WRITE, "console").expect("console");
        // Output in pieces of at most 128 bytes, input in a thread of its own, byte by byte.
        let reader = g.create_thread("reader");
        let one = [W(0), W(0), W(1)];
        g.on(reader).begin_rpc("device_read_inband", console, &one);
        g.advance_micros(5_000);
        assert!(g.is_blocked(reader), "nobody has typed");
        let text: String = ('a'..='z').cycle().take(300).chain(['\n']).collect();
        for piece in text.as_bytes().chunks(128) {
            let written = g.write_inband(console, 0, piece);
            assert_eq!(written, Ok(piece.len() as u32), "while a read waits");
        }
        assert_eq!(g.console(), text);
        types(g, 5, "ok\n");
        for letter in b"ok\n" {
            assert_eq!(g.returns_within(reader, 100_000), Some(OK));
            let reply = g.on(reader).finish_exchange().expect("a reply");
            assert_eq!((reply.id(), reply.value()), (2905, Ok(1)));
            assert_eq!(reply.bytes[40], *letter);
            g.on(reader).begin_rpc("device_read_inband", console, &one);
        }
        g.advance_micros(50_000);
        assert!(g.is_blocked(reader), "all is read");
        for flavor in [0x74_0001, 0x74_000B] {
            let status = g.status(console, flavor, 4).expect("TTY_STATUS");
            assert_eq!(status.len(), 4);
            let mut changed = status.clone();
            changed[3] ^= 0x80;
            assert_eq!(g.set_status(console, flavor, &changed), OK);
            assert_eq!(g.status(console, flavor, 4), Ok(changed), "the echo flag");
            assert_eq!(g.set_status(console, flavor, &status), OK);
        }
        assert_eq!(g.status(console, 0, 1024), Ok(vec![0, 1]));
    });
}

#[test]
fn p7_frame_buffer() {
    both_profiles(|g| {
        let (task, screen) = (g.task_self(), g.try_open(3, "screen0").expect("screen0"));
        let info = g.status(screen, VC_GETINFO, 23).expect("VC_GETINFO");
        assert_eq!(info[..4], [240, 320, 16, 1280]);
        assert_eq!(info[5], 0x3344_4F00, "board type");
        assert_eq!(info[6], u32::from_be_bytes(*b"3DO\0"));
        let size = 8 << 20;
        let pager = g
            .rpc("device_map", screen, &[W(3), W(0), W(size), W(0)])
            .port();
        let pager = pager.expect("whatever the real size is");
        let values = [
            Port(pager, tests::guest::mach::wire::COPY_SEND),
            W(0),
            W(size),
            W(0),
            W(1), // anywhere
            W(0),
            W(0), // not a copy
            W(3),
            W(3),
            W(2), // inherit none
        ];
        let mapped = g.rpc("vm_map", task, &values).value().expect("vm_map");
        let base = mapped + info[4] % 4096;
        assert_eq!(base, info[4], "memory without an MMU");
        // What the program writes there is what the device reads, and the other way.
        g.run_code(&[str(0, 1, 8)], &[(0, 0x1234_5678), (1, base)]);
        let read = g.device_read(screen, 8, 4);
        assert_eq!(read, Ok(vec![0x12, 0x34, 0x56, 0x78]));
        assert_eq!(g.write_inband(screen, 12, &[9, 8, 7, 6]), Ok(4));
        assert_eq!(g.run_code(&[ldr(0, 1, 12)], &[(1, base)]), 0x0908_0706);
        assert_eq!(g.vm_deallocate(mapped, size), OK);
    });
}

#[test]
fn p8_cd_probe() {
    with_cd(|g| {
        let mode = D_READ | D_NODELAY;
        for name in ["timer0", "console", "screen0", "test_device0"] {
            let other = g.try_open(mode, name).expect("it opens");
            assert_ne!(g.set_status(other, 0x530A, &[]), D_INVALID_SIZE, "{name}");
        }
        let cd = g.try_open(mode, "cdrom0").expect("it opens");
        assert_eq!(g.set_status(cd, 0x530A, &[]), D_INVALID_SIZE, "a CD");
        let volumes = u32::from_be_bytes([200, 100, 0, 255]);
        assert_eq!(g.set_status(cd, 0x530A, &[volumes]), OK);
        assert_eq!(g.status(cd, 0x5313, 1), Ok(vec![volumes]));
        assert_eq!(g.set_status(cd, 0x530A, &[1, 2]), D_INVALID_SIZE);
        assert_eq!(g.status(cd, 0x5313, 0), Err(D_INVALID_SIZE));
        let header = g.status(cd, 0x44, 2).expect("READ_HEADER");
        assert_eq!(header[1] >> 16, 0x0101, "first and last track");
        let sectors = track().len() as u32 / SECTOR;
        let entries = g.status(cd, 0x5321, 300).expect("READ_TOC_LBA");
        assert_eq!(entries.len(), 6, "a track and the lead-out");
        for (entry, (number, at)) in entries.chunks(3).zip([(1, 0), (0xAA, sectors)]) {
            let [track, control, kind, _] = entry[0].to_be_bytes();
            assert_eq!((track, control & 0x0F, kind), (number, 4, 1));
            assert_eq!(entry[1], at);
        }
        let entries = g.status(cd, 0x5320, 300).expect("READ_TOC_MSF");
        for (entry, frames) in entries.chunks(3).zip([150, 150 + sectors]) {
            let [minute, second, frame, _] = entry[1].to_be_bytes().map(u32::from);
            assert_eq!((minute * 60 + second) * 75 + frame, frames);
            assert_eq!(entry[0].to_be_bytes()[2], 2);
        }
        let whole = g.status(cd, 0x5320, 5).expect("room for one and a half");
        assert_eq!(whole, entries[..3]);
        let channel = g.status(cd, 0x5323, 4).expect("READ_SUBCHNL_LBA");
        assert_eq!(channel.len(), 4);
        let audio = channel[0] & 0xFF;
        assert!(
            [0, 0x13, 0x15].contains(&audio),
            "nothing plays: {audio:#x}"
        );
        assert_eq!(channel[1].to_be_bytes()[1], 1, "LBA");
    });
}

/// `device_read` as a library does it: the trap first, the message when it says so.
fn library_read(g: &mut Guest, device: u32, recnum: u32, bytes: u32) -> Result<(u32, u32), u32> {
    let out = g.words(&[0, 0]);
    match g.trap(-77, &[device, 0, recnum, bytes, out, out + 4]) {
        0 => Ok((g.read(out), g.read(out + 4))),
        SEND_INTERRUPTED => {
            let values = [W(0), W(recnum), W(bytes)];
            let reply = g.try_rpc("device_read", device, &values)?;
            match reply.code() {
                0 => Ok(reply.ool()),
                code => Err(code),
            }
        }
        code => Err(code),
    }
}

#[test]
fn p9_boot_file_systems() {
    with_cd(|g| {
        let (cd, track) = (g.open("cdrom0"), track());
        let (at, count) = library_read(g, cd, 3, 2 * SECTOR).expect("device_read");
        assert_eq!((at % 4096, count), (0, 2 * SECTOR));
        assert_eq!(g.read_bytes(at, count), track[3 * 2048..5 * 2048]);
        assert_eq!(g.vm_deallocate(at, count), OK);
        let end = track.len() as u32 / SECTOR;
        assert_eq!(library_read(g, cd, end, SECTOR), Err(D_INVALID_RECNUM));
        assert_eq!(
            library_read(g, cd + 0x1000, 0, SECTOR),
            Err(SEND_INVALID_DEST)
        );
        // Whole blocks straight into the buffer.
        let (buffer, out) = (g.guarded(SECTOR), g.words(&[0]));
        let code = g.trap(-81, &[cd, 0, 7, SECTOR, buffer.at, out]);
        if code != SEND_INTERRUPTED {
            assert_eq!((code, g.read(out)), (OK, SECTOR));
            assert_eq!(buffer.bytes(g), track[7 * 2048..8 * 2048]);
        }
        // A pager's loop: requests whose replies come to a port in a set.
        let (set, port) = (g.allocate(RIGHT_PORT_SET), g.reply_port());
        assert_eq!(g.on_task("mach_port_move_member", &[W(port), W(set)]), OK);
        let values = [W(0), W(9), W(SECTOR)];
        assert_eq!(g.send(&request("device_read", cd, port, &values)), OK);
        let buffer = g.guarded(SECTOR);
        let overwrite = g.trap(-82, &[cd, port, 0, 11, SECTOR, buffer.at]);
        assert_eq!(overwrite, OK);
        let mut served = Vec::new();
        for _ in 0..2 {
            let reply: Reply = g.receive(set);
            assert_eq!(reply.code(), OK);
            match reply.id() {
                2904 => {
                    let (at, size) = reply.ool();
                    assert_eq!(g.read_bytes(at, size), track[9 * 2048..10 * 2048]);
                    assert_eq!(g.vm_deallocate(at, size), OK);
                }
                2913 => assert_eq!(buffer.bytes(g), track[11 * 2048..12 * 2048]),
                id => panic!("no reply of the server's has id {id}"),
            }
            served.push(reply.id());
        }
        served.sort_unstable();
        assert_eq!(served, [2904, 2913]);
    });
}

#[test]
fn p10_benchmarks() {
    const OPENS: u32 = 1 << 15;
    both_profiles(|g| {
        let (master, reply) = (g.master(), g.my_reply_port());
        let open = open_values(3, b"test_device\0");
        let device = g.rpc("device_open", master, &open).port().expect("opens");
        assert_eq!(g.try_open(3, "test_device0"), Ok(device), "unit 0");
        assert_eq!(g.close(device), OK);
        // The same message again and again; the reply goes elsewhere.
        let many = |g: &mut Guest, message: &[u8], times: u32| {
            let (at, out) = (g.alloc(256), g.alloc(256));
            g.write_bytes(at, message);
            let size = message.len() as u32;
            let registers = [(9, at), (1, 3), (2, size), (3, 48), (4, reply), (5, 0)];
            // Its last argument is on the stack.
            let sp = g.reg(13);
            let more = [
                (6, 0),
                (8, out),
                (10, times),
                (12, -32_i32 as u32),
                (13, sp),
            ];
            let failed = run_loop(g, &repeat_trap(), &[&registers[..], &more].concat());
            assert_eq!((failed, g.reg(10)), (0, 0), "mach_msg");
            g.read_bytes(out, 40)
        };
        let message = g.request("device_open", master, &open);
        let last = many(g, &message, OPENS - 1);
        assert_eq!(last[28..32], device.to_be_bytes());
        // One reference more than opens: a close does not take one.
        assert_eq!(g.refs(device, RIGHT_SEND), Ok(OPENS + 1));
        for bytes in [0, 4, 128, 4096] {
            let data = g.device_read(device, 0, bytes).expect("device_read");
            assert_eq!(data.len() as u32, bytes);
            let inband = g.read_inband(device, 0, 0, bytes).expect("inband");
            assert_eq!(inband.len() as u32, bytes.min(128));
            let at = g.alloc(bytes);
            let values = [Ool(at, bytes), W(0), W(0), W(bytes)];
            assert_eq!(g.rpc("device_write", device, &values).value(), Ok(bytes));
            let piece = vec![0; bytes.min(128) as usize];
            let written = g.write_inband(device, 0, &piece);
            assert_eq!(written, Ok(bytes.min(128)));
        }
        let pager = g
            .rpc("device_map", device, &[W(3), W(0), W(4096), W(0)])
            .port();
        let pager = pager.expect("device_map of one page");
        assert_eq!(g.on_task("mach_port_destroy", &[W(pager)]), OK);
        let message = g.request("device_close", device, &[]);
        let last = many(g, &message, OPENS - 1);
        assert_eq!(last[32..36], [0; 4]);
        assert_eq!(g.port_type(device), Ok(TYPE_SEND), "one open is left");
        assert_eq!(g.close(device), OK);
        assert_eq!(g.port_type(device), Ok(TYPE_DEAD_NAME));
        assert_eq!(g.on_task("mach_port_destroy", &[W(device)]), OK);
        assert_eq!(g.port_type(device), Err(INVALID_NAME));
    });
}

#[test]
fn p11_libstore() {
    with_cd(|g| {
        let device = match g.try_open(D_READ | D_WRITE, "cdrom0") {
            Err(D_READ_ONLY) => g.open("cdrom0"),
            opened => opened.expect("device_open"),
        };
        let records = g.status(device, 1, 1024);
        assert_eq!(records, Err(D_INVALID_OPERATION), "OSF has no such flavor");
        let size = g.status(device, 0, 1024).expect("DEV_GET_SIZE");
        assert_eq!(
            size,
            [track().len() as u32, SECTOR],
            "the count is exactly 2"
        );
        // It never closes.
        let exclusive = g.open("test_device1");
        for name in [device, exclusive] {
            assert_eq!(g.deallocate(name), OK);
        }
        assert!(g.try_open(D_READ, "test_device1").is_ok());
    });
}

/// Everything with requests and replies, a port for reads and one for writes.
#[test]
fn p12_term() {
    both_profiles(|g| {
        let master = g.master();
        let [opens, reads, writes] = [(); 3].map(|()| g.reply_port());
        let open = open_values(D_READ | D_WRITE | D_NOWAIT, b"console\0");
        assert_eq!(g.send(&request("device_open", master, opens, &open)), OK);
        let opened = g.receive(opens);
        assert_eq!(opened.id(), 2914);
        let console = opened.port().expect("the console");
        // It asks for a page and gets at most 128 bytes; D_NOWAIT does not hurry a tty.
        let page = [W(D_NOWAIT), W(0), W(4096)];
        let ask = request("device_read_inband", console, reads, &page);
        assert_eq!(g.send(&ask), OK);
        let mut line = [b'w'; 128];
        line[127] = b'\n';
        for n in 0..3 {
            let values = [W(D_NOWAIT), W(0), Bytes(&line)];
            let write = request("device_write_inband", console, writes, &values);
            assert_eq!(g.send(&write), OK, "write {n}");
        }
        for _ in 0..3 {
            let reply = g.receive(writes);
            assert_eq!((reply.id(), reply.value()), (2903, Ok(128)));
        }
        assert_eq!(g.console().as_bytes(), line.repeat(3));
        assert!(
            g.is_quiet(reads),
            "several requests of one device at a time"
        );
        types(g, 5, &"long ".repeat(60));
        let mut got = Vec::new();
        while got.len() < 300 {
            let reply = g.receive(reads);
            let count = reply.value().expect("what was typed") as usize;
            assert!((1..=128).contains(&count), "{count}");
            assert_eq!(reply.bytes.len(), 40 + count.next_multiple_of(4));
            got.extend_from_slice(&reply.bytes[40..40 + count]);
            assert_eq!(g.send(&ask), OK);
        }
        assert_eq!(got, "long ".repeat(60).as_bytes());
        for (flavor, data) in [(0x74_0003, &[3][..]), (0x74_0004, &[]), (0x74_0005, &[])] {
            assert_eq!(g.set_status(console, flavor, data), OK, "{flavor:#x}");
        }
        assert_eq!(g.set_status(console, 0x74_000A, &[]), OK, "TTY_DRAIN");
    });
}

#[test]
fn p13_mapped_time() {
    both_profiles(|g| {
        let task = g.task_self();
        let time = g.try_open(0, "time").expect("mode 0 opens");
        let pager = g.rpc("device_map", time, &[W(1), W(0), W(12), W(0)]).port();
        let pager = Port(
            pager.expect("device_map"),
            tests::guest::mach::wire::COPY_SEND,
        );
        let zero = W(0);
        let anywhere = [pager, zero, W(12), zero, W(1), zero, zero, W(1), W(1), W(2)];
        let page = g.rpc("vm_map", task, &anywhere).value().expect("vm_map");
        assert_eq!(page % 4096, 0);
        let clock = |g: &mut Guest| {
            let code = [ldr(0, 4, 0), ldr(1, 4, 4), ldr(2, 4, 8)];
            let seconds = g.run_code(&code, &[(4, page)]);
            assert_eq!(g.reg(2), seconds, "the check");
            assert!(g.reg(1) < 1_000_000, "microseconds");
            u64::from(seconds) * 1_000_000 + u64::from(g.reg(1))
        };
        let mut last = clock(g);
        for micros in [20_000, 999_999, 1_500_000, 2_000_000] {
            g.advance_micros(micros);
            let now = clock(g);
            let passed = now - last;
            assert!(
                passed.abs_diff(micros) <= 17_000,
                "{passed} for {micros} us"
            );
            last = now;
        }
    });
}

#[test]
fn p14_self_ports_are_never_released() {
    both_profiles(|g| {
        for trap in [-28_i32, -29] {
            let name = g.trap(trap, &[]);
            // swi until the name differs or the count is over.
            let code = [
                swi(0x80),
                0xE150_0009, // cmp r0, r9
                branch_ne(3),
                subs(10, 10, 1),
                branch_ne(-4),
            ];
            let registers = [(9, name), (10, 70_000), (12, trap as u32)];
            let last = run_loop(g, &code, &registers);
            assert_eq!((last, g.reg(10)), (name, 0), "always the same name");
            assert_eq!(
                g.refs(name, RIGHT_SEND),
                Ok(65_535),
                "as many as there can be"
            );
        }
        assert!(g.try_queue().is_ok(), "and the port still works");
    });
}

/// What fails gives the same code each time, by message and by trap.
#[test]
fn p15_codes_are_stable() {
    both_profiles(|g| {
        let (timer, task) = (g.open("timer0"), g.task_self());
        let out = g.alloc(16);
        for _ in 0..3 {
            let unknown = g.try_open(D_READ, "nothing");
            assert_eq!(unknown, Err(0x9C6));
            assert_eq!(g.write_inband(timer, 0, b"x"), Err(0x9C9));
            assert_eq!(g.read_inband(timer, D_NOWAIT, 100, 8), Err(0x9C5));
            assert_eq!(g.read_inband(timer, 0, 100, 7), Err(0x9CB));
            assert_eq!(g.trap(-207, &[timer, 0, 100, 7, out, out]), 0x9CB);
            assert_eq!(g.close(task), 0x9C6);
            assert_eq!(g.trap(-204, &[task]), 0x9C6);
            assert_eq!(g.queue_direct(task), Err(4));
            assert_eq!(g.set_status(timer, 0x77_0001, &[1]), 0x9C9);
            let values = [W(0), Ints(&[])];
            assert_eq!(g.rpc("device_set_status", timer, &values).code(), 0x9C9);
            let values = [W(0), W(0), Bytes(b"x")];
            let sent = g.try_rpc("device_write_inband", 0, &values);
            assert_eq!(sent.err(), Some(0x1000_0003));
        }
    });
}
