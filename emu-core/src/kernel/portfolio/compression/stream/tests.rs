//! The stream against a model of its format, and round trips.

use super::*;
use proptest::prelude::*;

/// The decoder a second time, from the sheet, over all bits at once.
fn model(words: &[u32]) -> (Vec<u8>, bool) {
    let bits: Vec<u32> = words
        .iter()
        .flat_map(|word| (0..32).rev().map(move |n| word >> n & 1))
        .collect();
    let mut at = 0;
    let mut take = |count: usize| {
        let field = bits.get(at..at + count)?;
        at += count;
        Some(field.iter().fold(0, |number, bit| number << 1 | bit) as usize)
    };
    let (mut window, mut out) = ([0_u8; 4096], Vec::new());
    let mut step = || -> Option<Vec<u8>> {
        if take(1)? == 1 {
            return Some(vec![take(8)? as u8]);
        }
        match take(12)? {
            0 => Some(Vec::new()),
            place => {
                let length = take(4)? + 3;
                // Lengths below a byte tell a copy from a literal to the loop outside.
                Some(
                    [
                        vec![0, 0],
                        (place as u16).to_be_bytes().to_vec(),
                        vec![length as u8],
                    ]
                    .concat(),
                )
            }
        }
    };
    loop {
        let bytes = match step() {
            None => return (out, false),
            Some(code) if code.is_empty() => return (out, true),
            Some(code) if code.len() == 1 => code,
            Some(code) => {
                let place = usize::from(u16::from_be_bytes([code[2], code[3]]));
                let mut copied = Vec::new();
                for n in 0..usize::from(code[4]) {
                    let byte = window[(place + n) % 4096];
                    window[(1 + out.len() + n) % 4096] = byte;
                    copied.push(byte);
                }
                copied
            }
        };
        for byte in bytes {
            window[(1 + out.len()) % 4096] = byte;
            out.push(byte);
        }
    }
}

fn squeeze(words: &[u32]) -> Vec<u32> {
    let mut squeezer = Squeezer::default();
    let mut stream = Vec::new();
    for &word in words {
        squeezer.feed(word);
        assert!(squeezer.is_sound());
        stream.extend(std::iter::from_fn(|| squeezer.next_word()));
    }
    squeezer.finish();
    squeezer.finish();
    stream.extend(std::iter::from_fn(|| squeezer.next_word()));
    stream
}

fn unsqueeze(stream: &[u32]) -> (Vec<u32>, Result<(), Cut>) {
    let mut unsqueezer = Unsqueezer::default();
    let mut words = Vec::new();
    for &word in stream {
        unsqueezer.feed(word);
        assert!(unsqueezer.is_sound());
        words.extend(std::iter::from_fn(|| unsqueezer.next_word()));
    }
    (words, unsqueezer.finish())
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// Bits as they are written in the sheet's picture.
fn stream(bits: &str) -> Vec<u32> {
    let bits: Vec<u8> = bits.bytes().filter(|bit| *bit != b' ').collect();
    let word = |bits: &[u8]| {
        (0..32).fold(0, |word, n| {
            word << 1 | u32::from(bits.get(n) == Some(&b'1'))
        })
    };
    bits.chunks(32).map(word).collect()
}

#[test]
fn literals_copies_and_the_end() {
    // "ab", then 6 bytes from place 1: a copy that overlaps itself.
    let words = stream("1 01100001  1 01100010  0 000000000001 0011  0 000000000000");
    assert_eq!(unsqueeze(&words), (vec![0x6162_6162, 0x6162_6162], Ok(())));
    // Three bytes only: the group is not complete, nothing comes out.
    let words = stream("1 01100001  1 01100010  1 01100011  0 000000000000");
    assert_eq!(unsqueeze(&words), (vec![], Ok(())));
    // A copy of what was never written is zeros.
    let words = stream("0 100000000000 0001  0 000000000000");
    assert_eq!(unsqueeze(&words), (vec![0], Ok(())));
}

#[test]
fn a_stream_is_cut_or_has_remains() {
    let end = stream("0 000000000000");
    assert_eq!(unsqueeze(&[]), (vec![], Ok(())));
    assert_eq!(unsqueeze(&end), (vec![], Ok(())));
    assert_eq!(unsqueeze(&[end[0], 0]), (vec![], Err(Cut::Remains)));
    let inside = stream("1 01100001  1 01100010  1 01100011  1 0110");
    assert_eq!(unsqueeze(&inside), (vec![], Err(Cut::Missing)));
}

#[test]
fn nothing_squeezes_to_the_end_alone() {
    assert_eq!(squeeze(&[]), [0]);
}

#[test]
fn what_repeats_gets_short() {
    let text = b"the quick brown fox jumps over the lazy dog; ".repeat(100);
    let words: Vec<u32> = text
        .chunks_exact(4)
        .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    let squeezed = squeeze(&words);
    assert_eq!(unsqueeze(&squeezed), (words.clone(), Ok(())));
    // 18 bytes for 17 bits, and the first line.
    assert!(squeezed.len() * 7 < words.len(), "{}", squeezed.len());
    let zeros = vec![0; 9000];
    assert!(squeeze(&zeros).len() < 9000 / 8);
}

/// Words that repeat near and far.
fn words() -> impl Strategy<Value = Vec<u32>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u32>(), 0..40),
        (any::<u32>(), 0_usize..300).prop_map(|(word, count)| vec![word; count]),
        prop::collection::vec(
            prop::sample::select(vec![0, 1, 0x6161_6162, 0xFFFF_0000]),
            0..900
        ),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| {
        let mut words = pieces.concat();
        words.extend_from_within(..words.len() / 2);
        words
    })
}

proptest! {
    #[test]
    fn round_trip(words in words()) {
        let stream = squeeze(&words);
        prop_assert_eq!(model(&stream), (bytes(&words), true));
        prop_assert_eq!(unsqueeze(&stream), (words.clone(), Ok(())));
        // Never longer than a literal for each byte.
        prop_assert!(stream.len() * 32 <= words.len() * 36 + 13 + 31);
    }

    #[test]
    fn any_words_are_decoded_as_the_model_does(stream in prop::collection::vec(any::<u32>(), 0..80)) {
        let (out, ended) = model(&stream);
        let (words, cut) = unsqueeze(&stream);
        prop_assert_eq!(bytes(&words), &out[..out.len() / 4 * 4]);
        if ended {
            prop_assert_ne!(cut, Err(Cut::Missing));
        } else {
            prop_assert_ne!(cut, Err(Cut::Remains));
        }
    }
}
