//! Samples of SDX2 and ADP4.

use super::*;

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
