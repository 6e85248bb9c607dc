//! Items of the Audio folio: which module makes and deletes which (audio sheet 2.3).

use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{NOSUPPORT, Status};
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestType, Memory};

/// The folio's number.
pub(super) const AUDIONODE: u8 = 4;

/// Node types of the folio.
#[allow(dead_code)]
pub(super) mod kind {
    pub const TEMPLATE: u8 = 1;
    pub const INSTRUMENT: u8 = 2;
    pub const KNOB: u8 = 3;
    pub const SAMPLE: u8 = 4;
    pub const CUE: u8 = 5;
    pub const ENVELOPE: u8 = 6;
    pub const ATTACHMENT: u8 = 7;
    pub const TUNING: u8 = 8;
    pub const PROBE: u8 = 9;
}

impl Portfolio {
    /// CreateItem of a type of this folio; `tags` are those of the type's own.
    pub(in crate::kernel::portfolio) fn create_audio_item(
        &mut self,
        cx: &mut CallCx<'_>,
        kind: u8,
        common: CommonTags,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        if kind == kind::CUE {
            return self.create_cue(cx, common, tags);
        }
        let what = format!("CreateItem of node type {kind} of folio \"audio\"");
        self.report_missing(cx, &what);
        Err(NOSUPPORT)
    }

    /// DeleteItem of an item of this folio, or its owner's end.
    pub(in crate::kernel::portfolio) fn delete_audio_item(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) {
        if self.is_audio_item(cx.mem, item, kind::CUE) {
            return self.delete_cue(cx, item);
        }
        self.free_item(cx.mem, item);
    }

    /// A new item of this folio: a node and nothing else that guests may see.
    #[allow(dead_code)]
    pub(super) fn new_audio_item(
        &mut self,
        mem: &mut Memory,
        kind: u8,
        name: Option<Vec<u8>>,
        owner: Item,
    ) -> Result<Item, Status> {
        let new = NewItem {
            subsystem: AUDIONODE,
            kind,
            size: ItemNode::SIZE,
            name,
            owner,
            ..NewItem::default()
        };
        self.new_item(mem, &new)
    }

    /// Whether an item is one of this folio's of the given type.
    pub(super) fn is_audio_item(&self, mem: &Memory, item: Item, kind: u8) -> bool {
        self.items.lookup(item).is_some_and(|node| {
            mem.peek(node.at(ItemNode::n_SubsysType)) == AUDIONODE
                && mem.peek(node.at(ItemNode::n_Type)) == kind
        })
    }
}
