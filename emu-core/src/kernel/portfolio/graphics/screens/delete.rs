//! The end of screen groups and screens (graphics sheet 4.2).

use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::graphics::{Screen, ScreenGroup, kind};
use crate::mem::GuestPtr;

impl Portfolio {
    /// A screen group's end, and that of its screens.
    pub(in super::super) fn delete_screen_group(&mut self, cx: &mut CallCx<'_>, item: Item) {
        if let Ok(group) = self.graphics_item::<ScreenGroup>(cx.mem, item, kind::SCREENGROUP) {
            for screen in self.items_in(cx.mem, group.at(ScreenGroup::sg_ScreenList)) {
                self.delete_owned(cx, screen);
            }
        }
        self.free_item(cx.mem, item);
    }

    /// A screen's end, and that of its bitmaps and of the list that it has now. A display that
    /// shows it shows nothing from the next vertical blank on.
    pub(in super::super) fn delete_screen(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.blank_if(cx, |displayed| displayed.has_screen(item));
        if let Ok(screen) = self.graphics_item::<Screen>(cx.mem, item, kind::SCREEN) {
            let vdl = cx.mem.peek(screen.at(Screen::scr_VDLItem));
            if vdl != Item::NONE {
                self.delete_owned(cx, vdl);
            }
            for bitmap in self.items_in(cx.mem, screen.at(Screen::scr_BitmapList)) {
                self.delete_owned(cx, bitmap);
            }
            let _ = Links::kernel(cx.mem).remove(screen.cast());
        }
        self.free_item(cx.mem, item);
    }
}

pub(super) fn delete_screen_group(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    group: Item,
) -> Result<i32, Trouble> {
    let _: GuestPtr<ScreenGroup> = k.deletable_graphics_item(cx.mem, group, kind::SCREENGROUP)?;
    k.delete_owned(cx, group);
    Ok(0)
}
