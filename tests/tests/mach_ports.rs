//! Ports, rights, sets and messages between ports.
//!
//! Mach sheet 4.1 to 4.7.
#![forbid(unsafe_code)]

use Value::{Ints, Ool, OolPorts, Port, W};
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::{
    COPY_SEND, MAKE_SEND, MAKE_SEND_ONCE, MOVE_RECEIVE, MOVE_SEND, MOVE_SEND_ONCE, Value, message,
    request, word,
};
use tests::guest::mach::{RCV, RCV_TIMEOUT, SEND, SEND_TIMEOUT};
use tests::guest::{Guest, both_profiles};

const ID: u32 = 0x1234;

/// A receive right with a send right of the same name.
fn port_with_send(g: &mut Guest) -> u32 {
    let port = g.allocate(RIGHT_RECEIVE);
    let values = [Port(port, MAKE_SEND), W(port)];
    assert_eq!(g.on_task("mach_port_insert_right", &values), OK);
    port
}

/// A simple message to a port of the program's own, copying its send right.
fn simple(port: u32, id: u32) -> Vec<u8> {
    message(u32::from(COPY_SEND), (port, 0), id, "", &[])
}

/// A message with one descriptor.
fn with_descriptor(port: u32, letter: &str, value: Value<'_>) -> Vec<u8> {
    message(u32::from(COPY_SEND), (port, 0), ID, letter, &[value])
}

fn mod_refs(g: &mut Guest, name: u32, right: u32, delta: i32) -> u32 {
    let values = [W(name), W(right), W(delta as u32)];
    g.on_task("mach_port_mod_refs", &values)
}

#[test]
fn names_are_deterministic_and_show_reuse() {
    both_profiles(|g| {
        let first = g.allocate(RIGHT_RECEIVE);
        assert_eq!(first & 0xFF, 3, "the first use of an index");
        assert_eq!(g.on_task("mach_port_destroy", &[W(first)]), OK);
        let second = g.allocate(RIGHT_RECEIVE);
        assert_eq!(second, first + 4, "the index is used again");
        assert_eq!(
            g.port_type(first),
            Err(INVALID_NAME),
            "the old name is no name"
        );
        let third = g.allocate(RIGHT_RECEIVE);
        assert_eq!(third, (first & !0xFF) + 0x103);
    });
}

#[test]
fn allocate_by_message_and_by_trap() {
    both_profiles(|g| {
        let task = g.task_self();
        let out = g.words(&[0]);
        for (right, kind) in [
            (RIGHT_RECEIVE, TYPE_RECEIVE),
            (RIGHT_PORT_SET, TYPE_PORT_SET),
            (RIGHT_DEAD_NAME, TYPE_DEAD_NAME),
        ] {
            let by_message = g.allocate(right);
            assert_eq!(g.trap(-72, &[task, right, out]), OK);
            let by_trap = g.read(out);
            for name in [by_message, by_trap] {
                assert_eq!(g.port_type(name), Ok(kind));
                assert_eq!(g.refs(name, right), Ok(1));
            }
        }
        for right in [RIGHT_SEND, RIGHT_SEND_ONCE, 5, 0xFFFF_FFFF] {
            let reply = g.rpc("mach_port_allocate", task, &[W(right)]);
            assert_eq!(reply.code(), INVALID_VALUE, "right {right}");
            assert_eq!(g.trap(-72, &[task, right, out]), INVALID_VALUE);
        }
        // Names of one's own.
        let name = 0x00C0_FFEE;
        let values = [W(RIGHT_RECEIVE), W(name)];
        assert_eq!(g.on_task("mach_port_allocate_name", &values), OK);
        assert_eq!(g.port_type(name), Ok(TYPE_RECEIVE));
        assert_eq!(g.on_task("mach_port_allocate_name", &values), NAME_EXISTS);
        assert_eq!(g.trap(-75, &[task, RIGHT_RECEIVE, name]), NAME_EXISTS);
        assert_eq!(g.trap(-75, &[task, RIGHT_PORT_SET, 7]), OK);
        assert_eq!(g.port_type(7), Ok(TYPE_PORT_SET));
        for name in [0, PORT_DEAD] {
            let code = g.trap(-75, &[task, RIGHT_RECEIVE, name]);
            assert_eq!(code, INVALID_VALUE, "{name:#x}");
        }
    });
}

#[test]
fn user_references() {
    both_profiles(|g| {
        let task = g.task_self();
        let port = port_with_send(g);
        assert_eq!(g.port_type(port), Ok(TYPE_SEND | TYPE_RECEIVE));
        assert_eq!(mod_refs(g, port, RIGHT_SEND, 3), OK);
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(4));
        assert_eq!(g.trap(-118, &[task, port, RIGHT_SEND, -1_i32 as u32]), OK);
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(3));
        assert_eq!(g.deallocate(port), OK);
        assert_eq!(g.trap(-73, &[task, port]), OK);
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(1));
        assert_eq!(mod_refs(g, port, RIGHT_SEND, -2), INVALID_VALUE);
        assert_eq!(mod_refs(g, port, RIGHT_DEAD_NAME, 1), INVALID_RIGHT);
        assert_eq!(mod_refs(g, port, 9, 1), INVALID_VALUE);
        assert_eq!(mod_refs(g, 0x0BAD_0003, RIGHT_SEND, 1), INVALID_NAME);
        assert_eq!(mod_refs(g, port, RIGHT_SEND, -1), OK);
        assert_eq!(
            g.port_type(port),
            Ok(TYPE_RECEIVE),
            "only the send right went"
        );
        assert_eq!(g.deallocate(port), INVALID_RIGHT, "not for receive rights");
        assert_eq!(mod_refs(g, port, RIGHT_RECEIVE, -1), OK);
        assert_eq!(g.port_type(port), Err(INVALID_NAME));
        assert_eq!(g.deallocate(port), OK, "a name that denotes nothing");
    });
}

#[test]
fn rename_and_destroy() {
    both_profiles(|g| {
        let task = g.task_self();
        let port = port_with_send(g);
        assert_eq!(g.on_task("mach_port_rename", &[W(port), W(0x77)]), OK);
        assert_eq!(g.port_type(port), Err(INVALID_NAME));
        assert_eq!(g.port_type(0x77), Ok(TYPE_SEND | TYPE_RECEIVE));
        assert_eq!(g.trap(-90, &[task, 0x77, 0x78]), OK);
        assert_eq!(g.send(&simple(0x78, ID)), OK);
        assert_eq!(g.receive(0x78).id(), ID);
        let other = g.allocate(RIGHT_RECEIVE);
        assert_eq!(g.trap(-90, &[task, 0x78, other]), NAME_EXISTS);
        assert_eq!(g.trap(-90, &[task, 0x79, 0x7A]), INVALID_NAME);
        assert_eq!(g.trap(-85, &[task, 0x78]), OK);
        assert_eq!(g.port_type(0x78), Err(INVALID_NAME), "both rights are gone");
        assert_eq!(g.on_task("mach_port_destroy", &[W(0x78)]), INVALID_NAME);
    });
}

#[test]
fn insert_and_extract_rights() {
    both_profiles(|g| {
        let task = g.task_self();
        let port = g.allocate(RIGHT_RECEIVE);
        let once = [W(port), W(u32::from(MAKE_SEND_ONCE))];
        let name = g.rpc("mach_port_extract_right", task, &once).port();
        let name = name.expect("a send-once right");
        assert_ne!(name, port, "each has a name of its own");
        assert_eq!(g.port_type(name), Ok(TYPE_SEND_ONCE));
        let send = [W(port), W(u32::from(MAKE_SEND))];
        assert_eq!(
            g.rpc("mach_port_extract_right", task, &send).port(),
            Ok(port)
        );
        assert_eq!(g.trap(-74, &[task, port, port, u32::from(MAKE_SEND)]), OK);
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(2));
        let values = [Port(port, MAKE_SEND), W(name)];
        let code = g.on_task("mach_port_insert_right", &values);
        assert!([NAME_EXISTS, 21].contains(&code), "{code}");
        let values = [Port(0, MOVE_SEND), W(0x99)];
        let code = g.on_task("mach_port_insert_right", &values);
        assert_eq!(code, INVALID_CAPABILITY, "no right at all");
        // A deallocated send-once right tells its port.
        assert_eq!(g.deallocate(name), OK);
        let notice = g.receive(port);
        assert_eq!((notice.id(), notice.bytes.len()), (71, 24));
        assert_eq!(notice.word(0), 0x1200);
    });
}

#[test]
fn names_of_a_task() {
    both_profiles(|g| {
        let task = g.task_self();
        let port = port_with_send(g);
        let set = g.allocate(RIGHT_PORT_SET);
        let reply = g.rpc("mach_port_names", task, &[]);
        assert_eq!((reply.bytes.len(), reply.word(24)), (68, 2));
        let count = reply.word(60);
        assert_eq!(
            [reply.word(64), reply.word(32), reply.word(44)],
            [count, 4 * count, 4 * count]
        );
        let pairs: Vec<(u32, u32)> = (0..count)
            .map(|n| {
                (
                    g.read(reply.word(28) + 4 * n),
                    g.read(reply.word(40) + 4 * n),
                )
            })
            .collect();
        assert!(pairs.contains(&(port, TYPE_SEND | TYPE_RECEIVE)));
        assert!(pairs.contains(&(set, TYPE_PORT_SET)));
        assert!(pairs.contains(&(task, TYPE_SEND)));
        for (name, kind) in pairs {
            if name != g.my_reply_port() {
                assert_eq!(g.port_type(name), Ok(kind), "{name:#x}");
            }
        }
    });
}

#[test]
fn sets_and_their_members() {
    both_profiles(|g| {
        let task = g.task_self();
        let (set, other) = (g.allocate(RIGHT_PORT_SET), g.allocate(RIGHT_PORT_SET));
        let ports = [(); 2].map(|()| port_with_send(g));
        for port in ports {
            assert_eq!(g.trap(-88, &[task, port, set]), OK);
        }
        let status = g.rpc("mach_port_get_set_status", task, &[W(set)]);
        let (at, size) = status.ool();
        assert_eq!((status.bytes.len(), size, status.word(48)), (52, 8, 2));
        let mut members = [g.read(at), g.read(at + 4)];
        members.sort_unstable();
        assert_eq!(members, ports);
        assert_eq!(g.try_receive(ports[0], 0).err(), Some(RCV_IN_SET));
        assert_eq!(g.trap(-88, &[task, ports[0], other]), OK, "to another set");
        assert_eq!(g.send(&simple(ports[0], 1)), OK);
        assert!(g.is_quiet(set));
        assert_eq!(g.receive(other).word(12), ports[0]);
        let remove = [W(ports[1]), W(0)];
        assert_eq!(g.on_task("mach_port_move_member", &remove), OK);
        assert_eq!(g.on_task("mach_port_move_member", &remove), NOT_IN_SET);
        assert!(g.is_quiet(ports[1]), "received by itself again");
        assert_eq!(g.trap(-88, &[task, set, other]), INVALID_RIGHT);
        assert_eq!(g.trap(-88, &[task, 0x0BAD_0003, other]), INVALID_NAME);
        // A set that goes away leaves its members.
        assert_eq!(g.on_task("mach_port_destroy", &[W(other)]), OK);
        assert!(g.is_quiet(ports[0]));
    });
}

#[test]
fn attributes_of_a_port() {
    both_profiles(|g| {
        let task = g.task_self();
        let port = port_with_send(g);
        let get = |g: &mut Guest, flavor, room| {
            let values = [W(port), W(flavor), W(room)];
            let reply = g.rpc("mach_port_get_attributes", task, &values);
            assert_eq!(reply.code(), OK);
            let count = reply.word(36);
            (0..count as usize)
                .map(|n| reply.word(40 + 4 * n))
                .collect::<Vec<_>>()
        };
        assert_eq!(get(g, 1, 10), [5], "the queue's limit");
        let set = [W(port), W(1), Ints(&[16])];
        assert_eq!(g.on_task("mach_port_set_attributes", &set), OK);
        assert_eq!(get(g, 1, 10), [16]);
        let set = [W(port), W(1), Ints(&[17])];
        assert_eq!(g.on_task("mach_port_set_attributes", &set), INVALID_VALUE);
        assert_eq!(g.send(&simple(port, ID)), OK);
        assert_eq!(g.on_task("mach_port_set_mscount", &[W(port), W(9)]), OK);
        let status = get(g, 2, 10);
        assert_eq!(status.len(), 10);
        assert_eq!(
            status[..5],
            [0, 0, 9, 16, 1],
            "set, seqno, mscount, limit, messages"
        );
        assert_eq!(status[6], 1, "there are senders");
        g.receive(port);
        assert_eq!(get(g, 2, 10)[1], 1, "the next sequence number");
    });
}

#[test]
fn rights_in_messages() {
    both_profiles(|g| {
        let to = port_with_send(g);
        let port = g.allocate(RIGHT_RECEIVE);
        let carry = |g: &mut Guest, name, kind| {
            let sent = g.send(&with_descriptor(to, "P", Port(name, kind)));
            assert_eq!(sent, OK);
            let reply = g.receive(to);
            assert!(reply.is_complex());
            (reply.word(28), reply.bytes[38])
        };
        assert_eq!(carry(g, port, MAKE_SEND), (port, MOVE_SEND));
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(1));
        assert_eq!(carry(g, port, COPY_SEND), (port, MOVE_SEND));
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(2), "what arrives adds one");
        assert_eq!(carry(g, port, MOVE_SEND), (port, MOVE_SEND));
        assert_eq!(g.refs(port, RIGHT_SEND), Ok(2));
        let (once, kind) = carry(g, port, MAKE_SEND_ONCE);
        assert_eq!(
            (kind, g.port_type(once)),
            (MOVE_SEND_ONCE, Ok(TYPE_SEND_ONCE))
        );
        let (again, kind) = carry(g, once, MOVE_SEND_ONCE);
        assert_eq!(
            (kind, g.port_type(again)),
            (MOVE_SEND_ONCE, Ok(TYPE_SEND_ONCE))
        );
        assert_eq!(carry(g, port, MOVE_RECEIVE), (port, MOVE_RECEIVE));
        assert_eq!(g.port_type(port), Ok(TYPE_SEND | TYPE_RECEIVE));
        for kind in [COPY_SEND, MAKE_SEND, MOVE_RECEIVE, MOVE_SEND_ONCE] {
            assert_eq!(carry(g, 0, kind).0, 0, "null whatever the disposition");
            assert_eq!(carry(g, PORT_DEAD, kind).0, PORT_DEAD);
        }
        // A right to a port that has died on the way.
        assert_eq!(g.send(&with_descriptor(to, "P", Port(port, COPY_SEND))), OK);
        assert_eq!(mod_refs(g, port, RIGHT_RECEIVE, -1), OK);
        assert_eq!(g.port_type(port), Ok(TYPE_DEAD_NAME));
        assert_eq!(g.receive(to).word(28), PORT_DEAD);
        let bad = with_descriptor(to, "P", Port(to + 0x1000, COPY_SEND));
        assert_eq!(g.send(&bad), SEND_INVALID_RIGHT);
        assert!(g.is_quiet(to), "nothing was sent");
    });
}

#[test]
fn out_of_line_data_and_ports() {
    both_profiles(|g| {
        let to = port_with_send(g);
        let bytes: Vec<u8> = (0..5000_u32).map(|n| n as u8).collect();
        let at = g.alloc(5000);
        g.write_bytes(at, &bytes);
        assert_eq!(g.send(&with_descriptor(to, "O", Ool(at, 5000))), OK);
        g.write_bytes(at, &[0xEE; 5000]);
        let (new, size) = g.receive(to).ool();
        assert_eq!((new % 4096, size), (0, 5000));
        assert_eq!(g.read_bytes(new, 5000), bytes, "as it was sent");
        assert_eq!(g.read_bytes(new + 5000, 3192), [0; 3192]);
        assert_eq!(g.vm_deallocate(new, 5000), OK);
        assert_eq!(g.send(&with_descriptor(to, "O", Ool(NOWHERE, 0))), OK);
        assert_eq!(g.receive(to).ool(), (0, 0), "the address does not matter");
        let bad = with_descriptor(to, "O", Ool(NOWHERE, 4));
        assert_eq!(g.send(&bad), SEND_INVALID_MEMORY);
        // Two ports, one of them null.
        let ports = g.words(&[to, 0]);
        let sent = g.send(&with_descriptor(to, "O", OolPorts(ports, 2, COPY_SEND)));
        assert_eq!(sent, OK);
        let reply = g.receive(to);
        let new = reply.word(28);
        assert_eq!(reply.word(32), 2);
        assert_eq!(reply.bytes[38..40], [MOVE_SEND, 2]);
        assert_eq!([g.read(new), g.read(new + 4)], [to, 0]);
        let mut unknown = with_descriptor(to, "P", Port(0, COPY_SEND));
        unknown[39] = 9;
        assert_eq!(g.send(&unknown), SEND_INVALID_TYPE);
        unknown.truncate(36);
        assert_eq!(g.send(&unknown), SEND_MSG_TOO_SMALL);
        assert!(g.is_quiet(to));
    });
}

#[test]
fn headers_that_are_refused() {
    both_profiles(|g| {
        let to = port_with_send(g);
        let good = simple(to, ID);
        for bits in [0, 16, 15, 22, 255] {
            let bad = message(bits, (to, 0), ID, "", &[]);
            assert_eq!(g.send(&bad), SEND_INVALID_HEADER, "bits {bits:#x}");
        }
        for name in [0, PORT_DEAD, to + 0x1000] {
            assert_eq!(g.send(&simple(name, ID)), SEND_INVALID_DEST);
        }
        let reply = message(0x1513, (to, to + 0x1000), ID, "", &[]);
        assert_eq!(g.send(&reply), SEND_INVALID_REPLY);
        let reply = message(0x0013, (to, to), ID, "", &[]);
        assert_eq!(g.send(&reply), SEND_INVALID_HEADER, "a name without bits");
        for size in [0, 20, 23] {
            assert_eq!(g.send(&good[..size]), SEND_MSG_TOO_SMALL);
        }
        for more in 1..4 {
            let long = [&good[..], &vec![0; more]].concat();
            assert_eq!(g.send(&long), SEND_MSG_TOO_SMALL, "not a multiple of 4");
        }
        assert!(g.is_quiet(to));
        // What does not matter: the size in the header, unused bits, the reserved word.
        let mut odd = good.clone();
        odd[0..4].copy_from_slice(&(0x1FFF_0000_u32 | 19).to_be_bytes());
        odd[4..8].copy_from_slice(&[0xDE; 4]);
        odd[16..20].copy_from_slice(&[0xAD; 4]);
        assert_eq!(g.send(&odd), OK);
        let got = g.receive(to);
        let words = [0, 4, 8, 12, 16, 20].map(|at| got.word(at));
        assert_eq!(words, [u32::from(MOVE_SEND) << 8, 24, 0, to, 0, ID]);
    });
}

#[test]
fn replies_swap_the_header() {
    both_profiles(|g| {
        let (to, back) = (port_with_send(g), g.reply_port());
        let sent = message(0x1513, (to, back), ID, "", &[]);
        assert_eq!(g.send(&sent), OK);
        let got = g.receive(to);
        assert_eq!(
            got.word(0),
            u32::from(MOVE_SEND_ONCE) | u32::from(MOVE_SEND) << 8
        );
        let once = got.word(8);
        assert_eq!((got.word(12), g.port_type(once)), (to, Ok(TYPE_SEND_ONCE)));
        let answer = message(u32::from(MOVE_SEND_ONCE), (once, 0), 77, "", &[]);
        assert_eq!(g.send(&answer), OK);
        assert_eq!(g.receive(back).id(), 77);
        assert_eq!(g.port_type(once), Err(INVALID_NAME), "used up");
        assert_eq!(g.send(&answer), SEND_INVALID_DEST);
    });
}

#[test]
fn receiving_that_fails() {
    both_profiles(|g| {
        let port = port_with_send(g);
        let queue = g.queue();
        for name in [0, PORT_DEAD, 0x0BAD_0003, queue] {
            let code = g.try_receive(name, 0).err();
            assert_eq!(code, Some(RCV_INVALID_NAME), "{name:#x}");
        }
        assert_eq!(g.try_receive(port, 0).err(), Some(RCV_TIMED_OUT));
        let begun = g.now().0;
        assert_eq!(g.try_receive(port, 30).err(), Some(RCV_TIMED_OUT));
        let took = (g.now().0 - begun) / 12_500;
        assert!((30..=50).contains(&took), "{took} ms");
        // The buffer cannot be written.
        assert_eq!(g.send(&simple(port, ID)), OK);
        let arguments = [NOWHERE, RCV, 0, 100, port, 0, 0, 0, 0];
        assert_eq!(g.trap(-32, &arguments), RCV_INVALID_DATA);
        // Whether that message is gone is nowhere said.
        while g.try_receive(port, 0).is_ok() {}
        // A buffer of its own for what comes.
        assert_eq!(g.send(&simple(port, 5)), OK);
        let buffer = g.guarded(32);
        let arguments = [NOWHERE, RCV, 0, 32, port, 0, 0, buffer.at, 0];
        assert_eq!(g.trap(-32, &arguments), OK);
        assert_eq!(word(&buffer.bytes(g), 20), 5);
    });
}

#[test]
fn receivers_that_lose_their_port() {
    both_profiles(|g| {
        let task = g.task_self();
        let (port, set) = (g.allocate(RIGHT_RECEIVE), g.allocate(RIGHT_PORT_SET));
        let thread = g.create_thread("receiver");
        for (change, code) in [("moved", RCV_PORT_CHANGED), ("gone", RCV_PORT_DIED)] {
            if change == "gone" {
                assert_eq!(g.trap(-88, &[task, port, 0]), OK);
            }
            g.on(thread).begin_msg(RCV, &[], 100, port, 0);
            g.advance_micros(2_000);
            assert!(g.is_blocked(thread));
            match change {
                "moved" => assert_eq!(g.trap(-88, &[task, port, set]), OK),
                _ => assert_eq!(g.trap(-85, &[task, port]), OK),
            }
            assert_eq!(g.returns_within(thread, 10_000), Some(code), "{change}");
        }
    });
}

#[test]
fn full_queues_block_senders() {
    both_profiles(|g| {
        let port = port_with_send(g);
        for n in 0..5 {
            assert_eq!(g.send(&simple(port, n)), OK);
        }
        let option = SEND | SEND_TIMEOUT;
        let code = g.mach_msg(option, &simple(port, 5), 0, 0, 20);
        assert_eq!(code, SEND_TIMED_OUT);
        let thread = g.create_thread("sender");
        g.on(thread).begin_msg(SEND, &simple(port, 6), 0, 0, 0);
        g.advance_micros(5_000);
        assert!(g.is_blocked(thread), "the queue holds 5");
        let once = message(0x15, (port, 0), 7, "", &[]);
        assert_eq!(g.send(&once), OK, "send-once rights ignore the limit");
        // Six lie there now: the second to go makes room.
        assert_eq!(g.receive(port).id(), 0);
        assert_eq!(g.receive(port).id(), 1);
        assert_eq!(g.returns_within(thread, 10_000), Some(OK));
        let rest: Vec<u32> = (0..5).map(|_| g.receive(port).id()).collect();
        assert_eq!(rest, [2, 3, 4, 7, 6]);
        assert!(g.is_quiet(port));
    });
}

#[test]
fn send_and_receive_in_one_call_wakes_a_receiver() {
    both_profiles(|g| {
        let (to, back) = (port_with_send(g), g.reply_port());
        let thread = g.create_thread("server");
        g.on(thread).begin_msg(RCV, &[], 100, to, 0);
        g.advance_micros(2_000);
        let ask = message(0x1513, (to, back), ID, "", &[]);
        g.begin_msg(SEND | RCV | RCV_TIMEOUT, &ask, 100, back, 1_000);
        assert_eq!(g.returns_within(thread, 10_000), Some(OK));
        let got = g.on(thread).buffer_bytes();
        assert_eq!(word(&got, 20), ID);
        let once = word(&got, 8);
        let answer = message(u32::from(MOVE_SEND_ONCE), (once, 0), 88, "", &[]);
        assert_eq!(g.on(thread).send(&answer), OK);
        assert_eq!(g.finish_trap(), OK);
        assert_eq!(word(&g.buffer_bytes(), 20), 88);
    });
}

#[test]
fn no_senders_and_port_destroyed() {
    both_profiles(|g| {
        let task = g.task_self();
        let (port, notify) = (port_with_send(g), g.reply_port());
        let values = [Port(notify, MAKE_SEND_ONCE), W(port), W(70), W(0)];
        let reply = g.rpc("mach_port_request_notification", task, &values);
        assert_eq!(reply.port(), Ok(0));
        assert!(g.is_quiet(notify));
        assert_eq!(g.deallocate(port), OK);
        let notice = g.receive(notify);
        assert_eq!(
            (notice.id(), notice.bytes.len(), notice.word(32)),
            (70, 36, 1)
        );
        // The receive right itself comes when the port would be destroyed.
        let values = [Port(notify, MAKE_SEND_ONCE), W(port), W(69), W(0)];
        let reply = g.rpc("mach_port_request_notification", task, &values);
        assert_eq!(reply.port(), Ok(0));
        assert_eq!(g.on_task("mach_port_destroy", &[W(port)]), OK);
        let notice = g.receive(notify);
        assert_eq!((notice.id(), notice.bytes.len()), (69, 40));
        assert_eq!(notice.bytes[38], MOVE_RECEIVE);
        assert_eq!(g.port_type(notice.word(28)), Ok(TYPE_RECEIVE));
        // A dead-name request for a name that is dead already, sync set.
        let dead = g.allocate(RIGHT_DEAD_NAME);
        let out = g.words(&[0]);
        let arguments = [task, dead, 72, 1, notify, u32::from(MAKE_SEND_ONCE), out];
        assert_eq!(g.trap(-119, &arguments), OK);
        let notice = g.receive(notify);
        assert_eq!((notice.id(), notice.word(32)), (72, dead));
        assert_eq!(g.refs(dead, RIGHT_DEAD_NAME), Ok(2));
    });
}

#[test]
fn a_reply_port_that_is_gone_drops_the_reply() {
    both_profiles(|g| {
        let (timer, reply) = (g.open("timer0"), g.reply_port());
        let values = [W(0), W(5_000), W(8)];
        let ask = request("device_read_inband", timer, reply, &values);
        assert_eq!(g.send(&ask), OK);
        assert_eq!(mod_refs(g, reply, RIGHT_RECEIVE, -1), OK);
        g.advance_micros(20_000);
        assert_eq!(g.port_type(reply), Err(INVALID_NAME));
        assert!(g.read_inband(timer, 0, 100, 8).is_ok(), "and all goes on");
    });
}
