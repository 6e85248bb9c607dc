//! `overture trace`: recordings of runs.
//!
//! | module | what it does |
//! |---|---|
//! | [`bisect`], [`sums`] | the instruction at which two runs part |
//! | [`chaos`] | races of a program |
//! | [`check`] | runs recordings again and compares |
//! | [`convert`] | text into bytes and back |
//! | [`explain`] | what the time of requests went into |
//! | [`export`] | a picture for Perfetto |
//! | [`find`] | recordings below folders |
//! | [`lint`] | mistakes of a program |
//! | [`minimize`] | the shortest recording that still differs |
//! | [`mod@diff`] | two recordings, compared |
//! | [`origin`], [`identity`] | which machine, files and disc a recording is of |
//! | [`record`] | makes a recording of a run, and keeps it |
//! | [`replay`] | runs a recording again |
//! | [`review`] | what a check has kept: looked at, taken or thrown away |
//! | [`show`] | events in words |

pub mod bisect;
pub mod chaos;
pub mod check;
pub mod convert;
pub mod diff;
pub mod explain;
pub mod export;
pub mod find;
pub mod identity;
pub mod lint;
pub mod minimize;
pub mod origin;
pub mod record;
pub mod replay;
pub mod review;
pub mod show;
pub mod sums;
#[cfg(test)]
pub(crate) mod test_rig;

use crate::cli::trace::{TraceArgs, TraceCommand};
use crate::program::{at_most, show as shown};
use crate::report::Status;
use emu_core::quirks::{Profile, Quirks};
use emu_core::time::Video;
use emu_core::trace::{Commands, Recording, TraceError};
use emu_devices::board::ConsoleBoard;
use std::io;
use std::path::Path;
use thiserror::Error;

/// Bytes of a recording that are read: more than any that a person waits for.
const RECORDING_MAX: u64 = 4 << 30;

/// A file with a recording that is of no use. One line: what, where, what to do.
#[derive(Debug, Error)]
pub enum FileError {
    /// The system refuses.
    #[error("{path}: {source}; check the file and its permissions")]
    Unreadable {
        /// Where.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be written.
    #[error("{path}: {source}; check the folder and its permissions")]
    Unwritable {
        /// Where.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Longer than anything that is read.
    #[error("{0}: is longer than 4 GiB; record a shorter run")]
    TooLong(String),
    /// A folder without recordings.
    #[error("{0}: no recording below; they are called NAME.trace or NAME.otr")]
    Nothing(String),
    /// Nothing waits there to be accepted.
    #[error("{0}: nothing waits here; `overture trace check --keep` writes what differs")]
    NothingNew(String),
    /// What it holds is no recording.
    #[error("{path}: {source}")]
    Trace {
        /// Where.
        path: String,
        /// What is wrong.
        source: TraceError,
    },
}

/// Whether a file begins as a recording does.
pub fn is_one(path: &Path) -> bool {
    let is_file = path.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file && at_most(path, 16).is_ok_and(|(start, _)| Recording::begins(&start))
}

/// Reads a recording in either form.
pub fn load(path: &Path) -> Result<Recording, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: shown(path),
        source,
    };
    let (bytes, is_whole) = at_most(path, RECORDING_MAX).map_err(unreadable)?;
    if !is_whole {
        return Err(FileError::TooLong(shown(path)));
    }
    Recording::parse(&bytes).map_err(|source| FileError::Trace {
        path: shown(path),
        source,
    })
}

/// The names of the commands of the console's devices.
pub fn commands() -> Commands {
    let quirks = Quirks::of(Profile::default());
    Commands::of(&mut ConsoleBoard::new(Video::default(), quirks))
}

/// Does what the command line asks for.
pub fn run(args: &TraceArgs) -> Status {
    match &args.command {
        TraceCommand::Show(args) => show::run(args),
        TraceCommand::Check(args) => check::run(args),
        TraceCommand::Diff(args) => diff::run(args),
        TraceCommand::Review(args) => review::run(args),
        TraceCommand::Accept(args) => review::accept(args),
        TraceCommand::Reject(args) => review::reject(args),
        TraceCommand::Convert(args) => convert::run(args),
        TraceCommand::Bisect(args) => bisect::run(args),
        TraceCommand::Minimize(args) => minimize::run(args),
        TraceCommand::Sums(args) => sums::run(args),
        TraceCommand::Chaos(args) => chaos::run(args),
        TraceCommand::Lint(args) => lint::run(args),
        TraceCommand::Export(args) => export::run(args),
        TraceCommand::Explain(args) => explain::run(args),
    }
}
