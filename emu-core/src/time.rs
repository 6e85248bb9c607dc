//! Simulated time: CPU cycles, and exact conversions from them.
//!
//! ```text
//! tick      1 CPU cycle at 12.5 MHz = 80 ns
//! 16 us     200 ticks: the step of the system clock
//! NTSC field 625625/3 ticks, PAL field 250000 ticks: exact rationals, never floats
//! ```

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// CPU cycles per second.
pub const CPU_HZ: u64 = 12_500_000;
/// Ticks in one step of the system clock (16 microseconds).
pub const TICKS_PER_CLOCK_STEP: u64 = 200;
/// Microseconds in one step of the system clock.
pub const MICROS_PER_CLOCK_STEP: u64 = 16;

/// A point in simulated time, in CPU cycles since power-on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Tick(pub u64);

/// A length of simulated time, in CPU cycles.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Ticks(pub u64);

/// A length of simulated time in microseconds, as guests state it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Micros(pub u64);

impl Tick {
    /// The end of time: no run reaches it.
    pub const NEVER: Tick = Tick(u64::MAX);

    /// The system clock at this instant: microseconds since power-on, in steps of 16
    /// (timer device sheet 3.3).
    pub fn system_micros(self) -> Micros {
        Micros(self.0 / TICKS_PER_CLOCK_STEP * MICROS_PER_CLOCK_STEP)
    }

    /// The first tick at which the system clock shows at least `clock`.
    pub fn of_system_micros(clock: Micros) -> Tick {
        Tick(
            clock
                .0
                .div_ceil(MICROS_PER_CLOCK_STEP)
                .saturating_mul(TICKS_PER_CLOCK_STEP),
        )
    }

    /// Time since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Tick) -> Ticks {
        Ticks(self.0.saturating_sub(earlier.0))
    }

    /// Whether more lies between than the last instruction before a stop can take.
    pub fn is_long_before(self, now: Tick) -> bool {
        now.since(self).0 > CPU_HZ / 1_000
    }

    /// Seconds since power-on, for showing to people.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / CPU_HZ as f64
    }

    /// The first tick at or after `seconds`; negative and non-finite values give tick 0.
    pub fn from_seconds(seconds: f64) -> Tick {
        Tick((seconds * CPU_HZ as f64).ceil() as u64)
    }
}

impl Micros {
    /// The whole seconds and the remaining microseconds.
    pub fn split(self) -> (u32, u32) {
        ((self.0 / 1_000_000) as u32, (self.0 % 1_000_000) as u32)
    }
}

impl Ticks {
    /// Microseconds with three digits, which is exact: a tick is 80 ns.
    pub fn micros_text(self) -> String {
        let nanos = u128::from(self.0) * 80;
        format!("{}.{:03}", nanos / 1000, nanos % 1000)
    }
}

impl Add<Ticks> for Tick {
    type Output = Tick;
    fn add(self, length: Ticks) -> Tick {
        Tick(self.0.saturating_add(length.0))
    }
}

impl AddAssign<Ticks> for Tick {
    fn add_assign(&mut self, length: Ticks) {
        *self = *self + length;
    }
}

impl Sub<Ticks> for Tick {
    type Output = Tick;
    fn sub(self, length: Ticks) -> Tick {
        Tick(self.0.saturating_sub(length.0))
    }
}

impl fmt::Display for Tick {
    /// Seconds with six digits, as call logs show them; computed in integers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0 / 25 * 2 + self.0 % 25 * 2 / 25;
        write!(f, "{}.{:06}", micros / 1_000_000, micros % 1_000_000)
    }
}

/// The television standard, which fixes the field period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Video {
    /// 60000/1001 fields a second.
    #[default]
    Ntsc,
    /// 50 fields a second.
    Pal,
}

impl Video {
    /// The instant of vertical blank number `k` (the first is 1); device sheet 3.5.
    pub fn field_start(self, k: u64) -> Tick {
        match self {
            Video::Ntsc => Tick((u128::from(k) * 625_625 / 3) as u64),
            Video::Pal => Tick(k.saturating_mul(250_000)),
        }
    }

    /// The instant at which a line of field number `k` begins; line 0 begins with the field.
    /// Two fields share a line, so one has half a line more than a whole number of them.
    pub fn line_start(self, k: u64, line: u32) -> Tick {
        let (k, line) = (u128::from(k), u128::from(line));
        let ticks = match self {
            Video::Ntsc => (k * 525 + line * 2) * 625_625 / (3 * 525),
            Video::Pal => k * 250_000 + line * 800,
        };
        Tick(u64::try_from(ticks).unwrap_or(u64::MAX))
    }

    /// The first vertical blank, counted from 1, that begins at `at` or later.
    pub fn first_field_at(self, at: Tick) -> u64 {
        let begun = match self {
            Video::Ntsc => u128::from(at.0) * 3 / 625_625,
            Video::Pal => u128::from(at.0) / 250_000,
        };
        let begun = begun as u64;
        let fits = |k: &u64| *k >= 1 && self.field_start(*k) >= at;
        (begun..=begun + 1).find(fits).unwrap_or(begun + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_clock_moves_in_steps_of_sixteen() {
        assert_eq!(Tick(199).system_micros(), Micros(0));
        assert_eq!(Tick(200).system_micros(), Micros(16));
        assert_eq!(Tick(12_500_000).system_micros(), Micros(1_000_000));
        assert_eq!(Tick::of_system_micros(Micros(1)), Tick(200));
        assert_eq!(Tick::of_system_micros(Micros(1_000_000)), Tick(12_500_000));
    }

    #[test]
    fn fields_never_drift() {
        assert_eq!(Video::Ntsc.field_start(1), Tick(208_541));
        assert_eq!(Video::Ntsc.field_start(3), Tick(625_625));
        assert_eq!(Video::Ntsc.field_start(60_000), Tick(12_512_500_000));
        assert_eq!(Video::Pal.field_start(50), Tick(12_500_000));
    }

    #[test]
    fn lines_divide_the_field() {
        for video in [Video::Ntsc, Video::Pal] {
            for k in 0..100 {
                assert_eq!(video.line_start(k, 0), video.field_start(k));
            }
        }
        // Line 13 is 92950/9 ticks after the field.
        assert_eq!(Video::Ntsc.line_start(0, 13), Tick(10_327));
        assert_eq!(Video::Ntsc.line_start(1, 13), Tick(218_869));
        assert_eq!(Video::Ntsc.line_start(3, 13), Tick(635_952));
        assert_eq!(Video::Pal.line_start(1, 13), Tick(260_400));
        // 525 lines are two fields.
        assert_eq!(Video::Ntsc.line_start(4, 525), Video::Ntsc.field_start(6));
        assert_eq!(Video::Pal.line_start(4, 625), Video::Pal.field_start(6));
        assert_eq!(Video::Ntsc.line_start(u64::MAX, 9), Tick::NEVER);
    }

    #[test]
    fn the_first_field_at_an_instant_is_found() {
        for video in [Video::Ntsc, Video::Pal] {
            assert_eq!(video.first_field_at(Tick(0)), 1);
            for k in 1..1000 {
                let start = video.field_start(k);
                assert_eq!(video.first_field_at(start), k);
                assert_eq!(video.first_field_at(start - Ticks(1)), k);
                assert_eq!(video.first_field_at(start + Ticks(1)), k + 1);
            }
        }
    }

    #[test]
    fn ticks_print_as_seconds() {
        assert_eq!(Tick(12_500_000).to_string(), "1.000000");
        assert_eq!(Tick(25).to_string(), "0.000002");
    }
}
