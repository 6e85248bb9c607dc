//! What the time of each request went into, from the call to the wake-up.
//!
//! A tape holds what happened; here it is sorted by request. Three kinds of requests have a life:
//! those that programs make with an IOReq, those that the file system makes for a volume, and
//! those of Mach's device interface. The parts of a life follow each other without a gap, so they
//! sum to the cycles between its first event and its last: there is no rest that nobody explains.

mod collect;
mod part;
#[cfg(test)]
mod tests;

pub use collect::Lives;
pub use part::{Part, PartKind, told_in_words};

use super::event::{Asker, Told};
use super::tape::Tape;
use crate::device::{Buffer, DevError, DeviceClass, Op, Terms};
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::{Tick, Ticks};
use std::sync::Arc;

/// What a device of the board did for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The number of the request at the device.
    pub req: u64,
    /// What kind of device.
    pub device: DeviceClass,
    /// Its unit.
    pub unit: u8,
    /// What it was to do.
    pub op: Op,
    /// Where.
    pub offset: u32,
    /// What went to it.
    pub send: Buffer,
    /// Room for what came from it.
    pub recv: Buffer,
    /// When it got the request.
    pub from: Tick,
    /// When it had done with it.
    pub to: Option<Tick>,
    /// What the device says of the time between.
    pub terms: Terms,
    /// How long the end was held back, in a run that looks for races.
    pub held: Ticks,
    /// Bytes or units done.
    pub actual: u32,
    /// What went wrong.
    pub error: Option<DevError>,
}

impl Service {
    /// Whether the device itself says where the time went.
    pub fn has_terms(&self) -> bool {
        self.terms.total().0 > 0
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: Tick,
    /// How that was told; nothing is told of the file system's own requests.
    pub told: Option<Told>,
    /// io_Error, or the code of an operation; 0 if all went well.
    pub code: i32,
    /// io_Actual, or bytes done.
    pub actual: u32,
}

/// The life of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Who made it.
    pub by: Asker,
    /// The IOReq, the volume, or the operation.
    pub of: u32,
    /// The task that ran then; none if the kernel was at work by itself.
    pub asker: Item,
    /// The name of that task.
    pub asker_name: Arc<str>,
    /// The call that it was made in.
    pub call: Option<CallKey>,
    /// When that call was entered; without one, when the request was made.
    pub begun: Tick,
    /// When the request was made.
    pub asked: Tick,
    /// The device or file that a program names: item and name.
    pub target: Option<(Item, Arc<str>)>,
    /// The command that a program gives.
    pub command: Option<u8>,
    /// What the board did for it. Requests to files have none: their blocks are [`Life::inner`].
    pub service: Option<Service>,
    /// Requests of the file system while this one was under way.
    pub inner: Vec<u64>,
    /// How it ended; `None` if it is open at the end of the recording.
    pub ending: Option<Ending>,
    /// The task that its end woke, with when it had the processor again. Without one, whoever
    /// asked was not asleep for it, or the recording ends first.
    pub woken: Option<(Item, Tick)>,
    /// IOReqs and tasks that waited for what a request of the file system has brought.
    pub waited_for_by: Vec<Item>,
}

impl Life {
    fn new(by: Asker, of: u32, at: Tick) -> Life {
        Life {
            by,
            of,
            asker: Item::NONE,
            asker_name: Arc::default(),
            call: None,
            begun: at,
            asked: at,
            target: None,
            command: None,
            service: None,
            inner: Vec::new(),
            ending: None,
            woken: None,
            waited_for_by: Vec::new(),
        }
    }

    /// The number of the request at its device, if it came so far.
    pub fn req(&self) -> Option<u64> {
        self.service.as_ref().map(|service| service.req)
    }

    /// From its first event to its last; `None` while it is open.
    pub fn total(&self) -> Option<Ticks> {
        let ending = self.ending?;
        let end = self.woken.map_or(ending.at, |(_, at)| at);
        Some(end.since(self.begun))
    }

    /// What its time went into, in order; parts of no length are left out, except where a device
    /// answered at once. They sum to [`Life::total`].
    pub fn parts(&self) -> Vec<Part> {
        part::of(self)
    }
}

/// Every request of a recording, in the order in which they were made.
pub fn lives(tape: &Tape) -> Vec<Life> {
    collect::lives(tape)
}
