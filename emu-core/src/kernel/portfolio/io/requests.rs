//! The request objects: creation, deletion, owners.
//!
//! Kernel sheet 5.2, 5.11, 5.13.

use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::devices::DeviceItem;
use crate::kernel::portfolio::errors::{
    BADSIZE, BADTAG, CANT_SET_OWNER, IO_NOT_DONE, ITEM_NOT_OPEN, NOSUPPORT, Status,
};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::signals::SIGF_ONESHOT;
use crate::kernel::portfolio::structs::io_flag::{IO_DONE, IO_QUICK};
use crate::kernel::portfolio::structs::node_type::{DEVICENODE, IOREQNODE, MESSAGENODE};
use crate::kernel::portfolio::structs::{Device, IOReq, ItemNode, Message, MinNode, Node};
use crate::kernel::portfolio::tags::CommonTags;
use crate::kernel::portfolio::wait::Wait;
use crate::mem::{GuestPtr, GuestType, Memory};

/// CreateItem tags of requests (SDK header io.h).
const TAG_REPLYPORT: u32 = 10;
pub(crate) const TAG_DEVICE: u32 = 11;

impl Portfolio {
    /// CreateSizedItem of a request (kernel sheet 5.2).
    pub(crate) fn create_ioreq(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
        size: u32,
    ) -> Result<Item, Status> {
        let owner = self.caller();
        let (mut device, mut port) = (Item::NONE, None);
        for &(tag, value) in rest {
            match tag {
                TAG_DEVICE => device = Item(value as i32),
                TAG_REPLYPORT => port = Some(Item(value as i32)),
                _ => return Err(BADTAG),
            }
        }
        let device_ptr: GuestPtr<Device> = self.item_of(cx.mem, device, DEVICENODE)?;
        if !self.holds(owner, Resource::Opened(device)) {
            return Err(ITEM_NOT_OPEN);
        }
        if let Some(port) = port {
            self.check_own_port(cx.mem, port, owner)?;
        }
        let least = cx
            .mem
            .peek(device_ptr.at(Device::dev_IOReqSize))
            .max(IOReq::SIZE);
        if size != 0 && size < least {
            return Err(BADSIZE);
        }
        let new = common.into_item(1, IOREQNODE, size.max(least), owner);
        let item = self.new_item(cx.mem, &new)?;
        let ior = self.ioreq(cx.mem, item)?;
        let told = match port {
            None => owner,
            Some(port) => match self.new_io_message(cx.mem, &new, port) {
                Ok(message) => {
                    if let Ok(ptr) = self.item_of::<Message>(cx.mem, message, MESSAGENODE) {
                        cx.mem.poke(ptr.at(Message::msg_DataPtr), ior.addr());
                    }
                    message
                }
                Err(error) => {
                    self.free_item(cx.mem, item);
                    return Err(error);
                }
            },
        };
        cx.mem.poke(ior.at(IOReq::io_Dev), device_ptr);
        cx.mem.poke(ior.at(IOReq::io_Flags), IO_DONE | IO_QUICK);
        cx.mem.poke(ior.at(IOReq::io_MsgItem), told);
        let link: GuestPtr<Node> = ior.at(IOReq::io_Link).cast();
        let list = device_ptr.at(Device::dev_IOReqs);
        let _ = Links::kernel(cx.mem).add_tail(list, link);
        Ok(item)
    }

    /// Deletes a request. False: its device has not let it go yet; `waiter` will be woken.
    pub(crate) fn delete_ioreq(&mut self, cx: &mut CallCx<'_>, waiter: Item, item: Item) -> bool {
        let Ok(ptr) = self.ioreq(cx.mem, item) else {
            return true;
        };
        cx.mem.poke(ptr.at(IOReq::io_Private0), waiter);
        self.abort(cx, item);
        if self.pending_iors().any(|pending| pending == item) {
            return false;
        }
        self.take_signals(cx.mem, waiter, SIGF_ONESHOT);
        self.abort_waiters(cx.mem, |wait| match wait {
            Wait::Io { ior } | Wait::IoMessage { ior, .. } => ior == item,
            _ => false,
        });
        let device = cx.mem.peek(ptr.at(IOReq::io_Dev)).cast::<ItemNode>();
        let device = cx.mem.peek(device.at(ItemNode::n_Item));
        if let Some(&DeviceItem { id, .. }) = self.devices.get(&device)
            && let Some(model) = cx.board.device(id)
        {
            model.forget(item.0 as u64);
        }
        let link: GuestPtr<MinNode> = ptr.at(IOReq::io_Link);
        let _ = Links::kernel(cx.mem).remove(link.cast());
        let told = cx.mem.peek(ptr.at(IOReq::io_MsgItem));
        if self.item_of::<Message>(cx.mem, told, MESSAGENODE).is_ok() {
            let _ = self.delete_message(cx, told);
        }
        self.free_item(cx.mem, item);
        true
    }

    /// Aborts every request that writes into `[start, end)`. False: some are not over yet;
    /// `waiter` will be woken.
    pub(crate) fn quiet_pages(
        &mut self,
        cx: &mut CallCx<'_>,
        waiter: Item,
        start: u32,
        end: u32,
    ) -> bool {
        self.leave_pages(cx, start, end);
        for ior in self.requests_into(cx.mem, start, end) {
            if let Ok(ptr) = self.ioreq(cx.mem, ior) {
                cx.mem.poke(ptr.at(IOReq::io_Private0), waiter);
                self.abort(cx, ior);
            }
        }
        self.take_signals(cx.mem, waiter, SIGF_ONESHOT);
        self.requests_into(cx.mem, start, end).is_empty()
    }

    /// The requests that `task` has made for `device`.
    pub(crate) fn requests_of(&self, mem: &Memory, task: Item, device: Item) -> Vec<Item> {
        let Ok(device) = self.item_of::<Device>(mem, device, DEVICENODE) else {
            return Vec::new();
        };
        let Some(state) = self.tasks.get(&task) else {
            return Vec::new();
        };
        let owned = state
            .resources
            .iter()
            .filter_map(|resource| match resource {
                Resource::Owned(item) => Some(item),
                Resource::Opened(_) => None,
            });
        owned
            .filter(|&item| {
                self.ioreq(mem, item)
                    .is_ok_and(|ior| mem.peek(ior.at(IOReq::io_Dev)) == device)
            })
            .collect()
    }

    /// SetItemOwner of a request: idle and signal-notified ones only.
    pub(crate) fn move_ioreq(
        &mut self,
        mem: &mut Memory,
        ior: Item,
        owner: Item,
    ) -> Result<(), Status> {
        let ptr = self.ioreq(mem, ior)?;
        if mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE == 0 {
            return Err(IO_NOT_DONE);
        }
        let told = mem.peek(ptr.at(IOReq::io_MsgItem));
        if self.item_of::<Message>(mem, told, MESSAGENODE).is_ok() {
            return Err(NOSUPPORT);
        }
        if !self.tasks.contains_key(&owner) {
            return Err(CANT_SET_OWNER);
        }
        mem.poke(ptr.at(IOReq::io_MsgItem), owner);
        Ok(())
    }
}
