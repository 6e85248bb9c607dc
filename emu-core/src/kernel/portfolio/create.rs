//! CreateSizedItem: the checks common to all types (kernel sheet 4.3).
//!
//! Types without a module of their own are made here too.

use super::Portfolio;
use super::errors::{
    BAD_TYPE, BADNAME, BADPRIV, BADPTR, BADSIZE, BADSUBTYPE, BADTAG, BADTAGVAL, NOMEM, NOSUPPORT,
    Status, UNIQUE_ITEM_EXISTS,
};
use super::find::SEARCHABLE;
use super::international::NOTSUPPORTED;
use super::items::Item;
use super::resources::Resource;
use super::structs::node_type::{
    DEVICENODE, DRIVERNODE, ERRORTEXTNODE, FIRQNODE, FOLIONODE, IOREQNODE, MESSAGENODE,
    MSGPORTNODE, SEMA4NODE, TASKNODE, TIMERNODE,
};
use super::structs::{ErrorText, Folio, ItemNode, KernelBase, TagArg, item_flag};
use super::tags::{self, CommonTags};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{GuestPtr, GuestType, Memory};

/// Bytes of the vector table in front of a user folio's structure.
pub(super) fn user_table_size(vectors: u32) -> u32 {
    (vectors * 4).next_multiple_of(16)
}

/// The folio number and the node type of a node id.
pub(super) fn split_id(id: u32) -> (u32, u8) {
    (id >> 8 & 0xFFF, id as u8)
}

impl Portfolio {
    pub(super) fn folio_ptr(&self, mem: &Memory, folio: u32) -> Result<GuestPtr<Folio>, Status> {
        let item = self.items.at_index(folio as usize).ok_or(BAD_TYPE)?;
        self.item_of(mem, item, FOLIONODE).map_err(|_| BAD_TYPE)
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
        let below = user_table_size(count);
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
                if below > 0 {
                    self.heap_free(start, below);
                }
                return Err(error);
            }
        };
        let folio: GuestPtr<Folio> = self.item_of(cx.mem, item, FOLIONODE)?;
        cx.mem
            .poke(folio.at(Folio::f_MaxUserFunctions), count as u8);
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
    let can_find = subsystem != 1 || SEARCHABLE.contains(&kind);
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
        let twin = k
            .items
            .lookup(twin)
            .map_or(0, |node| cx.mem.peek(node.at(ItemNode::n_ItemFlags)));
        if common.unique || twin & item_flag::UNIQUE_NAME != 0 {
            return Err(UNIQUE_ITEM_EXISTS.into());
        }
    }
    if size as i32 != 0 && (size as i32) < ItemNode::SIZE as i32 {
        return Err(if kind == MESSAGENODE || kind == IOREQNODE {
            BADSIZE.into()
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
        (2, _) => k.create_graphics_item(cx, kind, common, &rest)?,
        (4, _) => k.create_audio_item(cx, kind, common, &rest)?,
        // Programs open the system's locale; they make none.
        (9, _) => return Err(NOTSUPPORTED.into()),
        _ => {
            let folio = k.items.at_index(subsystem as usize).unwrap_or(Item::NONE);
            let name = k.item_name(cx.mem, folio);
            k.report_missing(
                cx,
                &format!("CreateItem of node type {kind} of folio \"{name}\""),
            );
            return Err(NOSUPPORT.into());
        }
    };
    let caller = k.caller();
    k.gain(caller, Resource::Owned(item));
    Ok(item)
}

calls! { pub(crate) CALLS: Kernel;
    swi 0 CreateSizedItem(id: u32, tags: GuestPtr<TagArg>, size: u32) -> Item = create_sized_item;
}
