//! Why a task waits, and what could wake it.

use crate::device::{Board, ReqId};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tasks::Phase;
use crate::kernel::portfolio::wait::Wait;
use crate::machine::Machine;
use crate::time::Tick;
use std::collections::BTreeMap;
use std::fmt;

/// How it will go on with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It does not wait.
    Runs,
    /// A device wakes it.
    Device,
    /// Another task can wake it, and that one goes on.
    Task,
    /// Tasks wait for each other.
    Deadlock,
    /// It waits for a request that is in progress nowhere.
    NeverSent,
    /// What it waits for has happened, and it sleeps on.
    LostWakeUp,
    /// Nothing in the machine can wake it; somebody outside could.
    Outside,
    /// Nothing can wake it.
    Nothing,
}

impl Class {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Class::Runs => "it does not wait",
            Class::Device => "a device will wake it",
            Class::Task => "another task can wake it",
            Class::Deadlock => "deadlock: tasks wait for each other",
            Class::NeverSent => "never sent: the request it waits for is in progress nowhere",
            Class::LostWakeUp => "lost wake-up: what it waits for has happened already",
            Class::Outside => "only somebody outside can wake it, with a pad or a disc",
            Class::Nothing => "nothing can wake it",
        }
    }
}

/// One task of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The task.
    pub task: Item,
    /// Its name.
    pub name: String,
    /// What it waits for, in words.
    pub waits: String,
    /// When a device will have done with what it waits for, if that is known.
    pub due: Option<Tick>,
}

/// Why a task waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitReport {
    /// The task, whom it waits for, whom that one waits for, and so on.
    pub chain: Vec<Link>,
    /// How it will go on.
    pub class: Class,
}

impl fmt::Display for WaitReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, link) in self.chain.iter().enumerate() {
            let because = if n == 0 { "" } else { "  whose holder " };
            write!(
                f,
                "{because}task {:?} \"{}\" {}",
                link.task, link.name, link.waits
            )?;
            match link.due {
                Some(due) => writeln!(f, "; due at {due}")?,
                None => writeln!(f)?,
            }
        }
        write!(f, "{}", self.class.words())
    }
}

/// Looks through one machine.
struct Look<'a, B> {
    machine: &'a Machine<B>,
    due: BTreeMap<ReqId, Option<Tick>>,
}

impl<B: Board> Machine<B> {
    /// Why a task waits; `None` when there is no such task.
    pub fn why(&mut self, task: Item) -> Option<WaitReport> {
        self.task(task)?;
        let due = self.pending_work().into_iter();
        let due = due.map(|(_, work)| (work.id, work.due)).collect();
        let look = Look { machine: self, due };
        Some(look.report(task))
    }
}

impl<B: Board> Look<'_, B> {
    fn report(&self, task: Item) -> WaitReport {
        let mut chain = vec![self.link(task)];
        let mut at = task;
        loop {
            let Some(next) = self.holder(at) else {
                let class = match chain.len() {
                    1 => self.class(at),
                    _ => self.class_behind(at),
                };
                return WaitReport { chain, class };
            };
            if chain.iter().any(|link| link.task == next) {
                let class = Class::Deadlock;
                return WaitReport { chain, class };
            }
            chain.push(self.link(next));
            at = next;
        }
    }

    /// What holds for the one at the end of a chain holds for all before it.
    fn class_behind(&self, last: Item) -> Class {
        match self.class(last) {
            Class::Runs => Class::Task,
            other => other,
        }
    }

    fn wait(&self, task: Item) -> Option<Wait> {
        let state = self.machine.task(task)?;
        let waits = state.phase == Phase::Waiting;
        state.wait.filter(|_| waits)
    }

    fn link(&self, task: Item) -> Link {
        let kernel = self.machine.kernel();
        let wait = self.wait(task);
        let waits = match (wait, self.machine.task(task).map(|state| state.phase)) {
            (Some(wait), _) => {
                let what = kernel.describe_wait(self.machine.memory(), &wait);
                format!("waits for {what}")
            }
            (None, Some(Phase::Running)) => "has the CPU".to_owned(),
            (None, Some(Phase::Ready)) => "is ready".to_owned(),
            (None, _) => "waits".to_owned(),
        };
        Link {
            task,
            name: self.machine.item_name(task),
            waits,
            due: wait.and_then(|wait| self.due_of(task, wait)),
        }
    }

    /// The task that must do something first.
    fn holder(&self, task: Item) -> Option<Item> {
        match self.wait(task)? {
            Wait::Semaphore { semaphore } => {
                let kernel = self.machine.kernel();
                let owner = kernel.lock_owner(self.machine.memory(), semaphore);
                self.machine.task(owner).map(|_| owner)
            }
            Wait::Death { victim } => Some(victim),
            _ => None,
        }
    }

    /// The request of an IOReq at a device, if it is at one.
    fn request(&self, ior: Item) -> Option<ReqId> {
        let mut pending = self.machine.kernel().pending_requests();
        pending.find(|(_, of)| *of == ior).map(|(req, _)| req)
    }

    fn due_of(&self, task: Item, wait: Wait) -> Option<Tick> {
        match wait {
            Wait::Io { ior } | Wait::IoMessage { ior, .. } | Wait::RequestAbort { ior } => {
                *self.due.get(&self.request(ior)?)?
            }
            // Any of the task's own requests may wake it.
            Wait::Signal { .. } | Wait::Port { .. } | Wait::PortMessage { .. } => {
                self.own_requests(task).filter_map(|(_, due)| due).min()
            }
            _ => None,
        }
    }

    /// The requests in progress that a task has made, and when they end.
    fn own_requests(&self, task: Item) -> impl Iterator<Item = (ReqId, Option<Tick>)> + '_ {
        let kernel = self.machine.kernel();
        kernel.pending_requests().filter_map(move |(req, ior)| {
            let owner = self.machine.item_owner(ior);
            let due = self.due.get(&req).copied().flatten();
            (owner == task).then_some((req, due))
        })
    }

    fn class(&self, task: Item) -> Class {
        let Some(wait) = self.wait(task) else {
            return Class::Runs;
        };
        match wait {
            Wait::Io { ior } | Wait::IoMessage { ior, .. } => {
                if self.request(ior).is_some() {
                    return self.of_requests(true);
                }
                let (kernel, mem) = (self.machine.kernel(), self.machine.memory());
                match kernel.is_io_done(mem, ior) {
                    Some(true) => Class::LostWakeUp,
                    // The file system's requests are at no device of the board by themselves.
                    _ if kernel.pending_iors_of_files().contains(&ior) => Class::Device,
                    _ => Class::NeverSent,
                }
            }
            Wait::File { .. } | Wait::Close { .. } | Wait::RequestAbort { .. } => Class::Device,
            Wait::AudioTime { .. } | Wait::PagesQuiet { .. } => Class::Device,
            Wait::OwnDeath | Wait::Semaphore { .. } | Wait::Death { .. } => Class::Task,
            Wait::Signal { .. }
            | Wait::Port { .. }
            | Wait::PortMessage { .. }
            | Wait::Mach { .. } => {
                if self.own_requests(task).next().is_some() {
                    return self.of_requests(true);
                }
                let others = self.machine.tasks();
                let mut others = others.into_iter().filter(|&other| other != task);
                let moves = |other: Item| self.wait(other).is_none();
                if others.any(moves) {
                    return Class::Task;
                }
                self.of_requests(!self.due.is_empty())
            }
        }
    }

    fn of_requests(&self, any: bool) -> Class {
        match (any, self.due.values().any(Option::is_some)) {
            (true, true) => Class::Device,
            (true, false) => Class::Outside,
            (false, _) => Class::Nothing,
        }
    }
}
