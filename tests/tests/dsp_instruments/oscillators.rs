//! Waves, pulses and noise.

use super::*;

#[test]
fn sawtooth_and_direct_output() {
    let mut rig = Rig::new();
    let saw = rig.add("sawtooth.dsp");
    rig.connect("directout.dsp", &[("InputLeft", saw.at("Output"))]);
    let heard: Vec<_> = (0..6).map(|_| rig.frame()).collect();
    let left = heard.iter().map(|frame| frame[0]);
    assert_eq!(left.collect::<Vec<_>>(), [0, 575, 1151, 1727, 2303, 2879]);
    assert!(heard.iter().all(|frame| frame[1] == 0));
}

/// The frames at which an output comes up through the middle.
fn rises(output: &[i16]) -> Vec<usize> {
    let pairs = output.windows(2).enumerate();
    let rising = pairs.filter(|(_, two)| two[0] <= 0 && two[1] > 0);
    rising.map(|(n, _)| n).collect()
}

#[test]
fn oscillators_go_round_once_a_period() {
    for (name, raw, period) in [
        ("sawtooth.dsp", 0x100, 256),
        ("square.dsp", 0x100, 256),
        ("pulse.dsp", 0x100, 256),
        ("triangle.dsp", 0x100, 256),
        ("impulse.dsp", 0x100, 256),
        ("square_lfo.dsp", 0x1000, 4096),
        ("pulse_lfo.dsp", 0x1000, 4096),
        ("triangle_lfo.dsp", 0x1000, 4096),
    ] {
        let mut rig = Rig::new();
        let oscillator = rig.add(name);
        rig.set(&oscillator, "Frequency", raw);
        rig.set(&oscillator, "Amplitude", 0x7FFF);
        let output = rig.follow(&oscillator, "Output", period * 5);
        let rises = rises(&output);
        assert!(rises.len() >= 4, "{name}: {rises:?}");
        for two in rises.windows(2) {
            assert_eq!(two[1] - two[0], period, "{name}");
        }
        assert!(output.iter().any(|&out| out > 0x7E00), "{name}");
        let low = if name == "impulse.dsp" { 1 } else { -0x7E00 };
        assert!(output.iter().any(|&out| out < low), "{name}");
    }
}

#[test]
fn a_pulse_is_as_wide_as_its_knob_says() {
    for (name, raw, period) in [("pulse.dsp", 0x100, 256), ("pulse_lfo.dsp", 0x7F00, 516)] {
        for (width, part) in [(-0x4000, 0.25), (0, 0.5), (0x4000, 0.75)] {
            let mut rig = Rig::new();
            let pulse = rig.add(name);
            rig.set(&pulse, "Frequency", raw);
            rig.set(&pulse, "PulseWidth", width);
            let output = rig.follow(&pulse, "Output", period * 8);
            let up = output.iter().filter(|&&out| out > 0).count() as f64;
            let whole = (period * 8) as f64;
            assert!((up / whole - part).abs() < 0.02, "{name} {width}: {up}");
        }
    }
}

#[test]
fn a_triangle_goes_up_and_down_in_even_steps() {
    let mut rig = Rig::new();
    let triangle = rig.add("triangle.dsp");
    rig.set(&triangle, "Frequency", 0x100);
    let output = rig.follow(&triangle, "Output", 512);
    let steps = output.windows(2).map(|two| (two[1] - two[0]).abs());
    let turns = steps.filter(|step| !(510..=514).contains(step)).count();
    assert!(turns <= 4, "only at its corners");
    assert_eq!(output[0], scaled(0x200));
}

#[test]
fn noise_is_no_silence_and_obeys_its_frequency() {
    let mut rig = Rig::new();
    let noise = rig.add("noise.dsp");
    let output = rig.follow(&noise, "Output", 2000);
    let mean = output.iter().map(|&out| f64::from(out)).sum::<f64>() / 2000.0;
    assert!(mean.abs() < 2000.0, "{mean}");
    assert!(output.iter().any(|&out| out > 30000) && output.iter().any(|&out| out < -30000));

    let mut rig = Rig::new();
    let held = rig.add("randomhold.dsp");
    rig.set(&held, "Frequency", 0x1000);
    let output = rig.follow(&held, "Output", 1600);
    let changes = output.windows(2).filter(|two| two[0] != two[1]).count();
    assert!(
        (98..=100).contains(&changes),
        "every sixteenth frame: {changes}"
    );

    let mut rig = Rig::new();
    let red = rig.add("rednoise.dsp");
    rig.set(&red, "Frequency", 0x1000);
    let output = rig.follow(&red, "Output", 1600);
    let steps = output
        .windows(2)
        .map(|two| (i32::from(two[1]) - i32::from(two[0])).abs());
    assert!(
        steps.max().unwrap() <= 4096,
        "a sixteenth of the range a frame"
    );
    assert!(output.iter().any(|&out| out > 10000));
}
