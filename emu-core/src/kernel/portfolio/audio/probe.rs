//! Probes: what an output of an instrument is at this moment.
//!
//! A probe reads the processor's memory as the last frame has left it.

use super::codes;
use super::items::kind;
use super::knob::{instrument_and_name, port_name};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::CommonTags;
use crate::kernel::portfolio::tags::own_tags;
use crate::mem::{CString, GuestPtr};
use serde::{Deserialize, Serialize};

/// A probe item.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Probe {
    pub instrument: Item,
    /// Which of its resources.
    resource: u32,
}

impl Portfolio {
    fn new_probe(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
        name: &[u8],
    ) -> Result<Item, Status> {
        let resource = self.output_named(instrument, name)?;
        let owner = self.caller();
        let item = self.new_audio_item(cx.mem, kind::PROBE, CommonTags::default(), owner)?;
        let probe = Probe {
            instrument,
            resource,
        };
        self.audio.instruments.probes.insert(item, probe);
        Ok(item)
    }

    /// CreateItem of a probe.
    pub(super) fn create_probe_by_tags(
        &mut self,
        cx: &mut CallCx<'_>,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (instrument, name) = instrument_and_name(cx.mem, tags)?;
        self.new_probe(cx, instrument, &name)
    }

    pub(super) fn delete_probe(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.audio.instruments.probes.remove(&item);
        self.free_item(cx.mem, item);
    }

    /// What a probe can be asked for: nothing.
    pub(super) fn probe_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
    ) -> Result<Option<u32>, Status> {
        Err(codes::UNIMPLEMENTED)
    }

    /// What of a probe can be changed: nothing.
    pub(super) fn set_probe_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
        _value: u32,
    ) -> Result<(), Status> {
        Err(codes::UNIMPLEMENTED)
    }
}

fn create_probe(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    name: GuestPtr<CString>,
    tags: GuestPtr<TagArg>,
) -> Result<Item, Trouble> {
    k.check_audio_open(k.caller())?;
    if own_tags(cx.mem, tags).next().is_some() {
        return Err(codes::BADTAG.into());
    }
    let name = port_name(cx.mem, name)?;
    let probe = k.new_probe(cx, instrument, &name)?;
    Ok(k.give_to_caller(probe))
}

fn delete_probe(k: &mut Portfolio, cx: &mut CallCx<'_>, probe: Item) -> Result<i32, Trouble> {
    k.delete_by_call(cx, probe, kind::PROBE)
}

fn read_probe(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    probe: Item,
    value: GuestPtr<u32>,
) -> Result<i32, Trouble> {
    let probe = k.audio.instruments.probes.get(&probe);
    let probe = *probe.ok_or(codes::BADITEM)?;
    let place = k.place_of(probe.instrument, probe.resource);
    let word = place.map_or(0, |place| k.dsp_word(cx, place));
    // Signals have a sign.
    let word = i32::from(word as i16) as u32;
    cx.mem.write(value, word).map_err(|_| codes::BADPTR)?;
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 36 ReadProbe(probe: Item, value: GuestPtr<u32>) -> Number = read_probe;
    vec 49 CreateProbe(
        instrument: Item, output: GuestPtr<CString>, tags: GuestPtr<TagArg>
    ) -> Item = create_probe, cost 500;
    vec 50 DeleteProbe(probe: Item) -> Number = delete_probe;
}
