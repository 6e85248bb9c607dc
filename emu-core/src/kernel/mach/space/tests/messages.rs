//! Rules about messages, one test each.

use super::*;
use Disposition::{CopySend, MakeSend, MoveReceive, MoveSend};
use KernReturn::*;

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
