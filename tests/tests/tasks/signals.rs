//! Signals.

use super::*;

/// Check 29: 23 signals for programs; then none.
#[test]
fn check_29_allocsignal() {
    both_profiles(|g| {
        assert_eq!(g.field(g.main(), Task::t_AllocatedSigs), 0xFF);
        for n in 0..23 {
            assert_eq!(g.alloc_signal(), 0x100 << n);
        }
        assert_eq!(g.call("AllocSignal", &[0]), Status(0));
        assert_eq!(g.call("AllocSignal", &[0x100]), Status(0), "taken");
        assert_eq!(g.call("FreeSignal", &[0x100 | 0x4000_0000]), Status::OK);
        assert_eq!(g.alloc_signal(), 0x100, "the lowest free one");
        assert_eq!(
            g.call("AllocSignal", &[0x4000_0100]),
            Status(0),
            "one is taken"
        );
        assert_eq!(g.call("AllocSignal", &[0x4000_0000]), Status(0x4000_0000));
    });
}

/// 6.6: signals that programs may not allocate or free; pending ones are forgotten.
#[test]
fn allocsignal_and_freesignal_refuse() {
    both_profiles(|g| {
        for mask in [1, 0x80, 0x180, 0x8000_0000] {
            assert_eq!(g.call("AllocSignal", &[mask]), ILLEGAL_SIGNAL, "{mask:#x}");
            assert_eq!(g.call("FreeSignal", &[mask]), ILLEGAL_SIGNAL, "{mask:#x}");
        }
        assert_eq!(
            g.call("FreeSignal", &[0x100]),
            ILLEGAL_SIGNAL,
            "not allocated"
        );
        let me = g.main();
        g.alloc_signal();
        g.send_signal(me, 0x100);
        assert_eq!(g.pending(), 0x100);
        assert_eq!(g.call("FreeSignal", &[0x100]), Status::OK);
        assert_eq!(g.pending(), 0);
        assert_eq!(g.field(me, Task::t_AllocatedSigs), 0xFF);
    });
}

/// Check 30: SendSignal of a bit that the receiver has not allocated delivers nothing.
#[test]
fn check_30_sendsignal_of_an_unallocated_bit() {
    both_profiles(|g| {
        let thread = g.create_thread("receiver");
        g.on(thread).alloc_signal();
        assert_eq!(g.send_signal(thread, 0x300), ILLEGAL_SIGNAL);
        assert_eq!(g.pending_of(thread), 0);
        assert_eq!(g.send_signal(thread, 0x8000_0100), ILLEGAL_SIGNAL);
        for mask in [1, 4, 8, 0x10, 0x20, 0x80, 0x101] {
            assert_eq!(g.send_signal(thread, mask), BADPRIV, "{mask:#x}");
        }
        assert_eq!(g.send_signal(thread, 0x100), Status::OK);
        assert_eq!(g.pending_of(thread), 0x100);
        let port = g.create_port();
        assert_eq!(g.send_signal(port, 0x100), BADITEM);
        assert_eq!(g.send_signal(Item(0x7777), 0x100), BADITEM);
        let mine = g.alloc_signal();
        assert_eq!(
            g.send_signal(Item::NONE, mine),
            Status::OK,
            "0 is the caller"
        );
        assert_eq!(g.pending(), mine);
    });
}

/// 6.6: WaitSignal takes those it waits for and keeps the others; signals do not count.
#[test]
fn waitsignal() {
    both_profiles(|g| {
        let (a, b, c) = (g.alloc_signal(), g.alloc_signal(), g.alloc_signal());
        let me = g.main();
        for mask in [a, a, b, c] {
            assert_eq!(g.send_signal(me, mask), Status::OK);
        }
        assert_eq!(g.call("WaitSignal", &[a | b]), Status((a | b) as i32));
        assert_eq!(g.pending(), c);
        assert_eq!(g.call("WaitSignal", &[0x4000_0000]), ILLEGAL_SIGNAL);
        assert_eq!(g.call("WaitSignal", &[0x8000_0000]), ILLEGAL_SIGNAL);
        let thread = g.create_sleeper("sleeper", 120);
        assert!(g.is_blocked(thread));
        assert_eq!(g.field(thread, Task::t_WaitBits), 0x100 | SIGF_ABORT);
        // It has the higher priority: once awake it keeps the CPU.
        g.begin_call("SendSignal", &[thread.word(), 0x100]);
        g.advance(1000);
        assert!(!g.is_blocked(thread));
        assert_eq!(g.pending_of(thread), 0);
        assert_eq!(g.on(thread).last(), Status(0x100));
    });
}

/// Check 31: WaitSignal(0) sleeps until SIGF_ABORT, which a kill sends.
#[test]
fn check_31_waitsignal_0() {
    both_profiles(|g| {
        let code = [mov(0, 0), swi(0x1_0001)];
        let port = g.create_port();
        let tags = Tags::new().and(25, port);
        let thread = g.create_thread_with("asleep", 120, &code, tags);
        assert!(g.is_blocked(thread));
        assert_eq!(g.field(thread, Task::t_WaitBits), SIGF_ABORT);
        g.advance_fields(3);
        assert!(g.is_blocked(thread), "nothing else wakes it");
        assert_eq!(g.delete(thread), Status::OK);
        assert!(!g.exists(thread));
        assert_eq!(g.next_msg(port).0, TASK_KILLED.0);
    });
}
