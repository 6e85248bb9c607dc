//! Disc images of one file: opened, listed, read.
#![no_main]

use emu_core::loader::opera_fs::Volume;
use emu_devices::media::{RAW_SECTOR, iso};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = iso::kind(bytes);
    let Ok(disc) = iso::open(Box::new(bytes.to_vec())) else {
        return;
    };
    let _ = disc.read_frame_raw(150, &mut [0; RAW_SECTOR]);
    if let Ok(volume) = Volume::mount(&disc) {
        for row in volume
            .list(&volume.root())
            .unwrap_or_default()
            .iter()
            .take(100)
        {
            let _ = volume.read(&row.entry, 0, &mut [0; 5000]);
        }
    }
});
