//! What the kernel notes for a recording while it works.
//!
//! Much of the kernel works on memory alone and knows neither time nor sink, so events wait here
//! until the run loop passes them on. Between two entries into the kernel there are none: they
//! are no state. Where requests read to is kept whether somebody records or not, and saved with
//! the machine: a recording that begins in the middle tells of the ends of requests from before.
//! It is in no checksum, for it changes nothing that a program could see.

use super::event::Event;
use crate::device::{Buffer, ReqId};
use crate::kernel::portfolio::items::Item;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Events on their way to the sink.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    wanted: bool,
    events: RefCell<Vec<(Item, Event)>>,
    /// Where the requests in progress put what they read.
    reading: RefCell<BTreeMap<ReqId, Buffer>>,
}

impl Notes {
    /// Whether anybody records.
    #[inline]
    pub fn wanted(&self) -> bool {
        self.wanted
    }

    /// Begins or ends recording.
    pub fn want(&mut self, wanted: bool) {
        self.wanted = wanted;
    }

    /// Takes an event.
    pub fn push(&self, actor: Item, event: Event) {
        self.events.borrow_mut().push((actor, event));
    }

    /// Passes everything on.
    pub fn take(&mut self) -> std::vec::Drain<'_, (Item, Event)> {
        self.events.get_mut().drain(..)
    }

    /// A request will read into `buffer`.
    pub fn begin_reading(&self, req: ReqId, buffer: Buffer) {
        self.reading.borrow_mut().insert(req, buffer);
    }

    /// A request is over: where it has read to.
    pub fn end_reading(&self, req: ReqId) -> Buffer {
        let buffer = self.reading.borrow_mut().remove(&req);
        buffer.unwrap_or_default()
    }

    /// Where the requests in progress put what they read, for a saved state.
    pub fn reading(&self) -> BTreeMap<ReqId, Buffer> {
        self.reading.borrow().clone()
    }

    /// Goes on with what a saved state has.
    pub fn set_reading(&mut self, reading: BTreeMap<ReqId, Buffer>) {
        *self.reading.get_mut() = reading;
    }
}
