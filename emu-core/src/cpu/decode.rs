//! The one decoder: the reference interpreter, the fast engine and the disassembler all
//! read instructions through it (ARM60 data sheet, chapter 4).

use super::registers::Reg;

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
    const ALL: [Cond; 16] = [
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
    const ALL: [Alu; 16] = [
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
    const fn immediate(word: u32) -> Operand {
        Operand::Immediate {
            byte: word as u8,
            rotate: (word >> 7 & 30) as u8,
        }
    }

    const fn of(word: u32) -> Operand {
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
    const fn of(word: u32) -> Shifted {
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
    const fn of(word: u32) -> Shift {
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

const fn corner_name(word: u32) -> Option<&'static str> {
    let load = bit(word, 20);
    Some(match word >> 5 & 3 {
        0 => match word >> 21 & 15 {
            2 => "UMAAL (ARMv6)",
            3 => "MLS (ARMv6T2)",
            4 => "UMULL (ARMv3M)",
            5 => "UMLAL (ARMv3M)",
            6 => "SMULL (ARMv3M)",
            7 => "SMLAL (ARMv3M)",
            12..=15 if load => "LDREX (ARMv6)",
            12..=15 => "STREX (ARMv6)",
            _ => return None,
        },
        1 if load => "LDRH (ARMv4)",
        1 => "STRH (ARMv4)",
        2 if load => "LDRSB (ARMv4)",
        2 => "LDRD (ARMv5TE)",
        _ if load => "LDRSH (ARMv4)",
        _ => "STRD (ARMv5TE)",
    })
}

const fn psr_name(word: u32) -> Option<&'static str> {
    let kind = word >> 21 & 3;
    if bit(word, 25) {
        return match kind {
            0 => Some("MOVW (ARMv6T2)"),
            2 => Some("MOVT (ARMv6T2)"),
            1 if word & 0x000F_FF00 == 0x0000_F000 => Some("hint (ARMv6K)"),
            _ => None,
        };
    }
    Some(match (word >> 4 & 15, kind) {
        (1, 1) => "BX (ARMv4T)",
        (1, 3) => "CLZ (ARMv5)",
        (2, 1) => "BXJ (ARMv5TEJ)",
        (3, 1) => "BLX (ARMv5)",
        (5, 0) => "QADD (ARMv5TE)",
        (5, 1) => "QSUB (ARMv5TE)",
        (5, 2) => "QDADD (ARMv5TE)",
        (5, 3) => "QDSUB (ARMv5TE)",
        (7, 1) => "BKPT (ARMv5)",
        (8 | 10 | 12 | 14, 0) => "SMLAxy (ARMv5TE)",
        (8 | 12, 1) => "SMLAWy (ARMv5TE)",
        (10 | 14, 1) => "SMULWy (ARMv5TE)",
        (8 | 10 | 12 | 14, 2) => "SMLALxy (ARMv5TE)",
        (8 | 10 | 12 | 14, 3) => "SMULxy (ARMv5TE)",
        _ => return None,
    })
}

const fn bit(word: u32, n: u32) -> bool {
    word >> n & 1 != 0
}

/// Decodes one word. Every word decodes; the order of the tests is part of the meaning.
pub const fn decode(word: u32) -> Instr {
    Instr {
        cond: Cond::of(word),
        operation: operation(word),
    }
}

const fn operation(word: u32) -> Operation {
    match word >> 25 & 7 {
        0 if word & 0x90 == 0x90 => corner(word),
        0 | 1 if word & 0x0190_0000 == 0x0100_0000 => psr_transfer(word),
        0 | 1 => Operation::Data {
            alu: Alu::ALL[(word >> 21 & 15) as usize],
            s: bit(word, 20),
            rd: Reg::at(word, 12),
            rn: Reg::at(word, 16),
            operand: Operand::of(word),
        },
        3 if bit(word, 4) => Operation::Undefined(Reserved::Trap),
        2 | 3 => transfer(word),
        4 => Operation::Block {
            load: bit(word, 20),
            rn: Reg::at(word, 16),
            list: word as u16,
            before: bit(word, 24),
            up: bit(word, 23),
            write_back: bit(word, 21),
            s: bit(word, 22),
        },
        5 => Operation::Branch {
            link: bit(word, 24),
            offset: (word << 8) as i32 >> 6,
        },
        7 if bit(word, 24) => Operation::Swi(word & 0x00FF_FFFF),
        _ => Operation::Undefined(Reserved::Coprocessor),
    }
}

const fn corner(word: u32) -> Operation {
    if word & 0x0FC0_00F0 == 0x0000_0090 {
        Operation::Multiply {
            s: bit(word, 20),
            rd: Reg::at(word, 16),
            rm: Reg::at(word, 0),
            rs: Reg::at(word, 8),
            add: if bit(word, 21) {
                Some(Reg::at(word, 12))
            } else {
                None
            },
        }
    } else if word & 0x0FB0_0FF0 == 0x0100_0090 {
        Operation::Swap {
            byte: bit(word, 22),
            rd: Reg::at(word, 12),
            rm: Reg::at(word, 0),
            rn: Reg::at(word, 16),
        }
    } else {
        Operation::Undefined(Reserved::Corner(word))
    }
}

const fn psr_transfer(word: u32) -> Operation {
    let saved = bit(word, 22);
    let fields = Fields {
        control: bit(word, 16),
        flags: bit(word, 19),
    };
    let writes = fields.control || fields.flags;
    if word & 0x0FBF_0FFF == 0x010F_0000 {
        Operation::ReadPsr {
            saved,
            rd: Reg::at(word, 12),
        }
    } else if writes && word & 0x0FB0_FFF0 == 0x0120_F000 {
        Operation::WritePsr {
            saved,
            fields,
            source: Operand::Shifted(Shifted::of(word)),
        }
    } else if writes && word & 0x0FB0_F000 == 0x0320_F000 {
        Operation::WritePsr {
            saved,
            fields,
            source: Operand::immediate(word),
        }
    } else {
        Operation::Undefined(Reserved::Psr(word))
    }
}

const fn transfer(word: u32) -> Operation {
    Operation::Transfer {
        load: bit(word, 20),
        byte: bit(word, 22),
        rd: Reg::at(word, 12),
        rn: Reg::at(word, 16),
        up: bit(word, 23),
        offset: if bit(word, 25) {
            Offset::Shifted(Shifted::of(word))
        } else {
            Offset::Immediate((word & 0xFFF) as u16)
        },
        index: match (bit(word, 24), bit(word, 21)) {
            (true, false) => Index::Offset,
            (true, true) => Index::Pre,
            (false, false) => Index::Post,
            (false, true) => Index::PostUser,
        },
    }
}

/// What the data sheet says a program shall not do, if `word` does it. For lint and trace:
/// execution follows a fixed policy and never asks.
pub fn diagnosis(word: u32) -> Option<&'static str> {
    let instr = decode(word);
    if instr.cond == Cond::Nv {
        return None;
    }
    let complaint = |wrong: bool, text: &'static str| wrong.then_some(text);
    match instr.operation {
        Operation::Data {
            operand: Operand::ByRegister { rs: Reg::Pc, .. },
            ..
        } => Some("R15 gives a shift amount"),
        Operation::Data {
            alu, rd: Reg::Pc, ..
        } if alu.compares() => Some("comparison with Rd = 15 copies SPSR to CPSR"),
        Operation::Data { .. } | Operation::Branch { .. } | Operation::Swi(_) => None,
        Operation::Multiply {
            rd, rm, rs, add, ..
        } => complaint(
            [rd, rm, rs].contains(&Reg::Pc) || add == Some(Reg::Pc),
            "multiply with R15",
        )
        .or_else(|| complaint(rd == rm, "multiply with Rd = Rm")),
        Operation::Swap { rd, rm, rn, .. } => {
            complaint([rd, rm, rn].contains(&Reg::Pc), "SWP with R15")
        }
        Operation::ReadPsr { rd, .. } => complaint(rd == Reg::Pc, "MRS with R15"),
        Operation::WritePsr { fields, source, .. } => complaint(
            matches!(source, Operand::Shifted(Shifted { rm: Reg::Pc, .. })),
            "MSR with R15",
        )
        .or_else(|| complaint(!fields.flags, "MSR of the control byte alone (ARMv4)"))
        .or_else(|| {
            complaint(
                fields.control && matches!(source, Operand::Immediate { .. }),
                "MSR of an immediate to the control byte (ARMv4)",
            )
        }),
        Operation::Transfer {
            load,
            byte,
            rd,
            rn,
            offset,
            index,
            ..
        } => complaint(
            rn == Reg::Pc && index.writes_back(),
            "write-back to base R15",
        )
        .or_else(|| {
            complaint(
                matches!(offset, Offset::Shifted(Shifted { rm: Reg::Pc, .. })),
                "R15 as an offset",
            )
        })
        .or_else(|| complaint(byte && rd == Reg::Pc, "byte transfer of R15"))
        .or_else(|| {
            complaint(
                load && rd == rn && index.writes_back(),
                "load into a base with write-back",
            )
        }),
        Operation::Block {
            load,
            rn,
            list,
            write_back,
            s,
            ..
        } => complaint(list == 0, "block transfer of no register")
            .or_else(|| complaint(rn == Reg::Pc, "block transfer with base R15"))
            .or_else(|| {
                let user_bank = s && !(load && list & 0x8000 != 0);
                complaint(
                    user_bank && write_back,
                    "write-back with a user bank transfer",
                )
            }),
        Operation::Undefined(reserved) => Some(reserved.newer_name().unwrap_or(match reserved {
            Reserved::Coprocessor => "coprocessor instruction: none is fitted",
            _ => "undefined instruction",
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_multiply_corner_goes_before_data_processing() {
        // AND r0, r0, r0, LSL r1 has bit 7 clear; with it set this is MUL.
        assert!(matches!(operation(0xE000_0110), Operation::Data { .. }));
        assert!(matches!(operation(0xE000_0190), Operation::Multiply { .. }));
        assert!(matches!(operation(0xE100_0090), Operation::Swap { .. }));
        assert!(matches!(
            operation(0xE140_0090),
            Operation::Swap { byte: true, .. }
        ));
        assert_eq!(
            operation(0xE081_2392),
            Operation::Undefined(Reserved::Corner(0xE081_2392))
        );
    }

    #[test]
    fn compares_without_s_are_psr_transfers_in_exactly_these_forms() {
        let defined = [
            0xE10F_0000,
            0xE14F_7000,
            0xE129_F000,
            0xE169_F003,
            0xE128_F000,
            0xE328_F20F,
        ];
        for word in defined {
            assert!(
                matches!(
                    operation(word),
                    Operation::ReadPsr { .. } | Operation::WritePsr { .. }
                ),
                "{word:08x}"
            );
            assert_eq!(diagnosis(word), None, "{word:08x}");
        }
        // The console's tools write the control byte alone.
        assert_eq!(
            operation(0xE121_F000),
            operation(0xE121_F000 | 0x0006_0000),
            "the two middle field bits do not exist"
        );
        assert!(diagnosis(0xE121_F000).is_some());
        for word in [0xE120_F000, 0xE10F_0001, 0xE100_0000, 0xE129_E000] {
            assert_eq!(
                operation(word),
                Operation::Undefined(Reserved::Psr(word)),
                "{word:08x}"
            );
        }
    }

    #[test]
    fn newer_instructions_are_called_by_name() {
        for (word, name) in [
            (0xE081_2392, "UMULL (ARMv3M)"),
            (0xE0F1_2392, "SMLAL (ARMv3M)"),
            (0xE1D1_00B0, "LDRH (ARMv4)"),
            (0xE1C1_00B0, "STRH (ARMv4)"),
            (0xE1D1_00D0, "LDRSB (ARMv4)"),
            (0xE1D1_00F0, "LDRSH (ARMv4)"),
            (0xE12F_FF10, "BX (ARMv4T)"),
            (0xE12F_FF30, "BLX (ARMv5)"),
            (0xE16F_0F10, "CLZ (ARMv5)"),
            (0xE120_0070, "BKPT (ARMv5)"),
            (0xE300_0000, "MOVW (ARMv6T2)"),
        ] {
            assert_eq!(diagnosis(word), Some(name), "{word:08x}");
        }
        assert_eq!(diagnosis(0xFA00_0000), None, "NV never executes");
        assert_eq!(diagnosis(0xE1A0_0000), None);
    }

    #[test]
    fn the_upper_half_decodes_in_order() {
        assert_eq!(operation(0xE600_0010), Operation::Undefined(Reserved::Trap));
        assert!(matches!(operation(0xE600_0000), Operation::Transfer { .. }));
        assert!(matches!(operation(0xE400_0010), Operation::Transfer { .. }));
        assert!(matches!(operation(0xE800_0000), Operation::Block { .. }));
        assert_eq!(
            operation(0xEAFF_FFFE),
            Operation::Branch {
                link: false,
                offset: -8
            }
        );
        assert_eq!(operation(0xEF12_3456), Operation::Swi(0x12_3456));
        for word in [0xEC00_0000, 0xED00_0000, 0xEE00_0000, 0xEE00_0010] {
            assert_eq!(operation(word), Operation::Undefined(Reserved::Coprocessor));
        }
    }

    #[test]
    fn shift_amounts_of_zero_mean_thirty_two_or_rrx() {
        let shifted = |word| match operation(word) {
            Operation::Data {
                operand: Operand::Shifted(shifted),
                ..
            } => (shifted.shift, shifted.amount),
            other => panic!("{other:?}"),
        };
        assert_eq!(shifted(0xE1A0_0001), (Shift::Lsl, 0));
        assert_eq!(shifted(0xE1A0_0021), (Shift::Lsr, 32));
        assert_eq!(shifted(0xE1A0_0041), (Shift::Asr, 32));
        assert_eq!(shifted(0xE1A0_0061), (Shift::Rrx, 1));
        assert_eq!(shifted(0xE1A0_0FE1), (Shift::Ror, 31));
    }
}
