//! Instruments of the Audio folio: templates, resources, knobs, connections, tunings.
//!
//! Audio sheet 4, 5.3, 7 and 9.3 point 2. Files are made by the loader's builder; without a
//! disc the folio's built-in descriptions stand in.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::dsp_file::builder::{knob, resource};
use emu_core::loader::dsp_file::{Conversion, DspFile, Linkage, Module, Resource, ResourceKind};
use emu_core::quirks::Profile;
use emu_core::trace::TraceEvent;
use emu_devices::cdrom::DriveProfile;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use tests::guest::{Guest, Tags, Word, both_profiles, disc_file, disc_folder};

const BADITEM: u32 = 0xD52B_F001;
const BADTAG: u32 = 0xD52B_F002;
const BADTAGVAL: u32 = 0xD52B_F003;
const BADPTR: u32 = 0xD52B_F009;
const BADFILENAME: u32 = 0xD52B_F101;
const NOKNOBS: u32 = 0xD52B_F104;
const BADNAME: u32 = 0xD52B_F105;
const EXTERNALREF: u32 = 0xD52B_F10A;
const BADRSRCTYPE: u32 = 0xD52B_F10B;
const NORSRC: u32 = 0xD52B_F113;
const BADFILETYPE: u32 = 0xD52B_F114;
const OUTOFRANGE: u32 = 0xD52B_F117;
const NULLADDRESS: u32 = 0xD52B_F119;
const AUDIOCLOSED: u32 = 0xD52B_F11D;
/// The kernel's own.
const ITEM_GONE: u32 = 0x8570_0001;

const ABANDONED: i32 = 0;
const STOPPED: i32 = 1;

/// Resource types of the calls.
const CODE: u32 = 0;
const EI: u32 = 1;
const I: u32 = 2;
const IN_FIFO: u32 = 6;
const TICKS: u32 = 8;

fn code(word: u32) -> Status {
    Status(word as i32)
}

fn load_template(g: &mut Guest, name: &str) -> Status {
    let name = g.string(name);
    g.call("LoadInsTemplate", &[name, 0])
}

fn template(g: &mut Guest, name: &str) -> Item {
    let template = load_template(g, name);
    assert!(template.0 > 0, "{name}: {template:?}");
    Item(template.0)
}

fn alloc(g: &mut Guest, template: Item) -> Status {
    g.call("AllocInstrument", &[template.word(), 100])
}

fn instrument(g: &mut Guest, name: &str) -> Item {
    let name = g.string(name);
    g.item_from("LoadInstrument", &[name, 0, 100])
}

fn grab(g: &mut Guest, instrument: Item, name: &str) -> Status {
    let name = g.string(name);
    g.call("GrabKnob", &[instrument.word(), name])
}

fn total(g: &mut Guest, kind: u32) -> i32 {
    g.call("DSPGetTotalRsrcUsed", &[kind]).0
}

fn start(g: &mut Guest, instrument: Item, tags: Tags) -> Status {
    let tags = g.tags(tags);
    g.call("StartInstrument", &[instrument.word(), tags])
}

/// The parameter word of a knob, as the processor has it: found by its place.
fn word_of(g: &mut Guest, instrument: Item, kind: u32, name: &str) -> i32 {
    let place = g.alloc(4);
    let text = g.string(name);
    let many = g.call("DSPGetRsrcAlloc", &[instrument.word(), kind, text, place]);
    assert_eq!(many, Status(1), "{name}");
    g.read(place) as i32
}

/// Turns a knob and gives the value that the processor then reads, through the saved machine's
/// own view: knobs are read back by grabbing the raw value with a second instrument's probe is
/// not possible, so the test reads what CreateProbe may not: it uses `raw`.
fn raw(g: &mut Guest, knob: Item) -> i32 {
    g.machine()
        .kernel()
        .knob_value(knob)
        .expect("a knob of the harness")
}

fn warnings(g: &Guest) -> Vec<String> {
    let events = g.records().records().iter();
    let texts = events.filter_map(|record| match &record.event {
        TraceEvent::Warning(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// Runs a test with files in the disc's instrument folder under each profile.
fn with_files(files: &[(&str, DspFile)], test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let run = catch_unwind(AssertUnwindSafe(|| {
            let dsp = files
                .iter()
                .map(|(name, file)| disc_file(name, &file.write()));
            let audio = disc_folder("Audio", vec![disc_folder("dsp", dsp.collect())]);
            let disc = [disc_folder("System", vec![audio])];
            test(&mut Guest::with_disc(profile, DriveProfile::Instant, &disc));
        }));
        if let Err(failure) = run {
            eprintln!("the failure is under profile `{}`", profile.name());
            resume_unwind(failure);
        }
    }
}

fn module(resources: Vec<Resource>) -> Module {
    Module {
        code: vec![emu_core::loader::dsp_file::CodeBlock {
            kind: 0,
            words: vec![0x8380],
        }],
        resources,
        ..Module::default()
    }
}

fn file(main: Module) -> DspFile {
    DspFile {
        name: Vec::new(),
        main,
        shared: Vec::new(),
        envelopes: Vec::new(),
        samples: Vec::new(),
    }
}

fn linked(linkage: Linkage, name: &str) -> Resource {
    Resource {
        linkage,
        ..resource(ResourceKind::Code, 0, name)
    }
}

// ---- resources ----

/// 9.3 point 2: thirteen input FIFOs, the fourteenth player fails.
#[test]
fn the_fourteenth_fifo_fails() {
    both_profiles(|g| {
        let template = template(g, "fixedmonosample.dsp");
        let made: Vec<Item> = (0..13).map(|_| Item(alloc(g, template).0)).collect();
        assert!(made.iter().all(|item| item.0 > 0), "{made:?}");
        assert_eq!(total(g, IN_FIFO), 13);
        assert_eq!(alloc(g, template), code(NORSRC));
        assert_eq!(g.call("DeleteInstrument", &[made[5].word()]), Status::OK);
        assert!(alloc(g, template).0 > 0);
        assert_eq!(alloc(g, template), code(NORSRC));
    });
}

/// Head and tail have theirs; an instrument takes and gives back what its file says.
#[test]
fn an_instrument_takes_what_its_file_says_and_gives_it_back() {
    both_profiles(|g| {
        let empty = [CODE, EI, I, IN_FIFO, TICKS].map(|kind| total(g, kind));
        assert_eq!(empty, [48, 4, 2, 0, 45]);
        let player = instrument(g, "fixedmonosample.dsp");
        let of_it = [CODE, EI, I, IN_FIFO, TICKS]
            .map(|kind| g.call("DSPGetInsRsrcUsed", &[player.word(), kind]).0);
        assert_eq!(of_it, [6, 1, 1, 1, 6]);
        let after = [CODE, EI, I, IN_FIFO, TICKS].map(|kind| total(g, kind));
        assert_eq!(after, [54, 5, 3, 1, 51]);
        assert_eq!(
            word_of(g, player, EI, "amplitude"),
            0x00C,
            "behind the system's"
        );
        assert_eq!(word_of(g, player, I, "Output"), 0x10A);
        assert_eq!(word_of(g, player, IN_FIFO, "InFIFO"), 0);
        assert_eq!(
            g.call("DSPGetTotalRsrcUsed", &[12]),
            code(BADRSRCTYPE),
            "there are twelve types"
        );
        assert_eq!(g.call("UnloadInstrument", &[player.word()]), Status::OK);
        assert_eq!(
            [CODE, EI, I, IN_FIFO, TICKS].map(|kind| total(g, kind)),
            empty
        );
    });
}

/// 4.1: ticks run out first where programs are long; the published count of voices.
#[test]
fn eight_half_rate_players_fit_beside_a_mixer() {
    both_profiles(|g| {
        instrument(g, "mixer4x2.dsp");
        let player = template(g, "halfmono8.dsp");
        let made = (0..13).take_while(|_| alloc(g, player).0 > 0).count();
        assert_eq!(made, 8);
    });
}

/// CALCRATE_DIVIDE 2: half of them in even frames, half in odd ones.
#[test]
fn half_rate_doubles_the_number_of_instruments() {
    both_profiles(|g| {
        let heavy = file(module(vec![
            resource(ResourceKind::Code, 1, "Entry"),
            resource(ResourceKind::Ticks, 100, "Ticks"),
        ]));
        let image = heavy.write();
        let at = g.alloc(image.len() as u32);
        g.write_bytes(at, &image);
        let template = g.item_from("DefineInsTemplate", &[at, image.len() as u32, 0, 0]);
        let made = |g: &mut Guest, divide: u32| {
            let mut made = Vec::new();
            loop {
                let tags = g.tags(Tags::new().and(72, divide));
                match g.call("CreateInstrument", &[template.word(), tags]) {
                    Status(item) if item > 0 => made.push(Item(item)),
                    error => {
                        assert_eq!(error, code(NORSRC));
                        return made;
                    }
                }
            }
        };
        let full = made(g, 1);
        assert_eq!(full.len(), 5);
        for item in full {
            assert_eq!(g.delete(item), Status::OK);
        }
        assert_eq!(made(g, 2).len(), 10);
    });
}

/// A routine that several instruments import is there once.
#[test]
fn an_imported_routine_is_placed_once() {
    both_profiles(|g| {
        let first = instrument(g, "sampler.dsp");
        assert_eq!(total(g, CODE), 48 + 11 + 22);
        let second = instrument(g, "sampler.dsp");
        assert_eq!(total(g, CODE), 48 + 22 + 22);
        for sampler in [first, second] {
            assert_eq!(g.call("UnloadInstrument", &[sampler.word()]), Status::OK);
        }
        assert_eq!(total(g, CODE), 48);
    });
}

// ---- templates ----

/// 3.2: the current directory, $audio, the folder of the suffix; a file beats a description.
#[test]
fn templates_come_from_the_disc_first() {
    let own = file(Module {
        knobs: vec![knob("Own", 0, (0, 9, 5), Conversion::Nop)],
        ..module(vec![resource(ResourceKind::Ei, 1, "Own")])
    });
    with_files(&[("sawtooth.dsp", own)], |g| {
        let saw = instrument(g, "sawtooth.dsp");
        assert_eq!(g.call("GetNumKnobs", &[saw.word()]), Status(1));
        assert!(warnings(g).is_empty(), "{:?}", warnings(g));
        let square = instrument(g, "square.dsp");
        assert_eq!(g.call("GetNumKnobs", &[square.word()]), Status(2));
        instrument(g, "square.dsp");
        let told = warnings(g);
        assert_eq!(told.len(), 1, "once: {told:?}");
        assert!(told[0].contains("\"square.dsp\""), "{told:?}");
        assert_eq!(load_template(g, "nothing.dsp"), code(BADFILENAME));
        assert_eq!(load_template(g, ""), code(BADFILENAME));
    });
}

/// The file of an import is named after it; it must export it.
#[test]
fn imports_are_loaded_on_demand() {
    let user = |import: &str| file(module(vec![linked(Linkage::Import, import)]));
    let routine = file(module(vec![
        linked(Linkage::Export, "Shared"),
        resource(ResourceKind::Code, 7, "Entry"),
    ]));
    let files = [
        ("user.dsp", user("Shared")),
        ("shared.dsp", routine),
        ("lost.dsp", user("Nowhere")),
        ("liar.dsp", user("Other")),
        ("other.dsp", user("Shared")),
        ("circle.dsp", user("Circle")),
    ];
    with_files(&files, |g| {
        let user = instrument(g, "user.dsp");
        assert_eq!(total(g, CODE), 55);
        // The routine as an instrument of its own is the same one.
        let routine = instrument(g, "shared.dsp");
        assert_eq!(total(g, CODE), 55);
        assert_eq!(g.call("UnloadInstrument", &[user.word()]), Status::OK);
        assert_eq!(total(g, CODE), 55);
        assert_eq!(g.call("UnloadInstrument", &[routine.word()]), Status::OK);
        assert_eq!(total(g, CODE), 48);
        for name in ["lost.dsp", "liar.dsp", "circle.dsp"] {
            assert_eq!(load_template(g, name), code(EXTERNALREF), "{name}");
        }
    });
}

/// Images in memory, by both calls and by CreateItem; what is wrong with them has its code.
#[test]
fn templates_are_defined_in_memory() {
    both_profiles(|g| {
        let image = file(module(vec![resource(ResourceKind::Code, 1, "Entry")])).write();
        let (at, len) = (g.alloc(image.len() as u32), image.len() as u32);
        g.write_bytes(at, &image);
        let defined = g.item_from("DefineInsTemplate", &[at, len, 0, 0]);
        let tags = g.tags(Tags::new().and(63, at).and(64, len));
        let created = g.item_from("CreateInsTemplate", &[tags]);
        assert_ne!(defined, created, "an item each");
        let third = g.new_item(0x401, Tags::new().and(63, at).and(64, len));
        for item in [defined, created, third] {
            assert!(alloc(g, item).0 > 0);
            assert_eq!(g.call("UnloadInsTemplate", &[item.word()]), Status::OK);
        }
        assert_eq!(
            g.call("DefineInsTemplate", &[0, len, 0, 0]),
            code(NULLADDRESS)
        );
        g.write(at, 0);
        let refused = g.call("DefineInsTemplate", &[at, len, 0, 0]);
        assert_eq!(refused, code(BADFILETYPE));
        let name = g.string("sawtooth.dsp");
        for (tags, error) in [
            (Tags::new(), BADTAGVAL),
            (Tags::new().and(63, at), BADTAGVAL),
            (Tags::new().and(12, name).and(64, len), BADTAG),
            (Tags::new().and(12, name).and(66, at), BADTAG),
            (Tags::new().and(12, name).and(40, 1_u32), BADTAG),
        ] {
            let tags = g.tags(tags);
            assert_eq!(g.call("CreateInsTemplate", &[tags]), code(error));
        }
        let tags = g.tags(Tags::new().and(12, name));
        assert!(g.call("CreateInsTemplate", &[tags]).0 > 0);
    });
}

/// A template takes its instruments with it, and those their knobs and probes.
#[test]
fn a_template_takes_what_was_made_of_it_along() {
    both_profiles(|g| {
        let before = g.item_count();
        let template = template(g, "sawtooth.dsp");
        let saw = Item(alloc(g, template).0);
        let knob = Item(grab(g, saw, "Frequency").0);
        let output = g.string("Output");
        let probe = g.item_from("CreateProbe", &[saw.word(), output, 0]);
        assert_eq!(g.item_count(), before + 4);
        assert_eq!(g.call("UnloadInsTemplate", &[template.word()]), Status::OK);
        for item in [template, saw, knob, probe] {
            assert!(!g.is_item(item));
        }
        assert_eq!(g.item_count(), before);
        assert_eq!(g.delete(knob), code(ITEM_GONE));
        assert_eq!(g.call("TweakKnob", &[knob.word(), 1]), code(BADITEM));
    });
}

/// A program that ends leaves nothing of its instruments.
#[test]
fn the_end_of_a_task_frees_its_instruments() {
    both_profiles(|g| {
        g.open_audio();
        let before = g.item_count();
        let program = g.create_program("other");
        {
            let mut other = g.on(program);
            let saw = instrument(&mut other, "sawtooth.dsp");
            grab(&mut other, saw, "Frequency");
        }
        assert_eq!(total(g, TICKS), 45 + 8);
        assert_eq!(g.delete(program), Status::OK);
        assert_eq!(total(g, TICKS), 45);
        assert_eq!(g.item_count(), before);
    });
}

// ---- errors ----

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

// ---- knobs ----

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
        let names: Vec<String> = (0..2)
            .map(|n| g.call("GetKnobName", &[saw.word(), n]).0 as u32)
            .map(|at| g.text(at))
            .collect();
        assert_eq!(names, ["Amplitude", "Frequency"]);
        for n in [2, u32::MAX] {
            assert_eq!(g.call("GetKnobName", &[saw.word(), n]), Status(0));
        }
    });
}

// ---- playing ----

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

// ---- connections and probes ----

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

// ---- tunings ----

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

// ---- the machine ----

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
        let mut large = file(module(vec![resource(ResourceKind::Code, 1, "Entry")]));
        large.samples = vec![emu_core::loader::dsp_file::SampleHook {
            hook: b"InFIFO".to_vec(),
            file: emu_core::loader::dsp_file::builder::form(b"AIFF", &[vec![0; 40_000]]),
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
