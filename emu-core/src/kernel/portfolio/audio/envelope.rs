//! Envelopes: points that a level goes through in time (audio sheet 4.6).
//!
//! The points stay in the program's memory and are read when the level gets there.

mod contour;

pub(super) use self::contour::{Contour, Next, Ramp, UNSCALED};

use self::contour::{Cycle, POINT, Shape};
use super::codes::{BADITEM, BADPTR, BADTAG, BADTAGVAL, NOMEM, NULLADDRESS, UNIMPLEMENTED};
use super::items::kind;
use super::tags;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::tags::CommonTags;
use crate::loader::dsp_file::EnvelopeHook;
use crate::mem::Memory;
use serde::{Deserialize, Serialize};

/// Flags of an envelope: who owns the points (of no effect: the program does), and whether its
/// attachments stop their instrument.
const FLAGS: u32 = 3;
const FATLADYSINGS: u32 = 2;
/// Microseconds of a unit unless a program says otherwise.
const UNIT: u32 = 1000;
const NONE: i32 = -1;

/// What an envelope item says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    address: u32,
    points: u32,
    unit: u32,
    sustain: (i32, i32),
    sustain_time: u32,
    release: (i32, i32),
    release_time: u32,
    jump: i32,
    flags: u32,
    /// Bytes of kernel memory that the points are in, if they came with an instrument file.
    kept: u32,
}

impl Default for Envelope {
    fn default() -> Self {
        Envelope {
            address: 0,
            points: 0,
            unit: UNIT,
            sustain: (NONE, NONE),
            sustain_time: 0,
            release: (NONE, NONE),
            release_time: 0,
            jump: NONE,
            flags: 0,
            kept: 0,
        }
    }
}

fn index(value: u32) -> Result<i32, Status> {
    let value = value as i32;
    if value < NONE {
        return Err(BADTAGVAL);
    }
    Ok(value)
}

fn time(value: u32) -> Result<u32, Status> {
    i32::try_from(value).map_err(|_| BADTAGVAL)?;
    Ok(value)
}

fn cycle((begin, end): (i32, i32), back: u32) -> Option<Cycle> {
    let (begin, end) = (u32::try_from(begin).ok()?, u32::try_from(end).ok()?);
    (begin <= end).then_some(Cycle { begin, end, back })
}

impl Envelope {
    fn set(&mut self, tag: u32, value: u32) -> Result<(), Status> {
        match tag {
            tags::ADDRESS => self.address = value,
            tags::FRAMES => self.points = time(value)?,
            tags::MICROSPERUNIT => {
                let unit = time(value)?;
                self.unit = if unit > 0 {
                    unit
                } else {
                    return Err(BADTAGVAL);
                };
            }
            tags::SUSTAINBEGIN => self.sustain.0 = index(value)?,
            tags::SUSTAINEND => self.sustain.1 = index(value)?,
            tags::SUSTAINTIME => self.sustain_time = time(value)?,
            tags::RELEASEBEGIN => self.release.0 = index(value)?,
            tags::RELEASEEND => self.release.1 = index(value)?,
            tags::RELEASETIME => self.release_time = time(value)?,
            tags::RELEASEJUMP => self.jump = index(value)?,
            tags::SET_FLAGS | tags::CLEAR_FLAGS if value & !FLAGS != 0 => return Err(BADTAGVAL),
            tags::SET_FLAGS => self.flags |= value,
            tags::CLEAR_FLAGS => self.flags &= !value,
            _ => return Err(BADTAG),
        }
        Ok(())
    }

    /// Whether points can be read, loops are whole, and neither leads past the points.
    fn check(&self, mem: &Memory) -> Result<(), Status> {
        for (begin, end) in [self.sustain, self.release] {
            let is_loop = (begin, end) != (NONE, NONE);
            if is_loop && (begin == NONE || end < begin) {
                return Err(BADTAGVAL);
            }
        }
        if self.address == 0 || self.points == 0 {
            return Ok(());
        }
        let ends = [self.sustain.1, self.release.1, self.jump];
        if ends.iter().any(|&end| end >= self.points as i32) {
            return Err(BADTAGVAL);
        }
        let bytes = self.points.checked_mul(POINT).ok_or(BADPTR)?;
        mem.check_readable(self.address, bytes).map_err(|_| BADPTR)
    }

    /// What an instrument file says, with its points at an address. The word that should be the
    /// jump is 0 in files whose release goes on from the sustain point: no jump leads there.
    fn from_file(hook: &EnvelopeHook, address: u32, kept: u32) -> Envelope {
        Envelope {
            address,
            points: hook.points.len() as u32,
            unit: hook.micros_per_unit.clamp(1, i32::MAX as u32),
            sustain: (hook.sustain_begin, hook.sustain_end),
            sustain_time: hook.sustain_time.max(0) as u32,
            release: (hook.release_begin, hook.release_end),
            release_time: hook.release_time.max(0) as u32,
            jump: match hook.release_jump {
                0 => NONE,
                jump => jump,
            },
            flags: hook.flags & FLAGS,
            kept,
        }
    }

    /// The way through it, as it is now.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            address: self.address,
            points: self.points,
            unit: self.unit,
            sustain: cycle(self.sustain, self.sustain_time),
            release: cycle(self.release, self.release_time),
            jump: u32::try_from(self.jump).ok(),
        }
    }

    /// Whether its attachments stop their instrument, unless told otherwise.
    pub(super) fn fat_lady_sings(&self) -> bool {
        self.flags & FATLADYSINGS != 0
    }
}

impl Portfolio {
    pub(super) fn envelope(&self, item: Item) -> Result<&Envelope, Status> {
        self.audio.samples.envelopes.get(&item).ok_or(BADITEM)
    }

    /// CreateItem of an envelope.
    pub(super) fn create_envelope_item(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        list: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let mut envelope = Envelope::default();
        for &(tag, value) in list {
            envelope.set(tag, value)?;
        }
        envelope.check(cx.mem)?;
        let item = self.place_audio_item(cx.mem, kind::ENVELOPE, common)?;
        self.audio.samples.envelopes.insert(item, envelope);
        Ok(item)
    }

    /// An envelope that came with an instrument file.
    pub(super) fn keep_envelope(
        &mut self,
        cx: &mut CallCx<'_>,
        hook: &EnvelopeHook,
        owner: Item,
    ) -> Result<Item, Status> {
        let points = hook.points.iter();
        let bytes: Vec<u8> = points
            .flat_map(|&(time, level)| [time, level as u32])
            .flat_map(u32::to_be_bytes)
            .collect();
        let size = u32::try_from(bytes.len()).map_err(|_| NOMEM)?;
        let address = self.heap_alloc(cx.mem, size).map_err(|_| NOMEM)?;
        if let Some(place) = cx.mem.bytes_mut(address, size) {
            place.copy_from_slice(&bytes);
        }
        let envelope = Envelope::from_file(hook, address, size);
        let common = CommonTags::default();
        let item = envelope
            .check(cx.mem)
            .and_then(|()| self.new_audio_item(cx.mem, kind::ENVELOPE, common, owner));
        let item = item.inspect_err(|_| self.heap_free(address, size))?;
        self.audio.samples.envelopes.insert(item, envelope);
        self.gain(owner, Resource::Owned(item));
        Ok(item)
    }

    /// Takes an envelope and its attachments out of the system.
    pub(super) fn delete_envelope(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.detach_all(cx, |attachment| attachment.plays(item));
        let envelope = self.audio.samples.envelopes.remove(&item);
        if let Some(kept) = envelope.filter(|envelope| envelope.kept > 0) {
            self.heap_free(kept.address, kept.kept);
        }
        self.free_audio_item(cx.mem, item);
    }

    /// GetAudioItemInfo of an envelope: its page allows no query.
    pub(super) fn envelope_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        item: Item,
        _tag: u32,
    ) -> Result<Option<u32>, Status> {
        self.envelope(item)?;
        Err(UNIMPLEMENTED)
    }

    /// SetAudioItemInfo of an envelope; what plays heeds it from its next segment on.
    pub(super) fn set_envelope_info(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
        value: u32,
    ) -> Result<(), Status> {
        let mut envelope = self.envelope(item)?.clone();
        if envelope.kept > 0 && tag == tags::ADDRESS {
            // The points are the folio's.
            return Err(BADTAG);
        }
        envelope.set(tag, value)?;
        if [tags::ADDRESS, tags::FRAMES].contains(&tag) && envelope.address != 0 {
            let bytes = envelope.points.checked_mul(POINT).ok_or(BADPTR)?;
            let readable = cx.mem.check_readable(envelope.address, bytes);
            readable.map_err(|_| BADPTR)?;
        }
        self.audio.samples.envelopes.insert(item, envelope);
        Ok(())
    }
}

fn create_envelope(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    points: u32,
    count: i32,
    begin: u32,
    end: u32,
) -> Result<Item, Trouble> {
    if points == 0 {
        return Err(NULLADDRESS.into());
    }
    if count <= 0 {
        return Err(BADTAGVAL.into());
    }
    let list = [
        (tags::ADDRESS, points),
        (tags::FRAMES, count as u32),
        (tags::SUSTAINBEGIN, begin),
        (tags::SUSTAINEND, end),
    ];
    let item = k.create_envelope_item(cx, CommonTags::default(), &list)?;
    Ok(k.give_to_caller(item))
}

fn delete_envelope(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Result<i32, Trouble> {
    k.own_audio_item(cx.mem, item, kind::ENVELOPE)?;
    k.delete_envelope(cx, item);
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    vec 34 CreateEnvelope(points: u32, count: i32, begin: u32, end: u32) -> Item = create_envelope, cost 600;
    vec 35 DeleteEnvelope(envelope: Item) -> Number = delete_envelope;
}
