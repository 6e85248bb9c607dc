//! Eight samples that wait.

use serde::{Deserialize, Serialize};

/// Samples that a FIFO holds.
const DEPTH: u8 = 8;

/// A FIFO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub(super) struct Fifo {
    /// The oldest in the lowest bits, zeros above the youngest.
    samples: u128,
    level: u8,
    /// What was read last.
    last: u16,
}

/// One in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    samples: Vec<u16>,
    last: u16,
}

impl TryFrom<Saved> for Fifo {
    type Error = &'static str;

    fn try_from(saved: Saved) -> Result<Fifo, &'static str> {
        let mut fifo = Fifo {
            last: saved.last,
            ..Fifo::default()
        };
        if saved.samples.len() > usize::from(DEPTH) {
            return Err("too many samples in a FIFO");
        }
        saved.samples.iter().for_each(|&sample| fifo.push(sample));
        Ok(fifo)
    }
}

impl From<Fifo> for Saved {
    fn from(mut fifo: Fifo) -> Saved {
        let last = fifo.last;
        let samples = (0..fifo.level).map(|_| fifo.pop()).collect();
        Saved { samples, last }
    }
}

impl Fifo {
    /// How many wait.
    #[inline]
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Whether a whole word fits.
    #[inline]
    pub fn has_room_for_word(&self) -> bool {
        self.level + 2 <= DEPTH
    }

    /// Whether a whole word waits.
    #[inline]
    pub fn has_word(&self) -> bool {
        self.level >= 2
    }

    /// Adds one; it is lost when there is no room.
    #[inline]
    pub fn push(&mut self, sample: u16) {
        if self.level < DEPTH {
            self.samples |= u128::from(sample) << (16 * self.level);
            self.level += 1;
        }
    }

    /// Adds two, the first in the upper half.
    #[inline]
    pub fn push_word(&mut self, word: u32) {
        self.push((word >> 16) as u16);
        self.push(word as u16);
    }

    /// Takes the oldest; the last one again when none waits.
    #[inline]
    pub fn pop(&mut self) -> u16 {
        if self.level > 0 {
            self.last = self.samples as u16;
            self.samples >>= 16;
            self.level -= 1;
        }
        self.last
    }

    /// Takes two.
    #[inline]
    pub fn pop_word(&mut self) -> u32 {
        u32::from(self.pop()) << 16 | u32::from(self.pop())
    }

    /// The oldest, which stays; the last one when none waits.
    #[inline]
    pub fn head(&self) -> u16 {
        if self.level > 0 {
            self.samples as u16
        } else {
            self.last
        }
    }

    /// Forgets all, what was read last too.
    pub fn clear(&mut self) {
        *self = Fifo::default();
    }
}
