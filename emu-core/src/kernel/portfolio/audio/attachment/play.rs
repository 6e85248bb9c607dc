//! Starting, releasing and stopping one attachment; and what its end leads to.

use super::{Attachment, FATLADYSINGS, State, What};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::clock::{Due, Frame};
use crate::kernel::portfolio::audio::envelope::{Contour, Next, Ramp};
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::audio::playback::Voice;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;

/// The lowest status of an instrument that is running.
const RUNNING: u8 = 2;
/// Ticks further away are never reached.
const HORIZON: u64 = 1 << 31;

/// The first frame in which something done now can be heard.
pub(super) fn heard(now: Tick) -> Frame {
    Frame(Frame::at(now).0.saturating_add(1))
}

impl Portfolio {
    /// StartAttachment. Of an instrument that stands still the sample waits for its start.
    pub(super) fn start_one(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let Ok(attachment) = self.attachment(item) else {
            return;
        };
        let instrument = attachment.instrument;
        let status = self.instrument_status(instrument).unwrap_or(0);
        let is_paused = self.audio.samples.paused.contains(&instrument);
        let is_running = status >= RUNNING && !is_paused;
        self.begin_attachment(cx, item, heard(cx.now), 0, is_running);
    }

    /// Begins an attachment at a frame, some parts of a source frame further on.
    pub(super) fn begin_attachment(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        at: Frame,
        done: u64,
        is_running: bool,
    ) {
        let Ok(attachment) = self.attachment(item) else {
            return;
        };
        let (instrument, what) = (attachment.instrument, attachment.what);
        let (start, scale) = (attachment.start_at, attachment.time_scale);
        let is_linked = attachment.link.is_some();
        self.silence(cx, item);
        let state = match what {
            What::Sample { sample, fifo } => {
                self.clear_fifo(cx, instrument, fifo);
                let Ok(sample) = self.sample(sample) else {
                    return;
                };
                let rate = self.fifo_rate(instrument, fifo);
                let voice = Voice::start(sample.geometry(), start, is_linked, at);
                let mut voice = voice.with(rate, done);
                if !is_running {
                    voice.pause(at);
                }
                State::Sample {
                    voice,
                    is_released: false,
                }
            }
            What::Envelope { envelope, .. } => {
                let Ok(shape) = self.envelope(envelope).map(|it| it.shape()) else {
                    return;
                };
                let mut contour = Contour::start(cx.mem, shape, start, scale);
                let next = contour.step(cx.mem, shape, at, self.audio.clock.duration());
                let (tick, is_over) = self.tick_of(next, at);
                State::Envelope {
                    contour,
                    tick,
                    is_over,
                }
            }
        };
        if let Ok(attachment) = self.attachment_mut(item) {
            attachment.state = state;
        }
        self.arrange(cx, item);
    }

    /// A FIFO has one channel: what it plays is cut off.
    fn clear_fifo(&mut self, cx: &mut CallCx<'_>, instrument: Item, fifo: u8) {
        for item in self.attached_to(instrument) {
            let attachment = self.attachment(item);
            if attachment.is_ok_and(|attachment| attachment.fifo() == Some(fifo)) {
                self.silence(cx, item);
            }
        }
    }

    /// ReleaseAttachment.
    pub(super) fn release_one(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let at = heard(cx.now);
        let duration = self.audio.clock.duration();
        let Ok(attachment) = self.attachment(item) else {
            return;
        };
        let is_linked = attachment.link.is_some();
        let mut state = attachment.state.clone();
        match (&mut state, attachment.what) {
            (State::Sample { voice, is_released }, _) => {
                voice.release(at, is_linked);
                *is_released = true;
            }
            (
                State::Envelope {
                    contour,
                    tick,
                    is_over,
                },
                What::Envelope { envelope, .. },
            ) => {
                let Ok(shape) = self.envelope(envelope).map(|it| it.shape()) else {
                    return;
                };
                if let Some(next) = contour.release(cx.mem, shape, at, duration) {
                    (*tick, *is_over) = self.tick_of(next, at);
                }
            }
            _ => return,
        }
        if let Ok(attachment) = self.attachment_mut(item) {
            attachment.state = state;
        }
        self.arrange(cx, item);
    }

    /// Something was linked behind an attachment: what plays does not stay in its release loop.
    pub(super) fn follow_link(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let at = heard(cx.now);
        if let Ok(Attachment {
            state: State::Sample { voice, .. },
            ..
        }) = self.attachment_mut(item)
        {
            voice.link(at);
            self.arrange(cx, item);
        }
    }

    /// StopAttachment: cuts it off, and nobody is told.
    pub(super) fn silence(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let now = Frame::at(cx.now);
        let Ok(attachment) = self.attachment_mut(item) else {
            return;
        };
        if let State::Stopped { .. } = attachment.state {
            return;
        }
        let at = attachment.place(heard(cx.now));
        let ramp = Ramp::flat(attachment.level(now));
        attachment.state = State::Stopped { at, ramp };
        if let Some(number) = attachment.due.take() {
            self.audio_not_at(cx, number);
        }
    }

    // ---- time ----

    /// The tick at which something is next of an envelope that goes on at `at`, and whether
    /// that is its end.
    fn tick_of(&self, next: Next, at: Frame) -> (Option<u32>, bool) {
        let (ticks, is_over) = match next {
            Next::After(ticks) => (ticks, false),
            Next::Ended => (1, true),
            Next::Never => return (None, false),
        };
        let tick = self.audio.clock.time_at(at).wrapping_add(ticks as u32);
        ((ticks < HORIZON).then_some(tick), is_over)
    }

    /// Notes when something is next to be done for an attachment.
    pub(super) fn arrange(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let Ok(attachment) = self.attachment_mut(item) else {
            return;
        };
        let old = attachment.due.take();
        let frame = match &attachment.state {
            State::Stopped { .. } => None,
            State::Sample { voice, .. } => voice.end(),
            &State::Envelope { tick, .. } => tick.map(|tick| self.audio.clock.frame_of(tick)),
        };
        if let Some(number) = old {
            self.audio_not_at(cx, number);
        }
        // What begins behind the end of time is never noted.
        let frame = frame.filter(|frame| frame.start() < Tick::NEVER);
        let due = frame.map(|frame| self.audio_at(cx, frame, Due::Attachment(item)));
        if let Ok(attachment) = self.attachment_mut(item) {
            attachment.due = due;
        }
    }

    /// What was noted is due: a sample has ended, an envelope is at a point.
    pub(in crate::kernel::portfolio::audio) fn attachment_due(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) {
        let Ok(attachment) = self.attachment_mut(item) else {
            return;
        };
        attachment.due = None;
        let (what, state) = (attachment.what, attachment.state.clone());
        match (what, state) {
            (_, State::Sample { voice, .. }) => {
                if let Some(end) = voice.end() {
                    let at = voice.position(end);
                    let ramp = Ramp::default();
                    self.end_attachment(
                        cx,
                        item,
                        State::Stopped { at, ramp },
                        end,
                        voice.overshoot(end),
                    );
                }
            }
            (
                What::Envelope { envelope, .. },
                State::Envelope {
                    mut contour,
                    tick: Some(tick),
                    is_over,
                },
            ) => {
                let Ok(shape) = self.envelope(envelope).map(|it| it.shape()) else {
                    return;
                };
                let now = self.audio.clock.frame_of(tick);
                let next = match is_over {
                    true => Next::Ended,
                    false => contour.step(cx.mem, shape, now, self.audio.clock.duration()),
                };
                if next == Next::Ended {
                    let (at, ramp) = (contour.segment(), contour.ramp());
                    return self.end_attachment(cx, item, State::Stopped { at, ramp }, now, 0);
                }
                let (tick, is_over) = self.tick_of(next, now);
                if let Ok(attachment) = self.attachment_mut(item) {
                    attachment.state = State::Envelope {
                        contour,
                        tick,
                        is_over,
                    };
                }
                self.arrange(cx, item);
            }
            _ => (),
        }
    }

    /// An attachment has come to its end: what is linked begins without a gap, who wants to
    /// know is told, and its instrument may stop.
    fn end_attachment(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        state: State,
        end: Frame,
        overshoot: u64,
    ) {
        let Ok(attachment) = self.attachment_mut(item) else {
            return;
        };
        attachment.state = state;
        let (link, cue) = (attachment.link, attachment.cue);
        let (instrument, flags) = (attachment.instrument, attachment.flags);
        if let Some(link) = link {
            self.begin_attachment(cx, link, end, overshoot, true);
        }
        if let Some(cue) = cue.filter(|&cue| self.is_audio_item(cx.mem, cue, kind::CUE)) {
            self.signal_cue(cx, cue);
        }
        if flags & FATLADYSINGS != 0 {
            self.stop_instrument(cx, instrument);
        }
    }
}
