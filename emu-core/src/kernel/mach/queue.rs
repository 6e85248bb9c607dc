//! Done queues: completions of asynchronous requests, first come first served.
//!
//! Mach sheet 3.
//!
//! Mach sheet 3.
//!
//! ```text
//! request trap ── in progress ── completion ─┬─ a thread waits: it gets this one
//!                                            └─ nobody waits: the queue's tail
//! io_done_queue_wait ── the queue's head, or wait
//! terminate ── port dies, waiters get KERN_TERMINATED, completions go ── answer when the last
//!              request in progress has ended
//! ```

use super::codes;
use super::device::{PortName, Record};
use super::inspect::QueueView;
use super::rpc::{KernCode, ReplyPort, Rpc, Served, done, kern};
use super::space::{KernelObject, PortId, Right};
use super::waiting::Waiting;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::mem::GuestPtr;
use crate::messages;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Names a queue; not used again while any task may have a name of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueId(pub u64);

/// Who hears that a termination is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Terminator {
    /// Who sent the message.
    Reply(ReplyPort),
    /// The thread that made the direct trap.
    Thread(Item),
    /// Nobody: its last right went.
    Nobody,
}

/// A done queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DoneQueue {
    /// What tasks name it by.
    port: PortId,
    /// Requests whose completion has not come yet.
    in_progress: u32,
    /// Completions that nobody has collected.
    done: VecDeque<Record>,
    /// Threads that wait, longest first.
    waiters: VecDeque<Item>,
    /// Set once it is terminated.
    end: Option<Terminator>,
}

impl DoneQueue {
    /// It as a debugger lists it.
    pub(super) fn view(&self) -> QueueView {
        QueueView {
            port: self.port.number(),
            in_progress: self.in_progress,
            done: self.done.len(),
            waiters: self.waiters.iter().copied().collect(),
            ends: self.end.is_some(),
        }
    }
}

impl Portfolio {
    /// A new queue: a send right to its port.
    fn create_queue(&mut self) -> Result<Right, i32> {
        let mach = &mut self.mach;
        let alive = mach.queues.values().filter(|queue| queue.end.is_none());
        if alive.count() >= mach.config.done_queues as usize {
            return Err(codes::KERN_RESOURCE_SHORTAGE);
        }
        let id = QueueId(mach.new_id());
        let port = mach.ports.create_kernel(KernelObject::DoneQueue(id.0));
        let queue = DoneQueue {
            port,
            in_progress: 0,
            done: VecDeque::new(),
            waiters: VecDeque::new(),
            end: None,
        };
        mach.queues.insert(id, queue);
        Ok(mach.ports.make_send(port))
    }

    /// The live queue that a name of the caller's leads to.
    pub(super) fn queue_named(&mut self, name: u32) -> Option<QueueId> {
        let program = self.mach_caller();
        match self.mach.object_of(program, name)?.0 {
            KernelObject::DoneQueue(id) => Some(QueueId(id)),
            _ => None,
        }
    }

    /// A request that will complete into a queue has been accepted.
    pub(super) fn begin_for_queue(&mut self, id: QueueId) {
        if let Some(queue) = self.mach.queues.get_mut(&id) {
            queue.in_progress = queue.in_progress.saturating_add(1);
        }
    }

    /// A request of a queue has ended.
    pub(super) fn complete_in_queue(&mut self, cx: &mut CallCx<'_>, id: QueueId, record: Record) {
        let Some(queue) = self.mach.queues.get_mut(&id) else {
            return self.forget_record(&record);
        };
        if queue.end.is_some() {
            self.forget_record(&record);
        } else {
            self.hand_out_record(cx, id, record, false);
        }
        self.one_less_for_queue(cx, id);
    }

    /// Gives a completion to the thread that has waited longest, or keeps it for the next.
    fn hand_out_record(&mut self, cx: &mut CallCx<'_>, id: QueueId, record: Record, first: bool) {
        let Some(queue) = self.mach.queues.get_mut(&id) else {
            return self.forget_record(&record);
        };
        match queue.waiters.pop_front() {
            Some(task) => {
                let waiting = self.mach.threads.get(&task);
                let waiting = waiting.and_then(|thread| thread.waiting.as_ref());
                if let Some(&Waiting::Queue { queue, result }) = waiting {
                    let collected = Waiting::Collected {
                        queue,
                        record,
                        result,
                    };
                    self.wake_with(cx, task, collected);
                } else {
                    self.hand_out_record(cx, id, record, first);
                }
            }
            None if first => queue.done.push_front(record),
            None => queue.done.push_back(record),
        }
    }

    /// A completion that was given to a thread and not collected is the next again.
    pub(super) fn put_back(&mut self, cx: &mut CallCx<'_>, id: QueueId, record: Record) {
        self.hand_out_record(cx, id, record, true);
    }

    /// A thread waits no longer.
    pub(super) fn leave_queue(&mut self, id: QueueId, task: Item) {
        if let Some(queue) = self.mach.queues.get_mut(&id) {
            queue.waiters.retain(|&waiter| waiter != task);
        }
    }

    /// One request in progress less; the last one of a terminated queue ends it.
    pub(super) fn one_less_for_queue(&mut self, cx: &mut CallCx<'_>, id: QueueId) {
        if let Some(queue) = self.mach.queues.get_mut(&id) {
            queue.in_progress = queue.in_progress.saturating_sub(1);
        }
        self.finish_end(cx, id);
    }

    /// A terminated queue goes when nothing is in progress any more.
    fn finish_end(&mut self, cx: &mut CallCx<'_>, id: QueueId) {
        let Some(queue) = self.mach.queues.get(&id) else {
            return;
        };
        let Some(end) = queue.end.filter(|_| queue.in_progress == 0) else {
            return;
        };
        self.mach.queues.remove(&id);
        match end {
            Terminator::Reply(to) => {
                self.answer(TERMINATE, to, Served::Code(codes::KERN_SUCCESS));
                self.settle_ports(cx);
            }
            Terminator::Thread(task) => {
                self.wake_with(cx, task, Waiting::Over(codes::KERN_SUCCESS));
            }
            Terminator::Nobody => (),
        }
    }

    /// Ends a queue. What is in progress goes on, and is waited for.
    fn terminate_queue(&mut self, cx: &mut CallCx<'_>, id: QueueId, end: Terminator) {
        let Some(queue) = self.mach.queues.get_mut(&id) else {
            return;
        };
        if queue.end.is_some() {
            return;
        }
        queue.end = Some(end);
        let port = queue.port;
        let waiters = std::mem::take(&mut queue.waiters);
        let done = std::mem::take(&mut queue.done);
        for record in &done {
            self.forget_record(record);
        }
        // Its names are dead from here on; a later wait knows what they were.
        for task in self.mach.tasks.values_mut() {
            task.former_queues.extend(task.space.name_of(port));
        }
        self.mach.ports.destroy_kernel(port);
        for task in waiters {
            self.wake_with(cx, task, Waiting::Over(codes::KERN_TERMINATED));
        }
        self.finish_end(cx, id);
    }

    /// No task has a right to a queue any more: nobody can ever wait for it.
    pub(super) fn end_queue(&mut self, cx: &mut CallCx<'_>, id: QueueId) {
        self.terminate_queue(cx, id, Terminator::Nobody);
    }

    /// A queue as a wait for it is described.
    pub(super) fn describe_queue(&self, id: QueueId) -> String {
        let queue = self.mach.queues.get(&id);
        let pending = queue.map_or(0, |queue| queue.in_progress);
        let name = queue.and_then(|queue| {
            let mut tasks = self.mach.tasks.values();
            tasks.find_map(|task| task.space.name_of(queue.port))
        });
        let name = name.map_or(String::new(), |name| format!(" {name:#x}"));
        format!("a completion of done queue{name} ({pending} in progress)")
    }
}

/// Id of the message that terminates a queue.
const TERMINATE: u32 = 2816;

fn create(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    match rpc.object {
        KernelObject::Host | KernelObject::HostPrivileged => k.create_queue().map(Served::port),
        _ => Err(codes::KERN_INVALID_ARGUMENT),
    }
}

fn terminate(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    let KernelObject::DoneQueue(id) = rpc.object else {
        return Err(codes::KERN_INVALID_ARGUMENT);
    };
    let reply = std::mem::take(&mut rpc.reply);
    k.terminate_queue(cx, QueueId(id), Terminator::Reply(reply));
    Ok(Served::Later)
}

fn create_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    host: PortName,
    queue: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.mach_caller();
        match k.mach.object_of(program, host.0) {
            Some((KernelObject::Host | KernelObject::HostPrivileged, _)) => (),
            _ => return Err(codes::KERN_INVALID_ARGUMENT),
        }
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        cx.mem.check_writable(queue.addr(), 4).map_err(invalid)?;
        let right = k.create_queue()?;
        let name = k.mach.hand_over(program, right)?;
        cx.mem.write(queue, name).map_err(invalid)
    };
    kern(work())
}

fn terminate_direct(k: &mut Portfolio, cx: &mut CallCx<'_>, queue: PortName) -> Answer {
    let Some(id) = k.queue_named(queue.0) else {
        return done(codes::KERN_INVALID_ARGUMENT);
    };
    let task = k.caller();
    let flow = k.mach_block(cx, Waiting::Termination(id), None);
    k.terminate_queue(cx, id, Terminator::Thread(task));
    Ok(flow)
}

fn wait(k: &mut Portfolio, cx: &mut CallCx<'_>, queue: PortName, result: GuestPtr<u8>) -> Answer {
    let Some(id) = k.queue_named(queue.0) else {
        return done(k.no_queue_code(queue.0));
    };
    let control = super::records::IoDoneControl::SIZE as u32;
    if cx.mem.check_writable(result.addr(), control).is_err() {
        return done(k.bad_result_code());
    }
    let task = k.caller();
    let next = k.mach.queues.get_mut(&id).and_then(|queue| {
        let next = queue.done.pop_front();
        if next.is_none() {
            queue.waiters.push_back(task);
        }
        next
    });
    match next {
        Some(record) => done(k.collect(cx, id, record, result.addr())),
        None => {
            let waiting = Waiting::Queue {
                queue: id,
                result: result.addr(),
            };
            Ok(k.mach_block(cx, waiting, None))
        }
    }
}

impl Portfolio {
    /// What a wait gives for a name that is no queue: one that was is a stale handle.
    fn no_queue_code(&mut self, name: u32) -> i32 {
        let program = self.mach_caller();
        let mach = &mut self.mach;
        let stale = mach.tasks.get_mut(&program).is_some_and(|task| {
            let is_dead = task.space.is_dead(&mach.ports, name);
            is_dead && task.former_queues.contains(&name)
        });
        match stale && !self.quirks.mach_stale_queue {
            true => codes::KERN_TERMINATED,
            false => codes::KERN_INVALID_ARGUMENT,
        }
    }
}

calls! { pub(crate) CALLS: Mach;
    blocking trap 97 io_done_queue_wait(queue: PortName, result: GuestPtr<u8>) -> Code = wait;
    trap 201 io_done_queue_create_direct(host: PortName, queue: GuestPtr<u32>) -> Code
        = create_direct;
    blocking trap 202 io_done_queue_terminate_direct(queue: PortName) -> Code = terminate_direct;
}

messages! { pub(crate) MESSAGES;
    2815 io_done_queue_create() = create;
    2816 io_done_queue_terminate() = terminate;
}
