//! Finding items: by number, by name, in the lists the kernel keeps.
//!
//! Kernel sheet 4.1, 4.5.

use super::Portfolio;
use super::create::split_id;
use super::errors::{BADSUBTYPE, NOT_FOUND, Status};
use super::international::{INTLNODE, LOCALENODE};
use super::items::Item;
use super::list::Links;
use super::structs::node_type::{
    DEVICENODE, DRIVERNODE, FOLIONODE, MSGPORTNODE, SEMA4NODE, TASKNODE,
};
use super::structs::{ItemNode, KernelBase, List, Node, TagArg, Task, item_flag, node_type};
use super::tags;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{Field, GuestPtr, GuestType, Memory};

/// Kernel types that are kept by name.
pub(super) const SEARCHABLE: &[u8] = &[
    SEMA4NODE,
    FOLIONODE,
    DRIVERNODE,
    DEVICENODE,
    MSGPORTNODE,
    TASKNODE,
];

impl Portfolio {
    /// Empties a list of the kernel's and fills in its node.
    pub(crate) fn init_list(&self, mem: &mut Memory, list: GuestPtr<List>) {
        let node: GuestPtr<Node> = list.cast();
        mem.poke(node.at(Node::n_SubsysType), 1);
        mem.poke(node.at(Node::n_Type), node_type::LISTNODE);
        mem.poke(node.at(Node::n_Size), List::SIZE as i32);
        let _ = Links::kernel(mem).clear(list);
    }

    /// Puts an item into one of the lists that KernelBase points to, by priority.
    pub(crate) fn enlist(
        &self,
        mem: &mut Memory,
        list: Field<KernelBase, GuestPtr<List>>,
        item: Item,
    ) {
        let list = mem.peek(self.kernel_base.at(list));
        if let Some(node) = self.items.lookup(item) {
            let _ = Links::kernel(mem).insert_from_tail(list, node.cast());
        }
    }

    /// Takes an item out of the list it is in.
    pub(crate) fn delist(&self, mem: &mut Memory, item: Item) {
        if let Some(node) = self.items.lookup(item) {
            let _ = Links::kernel(mem).remove(node.cast());
        }
    }

    /// The first item of that kind and name, in the order the kernel keeps such items.
    pub(crate) fn find_named(
        &self,
        mem: &mut Memory,
        subsystem: u32,
        kind: u8,
        name: &[u8],
    ) -> Option<Item> {
        let list = match (subsystem, kind) {
            (1, FOLIONODE) => Some(KernelBase::kb_FolioList),
            (1, DEVICENODE) => Some(KernelBase::kb_Devices),
            (1, DRIVERNODE) => Some(KernelBase::kb_Drivers),
            (1, MSGPORTNODE) => Some(KernelBase::kb_MsgPorts),
            (1, SEMA4NODE) => Some(KernelBase::kb_Semaphores),
            _ => None,
        };
        let has_name = |mem: &Memory, node: GuestPtr<ItemNode>| {
            let own = mem.peek(node.at(ItemNode::n_Name));
            let ready = mem.peek(node.at(ItemNode::n_ItemFlags)) & item_flag::NOTREADY == 0;
            ready
                && !own.is_null()
                && mem
                    .read_string(own, 256)
                    .is_ok_and(|own| own.eq_ignore_ascii_case(name))
        };
        if let Some(list) = list {
            let list = mem.peek(self.kernel_base.at(list));
            let found = Links::kernel(mem).find(list, |links, node| {
                Ok(has_name(links.memory(), node.cast()))
            });
            let node = found.ok().flatten()?.cast::<ItemNode>();
            return Some(mem.peek(node.at(ItemNode::n_Item)));
        }
        if (subsystem, kind) == (1, TASKNODE) {
            let list = mem.peek(self.kernel_base.at(KernelBase::kb_Tasks));
            let link = Task::t_TasksLinkNode.offset();
            let to_task = |node: GuestPtr<Node>| node.byte_add(link.wrapping_neg()).cast();
            let found = Links::kernel(mem).find(list, |links, node| {
                Ok(has_name(links.memory(), to_task(node)))
            });
            let node: GuestPtr<ItemNode> = to_task(found.ok().flatten()?);
            return Some(mem.peek(node.at(ItemNode::n_Item)));
        }
        self.items.iter().find(|&item| {
            self.items.lookup(item).is_some_and(|node| {
                u32::from(mem.peek(node.at(ItemNode::n_SubsysType))) == subsystem
                    && mem.peek(node.at(ItemNode::n_Type)) == kind
                    && has_name(mem, node)
            })
        })
    }

    /// FindItem: by name only, except of a Locale.
    pub(super) fn find(
        &mut self,
        mem: &mut Memory,
        id: u32,
        list: GuestPtr<TagArg>,
    ) -> Result<Item, Status> {
        let (subsystem, kind) = split_id(id);
        self.folio_ptr(mem, subsystem)?;
        if subsystem == 1 && !SEARCHABLE.contains(&kind) {
            return Err(BADSUBTYPE);
        }
        if (subsystem, kind) == (u32::from(INTLNODE), LOCALENODE) {
            return self.find_locale(mem, list);
        }
        let common = tags::common_tags(mem, list)?;
        let name = common.name.ok_or(NOT_FOUND)?;
        self.find_named(mem, subsystem, kind, &name)
            .ok_or(NOT_FOUND)
    }
}

fn find_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    id: u32,
    list: GuestPtr<TagArg>,
) -> Result<Item, Trouble> {
    Ok(k.find(cx.mem, id, list)?)
}

fn lookup_item(k: &mut Portfolio, _cx: &mut CallCx<'_>, item: Item) -> Result<u32, Trouble> {
    Ok(k.items.lookup(item).map_or(0, GuestPtr::addr))
}

fn check_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    subsystem: u8,
    kind: u8,
) -> Result<u32, Trouble> {
    let Some(node) = k.items.lookup(item) else {
        return Ok(0);
    };
    let same = cx.mem.peek(node.at(ItemNode::n_SubsysType)) == subsystem
        && cx.mem.peek(node.at(ItemNode::n_Type)) == kind;
    Ok(if same { node.addr() } else { 0 })
}

calls! { pub(crate) CALLS: Kernel;
    swi 4 FindItem(id: u32, tags: GuestPtr<TagArg>) -> Item = find_item;
    vec 12 LookupItem(item: Item) -> Pointer = lookup_item;
    vec 16 CheckItem(item: Item, subsystem: u8, kind: u8) -> Pointer = check_item;
}
