//! Sums, filters and followers.

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn sums_are_clipped(a in any::<i16>(), b in any::<i16>(), c in any::<i16>()) {
        let (wide_a, wide_b) = (i32::from(a), i32::from(b));
        let clip = |n: i32| n.clamp(-0x8000, 0x7FFF) as i16;
        let product = ((wide_a * wide_b) >> 15) as i16;
        let both_least = a == i16::MIN && b == i16::MIN;
        let cases = [
            ("add.dsp", clip(wide_a + wide_b)),
            ("subtract.dsp", clip(wide_a - wide_b)),
            ("multiply.dsp", product),
            ("maximum.dsp", a.max(b)),
            ("minimum.dsp", a.min(b)),
            ("timesplus.dsp", clip(((wide_a * wide_b) >> 15) + i32::from(c))),
        ];
        for (name, expected) in cases {
            if both_least && name == "timesplus.dsp" {
                continue; // -1 times -1 is no fraction.
            }
            let mut rig = Rig::new();
            let placed = rig.add(name);
            rig.set(&placed, "InputA", wide_a);
            rig.set(&placed, "InputB", wide_b);
            if name == "timesplus.dsp" {
                rig.set(&placed, "InputC", c.into());
            }
            rig.frame();
            prop_assert_eq!(rig.get(&placed, "Output"), expected, "{} {} {} {}", name, a, b, c);
        }
    }
}

/// The loudness of what a filter lets through of a sine.
fn through(output: &str, frames_a_period: f64) -> f64 {
    let mut rig = Rig::new();
    let filter = rig.add("svfilter.dsp");
    rig.set(&filter, "Frequency", 0x1000);
    rig.set(&filter, "Resonance", 0x6000);
    let mut loudest = 0.0_f64;
    for n in 0..4000 {
        let angle = f64::from(n) * std::f64::consts::TAU / frames_a_period;
        rig.set(&filter, "Input", (angle.sin() * 8000.0) as i32);
        rig.frame();
        if n > 2000 {
            loudest = loudest.max(f64::from(rig.get(&filter, output)).abs());
        }
    }
    loudest / 8000.0
}

#[test]
fn a_filter_lets_through_what_its_outputs_are_called() {
    // Frequency 1/8: the corner is at about 50 frames a period.
    let (low, middle, high) = (800.0, 50.0, 5.0);
    assert!(through("LowPass", low) > 0.8 && through("LowPass", high) < 0.1);
    assert!(through("HighPass", high) > 0.8 && through("HighPass", low) < 0.1);
    assert!(through("BandPass", middle) > through("BandPass", low) * 3.0);
    assert!(through("BandPass", middle) > through("BandPass", high) * 3.0);
    assert!((through("Output", low) - through("LowPass", low)).abs() < 0.01);
}

#[test]
fn a_follower_rises_at_once_and_droops() {
    let mut rig = Rig::new();
    let follower = rig.add("envfollower.dsp");
    rig.set(&follower, "Droop", 0x4000);
    rig.set(&follower, "Input", -0x4001);
    assert_eq!(rig.follow(&follower, "Output", 1), [0x4000]);
    rig.set(&follower, "Input", 0);
    assert_eq!(rig.follow(&follower, "Output", 3), [0x2000, 0x1000, 0x0800]);
    rig.set(&follower, "Input", 0x3000);
    assert_eq!(rig.follow(&follower, "Output", 1), [0x3000]);
}

#[test]
fn de_emphasis_keeps_low_tones_and_lowers_high_ones() {
    let loudness = |period: usize| {
        let mut rig = Rig::new();
        let filter = rig.add("deemphcd.dsp");
        let mut loudest = 0;
        for n in 0..400 {
            let up = (n / (period / 2)).is_multiple_of(2);
            rig.set(&filter, "Input", if up { 8000 } else { -8000 });
            rig.frame();
            if n > 200 {
                loudest = loudest.max(rig.get(&filter, "Output"));
            }
        }
        loudest
    };
    assert!((7000..=8100).contains(&loudness(200)), "{}", loudness(200));
    assert!(loudness(2) < 3500, "{}", loudness(2));
}
