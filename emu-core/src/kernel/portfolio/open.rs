//! Opening and closing folios, devices and drivers (kernel sheet 4.7).

use super::Portfolio;
use super::create::split_id;
use super::errors::{BADITEM, BADPTR, BADSUBTYPE, CANT_OPEN, ITEM_NOT_OPEN, NOT_FOUND, Status};
use super::items::Item;
use super::resources::Resource;
use super::schedule::Poll;
use super::signals::SIGF_ONESHOT;
use super::structs::graphics::GRAFNODE;
use super::structs::node_type::{DEVICENODE, DRIVERNODE, FOLIONODE};
use super::structs::{Device, Driver, Folio, ItemNode, TagArg};
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::{GuestPtr, Memory};

/// ER_Kr_RsrcTblOvfFlw, of severity "fatal" as the kernel reports it.
const RESOURCE_TABLE_FULL: Status = Status(0xD57B_9903_u32 as i32);

impl Portfolio {
    /// The place of an item's open count, if its type can be opened.
    pub(super) fn open_count(&self, mem: &Memory, item: Item) -> Result<GuestPtr<i32>, Status> {
        let node = self.items.lookup(item).ok_or(BADITEM)?;
        match mem.peek(node.at(ItemNode::n_SubsysType)) {
            1 => (),
            GRAFNODE => return Self::graphics_opens(mem, node),
            _ => return self.locale_opens(mem, item).ok_or(CANT_OPEN),
        }
        match mem.peek(node.at(ItemNode::n_Type)) {
            FOLIONODE => Ok(node.cast::<Folio>().at(Folio::f_OpenCount)),
            DEVICENODE => Ok(node.cast::<Device>().at(Device::dev_OpenCnt)),
            DRIVERNODE => Ok(node.cast::<Driver>().at(Driver::drv_OpenCnt)),
            _ => Err(BADSUBTYPE),
        }
    }

    pub(super) fn open(
        &mut self,
        mem: &mut Memory,
        item: Item,
        arguments: u32,
    ) -> Result<Item, Status> {
        let count = self.open_count(mem, item)?;
        if arguments != 0 {
            return Err(BADPTR);
        }
        let caller = self.caller();
        if let Some(state) = self.tasks.get_mut(&caller) {
            if state.resources.is_full() {
                return Err(RESOURCE_TABLE_FULL);
            }
            state.resources.add(Resource::Opened(item));
        }
        let opened = mem.peek(count).saturating_add(1);
        mem.poke(count, opened);
        Ok(item)
    }

    /// One open less of `item` by `task`. False: requests for the device are still being
    /// aborted; the task will be woken.
    pub(crate) fn close_for(&mut self, cx: &mut CallCx<'_>, task: Item, item: Item) -> bool {
        let is_last = self.tasks.get(&task).is_none_or(|state| {
            let opens = state.resources.iter();
            opens.filter(|&r| r == Resource::Opened(item)).count() <= 1
        });
        if is_last {
            for ior in self.requests_of(cx.mem, task, item) {
                if !self.delete_ioreq(cx, task, ior) {
                    return false;
                }
                self.lose(task, Resource::Owned(ior));
            }
        }
        if let Ok(count) = self.open_count(cx.mem, item) {
            let opened = cx.mem.peek(count).saturating_sub(1).max(0);
            cx.mem.poke(count, opened);
        }
        self.file_closed(cx.mem, item);
        true
    }

    pub(crate) fn poll_close(&mut self, cx: &mut CallCx<'_>, task: Item, item: Item) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        if !self.close_for(cx, task, item) {
            return Poll::Pending(SIGF_ONESHOT);
        }
        self.lose(task, Resource::Opened(item));
        Poll::value(0)
    }
}

fn open_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    arguments: u32,
) -> Result<Item, Trouble> {
    Ok(k.open(cx.mem, item, arguments)?)
}

fn find_and_open_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    id: u32,
    list: GuestPtr<TagArg>,
) -> Result<Item, Trouble> {
    let item = k
        .find(cx.mem, id, list)
        .map_err(|error| match split_id(id) {
            // Not on a disc either: there are such files for these types only.
            (1, FOLIONODE | DEVICENODE | DRIVERNODE) => error,
            (1, _) if error == NOT_FOUND => BADSUBTYPE,
            _ => error,
        })?;
    Ok(k.open(cx.mem, item, 0)?)
}

fn close_item(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Answer {
    let caller = k.caller();
    if !k.holds(caller, Resource::Opened(item)) {
        return Err(match k.items.lookup(item) {
            Some(_) => ITEM_NOT_OPEN.into(),
            None => BADITEM.into(),
        });
    }
    if !k.close_for(cx, caller, item) {
        return Ok(Flow::Block(Wait::Close { item }));
    }
    k.lose(caller, Resource::Opened(item));
    Ok(Flow::Done(Reply::value(0)))
}

calls! { pub(crate) CALLS: Kernel;
    swi 5 OpenItem(item: Item, arguments: u32) -> Item = open_item;
    blocking swi 8 CloseItem(item: Item) -> Number = close_item;
    swi 36 FindAndOpenItem(id: u32, tags: GuestPtr<TagArg>) -> Item = find_and_open_item;
}
