//! `screen0`: the bytes of a page of video memory (Mach sheet 5.4).
//!
//! The page is taken from video memory when the device is opened first, and stays the device's.
//! Two lines of the screen share their words, the upper in the upper half of each.

use super::{Ask, Begun};
use crate::device::Buffer;
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::records::flavors::{
    DEV_GET_SIZE, SCREEN_GET_LAYOUT, SCREEN_SET_BASE, VC_GETINFO, VC_SETCOLOR,
};
use crate::kernel::mach::records::status::{DevSize, VcInfo, to_ints};
use crate::kernel::portfolio::{Portfolio, memtype};
use crate::mem::{DRAM_SIZE, MEMORY_END};
use serde::{Deserialize, Serialize};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
/// Bytes from one pair of lines to the next.
const PAIR_PITCH: u32 = WIDTH * 4;
/// Bytes of a page.
pub(super) const PAGE_BYTES: u32 = PAIR_PITCH * HEIGHT / 2;
/// `board_type` of VC_GETINFO: the letters 3DO.
const BOARD_TYPE: u32 = 0x3344_4F00;
/// Pixels of a character of the terminal that a client may draw.
const CHARACTER: u32 = 8;

/// The screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// Address of its page.
    page: u32,
    /// Address that is to be shown.
    shown: u32,
    /// Entries of the palette that a program has set: index, red, green, blue.
    colors: Vec<[u8; 4]>,
}

impl Portfolio {
    pub(super) fn open_screen(&mut self, cx: &mut CallCx<'_>) -> Result<u64, i32> {
        if self.mach.devices.models.screen.is_none() {
            let page = self.take_pages_of(cx.mem, memtype::VRAM, PAGE_BYTES);
            let (page, _) = page.ok_or(codes::D_NO_MEMORY)?;
            if let Some(bytes) = cx.mem.bytes_mut(page, PAGE_BYTES) {
                bytes.fill(0);
            }
            self.mach.devices.models.screen = Some(Screen {
                page,
                shown: page,
                colors: Vec::new(),
            });
        }
        Ok(0)
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

    pub(super) fn screen_status(&self, flavor: u32, room: u32) -> Result<Vec<i32>, i32> {
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

    pub(super) fn set_screen_status(&mut self, flavor: u32, status: &[i32]) -> Result<(), i32> {
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
                Ok(())
            }
            (VC_SETCOLOR, entries) => {
                for entry in entries {
                    let entry = entry.to_be_bytes();
                    screen.colors.retain(|color| color[0] != entry[0]);
                    screen.colors.push(entry);
                }
                Ok(())
            }
            (SCREEN_SET_BASE, _) => Err(codes::D_INVALID_SIZE),
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }
}
