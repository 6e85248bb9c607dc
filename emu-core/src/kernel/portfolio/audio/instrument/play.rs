//! Starting, releasing, stopping, pausing and bending instruments.
//!
//! Audio sheet 4.3.

use super::pitch::Pitch;
use super::{AUTO_ABANDON, Activity};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes;
use crate::kernel::portfolio::audio::tags as tag;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::own_tags;
use crate::mem::GuestPtr;

/// What StartInstrument gives when no sample fits the note.
const NO_SAMPLE_FITS: u32 = 1;

/// What an instrument is started with.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    amplitude: Option<u32>,
    note: Option<u8>,
    frequency: Option<u32>,
    rate: Option<u32>,
    time_scale: Option<u32>,
}

impl Portfolio {
    /// Later tags override earlier ones for the same knob.
    fn start_tags(cx: &CallCx<'_>, tags: GuestPtr<TagArg>) -> Result<Start, Status> {
        let mut start = Start::default();
        for tag in own_tags(cx.mem, tags) {
            let (tag, value) = tag.map_err(|_| codes::BADPTR)?;
            match tag {
                tag::AMPLITUDE => start.amplitude = Some(value),
                tag::VELOCITY => start.amplitude = Some(value.saturating_mul(256)),
                tag::TIME_SCALE => start.time_scale = Some(value),
                tag::PITCH | tag::FREQUENCY | tag::RATE => {
                    (start.note, start.frequency, start.rate) = (None, None, None);
                    match tag {
                        tag::PITCH => {
                            let note = u8::try_from(value).ok().filter(|&note| note <= 127);
                            start.note = Some(note.ok_or(codes::BADTAGVAL)?);
                        }
                        tag::FREQUENCY => start.frequency = Some(value),
                        _ => start.rate = Some(value),
                    }
                }
                _ => return Err(codes::BADTAG),
            }
        }
        Ok(start)
    }

    pub(super) fn start_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        tags: GuestPtr<TagArg>,
    ) -> Result<u32, Status> {
        self.instrument(item)?;
        self.stop_instrument(cx, item);
        let start = Self::start_tags(cx, tags)?;
        if let Some(amplitude) = start.amplitude
            && let Some(knob) = self.knob_named(item, b"Amplitude")
        {
            self.set_knob(cx, item, knob, i64::from(amplitude));
        }
        self.set_pitch(cx, item, &start);
        let now = self.audio_time(cx.now);
        let world = &mut self.audio.instruments;
        world.starts += 1;
        let number = world.starts;
        let instrument = self.instrument_mut(item)?;
        let before = instrument.activity;
        instrument.activity = Activity::Started;
        if !self.start_attachments(cx, item, start.note, start.time_scale)? {
            self.instrument_mut(item)?.activity = before;
            return Ok(NO_SAMPLE_FITS);
        }
        self.put_start_data(cx, item);
        let instrument = self.instrument_mut(item)?;
        (instrument.start_time, instrument.start_number) = (now, number);
        self.enter_instruments(cx);
        self.announce_silence(cx);
        Ok(0)
    }

    /// The pitch of the tags becomes the "Frequency" knob's value, if there is one.
    fn set_pitch(&mut self, cx: &mut CallCx<'_>, item: Item, start: &Start) {
        let frequency = match (start.note, start.frequency) {
            (Some(note), _) => Some(self.note_frequency(cx.mem, item, note)),
            (None, frequency) => frequency,
        };
        let pitch = match (frequency, start.rate) {
            (Some(frequency), _) => match self.sample_base_frequency(item, start.note) {
                Some(base) => Pitch::of_sample(frequency, base),
                None => Pitch::Frequency(frequency),
            },
            (None, Some(rate)) => Pitch::Raw(i32::try_from(rate).unwrap_or(i32::MAX)),
            (None, None) => return,
        };
        if let Ok(instrument) = self.instrument_mut(item) {
            instrument.pitch = Some(pitch);
        }
        self.apply_pitch(cx, item);
    }

    /// Pitch and bend give the "Frequency" knob its value.
    fn apply_pitch(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let Some(knob) = self.knob_named(item, b"Frequency") else {
            return;
        };
        let Ok(instrument) = self.instrument(item) else {
            return;
        };
        let (pitch, bend, half) = (instrument.pitch, instrument.bend, instrument.half);
        let conversion = self.knob_conversion(item, knob);
        if let (Some(pitch), Some(conversion)) = (pitch, conversion) {
            self.set_knob(cx, item, knob, pitch.raw(bend, conversion, half));
        }
    }

    /// BendInstrumentPitch. What was never started with a pitch bends what its knob has now.
    pub(super) fn bend_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        bend: i32,
    ) -> Result<(), Status> {
        let knob = self.knob_named(item, b"Frequency");
        let instrument = self.instrument_mut(item)?;
        instrument.bend = bend;
        if instrument.pitch.is_none() {
            let raw = knob.and_then(|knob| instrument.knobs.get(knob));
            instrument.pitch = raw.map(|&raw| Pitch::Raw(raw));
        }
        self.apply_pitch(cx, item);
        Ok(())
    }

    /// A program has turned the "Frequency" knob itself: that is what a bend begins with now.
    pub(in crate::kernel::portfolio::audio) fn forget_pitch(&mut self, item: Item) {
        if let Ok(instrument) = self.instrument_mut(item) {
            instrument.pitch = None;
        }
    }

    pub(super) fn release_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        tags: GuestPtr<TagArg>,
    ) -> Result<(), Status> {
        self.instrument(item)?;
        let mut time_scale = None;
        for tag in own_tags(cx.mem, tags) {
            let (tag, value) = tag.map_err(|_| codes::BADPTR)?;
            if tag != tag::TIME_SCALE {
                return Err(codes::BADTAG);
            }
            time_scale = Some(value);
        }
        let instrument = self.instrument_mut(item)?;
        if instrument.activity == Activity::Started {
            instrument.activity = Activity::Released;
            self.scale_attachments(item, time_scale);
            self.release_attachments(cx, item);
        }
        Ok(())
    }

    /// Stops an instrument if it runs; by a call, or because what it plays has ended.
    pub(in crate::kernel::portfolio::audio) fn stop_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) {
        let Ok(instrument) = self.instrument_mut(item) else {
            return;
        };
        instrument.paused = false;
        if !instrument.activity.is_running() {
            return;
        }
        instrument.activity = if instrument.flags & AUTO_ABANDON == 0 {
            Activity::Stopped
        } else {
            Activity::Abandoned
        };
        self.enter_instruments(cx);
        self.stop_attachments(cx, item);
    }

    pub(super) fn pause_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) -> Result<(), Status> {
        let instrument = self.instrument_mut(item)?;
        if instrument.runs() {
            instrument.paused = true;
            self.enter_instruments(cx);
        }
        Ok(())
    }

    pub(super) fn resume_instrument(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) -> Result<(), Status> {
        if std::mem::take(&mut self.instrument_mut(item)?.paused) {
            self.enter_instruments(cx);
        }
        Ok(())
    }

    /// Says once that nothing will be heard.
    fn announce_silence(&mut self, cx: &mut CallCx<'_>) {
        let is_silent = cx.board.dspp().is_none();
        if is_silent && !std::mem::replace(&mut self.audio.instruments.is_silence_told, true) {
            let text = "instruments run in silence: this board has no signal processor";
            self.warn(cx, text.to_owned());
        }
    }
}
