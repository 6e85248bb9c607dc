//! How requests end.

use super::*;

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
