//! Breakpoints in words.

use super::commands::{address, number};
use super::troubles::trouble;
use super::{Answer, Debugging};
use emu_core::debug::{Expression, On, StopPoint, Wanted, command_number};
use emu_core::device::{Board, DeviceClass, DeviceId, DeviceInfo, Op};
use emu_core::kernel::call::CallTable;
use emu_core::kernel::portfolio::items::Item;
use emu_core::mem::Range;
use emu_core::trace::{Field, KINDS};
use serde_json::json;
use std::io::Write;

/// Breakpoints, at most.
const POINTS_MAX: usize = 4096;
/// Bytes that one breakpoint compares, at most.
const COMPARED_MAX: u32 = 64 << 10;

/// What happens to breakpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// One more.
    Break,
    /// One more, for one stop.
    Temporary,
    /// One more, on memory.
    Watch,
    /// Some stops less.
    Ignore,
    /// One less.
    Delete,
    /// Heeded again.
    Enable,
    /// Not heeded.
    Disable,
    /// Nothing.
    List,
}

/// Does it.
pub fn change<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    change: Change,
    rest: &str,
) -> Result<Answer, String> {
    if change == Change::List {
        return Ok(list(debugging));
    }
    if change == Change::Ignore {
        return ignore(debugging, rest);
    }
    if !matches!(change, Change::Break | Change::Temporary | Change::Watch) {
        let wanted = u32::try_from(number(rest)?).unwrap_or(u32::MAX);
        let points = &mut debugging.debugger.points;
        let found = match change {
            Change::Delete => points.remove(wanted),
            _ => match points.get_mut(wanted) {
                Some(point) => {
                    point.enabled = change == Change::Enable;
                    true
                }
                None => false,
            },
        };
        let none = || format!("there is no breakpoint {wanted}; `breaks` lists them");
        return found.then(|| Answer::said("")).ok_or_else(none);
    }
    let (rest, condition) = match split_at_word(rest, " if ") {
        Some((rest, condition)) => {
            let read = Expression::parse(condition).map_err(|error| error.to_string())?;
            (rest.trim(), Some(read))
        }
        None => (rest, None),
    };
    let (rest, task) = match split_at_word(rest, " task ") {
        Some((rest, task)) => (rest.trim(), Some(task.trim().to_owned())),
        None => (rest, None),
    };
    let on = match change {
        Change::Watch => watch(debugging, rest)?,
        _ => on(debugging, rest)?,
    };
    if debugging.debugger.points.iter().count() >= POINTS_MAX {
        return Err(format!(
            "there are {POINTS_MAX} breakpoints; `delete` some first"
        ));
    }
    let number = debugging.debugger.points.add(on, task, condition);
    if let Some(point) = debugging.debugger.points.get_mut(number) {
        point.temporary = change == Change::Temporary;
    }
    let mut points = debugging.debugger.points.iter();
    let point = points.find(|point| point.number == number);
    Ok(Answer {
        text: point.map(words).unwrap_or_default(),
        json: json!({ "breakpoint": number }),
    })
}

/// Both sides of a word that stands outside quotation marks.
fn split_at_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let mut places = text.match_indices(word);
    let (at, _) = places.find(|(at, _)| text[..*at].matches('"').count().is_multiple_of(2))?;
    Some((&text[..at], &text[at + word.len()..]))
}

/// What comes between quotation marks, or all of it.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    inner.unwrap_or(text)
}

fn ignore<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let usage = "ignore wants a breakpoint's number and how often to pass it by";
    let (wanted, count) = rest.split_once(' ').ok_or(usage)?;
    let wanted = u32::try_from(number(wanted)?).unwrap_or(u32::MAX);
    let count = number(count.trim())?;
    let point = debugging.debugger.points.get_mut(wanted);
    let point =
        point.ok_or_else(|| format!("there is no breakpoint {wanted}; `breaks` lists them"))?;
    point.ignore = count;
    Ok(Answer::said(words(point)))
}

/// Memory to watch, for writes or for changes.
fn watch<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, words: &str) -> Result<On, String> {
    let Some(place) = words.strip_prefix("change ") else {
        return range(debugging, words).map(On::Write);
    };
    let range = range(debugging, place.trim())?;
    let whole = debugging
        .debugger
        .machine()
        .memory()
        .bytes(range.start, range.end - range.start);
    if whole.is_none_or(|bytes| bytes.len() > COMPARED_MAX as usize) {
        return Err(format!(
            "changes are watched for in 1 to {COMPARED_MAX} bytes of memory; leave out `change` \
             for more"
        ));
    }
    Ok(On::Change(range))
}

fn range<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    words: &str,
) -> Result<Range, String> {
    let (start, length) = words.split_once(' ').unwrap_or((words, "4"));
    let start = address(debugging, start)?;
    let length = u32::try_from(number(length.trim())?).unwrap_or(u32::MAX);
    Ok(Range::new(start, length.max(1)))
}

/// What a breakpoint waits for.
fn on<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, words: &str) -> Result<On, String> {
    let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
    let rest = rest.trim();
    let device = || requests(debugging, rest);
    match first {
        "" => Err(
            "break wants an address, the name of a call, or request, complete, failed, \
                   error, file, item, text, event; `help break` shows more"
                .to_owned(),
        ),
        "request" => device().map(On::Request),
        "complete" => ends(debugging, rest).map(On::Complete),
        "failed" => ends(debugging, rest).map(On::Failed),
        "error" => trouble(unquoted(rest)).map(On::Error),
        "file" if rest.is_empty() => {
            Err("break file wants a name, such as \"logo.cel\"".to_owned())
        }
        "file" => Ok(On::File(unquoted(rest).to_owned())),
        "item" => number(rest).and_then(|n| match i32::try_from(n) {
            Ok(n) => Ok(On::Item(Item(n))),
            Err(_) => Err(format!("{rest} is no item; `items` lists them")),
        }),
        "text" => Ok(On::Text(unquoted(rest).to_owned())),
        "event" => match KINDS.iter().find(|(_, word, _)| *word == rest) {
            Some((_, word, _)) => Ok(On::Kind((*word).to_owned())),
            None => {
                let all: Vec<&str> = KINDS.iter().map(|(_, word, _)| *word).collect();
                Err(format!("kinds of events are {}", all.join(", ")))
            }
        },
        name if rest.is_empty() => match CallTable::get().by_name(name) {
            Some(id) => Ok(On::Call(CallTable::get().row(id).name.to_owned())),
            None => address(debugging, name).map(On::Address).map_err(|_| {
                format!("{name:?} is neither a call nor an address; `overture calls` lists calls")
            }),
        },
        _ => Err(format!("{rest:?} has no place behind {first:?}")),
    }
}

/// Requests by device, unit and command, from the left: `cdrom 0 read`.
fn requests<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    words: &str,
) -> Result<Wanted, String> {
    let mut words = words.split_whitespace();
    let Some(name) = words.next() else {
        return Ok(Wanted::default());
    };
    let infos = infos(debugging);
    let by_name = infos
        .iter()
        .find(|info| info.name.eq_ignore_ascii_case(name));
    let by_name = by_name.map(|info| info.class);
    let device = DeviceClass::parse(name).ok().or(by_name).ok_or_else(|| {
        "devices are timer, cdrom, ram, control-port, xbus, display and sport".to_owned()
    })?;
    let mut wanted = Wanted::from(Some(device));
    let mut word = words.next();
    if let Some(unit) = word.and_then(|word| number(word).ok()) {
        wanted.unit = Some(u8::try_from(unit).map_err(|_| format!("{unit} is no unit"))?);
        word = words.next();
    }
    if let Some(word) = word {
        let info = infos.iter().find(|info| info.class == device);
        let names = info.map_or(&[][..], |info| info.commands);
        let place = names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(word));
        let by_number = || number(word).ok().and_then(|n| u16::try_from(n).ok());
        let by_word = Op::parse(&word.to_ascii_lowercase())
            .ok()
            .map(command_number);
        let command = place.and_then(|n| u16::try_from(n).ok());
        let command = command.or(by_word).or_else(by_number);
        wanted.command =
            Some(command.ok_or_else(|| {
                format!("{word:?} is no command; commands are {}", names.join(", "))
            })?);
    }
    match words.next() {
        Some(more) => Err(format!("{more:?} has no place behind a command")),
        None => Ok(wanted),
    }
}

/// Ends of requests: `cdrom 0 read error ER_MediaError`.
fn ends<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    words: &str,
) -> Result<Wanted, String> {
    let (words, error) = match words.strip_prefix("error ") {
        Some(error) => ("", Some(error)),
        None => match split_at_word(words, " error ") {
            Some((words, error)) => (words, Some(error)),
            None => (words, None),
        },
    };
    let mut wanted = requests(debugging, words)?;
    wanted.error = error
        .map(|text| trouble(unquoted(text.trim())))
        .transpose()?;
    Ok(wanted)
}

/// What there is to know of the devices.
fn infos<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Vec<DeviceInfo> {
    let mut board = debugging.debugger.machine().board().clone();
    let ids = (0..board.device_count()).map(DeviceId);
    ids.filter_map(|id| Some(board.device(id)?.info()))
        .collect()
}

fn wanted_words(wanted: &Wanted) -> String {
    let mut text = String::new();
    match wanted.device {
        Some(class) => class.write(&mut text),
        None => text.push_str("any device"),
    }
    if let Some(unit) = wanted.unit {
        text.push_str(&format!(" {unit}"));
    }
    match wanted.command {
        Some(0) => text.push_str(", writing"),
        Some(1) => text.push_str(", reading"),
        Some(2) => text.push_str(", asking for its status"),
        Some(n) => text.push_str(&format!(", command {n}")),
        None => (),
    }
    if let Some(error) = wanted.error {
        text.push_str(&format!(", error {error}"));
    }
    text
}

/// A breakpoint as a line.
pub fn words(point: &StopPoint) -> String {
    let on = match &point.on {
        On::Address(address) => format!("at {address:#x}"),
        On::Write(range) => format!("writes to {:#x}-{:#x}", range.start, range.end),
        On::Read(range) => format!("loads from {:#x}-{:#x}", range.start, range.end),
        On::Change(range) => format!("changes of {:#x}-{:#x}", range.start, range.end),
        On::Call(name) => format!("calls of {name}"),
        On::Request(wanted) => format!("requests to {}", wanted_words(wanted)),
        On::Complete(wanted) => format!("completions of {}", wanted_words(wanted)),
        On::Failed(wanted) => format!("failures of {}", wanted_words(wanted)),
        On::Error(error) => format!("error {error}"),
        On::File(name) => format!("file {name:?}"),
        On::Item(item) => format!("item {item:?}"),
        On::Kind(word) => format!("events {word}"),
        On::Text(text) => format!("text {text:?}"),
    };
    let task = point.task.as_ref();
    let task = task.map_or(String::new(), |task| format!(", task {task}"));
    let condition = point.condition.as_ref();
    let condition = condition.map_or(String::new(), |condition| format!(", if {condition}"));
    let off = if point.enabled { "" } else { ", disabled" };
    let once = if point.temporary { ", once" } else { "" };
    let ignored = match point.ignore {
        0 => String::new(),
        n => format!(", passed by {n} times more"),
    };
    let number = point.number;
    format!(
        "{number}: {on}{task}{condition}{off}{once}{ignored}, {} times",
        point.hits
    )
}

fn list<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let points: Vec<&StopPoint> = debugging.debugger.points.iter().collect();
    let lines: Vec<String> = points.iter().map(|point| words(point)).collect();
    let rows = points.iter().map(|point| {
        json!({
            "number": point.number,
            "words": words(point),
            "enabled": point.enabled,
            "hits": point.hits,
        })
    });
    Answer {
        text: match lines.is_empty() {
            true => "there are no breakpoints".to_owned(),
            false => lines.join("\n"),
        },
        json: json!({ "breakpoints": rows.collect::<Vec<_>>() }),
    }
}
