//! `overture trace bisect`: the instruction at which two ways to run part.

use super::load;
use super::replay::{Given, Replay, ReplayError};
use super::sums::{Sums, rerun};
use crate::output::Output;
use crate::program::show;
use crate::refuse;
use crate::report::Status;
use clap::Args;
use emu_core::machine::Moment;
use emu_core::time::Tick;
use emu_core::trace::Recording;
use emu_core::trace::bisect::{Parting, Way, parting};
use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use thiserror::Error;

/// Options of `trace bisect`.
#[derive(Debug, Args)]
pub struct BisectArgs {
    /// The recording.
    pub file: PathBuf,
    /// Compare with another build of this program.
    #[arg(long, value_name = "PROGRAM", conflicts_with_all = ["reference", "with"])]
    pub other: Option<PathBuf>,
    /// Compare the fast engine with the reference interpreter.
    #[arg(long, conflicts_with = "with")]
    pub reference: bool,
    /// Compare with another machine: words of `run`, such as "--seed 7".
    #[arg(long, value_name = "OPTIONS", allow_hyphen_values = true)]
    pub with: Option<String>,
    /// The program, if it is not where the recording says.
    #[arg(long)]
    pub image: Option<OsString>,
    /// The disc, if it is not where the recording says.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub disc: Option<PathBuf>,
    /// The result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Why nothing is found out. One line: what, where, what to do.
#[derive(Debug, Error)]
enum BisectError {
    /// The recording.
    #[error("{0}: {1}")]
    Replay(String, Box<ReplayError>),
    /// The other program.
    #[error("--other {program}: {why}; give another build of overture that has `trace sums`")]
    Other {
        /// Where.
        program: String,
        /// What is wrong.
        why: String,
    },
    /// Nothing to compare with.
    #[error("what shall it be compared with? give --other PROGRAM, --reference or --with OPTIONS")]
    Nothing,
}

impl From<Infallible> for BisectError {
    fn from(never: Infallible) -> BisectError {
        match never {}
    }
}

/// Does it.
pub fn run(args: &BisectArgs) -> Status {
    let recording = match load(&args.file) {
        Ok(recording) => recording,
        Err(error) => return refuse(&error.to_string()),
    };
    let (found, names) = match search(args, &recording) {
        Ok(found) => found,
        Err(error) => return refuse(&error.to_string()),
    };
    let lines = match &found {
        None => vec![format!("{}: the same to its end", show(&args.file))],
        Some(parting) => parting.lines((&names.0, &names.1)),
    };
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        let before = found.as_ref().map(|parting| &parting.before);
        out.line(
            &serde_json::json!({
                "same": found.is_none(),
                "cycle": before.map(|moment| moment.at.0),
                "pc": before.and_then(Moment::pc),
                "instruction": before.and_then(Moment::disassembled),
                "task": before.map(|moment| moment.name.clone()),
                "after": found.as_ref().map(|parting| [&parting.after.0, &parting.after.1]),
                "lines": lines,
            })
            .to_string(),
        );
    } else {
        for line in lines {
            out.line(&line);
        }
    }
    match (out.finish(), found) {
        (Status::Success, Some(_)) => Status::Failure,
        (status, _) => status,
    }
}

type Found = (Option<Parting>, (String, String));

fn search(args: &BisectArgs, recording: &Recording) -> Result<Found, BisectError> {
    let given = Given {
        image: args.image.as_deref(),
        disc: args.disc.as_deref(),
    };
    let refused = |error| BisectError::Replay(show(&args.file), Box::new(error));
    let open = |recording: &Recording| Replay::with(recording, &args.file, given).map_err(refused);
    let replay = open(recording)?;
    let session = replay.session().map_err(refused)?;
    let span = (session.now(), replay.end());
    let mut own = Infallibly(rerun(session, &replay.config.shelf));
    if let Some(program) = &args.other {
        let mut other = Process { program, args };
        let found = parting(&mut own, &mut other, span)?;
        return Ok((found, ("this program".to_owned(), show(program))));
    }
    let (other, names) = match &args.with {
        _ if args.reference => (open(recording)?, ("fast", "reference")),
        Some(words) => {
            let mut changed = recording.clone();
            changed.header.options = words.split_whitespace().map(str::to_owned).collect();
            (open(&changed)?, ("recorded", "other options"))
        }
        None => return Err(BisectError::Nothing),
    };
    let session = other.session().map_err(refused)?;
    let session = match args.reference {
        true => session.with_reference_cpu(),
        false => session,
    };
    let mut other = Infallibly(rerun(session, &other.config.shelf));
    let found = parting(&mut own, &mut other, span)?;
    Ok((found, (names.0.to_owned(), names.1.to_owned())))
}

/// A way in this program, where nothing goes wrong, beside one where something may.
struct Infallibly<W>(W);

impl<W: Way<Error = Infallible>> Way for Infallibly<W> {
    type Error = BisectError;

    fn look(&mut self, at: &[Tick], pages: bool) -> Result<Vec<Moment>, BisectError> {
        Ok(self.0.look(at, pages)?)
    }

    fn page(&mut self, at: Tick, page: u32) -> Result<Vec<u32>, BisectError> {
        Ok(self.0.page(at, page)?)
    }
}

/// Another build, asked for checksums.
struct Process<'a> {
    program: &'a Path,
    args: &'a BisectArgs,
}

impl Process<'_> {
    fn ask(&self, at: &[Tick], more: &[&str]) -> Result<Sums, BisectError> {
        let failed = |why: String| BisectError::Other {
            program: show(self.program),
            why,
        };
        let cycles: Vec<String> = at.iter().map(|at| at.0.to_string()).collect();
        let mut command = Command::new(self.program);
        command.args([
            "trace".as_ref(),
            "sums".as_ref(),
            self.args.file.as_os_str(),
        ]);
        command.args(["--at", &cycles.join(",")]).args(more);
        let named: [(&str, Option<&OsStr>); 2] = [
            ("--image", self.args.image.as_deref()),
            (
                "--disc",
                self.args.disc.as_ref().map(|disc| disc.as_os_str()),
            ),
        ];
        for (option, value) in named {
            command.args(
                value
                    .map(|value| [option.as_ref(), value])
                    .into_iter()
                    .flatten(),
            );
        }
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let line: String = text
                .lines()
                .next()
                .unwrap_or("it fails")
                .chars()
                .take(200)
                .collect();
            return Err(failed(show(Path::new(&line))));
        }
        let sums: Sums = serde_json::from_slice(&output.stdout)
            .map_err(|error| failed(format!("its answer cannot be read ({error})")))?;
        match sums.moments.len() == at.len() {
            true => Ok(sums),
            false => Err(failed("its answer is too short".to_owned())),
        }
    }
}

impl Way for Process<'_> {
    type Error = BisectError;

    fn look(&mut self, at: &[Tick], pages: bool) -> Result<Vec<Moment>, BisectError> {
        let more = if pages { &["--pages"][..] } else { &[] };
        Ok(self.ask(at, more)?.moments)
    }

    fn page(&mut self, at: Tick, page: u32) -> Result<Vec<u32>, BisectError> {
        Ok(self.ask(&[at], &["--page", &page.to_string()])?.words)
    }
}
