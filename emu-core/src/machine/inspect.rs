//! The machine seen from outside between two runs: the debugger's and the tests' door.
//!
//! Nothing here lets time pass. What is changed takes effect when the machine runs on.

use super::Machine;
use crate::device::{Board, DeviceId, PendingWork};
use crate::kernel::abi::Registers;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::tasks::TaskState;
use crate::mem::{GuestPtr, Memory};
use crate::time::Tick;

impl<B: Board> Machine<B> {
    /// Guest memory, to change it without asking for anybody's permission. Changed instructions
    /// are decoded anew.
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.mem
    }

    /// Until when the kernel or a bus master keeps the CPU from guest code; may have passed.
    pub fn busy_until(&self) -> Tick {
        self.busy_until
    }

    /// Every task and thread, by item number.
    pub fn tasks(&self) -> Vec<Item> {
        self.kernel.task_items().collect()
    }

    /// What the guest cannot see of a task; `None` when there is no such task (any more).
    pub fn task(&self, task: Item) -> Option<&TaskState> {
        self.kernel.task_state(task)
    }

    /// The registers of a task.
    pub fn task_registers(&self, task: Item) -> Option<&Registers> {
        self.kernel.task_state(task).map(|state| &state.registers)
    }

    /// The registers of a task, to change them. A task that waits in a call still gets the
    /// result of that call in r0 when the wait is over.
    pub fn task_registers_mut(&mut self, task: Item) -> Option<&mut Registers> {
        let state = self.kernel.task_state_mut(task)?;
        Some(&mut state.registers)
    }

    /// The structure of an item, if the number is not stale.
    pub fn item(&self, item: Item) -> Option<GuestPtr<ItemNode>> {
        self.kernel.item_node(item)
    }

    /// The name of an item, for showing to people.
    pub fn item_name(&self, item: Item) -> String {
        self.kernel.item_name(&self.mem, item)
    }

    /// What each device still has to do, in the order of device numbers.
    pub fn pending_work(&mut self) -> Vec<(DeviceId, PendingWork)> {
        let mut all = Vec::new();
        for id in (0..self.board.device_count()).map(DeviceId) {
            let work = self.board.device(id).map(|device| device.pending());
            all.extend(work.into_iter().flatten().map(|work| (id, work)));
        }
        all
    }
}
