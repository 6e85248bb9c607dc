//! Tests of messages: golden vectors, a second encoder, garbage.

mod golden;
mod random;
mod rules;

use crate::dice::Dice;

/// Bytes of a text of hexadecimal digits; spaces and bars are for the eye.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect()
}

/// Messages of any kind.
struct Noise(Dice);

impl Noise {
    fn word(&mut self) -> u32 {
        self.0.word()
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0.below(limit as u64) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.word() as u8).collect()
    }
}
