//! What of the signal processor is in use, for programs that ask.
//!
//! Audio sheet 4.1.

use super::codes;
use super::knob::port_name;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::loader::dsp_file::{Linkage, ResourceKind};
use crate::mem::{CString, GuestPtr};

fn kind_of(number: u32) -> Result<ResourceKind, Status> {
    ResourceKind::of(number).ok_or(codes::BADRSRCTYPE)
}

/// Writes where a resource is and gives how many words or channels it has.
fn get_rsrc_alloc(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    kind: u32,
    name: GuestPtr<CString>,
    place: GuestPtr<u32>,
) -> Result<u32, Trouble> {
    let kind = kind_of(kind)?;
    let name = port_name(cx.mem, name)?;
    let module = &k.program_of(instrument)?.module;
    let resource = module.find(&name, |resource| {
        resource.kind == kind && resource.linkage == Linkage::Own
    });
    let resource = resource.ok_or(codes::BADNAME)?;
    let many = module.resources.get(resource).map_or(0, |r| r.many);
    let at = k.place_of(instrument, resource as u32).unwrap_or(0);
    cx.mem.write(place, at)?;
    Ok(many)
}

/// What an instrument takes of a kind by itself, without the routines it shares.
fn get_ins_rsrc_used(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    instrument: Item,
    kind: u32,
) -> Result<u32, Trouble> {
    let kind = kind_of(kind)?;
    Ok(k.program_of(instrument)?.module.amount(kind))
}

/// What is in use of a kind; register blocks count as the I words they are.
fn get_total_rsrc_used(k: &mut Portfolio, _cx: &mut CallCx<'_>, kind: u32) -> Result<u32, Trouble> {
    Ok(k.audio.instruments.dsp.used(kind_of(kind)?))
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    vec 13 DSPGetRsrcAlloc(
        instrument: Item, kind: u32, name: GuestPtr<CString>, place: GuestPtr<u32>
    ) -> Number = get_rsrc_alloc;
    vec 21 DSPGetInsRsrcUsed(instrument: Item, kind: u32) -> Number = get_ins_rsrc_used;
    vec 22 DSPGetTotalRsrcUsed(kind: u32) -> Number = get_total_rsrc_used;
}
