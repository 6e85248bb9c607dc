//! Instructions for multiplier, adder and shifter.

use super::operand::{Operand, OperandWord};

/// Operands that an instruction can have.
pub const MOST_OPERANDS: usize = 4;

/// The multiplier's second factor is an operand.
const BY_OPERAND: u16 = 1 << 12;

/// What enters the adder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The accumulator.
    Accumulator,
    /// The adder's first operand.
    First,
    /// The adder's second operand.
    Second,
    /// What the multiplier gives.
    Product,
}

/// What the adder does; A and B are its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A.
    A,
    /// -B.
    Negate,
    /// A + B.
    Add,
    /// A + carry.
    AddCarry,
    /// A - B.
    Subtract,
    /// A - carry.
    SubtractCarry,
    /// A and one unit of the 20 bits.
    Increment,
    /// A less one unit of the 20 bits.
    Decrement,
    /// A; what is shifted out is no sign.
    Logical,
    /// Not A.
    Not,
    /// A and B.
    And,
    /// Not (A and B).
    Nand,
    /// A or B.
    Or,
    /// Not (A or B).
    Nor,
    /// A xor B.
    Xor,
    /// Not (A xor B).
    Xnor,
}

/// What is done to the sum; to the right arithmetically up to [`Op::Decrement`], logically from
/// [`Op::Logical`] on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// Nothing.
    None,
    /// To the left by one bit.
    Left1,
    /// By two.
    Left2,
    /// By three.
    Left3,
    /// By four.
    Left4,
    /// By five.
    Left5,
    /// By eight.
    Left8,
    /// The nearest value, if the sum is none.
    Clip,
    /// As the last operand says.
    ByOperand,
    /// To the right by sixteen bits.
    Right16,
    /// By eight.
    Right8,
    /// By five.
    Right5,
    /// By four.
    Right4,
    /// By three.
    Right3,
    /// By two.
    Right2,
    /// By one.
    Right1,
}

macro_rules! numbered {
    ($type:ident: $($name:ident)*) => {
        impl $type {
            /// All, in the order of their numbers.
            pub const ALL: &[$type] = &[$($type::$name),*];

            /// The one with a number; upper bits of it mean nothing.
            pub fn of(number: u16) -> $type {
                const NUMBERS: usize = $type::ALL.len();
                let all: &[$type; NUMBERS] = &[$($type::$name),*];
                all[usize::from(number) % NUMBERS]
            }
        }
    };
}

numbered!(Input: Accumulator First Second Product);
numbered!(Op: A Negate Add AddCarry Subtract SubtractCarry Increment Decrement
    Logical Not And Nand Or Nor Xor Xnor);
numbered!(Shift: None Left1 Left2 Left3 Left4 Left5 Left8 Clip
    ByOperand Right16 Right8 Right5 Right4 Right3 Right2 Right1);

/// A computation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compute {
    /// The multiplier's second factor is an operand, not the accumulator.
    pub by_operand: bool,
    /// The adder's input A.
    pub a: Input,
    /// Its input B.
    pub b: Input,
    /// What it does.
    pub op: Op,
    /// What happens to the sum.
    pub shift: Shift,
    /// How many operands there are, 0 to 3; 0 is four where some are needed.
    pub count: u8,
    /// The words that give them.
    pub words: Vec<OperandWord>,
}

impl Compute {
    /// One without operands. A multiplication is by an operand until
    /// [`Compute::by_accumulator`].
    pub fn new(a: Input, op: Op, b: Input) -> Compute {
        Compute {
            by_operand: a == Input::Product || b == Input::Product,
            a,
            b,
            op,
            shift: Shift::None,
            count: 0,
            words: Vec::new(),
        }
    }

    /// The product of two operands, which are the first ones.
    pub fn product() -> Compute {
        Compute::new(Input::Product, Op::Logical, Input::Accumulator)
    }

    /// The same; it multiplies by the accumulator.
    pub fn by_accumulator(mut self) -> Compute {
        self.by_operand = false;
        self
    }

    /// The same with this shift.
    pub fn shifted(mut self, shift: Shift) -> Compute {
        self.shift = shift;
        self
    }

    /// The same with another operand word behind the others. Together they give four operands
    /// at most: the factors, the adder's first, its second, the shift, the destination.
    pub fn with(mut self, word: OperandWord) -> Compute {
        self.words.push(word);
        let given: usize = self.words.iter().map(|word| word.operands().count()).sum();
        self.count = (given % MOST_OPERANDS) as u8;
        self
    }

    /// How many operands multiplier, adder and shifter take.
    pub fn needed(&self) -> usize {
        let enters = |input| self.a == input || self.b == input;
        let product = enters(Input::Product);
        usize::from(product)
            + usize::from(product && self.by_operand)
            + usize::from(enters(Input::First))
            + usize::from(enters(Input::Second))
            + usize::from(self.shift == Shift::ByOperand)
    }

    /// How many operands there are.
    pub fn given(&self) -> usize {
        match self.count & 3 {
            0 if self.needed() > 0 => MOST_OPERANDS,
            count => usize::from(count),
        }
    }

    /// The operands in their order; if there are more than [`Compute::needed`], the last is the
    /// destination.
    pub fn operands(&self) -> impl Iterator<Item = Operand> {
        let all = self.words.iter().flat_map(|word| word.operands());
        all.take(self.given())
    }

    pub(super) fn decode(word: u16, mut next: impl FnMut() -> u16) -> Compute {
        let mut compute = Compute {
            by_operand: word & BY_OPERAND != 0,
            a: Input::of(word >> 10 & 3),
            b: Input::of(word >> 8 & 3),
            op: Op::of(word >> 4 & 15),
            shift: Shift::of(word & 15),
            count: (word >> 13) as u8 & 3,
            words: Vec::new(),
        };
        let (given, mut read) = (compute.given(), 0);
        while read < given {
            let word = OperandWord::decode(next());
            read += word.operands().count();
            compute.words.push(word);
        }
        compute
    }

    pub(super) fn encode(&self) -> Vec<u16> {
        let word = u16::from(self.count & 3) << 13
            | if self.by_operand { BY_OPERAND } else { 0 }
            | (self.a as u16) << 10
            | (self.b as u16) << 8
            | (self.op as u16) << 4
            | self.shift as u16;
        let operands = self.words.iter().map(|word| word.encode());
        [word].into_iter().chain(operands).collect()
    }
}
