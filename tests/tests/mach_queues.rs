//! Done queues: creation, waiting, order, termination.
//!
//! Mach sheet 3, acceptance tests 1 to 20.
#![forbid(unsafe_code)]

use Value::W;
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_core::trace::TraceEvent;
use emu_devices::cdrom::DriveProfile;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{MOVE_RECEIVE, Value};
use tests::guest::{Guest, both_profiles, disc_file};

const READ_ASYNC: i32 = -94;
const READ_OVERWRITE_ASYNC: i32 = -95;
const WRITE_ASYNC: i32 = -96;
const WRITE_ASYNC_INBAND: i32 = -98;
const READ_ASYNC_INBAND: i32 = -99;
/// An instruction that does nothing, for a cycle: `mov r0, r0`.
const NOTHING: u32 = 0xE1A0_0000;
/// recnum of timer0: the next vertical blank.
const NEXT_BLANK: u32 = 0xFFFF_FFFF;

/// Asks timer0 for an in-band timestamp after so many microseconds.
fn delay(g: &mut Guest, timer: u32, queue: u32, id: u32, micros: u32) {
    let sent = g.trap(READ_ASYNC_INBAND, &[timer, queue, id, 0, micros, 8]);
    assert_eq!(sent, OK, "device_read_async_inband");
}

/// All five request forms of a device and a queue, of so many bytes: their results.
fn all_forms(g: &mut Guest, device: u32, queue: u32, bytes: u32) -> [u32; 5] {
    let at = g.alloc(bytes);
    [
        g.trap(READ_ASYNC, &[device, queue, 1, 0, 0, bytes]),
        g.trap(READ_OVERWRITE_ASYNC, &[device, queue, 2, 0, 0, bytes, at]),
        g.trap(WRITE_ASYNC, &[device, queue, 3, 0, 0, at, bytes]),
        g.trap(WRITE_ASYNC_INBAND, &[device, queue, 4, 0, 0, at, bytes]),
        g.trap(READ_ASYNC_INBAND, &[device, queue, 5, 0, 0, bytes]),
    ]
}

/// A second thread of the program and a wait for a queue that it is blocked in.
fn waiter(g: &mut Guest, name: &str, queue: u32) -> (Item, u32) {
    let thread = g.create_thread(name);
    let record = g.on(thread).begin_done(queue);
    g.advance_micros(500);
    assert!(g.is_blocked(thread), "{name} waits");
    (thread, record)
}

/// What waiting gives for the dead name of a queue: ruling and source, Mach sheet 3.6.
fn stale(g: &Guest) -> u32 {
    match g.retail() {
        true => INVALID_ARGUMENT,
        false => TERMINATED,
    }
}

#[test]
fn dq_create_name() {
    both_profiles(|g| {
        let host = g.host_self();
        let queue = g.rpc("io_done_queue_create", host, &[]).port();
        let queue = queue.expect("the name port creates");
        let direct = g.queue_direct(host).expect("by trap too");
        assert_ne!(queue, direct);
        for queue in [queue, direct] {
            assert_eq!(g.port_type(queue), Ok(TYPE_SEND));
        }
    });
}

#[test]
fn dq_create_priv() {
    both_profiles(|g| {
        let host = g.bootstrap_ports()[0];
        assert_ne!(host, g.host_self(), "the privileged port is another");
        let queue = g.rpc("io_done_queue_create", host, &[]).port();
        let queue = queue.expect("the privileged port creates");
        assert_eq!(g.port_type(queue), Ok(TYPE_SEND));
        assert!(g.queue_direct(host).is_ok());
    });
}

#[test]
fn dq_create_badhost() {
    both_profiles(|g| {
        let task = g.task_self();
        let reply = g.rpc("io_done_queue_create", task, &[]);
        assert_eq!((reply.bytes.len(), reply.code()), (36, INVALID_ARGUMENT));
        assert_eq!(g.queue_direct(task), Err(INVALID_ARGUMENT));
    });
}

#[test]
fn dq_create_nullhost() {
    both_profiles(|g| {
        let task = g.task_self();
        let dead = g.queue();
        assert_eq!(g.terminate(dead), OK);
        for host in [0, PORT_DEAD, dead, 0x0BAD_0003] {
            let sent = g.try_rpc("io_done_queue_create", host, &[]);
            assert_eq!(sent.err(), Some(SEND_INVALID_DEST), "{host:#x}");
            assert_eq!(g.queue_direct(host), Err(INVALID_ARGUMENT), "{host:#x}");
        }
        // A failed send makes no send-once right: the reply port still works.
        assert_eq!(g.rpc("mach_port_type", task, &[W(task)]).code(), OK);
    });
}

#[test]
fn dq_create_shortage() {
    for profile in [Profile::Documented, Profile::Retail] {
        let config = Config {
            profile,
            mach: emu_core::kernel::mach::MachConfig {
                done_queues: 3,
                ..Default::default()
            },
            ..Config::default()
        };
        let g = &mut Guest::with_config(config);
        let task = g.task_self();
        // What fails for another reason does not count.
        assert_eq!(g.rpc("io_done_queue_create", task, &[]).code(), 4);
        let queues = [(); 3].map(|()| g.queue());
        assert_eq!(g.try_queue(), Err(RESOURCE_SHORTAGE));
        let host = g.host_self();
        assert_eq!(g.queue_direct(host), Err(RESOURCE_SHORTAGE));
        assert_eq!(g.terminate(queues[1]), OK);
        assert_eq!(g.deallocate(queues[1]), OK);
        let again = g.queue();
        assert_eq!(g.try_queue(), Err(RESOURCE_SHORTAGE));
        assert_eq!(g.terminate(again), OK);
    }
}

#[test]
fn dq_distinct() {
    both_profiles(|g| {
        let (a, b) = (g.queue(), g.queue());
        assert_ne!(a, b);
        let device = g.open("test_device0");
        let sent = g.trap(READ_ASYNC_INBAND, &[device, a, 0xAAAA, 0, 0, 4]);
        assert_eq!(sent, OK);
        g.advance_micros(2_000);
        assert!(g.has_nothing_before(b, device));
        assert_eq!(g.done(a).id(), 0xAAAA);
    });
}

#[test]
fn dq_right() {
    both_profiles(|g| {
        let task = g.task_self();
        let queue = g.queue();
        assert_eq!(g.refs(queue, RIGHT_SEND), Ok(1));
        assert_eq!(g.refs(queue, RIGHT_RECEIVE), Ok(0));
        assert_eq!(g.port_type(queue), Ok(TYPE_SEND));
        let values = [W(queue), W(u32::from(MOVE_RECEIVE))];
        let reply = g.rpc("mach_port_extract_right", task, &values);
        assert!(
            [INVALID_RIGHT, INVALID_CAPABILITY].contains(&reply.code()),
            "the receive right stays in the kernel: {}",
            reply.code()
        );
    });
}

#[test]
fn dq_wait_order() {
    both_profiles(|g| {
        let (timer, queue) = (g.open("timer0"), g.queue());
        let begun = g.now().0;
        for micros in [300, 100, 200] {
            delay(g, timer, queue, micros, micros);
        }
        for micros in [100, 200, 300] {
            let done = g.done(queue);
            assert_eq!((done.id(), done.error()), (micros, OK));
            let taken = (g.now().0 - begun) * 2 / 25;
            assert!(taken >= u64::from(micros), "{taken} of {micros} us");
        }
    });
}

#[test]
fn dq_wait_tie() {
    both_profiles(|g| {
        let (timer, queue) = (g.open("timer0"), g.queue());
        g.advance_fields(1);
        let fields = g.fields();
        for id in [5, 3, 9, 1] {
            delay(g, timer, queue, id, NEXT_BLANK);
        }
        assert_eq!(g.fields(), fields, "all wait for the same blank");
        for id in [5, 3, 9, 1] {
            assert_eq!(g.done(queue).id(), id);
            assert_eq!(g.fields(), fields + 1);
        }
    });
}

#[test]
fn dq_two_waiters() {
    both_profiles(|g| {
        let (timer, queue) = (g.open("timer0"), g.queue());
        let (first, record_a) = waiter(g, "first", queue);
        let (second, record_b) = waiter(g, "second", queue);
        delay(g, timer, queue, 11, 1_000);
        assert_eq!(g.returns_within(first, 20_000), Some(OK));
        assert_eq!(g.done_at(record_a, OK).id(), 11);
        g.advance_micros(5_000);
        assert!(g.is_blocked(second), "one completion wakes one");
        delay(g, timer, queue, 22, 1_000);
        assert_eq!(g.returns_within(second, 20_000), Some(OK));
        assert_eq!(g.done_at(record_b, OK).id(), 22);
    });
}

#[test]
fn dq_wait_badaddr() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        // Checked before it is looked whether there is anything.
        let bad = if g.retail() {
            INVALID_ADDRESS
        } else {
            INVALID_ARGUMENT
        };
        for at in [0xFFFF_FFF0, NOWHERE] {
            assert_eq!(g.trap(-97, &[queue, at]), bad, "{at:#x}");
        }
        let sent = g.trap(READ_ASYNC_INBAND, &[device, queue, 7, 0, 0, 4]);
        assert_eq!(sent, OK);
        g.advance_micros(2_000);
        for at in [0xFFFF_FFF0, NOWHERE] {
            assert_eq!(g.trap(-97, &[queue, at]), bad, "{at:#x}");
        }
        assert_eq!(g.done(queue).id(), 7, "the completion is still there");
    });
}

/// When the operations of a device have ended, in order.
fn ends_of(g: &Guest, device: &str) -> Vec<u64> {
    let said = format!("of \"{device}\" ends for");
    let records = g.records().records.iter();
    let ends = records.filter(
        |record| matches!(&record.event, TraceEvent::Request(text) if text.contains(&said)),
    );
    ends.map(|record| record.at.0).collect()
}

#[test]
fn dq_device_tie() {
    const CD: u32 = 100;
    let files = [disc_file("data", &[7; 4096])];
    let mut ties = 0;
    // A read takes the same time whenever it begins, and delays end on steps of 200 ticks: for
    // one beginning in 200 both end at once. Nothing runs meanwhile, so the times are exact.
    for shift in 0..200 {
        let mut g = Guest::with_disc(Profile::Documented, DriveProfile::Instant, &files);
        g.watch_requests();
        let (timer, cd, queue) = (g.open("timer0"), g.open("cdrom0"), g.queue());
        let port = g.reply_port();
        // One delay ends at about every step while the read is in progress.
        for id in 0..24 {
            delay(&mut g, timer, queue, id, 960 - 24 * id);
        }
        g.advance(shift as u64);
        g.run_code(&vec![NOTHING; shift % 9], &[]);
        let sent = g.trap(READ_ASYNC, &[cd, queue, CD, 0, 0, 2048]);
        assert_eq!(sent, OK);
        assert_eq!(g.try_receive(port, 3).err(), Some(RCV_TIMED_OUT));
        let ids: Vec<u32> = (0..25).map(|_| g.done(queue).id()).collect();
        let (drive, delays) = (ends_of(&g, "cdrom0")[0], ends_of(&g, "timer0"));
        if delays.contains(&drive) {
            ties += 1;
            let before = delays.iter().filter(|&&at| at <= drive).count();
            let place = ids.iter().position(|&id| id == CD);
            assert_eq!(place, Some(before), "the timer comes before the drive");
        }
    }
    assert!(ties > 0, "none of them ended at once");
}

#[test]
fn dq_wait_inline_edge() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        // The end of the program's own pages.
        let at = g.vm_allocate(4096).expect("a page");
        let memory = g.machine().memory();
        let end = (at..)
            .step_by(4096)
            .find(|&page| memory.check_writable(page, 1).is_err())
            .expect("memory ends somewhere");
        let sent = g.trap(READ_ASYNC_INBAND, &[device, queue, 7, 0, 0, 8]);
        assert_eq!(sent, OK);
        // 20 bytes of control and 8 that are delivered: one byte too few is not enough.
        let bad = if g.retail() {
            INVALID_ADDRESS
        } else {
            INVALID_ARGUMENT
        };
        assert_eq!(g.trap(-97, &[queue, end - 27]), bad);
        let kept = g.read_bytes(end - 28, 28);
        assert_eq!(g.trap(-97, &[queue, end - 28]), OK, "148 are not asked for");
        let got = g.read_bytes(end - 28, 28);
        assert_ne!(got, kept);
        assert_eq!((g.read(end - 24), g.read(end - 12)), (7, 8), "id and count");
        assert_eq!(got[20..], [0x78, 0, 0, 0, 0, 0, 0, 0]);
    });
}

#[test]
fn dq_wait_stuck() {
    both_profiles(|g| {
        let queue = g.queue();
        let at = g.begin_done(queue);
        let Stop::Stuck(report) = g.run_to_stop() else {
            panic!("nobody can ever complete anything");
        };
        let said = report.tasks.join("\n");
        let named = format!("done queue {queue:#x}");
        assert!(said.contains(&named), "{named} in: {said}");
        assert!(said.contains("io_done_queue_wait"), "{said}");
        assert!(g.done_at(at, 0).untouched_from(0), "no code is made up");
    });
}

#[test]
fn dq_wait_notqueue() {
    both_profiles(|g| {
        let (task, host, port) = (g.task_self(), g.host_self(), g.reply_port());
        let device = g.open("test_device0");
        let set = g.allocate(RIGHT_PORT_SET);
        for name in [0, PORT_DEAD, task, host, port, device, set, 0x0BAD_0003] {
            let done = g.try_done(name);
            assert_eq!(done.code, INVALID_ARGUMENT, "{name:#x}");
            assert!(done.untouched_from(0));
        }
        assert_eq!(g.close(device), OK);
        let done = g.try_done(device);
        assert_eq!(done.code, INVALID_ARGUMENT, "a dead name of another kind");
    });
}

#[test]
fn dq_terminate_idle() {
    both_profiles(|g| {
        for direct in [false, true] {
            let queue = g.queue();
            let code = match direct {
                false => g.terminate(queue),
                true => g.trap(-202, &[queue]),
            };
            assert_eq!(code, OK);
            assert_eq!(g.port_type(queue), Ok(TYPE_DEAD_NAME));
            assert_eq!(g.refs(queue, RIGHT_DEAD_NAME), Ok(1));
            let again = g.try_rpc("io_done_queue_terminate", queue, &[]);
            assert_eq!(again.err(), Some(SEND_INVALID_DEST));
            assert_eq!(g.trap(-202, &[queue]), INVALID_ARGUMENT);
            assert_eq!(g.deallocate(queue), OK);
        }
        let task = g.task_self();
        assert_eq!(g.terminate(task), INVALID_ARGUMENT, "not a queue");
    });
}

#[test]
fn dq_terminate_waiter() {
    both_profiles(|g| {
        let queue = g.queue();
        let (a, record_a) = waiter(g, "a", queue);
        let (b, record_b) = waiter(g, "b", queue);
        assert_eq!(g.terminate(queue), OK);
        for (thread, record) in [(a, record_a), (b, record_b)] {
            assert_eq!(g.returns_within(thread, 10_000), Some(TERMINATED));
            assert!(g.done_at(record, TERMINATED).untouched_from(0));
        }
    });
}

#[test]
fn dq_terminate_pending() {
    for direct in [false, true] {
        both_profiles(|g| {
            let (timer, queue) = (g.open("timer0"), g.queue());
            let other = g.queue();
            let thread = g.create_thread("terminator");
            g.on(thread).my_reply_port();
            let early = g.guarded(8);
            let late = g.guarded(8);
            let request = |at, micros| [timer, queue, 1, 0, micros, 8, at];
            let sent = g.trap(READ_OVERWRITE_ASYNC, &request(late.at, 20_000));
            assert_eq!(sent, OK);
            let sent = g.trap(READ_OVERWRITE_ASYNC, &request(early.at, 10_000));
            assert_eq!(sent, OK);
            match direct {
                false => g
                    .on(thread)
                    .begin_rpc("io_done_queue_terminate", queue, &[]),
                true => g.on(thread).begin_trap(-202, &[queue]),
            }
            g.advance_micros(2_000);
            assert!(g.is_blocked(thread), "waits for what is in progress");
            assert_eq!(
                g.port_type(queue),
                Ok(TYPE_DEAD_NAME),
                "the port is dead first"
            );
            // Steps shorter than a trap: the data and the thread in the same step.
            let untouched = |g: &Guest, at| g.read(at) == 0xA5A5_A5A5;
            let end = g.now().0 + 1_000_000;
            while untouched(g, late.at) {
                assert!(g.is_blocked(thread), "not before the last request");
                assert!(g.now().0 < end, "the data never comes");
                g.advance(20);
            }
            assert!(!g.is_blocked(thread), "at the due time of the last request");
            assert_eq!(g.returns_within(thread, 2_000), Some(OK));
            if !direct {
                let reply = g.on(thread).finish_exchange().expect("a reply");
                assert_eq!((reply.id(), reply.code()), (2916, OK));
            }
            assert!(early.bytes(g).iter().all(|&byte| byte != 0xA5) || !untouched(g, early.at));
            late.bytes(g);
            let stale = stale(g);
            assert_eq!(g.try_done(queue).code, stale, "nothing is delivered");
            assert!(g.has_nothing_before(other, timer));
        });
    }
}

/// Free pages of the system, and where the next page would be.
fn memory(g: &mut Guest) -> (u32, u32) {
    let at = g.vm_allocate(4096).expect("vm_allocate");
    assert_eq!(g.vm_deallocate(at, 4096), OK);
    (g.free_memory(), at)
}

#[test]
fn dq_terminate_list() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let round = |g: &mut Guest| {
            let queue = g.queue();
            for id in 0..4 {
                let sent = g.trap(READ_ASYNC, &[device, queue, id, 0, 0, 9_000]);
                assert_eq!(sent, OK);
            }
            g.advance_micros(50_000);
            assert_eq!(g.terminate(queue), OK);
            assert_eq!(g.deallocate(queue), OK);
        };
        // The first round may make tables grow that the system keeps.
        round(g);
        let before = memory(g);
        round(g);
        assert_eq!(memory(g), before);
    });
}

#[test]
fn dq_wait_after_terminate() {
    both_profiles(|g| {
        let queue = g.queue();
        assert_eq!(g.terminate(queue), OK);
        let done = g.try_done(queue);
        assert_eq!(done.code, stale(g));
        assert!(done.untouched_from(0));
    });
}

#[test]
fn dq_async_after_terminate() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        assert_eq!(g.terminate(queue), OK);
        assert_eq!(all_forms(g, device, queue, 4), [INVALID_ARGUMENT; 5]);
    });
}

#[test]
fn dq_many_devices() {
    let file = [disc_file("data", &[7; 4096])];
    for profile in [Profile::Documented, Profile::Retail] {
        let g = &mut Guest::with_disc(profile, DriveProfile::Nominal, &file);
        let queue = g.queue();
        let names = ["test_device0", "test_device1", "cdrom0", "timer0"];
        let devices = names.map(|name| g.open(name));
        for (id, (device, (recnum, bytes))) in
            (0..).zip(
                devices
                    .into_iter()
                    .zip([(0, 4), (0, 4), (0, 2048), (100, 8)]),
            )
        {
            let sent = g.trap(READ_ASYNC, &[device, queue, id, 0, recnum, bytes]);
            assert_eq!(sent, OK);
        }
        let mut ids: Vec<u32> = (0..4).map(|_| g.done(queue).id()).collect();
        assert_eq!(ids.last(), Some(&2), "a drive takes longest");
        ids.sort_unstable();
        assert_eq!(ids, [0, 1, 2, 3]);
    }
}

#[test]
fn dq_reqid_opaque() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        let task = g.task_self();
        let refs = g.refs(task, RIGHT_SEND).expect("the task's port");
        let ids = [0, 0xFFFF_FFFF, task, 0x8000_0001, 5, 5, queue, device];
        for id in ids {
            assert_eq!(g.trap(READ_ASYNC_INBAND, &[device, queue, id, 0, 0, 4]), OK);
        }
        for id in ids {
            assert_eq!(g.done(queue).id(), id);
        }
        // refs itself asks for the task's port: one more reference for each time.
        let later = g.refs(task, RIGHT_SEND).expect("still there");
        assert_eq!(later, refs + 1, "no right is looked up or consumed");
    });
}

#[test]
fn dq_result_bytes() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        assert_eq!(all_forms(g, device, queue, 16), [OK; 5]);
        let results = [(); 5].map(|()| g.done(queue));
        let by_id = |id| {
            let found = results.iter().find(|done| done.id() == id);
            found.expect("each request completes")
        };
        let [read, overwrite, write, write_inband, read_inband] = [1, 2, 3, 4, 5].map(by_id);
        let data = read.data();
        assert_ne!(data, 0);
        assert_eq!(read.control(), [1, 1, OK, data, 16]);
        assert_eq!(overwrite.control(), [3, 2, OK, 0, 16]);
        assert_eq!(write.control(), [2, 3, OK, 0, 16]);
        assert_eq!(write_inband.control(), [2, 4, OK, 0, 16]);
        let inline = read_inband.at + 20;
        assert_eq!(read_inband.control(), [1, 5, OK, inline, 16]);
        let mut bytes = [0; 16];
        bytes[0] = b'x';
        assert_eq!(read_inband.bytes[20..36], bytes);
        assert!(read_inband.untouched_from(36));
        for done in [read, overwrite, write, write_inband] {
            assert!(done.untouched_from(20), "only the control part");
        }
    });
}
