//! What a task leaves to the system.

use super::scene::Scene;
use super::{Findings, Rule, Watch, result_of};
use crate::kernel::portfolio::items::Item;
use crate::trace::event::Event;
use crate::trace::tape::Stamped;
use std::collections::{BTreeMap, BTreeSet};

/// The items that calls have given to programs.
#[derive(Default)]
pub struct Items {
    made: BTreeSet<Item>,
    /// Those made in the call that a task is in.
    new: BTreeMap<Item, BTreeSet<Item>>,
    /// How many of each kind a task that ends has left, so far.
    left: BTreeMap<Item, BTreeMap<String, u32>>,
}

impl Watch for Items {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings) {
        let actor = stamped.actor;
        match &stamped.event {
            &Event::Item { item, owner, .. } if owner == actor && actor != Item::NONE => {
                self.new.entry(actor).or_default().insert(item);
            }
            // Only what the call gives to the program is its own to delete.
            event @ Event::Return { .. } => {
                let new = self.new.remove(&actor).unwrap_or_default();
                let result = Item(result_of(event).unwrap_or_default());
                if new.contains(&result) {
                    self.made.insert(result);
                }
            }
            &Event::Gone { item } => {
                if self.made.remove(&item)
                    && scene.is_left_behind(actor, item)
                    && let Some(known) = scene.item(item)
                {
                    let kinds = self.left.entry(known.owner).or_default();
                    *kinds.entry(known.noun()).or_default() += 1;
                }
            }
            &Event::End { task, .. } => {
                let Some(kinds) = self.left.remove(&task) else {
                    return;
                };
                let counts = kinds.iter().map(|(noun, count)| match count {
                    1 => format!("1 {noun}"),
                    count => format!("{count} {noun}s"),
                });
                let counts: Vec<String> = counts.collect();
                let what = format!("it leaves {}", counts.join(", "));
                findings.add(scene, Rule::LeakedItems, task, task, what);
            }
            _ => (),
        }
    }
}
