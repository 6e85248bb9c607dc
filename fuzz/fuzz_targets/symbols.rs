//! Files with names of addresses, of every kind: read, placed and asked.
#![no_main]

use emu_core::debug::{Symbols, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = Table::read(bytes) else {
        return;
    };
    let mut symbols = Symbols::default();
    symbols.add("any", table, 0x4_8000, None);
    for at in symbols.functions().take(1000) {
        symbols.words(at);
    }
});
