//! Streams of the Compression folio, unsqueezed and squeezed again.
#![no_main]

use emu_core::kernel::portfolio::compression::stream::{Squeezer, Unsqueezer};
use libfuzzer_sys::fuzz_target;

/// All words of a stream.
fn unsqueeze(stream: impl IntoIterator<Item = u32>) -> (Vec<u32>, Unsqueezer) {
    let mut unsqueezer = Unsqueezer::default();
    let mut words = Vec::new();
    for word in stream {
        unsqueezer.feed(word);
        words.extend(std::iter::from_fn(|| unsqueezer.next_word()));
    }
    (words, unsqueezer)
}

fuzz_target!(|data: &[u8]| {
    let words = data.chunks_exact(4);
    let stream = words.map(|w| u32::from_be_bytes([w[0], w[1], w[2], w[3]]));
    let (words, _) = unsqueeze(stream);
    let mut squeezer = Squeezer::default();
    let mut stream = Vec::new();
    for &word in &words {
        squeezer.feed(word);
        stream.extend(std::iter::from_fn(|| squeezer.next_word()));
    }
    squeezer.finish();
    stream.extend(std::iter::from_fn(|| squeezer.next_word()));
    let (again, unsqueezer) = unsqueeze(stream);
    assert_eq!(again, words);
    assert_eq!(unsqueezer.finish(), Ok(()));
});
