//! Mixers.

use super::*;

#[test]
fn mixers_add_what_each_gain_lets_through() {
    let mut rig = Rig::new();
    let mixer = rig.add("mixer2x2.dsp");
    rig.set(&mixer, "Input0", 0x4000);
    rig.set(&mixer, "LeftGain0", 0x4000);
    rig.set(&mixer, "Input1", 0x7FFF);
    rig.set(&mixer, "RightGain1", 0x2000);
    rig.frame();
    assert_eq!([0x106, 0x107].map(|at| rig.dspp.read(at)), [0x2000, 0x1FFF]);

    for (name, inputs) in [
        ("mixer2x2.dsp", 2),
        ("mixer4x2.dsp", 4),
        ("mixer8x2.dsp", 8),
        ("mixer12x2.dsp", 12),
        ("mixer8x2amp.dsp", 8),
        ("submixer2x2.dsp", 2),
        ("submixer4x2.dsp", 4),
        ("submixer8x2.dsp", 8),
    ] {
        let mut rig = Rig::new();
        let mixer = rig.add(name);
        let mut sums = [0.0; 2];
        for n in 0..inputs {
            let input = 900 * (n + 1);
            rig.set(&mixer, &format!("Input{n}"), input);
            for (side, sum) in ["Left", "Right"].iter().zip(&mut sums) {
                let gain = 0x300 * (n + side.len() as i32);
                rig.set(&mixer, &format!("{side}Gain{n}"), gain);
                *sum += f64::from(input) * f64::from(gain) / 32768.0;
            }
        }
        let outputs = outputs(&mut rig, &mixer, name);
        for (output, sum) in outputs.iter().zip(sums) {
            assert!(
                (f64::from(*output) - sum).abs() < 3.0,
                "{name}: {output} {sum}"
            );
        }
        // All at full: clipped, not wrapped.
        for n in 0..inputs {
            rig.set(&mixer, &format!("Input{n}"), 0x7000);
            rig.set(&mixer, &format!("LeftGain{n}"), 0x7FFF);
            rig.set(&mixer, &format!("RightGain{n}"), 0x7FFF);
        }
        let all = self::outputs(&mut rig, &mixer, name);
        assert!(
            all.iter().all(|&output| output >= 0x7FFE),
            "{name}: {all:?}"
        );
    }
}

/// What a mixer mixes in one frame.
fn outputs(rig: &mut Rig, mixer: &Placed, name: &str) -> [i16; 2] {
    rig.frame();
    if name.starts_with("sub") {
        return ["LeftOutput", "RightOutput"].map(|output| rig.get(mixer, output));
    }
    [0x106, 0x107].map(|at| rig.dspp.read(at) as i16)
}
