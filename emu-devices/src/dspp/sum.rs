//! Multiplier, adder and shifter: 20 bits, the highest at bit 31.

use emu_core::loader::dsp_code::{Flags, Op, Shift};

/// One unit of the 20 bits.
const UNIT: i32 = 0x1000;
/// Where a carry enters: phases of two words are added up so.
const CARRY: i32 = 0x1_0000;
/// The bits.
const BITS: i32 = !0xFFF;

/// An operand on its way to the adder.
#[inline]
pub(super) fn widen(word: u16) -> i32 {
    i32::from(word as i16) << 16
}

/// The upper 16 bits.
#[inline]
pub(super) fn narrow(value: i32) -> u16 {
    (value >> 16) as u16
}

/// What the multiplier gives: -1 times -1 is -1.
#[inline]
pub(super) fn product(a: u16, b: u16) -> i32 {
    (i32::from(a as i16) * i32::from(b as i16)) << 1 & BITS
}

/// What the adder gives.
#[inline(always)]
pub(super) fn sum(op: Op, a: i32, b: i32, carry: bool) -> (i32, Flags) {
    let one = if carry { CARRY } else { 0 };
    match op {
        Op::A | Op::Logical => flagged(a),
        Op::Negate => subtract(0, b),
        Op::Add => add(a, b),
        Op::AddCarry => add(a, one),
        Op::Subtract => subtract(a, b),
        Op::SubtractCarry => subtract(a, one),
        Op::Increment => add(a, UNIT),
        Op::Decrement => subtract(a, UNIT),
        Op::Not => flagged(!a & BITS),
        Op::And => flagged(a & b),
        Op::Nand => flagged(!(a & b) & BITS),
        Op::Or => flagged(a | b),
        Op::Nor => flagged(!(a | b) & BITS),
        Op::Xor => flagged(a ^ b),
        Op::Xnor => flagged(!(a ^ b) & BITS),
    }
}

#[inline]
fn add(a: i32, b: i32) -> (i32, Flags) {
    let (value, overflow) = a.overflowing_add(b);
    let carry = (a as u32).checked_add(b as u32).is_none();
    (value, flags(value, carry, overflow))
}

#[inline]
fn subtract(a: i32, b: i32) -> (i32, Flags) {
    let (value, overflow) = a.overflowing_sub(b);
    let carry = a as u32 >= b as u32;
    (value, flags(value, carry, overflow))
}

#[inline]
fn flagged(value: i32) -> (i32, Flags) {
    (value, flags(value, false, false))
}

#[inline]
fn flags(sum: i32, carry: bool, overflow: bool) -> Flags {
    Flags {
        sum,
        carry,
        overflow,
    }
}

/// What a shift to the right after this operation gives.
#[inline]
pub(super) fn slide(op: Op, value: i32, by: u8) -> i32 {
    let keeps_sign = (op as u8) < Op::Logical as u8;
    let filled = || (value as u32 >> (by & 31)) as i32;
    (if keeps_sign {
        value >> (by & 31)
    } else {
        filled()
    }) & BITS
}

/// What the shifter gives. A rotation changes the carry.
#[inline]
pub(super) fn shifted(shift: Shift, op: Op, value: i32, flags: &mut Flags) -> i32 {
    let right = |by: u8| slide(op, value, by);
    match shift {
        Shift::None => value,
        Shift::Left1 => value << 1,
        Shift::Left2 => value << 2,
        Shift::Left3 => value << 3,
        Shift::Left4 => value << 4,
        Shift::Left5 => value << 5,
        Shift::Left8 => value << 8,
        Shift::Clip => clip(value, *flags),
        Shift::ByOperand => rotate(value, flags),
        Shift::Right16 => right(16),
        Shift::Right8 => right(8),
        Shift::Right5 => right(5),
        Shift::Right4 => right(4),
        Shift::Right3 => right(3),
        Shift::Right2 => right(2),
        Shift::Right1 => right(1),
    }
}

/// The nearest value; the sign of a wrong sum is wrong, too.
#[inline]
pub(super) fn clip(value: i32, flags: Flags) -> i32 {
    match (flags.overflow, flags.negative()) {
        (false, _) => value,
        (true, true) => i32::MAX & BITS,
        (true, false) => i32::MIN,
    }
}

/// To the left through the carry.
fn rotate(value: i32, flags: &mut Flags) -> i32 {
    let low = if flags.carry { UNIT } else { 0 };
    flags.carry = value < 0;
    value << 1 | low
}
