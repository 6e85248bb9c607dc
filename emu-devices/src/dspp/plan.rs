//! The fast interpreter: instructions are decoded once, when first met.

use super::lower::{Action, Factor, Sink, Source, Step, Sum};
use super::sum::{narrow, product, shifted, sum, widen};
use super::unit::Unit;
use super::words::Words;
use super::{CODE_WORDS, MOST_TICKS, letter};
use emu_core::loader::dsp_code::{ADDRESS_MASK, Input, Instruction};
use std::fmt::{Debug, Formatter, Result};

const SIZE: usize = CODE_WORDS as usize;

/// Decoded instructions. They say nothing that the code does not: a copy decodes for itself.
#[derive(Default)]
pub(super) struct Plan {
    steps: Option<Box<[Step; SIZE]>>,
}

impl Clone for Plan {
    fn clone(&self) -> Plan {
        Plan::default()
    }
}

impl PartialEq for Plan {
    fn eq(&self, _other: &Plan) -> bool {
        true
    }
}

impl Eq for Plan {}

impl Debug for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("Plan")
    }
}

impl Plan {
    /// The code has changed.
    pub fn forget(&mut self) {
        self.steps = None;
    }

    /// Runs a program; whether it came to its end before the frame did.
    pub fn enter(&mut self, code: &Words, unit: &mut Unit, at: u16) -> bool {
        let unknown = || Box::new([Step::UNKNOWN; SIZE]);
        let steps = self.steps.get_or_insert_with(unknown);
        let (mut at, mut ticks) = (at & ADDRESS_MASK, unit.ticks);
        let ends = loop {
            if ticks >= MOST_TICKS {
                break false;
            }
            let step = &mut steps[usize::from(at) % SIZE];
            if let Action::Unknown = step.action {
                *step = decode(code, at);
            }
            let here = at;
            at = step.next;
            ticks += u32::from(step.words);
            match &step.action {
                Action::Plain(plain) => (plain.run)(unit, plain),
                Action::Nothing => {}
                Action::Sleep => break true,
                Action::Jump(to) => at = *to,
                Action::Call(to) => (unit.back, at) = (at, *to),
                Action::Return => at = unit.back & ADDRESS_MASK,
                Action::Rbase(rbase) => unit.rbase = *rbase,
                Action::Rmap(rmap) => unit.rmap = *rmap,
                Action::Branch(when, to) => {
                    if when.holds(unit.flags) {
                        at = *to;
                    }
                }
                Action::Move(from, to) => {
                    (unit.at, unit.ticks) = (at, ticks);
                    let value = unit.take(*from);
                    unit.put(*to, value);
                }
                Action::Compute(sum) => {
                    (unit.at, unit.ticks) = (at, ticks);
                    unit.add_up(sum);
                }
                Action::Unknown | Action::Letter => {
                    (unit.at, unit.ticks) = (here, ticks - u32::from(step.words));
                    letter::step(code, unit);
                    (at, ticks) = (unit.at, unit.ticks);
                }
            }
        };
        (unit.at, unit.ticks) = (at, ticks);
        ends
    }
}

fn decode(code: &Words, at: u16) -> Step {
    let mut words = 0_u8;
    let instruction = Instruction::decode(|| {
        words += 1;
        code.get(at.wrapping_add(u16::from(words) - 1))
    });
    Step {
        next: at.wrapping_add(u16::from(words)) & ADDRESS_MASK,
        words,
        action: Action::of(&instruction),
    }
}

impl Unit {
    #[inline]
    fn take(&mut self, from: Source) -> u16 {
        match from {
            Source::Number(value) => value,
            Source::Word(at) => self.data.get(at),
            Source::Port(at) => self.read_port(at),
            Source::Register(register) => self.read(register.address(self.rmap, self.rbase)),
        }
    }

    #[inline]
    fn put(&mut self, to: Sink, value: u16) {
        match to {
            Sink::Nowhere => {}
            Sink::Word(at) => self.data.set(at, value),
            Sink::Port(at) => self.write_port(at, value),
            Sink::Register(register) => {
                self.write(register.address(self.rmap, self.rbase), value);
            }
        }
    }

    #[inline]
    fn add_up(&mut self, of: &Sum) {
        let accumulator = self.accumulator;
        let multiplied = match of.factors {
            Some((factor, by)) => {
                let factor = self.take(factor);
                let by = match by {
                    Factor::Accumulator => narrow(accumulator),
                    Factor::Operand(by) => self.take(by),
                };
                product(factor, by)
            }
            None => 0,
        };
        let first = self.take(of.first);
        let second = self.take(of.second);
        let input = |input| match input {
            Input::Accumulator => accumulator,
            Input::First => widen(first),
            Input::Second => widen(second),
            Input::Product => multiplied,
        };
        let (value, mut flags) = sum(of.op, input(of.a), input(of.b), self.flags.carry);
        self.accumulator = shifted(of.shift, of.op, value, &mut flags);
        self.flags = flags;
        self.put(of.to, narrow(self.accumulator));
    }
}
