//! A recording is of one program, one disc, one state.

use super::{Scratch, assert_one_line, config, record};
use emu_core::loader::opera_fs::writer::{Content, Item, pack};
use emu_core::loader::opera_fs::{Blocks, Volume};
use emu_core::time::{CPU_HZ, Tick};
use emu_core::trace::{DiscFile, Event, Hex, Level, Recording, Tape, Why, first_difference};
use emu_frontend::session::Session;
use emu_frontend::sink::RunSink;
use emu_frontend::state;
use emu_frontend::trace::record::save;
use emu_frontend::trace::replay::{Given, Replay, ReplayError};
use std::fs;
use std::io;
use std::path::Path;

fn refused(recording: &Recording, path: &Path, given: Given<'_>) -> ReplayError {
    let error = Replay::with(recording, path, given)
        .map(|_| ())
        .expect_err("refused");
    assert_one_line(&error.to_string());
    error
}

fn is_the_same(recording: &Recording, path: &Path, given: Given<'_>) {
    let replay = Replay::with(recording, path, given).unwrap_or_else(|error| panic!("{error}"));
    let tape = replay.play().expect("runs");
    assert_eq!(first_difference(&recording.tape, &tape, Level::Exact), None);
}

fn file(name: &str, bytes: &[u8]) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::File(bytes.to_vec()),
    }
}

/// A disc that starts a program which reads none of the other files.
fn disc(other: &[u8]) -> Vec<u8> {
    let hello = roms::by_name("hello").expect("built in").bytes;
    pack(&[file("LaunchMe", hello), file("Other", other)], "Test").expect("packs")
}

fn paths(files: &[DiscFile]) -> Vec<&str> {
    files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn a_recording_knows_the_files_that_were_read() {
    let recording = record(&config(&["rom:disc_stream"]));
    let disc = recording.header.disc.as_ref().expect("its disc");
    assert!(disc.files.len() >= 2, "{:?}", disc.files);
    assert_eq!(paths(&disc.files)[0], "", "label and directories");
    is_the_same(&recording, Path::new("x.trace"), Given::default());
}

#[test]
fn files_that_were_not_read_may_differ_and_others_may_not() {
    let scratch = Scratch::new();
    let one = scratch.file("one.iso", &disc(&[1; 3000]));
    let recording = record(&config(&[&one]));
    let disc_id = recording.header.disc.as_ref().expect("its disc");
    assert_eq!(paths(&disc_id.files), ["", "LaunchMe"]);
    let at = scratch.path("x.trace");
    is_the_same(&recording, &at, Given::default());
    // Another content of a file that nobody has read.
    scratch.file("one.iso", &disc(&[2; 3000]));
    is_the_same(&recording, &at, Given::default());
    // Another label.
    let mut label = disc(&[1; 3000]);
    let block = Volume::mount(&label[..]).expect("a volume").label().block;
    label[block as usize * 2048 + 45] ^= 1;
    scratch.file("one.iso", &label);
    let error = refused(&recording, &at, Given::default()).to_string();
    assert!(
        error.contains("its label or a directory is not as it was"),
        "{error}"
    );
    // Another LaunchMe is another program.
    let launch = disc(&[1; 3000]);
    let hello = roms::by_name("hello").expect("built in").bytes;
    let start = launch
        .windows(64)
        .position(|bytes| bytes == &hello[hello.len() - 64..]);
    let mut changed = launch.clone();
    changed[start.expect("on the disc") + 63] ^= 1;
    scratch.file("one.iso", &changed);
    let error = refused(&recording, &at, Given::default());
    assert!(matches!(error, ReplayError::OtherProgram { .. }), "{error}");
}

#[test]
fn a_folder_and_an_image_of_it_are_the_same_disc() {
    let scratch = Scratch::new();
    let hello = roms::by_name("hello").expect("built in").bytes;
    scratch.file("game/LaunchMe", hello);
    scratch.file("game/Other", &[1; 3000]);
    let folder = scratch.path("game").to_string_lossy().into_owned();
    let of_folder = record(&config(&[&folder]));
    let files = |recording: &Recording| recording.header.disc.clone().expect("a disc").files;
    // The image of the folder, block by block.
    let config_of_folder = config(&[&folder]);
    let disc = config_of_folder
        .shelf
        .get(emu_core::media::DiscNumber(0))
        .expect("a disc");
    let mut image = Vec::new();
    for block in 0..disc.block_count() {
        let mut bytes = [0; 2048];
        disc.read_block(block, &mut bytes).expect("a block");
        image.extend(bytes);
    }
    let iso = scratch.file("game.iso", &image);
    let of_image = record(&config(&[&iso]));
    assert_eq!(files(&of_folder), files(&of_image));
    assert_eq!(of_folder.tape, of_image.tape);
    let given = Given {
        image: Some(iso.as_ref()),
        disc: None,
    };
    is_the_same(&of_folder, &scratch.path("x.trace"), given);
}

#[test]
fn another_program_is_refused() {
    let mut recording = record(&config(&["rom:hello"]));
    recording.header.program.name = "rom:race".to_owned();
    let path = Path::new("x.trace");
    let error = refused(&recording, path, Given::default());
    assert!(matches!(error, ReplayError::OtherProgram { .. }), "{error}");
    let given = Given {
        image: Some("rom:hello".as_ref()),
        disc: None,
    };
    is_the_same(&recording, path, given);
}

#[test]
fn a_hostile_header_is_refused_with_one_line() {
    let good = record(&config(&["rom:hello"]));
    let path = Path::new("x.trace");
    type Harm = fn(&mut Recording);
    let harms: &[(&str, Harm)] = &[
        ("an unknown option", |r| {
            r.header.options = vec!["--frobnicate".to_owned()]
        }),
        ("a file to write", |r| {
            r.header.options = vec!["--record".to_owned(), "y".to_owned()]
        }),
        ("a program elsewhere", |r| {
            r.header.program.name = "/bin/sh".to_owned()
        }),
        ("a program above", |r| {
            r.header.program.name = "../../secret".to_owned()
        }),
        ("no built-in program", |r| {
            r.header.program.name = "rom:nothing".to_owned()
        }),
        ("an argument no guest gets", |r| {
            r.header.arguments = vec!["a\nb".to_owned()]
        }),
        ("NVRAM of another size", |r| {
            r.header.nvram = Some(vec![0; 7])
        }),
        ("an input that is none", |r| {
            r.header.inputs = vec![(Tick(1), "pad".to_owned())]
        }),
        ("a disc elsewhere", |r| {
            r.header.inputs = vec![(Tick(1), "disc insert /etc/passwd".to_owned())];
        }),
        ("a state that is not there", |r| {
            let name = "no such.state".to_owned();
            r.header.state = Some(emu_core::trace::StateId {
                name,
                sha256: [0; 32],
            });
        }),
        ("no end", |r| r.tape = Tape::new()),
        ("an end that nobody sees", |r| {
            let end = Event::Stop {
                why: Why::Enough,
                status: 0,
                picture: Hex(0),
            };
            r.tape.push(
                Tick(1 << 60),
                emu_core::kernel::portfolio::items::Item::NONE,
                &end,
            );
        }),
    ];
    for (what, harm) in harms {
        let mut bad = good.clone();
        harm(&mut bad);
        let error = refused(&bad, path, Given::default());
        println!("{what}: {error}");
    }
}

#[test]
fn changed_behaviour_is_a_note_and_no_error() {
    let mut recording = record(&config(&["rom:hello"]));
    let replay = Replay::new(&recording, Path::new("x"), None).expect("runs");
    assert_eq!(replay.notes, [""; 0]);
    for (name, version) in &mut recording.header.versions {
        if name == "kernel" {
            *version += 1;
        }
    }
    recording.header.versions.push(("wheel".to_owned(), 3));
    let replay = Replay::new(&recording, Path::new("x"), None).expect("runs");
    assert_eq!(
        replay.notes,
        [
            "the behaviour of kernel has changed since it was recorded (2, now 1)",
            "the behaviour of wheel has changed since it was recorded (3, now none)",
        ]
    );
    assert!(replay.play().is_ok());
}

#[test]
fn nvram_of_a_recording_is_there_again() {
    let scratch = Scratch::new();
    let nvram = scratch.path("nvram").to_string_lossy().into_owned();
    let config = config(&["rom:nvram_save", "--nvram", &nvram]);
    let recording = record(&config);
    is_the_same(&recording, Path::new("x"), Given::default());
    let mut other = recording.clone();
    let mut bytes = other.header.nvram.take().expect("its NVRAM");
    bytes[200] ^= 1;
    other.header.nvram = Some(bytes);
    let tape = Replay::new(&other, Path::new("x"), None).and_then(|replay| replay.play());
    assert!(first_difference(&other.tape, &tape.expect("runs"), Level::Exact).is_some());
}

/// Saves a state of a run on the way, and records what goes on from it.
fn from_state(scratch: &Scratch, words: &[&str], at: Tick) -> Recording {
    let file = scratch.path("it.state");
    let whole = config(words);
    let mut session = Session::start(&whole).expect("starts");
    let mut sink = RunSink::new(io::sink(), io::sink());
    let end = session.run_to(at, &whole.until, &whole.shelf, &mut sink);
    assert_eq!(end, None, "it still runs");
    state::save(&file, &state::of(&whole, &session, None)).expect("saved");
    record(&config(&[&file.to_string_lossy()]))
}

#[test]
fn a_recording_from_a_state_is_checked_with_the_state_beside_it() {
    let scratch = Scratch::new();
    let at = scratch.path("x.trace");
    for words in [
        &["rom:metronome", "--profile", "retail"][..],
        &["rom:disc_walk"],
    ] {
        let recording = from_state(&scratch, words, Tick(900_000));
        assert!(recording.header.state.is_some());
        save(&at, &recording).expect("saved");
        let again = Recording::parse(&fs::read(&at).expect("there")).expect("read");
        assert_eq!(again, recording);
        is_the_same(&again, &at, Given::default());
    }
    let recording = from_state(&scratch, &["rom:metronome"], Tick(900_000));
    from_state(&scratch, &["rom:metronome"], Tick(900_100));
    let error = refused(&recording, &at, Given::default());
    assert!(matches!(error, ReplayError::OtherState { .. }), "{error}");
    scratch.file("it.state", b"no state");
    let error = refused(&recording, &at, Given::default());
    assert!(matches!(error, ReplayError::NoState(_)), "{error}");
}

#[test]
fn a_disc_that_is_put_in_twice_is_one_disc_again() {
    let scratch = Scratch::new();
    scratch.file("other.iso", &disc(&[3; 100]));
    let script =
        "time:0.1 disc insert other.iso\ntime:0.5 disc open\ntime:0.9 disc insert other.iso\n";
    let script = scratch.file("x.input", script.as_bytes());
    let config = config(&["rom:disc_walk", "--input", &script, "--until", "time:2"]);
    assert_eq!(config.shelf.len(), 2);
    let recording = record(&config);
    let replay = Replay::new(&recording, &scratch.path("x.trace"), None).expect("runs");
    assert_eq!(replay.config.shelf.len(), 2);
    is_the_same(&recording, &scratch.path("x.trace"), Given::default());
}

#[test]
fn a_recording_of_a_hundred_hours_is_the_longest() {
    let mut recording = record(&config(&["rom:hello"]));
    let end = Event::Stop {
        why: Why::Enough,
        status: 0,
        picture: Hex(0),
    };
    let none = emu_core::kernel::portfolio::items::Item::NONE;
    recording.tape.push(Tick(360_000 * CPU_HZ), none, &end);
    assert!(Replay::new(&recording, Path::new("x"), None).is_ok());
    recording.tape.push(Tick(360_000 * CPU_HZ + 1), none, &end);
    assert!(matches!(
        refused(&recording, Path::new("x"), Given::default()),
        ReplayError::TooLong(_)
    ));
}
