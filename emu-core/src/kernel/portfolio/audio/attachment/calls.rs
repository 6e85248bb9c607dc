//! Calls on one attachment.

use super::channel::Feed;
use super::create::{attach_envelope, attach_sample, detach};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes::{BADITEM, BADTAG, NOFIFO, UNIMPLEMENTED};
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::TagWalk;
use crate::mem::{CString, GuestPtr};

/// The one place of an attachment that can be monitored.
const CUE_AT_END: i32 = -2;

/// These calls have no tags.
fn no_tags(cx: &CallCx<'_>, list: GuestPtr<TagArg>) -> Result<(), Trouble> {
    match TagWalk::new(cx.mem, list).next() {
        None => Ok(()),
        Some(Ok(_)) => Err(BADTAG.into()),
        Some(Err(error)) => Err(error.into()),
    }
}

/// Does something to an attachment; there are no tags for it.
fn tell(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    list: GuestPtr<TagArg>,
    work: impl FnOnce(&mut Portfolio, &mut CallCx<'_>, Item),
) -> Result<i32, Trouble> {
    k.attachment(item)?;
    no_tags(cx, list)?;
    work(k, cx, item);
    Ok(0)
}

fn start_attachment(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    tell(k, cx, item, list, Portfolio::start_one)
}

fn release_attachment(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    tell(k, cx, item, list, Portfolio::release_one)
}

fn stop_attachment(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    list: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    tell(k, cx, item, list, Portfolio::silence)
}

fn link_attachments(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    first: Item,
    second: Item,
) -> Result<i32, Trouble> {
    let (instrument, fifo) = {
        let first = k.attachment(first)?;
        (first.instrument, first.fifo().ok_or(BADITEM)?)
    };
    if second == Item::NONE {
        k.attachment_mut(first)?.link = None;
        k.feed(cx, first, Feed::On);
        return Ok(0);
    }
    let other = k.attachment(second)?;
    let other_fifo = other.fifo().ok_or(BADITEM)?;
    if (other.instrument, other_fifo) != (instrument, fifo) {
        return Err(NOFIFO.into());
    }
    k.attachment_mut(first)?.link = Some(second);
    k.follow_link(cx, first);
    Ok(0)
}

fn monitor_attachment(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
    cue: Item,
    at: i32,
) -> Result<i32, Trouble> {
    k.attachment(item)?;
    if cue != Item::NONE {
        if !k.is_audio_item(cx.mem, cue, kind::CUE) {
            return Err(BADITEM.into());
        }
        if at != CUE_AT_END {
            return Err(UNIMPLEMENTED.into());
        }
    }
    k.attachment_mut(item)?.cue = (cue != Item::NONE).then_some(cue);
    Ok(0)
}

fn where_attachment(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Result<u32, Trouble> {
    let attachment = k.attachment(item)?;
    Ok(k.place_of_attachment(cx, attachment).min(i32::MAX as u32))
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 18 StartAttachment(attachment: Item, tags: GuestPtr<TagArg>) -> Number = start_attachment;
    swi 19 ReleaseAttachment(attachment: Item, tags: GuestPtr<TagArg>) -> Number = release_attachment;
    swi 20 StopAttachment(attachment: Item, tags: GuestPtr<TagArg>) -> Number = stop_attachment;
    swi 21 LinkAttachments(first: Item, second: Item) -> Number = link_attachments;
    swi 22 MonitorAttachment(attachment: Item, cue: Item, at: i32) -> Number = monitor_attachment;
    swi 30 WhereAttachment(attachment: Item) -> Number = where_attachment;
    vec 32 AttachEnvelope(instrument: Item, envelope: Item, hook: GuestPtr<CString>) -> Item = attach_envelope, cost 600;
    vec 33 DetachEnvelope(attachment: Item) -> Number = detach;
    vec 36 AttachSample(instrument: Item, sample: Item, fifo: GuestPtr<CString>) -> Item = attach_sample, cost 600;
    vec 37 DetachSample(attachment: Item) -> Number = detach;
}
