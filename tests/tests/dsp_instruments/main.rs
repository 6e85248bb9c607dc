//! Built-in instruments on the signal processor, frame by frame.
//!
//! Audio sheet 3.1, 5, 7.1, and section 8's table of what the standard instruments put out.
#![forbid(unsafe_code)]

mod arithmetic;
mod compressed;
mod delays;
mod envelopes;
mod mixers;
mod models;
mod oscillators;
mod players;
mod rig;
mod samplers;

use emu_core::device::sound::{Channel, Passage, SignalProcessor, Transfer};
use emu_core::kernel::portfolio::{standard_instrument, standard_instruments};
use emu_core::loader::dsp_file::{Module, ResourceKind};
use models::{adp4, high_and_low, nibbles, scaled, sdx2, some_words, words};
use proptest::prelude::*;
use rig::{Placed, Rig};

/// Ticks of the worst frame among many, with every knob and input at all sorts of values.
fn worst(name: &str) -> u32 {
    let mut rig = Rig::new();
    let placed = rig.add(name);
    let module = standard_instrument(name.as_bytes()).unwrap().main;
    let resources = |kind| {
        let named =
            move |r: &&emu_core::loader::dsp_file::Resource| r.kind == kind && !r.name.is_empty();
        let names = module.resources.iter().filter(named);
        names
            .map(|r| String::from_utf8(r.name.clone()).unwrap())
            .collect::<Vec<_>>()
    };
    let knobs = resources(ResourceKind::Ei);
    let inputs = resources(ResourceKind::I);
    let fifos = resources(ResourceKind::InFifo);
    let mut worst = 0;
    let values = some_words(4000);
    for (n, &value) in values.iter().enumerate() {
        if n % 40 == 0 {
            for fifo in &fifos {
                rig.feed(&placed, fifo, &values[n..n + 24.min(values.len() - n)]);
            }
        }
        // Now and then: what a request changes takes a frame of its own.
        if n % 3 == 0 {
            for (k, knob) in knobs.iter().enumerate() {
                rig.set(&placed, knob, i32::from(value.rotate_left(3 * k as u32)));
            }
        }
        for input in inputs.iter().filter(|name| name.starts_with("Input")) {
            rig.set(&placed, input, i32::from(value));
        }
        rig.frame();
        worst = worst.max(rig.dspp.ticks_used());
    }
    worst
}

fn ticks(module: &Module) -> u32 {
    module.amount(ResourceKind::Ticks)
}

#[test]
fn no_instrument_takes_more_ticks_than_documented() {
    for name in standard_instruments() {
        let module = standard_instrument(name.as_bytes()).unwrap().main;
        if ticks(&module) == 0 {
            continue; // A routine: it is in the figure of who calls it.
        }
        let (worst, most) = (worst(name), ticks(&module));
        assert!((2..=most).contains(&worst), "{name}: {worst} of {most}");
    }
}
