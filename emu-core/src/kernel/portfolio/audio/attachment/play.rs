//! Starting, releasing and stopping one attachment; and what its end leads to.

use super::channel::Feed;
use super::{Attachment, FATLADYSINGS, State, What};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::clock::{Due, Frame};
use crate::kernel::portfolio::audio::envelope::{Contour, Next, Ramp};
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;

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
        let (instrument, what) = (attachment.instrument, attachment.what);
        let (start, scale) = (attachment.start_at, attachment.time_scale);
        self.silence(cx, item);
        match what {
            What::Sample { fifo, .. } => {
                self.clear_fifo(cx, instrument, fifo);
                self.begin_sample(cx, item, Feed::Fresh);
            }
            What::Envelope { envelope, hook } => {
                let Ok(shape) = self.envelope(envelope).map(|it| it.shape()) else {
                    return;
                };
                let at = heard(cx.now);
                let mut contour = Contour::start(cx.mem, shape, start, scale);
                self.put_level(cx, instrument, hook, contour.level(at));
                let next = contour.step(cx.mem, shape, at, self.audio.clock.duration());
                self.put_ramp(cx, instrument, hook, contour.ramp());
                let (tick, is_over) = self.tick_of(next, at);
                if let Ok(attachment) = self.attachment_mut(item) {
                    attachment.state = State::Envelope {
                        contour,
                        tick,
                        is_over,
                    };
                }
                self.arrange(cx, item);
            }
        }
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
        let (is_linked, instrument) = (attachment.link.is_some(), attachment.instrument);
        let mut state = attachment.state.clone();
        match (&mut state, attachment.what) {
            (State::Sample(playing), _) => {
                playing.course.release(is_linked);
                playing.is_released = true;
            }
            (
                State::Envelope {
                    contour,
                    tick,
                    is_over,
                },
                What::Envelope { envelope, hook },
            ) => {
                let Ok(shape) = self.envelope(envelope).map(|it| it.shape()) else {
                    return;
                };
                self.hear_level(cx, instrument, hook, contour);
                if let Some(next) = contour.release(cx.mem, shape, at, duration) {
                    self.put_ramp(cx, instrument, hook, contour.ramp());
                    (*tick, *is_over) = self.tick_of(next, at);
                }
            }
            _ => return,
        }
        if let Ok(attachment) = self.attachment_mut(item) {
            attachment.state = state;
        }
        self.feed(cx, item, Feed::On);
        self.arrange(cx, item);
    }

    /// Something was linked behind an attachment: what plays does not stay in its release loop.
    pub(super) fn follow_link(&mut self, cx: &mut CallCx<'_>, item: Item) {
        if let Ok(Attachment {
            state: State::Sample(playing),
            ..
        }) = self.attachment_mut(item)
        {
            playing.course.link();
        }
        self.feed(cx, item, Feed::On);
    }

    /// StopAttachment: cuts it off, and nobody is told.
    pub(super) fn silence(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let Ok(attachment) = self.attachment(item) else {
            return;
        };
        if let State::Stopped { .. } = attachment.state {
            return;
        }
        let at = self.place_of_attachment(cx, attachment);
        let level = self.level_of(cx, attachment);
        match attachment.what {
            What::Sample { .. } => self.free_channel(cx, item),
            What::Envelope { hook, .. } => {
                self.put_ramp(cx, attachment.instrument, hook, Ramp::flat(level));
            }
        }
        let Ok(attachment) = self.attachment_mut(item) else {
            return;
        };
        let ramp = Ramp::flat(level);
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
            // What is empty is over all the same, one frame later.
            State::Sample(playing) => playing.course.present().is_none().then(|| heard(cx.now)),
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
        let instrument = attachment.instrument;
        match (what, state) {
            (_, State::Sample(playing)) if playing.course.present().is_none() => {
                let at = playing.course.end();
                self.free_channel(cx, item);
                self.end_attachment(cx, item, at, Ramp::default());
            }
            (
                What::Envelope { envelope, hook },
                State::Envelope {
                    mut contour,
                    tick: Some(tick),
                    is_over,
                },
            ) => {
                let Ok(shape) = self.envelope(envelope).map(|it| it.shape()) else {
                    return;
                };
                self.hear_level(cx, instrument, hook, &mut contour);
                let now = self.audio.clock.frame_of(tick);
                let next = match is_over {
                    true => Next::Ended,
                    false => contour.step(cx.mem, shape, now, self.audio.clock.duration()),
                };
                if next == Next::Ended {
                    return self.end_attachment(cx, item, contour.segment(), contour.ramp());
                }
                // Held at a point, the ramp that leads there goes on to its end.
                if next != Next::Never {
                    self.put_ramp(cx, instrument, hook, contour.ramp());
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
    pub(super) fn end_attachment(&mut self, cx: &mut CallCx<'_>, item: Item, at: u32, ramp: Ramp) {
        let Ok(attachment) = self.attachment_mut(item) else {
            return;
        };
        attachment.state = State::Stopped { at, ramp };
        let (link, cue) = (attachment.link, attachment.cue);
        let (instrument, flags) = (attachment.instrument, attachment.flags);
        if let Some(link) = link {
            self.begin_sample(cx, link, Feed::Behind);
        }
        if let Some(cue) = cue.filter(|&cue| self.is_audio_item(cx.mem, cue, kind::CUE)) {
            self.signal_cue(cx, cue);
        }
        if flags & FATLADYSINGS != 0 {
            self.stop_instrument(cx, instrument);
        }
    }
}
