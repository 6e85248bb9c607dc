//! The compressed stream: literals and copies from a window, as bits in words.
//!
//! Kernel sheet 1.9.
//!
//! ```text
//! words are filled from their most significant bit on
//!   1 bbbbbbbb              the byte b
//!   0 pppppppppppp nnnn     n+3 bytes from window[p], window[p+1], ... (p is not 0)
//!   0 000000000000          the end; the last word is filled up with zeros
//! the window has 4096 places, the first byte goes to place 1, and every byte that comes out is
//! also put there, so a copy may overlap itself
//! ```

mod squeeze;
mod unsqueeze;

#[cfg(test)]
mod tests;

pub use self::squeeze::Squeezer;
pub use self::unsqueeze::{Cut, Unsqueezer};

/// Places of the window.
const WINDOW: usize = 4096;
/// Bits of a place.
const PLACE_BITS: u32 = 12;
/// Bits of the length of a copy.
const LENGTH_BITS: u32 = 4;
/// The shortest copy.
const SHORTEST: usize = 3;
/// The longest copy.
const LONGEST: usize = SHORTEST + (1 << LENGTH_BITS) - 1;
/// The place of the first byte.
const FIRST_PLACE: u32 = 1;

/// The place of the byte with that number.
fn place_of(number: u32) -> usize {
    number.wrapping_add(FIRST_PLACE) as usize % WINDOW
}
