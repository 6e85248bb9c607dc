//! State is a value: interrupt, save, load, go on.
//!
//! A run that is interrupted, saved and loaded anywhere goes on as if nothing
//! had happened, and no bytes are so bad that loading them does harm.
#![forbid(unsafe_code)]

use emu_core::machine::{Config, FORMAT_VERSION, SnapshotError, Stop};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::Silent;
use roms::Rom;
use tests::run::{
    Console, Dice, Outcome, cases, finish, go, launch, limit_of, outcome, recorder, run,
};
use tests::run::{start, without_engine};

const HEADER: usize = 56;

fn config(profile: Profile) -> Config {
    Config {
        profile,
        ..Config::default()
    }
}

/// Where to interrupt a run of this length: anywhere, right after calls (in the middle of what
/// they wait for), and where text is being printed.
fn points(dice: &mut Dice, whole: &Outcome, count: u32) -> Vec<Tick> {
    let mut points: Vec<Tick> = (0..count)
        .map(|n| match n % 3 {
            0 => Tick(dice.below(whole.cycles.max(1))),
            // At a call, or shortly after.
            _ => {
                let call = whole
                    .calls
                    .get(dice.below(whole.calls.len().max(1) as u64) as usize);
                let at = call.and_then(|call| call.split(' ').next()?.parse().ok());
                Tick(at.unwrap_or(0) + dice.pick(&[0, 1, 10, 300, 5_000]) + dice.below(50))
            }
        })
        .filter(|point| point.0 < whole.cycles)
        .collect();
    points.sort();
    points
}

fn load(save: &[u8], what: &str) -> Console {
    Console::load(save).unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// One run that is saved and loaded at every point.
fn interrupted(rom: &Rom, config: Config, points: &[Tick]) -> Outcome {
    interrupt(start(rom, config), rom, points)
}

fn interrupt(mut machine: Console, rom: &Rom, points: &[Tick]) -> Outcome {
    let mut sink = recorder();
    for &point in points {
        let stop = go(&mut machine, point, &mut sink);
        assert_eq!(stop, Stop::Limit, "{} at {point:?}", rom.name);
        let save = machine.save();
        let loaded = load(&save, rom.name);
        assert!(loaded.save() == save, "{} at {point:?}: save", rom.name);
        assert_eq!(loaded.now(), machine.now());
        machine = loaded;
    }
    let stop = go(&mut machine, limit_of(rom), &mut sink);
    outcome(&machine, stop, &sink)
}

fn assert_same(interrupted: &Outcome, whole: &Outcome, rom: &Rom, points: &[Tick]) {
    let calls = interrupted.calls.iter().zip(&whole.calls);
    let apart = calls.clone().find(|(a, b)| a != b);
    assert_eq!(apart, None, "{} interrupted at {points:?}", rom.name);
    assert_eq!(interrupted.console, whole.console, "{}", rom.name);
    assert!(
        interrupted == whole,
        "{} interrupted at {points:?} ends otherwise",
        rom.name
    );
}

fn check_interrupted(profile: Profile) {
    for (n, rom) in roms::all().iter().enumerate() {
        let mut dice = Dice(n as u64 ^ 0x5A7E);
        let whole = run(rom, config(profile));
        let points = points(&mut dice, &whole, cases(3));
        assert_same(
            &interrupted(rom, config(profile), &points),
            &whole,
            rom,
            &points,
        );
    }
}

#[test]
fn interrupted_runs_go_on_unchanged_documented() {
    check_interrupted(Profile::Documented);
}

#[test]
fn interrupted_runs_go_on_unchanged_retail() {
    check_interrupted(Profile::Retail);
}

/// A disc that starts by itself, interrupted while it is mounted and its program is loaded too.
#[test]
fn an_interrupted_launch_goes_on_unchanged() {
    let rom = roms::by_name("demo").expect("a program of the table");
    for profile in [Profile::Documented, Profile::Retail] {
        let whole = finish(launch(config(profile)), limit_of(rom));
        let mut dice = Dice(0xD15C);
        let mut points = points(&mut dice, &whole, cases(3));
        let first_call = whole.calls.first().and_then(|call| call.split(' ').next());
        let started: u64 = first_call.and_then(|at| at.parse().ok()).unwrap_or(1);
        points.extend((0..cases(3)).map(|_| Tick(dice.below(started))));
        points.sort();
        let other = interrupt(launch(config(profile)), rom, &points);
        assert_same(&other, &whole, rom, &points);
    }
}

/// In the middle of everything: each tick of a stretch that has calls, printing and a switch.
#[test]
fn every_tick_of_a_busy_stretch() {
    for name in [
        "hello",
        "messages",
        "preempt",
        "disc_raw",
        "load_program",
        "mach_terminate",
    ] {
        let rom = roms::by_name(name).expect("a program of the table");
        let whole = run(rom, config(Profile::Documented));
        let middle = whole.calls[whole.calls.len() / 2].clone();
        let at: u64 = middle
            .split(' ')
            .next()
            .and_then(|t| t.parse().ok())
            .unwrap_or(0);
        let points: Vec<Tick> = (0..u64::from(cases(20)))
            .map(|n| Tick(at + n * 7))
            .collect();
        let points: Vec<Tick> = points.into_iter().filter(|p| p.0 < whole.cycles).collect();
        let other = interrupted(rom, config(Profile::Documented), &points);
        assert_same(&other, &whole, rom, &points);
    }
}

/// A clone and a loaded machine leave each other alone and end alike.
#[test]
fn a_clone_is_a_loaded_save() {
    for (n, rom) in roms::all().iter().enumerate() {
        let whole = run(rom, config(Profile::Documented));
        let mut dice = Dice(n as u64 ^ 0xC10E);
        let mut machine = start(rom, config(Profile::Documented));
        go(
            &mut machine,
            Tick(dice.below(whole.cycles.max(1))),
            &mut Silent,
        );
        let loaded = load(&machine.save(), rom.name);
        let clone = machine.clone();
        let [a, b, c] = [machine, loaded, clone].map(|machine| finish(machine, limit_of(rom)));
        assert!(a == b && b == c, "{}", rom.name);
        assert!(a.save == whole.save, "{}", rom.name);
    }
}

/// A save taken on one engine goes on unchanged on the other's.
#[test]
fn engines_agree_at_every_stop() {
    for (n, rom) in roms::all().iter().enumerate() {
        let whole = run(rom, config(Profile::Documented));
        let mut dice = Dice(n as u64 ^ 0xE61E);
        let mut fast = start(rom, config(Profile::Documented));
        let mut plain = start(
            rom,
            Config {
                reference_cpu: true,
                ..Config::default()
            },
        );
        for point in points(&mut dice, &whole, cases(4)) {
            assert_eq!(
                go(&mut fast, point, &mut Silent),
                go(&mut plain, point, &mut Silent)
            );
            assert_eq!(fast.now(), plain.now(), "{} at {point:?}", rom.name);
            let same = without_engine(fast.save()) == without_engine(plain.save());
            assert!(same, "{} at {point:?}", rom.name);
        }
    }
}

// ---- bad files ----

/// A machine in the middle of much: several tasks, messages and requests under way.
fn busy_save() -> Vec<u8> {
    let rom = roms::by_name("demo").expect("a program of the table");
    let mut machine = start(rom, Config::default());
    go(&mut machine, Tick(4_000_000), &mut Silent);
    machine.save()
}

/// The same, and machines whose drive and files are in the middle of something.
fn busy_saves() -> Vec<Vec<u8>> {
    let mut saves = vec![busy_save()];
    let mut dice = Dice(5);
    for name in [
        "disc_raw",
        "disc_stream",
        "nvram_save",
        "load_program",
        "mach_async",
        "mach_terminate",
        "mach_requests",
        "mach_map",
        "mach_raw",
    ] {
        let rom = roms::by_name(name).expect("a program of the table");
        let whole = run(rom, Config::default());
        let mut machine = start(rom, Config::default());
        let point = Tick(whole.cycles / 4 + dice.below(whole.cycles / 2));
        go(&mut machine, point, &mut Silent);
        saves.push(machine.save());
    }
    let mut launching = launch(Config::default());
    go(&mut launching, Tick(500_000), &mut Silent);
    saves.push(launching.save());
    saves
}

fn fix_envelope(save: &mut [u8]) {
    let length = (save.len() - HEADER) as u64;
    save[44..52].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32fast::hash(&save[HEADER..]);
    save[52..56].copy_from_slice(&checksum.to_be_bytes());
}

fn error_of(save: &[u8]) -> SnapshotError {
    let error = match Console::load(save) {
        Ok(_) => panic!("a damaged save was loaded"),
        Err(error) => error,
    };
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains('\n'), "{text}");
    assert!(!text.ends_with('.') && text.len() < 200, "{text}");
    error
}

#[test]
fn the_envelope_is_checked() {
    let save = busy_save();
    assert_eq!(error_of(&[]), SnapshotError::NotASnapshot);
    assert_eq!(error_of(&save[..7]), SnapshotError::NotASnapshot);
    assert_eq!(error_of(b"OVERTURN and more"), SnapshotError::NotASnapshot);
    let program = roms::by_name("hello").map_or(&[][..], |rom| rom.bytes);
    assert_eq!(error_of(program), SnapshotError::NotASnapshot);

    for found in [0, FORMAT_VERSION + 1, u32::MAX] {
        let mut save = save.clone();
        save[8..12].copy_from_slice(&found.to_be_bytes());
        let expected = FORMAT_VERSION;
        assert_eq!(error_of(&save), SnapshotError::Version { found, expected });
    }
    for length in [0, 1, u64::from(u32::MAX), u64::MAX - 3, u64::MAX] {
        let mut save = save.clone();
        save[44..52].copy_from_slice(&length.to_be_bytes());
        assert!(matches!(error_of(&save), SnapshotError::Length { .. }));
    }
    let longer = [&save[..], &[0]].concat();
    assert!(matches!(error_of(&longer), SnapshotError::Length { .. }));
}

#[test]
fn every_truncation_is_refused() {
    let save = busy_save();
    let mut dice = Dice(1);
    let some = (0..cases(100)).map(|_| dice.below(save.len() as u64) as usize);
    for len in (0..200).chain(some) {
        error_of(&save[..len]);
        // With an envelope that fits, the body ends early.
        if len > HEADER {
            let mut short = save[..len].to_vec();
            fix_envelope(&mut short);
            assert!(matches!(error_of(&short), SnapshotError::Body(_)));
        }
    }
    let mut longer = save.clone();
    longer.push(0);
    fix_envelope(&mut longer);
    assert!(matches!(error_of(&longer), SnapshotError::Impossible(_)));
}

#[test]
fn flipped_bits_are_noticed() {
    let save = busy_save();
    let mut dice = Dice(2);
    for n in 0..cases(200) {
        // Not in the program's hash: nothing but people reads it.
        let at = match n % 2 {
            0 => dice.pick(&[0, 3, 7, 8, 11, 44, 51, 52, 55]),
            _ => HEADER + dice.below((save.len() - HEADER) as u64) as usize,
        };
        let mut bad = save.clone();
        bad[at] ^= 1 << dice.below(8);
        error_of(&bad);
    }
}

/// Bodies that decode, with a checksum that fits, but mean nonsense: refused, or a machine that
/// runs without harm to the host.
#[test]
fn hostile_bodies_are_refused_or_run() {
    let mut dice = Dice(3);
    for save in busy_saves() {
        let memory = memory_of(&save);
        let mut loaded = 0;
        for _ in 0..cases(50) {
            let mut bad = save.clone();
            for _ in 0..1 + dice.below(3) {
                damage(&mut dice, &mut bad, &memory);
            }
            fix_envelope(&mut bad);
            match Console::load(&bad) {
                Ok(machine) => {
                    loaded += 1;
                    run_a_while(machine);
                }
                Err(_) => {
                    error_of(&bad);
                }
            }
        }
        assert!(
            loaded > 0,
            "nothing was loaded: the damage is too great to test with"
        );
    }
}

/// Each byte of the tables behind guest memory, with the values that hurt most.
#[test]
fn every_byte_of_the_tables_may_be_wrong() {
    let mut dice = Dice(4);
    for save in busy_saves() {
        let memory = memory_of(&save);
        let tables = save.len() - memory.end;
        let step = (tables * 3 / cases(100) as usize).max(1);
        for at in (HEADER..memory.start).chain((memory.end..save.len()).step_by(step)) {
            let value = dice.pick(&[0, 1, 0x7F, 0x80, 0xFF]);
            let mut bad = save.clone();
            bad[at] = value;
            fix_envelope(&mut bad);
            if let Ok(machine) = Console::load(&bad) {
                run_a_while(machine);
            }
        }
    }
}

fn run_a_while(mut machine: Console) {
    let limit = machine.now() + Ticks(3_000_000);
    go(&mut machine, limit, &mut Silent);
    let save = machine.save();
    if let Ok(machine) = Console::load(&save) {
        assert!(machine.save() == save, "a machine that ran and was loaded");
    }
}

/// Where guest memory lies in a save: long runs of bytes that are not worth damaging.
fn memory_of(save: &[u8]) -> std::ops::Range<usize> {
    // Its length in postcard's encoding: 0x300000.
    let length = [0x80, 0x80, 0xC0, 0x01];
    let head = save[HEADER..].windows(4).position(|bytes| bytes == length);
    let start = HEADER + head.expect("guest memory is in the save") + 4;
    start..start + 0x30_0000 + 6144
}

fn damage(dice: &mut Dice, save: &mut Vec<u8>, memory: &std::ops::Range<usize>) {
    let tables = (save.len() - memory.end) as u64;
    let at = match dice.below(8) {
        0 => HEADER + dice.below((memory.start - HEADER) as u64) as usize,
        1 => memory.start + 0x8000 + dice.below(0x6000) as usize,
        2 => memory.start + dice.below(memory.len() as u64) as usize,
        _ => memory.end + dice.below(tables) as usize,
    };
    match dice.below(6) {
        0 => save[at] ^= 1 << dice.below(8),
        1 => save[at] = dice.pick(&[0, 1, 0x7F, 0x80, 0xFF]),
        2 => save[at] = dice.roll() as u8,
        // A length or a number without end.
        3 => {
            let end = (at + 9).min(save.len());
            save[at..end].fill(0xFF);
        }
        4 => {
            save.splice(at..at, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
        }
        _ => {
            save.remove(at);
        }
    }
}
