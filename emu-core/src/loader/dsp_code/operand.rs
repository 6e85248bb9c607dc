//! Operand words of the signal processor.

use super::ADDRESS_MASK;

/// Of an address: the word there is the address.
const INDIRECT: u16 = 1 << 10;
/// Of an address, or of the last register of a word: it gets the result.
const BACK: u16 = 1 << 11;
/// Of the first of two registers: it gets the result.
const FIRST_BACK: u16 = 1 << 12;
const TWO: u16 = 1 << 10;
const ADDRESS: u16 = 0x8000;
const REGISTERS: u16 = 0xA000;
const IMMEDIATE: u16 = 0xC000;
const HIGH: u16 = 1 << 13;
/// Bits of an immediate operand.
const IMMEDIATE_BITS: u16 = 0x1FFF;

/// A register: a word whose address depends on RMAP and RBASE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// 0 to 15.
    pub number: u8,
    /// What it holds is the address.
    pub indirect: bool,
}

impl Register {
    /// From the lowest five bits.
    pub(super) fn decode(bits: u16) -> Register {
        Register {
            number: bits as u8 & 15,
            indirect: bits & 16 != 0,
        }
    }

    pub(super) fn encode(self) -> u16 {
        u16::from(self.number & 15) | u16::from(self.indirect) << 4
    }

    /// Its address with the sixfold map `rmap` and with `rbase`, which is a multiple of four.
    #[inline]
    pub fn address(self, rmap: u8, rbase: u16) -> u16 {
        let number = u16::from(self.number & 15);
        let (low, high) = (number >> 2 & 1, number >> 3);
        let bank = match rmap & 7 {
            4 => high,
            5 => high ^ 1,
            6 => low & high,
            7 => low | high,
            _ => low,
        };
        (number & 7 | bank << 8 | high << 9) ^ rbase & ADDRESS_MASK
    }
}

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the operand word itself.
    Immediate(u16),
    /// At an address.
    Address {
        /// Ten bits.
        at: u16,
        /// The word there is the address.
        indirect: bool,
    },
    /// In a register.
    Register(Register),
}

/// One operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// Where it is.
    pub place: Place,
    /// It gets the result.
    pub back: bool,
}

/// A word that gives one to three operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandWord {
    /// Three registers, in this order.
    Three([Register; 3]),
    /// An address.
    Address {
        /// Ten bits.
        at: u16,
        /// The word there is the address.
        indirect: bool,
        /// It gets the result.
        back: bool,
    },
    /// One register.
    One {
        /// Which.
        register: Register,
        /// It gets the result.
        back: bool,
    },
    /// Two registers, in this order, and whether each gets the result.
    Two([(Register, bool); 2]),
    /// A number.
    Immediate {
        /// 13 bits: a signed number, or the upper bits of one of 16 bits.
        bits: u16,
        /// They are the upper ones.
        high: bool,
    },
}

impl OperandWord {
    /// The word at an address.
    pub fn at(at: u16) -> OperandWord {
        OperandWord::Address {
            at,
            indirect: false,
            back: false,
        }
    }

    /// A register.
    pub fn register(number: u8) -> OperandWord {
        OperandWord::One {
            register: Register {
                number,
                indirect: false,
            },
            back: false,
        }
    }

    /// A number; `None` if it is neither between -4096 and 4095 nor a multiple of eight.
    pub fn immediate(value: i16) -> Option<OperandWord> {
        let high = !(-4096..=4095).contains(&value);
        if high && value & 7 != 0 {
            return None;
        }
        let bits = value as u16 >> if high { 3 } else { 0 };
        Some(OperandWord::Immediate {
            bits: bits & IMMEDIATE_BITS,
            high,
        })
    }

    /// The same; what it names (the last of several registers, if the word has room for it) gets
    /// the result.
    pub fn back(mut self) -> OperandWord {
        match &mut self {
            OperandWord::Address { back, .. } | OperandWord::One { back, .. } => *back = true,
            OperandWord::Two([_, (_, back)]) => *back = true,
            OperandWord::Three(_) | OperandWord::Immediate { .. } => {}
        }
        self
    }

    /// From a code word.
    pub fn decode(word: u16) -> OperandWord {
        let register = |shift: u32| Register::decode(word >> shift);
        if word & 0x8000 == 0 {
            return OperandWord::Three([register(10), register(5), register(0)]);
        }
        let back = word & BACK != 0;
        match word & 0xE000 {
            ADDRESS => OperandWord::Address {
                at: word & ADDRESS_MASK,
                indirect: word & INDIRECT != 0,
                back,
            },
            REGISTERS if word & TWO == 0 => OperandWord::One {
                register: register(0),
                back,
            },
            REGISTERS => {
                OperandWord::Two([(register(5), word & FIRST_BACK != 0), (register(0), back)])
            }
            _ => OperandWord::Immediate {
                bits: word & IMMEDIATE_BITS,
                high: word & HIGH != 0,
            },
        }
    }

    /// To a code word. What does not fit a field loses its upper bits.
    pub fn encode(self) -> u16 {
        let when = |is: bool, bit: u16| if is { bit } else { 0 };
        match self {
            OperandWord::Three([a, b, c]) => a.encode() << 10 | b.encode() << 5 | c.encode(),
            OperandWord::Address { at, indirect, back } => {
                ADDRESS | at & ADDRESS_MASK | when(indirect, INDIRECT) | when(back, BACK)
            }
            OperandWord::One { register, back } => REGISTERS | register.encode() | when(back, BACK),
            OperandWord::Two([(a, a_back), (b, b_back)]) => {
                let registers = a.encode() << 5 | b.encode();
                REGISTERS | TWO | registers | when(a_back, FIRST_BACK) | when(b_back, BACK)
            }
            OperandWord::Immediate { bits, high } => {
                IMMEDIATE | bits & IMMEDIATE_BITS | when(high, HIGH)
            }
        }
    }

    /// Its operands in their order.
    pub fn operands(self) -> impl Iterator<Item = Operand> {
        let register = |(register, back)| Operand {
            place: Place::Register(register),
            back,
        };
        let one = |place, back| [Some(Operand { place, back }), None, None];
        let all = match self {
            OperandWord::Three(all) => all.map(|of| Some(register((of, false)))),
            OperandWord::Address { at, indirect, back } => {
                one(Place::Address { at, indirect }, back)
            }
            OperandWord::One { register, back } => one(Place::Register(register), back),
            OperandWord::Two([a, b]) => [Some(register(a)), Some(register(b)), None],
            OperandWord::Immediate { bits, high } => {
                let upper = bits << 3;
                let value = if high {
                    upper
                } else {
                    (upper as i16 >> 3) as u16
                };
                one(Place::Immediate(value), false)
            }
        };
        all.into_iter().flatten()
    }

    /// The first of its operands.
    pub fn first(self) -> Place {
        let first = self.operands().next();
        first.map_or(Place::Immediate(0), |operand| operand.place)
    }
}
