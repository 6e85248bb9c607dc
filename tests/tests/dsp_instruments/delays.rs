//! Delay lines, and what shows what passes.

use super::*;

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
