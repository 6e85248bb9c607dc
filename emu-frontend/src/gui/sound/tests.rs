//! The way to a device, with devices that take sound when told to.

use super::null::{ByHand, RealTime};
use super::*;
use std::f64::consts::TAU;

/// Frames of a field, as PAL has them.
const FIELD: u64 = 882;
const AMPLITUDE: f64 = 0.5;
const PITCH: f64 = 441.0;

/// A machine that plays a tone, and a device that takes it: a field here, 20 ms there.
struct Rig {
    speaker: Speaker,
    device: ByHand,
    now: u64,
    /// Frames that the device takes in 20 ms.
    takes: usize,
    heard: Vec<Stereo>,
}

impl Rig {
    fn new(rate: u32) -> Rig {
        let device = ByHand::with(rate);
        let (mut speaker, words) = Speaker::on(Box::new(device.clone()), Volume::default());
        assert_eq!(words, None);
        speaker.flow(true);
        Rig {
            speaker,
            device,
            now: 44_100,
            takes: rate as usize / 50,
            heard: Vec::new(),
        }
    }

    /// A field of the machine; the core tells of what it makes in parts of 32 frames.
    fn machine(&mut self) {
        let (from, to) = (self.now, self.now + FIELD);
        let given = |frame: u64| frame / 32 * 32;
        let frames = (given(from)..given(to)).map(tone).collect();
        let piece = Piece {
            first: given(from),
            frames,
        };
        self.speaker.play(from, to, &[piece]);
        self.now = to;
    }

    fn device(&mut self) {
        let taken = self.device.take(self.takes);
        self.heard.extend(taken);
    }

    fn both(&mut self, fields: u32) {
        for _ in 0..fields {
            self.machine();
            self.device();
        }
    }

    fn left(&self) -> impl Iterator<Item = f64> + '_ {
        self.heard.iter().map(|frame| f64::from(frame[0]))
    }

    fn loudest(&self, part: std::ops::Range<usize>) -> f64 {
        let part = self.left().skip(part.start).take(part.len());
        part.fold(0.0, |most, sample| most.max(sample.abs()))
    }

    /// The largest change from one sample to the next.
    fn jump(&self) -> f64 {
        let pairs = self.left().zip(self.left().skip(1));
        pairs.fold(0.0, |most, (one, next)| most.max((next - one).abs()))
    }

    fn rate(&self) -> f64 {
        self.takes as f64 * 50.0
    }

    /// What the tone itself changes from one sample to the next, with a little for fades.
    fn steepest(&self) -> f64 {
        AMPLITUDE * TAU * PITCH / self.rate() * 1.1 + 0.5 * 200.0 / self.rate()
    }
}

fn tone(frame: u64) -> StereoFrame {
    let sample = AMPLITUDE * (TAU * PITCH * frame as f64 / 44_100.0).sin();
    let sample = (sample * 32_768.0) as i16;
    [sample, sample / 2]
}

#[test]
fn a_tone_keeps_its_pitch_and_loudness_at_every_rate() {
    for rate in [44_100, 48_000, 96_000, 22_050] {
        let mut rig = Rig::new(rate);
        rig.both(100);
        let begun = rig.heard.len() / 2;
        let second: Vec<f64> = rig.left().skip(begun).take(rate as usize).collect();
        let rising = second
            .windows(2)
            .filter(|two| two[0] < 0.0 && two[1] >= 0.0);
        let rising = rising.count();
        assert!((438..=444).contains(&rising), "{rate}: {rising}");
        let loudest = rig.loudest(begun..begun + rate as usize);
        assert!((0.49..0.51).contains(&loudest), "{rate}: {loudest}");
        assert!(rig.jump() < rig.steepest(), "{rate}: {}", rig.jump());
        let played = rig.speaker.played();
        assert_eq!((played.gaps, played.rate), (0, rate));
        // The sides are not mixed.
        let [left, right] = rig.heard[begun + 17];
        assert!((left - 2.0 * right).abs() < 0.001, "{left} {right}");
    }
}

#[test]
fn a_pause_is_a_fade_and_silence_and_what_was_left_is_not_heard_behind_it() {
    let mut rig = Rig::new(48_000);
    rig.both(50);
    rig.speaker.flow(false);
    let paused = rig.heard.len();
    for _ in 0..50 {
        // A machine that is fast-forwarded or steps on goes on telling.
        rig.machine();
        rig.device();
    }
    let silent = paused + 48_000 / 200 + 1;
    assert_eq!(rig.loudest(silent..rig.heard.len()), 0.0);
    assert!(rig.loudest(paused..silent) > 0.1);
    rig.speaker.flow(true);
    let resumed = rig.heard.len();
    rig.both(50);
    assert!(rig.loudest(resumed..rig.heard.len()) > 0.49);
    assert!(rig.jump() < rig.steepest(), "{}", rig.jump());
    // Sound begins again when as much is there as usual: after four fields of 20 ms at most.
    assert!(rig.loudest(resumed..resumed + 4 * 960) > 0.4);
}

#[test]
fn a_host_that_is_late_makes_a_gap_without_a_click() {
    let mut rig = Rig::new(44_100);
    rig.both(50);
    for _ in 0..10 {
        rig.device();
    }
    assert_eq!(rig.speaker.played().gaps, 1);
    // It makes good a quarter of a second at once.
    for _ in 0..15 {
        rig.machine();
    }
    rig.both(60);
    assert!(rig.jump() < rig.steepest(), "{}", rig.jump());
    // What is heard is not a quarter of a second late for ever.
    let open = rig.speaker.open.as_ref().expect("open");
    assert!(open.held() < 3 * open.shared.wanted(), "{}", open.held());
}

/// Clocks of the two that differ by a third of a percent.
#[test]
fn a_device_that_is_too_fast_or_too_slow_never_runs_dry_or_full() {
    for takes in [957, 963] {
        let mut rig = Rig::new(48_000);
        rig.takes = takes;
        let mut longest = (usize::MAX, 0);
        for field in 0..3000 {
            rig.both(1);
            rig.heard.clear();
            let open = rig.speaker.open.as_ref().expect("open");
            if field > 500 {
                longest = (longest.0.min(open.held()), longest.1.max(open.held()));
            }
        }
        assert_eq!(rig.speaker.played().gaps, 0, "{takes}");
        // What is left when the device has taken its part: between 30 and 50 ms.
        assert!(longest.0 > 1440 && longest.1 < 2400, "{takes}: {longest:?}");
    }
}

#[test]
fn a_device_that_takes_much_at_a_time_gets_it() {
    let mut rig = Rig::new(48_000);
    for _ in 0..60 {
        for _ in 0..4 {
            rig.machine();
        }
        // 80 ms at once.
        let taken = rig.device.take(3840);
        rig.heard.extend(taken);
    }
    assert_eq!(rig.speaker.played().gaps, 0);
    assert!(rig.loudest(100_000..200_000) > 0.49);
}

#[test]
fn loudness_changes_without_a_click() {
    let mut rig = Rig::new(48_000);
    rig.both(20);
    let quarter = Volume {
        percent: 50,
        is_muted: false,
    };
    rig.speaker.set_volume(quarter);
    let then = rig.heard.len() + 960;
    rig.both(20);
    let loudest = rig.loudest(then..rig.heard.len());
    assert!((0.12..0.13).contains(&loudest), "{loudest}");
    let muted = Volume {
        is_muted: true,
        ..quarter
    };
    rig.speaker.set_volume(muted);
    let then = rig.heard.len() + 960;
    rig.both(20);
    assert_eq!(rig.loudest(then..rig.heard.len()), 0.0);
    assert!(rig.jump() < rig.steepest(), "{}", rig.jump());
}

#[test]
fn a_lost_device_is_told_once_and_the_next_one_is_taken() {
    let mut rig = Rig::new(48_000);
    rig.both(20);
    let at = Duration::from_secs;
    assert_eq!(rig.speaker.look_after(at(1)), None);
    rig.device.unplug();
    let words = rig.speaker.look_after(at(1)).expect("told");
    assert!(words.contains("it was unplugged"), "{words}");
    // The run goes on.
    rig.both(5);
    assert!(!rig.speaker.listens());
    let played = rig.speaker.played();
    assert!(played.device.is_none() && played.frames > 10_000);
    for now in 2..8 {
        assert_eq!(rig.speaker.look_after(at(now)), None);
    }
    rig.device.plug(44_100);
    rig.takes = 882;
    assert_eq!(rig.speaker.look_after(at(8)), None, "not yet");
    let words = rig.speaker.look_after(at(9)).expect("told");
    assert!(words.starts_with("sound again"), "{words}");
    assert_eq!(rig.device.starts(), 2);
    rig.heard.clear();
    rig.both(30);
    assert!(rig.loudest(0..rig.heard.len()) > 0.49);
    assert!(rig.speaker.played().frames > played.frames);
}

#[test]
fn no_device_is_one_sentence() {
    let (mut speaker, words) = Speaker::on(Box::new(ByHand::default()), Volume::default());
    let words = words.expect("told");
    assert_eq!(
        words,
        "no sound: nothing is plugged in; the run goes on silently"
    );
    speaker.flow(true);
    assert!(!speaker.listens());
    speaker.play(0, 882, &[]);
    assert_eq!(speaker.look_after(Duration::from_secs(9)), None);
    assert_eq!(speaker.played(), Played::default());
    let strange = Speaker::on(Box::new(ByHand::with(1)), Volume::default()).1;
    assert!(strange.is_some_and(|words| words.contains("1 frames a second")));
}

#[test]
fn a_device_in_real_time_takes_what_comes() {
    let backend = RealTime { rate: 48_000 };
    let (mut speaker, words) = Speaker::on(Box::new(backend), Volume::default());
    assert_eq!(words, None);
    speaker.flow(true);
    let mut now = 0;
    // Until it has taken something, however slow this host is.
    for _ in 0..1000 {
        speaker.play(now, now + FIELD, &[]);
        now += FIELD;
        std::thread::sleep(Duration::from_millis(20));
        if speaker.played().frames > 0 {
            break;
        }
    }
    assert!(speaker.played().frames > 0);
}

#[test]
fn volumes_have_ends() {
    let mut volume = Volume::default();
    assert_eq!(volume.louder().percent, 100);
    for _ in 0..20 {
        volume = volume.quieter();
    }
    assert_eq!((volume.percent, volume.gain()), (0, 0.0));
    volume.is_muted = true;
    assert_eq!(volume.to_string(), "sound off");
    assert_eq!(volume.louder().to_string(), "volume 10 %");
}

#[test]
fn devices_of_one_and_of_six_channels_hear_both_sides() {
    let (mut ring, taken) = RingBuffer::new(8);
    let shared = Arc::new(Shared::new(1.0, 1));
    let mut tap = Tap::new(taken, shared, 200);
    for _ in 0..4 {
        ring.push([0.5, -0.25]).expect("room");
    }
    let mut out = [9.0; 6];
    tap.fill(&mut out, 6, |sample| sample);
    assert_eq!(out, [0.5, -0.25, 0.0, 0.0, 0.0, 0.0]);
    let mut out = [9.0; 2];
    tap.fill(&mut out, 1, |sample| sample);
    assert_eq!(out, [0.125, 0.125]);
    tap.fill(&mut out, 0, |sample| sample);
}
