//! WaitIO: what a task waits for, and when that is over (kernel sheet 5.8).

use crate::kernel::abi::Reply;
use crate::kernel::call::{CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADITEM, NO_REPLY_PORT, NOTOWNER, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::schedule::Poll;
use crate::kernel::portfolio::signals::{SIGF_ABORT, SIGF_IODONE, SIGF_ONESHOT};
use crate::kernel::portfolio::structs::io_flag::{IO_DONE, IO_QUICK, IO_WAITING};
use crate::kernel::portfolio::structs::node_type::MESSAGENODE;
use crate::kernel::portfolio::structs::{IOReq, Message, Task};
use crate::kernel::portfolio::wait::Wait;
use crate::mem::Memory;

impl Portfolio {
    /// What WaitIO waits for, or its result (kernel sheet 5.8).
    pub(super) fn begin_wait(&mut self, mem: &mut Memory, ior: Item) -> Result<Flow, Status> {
        let ptr = self.ioreq(mem, ior)?;
        let flags = mem.peek(ptr.at(IOReq::io_Flags));
        let error = mem.peek(ptr.at(IOReq::io_Error));
        let over = Flow::Done(Reply::value(error as u32));
        if flags & IO_QUICK != 0 {
            return Ok(over);
        }
        if self.owner_of(mem, ior) != self.caller() {
            return Err(NOTOWNER);
        }
        let told = mem.peek(ptr.at(IOReq::io_MsgItem));
        let Ok(message) = self.item_of::<Message>(mem, told, MESSAGENODE) else {
            return Ok(Flow::Block(Wait::Io { ior }));
        };
        let port = mem.peek(message.at(Message::msg_ReplyPort));
        let is_queued = mem.peek(message.at(Message::msg_MsgPort)) == port;
        if flags & IO_DONE != 0 && !is_queued {
            return Ok(over);
        }
        if self.port_ptr(mem, port).is_err() {
            return Err(NO_REPLY_PORT);
        }
        Ok(Flow::Block(Wait::IoMessage {
            ior,
            message: told,
            port,
        }))
    }

    pub(crate) fn poll_io(&mut self, cx: &mut CallCx<'_>, task: Item, ior: Item) -> Poll {
        let ptr = self.task_ptr(task);
        let wakers = SIGF_IODONE | SIGF_ABORT;
        let mut got = 0;
        if self.is_parked(task) {
            got |= self.take_signals(cx.mem, task, wakers);
        }
        let Ok(req) = self.ioreq(cx.mem, ior) else {
            self.take_signals(cx.mem, task, SIGF_ABORT);
            cx.mem.poke(ptr.at(Task::t_WaitItem), Item::FREE);
            return Poll::error(BADITEM);
        };
        let is_done = cx.mem.peek(req.at(IOReq::io_Flags)) & IO_DONE != 0;
        if !is_done {
            got |= self.take_signals(cx.mem, task, wakers);
        }
        let aborted = got & SIGF_ABORT != 0;
        if is_done || aborted {
            self.clear_io_flags(cx.mem, req, IO_WAITING);
            cx.mem.poke(ptr.at(Task::t_WaitItem), Item::FREE);
            return if aborted {
                Poll::error(BADITEM)
            } else {
                Poll::value(cx.mem.peek(req.at(IOReq::io_Error)))
            };
        }
        let flags = cx.mem.peek(req.at(IOReq::io_Flags));
        cx.mem.poke(req.at(IOReq::io_Flags), flags | IO_WAITING);
        cx.mem.poke(ptr.at(Task::t_WaitItem), ior);
        Poll::Pending(wakers)
    }

    pub(crate) fn poll_io_message(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        ior: Item,
        message: Item,
        port: Item,
    ) -> Poll {
        match self.poll_port_message(cx, task, port, message) {
            Poll::Ready(Ok(_)) => match self.ioreq(cx.mem, ior) {
                Ok(ptr) => Poll::value(cx.mem.peek(ptr.at(IOReq::io_Error))),
                Err(error) => Poll::error(error),
            },
            other => other,
        }
    }

    pub(crate) fn poll_request_abort(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        ior: Item,
    ) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        if !self.delete_ioreq(cx, task, ior) {
            return Poll::Pending(SIGF_ONESHOT);
        }
        self.lose(task, Resource::Owned(ior));
        Poll::value(0)
    }
}
