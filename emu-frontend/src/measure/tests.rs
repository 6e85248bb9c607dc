//! Profiles as text, folded stacks and pictures.

use super::*;
use crate::cli::{self, Command};
use crate::session::Session;
use crate::sink::RunSink;
use serde_json::Value;
use std::ffi::OsString;

/// A measured run of a built-in program, and its parts.
fn measured(rom: &str) -> (Measured, Session) {
    let words = ["overture", "run", rom, "--headless", "--cycles", "unused"];
    let parsed = cli::parse(words.map(OsString::from)).expect("a command line");
    let Some(Command::Run(args)) = parsed.command else {
        panic!("{rom}");
    };
    let config = RunConfig::new(&args).expect("a machine");
    let mut measured = Measured::new(&args.measure, &config).expect("measured");
    let mut session = Session::start(&config).expect("starts");
    measured.begin(session.machine_mut());
    let mut sink = RunSink::new(io::sink(), io::sink());
    session.run(&config.until, &config.shelf, &mut sink);
    (measured, session)
}

#[test]
fn folded_stacks_add_up_to_the_run() {
    let (measured, session) = measured("rom:demo");
    let profile = session.machine().profile().expect("counted");
    let mut out = Vec::new();
    folded(profile, &measured.symbols, &mut out).expect("written");
    let text = String::from_utf8(out).expect("text");
    let mut sum = 0;
    for line in text.lines() {
        let (stack, cycles) = line.rsplit_once(' ').expect("a stack and a number");
        assert!(!stack.is_empty());
        sum += cycles.parse::<u64>().expect("a number");
    }
    assert_eq!(sum, session.machine().now().0);
    assert!(text.contains("demo 0x"), "{text}");
}

#[test]
fn a_picture_has_curves_and_nested_stacks() {
    let (measured, session) = measured("rom:metronome");
    let machine = session.machine();
    let profile = machine.profile().expect("counted");
    let report = report(machine, profile, &measured.symbols);
    let folded = profile.folded(&measured.symbols);
    let mut out = Vec::new();
    picture::write(&report, &folded, machine.config().video, &mut out).expect("written");
    let value: Value = serde_json::from_slice(&out).expect("JSON");
    let entries = value["traceEvents"].as_array().expect("a list");
    let count = |phase: &str| entries.iter().filter(|e| e["ph"] == phase).count();
    assert_eq!(count("C"), report.fields.len());
    assert!(count("X") > folded.len() / 2);
}

#[test]
fn tables_say_where_time_went() {
    let (measured, session) = measured("rom:metronome");
    let machine = session.machine();
    let report = report(
        machine,
        machine.profile().expect("counted"),
        &measured.symbols,
    );
    let text = text(&report);
    for part in [
        "guest",
        "idle",
        "WaitSignal, timer",
        "SendIO",
        "stack  deepest",
        "# guest",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.lines().all(|line| line.len() < 120), "{text}");
    assert_eq!(json(&report)["cycles"], machine.now().0);
}
