//! Which mask bit belongs to which event (device sheet 7.4, 7.6).

use super::codes::event;
use serde::{Deserialize, Serialize};

/// Events 64 to 72 have constants in the header: word 2 from its highest bit on.
const NAMED_FIRST: u8 = event::DEVICE_ONLINE;
const NAMED_LAST: u8 = event::QUEUE_OVERFLOW;
const NAMED_WORD: usize = 2;

/// Words about what a user does, which the focus decides on, and the others.
pub(super) const UI_WORDS: [usize; 4] = [0, 1, 4, 5];
pub(super) const OTHER_WORDS: [usize; 4] = [2, 3, 6, 7];

/// 256 events, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask(pub [u32; 8]);

impl Mask {
    /// Whether it has the bit.
    pub(super) fn has(&self, (word, bit): (usize, u32)) -> bool {
        self.0.get(word).is_some_and(|own| own & bit != 0)
    }

    /// Sets the bit.
    pub(super) fn set(&mut self, (word, bit): (usize, u32)) {
        if let Some(own) = self.0.get_mut(word) {
            *own |= bit;
        }
    }

    /// Whether both have a bit of one of these words.
    pub(super) fn meets(&self, other: &Mask, words: [usize; 4]) -> bool {
        words.iter().any(|&word| self.0[word] & other.0[word] != 0)
    }
}

/// The bit of an event. By the rule for all events the constants of the header are one beside
/// their numbers: the shipped broker follows the rule, except for the two that it tests itself
/// (quirk `event-bit2`).
pub(super) fn bit_of(number: u8, by_rule: bool) -> (usize, u32) {
    let is_own = matches!(number, event::CONTROL_PORT_CHANGE | event::QUEUE_OVERFLOW);
    if (NAMED_FIRST..=NAMED_LAST).contains(&number) && (is_own || !by_rule) {
        return (NAMED_WORD, 0x8000_0000 >> (number - NAMED_FIRST));
    }
    let place = number.wrapping_sub(1);
    (usize::from(place >> 5), 0x8000_0000 >> (place & 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The constants of event.h.
    #[test]
    fn bits_are_the_headers() {
        for (number, bit) in [
            (1, (0, 0x8000_0000)),
            (3, (0, 0x2000_0000)),
            (8, (0, 0x0100_0000)),
            (25, (0, 0x0000_0080)),
            (32, (0, 1)),
            (33, (1, 0x8000_0000)),
            (129, (4, 0x8000_0000)),
            (255, (7, 2)),
        ] {
            assert_eq!(bit_of(number, false), bit);
            assert_eq!(bit_of(number, true), bit);
        }
        for (number, bit) in (64..=72).zip((0..9).map(|n| 0x8000_0000_u32 >> n)) {
            assert_eq!(bit_of(number, false), (2, bit));
        }
    }

    #[test]
    fn as_shipped_the_constants_are_one_off() {
        assert_eq!(bit_of(64, true), (1, 1));
        assert_eq!(bit_of(65, true), bit_of(64, false));
        assert_eq!(bit_of(68, true), bit_of(67, false));
        for own in [69, 72] {
            assert_eq!(bit_of(own, true), bit_of(own, false));
        }
    }
}
