//! The disassembler.
//!
//! The text is that of GNU objdump 2.40 for ARMv3, with one space after the mnemonic and
//! plain addresses. Where objdump knows instructions this processor does not have, the
//! word is shown with what a newer one would make of it.

use super::decode::{
    Alu, Cond, Fields, Index, Offset, Operand, Operation, Shift, Shifted, decode, diagnosis,
};
use super::registers::Reg;

/// The instruction `word` at address `addr` as text.
///
/// ```
/// # use emu_core::cpu::disasm;
/// assert_eq!(disasm(0x8000, 0xE591_0004), "ldr r0, [r1, #4]");
/// assert_eq!(disasm(0x8000, 0x1AFF_FFFE), "bne 0x8000");
/// ```
pub fn disasm(addr: u32, word: u32) -> String {
    let instr = decode(word);
    let c = instr.cond.suffix();
    if instr.cond == Cond::Nv {
        return format!(".word 0x{word:08x} @ never executed");
    }
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
            format!("{name}{s}{c} {}, {}, {}{sum}", reg(rd), reg(rm), reg(rs))
        }
        Operation::Swap { byte, rd, rm, rn } => {
            let b = if byte { "b" } else { "" };
            format!("swp{b}{c} {}, {}, [{}]", reg(rd), reg(rm), reg(rn))
        }
        Operation::ReadPsr { saved, rd } => format!("mrs{c} {}, {}", reg(rd), psr(saved)),
        Operation::WritePsr {
            saved,
            fields: Fields { control, flags },
            source,
        } => {
            let f = if flags { "f" } else { "" };
            let x = if control { "c" } else { "" };
            format!("msr{c} {}_{f}{x}, {}", psr(saved), second(source))
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
            format!("{name}{b}{t}{c} {}, {place}", reg(rd))
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
            let stack = rn == Reg::Sp && write_back && !s && load == up && load != before;
            let user = if s { "^" } else { "" };
            let listed = registers(list);
            if stack && list.count_ones() > 1 {
                let name = if load { "pop" } else { "push" };
                return format!("{name}{c} {listed}");
            }
            let name = if load { "ldm" } else { "stm" };
            let order = match (up, before) {
                _ if stack => "fd",
                (true, false) if load || !(write_back || s) => "",
                (true, false) => "ia",
                (true, true) => "ib",
                (false, false) => "da",
                (false, true) => "db",
            };
            let w = if write_back { "!" } else { "" };
            format!("{name}{order}{c} {}{w}, {listed}{user}", reg(rn))
        }
        Operation::Branch { link, offset } => {
            let l = if link { "l" } else { "" };
            let target = addr.wrapping_add(8).wrapping_add_signed(offset);
            format!("b{l}{c} {target:#x}")
        }
        Operation::Swi(number) => format!("svc{c} {number:#010x}"),
        Operation::Undefined(reserved) => {
            let what = diagnosis(word).unwrap_or("undefined instruction");
            match reserved.newer_name() {
                Some(name) => format!(".word 0x{word:08x} @ undefined; {name}"),
                None => format!(".word 0x{word:08x} @ {what}"),
            }
        }
    }
}

/// The name of a register in the assembler's convention.
fn reg(reg: Reg) -> &'static str {
    const NAMES: [&str; 16] = [
        "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "sl", "fp", "ip", "sp", "lr",
        "pc",
    ];
    NAMES[reg.index()]
}

fn psr(saved: bool) -> &'static str {
    if saved { "SPSR" } else { "CPSR" }
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
        return format!("{name}{p}{c} {}, {text}", reg(rn));
    }
    let s = set_flags(s);
    match (alu, operand) {
        // A shift is a move with a shifted operand.
        (Alu::Mov, Operand::Shifted(shifted)) if !shifted.plain() => {
            let Shifted { rm, shift, amount } = shifted;
            let by = match shift {
                Shift::Rrx => String::new(),
                _ => format!(", #{amount}"),
            };
            format!("{}{s}{c} {}, {}{by}", shift.name(), reg(rd), reg(rm))
        }
        (Alu::Mov, Operand::ByRegister { rm, shift, rs }) => {
            let name = shift.name();
            format!("{name}{s}{c} {}, {}, {}", reg(rd), reg(rm), reg(rs))
        }
        _ if alu.moves() => format!("{name}{s}{c} {}, {text}", reg(rd)),
        _ => format!("{name}{s}{c} {}, {}, {text}", reg(rd), reg(rn)),
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
            match (rn, distance_in_bytes, up) {
                (Reg::Pc, ..) => format!("[{base}, {distance}] @ {target:#x}"),
                (_, 0, true) => format!("[{base}]"),
                _ => format!("[{base}, {distance}]"),
            }
        }
        (Index::Offset, Offset::Shifted(_)) => format!("[{base}, {distance}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::disasm;

    #[test]
    fn samples() {
        let table = [
            (0xE1A0_0820, "lsr r0, r0, #16"),
            (0xE1B0_1002, "movs r1, r2"),
            (0xE1A0_1062, "rrx r1, r2"),
            (0xE1A0_1312, "lsl r1, r2, r3"),
            (0xE1A0_F00E, "mov pc, lr"),
            (0xE3A0_04FF, "mov r0, #-16777216 @ 0xff000000"),
            (0xE3A0_0F01, "mov r0, #1, 30"),
            (0xE880_0018, "stm r0, {r3, r4}"),
            (0xE3A0_0D10, "mov r0, #16, 26"),
            (0xE3E0_0000, "mvn r0, #0"),
            (0x308F_F100, "addcc pc, pc, r0, lsl #2"),
            (0xE330_F000, "teqp r0, #0"),
            (0xE310_0004, "tst r0, #4"),
            (0xE171_F002, "cmnp r1, r2"),
            (0xE092_B33A, "adds fp, r2, sl, lsr r3"),
            (0xEFFF_FFFF, "svc 0x00ffffff"),
            (0x0F00_0010, "svceq 0x00000010"),
            (0xE8BD_8010, "pop {r4, pc}"),
            (0xE92D_43F0, "push {r4, r5, r6, r7, r8, r9, lr}"),
            (0xE92D_0010, "stmfd sp!, {r4}"),
            (0xE8BD_0010, "ldmfd sp!, {r4}"),
            (0xE8B1_0018, "ldm r1!, {r3, r4}"),
            (0xE8A1_0018, "stmia r1!, {r3, r4}"),
            (0xE8FD_0018, "ldm sp!, {r3, r4}^"),
            (0xE9D1_0018, "ldmib r1, {r3, r4}^"),
            (0xE841_0018, "stmda r1, {r3, r4}^"),
            (0xE91D_8002, "ldmdb sp, {r1, pc}"),
            (0x05F1_0004, "ldrbeq r0, [r1, #4]!"),
            (0xE451_0004, "ldrb r0, [r1], #-4"),
            (0xE671_0182, "ldrbt r0, [r1], -r2, lsl #3"),
            (0xE59F_0008, "ldr r0, [pc, #8] @ 0x1010"),
            (0xE591_0000, "ldr r0, [r1]"),
            (0xE5B1_0000, "ldr r0, [r1, #0]!"),
            (0xE711_01E2, "ldr r0, [r1, -r2, ror #3]"),
            (0xE10F_0000, "mrs r0, CPSR"),
            (0xE129_F000, "msr CPSR_fc, r0"),
            (0xE168_F000, "msr SPSR_f, r0"),
            (0xE328_F20F, "msr CPSR_f, #-268435456 @ 0xf0000000"),
            (0xE000_0291, "mul r0, r1, r2"),
            (0x0030_3291, "mlaseq r0, r1, r2, r3"),
            (0x0142_0091, "swpbeq r0, r1, [r2]"),
            (0xEAFF_FFFE, "b 0x1000"),
            (0x1BFF_FFFC, "blne 0xff8"),
            (0xF3A0_0E00, ".word 0xf3a00e00 @ never executed"),
            (0xE081_2392, ".word 0xe0812392 @ undefined; UMULL (ARMv3M)"),
            (0xE12F_FF10, ".word 0xe12fff10 @ undefined; BX (ARMv4T)"),
            (
                0xEE01_0F10,
                ".word 0xee010f10 @ coprocessor instruction: none is fitted",
            ),
        ];
        for (word, text) in table {
            assert_eq!(disasm(0x1000, word), text);
        }
    }
}
