//! Screen groups, screens and bitmaps: graphics sheet 3.1-3.4, 4.1, 4.4.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{BADITEM as KERNEL_BADITEM, ITEM_STILL_OPENED, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::graphics::{Bitmap, Screen, ScreenGroup, VDL};
use emu_core::kernel::portfolio::structs::{ItemNode, List};
use tests::guest::graphics::{BITMAP, csg, with_graphics, with_pal_graphics};
use tests::guest::{Guest, Tags, Word, both_profiles};

const fn graf(low: u32) -> Status {
    Status((0xD55B_0000 | low) as i32)
}

const BADITEM: Status = graf(0x9001);
const BADTAG: Status = graf(0x9002);
const NOMEM: Status = graf(0x9006);
const BADPTR: Status = graf(0x9009);
const NOTOWNER: Status = graf(0x9012);
const BADCLIP: Status = graf(0x9115);
const BADVDLTYPE: Status = graf(0x9116);
const BUFWIDTH: Status = graf(0x9118);
const VDLWIDTH: Status = graf(0x911A);
const NOTYET: Status = graf(0x911B);
const BADDEADBOLT: Status = graf(0x911E);
const VDL_LENGTH: Status = graf(0x9121);
const BADDISPDIMS: Status = graf(0x9123);
const BADBITMAPSPEC: Status = graf(0x9124);
const GRAFNOTOPEN: Status = graf(0x9128);
const NOWRITEACCESS: Status = graf(0x9129);
const BADDISPLAYTYPE: Status = graf(0x912A);

/// Bytes of the caller's free video memory, by taking and returning the largest block.
fn largest_vram(g: &mut Guest) -> u32 {
    let (mut low, mut high) = (0, 0x10_0000);
    while low + 16 < high {
        let middle = (low + high) / 2 / 16 * 16;
        let lists = g.field(
            g.me(),
            emu_core::kernel::portfolio::structs::Task::t_FreeMemoryLists,
        );
        let at = g
            .call("AllocMemFromMemLists", &[lists.addr(), middle, 0x1_0000])
            .0;
        if at == 0 {
            high = middle;
        } else {
            low = middle;
            g.call("FreeMemToMemLists", &[lists.addr(), at as u32, middle]);
        }
    }
    low
}

/// 4.1: what a program without wishes gets.
#[test]
fn a_group_without_tags_is_two_screens_of_the_default_display() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        assert_eq!(group.screens.len(), 2);
        assert_eq!(g.field(group.item, ScreenGroup::sg_DisplayHeight), 240);
        assert_eq!(g.field(group.item, ScreenGroup::sg_ScreenHeight), 240);
        let group_at = g.ptr::<ScreenGroup>(group.item);
        let first = g.peek(
            group_at
                .at(ScreenGroup::sg_ScreenList)
                .at(List::ListAnchor_head),
        );
        assert_eq!(first.addr(), g.ptr::<Screen>(group.screens[0]).addr());
        for &screen in &group.screens {
            assert_eq!(g.field(screen, Screen::scr_ScreenGroupPtr), group_at);
            assert_eq!(g.field(screen, Screen::scr_VDLType), 4, "SIMPLE");
            assert_eq!(g.field(screen, Screen::scr_BitmapCount), 1);
            let vdl = g.vdl_of(screen);
            assert_eq!(g.field(screen, Screen::scr_VDLPtr), g.ptr::<VDL>(vdl));
            assert_eq!(g.field(vdl, VDL::vdl_ScreenPtr), g.ptr::<Screen>(screen));
            assert_eq!(g.field(vdl, VDL::vdl_DisplayType), 1);
            assert_eq!(g.field(vdl, VDL::vdl_Height), 240);
            let bitmap = g.bitmap_of(screen);
            let ptr = g.ptr::<Bitmap>(bitmap);
            let list = g.ptr::<Screen>(screen).at(Screen::scr_BitmapList);
            assert_eq!(g.peek(list.at(List::ListAnchor_head)).addr(), ptr.addr());
            let buffer = g.field(bitmap, Bitmap::bm_Buffer);
            assert!((0x20_0000..0x2F_F000).contains(&buffer), "{buffer:#x}");
            for (field, value) in [
                (Bitmap::bm_Width, 320),
                (Bitmap::bm_Height, 240),
                (Bitmap::bm_ClipWidth, 320),
                (Bitmap::bm_ClipHeight, 240),
                (Bitmap::bm_ClipX, 0),
                (Bitmap::bm_ClipY, 0),
                (Bitmap::bm_WatchDogCtr, 62500),
                (Bitmap::bm_SysMalloc, 1),
            ] {
                assert_eq!(g.field(bitmap, field), value);
            }
            for (field, value) in [
                (Bitmap::bm_CEControl, 0xE150_0000),
                (Bitmap::bm_REGCTL0, 0x1414),
                (Bitmap::bm_REGCTL1, 0x00EF_013F),
                (Bitmap::bm_REGCTL2, buffer),
                (Bitmap::bm_REGCTL3, buffer),
            ] {
                assert_eq!(g.field(bitmap, field), value);
            }
            let words = g.list_of(vdl);
            let post = g.graf_base(
                emu_core::kernel::portfolio::structs::graphics::GrafFolio::gf_VDLPostDisplay,
            );
            assert_eq!(words[..4], [0x0021_C4F0, buffer, buffer, post]);
            assert_eq!(words[4], 0xC001_002C);
            assert_eq!(words[36..38], [0x1FFF_FFFF, 0xE000_0000]);
            for item in [screen, vdl, bitmap] {
                assert_eq!(g.field(item, ItemNode::n_Owner), g.me());
                assert_eq!(g.field(item, ItemNode::n_SubsysType), 2);
            }
        }
    });
}

/// 4.1: the errors, each before those after it.
#[test]
fn screen_groups_are_refused_in_the_sheets_order() {
    with_graphics(|g| {
        let bad = g.words(&[300]);
        for (tags, error) in [
            (&[(99, 0)][..], BADTAG),
            (
                &[(csg::DISPLAYTYPE, 2), (csg::DISPLAYHEIGHT, 0)],
                BADDISPLAYTYPE,
            ),
            (&[(csg::DISPLAYTYPE, 3)], BADDISPLAYTYPE),
            (&[(csg::DISPLAYTYPE, 4)], BADDISPLAYTYPE),
            (&[(csg::DISPLAYHEIGHT, 0), (csg::VDLS, 1)], BADDISPDIMS),
            (
                &[(csg::DISPLAYHEIGHT, 241), (csg::SCREENHEIGHT, 300)],
                BADDISPDIMS,
            ),
            (&[(csg::VDLTYPE, 2)], NOTYET),
            (&[(csg::VDLTYPE, 3)], NOTYET),
            (&[(csg::VDLTYPE, 5)], NOTYET),
            (&[(csg::VDLTYPE, 0)], BADVDLTYPE),
            (&[(csg::VDLTYPE, 6)], BADVDLTYPE),
            (&[(csg::VDLS, 0x20_0000), (csg::SCREENCOUNT, 0)], VDL_LENGTH),
            (&[(csg::SCREENCOUNT, 0)], BADDISPDIMS),
            (&[(csg::SCREENCOUNT, u32::MAX)], BADDISPDIMS),
            (
                &[(csg::SCREENHEIGHT, 239), (csg::BITMAPCOUNT, 2)],
                BADDISPDIMS,
            ),
            (&[(csg::BITMAPCOUNT, u32::MAX)], BADBITMAPSPEC),
            (&[(csg::BITMAPCOUNT, 2)], BADBITMAPSPEC),
            (&[(csg::SCREENHEIGHT, 2049)], BADBITMAPSPEC),
            (&[(csg::WIDTHS, bad)], VDLWIDTH),
            (&[(csg::WIDTHS, 0x40_0000)], BADPTR),
            (&[(csg::BUFFERS, 0x40_0000)], BADPTR),
            (&[(csg::SCREENCOUNT, 4097)], NOMEM),
            (&[(csg::SCREENHEIGHT, 2000)], NOMEM),
        ] {
            let (result, screens) = g.try_screen_group(tags);
            assert_eq!(result, error, "{tags:x?}");
            assert_eq!(g.read(screens), 0, "{tags:x?}: nothing was made");
        }
        let tags = g.words(&[0]);
        assert_eq!(g.call("CreateScreenGroup", &[0, tags]), BADPTR);
        assert_eq!(g.call("CreateScreenGroup", &[0x2F_F000, tags]), BADPTR);
        let screens = g.alloc(8);
        assert_eq!(g.call("CreateScreenGroup", &[screens, 0x40_0000]), BADPTR);
        // A failure has left nothing behind.
        let before = largest_vram(g);
        g.try_screen_group(&[(csg::SCREENHEIGHT, 2000)]);
        assert_eq!(largest_vram(g), before);
    });
}

/// 3.1: each task opens the folio for itself.
#[test]
fn only_tasks_that_have_opened_the_folio_make_screen_groups() {
    both_profiles(|g| {
        assert_eq!(g.try_screen_group(&[(99, 0)]).0, GRAFNOTOPEN);
        g.open_graphics();
        g.screen_group(&[]);
        let thread = g.create_thread("other");
        assert_eq!(g.on(thread).try_screen_group(&[]).0, GRAFNOTOPEN);
        g.on(thread).open_graphics();
        g.on(thread).screen_group(&[]);
        g.delete(thread);
    });
}

/// 4.1: sizes and buffers of the program's own.
#[test]
fn a_group_takes_the_programs_sizes_and_buffers() {
    with_graphics(|g| {
        let buffer = g.call("AllocMemBlocks", &[640 * 250 * 2, 0x1_8000]).0 as u32;
        let widths = g.words(&[640]);
        let heights = g.words(&[250]);
        let buffers = g.words(&[buffer]);
        let group = g.screen_group(&[
            (csg::SCREENCOUNT, 1),
            (csg::DISPLAYHEIGHT, 200),
            (csg::SCREENHEIGHT, 250),
            (csg::WIDTHS, widths),
            (csg::HEIGHTS, heights),
            (csg::BUFFERS, buffers),
        ]);
        let screen = group.screens[0];
        let bitmap = g.bitmap_of(screen);
        assert_eq!(g.field(bitmap, Bitmap::bm_Buffer), buffer);
        assert_eq!(g.field(bitmap, Bitmap::bm_Width), 640);
        assert_eq!(g.field(bitmap, Bitmap::bm_Height), 250);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL0), 0x2222);
        assert_eq!(g.field(bitmap, Bitmap::bm_SysMalloc), 0);
        assert_eq!(g.field(g.vdl_of(screen), VDL::vdl_Offset), 20);
        let words = g.list_of(g.vdl_of(screen));
        assert_eq!(words[0], 0x0021_C400 | 3 << 23 | 200);
        // Somebody else's memory is no frame buffer.
        let foreign = g.words(&[0x8000]);
        let tags = [(csg::SCREENCOUNT, 1), (csg::BUFFERS, foreign)];
        assert_eq!(g.try_screen_group(&tags).0, NOWRITEACCESS);
    });
}

/// 4.1: buffers for SPORT are whole pages on page boundaries.
#[test]
fn sport_buffers_are_whole_pages() {
    with_graphics(|g| {
        let tags = [
            (csg::SPORTBITS, 0x5000_0000),
            (csg::DISPLAYHEIGHT, 101),
            (csg::SCREENHEIGHT, 101),
        ];
        let group = g.screen_group(&tags);
        let buffers: Vec<u32> = group
            .screens
            .iter()
            .map(|&screen| g.field(g.bitmap_of(screen), Bitmap::bm_Buffer))
            .collect();
        assert!(
            buffers.iter().all(|buffer| buffer % 2048 == 0),
            "{buffers:x?}"
        );
        // 64640 bytes are 31.6 pages.
        assert!(buffers[0].abs_diff(buffers[1]) >= 32 * 2048);
        // The machine has no second bank.
        assert_eq!(
            g.try_screen_group(&[(csg::SPORTBITS, 0x6000_0000)]).0,
            NOMEM
        );
    });
}

/// 1.4, 4.1: a PAL machine has two displays, and its default is the narrow one.
#[test]
fn pal_machines_have_pal_displays() {
    with_pal_graphics(|g| {
        assert_eq!(
            g.try_screen_group(&[(csg::DISPLAYTYPE, 1)]).0,
            BADDISPLAYTYPE
        );
        for (kind, width, control) in [
            (0, 320, 0xC001_002C),
            (2, 320, 0xC001_002C),
            (3, 384, 0xC801_002C),
        ] {
            let group = g.screen_group(&[
                (csg::DISPLAYTYPE, kind),
                (csg::SCREENCOUNT, 1),
                (csg::DISPLAYHEIGHT, 288),
                (csg::SCREENHEIGHT, 288),
            ]);
            let screen = group.screens[0];
            assert_eq!(g.field(g.bitmap_of(screen), Bitmap::bm_Width), width);
            assert_eq!(g.list_of(g.vdl_of(screen))[4], control);
            assert_eq!(
                g.call("DeleteScreenGroup", &[group.item.word()]),
                Status::OK
            );
        }
        let short = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        assert_eq!(g.field(g.vdl_of(short.screens[0]), VDL::vdl_Offset), 25);
    });
}

/// 4.2: a group takes all it has made along, and gives the memory back.
#[test]
fn a_group_ends_with_all_that_belongs_to_it() {
    with_graphics(|g| {
        let before = largest_vram(g);
        for by_item in [false, true] {
            let group = g.screen_group(&[]);
            let mut items = vec![group.item];
            for &screen in &group.screens {
                items.extend([screen, g.bitmap_of(screen), g.vdl_of(screen)]);
            }
            assert!(largest_vram(g) < before);
            let call = if by_item {
                "DeleteItem"
            } else {
                "DeleteScreenGroup"
            };
            assert_eq!(g.call(call, &[group.item.word()]), Status::OK);
            assert!(!items.iter().any(|&item| g.is_item(item)));
            assert_eq!(largest_vram(g), before);
        }
        assert_eq!(g.call("DeleteScreenGroup", &[0x7777]), BADITEM);
        let bitmap = g.bitmap(320, 1);
        assert_eq!(g.call("DeleteScreenGroup", &[bitmap.word()]), BADITEM);
    });
}

/// 4.2, and the page of DeleteVDL: the list that a screen has at its end goes with it, others not.
#[test]
fn a_screen_takes_the_list_along_that_it_has() {
    with_graphics(|g| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let screen = group.screens[0];
        let old = g.vdl_of(screen);
        let new = Item(
            g.submit_vdl(&[0x0021_8200, 0x20_0000, 0x20_0000, 0, 0xE000_0000])
                .0,
        );
        assert_eq!(
            g.call("SetVDL", &[screen.word(), new.word()]),
            Status(old.0)
        );
        assert_eq!(g.field(old, VDL::vdl_ScreenPtr).addr(), 0);
        assert_eq!(g.field(screen, Screen::scr_VDLType), 1, "FULL");
        g.call("DeleteScreenGroup", &[group.item.word()]);
        assert!(!g.is_item(new) && g.is_item(old));
        assert_eq!(g.delete(old), Status::OK);
    });
}

/// A screen whose bitmap or list is deleted has none.
#[test]
fn parts_of_a_screen_may_end_before_it() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        let screen = group.screens[0];
        let (bitmap, vdl) = (g.bitmap_of(screen), g.vdl_of(screen));
        assert_eq!(g.delete(bitmap), Status::OK);
        assert_eq!(g.field(screen, Screen::scr_TempBitmap).addr(), 0);
        assert_eq!(g.delete(vdl), Status::OK);
        assert_eq!(g.field(screen, Screen::scr_VDLPtr).addr(), 0);
        assert_eq!(g.display_screens(screen, Item::NONE), BADITEM);
        assert_eq!(g.call("EnableHAVG", &[screen.word()]), BADITEM);
        assert_eq!(g.delete(screen), Status::OK);
        assert_eq!(g.delete(group.item), Status::OK);
        assert!(!g.is_item(group.screens[1]));
    });
}

/// A task's end deletes what it owns.
#[test]
fn screens_end_with_their_task() {
    with_graphics(|g| {
        let before = largest_vram(g);
        let thread = g.create_thread("artist");
        let mut other = g.on(thread);
        other.open_graphics();
        let group = other.screen_group(&[]);
        other.display_screens(group.screens[0], Item::NONE);
        drop(other);
        assert_eq!(g.delete(thread), Status::OK);
        assert!(!g.is_item(group.item) && !g.is_item(group.screens[0]));
        assert_eq!(largest_vram(g), before);
    });
}

/// 3.4: what belongs to another task is not to be used unless it was opened.
#[test]
fn other_tasks_open_what_they_use() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        let screen = group.screens[0];
        let bitmap = g.bitmap_of(screen);
        let thread = g.create_thread("guest");
        let mut other = g.on(thread);
        assert_eq!(other.display_screens(screen, Item::NONE), NOTOWNER);
        assert_eq!(other.call("SetClipWidth", &[bitmap.word(), 10]), NOTOWNER);
        assert_eq!(
            other.call("AddScreenGroup", &[group.item.word(), 0]),
            NOTOWNER
        );
        assert_eq!(
            other.call("DeleteScreenGroup", &[group.item.word()]),
            NOTOWNER
        );
        for item in [screen, bitmap, group.item] {
            assert_eq!(other.call("OpenItem", &[item.word(), 0]), Status(item.0));
        }
        assert_eq!(other.display_screens(screen, Item::NONE), Status::OK);
        assert_eq!(other.call("SetClipWidth", &[bitmap.word(), 10]), Status::OK);
        assert_eq!(
            other.call("AddScreenGroup", &[group.item.word(), 0]),
            Status::OK
        );
        assert_eq!(
            other.call("DeleteScreenGroup", &[group.item.word()]),
            NOTOWNER
        );
        drop(other);
        assert_eq!(g.delete(bitmap), ITEM_STILL_OPENED);
        let closed = g.on(thread).call("CloseItem", &[bitmap.word()]);
        assert_eq!(closed, Status::OK);
        assert_eq!(
            g.on(thread).call("SetClipWidth", &[bitmap.word(), 9]),
            NOTOWNER
        );
        assert_eq!(g.delete(bitmap), Status::OK);
        // A list cannot be shared.
        let vdl = g.vdl_of(screen);
        assert!(g.on(thread).call("OpenItem", &[vdl.word(), 0]).is_error());
    });
}

/// 4.4: CreateItem of a bitmap.
#[test]
fn bitmaps_are_checked() {
    with_graphics(|g| {
        let buffer = g.call("AllocMemBlocks", &[64 * 64 * 2, 0x1_8000]).0 as u32;
        let tags = |width: u32, height: u32, buffer: u32| {
            Tags::new().and(11, width).and(12, height).and(13, buffer)
        };
        let plain = || tags(64, 64, buffer);
        for (tags, error) in [
            (tags(65, 64, buffer), BUFWIDTH),
            (tags(0, 64, buffer), BUFWIDTH),
            (tags(64, 0, buffer), BADBITMAPSPEC),
            (tags(64, 2049, buffer), BADBITMAPSPEC),
            (tags(64, u32::MAX, buffer), BADBITMAPSPEC),
            (tags(2048, 2048, buffer), NOWRITEACCESS),
            (tags(64, 64, 0), NOWRITEACCESS),
            (tags(64, 64, 0x8000), NOWRITEACCESS),
            (tags(64, 64, 0xFFFF_FFF0), NOWRITEACCESS),
            (plain().and(14, 65_u32), BADCLIP),
            (plain().and(15, 0_u32), BADCLIP),
            (plain().and(16, 1_u32), BADCLIP),
            (plain().and(17, -2), BADCLIP),
            (plain().and(18, -1), BADDEADBOLT),
            (plain().and(10, 0_u32), BADTAG),
            (plain().and(20, 0_u32), BADTAG),
        ] {
            assert_eq!(g.create(BITMAP, tags), error);
        }
        let all = plain().and(14, 32_u32).and(15, 16_u32).and(16, 8_u32);
        let all = all.and(17, 5_u32).and(18, 160_u32).and(19, 0x1234_u32);
        let bitmap = g.new_item(BITMAP, all);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL1), 0x000F_001F);
        assert_eq!(g.field(bitmap, Bitmap::bm_ClipY), 4);
        let origin = buffer + 2 * 64 * 4 + 8 * 4;
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL3), origin);
        assert_eq!(g.field(bitmap, Bitmap::bm_WatchDogCtr), 10);
        assert_eq!(g.field(bitmap, Bitmap::bm_CEControl), 0x1234);
        // Off-screen bitmaps may be in DRAM.
        let dram = g.alloc(64 * 2);
        g.new_item(BITMAP, tags(32, 2, dram));
    });
}

/// 4.4: the clip region and the registers.
#[test]
fn clip_regions_stay_inside_and_set_the_registers() {
    with_graphics(|g| {
        let bitmap = g.bitmap(64, 64);
        let buffer = g.field(bitmap, Bitmap::bm_Buffer);
        let item = bitmap.word();
        let clip = |g: &Guest| {
            [
                Bitmap::bm_ClipX,
                Bitmap::bm_ClipY,
                Bitmap::bm_ClipWidth,
                Bitmap::bm_ClipHeight,
            ]
            .map(|field| g.field(bitmap, field))
        };
        for (call, arguments) in [
            ("SetClipWidth", &[item, 0][..]),
            ("SetClipWidth", &[item, 65]),
            ("SetClipWidth", &[item, 0x7FFF_FFFF]),
            ("SetClipWidth", &[item, 0x8000_0000]),
            ("SetClipHeight", &[item, 0]),
            ("SetClipHeight", &[item, 65]),
            ("SetClipOrigin", &[item, 1, 0]),
            ("SetClipOrigin", &[item, 0, 2]),
            ("SetClipOrigin", &[item, u32::MAX, 0]),
            ("SetClipOrigin", &[item, 0x7FFF_FFFF, 0]),
        ] {
            assert_eq!(g.call(call, arguments), BADCLIP, "{call} {arguments:x?}");
            assert_eq!(clip(g), [0, 0, 64, 64]);
        }
        assert_eq!(g.call("SetClipWidth", &[item, 32]), Status::OK);
        assert_eq!(g.call("SetClipHeight", &[item, 16]), Status::OK);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL1), 0x000F_001F);
        assert_eq!(g.call("SetClipOrigin", &[item, 10, 7]), Status::OK);
        assert_eq!(clip(g), [10, 6, 32, 16], "an even line");
        let origin = buffer + (6 * 64 + 2 * 10) * 2;
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL3), origin);
        assert_eq!(
            g.field(bitmap, Bitmap::bm_REGCTL2),
            origin,
            "they were equal"
        );
        assert_eq!(g.call("SetClipWidth", &[item, 55]), BADCLIP);
        // Another read address stays where it is.
        assert_eq!(
            g.call("SetReadAddress", &[item, 0x20_0000, 320]),
            Status::OK
        );
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL0), 0x1014);
        assert_eq!(g.call("SetClipOrigin", &[item, 0, 0]), Status::OK);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL2), 0x20_0000);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL3), buffer);
        assert_eq!(g.call("SetReadAddress", &[item, 0x20_0000, 321]), BUFWIDTH);
        assert_eq!(g.call("SetReadAddress", &[item, 0x30_0000, 320]), BADPTR);
        assert_eq!(g.call("ResetReadAddress", &[item]), Status::OK);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL0), 0x1010);
        assert_eq!(g.field(bitmap, Bitmap::bm_REGCTL2), buffer);
    });
}

/// 4.4: CECONTROL by mask, and the watchdog.
#[test]
fn cel_engine_words_of_a_bitmap() {
    with_graphics(|g| {
        let bitmap = g.bitmap(32, 2);
        let item = bitmap.word();
        assert_eq!(
            g.call("SetCEControl", &[item, 0x4000_0001, 0xC000_0000]),
            Status::OK
        );
        assert_eq!(g.field(bitmap, Bitmap::bm_CEControl), 0x6150_0000);
        assert_eq!(g.call("SetCEWatchDog", &[item, 0x7FFF_FFFF]), Status::OK);
        assert_eq!(g.field(bitmap, Bitmap::bm_WatchDogCtr), 0x07FF_FFFF);
        assert_eq!(g.call("SetCEWatchDog", &[item, u32::MAX]), BADDEADBOLT);
        assert_eq!(g.delete(bitmap), Status::OK);
        assert_eq!(g.call("SetCEWatchDog", &[item, 1]), BADITEM);
        assert_eq!(g.delete(bitmap), KERNEL_BADITEM);
    });
}
