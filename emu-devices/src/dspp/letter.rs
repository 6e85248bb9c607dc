//! The plain interpreter: each instruction is decoded when it is executed.

use super::MOST_TICKS;
use super::sum::{narrow, product, shifted, sum, widen};
use super::unit::Unit;
use super::words::Words;
use emu_core::loader::dsp_code::{
    ADDRESS_MASK, Compute, Input, Instruction, Operand, Place, Register, Shift,
};

/// Runs a program; whether it came to its end before the frame did.
pub(super) fn enter(code: &Words, unit: &mut Unit, at: u16) -> bool {
    unit.at = at & ADDRESS_MASK;
    while unit.ticks < MOST_TICKS {
        if step(code, unit) == Instruction::Sleep {
            return true;
        }
    }
    false
}

/// Executes the next instruction.
pub(super) fn step(code: &Words, unit: &mut Unit) -> Instruction {
    let instruction = Instruction::decode(|| {
        let word = code.get(unit.at);
        unit.at = (unit.at + 1) & ADDRESS_MASK;
        unit.ticks += 1;
        word
    });
    unit.execute(&instruction);
    instruction
}

/// Where an operand's word is.
enum Found {
    Immediate(u16),
    At(u16),
}

impl Unit {
    fn execute(&mut self, instruction: &Instruction) {
        match instruction {
            Instruction::Nop | Instruction::Reserved | Instruction::Sleep => {}
            Instruction::JumpToAccumulator => self.at = narrow(self.accumulator) & ADDRESS_MASK,
            Instruction::SetRbase(n) => self.rbase = u16::from(*n) << 2,
            Instruction::SetRmap(n) => self.rmap = *n,
            Instruction::SetMask(n) => self.mask = *n,
            Instruction::Return => self.at = self.back & ADDRESS_MASK,
            Instruction::Jump(to) | Instruction::JumpBack(to) => self.at = *to,
            Instruction::Call(to) => (self.back, self.at) = (self.at, *to),
            Instruction::Branch { when, to } => {
                if when.holds(self.flags) {
                    self.at = *to;
                }
            }
            Instruction::MoveToRegister { to, from } => {
                let found = self.find(from.first());
                let value = self.load(&found);
                let to = self.find(Place::Register(*to));
                self.store(&to, value);
            }
            Instruction::MoveToAddress { to, indirect, from } => {
                let found = self.find(from.first());
                let value = self.load(&found);
                let (at, indirect) = (*to, *indirect);
                let to = self.find(Place::Address { at, indirect });
                self.store(&to, value);
            }
            Instruction::Compute(compute) => self.compute(compute),
        }
    }

    fn find(&mut self, place: Place) -> Found {
        let (at, indirect) = match place {
            Place::Immediate(value) => return Found::Immediate(value),
            Place::Address { at, indirect } => (at, indirect),
            Place::Register(register) => self.find_register(register),
        };
        Found::At(if indirect {
            self.read(at) & ADDRESS_MASK
        } else {
            at
        })
    }

    fn find_register(&self, register: Register) -> (u16, bool) {
        (register.address(self.rmap, self.rbase), register.indirect)
    }

    fn load(&mut self, found: &Found) -> u16 {
        match *found {
            Found::Immediate(value) => value,
            Found::At(at) => self.read(at),
        }
    }

    fn store(&mut self, found: &Found, value: u16) {
        if let Found::At(at) = *found {
            self.write(at, value);
        }
    }

    fn compute(&mut self, compute: &Compute) {
        let mut backs = Vec::new();
        let mut operands = compute.operands();
        let mut next = |unit: &mut Unit| match operands.next() {
            Some(Operand { place, back }) => {
                let found = unit.find(place);
                let value = unit.load(&found);
                if back {
                    backs.push(found);
                }
                value
            }
            None => 0,
        };
        let enters = |input| compute.a == input || compute.b == input;
        let accumulator = self.accumulator;
        let mut multiplied = 0;
        if enters(Input::Product) {
            let factor = next(self);
            let by = match compute.by_operand {
                true => next(self),
                false => narrow(accumulator),
            };
            multiplied = product(factor, by);
        }
        let mut next_if = |is_needed| if is_needed { next(self) } else { 0 };
        let first = widen(next_if(enters(Input::First)));
        let second = widen(next_if(enters(Input::Second)));
        let by_operand = next_if(compute.shift == Shift::ByOperand);
        let destination = operands.last().map(|operand| self.find(operand.place));

        let input = |input| match input {
            Input::Accumulator => accumulator,
            Input::First => first,
            Input::Second => second,
            Input::Product => multiplied,
        };
        let carry = self.flags.carry;
        let (value, mut flags) = sum(compute.op, input(compute.a), input(compute.b), carry);
        let shift = match compute.shift {
            Shift::ByOperand => Shift::of(by_operand & 15),
            shift => shift,
        };
        self.accumulator = shifted(shift, compute.op, value, &mut flags);
        self.flags = flags;
        let result = narrow(self.accumulator);
        for to in backs.iter().chain(&destination) {
            self.store(to, result);
        }
    }
}
