//! Display lists: where they are, then memory, of which four fields are shown.
#![no_main]

use emu_core::device::Device;
use emu_core::device::display::{DisplayMode, Scaling, Shown, ShownList};
use emu_core::mem::Memory;
use emu_core::time::Video;
use emu_devices::display::Display;
use libfuzzer_sys::fuzz_target;

/// Where the words lie: the end of video memory, so that lists lead out of it.
const END: u32 = 0x30_0000;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, list)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    let [a, b, c, d, top_lines, mode, ..] = *head;
    let mut memory = Memory::new();
    let list = &list[..list.len().min(1 << 16)];
    let start = END - list.len() as u32;
    if let Some(room) = memory.bytes_mut(start, list.len() as u32) {
        room.copy_from_slice(list);
    }
    let mut display = Display::new(Video::Ntsc);
    let shown = |first| ShownList {
        first,
        top_lines: u32::from(top_lines),
    };
    let even = shown(start.wrapping_add(u32::from(u16::from_be_bytes([a, b]))));
    let odd = shown(start.wrapping_add(u32::from(u16::from_be_bytes([c, d]))));
    let mode = [
        DisplayMode::Ntsc,
        DisplayMode::PalNarrow,
        DisplayMode::PalWide,
    ][mode as usize % 3];
    display.show(Shown { mode, even, odd });
    for field in 1..5 {
        display.begin_field(field, &memory);
        let plain = display.picture(&memory, Scaling::Plain);
        let large = display.picture(&memory, Scaling::Interpolated);
        assert_eq!(
            (large.width, large.height),
            (plain.width * 2, plain.height * 2)
        );
        assert_eq!(large.rgb.len(), plain.rgb.len() * 4);
    }
});
