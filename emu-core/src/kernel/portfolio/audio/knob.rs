//! Knobs: the parameters of an instrument that programs may turn.
//!
//! Audio sheet 4.2, 5.3.
//!
//! A raw value lies between the knob's limits and goes into the processor's EI word at once.

use super::codes;
use super::instrument::convert;
use super::items::kind;
use super::tags as tag;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tags::CommonTags;
use crate::loader::dsp_file::{Conversion, Knob};
use crate::mem::{CString, GuestPtr, Memory};
use serde::{Deserialize, Serialize};

/// Characters of a name that is asked for; none in a file has as many.
const LONGEST_NAME: u32 = 64;

/// A knob item: a task's hold of a parameter.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Grip {
    pub instrument: Item,
    /// Which of its knobs.
    knob: usize,
}

/// A name that a program gives.
pub(super) fn port_name(mem: &Memory, name: GuestPtr<CString>) -> Result<Vec<u8>, Trouble> {
    Ok(mem.read_string(name, LONGEST_NAME)?)
}

/// The tags of an item that belongs to an instrument by a name: the two, and no other.
pub(super) fn instrument_and_name(
    mem: &Memory,
    tags: &[(u32, u32)],
) -> Result<(Item, Vec<u8>), Status> {
    let (mut instrument, mut name) = (Item::NONE, GuestPtr::NULL);
    for &(tag, value) in tags {
        match tag {
            tag::INSTRUMENT => instrument = Item(value as i32),
            tag::NAME => name = GuestPtr::new(value),
            _ => return Err(codes::BADTAG),
        }
    }
    let name = port_name(mem, name).map_err(|_| codes::BADPTR)?;
    Ok((instrument, name))
}

impl Portfolio {
    /// Which of an instrument's knobs has this name.
    pub(super) fn knob_named(&self, instrument: Item, name: &[u8]) -> Option<usize> {
        let program = self.program_of(instrument).ok()?;
        let mut knobs = program.module.knobs.iter();
        knobs.position(|knob| knob.name.eq_ignore_ascii_case(name))
    }

    fn knob_of(&self, instrument: Item, knob: usize) -> Result<&Knob, Status> {
        let knobs = &self.program_of(instrument)?.module.knobs;
        knobs.get(knob).ok_or(codes::BADITEM)
    }

    /// How a knob's values are converted; its first parameter word counts.
    pub(super) fn knob_conversion(&self, instrument: Item, knob: usize) -> Option<Conversion> {
        let knob = self.knob_of(instrument, knob).ok()?;
        Some(knob.targets.first()?.conversion)
    }

    /// Gives a knob a raw value, within its limits.
    pub(super) fn set_knob(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
        knob: usize,
        value: i64,
    ) {
        let Ok(limits) = self.knob_of(instrument, knob) else {
            return;
        };
        let (min, max) = (i64::from(limits.min), i64::from(limits.max));
        let raw = value.min(max).max(min) as i32;
        self.write_knob(cx, instrument, knob, raw);
        let state = self.instrument_mut(instrument).ok();
        if let Some(old) = state.and_then(|state| state.knobs.get_mut(knob)) {
            *old = raw;
        }
    }

    /// Puts a raw value into the parameter words of a knob.
    pub(super) fn write_knob(&self, cx: &mut CallCx<'_>, instrument: Item, knob: usize, raw: i32) {
        let targets = self.knob_of(instrument, knob).map(|knob| &knob.targets);
        let words: Vec<u32> = targets
            .into_iter()
            .flatten()
            .filter_map(|target| self.place_of(instrument, target.resource))
            .collect();
        for word in words {
            self.put_dsp_words(cx, word, &[raw]);
        }
    }

    fn new_knob(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
        name: &[u8],
    ) -> Result<Item, Status> {
        if self.instrument(instrument)?.knobs.is_empty() {
            return Err(codes::NOKNOBS);
        }
        let knob = self.knob_named(instrument, name).ok_or(codes::BADNAME)?;
        let owner = self.caller();
        let item = self.new_audio_item(cx.mem, kind::KNOB, CommonTags::default(), owner)?;
        let grip = Grip { instrument, knob };
        self.audio.instruments.knobs.insert(item, grip);
        Ok(item)
    }

    /// CreateItem of a knob.
    pub(super) fn create_knob_by_tags(
        &mut self,
        cx: &mut CallCx<'_>,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (instrument, name) = instrument_and_name(cx.mem, tags)?;
        self.new_knob(cx, instrument, &name)
    }

    pub(super) fn delete_knob(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.audio.instruments.knobs.remove(&item);
        self.free_item(cx.mem, item);
    }

    fn grip(&self, item: Item) -> Result<Grip, Status> {
        self.items.lookup(item).ok_or(codes::BADITEM)?;
        let grip = self.audio.instruments.knobs.get(&item);
        grip.copied().ok_or(codes::BADITEM)
    }

    /// A program turns a knob: with the knob's conversion, or raw.
    fn tweak(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        value: i32,
        is_raw: bool,
    ) -> Result<(), Status> {
        let Grip { instrument, knob } = self.grip(item)?;
        let half = self.instrument(instrument)?.half;
        let conversion = if is_raw {
            Conversion::Nop
        } else {
            let conversion = self.knob_conversion(instrument, knob);
            conversion.ok_or(codes::BADITEM)?
        };
        self.set_knob(
            cx,
            instrument,
            knob,
            convert(conversion, value.into(), half),
        );
        if Some(knob) == self.knob_named(instrument, b"Frequency") {
            self.forget_pitch(instrument);
        }
        Ok(())
    }

    /// The raw value of a knob item, for whoever inspects the machine.
    pub fn knob_value(&self, item: Item) -> Option<i32> {
        let Grip { instrument, knob } = self.grip(item).ok()?;
        self.instrument(instrument).ok()?.knobs.get(knob).copied()
    }

    /// What a knob can be asked for.
    pub(super) fn knob_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
    ) -> Result<Option<u32>, Status> {
        let Grip { instrument, knob } = self.grip(item)?;
        let state = self.instrument(instrument)?;
        let limits = self.knob_of(instrument, knob)?;
        Ok(match tag {
            tag::CURRENT => state.knobs.get(knob).map(|&raw| raw as u32),
            tag::DEFAULT => Some(limits.default as u32),
            tag::MIN => Some(limits.min as u32),
            tag::MAX => Some(limits.max as u32),
            tag::NAME => {
                let programs = &self.audio.instruments.programs;
                let name = programs.knob_name(state.program, knob);
                name.map(GuestPtr::addr)
            }
            _ => None,
        })
    }

    /// What of a knob can be changed so: nothing.
    pub(super) fn set_knob_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
        _value: u32,
    ) -> Result<(), Status> {
        Err(codes::BADTAG)
    }
}

fn grab_knob(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    name: GuestPtr<CString>,
) -> Result<Item, Trouble> {
    k.check_audio_open(k.caller())?;
    let name = port_name(cx.mem, name)?;
    let knob = k.new_knob(cx, instrument, &name)?;
    Ok(k.give_to_caller(knob))
}

fn tweak_knob(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    knob: Item,
    value: i32,
) -> Result<i32, Trouble> {
    k.tweak(cx, knob, value, false)?;
    Ok(0)
}

fn tweak_raw_knob(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    knob: Item,
    value: i32,
) -> Result<i32, Trouble> {
    k.tweak(cx, knob, value, true)?;
    Ok(0)
}

fn get_num_knobs(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    instrument: Item,
) -> Result<u32, Trouble> {
    Ok(k.instrument(instrument)?.knobs.len() as u32)
}

/// Null where there is no such instrument or knob.
fn get_knob_name(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    instrument: Item,
    knob: u32,
) -> Result<GuestPtr<CString>, Trouble> {
    let programs = &k.audio.instruments.programs;
    let program = k.instrument(instrument).map(|state| state.program).ok();
    let name = program.and_then(|program| programs.knob_name(program, knob as usize));
    Ok(name.unwrap_or(GuestPtr::NULL))
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 0 TweakKnob(knob: Item, value: i32) -> Number = tweak_knob;
    swi 17 TweakRawKnob(knob: Item, value: i32) -> Number = tweak_raw_knob;
    vec 4 GrabKnob(instrument: Item, name: GuestPtr<CString>) -> Item = grab_knob, cost 500;
    vec 7 GetNumKnobs(instrument: Item) -> Number = get_num_knobs;
    vec 8 GetKnobName(instrument: Item, knob: u32) -> Pointer = get_knob_name;
}
