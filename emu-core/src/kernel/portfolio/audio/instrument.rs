//! Instruments: templates with a place on the signal processor.
//!
//! Audio sheet 4.1, 4.3. What an instrument is doing is a status, and whether it is paused:
//!
//! ```text
//!             start            release
//! STOPPED ────────── STARTED ────────── RELEASED        paused: its code does not run,
//!    │ ╲______________│_____ stop _______│               samples keep their place
//! ABANDONED ─ adopt, start
//! ```

mod calls;
mod pitch;
mod play;
mod ports;

pub(in crate::kernel::portfolio) use self::calls::CALLS;
pub(super) use self::pitch::convert;
pub(super) use self::ports::fifos;

use self::pitch::{Pitch, UNBENT};
use super::codes;
use super::dsp::Allocation;
use super::items::kind;
use super::program::{Program, ProgramId};
use super::tags as tag;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tags::CommonTags;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Priority unless another is asked for.
const DEFAULT_PRIORITY: u8 = 100;
/// Flag: abandoned when stopped.
const AUTO_ABANDON: u32 = 1;

/// How active an instrument is; the numbers are those of the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Activity {
    /// Anybody may adopt it.
    Abandoned,
    /// It is silent.
    Stopped,
    /// It is on its way to the end.
    Released,
    /// It plays.
    Started,
}

impl Activity {
    pub(super) fn is_running(self) -> bool {
        self >= Activity::Released
    }
}

/// Where an input or a knob has its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Source {
    pub instrument: Item,
    /// Which of its resources.
    pub resource: u32,
}

/// An instrument item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Instrument {
    pub template: Item,
    pub program: ProgramId,
    pub priority: u8,
    /// Runs in every second frame only.
    pub half: bool,
    flags: u32,
    pub activity: Activity,
    pub paused: bool,
    /// Audio time of the last start.
    start_time: u32,
    /// Counts starts, to order those of one tick.
    pub start_number: u64,
    /// Counts instruments, so that the first made is adopted first.
    pub number: u64,
    pub tuning: Option<Item>,
    pitch: Option<Pitch>,
    bend: i32,
    /// The raw value of each knob.
    pub knobs: Vec<i32>,
    /// What inputs and knobs are connected to, by resource.
    pub connections: BTreeMap<u32, Source>,
    /// Where its resources are; none of its own if it is a routine, which is placed once.
    pub allocation: Option<Allocation>,
    /// The placed routines that it uses.
    libraries: Vec<ProgramId>,
}

/// How an instrument is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    priority: u8,
    flags: u32,
    half: bool,
}

impl From<u8> for Wish {
    fn from(priority: u8) -> Wish {
        Wish {
            priority,
            flags: 0,
            half: false,
        }
    }
}

/// What the tags of a new instrument say, and the template if it is among them.
fn wish_of(
    tags: impl Iterator<Item = Result<(u32, u32), Status>>,
) -> Result<(Wish, Option<Item>), Status> {
    let (mut wish, mut template) = (Wish::from(DEFAULT_PRIORITY), None);
    for tag in tags {
        let (tag, value) = tag?;
        match tag {
            tag::TEMPLATE => template = Some(Item(value as i32)),
            tag::PRIORITY => {
                wish.priority = u8::try_from(value).map_err(|_| codes::BADTAGVAL)?;
            }
            tag::SET_FLAGS if value & !AUTO_ABANDON != 0 => return Err(codes::BADTAGVAL),
            tag::SET_FLAGS => wish.flags |= value,
            tag::CALCRATE_DIVIDE => match value {
                1 => wish.half = false,
                2 => wish.half = true,
                _ => return Err(codes::BADTAGVAL),
            },
            _ => return Err(codes::BADTAG),
        }
    }
    Ok((wish, template))
}

impl Portfolio {
    /// An instrument item, if it is one.
    pub(super) fn instrument(&self, item: Item) -> Result<&Instrument, Status> {
        self.items.lookup(item).ok_or(codes::BADITEM)?;
        let instruments = &self.audio.instruments.instruments;
        instruments.get(&item).ok_or(codes::BADITEM)
    }

    pub(super) fn instrument_mut(&mut self, item: Item) -> Result<&mut Instrument, Status> {
        self.items.lookup(item).ok_or(codes::BADITEM)?;
        let instruments = &mut self.audio.instruments.instruments;
        instruments.get_mut(&item).ok_or(codes::BADITEM)
    }

    /// The program of an instrument.
    pub(super) fn program_of(&self, instrument: Item) -> Result<&Program, Status> {
        let id = self.instrument(instrument)?.program;
        let program = self.audio.instruments.programs.get(id);
        program.ok_or(codes::BADITEM)
    }

    /// Where a resource of an instrument is.
    pub(super) fn place_of(&self, instrument: Item, resource: u32) -> Option<u32> {
        let instrument = self.instrument(instrument).ok()?;
        match &instrument.allocation {
            Some(allocation) => allocation.place(resource),
            None => {
                let dsp = &self.audio.instruments.dsp;
                dsp.library(instrument.program)?.place(resource)
            }
        }
    }

    /// An instrument of a template, stopped, with all knobs at their defaults.
    pub(super) fn new_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        template: Item,
        wish: Wish,
        owner: Item,
    ) -> Result<Item, Status> {
        let id = self.template(template)?.program;
        let world = &mut self.audio.instruments;
        let program = world.programs.get(id).ok_or(codes::BADITEM)?;
        let defaults = program.module.knobs.iter().map(|knob| knob.default);
        let mut instrument = Instrument {
            template,
            program: id,
            priority: wish.priority,
            half: wish.half,
            flags: wish.flags,
            activity: Activity::Stopped,
            paused: false,
            start_time: 0,
            start_number: 0,
            number: world.made,
            tuning: None,
            pitch: None,
            bend: UNBENT,
            knobs: defaults.collect(),
            connections: BTreeMap::new(),
            allocation: None,
            libraries: Vec::new(),
        };
        let mut libraries = world.programs.libraries_of(id);
        if program.is_library() {
            libraries.push(id);
        }
        cx.charge.0 += 100 * (libraries.len() as u64 + 1);
        let (mut outcome, mut placed) = (Ok(()), Vec::new());
        for library in libraries {
            match self.enter_library(library) {
                Ok(is_new) => placed.extend(is_new.then_some(library)),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
            instrument.libraries.push(library);
        }
        let world = &mut self.audio.instruments;
        let program = world.programs.get(id).ok_or(codes::BADITEM)?;
        if outcome.is_ok() && !program.is_library() {
            match world.dsp.place(&program.module, wish.half) {
                Ok(allocation) => instrument.allocation = Some(allocation),
                Err(error) => outcome = Err(error),
            }
        }
        let item = outcome
            .and_then(|()| {
                self.new_audio_item(cx.mem, kind::INSTRUMENT, CommonTags::default(), owner)
            })
            .inspect_err(|_| self.unplace(&instrument))?;
        let world = &mut self.audio.instruments;
        world.made += 1;
        world.instruments.insert(item, instrument);
        for library in placed {
            self.fill_library(cx, library);
        }
        self.fill_instrument(cx, item);
        for knob in 0..self.instrument(item)?.knobs.len() {
            let value = self.instrument(item)?.knobs.get(knob).copied();
            self.write_knob(cx, item, knob, value.unwrap_or(0));
        }
        if let Err(error) = self.inherit_attachments(cx, (template, item), owner) {
            self.delete_instrument(cx, item);
            return Err(error);
        }
        Ok(item)
    }

    /// One user more of a library; whether it was placed for it.
    fn enter_library(&mut self, id: ProgramId) -> Result<bool, Status> {
        let world = &mut self.audio.instruments;
        let program = world.programs.get(id).ok_or(codes::EXTERNALREF)?;
        world.dsp.use_library(id, &program.module)
    }

    /// Frees what an instrument has of the processor.
    fn unplace(&mut self, instrument: &Instrument) {
        let world = &mut self.audio.instruments;
        if let (Some(allocation), Some(program)) = (
            &instrument.allocation,
            world.programs.get(instrument.program),
        ) {
            world.dsp.release(&program.module, allocation);
        }
        for &library in &instrument.libraries {
            if let Some(program) = world.programs.get(library) {
                world.dsp.leave_library(library, &program.module);
            }
        }
    }

    /// CreateItem of an instrument.
    pub(super) fn create_instrument_by_tags(
        &mut self,
        cx: &mut CallCx<'_>,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (wish, template) = wish_of(tags.iter().map(|&tag| Ok(tag)))?;
        let template = template.ok_or(codes::BADITEM)?;
        let owner = self.caller();
        self.new_instrument(cx, template, wish, owner)
    }

    /// The end of an instrument and of what belongs to it.
    pub(super) fn delete_instrument(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.stop_instrument(cx, item);
        self.delete_attachments_of(cx, item);
        let world = &self.audio.instruments;
        let knobs = world.knobs.iter().filter(|(_, k)| k.instrument == item);
        let probes = world.probes.iter().filter(|(_, p)| p.instrument == item);
        let knobs: Vec<Item> = knobs.map(|(&knob, _)| knob).collect();
        let children: Vec<Item> = probes.map(|(&p, _)| p).chain(knobs).collect();
        for child in children {
            self.delete_child(cx, child);
        }
        self.disconnect_all_from(cx, item);
        if let Some(instrument) = self.audio.instruments.instruments.remove(&item) {
            self.unplace(&instrument);
        }
        self.free_item(cx.mem, item);
    }

    /// What an instrument can be asked for.
    pub(super) fn instrument_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
    ) -> Result<Option<u32>, Status> {
        let instrument = self.instrument(item)?;
        Ok(match tag {
            tag::PRIORITY => Some(instrument.priority.into()),
            tag::STATUS => Some(instrument.activity as u32),
            tag::START_TIME => Some(instrument.start_time),
            tag::TEMPLATE => Some(instrument.template.0 as u32),
            _ => None,
        })
    }

    /// What of an instrument can be changed: nothing.
    pub(super) fn set_instrument_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
        _value: u32,
    ) -> Result<(), Status> {
        Err(codes::BADTAG)
    }
}
