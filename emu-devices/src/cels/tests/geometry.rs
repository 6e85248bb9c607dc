//! What quadrilaterals cover, which way round they go, and what is clipped.

use super::*;
use proptest::prelude::*;

/// An opaque rig whose pixels add 1 to what is there: each pixel counts how often it was hit.
fn counter(side: u32) -> (Rig, Cel) {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &vec![0x0421; (side * side) as usize]);
    (rig, Cel::new(side, side).pixc(0x1F80_1F80))
}

/// Draws and checks that nothing is hit twice and no row has a hole; how many were hit.
fn tiles(rig: &mut Rig, cel: &Cel) -> u32 {
    rig.draw(cel);
    let lit = rig.lit();
    assert!(
        lit.iter().all(|&(_, _, pixel)| pixel & 0x7FFF == 0x0421),
        "hit twice"
    );
    for pair in lit.windows(2) {
        let ((x, y, _), (next_x, next_y, _)) = (pair[0], pair[1]);
        assert!(y != next_y || next_x == x + 1, "a hole in row {y}");
    }
    lit.len() as u32
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Steps of at least about two pixels, so that no truncated source pixel is twisted.
    #[test]
    fn the_source_pixels_of_a_slanted_cel_tile(
        x in 90 << 16..110 << 16_i32,
        y in 60 << 16..80 << 16_i32,
        hdx in 0x1_8000..0x4_0000_i32,
        hdy in -0xC000..0xC000_i32,
        vdx in -0xC000..0xC000_i32,
        vdy in 0x1_8000..0x4_0000_i32,
        mirrored: bool,
    ) {
        let (mut rig, mut cel) = counter(16);
        let sign = if mirrored { -1 } else { 1 };
        cel.place = [x, y, sign * (hdx << 4), hdy << 4, vdx, vdy, 0, 0];
        let count = i64::from(tiles(&mut rig, &cel));
        let wide = |a: i32, b: i32| i64::from(a) * i64::from(b);
        let area = ((wide(sign * hdx, vdy) - wide(hdy, vdx)).abs() * 256) >> 32;
        let border = (i64::from(hdx + hdy.abs() + vdy + vdx.abs()) * 32) >> 16;
        prop_assert!((count - area).abs() <= border, "{} pixels, area {}", count, area);
    }
}

#[test]
fn a_cel_in_perspective_tiles() {
    let (mut rig, mut cel) = counter(16);
    cel.place = [
        100 << 16,
        20 << 16,
        3 << 20,
        1 << 18,
        -0x8000,
        5 << 16,
        1 << 16,
        1 << 14,
    ];
    let expected = tiles(&mut rig, &cel);
    assert!(expected > 16 * 16 * 14);
}

/// A white pixel with these sides: (HDX, HDY, VDX, VDY) in whole pixels.
fn one(flags: u32, sides: [i32; 4]) -> Vec<(u32, u32)> {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF]);
    let mut cel = Cel::new(1, 1)
        .at(50, 50)
        .without(ccb_flag::ACW | ccb_flag::ACCW);
    let [hdx, hdy, vdx, vdy] = sides;
    cel.place[2..6].copy_from_slice(&[hdx << 20, hdy << 20, vdx << 16, vdy << 16]);
    rig.draw(&cel.with(flags));
    rig.places()
}

#[test]
fn a_pixel_is_drawn_if_its_turn_is_enabled() {
    let clockwise = [2, 0, 0, 2];
    let counter = [-2, 0, 0, 2];
    for (sides, own, other) in [
        (clockwise, ccb_flag::ACW, ccb_flag::ACCW),
        (counter, ccb_flag::ACCW, ccb_flag::ACW),
    ] {
        assert_eq!(one(own, sides).len(), 4);
        assert_eq!(one(own | other, sides).len(), 4);
        assert_eq!(one(other, sides), []);
        assert_eq!(one(0, sides), []);
    }
}

#[test]
fn edges_are_cut_towards_zero() {
    // Mirror images of each other about the column of the upper corner.
    let right = one(ccb_flag::ACW | ccb_flag::ACCW, [1, 0, 3, 4]);
    let left = one(ccb_flag::ACW | ccb_flag::ACCW, [1, 0, -3, 4]);
    assert_eq!(right, [(50, 50), (50, 51), (51, 52), (52, 53)]);
    assert_eq!(left, [(50, 50), (50, 51), (49, 52), (48, 53)]);
}

#[test]
fn a_turned_cel_swaps_columns_and_rows() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[1, 2, 0, 0, 3, 4]);
    let mut cel = Cel::new(2, 2).at(10, 10);
    cel.place[2..6].copy_from_slice(&[0, UNIT_H, -UNIT_V, 0]);
    rig.draw(&cel);
    let expected = [(8, 10, 3), (9, 10, 1), (8, 11, 4), (9, 11, 2)];
    assert_eq!(rig.lit(), expected);
}

#[test]
fn degenerate_quadrilaterals_cover_nothing() {
    let both = ccb_flag::ACW | ccb_flag::ACCW;
    for sides in [
        [0; 4],
        [5, 0, 0, 0],
        [0, 0, 0, 5],
        [5, 5, 5, 5],
        [3, 0, 7, 0],
    ] {
        assert_eq!(one(both, sides), [], "{sides:?}");
    }
}

/// Two rows of one pixel whose second row is twisted: HDX goes from 4 to -4 in it.
fn twisted(flags: u32) -> Vec<(u32, u32)> {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF]);
    let mut cel = Cel::new(1, 1)
        .at(50, 50)
        .without(ccb_flag::ACW | ccb_flag::ACCW);
    cel.place = [
        50 << 16,
        50 << 16,
        8 << 20,
        0,
        4 << 16,
        8 << 16,
        -(8 << 20),
        0,
    ];
    cel.place[6] = -(16 << 20);
    rig.draw(&cel.with(flags));
    rig.places()
}

#[test]
fn the_two_halves_of_a_twisted_pixel_turn_either_way() {
    let all = twisted(ccb_flag::ACW | ccb_flag::ACCW);
    let one = twisted(ccb_flag::ACW);
    let other = twisted(ccb_flag::ACCW);
    assert!(!one.is_empty() && !other.is_empty());
    let mut sum = [one, other].concat();
    sum.sort_by_key(|&(x, y)| (y, x));
    assert_eq!(sum, all);
}

#[test]
fn twd_gives_up_a_cel_that_begins_the_wrong_way_round() {
    let run = |flags: u32, hdx: i32| {
        let mut rig = Rig::new();
        rig.poke_halves(DATA, &[0x7FFF; 8]);
        let cel = Cel::new(1, 4).at(50, 50).without(ccb_flag::ACCW);
        let mut cel = cel.with(ccb_flag::TWD | flags).scaled(hdx, UNIT_V);
        // From row to row it turns from counter-clockwise to clockwise.
        cel.place[6] = UNIT_H;
        rig.draw(&cel).pixels
    };
    assert_eq!(run(0, -2 * UNIT_H), 0);
    assert!(run(ccb_flag::ACCW, -2 * UNIT_H) > 0);
    // Without area there is no wrong way.
    assert!(run(0, 0) > 0);
}

#[test]
fn without_region_fill_a_source_pixel_is_one_pixel() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[1, 2, 0, 0, 3, 4]);
    let cel = Cel::new(2, 2).at(10, 10).with(ccb_flag::MARIA);
    rig.draw(&cel.clone().scaled(3 * UNIT_H, 2 * UNIT_V));
    let expected = [(10, 10, 1), (13, 10, 2), (10, 12, 3), (13, 12, 4)];
    assert_eq!(rig.lit(), expected);
    // At unit scale it changes nothing, mirrored or not.
    for (hdx, vdy) in [(1, 1), (-1, 1), (1, -1), (-1, -1)] {
        let scaled = cel.clone().scaled(hdx * UNIT_H, vdy * UNIT_V);
        let mut single = Rig::new();
        single.poke_halves(DATA, &[1, 2, 0, 0, 3, 4]);
        let mut filled = single.clone();
        single.draw(&scaled);
        filled.draw(&scaled.without(ccb_flag::MARIA));
        assert_eq!(single.lit(), filled.lit());
    }
}

#[test]
fn pixels_outside_the_clip_are_not_written() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF; 64]);
    rig.job.registers[1] = 3 << 16 | 5;
    let report = rig.draw(&Cel::new(8, 8).at(-2, -2));
    assert_eq!(report.pixels, 6 * 4);
    assert_eq!(rig.places().last(), Some(&(5, 3)));
}

#[test]
fn cels_may_be_drawn_to_dram() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF]);
    rig.job.registers = [0x0101, 31 << 16 | 31, 0x8_0000, 0x8_0000];
    rig.draw(&Cel::new(1, 1).at(1, 3));
    assert_eq!(rig.memory.half(0x8_0000 + 128 + 4 + 2), Some(0x7FFF));
}
