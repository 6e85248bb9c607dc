//! Attachments: what an instrument plays (audio sheet 4.3, 4.6).
//!
//! | module | what it knows |
//! |---|---|
//! | `create` | AttachSample and its family: what may be attached to what |
//! | `instrument` | what starts, stops and pauses with an instrument |
//! | `play` | starting, releasing, stopping one; what its end leads to |
//! | `calls` | the calls on one attachment: start, link, monitor, where it is |
//!
//! | `channel` | a sample and the channel that moves it |
//!
//! What a call changes is heard from the next output frame on; what an end changes, from the
//! frame behind the end on.

mod calls;
mod channel;
mod create;
mod instrument;
mod play;

pub(in crate::kernel::portfolio) use self::calls::CALLS;

use super::clock::Frame;
use super::codes::{BADITEM, BADTAGVAL};
use super::envelope::{Contour, Envelope, Ramp, UNSCALED};
use super::playback::Course;
use super::sample::{Placing, Sample};
use super::tags;
use crate::device::sound::Channel;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const NOAUTOSTART: u32 = 1;
const FATLADYSINGS: u32 = 2;
const FLAGS: u32 = NOAUTOSTART | FATLADYSINGS;
/// States, as GetAudioItemInfo gives them.
const STOPPED: u32 = 1;
const RELEASED: u32 = 2;
const STARTED: u32 = 3;

/// Samples, envelopes, and what they are attached to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Samples {
    pub(super) samples: BTreeMap<Item, Sample>,
    pub(super) envelopes: BTreeMap<Item, Envelope>,
    /// Sounds that wait for memory of a program's own, by task.
    pub(super) placing: BTreeMap<Item, Vec<Placing>>,
    attachments: BTreeMap<Item, Attachment>,
    /// The attachments of each instrument in the order they were made.
    of_instrument: BTreeMap<Item, Vec<Item>>,
    /// Which attachment each channel moves.
    channels: BTreeMap<Channel, Item>,
}

impl Samples {
    /// The attachment that a channel moves, and its instrument.
    pub(super) fn moved_by(&self, channel: Channel) -> Option<(Item, Item)> {
        let item = *self.channels.get(&channel)?;
        let attachment = self.attachments.get(&item)?;
        Some((item, attachment.instrument))
    }

    /// Whether tables from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        let courses = self.attachments.values().filter_map(|it| match &it.state {
            State::Sample(playing) => Some(&playing.course),
            _ => None,
        });
        self.samples.values().all(Sample::is_sound) && courses.into_iter().all(Course::is_sound)
    }
}

/// What is attached, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum What {
    Sample { sample: Item, fifo: u8 },
    Envelope { envelope: Item, hook: u32 },
}

/// What an attachment does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    /// Nothing, with what is left: the byte a sample ended at, the ramp of an envelope.
    Stopped { at: u32, ramp: Ramp },
    /// A sample passes its FIFO.
    Sample(Playing),
    /// An envelope goes from point to point; the tick of the next one.
    Envelope {
        contour: Contour,
        tick: Option<u32>,
        /// Whether that tick is its end.
        is_over: bool,
    },
}

/// A sample that passes its FIFO.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Playing {
    course: Course,
    /// Where the sample is in memory.
    base: u32,
    is_released: bool,
}

/// What an attachment item says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    instrument: Item,
    what: What,
    flags: u32,
    start_at: u32,
    time_scale: u32,
    /// What plays when this has ended.
    link: Option<Item>,
    /// Who is told that it has.
    cue: Option<Item>,
    state: State,
    /// What the audio clock has noted for it.
    due: Option<u64>,
}

impl Attachment {
    fn new(instrument: Item, what: What) -> Attachment {
        Attachment {
            instrument,
            what,
            flags: 0,
            start_at: 0,
            time_scale: UNSCALED,
            link: None,
            cue: None,
            state: State::Stopped {
                at: 0,
                ramp: Ramp::default(),
            },
            due: None,
        }
    }

    /// Whether this sample or envelope is what is attached.
    pub(super) fn plays(&self, item: Item) -> bool {
        match self.what {
            What::Sample { sample, .. } => sample == item,
            What::Envelope { envelope, .. } => envelope == item,
        }
    }

    fn starts_by_itself(&self) -> bool {
        self.flags & NOAUTOSTART == 0
    }

    fn fifo(&self) -> Option<u8> {
        match self.what {
            What::Sample { fifo, .. } => Some(fifo),
            What::Envelope { .. } => None,
        }
    }

    fn set(&mut self, tag: u32, value: u32) -> Result<(), Status> {
        match tag {
            tags::SET_FLAGS | tags::CLEAR_FLAGS if value & !FLAGS != 0 => return Err(BADTAGVAL),
            tags::SET_FLAGS => self.flags |= value,
            tags::CLEAR_FLAGS => self.flags &= !value,
            tags::START_AT => {
                i32::try_from(value).map_err(|_| BADTAGVAL)?;
                self.start_at = value;
            }
            tags::TIME_SCALE => self.time_scale = value,
            _ => return Err(super::codes::BADTAG),
        }
        Ok(())
    }

    fn status(&self) -> u32 {
        match &self.state {
            State::Stopped { .. } => STOPPED,
            State::Sample(playing) if playing.is_released => RELEASED,
            State::Envelope { contour, .. } if contour.is_released() => RELEASED,
            _ => STARTED,
        }
    }

    fn level(&self, now: Frame) -> i16 {
        match &self.state {
            State::Stopped { ramp, .. } => ramp.level(now),
            State::Envelope { contour, .. } => contour.level(now),
            State::Sample(_) => 0,
        }
    }
}

impl Portfolio {
    fn attachment(&self, item: Item) -> Result<&Attachment, Status> {
        self.audio.samples.attachments.get(&item).ok_or(BADITEM)
    }

    fn attachment_mut(&mut self, item: Item) -> Result<&mut Attachment, Status> {
        let attachments = &mut self.audio.samples.attachments;
        attachments.get_mut(&item).ok_or(BADITEM)
    }

    /// The attachments of an instrument in the order they were made.
    fn attached_to(&self, instrument: Item) -> Vec<Item> {
        let list = self.audio.samples.of_instrument.get(&instrument);
        list.cloned().unwrap_or_default()
    }

    /// GetAudioItemInfo of an attachment; nothing for a tag that attachments do not have.
    pub(super) fn attachment_info(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
    ) -> Result<Option<u32>, Status> {
        let attachment = self.attachment(item)?;
        Ok(match (tag, attachment.what) {
            (tags::INSTRUMENT, _) => Some(attachment.instrument.0 as u32),
            (tags::SAMPLE, What::Sample { sample, .. }) => Some(sample.0 as u32),
            (tags::ENVELOPE, What::Envelope { envelope, .. }) => Some(envelope.0 as u32),
            (tags::CURRENT, What::Envelope { .. }) => {
                Some(i32::from(self.level_of(cx, attachment)) as u32)
            }
            (tags::SAMPLE | tags::ENVELOPE, _) => Some(0),
            (tags::SET_FLAGS, _) => Some(attachment.flags),
            (tags::CLEAR_FLAGS, _) => Some(!attachment.flags & FLAGS),
            (tags::START_AT, _) => Some(attachment.start_at),
            (tags::TIME_SCALE, _) => Some(attachment.time_scale),
            (tags::STATUS, _) => Some(attachment.status()),
            _ => None,
        })
    }

    /// SetAudioItemInfo of an attachment, for its next start.
    pub(super) fn set_attachment_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
        value: u32,
    ) -> Result<(), Status> {
        self.attachment_mut(item)?.set(tag, value)
    }
}
