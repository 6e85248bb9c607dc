//! What programs ask about audio items and the folio, and what they may change.
//!
//! Audio sheet 2.1, 2.2. Each type of item knows its own tags; the lists are walked here.

use super::codes::{BADITEM, BADTAG, SECURITY, UNIMPLEMENTED};
use super::dsp::SYSTEM_TICKS;
use super::items::{AUDIONODE, kind};
use super::tags;
use super::voices::MOST_AMPLITUDE;
use crate::calls;
use crate::device::sound::FRAME_RATE;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADPTR, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::{ItemNode, TagArg};
use crate::kernel::portfolio::tags::{LONGEST_LIST, next_element};
use crate::mem::{GuestPtr, Memory};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Cycles for each tag, NOPs and jumps too.
const CYCLES_PER_TAG: u64 = 12;

/// Settings without a module of their own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// What the obsolete TraceAudio was told.
    trace_mask: u32,
    /// How often each task has enabled audio input.
    inputs: BTreeMap<Item, u32>,
}

impl Portfolio {
    /// The type of an item of this folio.
    fn audio_kind(&self, mem: &Memory, item: Item) -> Result<u8, Status> {
        let node = self.items.lookup(item).ok_or(BADITEM)?;
        match mem.peek(node.at(ItemNode::n_SubsysType)) {
            AUDIONODE => Ok(mem.peek(node.at(ItemNode::n_Type))),
            _ => Err(BADITEM),
        }
    }

    /// The value of one tag of an item; `None`: its type has no such tag.
    fn audio_info(
        &mut self,
        cx: &mut CallCx<'_>,
        kind: u8,
        item: Item,
        tag: u32,
    ) -> Result<Option<u32>, Status> {
        match kind {
            kind::TEMPLATE => self.template_info(cx, item, tag),
            kind::INSTRUMENT => self.instrument_info(cx, item, tag),
            kind::KNOB => self.knob_info(cx, item, tag),
            kind::SAMPLE => self.sample_info(cx, item, tag),
            kind::ENVELOPE => self.envelope_info(cx, item, tag),
            kind::ATTACHMENT => self.attachment_info(cx, item, tag),
            kind::TUNING => self.tuning_info(cx, item, tag),
            kind::PROBE => self.probe_info(cx, item, tag),
            _ => Err(UNIMPLEMENTED),
        }
    }

    /// Changes what one tag of an item says.
    fn set_audio_info(
        &mut self,
        cx: &mut CallCx<'_>,
        kind: u8,
        item: Item,
        (tag, value): (u32, u32),
    ) -> Result<(), Status> {
        match kind {
            kind::TEMPLATE => self.set_template_info(cx, item, tag, value),
            kind::INSTRUMENT => self.set_instrument_info(cx, item, tag, value),
            kind::KNOB => self.set_knob_info(cx, item, tag, value),
            kind::SAMPLE => self.set_sample_info(cx, item, tag, value),
            kind::ENVELOPE => self.set_envelope_info(cx, item, tag, value),
            kind::ATTACHMENT => self.set_attachment_info(cx, item, tag, value),
            kind::TUNING => self.set_tuning_info(cx, item, tag, value),
            kind::PROBE => self.set_probe_info(cx, item, tag, value),
            _ => Err(UNIMPLEMENTED),
        }
    }
}

/// Does something with each element of a tag list, in order.
fn each_tag(
    cx: &mut CallCx<'_>,
    list: GuestPtr<TagArg>,
    mut work: impl FnMut(&mut CallCx<'_>, GuestPtr<TagArg>, u32) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut steps = LONGEST_LIST;
    let mut at = list;
    loop {
        let before = steps;
        let element = next_element(cx.mem, at, &mut steps)?;
        cx.charge.0 += u64::from(before - steps) * CYCLES_PER_TAG;
        let Some(element) = element else {
            return Ok(());
        };
        let tag = cx.mem.read(element.at(TagArg::ta_Tag))?;
        work(cx, element, tag)?;
        at = element.index(1);
    }
}

fn get_audio_item_info(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    let kind = k.audio_kind(cx.mem, item)?;
    if kind == kind::CUE {
        return Err(UNIMPLEMENTED.into());
    }
    each_tag(cx, list, |cx, element, tag| {
        let value = k.audio_info(cx, kind, item, tag)?.ok_or(BADTAG)?;
        Ok(cx.mem.write(element.at(TagArg::ta_Arg), value)?)
    })?;
    Ok(0)
}

/// A list that cannot be read to its end leaves the item changed as far as it was read.
fn set_audio_item_info(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    let kind = k.audio_kind(cx.mem, item)?;
    if kind == kind::CUE {
        return Err(UNIMPLEMENTED.into());
    }
    each_tag(cx, list, |cx, element, tag| {
        let value = cx.mem.read(element.at(TagArg::ta_Arg))?;
        Ok(k.set_audio_info(cx, kind, item, (tag, value))?)
    })
    .map_err(|trouble| match trouble {
        Trouble::Fault(_) => BADPTR.into(),
        error => error,
    })?;
    Ok(0)
}

fn get_audio_folio_info(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    each_tag(cx, list, |cx, element, tag| {
        let value = match tag {
            tags::SAMPLE_RATE => FRAME_RATE << 16,
            // The master volume: what applications cannot change.
            tags::AMPLITUDE => MOST_AMPLITUDE as u32,
            _ => return Err(BADTAG.into()),
        };
        Ok(cx.mem.write(element.at(TagArg::ta_Arg), value)?)
    })?;
    Ok(0)
}

/// "None of these parameters can be set directly by an application."
fn set_audio_folio_info(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    Err(SECURITY.into())
}

fn test_hack(_k: &mut Portfolio, _cx: &mut CallCx<'_>, _list: u32) -> Result<i32, Trouble> {
    Err(UNIMPLEMENTED.into())
}

/// A number that the folio has kept free.
fn no_such_call(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<i32, Trouble> {
    Err(UNIMPLEMENTED.into())
}

/// There is nothing left to trace since the folio's release 24; the mask is kept.
fn trace_audio(k: &mut Portfolio, _cx: &mut CallCx<'_>, mask: u32) -> Result<u32, Trouble> {
    Ok(std::mem::replace(&mut k.audio.settings.trace_mask, mask))
}

/// Counts for each task, so that pairs of calls nest.
fn enable_audio_input(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    on: i32,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    if !list.is_null() {
        return Err(BADTAG.into());
    }
    let caller = k.caller();
    let inputs = &mut k.audio.settings.inputs;
    // Tasks that have ended need not have disabled it.
    inputs.retain(|task, _| k.tasks.contains_key(task));
    let count = inputs.get(&caller).copied().unwrap_or(0);
    let count = match on {
        0 => count.saturating_sub(1),
        _ => count.saturating_add(1),
    };
    if count == 0 {
        inputs.remove(&caller);
    } else {
        inputs.insert(caller, count);
    }
    Ok(0)
}

/// What the last frame took: its instruments, and what the system has before and behind them.
fn get_audio_cycles_used(_k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let busy = cx.board.dspp().filter(|processor| processor.is_active());
    let ticks = busy.map_or(0, |processor| processor.ticks_used());
    Ok(ticks.saturating_add(SYSTEM_TICKS))
}

calls! { pub(crate) CALLS: Audio;
    refused swi 6 AudioCall6() -> Number = no_such_call;
    refused swi 7 TestHack(tags: u32) -> Number = test_hack;
    swi 9 TraceAudio(mask: u32) -> Bits = trace_audio;
    swi 27 SetAudioItemInfo(item: Item, tags: GuestPtr<TagArg>) -> Number = set_audio_item_info;
    swi 34 EnableAudioInput(on: i32, tags: GuestPtr<TagArg>) -> Number = enable_audio_input;
    refused swi 35 SetAudioFolioInfo(tags: GuestPtr<TagArg>) -> Number = set_audio_folio_info;
    refused swi 37 AudioCall37() -> Number = no_such_call;
    swi 39 GetAudioCyclesUsed() -> Number = get_audio_cycles_used;
    vec 9 GetAudioItemInfo(item: Item, tags: GuestPtr<TagArg>) -> Number = get_audio_item_info;
    vec 46 GetAudioFolioInfo(tags: GuestPtr<TagArg>) -> Number = get_audio_folio_info;
}
