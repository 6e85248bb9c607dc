//! What a debugger or a test may ask a kernel, and the little it may change.

use super::Portfolio;
use super::io::Pending;
use super::items::Item;
use super::structs::{ItemNode, KernelBase};
use super::tasks::TaskState;
use crate::device::ReqId;
use crate::mem::GuestPtr;

impl Portfolio {
    /// The kernel folio's structure.
    pub fn kernel_base(&self) -> GuestPtr<KernelBase> {
        self.kernel_base
    }

    /// The program that the host started.
    pub fn main_task(&self) -> Item {
        self.main
    }

    /// The task that has the CPU, if any has it.
    pub fn current_task(&self) -> Option<Item> {
        self.current
    }

    /// Every task and thread that exists, by item number.
    pub fn task_items(&self) -> impl Iterator<Item = Item> + '_ {
        self.tasks.keys().copied()
    }

    /// What the guest cannot see of a task.
    pub fn task_state(&self, task: Item) -> Option<&TaskState> {
        self.tasks.get(&task)
    }

    /// The same, to change its registers.
    pub fn task_state_mut(&mut self, task: Item) -> Option<&mut TaskState> {
        self.tasks.get_mut(&task)
    }

    /// The ready queue: who runs next comes first.
    pub fn ready_tasks(&self) -> impl Iterator<Item = Item> + '_ {
        self.ready.iter().copied()
    }

    /// Every item that exists, by its place in the item table.
    pub fn item_numbers(&self) -> impl Iterator<Item = Item> + '_ {
        self.items.iter()
    }

    /// The structure of an item, if the number is not stale.
    pub fn item_node(&self, item: Item) -> Option<GuestPtr<ItemNode>> {
        self.items.lookup(item)
    }

    /// The requests that devices have not let go yet, oldest first, and the IOReq of each.
    pub fn pending_requests(&self) -> impl Iterator<Item = (ReqId, Item)> + '_ {
        self.pending
            .iter()
            .filter_map(|(&id, pending)| match pending {
                Pending::Request(ior) => Some((id, *ior)),
                Pending::Volume(_) | Pending::Mach(_) => None,
            })
    }
}
