//! What a debugger may ask the Audio folio.

use super::dsp::{Allocation, Dsp};
use super::instrument::{Activity, Instrument};
use crate::device::sound::{Channel, When};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::loader::dsp_file::ResourceKind;

/// An instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentView {
    /// Its item.
    pub item: Item,
    /// The name of its file.
    pub name: String,
    /// What it is doing: abandoned, stopped, released, started or paused.
    pub status: &'static str,
    /// Whether its code runs.
    pub runs: bool,
    /// Its priority: higher ones run earlier in a frame.
    pub priority: u8,
    /// The frames that it runs in.
    pub frames: When,
    /// Names of its knobs, and what is set, before conversion to what the processor reads.
    pub knobs: Vec<(String, i32)>,
    /// What its inputs read.
    pub connections: Vec<ConnectionView>,
}

/// What an input or a knob of an instrument reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionView {
    /// The input or knob.
    pub input: String,
    /// The instrument that it reads from.
    pub source: Item,
    /// Its output.
    pub output: String,
}

/// How much there is of something on the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceView {
    /// What.
    pub name: &'static str,
    /// How much is in use.
    pub used: u32,
    /// How much there is.
    pub total: u32,
}

/// What can be used up (audio sheet 4.1).
const RESOURCES: [(&str, ResourceKind); 7] = [
    ("ticks", ResourceKind::Ticks),
    ("code words", ResourceKind::Code),
    ("EI words", ResourceKind::Ei),
    ("I words", ResourceKind::I),
    ("EO words", ResourceKind::Eo),
    ("input FIFOs", ResourceKind::InFifo),
    ("output FIFOs", ResourceKind::OutFifo),
];

fn text(name: &[u8]) -> String {
    let end = name.iter().position(|&byte| byte == 0);
    let name = name.get(..end.unwrap_or(name.len())).unwrap_or(name);
    name.iter().map(|&byte| char::from(byte)).collect()
}

fn status(instrument: &Instrument) -> &'static str {
    match instrument.activity {
        Activity::Abandoned => "abandoned",
        Activity::Stopped => "stopped",
        _ if instrument.paused => "paused",
        Activity::Released => "released",
        Activity::Started => "started",
    }
}

impl Portfolio {
    /// Every instrument, by item.
    pub fn instrument_views(&self) -> Vec<InstrumentView> {
        let instruments = &self.audio.instruments.instruments;
        let view = |(&item, instrument)| self.instrument_view(item, instrument);
        instruments.iter().map(view).collect()
    }

    fn instrument_view(&self, item: Item, instrument: &Instrument) -> InstrumentView {
        let programs = &self.audio.instruments.programs;
        let program = programs.get(instrument.program);
        let knobs = program.map_or(&[][..], |program| &program.module.knobs);
        let knobs = knobs.iter().zip(&instrument.knobs);
        let connections = instrument.connections.iter();
        InstrumentView {
            item,
            name: program.map_or(String::new(), |program| text(&program.name)),
            status: status(instrument),
            runs: instrument.runs(),
            priority: instrument.priority,
            frames: (instrument.allocation.as_ref()).map_or(When::Every, Allocation::frames),
            knobs: knobs
                .map(|(knob, value)| (text(&knob.name), *value))
                .collect(),
            connections: connections
                .map(|(&input, source)| ConnectionView {
                    input: self.resource_name(item, input),
                    source: source.instrument,
                    output: self.resource_name(source.instrument, source.resource),
                })
                .collect(),
        }
    }

    /// What a resource is called: a knob that turns it, or its own name.
    fn resource_name(&self, instrument: Item, resource: u32) -> String {
        let Ok(program) = self.program_of(instrument) else {
            return String::new();
        };
        let mut knobs = program.module.knobs.iter();
        let knob = knobs.find(|knob| {
            let mut targets = knob.targets.iter();
            targets.any(|target| target.resource == resource)
        });
        let own = program.module.resources.get(resource as usize);
        let name = knob.map(|knob| &knob.name).or(own.map(|own| &own.name));
        name.map_or(String::new(), |name| text(name))
    }

    /// What is in use of the processor, by what the folio has given away.
    pub fn sound_resources(&self) -> Vec<ResourceView> {
        let dsp = &self.audio.instruments.dsp;
        let view = |&(name, kind): &(&'static str, ResourceKind)| ResourceView {
            name,
            used: dsp.used(kind),
            total: Dsp::total(kind),
        };
        RESOURCES.iter().map(view).collect()
    }

    /// The attachment that a channel moves, and its instrument.
    pub fn channel_attachment(&self, channel: Channel) -> Option<(Item, Item)> {
        self.audio.samples.moved_by(channel)
    }
}
