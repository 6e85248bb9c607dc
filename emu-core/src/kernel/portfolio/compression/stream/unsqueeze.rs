//! From a compressed stream to words.

use super::{LENGTH_BITS, PLACE_BITS, SHORTEST, WINDOW, place_of};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What is wrong with a stream that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Words came after its end.
    Remains,
    /// It stopped inside a code.
    Missing,
}

/// Takes words of a stream, gives those that were squeezed into it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unsqueezer {
    #[serde(with = "serde_bytes")]
    window: Vec<u8>,
    /// Bytes that have come out, modulo 2^32.
    count: u32,
    /// Bits that were not used yet, from the most significant on.
    bits: u64,
    have: u32,
    /// Bytes of a word that is not complete.
    group: u32,
    out: VecDeque<u32>,
    ended: bool,
    remains: bool,
}

impl Default for Unsqueezer {
    fn default() -> Self {
        Unsqueezer {
            window: vec![0; WINDOW],
            count: 0,
            bits: 0,
            have: 0,
            group: 0,
            out: VecDeque::new(),
            ended: false,
            remains: false,
        }
    }
}

impl Unsqueezer {
    /// Whether what was read from a file can be worked on.
    pub(crate) fn is_sound(&self) -> bool {
        self.window.len() == WINDOW && self.have < 32 && self.out.len() <= 64
    }

    /// Whether the end of the stream has come.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes a word of the stream.
    pub fn feed(&mut self, word: u32) {
        if self.ended {
            self.remains = true;
            return;
        }
        // At most 16 bits are left of a code that is not complete.
        self.bits |= u64::from(word) << 32 >> self.have;
        self.have += 32;
        while !self.ended && self.code() {}
    }

    /// The next word that has come out.
    pub fn next_word(&mut self) -> Option<u32> {
        self.out.pop_front()
    }

    /// What is wrong with the stream if no more comes.
    pub fn finish(&self) -> Result<(), Cut> {
        match (self.ended, self.have) {
            (true, _) if self.remains => Err(Cut::Remains),
            (false, 1..) => Err(Cut::Missing),
            _ => Ok(()),
        }
    }

    /// Takes one code; false when it is not complete.
    fn code(&mut self) -> bool {
        let head = self.look(1 + PLACE_BITS);
        match head {
            _ if self.have == 0 => false,
            _ if self.look(1) == 1 => {
                if self.have < 9 {
                    return false;
                }
                let byte = self.look(9) as u8;
                self.drop_bits(9);
                self.put(byte);
                true
            }
            _ if self.have < 1 + PLACE_BITS => false,
            0 => {
                self.ended = true;
                self.have = 0;
                false
            }
            place => {
                let length = 1 + PLACE_BITS + LENGTH_BITS;
                if self.have < length {
                    return false;
                }
                let count = self.look(length) as usize % (1 << LENGTH_BITS) + SHORTEST;
                self.drop_bits(length);
                for n in 0..count {
                    let byte = self.window.get((place as usize + n) % WINDOW);
                    self.put(byte.copied().unwrap_or(0));
                }
                true
            }
        }
    }

    /// The next bits as a number.
    fn look(&self, count: u32) -> u32 {
        (self.bits >> (64 - count)) as u32
    }

    fn drop_bits(&mut self, count: u32) {
        self.bits <<= count;
        self.have -= count;
    }

    fn put(&mut self, byte: u8) {
        if let Some(place) = self.window.get_mut(place_of(self.count)) {
            *place = byte;
        }
        self.count = self.count.wrapping_add(1);
        self.group = self.group << 8 | u32::from(byte);
        if self.count.is_multiple_of(4) {
            self.out.push_back(self.group);
        }
    }
}
