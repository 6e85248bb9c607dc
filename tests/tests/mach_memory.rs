//! Memory of Mach tasks: regions, protections, objects, pages of clocks.
//!
//! Mach sheet 4.8, 5.3, 5.6.
#![forbid(unsafe_code)]

use Value::{Ool, Port, W};
use emu_core::machine::Stop;
use emu_core::quirks::Profile;
use emu_core::time::Tick;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{COPY_SEND, MAKE_SEND, Value};
use tests::guest::{Guest, both_profiles, ldr, str};

const PAGE: u32 = 4096;
/// `KERN_PROTECTION_FAILURE`.
const PROTECTION_FAILURE: u32 = 2;
/// A page of the kernel's, which no task may write.
const KERNELS: u32 = 0x8000;

/// Bytes in free pages of the system, once the program's free pages are back.
fn free_memory(g: &mut Guest) -> u32 {
    g.call("ScavengeMem", &[]);
    g.free_memory()
}

/// Trap -65 anywhere: code, or address.
fn allocate(g: &mut Guest, task: u32, out: u32, size: u32) -> Result<u32, u32> {
    match g.trap(-65, &[task, out, size, 1]) {
        OK => Ok(g.read(out)),
        code => Err(code),
    }
}

#[test]
fn memory_goes_round_for_ever() {
    both_profiles(|g| {
        let (task, out) = (g.task_self(), g.words(&[0]));
        let before = free_memory(g);
        for n in 0..10_000_u32 {
            let size = 1 + n * 977 % 40_000;
            let at = allocate(g, task, out, size).expect("memory");
            assert_eq!(at % PAGE, 0);
            // The last byte of the last page is enough to free only what is touched.
            assert_eq!(g.trap(-66, &[task, at, size]), OK, "round {n}");
        }
        assert_eq!(free_memory(g), before);
    });
}

#[test]
fn exhaustion_is_no_space_and_loses_nothing() {
    both_profiles(|g| {
        let (task, out) = (g.task_self(), g.words(&[0]));
        let before = free_memory(g);
        let mut counts = Vec::new();
        for _ in 0..3 {
            let mut got = Vec::new();
            let code = loop {
                match allocate(g, task, out, 5 * PAGE) {
                    Ok(at) => got.push(at),
                    Err(code) => break code,
                }
            };
            assert_eq!(code, NO_SPACE);
            for size in [u32::MAX, 1 << 31, 3 << 20] {
                assert_eq!(allocate(g, task, out, size), Err(NO_SPACE));
            }
            counts.push(got.len());
            for at in got {
                assert_eq!(g.trap(-66, &[task, at, 5 * PAGE]), OK);
            }
        }
        assert!(counts[0] > 10 && counts == [counts[0]; 3], "{counts:?}");
        assert_eq!(free_memory(g), before);
    });
}

#[test]
fn out_of_line_data_is_freed_by_its_own_count() {
    both_profiles(|g| {
        let (task, out) = (g.task_self(), g.words(&[0, 0]));
        let device = g.open("test_device0");
        let warm = g.device_read(device, 0, 5_000);
        assert!(warm.is_ok());
        let before = free_memory(g);
        let mut places = Vec::new();
        for n in 0..400 {
            let size = 4_097 + n % 3_000;
            let read = [device, 0, 0, size, out, out + 4];
            assert_eq!(g.trap(-77, &read), OK);
            let at = g.read(out);
            assert_eq!((g.read(out + 4), at % PAGE), (size, 0));
            assert_eq!(g.trap(-66, &[task, at, size]), OK);
            let again = g.trap(-66, &[task, at, 1]);
            assert_eq!(again, INVALID_ADDRESS, "both pages are gone");
            places.push(at);
        }
        places.dedup();
        assert_eq!(places.len(), 1, "the same pages each time");
        assert_eq!(free_memory(g), before);
    });
}

#[test]
fn regions_are_pages() {
    both_profiles(|g| {
        let task = g.task_self();
        let at = g.vm_allocate(4 * PAGE).expect("four pages");
        let fixed = |g: &mut Guest, at, size| {
            let values = [W(at), W(size), W(0)];
            g.rpc("vm_allocate", task, &values).value()
        };
        assert_eq!(fixed(g, at + PAGE, 1), Err(NO_SPACE), "taken");
        assert_eq!(fixed(g, NOWHERE, PAGE), Err(INVALID_ADDRESS));
        assert_eq!(fixed(g, KERNELS, PAGE), Err(NO_SPACE));
        // One byte of the second page and one of the third.
        assert_eq!(g.vm_deallocate(at + 2 * PAGE - 1, 2), OK);
        for gone in [at + PAGE, at + 2 * PAGE] {
            assert_eq!(g.vm_deallocate(gone, 1), INVALID_ADDRESS);
        }
        assert_eq!(g.vm_deallocate(at, 4 * PAGE), INVALID_ADDRESS, "a hole");
        // Its address is rounded down, its pages are zeros again.
        g.write_bytes(at, &[7; PAGE as usize]);
        assert_eq!(g.vm_deallocate(at, PAGE), OK);
        assert_eq!(fixed(g, at + 5, 3 * PAGE - 5), Ok(at));
        assert_eq!(g.read_bytes(at, 3 * PAGE), [0; 3 * PAGE as usize]);
        assert_eq!(g.vm_deallocate(at, 4 * PAGE), OK);
        // Nothing is nothing.
        assert_eq!(g.vm_allocate(0), Ok(0));
        assert_eq!(g.vm_deallocate(NOWHERE, 0), OK);
        // Scratch memory of the program was never allocated with vm_allocate.
        let own = g.alloc(16);
        assert_eq!(g.vm_deallocate(own, 16), INVALID_ADDRESS);
        let host = g.host_self();
        let other = g.rpc("vm_allocate", host, &[W(0), W(1), W(1)]).code();
        assert_eq!(other, INVALID_ARGUMENT, "not a task");
        assert_eq!(g.trap(-66, &[host, at, 1]), INVALID_ARGUMENT);
    });
}

#[test]
fn protections_are_recorded_and_heeded_by_calls() {
    both_profiles(|g| {
        let task = g.task_self();
        let at = g.vm_allocate(2 * PAGE).expect("two pages");
        let from = g.words(&[0x1111_1111]);
        let write = |g: &mut Guest, to| g.trap(-31, &[task, to, from, 4]);
        let protect =
            |g: &mut Guest, at, size, set_max, prot| g.trap(-91, &[task, at, size, set_max, prot]);
        assert_eq!(protect(g, at, 1, 0, 1), OK);
        assert_eq!(write(g, at + PAGE - 4), PROTECTION_FAILURE);
        assert_eq!(write(g, at + PAGE), OK, "the other page");
        let values = [Ool(from, 4), W(at), W(4)];
        assert_eq!(g.on_task("vm_write", &values), PROTECTION_FAILURE);
        // A store is not stopped: there is no such hardware.
        g.run_code(&[str(0, 1, 0)], &[(0, 0xABCD), (1, at)]);
        assert_eq!(g.read(at), 0xABCD);
        assert_eq!(protect(g, at, 2 * PAGE, 0, 2), OK);
        let read = g.rpc("vm_read", task, &[W(at), W(4)]).code();
        assert_eq!(read, PROTECTION_FAILURE);
        // The most there may be, and not more again.
        assert_eq!(g.on_task("vm_protect", &[W(at), W(1), W(1), W(1)]), OK);
        for (set_max, prot) in [(0, 3), (1, 7)] {
            let raised = protect(g, at, 1, set_max, prot);
            assert_eq!(raised, PROTECTION_FAILURE);
        }
        assert_eq!(protect(g, at, 1, 0, 8), INVALID_ARGUMENT);
        assert_eq!(protect(g, NOWHERE, 1, 0, 1), INVALID_ADDRESS);
        assert_eq!(protect(g, at, 3 * PAGE, 0, 1), INVALID_ADDRESS);
        // New memory is as new.
        assert_eq!(g.vm_deallocate(at, 2 * PAGE), OK);
        assert_eq!(g.vm_allocate(2 * PAGE), Ok(at));
        assert_eq!(write(g, at), OK);
    });
}

#[test]
fn reads_and_writes_check_both_ends() {
    both_profiles(|g| {
        let (task, out) = (g.task_self(), g.words(&[0x55]));
        let from = g.words(&[1, 2]);
        let write = |g: &mut Guest, to, from| g.trap(-31, &[task, to, from, 8]);
        assert_eq!(write(g, KERNELS, from), PROTECTION_FAILURE);
        assert_eq!(write(g, NOWHERE, from), INVALID_ADDRESS);
        assert_eq!(write(g, from, NOWHERE), INVALID_ADDRESS);
        let to = g.guarded(8);
        let read = |g: &mut Guest, from, size, to| g.trap(-30, &[task, from, size, to, out]);
        assert_eq!(read(g, NOWHERE, 8, to.at), INVALID_ADDRESS);
        assert_eq!(read(g, from, u32::MAX, to.at), INVALID_ADDRESS);
        assert_eq!(read(g, from, 8, KERNELS), PROTECTION_FAILURE);
        assert_eq!(g.read(out), 0x55, "nothing is written");
        assert_eq!(read(g, from, 8, to.at), OK);
        assert_eq!((g.read(out), g.read(to.at + 4)), (8, 2));
        to.bytes(g);
        // Another count than the data has.
        let values = [Ool(from, 8), W(to.at), W(4)];
        assert_eq!(g.on_task("vm_write", &values), MIG_TYPE_ERROR);
        let reply = g.rpc("vm_read", task, &[W(from), W(0)]);
        assert_eq!((reply.ool(), reply.word(48)), ((0, 0), 0));
    });
}

/// `vm_map` by trap -64: code, or address. `how` is copy, current and most protection.
fn map(
    g: &mut Guest,
    object: u32,
    place: (u32, u32),
    size: u32,
    how: [u32; 3],
) -> Result<u32, u32> {
    let (task, out) = (g.task_self(), g.words(&[place.0]));
    let (anywhere, [copy, current, most]) = (place.1, how);
    let rest = [size, 0, anywhere, object, 0, copy, current, most, 2];
    match g.trap(-64, &[&[task, out][..], &rest].concat()) {
        OK => Ok(g.read(out)),
        code => Err(code),
    }
}

const ANYWHERE: (u32, u32) = (0, 1);

fn pager(g: &mut Guest, device: u32, prot: u32) -> u32 {
    let values = [W(prot), W(0), W(PAGE), W(0)];
    let pager = g.rpc("device_map", device, &values).port();
    pager.expect("device_map")
}

#[test]
fn a_page_of_the_test_device() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let both = pager(g, device, 3);
        assert_eq!(g.refs(both, RIGHT_SEND), Ok(1));
        let at = map(g, both, ANYWHERE, PAGE, [0, 1, 1]).expect("vm_map");
        assert_eq!(at % PAGE, 0);
        assert_eq!(g.run_code(&[ldr(0, 1, 0)], &[(1, at)]), 0x7800_0000);
        assert_eq!(g.read_bytes(at + 4, PAGE - 4), [0; PAGE as usize - 4]);
        // A memory object has one place, whoever maps it and however often.
        assert_eq!(map(g, both, ANYWHERE, 8 << 20, [0, 3, 7]), Ok(at));
        assert_eq!(map(g, both, (at + 9, 0), PAGE, [0, 1, 1]), Ok(at));
        let elsewhere = map(g, both, (at + PAGE, 0), PAGE, [0, 1, 1]);
        assert_eq!(elsewhere, Err(NO_SPACE));
        // A copy is memory of one's own.
        let copy = map(g, both, ANYWHERE, PAGE + 1, [1, 3, 3]).expect("a copy");
        assert_ne!(copy, at);
        assert_eq!(g.run_code(&[ldr(0, 1, 0)], &[(1, copy)]), 0x7800_0000);
        g.run_code(&[str(0, 1, 0)], &[(0, 5), (1, copy)]);
        assert_eq!([g.read(copy), g.read(at)], [5, 0x7800_0000]);
        assert_eq!(g.vm_deallocate(copy, PAGE + 1), OK);
        // Mappings outlive the object's name and the device.
        assert_eq!(g.deallocate(both), OK);
        assert_eq!(g.close(device), OK);
        for size in [1, 8 << 20, PAGE] {
            assert_eq!(g.read(at), 0x7800_0000);
            assert_eq!(g.vm_deallocate(at, size), OK);
        }
        assert_eq!(g.vm_deallocate(at, PAGE), INVALID_ADDRESS);
    });
}

#[test]
fn mapping_and_unmapping_uses_nothing_up() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let round = |g: &mut Guest| {
            let both = pager(g, device, 3);
            let at = map(g, both, ANYWHERE, PAGE, [0, 3, 3]).expect("vm_map");
            assert_eq!(g.deallocate(both), OK);
            assert_eq!(g.vm_deallocate(at, PAGE), OK);
            at
        };
        let first = round(g);
        let before = free_memory(g);
        for _ in 0..300 {
            assert_eq!(round(g), first);
        }
        assert_eq!(free_memory(g), before);
    });
}

#[test]
fn what_device_map_refuses() {
    both_profiles(|g| {
        let (task, out) = (g.task_self(), g.words(&[0]));
        let device = g.open("test_device0");
        let console = g.open("console");
        for (port, prot, code) in [
            (device, 8, INVALID_ARGUMENT),
            (task, 8, INVALID_ARGUMENT),
            (task, 1, D_NO_SUCH_DEVICE),
            (console, 1, D_INVALID_OPERATION),
        ] {
            let values = [W(prot), W(0), W(PAGE), W(0)];
            assert_eq!(g.rpc("device_map", port, &values).code(), code);
            let direct = g.trap(-209, &[port, prot, 0, PAGE, out]);
            assert_eq!(direct, code);
        }
        assert_eq!(g.trap(-209, &[device, 1, 12, PAGE, out]), D_INVALID_SIZE);
        let bad = g.trap(-209, &[device, 1, PAGE, PAGE, out]);
        assert_eq!(bad, INVALID_ARGUMENT, "behind the end");
        assert_eq!(g.trap(-209, &[device, 1, 0, 12, out]), OK);
        let at = g.read(out);
        assert_eq!(g.read(at), 0x7800_0000);
        assert_eq!(g.vm_deallocate(at, 12), OK);
    });
}

#[test]
fn what_vm_map_refuses() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let (readable, nothing) = (pager(g, device, 1), pager(g, device, 0));
        let (own, task) = (g.reply_port(), g.task_self());
        for (object, size, how, code) in [
            (readable, 0, [0, 1, 1], INVALID_ARGUMENT),
            (readable, PAGE, [0, 8, 8], INVALID_ARGUMENT),
            (readable, PAGE, [0, 3, 1], INVALID_ARGUMENT),
            (readable, PAGE, [0, 3, 3], PROTECTION_FAILURE),
            (nothing, PAGE, [0, 1, 1], PROTECTION_FAILURE),
            (nothing, PAGE, [1, 1, 1], PROTECTION_FAILURE),
            (task, PAGE, [0, 1, 1], INVALID_ARGUMENT),
            (own, PAGE, [0, 1, 1], INVALID_ARGUMENT),
            (0x7777, PAGE, [0, 1, 1], INVALID_ARGUMENT),
            (readable, 64 << 20, [1, 1, 1], NO_SPACE),
            (0, 64 << 20, [0, 1, 1], NO_SPACE),
        ] {
            let mapped = map(g, object, ANYWHERE, size, how);
            assert_eq!(mapped, Err(code), "{object:#x} {size:#x} {how:?}");
        }
        // By message: a port of the task's own is no memory either.
        let (zero, one) = (W(0), W(1));
        for (port, code) in [
            (Port(own, MAKE_SEND), INVALID_ARGUMENT),
            (Port(readable, COPY_SEND), OK),
        ] {
            let values = [port, zero, W(PAGE), zero, one, zero, zero, one, one, W(2)];
            assert_eq!(g.rpc("vm_map", task, &values).code(), code);
        }
        let inherit = [
            Port(0, COPY_SEND),
            zero,
            W(PAGE),
            zero,
            one,
            zero,
            zero,
            one,
            one,
            W(3),
        ];
        assert_eq!(g.rpc("vm_map", task, &inherit).code(), INVALID_ARGUMENT);
    });
}

#[test]
fn vm_map_without_an_object_is_new_memory() {
    both_profiles(|g| {
        let task = g.task_self();
        let before = free_memory(g);
        for mask in [0, PAGE, 0x3FFF, 0xFFFF, 0x9000] {
            let (zero, one) = (W(0), W(1));
            let null = Port(0, COPY_SEND);
            let size = W(PAGE + 1);
            let values = [null, zero, size, W(mask), one, zero, zero, one, W(3), one];
            let at = g.rpc("vm_map", task, &values).value().expect("memory");
            assert_eq!((at & mask, at % PAGE), (0, 0), "mask {mask:#x}");
            assert_eq!(g.read_bytes(at, 2 * PAGE), [0; 2 * PAGE as usize]);
            let protected = g.trap(-31, &[task, at, at, 4]);
            assert_eq!(protected, PROTECTION_FAILURE);
            g.write_bytes(at, &[9; 2 * PAGE as usize]);
            assert_eq!(g.vm_deallocate(at, PAGE + 1), OK);
            assert_eq!(map(g, 0, (at, 0), PAGE, [0, 3, 7]), Ok(at));
            assert_eq!(g.vm_deallocate(at, PAGE), OK);
        }
        assert_eq!(free_memory(g), before);
    });
}

/// A page of a clock as the program sees it, in units of its second word.
fn shown(g: &mut Guest, page: u32, units: u64) -> u64 {
    let code = [ldr(0, 4, 0), ldr(1, 4, 4), ldr(2, 4, 8)];
    let seconds = g.run_code(&code, &[(4, page)]);
    assert_eq!(g.reg(2), seconds, "the check");
    let fraction = u64::from(g.reg(1));
    assert!(fraction < units);
    u64::from(seconds) * units + fraction
}

/// What the two pages of time show again and again, with the time of each look; the machine is
/// saved and loaded at these instants.
fn looks(profile: Profile, saves: &[u64]) -> Vec<(u64, u64, u64)> {
    let g = &mut Guest::new(profile);
    let (timer, time) = (g.open("timer0"), g.open("time"));
    let clock = pager(g, timer, 1);
    let clock = map(g, clock, ANYWHERE, PAGE, [0, 1, 1]).expect("vm_map");
    let out = g.words(&[0]);
    assert_eq!(g.trap(-209, &[time, 1, 0, 12, out]), OK);
    let time = g.read(out);
    g.interrupt_at(saves.iter().map(|&at| Tick(at)));
    let mut looks = Vec::new();
    for n in 0..40 {
        g.advance_micros(n * 3_331);
        let nanoseconds = shown(g, clock, 1_000_000_000);
        let microseconds = shown(g, time, 1_000_000);
        looks.push((g.now().0, nanoseconds, microseconds));
    }
    looks
}

#[test]
fn clock_pages_show_the_time_of_the_last_ten_milliseconds() {
    for profile in [Profile::Documented, Profile::Retail] {
        let whole = looks(profile, &[]);
        let mut values = Vec::new();
        for &(now, nanoseconds, microseconds) in &whole {
            let now = now * 80;
            for shown in [nanoseconds, microseconds * 1_000] {
                assert!(shown <= now, "{shown} of {now} ns");
                let behind = now - shown;
                assert!(behind < 10_500_000, "{shown} of {now} ns");
            }
            values.push(nanoseconds);
        }
        values.dedup();
        assert!(values.len() > 30, "it advances");
        for saves in [
            &[900_001][..],
            &[1_000_000, 1_000_001, 7_777_777, 20_000_000],
        ] {
            assert_eq!(looks(profile, saves), whole, "saved at {saves:?}");
        }
    }
}

#[test]
fn a_clock_page_stops_with_its_last_mapping() {
    both_profiles(|g| {
        let (timer, out) = (g.open("timer0"), g.words(&[0]));
        for _ in 0..2 {
            assert_eq!(g.trap(-209, &[timer, 1, 0, PAGE, out]), OK);
        }
        let page = g.read(out);
        let words = |g: &Guest| g.read_bytes(page, 12);
        assert_eq!(g.vm_deallocate(page, PAGE), OK);
        let first = words(g);
        g.advance_micros(11_000);
        let second = words(g);
        assert_ne!(second, first, "one mapping is left");
        assert_eq!(g.vm_deallocate(page, PAGE), OK);
        let last = words(g);
        g.advance_micros(50_000);
        assert_eq!(words(g), last);
        // The page is as new at the moment of the next mapping.
        assert_eq!(g.trap(-209, &[timer, 1, 0, PAGE, out]), OK);
        let page = g.read(out);
        let now = g.now().0 * 80;
        let shown = shown(g, page, 1_000_000_000);
        assert!(now.abs_diff(shown) < 500_000, "{shown} of {now} ns");
    });
}

#[test]
fn a_mapped_clock_keeps_no_machine_going() {
    both_profiles(|g| {
        let (timer, out) = (g.open("timer0"), g.words(&[0]));
        assert_eq!(g.trap(-209, &[timer, 1, 0, PAGE, out]), OK);
        let queue = g.queue();
        g.begin_done(queue);
        let stop = g.run_to_stop();
        assert!(matches!(stop, Stop::Stuck(_)), "{stop:?}");
    });
}
