//! Rules about names and rights, one test each.

use super::*;
use Disposition::{MakeSend, MakeSendOnce, MoveReceive};
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
