//! From events to lives: who asked, what had it, whom its end has woken.

use super::{Ending, Life, Service};
use crate::device::Terms;
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::{Tick, Ticks};
use crate::trace::event::{Asker, Event, Told, Waits};
use crate::trace::tape::{Stamped, Tape};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Deepest nesting of calls that is followed; programs reach three.
const CALLS_MAX: usize = 64;
/// Requests to files that a block may be for, and ends of one instant that a signal may follow:
/// more than any program has, and few enough for a recording that somebody made up.
const TOGETHER_MAX: usize = 64;

/// What is known of a task.
#[derive(Default)]
struct TaskState {
    name: Arc<str>,
    /// The calls it is in, with when they were entered.
    calls: Vec<(CallKey, Tick)>,
    /// What it sleeps for.
    blocked: Option<(Waits, u32)>,
}

/// Ends whose consequences may still follow: signals come behind the end that sends them.
#[derive(Default)]
struct Fresh {
    at: Tick,
    /// Whose ends, and the task or the message that is told.
    ends: Vec<(usize, Item)>,
    /// The message that came back, and its port.
    message: Option<(Item, Item)>,
}

/// The lives of requests, as far as events have told of them.
#[derive(Default)]
pub struct Lives {
    lives: Vec<Life>,
    /// Lives that the last event has begun, or gone on with.
    touched: Vec<usize>,
    tasks: BTreeMap<Item, TaskState>,
    names: BTreeMap<Item, Arc<str>>,
    /// The life of each request at a device.
    by_req: BTreeMap<u64, usize>,
    /// The life of each IOReq under way, and of each operation.
    by_ior: BTreeMap<Item, usize>,
    by_operation: BTreeMap<u64, usize>,
    /// Requests of programs to files: what the file system does meanwhile may be for them.
    to_files: BTreeSet<usize>,
    fresh: Fresh,
    /// Who gets the processor next because of which end.
    waking: BTreeMap<Item, Vec<usize>>,
}

pub(super) fn lives(tape: &Tape) -> Vec<Life> {
    let mut lives = Lives::default();
    for stamped in tape {
        lives.take(&stamped);
    }
    lives.lives
}

impl Lives {
    /// All of them, in the order in which the requests were made.
    pub fn all(&self) -> &[Life] {
        &self.lives
    }

    /// Which of them the last event has begun, or gone on with: their places.
    pub fn touched(&self) -> &[usize] {
        &self.touched
    }

    /// Hears the next event.
    pub fn take(&mut self, stamped: &Stamped) {
        let &Stamped { at, actor, .. } = stamped;
        self.touched.clear();
        if at != self.fresh.at {
            self.fresh = Fresh::default();
            self.fresh.at = at;
        }
        self.wake(actor, at);
        match &stamped.event {
            Event::Call { call, .. } => {
                let task = self.tasks.entry(actor).or_default();
                task.blocked = None;
                if task.calls.len() < CALLS_MAX {
                    task.calls.push((*call, at));
                }
            }
            Event::Return { call, .. } => {
                let task = self.tasks.entry(actor).or_default();
                task.blocked = None;
                // Calls that never returned lie above it.
                if let Some(depth) = task.calls.iter().rposition(|(open, _)| open == call) {
                    task.calls.truncate(depth);
                }
            }
            Event::Block { waits, on } => {
                let task = self.tasks.entry(actor).or_default();
                task.blocked = Some((*waits, on.0));
            }
            Event::Text { .. } => self.tasks.entry(actor).or_default().blocked = None,
            Event::Task { task, name, .. } => {
                let state = TaskState {
                    name: name.as_str().into(),
                    ..TaskState::default()
                };
                self.tasks.insert(*task, state);
            }
            Event::End { task, .. } => {
                self.tasks.remove(task);
                self.waking.remove(task);
            }
            Event::Item { item, name, .. } => {
                self.names.insert(*item, name.as_str().into());
            }
            Event::Ask { .. } => self.ask(stamped),
            Event::Submit { .. } => self.submit(stamped),
            Event::Held { req, delay } => {
                if let Some(service) = self.service_of(*req) {
                    service.held = Ticks(service.held.0.saturating_add(delay.0));
                }
            }
            Event::Complete { .. } => self.complete(stamped),
            Event::Done {
                ior,
                actual,
                error,
                told,
                to,
                ..
            } => {
                let Some(index) = self.by_ior.remove(ior) else {
                    return;
                };
                self.to_files.remove(&index);
                for &(fresh, _) in &self.fresh.ends {
                    let brought = &mut self.lives[fresh];
                    if brought.by == Asker::Volume {
                        brought.waited_for_by.push(*ior);
                    }
                }
                let ending = Ending {
                    at,
                    told: Some(*told),
                    code: *error,
                    actual: *actual,
                };
                self.end(index, ending, *to);
            }
            Event::MachDone {
                operation,
                code,
                count,
                told,
            } => {
                let Some(index) = self.by_operation.remove(operation) else {
                    return;
                };
                let ending = Ending {
                    at,
                    told: Some(*told),
                    code: *code,
                    actual: *count,
                };
                self.end(index, ending, Item::NONE);
            }
            Event::Message { message, port, .. } => self.fresh.message = Some((*message, *port)),
            Event::Signal { task, bits } => self.signal(*task, bits.0),
            _ => (),
        }
    }

    /// A task runs: whatever woke it has brought it so far.
    fn wake(&mut self, actor: Item, at: Tick) {
        if self.waking.is_empty() {
            return;
        }
        for index in self.waking.remove(&actor).unwrap_or_default() {
            self.lives[index].woken = Some((actor, at));
            self.touched.push(index);
        }
    }

    fn begin(&mut self, by: Asker, of: u32, at: Tick, actor: Item) -> usize {
        let mut life = Life::new(by, of, at);
        life.asker = actor;
        if let Some(task) = self.tasks.get(&actor) {
            life.asker_name.clone_from(&task.name);
            if let Some(&(call, entered)) = task.calls.last() {
                life.call = Some(call);
                // What the file system asks for is its own affair, whoever's call it was in.
                if matches!(by, Asker::Request | Asker::Mach) {
                    life.begun = entered;
                }
            }
        }
        self.lives.push(life);
        self.touched.push(self.lives.len() - 1);
        self.lives.len() - 1
    }

    fn ask(&mut self, stamped: &Stamped) {
        let Event::Ask {
            ior,
            device,
            command,
            ..
        } = &stamped.event
        else {
            return;
        };
        let index = self.begin(Asker::Request, ior.0 as u32, stamped.at, stamped.actor);
        let name = self.names.get(device).cloned().unwrap_or_default();
        let life = &mut self.lives[index];
        life.target = Some((*device, name));
        life.command = Some(*command);
        self.by_ior.insert(*ior, index);
        self.to_files.insert(index);
    }

    fn submit(&mut self, stamped: &Stamped) {
        let &Stamped { at, actor, .. } = stamped;
        let &Event::Submit {
            req,
            device,
            unit,
            op,
            offset,
            send,
            recv,
            by,
            of,
            ..
        } = &stamped.event
        else {
            return;
        };
        let asked = match by {
            Asker::Request => self.by_ior.get(&Item(of.0 as i32)).copied(),
            _ => None,
        };
        let index = match asked {
            Some(index) => {
                // The board has it: the file system has no part in it.
                self.to_files.remove(&index);
                index
            }
            None => {
                for &open in self.to_files.iter().take(TOGETHER_MAX) {
                    self.lives[open].inner.push(req);
                }
                self.begin(by, of.0, at, actor)
            }
        };
        if by == Asker::Mach {
            self.by_operation.insert(u64::from(of.0), index);
        }
        self.by_req.insert(req, index);
        self.touched.push(index);
        self.lives[index].service = Some(Service {
            req,
            device,
            unit,
            op,
            offset,
            send,
            recv,
            from: at,
            to: None,
            terms: Terms::default(),
            held: Ticks(0),
            actual: 0,
            error: None,
        });
    }

    fn service_of(&mut self, req: u64) -> Option<&mut Service> {
        let index = *self.by_req.get(&req)?;
        self.lives[index].service.as_mut()
    }

    fn complete(&mut self, stamped: &Stamped) {
        let at = stamped.at;
        let &Event::Complete {
            req,
            actual,
            error,
            terms,
            ..
        } = &stamped.event
        else {
            return;
        };
        let Some(service) = self.service_of(req) else {
            return;
        };
        service.to = Some(at);
        service.terms = terms;
        service.actual = actual;
        service.error = error;
        let Some(index) = self.by_req.remove(&req) else {
            return;
        };
        self.touched.push(index);
        if matches!(self.lives[index].by, Asker::Volume | Asker::Kernel) {
            let ending = Ending {
                at,
                told: None,
                code: 0,
                actual,
            };
            self.end(index, ending, Item::NONE);
        }
    }

    fn end(&mut self, index: usize, ending: Ending, told: Item) {
        self.lives[index].ending = Some(ending);
        self.touched.push(index);
        if self.fresh.ends.len() < TOGETHER_MAX {
            self.fresh.ends.push((index, told));
        }
    }

    /// A signal behind an end wakes those that sleep for what has ended.
    fn signal(&mut self, task: Item, bits: u32) {
        let Some((waits, on)) = self.tasks.get(&task).and_then(|state| state.blocked) else {
            return;
        };
        let message = self.fresh.message;
        for &(index, told) in &self.fresh.ends {
            let life = &mut self.lives[index];
            let is_told = match life.ending.and_then(|ending| ending.told) {
                Some(Told::Signal) => told == task,
                Some(Told::Message) => message.is_some_and(|(message, _)| message == told),
                _ => true,
            };
            let is_awaited = is_told
                && match (life.by, waits) {
                    (Asker::Request, Waits::Io) => on == life.of,
                    (Asker::Request, Waits::Signal) => on & bits != 0,
                    (Asker::Request, Waits::Port) => {
                        message.is_some_and(|(_, port)| port.0 as u32 == on)
                    }
                    (Asker::Request, Waits::Message) => told.0 as u32 == on,
                    // A call of the File folio may wait for the end of a request to a file.
                    (Asker::Request | Asker::Volume, Waits::File) => true,
                    (Asker::Mach, Waits::Mach) => true,
                    _ => false,
                };
            if is_awaited {
                if life.by == Asker::Volume {
                    life.waited_for_by.push(task);
                }
                self.waking.entry(task).or_default().push(index);
            }
        }
    }
}
