//! A recording that is run again.

use super::identity;
use super::origin::{self, OriginError};
use super::record;
use crate::cli::RunArgs;
use crate::config::{ConfigError, RunConfig};
use crate::input::LineError;
use crate::program::show;
use crate::session::{End, Session};
use crate::sink::RunSink;
use crate::state::{self, StateError};
use crate::until::{Conditions, Until};
use emu_core::loader::linked_mem::NVRAM_BYTES;
use emu_core::time::{CPU_HZ, Tick};
use emu_core::trace::{Event, Header, Recording, Stamped, Tape, Why};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How much longer than before a program may take that ended by itself.
const PATIENCE: u64 = 10 * CPU_HZ;
/// Simulated time of a recording that is run again: a hundred hours.
const LONGEST: u64 = 100 * 3600 * CPU_HZ;

/// Why a recording cannot be run again. One line: what, where, what to do.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The program, the disc, or something else of the run.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What it asks for.
    #[error("the recording cannot be run: {0}")]
    Origin(#[from] OriginError),
    /// Another program.
    #[error(
        "{image} is another program than was recorded ({found}, recorded {expected}); \
         --image names the right one, or record this one anew"
    )]
    OtherProgram {
        /// Where it was found.
        image: String,
        /// The beginning of its SHA-256.
        found: String,
        /// The beginning of the recorded one.
        expected: String,
    },
    /// Another disc.
    #[error(
        "{disc}: {file} is not as it was when the program read it; --disc or --image names the \
         right disc, or record this one anew"
    )]
    OtherDisc {
        /// The disc.
        disc: String,
        /// What differs.
        file: String,
    },
    /// Another saved state.
    #[error(
        "{path} is another saved state than the recording began with ({found}, recorded \
         {expected}); --image names the right one, or record from this one anew"
    )]
    OtherState {
        /// Where it was found.
        path: String,
        /// The beginning of its SHA-256.
        found: String,
        /// The beginning of the recorded one.
        expected: String,
    },
    /// A file that is no saved state.
    #[error("{0}: is no saved state, with which the recording begins; --image names the right one")]
    NoState(String),
    /// The saved state.
    #[error(transparent)]
    State(#[from] StateError),
    /// NVRAM that none is.
    #[error("the recording's NVRAM has {0} bytes, a console's has {NVRAM_BYTES}; record it again")]
    Nvram(usize),
    /// An input that cannot be read.
    #[error("the recording's input {number}: {source}")]
    Input {
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        source: LineError,
    },
    /// A recording without an end.
    #[error(
        "the recording has no event \"stop\": it says not how long the run is; record it again"
    )]
    NoStop,
    /// A recording that nobody can wait for.
    #[error(
        "the recording is of {0} simulated seconds, and no more than 360000 are run again; \
         record a shorter run"
    )]
    TooLong(u64),
    /// The machine does not start.
    #[error("{0}")]
    Start(String),
}

/// Files that the user names, which count more than what a recording says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// The program, the disc that is run, or the saved state.
    pub image: Option<&'a OsStr>,
    /// The disc beside the program.
    pub disc: Option<&'a Path>,
}

/// A run that can be made again.
pub struct Replay {
    /// The run.
    pub config: RunConfig,
    /// What has changed since, a line each: the recording may differ because of it.
    pub notes: Vec<String>,
    nvram: Option<Vec<u8>>,
    end: Ending,
}

/// How a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ending {
    at: Tick,
    why: Why,
    /// Whether checksums stand before it; they do unless somebody has cut it.
    is_whole: bool,
}

impl Replay {
    /// Finds what a recording is of: `image` if that is given, else what its name leads to,
    /// beside the recording or from here.
    pub fn new(
        recording: &Recording,
        path: &Path,
        image: Option<&OsStr>,
    ) -> Result<Replay, ReplayError> {
        Replay::with(recording, path, Given { image, disc: None })
    }

    /// The same with a disc that may be given too.
    pub fn with(
        recording: &Recording,
        path: &Path,
        given: Given<'_>,
    ) -> Result<Replay, ReplayError> {
        let header = &recording.header;
        let end = end_of(&recording.tape).ok_or(ReplayError::NoStop)?;
        if end.at.0 > LONGEST {
            return Err(ReplayError::TooLong(end.at.0 / CPU_HZ));
        }
        if let Some(nvram) = header.nvram.as_ref().filter(|n| n.len() != NVRAM_BYTES) {
            return Err(ReplayError::Nvram(nvram.len()));
        }
        let mut config = match &header.state {
            Some(_) => from_state(header, path, given)?,
            None => from_start(header, path, given)?,
        };
        check_program(&config, header)?;
        check_disc(&config, recording)?;
        config
            .do_again(&header.inputs, path)
            .map_err(|(number, source)| ReplayError::Input { number, source })?;
        let changed = header.changed_versions(&record::versions());
        let version = |version: Option<u32>| version.map_or("none".to_owned(), |v| v.to_string());
        let notes = changed.into_iter().map(|(name, then, now)| {
            let (then, now) = (version(then), version(now));
            format!("the behaviour of {name} has changed since it was recorded ({then}, now {now})")
        });
        Ok(Replay {
            config,
            notes: notes.collect(),
            nvram: header.nvram.clone(),
            end,
        })
    }

    /// When the recording ends.
    pub fn end(&self) -> Tick {
        self.end.at
    }

    /// The machine at its beginning.
    pub fn session(&self) -> Result<Session, ReplayError> {
        let session = match &self.nvram {
            Some(bytes) => Session::with_nvram(&self.config, bytes.clone()),
            None => Session::start(&self.config),
        };
        session.map_err(ReplayError::Start)
    }

    /// Runs it again: what happens now.
    pub fn play(&self) -> Result<Tape, ReplayError> {
        let mut session = self.session()?;
        let mut sink = RunSink::new(io::sink(), io::sink()).recording(true);
        let limit = match self.end.why {
            Why::Enough => self.end.at,
            _ => Tick(self.end.at.0.saturating_add(PATIENCE)),
        };
        let until = Conditions(vec![Until::Exit]);
        let end = session.advance(limit, &until, &self.config.shelf, &mut sink);
        let mut tape = sink.tape().map(std::mem::take).unwrap_or_default();
        let end = end.unwrap_or(End::Limit);
        match self.end.is_whole {
            true => session.end_recording(&end, &mut tape),
            false => session.cut_recording(&mut tape),
        }
        Ok(tape)
    }
}

/// A run from power-on.
fn from_start(header: &Header, path: &Path, given: Given<'_>) -> Result<RunConfig, ReplayError> {
    let mut args = origin::arguments(header)?;
    args.image = Some(match given.image {
        Some(image) => image.to_owned(),
        None => origin::place(&header.program.name, path, "--image")?.into(),
    });
    let is_own = |name: &String| *name == header.program.name || origin::is_built_in(name);
    let disc = header.disc.as_ref().map(|disc| &disc.name);
    args.disc = match (given.disc, disc.filter(|name| !is_own(name))) {
        (Some(disc), _) => Some(disc.to_owned()),
        (None, Some(name)) => Some(origin::place(name, path, "--disc")?),
        (None, None) => None,
    };
    Ok(RunConfig::new(&args)?)
}

/// A run that goes on with a saved state.
fn from_state(header: &Header, path: &Path, given: Given<'_>) -> Result<RunConfig, ReplayError> {
    let expected = header.state.clone().unwrap_or_default();
    let file = match given.image {
        Some(image) => PathBuf::from(image),
        None => origin::place(&expected.name, path, "--image")?,
    };
    if !state::is_one(&file) {
        return Err(ReplayError::NoState(show(&file)));
    }
    let beginning = state::load(&file)?;
    if beginning.id.sha256 != expected.sha256 {
        return Err(ReplayError::OtherState {
            path: show(&file),
            found: short(beginning.id.sha256),
            expected: short(expected.sha256),
        });
    }
    let args = RunArgs {
        headless: true,
        disc: given.disc.map(Path::to_owned),
        ..RunArgs::default()
    };
    Ok(RunConfig::of_state(&file, beginning, &args)?)
}

/// The beginning of a digest.
fn short(digest: [u8; 32]) -> String {
    let bytes = digest.iter().take(6);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn check_program(config: &RunConfig, header: &Header) -> Result<(), ReplayError> {
    let found: [u8; 32] = Sha256::digest(&config.program.image.bytes).into();
    if found == header.program.sha256 {
        return Ok(());
    }
    Err(ReplayError::OtherProgram {
        image: show(Path::new(&config.described.image)),
        found: short(found),
        expected: short(header.program.sha256),
    })
}

/// Whether the disc has the files that the program has read.
fn check_disc(config: &RunConfig, recording: &Recording) -> Result<(), ReplayError> {
    let files = match &recording.header.disc {
        Some(disc) => &disc.files,
        None => return Ok(()),
    };
    let disc = config.disc.and_then(|number| config.shelf.get(number));
    let name = config.described.discs.first().cloned().unwrap_or_default();
    let other = match disc {
        Some(disc) => {
            let blocks = identity::blocks_read(&recording.tape);
            identity::other_file(disc, files, &blocks)
        }
        None => files.first().map(|file| file.path.clone()),
    };
    match other {
        None => Ok(()),
        Some(path) => Err(ReplayError::OtherDisc {
            disc: show(Path::new(&name)),
            file: match path.as_str() {
                "" => "its label or a directory".to_owned(),
                path => format!("the file {}", show(Path::new(path))),
            },
        }),
    }
}

fn end_of(tape: &Tape) -> Option<Ending> {
    let mut end = None;
    let mut has_sums = false;
    for Stamped { at, event, .. } in tape {
        if let Event::Stop { why, .. } = event {
            end = Some(Ending {
                at,
                why,
                is_whole: has_sums,
            });
        }
        has_sums = matches!(event, Event::Free { .. });
    }
    end
}
