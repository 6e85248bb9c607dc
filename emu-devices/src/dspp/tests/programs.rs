//! Oscillators, mixers, subroutines, registers: whole programs.

use super::*;
use emu_core::loader::dsp_code::{Condition, Input, Op, Register, Shift};

/// A sawtooth with its output at 0x108, its phase behind it; knobs at 8 and 9.
fn sawtooth() -> [Instruction; 2] {
    let phase = Compute::new(Input::First, Op::Add, Input::Second)
        .with(at(0x109).back())
        .with(at(8));
    let scaled = Compute::product().by_accumulator();
    [compute(phase), compute(scaled.with(at(9)).with(at(0x108)))]
}

/// Adds a word to one of the mix.
fn mixed(to: u16, from: u16) -> Instruction {
    let sum = Compute::new(Input::First, Op::Add, Input::Second).shifted(Shift::Clip);
    compute(sum.with(at(to).back()).with(at(from)))
}

#[test]
fn a_sawtooth_is_heard_a_frame_after_it_is_mixed() {
    let [phase, scaled] = sawtooth();
    let mut rig = Rig::new(&[phase, scaled, mixed(0x106, 0x108)]);
    rig.dspp.write(8, 768);
    rig.dspp.write(9, 0x6000);
    assert_eq!(rig.run(300).frames, 300);
    let left: Vec<i16> = rig.heard.iter().map(|frame| frame[0]).collect();
    assert_eq!(left[..6], [0, 575, 1151, 1727, 2303, 2879]);
    let should = |n: i32| {
        let phase = i32::from((n * 768) as i16);
        ((((phase * 0x6000) >> 15) * 0x7FFF) >> 15) as i16
    };
    assert!((1..300).all(|n| left[n as usize] == should(n)));
    assert!(rig.heard.iter().all(|frame| frame[1] == 0));
}

#[test]
fn the_mix_is_clipped_put_out_and_cleared() {
    let mut rig = Rig::new(&[
        mixed(0x106, 8),
        mixed(0x106, 8),
        mixed(0x107, 9),
        mixed(0x107, 9),
    ]);
    rig.dspp.write(8, 0x7000);
    rig.dspp.write(9, 0x8800);
    rig.run(1);
    assert_eq!([0x106, 0x107].map(|at| rig.dspp.read(at)), [0x7FFF, 0x8000]);
    rig.enter(&[]);
    assert!(rig.dspp.is_active());
    rig.run(2);
    assert_eq!(rig.heard[1], [0x7FFE, -0x7FFF]);
    assert_eq!(rig.heard[2], [0, 0]);
    assert!(!rig.dspp.is_active());
}

#[test]
fn gains_multiply_before_the_sum() {
    let mix = |to: u16, input: u16, gain: u16| {
        let sum = Compute::new(Input::Product, Op::Add, Input::First).shifted(Shift::Clip);
        let sum = sum.with(at(input)).with(at(gain)).with(at(to).back());
        compute(sum)
    };
    let mut rig = Rig::new(&[mix(0x106, 0x110, 8), mix(0x107, 0x111, 9)]);
    for (at, value) in [(0x110, 0x4000), (0x111, 0x7FFF), (8, 0x4000), (9, 0x2000)] {
        rig.dspp.write(at, value);
    }
    rig.run(1);
    assert_eq!([0x106, 0x107].map(|at| rig.dspp.read(at)), [0x2000, 0x1FFF]);
}

#[test]
fn a_phase_of_two_words_has_a_period_of_24_bits() {
    // As the *_lfo files: the carry of the low word goes into the high word.
    let low = Compute::new(Input::First, Op::Add, Input::Second);
    let high = Compute::new(Input::First, Op::AddCarry, Input::Accumulator);
    let mut rig = Rig::new(&[
        compute(low.with(at(0x108).back()).with(at(8))),
        compute(high.with(at(0x109).back())),
    ]);
    rig.dspp.write(8, 0x1000);
    rig.run(4096);
    assert_eq!([0x108, 0x109].map(|at| rig.dspp.read(at)), [0, 0x100]);
}

#[test]
fn a_subroutine_returns_behind_its_call() {
    let increment = |at: u16| {
        let sum = Compute::new(Input::First, Op::Add, Input::Second);
        compute(sum.with(OperandWord::at(at).back()).with(number(1)))
    };
    let mut rig = Rig::new(&[Instruction::Call(0x100), increment(0x109)]);
    rig.place(0x100, &[increment(0x108), Instruction::Return]);
    assert_eq!(rig.words(0x108, 2), [1, 2]);
    assert_eq!(rig.words(0x109, 2), [3, 4]);
    // Call, two sums of three words, Return, SLEEP.
    assert_eq!(rig.dspp.ticks_used(), 9);
}

#[test]
fn a_branch_jumps_over_what_it_does_not_want() {
    let difference = Compute::new(Input::First, Op::Subtract, Input::Second);
    let difference = difference.with(at(8)).with(at(9));
    let mut rig = Rig::new(&[
        compute(difference),
        Instruction::Branch {
            when: Condition::LESS,
            to: 6,
        },
        copy(0x108, number(7)),
        copy(0x109, number(9)),
    ]);
    rig.dspp.write(8, -5_i16 as u16);
    rig.dspp.write(9, 3);
    rig.run(1);
    assert_eq!([0x108, 0x109].map(|at| rig.dspp.read(at)), [0, 9]);
    rig.dspp.write(8, 3);
    rig.run(1);
    assert_eq!([0x108, 0x109].map(|at| rig.dspp.read(at)), [7, 9]);
}

#[test]
fn the_accumulator_chooses_where_to_go_on() {
    let load = Compute::new(Input::First, Op::A, Input::Accumulator);
    let load = compute(load.with(at(8)));
    let mut rig = Rig::new(&[load, Instruction::JumpToAccumulator]);
    rig.place(0x200, &[copy(0x108, number(1))]);
    rig.place(0x300, &[copy(0x108, number(2))]);
    for (to, value) in [(0x200, 1), (0x300, 2), (0xFE00, 1)] {
        rig.dspp.write(8, to);
        assert_eq!(rig.words(0x108, 1), [value], "{to:#x}");
    }
}

#[test]
fn registers_and_addresses_in_words_reach_the_same_memory() {
    let register = |number, indirect| Register { number, indirect };
    let sum = Compute::new(Input::First, Op::Add, Input::Second);
    let three = OperandWord::Three([register(4, false), register(5, true), register(6, false)]);
    let mut rig = Rig::new(&[
        // A block of four words at 0x120.
        Instruction::SetRbase((0x20 >> 2) ^ 1),
        compute(sum.with(three)),
        Instruction::MoveToRegister {
            to: register(7, true),
            from: OperandWord::Address {
                at: 0x122,
                indirect: false,
                back: false,
            },
        },
        Instruction::MoveToAddress {
            to: 0x123,
            indirect: true,
            from: OperandWord::Address {
                at: 0x121,
                indirect: true,
                back: false,
            },
        },
    ]);
    for (at, value) in [(0x120, 30), (0x121, 0x130), (0x130, 12), (0x123, 0xF140)] {
        rig.dspp.write(at, value);
    }
    let code = rig.dspp.code(0, 10);
    rig.dspp.write_code(0, &code[..5]);
    rig.run(1);
    // The sum, then where the fourth register points, then what the second points to there.
    assert_eq!(rig.dspp.read(0x122), 42);
    assert_eq!(rig.dspp.read(0x140), 12);
}

#[test]
fn entries_run_in_order_in_their_frames() {
    let double = Compute::new(Input::First, Op::A, Input::Accumulator).shifted(Shift::Left1);
    let double = compute(double.with(at(0x108).back()));
    let add = |value| {
        let sum = Compute::new(Input::First, Op::Add, Input::Second);
        compute(sum.with(at(0x108).back()).with(number(value)))
    };
    let mut rig = Rig::new(&[]);
    rig.place(0x10, &[add(1)]);
    rig.place(0x20, &[double]);
    rig.place(0x30, &[add(100)]);
    rig.enter(&[(0x10, When::Every), (0x20, When::Even), (0x30, When::Odd)]);
    assert_eq!(rig.words(0x108, 4), [2, 103, 208, 309]);
    rig.enter(&[(0x20, When::Even), (0x10, When::Every)]);
    assert_eq!(rig.words(0x108, 1), [619]);
}

#[test]
fn registers_are_reset_for_a_frame_and_not_for_an_entry() {
    let to_register = Instruction::MoveToRegister {
        to: Register {
            number: 4,
            indirect: false,
        },
        from: number(5),
    };
    let mut rig = Rig::new(&[]);
    rig.place(0x10, std::slice::from_ref(&to_register));
    rig.place(0x20, &[Instruction::SetRbase(2)]);
    rig.enter(&[(0x20, When::Every), (0x10, When::Every)]);
    rig.run(1);
    assert_eq!(rig.dspp.read(0x10C), 5);
    rig.enter(&[(0x10, When::Every)]);
    rig.run(1);
    assert_eq!(rig.dspp.read(0x104), 5);
}

#[test]
fn a_program_that_never_sleeps_is_cut_off_and_that_is_kept() {
    let mut rig = Rig::new(&[]);
    rig.run(3);
    assert_eq!(rig.dspp.cut_off(), None);
    rig.place(0, &[Instruction::Jump(0)]);
    rig.run(10);
    assert_eq!(rig.dspp.cut_off(), Some(3));
    assert_eq!(rig.dspp.ticks_used(), MOST_TICKS);
    assert_eq!(rig.heard.len(), 13);
}

#[test]
fn noise_is_the_same_in_every_run_and_does_not_repeat() {
    let mut noise = Rig::new(&[copy(0x108, at(0xEA))]);
    let mut twin = Rig::new(&[copy(0x108, at(0xEA))]);
    let first = noise.words(0x108, 2000);
    assert_eq!(twin.words(0x108, 2000), first);
    assert_ne!(noise.words(0x108, 2000), first);
    let mean: i64 = first.iter().copied().map(i64::from).sum::<i64>() / 2000;
    assert!(mean.abs() < 2000, "{mean}");
}

#[test]
fn code_can_ask_for_time_and_frame() {
    let left = Compute::new(Input::First, Op::Subtract, Input::Second);
    let left = left.with(at(0x104)).with(at(0xEF)).with(at(0x108));
    let mut rig = Rig::new(&[
        Instruction::Nop,
        compute(left),
        copy(0x109, at(0x105)),
        copy(0x10A, at(0xEE)),
    ]);
    rig.frame = 0x1_0005;
    rig.run(2);
    let words = [0x108, 0x109, 0x10A, 0x302].map(|at| rig.dspp.read(at));
    assert_eq!(words, [5, 6, 9, 6]);
    rig.place(0, &[copy(0x3EF, number(100)), copy(0x108, at(0xEF))]);
    assert_eq!(rig.words(0x108, 1), [98]);
}

#[test]
fn a_program_may_put_out_itself() {
    let mut rig = Rig::new(&[copy(0x3FE, number(1000)), copy(0x3FF, number(-8))]);
    rig.run(1);
    assert_eq!(rig.heard, [[1000, -8]]);
}

#[test]
fn only_what_is_memory_keeps_words() {
    let mut dspp = Dspp::new();
    for at in 0..=u16::MAX {
        dspp.write(at, 0x5A5A);
    }
    let kept = |range: std::ops::Range<u16>| range.filter(|&at| dspp.read(at) == 0x5A5A).count();
    assert_eq!(kept(0..0x70), 0x70);
    assert_eq!(kept(0x70..0x100), 0);
    assert_eq!(kept(0x100..0x310), 0x210);
    assert_eq!(kept(0x310..u16::MAX), 0);
    // Code reads neither EO nor writes EI.
    let mut rig = Rig::new(&[
        copy(0x300, number(3)),
        copy(8, number(4)),
        copy(0x108, at(0x300)),
    ]);
    rig.run(1);
    assert_eq!([0x300, 8, 0x108].map(|at| rig.dspp.read(at)), [3, 0, 0]);
}

#[test]
fn code_that_is_too_long_is_left_out() {
    let mut dspp = Dspp::new();
    dspp.write_code(1022, &[1, 2, 3, 4]);
    assert_eq!(dspp.code(1020, 10), [0, 0, 1, 2]);
    dspp.write_code(u16::MAX, &[1]);
    assert_eq!(dspp.code(u16::MAX, u16::MAX), []);
    assert_eq!(dspp.code(0, 2), [0, 0]);
}
