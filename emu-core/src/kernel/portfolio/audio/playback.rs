//! How a sample passes a FIFO: which bytes, in which order.
//!
//! Audio sheet 4.3. When a passage is over is the signal processor's to say; here is only what
//! comes after it.
//!
//! ```text
//! no loop          start ──────────────────────────────── end
//! sustain loop     start ───────── (begin ─── end)...          until it is released,
//!                                       end ────────────── end    behind the present pass
//! release loop     start ──────────────────── (begin ─── end)...
//! ```

use serde::{Deserialize, Serialize};

/// The audio memory channels move words.
const WORD: u32 = 4;
/// Passages that are played once: to a loop, one pass of it, to the next one.
const MOST_ONCE: usize = 8;

/// How much memory a frame takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameSize {
    /// Samples of a frame.
    pub channels: u8,
    /// Bytes of a sample before it was compressed.
    pub width: u8,
    /// How many times shorter it is now.
    pub ratio: u32,
}

impl FrameSize {
    fn whole(&self) -> u128 {
        (u128::from(self.channels) * u128::from(self.width)).max(1)
    }

    fn ratio(&self) -> u128 {
        u128::from(self.ratio.max(1))
    }

    /// Bytes of so many frames.
    pub fn bytes_of(&self, frames: u32) -> u32 {
        let bytes = u128::from(frames) * self.whole() / self.ratio();
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Frames in so many bytes.
    pub fn frames_of(&self, bytes: u32) -> u32 {
        let frames = u128::from(bytes) * self.ratio() / self.whole();
        u32::try_from(frames).unwrap_or(u32::MAX)
    }
}

/// Bytes of a sample, from the first to the one behind the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub from: u32,
    /// The byte behind the last.
    pub to: u32,
}

/// What of a sample is played when; everything begins and ends at a whole word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Geometry {
    size: FrameSize,
    bytes: u32,
    sustain: Option<Span>,
    release: Option<Span>,
}

impl Geometry {
    /// A sample of so many bytes with loops between frames; a loop without a word is none.
    pub fn new(
        size: FrameSize,
        bytes: u32,
        sustain: Option<(u32, u32)>,
        release: Option<(u32, u32)>,
    ) -> Geometry {
        let bytes = bytes / WORD * WORD;
        let at = |frame| (size.bytes_of(frame) / WORD * WORD).min(bytes);
        let span = |(begin, end)| {
            let (from, to) = (at(begin), at(end));
            (from < to).then_some(Span { from, to })
        };
        Geometry {
            size,
            bytes,
            sustain: sustain.and_then(span),
            release: release.and_then(span),
        }
    }
}

/// A way through a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    geometry: Geometry,
    /// What is still to be played once, the present passage first.
    once: Vec<Span>,
    /// What is then repeated.
    forever: Option<Span>,
    /// Whether a release changes anything.
    is_sustaining: bool,
}

impl Course {
    /// Begins a sample at one of its frames. With something linked behind it its release loop
    /// is not played.
    pub fn start(geometry: Geometry, start: u32, is_linked: bool) -> Course {
        let from = geometry.size.bytes_of(start) / WORD * WORD;
        let from = from.min(geometry.bytes);
        let release = geometry.release.filter(|_| !is_linked);
        let forever = geometry.sustain.or(release);
        let to = forever.map_or(geometry.bytes, |span| span.to);
        let mut course = Course {
            geometry,
            once: Vec::new(),
            forever,
            is_sustaining: geometry.sustain.is_some(),
        };
        course.push(from, to);
        course
    }

    /// Whether a course from a file can be followed.
    pub fn is_sound(&self) -> bool {
        self.once.len() <= MOST_ONCE
    }

    fn push(&mut self, from: u32, to: u32) {
        if from < to {
            self.once.push(Span { from, to });
        }
    }

    /// What is being played; nothing when all is over.
    pub fn present(&self) -> Option<Span> {
        self.once.first().copied().or(self.forever)
    }

    /// What follows it, and whether that is repeated.
    pub fn following(&self) -> Option<(Span, bool)> {
        match self.once.get(1) {
            Some(&span) => Some((span, false)),
            None => self.forever.map(|span| (span, true)),
        }
    }

    /// Whether it comes to an end by itself.
    pub fn ends(&self) -> bool {
        self.forever.is_none()
    }

    /// The byte behind all that is played.
    pub fn end(&self) -> u32 {
        self.geometry.bytes
    }

    /// The present passage is over.
    pub fn advance(&mut self) {
        if !self.once.is_empty() {
            self.once.remove(0);
        }
    }

    /// Lets it leave its sustain loop, when the present pass is over.
    pub fn release(&mut self, is_linked: bool) {
        if std::mem::take(&mut self.is_sustaining) {
            let release = self.geometry.release.filter(|_| !is_linked);
            self.leave_loop(release);
        }
    }

    /// Something was linked behind it: it leaves its release loop too.
    pub fn link(&mut self) {
        if !self.is_sustaining && self.forever.is_some() {
            self.leave_loop(None);
        }
    }

    fn leave_loop(&mut self, next: Option<Span>) {
        let Some(left) = std::mem::replace(&mut self.forever, next) else {
            return;
        };
        if self.once.is_empty() {
            self.once.push(left);
        }
        let to = next.map_or(self.geometry.bytes, |span| span.to);
        self.push(left.to, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONO: FrameSize = FrameSize {
        channels: 1,
        width: 2,
        ratio: 1,
    };

    /// 100 frames of 16 bits, mono.
    fn plain() -> Geometry {
        Geometry::new(MONO, 200, None, None)
    }

    fn looped() -> Geometry {
        Geometry::new(MONO, 200, Some((20, 40)), None)
    }

    /// The next passages of a course, and whether it goes on.
    fn passages(mut course: Course) -> (Vec<(u32, u32)>, bool) {
        let mut all = Vec::new();
        while let Some(span) = course.present().filter(|_| all.len() < 4) {
            all.push((span.from, span.to));
            course.advance();
        }
        (all, course.present().is_some())
    }

    #[test]
    fn bytes_and_frames() {
        let size = |channels, width, ratio| FrameSize {
            channels,
            width,
            ratio,
        };
        assert_eq!(size(2, 2, 1).bytes_of(10), 40);
        assert_eq!(size(2, 2, 2).bytes_of(10), 20, "SDX2");
        assert_eq!(size(1, 2, 4).bytes_of(8), 4, "ADP4");
        assert_eq!(size(1, 2, 4).frames_of(4), 8);
        assert_eq!(size(2, 1, 1).frames_of(9), 4);
        assert_eq!(size(255, 4, 1).bytes_of(u32::MAX), u32::MAX);
        assert_eq!(size(0, 0, 0).frames_of(7), 7, "nothing is divided by zero");
    }

    #[test]
    fn without_loops_it_is_played_to_its_end() {
        let course = |start| passages(Course::start(plain(), start, false));
        assert_eq!(course(0), (vec![(0, 200)], false));
        assert_eq!(course(90), (vec![(180, 200)], false));
        assert_eq!(course(101), (vec![], false), "behind it");
    }

    #[test]
    fn a_sustain_loop_goes_on_until_it_is_released() {
        let mut course = Course::start(looped(), 0, false);
        let forever = vec![(0, 80), (40, 80), (40, 80), (40, 80)];
        assert_eq!(passages(course.clone()), (forever, true));
        assert_eq!(course.following(), Some((Span { from: 40, to: 80 }, true)));
        course.advance();
        assert!(!course.ends());
        course.release(false);
        let rest = (vec![(40, 80), (80, 200)], false);
        assert_eq!(
            passages(course.clone()),
            rest,
            "the pass, then what is behind the loop"
        );
        course.release(false);
        assert_eq!(passages(course), rest, "released once");
        let mut early = Course::start(looped(), 0, false);
        early.release(false);
        assert_eq!(passages(early), (vec![(0, 80), (80, 200)], false));
    }

    #[test]
    fn the_release_loop_comes_after_the_sustain_loop() {
        let geometry = Geometry::new(MONO, 200, Some((20, 40)), Some((60, 80)));
        let mut course = Course::start(geometry, 0, false);
        course.release(false);
        let all = vec![(0, 80), (80, 160), (120, 160), (120, 160)];
        assert_eq!(passages(course.clone()), (all, true));
        course.advance();
        course.advance();
        course.link();
        let out = (vec![(120, 160), (160, 200)], false);
        assert_eq!(passages(course), out, "linked: out of the loop");
    }

    #[test]
    fn a_release_loop_alone_is_played_at_once_unless_something_follows() {
        let geometry = Geometry::new(MONO, 200, None, Some((60, 80)));
        assert!(!Course::start(geometry, 0, false).ends());
        let linked = Course::start(geometry, 0, true);
        assert_eq!(passages(linked), (vec![(0, 200)], false));
    }

    #[test]
    fn lengths_and_loops_are_cut_to_words() {
        let bytes = FrameSize { width: 1, ..MONO };
        let geometry = Geometry::new(bytes, 103, Some((5, 11)), Some((8, 11)));
        assert_eq!(geometry.bytes, 100);
        assert_eq!(geometry.sustain, Some(Span { from: 4, to: 8 }));
        assert_eq!(geometry.release, None, "nothing is left of it");
    }
}
