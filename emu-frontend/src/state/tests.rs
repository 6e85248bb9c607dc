//! What is saved goes on, and what is damaged is refused.

use super::*;
use crate::cli::{self, Command};
use crate::config::ConfigError;
use crate::session::End;
use crate::sink::RunSink;
use crate::trace::test_rig::Scratch;
use emu_core::trace::{Event, Stamped};
use std::ffi::OsString;
use std::fs;

/// A file of a test's own folder.
fn file_in(scratch: &Scratch, name: &str) -> String {
    scratch.path().join(name).to_string_lossy().into_owned()
}

fn config(words: &[&str]) -> Result<RunConfig, ConfigError> {
    let words = ["overture", "run"].into_iter().chain(words.iter().copied());
    let cli = cli::parse(words.map(OsString::from)).expect("a command line");
    let Some(Command::Run(args)) = cli.command else {
        panic!("not a run");
    };
    RunConfig::new(&args)
}

/// What came of a run.
#[derive(Debug, PartialEq)]
struct Ran {
    out: String,
    calls: String,
    end: End,
    events: Vec<Stamped>,
    machine: Vec<u8>,
}

fn run(config: &RunConfig, save_at: Option<(Tick, &str)>) -> (Ran, usize, usize) {
    let (mut out, mut calls) = (Vec::new(), Vec::new());
    let mut session = Session::start(config).expect("starts");
    let mut sink = RunSink::new(&mut out, &mut calls)
        .with_calls(true)
        .recording(true);
    let mut end = None;
    if let Some((at, path)) = save_at {
        end = session.run_to(at, &config.until, &config.shelf, &mut sink);
        assert_eq!(end, None, "it still runs");
        sink.remark("saved\n");
        sink.output().write("saved\n");
        let tape = sink.tape().map(|tape| &*tape);
        save(Path::new(path), &of(config, &session, tape)).expect("saved");
    }
    let end = end.unwrap_or_else(|| session.run(&config.until, &config.shelf, &mut sink));
    let mut tape = sink.tape().map(std::mem::take).expect("a tape");
    session.end_recording(&end, &mut tape);
    sink.output().flush();
    drop(sink);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let (out, calls) = (text(out), text(calls));
    let split = |text: &str| text.find("saved\n").map_or(0, |at| at + 6);
    let (in_out, in_calls) = (split(&out), split(&calls));
    let ran = Ran {
        out,
        calls,
        end,
        events: tape.iter().collect(),
        machine: session.machine().save(),
    };
    (ran, in_out, in_calls)
}

/// Saves a run at an instant and goes on; everything behind it is as if nothing had been saved.
fn goes_on(name: &str, words: &[&str], at: Tick) {
    let scratch = Scratch::new();
    let file = file_in(&scratch, "it.anything");
    let of_run = config(words).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (whole, ..) = run(&of_run, None);
    let (saved, out_at, calls_at) = run(&of_run, Some((at, &file)));
    assert!(saved.machine == whole.machine && saved.events == whole.events);
    let of_state = config(&[&file, "--headless"]).unwrap_or_else(|e| panic!("{name}: {e}"));
    let (rest, ..) = run(&of_state, None);
    assert_eq!(rest.out, saved.out[out_at..], "{name}");
    assert_eq!(rest.calls, saved.calls[calls_at..], "{name}");
    assert_eq!(rest.end, whole.end, "{name}");
    assert!(rest.machine == whole.machine, "{name} ends otherwise");
    // The tape begins with what there is; then it is the tail.
    let since = |events: &[Stamped]| -> Vec<Stamped> {
        let is_start = |stamped: &&Stamped| {
            stamped.actor == emu_core::kernel::portfolio::items::Item::NONE
                && matches!(stamped.event, Event::Item { .. } | Event::Task { .. })
        };
        let start = events.iter().take_while(is_start).count();
        let rest = events.get(start..).unwrap_or_default();
        let rest = rest.iter().filter(|stamped| stamped.at >= at);
        rest.cloned().collect()
    };
    assert_eq!(since(&rest.events), since(&whole.events), "{name}");
}

#[test]
fn a_saved_run_goes_on_as_if_it_had_not_been_saved() {
    goes_on("metronome", &["rom:metronome"], Tick(1_000_000));
    goes_on("race", &["rom:race", "--profile", "retail"], Tick(300_000));
    goes_on(
        "mach",
        &["rom:mach_overlap", "--seed", "3"],
        Tick(2_000_000),
    );
}

#[test]
fn a_saved_run_finds_its_disc_again() {
    for at in [100_000, 1_500_000] {
        goes_on("disc", &["rom:disc_walk", "--drive", "fz1"], Tick(at));
    }
}

#[test]
fn nvram_goes_on_from_what_was_saved() {
    goes_on("nvram", &["rom:nvram_save"], Tick(500_000));
}

fn saved_hello() -> SavedState {
    let config = config(&["rom:hello"]).expect("a run");
    let session = Session::start(&config).expect("starts");
    of(&config, &session, None)
}

#[test]
fn a_state_is_read_as_it_was_written() {
    let mut saved = saved_hello();
    assert_eq!(SavedState::parse(&saved.to_bytes()), Ok(saved.clone()));
    saved.sums = Some(NextSums {
        at: Tick(7),
        changed: false,
    });
    saved.program = None;
    assert_eq!(SavedState::parse(&saved.to_bytes()), Ok(saved));
}

#[test]
fn parts_of_different_runs_do_not_go_together() {
    let hello = saved_hello();
    let mut other = hello.clone();
    other.program = Some(b"another program".to_vec());
    let parsed = SavedState::parse(&other.to_bytes());
    assert_eq!(parsed, Err(Damage::Mixed("program")));
    other.program = None;
    other.header.program.sha256 = [7; 32];
    let parsed = SavedState::parse(&other.to_bytes()).expect("in form");
    assert!(matches!(parsed.machine(), Err(Damage::Mixed("machine"))));

    let scratch = Scratch::new();
    let file = file_in(&scratch, "x.state");
    let mut header = hello.clone();
    header.header.options = vec!["--profile".to_owned(), "retail".to_owned()];
    save(Path::new(&file), &header).expect("saved");
    let config = config(&[&file]).expect("in form");
    let line = Session::start(&config).map(|_| ()).expect_err("mixed");
    assert!(line.contains("its header is another one's"), "{line}");
}

#[test]
fn what_a_state_knows_cannot_be_asked_for() {
    let scratch = Scratch::new();
    let file = file_in(&scratch, "x.state");
    save(Path::new(&file), &saved_hello()).expect("saved");
    for words in [
        &["--profile", "retail"][..],
        &["--seed", "1"],
        &["--strict"],
        &["--", "x"],
    ] {
        let words: Vec<&str> = [&file[..]]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        let error = config(&words).expect_err("knows its machine").to_string();
        assert!(error.contains("knows its own machine"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_state_leads_to_no_files_elsewhere() {
    let scratch = Scratch::new();
    let file = file_in(&scratch, "x.state");
    let mut saved = saved_hello();
    saved.header.disc = Some(emu_core::trace::DiscId {
        name: "/etc/passwd".to_owned(),
        files: Vec::new(),
    });
    save(Path::new(&file), &saved).expect("saved");
    let error = config(&[&file]).expect_err("elsewhere").to_string();
    assert!(
        error.contains("--disc") && error.contains("/etc/passwd"),
        "{error}"
    );
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn nvram_that_would_be_lost_is_refused() {
    let scratch = Scratch::new();
    let (file, nvram) = (file_in(&scratch, "x.state"), file_in(&scratch, "nvram"));
    save(Path::new(&file), &saved_hello()).expect("saved");
    // A file that is not there yet is made at the end.
    let fresh = config(&[&file, "--nvram", &nvram]).expect("in form");
    assert!(Session::start(&fresh).is_ok());
    let mut other = emu_core::loader::linked_mem::fresh();
    let last = other.len() - 1;
    other[last] ^= 1;
    fs::write(&nvram, &other).expect("written");
    let config = config(&[&file, "--nvram", &nvram]).expect("in form");
    let line = Session::start(&config)
        .map(|_| ())
        .expect_err("would be lost");
    assert!(line.contains("would be lost"), "{line}");
}
