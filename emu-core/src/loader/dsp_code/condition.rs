//! Flags of the signal processor, and branches by them.

use serde::{Deserialize, Serialize};

const SELECT: u16 = 1 << 12;
const M1: u16 = 1 << 11;
const M0: u16 = 1 << 10;

/// What the last sum was like, before it was shifted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// The sum: 20 bits, the highest at bit 31.
    pub sum: i32,
    /// Carried out of the upper end; after a subtraction, not borrowed.
    pub carry: bool,
    /// It is not the true sum.
    pub overflow: bool,
}

impl Flags {
    /// Below zero.
    #[inline]
    pub fn negative(self) -> bool {
        self.sum < 0
    }

    /// Its upper 16 bits are 0.
    #[inline]
    pub fn zero(self) -> bool {
        self.sum as u32 >> 16 == 0
    }

    /// Its lower four bits are 0.
    #[inline]
    pub fn exact(self) -> bool {
        self.sum & 0xF000 == 0
    }
}

/// How a branch looks at flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All that are selected are set.
    Set,
    /// All that are selected are clear.
    Clear,
    /// Comparisons.
    Compare,
}

/// When a branch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How it looks.
    pub mode: Mode,
    /// At which pair of flags: negative and overflow, or (true) carry and zero.
    pub select: bool,
    /// At the first of them.
    pub m1: bool,
    /// At the second.
    pub m0: bool,
}

impl Condition {
    /// The result is 0, in its upper 16 bits.
    pub const ZERO: Condition = Condition::new(Mode::Set, true, false, true);
    /// It is not.
    pub const NOT_ZERO: Condition = Condition::new(Mode::Clear, true, false, true);
    /// All 20 bits are 0.
    pub const ALL_ZERO: Condition = Condition::new(Mode::Set, false, false, false);
    /// They are not.
    pub const NOT_ALL_ZERO: Condition = Condition::new(Mode::Set, true, false, false);
    /// The result is below 0.
    pub const NEGATIVE: Condition = Condition::new(Mode::Set, false, true, false);
    /// It is not.
    pub const POSITIVE: Condition = Condition::new(Mode::Clear, false, true, false);
    /// The sum overflowed.
    pub const OVERFLOW: Condition = Condition::new(Mode::Set, false, false, true);
    /// It did not.
    pub const NO_OVERFLOW: Condition = Condition::new(Mode::Clear, false, false, true);
    /// There is a carry.
    pub const CARRY: Condition = Condition::new(Mode::Set, true, true, false);
    /// There is none.
    pub const NO_CARRY: Condition = Condition::new(Mode::Clear, true, true, false);
    /// After a subtraction: A < B, signed.
    pub const LESS: Condition = Condition::new(Mode::Compare, false, false, false);
    /// A <= B, signed.
    pub const LESS_OR_EQUAL: Condition = Condition::new(Mode::Compare, false, false, true);
    /// A >= B, signed.
    pub const GREATER_OR_EQUAL: Condition = Condition::new(Mode::Compare, false, true, false);
    /// A > B, signed.
    pub const GREATER: Condition = Condition::new(Mode::Compare, false, true, true);
    /// After a subtraction: A > B, without signs.
    pub const HIGHER: Condition = Condition::new(Mode::Compare, true, false, false);
    /// A <= B, without signs.
    pub const LOWER_OR_SAME: Condition = Condition::new(Mode::Compare, true, false, true);
    /// The lower four bits are 0.
    pub const EXACT: Condition = Condition::new(Mode::Compare, true, true, false);
    /// They are not.
    pub const NOT_EXACT: Condition = Condition::new(Mode::Compare, true, true, true);

    const fn new(mode: Mode, select: bool, m1: bool, m0: bool) -> Condition {
        Condition {
            mode,
            select,
            m1,
            m0,
        }
    }

    /// Whether flags are so.
    #[inline]
    pub fn holds(self, flags: Flags) -> bool {
        let (first, second) = match self.select {
            true => (flags.carry, flags.zero()),
            false => (flags.negative(), flags.overflow),
        };
        match self.mode {
            Mode::Set if !self.m1 && !self.m0 => (flags.zero() && flags.exact()) != self.select,
            Mode::Set => (first || !self.m1) && (second || !self.m0),
            Mode::Clear => !(first && self.m1 || second && self.m0),
            Mode::Compare if !self.select => {
                let less = flags.negative() != flags.overflow;
                (less || flags.zero() && self.m0) != self.m1
            }
            Mode::Compare if self.m1 => flags.exact() != self.m0,
            Mode::Compare => (flags.carry && !flags.zero()) != self.m0,
        }
    }

    pub(super) fn decode(word: u16) -> Condition {
        let mode = match word >> 13 & 3 {
            1 => Mode::Set,
            2 => Mode::Clear,
            _ => Mode::Compare,
        };
        Condition::new(mode, word & SELECT != 0, word & M1 != 0, word & M0 != 0)
    }

    /// The branch word with address 0.
    pub(super) fn encode(self) -> u16 {
        let mode = match self.mode {
            Mode::Set => 0xA000,
            Mode::Clear => 0xC000,
            Mode::Compare => 0xE000,
        };
        let when = |is: bool, bit: u16| if is { bit } else { 0 };
        mode | when(self.select, SELECT) | when(self.m1, M1) | when(self.m0, M0)
    }
}
