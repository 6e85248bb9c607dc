//! Recordings as lines of text: what lies in `tests/` and in a diff.
//!
//! ```text
//! overture trace 1
//! level exact
//! program "rom:hello" 1234 SHA-256
//! argument "-v"
//! option "--profile"
//! option "retail"
//! disc "game.iso"
//! file "" SHA-256
//! nvram 0040 00112233445566778899aabbccddeeff
//! version "cpu" 1
//! state "game.state" SHA-256
//! input 12500000 "pad 1 press A"
//! events
//! +0 0x14 call call=kernel.SendIO pc=0x48010 args=(0x15,0x4ff70)
//! end 1
//! ```
//! The number behind `+` is the ticks since the line before, the next word the task that runs.

use super::compare::Level;
use super::field::{Damage, Field};
use super::header::{DiscFile, DiscId, Header, ProgramId, StateId};
use super::tape::{Stamped, Tape};
use super::{Event, OLDEST_READER, Recording, TraceError, VERSION};
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use std::fmt::Write;

/// Bytes of NVRAM in one line.
const NVRAM_LINE: usize = 32;
/// Bytes of NVRAM.
const NVRAM_SIZE: usize = 32_768;
/// The first words of a recording.
pub(super) const FIRST: &str = "overture trace ";

impl Recording {
    /// As text.
    pub fn to_text(&self) -> String {
        let mut text = self.header.to_text();
        text.push_str("events\n");
        let mut last = Tick::default();
        for stamped in &self.tape {
            write_line(&mut text, &stamped, last);
            last = stamped.at;
        }
        let _ = writeln!(text, "end {}", self.tape.len());
        text
    }

    /// Reads text; the error names the line.
    pub fn from_text(text: &str) -> Result<Recording, TraceError> {
        let mut lines = Lines::new(text);
        let header = read_header(&mut lines)?;
        let mut tape = Tape::new();
        let mut now = Tick::default();
        loop {
            let line = lines.next().ok_or(TraceError::NoEnd)?;
            if let Some(count) = line.strip_prefix("end ") {
                let count = lines.that(u64::parse(count))?;
                if count != tape.len() {
                    let found = tape.len();
                    return Err(TraceError::Count { count, found });
                }
                break;
            }
            let Stamped { at, actor, event } = lines.that(parse_line(line, now))?;
            now = at;
            tape.push(at, actor, &event);
        }
        if lines.next().is_some() {
            return Err(TraceError::AfterEnd);
        }
        Ok(Recording { header, tape })
    }
}

impl Stamped {
    /// Its line in the text form; the event before it happened at `last`.
    pub fn to_line(&self, last: Tick) -> String {
        let mut line = String::new();
        write_line(&mut line, self, last);
        line.truncate(line.trim_end_matches('\n').len());
        line
    }
}

/// One event as a line.
fn write_line(to: &mut String, stamped: &Stamped, last: Tick) {
    let _ = write!(to, "+{} ", stamped.at.since(last).0);
    stamped.actor.write(to);
    to.push(' ');
    stamped.event.write(to);
    to.push('\n');
}

fn parse_line(line: &str, last: Tick) -> Result<Stamped, Damage> {
    let bad = || Damage::Word {
        what: "a line such as +200 0x14 run",
        value: line.chars().take(80).collect(),
    };
    let rest = line.strip_prefix('+').ok_or_else(bad)?;
    let (passed, rest) = rest.split_once(' ').ok_or_else(bad)?;
    let (actor, rest) = rest.split_once(' ').ok_or_else(bad)?;
    let (word, fields) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
    let at = last.0.checked_add(u64::parse(passed)?);
    Ok(Stamped {
        at: Tick(at.ok_or(Damage::Number)?),
        actor: Item::parse(actor)?,
        event: Event::parse(word, fields)?,
    })
}

impl Header {
    /// The lines before the events.
    pub fn to_text(&self) -> String {
        let quoted = |text: &String| {
            let mut word = String::new();
            text.write(&mut word);
            word
        };
        let mut text = format!("{FIRST}{VERSION}\nlevel {}\n", self.level.name());
        let program = &self.program;
        let name = quoted(&program.name);
        let _ = writeln!(
            text,
            "program {name} {} {}",
            program.size,
            hex(&program.sha256)
        );
        for argument in &self.arguments {
            let _ = writeln!(text, "argument {}", quoted(argument));
        }
        for option in &self.options {
            let _ = writeln!(text, "option {}", quoted(option));
        }
        if let Some(disc) = &self.disc {
            let _ = writeln!(text, "disc {}", quoted(&disc.name));
            for file in &disc.files {
                let _ = writeln!(text, "file {} {}", quoted(&file.path), hex(&file.sha256));
            }
        }
        if let Some(nvram) = &self.nvram {
            text.push_str("nvram\n");
            for (n, bytes) in nvram.chunks(NVRAM_LINE).enumerate() {
                if bytes.iter().any(|&byte| byte != 0) {
                    let _ = writeln!(text, "bytes {} {}", n * NVRAM_LINE, hex(bytes));
                }
            }
        }
        for (name, version) in &self.versions {
            let _ = writeln!(text, "version {} {version}", quoted(name));
        }
        if let Some(state) = &self.state {
            let name = quoted(&state.name);
            let _ = writeln!(text, "state {name} {}", hex(&state.sha256));
        }
        for (at, what) in &self.inputs {
            let _ = writeln!(text, "input {} {}", at.0, quoted(what));
        }
        text
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(word: &str) -> Option<Vec<u8>> {
    let is_hex = word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hex || !word.len().is_multiple_of(2) {
        return None;
    }
    let pairs = word.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Lines with their numbers.
pub(super) struct Lines<'a> {
    lines: std::str::Lines<'a>,
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Lines<'a> {
        Lines {
            lines: text.lines(),
            number: 0,
        }
    }

    /// Puts the number of the present line to what is wrong with it.
    fn that<T>(&self, result: Result<T, Damage>) -> Result<T, TraceError> {
        result.map_err(|damage| TraceError::Line {
            line: self.number,
            damage,
        })
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        self.number += 1;
        self.lines.next()
    }
}

/// The header, and the line that ends it.
pub(super) fn read_header(lines: &mut Lines<'_>) -> Result<Header, TraceError> {
    let first = lines.next().unwrap_or_default();
    let version = first.strip_prefix(FIRST).ok_or(TraceError::NotATrace)?;
    let version: u16 = lines.that(u16::parse(version))?;
    if !(OLDEST_READER..=VERSION).contains(&version) {
        return Err(TraceError::Version { found: version });
    }
    let mut header = Header::default();
    let mut has_program = false;
    loop {
        let line = lines.next().ok_or(TraceError::NoEnd)?;
        if line == "events" {
            break;
        }
        lines.that(read_header_line(line, &mut header, &mut has_program))?;
    }
    if !has_program {
        return lines.that(Err(Damage::Missing("program")));
    }
    Ok(header)
}

fn read_header_line(line: &str, header: &mut Header, has_program: &mut bool) -> Result<(), Damage> {
    let bad = |what: &'static str| Damage::Word {
        what,
        value: line.chars().take(80).collect(),
    };
    let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
    let digest = |word: &str| {
        let bytes = unhex(word).and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| bad("a line with a SHA-256"))
    };
    match key {
        "level" => {
            header.level = Level::of_name(rest).ok_or_else(|| bad("exact, order or behaviour"))?;
        }
        "program" => {
            let (rest, sha256) = rest.rsplit_once(' ').ok_or_else(|| bad("a program"))?;
            let (name, size) = rest.rsplit_once(' ').ok_or_else(|| bad("a program"))?;
            header.program = ProgramId {
                name: String::parse(name)?,
                size: u64::parse(size)?,
                sha256: digest(sha256)?,
            };
            *has_program = true;
        }
        "argument" => header.arguments.push(String::parse(rest)?),
        "option" => header.options.push(String::parse(rest)?),
        "disc" => {
            let name = String::parse(rest)?;
            let files = Vec::new();
            header.disc = Some(DiscId { name, files });
        }
        "file" => {
            let disc = header.disc.as_mut().ok_or(Damage::Missing("disc"))?;
            let (path, sha256) = rest.rsplit_once(' ').ok_or_else(|| bad("a file"))?;
            disc.files.push(DiscFile {
                path: String::parse(path)?,
                sha256: digest(sha256)?,
            });
        }
        "state" => {
            let (name, sha256) = rest.rsplit_once(' ').ok_or_else(|| bad("a saved state"))?;
            header.state = Some(StateId {
                name: String::parse(name)?,
                sha256: digest(sha256)?,
            });
        }
        "nvram" => header.nvram = Some(vec![0; NVRAM_SIZE]),
        "bytes" => {
            let nvram = header.nvram.as_mut().ok_or(Damage::Missing("nvram"))?;
            let (at, bytes) = rest.split_once(' ').ok_or_else(|| bad("bytes of NVRAM"))?;
            let at = u32::parse(at)? as usize;
            let bytes = unhex(bytes).ok_or_else(|| bad("bytes of NVRAM"))?;
            let place = nvram.get_mut(at..).and_then(|n| n.get_mut(..bytes.len()));
            place
                .ok_or_else(|| bad("bytes inside NVRAM"))?
                .copy_from_slice(&bytes);
        }
        "version" => {
            let (name, version) = rest.rsplit_once(' ').ok_or_else(|| bad("a version"))?;
            let row = (String::parse(name)?, u32::parse(version)?);
            header.versions.push(row);
        }
        "input" => {
            let (at, what) = rest.split_once(' ').ok_or_else(|| bad("an input"))?;
            header
                .inputs
                .push((Tick(u64::parse(at)?), String::parse(what)?));
        }
        _ => {
            return Err(Damage::Unknown {
                what: "line",
                value: key.chars().take(40).collect(),
            });
        }
    }
    Ok(())
}
