//! Built-in descriptions of the standard instruments.
//!
//! For programs that are run without the files.
//!
//! Audio sheet 7.1, 9.1. A description has everything a program can see of an instrument: its
//! resources, ports, hooks and knobs. The code is our own: none of the real files' is here.
//!
//! | module | what it knows |
//! |---|---|
//! | `table` | the descriptions |
//! | `assembler` | microcode as text |
//! | `microcode` | where a program's text is, and what its words begin with |
//! | `mixers` | direct output, mixers |
//! | `players` | samples at the rate of the output and at half of it |
//! | `samplers` | samples at any rate |
//! | `compressed` | samples of SDX2 and ADP4 |
//! | `oscillators` | waves and noise |
//! | `envelopes` | envelopes |
//! | `arithmetic` | sums, filters, delay lines |

mod arithmetic;
mod assembler;
mod compressed;
mod envelopes;
mod microcode;
mod mixers;
mod oscillators;
mod players;
mod samplers;
mod table;

use crate::loader::dsp_file::{
    Conversion, DspFile, Knob, KnobTarget, Linkage, Module, Resource, ResourceKind,
};
use table::TABLE;

/// A knob: name, limits, default, conversion.
type KnobRow = (&'static str, i32, i32, i32, Conversion);

/// A standard instrument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standard {
    name: &'static str,
    ticks: u32,
    words: u32,
    /// Inputs and outputs, and words of an envelope.
    ports: &'static [&'static str],
    /// I words that nobody else knows by name.
    private: u32,
    outside: &'static [&'static str],
    blocks: u32,
    fifos: &'static [&'static str],
    out_fifos: &'static [&'static str],
    converters: &'static [(&'static str, ResourceKind)],
    knobs: &'static [KnobRow],
    import: Option<&'static str>,
    export: Option<&'static str>,
}

/// A description to begin with.
const fn row(name: &'static str, ticks: u32, words: u32) -> Standard {
    Standard {
        name,
        ticks,
        words,
        ports: &[],
        private: 0,
        outside: &[],
        blocks: 0,
        fifos: &[],
        out_fifos: &[],
        converters: &[],
        knobs: &[],
        import: None,
        export: None,
    }
}

impl Standard {
    const fn ports(self, ports: &'static [&'static str]) -> Standard {
        Standard { ports, ..self }
    }
    const fn private(self, private: u32) -> Standard {
        Standard { private, ..self }
    }
    const fn knobs(self, knobs: &'static [KnobRow]) -> Standard {
        Standard { knobs, ..self }
    }
    const fn fifo(self, fifos: &'static [&'static str]) -> Standard {
        Standard { fifos, ..self }
    }
    const fn out_fifo(self, out_fifos: &'static [&'static str]) -> Standard {
        Standard { out_fifos, ..self }
    }
    const fn outside(self, outside: &'static [&'static str]) -> Standard {
        Standard { outside, ..self }
    }
    const fn converters(self, converters: &'static [(&'static str, ResourceKind)]) -> Standard {
        Standard { converters, ..self }
    }
    const fn block(self) -> Standard {
        Standard { blocks: 1, ..self }
    }
    const fn imports(self, import: &'static str) -> Standard {
        Standard {
            import: Some(import),
            ..self
        }
    }
    const fn exports(self, export: &'static str) -> Standard {
        Standard {
            export: Some(export),
            ..self
        }
    }
}

/// The description of a file by its name, with or without a path.
pub(super) fn find(path: &[u8]) -> Option<&'static Standard> {
    let name = path.rsplit(|&c| c == b'/').next()?;
    let same = |row: &&Standard| row.name.as_bytes().eq_ignore_ascii_case(name);
    TABLE.iter().find(same)
}

/// The built-in instrument of the file with that name, as the file would say it.
pub fn standard_instrument(path: &[u8]) -> Option<DspFile> {
    find(path).map(Standard::file)
}

/// The names of the files of all built-in instruments.
pub fn standard_instruments() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name)
}

impl Standard {
    /// The name of its file.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// What its file would say.
    pub(super) fn file(&self) -> DspFile {
        let mut file = self.description();
        if let Some(code) = microcode::find(self.name) {
            // A program that cannot be assembled is none; a test assembles them all.
            let _ = code.put_into(&mut file.main);
        }
        file
    }

    /// All but the code.
    fn description(&self) -> DspFile {
        let own = |kind, many, name: &str| Resource {
            kind,
            linkage: Linkage::Own,
            many,
            preset: 0,
            name: name.into(),
        };
        let linked = |linkage, many, name: &str| Resource {
            linkage,
            ..own(ResourceKind::Code, many, name)
        };
        let named = |kind, names: &[&str]| -> Vec<Resource> {
            names.iter().map(|name| own(kind, 1, name)).collect()
        };
        let mut resources = Vec::new();
        resources.extend(self.export.map(|name| linked(Linkage::Export, 0, name)));
        resources.extend(named(ResourceKind::I, self.ports));
        if self.private > 0 {
            resources.push(own(ResourceKind::I, self.private, ""));
        }
        resources.extend(named(ResourceKind::Eo, self.outside));
        for _ in 0..self.blocks {
            resources.push(own(ResourceKind::Rbase8, 1, ""));
        }
        resources.extend(named(ResourceKind::InFifo, self.fifos));
        resources.extend(named(ResourceKind::OutFifo, self.out_fifos));
        for &(name, kind) in self.converters {
            resources.push(own(kind, 1, name));
        }
        let first_knob = resources.len() as u32;
        let knob_names: Vec<&str> = self.knobs.iter().map(|knob| knob.0).collect();
        resources.extend(named(ResourceKind::Ei, &knob_names));
        resources.extend(self.import.map(|name| linked(Linkage::Import, 1, name)));
        resources.push(own(ResourceKind::Code, self.words, "Entry"));
        resources.push(own(ResourceKind::Ticks, self.ticks, "Ticks"));
        let knob = |(resource, &(name, min, max, default, conversion)): (u32, &KnobRow)| Knob {
            name: name.into(),
            min,
            max,
            default,
            targets: vec![KnobTarget {
                resource,
                conversion,
            }],
        };
        DspFile {
            name: self.name.into(),
            main: Module {
                silicon: 2,
                resources,
                knobs: (first_knob..).zip(self.knobs).map(knob).collect(),
                ..Module::default()
            },
            shared: Vec::new(),
            envelopes: Vec::new(),
            samples: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_description_is_found_by_the_name_of_its_file() {
        for path in ["sawtooth.dsp", "SawTooth.DSP", "$audio/dsp/sawtooth.dsp"] {
            assert_eq!(find(path.as_bytes()).unwrap().name(), "sawtooth.dsp");
        }
        for path in ["sawtooth", "", "/", "xsawtooth.dsp"] {
            assert!(find(path.as_bytes()).is_none());
        }
    }

    #[test]
    fn names_occur_once_and_imports_have_their_library() {
        let names: BTreeSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
        for row in TABLE {
            if let Some(import) = row.import {
                let file = format!("{}.dsp", import.to_ascii_lowercase());
                let library = find(file.as_bytes()).unwrap();
                assert_eq!(library.export, Some(import));
            }
        }
    }

    #[test]
    fn every_instrument_has_code_that_fits_into_its_documented_words() {
        for row in TABLE {
            let mut module = row.description().main;
            let code = microcode::find(row.name).unwrap_or_else(|| panic!("{}", row.name));
            let outcome = code.put_into(&mut module);
            outcome.unwrap_or_else(|error| panic!("{}: {error}", row.name));
            let words = module.code[0].words.len() as u32;
            assert!(words <= row.words, "{}: {words} > {}", row.name, row.words);
            for relocation in &module.relocations {
                let resource = &module.resources[relocation.resource as usize];
                let field = module.code[0].words[relocation.word as usize];
                let offset = u32::from(field & ((1 << relocation.width) - 1));
                let is_word = resource.kind != ResourceKind::Code;
                assert!(!is_word || offset < resource.many, "{}", row.name);
            }
        }
    }

    #[test]
    fn an_instrument_is_the_same_after_it_was_a_file() {
        for row in TABLE {
            let file = row.file();
            assert_eq!(DspFile::parse(&file.write()), Ok(file), "{}", row.name);
        }
    }

    /// A description is what a file may say.
    #[test]
    fn knobs_turn_the_words_of_their_names_and_begin_within_their_limits() {
        for row in TABLE {
            let module = row.file().main;
            for knob in &module.knobs {
                assert!(
                    (knob.min..=knob.max).contains(&knob.default),
                    "{}",
                    row.name
                );
                let word = &module.resources[knob.targets[0].resource as usize];
                assert_eq!(word.kind, ResourceKind::Ei);
                assert_eq!(word.name, knob.name);
            }
        }
    }
}
