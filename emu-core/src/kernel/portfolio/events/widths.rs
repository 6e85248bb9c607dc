//! Enumerations of one byte and of four (device sheet 7.2).
//!
//! The system and the SDK's libraries have words; a program compiled with today's development
//! kit and its default options has one byte at the first place of the word and leaves the other
//! three as they were.

use super::bytes::word_at;
use super::codes::flavor;

/// A value, and whether it was one byte.
pub(super) type Read = Option<(u32, bool)>;

/// An enumeration whose highest value is `max`.
fn read(data: &[u8], offset: u32, max: u32, words_only: bool) -> Read {
    let word = word_at(data, offset);
    if word <= max {
        return Some((word, false));
    }
    let byte = word >> 24;
    (byte <= max && !words_only).then_some((byte, true))
}

/// The flavor of a message.
pub(super) fn flavor(data: &[u8], words_only: bool) -> Read {
    read(data, 0, flavor::LAST, words_only)
}

/// Another enumeration of a message whose flavor has told what its program writes.
pub(super) fn beside_flavor(data: &[u8], offset: u32, max: u32, narrow: bool) -> Option<u32> {
    match narrow {
        true => Some(word_at(data, offset) >> 24).filter(|&byte| byte <= max),
        false => Some(word_at(data, offset)).filter(|&word| word <= max),
    }
}

/// The word in which a program of either width finds a value.
pub(super) fn written(value: u32, narrow: bool) -> u32 {
    if narrow { value << 24 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_go_before_bytes() {
        for (word, wanted) in [
            (0, Some((0, false))),
            (30, Some((30, false))),
            (31, Some((0, true))),
            (0x0100_0000, Some((1, true))),
            (0x01AB_CDEF, Some((1, true))),
            (0x1E00_0000, Some((30, true))),
            (0x1F00_0000, None),
            (0xFFFF_FFFF, None),
        ] {
            assert_eq!(flavor(&u32::to_be_bytes(word), false), wanted, "{word:#x}");
        }
        assert_eq!(flavor(&[1, 0, 0, 0], true), None, "as shipped");
        assert_eq!(flavor(&[0, 0, 0, 1], true), Some((1, false)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in 0..=30_u32, junk in 31..0x0100_0000_u32) {
            prop_assert_eq!(flavor(&written(value, false).to_be_bytes(), false), Some((value, false)));
            let narrow = (written(value, true) | junk).to_be_bytes();
            prop_assert_eq!(flavor(&narrow, false), Some((value, true)));
            prop_assert_eq!(beside_flavor(&narrow, 0, 30, true), Some(value));
        }
    }
}
