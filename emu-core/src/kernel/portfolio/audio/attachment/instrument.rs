//! What starts and stops with an instrument.

use super::{State, What};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;

/// Several samples, and none for the note.
struct NoneFits;

impl Portfolio {
    /// StartInstrument: starts on every FIFO the first sample that is not left to
    /// StartAttachment (of several on the first FIFO, the first for the note), and the
    /// envelopes. False: none is for the note, and nothing was started.
    pub(in crate::kernel::portfolio) fn start_attachments(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
        note: Option<u8>,
        time_scale: Option<u32>,
    ) -> Result<bool, Status> {
        self.scale_attachments(instrument, time_scale);
        let all = self.attached_to(instrument);
        let mut chosen = Vec::new();
        let mut fifos = Vec::new();
        for &item in &all {
            let attachment = self.attachment(item)?;
            if !attachment.starts_by_itself() {
                continue;
            }
            match attachment.fifo() {
                None => chosen.push(item),
                Some(fifo) if fifos.contains(&fifo) => (),
                Some(fifo) => {
                    fifos.push(fifo);
                    match self.choose(instrument, fifo, note) {
                        Ok(choice) => chosen.extend(choice),
                        Err(NoneFits) => return Ok(false),
                    }
                }
            }
        }
        for item in chosen {
            self.start_one(cx, item);
        }
        Ok(true)
    }

    /// ReleaseInstrument.
    pub(in crate::kernel::portfolio) fn release_attachments(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
    ) {
        for item in self.attached_to(instrument) {
            self.release_one(cx, item);
        }
    }

    /// StopInstrument.
    pub(in crate::kernel::portfolio) fn stop_attachments(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
    ) {
        for item in self.attached_to(instrument) {
            self.silence(cx, item);
        }
    }

    /// AF_TAG_TIME_SCALE of StartInstrument and ReleaseInstrument: it stays until the next one.
    pub(in crate::kernel::portfolio) fn scale_attachments(
        &mut self,
        instrument: Item,
        time_scale: Option<u32>,
    ) {
        let Some(scale) = time_scale else { return };
        for item in self.attached_to(instrument) {
            if let Ok(attachment) = self.attachment_mut(item) {
                attachment.time_scale = scale;
                if let State::Envelope { contour, .. } = &mut attachment.state {
                    contour.set_scale(scale);
                }
            }
        }
    }

    /// The length of a tick has changed: envelopes keep their ticks.
    pub(in crate::kernel::portfolio) fn audio_clock_changed(&mut self, cx: &mut CallCx<'_>) {
        let all: Vec<Item> = self.audio.samples.attachments.keys().copied().collect();
        for item in all {
            self.arrange(cx, item);
        }
    }

    /// The sample that a FIFO plays for a note.
    pub(in crate::kernel::portfolio::audio) fn sample_for(
        &self,
        instrument: Item,
        fifo: u8,
        note: Option<u8>,
    ) -> Option<Item> {
        let chosen = self.choose(instrument, fifo, note).ok()??;
        match self.attachment(chosen).ok()?.what {
            What::Sample { sample, .. } => Some(sample),
            What::Envelope { .. } => None,
        }
    }

    fn choose(
        &self,
        instrument: Item,
        fifo: u8,
        note: Option<u8>,
    ) -> Result<Option<Item>, NoneFits> {
        let all = self.attached_to(instrument);
        let here = |item: &Item| {
            let attachment = self.attachment(*item);
            attachment.is_ok_and(|it| it.fifo() == Some(fifo) && it.starts_by_itself())
        };
        let candidates: Vec<Item> = all.into_iter().filter(here).collect();
        let is_first = self.fifo_of(instrument, None) == Ok(fifo);
        match note {
            Some(note) if is_first && candidates.len() > 1 => {
                let fits = |item: &Item| match self.attachment(*item).map(|it| it.what) {
                    Ok(What::Sample { sample, .. }) => {
                        self.sample(sample).is_ok_and(|sample| sample.fits(note))
                    }
                    _ => false,
                };
                let found = candidates.into_iter().find(fits);
                found.map(Some).ok_or(NoneFits)
            }
            _ => Ok(candidates.first().copied()),
        }
    }
}
