//! Samples from files and from images of files.

use crate::rig::*;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::opera_fs::writer::Item as DiscItem;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use tests::guest::{Guest, RETURN, Word, both_profiles, disc_file, disc_folder, str};

fn with_files(files: &[DiscItem], test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let mut guest = Guest::with_disc(profile, DriveProfile::Instant, files);
        test(&mut guest);
    }
}

fn data(len: usize) -> Vec<u8> {
    (0..len).map(|n| (n * 7) as u8).collect()
}

fn load(g: &mut Guest, name: &str) -> Status {
    let name = g.string(name);
    call(g, "LoadSample", &[name])
}

fn looped() -> Sound {
    Sound {
        sustain: Some((10, 50)),
        release: Some((60, 90)),
        ..Sound::mono(&data(200))
    }
}

#[test]
fn a_file_becomes_a_sample() {
    let files = [disc_file("beep.aiff", &looped().file())];
    with_files(&files, |g| {
        let made = load(g, "beep.aiff");
        assert!(made.0 > 0, "{made:?}");
        let made = Item(made.0);
        let expected = [
            (FRAMES, 100),
            (NUMBYTES, 200),
            (CHANNELS, 1),
            (NUMBITS, 16),
            (46, 22_050 << 16),
            (BASENOTE, 62),
            (LOWNOTE, 10),
            (HIGHNOTE, 100),
            (29, 1),
            (SUSTAINBEGIN, 10),
            (SUSTAINEND, 50),
            (RELEASEBEGIN, 60),
            (RELEASEEND, 90),
            (56, 200),
        ];
        for (tag, value) in expected {
            assert_eq!(get(g, made, tag), value, "tag {tag}");
        }
        let at = get(g, made, ADDRESS);
        assert_eq!(g.read_bytes(at, 200), data(200));
        assert_eq!(at % 4, 0);
    });
}

#[test]
fn compressed_files() {
    let mut sound = Sound::mono(&data(128));
    (sound.compression, sound.ratio) = (Some(*b"ADP4"), 4);
    let adp4 = sound.file();
    (sound.compression, sound.ratio, sound.channels) = (Some(*b"SDX2"), 2, 2);
    let files = [
        disc_file("a.aifc", &adp4),
        disc_file("s.aifc", &sound.file()),
    ];
    with_files(&files, |g| {
        for (name, id, ratio, frames) in [("a.aifc", *b"ADP4", 4, 256), ("s.aifc", *b"SDX2", 2, 64)]
        {
            let made = Item(load(g, name).0);
            assert_eq!(get(g, made, 48), u32::from_be_bytes(id));
            assert_eq!(get(g, made, 47), ratio);
            assert_eq!(get(g, made, FRAMES), frames, "{name}");
            assert_eq!(get(g, made, NUMBYTES), 128);
        }
    });
}

/// Audio sheet 3.2: here, then $audio, then its directory for such files.
#[test]
fn where_files_are_looked_for() {
    let file = |n: usize| disc_file("x.aiff", &Sound::mono(&data(n)).file());
    let system = |items| disc_folder("System", vec![disc_folder("Audio", items)]);
    let in_aiff = disc_folder("aiff", vec![file(8)]);
    for (files, bytes) in [
        (vec![system(vec![in_aiff.clone()])], 8),
        (vec![system(vec![in_aiff.clone(), file(16)])], 16),
        (vec![system(vec![in_aiff, file(16)]), file(32)], 32),
    ] {
        with_files(&files, |g| {
            let made = load(g, "x.aiff");
            assert!(made.0 > 0, "{made:?}");
            assert_eq!(get(g, Item(made.0), NUMBYTES), bytes);
        });
    }
}

#[test]
fn files_that_are_refused() {
    let good = looped().file();
    let mut many = looped();
    many.markers = 25;
    let mut late = looped();
    late.sustain = Some((10, 101));
    let mut silent = good.clone();
    let at = silent
        .windows(4)
        .position(|id| id == b"SSND")
        .expect("is there");
    silent[at] = b'X';
    let files = [
        disc_file("text", b"This is no sound at all."),
        disc_file("short", &good[..good.len() - 40]),
        disc_file("many", &many.file()),
        disc_file("late", &late.file()),
        disc_file("silent", &silent),
        disc_file("empty", b""),
        disc_folder("folder", vec![]),
    ];
    with_files(&files, |g| {
        assert_eq!(load(g, "nothing"), own(1));
        let items = g.item_count();
        assert_eq!(load(g, ""), own(1));
        assert_eq!(load(g, "folder"), own(1));
        assert_eq!(load(g, "text"), own(20), "BADFILETYPE");
        assert_eq!(load(g, "empty"), own(20));
        assert_eq!(load(g, "short"), own(18), "BADOFX");
        assert_eq!(load(g, "many"), own(17), "OVERMARKERS");
        assert_eq!(load(g, "late"), own(23), "OUTOFRANGE");
        assert_eq!(load(g, "silent"), own(3), "NOSAMPLE");
        assert_eq!(g.item_count(), items, "nothing is left of them");
    });
}

/// The memory and the items of samples come back, however often.
#[test]
fn nothing_is_lost() {
    let files = [disc_file("beep.aiff", &looped().file())];
    with_files(&files, |g| {
        let first = Item(load(g, "beep.aiff").0);
        let (at, items) = (get(g, first, ADDRESS), g.item_count());
        assert_eq!(call(g, "UnloadSample", &[first.word()]), Status(0));
        for _ in 0..20 {
            let made = Item(load(g, "beep.aiff").0);
            assert_eq!((get(g, made, ADDRESS), g.item_count()), (at, items));
            assert_eq!(g.delete(made), Status(0), "DeleteItem does it too");
        }
    });
}

/// ScanSample takes as much as was asked for, and does not read the rest of a long file.
#[test]
fn the_beginning_of_a_file() {
    let long = Sound::mono(&data(200_000));
    let mut padded = long.clone();
    padded.padding = 100_000;
    let files = [
        disc_file("long", &long.file()),
        disc_file("padded", &padded.file()),
        disc_file("looped", &looped().file()),
    ];
    with_files(&files, |g| {
        for name in ["long", "padded"] {
            let text = g.string(name);
            let made = item(g, "ScanSample", &[text, 1000]);
            assert_eq!(get(g, made, NUMBYTES), 1000, "{name}");
            assert_eq!(get(g, made, FRAMES), 500);
            assert_eq!(get(g, made, 56), 200_000, "DATA_SIZE");
            let at = get(g, made, ADDRESS);
            assert_eq!(g.read_bytes(at, 1000), data(1000));
            let tags = [(NAME, text), (68, 0)];
            let made = Item(create(g, &tags).0);
            assert_eq!((get(g, made, ADDRESS), get(g, made, NUMBYTES)), (0, 0));
        }
        let name = g.string("looped");
        assert_eq!(
            call(g, "ScanSample", &[name, 100]),
            own(23),
            "loops behind it"
        );
        let whole = item(g, "ScanSample", &[name, 100_000]);
        assert_eq!(get(g, whole, NUMBYTES), 200);
        assert_eq!(call(g, "ScanSample", &[name, -1_i32 as u32]), BADTAGVAL);
    });
}

fn image(g: &mut Guest, file: &[u8]) -> (u32, u32) {
    let at = g.alloc(file.len() as u32);
    g.write_bytes(at, file);
    (at, file.len() as u32)
}

#[test]
fn images_in_memory() {
    both_profiles(|g| {
        let (at, len) = image(g, &looped().file());
        let made = Item(create(g, &[(63, at), (64, len)]).0);
        let sound = get(g, made, ADDRESS);
        assert!(!(at..at + len).contains(&sound), "a copy");
        assert_eq!(g.read_bytes(sound, 200), data(200));
        let cut = create(g, &[(63, at), (64, len - 100)]);
        assert_eq!(cut, own(18));
        assert_eq!(create(g, &[(63, at), (64, 0)]), own(20));
    });
}

/// LEAVE_IN_PLACE: the sound stays, or moves down to a whole word.
#[test]
fn images_left_in_place() {
    both_profiles(|g| {
        for shift in [0, 2] {
            let file = looped().file();
            let at = g.alloc(file.len() as u32 + 16);
            let offset = file.len() as u32 - 200;
            // The sound itself is on a whole word, or two bytes behind one.
            let at = at + (4 - offset % 4) % 4 + shift;
            g.write_bytes(at, &file);
            let tags = [(63, at), (64, file.len() as u32), (65, 1)];
            let made = Item(create(g, &tags).0);
            assert_eq!(get(g, made, ADDRESS), at + offset - shift);
            assert_eq!(get(g, made, 55), offset);
            let sound = g.read_bytes(at + offset - shift, 200);
            assert_eq!(sound, data(200), "moved by {shift}");
            assert_eq!(call(g, "UnloadSample", &[made.word()]), Status(0));
        }
    });
}

/// Two functions that note what they are asked; the first gives `memory`.
fn functions(g: &mut Guest, memory: u32) -> (u32, u32, u32) {
    let log = g.alloc(16);
    let literal = |rd: u32, offset: u32| 0xE59F_0000 | rd << 12 | offset;
    let alloc = g.words(&[
        literal(12, 12),
        str(0, 12, 0),
        str(1, 12, 4),
        literal(0, 4),
        RETURN,
        log,
        memory,
    ]);
    let free = g.words(&[literal(12, 8), str(0, 12, 8), str(1, 12, 12), RETURN, log]);
    (alloc, free, log)
}

/// LoadSampleHere, DefineSampleHere and CreateSample ask the program for memory, and
/// UnloadSample gives it back to the program.
#[test]
fn memory_of_the_programs_own() {
    let files = [disc_file("beep.aiff", &looped().file())];
    with_files(&files, |g| {
        let memory = g.alloc(256);
        let (alloc, free, log) = functions(g, memory);
        let name = g.string("beep.aiff");
        let (at, len) = image(g, &looped().file());
        for way in 0..4 {
            let sp = g.reg(13);
            let made = match way {
                0 => call(g, "LoadSampleHere", &[name, alloc, free]),
                1 => call(g, "DefineSampleHere", &[at, len, alloc, free]),
                2 => create(g, &[(NAME, name), (66, alloc), (67, free)]),
                _ => create(g, &[(63, at), (64, len), (66, alloc), (67, free)]),
            };
            assert!(made.0 > 0, "way {way}: {made:?}");
            let made = Item(made.0);
            assert_eq!(g.reg(13), sp, "the stack is as before");
            assert_eq!(get(g, made, ADDRESS), memory);
            assert_eq!((g.read(log), g.read(log + 4)), (200, 0x10_0000));
            assert_eq!(g.read_bytes(memory, 200), data(200));
            assert_eq!(g.read(log + 8), 0);
            assert_eq!(call(g, "UnloadSample", &[made.word()]), Status(0));
            assert_eq!((g.read(log + 8), g.read(log + 12)), (memory, 200));
            assert!(!g.is_item(made));
            g.write_bytes(log, &[0; 16]);
            g.write_bytes(memory, &[0; 200]);
        }
    });
}

#[test]
fn functions_without_memory_and_without_purpose() {
    let files = [disc_file("beep.aiff", &looped().file())];
    with_files(&files, |g| {
        let (alloc, free, log) = functions(g, 0);
        let name = g.string("beep.aiff");
        let absent = g.string("absent");
        assert_eq!(call(g, "LoadSampleHere", &[absent, alloc, free]), own(1));
        assert_eq!(g.read(log), 0, "it was not asked");
        let items = g.item_count();
        assert_eq!(call(g, "LoadSampleHere", &[name, alloc, free]), NOMEM);
        assert_eq!(g.read(log), 200, "it was asked");
        assert_eq!(g.item_count(), items);
        assert_eq!(call(g, "LoadSampleHere", &[name, alloc, 0]), BADTAG);
        // Without functions it is LoadSample.
        let made = item(g, "LoadSampleHere", &[name, 0, 0]);
        let at = get(g, made, ADDRESS);
        assert_eq!(g.read_bytes(at, 200), data(200));
        assert_eq!(call(g, "UnloadSample", &[made.word()]), Status(0));
    });
}

/// DeleteItem runs no code of the program's: its memory stays its own.
#[test]
fn delete_item_does_not_call_back() {
    both_profiles(|g| {
        let memory = g.alloc(256);
        let (alloc, free, log) = functions(g, memory);
        let (at, len) = image(g, &looped().file());
        let made = item(g, "DefineSampleHere", &[at, len, alloc, free]);
        assert_eq!(g.delete(made), Status(0));
        assert_eq!(g.read(log + 8), 0);
        assert_eq!(g.read_bytes(memory, 200), data(200));
    });
}
