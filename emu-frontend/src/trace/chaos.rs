//! `overture trace chaos`: a program run with many seeds, to find its races.
//!
//! | module | what is there |
//! |---|---|
//! | `outcome` | what a run came to, as far as runs are compared |
//! | `minimal` | the fewest disturbances that still make a run fail |
//! | `words` | what was found, for people and as JSON |

mod minimal;
mod outcome;
mod words;

use self::outcome::{Compared, Outcome, Recorded};
use super::record;
use crate::cli::RunArgs;
use crate::config::{ConfigError, RunConfig};
use crate::output::Output;
use crate::progress::Progress;
use crate::refuse;
use crate::report::Status;
use clap::Args;
use emu_core::chaos::Chaos;
use emu_core::device::ReqId;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::{Event, Field, Recording};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

const AFTER_HELP: &str = "\
Every seed holds completions of devices back for other times, as real hardware may; nothing ends
earlier than it can, unless the seed gives the drive no time to take. A run fails that ends in
another way than the undisturbed one: with another status, a fault, stuck, or not at all. For each
way to fail the first seed is shown, with the fewest completions that must be late for it, and the
command that repeats it.

Exit status: 0 no seed fails; 1 a seed does; 2 wrong usage, or a program that cannot be started.";

/// Options of `trace chaos`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ChaosArgs {
    /// How many seeds are tried.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub from: u64,
    /// Let reads of the drive fail once in a while.
    #[arg(long)]
    pub media: bool,
    /// A run that prints something else fails too.
    #[arg(long)]
    pub text: bool,
    /// A run in which lint finds an error fails too, unless it finds it without disturbance.
    #[arg(long)]
    pub lint: bool,
    /// How many runs are made at a time [default: one a processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub jobs: Option<u32>,
    /// The program and the machine around it; `--record FILE` keeps the first failing run, the
    /// next in FILE-2 and so on.
    #[command(flatten)]
    pub run: RunArgs,
}

/// A way to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How.
    pub what: String,
    /// The disturbance: the first seed, and the fewest requests.
    pub chaos: Chaos,
    /// How many seeds fail so.
    pub seeds: u64,
    /// The disturbed requests in words.
    pub held: Vec<Late>,
    /// The command that repeats it.
    pub command: String,
    /// Where its recording is.
    pub recording: Option<PathBuf>,
}

/// A request that was disturbed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// Its number.
    pub req: u64,
    /// Whose it was and of which device.
    pub whose: String,
    /// How late it was.
    pub delay: Ticks,
    /// Whether it was made to fail.
    pub fails: bool,
}

/// Does it.
pub fn run(args: &ChaosArgs) -> Status {
    match find(args) {
        Ok(found) => {
            let mut out = Output::new(io::stdout().lock());
            match args.run.json {
                true => out.line(&words::json(args, &found)),
                false => out.write(&words::text(args, &found)),
            }
            match out.finish() {
                Status::Success if !found.failures.is_empty() => Status::Failure,
                status => status,
            }
        }
        Err(line) => refuse(&line),
    }
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How the program ends when nothing disturbs it.
    pub usual: String,
    /// Each way to fail, by its first seed.
    pub failures: Vec<Failure>,
}

/// Tries all seeds.
pub fn find(args: &ChaosArgs) -> Result<Found, String> {
    let search = Search::new(args)?;
    let failed = search.try_all()?;
    // The first seed of each way to fail, and how many there are.
    let mut ways: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (&seed, what) in &failed {
        ways.entry(what).or_insert((seed, 0)).1 += 1;
    }
    let mut ways: Vec<_> = ways.into_iter().collect();
    ways.sort_by_key(|&(_, (seed, _))| seed);
    let mut failures = Vec::new();
    for (number, (what, (seed, seeds))) in ways.into_iter().enumerate() {
        failures.push(search.failure(number, what, seed, seeds)?);
    }
    Ok(Found {
        usual: search.usual.ending.clone(),
        failures,
    })
}

/// One program that is run again and again.
struct Search<'a> {
    args: &'a ChaosArgs,
    compared: Compared,
    usual: Outcome,
    limit: Tick,
}

impl<'a> Search<'a> {
    fn new(args: &'a ChaosArgs) -> Result<Search<'a>, String> {
        if args.run.chaos.chaos().is_some() {
            return Err("--chaos: leave it out; --from and --seeds say which are tried".to_owned());
        }
        let compared = Compared {
            text: args.text,
            lint: args.lint,
        };
        let config = config(args, None)?;
        let (limit, _) = config.until.limit(config.machine.video);
        let (usual, _) = Outcome::of(&config, limit, compared, false)?;
        let limit = outcome::patience(usual.at);
        Ok(Search {
            args,
            compared,
            usual,
            limit,
        })
    }

    /// The seeds that fail, and how.
    fn try_all(&self) -> Result<BTreeMap<u64, String>, String> {
        let (next, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        let failed = Mutex::new(Ok(BTreeMap::new()));
        let progress = Mutex::new(Progress::on_terminal());
        let work = || {
            let result = self.try_some(&next, &is_over, |done, failure| {
                if let (Some((seed, what)), Ok(mut failed)) = (failure, failed.lock())
                    && let Ok(failed) = failed.as_mut()
                {
                    failed.insert(seed, what);
                }
                if let Ok(mut progress) = progress.lock()
                    && let Some(progress) = progress.as_mut()
                {
                    progress.say(|| format!("{done} of {} seeds", self.args.seeds));
                }
            });
            if let (Err(line), Ok(mut failed)) = (result, failed.lock()) {
                is_over.store(true, Ordering::Relaxed);
                *failed = Err(line);
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.jobs() {
                scope.spawn(work);
            }
        });
        if let Ok(mut progress) = progress.lock()
            && let Some(progress) = progress.as_mut()
        {
            progress.clear();
        }
        let stopped = |_| "a run ended this program; please report it".to_owned();
        failed.into_inner().map_err(stopped)?
    }

    fn jobs(&self) -> u64 {
        let processors = thread::available_parallelism().map_or(1, |count| count.get() as u64);
        let jobs = self.args.jobs.map_or(processors, u64::from);
        jobs.min(self.args.seeds)
    }

    /// One thread's share of the seeds.
    fn try_some(
        &self,
        next: &AtomicU64,
        is_over: &AtomicBool,
        mut tell: impl FnMut(u64, Option<(u64, String)>),
    ) -> Result<(), String> {
        let mut config = config(self.args, None)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= self.args.seeds || is_over.load(Ordering::Relaxed) {
                return Ok(());
            }
            let seed = self.args.from.saturating_add(number);
            config.disturb(&self.args.run, Some(self.chaos(seed, None)));
            let (outcome, _) = Outcome::of(&config, self.limit, self.compared, false)?;
            let failure = outcome.failure(&self.usual, self.compared);
            tell(number + 1, failure.map(|what| (seed, what)));
        }
    }

    fn chaos(&self, seed: u64, only: Option<Vec<u64>>) -> Chaos {
        let media = self.args.media || self.args.run.chaos.chaos_media;
        Chaos { seed, media, only }
    }

    /// What makes a seed fail, with as little as possible.
    fn failure(&self, number: usize, what: &str, seed: u64, seeds: u64) -> Result<Failure, String> {
        let mut config = config(self.args, None)?;
        let mut play = |only: Option<Vec<u64>>, is_recording| {
            config.disturb(&self.args.run, Some(self.chaos(seed, only)));
            Outcome::of(&config, self.limit, self.compared, is_recording)
        };
        let (_, all) = play(None, true)?;
        let fewest = minimal::fewest(&all.held(), |numbers| {
            let played = play(Some(numbers.to_vec()), false);
            let failure = played.map(|(outcome, _)| outcome.failure(&self.usual, self.compared));
            failure.is_ok_and(|failure| failure.as_deref() == Some(what))
        });
        let (_, mut recorded) = play(Some(fewest.clone()), true)?;
        let chaos = self.chaos(seed, Some(fewest));
        let held = late(&recorded, &chaos);
        let recording = match &self.args.run.record {
            Some(path) => Some(keep(&numbered(path, number), &config, &mut recorded)?),
            None => None,
        };
        Ok(Failure {
            what: what.to_owned(),
            seeds,
            held,
            command: words::command(&self.args.run, &chaos),
            recording,
            chaos,
        })
    }
}

fn config(args: &ChaosArgs, chaos: Option<Chaos>) -> Result<RunConfig, String> {
    let config = RunConfig::new(&args.run);
    let mut config = config.map_err(|error: ConfigError| error.to_string())?;
    config.disturb(&args.run, chaos);
    Ok(config)
}

/// FILE, FILE-2, FILE-3.
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 0 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{}", number + 1));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

fn keep(path: &Path, config: &RunConfig, recorded: &mut Recorded) -> Result<PathBuf, String> {
    let tape = recorded.tape.take().unwrap_or_default();
    let session = &recorded.session;
    let header = record::header(config, session, &tape);
    let recording = Recording { header, tape };
    let saved = record::save(path, &recording);
    saved.map_err(|error| error.to_string())?;
    Ok(path.to_owned())
}

/// The requests that were held back, once each, with whose they are.
fn late(recorded: &Recorded, chaos: &Chaos) -> Vec<Late> {
    let mut submitted = BTreeMap::new();
    let mut late: Vec<Late> = Vec::new();
    for stamped in recorded.tape.iter().flatten() {
        match stamped.event {
            Event::Submit {
                req,
                device,
                op,
                by,
                of,
                ..
            } => {
                let mut name = String::new();
                device.write(&mut name);
                let fails = chaos.plan(ReqId(req), device, op).fails;
                submitted.insert(req, (words::whose(&name, by, of.0), fails));
            }
            Event::Held { req, delay } if late.iter().all(|known| known.req != req) => {
                let (whose, fails) = submitted.get(&req).cloned().unwrap_or_default();
                late.push(Late {
                    req,
                    whose,
                    delay,
                    fails,
                });
            }
            _ => (),
        }
    }
    late
}
