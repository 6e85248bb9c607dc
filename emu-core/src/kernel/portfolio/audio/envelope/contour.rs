//! How an envelope gets from point to point (audio sheet 4.6).
//!
//! The signal processor ramps to the level that was asked for last, and holds it; the folio
//! asks for the next one at a tick of the audio clock.
//!
//! ```text
//! level  source + (target - source) * min(frames * step, 0x7FFF) / 0x8000
//! ticks  a segment takes  max(1, its frames / frames of a tick)
//! ```

use crate::device::sound::FRAME_RATE;
use crate::kernel::portfolio::audio::clock::Frame;
use crate::mem::Memory;
use serde::{Deserialize, Serialize};

/// Phase of a ramp that has arrived, and the longest ramp in frames.
const FULL: u64 = 0x8000;
const MICROS_A_SECOND: u128 = 1_000_000;
/// Bytes of a point: its time, then its level.
pub const POINT: u32 = 8;
/// A scale of one.
pub const UNSCALED: u32 = 0x1_0000;

/// A part of an envelope that is repeated, by the numbers of its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// Where it begins.
    pub begin: u32,
    /// Where it ends.
    pub end: u32,
    /// Units from its end back to its beginning.
    pub back: u32,
}

/// The points of an envelope and the ways through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Where the points are; they are read when they are needed.
    pub address: u32,
    /// How many.
    pub points: u32,
    /// Microseconds of a unit.
    pub unit: u32,
    /// What is repeated until the release.
    pub sustain: Option<Cycle>,
    /// What is repeated after it, or at once if nothing is repeated before.
    pub release: Option<Cycle>,
    /// The point at which a release goes on.
    pub jump: Option<u32>,
}

impl Shape {
    fn point(&self, mem: &Memory, n: u32) -> Option<(u32, i16)> {
        if n >= self.points {
            return None;
        }
        let at = n.checked_mul(POINT)?.checked_add(self.address)?;
        let bytes = mem.bytes(at, POINT)?;
        let (time, level) = bytes.split_at(4);
        let time = u32::from_be_bytes(time.try_into().ok()?);
        // The signal processor has 16 bits.
        let level = i32::from_be_bytes(level.try_into().ok()?) as i16;
        Some((time, level))
    }

    /// Where to go from a point.
    fn after(&self, mem: &Memory, at: u32, released: bool) -> Way {
        let cycle = match self.sustain {
            Some(cycle) if !released => Some(cycle),
            _ => self.release,
        };
        if let Some(cycle) = cycle.filter(|cycle| cycle.end == at && cycle.begin <= at) {
            if cycle.begin == at {
                return Way::Hold;
            }
            return match self.point(mem, cycle.begin) {
                Some((_, level)) => Way::To(cycle.begin, cycle.back, level),
                None => Way::End,
            };
        }
        let next = at.saturating_add(1);
        match (self.point(mem, at), self.point(mem, next)) {
            (Some((now, _)), Some((then, level))) => Way::To(next, then.saturating_sub(now), level),
            _ => Way::End,
        }
    }

    fn frames(&self, units: u32, scale: u32) -> u64 {
        let micros = u128::from(units) * u128::from(self.unit) * u128::from(scale);
        let frames = micros * u128::from(FRAME_RATE) / (MICROS_A_SECOND * u128::from(UNSCALED));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }
}

enum Way {
    /// To a point, in so many units, and its level.
    To(u32, u32, i16),
    /// No further until the release.
    Hold,
    End,
}

/// What the signal processor does between two requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ramp {
    source: i16,
    target: i16,
    step: u32,
    since: Frame,
}

impl Ramp {
    /// A level that stays.
    pub fn flat(level: i16) -> Ramp {
        Ramp {
            source: level,
            target: level,
            ..Ramp::default()
        }
    }

    /// Where it leads.
    pub fn target(&self) -> i16 {
        self.target
    }

    /// How far it goes in a frame, in parts of 0x8000.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The level of the frame `now`.
    pub fn level(&self, now: Frame) -> i16 {
        let frames = now.0.saturating_sub(self.since.0);
        let phase = frames.saturating_mul(self.step.into()).min(FULL - 1);
        let way = i64::from(self.target) - i64::from(self.source);
        (i64::from(self.source) + ((way * phase as i64) >> 15)) as i16
    }
}

/// What is next of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Something, after so many ticks.
    After(u64),
    /// Nothing until it is released.
    Never,
    /// It is over.
    Ended,
}

/// A way through an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contour {
    shape: Shape,
    ramp: Ramp,
    /// The point that the ramp leads to.
    point: u32,
    /// Of a segment too long for one ramp: the frames behind this ramp, and its level.
    rest: Option<(u64, i16)>,
    is_released: bool,
    is_held: bool,
    scale: u32,
    /// Frames of a tick of the audio clock.
    tick: u32,
}

impl Contour {
    /// Begins an envelope at one of its points, whose level is there at once.
    pub fn start(mem: &Memory, shape: Shape, point: u32, scale: u32) -> Contour {
        let point = point.min(shape.points.saturating_sub(1));
        let level = shape.point(mem, point).map_or(0, |(_, level)| level);
        Contour {
            shape,
            ramp: Ramp::flat(level),
            point,
            rest: None,
            is_released: false,
            is_held: false,
            scale,
            tick: 1,
        }
    }

    /// The level of the frame `now`.
    pub fn level(&self, now: Frame) -> i16 {
        self.ramp.level(now)
    }

    /// Takes the level that was reached from who computes it.
    pub fn hear(&mut self, level: i16, now: Frame) {
        if self.ramp.level(now) != level {
            self.ramp = Ramp::flat(level);
        }
    }

    /// The ramp as it is.
    pub fn ramp(&self) -> Ramp {
        self.ramp
    }

    /// The segment that is being played, by the point it begins at.
    pub fn segment(&self) -> u32 {
        match self.is_held {
            true => self.point,
            false => self.point.saturating_sub(1),
        }
    }

    /// Whether it was released.
    pub fn is_released(&self) -> bool {
        self.is_released
    }

    /// Changes how long everything takes, from the next segment on.
    pub fn set_scale(&mut self, scale: u32) {
        self.scale = scale;
    }

    /// Goes on at a tick: what was asked for has been reached. `shape` is the envelope as it
    /// is now, `tick` the frames of a tick.
    pub fn step(&mut self, mem: &Memory, shape: Shape, now: Frame, tick: u32) -> Next {
        (self.shape, self.tick) = (shape, tick.max(1));
        match self.rest.take() {
            Some((frames, level)) => self.ramp_to(now, frames, level),
            None => self.leave(mem, now),
        }
    }

    /// Lets it leave its sustain loop: at once if it is held there or has a point to jump to,
    /// else when the loop has come to its end. Nothing if nothing changes for now.
    pub fn release(&mut self, mem: &Memory, shape: Shape, now: Frame, tick: u32) -> Option<Next> {
        if std::mem::replace(&mut self.is_released, true) {
            return None;
        }
        (self.shape, self.tick) = (shape, tick.max(1));
        match shape.jump {
            Some(jump) => self.point = jump,
            None if self.is_held => (),
            None => return None,
        }
        self.rest = None;
        Some(self.leave(mem, now))
    }

    fn leave(&mut self, mem: &Memory, now: Frame) -> Next {
        let way = self.shape.after(mem, self.point, self.is_released);
        self.is_held = matches!(way, Way::Hold);
        match way {
            Way::Hold => Next::Never,
            Way::End => Next::Ended,
            Way::To(point, units, level) => {
                self.point = point;
                let frames = self.shape.frames(units, self.scale);
                self.ramp_to(now, frames, level)
            }
        }
    }

    fn ramp_to(&mut self, now: Frame, frames: u64, level: i16) -> Next {
        let source = self.ramp.level(now);
        let ramp = frames.clamp(1, FULL);
        let ticks = (ramp / u64::from(self.tick)).max(1);
        let mut target = level;
        if frames > FULL {
            let way = i64::from(level) - i64::from(source);
            let part = i128::from(way) * i128::from(FULL) / i128::from(frames);
            target = (i64::from(source) + part as i64) as i16;
            let over = ticks.saturating_mul(self.tick.into());
            self.rest = Some((frames.saturating_sub(over), level));
        }
        self.ramp = Ramp {
            source,
            target,
            step: FULL.div_ceil(ramp) as u32,
            since: now,
        };
        Next::After(ticks)
    }
}

#[cfg(test)]
#[path = "contour/tests.rs"]
mod tests;
