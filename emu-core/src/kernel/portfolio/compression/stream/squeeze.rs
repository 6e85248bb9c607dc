//! From words to a compressed stream.
//!
//! Which copies are taken is free. This looks for the longest of the latest places whose first
//! three bytes have the same hash, and lets one byte pass when the next begins a longer copy.

use super::{FIRST_PLACE, LENGTH_BITS, LONGEST, PLACE_BITS, SHORTEST, WINDOW, place_of};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Chains of places, by hash.
const CHAINS: usize = 4096;
/// Places that are tried for one copy.
const MOST_TRIES: u32 = 96;
/// Bytes to look at before a code is chosen: the longest copy, and one that begins a byte later.
const WANTED: usize = LONGEST + 1;
/// No place is this far behind.
const NOWHERE: u32 = 0;

/// Takes words, gives those of a stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Squeezer {
    #[serde(with = "serde_bytes")]
    window: Vec<u8>,
    /// Bytes that have a code.
    count: u32,
    /// Bytes that wait for one.
    ahead: VecDeque<u8>,
    /// For each hash the number of the latest such byte plus one, 0 = none.
    heads: Vec<u32>,
    /// The same for the one before, by place.
    before: Vec<u32>,
    bits: u64,
    have: u32,
    out: VecDeque<u32>,
    finished: bool,
}

impl Default for Squeezer {
    fn default() -> Self {
        Squeezer {
            window: vec![0; WINDOW],
            count: 0,
            ahead: VecDeque::new(),
            heads: vec![NOWHERE; CHAINS],
            before: vec![NOWHERE; WINDOW],
            bits: 0,
            have: 0,
            out: VecDeque::new(),
            finished: false,
        }
    }
}

/// A copy: how far behind its bytes begin, and how many they are.
#[derive(Clone, Copy)]
struct Copy {
    distance: u32,
    length: usize,
}

impl Squeezer {
    /// Whether what was read from a file can be worked on.
    pub(crate) fn is_sound(&self) -> bool {
        self.window.len() == WINDOW
            && self.heads.len() == CHAINS
            && self.before.len() == WINDOW
            && self.ahead.len() <= WANTED + 4
            && self.have < 32
            && self.out.len() <= 64
    }

    /// Takes a word to squeeze.
    pub fn feed(&mut self, word: u32) {
        if self.finished {
            return;
        }
        self.ahead.extend(word.to_be_bytes());
        while self.ahead.len() >= WANTED {
            self.code();
        }
    }

    /// No more words come: squeezes what is left and ends the stream.
    pub fn finish(&mut self) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        while !self.ahead.is_empty() {
            self.code();
        }
        self.put(0, 1 + PLACE_BITS);
        if self.have > 0 {
            self.put(0, 32 - self.have);
        }
    }

    /// The next word of the stream.
    pub fn next_word(&mut self) -> Option<u32> {
        self.out.pop_front()
    }

    /// Chooses one code and puts it out.
    fn code(&mut self) {
        let here = self.find(0);
        let Some(copy) = here.filter(|copy| !self.is_better_later(copy.length)) else {
            let byte = self.ahead.front().copied().unwrap_or(0);
            self.put(1 << 8 | u32::from(byte), 9);
            return self.pass();
        };
        let place = self.count.wrapping_add(FIRST_PLACE) - copy.distance;
        let place = place as usize % WINDOW;
        let length = (copy.length - SHORTEST) as u32;
        let code = (place as u32) << LENGTH_BITS | length;
        self.put(code, 1 + PLACE_BITS + LENGTH_BITS);
        for _ in 0..copy.length {
            self.pass();
        }
    }

    /// Whether a copy that begins at the next byte saves more: nine bits for the byte in front
    /// of it must come in.
    fn is_better_later(&self, length: usize) -> bool {
        length < LONGEST && self.find(1).is_some_and(|later| later.length > length + 1)
    }

    /// The longest copy for what is ahead from byte `skip` on.
    fn find(&self, skip: usize) -> Option<Copy> {
        let hash = self.hash(skip)?;
        let start = self.count.wrapping_add(skip as u32);
        let most = LONGEST.min(self.ahead.len() - skip);
        let mut best: Option<Copy> = None;
        let mut next = self.heads.get(hash).copied().unwrap_or(NOWHERE);
        let mut last_distance = 0;
        for _ in 0..MOST_TRIES {
            let distance = start.wrapping_sub(next.wrapping_sub(1));
            // Chains lead ever further back; one that does not was overwritten.
            if next == NOWHERE || distance <= last_distance || distance as usize > WINDOW {
                break;
            }
            last_distance = distance;
            let source = next.wrapping_sub(1);
            // Place 0 stands for the end of the stream.
            if place_of(source) != 0 {
                let length = self.common(skip, distance, most);
                if length >= SHORTEST && best.is_none_or(|best| best.length < length) {
                    best = Some(Copy { distance, length });
                    if length == most {
                        break;
                    }
                }
            }
            next = self
                .before
                .get(place_of(source))
                .copied()
                .unwrap_or(NOWHERE);
        }
        best
    }

    /// How many bytes from `skip` on are those `distance` before them.
    fn common(&self, skip: usize, distance: u32, most: usize) -> usize {
        let byte_at = |n: usize| {
            // The bytes in front of what is ahead are in the window.
            let back = distance as usize;
            match (skip + n).checked_sub(back) {
                Some(n) => self.ahead.get(n).copied(),
                None => {
                    let behind = (back - skip - n) as u32;
                    let place = place_of(self.count.wrapping_sub(behind));
                    self.window.get(place).copied()
                }
            }
        };
        (0..most)
            .take_while(|&n| byte_at(n) == self.ahead.get(skip + n).copied())
            .count()
    }

    fn hash(&self, skip: usize) -> Option<usize> {
        let byte = |n| self.ahead.get(skip + n).map(|&byte| u32::from(byte));
        let bytes = byte(0)? << 16 | byte(1)? << 8 | byte(2)?;
        Some((bytes.wrapping_mul(0x9E37_79B1) >> 20) as usize % CHAINS)
    }

    /// The next byte has its code: into the window with it.
    fn pass(&mut self) {
        let place = place_of(self.count);
        if let Some(hash) = self.hash(0)
            && let Some(head) = self.heads.get_mut(hash)
            && let Some(before) = self.before.get_mut(place)
        {
            *before = std::mem::replace(head, self.count.wrapping_add(1));
        }
        let byte = self.ahead.pop_front().unwrap_or(0);
        if let Some(slot) = self.window.get_mut(place) {
            *slot = byte;
        }
        self.count = self.count.wrapping_add(1);
    }

    fn put(&mut self, code: u32, length: u32) {
        self.bits |= u64::from(code) << (64 - length) >> self.have;
        self.have += length;
        if self.have >= 32 {
            self.out.push_back((self.bits >> 32) as u32);
            self.bits <<= 32;
            self.have -= 32;
        }
    }
}
