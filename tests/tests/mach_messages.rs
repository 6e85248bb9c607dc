//! Requests as messages: what is refused, opens and closes, how replies come.
//!
//! Mach sheet 1.2 to 1.8 and 4.5, acceptance tests 53 to 71.
#![forbid(unsafe_code)]

use Value::{Bytes, Halves, Ints, Ool, OolFreed, Port, W};
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{
    COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, Value, device_routines, id_of, message, open_values,
    request, word,
};
use tests::guest::mach::{RCV, RCV_LARGE, SEND};
use tests::guest::{Guest, both_profiles};

/// A good request of every routine of subsystem `device`, to whatever port.
fn good_request(g: &mut Guest, routine: &str, target: u32) -> Vec<u8> {
    let at = g.alloc(16);
    let open = open_values(1, b"test_device0\0");
    let values: &[Value<'_>] = match routine {
        "device_write" => &[Ool(at, 16), W(0), W(0), W(16)],
        "device_write_inband" => &[W(0), W(0), Bytes(b"abcde")],
        "device_read" | "device_read_inband" => &[W(0), W(0), W(4)],
        "device_map" => &[W(1), W(0), W(4096), W(0)],
        "device_set_status" => &[W(1), Ints(&[1, 2])],
        "device_get_status" => &[W(0), W(2)],
        "device_set_filter" => &[Port(0, COPY_SEND), W(0), Halves(&[0])],
        "device_open" => &open,
        _ => &[],
    };
    g.request(routine, target, values)
}

fn set_word(bytes: &mut [u8], at: usize, word: u32) {
    bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
}

#[test]
fn bad_id() {
    both_profiles(|g| {
        let (task, host, master) = (g.task_self(), g.host_self(), g.master());
        let (device, queue, reply) = (g.open("test_device0"), g.queue(), g.my_reply_port());
        for target in [task, host, master, device, queue] {
            for id in [0, 1, 2799, 2800, 2806, 2807, 2808, 2813, 2817, 2900, 9_999] {
                let request = message(0x1513, (target, reply), id, "", &[]);
                let answer = g.exchange(&request).expect("an answer");
                assert_eq!(answer.bytes.len(), 36);
                assert_eq!(answer.word(0), 0x1200);
                assert_eq!((answer.id(), answer.code()), (id + 100, MIG_BAD_ID));
            }
        }
    });
}

#[test]
fn short_request() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        for routine in device_routines() {
            let good = good_request(g, routine, device);
            let mut bad = vec![[&good[..], &[0; 4]].concat()];
            if good.len() > 24 {
                bad.push(good[..good.len() - 4].to_vec());
            }
            // Complex, but not with the number of descriptors that the routine has.
            let mut other = good.clone();
            if word(&good, 0) >> 31 == 0 {
                set_word(&mut other, 0, word(&good, 0) | 0x8000_0000);
                if other.len() > 24 {
                    set_word(&mut other, 24, 0);
                } else {
                    other.extend([0; 4]);
                }
            } else {
                set_word(&mut other, 0, 0x1513);
            }
            bad.push(other);
            for bad in bad {
                let answer = g.exchange(&bad).expect("an answer");
                let context = format!("{routine}, {} bytes", bad.len());
                assert_eq!(answer.code(), MIG_BAD_ARGUMENTS, "{context}");
                assert_eq!(
                    (answer.bytes.len(), answer.id()),
                    (36, id_of(routine) + 100)
                );
            }
        }
        // A count that does not go with the size.
        for (routine, at, count) in [
            ("device_open", 64, 5),
            ("device_open", 64, 129),
            ("device_write_inband", 40, 9),
            ("device_write_inband", 40, 129),
            ("device_set_status", 36, 1),
            ("device_set_status", 36, 0x4000_0002),
            ("device_set_filter", 52, 4),
        ] {
            let mut bad = good_request(g, routine, device);
            set_word(&mut bad, at, count);
            let answer = g.exchange(&bad).expect("an answer");
            assert_eq!(answer.code(), MIG_BAD_ARGUMENTS, "{routine}: {count}");
        }
        let long = g.rpc(
            "device_write_inband",
            device,
            &[W(0), W(0), Bytes(&[1; 132])],
        );
        assert_eq!(long.code(), MIG_BAD_ARGUMENTS, "more than 128 bytes");
    });
}

#[test]
fn wrong_descriptor() {
    both_profiles(|g| {
        let (master, device, reply) = (g.master(), g.open("test_device0"), g.my_reply_port());
        let (own, at) = (g.reply_port(), g.alloc(16));
        let open = |first| {
            let mut values = open_values(1, b"test_device0\0");
            values[0] = first;
            values
        };
        let ool = message(0x1513, (master, reply), 2814, "ONwwwwb", &open(Ool(at, 16)));
        let once = open(Port(own, MAKE_SEND_ONCE));
        let once = message(0x1513, (master, reply), 2814, "PNwwwwb", &once);
        let values = [Port(own, MAKE_SEND), W(0), W(0), W(16)];
        let write = message(0x1513, (device, reply), 2802, "PNwww", &values);
        let values = [Ool(at, 16), W(0), Halves(&[0])];
        let filter = message(0x1513, (device, reply), 2812, "ONwh", &values);
        let sizes = request(
            "device_write",
            device,
            reply,
            &[Ool(at, 16), W(0), W(0), W(12)],
        );
        for bad in [ool, once, write, filter, sizes] {
            let answer = g.exchange(&bad).expect("an answer");
            let id = word(&bad, 20);
            assert_eq!((answer.id(), answer.code()), (id + 100, MIG_TYPE_ERROR));
            assert_eq!(answer.bytes.len(), 36);
        }
        // The send-once right that came with it was let go: its notification.
        let notice = g.receive(own);
        assert_eq!((notice.id(), notice.bytes.len()), (71, 24));
        assert!(g.is_quiet(own));
    });
}

#[test]
fn open_no_reply_port() {
    both_profiles(|g| {
        let master = g.master();
        let values = open_values(1, b"test_device1\0");
        let silent = message(0x0013, (master, 0), 2814, "PNwwwwb", &values);
        assert_eq!(g.send(&silent), OK);
        g.advance_micros(10_000);
        // The device is exclusive: it has not been opened.
        let device = g.try_open(D_READ, "test_device1").expect("not open yet");
        assert_eq!(g.close(device), OK);
        assert_eq!(g.port_type(device), Ok(TYPE_DEAD_NAME), "its only open");
    });
}

#[test]
fn open_unknown() {
    both_profiles(|g| {
        let names = [
            "nothing", "cdrom9", "0", "", "Timer0", "timer0x9", "cdrom0zz",
        ];
        for name in names {
            assert_eq!(g.try_open(D_READ, name), Err(D_NO_SUCH_DEVICE), "{name:?}");
        }
        let long = "t".repeat(127);
        assert_eq!(g.try_open(D_READ, &long), Err(D_NO_SUCH_DEVICE));
        assert_eq!(g.try_open(D_READ | D_CLONE, "timer0"), Err(D_NOT_CLONED));
    });
}

#[test]
fn open_exclusive() {
    both_profiles(|g| {
        let device = g.open("test_device1");
        for _ in 0..2 {
            assert_eq!(g.try_open(D_READ, "test_device1"), Err(D_ALREADY_OPEN));
        }
        assert_eq!(g.close(device), OK);
        let again = g.open("test_device1");
        assert_ne!(again, device, "that name is dead");
    });
}

#[test]
fn open_wrong_master() {
    both_profiles(|g| {
        let (task, host, queue) = (g.task_self(), g.host_self(), g.queue());
        for wrong in [task, host, queue] {
            let reply = g.rpc("device_open", wrong, &open_values(1, b"timer0\0"));
            assert_eq!((reply.bytes.len(), reply.code()), (36, D_INVALID_OPERATION));
        }
        let direct = g.string("timer0");
        let out = g.words(&[0x5A5A_5A5A]);
        assert_eq!(g.trap(-203, &[task, 1, direct, out]), D_INVALID_OPERATION);
        assert_eq!(g.read(out), 0x5A5A_5A5A);
    });
}

#[test]
fn same_port_twice() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        assert_eq!(g.try_open(D_READ | D_WRITE, "test_device0"), Ok(device));
        assert_eq!(g.refs(device, RIGHT_SEND), Ok(2));
        assert_eq!(g.close(device), OK);
        assert_eq!(g.port_type(device), Ok(TYPE_SEND));
        assert_eq!(g.read_inband(device, 0, 0, 1), Ok(vec![b'x']));
        assert_eq!(g.close(device), OK);
        assert_eq!(g.port_type(device), Ok(TYPE_DEAD_NAME));
        // Aliases are the same device.
        let timer = g.open("timer0");
        assert_eq!(g.try_open(D_READ, "rtclock"), Ok(timer));
        let console = g.open("console");
        assert_eq!(g.try_open(D_READ, "console0"), Ok(console));
        assert_eq!(g.try_open(D_READ, "com0"), Ok(console));
    });
}

#[test]
fn close_makes_dead() {
    both_profiles(|g| {
        let device = g.open("timer0");
        assert_eq!(g.try_open(D_READ, "timer0"), Ok(device));
        assert_eq!([g.close(device), g.close(device)], [OK; 2]);
        assert_eq!(g.port_type(device), Ok(TYPE_DEAD_NAME));
        assert_eq!(g.refs(device, RIGHT_DEAD_NAME), Ok(2), "as many as rights");
        assert_eq!(g.refs(device, RIGHT_SEND), Ok(0));
        let sent = g.try_rpc("device_close", device, &[]);
        assert_eq!(sent.err(), Some(SEND_INVALID_DEST));
        assert_eq!(g.trap(-204, &[device]), D_NO_SUCH_DEVICE);
        assert_eq!([g.deallocate(device), g.deallocate(device)], [OK; 2]);
        assert_eq!(g.port_type(device), Err(INVALID_NAME));
    });
}

#[test]
fn no_senders_closes() {
    both_profiles(|g| {
        let device = g.open("test_device1");
        assert_eq!(g.deallocate(device), OK);
        assert_eq!(g.port_type(device), Err(INVALID_NAME));
        let again = g
            .try_open(D_READ, "test_device1")
            .expect("closed by itself");
        // With two references it takes two.
        let values = [W(again), W(RIGHT_SEND), W(1)];
        assert_eq!(g.on_task("mach_port_mod_refs", &values), OK);
        assert_eq!(g.deallocate(again), OK);
        assert_eq!(g.try_open(D_READ, "test_device1"), Err(D_ALREADY_OPEN));
        assert_eq!(g.deallocate(again), OK);
        assert!(g.try_open(D_READ, "test_device1").is_ok());
    });
}

#[test]
fn status_counts() {
    both_profiles(|g| {
        let (timer, screen) = (g.open("timer0"), g.open("screen0"));
        let test = g.open("test_device0");
        assert_eq!(g.status(timer, 0, 2), Ok(vec![0, 1]));
        assert_eq!(g.status(timer, 0, 1024), Ok(vec![0, 1]), "exactly 2");
        assert_eq!(g.status(timer, 0x54_0001, 1024).map(|s| s.len()), Ok(2));
        assert_eq!(g.status(timer, 0x54_0002, 1024), Ok(vec![16_000]));
        assert_eq!(g.status(timer, 0x54_0003, 1024).map(|s| s.len()), Ok(2));
        assert_eq!(g.status(test, 0, 1024), Ok(vec![]), "success, count 0");
        assert_eq!(g.status(screen, 0x76_0001, 1024).map(|s| s.len()), Ok(23));
        assert_eq!(g.status(screen, 0x76_0001, 5).map(|s| s.len()), Ok(5));
        assert_eq!(g.status(timer, 1, 2), Err(D_INVALID_OPERATION), "GNU's");
        // By trap: the caller's array is the limit, its beginning is filled.
        let count = g.words(&[2]);
        let status = g.guarded(8);
        assert_eq!(g.trap(-205, &[timer, 0, status.at, count]), OK);
        assert_eq!(
            (g.read(count), status.bytes(g)),
            (2, vec![0, 0, 0, 0, 0, 0, 0, 1])
        );
        let status = g.guarded(4);
        g.write(count, 1);
        assert_eq!(
            g.trap(-205, &[timer, 0, status.at, count]),
            MIG_ARRAY_TOO_LARGE
        );
        assert_eq!((g.read(count), status.bytes(g)), (2, vec![0; 4]));
    });
}

/// With neither option `mach_msg` does nothing and succeeds.
#[test]
fn msg_nothing() {
    both_profiles(|g| {
        let port = g.reply_port();
        for name in [port, 0, PORT_DEAD] {
            assert_eq!(g.mach_msg(0, &[], 100, name, 0), OK);
            assert!(g.buffer_bytes().iter().all(|&byte| byte == 0xA5));
        }
        assert_eq!(g.trap(-32, &[NOWHERE, 0, 7, 7, 7, 7, 7, 7, 7]), OK);
    });
}

#[test]
fn trailer_sizes() {
    both_profiles(|g| {
        let (task, reply) = (g.task_self(), g.reply_port());
        let ask = request("mach_port_type", task, reply, &[W(task)]);
        let asked = [(0, 8), (1, 12), (2, 20), (1, 12)];
        for (sequence, (elements, size)) in (0..).zip(asked) {
            // Just room enough.
            let option = SEND | RCV | elements << 24;
            assert_eq!(g.mach_msg(option, &ask, 40 + size, reply, 0), OK);
            let bytes = g.buffer_bytes();
            assert_eq!(
                [word(&bytes, 4), word(&bytes, 40), word(&bytes, 44)],
                [40, 0, size]
            );
            if elements > 0 {
                assert_eq!(word(&bytes, 48), sequence, "one more for each message");
            }
            if elements > 1 {
                assert_eq!([word(&bytes, 52), word(&bytes, 56)], [0, 1], "the kernel's");
            }
            let end = 40 + size as usize;
            assert!(bytes[end..].iter().all(|&byte| byte == 0xA5));
        }
        for option in [0x1000_0000, 0xF100_0000] {
            assert_eq!(g.send(&ask), OK);
            let code = g.mach_msg(RCV | option, &[], 100, reply, 0);
            assert_eq!(code, RCV_INVALID_TRAILER, "{option:#x}");
        }
    });
}

#[test]
fn rcv_too_large() {
    both_profiles(|g| {
        let (task, reply) = (g.task_self(), g.reply_port());
        let ask = request("mach_port_type", task, reply, &[W(task)]);
        // A reply of 40 bytes and its trailer of 8.
        let code = g.mach_msg(SEND | RCV, &ask, 44, reply, 0);
        assert_eq!(code, RCV_TOO_LARGE);
        let bytes = g.buffer_bytes();
        assert_eq!(
            [word(&bytes, 4), word(&bytes, 20)],
            [40, 3301],
            "its real size"
        );
        assert!(g.is_quiet(reply), "it is destroyed");
        let code = g.mach_msg(SEND | RCV | RCV_LARGE, &ask, 44, reply, 0);
        assert_eq!(code, RCV_TOO_LARGE);
        assert_eq!(word(&g.buffer_bytes(), 4), 40);
        let kept = g.receive(reply);
        assert_eq!((kept.id(), kept.code()), (3301, OK), "kept in the queue");
        assert!(g.is_quiet(reply));
    });
}

#[test]
fn reply_disposition_17() {
    both_profiles(|g| {
        let (master, host) = (g.master(), g.host_self());
        let open = open_values(1, b"screen0\0");
        let opened = g.rpc("device_open", master, &open);
        let screen = opened.port().expect("screen0");
        let mapped = g.rpc("device_map", screen, &[W(1), W(0), W(4096), W(0)]);
        let created = g.rpc("io_done_queue_create", host, &[]);
        for reply in [opened, mapped, created] {
            assert_eq!((reply.word(0), reply.bytes.len()), (0x8000_1200, 40));
            assert_eq!(reply.word(24), 1, "one descriptor");
            assert_eq!(reply.bytes[32..40], [0, 0, 0, 0, 0, 0, 17, 0]);
        }
    });
}

/// The request half: a reply port of one's own, several requests before the first reply.
#[test]
fn request_form_own_port() {
    both_profiles(|g| {
        let (timer, test) = (g.open("timer0"), g.open("test_device0"));
        let (slow, quick) = (g.reply_port(), g.reply_port());
        let values = [W(0), W(5_000), W(8)];
        assert_eq!(
            g.send(&request("device_read_inband", timer, slow, &values)),
            OK
        );
        let values = [W(0), W(0), W(300)];
        assert_eq!(
            g.send(&request("device_read_inband", test, quick, &values)),
            OK
        );
        let reply = g.receive(quick);
        assert_eq!((reply.id(), reply.word(36)), (2905, 128));
        assert_eq!(reply.word(12), quick);
        assert!(g.is_quiet(slow), "not yet");
        let reply = g.receive(slow);
        assert_eq!((reply.id(), reply.word(36)), (2905, 8));
        // By trap, with plain names of ports.
        let at = g.words(&[1, 2, 3, 4]);
        assert_eq!(g.trap(-78, &[test, quick, 0, 0, 20]), OK);
        assert_eq!(g.trap(-80, &[test, slow, 0, 0, at, 16]), OK);
        assert_eq!(g.trap(-82, &[test, slow, 0, 0, 16, at]), OK);
        let read = g.receive(quick);
        assert_eq!((read.id(), read.ool().1), (2904, 20));
        let (first, second) = (g.receive(slow), g.receive(slow));
        assert_eq!((first.id(), first.word(36)), (2902, 16));
        assert_eq!((second.id(), second.word(36)), (2913, 16));
        assert_eq!(g.read(at), 0x7800_0000);
    });
}

#[test]
fn port_set_replies() {
    both_profiles(|g| {
        let (timer, set) = (g.open("timer0"), g.allocate(RIGHT_PORT_SET));
        let ports = [(); 3].map(|()| g.reply_port());
        for port in ports {
            assert_eq!(g.on_task("mach_port_move_member", &[W(port), W(set)]), OK);
        }
        for (port, micros) in ports.into_iter().zip([9_000, 3_000, 6_000]) {
            let values = [W(0), W(micros), W(8)];
            assert_eq!(
                g.send(&request("device_read_inband", timer, port, &values)),
                OK
            );
        }
        for port in [ports[1], ports[2], ports[0]] {
            let reply = g.receive(set);
            assert_eq!((reply.id(), reply.code()), (2905, OK));
            assert_eq!(reply.word(12), port, "the member that it came to");
        }
        let single = g.try_receive(ports[0], 0);
        assert_eq!(single.err(), Some(RCV_IN_SET));
    });
}

#[test]
fn dead_name_notification() {
    both_profiles(|g| {
        let (task, notify) = (g.task_self(), g.reply_port());
        for object in ["device", "queue"] {
            let name = match object {
                "device" => g.open("test_device0"),
                _ => g.queue(),
            };
            let values = [Port(notify, MAKE_SEND_ONCE), W(name), W(72), W(0)];
            let reply = g.rpc("mach_port_request_notification", task, &values);
            assert_eq!(
                (reply.is_complex(), reply.word(28)),
                (true, 0),
                "no previous"
            );
            assert_eq!(g.port_type(name), Ok(TYPE_SEND | 0x8000_0000));
            assert!(g.is_quiet(notify));
            match object {
                "device" => assert_eq!(g.close(name), OK),
                _ => assert_eq!(g.terminate(name), OK),
            }
            let notice = g.receive(notify);
            assert_eq!((notice.id(), notice.bytes.len()), (72, 36));
            assert_eq!(
                [notice.word(0), notice.word(12), notice.word(32)],
                [0x1200, notify, name]
            );
            assert_eq!(
                g.refs(name, RIGHT_DEAD_NAME),
                Ok(2),
                "one for the notification"
            );
        }
        assert!(g.is_quiet(notify));
    });
}

#[test]
fn ool_deallocate_flag() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let write = |g: &mut Guest, freed: bool| {
            let at = g.vm_allocate(8_192).expect("vm_allocate");
            let data = match freed {
                true => OolFreed(at + 100, 5_000),
                false => Ool(at + 100, 5_000),
            };
            let values = [data, W(0), W(0), W(5_000)];
            assert_eq!(g.rpc("device_write", device, &values).value(), Ok(5_000));
            at
        };
        let at = write(g, true);
        // Every page that the region touches is free: the next region is the same.
        let again = write(g, true);
        assert_eq!(again, at);
        let kept = write(g, false);
        assert_eq!(kept, at);
        let other = write(g, false);
        assert_ne!(other, kept, "still the client's");
        assert_eq!(g.vm_deallocate(kept, 8_192), OK);
        assert_eq!(g.vm_deallocate(other, 8_192), OK);
    });
}

#[test]
fn fallback_10000007() {
    both_profiles(|g| {
        let (task, queue, port) = (g.task_self(), g.queue(), g.reply_port());
        let (at, out) = (g.alloc(64), g.alloc(16));
        for device in [0, PORT_DEAD, task, queue, 0x0BAD_0003] {
            let calls: [(i32, [u32; 6]); 6] = [
                (-77, [device, 0, 0, 4, out, out]),
                (-78, [device, port, 0, 0, 4, 0]),
                (-79, [device, 0, 0, at, 4, out]),
                (-80, [device, port, 0, 0, at, 4]),
                (-81, [device, 0, 0, 4, at, out]),
                (-82, [device, port, 0, 0, 4, at]),
            ];
            for (trap, arguments) in calls {
                let code = g.trap(trap, &arguments);
                assert_eq!(code, SEND_INTERRUPTED, "trap {trap} on {device:#x}");
            }
        }
        assert!(g.is_quiet(port));
        // Slots of the table that are not implemented, and those that never were.
        for trap in [-17, -35, -70, -76, -92, -100, -120, -177] {
            assert_eq!(g.trap(trap, &[]), SEND_INTERRUPTED, "trap {trap}");
        }
        for trap in [
            -1, -16, -18, -25, -33, -34, -41, -50, -178, -199, -211, -100_000,
        ] {
            assert_eq!(g.trap(trap, &[]), INVALID_ARGUMENT, "trap {trap}");
        }
        for trap in [-55, -56] {
            assert_eq!(g.trap(trap, &[]), 0, "a null port");
        }
        for trap in [0, 1, 4, 0x7FFF_FFFF] {
            assert_eq!(g.trap(trap, &[]), INVALID_ARGUMENT, "trap {trap}");
        }
    });
}
