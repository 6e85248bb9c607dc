//! Items of the Audio folio: which module makes and deletes which.
//!
//! Audio sheet 2.3.

use super::codes;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADSUBTYPE, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestType, Memory};

/// The folio's number.
pub(super) const AUDIONODE: u8 = 4;

/// Node types of the folio.
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
        self.check_audio_open(self.caller())?;
        self.audio_catch_up(cx);
        match kind {
            kind::TEMPLATE => self.create_template(cx, tags),
            kind::INSTRUMENT => self.create_instrument_by_tags(cx, tags),
            kind::KNOB => self.create_knob_by_tags(cx, tags),
            kind::SAMPLE => self.create_sample_item(cx, common, tags),
            kind::CUE => self.create_cue(cx, common, tags),
            kind::ENVELOPE => self.create_envelope_item(cx, common, tags),
            kind::ATTACHMENT => self.create_attachment_item(cx, common, tags),
            kind::TUNING => self.create_tuning_by_tags(cx, tags),
            kind::PROBE => self.create_probe_by_tags(cx, tags),
            _ => Err(BADSUBTYPE),
        }
    }

    /// DeleteItem of an item of this folio, or its owner's end.
    pub(in crate::kernel::portfolio) fn delete_audio_item(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) {
        let Some(node) = self.items.lookup(item) else {
            return;
        };
        self.audio_catch_up(cx);
        match cx.mem.peek(node.at(ItemNode::n_Type)) {
            kind::TEMPLATE => self.delete_template(cx, item),
            kind::INSTRUMENT => self.delete_instrument(cx, item),
            kind::KNOB => self.delete_knob(cx, item),
            kind::SAMPLE => self.delete_sample(cx, item),
            kind::CUE => self.delete_cue(cx, item),
            kind::ENVELOPE => self.delete_envelope(cx, item),
            kind::ATTACHMENT => self.delete_attachment(cx, item),
            kind::TUNING => self.delete_tuning(cx, item),
            kind::PROBE => self.delete_probe(cx, item),
            _ => self.free_item(cx.mem, item),
        }
    }

    /// A call that deletes an item of one type: what DeleteItem would do.
    pub(super) fn delete_by_call(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        kind: u8,
    ) -> Result<i32, Trouble> {
        self.own_audio_item(cx.mem, item, kind)?;
        self.delete_child(cx, item);
        Ok(0)
    }

    /// The error of a task that has not opened the folio.
    pub(super) fn check_audio_open(&self, task: Item) -> Result<(), Status> {
        let is_open = self.has_opened_folio(task, AUDIONODE);
        is_open.then_some(()).ok_or(codes::AUDIOCLOSED)
    }

    /// A new item of this folio: a node and nothing else that guests may see.
    pub(super) fn new_audio_item(
        &mut self,
        mem: &mut Memory,
        kind: u8,
        common: CommonTags,
        owner: Item,
    ) -> Result<Item, Status> {
        let new = common.into_item(AUDIONODE, kind, ItemNode::SIZE, owner);
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
