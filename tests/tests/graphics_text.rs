//! Text: section 4.5 of the graphics sheet.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::structs::graphics::{CCB, Font};
use emu_core::mem::GuestPtr;
use emu_core::quirks::Profile;
use std::collections::BTreeSet;
use tests::guest::canvas::Canvas;
use tests::guest::{Guest, Word, both_profiles};

const NOTYET: Status = Status(0xD55B_911B_u32 as i32);
const BADITEM: Status = Status(0xD55B_9001_u32 as i32);
const BADPTR: Status = Status(0xD55B_9009_u32 as i32);

/// The two greys of the font's own box.
const BOX: u32 = 0x18C6;
const INK: u32 = 0x6318;
const YELLOW: u32 = 0x7FE0;
const BLUE: u32 = 0x001F;

/// The letter L of the project's own font.
const LETTER_L: [(u32, u32); 18] = [
    (1, 0),
    (2, 0),
    (1, 1),
    (2, 1),
    (1, 2),
    (2, 2),
    (1, 3),
    (2, 3),
    (1, 4),
    (2, 4),
    (1, 5),
    (2, 5),
    (1, 6),
    (2, 6),
    (3, 6),
    (4, 6),
    (5, 6),
    (6, 6),
];

fn canvas(g: &mut Guest) -> Canvas {
    let canvas = Canvas::new(g, 320, 32);
    canvas.pen(g, YELLOW);
    canvas
}

fn letter_l(x: u32, y: u32) -> BTreeSet<(u32, u32)> {
    LETTER_L.iter().map(|&(dx, dy)| (x + dx, y + dy)).collect()
}

/// The cell of one character.
fn cell(x: u32, y: u32) -> BTreeSet<(u32, u32)> {
    (0..64).map(|n| (x + n % 8, y + n / 8)).collect()
}

fn font(g: &mut Guest) -> GuestPtr<Font> {
    GuestPtr::new(g.graphics(36, &[]).0 as u32)
}

/// Documented: the imagery has the colour of the pen, what is around it stays.
#[test]
fn documented_text_has_the_colour_of_the_pen() {
    let g = &mut Guest::new(Profile::Documented);
    let c = canvas(g);
    c.move_to(g, 108, 11);
    assert_eq!(c.text(g, "L"), Status::OK);
    assert_eq!(c.drawn(g), letter_l(108, 11));
    assert_eq!(c.places(g, |pixel| pixel == YELLOW), letter_l(108, 11));
}

/// Documented: SetBGPen on a GrafCon fills the space around the text drawn with it.
#[test]
fn documented_text_has_a_background_once_that_is_chosen() {
    let g = &mut Guest::new(Profile::Documented);
    let c = canvas(g);
    g.graphics(25, &[c.gc, BLUE]);
    c.move_to(g, 8, 8);
    c.text(g, "L");
    assert_eq!(c.places(g, |pixel| pixel == YELLOW), letter_l(8, 8));
    let all: BTreeSet<_> = c.places(g, |pixel| pixel == YELLOW || pixel == BLUE);
    assert_eq!(all, cell(8, 8));
    // Black pens are colours as any.
    g.graphics(25, &[c.gc, 0]);
    c.move_to(g, 8, 8);
    c.text(g, "L");
    assert_eq!(c.drawn(g), letter_l(8, 8));
}

/// Documented: a pen that merely stands in memory is no chosen background, and a black pen draws
/// black.
#[test]
fn documented_text_can_be_black() {
    let g = &mut Guest::new(Profile::Documented);
    let c = canvas(g);
    c.fill(g, 0x7FFF);
    g.write(c.gc + 0x18, BLUE);
    c.pen(g, 0);
    c.move_to(g, 0, 0);
    c.text(g, "L");
    assert_eq!(c.places(g, |pixel| pixel == 0), letter_l(0, 0));
    assert_eq!(
        c.places(g, |pixel| pixel == 0x7FFF).len(),
        320 * 32 - LETTER_L.len()
    );
}

/// Documented: the chosen background ends with the task that has chosen it.
#[test]
fn documented_backgrounds_end_with_their_task() {
    let g = &mut Guest::new(Profile::Documented);
    let c = canvas(g);
    let thread = g.create_thread("painter");
    g.on(thread).graphics(25, &[c.gc, BLUE]);
    c.move_to(g, 0, 0);
    c.text(g, "L");
    assert_eq!(c.drawn(g), cell(0, 0), "known to its whole program");
    g.delete(thread);
    c.fill(g, 0);
    c.move_to(g, 0, 0);
    c.text(g, "L");
    assert_eq!(c.drawn(g), letter_l(0, 0));
}

/// Retail: light grey on a dark grey box, whatever the pens are.
#[test]
fn retail_text_is_a_grey_box() {
    let g = &mut Guest::new(Profile::Retail);
    let c = canvas(g);
    g.graphics(25, &[c.gc, BLUE]);
    c.move_to(g, 16, 4);
    assert_eq!(c.text(g, "L"), Status::OK);
    assert_eq!(c.places(g, |pixel| pixel == INK), letter_l(16, 4));
    let space = c.places(g, |pixel| pixel == BOX);
    assert_eq!(&space | &letter_l(16, 4), cell(16, 4));
    assert_eq!(c.drawn(g), cell(16, 4));
}

/// 4.5: every character moves the pen by its width, one that there is not by eight pixels.
#[test]
fn the_pen_moves_with_the_text() {
    both_profiles(|g| {
        let c = canvas(g);
        c.move_to(g, 3, 5);
        assert_eq!(c.text(g, ""), Status::OK);
        assert_eq!(c.pen_at(g), (3, 5));
        assert_eq!(c.text(g, "LL"), Status::OK);
        assert_eq!(c.pen_at(g), (19, 5));
        let before = c.drawn(g);
        let strange = g.string("\u{1}\u{7F}");
        assert_eq!(g.graphics(37, &[c.gc, c.item.word(), strange]), Status::OK);
        assert_eq!(c.pen_at(g), (35, 5));
        assert_eq!(c.drawn(g), before, "nothing is drawn for them");
        assert_eq!(g.graphics(32, &[c.gc, c.item.word(), 0x3042]), Status::OK);
        assert_eq!(c.pen_at(g), (43, 5));
        assert_eq!(
            g.graphics(32, &[c.gc, c.item.word(), 0]),
            Status::OK,
            "no end for DrawChar"
        );
        assert_eq!(c.pen_at(g), (51, 5));
    });
}

/// 4.5: the three calls draw the same, small letters as capitals.
#[test]
fn the_calls_agree_and_small_letters_are_capitals() {
    both_profiles(|g| {
        let c = canvas(g);
        let text = g.words(&[0x0068_0069, 0x0021_0000]);
        let mut pictures = Vec::new();
        let wide = |g: &mut Guest| g.graphics(9, &[c.gc, c.item.word(), text]);
        let narrow = |g: &mut Guest| c.text(g, "HI!");
        let single = |g: &mut Guest| {
            for letter in *b"Hi!" {
                g.graphics(32, &[c.gc, c.item.word(), letter.into()]);
            }
            Status::OK
        };
        let calls: [&dyn Fn(&mut Guest) -> Status; 3] = [&wide, &narrow, &single];
        for call in calls {
            c.fill(g, 0);
            c.move_to(g, 40, 0);
            assert_eq!(call(g), Status::OK);
            assert_eq!(c.pen_at(g), (64, 0));
            pictures.push(c.drawn(g));
        }
        assert!(pictures.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(!pictures[0].is_empty());
    });
}

/// 4.5: text is clipped as all cels are, wherever the pen is.
#[test]
fn text_is_clipped() {
    both_profiles(|g| {
        let c = canvas(g);
        c.move_to(g, 316, 0);
        assert_eq!(c.text(g, "LLL"), Status::OK);
        assert_eq!(c.pen_at(g), (340, 0));
        assert!(c.drawn(g).iter().all(|&(x, y)| x >= 316 && y < 8));
        c.fill(g, 0);
        for (x, y) in [(-8, 0), (0, -8), (320, 0), (0, 32), (30_000, -30_000)] {
            c.move_to(g, x, y);
            assert_eq!(c.text(g, "L"), Status::OK);
            assert_eq!(c.drawn(g).len(), 0, "{x} {y}");
            assert_eq!(c.pen_at(g), (x.wrapping_add(8), y));
        }
    });
}

/// 4.5, 3.3: the current font can be looked at, and drawn with another CCB.
#[test]
fn a_program_can_change_the_ccb_of_the_font() {
    both_profiles(|g| {
        let c = canvas(g);
        let default = font(g);
        assert_eq!(g.peek(default.at(Font::font_Height)), 8);
        assert_eq!(g.peek(default.at(Font::font_Flags)), 3);
        let original = g.peek(default.at(Font::font_CCB));
        let bytes = g.read_bytes(original.addr(), 0x44);
        let copy = GuestPtr::<CCB>::new(g.alloc(0x44));
        g.write_bytes(copy.addr(), &bytes);
        let plut = g.words(&[0x0000_03E0, 0x03E0_03E0, 0x03E0_03E0, 0x03E0_03E0]);
        g.write(copy.at(CCB::ccb_PLUTPtr).addr(), plut);
        g.write(copy.at(CCB::ccb_VDY).addr(), 2 << 16);
        assert_eq!(g.graphics(35, &[copy.addr()]), Status::OK);
        assert_ne!(font(g), default);
        g.write(plut, 0x7C00_7C00);
        c.move_to(g, 0, 0);
        c.text(g, "L");
        let tall: BTreeSet<_> = LETTER_L
            .iter()
            .flat_map(|&(x, y)| [(x, 2 * y), (x, 2 * y + 1)])
            .collect();
        assert_eq!(c.drawn(g), tall, "its own colours, copied with the CCB");
        assert_eq!(c.places(g, |pixel| pixel == 0x03E0), tall);
        assert_eq!(g.graphics(11, &[]), Status::OK);
        assert_eq!(font(g), default);
        c.fill(g, 0);
        c.move_to(g, 0, 0);
        c.text(g, "L");
        assert!(c.drawn(g).iter().all(|&(_, y)| y < 8));
    });
}

/// 4.5: without a PLUT of its own the program's CCB has the font's colours, or the pens'.
#[test]
fn a_ccb_without_colours_has_the_usual_ones() {
    both_profiles(|g| {
        let c = canvas(g);
        let default = font(g);
        let original = g.peek(default.at(Font::font_CCB));
        let bytes = g.read_bytes(original.addr(), 0x44);
        let copy = GuestPtr::<CCB>::new(g.alloc(0x44));
        for plut in [0, g.peek(original.at(CCB::ccb_PLUTPtr))] {
            g.write_bytes(copy.addr(), &bytes);
            g.write(copy.at(CCB::ccb_PLUTPtr).addr(), plut);
            assert_eq!(g.graphics(35, &[copy.addr()]), Status::OK);
            c.fill(g, 0);
            c.move_to(g, 0, 0);
            c.text(g, "L");
            let ink = if g.retail() { INK } else { YELLOW };
            assert_eq!(c.places(g, |pixel| pixel == ink), letter_l(0, 0));
        }
    });
}

/// A string without an end costs what it costs, and not for ever.
#[test]
fn a_string_without_an_end_is_cut() {
    both_profiles(|g| {
        let c = canvas(g);
        c.move_to(g, 0, 0);
        let text = 0x10_0000;
        g.write_bytes(text, &vec![b'X'; 0x9000]);
        assert_eq!(g.graphics(37, &[c.gc, c.item.word(), text]), Status::OK);
        assert_eq!(c.pen_at(g), (8 * 0x8000, 0));
        let said = g.warnings();
        assert!(said.contains("has no end"), "{said}");
    });
}

/// What text refuses, through system calls and through vectors.
#[test]
fn text_refuses() {
    let wild = 0x0800_0000;
    both_profiles(|g| {
        let c = canvas(g);
        let item = c.item.word();
        let text = g.string("L");
        let port = g.create_port().word();
        for bad in [0, u32::MAX, port] {
            assert_eq!(g.graphics(37, &[c.gc, bad, text]), BADITEM);
            assert_eq!(g.graphics(9, &[c.gc, bad, text]), BADITEM);
            assert_eq!(g.graphics(32, &[c.gc, bad, 0x41]), BADITEM);
        }
        for bad in [0, wild, 0x30_0000] {
            assert_eq!(g.swi(0x2_0026, &[bad, item, text]), BADPTR, "DrawText8");
            assert_eq!(g.swi(0x2_0026, &[c.gc, item, bad]), BADPTR);
            assert_eq!(g.swi(0x2_001D, &[c.gc, item, bad]), BADPTR, "DrawText16");
            assert_eq!(g.swi(0x2_001F, &[bad, item, 0x41]), BADPTR, "DrawChar");
            assert_eq!(g.swi(0x2_0024, &[bad]), BADPTR, "SetCurrentFontCCB");
            assert_eq!(g.graphics(37, &[bad, item, text]), BADPTR, "DrawText8");
            assert_eq!(g.graphics(37, &[c.gc, item, bad]), BADPTR);
            assert_eq!(g.graphics(9, &[c.gc, item, bad]), BADPTR, "DrawText16");
            assert_eq!(g.graphics(32, &[bad, item, 0x41]), BADPTR, "DrawChar");
            assert_eq!(g.graphics(35, &[bad]), BADPTR, "SetCurrentFontCCB");
        }
        assert_eq!(g.swi(0x2_0026, &[c.gc, item, text]), Status::OK);
        assert_eq!(g.swi(0x2_000E, &[]), Status::OK, "ResetCurrentFont");
        for n in [6, 7, 8, 10] {
            assert_eq!(g.graphics(n, &[text]), NOTYET, "vector {n}");
        }
        for n in [26, 27] {
            assert_eq!(g.swi(0x2_0000 | n, &[text]), NOTYET, "call {n}");
        }
    });
}

/// Every printable character has its own picture, and all fit into their cells.
#[test]
fn all_printable_characters_are_drawn() {
    both_profiles(|g| {
        let c = canvas(g);
        let mut seen = BTreeSet::new();
        for code in (0x20_u32..0x61).chain(0x7B..0x7F) {
            c.fill(g, 0);
            c.move_to(g, 40, 8);
            assert_eq!(g.graphics(32, &[c.gc, c.item.word(), code]), Status::OK);
            let ink = if g.retail() { INK } else { YELLOW };
            let drawn = c.places(g, |pixel| pixel == ink);
            assert!(drawn.is_subset(&cell(40, 8)), "{code}");
            assert!(seen.insert(drawn), "{code} looks like another");
        }
    });
}
