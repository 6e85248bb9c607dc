//! Screen groups and screens, and what is shown.
//!
//! Graphics sheet 4.1, 4.2.

mod create;
mod delete;
mod overlay;
mod show;

pub(super) use self::create::VRAM_PAGE;
pub(super) use self::overlay::Overlay;
pub(super) use self::show::Displayed;

use self::create::{GroupTagList, create_screen_group};
use self::delete::delete_screen_group;
use self::overlay::display_overlay;
use self::show::{add_screen_group, display_screen, remove_screen_group};
use super::codes::BADITEM;
use crate::calls;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::graphics::{Bitmap, Screen, kind};
use crate::kernel::portfolio::structs::{ItemNode, List, TagArg};
use crate::mem::{GuestPtr, Memory};

impl Portfolio {
    /// A bitmap, or the bitmap of a screen, whoever owns it: for the few calls that look only.
    pub(super) fn any_bitmap(&self, mem: &Memory, item: Item) -> Result<GuestPtr<Bitmap>, Status> {
        if let Ok(bitmap) = self.graphics_item(mem, item, kind::BITMAP) {
            return Ok(bitmap);
        }
        let screen: GuestPtr<Screen> = self.graphics_item(mem, item, kind::SCREEN)?;
        let bitmap = mem.peek(screen.at(Screen::scr_TempBitmap));
        (!bitmap.is_null()).then_some(bitmap).ok_or(BADITEM)
    }

    /// The items of the nodes of a list of the folio's.
    fn items_in(&self, mem: &mut Memory, list: GuestPtr<List>) -> Vec<Item> {
        let mut items = Vec::new();
        let _ = Links::kernel(mem).find(list, |links, node| {
            let item = node.cast::<ItemNode>().at(ItemNode::n_Item);
            items.push(links.memory().peek(item));
            Ok(false)
        });
        items
    }
}

calls! { pub(crate) CALLS: Graphics;
    swi 17 AddScreenGroup(group: Item, tags: GuestPtr<TagArg>) -> Number = add_screen_group;
    swi 18 RemoveScreenGroup(group: Item) -> Number = remove_screen_group;
    swi 45 DisplayScreen(screen0: Item, screen1: Item) -> Number = display_screen;
    swi 50 CreateScreenGroup(screens: GuestPtr<u32>, tags: GroupTagList) -> Item = create_screen_group, cost 3000;
    vec 12 CreateScreenGroup(screens: GuestPtr<u32>, tags: GroupTagList) -> Item = create_screen_group, cost 3000;
    vec 23 DeleteScreenGroup(group: Item) -> Number = delete_screen_group, cost 1500;
    vec 26 AddScreenGroup(group: Item, tags: GuestPtr<TagArg>) -> Number = add_screen_group, cost 300;
    vec 27 RemoveScreenGroup(group: Item) -> Number = remove_screen_group, cost 300;
    vec 40 DisplayScreen(screen0: Item, screen1: Item) -> Number = display_screen, cost 300;
    vec 50 DisplayOverlay(bitmap: Item, top: i32) -> Item = display_overlay, cost 900;
}
