//! What the machine plays, on the host's sound device.
//!
//! ```text
//! machine ─ 44,100 Hz ─ Speaker: resampler ─ ring buffer ─ Tap: loudness, fades ─ device
//!            once a field            no lock between the two threads
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`tap`] | the device's side: takes what is there, and fades where something is missing |
//! | [`rate`] | another rate, a little faster or slower as the device's clock wants it |
//! | [`device`] | what a device is |
//! | [`null`] | one that plays into nothing |
//! | `host` | the host's (feature `audio`) |
//!
//! Sound lies [`LATENCY`] long in the ring buffer, on average; what the device keeps itself comes
//! on top; a device that takes more than half of it at a time gets twice what it takes. The two clocks drift apart, so the resampler makes up to half a percent more or less.
//! What is not the console's normal speed is silence: a pause, fast-forward, slow motion. No
//! device, or one that is lost, stops no run.

pub mod device;
#[cfg(feature = "audio")]
mod host;
pub mod null;
pub mod rate;
pub mod tap;
#[cfg(test)]
mod tests;

use crate::sound::{Piece, Place, Played};
use device::{Backend, Line};
use emu_core::device::sound::StereoFrame;
use rate::Rate;
use rtrb::{Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tap::{Shared, Stereo, Tap};

/// How long sound waits in the ring buffer, on average, when a field has just come.
pub const LATENCY: Duration = Duration::from_millis(60);
/// So many times as much is too late to be played.
const FULL: usize = 3;
/// Room of the ring buffer, in latencies: a host that slept owes a quarter of a second at once.
const ROOM: usize = 8;
/// How long to wait for another device when one is lost.
const RETRY: Duration = Duration::from_secs(2);
/// Frames that the machine may still tell of when the field is over: it makes 32 at a time.
const LATE: u64 = 64;
/// Fields over which the filling of the ring buffer is averaged.
const AVERAGED: f64 = 32.0;
/// How strongly the rate follows the filling, and its largest change.
const FOLLOWS: f64 = 0.05;
const CHANGE_MAX: f64 = 0.005;

/// How loud it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// 0 to 100.
    pub percent: u8,
    /// Silent, whatever the percentage.
    pub is_muted: bool,
}

impl Default for Volume {
    fn default() -> Volume {
        Volume {
            percent: 100,
            is_muted: false,
        }
    }
}

impl Volume {
    /// What one press of a key changes.
    const STEP: u8 = 10;

    /// A little louder, and no longer silent.
    pub fn louder(self) -> Volume {
        Volume {
            percent: self.percent.saturating_add(Volume::STEP).min(100),
            is_muted: false,
        }
    }

    /// A little less loud.
    pub fn quieter(self) -> Volume {
        Volume {
            percent: self.percent.saturating_sub(Volume::STEP),
            ..self
        }
    }

    /// On or off.
    pub fn toggled(self) -> Volume {
        Volume {
            is_muted: !self.is_muted,
            ..self
        }
    }

    /// What samples are multiplied by: ears count in ratios, so halves sound like halves.
    fn gain(self) -> f32 {
        let part = f32::from(self.percent.min(100)) / 100.0;
        if self.is_muted { 0.0 } else { part * part }
    }
}

impl std::fmt::Display for Volume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.is_muted {
            true => write!(f, "sound off"),
            false => write!(f, "volume {} %", self.percent),
        }
    }
}

/// A device that plays.
struct Open {
    name: String,
    rate: u32,
    ring: Producer<Stereo>,
    shared: Arc<Shared>,
    resampler: Rate,
    /// How full the ring buffer is, on average.
    filling: f64,
    /// Plays as long as it exists.
    _line: Box<dyn Line>,
}

/// The machine's side of the way to the device.
#[derive(Default)]
pub struct Speaker {
    backend: Option<Box<dyn Backend>>,
    open: Option<Open>,
    volume: Volume,
    /// Whether time passes as on a console.
    flows: bool,
    /// How far the sound has come, as long as it flows.
    place: Option<Place>,
    /// When to look for a device again.
    retry: Option<Duration>,
    /// What former devices have played.
    before: (u64, u64),
}

impl Speaker {
    /// A speaker on a device, and what to tell if there is none.
    pub fn on(backend: Box<dyn Backend>, volume: Volume) -> (Speaker, Option<String>) {
        let mut speaker = Speaker {
            backend: Some(backend),
            volume,
            ..Speaker::default()
        };
        let failed = speaker.open().err();
        let words = failed.map(|why| format!("no sound: {why}; the run goes on silently"));
        (speaker, words)
    }

    /// A speaker on the host's default device, and what to tell if there is none.
    #[cfg(feature = "audio")]
    pub fn on_host(volume: Volume) -> (Speaker, Option<String>) {
        Speaker::on(Box::new(host::Host), volume)
    }

    /// Without the feature `audio` there is no sound, and nothing to tell: nobody expects any.
    #[cfg(not(feature = "audio"))]
    pub fn on_host(volume: Volume) -> (Speaker, Option<String>) {
        let speaker = Speaker {
            volume,
            ..Speaker::default()
        };
        (speaker, None)
    }

    /// Whether this program can play at all.
    pub fn can_play(&self) -> bool {
        self.backend.is_some()
    }

    fn open(&mut self) -> Result<(), String> {
        let Some(backend) = &mut self.backend else {
            return Ok(());
        };
        let found = backend.find()?;
        let (name, rate) = (found.name(), found.rate());
        let resampler = Rate::new(rate)?;
        let wanted = frames_of(LATENCY, rate);
        let (ring, taken) = RingBuffer::new(wanted * ROOM);
        let shared = Arc::new(Shared::new(self.volume.gain(), wanted));
        let tap = Tap::new(taken, Arc::clone(&shared), rate);
        let line = found.start(tap)?;
        log::info!("sound: {name}, {rate} Hz");
        self.open = Some(Open {
            name,
            rate,
            ring,
            shared,
            resampler,
            filling: wanted as f64,
            _line: line,
        });
        Ok(())
    }

    /// Looks after a device that was lost. What to tell.
    pub fn look_after(&mut self, now: Duration) -> Option<String> {
        let lost = self.open.as_ref().and_then(|open| open.shared.lost());
        if let Some(why) = lost.map(str::to_owned) {
            self.close();
            self.retry = Some(now + RETRY);
            return Some(format!(
                "the sound device is lost: {why}; the run goes on silently until there is one again"
            ));
        }
        self.retry.filter(|retry| *retry <= now)?;
        match self.open() {
            Ok(()) => {
                self.retry = None;
                let name = self.open.as_ref().map(|open| open.name.clone());
                Some(format!("sound again: {}", name.unwrap_or_default()))
            }
            Err(_) => {
                self.retry = Some(now + RETRY);
                None
            }
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.before.0 += open.shared.played.load(Ordering::Relaxed);
            self.before.1 += open.shared.gaps.load(Ordering::Relaxed);
        }
        self.place = None;
    }

    /// How loud it is.
    pub fn volume(&self) -> Volume {
        self.volume
    }

    /// Makes it so loud.
    pub fn set_volume(&mut self, volume: Volume) {
        self.volume = volume;
        if let Some(open) = &self.open {
            open.shared.set_gain(volume.gain());
        }
    }

    /// Says whether time passes as on a console; if not, what is still to be heard is not.
    pub fn flow(&mut self, flows: bool) {
        if self.flows && !flows {
            self.cut();
        }
        self.flows = flows;
    }

    /// What comes next does not follow what was heard last.
    pub fn cut(&mut self) {
        self.place = None;
        if let Some(open) = &mut self.open {
            open.cut();
        }
    }

    /// Whether anybody would hear anything now.
    pub fn listens(&self) -> bool {
        self.flows && self.open.is_some()
    }

    /// Plays what has come between the frames `from` and `to` of the machine, both of which are
    /// the present one in their time.
    pub fn play(&mut self, from: u64, to: u64, pieces: &[Piece]) {
        if !self.listens() {
            return;
        }
        let Some(open) = &mut self.open else {
            return;
        };
        // What is heard first fades in: no silence before it.
        let begin = pieces
            .first()
            .map_or(from.saturating_sub(LATE), |piece| piece.first);
        let mut place = self.place.unwrap_or(Place::before(begin));
        let mut frames: Vec<StereoFrame> = Vec::new();
        let quiet = |frames: &mut Vec<StereoFrame>, many: u64| {
            // A field has less than a thousand.
            let many = usize::try_from(many).unwrap_or(usize::MAX).min(1 << 16);
            frames.resize(frames.len() + many, [0, 0]);
        };
        for piece in pieces {
            let step = place.step(piece.first, piece.frames.len());
            quiet(&mut frames, step.silence);
            frames.extend(piece.frames.iter().skip(step.known));
        }
        quiet(&mut frames, place.step(to.saturating_sub(LATE), 0).silence);
        self.place = Some(place);
        open.push(&frames);
    }

    /// What was played.
    pub fn played(&self) -> Played {
        let (frames, gaps) = self.before;
        match &self.open {
            None => Played {
                frames,
                gaps,
                ..Played::default()
            },
            Some(open) => Played {
                device: Some(open.name.clone()),
                rate: open.rate,
                frames: frames + open.shared.played.load(Ordering::Relaxed),
                gaps: gaps + open.shared.gaps.load(Ordering::Relaxed),
            },
        }
    }
}

/// Frames of so long a time, at least one.
fn frames_of(time: Duration, rate: u32) -> usize {
    (time.as_secs_f64() * f64::from(rate)).ceil().max(1.0) as usize
}

impl Open {
    fn cut(&mut self) {
        self.shared.cut();
        self.resampler.forget();
        self.filling = self.shared.wanted() as f64;
    }

    fn held(&self) -> usize {
        self.ring.buffer().capacity() - self.ring.slots()
    }

    fn push(&mut self, frames: &[StereoFrame]) {
        // Nobody hears a host that could not keep up a second later.
        let wanted = self.shared.wanted();
        if self.held() > wanted * FULL {
            self.cut();
            return;
        }
        let wanted = wanted as f64;
        let over = (self.filling - wanted) / wanted;
        let change = (over * FOLLOWS).clamp(-CHANGE_MAX, CHANGE_MAX);
        let ring = &mut self.ring;
        self.resampler.feed(frames, 1.0 - change, |frame| {
            // What there is no room for is not heard.
            let _ = ring.push(frame);
        });
        if self.shared.is_playing() {
            self.filling += (self.held() as f64 - self.filling) / AVERAGED;
        }
    }
}
