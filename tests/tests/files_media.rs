//! Files while discs come and go, while requests are aborted, while tasks die.
//!
//! Device sheet 4.7, 6.2, 6.4.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{IOReq, ItemNode};
use emu_core::loader::opera_fs::writer::{Item as DiscItem, pack};
use emu_core::media::MediaEvent;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::Disc;
use tests::guest::{Guest, Io, disc_file, disc_folder, disc_from};

const OFFLINE: Status = Status(0xD556_F013_u32 as i32);
const ABORTED: Status = Status(0xD556_F00A_u32 as i32);
/// More than the drive takes to recognise a disc and the kernel to mount it.
const MOUNTED: u64 = 60_000_000;

fn tree(fill: u8) -> Vec<DiscItem> {
    vec![
        disc_file("big", &vec![fill; 200 * 2048]),
        disc_folder("Sub", vec![disc_file("a.txt", &[fill; 5])]),
    ]
}

/// The id of a packed disc depends on names and lengths.
fn disc(name: &str, fill: u8) -> Disc {
    let mut files = tree(fill);
    files.push(disc_file(&format!("fill {fill}"), b""));
    disc_from(pack(&files, name).expect("it fits")).expect("a disc")
}

/// The disc in the drive is full of 1; disc 1 is another of another name, disc 2 another of the
/// same name.
fn guest(profile: Profile) -> Guest {
    let discs = vec![disc("one", 1), disc("two", 2), disc("one", 3)];
    let mut g = Guest::with_discs(profile, DriveProfile::Nominal, discs);
    let file = open(&mut g, "/one");
    close(&mut g, file);
    g
}

fn each(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        println!("profile `{}`", profile.name());
        test(&mut guest(profile));
    }
}

fn try_open(g: &mut Guest, path: &str) -> Status {
    let path = g.string(path);
    g.call("OpenDiskFile", &[path])
}

fn open(g: &mut Guest, path: &str) -> Item {
    let item = try_open(g, path);
    assert!(!item.is_error(), "{path}: {item:?}");
    Item(item.0)
}

fn close(g: &mut Guest, item: Item) {
    assert_eq!(g.call("CloseDiskFile", &[item.0 as u32]), Status::OK);
}

fn request(g: &mut Guest, path: &str) -> Item {
    let file = open(g, path);
    g.create_ioreq(file, Item::NONE)
}

fn read(block: u32, at: u32, len: u32) -> Io {
    Io {
        command: 1,
        offset: block,
        recv: (at, len),
        ..Io::default()
    }
}

/// Waits for a request that is bound to end.
fn result(g: &mut Guest, ior: Item) -> Status {
    g.advance(50_000_000);
    let end = g.wait_io(ior);
    assert_eq!(g.io_error(ior), end);
    end
}

#[test]
fn what_is_off_line_says_so() {
    each(|g| {
        let ior = request(g, "/one/big");
        g.insert(None);
        let at = g.alloc(2048);
        for command in [0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12] {
            let io = Io {
                command,
                ..read(0, at, 2048)
            };
            assert_eq!(g.do_io(ior, io), OFFLINE, "command {command}");
        }
        let status = Io {
            command: 2,
            ..read(0, at, 40)
        };
        assert_eq!(g.do_io(ior, status), Status::OK);
        assert_eq!(g.read(at + 20), 0x3000_0000, "usage: read-only, off-line");
        let path = Io {
            command: 4,
            ..read(0, at, 40)
        };
        assert_eq!(g.do_io(ior, path), Status::OK);
        assert_eq!(g.text(at), "/one/big");
        assert_eq!(try_open(g, "/one/big"), OFFLINE);
        let sent = g.send_io(ior, read(0, at, 2048));
        let expected = if g.retail() { OFFLINE } else { Status(1) };
        assert_eq!(sent, expected);
    });
}

/// Neither what was under way nor what was queued reads the disc that was put in meanwhile.
#[test]
fn a_replaced_disc_is_never_read_for_files_of_the_old() {
    each(|g| {
        for (other, path) in [(1, "/one/big"), (2, "/one/big")] {
            let iors: Vec<Item> = (0..4).map(|_| request(g, path)).collect();
            let at = g.alloc(4 * 4096);
            for (n, &ior) in (0..).zip(&iors) {
                let sent = g.send_io(ior, read(n * 20, at + n * 4096, 4096));
                assert_eq!(sent, Status::OK);
            }
            g.advance(2000);
            g.insert(Some(other));
            for &ior in &iors {
                assert_eq!(result(g, ior), OFFLINE);
            }
            g.advance(MOUNTED);
            if other == 1 {
                // The new one can be read as soon as it is mounted.
                let ior = request(g, "/two/big");
                let there = g.alloc(2048);
                assert_eq!(g.do_io(ior, read(0, there, 2048)), Status::OK);
                assert_eq!(g.read_bytes(there, 1), [2]);
            }
            assert!(g.read_bytes(at, 4 * 4096).iter().all(|&byte| byte < 2));
            for &ior in &iors {
                assert_eq!(g.do_io(ior, read(0, at, 2048)), OFFLINE);
            }
            g.insert(Some(0));
            g.advance(MOUNTED);
            // Of the disc of the same name nothing is left once the first is back: its volume
            // is another.
            let back = g.do_io(iors[0], read(0, at, 2048));
            let expected = if other == 1 { Status::OK } else { OFFLINE };
            assert_eq!(back, expected);
            let ior = request(g, path);
            assert_eq!(g.do_io(ior, read(0, at, 2048)), Status::OK);
            assert_eq!(g.read_bytes(at, 1), [1]);
        }
    });
}

#[test]
fn the_same_disc_comes_back() {
    each(|g| {
        let ior = request(g, "/one/Sub/a.txt");
        let at = g.alloc(2048);
        g.media(MediaEvent::Open);
        assert_eq!(g.do_io(ior, read(0, at, 2048)), OFFLINE);
        g.media(MediaEvent::Close);
        assert_eq!(g.do_io(ior, read(0, at, 2048)), OFFLINE);
        g.advance(MOUNTED);
        assert_eq!(g.do_io(ior, read(0, at, 2048)), Status::OK);
        assert_eq!(g.read_bytes(at, 6), [1, 1, 1, 1, 1, 0]);
        let items = g.item_count();
        for _ in 0..5 {
            g.insert(Some(0));
            g.advance(MOUNTED);
        }
        assert_eq!(g.item_count(), items);
        assert_eq!(g.do_io(ior, read(0, at, 2048)), Status::OK);
    });
}

/// The door opens while a call waits for a directory block; the next disc's blocks are not
/// taken for the old one's.
#[test]
fn the_door_opens_during_a_search() {
    each(|g| {
        for other in [None, Some(1)] {
            let path = g.string("/one/Sub/a.txt");
            g.begin_call("OpenDiskFile", &[path]);
            g.advance(5000);
            assert!(g.is_blocked(g.main()), "it waits for the directory");
            g.insert(other);
            g.wait_for(emu_core::time::Ticks(100_000_000));
            assert_eq!(g.last(), OFFLINE);
            g.advance(MOUNTED);
            assert_eq!(try_open(g, "/one/Sub/a.txt"), OFFLINE);
            g.insert(Some(0));
            g.advance(MOUNTED);
            let at = g.alloc(2048);
            let ior = request(g, "/one/big");
            assert_eq!(g.do_io(ior, read(0, at, 2048)), Status::OK);
            assert_eq!(g.read_bytes(at, 1), [1]);
            // The next round needs a directory that has not been read.
            *g = guest(g.profile());
        }
    });
}

/// Discs are exchanged every so many ticks from power-on on: whatever is mounted in the end
/// is what lies in the drive, and nothing is left of the attempts.
#[test]
fn the_door_opens_during_the_start() {
    for step in [
        1, 100_000, 700_000, 1_500_000, 19_000_000, 19_700_000, 21_000_000,
    ] {
        let discs = vec![disc("one", 1), disc("two", 2)];
        let mut guest = Guest::with_discs(Profile::Documented, DriveProfile::Nominal, discs);
        let g = &mut guest;
        let items = g.item_count();
        for n in 0..6 {
            g.insert(Some(1 - n % 2));
            g.advance(step);
        }
        g.advance(MOUNTED);
        let at = g.alloc(2048);
        let ior = request(g, "/one/big");
        assert_eq!(g.do_io(ior, read(0, at, 2048)), Status::OK);
        assert_eq!(g.read_bytes(at, 1), [1], "step {step}");
        // The request, the file, its two volumes at most.
        assert!(g.item_count() <= items + 4, "step {step}");
        let two = try_open(g, "/two");
        assert!(two == OFFLINE || two.0 as u32 == 0xD556_F103 || !two.is_error());
    }
}

/// A program that is being loaded when the disc is exchanged is not put together of two.
#[test]
fn the_door_opens_while_a_program_is_loaded() {
    let hello = roms::by_name("hello").expect("built in").bytes;
    let mut long = hello.to_vec();
    long.resize(100_000, 0);
    let files = [disc_file("hello", &long)];
    let image = |name| disc_from(pack(&files, name).expect("it fits")).expect("a disc");
    for step in (0..40).map(|n| n * 120_000) {
        let discs = vec![image("one"), disc("two", 2)];
        let mut g = Guest::with_discs(Profile::Documented, DriveProfile::Nominal, discs);
        let path = g.string("/one/hello");
        g.begin_call("LoadProgram", &[path]);
        g.advance(step);
        let over = g.result();
        g.insert(Some(1));
        if over.is_none() {
            g.wait_for(emu_core::time::Ticks(200_000_000));
            let end = g.last();
            assert!(
                end == OFFLINE || end.0 as u32 == 0xD556_F103 || !end.is_error(),
                "{step}: {end:?}"
            );
        }
    }
}

#[test]
fn reads_are_aborted_with_the_folios_code() {
    each(|g| {
        let iors = [request(g, "/one/big"), request(g, "/one/big")];
        let at = g.alloc(4 * 2048);
        for ior in iors {
            assert_eq!(g.send_io(ior, read(0, at, 4 * 2048)), Status::OK);
        }
        g.advance(1000);
        for ior in [iors[1], iors[0]] {
            assert_eq!(g.abort_io(ior), Status::OK);
        }
        for ior in iors {
            assert_eq!(result(g, ior), ABORTED);
            assert_eq!(g.io_actual(ior), 0);
        }
        // In the middle of its blocks.
        g.send_io(iors[0], read(100, at, 4 * 2048));
        let mut seconds = 0;
        while g.read_bytes(at + 2047, 1) == [0] {
            g.advance(10_000);
            seconds += 1;
            assert!(seconds < 10_000);
        }
        g.abort_io(iors[0]);
        assert_eq!(result(g, iors[0]), ABORTED);
        assert!((2048..4 * 2048).contains(&g.io_actual(iors[0])));
        assert_eq!(g.do_io(iors[1], read(0, at, 2048)), Status::OK);
    });
}

#[test]
fn a_pending_write_to_nvram_is_aborted() {
    each(|g| {
        let path = g.string("/nvram/t");
        assert!(!g.call("CreateFile", &[path]).is_error());
        let ior = request(g, "/nvram/t");
        let grow = Io {
            command: 6,
            offset: 1000,
            ..Io::default()
        };
        assert_eq!(g.do_io(ior, grow), Status::OK);
        let write = Io {
            send: (path, 8),
            ..Io::default()
        };
        assert_eq!(g.send_io(ior, write), Status::OK);
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!(g.wait_io(ior), ABORTED);
        assert_eq!(g.do_io(ior, write), Status::OK);
    });
}

/// Requests, files and tasks that end in the middle of things leave nothing behind, and those
/// who wait for the same get it.
#[test]
fn what_ends_early_leaves_nothing() {
    each(|g| {
        let before = g.item_count();
        for delay in [0, 1000, 50_000, 1_300_000, 1_400_000, 2_000_000] {
            let file = open(g, "/one/big");
            let ior = g.create_ioreq(file, Item::NONE);
            let at = g.alloc(2048);
            assert_eq!(g.send_io(ior, read(0, at, 2048)), Status::OK);
            g.advance(delay);
            if delay % 3 == 0 {
                assert_eq!(g.call("DeleteItem", &[ior.0 as u32]), Status::OK);
            }
            close(g, file);
            assert_eq!(g.item_count(), before, "after {delay}");
        }
        let stream_path = g.string("/one/big");
        for delay in [0, 1000, 500_000] {
            let stream = g.call("OpenDiskStream", &[stream_path, 0]).0 as u32;
            assert_ne!(stream, 0);
            g.advance(delay);
            g.call("CloseDiskStream", &[stream]);
            assert_eq!(g.item_count(), before);
        }
        assert_eq!(g.pending_work(), 0);
    });
}

#[test]
fn a_task_is_killed_in_a_call() {
    let hello = roms::by_name("hello").expect("built in").bytes;
    let mut files = tree(1);
    files.push(disc_folder("Programs", vec![disc_file("hello", hello)]));
    for (call, path) in [
        ("OpenDiskFile", "/one/Sub/a.txt"),
        ("LoadProgram", "/one/Programs/hello"),
        ("LoadCode", "/one/Programs/hello"),
        ("OpenDiskStream", "/one/Sub/a.txt"),
        ("ReadDiskStream", "/one/big"),
        ("CloseDiskStream", "/one/big"),
        ("CreateFile", "/nvram/x"),
        ("MountFileSystem", ""),
    ] {
        for delay in [0, 500, 20_000, 300_000, 1_380_000, 1_500_000] {
            let image = pack(&files, "one").expect("it fits");
            let discs = vec![disc_from(image).expect("a disc")];
            let mut guest = Guest::with_discs(Profile::Documented, DriveProfile::Nominal, discs);
            let g = &mut guest;
            let file = open(g, "/one");
            close(g, file);
            let drive = g.open_device("CD-ROM");
            let before = g.item_count();
            let program = g.create_program("victim");
            let memory = g.program_memory(program);
            let text = g.string(path);
            let mut other = g.on(program);
            let mut arguments = vec![text, memory, 16];
            if call.ends_with("DiskStream") && call != "OpenDiskStream" {
                let stream = other.call("OpenDiskStream", &[text, 4096]).0 as u32;
                arguments = vec![stream, memory, 4000];
            }
            if call == "MountFileSystem" {
                arguments = vec![drive.0 as u32, 0, 151];
            }
            other.begin_call(call, &arguments);
            other.advance(delay);
            drop(other);
            if g.exists(program) {
                assert_eq!(g.delete(program), Status::OK);
            }
            g.advance(20_000_000);
            let made = usize::from(call == "CreateFile" && g.item_count() > before);
            assert_eq!(g.item_count(), before + made, "{call} after {delay}");
            assert_eq!(g.pending_work(), 0, "{call} after {delay}");
            let file = open(g, "/one/Sub/a.txt");
            close(g, file);
        }
    }
}

/// Two tasks wait for one directory block; the first is killed.
#[test]
fn a_block_comes_for_those_who_still_want_it() {
    each(|g| {
        let program = g.create_program("victim");
        let path = g.string("/one/Sub/a.txt");
        let mut other = g.on(program);
        other.begin_call("OpenDiskFile", &[path]);
        other.advance(5000);
        drop(other);
        g.begin_call("OpenDiskFile", &[path]);
        g.advance(5000);
        let thread = g.main();
        assert!(g.is_blocked(program) && g.is_blocked(thread));
        g.wait();
        assert!(!g.last().is_error());
        let name: u8 = g.field(Item(g.last().0), ItemNode::n_Type);
        assert_eq!(name, 15);
        assert_eq!(g.delete(program), Status::OK);
    });
}

/// A guest may queue as many requests as it likes, all of which the drive refuses.
#[test]
fn a_thousand_refusals_in_a_row() {
    each(|g| {
        let file = open(g, "/one/big");
        let at = g.alloc(2048);
        let first = g.create_ioreq(file, Item::NONE);
        let iors: Vec<Item> = (0..1000)
            .map(|_| g.create_ioreq(file, Item::NONE))
            .collect();
        let info = g.info(read(100_000, at, 2048));
        assert_eq!(g.send_io(first, read(0, at, 2048)), Status::OK);
        for &ior in &iors {
            // The last ones are refused at once: by then the first read is over.
            assert!((0..=1).contains(&g.call("SendIO", &[ior.0 as u32, info]).0));
        }
        assert_eq!(result(g, first), Status::OK);
        for &ior in &iors {
            assert!(g.field(ior, IOReq::io_Error) < 0);
        }
    });
}

/// Pages that are given away while a read into them is under way: it is aborted first, and
/// nothing arrives afterwards.
#[test]
fn pages_are_given_away_under_a_read() {
    each(|g| {
        let taker = g.create_program("taker");
        let ior = request(g, "/one/big");
        for (block, delay) in [(150, 1000), (50, 1_450_000), (120, 1_550_000)] {
            let pages = g.call("AllocMemBlocks", &[0x8000, 0x8_8000]).0 as u32;
            assert_ne!(pages, 0);
            g.write_bytes(pages, &[0x55; 0x8000]);
            assert_eq!(g.send_io(ior, read(block, pages, 0x8000)), Status::OK);
            g.advance(delay);
            let give = [pages, 0x8000, 3, taker.0 as u32];
            assert_eq!(g.call("ControlMem", &give), Status::OK);
            let then = g.read_bytes(pages, 0x8000);
            assert_eq!(result(g, ior), ABORTED, "after {delay}");
            assert!(g.read_bytes(pages, 0x8000) == then, "after {delay}");
        }
    });
}
