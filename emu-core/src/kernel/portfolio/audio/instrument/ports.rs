//! What is attached to instruments: FIFOs and hooks.

use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::loader::dsp_file::{Linkage, Module, ResourceKind};

/// The hook of an envelope unless another is named.
const DEFAULT_HOOK: &[u8] = b"Env";

/// The FIFOs of a module, input FIFOs first: which resources they are, and of what kind.
pub(in crate::kernel::portfolio::audio) fn fifos(
    module: &Module,
) -> impl Iterator<Item = (u32, ResourceKind)> {
    [ResourceKind::InFifo, ResourceKind::OutFifo]
        .into_iter()
        .flat_map(move |kind| {
            let all = (0..).zip(&module.resources);
            let of_kind = all.filter(move |(_, resource)| {
                resource.kind == kind && resource.linkage == Linkage::Own && resource.many > 0
            });
            of_kind.map(move |(n, _)| (n, kind))
        })
}

fn names_of_fifos(module: &Module) -> impl Iterator<Item = &[u8]> {
    let names = fifos(module).filter_map(|(n, _)| module.resources.get(n as usize));
    names.map(|resource| &resource.name[..])
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
        let mut names = names_of_fifos(module);
        let index = match name {
            None => names.next().map(|_| 0).ok_or(codes::NOFIFO)?,
            Some(_) if fifos(module).next().is_none() => return Err(codes::NOFIFO),
            Some(wanted) => names
                .position(|name| name.eq_ignore_ascii_case(wanted))
                .ok_or(codes::BADNAME)?,
        };
        u8::try_from(index).map_err(|_| codes::NOFIFO)
    }

    /// Whether a FIFO is one that the instrument writes.
    pub(in crate::kernel::portfolio::audio) fn is_out_fifo(
        &self,
        instrument: Item,
        fifo: u8,
    ) -> bool {
        let module = self.module_of(instrument).ok();
        let kind = module.and_then(|module| fifos(module).nth(fifo.into()));
        matches!(kind, Some((_, ResourceKind::OutFifo)))
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

    /// Where a word of an envelope hook is: "request", "incr", "current" and so on.
    pub(in crate::kernel::portfolio::audio) fn hook_word(
        &self,
        instrument: Item,
        hook: u32,
        word: &str,
    ) -> Option<u32> {
        let module = self.module_of(instrument).ok()?;
        let suffix = b".request";
        let hooks = module.resources.iter().filter_map(|resource| {
            let begin = resource.name.len().checked_sub(suffix.len())?;
            let (hook, end) = resource.name.split_at(begin);
            end.eq_ignore_ascii_case(suffix).then_some(hook)
        });
        let hook = hooks.into_iter().nth(hook as usize)?;
        let name = [hook, b".", word.as_bytes()].concat();
        let found = module.find(&name, |resource| resource.linkage == Linkage::Own)?;
        self.place_of(instrument, found as u32)
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
