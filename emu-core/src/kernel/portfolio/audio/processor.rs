//! What instruments have on the signal processor: code, words, channels.
//!
//! Audio sheet 4.4, 7, 9.2. A connection is made in the code: where the instrument would read its
//! own word it reads the other's. What runs earlier in a frame is heard in the same frame; what
//! runs later, in the next one. A board without a processor has no code and no words.

use super::dsp::{Allocation, extent};
use super::instrument::{Activity, Instrument};
use super::program::{Program, ProgramId};
use crate::device::sound::{Channel, Entry, When};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::loader::dsp_file::relocate::{relocated, value};
use crate::loader::dsp_file::{Data, Linkage, Module, Relocation, ResourceKind};

/// Words of data memory.
const MOST_WORDS: u32 = 0x400;

/// The resource that the code of a module is placed by.
fn entry_of(module: &Module) -> Option<u32> {
    let mut resources = (0..).zip(&module.resources);
    let entry = resources.find(|(_, resource)| {
        resource.kind == ResourceKind::Code && resource.linkage == Linkage::Own && resource.many > 0
    });
    entry.map(|(n, _)| n)
}

/// An address on the processor.
fn address(place: u32) -> Option<u16> {
    u16::try_from(place).ok()
}

impl Portfolio {
    // ---- words ----

    /// A word of the processor's memory; 0 where there is none.
    pub(super) fn dsp_word(&self, cx: &CallCx<'_>, at: u32) -> u16 {
        let processor = cx.board.dspp();
        let word = address(at).zip(processor);
        word.map_or(0, |(at, processor)| processor.read(at))
    }

    /// Changes words of the processor's memory that follow each other.
    pub(super) fn put_dsp_words(&self, cx: &mut CallCx<'_>, first: u32, values: &[i32]) {
        let Some(processor) = cx.board.dspp_mut() else {
            return;
        };
        for (at, &value) in (first..).zip(values) {
            if let Some(at) = address(at) {
                processor.write(at, value as u16);
            }
        }
    }

    /// Puts initial values into the memory of a program.
    fn put_data(
        &self,
        cx: &mut CallCx<'_>,
        (module, allocation): (&Module, &Allocation),
        is_due: impl Fn(&Data) -> bool,
    ) {
        for data in module.data.iter().filter(|data| is_due(data)) {
            if let Some(place) = allocation.place(data.resource) {
                self.put_dsp_words(cx, place, &data.values);
            }
        }
    }

    // ---- code ----

    /// Where the program of an instrument is.
    fn allocation_of<'a>(&'a self, instrument: &'a Instrument) -> Option<&'a Allocation> {
        let dsp = &self.audio.instruments.dsp;
        let own = instrument.allocation.as_ref();
        own.or_else(|| dsp.library(instrument.program))
    }

    /// The address of something that other programs import.
    fn import(&self, program: &Program, name: &[u8]) -> Option<u32> {
        let world = &self.audio.instruments;
        let exporter = |&&id: &&ProgramId| {
            let exporter = world.programs.get(id);
            exporter.is_some_and(|program| program.exports(name))
        };
        let id = *program.imports.iter().find(exporter)?;
        let module = &world.programs.get(id)?.module;
        let is_export =
            |resource: &crate::loader::dsp_file::Resource| resource.linkage == Linkage::Export;
        let export = module.resources.get(module.find(name, is_export)?)?;
        let entry = world.dsp.library(id)?.place(entry_of(module)?)?;
        entry.checked_add(export.preset)
    }

    /// What a relocation puts into the code of a program.
    fn value_of(
        &self,
        program: &Program,
        allocation: &Allocation,
        instrument: Option<&Instrument>,
        relocation: &Relocation,
    ) -> Option<u32> {
        let module = &program.module;
        let resource = module.resources.get(relocation.resource as usize)?;
        let place = match resource.linkage {
            Linkage::Import => self.import(program, &resource.name)?,
            Linkage::Export => {
                let entry = allocation.place(entry_of(module)?)?;
                entry.checked_add(resource.preset)?
            }
            Linkage::Own => {
                let connections = instrument.map(|instrument| &instrument.connections);
                let source = connections.and_then(|all| all.get(&relocation.resource));
                let source = source.and_then(|from| self.place_of(from.instrument, from.resource));
                source
                    .or_else(|| allocation.place(relocation.resource))
                    .or_else(|| is_fixed(resource.kind).then_some(0))?
            }
        };
        value(resource.kind, relocation.attribute, place)
    }

    /// Puts the code of a program where its place is, with what its instrument is connected to.
    fn put_code(
        &self,
        cx: &mut CallCx<'_>,
        program: &Program,
        allocation: &Allocation,
        instrument: Option<&Instrument>,
    ) {
        let module = &program.module;
        let Some(processor) = cx.board.dspp_mut() else {
            return;
        };
        let entry = entry_of(module);
        let place = entry.and_then(|entry| allocation.place(entry));
        let room = entry.and_then(|entry| module.resources.get(entry as usize));
        let (Some(place), Some(room)) = (place.and_then(address), room) else {
            return;
        };
        let code = relocated(module, |relocation| {
            self.value_of(program, allocation, instrument, relocation)
        });
        // What has no room would be in another program's.
        let words = code.get(..room.many as usize).unwrap_or(&code);
        processor.write_code(place, words);
    }

    /// Puts the code of an instrument into program memory, as it is connected now.
    pub(super) fn link_code(&self, cx: &mut CallCx<'_>, item: Item) {
        let (Ok(instrument), Ok(program)) = (self.instrument(item), self.program_of(item)) else {
            return;
        };
        if let Some(allocation) = self.allocation_of(instrument) {
            self.put_code(cx, program, allocation, Some(instrument));
        }
    }

    /// Fills what a program got: words are clear but for initial values, code is in place.
    fn fill(
        &self,
        cx: &mut CallCx<'_>,
        program: &Program,
        allocation: &Allocation,
        instrument: Option<&Instrument>,
    ) {
        for (n, resource) in (0..).zip(&program.module.resources) {
            let (words, _) = extent(resource.kind, resource.many);
            if is_memory(resource.kind)
                && let Some(place) = allocation.place(n)
            {
                self.put_dsp_words(cx, place, &vec![0; words.min(MOST_WORDS) as usize]);
            }
        }
        self.put_data(cx, (&program.module, allocation), |data| data.at_alloc);
        self.put_code(cx, program, allocation, instrument);
    }

    /// Fills what a library got that was just placed.
    pub(super) fn fill_library(&self, cx: &mut CallCx<'_>, id: ProgramId) {
        let world = &self.audio.instruments;
        if let (Some(program), Some(allocation)) = (world.programs.get(id), world.dsp.library(id)) {
            self.fill(cx, program, allocation, None);
        }
    }

    /// Fills what an instrument got.
    pub(super) fn fill_instrument(&self, cx: &mut CallCx<'_>, item: Item) {
        if let (Ok(instrument), Ok(program)) = (self.instrument(item), self.program_of(item))
            && let Some(allocation) = &instrument.allocation
        {
            self.fill(cx, program, allocation, Some(instrument));
        }
    }

    /// Puts in place what the words of an instrument have at each start.
    pub(super) fn put_start_data(&self, cx: &mut CallCx<'_>, item: Item) {
        if let (Ok(instrument), Ok(program)) = (self.instrument(item), self.program_of(item))
            && let Some(allocation) = &instrument.allocation
        {
            self.put_data(cx, (&program.module, allocation), |data| data.at_start);
        }
    }

    // ---- what runs ----

    /// Where the code of an instrument is entered, and in which frames.
    fn entry_of_instrument(&self, instrument: &Instrument) -> Option<Entry> {
        let program = self.audio.instruments.programs.get(instrument.program)?;
        program.module.code.first()?;
        let allocation = self.allocation_of(instrument)?;
        let at = address(allocation.place(entry_of(&program.module)?)?)?;
        let when = match &instrument.allocation {
            Some(own) => own.frames(),
            None => When::Every,
        };
        Some(Entry { at, when })
    }

    /// Lets the frame consist of what runs now: by priority, then by the order of starts.
    pub(super) fn enter_instruments(&mut self, cx: &mut CallCx<'_>) {
        let all = self.audio.instruments.instruments.values();
        let mut running: Vec<&Instrument> = all.filter(|it| it.runs()).collect();
        running.sort_by_key(|it| (std::cmp::Reverse(it.priority), it.start_number));
        let entries = running.into_iter();
        let entries: Vec<Entry> = entries
            .filter_map(|it| self.entry_of_instrument(it))
            .collect();
        if let Some(processor) = cx.board.dspp_mut() {
            processor.set_entries(&entries);
        }
        self.arm_audio(cx);
    }

    /// The channel of one of an instrument's FIFOs.
    pub(super) fn channel_of(&self, instrument: Item, fifo: u8) -> Option<Channel> {
        let module = &self.program_of(instrument).ok()?.module;
        let (n, kind) = super::instrument::fifos(module).nth(fifo.into())?;
        let place = u8::try_from(self.place_of(instrument, n)?).ok()?;
        match kind {
            ResourceKind::OutFifo => Some(Channel::Out(place)),
            _ => Some(Channel::In(place)),
        }
    }
}

impl Instrument {
    /// Whether its code runs.
    pub(super) fn runs(&self) -> bool {
        self.activity >= Activity::Released && !self.paused
    }
}

/// Whether a resource is words of data memory.
fn is_memory(kind: ResourceKind) -> bool {
    matches!(
        kind,
        ResourceKind::Ei
            | ResourceKind::I
            | ResourceKind::Rbase4
            | ResourceKind::Rbase8
            | ResourceKind::Eo
    )
}

/// Whether a resource is at the same place for everybody.
fn is_fixed(kind: ResourceKind) -> bool {
    matches!(
        kind,
        ResourceKind::LeftAdc | ResourceKind::RightAdc | ResourceKind::Noise
    )
}
