//! Pens, pixels, lines and rectangles.
//!
//! Graphics sheet 4.4, 4.5. A shape is a cel of one pixel in the colour of the pen that the engine
//! stretches: clip region, CECONTROL and costs are those of any cel.

mod pens;
mod shapes;

pub(super) use self::pens::Backgrounds;
use self::shapes::{Extent, Shape};
use super::codes::{BADPTR, COORDRANGE};
use super::value_at;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::graphics::{Bitmap, CCB, GrafCon, Rect, kind};
use crate::mem::{BadAccess, GuestPtr, GuestType, Memory};
use serde::{Deserialize, Serialize};

/// Kernel memory in which the folio builds the cels that it draws by itself.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Scratch {
    /// The CCB.
    pub(super) ccb: GuestPtr<CCB>,
    /// Its one pixel, or the PLUT of a character.
    pub(super) data: u32,
}

impl Scratch {
    /// Bytes of `data`: a PLUT of 32 colours.
    const DATA_SIZE: u32 = 64;
}

/// Where the pixel (x, y) of a bitmap lies: two lines are interleaved. The clip region says
/// which pixels there are, its origin is not counted in.
fn pixel_address(mem: &Memory, bitmap: GuestPtr<Bitmap>, x: i32, y: i32) -> Option<u32> {
    let wide = mem.peek(bitmap.at(Bitmap::bm_ClipWidth));
    let high = mem.peek(bitmap.at(Bitmap::bm_ClipHeight));
    if !(0..wide).contains(&x) || !(0..high).contains(&y) {
        return None;
    }
    let (x, y) = (x.unsigned_abs(), y.unsigned_abs());
    let pair_bytes = mem.peek(bitmap.at(Bitmap::bm_Width)).unsigned_abs() << 2;
    let offset = (y >> 1).wrapping_mul(pair_bytes);
    let buffer = mem.peek(bitmap.at(Bitmap::bm_Buffer));
    Some(
        buffer
            .wrapping_add(offset)
            .wrapping_add(x << 2 | (y & 1) << 1),
    )
}

/// Puts the pen of a GrafCon somewhere.
pub(super) fn set_pen_position(
    mem: &mut Memory,
    gc: GuestPtr<GrafCon>,
    (x, y): (i32, i32),
) -> Result<(), BadAccess> {
    mem.write(gc.at(GrafCon::gc_PenX), x)?;
    mem.write(gc.at(GrafCon::gc_PenY), y)
}

/// Where the pen of a GrafCon is; it will have to be moved.
pub(super) fn pen_to_move(mem: &Memory, gc: GuestPtr<GrafCon>) -> Result<(i32, i32), Status> {
    let writable = mem.check_writable(gc.at(GrafCon::gc_PenX).addr(), 8);
    writable.map_err(|_| BADPTR)?;
    let x = value_at(mem, gc.at(GrafCon::gc_PenX))?;
    Ok((x, value_at(mem, gc.at(GrafCon::gc_PenY))?))
}

impl Portfolio {
    /// Kernel memory for the cels of the folio and for its font.
    pub(in crate::kernel::portfolio) fn boot_drawing(
        &mut self,
        mem: &mut Memory,
    ) -> Result<(), Status> {
        self.graphics.scratch = Scratch {
            ccb: GuestPtr::new(self.heap_alloc(mem, CCB::SIZE)?),
            data: self.heap_alloc(mem, Scratch::DATA_SIZE)?,
        };
        self.boot_font(mem)
    }

    /// Draws a shape in one colour.
    fn draw_shape(
        &self,
        cx: &mut CallCx<'_>,
        bitmap: GuestPtr<Bitmap>,
        shape: &Shape,
        colour: u32,
    ) -> Result<(), Status> {
        let Scratch { ccb, data } = self.graphics.scratch;
        cx.mem.set_word(data, colour << 16);
        shape.write(cx.mem, ccb, data);
        self.run_cels(cx, bitmap, ccb.addr())
    }
}

fn set_fg_pen(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    gc: GuestPtr<GrafCon>,
    colour: u32,
) -> Result<(), Trouble> {
    cx.mem.write(gc.at(GrafCon::gc_FGPen), colour)?;
    Ok(())
}

fn set_bg_pen(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    gc: GuestPtr<GrafCon>,
    colour: u32,
) -> Result<(), Trouble> {
    cx.mem.write(gc.at(GrafCon::gc_BGPen), colour)?;
    let (task, program) = (k.caller(), k.caller_program());
    k.graphics.backgrounds.note(task, program, gc.addr());
    Ok(())
}

fn move_to(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    gc: GuestPtr<GrafCon>,
    x: i32,
    y: i32,
) -> Result<(), Trouble> {
    set_pen_position(cx.mem, gc, (x, y))?;
    Ok(())
}

fn get_pixel_address(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    x: i32,
    y: i32,
) -> Result<u32, Trouble> {
    let bitmap = k.any_bitmap(cx.mem, item).ok();
    let address = bitmap.and_then(|bitmap| pixel_address(cx.mem, bitmap, x, y));
    Ok(address.unwrap_or(0))
}

fn read_pixel(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    _gc: GuestPtr<GrafCon>,
    x: i32,
    y: i32,
) -> Result<u32, Trouble> {
    let bitmap = k.graphics_item(cx.mem, bitmap, kind::BITMAP)?;
    let address = pixel_address(cx.mem, bitmap, x, y).ok_or(COORDRANGE)?;
    let bytes = cx.mem.read_bytes(address, 2)?;
    Ok(bytes
        .iter()
        .fold(0, |pixel, &byte| pixel << 8 | u32::from(byte)))
}

fn write_pixel(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    gc: GuestPtr<GrafCon>,
    x: i32,
    y: i32,
) -> Result<i32, Trouble> {
    let bitmap = k.graphics_item(cx.mem, bitmap, kind::BITMAP)?;
    let address = pixel_address(cx.mem, bitmap, x, y).ok_or(COORDRANGE)?;
    let [_, _, high, low] = cx.mem.read(gc.at(GrafCon::gc_FGPen))?.to_be_bytes();
    set_pen_position(cx.mem, gc, (x, y))?;
    // The program's own code stores it: into a buffer that is not its own it cannot.
    cx.mem.write_bytes(address, &[high, low])?;
    Ok(0)
}

fn draw_to(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    gc: GuestPtr<GrafCon>,
    x: i32,
    y: i32,
) -> Result<i32, Trouble> {
    let bitmap = k.own_graphics_item(cx.mem, bitmap, kind::BITMAP)?;
    let pen = pen_to_move(cx.mem, gc)?;
    let colour = value_at(cx.mem, gc.at(GrafCon::gc_FGPen))?;
    k.draw_shape(cx, bitmap, &Shape::line(pen, (x, y)), colour)?;
    set_pen_position(cx.mem, gc, (x, y))?;
    Ok(0)
}

fn fill_rect(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    gc: GuestPtr<GrafCon>,
    rect: GuestPtr<Rect>,
) -> Result<i32, Trouble> {
    let bitmap = k.own_graphics_item(cx.mem, bitmap, kind::BITMAP)?;
    let colour = value_at(cx.mem, gc.at(GrafCon::gc_FGPen))?;
    let corner =
        |x, y| Ok::<_, Status>((value_at(cx.mem, rect.at(x))?, value_at(cx.mem, rect.at(y))?));
    let (left, top) = corner(Rect::rect_XLeft, Rect::rect_YTop)?;
    let (right, bottom) = corner(Rect::rect_XRight, Rect::rect_YBottom)?;
    let columns = Extent::between(left, right);
    let rows = Extent::between(top, bottom);
    let clip = |field| cx.mem.peek(bitmap.at(field));
    let columns = columns.within(clip(Bitmap::bm_ClipWidth));
    let rows = rows.within(clip(Bitmap::bm_ClipHeight));
    if let (Some(columns), Some(rows)) = (columns, rows) {
        k.draw_shape(cx, bitmap, &Shape::rectangle(columns, rows), colour)?;
    }
    Ok(0)
}

// A call that draws costs this beside what the engine takes.
calls! { pub(crate) CALLS: Graphics;
    swi 33 DrawTo(bitmap: Item, gc: GuestPtr<GrafCon>, x: i32, y: i32) -> Number = draw_to, cost 500;
    swi 35 FillRect(bitmap: Item, gc: GuestPtr<GrafCon>, rect: GuestPtr<Rect>) -> Number = fill_rect, cost 500;
    vec 2 ReadPixel(bitmap: Item, gc: GuestPtr<GrafCon>, x: i32, y: i32) -> Bits = read_pixel, cost 90;
    vec 4 GetPixelAddress(item: Item, x: i32, y: i32) -> Pointer = get_pixel_address, cost 80;
    vec 5 WritePixel(bitmap: Item, gc: GuestPtr<GrafCon>, x: i32, y: i32) -> Number = write_pixel, cost 100;
    vec 24 SetFGPen(gc: GuestPtr<GrafCon>, colour: u32) -> Nothing = set_fg_pen, cost 10;
    vec 25 SetBGPen(gc: GuestPtr<GrafCon>, colour: u32) -> Nothing = set_bg_pen, cost 10;
    vec 30 MoveTo(gc: GuestPtr<GrafCon>, x: i32, y: i32) -> Nothing = move_to, cost 10;
    vec 33 DrawTo(bitmap: Item, gc: GuestPtr<GrafCon>, x: i32, y: i32) -> Number = draw_to, cost 550;
    vec 34 FillRect(bitmap: Item, gc: GuestPtr<GrafCon>, rect: GuestPtr<Rect>) -> Number = fill_rect, cost 550;
}
