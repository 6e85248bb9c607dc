//! Instrument files; what was read can be written and is then the same.
#![no_main]

use emu_core::loader::dsp_file::DspFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match DspFile::parse(bytes) {
        Ok(file) => {
            for module in file.modules() {
                let count = module.resources.len();
                assert!(module.relocations.iter().all(|r| (r.resource as usize) < count));
                assert!(module.data.iter().all(|d| (d.resource as usize) < count));
            }
            assert_eq!(DspFile::parse(&file.write()), Ok(file));
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
});
