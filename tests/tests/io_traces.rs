//! Worked I/O traces, I/O acceptance checks, the timer through the kernel.
//!
//! Traces A to H (kernel sheet 5.17), acceptance checks 18 to 28 (11.2), the timer
//! through the kernel, and its quirks (5.18).
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{
    ABORTED, BADCOMMAND, BADIOARG, BADITEM, BADPTR, BADSIZE, BADTAG, BADUNIT, IO_NOT_DONE,
    ITEM_NOT_OPEN, NO_REPLY_PORT, NOTOWNER, Status,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{
    Device, IOInfo, IOReq, ItemNode, List, Message, Task, TimerDevice,
};
use emu_core::time::Ticks;
use tests::guest::{Guest, Io, Tags, Word, both_profiles};

const SIGF_IODONE: u32 = 8;

fn take_iodone(g: &mut Guest) {
    assert_eq!(g.call("WaitSignal", &[SIGF_IODONE]), Status(8));
}

/// Trace A: VBL timer, told by signal, DELAY 2, not quick.
#[test]
fn trace_a_vbl_delay_told_by_signal() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        assert_eq!(g.send_io(ior, Io::fields(2)), Status(0));
        assert_eq!(g.io_flags(ior), 0);
        g.advance_fields(1);
        assert_eq!(
            (g.io_flags(ior), g.pending()),
            (0, 0),
            "one blank is not two"
        );
        g.advance_fields(1);
        assert_eq!((g.io_flags(ior), g.pending()), (1, SIGF_IODONE));
        assert_eq!(g.io_actual(ior), 2, "fields waited");
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(g.io_flags(ior), 1);
        assert_eq!(
            g.pending(),
            SIGF_IODONE,
            "a done request consumes no signal"
        );
    });
}

/// Trace B: microsecond timer, READ, with and without IO_QUICK.
#[test]
fn trace_b_read_of_the_clock() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(8);
        assert_eq!(g.send_io(ior, Io::read_clock(1, buffer).quick()), Status(1));
        assert_eq!((g.io_flags(ior), g.pending()), (3, 0));
        assert_eq!(g.send_io(ior, Io::read_clock(1, buffer)), Status(1));
        assert_eq!((g.io_flags(ior), g.pending()), (1, SIGF_IODONE));
    });
}

/// Trace C: told by message; WaitIO afterwards returns at once.
#[test]
fn trace_c_delay_told_by_message() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        assert_eq!(g.send_io(ior, Io::fields(1).user(0xCAFE_BABE)), Status(0));
        g.advance_fields(1);
        assert_eq!(g.pending(), g.port_signal(port));
        let message = Item(g.get_msg(port).0);
        assert_eq!(message, g.field(ior, IOReq::io_MsgItem));
        assert_eq!(g.msg(message), (0, ior.word(), 0xCAFE_BABE));
        assert_eq!(g.get_msg(port), Status(0), "one message");
        let before = g.now();
        assert_eq!(g.wait_io(ior), Status::OK);
        assert!(g.now().since(before).0 < 2_000, "at once");
    });
}

/// Trace D: a long delay is aborted; the request works again afterwards.
#[test]
fn trace_d_abort_of_a_long_delay() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let hour = g.micros(3, 3600, 0);
        assert_eq!(g.send_io(ior, hour), Status(0));
        assert_eq!(g.pending_work(), 1);
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!(g.pending_work(), 0);
        assert_eq!(g.wait_io(ior), ABORTED);
        assert_eq!(g.check_io(ior), Status(1));
        assert_eq!(g.send_io(ior, Io::fields(1)), Status(0));
        assert_eq!(g.wait_io(ior), Status::OK);
    });
}

/// Trace E: a second start of a request in progress is refused; the first goes on.
#[test]
fn trace_e_sendio_twice() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        assert_eq!(g.send_io(ior, Io::fields(2).user(1)), Status(0));
        assert_eq!(g.send_io(ior, Io::fields(9).user(2)), IO_NOT_DONE);
        let info = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
        assert_eq!(g.peek(info.at(IOInfo::ioi_User)), 1, "untouched");
        let started = g.fields();
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(g.fields(), started + 2);
    });
}

/// Trace F: another task's request.
#[test]
fn trace_f_another_tasks_request() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let thread = g.create_thread("other");
        assert_eq!(g.send_io(ior, Io::fields(2)), Status(0));
        let mut other = g.on(thread);
        assert_eq!(other.send_io(ior, Io::fields(1)), NOTOWNER);
        assert_eq!(other.do_io(ior, Io::fields(1)), NOTOWNER);
        assert_eq!(other.abort_io(ior), NOTOWNER);
        assert_eq!(other.wait_io(ior), NOTOWNER);
        assert_eq!(other.check_io(ior), Status(0));
        other.advance_fields(2);
        assert_eq!(other.check_io(ior), Status(1));
        drop(other);
        // Quick: WaitIO returns before it looks at the owner.
        let buffer = g.alloc(8);
        g.send_io(ior, Io::read_clock(1, buffer).quick());
        assert_eq!(g.on(thread).wait_io(ior), Status::OK);
    });
}

/// Trace G: an unknown command.
#[test]
fn trace_g_unknown_command() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let io = Io {
            command: 200,
            ..Io::default()
        };
        assert_eq!(g.send_io(ior, io), Status(1));
        assert_eq!((g.io_flags(ior), g.io_error(ior)), (1, BADCOMMAND));
        take_iodone(g);
        assert_eq!(g.do_io(ior, io), BADCOMMAND);
        assert_eq!((g.io_flags(ior), g.pending()), (3, 0));
    });
}

/// Trace H: a unit that the device does not have, under each profile.
#[test]
fn trace_h_unit_out_of_range() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let io = Io {
            unit: 9,
            ..Io::fields(1)
        };
        let plain = g.send_io(ior, io);
        if g.retail() {
            assert_eq!(plain, BADUNIT);
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (3, Status::OK));
            assert_eq!(g.pending(), 0);
            assert_eq!(g.send_io(ior, io.quick()), BADUNIT);
        } else {
            assert_eq!(plain, Status(1));
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (1, BADUNIT));
            assert_eq!(g.pending(), SIGF_IODONE);
            take_iodone(g);
            assert_eq!(g.send_io(ior, io.quick()), Status(1));
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (3, BADUNIT));
        }
        assert_eq!(g.pending(), 0);
        assert_eq!(g.do_io(ior, io), BADUNIT);
    });
}

/// Check 18: a fresh request counts as done quickly.
#[test]
fn check_18_a_fresh_request() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let port = g.create_port();
        for ior in [
            g.create_ioreq(timer, Item::NONE),
            g.create_ioreq(timer, port),
        ] {
            assert_eq!((g.io_flags(ior), g.io_error(ior)), (3, Status::OK));
            assert_eq!(g.check_io(ior), Status(1));
            assert_eq!(g.wait_io(ior), Status::OK);
        }
        assert_eq!(g.pending(), 0);
    });
}

/// 5.2: creation links the request to its device and makes the notification message.
#[test]
fn creation_of_a_request() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let port = g.create_port();
        let tags = Tags::new().name("req").pri(9).and(11, timer).and(10, port);
        let ior = g.new_item(0x10E, tags);
        assert_eq!(g.field(ior, IOReq::io_Dev), g.ptr::<Device>(timer));
        assert_eq!(g.field(ior, ItemNode::n_Priority), 9);
        let message = g.field(ior, IOReq::io_MsgItem);
        let name = g.field(message, ItemNode::n_Name);
        assert_eq!(g.text(name.addr()), "req");
        assert_eq!(g.field(message, ItemNode::n_Priority), 9);
        assert_eq!(g.field(message, ItemNode::n_Owner), g.main());
        assert_eq!(g.field(message, Message::msg_ReplyPort), port);
        assert_eq!(
            g.field(message, Message::msg_DataPtr),
            g.ptr::<IOReq>(ior).addr()
        );
        // The device's list holds it, through io_Link.
        let list = g.ptr::<Device>(timer).at(Device::dev_IOReqs);
        let last = g.peek(list.at(List::ListAnchor_tail));
        assert_eq!(last.addr(), g.ptr::<IOReq>(ior).at(IOReq::io_Link).addr());
        let quiet = g.create_ioreq(timer, Item::NONE);
        assert_eq!(g.field(quiet, IOReq::io_MsgItem), g.main());
    });
}

/// 5.2: what creation refuses.
#[test]
fn creation_of_a_request_refuses() {
    both_profiles(|g| {
        let port = g.create_port();
        let timer = Item(g.find(0x10F, "timer").0);
        let on = |device: Item| Tags::new().and(11, device);
        assert_eq!(g.create(0x10E, Tags::new()), BADITEM, "no device");
        assert_eq!(g.create(0x10E, on(port)), BADITEM, "not a device");
        assert_eq!(g.create(0x10E, on(timer)), ITEM_NOT_OPEN);
        g.open_device("timer");
        assert_eq!(
            g.create(0x10E, on(timer).and(10, timer)),
            BADITEM,
            "not a port"
        );
        assert_eq!(g.create(0x10E, on(timer).and(12, 0_u32)), BADTAG);
        assert_eq!(g.create_sized(0x10E, on(timer), 0x6C), BADSIZE);
        assert_eq!(
            g.create_sized(0x10E, on(timer), 0x70),
            BADSIZE,
            "the timer's are longer"
        );
        assert!(g.create_sized(0x10E, on(timer), 0x100).0 > 0);
        let thread = g.create_thread("other");
        let mut other = g.on(thread);
        assert_eq!(
            other.create(0x10E, on(timer)),
            ITEM_NOT_OPEN,
            "each opens for itself"
        );
        other.open_device("timer");
        assert_eq!(other.create(0x10E, on(timer).and(10, port)), NOTOWNER);
    });
}

/// Check 19: the IOInfo may be reused as soon as SendIO has returned.
#[test]
fn check_19_changing_the_ioinfo_has_no_effect() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let (a, b) = (
            g.create_ioreq(timer, Item::NONE),
            g.create_ioreq(timer, Item::NONE),
        );
        let info = g.info(Io::fields(1));
        assert_eq!(g.call("SendIO", &[a.word(), info]), Status(0));
        g.write(info + 0xC, 3);
        assert_eq!(g.call("SendIO", &[b.word(), info]), Status(0));
        g.advance_fields(1);
        assert_eq!((g.check_io(a), g.check_io(b)), (Status(1), Status(0)));
        g.advance_fields(2);
        assert_eq!(g.check_io(b), Status(1));
    });
}

/// The error of a request whose arguments are refused, wherever the profile puts it.
fn refused(g: &mut Guest, ior: Item, io: Io) -> Status {
    let result = g.send_io(ior, io);
    if g.retail() {
        return result;
    }
    assert_eq!(result, Status(1));
    g.io_error(ior)
}

/// Check 20: a flag other than IO_QUICK.
#[test]
fn check_20_unknown_flag() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let io = Io {
            flags: 1,
            ..Io::fields(1)
        };
        assert_eq!(refused(g, ior, io), BADIOARG);
    });
}

/// Check 21: a receive buffer in another program's page.
#[test]
fn check_21_receive_buffer_of_another_program() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let program = g.create_program("other");
        let theirs = g.program_memory(program);
        assert_eq!(refused(g, ior, Io::read_clock(1, theirs)), BADPTR);
        // Sending from there is no offence: any memory may be read.
        g.write(theirs, 0);
        g.write(theirs + 4, 16);
        let io = Io {
            command: 3,
            unit: 1,
            send: (theirs, 8),
            ..Io::default()
        };
        assert_eq!(g.do_io(ior, io), Status::OK);
    });
}

/// Check 22: negative lengths.
#[test]
fn check_22_negative_length() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(8);
        for len in [-1, -8, i32::MIN] {
            let recv = Io {
                recv: (buffer, len as u32),
                ..Io::default()
            };
            let send = Io {
                send: (buffer, len as u32),
                ..Io::default()
            };
            assert_eq!(refused(g, ior, recv), BADPTR);
            assert_eq!(refused(g, ior, send), BADPTR);
        }
    });
}

/// Check 23: while a completion message waits to be collected the next completion adds none;
/// WaitIO takes the old message and returns the newest error.
#[test]
fn check_23_an_uncollected_completion_message() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        let buffer = g.alloc(8);
        assert_eq!(g.send_io(ior, Io::read_clock(1, buffer).user(1)), Status(1));
        let signal = g.port_signal(port);
        assert_eq!(g.call("WaitSignal", &[signal]), Status(signal as i32));
        let bad = Io {
            command: 77,
            user: 2,
            ..Io::default()
        };
        assert_eq!(g.send_io(ior, bad), Status(1));
        assert_eq!((g.io_flags(ior), g.io_error(ior)), (1, BADCOMMAND));
        assert_eq!(g.pending(), 0, "no second signal");
        let message = g.field(ior, IOReq::io_MsgItem);
        assert_eq!(g.msg(message), (0, ior.word(), 1), "still the old message");
        assert_eq!(g.wait_io(ior), BADCOMMAND);
        assert_eq!(g.get_msg(port), Status(0), "it was removed");
    });
}

/// Check 24: a request deleted in progress is never told of.
#[test]
fn check_24_deletion_in_progress() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        let message = g.field(ior, IOReq::io_MsgItem);
        assert_eq!(g.send_io(ior, Io::fields(3)), Status(0));
        assert_eq!(g.delete(ior), Status::OK);
        assert_eq!(g.pending_work(), 0);
        assert!(!g.is_item(ior) && !g.is_item(message));
        g.advance_fields(5);
        assert_eq!(g.get_msg(port), Status(0));
        assert_eq!(g.check_io(ior), BADITEM);
    });
}

/// 4.7: the last close of a device aborts and deletes the task's requests for it.
#[test]
fn closing_the_device_deletes_pending_requests() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let a = g.create_ioreq(timer, Item::NONE);
        let b = g.create_ioreq(timer, Item::NONE);
        g.open_device("timer");
        g.send_io(a, Io::fields(30));
        assert_eq!(g.call("CloseItem", &[timer.word()]), Status::OK);
        assert!(g.is_item(a), "still open once");
        assert_eq!(g.call("CloseItem", &[timer.word()]), Status::OK);
        assert!(!g.is_item(a) && !g.is_item(b));
        assert_eq!(g.pending_work(), 0);
        assert_eq!(g.call("CloseItem", &[timer.word()]), ITEM_NOT_OPEN);
    });
}

/// Check 25: signals do not count; after one wake-up both requests are to be looked at.
#[test]
fn check_25_two_requests_one_signal() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let (a, b) = (
            g.create_ioreq(timer, Item::NONE),
            g.create_ioreq(timer, Item::NONE),
        );
        g.send_io(a, Io::fields(1));
        g.send_io(b, Io::fields(1));
        take_iodone(g);
        assert_eq!((g.check_io(a), g.check_io(b)), (Status(1), Status(1)));
        g.advance_fields(1);
        assert_eq!(g.pending(), 0, "one signal for both");
        assert_eq!((g.wait_io(a), g.wait_io(b)), (Status::OK, Status::OK));
    });
}

/// 5.8: WaitIO on one request consumes the signal of another that ends meanwhile.
#[test]
fn waitio_consumes_the_signal() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let (a, b) = (
            g.create_ioreq(timer, Item::NONE),
            g.create_ioreq(timer, Item::NONE),
        );
        g.send_io(a, Io::fields(1));
        g.send_io(b, Io::fields(2));
        assert_eq!(g.wait_io(b), Status::OK);
        assert_eq!(g.pending(), 0);
        assert_eq!(g.check_io(a), Status(1));
        assert_eq!(g.field(g.main(), Task::t_WaitItem), Item(-1));
    });
}

/// Check 26: DoIO of a deferred request takes its message from the port.
#[test]
fn check_26_doio_leaves_the_port_empty() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        let started = g.fields();
        assert_eq!(g.do_io(ior, Io::fields(1)), Status::OK);
        assert_eq!(g.fields(), started + 1);
        assert_eq!(g.io_flags(ior), 1);
        assert_eq!(g.get_msg(port), Status(0));
        let buffer = g.alloc(8);
        assert_eq!(g.do_io(ior, Io::read_clock(1, buffer)), Status::OK);
        assert_eq!(g.io_flags(ior), 3);
        assert_eq!(g.get_msg(port), Status(0));
    });
}

/// Check 27: AbortIO of a request that is done has no effect.
#[test]
fn check_27_abort_of_a_done_request() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        assert_eq!(g.abort_io(ior), Status::OK, "fresh");
        let buffer = g.alloc(8);
        g.send_io(ior, Io::read_clock(1, buffer));
        assert!(g.get_msg(port).0 > 0);
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!((g.io_flags(ior), g.io_error(ior)), (1, Status::OK));
        assert_eq!(g.get_msg(port), Status(0));
    });
}

/// Check 28: a task dies with requests in progress: the device has none of them afterwards.
#[test]
fn check_28_death_with_pending_requests() {
    both_profiles(|g| {
        let thread = g.create_thread("doomed");
        let mut other = g.on(thread);
        let timer = other.open_device("timer");
        let port = other.create_port();
        let iors = [Item::NONE, port].map(|port| other.create_ioreq(timer, port));
        let hour = other.micros(3, 3600, 0);
        other.send_io(iors[0], hour);
        other.send_io(iors[1], Io::fields(50));
        assert_eq!(other.pending_work(), 2);
        drop(other);
        assert_eq!(g.delete(thread), Status::OK);
        assert_eq!(g.pending_work(), 0);
        assert_eq!(g.machine().kernel().pending_requests().count(), 0);
        assert!(!g.is_item(iors[0]) && !g.is_item(iors[1]) && !g.is_item(port));
    });
}

/// 5.9: the reply port is gone at completion: done, nobody told; WaitIO before the end gets
/// ER_Kr_NoReplyPort.
#[test]
fn reply_port_deleted_before_completion() {
    both_profiles(|g| {
        let (port, ior) = g.timer_ioreq_at_port();
        g.send_io(ior, Io::fields(2));
        assert_eq!(g.delete(port), Status::OK);
        assert_eq!(g.wait_io(ior), NO_REPLY_PORT);
        g.advance_fields(2);
        assert_eq!(g.io_flags(ior), 1);
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(g.pending() & SIGF_IODONE, 0);
    });
}

/// 5.8: WaitIO of a message-notified request takes its own message from between others.
#[test]
fn waitio_takes_its_own_message() {
    both_profiles(|g| {
        let (port, a) = g.timer_ioreq_at_port();
        let timer = g.open_device("timer");
        let b = g.create_ioreq(timer, port);
        g.send_io(a, Io::fields(1));
        g.send_io(b, Io::fields(2));
        assert_eq!(g.wait_io(b), Status::OK);
        let left = g.field(a, IOReq::io_MsgItem);
        assert_eq!(g.get_msg(port), Status(left.0));
        assert_eq!(g.get_msg(port), Status(0));
    });
}

/// 5.8: a wait that is cut short by SIGF_ABORT: the waiter is killed and the request with it.
#[test]
fn a_killed_waiter_takes_its_request_along() {
    both_profiles(|g| {
        let thread = g.create_thread("waiter");
        let mut other = g.on(thread);
        let ior = other.timer_ioreq();
        other.send_io(ior, Io::fields(50));
        other.begin_call("WaitIO", &[ior.word()]);
        other.advance(2000);
        assert!(other.is_blocked(thread));
        assert_eq!(other.io_flags(ior), 8, "IO_WAITING");
        assert_eq!(other.field(thread, Task::t_WaitItem), ior);
        drop(other);
        assert_eq!(g.delete(thread), Status::OK);
        assert_eq!(g.pending_work(), 0);
    });
}

/// 5.14: microseconds go in steps of 16; a delay ends at the first step not before its time.
#[test]
fn timer_microsecond_delay() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        for micros in [100, 112, 113, 1_000, 999_999] {
            let io = g.micros(3, 0, micros);
            let info = g.info(io);
            g.begin_call("SendIO", &[ior.word(), info]);
            g.wait();
            let from = g.machine().pending_work()[0].1.due.expect("a time");
            assert_eq!(from.0 % 200, 0, "on a step of the clock");
            if g.now() < from - Ticks(20) {
                g.run_to(from - Ticks(20));
                assert_eq!(g.io_flags(ior), 0, "{micros}: not before its time");
            }
            g.run_to(from + Ticks(1));
            assert_eq!(g.io_flags(ior), 1, "{micros}");
            assert_eq!(g.wait_io(ior), Status::OK);
            take_iodone(g);
        }
    });
}

/// 5.14: DELAYUNTIL of microseconds: past times end at once, others at their time.
#[test]
fn timer_delay_until() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        g.advance_micros(5_000);
        let past = g.micros(4, 0, 1_000);
        assert_eq!(g.send_io(ior, past.quick()), Status(1));
        assert_eq!((g.io_flags(ior), g.io_error(ior)), (3, Status::OK));
        let later = g.micros(4, 0, 100_000);
        assert_eq!(g.send_io(ior, later), Status(0));
        assert_eq!(g.wait_io(ior), Status::OK);
        g.call("SampleSystemTime", &[]);
        assert!((100_000..100_200).contains(&g.reg(1)), "{}", g.reg(1));
    });
}

/// 5.14: VBL delays of 0 and 1 end at the next blank; the device item shows the count.
#[test]
fn timer_vertical_blanks() {
    both_profiles(|g| {
        let timer = g.open_device("timer");
        let ior = g.create_ioreq(timer, Item::NONE);
        for offset in [0, 1] {
            let fields = g.fields();
            assert_eq!(g.do_io(ior, Io::fields(offset)), Status::OK);
            assert_eq!(g.fields(), fields + 1);
        }
        let count = g.field(timer, TimerDevice::timerdev_VBlankCount);
        assert_eq!(u64::from(count), g.fields());
        let buffer = g.alloc(8);
        assert_eq!(g.do_io(ior, Io::read_clock(0, buffer)), Status::OK);
        assert_eq!((g.read(buffer), g.read(buffer + 4)), (0, count));
        let until = Io {
            command: 4,
            offset: count + 3,
            ..Io::default()
        };
        assert_eq!(g.send_io(ior, until), Status(0));
        let info = g.ptr::<IOReq>(ior).at(IOReq::io_Info);
        assert_eq!(g.peek(info.at(IOInfo::ioi_Offset)), 3, "what is left");
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(g.fields(), u64::from(count) + 3);
    });
}

/// 5.14: STATUS names the device and is cut to the buffer.
#[test]
fn timer_status() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let buffer = g.alloc(64);
        for (len, actual) in [(8, 8), (0x24, 0x24), (64, 0x24)] {
            let io = Io {
                command: 2,
                recv: (buffer, len),
                ..Io::default()
            };
            assert_eq!(g.do_io(ior, io), Status::OK);
            assert_eq!(g.io_actual(ior), actual);
            assert_eq!(g.read_bytes(buffer, 1), [2]);
            assert_eq!(g.read(buffer + 4), 0x24);
        }
    });
}

/// 5.14: a metronome signals its owner at every interval until it is aborted.
#[test]
fn timer_metronome() {
    both_profiles(|g| {
        let signal = g.alloc_signal();
        let ior = g.timer_ioreq();
        let io = Io {
            options: signal,
            ..g.micros(5, 0, 20_000)
        };
        assert_eq!(g.send_io(ior, io), Status(0));
        for _ in 0..5 {
            let before = g.now();
            assert_eq!(g.call("WaitSignal", &[signal]), Status(signal as i32));
            assert!(g.now().since(before).0 <= 250_400);
        }
        assert_eq!(g.check_io(ior), Status(0));
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!(g.wait_io(ior), ABORTED);
        g.call("WaitSignal", &[g.pending()]);
        g.advance_micros(60_000);
        assert_eq!(g.pending(), 0, "no beat after the abort");
    });
}

/// 5.14: a metronome whose signal cannot be delivered ends with that error.
#[test]
fn timer_metronome_without_a_signal_to_send() {
    both_profiles(|g| {
        let signal = g.alloc_signal();
        let ior = g.timer_ioreq();
        let io = Io {
            command: 5,
            options: signal,
            ..Io::fields(1)
        };
        assert_eq!(g.send_io(ior, io), Status(0));
        assert_eq!(g.call("FreeSignal", &[signal]), Status::OK);
        g.advance_fields(1);
        assert_eq!(g.io_flags(ior), 1);
        assert_eq!(g.io_error(ior), Status::kernel_own(22), "ILLEGALSIGNAL");
        assert_eq!(g.pending_work(), 0);
    });
}

/// 5.14: equal due times on the microsecond unit end newest first, under both profiles.
#[test]
fn timer_equal_times_end_newest_first() {
    both_profiles(|g| {
        let (port, a) = g.timer_ioreq_at_port();
        let timer = g.open_device("timer");
        let b = g.create_ioreq(timer, port);
        g.advance_micros(100);
        let io = g.micros(4, 0, 50_000);
        g.send_io(a, io.user(1));
        g.send_io(b, io.user(2));
        g.advance_micros(60_000);
        let order = [0, 1].map(|_| {
            let message = Item(g.get_msg(port).0);
            g.msg(message).2
        });
        assert_eq!(order, [2, 1]);
    });
}

/// Quirk `timer-delay-zero`: published: over at once, result 1, quick if asked for. Shipped:
/// completed inside the call, but the result is 0 and QUICK is cleared.
#[test]
fn quirk_timer_delay_zero() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        let zero = g.micros(3, 0, 0);
        let result = g.send_io(ior, zero.quick());
        assert_eq!(g.io_error(ior), Status::OK);
        assert_eq!(g.pending(), 0, "quick: nobody is told");
        if g.retail() {
            assert_eq!((result, g.io_flags(ior)), (Status(0), 1));
        } else {
            assert_eq!((result, g.io_flags(ior)), (Status(1), 3));
        }
        let result = g.send_io(ior, zero);
        assert_eq!(result, Status(i32::from(!g.retail())));
        assert_eq!((g.io_flags(ior), g.pending()), (1, SIGF_IODONE));
        assert_eq!(g.do_io(ior, zero), Status::OK);
    });
}

/// Quirk `timer-vbl-past`: DELAYUNTIL of a blank that has passed. Published: ends at the next.
/// Shipped: waits for about 2^32 fields.
#[test]
fn quirk_timer_vbl_past() {
    both_profiles(|g| {
        let ior = g.timer_ioreq();
        g.advance_fields(5);
        let past = Io {
            command: 4,
            offset: 2,
            ..Io::default()
        };
        assert_eq!(g.send_io(ior, past), Status(0));
        g.advance_fields(1);
        let ended = Status(i32::from(!g.retail()));
        assert_eq!(g.check_io(ior), ended);
        g.advance_fields(40);
        assert_eq!(g.check_io(ior), ended);
        if g.retail() {
            assert_eq!(g.abort_io(ior), Status::OK);
            assert_eq!(g.wait_io(ior), ABORTED);
        }
    });
}

/// Quirk `timer-metronome-sticky`: a request that was a metronome repeats its later delays for
/// ever (shipped), or is as good as new (published).
#[test]
fn quirk_timer_metronome_sticky() {
    both_profiles(|g| {
        let signal = g.alloc_signal();
        let ior = g.timer_ioreq();
        let metronome = Io {
            command: 5,
            options: signal,
            ..Io::fields(1)
        };
        assert_eq!(g.send_io(ior, metronome), Status(0));
        assert_eq!(g.abort_io(ior), Status::OK);
        assert_eq!(g.wait_io(ior), ABORTED);
        take_iodone(g);
        let delay = Io {
            options: signal,
            ..Io::fields(1)
        };
        assert_eq!(g.send_io(ior, delay), Status(0));
        g.advance_fields(3);
        if g.retail() {
            assert_eq!((g.io_flags(ior), g.pending()), (0, signal), "beats");
            assert_eq!(g.abort_io(ior), Status::OK);
        } else {
            assert_eq!((g.io_flags(ior), g.pending()), (1, SIGF_IODONE), "ends");
        }
    });
}

/// Every quirk has a test under both profiles; a new one must be added here.
#[test]
fn every_quirk_has_its_tests() {
    let known = [
        "sendio-argument-errors", // sendio.rs: s13, s16
        "timer-delay-zero",       // here
        "timer-vbl-past",
        "timer-metronome-sticky",
        "readdir-base",         // files.rs
        "readdir-optical",      // files.rs
        "file-reject-result",   // files.rs
        "setitempri-result",    // tasks.rs
        "port-delete-messages", // messages.rs
        "ram-write-actual",     // emu-devices: ram/tests.rs
    ];
    let quirks = emu_core::quirks::Quirks::default().list();
    let names: Vec<&str> = quirks.iter().map(|quirk| quirk.0).collect();
    assert_eq!(names, known);
    assert!(quirks.iter().all(|quirk| !quirk.1.trim().is_empty()));
}
