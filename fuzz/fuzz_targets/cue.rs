//! Cue sheets; the input is a sheet, a zero, and what all of its files hold.
#![no_main]

use emu_core::loader::opera_fs::BLOCK_SIZE;
use emu_devices::media::cue::Sheet;
use emu_devices::media::{RAW_SECTOR, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (text, held) = match bytes.iter().position(|&byte| byte == 0) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    let Ok(sheet) = Sheet::parse(&String::from_utf8_lossy(text)) else {
        return;
    };
    let mut file = held.to_vec();
    file.resize(file.len().max(50_000), 0);
    let source = |_| Box::new(file.clone()) as Box<dyn Source>;
    let Ok(disc) = sheet.disc(sheet.files().map(source).collect()) else {
        return;
    };
    let table = disc.table();
    let (mut raw, mut data) = ([0; RAW_SECTOR], [0; BLOCK_SIZE]);
    for track in table.tracks.iter().take(9) {
        for frame in [track.start, track.start + track.frames] {
            let _ = disc.read_frame_raw(frame, &mut raw);
            let _ = disc.read_frame_data(frame, &mut data);
        }
    }
});
