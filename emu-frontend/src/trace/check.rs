//! `overture trace check`: recordings run again and compared.
//!
//! | module | what it does |
//! |---|---|
//! | [`one`] | one recording: run, compared, kept |
//! | [`all`] | many of them side by side, told of in order |
//! | [`junit`] | the outcome as other tools read it |

pub mod all;
pub mod junit;
pub mod one;

use super::find;
use crate::output::Output;
use crate::progress::Progress;
use crate::refuse;
use crate::report::Status;
use all::Tally;
use clap::Args;
use emu_core::trace::Level;
use one::{Checked, Keep, Outcome, Settings};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Instant;

/// Options of `trace check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Recordings, and folders with recordings (NAME.trace, NAME.otr) in them or below.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The program, if it is not where the recording says.
    #[arg(long)]
    pub image: Option<OsString>,
    /// The disc beside the program, if it is not where the recording says.
    #[arg(long)]
    pub disc: Option<PathBuf>,
    /// What is compared, instead of what each recording says: exact, order or behaviour.
    #[arg(long, value_parser = level)]
    pub level: Option<Level>,
    /// How many run at the same time, instead of one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Check one part of several: 1/3 is the first third. Every recording is in one part.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Write a recording that differs to NAME.new beside the old one, for `trace review`. Nothing
    /// is written where the variable CI is set.
    #[arg(long)]
    pub keep: bool,
    /// Write one JSON object for each recording, and one for all of them at the end.
    #[arg(long)]
    pub json: bool,
    /// Write a report in the form of JUnit: one test case for each recording.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

/// A level by its word.
pub fn level(word: &str) -> Result<Level, String> {
    Level::of_name(word).ok_or_else(|| "use exact, order or behaviour".to_owned())
}

/// One part of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, counted from 1.
    index: usize,
    /// Of how many.
    count: NonZeroUsize,
}

impl std::str::FromStr for Shard {
    type Err = String;
    fn from_str(text: &str) -> Result<Shard, String> {
        let bad = || "give a part and their number, such as 1/3".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(bad)?;
        let index: usize = index.parse().map_err(|_| bad())?;
        let count: NonZeroUsize = count.parse().map_err(|_| bad())?;
        match (1..=count.get()).contains(&index) {
            true => Ok(Shard { index, count }),
            false => Err(bad()),
        }
    }
}

impl Shard {
    /// The recordings of this part. Neighbours go to different parts, as they take a similar time.
    fn of(self, all: Vec<PathBuf>) -> Vec<PathBuf> {
        let all = all.into_iter().skip(self.index - 1);
        all.step_by(self.count.get()).collect()
    }
}

/// What happens to recordings that differ: `wanted` on the command line, or asked for by the
/// environment.
pub fn keep(wanted: bool) -> Keep {
    let of = |name: &str| std::env::var_os(name).unwrap_or_default();
    let update = of("UPDATE_TRACES") == "1";
    keep_where(!of("CI").is_empty(), update, wanted)
}

/// Where the variable CI is set, nobody could look at them.
fn keep_where(is_ci: bool, update: bool, wanted: bool) -> Keep {
    match (is_ci, update, wanted) {
        (true, ..) | (false, false, false) => Keep::Nothing,
        (false, true, _) => Keep::Accept,
        (false, false, true) => Keep::Beside,
    }
}

/// How many run at the same time unless the user says otherwise.
pub fn usual_jobs() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Does it.
pub fn run(args: &CheckArgs) -> Status {
    let files = match find::recordings(&args.files) {
        Ok(files) => files,
        Err(error) => return refuse(&error.to_string()),
    };
    let files = match args.shard {
        Some(shard) => shard.of(files),
        None => files,
    };
    let settings = Settings {
        image: args.image.clone(),
        disc: args.disc.clone(),
        level: args.level,
        keep: keep(args.keep),
    };
    let started = Instant::now();
    let mut out = Output::new(io::stdout().lock());
    let mut progress = Progress::on_terminal();
    let count = files.len();
    let jobs = args.jobs.unwrap_or_else(usual_jobs);
    let checked = all::check(&files, jobs, &settings, |done, checked| {
        if let Some(progress) = &mut progress {
            progress.clear();
        }
        match args.json {
            true => out.line(&as_json(checked).to_string()),
            false => out.line(&as_text(checked)),
        }
        if let Some(progress) = &mut progress {
            progress.say(|| format!("checked {done} of {count}"));
        }
    });
    if let Some(progress) = &mut progress {
        progress.clear();
    }
    let tally = Tally::of(&checked);
    match args.json {
        true => out.line(&tally.json(started.elapsed()).to_string()),
        false => out.line(&tally.words(started.elapsed())),
    }
    if args.keep && settings.keep == Keep::Nothing {
        crate::complain("--keep: the variable CI is set, so nothing was written");
    }
    let mut status = tally.status();
    if let Some(path) = &args.junit {
        let text = junit::document(&checked, started.elapsed());
        if let Err(error) = fs::write(path, text) {
            status = refuse(&format!(
                "--junit {}: {error}; check the folder and its permissions",
                crate::program::show(path)
            ));
        }
    }
    match out.finish() {
        Status::Success => status,
        other => other,
    }
}

/// One line if nothing is wrong.
fn as_text(checked: &Checked) -> String {
    let file = checked.file();
    match &checked.outcome {
        Outcome::Same => format!("{file}: the same"),
        Outcome::Renewed => format!("{file}: renewed"),
        Outcome::Unusable(error) => error.clone(),
        Outcome::Differs { report, kept } => match kept {
            Some(path) => format!("{report}\nkept: {}", crate::program::show(path)),
            None => report.to_string(),
        },
    }
}

fn as_json(checked: &Checked) -> Value {
    let mut value = json!({
        "file": checked.file(),
        "outcome": checked.outcome.word(),
        "level": checked.level.map(Level::name),
        "events": checked.events,
        "seconds": checked.took.as_secs_f64(),
    });
    match &checked.outcome {
        Outcome::Same | Outcome::Renewed => (),
        Outcome::Unusable(error) => value["error"] = error.as_str().into(),
        Outcome::Differs { report, kept } => {
            value["event"] = report.number().into();
            value["cause"] = report.cause().to_string().into();
            value["report"] = report.lines().into();
            value["kept"] = kept.as_ref().map(|path| path.display().to_string()).into();
        }
    }
    value
}

#[cfg(test)]
mod tests;
