//! What comes out of samples, by the numbers alone.

use emu_core::kernel::portfolio::standard_instrument;

/// As a player with full amplitude scales it.
pub fn scaled(value: i32) -> i16 {
    ((value * 0x7FFF) >> 15) as i16
}

pub fn words(samples: &[i16]) -> Vec<u16> {
    samples.iter().map(|&sample| sample as u16).collect()
}

/// A random order of half-words.
pub fn some_words(many: usize) -> Vec<u16> {
    let mut state = 0x1234_5678_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    (0..many).map(|_| next()).collect()
}

pub fn high_and_low(words: &[u16]) -> Vec<i32> {
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    bytes.map(|byte| i32::from(byte as i8)).collect()
}

/// SDX2 (audio sheet 3.1).
pub fn sdx2(bytes: &[i32]) -> Vec<i32> {
    let mut last = 0;
    let mut decode = |n: i32| {
        let value = n * n.abs() * 2;
        let sum = if n & 1 != 0 { last + value } else { value };
        last = sum.clamp(-0x8000, 0x7FFF);
        last
    };
    bytes.iter().map(|&n| decode(n)).collect()
}

/// ADP4 (audio sheet 3.1); the steps are a tenth more each, which the sheet lists by their ends.
pub fn adp4(nibbles: &[i32]) -> Vec<i32> {
    let steps = steps();
    let (mut value, mut index) = (0_i32, 0_i32);
    let mut decode = |n: i32| {
        let step = steps[index as usize];
        let delta = (step * (2 * (n & 7) + 1)) >> 3;
        value += if n & 8 != 0 { -delta } else { delta };
        value = value.clamp(-0x8000, 0x7FFF);
        index += [-1, -1, -1, -1, 2, 4, 6, 8][n as usize & 7];
        index = index.clamp(0, 88);
        value
    };
    nibbles.iter().map(|&n| decode(n)).collect()
}

/// The table as the file's data has it.
pub fn steps() -> Vec<i32> {
    let library = standard_instrument(b"decodeadpcm.dsp").unwrap();
    let values = &library.main.data[0].values;
    assert_eq!((values.len(), values[0], values[88]), (97, 7, 32767));
    values[..89].to_vec()
}

pub fn nibbles(words: &[u16]) -> Vec<i32> {
    let of = |word: &u16| [12, 8, 4, 0].map(|shift| i32::from(word >> shift & 15));
    words.iter().flat_map(of).collect()
}
