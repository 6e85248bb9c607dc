//! A sample and the channel that moves it.
//!
//! The channel knows the present passage and the next one; behind each end it is told what comes
//! then. What is linked is the next passage of the last one, so that it follows without a gap.

use super::play::heard;
use super::{Attachment, Playing, State, What};
use crate::device::sound::{Channel, Passage, Transfer};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::clock::Frame;
use crate::kernel::portfolio::audio::envelope::{Contour, Ramp};
use crate::kernel::portfolio::audio::playback::{Course, Span};
use crate::kernel::portfolio::items::Item;

/// Bits of an address that channels do not have.
const PART_OF_WORD: u32 = 3;

/// How a channel goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    /// With the present passage from its beginning; what it held is gone.
    Fresh,
    /// With what it moves; what follows may have changed.
    On,
    /// With what it has gone on to, if it has: the present passage.
    Behind,
    /// With the present passage from its beginning, behind what it held.
    Anew,
}

fn passage(base: u32, span: Span) -> Option<Passage> {
    let passage = Passage {
        addr: base.checked_add(span.from)? & !PART_OF_WORD,
        bytes: span.to.checked_sub(span.from)? & !PART_OF_WORD,
    };
    (passage.bytes > 0).then_some(passage)
}

impl Playing {
    fn present(&self) -> Option<Passage> {
        passage(self.base, self.course.present()?)
    }

    fn following(&self) -> Option<(Passage, bool)> {
        let (span, is_loop) = self.course.following()?;
        Some((passage(self.base, span)?, is_loop))
    }
}

impl Portfolio {
    /// The channel that an attachment has or would have.
    fn channel_for(&self, attachment: &Attachment) -> Option<Channel> {
        self.channel_of(attachment.instrument, attachment.fifo()?)
    }

    /// A sample from its beginning.
    fn playing(&self, attachment: &Attachment) -> Option<Playing> {
        let What::Sample { sample, .. } = attachment.what else {
            return None;
        };
        let sample = self.sample(sample).ok()?;
        let is_linked = attachment.link.is_some();
        Some(Playing {
            course: Course::start(sample.geometry(), attachment.start_at, is_linked),
            base: sample.address(),
            is_released: false,
        })
    }

    /// What follows the present passage, in the sample or in the one that is linked behind it, and
    /// whether it is repeated.
    fn following(&self, attachment: &Attachment, playing: &Playing) -> Option<(Passage, bool)> {
        playing.following().or_else(|| {
            let link = self.attachment(attachment.link?).ok()?;
            Some((self.playing(link)?.present()?, false))
        })
    }

    /// Begins the sample of an attachment on its channel.
    pub(super) fn begin_sample(&mut self, cx: &mut CallCx<'_>, item: Item, feed: Feed) {
        let Ok(attachment) = self.attachment(item) else {
            return;
        };
        let Some(playing) = self.playing(attachment) else {
            return;
        };
        if let Some(channel) = self.channel_for(attachment) {
            self.audio.samples.channels.insert(channel, item);
        }
        if let Ok(attachment) = self.attachment_mut(item) {
            attachment.state = State::Sample(playing);
        }
        self.feed(cx, item, feed);
        self.arrange(cx, item);
    }

    /// Tells the channel of an attachment what it moves and what follows that.
    pub(super) fn feed(&self, cx: &mut CallCx<'_>, item: Item, feed: Feed) {
        let Ok(attachment) = self.attachment(item) else {
            return;
        };
        let State::Sample(playing) = &attachment.state else {
            return;
        };
        let Some(channel) = self.channel_for(attachment) else {
            return;
        };
        let Some(processor) = cx.board.dspp_mut() else {
            return;
        };
        let moving = processor.transfer(channel).now;
        let now = match feed {
            Feed::Fresh | Feed::Anew => playing.present(),
            Feed::On => moving,
            Feed::Behind => moving.or(playing.present()),
        };
        let following = self.following(attachment, playing);
        let transfer = Transfer {
            now,
            next: now.and(following).map(|(next, _)| next),
            is_loop: following.is_some_and(|(_, is_loop)| is_loop),
        };
        processor.set_transfer(channel, transfer, feed == Feed::Fresh);
    }

    /// A channel has come to the end of a passage; or, if both were short, of the next one too.
    pub(in crate::kernel::portfolio::audio) fn channel_ended(
        &mut self,
        cx: &mut CallCx<'_>,
        channel: Channel,
    ) {
        let knew_next = self.following_on(channel).is_some();
        let processor = cx.board.dspp();
        let moves = processor.is_some_and(|dspp| dspp.transfer(channel).now.is_some());
        self.passage_ended(cx, channel, Feed::Behind);
        if knew_next && !moves {
            self.passage_ended(cx, channel, Feed::Anew);
        }
    }

    /// What a channel was told to go on to.
    fn following_on(&self, channel: Channel) -> Option<(Passage, bool)> {
        let item = self.audio.samples.channels.get(&channel)?;
        let attachment = self.attachment(*item).ok()?;
        match &attachment.state {
            State::Sample(playing) => self.following(attachment, playing),
            _ => None,
        }
    }

    /// One passage of a channel is over.
    fn passage_ended(&mut self, cx: &mut CallCx<'_>, channel: Channel, feed: Feed) {
        let Some(&item) = self.audio.samples.channels.get(&channel) else {
            return;
        };
        let Ok(Attachment {
            state: State::Sample(playing),
            ..
        }) = self.attachment_mut(item)
        else {
            return;
        };
        playing.course.advance();
        if playing.course.present().is_some() {
            return self.feed(cx, item, feed);
        }
        let at = playing.course.end();
        self.audio.samples.channels.remove(&channel);
        if feed == Feed::Anew
            && let Some(processor) = cx.board.dspp_mut()
        {
            processor.set_transfer(channel, Transfer::default(), false);
        }
        self.end_attachment(cx, item, at, Ramp::default());
    }

    /// Takes the channel from an attachment: nothing of it is heard any more.
    pub(super) fn free_channel(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let attachment = self.attachment(item).ok();
        let Some(channel) = attachment.and_then(|it| self.channel_for(it)) else {
            return;
        };
        let channels = &mut self.audio.samples.channels;
        if channels.get(&channel) != Some(&item) {
            return;
        }
        channels.remove(&channel);
        if let Some(processor) = cx.board.dspp_mut() {
            processor.set_transfer(channel, Transfer::default(), true);
        }
    }

    /// Whether a sample is being played that comes to an end.
    pub(in crate::kernel::portfolio::audio) fn has_ending_sample(&self) -> bool {
        self.audio.samples.attachments.values().any(|attachment| {
            let ends = match &attachment.state {
                State::Sample(playing) => playing.course.ends(),
                _ => false,
            };
            let instrument = self.instrument(attachment.instrument);
            ends && instrument.is_ok_and(|instrument| instrument.runs())
        })
    }

    /// What WhereAttachment gives: the byte that the channel has reached, or the segment.
    pub(super) fn place_of_attachment(&self, cx: &CallCx<'_>, attachment: &Attachment) -> u32 {
        match &attachment.state {
            State::Stopped { at, .. } => *at,
            State::Envelope { contour, .. } => contour.segment(),
            State::Sample(playing) => {
                let channel = self.channel_for(attachment).zip(cx.board.dspp());
                let moving = channel.and_then(|(channel, dspp)| dspp.transfer(channel).now);
                match moving.or(playing.present()) {
                    Some(passage) => passage.addr.saturating_sub(playing.base),
                    None => playing.course.end(),
                }
            }
        }
    }

    // ---- envelopes ----

    /// What the processor has made of an envelope.
    pub(super) fn level_of(&self, cx: &CallCx<'_>, attachment: &Attachment) -> i16 {
        let word = match attachment.what {
            What::Envelope { hook, .. } => self.hook_word(attachment.instrument, hook, "current"),
            What::Sample { .. } => None,
        };
        match word.filter(|_| cx.board.dspp().is_some()) {
            Some(word) => self.dsp_word(cx, word) as i16,
            None => attachment.level(Frame::at(cx.now)),
        }
    }

    /// Lets an envelope begin at a level.
    pub(super) fn put_level(&self, cx: &mut CallCx<'_>, instrument: Item, hook: u32, level: i16) {
        let words = ["request", "current", "source", "target"];
        for (name, value) in words
            .map(|name| (name, level))
            .into_iter()
            .chain([("phase", 0)])
        {
            if let Some(word) = self.hook_word(instrument, hook, name) {
                self.put_dsp_words(cx, word, &[value.into()]);
            }
        }
    }

    /// Asks the processor for a ramp.
    pub(super) fn put_ramp(&self, cx: &mut CallCx<'_>, instrument: Item, hook: u32, ramp: Ramp) {
        // What runs in every second frame goes twice as far in each.
        let half = self.instrument(instrument).is_ok_and(|it| it.half);
        let (target, step) = (i32::from(ramp.target()), ramp.step() << u32::from(half));
        for (name, value) in [("incr", step.min(0x7FFF) as i32), ("request", target)] {
            if let Some(word) = self.hook_word(instrument, hook, name) {
                self.put_dsp_words(cx, word, &[value]);
            }
        }
    }

    /// Tells an envelope what level the processor has reached.
    pub(super) fn hear_level(
        &self,
        cx: &CallCx<'_>,
        instrument: Item,
        hook: u32,
        contour: &mut Contour,
    ) {
        let word = self.hook_word(instrument, hook, "current");
        if let Some(word) = word.filter(|_| cx.board.dspp().is_some()) {
            contour.hear(self.dsp_word(cx, word) as i16, heard(cx.now));
        }
    }
}
