//! Instrument files: written again they are the same; their code ends.
#![no_main]

use emu_core::device::sound::{Entry, SignalProcessor, When};
use emu_core::loader::dsp_file::DspFile;
use emu_core::mem::Memory;
use emu_devices::dspp::{Dspp, MOST_TICKS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match DspFile::parse(bytes) {
        Ok(file) => {
            for module in file.modules() {
                let count = module.resources.len();
                assert!(
                    module
                        .relocations
                        .iter()
                        .all(|r| (r.resource as usize) < count)
                );
                assert!(module.data.iter().all(|d| (d.resource as usize) < count));
            }
            run(&file);
            assert_eq!(DspFile::parse(&file.write()), Ok(file));
        }
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
});

/// A few frames of every block of code, as it is in the file: no frame is longer than allowed.
fn run(file: &DspFile) {
    let (mut dspp, mut memory) = (Dspp::new(), Memory::bare());
    let blocks = file.modules().flat_map(|module| &module.code);
    let mut entries = Vec::new();
    let mut at = 0;
    for block in blocks.take(8) {
        dspp.write_code(at, &block.words);
        let when = When::Every;
        entries.push(Entry { at, when });
        at = at.saturating_add(block.words.len().min(1024) as u16);
    }
    dspp.set_entries(&entries);
    let mut heard = Vec::new();
    let ran = dspp.run(&mut memory, 0, 16, &mut heard);
    assert_eq!(heard.len(), ran.frames as usize);
    // An instruction is five words at most.
    assert!(dspp.ticks_used() < MOST_TICKS + 5);
}
