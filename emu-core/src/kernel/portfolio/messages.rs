//! Messages: standard, small and buffered (kernel sheet 7.1, 7.4, 7.5).

use super::Portfolio;
use super::errors::{
    BADITEM, BADPRIV, BADPTR, BADSIZE, BADTAG, BADTAGVAL, MSG_SENT, NO_REPLY_PORT, NOTOWNER,
    REPLY_PORT_NEEDED, Status,
};
use super::items::{Item, NewItem};
use super::list::Links;
use super::resources::Resource;
use super::signals::SIGF_ABORT;
use super::structs::node_type::MESSAGENODE;
use super::structs::{ItemNode, Message, MsgPort, node_flag};
use super::tags::CommonTags;
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{GuestPtr, GuestType, MEMORY_END, Memory};
use crate::trace::Event;

mod tag {
    pub const REPLYPORT: u32 = 10;
    pub const MSG_IS_SMALL: u32 = 11;
    pub const DATA_SIZE: u32 = 12;
}

impl Portfolio {
    fn message_ptr(&self, mem: &Memory, message: Item) -> Result<GuestPtr<Message>, Status> {
        self.item_of(mem, message, MESSAGENODE)
    }

    /// CreateSizedItem of a message.
    pub(crate) fn create_message(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
        size: u32,
    ) -> Result<Item, Status> {
        if size != 0 {
            return Err(BADSIZE);
        }
        let (mut port, mut small, mut buffer) = (None, false, None);
        for &(tag, value) in rest {
            match tag {
                tag::REPLYPORT => port = Some(Item(value as i32)),
                tag::MSG_IS_SMALL => small = true,
                tag::DATA_SIZE => buffer = Some(value),
                _ => return Err(BADTAG),
            }
        }
        let port = port.ok_or(REPLY_PORT_NEEDED)?;
        let owner = self.caller();
        self.check_own_port(cx.mem, port, owner)?;
        if small && buffer.is_some() {
            return Err(BADTAGVAL);
        }
        if buffer.is_some_and(|bytes| bytes > MEMORY_END) {
            return Err(super::errors::NOMEM);
        }
        let new = common.into_item(1, MESSAGENODE, Message::SIZE + buffer.unwrap_or(0), owner);
        let flags = match (small, buffer) {
            (true, _) => node_flag::MESSAGE_SMALL,
            (false, Some(_)) => node_flag::MESSAGE_PASS_BY_VALUE,
            (false, None) => 0,
        };
        self.new_message(cx.mem, &new, port, flags, buffer.unwrap_or(0))
    }

    /// A port item that `owner` owns.
    pub(crate) fn check_own_port(
        &self,
        mem: &Memory,
        port: Item,
        owner: Item,
    ) -> Result<(), Status> {
        self.port_ptr(mem, port)?;
        if self.owner_of(mem, port) == owner {
            Ok(())
        } else {
            Err(NOTOWNER)
        }
    }

    /// A message that `new.owner` holds; `flags` say which of the three kinds it is.
    pub(crate) fn new_message(
        &mut self,
        mem: &mut Memory,
        new: &NewItem,
        reply_port: Item,
        flags: u8,
        buffer: u32,
    ) -> Result<Item, Status> {
        let item = self.new_item(mem, new)?;
        let message = self.message_ptr(mem, item)?;
        self.set_node_flags(mem, item, flags, 0);
        mem.poke(message.at(Message::msg_ReplyPort), reply_port);
        mem.poke(message.at(Message::msg_MsgPort), new.owner);
        mem.poke(message.at(Message::msg_DataPtrSize), buffer);
        if buffer > 0 {
            let data = message.addr() + Message::SIZE;
            mem.poke(message.at(Message::msg_DataPtr), data);
        }
        Ok(item)
    }

    /// The small message by which a request's end is told.
    pub(crate) fn new_io_message(
        &mut self,
        mem: &mut Memory,
        request: &NewItem,
        port: Item,
    ) -> Result<Item, Status> {
        let new = NewItem {
            kind: MESSAGENODE,
            size: Message::SIZE,
            ..request.clone()
        };
        self.new_message(mem, &new, port, node_flag::MESSAGE_SMALL, 0)
    }

    /// Frees a message wherever it is; whoever waits for it gets an abort.
    pub(crate) fn delete_message(&mut self, cx: &mut CallCx<'_>, item: Item) -> Result<(), Status> {
        let message = self.message_ptr(cx.mem, item)?;
        let _ = Links::kernel(cx.mem).remove(message.cast());
        self.forget_broker_message(item);
        self.abort_waiters(cx.mem, |wait| match wait {
            Wait::PortMessage { message, .. } | Wait::IoMessage { message, .. } => message == item,
            _ => false,
        });
        self.free_item(cx.mem, item);
        Ok(())
    }

    /// Sends SIGF_ABORT to every task with such a wait.
    pub(crate) fn abort_waiters(&mut self, mem: &mut Memory, is_hit: impl Fn(Wait) -> bool) {
        let hit: Vec<Item> = self
            .tasks
            .iter()
            .filter(|(_, state)| state.parked && state.wait.is_some_and(&is_hit))
            .map(|(&task, _)| task)
            .collect();
        for task in hit {
            self.signal_kernel(mem, task, SIGF_ABORT);
        }
    }

    /// Checks what a message is to carry before anything changes.
    fn check_data(
        &self,
        mem: &Memory,
        message: Item,
        ptr: GuestPtr<Message>,
        data: u32,
        size: u32,
    ) -> Result<(), Status> {
        let flags = self.node_flags(mem, message);
        if flags & node_flag::MESSAGE_SMALL != 0 || size == 0 {
            return Ok(());
        }
        if flags & node_flag::MESSAGE_PASS_BY_VALUE != 0 {
            mem.check_readable(data, size).map_err(|_| BADPTR)?;
            if size > mem.peek(ptr.at(Message::msg_DataPtrSize)) {
                return Err(BADSIZE);
            }
            return Ok(());
        }
        match data.checked_add(size) {
            Some(end) if end <= MEMORY_END => Ok(()),
            _ => Err(BADPTR),
        }
    }

    /// Queues a message on a port by priority and signals the port's owner, if it is a task.
    pub(crate) fn queue_message(
        &mut self,
        mem: &mut Memory,
        message: Item,
        port: Item,
        flags: u8,
        data: u32,
        size: u32,
    ) -> Result<(), Status> {
        let ptr = self.message_ptr(mem, message)?;
        let port_ptr = self.port_ptr(mem, port)?;
        self.set_node_flags(mem, message, flags, 0);
        let _ = Links::kernel(mem).insert_from_tail(port_ptr.at(MsgPort::mp_Msgs), ptr.cast());
        let by_value = self.node_flags(mem, message) & node_flag::MESSAGE_PASS_BY_VALUE != 0;
        if by_value {
            let bytes = mem.bytes(data, size).unwrap_or_default().to_vec();
            let own = mem.peek(ptr.at(Message::msg_DataPtr));
            if let Some(buffer) = mem.bytes_mut(own, size) {
                buffer.copy_from_slice(&bytes);
            }
        } else {
            mem.poke(ptr.at(Message::msg_DataPtr), data);
        }
        mem.poke(ptr.at(Message::msg_DataSize), size);
        mem.poke(ptr.at(Message::msg_MsgPort), port);
        let reply = flags & node_flag::MESSAGE_REPLIED != 0;
        self.note(Event::Message {
            message,
            port,
            reply,
        });
        let signal = mem.peek(port_ptr.at(MsgPort::mp_Signal));
        match self.owner_of(mem, port) {
            Item::NONE => Ok(()),
            owner => self.signal(mem, owner, signal),
        }
    }

    /// Sends a message back to its reply port, without asking who holds it.
    pub(crate) fn reply(
        &mut self,
        cx: &mut CallCx<'_>,
        message: Item,
        result: i32,
        data: u32,
        size: u32,
    ) -> Result<(), Status> {
        let ptr = self.message_ptr(cx.mem, message)?;
        let port = cx.mem.peek(ptr.at(Message::msg_ReplyPort));
        if self.port_ptr(cx.mem, port).is_err() {
            return Err(NO_REPLY_PORT);
        }
        if self.node_flags(cx.mem, message) & node_flag::MESSAGE_SENT != 0 {
            return Err(MSG_SENT);
        }
        cx.mem.poke(ptr.at(Message::msg_Result), result);
        let flags = node_flag::MESSAGE_SENT | node_flag::MESSAGE_REPLIED;
        let queued = self.queue_message(cx.mem, message, port, flags, data, size);
        self.message_arrived(cx, port, message);
        queued
    }

    /// Tells a parent of its child's end: status, child, killer.
    pub(crate) fn send_exit_message(
        &mut self,
        cx: &mut CallCx<'_>,
        port: Item,
        parent: Item,
        status: i32,
        child: Item,
        killer: Item,
    ) {
        let new = NewItem {
            subsystem: 1,
            kind: MESSAGENODE,
            size: Message::SIZE,
            owner: parent,
            ..NewItem::default()
        };
        if self.port_ptr(cx.mem, port).is_err() {
            return;
        }
        let flags = node_flag::MESSAGE_SMALL;
        let Ok(message) = self.new_message(cx.mem, &new, port, flags, 0) else {
            return;
        };
        self.gain(parent, Resource::Owned(message));
        let _ = self.reply(cx, message, status, child.0 as u32, killer.0 as u32);
    }

    /// Whether the caller may answer a message: it, or a task of its program, holds it.
    fn may_reply(&self, mem: &Memory, ptr: GuestPtr<Message>) -> bool {
        let holder = mem.peek(ptr.at(Message::msg_MsgPort));
        let program = |task| self.tasks.get(&task).map(|state| state.program);
        holder == self.caller()
            || program(holder).is_some_and(|p| Some(p) == program(self.caller()))
    }
}

/// SendMsg and SendSmallMsg.
fn send_msg(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    port: Item,
    message: Item,
    data: u32,
    size: u32,
) -> Result<i32, Trouble> {
    k.port_ptr(cx.mem, port)?;
    let ptr = k.message_ptr(cx.mem, message)?;
    if cx.mem.peek(ptr.at(Message::msg_MsgPort)) != k.caller() {
        return Err(NOTOWNER.into());
    }
    cx.mem.poke(ptr.at(Message::msg_Result), 0);
    k.check_data(cx.mem, message, ptr, data, size)?;
    let busy = node_flag::MESSAGE_SENT | node_flag::MESSAGE_REPLIED;
    if k.node_flags(cx.mem, message) & busy != 0 {
        return Err(MSG_SENT.into());
    }
    let queued = k.queue_message(cx.mem, message, port, node_flag::MESSAGE_SENT, data, size);
    k.message_arrived(cx, port, message);
    queued?;
    Ok(0)
}

/// ReplyMsg and ReplySmallMsg.
fn reply_msg(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    message: Item,
    result: i32,
    data: u32,
    size: u32,
) -> Result<i32, Trouble> {
    let ptr = k.message_ptr(cx.mem, message).map_err(|_| BADITEM)?;
    if !k.may_reply(cx.mem, ptr) {
        return Err(BADPRIV.into());
    }
    k.check_data(cx.mem, message, ptr, data, size)?;
    k.reply(cx, message, result, data, size)?;
    Ok(0)
}

calls! { pub(crate) CALLS: Kernel;
    swi 16 SendMsg(port: Item, message: Item, data: u32, size: u32) -> Number = send_msg;
    swi 18 ReplyMsg(message: Item, result: i32, data: u32, size: u32) -> Number = reply_msg;
}

impl Portfolio {
    /// The node flags of an item.
    pub(crate) fn node_flags(&self, mem: &Memory, item: Item) -> u8 {
        match self.items.lookup(item) {
            Some(node) => mem.peek(node.at(ItemNode::n_Flags)),
            None => 0,
        }
    }

    /// Sets and clears node flags of an item.
    pub(crate) fn set_node_flags(&self, mem: &mut Memory, item: Item, set: u8, clear: u8) {
        if let Some(node) = self.items.lookup(item) {
            let at = node.at(ItemNode::n_Flags);
            let flags = mem.peek(at) & !clear | set;
            mem.poke(at, flags);
        }
    }
}
