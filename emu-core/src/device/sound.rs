//! The audio signal processor as data: what a kernel tells it, what it gives.
//!
//! Audio sheet 1, 8, 9.2. The processor runs its programs once for each output frame and sleeps;
//! nothing happens between two frames. Frames are numbered from power-on: frame `n` begins at
//! `n * 125000 / 441` cycles. A kernel lets the processor catch up before it changes anything.
//!
//! ```text
//! kernel --code, words, passages, entries--> processor
//! kernel --run(from, many)--> frames of sound, and which channels went on to their next passage
//! ```

use crate::mem::Memory;
use crate::time::Tick;
use serde::{Deserialize, Serialize};

/// Output frames of a second.
pub const FRAME_RATE: u32 = 44_100;
/// The number of the frame that is put out at an instant.
pub fn frame_at(now: Tick) -> u64 {
    // The quotient is smaller than the number itself.
    (u128::from(now.0) * 441 / 125_000) as u64
}

/// Channels from memory to the processor.
pub const INPUTS: u8 = 13;
/// Channels from the processor to memory.
pub const OUTPUTS: u8 = 4;

/// One frame of sound: left, right.
pub type StereoFrame = [i16; 2];

/// A channel of the processor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// From memory, 0 up to [`INPUTS`].
    In(u8),
    /// To memory, 0 up to [`OUTPUTS`].
    Out(u8),
}

/// Memory that a channel passes through: whole words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The first byte, on a multiple of four.
    pub addr: u32,
    /// Length in bytes, a multiple of four.
    pub bytes: u32,
}

/// What a channel does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// What is left of the present passage; nothing when the channel stands still.
    pub now: Option<Passage>,
    /// What follows it.
    pub next: Option<Passage>,
    /// Whether `next` stays when it has become the present one: a loop.
    pub is_loop: bool,
}

/// In which frames a program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// All.
    #[default]
    Every,
    /// Those with an even number.
    Even,
    /// Those with an odd number.
    Odd,
}

/// A program of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its first code word; it runs to the next SLEEP.
    pub at: u16,
    /// In which frames.
    pub when: When,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Frames that were run: fewer than asked for if a channel went on to its next passage or
    /// stopped, which ends the run after that frame.
    pub frames: u32,
    /// The channels whose passage ended in the last of these frames.
    pub ended: Vec<Channel>,
}

/// The processor with its channels.
pub trait SignalProcessor {
    /// A word of its data memory (EI, I, EO); 0 where there is none.
    fn read(&self, at: u16) -> u16;

    /// Changes a word of its data memory; nothing where there is none.
    fn write(&mut self, at: u16, value: u16);

    /// Puts code words at an address of its program memory; what is too much is left out.
    fn write_code(&mut self, at: u16, words: &[u16]);

    /// The code words from an address on; fewer where memory ends.
    fn code(&self, at: u16, words: u16) -> Vec<u16>;

    /// What runs in each frame, in this order.
    fn set_entries(&mut self, entries: &[Entry]);

    /// What runs in each frame.
    fn entries(&self) -> &[Entry];

    /// What a channel does.
    fn transfer(&self, channel: Channel) -> Transfer;

    /// Sets what a channel does; `fresh` also empties its FIFO.
    fn set_transfer(&mut self, channel: Channel, transfer: Transfer, fresh: bool);

    /// Samples that wait in a channel's FIFO, 0 to 8.
    fn fifo_level(&self, channel: Channel) -> u8;

    /// Runs up to `many` frames from number `from` on, each followed by its sound in `heard`.
    fn run(
        &mut self,
        memory: &mut Memory,
        from: u64,
        many: u32,
        heard: &mut Vec<StereoFrame>,
    ) -> Ran;

    /// Whether something would be heard or changed by a run: a program is entered, or what the
    /// last frame mixed has not been put out.
    fn is_active(&self) -> bool;

    /// Ticks that the last frame took.
    fn ticks_used(&self) -> u32;

    /// The first frame that ended because a program in it did not, if there was one.
    fn cut_off(&self) -> Option<u64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_begin_where_the_clock_says() {
        for (tick, frames) in [
            (0, 0),
            (283, 0),
            (284, 1),
            (125_000, 441),
            (12_500_000, 44_100),
            (12_499_999, 44_099),
        ] {
            assert_eq!(frame_at(Tick(tick)), frames, "{tick}");
        }
        assert!(frame_at(Tick::NEVER) > 1 << 55);
    }
}
