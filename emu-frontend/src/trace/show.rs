//! `overture trace show`: events in words.

use super::{commands, load};
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use clap::Args;
use clap::builder::PossibleValuesParser;
use emu_core::kernel::call::CallTable;
use emu_core::time::Tick;
use emu_core::trace::{Event, Field, KINDS, Line, Narrator, Recording, Stamped};
use serde_json::{Map, Value, json};
use std::io;
use std::path::PathBuf;

/// Options of `trace show`. An event is shown if it passes all of them.
#[derive(Debug, Default, Args)]
pub struct ShowArgs {
    /// The recording.
    pub file: PathBuf,
    /// Only events of tasks of this name; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub task: Vec<String>,
    /// Only events about this device, such as timer or cdrom; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub device: Vec<String>,
    /// Only calls of this name and their results, such as SendIO; may be given several times.
    #[arg(long, value_name = "NAME", value_parser = call_name)]
    pub call: Vec<String>,
    /// Only events of this kind, by its word in the text form; may be given several times.
    #[arg(long, value_name = "KIND", value_parser = kinds(), hide_possible_values = true)]
    pub kind: Vec<String>,
    /// Only events from this instant on.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub from: Option<Tick>,
    /// Only events up to this instant.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub to: Option<Tick>,
    /// Only the event of this number and those around it.
    #[arg(long, value_name = "EVENT", value_parser = clap::value_parser!(u64).range(1..))]
    pub around: Option<u64>,
    /// How many before and after it.
    #[arg(long, value_name = "EVENTS", default_value_t = AROUND)]
    pub context: u64,
    /// Write the lines of the text form instead of words.
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// Write one JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// Write what the recording is of, and no events.
    #[arg(long)]
    pub header: bool,
}

/// Events on either side of the one that is looked at.
const AROUND: u64 = 10;

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(KINDS.iter().map(|(_, word, _)| *word))
}

/// A call that exists, by its name.
fn call_name(name: &str) -> Result<String, String> {
    let known = CallTable::get().by_name(name);
    known
        .map(|id| CallTable::get().row(id).name.to_owned())
        .ok_or_else(|| "no call has this name, `overture calls` lists them".to_owned())
}

/// Seconds as events show them, in integers, so that what is shown can be asked for.
fn seconds(text: &str) -> Result<Tick, String> {
    let bad = || "give seconds such as 1.5".to_owned();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || part.len() > 6 {
        return Err(bad());
    }
    let micros: u64 = format!("{part:0<6}").parse().map_err(|_| bad())?;
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let all = whole.checked_mul(1_000_000).ok_or_else(bad)?;
    let micros = all.checked_add(micros).ok_or_else(bad)?;
    // 25 ticks are 2 microseconds.
    let ticks = u128::from(micros) * 25 / 2;
    u64::try_from(ticks).map(Tick).map_err(|_| bad())
}

/// Does it.
pub fn run(args: &ShowArgs) -> Status {
    let recording = match load(&args.file) {
        Ok(recording) => recording,
        Err(error) => return refuse(&error.to_string()),
    };
    if let Some(number) = args.around.filter(|&n| n > recording.tape.len()) {
        return refuse(&format!(
            "--around {number}: the recording has {} events",
            recording.tape.len()
        ));
    }
    let mut out = Output::new(io::stdout().lock());
    if args.header {
        out.write(&header(&recording));
    } else {
        events(args, &recording, &mut |line| {
            out.line(line);
            !out.closed()
        });
    }
    out.finish()
}

/// What the recording is of, and how long it is.
fn header(recording: &Recording) -> String {
    let (events, end) = (recording.tape.len(), recording.tape.end());
    let text = recording.header.to_text();
    format!("{text}{events} events, {end} seconds\n")
}

/// Gives each event that is asked for to `show`, until that has had enough.
pub fn events(args: &ShowArgs, recording: &Recording, show: &mut dyn FnMut(&str) -> bool) {
    let commands = commands();
    let mut narrator = Narrator::new(&commands);
    let mut last = Tick::default();
    let (first, end) = match args.around {
        Some(number) => (
            number.saturating_sub(args.context),
            number.saturating_add(args.context),
        ),
        None => (0, u64::MAX),
    };
    for (index, stamped) in (0..).zip(&recording.tape) {
        let is_late = args.to.is_some_and(|to| !is_up_to(stamped.at, to));
        if is_late || index >= end {
            break;
        }
        narrator.learn(&stamped);
        let before = std::mem::replace(&mut last, stamped.at);
        let is_early = args.from.is_some_and(|from| stamped.at < from);
        if is_early || index + 1 < first || !passes_kind(args, &stamped) {
            continue;
        }
        let device = narrator.device_of(&stamped.event);
        if !args.device.is_empty() && !args.device.iter().any(|name| is_alike(name, &device)) {
            continue;
        }
        let line = narrator.line(index, &stamped);
        let is_task = |name: &String| line.task.eq_ignore_ascii_case(name);
        if !args.task.is_empty() && !args.task.iter().any(is_task) {
            continue;
        }
        let text = if args.raw {
            format!("{:>6} {}", line.number, stamped.to_line(before))
        } else if args.json {
            as_json(&line, &device, &stamped).to_string()
        } else {
            mark(args, &line)
        };
        if !show(&text) {
            break;
        }
    }
}

/// The event that was asked for stands out among those around it.
fn mark(args: &ShowArgs, line: &Line) -> String {
    match args.around {
        Some(number) if number == line.number => format!("> {line}"),
        Some(_) => format!("  {line}"),
        None => line.to_string(),
    }
}

/// Times are shown in microseconds, which are 12.5 ticks.
fn is_up_to(at: Tick, to: Tick) -> bool {
    at <= Tick(to.0.saturating_add(12))
}

fn passes_kind(args: &ShowArgs, stamped: &Stamped) -> bool {
    let event = &stamped.event;
    let is_kind = args.kind.is_empty() || args.kind.iter().any(|kind| kind == event.word());
    let is_call = args.call.is_empty()
        || match event {
            Event::Call { call, .. } | Event::Return { call, .. } => call
                .row()
                .is_some_and(|row| args.call.iter().any(|name| name == row.name)),
            _ => false,
        };
    is_kind && is_call
}

/// `cdrom` is the device that programs know as CD-ROM.
fn is_alike(wanted: &str, device: &str) -> bool {
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    !device.is_empty() && letters(wanted) == letters(device)
}

fn as_json(line: &Line, device: &str, stamped: &Stamped) -> Value {
    let fields = stamped.event.fields().into_iter();
    let fields: Map<String, Value> = fields
        .map(|(name, word)| (name.to_owned(), field_json(&word)))
        .collect();
    json!({
        "event": line.number,
        "cycles": stamped.at.0,
        "seconds": stamped.at.seconds(),
        "task": line.task,
        "actor": format!("{:?}", stamped.actor),
        "device": device,
        "kind": stamped.event.word(),
        "fields": fields,
        "words": line.words,
    })
}

/// A field's word as what it is: numbers without a base, texts, nothing; the rest as it is
/// written.
fn field_json(word: &str) -> Value {
    if let Ok(text) = String::parse(word) {
        return text.into();
    }
    match word {
        "-" => Value::Null,
        "yes" => true.into(),
        "no" => false.into(),
        _ => word
            .parse::<i64>()
            .map_or_else(|_| word.into(), Value::from),
    }
}

#[cfg(test)]
mod tests;
