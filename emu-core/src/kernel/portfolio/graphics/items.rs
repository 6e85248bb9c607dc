//! Items of the Graphics folio: which module makes and deletes which.
//!
//! Graphics sheet 3.1, 3.4.

use super::codes::{BADITEM, BADSUBTYPE, GRAFNOTOPEN, NOTOWNER};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{CANT_OPEN, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::structs::graphics::{GRAFNODE, kind};
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestPtr, Memory};

impl Portfolio {
    /// CreateItem of a type of this folio; `tags` are those of the type's own.
    pub(in crate::kernel::portfolio) fn create_graphics_item(
        &mut self,
        cx: &mut CallCx<'_>,
        kind: u8,
        common: CommonTags,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        match kind {
            kind::BITMAP => self.create_bitmap(cx, common, tags),
            kind::VDL => self.create_vdl(cx, common, tags),
            _ => Err(BADSUBTYPE),
        }
    }

    /// DeleteItem of an item of this folio, or its owner's end.
    pub(in crate::kernel::portfolio) fn delete_graphics_item(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) {
        let Some(node) = self.items.lookup(item) else {
            return;
        };
        match cx.mem.peek(node.at(ItemNode::n_Type)) {
            kind::SCREENGROUP => self.delete_screen_group(cx, item),
            kind::SCREEN => self.delete_screen(cx, item),
            kind::BITMAP => self.delete_bitmap(cx, item),
            kind::VDL => self.delete_vdl(cx, item),
            kind::OVERLAY => self.delete_overlay(cx, item),
            _ => self.free_item(cx.mem, item),
        }
    }

    /// Deletes an item of this folio with another, or by a call that is not DeleteItem.
    pub(super) fn delete_owned(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let owner = self.owner_of(cx.mem, item);
        self.lose(owner, Resource::Owned(item));
        self.delete_graphics_item(cx, item);
    }

    /// The open count of an item of this folio that tasks may share. The word of its node that
    /// is reserved holds it.
    pub(in crate::kernel::portfolio) fn graphics_opens(
        mem: &Memory,
        node: GuestPtr<ItemNode>,
    ) -> Result<GuestPtr<i32>, Status> {
        match mem.peek(node.at(ItemNode::n_Type)) {
            kind::SCREENGROUP | kind::SCREEN | kind::BITMAP => {
                Ok(node.at(ItemNode::n_ReservedP).cast())
            }
            _ => Err(CANT_OPEN),
        }
    }

    /// Whether a task has opened the folio (graphics sheet 3.1).
    pub(super) fn check_graphics_open(&self, task: Item) -> Result<(), Status> {
        let is_open = self.has_opened_folio(task, GRAFNODE);
        is_open.then_some(()).ok_or(GRAFNOTOPEN)
    }

    /// The structure of an item of this folio, whoever owns it.
    pub(super) fn graphics_item<T>(
        &self,
        mem: &Memory,
        item: Item,
        kind: u8,
    ) -> Result<GuestPtr<T>, Status> {
        let node = self.items.lookup(item).ok_or(BADITEM)?;
        let is_one = mem.peek(node.at(ItemNode::n_SubsysType)) == GRAFNODE
            && mem.peek(node.at(ItemNode::n_Type)) == kind;
        is_one.then(|| node.cast()).ok_or(BADITEM)
    }

    /// The structure of an item that the caller may delete: its own.
    pub(super) fn deletable_graphics_item<T>(
        &self,
        mem: &Memory,
        item: Item,
        kind: u8,
    ) -> Result<GuestPtr<T>, Status> {
        let found = self.graphics_item(mem, item, kind)?;
        let may = self.may_change(mem, item);
        may.then_some(found).ok_or(NOTOWNER)
    }

    /// The structure of an item that the caller owns or has opened.
    pub(super) fn own_graphics_item<T>(
        &self,
        mem: &Memory,
        item: Item,
        kind: u8,
    ) -> Result<GuestPtr<T>, Status> {
        let found = self.graphics_item(mem, item, kind)?;
        let caller = self.caller();
        let may = self.may_change(mem, item) || self.holds(caller, Resource::Opened(item));
        may.then_some(found).ok_or(NOTOWNER)
    }
}
