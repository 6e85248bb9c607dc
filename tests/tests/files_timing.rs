//! What files cost, to the cycle, and in which order requests are served.
//!
//! Device sheet 4.8, 6.2, 6.4.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::IOReq;
use emu_core::loader::opera_fs::writer::pack;
use emu_core::media::MediaEvent;
use emu_core::quirks::Profile;
use emu_core::trace::TraceEvent;
use emu_devices::cdrom::DriveProfile;
use tests::guest::{Guest, Io, Tags, disc_file, disc_folder, disc_from};

/// Much longer than reading ahead takes, less than until the disc stops.
const IDLE: u64 = 20_000_000;

fn word(image: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([image[at], image[at + 1], image[at + 2], image[at + 3]])
}

/// Where the entry of a file begins, in an image.
fn entry(image: &[u8], name: &str) -> usize {
    let mut wanted = vec![0; 32];
    wanted[..name.len()].copy_from_slice(name.as_bytes());
    let found = image.windows(32).position(|bytes| bytes == wanted);
    found.expect("its entry") - 32
}

/// First frame of a file.
fn frame(image: &[u8], name: &str) -> u32 {
    150 + word(image, entry(image, name) + 68)
}

fn image() -> Vec<u8> {
    let many = (0..60).map(|n| disc_file(&format!("file{n}"), b"x"));
    let files = [
        disc_file("afile", &[1; 5 * 2048]),
        disc_file("bfill", &[0; 3000 * 2048]),
        disc_file("cfile", &[3; 100 * 2048]),
        disc_file("dfill", &[0; 300 * 2048]),
        disc_folder("Sub", many.collect()),
        disc_file("zlast", &[9; 2048]),
    ];
    pack(&files, "CD-ROM").expect("it fits")
}

fn guest(image: Vec<u8>) -> Guest {
    let disc = disc_from(image).expect("a disc");
    let mut g = Guest::with_discs(Profile::Documented, DriveProfile::Nominal, vec![disc]);
    let root = g.string("/CD-ROM");
    assert!(!g.call("OpenDiskFile", &[root]).is_error());
    g.advance(IDLE);
    g
}

fn request(g: &mut Guest, path: &str, priority: u32) -> Item {
    let at = g.string(path);
    let file = g.call("OpenDiskFile", &[at]);
    assert!(!file.is_error(), "{path}: {file:?}");
    let tags = Tags::new().pri(priority as u8).and(11, Item(file.0));
    g.new_item(0x10E, tags)
}

fn read(block: u32, at: u32, len: u32) -> Io {
    Io {
        command: 1,
        offset: block,
        recv: (at, len),
        ..Io::default()
    }
}

fn is_done(g: &Guest, ior: Item) -> bool {
    g.field(ior, IOReq::io_Flags) & 1 != 0
}

/// Cycles from the request's start to its end.
fn cost(g: &mut Guest, ior: Item, io: Io) -> u64 {
    let info = g.info(io);
    g.begin_call("SendIO", &[ior.0 as u32, info]);
    while is_done(g, ior) {
        g.advance(1);
    }
    let begin = g.now();
    loop {
        let now = g.now();
        let due = g.machine().pending_work();
        let due = due.iter().filter_map(|(_, work)| work.due).min();
        match due {
            Some(due) if due.0 > now.0 + 1 => g.run_to(emu_core::time::Tick(due.0 - 1)),
            _ => g.advance(1),
        }
        if is_done(g, ior) {
            break;
        }
    }
    let end = g.now();
    g.wait();
    assert_eq!(g.io_error(ior), Status::OK);
    end.0 - begin.0
}

/// Section 4.8 by hand.
fn seek(from: u32, to: u32) -> u64 {
    let (d, whole) = (u64::from(from.abs_diff(to)), 330_000);
    assert!(3 * d <= whole && d > 16);
    100_000 + 400 * (3 * d * 1_000_000 / whole).isqrt()
}

fn jump(from: u32, to: u32, blocks: u64) -> u64 {
    12_500 + (75 * seek(from, to) + blocks * 500_000) / 6 + 6_400
}

#[test]
fn reads_cost_what_the_drive_takes() {
    let image = image();
    let root = 150 + word(&image, 100);
    let (a, c) = (frame(&image, "afile"), frame(&image, "cfile"));
    let mut guest = guest(image);
    let g = &mut guest;
    let to = g.alloc(5 * 2048);
    let near = request(g, "afile", 100);
    let far = request(g, "cfile", 100);
    let tolerance = |measured: u64, expected: u64, what: &str| {
        // The clock is seen between instructions.
        assert!(
            measured.abs_diff(expected) <= 8,
            "{what}: {measured}, not {expected}"
        );
    };
    // Behind the last directory block 16 frames have been read ahead.
    println!("root {root}, a {a}, c {c}");
    let mut head = root + 1 + 16;
    for (block, count) in [(3, 2), (90, 5), (0, 1)] {
        let measured = cost(g, far, read(block, to, count * 2048));
        tolerance(measured, jump(head, c + block, u64::from(count)), "far");
        g.advance(IDLE);
        head = c + block + count + 16;
    }
    tolerance(cost(g, near, read(0, to, 2048)), jump(head, a, 1), "near");
    g.advance(IDLE);
    // What lies in the buffer: a transfer each.
    tolerance(cost(g, near, read(1, to, 3 * 2048)), 3 * 6_400, "ahead");
}

/// An open costs the directory blocks that nobody has read, and a second one none.
#[test]
fn opens_cost_directory_blocks() {
    let image = image();
    let (sub, c) = (frame(&image, "Sub"), frame(&image, "cfile"));
    let mut guest = guest(image);
    let g = &mut guest;
    let to = g.alloc(2048);
    let far = request(g, "cfile", 100);
    let open = |g: &mut Guest, path: &str| {
        cost(g, far, read(0, to, 2048));
        g.advance(IDLE);
        let at = g.string(path);
        let begin = g.now();
        assert!(!g.call("OpenDiskFile", &[at]).is_error());
        g.now().0 - begin.0
    };
    let known = open(g, "cfile");
    assert!(known < 6_000, "{known}");
    let head = c + 1 + 16;
    // The first block only.
    let first = open(g, "Sub/file0");
    let disc = jump(head, sub, 1);
    assert!((disc..disc + known).contains(&first), "{first}, {disc}");
    let again = open(g, "sub/FILE1");
    assert!(again < 6_000, "{again}");
    // The rest of it, one block after the other, from what the drive has read meanwhile.
    let last = open(g, "Sub/file9");
    assert!((disc..disc + 3 * 90_000).contains(&last), "{last}, {disc}");
    let again = open(g, "Sub/file9");
    assert!(again < 6_000, "{again}");
}

/// In which order requests end.
fn order(g: &mut Guest, iors: &[Item]) -> Vec<usize> {
    let mut order = Vec::new();
    for _ in 0..200_000 {
        for (n, &ior) in iors.iter().enumerate() {
            if is_done(g, ior) && !order.contains(&n) {
                order.push(n);
            }
        }
        if order.len() == iors.len() {
            break;
        }
        g.advance(1000);
    }
    order
}

/// The highest priority, then the nearest, then the first; also among tasks.
#[test]
fn requests_are_served_in_order() {
    let mut guest = guest(image());
    let g = &mut guest;
    let to = g.alloc(2048);
    let program = g.create_program("other");
    let theirs = g.program_memory(program);
    let mut iors = Vec::new();
    for (path, priority, block, is_mine) in [
        ("/CD-ROM/bfill", 100, 1000, true), // at once
        ("/CD-ROM/bfill", 100, 100, true),
        ("/CD-ROM/bfill", 100, 1100, false),
        ("/CD-ROM/bfill", 120, 2900, false),
        ("/CD-ROM/bfill", 100, 1100, true),
        ("/CD-ROM/bfill", 10, 2899, true),
    ] {
        let path_at = path;
        let (task, at) = if is_mine {
            (g.main(), to)
        } else {
            (program, theirs)
        };
        let mut on = g.on(task);
        let ior = request(&mut on, path_at, priority);
        iors.push((ior, task, block, at));
    }
    g.advance(IDLE);
    for &(ior, task, block, at) in &iors {
        let mut on = g.on(task);
        assert_eq!(on.send_io(ior, read(block, at, 2048)), Status::OK);
    }
    let iors: Vec<Item> = iors.iter().map(|&(ior, ..)| ior).collect();
    // After block 2900 the head is nearest to 1100.
    assert_eq!(order(g, &iors), [0, 3, 2, 4, 1, 5]);
}

/// A program's own request to the drive and reads of files wait for each other.
#[test]
fn the_drive_serves_one_at_a_time() {
    let mut guest = guest(image());
    let g = &mut guest;
    let to = g.alloc(3 * 2048);
    let file = request(g, "cfile", 100);
    let drive = g.open_device("CD-ROM");
    let raw = g.create_ioreq(drive, Item::NONE);
    let straight = Io {
        options: 0x4000_8800,
        ..read(150, to, 2048)
    };
    let alone = {
        assert_eq!(g.send_io(file, read(0, to + 2048, 2048)), Status::OK);
        let begin = g.now().0;
        order(g, &[file]);
        g.now().0 - begin
    };
    g.advance(IDLE);
    assert_eq!(g.send_io(raw, straight), Status::OK);
    assert_eq!(g.send_io(file, read(50, to + 2048, 2048)), Status::OK);
    let begin = g.now().0;
    assert_eq!(order(g, &[raw, file]), [0, 1]);
    assert!(g.now().0 - begin > alone);
    assert_eq!(g.read_bytes(to, 6), [1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A]);
    assert_eq!(g.read_bytes(to + 2048, 1), [3]);
}

/// The nearest copy; if it is bad another one; if all are, the drive's error.
#[test]
fn copies_of_a_file() {
    let mut image = image();
    let root = word(&image, 100) as usize * 2048;
    let last = entry(&image, "zlast");
    let size = last + 72 - root;
    // Of 2048 bytes each: the second copy lies in another file.
    let second = frame(&image, "afile") - 150;
    image[root + 12..root + 16].copy_from_slice(&(size as u32 + 4).to_be_bytes());
    image[last + 67] = 1;
    image[last + 72..last + 76].copy_from_slice(&second.to_be_bytes());
    let frames = [frame(&image, "zlast"), second + 150];
    let mut guest = guest(image);
    let g = &mut guest;
    let to = g.alloc(2048);
    let ior = request(g, "zlast", 100);
    let fill = request(g, "dfill", 100);
    for (near, byte) in [(ior, 1), (fill, 9)] {
        if near == fill {
            g.do_io(fill, read(200, to, 2048));
        }
        assert_eq!(g.do_io(ior, read(0, to, 2048)), Status::OK);
        assert_eq!(g.read_bytes(to, 1), [byte]);
    }
    g.advance(IDLE);
    g.do_io(fill, read(0, to, 2048));
    g.advance(IDLE);
    g.media(MediaEvent::FailFrame(frames[0]));
    let info = g.info(read(0, to, 2048));
    let long = emu_core::time::Ticks(200_000_000);
    let again = |g: &mut Guest| {
        g.begin_call("DoIO", &[ior.0 as u32, info]);
        g.wait_for(long);
        g.last()
    };
    assert_eq!(again(g), Status::OK);
    assert_eq!(g.read_bytes(to, 1), [1]);
    assert_eq!(g.io_actual(ior), 2048);
    g.do_io(fill, read(100, to, 2048));
    g.advance(IDLE);
    g.media(MediaEvent::FailFrame(frames[1]));
    assert_eq!(again(g), Status(0xD13D_1015_u32 as i32));
}

/// What is told of a request's time sums to all of it, from the call to the end, for those that
/// wait behind others too.
#[test]
fn the_terms_of_a_file_request_are_its_whole_time() {
    let mut guest = guest(image());
    let g = &mut guest;
    let at = g.alloc(2048);
    let requests = [("afile", 0), ("cfile", 40), ("zlast", 0)];
    let requests = requests.map(|(path, block)| (request(g, path, 10), block));
    g.watch_requests();
    let sent = requests.map(|(ior, block)| {
        let info = g.info(read(block, at, 2048));
        let before = g.now().0;
        assert_eq!(g.call("SendIO", &[ior.0 as u32, info]), Status(0));
        (ior, before, g.now().0)
    });
    g.advance(100_000_000);
    for (ior, before, after) in sent {
        let of_it = format!("data for IOReq {ior:?}:");
        let told = g
            .records()
            .records
            .iter()
            .find_map(|record| match &record.event {
                TraceEvent::Request(text) if text.contains(&of_it) => {
                    Some((record.at.0, text.clone()))
                }
                _ => None,
            });
        let (ended, text) = told.expect("it is explained");
        let (_, terms) = text.split_once(" after ").expect("a time");
        let (whole, terms) = terms.split_once(" cycles = ").expect("terms");
        let whole: u64 = whole.parse().expect("a number");
        let sum = terms.split(" + ").map(|term| {
            let number = term
                .rsplit(' ')
                .next()
                .and_then(|word| word.parse::<u64>().ok());
            number.expect("a number")
        });
        assert_eq!(sum.sum::<u64>(), whole, "{text}");
        assert!((before..=after).contains(&(ended - whole)), "{text}");
    }
}
