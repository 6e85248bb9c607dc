//! Library half of `overture`: everything that can be tested without a process.
//!
//! | module | what it does |
//! |---|---|
//! | [`cli`] | the command line, and its errors as one line each |
//! | [`config`] | the command line's wishes as the values a run needs |
//! | [`program`] | finds and reads the program: file, disc, folder, built-in ROM |
//! | [`drive`] | what lies in the drive, and the program it starts |
//! | [`input`] | scripts of what somebody does during a run |
//! | [`until`] | the conditions that end a run |
//! | [`session`] | one machine with one program in it, from start to end |
//! | [`sink`] | guest text, call log and warnings on their way out |
//! | [`headless`] | `run` without a window |
//! | `gui` | `run` with one (feature `gui`) |
//! | [`nvram`] | the file that keeps NVRAM |
//! | [`state`] | saved states of runs |
//! | [`folders`] | where a user's files are |
//! | [`sound`] | what is heard, as a file |
//! | [`pictures`] | what is seen, as PNG files |
//! | [`measure`] | what the cycles of a run went into |
//! | [`report`] | how a run ended, for people and as JSON |
//! | [`mod@debug`] | the debugger at a prompt or from a script |
//! | [`gdb`] | the same for GDB |
//! | [`trace`] | recordings: written, run again, compared, shown |
//! | [`mod@disc`] | disc images: looked into, unpacked and made |
//! | [`explain`], [`calls`], [`mod@bench`] | the other commands |
#![forbid(unsafe_code)]

pub mod bench;
pub mod calls;
pub mod cli;
pub mod config;
pub mod debug;
pub mod disc;
pub mod drive;
pub mod explain;
pub mod folders;
pub mod gdb;
#[cfg(feature = "gui")]
pub mod gui;
pub mod headless;
pub mod input;
pub mod measure;
pub mod nvram;
pub mod output;
pub mod pictures;
pub mod program;
pub mod progress;
pub mod report;
pub mod session;
pub mod sink;
pub mod sound;
pub mod state;
pub mod trace;
pub mod until;

use cli::{Command, RomsArgs, RunArgs};
use output::Output;
use report::Status;
use std::ffi::OsString;
use std::io::{self, Write};

/// What `log` shows unless `RUST_LOG` says otherwise. The crates of the window speak of what
/// they find on the way to a driver, which is nobody's problem.
pub const DEFAULT_LOG_FILTER: &str = "warn,overture=info,emu_core=info,emu_devices=info,\
    wgpu_core=error,wgpu_hal=error,naga=error,winit=error,sctk=error,gilrs=error";

/// Runs the program with a command line; the result is the exit status of the process.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Status {
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(cli::Refusal::Help(text)) => {
            let mut out = Output::new(io::stdout().lock());
            out.write(&text);
            return out.finish();
        }
        Err(cli::Refusal::Usage(line)) => return refuse(&line),
    };
    start_log(cli.verbose);
    match cli.command {
        None => run(&cli.run, cli.verbose),
        Some(Command::Run(args)) => run(&args, cli.verbose),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Calls(args)) => calls::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Roms(args)) => roms_list(&args),
        Some(Command::Trace(args)) => trace::run(&args),
        Some(Command::Debug(args)) => debug::run(&args),
        Some(Command::Disc(args)) => disc::run(&args),
    }
}

/// Runs a program: in a window where a person watches and there can be one, else without.
fn run(args: &RunArgs, verbose: u8) -> Status {
    if args.window && !args.save_at.is_empty() {
        return refuse("--save-at: a run in a window saves no states; leave --window out");
    }
    if args.headless || args.is_scripted() && !args.window {
        return headless::run(args, verbose);
    }
    match in_window(args, verbose) {
        Ok(status) => status,
        Err(reason) if args.window => refuse(&format!("--window: {reason}")),
        Err(reason) => {
            complain(&format!("no window: {reason}; running without one"));
            headless::run(args, verbose)
        }
    }
}

#[cfg(feature = "gui")]
fn in_window(args: &RunArgs, verbose: u8) -> Result<Status, String> {
    gui::run(args, verbose)
}

#[cfg(not(feature = "gui"))]
fn in_window(_args: &RunArgs, _verbose: u8) -> Result<Status, String> {
    Err("this program was built without the feature gui".to_owned())
}

/// One line on standard error, and the status of a usage error.
pub fn refuse(line: &str) -> Status {
    complain(line);
    Status::Usage
}

/// One line on standard error; a closed one is nobody's problem.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "overture: {line}");
}

/// The same with -v.
const VERBOSE_LOG_FILTER: &str =
    "debug,wgpu_core=warn,wgpu_hal=warn,naga=warn,winit=warn,sctk=warn,calloop=warn";

fn start_log(verbose: u8) {
    let filter = match verbose {
        0 => DEFAULT_LOG_FILTER,
        1 => VERBOSE_LOG_FILTER,
        _ => "trace",
    };
    let env = env_logger::Env::default().default_filter_or(filter);
    // A second logger in the same process (tests) is no reason to stop.
    let _ = env_logger::Builder::from_env(env)
        .format(|to, record| {
            let level = record.level().as_str().to_ascii_lowercase();
            writeln!(to, "overture: {level}: {}", record.args())
        })
        .try_init();
}

fn roms_list(args: &RomsArgs) -> Status {
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        let rows: Vec<_> = roms::all()
            .iter()
            .map(|rom| serde_json::json!({ "name": rom.name, "about": rom.about }))
            .collect();
        out.line(&serde_json::Value::from(rows).to_string());
    } else {
        for rom in roms::all() {
            out.line(&format!("{:<18} {}", rom.name, rom.about));
        }
    }
    out.finish()
}
