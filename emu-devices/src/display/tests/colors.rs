//! From pixels to colours.

use super::*;

/// What a list of one entry with these commands makes of a pixel.
fn shown(commands: &[u32], pixel: u16) -> [u8; 3] {
    let mut rig = Rig::new();
    rig.plot(0, 0, pixel);
    rig.entry(LIST, LOAD, 0, commands);
    rig.show(LIST);
    rig.color(0, 0)
}

#[test]
fn the_table_begins_as_an_even_ramp() {
    let ramp = [
        0, 8, 16, 24, 32, 41, 49, 57, 65, 74, 82, 90, 98, 106, 115, 123, 131, 139, 148, 156, 164,
        172, 180, 189, 197, 205, 213, 222, 230, 238, 246, 255,
    ];
    for (n, level) in (0..).zip(ramp) {
        // Red is one more, so that none is the background.
        let next = ramp[(usize::from(n) + 1) % 32];
        let pixel = ((n + 1) % 32) << 10 | n << 5 | n;
        assert_eq!(shown(&[CONTROL], pixel), [next, level, level]);
    }
}

#[test]
fn each_component_has_its_own_table() {
    let commands = [CONTROL, 0x0111_2233, 0x0244_5566, 0x0377_8899];
    assert_eq!(shown(&commands, 1 << 10 | 2 << 5 | 3), [0x11, 0x55, 0x99]);
    assert_eq!(shown(&commands, 3 << 10 | 1 << 5 | 2), [0x77, 0x22, 0x66]);
}

#[test]
fn a_colour_word_may_write_one_component() {
    let pixel = 1 << 10 | 1 << 5 | 1;
    let with = |word| shown(&[CONTROL, 0x0110_2030, word], pixel);
    assert_eq!(with(0x01FF_FEFD), [0xFF, 0xFE, 0xFD]);
    assert_eq!(with(0x61FF_FEFD), [0xFF, 0x20, 0x30]);
    assert_eq!(with(0x41FF_FEFD), [0x10, 0xFE, 0x30]);
    assert_eq!(with(0x21FF_FEFD), [0x10, 0x20, 0xFD]);
}

#[test]
fn other_words_mean_nothing() {
    let pixel = 1 << 10 | 1 << 5 | 1;
    for word in [
        0x8112_3456,
        0xBF12_3456,
        0xE112_3456,
        0xF012_3456,
        0xFFFF_FFFF,
    ] {
        let commands = [CONTROL, 0x0110_2030, word];
        assert_eq!(shown(&commands, pixel), [0x10, 0x20, 0x30], "{word:#x}");
        assert_eq!(shown(&commands, 0), grey(0), "{word:#x}");
    }
}

#[test]
fn pixels_without_colour_are_background() {
    let commands = [CONTROL | BYPASS, 0xE010_2030, 0x00FF_FFFF];
    assert_eq!(shown(&commands, 0), [0x10, 0x20, 0x30]);
    // The palette bit is no colour, the last bit is one.
    assert_eq!(shown(&commands, 0x8000), [0x10, 0x20, 0x30]);
    assert_eq!(shown(&commands, 1), [255, 255, 8]);
    // Whatever becomes of it afterwards.
    let blue_zero = 0xC000_0000;
    assert_eq!(shown(&[blue_zero, 0xE010_2030], 1), grey(0));
}

#[test]
fn colours_change_from_line_to_line() {
    let mut rig = Rig::new();
    let mut at = LIST;
    for y in 0..240 {
        rig.plot(0, y, 0x001F);
        let load = if y == 0 { LOAD } else { FETCH };
        at = rig.entry(at, load, 1, &[0x1F00_0000 | y, 0xE000_0000 | (255 - y)]);
    }
    rig.show(LIST);
    let picture = rig.picture();
    for y in 0..240 {
        assert_eq!(color_of(&picture, 0, y)[2], y as u8);
        assert_eq!(color_of(&picture, 1, y)[2], 255 - y as u8);
    }
}

#[test]
fn bypassing_pixels_take_the_fixed_table() {
    let pixel = 0x8000 | 31 << 10 | 16 << 5 | 1;
    let table = [0x1F00_0000, 0x1001_0101, 0x0102_0202];
    let with = |control| shown(&[&[control][..], &table].concat(), pixel);
    assert_eq!(with(CONTROL), [0, 1, 2]);
    assert_eq!(with(CONTROL | BYPASS), [248, 128, 8]);
    let repeated = [255, 132, 8];
    assert_eq!(with(CONTROL | BYPASS | 1 << 11), repeated);
    // Random bits are the repeated ones.
    assert_eq!(with(CONTROL | BYPASS | 1 << 12), repeated);
    let own = [&[CONTROL | BYPASS][..], &table].concat();
    assert_eq!(shown(&own, pixel & 0x7FFF), [0, 1, 2]);
}

#[test]
fn the_last_bit_of_blue_is_zero_green_or_its_own() {
    let blue = |control: u32, pixel| shown(&[control], pixel)[2];
    let pixels = [2, 3, 0x22, 0x23];
    for (rule, levels) in [
        (0, [16, 16, 16, 16]),
        (1, [16, 16, 24, 24]),
        (2, [16, 24, 16, 24]),
    ] {
        let normal = pixels.map(|pixel| blue(0xC000_0000 | rule << 4, pixel));
        assert_eq!(normal, levels);
        // The other kind of pixels has a rule of its own.
        let fixed = 0xC000_0000 | BYPASS | 1 << 4 | rule << 15;
        let fixed = pixels.map(|pixel| blue(fixed, 0x8000 | pixel));
        assert_eq!(fixed, levels);
    }
}

#[test]
fn a_control_word_may_keep_what_was() {
    let mut control = color::Control::default();
    assert!(control.replace(0xC000_0000 | 1 << 19 | 2 << 17 | 1 << 15 | 2 << 8 | 1 << 6 | 2 << 4));
    let kept = control;
    let keep = [19, 17, 15, 8, 6, 4].map(|at| 3u32 << at);
    assert!(control.replace(keep.iter().fold(0xC000_0000, |word, field| word | field)));
    assert_eq!(control, kept);
    // One is kept, the others and the single bits are replaced.
    assert!(control.replace(0xC000_0300 | 1 << 2));
    let mut expected = color::Control::default();
    assert!(expected.replace(0xC000_0200 | 1 << 2));
    assert_eq!(control, expected);
}

#[test]
fn after_colours_only_the_entrys_control_words_are_ignored() {
    let only = 0xC000_0002 | BYPASS;
    let pixel = 0x8000 | 31 << 10 | 31;
    assert_eq!(shown(&[only, CONTROL], pixel), [248, 0, 240]);
    assert_eq!(
        shown(&[only, CONTROL, 0x1F01_0203], pixel & 0x7FFF),
        [1, 0, 246]
    );
    // The next entry's count.
    let mut rig = Rig::new();
    rig.plot(0, 1, pixel);
    let second = rig.entry(LIST, LOAD, 1, &[only]);
    rig.entry(second, FETCH, 0, &[CONTROL]);
    rig.show(LIST);
    assert_eq!(rig.color(0, 1), [255, 0, 255]);
}
