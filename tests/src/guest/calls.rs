//! Items, ports, messages and signals.

use super::{AUDIO, Guest, Word};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{Message, MsgPort, Task};

/// A tag list in the making.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    name: Option<String>,
    rest: Vec<(u32, u32)>,
}

impl Tags {
    /// No tags.
    pub fn new() -> Tags {
        Tags::default()
    }

    /// TAG_ITEM_NAME.
    pub fn name(mut self, name: &str) -> Tags {
        self.name = Some(name.to_owned());
        self
    }

    /// TAG_ITEM_PRI.
    pub fn pri(self, priority: u8) -> Tags {
        self.and(2, u32::from(priority))
    }

    /// TAG_ITEM_UNIQUE_NAME.
    pub fn unique(self) -> Tags {
        self.and(6, 0_u32)
    }

    /// The tags beside the name.
    pub fn rest(&self) -> &[(u32, u32)] {
        &self.rest
    }

    /// Any other tag.
    pub fn and(mut self, tag: u32, value: impl Word) -> Tags {
        self.rest.push((tag, value.word()));
        self
    }
}

impl Guest {
    /// Writes a tag list to new scratch memory.
    pub fn tags(&mut self, tags: Tags) -> u32 {
        let mut words = Vec::new();
        if let Some(name) = &tags.name {
            words.extend([1, self.string(name)]);
        }
        words.extend(tags.rest.iter().flat_map(|&(tag, value)| [tag, value]));
        words.push(0);
        self.words(&words)
    }

    /// CreateSizedItem without a size.
    pub fn create(&mut self, id: u32, tags: Tags) -> Status {
        self.create_sized(id, tags, 0)
    }

    /// CreateSizedItem.
    pub fn create_sized(&mut self, id: u32, tags: Tags, size: u32) -> Status {
        if id >> 8 == AUDIO.0 as u32 {
            self.open_audio();
        }
        let tags = self.tags(tags);
        self.call("CreateSizedItem", &[id, tags, size])
    }

    /// FindItem by name.
    pub fn find(&mut self, id: u32, name: &str) -> Status {
        let tags = self.tags(Tags::new().name(name));
        self.call("FindItem", &[id, tags])
    }

    /// A call that must give an item.
    pub fn item_from(&mut self, name: &str, arguments: &[u32]) -> Item {
        let result = self.call(name, arguments);
        assert!(result.0 > 0, "{name}: {result:?}");
        Item(result.0)
    }

    /// An item that must come into being.
    pub fn new_item(&mut self, id: u32, tags: Tags) -> Item {
        let result = self.create(id, tags);
        assert!(result.0 > 0, "CreateItem({id:#x}): {result:?}");
        Item(result.0)
    }

    /// DeleteItem.
    pub fn delete(&mut self, item: Item) -> Status {
        self.call("DeleteItem", &[item.word()])
    }

    /// A port without a name; the kernel chooses its signal.
    pub fn create_port(&mut self) -> Item {
        self.new_item(0x10A, Tags::new())
    }

    /// A standard message.
    pub fn create_msg(&mut self, reply_port: Item) -> Item {
        self.new_item(0x109, Tags::new().and(10, reply_port))
    }

    /// A small message of a priority.
    pub fn create_small_msg(&mut self, reply_port: Item, priority: u8) -> Item {
        let tags = Tags::new().pri(priority).and(10, reply_port);
        self.new_item(0x109, tags.and(11, 0_u32))
    }

    /// A message with a buffer.
    pub fn create_buffered_msg(&mut self, reply_port: Item, size: u32) -> Item {
        self.new_item(0x109, Tags::new().and(10, reply_port).and(12, size))
    }

    /// A semaphore without a name.
    pub fn create_semaphore(&mut self) -> Item {
        self.new_item(0x107, Tags::new())
    }

    /// SendMsg or SendSmallMsg.
    pub fn send_msg(&mut self, port: Item, message: Item, data: u32, size: u32) -> Status {
        self.call("SendMsg", &[port.word(), message.word(), data, size])
    }

    /// ReplyMsg or ReplySmallMsg.
    pub fn reply_msg(&mut self, message: Item, result: i32, data: u32, size: u32) -> Status {
        self.call("ReplyMsg", &[message.word(), result.word(), data, size])
    }

    /// GetMsg.
    pub fn get_msg(&mut self, port: Item) -> Status {
        self.call("GetMsg", &[port.word()])
    }

    /// GetMsg of a message that must be there: its result and data words.
    pub fn next_msg(&mut self, port: Item) -> (i32, u32, u32) {
        let message = self.get_msg(port);
        assert!(message.0 > 0, "GetMsg: {message:?}");
        self.msg(Item(message.0))
    }

    /// Result, first and second data word of a message.
    pub fn msg(&self, message: Item) -> (i32, u32, u32) {
        (
            self.field(message, Message::msg_Result),
            self.field(message, Message::msg_DataPtr),
            self.field(message, Message::msg_DataSize),
        )
    }

    /// The signal of a port.
    pub fn port_signal(&self, port: Item) -> u32 {
        self.field(port, MsgPort::mp_Signal)
    }

    /// AllocSignal(0), which must give one.
    pub fn alloc_signal(&mut self) -> u32 {
        let signal = self.call("AllocSignal", &[0]);
        assert!(signal.0 > 0, "AllocSignal: {signal:?}");
        signal.0 as u32
    }

    /// Signals that a task has pending.
    pub fn pending_of(&self, task: Item) -> u32 {
        self.field(task, Task::t_SigBits)
    }

    /// Signals that the acting task has pending.
    pub fn pending(&self) -> u32 {
        self.pending_of(self.me())
    }

    /// SendSignal.
    pub fn send_signal(&mut self, task: Item, mask: u32) -> Status {
        self.call("SendSignal", &[task.word(), mask])
    }
}
