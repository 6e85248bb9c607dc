//! Events of binary recordings, behind an envelope with a right checksum.
#![no_main]

use emu_core::trace::Recording;
use emu_core::trace::envelope::Envelope;
use libfuzzer_sys::fuzz_target;

const ENVELOPE: Envelope = Envelope {
    magic: b"OVTRACE\0",
    version: 1,
    oldest: 1,
};

/// A header of a program of no bytes.
const HEAD: &str = "overture trace 1\nprogram \"x\" 0 \
    0000000000000000000000000000000000000000000000000000000000000000\nevents\n";

fuzz_target!(|bytes: &[u8]| {
    // As it is.
    let _ = Recording::parse(bytes);
    // As events, the first eight bytes their number.
    let file = ENVELOPE.seal(&[(b"HEAD", &[HEAD.as_bytes()]), (b"EVTS", &[bytes])]);
    let Ok(recording) = Recording::from_bytes(&file) else {
        return;
    };
    assert_eq!(recording.to_bytes().len(), file.len() + "level exact\n".len());
    let again = Recording::parse(recording.to_text().as_bytes());
    assert_eq!(again.as_ref(), Ok(&recording));
});
