//! 3DO Portfolio 2.5 (kernel 24.225), emulated at its call boundary.
//!
//! | module | what it answers |
//! |---|---|
//! | `boot` | KernelBase, folio bases, vector tables, system items |
//! | `create`, `items`, `tags`, `resources` | CreateSizedItem and the life of items |
//! | `tasks`, `schedule`, `signals`, `wait` | tasks, threads, who runs, who waits |
//! | `ports`, `messages`, `semaphores` | talking to each other |
//! | `io`, `devices` | IOReqs over the neutral device layer |
//! | `memory`, `heap` | pages, pools, free lists; kernel memory |
//! | `list`, `lists` | list operations, and the vectors that offer them |
//! | `console`, `format`, `errors` | printing and error texts |
//! | `folios` | rows of folios whose calls are not written yet |
//!
//! What a guest can see is in guest memory and nowhere else (`structs`); this value holds what
//! it cannot: ready queue, saved registers, item generations, pending requests.

pub mod errors;
pub mod items;
pub mod list;
pub mod structs;
pub mod tasks;
pub mod wait;

mod format;
mod heap;
mod lists;
mod memory;
mod resources;
mod tags;

#[cfg(test)]
mod rig;

use self::items::{Item, ItemTable};
use self::structs::KernelBase;
use self::tasks::{Ending, TaskState};
use crate::device::{DeviceId, ReqId};
use crate::kernel::call::Row;
use crate::mem::GuestPtr;
use crate::quirks::Quirks;
use crate::time::Tick;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The call rows of every module.
pub const TABLES: &[&[Row]] = &[lists::CALLS, memory::CALLS, tags::CALLS];

/// The kernel's side of the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Portfolio {
    /// Where pages and shipped kernel differ.
    pub quirks: Quirks,
    heap: heap::Heap,
    items: ItemTable,
    kernel_base: GuestPtr<KernelBase>,
    tasks: BTreeMap<Item, TaskState>,
    /// Ready tasks: highest priority first, equal ones in the order they became ready.
    ready: VecDeque<Item>,
    current: Option<Item>,
    reschedule: bool,
    quantum_end: Tick,
    /// Pending requests, and the request object of each.
    pending: BTreeMap<ReqId, Item>,
    next_request: u64,
    devices: BTreeMap<Item, DeviceId>,
    /// The program that was started last by the host; its end is the machine's end.
    main: Item,
    ending: Option<Ending>,
    random: u64,
}
