//! Who runs: ready queue, quantum, the one switching point, waits.
//!
//! Kernel sheet 6.4.

use super::items::Item;
use super::list::Links;
use super::signals::SIGF_ONESHOT;
use super::structs::{ItemNode, KernelBase, List, Node, Task, node_flag};
use super::tasks::{PHASE_FLAGS, Phase};
use super::wait::Wait;
use super::{CallKey, Portfolio};
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;
use crate::mem::{GuestPtr, Memory};
use crate::time::Tick;
use crate::trace::{Category, Event, TraceEvent};

/// Whether a wait is over.
pub(crate) enum Poll {
    /// It is: this is what the call comes to.
    Ready(Result<Reply, Trouble>),
    /// It is not: the task sleeps until one of these signals (or an abort) arrives.
    Pending(u32),
    /// The task has ended.
    Gone,
}

impl Poll {
    pub(crate) fn value(value: i32) -> Poll {
        Poll::Ready(Ok(Reply::value(value as u32)))
    }

    pub(crate) fn error(status: super::errors::Status) -> Poll {
        Poll::Ready(Err(status.into()))
    }
}

impl Portfolio {
    /// The switching point: decides who has the CPU when the guest goes on. Nothing else does.
    pub fn schedule(&mut self, cx: &mut CallCx<'_>) {
        while self.ending.is_none() {
            if let Some(current) = self.current {
                if !self.reschedule || !self.has_rival(cx.mem, current) {
                    return;
                }
                self.flush_line(cx, current);
                self.make_ready(cx.mem, current);
                self.current = None;
            }
            let Some(next) = self.ready.pop_front() else {
                return;
            };
            self.dispatch(cx, next);
            let wait = self.tasks.get(&next).and_then(|task| task.wait);
            if let Some(wait) = wait {
                self.step_wait(cx, next, wait);
            }
        }
    }

    /// Whether somebody ready may take the CPU from the current task when it is asked to yield.
    fn has_rival(&self, mem: &Memory, current: Item) -> bool {
        let head = self.ready.front();
        head.is_some_and(|&head| self.priority_of(mem, head) >= self.priority_of(mem, current))
    }

    /// Lets others run before the current task goes on; whether there are any.
    pub(crate) fn give_way(&mut self, mem: &Memory) -> bool {
        self.reschedule = true;
        self.current
            .is_some_and(|current| self.has_rival(mem, current))
    }

    fn dispatch(&mut self, cx: &mut CallCx<'_>, task: Item) {
        self.reschedule = false;
        self.current = Some(task);
        self.set_phase(cx.mem, task, Phase::Running);
        let ptr = self.task_ptr(task);
        cx.mem
            .poke(self.kernel_base.at(KernelBase::kb_CurrentTask), ptr);
        self.quantum_end = cx.now + self.quantum_of(cx.mem, task);
        let program = self.tasks.get(&task).map_or(task, |t| t.program);
        if self.loaded_permissions != Some(program) {
            let lists = cx
                .mem
                .peek(self.task_ptr(program).at(Task::t_FreeMemoryLists));
            self.load_permissions(cx.mem, lists);
            self.loaded_permissions = Some(program);
        }
        if self.last_dispatched != Some(task) {
            self.last_dispatched = Some(task);
            self.note(Event::Run {});
            if cx.sink.wants(Category::SWITCHES) {
                self.tell(cx, TraceEvent::Task("runs".to_owned()));
            }
        }
    }

    /// The quantum of the running task is used up at `at`.
    pub fn quantum_expired(&mut self, mem: &Memory, at: Tick) {
        if let Some(current) = self.current {
            self.reschedule |= self.has_rival(mem, current);
            self.quantum_end = at + self.quantum_of(mem, current);
        }
    }

    /// Parks the running task, unless what it waits for is there already.
    pub(crate) fn block(&mut self, cx: &mut CallCx<'_>, call: Option<CallKey>, wait: Wait) {
        let Some(task) = self.current else { return };
        if let Some(state) = self.tasks.get_mut(&task) {
            state.wait = Some(wait);
            state.waiting_call = call;
        }
        self.step_wait(cx, task, wait);
    }

    /// Asks once whether the wait of the running task is over, and acts on the answer.
    fn step_wait(&mut self, cx: &mut CallCx<'_>, task: Item, wait: Wait) {
        match self.poll(cx, task, wait) {
            Poll::Pending(bits) => {
                let ptr = self.task_ptr(task);
                cx.mem.poke(ptr.at(Task::t_WaitBits), bits);
                self.flush_line(cx, task);
                let first = self
                    .tasks
                    .get_mut(&task)
                    .is_some_and(|state| !std::mem::replace(&mut state.parked, true));
                if first {
                    self.log_blocked(cx, task, &wait);
                }
                self.current = None;
                self.set_phase(cx.mem, task, Phase::Waiting);
            }
            Poll::Ready(result) => {
                let ptr = self.task_ptr(task);
                cx.mem.poke(ptr.at(Task::t_WaitBits), 0);
                let Some(state) = self.tasks.get_mut(&task) else {
                    return;
                };
                state.wait = None;
                let call = state.waiting_call.take();
                let resumed = std::mem::take(&mut state.parked);
                self.finish_call(cx, task, call, result, resumed);
            }
            Poll::Gone => self.current = None,
        }
    }

    /// Whether the wait of `task` is over; consumes what it waited for if so.
    pub(crate) fn poll(&mut self, cx: &mut CallCx<'_>, task: Item, wait: Wait) -> Poll {
        match wait {
            Wait::Signal { mask } => self.poll_signal(cx.mem, task, mask),
            Wait::Io { ior } => self.poll_io(cx, task, ior),
            Wait::IoMessage { ior, message, port } => {
                self.poll_io_message(cx, task, ior, message, port)
            }
            Wait::Port { port } => self.poll_port(cx, task, port),
            Wait::PortMessage { port, message } => self.poll_port_message(cx, task, port, message),
            Wait::Semaphore { semaphore } => self.poll_semaphore(cx, task, semaphore),
            Wait::Death { victim } => self.poll_death(cx.mem, task, victim),
            Wait::RequestAbort { ior } => self.poll_request_abort(cx, task, ior),
            Wait::Close { item } => self.poll_close(cx, task, item),
            Wait::PagesQuiet {
                start,
                end,
                command,
                task: whose,
            } => self.poll_pages_quiet(cx, task, (start, end), command, whose),
            Wait::File { .. } => self.poll_file(cx, task),
            Wait::AudioTime { cue, own_cue } => self.poll_audio_time(cx, task, cue, own_cue),
            Wait::Mach { .. } => self.poll_mach(cx, task),
            Wait::OwnDeath => self.poll_own_end(cx, task),
        }
    }

    /// Whether the task has been off the CPU for its present wait: a real kernel's WaitSignal
    /// then consumes the signal that woke it before the caller looks at what it waits for.
    pub(crate) fn is_parked(&self, task: Item) -> bool {
        self.tasks.get(&task).is_some_and(|state| state.parked)
    }

    fn poll_death(&mut self, mem: &mut Memory, task: Item, victim: Item) -> Poll {
        self.take_signals(mem, task, SIGF_ONESHOT);
        if self.tasks.contains_key(&victim) {
            Poll::Pending(SIGF_ONESHOT)
        } else {
            Poll::value(0)
        }
    }

    /// Puts a task at the tail of its priority class.
    pub(crate) fn make_ready(&mut self, mem: &mut Memory, task: Item) {
        self.ready.retain(|&other| other != task);
        let priority = self.priority_of(mem, task);
        let place = self
            .ready
            .iter()
            .position(|&other| self.priority_of(mem, other) < priority)
            .unwrap_or(self.ready.len());
        self.ready.insert(place, task);
        self.set_phase(mem, task, Phase::Ready);
        if let Some(current) = self.current
            && current != task
            && priority > self.priority_of(mem, current)
        {
            self.reschedule = true;
        }
    }

    /// Takes a task off the ready queue and off the guest-visible task queues.
    pub(crate) fn leave_queues(&mut self, mem: &mut Memory, task: Item) {
        self.ready.retain(|&other| other != task);
        let node: GuestPtr<Node> = self.task_ptr(task).cast();
        let _ = Links::kernel(mem).remove(node);
    }

    fn set_phase(&mut self, mem: &mut Memory, task: Item, phase: Phase) {
        let Some(state) = self.tasks.get_mut(&task) else {
            return;
        };
        state.phase = phase;
        let node = self.task_ptr(task).cast::<ItemNode>();
        let (flag, queue) = match phase {
            Phase::Running => (node_flag::TASK_RUNNING, None),
            Phase::Ready => (node_flag::TASK_READY, Some(KernelBase::kb_TaskReadyQ)),
            Phase::Waiting => (node_flag::TASK_WAITING, Some(KernelBase::kb_TaskWaitQ)),
        };
        let flags = mem.peek(node.at(ItemNode::n_Flags)) & !PHASE_FLAGS;
        mem.poke(node.at(ItemNode::n_Flags), flags | flag);
        let queue = queue.map(|field| mem.peek::<GuestPtr<List>>(self.kernel_base.at(field)));
        let mut links = Links::kernel(mem);
        let _ = links.remove(node.cast());
        if let Some(queue) = queue {
            let _ = links.insert_from_tail(queue, node.cast());
        }
    }

    /// Whether a task has the CPU or wants it.
    pub fn has_runnable(&self) -> bool {
        self.current.is_some() || !self.ready.is_empty()
    }

    /// When the running task's quantum is used up.
    pub fn quantum_end(&self) -> Tick {
        if self.current.is_some() {
            self.quantum_end
        } else {
            Tick::NEVER
        }
    }
}

/// SWI 9: lets another ready task of the same priority run.
fn yield_(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<(), Trouble> {
    k.reschedule = true;
    Ok(())
}

calls! { pub(crate) CALLS: Kernel;
    swi 9 Yield() -> Nothing = yield_;
}
