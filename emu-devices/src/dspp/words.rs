//! 1024 words of memory: addresses of ten bits, so that none is outside.

use serde::{Deserialize, Serialize};

const SIZE: usize = 1024;

/// The memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u16>", into = "Vec<u16>")]
pub(super) struct Words(Box<[u16; SIZE]>);

impl Default for Words {
    fn default() -> Words {
        Words(Box::new([0; SIZE]))
    }
}

impl Words {
    /// A word; upper bits of the address mean nothing.
    #[inline]
    pub fn get(&self, at: u16) -> u16 {
        self.0[usize::from(at) % SIZE]
    }

    /// Changes a word.
    #[inline]
    pub fn set(&mut self, at: u16, value: u16) {
        self.0[usize::from(at) % SIZE] = value;
    }
}

impl TryFrom<Vec<u16>> for Words {
    type Error = &'static str;

    fn try_from(words: Vec<u16>) -> Result<Words, &'static str> {
        let words = Box::<[u16; SIZE]>::try_from(words);
        words.map(Words).map_err(|_| "not 1024 words")
    }
}

impl From<Words> for Vec<u16> {
    fn from(words: Words) -> Vec<u16> {
        words.0.to_vec()
    }
}
