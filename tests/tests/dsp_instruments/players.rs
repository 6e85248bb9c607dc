//! Players of samples at the rate of the output, and at half of it.

use super::*;

/// Each value for two frames: halfway to it first.
fn halved(values: &[i32]) -> Vec<i16> {
    let before = [0].iter().chain(values);
    let pairs = before.zip(values);
    let both = |(&before, &value): (&i32, &i32)| [scaled((before + value) >> 1), scaled(value)];
    pairs.flat_map(both).collect()
}

#[test]
fn half_rate_gives_the_mean_first() {
    let source = some_words(60);
    let samples: Vec<i32> = source.iter().map(|&word| i32::from(word as i16)).collect();
    let bytes: Vec<i32> = high_and_low(&source).iter().map(|byte| byte << 8).collect();
    let adpcm: Vec<u16> = source.iter().map(|word| word & 0xBBBB).collect();
    let cases = [
        ("halfmonosample.dsp", &source, samples.clone()),
        ("halfmono8.dsp", &source, bytes.clone()),
        ("dcsqxdhalfmono.dsp", &source, sdx2(&high_and_low(&source))),
        ("adpcmhalfmono.dsp", &adpcm, adp4(&nibbles(&adpcm[1..]))),
    ];
    for (name, source, values) in cases {
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.feed(&player, "InFIFO", source);
        let expected = halved(&values);
        let got = rig.follow(&player, "Output", expected.len());
        assert_eq!(got, expected, "{name}");
    }
    let mut rig = Rig::new();
    let player = rig.add("halfmonosample.dsp");
    rig.feed(&player, "InFIFO", &[0x1010, 0x1010]);
    assert_eq!(rig.follow(&player, "Output", 2), [0x0807, 0x100F]);

    let decoded: [Vec<i32>; 2] = [0, 1].map(|side| {
        let bytes = high_and_low(&source);
        sdx2(
            &bytes
                .iter()
                .copied()
                .skip(side)
                .step_by(2)
                .collect::<Vec<_>>(),
        )
    });
    let every = |values: &[i32], side: usize| -> Vec<i32> {
        values.iter().copied().skip(side).step_by(2).collect()
    };
    let cases = [
        (
            "halfstereosample.dsp",
            [0, 1].map(|side| every(&samples, side)),
        ),
        ("halfstereo8.dsp", [0, 1].map(|side| every(&bytes, side))),
        ("dcsqxdhalfstereo.dsp", decoded),
    ];
    for (name, [left, right]) in cases {
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.feed(&player, "InFIFO", &source);
        for (left, right) in halved(&left).into_iter().zip(halved(&right)) {
            rig.frame();
            let outputs = ["LeftOutput", "RightOutput"].map(|name| rig.get(&player, name));
            assert_eq!(outputs, [left, right], "{name}");
        }
    }
}

#[test]
fn fixed_players_give_what_they_are_fed() {
    let source = some_words(40);
    let bytes: Vec<i32> = high_and_low(&source).iter().map(|byte| byte << 8).collect();
    let samples: Vec<i32> = source.iter().map(|&word| i32::from(word as i16)).collect();
    for (name, values) in [
        ("fixedmonosample.dsp", &samples),
        ("fixedmono8.dsp", &bytes),
    ] {
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.feed(&player, "InFIFO", &source);
        let mut expected: Vec<i16> = values.iter().map(|&value| scaled(value)).collect();
        // Nothing waits any more: the output stays.
        let last = *expected.last().unwrap();
        expected.extend([last; 4]);
        assert_eq!(
            rig.follow(&player, "Output", expected.len()),
            expected,
            "{name}"
        );
    }
    let swapped: Vec<i32> = source
        .iter()
        .map(|word| i32::from(word.swap_bytes() as i16))
        .collect();
    for (name, values) in [
        ("fixedstereosample.dsp", &samples),
        ("fixedstereo8.dsp", &bytes),
        ("fixedstereo16swap.dsp", &swapped),
    ] {
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.feed(&player, "InFIFO", &source);
        let outputs = |rig: &mut Rig| {
            rig.frame();
            ["LeftOutput", "RightOutput"].map(|name| rig.get(&player, name))
        };
        let mut last = [0; 2];
        for pair in values.chunks(2) {
            last = outputs(&mut rig);
            assert_eq!(last, [scaled(pair[0]), scaled(pair[1])], "{name}");
        }
        assert_eq!(outputs(&mut rig), last, "{name}");
    }
}
