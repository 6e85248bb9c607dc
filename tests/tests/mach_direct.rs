//! Replies that go past an empty queue: nobody can tell.
//!
//! The kernel hands a reply to the thread that waits for it at once; only when no other thread could
//! take it, nothing is queued, and it fits. Mach sheet 4.5.
#![forbid(unsafe_code)]

use emu_core::quirks::Profile;
use tests::guest::Guest;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::Value::W;
use tests::guest::mach::{RCV, SEND};

/// What a program sees of many exchanges: codes, whole buffers, what its reply port says then.
fn seen(with_another_thread: bool) -> Vec<(u32, Vec<u8>)> {
    let mut g = Guest::new(Profile::Documented);
    let (main, task) = (g.me(), g.task_self());
    // Made in both runs, so that all names are the same; it makes a Mach call in one.
    let thread = g.create_thread("another");
    if with_another_thread {
        g.on(thread).trap(-210, &[]);
    }
    g.on(main);
    let (timer, test) = (g.open("timer0"), g.open("test_device0"));
    let port = g.my_reply_port();
    let mut seen = Vec::new();
    let requests = [
        ("device_get_status", timer, vec![W(0), W(2)]),
        ("device_get_status", timer, vec![W(0x1234), W(2)]),
        ("device_get_status", test, vec![W(0), W(1024)]),
        ("device_close", 0x0BAD_0003, vec![]),
        ("device_close", task, vec![]),
        ("device_read_inband", test, vec![W(0), W(0), W(9)]),
        ("mach_port_type", task, vec![W(timer)]),
        ("io_done_queue_create", task, vec![]),
        ("device_close", test, vec![]),
    ];
    for (name, target, values) in &requests {
        let request = g.request(name, *target, values);
        // Room for all, for header and trailer only, for less than a header.
        for room in [200, 44, 32, 20] {
            let code = g.mach_msg(SEND | RCV, &request, room, port, 0);
            seen.push((code, g.buffer_bytes()));
        }
        let values = [W(port), W(2), W(10)];
        let status = g.rpc("mach_port_get_attributes", task, &values);
        seen.push((status.code(), status.bytes));
    }
    // One is queued already: that comes first.
    let request = g.request("device_get_status", timer, &[W(0), W(2)]);
    assert_eq!(g.send(&request), OK);
    let other = g.request("mach_port_type", task, &[W(timer)]);
    for message in [other, request] {
        let code = g.mach_msg(SEND | RCV, &message, 200, port, 0);
        seen.push((code, g.buffer_bytes()));
    }
    seen
}

#[test]
fn a_reply_past_the_queue_is_the_same() {
    let (direct, queued) = (seen(false), seen(true));
    assert_eq!(direct.len(), queued.len());
    for (n, (direct, queued)) in direct.iter().zip(&queued).enumerate() {
        assert_eq!(direct, queued, "exchange {n}");
    }
    let worked = direct.iter().filter(|(code, _)| *code == OK).count();
    assert!(worked > 10, "{worked} of {} worked", direct.len());
}
