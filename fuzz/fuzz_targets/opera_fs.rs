//! The file system of discs.
#![no_main]

use emu_core::loader::opera_fs::Volume;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(volume) = Volume::mount(bytes) else {
        return;
    };
    let _ = volume.find("System/Scripts/start");
    for row in volume
        .list(&volume.root())
        .unwrap_or_default()
        .iter()
        .take(100)
    {
        let _ = volume.find(&row.path);
        let _ = volume.read_file(&row.entry);
    }
});
