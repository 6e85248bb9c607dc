//! What waits, grouped, taken and removed.

use super::*;
use crate::trace::find::beside;
use crate::trace::test_rig::{Scratch, ended_with, recording};
use emu_core::trace::Recording;

/// Two recordings that end with another status, and one that is recorded too long.
fn waiting() -> (Scratch, Recording) {
    let scratch = Scratch::new();
    let then = recording("hello");
    for (name, other) in [
        ("a.trace", ended_with(&then, 1)),
        ("below/b.otr", ended_with(&then, 2)),
        ("c.trace", recording("abi")),
    ] {
        scratch.put(name, &then);
        scratch.put(&format!("{name}.new"), &other);
    }
    (scratch, then)
}

fn take(path: &Path, group: Option<usize>) -> TakeArgs {
    TakeArgs {
        path: Some(path.to_owned()),
        group,
        all: false,
    }
}

#[test]
fn recordings_with_the_same_cause_are_one_group() {
    let (scratch, _) = waiting();
    let groups = groups(scratch.path()).expect("groups");
    let counts: Vec<usize> = groups.iter().map(|group| group.files.len()).collect();
    assert_eq!(counts, [2, 1]);
    assert_eq!(groups[0].cause, "`stop status`");
    assert_eq!(groups[0].example.len(), 3, "{:?}", groups[0].example);
    let text = as_text(1, &groups[0], false);
    assert!(text.starts_with("1: 2 recordings differ first in `stop status`"));
}

#[test]
fn a_group_is_taken_and_the_rest_waits_on() {
    let (scratch, then) = waiting();
    assert_eq!(
        accept_to(&take(scratch.path(), Some(1)), io::sink()),
        Status::Success
    );
    for (name, status) in [("a.trace", 1), ("below/b.otr", 2)] {
        let path = scratch.path().join(name);
        assert_eq!(load(&path).expect("valid"), ended_with(&then, status));
        assert!(!beside(&path).exists());
    }
    let left = find::pending(scratch.path()).expect("files");
    assert_eq!(left, [scratch.path().join("c.trace.new")]);
    assert_eq!(
        accept_to(&take(scratch.path(), Some(2)), io::sink()),
        Status::Usage
    );
}

#[test]
fn what_is_rejected_is_gone_and_the_old_one_stays() {
    let (scratch, then) = waiting();
    let old = scratch.path().join("a.trace");
    assert_eq!(reject_to(&take(&old, None), io::sink()), Status::Success);
    assert_eq!(load(&old).expect("valid"), then);
    assert!(!beside(&old).exists());
    // Nothing waits there any more.
    assert_eq!(reject_to(&take(&old, None), io::sink()), Status::Usage);
    assert_eq!(
        reject_to(&take(scratch.path(), None), io::sink()),
        Status::Success
    );
    assert_eq!(find::pending(scratch.path()).expect("files").len(), 0);
}

#[test]
fn what_is_no_recording_is_not_taken() {
    let (scratch, then) = waiting();
    let old = scratch.path().join("a.trace");
    fs::write(beside(&old), "nothing").expect("written");
    assert_eq!(accept_to(&take(&old, None), io::sink()), Status::Usage);
    assert_eq!(load(&old).expect("valid"), then);
    let groups = groups(scratch.path()).expect("groups");
    let damaged = groups.iter().find(|g| g.cause == "what cannot be compared");
    assert_eq!(damaged.map(|group| group.files.len()), Some(1));
}
