//! Every guest program does what its recording says.
//!
//! The recordings are in `tests/traces`. With UPDATE_TRACES=1 those that differ are renewed, and
//! missing ones made.
#![forbid(unsafe_code)]

use emu_core::trace::Recording;
use emu_frontend::trace::check::all::check;
use emu_frontend::trace::check::one::{Checked, Keep, Outcome, Settings};
use emu_frontend::trace::check::{keep, usual_jobs};
use emu_frontend::trace::find;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use tests::traces::{all, folder, write};

/// Lines that somebody may have to read.
const LONGEST: usize = 3_000;

/// All of them, checked once. Every test asks for this first, so that none reads a file that is
/// being renewed.
fn checked() -> &'static [Checked] {
    static CHECKED: OnceLock<Vec<Checked>> = OnceLock::new();
    CHECKED.get_or_init(|| {
        let keep = keep(false);
        if keep == Keep::Accept {
            for golden in all().iter().filter(|golden| !golden.file().exists()) {
                write(golden).expect("a new recording");
            }
        }
        let files: Vec<PathBuf> = all().iter().map(|golden| golden.file()).collect();
        let settings = Settings {
            keep,
            ..Settings::default()
        };
        check(&files, usual_jobs(), &settings, |_, _| ())
    })
}

#[test]
fn every_program_does_what_is_recorded() {
    let wrong = checked().iter();
    let wrong = wrong.filter_map(|Checked { outcome, .. }| match outcome {
        Outcome::Same | Outcome::Renewed => None,
        Outcome::Differs { report, .. } => Some(report.to_string()),
        Outcome::Unusable(error) => Some(error.clone()),
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{}\nIf that is meant, `cargo xtask golden` records anew",
        wrong.join("\n\n")
    );
}

#[test]
fn there_is_a_recording_of_every_program_and_no_other() {
    checked();
    let expected: BTreeSet<PathBuf> = all().iter().map(|golden| golden.file()).collect();
    let found = find::recordings(&[folder()]).expect("the folder");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn recordings_are_short_enough_to_be_read_and_written_as_they_are() {
    checked();
    for golden in all() {
        let file = golden.file();
        let text = fs::read_to_string(&file).expect("a recording");
        let name = file.display();
        let recording = Recording::from_text(&text).expect("valid");
        assert_eq!(recording.to_text(), text, "{name}");
        assert!(text.lines().count() <= LONGEST, "{name} is too long");
        let bytes = recording.to_bytes();
        assert_eq!(Recording::parse(&bytes), Ok(recording), "{name}");
    }
}
