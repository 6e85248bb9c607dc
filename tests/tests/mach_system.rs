//! Memory, clocks, semaphores, bootstrap; direct traps; what devices say.
//!
//! Mach sheet 4.8, 4.9 and 5.3 to 5.6.
#![forbid(unsafe_code)]

use Value::{Ool, Port, W};
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{COPY_SEND, MAKE_SEND_ONCE, Value};
use tests::guest::{Guest, both_profiles, ldr, str};

const TIMER_GET_TIME: u32 = 0x54_0001;
const TIMER_GET_VBLANK: u32 = 0x54_0003;

/// Simulated microseconds since the start.
fn micros(g: &Guest) -> u64 {
    g.now().0 * 2 / 25
}

/// Microseconds of a tvalspec.
fn of_tvalspec(seconds: u32, nanoseconds: u32) -> u64 {
    assert!(nanoseconds < 1_000_000_000);
    u64::from(seconds) * 1_000_000 + u64::from(nanoseconds) / 1_000
}

/// Asserts that a clock that was just asked shows the simulated time.
fn shows_now(g: &Guest, shown: u64, what: &str) {
    let now = micros(g);
    assert!(
        shown <= now && now - shown < 300,
        "{what}: {shown} of {now} us"
    );
}

/// Whether a code says that a pointer is bad: the sheet leaves open which of the two it is.
fn is_bad_pointer(code: u32) -> bool {
    [INVALID_ADDRESS, INVALID_ARGUMENT].contains(&code)
}

fn semaphore(g: &mut Guest, value: u32) -> u32 {
    let task = g.task_self();
    let created = g.rpc("semaphore_create", task, &[W(0), W(value)]).port();
    created.expect("semaphore_create")
}

#[test]
fn memory_is_allocated_in_zeroed_pages() {
    both_profiles(|g| {
        let task = g.task_self();
        let a = g.vm_allocate(1).expect("a page");
        let b = g.vm_allocate(5_000).expect("two pages");
        assert_eq!((a % 4096, b % 4096), (0, 0));
        assert!(b >= a + 4096 || a >= b + 8192, "apart");
        assert_eq!(g.read_bytes(a, 4096), [0; 4096]);
        assert_eq!(g.read_bytes(b, 8192), [0; 8192]);
        g.write_bytes(a, &[1; 4096]);
        assert_eq!(g.vm_deallocate(a, 1), OK);
        let again = g.vm_allocate(4096).expect("a page");
        assert_eq!(
            g.read_bytes(again, 4096),
            [0; 4096],
            "whoever had it before"
        );
        // By message the same.
        let values = [W(0), W(4096), W(1)];
        let c = g.rpc("vm_allocate", task, &values).value().expect("a page");
        assert_eq!(c % 4096, 0);
        assert_eq!(g.on_task("vm_deallocate", &[W(c), W(4096)]), OK);
        let values = [W(0), W(64 << 20), W(1)];
        assert_eq!(g.rpc("vm_allocate", task, &values).code(), NO_SPACE);
        assert_eq!(g.vm_allocate(64 << 20), Err(NO_SPACE));
        assert!(is_bad_pointer(g.trap(-65, &[task, NOWHERE, 4096, 1])));
        for (at, size) in [(again, 4096), (b, 5_000)] {
            assert_eq!(g.vm_deallocate(at, size), OK);
        }
    });
}

#[test]
fn memory_is_read_and_written_by_message_and_by_trap() {
    both_profiles(|g| {
        let task = g.task_self();
        let a = g.vm_allocate(4096).expect("a page");
        g.write_bytes(a + 8, b"some bytes..");
        let reply = g.rpc("vm_read", task, &[W(a + 8), W(12)]);
        let (copy, size) = reply.ool();
        assert_eq!((reply.bytes.len(), size, reply.word(48)), (52, 12, 12));
        assert_eq!(g.read_bytes(copy, 12), b"some bytes..");
        assert_eq!(g.vm_deallocate(copy, 12), OK);
        let from = g.words(&[0x0102_0304, 0x0506_0708]);
        let values = [Ool(from, 8), W(a + 100), W(8)];
        assert_eq!(g.on_task("vm_write", &values), OK);
        assert_eq!(g.read(a + 104), 0x0506_0708);
        assert_eq!(g.trap(-31, &[task, a + 200, from, 4]), OK);
        assert_eq!([g.read(a + 200), g.read(a + 204)], [0x0102_0304, 0]);
        let (to, count) = (g.guarded(12), g.words(&[0]));
        assert_eq!(g.trap(-30, &[task, a + 8, 12, to.at, count]), OK);
        assert_eq!((to.bytes(g), g.read(count)), (b"some bytes..".to_vec(), 12));
        assert_eq!(g.trap(-91, &[task, a, 4096, 0, 1]), OK, "vm_protect");
        let values = [W(a), W(4096), W(0), W(3)];
        assert_eq!(g.on_task("vm_protect", &values), OK);
        let bad = g.rpc("vm_read", task, &[W(NOWHERE), W(12)]);
        assert_eq!(bad.code(), INVALID_ADDRESS);
    });
}

#[test]
fn clocks_show_simulated_time() {
    both_profiles(|g| {
        let (host, out) = (g.host_self(), g.words(&[0, 0]));
        let clock = g.rpc("host_get_clock_service", host, &[W(0)]).port();
        let clock = clock.expect("the real-time clock is mandatory");
        let timer = g.open("timer0");
        for _ in 0..3 {
            g.advance_micros(700_123);
            let reply = g.rpc("clock_get_time", clock, &[]);
            assert_eq!((reply.bytes.len(), reply.code()), (44, OK));
            shows_now(
                g,
                of_tvalspec(reply.word(36), reply.word(40)),
                "clock_get_time",
            );
            assert_eq!(g.trap(-83, &[clock, out]), OK);
            shows_now(g, of_tvalspec(g.read(out), g.read(out + 4)), "trap -83");
            let time = g.status(timer, TIMER_GET_TIME, 2).expect("TIMER_GET_TIME");
            shows_now(g, of_tvalspec(time[0], time[1]), "timer0");
            let reply = g.rpc("host_get_time", host, &[]);
            assert_eq!((reply.bytes.len(), reply.code()), (44, OK));
            let time = u64::from(reply.word(36)) * 1_000_000 + u64::from(reply.word(40));
            shows_now(g, time, "host_get_time");
            let blanks = g.status(timer, TIMER_GET_VBLANK, 2);
            assert_eq!(blanks, Ok(vec![0, g.fields() as u32]));
        }
        let reply = g.rpc("clock_get_attributes", clock, &[W(1), W(1)]);
        assert_eq!((reply.bytes.len(), reply.code()), (44, OK));
        assert!(reply.word(40) > 0, "get-time resolution in ns");
        let none = g.rpc("host_get_clock_service", host, &[W(77)]).code();
        assert_ne!(none, OK, "no such clock");
        assert_eq!(g.trap(-83, &[host, out]), INVALID_ARGUMENT);
        let page = g.rpc("host_page_size", host, &[]).value();
        assert_eq!(page, Ok(4096));
    });
}

#[test]
fn sleeps_and_alarms() {
    both_profiles(|g| {
        let (host, out) = (g.host_self(), g.words(&[0, 0]));
        let clock = g.rpc("host_get_clock_service", host, &[W(0)]).port();
        let clock = clock.expect("a clock");
        let begun = micros(g);
        // Relative: 3 ms.
        assert_eq!(g.trap(-62, &[clock, 1, 0, 3_000_000, out]), OK);
        let slept = micros(g) - begun;
        assert!((3_000..3_300).contains(&slept), "{slept} us");
        shows_now(g, of_tvalspec(g.read(out), g.read(out + 4)), "wake-up time");
        // In the past: at once.
        let begun = micros(g);
        assert_eq!(g.trap(-62, &[clock, 0, 0, 1_000, out]), OK);
        assert!(micros(g) - begun < 300);
        assert_eq!(g.trap(-62, &[clock, 7, 0, 1_000, out]), INVALID_VALUE);
        let port = g.reply_port();
        let alarm = |g: &mut Guest, kind, seconds, nanoseconds| {
            let to = Port(port, MAKE_SEND_ONCE);
            let values = [to, W(kind), W(seconds), W(nanoseconds)];
            assert_eq!(g.rpc("clock_alarm", clock, &values).code(), OK);
            micros(g)
        };
        let set = alarm(g, 1, 0, 5_000_000);
        assert!(g.is_quiet(port), "not yet");
        let reply = g.receive(port);
        assert_eq!((reply.id(), reply.bytes.len()), (3_125_107, 48));
        assert_eq!([reply.word(32), reply.word(36)], [0, 1], "code and type");
        let rang = micros(g) - set;
        assert!((4_500..5_700).contains(&rang), "{rang} us");
        alarm(g, 0, 0, 1);
        let reply = g.try_receive(port, 1).expect("the past rings at once");
        shows_now(
            g,
            of_tvalspec(reply.word(40), reply.word(44)),
            "the present time",
        );
    });
}

#[test]
fn the_mapped_clock_page() {
    both_profiles(|g| {
        let (task, host) = (g.task_self(), g.host_self());
        let clock = g.rpc("host_get_clock_service", host, &[W(0)]).port();
        let clock = clock.expect("a clock");
        let pager = g.rpc("clock_map_time", clock, &[]).port().expect("a pager");
        let (zero, one) = (W(0), W(1));
        let pager = Port(pager, COPY_SEND);
        let values = [pager, zero, W(4096), zero, one, zero, zero, one, one, W(2)];
        let page = g.rpc("vm_map", task, &values).value().expect("vm_map");
        for _ in 0..3 {
            g.advance_micros(600_000);
            let code = [ldr(0, 4, 0), ldr(1, 4, 4), ldr(2, 4, 8)];
            let seconds = g.run_code(&code, &[(4, page)]);
            assert_eq!(seconds, g.reg(2), "the check");
            let shown = of_tvalspec(seconds, g.reg(1));
            let now = micros(g);
            assert!(shown <= now && now - shown < 17_000, "{shown} of {now}");
        }
    });
}

#[test]
fn semaphores_count_and_wake() {
    both_profiles(|g| {
        let task = g.task_self();
        let count = semaphore(g, 1);
        let call = |g: &mut Guest, what| g.rpc(what, count, &[]).code();
        assert_eq!(call(g, "semaphore_wait"), OK, "it had 1");
        let thread = g.create_thread("waiter");
        g.on(thread).begin_rpc("semaphore_wait", count, &[]);
        g.advance_micros(3_000);
        assert!(g.is_blocked(thread));
        assert_eq!(call(g, "semaphore_signal"), OK);
        assert_eq!(g.returns_within(thread, 10_000), Some(OK));
        assert_eq!(g.on(thread).finish_exchange().map(|r| r.code()), Ok(OK));
        let begun = micros(g);
        let values = [W(0), W(4_000_000)];
        let timed = g.rpc("semaphore_timedwait", count, &values).code();
        assert_eq!(timed, OPERATION_TIMED_OUT);
        let waited = micros(g) - begun;
        assert!((4_000..4_500).contains(&waited), "{waited} us");
        g.on(thread).begin_rpc("semaphore_wait", count, &[]);
        g.advance_micros(3_000);
        let values = [Port(count, COPY_SEND)];
        assert_eq!(g.rpc("semaphore_destroy", task, &values).code(), OK);
        assert_eq!(g.returns_within(thread, 10_000), Some(OK));
        let ended = g.on(thread).finish_exchange().map(|reply| reply.code());
        assert_eq!(ended, Ok(TERMINATED));
    });
}

#[test]
fn bootstrap_gives_the_privileged_ports() {
    both_profiles(|g| {
        let task = g.task_self();
        let [host, master, wired, paged, security] = g.bootstrap_ports();
        assert_eq!(master, g.master(), "the same right, the same name");
        for name in [host, master, wired, paged, security] {
            assert_eq!(g.port_type(name), Ok(TYPE_SEND), "{name:#x}");
        }
        let bootstrap = g.rpc("task_get_special_port", task, &[W(4)]).port();
        let bootstrap = bootstrap.expect("the bootstrap port");
        for routine in ["bootstrap_arguments", "bootstrap_environment"] {
            let reply = g.rpc(routine, bootstrap, &[Port(task, COPY_SEND)]);
            assert_eq!(reply.bytes.len(), 52, "{routine}");
            assert_eq!(reply.word(48), reply.ool().1);
        }
        let own = g.rpc("task_get_special_port", task, &[W(1)]).port();
        assert_eq!(own, Ok(task), "the kernel port");
        for which in [5, 6] {
            let ledger = g.rpc("task_get_special_port", task, &[W(which)]);
            assert!(ledger.port().is_ok());
        }
        let none = g.rpc("task_get_special_port", task, &[W(99)]).code();
        assert_eq!(none, INVALID_ARGUMENT);
        let slots = g.rpc("mach_ports_lookup", task, &[]);
        assert_eq!(
            (slots.bytes.len(), slots.word(32), slots.word(48)),
            (52, 3, 3)
        );
    });
}

/// Mach sheet 5.3: the same as the messages.
#[test]
fn direct_traps_do_what_messages_do() {
    both_profiles(|g| {
        let (out, count) = (g.words(&[0, 0]), g.words(&[0]));
        assert_eq!(g.trap(-200, &[out]), OK);
        assert_eq!(g.read(out), 0x0001_0000);
        let (master, name) = (g.master(), g.string("screen0"));
        assert_eq!(g.trap(-203, &[master, D_READ, name, out]), OK);
        let screen = g.read(out);
        assert_eq!(g.try_open(D_READ, "screen0"), Ok(screen));
        let bytes = g.words(&[0x1122_3344]);
        assert_eq!(g.trap(-208, &[screen, 0, 40, bytes, 4, count]), OK);
        assert_eq!(
            (g.read(count), g.read_inband(screen, 0, 40, 4).map(|b| b[0])),
            (4, Ok(0x11))
        );
        let to = g.guarded(4);
        g.write(count, 4);
        assert_eq!(g.trap_stack(-207, &[screen, 0, 40, 4, to.at, count]), OK);
        assert_eq!(
            (g.read(count), to.bytes(g)),
            (4, vec![0x11, 0x22, 0x33, 0x44])
        );
        let info = g.status(screen, 0x76_0001, 23).expect("VC_GETINFO");
        let record = g.guarded(92);
        g.write(count, 23);
        assert_eq!(g.trap(-205, &[screen, 0x76_0001, record.at, count]), OK);
        let words = record.bytes(g);
        let words: Vec<u32> = words
            .chunks(4)
            .map(|w| tests::guest::mach::wire::word(w, 0))
            .collect();
        assert_eq!((g.read(count), words), (23, info.clone()));
        assert_eq!(g.trap(-209, &[screen, 3, 4096, 4096, out]), OK);
        assert_eq!(g.read(out), info[4] + 4096);
        let test = g.open("test_device0");
        assert_eq!(g.trap(-206, &[test, 1, bytes, 1]), OK);
        assert_eq!(
            g.trap(-206, &[screen, 0x12_3456, bytes, 1]),
            D_INVALID_OPERATION
        );
        assert_eq!([g.trap(-204, &[screen]), g.trap(-204, &[screen])], [OK; 2]);
        assert_eq!(g.port_type(screen), Ok(TYPE_DEAD_NAME));
        // Bad pointers yield codes.
        let (host, name) = (g.host_self(), g.string("timer0"));
        for code in [
            g.trap(-203, &[master, D_READ, NOWHERE, out]),
            g.trap(-203, &[master, D_READ, name, NOWHERE]),
            g.trap(-201, &[host, NOWHERE]),
            g.trap(-200, &[NOWHERE]),
        ] {
            assert!(is_bad_pointer(code), "{code:#x}");
        }
    });
}

#[test]
fn timer0_as_the_sheet_says() {
    both_profiles(|g| {
        let timer = g.open("timer0");
        let begun = micros(g);
        let stamp = g.read_inband(timer, 0, 5_000, 128).expect("a delay");
        assert_eq!(stamp.len(), 8, "more than 8 gives 8");
        let taken = micros(g) - begun;
        assert!((5_000..5_400).contains(&taken), "{taken} us");
        let word = |at| tests::guest::mach::wire::word(&stamp, at);
        shows_now(g, of_tvalspec(word(0), word(4)), "the timestamp");
        let begun = micros(g);
        assert_eq!(g.read_inband(timer, 0, 3_000, 0), Ok(vec![]));
        assert!(micros(g) - begun >= 3_000, "nothing, after the same time");
        let fields = g.fields();
        assert!(g.read_inband(timer, 0, 0xFFFF_FFFF, 8).is_ok());
        assert_eq!(g.fields(), fields + 1, "the next vertical blank");
        assert!(g.read_inband(timer, 0, 0, 8).is_ok());
        assert!(g.read_inband(timer, D_NOWAIT, 0, 8).is_ok());
        assert_eq!(g.read_inband(timer, D_NOWAIT, 1, 8), Err(D_WOULD_BLOCK));
        for bytes in 1..8 {
            assert_eq!(g.read_inband(timer, 0, 0, bytes), Err(D_INVALID_SIZE));
        }
        assert_eq!(g.write_inband(timer, 0, &[0; 8]), Err(D_INVALID_OPERATION));
        // Requests run side by side, by message too.
        let (slow, quick) = (g.reply_port(), g.reply_port());
        for (port, recnum) in [(slow, 20_000), (quick, 10_000)] {
            assert_eq!(g.trap(-78, &[timer, port, 0, recnum, 8]), OK);
        }
        assert_eq!(g.receive(quick).id(), 2904);
        assert!(g.is_quiet(slow));
        assert_eq!(g.receive(slow).id(), 2904);
    });
}

#[test]
fn test_device0_as_the_sheet_says() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let data = g.device_read(device, 77, 10_000).expect("any length");
        let mut expected = vec![0; 10_000];
        for page in [0, 4096, 8192] {
            expected[page] = b'x';
        }
        assert_eq!(data, expected);
        for flavor in [1, 2] {
            let eight = [0; 8];
            assert_eq!(g.set_status(device, flavor, &eight), OK);
        }
        assert_eq!(g.status(device, 5, 9).map_or(0, |s| s.len()), 0);
        assert_eq!(g.set_status(device, 3, &[]), D_INVALID_OPERATION);
        assert_eq!(g.try_open(D_READ, "test_device7"), Err(D_NO_SUCH_DEVICE));
    });
}

#[test]
fn screen0_is_bytes_of_the_page() {
    both_profiles(|g| {
        let screen = g.open("screen0");
        let size = g.status(screen, 0, 2).expect("DEV_GET_SIZE");
        assert_eq!(size[1], 1, "a record is a byte");
        let pattern: Vec<u8> = (0..100).collect();
        assert_eq!(g.write_inband(screen, 3, &pattern), Ok(100));
        assert_eq!(g.device_read(screen, 4, 99), Ok(pattern[1..].to_vec()));
        let info = g.status(screen, 0x76_0001, 23).expect("VC_GETINFO");
        assert_eq!(g.read_bytes(info[4] + 3, 100), pattern, "in video memory");
        let layout = g.status(screen, 0x44_0001, 8).expect("SCREEN_GET_LAYOUT");
        assert_eq!(layout[..6], [320, 240, 16, 1280, info[4], 1]);
        let end = size[0];
        assert_eq!(g.read_inband(screen, 0, end, 1), Err(D_INVALID_RECNUM));
        assert_eq!(g.read_inband(screen, 0, end - 1, 2), Err(D_INVALID_SIZE));
        assert_eq!(g.write_inband(screen, end, &[1]), Err(D_INVALID_RECNUM));
    });
}

/// Mach sheet 3.6: what is mapped stays when its device closes.
#[test]
fn map_outlives_close() {
    both_profiles(|g| {
        let (screen, out) = (g.open("screen0"), g.words(&[0]));
        assert_eq!(g.trap(-209, &[screen, 3, 0, 4096, out]), OK);
        let at = g.read(out);
        assert_eq!(g.close(screen), OK);
        assert_eq!(g.port_type(screen), Ok(TYPE_DEAD_NAME));
        let code = [str(0, 1, 0), ldr(0, 1, 0)];
        assert_eq!(g.run_code(&code, &[(0, 0xCAFE), (1, at)]), 0xCAFE);
        let screen = g.open("screen0");
        assert_eq!(g.device_read(screen, 0, 4), Ok(vec![0, 0, 0xCA, 0xFE]));
    });
}
