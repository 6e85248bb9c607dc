//! Files: paths, commands, directories, streams, NVRAM, loading programs.
//!
//! Device sheet section 6 and acceptance checks 10 to 12.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{IOReq, ItemNode};
use emu_core::loader::opera_fs::writer::Item as DiscItem;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use tests::guest::{Guest, Io, disc_file, disc_folder};

/// The tree of the sheet's worked example.
fn sample() -> Vec<DiscItem> {
    vec![
        disc_file("LaunchMe", b"abc"),
        disc_folder(
            "Sub",
            vec![disc_file("a.txt", b"HELLO"), disc_file("zzz", b"NEXT")],
        ),
    ]
}

/// Runs a test with the sample disc under each profile.
fn with_sample(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let run = catch_unwind(AssertUnwindSafe(|| {
            test(&mut Guest::with_disc(
                profile,
                DriveProfile::Nominal,
                &sample(),
            ));
        }));
        if let Err(failure) = run {
            eprintln!("the failure is under profile `{}`", profile.name());
            resume_unwind(failure);
        }
    }
}

fn code(word: u32) -> Status {
    Status(word as i32)
}

fn open(g: &mut Guest, path: &str) -> Status {
    let path = g.string(path);
    g.call("OpenDiskFile", &[path])
}

/// Opens a file that exists.
fn opened(g: &mut Guest, path: &str) -> Item {
    let item = open(g, path);
    assert!(!item.is_error(), "{path}: {item:?}");
    Item(item.0)
}

/// Check 10: all ways to one file, and the error of each way to none.
#[test]
fn check_10_paths() {
    with_sample(|g| {
        for path in [
            "/CD-ROM/sub/A.TXT",
            "^/Sub/../Sub/./a.txt",
            "$boot/Sub/a.txt",
            "{/nope|$boot}/Sub/a.txt",
            "Sub/a.txt",
            "Sub//cd-rom/Sub/a.txt",
            "/on.CD-ROM.0.150/Sub/a.txt",
        ] {
            let item = opened(g, path);
            assert_eq!(g.call("CloseDiskFile", &[item.0 as u32]), Status::OK);
        }
        for (path, error) in [
            ("/cd-rom/LaunchMe/x", 0xD556_F102),
            ("/zzz/a", 0xD556_F103),
            ("$zzz", 0xD556_F104),
            ("/cd-rom/none", 0xD556_F101),
            ("/cd-rom/0123456789012345678901234567890", 0xD556_F101),
            ("/cd-rom/01234567890123456789012345678901", 0xD556_F00E),
            ("/cd-rom/012345678901234567890123456789012", 0xD556_F104),
        ] {
            assert_eq!(open(g, path), code(error), "{path}");
        }
    });
}

/// An open file and a request for it.
struct File {
    item: Item,
    ior: Item,
}

fn file(g: &mut Guest, path: &str) -> File {
    let item = opened(g, path);
    let ior = g.create_ioreq(item, Item::NONE);
    File { item, ior }
}

impl File {
    /// DoIO of a command; its result.
    fn command(&self, g: &mut Guest, io: Io) -> Status {
        let info = g.info(io);
        g.call("DoIO", &[self.ior.0 as u32, info])
    }

    fn close(self, g: &mut Guest) {
        assert_eq!(g.call("DeleteItem", &[self.ior.0 as u32]), Status::OK);
        assert_eq!(g.call("CloseDiskFile", &[self.item.0 as u32]), Status::OK);
        assert!(!g.is_item(self.item));
    }

    fn actual(&self, g: &Guest) -> i32 {
        g.field(self.ior, IOReq::io_Actual)
    }
}

fn io(command: u8, offset: u32) -> Io {
    Io {
        command,
        offset,
        ..Io::default()
    }
}

fn receive(command: u8, offset: u32, at: u32, len: u32) -> Io {
    Io {
        recv: (at, len),
        ..io(command, offset)
    }
}

fn send(command: u8, offset: u32, at: u32, len: u32) -> Io {
    Io {
        send: (at, len),
        ..io(command, offset)
    }
}

/// Check 11: what a disc file says of itself, and what reading it gives.
#[test]
fn check_11_status_and_reads_of_a_disc_file() {
    with_sample(|g| {
        let file = file(g, "/cd-rom/Sub/a.txt");
        let at = g.alloc(40);
        assert_eq!(file.command(g, receive(2, 0, at, 40)), Status::OK);
        assert_eq!(file.actual(g), 0, "STATUS does not count");
        let status: Vec<u32> = (0..10).map(|n| g.read(at + 4 * n)).collect();
        assert_eq!(status[0] >> 24, 5, "driver identity");
        assert_eq!(status[0] >> 8 & 0xFF, 3, "family");
        assert_eq!(status[1], 40, "largest status");
        assert_eq!(status[2], 2048, "block size");
        assert_eq!(status[3], 1, "blocks");
        assert_eq!(status[4] & 0xF, 2, "read-only, no directory");
        assert_eq!(status[5], 0x2000_0000, "usage: read-only");
        assert_eq!(status[9], 5, "bytes");

        let data = g.alloc(4096);
        assert_eq!(file.command(g, receive(1, 0, data, 100)), code(0xD556_F009));
        assert_eq!(file.command(g, receive(1, 0, data, 2048)), Status::OK);
        assert_eq!(file.actual(g), 2048);
        assert_eq!(g.read_bytes(data, 6), b"HELLO\0");
        // There is no check for the end of the file: the next block of the disc follows.
        assert_eq!(file.command(g, receive(1, 1, data, 2048)), Status::OK);
        assert_eq!(g.read_bytes(data, 4), b"NEXT");
        assert_eq!(
            file.command(g, receive(1, 2, data, 2048)),
            code(0xD13D_1016)
        );
        for (command, error) in [
            (0, 0xD556_F00C),
            (3, 0xD556_F00C),
            (5, 0xD556_F00C),
            (6, 0xD556_F00C),
            (7, 0xD556_F00C),
            (13, 0xD57B_900C),
            (14, 0xD57B_900C),
        ] {
            assert_eq!(file.command(g, io(command, 1)), code(error), "{command}");
        }
        let path = g.alloc(64);
        assert_eq!(file.command(g, receive(4, 0, path, 64)), Status::OK);
        assert_eq!(g.text(path), "/CD-ROM/Sub/a.txt");
        assert_eq!(file.command(g, receive(4, 0, path, 17)), Status(-1));
        file.close(g);
    });
}

/// Quirk `file-reject-result`: SendIO itself answers a rejected command.
#[test]
fn rejected_commands_are_told_twice_under_retail() {
    with_sample(|g| {
        let file = file(g, "Sub/a.txt");
        let at = g.alloc(100);
        let info = g.info(receive(1, 0, at, 100));
        let sent = g.call("SendIO", &[file.ior.0 as u32, info]);
        let expected = if g.retail() {
            code(0xD556_F009)
        } else {
            Status(1)
        };
        assert_eq!(sent, expected);
        assert_eq!(g.field(file.ior, IOReq::io_Error), 0xD556_F009_u32 as i32);
        file.close(g);
    });
}

/// Quirks `readdir-base` and `readdir-optical`.
#[test]
fn readdir_counts_from_one_and_works_on_discs_where_it_is_published() {
    with_sample(|g| {
        let file = file(g, "/cd-rom");
        let at = g.alloc(72);
        let retail = g.retail();
        let first = file.command(g, receive(3, 1, at, 72));
        if retail {
            assert_eq!(first, code(0xD556_F00C));
        } else {
            assert_eq!(first, Status::OK);
            assert_eq!(g.text(at + 36), "Disc label");
            assert_eq!(file.command(g, receive(3, 3, at, 72)), Status::OK);
            assert_eq!(g.text(at + 36), "Sub");
            assert_eq!(file.command(g, receive(3, 0, at, 72)), Status::OK);
            assert_eq!(g.text(at + 36), "Disc label");
            assert_eq!(file.command(g, receive(3, 99, at, 72)), code(0xD556_F101));
        }
        file.close(g);
    });
}

/// The directory of everything lists volumes in the order of mounting.
#[test]
fn the_root_of_everything_lists_volumes() {
    with_sample(|g| {
        // NVRAM is mounted at power-on, the disc when its label has been read.
        let _ = opened(g, "/cd-rom");
        let path = g.string("/");
        let directory = g.call("OpenDirectoryPath", &[path]).0 as u32;
        assert_ne!(directory, 0);
        let at = g.alloc(72);
        let mut names = Vec::new();
        while g.call("ReadDirectory", &[directory, at]) == Status::OK {
            names.push(g.text(at + 36));
        }
        assert_eq!(names, ["nvram", "CD-ROM"]);
        g.call("CloseDirectory", &[directory]);
    });
}

/// ReadDirectory on a disc: every entry once, then -1.
#[test]
fn directories_are_read_entry_by_entry() {
    with_sample(|g| {
        let item = opened(g, ".");
        let directory = g.call("OpenDirectoryItem", &[item.0 as u32]).0 as u32;
        let at = g.alloc(72);
        let mut seen = Vec::new();
        let end = loop {
            let result = g.call("ReadDirectory", &[directory, at]);
            if result != Status::OK {
                break result;
            }
            let name = g.text(at + 36);
            seen.push((name, g.read(at), g.read(at + 16)));
        };
        assert_eq!(end, Status(-1));
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[0], ("Disc label".to_owned(), 6, 132));
        assert_eq!(seen[1], ("LaunchMe".to_owned(), 2, 3));
        assert_eq!(seen[2], ("Sub".to_owned(), 0xC000_0007, 2048));
        // The directory's own item goes with it.
        g.call("CloseDirectory", &[directory]);
        assert!(!g.is_item(item));
        // No directory of a plain file.
        let item = opened(g, "LaunchMe");
        assert_eq!(g.call("OpenDirectoryItem", &[item.0 as u32]), Status(0));
    });
}

/// Current directories, and opening relative to one.
#[test]
fn directories_are_changed_and_asked_for() {
    with_sample(|g| {
        let path = g.string("Sub");
        let sub = g.call("ChangeDirectory", &[path]);
        assert!(!sub.is_error());
        let at = g.alloc(64);
        assert_eq!(g.call("GetDirectory", &[at, 64]), sub);
        assert_eq!(g.text(at), "/CD-ROM/Sub");
        assert_eq!(g.call("GetDirectory", &[0, 0]), sub);
        let file = opened(g, "a.txt");
        g.call("CloseDiskFile", &[file.0 as u32]);
        let up = g.string("..");
        let root = g.call("ChangeDirectory", &[up]);
        assert_ne!(root, sub);
        assert_eq!(open(g, "a.txt"), code(0xD556_F101));
        let name = g.string("a.txt");
        let file = g.call("OpenDiskFileInDir", &[sub.0 as u32, name]);
        assert!(!file.is_error(), "{file:?}");
        let plain = g.string("LaunchMe");
        assert_eq!(g.call("ChangeDirectory", &[plain]), code(0xD556_F102));
        assert_eq!(
            g.call("OpenDiskFileInDir", &[file.0 as u32, name]),
            code(0xD556_F102)
        );
        assert_eq!(
            g.call("OpenDiskFileInDir", &[0x7FFF, name]),
            code(0xD556_F001)
        );
    });
}

/// Aliases of a task replace the system's, and end with their items.
#[test]
fn aliases() {
    with_sample(|g| {
        let name = g.string("here");
        let text = g.string("/cd-rom/Sub");
        let alias = g.call("CreateAlias", &[name, text]);
        assert!(!alias.is_error());
        let file = opened(g, "$here/a.txt");
        g.call("CloseDiskFile", &[file.0 as u32]);
        let other = g.string("$boot");
        let again = g.call("CreateAlias", &[name, other]);
        assert!(!again.is_error());
        assert_eq!(open(g, "$here/a.txt"), code(0xD556_F101));
        assert_eq!(g.call("DeleteItem", &[again.0 as u32]), Status::OK);
        assert_eq!(open(g, "$here/a.txt"), code(0xD556_F104));
        // An alias of itself ends, too.
        let circle = g.string("$here/x");
        g.call("CreateAlias", &[name, circle]);
        assert_eq!(open(g, "$here/a.txt"), code(0xD556_F104));
        assert_eq!(g.call("CreateAlias", &[0, text]), code(0xD556_F00E));
        let long = g.string(&"n".repeat(32));
        assert_eq!(g.call("CreateAlias", &[long, text]), code(0xD556_F00E));
    });
}

/// Check 12 through the file folio: what a fresh NVRAM says, and a file's life.
#[test]
fn check_12_nvram() {
    with_sample(|g| {
        let root = file(g, "/nvram");
        let stat = g.alloc(28);
        let figures = |g: &mut Guest, root: &File| {
            assert_eq!(root.command(g, receive(12, 0, stat, 28)), Status::OK);
            (g.read(stat), g.read(stat + 20), g.read(stat + 24))
        };
        assert_eq!(figures(g, &root), (0x3A, 32552, 152));
        assert_eq!(root.command(g, io(12, 0)), code(0xD556_F009));
        assert_eq!(root.command(g, receive(12, 0, stat, 27)), code(0xD556_F00D));

        let path = g.string("/nvram/t");
        let created = g.call("CreateFile", &[path]);
        assert!(!created.is_error(), "{created:?}");
        assert_eq!(g.call("CreateFile", &[path]), code(0xD556_F10C));
        let t = file(g, "/NVRAM/T");
        assert_eq!(t.command(g, io(6, 100)), Status::OK);
        assert_eq!(t.command(g, io(7, 35)), Status::OK);
        assert_eq!(t.command(g, io(7, 35_000)), code(0xD556_F00D));
        let status = g.alloc(40);
        assert_eq!(t.command(g, receive(2, 0, status, 40)), Status::OK);
        assert_eq!(g.read(status + 8), 1, "block size");
        assert!(g.read(status + 12) >= 100, "blocks");
        assert_eq!(g.read(status + 36), 35, "bytes");
        let text = g.string("the thirty-five bytes of this test");
        assert_eq!(t.command(g, send(0, 0, text, 35)), Status::OK);
        let back = g.alloc(40);
        assert_eq!(t.command(g, receive(1, 4, back, 31)), Status::OK);
        assert_eq!(g.text(back), "thirty-five bytes of this test");
        assert_eq!(t.actual(g), 31);
        assert_eq!(t.command(g, receive(1, 3000, back, 8)), code(0xD556_F009));
        assert_eq!(t.command(g, io(6, 40_000)), code(0xD556_F009), "full");

        assert_eq!(g.call("DeleteFile", &[path]), code(0xD556_F10B), "busy");
        t.close(g);
        assert_eq!(g.call("DeleteFile", &[path]), Status::OK);
        assert_eq!(g.call("DeleteFile", &[path]), code(0xD556_F101));
        assert_eq!(figures(g, &root), (0x3A, 32552, 152));
        root.close(g);
    });
}

/// Entries are made and deleted through the open directory too.
#[test]
fn nvram_entries_through_the_device() {
    with_sample(|g| {
        let root = file(g, "/nvram");
        let name = g.string("saved");
        assert_eq!(root.command(g, send(8, 0, name, 5)), Status::OK);
        let entry = g.alloc(72);
        let ask = Io {
            send: (name, 5),
            recv: (entry, 72),
            ..io(5, 0)
        };
        assert_eq!(root.command(g, ask), Status::OK);
        assert_eq!(g.text(entry + 36), "saved");
        assert_eq!(g.read(entry + 8), 0x2020_2020, "type");
        assert_eq!(root.command(g, receive(3, 1, entry, 72)), Status::OK);
        assert_eq!(root.command(g, receive(3, 2, entry, 72)), code(0xD556_F101));
        assert_eq!(root.command(g, send(9, 0, name, 5)), Status::OK);
        assert_eq!(root.command(g, send(9, 0, name, 5)), code(0xD556_F101));
        root.close(g);
    });
}

/// Nothing is made or deleted on a disc.
#[test]
fn discs_are_read_only() {
    with_sample(|g| {
        for (call, path, error) in [
            ("CreateFile", "/cd-rom/new", 0xD556_F00C),
            ("CreateFile", "/cd-rom/LaunchMe", 0xD556_F10C),
            ("DeleteFile", "/cd-rom/LaunchMe", 0xD556_F10D),
            ("DeleteFile", "/cd-rom/new", 0xD556_F101),
        ] {
            let at = g.string(path);
            assert_eq!(g.call(call, &[at]), code(error), "{call} {path}");
        }
        let name = g.string("cd-rom");
        assert_eq!(g.call("DismountFileSystem", &[name]), code(0xD556_F004));
    });
}

/// A stream reads a file through its buffer, whatever the pieces.
#[test]
fn streams() {
    let bytes: Vec<u8> = (0..10_000_u32).map(|n| ((n * 7) >> 3) as u8).collect();
    for profile in [Profile::Documented, Profile::Retail] {
        let files = [disc_file("data", &bytes)];
        let mut guest = Guest::with_disc(profile, DriveProfile::Nominal, &files);
        let g = &mut guest;
        let path = g.string("data");
        for size in [0, 1, -3, 5000] {
            let free = g.call("GetPageSize", &[0, 0]);
            let stream = g.call("OpenDiskStream", &[path, size as u32]).0 as u32;
            assert_ne!(stream, 0, "{free:?}");
            let to = g.alloc(4000);
            let mut read = Vec::new();
            for len in [1, 3999, 2048, 0, 4000] {
                let done = g.call("ReadDiskStream", &[stream, to, len]).0;
                read.extend(g.read_bytes(to, done as u32));
            }
            assert_eq!(read, bytes, "buffer {size}");
            assert_eq!(g.call("ReadDiskStream", &[stream, to, 1]), Status(0));
            for (offset, whence, position) in [
                (0, 1, 0),
                (100, 2, 100),
                (10_000, 1, 10_000),
                (10, 3, 9990),
                (-20, 2, 9970),
            ] {
                let sought = g.call("SeekDiskStream", &[stream, offset as u32, whence]);
                assert_eq!(sought, Status(position));
            }
            assert_eq!(g.call("SeekDiskStream", &[stream, 1, 4]), Status(-1));
            assert_eq!(g.call("SeekDiskStream", &[stream, 10_001, 1]), Status(-1));
            assert_eq!(g.call("ReadDiskStream", &[stream, to, 30]), Status(30));
            assert_eq!(g.read_bytes(to, 30), bytes[9970..]);
            g.call("SeekDiskStream", &[stream, 3000, 1]);
            assert_eq!(g.call("ReadDiskStream", &[stream, to, 3000]), Status(3000));
            assert_eq!(g.read_bytes(to, 3000), bytes[3000..6000]);
            g.call("CloseDiskStream", &[stream]);
        }
        let none = g.string("none");
        assert_eq!(g.call("OpenDiskStream", &[none, 0]), Status(0));
        g.call("CloseDiskStream", &[0]);
    }
}

/// A file whose function adds its arguments and returns, as a subroutine or from a thread.
fn adder() -> Vec<u8> {
    let mut words = vec![0_u32; 0x80];
    let nop = 0xE1A0_0000;
    words[..5].copy_from_slice(&[nop, nop, nop, 0xEB00_003B, 0xEF00_0011]);
    words[5] = 0x200;
    words[11] = 0x4000_0000;
    words[12] = 32;
    words[0x2A] = 0x400;
    // add r0, r5, r6 ; mov pc, lr
    words[0x40..0x42].copy_from_slice(&[0xE085_0006, 0xE1A0_F00E]);
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// LoadCode and its two uses.
#[test]
fn code_is_loaded_and_called() {
    for profile in [Profile::Documented, Profile::Retail] {
        let files = [disc_file("adder", &adder()), disc_file("junk", &[7; 500])];
        let mut guest = Guest::with_disc(profile, DriveProfile::Nominal, &files);
        let g = &mut guest;
        let path = g.string("$progdir/adder");
        let handle = g.alloc(4);
        assert_eq!(g.call("LoadCode", &[path, handle]), Status::OK);
        let code_at = g.read(handle);
        assert_eq!(g.read(code_at + 0x100), 0xE085_0006);
        for n in 0..3 {
            let sum = g.call("ExecuteAsSubroutine", &[code_at, 1000 + n, 337]);
            assert_eq!(sum, Status(1337 + n as i32));
        }
        let name = g.string("adds");
        let thread = g.call("ExecuteAsThread", &[code_at, 1, 2, name, 150]);
        assert!(!thread.is_error(), "{thread:?}");
        g.advance(100_000);
        assert!(!g.exists(Item(thread.0)), "it has returned, which ends it");
        assert_eq!(g.call("UnloadCode", &[code_at]), Status::OK);
        let junk = g.string("junk");
        assert_eq!(g.call("LoadCode", &[junk, handle]), code(0xD57B_9118));
        let none = g.string("none");
        assert_eq!(g.call("LoadCode", &[none, handle]), code(0xD556_F101));
    }
}

/// LoadProgram: the child runs on its own, at home where its file lies.
#[test]
fn programs_are_loaded() {
    let hello = roms::by_name("hello").expect("built in").bytes;
    for profile in [Profile::Documented, Profile::Retail] {
        let files = [
            disc_folder("Programs", vec![disc_file("hello", hello)]),
            disc_file("short", b"abc"),
            disc_file("junk", &[7; 500]),
        ];
        let mut guest = Guest::with_disc(profile, DriveProfile::Nominal, &files);
        let g = &mut guest;
        let command = g.string("$boot/Programs/hello one two");
        let child = g.call("LoadProgram", &[command]);
        assert!(!child.is_error(), "{child:?}");
        g.advance_fields(30);
        assert!(!g.console().is_empty());
        assert!(!g.exists(Item(child.0)), "it has ended");
        for (line, error) in [
            ("short", 0xD57B_9118),
            ("junk x", 0xD57B_9118),
            ("none", 0xD556_F101),
            ("Programs", 0xD556_F101),
        ] {
            let at = g.string(line);
            assert_eq!(g.call("LoadProgram", &[at]), code(error), "{line}");
        }
        let other = g.string("Programs/hello");
        let child = g.call("LoadProgramPrio", &[other, 90]);
        assert_eq!(g.field(Item(child.0), ItemNode::n_Priority), 90);
    }
}

/// Everything a task had of the file system goes with it.
#[test]
fn a_dead_task_leaves_nothing_open() {
    with_sample(|g| {
        let program = g.create_program("reader");
        let mut other = g.on(program);
        let file = file(&mut other, "/cd-rom/Sub/a.txt");
        drop(other);
        assert!(g.is_item(file.item));
        assert_eq!(g.delete(program), Status::OK);
        assert!(!g.is_item(file.item));
        assert!(!g.is_item(file.ior));
    });
}
