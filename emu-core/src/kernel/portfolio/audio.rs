//! The Audio folio: templates, instruments, knobs, samples, attachments, and the audio clock.
//!
//! Audio sheet. There is no signal processor yet: instruments run, samples are played to their
//! end at the right time, and nothing is heard.
//!
//! | module | what it knows |
//! |---|---|
//! | `clock` | output frames, audio ticks, what is due when |
//! | `cue` | signals for times and ends |
//! | `info` | what is asked and changed through tags |
//! | `items` | which module makes and deletes which item |
//! | `codes` | error codes |

#![allow(dead_code)]

mod clock;
mod codes;
mod cue;
mod info;
mod items;
mod sample;
mod seam;
mod template;

pub(super) use self::clock::{CALLS as CLOCK_CALLS, EVENT_TAG as AUDIO_TAG};
pub(super) use self::cue::CALLS as CUE_CALLS;
pub(super) use self::info::CALLS as INFO_CALLS;

use self::clock::AudioClock;
use self::cue::Cue;
use self::info::Settings;
use self::sample::SampleFile;
use self::template::TemplateFile;
use super::Portfolio;
use super::errors::Status;
use super::items::Item;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the Audio folio knows that guests cannot see.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Audio {
    clock: AudioClock,
    cues: BTreeMap<Item, Cue>,
    settings: Settings,
}

impl Audio {
    /// Whether tables from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        self.clock.is_sound()
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

impl Portfolio {
    /// A file that a call has asked for has come, or cannot be had.
    pub(super) fn audio_file(
        &mut self,
        cx: &mut CallCx<'_>,
        purpose: &AudioFile,
        file: Result<Vec<u8>, Status>,
    ) -> Result<AudioStep, Trouble> {
        match purpose {
            AudioFile::Template(wanted) => self.template_file(cx, wanted, file),
            AudioFile::Sample(wanted) => self.sample_file(cx, wanted, file),
        }
    }
}

calls! { pub(crate) CALLS: Audio;
    missing swi 0 TweakKnob;
    missing swi 1 StartInstrument;
    missing swi 2 ReleaseInstrument;
    missing swi 3 StopInstrument;
    missing swi 4 TuneInsTemplate;
    missing swi 5 TuneInstrument;
    missing swi 8 ConnectInstruments;
    missing swi 10 AllocAmplitude;
    missing swi 11 FreeAmplitude;
    missing swi 12 DisconnectInstruments;
    missing swi 17 TweakRawKnob;
    missing swi 18 StartAttachment;
    missing swi 19 ReleaseAttachment;
    missing swi 20 StopAttachment;
    missing swi 21 LinkAttachments;
    missing swi 22 MonitorAttachment;
    missing swi 23 SetMasterTuning;
    missing swi 24 AbandonInstrument;
    missing swi 25 AdoptInstrument;
    missing swi 26 ScavengeInstrument;
    missing swi 28 PauseInstrument;
    missing swi 29 ResumeInstrument;
    missing swi 30 WhereAttachment;
    missing swi 32 BendInstrumentPitch;
    missing swi 36 ReadProbe;
    missing vec 1 LoadInsTemplate;
    missing vec 2 AllocInstrument;
    missing vec 3 LoadSample;
    missing vec 4 GrabKnob;
    missing vec 6 DebugSample;
    missing vec 7 GetNumKnobs;
    missing vec 8 GetKnobName;
    missing vec 10 LoadInstrument;
    missing vec 11 UnloadSample;
    missing vec 12 ScanSample;
    missing vec 13 DSPGetRsrcAlloc;
    missing vec 14 MakeSample;
    missing vec 21 DSPGetInsRsrcUsed;
    missing vec 22 DSPGetTotalRsrcUsed;
    missing vec 23 UnloadInsTemplate;
    missing vec 24 UnloadInstrument;
    missing vec 26 DefineInsTemplate;
    missing vec 29 GetMasterTuning;
    missing vec 30 CreateTuning;
    missing vec 31 DeleteTuning;
    missing vec 32 AttachEnvelope;
    missing vec 33 DetachEnvelope;
    missing vec 34 CreateEnvelope;
    missing vec 35 DeleteEnvelope;
    missing vec 36 AttachSample;
    missing vec 37 DetachSample;
    missing vec 38 LoadSampleHere;
    missing vec 39 CreateDelayLine;
    missing vec 40 DeleteDelayLine;
    missing vec 41 DefineSampleHere;
    missing vec 43 Convert12TET_F16;
    missing vec 44 CreateSample;
    missing vec 45 CreateInsTemplate;
    missing vec 47 CreateInstrument;
    missing vec 48 DeleteInstrument;
    missing vec 49 CreateProbe;
    missing vec 50 DeleteProbe;
}
