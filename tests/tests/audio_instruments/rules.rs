//! What the calls refuse, and what a saved machine keeps.

use super::*;
use emu_core::loader::dsp_file::SampleHook;
use emu_core::loader::dsp_file::builder::{chunk, form};

/// Each task opens the folio before it makes items.
#[test]
fn a_task_that_has_not_opened_the_folio_makes_nothing() {
    both_profiles(|g| {
        let name = g.string("sawtooth.dsp");
        let folio = Item(4);
        g.begin_vec_of(folio, 10, &[name, 0, 100]);
        g.wait();
        assert_eq!(g.last(), code(AUDIOCLOSED));
        g.call("OpenItem", &[4, 0]);
        g.begin_vec_of(folio, 10, &[name, 0, 100]);
        g.wait();
        assert!(g.last().0 > 0);
        let thread = g.create_thread("thread");
        let mut thread = g.on(thread);
        thread.begin_vec_of(folio, 10, &[name, 0, 100]);
        thread.wait();
        assert_eq!(thread.last(), code(AUDIOCLOSED));
    });
}

/// Items of the wrong kind, names that do not exist.
#[test]
fn wrong_items_and_names() {
    both_profiles(|g| {
        let template = template(g, "sawtooth.dsp");
        let saw = Item(alloc(g, template).0);
        let port = g.create_port();
        let text = g.string("Output");
        for wrong in [Item(0), port, template, Item(0x7FFF_0000)] {
            let wrong = wrong.word();
            for (call, arguments) in [
                ("StartInstrument", vec![wrong, 0]),
                ("ReleaseInstrument", vec![wrong, 0]),
                ("StopInstrument", vec![wrong, 0]),
                ("PauseInstrument", vec![wrong]),
                ("ResumeInstrument", vec![wrong]),
                ("AbandonInstrument", vec![wrong]),
                ("BendInstrumentPitch", vec![wrong, 0x1_0000]),
                ("TuneInstrument", vec![wrong, 0]),
                ("DeleteInstrument", vec![wrong]),
                ("UnloadInstrument", vec![wrong]),
                ("GrabKnob", vec![wrong, text]),
                ("GetNumKnobs", vec![wrong]),
                ("CreateProbe", vec![wrong, text, 0]),
                ("TweakKnob", vec![wrong, 0]),
                ("TweakRawKnob", vec![wrong, 0]),
                ("ReadProbe", vec![wrong, text]),
                ("DeleteProbe", vec![wrong]),
                ("DeleteTuning", vec![wrong]),
                ("ConnectInstruments", vec![wrong, text, saw.word(), text]),
                ("ConnectInstruments", vec![saw.word(), text, wrong, text]),
                ("DSPGetInsRsrcUsed", vec![wrong, 0]),
            ] {
                assert_eq!(
                    g.call(call, &arguments),
                    code(BADITEM),
                    "{call}({wrong:#x})"
                );
            }
            assert_eq!(g.call("GetKnobName", &[wrong, 0]), Status(0));
        }
        for (call, arguments) in [
            ("AllocInstrument", vec![saw.word(), 100]),
            ("AdoptInstrument", vec![saw.word()]),
            ("ScavengeInstrument", vec![saw.word(), 100, 3, 0]),
            ("TuneInsTemplate", vec![saw.word(), 0]),
            ("TuneInstrument", vec![saw.word(), saw.word()]),
            ("UnloadInsTemplate", vec![saw.word()]),
        ] {
            assert_eq!(g.call(call, &arguments), code(BADITEM), "{call}");
        }
        assert_eq!(grab(g, saw, "Frequenc"), code(BADNAME));
        let out = instrument(g, "directout.dsp");
        assert_eq!(grab(g, out, "Frequency"), code(NOKNOBS));
        let tags = g.tags(Tags::new().and(9999, 0_u32));
        for call in ["StartInstrument", "ReleaseInstrument", "StopInstrument"] {
            assert_eq!(g.call(call, &[saw.word(), tags]), code(BADTAG), "{call}");
        }
        let wild = 0x0F00_0000;
        assert_eq!(g.call("StartInstrument", &[saw.word(), wild]), code(BADPTR));
        let connect = [saw.word(), wild, out.word(), text];
        assert_eq!(g.call("ConnectInstruments", &connect), code(BADPTR));
        for (tags, error) in [
            (Tags::new().and(16, template), BADTAG),
            (Tags::new().and(39, 256_u32), BADTAGVAL),
            (Tags::new().and(40, 2_u32), BADTAGVAL),
            (Tags::new().and(72, 3_u32), BADTAGVAL),
        ] {
            let tags = g.tags(tags);
            let made = g.call("CreateInstrument", &[template.word(), tags]);
            assert_eq!(made, code(error));
        }
        assert_eq!(g.create(0x402, Tags::new()), code(BADITEM));
        assert!(g.create(0x402, Tags::new().and(16, template)).0 > 0);
    });
}

/// What the folio knows is part of the machine's state.
#[test]
fn instruments_survive_saving_and_loading() {
    both_profiles(|g| {
        let saw = instrument(g, "sawtooth.dsp");
        let knob = Item(grab(g, saw, "Frequency").0);
        g.call("TweakKnob", &[knob.word(), 0x01B8_0000]);
        let save = g.machine().save();
        g.call("UnloadInstrument", &[saw.word()]);
        g.load(&save).expect("what was just saved");
        assert_eq!(raw(g, knob), 653);
        assert_eq!(total(g, TICKS), 53);
        assert_eq!(g.call("UnloadInstrument", &[saw.word()]), Status::OK);
        assert_eq!(total(g, TICKS), 45);
    });
}

/// Templates take the guest's memory; when it is used up the call says so.
#[test]
fn templates_run_out_of_memory_or_items_and_give_all_back() {
    both_profiles(|g| {
        let fifo = resource(ResourceKind::InFifo, 1, "InFIFO");
        let mut large = file(module(vec![fifo, resource(ResourceKind::Code, 1, "Entry")]));
        // 16 bits, mono, 44,100 Hz.
        let mut common = [0, 1, 0, 0, 0x4E, 0x20, 0, 16, 0x40, 0x0E, 0xAC, 0x44].to_vec();
        common.resize(18, 0);
        let chunks = [chunk(b"COMM", &common), chunk(b"SSND", &[0; 40_008])];
        large.samples = vec![SampleHook {
            hook: b"InFIFO".to_vec(),
            file: form(b"AIFF", &chunks),
        }];
        let mut made = Vec::new();
        let image = large.write();
        let (at, len) = (g.alloc(image.len() as u32), image.len() as u32);
        g.write_bytes(at, &image);
        let before = g.item_count();
        let end = loop {
            // Each a little different, or they would share one program.
            g.write(at + len - 8, made.len() as u32);
            match g.call("DefineInsTemplate", &[at, len, 0, 0]) {
                Status(item) if item > 0 => made.push(Item(item)),
                error => break error,
            }
        };
        assert_eq!(end, code(0xD52B_F006), "NOMEM");
        assert!((20..80).contains(&made.len()), "{}", made.len());
        let count = made.len();
        for item in made.drain(..) {
            assert_eq!(g.call("UnloadInsTemplate", &[item.word()]), Status::OK);
        }
        assert_eq!(g.item_count(), before);
        for n in 0..count {
            g.write(at + len - 8, n as u32);
            assert!(g.call("DefineInsTemplate", &[at, len, 0, 0]).0 > 0);
        }
    });
}

/// A routine may ask for data in a resource that is not its own: nothing happens, nobody dies.
#[test]
fn initial_data_of_what_is_not_there_goes_nowhere() {
    both_profiles(|g| {
        let mut part = module(vec![
            linked(Linkage::Export, "Me"),
            Resource {
                kind: ResourceKind::I,
                many: 4,
                ..linked(Linkage::Import, "Me")
            },
        ]);
        part.data = vec![Data {
            at_alloc: true,
            at_start: true,
            resource: 1,
            values: vec![1, 2, 3],
        }];
        let image = file(part).write();
        let (at, len) = (g.alloc(image.len() as u32), image.len() as u32);
        g.write_bytes(at, &image);
        let refused = g.call("DefineInsTemplate", &[at, len, 0, 0]);
        assert_eq!(refused, code(EXTERNALREF), "it waits for itself");
        let mut part = module(vec![linked(Linkage::Export, "Me")]);
        part.resources.push(Resource {
            kind: ResourceKind::I,
            many: 4,
            ..linked(Linkage::Export, "Words")
        });
        part.data = vec![Data {
            at_alloc: true,
            at_start: true,
            resource: 1,
            values: vec![1, 2, 3],
        }];
        let image = file(part).write();
        g.write_bytes(at, &image);
        let template = g.item_from("DefineInsTemplate", &[at, image.len() as u32, 0, 0]);
        let instrument = Item(alloc(g, template).0);
        assert_eq!(start(g, instrument, Tags::new()), Status::OK);
    });
}
