//! Built-in instruments on the signal processor, frame by frame.
//!
//! Audio sheet 3.1, 5, 7.1, and section 8's table of what the standard instruments put out.

#[path = "dsp_instruments/rig.rs"]
mod rig;

use emu_core::device::sound::{Channel, Passage, SignalProcessor, Transfer};
use emu_core::kernel::portfolio::{standard_instrument, standard_instruments};
use emu_core::loader::dsp_file::{Module, ResourceKind};
use proptest::prelude::*;
use rig::{Placed, Rig};

/// As a player with full amplitude scales it.
fn scaled(value: i32) -> i16 {
    ((value * 0x7FFF) >> 15) as i16
}

fn words(samples: &[i16]) -> Vec<u16> {
    samples.iter().map(|&sample| sample as u16).collect()
}

/// A random order of half-words.
fn some_words(many: usize) -> Vec<u16> {
    let mut state = 0x1234_5678_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    (0..many).map(|_| next()).collect()
}

fn high_and_low(words: &[u16]) -> Vec<i32> {
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    bytes.map(|byte| i32::from(byte as i8)).collect()
}

/// SDX2 (audio sheet 3.1).
fn sdx2(bytes: &[i32]) -> Vec<i32> {
    let mut last = 0;
    let mut decode = |n: i32| {
        let value = n * n.abs() * 2;
        let sum = if n & 1 != 0 { last + value } else { value };
        last = sum.clamp(-0x8000, 0x7FFF);
        last
    };
    bytes.iter().map(|&n| decode(n)).collect()
}

/// ADP4 (audio sheet 3.1); the steps are a tenth more each, which the sheet lists by their ends.
fn adp4(nibbles: &[i32]) -> Vec<i32> {
    let steps = steps();
    let (mut value, mut index) = (0_i32, 0_i32);
    let mut decode = |n: i32| {
        let step = steps[index as usize];
        let delta = (step * (2 * (n & 7) + 1)) >> 3;
        value += if n & 8 != 0 { -delta } else { delta };
        value = value.clamp(-0x8000, 0x7FFF);
        index += [-1, -1, -1, -1, 2, 4, 6, 8][n as usize & 7];
        index = index.clamp(0, 88);
        value
    };
    nibbles.iter().map(|&n| decode(n)).collect()
}

/// The table as the file's data has it.
fn steps() -> Vec<i32> {
    let library = standard_instrument(b"decodeadpcm.dsp").unwrap();
    let values = &library.main.data[0].values;
    assert_eq!((values.len(), values[0], values[88]), (97, 7, 32767));
    values[..89].to_vec()
}

fn nibbles(words: &[u16]) -> Vec<i32> {
    let of = |word: &u16| [12, 8, 4, 0].map(|shift| i32::from(word >> shift & 15));
    words.iter().flat_map(of).collect()
}

/// Ticks of the worst frame among many, with every knob and input at all sorts of values.
fn worst(name: &str) -> u32 {
    let mut rig = Rig::new();
    let placed = rig.add(name);
    let module = standard_instrument(name.as_bytes()).unwrap().main;
    let resources = |kind| {
        let named =
            move |r: &&emu_core::loader::dsp_file::Resource| r.kind == kind && !r.name.is_empty();
        let names = module.resources.iter().filter(named);
        names
            .map(|r| String::from_utf8(r.name.clone()).unwrap())
            .collect::<Vec<_>>()
    };
    let knobs = resources(ResourceKind::Ei);
    let inputs = resources(ResourceKind::I);
    let fifos = resources(ResourceKind::InFifo);
    let mut worst = 0;
    let values = some_words(4000);
    for (n, &value) in values.iter().enumerate() {
        if n % 40 == 0 {
            for fifo in &fifos {
                rig.feed(&placed, fifo, &values[n..n + 24.min(values.len() - n)]);
            }
        }
        // Now and then: what a request changes takes a frame of its own.
        if n % 3 == 0 {
            for (k, knob) in knobs.iter().enumerate() {
                rig.set(&placed, knob, i32::from(value.rotate_left(3 * k as u32)));
            }
        }
        for input in inputs.iter().filter(|name| name.starts_with("Input")) {
            rig.set(&placed, input, i32::from(value));
        }
        rig.frame();
        worst = worst.max(rig.dspp.ticks_used());
    }
    worst
}

fn ticks(module: &Module) -> u32 {
    module.amount(ResourceKind::Ticks)
}

#[test]
fn no_instrument_takes_more_ticks_than_documented() {
    for name in standard_instruments() {
        let module = standard_instrument(name.as_bytes()).unwrap().main;
        if ticks(&module) == 0 {
            continue; // A routine: it is in the figure of who calls it.
        }
        let (worst, most) = (worst(name), ticks(&module));
        assert!((2..=most).contains(&worst), "{name}: {worst} of {most}");
    }
}

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

#[test]
fn sdx2_follows_its_formula() {
    let source = some_words(200);
    let bytes = high_and_low(&source);
    let expected = sdx2(&bytes).into_iter().map(scaled).collect::<Vec<_>>();
    let mut rig = Rig::new();
    let player = rig.add("dcsqxdmono.dsp");
    rig.feed(&player, "InFIFO", &source);
    assert_eq!(rig.follow(&player, "Output", 400), expected);
    // Then it stays.
    let last = expected[399];
    assert_eq!(rig.follow(&player, "Output", 5), [last; 5]);

    let mut rig = Rig::new();
    let player = rig.add("dcsqxdstereo.dsp");
    rig.feed(&player, "InFIFO", &source);
    let side = |n: usize| bytes.iter().copied().skip(n).step_by(2).collect::<Vec<_>>();
    let (left, right) = (sdx2(&side(0)), sdx2(&side(1)));
    for (left, right) in left.into_iter().zip(right).take(200) {
        rig.frame();
        let outputs = ["LeftOutput", "RightOutput"].map(|name| rig.get(&player, name));
        assert_eq!(outputs, [scaled(left), scaled(right)]);
    }
}

/// Each byte, the lowest too.
#[test]
fn sdx2_has_every_byte() {
    let bytes: Vec<i32> = (-128..128).collect();
    let source: Vec<u16> = bytes
        .chunks(2)
        .map(|two| (two[0] as u8 as u16) << 8 | two[1] as u8 as u16)
        .collect();
    let mut rig = Rig::new();
    let player = rig.add("dcsqxdmono.dsp");
    rig.feed(&player, "InFIFO", &source);
    let expected: Vec<i16> = sdx2(&bytes).into_iter().map(scaled).collect();
    assert_eq!(rig.follow(&player, "Output", 256), expected);
}

#[test]
fn adp4_follows_its_formula_from_the_second_half_word_on() {
    // Small deltas: those that do not fit 16 bits are not specified.
    let source: Vec<u16> = some_words(120).iter().map(|word| word & 0xBBBB).collect();
    let expected = adp4(&nibbles(&source[1..]));
    for (name, amplitude) in [("adpcmmono.dsp", 0x6000), ("adpcmmono.dsp", 0x7FFF)] {
        let mut rig = Rig::new();
        let player = rig.add(name);
        rig.set(&player, "Amplitude", amplitude);
        rig.feed(&player, "InFIFO", &source);
        let got = rig.follow(&player, "Output", expected.len());
        let scale = |&value: &i32| ((value * amplitude) >> 15) as i16;
        assert_eq!(got, expected.iter().map(scale).collect::<Vec<_>>());
    }
    let loud: Vec<u16> = vec![0, 0x7777, 0x7000, 0xF0FF, 0x0000, 0x1234, 0x8008, 0x9ABC];
    let expected: Vec<i16> = adp4(&nibbles(&loud[1..])).into_iter().map(scaled).collect();
    let mut rig = Rig::new();
    let player = rig.add("adpcmmono.dsp");
    rig.set(&player, "Amplitude", 0x7FFF);
    rig.feed(&player, "InFIFO", &loud);
    assert_eq!(rig.follow(&player, "Output", expected.len()), expected);
}

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

#[test]
fn envelopes_are_straight_lines() {
    let mut rig = Rig::new();
    let envelope = rig.add("envelope.dsp");
    rig.set(&envelope, "Env.request", 1000);
    rig.set(&envelope, "Env.incr", 4096);
    let got = rig.follow(&envelope, "Output", 10);
    assert_eq!(got, [0, 125, 250, 375, 500, 625, 750, 875, 999, 999]);
    // From where it is.
    rig.set(&envelope, "Env.request", -1000);
    rig.set(&envelope, "Env.incr", 0x4000);
    let got = rig.follow(&envelope, "Output", 4);
    assert_eq!(got, [999, -1, -1000, -1000]);
}

#[test]
fn enveloped_instruments_are_loud_as_their_envelope() {
    for (name, hook) in [("sawenv.dsp", "Env"), ("samplerenv.dsp", "AMPEnv")] {
        let mut rig = Rig::new();
        let placed = rig.add(name);
        if name == "samplerenv.dsp" {
            rig.feed(&placed, "InFIFO", &[0x4000; 200]);
        }
        rig.set(&placed, "Amplitude", 0x7FFF);
        assert!(rig.follow(&placed, "Output", 8).iter().all(|&out| out == 0));
        rig.set(&placed, &format!("{hook}.request"), 0x7FFF);
        rig.set(&placed, &format!("{hook}.incr"), 0x0800);
        let got = rig.follow(&placed, "Output", 40);
        let level = rig.get(&placed, &format!("{hook}.current"));
        assert_eq!(level, 0x7FFE, "{name}");
        assert!(got[20].unsigned_abs() > got[4].unsigned_abs(), "{name}");
        if name == "samplerenv.dsp" {
            assert_eq!(got[39], scaled((0x4000 * 0x7FFE) >> 15));
        }
    }
}

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

/// A delay line: what is written comes back.
#[test]
fn delay_lines_are_written() {
    let to = Passage {
        addr: 0x20_0000,
        bytes: 64,
    };
    let transfer = Transfer {
        now: Some(to),
        next: Some(to),
        is_loop: true,
    };
    let mut rig = Rig::new();
    let delay = rig.add("delaymono.dsp");
    rig.dspp.set_transfer(Channel::Out(0), transfer, true);
    for n in 1..=8 {
        rig.set(&delay, "Input", n * 100);
        rig.frame();
    }
    let written = (0..4).map(|n| rig.memory.word(0x20_0000 + n * 4));
    let expected = [100, 300, 500, 700].map(|n| n << 16 | (n + 100));
    assert_eq!(written.collect::<Vec<_>>(), expected);

    let mut rig = Rig::new();
    let delay = rig.add("delaystereo.dsp");
    rig.dspp.set_transfer(Channel::Out(0), transfer, true);
    rig.set(&delay, "InputLeft", 0x1111);
    rig.set(&delay, "InputRight", 0x2222);
    rig.frame();
    assert_eq!(rig.memory.word(0x20_0000), 0x1111_2222);

    let mut rig = Rig::new();
    let delay = rig.add("delay1tap.dsp");
    rig.dspp.set_transfer(Channel::Out(0), transfer, true);
    rig.feed(&delay, "Tap0", &[0x1000, 0x1000]);
    rig.set(&delay, "Input", 0x2000);
    rig.set(&delay, "OriginalMix", 0x4000);
    rig.set(&delay, "Tap0Mix", -0x4000);
    rig.set(&delay, "OriginalSend", 0x2000);
    rig.set(&delay, "Tap0Send", 0x4000);
    assert_eq!(rig.follow(&delay, "Output", 2), [0x0800, 0x0800]);
    assert_eq!(rig.memory.word(0x20_0000), 0x1000_1000);
}

#[test]
fn taps_and_monitors_show_what_passes() {
    let mut rig = Rig::new();
    let saw = rig.add("sawtooth.dsp");
    rig.connect("directout.dsp", &[("InputRight", saw.at("Output"))]);
    let tap = rig.add("tapoutput.dsp");
    let monitor = rig.connect("monitor.dsp", &[("Input", saw.at("Output"))]);
    let input = rig.add("directin.dsp");
    for _ in 0..5 {
        rig.frame();
        let output = rig.get(&saw, "Output");
        assert_eq!(rig.get(&tap, "RightOutput"), output);
        assert_eq!(rig.get(&tap, "LeftOutput"), 0);
        assert_eq!(rig.get(&monitor, "Monitor"), output);
        assert_eq!(rig.get(&input, "LeftOutput"), 0);
    }
}
