//! Lists of cels behind 64 bytes of their job.
#![no_main]

use emu_core::device::display::CelJob;
use emu_core::mem::{MEMORY_END, Memory};
use emu_core::time::Ticks;
use emu_devices::cels::CelEngine;
use libfuzzer_sys::fuzz_target;

/// Where the bytes behind the job are: at the beginning of VRAM, and once more in DRAM.
const PLACES: [u32; 2] = [0x20_0000, 0x5_0000];

fuzz_target!(|bytes: &[u8]| {
    let Some((head, rest)) = bytes.split_at_checked(64) else {
        return;
    };
    let word = |n: usize| {
        let word = head[4 * n..4 * n + 4].try_into();
        word.map_or(0, u32::from_be_bytes)
    };
    let job = CelJob {
        control: word(0),
        registers: [word(1), word(2), word(3), word(4)],
        first: PLACES[1] + (word(5) & 0xFFC),
        watchdog: Ticks(u64::from(word(6) & 0xF_FFFF)),
    };
    let mut memory = Memory::bare();
    for place in PLACES {
        let length = rest.len().min(0x1_0000);
        if let Some(to) = memory.bytes_mut(place, length as u32) {
            to.copy_from_slice(&rest[..length]);
        }
    }
    let mut engine = CelEngine::default();
    let (mut other, mut other_memory) = (engine.clone(), memory.clone());
    let report = engine.draw(&job, &mut memory);
    let letter = other.draw_to_the_letter(&job, &mut other_memory);
    assert_eq!(report, letter);
    assert_eq!(engine, other);
    assert!(memory.bytes(0, MEMORY_END) == other_memory.bytes(0, MEMORY_END));
});
