//! What may be attached to what, and how it comes off again.

use super::channel::Feed;
use super::{Attachment, FATLADYSINGS, What};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes::{BADITEM, BADPTR, BADTAG, INUSE, SECURITY};
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::audio::tags;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{CString, GuestPtr};

/// Characters of the name of a FIFO or hook.
const NAME_MAX: u32 = 64;

impl Portfolio {
    /// CreateItem of an attachment.
    pub(in crate::kernel::portfolio::audio) fn create_attachment_item(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        list: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (mut instrument, mut sample, mut envelope, mut name) = (None, None, None, 0);
        let mut rest = Vec::new();
        for &(tag, value) in list {
            match tag {
                tags::INSTRUMENT => instrument = Some(Item(value as i32)),
                tags::SAMPLE => sample = Some(Item(value as i32)),
                tags::ENVELOPE => envelope = Some(Item(value as i32)),
                tags::HOOKNAME => name = value,
                _ => rest.push((tag, value)),
            }
        }
        let name = if name == 0 {
            None
        } else {
            let text = cx.mem.read_string(GuestPtr::new(name), NAME_MAX);
            Some(text.map_err(|_| BADPTR)?)
        };
        let instrument = instrument.ok_or(BADITEM)?;
        let mut attachment = match (sample, envelope) {
            (Some(sample), None) => {
                let is_written = self.sample(sample)?.is_delay_line();
                let fifo = self.fifo_of(instrument, name.as_deref())?;
                // What an instrument writes is the folio's own memory, or it could write anything.
                if self.is_out_fifo(instrument, fifo) && !is_written {
                    return Err(SECURITY);
                }
                Attachment::new(instrument, What::Sample { sample, fifo })
            }
            (None, Some(envelope)) => {
                let fat_lady_sings = self.envelope(envelope)?.fat_lady_sings();
                let hook = self.envelope_hook_of(instrument, name.as_deref())?;
                let hook = hook as u32;
                if self.has_envelope(instrument, hook) {
                    return Err(INUSE);
                }
                let what = What::Envelope { envelope, hook };
                let mut attachment = Attachment::new(instrument, what);
                attachment.flags = if fat_lady_sings { FATLADYSINGS } else { 0 };
                attachment
            }
            _ => return Err(BADTAG),
        };
        for (tag, value) in rest {
            attachment.set(tag, value)?;
        }
        let item = self.place_audio_item(cx.mem, kind::ATTACHMENT, common)?;
        let samples = &mut self.audio.samples;
        samples.attachments.insert(item, attachment);
        samples
            .of_instrument
            .entry(instrument)
            .or_default()
            .push(item);
        Ok(item)
    }

    /// An attachment without a call: its owner gets it.
    fn place_attachment(
        &mut self,
        cx: &mut CallCx<'_>,
        attachment: Attachment,
        owner: Item,
    ) -> Result<(), Status> {
        let to = attachment.instrument;
        let item = self.new_audio_item(cx.mem, kind::ATTACHMENT, CommonTags::default(), owner)?;
        let samples = &mut self.audio.samples;
        samples.attachments.insert(item, attachment);
        samples.of_instrument.entry(to).or_default().push(item);
        self.gain(owner, Resource::Owned(item));
        Ok(())
    }

    /// Attaches an envelope to a hook of a template.
    pub(in crate::kernel::portfolio::audio) fn attach_envelope_to(
        &mut self,
        cx: &mut CallCx<'_>,
        template: Item,
        (envelope, hook): (Item, u32),
        owner: Item,
    ) -> Result<(), Status> {
        let mut attachment = Attachment::new(template, What::Envelope { envelope, hook });
        if self.envelope(envelope)?.fat_lady_sings() {
            attachment.flags = FATLADYSINGS;
        }
        self.place_attachment(cx, attachment, owner)
    }

    /// Attaches a sample to a FIFO of a template.
    pub(in crate::kernel::portfolio::audio) fn attach_sample_to(
        &mut self,
        cx: &mut CallCx<'_>,
        template: Item,
        (sample, fifo): (Item, u8),
        owner: Item,
    ) -> Result<(), Status> {
        let attachment = Attachment::new(template, What::Sample { sample, fifo });
        self.place_attachment(cx, attachment, owner)
    }

    /// An instrument plays what is attached to its template.
    pub(in crate::kernel::portfolio::audio) fn inherit_attachments(
        &mut self,
        cx: &mut CallCx<'_>,
        (template, instrument): (Item, Item),
        owner: Item,
    ) -> Result<(), Status> {
        for item in self.attached_to(template) {
            let from = self.attachment(item)?;
            let attachment = Attachment {
                flags: from.flags,
                start_at: from.start_at,
                time_scale: from.time_scale,
                ..Attachment::new(instrument, from.what)
            };
            self.place_attachment(cx, attachment, owner)?;
        }
        Ok(())
    }

    fn has_envelope(&self, instrument: Item, hook: u32) -> bool {
        self.attached_to(instrument).iter().any(|&item| {
            self.attachment(item).is_ok_and(|attachment| {
                matches!(attachment.what, What::Envelope { hook: at, .. } if at == hook)
            })
        })
    }

    /// Takes an attachment out of the system: what plays is cut off.
    pub(in crate::kernel::portfolio::audio) fn delete_attachment(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) {
        self.silence(cx, item);
        let samples = &mut self.audio.samples;
        if let Some(attachment) = samples.attachments.remove(&item)
            && let Some(list) = samples.of_instrument.get_mut(&attachment.instrument)
        {
            list.retain(|&other| other != item);
            if list.is_empty() {
                samples.of_instrument.remove(&attachment.instrument);
            }
        }
        let mut unlinked = Vec::new();
        for (&other, attachment) in &mut samples.attachments {
            if attachment.link == Some(item) {
                attachment.link = None;
                unlinked.push(other);
            }
        }
        for other in unlinked {
            self.feed(cx, other, Feed::On);
        }
        self.free_audio_item(cx.mem, item);
    }

    /// Deletes all attachments that are meant.
    pub(in crate::kernel::portfolio::audio) fn detach_all(
        &mut self,
        cx: &mut CallCx<'_>,
        is_meant: impl Fn(&Attachment) -> bool,
    ) {
        let all = self.audio.samples.attachments.iter();
        let meant: Vec<Item> = all
            .filter(|(_, attachment)| is_meant(attachment))
            .map(|(&item, _)| item)
            .collect();
        for item in meant {
            self.delete_attachment(cx, item);
        }
    }

    /// Deletes the attachments of an instrument that is about to go.
    pub(in crate::kernel::portfolio) fn delete_attachments_of(
        &mut self,
        cx: &mut CallCx<'_>,
        instrument: Item,
    ) {
        for item in self.attached_to(instrument) {
            self.delete_attachment(cx, item);
        }
    }
}

fn attach(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    (tag, item): (u32, Item),
    name: GuestPtr<CString>,
) -> Result<Item, Trouble> {
    let list = [
        (tags::INSTRUMENT, instrument.0 as u32),
        (tag, item.0 as u32),
        (tags::HOOKNAME, name.addr()),
    ];
    let item = k.create_attachment_item(cx, CommonTags::default(), &list)?;
    Ok(k.give_to_caller(item))
}

/// Vector 36.
pub(super) fn attach_sample(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    sample: Item,
    fifo: GuestPtr<CString>,
) -> Result<Item, Trouble> {
    attach(k, cx, instrument, (tags::SAMPLE, sample), fifo)
}

/// Vector 32.
pub(super) fn attach_envelope(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    instrument: Item,
    envelope: Item,
    hook: GuestPtr<CString>,
) -> Result<Item, Trouble> {
    attach(k, cx, instrument, (tags::ENVELOPE, envelope), hook)
}

/// Vectors 33 and 37.
pub(super) fn detach(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Result<i32, Trouble> {
    k.own_audio_item(cx.mem, item, kind::ATTACHMENT)?;
    k.delete_attachment(cx, item);
    Ok(0)
}
