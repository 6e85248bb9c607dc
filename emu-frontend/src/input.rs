//! Input scripts: what somebody does during a run, as readable lines.
//!
//! ```text
//! # a comment has a line of its own
//! time:1.5  disc open
//! vbl:120   disc insert second.iso
//! time:2    console "help\n"
//! vbl:60    pad 1 press A
//! vbl:70    mouse 1 move 5 -3
//! ```
//!
//! A line says when (`time:SECONDS` or `vbl:N`, as `--until` does), which device, and what is
//! done to it. Lines may stand in any order; what happens at one instant happens in the order of
//! the lines. A device's words are read by a function of its own, so that another device is
//! another row of `action`. Actions are written as they are read (`write`).

mod pods;
#[cfg(test)]
mod tests;
mod write;

use crate::disc::DiscError;
use crate::drive;
use crate::program::{at_most, show};
use crate::trace::origin::OriginError;
use crate::until::{BadCondition, Until};
use emu_core::device::pods::{Controls, PodEvent, PodName};
use emu_core::input::Input;
use emu_core::media::{DiscNumber, MediaEvent};
use emu_core::time::{CPU_HZ, Tick, Ticks, Video};
use emu_devices::media::Shelf;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A script is not longer than this.
const SCRIPT_MAX: u64 = 1 << 20;
/// The frames of a disc are below this: 99:59:74 is the last a drive can name.
const FRAME_END: u32 = 100 * 60 * 75;

/// Why a script is not followed. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum InputError {
    /// The host refuses.
    #[error("--input {path}: {source}; check the file and its permissions")]
    Unreadable {
        /// The script.
        path: String,
        /// What the host says.
        source: io::Error,
    },
    /// Something that cannot be a script.
    #[error("--input {path}: {why}")]
    NotAScript {
        /// What was given.
        path: String,
        /// Why it is none.
        why: &'static str,
    },
    /// A line.
    #[error("--input {path}: line {line}: {source}")]
    Line {
        /// The script.
        path: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        source: LineError,
    },
}

/// What is wrong with a line.
#[derive(Debug, Error)]
pub enum LineError {
    /// The first word is no time.
    #[error("{0:?} is no time; a line begins with time:SECONDS or vbl:N")]
    When(String),
    /// The first word is a time that cannot be.
    #[error("{word:?}: {source}")]
    BadWhen {
        /// The word.
        word: String,
        /// What is wrong.
        source: BadCondition,
    },
    /// No such device.
    #[error("{0}; this version knows disc, console, pad, mouse, stick, gun and pods")]
    Device(String),
    /// No such action.
    #[error("{what}; {knows}")]
    Action {
        /// What is wrong.
        what: String,
        /// What the device knows.
        knows: &'static str,
    },
    /// The words behind the action.
    #[error("{action} {why}")]
    Operand {
        /// Device and action.
        action: &'static str,
        /// What is wrong, and what is wanted.
        why: String,
    },
    /// A disc that is to be put in.
    #[error(transparent)]
    Disc(#[from] DiscError),
    /// A disc that is not looked for where a recording or a saved state says.
    #[error(transparent)]
    Origin(#[from] OriginError),
}

/// A line that does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// A time or a vertical blank.
    pub when: Until,
    /// What is done then.
    pub action: Action,
}

/// What a line does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// What needs nothing of the host.
    Media(MediaEvent),
    /// A disc is put in: a file or folder, relative to the script.
    Insert(String),
    /// These bytes are typed on the console.
    Console(Vec<u8>),
    /// Something is done to a pod.
    Pods(PodEvent),
    /// Buttons go down, and come up when one field has seen them.
    Tap(PodName, u32),
}

/// Reads a script, and puts the discs it names on the shelf.
pub fn load(
    path: &Path,
    video: Video,
    shelf: &mut Shelf,
    names: &mut Vec<String>,
) -> Result<Vec<(Tick, Input)>, InputError> {
    let text = text(path)?;
    let failed = |line, source| InputError::Line {
        path: show(path),
        line,
        source,
    };
    let lines = parse(&text).map_err(|(line, source)| failed(line, source))?;
    let mut known = BTreeMap::new();
    let mut inputs = Vec::new();
    for line in lines {
        if let Action::Insert(file_name) = &line.action {
            let file = path.with_file_name("").join(file_name);
            let number = put(shelf, &mut known, file).map_err(|e| failed(line.number, e))?;
            let place = usize::from(number.0);
            names.resize(names.len().max(place + 1), String::new());
            names[place].clone_from(file_name);
            let event = MediaEvent::Insert(shelf.insertable(number));
            inputs.push((instant(&line.when, video), Input::Media(event)));
        }
        add_inputs(&line, video, &mut inputs);
    }
    Ok(inputs)
}

/// Reads a script that puts no disc in; an error comes with the number of its line.
pub fn inputs(text: &str, video: Video) -> Result<Vec<(Tick, Input)>, (usize, LineError)> {
    let mut inputs = Vec::new();
    for line in parse(text)? {
        if matches!(line.action, Action::Insert(_)) {
            let error = operand("disc insert", "has no place here: there are no files");
            return Err((line.number, error));
        }
        add_inputs(&line, video, &mut inputs);
    }
    Ok(inputs)
}

/// Reads the words of an input; `place` finds the file of a disc that is put in. `known` has the
/// discs that were put on the shelf so, `names` the names of all.
pub fn read(
    words: &str,
    shelf: &mut Shelf,
    known: &mut BTreeMap<PathBuf, DiscNumber>,
    names: &mut Vec<String>,
    place: impl FnOnce(&str) -> Result<PathBuf, LineError>,
) -> Result<Input, LineError> {
    Ok(match action(words)? {
        Action::Insert(file) => {
            let number = put(shelf, known, place(&file)?)?;
            let at = usize::from(number.0);
            names.resize(names.len().max(at + 1), String::new());
            names[at].clone_from(&file);
            Input::Media(MediaEvent::Insert(shelf.insertable(number)))
        }
        Action::Media(event) => Input::Media(event),
        Action::Console(bytes) => Input::Console(bytes),
        Action::Pods(event) => Input::Pods(event),
        Action::Tap(..) => return Err(operand("tap", "has no place in a recording")),
    })
}

/// What a line does, unless it needs a file.
fn add_inputs(line: &Line, video: Video, inputs: &mut Vec<(Tick, Input)>) {
    let at = instant(&line.when, video);
    let input = match &line.action {
        Action::Media(event) => Input::Media(event.clone()),
        Action::Console(bytes) => Input::Console(bytes.clone()),
        Action::Pods(event) => Input::Pods(*event),
        Action::Tap(name, buttons) => {
            let seen = video.first_field_at(at);
            inputs.push((at, Input::Pods(PodEvent::Press(*name, *buttons))));
            let released = video.field_start(seen.saturating_add(1));
            inputs.push((released, Input::Pods(PodEvent::Release(*name, *buttons))));
            return;
        }
        Action::Insert(_) => return,
    };
    inputs.push((at, input));
}

fn text(path: &Path) -> Result<String, InputError> {
    let unreadable = |source| InputError::Unreadable {
        path: show(path),
        source,
    };
    let none = |why| InputError::NotAScript {
        path: show(path),
        why,
    };
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Err(none("is a folder; give a file of input lines"));
    }
    let (bytes, is_whole) = at_most(path, SCRIPT_MAX).map_err(unreadable)?;
    if !is_whole {
        return Err(none(
            "is longer than a megabyte; give a file of input lines",
        ));
    }
    String::from_utf8(bytes).map_err(|_| none("is no text in UTF-8; give a file of input lines"))
}

/// A disc that is named twice is one disc.
fn put(
    shelf: &mut Shelf,
    known: &mut BTreeMap<PathBuf, DiscNumber>,
    file: PathBuf,
) -> Result<DiscNumber, LineError> {
    if let Some(&number) = known.get(&file) {
        return Ok(number);
    }
    let medium = drive::open(&file)?;
    let number = shelf.push(medium.disc).ok_or_else(|| LineError::Operand {
        action: "disc insert",
        why: "finds no room: a run has 65536 discs at most; name fewer".to_owned(),
    })?;
    known.insert(file, number);
    Ok(number)
}

fn instant(when: &Until, video: Video) -> Tick {
    match when {
        Until::Vblank(count) => video.field_start(*count),
        Until::Time(at) => *at,
        _ => Tick::NEVER,
    }
}

/// Reads the lines of a script; an error comes with the number of its line.
pub fn parse(text: &str) -> Result<Vec<Line>, (usize, LineError)> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let lines = (1..).zip(text.lines().map(str::trim));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| {
            let (first, rest) = word(line);
            let when = when(first).map_err(|error| (number, error))?;
            let action = action(rest).map_err(|error| (number, error))?;
            Ok(Line {
                number,
                when,
                action,
            })
        })
        .collect()
}

/// The first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

fn when(word: &str) -> Result<Until, LineError> {
    match word.parse() {
        Ok(when @ (Until::Time(_) | Until::Vblank(_))) => Ok(when),
        Err(source @ (BadCondition::Time | BadCondition::Vblank)) => Err(LineError::BadWhen {
            word: word.to_owned(),
            source,
        }),
        _ => Err(LineError::When(word.to_owned())),
    }
}

/// A device and what is done to it.
fn action(text: &str) -> Result<Action, LineError> {
    let (device, rest) = word(text);
    match device {
        "disc" => disc(rest),
        "console" => Ok(Action::Console(quoted("console", rest)?)),
        "pods" => pods::plugs(rest),
        "" => Err(LineError::Device("the device is missing".to_owned())),
        _ => {
            let mut all = Controls::ALL.into_iter();
            match all.find(|controls| controls.name() == device) {
                Some(controls) => pods::control(controls, rest),
                None => Err(LineError::Device(format!("there is no device {device:?}"))),
            }
        }
    }
}

fn disc(text: &str) -> Result<Action, LineError> {
    let (verb, rest) = word(text);
    let event = match verb {
        "open" => alone("disc open", rest, MediaEvent::Open)?,
        "close" => alone("disc close", rest, MediaEvent::Close)?,
        "remove" => alone("disc remove", rest, MediaEvent::Insert(None))?,
        "insert" if rest.is_empty() => {
            let why = "wants a disc image or a folder behind it";
            return Err(operand("disc insert", why));
        }
        "insert" => return Ok(Action::Insert(rest.to_owned())),
        "fail" => {
            let (number, rest) = word(rest);
            let frame = frame("disc fail", number)?;
            alone("disc fail", rest, MediaEvent::FailFrame(frame))?
        }
        "slow" => {
            let (number, rest) = word(rest);
            let (length, rest) = word(rest);
            let frame = frame("disc slow", number)?;
            let extra = milliseconds("disc slow", length)?;
            alone("disc slow", rest, MediaEvent::SlowFrame { frame, extra })?
        }
        _ => {
            let what = match verb {
                "" => "what happens is missing".to_owned(),
                _ => format!("there is no action {verb:?}"),
            };
            let knows = "a disc knows open, close, insert FILE, remove, fail FRAME, \
                         slow FRAME NUMBERms";
            return Err(LineError::Action { what, knows });
        }
    };
    Ok(Action::Media(event))
}

fn alone(action: &'static str, rest: &str, event: MediaEvent) -> Result<MediaEvent, LineError> {
    nothing_behind(action, rest).map(|()| event)
}

/// Nothing may follow.
fn nothing_behind(action: &'static str, rest: &str) -> Result<(), LineError> {
    if rest.is_empty() {
        return Ok(());
    }
    let why = match rest.starts_with('#') {
        true => "is followed by a comment; a comment has a line of its own".to_owned(),
        false => format!("is followed by {rest:?}, which has no meaning there; remove it"),
    };
    Err(LineError::Operand { action, why })
}

fn operand(action: &'static str, why: &str) -> LineError {
    LineError::Operand {
        action,
        why: why.to_owned(),
    }
}

/// The bytes of a text in quotation marks, which nothing may follow. What is no escape stands for
/// its own bytes.
fn quoted(action: &'static str, text: &str) -> Result<Vec<u8>, LineError> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let why = r#"wants a text in quotation marks, such as "help\n""#;
        return Err(operand(action, why));
    };
    let mut bytes = Vec::new();
    while let Some(at) = rest.find(['"', '\\']) {
        let (plain, special) = rest.split_at(at);
        bytes.extend_from_slice(plain.as_bytes());
        let Some(escape) = special.strip_prefix('\\') else {
            let behind = special[1..].trim_start();
            return nothing_behind(action, behind).map(|()| bytes);
        };
        let (byte, behind) = escaped(escape).ok_or_else(|| {
            let shown: String = special.chars().take(4).collect();
            let why = r#"knows the escapes \n \t \\ \" and \xNN, not"#;
            operand(action, &format!("{why} {shown:?}"))
        })?;
        bytes.push(byte);
        rest = behind;
    }
    let why = "wants a closing quotation mark at the end of its text";
    Err(operand(action, why))
}

/// The byte of an escape whose backslash is gone, and what follows it.
fn escaped(text: &str) -> Option<(u8, &str)> {
    let (letter, rest) = text.split_at_checked(1)?;
    match letter {
        "n" => Some((b'\n', rest)),
        "t" => Some((b'\t', rest)),
        "\\" => Some((b'\\', rest)),
        "\"" => Some((b'"', rest)),
        "x" => {
            let (digits, rest) = rest.split_at_checked(2)?;
            let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            let byte = u8::from_str_radix(digits, 16).ok();
            Some((byte.filter(|_| is_number)?, rest))
        }
        _ => None,
    }
}

fn frame(action: &'static str, word: &str) -> Result<u32, LineError> {
    match word.parse() {
        Ok(frame @ 0..FRAME_END) => Ok(frame),
        _ => Err(operand(
            action,
            &format!(
                "wants a frame from 0 to {} (block of the file system + 150), not {word:?}",
                FRAME_END - 1
            ),
        )),
    }
}

fn milliseconds(action: &'static str, word: &str) -> Result<Ticks, LineError> {
    let number = word
        .strip_suffix("ms")
        .and_then(|number| number.parse().ok());
    match number {
        Some(number @ 0..=u32::MAX) => Ok(Ticks(u64::from(number) * CPU_HZ / 1000)),
        None => Err(operand(
            action,
            &format!("wants a whole number of milliseconds such as 250ms, not {word:?}"),
        )),
    }
}
