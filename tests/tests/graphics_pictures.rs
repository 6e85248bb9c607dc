//! What the display shows of screens and overlays: graphics sheet 4.2, 4.3.
#![forbid(unsafe_code)]

use emu_core::device::display::{Picture, Scaling};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::graphics::Bitmap;
use tests::guest::graphics::{csg, with_graphics, with_pal_graphics};
use tests::guest::{Guest, Word};

const BADITEM: Status = Status(0xD55B_9001_u32 as i32);
const VDLWIDTH: Status = Status(0xD55B_911A_u32 as i32);
const BADDISPDIMS: Status = Status(0xD55B_9123_u32 as i32);

/// The picture of the present field.
fn picture(g: &mut Guest) -> Picture {
    g.machine().picture(Scaling::Plain).expect("a display")
}

/// The colours of the first pixel of each line.
fn lines(g: &mut Guest) -> Vec<u32> {
    let picture = picture(g);
    let row = picture.width as usize * 3;
    let first = |row: &[u8]| {
        row[..3]
            .iter()
            .fold(0, |all, &byte| all << 8 | u32::from(byte))
    };
    picture.rgb.chunks_exact(row).map(first).collect()
}

/// Fills a bitmap: each line its colour.
fn paint(g: &mut Guest, bitmap: Item, color: impl Fn(u32) -> u32) {
    let buffer = g.field(bitmap, Bitmap::bm_Buffer);
    let width = g.field(bitmap, Bitmap::bm_Width) as u32;
    let height = g.field(bitmap, Bitmap::bm_Height) as u32;
    for pair in 0..height.div_ceil(2) {
        let word = color(pair * 2) << 16 | color(pair * 2 + 1);
        for x in 0..width {
            g.write(buffer + (pair * width + x) * 4, word);
        }
    }
}

/// Red of a line's number, so that each line of 31 has another colour.
fn red(y: u32) -> u32 {
    (y % 31 + 1) << 10
}

/// How the linear table shows [`red`].
fn shown_red(y: u32) -> u32 {
    ((y % 31 + 1) * 255 / 31) << 16
}

/// Nothing is shown at power-on; then the screen's bitmap, line by line; then nothing again.
#[test]
fn a_screen_is_shown_until_it_is_deleted() {
    with_graphics(|g| {
        g.advance_fields(1);
        assert_eq!(lines(g), vec![0; 240]);
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let bitmap = g.bitmap_of(group.screens[0]);
        paint(g, bitmap, red);
        g.display_screens(group.screens[0], Item::NONE);
        assert_eq!(lines(g), vec![0; 240], "not before the blank");
        g.advance_fields(1);
        let all: Vec<u32> = (0..240).map(shown_red).collect();
        assert_eq!(lines(g), all);
        g.delete(group.item);
        g.advance_fields(1);
        assert_eq!(lines(g), vec![0; 240]);
    });
}

/// A low display is centred, and black around.
#[test]
fn a_low_display_is_in_the_middle() {
    let show = |g: &mut Guest| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1), (csg::DISPLAYHEIGHT, 200)]);
        let bitmap = g.bitmap_of(group.screens[0]);
        paint(g, bitmap, |_| 0x7FFF);
        g.display_screens(group.screens[0], Item::NONE);
        g.advance_fields(1);
        lines(g)
    };
    let expected = |top: usize, height: usize| {
        let mut all = vec![0; height];
        all[top..top + 200].fill(0xFF_FFFF);
        all
    };
    with_graphics(|g| assert_eq!(show(g), expected(20, 240)));
    with_pal_graphics(|g| assert_eq!(show(g), expected(45, 288)));
}

/// Colours and background of a screen are those that it was given.
#[test]
fn colors_are_shown() {
    with_graphics(|g| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let screen = group.screens[0];
        let bitmap = g.bitmap_of(screen);
        paint(g, bitmap, |y| if y < 100 { 0x0421 } else { 0 });
        g.call("SetScreenColor", &[screen.word(), 0x0112_3456]);
        g.call("SetScreenColor", &[screen.word(), 0xE065_4321]);
        g.display_screens(screen, Item::NONE);
        g.advance_fields(1);
        let shown = lines(g);
        assert_eq!((shown[99], shown[100]), (0x12_3456, 0x65_4321));
    });
}

/// Two screens are shown in turn.
#[test]
fn fields_alternate_between_two_screens() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        for (n, color) in [0x7C00, 0x001F].into_iter().enumerate() {
            let bitmap = g.bitmap_of(group.screens[n]);
            paint(g, bitmap, |_| color);
        }
        g.display_screens(group.screens[0], group.screens[1]);
        for _ in 0..4 {
            g.advance_fields(1);
            let color = if g.fields() % 2 == 0 { 0xFF_0000 } else { 0xFF };
            assert_eq!(lines(g), vec![color; 240]);
        }
    });
}

/// DisplayOverlay: the bitmap from its top line on, the screen around it as it would be.
#[test]
fn an_overlay_covers_its_lines_only() {
    with_graphics(|g| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let screen = group.screens[0];
        let below = g.bitmap_of(screen);
        paint(g, below, red);
        g.call("SetScreenColor", &[screen.word(), 0x1F00_FF00]);
        g.display_screens(screen, Item::NONE);
        let base = |y: u32| match shown_red(y) {
            0xFF_0000 => 0,
            color => color,
        };
        let small = g.bitmap(320, 20);
        paint(g, small, |_| 0x7FFF);
        for top in [0, 1, 100, 219, 220] {
            let overlay = g.item_from("DisplayOverlay", &[small.word(), top]);
            g.advance_fields(1);
            let window = top.max(1)..(top.max(1) + 20).min(240);
            let expected: Vec<u32> = (0..240)
                .map(|y| {
                    if window.contains(&y) {
                        0xFF_FFFF
                    } else {
                        base(y)
                    }
                })
                .collect();
            assert_eq!(lines(g), expected, "top {top}");
            g.advance_fields(3);
            assert_eq!(lines(g), expected, "it stays");
            assert_eq!(g.delete(overlay), Status::OK);
            g.advance_fields(1);
            assert_eq!(lines(g), (0..240).map(base).collect::<Vec<_>>());
        }
        // In front of whatever is shown, also of nothing.
        g.item_from("DisplayOverlay", &[small.word(), 50]);
        g.delete(group.item);
        g.advance_fields(1);
        let shown = lines(g);
        assert_eq!(
            [shown[49], shown[50], shown[69], shown[70]],
            [0, 0xFF_FFFF, 0xFF_FFFF, 0]
        );
        g.delete(small);
        g.advance_fields(1);
        assert_eq!(lines(g), vec![0; 240]);
    });
}

/// What is no overlay; and the newest one is shown.
#[test]
fn overlays_are_checked() {
    with_graphics(|g| {
        let show =
            |g: &mut Guest, bitmap: Item, top: u32| g.call("DisplayOverlay", &[bitmap.word(), top]);
        let small = g.bitmap(320, 20);
        let narrow = g.bitmap(256, 4);
        assert_eq!(show(g, narrow, 0), VDLWIDTH);
        for top in [221, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
            assert_eq!(show(g, small, top), BADDISPDIMS, "{top}");
        }
        assert_eq!(show(g, Item(0x7777), 0), BADITEM);
        let other = g.bitmap(320, 20);
        paint(g, small, |_| 0x7C00);
        paint(g, other, |_| 0x001F);
        let first = Item(show(g, small, 100).0);
        let second = Item(show(g, other, 110).0);
        g.advance_fields(1);
        let shown = lines(g);
        assert_eq!([shown[100], shown[110], shown[129]], [0, 0xFF, 0xFF]);
        assert_eq!(g.delete(first), Status::OK);
        g.advance_fields(1);
        assert_eq!(lines(g)[110], 0xFF, "the other one stays");
        assert_eq!(g.delete(second), Status::OK);
        g.advance_fields(1);
        assert_eq!(lines(g)[110], 0);
    });
}
