//! ControlMem: who owns pages and who may write them (kernel sheet 8.5).

use super::Portfolio;
use super::pools::{Access, Pool};
use crate::kernel::abi::{IntoReply, Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::errors::{BAD_MEM_CMD, BADITEM, BADPTR, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::schedule::Poll;
use crate::kernel::portfolio::signals::SIGF_ONESHOT;
use crate::kernel::portfolio::structs::{IOBuf, IOInfo, IOReq, List, node_type};
use crate::kernel::portfolio::wait::Wait;
use crate::mem::{GuestPtr, MEMORY_END, Memory};

const NOWRITE: u32 = 1;
const OKWRITE: u32 = 2;
const GIVE: u32 = 3;
/// GIVE as ScavengeMem uses it; the same to the pages.
const GIVE_SCAVENGED: u32 = 4;

impl Portfolio {
    /// The request objects whose pending request receives into `[start, end)`.
    pub(crate) fn requests_into(&self, mem: &Memory, start: u32, end: u32) -> Vec<Item> {
        let into = |ior: &Item| {
            let Ok(request) = self.item_of::<IOReq>(mem, *ior, node_type::IOREQNODE) else {
                return false;
            };
            let recv = request.at(IOReq::io_Info).at(IOInfo::ioi_Recv);
            let buffer = mem.peek(recv.at(IOBuf::iob_Buffer));
            let len = mem.peek(recv.at(IOBuf::iob_Len)).max(0) as u32;
            len > 0 && buffer < end && buffer.saturating_add(len) > start
        };
        self.pending_iors().filter(into).collect()
    }

    /// The end of a ControlMem that waits for devices.
    pub(crate) fn poll_pages_quiet(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        (start, end): (u32, u32),
        command: u32,
        whose: Item,
    ) -> Poll {
        if !self.quiet_pages(cx, task, start, end) {
            return Poll::Pending(SIGF_ONESHOT);
        }
        let done = self.finish_control_mem(cx.mem, start, end, command, whose);
        Poll::Ready(done.map(|()| Reply::value(0)))
    }

    /// Moves whole pages from one program to another, or back to the system; free blocks of
    /// the first in them are gone. BADPTR if they are not the first program's.
    pub(crate) fn transfer_pages(
        &mut self,
        mem: &mut Memory,
        from: GuestPtr<List>,
        to: Option<GuestPtr<List>>,
        start: u32,
        end: u32,
    ) -> Result<(), Status> {
        if !self.owns_pages(mem, from, start, end) {
            return Err(BADPTR);
        }
        for pair in self.pools_of(mem, from) {
            let pool = Pool::of_kernel(mem, from, pair, Access::Kernel);
            // Kernel access refuses nothing.
            let _ = pool.cut(mem, start, end);
        }
        let len = end - start;
        match to {
            Some(lists) => {
                self.mark_pages(mem, from, start, len, Some(false), Some(false));
                self.own_pages(mem, lists, start, len, true);
            }
            None => self.return_pages(mem, from, start, len),
        }
        Ok(())
    }

    /// Carries a checked ControlMem out. Called again with the fields of [`Wait::PagesQuiet`]
    /// once [`Portfolio::requests_into`] is empty for them.
    pub(crate) fn finish_control_mem(
        &mut self,
        mem: &mut Memory,
        start: u32,
        end: u32,
        command: u32,
        task: Item,
    ) -> Result<(), Trouble> {
        let len = end - start;
        let others = self.target(mem, task)?;
        let caller = self.current_memory(mem).ok_or(BADPTR)?;
        match command {
            NOWRITE => {
                let all = match others {
                    Some(lists) => vec![lists],
                    None => self.all_memory(mem),
                };
                for lists in all {
                    self.mark_pages(mem, lists, start, len, None, Some(false));
                }
            }
            OKWRITE => {
                if let Some(lists) = others {
                    self.mark_pages(mem, lists, start, len, None, Some(true));
                }
            }
            // The call may have waited: what was the caller's may be so no more.
            _ => self.transfer_pages(mem, caller, others, start, end)?,
        }
        Ok(())
    }

    /// The memory of the task that a ControlMem is about; none for task 0.
    fn target(&self, mem: &Memory, task: Item) -> Result<Option<GuestPtr<List>>, Status> {
        if task == Item::NONE {
            return Ok(None);
        }
        self.memory_of(mem, task).map(Some).ok_or(BADITEM)
    }
}

pub(super) fn control_mem(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    p: u32,
    size: i32,
    command: u32,
    task: Item,
) -> Answer {
    let done = Ok(Flow::Done(0_u32.into_reply()));
    if size <= 0 {
        return done;
    }
    let end = p.checked_add(size as u32).filter(|&end| end <= MEMORY_END);
    let (Some(end), Some(first), Some(last), Some(caller)) = (
        end,
        k.header_of(cx.mem, p),
        end.and_then(|end| k.header_of(cx.mem, end - 1)),
        k.current_memory(cx.mem),
    ) else {
        return Err(BADPTR.into());
    };
    // The whole pages that are touched.
    let start = p / first.page * first.page;
    let end = end.next_multiple_of(last.page);
    if !k.owns_pages(cx.mem, caller, start, end) {
        return Err(BADPTR.into());
    }
    let target = k.target(cx.mem, task)?;
    match command {
        NOWRITE | GIVE | GIVE_SCAVENGED => {}
        OKWRITE if target.is_some() => {}
        _ => return Err(BAD_MEM_CMD.into()),
    }
    if command != OKWRITE {
        let waiter = k.caller();
        if !k.quiet_pages(cx, waiter, start, end) {
            return Ok(Flow::Block(Wait::PagesQuiet {
                start,
                end,
                command,
                task,
            }));
        }
    }
    k.finish_control_mem(cx.mem, start, end, command, task)?;
    done
}
