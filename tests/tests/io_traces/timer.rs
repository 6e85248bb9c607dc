//! The timer device.

use super::*;

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
