//! What is shown of a recording.

use super::*;
use crate::trace::test_rig::recording;

fn shown(args: &ShowArgs) -> Vec<String> {
    let mut lines = Vec::new();
    events(args, &recording("metronome"), &mut |line| {
        lines.push(line.to_owned());
        true
    });
    lines
}

fn args() -> ShowArgs {
    ShowArgs {
        context: AROUND,
        ..ShowArgs::default()
    }
}

#[test]
fn every_event_is_shown_with_its_number() {
    let lines = shown(&args());
    for (number, line) in (1..).zip(&lines) {
        let first = line.split_whitespace().next();
        assert_eq!(first, Some(format!("{number}").as_str()), "{line}");
    }
    assert_eq!(lines.len() as u64, recording("metronome").tape.len());
}

#[test]
fn what_is_raw_is_the_text_form() {
    let raw = ShowArgs {
        raw: true,
        ..args()
    };
    let text = recording("metronome").to_text();
    let (_, events) = text.split_once("events\n").expect("events");
    for (line, expected) in shown(&raw).iter().zip(events.lines()) {
        let (_, raw) = line.trim_start().split_once(' ').expect("a number");
        assert_eq!(raw, expected);
    }
}

#[test]
fn an_event_must_pass_every_filter() {
    let all = shown(&args()).len();
    let by = |filter: fn(&mut ShowArgs)| {
        let mut args = args();
        filter(&mut args);
        shown(&args)
    };
    let timer = by(|args| args.device = vec!["Timer".to_owned()]);
    assert!(!timer.is_empty() && timer.iter().all(|line| line.contains("timer")));
    let calls = by(|args| args.call = vec!["WaitSignal".to_owned()]);
    assert!(!calls.is_empty() && calls.iter().all(|line| line.contains("WaitSignal")));
    let kinds = by(|args| args.kind = vec!["text".to_owned(), "stop".to_owned()]);
    assert!(kinds.len() > 5 && kinds.len() < all);
    let task = by(|args| args.task = vec!["METRONOME".to_owned()]);
    assert!(task.len() > 50 && task.len() < all);
    let both = by(|args| {
        args.task = vec!["metronome".to_owned()];
        args.kind = vec!["beat".to_owned()];
    });
    assert!(!both.is_empty() && both.len() < task.len());
    assert!(by(|args| args.task = vec!["nobody".to_owned()]).is_empty());
}

#[test]
fn an_event_is_shown_among_its_neighbours() {
    let around = |around, context| {
        let args = ShowArgs {
            around: Some(around),
            context,
            ..ShowArgs::default()
        };
        shown(&args)
    };
    let lines = around(100, 2);
    assert_eq!(lines.len(), 5);
    assert!(lines[2].starts_with('>') && lines[2].contains(" 100 "));
    assert_eq!(around(1, 2).len(), 3);
    assert_eq!(around(100, 0).len(), 1);
}

/// The instants of a line can be given back.
#[test]
fn times_are_asked_for_as_they_are_shown() {
    let lines = shown(&args());
    let line = lines
        .iter()
        .find(|line| line.contains("beats"))
        .expect("one");
    let at = line.split_whitespace().nth(1).expect("a time");
    let part = shown(&ShowArgs {
        from: seconds(at).ok(),
        to: seconds(at).ok(),
        ..args()
    });
    assert!(part.contains(line), "{part:?}");
    assert!(part.len() < 10, "{part:?}");
    for bad in [
        "",
        "-1",
        "1e3",
        "1.",
        ".5",
        "1.0000001",
        "99999999999999999999",
    ] {
        assert!(seconds(bad).is_err(), "{bad}");
    }
}

#[test]
fn as_json_a_field_is_what_it_is() {
    let args = ShowArgs {
        json: true,
        kind: vec!["text".to_owned(), "beat".to_owned()],
        ..args()
    };
    for line in shown(&args) {
        let value: Value = serde_json::from_str(&line).expect("an object");
        match value["kind"].as_str() {
            Some("text") => {
                let text = value["fields"]["text"].as_str().expect("a text");
                assert!(text.ends_with('\n') && !text.contains('"'), "{text}");
            }
            _ => assert!(value["fields"]["req"].is_u64(), "{line}"),
        }
    }
    assert_eq!(field_json("-"), Value::Null);
    assert_eq!(field_json("\"-\""), Value::from("-"));
    assert_eq!(field_json("0x10"), Value::from("0x10"));
}
