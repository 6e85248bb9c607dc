//! Items of this folio that belong to tasks: making, giving away, taking back.

use super::codes::BADITEM;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADPRIV, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::Memory;

impl Portfolio {
    /// A new item of this folio with what every item can be given; CreateItem notes its owner.
    pub(super) fn place_audio_item(
        &mut self,
        mem: &mut Memory,
        kind: u8,
        common: CommonTags,
    ) -> Result<Item, Status> {
        self.check_audio_open(self.caller())?;
        self.new_audio_item(mem, kind, common, self.caller())
    }

    /// Frees an item, whoever owns it.
    pub(super) fn free_audio_item(&mut self, mem: &mut Memory, item: Item) {
        let owner = self.owner_of(mem, item);
        self.lose(owner, Resource::Owned(item));
        self.free_item(mem, item);
    }

    /// Whether an item is of a type, and the caller may delete it.
    pub(super) fn own_audio_item(&self, mem: &Memory, item: Item, kind: u8) -> Result<(), Status> {
        if !self.is_audio_item(mem, item, kind) {
            return Err(BADITEM);
        }
        if !self.may_change(mem, item) {
            return Err(BADPRIV);
        }
        Ok(())
    }
}
