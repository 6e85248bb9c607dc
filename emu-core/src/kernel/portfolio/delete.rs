//! Deleting items, and giving them other owners and priorities.
//!
//! Kernel sheet 4.6, 4.8.

use super::Portfolio;
use super::create::user_table_size;
use super::errors::{
    BAD_PRIORITY, BADITEM, BADPRIV, BADSUBTYPE, CANT_SET_OWNER, ITEM_STILL_OPENED, NOSUPPORT,
};
use super::items::{Item, MAX_ITEMS};
use super::resources::Resource;
use super::structs::node_type::{
    DEVICENODE, DRIVERNODE, ERRORTEXTNODE, FIRQNODE, FOLIONODE, IOREQNODE, MESSAGENODE,
    MSGPORTNODE, SEMA4NODE, TASKNODE, TIMERNODE,
};
use super::structs::{Folio, ItemNode, Task};
use super::tasks::{Phase, USER_PRIORITIES};
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::{GuestPtr, Memory};

impl Portfolio {
    /// Deletes an item that `task` owns, for its death or by its wish. False: that takes time;
    /// the task will be woken.
    pub(crate) fn delete_for(&mut self, cx: &mut CallCx<'_>, task: Item, item: Item) -> bool {
        let Some(node) = self.items.lookup(item) else {
            return true;
        };
        let subsystem = cx.mem.peek(node.at(ItemNode::n_SubsysType));
        let is_kernel = subsystem == 1;
        let kind = cx.mem.peek(node.at(ItemNode::n_Type));
        match kind {
            _ if subsystem == 2 => self.delete_graphics_item(cx, item),
            _ if subsystem == 4 => self.delete_audio_item(cx, item),
            TASKNODE if is_kernel => {
                self.kill(cx, item);
                return !self.tasks.contains_key(&item);
            }
            IOREQNODE if is_kernel => return self.delete_ioreq(cx, task, item),
            MSGPORTNODE if is_kernel => {
                let _ = self.delete_port(cx, item);
            }
            MESSAGENODE if is_kernel => {
                let _ = self.delete_message(cx, item);
            }
            SEMA4NODE if is_kernel => {
                let _ = self.delete_semaphore(cx, item);
            }
            FOLIONODE if is_kernel => {
                // Its vector table stands in front of it, in the same block.
                let count = node.cast::<Folio>().at(Folio::f_MaxUserFunctions);
                let below = user_table_size(u32::from(cx.mem.peek(count)));
                self.delist(cx.mem, item);
                self.free_item(cx.mem, item);
                if below > 0 {
                    self.heap_free(node.addr().wrapping_sub(below), below);
                }
            }
            _ => {
                self.forget_alias(cx.mem, item);
                self.delist(cx.mem, item);
                self.free_item(cx.mem, item);
            }
        }
        true
    }

    /// Whether the caller may delete or change an item: its owner, the task itself.
    pub(super) fn may_change(&self, mem: &Memory, item: Item) -> bool {
        let caller = self.caller();
        item == caller || self.owner_of(mem, item) == caller
    }
}

fn delete_item(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Answer {
    let node = k.items.lookup(item).ok_or(BADITEM)?;
    if !k.may_change(cx.mem, item) {
        return Err(BADPRIV.into());
    }
    let caller = k.caller();
    if item == caller {
        return Ok(k.begin_own_end(cx));
    }
    if let Ok(count) = k.open_count(cx.mem, item)
        && cx.mem.peek(count) > 0
    {
        return Err(ITEM_STILL_OPENED.into());
    }
    let kind = cx.mem.peek(node.at(ItemNode::n_Type));
    let is_kernel = cx.mem.peek(node.at(ItemNode::n_SubsysType)) == 1;
    if !k.delete_for(cx, caller, item) {
        return Ok(Flow::Block(match kind {
            TASKNODE if is_kernel => Wait::Death { victim: item },
            _ => Wait::RequestAbort { ior: item },
        }));
    }
    k.lose(caller, Resource::Owned(item));
    Ok(Flow::Done(Reply::value(0)))
}

fn set_item_pri(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    priority: u8,
) -> Result<u32, Trouble> {
    k.items.lookup(item).ok_or(BADITEM)?;
    if !k.may_change(cx.mem, item) {
        return Err(BADPRIV.into());
    }
    let task: GuestPtr<Task> = k.item_of(cx.mem, item, TASKNODE).map_err(|_| BADSUBTYPE)?;
    if !USER_PRIORITIES.contains(&priority) {
        return Err(BAD_PRIORITY.into());
    }
    let caller = k.caller();
    let at = task.cast::<ItemNode>().at(ItemNode::n_Priority);
    let old = cx.mem.peek(at);
    cx.mem.poke(at, priority);
    if item == caller {
        k.reschedule |= priority < old;
    } else if k.tasks.get(&item).is_some_and(|t| t.phase == Phase::Ready) {
        k.make_ready(cx.mem, item);
    }
    Ok(u32::from(if item != caller && k.quirks.setitempri_result {
        k.priority_of(cx.mem, caller)
    } else {
        old
    }))
}

fn set_item_owner(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    owner: Item,
) -> Result<i32, Trouble> {
    let node = k.items.lookup(item).ok_or(BADITEM)?;
    let _: GuestPtr<Task> = k.item_of(cx.mem, owner, TASKNODE)?;
    let caller = k.caller();
    if k.owner_of(cx.mem, item) != caller {
        return Err(BADPRIV.into());
    }
    if cx.mem.peek(node.at(ItemNode::n_SubsysType)) != 1 {
        return Err(NOSUPPORT.into());
    }
    let program = |task| k.tasks.get(&task).map(|state| state.program);
    let same_program = program(owner) == program(caller);
    match cx.mem.peek(node.at(ItemNode::n_Type)) {
        DEVICENODE => (),
        TASKNODE => {
            let is_thread = program(item) != Some(item);
            let mut above = owner;
            for _ in 0..MAX_ITEMS {
                if above == Item::NONE || above == item {
                    break;
                }
                above = k.owner_of(cx.mem, above);
            }
            if above == item || is_thread && !same_program {
                return Err(CANT_SET_OWNER.into());
            }
        }
        IOREQNODE => k.move_ioreq(cx.mem, item, owner)?,
        SEMA4NODE if k.is_unlocked(cx.mem, item) => (),
        ERRORTEXTNODE | DRIVERNODE | FOLIONODE | FIRQNODE | TIMERNODE if same_program => (),
        SEMA4NODE | ERRORTEXTNODE | DRIVERNODE | FOLIONODE | FIRQNODE | TIMERNODE => {
            return Err(CANT_SET_OWNER.into());
        }
        _ => return Err(NOSUPPORT.into()),
    }
    cx.mem.poke(node.at(ItemNode::n_Owner), owner);
    let owned = Resource::Owned(item);
    k.lose(caller, owned);
    k.gain(owner, owned);
    Ok(0)
}

calls! { pub(crate) CALLS: Kernel;
    blocking swi 3 DeleteItem(item: Item) -> Number = delete_item;
    swi 10 SetItemPri(item: Item, priority: u8) -> Number = set_item_pri;
    swi 28 SetItemOwner(item: Item, owner: Item) -> Number = set_item_owner;
}
