//! Saved states: what is read is written as the same, and its machine runs.
#![no_main]

use emu_core::time::Ticks;
use emu_core::trace::Silent;
use emu_frontend::state::SavedState;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = bytes.to_vec();
    // Most changes would end at the checksum.
    if let Some((envelope, payload)) = file.split_at_mut_checked(32) {
        envelope[20..28].copy_from_slice(&(payload.len() as u64).to_be_bytes());
    }
    let sum = sum_of(file.get(32..).unwrap_or_default());
    if let Some(place) = file.get_mut(28..32) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
    let Ok(saved) = SavedState::parse(&file) else {
        return;
    };
    assert_eq!(SavedState::parse(&saved.to_bytes()).as_ref(), Ok(&saved));
    if let Ok(mut machine) = saved.machine() {
        let limit = machine.now() + Ticks(100_000);
        machine.run(limit, &mut Silent);
    }
});

/// CRC-32, bit by bit.
fn sum_of(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| sum >> 1 ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), step);
    !bytes.iter().fold(!0, byte)
}
