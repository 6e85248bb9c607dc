//! Message ports: creation, deletion, fetching and waiting.
//!
//! Kernel sheet 7.2, 7.3, 7.6, 7.7.

use super::Portfolio;
use super::errors::{
    ABORTED, BADITEM, BADPRIV, BADTAG, ILLEGAL_SIGNAL, NO_SIGS, NOMEM, NOTOWNER, Status,
};
use super::items::{Item, MAX_ITEMS, NewItem};
use super::list::Links;
use super::schedule::Poll;
use super::signals::SIGF_ABORT;
use super::structs::node_type::{MESSAGENODE, MSGPORTNODE};
use super::structs::{ItemNode, KernelBase, List, Message, MsgPort, node_flag};
use super::tags::CommonTags;
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::{GuestPtr, GuestType, Memory};

mod tag {
    pub const SIGNAL: u32 = 10;
    pub const USERDATA: u32 = 11;
}

impl Portfolio {
    pub(crate) fn port_ptr(&self, mem: &Memory, port: Item) -> Result<GuestPtr<MsgPort>, Status> {
        self.item_of(mem, port, MSGPORTNODE)
    }

    /// CreateSizedItem of a message port.
    pub(crate) fn create_port(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
        size: u32,
    ) -> Result<Item, Status> {
        if size != 0 && size != MsgPort::SIZE {
            return Err(NOMEM);
        }
        let (mut signal, mut user_data) = (0, 0);
        for &(tag, value) in rest {
            match tag {
                tag::SIGNAL => signal = value,
                tag::USERDATA => user_data = value,
                _ => return Err(BADTAG),
            }
        }
        let owner = self.caller();
        if signal & 0x8000_0000 != 0 {
            return Err(ILLEGAL_SIGNAL);
        }
        if signal & 0xFF != 0 {
            return Err(BADPRIV);
        }
        let own_signal = signal == 0;
        if own_signal {
            signal = self.alloc_signal(cx.mem, owner);
            if signal == 0 {
                return Err(NO_SIGS);
            }
        }
        let new = common.into_item(1, MSGPORTNODE, MsgPort::SIZE, owner);
        let item = self.new_item(cx.mem, &new)?;
        let port = self.port_ptr(cx.mem, item)?;
        cx.mem.poke(port.at(MsgPort::mp_Signal), signal);
        cx.mem.poke(port.at(MsgPort::mp_UserData), user_data);
        self.init_list(cx.mem, port.at(MsgPort::mp_Msgs));
        if own_signal {
            self.set_node_flags(cx.mem, item, node_flag::PORT_OWN_SIGNAL, 0);
        }
        self.enlist(cx.mem, KernelBase::kb_MsgPorts, item);
        Ok(item)
    }

    /// Frees a port. Replies on it become loose; requests sent to it go back to their senders
    /// with BADITEM, or become loose too (quirk `port-delete-messages`).
    pub(crate) fn delete_port(&mut self, cx: &mut CallCx<'_>, item: Item) -> Result<(), Status> {
        let port = self.port_ptr(cx.mem, item)?;
        let queue = port.at(MsgPort::mp_Msgs);
        // There are no more messages than items; a damaged saved state may say otherwise.
        for _ in 0..MAX_ITEMS {
            let Ok(Some(node)) = Links::kernel(cx.mem).first(queue) else {
                break;
            };
            let message: GuestPtr<Message> = node.cast();
            let _ = Links::kernel(cx.mem).remove(node);
            let number = cx.mem.peek(node.cast::<ItemNode>().at(ItemNode::n_Item));
            let flags = self.node_flags(cx.mem, number);
            let sent = node_flag::MESSAGE_SENT | node_flag::MESSAGE_REPLIED;
            self.set_node_flags(cx.mem, number, 0, sent);
            cx.mem.poke(message.at(Message::msg_MsgPort), Item::NONE);
            let is_request = flags & node_flag::MESSAGE_REPLIED == 0;
            if is_request && !self.quirks.port_delete_messages {
                let _ = self.reply(cx, number, BADITEM.0, 0, 0);
            }
        }
        let signal = cx.mem.peek(port.at(MsgPort::mp_Signal));
        let owner = self.owner_of(cx.mem, item);
        if self.node_flags(cx.mem, item) & node_flag::PORT_OWN_SIGNAL != 0
            && self.tasks.contains_key(&owner)
        {
            let allocated = super::structs::Task::t_AllocatedSigs;
            let allocated = cx.mem.peek(self.task_ptr(owner).at(allocated));
            self.set_allocated(cx.mem, owner, allocated & !signal, signal);
        }
        self.delist(cx.mem, item);
        self.free_item(cx.mem, item);
        self.port_gone(cx, item);
        Ok(())
    }

    /// Takes a message off the port it is queued on and gives it to `task`.
    pub(crate) fn fetch(&mut self, mem: &mut Memory, task: Item, message: Item) {
        let Ok(ptr) = self.item_of::<Message>(mem, message, MESSAGENODE) else {
            return;
        };
        let _ = Links::kernel(mem).remove(ptr.cast());
        let sent = node_flag::MESSAGE_SENT | node_flag::MESSAGE_REPLIED;
        self.set_node_flags(mem, message, 0, sent);
        mem.poke(ptr.at(Message::msg_MsgPort), task);
    }

    /// The message at the head of a port's queue.
    pub(crate) fn first_message(&self, mem: &mut Memory, port: GuestPtr<MsgPort>) -> Option<Item> {
        let queue: GuestPtr<List> = port.at(MsgPort::mp_Msgs);
        let node = Links::kernel(mem).first(queue).ok().flatten()?;
        Some(mem.peek(node.cast::<ItemNode>().at(ItemNode::n_Item)))
    }

    pub(crate) fn poll_port(&mut self, cx: &mut CallCx<'_>, task: Item, port: Item) -> Poll {
        let Ok(ptr) = self.port_ptr(cx.mem, port) else {
            return Poll::error(BADITEM);
        };
        let wakers = cx.mem.peek(ptr.at(MsgPort::mp_Signal)) | SIGF_ABORT;
        if self.is_parked(task) && self.take_signals(cx.mem, task, wakers) & SIGF_ABORT != 0 {
            return Poll::error(ABORTED);
        }
        if let Some(message) = self.first_message(cx.mem, ptr) {
            self.fetch(cx.mem, task, message);
            return Poll::value(message.0);
        }
        if self.take_signals(cx.mem, task, wakers) & SIGF_ABORT != 0 {
            return Poll::error(ABORTED);
        }
        Poll::Pending(wakers)
    }

    pub(crate) fn poll_port_message(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        port: Item,
        message: Item,
    ) -> Poll {
        let Ok(port_ptr) = self.port_ptr(cx.mem, port) else {
            return Poll::error(BADITEM);
        };
        let Ok(ptr) = self.item_of::<Message>(cx.mem, message, MESSAGENODE) else {
            self.take_signals(cx.mem, task, SIGF_ABORT);
            return Poll::error(BADITEM);
        };
        let wakers = cx.mem.peek(port_ptr.at(MsgPort::mp_Signal)) | SIGF_ABORT;
        if self.is_parked(task) && self.take_signals(cx.mem, task, wakers) & SIGF_ABORT != 0 {
            return Poll::error(BADITEM);
        }
        if cx.mem.peek(ptr.at(Message::msg_MsgPort)) == port {
            self.fetch(cx.mem, task, message);
            return Poll::value(message.0);
        }
        if self.take_signals(cx.mem, task, wakers) & SIGF_ABORT != 0 {
            return Poll::error(BADITEM);
        }
        Poll::Pending(wakers)
    }

    /// Checks that a port exists and is the caller's.
    fn own_port(&self, mem: &Memory, port: Item) -> Result<GuestPtr<MsgPort>, Status> {
        let ptr = self.port_ptr(mem, port)?;
        if self.owner_of(mem, port) == self.caller() {
            Ok(ptr)
        } else {
            Err(NOTOWNER)
        }
    }
}

fn get_msg(k: &mut Portfolio, cx: &mut CallCx<'_>, port: Item) -> Result<Item, Trouble> {
    let ptr = k.own_port(cx.mem, port)?;
    let Some(message) = k.first_message(cx.mem, ptr) else {
        return Ok(Item::NONE);
    };
    k.fetch(cx.mem, k.caller(), message);
    Ok(message)
}

fn get_this_msg(k: &mut Portfolio, cx: &mut CallCx<'_>, message: Item) -> Result<Item, Trouble> {
    let ptr = k.item_of::<Message>(cx.mem, message, MESSAGENODE)?;
    let at = cx.mem.peek(ptr.at(Message::msg_MsgPort));
    let on_port = k.port_ptr(cx.mem, at).is_ok();
    let caller = k.caller();
    let may = k.owner_of(cx.mem, message) == caller || on_port && k.owner_of(cx.mem, at) == caller;
    if !may {
        return Err(BADPRIV.into());
    }
    if !on_port {
        return Ok(Item(-1));
    }
    k.fetch(cx.mem, caller, message);
    Ok(message)
}

/// SWI 40, and vector 24 for programs of the first SDK.
fn wait_port(k: &mut Portfolio, cx: &mut CallCx<'_>, port: Item, message: Item) -> Answer {
    k.own_port(cx.mem, port)?;
    Ok(Flow::Block(if message == Item::NONE {
        Wait::Port { port }
    } else {
        k.item_of::<Message>(cx.mem, message, MESSAGENODE)?;
        Wait::PortMessage { port, message }
    }))
}

calls! { pub(crate) CALLS: Kernel;
    swi 15 GetThisMsg(message: Item) -> Item = get_this_msg;
    swi 19 GetMsg(port: Item) -> Item = get_msg;
    blocking swi 40 WaitPort(port: Item, message: Item) -> Item = wait_port;
    blocking vec 24 OldWaitPort(port: Item, message: Item) -> Item = wait_port;
}

impl CommonTags {
    /// The node of a new item of these tags.
    pub(crate) fn into_item(self, subsystem: u8, kind: u8, size: u32, owner: Item) -> NewItem {
        NewItem {
            subsystem,
            kind,
            size,
            name: self.name,
            priority: self.priority.unwrap_or(0),
            version: self.version.unwrap_or(0),
            revision: self.revision.unwrap_or(0),
            item_flags: if self.unique {
                super::structs::item_flag::UNIQUE_NAME
            } else {
                0
            },
            owner,
        }
    }
}
