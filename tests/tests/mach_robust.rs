//! The same run again, saved runs, requests at random, mixed programs.
//!
//! Mach sheet 5.7 and 6.3, acceptance tests 72, 73, 75 and 76.
#![forbid(unsafe_code)]

use Value::{Bytes, Halves, Ints, Ool, Port, W};
use emu_core::kernel::mach::mig::ReplyTo;
use emu_core::kernel::mach::mig::device::DeviceRequest;
use emu_core::kernel::mach::mig::header::Header;
use emu_core::kernel::mach::mig::reply::DeviceReply;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::opera_fs::writer::{Item as DiscItem, pack};
use emu_core::quirks::Profile;
use emu_core::time::Tick;
use emu_core::trace::TraceEvent;
use emu_devices::cdrom::DriveProfile;
use std::path::PathBuf;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire;
use tests::guest::mach::wire::{COPY_SEND, MAKE_SEND, Value, device_routines, request, word};
use tests::guest::{Guest, Io, Tags, disc_file};
use tests::run::{Dice, cases};

const SECTOR: u32 = 2048;
const PROFILES: [Profile; 2] = [Profile::Documented, Profile::Retail];

fn files() -> Vec<DiscItem> {
    let bytes: Vec<u8> = (0..60 * SECTOR).map(|n| (n / 3 % 255) as u8).collect();
    vec![disc_file("data", &bytes)]
}

fn track() -> Vec<u8> {
    pack(&files(), "CD-ROM").expect("the files fit")
}

/// One run with a call of every kind; what its calls gave, and the machine at its end.
fn script(profile: Profile) -> (Vec<String>, Vec<String>, Vec<u8>) {
    let mut guest = Guest::with_disc(profile, DriveProfile::Nominal, &files());
    let g = &mut guest;
    g.watch_requests();
    let mut results = Vec::new();
    let mut note = |g: &Guest, what: &str, got: String| {
        results.push(format!("{} {what} {got}", g.now().0));
    };
    let devices = ["timer0", "cdrom0", "screen0", "console", "test_device0"];
    let [timer, cd, screen, console, test] = devices.map(|name| g.open(name));
    note(
        g,
        "devices",
        format!("{:x?}", [timer, cd, screen, console, test]),
    );
    let queue = g.queue();
    let thread = g.create_thread("waiter");
    let record = g.on(thread).begin_done(queue);
    let text = g.string("a line\n");
    let buffer = g.guarded(SECTOR);
    let sent = [
        g.trap(-99, &[timer, queue, 1, 0, 3_000, 8]),
        g.trap(-95, &[cd, queue, 2, 8, 17, SECTOR, buffer.at]),
        g.trap(-94, &[cd, queue, 3, 8, 40, 2 * SECTOR]),
        g.trap(-96, &[console, queue, 4, 0, 0, text, 7]),
        g.trap(-98, &[screen, queue, 5, 0, 64, text, 7]),
        g.trap(-94, &[test, queue, 6, 0, 0, 5_000]),
    ];
    note(g, "sent", format!("{sent:x?}"));
    let waited = g.returns_within(thread, 1_000_000);
    let first = g.done_at(record, 0);
    note(g, "waiter", format!("{waited:x?} {:x?}", first.control()));
    for _ in 0..5 {
        let done = g.done(queue);
        note(g, "done", format!("{:x?}", done.control()));
    }
    for (device, recnum, bytes) in [(cd, 3, SECTOR), (test, 0, 100), (timer, 900, 8)] {
        let reply = g.read_message(device, 0, recnum, bytes);
        note(
            g,
            "read",
            format!("{:x?} {:x?}", reply.bytes, reply.trailer),
        );
    }
    for flavor in [0, 1, 0x54_0001, 0x76_0001, 0x44, 0x5321] {
        for device in [timer, cd, screen] {
            let status = g.status(device, flavor, 64);
            note(g, "status", format!("{status:x?}"));
        }
    }
    let pending = g.trap(-99, &[timer, queue, 7, 0, 20_000, 8]);
    let ended = g.terminate(queue);
    let closed = devices.map(|name| g.try_open(D_READ, name).map(|port| g.close(port)));
    let last = g.close(cd);
    note(g, "end", format!("{pending} {ended} {closed:x?} {last:x?}"));
    let calls = g
        .records()
        .records
        .iter()
        .filter_map(|record| match &record.event {
            TraceEvent::Call(text) | TraceEvent::Request(text) => {
                Some(format!("{} {} {text}", record.at.0, record.task))
            }
            _ => None,
        });
    let calls = calls.collect();
    let save = g.machine().save();
    (results, calls, save)
}

/// Debug and release builds run this against the same file: what the program sees, and when.
/// With UPDATE_GOLDEN=1 it is written anew.
#[test]
fn two_runs_identical() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/golden");
    for profile in PROFILES {
        let (one, two) = (script(profile), script(profile));
        let apart = one.1.iter().zip(&two.1).find(|(a, b)| a != b);
        assert_eq!(apart, None, "the call logs");
        assert!(one.1.len() > 200, "{} lines", one.1.len());
        assert!(one == two, "two runs differ");
        let path = folder.join(format!("mach_script_{}.calls", profile.name()));
        let text = one.0.join("\n") + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &text).expect("the recorded results can be written");
            continue;
        }
        let recorded = std::fs::read_to_string(&path).unwrap_or_default();
        let lines = recorded.lines().zip(text.lines());
        let apart = lines.clone().find(|(old, new)| old != new);
        assert_eq!(apart, None, "recorded, now: {}", path.display());
        assert_eq!(recorded.lines().count(), text.lines().count());
    }
}

/// A read of the drive and a waiting thread, saved and loaded at these instants: when the
/// completion came, and what.
fn pending_read(profile: Profile, points: &[u64]) -> (Tick, [u32; 5], Vec<u8>, u64) {
    let mut guest = Guest::with_disc(profile, DriveProfile::Nominal, &files());
    let g = &mut guest;
    let (cd, queue) = (g.open("cdrom0"), g.queue());
    let buffer = g.guarded(2 * SECTOR);
    let begun = g.now().0;
    g.interrupt_at(points.iter().map(|&after| Tick(begun + after)));
    let sent = g.trap(-94, &[cd, queue, 0xCAFE, 8, 50, 3 * SECTOR]);
    assert_eq!(sent, OK);
    let sent = g.trap(-95, &[cd, queue, 0xBEEF, 8, 20, 2 * SECTOR, buffer.at]);
    assert_eq!(sent, OK);
    let (first, second) = (g.done(queue), g.done(queue));
    assert_eq!((first.id(), second.id()), (0xCAFE, 0xBEEF));
    let data = g.read_bytes(first.data(), 3 * SECTOR);
    assert_eq!(data, track()[50 * 2048..53 * 2048]);
    assert_eq!(buffer.bytes(g), track()[20 * 2048..22 * 2048]);
    (g.now(), first.control(), data, g.now().0 - begun)
}

#[test]
fn save_pending_read() {
    for profile in PROFILES {
        let whole = pending_read(profile, &[]);
        let mut dice = Dice(0x5A7E);
        let points: Vec<u64> = (0..u64::from(cases(4)))
            .map(|n| {
                if n < 3 {
                    500 + n * 300
                } else {
                    dice.below(whole.3)
                }
            })
            .collect();
        for &point in &points {
            assert!(
                pending_read(profile, &[point]) == whole,
                "saved after {point}"
            );
        }
        assert!(
            pending_read(profile, &points) == whole,
            "saved at all of {points:?}"
        );
    }
}

/// What a request says, in words of the test: routine, then its values in order.
fn said(request: &DeviceRequest) -> (&'static str, Vec<u32>, Vec<u8>) {
    use DeviceRequest as R;
    let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect();
    match request {
        R::DeviceClose => ("device_close", vec![], vec![]),
        R::IoDoneQueueCreate => ("io_done_queue_create", vec![], vec![]),
        R::IoDoneQueueTerminate => ("io_done_queue_terminate", vec![], vec![]),
        R::DeviceWrite { mode, recnum, data } => (
            "device_write",
            vec![mode.bits(), *recnum, data.address, data.size],
            vec![],
        ),
        R::DeviceWriteInband { mode, recnum, data } => (
            "device_write_inband",
            vec![mode.bits(), *recnum],
            data.clone(),
        ),
        R::DeviceRead {
            mode,
            recnum,
            bytes_wanted,
        } => (
            "device_read",
            vec![mode.bits(), *recnum, *bytes_wanted as u32],
            vec![],
        ),
        R::DeviceReadInband {
            mode,
            recnum,
            bytes_wanted,
        } => (
            "device_read_inband",
            vec![mode.bits(), *recnum, *bytes_wanted as u32],
            vec![],
        ),
        R::DeviceMap {
            prot,
            offset,
            size,
            unmap,
        } => (
            "device_map",
            vec![prot.bits(), *offset, *size, *unmap],
            vec![],
        ),
        R::DeviceSetStatus { flavor, status } => {
            let words: Vec<u32> = status.iter().map(|&int| int as u32).collect();
            ("device_set_status", vec![*flavor], bytes(&words))
        }
        R::DeviceGetStatus { flavor, count } => {
            ("device_get_status", vec![*flavor, *count], vec![])
        }
        R::DeviceSetFilter {
            receive_port,
            priority,
            filter,
        } => (
            "device_set_filter",
            vec![receive_port.name, *priority as u32],
            filter.iter().flat_map(|half| half.to_be_bytes()).collect(),
        ),
        R::DeviceOpen {
            ledger,
            mode,
            sec_token,
            name,
        } => {
            let token = (sec_token.first, sec_token.second);
            (
                "device_open",
                vec![ledger.name, mode.bits(), token.0, token.1],
                name.bytes().to_vec(),
            )
        }
    }
}

/// A random request by the tables of the tests: its bytes, and what it says.
fn random_request(
    dice: &mut Dice,
    name: &'static str,
    ports: (u32, u32),
) -> (Vec<u8>, Vec<u32>, Vec<u8>) {
    let w: [u32; 4] = std::array::from_fn(|_| dice.word());
    let length = |dice: &mut Dice, most: u64| dice.below(most + 1) as usize;
    let mut data: Vec<u8> = (0..length(dice, 128)).map(|_| dice.word() as u8).collect();
    let halves: Vec<u16> = (0..length(dice, 64)).map(|_| dice.word() as u16).collect();
    let count = length(dice, 40);
    let ints: Vec<u32> = (0..count).map(|_| dice.word()).collect();
    let (mut words, mut bytes) = (Vec::new(), Vec::new());
    let encoded = match name {
        "device_write" => {
            words = w.to_vec();
            let values = [Ool(w[2], w[3]), W(w[0]), W(w[1]), W(w[3])];
            request(name, ports.0, ports.1, &values)
        }
        "device_write_inband" => {
            words = w[..2].to_vec();
            bytes = data.clone();
            request(name, ports.0, ports.1, &[W(w[0]), W(w[1]), Bytes(&data)])
        }
        "device_read" | "device_read_inband" => {
            words = w[..3].to_vec();
            request(name, ports.0, ports.1, &[W(w[0]), W(w[1]), W(w[2])])
        }
        "device_map" => {
            words = w.to_vec();
            request(name, ports.0, ports.1, &w.map(W))
        }
        "device_set_status" => {
            words = w[..1].to_vec();
            bytes = ints.iter().flat_map(|word| word.to_be_bytes()).collect();
            request(name, ports.0, ports.1, &[W(w[0]), Ints(&ints)])
        }
        "device_get_status" => {
            words = w[..2].to_vec();
            request(name, ports.0, ports.1, &[W(w[0]), W(w[1])])
        }
        "device_set_filter" => {
            words = w[..2].to_vec();
            bytes = halves.iter().flat_map(|half| half.to_be_bytes()).collect();
            let kind = dice.pick(&[COPY_SEND, MAKE_SEND]);
            request(
                name,
                ports.0,
                ports.1,
                &[Port(w[0], kind), W(w[1]), Halves(&halves)],
            )
        }
        "device_open" => {
            words = w.to_vec();
            data.truncate(127);
            data.push(0);
            bytes = data.clone();
            let unused = W(dice.word());
            let values = [
                Port(w[0], COPY_SEND),
                W(w[1]),
                W(w[2]),
                W(w[3]),
                unused,
                Bytes(&data),
            ];
            request(name, ports.0, ports.1, &values)
        }
        _ => request(name, ports.0, ports.1, &[]),
    };
    (encoded, words, bytes)
}

#[test]
fn encoder_differential() {
    let mut dice = Dice(0xD1FF);
    let names: Vec<&'static str> = device_routines().collect();
    for n in 0..100_000 {
        let name = dice.pick(&names);
        let ports = (dice.word(), dice.word());
        let (encoded, words, bytes) = random_request(&mut dice, name, ports);
        let header = Header::decode(&encoded).expect("a header");
        assert_eq!((header.remote, header.local), ports);
        let decoded = DeviceRequest::decode(header.id, &header, &encoded);
        let decoded = decoded.unwrap_or_else(|refusal| panic!("{n}: {name}: {refusal}"));
        assert_eq!(said(&decoded), (name, words, bytes), "request {n}");
        // And its own encoder gives the same bytes, but for what is not looked at.
        let mut again = decoded
            .encode_bits(word(&encoded, 0), ports.0, ports.1)
            .expect("it fits");
        if name == "device_open" {
            again[60..64].copy_from_slice(&encoded[60..64]);
        }
        if !["device_set_filter", "device_write"].contains(&name) {
            assert_eq!(again[8..], encoded[8..], "request {n}: {name}");
        }
    }
}

#[test]
fn reply_differential() {
    let mut dice = Dice(0x4EF1);
    for _ in 0..20_000 {
        let (port, a, b) = (dice.word() | 1 << 8, dice.word(), dice.word());
        let (code, count) = (b as i32, a as i32);
        let length = dice.below(129) as usize;
        let data: Vec<u8> = (0..length).map(|_| dice.word() as u8).collect();
        let ints: Vec<u32> = (0..dice.below(40)).map(|_| dice.word()).collect();
        let received = Port(a, wire::MOVE_SEND);
        let choices = [
            (
                DeviceReply::DeviceWrite {
                    code,
                    bytes_written: count,
                },
                wire::reply("device_write", port, "Nww", &[W(b), W(a)]),
            ),
            (
                DeviceReply::DeviceWriteInband {
                    code,
                    bytes_written: count,
                },
                wire::reply("device_write_inband", port, "Nww", &[W(b), W(a)]),
            ),
            (
                DeviceReply::DeviceReadInband {
                    code: 0,
                    data: data.clone(),
                },
                wire::reply("device_read_inband", port, "Nwb", &[W(0), Bytes(&data)]),
            ),
            (
                DeviceReply::DeviceGetStatus {
                    status: ints.iter().map(|&i| i as i32).collect(),
                },
                wire::reply("device_get_status", port, "Nwi", &[W(0), Ints(&ints)]),
            ),
            (
                DeviceReply::DeviceMap { pager: a },
                wire::reply("device_map", port, "P", &[received]),
            ),
            (
                DeviceReply::DeviceOpen { device: a },
                wire::reply("device_open", port, "P", &[received]),
            ),
            (
                DeviceReply::IoDoneQueueCreate { queue: a },
                wire::reply("io_done_queue_create", port, "P", &[received]),
            ),
            (
                DeviceReply::DeviceClose,
                wire::short_reply("device_close", port, 0),
            ),
        ];
        let (reply, expected) = choices[dice.below(choices.len() as u64) as usize].clone();
        let encoded = reply.encode(ReplyTo::once(port)).expect("it fits");
        assert_eq!(encoded, expected, "{reply:?}");
    }
}

/// A Portfolio task and a Mach client that read the same disc; all that happened.
fn mixed(profile: Profile) -> Vec<String> {
    let mut guest = Guest::with_disc(profile, DriveProfile::Nominal, &files());
    let g = &mut guest;
    let path = g.string("/CD-ROM/data");
    let file = g.call("OpenDiskFile", &[path]);
    assert!(!file.is_error(), "{file:?}");
    let tags = Tags::new().and(11, Item(file.0));
    let ior = Item(g.create(0x10E, tags).0);
    let (cd, queue) = (g.open("cdrom0"), g.queue());
    g.watch_requests();
    let thread = g.create_thread("mach client");
    let track = track();
    let data: Vec<u8> = (0..60 * SECTOR).map(|n| (n / 3 % 255) as u8).collect();
    let mut log = Vec::new();
    for round in 0..6_u32 {
        let at = g.alloc(4 * SECTOR);
        // The file's request is first in the drive's queue.
        let info = Io {
            command: 1,
            offset: 7 * round,
            recv: (at, 4 * SECTOR),
            ..Io::default()
        };
        assert_eq!(g.send_io(ior, info).0, 0);
        let record = round * 3 % 20;
        let sent = g.trap(-94, &[cd, queue, round, 8, record, SECTOR]);
        assert_eq!(sent, OK);
        let result = g.on(thread).begin_done(queue);
        g.advance_micros(300);
        assert!(g.is_blocked(thread), "it waits for the file's request");
        assert_eq!(g.wait_io(ior).0, 0);
        let from = (7 * round * SECTOR) as usize;
        assert_eq!(g.read_bytes(at, 4 * SECTOR), data[from..from + 4 * 2048]);
        log.push(format!("{} file", g.now().0));
        assert_eq!(g.returns_within(thread, 1_000_000), Some(OK));
        let done = g.done_at(result, OK);
        assert_eq!((done.id(), done.error(), done.count()), (round, OK, SECTOR));
        let from = (record * SECTOR) as usize;
        assert_eq!(g.read_bytes(done.data(), SECTOR), track[from..from + 2048]);
        assert_eq!(g.vm_deallocate(done.data(), SECTOR), OK);
        log.push(format!("{} {:x?}", g.now().0, done.control()));
    }
    let records = g.records().records.iter();
    log.extend(records.map(|record| format!("{record:?}")));
    log
}

#[test]
fn mixed_guest() {
    for profile in PROFILES {
        let (one, two) = (mixed(profile), mixed(profile));
        let apart = one.iter().zip(&two).find(|(a, b)| a != b);
        assert_eq!(apart, None);
        assert_eq!(one.len(), two.len());
    }
}
