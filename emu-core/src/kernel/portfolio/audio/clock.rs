//! Audio time: output frames, audio ticks, and what is due when.
//!
//! Audio sheet section 6. Nothing happens once a frame: the count of frames follows from the
//! machine's clock, and only what is due at a frame is an event.
//!
//! ```text
//! frame  1/44100 s = 125000/441 CPU cycles, counted from power-on
//! tick   `duration` frames (183 unless a program changes it); AudioTime counts ticks
//!
//! a change of the duration in the middle of a tick
//!   ticks-1      ticks        ticks+1          the tick that has begun ends as it began;
//!   |..old..^....|..new..|..new..|             `since` is that end, and may be yet to come
//!           now  since
//! ```

use super::codes::{BADITEM, INUSE, NOTOWNER, OUTOFRANGE};
use crate::calls;
use crate::device::sound::{FRAME_RATE, frame_at};
use crate::event::{Event, EventId, Rank, Target};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Marks the kernel's events that belong to the Audio folio.
pub(crate) const EVENT_TAG: u16 = 2;
/// Frames of one audio tick at power-on.
pub(super) const DEFAULT_DURATION: u32 = 183;
/// The shortest tick: 1000 Hz.
const LEAST_DURATION: u32 = 44;
/// The longest tick. The published 60 Hz (735 frames) is not enforced: what runs on a console
/// runs here.
const MOST_DURATION: u32 = 0x7FFF;
/// Cycles that each waiting cue adds to a change of the clock.
const CYCLES_PER_CUE: u64 = 40;

/// A point in audio time: output frames since power-on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Frame(pub u64);

impl Frame {
    /// The frame that is being put out at `now`.
    pub fn at(now: Tick) -> Frame {
        Frame(frame_at(now))
    }

    /// When it begins.
    pub fn start(self) -> Tick {
        let tick = (u128::from(self.0) * 125_000).div_ceil(441);
        Tick(u64::try_from(tick).unwrap_or(u64::MAX))
    }
}

/// What the Audio folio has put off. Of what is due at the same frame, the first variant goes
/// first: envelopes and samples move on before cues tell programs of the new time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Due {
    /// A sample or an envelope that is attached to an instrument gets somewhere.
    Attachment(Item),
    /// The time of a cue has come.
    Cue(Item),
}

impl Due {
    fn class(self) -> u8 {
        match self {
            Due::Attachment(_) => 0,
            Due::Cue(_) => 1,
        }
    }
}

/// Frame, class, number: the order in which things happen.
type Place = (Frame, u8, u64);

/// The audio clock, and what waits for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AudioClock {
    /// Frames of one tick.
    duration: u32,
    /// The tick that begins at `since`: both change with the duration.
    ticks: u32,
    /// Where ticks of this duration begin.
    since: Frame,
    due: BTreeMap<Place, Due>,
    /// Where each number stands in `due`.
    places: BTreeMap<u64, Place>,
    next_number: u64,
    /// The one event of the Audio folio that is scheduled, for the first thing due.
    wake: Option<(Frame, EventId)>,
    /// Who has locked this may change the clock. It is made when it is first asked for.
    semaphore: Item,
}

impl Default for AudioClock {
    fn default() -> Self {
        AudioClock {
            duration: DEFAULT_DURATION,
            ticks: 0,
            since: Frame(0),
            due: BTreeMap::new(),
            places: BTreeMap::new(),
            next_number: 0,
            wake: None,
            semaphore: Item::NONE,
        }
    }
}

impl AudioClock {
    pub(super) fn is_sound(&self) -> bool {
        self.next_number <= u64::MAX / 2
            && (1..=MOST_DURATION).contains(&self.duration)
            && self.since.0 <= u64::MAX / 4
            && self.due.len() == self.places.len()
            && self
                .places
                .iter()
                .all(|(&number, place)| place.2 == number && self.due.contains_key(place))
    }

    /// Whether something will happen by itself.
    pub(super) fn has_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Frames of one tick.
    pub(super) fn duration(&self) -> u32 {
        self.duration
    }

    /// Ticks a second as a 16.16 number, rounded down.
    pub(super) fn rate(&self) -> u32 {
        ((u64::from(FRAME_RATE) << 16) / u64::from(self.duration.max(1))) as u32
    }

    /// Whole ticks between `since` and a frame; before it, the tick that is still under way.
    fn ticks_since(&self, frame: Frame) -> i64 {
        match frame.0.checked_sub(self.since.0) {
            Some(frames) => (frames / u64::from(self.duration.max(1))) as i64,
            None => -1,
        }
    }

    /// The audio time at a frame.
    pub(super) fn time_at(&self, frame: Frame) -> u32 {
        self.ticks.wrapping_add(self.ticks_since(frame) as u32)
    }

    /// Where tick `time` begins; `None` when that is no longer to come at `now`. Times are
    /// compared by their signed difference.
    pub(super) fn start_of(&self, time: u32, now: Frame) -> Option<Frame> {
        let ahead = time.wrapping_sub(self.time_at(now)) as i32;
        if ahead <= 0 {
            return None;
        }
        let ticks = self.ticks_since(now) + i64::from(ahead);
        let frames = u64::try_from(ticks).unwrap_or(0) * u64::from(self.duration);
        Some(Frame(self.since.0 + frames))
    }

    /// Where a tick begins that is not over before `since`.
    pub(super) fn frame_of(&self, time: u32) -> Frame {
        let ticks = time.wrapping_sub(self.ticks) as i32;
        let frames = u64::try_from(ticks).unwrap_or(0) * u64::from(self.duration);
        Frame(self.since.0.saturating_add(frames))
    }

    /// Changes the frames of a tick from the end of the running tick on.
    fn set_duration(&mut self, duration: u32, now: Frame) {
        if now >= self.since {
            let ended = self.ticks_since(now) + 1;
            self.ticks = self.ticks.wrapping_add(ended as u32);
            self.since.0 += ended as u64 * u64::from(self.duration);
        }
        self.duration = duration;
    }

    /// The first thing that is due at `now`, of those that were noted before `limit`.
    fn pop_due(&mut self, now: Frame, limit: u64) -> Option<Due> {
        let last = (now, u8::MAX, u64::MAX);
        let mut due = self.due.range(..=last).map(|(&place, _)| place);
        let place = due.find(|place| place.2 < limit)?;
        self.places.remove(&place.2);
        self.due.remove(&place)
    }
}

impl Portfolio {
    /// Notes what is to happen when `frame` begins; the number takes it back again.
    pub(super) fn audio_at(&mut self, cx: &mut CallCx<'_>, frame: Frame, due: Due) -> u64 {
        let clock = &mut self.audio.clock;
        let number = clock.next_number;
        clock.next_number += 1;
        let place = (frame, due.class(), number);
        clock.due.insert(place, due);
        clock.places.insert(number, place);
        self.arm_audio(cx);
        number
    }

    /// Takes back what was noted.
    pub(super) fn audio_not_at(&mut self, cx: &mut CallCx<'_>, number: u64) {
        let clock = &mut self.audio.clock;
        if let Some(place) = clock.places.remove(&number) {
            clock.due.remove(&place);
            self.arm_audio(cx);
        }
    }

    /// Sees to it that the one event is that of the first thing due, or of the next time that the
    /// signal processor catches up.
    pub(super) fn arm_audio(&mut self, cx: &mut CallCx<'_>) {
        let is_active = cx
            .board
            .dspp()
            .is_some_and(|processor| processor.is_active());
        let sound = self.audio.sounding.wake(Frame::at(cx.now), is_active);
        let clock = &mut self.audio.clock;
        let due = clock.due.first_key_value().map(|(place, _)| place.0);
        let first = due.into_iter().chain(sound).min();
        if clock.wake.map(|(frame, _)| frame) == first {
            return;
        }
        if let Some((_, event)) = clock.wake.take() {
            cx.bus.events.cancel(event);
        }
        clock.wake = first.map(|frame| {
            let event = Event {
                // Never at once: what notes itself again and again must not stop time.
                at: frame.start().max(cx.now + Ticks(1)),
                target: Target::Kernel,
                tag: EVENT_TAG,
                data: frame.0,
            };
            (frame, cx.bus.events.schedule(Rank::AUDIO, event))
        });
    }

    /// Something is due.
    pub(in crate::kernel::portfolio) fn audio_event(&mut self, cx: &mut CallCx<'_>) {
        self.audio.clock.wake = None;
        self.audio_catch_up(cx);
        let now = Frame::at(cx.now);
        let limit = self.audio.clock.next_number;
        while let Some(due) = self.audio.clock.pop_due(now, limit) {
            match due {
                Due::Attachment(attachment) => self.attachment_due(cx, attachment),
                Due::Cue(cue) => self.cue_due(cx, cue),
            }
        }
        self.arm_audio(cx);
    }

    /// Whether something of the Audio folio is due by itself.
    pub(in crate::kernel::portfolio) fn has_audio_work(&self) -> bool {
        self.audio.clock.has_due() || self.audio.sounding.is_active() && self.has_ending_sample()
    }

    /// The audio time now.
    pub(super) fn audio_time(&self, now: Tick) -> u32 {
        self.audio.clock.time_at(Frame::at(now))
    }

    /// Changes the duration of ticks, and with it when the cues that wait are due.
    fn change_clock(
        &mut self,
        cx: &mut CallCx<'_>,
        owner: Item,
        duration: u32,
    ) -> Result<i32, Trouble> {
        self.check_clock_owner(cx, owner)?;
        if !(LEAST_DURATION..=MOST_DURATION).contains(&duration) {
            return Err(OUTOFRANGE.into());
        }
        if duration != self.audio.clock.duration {
            self.audio.clock.set_duration(duration, Frame::at(cx.now));
            cx.charge.0 += self.retime_cues(cx) * CYCLES_PER_CUE;
            self.audio_clock_changed(cx);
        }
        Ok(0)
    }

    /// Whoever knows the semaphore's number may change the clock while somebody has locked it.
    fn check_clock_owner(&self, cx: &CallCx<'_>, owner: Item) -> Result<(), Status> {
        if owner == Item::NONE || owner != self.audio.clock.semaphore {
            return Err(NOTOWNER);
        }
        match self.is_unlocked(cx.mem, owner) {
            true => Err(NOTOWNER),
            false => Ok(()),
        }
    }
}

fn own_audio_clock(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<Item, Trouble> {
    let mut semaphore = k.audio.clock.semaphore;
    if k.items.lookup(semaphore).is_none() {
        semaphore = k.new_system_semaphore(cx.mem, b"AudioClock")?;
        k.audio.clock.semaphore = semaphore;
    }
    match k.try_lock(cx.mem, semaphore)? {
        true => Ok(semaphore),
        false => Err(INUSE.into()),
    }
}

fn disown_audio_clock(k: &mut Portfolio, cx: &mut CallCx<'_>, owner: Item) -> Result<i32, Trouble> {
    if owner == Item::NONE || owner != k.audio.clock.semaphore {
        return Err(BADITEM.into());
    }
    k.unlock(cx.mem, owner).map_err(|_| NOTOWNER)?;
    Ok(0)
}

fn set_audio_duration(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    owner: Item,
    frames: u32,
) -> Result<i32, Trouble> {
    k.change_clock(cx, owner, frames)
}

/// The duration is a whole number of frames: the rate becomes the next higher one possible.
fn set_audio_rate(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    owner: Item,
    rate: u32,
) -> Result<i32, Trouble> {
    let duration = (u64::from(FRAME_RATE) << 16).checked_div(u64::from(rate));
    let duration = duration.and_then(|frames| u32::try_from(frames).ok());
    k.change_clock(cx, owner, duration.unwrap_or(u32::MAX))
}

fn get_audio_rate(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    Ok(k.audio.clock.rate())
}

fn get_audio_duration(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    Ok(k.audio.clock.duration())
}

fn get_audio_time(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    Ok(k.audio_time(cx.now))
}

fn get_audio_frame_count(_k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    Ok((Frame::at(cx.now).0 & 0xFFFF) as u32)
}

calls! { pub(crate) CALLS: Audio;
    swi 15 SetAudioRate(owner: Item, rate: u32) -> Number = set_audio_rate;
    swi 16 SetAudioDuration(owner: Item, frames: u32) -> Number = set_audio_duration;
    swi 38 GetAudioFrameCount() -> Number = get_audio_frame_count;
    vec 15 GetAudioRate() -> Bits = get_audio_rate;
    vec 16 GetAudioDuration() -> Number = get_audio_duration;
    vec 19 OwnAudioClock() -> Item = own_audio_clock;
    vec 20 DisownAudioClock(owner: Item) -> Number = disown_audio_clock;
    vec 42 GetAudioTime() -> Word = get_audio_time;
}

#[cfg(test)]
mod tests;
