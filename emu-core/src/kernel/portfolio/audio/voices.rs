//! Sharing: voices that are given up, adopted and taken, and amplitude.
//!
//! Audio sheet 4.5, 2.1.

use super::codes;
use super::instrument::Activity;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use std::cmp::Reverse;

/// All amplitude there is.
pub(super) const MOST_AMPLITUDE: i32 = 0x7FFF;

fn abandon_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
) -> Result<i32, Trouble> {
    k.instrument(instrument)?;
    k.stop_instrument(cx, instrument);
    k.instrument_mut(instrument)?.activity = Activity::Abandoned;
    Ok(0)
}

/// The abandoned instrument of the template that was made first.
fn adopt_instrument(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    template: Item,
) -> Result<Item, Trouble> {
    k.template(template)?;
    let instruments = k.audio.instruments.instruments.iter_mut();
    let abandoned = instruments
        .filter(|(_, i)| i.template == template && i.activity == Activity::Abandoned)
        .min_by_key(|(_, i)| i.number);
    Ok(match abandoned {
        Some((&item, instrument)) => {
            instrument.activity = Activity::Stopped;
            item
        }
        None => Item::NONE,
    })
}

/// The least active instrument, of those the one of the lowest priority, of those the one that
/// was started first. It is stopped.
fn scavenge_instrument(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    template: Item,
    priority: u8,
    most_activity: i32,
    _system_wide: i32,
) -> Result<Item, Trouble> {
    k.template(template)?;
    let instruments = k.audio.instruments.instruments.iter();
    let victim = instruments
        .filter(|(_, i)| {
            let is_idle_enough = i.activity as i32 <= most_activity;
            i.template == template && is_idle_enough && i.priority <= priority
        })
        .max_by_key(|(_, i)| Reverse((i.activity, i.priority, i.start_number, i.number)))
        .map(|(&item, _)| item);
    let Some(victim) = victim else {
        return Ok(Item::NONE);
    };
    k.stop_instrument(cx, victim);
    k.instrument_mut(victim)?.activity = Activity::Stopped;
    Ok(victim)
}

fn alloc_amplitude(k: &mut Portfolio, _cx: &mut CallCx<'_>, wanted: i32) -> Result<i32, Trouble> {
    if wanted < 0 {
        return Err(codes::OUTOFRANGE.into());
    }
    let free = &mut k.audio.instruments.amplitude;
    let granted = wanted.min((*free).clamp(0, MOST_AMPLITUDE));
    *free -= granted;
    Ok(granted)
}

fn free_amplitude(k: &mut Portfolio, _cx: &mut CallCx<'_>, amount: i32) -> Result<i32, Trouble> {
    if amount < 0 {
        return Err(codes::OUTOFRANGE.into());
    }
    let free = &mut k.audio.instruments.amplitude;
    *free = free.saturating_add(amount).min(MOST_AMPLITUDE);
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 10 AllocAmplitude(amount: i32) -> Number = alloc_amplitude;
    swi 11 FreeAmplitude(amount: i32) -> Number = free_amplitude;
    swi 24 AbandonInstrument(instrument: Item) -> Number = abandon_instrument;
    swi 25 AdoptInstrument(template: Item) -> Item = adopt_instrument;
    swi 26 ScavengeInstrument(
        template: Item, priority: u8, activity: i32, everywhere: i32
    ) -> Item = scavenge_instrument;
}
