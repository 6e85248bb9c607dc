//! The same program gives the same run.
//!
//! In slices, watched or not. What it is a run of stands in `tests/traces`, which `traces.rs`
//! compares.
#![forbid(unsafe_code)]

use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Video};
use tests::run::{Dice, Outcome, go, limit_of, outcome, recorder, run, start};

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
