//! Colours and smoothing of a screen: the words of its simple display list.
//!
//! Graphics sheet 4.3. The word for register n of the colour table is the list's word 5 + n, that
//! for the background follows, and word 4 is the display control word.

use super::words::{CLUT_SIZE, HEADER_WORDS, command, ramp_command};
use super::{list_of, vdl_type};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::graphics::codes::{BADITEM, BADPTR, BADVDLTYPE, INDEXRANGE};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::graphics::{Screen, VDL, kind};
use crate::mem::{GuestPtr, Memory};

/// The background's number among the registers.
const BACKGROUND: u32 = CLUT_SIZE;
/// Bits of a colour.
const RGB: u32 = 0xFF_FFFF;

/// Which register a colour entry sets, and which bits of it.
fn target(entry: u32) -> Result<(u32, u32), Status> {
    match entry >> 24 {
        // MakeCLUTBlueEntry(0, b) looks the same as the background; see the decisions.
        0x20 | 0xE0 => Ok((BACKGROUND, RGB)),
        index @ 0..=0x1F => Ok((index, RGB)),
        index @ 0x20..=0x3F => Ok((index & 31, 0xFF)),
        index @ 0x40..=0x5F => Ok((index & 31, 0xFF00)),
        index @ 0x60..=0x7F => Ok((index & 31, 0xFF_0000)),
        _ => Err(INDEXRANGE),
    }
}

/// Where a simple list keeps a register.
fn register_at(list: u32, register: u32) -> u32 {
    list.wrapping_add((HEADER_WORDS + 1 + register) * 4)
}

/// What a simple list has in a register.
pub(in super::super) fn color_in(mem: &Memory, list: u32, register: u32) -> u32 {
    mem.word(register_at(list, register)) & RGB
}

impl Portfolio {
    /// The list of a screen of the caller's, which must be a simple one.
    fn simple_list_of(&self, mem: &Memory, screen: Item) -> Result<u32, Status> {
        let screen: GuestPtr<Screen> = self.own_graphics_item(mem, screen, kind::SCREEN)?;
        let vdl: GuestPtr<VDL> = mem.peek(screen.at(Screen::scr_VDLPtr));
        if vdl.is_null() {
            return Err(BADITEM);
        }
        if mem.peek(vdl.at(VDL::vdl_Type)) != vdl_type::SIMPLE as i32 {
            return Err(BADVDLTYPE);
        }
        Ok(list_of(mem, vdl).start)
    }

    fn switch_smoothing(
        &self,
        mem: &mut Memory,
        screen: Item,
        bit: u32,
        on: bool,
    ) -> Result<i32, Trouble> {
        let control = self.simple_list_of(mem, screen)? + HEADER_WORDS * 4;
        let word = mem.word(control);
        mem.set_word(control, if on { word | bit } else { word & !bit });
        Ok(0)
    }
}

fn set_color(mem: &mut Memory, list: u32, entry: u32) -> Result<(), Status> {
    let (register, bits) = target(entry)?;
    let at = register_at(list, register);
    let tag = match register {
        BACKGROUND => command::BACKGROUND,
        register => register << 24,
    };
    let color = mem.word(at) & RGB & !bits | entry & bits;
    mem.set_word(at, tag | color);
    Ok(())
}

fn set_screen_color(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screen: Item,
    entry: u32,
) -> Result<i32, Trouble> {
    let list = k.simple_list_of(cx.mem, screen)?;
    set_color(cx.mem, list, entry)?;
    Ok(0)
}

/// Entries before a wrong one stay applied.
fn set_screen_colors(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screen: Item,
    entries: GuestPtr<u32>,
    count: i32,
) -> Result<i32, Trouble> {
    let list = k.simple_list_of(cx.mem, screen)?;
    let count = count.max(0) as u32;
    let bytes = count.checked_mul(4).ok_or(BADPTR)?;
    cx.mem
        .check_readable(entries.addr(), bytes)
        .map_err(|_| BADPTR)?;
    cx.charge.0 += u64::from(count) * 8;
    for n in 0..count {
        let entry = cx.mem.peek(entries.index(n));
        set_color(cx.mem, list, entry)?;
    }
    Ok(0)
}

/// The background stays.
fn reset_screen_colors(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screen: Item,
) -> Result<i32, Trouble> {
    let list = k.simple_list_of(cx.mem, screen)?;
    for register in 0..CLUT_SIZE {
        let at = register_at(list, register);
        cx.mem.set_word(at, ramp_command(register));
    }
    Ok(0)
}

fn enable_vavg(k: &mut Portfolio, cx: &mut CallCx<'_>, screen: Item) -> Result<i32, Trouble> {
    k.switch_smoothing(cx.mem, screen, command::SMOOTH_V, true)
}

fn disable_vavg(k: &mut Portfolio, cx: &mut CallCx<'_>, screen: Item) -> Result<i32, Trouble> {
    k.switch_smoothing(cx.mem, screen, command::SMOOTH_V, false)
}

fn enable_havg(k: &mut Portfolio, cx: &mut CallCx<'_>, screen: Item) -> Result<i32, Trouble> {
    k.switch_smoothing(cx.mem, screen, command::SMOOTH_H, true)
}

fn disable_havg(k: &mut Portfolio, cx: &mut CallCx<'_>, screen: Item) -> Result<i32, Trouble> {
    k.switch_smoothing(cx.mem, screen, command::SMOOTH_H, false)
}

/// A register of what is shown in even fields, which must have a simple list.
fn read_clut_color(k: &mut Portfolio, cx: &mut CallCx<'_>, register: u32) -> Result<u32, Trouble> {
    if k.quirks.read_clut_color {
        return Ok(0);
    }
    if register > BACKGROUND {
        return Err(INDEXRANGE.into());
    }
    let vdl: GuestPtr<VDL> = k.shown_vdl(cx.mem).ok_or(BADVDLTYPE)?;
    if cx.mem.peek(vdl.at(VDL::vdl_Type)) != vdl_type::SIMPLE as i32 {
        return Err(BADVDLTYPE.into());
    }
    let list = list_of(cx.mem, vdl).start;
    Ok(color_in(cx.mem, list, register))
}

calls! { pub(crate) CALLS: Graphics;
    swi 5 EnableVAVG(screen: Item) -> Number = enable_vavg;
    swi 6 DisableVAVG(screen: Item) -> Number = disable_vavg;
    swi 7 EnableHAVG(screen: Item) -> Number = enable_havg;
    swi 8 DisableHAVG(screen: Item) -> Number = disable_havg;
    swi 9 SetScreenColor(screen: Item, entry: u32) -> Number = set_screen_color;
    swi 10 ResetScreenColors(screen: Item) -> Number = reset_screen_colors;
    swi 13 SetScreenColors(screen: Item, entries: GuestPtr<u32>, count: i32) -> Number = set_screen_colors;
    vec 3 ReadCLUTColor(index: u32) -> Bits = read_clut_color;
    vec 16 EnableVAVG(screen: Item) -> Number = enable_vavg, cost 300;
    vec 17 DisableVAVG(screen: Item) -> Number = disable_vavg, cost 300;
    vec 18 EnableHAVG(screen: Item) -> Number = enable_havg, cost 300;
    vec 19 DisableHAVG(screen: Item) -> Number = disable_havg, cost 300;
    vec 20 SetScreenColor(screen: Item, entry: u32) -> Number = set_screen_color, cost 300;
    vec 21 ResetScreenColors(screen: Item) -> Number = reset_screen_colors, cost 300;
    vec 22 SetScreenColors(screen: Item, entries: GuestPtr<u32>, count: i32) -> Number = set_screen_colors, cost 300;
}
