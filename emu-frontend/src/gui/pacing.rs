//! When the next field is due on the host's clock.
//!
//! Simulated time follows the host's clock, never the screen's: a picture that is shown late, or
//! not at all, slows no guest. A host that cannot keep up loses the debt beyond a quarter of a
//! second, so that it does not race when it can again.

use emu_core::time::Video;
use std::time::Duration;

/// Fields that are made good at once; what is owed beyond them is forgotten.
const DEBT_MAX: u128 = 15;
const NANOS: u128 = 1_000_000_000;

/// How fast simulated time passes, as a fraction of the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    numerator: u32,
    denominator: u32,
}

/// From slow motion to what only a fast host can do.
const SPEEDS: [(u32, u32); 7] = [(1, 8), (1, 4), (1, 2), (1, 1), (2, 1), (4, 1), (8, 1)];

impl Speed {
    /// As a console.
    pub const NORMAL: Speed = Speed {
        numerator: 1,
        denominator: 1,
    };

    /// The next faster one.
    pub fn faster(self) -> Speed {
        self.neighbour(1)
    }

    /// The next slower one.
    pub fn slower(self) -> Speed {
        self.neighbour(-1)
    }

    fn neighbour(self, step: isize) -> Speed {
        let own = (self.numerator, self.denominator);
        let place = SPEEDS.iter().position(|speed| *speed == own);
        let next = place.and_then(|place| SPEEDS.get(place.checked_add_signed(step)?));
        next.map_or(self, |&(numerator, denominator)| Speed {
            numerator,
            denominator,
        })
    }
}

impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.denominator {
            1 => write!(f, "{}x", self.numerator),
            denominator => write!(f, "{}/{denominator}x", self.numerator),
        }
    }
}

/// Says how many fields are due.
#[derive(Clone, Debug)]
pub struct Pacer {
    video: Video,
    speed: Speed,
    /// When field 0 of this count was due.
    origin: Duration,
    /// Fields that were handed out since.
    done: u64,
}

impl Pacer {
    /// A count that begins at `now`, on any clock that goes on evenly.
    pub fn new(video: Video, now: Duration) -> Pacer {
        Pacer {
            video,
            speed: Speed::NORMAL,
            origin: now,
            done: 0,
        }
    }

    /// The present speed.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Goes on at another speed.
    pub fn set_speed(&mut self, speed: Speed, now: Duration) {
        self.speed = speed;
        self.restart(now);
    }

    /// Owes nothing from now on: after a pause.
    pub fn restart(&mut self, now: Duration) {
        self.origin = now;
        self.done = 0;
    }

    /// How many fields to run now; they count as run.
    pub fn due(&mut self, now: Duration) -> u32 {
        let elapsed = now.saturating_sub(self.origin).as_nanos();
        let (of_time, fields) = self.fraction();
        let owed = (elapsed * fields / of_time + 1).saturating_sub(u128::from(self.done));
        if owed > DEBT_MAX {
            self.restart(now);
            self.done = 1;
            return DEBT_MAX as u32;
        }
        self.done += owed as u64;
        owed as u32
    }

    /// When the next field is due.
    pub fn next(&self) -> Duration {
        let (of_time, fields) = self.fraction();
        let nanos = (u128::from(self.done) * of_time).div_ceil(fields);
        self.origin + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// So many nanoseconds have so many fields, exactly.
    fn fraction(&self) -> (u128, u128) {
        let (nanos, fields) = match self.video {
            Video::Ntsc => (1001 * NANOS, 60_000),
            Video::Pal => (NANOS, 50),
        };
        (
            nanos * u128::from(self.speed.denominator),
            fields * u128::from(self.speed.numerator),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// Sleeps until the next field is due, as a perfect host would.
    fn run(pacer: &mut Pacer, until: Duration) -> u64 {
        let mut fields = 0;
        while pacer.next() < until {
            let now = pacer.next();
            assert_eq!(pacer.due(now), 1);
            fields += 1;
        }
        fields
    }

    #[test]
    fn an_hour_has_its_fields_to_the_last_one() {
        for (video, fields) in [(Video::Ntsc, 215_785), (Video::Pal, 180_000)] {
            let mut pacer = Pacer::new(video, millis(77));
            assert_eq!(run(&mut pacer, millis(77 + 3_600_000)), fields);
        }
    }

    #[test]
    fn a_field_is_handed_out_once() {
        let mut pacer = Pacer::new(Video::Pal, millis(0));
        assert_eq!(pacer.due(millis(0)), 1);
        assert_eq!(pacer.due(millis(19)), 0);
        assert_eq!(pacer.due(millis(20)), 1);
        assert_eq!(pacer.due(millis(20)), 0);
        assert_eq!(pacer.due(millis(100)), 4);
        assert_eq!(pacer.next(), millis(120));
    }

    #[test]
    fn a_late_picture_costs_the_guest_nothing() {
        let mut pacer = Pacer::new(Video::Pal, millis(0));
        let shown = (1..=50).map(|n| pacer.due(millis(n * 100)));
        assert_eq!(shown.sum::<u32>(), 251);
    }

    #[test]
    fn a_debt_that_is_too_large_is_forgotten() {
        let mut pacer = Pacer::new(Video::Pal, millis(0));
        pacer.due(millis(0));
        assert_eq!(pacer.due(millis(60_000)), 15);
        assert_eq!(pacer.due(millis(60_010)), 0);
        assert_eq!(pacer.due(millis(60_020)), 1);
    }

    #[test]
    fn slow_motion_and_fast_forward_are_exact_fractions() {
        for (steps, fields) in [(-3, 25), (-1, 100), (0, 200), (2, 800)] {
            let mut speed = Speed::NORMAL;
            for _ in 0..i32::abs(steps) {
                speed = if steps < 0 {
                    speed.slower()
                } else {
                    speed.faster()
                };
            }
            let mut pacer = Pacer::new(Video::Pal, millis(0));
            pacer.set_speed(speed, millis(0));
            assert_eq!(run(&mut pacer, millis(4000)), fields);
        }
    }

    #[test]
    fn speeds_end_somewhere() {
        let mut speed = Speed::NORMAL;
        for _ in 0..20 {
            speed = speed.slower();
        }
        assert_eq!(speed.to_string(), "1/8x");
        for _ in 0..20 {
            speed = speed.faster();
        }
        assert_eq!(speed.to_string(), "8x");
    }

    #[test]
    fn after_a_pause_nothing_is_owed() {
        let mut pacer = Pacer::new(Video::Pal, millis(0));
        pacer.due(millis(0));
        pacer.restart(millis(5000));
        assert_eq!(pacer.due(millis(5000)), 1);
        assert_eq!(pacer.due(millis(5010)), 0);
        // A clock that goes back is no reason to panic.
        assert_eq!(pacer.due(millis(1)), 0);
    }
}
