//! Every guest program ends as its row says.
//!
//! Under both profiles and on both engines.
#![forbid(unsafe_code)]

use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_devices::board::ConsoleBoard;
use roms::{Ending, Rom};
use tests::run::{Outcome, board_for, finish, go, launch, limit_of, outcome, recorder, run};
use tests::run::{start_on, without_engine};

/// The guest's own complaints, or all it said.
fn complaints(outcome: &Outcome) -> String {
    let lines = outcome.console.lines();
    let failed: Vec<&str> = lines.filter(|line| line.contains("FAILED")).collect();
    let said = match failed.is_empty() {
        true => outcome.console.clone(),
        false => failed.join("\n"),
    };
    format!("{said}\n{}", outcome.warnings.join("\n"))
}

fn check_end(rom: &Rom, profile: Profile, outcome: &Outcome) -> Result<(), String> {
    let wrong = |what: String| {
        let told = complaints(outcome);
        Err(format!("{} ({}): {what}\n{told}", rom.name, profile.name()))
    };
    let ends = match (&outcome.stop, rom.expect.ending) {
        (Stop::Exit(status), Ending::Status(expected)) => *status == expected,
        (Stop::Fault(_), Ending::Fault)
        | (Stop::Stuck(_), Ending::Stuck)
        | (Stop::Limit, Ending::Limit) => true,
        _ => false,
    };
    if !ends {
        return wrong(format!("ends with {:?}", outcome.stop));
    }
    let text = match profile {
        Profile::Documented => rom.expect.text,
        Profile::Retail => rom.expect.text_retail,
    };
    if !text.is_empty() && outcome.console != text {
        return wrong(format!(
            "should print\n{text}and prints\n{}",
            outcome.console
        ));
    }
    Ok(())
}

fn check(rom: &Rom, profile: Profile) -> Result<(), String> {
    let config = Config {
        profile,
        ..Config::default()
    };
    let fast = run(rom, config);
    check_end(rom, profile, &fast)?;
    let plain = run(
        rom,
        Config {
            reference_cpu: true,
            ..config
        },
    );
    for (n, (a, b)) in fast.calls.iter().zip(&plain.calls).enumerate() {
        if a != b {
            return Err(format!(
                "{}: call {n} is {a}\nand on the reference {b}",
                rom.name
            ));
        }
    }
    let same = (fast.calls.len(), fast.cycles, &fast.stop, &fast.console)
        == (plain.calls.len(), plain.cycles, &plain.stop, &plain.console);
    if !same {
        return Err(format!("{}: the engines do not end alike", rom.name));
    }
    if without_engine(fast.save) != without_engine(plain.save) {
        return Err(format!(
            "{}: the engines leave different machines",
            rom.name
        ));
    }
    Ok(())
}

/// All programs are tried before the failures are shown.
fn check_all(profile: Profile) {
    let failures: Vec<String> = roms::all()
        .iter()
        .filter_map(|rom| check(rom, profile).err())
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_program_works_as_documented() {
    check_all(Profile::Documented);
}

#[test]
fn every_program_works_as_shipped() {
    check_all(Profile::Retail);
}

fn both(test: impl Fn(Config)) {
    for profile in [Profile::Documented, Profile::Retail] {
        test(Config {
            profile,
            ..Config::default()
        });
    }
}

fn rom(name: &str) -> &'static Rom {
    roms::by_name(name).expect("a program of the table")
}

/// A run in a drive without a disc.
fn run_without_disc(name: &str, config: Config) -> Outcome {
    let board = ConsoleBoard::new(config.video, config.quirks());
    let machine = start_on(board, rom(name), config);
    finish(machine, limit_of(rom(name)))
}

/// What a program saves is there when it is started again on the same console.
#[test]
fn what_is_saved_is_found_by_the_next_run() {
    both(|config| {
        let rom = rom("nvram_save");
        let mut board = board_for(rom, config);
        for count in 1..=3 {
            let mut machine = start_on(board, rom, config);
            let mut sink = recorder();
            let stop = go(&mut machine, limit_of(rom), &mut sink);
            let said = outcome(&machine, stop, &sink);
            assert_eq!(said.stop, Stop::Exit(0), "{}", complaints(&said));
            let line = format!("started {count} times, says 'overture'\n");
            assert!(said.console.contains(&line), "{}", said.console);
            let is_first = said.console.contains("this is the first start");
            assert_eq!(is_first, count == 1, "{}", said.console);
            let nvram = machine.board().nvram().to_vec();
            board = board_for(rom, config).with_nvram(nvram).expect("NVRAM");
        }
    });
}

/// The disc starts the demonstration, which is then at home there.
#[test]
fn the_disc_starts_by_itself() {
    both(|config| {
        let ran = finish(launch(config), limit_of(rom("demo")));
        assert_eq!(ran.stop, Stop::Exit(0), "{}", complaints(&ran));
        assert_eq!(ran.warnings, Vec::<String>::new());
        for part in [
            "hello from a 3DO program",
            "disc in the drive is called 'CD-ROM'",
            "LaunchMe",
            "Tour         a folder",
            "a line in the disc's AppStartup made it.\"",
            "NVRAM remembers: 1\n",
        ] {
            assert!(ran.console.contains(part), "{part}: {}", ran.console);
        }
    });
}

#[test]
fn the_demonstration_works_without_a_disc() {
    both(|config| {
        let ran = run_without_disc("demo", config);
        assert_eq!(ran.stop, Stop::Exit(0), "{}", complaints(&ran));
        let tour: Vec<&str> = ran
            .console
            .lines()
            .filter(|l| l.contains("tour:"))
            .collect();
        assert_eq!(tour.len(), 1, "{}", ran.console);
        assert!(tour[0].contains("no disc in the drive"), "{}", tour[0]);
        assert!(ran.console.contains("NVRAM remembers: 1\n"));
    });
}

/// Programs about discs say so when there is none, and end.
#[test]
fn programs_about_discs_end_without_one() {
    both(|config| {
        for rom in roms::all().iter().filter(|rom| rom.disc) {
            let ran = run_without_disc(rom.name, config);
            assert!(matches!(ran.stop, Stop::Exit(_)), "{}: {ran:?}", rom.name);
        }
    });
}
