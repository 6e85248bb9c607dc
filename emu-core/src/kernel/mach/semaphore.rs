//! Semaphores: a count, and who waits for it to rise (Mach sheet 4.8).
//!
//! A wait is a request whose reply comes later. It is its sender's wait: it ends with the thread
//! that has sent it.

use super::clock::ticks_of;
use super::codes;
use super::records::Tvalspec;
use super::rpc::{ReplyPort, Rpc, Served};
use super::space::{Item as Part, KernelObject, PortId, Right};
use super::waiting::Timer;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::messages;
use crate::time::Ticks;
use serde::{Deserialize, Serialize};

/// Most semaphores that can exist at a time.
const SEMAPHORES_MAX: usize = 4096;
/// Most waits for one semaphore.
const WAITS_MAX: usize = 4096;

/// Who is woken first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Policy {
    /// Who has waited longest.
    Fifo,
    /// Whose priority is highest; of those, who has waited longest.
    FixedPriority,
}

/// A wait for a semaphore.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Waiter {
    number: u64,
    thread: Item,
    /// Id of the request.
    id: u32,
    reply: ReplyPort,
    /// The timer that ends it.
    timer: Option<u64>,
}

/// A semaphore.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Semaphore {
    port: PortId,
    /// The program it was made for, and with which it ends.
    owner: Item,
    policy: Policy,
    value: u32,
    /// Who waits, longest first.
    waiters: Vec<Waiter>,
}

/// The semaphore that is the target.
fn target(rpc: &Rpc<'_>) -> Result<u64, i32> {
    match rpc.object {
        KernelObject::Semaphore(id) => Ok(id),
        _ => Err(codes::KERN_INVALID_ARGUMENT),
    }
}

/// The program that is the target.
fn task(rpc: &Rpc<'_>) -> Result<Item, i32> {
    rpc.task().ok_or(codes::KERN_INVALID_ARGUMENT)
}

impl Portfolio {
    fn semaphore(&mut self, id: u64) -> Result<&mut Semaphore, i32> {
        let semaphore = self.mach.semaphores.get_mut(&id);
        semaphore.ok_or(codes::KERN_TERMINATED)
    }

    /// Ends one wait with a code.
    fn end_wait(&mut self, waiter: Waiter, code: i32) {
        if let Some(timer) = waiter.timer {
            self.mach.timers.remove(&timer);
        }
        self.answer(waiter.id, waiter.reply, Served::Code(code));
    }

    /// Which wait comes next; those whose reply nobody can receive any more go first.
    fn next_waiter(&mut self, cx: &CallCx<'_>, id: u64) -> Option<Waiter> {
        let ports = &self.mach.ports;
        let is_lost = |waiter: &Waiter| {
            let port = waiter.reply.right.port();
            port.is_some_and(|port| !ports.is_alive(port))
        };
        let waiters = &self.mach.semaphores.get(&id)?.waiters;
        let lost = waiters.iter().filter(|waiter| is_lost(waiter));
        let lost: Vec<u64> = lost.map(|waiter| waiter.number).collect();
        if !lost.is_empty() {
            self.remove_waits(codes::KERN_ABORTED, |_, waiter| {
                lost.contains(&waiter.number)
            });
        }
        let semaphore = self.mach.semaphores.get(&id)?;
        let waiters = semaphore.waiters.iter().enumerate();
        let next = match semaphore.policy {
            Policy::Fifo => 0,
            Policy::FixedPriority => {
                let first = waiters.min_by_key(|(place, waiter)| {
                    let priority = self.priority_of(cx.mem, waiter.thread);
                    (std::cmp::Reverse(priority), *place)
                });
                first.map_or(0, |(place, _)| place)
            }
        };
        let waiters = &mut self.semaphore(id).ok()?.waiters;
        (next < waiters.len()).then(|| waiters.remove(next))
    }

    /// A wait's time has passed.
    pub(super) fn semaphore_timed_out(&mut self, id: u64, number: u64) {
        self.remove_waits(codes::KERN_OPERATION_TIMED_OUT, |semaphore, waiter| {
            semaphore == id && waiter.number == number
        });
    }

    /// Ends all waits that `which` is true for.
    fn remove_waits(&mut self, code: i32, which: impl Fn(u64, &Waiter) -> bool) {
        let mut gone = Vec::new();
        for (&id, semaphore) in &mut self.mach.semaphores {
            semaphore.waiters.retain(|waiter| {
                let ends = which(id, waiter);
                gone.extend(ends.then_some(*waiter));
                !ends
            });
        }
        for waiter in gone {
            self.end_wait(waiter, code);
        }
    }

    /// Ends a semaphore: its names are dead, who waits is told.
    fn destroy_semaphore(&mut self, id: u64) {
        if let Some(semaphore) = self.mach.semaphores.remove(&id) {
            self.mach.ports.destroy_kernel(semaphore.port);
            for waiter in semaphore.waiters {
                self.end_wait(waiter, codes::KERN_TERMINATED);
            }
        }
    }

    /// Nobody can name a semaphore any more; with it goes nothing but its count.
    pub(super) fn forget_semaphore(&mut self, id: u64) {
        let semaphore = self.mach.semaphores.get(&id);
        if semaphore.is_some_and(|semaphore| semaphore.waiters.is_empty()) {
            self.destroy_semaphore(id);
        }
    }

    /// A thread is gone, and with it its waits; with a program go its semaphores.
    pub(super) fn end_semaphores_of(&mut self, task: Item) {
        self.remove_waits(codes::KERN_ABORTED, |_, waiter| waiter.thread == task);
        let all = self.mach.semaphores.iter();
        let own = all.filter(|(_, semaphore)| semaphore.owner == task);
        let own: Vec<u64> = own.map(|(&id, _)| id).collect();
        for id in own {
            self.destroy_semaphore(id);
        }
    }

    /// Takes one from the count, or lets the request wait.
    fn wait_for_semaphore(
        &mut self,
        cx: &mut CallCx<'_>,
        rpc: &mut Rpc<'_>,
        time_out: Option<Ticks>,
    ) -> Result<Served, i32> {
        let id = target(rpc)?;
        let semaphore = self.semaphore(id)?;
        if let Some(less) = semaphore.value.checked_sub(1) {
            semaphore.value = less;
            return Ok(Served::Code(codes::KERN_SUCCESS));
        }
        if time_out == Some(Ticks(0)) {
            return Err(codes::KERN_OPERATION_TIMED_OUT);
        }
        if semaphore.waiters.len() >= WAITS_MAX {
            return Err(codes::KERN_RESOURCE_SHORTAGE);
        }
        let number = self.mach.new_id();
        let timer = Timer::Semaphore { id, number };
        let waiter = Waiter {
            number,
            thread: self.caller(),
            id: rpc.id,
            reply: std::mem::take(&mut rpc.reply),
            timer: time_out.map(|after| self.start_timer(cx, after, timer)),
        };
        self.semaphore(id)?.waiters.push(waiter);
        Ok(Served::Later)
    }
}

fn create(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(40)?;
    let owner = task(rpc)?;
    let invalid = codes::KERN_INVALID_ARGUMENT;
    let policy = match rpc.word(32)? {
        0 => Policy::Fifo,
        1 => Policy::FixedPriority,
        _ => return Err(invalid),
    };
    let value = i32::try_from(rpc.word(36)?).map_err(|_| invalid)? as u32;
    let mach = &mut k.mach;
    if mach.semaphores.len() >= SEMAPHORES_MAX {
        return Err(codes::KERN_RESOURCE_SHORTAGE);
    }
    let id = mach.new_id();
    let port = mach.ports.create_kernel(KernelObject::Semaphore(id));
    let semaphore = Semaphore {
        port,
        owner,
        policy,
        value,
        waiters: Vec::new(),
    };
    mach.semaphores.insert(id, semaphore);
    Ok(Served::port(mach.ports.make_send(port)))
}

fn destroy(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(40, 1)?;
    let owner = task(rpc)?;
    let right = match rpc.parts.first() {
        Some(Part::Port { right, .. }) => *right,
        _ => return Err(codes::MIG_TYPE_ERROR),
    };
    if right == Right::Dead {
        return Err(codes::KERN_TERMINATED);
    }
    let object = right.port().and_then(|port| k.mach.ports.object(port));
    let Some(KernelObject::Semaphore(id)) = object else {
        return Err(codes::KERN_INVALID_ARGUMENT);
    };
    if k.semaphore(id)?.owner != owner {
        return Err(codes::KERN_INVALID_RIGHT);
    }
    k.destroy_semaphore(id);
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn signal(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    let id = target(rpc)?;
    match k.next_waiter(cx, id) {
        Some(waiter) => k.end_wait(waiter, codes::KERN_SUCCESS),
        None => {
            let semaphore = k.semaphore(id)?;
            semaphore.value = semaphore.value.saturating_add(1).min(i32::MAX as u32);
        }
    }
    Ok(Served::Code(codes::KERN_SUCCESS))
}

/// Wakes who waits now; without anybody the count stays as it is.
fn signal_all(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    let id = target(rpc)?;
    k.semaphore(id)?;
    while let Some(waiter) = k.next_waiter(cx, id) {
        k.end_wait(waiter, codes::KERN_SUCCESS);
    }
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn wait(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    k.wait_for_semaphore(cx, rpc, None)
}

fn timed_wait(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(40)?;
    let time = Tvalspec {
        tv_sec: rpc.word(32)?,
        tv_nsec: rpc.word(36)? as i32,
    };
    let time_out = ticks_of(time)?;
    k.wait_for_semaphore(cx, rpc, Some(time_out))
}

messages! { pub(crate) MESSAGES;
    617000 semaphore_create(policy: Int @ 32, value: Int @ 36) = create;
    617001 semaphore_destroy() = destroy;
    617002 semaphore_signal() = signal;
    617003 semaphore_signal_all() = signal_all;
    617004 semaphore_wait() = wait;
    617014 semaphore_timedwait(seconds: Int @ 32, nanoseconds: Int @ 36) = timed_wait;
}
