//! Connections, probes, tunings.

use super::*;

/// 4.4: from an output to an input or a knob, by names that ignore case.
#[test]
fn outputs_are_connected_to_inputs_and_knobs() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        let lfo = instrument(g, "triangle_lfo.dsp");
        let mixer = instrument(g, "mixer2x2.dsp");
        let mut call = |name: &str, from: (Item, &str), to: (Item, &str)| {
            let (output, input) = (g.string(from.1), g.string(to.1));
            let arguments = [from.0.word(), output, to.0.word(), input];
            g.call(name, &arguments)
        };
        let connect = "ConnectInstruments";
        for (from, to, result) in [
            ((saw, "Output"), (mixer, "Input0"), 0),
            ((saw, "output"), (mixer, "INPUT1"), 0),
            ((lfo, "Output"), (saw, "Amplitude"), 0),
            ((lfo, "Output"), (mixer, "Input0"), 0),
            ((saw, "Outpu"), (mixer, "Input0"), BADNAME),
            ((saw, "Output"), (mixer, "Input2"), BADNAME),
            ((saw, "Frequency"), (mixer, "Input0"), BADNAME),
        ] {
            assert_eq!(call(connect, from, to), code(result), "{from:?} {to:?}");
        }
        for _ in 0..2 {
            let undone = call("DisconnectInstruments", (lfo, "Output"), (saw, "amplitude"));
            assert_eq!(undone, Status::OK);
        }
        assert_eq!(g.delete(lfo), Status::OK);
        assert_eq!(g.delete(saw), Status::OK);
        assert_eq!(g.delete(mixer), Status::OK);
    });
}

/// Nothing computes yet: an output reads as silence.
#[test]
fn probes_read_silence() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        let [output, wrong] = ["Output", "Nothing"].map(|name| g.string(name));
        let probe = g.item_from("CreateProbe", &[saw.word(), output, 0]);
        let value = g.words(&[77]);
        assert_eq!(g.call("ReadProbe", &[probe.word(), value]), Status::OK);
        assert_eq!(g.read(value), 0);
        let wild = g.call("ReadProbe", &[probe.word(), 0x8000]);
        assert_eq!(wild, code(BADPTR), "not the program's to write");
        let made = g.call("CreateProbe", &[saw.word(), wrong, 0]);
        assert_eq!(made, code(BADNAME));
        assert_eq!(g.call("DeleteProbe", &[probe.word()]), Status::OK);
        let by_tags = g.new_item(0x409, Tags::new().and(17, saw).and(12, output));
        assert_eq!(g.delete(by_tags), Status::OK);
    });
}

/// The Programmer's Guide's five notes; an instrument's own tuning beats its template's, and
/// what loses its tuning has the standard one.
#[test]
fn tunings_apply_to_templates_and_instruments() {
    both_profiles(|g| {
        let template = template(g, "sawtooth.dsp");
        let saw = Item(alloc(g, template).0);
        let knob = Item(grab(g, saw, "Frequency").0);
        let hertz: Vec<u32> = [100, 110, 120, 130, 140].map(|hz| hz << 16).to_vec();
        let frequencies = g.words(&hertz);
        let five = g.item_from("CreateTuning", &[frequencies, 5, 5, 60]);
        let high = g.words(&[1000 << 16]);
        let flat = g.new_item(
            0x408,
            Tags::new()
                .and(36, high)
                .and(24, 1_u32)
                .and(50, 1_u32)
                .and(25, 60_u32),
        );
        let play = |g: &mut Guest, note: u32| {
            assert_eq!(start(g, saw, Tags::new().and(14, note)), Status::OK);
            raw(g, knob)
        };
        let increment = |hz: u32| ((hz << 16) / 44_100) as i32;
        let tune = [template.word(), five.word()];
        assert_eq!(g.call("TuneInsTemplate", &tune), Status::OK);
        for (note, hz) in [(60, 100), (64, 140), (65, 200), (70, 400), (59, 70)] {
            assert_eq!(play(g, note), increment(hz), "note {note}");
        }
        g.call("TuneInstrument", &[saw.word(), flat.word()]);
        assert_eq!(play(g, 60), increment(1000));
        assert_eq!(play(g, 59), increment(500));
        g.call("TuneInstrument", &[saw.word(), 0]);
        assert_eq!(play(g, 60), increment(100));
        assert_eq!(g.call("DeleteTuning", &[five.word()]), Status::OK);
        assert_eq!(play(g, 69), 653);
        for (arguments, error) in [
            ([0, 5, 5, 60], NULLADDRESS),
            ([frequencies, 5, 6, 60], BADTAGVAL),
            ([frequencies, 5, 0, 60], BADTAGVAL),
            ([frequencies, 5, 5, 128], BADTAGVAL),
            ([frequencies, 0x4000_0001, 5, 60], BADTAGVAL),
            ([0x2F_FFFC, 5, 5, 60], BADPTR),
        ] {
            assert_eq!(g.call("CreateTuning", &arguments), code(error));
        }
        assert_eq!(g.call("GetMasterTuning", &[]), Status(440 << 16));
        g.call("SetMasterTuning", &[5]);
        assert_eq!(g.call("GetMasterTuning", &[]), Status(5));
    });
}
