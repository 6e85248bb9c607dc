//! What a thread waits for in a Mach call, who is woken, and time-outs.
//!
//! A wait is data beside Portfolio's: the task sleeps with [`Wait::Mach`], and `poll_mach` is asked
//! whether it is over, once at the call and again when somebody has woken it. What ends a wait
//! (a message, a completion, the end of a port) is looked at before the clock, so what happens
//! in the cycle of a time-out comes first.

use super::device::{Collect, Record};
use super::msg::{Receive, Send};
use super::queue::QueueId;
use super::rpc::ReplyPort;
use super::space::{Event, KernelObject};
use super::{Mach, codes};
use crate::event::{Event as Due, Rank, Target};
use crate::kernel::call::{CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::schedule::Poll;
use crate::kernel::portfolio::signals::SIGF_ONESHOT;
use crate::kernel::portfolio::wait::Wait;
use crate::time::Ticks;
use serde::{Deserialize, Serialize};

/// The tag of this part's events among those of the kernel; the file system has 0.
pub(in crate::kernel) const EVENT_TAG: u16 = 1;

/// Something due at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// A thread's time-out.
    Thread(Item),
    /// An alarm of a clock.
    Alarm {
        /// Who is told.
        to: ReplyPort,
        /// How its time was said: absolute or relative.
        kind: u32,
    },
    /// The end of a wait for a semaphore.
    Semaphore {
        /// The semaphore.
        id: u64,
        /// The wait.
        number: u64,
    },
    /// The next update of the clock pages.
    ClockPages,
}

/// Why a thread waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Waiting {
    /// To queue a message.
    Send(Box<Send>),
    /// For a message.
    Receive(Receive),
    /// For a completion of a done queue.
    Queue {
        /// The queue.
        queue: QueueId,
        /// Address of the result record.
        result: u32,
    },
    /// It has been given a completion that it has not collected yet.
    Collected {
        /// Where that came from, to put it back.
        queue: QueueId,
        /// The completion.
        record: Record,
        /// Address of the result record.
        result: u32,
    },
    /// For the end of a request it has made itself.
    Operation {
        /// Where the results go.
        collect: Collect,
        /// How it ended, when it has.
        record: Option<Record>,
    },
    /// For requests of a done queue that it terminates.
    Termination(QueueId),
    /// For its time-out.
    Time {
        /// Where the time of its end is written.
        wakeup: Option<u32>,
    },
    /// For nothing more: the call's result.
    Over(i32),
}

impl Mach {
    /// The thread that has waited longest of those `which` is true for.
    fn longest_waiting(&self, which: impl Fn(&Waiting) -> bool) -> Option<Item> {
        let waits = self
            .threads
            .iter()
            .filter(|(_, thread)| !thread.called && thread.waiting.as_ref().is_some_and(&which));
        waits
            .min_by_key(|(_, thread)| thread.since)
            .map(|(&item, _)| item)
    }
}

impl Portfolio {
    /// Lets the caller wait; with a time-out from now if there is one.
    pub(super) fn mach_block(
        &mut self,
        cx: &mut CallCx<'_>,
        waiting: Waiting,
        time_out: Option<Ticks>,
    ) -> Flow {
        let task = self.caller();
        let since = self.mach.new_id();
        if let Some(thread) = self.mach.threads.get_mut(&task) {
            thread.waiting = Some(waiting);
            thread.since = since;
            thread.timed_out = false;
            thread.called = false;
        }
        self.set_deadline(cx, task, time_out);
        Flow::Block(Wait::Mach { task })
    }

    /// Sets when a thread's wait ends at the latest.
    pub(super) fn set_deadline(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        time_out: Option<Ticks>,
    ) {
        let deadline = time_out.map(|after| self.start_timer(cx, after, Timer::Thread(task)));
        if let Some(thread) = self.mach.threads.get_mut(&task) {
            let old = std::mem::replace(&mut thread.deadline, deadline);
            thread.timed_out = false;
            if let Some(old) = old {
                self.mach.timers.remove(&old);
            }
        }
    }

    /// Notes something for a time from now. A timer that is removed just passes unnoticed.
    pub(super) fn start_timer(&mut self, cx: &mut CallCx<'_>, after: Ticks, timer: Timer) -> u64 {
        let number = self.mach.new_id();
        self.mach.timers.insert(number, timer);
        let due = Due {
            at: cx.now + after,
            target: Target::Kernel,
            tag: EVENT_TAG,
            data: number,
        };
        cx.bus.events.schedule(Rank::INPUT, due);
        number
    }

    /// A time has come.
    pub(in crate::kernel) fn mach_event(&mut self, cx: &mut CallCx<'_>, number: u64) {
        match self.mach.timers.remove(&number) {
            Some(Timer::Thread(task)) => {
                if let Some(thread) = self.mach.threads.get_mut(&task)
                    && thread.deadline == Some(number)
                {
                    thread.deadline = None;
                    thread.timed_out = true;
                    self.wake(cx, task);
                }
            }
            Some(Timer::Alarm { to, kind }) => {
                self.ring(cx, to, kind);
                self.settle_ports(cx);
            }
            Some(Timer::Semaphore { id, number }) => {
                self.semaphore_timed_out(id, number);
                self.settle_ports(cx);
            }
            Some(Timer::ClockPages) => self.tick_clock_pages(cx),
            None => (),
        }
    }

    /// Whether something of this part is due by itself. The clock pages are: but nobody goes on
    /// because of them.
    pub(in crate::kernel) fn has_mach_timers(&self) -> bool {
        let mut timers = self.mach.timers.values();
        timers.any(|timer| !matches!(timer, Timer::ClockPages))
    }

    /// Lets a thread look again at what it waits for.
    pub(super) fn wake(&mut self, cx: &mut CallCx<'_>, task: Item) {
        self.signal_kernel(cx.mem, task, SIGF_ONESHOT);
    }

    /// Replaces what a thread waits for, and wakes it.
    pub(super) fn wake_with(&mut self, cx: &mut CallCx<'_>, task: Item, waiting: Waiting) {
        if let Some(thread) = self.mach.threads.get_mut(&task) {
            thread.waiting = Some(waiting);
        }
        self.wake(cx, task);
    }

    /// Whether the Mach call of a task is over.
    pub(in crate::kernel) fn poll_mach(&mut self, cx: &mut CallCx<'_>, task: Item) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        let Some(thread) = self.mach.threads.get_mut(&task) else {
            return Poll::value(codes::KERN_FAILURE);
        };
        thread.called = false;
        let timed_out = thread.timed_out;
        let answer = match thread.waiting.take() {
            Some(Waiting::Send(send)) => self.poll_send(cx, task, *send, timed_out),
            Some(Waiting::Receive(receive)) => self.poll_receive(cx, task, receive, timed_out),
            Some(Waiting::Collected {
                queue,
                record,
                result,
            }) => Ok(self.collect(cx, queue, record, result)),
            Some(Waiting::Operation {
                collect,
                record: Some(record),
            }) => Ok(self.store_results(cx, &collect, record)),
            Some(Waiting::Time { wakeup }) if timed_out => Ok(Portfolio::wake_up(cx, wakeup)),
            Some(Waiting::Over(code)) => Ok(code),
            Some(waiting) => Err(waiting),
            None => Ok(codes::KERN_FAILURE),
        };
        self.settle_ports(cx);
        match answer {
            Ok(code) => {
                self.set_deadline(cx, task, None);
                Poll::value(code)
            }
            Err(waiting) => {
                if let Some(thread) = self.mach.threads.get_mut(&task) {
                    thread.waiting = Some(waiting);
                }
                Poll::Pending(SIGF_ONESHOT)
            }
        }
    }

    /// A task leaves its wait for good: what it held goes back.
    pub(super) fn stop_waiting(&mut self, cx: &mut CallCx<'_>, task: Item) {
        self.set_deadline(cx, task, None);
        let Some(thread) = self.mach.threads.get_mut(&task) else {
            return;
        };
        match thread.waiting.take() {
            Some(Waiting::Send(send)) => {
                self.mach.ports.destroy_message(send.message);
                self.look_again(cx);
            }
            // It may have been called for a message that it has not taken: that is another's now.
            Some(Waiting::Receive(_)) => self.look_again(cx),
            Some(Waiting::Collected { queue, record, .. }) => self.put_back(cx, queue, record),
            Some(Waiting::Queue { queue, .. }) => self.leave_queue(queue, task),
            _ => (),
        }
    }

    /// Acts on what has happened to ports since this was last done: wakes who waits for it, ends
    /// objects that nobody can name any more. Done after every Mach trap, and wherever else ports
    /// are used.
    pub(in crate::kernel) fn settle_ports(&mut self, cx: &mut CallCx<'_>) {
        while let Some(event) = self.mach.ports.next_event() {
            match event {
                Event::Queued(port) => {
                    let mach = &self.mach;
                    let task = mach.longest_waiting(|waiting| {
                        matches!(waiting, Waiting::Receive(receive) if receive.hears(&mach.ports, port))
                    });
                    self.call_thread(cx, task);
                }
                Event::Room(port) => {
                    let task = self.mach.longest_waiting(|waiting| {
                        matches!(waiting, Waiting::Send(send) if send.message.dest.port() == Some(port))
                    });
                    self.call_thread(cx, task);
                }
                Event::Died(_) | Event::Moved(_) => self.look_again(cx),
                Event::NoSenders { port, object } => self.no_senders(cx, port, object),
            }
        }
    }

    /// Lets all who wait to send or to receive look again.
    fn look_again(&mut self, cx: &mut CallCx<'_>) {
        let threads = self.mach.threads.iter();
        let waits = threads.filter(|(_, thread)| {
            let waiting = thread.waiting.as_ref();
            matches!(waiting, Some(Waiting::Send(_) | Waiting::Receive(_)))
        });
        let tasks: Vec<Item> = waits.map(|(&item, _)| item).collect();
        for task in tasks {
            self.wake(cx, task);
        }
    }

    fn call_thread(&mut self, cx: &mut CallCx<'_>, task: Option<Item>) {
        if let Some(task) = task
            && let Some(thread) = self.mach.threads.get_mut(&task)
        {
            thread.called = true;
            self.wake(cx, task);
        }
    }

    /// Nobody can send to a port of the kernel any more.
    fn no_senders(
        &mut self,
        cx: &mut CallCx<'_>,
        port: super::space::PortId,
        object: KernelObject,
    ) {
        let still = self.mach.ports.get(port);
        if still.is_none_or(|port| port.send_rights > 0) {
            return;
        }
        match object {
            KernelObject::Device(device) => self.close_forgotten(cx, device),
            KernelObject::DoneQueue(queue) => self.end_queue(cx, QueueId(queue)),
            KernelObject::Semaphore(id) => self.forget_semaphore(id),
            KernelObject::Memory(object) => self.end_memory_object(object),
            _ => (),
        }
    }

    /// What a task waits for in a Mach call, in words.
    pub(in crate::kernel) fn describe_mach_wait(&self, task: Item) -> String {
        let thread = self.mach.threads.get(&task);
        match thread.and_then(|thread| thread.waiting.as_ref()) {
            Some(Waiting::Send(_)) => "room in the queue of a Mach port".to_owned(),
            Some(Waiting::Receive(receive)) => {
                format!("a message at Mach port {:#x}", receive.name)
            }
            Some(Waiting::Queue { queue, .. }) => self.describe_queue(*queue),
            Some(Waiting::Time { .. }) => "a time of a Mach clock".to_owned(),
            Some(Waiting::Operation { .. }) => "the end of its Mach device request".to_owned(),
            Some(Waiting::Termination(queue)) => {
                format!("requests in flight: {}", self.describe_queue(*queue))
            }
            _ => "nothing more".to_owned(),
        }
    }
}
