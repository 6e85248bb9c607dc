//! `overture debug`: a prompt, or a script of the same commands.
//!
//! | module | what is there |
//! |---|---|
//! | [`changes`] | registers and memory, changed by hand |
//! | [`commands`] | the one table of commands: prompt, help and documentation come from it |
//! | [`going`] | commands that let time pass, in either direction |
//! | [`profile`] | where cycles go |
//! | [`symbols`] | names of addresses |
//! | [`journey`] | the same in parts, for a window |
//! | [`objects`] | what the systems hold: items, memory, Mach |
//! | [`past`] | what has happened |
//! | [`stops`] | breakpoints in words |
//! | [`troubles`] | codes and errors by anything that people see of them |
//! | [`views`] | what a machine looks like |
//!
//! The machine itself is debugged by `emu_core::debug`, which knows no prompt.

pub mod changes;
pub mod commands;
pub mod going;
pub mod journey;
pub mod objects;
pub mod past;
pub mod profile;
pub mod sound;
pub mod stops;
pub mod symbols;
pub mod troubles;
pub mod views;

#[cfg(test)]
mod tests;

use crate::cli::RunArgs;
use crate::config::RunConfig;
use crate::output::Output;
use crate::program::{at_most, show};
use crate::report::Status;
use crate::session::Session;
use crate::sink::RunSink;
use crate::trace;
use crate::trace::replay::{Given, Replay};
use crate::{complain, refuse};
use clap::Args;
use emu_core::debug::{Debugger, Halt, Symbols};
use emu_core::time::Video;
use emu_devices::board::ConsoleBoard;
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::Shelf;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Bytes of a script, at most.
const SCRIPT_MAX: u64 = 1 << 20;
/// Commands in a script, at most.
const LINES_MAX: usize = 100_000;

/// Options of `debug`.
#[derive(Debug, Args)]
#[command(
    after_help = "At a terminal with a display a window opens; --headless stays at the prompt. \
                        Without --script commands are read from standard input, a line each; \
                        `help` lists them. With --json the answer to each is one JSON object a line."
)]
pub struct DebugArgs {
    /// The program and the machine, as for `run`; or a recording, which is run again.
    #[command(flatten)]
    pub run: RunArgs,
    /// The program of a recording, if it is not where the recording says.
    #[arg(long = "image")]
    pub program: Option<OsString>,
    /// Go there first: cycle:N, time:SECONDS or vbl:N.
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// Commands to execute, a line each.
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Serve GDB there: PORT or HOST:PORT; port 0 picks one.
    #[arg(long, value_name = "ADDR")]
    pub gdb: Option<String>,
}

/// What a command answers.
#[derive(Debug, Default)]
pub struct Answer {
    /// Lines for people, without the last end of line.
    pub text: String,
    /// The same for scripts.
    pub json: Value,
}

impl Answer {
    /// Text that says all there is.
    pub fn said(text: impl Into<String>) -> Answer {
        let text = text.into();
        let json = json!({ "text": text });
        Answer { text, json }
    }
}

/// A debugged run.
pub struct Debugging<'a, W: Write, E: Write> {
    /// The machine.
    pub debugger: Debugger<ConsoleBoard>,
    /// Its discs.
    pub discs: &'a Shelf,
    /// Its drive, whose formulas explain requests.
    pub drive: DriveProfile,
    /// Its television standard.
    pub video: Video,
    /// Where its text goes.
    pub sink: RunSink<W, E>,
    /// Whether it is to end.
    pub done: bool,
    /// What it stands still for.
    pub halt: Option<Halt>,
}

/// Does it.
pub fn run(args: &DebugArgs) -> Status {
    if let Some(address) = &args.gdb {
        return match (&args.script, args.run.json) {
            (None, false) => crate::gdb::run(args, address),
            _ => refuse("--gdb: GDB gives the commands; leave --script and --json out"),
        };
    }
    let script = match args.script.as_deref().map(read_script).transpose() {
        Ok(script) => script,
        Err(line) => return refuse(&line),
    };
    let (mut config, mut session) = match start(args) {
        Ok(started) => started,
        Err(line) => return refuse(&line),
    };
    let symbols = match args.symbols(&config) {
        Ok(symbols) => symbols,
        Err(line) => return refuse(&line),
    };
    if args.wants_window() {
        if args.run.json || script.is_some() {
            return refuse("--window: a script needs none; leave one of them out");
        }
        match in_window(args, &config, session, symbols.clone()) {
            Ok(status) => return status,
            Err(reason) if args.run.window => return refuse(&format!("--window: {reason}")),
            Err(reason) => complain(&format!("no window: {reason}; commands are read here")),
        }
        (config, session) = match start(args) {
            Ok(started) => started,
            Err(line) => return refuse(&line),
        };
    }
    let sink = RunSink::new(io::stdout().lock(), io::stderr()).with_calls(args.run.calls);
    let mut debugging = Debugging::new(session, &config, sink);
    debugging.debugger.symbols = symbols;
    if let Some(when) = &args.at
        && let Err(why) = debugging.line(&format!("goto {when}"), args.run.json)
    {
        return refuse(&format!("--at: {why}"));
    }
    match script {
        Some(text) => debugging.script(&text, args.run.json),
        None => debugging.prompt(args.run.json),
    }
}

/// Debugs in a window; the error says in one line why there is none.
#[cfg(feature = "gui")]
fn in_window(
    args: &DebugArgs,
    config: &RunConfig,
    session: Session,
    symbols: Symbols,
) -> Result<Status, String> {
    crate::gui::debugger::run(args, config, (session, symbols))
}

#[cfg(not(feature = "gui"))]
fn in_window(
    _args: &DebugArgs,
    _: &RunConfig,
    _session: Session,
    _symbols: Symbols,
) -> Result<Status, String> {
    Err("this program was built without the feature gui".to_owned())
}

/// Text that two may write and one read.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Executes commands in a session of `overture debug` with these options, and gives what each
/// writes: so that documentation can be compared with the program.
pub fn answers(options: &[&str], lines: &[&str]) -> Result<Vec<String>, String> {
    let words = ["overture", "debug"].iter().chain(options);
    let parsed = crate::cli::parse(words.map(OsString::from));
    let Ok(Some(crate::cli::Command::Debug(args))) = parsed.map(|parsed| parsed.command) else {
        return Err("these are no options of debug".to_owned());
    };
    let (config, session) = start(&args)?;
    let out = Shared::default();
    let sink = RunSink::new(out.clone(), io::sink());
    let mut debugging = Debugging::new(session, &config, sink);
    let mut answers = Vec::new();
    for line in lines {
        debugging.line(line, false)?;
        let bytes = std::mem::take(&mut *out.0.borrow_mut());
        answers.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(answers)
}

/// A script's text; the error is one line.
fn read_script(path: &Path) -> Result<String, String> {
    let wrong = |why: &str| format!("--script {}: {why}", show(path));
    let (bytes, is_whole) = at_most(path, SCRIPT_MAX).map_err(|error| wrong(&error.to_string()))?;
    if !is_whole {
        return Err(wrong("is longer than a megabyte; give a file of commands"));
    }
    String::from_utf8(bytes).map_err(|_| wrong("is no text in UTF-8; give a file of commands"))
}

impl DebugArgs {
    /// Whether a person debugs who can look at a window: at a terminal, without a script.
    fn wants_window(&self) -> bool {
        let run = &self.run;
        let is_scripted = run.headless || run.json || self.script.is_some();
        run.window || !is_scripted && io::stdin().is_terminal()
    }

    /// The names that its program brings, and those of the files that it names.
    pub(crate) fn symbols(&self, config: &RunConfig) -> Result<Symbols, String> {
        let files = self.run.measure.symbols.iter().map(PathBuf::as_path);
        symbols::of_run(config, files)
    }

    /// Options of `run` that have no meaning here.
    fn refused(&self) -> Vec<&'static str> {
        let run = &self.run;
        let given = [
            (!run.until.is_empty(), "--until"),
            (run.screenshot.is_some(), "--screenshot"),
            (run.frames.is_some(), "--frames"),
            (run.wav.is_some(), "--wav"),
            (run.volume.is_some(), "--volume"),
            (run.mute, "--mute"),
            (run.record.is_some(), "--record"),
            (run.measure.cycles.is_some(), "--cycles"),
            (run.measure.leaks, "--leaks"),
            (!run.save_at.is_empty(), "--save-at"),
        ];
        let given = given.into_iter().filter(|(is_given, _)| *is_given);
        given.map(|(_, option)| option).collect()
    }

    /// What a recording knows itself.
    fn known(&self) -> Vec<String> {
        let run = &self.run;
        let mut known = run.machine_words();
        known.extend(run.nvram.as_ref().map(|_| "--nvram".to_owned()));
        known.extend(run.input.as_ref().map(|_| "--input".to_owned()));
        known.extend((!run.arguments.is_empty()).then(|| "the arguments".to_owned()));
        known
    }
}

/// The machine that is debugged: a program's, or that of a recording with all that was done to it.
pub fn start(args: &DebugArgs) -> Result<(RunConfig, Session), String> {
    if let [option, ..] = args.refused()[..] {
        return Err(format!(
            "debug takes no {option}; leave it out, or use `overture run`"
        ));
    }
    let image = args.run.image.as_deref().map(Path::new);
    match image.filter(|path| trace::is_one(path)) {
        Some(path) => {
            if let known @ [_, ..] = &args.known()[..] {
                return Err(format!(
                    "{}: a recording knows its own machine; leave out {}",
                    show(path),
                    known.join(" ")
                ));
            }
            let recording = trace::load(path).map_err(|error| error.to_string())?;
            let given = Given {
                image: args.program.as_deref(),
                disc: args.run.disc.as_deref(),
            };
            let replay = Replay::with(&recording, path, given);
            let replay = replay.map_err(|error| format!("{}: {error}", show(path)))?;
            let session = replay.session().map_err(|error| error.to_string())?;
            Ok((replay.config, session))
        }
        None if args.program.is_some() => {
            Err("--image: only a recording needs it; name the program itself".to_owned())
        }
        None => {
            let config = RunConfig::new(&args.run).map_err(|error| error.to_string())?;
            let session = Session::start(&config)?;
            Ok((config, session))
        }
    }
}

impl<'a, W: Write, E: Write> Debugging<'a, W, E> {
    /// Debugs a run from its first instruction on.
    pub fn new(session: Session, config: &'a RunConfig, sink: RunSink<W, E>) -> Self {
        Debugging {
            debugger: Debugger::new(session.into_machine()),
            discs: &config.shelf,
            drive: config.drive,
            video: config.machine.video,
            sink,
            done: false,
            halt: None,
        }
    }

    /// Executes the lines of a script. The first command that fails ends it.
    pub fn script(&mut self, text: &str, json: bool) -> Status {
        for (number, line) in (1..).zip(text.lines().take(LINES_MAX)) {
            if let Err(why) = self.line(line, json) {
                return refuse(&format!("line {number}: {line:?}: {why}"));
            }
            if self.done {
                break;
            }
        }
        Status::Success
    }

    /// Executes what is typed until the end of input.
    fn prompt(&mut self, json: bool) -> Status {
        let is_typed = io::stdin().is_terminal() && !json;
        if is_typed {
            self.sink
                .output()
                .line("`help` lists the commands, `quit` ends");
        }
        for line in io::stdin().lock().lines().take(LINES_MAX) {
            let Ok(line) = line else { break };
            if let Err(why) = self.line(&line, json) {
                match json {
                    true => self
                        .sink
                        .output()
                        .line(&json!({ "error": why }).to_string()),
                    false => self.sink.output().line(&format!("error: {why}")),
                }
            }
            if self.done || self.sink.output().closed() {
                break;
            }
        }
        Status::Success
    }

    /// Executes one line and writes its answer; the error is one line.
    fn line(&mut self, line: &str, json: bool) -> Result<(), String> {
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            return Ok(());
        }
        self.place_symbols();
        let answer = commands::execute(self, words)?;
        let output: &mut Output<W> = self.sink.output();
        if json {
            let mut value = answer.json;
            if let Some(object) = value.as_object_mut() {
                object.insert("command".to_owned(), json!(words));
            }
            output.line(&value.to_string());
        } else if !answer.text.is_empty() {
            output.line(&answer.text);
        }
        output.flush();
        Ok(())
    }
}
