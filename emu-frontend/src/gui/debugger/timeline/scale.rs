//! Which part of time a width of the screen shows.

use emu_core::time::{CPU_HZ, Tick, Ticks};

/// The shortest stretch that is shown, in ticks.
const SHORTEST: f64 = 20.0;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Its first instant, in ticks.
    from: f64,
    /// Its length, in ticks.
    length: f64,
}

impl Scale {
    /// The first `length` ticks.
    pub fn new(length: u64) -> Scale {
        Scale {
            from: 0.0,
            length: (length as f64).max(SHORTEST),
        }
    }

    /// Its first instant.
    pub fn start(self) -> Tick {
        Tick(self.from.max(0.0) as u64)
    }

    /// The first instant after it.
    pub fn end(self) -> Tick {
        Tick((self.from + self.length).ceil() as u64)
    }

    /// How much of it a pixel stands for, where `width` pixels show all.
    pub fn pixel(self, width: f32) -> Ticks {
        Ticks((self.length / f64::from(width.max(1.0))) as u64)
    }

    /// How far from the left, as a part of the width, an instant is.
    pub fn place(self, at: Tick) -> f64 {
        (at.0 as f64 - self.from) / self.length
    }

    /// The instant at a place.
    pub fn at(self, place: f64) -> Tick {
        Tick((self.from + place * self.length).max(0.0).round() as u64)
    }

    /// Shows `times` as much, with what is at `place` staying there; nothing beyond `most` and
    /// nothing before the start.
    #[must_use]
    pub fn zoomed(self, times: f64, place: f64, most: Tick) -> Scale {
        let fixed = self.from + place * self.length;
        let longest = (most.0 as f64 * 1.05).max(SHORTEST);
        let length = (self.length * times).clamp(SHORTEST, longest);
        let from = fixed - place * length;
        Scale { from, length }.inside(most)
    }

    /// Shows what lies `part` widths to the right.
    #[must_use]
    pub fn moved(self, part: f64, most: Tick) -> Scale {
        let from = self.from + part * self.length;
        Scale { from, ..self }.inside(most)
    }

    /// Moved as little as needed to show an instant.
    #[must_use]
    pub fn showing(self, at: Tick, most: Tick) -> Scale {
        match (0.0..=1.0).contains(&self.place(at)) {
            true => self,
            false => self.moved(self.place(at) - 0.5, most),
        }
    }

    fn inside(self, most: Tick) -> Scale {
        let last = (most.0 as f64 - self.length * 0.1).max(0.0);
        Scale {
            from: self.from.clamp(0.0, last),
            ..self
        }
    }

    /// Instants for marks, so that about `count` of them are seen, each with its words.
    pub fn marks(self, count: f64) -> Vec<(Tick, String)> {
        let least = self.length / count.max(1.0);
        let steps = (0..).flat_map(|power| [1.0, 2.0, 5.0].map(|n| n * 10f64.powi(power)));
        // Below a microsecond cycles are counted, above it time.
        let in_cycles = least < 13.0;
        let unit = match in_cycles {
            true => 1.0,
            false => CPU_HZ as f64 / 1e6,
        };
        let step = steps
            .map(|step| step * unit)
            .find(|step| *step >= least)
            .unwrap_or(self.length);
        let first = (self.from / step).ceil() as u64;
        let marks = (first..)
            .map(|n| n as f64 * step)
            .take_while(|at| *at < self.from + self.length);
        let words = |at: f64| match in_cycles {
            true => format!("{at}"),
            false => seconds(at / CPU_HZ as f64, step / CPU_HZ as f64),
        };
        marks
            .take(1000)
            .map(|at| (Tick(at.round() as u64), words(at)))
            .collect()
    }
}

/// Seconds with as many digits as steps of this length need.
fn seconds(at: f64, step: f64) -> String {
    let digits = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
    format!("{at:.digits$} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Tick = Tick(CPU_HZ * 3600);

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let all = Scale::new(HOUR.0);
        let at = all.at(0.3);
        let near = all.zoomed(0.001, 0.3, HOUR);
        assert_eq!(near.at(0.3), at);
        let back = near.zoomed(1000.0, 0.3, HOUR);
        assert!((back.place(at) - 0.3).abs() < 1e-6);
        let least = all.zoomed(1e-30, 0.5, HOUR);
        assert_eq!(least.end().since(least.start()).0, 20);
        assert_eq!(all.zoomed(1e30, 0.5, HOUR).start(), Tick(0));
    }

    #[test]
    fn nothing_is_shown_before_the_start() {
        let scale = Scale::new(1000);
        assert_eq!(scale.moved(-5.0, HOUR).start(), Tick(0));
        assert!(scale.moved(1e30, HOUR).start() < HOUR);
        assert_eq!(scale.showing(Tick(10), HOUR), scale);
        let there = scale.showing(Tick(50_000), HOUR);
        assert!((there.place(Tick(50_000)) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn marks_are_round_and_few() {
        let words = |scale: Scale| {
            let marks = scale.marks(5.0);
            assert!((2..=6).contains(&marks.len()), "{marks:?}");
            marks
                .into_iter()
                .map(|(_, words)| words)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(Scale::new(CPU_HZ * 4)), ["0 s", "1 s", "2 s", "3 s"]);
        assert_eq!(words(Scale::new(40)), ["0", "10", "20", "30"]);
        let hour = words(Scale::new(HOUR.0));
        assert_eq!(hour, ["0 s", "1000 s", "2000 s", "3000 s"]);
        let short = words(Scale::new(12_500));
        assert_eq!(short[1], "0.0002 s");
    }
}
