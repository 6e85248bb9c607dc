//! Programs of the built-in instruments: text, private words, data.
//!
//! The programs are this project's own; what they do is audio sheet 3.1, 5 and 8's table of
//! measured outputs. None is longer or takes more ticks than the documented instrument.

use super::assembler::{BadLine, assemble};
use super::{arithmetic, compressed, envelopes, mixers, oscillators, players, samplers};
use crate::loader::dsp_file::{CodeBlock, Data, Module, ResourceKind};

/// Code that runs in every frame.
const RUN: i32 = 0;

/// A program.
#[derive(Debug)]
pub(super) struct Microcode {
    text: String,
    words: &'static [&'static str],
    at_alloc: Vec<i32>,
    at_start: Vec<i32>,
}

impl Microcode {
    /// A program of these lines.
    pub(super) fn new(text: &str) -> Microcode {
        Microcode {
            text: text.to_owned(),
            words: &[],
            at_alloc: Vec::new(),
            at_start: Vec::new(),
        }
    }

    /// The names of its private words, in their order. They go on when it is started again.
    pub(super) fn words(self, words: &'static [&'static str]) -> Microcode {
        Microcode { words, ..self }
    }

    /// What its private words, or those of its register block, hold whenever it is started.
    pub(super) fn starting_with(self, values: &[i32]) -> Microcode {
        let at_start = values.to_vec();
        Microcode { at_start, ..self }
    }

    /// What its private words hold from when it is placed.
    pub(super) fn tables(self, values: Vec<i32>) -> Microcode {
        let at_alloc = values;
        Microcode { at_alloc, ..self }
    }

    /// Puts the program into a module that has its resources.
    pub(super) fn put_into(&self, module: &mut Module) -> Result<(), BadLine> {
        let assembled = assemble(&self.text, module, self.words)?;
        module.code = vec![CodeBlock {
            kind: RUN,
            words: assembled.words,
        }];
        module.relocations = assembled.relocations;
        let private = module.find(b"", |resource| resource.kind == ResourceKind::I);
        let block = module.find(b"", |resource| resource.kind == ResourceKind::Rbase8);
        let Some(resource) = private.or(block) else {
            return Ok(());
        };
        for (values, at_start) in [(&self.at_alloc, false), (&self.at_start, true)] {
            if !values.is_empty() {
                module.data.push(Data {
                    at_alloc: !at_start,
                    at_start,
                    resource: resource as u32,
                    values: values.clone(),
                });
            }
        }
        Ok(())
    }
}

/// The program of the file with that name; `None` if nobody has written one.
pub(super) fn find(name: &str) -> Option<Microcode> {
    let families = [
        mixers::code,
        players::code,
        samplers::code,
        compressed::code,
        oscillators::code,
        envelopes::code,
        arithmetic::code,
    ];
    families.iter().find_map(|code| code(name))
}
