//! Players of samples at any rate.

use super::*;

#[test]
fn samplers_interpolate() {
    let source: Vec<u16> = (0..40).map(|n| n * 1000 % 32000).collect();
    for name in ["sampler.dsp", "varmono16.dsp"] {
        for (rate, expected) in [
            (0x4000, vec![0, 0, 0, 0, 499, 999, 1499, 1999, 2499]),
            (0xC000, vec![0, 999, 2499, 3999, 5499]),
            (0x8000, vec![0, 0, 999, 1999, 2999]),
        ] {
            let mut rig = Rig::new();
            let sampler = rig.add(name);
            rig.feed(&sampler, "InFIFO", &source);
            rig.set(&sampler, "Frequency", rate);
            let got = rig.follow(&sampler, "Output", expected.len());
            assert_eq!(got, expected, "{name} at {rate:#x}");
        }
    }
}

/// Where the position of a sampler is after each frame, by the numbers alone.
fn resampled(source: &[i32], rate: u32, frames: usize) -> Vec<i16> {
    let sample = |n: i64| match usize::try_from(n) {
        Ok(n) => *source.get(n).or(source.last()).unwrap(),
        Err(_) => 0,
    };
    let mut out = Vec::new();
    for frame in 1..=frames as i64 {
        let position = frame * i64::from(rate);
        let (whole, part) = (position >> 15, (position & 0x7FFF) as i32);
        let (last, next) = (sample(whole - 2), sample(whole - 1));
        // Products are kept to four bits below the point.
        let product = |a: i32, b: i32| (a * b) >> 11;
        let between = (last << 4) - product(last, part) + product(next, part);
        out.push(scaled(between >> 4));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn samplers_follow_the_numbers_at_any_rate(
        source in proptest::collection::vec(any::<i16>(), 2..60),
        rate in any::<u16>(),
    ) {
        let mut source = source;
        if source.len() % 2 == 1 {
            source.pop();
        }
        let numbers: Vec<i32> = source.iter().map(|&s| s.into()).collect();
        let expected = resampled(&numbers, rate.into(), 80);
        for name in ["sampler.dsp", "varmono16.dsp"] {
            let mut rig = Rig::new();
            let sampler = rig.add(name);
            rig.feed(&sampler, "InFIFO", &words(&source));
            rig.set(&sampler, "Frequency", rate.into());
            prop_assert_eq!(&rig.follow(&sampler, "Output", 80), &expected, "{}", name);
        }
    }
}

#[test]
fn players_of_variable_rate_pass_every_value_at_their_own_pace() {
    // A sample a frame: what comes out is what is in the file, two frames late.
    let source = some_words(40);
    let bytes: Vec<i32> = high_and_low(&source).iter().map(|byte| byte << 8).collect();
    let adpcm: Vec<u16> = source.iter().map(|word| word & 0xBBBB).collect();
    let cases = [
        ("varmono8.dsp", &source, bytes),
        ("dcsqxdvarmono.dsp", &source, sdx2(&high_and_low(&source))),
        ("adpcmvarmono.dsp", &adpcm, adp4(&nibbles(&adpcm[1..]))),
    ];
    for (name, source, values) in cases {
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.feed(&player, "InFIFO", source);
        rig.set(&player, "Frequency", 0x8000);
        let expected: Vec<i16> = values.iter().map(|&value| scaled(value)).collect();
        let got = rig.follow(&player, "Output", expected.len() + 1);
        assert_eq!(
            got[1..expected.len()],
            expected[..expected.len() - 1],
            "{name}"
        );

        // A quarter of the pace: every fourth frame is a value of the file.
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.feed(&player, "InFIFO", source);
        rig.set(&player, "Frequency", 0x2000);
        let got = rig.follow(&player, "Output", 80);
        let fourths: Vec<i16> = got.iter().copied().skip(7).step_by(4).collect();
        assert_eq!(fourths[..], expected[..fourths.len()], "{name}");
    }
    // Twice the pace, one of 8 bits.
    let mut rig = Rig::new();
    let player = rig.add("varmono8.dsp");
    let ramp: Vec<u16> = (0..40_u16).map(|n| (n * 2) << 8 | (n * 2 + 1)).collect();
    rig.feed(&player, "InFIFO", &ramp);
    rig.set(&player, "Frequency", 0xFFFF);
    let got = rig.follow(&player, "Output", 30);
    let steps: Vec<i16> = got[3..].windows(2).map(|two| two[1] - two[0]).collect();
    assert!(
        steps.iter().all(|step| (510..=513).contains(step)),
        "{steps:?}"
    );
}

#[test]
fn the_rate_of_samplermod_is_clipped() {
    let source: Vec<u16> = (0..200).map(|n| n * 100).collect();
    let distance = |frequency: i32, input: i32, depth: i32| {
        let mut rig = Rig::new();
        let sampler = rig.add("samplermod.dsp");
        rig.feed(&sampler, "InFIFO", &source);
        rig.set(&sampler, "Frequency", frequency);
        rig.set(&sampler, "ModInput", input);
        rig.set(&sampler, "ModDepth", depth);
        let got = rig.follow(&sampler, "Output", 50);
        i32::from(got[49]) - i32::from(got[9])
    };
    // Forty frames at one sample of 100 each.
    assert!((distance(0x8000, 0, 0x7FFF) - 4000).abs() < 5);
    assert!((distance(0x8000, 0x4000, 0x7FFF) - 6000).abs() < 10);
    assert!((distance(0x8000, -0x4000, 0x7FFF) - 2000).abs() < 10);
    assert!((distance(0xC000, 0x7FFF, 0x7FFF) - 8000).abs() < 10);
    assert_eq!(distance(0x4000, -0x8000, 0x7FFF), 0);
}
