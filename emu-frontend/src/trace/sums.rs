//! `overture trace sums`: a machine at given instants, for another program.

use super::load;
use super::replay::{Given, Replay};
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use crate::session::Session;
use clap::Args;
use emu_core::machine::{Machine, Moment, Outside, Stop};
use emu_core::time::Tick;
use emu_core::trace::Silent;
use emu_core::trace::bisect::{Rerun, Way};
use emu_devices::board::ConsoleBoard;
use emu_devices::media::Shelf;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Instants that are looked at in one go.
pub const INSTANTS_MAX: usize = 64;

/// Options of `trace sums`.
#[derive(Debug, Args)]
pub struct SumsArgs {
    /// The recording.
    pub file: PathBuf,
    /// Cycles in rising order, with commas between.
    #[arg(long, value_name = "CYCLE,...", value_delimiter = ',', required = true)]
    pub at: Vec<u64>,
    /// The checksum of each page of memory too.
    #[arg(long)]
    pub pages: bool,
    /// The words of this page at the first instant too.
    #[arg(long, value_name = "N")]
    pub page: Option<u32>,
    /// The program, if it is not where the recording says.
    #[arg(long)]
    pub image: Option<OsString>,
    /// The disc, if it is not where the recording says.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub disc: Option<PathBuf>,
}

/// What is written.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Sums {
    /// The machine at each instant.
    pub moments: Vec<Moment>,
    /// The words of the page that was asked for.
    pub words: Vec<u32>,
}

/// Does it.
pub fn run(args: &SumsArgs) -> Status {
    if args.at.len() > INSTANTS_MAX || !args.at.is_sorted() {
        let line = format!("--at: takes {INSTANTS_MAX} cycles at most, in rising order");
        return refuse(&line);
    }
    let recording = match load(&args.file) {
        Ok(recording) => recording,
        Err(error) => return refuse(&error.to_string()),
    };
    let given = Given {
        image: args.image.as_deref(),
        disc: args.disc.as_deref(),
    };
    let replay = Replay::with(&recording, &args.file, given);
    let started = replay.and_then(|replay| Ok((replay.session()?, replay)));
    let (session, replay) = match started {
        Ok(started) => started,
        Err(error) => return refuse(&format!("{}: {error}", args.file.display())),
    };
    let at: Vec<Tick> = args.at.iter().copied().map(Tick).collect();
    let mut way = rerun(session, &replay.config.shelf);
    let Ok(moments) = way.look(&at, args.pages);
    let words = args.page.map_or(Vec::new(), |page| {
        let Ok(words) = way.page(at.first().copied().unwrap_or_default(), page);
        words
    });
    let mut out = Output::new(io::stdout().lock());
    // Numbers and plain texts always become JSON.
    out.line(&serde_json::to_string(&Sums { moments, words }).unwrap_or_default());
    out.finish()
}

/// A run that can be looked at again and again.
pub fn rerun<'a>(
    session: Session,
    discs: &'a Shelf,
) -> Rerun<ConsoleBoard, impl FnMut(&mut Machine<ConsoleBoard>, Tick, Tick) -> bool + 'a> {
    Rerun::new(session.into_machine(), move |machine, _, to| {
        let sink = &mut Silent;
        machine.run_with(to, &mut Outside { sink, discs }) != Stop::Limit
    })
}
