//! `screen0`: the bytes of a page of video memory (Mach sheet 5.4).
//!
//! The page is taken from video memory when the device is opened first, and stays the device's.
//! Two lines of the screen share their words, the upper in the upper half of each.
//!
//! It is shown by a display list of its own in the kernel's memory: one entry for 240 lines, with
//! the page's address and all colours. There are two lists, so that the one of the present field
//! stays as it is while the next field's is given another address.

use super::{Ask, Begun};
use crate::device::Buffer;
use crate::device::display::{DisplayMode, Shown, ShownList};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::records::flavors::{
    DEV_GET_SIZE, SCREEN_GET_LAYOUT, SCREEN_SET_BASE, VC_GETINFO, VC_SETCOLOR,
};
use crate::kernel::mach::records::status::{DevSize, StatusInts, VcInfo, to_ints};
use crate::kernel::portfolio::{Portfolio, memtype};
use crate::mem::{DRAM_SIZE, MEMORY_END, Memory};
use serde::{Deserialize, Serialize};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
/// Ticks of the fields of a display with more lines.
const PAL_FIELD: u64 = 250_000;
/// Bytes from one pair of lines to the next.
const PAIR_PITCH: u32 = WIDTH * 4;
/// Bytes of a page.
pub(super) const PAGE_BYTES: u32 = PAIR_PITCH * HEIGHT / 2;
/// `board_type` of VC_GETINFO: the letters 3DO.
const BOARD_TYPE: u32 = 0x3344_4F00;
/// The entry of the list: pixels are fetched, both addresses are loaded, 34 command words, so
/// many lines (graphics sheet 1.3).
const ENTRY: u32 = 1 << 21 | 1 << 16 | 1 << 15 | COMMANDS << 9 | HEIGHT;
/// A display control word, 32 colours, the background.
const COMMANDS: u32 = 34;
/// Bytes of an entry before its commands.
const HEADER: u32 = 16;
const LIST_BYTES: u32 = HEADER + COMMANDS * 4;
/// The display control word that the system's own lists have.
const DISPLAY_CONTROL: u32 = 0xC001_002C;
/// Colours of the palette; the entry behind them is the background.
const COLORS: u32 = 32;
/// The command word of a background.
const BACKGROUND: u32 = 0xE000_0000;
/// Pixels of a character of the terminal that a client may draw.
const CHARACTER: u32 = 8;

/// The screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// Address of its page.
    page: u32,
    /// Address that is to be shown.
    shown: u32,
    /// Addresses of the two display lists.
    lists: [u32; 2],
    /// Which of them is the next field's.
    next: bool,
    /// The field in which it became that.
    changed: u64,
}

impl Screen {
    /// The list that the next field shows; `field` is the present one.
    fn next_list(&mut self, field: u64) -> u32 {
        if self.changed != field {
            self.changed = field;
            self.next = !self.next;
        }
        self.lists[usize::from(self.next)]
    }
}

/// Writes the list for a page, with the colours of a fresh screen.
fn write_list(mem: &mut Memory, list: u32, page: u32) {
    let level = |n: u32| (n * 255 / 31) * 0x01_0101;
    let ramp = (0..COLORS).map(|n| (n << 24) | level(n));
    let words = [ENTRY, page, page, 0, DISPLAY_CONTROL].into_iter();
    for (n, word) in (0..).zip(words.chain(ramp).chain([BACKGROUND])) {
        mem.set_word(list.wrapping_add(n * 4), word);
    }
}

impl Portfolio {
    pub(super) fn open_screen(&mut self, cx: &mut CallCx<'_>) -> Result<u64, i32> {
        if self.mach.devices.models.screen.is_none() {
            let lists = self.heap_alloc(cx.mem, 2 * LIST_BYTES);
            let lists = lists.map_err(|_| codes::D_NO_MEMORY)?;
            let Some((page, _)) = self.take_pages_of(cx.mem, memtype::VRAM, PAGE_BYTES) else {
                self.heap_free(lists, 2 * LIST_BYTES);
                return Err(codes::D_NO_MEMORY);
            };
            if let Some(bytes) = cx.mem.bytes_mut(page, PAGE_BYTES) {
                bytes.fill(0);
            }
            let lists = [lists, lists + LIST_BYTES];
            for list in lists {
                write_list(cx.mem, list, page);
            }
            self.mach.devices.models.screen = Some(Screen {
                page,
                shown: page,
                lists,
                next: false,
                changed: cx.board.fields_at(cx.now),
            });
            self.show_screen(cx, lists[0]);
        }
        Ok(0)
    }

    /// Has the list shown from the next vertical blank on, in the middle of a higher picture.
    fn show_screen(&mut self, cx: &mut CallCx<'_>, list: u32) {
        let mode = match cx.board.field_start(1) {
            length if length.0 >= PAL_FIELD => DisplayMode::PalNarrow,
            _ => DisplayMode::Ntsc,
        };
        let list = ShownList {
            first: list,
            // One more than half of what is left, as the system's own screens have it.
            top_lines: match mode.size().1 - HEIGHT {
                0 => 0,
                left => left / 2 + 1,
            },
        };
        let (even, odd) = (list, list);
        let shown = Shown { mode, even, odd };
        self.with_display(cx, |display, _| display.show(shown));
    }

    /// Where the page of the screen is, for who maps it.
    pub(in crate::kernel::mach) fn screen_page(&self) -> Option<(u32, u32)> {
        let screen = self.mach.devices.models.screen.as_ref()?;
        Some((screen.page, PAGE_BYTES))
    }

    pub(super) fn begin_screen(&mut self, cx: &mut CallCx<'_>, ask: &Ask) -> Begun {
        let Some((page, size)) = self.screen_page() else {
            return Begun::failed(codes::D_NO_SUCH_DEVICE);
        };
        if ask.is_status {
            return match self.until_blank(cx, ask.id) {
                Ok(()) => Begun::Later,
                Err(_) => Begun::failed(codes::D_IO_ERROR),
            };
        }
        if ask.len == 0 {
            return Begun::ok(0);
        }
        if ask.recnum >= size {
            return Begun::failed(codes::D_INVALID_RECNUM);
        }
        if ask.len > size - ask.recnum {
            return Begun::failed(codes::D_INVALID_SIZE);
        }
        let here = Buffer::Guest {
            addr: page + ask.recnum,
            len: ask.len,
        };
        let (from, to) = match ask.is_read {
            true => (here, ask.buffer),
            false => (ask.buffer, here),
        };
        let bytes = cx.bus.read_buffer(cx.mem, from, ask.len);
        cx.bus.write_buffer(cx.mem, to, 0, &bytes);
        Begun::ok(ask.len)
    }

    pub(super) fn screen_status(&self, flavor: u32, room: u32) -> Result<StatusInts, i32> {
        let screen = self.mach.devices.models.screen.as_ref();
        let screen = screen.ok_or(codes::D_NO_SUCH_DEVICE)?;
        match flavor {
            DEV_GET_SIZE => {
                let size = DevSize {
                    device_size: PAGE_BYTES as i32,
                    record_size: 1,
                };
                Ok(to_ints(&size.encode()))
            }
            VC_GETINFO => {
                let mut name = [0; 32];
                name[..3].copy_from_slice(b"3DO");
                let info = VcInfo {
                    height: HEIGHT,
                    width: WIDTH,
                    depth: 16,
                    row_bytes: PAIR_PITCH,
                    base_address: screen.shown,
                    board_type: BOARD_TYPE,
                    name,
                    physical_address: screen.shown,
                    text_rows: HEIGHT / CHARACTER,
                    text_columns: WIDTH / CHARACTER,
                    displayed_row_bytes: PAIR_PITCH,
                };
                let mut ints = to_ints(&info.encode());
                ints.truncate(room as usize);
                Ok(ints)
            }
            SCREEN_GET_LAYOUT => {
                let layout = [WIDTH, HEIGHT, 16, PAIR_PITCH, screen.shown, 1, 1, 0];
                Ok(layout.iter().map(|&word| word as i32).collect())
            }
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }

    pub(super) fn set_screen_status(
        &mut self,
        cx: &mut CallCx<'_>,
        flavor: u32,
        status: &[i32],
    ) -> Result<(), i32> {
        let screen = self.mach.devices.models.screen.as_mut();
        let screen = screen.ok_or(codes::D_NO_SUCH_DEVICE)?;
        match (flavor, status) {
            (SCREEN_SET_BASE, &[base]) => {
                let base = base as u32;
                let end = MEMORY_END - PAGE_BYTES;
                if !(DRAM_SIZE..=end).contains(&base) || !base.is_multiple_of(4) {
                    return Err(codes::D_INVALID_RECNUM);
                }
                screen.shown = base;
                let list = screen.next_list(cx.board.fields_at(cx.now));
                for place in [4, 8] {
                    cx.mem.set_word(list.wrapping_add(place), base);
                }
                self.show_screen(cx, list);
                Ok(())
            }
            (VC_SETCOLOR, entries) => {
                for &entry in entries {
                    let (index, color) = (entry as u32 >> 24, entry as u32 & 0xFF_FFFF);
                    let command = match index {
                        COLORS => BACKGROUND | color,
                        0..COLORS => index << 24 | color,
                        _ => continue,
                    };
                    // The first command is the display control word.
                    let place = HEADER + (index + 1) * 4;
                    for list in screen.lists {
                        cx.mem.set_word(list.wrapping_add(place), command);
                    }
                }
                Ok(())
            }
            (SCREEN_SET_BASE, _) => Err(codes::D_INVALID_SIZE),
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }
}
