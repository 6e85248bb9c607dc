//! What a debugger or a test may ask a kernel, and the little it may change.

use super::Portfolio;
use super::io::Pending;
use super::items::Item;
use super::structs::io_flag::IO_DONE;
use super::structs::node_type::SEMA4NODE;
use super::structs::{IOReq, ItemNode, KernelBase, Semaphore};
use super::tasks::TaskState;
use crate::device::ReqId;
use crate::mem::{GuestPtr, Memory};

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

    /// The task that has locked a semaphore, or none.
    pub fn lock_owner(&self, mem: &Memory, semaphore: Item) -> Item {
        let ptr = self.item_of::<Semaphore>(mem, semaphore, SEMA4NODE);
        ptr.map_or(Item::NONE, |ptr| mem.peek(ptr.at(Semaphore::sem_Owner)))
    }

    /// Whether a request has ended, or was never sent; `None` of what is no request.
    pub fn is_io_done(&self, mem: &Memory, ior: Item) -> Option<bool> {
        let ptr = self.ioreq(mem, ior).ok()?;
        Some(mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE != 0)
    }

    /// The requests that the file system works on.
    pub fn pending_iors_of_files(&self) -> Vec<Item> {
        self.files.requests().collect()
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
