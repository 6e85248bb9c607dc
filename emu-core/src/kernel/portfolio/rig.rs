//! A kernel with one running program and no devices, for unit tests.

use super::Portfolio;
use super::items::{Item, NewItem};
use super::structs::{KernelBase, List, Task, node_type};
use super::tasks::TaskState;
use crate::device::{Board, Bus, Device, DeviceId};
use crate::kernel::abi::{Convention, Registers, Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Entry, Flow, Row};
use crate::media::NoDiscs;
use crate::mem::{GuestPtr, GuestType, Memory};
use crate::quirks::Quirks;
use crate::time::{Tick, Ticks};
use crate::trace::{Category, Recorder};

struct NoBoard;

impl Board for NoBoard {
    fn device_count(&self) -> u8 {
        0
    }
    fn device(&mut self, _id: DeviceId) -> Option<&mut dyn Device> {
        None
    }
    fn field_start(&self, k: u64) -> Tick {
        Tick(k * 208_541)
    }
}

/// The kernel and what surrounds it.
pub(crate) struct Rig {
    pub(crate) k: Portfolio,
    pub(crate) mem: Memory,
    pub(crate) sink: Recorder,
    /// The memory lists of the running program.
    pub(crate) lists: GuestPtr<List>,
    bus: Bus,
}

impl Rig {
    pub(crate) fn new() -> Rig {
        let mut mem = Memory::new();
        let mut k = Portfolio::unbooted(Quirks::default(), 0);
        let base = k.heap_alloc(&mut mem, KernelBase::SIZE).unwrap();
        k.kernel_base = GuestPtr::new(base);
        k.boot_memory(&mut mem).unwrap();
        let mut rig = Rig {
            k,
            mem,
            sink: Recorder::new(Category::all()),
            lists: GuestPtr::NULL,
            bus: Bus::default(),
        };
        let main = rig.program("main");
        rig.switch_to(main);
        rig
    }

    /// Adds a program with empty memory.
    pub(crate) fn program(&mut self, name: &str) -> Item {
        let new = NewItem {
            subsystem: 1,
            kind: node_type::TASKNODE,
            size: Task::SIZE,
            name: Some(name.into()),
            ..NewItem::default()
        };
        let item = self.k.new_item(&mut self.mem, &new).unwrap();
        let lists = self.k.new_task_memory(&mut self.mem).unwrap();
        let task = self.k.item_of::<Task>(&self.mem, item, node_type::TASKNODE);
        self.mem
            .poke(task.unwrap().at(Task::t_FreeMemoryLists), lists);
        let state = TaskState::new(Registers::default(), item, Item::NONE);
        self.k.tasks.insert(item, state);
        item
    }

    /// Lets a program run.
    pub(crate) fn switch_to(&mut self, program: Item) {
        self.k.current = Some(program);
        self.lists = self.k.memory_of(&self.mem, program).unwrap();
        self.k.load_permissions(&mut self.mem, self.lists);
    }

    /// Makes a call through its row.
    pub(crate) fn flow(&mut self, rows: &[Row], entry: Entry, arguments: &[u32]) -> Answer {
        let mut registers = Registers::default();
        registers.r[..arguments.len()].copy_from_slice(arguments);
        let row = rows.iter().find(|row| row.entry == entry).unwrap();
        let mut cx = CallCx {
            now: Tick(0),
            mem: &mut self.mem,
            board: &mut NoBoard,
            bus: &mut self.bus,
            discs: &NoDiscs,
            sink: &mut self.sink,
            charge: Ticks(0),
            convention: Convention::Apcs,
        };
        row.handler.unwrap()(&mut self.k, &mut cx, &registers)
    }

    /// Makes a call that does not block.
    pub(crate) fn call(
        &mut self,
        rows: &[Row],
        entry: Entry,
        arguments: &[u32],
    ) -> Result<Reply, Trouble> {
        match self.flow(rows, entry, arguments)? {
            Flow::Done(reply) => Ok(reply),
            _ => panic!("{entry:?} blocks"),
        }
    }

    /// Calls a vector and returns its result register.
    pub(crate) fn vec(&mut self, rows: &[Row], n: u8, arguments: &[u32]) -> u32 {
        let reply = self.call(rows, Entry::Vector(n), arguments).unwrap();
        reply.result.unwrap_or(0)
    }
}
