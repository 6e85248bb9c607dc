//! Code words of the audio signal processor: instructions as values, both ways.
//!
//! Audio sheet section 8. [`Instruction::decode`] and [`Instruction::encode`] are each other's
//! inverse but for bits that mean nothing: those are written as 0.
//!
//! | module | what it knows |
//! |---|---|
//! | `operand` | operand words, and where an operand is |
//! | `compute` | the words for multiplier, adder and shifter |
//! | `condition` | flags, and the branches that ask for them |
//! | `text` | how a debugger writes it all |
//!
//! ```
//! use emu_core::loader::dsp_code::{Compute, Input, Instruction, Op, OperandWord, Shift};
//!
//! // [0x106] += [0x110], clipped
//! let sum = Compute::new(Input::First, Op::Add, Input::Second)
//!     .shifted(Shift::Clip)
//!     .with(OperandWord::at(0x106).back())
//!     .with(OperandWord::at(0x110));
//! let words = Instruction::Compute(sum).encode();
//! assert_eq!(words, [0x4627, 0x8906, 0x8110]);
//! ```

mod compute;
mod condition;
mod operand;
#[cfg(test)]
mod tests;
mod text;

pub use compute::{Compute, Input, MOST_OPERANDS, Op, Shift};
pub use condition::{Condition, Flags, Mode};
pub use operand::{Operand, OperandWord, Place, Register};

/// Bits of an address, of code and of data.
pub const ADDRESS_MASK: u16 = 0x3FF;
/// Ends the program of a frame.
pub const SLEEP: u16 = 0x8380;

const NOP: u16 = 0x8000;
const TO_ACCUMULATOR: u16 = 0x8080;
const RBASE: u16 = 0x8100;
const RMAP: u16 = 0x8180;
const RETURN: u16 = 0x8200;
const MASK: u16 = 0x8280;
const RESERVED: u16 = 0x8300;
const JUMP: u16 = 0x8400;
const CALL: u16 = 0x8800;
const JUMP_BACK: u16 = 0x8C00;
const MOVE_TO_REGISTER: u16 = 0x9000;
const MOVE_TO_ADDRESS: u16 = 0x9800;
/// Of a MOVE to an address: the word there is the address.
const MOVE_INDIRECT: u16 = 1 << 10;

/// One instruction with its operand words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Nothing.
    Nop,
    /// Goes on where the accumulator says.
    JumpToAccumulator,
    /// Sets what is XORed onto the addresses of registers: this times four, six bits.
    SetRbase(u8),
    /// Chooses the map of the registers, three bits.
    SetRmap(u8),
    /// Goes on behind the last call.
    Return,
    /// Sets the operand mask, five bits.
    SetMask(u8),
    /// A word that no document explains.
    Reserved,
    /// Ends the frame.
    Sleep,
    /// Goes on elsewhere.
    Jump(u16),
    /// Goes on elsewhere until [`Instruction::Return`].
    Call(u16),
    /// Goes on elsewhere, "from branched".
    JumpBack(u16),
    /// Copies the first operand of a word to a register.
    MoveToRegister {
        /// Which.
        to: Register,
        /// From where.
        from: OperandWord,
    },
    /// Copies the first operand of a word to an address.
    MoveToAddress {
        /// Which.
        to: u16,
        /// The word there is the address.
        indirect: bool,
        /// From where.
        from: OperandWord,
    },
    /// Goes on elsewhere if the flags are so.
    Branch {
        /// How.
        when: Condition,
        /// Where.
        to: u16,
    },
    /// Multiplies, adds, shifts.
    Compute(Compute),
}

impl Instruction {
    /// Reads an instruction from the words that `next` gives one after the other; it is asked for
    /// as many as the instruction has, at most five.
    pub fn decode(mut next: impl FnMut() -> u16) -> Instruction {
        let word = next();
        if word & 0x8000 == 0 {
            return Instruction::Compute(Compute::decode(word, next));
        }
        let address = word & ADDRESS_MASK;
        if word >= 0xA000 {
            let when = Condition::decode(word);
            return Instruction::Branch { when, to: address };
        }
        match word & 0xFC00 {
            0x8000 => Instruction::decode_control(word),
            JUMP => Instruction::Jump(address),
            CALL => Instruction::Call(address),
            JUMP_BACK => Instruction::JumpBack(address),
            0x9000 | 0x9400 => Instruction::MoveToRegister {
                to: Register::decode(word),
                from: OperandWord::decode(next()),
            },
            _ => Instruction::MoveToAddress {
                to: address,
                indirect: word & MOVE_INDIRECT != 0,
                from: OperandWord::decode(next()),
            },
        }
    }

    fn decode_control(word: u16) -> Instruction {
        let low = word as u8;
        match word & 0xFF80 {
            NOP => Instruction::Nop,
            TO_ACCUMULATOR => Instruction::JumpToAccumulator,
            RBASE => Instruction::SetRbase(low & 0x3F),
            RMAP => Instruction::SetRmap(low & 7),
            RETURN => Instruction::Return,
            MASK => Instruction::SetMask(low & 0x1F),
            RESERVED => Instruction::Reserved,
            _ => Instruction::Sleep,
        }
    }

    /// Its words. What does not fit a field loses its upper bits.
    pub fn encode(&self) -> Vec<u16> {
        let one = |word: u16| vec![word];
        match self {
            Instruction::Nop => one(NOP),
            Instruction::JumpToAccumulator => one(TO_ACCUMULATOR),
            Instruction::SetRbase(n) => one(RBASE | u16::from(n & 0x3F)),
            Instruction::SetRmap(n) => one(RMAP | u16::from(n & 7)),
            Instruction::Return => one(RETURN),
            Instruction::SetMask(n) => one(MASK | u16::from(n & 0x1F)),
            Instruction::Reserved => one(RESERVED),
            Instruction::Sleep => one(SLEEP),
            Instruction::Jump(to) => one(JUMP | to & ADDRESS_MASK),
            Instruction::Call(to) => one(CALL | to & ADDRESS_MASK),
            Instruction::JumpBack(to) => one(JUMP_BACK | to & ADDRESS_MASK),
            Instruction::MoveToRegister { to, from } => {
                vec![MOVE_TO_REGISTER | to.encode(), from.encode()]
            }
            Instruction::MoveToAddress { to, indirect, from } => {
                let indirect = if *indirect { MOVE_INDIRECT } else { 0 };
                vec![
                    MOVE_TO_ADDRESS | indirect | to & ADDRESS_MASK,
                    from.encode(),
                ]
            }
            Instruction::Branch { when, to } => one(when.encode() | to & ADDRESS_MASK),
            Instruction::Compute(compute) => compute.encode(),
        }
    }
}
