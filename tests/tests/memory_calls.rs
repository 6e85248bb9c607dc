//! Memory through its calls: acceptance checks 40 to 43 (kernel sheet 11.2), sections 8.2-8.6.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{ABORTED, BAD_MEM_CMD, BADITEM, BADPTR, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{
    KernelBase, List, MemHdr, MemList, MsgPort, Node, Task,
};
use emu_core::machine::Stop;
use emu_core::mem::GuestPtr;
use emu_core::time::Ticks;
use tests::guest::{Guest, Io, Tags, Word, both_profiles, str};

const ANY: u32 = 0;
const VRAM: u32 = 0x0001_0000;
const DRAM: u32 = 0x0008_0000;
const FILL: u32 = 0x100;
const MYPOOL: u32 = 0x200;
const FROMTOP: u32 = 0x4000;
const TASKMEM: u32 = 0x8000;
const TRACKSIZE: u32 = 0x0040_0000;
const INPAGE: u32 = 0x0100_0000;
const STARTPAGE: u32 = 0x0200_0000;
const SYSTEMPAGESIZE: u32 = 0x0400_0000;

const NOWRITE: u32 = 1;
const OKWRITE: u32 = 2;
const GIVE: u32 = 3;

fn lists(g: &Guest) -> u32 {
    g.field(g.me(), Task::t_FreeMemoryLists).addr()
}

fn alloc(g: &mut Guest, size: i32, flags: u32) -> u32 {
    let lists = lists(g);
    g.vec(7, &[lists, size.word(), flags]).0 as u32
}

fn free(g: &mut Guest, p: u32, size: i32) {
    let lists = lists(g);
    g.vec(8, &[lists, p, size.word()]);
}

/// The nodes of a list, as a program's own loop finds them.
fn nodes(g: &Guest, list: GuestPtr<List>) -> Vec<GuestPtr<Node>> {
    let mut all = Vec::new();
    let mut node = g.peek(list.at(List::ListAnchor_head));
    while node.addr() != list.at(List::ListAnchor_filler).addr() {
        all.push(node);
        node = g.peek(node.at(Node::n_Next));
    }
    all
}

/// The library's AvailMem: bytes in free pages of the system, bytes in the task's free blocks.
fn avail_mem(g: &Guest, flags: u32) -> (u32, u32) {
    let headers = g.peek(g.kernel_base().at(KernelBase::kb_MemHdrList));
    let mut system = 0;
    for header in nodes(g, headers) {
        let header: GuestPtr<MemHdr> = header.cast();
        if flags & !g.peek(header.at(MemHdr::memh_Types)) != 0 {
            continue;
        }
        let bits = g.peek(header.at(MemHdr::memh_FreePageBits));
        let words = u32::from(g.peek(header.at(MemHdr::memh_FreePageBitsSize)));
        let pages: u32 = (0..words).map(|n| g.peek(bits.index(n)).count_ones()).sum();
        system += pages * g.peek(header.at(MemHdr::memh_PageSize));
    }
    let mut own = 0;
    for pool in nodes(g, GuestPtr::new(lists(g))) {
        let pool: GuestPtr<MemList> = pool.cast();
        if flags & !g.peek(pool.at(MemList::meml_Types)) != 0 {
            continue;
        }
        let blocks = nodes(g, g.peek(pool.at(MemList::meml_l)));
        own += blocks
            .iter()
            .map(|block| g.peek(block.at(Node::n_Size)) as u32)
            .sum::<u32>();
    }
    (system, own)
}

/// Check 40: 100,000 allocations and releases in the library's way (the size is the block's
/// first word) leave AvailMem as it was.
#[test]
fn check_40_malloc_and_free_100000_times() {
    both_profiles(|g| {
        let ring = g.alloc(64);
        g.vec(11, &[]);
        let before = (avail_mem(g, DRAM), avail_mem(g, VRAM));
        let code = [
            0xE204_900F, // next:  and r9, r4, #15
            0xE796_1109, //        ldr r1, [r6, r9, lsl #2]
            0xE351_0000, //        cmp r1, #0
            0x0A00_0003, //        beq alloc
            0xE591_2000, //        ldr r2, [r1]
            0xE1A0_0005, //        mov r0, r5
            0xE1A0_E00F, //        mov lr, pc
            0xE51B_F020, //        ldr pc, [r11, #-32]     FreeMem
            0xE00A_0894, // alloc: mul r10, r4, r8
            0xE1A0_1A2A, //        mov r1, r10, lsr #20
            0xE281_1001, //        add r1, r1, #1
            0xE1A0_0005, //        mov r0, r5
            0xE3A0_2000, //        mov r2, #0
            0xE1A0_E00F, //        mov lr, pc
            0xE51B_F01C, //        ldr pc, [r11, #-28]     AllocMem
            0xE786_0109, //        str r0, [r6, r9, lsl #2]
            0xE254_4001, //        subs r4, r4, #1
            0x1AFF_FFED, //        bne next
        ];
        let registers = [
            (4, 50_000),
            (5, lists(g)),
            (6, ring),
            (8, 0x9E37_79B9),
            (11, g.kernel_base().addr()),
        ];
        g.begin_code(&code, &registers);
        g.wait_for(Ticks(200_000_000));
        for slot in 0..16 {
            let p = g.read(ring + slot * 4);
            assert_ne!(p, 0);
            let size = g.read(p);
            assert!(size.is_multiple_of(16) && size <= 4112);
            free(g, p, size as i32);
        }
        g.vec(11, &[]);
        assert_eq!((avail_mem(g, DRAM), avail_mem(g, VRAM)), before);
    });
}

/// Check 41: the first word of a block is its rounded size; with FILL all of it is filled.
#[test]
fn check_41_first_word_of_a_block() {
    both_profiles(|g| {
        let p = alloc(g, 100, ANY);
        assert_eq!(p % 16, 0);
        assert_eq!(g.read(p), 112);
        free(g, p, 100);
        let p = alloc(g, 100, FILL | 0xA5);
        assert_eq!(g.read_bytes(p, 112), [0xA5; 112]);
        assert_eq!(g.vec(39, &[ANY]), Status(16), "GetMemAllocAlignment");
        for size in [0, -1, i32::MIN] {
            assert_eq!(alloc(g, size, ANY), 0, "{size}");
        }
    });
}

/// Check 42: pages of VRAM are 2 KiB to programs.
#[test]
fn check_42_pages() {
    both_profiles(|g| {
        let p = alloc(g, 1000, VRAM | STARTPAGE);
        assert!((0x20_0000..0x30_0000).contains(&p));
        assert_eq!(p % 2048, 0);
        let next = alloc(g, 1000, VRAM | STARTPAGE);
        assert_eq!(next % 2048, 0);
        assert_ne!(next, p);
        assert_eq!(alloc(g, 100, DRAM | STARTPAGE) % 0x8000, 0);
        for (flags, size) in [
            (DRAM, 32_768),
            (VRAM, 2048),
            (VRAM | SYSTEMPAGESIZE, 16_384),
            (ANY, 32_768),
            (VRAM | DRAM, 0),
        ] {
            assert_eq!(g.vec(15, &[flags]), Status(size), "{flags:#x}");
        }
        assert_eq!(alloc(g, 2049, VRAM | INPAGE), 0, "more than a page");
        for _ in 0..5 {
            let p = alloc(g, 1500, VRAM | INPAGE);
            assert_eq!(p / 2048, (p + 1499) / 2048, "crosses no page");
        }
    });
}

/// Check 43: TRACKSIZE remembers the size.
#[test]
fn check_43_tracked_sizes() {
    both_profiles(|g| {
        g.vec(11, &[]);
        let before = avail_mem(g, ANY);
        for (flags, low_bits) in [(TRACKSIZE, 4), (TRACKSIZE | STARTPAGE, 0)] {
            let p = alloc(g, 100, flags);
            assert_eq!(p % 16, low_bits);
            assert_eq!(g.vec(40, &[p]), Status(100), "GetMemTrackSize");
            if low_bits == 4 {
                assert_eq!(g.read(p - 4), 100);
            }
            free(g, p, -1);
            g.vec(11, &[]);
            assert_eq!(avail_mem(g, ANY), before, "flags {flags:#x}");
        }
        free(g, 0, 100);
        free(g, 0x5_0000, 0);
        assert_eq!(avail_mem(g, ANY), before, "nothing to free");
    });
}

/// 8.4: first fit from the bottom or from the top; the pool before the system; DRAM first.
#[test]
fn where_allocations_come_from() {
    both_profiles(|g| {
        let low = alloc(g, 64, ANY);
        assert!(low < 0x20_0000, "DRAM first");
        let next = alloc(g, 64, ANY);
        assert_eq!(next, low + 64);
        let high = alloc(g, 64, FROMTOP);
        assert!(high > next);
        free(g, low, 64);
        assert_eq!(alloc(g, 48, ANY), low, "the first that fits");
        assert_eq!(alloc(g, 16, ANY), low + 48, "and what is left of it");
        // A pool alone cannot grow.
        let (system, own) = avail_mem(g, DRAM);
        assert_eq!(alloc(g, own as i32 + 16, DRAM | MYPOOL), 0);
        assert_eq!(avail_mem(g, DRAM), (system, own));
        let p = alloc(g, own as i32 + 16, DRAM);
        assert_ne!(p, 0);
        assert!(avail_mem(g, DRAM).0 < system, "pages came from the system");
        assert_eq!(alloc(g, 0x20_0000, DRAM), 0, "more than there is");
    });
}

/// 8.4: AllocMemBlocks gives whole pages with their size in the first word.
#[test]
fn allocmemblocks() {
    both_profiles(|g| {
        let blocks = |g: &mut Guest, size: u32, flags: u32| {
            g.call("AllocMemBlocks", &[size, flags]).0 as u32
        };
        let before = avail_mem(g, DRAM);
        let p = blocks(g, 0x8001, DRAM | TASKMEM);
        assert_eq!((p % 0x8000, g.read(p)), (0, 0x1_0000));
        assert_eq!(avail_mem(g, DRAM), (before.0 - 0x1_0000, before.1));
        assert_eq!(g.vec(43, &[p, 0x1_0000]), Status(1), "the caller's");
        let v = blocks(g, 1, VRAM | TASKMEM);
        assert_eq!((v % 0x4000, g.read(v)), (0, 0x4000));
        assert_eq!(blocks(g, 0x30_0000, DRAM | TASKMEM), 0);
        // Pages that the caller adds to its pool go back with ScavengeMem.
        free(g, p, 0x1_0000);
        assert_eq!(avail_mem(g, DRAM).1, before.1 + 0x1_0000);
        assert!(g.vec(11, &[]).0 >= 0x1_0000);
        assert_eq!(avail_mem(g, DRAM).0, before.0);
        assert_eq!(g.vec(43, &[p, 4]), Status(0), "no longer the caller's");
    });
}

/// 8.4: private pools give only what they were given.
#[test]
fn private_pools() {
    both_profiles(|g| {
        let block = alloc(g, 0x1000, ANY);
        let name = g.string("pool");
        let pool = g.vec(28, &[block, name]).0 as u32;
        assert_ne!(pool, 0, "AllocMemList");
        assert_eq!(g.vec(26, &[pool, 64, 0]), Status(0), "empty");
        g.vec(27, &[pool, block, 0x1000]);
        assert_eq!(g.vec(26, &[pool, 64, 0]), Status(block as i32));
        assert_eq!(g.vec(26, &[pool, 0x1000, 0]), Status(0), "no new pages");
        let rest = g.vec(26, &[pool, 0xFC0, 0]).0 as u32;
        assert_eq!(rest, block + 64);
        g.vec(29, &[pool]);
    });
}

/// 8.6: address checks.
#[test]
fn address_checks() {
    both_profiles(|g| {
        let own = g.alloc(16);
        for (p, n, readable, writable) in [
            (own, 16, 1, 1),
            (own, 0, 1, 0),
            (0x1FC, 4, 0, 0),
            (0x200, 4, 1, 0),
            (0x2F_FFFC, 4, 1, 0),
            (0x2F_FFFC, 5, 0, 0),
            (0xFFFF_FFFC, 8, 0, 0),
            (0x30_0000, 0, 1, 0),
        ] {
            assert_eq!(g.vec(42, &[p, n]), Status(readable), "readable {p:#x} {n}");
            assert_eq!(g.vec(43, &[p, n]), Status(writable), "writable {p:#x} {n}");
        }
        assert_eq!(g.vec(43, &[own, u32::MAX]), Status(0), "a negative length");
        let header = g.vec(25, &[0x20_0000]);
        let header = GuestPtr::<MemHdr>::new(header.0 as u32);
        assert_eq!(g.peek(header.at(MemHdr::memh_Types)), 0x5037_0000);
        let header = GuestPtr::<MemHdr>::new(g.vec(25, &[own]).0 as u32);
        assert_eq!(g.peek(header.at(MemHdr::memh_Types)), 0x003E_0000);
        assert_eq!(g.vec(25, &[0x30_0000]), Status(0));
    });
}

fn control(g: &mut Guest, p: u32, size: i32, command: u32, task: Item) -> Status {
    g.call("ControlMem", &[p, size.word(), command, task.word()])
}

/// 8.5: what ControlMem refuses, in order.
#[test]
fn controlmem_refuses() {
    both_profiles(|g| {
        let page = g.call("AllocMemBlocks", &[0x8000, DRAM | TASKMEM]).0 as u32;
        let me = g.main();
        assert_eq!(
            control(g, 0x30_0000, 0, 99, Item(0x7777)),
            Status::OK,
            "size 0"
        );
        assert_eq!(control(g, 0x30_0000, -1, 99, Item(0x7777)), Status::OK);
        assert_eq!(control(g, 0x30_0000, 1, 99, Item(0x7777)), BADPTR);
        assert_eq!(control(g, 0x8000, 1, NOWRITE, me), BADPTR, "the kernel's");
        assert_eq!(
            control(g, page, 0x8001, NOWRITE, me),
            BADPTR,
            "one page too many"
        );
        assert_eq!(control(g, page, 1, 99, Item(0x7777)), BADITEM);
        let port = g.create_port();
        assert_eq!(control(g, page, 1, NOWRITE, port), BADITEM, "not a task");
        for command in [0, 5, 99] {
            assert_eq!(control(g, page, 1, command, me), BAD_MEM_CMD, "{command}");
        }
        assert_eq!(control(g, page, 1, OKWRITE, Item::NONE), BAD_MEM_CMD);
    });
}

/// 8.5: write permission goes and comes back, for whole pages; another program may be let in.
#[test]
fn controlmem_write_permission() {
    both_profiles(|g| {
        let program = g.create_program("other");
        let page = g.call("AllocMemBlocks", &[0x1_0000, DRAM | TASKMEM]).0 as u32;
        let me = g.main();
        let writable = |g: &mut Guest, p: u32| g.vec(43, &[p, 4]).0 == 1;
        assert_eq!(control(g, page + 0x100, 1, NOWRITE, me), Status::OK);
        assert!(!writable(g, page) && !writable(g, page + 0x7FFC));
        assert!(writable(g, page + 0x8000));
        assert_eq!(control(g, page, 4, OKWRITE, me), Status::OK);
        assert!(writable(g, page));
        assert!(!writable(&mut g.on(program), page));
        assert_eq!(control(g, page, 4, OKWRITE, program), Status::OK);
        assert!(writable(&mut g.on(program), page));
        assert_eq!(
            g.on(program)
                .run_code(&[str(0, 1, 8)], &[(0, 7), (1, page)]),
            7
        );
        assert_eq!(g.read(page + 8), 7);
        assert_eq!(
            control(g, page, 4, NOWRITE, Item::NONE),
            Status::OK,
            "everybody"
        );
        assert!(!writable(g, page) && !writable(&mut g.on(program), page));
        // It is true of the CPU's own stores too.
        g.begin_code(&[str(0, 1, 0)], &[(1, page)]);
        assert!(matches!(g.run_to_stop(), Stop::Fault(_)));
    });
}

/// 8.5: giving pages away, to a program and to the system.
#[test]
fn controlmem_gives_pages() {
    both_profiles(|g| {
        let program = g.create_program("other");
        let page = g.call("AllocMemBlocks", &[0x8000, DRAM | TASKMEM]).0 as u32;
        assert_eq!(control(g, page, 4, GIVE, program), Status::OK);
        assert_eq!(g.vec(43, &[page, 4]), Status(0));
        assert_eq!(
            control(g, page, 4, GIVE, program),
            BADPTR,
            "not the caller's"
        );
        assert_eq!(g.on(program).vec(43, &[page, 0x8000]), Status(1));
        let system = avail_mem(g, DRAM).0;
        assert_eq!(
            control(&mut g.on(program), page, 4, GIVE, Item::NONE),
            Status::OK
        );
        assert_eq!(avail_mem(g, DRAM).0, system + 0x8000);
        assert_eq!(g.on(program).vec(43, &[page, 4]), Status(0));
    });
}

/// 5.13: pages that a request in progress receives into are revoked: the request is aborted
/// first, and told of.
#[test]
fn controlmem_under_pending_io() {
    both_profiles(|g| {
        let page = g.call("AllocMemBlocks", &[0x1_0000, DRAM | TASKMEM]).0 as u32;
        let (port, ior) = g.timer_ioreq_at_port();
        let other = g.timer_ioreq();
        let into = |at: u32| Io {
            recv: (at, 8),
            ..Io::fields(500)
        };
        let me = g.main();
        for command in [NOWRITE, GIVE] {
            // Across the edge of the page: the last byte is enough.
            assert_eq!(g.send_io(ior, into(page + 0x8000 - 7)), Status(0));
            assert_eq!(g.send_io(other, into(page + 0x8000)), Status(0));
            assert_eq!(control(g, page + 0x8004, 4, OKWRITE, me), Status::OK);
            assert_eq!(g.pending_work(), 2, "allowing disturbs nobody");
            let task = if command == GIVE { Item::NONE } else { me };
            assert_eq!(control(g, page, 1, command, task), Status::OK);
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (1, ABORTED));
            assert_eq!(g.next_msg(port).0, ABORTED.0);
            assert_eq!(g.check_io(other), Status(0), "beside the page");
            g.abort_io(other);
            g.wait_io(other);
            assert_eq!(
                control(g, page, 1, OKWRITE, me),
                if command == GIVE { BADPTR } else { Status::OK }
            );
        }
        assert_eq!(g.field(port, MsgPort::mp_UserData), 0);
    });
}

/// 2.6: a program's death gives its pages back and revokes them from everybody.
#[test]
fn a_dead_programs_pages() {
    both_profiles(|g| {
        let before = avail_mem(g, ANY).0;
        let program = g.create_program("short-lived");
        let theirs = g.program_memory(program);
        let lists = g.field(program, Task::t_FreeMemoryLists).addr();
        let big = g.on(program).vec(7, &[lists, 0x2_0000, 0]);
        assert!(big.0 > 0);
        assert!(avail_mem(g, ANY).0 < before);
        assert_eq!(g.delete(program), Status::OK);
        g.vec(11, &[]);
        assert_eq!(avail_mem(g, ANY).0, before);
        assert_eq!(g.vec(43, &[theirs, 4]), Status(0));
        assert!(g.create(0x10A, Tags::new()).0 > 0);
    });
}
