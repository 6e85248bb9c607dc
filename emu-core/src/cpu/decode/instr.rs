//! What an instruction is once it is decoded.

use super::{bit, corner_name, psr_name};
use crate::cpu::registers::Reg;

/// A decoded instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instr {
    /// When it executes.
    pub cond: Cond,
    /// What it does then.
    pub operation: Operation,
}

/// What an instruction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `Rd := Rn alu operand`.
    Data {
        /// The operation.
        alu: Alu,
        /// Set the flags.
        s: bool,
        /// Destination; unused by comparisons.
        rd: Reg,
        /// First operand; unused by moves.
        rn: Reg,
        /// Second operand.
        operand: Operand,
    },
    /// `Rd := Rm * Rs (+ Rn)`.
    Multiply {
        /// Set N and Z.
        s: bool,
        /// Destination.
        rd: Reg,
        /// First factor.
        rm: Reg,
        /// Second factor: its size decides the time.
        rs: Reg,
        /// What MLA adds.
        add: Option<Reg>,
    },
    /// `Rd := [Rn]; [Rn] := Rm` in one locked access.
    Swap {
        /// A byte instead of a word.
        byte: bool,
        /// Receives the old content.
        rd: Reg,
        /// Gives the new content.
        rm: Reg,
        /// Address.
        rn: Reg,
    },
    /// MRS.
    ReadPsr {
        /// SPSR instead of CPSR.
        saved: bool,
        /// Destination.
        rd: Reg,
    },
    /// MSR.
    WritePsr {
        /// SPSR instead of CPSR.
        saved: bool,
        /// Which parts.
        fields: Fields,
        /// The new value.
        source: Operand,
    },
    /// LDR, STR and their byte forms.
    Transfer {
        /// Load, not store.
        load: bool,
        /// A byte instead of a word.
        byte: bool,
        /// Loaded or stored register.
        rd: Reg,
        /// Base.
        rn: Reg,
        /// The offset is added, not subtracted.
        up: bool,
        /// Distance from the base.
        offset: Offset,
        /// What happens to the base.
        index: Index,
    },
    /// LDM and STM.
    Block {
        /// Load, not store.
        load: bool,
        /// Base.
        rn: Reg,
        /// Bit n: register n.
        list: u16,
        /// The base moves before each transfer, not after.
        before: bool,
        /// Towards higher addresses.
        up: bool,
        /// The base keeps its last value.
        write_back: bool,
        /// The `^` forms: user bank, or SPSR restored with the program counter.
        s: bool,
    },
    /// B and BL.
    Branch {
        /// Keep the return address in R14.
        link: bool,
        /// From the instruction's address + 8, in bytes.
        offset: i32,
    },
    /// A software interrupt with its 24-bit number.
    Swi(u32),
    /// Takes the undefined instruction trap.
    Undefined(Reserved),
}

/// A condition (bits 31-28). `Nv` is a real "never" on this processor.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cond {
    Eq,
    Ne,
    Cs,
    Cc,
    Mi,
    Pl,
    Vs,
    Vc,
    Hi,
    Ls,
    Ge,
    Lt,
    Gt,
    Le,
    Al,
    Nv,
}

impl Cond {
    pub(super) const ALL: [Cond; 16] = [
        Cond::Eq,
        Cond::Ne,
        Cond::Cs,
        Cond::Cc,
        Cond::Mi,
        Cond::Pl,
        Cond::Vs,
        Cond::Vc,
        Cond::Hi,
        Cond::Ls,
        Cond::Ge,
        Cond::Lt,
        Cond::Gt,
        Cond::Le,
        Cond::Al,
        Cond::Nv,
    ];

    /// The condition of an instruction word.
    pub const fn of(word: u32) -> Cond {
        Cond::ALL[(word >> 28) as usize]
    }

    /// The suffix: empty for "always".
    pub const fn suffix(self) -> &'static str {
        const SUFFIXES: [&str; 16] = [
            "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "",
            "nv",
        ];
        SUFFIXES[self as usize]
    }

    /// Whether these flags satisfy it.
    #[inline(always)]
    pub const fn holds(self, n: bool, z: bool, c: bool, v: bool) -> bool {
        match self {
            Cond::Eq => z,
            Cond::Ne => !z,
            Cond::Cs => c,
            Cond::Cc => !c,
            Cond::Mi => n,
            Cond::Pl => !n,
            Cond::Vs => v,
            Cond::Vc => !v,
            Cond::Hi => c && !z,
            Cond::Ls => !c || z,
            Cond::Ge => n == v,
            Cond::Lt => n != v,
            Cond::Gt => !z && n == v,
            Cond::Le => z || n != v,
            Cond::Al => true,
            Cond::Nv => false,
        }
    }
}

/// A data processing operation (bits 24-21).
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Alu {
    And,
    Eor,
    Sub,
    Rsb,
    Add,
    Adc,
    Sbc,
    Rsc,
    Tst,
    Teq,
    Cmp,
    Cmn,
    Orr,
    Mov,
    Bic,
    Mvn,
}

impl Alu {
    pub(super) const ALL: [Alu; 16] = [
        Alu::And,
        Alu::Eor,
        Alu::Sub,
        Alu::Rsb,
        Alu::Add,
        Alu::Adc,
        Alu::Sbc,
        Alu::Rsc,
        Alu::Tst,
        Alu::Teq,
        Alu::Cmp,
        Alu::Cmn,
        Alu::Orr,
        Alu::Mov,
        Alu::Bic,
        Alu::Mvn,
    ];

    /// Only the flags are written.
    pub const fn compares(self) -> bool {
        matches!(self, Alu::Tst | Alu::Teq | Alu::Cmp | Alu::Cmn)
    }

    /// The first operand is ignored.
    pub const fn moves(self) -> bool {
        matches!(self, Alu::Mov | Alu::Mvn)
    }

    /// C comes from the shifter and V stays.
    pub const fn logical(self) -> bool {
        !matches!(
            self,
            Alu::Sub | Alu::Rsb | Alu::Add | Alu::Adc | Alu::Sbc | Alu::Rsc | Alu::Cmp | Alu::Cmn
        )
    }

    /// The mnemonic.
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; 16] = [
            "and", "eor", "sub", "rsb", "add", "adc", "sbc", "rsc", "tst", "teq", "cmp", "cmn",
            "orr", "mov", "bic", "mvn",
        ];
        NAMES[self as usize]
    }
}

/// The second operand of data processing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A byte rotated right.
    Immediate {
        /// The byte.
        byte: u8,
        /// By how many bits: even, 0-30.
        rotate: u8,
    },
    /// A register, shifted by a constant.
    Shifted(Shifted),
    /// A register, shifted by the low byte of another.
    ByRegister {
        /// What is shifted.
        rm: Reg,
        /// How.
        shift: Shift,
        /// Gives the amount.
        rs: Reg,
    },
}

impl Operand {
    pub(super) const fn immediate(word: u32) -> Operand {
        Operand::Immediate {
            byte: word as u8,
            rotate: (word >> 7 & 30) as u8,
        }
    }

    pub(super) const fn of(word: u32) -> Operand {
        if bit(word, 25) {
            Operand::immediate(word)
        } else if bit(word, 4) {
            Operand::ByRegister {
                rm: Reg::at(word, 0),
                shift: Shift::of(word),
                rs: Reg::at(word, 8),
            }
        } else {
            Operand::Shifted(Shifted::of(word))
        }
    }
}

/// A register shifted by a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shifted {
    /// What is shifted.
    pub rm: Reg,
    /// How.
    pub shift: Shift,
    /// By how many bits; the encodings "LSR #0" and "ASR #0" read 32 here.
    pub amount: u8,
}

impl Shifted {
    pub(super) const fn of(word: u32) -> Shifted {
        let (shift, amount) = match (Shift::of(word), (word >> 7 & 31) as u8) {
            (Shift::Lsr, 0) => (Shift::Lsr, 32),
            (Shift::Asr, 0) => (Shift::Asr, 32),
            (Shift::Ror, 0) => (Shift::Rrx, 1),
            plain => plain,
        };
        Shifted {
            rm: Reg::at(word, 0),
            shift,
            amount,
        }
    }

    /// The register goes through unchanged.
    pub const fn plain(self) -> bool {
        matches!(self.shift, Shift::Lsl) && self.amount == 0
    }
}

/// A kind of shift.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    Lsl,
    Lsr,
    Asr,
    Ror,
    /// By one bit through the carry; encoded as "ROR #0".
    Rrx,
}

impl Shift {
    pub(super) const fn of(word: u32) -> Shift {
        match word >> 5 & 3 {
            0 => Shift::Lsl,
            1 => Shift::Lsr,
            2 => Shift::Asr,
            _ => Shift::Ror,
        }
    }

    /// The mnemonic.
    pub const fn name(self) -> &'static str {
        match self {
            Shift::Lsl => "lsl",
            Shift::Lsr => "lsr",
            Shift::Asr => "asr",
            Shift::Ror => "ror",
            Shift::Rrx => "rrx",
        }
    }
}

/// Parts of a status register that MSR writes.
///
/// ARM60 defines two combinations, `_all` (both) and `_flg`. The console's own tools also
/// write the control byte alone, so each part is honoured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields {
    /// Bits 7-0.
    pub control: bool,
    /// Bits 31-28.
    pub flags: bool,
}

/// The distance between base and address of a load or store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offset {
    /// Twelve bits.
    Immediate(u16),
    /// A register, shifted by a constant.
    Shifted(Shifted),
}

/// What a load or store does to its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Address base + offset; the base stays.
    Offset,
    /// Address base + offset, which becomes the base.
    Pre,
    /// Address base; then base + offset becomes the base.
    Post,
    /// Like `Post` with user privilege (the "T" forms): no difference without an MMU.
    PostUser,
}

impl Index {
    /// The base changes.
    pub const fn writes_back(self) -> bool {
        !matches!(self, Index::Offset)
    }

    /// The address is the unchanged base.
    pub const fn post(self) -> bool {
        matches!(self, Index::Post | Index::PostUser)
    }
}

/// Why a word takes the undefined instruction trap.
///
/// The silicon may do something else for some of these; a program that contains one was
/// built for another processor, and the trap says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// Coprocessor instructions: none is fitted.
    Coprocessor,
    /// Bits 27-25 = 011 and bit 4 set: the architecture's own undefined instruction.
    Trap,
    /// The multiply and swap corner: bits 27-25 = 000 and bits 7 and 4 set.
    Corner(u32),
    /// Compares without the flag bit that are no MRS or MSR.
    Psr(u32),
}

impl Reserved {
    /// The instruction of a newer processor that has this encoding.
    pub const fn newer_name(self) -> Option<&'static str> {
        match self {
            Reserved::Coprocessor => None,
            Reserved::Trap => Some("media instruction (ARMv6)"),
            Reserved::Corner(word) => corner_name(word),
            Reserved::Psr(word) => psr_name(word),
        }
    }
}
