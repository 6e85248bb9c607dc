//! Special ports, ends of tasks, hosts, clocks, semaphores: what is refused.
//!
//! Mach sheet 4.6, 4.8, 4.9.
#![forbid(unsafe_code)]

use Value::{Port, W};
use emu_core::machine::Stop;
use tests::guest::mach::RCV;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, Value, message, request};
use tests::guest::{Guest, Tags, both_profiles};

const INVALID_TASK: u32 = 16;
const FAILURE: u32 = 5;

fn host_clock(g: &mut Guest) -> u32 {
    let host = g.host_self();
    let clock = g.rpc("host_get_clock_service", host, &[W(0)]).port();
    clock.expect("a clock")
}

fn new_semaphore(g: &mut Guest, policy: u32, value: u32) -> u32 {
    let task = g.task_self();
    let values = [W(policy), W(value)];
    let created = g.rpc("semaphore_create", task, &values).port();
    created.expect("semaphore_create")
}

#[test]
fn names_belong_to_tasks() {
    both_profiles(|g| {
        let (host, out) = (g.host_self(), g.words(&[0]));
        for (number, more) in [
            (-72, vec![RIGHT_RECEIVE, out]),
            (-73, vec![host]),
            (-74, vec![7, host, 19]),
            (-75, vec![RIGHT_RECEIVE, 7]),
            (-85, vec![host]),
            (-88, vec![host, 0]),
            (-90, vec![host, 7]),
            (-118, vec![host, 0, 1]),
            (-119, vec![host, 72, 0, 0, 21, out]),
        ] {
            for task in [host, 0, PORT_DEAD, 0x0BAD_0003] {
                let arguments = [&[task], &more[..]].concat();
                assert_eq!(g.trap(number, &arguments), INVALID_TASK, "{number}");
            }
        }
        let reply = g.rpc("mach_port_allocate", host, &[W(RIGHT_RECEIVE)]);
        assert_eq!(reply.code(), INVALID_TASK);
        assert_eq!(g.refs(host, RIGHT_SEND), Ok(1), "nothing has changed");
        let task = g.task_self();
        assert_eq!(
            g.trap(-72, &[task, RIGHT_RECEIVE, NOWHERE]),
            INVALID_ADDRESS
        );
        assert_eq!(g.trap(-74, &[task, 7, host, 99]), INVALID_VALUE);
        assert_eq!(g.trap(-74, &[task, 7, host, 20]), INVALID_RIGHT);
        let values = [W(7), W(16)];
        let reply = g.rpc("mach_port_extract_right", task, &values);
        assert_eq!(reply.code(), INVALID_NAME);
    });
}

#[test]
fn a_notification_by_trap_gives_the_right_before_it() {
    both_profiles(|g| {
        let (task, out) = (g.task_self(), g.words(&[0xFFFF]));
        let (port, notify) = (g.allocate(RIGHT_RECEIVE), g.reply_port());
        let once = u32::from(MAKE_SEND_ONCE);
        let arguments = [task, port, 72, 0, notify, once, out];
        assert_eq!(g.trap(-119, &arguments), OK);
        assert_eq!(g.read(out), 0, "none before");
        assert_eq!(g.port_type(port), Ok(0x8000_0000 | TYPE_RECEIVE));
        assert_eq!(g.trap(-119, &[task, port, 72, 0, 0, once, out]), OK);
        let before = g.read(out);
        assert_eq!(g.port_type(before), Ok(TYPE_SEND_ONCE));
        assert_eq!(g.port_type(port), Ok(TYPE_RECEIVE));
        let send = [task, port, 72, 0, notify, u32::from(MAKE_SEND), out];
        assert_eq!(g.trap(-119, &send), INVALID_CAPABILITY);
        let nowhere = [task, port, 72, 0, notify, once, NOWHERE];
        assert_eq!(g.trap(-119, &nowhere), INVALID_ADDRESS);
        assert_eq!(g.port_type(port), Ok(TYPE_RECEIVE), "not registered");
    });
}

#[test]
fn special_ports_can_be_replaced() {
    both_profiles(|g| {
        let task = g.task_self();
        let get = |g: &mut Guest, which| g.rpc("task_get_special_port", task, &[W(which)]).port();
        let before = get(g, 4).expect("the bootstrap port");
        let own = g.allocate(RIGHT_RECEIVE);
        let set = [Port(own, MAKE_SEND), W(4)];
        assert_eq!(g.rpc("task_set_special_port", task, &set).code(), OK);
        assert_eq!(get(g, 4), Ok(own));
        assert_eq!(g.trap(-71, &[task, 4, before]), OK);
        assert_eq!(get(g, 4), Ok(before));
        assert_eq!(g.trap(-71, &[task, 5, 0]), OK, "no port at all");
        assert_eq!(get(g, 5), Ok(0));
        // A port that dies there.
        assert_eq!(g.trap(-74, &[task, own, own, u32::from(MAKE_SEND)]), OK);
        assert_eq!(g.trap(-71, &[task, 6, own]), OK);
        assert_eq!(g.trap(-85, &[task, own]), OK);
        assert_eq!(get(g, 6), Ok(PORT_DEAD));
        // What stands for the task itself.
        let other = g.allocate(RIGHT_RECEIVE);
        assert_eq!(g.trap(-74, &[task, other, other, u32::from(MAKE_SEND)]), OK);
        assert_eq!(g.trap(-71, &[task, 1, other]), OK);
        assert_eq!(g.trap(-28, &[]), other, "mach_task_self");
        assert_eq!(g.trap(-71, &[task, 1, task]), OK, "the old name serves");
        assert_eq!(g.trap(-28, &[]), task);
        for which in [0, 2, 3, 7, 99] {
            assert_eq!(g.trap(-71, &[task, which, task]), INVALID_ARGUMENT);
            assert_eq!(get(g, which), Err(INVALID_ARGUMENT));
        }
        assert_eq!(g.trap(-71, &[before, 4, task]), INVALID_ARGUMENT);
        let once = [Port(other, MAKE_SEND_ONCE), W(4)];
        let code = g.rpc("task_set_special_port", task, &once).code();
        assert_eq!(code, MIG_TYPE_ERROR, "a send right it must be");
        let notice = g.receive(other);
        assert_eq!(notice.id(), 71, "the right was let go");
    });
}

#[test]
fn a_program_ends_itself() {
    both_profiles(|g| {
        let (mut by_trap, mut by_message) = (Guest::new(g.profile()), Guest::new(g.profile()));
        let task = by_trap.task_self();
        by_trap.begin_trap(-69, &[task]);
        assert_eq!(by_trap.run_to_stop(), Stop::Exit(0));
        let task = by_message.task_self();
        by_message.begin_rpc("task_terminate", task, &[]);
        assert_eq!(by_message.run_to_stop(), Stop::Exit(0));
        // A thread ends the program around it.
        let thread = g.create_thread("ends all");
        let task = g.on(thread).task_self();
        g.on(thread).begin_trap(-69, &[task]);
        assert!(matches!(g.run_to_stop(), Stop::Exit(_)));
    });
    both_profiles(|g| {
        let thread = g.create_thread("ends all");
        let task = g.on(thread).task_self();
        g.on(thread).begin_rpc("task_terminate", task, &[]);
        assert!(matches!(g.run_to_stop(), Stop::Exit(_)));
    });
}

#[test]
fn threads_end() {
    both_profiles(|g| {
        let (thread, other) = (g.create_thread("one"), g.create_thread("two"));
        let name = g.on(thread).trap(-27, &[]);
        assert_eq!(g.trap(-110, &[name]), OK);
        assert!(!g.exists(thread));
        assert_eq!(g.port_type(name), Ok(TYPE_DEAD_NAME));
        assert_eq!(g.trap(-110, &[name]), INVALID_ARGUMENT);
        let own = g.on(other).trap(-27, &[]);
        g.on(other).begin_trap(-110, &[own]);
        g.advance_micros(5_000);
        assert!(!g.exists(other));
        let (task, out) = (g.task_self(), g.words(&[0]));
        assert_eq!(g.trap(-110, &[task]), INVALID_ARGUMENT);
        assert_eq!(g.trap(-69, &[own]), INVALID_ARGUMENT);
        // Portfolio makes threads.
        assert_eq!(g.trap(-107, &[task, out]), RESOURCE_SHORTAGE);
        assert_eq!(g.trap(-84, &[task, 1, out, 1, out]), RESOURCE_SHORTAGE);
    });
}

#[test]
fn a_thread_that_ends_waits_no_longer() {
    both_profiles(|g| {
        let count = new_semaphore(g, 0, 0);
        let (first, second) = (g.create_thread("first"), g.create_thread("second"));
        for thread in [first, second] {
            g.on(thread).begin_rpc("semaphore_wait", count, &[]);
            g.advance_micros(3_000);
            assert!(g.is_blocked(thread));
        }
        assert_eq!(g.delete(first).0, 0);
        assert_eq!(g.rpc("semaphore_signal", count, &[]).code(), OK);
        assert_eq!(g.returns_within(second, 10_000), Some(OK));
        let ended = g.on(second).finish_exchange().map(|reply| reply.code());
        assert_eq!(ended, Ok(OK), "the signal was not lost on the dead");
    });
}

#[test]
fn a_message_is_not_lost_on_a_receiver_that_ends() {
    both_profiles(|g| {
        let (task, port) = (g.task_self(), g.allocate(RIGHT_RECEIVE));
        assert_eq!(g.trap(-74, &[task, port, port, u32::from(MAKE_SEND)]), OK);
        let threads = [90, 80].map(|priority| {
            let thread = g.create_thread_with("r", priority, &[], Tags::new());
            g.on(thread).begin_msg(RCV, &[], 100, port, 0);
            assert_eq!(g.trap(-61, &[0, 2, 5]), OK);
            assert!(g.is_blocked(thread));
            thread
        });
        // The first is called for it, and has no time to take it.
        let ask = message(u32::from(COPY_SEND), (port, 0), 5, "", &[]);
        assert_eq!(g.send(&ask), OK);
        assert_eq!(g.delete(threads[0]).0, 0);
        assert!(!g.exists(threads[0]));
        assert_eq!(g.trap(-61, &[0, 2, 5]), OK);
        assert_eq!(g.on(threads[1]).trap_result(), Some(OK));
    });
}

#[test]
fn fixed_priority_semaphores_wake_the_highest() {
    both_profiles(|g| {
        for (policy, order) in [(0, [0, 1, 2]), (1, [1, 2, 0])] {
            let count = new_semaphore(g, policy, 0);
            // All below the main program's priority, which lets them run when it sleeps.
            let waiters = [90, 95, 95].map(|priority| {
                let thread = g.create_thread_with("w", priority, &[], Tags::new());
                let reply = g.reply_port();
                let ask = request("semaphore_wait", count, reply, &[]);
                g.on(thread).begin_exchange(&ask);
                assert_eq!(g.trap(-61, &[0, 2, 5]), OK);
                assert!(g.is_blocked(thread), "{thread:?}");
                thread
            });
            for (n, &next) in order.iter().enumerate() {
                assert_eq!(g.rpc("semaphore_signal", count, &[]).code(), OK);
                assert_eq!(g.trap(-61, &[0, 2, 5]), OK);
                assert!(g.is_idle(waiters[next]), "{policy}: {next} is woken");
                for &later in &order[n + 1..] {
                    assert!(!g.is_idle(waiters[later]), "{policy}: {later} waits");
                }
                g.delete(waiters[next]);
            }
        }
    });
}

#[test]
fn semaphores_refuse_what_they_must() {
    both_profiles(|g| {
        let (task, host) = (g.task_self(), g.host_self());
        for values in [[W(2), W(0)], [W(0), W(-1_i32 as u32)]] {
            let refused = g.rpc("semaphore_create", task, &values).code();
            assert_eq!(refused, INVALID_ARGUMENT);
        }
        let refused = g.rpc("semaphore_create", host, &[W(0), W(0)]).code();
        assert_eq!(refused, INVALID_ARGUMENT);
        for routine in ["semaphore_signal", "semaphore_signal_all", "semaphore_wait"] {
            let refused = g.rpc(routine, host, &[]).code();
            assert_eq!(refused, INVALID_ARGUMENT, "{routine}");
        }
        let count = new_semaphore(g, 0, 0);
        let wait = |g: &mut Guest, s, ns| {
            let values = [W(s), W(ns)];
            g.rpc("semaphore_timedwait", count, &values).code()
        };
        assert_eq!(wait(g, 0, 0), OPERATION_TIMED_OUT, "at once");
        assert_eq!(wait(g, 0, 1_000_000_000), INVALID_VALUE);
        assert_eq!(wait(g, 0, -1_i32 as u32), INVALID_VALUE);
        // Without anybody who waits the count stays.
        assert_eq!(g.rpc("semaphore_signal_all", count, &[]).code(), OK);
        assert_eq!(wait(g, 0, 0), OPERATION_TIMED_OUT);
        assert_eq!(g.rpc("semaphore_signal", count, &[]).code(), OK);
        assert_eq!(wait(g, 0, 0), OK);
        let threads = [g.create_thread("a"), g.create_thread("b")];
        for thread in threads {
            g.on(thread)
                .begin_rpc("semaphore_timedwait", count, &[W(9), W(0)]);
            g.advance_micros(2_000);
        }
        assert_eq!(g.rpc("semaphore_signal_all", count, &[]).code(), OK);
        for thread in threads {
            assert_eq!(g.returns_within(thread, 10_000), Some(OK));
            let ended = g.on(thread).finish_exchange().map(|reply| reply.code());
            assert_eq!(ended, Ok(OK));
        }
        let destroy = |g: &mut Guest, name| {
            let values = [Port(name, COPY_SEND)];
            g.rpc("semaphore_destroy", task, &values).code()
        };
        assert_eq!(destroy(g, host), INVALID_ARGUMENT);
        assert_eq!(destroy(g, count), OK);
        assert_eq!(g.port_type(count), Ok(TYPE_DEAD_NAME));
        assert_eq!(destroy(g, count), TERMINATED);
        let sent = g.try_rpc("semaphore_signal", count, &[]).err();
        assert_eq!(sent, Some(SEND_INVALID_DEST));
    });
}

#[test]
fn clocks_refuse_what_they_must() {
    both_profiles(|g| {
        let (host, clock, out) = (g.host_self(), host_clock(g), g.words(&[0, 0]));
        for flavor in [1, 3, 4, 5] {
            let reply = g.rpc("clock_get_attributes", clock, &[W(flavor), W(1)]);
            assert_eq!((reply.word(36), reply.word(40)), (1, 80), "{flavor}");
        }
        let reply = g.rpc("clock_get_attributes", clock, &[W(6), W(1)]);
        assert_eq!(reply.code(), INVALID_VALUE);
        let reply = g.rpc("clock_get_attributes", clock, &[W(1), W(0)]);
        assert_eq!(reply.code(), FAILURE);
        let reply = g.rpc("clock_get_time", host, &[]);
        assert_eq!(reply.code(), INVALID_ARGUMENT);
        assert_eq!(g.trap(-83, &[clock, NOWHERE]), INVALID_ADDRESS);
        assert_eq!(g.trap(-62, &[host, 1, 0, 1, out]), INVALID_ARGUMENT);
        let sleep = |g: &mut Guest, ns, out| g.trap(-62, &[clock, 1, 0, ns, out]);
        assert_eq!(sleep(g, 1_000_000_000, out), INVALID_VALUE);
        assert_eq!(sleep(g, 1_000, NOWHERE), INVALID_ADDRESS);
        let port = g.reply_port();
        let alarm = |g: &mut Guest, to, kind, ns| {
            let values = [Port(to, MAKE_SEND_ONCE), W(kind), W(0), W(ns)];
            g.rpc("clock_alarm", clock, &values).code()
        };
        assert_eq!(alarm(g, 0, 1, 1), INVALID_CAPABILITY);
        assert_eq!(alarm(g, port, 2, 1), INVALID_VALUE);
        let notice = g.receive(port);
        assert_eq!(notice.id(), 71, "its right was let go");
        // Many alarms, the nearest first; one whose port is gone rings for nobody.
        for ns in [3_000_000, 9_000_000, 1_500_000] {
            assert_eq!(alarm(g, port, 1, ns), OK);
        }
        let gone = g.reply_port();
        assert_eq!(alarm(g, gone, 1, 2_000_000), OK);
        let task = g.task_self();
        assert_eq!(g.trap(-85, &[task, gone]), OK);
        let times = [(); 3].map(|()| {
            let reply = g.receive(port);
            assert_eq!(reply.id(), 3_125_107);
            (reply.word(40), reply.word(44))
        });
        assert!(times.is_sorted());
        let all = (times[2].1 - times[0].1) / 1_000;
        assert!((6_000..7_600).contains(&all), "{all} us");
        assert!(g.is_quiet(port));
    });
}

#[test]
fn the_host_and_its_special_ports() {
    both_profiles(|g| {
        let host = g.host_self();
        let reply = g.rpc("host_info", host, &[W(1), W(12)]);
        assert_eq!((reply.bytes.len(), reply.word(36)), (60, 5));
        let info = [40, 44, 48, 52, 56].map(|at| reply.word(at));
        assert_eq!(info, [1, 1, 3 << 20, 12, 0]);
        assert_eq!(g.rpc("host_info", host, &[W(1), W(4)]).code(), FAILURE);
        let other = g.rpc("host_info", host, &[W(2), W(12)]).code();
        assert_eq!(other, INVALID_ARGUMENT);
        let [privileged, master, ..] = g.bootstrap_ports();
        let back = g.my_reply_port();
        let ask = |g: &mut Guest, target, which| {
            let values = [W(-1_i32 as u32), W(which)];
            let request = message(0x1513, (target, back), 412, "Nww", &values);
            g.exchange(&request).expect("a reply").port()
        };
        for (which, name) in [(1, host), (2, privileged), (3, master)] {
            assert_eq!(ask(g, privileged, which), Ok(name));
        }
        assert_eq!(ask(g, privileged, 4), Err(INVALID_ARGUMENT));
        assert_eq!(ask(g, host, 1), Err(INVALID_ARGUMENT), "not for everybody");
        assert_eq!(g.trap(-117, &[host, 1, 0, 0]), INVALID_ARGUMENT);
        let task = g.task_self();
        assert_eq!(g.trap(-93, &[task, 1, 0, 0]), INVALID_ARGUMENT);
    });
}

#[test]
fn the_bootstrap_port_gives_the_command_line() {
    both_profiles(|g| {
        let task = g.task_self();
        let bootstrap = g.rpc("task_get_special_port", task, &[W(4)]).port();
        let bootstrap = bootstrap.expect("the bootstrap port");
        let about = [Port(task, COPY_SEND)];
        let (at, size) = g.rpc("bootstrap_arguments", bootstrap, &about).ool();
        assert_eq!(g.read_bytes(at, size), b"$app/conformance\0");
        let reply = g.rpc("bootstrap_environment", bootstrap, &about);
        assert_eq!((reply.ool(), reply.word(48)), ((0, 0), 0));
        let wrong = [Port(bootstrap, COPY_SEND)];
        let refused = g.rpc("bootstrap_arguments", bootstrap, &wrong).code();
        assert_eq!(refused, INVALID_ARGUMENT);
        let refused = g.rpc("bootstrap_ports", task, &[]).code();
        assert_eq!(refused, INVALID_ARGUMENT);
        let request = message(0x0013, (bootstrap, 0), 1_000_004, "P", &about);
        assert_eq!(g.send(&request), OK, "bootstrap_completed has no reply");
    });
}

#[test]
fn giving_way() {
    both_profiles(|g| {
        assert_eq!(g.trap(-60, &[]), 0, "nobody else");
        assert_eq!(g.trap(-59, &[0]), 0);
        let thread = g.create_thread("another");
        g.advance_micros(1_000);
        assert_eq!(g.trap(-60, &[]), 1);
        let name = g.on(thread).trap(-27, &[]);
        for option in [0, 1] {
            assert_eq!(g.trap(-61, &[name, option, 3]), OK);
        }
        assert_eq!(g.trap(-61, &[0, 3, 0]), INVALID_ARGUMENT);
        let task = g.task_self();
        assert_eq!(g.trap(-61, &[task, 0, 0]), INVALID_ARGUMENT);
        let begun = g.now().0;
        assert_eq!(g.trap(-61, &[0, 2, 7]), OK);
        let took = (g.now().0 - begun) * 2 / 25;
        assert!((7_000..8_000).contains(&took), "{took} us");
    });
}
