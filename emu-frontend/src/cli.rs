//! The command line, and its errors as one line each.

pub mod chaos;
pub mod disc;
#[cfg(test)]
mod tests;
pub mod trace;

use crate::measure;
use crate::until::Until;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use emu_core::device::pods::PodKind;
use emu_devices::cdrom::DriveProfile;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
IMAGE is an AIF program, a disc image (.iso, .bin, .cue, .chd), a folder with a LaunchMe, which
is run as the disc it would be, or rom:NAME for a built-in program (`overture roms` lists them);
without IMAGE the built-in demonstration runs. Of a disc the console starts the LaunchMe. A file
that --save-at has written goes on from there; its disc is looked for where it was, then beside it.

Programs in a window share one NVRAM, as on a console. Without a window it is empty at the start
and forgotten at the end, unless --nvram names a file that keeps it.

Why did this read take so long? -vv says for every request what its time went into: command,
change of speed, seek, reading, transfer, in cycles of 80 ns.

What a program plays is heard in the window, if this program was built with sound (the feature
audio), and written by --wav in any case.

Exit status: 0 the guest ended with status 0, or a condition of --until was met; 1 the guest
ended with another status; 2 wrong usage, an unreadable file, a LaunchMe that could not be
started, NVRAM that could not be saved; 3 the program died of a fault; 4 stuck: nothing can ever
wake the guest; 5 the limit of simulated time was reached.";

const UNTIL_HELP: &str = "\
When to stop; may be given several times, the first condition that is met counts:
exit (whenever that is), stuck, vbl:N (vertical blank N), time:SECONDS (simulated) or
text:STRING (printed by the guest). Without a condition, or with only text:, a run
stops after 600 simulated seconds.";

const INPUT_HELP: &str = "\
Do what the lines of this file say, such as `time:1.5 pad 1 press A`. Each begins with when
(time:SECONDS or vbl:N); then comes one of
  pad N, mouse N, stick N, gun N   press, release or tap BUTTONS
  mouse N move RIGHT DOWN, stick N move X Y Z, gun N aim X Y
  pods plug KIND, pods unplug PLACE
  disc open, close, insert FILE, remove, fail FRAME, slow FRAME NUMBERms
  console \"TEXT\"
The README lists buttons and kinds. FILE is relative to the script, FRAME is a block + 150.";

/// An emulator of the 3DO console's I/O subsystem; needs no system ROM.
#[derive(Debug, Parser)]
#[command(
    name = "overture",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// What to do; `run` if it is not said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of `run`.
    #[command(flatten)]
    pub run: RunArgs,
    /// Tell of tasks that come and go; twice: of I/O requests, with what their time went into,
    /// and of task switches too.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
// There is one of them in a process.
#[allow(clippy::large_enum_variant)]
pub enum Command {
    /// Run a program (the default command).
    #[command(after_help = AFTER_HELP)]
    Run(RunArgs),
    /// Say in words what an error code means.
    Explain(ExplainArgs),
    /// List every documented system call with its state in this version.
    Calls(CallsArgs),
    /// Measure guest speed on the built-in benchmark guests.
    Bench(BenchArgs),
    /// List the built-in programs.
    Roms(RomsArgs),
    /// Look into recordings of runs, and run them again.
    Trace(trace::TraceArgs),
    /// Stop, step, look around and go back: a debugger at a prompt or from a script.
    Debug(Box<crate::debug::DebugArgs>),
    /// Look into disc images, take files out, make them.
    Disc(disc::DiscArgs),
}

/// Options of `run`.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct RunArgs {
    /// Program file, disc image, folder with a LaunchMe, rom:NAME, or a saved state.
    pub image: Option<OsString>,
    /// Arguments of the guest program.
    #[arg(last = true, value_name = "ARGS")]
    pub arguments: Vec<OsString>,
    /// Disc image or folder that lies in the drive while a program runs; without a program it is
    /// what is run.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub disc: Option<PathBuf>,
    /// How fast the drive is.
    #[arg(long, value_enum, default_value_t)]
    pub drive: DriveArg,
    /// Keep NVRAM in this file: read at the start, replaced at the end if the guest changed it.
    #[arg(long, value_name = "FILE")]
    pub nvram: Option<PathBuf>,
    /// What somebody does to the console during the run.
    #[arg(long, value_name = "FILE", help = INPUT_HELP)]
    pub input: Option<PathBuf>,
    /// What is plugged into the control port, instead of one pad: pad, mouse, gun, stick ...,
    /// with commas between, eight at most.
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', value_parser = pod_kind)]
    pub pods: Vec<PodKind>,
    /// Run without a window. --until, --json, --screenshot, --frames and --save-at mean that too.
    #[arg(long)]
    pub headless: bool,
    /// Open a window, whatever else is asked for; an error if that cannot be.
    #[arg(long, conflicts_with = "headless")]
    pub window: bool,
    /// When to stop.
    #[arg(long, value_name = "CONDITION", help = UNTIL_HELP)]
    pub until: Vec<Until>,
    /// Write one line per system call to standard error.
    #[arg(long)]
    pub calls: bool,
    /// Print one JSON report as the last line of standard output.
    #[arg(long)]
    pub json: bool,
    /// Write the picture at the end of the run.
    #[arg(long, value_name = "FILE.png")]
    pub screenshot: Option<PathBuf>,
    /// Write the picture of every field: frame-000001.png is what the first vertical blank ended.
    #[arg(long, value_name = "DIR")]
    pub frames: Option<PathBuf>,
    /// Write what is heard, from the first frame of the run to the last: 16 bits, stereo, 44,100 Hz.
    #[arg(long, value_name = "FILE.wav")]
    pub wav: Option<PathBuf>,
    /// How loud the window is, 0 to 100; remembered [default: 100].
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub volume: Option<u8>,
    /// Begin without sound; a key of the window turns it on.
    #[arg(long)]
    pub mute: bool,
    /// Play into nothing instead of the host's sound device: for tests.
    #[arg(long, hide = true)]
    pub null_sound: bool,
    /// Record what happens, for `overture trace`: lines of text, or bytes if the name ends in .otr.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Save the state of the machine at an instant: a cycle, time:SECONDS or vbl:N. Running the
    /// file goes on from there. May be given several times.
    #[arg(long, num_args = 2, value_names = ["CYCLE", "FILE"], action = ArgAction::Append)]
    pub save_at: Vec<OsString>,
    /// What to do where the published pages and the shipped system differ.
    #[arg(long, value_enum, default_value_t)]
    pub profile: ProfileArg,
    /// Television standard.
    #[arg(long, value_enum, default_value_t)]
    pub video: VideoArg,
    /// Seed of the guest's hardware random numbers.
    #[arg(long, value_name = "N", default_value_t)]
    pub seed: u64,
    /// End the run when the guest makes a call that this version does not have.
    #[arg(long)]
    pub strict: bool,
    /// Done queues of Mach that can exist at a time; one more is KERN_RESOURCE_SHORTAGE [default: 1024].
    #[arg(long, value_name = "N")]
    pub mach_queues: Option<u32>,
    /// Cycles that a trap of Mach costs [default: 400].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub mach_trap_cycles: Option<u32>,
    /// What is measured.
    #[command(flatten)]
    pub measure: measure::MeasureArgs,
    /// How completions are disturbed.
    #[command(flatten)]
    pub chaos: chaos::DisturbArgs,
}

impl RunArgs {
    /// Whether a script, not a person, is to be served: such a run opens no window by itself.
    pub fn is_scripted(&self) -> bool {
        self.json
            || self.screenshot.is_some()
            || self.frames.is_some()
            || !self.until.is_empty()
            || !self.save_at.is_empty()
            || self.measure.is_asked_for()
    }

    /// The drive that was asked for, unless a disturbance has one of its own.
    pub fn drive_profile(&self) -> DriveProfile {
        match self.drive {
            _ if self
                .chaos
                .chaos()
                .is_some_and(|chaos| chaos.has_instant_drive()) =>
            {
                DriveProfile::Instant
            }
            DriveArg::Nominal => DriveProfile::Nominal,
            DriveArg::Fz1 => DriveProfile::Fz1,
            DriveArg::Instant => DriveProfile::Instant,
        }
    }

    /// Only what describes the machine.
    pub fn of_machine(&self) -> RunArgs {
        RunArgs {
            profile: self.profile,
            video: self.video,
            drive: self.drive,
            seed: self.seed,
            pods: self.pods.clone(),
            mach_queues: self.mach_queues,
            mach_trap_cycles: self.mach_trap_cycles,
            strict: self.strict,
            chaos: self.chaos.clone(),
            ..RunArgs::default()
        }
    }

    /// What is asked for around the machine, with another machine.
    pub fn around(&self, machine: &RunArgs) -> RunArgs {
        RunArgs {
            profile: machine.profile,
            video: machine.video,
            drive: machine.drive,
            seed: machine.seed,
            pods: machine.pods.clone(),
            mach_queues: machine.mach_queues,
            mach_trap_cycles: machine.mach_trap_cycles,
            strict: machine.strict,
            ..self.clone()
        }
    }

    /// The words that describe the machine, as far as they are not the usual ones: a run with
    /// them and the same inputs is the same run.
    pub fn machine_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut word = |option: &str, value: String| words.extend([option.to_owned(), value]);
        if self.profile == ProfileArg::Retail {
            word("--profile", "retail".to_owned());
        }
        if self.video == VideoArg::Pal {
            word("--video", "pal".to_owned());
        }
        match self.drive {
            DriveArg::Nominal => (),
            DriveArg::Fz1 => word("--drive", "fz1".to_owned()),
            DriveArg::Instant => word("--drive", "instant".to_owned()),
        }
        if self.seed != 0 {
            word("--seed", self.seed.to_string());
        }
        if !self.pods.is_empty() {
            let names: Vec<&str> = self.pods.iter().map(|kind| kind.name()).collect();
            word("--pods", names.join(","));
        }
        if let Some(queues) = self.mach_queues {
            word("--mach-queues", queues.to_string());
        }
        if let Some(cycles) = self.mach_trap_cycles {
            word("--mach-trap-cycles", cycles.to_string());
        }
        if self.strict {
            words.push("--strict".to_owned());
        }
        words.extend(self.chaos.words());
        words
    }

    /// Whether nothing is named that could run.
    pub fn is_demonstration(&self) -> bool {
        self.image.is_none() && self.disc.is_none()
    }
}

fn pod_kind(word: &str) -> Result<PodKind, String> {
    PodKind::of_name(word).ok_or_else(|| {
        let names = PodKind::ALL.map(PodKind::name);
        format!("there is no such thing; use {}", names.join(", "))
    })
}

/// Values of `--profile`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    /// What is published.
    #[default]
    Documented,
    /// What was shipped.
    Retail,
}

/// Values of `--video`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VideoArg {
    /// 60000/1001 fields a second.
    #[default]
    Ntsc,
    /// 50 fields a second.
    Pal,
}

/// Values of `--drive`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DriveArg {
    /// What the mastering guide asks of every drive.
    #[default]
    Nominal,
    /// The faster head of the FZ-1.
    Fz1,
    /// Every request takes the same short time: for tests.
    Instant,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// 0xD57B9001, -713322495, 3581644801, or a name such as BADITEM; of Mach 2502, 0x10004003,
    /// -303, D_NO_SUCH_DEVICE, or 'MACH_RCV_BODY_ERROR|MACH_MSG_IPC_SPACE'.
    #[arg(allow_negative_numbers = true)]
    pub code: String,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `calls`.
#[derive(Debug, Args)]
pub struct CallsArgs {
    /// As a JSON list of rows with system, name, number, entry and state.
    #[arg(long)]
    pub json: bool,
    /// Only the calls of this system: kernel, file, graphics ...
    #[arg(long)]
    pub system: Option<String>,
    /// Only the calls in this state.
    #[arg(long, value_enum)]
    pub state: Option<StateArg>,
}

/// Values of `--state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StateArg {
    /// Does what is documented.
    Implemented,
    /// Answers with its documented error.
    Refused,
    /// Not written yet.
    Missing,
}

/// Options of `bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
    /// Which interpreter.
    #[arg(long, value_enum, default_value_t)]
    pub engine: EngineArg,
    /// The small set of loop counts.
    #[arg(long)]
    pub quick: bool,
    /// Only this guest (dhry, memscan, fixmul, swiloop); may be given several times.
    #[arg(long, value_name = "NAME")]
    pub guest: Vec<String>,
    /// Runs of each guest; the median counts. With 0 nothing but the start-up happens.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub count: u32,
    /// Records every host call on a tape that is thrown away.
    #[arg(long, hide = true)]
    pub record: bool,
}

/// Values of `--engine`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EngineArg {
    /// Decodes once.
    #[default]
    Fast,
    /// Decodes every time.
    Reference,
}

/// Options of `roms`.
#[derive(Debug, Args)]
pub struct RomsArgs {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// A command line that starts nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Help or version was asked for.
    Help(String),
    /// One line for standard error.
    Usage(String),
}

/// Reads a command line, program name first.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Refusal> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    command_first(&mut arguments);
    // An IMAGE named like a command is one that was meant, with options before it.
    match Cli::try_parse_from(&arguments) {
        Ok(Cli {
            command: None,
            run: RunArgs {
                image: Some(image), ..
            },
            ..
        }) if is_command(&image) => Err(Refusal::Usage(late_command(&image))),
        Ok(cli) => Ok(cli),
        Err(error) => Err(match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Refusal::Help(error.render().to_string())
            }
            ErrorKind::UnknownArgument if arguments.iter().skip(2).any(|word| word == "run") => {
                Refusal::Usage(late_command(OsStr::new("run")))
            }
            _ => Refusal::Usage(one_line(
                &error,
                arguments.get(1).is_some_and(|word| word == "disc"),
            )),
        }),
    }
}

fn is_command(word: &OsStr) -> bool {
    Cli::command().find_subcommand(word).is_some()
}

/// Lets `overture -v calls` and `overture --headless run` mean what they say: a command moves
/// before the flags that precede it.
fn command_first(arguments: &mut [OsString]) {
    let flag = |word: &&OsString| {
        word.to_str().is_some_and(|word| {
            matches!(
                word,
                "--headless"
                    | "--window"
                    | "--json"
                    | "--calls"
                    | "--strict"
                    | "--mute"
                    | "--verbose"
            ) || word.strip_prefix('-').is_some_and(|letters| {
                !letters.is_empty() && letters.bytes().all(|letter| letter == b'v')
            })
        })
    };
    let words = arguments.get_mut(1..).unwrap_or_default();
    let flags = words.iter().take_while(flag).count();
    if words.get(flags).is_some_and(|word| is_command(word)) {
        words[..=flags].rotate_right(1);
    }
}

fn late_command(command: &OsStr) -> String {
    let command = command.to_string_lossy();
    format!(
        "the command `{command}` comes before its options (a program of this name is `./{command}`)"
    )
}

/// What, where, what to do.
fn one_line(error: &clap::Error, disc: bool) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        Some(ContextValue::Strings(texts)) => texts.first().map(String::as_str),
        _ => None,
    };
    if disc && error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "disc wants to know what to do: info, ls, cat, extract or pack".to_owned();
    }
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    if error.kind() == ErrorKind::UnknownArgument && !argument.starts_with('-') && !disc {
        return format!(
            "one argument too many: `{argument}`; arguments of the guest program come after `--`"
        );
    }
    // The first paragraph is the message; usage and tips follow.
    let rendered = error.render().to_string();
    let message: Vec<&str> = rendered
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let message = message.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    match context(ContextKind::SuggestedArg).or(context(ContextKind::SuggestedValue)) {
        Some(suggestion) => format!("{message}; did you mean `{suggestion}`?"),
        None => format!("{message}; `overture --help` shows the usage"),
    }
}
