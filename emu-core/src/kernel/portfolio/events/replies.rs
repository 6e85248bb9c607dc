//! Answers, and where their data lie (device sheet 7.1).
//!
//! A message that carries its data itself gets a copy of the answer. One that refers to its data
//! refers to memory of the broker afterwards, which stays as it is until the message is sent
//! here again or deleted.

use super::BYTES_PER_CYCLE;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADSIZE, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::node_type::MESSAGENODE;
use crate::kernel::portfolio::structs::{Message, node_flag};
use crate::mem::Memory;
use serde::{Deserialize, Serialize};

/// Kernel memory that programs can read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Where it begins.
    pub addr: u32,
    /// Its length.
    pub len: u32,
}

/// What the broker answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// For msg_Result.
    pub result: i32,
    /// What comes with it, if anything.
    pub data: Option<Vec<u8>>,
}

impl Answer {
    /// A result alone.
    pub(super) fn result(result: i32) -> Answer {
        Answer { result, data: None }
    }

    /// Success, with data.
    pub(super) fn with(data: Vec<u8>) -> Answer {
        Answer {
            result: 0,
            data: Some(data),
        }
    }
}

impl From<Status> for Answer {
    fn from(status: Status) -> Answer {
        Answer::result(status.0)
    }
}

impl Portfolio {
    /// Kernel memory with these bytes in it.
    pub(super) fn broker_block(&mut self, mem: &mut Memory, bytes: &[u8]) -> Result<Block, Status> {
        let len = bytes.len() as u32;
        let addr = self.heap_alloc(mem, len)?;
        if let Some(to) = mem.bytes_mut(addr, len) {
            to.copy_from_slice(bytes);
        }
        Ok(Block { addr, len })
    }

    /// Room for an answer in a message that carries its data itself.
    pub(super) fn room_in(&self, mem: &Memory, message: Item) -> Option<u32> {
        let by_value = node_flag::MESSAGE_PASS_BY_VALUE;
        if self.node_flags(mem, message) & by_value == 0 {
            return None;
        }
        let ptr = self.item_of::<Message>(mem, message, MESSAGENODE).ok()?;
        Some(mem.peek(ptr.at(Message::msg_DataPtrSize)))
    }

    /// Answers a request; if its data cannot be given, without them. Without a reply port the
    /// message stays with nobody.
    pub(super) fn broker_answers(&mut self, cx: &mut CallCx<'_>, message: Item, answer: &Answer) {
        if let Some(data) = &answer.data
            && self.reply_with(cx, message, answer.result, data).is_ok()
        {
            return;
        }
        let _ = self.reply(cx, message, answer.result, 0, 0);
    }

    fn reply_with(
        &mut self,
        cx: &mut CallCx<'_>,
        message: Item,
        result: i32,
        data: &[u8],
    ) -> Result<(), Status> {
        let room = self.room_in(cx.mem, message);
        let small = self.node_flags(cx.mem, message) & node_flag::MESSAGE_SMALL != 0;
        if small || room.is_some_and(|room| room < data.len() as u32) {
            return Err(BADSIZE);
        }
        let Block { addr, len } = self.broker_block(cx.mem, data)?;
        cx.charge.0 += u64::from(len) / BYTES_PER_CYCLE;
        let replied = self.reply(cx, message, result, addr, len);
        // It is on its way even if its port has a signal that nobody can be sent any more.
        let went = self.node_flags(cx.mem, message) & node_flag::MESSAGE_SENT != 0;
        if went && room.is_none() {
            self.events.replies.insert(message, Block { addr, len });
        } else {
            self.heap_free(addr, len);
        }
        if went { Ok(()) } else { replied }
    }
}
