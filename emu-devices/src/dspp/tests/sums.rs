//! The adder, the multiplier and the shifter, one case at a time.

use super::super::sum::{product, shifted, sum};
use emu_core::loader::dsp_code::{Flags, Op, Shift};

/// Sum, carry, overflow.
fn added(op: Op, a: i32, b: i32, carry: bool) -> (i32, bool, bool) {
    let (value, flags) = sum(op, a, b, carry);
    assert_eq!(flags.sum, value);
    (value, flags.carry, flags.overflow)
}

#[test]
fn sums_have_their_carry_and_overflow() {
    let most = 0x7FFF_F000;
    for (op, a, b, carry, should) in [
        (Op::A, 5 << 16, 7 << 16, true, (5 << 16, false, false)),
        (
            Op::Negate,
            5 << 16,
            7 << 16,
            false,
            (-7 << 16, false, false),
        ),
        (Op::Negate, 0, 0, false, (0, true, false)),
        (Op::Negate, 0, i32::MIN, false, (i32::MIN, false, true)),
        (Op::Add, most, 0x1000, false, (i32::MIN, false, true)),
        (Op::Add, -1 << 16, 1 << 16, false, (0, true, false)),
        (Op::Add, i32::MIN, i32::MIN, false, (0, true, true)),
        (
            Op::AddCarry,
            3 << 16,
            9 << 16,
            true,
            (4 << 16, false, false),
        ),
        (
            Op::AddCarry,
            3 << 16,
            9 << 16,
            false,
            (3 << 16, false, false),
        ),
        (
            Op::Subtract,
            3 << 16,
            4 << 16,
            false,
            (-1 << 16, false, false),
        ),
        (
            Op::Subtract,
            4 << 16,
            3 << 16,
            false,
            (1 << 16, true, false),
        ),
        (Op::Subtract, i32::MIN, 0x1000, false, (most, true, true)),
        (
            Op::SubtractCarry,
            3 << 16,
            9 << 16,
            true,
            (2 << 16, true, false),
        ),
        (Op::Increment, most, 0, false, (i32::MIN, false, true)),
        (Op::Decrement, 0, 0, false, (-0x1000, false, false)),
    ] {
        assert_eq!(added(op, a, b, carry), should, "{op:?} {a:#x} {b:#x}");
    }
}

#[test]
fn logic_works_on_twenty_bits() {
    let (a, b) = (0x0F0F_5000_u32 as i32, 0x00FF_3000);
    for (op, should) in [
        (Op::Logical, 0x0F0F_5000),
        (Op::Not, 0xF0F0_A000_u32),
        (Op::And, 0x000F_1000),
        (Op::Nand, 0xFFF0_E000),
        (Op::Or, 0x0FFF_7000),
        (Op::Nor, 0xF000_8000),
        (Op::Xor, 0x0FF0_6000),
        (Op::Xnor, 0xF00F_9000),
    ] {
        assert_eq!(
            added(op, a, b, true),
            (should as i32, false, false),
            "{op:?}"
        );
    }
}

#[test]
fn products_are_fractions_of_twenty_bits() {
    assert_eq!(product(0x4000, 0x4000), 0x2000_0000);
    assert_eq!(product(0x7FFF, 0x7FFF), 0x7FFE_0002 & !0xFFF);
    assert_eq!(product(0xFFFF, 1), -0x1000, "rounded down");
    assert_eq!(product(0x8000, 0x8000), i32::MIN, "-1 times -1");
}

#[test]
fn shifts_to_the_right_keep_the_sign_of_sums_only() {
    let value = 0x9876_5000_u32 as i32;
    let mut flags = Flags::default();
    let mut shift = |shift, op| shifted(shift, op, value, &mut flags) as u32;
    assert_eq!(shift(Shift::None, Op::Add), 0x9876_5000);
    assert_eq!(shift(Shift::Left1, Op::Add), 0x30EC_A000);
    assert_eq!(shift(Shift::Left2, Op::Add), 0x61D9_4000);
    assert_eq!(shift(Shift::Left3, Op::Add), 0xC3B2_8000);
    assert_eq!(shift(Shift::Left4, Op::Add), 0x8765_0000);
    assert_eq!(shift(Shift::Left5, Op::Add), 0x0ECA_0000);
    assert_eq!(shift(Shift::Left8, Op::Add), 0x7650_0000);
    for (by, sum, logic) in [
        (Shift::Right1, 0xCC3B_2000, 0x4C3B_2000),
        (Shift::Right2, 0xE61D_9000, 0x261D_9000),
        (Shift::Right3, 0xF30E_C000, 0x130E_C000),
        (Shift::Right4, 0xF987_6000, 0x0987_6000),
        (Shift::Right5, 0xFCC3_B000, 0x04C3_B000),
        (Shift::Right8, 0xFF98_7000, 0x0098_7000),
        (Shift::Right16, 0xFFFF_9000, 0x0000_9000),
    ] {
        assert_eq!(shift(by, Op::Decrement), sum, "{by:?}");
        assert_eq!(shift(by, Op::Logical), logic, "{by:?}");
    }
}

#[test]
fn a_sum_that_overflows_is_clipped_to_the_end_it_passed() {
    let clipped = |op, a, b| {
        let (value, mut flags) = sum(op, a, b, false);
        shifted(Shift::Clip, op, value, &mut flags)
    };
    assert_eq!(clipped(Op::Add, 0x7000_0000, 0x7000_0000), 0x7FFF_F000);
    assert_eq!(clipped(Op::Add, -0x7000_0000, -0x7000_0000), i32::MIN);
    assert_eq!(
        clipped(Op::Subtract, 0x7000_0000, -0x7000_0000),
        0x7FFF_F000
    );
    assert_eq!(clipped(Op::Add, 0x7000_0000, -0x1000), 0x6FFF_F000);
}

#[test]
fn a_rotation_goes_through_the_carry() {
    let mut flags = Flags {
        carry: true,
        ..Flags::default()
    };
    let mut value = 0x8000_0000_u32 as i32;
    value = shifted(Shift::ByOperand, Op::Logical, value, &mut flags);
    assert_eq!((value, flags.carry), (0x1000, true));
    value = shifted(Shift::ByOperand, Op::Logical, value, &mut flags);
    assert_eq!((value, flags.carry), (0x3000, false));
}
