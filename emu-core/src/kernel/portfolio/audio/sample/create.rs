//! Samples from tags alone, and delay lines.

use super::{DATA_TAGS, Data, NO_LOOP, Sample, check_data};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes::{BADTAG, BADTAGVAL, NOMEM, OUTOFRANGE, TAGCONFLICT};
use crate::kernel::portfolio::audio::items::kind;
use crate::kernel::portfolio::audio::tags;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::tags::{CommonTags, common_tags, own_tags};
use crate::loader::aiff::Aiff;
use crate::mem::{GuestPtr, Memory};

/// Tags of which a list may have one.
const EITHER: [(u32, u32); 2] = [(tags::FRAMES, tags::NUMBYTES), (tags::WIDTH, tags::NUMBITS)];
/// What must be known before a length in frames means anything.
const LENGTHS: [u32; 2] = [tags::FRAMES, tags::NUMBYTES];

fn has(list: &[(u32, u32)], tag: u32) -> bool {
    list.iter().any(|&(other, _)| other == tag)
}

/// Whether the loops are whole and lie within the sample, as far as its length is known.
pub(super) fn check_loops(sample: &Sample) -> Result<(), Status> {
    for (begin, end) in [sample.sustain, sample.release] {
        if (begin, end) == (NO_LOOP, NO_LOOP) {
            continue;
        }
        if begin == NO_LOOP || end <= begin {
            return Err(BADTAGVAL);
        }
        if sample.bytes > 0 && end as u32 > sample.frames {
            return Err(OUTOFRANGE);
        }
    }
    Ok(())
}

impl Sample {
    fn from_tags(list: &[(u32, u32)]) -> Result<Sample, Status> {
        let conflict = |&(a, b): &(u32, u32)| has(list, a) && has(list, b);
        if EITHER.iter().any(conflict) {
            return Err(TAGCONFLICT);
        }
        let mut sample = Sample::default();
        let is_length = |&&(tag, _): &&(u32, u32)| LENGTHS.contains(&tag);
        let format = list.iter().filter(|it| !is_length(it));
        for &(tag, value) in format.chain(list.iter().filter(is_length)) {
            sample.set(tag, value)?;
        }
        check_loops(&sample)?;
        Ok(sample)
    }
}

impl Portfolio {
    /// CreateItem of a sample.
    pub(in crate::kernel::portfolio::audio) fn create_sample_item(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        list: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let delay = list.iter().rfind(|&&(tag, _)| tag == tags::DELAY_LINE);
        if let Some(&(_, bytes)) = delay {
            return self.create_delay_line(cx, common, list, bytes);
        }
        let sample = Sample::from_tags(list)?;
        check_data(cx.mem, &sample)?;
        self.new_sample(cx.mem, common, sample)
    }

    fn create_delay_line(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        list: &[(u32, u32)],
        bytes: u32,
    ) -> Result<Item, Status> {
        if list.iter().any(|(tag, _)| DATA_TAGS.contains(tag)) {
            return Err(BADTAG);
        }
        if i32::try_from(bytes).map_or(true, |bytes| bytes == 0) {
            return Err(BADTAGVAL);
        }
        let format = list.iter().filter(|&&(tag, _)| tag != tags::DELAY_LINE);
        let mut list: Vec<_> = format.copied().collect();
        list.push((tags::NUMBYTES, bytes));
        let mut sample = Sample::from_tags(&list)?;
        let address = self.heap_alloc(cx.mem, bytes).map_err(|_| NOMEM)?;
        sample.address = address;
        sample.data = Data::Kernel { address, bytes };
        let made = self.new_sample(cx.mem, common, sample);
        if made.is_err() {
            self.heap_free(address, bytes);
        }
        made
    }

    /// The item of a sample.
    pub(super) fn new_sample(
        &mut self,
        mem: &mut Memory,
        common: CommonTags,
        sample: Sample,
    ) -> Result<Item, Status> {
        let item = self.place_audio_item(mem, kind::SAMPLE, common)?;
        self.audio.samples.samples.insert(item, sample);
        Ok(item)
    }

    /// A sample that came with an instrument file. Its sound is a part of the file's program, which
    /// outlives it.
    pub(in crate::kernel::portfolio::audio) fn keep_sample(
        &mut self,
        cx: &mut CallCx<'_>,
        aiff: &Aiff,
        address: u32,
        owner: Item,
    ) -> Result<Item, Status> {
        let mut sample = Sample::from_file(aiff, aiff.sound.len);
        sample.address = address;
        check_loops(&sample)?;
        let item = self.new_audio_item(cx.mem, kind::SAMPLE, CommonTags::default(), owner)?;
        self.audio.samples.samples.insert(item, sample);
        self.gain(owner, Resource::Owned(item));
        Ok(item)
    }

    /// The same for a call that is not CreateItem: the caller owns the item.
    pub(super) fn give_sample(
        &mut self,
        mem: &mut Memory,
        common: CommonTags,
        sample: Sample,
    ) -> Result<Item, Status> {
        let item = self.new_sample(mem, common, sample)?;
        Ok(self.give_to_caller(item))
    }
}

/// Vector 14, the old way: memory of a size, and tags for what is in it.
pub(super) fn make_sample(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bytes: i32,
    list: GuestPtr<TagArg>,
) -> Result<Item, Trouble> {
    let common = common_tags(cx.mem, list)?;
    let mut own: Vec<_> = own_tags(cx.mem, list).collect::<Result<_, _>>()?;
    let Ok(wanted) = u32::try_from(bytes) else {
        return Err(BADTAGVAL.into());
    };
    if wanted == 0 {
        // Without an address too: sound spoolers say later where each part of theirs is.
        let item = k.create_sample_item(cx, common, &own)?;
        return Ok(k.give_to_caller(item));
    }
    if own.iter().any(|(tag, _)| DATA_TAGS.contains(tag)) {
        return Err(BADTAG.into());
    }
    own.push((tags::NUMBYTES, wanted));
    let mut sample = Sample::from_tags(&own)?;
    k.with_task_memory(cx, &mut sample, wanted)?;
    let (address, made) = (sample.address, k.give_sample(cx.mem, common, sample));
    if made.is_err() {
        k.free_mem(cx, address, bytes)?;
    }
    Ok(made?)
}
