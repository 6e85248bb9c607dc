//! The sound of a run as a WAV file: 16 bits, stereo, 44,100 Hz.
//!
//! ```text
//! "RIFF" length "WAVE"  "fmt " 16: PCM, 2 channels, 44100 Hz, 176400 bytes/s, 4, 16 bits
//! "data" length         frames: left, right, little-endian
//! ```
//!
//! The lengths in the header follow what is in the file once a second of sound, so that a
//! process that is killed leaves a file that can be played. Long silence is a hole in the file:
//! it has the length of any other, and reads as zeros.

#[cfg(test)]
mod tests;

use super::Place;
use crate::program::show;
use emu_core::device::sound::{FRAME_RATE, StereoFrame};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Bytes before the first frame.
const HEADER: u64 = 44;
/// Bytes of a frame.
const FRAME: u64 = 4;
/// Frames of the longest file: its length is a number of 32 bits that counts the header too.
const LONGEST: u64 = (u32::MAX as u64 - HEADER) / FRAME;
/// Frames between two changes of the header.
const KEPT_EVERY: u64 = FRAME_RATE as u64;
/// Silence that is written rather than left out.
const SHORT_SILENCE: u64 = 4096;

/// Why there is no file, or not all of it. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum WavError {
    /// A place where none can be; found before the run.
    #[error("{path}: {why}")]
    NoPlace {
        /// What was given.
        path: String,
        /// Why, and what to do.
        why: &'static str,
    },
    /// The host refuses.
    #[error("{path}: the sound was not written: {source}; check the folder and the disk")]
    Unwritable {
        /// The file.
        path: String,
        /// What the host says.
        source: io::Error,
    },
    /// More than the format can say.
    #[error(
        "{path}: a WAV file ends after 6 hours and 45 minutes; what came later is not in it; \
         --until time:SECONDS ends a run earlier"
    )]
    Full {
        /// The file.
        path: String,
    },
}

/// Whether a WAV file can lie there: known before the run, not after an hour of it.
pub fn check_file(path: &Path) -> Result<(), WavError> {
    let no_place = |why| {
        let path = show(path);
        Err(WavError::NoPlace { path, why })
    };
    if path.is_dir() {
        return no_place("is a folder; give the name of a WAV file");
    }
    // Nobody can go back in a pipe, to say how long it was.
    if path.exists() && !path.is_file() {
        return no_place("is no ordinary file; give the name of a WAV file");
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            no_place("its folder is not there; make it, or give another place")
        }
        Some(_) => Ok(()),
        None => no_place("is no name of a file; give the name of a WAV file"),
    }
}

/// A file that takes the sound of a run.
#[derive(Debug)]
pub struct WavFile {
    path: PathBuf,
    file: File,
    /// Frames that are not in the file yet.
    buffer: Vec<u8>,
    place: Place,
    /// Frames of the file, with those of the buffer.
    frames: u64,
    /// What the header says.
    kept: u64,
    failed: Option<WavError>,
}

impl WavFile {
    /// A file whose first frame has number `first`; what was there is replaced.
    pub fn create(path: &Path, first: u64) -> Result<WavFile, WavError> {
        check_file(path)?;
        let unwritable = |source| WavError::Unwritable {
            path: show(path),
            source,
        };
        let mut wav = WavFile {
            path: path.to_owned(),
            file: File::create(path).map_err(unwritable)?,
            buffer: Vec::new(),
            place: Place::before(first),
            frames: 0,
            kept: 0,
            failed: None,
        };
        wav.write_header().map_err(unwritable)?;
        Ok(wav)
    }

    /// Another run begins, whose first frame has number `first`, behind the present one, which
    /// ended before frame `end`.
    pub fn begin_again(&mut self, end: u64, first: u64) {
        self.silence_to(end);
        self.place = Place::before(first);
    }

    /// Takes frames that follow each other from number `first` on. After an error nothing is
    /// written any more.
    pub fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        let step = self.place.step(first, frames.len());
        let new = frames.get(step.known..).unwrap_or_default();
        self.attempt(|wav| {
            wav.silence(step.silence)?;
            wav.write(new)
        });
    }

    /// Ends the file before frame `end` of the run. What went wrong, if anything.
    pub fn finish(mut self, end: u64) -> Result<(), WavError> {
        self.silence_to(end);
        let over = self.place.next().saturating_sub(end);
        self.attempt(|wav| wav.keep_but(over));
        match self.failed.take() {
            None => Ok(()),
            Some(error) => {
                // Nothing is tried again.
                self.buffer.clear();
                self.kept = self.frames;
                Err(error)
            }
        }
    }

    fn silence_to(&mut self, end: u64) {
        let step = self.place.step(end, 0);
        self.attempt(|wav| wav.silence(step.silence));
    }

    fn attempt(&mut self, action: impl FnOnce(&mut WavFile) -> io::Result<()>) {
        if self.failed.is_none()
            && let Err(source) = action(self)
        {
            let path = show(&self.path);
            self.failed = Some(WavError::Unwritable { path, source });
        }
    }

    /// How many of so many frames there is room for.
    fn room(&mut self, many: u64) -> u64 {
        let room = many.min(LONGEST - self.frames);
        if room < many {
            let path = show(&self.path);
            self.failed = Some(WavError::Full { path });
        }
        room
    }

    fn write(&mut self, frames: &[StereoFrame]) -> io::Result<()> {
        let room = self.room(frames.len() as u64);
        for [left, right] in frames.iter().take(room as usize) {
            self.buffer.extend_from_slice(&left.to_le_bytes());
            self.buffer.extend_from_slice(&right.to_le_bytes());
        }
        self.frames += room;
        if self.frames - self.kept >= KEPT_EVERY || self.failed.is_some() {
            self.keep()?;
        }
        Ok(())
    }

    fn silence(&mut self, many: u64) -> io::Result<()> {
        let room = self.room(many);
        self.frames += room;
        if room <= SHORT_SILENCE {
            let end = self.buffer.len() + (room * FRAME) as usize;
            self.buffer.resize(end, 0);
            return match self.failed {
                None => Ok(()),
                Some(_) => self.keep(),
            };
        }
        self.file.write_all(&std::mem::take(&mut self.buffer))?;
        let end = HEADER + self.frames * FRAME;
        self.file.set_len(end)?;
        self.file.seek(SeekFrom::Start(end))?;
        self.keep()
    }

    /// Brings the file up to date: the frames first, for the header must not promise any that
    /// are not there.
    fn keep(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        if self.kept != self.frames {
            self.file.rewind()?;
            self.write_header()?;
            self.file.seek(SeekFrom::End(0))?;
        }
        Ok(())
    }

    /// The same without the last frames: the one that a run ends in was told of, and has not
    /// passed.
    fn keep_but(&mut self, over: u64) -> io::Result<()> {
        self.keep()?;
        if over > 0 {
            self.frames = self.frames.saturating_sub(over);
            self.file.set_len(HEADER + self.frames * FRAME)?;
            self.keep()?;
        }
        Ok(())
    }

    fn write_header(&mut self) -> io::Result<()> {
        let bytes = self.frames * FRAME;
        let mut header = Vec::with_capacity(HEADER as usize);
        header.extend_from_slice(b"RIFF");
        header.extend_from_slice(&((HEADER - 8 + bytes) as u32).to_le_bytes());
        header.extend_from_slice(b"WAVEfmt ");
        header.extend_from_slice(&16_u32.to_le_bytes());
        for half in [1_u16, 2] {
            header.extend_from_slice(&half.to_le_bytes());
        }
        for word in [FRAME_RATE, FRAME_RATE * FRAME as u32] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        for half in [FRAME as u16, 16] {
            header.extend_from_slice(&half.to_le_bytes());
        }
        header.extend_from_slice(b"data");
        header.extend_from_slice(&(bytes as u32).to_le_bytes());
        self.file.write_all(&header)?;
        self.kept = self.frames;
        Ok(())
    }
}

impl Drop for WavFile {
    /// A run that ends in an error leaves what was heard so far.
    fn drop(&mut self) {
        if self.failed.is_none() {
            let _ = self.keep();
        }
    }
}
