//! What the samples of each format are worth (audio sheet 3.1).
//!
//! The players are programs of the signal processor; these functions are what they compute,
//! before their amplitude.

/// Signed 16-bit samples, the high byte first.
pub fn pcm16(bytes: &[u8]) -> impl Iterator<Item = i16> + '_ {
    let pairs = bytes.chunks_exact(2);
    pairs.map(|pair| i16::from_be_bytes([pair[0], pair[1]]))
}

/// Signed 8-bit samples: the low byte of what is played is zero.
pub fn pcm8(bytes: &[u8]) -> impl Iterator<Item = i16> + '_ {
    bytes.iter().map(|&byte| i16::from_be_bytes([byte, 0]))
}

/// SDX2: a byte is the signed square root of half a sample, or of half a difference if it is odd.
/// Each of the channels has a history of its own.
pub fn sdx2(bytes: &[u8], channels: usize) -> impl Iterator<Item = i16> + '_ {
    let mut previous = vec![0_i16; channels.max(1)];
    bytes.iter().enumerate().map(move |(n, &byte)| {
        let byte = i32::from(byte as i8);
        let channel = n % previous.len();
        let before = match byte % 2 {
            0 => 0,
            _ => i32::from(previous[channel]),
        };
        previous[channel] = clip(before + byte * byte.abs() * 2);
        previous[channel]
    })
}

/// ADP4: steps of a size that follows the sound, the high nibble of a byte first. The player
/// throws the first two bytes away.
pub fn adp4(bytes: &[u8]) -> impl Iterator<Item = i16> + '_ {
    let mut state = Adpcm::default();
    let nibbles = bytes.iter().skip(ADP4_SKIPPED);
    let nibbles = nibbles.flat_map(|&byte| [byte >> 4, byte & 15]);
    nibbles.map(move |nibble| state.next(nibble))
}

/// Bytes that the player of ADP4 reads before the first sample.
pub const ADP4_SKIPPED: usize = 2;

/// Where a decoder of ADP4 stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Adpcm {
    value: i16,
    index: usize,
}

impl Adpcm {
    fn next(&mut self, nibble: u8) -> i16 {
        let size = usize::from(nibble & 7);
        // One truncation, where the common code adds up three.
        let delta = (STEPS[self.index] * (2 * size as i32 + 1)) >> 3;
        let delta = if nibble & 8 == 0 { delta } else { -delta };
        self.value = clip(i32::from(self.value) + delta);
        let index = self.index as i32 + MOVES[size];
        self.index = index.clamp(0, STEPS.len() as i32 - 1) as usize;
        self.value
    }
}

fn clip(value: i32) -> i16 {
    value.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// How the step grows with the size of a nibble.
const MOVES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

/// The sizes of a step.
#[rustfmt::skip]
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408,
    449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066,
    2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493,
    10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(samples: impl Iterator<Item = i16>) -> Vec<i16> {
        samples.collect()
    }

    #[test]
    fn plain_samples_are_big_endian() {
        assert_eq!(list(pcm16(&[0x12, 0x34, 0xFF, 0xFE, 9])), [0x1234, -2]);
        assert_eq!(list(pcm8(&[0x12, 0x80, 0xFF])), [0x1200, -0x8000, -0x100]);
    }

    #[test]
    fn sdx2_squares_even_bytes_and_adds_odd_ones() {
        let bytes = [10_i8, 3, -4, -3, -128, -127, 127].map(|n| n as u8);
        // 200; 200+18; -32; -32-18; clipped; clipped again; -32768 + 32258.
        assert_eq!(
            list(sdx2(&bytes, 1)),
            [200, 218, -32, -50, -32768, -32768, -510]
        );
        // Left and right remember for themselves.
        assert_eq!(list(sdx2(&[10, 20, 1, 1], 2)), [200, 800, 202, 802]);
        assert_eq!(list(sdx2(&[3], 0)), [18], "no channel is one");
    }

    #[test]
    fn adp4_steps() {
        // Two bytes are thrown away. Nibble 7: 7 * 15 / 8 = 13, the index moves to 8 (step 16);
        // nibble 15: -16 * 15 / 8 = -30, index 16 (step 34); nibble 0: 34 / 8 = 4, index 15;
        // nibble 4: 31 * 9 / 8 = 34.
        assert_eq!(
            list(adp4(&[0xAA, 0xAA, 0x7F, 0x04])),
            [13, 13 - 30, -17 + 4, -13 + 34]
        );
        assert_eq!(list(adp4(&[1])), []);
    }

    #[test]
    fn adp4_does_not_leave_its_tables() {
        let loud = [vec![0; 2], vec![0x77; 200]].concat();
        assert_eq!(adp4(&loud).last(), Some(i16::MAX));
        let low = [vec![0; 2], vec![0xFF; 200], vec![0x88; 200]].concat();
        assert_eq!(adp4(&low).last(), Some(i16::MIN));
    }

    proptest! {
        #[test]
        fn every_byte_gives_its_samples(bytes: Vec<u8>, channels in 0_usize..4) {
            prop_assert_eq!(pcm16(&bytes).count(), bytes.len() / 2);
            prop_assert_eq!(pcm8(&bytes).count(), bytes.len());
            prop_assert_eq!(sdx2(&bytes, channels).count(), bytes.len());
            prop_assert_eq!(adp4(&bytes).count(), bytes.len().saturating_sub(2) * 2);
        }

        #[test]
        fn even_bytes_of_sdx2_need_no_history(before: Vec<u8>, n in -64_i8..64) {
            let even = n * 2;
            let bytes = [before, vec![even as u8]].concat();
            let expected = i32::from(even) * i32::from(even).abs() * 2;
            prop_assert_eq!(sdx2(&bytes, 1).last(), Some(expected.max(-32768) as i16));
        }
    }
}
