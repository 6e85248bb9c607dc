//! Four output pixels for each pixel.

use super::*;

/// Both kinds of pixels blended both ways.
const ALL: u32 = CONTROL | BYPASS | 1 << 14 | 1 << 13;

fn large(rig: &Rig) -> Picture {
    rig.display.picture(&rig.memory, Scaling::Interpolated)
}

/// The upper left pixels of a frame buffer, as red, with a list of one entry; the output's 6 x 6.
fn blended(control: u32, pixels: &[&[u16]]) -> Vec<[u8; 6]> {
    let mut rig = Rig::new();
    for (y, row) in (0..).zip(pixels) {
        for (x, &pixel) in (0..).zip(*row) {
            rig.plot(x, y, pixel);
        }
    }
    // Levels as they are: register n has the colour 12 n.
    let table = (0..31).map(|n| n << 24 | (12 * n) << 16);
    let commands: Vec<u32> = [control].into_iter().chain(table).collect();
    rig.entry(LIST, LOAD, 0, &commands);
    rig.show(LIST);
    let picture = large(&rig);
    (0..6)
        .map(|y| std::array::from_fn(|x| color_of(&picture, x as u32, y)[0]))
        .collect()
}

fn red(level: u16) -> u16 {
    level << 10
}

#[test]
fn output_is_twice_as_wide_and_high() {
    let rig = Rig::new();
    let picture = large(&rig);
    assert_eq!((picture.width, picture.height), (640, 480));
    assert_eq!(picture, Picture::black(640, 480));
}

#[test]
fn between_pixels_are_their_means() {
    let pixels: [&[u16]; 2] = [&[red(1), red(3)], &[red(5), red(9)]];
    let out = blended(CONTROL, &pixels);
    assert_eq!(out[0][..3], [12, 24, 36]);
    assert_eq!(out[1][..3], [36, 54, 72]);
    assert_eq!(out[2][..3], [60, 84, 108]);
}

#[test]
fn the_mean_of_four_is_rounded_once() {
    // 1 + 0 + 0 + 0 and 1 + 1 + 1 + 0, in units of the least level: not twice rounded.
    let mut rig = Rig::new();
    for (x, y, level) in [(0, 0, 1), (1, 0, 2), (0, 1, 2), (1, 1, 3)] {
        rig.plot(x, y, red(level));
    }
    rig.entry(
        LIST,
        LOAD,
        0,
        &[CONTROL, 0x0101_0000, 0x0202_0000, 0x0302_0000],
    );
    rig.show(LIST);
    let picture = large(&rig);
    assert_eq!(color_of(&picture, 1, 1)[0], (1 + 2 + 2 + 2) / 4);
    assert_eq!(color_of(&picture, 1, 0)[0], 1);
}

#[test]
fn each_direction_is_blended_if_it_is_enabled() {
    let pixels: [&[u16]; 2] = [&[red(2), red(4)], &[red(6), red(8)]];
    let corner = |control| blended(control, &pixels)[1][1];
    let none = CONTROL & !0xC;
    assert_eq!(corner(none), 24);
    assert_eq!(corner(none | 4), 36);
    assert_eq!(corner(none | 8), 48);
    assert_eq!(corner(none | 12), 60);
}

#[test]
fn each_kind_of_pixels_is_blended_by_its_own_rule() {
    let own = 0x8000 | red(2);
    let out = blended(CONTROL | BYPASS, &[&[own, red(8), own]]);
    // Fixed: 2 << 3. A pixel that is not blended may still be blended with.
    assert_eq!(out[0][..5], [16, 16, 96, 56, 16]);
    let out = blended(ALL & !0xC, &[&[own, red(8), own]]);
    assert_eq!(out[0][..5], [16, 56, 96, 96, 16]);
}

#[test]
fn a_pixel_has_its_colour_at_its_corner() {
    // Vertical from bit 15, horizontal from bit 0.
    let from_pixel = CONTROL & !0x30 | 2 << 8 | 2 << 6;
    for (bits, (x, y)) in [(0, (0, 0)), (1, (1, 0)), (0x8000, (0, 1)), (0x8001, (1, 1))] {
        let middle = red(10) | bits;
        let around = red(1);
        let pixels: [&[u16]; 3] = [&[around; 3], &[around, middle, around], &[around; 3]];
        let out = blended(from_pixel, &pixels);
        let exact = |(x, y): (usize, usize)| out[2 + y][2 + x] == 120;
        let all = [(0, 0), (1, 0), (0, 1), (1, 1)];
        let at: Vec<_> = all.into_iter().filter(|&at| exact(at)).collect();
        assert_eq!(at, [(x, y)], "{bits:#x}");
    }
    // The same exchanged: bit 0 is vertical.
    let pixels: [&[u16]; 2] = [&[red(10) | 1, red(1)], &[red(1), red(1)]];
    let out = blended(from_pixel | 1 << 10, &pixels);
    assert_eq!(out[1][0], 120);
}

#[test]
fn colours_are_mixed_by_their_distance() {
    // Corners at 0 and 3, then at 3 and 4.
    let from_pixel = CONTROL & !0x30 | 2 << 6;
    let out = blended(from_pixel, &[&[red(1), red(10) | 1, red(4)]]);
    assert_eq!(out[0][..5], [12, 48, 84, 120, 48]);
    // All at the right: one output pixel further.
    let out = blended(CONTROL | 1 << 6, &[&[red(1), red(3), red(5)]]);
    assert_eq!(out[0], [12, 12, 24, 36, 48, 60]);
    let out = blended(CONTROL | 1 << 8, &[&[red(1)], &[red(3)], &[red(5)]]);
    assert_eq!(
        out.iter().map(|row| row[0]).collect::<Vec<_>>(),
        [12, 12, 24, 36, 48, 60]
    );
}

#[test]
fn one_line_may_do_without_blending_down() {
    let mut rig = Rig::new();
    for y in 0..4 {
        rig.plot(0, y, [0x0400, 0x7C00][(y % 2) as usize]);
    }
    let off = CONTROL | 1;
    let commands = [off, 0x0100_0000, 0x1F64_0000, 0x0000_0000];
    rig.entry(LIST, LOAD, 0, &commands);
    rig.show(LIST);
    let picture = large(&rig);
    let rows: Vec<_> = (0..6).map(|y| color_of(&picture, 0, y)[0]).collect();
    assert_eq!(rows, [0, 0, 100, 50, 0, 50]);
}

#[test]
fn a_band_is_blended_with_the_line_that_it_loads_as_the_one_before() {
    let mut rig = Rig::new();
    for (y, level) in [(0, 2), (1, 2), (2, 6), (3, 8)] {
        rig.plot(0, y, red(level));
    }
    // The second band shows row 2 on, with row 3 as the line above it.
    let second = rig.entry(LIST, LOAD, 2, &[CONTROL]);
    rig.entry(second, LOAD, 0, &[]);
    rig.put(second + 4, &[BUFFER + 1280, BUFFER + 1282]);
    rig.show(LIST);
    let rows = |rig: &Rig| -> [u8; 3] {
        let picture = large(rig);
        [2, 3, 4].map(|y| color_of(&picture, 0, y)[0])
    };
    assert_eq!(rows(&rig), [16, 57, 49]);
    // With itself: the edge of the band is sharp.
    rig.memory.set_word(second + 8, BUFFER + 1280);
    assert_eq!(rows(&rig), [16, 49, 49]);
    // With nothing loaded: with the line before.
    rig.memory.set_word(second, FETCH | 1 << 16);
    assert_eq!(rows(&rig), [16, 32, 49]);
}

#[test]
fn black_lines_and_edges_are_not_blended_with() {
    let mut rig = Rig::new();
    let second = rig.entry(LIST, LOAD, 2, &[CONTROL, 0xE0FF_FFFF]);
    rig.entry(second, 0, 0, &[]);
    rig.show(LIST);
    let picture = large(&rig);
    assert_eq!([3, 4].map(|y| color_of(&picture, 639, y)[0]), [255, 0]);
}
