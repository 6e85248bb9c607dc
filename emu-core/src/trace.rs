//! What a machine tells about itself while it runs, and recordings of it.
//!
//! The sink is lent to a run, never kept: machine state holds no closures. It is asked what it
//! wants before anything is formatted, so a run that nobody watches pays one branch.
//!
//! | module | what is there |
//! |---|---|
//! | `event` | the schema: every kind of event with its fields |
//! | `field` | the values in events, as bytes and as words |
//! | `bytes` | the numbers that they are made of |
//! | `tape` | events one after the other, as they are recorded |
//! | `header` | what a recording is of |
//! | `text`, `binary` | the two forms of a recording |
//! | [`envelope`] | what is around the bytes of one |
//! | `compare` | where two recordings differ first |
//! | `words` | events for a person |
//! | `report` | what a person wants to know of a difference |
//! | [`bisect`] | at which instruction two runs part |
//! | [`lint`] | mistakes of programs in a recording |
//! | [`explain`] | what the time of each request went into |

mod binary;
pub mod bisect;
mod bytes;
mod compare;
pub mod envelope;
mod event;
pub mod explain;
mod field;
mod header;
pub mod lint;
mod notes;
mod report;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
pub(crate) mod strategies;
mod tape;
mod text;
mod words;

pub use compare::{Divergence, Level, Placed, differences, first_difference, first_difference_of};
pub use event::{Asker, Event, KINDS, Part, Told, Waits, Why};
pub use field::{Damage, Field, Hex, Value, Words};
pub use header::{DiscFile, DiscId, Header, ProgramId, StateId, VERSIONS};
pub(crate) use notes::Notes;
pub use report::{Cause, Change, Report, Silence, report};
pub use tape::{Events, Place, Stamped, Tape};
pub use words::{Commands, Line, Narrator};

use crate::device::display::{Picture, Scaling};
use crate::device::sound::StereoFrame;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use bitflags::bitflags;
use thiserror::Error;

/// Version of both forms of a recording.
pub const VERSION: u16 = 1;
/// The oldest version that this one reads, and that reads what this one writes.
pub const OLDEST_READER: u16 = 1;

/// What happened in a run, and what it was a run of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// What it is of.
    pub header: Header,
    /// What happened.
    pub tape: Tape,
}

impl Recording {
    /// Whether a file that begins so is a recording, good or bad.
    pub fn begins(start: &[u8]) -> bool {
        start.starts_with(binary::MAGIC) || start.starts_with(text::FIRST.as_bytes())
    }

    /// Reads either form.
    pub fn parse(file: &[u8]) -> Result<Recording, TraceError> {
        if file.starts_with(binary::MAGIC) {
            return Recording::from_bytes(file);
        }
        if !file.starts_with(text::FIRST.as_bytes()) {
            return Err(TraceError::NotATrace);
        }
        let text = std::str::from_utf8(file).map_err(|error| TraceError::NotText {
            offset: error.valid_up_to(),
        })?;
        Recording::from_text(text)
    }
}

/// A recording that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TraceError {
    /// The file is something else.
    #[error("this is no recording: it begins neither with \"overture trace\" nor with \"OVTRACE\"")]
    NotATrace,
    /// Its form is of another version.
    #[error(
        "the recording has format version {found}, this program reads {OLDEST_READER} to {VERSION}; record it again, or read it with the program that wrote it"
    )]
    Version {
        /// The file's.
        found: u16,
    },
    /// It uses something that this version does not have.
    #[error(
        "the recording needs features {bits:#x}, which this program does not have; use a newer one"
    )]
    Feature {
        /// The unknown bits.
        bits: u32,
    },
    /// A part that this version does not know and must not skip.
    #[error(
        "the recording has a section {name:?}, which this program does not know; use a newer one"
    )]
    UnknownSection {
        /// Its name.
        name: String,
    },
    /// The file ends early or goes on too long.
    #[error("the recording should have {expected} bytes and has {found}: the file is damaged")]
    Length {
        /// What its header says.
        expected: u64,
        /// The file's length.
        found: u64,
    },
    /// The checksum does not match.
    #[error("the recording's checksum does not match: the file is damaged")]
    Checksum,
    /// A section is missing or cut off.
    #[error("the recording's section {name} is missing or cut off: the file is damaged")]
    Section {
        /// Its name.
        name: &'static str,
    },
    /// Fewer or more events than there should be.
    #[error("the recording should have {count} events and has {found}: the file is damaged")]
    Count {
        /// What it says.
        count: u64,
        /// What there are, at most.
        found: u64,
    },
    /// An event of the binary form.
    #[error("event {event} of the recording: {damage}")]
    Event {
        /// Counted from 1.
        event: u64,
        /// What is wrong.
        damage: Damage,
    },
    /// A line of the text form.
    #[error("line {line} of the recording: {damage}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        damage: Damage,
    },
    /// A text that stops in the middle.
    #[error("the recording has no line \"end\": the file is cut off")]
    NoEnd,
    /// A text that goes on.
    #[error("the recording goes on behind its line \"end\": the file is damaged")]
    AfterEnd,
    /// Bytes that are no text.
    #[error("the recording is no UTF-8 at byte {offset}: the file is damaged")]
    NotText {
        /// Where.
        offset: usize,
    },
}

bitflags! {
    /// Kinds of events.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Category: u32 {
        /// System calls: entry, result, blocking, resumption.
        const CALLS = 1;
        /// Text that the guest prints.
        const CONSOLE = 2;
        /// Mistakes of the guest and calls that are missing.
        const WARNINGS = 4;
        /// Task creation and death.
        const TASKS = 8;
        /// Requests: submitted, completed, notified.
        const REQUESTS = 16;
        /// Which task gets the CPU.
        const SWITCHES = 32;
        /// Events of the schema, for a recording.
        const EVENTS = 64;
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceEvent {
    /// A system call, in words: `SendIO(ior=0x2c ...) = 0`.
    Call(String),
    /// Text that the guest printed; lines may arrive in pieces.
    Console(String),
    /// Something that deserves attention.
    Warning(String),
    /// A task was created, switched to, or died.
    Task(String),
    /// A request went on its way or ended.
    Request(String),
}

/// One event with when and who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: Tick,
    /// Name of the task that was running, empty if none.
    pub task: String,
    /// What.
    pub event: TraceEvent,
}

/// Who is told.
pub trait Sink {
    /// Whether events of this kind are wanted. Asked before they are formatted.
    fn wants(&self, category: Category) -> bool;

    /// Takes an event.
    fn record(&mut self, record: Record);

    /// Takes an event of the schema, and the task that ran then.
    fn event(&mut self, _at: Tick, _actor: Item, _event: &Event) {}

    /// Whether the picture of field number `field` is wanted, and how. Asked at the field's end,
    /// before it is made.
    fn wants_picture(&mut self, _field: u64) -> Option<Scaling> {
        None
    }

    /// Takes the picture of a field that ended.
    fn picture(&mut self, _field: u64, _picture: Picture) {}

    /// Whether the plain picture is wanted that is on the screen when the main program begins to
    /// end: what it owns is taken apart then, frame buffers too.
    fn wants_last_picture(&self) -> bool {
        false
    }

    /// Takes the picture that the main program leaves.
    fn last_picture(&mut self, _picture: Picture) {}

    /// Takes the sound of frames that follow each other from number `first` on. Between what is
    /// given there is silence.
    fn sound(&mut self, _first: u64, _frames: &[StereoFrame]) {}

    /// Whether the run should end at the next opportunity.
    fn wants_stop(&self) -> bool {
        false
    }
}

/// A sink that wants nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Sink for Silent {
    fn wants(&self, _category: Category) -> bool {
        false
    }
    fn record(&mut self, _record: Record) {}
}

/// A tape takes events and nothing else.
impl Sink for Tape {
    fn wants(&self, category: Category) -> bool {
        category == Category::EVENTS
    }
    fn record(&mut self, _record: Record) {}
    fn event(&mut self, at: Tick, actor: Item, event: &Event) {
        self.push(at, actor, event);
    }
}

/// A sink that keeps what it wants, for tests.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// What it wants.
    pub categories: Category,
    /// What it got.
    pub records: Vec<Record>,
    /// What the main program left on the screen.
    pub last_picture: Option<Picture>,
    /// The frames of sound that are not silent, with their numbers.
    pub sound: Vec<(u64, StereoFrame)>,
}

impl Recorder {
    /// Keeps events of these kinds.
    pub fn new(categories: Category) -> Recorder {
        Recorder {
            categories,
            records: Vec::new(),
            last_picture: None,
            sound: Vec::new(),
        }
    }

    /// All console text, joined.
    pub fn console(&self) -> String {
        self.records
            .iter()
            .filter_map(|record| match &record.event {
                TraceEvent::Console(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}

impl Sink for Recorder {
    fn wants(&self, category: Category) -> bool {
        self.categories.intersects(category)
    }
    fn record(&mut self, record: Record) {
        self.records.push(record);
    }
    fn wants_last_picture(&self) -> bool {
        true
    }
    fn last_picture(&mut self, picture: Picture) {
        self.last_picture = Some(picture);
    }
    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        let numbered = (first..).zip(frames.iter().copied());
        self.sound
            .extend(numbered.filter(|(_, frame)| *frame != [0; 2]));
    }
}
