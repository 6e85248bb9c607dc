//! The beginning and the end of a bitmap.

use super::{Clip, WATCHDOG_SHIFT, modulo_bits};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::graphics::codes::{
    BADBITMAPSPEC, BADDEADBOLT, BADTAG, BUFWIDTH, NOWRITEACCESS,
};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::structs::graphics::{Bitmap, GRAFNODE, Screen, kind};
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestPtr, GuestType, Memory};

/// CECONTROL of a new bitmap (CECONTROL_DEFAULT).
const DEFAULT_CONTROL: u32 = 0xE150_0000;
/// Microseconds of a new bitmap's watchdog (WATCHDOG_DEFAULT).
const DEFAULT_WATCHDOG: i32 = 1_000_000;
/// Lines of the highest bitmap.
const MOST_LINES: i32 = 2048;

/// What is said of a new bitmap; what is not said of its clip region is all of it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct NewBitmap {
    pub(in super::super) buffer: u32,
    pub(in super::super) width: i32,
    pub(in super::super) height: i32,
    clip_width: Option<i32>,
    clip_height: Option<i32>,
    clip_x: i32,
    clip_y: i32,
    watchdog: i32,
    control: u32,
}

impl NewBitmap {
    /// A bitmap of that size, with nothing said of the rest.
    pub(in super::super) fn new(buffer: u32, width: i32, height: i32) -> NewBitmap {
        NewBitmap {
            buffer,
            width,
            height,
            clip_width: None,
            clip_height: None,
            clip_x: 0,
            clip_y: 0,
            watchdog: DEFAULT_WATCHDOG,
            control: DEFAULT_CONTROL,
        }
    }

    /// Bytes of a frame buffer of that size.
    pub(in super::super) fn bytes(&self) -> Result<u32, Status> {
        if !(1..=MOST_LINES).contains(&self.height) {
            return Err(BADBITMAPSPEC);
        }
        let width = u32::try_from(self.width).ok();
        let width = width.filter(|&width| modulo_bits(width).is_some());
        // At most 2048 x 2048 pixels.
        Ok(width.ok_or(BUFWIDTH)? * self.height as u32 * 2)
    }
}

impl Portfolio {
    /// CreateItem of a bitmap.
    pub(in super::super) fn create_bitmap(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let mut new = NewBitmap::new(0, 0, 0);
        for &(tag, value) in tags {
            let number = value as i32;
            match tag {
                11 => new.width = number,
                12 => new.height = number,
                13 => new.buffer = value,
                14 => new.clip_width = Some(number),
                15 => new.clip_height = Some(number),
                16 => new.clip_x = number,
                17 => new.clip_y = number,
                18 => new.watchdog = number,
                19 => new.control = value,
                _ => return Err(BADTAG),
            }
        }
        self.place_bitmap(cx.mem, common, &new)
    }

    /// Makes the item of a bitmap whose buffer the caller has.
    pub(in super::super) fn place_bitmap(
        &mut self,
        mem: &mut Memory,
        common: CommonTags,
        new: &NewBitmap,
    ) -> Result<Item, Status> {
        let bytes = new.bytes()?;
        let modulo = modulo_bits(new.width as u32).ok_or(BUFWIDTH)?;
        mem.check_writable(new.buffer, bytes)
            .map_err(|_| NOWRITEACCESS)?;
        let clip = Clip {
            size: (new.width, new.height),
            width: new.clip_width.unwrap_or(new.width),
            height: new.clip_height.unwrap_or(new.height),
            x: new.clip_x,
            y: new.clip_y & !1,
        }
        .check()?;
        if new.watchdog < 0 {
            return Err(BADDEADBOLT);
        }
        let node = common.into_item(GRAFNODE, kind::BITMAP, Bitmap::SIZE, self.caller());
        let item = self.new_item(mem, &node)?;
        let bitmap: GuestPtr<Bitmap> = self.graphics_item(mem, item, kind::BITMAP)?;
        mem.poke(bitmap.at(Bitmap::bm_Buffer), new.buffer);
        mem.poke(bitmap.at(Bitmap::bm_Width), new.width);
        mem.poke(bitmap.at(Bitmap::bm_Height), new.height);
        let watchdog = new.watchdog >> WATCHDOG_SHIFT;
        mem.poke(bitmap.at(Bitmap::bm_WatchDogCtr), watchdog);
        mem.poke(bitmap.at(Bitmap::bm_CEControl), new.control);
        mem.poke(bitmap.at(Bitmap::bm_REGCTL0), modulo << 8 | modulo);
        let origin = clip.origin(new.buffer);
        mem.poke(bitmap.at(Bitmap::bm_REGCTL2), origin);
        mem.poke(bitmap.at(Bitmap::bm_REGCTL3), origin);
        clip.store(mem, bitmap);
        self.init_list(mem, bitmap.at(Bitmap::bm_SharedList));
        Ok(item)
    }

    /// A bitmap's end: it leaves its screen, and a buffer that the folio has allocated goes back
    /// to the program.
    pub(in super::super) fn delete_bitmap(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.delete_overlays_of(cx, item);
        if let Some(node) = self.items.lookup(item) {
            self.leave_screen(cx.mem, node.cast());
            let _ = Links::kernel(cx.mem).remove(node.cast());
        }
        if let Some(block) = self.graphics.buffers.remove(&item) {
            let owner = self.owner_of(cx.mem, item);
            if let Some(lists) = self.memory_of(cx.mem, owner) {
                self.give_to_pool(cx.mem, lists, block.start, block.len);
            }
        }
        self.free_item(cx.mem, item);
    }

    /// The screen of a bitmap has none any more.
    fn leave_screen(&self, mem: &mut Memory, bitmap: GuestPtr<Bitmap>) {
        let is_linked = !mem
            .peek(bitmap.cast::<ItemNode>().at(ItemNode::n_Next))
            .is_null();
        if !is_linked {
            return;
        }
        for item in self.items.iter() {
            let Ok(screen) = self.graphics_item::<Screen>(mem, item, kind::SCREEN) else {
                continue;
            };
            if mem.peek(screen.at(Screen::scr_TempBitmap)) == bitmap {
                mem.poke(screen.at(Screen::scr_TempBitmap), GuestPtr::NULL);
                mem.poke(screen.at(Screen::scr_BitmapCount), 0);
            }
        }
    }
}
