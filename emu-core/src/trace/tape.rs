//! Events as bytes: written while a machine runs, read without copying all.
//!
//! ```text
//! event  ticks since the event before (LEB128)
//!        number of the kind; bit 7 is set when the actor is that of the event before
//!        the actor's item, unless bit 7 is set
//!        the fields
//! ```

use super::event::Event;
use super::field::{Damage, Field, Reader, put_number};
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;

const SAME_ACTOR: u8 = 0x80;

/// An event with when it happened and who ran then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// When.
    pub at: Tick,
    /// The task that ran, or none.
    pub actor: Item,
    /// What.
    pub event: Event,
}

/// Events in the order they happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tape {
    bytes: Vec<u8>,
    count: u64,
    last: Tick,
    actor: Item,
}

impl Tape {
    /// An empty one.
    pub fn new() -> Tape {
        Tape::default()
    }

    /// Appends an event. None happens before the one before it.
    pub fn push(&mut self, at: Tick, actor: Item, event: &Event) {
        put_number(&mut self.bytes, at.since(self.last).0);
        self.last = self.last.max(at);
        if actor == self.actor {
            self.bytes.push(event.code() | SAME_ACTOR);
        } else {
            self.bytes.push(event.code());
            actor.encode(&mut self.bytes);
            self.actor = actor;
        }
        event.encode(&mut self.bytes);
        self.count += 1;
    }

    /// How many events there are.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// When the last event happened.
    pub fn end(&self) -> Tick {
        self.last
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A tape from `count` events in bytes, each of which is looked at. The error comes with the
    /// number of the event, counted from 1.
    pub fn from_bytes(bytes: Vec<u8>, count: u64) -> Result<Tape, (u64, Damage)> {
        let mut reader = Events::new(&bytes);
        let mut read = 0;
        while read < count {
            match reader.step() {
                Ok(Some(_)) => read += 1,
                Ok(None) => return Err((read + 1, Damage::Short)),
                Err(damage) => return Err((read + 1, damage)),
            }
        }
        let (last, actor) = (reader.now, reader.actor);
        if !reader.reader.is_empty() {
            let left = format!("{} bytes", reader.reader.left());
            return Err((count, Damage::Extra(left)));
        }
        Ok(Tape {
            bytes,
            count,
            last,
            actor,
        })
    }

    /// The events from the first on.
    pub fn iter(&self) -> Events<'_> {
        Events::new(&self.bytes)
    }

    /// The events from a place on that [`Events::place`] gave for this tape.
    pub fn from_place(&self, place: Place) -> Events<'_> {
        Events {
            reader: Reader::new(self.bytes.get(place.offset..).unwrap_or_default()),
            now: place.now,
            actor: place.actor,
        }
    }
}

impl<'a> IntoIterator for &'a Tape {
    type Item = Stamped;
    type IntoIter = Events<'a>;
    fn into_iter(self) -> Events<'a> {
        self.iter()
    }
}

impl Extend<Stamped> for Tape {
    fn extend<T: IntoIterator<Item = Stamped>>(&mut self, events: T) {
        for Stamped { at, actor, event } in events {
            self.push(at, actor, &event);
        }
    }
}

/// A place between two events, to read on from later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    offset: usize,
    now: Tick,
    actor: Item,
}

/// Reads events from bytes.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    reader: Reader<'a>,
    now: Tick,
    actor: Item,
}

impl<'a> Events<'a> {
    fn new(bytes: &'a [u8]) -> Events<'a> {
        Events {
            reader: Reader::new(bytes),
            now: Tick::default(),
            actor: Item::default(),
        }
    }

    /// Where it is in the bytes of `tape`, whose events it reads.
    pub fn place(&self, tape: &Tape) -> Place {
        Place {
            offset: tape.bytes.len().saturating_sub(self.reader.left()),
            now: self.now,
            actor: self.actor,
        }
    }

    fn step(&mut self) -> Result<Option<Stamped>, Damage> {
        if self.reader.is_empty() {
            return Ok(None);
        }
        let passed = self.reader.number()?;
        let now = self.now.0.checked_add(passed);
        self.now = Tick(now.ok_or(Damage::Number)?);
        let code = self.reader.byte()?;
        if code & SAME_ACTOR == 0 {
            let actor = Item::decode(&mut self.reader)?;
            if actor == self.actor {
                return Err(Damage::Number);
            }
            self.actor = actor;
        }
        let event = Event::decode(code & !SAME_ACTOR, &mut self.reader)?;
        Ok(Some(Stamped {
            at: self.now,
            actor: self.actor,
            event,
        }))
    }
}

impl Iterator for Events<'_> {
    type Item = Stamped;
    /// Bytes of a tape have been looked at before, so nothing is wrong with them here.
    fn next(&mut self) -> Option<Stamped> {
        self.step().ok().flatten()
    }
}
