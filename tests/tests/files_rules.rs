//! The file system's tables, cell by cell.
//!
//! Device sheet 0.1, 6.4, 6.5, 6.6.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{IOReq, Stream};
use emu_core::loader::opera_fs::writer::Item as DiscItem;
use emu_core::mem::GuestPtr;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use tests::guest::{Guest, Io, disc_file, disc_folder};

fn tree() -> Vec<DiscItem> {
    vec![
        disc_file("five", &[5; 5 * 2048]),
        disc_file("two", &[2; 2 * 2048]),
        disc_file("three", &[3; 2 * 2048 + 1]),
        disc_folder("Sub", vec![disc_file("a", b"abc")]),
    ]
}

fn each(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        println!("profile `{}`", profile.name());
        test(&mut Guest::with_disc(
            profile,
            DriveProfile::Nominal,
            &tree(),
        ));
    }
}

fn code(word: u32) -> Status {
    Status(word as i32)
}

const OK: Status = Status::OK;
const BAD_PTR: u32 = 0xD556_F009;
const BAD_COMMAND: u32 = 0xD556_F00C;
const BAD_IO_ARG: u32 = 0xD556_F00D;
const NO_FILE: u32 = 0xD556_F101;

fn request(g: &mut Guest, path: &str) -> Item {
    let at = g.string(path);
    let file = g.call("OpenDiskFile", &[at]);
    assert!(!file.is_error(), "{path}: {file:?}");
    g.create_ioreq(Item(file.0), Item::NONE)
}

/// A row: the command, its offset, the bytes of its buffers, its result (none: it depends on the
/// profile and stands elsewhere), io_Actual and whether it is over at once.
struct Row(u8, i32, u32, u32, u32, i32, bool);

fn check(g: &mut Guest, path: &str, rows: &[Row]) {
    let ior = request(g, path);
    let (to, name) = (g.alloc(4096), g.string("entry"));
    for &Row(command, offset, send, recv, result, actual, at_once) in rows {
        let io = Io {
            command,
            offset: offset as u32,
            send: (if send > 0 { name } else { 0 }, send),
            recv: (if recv > 0 { to } else { 0 }, recv),
            ..Io::default()
        };
        let what = format!("{path}: command {command} at {offset}, {send} and {recv} bytes");
        assert_eq!(g.do_io(ior, io), code(result), "{what}");
        assert_eq!(g.field(ior, IOReq::io_Actual), actual, "{what}");
        // Whether it is refused inside SendIO is a matter of the profile.
        let sent = g.send_io(ior, io);
        // A full NVRAM has the number of a bad length and is none.
        let is_full = command == 6 || command == 8;
        let refused = matches!(result, BAD_COMMAND | 0xFFFF_FFFF) || result == BAD_PTR && !is_full;
        let expected = match at_once {
            false => Status(0),
            true if refused && g.retail() => code(result),
            true => Status(1),
        };
        // What was made or deleted the first time cannot be again.
        if ![8, 9].contains(&command) || result != 0 {
            assert_eq!(sent, expected, "{what}");
        }
        g.advance(30_000_000);
        g.wait_io(ior);
    }
}

#[test]
fn commands_to_a_disc_file() {
    each(|g| {
        check(
            g,
            "/CD-ROM/five",
            &[
                Row(0, 0, 5, 0, BAD_COMMAND, 0, true),
                Row(1, 0, 0, 2048, 0, 2048, false),
                Row(1, 0, 0, 4096, 0, 4096, false),
                Row(1, 0, 0, 2047, BAD_PTR, 0, true),
                Row(2, 0, 0, 40, 0, 0, true),
                Row(2, 0, 0, 4, 0, 0, true),
                Row(3, 1, 0, 72, BAD_COMMAND, 0, true),
                Row(4, 0, 0, 13, 0, 13, true),
                Row(4, 0, 0, 12, 0xFFFF_FFFF, 0, true),
                Row(5, 0, 5, 72, BAD_COMMAND, 0, true),
                Row(6, 1, 0, 0, BAD_COMMAND, 0, true),
                Row(7, 1, 0, 0, BAD_COMMAND, 0, true),
                Row(8, 0, 5, 0, BAD_COMMAND, 0, true),
                Row(9, 0, 5, 0, BAD_COMMAND, 0, true),
                Row(10, 1, 0, 0, BAD_COMMAND, 0, true),
                Row(11, 0, 0, 0, 0, 0, true),
                Row(12, 0, 0, 0, BAD_PTR, 0, true),
                Row(12, 0, 0, 27, BAD_IO_ARG, 0, true),
                Row(12, 0, 0, 28, 0, 28, true),
            ],
        );
    });
}

#[test]
fn commands_to_a_file_of_nvram() {
    each(|g| {
        let path = g.string("/nvram/file");
        assert!(!g.call("CreateFile", &[path]).is_error());
        check(
            g,
            "/nvram/file",
            &[
                Row(6, 8, 0, 0, 0, 0, false),
                Row(0, 0, 5, 0, 0, 5, false),
                Row(0, 3000, 5, 0, BAD_PTR, 0, true),
                Row(0, -1, 5, 0, BAD_PTR, 0, true),
                Row(1, 0, 0, 5, 0, 5, false),
                Row(1, 1, 0, 4, 0, 4, false),
                Row(1, 3000, 0, 4, BAD_PTR, 0, true),
                Row(1, -1, 0, 4, BAD_PTR, 0, true),
                Row(2, 0, 0, 40, 0, 0, true),
                Row(3, 1, 0, 72, BAD_COMMAND, 0, true),
                Row(4, 0, 0, 12, 0, 12, true),
                Row(4, 0, 0, 11, 0xFFFF_FFFF, 0, true),
                Row(5, 0, 5, 72, BAD_COMMAND, 0, true),
                Row(6, 40_000, 0, 0, BAD_PTR, 0, true),
                Row(6, -5000, 0, 0, BAD_IO_ARG, 0, true),
                Row(7, 7, 0, 0, 0, 0, false),
                Row(7, 30_000, 0, 0, BAD_IO_ARG, 0, true),
                Row(7, -1, 0, 0, BAD_IO_ARG, 0, true),
                Row(8, 0, 5, 0, BAD_COMMAND, 0, true),
                Row(9, 0, 5, 0, BAD_COMMAND, 0, true),
                Row(10, 0x41424344, 0, 0, 0, 0, false),
                Row(11, 0, 0, 0, 0, 0, true),
                Row(12, 0, 0, 28, 0, 28, true),
            ],
        );
        let root = request(g, "/nvram");
        let at = g.alloc(72);
        let ask = Io {
            command: 3,
            offset: 1,
            recv: (at, 72),
            ..Io::default()
        };
        assert_eq!(g.do_io(root, ask), OK);
        assert_eq!(g.text(at + 36), "file");
        assert_eq!(g.read(at + 8), 0x41424344, "type");
        assert_eq!(g.read(at + 12), 1, "block size");
        assert_eq!(g.read(at + 16), 7, "bytes");
        assert_eq!(
            [g.read(at + 24), g.read(at + 28)],
            [u32::MAX; 2],
            "burst, gap"
        );
        assert_eq!(g.read(at + 32), 1, "avatars");
        assert_eq!(g.read(at + 68), 152, "location");
    });
}

#[test]
fn commands_to_the_directory_of_nvram() {
    each(|g| {
        let first = if g.retail() { NO_FILE } else { 0 };
        check(
            g,
            "/nvram",
            &[
                Row(0, 0, 5, 0, BAD_COMMAND, 0, true),
                Row(1, 0, 0, 5, BAD_COMMAND, 0, true),
                Row(9, 0, 5, 0, NO_FILE, 0, true),
                Row(5, 0, 5, 72, NO_FILE, 0, true),
                Row(8, 0, 5, 0, 0, 0, false),
                Row(5, 0, 5, 72, 0, 72, true),
                Row(3, 1, 0, 72, 0, 72, true),
                Row(3, 0, 0, 72, first, if first == 0 { 72 } else { 0 }, true),
                Row(3, 2, 0, 72, NO_FILE, 0, true),
                Row(3, -1, 0, 72, NO_FILE, 0, true),
                Row(6, 1, 0, 0, BAD_COMMAND, 0, true),
                Row(7, 1, 0, 0, BAD_COMMAND, 0, true),
                Row(10, 1, 0, 0, BAD_COMMAND, 0, true),
                Row(9, 0, 5, 0, 0, 0, false),
                Row(11, 0, 0, 0, 0, 0, true),
                Row(4, 0, 0, 7, 0, 7, true),
            ],
        );
        let ior = request(g, "/nvram");
        let at = g.alloc(40);
        let status = Io {
            command: 2,
            recv: (at, 40),
            ..Io::default()
        };
        g.do_io(ior, status);
        assert_eq!([g.read(at + 16), g.read(at + 20)], [0x2D, 0]);
    });
}

#[test]
fn commands_to_the_directory_of_everything() {
    each(|g| {
        let all = [0, 1, 5, 6, 7, 8, 9, 10, 11, 12];
        let mut rows: Vec<Row> = all
            .iter()
            .map(|&n| {
                let send = if matches!(n, 0 | 5 | 8 | 9) { 5 } else { 0 };
                let recv = if matches!(n, 1 | 5 | 12) { 2048 } else { 0 };
                Row(n, 0, send, recv, BAD_COMMAND, 0, true)
            })
            .collect();
        rows.push(Row(2, 0, 0, 40, 0, 0, true));
        rows.push(Row(3, 1, 0, 72, 0, 72, true));
        rows.push(Row(3, 9, 0, 72, NO_FILE, 0, true));
        rows.push(Row(4, 0, 0, 1, 0, 1, true));
        check(g, "/", &rows);
        let ior = request(g, "/");
        let at = g.alloc(40);
        let status = Io {
            command: 2,
            recv: (at, 40),
            ..Io::default()
        };
        g.do_io(ior, status);
        assert_eq!(
            [g.read(at + 8), g.read(at + 12), g.read(at + 16)],
            [2048, 0, 0xF]
        );
    });
}

#[test]
fn buffers_of_streams() {
    each(|g| {
        for (path, size, expected) in [
            ("five", 0, 4096),
            ("two", 0, 2048),
            ("three", 0, 4096),
            ("five", 1, 2048),
            ("five", 2049, 4096),
            ("five", -1, 2048),
            ("two", -3, 3 * 2048),
            ("/nvram/n", 0, 256),
            ("/nvram/n", 300, 300),
            ("/nvram/n", -10, 256),
        ] {
            let at = g.string(path);
            if path.starts_with("/nvram") {
                g.call("CreateFile", &[at]);
            }
            let stream = g.call("OpenDiskStream", &[at, size as u32]).0 as u32;
            assert_ne!(stream, 0, "{path}");
            let ptr = GuestPtr::<Stream>::new(stream);
            let len = g.peek(ptr.at(Stream::st_BufferLen));
            assert_eq!(len, expected, "{path} with {size}");
            g.call("CloseDiskStream", &[stream]);
        }
        for (path, size) in [
            ("Sub", 0),
            ("none", 0),
            ("/", 0),
            ("five", i32::MAX),
            ("five", i32::MIN),
        ] {
            let at = g.string(path);
            assert_eq!(
                g.call("OpenDiskStream", &[at, size as u32]),
                OK,
                "{path} {size}"
            );
        }
        assert_eq!(g.call("OpenDiskStream", &[0, 0]), OK);
    });
}

#[test]
fn calls_and_what_they_refuse() {
    each(|g| {
        let (sub, five) = (g.string("Sub"), g.string("five"));
        assert_eq!(g.call("CloseDiskFile", &[0x7FFF]), code(0xD556_F001));
        let main = g.main();
        assert_eq!(g.call("CloseDiskFile", &[main.0 as u32]), code(0xD556_F001));
        let file = g.call("OpenDiskFile", &[five]).0 as u32;
        assert_eq!(
            g.call("OpenDiskFileInDir", &[file, five]),
            code(0xD556_F102)
        );
        let directory = g.call("OpenDiskFile", &[sub]).0 as u32;
        let a = g.string("a");
        assert!(!g.call("OpenDiskFileInDir", &[directory, a]).is_error());
        assert_eq!(g.call("CloseDiskFile", &[file]), OK);
        assert_eq!(g.call("CloseDiskFile", &[file]), code(0xD556_F001));

        let drive = g.open_device("CD-ROM");
        let timer = g.open_device("timer");
        // It is mounted already; another place has no label.
        assert_eq!(
            g.call("MountFileSystem", &[drive.0 as u32, 0, 0]),
            code(0xD556_F10C)
        );
        assert_eq!(
            g.call("MountFileSystem", &[drive.0 as u32, 0, 152]),
            Status(-1)
        );
        assert_eq!(
            g.call("MountFileSystem", &[timer.0 as u32, 0, 0]),
            code(0xD556_F010)
        );
        assert_eq!(g.call("MountMacFileSystem", &[sub]), code(0xD556_F010));
        assert_eq!(g.call("DismountFileSystem", &[sub]), code(0xD556_F004));
        assert_eq!(g.call("CreateLink", &[sub, sub]), code(0xD556_F004));
        for number in [2, 3, 12] {
            let end = g.swi(0x3_0000 + number, &[sub, sub]);
            assert!(end.is_error(), "{number}: {end:?}");
        }
        // Every alias of a console.
        for alias in ["boot", "app"] {
            let path = g.string(&format!("${alias}/five"));
            assert!(!g.call("OpenDiskFile", &[path]).is_error(), "{alias}");
        }
        for alias in [
            "audio",
            "folios",
            "devices",
            "drivers",
            "tasks",
            "scripts",
            "aiff",
            "dsp",
            "programs",
            "languages",
            "tuners",
            "fonts",
            "c",
            "s",
        ] {
            // The text is known; this disc has no such directory.
            let path = g.string(&format!("${alias}"));
            let end = g.call("OpenDiskFile", &[path]);
            assert_eq!(end, code(NO_FILE), "{alias}");
        }
        let n = g.string("/nvram/n");
        let created = g.call("CreateFile", &[n]);
        assert!(!created.is_error());
        assert_eq!(g.call("CreateFile", &[n]), code(0xD556_F10C));
        let open = g.call("OpenDiskFile", &[n]).0 as u32;
        assert_eq!(g.call("DeleteFile", &[n]), code(0xD556_F10B));
        assert_eq!(g.call("CloseDiskFile", &[open]), OK);
        assert_eq!(g.call("DeleteFile", &[n]), OK);
        assert_eq!(g.call("DeleteFile", &[n]), code(NO_FILE));
    });
}

/// ReadDirectory on NVRAM ends with NoFile and fills every field.
#[test]
fn the_directory_of_nvram_is_read() {
    each(|g| {
        let n = g.string("/nvram/n");
        g.call("CreateFile", &[n]);
        let (path, at) = (g.string("/nvram"), g.alloc(72));
        let directory = g.call("OpenDirectoryPath", &[path]).0 as u32;
        assert_eq!(g.call("ReadDirectory", &[directory, at]), OK);
        assert_eq!(g.text(at + 36), "n");
        assert_eq!(g.read(at + 68), 152);
        assert_eq!(g.call("ReadDirectory", &[directory, at]), code(NO_FILE));
        g.call("CloseDirectory", &[directory]);
        // On a disc the location is left alone.
        let path = g.string("/CD-ROM");
        let directory = g.call("OpenDirectoryPath", &[path]).0 as u32;
        g.write(at + 68, 0x1234);
        assert_eq!(g.call("ReadDirectory", &[directory, at]), OK);
        assert_eq!(g.read(at + 68), 0x1234);
        g.call("CloseDirectory", &[directory]);
        g.call("CloseDirectory", &[0]);
    });
}

/// NVRAM costs 20 microseconds and one for each byte that is touched.
#[test]
fn nvram_takes_its_time() {
    each(|g| {
        let n = g.string("/nvram/n");
        g.call("CreateFile", &[n]);
        let ior = request(g, "/nvram/n");
        let to = g.alloc(1000);
        let mut times = Vec::new();
        let grow = Io {
            command: 6,
            offset: 1000,
            ..Io::default()
        };
        assert_eq!(g.do_io(ior, grow), OK);
        for len in [100, 900] {
            let io = Io {
                command: 1,
                recv: (to, len),
                ..Io::default()
            };
            let begin = g.now();
            assert_eq!(g.do_io(ior, io), OK);
            times.push(g.now().0 - begin.0);
        }
        assert_eq!(times[1] - times[0], 800 * 25 / 2);
    });
}
