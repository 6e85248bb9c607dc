//! Instructions of the signal processor as a line of text.

use super::{Compute, Condition, Input, Instruction, Mode, Op, Operand, OperandWord, Place};
use super::{Register, Shift};
use std::fmt::{Display, Formatter, Result};

impl Display for Register {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.indirect {
            true => write!(f, "[r{}]", self.number),
            false => write!(f, "r{}", self.number),
        }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match *self {
            Place::Immediate(value) => write!(f, "{}", value as i16),
            Place::Address { at, indirect } => address(f, at, indirect),
            Place::Register(register) => register.fmt(f),
        }
    }
}

fn address(f: &mut Formatter<'_>, at: u16, indirect: bool) -> Result {
    match indirect {
        true => write!(f, "[[{at:03X}]]"),
        false => write!(f, "[{at:03X}]"),
    }
}

impl Display for OperandWord {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (n, Operand { place, back }) in self.operands().enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            let back = if back { "!" } else { "" };
            write!(f, "{comma}{place}{back}")?;
        }
        Ok(())
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let name = match *self {
            Condition::ALL_ZERO => "all zero",
            Condition::NOT_ALL_ZERO => "not all zero",
            Condition::LESS => "less",
            Condition::LESS_OR_EQUAL => "less or equal",
            Condition::GREATER_OR_EQUAL => "greater or equal",
            Condition::GREATER => "greater",
            Condition::HIGHER => "higher",
            Condition::LOWER_OR_SAME => "lower or same",
            Condition::EXACT => "exact",
            Condition::NOT_EXACT => "not exact",
            _ => "",
        };
        if !name.is_empty() {
            return f.write_str(name);
        }
        let (first, second) = if self.select { ("C", "Z") } else { ("N", "V") };
        let clear = if self.mode == Mode::Clear { "no " } else { "" };
        match (self.m1, self.m0) {
            (true, true) => write!(f, "{clear}{first} {clear}{second}"),
            (true, false) => write!(f, "{clear}{first}"),
            (false, true) => write!(f, "{clear}{second}"),
            (false, false) => f.write_str("always"),
        }
    }
}

/// Gives the operands of a computation one after the other.
struct Names<I>(I);

impl<I: Iterator<Item = Operand>> Names<I> {
    /// The next one; 0 if there are too few.
    fn next(&mut self) -> String {
        let zero = || "0".to_owned();
        self.0
            .next()
            .map_or_else(zero, |operand| operand.place.to_string())
    }

    fn next_if(&mut self, is_needed: bool) -> String {
        if is_needed {
            self.next()
        } else {
            String::new()
        }
    }
}

impl Display for Compute {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let backs = self.operands().filter(|operand| operand.back);
        for operand in backs {
            write!(f, "{} = ", operand.place)?;
        }
        if self.given() > self.needed()
            && let Some(last) = self.operands().last()
        {
            write!(f, "{} = ", last.place)?;
        }
        let enters = |input| self.a == input || self.b == input;
        let mut names = Names(self.operands());
        let factor = names.next_if(enters(Input::Product));
        let by = match self.by_operand && enters(Input::Product) {
            true => names.next(),
            false => "acc".to_owned(),
        };
        let first = names.next_if(enters(Input::First));
        let second = names.next_if(enters(Input::Second));
        let name = |input: Input| match input {
            Input::Accumulator => "acc".to_owned(),
            Input::First => first.clone(),
            Input::Second => second.clone(),
            Input::Product => format!("{factor} * {by}"),
        };
        let (a, b) = (name(self.a), name(self.b));
        let sum = match self.op {
            Op::A => a,
            Op::Negate => format!("-({b})"),
            Op::Add => format!("{a} + {b}"),
            Op::AddCarry => format!("{a} + carry"),
            Op::Subtract => format!("{a} - {b}"),
            Op::SubtractCarry => format!("{a} - carry"),
            Op::Increment => format!("{a} + unit"),
            Op::Decrement => format!("{a} - unit"),
            Op::Logical => format!("logical {a}"),
            Op::Not => format!("not {a}"),
            Op::And => format!("{a} and {b}"),
            Op::Nand => format!("{a} nand {b}"),
            Op::Or => format!("{a} or {b}"),
            Op::Nor => format!("{a} nor {b}"),
            Op::Xor => format!("{a} xor {b}"),
            Op::Xnor => format!("{a} xnor {b}"),
        };
        match self.shift {
            Shift::None => write!(f, "acc = {sum}"),
            Shift::Clip => write!(f, "acc = clip({sum})"),
            Shift::ByOperand => write!(f, "acc = ({sum}) shifted by {}", names.next()),
            shift => write!(f, "acc = ({sum}) {}", arrow(shift)),
        }
    }
}

fn arrow(shift: Shift) -> &'static str {
    match shift {
        Shift::None | Shift::Clip | Shift::ByOperand => "",
        Shift::Left1 => "<< 1",
        Shift::Left2 => "<< 2",
        Shift::Left3 => "<< 3",
        Shift::Left4 => "<< 4",
        Shift::Left5 => "<< 5",
        Shift::Left8 => "<< 8",
        Shift::Right16 => ">> 16",
        Shift::Right8 => ">> 8",
        Shift::Right5 => ">> 5",
        Shift::Right4 => ">> 4",
        Shift::Right3 => ">> 3",
        Shift::Right2 => ">> 2",
        Shift::Right1 => ">> 1",
    }
}

impl Display for Instruction {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Instruction::Nop => write!(f, "nop"),
            Instruction::JumpToAccumulator => write!(f, "jump to acc"),
            Instruction::SetRbase(n) => write!(f, "rbase {n}"),
            Instruction::SetRmap(n) => write!(f, "rmap {n}"),
            Instruction::Return => write!(f, "return"),
            Instruction::SetMask(n) => write!(f, "mask {n}"),
            Instruction::Reserved => write!(f, "reserved"),
            Instruction::Sleep => write!(f, "sleep"),
            Instruction::Jump(to) => write!(f, "jump {to:03X}"),
            Instruction::Call(to) => write!(f, "call {to:03X}"),
            Instruction::JumpBack(to) => write!(f, "jump back {to:03X}"),
            Instruction::MoveToRegister { to, from } => write!(f, "{to} = {}", from.first()),
            Instruction::MoveToAddress { to, indirect, from } => {
                address(f, *to, *indirect)?;
                write!(f, " = {}", from.first())
            }
            Instruction::Branch { when, to } => write!(f, "if {when}: jump {to:03X}"),
            Instruction::Compute(compute) => compute.fmt(f),
        }
    }
}
