//! Fields, keys, resets and dropped files, with a clock of the test.

use super::super::sound::Volume;
use super::super::sound::null::ByHand;
use super::*;
use crate::cli;
use emu_core::device::pods::Controls;
use std::cell::Cell;

type TestPlayer = Player<Vec<u8>, Vec<u8>>;

fn player(line: &str) -> TestPlayer {
    let words = std::iter::once("overture").chain(line.split_whitespace());
    let args = cli::parse(words.map(OsString::from)).expect(line).run;
    let config = RunConfig::new(&args).expect(line);
    let sink = RunSink::new(Vec::new(), Vec::new());
    Player::start(args, config, sink, Duration::ZERO).expect(line)
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn a_second_has_its_fields_and_the_last_one_is_seen() {
    let mut player = player("rom:spin --video pal");
    assert!(player.seen().is_none());
    for now in (0..1000).step_by(10) {
        player.run_due(|| millis(now));
    }
    assert_eq!(player.fields(), 50);
    assert_eq!(player.seen.as_ref().map(|(field, ..)| *field), Some(49));
    assert!(player.end().is_none());
}

#[test]
fn a_pause_lets_no_field_pass_and_a_step_lets_one() {
    let mut player = player("rom:spin");
    player.motion = Motion::Paused;
    assert!(!player.run_due(|| millis(5000)));
    assert_eq!(player.fields(), 0);
    player.step();
    player.step();
    assert_eq!((player.fields(), player.motion), (2, Motion::Paused));
}

#[test]
fn fast_forward_runs_until_its_slice_is_over() {
    let mut player = player("rom:spin");
    player.motion = Motion::Fast;
    let clock = Cell::new(0);
    player.run_due(|| {
        clock.set(clock.get() + 1);
        millis(clock.get())
    });
    assert!((10..20).contains(&player.fields()), "{}", player.fields());
}

#[test]
fn a_window_has_no_limit_of_its_own() {
    let mut endless = player("rom:spin");
    let (limit, _) = endless.config.until.limit(endless.config.machine.video);
    assert!(limit < Tick::NEVER);
    assert!(!endless.ends_with_the_run());
    endless.step();
    let mut player = player("rom:spin --until vbl:3");
    assert!(player.ends_with_the_run());
    for _ in 0..9 {
        player.step();
    }
    assert_eq!(player.end(), Some(&End::Until(Until::Vblank(3))));
    assert_eq!(player.fields(), 3);
    assert!(!player.run_due(|| millis(9000)));
}

#[test]
fn what_only_somebody_could_wake_is_not_given_up() {
    let mut waiting = player("rom:deadlock");
    for _ in 0..30 {
        waiting.step();
    }
    assert_eq!((waiting.end(), waiting.fields()), (None, 30));
    let mut wanted = player("rom:deadlock --until stuck");
    for _ in 0..30 {
        wanted.step();
    }
    assert_eq!(wanted.end(), Some(&End::Until(Until::Stuck)));
}

#[test]
fn what_is_held_reaches_the_program_and_is_kept_as_inputs() {
    let mut player = player("rom:pad_echo");
    for _ in 0..30 {
        player.step();
    }
    let a = Controls::Pad.button("A").expect("a button");
    player.hands.set(Controls::Pad, 1, a, true);
    player.step();
    player.hands.set(Controls::Pad, 1, a, false);
    for _ in 0..5 {
        player.step();
    }
    let done: Vec<String> = player
        .done()
        .iter()
        .map(|(_, input)| crate::input::Action::of(input, |_| String::new()).to_string())
        .collect();
    assert_eq!(done, ["pad 1 press A", "pad 1 release A"]);
    let video = player.config.machine.video;
    assert_eq!(player.done()[0].0, video.field_start(30));
    // Start ends this program.
    let start = Controls::Pad.button("start").expect("a button");
    player.hands.set(Controls::Pad, 1, start, true);
    for _ in 0..5 {
        player.step();
    }
    assert_eq!(player.end(), Some(&End::Exit(0)));
    assert_eq!(player.end_words().as_deref(), Some("the program has ended"));
}

#[test]
fn a_reset_begins_again_and_goes_on() {
    let mut player = player("rom:hello");
    for _ in 0..20 {
        player.step();
    }
    assert_eq!(player.end(), Some(&End::Exit(0)));
    player.reset(millis(1)).expect("reset");
    assert_eq!((player.end(), player.fields()), (None, 0));
    assert_eq!(player.motion, Motion::Paced);
    for _ in 0..20 {
        player.step();
    }
    assert_eq!(player.end(), Some(&End::Exit(0)));
}

#[test]
fn what_is_dropped_is_started_or_put_into_the_drive() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let program = scratch.path().join("greeting");
    let hello = roms::by_name("hello").expect("built in").bytes;
    std::fs::write(&program, hello).expect("written");
    let disc = scratch.path().join("demo.iso");
    std::fs::write(&disc, roms::disc()).expect("written");
    let mut player = player("rom:spin");
    player.step();
    let words = player.open(&program, false, millis(0));
    assert_eq!(words, "started: greeting");
    assert_eq!((player.name(), player.fields()), ("greeting", 0));
    player.step();
    let words = player.open(&disc, true, millis(0));
    assert!(words.starts_with("in the drive"), "{words}");
    assert_eq!(player.name(), "greeting");
    assert!(matches!(player.done()[0].1, Input::Media(_)));
    let words = player.open(&disc, false, millis(0));
    assert!(words.starts_with("started"), "{words}");
    let words = player.open(&scratch.path().join("nothing"), false, millis(0));
    assert!(words.contains("no such file"), "{words}");
    assert!(player.end().is_none());
}

#[test]
fn a_screenshot_is_what_is_seen() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let mut player = player("rom:spin");
    assert_eq!(player.screenshot(scratch.path()), "there is no picture yet");
    player.step();
    player.step();
    let words = player.screenshot(scratch.path());
    assert!(words.ends_with("overture-spin-000002.png"), "{words}");
    assert!(scratch.path().join("overture-spin-000002.png").is_file());
    let words = player.screenshot(&scratch.path().join("not/there"));
    assert!(words.contains("was not written"), "{words}");
}

/// Runs a second, and lets the device take what comes meanwhile.
fn listen(player: &mut TestPlayer, device: &ByHand, from: u64) -> f32 {
    let mut loudest: f32 = 0.0;
    for now in (from..from + 1000).step_by(20) {
        // What the core would tell of.
        let first = frame_at(player.session.now());
        player.sink.ears().sound(first, &[[9000, -9000]; 850]);
        // Fast-forward looks at the clock to see when to stop.
        let clock = Cell::new(now);
        player.run_due(|| {
            clock.set(clock.get() + 10);
            millis(clock.get() - 10)
        });
        for [left, _] in device.take(882) {
            loudest = loudest.max(left.abs());
        }
    }
    loudest
}

#[test]
fn sound_is_heard_at_normal_speed_only() {
    let device = ByHand::with(44_100);
    let mut player = player("rom:spin --video pal");
    let backend = Box::new(device.clone());
    player.speaker = Speaker::on(backend, Volume::default()).0;
    assert!(listen(&mut player, &device, 0) > 0.2);
    let played = player.speaker.played().frames;
    assert!((38_000..=44_100).contains(&played), "{played}");
    // The device fades out first.
    for motion in [Motion::Paused, Motion::Fast] {
        player.motion = motion;
        listen(&mut player, &device, 1000);
        assert_eq!(listen(&mut player, &device, 1000), 0.0, "{motion:?}");
    }
    player.motion = Motion::Paced;
    player.pacer.restart(millis(2000));
    assert!(listen(&mut player, &device, 2000) > 0.2);
    player.pacer.set_speed(Speed::NORMAL.slower(), millis(3000));
    player.run_due(|| millis(3000));
    device.take(882);
    assert_eq!(listen(&mut player, &device, 3000), 0.0);
    player.reset(millis(4000)).expect("reset");
    player.pacer.set_speed(Speed::NORMAL, millis(4000));
    assert!(listen(&mut player, &device, 4000) > 0.2);
}

#[test]
fn a_file_of_sound_goes_on_behind_a_reset() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let path = scratch.path().join("x.wav");
    let mut player = player(&format!("rom:spin --wav {}", path.display()));
    for _ in 0..60 {
        player.step();
    }
    let before = frame_at(player.session.now());
    player.reset(millis(0)).expect("reset");
    for _ in 0..30 {
        player.step();
    }
    let after = frame_at(player.session.now());
    let (_, _, _, mut sink) = player.finish();
    let wav = sink.ears().take_wav().expect("a file");
    wav.finish(after).expect("written");
    let frames = hound::WavReader::open(&path).expect("a file").duration();
    assert_eq!(u64::from(frames), before + after);
    assert_eq!((before, after), (44_144, 22_072));
}
