//! `--wav` and what the report says of sound, without a window or device.

use super::process::{Scratch, command};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Its status, its report, what it said.
fn overture(scratch: &Scratch, arguments: &[&str]) -> (i32, Value, String) {
    let ran = scratch.run(&[arguments, &["--json"]].concat());
    let report = ran.out.lines().last().unwrap_or_default();
    let report = serde_json::from_str(report).unwrap_or_default();
    (ran.status, report, ran.err)
}

fn length(path: &Path) -> u32 {
    let reader = hound::WavReader::open(path).expect("a WAV file");
    assert_eq!(reader.spec().channels, 2);
    reader.duration()
}

#[test]
fn the_file_is_as_long_as_the_run() {
    let scratch = Scratch::new();
    let file = scratch.join("x.wav");
    fs::write(&file, "replaced, as a screenshot is").expect("written");
    for (until, frames) in [
        ("time:2.5", 110_250),
        ("time:0.0001", 4),
        ("vbl:60", 44_144),
    ] {
        let arguments = ["rom:spin", "--until", until, "--wav", "x.wav"];
        let (status, report, _) = overture(&scratch, &arguments);
        assert_eq!((status, length(&file)), (0, frames), "{until}");
        assert_eq!(report["sound"]["frames"], frames, "{until}");
    }
}

/// However a run ends, and wherever between two frames.
#[test]
fn the_file_has_the_sound_up_to_the_end() {
    let scratch = Scratch::new();
    let samples = |until: &str| -> Vec<i16> {
        let arguments = ["rom:tone", "--until", until, "--wav", "x.wav"];
        assert_eq!(overture(&scratch, &arguments).0, 0, "{until}");
        let file = hound::WavReader::open(scratch.join("x.wav")).expect("a WAV file");
        file.into_samples().map(|s| s.expect("a sample")).collect()
    };
    let whole = samples("exit");
    for until in ["time:0.5", "time:0.50031", "time:0.50063", "vbl:31"] {
        let part = samples(until);
        let end = &part[part.len() - 64..];
        assert!(end.iter().filter(|&&sample| sample != 0).count() > 48);
        assert!(part == whole[..part.len()], "{until}");
    }
}

#[test]
fn a_run_that_goes_on_from_a_state_writes_what_comes_then() {
    let scratch = Scratch::new();
    let save = ["rom:spin", "--until", "time:1", "--save-at", "time:1", "s"];
    assert_eq!(overture(&scratch, &save).0, 0);
    let (status, report, err) = overture(&scratch, &["s", "--until", "time:3", "--wav", "x.wav"]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(length(&scratch.join("x.wav")), 2 * 44_100);
    assert_eq!(report["sound"]["frames"], 3 * 44_100);
}

#[test]
fn places_without_room_are_refused_before_the_run() {
    let scratch = Scratch::new();
    for (place, why) in [
        ("no/x.wav", "its folder is not there"),
        (".", "is a folder"),
    ] {
        let (status, report, err) = overture(&scratch, &["rom:spin", "--wav", place]);
        assert_eq!((status, &report), (2, &Value::Null), "{place}");
        let expected = err.starts_with(&format!("overture: --wav {place}: {why}"));
        assert!(expected && err.lines().count() == 1, "{err}");
    }
}

/// Nobody tells the process that it is stopped.
#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_a_file() {
    let scratch = Scratch::new();
    let file = scratch.join("x.wav");
    let words = "rom:spin --headless --until exit --wav x.wav".split(' ');
    let mut child = command(&words.collect::<Vec<_>>())
        .current_dir(scratch.path())
        .spawn()
        .expect("overture runs");
    while fs::metadata(&file).map_or(0, |data| data.len()) < 44 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    length(&file);
}
