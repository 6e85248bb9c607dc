//! What a machine tells about itself while it runs.
//!
//! The sink is lent to a run, never kept: machine state holds no closures. It is asked what it
//! wants before anything is formatted, so a run that nobody watches pays one branch.

use crate::device::display::{Picture, Scaling};
use crate::time::Tick;
use bitflags::bitflags;

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

/// A sink that keeps what it wants, for tests.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// What it wants.
    pub categories: Category,
    /// What it got.
    pub records: Vec<Record>,
    /// What the main program left on the screen.
    pub last_picture: Option<Picture>,
}

impl Recorder {
    /// Keeps events of these kinds.
    pub fn new(categories: Category) -> Recorder {
        Recorder {
            categories,
            records: Vec::new(),
            last_picture: None,
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
}
