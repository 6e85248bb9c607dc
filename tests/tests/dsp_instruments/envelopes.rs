//! Envelopes, alone and in instruments.

use super::*;

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
