//! The end of tasks: exit, kill, faults, what is left behind.
//!
//! Kernel sheet 6.7, 6.8.

use super::{Ending, TASK_EXITING, TaskState};
use crate::device::display::Scaling;
use crate::kernel::abi::Fault;
use crate::kernel::call::{CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::calllog::error_text;
use crate::kernel::portfolio::errors::{ABORTED, Status, TASK_KILLED};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::schedule::Poll;
use crate::kernel::portfolio::signals::{SIGF_ABORT, SIGF_DEADTASK, SIGF_ONESHOT};
use crate::kernel::portfolio::structs::{ItemNode, Node, Task};
use crate::kernel::portfolio::wait::Wait;
use crate::mem::GuestPtr;
use crate::trace::{Category, Event, Hex, TraceEvent};

/// Priority at which a killed task carries out its own end.
const DYING_PRIORITY: u8 = 200;

impl Portfolio {
    /// Ends a task that is not the caller: it carries out its own end at high priority.
    pub(crate) fn kill(&mut self, cx: &mut CallCx<'_>, victim: Item) {
        let killer = self.caller();
        let ptr = self.task_ptr(victim);
        let Some(state) = self.tasks.get_mut(&victim) else {
            return;
        };
        if state.dying {
            return;
        }
        state.dying = true;
        state.killer = killer;
        state.wait = Some(Wait::OwnDeath);
        cx.mem.poke(ptr.at(Task::t_ExitStatus), TASK_KILLED.0);
        let signals = cx.mem.peek(ptr.at(Task::t_SigBits));
        cx.mem.poke(ptr.at(Task::t_SigBits), signals | SIGF_ABORT);
        self.leave_queues(cx.mem, victim);
        let node = ptr.cast::<ItemNode>();
        cx.mem.poke(node.at(ItemNode::n_Priority), DYING_PRIORITY);
        self.make_ready(cx.mem, victim);
    }

    /// Begins the caller's own end; it goes on in [`Portfolio::poll`].
    pub(crate) fn begin_own_end(&mut self, cx: &mut CallCx<'_>) -> Flow {
        let caller = self.caller();
        if caller == self.main
            && cx.sink.wants_last_picture()
            && let Some(picture) = cx.board.picture(cx.mem, Scaling::Plain)
        {
            cx.sink.last_picture(picture);
        }
        let ptr = self.task_ptr(caller);
        let flags = cx.mem.peek(ptr.at(Task::t_Flags));
        cx.mem.poke(ptr.at(Task::t_Flags), flags | TASK_EXITING);
        if let Some(state) = self.tasks.get_mut(&caller) {
            state.dying = true;
            if state.killer == Item::NONE {
                state.killer = caller;
            }
        }
        Flow::Block(Wait::OwnDeath)
    }

    /// The running task broke a rule: it ends with status ABORTED.
    pub(crate) fn fault(&mut self, cx: &mut CallCx<'_>, fault: Fault) {
        let caller = self.caller();
        if let Some(state) = self.tasks.get_mut(&caller) {
            state.fault = Some(fault);
        }
        let report = self.fault_report(cx.mem, cx.now, caller, fault);
        if self.notes.wanted() {
            let (pc, what) = (Hex(report.pc), fault.to_string());
            self.note(Event::Fault { pc, what });
        }
        if caller != self.main {
            self.warn(cx, report.to_string());
        }
        self.last_fault = Some(report);
        let ptr = self.task_ptr(caller);
        cx.mem.poke(ptr.at(Task::t_ExitStatus), ABORTED.0);
        if let Flow::Block(wait) = self.begin_own_end(cx) {
            self.block(cx, None, wait);
        }
    }

    /// One step of a dying task: gives back one resource after the other, waiting for those
    /// that take time.
    pub(crate) fn poll_own_end(&mut self, cx: &mut CallCx<'_>, task: Item) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        while let Some(resource) = self.tasks.get(&task).and_then(|t| t.resources.last()) {
            let gone = match resource {
                Resource::Opened(item) => self.close_for(cx, task, item),
                Resource::Owned(item) => self.delete_for(cx, task, item),
            };
            if !gone {
                return Poll::Pending(SIGF_ONESHOT);
            }
            self.lose(task, resource);
        }
        self.unlock_all_of(cx, task);
        self.flush_line(cx, task);
        self.bury(cx, task);
        Poll::Gone
    }

    /// The last of a task: those who wait for its end are told, then nothing is left of it.
    fn bury(&mut self, cx: &mut CallCx<'_>, task: Item) {
        let ptr = self.task_ptr(task);
        let status = cx.mem.peek(ptr.at(Task::t_ExitStatus));
        let owner = self.owner_of(cx.mem, task);
        self.note(Event::End { task, status });
        if cx.sink.wants(Category::TASKS) {
            let text = format!("ends with status {}", error_text(Status(status)));
            self.tell(cx, TraceEvent::Task(text));
        }
        let awaits = |state: &TaskState| {
            let for_it = Wait::Death { victim: task };
            state.wait == Some(for_it) || state.resources.contains(Resource::Owned(task))
        };
        let waiters: Vec<Item> = self
            .tasks
            .iter()
            .filter(|(_, state)| awaits(state))
            .map(|(&item, _)| item)
            .collect();
        let Some(state) = self.tasks.get(&task) else {
            return;
        };
        let (exit_port, killer) = (state.exit_port, state.killer);
        let (fault, program) = (state.fault, state.program);
        for waiter in waiters {
            self.signal_kernel(cx.mem, waiter, SIGF_ONESHOT);
        }
        if exit_port != Item::NONE {
            self.send_exit_message(cx, exit_port, owner, status, task, killer);
        } else if owner != Item::NONE {
            self.signal_kernel(cx.mem, owner, SIGF_DEADTASK);
        }
        self.lose(owner, Resource::Owned(task));
        let link: GuestPtr<Node> = ptr.at(Task::t_TasksLinkNode).cast();
        let _ = Links::kernel(cx.mem).remove(link);
        self.leave_queues(cx.mem, task);
        if program == task {
            let lists = cx.mem.peek(ptr.at(Task::t_FreeMemoryLists));
            self.release_task_memory(cx.mem, lists);
            self.loaded_permissions = None;
            self.engines.forget_program(task);
        }
        self.graphics.forget_task(task);
        self.end_mach_thread(cx, task);
        self.tasks.remove(&task);
        self.forget_home(cx, task);
        self.free_item(cx.mem, task);
        if task == self.main {
            self.ending = Some(match fault {
                Some(fault) => Ending::Fault { fault },
                None => Ending::Exit { status },
            });
        }
    }
}
