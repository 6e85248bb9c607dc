//! The test vectors of graphics sheet 7.

use super::*;
use crate::cels::canvas::Canvas;

const FOUR: [u16; 6] = [0x1111, 0x2222, 0, 0, 0x3333, 0x4444];

/// A rig with the 2 x 2 pixels above; rows are 8 bytes apart.
fn two_by_two() -> (Rig, Cel) {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &FOUR);
    (rig, Cel::new(2, 2).with(ccb_flag::PLUTPOS))
}

#[test]
fn left_right_offsets() {
    let canvas = Canvas::new(&Rig::new().job);
    let offsets = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (319, 239)]
        .map(|(x, y)| canvas.write.address(x, y) - SCREEN);
    assert_eq!(offsets, [0, 2, 4, 6, 1280, 153_598]);
}

#[test]
fn a_small_cel_keeps_its_order() {
    let (mut rig, cel) = two_by_two();
    let report = rig.draw(&cel.at(3, 4));
    assert_eq!((report.pixels, report.cels), (4, 1));
    let expected = [
        (3, 4, 0x1111),
        (4, 4, 0x2222),
        (3, 5, 0x3333),
        (4, 5, 0x4444),
    ];
    assert_eq!(rig.lit(), expected);
}

#[test]
fn a_mirrored_cel_covers_the_columns_left_of_its_position() {
    let (mut rig, cel) = two_by_two();
    rig.draw(&cel.at(3, 4).scaled(-UNIT_H, UNIT_V));
    let expected = [
        (1, 4, 0x2222),
        (2, 4, 0x1111),
        (1, 5, 0x4444),
        (2, 5, 0x3333),
    ];
    assert_eq!(rig.lit(), expected);
}

#[test]
fn a_scaled_cel_is_squares() {
    let (mut rig, cel) = two_by_two();
    let report = rig.draw(&cel.at(3, 4).scaled(3 * UNIT_H, 3 * UNIT_V));
    assert_eq!(report.pixels, 36);
    for (x, y, pixel) in rig.lit() {
        let (column, row) = ((x - 3) / 3, (y - 4) / 3);
        assert_eq!(pixel, FOUR[(row * 4 + column) as usize], "{x} {y}");
    }
}

#[test]
fn half_the_size_shows_the_second_of_two() {
    let (mut rig, cel) = two_by_two();
    rig.draw(&cel.at(3, 4).scaled(UNIT_H / 2, UNIT_V / 2));
    assert_eq!(rig.lit(), [(3, 4, 0x4444)]);
}

/// What a pixel of colour 0 with these flags leaves of 0x1234.
fn zero_over(flags: u32) -> u16 {
    let mut rig = Rig::new();
    rig.set_pixel(0, 0, 0x1234);
    let cel = Cel::new(1, 1).without(ccb_flag::BGND | ccb_flag::NOBLK);
    rig.draw(&cel.with(flags));
    rig.pixel(0, 0)
}

#[test]
fn colour_zero_is_transparent_or_nearly_black_or_black() {
    assert_eq!(zero_over(0), 0x1234);
    assert_eq!(zero_over(ccb_flag::BGND), 0x0400);
    assert_eq!(zero_over(ccb_flag::BGND | ccb_flag::NOBLK), 0);
}

#[test]
fn an_average_with_white() {
    let mut rig = Rig::new();
    rig.set_pixel(0, 0, 0x7FFF);
    rig.draw(&Cel::new(1, 1).pixc(0x1F81_1F81));
    assert_eq!(rig.pixel(0, 0), 0x3DEF);
}

#[test]
fn a_packed_row_of_bytes() {
    let mut rig = Rig::new();
    let plut: Vec<u16> = (0..32).map(|n| 0x100 + n).collect();
    rig.poke_halves(PLUT, &plut);
    let row = [0x00, 0x01, 0x41, 0xAA, 0xBB, 0x83, 0xC2, 0xCC, 0, 0, 0, 0];
    rig.poke_bytes(DATA, &row);
    let mut cel = Cel::new(1, 1).with(ccb_flag::PACKED | ccb_flag::LDPLUT);
    cel.pre[0] = 5;
    let report = rig.draw(&cel.without(ccb_flag::BGND));
    assert_eq!(report.pixels, 5);
    // Control PDCLSB 01 keeps bit 0; indices are the five low bits.
    let expected = [
        (0, 0, 0x10A),
        (1, 0, 0x11B),
        (6, 0, 0x10C),
        (7, 0, 0x10C),
        (8, 0, 0x10C),
    ];
    assert_eq!(rig.lit(), expected);
}

/// One white pixel mapped onto a rectangle, as the folio fills it.
fn rectangle(left: i32, top: i32, right: i32, bottom: i32) -> Rig {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF]);
    let (wide, high) = (right + 1 - left, bottom + 1 - top);
    rig.draw(&Cel::new(1, 1).at(left, top).scaled(wide << 20, high << 16));
    rig
}

#[test]
fn a_filled_rectangle_has_its_right_and_bottom_edge() {
    assert_eq!(rectangle(0, 0, 0, 0).lit(), [(0, 0, 0x7FFF)]);
    let row = rectangle(10, 11, 12, 11);
    assert_eq!(row.lit().len(), 3);
    for offset in [6442, 6446, 6450] {
        assert_eq!(row.memory.half(SCREEN + offset), Some(0x7FFF));
    }
}

/// A line as the folio maps it: from its upper end, one pixel a column or one a row.
fn line(dx: i32, dy: i32) -> (Rig, CelReport) {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF]);
    let (x, y) = if dy < 0 {
        (100 + dx, 100 + dy)
    } else {
        (100, 100)
    };
    let (dx, dy) = if dy < 0 { (-dx, -dy) } else { (dx, dy) };
    let along = (if dx < 0 { dx - 1 } else { dx + 1 }, dy + 1);
    let (x, across) = if dx.abs() >= dy {
        (x + i32::from(dx < 0), (0, -1))
    } else {
        (x, (1, 0))
    };
    let mut cel = Cel::new(1, 1).at(x, y);
    cel.place[2..4].copy_from_slice(&[across.0 << 20, across.1 << 20]);
    cel.place[4..6].copy_from_slice(&[along.0 << 16, along.1 << 16]);
    let report = rig.draw(&cel);
    (rig, report)
}

#[test]
fn a_line_has_both_ends_and_one_pixel_a_step_in_all_octants() {
    for dy in -15..=15_i32 {
        for dx in -15..=15_i32 {
            let (rig, report) = line(dx, dy);
            let places = rig.places();
            let steps = dx.unsigned_abs().max(dy.unsigned_abs()) + 1;
            assert_eq!(places.len() as u32, steps, "({dx}, {dy})");
            assert_eq!(report.pixels, u64::from(steps), "({dx}, {dy})");
            let end = ((100 + dx) as u32, (100 + dy) as u32);
            assert!(
                places.contains(&(100, 100)) && places.contains(&end),
                "({dx}, {dy})"
            );
        }
    }
}

#[test]
fn lines_along_the_axes() {
    let columns: Vec<_> = (100..=104).map(|x| (x, 100)).collect();
    assert_eq!(line(4, 0).0.places(), columns);
    let left: Vec<_> = (96..=100).map(|x| (x, 100)).collect();
    assert_eq!(line(-4, 0).0.places(), left);
    let rows: Vec<_> = (100..=104).map(|y| (100, y)).collect();
    assert_eq!(line(0, 4).0.places(), rows);
}
