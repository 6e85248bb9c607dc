//! From a decoded instruction to what the fast engine dispatches on.
//!
//! The common shapes get a kind of their own with every choice made here, once: fields
//! taken apart, branch targets computed, R15 replaced by the address it reads as.
//! Everything else becomes [`Control::Slow`] and goes through the reference interpreter.

use super::super::decode::{Alu, Cond, Index, Offset, Operand, Operation, Shift, Shifted, decode};
use super::super::registers::Reg;
use super::super::timing::{Cycles, Timing};
use super::core::CARRY_STAYS;
use super::op::{self, Access, Control, Form, Op};
use super::page::{base_of, index_of};

/// Lowers the instruction `word` at address `at`.
pub(super) fn lower(at: u32, word: u32, timing: &Timing) -> Op {
    let instr = decode(word);
    let cost = |s, n, i| {
        let ticks = timing.of(Cycles::new(s, n, i)).0;
        u32::try_from(ticks).unwrap_or(u32::MAX)
    };
    if instr.cond == Cond::Nv {
        return Op {
            cost: cost(1, 0, 0),
            ..Op::control(Control::Skip, 0)
        };
    }
    let op = match instr.operation {
        Operation::Data {
            alu,
            s,
            rd,
            rn,
            operand,
        } => data(at, alu, s, rd, rn, operand).map(|op| match op.control {
            Control::BranchRegister => (op, cost(2, 1, 0)),
            _ => (op, cost(1, 0, 0)),
        }),
        Operation::Multiply {
            s: false,
            rd,
            rm,
            rs,
            add,
        } if rd != rm && ![rd, rm, rs, add.unwrap_or(rd)].contains(&Reg::Pc) => {
            let access = match add {
                Some(_) => Access::MultiplyAdd,
                None => Access::Multiply,
            };
            let op = Op {
                rd,
                rm,
                rn: rs,
                imm: add.map_or(0, |rn| rn.index() as u32),
                ..Op::handled(access as u8)
            };
            Some((op, cost(1, 0, 0)))
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
            let cost = if load { cost(1, 1, 1) } else { cost(0, 2, 0) };
            transfer(at, Transfer { load, byte, index }, rd, rn, up, offset).map(|op| (op, cost))
        }
        Operation::Block {
            load,
            rn,
            list,
            before,
            up,
            write_back,
            s: false,
        } => block(load, rn, list, before, up, write_back).map(|op| {
            let n = list.count_ones();
            let cost = match (load, op.control) {
                (true, Control::LoadBlockPc) => cost(n + 1, 2, 1),
                (true, _) => cost(n, 1, 1),
                (false, _) => cost(n - 1, 2, 0),
            };
            (op, cost)
        }),
        Operation::Branch { link, offset } => {
            let target = at.wrapping_add(8).wrapping_add_signed(offset);
            let (control, imm) = if link {
                (Control::BranchLink, target)
            } else if base_of(target) == base_of(at) {
                (Control::BranchNear, index_of(target) as u32)
            } else {
                (Control::Branch, target)
            };
            Some((Op::control(control, imm), cost(2, 1, 0)))
        }
        Operation::Swi(number) => Some((Op::control(Control::Swi, number), cost(2, 1, 0))),
        Operation::Undefined(_) => Some((Op::control(Control::Undefined, word), cost(2, 1, 1))),
        _ => None,
    };
    match op {
        Some((op, cost)) => Op {
            conditional: instr.cond != Cond::Al,
            cond: instr.cond,
            cost,
            ..op
        },
        // The reference interpreter tests the condition and counts the cycles itself.
        None => Op::control(Control::Slow, word),
    }
}

fn data(at: u32, alu: Alu, s: bool, rd: Reg, rn: Reg, operand: Operand) -> Option<Op> {
    let pc = at.wrapping_add(8);
    if rd == Reg::Pc {
        return match (alu, s, operand) {
            (Alu::Mov, false, Operand::Shifted(shifted))
                if shifted.plain() && shifted.rm != Reg::Pc =>
            {
                Some(Op {
                    rm: shifted.rm,
                    ..Op::control(Control::BranchRegister, 0)
                })
            }
            _ => None,
        };
    }
    let constant = |imm| {
        Some(Op {
            rd,
            imm,
            amount: CARRY_STAYS,
            ..Op::handled(op::data(Alu::Mov, Form::Immediate, false))
        })
    };
    let reads_pc = rn == Reg::Pc && !alu.moves();
    let handled = |form| Op {
        rd,
        rn,
        ..Op::handled(op::data(alu, form, s))
    };
    match operand {
        Operand::Immediate { byte, rotate } => {
            let imm = u32::from(byte).rotate_right(u32::from(rotate));
            match (reads_pc, alu, s) {
                (true, Alu::Add, false) => constant(pc.wrapping_add(imm)),
                (true, Alu::Sub, false) => constant(pc.wrapping_sub(imm)),
                (true, ..) => None,
                (false, ..) => Some(Op {
                    imm,
                    amount: if rotate == 0 {
                        CARRY_STAYS
                    } else {
                        (imm >> 31) as u8
                    },
                    ..handled(Form::Immediate)
                }),
            }
        }
        Operand::Shifted(shifted @ Shifted { rm: Reg::Pc, .. }) => {
            if alu == Alu::Mov && !s && shifted.plain() {
                constant(pc)
            } else {
                None
            }
        }
        Operand::Shifted(shifted) if shifted.plain() && !reads_pc => Some(Op {
            rm: shifted.rm,
            ..handled(Form::Plain)
        }),
        Operand::Shifted(Shifted {
            rm,
            shift,
            amount: amount @ 1..=31,
        }) if !reads_pc => Form::of(shift).map(|form| Op {
            rm,
            amount,
            ..handled(form)
        }),
        Operand::Shifted(_) | Operand::ByRegister { .. } => None,
    }
}

struct Transfer {
    load: bool,
    byte: bool,
    index: Index,
}

fn transfer(at: u32, transfer: Transfer, rd: Reg, rn: Reg, up: bool, offset: Offset) -> Option<Op> {
    if rd == Reg::Pc {
        return None;
    }
    let Transfer { load, byte, index } = transfer;
    match offset {
        Offset::Immediate(distance) => {
            let distance = u32::from(distance);
            let imm = if up {
                distance
            } else {
                distance.wrapping_neg()
            };
            if rn == Reg::Pc {
                let addr = at.wrapping_add(8).wrapping_add(imm);
                let literal = load && !byte && index == Index::Offset && addr.is_multiple_of(4);
                return literal.then_some(Op {
                    rd,
                    imm: addr,
                    ..Op::handled(Access::LoadLiteral as u8)
                });
            }
            let access = match (index, load, byte) {
                (Index::Offset, true, false) => Access::LoadWord,
                (Index::Offset, true, true) => Access::LoadByte,
                (Index::Offset, false, false) => Access::StoreWord,
                (Index::Offset, false, true) => Access::StoreByte,
                (Index::Pre, true, false) => Access::LoadWordPre,
                (Index::Pre, true, true) => Access::LoadBytePre,
                (Index::Pre, false, false) => Access::StoreWordPre,
                (Index::Pre, false, true) => Access::StoreBytePre,
                (Index::Post | Index::PostUser, true, false) => Access::LoadWordPost,
                (Index::Post | Index::PostUser, true, true) => Access::LoadBytePost,
                (Index::Post | Index::PostUser, false, false) => Access::StoreWordPost,
                (Index::Post | Index::PostUser, false, true) => Access::StoreBytePost,
            };
            Some(Op {
                rd,
                rn,
                imm,
                ..Op::handled(access as u8)
            })
        }
        Offset::Shifted(Shifted {
            rm,
            shift: Shift::Lsl,
            amount,
        }) if index == Index::Offset && up && rm != Reg::Pc && rn != Reg::Pc => {
            let access = match (load, byte) {
                (true, false) => Access::LoadWordIndexed,
                (true, true) => Access::LoadByteIndexed,
                (false, false) => Access::StoreWordIndexed,
                (false, true) => Access::StoreByteIndexed,
            };
            Some(Op {
                rd,
                rn,
                rm,
                amount,
                ..Op::handled(access as u8)
            })
        }
        Offset::Shifted(_) => None,
    }
}

fn block(load: bool, rn: Reg, list: u16, before: bool, up: bool, write_back: bool) -> Option<Op> {
    let with_pc = list & 0x8000 != 0;
    let base_in_list = list >> rn.index() & 1 != 0;
    let rare = !load && (with_pc || base_in_list && write_back);
    if list == 0 || rn == Reg::Pc || rare {
        return None;
    }
    let size = 4 * list.count_ones() as i32;
    let first = match (up, before) {
        (true, false) => 0,
        (true, true) => 4,
        (false, false) => 4 - size,
        (false, true) => -size,
    };
    let moved = match (write_back, up) {
        (false, _) => 0,
        (true, true) => size,
        (true, false) => -size,
    };
    let op = match (load, with_pc) {
        (true, false) => Op::handled(Access::LoadBlock as u8),
        (true, true) => Op::control(Control::LoadBlockPc, 0),
        (false, _) => Op::handled(Access::StoreBlock as u8),
    };
    Some(Op {
        rn,
        amount: first as i8 as u8,
        imm: u32::from(list) | (moved as u32) << 16,
        ..op
    })
}
