//! How a field goes through its list.

use super::*;
use proptest::prelude::*;

#[test]
fn two_rows_share_each_pair_of_words() {
    let mut rig = Rig::new();
    let offsets = [
        ((0, 0), 0),
        ((0, 1), 2),
        ((1, 0), 4),
        ((1, 1), 6),
        ((0, 2), 1280),
        ((319, 239), 153_598),
    ];
    rig.entry(LIST, LOAD, 0, &[CONTROL]);
    rig.show(LIST);
    for ((x, y), offset) in offsets {
        let half = |rig: &mut Rig, pixel: u16| {
            let bytes = rig.memory.bytes_mut(BUFFER + offset, 2).unwrap();
            bytes.copy_from_slice(&pixel.to_be_bytes());
        };
        half(&mut rig, 0x7FFF);
        assert_eq!(rig.color(x, y), grey(255), "{x} {y}");
        let lit = rig.picture().rgb.iter().filter(|&&part| part != 0).count();
        assert_eq!(lit, 3, "{x} {y}");
        half(&mut rig, 0);
    }
}

#[test]
fn each_width_of_frame_buffer_has_its_step() {
    let widths = [320, 384, 512, 640, 1024, 320, 320, 320];
    for (code, width) in (0..).zip(widths) {
        let mut rig = Rig::new();
        rig.memory.set_word(BUFFER + width * 4 * 5, 0x7FFF_03E0);
        rig.entry(LIST, LOAD | code << 23, 0, &[CONTROL]);
        rig.show(LIST);
        assert_eq!(rig.color(0, 10), grey(255), "{width}");
        assert_eq!(rig.color(0, 11), [0, 255, 0], "{width}");
    }
}

#[test]
fn a_picture_wider_than_its_frame_buffer_is_black_at_the_right() {
    let mut rig = Rig::new();
    rig.display.next.mode = DisplayMode::PalWide;
    rig.entry(LIST, LOAD, 0, &[0xE0FF_FFFF]);
    rig.show(LIST);
    assert_eq!((rig.picture().width, rig.picture().height), (384, 288));
    assert_eq!([319, 320].map(|x| rig.color(x, 0)[0]), [255, 0]);
    rig.entry(LIST, LOAD | 1 << 23, 0, &[0xE0FF_FFFF]);
    assert_eq!(rig.color(383, 287), grey(255));
}

#[test]
fn entries_last_as_many_lines_as_they_say() {
    let mut rig = Rig::new();
    let second = rig.entry(LIST, LOAD, 10, &[0xE000_0001]);
    let third = rig.entry(second, FETCH, 1, &[0xE000_0002]);
    rig.entry(third, FETCH, 0, &[0xE000_0003]);
    rig.show(LIST);
    let blue = |y| rig.color(0, y)[2];
    assert_eq!([0, 9, 10, 11, 239].map(blue), [1, 1, 2, 3, 3]);
}

#[test]
fn addresses_go_on_where_the_entry_before_has_left_them() {
    let mut rig = Rig::new();
    for y in 0..8 {
        rig.plot(0, y, (y as u16 + 1) << 10);
    }
    let second = rig.entry(LIST, LOAD, 3, &[CONTROL]);
    let third = rig.entry(second, FETCH, 2, &[]);
    rig.entry(third, LOAD, 0, &[]);
    rig.show(LIST);
    let rows: Vec<u8> = (0..7).map(|y| rig.color(0, y)[0]).collect();
    assert_eq!(rows, [8, 16, 24, 32, 41, 8, 16]);
}

#[test]
fn lines_without_pixels_are_black_and_pass_over_the_frame_buffer() {
    let mut rig = Rig::new();
    for y in 0..8 {
        rig.plot(0, y, 0x7FFF);
    }
    rig.plot(0, 3, 0x001F);
    let second = rig.entry(LIST, LOAD, 1, &[CONTROL, 0xE0FF_FFFF]);
    let third = rig.entry(second, 0, 2, &[]);
    rig.entry(third, FETCH, 0, &[]);
    rig.show(LIST);
    let rows = [0, 1, 2, 3].map(|y| rig.color(0, y));
    assert_eq!(rows, [grey(255), grey(0), grey(0), [0, 0, 255]]);
    assert_eq!(rig.color(1, 1), grey(0));
}

#[test]
fn the_next_entry_is_an_address_or_a_distance_from_the_first_command() {
    let mut rig = Rig::new();
    rig.entry(LIST, LOAD | RELATIVE, 5, &[0xE000_0001]);
    rig.memory.set_word(LIST + 12, 0x100);
    rig.entry(LIST + 0x110, LOAD | RELATIVE, 0, &[0xE000_0002]);
    rig.show(LIST);
    assert_eq!([4, 5].map(|y| rig.color(0, y)[2]), [1, 2]);
    // Backwards, to itself.
    rig.memory.set_word(LIST + 12, 0xFFFF_FFF0);
    assert_eq!([4, 5].map(|y| rig.color(0, y)[2]), [1, 1]);
}

#[test]
fn fields_take_turns_with_the_rows_of_a_buffer_twice_as_high() {
    let mut rig = Rig::new();
    for y in 0..240 {
        rig.plot(0, y, 0x7C00);
    }
    rig.plot(0, 4, 0x03E0);
    rig.plot(0, 5, 0x001F);
    rig.entry(LIST, LOAD | 1 << 19, 0, &[CONTROL]);
    rig.show(LIST);
    for _ in 0..4 {
        let third = [[0, 255, 0], [0, 0, 255]][(rig.field % 2) as usize];
        let rows = [1, 2, 3].map(|y| rig.color(0, y));
        assert_eq!(rows, [[255, 0, 0], third, [255, 0, 0]]);
        rig.next_field();
    }
}

#[test]
fn pixels_outside_vram_are_black() {
    let mut rig = Rig::new();
    rig.entry(LIST, LOAD, 0, &[0xE0FF_FFFF]);
    rig.show(LIST);
    assert_eq!(rig.color(0, 0), grey(255));
    for bad in [0, 0x5_0000, 0x30_0000, 0xFFFF_F000] {
        rig.memory.set_word(LIST + 4, bad);
        assert_eq!(rig.picture(), Picture::black(320, 240), "{bad:#x}");
    }
    // The first line begins before VRAM, the last one ends behind it.
    rig.memory.set_word(LIST + 4, BUFFER - 8);
    assert_eq!([1, 2].map(|x| rig.color(x, 0)[0]), [0, 255]);
    rig.memory.set_word(LIST + 4, 0x30_0000 - 8);
    assert_eq!([1, 2].map(|x| rig.color(x, 0)[0]), [255, 0]);
}

#[test]
fn a_list_that_leads_out_of_memory_ends_in_black() {
    for bad in [0, 2, 0x2F_FFF8, 0x30_0000, 0xFFFF_FFF0] {
        let mut rig = Rig::new();
        rig.entry(LIST, LOAD, 7, &[0xE0FF_FFFF]);
        rig.memory.set_word(LIST + 12, bad);
        rig.show(LIST);
        assert_eq!([6, 7].map(|y| rig.color(0, y)[0]), [255, 0], "{bad:#x}");
        rig.show(bad);
        assert_eq!(rig.picture(), Picture::black(320, 240), "{bad:#x}");
    }
    // Its command words are not memory.
    let mut rig = Rig::new();
    rig.put(0x2F_FFF0, &[LOAD | 1 << 9, BUFFER, BUFFER, 0]);
    rig.show(0x2F_FFF0);
    assert_eq!(rig.picture(), Picture::black(320, 240));
}

#[test]
fn a_list_that_has_no_end_lasts_a_field() {
    let mut rig = Rig::new();
    rig.entry(LIST, LOAD, 1, &[0xE0FF_FFFF]);
    rig.memory.set_word(LIST + 12, LIST);
    rig.show(LIST);
    assert_eq!(rig.color(0, 239), grey(255));
    rig.next_field();
}

#[test]
fn registers_stay_from_field_to_field() {
    let mut rig = Rig::new();
    rig.plot(0, 0, 0x7C00);
    let second = rig.entry(
        LIST,
        LOAD,
        100,
        &[0x1F12_3456, 0xE000_0007, CONTROL | BYPASS],
    );
    rig.entry(second, FETCH, 0, &[0xE000_0009]);
    rig.show(LIST);
    assert_eq!(rig.color(0, 0), [0x12, 0, 0]);
    assert_eq!([0, 200].map(|y| rig.color(1, y)[2]), [7, 9]);
    // Another list says nothing about colours: it finds what the whole of this one has left.
    rig.entry(LIST + 0x1000, LOAD, 0, &[]);
    rig.show(LIST + 0x1000);
    assert_eq!(rig.color(0, 0), [0x12, 0, 0]);
    assert_eq!(rig.color(1, 0)[2], 9);
    rig.plot(0, 0, 0xFC00);
    assert_eq!(rig.color(0, 0)[0], 0xF8);
    // Nothing is loaded either: the frame buffer goes on.
    rig.plot(0, 240, 0x03E0);
    rig.entry(LIST + 0x2000, FETCH, 0, &[]);
    rig.show(LIST + 0x2000);
    assert_eq!(rig.color(0, 0), [0, 0x34, 0]);
}

proptest! {
    #[test]
    fn many_steps_are_one(modulo: u32, start: u32, lines in 0u32..600) {
        let mut rig = Rig::new();
        rig.put(LIST, &[modulo & 0x0388_0000, 0, 0, 0]);
        let dma = vdl::Entry::read(&rig.memory, LIST).unwrap().dma;
        let slow = (0..lines).fold(start, |at, _| dma.step(at));
        prop_assert_eq!(dma.step_by(start, lines), slow);
    }
}
