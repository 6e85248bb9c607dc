//! Samples: sound in guest memory (audio sheet 3).
//!
//! | module | what it knows |
//! |---|---|
//! | `create` | which tags go together, and what they make |
//! | `load` | from a file to a sample |
//! | `routine` | functions of the program's that give and take memory |
//! | `pitch` | frequencies of notes and of samples |
//! | `print` | DebugSample |
//!
//! The sound itself stays in guest memory and is not looked at here.

mod create;
mod load;
mod pitch;
mod print;
mod routine;

pub use self::load::SampleFile;
pub use self::routine::Placing;
pub(in crate::kernel::portfolio) use self::routine::{
    CREATE_ROUTINE, DEFINE_ROUTINE, LOAD_ROUTINE, UNLOAD_ROUTINE,
};

use super::codes::{BADTAG, BADTAGVAL};
use super::items::kind;
use super::playback::{FrameSize, Geometry};
use super::tags;
use crate::calls;
use crate::device::sound::FRAME_RATE;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::loader::aiff::{Aiff, Compression};
use crate::mem::{CString, GuestPtr, MEMORY_END, Memory};
use serde::{Deserialize, Serialize};

/// The value of a loop's ends that stands for "no loop".
const NO_LOOP: i32 = -1;
/// Loudest and highest of MIDI.
const MIDI_MAX: u32 = 127;
/// Hundredths of a semitone that a sample may be off.
const DETUNE_MAX: i32 = 100;

/// Memory that belongs to a sample, beside what a program has told it to play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Data {
    /// None.
    #[default]
    None,
    /// In the pool of the program whose task this is.
    Program {
        /// Any task of the program that was given the memory.
        task: Item,
        /// Where it is.
        address: u32,
        /// How much.
        bytes: u32,
    },
    /// Given by a function of the program's, to be taken back by another.
    Custom {
        /// Where it is.
        address: u32,
        /// How much.
        bytes: u32,
        /// What takes it back.
        free: u32,
    },
    /// In kernel memory: a delay line, which the signal processor writes.
    Kernel {
        /// Where it is.
        address: u32,
        /// How much.
        bytes: u32,
    },
}

/// What a sample item says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    size: FrameSize,
    bits: u32,
    /// Four characters, or zero.
    compression: u32,
    address: u32,
    bytes: u32,
    frames: u32,
    /// Whether the length was told in frames: bytes then follow, else frames do.
    by_frames: bool,
    sustain: (i32, i32),
    release: (i32, i32),
    base_note: u8,
    detune: i8,
    /// Frames a second, 16.16.
    rate: u32,
    notes: (u8, u8),
    velocities: (u8, u8),
    /// Where in its file the sound was, and how much of it there was.
    in_file: (u32, u32),
    data: Data,
}

impl Default for Sample {
    fn default() -> Self {
        Sample {
            size: FrameSize {
                channels: 1,
                width: 2,
                ratio: 1,
            },
            bits: 16,
            compression: 0,
            address: 0,
            bytes: 0,
            frames: 0,
            by_frames: false,
            sustain: (NO_LOOP, NO_LOOP),
            release: (NO_LOOP, NO_LOOP),
            base_note: 60,
            detune: 0,
            rate: FRAME_RATE << 16,
            notes: (0, MIDI_MAX as u8),
            velocities: (0, MIDI_MAX as u8),
            in_file: (0, 0),
            data: Data::None,
        }
    }
}

/// A number that a field can hold.
fn fit<T: TryFrom<u32>>(value: u32, range: std::ops::RangeInclusive<u32>) -> Result<T, Status> {
    if !range.contains(&value) {
        return Err(BADTAGVAL);
    }
    T::try_from(value).map_err(|_| BADTAGVAL)
}

fn loop_end(value: u32) -> Result<i32, Status> {
    let value = value as i32;
    if value < NO_LOOP {
        return Err(BADTAGVAL);
    }
    Ok(value)
}

/// A loop, if both its ends say so.
fn frames_of_loop((begin, end): (i32, i32)) -> Option<(u32, u32)> {
    let (begin, end) = (u32::try_from(begin).ok()?, u32::try_from(end).ok()?);
    (begin < end).then_some((begin, end))
}

impl Sample {
    /// What a file says; as much of the sound as `bytes` hold.
    fn from_file(aiff: &Aiff, bytes: u32) -> Sample {
        let size = FrameSize {
            channels: aiff.channels,
            width: aiff.width(),
            ratio: aiff.compression.ratio(),
        };
        let ends = |it: Option<crate::loader::aiff::Loop>| {
            it.map_or((NO_LOOP, NO_LOOP), |it| (it.begin as i32, it.end as i32))
        };
        let mut sample = Sample {
            size,
            bits: aiff.bits.into(),
            compression: match aiff.compression {
                Compression::None => 0,
                other => u32::from_be_bytes(other.id()),
            },
            bytes,
            frames: aiff.frames.min(size.frames_of(bytes)),
            sustain: ends(aiff.sustain),
            release: ends(aiff.release),
            rate: aiff.rate.frac16().unwrap_or(FRAME_RATE << 16),
            in_file: (aiff.sound.offset, aiff.sound.len),
            ..Sample::default()
        };
        if let Some(notes) = aiff.notes {
            sample.base_note = notes.base;
            sample.detune = notes.detune;
            sample.notes = notes.notes;
            sample.velocities = notes.velocities;
        }
        sample
    }

    /// How it is played.
    pub(super) fn geometry(&self) -> Geometry {
        let (sustain, release) = (frames_of_loop(self.sustain), frames_of_loop(self.release));
        let bytes = match self.data {
            // The processor writes there, and no further.
            Data::Kernel { bytes, .. } => self.bytes.min(bytes),
            _ => self.bytes,
        };
        Geometry::new(self.size, bytes, sustain, release)
    }

    /// Where it is in memory.
    pub(super) fn address(&self) -> u32 {
        self.address
    }

    /// Whether a note is one of its.
    pub(super) fn fits(&self, note: u8) -> bool {
        (self.notes.0..=self.notes.1).contains(&note)
    }

    /// The frequency it has at its own rate, 16.16.
    pub(super) fn base_frequency(&self) -> u32 {
        pitch::sample_frequency(self.base_note, self.detune, self.rate)
    }

    /// Whether the memory it will give back is memory (a saved state may say otherwise).
    pub(super) fn is_sound(&self) -> bool {
        let (address, bytes) = match self.data {
            Data::None => return true,
            Data::Program { address, bytes, .. }
            | Data::Custom { address, bytes, .. }
            | Data::Kernel { address, bytes } => (address, bytes),
        };
        let end = address.checked_add(bytes);
        end.is_some_and(|end| end <= MEMORY_END)
    }

    /// Whether it is memory that the signal processor writes.
    pub(super) fn is_delay_line(&self) -> bool {
        matches!(self.data, Data::Kernel { .. })
    }

    /// Lets the two lengths agree again.
    fn count(&mut self) {
        if self.by_frames {
            self.bytes = self.size.bytes_of(self.frames);
        } else {
            self.frames = self.size.frames_of(self.bytes);
        }
    }

    fn set(&mut self, tag: u32, value: u32) -> Result<(), Status> {
        match tag {
            tags::ADDRESS => self.address = value,
            tags::FRAMES => (self.frames, self.by_frames) = (value, true),
            tags::NUMBYTES => (self.bytes, self.by_frames) = (value, false),
            tags::CHANNELS => self.size.channels = fit(value, 1..=255)?,
            tags::WIDTH => self.size.width = fit(value, 1..=2)?,
            tags::NUMBITS => {
                self.bits = fit(value, 1..=32)?;
                self.size.width = value.div_ceil(8) as u8;
            }
            tags::COMPRESSIONTYPE => self.compression = value,
            tags::COMPRESSIONRATIO => self.size.ratio = fit(value, 1..=u32::MAX)?,
            tags::SUSTAINBEGIN => self.sustain.0 = loop_end(value)?,
            tags::SUSTAINEND => self.sustain.1 = loop_end(value)?,
            tags::RELEASEBEGIN => self.release.0 = loop_end(value)?,
            tags::RELEASEEND => self.release.1 = loop_end(value)?,
            tags::BASENOTE => self.base_note = fit(value, 0..=MIDI_MAX)?,
            tags::DETUNE => {
                let cents = value as i32;
                if !(-DETUNE_MAX..=DETUNE_MAX).contains(&cents) {
                    return Err(BADTAGVAL);
                }
                self.detune = cents as i8;
            }
            tags::SAMPLE_RATE => self.rate = fit(value, 1..=u32::MAX)?,
            tags::LOWNOTE => self.notes.0 = fit(value, 0..=MIDI_MAX)?,
            tags::HIGHNOTE => self.notes.1 = fit(value, 0..=MIDI_MAX)?,
            tags::LOWVELOCITY => self.velocities.0 = fit(value, 0..=MIDI_MAX)?,
            tags::HIGHVELOCITY => self.velocities.1 = fit(value, 0..=MIDI_MAX)?,
            _ => return Err(BADTAG),
        }
        let is_length = [tags::FRAMES, tags::NUMBYTES].contains(&tag);
        let is_format = [
            tags::CHANNELS,
            tags::WIDTH,
            tags::NUMBITS,
            tags::COMPRESSIONRATIO,
        ];
        if is_length || is_format.contains(&tag) {
            self.count();
        }
        Ok(())
    }

    fn get(&self, tag: u32) -> Option<u32> {
        Some(match tag {
            tags::ADDRESS => self.address,
            tags::FRAMES => self.frames,
            tags::NUMBYTES => self.bytes,
            tags::CHANNELS => self.size.channels.into(),
            tags::WIDTH => self.size.width.into(),
            tags::NUMBITS => self.bits,
            tags::COMPRESSIONTYPE => self.compression,
            tags::COMPRESSIONRATIO => self.size.ratio,
            tags::SUSTAINBEGIN => self.sustain.0 as u32,
            tags::SUSTAINEND => self.sustain.1 as u32,
            tags::RELEASEBEGIN => self.release.0 as u32,
            tags::RELEASEEND => self.release.1 as u32,
            tags::BASENOTE => self.base_note.into(),
            tags::DETUNE => i32::from(self.detune) as u32,
            tags::SAMPLE_RATE => self.rate,
            tags::BASEFREQ => self.base_frequency(),
            tags::LOWNOTE => self.notes.0.into(),
            tags::HIGHNOTE => self.notes.1.into(),
            tags::LOWVELOCITY => self.velocities.0.into(),
            tags::HIGHVELOCITY => self.velocities.1.into(),
            tags::DATA_OFFSET => self.in_file.0,
            tags::DATA_SIZE => self.in_file.1,
            _ => return None,
        })
    }
}

/// What a delay line keeps to itself.
const DATA_TAGS: [u32; 3] = [tags::ADDRESS, tags::FRAMES, tags::NUMBYTES];

impl Portfolio {
    pub(super) fn sample(&self, item: Item) -> Result<&Sample, Status> {
        self.audio
            .samples
            .samples
            .get(&item)
            .ok_or(super::codes::BADITEM)
    }

    /// GetAudioItemInfo of a sample; nothing for a tag that samples do not have.
    pub(super) fn sample_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
    ) -> Result<Option<u32>, Status> {
        Ok(self.sample(item)?.get(tag))
    }

    /// SetAudioItemInfo of a sample. What plays keeps to what it began with.
    pub(super) fn set_sample_info(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
        value: u32,
    ) -> Result<(), Status> {
        let mut sample = self.sample(item)?.clone();
        if sample.is_delay_line() && DATA_TAGS.contains(&tag) {
            return Err(BADTAG);
        }
        sample.set(tag, value)?;
        if tag == tags::ADDRESS {
            check_data(cx.mem, &sample)?;
        }
        self.audio.samples.samples.insert(item, sample);
        Ok(())
    }

    /// The frequency, 16.16, of the sample that the first FIFO of an instrument plays for a
    /// note at the sample's own rate; none if there is no sample for it.
    pub(in crate::kernel::portfolio) fn sample_base_frequency(
        &self,
        instrument: Item,
        note: Option<u8>,
    ) -> Option<u32> {
        let first = self.fifo_of(instrument, None).ok()?;
        let sample = self.sample_for(instrument, first, note)?;
        self.sample(sample).ok().map(Sample::base_frequency)
    }

    /// Takes a sample and what is attached to it out of the system; memory that the program's
    /// own function has given stays with the program.
    pub(super) fn delete_sample(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.detach_all(cx, |attachment| attachment.plays(item));
        let sample = self.audio.samples.samples.remove(&item);
        self.forget_placing(item);
        match sample.map(|sample| sample.data) {
            Some(Data::Program {
                task,
                address,
                bytes,
            }) => {
                if let Some(lists) = self.memory_of(cx.mem, task) {
                    let bytes = bytes.checked_next_multiple_of(POOL_GRAIN).unwrap_or(bytes);
                    self.give_to_pool(cx.mem, lists, address, bytes);
                }
            }
            Some(Data::Kernel { address, bytes }) => self.heap_free(address, bytes),
            Some(Data::Custom { .. } | Data::None) | None => (),
        }
        self.free_audio_item(cx.mem, item);
    }

    /// Whether an item is a sample that the caller may delete.
    fn own_sample(&self, mem: &Memory, item: Item) -> Result<(), Status> {
        self.own_audio_item(mem, item, kind::SAMPLE)
    }
}

/// What pools allocate multiples of.
const POOL_GRAIN: u32 = 16;

/// Whether the memory that a sample is told to play can be read.
fn check_data(mem: &Memory, sample: &Sample) -> Result<(), Status> {
    if sample.address == 0 || sample.bytes == 0 {
        return Ok(());
    }
    mem.check_readable(sample.address, sample.bytes)
        .map_err(|_| super::codes::BADPTR)
}

/// What DeleteItem does, for samples only.
pub(super) fn delete_sample_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
) -> Result<i32, Trouble> {
    k.own_sample(cx.mem, item)?;
    k.delete_sample(cx, item);
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    blocking vec 3 LoadSample(name: GuestPtr<CString>) -> Item = load::load_sample, cost 600;
    vec 6 DebugSample(sample: Item) -> Number = print::debug_sample;
    routine vec 11 UnloadSample(sample: Item) -> Number;
    blocking vec 12 ScanSample(name: GuestPtr<CString>, bytes: i32) -> Item = load::scan_sample, cost 600;
    vec 14 MakeSample(bytes: i32, tags: GuestPtr<TagArg>) -> Item = create::make_sample, cost 600;
    routine vec 38 LoadSampleHere(name: GuestPtr<CString>, alloc: u32, free: u32) -> Item;
    routine vec 41 DefineSampleHere(image: GuestPtr<u8>, bytes: i32, alloc: u32, free: u32) -> Item;
    routine vec 44 CreateSample(tags: GuestPtr<TagArg>) -> Item;
    blocking private 32 SampleFromTags(tags: GuestPtr<TagArg>, stack: crate::kernel::abi::CallerStack) -> Item = load::create_sample, cost 600;
    blocking private 33 SampleFromFile(name: GuestPtr<CString>, alloc: u32, free: u32, stack: crate::kernel::abi::CallerStack) -> Item = load::load_sample_here, cost 600;
    private 34 SampleFromImage(image: GuestPtr<u8>, bytes: i32, alloc: u32, free: u32, stack: crate::kernel::abi::CallerStack) -> Item = load::define_sample_here, cost 600;
    private 35 SampleMemory(stack: crate::kernel::abi::CallerStack) -> Number = routine::memory_wanted;
    private 36 PlaceSample(memory: u32, stack: crate::kernel::abi::CallerStack) -> Item = routine::place;
    private 37 SampleFreer(sample: Item) -> Pointer = routine::freer;
    private 38 TakeSampleMemory(sample: Item) -> Pointer = routine::take_memory;
    private 39 DeleteSample(sample: Item) -> Number = delete_sample_item;
}
