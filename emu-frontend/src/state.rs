//! Saved states: a machine in the middle of its run, and what it needs.
//!
//! ```text
//! envelope   as of a binary recording, with the magic "OVSTATE" and a zero
//! HEAD       what was run, as the header of a recording without events
//! MACH       the machine, as `Machine::save` writes it
//! PROG       the program's file, unless the machine has read it from its disc
//! sums       when a recording gets its next checksums, and whether anything happened since
//! ```
//!
//! Discs are not in it: they are looked for where the run had them, beside the state, or where
//! `--disc` says.

#[cfg(test)]
mod tests;

use crate::config::RunConfig;
use crate::input::LineError;
use crate::nvram;
use crate::program::{Origin, at_most, show};
use crate::session::Session;
use crate::trace::origin::OriginError;
use crate::trace::record;
use emu_core::machine::{Machine, SnapshotError};
use emu_core::time::Tick;
use emu_core::trace::envelope::{Envelope, EnvelopeError};
use emu_core::trace::{Header, Recording, StateId, Tape, TraceError};
use emu_devices::board::ConsoleBoard;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

const ENVELOPE: Envelope = Envelope {
    magic: b"OVSTATE\0",
    version: 1,
    oldest: 1,
};

/// Bytes of a file that are read: more than a machine with all its memory needs.
const STATE_MAX: u64 = 256 << 20;

/// Why a state is not used or not kept. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum StateError {
    /// The system refuses to read it.
    #[error("{path}: {source}; check the file and its permissions")]
    Unreadable {
        /// Where.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The system refuses to write it.
    #[error("{path}: the state was not saved: {source}; check the folder and its permissions")]
    Unwritable {
        /// Where.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be read.
    #[error("{path}: {source}")]
    Damaged {
        /// Where.
        path: String,
        /// What is wrong.
        source: Damage,
    },
    /// What it needs is not there.
    #[error("{path}: the saved state cannot go on: {source}")]
    Origin {
        /// Where.
        path: String,
        /// What is wrong.
        source: OriginError,
    },
    /// The disc starts another program.
    #[error("{path}: the disc starts another program than was saved; --disc gives the right disc")]
    OtherProgram {
        /// The state.
        path: String,
    },
    /// Something that was done before.
    #[error("{path}: input {number} of the saved run: {source}")]
    Input {
        /// The state.
        path: String,
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        source: LineError,
    },
    /// Options that a saved state does not leave open.
    #[error(
        "{path}: a saved state knows its own machine and arguments; leave out {words}, or run the \
         program from its start"
    )]
    Knows {
        /// Where.
        path: String,
        /// The options.
        words: String,
    },
    /// A disc that is not the one in the drive.
    #[error(
        "{path}: the disc in the saved drive is not at hand, or another one has its name; \
         --disc gives the right one"
    )]
    OtherDisc {
        /// The state.
        path: String,
    },
    /// NVRAM that would be lost.
    #[error(
        "--nvram {path}: holds something else than the run had that was saved, and would be lost; \
         give another file, or leave --nvram out"
    )]
    OtherNvram {
        /// The file.
        path: String,
    },
}

/// What is wrong with the bytes of a state.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// What is around it.
    #[error("the saved state {0}")]
    Envelope(#[from] EnvelopeError),
    /// Longer than anything that is read.
    #[error("the saved state is longer than 256 MiB: this is something else")]
    TooLong,
    /// A part that this version does not know and must not skip.
    #[error(
        "the saved state has a section {0:?}, which this program does not know; use a newer one"
    )]
    UnknownSection(String),
    /// A part that is not there, or there twice, or not what it should be.
    #[error("the saved state's section {0} is missing or damaged")]
    Section(&'static str),
    /// What it says of its run.
    #[error("what the saved state says of its run cannot be read: {0}")]
    Header(TraceError),
    /// The machine.
    #[error(transparent)]
    Machine(#[from] SnapshotError),
    /// Parts of different runs.
    #[error("the saved state is put together of different runs: its {0} is another one's")]
    Mixed(&'static str),
}

/// When a recording gets its next checksums, and whether anything happened since the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextSums {
    /// When.
    pub at: Tick,
    /// Whether there will be any.
    pub changed: bool,
}

/// The parts of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedState {
    /// What was run.
    pub header: Header,
    /// The program's file, unless it came from the disc.
    pub program: Option<Vec<u8>>,
    /// For a recording that goes on; none if nobody recorded.
    pub sums: Option<NextSums>,
    /// The machine as bytes.
    pub machine: Vec<u8>,
}

/// A state that a run begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The file's name and SHA-256.
    pub id: StateId,
    /// What it holds.
    pub saved: SavedState,
    /// How many inputs of the run's the machine knows already.
    pub inputs: usize,
}

impl SavedState {
    /// As the bytes of a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Recording {
            header: self.header.clone(),
            tape: Tape::new(),
        };
        let head = head.to_text();
        let sums = self.sums.map(|NextSums { at, changed }| {
            let mut bytes = at.0.to_be_bytes().to_vec();
            bytes.push(u8::from(changed));
            bytes
        });
        let (head, machine) = ([head.as_bytes()], [&self.machine[..]]);
        let program = self.program.as_deref().map(|bytes| [bytes]);
        let sums = sums.as_deref().map(|bytes| [bytes]);
        let mut sections: Vec<(&[u8; 4], &[&[u8]])> = vec![(b"HEAD", &head)];
        sections.extend(program.as_ref().map(|p| (b"PROG", &p[..])));
        sections.extend(sums.as_ref().map(|s| (b"sums", &s[..])));
        sections.push((b"MACH", &machine));
        ENVELOPE.seal(&sections)
    }

    /// Reads the bytes of a file; the machine is looked at when it is made.
    pub fn parse(file: &[u8]) -> Result<SavedState, Damage> {
        let (mut header, mut program, mut sums, mut machine) = (None, None, None, None);
        for section in ENVELOPE.open(file)? {
            let content = section.content;
            match &section.name {
                b"HEAD" if header.is_none() => {
                    let head = Recording::parse(content).map_err(Damage::Header)?;
                    if !head.tape.is_empty() {
                        return Err(Damage::Section("HEAD"));
                    }
                    header = Some(head.header);
                }
                b"PROG" if program.is_none() => program = Some(content.to_vec()),
                b"MACH" if machine.is_none() => machine = Some(content.to_vec()),
                b"sums" if sums.is_none() => {
                    let (at, rest) = content
                        .split_first_chunk::<8>()
                        .ok_or(Damage::Section("sums"))?;
                    let changed = match rest {
                        [0] => false,
                        [1] => true,
                        _ => return Err(Damage::Section("sums")),
                    };
                    let at = Tick(u64::from_be_bytes(*at));
                    sums = Some(NextSums { at, changed });
                }
                _ if section.is_optional() => (),
                _ => return Err(Damage::UnknownSection(section.shown())),
            }
        }
        let saved = SavedState {
            header: header.ok_or(Damage::Section("HEAD"))?,
            program,
            sums,
            machine: machine.ok_or(Damage::Section("MACH"))?,
        };
        if let Some(bytes) = &saved.program
            && <[u8; 32]>::from(Sha256::digest(bytes)) != saved.header.program.sha256
        {
            return Err(Damage::Mixed("program"));
        }
        Ok(saved)
    }

    /// The machine, if it is the one that the header tells of.
    pub fn machine(&self) -> Result<Machine<ConsoleBoard>, Damage> {
        let machine: Machine<ConsoleBoard> = Machine::load(&self.machine)?;
        if machine.program() != self.header.program.sha256 {
            return Err(Damage::Mixed("machine"));
        }
        Ok(machine)
    }
}

/// Whether a file begins as a saved state does. What cannot be read is none.
pub fn is_one(path: &Path) -> bool {
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file && at_most(path, 8).is_ok_and(|(head, _)| head.starts_with(ENVELOPE.magic))
}

/// Reads a file.
pub fn load(path: &Path) -> Result<Beginning, StateError> {
    let unreadable = |source| StateError::Unreadable {
        path: show(path),
        source,
    };
    let damaged = |source| StateError::Damaged {
        path: show(path),
        source,
    };
    let (bytes, is_whole) = at_most(path, STATE_MAX).map_err(unreadable)?;
    if !is_whole {
        return Err(damaged(Damage::TooLong));
    }
    let saved = SavedState::parse(&bytes).map_err(damaged)?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Beginning {
        id: StateId {
            name: name.to_string_lossy().into_owned(),
            sha256: Sha256::digest(&bytes).into(),
        },
        saved,
        inputs: 0,
    })
}

/// What is saved of a run now; `tape` is its recording, if there is one.
pub fn of(config: &RunConfig, session: &Session, tape: Option<&Tape>) -> SavedState {
    SavedState {
        header: record::origin(config, session),
        program: match config.program.origin {
            Origin::Host => Some(config.program.image.bytes.clone()),
            Origin::Disc => None,
        },
        sums: tape.map(|tape| session.next_sums(tape)),
        machine: session.machine().save(),
    }
}

/// Writes a file, whole or not at all.
pub fn save(path: &Path, saved: &SavedState) -> Result<(), StateError> {
    let bytes = saved.to_bytes();
    nvram::replace(path, |file| file.write_all(&bytes)).map_err(|source| StateError::Unwritable {
        path: show(path),
        source,
    })
}

/// A state that is to be saved on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveAt {
    /// When.
    pub at: Tick,
    /// Where.
    pub path: PathBuf,
}
