//! Semaphores: in which order they are locked, and those that are never let go.

use super::scene::{Open, Scene};
use super::{Findings, Rule, Watch, result_of};
use crate::kernel::portfolio::items::Item;
use crate::trace::event::Event;
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// Who has locked what, and who ever locked one while holding another.
#[derive(Default)]
pub struct Locks {
    /// By task: semaphores with how often each is locked, in order.
    held: BTreeMap<Item, Vec<(Item, u32)>>,
    /// First and second, and who did it first.
    orders: BTreeMap<(Item, Item), Item>,
}

impl Locks {
    /// A task asks for a lock: what it holds meanwhile counts, whether it gets it or not.
    fn ask(&mut self, scene: &Scene, task: Item, wanted: Item, findings: &mut Findings) {
        let held = self.held.get(&task).map(Vec::as_slice).unwrap_or_default();
        for &(first, _) in held.iter().filter(|(first, _)| *first != wanted) {
            self.orders.entry((first, wanted)).or_insert(task);
            if let Some(&other) = self.orders.get(&(wanted, first))
                && other != task
            {
                let what = format!(
                    "{} holds {} and wants {}; task {:#x} \"{}\" does it the other way round",
                    scene.name_of(task),
                    scene.words(first),
                    scene.words(wanted),
                    other.0,
                    scene.name_of(other)
                );
                findings.add(scene, Rule::LockOrder, task, wanted, what);
            }
        }
    }

    fn lock(&mut self, task: Item, semaphore: Item) {
        let held = self.held.entry(task).or_default();
        match held.iter_mut().find(|(known, _)| *known == semaphore) {
            Some((_, depth)) => *depth += 1,
            None => held.push((semaphore, 1)),
        }
    }

    fn unlock(&mut self, task: Item, semaphore: Item) {
        if let Some(held) = self.held.get_mut(&task) {
            for (known, depth) in held.iter_mut() {
                *depth -= u32::from(*known == semaphore);
            }
            held.retain(|(_, depth)| *depth > 0);
        }
    }
}

impl Watch for Locks {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings) {
        let actor = stamped.actor;
        match &stamped.event {
            Event::Call { .. } => {
                let open = scene.call_of(actor);
                match open.and_then(Open::kernel_name) {
                    // Whoever does not wait cannot wait for ever.
                    Some("LockItem") if open.is_some_and(|open| open.arg(1) & 1 != 0) => {
                        let wanted = open.map_or(Item::NONE, |open| open.item(0));
                        self.ask(scene, actor, wanted, findings);
                    }
                    Some("ExitTask") => {
                        for (semaphore, _) in self.held.remove(&actor).unwrap_or_default() {
                            let what = format!("{} is locked", scene.words(semaphore));
                            findings.add(scene, Rule::LockKept, actor, semaphore, what);
                        }
                    }
                    _ => (),
                }
            }
            event @ Event::Return { .. } => {
                let Some(open) = scene.call_of(actor) else {
                    return;
                };
                match (open.kernel_name(), result_of(event)) {
                    (Some("LockItem"), Some(1)) => self.lock(actor, open.item(0)),
                    (Some("UnlockItem"), Some(0)) => self.unlock(actor, open.item(0)),
                    _ => (),
                }
            }
            &Event::Gone { item } => {
                self.orders.retain(|&(a, b), _| a != item && b != item);
                for held in self.held.values_mut() {
                    held.retain(|&(known, _)| known != item);
                }
            }
            Event::End { task, .. } => {
                self.held.remove(task);
            }
            _ => (),
        }
    }
}
