//! The machine seen from outside, between two runs.
//!
//! This is the debugger's and the tests' door.
//!
//! Nothing here lets time pass. What is changed takes effect when the machine runs on.

use super::Machine;
use crate::device::{Board, DeviceClass, DeviceId, PendingWork};
use crate::kernel::abi::Registers;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::tasks::TaskState;
use crate::mem::{GuestPtr, Memory, Range};
use crate::time::Tick;
use std::collections::BTreeSet;

impl<B: Board> Machine<B> {
    /// Guest memory, to change it without asking for anybody's permission. Changed instructions
    /// are decoded anew.
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.mem
    }

    /// Stops before executing these addresses from now on, and before no others.
    pub fn set_breakpoints(&mut self, breakpoints: &BTreeSet<u32>) {
        self.engine.set_breakpoints(breakpoints);
    }

    /// Stops behind every write to these parts of memory from now on, and to no others.
    pub fn watch(&mut self, ranges: &[Range]) {
        self.mem.watch(ranges, &[]);
    }

    /// The same for writes to some parts, and for loads that instructions make from others.
    pub fn watch_both(&mut self, stores: &[Range], loads: &[Range]) {
        self.mem.watch(stores, loads);
    }

    /// Lets the plain reference interpreter run the guest from now on, or the fast engine.
    pub fn use_reference_cpu(&mut self, reference: bool) {
        self.config.reference_cpu = reference;
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

    /// Whose an item is.
    pub fn item_owner(&self, item: Item) -> Item {
        self.kernel.owner_of(&self.mem, item)
    }

    /// What kind of device it is.
    pub fn device_class(&mut self, id: DeviceId) -> Option<DeviceClass> {
        self.board.device(id).map(|device| device.info().class)
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
