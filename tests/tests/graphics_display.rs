//! What is shown, display lists and questions.
//!
//! Graphics sheet 3.2, 3.3, 4.2, 4.3, 4.7.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::graphics::{DisplayInfo, GrafFolio, VDL};
use emu_core::kernel::portfolio::structs::{List, Node};
use tests::guest::graphics::{GRAPHICS, csg, with_graphics, with_pal_graphics};
use tests::guest::{Guest, Tags, Word};

const fn graf(low: u32) -> Status {
    Status((0xD55B_0000 | low) as i32)
}

const BADITEM: Status = graf(0x9001);
const BADTAG: Status = graf(0x9002);
const BADTAGVAL: Status = graf(0x9003);
const BADPTR: Status = graf(0x9009);
const NOTOWNER: Status = graf(0x9012);
const BADVDLTYPE: Status = graf(0x9116);
const INDEXRANGE: Status = graf(0x9117);
const NOTYET: Status = graf(0x911B);
const MIXEDSCREENS: Status = graf(0x911C);
const PROOF_ERR: Status = graf(0x9120);
const BADDISPDIMS: Status = graf(0x9123);
const SGINUSE: Status = graf(0x9126);
const SGNOTINUSE: Status = graf(0x9127);
const BADDISPLAYTYPE: Status = graf(0x912A);
const MIXEDDISPLAYS: Status = graf(0x912B);

/// A list of one entry for the whole display, with these commands.
fn one_entry(commands: &[u32]) -> Vec<u32> {
    let control = 0x0021_8000 | (commands.len() as u32) << 9;
    [&[control, 0x20_0000, 0x20_0000, 0], commands].concat()
}

/// The list that the present field shows, as GrafBase says.
fn shown_link(g: &Guest) -> u32 {
    g.read(g.graf_base(GrafFolio::gf_VDLDisplayLink))
}

/// 3.3: what programs read from GrafBase.
#[test]
fn graf_base_says_what_old_programs_ask() {
    with_graphics(|g| {
        for (field, value) in [
            (GrafFolio::gf_VBLTime, 16684),
            (GrafFolio::gf_VBLFreq, 60),
            (GrafFolio::gf_DefaultDisplayWidth, 320),
            (GrafFolio::gf_DefaultDisplayHeight, 240),
            (GrafFolio::gf_VRAMPageSize, 2048),
            (GrafFolio::gf_DefaultDisplayType, 1),
            (GrafFolio::gf_DisplayTypeMask, 2),
        ] {
            assert_eq!(g.graf_base(field), value);
        }
        let zero = g.graf_base(GrafFolio::gf_ZeroPage);
        assert_eq!(zero % 2048, 0);
        assert!(g.read_bytes(zero, 2048).iter().all(|&byte| byte == 0));
        let shown = shown_link(g);
        assert_eq!(
            shown,
            g.graf_base(GrafFolio::gf_VDLBlank),
            "blank at power-on"
        );
    });
}

/// 3.3: the count of fields goes up by one each field, and its bit 0 is the parity.
#[test]
fn the_field_count_is_kept() {
    with_graphics(|g| {
        for _ in 0..4 {
            g.advance_fields(1);
            let count = g.graf_base(GrafFolio::gf_VBLNumber);
            assert_eq!(u64::from(count), g.fields());
            let result = g.alloc(4);
            assert_eq!(g.call("QueryGraphics", &[3, result]), Status::OK);
            assert_eq!(g.read(result), count);
        }
    });
}

/// 4.7: questions and their answers.
#[test]
fn questions() {
    let ask = |g: &mut Guest, answers: [u32; 5]| {
        let result = g.alloc(4);
        for (tag, answer) in [1, 2, 4, 5, 6].into_iter().zip(answers) {
            assert_eq!(g.call("QueryGraphics", &[tag, result]), Status::OK);
            assert_eq!(g.read(result), answer, "tag {tag}");
        }
        for tag in [7, u32::MAX] {
            assert_eq!(g.call("QueryGraphics", &[tag, result]), BADTAG);
        }
        assert_eq!(
            g.call("QueryGraphics", &[0, 0]),
            Status::OK,
            "END asks nothing"
        );
        let results = g.alloc(12);
        let tags = g.words(&[4, results, 99, results + 4, 5, results + 8, 0]);
        assert_eq!(g.call("QueryGraphicsList", &[tags]), BADTAG);
        assert_eq!(g.read(results), 320, "what came before is answered");
        assert_eq!(g.read(results + 8), 0, "what comes after is not");
        let tags = g.words(&[4, results, 5, results + 8, 0]);
        assert_eq!(g.call("QueryGraphicsList", &[tags]), Status::OK);
        assert_eq!(g.read(results + 8), 240);
    };
    with_graphics(|g| ask(g, [60, 16684, 320, 240, 1]));
    with_pal_graphics(|g| ask(g, [50, 20000, 320, 240, 2]));
}

/// 4.7: display types are nodes of a list, with their tags behind them.
#[test]
fn display_types_are_a_list() {
    let types = |g: &mut Guest| {
        let base = g.ptr::<GrafFolio>(GRAPHICS);
        let list = base.at(GrafFolio::gf_DisplayInfoList);
        let end = list.at(List::ListAnchor_filler).addr();
        let first = g.call("GetFirstDisplayInfo", &[]).0 as u32;
        assert_eq!(first, g.peek(list.at(List::ListAnchor_head)).addr());
        let mut found = Vec::new();
        let mut node = first;
        while node != end {
            let tags = emu_core::mem::GuestPtr::<DisplayInfo>::new(node);
            let mut at = tags.at(DisplayInfo::di_Tags).addr();
            let mut values = Vec::new();
            while g.read(at) != 0 {
                assert_eq!(
                    g.read(at),
                    values.len() as u32 + 1,
                    "in the order of their numbers"
                );
                values.push(g.read(at + 4));
                at += 8;
            }
            let name = g.text(values[10]);
            found.push((values[..5].to_vec(), name));
            node = g.peek(tags.cast::<Node>().at(Node::n_Next)).addr();
        }
        found
    };
    with_graphics(|g| {
        assert_eq!(
            types(g),
            [(vec![1, 320, 240, 16684, 60], "NTSC".to_owned())]
        );
    });
    with_pal_graphics(|g| {
        let narrow = (vec![2, 320, 288, 20000, 50], "PAL (Narrow)".to_owned());
        let wide = (vec![3, 384, 288, 20000, 50], "PAL".to_owned());
        assert_eq!(types(g), [narrow, wide]);
    });
}

/// 4.2: the pair is shown from the next vertical blank on, even fields the first.
#[test]
fn screens_are_shown_from_the_next_blank_on() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        let lists = [0, 1].map(|n| g.list_start(g.vdl_of(group.screens[n])).addr());
        g.advance_fields(1);
        let blank = shown_link(g);
        assert_eq!(g.display_screens(group.screens[0], Item::NONE), Status::OK);
        assert_eq!(shown_link(g), blank, "not yet");
        for _ in 0..3 {
            g.advance_fields(1);
            assert_eq!(shown_link(g), lists[0]);
        }
        assert_eq!(
            g.display_screens(group.screens[0], group.screens[1]),
            Status::OK
        );
        for _ in 0..4 {
            g.advance_fields(1);
            assert_eq!(shown_link(g), lists[(g.fields() & 1) as usize]);
        }
        let vdl = g.vdl_of(group.screens[1]);
        let odd = g.graf_base(GrafFolio::gf_CurrentVDLOdd);
        assert_eq!(odd, g.ptr::<VDL>(vdl).addr());
    });
}

/// 4.2: what DisplayScreen refuses.
#[test]
fn only_screens_of_one_group_and_display_are_shown_together() {
    with_pal_graphics(|g| {
        let one = |g: &mut Guest, kind: u32| {
            let group = g.screen_group(&[
                (csg::DISPLAYTYPE, kind),
                (csg::DISPLAYHEIGHT, 100),
                (csg::SCREENHEIGHT, 100),
            ]);
            (group.item, group.screens)
        };
        let (group, narrow) = one(g, 2);
        let (_, wide) = one(g, 3);
        assert_eq!(g.display_screens(Item(0x7777), Item::NONE), BADITEM);
        assert_eq!(g.display_screens(group, Item::NONE), BADITEM);
        assert_eq!(g.display_screens(narrow[0], group), BADITEM);
        assert_eq!(g.display_screens(narrow[0], wide[0]), MIXEDSCREENS);
        let list = g.try_vdl(&one_entry(&[0]), Tags::new().and(101, 3_u32));
        g.call("SetVDL", &[narrow[1].word(), list.word()]);
        assert_eq!(g.display_screens(narrow[0], narrow[1]), MIXEDDISPLAYS);
        assert_eq!(g.display_screens(narrow[1], Item::NONE), Status::OK);
    });
}

/// 4.2: groups are added once and removed as often.
#[test]
fn groups_are_added_and_removed() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        let item = group.item.word();
        assert_eq!(g.call("RemoveScreenGroup", &[item]), SGNOTINUSE);
        assert_eq!(g.call("AddScreenGroup", &[item, 0]), Status::OK);
        assert_eq!(g.call("AddScreenGroup", &[item, 0]), SGINUSE);
        assert_eq!(g.call("RemoveScreenGroup", &[item]), Status::OK);
        assert_eq!(g.call("RemoveScreenGroup", &[item]), SGNOTINUSE);
        assert_eq!(
            g.call("AddScreenGroup", &[group.screens[0].word(), 0]),
            BADITEM
        );
        // DisplayScreen does not ask.
        assert_eq!(g.display_screens(group.screens[0], Item::NONE), Status::OK);
    });
}

/// 4.2: the display of a deleted screen or list is blank from the next vertical blank on, and
/// what it reads until then stays.
#[test]
fn what_is_deleted_is_not_shown_and_not_overwritten_before() {
    for whole_group in [true, false] {
        with_graphics(|g| {
            let group = g.screen_group(&[]);
            let vdl = g.vdl_of(group.screens[0]);
            let start = g.list_start(vdl).addr();
            g.display_screens(group.screens[0], Item::NONE);
            g.advance_fields(1);
            let words = g.list_of(vdl);
            let victim = if whole_group { group.item } else { vdl };
            assert_eq!(g.delete(victim), Status::OK);
            // Many lists now: none of them may be where the display still reads.
            let mut starts = Vec::new();
            for _ in 0..40 {
                let list = g.submit_vdl(&one_entry(&[0xE012_3456; 34]));
                starts.push(g.list_start(Item(list.0)).addr());
            }
            assert!(!starts.contains(&start));
            let now: Vec<u32> = (0..38).map(|n| g.read(start + n * 4)).collect();
            assert_eq!(now, words[..38], "the present field is not over");
            assert_eq!(shown_link(g), start);
            g.advance_fields(1);
            assert_eq!(shown_link(g), g.graf_base(GrafFolio::gf_VDLBlank));
            let list = g.submit_vdl(&one_entry(&[0; 34]));
            assert_eq!(g.list_start(Item(list.0)).addr(), start, "free again");
        });
    }
}

/// 4.3: another list for a shown screen counts from the next DisplayScreen on.
#[test]
fn a_new_list_is_shown_by_the_next_display_screen() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        let screen = group.screens[0];
        let old = g.list_start(g.vdl_of(screen)).addr();
        g.display_screens(screen, Item::NONE);
        g.advance_fields(1);
        let list = Item(g.submit_vdl(&one_entry(&[0])).0);
        g.call("SetVDL", &[screen.word(), list.word()]);
        g.advance_fields(1);
        assert_eq!(shown_link(g), old);
        g.display_screens(screen, Item::NONE);
        g.advance_fields(1);
        assert_eq!(shown_link(g), g.list_start(list).addr());
        assert_eq!(g.call("SetVDL", &[list.word(), list.word()]), BADITEM);
        assert_eq!(g.call("SetVDL", &[screen.word(), screen.word()]), BADITEM);
        let thread = g.create_thread("other");
        let set = g.on(thread).call("SetVDL", &[screen.word(), list.word()]);
        assert_eq!(set, NOTOWNER);
    });
}

/// 4.3: a submitted list is copied, linked anew and completed.
#[test]
fn submitted_lists_become_the_systems() {
    with_graphics(|g| {
        let mut words = one_entry(&[0xE000_0001, 0xE100_0000, 0x1F00_0000]);
        words[0] |= 100;
        // Relative: the next entry stands behind the commands.
        words[0] |= 0x4_0000;
        words[3] = 12;
        words.extend(one_entry(&[0xC000_0000]));
        let at = g.words(&words);
        let list = Item(g.call("SubmitVDL", &[at, words.len() as u32, 1]).0);
        assert!(list.0 > 0, "{list:?}");
        let copy = g.list_of(list);
        let start = g.list_start(list).addr();
        let post = g.graf_base(GrafFolio::gf_VDLPostDisplay);
        // The first entry says what every display begins with, as it says nothing of it.
        assert_eq!(copy[0], 0x0021_8000 | 4 << 9 | 100);
        assert_eq!(copy[3], start + 32);
        assert_eq!(
            copy[4..8],
            [0xC001_002C, 0xE000_0001, 0xE100_0000, 0x1F00_0000]
        );
        assert_eq!(copy[8], 0x0021_8200 | 140);
        assert_eq!(copy[11..13], [post, 0xC000_0000]);
        assert_eq!(g.field(list, VDL::vdl_Type), 1);
        // What the program does to its own words changes nothing.
        g.write(at, 0);
        assert_eq!(g.list_of(list), copy);
        assert_eq!(g.delete(list), Status::OK);
    });
}

/// 4.3: what is no list for the display.
#[test]
fn lists_are_proofed() {
    with_graphics(|g| {
        let good = one_entry(&[0; 34]);
        for (at, bits) in [
            (0, 0x8000_0000),
            (0, 0x40_0000),
            (4, 0xC800_0000),
            (37, 0x8000_0000),
        ] {
            let mut words = good.clone();
            words[at] |= bits;
            assert_eq!(g.submit_vdl(&words), PROOF_ERR, "{at} {bits:#x}");
        }
        assert_eq!(g.submit_vdl(&good[..4]), PROOF_ERR);
        assert_eq!(g.submit_vdl(&good[..37]), PROOF_ERR);
        let at = g.words(&good);
        assert_eq!(g.call("SubmitVDL", &[at, 38, 4]), BADVDLTYPE);
        assert_eq!(g.call("SubmitVDL", &[at, 38, 0]), BADVDLTYPE);
        for kind in [2, 3, 5] {
            assert_eq!(g.call("SubmitVDL", &[at, 38, kind]), NOTYET);
        }
        assert_eq!(g.call("SubmitVDL", &[0x30_0000, 38, 1]), BADPTR);
        assert_eq!(g.call("SubmitVDL", &[at, u32::MAX, 1]), BADPTR);
        assert_eq!(g.call("SubmitVDL", &[at, 0x4000_0000, 1]), BADPTR);
        let tags = |tag: u32, value: u32| Tags::new().and(tag, value);
        assert_eq!(g.try_vdl(&good, tags(103, 0)), BADDISPDIMS);
        assert_eq!(g.try_vdl(&good, tags(103, 241)), BADDISPDIMS);
        assert_eq!(g.try_vdl(&good, tags(101, 2)), BADDISPLAYTYPE);
        assert_eq!(g.try_vdl(&good, tags(10, 0)), BADTAG);
        assert_eq!(g.try_vdl(&good, tags(105, 0)), BADTAG);
        let short = Item(g.try_vdl(&good, tags(12, 1).and(103, 200_u32)).0);
        assert_eq!(g.field(short, VDL::vdl_Offset), 20);
        assert_eq!(g.list_of(short)[0] & 0x1FF, 200);
    });
}

/// 4.1: a group of lists of the program's own, and one with an entry for each line.
#[test]
fn groups_with_full_lists() {
    with_graphics(|g| {
        let words = one_entry(&[0xC001_002C, 0xE000_00FF]);
        let list = g.words(&words);
        let lists = g.words(&[list, list]);
        let lengths = g.words(&[6, 6]);
        let own = [(csg::VDLS, lists), (csg::VDL_LENGTHS, lengths)];
        for kind in [&[][..], &[(csg::VDLTYPE, 1)]] {
            let group = g.screen_group(&[&own[..], kind].concat());
            let vdl = g.vdl_of(group.screens[1]);
            assert_eq!(g.field(vdl, VDL::vdl_Type), 1);
            assert_eq!(g.list_of(vdl)[5], 0xE000_00FF);
            assert_eq!(
                g.call("SetScreenColor", &[group.screens[0].word(), 0]),
                BADVDLTYPE
            );
            g.delete(group.item);
        }
        g.write(lengths + 4, 5);
        assert_eq!(
            g.try_screen_group(&own).0,
            PROOF_ERR,
            "the second is cut off"
        );
        let group = g.screen_group(&[(csg::VDLTYPE, 1), (csg::SCREENCOUNT, 1)]);
        let words = g.list_of(g.vdl_of(group.screens[0]));
        assert_eq!(words.len(), 40 + 239 * 8);
        assert_eq!(words[40 + 238 * 8] & 0x1FF, 1);
    });
}

/// 4.3: ModifyVDL changes every display control word, or nothing.
#[test]
fn modify_changes_every_control_word() {
    with_graphics(|g| {
        let mut words = one_entry(&[0xC001_002C, 0xE000_0000, 0xC001_002C]);
        words[0] |= 100 | 0x4_0000;
        words[3] = 12;
        words.extend(one_entry(&[0xC000_0000]));
        let list = Item(g.submit_vdl(&words).0);
        let modify = |g: &mut Guest, tags: &[u32]| {
            let tags = g.words(tags);
            g.call("ModifyVDL", &[list.word(), tags])
        };
        assert_eq!(modify(g, &[12, 0, 17, 1, 16, 1, 14, 2, 0]), Status::OK);
        let words = g.list_of(list);
        assert_eq!(words[4], 0xC201_04A8);
        assert_eq!(words[5], 0xE000_0000);
        assert_eq!(words[6], 0xC201_04A8);
        assert_eq!(words[12], 0xC200_0480);
        for (tags, error) in [
            (&[12, 1, 100, 1, 0][..], BADTAG),
            (&[12, 1, 23, 1, 0], BADTAG),
            (&[12, 1, 13, 2, 0], BADTAGVAL),
            (&[12, 1, 254, 0x30_0000], BADPTR),
        ] {
            assert_eq!(modify(g, tags), error);
            assert_eq!(g.list_of(list), words, "nothing changed");
        }
        assert_eq!(g.call("ModifyVDL", &[list.word(), 0]), Status::OK);
        assert_eq!(g.call("ModifyVDL", &[0x7777, 0]), BADITEM);
    });
}

/// 4.3: colours of a simple screen.
#[test]
fn colors_of_a_screen() {
    with_graphics(|g| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let screen = group.screens[0].word();
        let vdl = g.vdl_of(group.screens[0]);
        let set = |g: &mut Guest, entry: u32| g.call("SetScreenColor", &[screen, entry]);
        assert_eq!(set(g, 0x0512_3456), Status::OK);
        assert_eq!(g.list_of(vdl)[5 + 5], 0x0512_3456);
        for (entry, word) in [
            (0x6500_0000 | 0xAA_0000, 0x05AA_3456),
            (0x4500_0000 | 0xBB00, 0x05AA_BB56),
            (0x2500_0000 | 0xCC, 0x05AA_BBCC),
        ] {
            assert_eq!(set(g, entry), Status::OK);
            assert_eq!(g.list_of(vdl)[5 + 5], word, "one component");
        }
        for entry in [0x2000_00FF, 0xE0FF_0000] {
            assert_eq!(set(g, entry), Status::OK);
            let word = 0xE000_0000 | entry & 0xFF_FFFF;
            assert_eq!(g.list_of(vdl)[37], word, "the background");
        }
        for entry in [0x8000_0000, 0xC000_0000, 0xE100_0000, u32::MAX] {
            assert_eq!(set(g, entry), INDEXRANGE, "{entry:#x}");
        }
        let entries = g.words(&[0x0111_1111, 0x0222_2222, 0x8033_3333, 0x0444_4444]);
        let call = "SetScreenColors";
        assert_eq!(g.call(call, &[screen, entries, 4]), INDEXRANGE);
        let words = g.list_of(vdl);
        assert_eq!(words[6..8], [0x0111_1111, 0x0222_2222], "those before stay");
        assert_eq!(words[9], 0x0420_2020);
        assert_eq!(g.call(call, &[screen, entries, 0]), Status::OK);
        assert_eq!(g.call(call, &[screen, entries, u32::MAX]), Status::OK);
        assert_eq!(g.call(call, &[screen, 0x30_0000, 1]), BADPTR);
        assert_eq!(g.call(call, &[screen, entries, 0x7FFF_FFFF]), BADPTR);
        assert_eq!(g.call("ResetScreenColors", &[screen]), Status::OK);
        let words = g.list_of(vdl);
        assert_eq!(words[6..8], [0x0108_0808, 0x0210_1010]);
        assert_eq!(words[37], 0xE0FF_0000, "the background stays");
    });
}

/// The registers can be read back; the shipped folio says 0.
#[test]
fn registers_of_the_shown_screen() {
    with_graphics(|g| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let screen = group.screens[0];
        let read = |g: &mut Guest, index: u32| g.call("ReadCLUTColor", &[index]);
        let or_zero = |g: &Guest, value: Status| if g.retail() { Status(0) } else { value };
        assert_eq!(read(g, 3), or_zero(g, BADVDLTYPE), "nothing is shown");
        g.display_screens(screen, Item::NONE);
        assert_eq!(read(g, 3), or_zero(g, Status(0x18_1818)));
        g.call("SetScreenColor", &[screen.word(), 0x2000_00FF]);
        assert_eq!(read(g, 32), or_zero(g, Status(0xFF)));
        assert_eq!(read(g, 33), or_zero(g, INDEXRANGE));
    });
}

/// 4.3: smoothing is two bits of the control word.
#[test]
fn smoothing_of_a_screen() {
    with_graphics(|g| {
        let group = g.screen_group(&[(csg::SCREENCOUNT, 1)]);
        let screen = group.screens[0].word();
        let vdl = g.vdl_of(group.screens[0]);
        for (call, word) in [
            ("DisableHAVG", 0xC001_0028),
            ("DisableVAVG", 0xC001_0020),
            ("EnableHAVG", 0xC001_0024),
            ("EnableVAVG", 0xC001_002C),
        ] {
            assert_eq!(g.call(call, &[screen]), Status::OK);
            assert_eq!(g.list_of(vdl)[4], word, "{call}");
        }
        assert_eq!(g.call("EnableVAVG", &[vdl.word()]), BADITEM);
    });
}

/// 3.2: the numbers that the folio answers with NOTYET, and the attributes that nothing shows.
#[test]
fn calls_that_the_folio_refuses() {
    with_graphics(|g| {
        for n in [
            0, 4, 11, 12, 15, 16, 21, 22, 24, 25, 26, 28, 30, 32, 34, 40, 43, 44, 46, 48, 49,
        ] {
            assert_eq!(g.swi(0x2_0000 + n, &[0]), NOTYET, "SWI {n}");
        }
        for n in [6, 7, 8, 10, 31, 39] {
            g.begin_vec_of(GRAPHICS, n, &[0]);
            g.wait();
            assert_eq!(g.last(), NOTYET, "vector {n}");
        }
        let tags = g.words(&[256, 0, 263, 1, 0]);
        let wrong = g.words(&[264, 0, 0]);
        for call in ["SetVBLAttrs", "GetVBLAttrs"] {
            assert_eq!(g.call(call, &[tags]), Status::OK);
            assert_eq!(g.call(call, &[wrong]), BADTAG);
            assert_eq!(g.call(call, &[0x30_0000]), BADPTR);
        }
    });
}

/// Programs reach the calls by vectors: they are the same.
#[test]
fn vectors_do_what_system_calls_do() {
    with_graphics(|g| {
        let screens = g.alloc(8);
        let vector = |g: &mut Guest, n: u8, arguments: &[u32]| {
            g.begin_vec_of(GRAPHICS, n, arguments);
            g.wait();
            g.last()
        };
        let group = vector(g, 12, &[screens, 0]);
        assert!(group.0 > 0, "{group:?}");
        let (first, second) = (g.read(screens), g.read(screens + 4));
        assert_eq!(vector(g, 26, &[group.word(), 0]), Status::OK);
        assert_eq!(vector(g, 40, &[first, second]), Status::OK);
        assert_eq!(vector(g, 20, &[first, 0x0100_0000]), Status::OK);
        assert_eq!(vector(g, 19, &[first]), Status::OK);
        let bitmap = g.bitmap_of(Item(first as i32)).word();
        assert_eq!(
            vector(g, 15, &[bitmap, 2, 2]),
            Status(0xD55B_9115_u32 as i32)
        );
        assert_eq!(vector(g, 28, &[bitmap, 100]), Status::OK);
        assert_eq!(vector(g, 15, &[bitmap, 220, 0]), Status::OK);
        assert_eq!(vector(g, 27, &[group.word()]), Status::OK);
        assert_eq!(vector(g, 23, &[group.word()]), Status::OK);
    });
}

/// A machine that shows screens can be saved, loaded and gone on with.
#[test]
fn screens_outlive_a_saved_state() {
    with_graphics(|g| {
        let group = g.screen_group(&[]);
        g.display_screens(group.screens[0], Item::NONE);
        g.reload();
        g.advance_fields(1);
        let start = g.list_start(g.vdl_of(group.screens[0])).addr();
        assert_eq!(shown_link(g), start);
        g.delete(group.item);
        g.reload();
        g.advance_fields(1);
        assert_eq!(shown_link(g), g.graf_base(GrafFolio::gf_VDLBlank));
    });
}
