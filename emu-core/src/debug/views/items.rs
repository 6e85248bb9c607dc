//! Items: what all have, and what each kind has of its own.

use super::nodes;
use crate::device::Board;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::structs::io_flag::IO_DONE;
use crate::kernel::portfolio::structs::{
    Device, Folio, IOInfo, IOReq, ItemNode, Message, MsgPort, Semaphore, Task, node_type,
};
use crate::kernel::portfolio::tasks::Phase;
use crate::kernel::portfolio::wait::Wait;
use crate::machine::Machine;
use crate::mem::GuestPtr;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemView {
    /// Its number.
    pub item: Item,
    /// The folio that it belongs to.
    pub folio: u8,
    /// Its type there.
    pub number: u8,
    /// The same in words.
    pub type_name: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// Whose it is.
    pub owner: Item,
    /// Its priority.
    pub priority: u8,
    /// Its structure.
    pub address: u32,
    /// The tasks that have it open, each as often as it has opened it.
    pub openers: Vec<Item>,
    /// What its kind has.
    pub kind: ItemKind,
}

/// What items of one kind have of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A task or thread.
    Task {
        /// Ready, running or waiting.
        phase: Phase,
        /// What it waits for.
        wait: Option<Wait>,
        /// The same in words; empty if it does not wait.
        waits: String,
        /// The program whose memory it uses.
        program: Item,
        /// Signals that it has.
        signals: u32,
        /// Signals that it has allocated.
        allocated: u32,
        /// Its next instruction.
        pc: u32,
    },
    /// A message port.
    Port {
        /// The signal that tells of messages.
        signal: u32,
        /// What lies there, first come first.
        messages: Vec<Item>,
    },
    /// A message.
    Message {
        /// Where its answer goes.
        reply_port: Item,
        /// The port that it lies at, or was sent to last.
        port: Item,
        /// Its data, or two words of its own.
        data: (u32, u32),
        /// Its result.
        result: i32,
    },
    /// A semaphore.
    Semaphore {
        /// Who has locked it; none if nobody has.
        holder: Item,
        /// How often.
        nested: i32,
        /// Who waits for it.
        waiters: Vec<Item>,
    },
    /// A request to a device.
    Request {
        /// The device.
        device: Item,
        /// The device's name.
        device_name: String,
        /// Whether it is at its device.
        pending: bool,
        /// Whether it has ended, or was never sent.
        done: bool,
        /// The command, the unit, the offset.
        command: (u8, u8, i32),
        /// io_Error.
        error: i32,
        /// io_Actual.
        actual: i32,
        /// The message that tells of its end, or none: a signal does.
        message: Item,
    },
    /// A device.
    Device {
        /// How often it is open.
        opens: i32,
        /// Its highest unit.
        units: u8,
    },
    /// A folio.
    Folio {
        /// How often it is open.
        opens: i32,
    },
    /// Another.
    Other,
}

impl<B: Board> Machine<B> {
    /// Every item, by its place in the item table.
    pub fn item_views(&self) -> Vec<ItemView> {
        let items = self.kernel().item_numbers();
        items.filter_map(|item| self.item_view(item)).collect()
    }

    /// One item, if there is one of this number.
    pub fn item_view(&self, item: Item) -> Option<ItemView> {
        let mem = self.memory();
        let node: GuestPtr<ItemNode> = self.item(item)?;
        let folio = mem.peek(node.at(ItemNode::n_SubsysType));
        let number = mem.peek(node.at(ItemNode::n_Type));
        let type_name = node_type::name(number).filter(|_| folio == 1);
        let type_name =
            type_name.map_or_else(|| format!("kind {number} of folio {folio}"), str::to_owned);
        Some(ItemView {
            item,
            folio,
            number,
            type_name,
            name: self.item_name(item),
            owner: self.item_owner(item),
            priority: mem.peek(node.at(ItemNode::n_Priority)),
            address: node.addr(),
            openers: self.openers(item),
            kind: match folio {
                1 => self.item_kind(item, node, number),
                _ => ItemKind::Other,
            },
        })
    }

    fn openers(&self, item: Item) -> Vec<Item> {
        let opened = Resource::Opened(item);
        let tasks = self.tasks().into_iter();
        let each = tasks.filter_map(|task| {
            let resources = self.task(task)?.resources.iter();
            Some(resources.filter(move |r| *r == opened).map(move |_| task))
        });
        each.flatten().collect()
    }

    fn item_kind(&self, item: Item, node: GuestPtr<ItemNode>, number: u8) -> ItemKind {
        let mem = self.memory();
        match number {
            node_type::TASKNODE => self.task_kind(item, node.cast()),
            node_type::MSGPORTNODE => {
                let port = node.cast::<MsgPort>();
                let queued = nodes(mem, port.at(MsgPort::mp_Msgs));
                let number =
                    |node: GuestPtr<_>| mem.peek(node.cast::<ItemNode>().at(ItemNode::n_Item));
                ItemKind::Port {
                    signal: mem.peek(port.at(MsgPort::mp_Signal)),
                    messages: queued.into_iter().map(number).collect(),
                }
            }
            node_type::MESSAGENODE => {
                let message = node.cast::<Message>();
                let data = mem.peek(message.at(Message::msg_DataPtr));
                let size = mem.peek(message.at(Message::msg_DataSize));
                ItemKind::Message {
                    reply_port: mem.peek(message.at(Message::msg_ReplyPort)),
                    port: mem.peek(message.at(Message::msg_MsgPort)),
                    data: (data, size),
                    result: mem.peek(message.at(Message::msg_Result)),
                }
            }
            node_type::SEMA4NODE => {
                let semaphore = node.cast::<Semaphore>();
                let wait = Some(Wait::Semaphore { semaphore: item });
                let waits = |&task: &Item| {
                    let state = self.task(task);
                    state.is_some_and(|s| s.phase == Phase::Waiting && s.wait == wait)
                };
                ItemKind::Semaphore {
                    holder: mem.peek(semaphore.at(Semaphore::sem_Owner)),
                    nested: mem.peek(semaphore.at(Semaphore::sem_NestCnt)),
                    waiters: self.tasks().into_iter().filter(waits).collect(),
                }
            }
            node_type::IOREQNODE => self.request_kind(item, node.cast()),
            node_type::DEVICENODE | node_type::TIMERNODE => {
                let device = node.cast::<Device>();
                ItemKind::Device {
                    opens: mem.peek(device.at(Device::dev_OpenCnt)),
                    units: mem.peek(device.at(Device::dev_MaxUnitNum)),
                }
            }
            node_type::FOLIONODE => ItemKind::Folio {
                opens: mem.peek(node.cast::<Folio>().at(Folio::f_OpenCount)),
            },
            _ => ItemKind::Other,
        }
    }

    fn task_kind(&self, item: Item, task: GuestPtr<Task>) -> ItemKind {
        let mem = self.memory();
        let Some(state) = self.task(item) else {
            return ItemKind::Other;
        };
        let wait = state.wait.filter(|_| state.phase == Phase::Waiting);
        let waits = wait.map(|wait| self.kernel().describe_wait(mem, &wait));
        ItemKind::Task {
            phase: state.phase,
            wait,
            waits: waits.unwrap_or_default(),
            program: state.program,
            signals: mem.peek(task.at(Task::t_SigBits)),
            allocated: mem.peek(task.at(Task::t_AllocatedSigs)),
            pc: state.registers.pc(),
        }
    }

    fn request_kind(&self, item: Item, ior: GuestPtr<IOReq>) -> ItemKind {
        let mem = self.memory();
        let kernel = self.kernel();
        let device: GuestPtr<Device> = mem.peek(ior.at(IOReq::io_Dev));
        let device = match device.is_null() {
            true => Item::NONE,
            false => mem.peek(device.cast::<ItemNode>().at(ItemNode::n_Item)),
        };
        let info = ior.at(IOReq::io_Info);
        let at_board = kernel.pending_requests().any(|(_, of)| of == item);
        ItemKind::Request {
            device,
            device_name: self.item_name(device),
            pending: at_board || kernel.pending_iors_of_files().contains(&item),
            done: mem.peek(ior.at(IOReq::io_Flags)) & IO_DONE != 0,
            command: (
                mem.peek(info.at(IOInfo::ioi_Command)),
                mem.peek(info.at(IOInfo::ioi_Unit)),
                mem.peek(info.at(IOInfo::ioi_Offset)),
            ),
            error: mem.peek(ior.at(IOReq::io_Error)),
            actual: mem.peek(ior.at(IOReq::io_Actual)),
            message: mem.peek(ior.at(IOReq::io_MsgItem)),
        }
    }
}
