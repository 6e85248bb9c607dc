//! The device's side of the ring buffer: allocates nothing, never waits.
//!
//! ```text
//!           enough there          nothing left, or a cut
//! waiting ──────────────► playing ───────────────────────► ending ──► waiting
//! silence                 fades in                         fades out
//! ```
//!
//! Where nothing is left the last frame is held while it fades; a cut fades what still comes,
//! then forgets the rest.

use rtrb::Consumer;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Left and right, each from -1 to 1.
pub type Stereo = [f32; 2];

/// How long a fade takes, in parts of a second.
const FADES: f32 = 200.0;

/// What both sides know. Nothing in it is a lock.
#[derive(Debug)]
pub struct Shared {
    /// Bits of what samples are multiplied by.
    gain: AtomicU32,
    /// Counts cuts.
    cuts: AtomicU32,
    is_playing: AtomicBool,
    /// Frames that the ring buffer should hold.
    wanted: AtomicUsize,
    /// Frames that were taken out of the ring buffer and played.
    pub(super) played: AtomicU64,
    /// How often nothing was left.
    pub(super) gaps: AtomicU64,
    lost: OnceLock<String>,
}

impl Shared {
    /// What a device begins with.
    pub fn new(gain: f32, wanted: usize) -> Shared {
        Shared {
            gain: AtomicU32::new(gain.to_bits()),
            cuts: AtomicU32::new(0),
            is_playing: AtomicBool::new(false),
            wanted: AtomicUsize::new(wanted),
            played: AtomicU64::new(0),
            gaps: AtomicU64::new(0),
            lost: OnceLock::new(),
        }
    }

    /// Says that the device is no more, and why.
    pub fn lose(&self, why: String) {
        // The first reason counts.
        let _ = self.lost.set(why);
    }

    /// Why the device is no more, if it is not.
    pub fn lost(&self) -> Option<&str> {
        self.lost.get().map(String::as_str)
    }

    pub(super) fn set_gain(&self, gain: f32) {
        self.gain.store(gain.to_bits(), Ordering::Relaxed);
    }

    pub(super) fn cut(&self) {
        self.cuts.fetch_add(1, Ordering::Release);
    }

    pub(super) fn wanted(&self) -> usize {
        self.wanted.load(Ordering::Relaxed)
    }

    pub(super) fn is_playing(&self) -> bool {
        self.is_playing.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting,
    Playing,
    /// Fades out what still comes, as a cut wants it.
    Cut,
    /// Fades out the last frame.
    Dry,
}

/// What a device plays.
pub struct Tap {
    ring: Consumer<Stereo>,
    shared: Arc<Shared>,
    phase: Phase,
    /// Cuts that were heeded.
    cuts: u32,
    /// From 0, silence, to 1: where the fade is.
    level: f32,
    gain: f32,
    /// How much both change with each frame, at most.
    step: f32,
    held: Stereo,
}

impl Tap {
    /// Takes from `ring` for a device with so many frames a second.
    pub fn new(ring: Consumer<Stereo>, shared: Arc<Shared>, rate: u32) -> Tap {
        Tap {
            ring,
            phase: Phase::Waiting,
            cuts: 0,
            level: 0.0,
            gain: f32::from_bits(shared.gain.load(Ordering::Relaxed)),
            step: FADES / rate.max(1) as f32,
            held: [0.0; 2],
            shared,
        }
    }

    /// What both sides know, to say that the device is lost.
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Fills what the device asks for: frames of so many channels. One hears both sides; what
    /// is beyond two is silent.
    pub fn fill<T>(&mut self, out: &mut [T], channels: usize, of: impl Fn(f32) -> T) {
        let cuts = self.shared.cuts.load(Ordering::Acquire);
        if cuts != self.cuts {
            self.cuts = cuts;
            self.phase = Phase::Cut;
        }
        self.want_enough_for(out.len() / channels.max(1));
        let gain = f32::from_bits(self.shared.gain.load(Ordering::Relaxed));
        let mut played = 0;
        for frame in out.chunks_mut(channels.max(1)) {
            let (sound, is_new) = self.next();
            played += u64::from(is_new);
            self.gain += (gain - self.gain).clamp(-self.step, self.step);
            let [left, right] = sound.map(|sample| (sample * self.gain).clamp(-1.0, 1.0));
            match frame {
                [both] => *both = of((left + right) / 2.0),
                [first, second, rest @ ..] => {
                    (*first, *second) = (of(left), of(right));
                    rest.iter_mut().for_each(|other| *other = of(0.0));
                }
                [] => (),
            }
        }
        self.shared.played.fetch_add(played, Ordering::Relaxed);
        let is_playing = self.phase == Phase::Playing;
        self.shared.is_playing.store(is_playing, Ordering::Relaxed);
    }

    /// A device that takes much at a time needs more to take from.
    fn want_enough_for(&self, frames: usize) {
        let most = self.ring.buffer().capacity() / 2;
        let wanted = frames.saturating_mul(2).min(most);
        if wanted > self.shared.wanted() {
            self.shared.wanted.store(wanted, Ordering::Relaxed);
        }
    }

    /// The next frame, and whether it comes from the ring buffer.
    fn next(&mut self) -> (Stereo, bool) {
        if self.phase == Phase::Waiting {
            if self.ring.slots() < self.shared.wanted() {
                return ([0.0; 2], false);
            }
            self.phase = Phase::Playing;
        }
        let taken = match self.phase {
            Phase::Dry => None,
            _ => self.ring.pop().ok(),
        };
        if taken.is_none() && self.phase == Phase::Playing {
            self.phase = Phase::Dry;
            self.shared.gaps.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(frame) = taken {
            self.held = frame;
        }
        let change = match self.phase {
            Phase::Playing => self.step,
            _ => -self.step,
        };
        self.level = (self.level + change).clamp(0.0, 1.0);
        if self.level == 0.0 {
            if self.phase == Phase::Cut {
                while self.ring.pop().is_ok() {}
            }
            self.held = [0.0; 2];
            self.phase = Phase::Waiting;
        }
        (self.held.map(|sample| sample * self.level), taken.is_some())
    }
}
