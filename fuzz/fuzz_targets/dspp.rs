//! Entries, passages, code, data: both ways to run them must agree.
#![no_main]

use emu_core::device::sound::{Channel, Entry, Passage, SignalProcessor, Transfer, When};
use emu_core::mem::{MEMORY_END, Memory};
use emu_devices::dspp::{CODE_WORDS, Dspp};
use libfuzzer_sys::fuzz_target;

/// Where the samples are: at the end of memory, so that passages lead out of it.
const SAMPLES: u32 = MEMORY_END - 0x1000;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, rest)) = bytes.split_first_chunk::<64>() else {
        return;
    };
    let words: Vec<u16> = rest
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let mut dspp = Dspp::new();
    let (code, data) = words.split_at(words.len().min(usize::from(CODE_WORDS)));
    dspp.write_code(0, code);
    for (at, &word) in (0..).zip(data.iter().take(0x310)) {
        dspp.write(at, word);
    }
    let mut memory = Memory::bare();
    for (at, &word) in (SAMPLES..MEMORY_END).step_by(2).zip(data) {
        memory.set_half(at, word);
    }
    let (entries, passages) = head.split_at(16);
    let entries: Vec<Entry> = entries
        .chunks_exact(4)
        .map(|entry| Entry {
            at: u16::from_be_bytes([entry[0], entry[1]]),
            when: [When::Every, When::Even, When::Odd][usize::from(entry[2] % 3)],
        })
        .collect();
    dspp.set_entries(&entries);
    for passage in passages.chunks_exact(6) {
        let [channel, high, low, bytes, next, flags] = *passage else {
            continue;
        };
        let channel = match channel % 20 {
            n @ 0..14 => Channel::In(n),
            n => Channel::Out(n - 14),
        };
        let addr = SAMPLES + u32::from(u16::from_be_bytes([high, low]) & 0x1FFF);
        let passage = |bytes: u8| Passage {
            addr,
            bytes: bytes.into(),
        };
        let transfer = Transfer {
            now: Some(passage(bytes)),
            next: (flags & 2 != 0).then(|| passage(next)),
            is_loop: flags & 1 != 0,
        };
        dspp.set_transfer(channel, transfer, flags & 4 == 0);
    }
    let (mut twin, mut twin_memory) = (dspp.clone(), memory.clone());
    let (mut heard, mut twin_heard) = (Vec::new(), Vec::new());
    for frame in [0, 7, u64::MAX] {
        let ran = dspp.run(&mut memory, frame, 5, &mut heard);
        let letter = twin.run_to_the_letter(&mut twin_memory, frame, 5, &mut twin_heard);
        assert_eq!(ran, letter);
        assert_eq!(dspp, twin);
    }
    assert_eq!(heard, twin_heard);
    assert!(memory.bytes(0, MEMORY_END) == twin_memory.bytes(0, MEMORY_END));
});
