//! The sound of a run as a few numbers, so that two runs can be compared.
//!
//! Sound is cut into blocks of 1024 frames, numbered from power-on. A block is the checksum of its
//! samples as big-endian numbers, left before right; a stream is the checksum of the numbers and
//! sums of its blocks. Silence counts as nothing: neither blocks nor how often somebody
//! listened leave a mark.

use crate::device::sound::StereoFrame;
use serde::{Deserialize, Serialize};

/// Frames of a block.
pub const BLOCK: u64 = 1024;
/// Bytes of a frame.
const FRAME: usize = 4;

/// A block that is not silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number: its first frame divided by [`BLOCK`].
    pub number: u64,
    /// The CRC-32 of its samples.
    pub sum: u32,
}

/// A checksum of sound that grows with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundHash {
    /// The first frame that is not counted in yet.
    at: u64,
    /// The sum of the present block up to there.
    sum: u32,
    /// Whether the present block has more than silence.
    is_loud: bool,
    /// The sum of the blocks before it.
    blocks: u32,
}

impl SoundHash {
    /// Whether the present block has something to tell when it is over.
    pub fn is_open(&self) -> bool {
        self.is_loud
    }

    /// Takes the sound of frames from number `first` on, with silence before it; tells of the
    /// blocks that are over. What was there before is left out.
    pub fn sound(&mut self, first: u64, frames: &[StereoFrame], mut over: impl FnMut(Block)) {
        self.silence(first, &mut over);
        let known = usize::try_from(self.at.saturating_sub(first)).unwrap_or(usize::MAX);
        let mut frames = frames.get(known..).unwrap_or_default();
        while !frames.is_empty() {
            let room = usize::try_from(self.room()).unwrap_or(usize::MAX);
            let (now, later) = frames.split_at(room.min(frames.len()));
            let samples = now.iter().flatten();
            self.is_loud |= samples.clone().any(|&sample| sample != 0);
            let bytes: Vec<u8> = samples.flat_map(|sample| sample.to_be_bytes()).collect();
            self.count(&bytes, &mut over);
            frames = later;
        }
    }

    /// Takes silence up to a frame.
    pub fn silence(&mut self, to: u64, mut over: impl FnMut(Block)) {
        while self.at < to {
            let many = self.room().min(to - self.at);
            let is_between = !self.is_loud && many == self.room();
            if is_between {
                // Blocks without sound are as if they were not there.
                self.at = to - to % BLOCK;
                self.sum = 0;
            } else {
                let zeros = [0; BLOCK as usize * FRAME];
                let bytes = zeros.get(..many as usize * FRAME).unwrap_or_default();
                self.count(bytes, &mut over);
            }
        }
    }

    /// The checksum of all, as if there was silence from here on.
    pub fn value(&self) -> u32 {
        let mut whole = *self;
        whole.end(|_| ());
        whole.blocks
    }

    /// Takes silence to the end of the present block.
    pub fn end(&mut self, over: impl FnMut(Block)) {
        self.silence(self.at.saturating_add(self.room()), over);
    }

    /// Frames that the present block lacks.
    fn room(&self) -> u64 {
        BLOCK - self.at % BLOCK
    }

    /// Counts in samples of the present block.
    fn count(&mut self, bytes: &[u8], over: &mut impl FnMut(Block)) {
        let done = (self.at % BLOCK) * FRAME as u64;
        let mut sum = crc32fast::Hasher::new_with_initial_len(self.sum, done);
        sum.update(bytes);
        self.sum = sum.finalize();
        let number = self.at / BLOCK;
        self.at = self.at.saturating_add((bytes.len() / FRAME) as u64);
        if self.at / BLOCK == number {
            return;
        }
        let sum = std::mem::take(&mut self.sum);
        if std::mem::take(&mut self.is_loud) {
            // The sum of what ends in the sum of the blocks before is as good as that of all.
            let told = [
                &self.blocks.to_be_bytes()[..],
                &number.to_be_bytes(),
                &sum.to_be_bytes(),
            ];
            self.blocks = crc32fast::hash(&told.concat());
            over(Block { number, sum });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tone(many: usize) -> Vec<StereoFrame> {
        (1..).take(many).map(|n| [n, -n]).collect()
    }

    #[test]
    fn silence_has_no_hash_and_leaves_no_mark() {
        let mut none = SoundHash::default();
        none.sound(0, &[[0, 0]; 5000], |block| panic!("{block:?}"));
        none.silence(1 << 60, |block| panic!("{block:?}"));
        assert_eq!(none.value(), SoundHash::default().value());
        let (mut plain, mut padded) = (SoundHash::default(), SoundHash::default());
        plain.sound(3000, &tone(10), |_| ());
        padded.sound(100, &[[0, 0]; 2900], |_| ());
        padded.sound(3000, &tone(10), |_| ());
        padded.sound(3010, &[[0, 0]; 9000], |_| ());
        assert_eq!(plain.value(), padded.value());
    }

    #[test]
    fn a_block_is_the_checksum_of_its_samples() {
        let mut blocks = Vec::new();
        let mut hash = SoundHash::default();
        hash.sound(2 * BLOCK + 1, &[[0x1234, -2]], |_| ());
        assert!(hash.is_open());
        hash.silence(10 * BLOCK, |block| blocks.push(block));
        let mut bytes = vec![0; 4096];
        bytes[4..8].copy_from_slice(&[0x12, 0x34, 0xFF, 0xFE]);
        let sum = crc32fast::hash(&bytes);
        assert_eq!(blocks, [Block { number: 2, sum }]);
        assert!(!hash.is_open());
    }

    #[test]
    fn where_sound_is_matters() {
        let value = |first| {
            let mut hash = SoundHash::default();
            hash.sound(first, &tone(3), |_| ());
            hash.value()
        };
        assert_ne!(value(0), value(1));
        assert_ne!(value(0), value(BLOCK));
    }

    proptest! {
        /// However it is cut up.
        #[test]
        fn pieces_make_the_same_hash(
            cuts in prop::collection::vec(0_usize..5000, 0..6), first in 0_u64..4000)
        {
            let sound = tone(5000);
            let mut whole = SoundHash::default();
            whole.sound(first, &sound, |_| ());
            let mut cuts = cuts;
            cuts.extend([0, 5000]);
            cuts.sort();
            let mut pieces = SoundHash::default();
            for pair in cuts.windows(2) {
                pieces.sound(first + pair[0] as u64, &sound[pair[0]..pair[1]], |_| ());
            }
            prop_assert_eq!(whole, pieces);
        }
    }
}
