//! Runs that are measured: cycles by function, and what is left at the end.
//!
//! | module | what is there |
//! |---|---|
//! | `tables` | a profile as text and as JSON |
//! | [`leaks`] | what was never given back |
//! | `picture` | the same for Perfetto |

pub mod leaks;
mod picture;
mod tables;
#[cfg(test)]
mod tests;

pub use tables::{json, text};

use crate::config::RunConfig;
use crate::debug::symbols;
use crate::program::show;
use clap::Args;
use emu_core::debug::Symbols;
use emu_core::machine::Machine;
use emu_core::profile::{Leak, Profile, Report};
use emu_devices::board::ConsoleBoard;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Options of `run` and `debug` about measuring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct MeasureArgs {
    /// Write what every cycle of the run went into: tables if the name ends in .txt, a picture for
    /// Perfetto in .json, else folded stacks for flame graphs.
    #[arg(long, value_name = "FILE", conflicts_with = "window")]
    pub cycles: Option<PathBuf>,
    /// Say at the end which items and memory were never given back, and who had asked for them.
    #[arg(long, conflicts_with = "window")]
    pub leaks: bool,
    /// Names of addresses: an armlink or GNU ld map, nm output, an ELF file, or a program with
    /// debugger tables. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub symbols: Vec<PathBuf>,
}

/// What is measured in a run.
#[derive(Debug, Default)]
pub struct Measured {
    /// Where the profile goes.
    pub cycles: Option<PathBuf>,
    /// Whether it says what was never given back.
    pub leaks: bool,
    /// Names of addresses.
    pub symbols: Symbols,
}

impl MeasureArgs {
    /// Whether a run is to be measured.
    pub fn is_asked_for(&self) -> bool {
        self.cycles.is_some() || self.leaks
    }
}

impl Measured {
    /// What was asked for; the error is one line.
    pub fn new(args: &MeasureArgs, config: &RunConfig) -> Result<Measured, String> {
        if !args.is_asked_for() && args.symbols.is_empty() {
            return Ok(Measured::default());
        }
        let files = args.symbols.iter().map(PathBuf::as_path);
        Ok(Measured {
            cycles: args.cycles.clone(),
            leaks: args.leaks,
            symbols: symbols::of_run(config, files)?,
        })
    }

    /// Begins to measure.
    pub fn begin(&mut self, machine: &mut Machine<ConsoleBoard>) {
        self.symbols.place(machine.memory());
        if self.cycles.is_some() || self.leaks {
            let mut profile = machine.new_profile();
            profile.know_functions(self.symbols.functions());
            machine.begin_profile(profile);
        }
    }

    /// What was never given back, if somebody wants to know.
    pub fn leaks(&mut self, machine: &Machine<ConsoleBoard>) -> Option<Vec<Leak>> {
        self.symbols.place_more(machine.memory());
        let profile = machine.profile().filter(|_| self.leaks)?;
        Some(profile.leaks(&self.symbols))
    }

    /// Writes what was measured; the error is one line.
    pub fn end(&mut self, machine: &Machine<ConsoleBoard>) -> Result<(), String> {
        self.symbols.place_more(machine.memory());
        match (&self.cycles, machine.profile()) {
            (Some(path), Some(profile)) => write(path, machine, profile, &self.symbols),
            _ => Ok(()),
        }
    }
}

/// Everything that a profile says.
pub fn report(machine: &Machine<ConsoleBoard>, profile: &Profile, names: &Symbols) -> Report {
    let lives = |task| machine.task(task).is_some();
    profile.report(names, machine.memory(), lives)
}

/// Writes a profile in the form that the name of the file asks for; the error is one line.
pub fn write(
    path: &Path,
    machine: &Machine<ConsoleBoard>,
    profile: &Profile,
    names: &Symbols,
) -> Result<(), String> {
    let written = File::create(path).and_then(|file| {
        let mut to = BufWriter::new(file);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("txt") => to.write_all(text(&report(machine, profile, names)).as_bytes())?,
            Some("json") => {
                let report = report(machine, profile, names);
                picture::write(
                    &report,
                    &profile.folded(names),
                    machine.config().video,
                    &mut to,
                )?;
            }
            _ => folded(profile, names, &mut to)?,
        }
        to.flush()
    });
    written.map_err(|error| format!("{}: {error}", show(path)))
}

fn folded(profile: &Profile, names: &Symbols, to: &mut impl Write) -> io::Result<()> {
    for (stack, cycles) in profile.folded(names) {
        writeln!(to, "{stack} {cycles}")?;
    }
    Ok(())
}
