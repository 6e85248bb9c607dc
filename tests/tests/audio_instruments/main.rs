//! Instruments of the Audio folio: templates, resources, knobs, tunings.
//!
//! Audio sheet 4, 5.3, 7 and 9.3 point 2. Files are made by the loader's builder; without a
//! disc the folio's built-in descriptions stand in.
#![forbid(unsafe_code)]

mod playing;
mod resources;
mod rules;
mod signals;
mod templates;

use emu_core::kernel::portfolio::errors::{self, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::dsp_file::builder::{knob, resource};
use emu_core::loader::dsp_file::{
    Conversion, Data, DspFile, Linkage, Module, Resource, ResourceKind,
};
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

/// Where a resource of an instrument is.
fn place_of(g: &mut Guest, instrument: Item, kind: u32, name: &str) -> i32 {
    let place = g.alloc(4);
    let text = g.string(name);
    let many = g.call("DSPGetRsrcAlloc", &[instrument.word(), kind, text, place]);
    assert_eq!(many, Status(1), "{name}");
    g.read(place) as i32
}

/// What the processor reads for a knob.
fn raw(g: &mut Guest, knob: Item) -> i32 {
    g.machine().kernel().knob_value(knob).expect("a knob")
}

fn warnings(g: &Guest) -> Vec<String> {
    let events = g.records().records.iter();
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
