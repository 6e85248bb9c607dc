//! Results in Mach's done queues.

use super::scene::{Open, Scene};
use super::{Findings, Rule, Watch, result_of};
use crate::kernel::mach::codes::KERN_SUCCESS;
use crate::kernel::portfolio::items::Item;
use crate::trace::event::{Event, Why};
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// What went into a queue and what came out.
#[derive(Clone, Copy, Debug, Default)]
struct Queue {
    /// Who asked last.
    asker: Item,
    asked: u64,
    collected: u64,
}

/// The queues by their names, which programs do not share as a rule.
#[derive(Default)]
pub struct Queues {
    queues: BTreeMap<u32, Queue>,
    /// The recording ends while the program goes on.
    is_cut: bool,
}

impl Queues {
    fn returned(&mut self, actor: Item, open: &Open) {
        let Some(name) = open.mach_name() else {
            return;
        };
        // Asynchronous requests name device and queue, calls of a queue only that.
        if name.starts_with("device_") && name.contains("_async") {
            let queue = self.queues.entry(open.arg(1)).or_default();
            queue.asker = actor;
            queue.asked += 1;
        } else if name.starts_with("io_done_queue_wait") {
            let queue = self.queues.entry(open.arg(0)).or_default();
            queue.collected += 1;
        } else if name.starts_with("io_done_queue_terminate") {
            self.queues.remove(&open.arg(0));
        }
    }
}

impl Watch for Queues {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, _findings: &mut Findings) {
        if let Event::Stop { why, .. } = stamped.event {
            self.is_cut = why == Why::Enough;
        }
        let Some(open) = scene.call_of(stamped.actor) else {
            return;
        };
        if result_of(&stamped.event) == Some(KERN_SUCCESS) {
            self.returned(stamped.actor, open);
        }
        // A queue ends by message too, and then it is the message that names it.
        if let Event::Return { .. } = stamped.event
            && open.mach_name() == Some("io_done_queue_terminate")
            && open.arg(0) == 0
        {
            self.queues.clear();
        }
    }

    fn end(&mut self, scene: &Scene, findings: &mut Findings) {
        // Who knows what would have been collected.
        let queues = self.queues.iter().filter(|_| !self.is_cut);
        for (name, queue) in queues {
            let Queue {
                asker,
                asked,
                collected,
            } = *queue;
            if asked > collected {
                let what = format!(
                    "queue {name:#x} got {asked} requests, and {collected} of their results were \
                     collected"
                );
                let item = Item(*name as i32);
                findings.add(scene, Rule::UndrainedQueue, asker, item, what);
            }
        }
    }
}
