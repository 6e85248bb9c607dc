//! One recording: run again, compared, and kept if it differs.

use crate::program::show;
use crate::trace::find::beside;
use crate::trace::replay::{Given, Replay};
use crate::trace::{FileError, load, record};
use emu_core::trace::{Commands, Level, Recording, Report, report};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What happens to a run that differs from its recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// It is told of.
    #[default]
    Nothing,
    /// It is written beside the old recording, for somebody to look at.
    Beside,
    /// It takes the old recording's place.
    Accept,
}

/// How recordings are checked.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The program, if it is not where the recording says.
    pub image: Option<OsString>,
    /// The disc beside it, if it is not where the recording says.
    pub disc: Option<PathBuf>,
    /// What is compared, instead of what the recording says.
    pub level: Option<Level>,
    /// What happens to those that differ.
    pub keep: Keep,
}

/// What a check came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It happens again.
    Same,
    /// Something else happens.
    Differs {
        /// What.
        report: Box<Report>,
        /// Where the new recording is.
        kept: Option<PathBuf>,
    },
    /// Something else happened, and is what is expected from now on.
    Renewed,
    /// It cannot be read or run again, or not be written; one line.
    Unusable(String),
}

impl Outcome {
    /// The word in reports for other programs.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Same => "same",
            Outcome::Differs { .. } => "different",
            Outcome::Renewed => "renewed",
            Outcome::Unusable(_) => "unusable",
        }
    }
}

/// A recording that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Where it is.
    pub path: PathBuf,
    /// What was compared, if it could be read.
    pub level: Option<Level>,
    /// How many events it has.
    pub events: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// How long that took.
    pub took: Duration,
}

impl Checked {
    /// Its path in words.
    pub fn file(&self) -> String {
        show(&self.path)
    }
}

/// Checks the recording at `path`.
pub fn check(path: &Path, settings: &Settings, commands: &Commands) -> Checked {
    let started = Instant::now();
    let mut checked = Checked {
        path: path.to_owned(),
        level: None,
        events: 0,
        outcome: Outcome::Same,
        took: Duration::ZERO,
    };
    checked.outcome = match load(path) {
        Ok(recording) => {
            checked.events = recording.tape.len();
            checked.level = Some(settings.level.unwrap_or(recording.header.level));
            compare(path, recording, settings, commands)
        }
        Err(error) => Outcome::Unusable(error.to_string()),
    };
    checked.took = started.elapsed();
    checked
}

fn compare(path: &Path, recording: Recording, settings: &Settings, commands: &Commands) -> Outcome {
    let given = Given {
        image: settings.image.as_deref(),
        disc: settings.disc.as_deref(),
    };
    let replay = Replay::with(&recording, path, given);
    let tape = match replay.and_then(|replay| replay.play()) {
        Ok(tape) => tape,
        Err(error) => return Outcome::Unusable(format!("{}: {error}", show(path))),
    };
    let mut header = recording.header.clone();
    header.versions = record::versions();
    let now = Recording { header, tape };
    let level = settings.level.unwrap_or(recording.header.level);
    let file = show(path);
    let Some(report) = report(&file, &recording, &now, level, commands) else {
        let is_whole = recording.header.has_state_of(&now.header);
        return match settings.keep {
            Keep::Nothing => Outcome::Same,
            // The checksums that could not be compared can be from now on.
            Keep::Accept if !is_whole => renew(path, &now),
            Keep::Beside | Keep::Accept => forget(path),
        };
    };
    let report = Box::new(report);
    let kept = match settings.keep {
        Keep::Nothing => Ok(None),
        Keep::Beside => {
            let new = beside(path);
            record::save(&new, &now).map(|()| Some(new))
        }
        Keep::Accept => return renew(path, &now),
    };
    match kept {
        Ok(kept) => Outcome::Differs { report, kept },
        Err(error) => Outcome::Unusable(error.to_string()),
    }
}

fn renew(path: &Path, now: &Recording) -> Outcome {
    match record::save(path, now) {
        Ok(()) => Outcome::Renewed,
        Err(error) => Outcome::Unusable(error.to_string()),
    }
}

/// What a check before has kept is of no use any more.
fn forget(path: &Path) -> Outcome {
    let new = beside(path);
    if !new.exists() {
        return Outcome::Same;
    }
    match fs::remove_file(&new) {
        Ok(()) => Outcome::Same,
        Err(source) => {
            let path = show(&new);
            Outcome::Unusable(FileError::Unwritable { path, source }.to_string())
        }
    }
}
