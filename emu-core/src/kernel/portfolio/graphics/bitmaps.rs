//! Bitmaps: what cels are drawn into, its clip region and registers.

use super::codes::NOTYET;
use crate::calls;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tags::CommonTags;

impl Portfolio {
    /// CreateItem of a bitmap.
    pub(super) fn create_bitmap(
        &mut self,
        _cx: &mut CallCx<'_>,
        _common: CommonTags,
        _tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        Err(NOTYET)
    }

    /// A bitmap's end.
    pub(super) fn delete_bitmap(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.free_item(cx.mem, item);
    }
}

calls! { pub(crate) CALLS: Graphics;
    missing swi 1 SetReadAddress;
    missing swi 2 ResetReadAddress;
    missing swi 3 SetClipOrigin;
    missing swi 19 SetClipWidth;
    missing swi 20 SetClipHeight;
    missing swi 41 SetCEControl;
    missing swi 42 SetCEWatchDog;
    missing vec 13 SetReadAddress;
    missing vec 14 ResetReadAddress;
    missing vec 15 SetClipOrigin;
    missing vec 28 SetClipWidth;
    missing vec 29 SetClipHeight;
    missing vec 38 SetCEControl;
    missing vec 45 SetCEWatchDog;
}
