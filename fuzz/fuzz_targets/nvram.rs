//! Images of NVRAM: opened, listed, changed.
#![no_main]

use emu_core::loader::linked_mem::LinkedMem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first bytes say what is done, the others are the image.
    let Some((steps, image)) = data.split_at_checked(16) else {
        return;
    };
    let mut image = image.to_vec();
    let Ok(mut volume) = LinkedMem::open(&mut image) else {
        return;
    };
    for pair in steps.chunks_exact(2) {
        let n = i32::from(pair[1]);
        let file = volume
            .nth(usize::from(pair[0] >> 4))
            .map_or(0, |file| file.offset);
        match pair[0] & 7 {
            0 => drop(volume.create(&[b'a' + (pair[1] & 15)])),
            1 => drop(volume.delete(file)),
            2 => drop(volume.allocate(file, n * 64)),
            3 => drop(volume.allocate(file, -n)),
            4 => drop(volume.set_eof(file, n as u32)),
            5 => drop(volume.write(file, n as u32, &[0x55; 70])),
            6 => drop(volume.read(file, n as u32, &mut [0; 50])),
            _ => drop(volume.statistics()),
        }
    }
    let _ = volume.entries();
});
