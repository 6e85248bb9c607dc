//! Characters and strings.
//!
//! Graphics sheet 4.5. A character is the font's cel at the pen. The pages say that its imagery
//! has the colour of the foreground pen and the space around it that of the background pen; what
//! was shipped draws it in the colours of the font.

use super::codes::{BADPTR, NOTYET};
use super::draw::{Scratch, pen_to_move, set_pen_position};
use super::font::{PIXC, VERTICAL, find_character};
use super::value_at;
use crate::calls;
use crate::device::display::ccb_flag::{
    BGND, LAST, LDPLUT, LDPRS, LDSIZE, NOBLK, NPABS, PPABS, SPABS,
};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::graphics::{Bitmap, CCB, Font, FontEntry, GrafCon, kind};
use crate::mem::{GuestPtr, GuestType, Memory};

/// How far the pen goes for a character that the font does not have.
const BLANK_WIDTH: i32 = 8;
/// Cycles for a character beside what the engine takes for it.
const CHARACTER_COST: u64 = 120;
/// Characters after which a string is taken to have no end: what follows is not drawn.
const LONGEST_STRING: u32 = 0x8000;
/// PIXC words of a character that is drawn black: nothing of the colour, which must not be black
/// itself or it would be transparent.
const PIXC_BLACK: u32 = 0;
/// The darkest colour that is not transparent.
const ALMOST_BLACK: u32 = 1;
/// Colours that the engine loads for characters.
const COLOURS: u32 = 8;

/// What a string is drawn on and with.
struct Writing {
    bitmap: GuestPtr<Bitmap>,
    font: GuestPtr<Font>,
    /// The colours of the pens, where they count.
    pens: Option<Pens>,
}

/// The pens of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pens {
    imagery: u32,
    /// The space around it; nothing leaves that as it is.
    space: Option<u32>,
}

impl Portfolio {
    /// What a call that draws text needs to know, and where the pen is.
    fn begin_text(
        &self,
        cx: &mut CallCx<'_>,
        gc: GuestPtr<GrafCon>,
        bitmap: Item,
    ) -> Result<(Writing, (i32, i32)), Trouble> {
        let bitmap = self.own_graphics_item(cx.mem, bitmap, kind::BITMAP)?;
        let at = pen_to_move(cx.mem, gc)?;
        let font = self.current_font(cx.mem);
        let pens = if self.pens_count(cx.mem, font) {
            let known = self
                .graphics
                .backgrounds
                .has(self.caller_program(), gc.addr());
            let space = value_at(cx.mem, gc.at(GrafCon::gc_BGPen))?;
            Some(Pens {
                imagery: value_at(cx.mem, gc.at(GrafCon::gc_FGPen))?,
                space: known.then_some(space),
            })
        } else {
            None
        };
        let writing = Writing { bitmap, font, pens };
        Ok((writing, at))
    }

    /// Whether text has the colours of the pens: not with a PLUT that a program has chosen.
    fn pens_count(&self, mem: &Memory, font: GuestPtr<Font>) -> bool {
        let ccb = mem.peek(font.at(Font::font_CCB));
        let plut = mem.peek(ccb.at(CCB::ccb_PLUTPtr));
        !self.quirks.text_font_colors && (plut == 0 || plut == self.graphics.fonts.plut)
    }

    /// Draws one character with the pen at a place; returns where the pen is then.
    fn draw_character(
        &self,
        cx: &mut CallCx<'_>,
        writing: &Writing,
        (x, y): (i32, i32),
        code: u32,
    ) -> Result<(i32, i32), Status> {
        cx.charge.0 += CHARACTER_COST;
        let entry = find_character(cx.mem, writing.font, code);
        if let Some(entry) = entry {
            let ccb = self.prepare_cel(cx.mem, writing, (x, y), entry);
            self.run_cels(cx, writing.bitmap, ccb.addr())?;
        }
        let is_vertical = cx.mem.peek(writing.font.at(Font::font_Flags)) & VERTICAL != 0;
        Ok(if is_vertical {
            let height = cx.mem.peek(writing.font.at(Font::font_Height));
            (x, y.wrapping_add(height.into()))
        } else {
            let width = entry.map(|entry| cx.mem.peek(entry.at(FontEntry::ft_Width)));
            let width = width.map_or(BLANK_WIDTH, |width| width as i32);
            (x.wrapping_add(width), y)
        })
    }

    /// The cel of a character: the font's CCB is put at the pen, and a copy of it drawn.
    fn prepare_cel(
        &self,
        mem: &mut Memory,
        writing: &Writing,
        (x, y): (i32, i32),
        entry: GuestPtr<FontEntry>,
    ) -> GuestPtr<CCB> {
        let Scratch { ccb, data } = self.graphics.scratch;
        let original = mem.peek(writing.font.at(Font::font_CCB));
        mem.poke(original.at(CCB::ccb_XPos), x << 16);
        mem.poke(original.at(CCB::ccb_YPos), y << 16);
        let image = mem.peek(entry.at(FontEntry::ft_Image));
        mem.poke(original.at(CCB::ccb_SourcePtr), image);
        for offset in (0..CCB::SIZE).step_by(4) {
            let word = mem.word(original.addr().wrapping_add(offset));
            mem.set_word(ccb.addr().wrapping_add(offset), word);
        }
        let mut flags = mem.peek(ccb.at(CCB::ccb_Flags)) | LAST | NPABS | SPABS | PPABS;
        if mem.peek(ccb.at(CCB::ccb_PLUTPtr)) == 0 {
            mem.poke(ccb.at(CCB::ccb_PLUTPtr), self.graphics.fonts.plut);
        }
        if let Some(pens) = writing.pens {
            flags |= LDPLUT | NOBLK;
            flags = if pens.space.is_some() {
                flags | BGND
            } else {
                flags & !BGND
            };
            mem.poke(ccb.at(CCB::ccb_PLUTPtr), data);
            if pens.write_plut(mem, data) && has_plain_pixc(mem, ccb, flags) {
                mem.poke(ccb.at(CCB::ccb_PIXC), PIXC_BLACK);
            }
        }
        mem.poke(ccb.at(CCB::ccb_Flags), flags);
        ccb
    }

    /// Draws the characters that `next` gives until that is 0.
    fn draw_string(
        &self,
        cx: &mut CallCx<'_>,
        gc: GuestPtr<GrafCon>,
        bitmap: Item,
        next: impl Fn(&Memory, u32) -> Result<u32, Status>,
    ) -> Result<i32, Trouble> {
        let (writing, mut at) = self.begin_text(cx, gc, bitmap)?;
        for n in 0..LONGEST_STRING {
            let code = next(cx.mem, n)?;
            if code == 0 {
                return Ok(0);
            }
            at = self.draw_character(cx, &writing, at, code)?;
            set_pen_position(cx.mem, gc, at)?;
        }
        let text = "text is drawn no further: the string has no end within 32768 characters";
        self.warn(cx, text.to_owned());
        Ok(0)
    }
}

impl Pens {
    /// Writes the PLUT; true if black has to be made of a colour that is not.
    fn write_plut(self, mem: &mut Memory, plut: u32) -> bool {
        let imagery = self.imagery & 0x7FFF;
        let space = self.space.unwrap_or(0) & 0x7FFF;
        let must_fake = imagery == 0 && self.space.is_none();
        let imagery = if must_fake { ALMOST_BLACK } else { imagery };
        mem.set_word(plut, space << 16 | imagery);
        for n in 1..COLOURS / 2 {
            mem.set_word(plut.wrapping_add(4 * n), imagery << 16 | imagery);
        }
        must_fake
    }
}

/// Whether a CCB has a PIXC word and it is that of the default font.
fn has_plain_pixc(mem: &Memory, ccb: GuestPtr<CCB>, flags: u32) -> bool {
    let is_whole = flags & (LDSIZE | LDPRS) == LDSIZE | LDPRS;
    is_whole && mem.peek(ccb.at(CCB::ccb_PIXC)) == PIXC
}

fn draw_char(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    gc: GuestPtr<GrafCon>,
    bitmap: Item,
    character: u32,
) -> Result<i32, Trouble> {
    let (writing, at) = k.begin_text(cx, gc, bitmap)?;
    let at = k.draw_character(cx, &writing, at, character)?;
    set_pen_position(cx.mem, gc, at)?;
    Ok(0)
}

fn draw_text_8(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    gc: GuestPtr<GrafCon>,
    bitmap: Item,
    text: GuestPtr<u8>,
) -> Result<i32, Trouble> {
    k.draw_string(cx, gc, bitmap, |mem, n| {
        Ok(value_at(mem, text.byte_add(n))?.into())
    })
}

fn draw_text_16(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    gc: GuestPtr<GrafCon>,
    bitmap: Item,
    text: GuestPtr<u8>,
) -> Result<i32, Trouble> {
    k.draw_string(cx, gc, bitmap, |mem, n| {
        let high = value_at(mem, text.byte_add(2 * n))?;
        let low = value_at(mem, text.byte_add(2 * n + 1))?;
        Ok(u16::from_be_bytes([high, low]).into())
    })
}

fn set_current_font_ccb(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    ccb: GuestPtr<CCB>,
) -> Result<i32, Trouble> {
    k.use_font_ccb(cx.mem, ccb).map_err(|_| BADPTR)?;
    Ok(0)
}

fn get_current_font(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<GuestPtr<Font>, Trouble> {
    Ok(k.current_font(cx.mem))
}

fn reset_current_font(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<i32, Trouble> {
    k.reset_font(cx.mem);
    Ok(0)
}

/// System calls that have no function behind them.
fn not_yet(_: &mut Portfolio, _: &mut CallCx<'_>) -> Result<i32, Trouble> {
    Err(NOTYET.into())
}

// A character of a string costs `CHARACTER_COST` beside what the engine takes.
calls! { pub(crate) CALLS: Graphics;
    swi 14 ResetCurrentFont() -> Number = reset_current_font;
    refused swi 15 SetFGPen() -> Number = not_yet;
    refused swi 16 SetBGPen() -> Number = not_yet;
    refused swi 27 OpenRAMFont() -> Number = not_yet;
    swi 29 DrawText16(gc: GuestPtr<GrafCon>, bitmap: Item, text: GuestPtr<u8>) -> Number = draw_text_16, cost 350;
    swi 31 DrawChar(gc: GuestPtr<GrafCon>, bitmap: Item, character: u32) -> Number = draw_char, cost 350;
    swi 36 SetCurrentFontCCB(ccb: GuestPtr<CCB>) -> Number = set_current_font_ccb, cost 450;
    swi 37 GetCurrentFont() -> Pointer = get_current_font;
    swi 38 DrawText8(gc: GuestPtr<GrafCon>, bitmap: Item, text: GuestPtr<u8>) -> Number = draw_text_8, cost 350;
    vec 9 DrawText16(gc: GuestPtr<GrafCon>, bitmap: Item, text: GuestPtr<u8>) -> Number = draw_text_16, cost 400;
    vec 11 ResetCurrentFont() -> Number = reset_current_font, cost 350;
    vec 32 DrawChar(gc: GuestPtr<GrafCon>, bitmap: Item, character: u32) -> Number = draw_char, cost 400;
    vec 35 SetCurrentFontCCB(ccb: GuestPtr<CCB>) -> Number = set_current_font_ccb, cost 500;
    vec 36 GetCurrentFont() -> Pointer = get_current_font, cost 350;
    vec 37 DrawText8(gc: GuestPtr<GrafCon>, bitmap: Item, text: GuestPtr<u8>) -> Number = draw_text_8, cost 400;
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLUT: u32 = 0x9000;

    fn plut(imagery: u32, space: Option<u32>) -> (u32, u32, bool) {
        let mut mem = Memory::new();
        let fakes = Pens { imagery, space }.write_plut(&mut mem, PLUT);
        assert_eq!(mem.word(PLUT + 4), mem.word(PLUT + 12));
        (mem.word(PLUT), mem.word(PLUT + 12), fakes)
    }

    #[test]
    fn entry_0_is_the_space_and_all_others_are_the_imagery() {
        assert_eq!(plut(0x7FFF, None), (0x7FFF, 0x7FFF_7FFF, false));
        assert_eq!(
            plut(0xFC00, Some(0x801F)),
            (0x001F_7C00, 0x7C00_7C00, false)
        );
    }

    #[test]
    fn black_is_no_transparent_colour() {
        assert_eq!(plut(0, None), (1, 0x0001_0001, true));
        assert!(plut(0x8000, None).2, "bit 15 is no colour");
        assert_eq!(plut(0, Some(0x1F)), (0x001F_0000, 0, false));
    }
}
