//! Instructions survive being written and read, and words the reverse.

use super::*;
use proptest::prelude::*;

fn read(words: &[u16]) -> (Instruction, usize) {
    let mut used = 0;
    let instruction = Instruction::decode(|| {
        used += 1;
        words.get(used - 1).copied().unwrap_or(0)
    });
    (instruction, used)
}

fn shown(words: &[u16]) -> String {
    let (instruction, used) = read(words);
    assert_eq!(used, words.len(), "{instruction}");
    instruction.to_string()
}

proptest! {
    #[test]
    fn words_mean_the_same_when_they_have_been_read_and_written(words in any::<[u16; 5]>()) {
        let (first, used) = read(&words);
        let again = first.encode();
        prop_assert_eq!(again.len(), used);
        prop_assert_eq!(read(&again).0, first);
    }

    /// The operand forms and ALU fields have no bits without meaning but two.
    #[test]
    fn computations_come_back_bit_by_bit(head in 0_u16..0x8000, words in any::<[u16; 4]>()) {
        let mut words = words.map(|word| match word & 0xE000 {
            0x8000 => word & !0x1000,
            0xA000 if word & 0x400 == 0 => word & !0x13E0,
            _ => word,
        }).to_vec();
        words.insert(0, head);
        let (instruction, used) = read(&words);
        prop_assert_eq!(&instruction.encode()[..], &words[..used]);
    }
}

#[test]
fn every_control_word_is_read_as_the_sheet_has_it() {
    let cases = [
        (0x8000, Instruction::Nop),
        (0x8080, Instruction::JumpToAccumulator),
        (0x8105, Instruction::SetRbase(5)),
        (0x8187, Instruction::SetRmap(7)),
        (0x8200, Instruction::Return),
        (0x829F, Instruction::SetMask(31)),
        (0x8300, Instruction::Reserved),
        (0x8380, Instruction::Sleep),
        (0x8412, Instruction::Jump(0x12)),
        (0x8BFF, Instruction::Call(0x3FF)),
        (0x8C01, Instruction::JumpBack(1)),
    ];
    for (word, instruction) in cases {
        assert_eq!(read(&[word]), (instruction.clone(), 1));
        assert_eq!(instruction.encode(), [word]);
    }
}

#[test]
fn a_debugger_reads_what_the_code_does() {
    assert_eq!(
        shown(&[0x4627, 0x8906, 0x8110]),
        "[106] = acc = clip([106] + [110])"
    );
    let product = [0x7C80, 0x8106, 0x800C, 0x83FE];
    assert_eq!(shown(&product), "[3FE] = acc = logical [106] * [00C]");
    assert_eq!(shown(&[0x2470, 0x881A]), "[01A] = acc = [01A] - unit");
    assert_eq!(shown(&[0x9906, 0xC000]), "[106] = 0");
    assert_eq!(shown(&[0x9C00, 0x80ED]), "[[000]] = [0ED]");
    assert_eq!(shown(&[0x9BEF, 0xE800]), "[3EF] = 16384");
    assert_eq!(shown(&[0xC001 | 0x1000]), "if always: jump 001");
    assert_eq!(shown(&[0xEC1E]), "if greater: jump 01E");
    assert_eq!(shown(&[0xB408]), "if Z: jump 008");
}

#[test]
fn numbers_of_thirteen_bits_and_multiples_of_eight_are_operands() {
    for value in [0, 1, -1, 4095, -4096, 4096, -4104, 0x7FF8, i16::MIN] {
        let word = OperandWord::immediate(value).expect("an operand");
        let again = OperandWord::decode(word.encode());
        assert_eq!(again.first(), Place::Immediate(value as u16), "{value}");
    }
    assert_eq!(OperandWord::immediate(4097), None);
    assert_eq!(OperandWord::immediate(0x7FFF), None);
}

#[test]
fn the_operand_count_0_is_four_where_some_are_needed() {
    let nothing = Compute::new(Input::Accumulator, Op::A, Input::Accumulator);
    assert_eq!(nothing.given(), 0);
    // The product of two operands and a third one, to a fourth.
    let most = Compute::new(Input::Product, Op::Add, Input::First)
        .with(OperandWord::at(1))
        .with(OperandWord::at(2))
        .with(OperandWord::at(3))
        .with(OperandWord::at(0x100));
    assert_eq!((most.count, most.needed(), most.given()), (0, 3, 4));
    let words = Instruction::Compute(most.clone()).encode();
    assert_eq!(read(&words), (Instruction::Compute(most), 5));
}

#[test]
fn registers_are_where_map_and_base_say() {
    let at = |number, rmap, rbase| {
        let register = Register {
            number,
            indirect: false,
        };
        register.address(rmap, rbase)
    };
    // A block of four at 0x120: ((0x120 - 0x100) >> 2) ^ 1, times four.
    let base = (0x20 >> 2 ^ 1) << 2;
    assert_eq!(
        [4, 5, 6, 7].map(|r| at(r, 0, base)),
        [0x120, 0x121, 0x122, 0x123]
    );
    assert_eq!(
        [0, 3, 4, 8, 12].map(|r| at(r, 3, 0)),
        [0, 3, 0x104, 0x200, 0x304]
    );
    assert_eq!([0, 4, 8, 12].map(|r| at(r, 4, 0)), [0, 4, 0x300, 0x304]);
    assert_eq!(
        [0, 4, 8, 12].map(|r| at(r, 5, 0)),
        [0x100, 0x104, 0x200, 0x204]
    );
    assert_eq!([0, 4, 8, 12].map(|r| at(r, 6, 0)), [0, 4, 0x200, 0x304]);
    assert_eq!([0, 4, 8, 12].map(|r| at(r, 7, 0)), [0, 0x104, 0x300, 0x304]);
}

#[test]
fn comparisons_agree_with_numbers() {
    // Flags of a - b in four bits, and what numbers say.
    for (a, b) in (0..16_i32).flat_map(|a| (0..16).map(move |b| (a, b))) {
        let signed = |n: i32| if n >= 8 { n - 16 } else { n };
        let difference = signed((a - b) & 15);
        let flags = Flags {
            sum: difference << 28,
            overflow: signed(a) - signed(b) != difference,
            carry: a >= b,
        };
        let order = signed(a).cmp(&signed(b));
        assert_eq!(Condition::LESS.holds(flags), order.is_lt());
        assert_eq!(Condition::LESS_OR_EQUAL.holds(flags), order.is_le());
        assert_eq!(Condition::GREATER.holds(flags), order.is_gt());
        assert_eq!(Condition::GREATER_OR_EQUAL.holds(flags), order.is_ge());
        assert_eq!(Condition::HIGHER.holds(flags), a > b);
        assert_eq!(Condition::LOWER_OR_SAME.holds(flags), a <= b);
        assert_eq!(Condition::NO_CARRY.holds(flags), a < b);
        assert_eq!(Condition::ZERO.holds(flags), a == b);
        assert_eq!(Condition::NOT_ZERO.holds(flags), a != b);
        assert_eq!(Condition::ALL_ZERO.holds(flags), a == b);
        assert_eq!(Condition::NOT_ALL_ZERO.holds(flags), a != b);
    }
}

#[test]
fn all_zero_is_more_than_zero() {
    let flags = Flags {
        sum: 0x1000,
        ..Flags::default()
    };
    assert!(Condition::ZERO.holds(flags) && !Condition::ALL_ZERO.holds(flags));
    assert!(Condition::NOT_EXACT.holds(flags) && !Condition::EXACT.holds(flags));
    let nothing_selected = Condition {
        mode: Mode::Clear,
        ..Condition::ALL_ZERO
    };
    assert!(nothing_selected.holds(flags));
}
