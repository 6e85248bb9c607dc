//! The published page of SendIO, sentence by sentence (kernel sheet 5.16), under both profiles.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{
    ABORTED, BADCOMMAND, BADIOARG, BADITEM, BADPTR, BADUNIT, IO_NOT_DONE, NOTOWNER, Status,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::io_flag::{IO_DONE, IO_QUICK};
use emu_core::kernel::portfolio::structs::{Device, IOBuf, IOInfo, IOReq, ItemNode};
use emu_core::mem::GuestPtr;
use tests::guest::{Guest, Io, Word, both_profiles};

const STARTED: Status = Status(0);
const COMPLETED: Status = Status(1);
const SIGF_IODONE: u32 = 8;

/// An IOInfo that breaks one rule of its own, and the error that stands for it.
fn bad_arguments(g: &mut Guest) -> Vec<(&'static str, Io, Status)> {
    let buffer = g.alloc(16);
    let good = Io::read_clock(1, buffer);
    let with = |change: fn(&mut Io)| {
        let mut io = good;
        change(&mut io);
        io
    };
    vec![
        ("Flags2", with(|io| io.flags2 = 1), BADIOARG),
        (
            "a flag bit beside IO_QUICK",
            with(|io| io.flags = 1),
            BADIOARG,
        ),
        (
            "an unknown flag with IO_QUICK",
            with(|io| io.flags = 0x82),
            BADIOARG,
        ),
        ("unit 2 of 0 and 1", with(|io| io.unit = 2), BADUNIT),
        ("unit 255", with(|io| io.unit = 255), BADUNIT),
        (
            "a receive buffer in kernel memory",
            with(|io| io.recv.0 = 0x8000),
            BADPTR,
        ),
        (
            "a receive buffer beyond memory",
            with(|io| io.recv.0 = 0x30_0000),
            BADPTR,
        ),
        (
            "a negative receive length",
            with(|io| io.recv.1 = -8_i32 as u32),
            BADPTR,
        ),
        (
            "a send buffer below 0x200",
            with(|io| io.send = (0x1FC, 8)),
            BADPTR,
        ),
        (
            "a send buffer across the end",
            with(|io| io.send = (0x2F_FFFC, 8)),
            BADPTR,
        ),
        (
            "a negative send length",
            with(|io| io.send = (0x5_0000, u32::MAX)),
            BADPTR,
        ),
    ]
}

/// S1: the caller's IOInfo is read only; the result is a signed number in r0.
#[test]
fn s1_signature_and_the_callers_ioinfo_is_never_modified() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(16);
        let info = g.info(Io::read_clock(1, buffer).user(77));
        let before = g.read_bytes(info, 32);
        assert_eq!(g.swi(0x1_0018, &[ior.word(), info]), COMPLETED);
        assert_eq!(g.read_bytes(info, 32), before, "SendIO");
        // DoIO adds IO_QUICK to the kernel's copy, not to the program's.
        assert_eq!(g.call("DoIO", &[ior.word(), info]), Status::OK);
        assert_eq!(g.read_bytes(info, 32), before, "DoIO");
        let copy = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
        assert_eq!(g.peek(copy.at(IOInfo::ioi_Flags)), IO_QUICK as u8);
        assert_eq!(
            g.swi(0x1_0018, &[0, info]),
            BADITEM,
            "negative when refused"
        );
    });
}

/// S2: what is not an existing IOReq is BADITEM.
#[test]
fn s2_an_item_that_is_no_ioreq_is_baditem() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let port = g.create_port();
        let timer = g.open_device("timer");
        for item in [Item::NONE, Item(-1), Item(0xFFF), port, timer, g.main()] {
            assert_eq!(g.send_io(item, Io::fields(1)), BADITEM, "{item:?}");
        }
        assert_eq!(g.delete(ior), Status::OK);
        assert_eq!(g.send_io(ior, Io::fields(1)), BADITEM, "a stale number");
    });
}

/// S3: device and kind of notification are those of the creation, whatever is sent.
#[test]
fn s3_device_and_notification_are_fixed_at_creation() {
    both_profiles(|g| {
        let (port, by_message) = g.timer_ioreq_at_port();
        let timer = g.open_device("timer");
        let by_signal = g.create_ioreq(timer, Item::NONE);
        let device: GuestPtr<Device> = g.ptr(timer);
        let told = [by_message, by_signal].map(|ior| g.field(ior, IOReq::io_MsgItem));
        assert_eq!(told[1], g.main(), "a signal goes to the owner");
        for ior in [by_message, by_signal] {
            assert_eq!(g.send_io(ior, Io::fields(1)), STARTED);
        }
        g.advance_fields(1);
        for (n, ior) in [by_message, by_signal].into_iter().enumerate() {
            assert_eq!(g.field(ior, IOReq::io_Dev), device);
            assert_eq!(g.field(ior, IOReq::io_MsgItem), told[n]);
        }
        assert_eq!(
            g.get_msg(port),
            Status(told[0].0),
            "one is told at its port"
        );
        assert_eq!(g.get_msg(port), Status(0), "and only that one");
        assert_ne!(g.pending() & SIGF_IODONE, 0, "the other by signal");
    });
}

/// S4: all eight fields are honoured as they are at the call; later changes have no effect.
#[test]
fn s4_all_fields_are_copied_at_the_call() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let io = Io {
            options: 0x1234_5678,
            user: 0x9ABC_DEF0,
            send: (0x5_0000, 0),
            recv: (0x6_0000, 0),
            ..Io::fields(2)
        };
        let info = g.info(io);
        let sent = g.read_bytes(info, 32);
        assert_eq!(g.call("SendIO", &[ior.word(), info]), STARTED);
        let started = g.fields();
        let copy = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
        assert_eq!(g.read_bytes(copy.addr(), 32), sent);
        g.write_bytes(info, &[0xFF; 32]);
        assert_eq!(g.read_bytes(copy.addr(), 32), sent);
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(
            g.fields(),
            started + 2,
            "the delay is the one that was sent"
        );
    });
}

/// S5: IO_QUICK is the value 2 in ioi_Flags; any other bit is an argument error.
#[test]
fn s5_quick_is_requested_with_bit_value_two() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(16);
        let io = Io::read_clock(1, buffer);
        assert_eq!(g.send_io(ior, Io { flags: 2, ..io }), COMPLETED);
        assert_eq!(g.io_flags(ior), IO_DONE | IO_QUICK);
        assert_eq!(g.io_error(ior), Status::OK);
        for bit in (0..8).filter(|&bit| bit != 1) {
            let result = g.send_io(
                ior,
                Io {
                    flags: 1 << bit,
                    ..io
                },
            );
            let (direct, in_request) = (result, g.io_error(ior));
            if g.retail() {
                assert_eq!(direct, BADIOARG, "bit {bit}");
            } else {
                assert_eq!((direct, in_request), (COMPLETED, BADIOARG), "bit {bit}");
            }
        }
    });
}

/// S6: quick and done at once: the request is back with its data, nobody is told.
#[test]
fn s6_a_quick_request_that_succeeds_comes_back_silently() {
    both_profiles(|g| {
        let (port, by_message) = g.timer_ioreq_at_port();
        let by_signal = g.timer_ioreq();
        for ior in [by_message, by_signal] {
            let buffer = g.alloc(16);
            g.write_bytes(buffer, &[0xEE; 16]);
            let pending = g.pending();
            let result = g.send_io(ior, Io::read_clock(1, buffer).quick());
            assert_eq!(result, COMPLETED);
            assert_eq!(g.io_flags(ior), IO_DONE | IO_QUICK);
            assert_eq!((g.io_error(ior), g.io_actual(ior)), (Status::OK, 8));
            let time = (g.read(buffer), g.read(buffer + 4));
            assert_eq!(time.0, 0, "the data is there");
            assert_eq!(time.1 % 16, 0);
            assert_eq!(g.read(buffer + 8), 0xEEEE_EEEE, "and no more than that");
            assert_eq!(g.pending(), pending, "no signal");
        }
        assert_eq!(g.get_msg(port), Status(0), "no message");
    });
}

/// S7: IO_QUICK in io_Flags says that quick I/O succeeded.
#[test]
fn s7_quick_is_set_in_io_flags_when_it_succeeded() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(16);
        assert_eq!(g.send_io(ior, Io::read_clock(0, buffer).quick()), COMPLETED);
        assert_eq!(g.io_flags(ior), 3);
        // Not asked for: done, told, and not quick.
        assert_eq!(g.send_io(ior, Io::read_clock(0, buffer)), COMPLETED);
        assert_eq!(g.io_flags(ior), 1);
        assert_eq!(g.pending() & SIGF_IODONE, SIGF_IODONE);
    });
}

/// S8: otherwise the request is in progress, not quick, and told exactly once.
#[test]
fn s8_else_asynchronous_with_exactly_one_notification() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        assert_eq!(g.send_io(ior, Io::fields(2).quick()), STARTED);
        assert_eq!(g.io_flags(ior), 0, "neither done nor quick");
        assert_eq!(g.check_io(ior), Status(0));
        assert_eq!(g.get_msg(port), Status(0), "not told yet");
        g.advance_fields(2);
        assert_eq!(g.io_flags(ior), IO_DONE);
        let message = g.field(ior, IOReq::io_MsgItem);
        assert_eq!(g.get_msg(port), Status(message.0));
        g.advance_fields(3);
        assert_eq!(g.get_msg(port), Status(0), "told once");
        assert_eq!(g.pending() & SIGF_IODONE, 0, "and in one way");

        let ior = g.timer_ioreq();
        assert_eq!(g.send_io(ior, Io::fields(1).quick()), STARTED);
        assert_eq!((g.io_flags(ior), g.pending() & SIGF_IODONE), (0, 0));
        g.advance_fields(1);
        assert_eq!(g.pending() & SIGF_IODONE, SIGF_IODONE);
        assert_eq!(g.call("WaitSignal", &[SIGF_IODONE]), Status(8));
        g.advance_fields(3);
        assert_eq!(g.pending() & SIGF_IODONE, 0);
    });
}

/// S9: garbage in flags, unit and lengths is detected; an unused buffer has length 0 and then
/// its pointer is not looked at.
#[test]
fn s9_an_ioinfo_that_is_not_initialised_is_detected() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        for (what, io, error) in bad_arguments(g) {
            let result = g.send_io(ior, io);
            let seen = if g.retail() { result } else { g.io_error(ior) };
            assert_eq!(seen, error, "{what}");
        }
        let buffer = g.alloc(16);
        let io = Io {
            send: (0xFFFF_FFFF, 0),
            ..Io::read_clock(1, buffer)
        };
        assert_eq!(g.send_io(ior, io), COMPLETED, "wild pointer, length 0");
        assert_eq!(g.io_error(ior), Status::OK);
        let io = Io {
            recv: (3, 0),
            ..Io::fields(1)
        };
        assert_eq!(g.send_io(ior, io), STARTED, "wild pointer, length 0");
    });
}

/// S10: ioi_User is never interpreted and stays in io_Info until the next start.
#[test]
fn s10_user_data_is_kept_until_the_next_start() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let user = |g: &Guest| {
            let info = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
            g.peek(info.at(IOInfo::ioi_User))
        };
        assert_eq!(g.send_io(ior, Io::fields(1).user(0x8000_0001)), STARTED);
        assert_eq!(user(g), 0x8000_0001);
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(user(g), 0x8000_0001, "after completion");
        g.advance_fields(2);
        assert_eq!(user(g), 0x8000_0001, "until the next start");
        let buffer = g.alloc(8);
        g.send_io(ior, Io::read_clock(1, buffer).user(2));
        assert_eq!(user(g), 2);
    });
}

/// S11: any 32-bit pattern is carried as context.
#[test]
fn s11_any_pattern_is_carried_as_context() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        let buffer = g.alloc(8);
        for user in [0, 1, 0x7FFF_FFFF, 0x8000_0000, u32::MAX, 0x1FC] {
            let io = Io::read_clock(1, buffer).user(user);
            assert_eq!(g.send_io(ior, io), COMPLETED, "{user:#x}");
            let message = Item(g.get_msg(port).0);
            assert_eq!(g.msg(message).2, user);
        }
    });
}

/// S12: the completion message carries result, IOReq and the ioi_User of this operation.
#[test]
fn s12_the_completion_message_carries_ioi_user() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        let buffer = g.alloc(8);
        for (io, error, user) in [
            (Io::fields(1), Status::OK, 0xCAFE_BABE),
            (Io::read_clock(1, buffer), Status::OK, 2),
            (
                Io {
                    command: 200,
                    ..Io::default()
                },
                BADCOMMAND,
                3,
            ),
        ] {
            g.send_io(ior, io.user(user));
            g.advance_fields(1);
            let message = Item(g.get_msg(port).0);
            assert_eq!(message, g.field(ior, IOReq::io_MsgItem));
            assert_eq!(g.msg(message), (error.0, ior.word(), user));
            let flags = g.field(message, ItemNode::n_Flags);
            assert_eq!(flags & 4, 4, "a small message");
        }
    });
}

/// S13: 1 = completed, 0 = in progress, negative = an error of the page's list. Under
/// `retail` the argument errors are among them and nothing is started; under `documented`
/// (S16) they never are.
#[test]
fn s13_results_and_the_list_of_codes() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(8);
        assert_eq!(g.send_io(ior, Io::read_clock(1, buffer)), COMPLETED);
        assert_eq!(g.call("WaitSignal", &[SIGF_IODONE]), Status(8));
        for (what, io, error) in bad_arguments(g) {
            g.send_io(ior, Io::read_clock(1, buffer).quick());
            let before = (g.io_flags(ior), g.io_error(ior), g.io_actual(ior));
            let pending = g.pending();
            let result = g.send_io(ior, io);
            if g.retail() {
                assert_eq!(result, error, "{what}");
                let after = (g.io_flags(ior), g.io_error(ior), g.io_actual(ior));
                assert_eq!(after, before, "{what}: nothing was started");
                assert_eq!(g.pending(), pending, "{what}: nobody was told");
                let copy = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
                let unit = g.peek(copy.at(IOInfo::ioi_Unit));
                assert_eq!(unit, io.unit, "{what}: io_Info holds the new copy");
            } else {
                assert_eq!(result, COMPLETED, "{what}");
            }
        }
        // An IOInfo that cannot be read.
        for info in [0, 0x1F0, 0x2F_FFF0, 0xFFFF_FFF0] {
            let result = g.call("SendIO", &[ior.word(), info]);
            let expected = if g.retail() { BADPTR } else { COMPLETED };
            assert_eq!(result, expected, "{info:#x}");
        }
        assert_eq!(g.send_io(Item(1), Io::default()), BADITEM);
        let thread = g.create_thread("other");
        assert_eq!(g.on(thread).send_io(ior, Io::fields(1)), NOTOWNER);
        assert_eq!(g.send_io(ior, Io::fields(1)), STARTED);
        assert_eq!(g.send_io(ior, Io::fields(1)), IO_NOT_DONE);
    });
}

/// S13: checks come in the order of the table: item, owner, done, pointer, flags, unit,
/// receive buffer, send buffer.
#[test]
fn s13_the_order_of_the_checks() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let thread = g.create_thread("other");
        let mut all_wrong = Io {
            flags2: 1,
            flags: 1,
            unit: 9,
            recv: (0x8000, 8),
            send: (0, 8),
            ..Io::default()
        };
        let error = |g: &mut Guest, io: Io| {
            let result = g.send_io(ior, io);
            if g.retail() { result } else { g.io_error(ior) }
        };
        assert_eq!(error(g, all_wrong), BADIOARG);
        all_wrong.flags2 = 0;
        assert_eq!(error(g, all_wrong), BADIOARG);
        all_wrong.flags = 0;
        assert_eq!(error(g, all_wrong), BADUNIT);
        all_wrong.unit = 0;
        assert_eq!(error(g, all_wrong), BADPTR);
        all_wrong.recv = (0, 0);
        assert_eq!(error(g, all_wrong), BADPTR);
        all_wrong.send = (0, 0);
        assert_eq!(
            error(g, all_wrong),
            if g.retail() { COMPLETED } else { BADCOMMAND }
        );
        assert_eq!(g.io_error(ior), BADCOMMAND);
        // Owner before done, done before the pointer.
        g.send_io(ior, Io::fields(5));
        assert_eq!(g.on(thread).call("SendIO", &[ior.word(), 0]), NOTOWNER);
        assert_eq!(g.call("SendIO", &[ior.word(), 0]), IO_NOT_DONE);
    });
}

/// S14: a failure of the operation is never SendIO's result.
#[test]
fn s14_a_failure_of_the_operation_is_in_io_error() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(8);
        let short = Io {
            recv: (buffer, 7),
            ..Io::read_clock(1, buffer)
        };
        let odd = Io {
            recv: (buffer + 2, 8),
            ..Io::read_clock(1, 0)
        };
        let late = g.micros(3, 0, 1_000_001);
        let no_signal = g.micros(5, 1, 0);
        for (what, io, error) in [
            ("WRITE", Io::default(), BADCOMMAND),
            (
                "command 6 of 0 to 5",
                Io {
                    command: 6,
                    ..Io::default()
                },
                BADCOMMAND,
            ),
            (
                "command 200",
                Io {
                    command: 200,
                    ..Io::default()
                },
                BADCOMMAND,
            ),
            ("READ of 7 bytes", short, BADIOARG),
            ("READ to an odd address", odd, BADIOARG),
            ("more than a million microseconds", late, BADIOARG),
            ("METRONOME without a signal", no_signal, BADIOARG),
        ] {
            assert_eq!(g.send_io(ior, io), COMPLETED, "{what}");
            assert_eq!(g.io_error(ior), error, "{what}");
            assert_eq!(g.wait_io(ior), error, "{what}");
            assert_eq!(g.do_io(ior, io), error, "{what}");
        }
    });
}

/// S15: a request that fails later completes as any other: done, told, io_Error negative.
#[test]
fn s15_a_deferred_failure_completes_normally() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        assert_eq!(g.send_io(ior, Io::fields(100).user(5)), STARTED);
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!(g.io_flags(ior), IO_DONE);
        assert_eq!(g.io_error(ior), ABORTED);
        assert_ne!(g.pending() & g.port_signal(port), 0);
        let message = Item(g.get_msg(port).0);
        assert_eq!(g.msg(message), (ABORTED.0, ior.word(), 5));
        assert_eq!(g.get_msg(port), Status(0));
    });
}

/// S16: only BADITEM, NOTOWNER and ER_IONotDone come from SendIO; every other code is in
/// io_Error of a request that has completed. `retail` returns the argument errors (S13).
#[test]
fn s16_other_codes_are_in_io_error() {
    both_profiles(|g| {
        let (port, by_message) = g.timer_ioreq_at_port();
        let by_signal = g.timer_ioreq();
        for (what, io, error) in bad_arguments(g) {
            let asked_quick = io.flags & Io::QUICK != 0;
            let message_result = g.send_io(by_message, io.user(7));
            let told = g.get_msg(port);
            let signal_result = g.send_io(by_signal, io);
            let signalled = g.pending() & SIGF_IODONE != 0;
            if signalled {
                g.call("WaitSignal", &[SIGF_IODONE]);
            }
            if g.retail() {
                assert_eq!((message_result, signal_result), (error, error), "{what}");
                assert_eq!((told, signalled), (Status(0), false), "{what}");
                continue;
            }
            assert_eq!((message_result, signal_result), (COMPLETED, COMPLETED));
            let flags = if asked_quick { 3 } else { 1 };
            for ior in [by_message, by_signal] {
                assert_eq!(g.io_flags(ior), flags, "{what}");
                assert_eq!((g.io_error(ior), g.io_actual(ior)), (error, 0), "{what}");
                let copy = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
                assert_eq!(g.peek(copy.at(IOInfo::ioi_Unit)), io.unit, "{what}");
            }
            assert_eq!(signalled, !asked_quick, "{what}");
            assert_eq!(told.0 != 0, !asked_quick, "{what}");
            if !asked_quick {
                assert_eq!(g.msg(Item(told.0)), (error.0, by_message.word(), 7));
            }
        }
    });
}

/// S16: where nothing could be copied io_Info is all zero and quick counts as not asked for;
/// DoIO asks for it by itself.
#[test]
fn s16_an_unreadable_ioinfo() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        g.send_io(ior, Io::fields(1).user(9));
        assert_eq!(g.wait_io(ior), Status::OK);
        let result = g.call("SendIO", &[ior.word(), 0x1F0]);
        let copy = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
        if g.retail() {
            assert_eq!(result, BADPTR);
            assert_eq!(g.io_error(ior), Status::OK);
            assert_eq!(g.peek(copy.at(IOInfo::ioi_User)), 9, "untouched");
        } else {
            assert_eq!(result, COMPLETED);
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (IO_DONE, BADPTR));
            assert_eq!(g.read_bytes(copy.addr(), 32), [0; 32]);
            assert_eq!(g.pending() & SIGF_IODONE, SIGF_IODONE);
            g.call("WaitSignal", &[SIGF_IODONE]);
        }
        assert_eq!(
            g.call("DoIO", &[ior.word(), 0x1F0]),
            BADPTR,
            "the same from DoIO"
        );
        assert_eq!(g.pending() & SIGF_IODONE, 0, "and silently");
        if !g.retail() {
            assert_eq!(g.io_flags(ior), IO_DONE | IO_QUICK);
        }
    });
}

/// S16: every user of DoIO sees the same number under both profiles.
#[test]
fn s16_doio_returns_the_same_under_both_profiles() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        for (what, io, error) in bad_arguments(g) {
            assert_eq!(g.do_io(ior, io), error, "{what}");
            assert_eq!(g.pending() & SIGF_IODONE, 0, "{what}: silently");
        }
        assert_eq!(g.do_io(Item(1), Io::default()), BADITEM);
        g.send_io(ior, Io::fields(5));
        assert_eq!(g.do_io(ior, Io::default()), IO_NOT_DONE);
    });
}

/// S17: AbortIO, CheckIO, DoIO and WaitIO exist and check what they are given.
#[test]
fn s17_the_related_calls() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let thread = g.create_thread("other");
        assert_eq!(g.check_io(ior), Status(1));
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!(g.do_io(ior, Io::fields(1)), Status::OK);
        let none = Item(0x7777);
        assert_eq!(g.check_io(none), BADITEM);
        assert_eq!(g.wait_io(none), BADITEM);
        assert_eq!(g.abort_io(none), BADITEM);
        assert_eq!(g.do_io(none, Io::default()), BADITEM);
        g.send_io(ior, Io::fields(2));
        assert_eq!(g.on(thread).check_io(ior), Status(0), "any task may ask");
        assert_eq!(g.on(thread).wait_io(ior), NOTOWNER);
        assert_eq!(g.on(thread).abort_io(ior), NOTOWNER);
        assert_eq!(g.wait_io(ior), Status::OK);
        let recv = g.ptr::<IOReq>(ior).at(IOReq::io_Info).at(IOInfo::ioi_Recv);
        assert_eq!(g.peek(recv.at(IOBuf::iob_Len)), 0);
    });
}
