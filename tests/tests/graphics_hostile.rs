//! Wild arguments for every call about screens, bitmaps and display lists.
#![forbid(unsafe_code)]

use emu_core::device::display::Scaling;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::mem::GuestPtr;
use tests::guest::graphics::{GRAPHICS, with_graphics};
use tests::guest::{Guest, Word};

/// System calls of the folio, and how many arguments they take.
const SWIS: [(u32, usize); 22] = [
    (1, 3),
    (2, 1),
    (3, 3),
    (5, 1),
    (6, 1),
    (7, 1),
    (8, 1),
    (9, 2),
    (10, 1),
    (13, 3),
    (17, 2),
    (18, 1),
    (19, 2),
    (20, 2),
    (41, 3),
    (42, 2),
    (45, 2),
    (47, 2),
    (50, 2),
    (51, 2),
    (52, 1),
    (53, 1),
];
/// Vectors without a system call that touch no memory of the caller's by themselves.
const VECTORS: [(u8, usize); 5] = [(3, 1), (23, 1), (42, 3), (46, 0), (50, 2)];

/// Numbers from one seed, always the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

/// What a wild program passes: its own items and memory, and what is neither.
fn wild(g: &mut Guest, dice: &mut Dice, items: &[Item], lists: u32) -> u32 {
    const PLAIN: [u32; 18] = [
        0,
        1,
        2,
        3,
        100,
        320,
        0x7FFF_FFFF,
        0x8000_0000,
        u32::MAX,
        0xFFFF_FFFE,
        0x1FC,
        0x200,
        0x20_0000,
        0x2F_C000,
        0x2F_FFFC,
        0x30_0000,
        0x4000,
        0xE000_0000,
    ];
    match dice.next(3) {
        0 => PLAIN[dice.next(PLAIN.len())],
        1 => items[dice.next(items.len())].word(),
        _ => {
            let at = lists + dice.next(60) as u32 * 4;
            let value = PLAIN[dice.next(PLAIN.len())];
            let tag = dice.next(24) as u32;
            g.write(at, tag);
            g.write(at + 4, value);
            at
        }
    }
}

fn living(g: &mut Guest, candidates: &[i32]) -> Vec<Item> {
    let mut items = vec![GRAPHICS, g.main(), Item(0x7777)];
    let known = candidates.iter().copied().map(Item);
    items.extend(known.filter(|&item| g.is_item(item)));
    items
}

/// Whatever it passes, a program gets an answer, and the display goes on.
#[test]
fn wild_arguments_are_answered() {
    with_graphics(|g| {
        for seed in 0..6 {
            let mut dice = Dice(seed);
            let group = g.screen_group(&[]);
            let mut candidates = vec![group.item.0];
            for &screen in &group.screens {
                candidates.extend([screen, g.bitmap_of(screen), g.vdl_of(screen)].map(|i| i.0));
            }
            let lists = g.alloc(0x200);
            for _ in 0..150 {
                let items = living(g, &candidates);
                let arguments: Vec<u32> =
                    (0..3).map(|_| wild(g, &mut dice, &items, lists)).collect();
                let result = if dice.next(4) == 0 {
                    let (n, count) = VECTORS[dice.next(VECTORS.len())];
                    g.begin_vec_of(GRAPHICS, n, &arguments[..count]);
                    g.wait();
                    g.last()
                } else {
                    let (n, count) = SWIS[dice.next(SWIS.len())];
                    g.swi(0x2_0000 + n, &arguments[..count])
                };
                if result.0 > 0 {
                    candidates.push(result.0);
                }
                if dice.next(20) == 0 {
                    g.advance_fields(1);
                }
            }
            for item in living(g, &candidates).split_off(3) {
                if g.is_item(item) && item != g.main() {
                    g.delete(item);
                }
            }
            g.machine().picture(Scaling::Plain).expect("a picture");
        }
        g.advance_fields(2);
        let group = g.screen_group(&[]);
        assert_eq!(
            g.display_screens(group.screens[0], group.screens[1]),
            Status::OK
        );
        assert_eq!(
            g.call("DeleteScreenGroup", &[group.item.word()]),
            Status::OK
        );
    });
}

/// A program that makes and deletes shown lists as fast as it can does not run out of them.
#[test]
fn shown_lists_that_come_and_go_leave_nothing() {
    with_graphics(|g| {
        let mut ends = Vec::new();
        for round in 0..60 {
            let group = g.screen_group(&[]);
            let start: GuestPtr<u32> = g.list_start(g.vdl_of(group.screens[0]));
            g.display_screens(group.screens[0], group.screens[1]);
            if round % 3 == 0 {
                g.advance_fields(1);
            }
            assert_eq!(g.delete(group.item), Status::OK);
            ends.push(start.addr());
        }
        assert!(
            ends.iter().all(|end| (0x2F_C000..0x2F_F000).contains(end)),
            "{ends:x?}"
        );
    });
}
