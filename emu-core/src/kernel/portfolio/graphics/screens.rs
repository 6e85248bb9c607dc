//! Screen groups and screens, and what is shown.

use crate::calls;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;

impl Portfolio {
    /// A screen group's end.
    pub(super) fn delete_screen_group(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.free_item(cx.mem, item);
    }

    /// A screen's end.
    pub(super) fn delete_screen(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.free_item(cx.mem, item);
    }
}

calls! { pub(crate) CALLS: Graphics;
    missing swi 17 AddScreenGroup;
    missing swi 18 RemoveScreenGroup;
    missing swi 45 DisplayScreen;
    missing swi 50 CreateScreenGroupItem;
    missing vec 12 CreateScreenGroup;
    missing vec 23 DeleteScreenGroup;
    missing vec 26 AddScreenGroup;
    missing vec 27 RemoveScreenGroup;
    missing vec 40 DisplayScreen;
    missing vec 50 DisplayOverlay;
}
