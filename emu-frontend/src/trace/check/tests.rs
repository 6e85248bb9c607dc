//! Recordings that are the same, differ, or cannot be read.

use super::*;
use crate::trace::find::{beside, recordings};
use crate::trace::test_rig::{Scratch, ended_with, recording};
use crate::trace::{load, record};
use emu_core::trace::Recording;
use std::path::Path;

fn settings(keep: Keep) -> Settings {
    Settings {
        keep,
        ..Settings::default()
    }
}

fn check(path: &Path, keep: Keep) -> Checked {
    one::check(path, &settings(keep), &crate::trace::commands())
}

#[test]
fn a_recording_is_the_same_until_it_is_changed() {
    let scratch = Scratch::new();
    let then = recording("hello");
    for name in ["a.trace", "a.otr"] {
        let path = scratch.put(name, &then);
        assert!(matches!(check(&path, Keep::Nothing).outcome, Outcome::Same));
        let path = scratch.put(name, &ended_with(&then, 1));
        let Outcome::Differs { report, kept } = check(&path, Keep::Nothing).outcome else {
            panic!("the same");
        };
        assert_eq!(kept, None);
        assert_eq!(report.cause().what, "stop status");
        assert_eq!(report.number(), then.tape.len());
    }
}

#[test]
fn a_coarser_level_may_be_asked_for() {
    let scratch = Scratch::new();
    let mut then = recording("hello");
    let mut tape = emu_core::trace::Tape::new();
    for mut stamped in &then.tape {
        stamped.at.0 += 100;
        tape.extend([stamped]);
    }
    then.tape = tape;
    let path = scratch.put("a.trace", &then);
    let outcome = check(&path, Keep::Nothing).outcome;
    assert!(matches!(outcome, Outcome::Differs { .. }));
    let settings = Settings {
        level: Some(Level::Order),
        ..Settings::default()
    };
    let checked = one::check(&path, &settings, &crate::trace::commands());
    assert!(matches!(checked.outcome, Outcome::Same), "{checked:?}");
}

#[test]
fn what_differs_is_kept_beside_and_goes_when_it_is_the_same_again() {
    let scratch = Scratch::new();
    let then = recording("hello");
    for name in ["a.trace", "a.otr"] {
        let path = scratch.put(name, &ended_with(&then, 1));
        let before = fs::read(&path).expect("a file");
        let Outcome::Differs { kept, .. } = check(&path, Keep::Beside).outcome else {
            panic!("the same");
        };
        assert_eq!(kept, Some(beside(&path)));
        assert_eq!(fs::read(&path).expect("a file"), before);
        let new = load(&beside(&path)).expect("a recording");
        assert_eq!(new.tape, then.tape);
        // In the form of the old one.
        let kept = fs::read(beside(&path)).expect("a file");
        assert_eq!(kept[..8], before[..8]);
        scratch.put(name, &then);
        let outcome = check(&path, Keep::Beside).outcome;
        assert!(matches!(outcome, Outcome::Same));
        assert!(!beside(&path).exists());
    }
}

#[test]
fn update_renews_what_differs_with_the_versions_of_now() {
    let scratch = Scratch::new();
    let then = recording("hello");
    let mut old = ended_with(&then, 1);
    old.header.versions = vec![("cpu".to_owned(), 0)];
    let path = scratch.put("a.trace", &old);
    let outcome = check(&path, Keep::Accept).outcome;
    assert!(matches!(outcome, Outcome::Renewed));
    let Recording { header, tape } = load(&path).expect("a recording");
    assert_eq!(tape, then.tape);
    assert_eq!(header.versions, record::versions());
}

/// Checksums of another layout are left out of a comparison, but not for ever.
#[test]
fn update_renews_what_has_another_layout() {
    let scratch = Scratch::new();
    let mut old = recording("hello");
    old.header.versions.retain(|(name, _)| name != "state");
    let path = scratch.put("a.trace", &old);
    assert!(matches!(check(&path, Keep::Nothing).outcome, Outcome::Same));
    assert!(matches!(check(&path, Keep::Beside).outcome, Outcome::Same));
    let outcome = check(&path, Keep::Accept).outcome;
    assert!(matches!(outcome, Outcome::Renewed));
    let outcome = check(&path, Keep::Accept).outcome;
    assert!(matches!(outcome, Outcome::Same));
}

#[test]
fn nothing_is_kept_on_ci() {
    for (update, wanted) in [(false, false), (false, true), (true, false), (true, true)] {
        assert_eq!(keep_where(true, update, wanted), Keep::Nothing);
    }
    assert_eq!(keep_where(false, false, true), Keep::Beside);
    assert_eq!(keep_where(false, true, false), Keep::Accept);
    assert_eq!(keep_where(false, false, false), Keep::Nothing);
}

#[test]
fn status_is_0_the_same_1_different_2_unusable() {
    let scratch = Scratch::new();
    let then = recording("hello");
    let good = scratch.put("a.trace", &then);
    let other = scratch.put("b.trace", &ended_with(&then, 1));
    let bad = scratch.path().join("c.trace");
    fs::write(&bad, "nothing").expect("written");
    let status = |files: &[&PathBuf]| {
        let files: Vec<PathBuf> = files.iter().map(|file| (*file).clone()).collect();
        let jobs = NonZeroUsize::MIN;
        let checked = all::check(&files, jobs, &settings(Keep::Nothing), |_, _| ());
        Tally::of(&checked).status()
    };
    assert_eq!(status(&[&good]), Status::Success);
    assert_eq!(status(&[&good, &other]), Status::Failure);
    assert_eq!(status(&[&good, &other, &bad]), Status::Usage);
}

/// However many run side by side, and whichever is done first.
#[test]
fn outcomes_come_in_the_order_of_the_files() {
    let scratch = Scratch::new();
    let then = [recording("metronome"), recording("hello")];
    for n in 0..12 {
        scratch.put(&format!("{n:02}.trace"), &then[n % 2]);
    }
    let files = recordings(&[scratch.path().to_owned()]).expect("files");
    for jobs in [1, 5, 40] {
        let jobs = NonZeroUsize::new(jobs).expect("not 0");
        let mut told = Vec::new();
        all::check(&files, jobs, &Settings::default(), |done, checked| {
            assert_eq!(done, told.len() + 1);
            told.push(checked.path.clone());
        });
        assert_eq!(told, files);
    }
}

#[test]
fn every_recording_is_in_one_shard() {
    let all: Vec<PathBuf> = (0..10).map(|n| PathBuf::from(format!("{n}"))).collect();
    let mut found: Vec<PathBuf> = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let shard: Shard = shard.parse().expect("a shard");
        found.extend(shard.of(all.clone()));
    }
    found.sort();
    assert_eq!(found, all);
    for bad in ["0/3", "4/3", "1/0", "1", "", "a/b", "-1/3"] {
        assert!(bad.parse::<Shard>().is_err(), "{bad}");
    }
}

#[test]
fn folders_are_searched_and_files_taken_once() {
    let scratch = Scratch::new();
    let then = recording("hello");
    let expected = [
        scratch.put("a.trace", &then),
        scratch.put("below/b.otr", &then),
        scratch.put("below/c.trace", &then),
    ];
    scratch.put(".hidden/d.trace", &then);
    scratch.put("a.trace.new", &then);
    fs::write(scratch.path().join("e.txt"), "no recording").expect("written");
    let again = scratch.path().join(".").join("a.trace");
    let found = recordings(&[scratch.path().to_owned(), again]).expect("files");
    assert_eq!(found, expected);
    let empty = scratch.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    let error = recordings(&[empty]).expect_err("nothing there");
    assert!(error.to_string().contains("no recording below"), "{error}");
}
