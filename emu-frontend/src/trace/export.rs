//! `overture trace export`: a recording as a picture for Perfetto.
//!
//! | module | what is there |
//! |---|---|
//! | `json` | the Trace Event Format, written entry by entry |
//! | `timeline` | what each event of a recording becomes |
//! | `guest` | tracks of tasks and of the processor |
//! | `devices` | tracks of units, requests, counters |
//! | `flows` | arrows from the call that asks to the wake-up |

mod devices;
mod flows;
mod guest;
pub(crate) mod json;
#[cfg(test)]
mod tests;
mod timeline;

use super::{FileError, load};
use crate::program::show;
use crate::report::Status;
use crate::{complain, refuse};
use clap::Args;
use emu_core::trace::Recording;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;

/// Options of `trace export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Open the result in https://ui.perfetto.dev or chrome://tracing. The process \"guest\" has a track
for each task, with its calls and what it waits for, and one for the processor; the process
\"devices\" has a track for each unit, with what it is at, and every request from submission to
completion with its terms inside. Arrows lead from the call that asks to the device, to the
completion and to the task that it wakes. A request or an arrow without an end was under way when
the recording ended, or belongs to a task that never ran again.")]
pub struct ExportArgs {
    /// The recording.
    pub file: PathBuf,
    /// Where the picture goes; standard output without.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

/// Does it.
pub fn run(args: &ExportArgs) -> Status {
    let recording = match load(&args.file) {
        Ok(recording) => recording,
        Err(error) => return refuse(&error.to_string()),
    };
    let Some(path) = &args.output else {
        return match write(&recording, io::stdout().lock()) {
            Ok(()) => Status::Success,
            // Nobody reads any more.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Status::Success,
            Err(error) => {
                complain(&format!("standard output: {error}"));
                Status::Failure
            }
        };
    };
    let written = File::create(path).and_then(|file| write(&recording, file));
    match written {
        Ok(()) => Status::Success,
        Err(source) => refuse(
            &FileError::Unwritable {
                path: show(path),
                source,
            }
            .to_string(),
        ),
    }
}

/// Writes the picture, event by event.
pub fn write(recording: &Recording, to: impl Write) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 16, to);
    timeline::write(recording, &mut to)?;
    to.flush()
}
