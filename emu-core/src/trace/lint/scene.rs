//! Who is who in a recording, and who is in which call.

use super::Place;
use crate::kernel::call::System;
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::node_type::{self, DEVICENODE, IOREQNODE, MESSAGENODE};
use crate::trace::event::Event;
use crate::trace::field::{Hex, Words};
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// Calls inside one another: routines that a vector calls back make calls too.
const DEEPEST: usize = 16;
/// The folio of tasks, requests, messages.
const KERNEL_FOLIO: u8 = 1;

/// An item as it was made.
#[derive(Clone, Debug)]
pub struct Known {
    pub folio: u8,
    pub kind: u8,
    pub owner: Item,
    name: String,
}

impl Known {
    fn is(&self, kind: u8) -> bool {
        (self.folio, self.kind) == (KERNEL_FOLIO, kind)
    }

    /// What such items are called. The devices that tasks make are files they have opened.
    pub fn noun(&self) -> String {
        noun(self.folio, self.kind)
    }
}

/// What items of a kind are called that programs have made.
pub(crate) fn noun(folio: u8, kind: u8) -> String {
    match node_type::name(kind).filter(|_| folio == KERNEL_FOLIO) {
        Some(_) if kind == DEVICENODE => "open file".to_owned(),
        Some(name) => name.to_owned(),
        None => format!("item of folio {folio}, kind {kind}"),
    }
}

/// A call that a task is in.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    call: CallKey,
    pc: Hex,
    args: Words,
}

impl Open {
    /// An argument; 0 if there is none.
    pub fn arg(&self, n: usize) -> u32 {
        self.args.as_slice().get(n).copied().unwrap_or_default()
    }

    /// An argument that is an item.
    pub fn item(&self, n: usize) -> Item {
        Item(self.arg(n) as i32)
    }

    /// Its name among the kernel's calls.
    pub fn kernel_name(&self) -> Option<&'static str> {
        self.name_in(System::Kernel)
    }

    /// Its name among Mach's calls.
    pub fn mach_name(&self) -> Option<&'static str> {
        self.name_in(System::Mach)
    }

    fn name_in(&self, system: System) -> Option<&'static str> {
        let row = self.call.row().filter(|row| row.system == system)?;
        Some(row.name)
    }
}

/// What is known at an event.
#[derive(Default)]
pub struct Scene {
    tasks: BTreeMap<Item, String>,
    items: BTreeMap<Item, Known>,
    calls: BTreeMap<Item, Vec<Open>>,
}

impl Scene {
    /// What an event tells that rules want to know when they look at it.
    pub fn enter(&mut self, stamped: &Stamped) {
        match &stamped.event {
            &Event::Call { call, pc, args } => {
                let open = self.calls.entry(stamped.actor).or_default();
                if open.len() == DEEPEST {
                    open.remove(0);
                }
                open.push(Open { call, pc, args });
            }
            Event::Return { call, .. } => {
                // Calls above it never returned: their task was sent elsewhere.
                if let Some(open) = self.calls.get_mut(&stamped.actor)
                    && let Some(at) = open.iter().rposition(|open| open.call == *call)
                {
                    open.truncate(at + 1);
                }
            }
            Event::Task { task, name, .. } => {
                self.tasks.insert(*task, name.clone());
            }
            Event::Item {
                item,
                folio,
                kind,
                owner,
                name,
                ..
            } => {
                let known = Known {
                    folio: *folio,
                    kind: *kind,
                    owner: *owner,
                    name: name.clone(),
                };
                self.items.insert(*item, known);
            }
            _ => (),
        }
    }

    /// What an event ends, when rules have looked at it.
    pub fn leave(&mut self, stamped: &Stamped) {
        match &stamped.event {
            Event::Return { call, .. } => {
                if let Some(open) = self.calls.get_mut(&stamped.actor)
                    && open.last().is_some_and(|open| open.call == *call)
                {
                    open.pop();
                }
            }
            Event::Gone { item } => {
                self.items.remove(item);
            }
            Event::End { task, .. } => {
                self.calls.remove(task);
            }
            _ => (),
        }
    }

    /// The call that a task is in.
    pub fn call_of(&self, task: Item) -> Option<&Open> {
        self.calls.get(&task)?.last()
    }

    /// The same for a report.
    pub fn place_of(&self, task: Item) -> Option<Place> {
        let &Open { call, pc, .. } = self.call_of(task)?;
        Some(Place { call, pc })
    }

    /// An item that is there.
    pub fn item(&self, item: Item) -> Option<&Known> {
        self.items.get(&item)
    }

    /// Whose an item is.
    pub fn owner_of(&self, item: Item) -> Item {
        self.items.get(&item).map_or(Item::NONE, |item| item.owner)
    }

    pub fn is_request(&self, item: Item) -> bool {
        self.item(item).is_some_and(|item| item.is(IOREQNODE))
    }

    pub fn is_message(&self, item: Item) -> bool {
        self.item(item).is_some_and(|item| item.is(MESSAGENODE))
    }

    /// The name of a task, which may have ended.
    pub fn name_of(&self, task: Item) -> String {
        self.tasks.get(&task).cloned().unwrap_or_default()
    }

    /// An item for people: `IOReq 0x2c "read"`.
    pub fn words(&self, item: Item) -> String {
        match self.item(item) {
            Some(known) if known.name.is_empty() => format!("{} {:#x}", known.noun(), item.0),
            Some(known) => format!("{} {:#x} \"{}\"", known.noun(), item.0, known.name),
            None => format!("item {:#x}", item.0),
        }
    }

    /// The name of a device or an open file.
    pub fn device_name(&self, device: Item) -> String {
        match self.item(device) {
            Some(known) if !known.name.is_empty() => format!("\"{}\"", known.name),
            _ => format!("device {:#x}", device.0),
        }
    }

    /// Whether an item goes because its owner ends, not because that wanted it: `actor` is the
    /// task in whose time it goes.
    pub fn is_left_behind(&self, actor: Item, item: Item) -> bool {
        let owner = self.owner_of(item);
        if owner == Item::NONE || !self.tasks.contains_key(&owner) {
            return false;
        }
        let name = self.call_of(actor).and_then(Open::kernel_name);
        owner != actor || matches!(name, None | Some("ExitTask" | "Exit"))
    }
}
