//! Decode order, encodings that mean the same, and what is reserved.

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
