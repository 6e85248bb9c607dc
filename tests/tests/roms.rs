//! Every guest program ends as its row says.
//!
//! Under both profiles and on both engines.
#![forbid(unsafe_code)]

use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use roms::{Ending, Rom};
use tests::run::{Outcome, run, without_engine};

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
