//! The calls that make, play and delete instruments.

use super::wish_of;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes;
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::own_tags;
use crate::mem::GuestPtr;

fn alloc_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    template: Item,
    priority: u8,
) -> Result<Item, Trouble> {
    let owner = k.caller();
    k.check_audio_open(owner)?;
    let instrument = k.new_instrument(cx, template, priority.into(), owner)?;
    Ok(k.give_to_caller(instrument))
}

fn create_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    template: Item,
    tags: GuestPtr<TagArg>,
) -> Result<Item, Trouble> {
    let owner = k.caller();
    k.check_audio_open(owner)?;
    let (wish, other) = wish_of(own_tags(cx.mem, tags))?;
    if other.is_some() {
        return Err(codes::BADTAG.into());
    }
    let instrument = k.new_instrument(cx, template, wish, owner)?;
    Ok(k.give_to_caller(instrument))
}

fn delete_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
) -> Result<i32, Trouble> {
    k.delete_by_call(cx, instrument, kind::INSTRUMENT)
}

fn start_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    tags: GuestPtr<TagArg>,
) -> Result<u32, Trouble> {
    Ok(k.start_instrument(cx, instrument, tags)?)
}

fn release_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    k.release_instrument(cx, instrument, tags)?;
    Ok(0)
}

fn stop_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    k.instrument(instrument)?;
    if !tags.is_null() {
        return Err(codes::BADTAG.into());
    }
    k.stop_instrument(cx, instrument);
    Ok(0)
}

fn pause_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
) -> Result<i32, Trouble> {
    k.pause_instrument(cx, instrument)?;
    Ok(0)
}

fn resume_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
) -> Result<i32, Trouble> {
    k.resume_instrument(cx, instrument)?;
    Ok(0)
}

fn bend_instrument_pitch(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    bend: i32,
) -> Result<i32, Trouble> {
    k.bend_instrument(cx, instrument, bend)?;
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 1 StartInstrument(instrument: Item, tags: GuestPtr<TagArg>) -> Number
        = start_instrument, cost 900;
    swi 2 ReleaseInstrument(instrument: Item, tags: GuestPtr<TagArg>) -> Number
        = release_instrument, cost 500;
    swi 3 StopInstrument(instrument: Item, tags: GuestPtr<TagArg>) -> Number
        = stop_instrument, cost 500;
    swi 28 PauseInstrument(instrument: Item) -> Number = pause_instrument;
    swi 29 ResumeInstrument(instrument: Item) -> Number = resume_instrument;
    swi 32 BendInstrumentPitch(instrument: Item, bend: i32) -> Number = bend_instrument_pitch;
    vec 2 AllocInstrument(template: Item, priority: u8) -> Item = alloc_instrument, cost 900;
    vec 47 CreateInstrument(template: Item, tags: GuestPtr<TagArg>) -> Item
        = create_instrument, cost 900;
    vec 48 DeleteInstrument(instrument: Item) -> Number = delete_instrument, cost 400;
}
