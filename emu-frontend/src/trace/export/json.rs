//! The Trace Event Format: an object a line, times in microseconds, exactly.

use emu_core::time::{Tick, Ticks};
use std::io::{self, Write};

/// A row of the picture: a process and a thread, as the format calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// The process.
    pub pid: u32,
    /// The thread.
    pub tid: u32,
}

/// What an entry is; the format's letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A slice begins.
    Begin,
    /// The latest slice of its track ends.
    End,
    /// A slice with its length.
    Complete(Ticks),
    /// Something that may overlap begins; the number says what.
    AsyncBegin(u64),
    /// It ends.
    AsyncEnd(u64),
    /// An arrow begins at the slice that is open.
    FlowStart(u64),
    /// It goes on there.
    FlowStep(u64),
    /// It ends there.
    FlowEnd(u64),
    /// Something without length, on its track.
    Instant,
    /// The same for all tracks.
    GlobalInstant,
    /// Numbers that are drawn as a curve.
    Counter,
    /// What a process or a thread is called.
    Metadata,
}

/// What an entry says beside its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// Words.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// A number with a sign.
    Signed(i32),
    /// A number that is shown in hexadecimal.
    Hex(u32),
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What it is.
    pub phase: Phase,
    /// When.
    pub at: Tick,
    /// Where.
    pub track: Track,
    /// Its family: entries of one number and one family belong together.
    pub cat: &'static str,
    /// What it is called.
    pub name: &'a str,
    /// What else it says.
    pub args: &'a [(&'a str, Arg<'a>)],
}

/// Writes entries.
pub struct TraceJson<W: Write> {
    to: W,
    is_first: bool,
}

impl<W: Write> TraceJson<W> {
    /// Begins; `program` is what the picture is of.
    pub fn begin(mut to: W, program: &str) -> io::Result<TraceJson<W>> {
        to.write_all(b"{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":")?;
        string(&mut to, program)?;
        to.write_all(b"},\"traceEvents\":[")?;
        Ok(TraceJson { to, is_first: true })
    }

    /// Writes one entry.
    pub fn put(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let to = &mut self.to;
        let separator = if self.is_first { "\n" } else { ",\n" };
        self.is_first = false;
        let (letter, id) = match entry.phase {
            Phase::Begin => ('B', None),
            Phase::End => ('E', None),
            Phase::Complete(_) => ('X', None),
            Phase::AsyncBegin(id) => ('b', Some(id)),
            Phase::AsyncEnd(id) => ('e', Some(id)),
            Phase::FlowStart(id) => ('s', Some(id)),
            Phase::FlowStep(id) => ('t', Some(id)),
            Phase::FlowEnd(id) => ('f', Some(id)),
            Phase::Instant | Phase::GlobalInstant => ('i', None),
            Phase::Counter => ('C', None),
            Phase::Metadata => ('M', None),
        };
        let Track { pid, tid } = entry.track;
        write!(to, "{separator}{{\"ph\":\"{letter}\",\"ts\":")?;
        to.write_all(Ticks(entry.at.0).micros_text().as_bytes())?;
        write!(to, ",\"pid\":{pid},\"tid\":{tid}")?;
        if let Phase::Complete(length) = entry.phase {
            to.write_all(b",\"dur\":")?;
            to.write_all(length.micros_text().as_bytes())?;
        }
        if let Some(id) = id {
            write!(to, ",\"id\":\"{id:#x}\"")?;
        }
        match entry.phase {
            // An arrow ends in the slice around it, not in the next one.
            Phase::FlowEnd(_) => to.write_all(b",\"bp\":\"e\"")?,
            Phase::Instant => to.write_all(b",\"s\":\"t\"")?,
            Phase::GlobalInstant => to.write_all(b",\"s\":\"g\"")?,
            _ => (),
        }
        if !entry.cat.is_empty() {
            write!(to, ",\"cat\":\"{}\"", entry.cat)?;
        }
        if !entry.name.is_empty() {
            to.write_all(b",\"name\":")?;
            string(to, entry.name)?;
        }
        if !entry.args.is_empty() {
            to.write_all(b",\"args\":{")?;
            for (n, (name, value)) in entry.args.iter().enumerate() {
                if n > 0 {
                    to.write_all(b",")?;
                }
                string(to, name)?;
                to.write_all(b":")?;
                match value {
                    Arg::Text(text) => string(to, text)?,
                    Arg::Number(number) => write!(to, "{number}")?,
                    Arg::Signed(number) => write!(to, "{number}")?,
                    Arg::Hex(number) => write!(to, "\"{number:#x}\"")?,
                }
            }
            to.write_all(b"}")?;
        }
        to.write_all(b"}")
    }

    /// Ends.
    pub fn finish(mut self) -> io::Result<()> {
        self.to.write_all(b"\n]}\n")
    }
}

fn string(to: &mut impl Write, text: &str) -> io::Result<()> {
    serde_json::to_writer(to, text).map_err(io::Error::from)
}
