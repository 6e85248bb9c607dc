//! Discs, NVRAM and programs that mean harm.
//!
//! There is an answer in bounded time, and no harm to the host.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::linked_mem;
use emu_core::loader::opera_fs::writer::{Item as DiscItem, pack};
use emu_core::quirks::Profile;
use emu_core::time::Ticks;
use emu_devices::cdrom::DriveProfile;
use tests::guest::{Guest, Io, disc_file, disc_folder, disc_from, disc_of};
use tests::run::{Dice, cases};

/// A call that may have to look at every block of a disc.
const LONG: Ticks = Ticks(4_000_000_000);

fn tree() -> Vec<DiscItem> {
    let hello = roms::by_name("hello").expect("built in").bytes;
    let many = (0..60).map(|n| disc_file(&format!("file{n}"), b"x"));
    vec![
        disc_file("AppStartup", b"alias here $boot/Sub\n"),
        disc_file("hello", hello),
        disc_folder("Sub", many.collect()),
        disc_file("text", &[7; 9000]),
    ]
}

fn call(g: &mut Guest, name: &str, arguments: &[u32]) -> Status {
    g.begin_call(name, arguments);
    g.wait_for(LONG);
    g.last()
}

fn command(g: &mut Guest, ior: Item, io: Io) -> Status {
    let info = g.info(io);
    call(g, "DoIO", &[ior.0 as u32, info])
}

/// Does with a volume what programs do; results do not matter, that there are some does.
fn use_volume(g: &mut Guest, root: &str) {
    let at = g.alloc(4096);
    for name in ["hello", "Sub/file59", "text", "Sub", "", "none", "a", "b"] {
        let path = g.string(&format!("{root}/{name}"));
        let file = call(g, "OpenDiskFile", &[path]);
        if !file.is_error() {
            let ior = g.create_ioreq(Item(file.0), Item::NONE);
            for (command_number, offset, len) in [
                (2, 0, 40),
                (1, 0, 2048),
                (1, 0x7FFF_FFFF, 2048),
                (1, 1, 7),
                (3, 1, 72),
                (3, -1_i32 as u32, 72),
                (4, 0, 64),
                (6, 500, 0),
                (6, -400_i32 as u32, 0),
                (7, 5, 0),
                (7, -5_i32 as u32, 0),
                (12, 0, 28),
            ] {
                let io = Io {
                    command: command_number,
                    offset,
                    recv: (at, len),
                    ..Io::default()
                };
                command(g, ior, io);
            }
            for number in [0, 5, 8, 9] {
                let io = Io {
                    command: number,
                    send: (path, 3),
                    recv: (at, if number == 5 { 72 } else { 0 }),
                    ..Io::default()
                };
                command(g, ior, io);
            }
            call(g, "CloseDiskFile", &[file.0 as u32]);
        }
        let stream = call(g, "OpenDiskStream", &[path, 0]).0 as u32;
        if stream != 0 {
            for _ in 0..3 {
                call(g, "ReadDiskStream", &[stream, at, 3000]);
            }
            call(g, "CloseDiskStream", &[stream]);
        }
        let directory = call(g, "OpenDirectoryPath", &[path]).0 as u32;
        if directory != 0 {
            for _ in 0..100 {
                if call(g, "ReadDirectory", &[directory, at]) != Status::OK {
                    break;
                }
            }
            call(g, "CloseDirectory", &[directory]);
        }
        let child = call(g, "LoadProgram", &[path]);
        if !child.is_error() {
            g.delete(Item(child.0));
        }
        let handle = g.alloc(4);
        if call(g, "LoadCode", &[path, handle]) == Status::OK {
            let code = g.read(handle);
            call(g, "UnloadCode", &[code]);
        }
    }
    for name in ["a", "b"] {
        let path = g.string(&format!("{root}/{name}"));
        call(g, "CreateFile", &[path]);
        call(g, "DeleteFile", &[path]);
    }
}

const WORDS: [u32; 14] = [
    0,
    1,
    2,
    20,
    2047,
    2048,
    4096,
    65536,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    0xFFFF_F800,
    0x4000_0000,
    0x3F_FFFF,
];

/// Damages what the file system believes: label, directory blocks.
fn damage(dice: &mut Dice, image: &mut [u8], ranges: &[std::ops::Range<usize>]) {
    for _ in 0..1 + dice.below(4) {
        let range = &ranges[dice.below(ranges.len() as u64) as usize];
        let at = range.start + dice.below(range.len() as u64) as usize;
        match dice.below(3) {
            0 => image[at] ^= 1 << dice.below(8),
            1 => image[at] = dice.roll() as u8,
            _ => {
                let at = at & !3;
                let word = dice.pick(&WORDS);
                image[at..at + 4].copy_from_slice(&word.to_be_bytes());
            }
        }
    }
}

#[test]
fn damaged_discs() {
    let image = pack(&tree(), "disc").expect("it fits");
    // The label, and every block with the header of a directory.
    let is_directory = |n: &usize| image[n * 2048 + 16..n * 2048 + 20] == [0, 0, 0, 20];
    let blocks = (0..image.len() / 2048).filter(is_directory);
    let mut ranges: Vec<_> = blocks.map(|n| n * 2048..n * 2048 + 400).collect();
    assert!(ranges.len() >= 4);
    ranges.push(76..132);
    let mut mounted = 0;
    for n in 0..cases(60) {
        let mut dice = Dice(0xBAD ^ u64::from(n));
        let mut bad = image.clone();
        damage(&mut dice, &mut bad, &ranges);
        let Some(disc) = disc_from(bad) else {
            continue;
        };
        println!("case {n}");
        let mut g = Guest::with_discs(Profile::Documented, DriveProfile::Instant, vec![disc]);
        let root = g.string("/disc");
        mounted += u32::from(!call(&mut g, "OpenDiskFile", &[root]).is_error());
        use_volume(&mut g, "/disc");
    }
    assert!(mounted > 0);
}

/// One field after the other of a directory entry, with every word that hurts.
#[test]
fn one_bad_word() {
    let image = pack(&tree(), "disc").expect("it fits");
    let directory = (1..image.len() / 2048)
        .find(|n| image[n * 2048 + 16..n * 2048 + 20] == [0, 0, 0, 20])
        .expect("the root directory");
    let places = (0..5)
        .chain(5..5 + 4 * 18)
        .map(|n| directory * 2048 + n * 4);
    let label = (76..104).step_by(4);
    let step = (420 / cases(60) as usize).max(1);
    let places: Vec<usize> = places.chain(label).collect();
    let both = places
        .iter()
        .flat_map(|&place| WORDS.iter().map(move |&word| (place, word)));
    for (place, word) in both.step_by(step * 3 + 1) {
        let mut bad = image.clone();
        bad[place..place + 4].copy_from_slice(&word.to_be_bytes());
        let Some(disc) = disc_from(bad) else {
            continue;
        };
        println!("{place:#x} = {word:#x}");
        let mut g = Guest::with_discs(Profile::Retail, DriveProfile::Instant, vec![disc]);
        use_volume(&mut g, "/disc");
    }
}

#[test]
fn damaged_nvram() {
    for n in 0..cases(60) {
        let mut dice = Dice(0x4E56 ^ u64::from(n));
        let mut image = linked_mem::fresh();
        {
            let mut volume = linked_mem::LinkedMem::open(&mut image).expect("fresh");
            for name in ["a", "b", "hello", "text"] {
                let entry = volume.create(name.as_bytes()).expect("room");
                let at = volume.allocate(entry.offset, 100).expect("room");
                volume.set_eof(at, 50).expect("room");
            }
        }
        damage(&mut dice, &mut image, &[0..132, 132..700, 132..700]);
        println!("case {n}");
        let discs = vec![disc_of(&tree())];
        let mut g = Guest::with_nvram(Profile::Documented, DriveProfile::Instant, discs, image);
        use_volume(&mut g, "/nvram");
    }
}

fn guest() -> Guest {
    Guest::with_disc(Profile::Documented, DriveProfile::Instant, &tree())
}

#[test]
fn paths_without_end() {
    let mut guest = guest();
    let g = &mut guest;
    for path in [
        "a".repeat(256),
        "a".repeat(257),
        "a".repeat(5000),
        "/".repeat(256),
        "{".repeat(256),
        "}".repeat(256),
        "{a|b}/".repeat(42),
        "{.|.}/".repeat(42),
        "{./.|.}/".repeat(32),
        "{{{{{{{{.|.}|.}|.}|.}|.}|.}|.}|.}/x".to_owned(),
        "$".repeat(256),
        "../".repeat(85),
        "./".repeat(128),
        "$boot/".repeat(42),
        "\u{7f}{|}".to_owned(),
        "{|}".repeat(85),
        "{||||||||}/{||||||||}/{||||||||}/{||||||||}/{||||||||}/x".to_owned(),
    ] {
        let at = g.string(&path);
        let end = call(g, "OpenDiskFile", &[at]);
        println!("{:.30}: {end:?}", path);
        for name in ["ChangeDirectory", "CreateFile", "DeleteFile", "LoadProgram"] {
            call(g, name, &[at]);
        }
    }
    for wild in [0, 1, 3, 0x2F_FFFF, 0x30_0000, 0xFFFF_FFFF, 0x100] {
        for name in [
            "OpenDiskFile",
            "ChangeDirectory",
            "CreateFile",
            "DeleteFile",
        ] {
            assert!(call(g, name, &[wild]).is_error() || wild != 0xFFFF_FFFF);
        }
    }
}

/// Aliases that name each other, doubling each time.
#[test]
fn aliases_of_aliases() {
    let mut guest = guest();
    let g = &mut guest;
    for n in 0..31 {
        let name = g.string(&format!("a{n}"));
        let next = n + 1;
        let text = g.string(&format!("{{$a{next}/q|$a{next}/r|$a{next}}}"));
        assert!(!call(g, "CreateAlias", &[name, text]).is_error());
    }
    let path = g.string("$a0");
    assert!(call(g, "OpenDiskFile", &[path]).is_error());
    let (long, text) = (g.string("long"), g.string(&"x".repeat(255)));
    assert!(!call(g, "CreateAlias", &[long, text]).is_error());
    let too_long = g.string(&"x".repeat(256));
    let code = call(g, "CreateAlias", &[long, too_long]);
    assert_eq!(code, Status(0xD556_F00E_u32 as i32));
}

#[test]
fn four_thousand_aliases_and_a_thousand_files() {
    let mut guest = guest();
    let g = &mut guest;
    let (name, text) = (g.alloc(32), g.string("/disc"));
    // Once the disc is mounted.
    assert!(call(g, "OpenDiskFile", &[text]).is_error());
    let before = g.item_count();
    let mut made = Vec::new();
    for n in 0..4000 {
        g.write_bytes(name, format!("n{n}\0").as_bytes());
        let alias = g.call("CreateAlias", &[name, text]);
        if alias.is_error() {
            break;
        }
        made.push(alias);
    }
    assert!(made.len() > 1000, "{}", made.len());
    for alias in made {
        assert_eq!(g.call("DeleteItem", &[alias.0 as u32]), Status::OK);
    }
    assert_eq!(g.item_count(), before);
    let path = g.string("Sub/file3");
    let mut open = Vec::new();
    for _ in 0..1000 {
        let file = g.call("OpenDiskFile", &[path]);
        if file.is_error() {
            break;
        }
        open.push(file);
    }
    assert!(open.len() > 500, "{}", open.len());
    for file in open {
        assert_eq!(g.call("CloseDiskFile", &[file.0 as u32]), Status::OK);
    }
    assert_eq!(g.item_count(), before);
}

/// Every word of a Stream or a Directory replaced by others between calls.
#[test]
fn structures_that_are_scribbled_over() {
    let foreign = |g: &mut Guest| {
        let timer = g.timer_ioreq();
        let at = g.ptr::<()>(timer).addr();
        (timer.0 as u32, at)
    };
    for n in 0..14 {
        let mut guest = guest();
        let g = &mut guest;
        let path = g.string("text");
        let to = g.alloc(4096);
        let (item, pointer) = foreign(g);
        let main = g.main().0 as u32;
        for word in WORDS.iter().copied().chain([item, pointer, main, 100, to]) {
            let stream = call(g, "OpenDiskStream", &[path, 0]).0 as u32;
            if stream == 0 {
                // The structures that could not be freed are lost to the program.
                break;
            }
            call(g, "ReadDiskStream", &[stream, to, 10]);
            let good = g.read(stream + n * 4);
            g.write(stream + n * 4, word);
            println!("word {n} = {word:#x}");
            for (name, arguments) in [
                ("SeekDiskStream", [stream, 5000, 1]),
                ("ReadDiskStream", [stream, to, 3000]),
                ("SeekDiskStream", [stream, -1_i32 as u32, 2]),
                ("ReadDiskStream", [stream, to, 3000]),
            ] {
                if g.stopped().is_none() && g.exists(g.main()) {
                    g.begin_call(name, &arguments);
                    g.advance(3_000_000);
                }
            }
            if g.stopped().is_some() || !g.exists(g.main()) || g.result().is_none() {
                *g = self::guest();
                break;
            }
            g.write(stream + n * 4, good);
            call(g, "CloseDiskStream", &[stream]);
        }
    }
}

#[test]
fn directories_that_are_scribbled_over() {
    for n in 0..10 {
        for word in WORDS {
            let mut guest = guest();
            let g = &mut guest;
            let path = g.string("Sub");
            let to = g.alloc(72);
            let directory = call(g, "OpenDirectoryPath", &[path]).0 as u32;
            g.write(directory + n * 4, word);
            for name in ["ReadDirectory", "ReadDirectory", "CloseDirectory"] {
                if g.stopped().is_none() && g.exists(g.main()) {
                    g.begin_call(name, &[directory, to]);
                    g.advance(3_000_000);
                }
            }
        }
    }
    // An open plain file is no directory.
    let mut guest = guest();
    let g = &mut guest;
    let (path, plain, to) = (g.string("Sub"), g.string("text"), g.alloc(72));
    let directory = call(g, "OpenDirectoryPath", &[path]).0 as u32;
    let file = call(g, "OpenDiskFile", &[plain]).0 as u32;
    g.write(directory, file);
    let code = call(g, "ReadDirectory", &[directory, to]);
    assert_eq!(code, Status(0xD556_F102_u32 as i32));
}

/// A buffer length below a block asks for nothing for ever.
#[test]
fn a_stream_that_asks_for_nothing() {
    let mut guest = guest();
    let g = &mut guest;
    let (path, to) = (g.string("text"), g.alloc(4096));
    for len in [0_u32, 100] {
        let stream = call(g, "OpenDiskStream", &[path, 0]).0 as u32;
        call(g, "ReadDiskStream", &[stream, to, 4096]);
        for at in (0..56).step_by(4) {
            if g.read(stream + at) == 4096 {
                println!("+{at} is 4096");
                g.write(stream + at, len);
            }
        }
        call(g, "SeekDiskStream", &[stream, 8000, 1]);
        let end = call(g, "ReadDiskStream", &[stream, to, 500]);
        assert!(end.0 <= 500);
    }
}

/// A stream belongs to the task that opened it.
#[test]
fn a_stream_used_by_two_threads() {
    let mut guest = guest();
    let g = &mut guest;
    let (path, to) = (g.string("text"), g.alloc(4096));
    let thread = g.create_thread("second");
    let stream = call(g, "OpenDiskStream", &[path, 2048]).0 as u32;
    let mut other = g.on(thread);
    let end = call(&mut other, "ReadDiskStream", &[stream, to, 100]);
    assert!(end.0 == -1 || end.0 == 100, "{end:?}");
    drop(other);
    for _ in 0..10 {
        g.begin_call("ReadDiskStream", &[stream, to, 900]);
        let mut other = g.on(thread);
        other.begin_call("ReadDiskStream", &[stream, to, 900]);
        other.wait();
        drop(other);
        g.wait();
        assert!(g.last().0 <= 900);
    }
    g.call("CloseDiskStream", &[stream]);
}

/// A file of 4 GiB, and one of 3 MiB whose blocks are not there.
#[test]
fn programs_that_claim_too_much() {
    let image = pack(&tree(), "disc").expect("it fits");
    let name = image
        .windows(6)
        .position(|w| w == b"hello\0")
        .expect("its entry");
    for (bytes, blocks) in [
        (0xFFFF_FFFF_u32, 1_u32),
        (0xFFFF_F800, 0x1F_FFFF),
        (0x30_0000, 1),
        (0x2F_0000, 0),
    ] {
        let mut bad = image.clone();
        bad[name - 16..name - 12].copy_from_slice(&bytes.to_be_bytes());
        bad[name - 12..name - 8].copy_from_slice(&blocks.to_be_bytes());
        let disc = disc_from(bad).expect("a disc");
        let mut g = Guest::with_discs(Profile::Documented, DriveProfile::Instant, vec![disc]);
        let path = g.string("/disc/hello");
        let end = call(&mut g, "LoadProgram", &[path]);
        assert!(end.is_error(), "{bytes:#x}: {end:?}");
    }
}
