//! Signals that are lost in one another.

use super::scene::{Open, Scene};
use super::{Findings, Rule, Watch, result_of};
use crate::kernel::portfolio::items::Item;
use crate::trace::event::Event;
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// The signals that programs allocate; those of the system say "look", and no more.
const USER_SIGNALS: u32 = 0x7FFF_FF00;

/// What every task has got and not taken.
#[derive(Default)]
pub struct Signals {
    pending: BTreeMap<Item, u32>,
    /// The last beat of a device, which is followed by its signal.
    beat: Option<u32>,
}

impl Signals {
    fn send(&mut self, scene: &Scene, actor: Item, task: Item, bits: u32, f: &mut Findings) {
        let bits = bits & USER_SIGNALS;
        let beat = self.beat.take();
        let call = scene.call_of(actor).and_then(Open::kernel_name);
        let pending = self.pending.entry(task).or_default();
        let lost = *pending & bits;
        *pending |= bits;
        // The signal of a port only says that there are messages, and those are not lost.
        let is_meant = call == Some("SendSignal") || beat == Some(bits);
        if lost != 0 && is_meant {
            let what = format!(
                "task {:#x} \"{}\" has not taken signal {lost:#x} yet",
                task.0,
                scene.name_of(task)
            );
            f.add(scene, Rule::LostSignal, actor, task, what);
        }
    }

    fn take(&mut self, task: Item, bits: u32) {
        if let Some(pending) = self.pending.get_mut(&task) {
            *pending &= !bits;
        }
    }
}

impl Watch for Signals {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings) {
        let actor = stamped.actor;
        match &stamped.event {
            Event::Beat { bits, .. } => self.beat = Some(bits.0),
            Event::Signal { task, bits } => self.send(scene, actor, *task, bits.0, findings),
            event @ Event::Return { .. } => {
                let Some(open) = scene.call_of(actor) else {
                    return;
                };
                match (open.kernel_name(), result_of(event)) {
                    (Some("WaitSignal"), Some(got)) if got > 0 => self.take(actor, got as u32),
                    // They take the signal of a port, or a new one.
                    (Some("WaitPort" | "OldWaitPort" | "WaitIO" | "DoIO"), _) => {
                        self.take(actor, USER_SIGNALS);
                    }
                    (Some("AllocSignal"), Some(got)) => self.take(actor, got as u32),
                    (Some("FreeSignal"), _) => self.take(actor, open.arg(0)),
                    _ => (),
                }
            }
            Event::End { task, .. } => {
                self.pending.remove(task);
            }
            _ => (),
        }
    }
}
