//! What a task owns and has open, in the order that its death undoes it.
//!
//! Kernel sheet 4.4.

use super::Portfolio;
use super::items::Item;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One entry of a task's resource table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resource {
    /// The task owns the item.
    Owned(Item),
    /// The task has opened the item, once per entry.
    Opened(Item),
}

/// Opens and items of one task, about as many as guest memory would hold.
const MOST_SLOTS: usize = 1 << 16;

/// Slots that are reused last-freed first, so that clean-up "from the last slot to the first"
/// gives the shipped order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Resources {
    slots: Vec<Option<Resource>>,
    free: Vec<u32>,
}

impl Resources {
    /// Whether nothing more may be opened: the shipped table grows in guest memory.
    pub fn is_full(&self) -> bool {
        self.slots.len() >= MOST_SLOTS && self.free.is_empty()
    }

    /// Notes a resource.
    pub fn add(&mut self, resource: Resource) {
        match self.free.pop() {
            Some(slot) => self.slots[slot as usize] = Some(resource),
            None => self.slots.push(Some(resource)),
        }
    }

    /// Forgets one entry for the resource; false if there is none.
    pub fn remove(&mut self, resource: Resource) -> bool {
        let place = self.slots.iter().position(|slot| *slot == Some(resource));
        match place {
            Some(slot) => {
                self.slots[slot] = None;
                self.free.push(slot as u32);
                true
            }
            None => false,
        }
    }

    /// Whether every slot to be reused exists and is empty (a saved state may say otherwise).
    pub(crate) fn is_sound(&self) -> bool {
        let distinct: BTreeSet<u32> = self.free.iter().copied().collect();
        distinct.len() == self.free.len()
            && self
                .free
                .iter()
                .all(|&slot| self.slots.get(slot as usize) == Some(&None))
    }

    /// Whether there is an entry for the resource.
    pub fn contains(&self, resource: Resource) -> bool {
        self.slots.contains(&Some(resource))
    }

    /// The entry that clean-up takes next.
    pub fn last(&self) -> Option<Resource> {
        self.slots.iter().rev().flatten().next().copied()
    }

    /// Every entry, from the last slot to the first.
    pub fn iter(&self) -> impl Iterator<Item = Resource> + '_ {
        self.slots.iter().rev().flatten().copied()
    }
}

impl Portfolio {
    /// Notes that a task owns or has opened something; one that is gone has nothing.
    pub(crate) fn gain(&mut self, task: Item, resource: Resource) {
        if let Some(state) = self.tasks.get_mut(&task) {
            state.resources.add(resource);
        }
    }

    /// Forgets that a task owns something, or one of its opens.
    pub(crate) fn lose(&mut self, task: Item, resource: Resource) {
        if let Some(state) = self.tasks.get_mut(&task) {
            state.resources.remove(resource);
        }
    }

    /// Whether a task has opened the folio of this number, as it must before it makes items: each
    /// thread too.
    pub(super) fn has_opened_folio(&self, task: Item, folio: u8) -> bool {
        let folio = self.items.at_index(usize::from(folio));
        folio.is_none_or(|folio| self.holds(task, Resource::Opened(folio)))
    }

    /// Notes, for a call that is not CreateItem, that the caller owns an item.
    pub(super) fn give_to_caller(&mut self, item: Item) -> Item {
        self.gain(self.caller(), Resource::Owned(item));
        item
    }

    /// Whether a task owns or has opened something.
    pub(crate) fn holds(&self, task: Item, resource: Resource) -> bool {
        let state = self.tasks.get(&task);
        state.is_some_and(|state| state.resources.contains(resource))
    }
}
