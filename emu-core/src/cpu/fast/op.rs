//! What the fast engine executes.

use super::super::decode::{Alu, Cond, Shift};
use super::super::registers::Reg;

/// A lowered instruction: 16 bytes.
///
/// What `imm` and `amount` mean depends on the handler or the kind of control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Op {
    /// The number of its handler, if it has one: see [`data`] and [`Access`].
    pub handler: u8,
    /// What remains to be done by the loop.
    pub control: Control,
    /// Ask `cond`. Most instructions are unconditional, and this is cheaper to see.
    pub conditional: bool,
    pub cond: Cond,
    pub rd: Reg,
    pub rn: Reg,
    pub rm: Reg,
    pub amount: u8,
    pub imm: u32,
    /// Ticks it takes when its condition holds, as far as they are known beforehand.
    pub cost: u32,
}

/// Beyond all handlers.
const NO_HANDLER: u8 = u8::MAX;

impl Op {
    /// A word nobody has executed yet.
    pub const UNKNOWN: Op = Op::control(Control::Decode, 0);
    /// A word with a breakpoint.
    pub const BREAKPOINT: Op = Op::control(Control::Breakpoint, 0);

    /// An op the loop executes.
    pub const fn control(control: Control, imm: u32) -> Op {
        Op {
            handler: NO_HANDLER,
            control,
            conditional: false,
            cond: Cond::Al,
            rd: Reg::R0,
            rn: Reg::R0,
            rm: Reg::R0,
            amount: 0,
            imm,
            cost: 0,
        }
    }

    /// An op with a handler.
    pub const fn handled(handler: u8) -> Op {
        Op {
            handler,
            ..Op::control(Control::Settle, 0)
        }
    }
}

/// Where data processing finds its second operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Form {
    /// `imm`, with the shifter's carry in `amount`.
    Immediate,
    /// Register `rm`.
    Plain,
    /// Register `rm` shifted by `amount`, 1 to 31.
    Lsl,
    Lsr,
    Asr,
    Ror,
}

impl Form {
    /// The form of a shift by 1 to 31.
    pub const fn of(shift: Shift) -> Option<Form> {
        Some(match shift {
            Shift::Lsl => Form::Lsl,
            Shift::Lsr => Form::Lsr,
            Shift::Asr => Form::Asr,
            Shift::Ror => Form::Ror,
            Shift::Rrx => return None,
        })
    }
}

/// The handler of a data processing instruction.
pub(super) const fn data(alu: Alu, form: Form, s: bool) -> u8 {
    alu as u8 * 12 + form as u8 * 2 + s as u8
}

/// The handlers after those of data processing: what they access, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Access {
    /// `rd := rm * rs`, rs in `rn`.
    Multiply = 16 * 12,
    /// The same plus the register `imm` names.
    MultiplyAdd,
    /// From the address `imm`.
    LoadLiteral,
    /// At `rn + imm`.
    LoadWord,
    LoadByte,
    StoreWord,
    StoreByte,
    /// At `rn + imm`, which becomes `rn`.
    LoadWordPre,
    LoadBytePre,
    StoreWordPre,
    StoreBytePre,
    /// At `rn`, which then becomes `rn + imm`.
    LoadWordPost,
    LoadBytePost,
    StoreWordPost,
    StoreBytePost,
    /// At `rn + (rm << amount)`.
    LoadWordIndexed,
    LoadByteIndexed,
    StoreWordIndexed,
    StoreByteIndexed,
    /// The registers in the low half of `imm`, from `rn` + `amount` bytes; then the high
    /// half of `imm` is added to `rn`.
    LoadBlock,
    StoreBlock,
}

/// What the loop does after, or instead of, a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// The handler reported a refused access or a store into code.
    Settle,
    /// Condition NV.
    Skip,
    /// To the word `imm` of this page.
    BranchNear,
    /// To the address `imm`.
    Branch,
    /// To the address `imm`, keeping the return address.
    BranchLink,
    /// To the address in `rm`.
    BranchRegister,
    /// As [`Access::LoadBlock`]; the program counter is among the registers.
    LoadBlockPc,
    /// A software interrupt.
    Swi,
    /// The word `imm` takes the undefined trap.
    Undefined,
    /// The word `imm` goes through the reference interpreter.
    Slow,
    /// Not decoded yet.
    Decode,
    /// Stop here.
    Breakpoint,
}
