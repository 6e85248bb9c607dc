//! Races of guest programs: found by seeds in those that have one, in no other.
//!
//! And what lint says of both.
#![forbid(unsafe_code)]

use emu_core::chaos::Chaos;
use emu_core::machine::{Config, Stop};
use emu_core::time::Tick;
use emu_core::trace::lint::{Severity, lint};
use emu_core::trace::{Event, Tape};
use emu_devices::cdrom::DriveProfile;
use roms::Rom;
use std::collections::BTreeSet;
use tests::run::{board_with_drive, go, start_on};

/// How a run goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Status(i32),
    Stuck,
}

/// Planted races: a seed that shows each, and the requests that are enough for it.
const PLANTED: &[(&str, u64, &[u64], Wrong)] = &[
    ("bug_signal_taken", 0, &[1], Wrong::Stuck),
    ("bug_lost_wakeup", 0, &[1], Wrong::Stuck),
    ("bug_reused_request", 3, &[0], Wrong::Status(1)),
    ("bug_buffer_freed", 61, &[3], Wrong::Status(1)),
    ("bug_abort_race", 0, &[1], Wrong::Status(1)),
    ("bug_read_early", 61, &[3], Wrong::Status(1)),
    ("bug_queue_end", 3, &[0], Wrong::Status(4)),
    ("bug_answer_late", 3, &[0], Wrong::Status(2)),
    ("bug_lock_order", 0, &[1], Wrong::Stuck),
    ("bug_order", 3, &[0], Wrong::Status(1)),
    ("bug_disc_fields", 61, &[3], Wrong::Status(1)),
    ("bug_overrun", 3, &[0], Wrong::Status(1)),
    ("bug_turn", 17, &[], Wrong::Status(1)),
];

/// Programs that prove exact times, orders or lengths of turns: they must fail when those are
/// not kept.
const EXACT: &[&str] = &[
    "preempt",
    "deferred_io",
    "race",
    "metronome",
    "mach_queue_order",
    "mach_async",
    "mach_terminate",
    "mach_routines",
    "mach_requests",
    "mach_raw",
    "mach_overlap",
    "mach_mixed",
];

/// Programs that do on purpose what no program should, to prove how the system answers.
const DELIBERATE: &[(&str, &str)] = &[
    ("messages", "message-under-way"),
    ("metronome", "buffer-changed"),
    ("quick_io", "wait-without-send"),
    ("reuse_errors", "request-in-flight"),
    ("bug_lock_order", "lock-order"),
];

/// A run to its end, which is not as late as [`tests::run::limit_of`] has it.
fn play(rom: &Rom, chaos: Option<Chaos>) -> (Stop, Tape, Vec<u8>) {
    let config = Config::default();
    let drive = match chaos.as_ref().is_some_and(Chaos::has_instant_drive) {
        true => DriveProfile::Instant,
        false => DriveProfile::Nominal,
    };
    let board = board_with_drive(rom, config, drive);
    let mut machine = start_on(board, rom, config);
    machine.disturb(chaos);
    let mut tape = Tape::new();
    machine.record_start(&mut tape);
    let stop = go(&mut machine, Tick(60 * 12_500_000), &mut tape);
    (stop, tape, machine.save())
}

fn wrong(stop: &Stop) -> Option<Wrong> {
    match stop {
        Stop::Exit(0) => None,
        Stop::Exit(status) => Some(Wrong::Status(*status)),
        Stop::Stuck(_) => Some(Wrong::Stuck),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_planted_race_is_found_by_a_seed() {
    for &(name, seed, only, expected) in PLANTED {
        let rom = roms::by_name(name).expect("a program of the table");
        assert_eq!(wrong(&play(rom, None).0), None, "{name} undisturbed");
        let chaos = Chaos::of_seed(seed);
        let (stop, tape, save) = play(rom, Some(chaos.clone()));
        assert_eq!(wrong(&stop), Some(expected), "{name} with seed {seed}");
        let again = play(rom, Some(chaos.clone()));
        assert!(again == (stop, tape, save), "{name} repeats exactly");
        let fewest = Chaos {
            only: Some(only.to_vec()),
            ..chaos.clone()
        };
        let (stop, tape, _) = play(rom, Some(fewest));
        assert_eq!(wrong(&stop), Some(expected), "{name} with {only:?} late");
        let held = tape.iter().filter_map(|stamped| match stamped.event {
            Event::Held { req, .. } => Some(req),
            _ => None,
        });
        let held: BTreeSet<u64> = held.collect();
        assert!(
            held.iter().all(|req| only.contains(req)),
            "{name}: {held:?}"
        );
        // One disturbance fewer, and all is well.
        let (none, some) = (Vec::new(), only.iter().skip(1).copied().collect());
        let fewer = Chaos {
            only: Some(if only.is_empty() { none } else { some }),
            ..match only {
                [] => Chaos::of_seed(0),
                _ => chaos,
            }
        };
        assert_eq!(wrong(&play(rom, Some(fewer)).0), None, "{name} with fewer");
    }
}

#[test]
fn every_program_with_a_planted_race_is_in_the_table() {
    let planted: BTreeSet<&str> = PLANTED.iter().map(|row| row.0).collect();
    let bugs = roms::all().iter().map(|rom| rom.name);
    let bugs: BTreeSet<&str> = bugs.filter(|name| name.starts_with("bug_")).collect();
    assert_eq!(planted, bugs);
}

/// Correct programs that end soon.
fn correct() -> impl Iterator<Item = &'static Rom> {
    let slow = ["mach_load", "hour", "audio_hour", "overture"];
    roms::all().iter().filter(move |rom| {
        rom.expect.ending == roms::Ending::Status(0) && !slow.contains(&rom.name)
    })
}

#[test]
fn correct_programs_stay_correct_with_every_seed() {
    let free = |rom: &&Rom| !rom.name.starts_with("bug_") && !EXACT.contains(&rom.name);
    for rom in correct().filter(free) {
        for seed in [0, 4, 5, 17] {
            let (stop, _, _) = play(rom, Some(Chaos::of_seed(seed)));
            assert_eq!(stop, Stop::Exit(0), "{} with seed {seed}", rom.name);
        }
    }
}

#[test]
fn correct_programs_have_no_mistakes() {
    for rom in correct() {
        let (_, tape, _) = play(rom, None);
        let found = lint(&tape);
        let bad = found.iter().filter(|f| f.severity() > Severity::Note);
        let rules: BTreeSet<&str> = bad.map(|finding| finding.rule.name()).collect();
        let deliberate = DELIBERATE.iter().filter(|(name, _)| *name == rom.name);
        let expected: BTreeSet<&str> = deliberate.map(|(_, rule)| *rule).collect();
        assert_eq!(rules, expected, "{}", rom.name);
    }
}

#[test]
fn lint_sees_what_a_seed_brings_out() {
    let rom = roms::by_name("bug_reused_request").expect("a program of the table");
    let (_, tape, _) = play(rom, Some(Chaos::of_seed(3)));
    let rules: Vec<&str> = lint(&tape).iter().map(|f| f.rule.name()).collect();
    assert!(rules.contains(&"request-in-flight"), "{rules:?}");
}
