//! Sampled sounds, whole and as the head of a longer file.
#![no_main]

use emu_core::loader::aiff::{Aiff, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Aiff::parse(bytes) {
        Ok(aiff) => {
            let from = aiff.sound.offset as usize;
            let sound = &bytes[from..from + aiff.sound.len as usize];
            assert_eq!(decode::sdx2(sound, aiff.channels.into()).count(), sound.len());
            let _ = decode::adp4(sound).last();
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
    let _ = Aiff::parse_head(bytes);
});
