//! Connections: an output of one instrument as the input or a knob of another.
//!
//! Audio sheet 4.4. A connection is no item. It is kept by the instrument that reads, one for
//! each of its inputs; the knob keeps its own value below it.

use super::codes;
use super::instrument::Source;
use super::knob::port_name;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::loader::dsp_file::{Linkage, Resource, ResourceKind};
use crate::mem::{CString, GuestPtr};

fn is_own(resource: &Resource, kind: ResourceKind) -> bool {
    resource.kind == kind && resource.linkage == Linkage::Own
}

impl Portfolio {
    /// The resource that is an output, or anything else the processor computes.
    pub(super) fn output_named(&self, instrument: Item, name: &[u8]) -> Result<u32, Status> {
        let module = &self.program_of(instrument)?.module;
        let output = module.find(name, |resource| is_own(resource, ResourceKind::I));
        Ok(output.ok_or(codes::BADNAME)? as u32)
    }

    /// The resource that is an input, or what a knob turns.
    fn input_named(&self, instrument: Item, name: &[u8]) -> Result<u32, Status> {
        let module = &self.program_of(instrument)?.module;
        let input = module.find(name, |resource| is_own(resource, ResourceKind::I));
        if let Some(input) = input {
            return Ok(input as u32);
        }
        let knob = self.knob_named(instrument, name);
        let knob = knob.and_then(|knob| module.knobs.get(knob));
        let target = knob.and_then(|knob| knob.targets.first());
        Ok(target.ok_or(codes::BADNAME)?.resource)
    }

    /// Ends every connection from an instrument.
    pub(super) fn disconnect_all_from(&mut self, cx: &mut CallCx<'_>, source: Item) {
        let mut changed = Vec::new();
        for (&item, instrument) in &mut self.audio.instruments.instruments {
            let connections = &mut instrument.connections;
            let before = connections.len();
            connections.retain(|_, from| from.instrument != source);
            changed.extend((connections.len() < before).then_some(item));
        }
        for item in changed {
            self.link_code(cx, item);
        }
    }
}

/// One end of a connection: an instrument and a name.
type End = (Item, GuestPtr<CString>);

/// Both ends of a connection, as resources.
fn ends(
    k: &Portfolio,
    cx: &CallCx<'_>,
    (source, output): End,
    (target, input): End,
) -> Result<(Source, u32), Status> {
    k.instrument(source)?;
    k.instrument(target)?;
    let output = port_name(cx.mem, output).map_err(|_| codes::BADPTR)?;
    let input = port_name(cx.mem, input).map_err(|_| codes::BADPTR)?;
    let from = Source {
        instrument: source,
        resource: k.output_named(source, &output)?,
    };
    Ok((from, k.input_named(target, &input)?))
}

fn connect_instruments(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    source: Item,
    output: GuestPtr<CString>,
    target: Item,
    input: GuestPtr<CString>,
) -> Result<i32, Trouble> {
    let (from, input) = ends(k, cx, (source, output), (target, input))?;
    k.instrument_mut(target)?.connections.insert(input, from);
    k.link_code(cx, target);
    Ok(0)
}

/// What is not connected, or to something else, stays as it is.
fn disconnect_instruments(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    source: Item,
    output: GuestPtr<CString>,
    target: Item,
    input: GuestPtr<CString>,
) -> Result<i32, Trouble> {
    let (from, input) = ends(k, cx, (source, output), (target, input))?;
    let connections = &mut k.instrument_mut(target)?.connections;
    if connections.get(&input) == Some(&from) {
        connections.remove(&input);
        k.link_code(cx, target);
    }
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 8 ConnectInstruments(
        source: Item, output: GuestPtr<CString>, target: Item, input: GuestPtr<CString>
    ) -> Number = connect_instruments, cost 700;
    swi 12 DisconnectInstruments(
        source: Item, output: GuestPtr<CString>, target: Item, input: GuestPtr<CString>
    ) -> Number = disconnect_instruments, cost 700;
}
