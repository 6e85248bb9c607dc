//! What is attached to instruments: FIFOs, hooks, and the speed of FIFOs.

use super::pitch::ONE;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::loader::dsp_file::{Conversion, Linkage, Module, ResourceKind};

/// The hook of an envelope unless another is named.
const DEFAULT_HOOK: &[u8] = b"Env";

/// The resources of an instrument's FIFOs: the input FIFOs, then the output FIFOs.
fn fifos(module: &Module) -> impl Iterator<Item = &[u8]> {
    [ResourceKind::InFifo, ResourceKind::OutFifo]
        .into_iter()
        .flat_map(move |kind| {
            let of_kind = module.resources.iter().filter(move |resource| {
                resource.kind == kind && resource.linkage == Linkage::Own && resource.many > 0
            });
            of_kind.map(|resource| &resource.name[..])
        })
}

/// The knob that says how fast a FIFO is read, if one does: "Frequency", or the one whose name
/// begins as the FIFO's does ("LeftFreq" of "LeftInFIFO"), if it passes what it gets unchanged
/// and goes up to one source frame a frame at least. A phase increment does not.
fn rate_knob(module: &Module, fifo: &[u8]) -> Option<usize> {
    module.knobs.iter().position(|knob| {
        let own = knob.name.strip_suffix(b"Freq");
        let named = knob.name.eq_ignore_ascii_case(b"Frequency")
            || own.is_some_and(|prefix| !prefix.is_empty() && fifo.starts_with(prefix));
        let plain = knob.targets.first().map(|target| target.conversion) == Some(Conversion::Nop);
        named && plain && knob.max >= ONE as i32
    })
}

/// Whether a player takes a source frame every second frame: its name says so.
fn is_half_rate_player(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name.windows(4).any(|part| part == b"half")
}

impl Portfolio {
    /// The index of an instrument's FIFO by its name, input FIFOs first; without a name the
    /// first one.
    pub(in crate::kernel::portfolio::audio) fn fifo_of(
        &self,
        instrument: Item,
        name: Option<&[u8]>,
    ) -> Result<u8, Status> {
        let module = self.module_of(instrument)?;
        let mut names = fifos(module);
        let index = match name {
            None => names.next().map(|_| 0).ok_or(codes::NOFIFO)?,
            Some(_) if fifos(module).next().is_none() => return Err(codes::NOFIFO),
            Some(wanted) => names
                .position(|name| name.eq_ignore_ascii_case(wanted))
                .ok_or(codes::BADNAME)?,
        };
        u8::try_from(index).map_err(|_| codes::NOFIFO)
    }

    /// Source frames that an instrument's FIFO takes in one output frame, unsigned 1.15.
    pub(in crate::kernel::portfolio::audio) fn fifo_rate(&self, instrument: Item, fifo: u8) -> u32 {
        let (Ok(program), Ok(state)) = (self.program_of(instrument), self.instrument(instrument))
        else {
            return ONE;
        };
        let name = fifos(&program.module).nth(fifo.into()).unwrap_or_default();
        let rate = match rate_knob(&program.module, name) {
            Some(knob) => state.knobs.get(knob).map_or(ONE, |&raw| raw.max(0) as u32),
            None if is_half_rate_player(&program.name) => ONE / 2,
            None => ONE,
        };
        // What runs in every second frame only takes half as much.
        rate >> u32::from(state.half)
    }

    /// The index of an envelope hook by its name; without a name that of "Env". A hook is there
    /// when the instrument has the words that an envelope drives.
    pub(in crate::kernel::portfolio::audio) fn envelope_hook_of(
        &self,
        instrument: Item,
        hook: Option<&[u8]>,
    ) -> Result<usize, Status> {
        let module = self.module_of(instrument)?;
        let wanted = [hook.unwrap_or(DEFAULT_HOOK), b".request"].concat();
        let requests = module.resources.iter().filter(|resource| {
            let name = resource.name.to_ascii_lowercase();
            name.ends_with(b".request")
        });
        let mut names = requests.map(|resource| &resource.name);
        let found = names.position(|name| name.eq_ignore_ascii_case(&wanted));
        found.ok_or(codes::BADNAME)
    }

    /// The status of an instrument as programs see it.
    pub(in crate::kernel::portfolio::audio) fn instrument_status(
        &self,
        instrument: Item,
    ) -> Option<u8> {
        let instrument = self.instrument(instrument).ok()?;
        Some(instrument.activity as u8)
    }

    /// The module of an instrument, or of a template, to which things can be attached too.
    fn module_of(&self, item: Item) -> Result<&Module, Status> {
        let id = match self.template(item) {
            Ok(template) => template.program,
            Err(_) => self.instrument(item)?.program,
        };
        let program = self.audio.instruments.programs.get(id);
        Ok(&program.ok_or(codes::BADITEM)?.module)
    }
}
