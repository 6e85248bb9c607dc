//! Conditions of breakpoints: read, computed, read again.
#![no_main]

use emu_core::debug::{Expression, Scope};
use libfuzzer_sys::fuzz_target;

/// Extreme values.
struct Edge;

impl Scope for Edge {
    fn register(&self, number: u8) -> u32 {
        [0, 1, u32::MAX, 1 << 31][usize::from(number % 4)]
    }
    fn word(&self, address: u32) -> u32 {
        !address
    }
    fn byte(&self, address: u32) -> u8 {
        address as u8
    }
    fn field(&self, name: &str) -> Option<i64> {
        (name.len() % 2 == 0).then_some(i64::MIN)
    }
}

fuzz_target!(|text: &str| {
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    let value = expression.value(&Edge);
    let again = Expression::parse(&expression.to_string()).expect("what was read");
    assert_eq!(again.value(&Edge), value);
});
