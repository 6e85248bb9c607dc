//! Knobs, starts, bends, voices.

use super::*;

/// 5.3: what TweakKnob makes of a value, and its limits.
#[test]
fn knobs_convert_and_keep_their_limits() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        let knob = Item(grab(g, saw, "FREQUENCY").0);
        assert_eq!(raw(g, knob), 768, "its default");
        assert_eq!(g.call("TweakKnob", &[knob.word(), 0x01B8_0000]), Status::OK);
        assert_eq!(raw(g, knob), 653, "440 Hz");
        g.call("TweakRawKnob", &[knob.word(), 0x01B8_0000]);
        assert_eq!(raw(g, knob), 0x2000, "its maximum");
        g.call("TweakKnob", &[knob.word(), u32::MAX - 0x1_0000]);
        assert_eq!(raw(g, knob), 0, "its minimum");
        let lfo = instrument(g, "triangle_lfo.dsp");
        let knob = Item(grab(g, lfo, "Frequency").0);
        assert_eq!(raw(g, knob), 4096);
        g.call("TweakKnob", &[knob.word(), 0xA_8000]);
        assert_eq!(raw(g, knob), 3994, "10.5 Hz");
        // Two holds of one knob are two items.
        let first = Item(grab(g, saw, "Amplitude").0);
        let second = Item(grab(g, saw, "amplitude").0);
        assert_ne!(first, second);
        g.call("TweakKnob", &[first.word(), 0x1234]);
        assert_eq!(raw(g, second), 0x1234);
        assert_eq!(g.delete(first), Status::OK);
        assert_eq!(g.call("TweakKnob", &[first.word(), 0]), code(BADITEM));
        assert_eq!(raw(g, second), 0x1234);
        let name = g.string("Amplitude");
        let by_tags = g.new_item(0x403, Tags::new().and(17, saw).and(12, name));
        assert_eq!(raw(g, by_tags), 0x1234);
    });
}

/// Names of knobs are in memory that the program can read and not write.
#[test]
fn knobs_have_names() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        assert_eq!(g.call("GetNumKnobs", &[saw.word()]), Status(2));
        let names = [0, 1].map(|n| {
            let at = g.call("GetKnobName", &[saw.word(), n]).0 as u32;
            g.text(at)
        });
        assert_eq!(names, ["Amplitude", "Frequency"]);
        for n in [2, u32::MAX] {
            assert_eq!(g.call("GetKnobName", &[saw.word(), n]), Status(0));
        }
    });
}

/// 4.3: amplitude, velocity, frequency, pitch and rate of a start.
#[test]
fn a_start_sets_amplitude_and_frequency() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        let frequency = Item(grab(g, saw, "Frequency").0);
        let amplitude = Item(grab(g, saw, "Amplitude").0);
        for (tags, values) in [
            (Tags::new(), (768, 0x6000)),
            (Tags::new().and(10, 0x5000_u32), (768, 0x5000)),
            (Tags::new().and(15, 127_u32), (768, 0x7F00)),
            (Tags::new().and(42, 0x01B8_0000_u32), (653, 0x7F00)),
            (Tags::new().and(14, 81_u32), (1307, 0x7F00)),
            (Tags::new().and(11, 77_u32), (77, 0x7F00)),
            (Tags::new().and(10, 0x1_0000_u32), (77, 0x7FFF)),
        ] {
            assert_eq!(start(g, saw, tags), Status::OK);
            assert_eq!((raw(g, frequency), raw(g, amplitude)), values);
        }
        let note = start(g, saw, Tags::new().and(14, 128_u32));
        assert_eq!(note, code(BADTAGVAL));
    });
}

/// 3.3: a bend multiplies what the instrument was started with, until it is changed.
#[test]
fn bends_multiply_the_frequency() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        let knob = Item(grab(g, saw, "Frequency").0);
        let fraction = g.alloc(4);
        start(g, saw, Tags::new().and(14, 69_u32));
        for (semitones, expected) in [(12, 1307), (0, 653), (-12, 326), (7, 979)] {
            let interval = [semitones as u32, 0, fraction];
            assert_eq!(g.call("Convert12TET_F16", &interval), Status::OK);
            let bend = g.read(fraction);
            assert_eq!(
                g.call("BendInstrumentPitch", &[saw.word(), bend]),
                Status::OK
            );
            assert_eq!(raw(g, knob), expected, "{semitones} semitones");
        }
        start(g, saw, Tags::new().and(14, 81_u32));
        assert_eq!(raw(g, knob), 1959, "the bend stays");
        let too_much = [15 * 12, 0, fraction];
        assert_eq!(g.call("Convert12TET_F16", &too_much), code(OUTOFRANGE));
    });
}

/// 4.3, 4.5: adopted are those that were given up, or that give themselves up when stopped.
#[test]
fn abandoned_instruments_are_adopted() {
    both_profiles(|g| {
        let template = template(g, "sawtooth.dsp");
        let adopt = |g: &mut Guest| g.call("AdoptInstrument", &[template.word()]);
        let first = Item(alloc(g, template).0);
        let tags = g.tags(Tags::new().and(40, 1_u32));
        let auto = g.item_from("CreateInstrument", &[template.word(), tags]);
        assert_eq!(adopt(g), Status(0), "new ones are stopped");
        start(g, auto, Tags::new());
        g.call("StopInstrument", &[auto.word(), 0]);
        assert_eq!(adopt(g), Status(auto.0));
        assert_eq!(adopt(g), Status(0), "once");
        for item in [auto, first] {
            assert_eq!(g.call("AbandonInstrument", &[item.word()]), Status::OK);
        }
        assert_eq!(adopt(g), Status(first.0), "the one made first");
        assert_eq!(adopt(g), Status(auto.0));
        g.call("AbandonInstrument", &[first.word()]);
        start(g, first, Tags::new());
        assert_eq!(adopt(g), Status(0), "it plays");
    });
}

/// 4.5: the least active, the lowest priority, the first started.
#[test]
fn voices_are_scavenged_by_activity_priority_and_age() {
    both_profiles(|g| {
        let template = template(g, "sawtooth.dsp");
        let scavenge = |g: &mut Guest, priority: u32, activity: i32| {
            let arguments = [template.word(), priority, activity as u32, 0];
            g.call("ScavengeInstrument", &arguments)
        };
        let [old, young, released, high] = [50, 50, 50, 150]
            .map(|priority| g.item_from("AllocInstrument", &[template.word(), priority]));
        for item in [high, old, young, released] {
            start(g, item, Tags::new());
        }
        g.call("ReleaseInstrument", &[released.word(), 0]);
        assert_eq!(scavenge(g, 200, STOPPED), Status(0), "none is so idle");
        assert_eq!(scavenge(g, 40, 3), Status(0), "all are more important");
        assert_eq!(scavenge(g, 100, 3), Status(released.0));
        start(g, released, Tags::new());
        assert_eq!(scavenge(g, 100, 3), Status(old.0));
        start(g, old, Tags::new());
        assert_eq!(scavenge(g, 200, 3), Status(young.0));
        g.call("AbandonInstrument", &[high.word()]);
        assert_eq!(scavenge(g, 200, ABANDONED), Status(high.0));
    });
}

/// 2.1: amplitude is granted as long as there is any.
#[test]
fn amplitude_is_shared() {
    both_profiles(|g| {
        for (call, amount, result) in [
            ("AllocAmplitude", 0x5000, 0x5000),
            ("AllocAmplitude", 0x5000, 0x2FFF),
            ("AllocAmplitude", 1, 0),
            ("FreeAmplitude", 0x1000, 0),
            ("AllocAmplitude", 0x7FFF, 0x1000),
            ("FreeAmplitude", 0x7FFF_FFFF, 0),
            ("AllocAmplitude", 0x7FFF_FFFF, 0x7FFF),
        ] {
            assert_eq!(
                g.call(call, &[amount]),
                Status(result),
                "{call}({amount:#x})"
            );
        }
        assert_eq!(g.call("AllocAmplitude", &[u32::MAX]), code(OUTOFRANGE));
    });
}
