//! What a person wants to know of a difference, in at most twenty lines.
//!
//! ```text
//! which recording, where, at what level
//!   expected and found, in words
//!   field by field what differs
//!   the call that the task was in
//! what came before of the same task, request, item or message
//! which parts of the emulator behave differently since
//! the command that shows the place
//! ```

mod cause;
mod history;
mod silence;
#[cfg(test)]
mod tests;

pub use cause::Cause;
pub use silence::Silence;

use super::compare::{Divergence, Level, Placed, first_difference_of};
use super::event::Event;
use super::header::Header;
use super::words::{Commands, Line, plain};
use super::{Recording, Tape};
use history::History;
use std::fmt;

/// Fields of an event that are told one by one.
const SHOWN_FIELDS: usize = 5;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name: `actual`, `terms.seek`, `time`, `task`.
    pub field: String,
    /// The recording's.
    pub expected: String,
    /// The other's.
    pub found: String,
}

/// The first difference of two recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The file of the recording.
    pub file: String,
    /// The file of the other one, if it is in one.
    pub other: Option<String>,
    /// What was compared.
    pub level: Level,
    /// Where they differ.
    pub divergence: Divergence,
    /// The recording's event in words.
    pub expected: Option<Line>,
    /// The other's.
    pub found: Option<Line>,
    /// The fields that differ, if both have an event of the same kind.
    pub changes: Vec<Change>,
    /// The device that it is about; empty if it is about none.
    pub device: String,
    /// The call that the task made last, and where.
    pub last_call: Option<String>,
    /// What came before of the same task, request, item or message, the latest last.
    pub before: Vec<Line>,
    /// What is known when only checksums differ.
    pub silence: Option<Silence>,
    /// In what the runs themselves are not the same: program, options, inputs ...
    pub runs: Vec<String>,
    /// Parts of the emulator whose behaviour has another version: the recording's, the other's.
    pub versions: Vec<(String, Option<u32>, Option<u32>)>,
}

/// Compares `found` with the recording of `file`; `None` if they are the same as far as `level`
/// sees.
pub fn report(
    file: &str,
    expected: &Recording,
    found: &Recording,
    level: Level,
    commands: &Commands,
) -> Option<Report> {
    let divergence = first_difference_of(expected, found, level)?;
    Some(Report::of(
        file, expected, found, level, commands, divergence,
    ))
}

impl Report {
    /// A report of one of several differences.
    pub fn of(
        file: &str,
        expected: &Recording,
        found: &Recording,
        level: Level,
        commands: &Commands,
        divergence: Divergence,
    ) -> Report {
        let told = |tape: &Tape, placed: &Option<Placed>| {
            let placed = placed.as_ref()?;
            Some(History::of(tape, placed, commands))
        };
        let then = told(&expected.tape, &divergence.expected);
        let now = told(&found.tape, &divergence.found);
        let history = then.as_ref().or(now.as_ref());
        let silence = silence::of(&divergence, &expected.tape, &found.tape);
        Report {
            file: file.to_owned(),
            other: None,
            level,
            changes: match silence {
                Some(_) => Vec::new(),
                None => changes(&divergence, level, then.as_ref(), now.as_ref()),
            },
            device: history.map(|h| h.device.clone()).unwrap_or_default(),
            last_call: history.and_then(|h| h.last_call.clone()),
            before: history.map(|h| h.before.clone()).unwrap_or_default(),
            expected: then.map(|history| history.line),
            found: now.map(|history| history.line),
            runs: other_run(&expected.header, &found.header),
            versions: expected.header.changed_versions(&found.header.versions),
            divergence,
            silence,
        }
    }

    /// The number of the event in the recording, counted from 1: where to look.
    pub fn number(&self) -> u64 {
        let line = self.expected.as_ref().or(self.found.as_ref());
        line.map_or(1, |line| line.number)
    }

    /// The command that runs the recording to the place and stops there.
    pub fn debug_command(&self) -> String {
        let side = self
            .divergence
            .expected
            .as_ref()
            .or(self.divergence.found.as_ref());
        let at = match &self.silence {
            Some(silence) => silence.since.0,
            None => side.map_or(0, |placed| placed.stamped.at.0),
        };
        format!("overture debug {} --at cycle:{at}", shell_word(&self.file))
    }

    /// The command that shows the place.
    pub fn command(&self) -> String {
        let show =
            |file: &str, what: String| format!("overture trace show {}{what}", shell_word(file));
        let around = |line: &Line| format!(" --around {}", line.number);
        match (&self.silence, &self.expected, &self.other, &self.found) {
            (Some(Silence { since, until, .. }), ..) => {
                show(&self.file, format!(" --from {since} --to {until}"))
            }
            (None, Some(line), ..) => show(&self.file, around(line)),
            (None, None, Some(other), Some(line)) => show(other, around(line)),
            // The place is behind the recording's end, and what is there is nowhere kept.
            (None, None, ..) => show(&self.file, " --kind stop".to_owned()),
        }
    }

    /// The lines of the report.
    pub fn lines(&self) -> Vec<String> {
        let level = self.level.name();
        let mut lines = Vec::new();
        match &self.silence {
            Some(silence) => {
                lines.push(format!(
                    "{}: only checksums differ (level {level})",
                    self.file
                ));
                lines.extend(silence.lines());
            }
            None => {
                let number = self.number();
                let file = &self.file;
                lines.push(format!("{file}: event {number} differs (level {level})"));
                let nothing = || "nothing: it is over here".to_owned();
                let words = |line: &Option<Line>| line.as_ref().map_or_else(nothing, cut);
                lines.push(format!("  expected {}", words(&self.expected)));
                lines.push(format!("  found    {}", words(&self.found)));
                self.put_changes(&mut lines);
            }
        }
        if let Some(call) = &self.last_call {
            lines.push(format!("  {call}"));
        }
        if !self.before.is_empty() {
            lines.push("before it:".to_owned());
            lines.extend(self.before.iter().map(|line| format!("    {}", cut(line))));
        }
        if !self.runs.is_empty() {
            let runs = self.runs.join(", ");
            lines.push(format!("the runs are not the same: {}", shortened(&runs)));
        }
        if !self.versions.is_empty() {
            let versions: Vec<String> = self.versions.iter().map(version_words).collect();
            lines.push(format!("behaviour has changed: {}", versions.join("; ")));
        }
        lines.push(format!("look at it: {}", self.command()));
        lines.push(format!("stop there: {}", self.debug_command()));
        lines
    }

    fn put_changes(&self, lines: &mut Vec<String>) {
        let shown = match self.changes.len() {
            0..=SHOWN_FIELDS => self.changes.len(),
            _ => SHOWN_FIELDS - 1,
        };
        for change in self.changes.iter().take(shown) {
            let Change {
                field,
                expected,
                found,
            } = change;
            let (expected, found) = (shortened(expected), shortened(found));
            lines.push(format!("    {field}: expected {expected}, found {found}"));
        }
        match self.changes.len() - shown {
            0 => (),
            more => lines.push(format!("    and {more} more fields")),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

/// Characters of a line in a report, and of a value in it.
const LINE_MAX: usize = 200;
const VALUE_MAX: usize = 80;

/// An event on one line that is not too long.
fn cut(line: &Line) -> String {
    let text = line.to_string();
    match text.char_indices().nth(LINE_MAX) {
        Some((at, _)) => format!("{} ...", &text[..at]),
        None => text,
    }
}

/// The beginning of a value.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(VALUE_MAX) {
        Some((at, _)) => format!("{} ...", &value[..at]),
        None => value.to_owned(),
    }
}

fn version_words((part, then, now): &(String, Option<u32>, Option<u32>)) -> String {
    match (then, now) {
        (Some(then), Some(now)) => format!("{part}: recorded {then}, now {now}"),
        (Some(then), None) => format!("{part}: recorded {then}, now gone"),
        (None, Some(now)) => format!("{part}: not recorded, now {now}"),
        (None, None) => part.clone(),
    }
}

/// In what two runs are not the same to begin with.
fn other_run(a: &Header, b: &Header) -> Vec<String> {
    let words = |words: &[String]| match words {
        [] => "none".to_owned(),
        words => plain(&words.join(" ")),
    };
    let disc = |header: &Header| header.disc.as_ref().map(|disc| disc.name.clone());
    let mut other = Vec::new();
    if a.program.sha256 != b.program.sha256 {
        other.push("another program".to_owned());
    }
    for (what, then, now) in [
        ("options", &a.options, &b.options),
        ("arguments", &a.arguments, &b.arguments),
    ] {
        if then != now {
            other.push(format!("{what} ({} and {})", words(then), words(now)));
        }
    }
    for (what, is_other) in [
        ("another disc", disc(a) != disc(b)),
        ("other NVRAM", a.nvram != b.nvram),
        ("other inputs", a.inputs != b.inputs),
    ] {
        if is_other {
            other.push(what.to_owned());
        }
    }
    other
}

/// A file's name as a shell takes it.
fn shell_word(file: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/+:,@".contains(c);
    match !file.is_empty() && file.chars().all(is_plain) {
        true => file.to_owned(),
        false => format!("'{}'", file.replace('\'', "'\\''")),
    }
}

/// Field by field what differs.
fn changes(
    divergence: &Divergence,
    level: Level,
    then: Option<&History>,
    now: Option<&History>,
) -> Vec<Change> {
    let (Some(a), Some(b)) = (&divergence.expected, &divergence.found) else {
        return Vec::new();
    };
    if a.seen.code() != b.seen.code() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let mut change = |field: &str, expected: String, found: String| {
        let field = field.to_owned();
        changes.push(Change {
            field,
            expected,
            found,
        });
    };
    if level == Level::Exact && a.stamped.at != b.stamped.at {
        let (then, now) = (a.stamped.at, b.stamped.at);
        let found = match now > then {
            true => format!("{now}, {} cycles later", now.since(then).0),
            false => format!("{now}, {} cycles earlier", then.since(now).0),
        };
        change("time", then.to_string(), found);
    }
    if level < Level::Behaviour && a.stamped.actor != b.stamped.actor {
        let name = |history: Option<&History>| {
            let history = history.map(|h| h.actor.clone());
            history.unwrap_or_default()
        };
        change("task", name(then), name(now));
    }
    if let (Event::Complete { terms: a, .. }, Event::Complete { terms: b, .. }) = (&a.seen, &b.seen)
    {
        for ((name, then), (_, now)) in a.parts().into_iter().zip(b.parts()) {
            if then != now {
                let name = format!("terms.{}", name.replace(' ', "-"));
                change(&name, then.0.to_string(), now.0.to_string());
            }
        }
    }
    // A text is compared by whole lines, so what was seen of it says more than the event.
    let is_text = matches!(a.seen, Event::Text { .. });
    let told = |placed: &Placed| match is_text {
        true => placed.seen.fields(),
        false => placed.stamped.event.fields(),
    };
    let seen = a.seen.fields().into_iter().zip(b.seen.fields());
    let told = told(a).into_iter().zip(told(b));
    for (((field, then), (_, now)), (a, b)) in seen.zip(told) {
        if then != now && field != "terms" {
            change(field, a.1, b.1);
        }
    }
    changes
}
