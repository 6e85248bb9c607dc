//! The SPORT device as programs use it: pages of VRAM copied, cloned, filled.
//!
//! Device sheet 8; what each command checks is tested beside the device.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{ABORTED, BADCOMMAND, BADIOARG, BADUNIT, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::Task;
use emu_core::kernel::portfolio::structs::io_flag::IO_DONE;
use emu_core::time::{Tick, Ticks, Video};
use tests::guest::{Guest, Io, both_profiles};

const CLONE: u8 = 4;
const COPY: u8 = 5;
const FLASHWRITE: u8 = 6;
const PAGE: u32 = 2048;
const ALL: u32 = u32::MAX;

/// Pages of VRAM from the program's memory: MEMTYPE_VRAM, on the beginning of a page.
fn pages(g: &mut Guest, count: u32) -> u32 {
    let lists = g.field(g.me(), Task::t_FreeMemoryLists).addr();
    let at = g.vec(7, &[lists, count * PAGE, 0x0201_0000]).0 as u32;
    assert!(at >= 0x20_0000 && at.is_multiple_of(PAGE), "{at:#x}");
    g.write_bytes(at, &vec![0; (count * PAGE) as usize]);
    at
}

fn sport(g: &mut Guest) -> Item {
    let device = g.open_device("SPORT");
    g.create_ioreq(device, Item::NONE)
}

/// What CopyVRAMPages and CloneVRAMPages of the libraries send.
fn moving(command: u8, to: u32, from: u32, count: u32) -> Io {
    let sent = if command == CLONE { 1 } else { count };
    Io {
        command,
        offset: ALL,
        send: (from, sent * PAGE),
        recv: (to, count * PAGE),
        ..Io::default()
    }
}

/// What SetVRAMPages sends.
fn setting(to: u32, value: u32, count: u32, mask: u32) -> Io {
    Io {
        command: FLASHWRITE,
        offset: value,
        options: mask,
        send: (to, 0),
        recv: (to, count * PAGE),
        ..Io::default()
    }
}

/// Line 13 of a field.
fn end_of(field: u64) -> Tick {
    Video::Ntsc.line_start(field, 13)
}

#[test]
fn a_copy_ends_at_line_13_of_the_next_blank() {
    both_profiles(|g| {
        let ior = sport(g);
        let (from, to) = (pages(g, 3), pages(g, 3));
        for n in 0..3 * PAGE / 4 {
            g.write(from + 4 * n, 0xC0DE_0000 | n);
        }
        g.advance_fields(1);
        // Behind the lines in which this field's pages are moved.
        g.advance(20_000);
        let field = g.fields();
        assert_eq!(g.send_io(ior, moving(COPY, to, from, 3)), Status(0));
        // The guest's last instruction may take a few cycles more.
        g.run_to(end_of(field + 1) - Ticks(20));
        assert_eq!((g.io_flags(ior) & IO_DONE, g.read(to)), (0, 0));
        g.run_to(end_of(field + 1));
        assert_eq!(g.io_flags(ior) & IO_DONE, IO_DONE);
        assert_eq!(g.wait_io(ior), Status(0));
        assert_eq!(g.io_actual(ior), 3 * PAGE as i32);
        for n in [0, 1, PAGE / 4, 3 * PAGE / 4 - 1] {
            assert_eq!(g.read(to + 4 * n), 0xC0DE_0000 | n);
        }
    });
}

#[test]
fn clones_and_fills_are_waited_for_by_do_io() {
    both_profiles(|g| {
        let ior = sport(g);
        let (from, to) = (pages(g, 1), pages(g, 4));
        g.write(from + 8, 77);
        assert_eq!(g.do_io(ior, moving(CLONE, to, from, 4)), Status(0));
        for page in 0..4 {
            assert_eq!(g.read(to + page * PAGE + 8), 77);
        }
        let before = g.fields();
        assert_eq!(g.do_io(ior, setting(to, 0x1111_2222, 4, ALL)), Status(0));
        assert_eq!(g.fields(), before, "it waits for no blank");
        assert_eq!(g.read(to + 4 * PAGE - 4), 0x1111_2222);
    });
}

/// Check 16 of the device sheet.
#[test]
fn a_fill_heeds_its_mask_and_is_over_at_once() {
    both_profiles(|g| {
        let ior = sport(g);
        let to = pages(g, 1);
        g.write(to, 0xAAAA_BBBB);
        let fill = setting(to, 0x1234_5678, 1, 0xFFFF_0000);
        assert_eq!(g.send_io(ior, fill.quick()), Status(1));
        assert_eq!((g.read(to), g.read(to + 4)), (0x1234_BBBB, 0x1234_0000));
        let mut part = moving(COPY, to, to, 1);
        part.recv.1 = 2047;
        assert_eq!(g.send_io(ior, part), Status(1));
        assert_eq!(g.io_error(ior), BADIOARG);
    });
}

#[test]
fn the_length_sent_does_not_count() {
    both_profiles(|g| {
        let ior = sport(g);
        let (from, to) = (pages(g, 2), pages(g, 2));
        g.write(from + PAGE, 5);
        let mut copy = moving(COPY, to, from, 2);
        copy.send.1 = 0;
        assert_eq!(g.do_io(ior, copy), Status(0));
        assert_eq!(g.read(to + PAGE), 5);
        copy.send.0 = from + 4;
        assert_eq!(g.do_io(ior, copy), BADIOARG);
    });
}

#[test]
fn other_commands_and_units_are_refused() {
    both_profiles(|g| {
        let ior = sport(g);
        let to = pages(g, 1);
        for command in [0, 1, 2, 3, 7, 255] {
            let io = moving(command, to, to, 1);
            assert_eq!(g.do_io(ior, io), BADCOMMAND, "{command}");
        }
        let unit = Io {
            unit: 1,
            ..moving(COPY, to, to, 1)
        };
        let refused = match g.send_io(ior, unit) {
            Status(1) => g.io_error(ior),
            error => error,
        };
        assert_eq!(refused, BADUNIT);
    });
}

#[test]
fn an_aborted_copy_copies_nothing() {
    both_profiles(|g| {
        let ior = sport(g);
        let (from, to) = (pages(g, 1), pages(g, 1));
        g.write(from, 9);
        g.advance(20_000);
        assert_eq!(g.send_io(ior, moving(COPY, to, from, 1)), Status(0));
        assert_eq!(g.abort_io(ior), Status(0));
        assert_eq!(g.wait_io(ior), ABORTED);
        g.advance_fields(2);
        assert_eq!(g.read(to), 0);
    });
}
