//! The messages of subsystem 3200 (Mach sheet 4.6).

use super::{allocate, allocate_name, disposition, mod_refs};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::rpc::{Rpc, Served, data_part};
use crate::kernel::mach::space::{
    Item as Part, KernReturn, MACH_MSG_TYPE_PORT_SEND_ONCE, Ports, RightKind, Space,
};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::messages;

/// Most integers of an attribute.
const INFO_MAX: u32 = 10;

/// The program that is the target.
fn target(rpc: &Rpc<'_>) -> Result<Item, i32> {
    rpc.task().ok_or(codes::KERN_INVALID_TASK)
}

/// A simple request with so many words that gives no more than a code.
fn change<const N: usize>(
    k: &mut Portfolio,
    rpc: &Rpc<'_>,
    work: impl FnOnce(&mut Space, &mut Ports, [u32; N]) -> Result<(), KernReturn>,
) -> Result<Served, i32> {
    let words = words(rpc)?;
    k.in_space(target(rpc)?, |space, ports| work(space, ports, words))?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

/// A simple request with so many words that gives one.
fn value<const N: usize>(
    k: &mut Portfolio,
    rpc: &Rpc<'_>,
    work: impl FnOnce(&mut Space, &mut Ports, [u32; N]) -> Result<u32, KernReturn>,
) -> Result<Served, i32> {
    let words = words(rpc)?;
    let value = k.in_space(target(rpc)?, |space, ports| work(space, ports, words))?;
    Ok(Served::Words(vec![value]))
}

/// The words behind the NDR record of a simple request that has just these.
fn words<const N: usize>(rpc: &Rpc<'_>) -> Result<[u32; N], i32> {
    rpc.simple(32 + 4 * N)?;
    let mut words = [0; N];
    for (n, word) in words.iter_mut().enumerate() {
        *word = rpc.word(32 + 4 * n)?;
    }
    Ok(words)
}

/// Words as out-of-line data.
fn list(words: impl Iterator<Item = u32>) -> Part {
    data_part(words.flat_map(u32::to_be_bytes).collect())
}

fn names(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    let names = k.in_space(target(rpc)?, |space, ports| Ok(space.names(ports)))?;
    let count = names.len() as u32;
    let parts = vec![
        list(names.iter().map(|&(name, _)| name)),
        list(names.iter().map(|&(_, kind)| kind)),
    ];
    Ok(Served::Complex(parts, vec![count, count]))
}

fn port_type(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    value(k, rpc, |space, ports, [name]| space.port_type(ports, name))
}

fn rename(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [old, new]| {
        space.rename(ports, old, new)
    })
}

fn by_name(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [right, name]| {
        allocate_name(space, ports, right, name)
    })
}

fn new(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    value(k, rpc, |space, ports, [right]| {
        allocate(space, ports, right)
    })
}

fn destroy(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [name]| space.destroy(ports, name))
}

fn deallocate(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [name]| space.deallocate(ports, name))
}

fn get_refs(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    value(k, rpc, |space, ports, [name, right]| {
        space.get_refs(ports, name, RightKind::from_number(right)?)
    })
}

fn refs(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [name, right, delta]| {
        mod_refs(space, ports, name, right, delta as i32)
    })
}

fn set_mscount(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [name, count]| {
        space.set_mscount(ports, name, count)
    })
}

fn set_status(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let [name] = words(rpc)?;
    let members = k.in_space(target(rpc)?, |space, ports| {
        space.get_set_status(ports, name)
    })?;
    let count = members.len() as u32;
    let parts = vec![list(members.into_iter())];
    Ok(Served::Complex(parts, vec![count]))
}

fn move_member(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    change(k, rpc, |space, ports, [member, after]| {
        space.move_member(ports, member, after)
    })
}

fn notification(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(60, 1)?;
    let name = rpc.word_of_complex(48)?;
    let id = rpc.word_of_complex(52)?;
    let sync = rpc.word_of_complex(56)?;
    let task = target(rpc)?;
    let (notify, _) = rpc.take_port(0)?;
    let previous = k.in_space(task, |space, ports| {
        space.request_notification(ports, name, id, sync, notify)
    })?;
    let part = Part::Port {
        right: previous,
        kind: MACH_MSG_TYPE_PORT_SEND_ONCE,
    };
    Ok(Served::Complex(vec![part], Vec::new()))
}

fn insert_right(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(52, 1)?;
    let name = rpc.word_of_complex(48)?;
    let task = target(rpc)?;
    let (right, _) = rpc.take_port(0)?;
    k.in_space(task, |space, ports| space.insert_right(ports, name, right))?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn extract_right(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    let [name, how] = words(rpc)?;
    let part = k.in_space(target(rpc)?, |space, ports| {
        let how = disposition(how)?;
        let right = space.extract_right(ports, name, how)?;
        let kind = how.received_as();
        Ok(Part::Port { right, kind })
    })?;
    Ok(Served::Complex(vec![part], Vec::new()))
}

fn get_attributes(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    let [name, flavor, room] = words(rpc)?;
    let room = room.min(INFO_MAX) as usize;
    let mut info = k.in_space(target(rpc)?, |space, ports| {
        space.get_attributes(ports, name, flavor, room)
    })?;
    info.insert(0, info.len() as u32);
    Ok(Served::Words(info))
}

fn set_attributes(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
) -> Result<Served, i32> {
    let count = rpc.word(40)?;
    if count > INFO_MAX {
        return Err(codes::MIG_BAD_ARGUMENTS);
    }
    rpc.simple(44 + 4 * count as usize)?;
    let (name, flavor) = (rpc.word(32)?, rpc.word(36)?);
    let info = (0..count as usize).map(|n| rpc.word(44 + 4 * n));
    let info: Vec<u32> = info.collect::<Result<_, i32>>()?;
    k.in_space(target(rpc)?, |space, ports| {
        space.set_attributes(ports, name, flavor, &info)
    })?;
    Ok(Served::Code(codes::KERN_SUCCESS))
}

messages! { pub(in crate::kernel::mach) MESSAGES;
    3200 mach_port_names() = names;
    3201 mach_port_type(name: Port @ 32) = port_type;
    3202 mach_port_rename(old_name: Port @ 32, new_name: Bits @ 36) = rename;
    3203 mach_port_allocate_name(right: Bits @ 32, name: Bits @ 36) = by_name;
    3204 mach_port_allocate(right: Bits @ 32) = new;
    3205 mach_port_destroy(name: Port @ 32) = destroy;
    3206 mach_port_deallocate(name: Port @ 32) = deallocate;
    3207 mach_port_get_refs(name: Port @ 32, right: Bits @ 36) = get_refs;
    3208 mach_port_mod_refs(name: Port @ 32, right: Bits @ 36, delta: Int @ 40) = refs;
    3211 mach_port_set_mscount(name: Port @ 32, count: Int @ 36) = set_mscount;
    3212 mach_port_get_set_status(name: Port @ 32) = set_status;
    3213 mach_port_move_member(member: Port @ 32, after: Port @ 36) = move_member;
    3214 mach_port_request_notification(name: Port @ 48, id: Int @ 52, sync: Int @ 56)
        = notification;
    3215 mach_port_insert_right(name: Bits @ 48) = insert_right;
    3216 mach_port_extract_right(name: Port @ 32, kind: Bits @ 36) = extract_right;
    3219 mach_port_get_attributes(name: Port @ 32, flavor: Bits @ 36, room: Int @ 40)
        = get_attributes;
    3220 mach_port_set_attributes(name: Port @ 32, flavor: Bits @ 36, count: Int @ 40)
        = set_attributes;
}
