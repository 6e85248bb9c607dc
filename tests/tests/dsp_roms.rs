//! Guest programs that sound: what is heard of them, sample by sample.
//!
//! Their recordings in `tests/traces` have a checksum of each block; here it is known what the
//! sound must be like, whatever its checksum.

use emu_core::device::sound::StereoFrame;
use emu_core::machine::Config;
use emu_core::trace::{Category, Record, Sink};
use tests::run;

/// The whole sound of a run.
#[derive(Default)]
struct Heard(Vec<StereoFrame>);

impl Sink for Heard {
    fn wants(&self, _: Category) -> bool {
        false
    }

    fn record(&mut self, _: Record) {}

    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        let first = usize::try_from(first).expect("a short run");
        assert!(first >= self.0.len(), "sound is told once and in order");
        self.0.resize(first, [0; 2]);
        self.0.extend(frames);
    }
}

fn heard(name: &str) -> Vec<StereoFrame> {
    let rom = roms::by_name(name).expect("a program");
    let mut machine = run::start(rom, Config::default());
    let mut heard = Heard::default();
    run::go(&mut machine, run::limit_of(rom), &mut heard);
    assert!(
        heard.0.iter().any(|frame| *frame != [0; 2]),
        "{name} sounds"
    );
    heard.0
}

/// Without the silence before and after it.
fn sounding(frames: &[StereoFrame]) -> &[StereoFrame] {
    let is_loud = |frame: &StereoFrame| *frame != [0; 2];
    let first = frames.iter().position(is_loud).unwrap_or(0);
    let last = frames.iter().rposition(is_loud).unwrap_or(0);
    &frames[first..=last]
}

fn loudest(frames: &[StereoFrame]) -> u16 {
    let samples = frames.iter().flatten();
    samples
        .map(|sample| sample.unsigned_abs())
        .max()
        .unwrap_or(0)
}

/// The phase that a sawtooth with this step a frame goes through, as it is put out.
fn sawtooth(step: u16, first: usize, frames: usize) -> Vec<i16> {
    let phase = |n: usize| (n as u16).wrapping_mul(step) as i16;
    let scaled = |n: usize, by: i32| ((i32::from(phase(n)) * by) >> 15) as i16;
    let out = |n| ((i32::from(scaled(n, 0x2000)) * 0x7FFF) >> 15) as i16;
    (first..first + frames).map(out).collect()
}

#[test]
fn the_tone_has_the_exact_pitch() {
    let frames = heard("tone");
    let sound = sounding(&frames);
    assert!(sound.iter().all(|[left, right]| left == right));
    let left: Vec<i16> = sound.iter().map(|frame| frame[0]).collect();
    // 440 * 65536 / 44100, for half a second.
    assert_eq!(left[..20_000], sawtooth(653, 1, 20_000));
    // Twice that, from wherever the phase was: a step of the phase is a quarter of it.
    let rises = left[24_000..40_000].windows(2);
    let steps: Vec<i16> = rises.map(|two| two[1].wrapping_sub(two[0])).collect();
    let rising = steps.iter().filter(|step| (325..=328).contains(*step));
    let falling = steps.iter().filter(|step| **step < -15_000);
    assert_eq!(rising.count() + falling.clone().count(), steps.len());
    let periods = 16_000 * 1306 / 65536;
    assert!(falling.count().abs_diff(periods) <= 1);
    // Two seconds of 120 ticks of 183 frames and a little.
    assert!((43_900..46_000).contains(&sound.len()), "{}", sound.len());
}

#[test]
fn the_loop_goes_round_without_a_seam() {
    let frames = heard("loop");
    let sound = sounding(&frames);
    let left: Vec<i16> = sound.iter().map(|frame| frame[0]).collect();
    let scaled = |value: i32| {
        let player = (value * 0x3000) >> 15;
        ((player * 0x7FFF) >> 15) as i16
    };
    // Half-way up, on the plateau, each period is a period of the sample.
    let wave = |n: usize| (n as i32 & 63) * 512 - 0x4000;
    let period = |from: usize| left[from..from + 64].to_vec();
    let first = left.iter().position(|&sample| sample == scaled(-0x4000));
    let first = first.expect("the lowest sample of the plateau");
    let expected: Vec<i16> = (0..64).map(|n| scaled(wave(n))).collect();
    for n in 0..300 {
        assert_eq!(period(first + n * 64), expected, "period {n}");
    }
    // Then it dies away for good.
    let ends = &sound[sound.len() - 200..];
    assert!(loudest(ends) < loudest(sound) / 4);
}

#[test]
fn the_envelope_is_heard() {
    let frames = heard("envelope");
    let sound = sounding(&frames);
    // The sawtooth at 0x3000 of 0x8000; a window is several of its periods.
    let full = 0x3000 as f64;
    let part = |from: usize| f64::from(loudest(&sound[from..from + 400])) / full;
    assert!(part(0) < 0.15);
    assert!(part(4_200) > 0.9, "the top at 100 ms");
    assert!((part(20_000) - 0.5).abs() < 0.02, "it holds half");
    assert!((part(30_000) - 0.5).abs() < 0.02);
    let last = sound.len() - 400;
    assert!(part(last) < 0.1, "and dies away");
}

#[test]
fn the_chime_rings_from_left_to_right() {
    let frames = heard("chime");
    let sound = sounding(&frames);
    // Notes take the voices in turn; the first is more on the left, the second on the right.
    let side = |from: usize, side: usize| -> u64 {
        let part = &sound[from..from + 2_000];
        part.iter()
            .map(|frame| u64::from(frame[side].unsigned_abs()))
            .sum()
    };
    assert!(side(1_000, 0) > 2 * side(1_000, 1));
    let second = 60 * 183;
    let grown = |n: usize| side(second + 1_000, n) as f64 / side(second - 3_000, n) as f64;
    assert!(grown(1) > grown(0) && grown(1) > 1.5);
    assert!(loudest(sound) < 0x7FFF, "nothing is clipped");
    // The pitch of the first note: C5, 523.25 Hz, 84.3 frames.
    let left: Vec<i16> = sound[..6_000].iter().map(|frame| frame[0]).collect();
    let ups = left.windows(2).enumerate();
    let ups: Vec<usize> = ups
        .filter(|(_, two)| two[0] <= 0 && two[1] > 0)
        .map(|(n, _)| n)
        .collect();
    let periods = ups.len() - 1;
    let period = (ups[periods] - ups[0]) as f64 / periods as f64;
    assert!((period - 84.3).abs() < 0.3, "{period}");
}
