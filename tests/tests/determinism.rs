//! The same program gives the same run.
//!
//! In slices, on both engines, in every build.
#![forbid(unsafe_code)]

use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Video};
use std::path::PathBuf;
use tests::run::{Dice, Outcome, go, limit_of, outcome, recorder, run, start};

/// Programs whose call log is recorded: small logs, every kind of waiting.
const RECORDED: &[&str] = &[
    "demo",
    "metronome",
    "preempt",
    "messages",
    "message_io",
    "deferred_io",
    "race",
    "semaphores",
    "exits",
    "deadlock",
    "disc_raw",
    "disc_walk",
    "disc_swap",
    "nvram_save",
    "load_program",
];

fn golden(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/golden");
    folder.join(format!("{name}.calls"))
}

/// What is recorded: every call with its tick, and where the run ended.
fn record(outcome: &Outcome) -> String {
    let mut text = String::new();
    for call in &outcome.calls {
        text.push_str(call);
        text.push('\n');
    }
    // A stuck report names its tasks; that there is one is enough here.
    let stop = match &outcome.stop {
        Stop::Stuck(_) => "Stuck".to_owned(),
        stop => format!("{stop:?}"),
    };
    text.push_str(&format!("{} {stop}\n", outcome.cycles));
    text
}

/// That a release build gives the same log is a step of `cargo xtask ci`.
/// With UPDATE_GOLDEN=1 the files are written anew.
#[test]
fn call_logs_are_as_recorded() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut changed = Vec::new();
    for name in RECORDED {
        let rom = roms::by_name(name).expect("a program of the table");
        let log = record(&run(rom, Config::default()));
        let path = golden(name);
        if update {
            std::fs::write(&path, &log).expect("the recorded log can be written");
            continue;
        }
        let recorded = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some(difference) = first_difference(&recorded, &log) {
            changed.push(format!("{name}: {difference}"));
        }
    }
    assert!(
        changed.is_empty(),
        "{}\nIf that is meant, record anew with UPDATE_GOLDEN=1",
        changed.join("\n")
    );
}

fn first_difference(recorded: &str, now: &str) -> Option<String> {
    if recorded == now {
        return None;
    }
    let (mut old, mut new) = (recorded.lines(), now.lines());
    for line in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) if old == new => (),
            (old, new) => {
                let (old, new) = (old.unwrap_or("(end)"), new.unwrap_or("(end)"));
                return Some(format!("line {line}\n  recorded: {old}\n  now:      {new}"));
            }
        }
    }
    Some("line ends differ".to_owned())
}

#[test]
fn a_run_in_slices_is_the_run() {
    for (n, rom) in roms::all().iter().enumerate() {
        let config = Config {
            profile: [Profile::Documented, Profile::Retail][n % 2],
            ..Config::default()
        };
        let whole = run(rom, config);
        let mut dice = Dice(n as u64);
        let longest = dice.pick(&[97, 5_000, 100_000]) + whole.cycles / 2_000;
        let mut machine = start(rom, config);
        let mut sink = recorder();
        let limit = limit_of(rom);
        let stop = loop {
            let slice = Tick(machine.now().0 + 1 + dice.below(longest));
            match go(&mut machine, slice.min(limit), &mut sink) {
                Stop::Limit if machine.now() < limit => (),
                stop => break stop,
            }
        };
        let sliced = outcome(&machine, stop, &sink);
        assert_eq!(first_call_apart(&sliced, &whole), None, "{}", rom.name);
        assert!(sliced == whole, "{} ends otherwise in slices", rom.name);
    }
}

#[test]
fn two_runs_are_the_same_byte_for_byte() {
    for rom in roms::all() {
        for profile in [Profile::Documented, Profile::Retail] {
            let config = Config {
                profile,
                seed: 7,
                video: Video::Pal,
                ..Config::default()
            };
            let (a, b) = (run(rom, config), run(rom, config));
            assert_eq!(first_call_apart(&a, &b), None, "{}", rom.name);
            assert!(a == b, "{}: two runs differ", rom.name);
        }
    }
}

/// Watching changes nothing.
#[test]
fn a_run_that_nobody_watches_is_the_same() {
    for rom in roms::all() {
        let watched = run(rom, Config::default());
        let mut machine = start(rom, Config::default());
        let stop = go(&mut machine, limit_of(rom), &mut emu_core::trace::Silent);
        assert_eq!(stop, watched.stop, "{}", rom.name);
        assert!(machine.save() == watched.save, "{}", rom.name);
    }
}

fn first_call_apart(a: &Outcome, b: &Outcome) -> Option<(String, String)> {
    let pair = a.calls.iter().zip(&b.calls).find(|(a, b)| a != b)?;
    Some((pair.0.clone(), pair.1.clone()))
}
