//! Random operations keep what must always be true.

use super::*;
use crate::dice::Dice;
use std::collections::BTreeMap;

/// Random words.
struct Random(Dice);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0.below(u64::from(limit)) as u32
    }
}

/// Counts every right there is and compares with what the ports say.
fn check(w: &World, held: &[Right]) {
    let mut counts: BTreeMap<PortId, [u32; 3]> = BTreeMap::new();
    let mut count = |right: Right| {
        let (id, which) = match right {
            Right::Send(id) => (id, 0),
            Right::SendOnce(id) => (id, 1),
            Right::Receive(id) => (id, 2),
            _ => return,
        };
        counts.entry(id).or_default()[which] += 1;
    };
    held.iter().for_each(|&right| count(right));
    for space in &w.spaces {
        for (name, entry) in space.entries.iter() {
            match entry.held {
                Held::Port {
                    port,
                    receive,
                    send,
                } => {
                    assert!((receive || send > 0) && send <= UREFS_MAX);
                    assert_eq!(space.by_port.get(&port), Some(&name));
                    assert!(
                        !receive
                            || w.ports.get(port).unwrap().receiver == Receiver::Space(space.id)
                    );
                    if receive {
                        count(Right::Receive(port));
                    }
                    if send > 0 {
                        count(Right::Send(port));
                    }
                }
                Held::SendOnce(port) => count(Right::SendOnce(port)),
                Held::Set(set) => assert!(w.ports.sets.contains_key(&set)),
                Held::Dead(refs) => assert!(refs > 0 && refs <= UREFS_MAX),
            }
        }
        let named = space
            .entries
            .iter()
            .filter(|(_, entry)| matches!(entry.held, Held::Port { .. }))
            .count();
        assert_eq!(space.entries.iter().count(), space.entries.len());
        assert_eq!(named, space.by_port.len());
    }
    for (id, port) in w.ports.ports.iter() {
        for (_, message) in &port.queue {
            message
                .clone()
                .into_rights()
                .into_iter()
                .for_each(&mut count);
            assert!(
                message
                    .receive_rights()
                    .all(|moved| w.ports.get(moved).unwrap().receiver
                        == Receiver::Transit(Some(PortId(id))))
            );
        }
        port.dead_names.values().for_each(|&right| count(right));
        count(port.no_senders);
        count(port.port_destroyed);
        assert!(
            port.set
                .is_none_or(|set| w.ports.sets[&set].contains(&PortId(id)))
        );
    }
    for (id, port) in w.ports.ports.iter() {
        let found = counts.get(&PortId(id)).copied().unwrap_or_default();
        let kernel = matches!(port.receiver, Receiver::Kernel(_));
        assert_eq!(
            found,
            [port.send_rights, port.send_once_rights, u32::from(!kernel)],
            "{id:?}"
        );
    }
    let members: usize = w.ports.sets.values().map(Vec::len).sum();
    assert_eq!(
        members,
        w.ports
            .ports
            .iter()
            .filter(|(_, port)| port.set.is_some())
            .count()
    );
}

fn any_name(w: &World, space: usize, random: &mut Random) -> Name {
    let names = &w.spaces[space].entries;
    match random.below(20) {
        0 => random.below(0x500),
        1 => PORT_DEAD,
        _ => names
            .names()
            .get(random.below(names.len().max(1) as u32) as usize)
            .copied()
            .unwrap_or(0),
    }
}

/// A disposition, mostly one that fits the name.
fn any_way(w: &World, space: usize, name: Name, random: &mut Random) -> u32 {
    let held = w.spaces[space].entries.get(name).map(|entry| entry.held);
    match (held, random.below(8)) {
        (Some(Held::SendOnce(_)), 1..) => 18,
        (Some(Held::Port { receive: true, .. }), 1..) => [16, 20, 20, 21][random.below(4) as usize],
        (Some(Held::Port { .. }), 1..) => [17, 19][random.below(2) as usize],
        _ => 15 + random.below(8),
    }
}

fn step(w: &mut World, held: &mut Vec<Right>, random: &mut Random) {
    let at = random.below(3) as usize;
    let (name, other) = (any_name(w, at, random), any_name(w, at, random));
    let (how, other_how) = (any_way(w, at, name, random), any_way(w, at, other, random));
    let kind = RightKind::from_number(random.below(5)).unwrap();
    let way = Disposition::from_number(how);
    let pick = random.below(16);
    let World { ports, spaces } = w;
    // Enough to do, but not so much that looking at all of it takes long.
    if spaces[at].len() > 60 || pick == 0 {
        let _ = spaces[at].destroy(ports, name);
        return;
    }
    match pick {
        1 => _ = spaces[at].allocate(ports, kind),
        2 => _ = spaces[at].allocate_name(ports, kind, random.below(0x500)),
        3 => _ = spaces[at].deallocate(ports, name),
        4 => _ = spaces[at].mod_refs(ports, name, kind, random.below(5) as i32 - 2),
        5 => _ = spaces[at].rename(ports, name, random.below(0x500)),
        6 => _ = spaces[at].move_member(ports, name, if random.below(3) == 0 { 0 } else { other }),
        7 => held.extend(way.and_then(|way| spaces[at].extract_right(ports, name, way).ok())),
        8 => {
            if let Some(right) = held.pop() {
                _ = spaces[at].insert_right(ports, random.below(0x500), right);
            }
        }
        9 => {
            let once = spaces[at]
                .copy_in(ports, other, Disposition::MakeSendOnce)
                .unwrap_or(Right::Null);
            let id = [PORT_DESTROYED, NO_SENDERS, DEAD_NAME][random.below(3) as usize];
            held.extend(
                spaces[at]
                    .request_notification(ports, name, id, random.below(2), once)
                    .ok(),
            );
        }
        10 => held.drain(..).for_each(|right| ports.release(right)),
        11..14 => {
            let items = (0..random.below(3)).map(|_| match random.below(3) {
                0 => OutItem::Ports(vec![other, other], other_how),
                _ => OutItem::Port(other, other_how),
            });
            let items = items.collect();
            let local = if random.below(2) == 0 { 0 } else { other };
            let bits = 0x8000_0000 | how | if local == 0 { 0 } else { other_how << 8 };
            let from = Outgoing {
                bits,
                remote: name,
                local,
                id: 1,
                items,
                body: Vec::new(),
            };
            if let Ok(message) = spaces[at].copy_in_message(ports, from) {
                match ports.enqueue(message) {
                    Sent::NoRoom(_) => panic!("the host has room for these"),
                    Sent::Queued => {}
                    Sent::WouldBlock(message) => _ = spaces[at].give_back(ports, message),
                    Sent::Kernel(_, message) => ports.destroy_message(message),
                }
            }
        }
        14 => {
            _ = spaces[at].receive(
                ports,
                name,
                24 + random.below(60) as usize,
                random.below(2) == 0,
            )
        }
        _ if random.below(400) == 0 => {
            let gone = std::mem::replace(&mut spaces[at], Space::new(SpaceId(at as u32)));
            gone.terminate(ports);
        }
        _ if random.below(20) == 0 => {
            let device = ports.create_kernel(KernelObject::Device(0));
            held.push(ports.make_send(device));
        }
        _ => _ = spaces[at].names(ports),
    }
    ports.take_events();
}

#[test]
fn random_operations_keep_every_count() {
    let mut random = Random(Dice(0x3d0_1993));
    let (mut w, mut held) = (World::new(), Vec::new());
    let mut most = 0;
    for number in 0..100_000 {
        step(&mut w, &mut held, &mut random);
        most = most.max(w.ports.ports.iter().map(|(_, port)| port.queued()).sum());
        if number % 16 == 0 {
            check(&w, &held);
        }
        if number % 10_000 == 0 {
            let bytes = postcard::to_stdvec(&(&w.ports, &w.spaces)).unwrap();
            let back: (Ports, Vec<Space>) = postcard::from_bytes(&bytes).unwrap();
            assert_eq!((&back.0, &back.1), (&w.ports, &w.spaces));
        }
    }
    assert!(most > 20, "only {most} messages were ever queued");
    // Without spaces and held rights nothing but the kernel's ports is left.
    held.into_iter().for_each(|right| w.ports.release(right));
    w.spaces
        .drain(..)
        .for_each(|space| space.terminate(&mut w.ports));
    assert!(
        w.ports
            .ports
            .iter()
            .all(|(_, port)| matches!(port.receiver, Receiver::Kernel(_)) && port.send_rights == 0)
    );
    assert!(w.ports.sets.is_empty());
}

#[test]
fn allocating_and_deallocating_does_not_grow() {
    let mut w = World::new();
    for _ in 0..100_000 {
        let name = w.port(0);
        w.spaces[0].destroy(&mut w.ports, name).unwrap();
        w.ports.take_events();
    }
    let empty = (
        w.ports.len(),
        w.spaces[0].len(),
        w.spaces[0].generations.len(),
        w.spaces[0].free.len(),
    );
    assert_eq!(empty, (0, 0, 1, 1));
}
