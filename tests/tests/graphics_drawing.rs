//! Cels, lines, rectangles and pixels: graphics sheet 2.15, 4.4 to 4.6 and 7.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::graphics::{Bitmap, CCB, GrafCon};
use emu_core::mem::GuestPtr;
use std::collections::BTreeSet;
use tests::guest::canvas::Canvas;
use tests::guest::{Guest, Word, both_profiles};

const BADITEM: Status = graphics(0x9001);
const BADPTR: Status = graphics(0x9009);
const NOTOWNER: Status = graphics(0x9012);
const CELTIMEOUT: Status = graphics(0x9114);
const COORDRANGE: Status = graphics(0x9119);
const NOTYET: Status = graphics(0x911B);

const WHITE: u32 = 0x7FFF;
const WIDTH: u32 = 320;
const HEIGHT: u32 = 48;

/// A plain cel of 16-bit pixels, one to one, all pointers absolute and everything loaded.
const CEL_FLAGS: u32 = 0x7F66_4000;

const fn graphics(low: u32) -> Status {
    Status((0xD55B_0000 | low) as i32)
}

fn canvas(g: &mut Guest) -> Canvas {
    let canvas = Canvas::new(g, WIDTH, HEIGHT);
    canvas.pen(g, WHITE);
    canvas
}

fn places(list: &[(u32, u32)]) -> BTreeSet<(u32, u32)> {
    list.iter().copied().collect()
}

/// A cel of two by two pixels at a place; returns its CCB.
fn small_cel(g: &mut Guest, x: i32, y: i32) -> GuestPtr<CCB> {
    let pixels = g.words(&[0x1111_2222, 0, 0x3333_4444, 0]);
    let words = [
        CEL_FLAGS,
        0,
        pixels,
        0,
        (x << 16).word(),
        (y << 16).word(),
        1 << 20,
        0,
        0,
        1 << 16,
        0,
        0,
        0x1F40_1F40,
        1 << 6 | 0x16,
        0x1001,
        2,
        2,
    ];
    GuestPtr::new(g.words(&words))
}

fn draw_cels(g: &mut Guest, bitmap: Item, ccb: u32) -> Status {
    g.swi(0x2_0027, &[bitmap.word(), ccb])
}

/// Section 7: one white pixel, and three in a row of which the offsets are known.
#[test]
fn rectangles_have_all_their_edges() {
    both_profiles(|g| {
        let c = canvas(g);
        assert_eq!(c.fill_rect(g, [0, 0, 0, 0]), Status::OK);
        assert_eq!(g.read(c.buffer), 0x7FFF_0000);
        assert_eq!(c.drawn(g), places(&[(0, 0)]));
        c.fill(g, 0);
        assert_eq!(c.fill_rect(g, [10, 11, 12, 11]), Status::OK);
        assert_eq!(c.drawn(g), places(&[(10, 11), (11, 11), (12, 11)]));
        for offset in [6440, 6444, 6448] {
            assert_eq!(g.read(c.buffer + offset), 0x0000_7FFF, "{offset}");
        }
    });
}

/// 4.5: corners in any order, black is written, the pen stays, the clip region is heeded.
#[test]
fn rectangles_are_clipped_and_drawn_in_any_colour() {
    both_profiles(|g| {
        let c = canvas(g);
        c.move_to(g, 7, 8);
        assert_eq!(c.fill_rect(g, [12, 14, 10, 13]), Status::OK);
        assert_eq!(c.drawn(g).len(), 6);
        assert_eq!(c.pen_at(g), (7, 8));
        assert_eq!(
            c.fill_rect(g, [-5, -5, WIDTH as i32, HEIGHT as i32]),
            Status::OK
        );
        assert_eq!(c.drawn(g).len() as u32, WIDTH * HEIGHT);
        c.pen(g, 0);
        assert_eq!(c.fill_rect(g, [0, 0, 319, 0]), Status::OK);
        assert_eq!(
            c.drawn(g).len() as u32,
            WIDTH * (HEIGHT - 1),
            "black is a colour"
        );
        let outside = [i32::MIN, -9, -1, 400];
        assert_eq!(c.fill_rect(g, outside), Status::OK);
        assert_eq!(
            c.fill_rect(g, [i32::MIN, i32::MIN, i32::MAX, i32::MAX]),
            Status::OK
        );
        assert_eq!(c.drawn(g).len(), 0);
    });
}

/// Section 7: lines have both their ends and move the pen.
#[test]
fn lines_have_both_their_ends() {
    both_profiles(|g| {
        let c = canvas(g);
        let across: Vec<_> = (5..=9).map(|x| (x, 5)).collect();
        let down: Vec<_> = (5..=9).map(|y| (5, y)).collect();
        for (from, to, expected) in [
            ((5, 5), (9, 5), &across),
            ((9, 5), (5, 5), &across),
            ((5, 5), (5, 9), &down),
            ((5, 9), (5, 5), &down),
            ((3, 4), (3, 4), &vec![(3, 4)]),
        ] {
            c.fill(g, 0);
            c.move_to(g, from.0, from.1);
            assert_eq!(c.draw_to(g, to.0, to.1), Status::OK);
            assert_eq!(c.drawn(g), places(expected), "{from:?} {to:?}");
            assert_eq!(c.pen_at(g), to);
        }
    });
}

/// 2.13: one pixel a column or a row, both ends there, in every direction.
#[test]
fn lines_are_one_pixel_wide_in_all_directions() {
    let g = &mut Guest::new(Default::default());
    let c = canvas(g);
    for (dx, dy) in [
        (7, 3),
        (3, 7),
        (-7, 3),
        (-3, 7),
        (7, -3),
        (3, -7),
        (-7, -3),
        (-3, -7),
    ] {
        for scale in [1, 2] {
            let (dx, dy) = (dx * scale, dy * scale);
            c.fill(g, 0);
            c.move_to(g, 20, 20);
            c.draw_to(g, 20 + dx, 20 + dy);
            let drawn = c.drawn(g);
            assert_eq!(drawn.len() as i32, dx.abs().max(dy.abs()) + 1, "{dx} {dy}");
            assert!(drawn.contains(&(20, 20)), "{dx} {dy}");
            assert!(
                drawn.contains(&((20 + dx) as u32, (20 + dy) as u32)),
                "{dx} {dy}"
            );
        }
    }
}

/// 4.5: CECONTROL decides bits 15 and 0 of a line as of any cel.
#[test]
fn lines_and_rectangles_obey_cecontrol() {
    both_profiles(|g| {
        let c = canvas(g);
        let bitmap = g.ptr::<Bitmap>(c.item);
        let field = bitmap.at(Bitmap::bm_CEControl).addr();
        g.write(field, 0x4000_0000);
        c.fill_rect(g, [1, 1, 1, 1]);
        assert_eq!(c.pixel(g, 1, 1), 0xFFFE);
    });
}

/// 4.4: reading and writing pixels, their addresses, and their limits.
#[test]
fn pixels_are_read_and_written_inside_the_clip_region() {
    both_profiles(|g| {
        let c = canvas(g);
        let item = c.item.word();
        c.pen(g, 0xABCD_8421);
        assert_eq!(g.graphics(5, &[item, c.gc, 319, 47]), Status::OK);
        assert_eq!(c.pen_at(g), (319, 47), "WritePixel moves the pen");
        assert_eq!(c.pixel(g, 319, 47), 0x8421);
        assert_eq!(g.graphics(2, &[item, c.gc, 319, 47]), Status(0x8421));
        c.move_to(g, 1, 2);
        assert_eq!(g.graphics(2, &[item, c.gc, 0, 0]), Status(0));
        assert_eq!(c.pen_at(g), (1, 2), "ReadPixel does not");
        let at =
            |g: &mut Guest, x: i32, y: i32| g.graphics(4, &[item, x.word(), y.word()]).0 as u32;
        for (x, y, offset) in [(0, 0, 0), (0, 1, 2), (1, 0, 4), (1, 1, 6), (0, 2, 1280)] {
            assert_eq!(at(g, x, y), c.buffer + offset, "{x} {y}");
        }
        for (x, y) in [(-1, 0), (0, -1), (320, 0), (0, 48), (i32::MIN, i32::MAX)] {
            assert_eq!(at(g, x, y), 0, "{x} {y}");
            let arguments = [item, c.gc, x.word(), y.word()];
            assert_eq!(g.graphics(2, &arguments), COORDRANGE);
            assert_eq!(g.graphics(5, &arguments), COORDRANGE);
        }
        assert_eq!(c.pen_at(g), (1, 2));
    });
}

/// 4.4: the clip region bounds pixels, its origin moves cels but not pixels.
#[test]
fn the_origin_of_the_clip_region_moves_cels_only() {
    both_profiles(|g| {
        let c = canvas(g);
        let item = c.item.word();
        assert_eq!(g.graphics(28, &[item, 8]), Status::OK, "SetClipWidth");
        assert_eq!(g.graphics(29, &[item, 4]), Status::OK, "SetClipHeight");
        assert_eq!(
            g.graphics(15, &[item, 100, 10]),
            Status::OK,
            "SetClipOrigin"
        );
        assert_eq!(c.fill_rect(g, [6, 3, 20, 20]), Status::OK);
        assert_eq!(c.drawn(g), places(&[(106, 13), (107, 13)]));
        c.fill(g, 0);
        c.move_to(g, -5, 0);
        assert_eq!(c.draw_to(g, 50, 0), Status::OK);
        let row: Vec<_> = (100..108).map(|x| (x, 10)).collect();
        assert_eq!(c.drawn(g), places(&row));
        assert_eq!(g.graphics(4, &[item, 7, 3]).0 as u32, c.address(7, 3));
        assert_eq!(g.graphics(4, &[item, 8, 3]), Status(0));
    });
}

/// 2.1: DrawCels by system call and by vector.
#[test]
fn cels_are_drawn() {
    both_profiles(|g| {
        let c = canvas(g);
        let ccb = small_cel(g, 3, 4);
        assert_eq!(draw_cels(g, c.item, ccb.addr()), Status::OK);
        let pixels = |g: &Guest, x, y| {
            [(0_u32, 0_u32), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| c.pixel(g, x + dx, y + dy))
        };
        assert_eq!(pixels(g, 3, 4), [0x1111, 0x2222, 0x3333, 0x4444]);
        assert_eq!(c.drawn(g).len(), 4);
        g.write(ccb.at(CCB::ccb_XPos).addr(), 20 << 16);
        assert_eq!(g.graphics(43, &[c.item.word(), ccb.addr()]), Status::OK);
        assert_eq!(pixels(g, 20, 4), [0x1111, 0x2222, 0x3333, 0x4444]);
        assert_eq!(draw_cels(g, c.item, 0), Status::OK, "an empty list");
    });
}

/// 3.2, 4.4: a screen's bitmap is drawn into, and looked at, through the screen.
#[test]
fn cels_are_drawn_into_screens() {
    both_profiles(|g| {
        assert_eq!(g.call("OpenItem", &[2, 0]), Status(2));
        let array = g.alloc(8);
        let tags = g.words(&[2, 1, 0, 0]);
        let group = g.graphics(12, &[array, tags]);
        assert!(group.0 > 0, "CreateScreenGroup: {group:?}");
        let screen = g.read(array);
        let ccb = small_cel(g, 3, 4);
        let address = g.graphics(4, &[screen, 3, 4]).0 as u32;
        for call in [0x2_0017, 44] {
            g.write(address, 0);
            let result = match call {
                44 => g.graphics(44, &[screen, ccb.addr()]),
                swi => g.swi(swi, &[screen, ccb.addr()]),
            };
            assert_eq!(result, Status::OK);
            assert_eq!(g.read(address) >> 16, 0x1111);
        }
        let thread = g.create_thread("other");
        assert_eq!(g.on(thread).swi(0x2_0017, &[screen, ccb.addr()]), NOTOWNER);
    });
}

/// 2.15: a list that never ends is stopped after about a second.
#[test]
fn a_loop_of_cels_times_out() {
    both_profiles(|g| {
        let c = canvas(g);
        let ccb = small_cel(g, 3, 4);
        g.write(ccb.at(CCB::ccb_Flags).addr(), CEL_FLAGS & !0x4000_0000);
        g.write(ccb.at(CCB::ccb_NextPtr).addr(), ccb.addr());
        let before = g.now();
        assert_eq!(draw_cels(g, c.item, ccb.addr()), CELTIMEOUT);
        let cycles = g.now().since(before).0;
        assert!((12_500_000..12_600_000).contains(&cycles), "{cycles}");
        assert_eq!(
            g.graphics(45, &[c.item.word(), 16_000]),
            Status::OK,
            "SetCEWatchDog"
        );
        let before = g.now();
        assert_eq!(draw_cels(g, c.item, ccb.addr()), CELTIMEOUT);
        let cycles = g.now().since(before).0;
        assert!((200_000..210_000).contains(&cycles), "{cycles}");
    });
}

/// 2.15: what leads out of memory ends the list, and the program is told.
#[test]
fn a_list_that_leads_out_of_memory_ends_with_a_warning() {
    both_profiles(|g| {
        let c = canvas(g);
        let ccb = small_cel(g, 3, 4);
        let said = |g: &Guest| g.warnings();
        assert_eq!(draw_cels(g, c.item, 0x00F0_0000), Status::OK);
        assert!(said(g).contains("0xf00000"), "{}", said(g));
        g.write(ccb.at(CCB::ccb_SourcePtr).addr(), 0x0040_0000);
        assert_eq!(draw_cels(g, c.item, ccb.addr()), Status::OK);
        assert!(said(g).contains("0x400000"), "{}", said(g));
        assert!(
            said(g).contains(&format!("{:#x}", ccb.addr())),
            "{}",
            said(g)
        );
    });
}

/// 3.4: what drawing refuses.
#[test]
fn drawing_refuses_what_is_no_bitmap_of_ones_own() {
    both_profiles(|g| {
        let c = canvas(g);
        let port = g.create_port();
        let thread = g.create_thread("other");
        for item in [Item(0), Item(-1), Item(0x7777), port] {
            assert_eq!(draw_cels(g, item, 0), BADITEM);
            assert_eq!(
                g.swi(0x2_0017, &[item.word(), 0]),
                BADITEM,
                "DrawScreenCels"
            );
            assert_eq!(g.graphics(34, &[item.word(), 1, 1]), BADITEM, "FillRect");
            assert_eq!(g.graphics(33, &[item.word(), 1, 1, 1]), BADITEM, "DrawTo");
            assert_eq!(g.graphics(2, &[item.word(), 1, 1, 1]), BADITEM, "ReadPixel");
            assert_eq!(
                g.graphics(5, &[item.word(), 1, 1, 1]),
                BADITEM,
                "WritePixel"
            );
            assert_eq!(
                g.graphics(4, &[item.word(), 0, 0]),
                Status(0),
                "GetPixelAddress"
            );
        }
        assert_eq!(draw_cels(&mut g.on(thread), c.item, 0), NOTOWNER);
        assert_eq!(
            g.on(thread).call("OpenItem", &[c.item.word(), 0]).0,
            c.item.0
        );
        assert_eq!(draw_cels(&mut g.on(thread), c.item, 0), Status::OK);
    });
}

/// A bad pointer is an error of calls that have a system call, and else the caller's own fault.
#[test]
fn bad_pointers_are_errors_of_system_calls_and_kill_where_there_is_none() {
    let wild = 0x0800_0000;
    both_profiles(|g| {
        let c = canvas(g);
        let item = c.item.word();
        let rect = g.words(&[0, 0, 1, 1]);
        for bad in [wild, 0, 0x2F_FFFC, u32::MAX] {
            assert_eq!(g.swi(0x2_0023, &[item, bad, rect]), BADPTR);
            assert_eq!(g.swi(0x2_0023, &[item, c.gc, bad]), BADPTR);
            assert_eq!(g.swi(0x2_0021, &[item, bad, 1, 1]), BADPTR);
            assert_eq!(g.graphics(34, &[item, bad, rect]), BADPTR, "FillRect");
            assert_eq!(g.graphics(34, &[item, c.gc, bad]), BADPTR);
            assert_eq!(g.graphics(33, &[item, bad, 1, 1]), BADPTR, "DrawTo");
        }
        assert_eq!(
            g.swi(0x2_0021, &[item, 0x9000, 1, 1]),
            BADPTR,
            "kernel memory"
        );
        assert_eq!(g.swi(0x2_0021, &[item, c.gc, 5, 0]), Status::OK);
        assert_eq!(c.drawn(g).len(), 6);
        assert_eq!(
            g.swi(0x2_000F, &[c.gc, 0]),
            NOTYET,
            "SetFGPen is no system call"
        );
        assert_eq!(g.swi(0x2_0010, &[c.gc, 0]), NOTYET, "nor is SetBGPen");
    });
    for (n, arguments) in [
        (1, [wild, 0x4_8200, 0]),
        (1, [0x9000, 0x4_8200, 0]),
        (24, [wild, 0, 0]),
        (25, [0, 0, 0]),
        (30, [0x9000, 1, 1]),
    ] {
        let g = &mut Guest::new(Default::default());
        if arguments[0] == 0x9000 && n == 1 {
            g.write(0x9000 + 0x3C, 8);
            g.write(0x9000 + 0x40, 8);
        }
        let thread = g.create_thread("victim");
        g.on(thread).graphics_fault(n, &arguments);
    }
}

/// 4.6: MapCel, from numbers that can be checked by hand, and through to the screen.
#[test]
fn map_cel_maps_to_four_corners() {
    both_profiles(|g| {
        let c = canvas(g);
        let ccb = small_cel(g, 0, 0);
        let quad = g.words(&[10, 20, 16, 20, 16, 26, 10, 26]);
        g.graphics(1, &[ccb.addr(), quad]);
        let get = |g: &Guest, field| g.peek(ccb.at(field));
        assert_eq!(get(g, CCB::ccb_XPos), (10 << 16) + 0x8000);
        assert_eq!(get(g, CCB::ccb_YPos), (20 << 16) + 0x8000);
        assert_eq!(get(g, CCB::ccb_HDX), 3 << 20);
        assert_eq!(get(g, CCB::ccb_HDY), 0);
        assert_eq!(get(g, CCB::ccb_VDX), 0);
        assert_eq!(get(g, CCB::ccb_VDY), 3 << 16);
        assert_eq!(get(g, CCB::ccb_HDDX), 0);
        assert_eq!(g.peek(ccb.at(CCB::ccb_Flags)), CEL_FLAGS, "flags stay");
        draw_cels(g, c.item, ccb.addr());
        assert_eq!(c.drawn(g).len(), 36);
        assert_eq!(c.pixel(g, 15, 25) & 0x7FFF, 0x4444);
        g.write(ccb.at(CCB::ccb_Height).addr(), 0);
        let quad = g.words(&[0; 8]);
        g.graphics(1, &[ccb.addr(), quad]);
        assert_eq!(
            get(g, CCB::ccb_HDX),
            3 << 20,
            "a height of 0 changes nothing"
        );
    });
}

/// Pens and positions are what the guest's own structure says.
#[test]
fn pens_are_kept_in_the_grafcon() {
    both_profiles(|g| {
        let c = canvas(g);
        g.graphics(25, &[c.gc, 0x1234_5678]);
        c.move_to(g, -3, i32::MAX);
        let gc = GuestPtr::<GrafCon>::new(c.gc);
        assert_eq!(g.peek(gc.at(GrafCon::gc_FGPen)), WHITE);
        assert_eq!(g.peek(gc.at(GrafCon::gc_BGPen)), 0x1234_5678);
        assert_eq!(c.pen_at(g), (-3, i32::MAX));
        assert_eq!(g.peek(gc.at(GrafCon::gc_Flags)), 0);
    });
}
