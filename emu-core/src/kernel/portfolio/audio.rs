//! The Audio folio: instruments, samples, and the audio clock.
//!
//! Audio sheet. The folio keeps items, resources and time; what is heard is computed by the
//! board's signal processor.
//!
//! | module | what it knows |
//! |---|---|
//! | `clock` | output frames, audio ticks, what is due when |
//! | `cue` | signals for times and ends |
//! | `info` | what is asked and changed through tags |
//! | `items`, `owned` | which module makes and deletes which item; whose they are |
//! | `template`, `program` | instrument files and built-in descriptions; what they have in common |
//! | `instrument`, `knob`, `connect`, `probe` | instruments and what belongs to them |
//! | `dsp`, `usage` | the signal processor's resources |
//! | `processor` | code and words on it, and what runs |
//! | `sounding` | how it keeps up with time |
//! | `sample`, `delay_line` | sounds in memory, and where they come from |
//! | `playback` | how a sample passes a FIFO |
//! | `envelope` | levels that change in time |
//! | `inspect` | what a debugger may ask |
//! | `attachment` | what an instrument plays, and what its end leads to |
//! | `tuning`, `voices` | notes and frequencies; sharing instruments and amplitude |
//! | `tags` | numbers of tags |
//! | `codes` | error codes |

pub(super) mod attachment;
pub(super) mod clock;
mod codes;
pub(super) mod connect;
pub(super) mod cue;
pub(super) mod delay_line;
mod dsp;
pub(super) mod envelope;
pub(super) mod info;
pub(super) mod inspect;
pub(super) mod instrument;
mod items;
pub(super) mod knob;
mod owned;
mod playback;
pub(super) mod probe;
mod processor;
mod program;
pub(super) mod sample;
mod sounding;
mod tags;
pub(super) mod template;
pub(super) mod tuning;
pub(super) mod usage;
pub(super) mod voices;

pub(super) use self::clock::EVENT_TAG as AUDIO_TAG;
pub use self::template::{standard_instrument, standard_instruments};

use self::attachment::Samples;
use self::clock::AudioClock;
use self::cue::Cue;
use self::dsp::Dsp;
use self::info::Settings;
use self::instrument::Instrument;
use self::knob::Grip;
use self::probe::Probe;
use self::program::Programs;
use self::sample::SampleFile;
use self::sounding::Sounding;
use self::template::{Template, TemplateFile};
use self::tuning::{MASTER, Tuning};
use self::voices::MOST_AMPLITUDE;
use super::Portfolio;
use super::errors::Status;
use super::items::Item;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the Audio folio knows that guests cannot see.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Audio {
    clock: AudioClock,
    sounding: Sounding,
    cues: BTreeMap<Item, Cue>,
    settings: Settings,
    instruments: Instruments,
    samples: Samples,
}

/// The instrument half of the folio.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Instruments {
    programs: Programs,
    templates: BTreeMap<Item, Template>,
    instruments: BTreeMap<Item, Instrument>,
    knobs: BTreeMap<Item, Grip>,
    probes: BTreeMap<Item, Probe>,
    tunings: BTreeMap<Item, Tuning>,
    dsp: Dsp,
    /// Instruments that were made.
    made: u64,
    /// Instruments that were started.
    starts: u64,
    /// What is left of all amplitude.
    amplitude: i32,
    master_tuning: u32,
    /// Built-in descriptions that were used.
    announced: BTreeSet<String>,
    /// Whether it was said that nothing is heard.
    is_silence_told: bool,
}

impl Default for Instruments {
    fn default() -> Self {
        Instruments {
            programs: Programs::default(),
            templates: BTreeMap::new(),
            instruments: BTreeMap::new(),
            knobs: BTreeMap::new(),
            probes: BTreeMap::new(),
            tunings: BTreeMap::new(),
            dsp: Dsp::default(),
            made: 0,
            starts: 0,
            amplitude: MOST_AMPLITUDE,
            master_tuning: MASTER,
            announced: BTreeSet::new(),
            is_silence_told: false,
        }
    }
}

impl Instruments {
    fn is_sound(&self) -> bool {
        self.dsp.is_sound() && self.made.max(self.starts) <= u64::MAX / 2
    }
}

impl Audio {
    /// Whether tables from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        self.clock.is_sound() && self.instruments.is_sound() && self.samples.is_sound()
    }
}

/// What a file is read from disc for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AudioFile {
    /// An instrument file.
    Template(TemplateFile),
    /// A sample file.
    Sample(SampleFile),
}

/// How a call goes on when a file has come.
pub(super) enum AudioStep {
    /// It is over.
    Done(Reply),
    /// It needs another file: the first of these paths that is one.
    Fetch(Vec<Vec<u8>>, AudioFile),
}

impl AudioFile {
    /// How much of the file is to be read; none = all.
    pub(super) fn most(&self) -> Option<u32> {
        match self {
            AudioFile::Template(_) => None,
            AudioFile::Sample(wanted) => wanted.most(),
        }
    }
}

impl Portfolio {
    /// A file that a call has asked for has come, or cannot be had.
    pub(super) fn audio_file(
        &mut self,
        cx: &mut CallCx<'_>,
        purpose: &AudioFile,
        file: Result<Vec<u8>, Status>,
    ) -> Result<AudioStep, Trouble> {
        self.audio_catch_up(cx);
        match purpose {
            AudioFile::Template(wanted) => self.template_file(cx, wanted, file),
            AudioFile::Sample(wanted) => self.sample_file(cx, wanted, file),
        }
    }
}
