//! Bitmaps: what cels are drawn into, its clip region and registers.
//!
//! Graphics sheet 2.5, 4.4.

mod create;

pub(super) use self::create::NewBitmap;

use super::codes::{BADCLIP, BADDEADBOLT, BADPTR, BUFWIDTH};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::graphics::{Bitmap, kind};
use crate::mem::{Field, GuestPtr, Memory};

/// Bits of the read modulo in REGCTL0; those of the write modulo follow.
const READ_MODULO: u32 = 0xFF;
/// Microseconds of the watchdog are counted in steps of so many, as a shift.
const WATCHDOG_SHIFT: u32 = 4;

/// The modulo bits of a width that the cel engine can step by: one of each group, which add up
/// (graphics sheet 2.5).
pub(super) fn modulo_bits(width: u32) -> Option<u32> {
    Some(match width {
        32 => 0x01,
        64 => 0x10,
        96 => 0x11,
        128 => 0x20,
        160 => 0x21,
        256 => 0x04,
        320 => 0x14,
        384 => 0x24,
        512 => 0x02,
        576 => 0x12,
        640 => 0x22,
        1024 => 0x08,
        1056 => 0x81,
        1088 => 0x18,
        1152 => 0x28,
        1280 => 0x84,
        1536 => 0x82,
        2048 => 0x88,
        _ => return None,
    })
}

/// REGCTL1 of a clip region.
fn clip_register(width: i32, height: i32) -> u32 {
    (width.wrapping_sub(1) as u32 & 0x7FF) | (height.wrapping_sub(1) as u32 & 0x7FF) << 16
}

/// A bitmap's clip region inside its size.
#[derive(Clone, Copy, Debug)]
struct Clip {
    size: (i32, i32),
    width: i32,
    height: i32,
    x: i32,
    y: i32,
}

impl Clip {
    fn of(mem: &Memory, bitmap: GuestPtr<Bitmap>) -> Clip {
        let get = |field: Field<Bitmap, i32>| mem.peek(bitmap.at(field));
        Clip {
            size: (get(Bitmap::bm_Width), get(Bitmap::bm_Height)),
            width: get(Bitmap::bm_ClipWidth),
            height: get(Bitmap::bm_ClipHeight),
            x: get(Bitmap::bm_ClipX),
            y: get(Bitmap::bm_ClipY),
        }
    }

    /// Checks that the region is one, and inside the bitmap.
    fn check(self) -> Result<Clip, Status> {
        let inside = |from: i32, len: i32, size: i32| {
            from >= 0 && len >= 1 && from.checked_add(len).is_some_and(|end| end <= size)
        };
        let is_inside =
            inside(self.x, self.width, self.size.0) && inside(self.y, self.height, self.size.1);
        is_inside.then_some(self).ok_or(BADCLIP)
    }

    fn store(self, mem: &mut Memory, bitmap: GuestPtr<Bitmap>) {
        mem.poke(bitmap.at(Bitmap::bm_ClipWidth), self.width);
        mem.poke(bitmap.at(Bitmap::bm_ClipHeight), self.height);
        mem.poke(bitmap.at(Bitmap::bm_ClipX), self.x);
        mem.poke(bitmap.at(Bitmap::bm_ClipY), self.y);
        let register = clip_register(self.width, self.height);
        mem.poke(bitmap.at(Bitmap::bm_REGCTL1), register);
    }

    /// The address of the region's first pixel; its line is an even one.
    fn origin(self, buffer: u32) -> u32 {
        let pixels = self.y.wrapping_mul(self.size.0) + 2 * self.x;
        buffer.wrapping_add(pixels as u32 * 2)
    }
}

impl Portfolio {
    /// A bitmap that the caller may draw into.
    pub(super) fn own_bitmap(&self, mem: &Memory, item: Item) -> Result<GuestPtr<Bitmap>, Status> {
        self.own_graphics_item(mem, item, kind::BITMAP)
    }
}

fn set_clip_width(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    width: i32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    let clip = Clip::of(cx.mem, bitmap);
    Clip { width, ..clip }.check()?.store(cx.mem, bitmap);
    Ok(0)
}

fn set_clip_height(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    height: i32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    let clip = Clip::of(cx.mem, bitmap);
    Clip { height, ..clip }.check()?.store(cx.mem, bitmap);
    Ok(0)
}

/// An odd line becomes the one above; the read address moves along unless it is another.
fn set_clip_origin(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    x: i32,
    y: i32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    let clip = Clip::of(cx.mem, bitmap);
    let clip = Clip {
        x,
        y: y & !1,
        ..clip
    }
    .check()?;
    clip.store(cx.mem, bitmap);
    let origin = clip.origin(cx.mem.peek(bitmap.at(Bitmap::bm_Buffer)));
    let (read, write) = (bitmap.at(Bitmap::bm_REGCTL2), bitmap.at(Bitmap::bm_REGCTL3));
    if cx.mem.peek(read) == cx.mem.peek(write) {
        cx.mem.poke(read, origin);
    }
    cx.mem.poke(write, origin);
    Ok(0)
}

fn set_read_address(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    buffer: GuestPtr<u8>,
    width: u32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    let modulo = modulo_bits(width).ok_or(BUFWIDTH)?;
    let last = cx.mem.check_readable(buffer.addr(), 4);
    last.map_err(|_| BADPTR)?;
    let register = bitmap.at(Bitmap::bm_REGCTL0);
    let write = cx.mem.peek(register) & !READ_MODULO;
    cx.mem.poke(register, write | modulo);
    cx.mem.poke(bitmap.at(Bitmap::bm_REGCTL2), buffer.addr());
    Ok(0)
}

fn reset_read_address(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    let register = bitmap.at(Bitmap::bm_REGCTL0);
    let modulo = cx.mem.peek(register) >> 8 & READ_MODULO;
    cx.mem.poke(register, modulo << 8 | modulo);
    let write = cx.mem.peek(bitmap.at(Bitmap::bm_REGCTL3));
    cx.mem.poke(bitmap.at(Bitmap::bm_REGCTL2), write);
    Ok(0)
}

fn set_ce_control(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    word: u32,
    mask: u32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    let control = bitmap.at(Bitmap::bm_CEControl);
    let old = cx.mem.peek(control);
    cx.mem.poke(control, old & !mask | word & mask);
    Ok(0)
}

fn set_ce_watch_dog(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    micros: i32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_bitmap(cx.mem, bitmap)?;
    if micros < 0 {
        return Err(BADDEADBOLT.into());
    }
    let counter = bitmap.at(Bitmap::bm_WatchDogCtr);
    cx.mem.poke(counter, micros >> WATCHDOG_SHIFT);
    Ok(0)
}

calls! { pub(crate) CALLS: Graphics;
    swi 1 SetReadAddress(bitmap: Item, buffer: GuestPtr<u8>, width: u32) -> Number = set_read_address;
    swi 2 ResetReadAddress(bitmap: Item) -> Number = reset_read_address;
    swi 3 SetClipOrigin(bitmap: Item, x: i32, y: i32) -> Number = set_clip_origin;
    swi 19 SetClipWidth(bitmap: Item, width: i32) -> Number = set_clip_width;
    swi 20 SetClipHeight(bitmap: Item, height: i32) -> Number = set_clip_height;
    swi 41 SetCEControl(bitmap: Item, word: u32, mask: u32) -> Number = set_ce_control;
    swi 42 SetCEWatchDog(bitmap: Item, micros: i32) -> Number = set_ce_watch_dog;
    vec 13 SetReadAddress(bitmap: Item, buffer: GuestPtr<u8>, width: u32) -> Number = set_read_address, cost 300;
    vec 14 ResetReadAddress(bitmap: Item) -> Number = reset_read_address, cost 300;
    vec 15 SetClipOrigin(bitmap: Item, x: i32, y: i32) -> Number = set_clip_origin, cost 300;
    vec 28 SetClipWidth(bitmap: Item, width: i32) -> Number = set_clip_width, cost 300;
    vec 29 SetClipHeight(bitmap: Item, height: i32) -> Number = set_clip_height, cost 300;
    vec 38 SetCEControl(bitmap: Item, word: u32, mask: u32) -> Number = set_ce_control, cost 300;
    vec 45 SetCEWatchDog(bitmap: Item, micros: i32) -> Number = set_ce_watch_dog, cost 300;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Graphics sheet 2.5: the bits of a modulo and what they add.
    #[test]
    fn modulo_bits_add_up_to_the_width() {
        const BITS: [(u32, u32); 8] = [
            (0x01, 32),
            (0x02, 512),
            (0x04, 256),
            (0x08, 1024),
            (0x10, 64),
            (0x20, 128),
            (0x40, 256),
            (0x80, 1024),
        ];
        let mut known = 0;
        for width in 0..=4096 {
            let Some(bits) = modulo_bits(width) else {
                continue;
            };
            known += 1;
            let added = BITS.iter().filter(|(bit, _)| bits & bit != 0);
            assert_eq!(added.map(|(_, pixels)| pixels).sum::<u32>(), width);
            assert!((bits & 0x0F).count_ones() <= 1, "one of the first group");
            assert!((bits & 0xF0).count_ones() <= 1, "one of the second group");
        }
        assert_eq!(known, 18);
    }

    #[test]
    fn clip_registers_hold_the_last_column_and_line() {
        assert_eq!(clip_register(320, 240), 0x00EF_013F);
        assert_eq!(clip_register(1, 1), 0);
        assert_eq!(clip_register(2048, 2048), 0x07FF_07FF);
    }
}
