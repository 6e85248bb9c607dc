//! A signal processor with built-in instruments on it, without a folio.

use emu_core::device::sound::{Channel, Entry, Passage, SignalProcessor, Transfer, When};
use emu_core::kernel::portfolio::standard_instrument;
use emu_core::loader::dsp_file::relocate::{relocated, value};
use emu_core::loader::dsp_file::{Linkage, Module, Resource, ResourceKind};
use emu_core::mem::Memory;
use emu_devices::dspp::Dspp;
use std::collections::BTreeMap;

/// Where samples are in memory, 64 KiB for each FIFO.
const SAMPLES: u32 = 0x10_0000;

/// The processor and what is placed on it.
pub struct Rig {
    pub dspp: Dspp,
    pub memory: Memory,
    frame: u64,
    /// The next free code word, EI word, I word, EO word, input and output FIFO.
    next: BTreeMap<ResourceKind, u16>,
    exports: BTreeMap<Vec<u8>, u16>,
}

/// An instrument on it.
pub struct Placed {
    module: Module,
    places: Vec<u16>,
}

impl Placed {
    /// The address of a word or the number of a FIFO.
    pub fn at(&self, name: &str) -> u16 {
        let n = self.module.find(name.as_bytes(), |_| true);
        self.places[n.unwrap_or_else(|| panic!("there is no {name}"))]
    }
}

impl Rig {
    pub fn new() -> Rig {
        let next = [
            (ResourceKind::Code, 0),
            (ResourceKind::Ei, 0x008),
            (ResourceKind::I, 0x108),
            (ResourceKind::Eo, 0x304),
            (ResourceKind::InFifo, 0),
            (ResourceKind::OutFifo, 0),
        ];
        Rig {
            dspp: Dspp::new(),
            memory: Memory::new(),
            frame: 0,
            next: next.into(),
            exports: BTreeMap::new(),
        }
    }

    /// Places an instrument and enters it.
    pub fn add(&mut self, file: &str) -> Placed {
        self.connect(file, &[])
    }

    /// The same; some of its words are those of other instruments.
    pub fn connect(&mut self, file: &str, words: &[(&str, u16)]) -> Placed {
        let placed = self.place(file, words);
        let mut entries = self.dspp.entries().to_vec();
        entries.push(Entry {
            at: placed.at("Entry"),
            when: When::Every,
        });
        self.dspp.set_entries(&entries);
        placed
    }

    fn place(&mut self, file: &str, words: &[(&str, u16)]) -> Placed {
        let file = standard_instrument(file.as_bytes()).expect("a built-in instrument");
        let module = file.main;
        let mut places = Vec::new();
        for resource in &module.resources {
            let given = words
                .iter()
                .find(|(name, _)| resource.name == name.as_bytes());
            let place = match given {
                Some(&(_, at)) => at,
                None => self.room_for(resource),
            };
            places.push(place);
        }
        for (resource, place) in module.resources.iter().zip(&mut places) {
            if resource.linkage == Linkage::Import && !self.exports.contains_key(&resource.name) {
                let name = String::from_utf8_lossy(&resource.name).to_lowercase();
                self.place(&format!("{name}.dsp"), &[]);
            }
            if resource.linkage == Linkage::Import {
                *place = self.exports[&resource.name];
            }
        }
        let placed = Placed { module, places };
        let module = &placed.module;
        let exports = module
            .resources
            .iter()
            .filter(|r| r.linkage == Linkage::Export);
        for export in exports {
            let entry = placed.at("Entry") + export.preset as u16;
            self.exports.insert(export.name.clone(), entry);
        }
        let code = relocated(module, |relocation| {
            let n = relocation.resource as usize;
            let place = placed.places[n].into();
            value(module.resources[n].kind, relocation.attribute, place)
        });
        self.dspp.write_code(placed.at("Entry"), &code);
        for data in &module.data {
            let first = placed.places[data.resource as usize];
            for (at, &value) in (first..).zip(&data.values) {
                self.dspp.write(at, value as u16);
            }
        }
        for knob in &module.knobs {
            let at = placed.places[knob.targets[0].resource as usize];
            self.dspp.write(at, knob.default as u16);
        }
        placed
    }

    fn room_for(&mut self, resource: &Resource) -> u16 {
        let (kind, words) = match resource.kind {
            ResourceKind::Rbase8 => (ResourceKind::I, 8),
            kind => (kind, resource.many as u16),
        };
        let Some(next) = self.next.get_mut(&kind) else {
            return 0;
        };
        if resource.linkage != Linkage::Own {
            return 0;
        }
        if words == 8 {
            *next = next.next_multiple_of(8);
        }
        *next += words;
        *next - words
    }

    pub fn set(&mut self, placed: &Placed, name: &str, value: i32) {
        self.dspp.write(placed.at(name), value as u16);
    }

    pub fn get(&self, placed: &Placed, name: &str) -> i16 {
        self.dspp.read(placed.at(name)) as i16
    }

    /// Gives half-words to the FIFO of an instrument.
    pub fn feed(&mut self, placed: &Placed, fifo: &str, samples: &[u16]) {
        let lane = placed.at(fifo);
        let addr = SAMPLES + u32::from(lane) * 0x1_0000;
        for (n, pair) in (0..).zip(samples.chunks(2)) {
            let low = pair.get(1).copied().unwrap_or(0);
            let word = u32::from(pair[0]) << 16 | u32::from(low);
            self.memory.set_word(addr + n * 4, word);
        }
        let bytes = samples.len().div_ceil(2) as u32 * 4;
        let transfer = Transfer {
            now: Some(Passage { addr, bytes }),
            ..Transfer::default()
        };
        let channel = Channel::In(lane as u8);
        self.dspp.set_transfer(channel, transfer, true);
    }

    /// Runs a frame; what it puts out.
    pub fn frame(&mut self) -> [i16; 2] {
        let mut heard = Vec::new();
        self.dspp.run(&mut self.memory, self.frame, 1, &mut heard);
        self.frame += 1;
        heard[0]
    }

    /// Runs frames; the value of a word after each.
    pub fn follow(&mut self, placed: &Placed, name: &str, frames: usize) -> Vec<i16> {
        let frames = 0..frames;
        let word = |_| {
            self.frame();
            self.get(placed, name)
        };
        frames.map(word).collect()
    }
}
