//! The traces A to H.

use super::*;

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
