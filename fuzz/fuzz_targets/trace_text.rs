//! Recordings as text: what is read is read again as the same in both forms.
#![no_main]

use emu_core::trace::Recording;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(recording) = Recording::from_text(text) else {
        return;
    };
    let again = Recording::parse(recording.to_text().as_bytes());
    assert_eq!(again.as_ref(), Ok(&recording));
    assert_eq!(Recording::parse(&recording.to_bytes()), again);
});
