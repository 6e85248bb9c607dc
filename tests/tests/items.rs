//! The life of items: acceptance checks 12 to 17 (kernel sheet 11.2) and section 4.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{
    BAD_TYPE, BADITEM, BADNAME, BADPRIV, BADPTR, BADSIZE, BADSUBTYPE, BADTAG, BADTAGVAL,
    ITEM_NOT_OPEN, ITEM_STILL_OPENED, NOMEM, NOSUPPORT, NOT_FOUND, Status, UNIQUE_ITEM_EXISTS,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{Folio, ItemNode, MsgPort};
use tests::guest::{Guest, RETURN, Tags, Word, both_profiles, call_vector, mov, str};

const PORT: u32 = 0x10A;
const SEMAPHORE: u32 = 0x107;

/// CreateSizedItem with a tag list of these very words.
fn create_raw(g: &mut Guest, id: u32, words: &[u32]) -> Status {
    let list = g.words(words);
    g.call("CreateSizedItem", &[id, list, 0])
}

/// Check 12: a freed number's index is the next one used, with the generation one higher; the
/// stale number leads nowhere.
#[test]
fn check_12_numbers_are_reused_with_a_new_generation() {
    both_profiles(|g| {
        let first = g.create_semaphore();
        let second = g.create_semaphore();
        assert_eq!(second.0, first.0 + 1, "fresh indices ascend");
        assert_eq!(g.delete(first), Status::OK);
        assert_eq!(
            g.vec(12, &[first.word()]),
            Status(0),
            "LookupItem of a stale number"
        );
        assert_eq!(g.vec(16, &[first.word(), 1, 7]), Status(0), "CheckItem");
        assert_eq!(g.delete(first), BADITEM);
        let again = g.create_semaphore();
        assert_eq!(again.0, first.0 + 0x1_0000);
        let at = g.vec(12, &[again.word()]).0 as u32;
        assert_eq!(at, g.ptr::<ItemNode>(again).addr());
        assert_eq!(g.vec(16, &[again.word(), 1, 7]), Status(at as i32));
        assert_eq!(g.vec(16, &[again.word(), 1, 10]), Status(0), "another type");
        assert_eq!(g.vec(16, &[again.word(), 2, 7]), Status(0), "another folio");
        assert_eq!(g.vec(12, &[first.word()]), Status(0));
        // Last freed, first used.
        g.delete(again);
        g.delete(second);
        assert_eq!(g.create_semaphore().0 & 0xFFF, second.0 & 0xFFF);
        assert_eq!(g.create_semaphore().0 & 0xFFF, first.0 & 0xFFF);
    });
}

/// 4.1: structures are 16-byte aligned, readable and not writable by programs.
#[test]
fn structures_are_the_kernels() {
    both_profiles(|g| {
        let port = g.create_port();
        let at = g.ptr::<MsgPort>(port).addr();
        assert_eq!(at % 16, 0);
        assert_eq!(g.vec(42, &[at, 0x50]), Status(1), "IsMemReadable");
        assert_eq!(g.vec(43, &[at, 0x50]), Status(0), "IsMemWritable");
        assert_eq!(g.field(port, ItemNode::n_Item), port);
        assert_eq!(g.field(port, ItemNode::n_Owner), g.main());
        assert_eq!(g.field(port, ItemNode::n_Size), 0x50);
        assert_eq!(g.field(port, ItemNode::n_Flags) & 0x10, 0x10);
    });
}

/// Check 13: TAG_NOP is passed over, TAG_JUMP goes on elsewhere; the last of a tag counts.
#[test]
fn check_13_jump_and_nop() {
    both_profiles(|g| {
        let name = g.string("jumped");
        let user_data = |g: &Guest, port: Status| g.field(Item(port.0), MsgPort::mp_UserData);
        let tail = g.words(&[11, 0x77, 255, 1, 1, name, 0, 11, 0x99]);
        let port = create_raw(g, PORT, &[255, 0, 11, 0x55, 254, tail, 11, 0x66, 0]);
        assert_eq!(user_data(g, port), 0x77, "the later one");
        assert_eq!(g.find(PORT, "jumped"), port);
        let port = create_raw(g, PORT, &[11, 0x55, 254, 0, 11, 0x66]);
        assert_eq!(user_data(g, port), 0x55, "a jump to 0 ends the list");
        let port = g.call("CreateSizedItem", &[PORT, 0, 0]);
        assert!(port.0 > 0, "no list is an empty list");

        // FindTagArg finds the last; NextTagArg walks.
        let list = g.words(&[255, 0, 20, 1, 254, tail]);
        assert_eq!(g.vec(44, &[list, 11]), Status(tail as i32));
        assert_eq!(g.vec(44, &[list, 21]), Status(0));
        let cursor = g.words(&[list]);
        let tags: Vec<u32> = std::iter::from_fn(|| match g.vec(45, &[cursor]) {
            Status(0) => None,
            at => Some(g.read(at.0 as u32)),
        })
        .collect();
        assert_eq!(tags, [20, 11, 1]);
    });
}

/// 4.2: twenty jumps are allowed; loops and bad addresses are BADPTR.
#[test]
fn tag_lists_that_go_wrong() {
    both_profiles(|g| {
        let chain = |g: &mut Guest, jumps: u32| {
            let mut list = g.words(&[0]);
            for _ in 0..jumps {
                list = g.words(&[254, list]);
            }
            g.call("CreateSizedItem", &[PORT, list, 0])
        };
        assert!(chain(g, 20).0 > 0);
        assert_eq!(chain(g, 21), BADPTR);
        let own = g.alloc(16);
        g.write(own, 254);
        g.write(own + 4, own);
        assert_eq!(g.call("CreateSizedItem", &[PORT, own, 0]), BADPTR, "a loop");
        for list in [0x30_0000, 0x2F_FFFE, 4, 0xFFFF_FFFC] {
            assert_eq!(
                g.call("CreateSizedItem", &[PORT, list, 0]),
                BADPTR,
                "{list:#x}"
            );
        }
        assert_eq!(
            create_raw(g, PORT, &[1, 0x40_0000, 0]),
            BADPTR,
            "a name nowhere"
        );
        assert_eq!(
            create_raw(g, PORT, &[254, 0x40_0000]),
            BADPTR,
            "a jump to nowhere"
        );
    });
}

/// 4.2: names: not null, printable, at most 253 characters.
#[test]
fn names_are_checked() {
    both_profiles(|g| {
        assert_eq!(create_raw(g, PORT, &[1, 0, 0]), BADNAME);
        assert_eq!(g.create(PORT, Tags::new().name("tab\there")), BADNAME);
        assert_eq!(g.create(PORT, Tags::new().name("\u{7F}")), BADNAME);
        let longest = "x".repeat(253);
        let port = g.create(PORT, Tags::new().name(&longest));
        assert!(port.0 > 0);
        assert_eq!(g.find(PORT, &longest), port);
        assert_eq!(g.create(PORT, Tags::new().name(&"x".repeat(254))), NOMEM);
        // The kernel has a copy of its own.
        let name = g.string("mine");
        let port = create_raw(g, PORT, &[1, name, 0]);
        g.write_bytes(name, b"late");
        assert_eq!(g.find(PORT, "mine"), port);
        assert_eq!(
            create_raw(g, PORT, &[5, 1, 0]),
            BADTAG,
            "not implemented in 24.x"
        );
    });
}

/// Check 14: unique names.
#[test]
fn check_14_unique_names() {
    both_profiles(|g| {
        let named = || Tags::new().name("Twin");
        let a = g.new_item(PORT, named());
        g.new_item(PORT, named());
        assert_eq!(g.create(PORT, named().unique()), UNIQUE_ITEM_EXISTS);
        assert!(g.create(SEMAPHORE, named().unique()).0 > 0, "another type");
        let only = g.new_item(PORT, Tags::new().name("only").unique());
        assert_eq!(g.field(only, ItemNode::n_ItemFlags), 0x10);
        assert_eq!(g.create(PORT, Tags::new().name("ONLY")), UNIQUE_ITEM_EXISTS);
        assert_eq!(g.delete(only), Status::OK);
        assert!(g.create(PORT, Tags::new().name("ONLY")).0 > 0);
        assert_eq!(
            g.create(PORT, Tags::new().unique()),
            BADNAME,
            "unique without a name"
        );
        let message = named().unique().and(10, a);
        assert_eq!(
            g.create(0x109, message),
            NOSUPPORT,
            "messages cannot be searched"
        );
    });
}

/// Check 15: FindItem ignores case, and version tags; what it refuses.
#[test]
fn check_15_finditem() {
    both_profiles(|g| {
        let port = g.new_item(PORT, Tags::new().name("Event Broker").and(3, 7_u32));
        assert_eq!(g.find(PORT, "EVENT broker"), Status(port.0));
        let other_version = g.tags(Tags::new().name("event broker").and(3, 9_u32));
        assert_eq!(g.call("FindItem", &[PORT, other_version]), Status(port.0));
        assert_eq!(g.find(PORT, "Event Broke"), NOT_FOUND);
        assert_eq!(g.find(0x60A, "x"), BAD_TYPE, "no such folio");
        assert_eq!(g.call("FindItem", &[PORT, 0]), NOT_FOUND, "no name");
        let null = g.words(&[1, 0, 0]);
        assert_eq!(g.call("FindItem", &[PORT, null]), BADNAME);
        for id in [0x109, 0x10E, 0x111] {
            assert_eq!(g.find(id, "x"), BADSUBTYPE, "{id:#x}");
        }
        // Of several the first by priority, then by age.
        let tags = |pri| Tags::new().name("many").pri(pri);
        let old = g.new_item(SEMAPHORE, tags(5));
        g.new_item(SEMAPHORE, tags(5));
        assert_eq!(g.find(SEMAPHORE, "many"), Status(old.0));
        let high = g.new_item(SEMAPHORE, tags(9));
        assert_eq!(g.find(SEMAPHORE, "many"), Status(high.0));
        let main = g.main();
        assert_eq!(g.find(0x105, "CONFORMANCE"), Status(main.0));
    });
}

/// Check 16: only the owner deletes.
#[test]
fn check_16_deletion_by_another_task() {
    both_profiles(|g| {
        let thread = g.create_thread("other");
        let port = g.create_port();
        let theirs = g.on(thread).create_port();
        assert_eq!(g.on(thread).delete(port), BADPRIV);
        assert_eq!(g.delete(theirs), BADPRIV);
        let main = g.main();
        assert_eq!(g.on(thread).delete(main), BADPRIV);
        assert_eq!(g.delete(Item(1)), BADPRIV, "the kernel folio");
        assert_eq!(g.delete(Item::NONE), BADITEM);
        assert_eq!(g.delete(Item(-5)), BADITEM);
        assert!(g.is_item(port) && g.is_item(theirs));
        assert_eq!(g.on(thread).delete(theirs), Status::OK);
    });
}

/// Check 17: closing a device for the last time deletes the task's requests for it.
#[test]
fn check_17_closing_a_device() {
    both_profiles(|g| {
        let thread = g.create_thread("other");
        let timer = g.open_device("timer");
        let mine = g.create_ioreq(timer, Item::NONE);
        let port = g.create_port();
        let told = g.create_ioreq(timer, port);
        let mut other = g.on(thread);
        other.open_device("timer");
        let theirs = other.create_ioreq(timer, Item::NONE);
        drop(other);
        assert_eq!(g.call("CloseItem", &[timer.word()]), Status::OK);
        assert!(!g.is_item(mine) && !g.is_item(told));
        assert!(g.is_item(theirs), "the other task has it open");
        assert!(g.is_item(port));
    });
}

/// 4.3: what CreateSizedItem refuses before it looks at the type's own tags.
#[test]
fn creation_refuses() {
    both_profiles(|g| {
        assert_eq!(g.create(0x60A, Tags::new()), BAD_TYPE, "no such folio");
        assert_eq!(
            g.create(0x113, Tags::new()),
            BADSUBTYPE,
            "beyond the last type"
        );
        for id in [0x106, 0x10D, 0x10F, 0x110] {
            assert_eq!(g.create(id, Tags::new().name("x")), BADPRIV, "{id:#x}");
        }
        for id in [PORT, SEMAPHORE] {
            assert_eq!(
                g.create_sized(id, Tags::new(), 0x4C),
                NOMEM,
                "{id:#x} too small"
            );
            assert_eq!(
                g.create_sized(id, Tags::new(), 0x54),
                NOMEM,
                "{id:#x} is locked"
            );
            assert!(g.create_sized(id, Tags::new(), 0x50).0 > 0);
        }
        let port = g.create_port();
        let message = Tags::new().and(10, port);
        assert_eq!(g.create_sized(0x109, message, 0x44), BADSIZE);
        assert_eq!(g.create(SEMAPHORE, Tags::new().and(10, 0_u32)), BADTAG);
        assert_eq!(g.create(PORT, Tags::new().and(12, 0_u32)), BADTAG);
    });
}

/// Nothing is left behind by a creation that fails.
#[test]
fn a_failed_creation_leaves_nothing() {
    both_profiles(|g| {
        let next = g.create_semaphore();
        g.delete(next);
        let items = g.machine().kernel().item_numbers().count();
        assert_eq!(g.create(PORT, Tags::new().and(99, 0_u32)), BADTAG);
        assert_eq!(g.create(0x109, Tags::new().and(10, Item(77))), BADITEM);
        assert_eq!(
            g.try_thread("bad", 5, &[], Tags::new()),
            Status::kernel_own(12)
        );
        assert_eq!(g.machine().kernel().item_numbers().count(), items);
        let again = g.create_semaphore();
        assert_eq!(again.0, next.0 + 0x1_0000, "the number was not used up");
    });
}

/// 4.7: opening and closing.
#[test]
fn opening_and_closing() {
    both_profiles(|g| {
        let folio = Item(g.find(0x104, "audio").0);
        let count = |g: &Guest| g.field(folio, Folio::f_OpenCount);
        assert_eq!(g.vec(32, &[g.main().word(), folio.word()]), ITEM_NOT_OPEN);
        assert_eq!(g.call("OpenItem", &[folio.word(), 1]), BADPTR);
        assert_eq!(count(g), 0);
        assert_eq!(g.call("OpenItem", &[folio.word(), 0]), Status(folio.0));
        assert_eq!(count(g), 1);
        assert_eq!(g.vec(32, &[g.main().word(), folio.word()]), Status::OK);
        let port = g.create_port();
        assert_eq!(
            g.vec(32, &[port.word(), folio.word()]),
            BADITEM,
            "a bad task"
        );
        assert_eq!(g.call("OpenItem", &[port.word(), 0]), BADSUBTYPE);
        assert_eq!(g.call("OpenItem", &[0x7777, 0]), BADITEM);
        assert_eq!(g.call("CloseItem", &[port.word()]), ITEM_NOT_OPEN);
        assert_eq!(g.call("CloseItem", &[0x7777]), BADITEM);
        assert_eq!(g.call("CloseItem", &[folio.word()]), Status::OK);
        assert_eq!(count(g), 0);
        assert_eq!(g.call("CloseItem", &[folio.word()]), ITEM_NOT_OPEN);
        let tags = g.tags(Tags::new().name("no such"));
        assert_eq!(g.call("FindAndOpenItem", &[0x10F, tags]), NOT_FOUND);
        let tags = g.tags(Tags::new().name("no such"));
        assert_eq!(g.call("FindAndOpenItem", &[SEMAPHORE, tags]), BADSUBTYPE);
    });
}

/// 4.3: a program's own folio has user vectors, its creator's version, and cannot be deleted
/// while it is open.
#[test]
fn a_folio_of_ones_own() {
    both_profiles(|g| {
        // A vector that returns 77.
        let code = g.words(&[mov(0, 77), RETURN]);
        let table = g.words(&[code, code]);
        let tags = || Tags::new().name("mine").and(10, 2_u32).and(11, table);
        assert_eq!(g.create(0x104, tags().and(12, 0_u32)), BADPRIV);
        assert_eq!(g.create(0x104, tags().and(23, 0_u32)), BADTAG);
        let folio = g.new_item(0x104, tags());
        assert!(folio.0 >= 16);
        let base = g.ptr::<Folio>(folio).addr();
        assert_eq!(g.run_code(&call_vector(11, 2), &[(11, base)]), 77);
        assert_eq!(g.find(0x104, "MINE"), Status(folio.0));
        g.call("OpenItem", &[folio.word(), 0]);
        assert_eq!(g.delete(folio), ITEM_STILL_OPENED);
        g.call("CloseItem", &[folio.word()]);
        assert_eq!(g.delete(folio), Status::OK);
        assert_eq!(g.find(0x104, "mine"), NOT_FOUND);
    });
}

/// 8.8: error texts need all four tags, a table in RAM, and an object of their own.
#[test]
fn error_text_items() {
    both_profiles(|g| {
        let text = g.string("out of cheese");
        let table = g.words(&[text, text]);
        let object = 0x39_000 | 0x123;
        let some = || Tags::new().and(10, object as u32).and(11, 2_u32);
        assert_eq!(g.create(0x111, some()), BADTAGVAL);
        assert_eq!(g.create(0x111, some().and(12, table)), BADTAGVAL);
        let all = |table: u32| some().and(12, table).and(13, 20_u32);
        assert_eq!(g.create(0x111, all(0x40_0000)), BADPTR);
        let item = g.new_item(0x111, all(table));
        assert_eq!(g.create(0x111, all(table)), BADTAGVAL, "there already");
        assert_eq!(g.delete(item), Status::OK);
        assert!(g.create(0x111, all(table)).0 > 0);
    });
}

/// 4.4: a dying task's resources go from the last to the first.
#[test]
fn resources_go_in_reverse_order() {
    both_profiles(|g| {
        let thread = g.create_thread("owner");
        let items = [0; 3].map(|_| g.on(thread).create_semaphore());
        g.on(thread).delete(items[1]);
        // The freed slot and the freed number are used again.
        let again = g.on(thread).create_semaphore();
        assert_eq!(again.0 & 0xFFF, items[1].0 & 0xFFF);
        assert_eq!(g.delete(thread), Status::OK);
        // Freed last is the task itself, before it the first semaphore, and so on.
        let order = [0; 4].map(|_| g.create_semaphore().0 & 0xFFF);
        let expected = [thread, items[0], items[1], items[2]].map(|item| item.0 & 0xFFF);
        assert_eq!(order, expected);
    });
}

/// 3.8: 4096 numbers; then ER_Kr_ItemTableFull, and the machine goes on.
#[test]
fn the_item_table_is_full() {
    both_profiles(|g| {
        // A loop in the guest: create until the result is negative.
        let code = [
            0xE3A0_5000, // mov r5, #0
            0xE1A0_0004, // next: mov r0, r4
            mov(1, 0),
            mov(2, 0),
            0xEF01_0000,
            0xE350_0000, // cmp r0, #0
            0xC285_5001, // addgt r5, r5, #1
            0xCAFF_FFF8, // bgt next
            str(5, 7, 0),
        ];
        let count = g.alloc(4);
        let before = g.machine().kernel().item_numbers().count();
        g.begin_code(&code, &[(4, SEMAPHORE), (7, count)]);
        g.wait();
        assert_eq!(g.last(), Status::kernel_own(6), "ER_Kr_ItemTableFull");
        let made = g.read(count) as usize;
        assert_eq!(g.machine().kernel().item_numbers().count(), before + made);
        // Indices 16 to 4095; the fixed folios lie below.
        let low = (1..16).filter(|&n| g.is_item(Item(n))).count();
        assert_eq!(before + made - low, 4096 - 16);
        assert_eq!(g.create(PORT, Tags::new()), Status::kernel_own(6));
        let timer = g.find(0x10F, "timer");
        assert_eq!(g.delete(Item(timer.0)), BADPRIV);
    });
}
