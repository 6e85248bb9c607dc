//! How a sample passes a FIFO: which bytes, until when.
//!
//! Audio sheet 4.3. The position follows from the count of output frames; nothing is done once
//! a frame, and only the end of what is played is an event.
//!
//! ```text
//! no loop          start ──────────────────────────────── end
//! sustain loop     start ───────── (begin ─── end)...          until it is released,
//!                                       end ────────────── end    behind the present pass
//! release loop     start ──────────────────── (begin ─── end)...
//! ```

use super::clock::Frame;
use serde::{Deserialize, Serialize};

/// A rate of one source frame an output frame; source frames are counted in parts like it.
pub const ONE: u32 = 0x8000;
/// The audio memory channels move words.
const WORD: u32 = 4;

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

    /// How long so many bytes are, in parts of a source frame.
    fn length(&self, bytes: u32) -> u64 {
        let parts = u128::from(bytes) * self.ratio() * u128::from(ONE);
        u64::try_from(parts.div_ceil(self.whole())).unwrap_or(u64::MAX)
    }

    /// Bytes that have passed after so many parts.
    fn bytes_after(&self, parts: u64) -> u32 {
        let bytes = u128::from(parts) * self.whole() / (self.ratio() * u128::from(ONE));
        u32::try_from(bytes).unwrap_or(u32::MAX)
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

    fn length(&self, span: &Span) -> u64 {
        self.size.length(span.to.saturating_sub(span.from))
    }
}

/// A sample being played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    geometry: Geometry,
    /// What is still to be played once, the present passage first.
    once: Vec<Span>,
    /// What is then repeated.
    forever: Option<Span>,
    /// Parts of the present passage that were over at `since`.
    done: u64,
    since: Frame,
    /// It does not end earlier: a sample without a frame takes one all the same.
    earliest: Frame,
    /// Parts of a source frame that each output frame takes.
    rate: u32,
    is_paused: bool,
    /// Whether a release changes anything.
    is_sustaining: bool,
}

impl Voice {
    /// Begins a sample at one of its frames. With something linked behind it its release loop
    /// is not played.
    pub fn start(geometry: Geometry, start: u32, is_linked: bool, since: Frame) -> Voice {
        let from = geometry.size.bytes_of(start) / WORD * WORD;
        let from = from.min(geometry.bytes);
        let release = geometry.release.filter(|_| !is_linked);
        let forever = geometry.sustain.or(release);
        let to = forever.map_or(geometry.bytes, |span| span.to);
        let to = to.max(from);
        Voice {
            geometry,
            once: vec![Span { from, to }],
            forever,
            done: 0,
            since,
            earliest: Frame(since.0.saturating_add(1)),
            rate: ONE,
            is_paused: false,
            is_sustaining: geometry.sustain.is_some(),
        }
    }

    /// The same at a rate, and some parts of a frame further on.
    pub fn with(self, rate: u32, done: u64) -> Voice {
        Voice { rate, done, ..self }
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// The frame that has nothing of it any more; none if that never comes by itself.
    pub fn end(&self) -> Option<Frame> {
        if self.is_paused || self.rate == 0 || self.forever.is_some() {
            return None;
        }
        let frames = self.left().div_ceil(u64::from(self.rate));
        let end = self.since.0.checked_add(frames)?;
        Some(Frame(end).max(self.earliest))
    }

    /// Parts that the frame of the end has already taken of what follows.
    pub fn overshoot(&self, end: Frame) -> u64 {
        let taken = self.passed(end).saturating_sub(self.left());
        taken.min(u64::from(self.rate))
    }

    /// The byte that is being played when `now` begins.
    pub fn position(&self, now: Frame) -> u32 {
        let mut voice = self.clone();
        voice.move_to(now);
        match voice.once.first().or(voice.forever.as_ref()) {
            Some(span) => {
                let done = voice.done.min(self.geometry.length(span));
                span.from
                    .saturating_add(self.geometry.size.bytes_after(done))
            }
            None => self.geometry.bytes,
        }
    }

    /// Lets it leave its sustain loop, when the present pass is over.
    pub fn release(&mut self, now: Frame, is_linked: bool) {
        if !std::mem::take(&mut self.is_sustaining) {
            return;
        }
        let release = self.geometry.release.filter(|_| !is_linked);
        self.leave_loop(now, release);
    }

    /// Something was linked behind it: it leaves its release loop too.
    pub fn link(&mut self, now: Frame) {
        if !self.is_sustaining && self.forever.is_some() {
            self.leave_loop(now, None);
        }
    }

    fn leave_loop(&mut self, now: Frame, next: Option<Span>) {
        self.move_to(now);
        let Some(left) = std::mem::replace(&mut self.forever, next) else {
            return;
        };
        if self.once.is_empty() {
            self.once.push(left);
        }
        let to = next.map_or(self.geometry.bytes, |span| span.to);
        let (from, to) = (left.to, to.max(left.to));
        self.once.push(Span { from, to });
    }

    /// Changes how fast it is played.
    pub fn set_rate(&mut self, now: Frame, rate: u32) {
        self.move_to(now);
        self.rate = rate;
    }

    /// Lets it stand still.
    pub fn pause(&mut self, now: Frame) {
        self.move_to(now);
        self.is_paused = true;
    }

    /// Lets it go on.
    pub fn resume(&mut self, now: Frame) {
        self.move_to(now);
        self.is_paused = false;
    }

    fn left(&self) -> u64 {
        let lengths = self.once.iter().map(|span| self.geometry.length(span));
        lengths
            .fold(0, u64::saturating_add)
            .saturating_sub(self.done)
    }

    fn passed(&self, now: Frame) -> u64 {
        if self.is_paused {
            return 0;
        }
        let frames = now.0.saturating_sub(self.since.0);
        frames.saturating_mul(u64::from(self.rate))
    }

    /// Counts from `now` on.
    fn move_to(&mut self, now: Frame) {
        self.done = self.done.saturating_add(self.passed(now));
        self.since = now.max(self.since);
        while let Some(span) = self.once.first() {
            let length = self.geometry.length(span);
            let is_last = self.once.len() == 1 && self.forever.is_none();
            if is_last || self.done < length {
                return;
            }
            self.done -= length;
            self.once.remove(0);
        }
        if let Some(span) = &self.forever {
            self.done %= self.geometry.length(span).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MONO: FrameSize = FrameSize {
        channels: 1,
        width: 2,
        ratio: 1,
    };
    const T0: Frame = Frame(1000);

    fn at(frames: u64) -> Frame {
        Frame(T0.0 + frames)
    }

    /// 100 frames of 16 bits, mono.
    fn plain() -> Geometry {
        Geometry::new(MONO, 200, None, None)
    }

    fn looped() -> Geometry {
        Geometry::new(MONO, 200, Some((20, 40)), None)
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
    fn without_loops_it_ends_after_its_last_frame() {
        let voice = Voice::start(plain(), 0, false, T0);
        assert_eq!(voice.end(), Some(at(100)));
        assert_eq!(voice.position(at(30)), 60);
        assert_eq!(voice.position(at(500)), 200);
        assert_eq!(Voice::start(plain(), 90, false, T0).end(), Some(at(10)));
        let behind = Voice::start(plain(), 101, false, T0);
        assert_eq!(behind.end(), Some(at(1)), "a frame at least");
    }

    #[test]
    fn rates_add_up_exactly() {
        let voice = Voice::start(plain(), 0, false, T0);
        let end = |rate| voice.clone().with(rate, 0).end();
        assert_eq!(end(ONE / 2), Some(at(200)));
        assert_eq!(end(ONE * 3 / 4), Some(at(134)), "100 / 0.75 = 133.3");
        assert_eq!(end(0xFFFF), Some(at(51)), "a little less than two");
        assert_eq!(end(1), Some(at(100 * 0x8000)));
        assert_eq!(end(0), None);
        assert_eq!(voice.clone().with(ONE * 3 / 4, 0).overshoot(at(134)), {
            134 * 0x6000 - 100 * 0x8000
        });
    }

    #[test]
    fn a_sustain_loop_goes_on_until_it_is_released() {
        let mut voice = Voice::start(looped(), 0, false, T0);
        assert_eq!(voice.end(), None);
        assert_eq!(voice.position(at(39)), 78);
        assert_eq!(voice.position(at(40)), 40, "frame 20 again");
        assert_eq!(voice.position(at(40 + 20 * 1000 + 7)), 54);
        // In the middle of the third pass: 20 frames of it, then 60 to the end.
        voice.release(at(90), false);
        assert_eq!(voice.end(), Some(at(100 + 60)));
        assert_eq!(voice.position(at(99)), 78);
        assert_eq!(voice.position(at(100)), 80, "behind the loop");
        let end = voice.end();
        voice.release(at(95), false);
        assert_eq!(voice.end(), end, "released once");
    }

    #[test]
    fn released_before_the_loop_it_is_played_once() {
        let mut voice = Voice::start(looped(), 0, false, T0);
        voice.release(at(5), false);
        assert_eq!(voice.end(), Some(at(100)));
    }

    #[test]
    fn the_release_loop_comes_after_the_sustain_loop() {
        let geometry = Geometry::new(MONO, 200, Some((20, 40)), Some((60, 80)));
        let mut voice = Voice::start(geometry, 0, false, T0);
        assert_eq!(voice.position(at(45)), 50);
        voice.release(at(45), false);
        assert_eq!(voice.end(), None);
        assert_eq!(voice.position(at(60)), 80, "pass over");
        assert_eq!(voice.position(at(99)), 158);
        assert_eq!(voice.position(at(100)), 120, "frame 60 again");
        voice.link(at(105));
        assert_eq!(voice.end(), Some(at(120 + 20)), "linked: out of the loop");
    }

    #[test]
    fn a_release_loop_alone_is_played_at_once_unless_something_follows() {
        let geometry = Geometry::new(MONO, 200, None, Some((60, 80)));
        let voice = Voice::start(geometry, 0, false, T0);
        assert_eq!((voice.end(), voice.position(at(85))), (None, 130));
        let linked = Voice::start(geometry, 0, true, T0);
        assert_eq!(linked.end(), Some(at(100)));
    }

    #[test]
    fn a_change_of_rate_counts_from_its_frame() {
        let mut voice = Voice::start(plain(), 0, false, T0);
        voice.set_rate(at(50), ONE / 2);
        assert_eq!(voice.position(at(60)), 110);
        assert_eq!(voice.end(), Some(at(150)));
        voice.set_rate(at(100), ONE);
        assert_eq!(voice.end(), Some(at(125)));
    }

    #[test]
    fn a_pause_keeps_the_place() {
        let mut voice = Voice::start(plain(), 0, false, T0);
        voice.pause(at(40));
        assert_eq!((voice.end(), voice.position(at(9999))), (None, 80));
        voice.resume(at(1040));
        assert_eq!(voice.end(), Some(at(1100)));
    }

    #[test]
    fn lengths_and_loops_are_cut_to_words() {
        let bytes = FrameSize { width: 1, ..MONO };
        let geometry = Geometry::new(bytes, 103, Some((5, 11)), Some((8, 11)));
        assert_eq!(geometry.bytes, 100);
        assert_eq!(geometry.sustain, Some(Span { from: 4, to: 8 }));
        assert_eq!(geometry.release, None, "nothing is left of it");
    }

    proptest! {
        /// Asked often or seldom, a voice is in the same place, and ends at the same frame.
        #[test]
        fn looking_changes_nothing(
            bytes in 0_u32..5000,
            sustain in prop::option::of((0_u32..2000, 0_u32..2000)),
            release in prop::option::of((0_u32..2000, 0_u32..2000)),
            (rate, start) in (1_u32..0x1_0000, 0_u32..2000),
            steps in prop::collection::vec(0_u64..3000, 1..8),
            released in any::<prop::sample::Index>(),
        ) {
            let geometry = Geometry::new(MONO, bytes, sustain, release);
            let mut often = Voice::start(geometry, start, false, T0).with(rate, 0);
            let mut seldom = often.clone();
            let mut now = T0;
            let release_at = released.index(steps.len());
            for (n, step) in steps.iter().enumerate() {
                now = Frame(now.0 + step);
                if n == release_at {
                    often.release(now, false);
                    seldom.release(now, false);
                }
                often.set_rate(now, rate);
                prop_assert_eq!(often.position(now), seldom.position(now));
                prop_assert_eq!(often.end().map(|end| end.max(now)), seldom.end().map(|end| end.max(now)));
                prop_assert!(seldom.position(now) <= bytes);
            }
        }

        #[test]
        fn nothing_overflows(
            (channels, width, ratio) in any::<(u8, u8, u32)>(),
            bytes: u32,
            sustain: Option<(u32, u32)>,
            release: Option<(u32, u32)>,
            (start, since, rate, done) in any::<(u32, u64, u32, u64)>(),
        ) {
            let size = FrameSize { channels, width, ratio };
            let geometry = Geometry::new(size, bytes, sustain, release);
            let mut voice = Voice::start(geometry, start, false, Frame(since)).with(rate, done);
            for step in [0, 1, u64::MAX] {
                let now = Frame(since.saturating_add(step));
                let _ = (voice.end(), voice.position(now), voice.overshoot(now));
                voice.release(now, false);
                voice.link(now);
                voice.pause(now);
                voice.resume(now);
            }
        }
    }
}
