//! Instructions as the fast interpreter executes them.

use super::plain::Plain;
use super::unit::{is_readable, is_writable};
use emu_core::loader::dsp_code::{
    Compute, Condition, Input, Instruction, Op, Operand, OperandWord, Place, Register, Shift,
};

/// A decoded instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Where the next one is.
    pub next: u16,
    /// Code words of this one.
    pub words: u8,
    pub action: Action,
}

/// What an instruction does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// It is not known yet.
    Unknown,
    /// What is too rare to be fast.
    Letter,
    Nothing,
    Sleep,
    Jump(u16),
    Call(u16),
    Return,
    /// Sets what is XORed onto addresses of registers.
    Rbase(u16),
    Rmap(u8),
    Branch(Condition, u16),
    Move(Source, Sink),
    /// On data memory and numbers alone.
    Plain(Plain),
    Compute(Sum),
}

/// Where a word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Number(u16),
    /// Data memory.
    Word(u16),
    /// Another address.
    Port(u16),
    Register(Register),
}

/// Where a result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sink {
    Nowhere,
    /// Data memory.
    Word(u16),
    /// Another address.
    Port(u16),
    Register(Register),
}

/// The multiplier's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Factor {
    Accumulator,
    Operand(Source),
}

/// A computation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    pub a: Input,
    pub b: Input,
    pub op: Op,
    pub shift: Shift,
    /// What is multiplied, if it is.
    pub factors: Option<(Source, Factor)>,
    /// The adder's operands; 0 where there is none.
    pub first: Source,
    pub second: Source,
    pub to: Sink,
}

impl Step {
    /// One that is not known yet.
    pub const UNKNOWN: Step = Step {
        next: 0,
        words: 0,
        action: Action::Unknown,
    };
}

impl Action {
    pub fn of(instruction: &Instruction) -> Action {
        match instruction {
            Instruction::Nop | Instruction::Reserved => Action::Nothing,
            Instruction::Sleep => Action::Sleep,
            Instruction::Jump(to) | Instruction::JumpBack(to) => Action::Jump(*to),
            Instruction::Call(to) => Action::Call(*to),
            Instruction::Branch { when, to } => Action::Branch(*when, *to),
            Instruction::MoveToRegister { to, from } => Action::moved(from, Place::Register(*to)),
            Instruction::MoveToAddress { to, indirect, from } => {
                let (at, indirect) = (*to, *indirect);
                Action::moved(from, Place::Address { at, indirect })
            }
            Instruction::Compute(compute) => {
                let sum = Sum::of(compute);
                let plain = sum.as_ref().and_then(Plain::of).map(Action::Plain);
                plain.or(sum.map(Action::Compute)).unwrap_or(Action::Letter)
            }
            Instruction::Return => Action::Return,
            Instruction::SetRbase(n) => Action::Rbase(u16::from(*n) << 2),
            Instruction::SetRmap(n) => Action::Rmap(*n),
            Instruction::JumpToAccumulator | Instruction::SetMask(_) => Action::Letter,
        }
    }

    fn moved(from: &OperandWord, to: Place) -> Action {
        match (Source::of(from.first()), Sink::of(to)) {
            (Some(from), Some(to)) => Action::Move(from, to),
            _ => Action::Letter,
        }
    }
}

impl Source {
    /// `None` for what is rare: addresses that are read first.
    fn of(place: Place) -> Option<Source> {
        match place {
            Place::Immediate(value) => Some(Source::Number(value)),
            Place::Address {
                at,
                indirect: false,
            } if is_readable(at) => Some(Source::Word(at)),
            Place::Address {
                at,
                indirect: false,
            } => Some(Source::Port(at)),
            Place::Register(register) if !register.indirect => Some(Source::Register(register)),
            Place::Address { .. } | Place::Register(_) => None,
        }
    }
}

impl Sink {
    /// `None` for what is rare: addresses that are read first.
    fn of(place: Place) -> Option<Sink> {
        match place {
            Place::Immediate(_) => Some(Sink::Nowhere),
            Place::Address {
                at,
                indirect: false,
            } if is_writable(at) => Some(Sink::Word(at)),
            Place::Address {
                at,
                indirect: false,
            } => Some(Sink::Port(at)),
            Place::Register(register) if !register.indirect => Some(Sink::Register(register)),
            Place::Address { .. } | Place::Register(_) => None,
        }
    }
}

impl Sum {
    /// `None` for what is rare: shifts by an operand, missing operands, several or indirect
    /// destinations.
    fn of(compute: &Compute) -> Option<Sum> {
        let (given, needed) = (compute.given(), compute.needed());
        if compute.shift == Shift::ByOperand || given < needed {
            return None;
        }
        let mut to = Sink::Nowhere;
        let mut destinations = 0;
        let mut operands = compute.operands().enumerate();
        let mut last = None;
        let mut next = |is_needed: bool| {
            if !is_needed {
                return Some(Source::Number(0));
            }
            let (_, Operand { place, back }) = operands.next()?;
            if back {
                destinations += 1;
                to = Sink::of(place)?;
            }
            Source::of(place)
        };
        let enters = |input| compute.a == input || compute.b == input;
        let is_product = enters(Input::Product);
        let factor = next(is_product)?;
        let by = match compute.by_operand {
            true => Factor::Operand(next(is_product)?),
            false => Factor::Accumulator,
        };
        let first = next(enters(Input::First))?;
        let second = next(enters(Input::Second))?;
        for (_, operand) in operands {
            last = Some(operand.place);
        }
        if let Some(place) = last {
            destinations += 1;
            to = Sink::of(place)?;
        }
        (destinations <= 1).then_some(Sum {
            a: compute.a,
            b: compute.b,
            op: compute.op,
            shift: compute.shift,
            factors: is_product.then_some((factor, by)),
            first,
            second,
            to,
        })
    }
}
