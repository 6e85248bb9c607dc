//! The life of items: create, find, open, close, delete, change hands (kernel sheet 4.3-4.8).

use super::Portfolio;
use super::errors::{
    BAD_PRIORITY, BAD_TYPE, BADITEM, BADNAME, BADPRIV, BADPTR, BADSUBTYPE, BADTAG, BADTAGVAL,
    CANT_OPEN, CANT_SET_OWNER, ITEM_NOT_OPEN, ITEM_STILL_OPENED, NOMEM, NOSUPPORT, NOT_FOUND,
    Status, UNIQUE_ITEM_EXISTS,
};
use super::items::{Item, MAX_ITEMS};
use super::list::Links;
use super::resources::Resource;
use super::schedule::Poll;
use super::signals::SIGF_ONESHOT;
use super::structs::node_type::{
    DEVICENODE, DRIVERNODE, ERRORTEXTNODE, FIRQNODE, FOLIONODE, IOREQNODE, MESSAGENODE,
    MSGPORTNODE, SEMA4NODE, TASKNODE, TIMERNODE,
};
use super::structs::{
    Device, Driver, ErrorText, Folio, ItemNode, KernelBase, List, Node, TagArg, Task, item_flag,
};
use super::tags::{self, CommonTags};
use super::tasks::Phase;
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::{Field, GuestPtr, GuestType, Memory};

/// ER_Kr_RsrcTblOvfFlw, of severity "fatal" as the kernel reports it.
const RESOURCE_TABLE_FULL: Status = Status(0xD57B_9903_u32 as i32);

/// The folio number and the node type of a node id.
fn split_id(id: u32) -> (u32, u8) {
    (id >> 8 & 0xFFF, id as u8)
}

/// Bytes in front of a user folio for its table of vectors.
fn table_room(vectors: u32) -> u32 {
    (vectors * 4).next_multiple_of(16)
}

impl Portfolio {
    fn folio_ptr(&self, mem: &Memory, folio: u32) -> Result<GuestPtr<Folio>, Status> {
        let item = self.items.at_index(folio as usize).ok_or(BAD_TYPE)?;
        self.item_of(mem, item, FOLIONODE).map_err(|_| BAD_TYPE)
    }

    /// Empties a list of the kernel's and fills in its node.
    pub(crate) fn init_list(&self, mem: &mut Memory, list: GuestPtr<List>) {
        let node: GuestPtr<Node> = list.cast();
        mem.poke(node.at(Node::n_SubsysType), 1);
        mem.poke(node.at(Node::n_Type), super::structs::node_type::LISTNODE);
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
            let found = Links::kernel(mem)
                .find(list, |links, node| Ok(has_name(links.memory(), node.cast())));
            let node = found.ok().flatten()?.cast::<ItemNode>();
            return Some(mem.peek(node.at(ItemNode::n_Item)));
        }
        if (subsystem, kind) == (1, TASKNODE) {
            let list = mem.peek(self.kernel_base.at(KernelBase::kb_Tasks));
            let link = Task::t_TasksLinkNode.offset();
            let to_task = |node: GuestPtr<Node>| node.byte_add(link.wrapping_neg()).cast();
            let found = Links::kernel(mem)
                .find(list, |links, node| Ok(has_name(links.memory(), to_task(node))));
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

    /// FindItem: by name only.
    fn find(&self, mem: &mut Memory, id: u32, list: GuestPtr<TagArg>) -> Result<Item, Status> {
        let (subsystem, kind) = split_id(id);
        self.folio_ptr(mem, subsystem)?;
        let searchable = [SEMA4NODE, FOLIONODE, DRIVERNODE, DEVICENODE, MSGPORTNODE, TASKNODE];
        if subsystem == 1 && !searchable.contains(&kind) {
            return Err(BADSUBTYPE);
        }
        let common = tags::common_tags(mem, list)?;
        let name = common.name.ok_or(NOT_FOUND)?;
        self.find_named(mem, subsystem, kind, &name).ok_or(NOT_FOUND)
    }

    /// The place of an item's open count, if its type can be opened.
    fn open_count(&self, mem: &Memory, item: Item) -> Result<GuestPtr<i32>, Status> {
        let node = self.items.lookup(item).ok_or(BADITEM)?;
        if mem.peek(node.at(ItemNode::n_SubsysType)) != 1 {
            return Err(CANT_OPEN);
        }
        match mem.peek(node.at(ItemNode::n_Type)) {
            FOLIONODE => Ok(node.cast::<Folio>().at(Folio::f_OpenCount)),
            DEVICENODE => Ok(node.cast::<Device>().at(Device::dev_OpenCnt)),
            DRIVERNODE => Ok(node.cast::<Driver>().at(Driver::drv_OpenCnt)),
            _ => Err(BADSUBTYPE),
        }
    }

    fn open(&mut self, mem: &mut Memory, item: Item, arguments: u32) -> Result<Item, Status> {
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
                if let Some(state) = self.tasks.get_mut(&task) {
                    state.resources.remove(Resource::Owned(ior));
                }
            }
        }
        if let Ok(count) = self.open_count(cx.mem, item) {
            let opened = cx.mem.peek(count).saturating_sub(1).max(0);
            cx.mem.poke(count, opened);
        }
        true
    }

    pub(crate) fn poll_close(&mut self, cx: &mut CallCx<'_>, task: Item, item: Item) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        if !self.close_for(cx, task, item) {
            return Poll::Pending(SIGF_ONESHOT);
        }
        if let Some(state) = self.tasks.get_mut(&task) {
            state.resources.remove(Resource::Opened(item));
        }
        Poll::value(0)
    }

    /// Deletes an item that `task` owns, for its death or by its wish. False: that takes time;
    /// the task will be woken.
    pub(crate) fn delete_for(&mut self, cx: &mut CallCx<'_>, task: Item, item: Item) -> bool {
        let Some(node) = self.items.lookup(item) else {
            return true;
        };
        let is_kernel = cx.mem.peek(node.at(ItemNode::n_SubsysType)) == 1;
        let kind = cx.mem.peek(node.at(ItemNode::n_Type));
        match kind {
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
                let vectors = node.cast::<Folio>().at(Folio::f_MaxUserFunctions);
                let below = table_room(cx.mem.peek(vectors).into());
                self.delist(cx.mem, item);
                self.free_item(cx.mem, item);
                self.free_table(node.addr(), below);
            }
            _ => {
                self.delist(cx.mem, item);
                self.free_item(cx.mem, item);
            }
        }
        true
    }

    /// Whether the caller may delete or change an item: its owner, the task itself.
    fn may_change(&self, mem: &Memory, item: Item) -> bool {
        let caller = self.caller();
        item == caller || self.owner_of(mem, item) == caller
    }

    fn create_error_text(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (mut object, mut entries, mut table, mut longest) = (None, None, None, None);
        for &(tag, value) in rest {
            match tag {
                10 => object = Some(value),
                11 => entries = Some(value),
                12 => table = Some(value),
                13 => longest = Some(value),
                _ => return Err(BADTAG),
            }
        }
        let (Some(object), Some(entries), Some(table), Some(longest)) =
            (object, entries, table, longest)
        else {
            return Err(BADTAGVAL);
        };
        if entries > 255 || longest > 255 {
            return Err(BADTAGVAL);
        }
        cx.mem
            .check_readable(table, entries * 4)
            .map_err(|_| BADPTR)?;
        if self.error_text_of(cx.mem, object).is_some() {
            return Err(BADTAGVAL);
        }
        let owner = self.caller();
        let new = common.into_item(1, ERRORTEXTNODE, ErrorText::SIZE, owner);
        let item = self.new_item(cx.mem, &new)?;
        let ptr: GuestPtr<ErrorText> = self.item_of(cx.mem, item, ERRORTEXTNODE)?;
        cx.mem.poke(ptr.at(ErrorText::et_ObjID), object);
        cx.mem.poke(ptr.at(ErrorText::et_MaxErr), entries as u8);
        cx.mem
            .poke(ptr.at(ErrorText::et_MaxStringSize), longest as u8);
        cx.mem
            .poke(ptr.at(ErrorText::et_ErrorTable), GuestPtr::new(table));
        Ok(item)
    }

    /// The error-text item that a program has made for a module.
    pub(crate) fn error_text_of(&self, mem: &Memory, object: u32) -> Option<GuestPtr<ErrorText>> {
        self.items.iter().find_map(|item| {
            let ptr: GuestPtr<ErrorText> = self.item_of(mem, item, ERRORTEXTNODE).ok()?;
            (mem.peek(ptr.at(ErrorText::et_ObjID)) == object).then_some(ptr)
        })
    }

    /// Gives the vector table in front of a folio back.
    fn free_table(&mut self, base: u32, below: u32) {
        if below > 0 {
            self.heap_free(base.wrapping_sub(below), below);
        }
    }

    /// A folio of a program's own: user vectors only.
    fn create_user_folio(
        &mut self,
        cx: &mut CallCx<'_>,
        mut common: CommonTags,
        rest: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (mut count, mut table) = (0, 0);
        for &(tag, value) in rest {
            match tag {
                10 => count = value,
                11 => table = value,
                12..=22 => return Err(BADPRIV),
                _ => return Err(BADTAG),
            }
        }
        if count > 255 {
            return Err(BADTAGVAL);
        }
        let vectors = cx.mem.read_bytes(table, count * 4).map_err(|_| BADPTR)?;
        let owner = self.caller();
        if let Some(creator) = self.items.lookup(owner) {
            let version = cx.mem.peek(creator.at(ItemNode::n_Version));
            let revision = cx.mem.peek(creator.at(ItemNode::n_Revision));
            common.version.get_or_insert(version);
            common.revision.get_or_insert(revision);
        }
        let below = table_room(count);
        let start = self.heap_alloc(cx.mem, below + Folio::SIZE)?;
        let base = start + below;
        for (n, vector) in vectors.chunks_exact(4).enumerate() {
            let slot = base - 4 * (n as u32 + 1);
            if let Some(place) = cx.mem.bytes_mut(slot, 4) {
                place.copy_from_slice(vector);
            }
        }
        let new = common.into_item(1, FOLIONODE, Folio::SIZE, owner);
        let item = match self.new_placed_item(cx.mem, base, &new) {
            Ok(item) => item,
            Err(error) => {
                self.free_table(base, below);
                return Err(error);
            }
        };
        let folio: GuestPtr<Folio> = self.item_of(cx.mem, item, FOLIONODE)?;
        cx.mem.poke(folio.at(Folio::f_MaxUserFunctions), count as u8);
        self.enlist(cx.mem, KernelBase::kb_FolioList, item);
        Ok(item)
    }
}

fn create_sized_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    id: u32,
    list: GuestPtr<TagArg>,
    size: u32,
) -> Result<Item, Trouble> {
    let (subsystem, kind) = split_id(id);
    let folio = k.folio_ptr(cx.mem, subsystem)?;
    if kind == 0 || kind > cx.mem.peek(folio.at(Folio::f_MaxNodeType)) {
        return Err(BADSUBTYPE.into());
    }
    let common = tags::common_tags(cx.mem, list)?;
    let rest: Vec<(u32, u32)> = tags::own_tags(cx.mem, list).collect::<Result<_, _>>()?;
    let searchable = [SEMA4NODE, FOLIONODE, DEVICENODE, DRIVERNODE, MSGPORTNODE, TASKNODE];
    let can_find = subsystem != 1 || searchable.contains(&kind);
    if common.unique {
        if common.name.is_none() {
            return Err(BADNAME.into());
        }
        if !can_find {
            return Err(NOSUPPORT.into());
        }
    }
    if can_find
        && let Some(name) = &common.name
        && let Some(twin) = k.find_named(cx.mem, subsystem, kind, name)
    {
        let twin = k.items.lookup(twin).map_or(0, |node| {
            cx.mem.peek(node.at(ItemNode::n_ItemFlags))
        });
        if common.unique || twin & item_flag::UNIQUE_NAME != 0 {
            return Err(UNIQUE_ITEM_EXISTS.into());
        }
    }
    if size as i32 != 0 && (size as i32) < ItemNode::SIZE as i32 {
        return Err(if kind == MESSAGENODE || kind == IOREQNODE {
            super::errors::BADSIZE.into()
        } else {
            NOMEM.into()
        });
    }
    let item = match (subsystem, kind) {
        (1, TASKNODE) => k.create_task(cx, common, &rest, size)?,
        (1, SEMA4NODE) => k.create_semaphore(cx, common, &rest, size)?,
        (1, MESSAGENODE) => k.create_message(cx, common, &rest, size)?,
        (1, MSGPORTNODE) => k.create_port(cx, common, &rest, size)?,
        (1, IOREQNODE) => k.create_ioreq(cx, common, &rest, size)?,
        (1, ERRORTEXTNODE) => k.create_error_text(cx, common, &rest)?,
        (1, FOLIONODE) => k.create_user_folio(cx, common, &rest)?,
        (1, FIRQNODE | DRIVERNODE | DEVICENODE | TIMERNODE) => return Err(BADPRIV.into()),
        (1, _) => return Err(BADSUBTYPE.into()),
        _ => {
            let folio = k.items.at_index(subsystem as usize).unwrap_or(Item::NONE);
            let name = k.item_name(cx.mem, folio);
            k.report_missing(cx, &format!("CreateItem of node type {kind} of folio \"{name}\""));
            return Err(NOSUPPORT.into());
        }
    };
    let caller = k.caller();
    if let Some(state) = k.tasks.get_mut(&caller) {
        state.resources.add(Resource::Owned(item));
    }
    Ok(item)
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
    if let Some(state) = k.tasks.get_mut(&caller) {
        state.resources.remove(Resource::Owned(item));
    }
    Ok(Flow::Done(Reply::value(0)))
}

fn find_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    id: u32,
    list: GuestPtr<TagArg>,
) -> Result<Item, Trouble> {
    Ok(k.find(cx.mem, id, list)?)
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
    let item = k.find(cx.mem, id, list)?;
    Ok(k.open(cx.mem, item, 0)?)
}

fn close_item(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Answer {
    let caller = k.caller();
    let is_open = k
        .tasks
        .get(&caller)
        .is_some_and(|state| state.resources.contains(Resource::Opened(item)));
    if !is_open {
        return Err(match k.items.lookup(item) {
            Some(_) => ITEM_NOT_OPEN.into(),
            None => BADITEM.into(),
        });
    }
    if !k.close_for(cx, caller, item) {
        return Ok(Flow::Block(Wait::Close { item }));
    }
    if let Some(state) = k.tasks.get_mut(&caller) {
        state.resources.remove(Resource::Opened(item));
    }
    Ok(Flow::Done(Reply::value(0)))
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
    if !(10..=199).contains(&priority) {
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
    if let Some(state) = k.tasks.get_mut(&caller) {
        state.resources.remove(owned);
    }
    if let Some(state) = k.tasks.get_mut(&owner) {
        state.resources.add(owned);
    }
    Ok(0)
}

calls! { pub(crate) CALLS: Kernel;
    swi 0 CreateSizedItem(id: u32, tags: GuestPtr<TagArg>, size: u32) -> Item = create_sized_item;
    blocking swi 3 DeleteItem(item: Item) -> Number = delete_item;
    swi 4 FindItem(id: u32, tags: GuestPtr<TagArg>) -> Item = find_item;
    swi 5 OpenItem(item: Item, arguments: u32) -> Item = open_item;
    blocking swi 8 CloseItem(item: Item) -> Number = close_item;
    swi 10 SetItemPri(item: Item, priority: u8) -> Number = set_item_pri;
    swi 28 SetItemOwner(item: Item, owner: Item) -> Number = set_item_owner;
    swi 36 FindAndOpenItem(id: u32, tags: GuestPtr<TagArg>) -> Item = find_and_open_item;
    vec 12 LookupItem(item: Item) -> Pointer = lookup_item;
    vec 16 CheckItem(item: Item, subsystem: u8, kind: u8) -> Pointer = check_item;
}
