//! The disassembler.
//!
//! It prints the assembly language of the ARM60 data sheet and of the tools of its time, not
//! the unified language (UAL) that came with ARMv6T2:
//!
//! * The condition follows the operation, before any other suffix: `addeqs`, `ldrneb`,
//!   `ldreqbt`, `ldmeqfd`, `teqeqp`. NV is a condition like any other: `movnv`.
//! * A block transfer with base `sp` is called by the kind of stack (FD, ED, FA, EA), with any
//!   other base by what happens to the address (IA, IB, DA, DB); write-back and `^` make no
//!   difference to the name.
//! * A shift is an operand of `mov`; a software interrupt is `swi`; a status register is
//!   `cpsr` or `spsr`, and what is written of it `_all`, `_flg` or `_ctl`.
//! * Registers are `r0` to `r12`, `sp`, `lr` and `pc`.
//!
//! All is lower case, with one space after the mnemonic and plain addresses; a comment begins
//! with `@`. A word that is no instruction of this processor is a `.word`, with what a newer
//! processor would make of it.

use super::decode::{
    Alu, Cond, Fields, Index, Offset, Operand, Operation, Shift, Shifted, decode, diagnosis,
};
use super::registers::Reg;

/// The instruction `word` at address `addr` as text, in ARM's own syntax from before UAL.
///
/// ```
/// # use emu_core::cpu::disasm;
/// assert_eq!(disasm(0x8000, 0xE591_0004), "ldr r0, [r1, #4]");
/// assert_eq!(disasm(0x8000, 0x05D1_0004), "ldreqb r0, [r1, #4]");
/// assert_eq!(disasm(0x8000, 0xE92D_4010), "stmfd sp!, {r4, lr}");
/// assert_eq!(disasm(0x8000, 0x1AFF_FFFE), "bne 0x8000");
/// ```
pub fn disasm(addr: u32, word: u32) -> String {
    let instr = decode(word);
    let c = instr.cond.suffix();
    match instr.operation {
        Operation::Data {
            alu,
            s,
            rd,
            rn,
            operand,
        } => data(alu, s, rd, rn, operand, c),
        Operation::Multiply { s, rd, rm, rs, add } => {
            let (name, sum) = match add {
                Some(rn) => ("mla", format!(", {}", reg(rn))),
                None => ("mul", String::new()),
            };
            let s = set_flags(s);
            format!("{name}{c}{s} {}, {}, {}{sum}", reg(rd), reg(rm), reg(rs))
        }
        Operation::Swap { byte, rd, rm, rn } => {
            let b = if byte { "b" } else { "" };
            format!("swp{c}{b} {}, {}, [{}]", reg(rd), reg(rm), reg(rn))
        }
        Operation::ReadPsr { saved, rd } => format!("mrs{c} {}, {}", reg(rd), psr(saved)),
        Operation::WritePsr {
            saved,
            fields,
            source,
        } => {
            let part = match fields {
                Fields { control: false, .. } => "flg",
                Fields { flags: false, .. } => "ctl",
                _ => "all",
            };
            format!("msr{c} {}_{part}, {}", psr(saved), second(source))
        }
        Operation::Transfer {
            load,
            byte,
            rd,
            rn,
            up,
            offset,
            index,
        } => {
            let name = if load { "ldr" } else { "str" };
            let b = if byte { "b" } else { "" };
            let t = if index == Index::PostUser { "t" } else { "" };
            let place = place(addr, rn, up, offset, index);
            format!("{name}{c}{b}{t} {}, {place}", reg(rd))
        }
        Operation::Block {
            load,
            rn,
            list,
            before,
            up,
            write_back,
            s,
        } => {
            let name = if load { "ldm" } else { "stm" };
            let kind = if rn == Reg::Sp {
                stack(load, before, up)
            } else {
                order(before, up)
            };
            let w = if write_back { "!" } else { "" };
            let user = if s { "^" } else { "" };
            format!("{name}{c}{kind} {}{w}, {}{user}", reg(rn), registers(list))
        }
        Operation::Branch { link, offset } => {
            let l = if link { "l" } else { "" };
            let target = addr.wrapping_add(8).wrapping_add_signed(offset);
            format!("b{l}{c} {target:#x}")
        }
        Operation::Swi(number) => format!("swi{c} {number:#x}"),
        // What newer processors have in the place of NV is another set of instructions.
        Operation::Undefined(_) if instr.cond == Cond::Nv => {
            format!(".word 0x{word:08x} @ never executed")
        }
        Operation::Undefined(reserved) => {
            let what = diagnosis(word).unwrap_or("undefined instruction");
            match reserved.newer_name() {
                Some(name) => format!(".word 0x{word:08x} @ undefined; {name}"),
                None => format!(".word 0x{word:08x} @ {what}"),
            }
        }
    }
}

/// A block transfer by what happens to the address: increment or decrement, after or before.
fn order(before: bool, up: bool) -> &'static str {
    match (up, before) {
        (true, false) => "ia",
        (true, true) => "ib",
        (false, false) => "da",
        (false, true) => "db",
    }
}

/// A block transfer by the kind of stack: full or empty, descending or ascending. A store that
/// moves the pointer first leaves it at a full word, and so does a load that moves it last.
fn stack(load: bool, before: bool, up: bool) -> &'static str {
    match (load != before, load == up) {
        (true, true) => "fd",
        (true, false) => "fa",
        (false, true) => "ed",
        (false, false) => "ea",
    }
}

/// What registers are called: the sixteen of a program, and the status register behind them.
pub const REGISTER_NAMES: [&str; 17] = [
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr",
    "pc", "cpsr",
];

/// The name of a register.
fn reg(reg: Reg) -> &'static str {
    REGISTER_NAMES[reg.index()]
}

fn psr(saved: bool) -> &'static str {
    if saved { "spsr" } else { "cpsr" }
}

fn set_flags(s: bool) -> &'static str {
    if s { "s" } else { "" }
}

fn registers(list: u16) -> String {
    let names: Vec<&str> = Reg::ALL
        .into_iter()
        .filter(|reg| list >> reg.index() & 1 != 0)
        .map(reg)
        .collect();
    format!("{{{}}}", names.join(", "))
}

fn data(alu: Alu, s: bool, rd: Reg, rn: Reg, operand: Operand, c: &str) -> String {
    let name = alu.name();
    let text = second(operand);
    if alu.compares() {
        let p = if rd == Reg::Pc { "p" } else { "" };
        return format!("{name}{c}{p} {}, {text}", reg(rn));
    }
    let s = set_flags(s);
    if alu.moves() {
        format!("{name}{c}{s} {}, {text}", reg(rd))
    } else {
        format!("{name}{c}{s} {}, {}, {text}", reg(rd), reg(rn))
    }
}

/// A second operand.
fn second(operand: Operand) -> String {
    match operand {
        Operand::Immediate { byte, rotate } => {
            let value = u32::from(byte).rotate_right(u32::from(rotate));
            // The rotation is shown when an assembler would have chosen another.
            let usual = (0..32)
                .step_by(2)
                .find(|&rotate| value.rotate_left(rotate) < 256);
            if usual != Some(u32::from(rotate)) {
                return format!("#{byte}, {rotate}");
            }
            match value as i32 {
                small @ -16..=32 => format!("#{small}"),
                large => format!("#{large} @ {value:#x}"),
            }
        }
        Operand::Shifted(shifted) => shifted_text(shifted),
        Operand::ByRegister { rm, shift, rs } => {
            format!("{}, {} {}", reg(rm), shift.name(), reg(rs))
        }
    }
}

fn shifted_text(Shifted { rm, shift, amount }: Shifted) -> String {
    match (shift, amount) {
        (Shift::Lsl, 0) => reg(rm).to_owned(),
        (Shift::Rrx, _) => format!("{}, rrx", reg(rm)),
        _ => format!("{}, {} #{amount}", reg(rm), shift.name()),
    }
}

/// Base and offset of a load or store.
fn place(addr: u32, rn: Reg, up: bool, offset: Offset, index: Index) -> String {
    let base = reg(rn);
    let minus = if up { "" } else { "-" };
    let distance = match offset {
        Offset::Immediate(distance) => format!("#{minus}{distance}"),
        Offset::Shifted(shifted) => format!("{minus}{}", shifted_text(shifted)),
    };
    match (index, offset) {
        (Index::Post | Index::PostUser, _) => format!("[{base}], {distance}"),
        (Index::Pre, _) => format!("[{base}, {distance}]!"),
        (Index::Offset, Offset::Immediate(distance_in_bytes)) => {
            let distance_in_bytes = u32::from(distance_in_bytes);
            let ahead = addr.wrapping_add(8);
            let target = if up {
                ahead.wrapping_add(distance_in_bytes)
            } else {
                ahead.wrapping_sub(distance_in_bytes)
            };
            let place = match (distance_in_bytes, up) {
                (0, true) => format!("[{base}]"),
                _ => format!("[{base}, {distance}]"),
            };
            match rn {
                Reg::Pc => format!("{place} @ {target:#x}"),
                _ => place,
            }
        }
        (Index::Offset, Offset::Shifted(_)) => format!("[{base}, {distance}]"),
    }
}

#[cfg(test)]
mod tests;
