//! Discs in the drive, NVRAM in a file, input scripts.

use super::process::{Ran, Scratch};
use emu_core::loader::linked_mem;
use emu_core::loader::opera_fs::Volume;
use emu_core::loader::opera_fs::writer::{Content, Item, pack};
use serde_json::Value;
use std::fs;

impl Ran {
    fn cycles(&self) -> u64 {
        self.report()["cycles"].as_u64().expect("number")
    }
}

fn rom(name: &str) -> &'static [u8] {
    roms::by_name(name).expect(name).bytes
}

fn file(name: &str, bytes: &[u8]) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::File(bytes.to_vec()),
    }
}

/// A disc with this LaunchMe.
fn disc(label: &str, launch_me: &[u8]) -> Vec<u8> {
    pack(&[file("LaunchMe", launch_me)], label).expect("packs")
}

/// Block of the first byte of a disc's LaunchMe.
fn launch_me_block(disc: &[u8]) -> u32 {
    let volume = Volume::mount(disc).expect("mounts");
    volume.find("LaunchMe").expect("there").first_block()
}

// ---- what is started ----

#[test]
fn a_disc_starts_its_launch_me() {
    let scratch = Scratch::new();
    scratch.put("game.iso", &disc("My Game", rom("hello")));
    scratch.put("folder/LaunchMe", rom("hello"));
    let text = roms::by_name("hello").expect("built in").expect.text;
    for (image, label) in [("game.iso", "My Game"), ("folder", "CD-ROM")] {
        let ran = scratch.overture(&format!("{image} --json --headless"));
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{image}");
        // The first word is not what the committed text has.
        let lines = |text: &str| text.lines().count();
        assert_eq!(lines(&ran.out), lines(text) + 1, "{}", ran.out);
        assert!(ran.out.contains("$boot/LaunchMe"), "{}", ran.out);
        let report = ran.report();
        assert_eq!(report["disc"], label);
        assert_eq!(report["program"], "LaunchMe");
        assert_eq!(report["stop"], "exit");
        assert_eq!(report["nvram_changed"], false);
    }
}

#[test]
fn the_launch_me_of_a_disc_gets_arguments() {
    let scratch = Scratch::new();
    scratch.put("game.iso", &disc("x", rom("hello")));
    let ran = scratch.overture("run game.iso -- one two");
    // This program ends with the number of its arguments.
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert!(ran.err.contains("status 2"), "{}", ran.err);
    assert!(ran.out.contains("two"), "{}", ran.out);
    let long = "x".repeat(1023);
    let ran = scratch.overture(&format!("game.iso -- {long}"));
    ran.is_refused(&["1023", "after `--`"]);
}

#[test]
fn discs_that_start_nothing_are_refused() {
    let scratch = Scratch::new();
    scratch.put("blank.iso", &[1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 1, 0]);
    scratch.put(
        "read.iso",
        &pack(&[file("ReadMe", b"x")], "x").expect("packs"),
    );
    scratch.put("text.iso", &disc("x", b"read me\n"));
    let mut cut = disc("x", rom("hello"));
    cut.truncate(launch_me_block(&cut) as usize * 2048);
    scratch.put("cut.iso", &cut);
    scratch.put(
        "game.cue",
        b"FILE \"game.bin\" BINARY\n TRACK 01 MODE1/2352\n",
    );
    fs::create_dir(scratch.join("bare")).expect("folder");
    for (image, words) in [
        ("blank.iso", "no 3DO disc"),
        ("read.iso", "has no LaunchMe"),
        ("text.iso", "the LaunchMe of the disc: this is a text file"),
        ("cut.iso", "past the end of the image"),
        ("game.cue", "put it beside the cue sheet"),
        ("bare", "no LaunchMe"),
        ("none.iso", "a disc image, a folder"),
    ] {
        scratch.overture(image).is_refused(&[image, words]);
    }
}

#[test]
fn a_program_may_have_a_disc_beside_it() {
    let scratch = Scratch::new();
    scratch.put(
        "data.iso",
        &pack(&[file("data", b"x")], "Data").expect("packs"),
    );
    scratch.put("data/x", b"x");
    scratch.put("hello", rom("hello"));
    scratch.put("game.iso", &disc("Game", rom("hello")));
    for (line, label) in [
        ("rom:hello --disc data.iso", "Data".into()),
        ("hello --disc data", "CD-ROM".into()),
        ("hello --disc game.iso", "Game".into()),
        ("hello", Value::Null),
    ] {
        let ran = scratch.overture(&format!("{line} --json"));
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{line}");
        assert_eq!(ran.report()["disc"], label, "{line}");
        assert_eq!(ran.report()["program"], "hello", "{line}");
    }
    let both = scratch.overture("game.iso --disc data.iso");
    both.is_refused(&["--disc", "is a disc itself"]);
    let none = scratch.overture("hello --disc none.iso");
    none.is_refused(&["--disc none.iso", "give a disc image"]);
    scratch
        .overture("rom:hello --disc hello")
        .is_refused(&["--disc hello", "no 3DO disc"]);
}

#[test]
fn drives_differ_in_time_alone() {
    let scratch = Scratch::new();
    scratch.put("game.iso", &disc("x", rom("hello")));
    let run = |drive: &str| scratch.overture(&format!("game.iso --json --drive {drive}"));
    let (nominal, fz1, instant) = (run("nominal"), run("fz1"), run("instant"));
    let text = |ran: &Ran| ran.out.lines().rev().skip(1).map(str::to_owned).collect();
    let texts: [Vec<String>; 3] = [text(&nominal), text(&fz1), text(&instant)];
    assert!(texts[0] == texts[1] && texts[1] == texts[2]);
    assert!(instant.cycles() < fz1.cycles() && fz1.cycles() <= nominal.cycles());
    assert_eq!(run("nominal").out, nominal.out);
    assert_eq!(scratch.overture("game.iso --json").out, nominal.out);
}

#[test]
fn requests_are_told_with_what_their_time_went_into() {
    let scratch = Scratch::new();
    scratch.put("game.iso", &disc("x", rom("hello")));
    let ran = scratch.overture("game.iso -vv");
    let line = ran.err.lines().find(|line| line.contains(" cycles = "));
    let line = line.expect("a request with its terms");
    assert!(line.contains("reading"), "{line}");
}

// ---- NVRAM ----

/// A program that makes a file in NVRAM, and ends with 0 if it could.
fn nvram_writer() -> Vec<u8> {
    const NOP: u32 = 0xE1A0_0000;
    let mut words = vec![0_u32; 0x49];
    words[..5].copy_from_slice(&[NOP, NOP, NOP, 0xEB00_003B, 0xEF00_0011]);
    words[5] = 0x124; // read-only size
    words[10] = 0x10_0000; // where it runs
    words[11] = 0x4000_0000; // a 3DO header follows
    words[12] = 32;
    words[0x22] = 0x0105_0000;
    words[0x2A] = 0x2000; // stack
    words[0x40..0x48].copy_from_slice(&[
        0xE28F_0010, // add r0, pc, #16: the path
        0xEF03_0009, // CreateFile
        0xE350_0000, // cmp r0, #0
        0xA3A0_0000, // movge r0, #0
        0xEF01_0027, // SetExitStatus
        0xE1A0_F00E, // mov pc, lr
        u32::from_be_bytes(*b"/nvr"),
        u32::from_be_bytes(*b"am/x"),
    ]);
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    bytes.collect()
}

#[test]
fn what_the_guest_writes_to_nvram_is_kept() {
    let scratch = Scratch::new();
    scratch.put("writer", &nvram_writer());
    let ran = scratch.overture("writer --json");
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.report()["nvram_changed"], true);
    assert_eq!(fs::read_dir(scratch.path()).expect("folder").count(), 1);

    let ran = scratch.overture("writer --json --nvram saves/nvram");
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    let kept = fs::read(scratch.join("saves/nvram")).expect("written");
    assert_eq!(kept.len(), linked_mem::NVRAM_BYTES);
    assert_ne!(kept, linked_mem::fresh());
    // There it is: it cannot be made again.
    let ran = scratch.overture("writer --json --nvram saves/nvram");
    assert_eq!(ran.status, 1, "{}", ran.err);
    assert_eq!(ran.report()["nvram_changed"], false);
    assert_eq!(fs::read(scratch.join("saves/nvram")).expect("there"), kept);
    // However the run ends.
    let ran = scratch.overture("writer --until vbl:1 --strict --calls --nvram other");
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(fs::read(scratch.join("other")).expect("written"), kept);
}

#[test]
fn nvram_that_cannot_be_saved_is_told() {
    let scratch = Scratch::new();
    scratch.put("writer", &nvram_writer());
    // Its folder is to be made where a file is.
    let ran = scratch.overture("writer --json --nvram writer/nvram");
    ran.is_refused(&["--nvram"]);
    scratch.put("nvram", &linked_mem::fresh());
    let path = scratch.join("nvram");
    let mut permissions = fs::metadata(&path).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("set");
    let ran = scratch.overture("writer --json --nvram nvram");
    assert_eq!(ran.status, 2, "{}", ran.err);
    assert!(ran.err.contains("NVRAM was not saved"), "{}", ran.err);
    assert_eq!(ran.report()["process_status"], 2);
    assert_eq!(ran.report()["exit_status"], 0);
    assert_eq!(fs::read(&path).expect("there"), linked_mem::fresh());
}

#[test]
fn nvram_that_does_not_change_is_left_alone() {
    let scratch = Scratch::new();
    let ran = scratch.overture("rom:hello --nvram nvram --json");
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.report()["nvram_changed"], false);
    assert!(!scratch.join("nvram").exists());

    let kept = linked_mem::fresh();
    scratch.put("nvram", &kept);
    let path = scratch.join("nvram");
    let modified = || {
        fs::metadata(&path)
            .and_then(|m| m.modified())
            .expect("time")
    };
    let before = modified();
    for program in ["rom:hello", "rom:crash", "rom:deadlock"] {
        scratch.overture(&format!("{program} --nvram nvram"));
        assert_eq!(fs::read(&path).expect("there"), kept);
        assert_eq!(modified(), before);
    }
    let names = fs::read_dir(scratch.path()).expect("folder").count();
    assert_eq!(names, 1);
}

#[test]
fn files_that_are_no_nvram_are_refused() {
    let scratch = Scratch::new();
    scratch.put("short", b"x");
    scratch.put("other", &[&b"something"[..], &[0; 32_759]].concat());
    for (name, words) in [
        ("short", "has 1 bytes"),
        ("other", "no NVRAM volume"),
        (".", "not a file"),
    ] {
        let ran = scratch.overture(&format!("rom:hello --nvram {name}"));
        ran.is_refused(&["--nvram", words]);
    }
}

// ---- input scripts ----

#[test]
fn scripts_act_on_the_drive() {
    let scratch = Scratch::new();
    let game = disc("x", rom("hello"));
    scratch.put("game.iso", &game);
    let frame = launch_me_block(&game) + 150;
    let run = |script: &str| {
        scratch.put("script", script.as_bytes());
        scratch.overture("game.iso --json --input script")
    };
    let plain = run("# nothing happens\n");
    assert_eq!(plain.status, 0, "{}", plain.err);
    assert_eq!(plain.out, scratch.overture("game.iso --json").out);

    let slow = run(&format!("time:0 disc slow {frame} 1000ms"));
    assert_eq!(slow.status, 0, "{}", slow.err);
    let later = slow.cycles() - plain.cycles();
    assert!((12_500_000..13_000_000).contains(&later), "{later}");

    let failed = run(&format!("time:0 disc fail {frame}"));
    assert_eq!(failed.status, 2, "{}", failed.err);
    let words = "could not be started";
    assert!(failed.err.contains(words), "{}", failed.err);
    assert!(failed.report()["fault"]["what"].is_string());

    // A console waits for a disc, here for one that nobody will put in.
    for script in ["time:0.01 disc open", "vbl:1 disc remove"] {
        let waits = run(script);
        assert_eq!(waits.status, 4, "{script}: {}", waits.err);
        assert!(waits.err.contains("the console waits"), "{}", waits.err);
    }
    let back = run("time:0.01 disc open\ntime:1 disc close");
    assert_eq!(back.status, 0, "{}", back.err);
}

#[test]
fn a_disc_may_be_put_in_later() {
    let scratch = Scratch::new();
    scratch.put("discs/late.iso", &disc("Late", rom("hello")));
    scratch.put("discs/script", b"time:1 disc insert late.iso\n");
    let ran = scratch.overture("rom:hour --until time:10 --input discs/script --json -vv");
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(ran.report()["disc"], Value::Null);
    // Its label is read as soon as it turns.
    assert!(ran.err.contains("2048 bytes after"), "{}", ran.err);
}

#[test]
fn what_is_typed_and_read_by_nobody_changes_nothing() {
    let scratch = Scratch::new();
    scratch.put("script", b"time:1 console \"dir \\xFF\\n\"\n");
    let typed = scratch.overture("rom:hour --until time:2 --input script --json");
    assert_eq!(typed.status, 0, "{}", typed.err);
    let plain = scratch.overture("rom:hour --until time:2 --json");
    assert_eq!(typed.cycles(), plain.cycles());
    assert_eq!(typed.err, plain.err);
}

#[test]
fn wrong_scripts_are_refused_with_their_line() {
    let scratch = Scratch::new();
    scratch.put("a", b"# one\n\nvbl:1 disc eject\n");
    scratch.put("b", b"vbl:1 disc insert none.iso\n");
    let run = |name: &str| scratch.overture(&format!("rom:hello --input {name}"));
    run("a").is_refused(&["--input a: line 3", "\"eject\"", "insert FILE"]);
    run("b").is_refused(&["--input b: line 1: none.iso", "give a disc image"]);
    run("none").is_refused(&["--input none", "check the file"]);
}
