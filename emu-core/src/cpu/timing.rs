//! What cycles cost (ARM60 data sheet, chapter 7).

use crate::time::Ticks;

/// The length of each kind of bus cycle, in ticks.
///
/// The default is the console's memory: a non-sequential access takes two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// A sequential cycle.
    pub s: u32,
    /// A non-sequential cycle.
    pub n: u32,
    /// An internal cycle.
    pub i: u32,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing { s: 1, n: 2, i: 1 }
    }
}

impl Timing {
    /// The length of a mix of cycles.
    pub fn of(&self, cycles: Cycles) -> Ticks {
        Ticks(
            u64::from(cycles.s) * u64::from(self.s)
                + u64::from(cycles.n) * u64::from(self.n)
                + u64::from(cycles.i) * u64::from(self.i),
        )
    }

    /// What entering an interrupt costs; the caller of
    /// [`Cpu::take_exception`](super::Cpu::take_exception) charges it. The exits of a run
    /// (SWI, undefined, aborts) are charged already.
    pub fn exception_entry(&self) -> Ticks {
        self.of(Cycles::EXCEPTION)
    }
}

/// A number of cycles of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cycles {
    /// Sequential cycles.
    pub s: u32,
    /// Non-sequential cycles.
    pub n: u32,
    /// Internal cycles.
    pub i: u32,
}

impl Cycles {
    /// An instruction whose condition failed.
    pub const SKIPPED: Cycles = Cycles::new(1, 0, 0);
    /// Branches, SWI, interrupts and aborts: two fetches are thrown away.
    pub const EXCEPTION: Cycles = Cycles::new(2, 1, 0);
    /// The undefined trap: the cycle diagram has one internal cycle more.
    pub const UNDEFINED: Cycles = Cycles::new(2, 1, 1);

    /// `s` sequential, `n` non-sequential and `i` internal cycles.
    pub const fn new(s: u32, n: u32, i: u32) -> Cycles {
        Cycles { s, n, i }
    }
}

/// Internal cycles of a multiplication by `rs`: the multiplier retires two bits of it a
/// cycle, taking it as an unsigned number (ARM60 data sheet, chapter 4, section 6).
pub const fn multiply_cycles(rs: u32) -> u32 {
    let m = (32 - rs.leading_zeros()) / 2 + 1;
    if m > 16 { 16 } else { m }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplication_ends_early_for_small_rs() {
        let table = [
            (0, 1),
            (1, 1),
            (2, 2),
            (7, 2),
            (8, 3),
            (31, 3),
            (32, 4),
            (127, 4),
            (128, 5),
            ((1 << 29) - 1, 15),
            (1 << 29, 16),
            (1 << 31, 16),
            (u32::MAX, 16),
        ];
        for (rs, m) in table {
            assert_eq!(multiply_cycles(rs), m, "Rs = {rs:#x}");
        }
    }

    #[test]
    fn multiplication_agrees_with_the_data_sheet_formula() {
        for shift in 0..32 {
            for rs in [1u32 << shift, (1 << shift) - 1, (1 << shift) + 1] {
                let smallest = (2..=16u32)
                    .find(|m| u64::from(rs) < 1u64 << (2 * m - 1))
                    .unwrap_or(16);
                let m = if rs <= 1 { 1 } else { smallest };
                assert_eq!(multiply_cycles(rs), m, "Rs = {rs:#x}");
            }
        }
    }
}
