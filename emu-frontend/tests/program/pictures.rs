//! Pictures of a run without a window: files, and the hash in the report.

use super::process::Scratch;
use emu_core::device::display::Picture;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

fn read(path: &Path) -> Picture {
    let file = BufReader::new(File::open(path).expect("there"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut rgb = vec![0; reader.output_buffer_size().expect("fits")];
    let info = reader.next_frame(&mut rgb).expect("a picture");
    Picture {
        width: info.width,
        height: info.height,
        rgb,
    }
}

#[test]
fn the_screenshot_is_the_picture_that_the_report_has_the_hash_of() {
    let scratch = Scratch::new();
    let ran = scratch.run(&[
        "rom:spin",
        "--until",
        "vbl:3",
        "--json",
        "--screenshot",
        "x.png",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let picture = read(&scratch.join("x.png"));
    assert_eq!((picture.width, picture.height), (320, 240));
    assert_eq!(ran.report()["frame_hash"], picture.hash());
    assert_eq!(ran.report()["fields"], 3);
}

#[test]
fn every_field_that_ended_has_a_picture() {
    let scratch = Scratch::new();
    let ran = scratch.run(&["rom:spin", "--until", "vbl:5", "--frames", "made/frames"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let names = scratch.names("made/frames");
    assert_eq!(names.len(), 5, "{names:?}");
    assert_eq!(names[0], "frame-000001.png");
    assert_eq!(names[4], "frame-000005.png");
    let picture = read(&scratch.join("made/frames").join(&names[4]));
    assert_eq!((picture.width, picture.height), (320, 240));
    assert_eq!(scratch.names("").len(), 1, "nothing is written elsewhere");
}

#[test]
fn pictures_change_nothing_about_a_run() {
    let scratch = Scratch::new();
    let run = |more: &[&str]| {
        let arguments = ["rom:demo", "--json", "--until", "time:3"];
        let ran = scratch.run(&[&arguments[..], more].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        ran.out
    };
    let with = run(&["--frames", "f", "--screenshot", "x.png"]);
    assert_eq!(run(&[]), with);
}

#[test]
fn places_without_room_for_pictures_are_refused_before_the_run() {
    let scratch = Scratch::new();
    fs::write(scratch.join("file"), b"x").expect("written");
    for (option, place, words) in [
        ("--screenshot", "no/x.png", "its folder is not there"),
        ("--screenshot", ".", "is a folder"),
        ("--frames", "file", "was not written"),
    ] {
        let ran = scratch.run(&["rom:hello", option, place]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{option} {place}");
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(
            ran.err.contains(words) && ran.err.contains(option),
            "{}",
            ran.err
        );
    }
}

#[test]
fn pictures_that_are_lost_are_one_line_and_status_2() {
    let scratch = Scratch::new();
    // A folder where the second picture should lie.
    fs::create_dir_all(scratch.join("f/frame-000002.png")).expect("made");
    let arguments = ["rom:spin", "--until", "vbl:9", "--frames", "f"];
    let ran = scratch.run(&arguments);
    assert_eq!(ran.status, 2);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("frame-000002.png"), "{}", ran.err);
    assert_eq!(scratch.names("f").len(), 2, "the rest is not written");
}

#[test]
fn the_demonstration_without_a_display_leaves_a_picture_and_says_where() {
    let scratch = Scratch::new();
    for arguments in [&[][..], &["run"]] {
        let ran = scratch.run(arguments);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(!ran.out.is_empty());
        assert!(
            ran.err.contains("overture-demonstration.png"),
            "{}",
            ran.err
        );
        let picture = read(&scratch.join("overture-demonstration.png"));
        assert_eq!((picture.width, picture.height), (320, 240));
    }
}

#[test]
fn whoever_asks_for_no_window_gets_no_picture_either() {
    let scratch = Scratch::new();
    assert_eq!(scratch.overture("--headless").status, 0);
    assert_eq!(scratch.overture("--until time:1").status, 0);
    assert_eq!(scratch.names(""), [""; 0]);
}
