//! The pixel processor and the projector by their documented values.

use super::*;
use crate::cels::processor::Math;

fn math(half: u16, flags: u32) -> Math {
    Math::new(half, Flags(flags))
}

#[test]
fn the_documented_modes() {
    let s_f = |half, flags, s, f| math(half, flags).component(s, 0, f);
    for s in 0..32 {
        for f in 0..32 {
            assert_eq!(s_f(0x1F40, 0, s, f), s);
            assert_eq!(s_f(0x1F81, 0, s, f), (s + f) >> 1);
            assert_eq!(s_f(0x1F80, ccb_flag::PXOR, s, f), s ^ f);
            assert_eq!(s_f(0x8F40, 0, s, f), (f * 4) >> 3);
            assert_eq!(s_f(0x9F81, 0, s, f), f);
            assert_eq!(s_f(0x1F7E, 0, s, f), 31);
            assert_eq!(s_f(0x1FC0, 0, s, f), (2 * s).min(31));
            assert_eq!(s_f(0x1300, 0, s, f), (s * 5) >> 3);
            assert_eq!(s_f(0x1F82, ccb_flag::USEAV, s, f), s.saturating_sub(f));
        }
    }
    assert_eq!(s_f(0x1F81, 0, 31, 16), 23);
    assert_eq!(s_f(0x8F40, 0, 0, 31), 15);
    assert_eq!(s_f(0x1300, 0, 31, 0), 19);
}

#[test]
fn the_multiplier_may_come_from_the_pixel() {
    // MS = 01: the alternate multiplier, divided by 8.
    assert_eq!(math(0x3300, 0).component(24, 4, 0), (24 * 5) >> 3);
    // MS = 10: the three high bits multiply, the two low ones divide.
    assert_eq!(math(0x4000, 0).component(0b0_0101, 0, 0), (5 * 2) >> 1);
    assert_eq!(math(0x4000, 0).component(0b0_1000, 0, 0), (8 * 3) >> 4);
    // MS = 11: the divider is PIXC's.
    assert_eq!(math(0x6300, 0).component(0b1_0101, 0, 0), (21 * 6) >> 3);
}

#[test]
fn the_constant_s_bits_as_controls() {
    let av = ccb_flag::USEAV;
    // Frame buffer halved, quartered, shifted by the low bits of the pixel.
    assert_eq!(math(0x1F90, av).component(1, 0, 20), 11);
    assert_eq!(math(0x1FA0, av).component(1, 0, 20), 6);
    assert_eq!(math(0x1FB0, av).component(3, 0, 24), 3 + (24 >> 3));
    // Without clamping sums wrap.
    assert_eq!(math(0x1F88, av).component(20, 0, 20), 8);
    assert_eq!(math(0x1F8A, av).component(5, 0, 9), 28);
    // Sign-extended: 31 is -1.
    assert_eq!(math(0x1F84, av).component(5, 0, 31), 4);
    // As a constant they are none.
    assert_eq!(math(0x1F90, 0).component(1, 0, 20), 21);
}

#[test]
fn the_p_mode_selects_the_half_of_pixc() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x0421, 0x8421, 0, 0]);
    let cel = Cel::new(2, 1).pixc(0x1FC0_1F40);
    rig.draw(&cel);
    assert_eq!((rig.pixel(0, 0), rig.pixel(1, 0)), (0x0421, 0x0842));
    rig.draw(&cel.clone().with(0x100));
    assert_eq!((rig.pixel(0, 0), rig.pixel(1, 0)), (0x0421, 0x0421));
    rig.draw(&cel.clone().with(0x180));
    assert_eq!((rig.pixel(0, 0), rig.pixel(1, 0)), (0x0842, 0x0842));
    rig.draw(&cel.with(0x080));
    assert_eq!((rig.pixel(0, 0), rig.pixel(1, 0)), (0x0421, 0x0842));
}

/// What is written for `pixel` under this CECONTROL.
fn written(control: u32, flags: u32, pixel: u16, fraction: i32) -> u16 {
    let mut rig = Rig::new();
    rig.job.control = control;
    rig.poke_halves(DATA, &[pixel]);
    let mut cel = Cel::new(1, 1).with(flags);
    cel.place[0] = fraction;
    rig.draw(&cel);
    rig.pixel(0, 0)
}

#[test]
fn bits_15_and_0_as_cecontrol_says() {
    let from_pixel = ccb_flag::PLUTPOS;
    assert_eq!(written(0x2000_0000, from_pixel, 0x9235, 0), 0x1235);
    assert_eq!(written(0x4000_0000, from_pixel, 0x1235, 0), 0x9234);
    assert_eq!(written(0x1000_0000, from_pixel, 0x1234, 0), 0x1235);
    assert_eq!(written(0xF000_0000, from_pixel, 0x9234, 0), 0x9234);
    assert_eq!(written(0xF000_0000, from_pixel, 0x1235, 0), 0x1235);
    assert_eq!(written(0xF800_0000, from_pixel, 0x9234, 0), 0x1235);
    // The position's fraction: X has H, Y has V.
    assert_eq!(written(0xF000_0000, 0, 0x9234, 0x8000), 0x1235);
    assert_eq!(written(0xF000_0000, 0, 0x9235, 0x7FFF), 0x1234);
    assert_eq!(written(DEFAULT_CONTROL, 0, 0x9235, 0), 0x1235);
}

#[test]
fn the_frame_buffer_s_bits_stay_where_it_is_the_primary_source() {
    let over = |pixc| {
        let mut rig = Rig::new();
        rig.job.control = 0xF140_0000;
        rig.set_pixel(0, 0, 0x8421);
        rig.poke_halves(DATA, &[0x0842]);
        rig.draw(&Cel::new(1, 1).pixc(pixc).with(ccb_flag::PLUTPOS));
        rig.pixel(0, 0)
    };
    assert_eq!(over(0x9F40_9F40), 0x8421);
    assert_eq!(over(PLAIN), 0x0842);
}

#[test]
fn the_lowest_bit_of_blue() {
    let pixel = |code: u32, source: u16| {
        let mut rig = Rig::new();
        rig.poke_halves(DATA, &[source]);
        let mut cel = Cel::new(1, 1);
        cel.pre[1] = cel.pre[1] & !0x3000 | code << 12;
        rig.draw(&cel);
        rig.pixel(0, 0)
    };
    assert_eq!(pixel(0, 0x0421), 0x0420);
    assert_eq!(pixel(1, 0x0421), 0x0421);
    assert_eq!(pixel(2, 0x0410), 0x0411);
    assert_eq!(pixel(2, 0x0401), 0x0400);
    assert_eq!(pixel(3, 0x0420), 0x0421);
    assert_eq!(pixel(3, 0x0401), 0x0400);
}

#[test]
fn transparency_is_decided_before_the_lowest_bit_of_blue_is_changed() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x0001]);
    let mut cel = Cel::new(1, 1).without(ccb_flag::BGND | ccb_flag::NOBLK);
    cel.pre[1] &= !0x3000;
    rig.draw(&cel);
    assert_eq!(rig.pixel(0, 0), 0x0400);
}

#[test]
fn another_read_buffer_is_read() {
    let mut rig = Rig::new();
    let other = SCREEN + 0x4_0000;
    // 32 columns there, 320 here.
    rig.job.registers = [0x1401, 239 << 16 | 319, other, SCREEN];
    rig.memory.set_half(other + 128 + 4, 0x7FFF);
    rig.draw(&Cel::new(1, 1).at(1, 2).pixc(0x1F81_1F81));
    assert_eq!(rig.pixel(1, 2), 0x3DEF);
}

#[test]
fn what_is_no_memory_reads_zero_and_is_not_written() {
    let mut rig = Rig::new();
    rig.job.registers[2] = 0x2F_FFF8;
    rig.job.registers[3] = 0x2F_FFF8;
    rig.poke_halves(DATA, &[0x7FFF; 8]);
    let report = rig.draw(&Cel::new(8, 1).pixc(0x1F81_1F81));
    assert_eq!((report.end, report.pixels), (CelEnd::Finished, 8));
    assert_eq!(rig.memory.half(0x2F_FFF8), Some(0x3DEF));
    assert_eq!(rig.memory.half(0x2F_FFFC), Some(0x3DEF));
}
