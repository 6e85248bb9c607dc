//! The one decoder.
//!
//! The reference interpreter, the fast engine and the disassembler all
//! read instructions through it (ARM60 data sheet, chapter 4).

mod instr;

#[cfg(test)]
mod tests;

pub use instr::{
    Alu, Cond, Fields, Index, Instr, Offset, Operand, Operation, Reserved, Shift, Shifted,
};

use super::registers::Reg;

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
