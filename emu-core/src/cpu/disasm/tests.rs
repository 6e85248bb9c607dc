//! Words and texts for every kind of instruction; properties of every text.
//!
//! The words are GNU as's for these texts (`-mcpu=arm60`, its divided syntax), save those it
//! has no text for: NV, bits that mean nothing, and what it refuses to assemble.

use super::super::decode::{Operation, decode};
use super::disasm;
use proptest::prelude::*;

/// Disassembles at 0x1000 and compares.
fn check(table: &[(u32, &str)]) {
    for &(word, text) in table {
        assert_eq!(disasm(0x1000, word), text, "{word:08x}");
    }
}

#[test]
fn every_condition_follows_the_operation() {
    check(&[
        (0x01A0_0001, "moveq r0, r1"),
        (0x11A0_0001, "movne r0, r1"),
        (0x21A0_0001, "movcs r0, r1"),
        (0x31A0_0001, "movcc r0, r1"),
        (0x41A0_0001, "movmi r0, r1"),
        (0x51A0_0001, "movpl r0, r1"),
        (0x61A0_0001, "movvs r0, r1"),
        (0x71A0_0001, "movvc r0, r1"),
        (0x81A0_0001, "movhi r0, r1"),
        (0x91A0_0001, "movls r0, r1"),
        (0xA1A0_0001, "movge r0, r1"),
        (0xB1A0_0001, "movlt r0, r1"),
        (0xC1A0_0001, "movgt r0, r1"),
        (0xD1A0_0001, "movle r0, r1"),
        (0xE1A0_0001, "mov r0, r1"),
        (0xF1A0_0001, "movnv r0, r1"),
    ]);
}

#[test]
fn the_condition_goes_before_every_other_suffix() {
    check(&[
        (0x0091_0002, "addeqs r0, r1, r2"),
        (0x13B0_0000, "movnes r0, #0"),
        (0x4010_0291, "mulmis r0, r1, r2"),
        (0x6030_3291, "mlavss r0, r1, r2, r3"),
        (0x0142_0091, "swpeqb r0, r1, [r2]"),
        (0x05D1_0000, "ldreqb r0, [r1]"),
        (0x15C1_0000, "strneb r0, [r1]"),
        (0x24B1_0004, "ldrcst r0, [r1], #4"),
        (0x34A1_0004, "strcct r0, [r1], #4"),
        (0x54F1_0004, "ldrplbt r0, [r1], #4"),
        (0x94E1_0004, "strlsbt r0, [r1], #4"),
        (0x0330_F000, "teqeqp r0, #0"),
        (0xB151_F002, "cmpltp r1, r2"),
        (0x08FD_8010, "ldmeqfd sp!, {r4, pc}^"),
        (0x18A1_000C, "stmneia r1!, {r2, r3}"),
        (0x0BFF_FFFE, "bleq 0x1000"),
        (0xBBFF_FFFE, "bllt 0x1000"),
        (0xDAFF_FFFE, "ble 0x1000"),
        (0xBAFF_FFFE, "blt 0x1000"),
        (0x8F00_0001, "swihi 0x1"),
        (0xA10F_0000, "mrsge r0, cpsr"),
        (0xC129_F000, "msrgt cpsr_all, r0"),
    ]);
}

#[test]
fn data_processing() {
    check(&[
        (0xE001_0002, "and r0, r1, r2"),
        (0xE021_0002, "eor r0, r1, r2"),
        (0xE041_0002, "sub r0, r1, r2"),
        (0xE061_0002, "rsb r0, r1, r2"),
        (0xE081_0002, "add r0, r1, r2"),
        (0xE0A1_0002, "adc r0, r1, r2"),
        (0xE0C1_0002, "sbc r0, r1, r2"),
        (0xE0E1_0002, "rsc r0, r1, r2"),
        (0xE181_0002, "orr r0, r1, r2"),
        (0xE1C1_0002, "bic r0, r1, r2"),
        (0xE21B_A001, "ands r10, r11, #1"),
        (0xE23B_A001, "eors r10, r11, #1"),
        (0xE25B_A001, "subs r10, r11, #1"),
        (0xE27B_A001, "rsbs r10, r11, #1"),
        (0xE29B_A001, "adds r10, r11, #1"),
        (0xE2BB_A001, "adcs r10, r11, #1"),
        (0xE2DB_A001, "sbcs r10, r11, #1"),
        (0xE2FB_A001, "rscs r10, r11, #1"),
        (0xE39B_A001, "orrs r10, r11, #1"),
        (0xE3DB_A001, "bics r10, r11, #1"),
        (0xE1A0_C00D, "mov r12, sp"),
        (0xE1B0_F00E, "movs pc, lr"),
        (0xE1E0_0001, "mvn r0, r1"),
        (0xE3F0_0000, "mvns r0, #0"),
    ]);
}

#[test]
fn comparisons_have_no_destination_and_no_s() {
    check(&[
        (0xE111_0002, "tst r1, r2"),
        (0xE131_0002, "teq r1, r2"),
        (0xE151_0002, "cmp r1, r2"),
        (0xE171_0002, "cmn r1, r2"),
        (0xE311_F000, "tstp r1, #0"),
        (0xE331_F000, "teqp r1, #0"),
        (0xE351_F000, "cmpp r1, #0"),
        (0xE371_F000, "cmnp r1, #0"),
        (0xE33F_F3C2, "teqp pc, #134217731 @ 0x8000003"),
        (0xE151_F312, "cmpp r1, r2, lsl r3"),
    ]);
}

#[test]
fn shifts_are_operands() {
    check(&[
        (0xE1A0_0001, "mov r0, r1"),
        (0xE1A0_0081, "mov r0, r1, lsl #1"),
        (0xE1A0_0F81, "mov r0, r1, lsl #31"),
        (0xE1A0_0211, "mov r0, r1, lsl r2"),
        (0xE1A0_00A1, "mov r0, r1, lsr #1"),
        (0xE1A0_0FA1, "mov r0, r1, lsr #31"),
        (0xE1A0_0021, "mov r0, r1, lsr #32"),
        (0xE1A0_0231, "mov r0, r1, lsr r2"),
        (0xE1A0_00C1, "mov r0, r1, asr #1"),
        (0xE1A0_0FC1, "mov r0, r1, asr #31"),
        (0xE1A0_0041, "mov r0, r1, asr #32"),
        (0xE1A0_0251, "mov r0, r1, asr r2"),
        (0xE1A0_00E1, "mov r0, r1, ror #1"),
        (0xE1A0_0FE1, "mov r0, r1, ror #31"),
        (0xE1A0_0271, "mov r0, r1, ror r2"),
        (0xE1A0_0061, "mov r0, r1, rrx"),
        (0xE1B0_0061, "movs r0, r1, rrx"),
        (0x11B0_0181, "movnes r0, r1, lsl #3"),
        (0xE1E0_0041, "mvn r0, r1, asr #32"),
        (0xE081_0022, "add r0, r1, r2, lsr #32"),
        (0xE0B1_0062, "adcs r0, r1, r2, rrx"),
        (0xE021_0372, "eor r0, r1, r2, ror r3"),
        (0xE150_0101, "cmp r0, r1, lsl #2"),
        (0xE110_0061, "tst r0, r1, rrx"),
        (0x308F_F100, "addcc pc, pc, r0, lsl #2"),
        (0xE081_0F5F, "add r0, r1, pc, asr pc"),
    ]);
}

#[test]
fn immediates_are_the_numbers_they_stand_for() {
    check(&[
        (0xE3A0_0000, "mov r0, #0"),
        (0xE3A0_0020, "mov r0, #32"),
        (0xE3A0_00FF, "mov r0, #255 @ 0xff"),
        (0xE3A0_0C01, "mov r0, #256 @ 0x100"),
        (0xE3A0_04FF, "mov r0, #-16777216 @ 0xff000000"),
        (0xE3A0_020F, "mov r0, #-268435456 @ 0xf0000000"),
        (0xE3A0_0102, "mov r0, #-2147483648 @ 0x80000000"),
        (0xE3A0_0F01, "mov r0, #1, 30"),
        (0xE3A0_0D10, "mov r0, #16, 26"),
        (0xE3A0_0100, "mov r0, #0, 2"),
        (0xE28F_0008, "add r0, pc, #8"),
        (0xE3C0_010F, "bic r0, r0, #-1073741821 @ 0xc0000003"),
        (0xE3A0_0021, "mov r0, #33 @ 0x21"),
        (0xE350_0FF0, "cmp r0, #240, 30"),
    ]);
}

#[test]
fn multiplications_and_swaps() {
    check(&[
        (0xE000_0291, "mul r0, r1, r2"),
        (0xE013_0594, "muls r3, r4, r5"),
        (0xE020_3291, "mla r0, r1, r2, r3"),
        (0xE030_3291, "mlas r0, r1, r2, r3"),
        (0xE02C_EA9B, "mla r12, r11, r10, lr"),
        (0xE102_0091, "swp r0, r1, [r2]"),
        (0xE14D_0091, "swpb r0, r1, [sp]"),
    ]);
}

#[test]
fn status_registers() {
    check(&[
        (0xE10F_0000, "mrs r0, cpsr"),
        (0xE14F_A000, "mrs r10, spsr"),
        (0xE129_F000, "msr cpsr_all, r0"),
        (0xE128_F000, "msr cpsr_flg, r0"),
        (0xE121_F000, "msr cpsr_ctl, r0"),
        (0xE169_F000, "msr spsr_all, r0"),
        (0xE168_F000, "msr spsr_flg, r0"),
        (0xE161_F000, "msr spsr_ctl, r0"),
        (0xE328_F20F, "msr cpsr_flg, #-268435456 @ 0xf0000000"),
        (0xE368_F000, "msr spsr_flg, #0"),
        (0xE321_F013, "msr cpsr_ctl, #19"),
        (0xE329_F000, "msr cpsr_all, #0"),
        (0xE369_F000, "msr spsr_all, #0"),
        (0xE361_F010, "msr spsr_ctl, #16"),
        (0xE127_F000, "msr cpsr_ctl, r0"),
        (0xE12F_F000, "msr cpsr_all, r0"),
    ]);
}

#[test]
fn loads_and_stores_in_every_addressing_mode() {
    check(&[
        (0xE591_0000, "ldr r0, [r1]"),
        (0xE581_0000, "str r0, [r1]"),
        (0xE5D1_0000, "ldrb r0, [r1]"),
        (0xE5C1_0000, "strb r0, [r1]"),
        (0xE591_0004, "ldr r0, [r1, #4]"),
        (0xE511_0004, "ldr r0, [r1, #-4]"),
        (0xE591_0FFF, "ldr r0, [r1, #4095]"),
        (0xE501_0FFF, "str r0, [r1, #-4095]"),
        (0xE5B1_0004, "ldr r0, [r1, #4]!"),
        (0xE52D_0004, "str r0, [sp, #-4]!"),
        (0xE491_0004, "ldr r0, [r1], #4"),
        (0xE49D_0004, "ldr r0, [sp], #4"),
        (0xE451_0004, "ldrb r0, [r1], #-4"),
        (0xE791_0002, "ldr r0, [r1, r2]"),
        (0xE711_0002, "ldr r0, [r1, -r2]"),
        (0xE791_0182, "ldr r0, [r1, r2, lsl #3]"),
        (0xE711_0022, "ldr r0, [r1, -r2, lsr #32]"),
        (0xE791_0042, "ldr r0, [r1, r2, asr #32]"),
        (0xE711_01E2, "ldr r0, [r1, -r2, ror #3]"),
        (0xE791_0062, "ldr r0, [r1, r2, rrx]"),
        (0xE7A1_0002, "str r0, [r1, r2]!"),
        (0xE721_00C2, "str r0, [r1, -r2, asr #1]!"),
        (0xE691_0002, "ldr r0, [r1], r2"),
        (0xE641_0F82, "strb r0, [r1], -r2, lsl #31"),
        (0xE4B1_0004, "ldrt r0, [r1], #4"),
        (0xE421_0004, "strt r0, [r1], #-4"),
        (0xE6F1_0002, "ldrbt r0, [r1], r2"),
        (0xE661_0182, "strbt r0, [r1], -r2, lsl #3"),
        (0xE79C_F100, "ldr pc, [r12, r0, lsl #2]"),
        (0xE5B1_0000, "ldr r0, [r1, #0]!"),
        (0xE491_0000, "ldr r0, [r1], #0"),
        (0xE511_0000, "ldr r0, [r1, #-0]"),
        (0xE411_0000, "ldr r0, [r1], #-0"),
        (0xE4B1_0000, "ldrt r0, [r1], #0"),
    ]);
}

#[test]
fn an_offset_from_the_program_counter_names_the_address() {
    check(&[
        (0xE59F_0008, "ldr r0, [pc, #8] @ 0x1010"),
        (0xE50F_000C, "str r0, [pc, #-12] @ 0xffc"),
        (0xE5DF_0FFF, "ldrb r0, [pc, #4095] @ 0x2007"),
        (0xE79F_0001, "ldr r0, [pc, r1]"),
        (0xE5BF_0004, "ldr r0, [pc, #4]!"),
        (0xE49F_0004, "ldr r0, [pc], #4"),
        (0xE59F_0000, "ldr r0, [pc] @ 0x1008"),
        (0xE51F_0008, "ldr r0, [pc, #-8] @ 0x1000"),
    ]);
}

#[test]
fn block_transfers_with_base_sp_are_called_by_the_stack_and_others_by_the_address() {
    check(&[
        (0xE8BD_4010, "ldmfd sp!, {r4, lr}"),
        (0xE9BD_4010, "ldmed sp!, {r4, lr}"),
        (0xE83D_4010, "ldmfa sp!, {r4, lr}"),
        (0xE93D_4010, "ldmea sp!, {r4, lr}"),
        (0xE92D_4010, "stmfd sp!, {r4, lr}"),
        (0xE82D_4010, "stmed sp!, {r4, lr}"),
        (0xE9AD_4010, "stmfa sp!, {r4, lr}"),
        (0xE8AD_4010, "stmea sp!, {r4, lr}"),
        (0xE8B1_4010, "ldmia r1!, {r4, lr}"),
        (0xE9B1_4010, "ldmib r1!, {r4, lr}"),
        (0xE831_4010, "ldmda r1!, {r4, lr}"),
        (0xE931_4010, "ldmdb r1!, {r4, lr}"),
        (0xE8A1_4010, "stmia r1!, {r4, lr}"),
        (0xE9A1_4010, "stmib r1!, {r4, lr}"),
        (0xE821_4010, "stmda r1!, {r4, lr}"),
        (0xE921_4010, "stmdb r1!, {r4, lr}"),
        (0xE92D_0010, "stmfd sp!, {r4}"),
        (0xE8BD_0010, "ldmfd sp!, {r4}"),
        (0xE89D_8001, "ldmfd sp, {r0, pc}"),
        (0xE91D_8002, "ldmea sp, {r1, pc}"),
        (0xE84D_0006, "stmed sp, {r1, r2}^"),
        (0xE8FD_0018, "ldmfd sp!, {r3, r4}^"),
        (
            0xE891_FFFF,
            "ldmia r1, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, sp, lr, pc}",
        ),
        (0xE9D1_0018, "ldmib r1, {r3, r4}^"),
        (0xE841_0018, "stmda r1, {r3, r4}^"),
        (0xE880_0018, "stmia r0, {r3, r4}"),
        (0xE91B_A800, "ldmdb r11, {r11, sp, pc}"),
        (0xE95B_8010, "ldmdb r11, {r4, pc}^"),
        (0xE891_0000, "ldmia r1, {}"),
        (0xE92D_0000, "stmfd sp!, {}"),
        (0xE8E1_0001, "stmia r1!, {r0}^"),
    ]);
}

#[test]
fn branches_name_their_target() {
    check(&[
        (0xEAFF_FFFE, "b 0x1000"),
        (0xEBFF_FFFE, "bl 0x1000"),
        (0x1BFF_FFFC, "blne 0xff8"),
        (0xEA00_0000, "b 0x1008"),
        (0x0A7F_FFFF, "beq 0x2001004"),
        (0xEA80_0000, "b 0xfe001008"),
        (0xDAFF_FFFE, "ble 0x1000"),
        (0xBAFF_FFFE, "blt 0x1000"),
        (0x9BFF_FFFE, "blls 0x1000"),
    ]);
}

#[test]
fn software_interrupts_are_swi() {
    check(&[
        (0xEF01_0018, "swi 0x10018"),
        (0xEF00_0000, "swi 0x0"),
        (0x0F00_0010, "swieq 0x10"),
        (0xEFFF_FFFF, "swi 0xffffff"),
    ]);
}

#[test]
fn never_is_a_condition() {
    check(&[
        (0xF081_0002, "addnv r0, r1, r2"),
        (0xF091_0002, "addnvs r0, r1, r2"),
        (0xF3A0_0E00, "movnv r0, #0, 28"),
        (0xF330_F000, "teqnvp r0, #0"),
        (0xF000_0291, "mulnv r0, r1, r2"),
        (0xF142_0091, "swpnvb r0, r1, [r2]"),
        (0xF10F_0000, "mrsnv r0, cpsr"),
        (0xF129_F000, "msrnv cpsr_all, r0"),
        (0xF5D1_0000, "ldrnvb r0, [r1]"),
        (0xF4F1_0004, "ldrnvbt r0, [r1], #4"),
        (0xF8BD_8010, "ldmnvfd sp!, {r4, pc}"),
        (0xFAFF_FFFE, "bnv 0x1000"),
        (0xFBFF_FFFE, "blnv 0x1000"),
        (0xFF01_0018, "swinv 0x10018"),
    ]);
}

#[test]
fn other_words_are_data_with_the_newer_name() {
    check(&[
        (0xE081_2392, ".word 0xe0812392 @ undefined; UMULL (ARMv3M)"),
        (0xE1D1_00B0, ".word 0xe1d100b0 @ undefined; LDRH (ARMv4)"),
        (0xE12F_FF10, ".word 0xe12fff10 @ undefined; BX (ARMv4T)"),
        (0x016F_0F11, ".word 0x016f0f11 @ undefined; CLZ (ARMv5)"),
        (0xE300_0001, ".word 0xe3000001 @ undefined; MOVW (ARMv6T2)"),
        (
            0xE7F0_00F0,
            ".word 0xe7f000f0 @ undefined; media instruction (ARMv6)",
        ),
        (0xE120_0000, ".word 0xe1200000 @ undefined instruction"),
        (
            0xEE01_0F10,
            ".word 0xee010f10 @ coprocessor instruction: none is fitted",
        ),
        (0xF081_2392, ".word 0xf0812392 @ never executed"),
        (0xFE01_0F10, ".word 0xfe010f10 @ never executed"),
        (0xF7F0_00F0, ".word 0xf7f000f0 @ never executed"),
    ]);
}

/// What holds for the text of any word at any address.
fn assert_well_formed(addr: u32, word: u32) {
    let instr = decode(word);
    let text = disasm(addr, word);
    let code = text.split(" @ ").next().unwrap_or_default();
    let (mnemonic, operands) = code.split_once(' ').expect("operands");
    assert!(!code.contains("  ") && !code.ends_with(' '), "{text}");
    assert!(!code.contains(|c: char| c.is_ascii_uppercase()), "{text}");
    for (at, _) in operands.match_indices(',') {
        assert!(operands[at + 1..].starts_with(' '), "{text}");
    }
    let stem = match instr.operation {
        Operation::Undefined(_) => {
            assert_eq!(code, format!(".word 0x{word:08x}"));
            assert_ne!(code, text, "a comment says why");
            return;
        }
        Operation::Branch { link: false, .. } => 1,
        Operation::Branch { link: true, .. } => 2,
        _ => 3,
    };
    let (_, rest) = mnemonic.split_at(stem);
    let suffix = rest.strip_prefix(instr.cond.suffix());
    let suffixes = [
        "", "s", "p", "b", "t", "bt", "fd", "ed", "fa", "ea", "ia", "ib", "da", "db",
    ];
    assert!(suffix.is_some_and(|s| suffixes.contains(&s)), "{text}");
}

#[test]
fn every_pattern_of_operation_bits_has_a_text() {
    for cond in [0x0, 0xE, 0xF] {
        for high in 0..0x100 {
            for middle in 0..0x10 {
                for operands in [0, 0x000F_FF0F, 0x000F_0000, 0x0000_F000, 0x0001_2304] {
                    let word = cond << 28 | high << 20 | middle << 4 | operands;
                    assert_well_formed(0xFFFF_FFFC, word);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn any_word_at_any_address_has_a_text(addr: u32, word: u32) {
        assert_well_formed(addr, word);
    }
}
