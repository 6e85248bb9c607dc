//! What drawing costs: every constant of the cost model (graphics sheet 2.16).
//!
//! Counted in half cycles, so that all constants are whole numbers.

use emu_core::time::{CPU_HZ, Ticks};

/// A CCB, whatever is in it.
pub(super) const CEL: u64 = 80;
/// A word of a CCB or of a PLUT.
pub(super) const CCB_WORD: u64 = 3;
/// A word of source data.
pub(super) const SOURCE_WORD: u64 = 2;
/// A pixel written at unit scale by both corner engines.
pub(super) const PIXEL: u64 = 2;
/// A pixel written at unit scale by one corner engine.
pub(super) const PIXEL_OF_ONE_ENGINE: u64 = 3;
/// A pixel written by a cel that is scaled or turned.
pub(super) const PIXEL_MAPPED: u64 = 3;
/// A pixel read from the frame buffer.
pub(super) const FRAME_READ: u64 = 2;
/// A source pixel that becomes nothing; a row of its quadrilateral in which it does.
pub(super) const MISS: u64 = 1;

/// No watchdog waits longer, so that no list keeps the host for long: one second.
pub(super) const LONGEST: Ticks = Ticks(CPU_HZ);

/// Half cycles spent, and how many there are.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    spent: u64,
    budget: u64,
    /// Pixels written.
    pub pixels: u64,
}

impl Meter {
    pub fn new(watchdog: Ticks) -> Meter {
        Meter {
            spent: 0,
            budget: 2 * watchdog.0.min(LONGEST.0),
            pixels: 0,
        }
    }

    pub fn charge(&mut self, each: u64, count: u64) {
        self.spent += each * count;
    }

    /// The watchdog has barked.
    pub fn is_over(&self) -> bool {
        self.spent > self.budget
    }

    /// Half cycles left.
    pub fn left(&self) -> u64 {
        self.budget.saturating_sub(self.spent)
    }

    /// Whole cycles spent.
    pub fn cost(&self) -> Ticks {
        Ticks(self.spent.div_ceil(2))
    }
}
