//! `overture trace minimize`: the shortest recording that still differs.
//!
//! What comes after the first difference is cut off. An input goes if the rest differs at the
//! same event without it. Whatever is left has been run again.

use super::check::level;
use super::load;
use super::record::save;
use super::replay::{Given, Replay, ReplayError};
use crate::output::Output;
use crate::program::show;
use crate::refuse;
use crate::report::Status;
use crate::session::CUT;
use clap::Args;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Tick;
use emu_core::trace::{Divergence, Event, Level, Recording, Stamped, Tape, first_difference};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Options of `trace minimize`.
#[derive(Debug, Args)]
pub struct MinimizeArgs {
    /// A recording that `trace check` finds different.
    pub file: PathBuf,
    /// Where the shorter one goes; without it beside the recording, with `.min` before the
    /// ending of its name.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The program, if it is not where the recording says.
    #[arg(long)]
    pub image: Option<OsString>,
    /// The disc, if it is not where the recording says.
    #[arg(long, value_name = "FILE|FOLDER")]
    pub disc: Option<PathBuf>,
    /// What is compared, instead of what the recording says: exact, order or behaviour.
    #[arg(long, value_parser = level)]
    pub level: Option<Level>,
}

/// Does it.
pub fn run(args: &MinimizeArgs) -> Status {
    let mut recording = match load(&args.file) {
        Ok(recording) => recording,
        Err(error) => return refuse(&error.to_string()),
    };
    recording.header.level = args.level.unwrap_or(recording.header.level);
    let given = Given {
        image: args.image.as_deref(),
        disc: args.disc.as_deref(),
    };
    let path = &args.file;
    let shorter = match minimized(&recording, path, given) {
        Ok(Some(shorter)) => shorter,
        Ok(None) => {
            let path = show(path);
            return refuse(&format!(
                "{path}: is the same now: there is nothing to cut down to"
            ));
        }
        Err(error) => return refuse(&format!("{}: {error}", show(path))),
    };
    let output = args.output.clone().unwrap_or_else(|| beside(path));
    if let Err(error) = save(&output, &shorter) {
        return refuse(&error.to_string());
    }
    let mut out = Output::new(io::stdout().lock());
    out.line(&format!(
        "{}: {} of {} events and {} of {} inputs are left, in {}",
        show(path),
        shorter.tape.len(),
        recording.tape.len(),
        shorter.header.inputs.len(),
        recording.header.inputs.len(),
        show(&output)
    ));
    out.finish()
}

/// The name for a shorter recording.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(".min");
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

/// The shortest recording that differs as this one does; `None` of one that does not.
pub fn minimized(
    recording: &Recording,
    path: &Path,
    given: Given<'_>,
) -> Result<Option<Recording>, ReplayError> {
    let difference = |recording: &Recording| -> Result<Option<Divergence>, ReplayError> {
        let tape = Replay::with(recording, path, given)?.play()?;
        Ok(first_difference(
            &recording.tape,
            &tape,
            recording.header.level,
        ))
    };
    let Some(whole) = difference(recording)? else {
        return Ok(None);
    };
    let mut shortest = recording.clone();
    // What differs at the very end needs all of it.
    let cut = cut_behind(recording, &whole);
    let mut found = whole;
    if let Some(difference) = difference(&cut)?
        && is_same(&found, &difference)
    {
        shortest = cut;
        found = difference;
    }
    let mut number = shortest.header.inputs.len();
    while let Some(n) = number.checked_sub(1) {
        number = n;
        let fewer = without_input(&shortest, n);
        // An input may be what made the machine able to run at all.
        if let Ok(Some(difference)) = difference(&fewer)
            && is_same(&found, &difference)
        {
            shortest = fewer;
            found = difference;
        }
    }
    Ok(Some(shortest))
}

/// Whether two differences are the same one: the same is missing or too much.
fn is_same(a: &Divergence, b: &Divergence) -> bool {
    let event =
        |side: &Option<emu_core::trace::Placed>| side.as_ref().map(|placed| placed.stamped.clone());
    event(&a.expected) == event(&b.expected) && event(&a.found) == event(&b.found)
}

/// Everything up to the first difference.
fn cut_behind(recording: &Recording, difference: &Divergence) -> Recording {
    let at = |side: &Option<emu_core::trace::Placed>| {
        side.as_ref()
            .map_or(Tick::default(), |placed| placed.stamped.at)
    };
    let end = at(&difference.expected).max(at(&difference.found));
    let mut tape = Tape::new();
    let events = recording.tape.iter();
    tape.extend(events.take_while(|stamped| stamped.at <= end && !is_stop(stamped)));
    tape.push(Tick(end.0.saturating_add(1)), Item::NONE, &CUT);
    let mut header = recording.header.clone();
    header.inputs.retain(|(at, _)| *at <= end);
    Recording { header, tape }
}

fn is_stop(stamped: &Stamped) -> bool {
    matches!(stamped.event, Event::Stop { .. })
}

/// The same with one input left out, and its event with it.
fn without_input(recording: &Recording, number: usize) -> Recording {
    let mut header = recording.header.clone();
    let (at, _) = header.inputs.remove(number);
    // Inputs of one instant come in the order in which they are planned.
    let before = header.inputs.iter().take(number);
    let place = before.filter(|(other, _)| *other == at).count();
    let is_it =
        |stamped: &Stamped| stamped.at >= at && matches!(stamped.event, Event::Input { .. });
    let skipped = recording
        .tape
        .iter()
        .enumerate()
        .filter(|(_, s)| is_it(s))
        .nth(place);
    let skipped = skipped.map(|(index, _)| index);
    let mut tape = Tape::new();
    let events = recording.tape.iter().enumerate();
    tape.extend(
        events
            .filter(|(index, _)| Some(*index) != skipped)
            .map(|(_, stamped)| stamped),
    );
    Recording { header, tape }
}
