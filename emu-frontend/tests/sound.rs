//! `--wav` and what the report says of sound, without a window or device.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of its own for each test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let name = format!("overture-run-sound-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("temporary folder");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program in a folder, with no display to open a window on: its status, its report,
/// what it said.
fn overture(folder: &Path, arguments: &[&str]) -> (i32, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overture"));
    for variable in ["RUST_LOG", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(variable);
    }
    let command = command.args(arguments).arg("--json").current_dir(folder);
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("overture runs");
    let out = String::from_utf8(output.stdout).expect("text");
    let report = out.lines().last().unwrap_or_default();
    (
        output.status.code().expect("no signal"),
        serde_json::from_str(report).unwrap_or_default(),
        String::from_utf8(output.stderr).expect("text"),
    )
}

fn length(path: &Path) -> u32 {
    let reader = hound::WavReader::open(path).expect("a WAV file");
    assert_eq!(reader.spec().channels, 2);
    reader.duration()
}

#[test]
fn the_file_is_as_long_as_the_run() {
    let scratch = Scratch::new("length");
    let file = scratch.0.join("x.wav");
    fs::write(&file, "replaced, as a screenshot is").expect("written");
    for (until, frames) in [
        ("time:2.5", 110_250),
        ("time:0.0001", 4),
        ("vbl:60", 44_144),
    ] {
        let arguments = ["rom:spin", "--until", until, "--wav", "x.wav"];
        let (status, report, _) = overture(&scratch.0, &arguments);
        assert_eq!((status, length(&file)), (0, frames), "{until}");
        assert_eq!(report["sound"]["frames"], frames, "{until}");
    }
}

#[test]
fn a_run_that_goes_on_from_a_state_writes_what_comes_then() {
    let scratch = Scratch::new("state");
    let save = ["rom:spin", "--until", "time:1", "--save-at", "time:1", "s"];
    assert_eq!(overture(&scratch.0, &save).0, 0);
    let (status, report, err) = overture(&scratch.0, &["s", "--until", "time:3", "--wav", "x.wav"]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(length(&scratch.0.join("x.wav")), 2 * 44_100);
    assert_eq!(report["sound"]["frames"], 3 * 44_100);
}

#[test]
fn places_without_room_are_refused_before_the_run() {
    let scratch = Scratch::new("places");
    for (place, why) in [
        ("no/x.wav", "its folder is not there"),
        (".", "is a folder"),
    ] {
        let (status, report, err) = overture(&scratch.0, &["rom:spin", "--wav", place]);
        assert_eq!((status, &report), (2, &Value::Null), "{place}");
        let expected = err.starts_with(&format!("overture: --wav {place}: {why}"));
        assert!(expected && err.lines().count() == 1, "{err}");
    }
}

/// Nobody tells the process that it is stopped.
#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_a_file() {
    let scratch = Scratch::new("killed");
    let file = scratch.0.join("x.wav");
    let mut child = Command::new(env!("CARGO_BIN_EXE_overture"))
        .args([
            "rom:spin",
            "--headless",
            "--until",
            "exit",
            "--wav",
            "x.wav",
        ])
        .current_dir(&scratch.0)
        .stdin(Stdio::null())
        .spawn()
        .expect("overture runs");
    while fs::metadata(&file).map_or(0, |data| data.len()) < 44 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    length(&file);
}
