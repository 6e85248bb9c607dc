//! Program files.
#![no_main]

use emu_core::loader::aif::Image;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = Image::parse(bytes) {
        assert!(!error.to_string().contains('\n'));
    }
});
