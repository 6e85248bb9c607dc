//! One test a rule.

use super::*;
use Disposition::{CopySend, MakeSend, MakeSendOnce, MoveReceive, MoveSend};
use KernReturn::*;

const MAX: i32 = UREFS_MAX as i32;

#[test]
fn names_carry_generations_and_skip_chosen_ones() {
    let mut w = World::new();
    assert_eq!([w.port(0), w.port(0), w.port(0)], [0x103, 0x203, 0x303]);
    w.spaces[0].destroy(&mut w.ports, 0x103).unwrap();
    w.spaces[0]
        .allocate_name(&mut w.ports, RightKind::DeadName, 0x107)
        .unwrap();
    assert_eq!(w.port(0), 0x10b);
    for name in [PORT_NULL, PORT_DEAD] {
        assert_eq!(
            w.spaces[0].allocate_name(&mut w.ports, RightKind::Receive, name),
            Err(InvalidValue)
        );
    }
    assert_eq!(
        w.spaces[0].allocate_name(&mut w.ports, RightKind::Receive, 0x107),
        Err(NameExists)
    );
    assert_eq!(
        w.spaces[0].allocate(&mut w.ports, RightKind::Send),
        Err(InvalidValue)
    );
    assert_eq!(w.ports.len(), 3);
}

#[test]
fn a_chosen_name_cannot_use_up_all_memory() {
    let mut w = World::new();
    for _ in 0..NAMES_MAX {
        w.spaces[0]
            .allocate(&mut w.ports, RightKind::DeadName)
            .unwrap();
    }
    assert_eq!(
        w.spaces[0].allocate(&mut w.ports, RightKind::Receive),
        Err(NoSpace)
    );
    assert_eq!(w.ports.len(), 0);
}

/// Mach sheet 6.3, `same_port_twice` without its device.
#[test]
fn a_send_right_received_twice_is_one_name_with_two_references() {
    let mut w = World::new();
    let device = w.ports.create_kernel(KernelObject::Device(1));
    let names = [0, 1].map(|_| {
        let right = w.ports.make_send(device);
        w.give(0, right)
    });
    assert_eq!(names[0], names[1]);
    assert_eq!(w.refs(0, names[0], RightKind::Send), 2);
    assert_eq!(w.ports.get(device).unwrap().send_rights, 1);
}

/// Mach sheet 6.3, `close_makes_dead`; 6.1, P10: such a name can be destroyed.
#[test]
fn the_death_of_a_port_makes_dead_names_with_their_references() {
    let mut w = World::new();
    let device = w.ports.create_kernel(KernelObject::Device(1));
    let right = w.ports.make_send(device);
    let name = w.give(0, right);
    w.spaces[0]
        .mod_refs(&mut w.ports, name, RightKind::Send, 2)
        .unwrap();
    let held = w.ports.make_send(device);
    w.ports.destroy_kernel(device);
    assert_eq!(w.ports.take_events(), [Event::Died(device)]);
    assert_eq!(w.kind(0, name), Ok(RightKind::DeadName.type_bit()));
    assert_eq!(w.refs(0, name, RightKind::DeadName), 3);
    assert_eq!(w.give(1, held), PORT_DEAD);
    assert_eq!(
        w.spaces[0].mod_refs(&mut w.ports, name, RightKind::Send, 1),
        Err(InvalidRight)
    );
    w.spaces[0].destroy(&mut w.ports, name).unwrap();
    assert_eq!(w.spaces[0].destroy(&mut w.ports, name), Err(InvalidName));
    assert_eq!(w.spaces[0].deallocate(&mut w.ports, name), Ok(()));
}

/// Mach sheet 6.3, `no_senders_closes`.
#[test]
fn the_last_send_right_of_a_kernel_port_is_told() {
    let mut w = World::new();
    let object = KernelObject::Device(1);
    let port = w.ports.create_kernel(object);
    let right = w.ports.make_send(port);
    let name = w.give(0, right);
    w.spaces[0]
        .mod_refs(&mut w.ports, name, RightKind::Send, 1)
        .unwrap();
    w.spaces[0].deallocate(&mut w.ports, name).unwrap();
    assert_eq!(w.ports.take_events(), []);
    w.spaces[0].deallocate(&mut w.ports, name).unwrap();
    assert_eq!(w.ports.take_events(), [Event::NoSenders { port, object }]);
}

/// Mach sheet 6.3, `dead_name_notification`.
#[test]
fn a_dead_name_notification_adds_a_reference() {
    let mut w = World::new();
    let (port, notify) = (w.port(0), w.port(1));
    let right = w.take(0, port, MakeSend);
    let name = w.give(1, right);
    let once = w.take(1, notify, MakeSendOnce);
    let asked = w.spaces[1].request_notification(&mut w.ports, name, DEAD_NAME, 0, once);
    assert_eq!(asked, Ok(Right::Null));
    assert_eq!(
        w.kind(1, name),
        Ok(RightKind::Send.type_bit() | TYPE_DNREQUEST)
    );
    w.spaces[1].rename(&mut w.ports, name, 0x777).unwrap();
    w.spaces[0].destroy(&mut w.ports, port).unwrap();
    let told = w.message(1, notify);
    assert_eq!(
        (told.id, told.size, told.local, told.bits),
        (DEAD_NAME, 36, notify, 18 << 8)
    );
    assert_eq!(told.body[8..], [0, 0, 7, 0x77]);
    assert_eq!(w.refs(1, 0x777, RightKind::DeadName), 2);
    let once = w.take(1, notify, MakeSendOnce);
    w.spaces[1]
        .request_notification(&mut w.ports, 0x777, DEAD_NAME, 1, once)
        .unwrap();
    assert_eq!(w.message(1, notify).id, DEAD_NAME);
    assert_eq!(w.refs(1, 0x777, RightKind::DeadName), 3);
}

#[test]
fn a_name_that_goes_sends_port_deleted_and_an_unused_right_send_once() {
    let mut w = World::new();
    let (port, notify) = (w.port(0), w.port(0));
    let once = w.take(0, notify, MakeSendOnce);
    w.spaces[0]
        .request_notification(&mut w.ports, port, DEAD_NAME, 0, once)
        .unwrap();
    w.spaces[0].destroy(&mut w.ports, port).unwrap();
    let told = w.message(0, notify);
    assert_eq!(
        (told.id, &told.body[8..]),
        (PORT_DELETED, &port.to_be_bytes()[..])
    );
    let once = w.take(0, notify, MakeSendOnce);
    let name = w.give(1, once);
    w.spaces[1].deallocate(&mut w.ports, name).unwrap();
    let told = w.message(0, notify);
    assert_eq!((told.id, told.size), (SEND_ONCE, 24));
}

#[test]
fn port_destroyed_brings_the_receive_right_back() {
    let mut w = World::new();
    let (port, notify) = (w.port(0), w.port(1));
    let once = w.take(1, notify, MakeSendOnce);
    w.spaces[0]
        .request_notification(&mut w.ports, port, PORT_DESTROYED, 0, once)
        .unwrap();
    w.spaces[0].destroy(&mut w.ports, port).unwrap();
    let told = w.message(1, notify);
    assert_eq!((told.id, told.size), (PORT_DESTROYED, 40));
    let [OutItem::Port(name, 16)] = told.items[..] else {
        panic!("{told:?}")
    };
    assert_eq!(w.kind(1, name), Ok(RightKind::Receive.type_bit()));
    assert_eq!(w.ports.len(), 2);
}

#[test]
fn no_senders_tells_the_make_send_count() {
    let mut w = World::new();
    let (port, notify) = (w.port(0), w.port(0));
    let right = w.take(0, port, MakeSend);
    let once = w.take(0, notify, MakeSendOnce);
    w.spaces[0]
        .request_notification(&mut w.ports, port, NO_SENDERS, 1, once)
        .unwrap();
    w.ports.release(right);
    assert_eq!(w.message(0, notify).body[8..], [0, 0, 0, 1]);
    // Nobody can send now: it fires at once, unless a send right is known to come.
    for (sync, fires) in [(1, true), (2, false)] {
        let once = w.take(0, notify, MakeSendOnce);
        w.spaces[0]
            .request_notification(&mut w.ports, port, NO_SENDERS, sync, once)
            .unwrap();
        assert_eq!(w.receive(0, notify).unwrap() != Receipt::Empty, fires);
    }
}

#[test]
fn too_many_references_overflow_for_calls_and_stop_for_messages() {
    let mut w = World::new();
    let port = w.port(0);
    let right = w.take(0, port, MakeSend);
    let name = w.give(1, right);
    w.spaces[1]
        .mod_refs(&mut w.ports, name, RightKind::Send, MAX - 1)
        .unwrap();
    assert_eq!(
        w.spaces[1].mod_refs(&mut w.ports, name, RightKind::Send, 1),
        Err(UrefsOverflow)
    );
    let right = w.take(0, port, MakeSend);
    assert_eq!(
        w.spaces[1].insert_right(&mut w.ports, name, right),
        Err(UrefsOverflow)
    );
    let right = w.take(0, port, MakeSend);
    assert_eq!(w.give(1, right), name);
    assert_eq!(w.refs(1, name, RightKind::Send), UREFS_MAX);
    assert_eq!(
        w.spaces[1].mod_refs(&mut w.ports, name, RightKind::Send, -MAX - 1),
        Err(InvalidValue)
    );
    assert_eq!(
        w.spaces[1].mod_refs(&mut w.ports, name, RightKind::Receive, -1),
        Err(InvalidRight)
    );
    assert_eq!(
        w.spaces[0].mod_refs(&mut w.ports, port, RightKind::Receive, 1),
        Err(InvalidValue)
    );
}

#[test]
fn insert_right_says_what_is_in_the_way() {
    let mut w = World::new();
    let (port, other) = (w.port(0), w.port(1));
    let right = w.take(0, port, MakeSend);
    w.spaces[1]
        .insert_right(&mut w.ports, 0x5000, right)
        .unwrap();
    for (name, code) in [
        (0, InvalidValue),
        (other, NameExists),
        (0x6000, RightExists),
    ] {
        let right = w.take(0, port, MakeSend);
        assert_eq!(
            w.spaces[1].insert_right(&mut w.ports, name, right),
            Err(code)
        );
    }
    assert_eq!(
        w.spaces[1].insert_right(&mut w.ports, 0x7000, Right::Dead),
        Err(InvalidCapability)
    );
    assert_eq!(w.refs(1, 0x5000, RightKind::Send), 1);
    let right = w.take(0, port, MoveReceive);
    w.spaces[1]
        .insert_right(&mut w.ports, 0x5000, right)
        .unwrap();
    assert_eq!(w.refs(1, 0x5000, RightKind::Receive), 1);
    assert_eq!(w.kind(0, port), Err(InvalidName));
}

/// Mach sheet 6.3, `reply_disposition_17`, and the first rows of the table in 4.1.
#[test]
fn header_rights_arrive_swapped() {
    let mut w = World::new();
    let (port, reply) = (w.port(0), w.port(1));
    let right = w.take(0, port, MakeSend);
    let name = w.give(1, right);
    let bits = CopySend as u32 | (MakeSend as u32) << 8;
    w.send(
        1,
        Outgoing {
            bits,
            local: reply,
            ..to(name, 0)
        },
    )
    .unwrap();
    let got = w.message(0, port);
    assert_eq!(
        (got.bits, got.local, got.id, got.seqno),
        (17 << 8 | 17, port, 7, 0)
    );
    w.send(0, to(got.remote, MoveSend as u32)).unwrap();
    assert_eq!(w.kind(0, got.remote), Err(InvalidName));
    assert_eq!(w.message(1, reply).bits, 17 << 8);
}

#[test]
fn a_bad_header_changes_nothing_and_says_which_part() {
    let mut w = World::new();
    let port = w.port(0);
    let right = w.take(0, port, MakeSend);
    w.give(0, right);
    let before = (w.ports.clone(), w.spaces.clone());
    let (invalid_dest, invalid_reply) =
        (MsgReturn::SEND_INVALID_DEST, MsgReturn::SEND_INVALID_REPLY);
    for (bits, remote, local, code) in [
        (19, 0, 0, invalid_dest),
        (19, PORT_DEAD, 0, invalid_dest),
        (18, port, 0, invalid_dest),
        (16, port, 0, MsgReturn::SEND_INVALID_HEADER),
        (19, port, port, MsgReturn::SEND_INVALID_HEADER),
        (19 | 21 << 8, port, 0x999, invalid_reply),
        (17 | 17 << 8, port, port, invalid_reply),
    ] {
        assert_eq!(
            w.send(
                0,
                Outgoing {
                    bits,
                    local,
                    ..to(remote, 0)
                }
            ),
            Err(code),
            "{bits:x}"
        );
    }
    assert_eq!((w.ports, w.spaces), before);
}

#[test]
fn a_bad_right_in_the_body_lets_go_of_those_before_it() {
    let mut w = World::new();
    let (port, moved) = (w.port(0), w.port(0));
    let items = vec![OutItem::Port(moved, 16), OutItem::Port(0x999, 19)];
    let sent = w.send(
        0,
        Outgoing {
            items,
            ..to(port, 0x8000_0000 | 20)
        },
    );
    assert_eq!(sent, Err(MsgReturn::SEND_INVALID_RIGHT));
    assert_eq!((w.kind(0, moved), w.ports.len()), (Err(InvalidName), 1));
    assert_eq!(
        w.ports
            .get(w.spaces[0].by_port.keys().next().copied().unwrap())
            .unwrap()
            .send_rights,
        0
    );
}

#[test]
fn a_full_queue_blocks_send_rights_only_and_gives_back() {
    let mut w = World::new();
    let port = w.port(0);
    for _ in 0..5 {
        assert_eq!(w.send(0, to(port, 20)), Ok(Sent::Queued));
    }
    assert_eq!(w.send(0, to(port, 21)), Ok(Sent::Queued));
    let right = w.take(0, port, MakeSend);
    let name = w.give(1, right);
    let Ok(Sent::WouldBlock(message)) = w.send(1, to(name, 17)) else {
        panic!()
    };
    let back = w.spaces[1].give_back(&mut w.ports, message);
    assert_eq!(
        (back.bits, w.kind(1, back.remote)),
        (17, Ok(RightKind::Send.type_bit()))
    );
    assert_eq!(
        w.spaces[0].set_attributes(&mut w.ports, port, LIMITS_INFO, &[17]),
        Err(InvalidValue)
    );
    let status = w.spaces[0].get_attributes(&w.ports, port, RECEIVE_STATUS, 10);
    assert_eq!(status, Ok(vec![0, 0, 6, 5, 6, 1, 1, 0, 0, 0]));
    assert_eq!(
        w.spaces[0].get_attributes(&w.ports, port, RECEIVE_STATUS, 9),
        Err(Failure)
    );
    for seqno in 0..6 {
        assert_eq!(w.message(0, port).seqno, seqno);
    }
    assert_eq!(w.receive(0, port), Ok(Receipt::Empty));
}

/// Mach sheet 6.3, `rcv_too_large`.
#[test]
fn a_message_that_is_too_large_is_destroyed_or_kept() {
    let mut w = World::new();
    let (port, moved) = (w.port(0), w.port(0));
    w.send(
        0,
        Outgoing {
            items: vec![OutItem::Port(moved, 16)],
            ..to(port, 0x8000_0014)
        },
    )
    .unwrap();
    for (large, left) in [(true, 2), (false, 1)] {
        let got = w.spaces[0].receive(&mut w.ports, port, 39, large).unwrap();
        let Receipt::TooLarge(header) = got else {
            panic!("{got:?}")
        };
        assert_eq!((header.size, header.id, w.ports.len()), (40, 7, left));
    }
    assert_eq!(w.receive(0, port), Ok(Receipt::Empty));
}

/// Mach sheet 6.3, `port_set_replies`.
#[test]
fn a_set_gives_messages_in_the_order_they_came() {
    let mut w = World::new();
    let names = [w.port(0), w.port(0)];
    let set = w.spaces[0]
        .allocate(&mut w.ports, RightKind::PortSet)
        .unwrap();
    for name in names {
        w.spaces[0].move_member(&mut w.ports, name, set).unwrap();
    }
    assert_eq!(w.receive(0, names[0]), Err(MsgReturn::RCV_IN_SET));
    for which in [1, 0, 1] {
        w.send(0, to(names[which], 20)).unwrap();
    }
    for which in [1, 0, 1] {
        assert_eq!(w.message(0, set).local, names[which]);
    }
    assert_eq!(
        w.spaces[0].get_set_status(&w.ports, set),
        Ok(names.to_vec())
    );
    w.spaces[0].move_member(&mut w.ports, names[0], 0).unwrap();
    assert_eq!(
        w.spaces[0].move_member(&mut w.ports, names[0], 0),
        Err(NotInSet)
    );
    assert_eq!(
        w.spaces[0].move_member(&mut w.ports, set, set),
        Err(InvalidRight)
    );
    assert_eq!(w.spaces[0].deallocate(&mut w.ports, set), Err(InvalidRight));
    w.spaces[0].destroy(&mut w.ports, set).unwrap();
    assert_eq!(w.receive(0, set), Err(MsgReturn::RCV_INVALID_NAME));
    assert_eq!(w.receive(0, names[1]), Ok(Receipt::Empty));
}

#[test]
fn a_port_in_its_own_queue_is_destroyed() {
    let mut w = World::new();
    let (a, b) = (w.port(0), w.port(0));
    let right = w.take(0, b, MakeSend);
    w.give(0, right);
    let carry = |name| vec![OutItem::Port(name, 16)];
    w.send(
        0,
        Outgoing {
            items: carry(b),
            ..to(a, 0x8000_0014)
        },
    )
    .unwrap();
    w.send(
        0,
        Outgoing {
            items: carry(a),
            ..to(b, 0x8000_0013)
        },
    )
    .unwrap();
    assert_eq!(w.ports.len(), 0);
    assert_eq!(w.kind(0, b), Ok(RightKind::DeadName.type_bit()));
}

#[test]
fn a_full_space_is_an_error_of_the_body() {
    let mut w = World::new();
    let (port, extra) = (w.port(0), w.port(1));
    let right = w.take(0, port, MakeSend);
    let name = w.give(1, right);
    w.send(
        1,
        Outgoing {
            items: vec![OutItem::Port(extra, 20)],
            ..to(name, 0x8000_0013)
        },
    )
    .unwrap();
    while w.spaces[0]
        .allocate(&mut w.ports, RightKind::DeadName)
        .is_ok()
    {}
    let got = w.message(0, port);
    assert_eq!(
        (got.error, &got.items[..]),
        (Some(MsgReturn(0x1000_600c)), &[OutItem::Port(0, 17)][..])
    );
}

#[test]
fn the_end_of_a_space_lets_everything_go() {
    let mut w = World::new();
    let (port, notify) = (w.port(0), w.port(1));
    let right = w.take(0, port, MakeSend);
    let name = w.give(1, right);
    let once = w.take(1, notify, MakeSendOnce);
    w.spaces[1]
        .request_notification(&mut w.ports, name, DEAD_NAME, 0, once)
        .unwrap();
    w.send(
        1,
        Outgoing {
            bits: 19 | 21 << 8,
            local: notify,
            ..to(name, 0)
        },
    )
    .unwrap();
    w.spaces.remove(0).terminate(&mut w.ports);
    // The space that is left has index 0 now.
    let ids = [w.message(0, notify).id, w.message(0, notify).id];
    assert_eq!(ids, [DEAD_NAME, SEND_ONCE]);
    assert_eq!(w.ports.len(), 1);
}

#[test]
fn null_and_dead_pass_through_a_message_whatever_the_disposition() {
    let mut w = World::new();
    let port = w.port(0);
    let dead = w.spaces[0]
        .allocate(&mut w.ports, RightKind::DeadName)
        .unwrap();
    w.spaces[0]
        .mod_refs(&mut w.ports, dead, RightKind::DeadName, 1)
        .unwrap();
    let items = vec![
        OutItem::Ports(vec![PORT_NULL, PORT_DEAD], 16),
        OutItem::Port(dead, 17),
        OutItem::Port(dead, 19),
    ];
    w.send(
        0,
        Outgoing {
            items,
            ..to(port, 0x8000_0014)
        },
    )
    .unwrap();
    let got = w.message(0, port);
    let want = [
        OutItem::Ports(vec![PORT_NULL, PORT_DEAD], 16),
        OutItem::Port(PORT_DEAD, 17),
        OutItem::Port(PORT_DEAD, 17),
    ];
    assert_eq!((&got.items[..], got.error), (&want[..], None));
    assert_eq!(w.refs(0, dead, RightKind::DeadName), 1);
    assert_eq!(w.send(0, to(dead, 19)), Err(MsgReturn::SEND_INVALID_DEST));
    let items = vec![OutItem::Port(port, 15)];
    assert_eq!(
        w.send(
            0,
            Outgoing {
                items,
                ..to(port, 0x8000_0014)
            }
        ),
        Err(MsgReturn::SEND_INVALID_TYPE)
    );
}

#[test]
fn a_moved_receive_right_takes_its_messages_along_and_starts_its_counts_anew() {
    let mut w = World::new();
    let (port, set) = (
        w.port(0),
        w.spaces[0]
            .allocate(&mut w.ports, RightKind::PortSet)
            .unwrap(),
    );
    for _ in 0..2 {
        w.send(0, to(port, 20)).unwrap();
    }
    assert_eq!(w.message(0, port).seqno, 0);
    w.spaces[0].move_member(&mut w.ports, port, set).unwrap();
    let right = w.take(0, port, MakeSend);
    assert_eq!(w.give(0, right), port);
    let right = w.spaces[0]
        .extract_right(&mut w.ports, port, MoveReceive)
        .unwrap();
    assert_eq!(w.kind(0, port), Ok(RightKind::Send.type_bit()));
    assert_eq!(w.spaces[0].get_set_status(&w.ports, set), Ok(vec![]));
    let name = w.give(1, right);
    let status = w.spaces[1].get_attributes(&w.ports, name, RECEIVE_STATUS, 10);
    assert_eq!(status, Ok(vec![0, 0, 0, 5, 1, 0, 1, 0, 0, 0]));
    assert_eq!(w.message(1, name).id, 7);
    assert_eq!(w.receive(0, port), Err(MsgReturn::RCV_INVALID_NAME));
    w.spaces[1]
        .mod_refs(&mut w.ports, name, RightKind::Receive, -1)
        .unwrap();
    let kinds = [
        (port, RightKind::DeadName.type_bit()),
        (set, RightKind::PortSet.type_bit()),
    ];
    assert_eq!(w.spaces[0].names(&w.ports), kinds);
}

/// Mach sheet 6.3, `request_form_own_port`: with one name for both header rights, each is taken as if alone.
#[test]
fn one_name_may_be_destination_and_reply_port() {
    for (remote, local, refs, ok) in [
        (17, 19, 1, true),
        (19, 17, 1, true),
        (17, 17, 2, true),
        (17, 17, 1, false),
        (20, 21, 1, true),
        (17, 20, 1, true),
    ] {
        let mut w = World::new();
        let port = w.port(0);
        for _ in 0..refs {
            let right = w.take(0, port, MakeSend);
            w.give(0, right);
        }
        let sent = w.send(
            0,
            Outgoing {
                bits: remote | local << 8,
                local: port,
                ..to(port, 0)
            },
        );
        assert_eq!(sent.is_ok(), ok, "{remote} {local}");
        if ok {
            let right = w.message(0, port).remote;
            assert_eq!(right == port, local != 21);
        }
    }
}
