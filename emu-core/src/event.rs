//! The event queue: what is due when, as plain data.
//!
//! Equal times are ordered by a fixed rank per source (device sheet section 9), then by
//! insertion, so the order never depends on how another device schedules itself.

use crate::device::DeviceId;
use crate::time::Tick;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is told when an event is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Target {
    /// The board: vertical blank number `data`.
    Field,
    /// A device of the board.
    Device(DeviceId),
    /// The kernel: work it has put off.
    Kernel,
    /// The machine: somebody outside does input number `data`.
    Input,
    /// The bus: what was held back as number `data` may be heard.
    Held,
}

/// Order among events due at the same tick: lower goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank(pub u8);

impl Rank {
    /// Vertical blank.
    pub const FIELD: Rank = Rank(0);
    /// SPORT copies.
    pub const SPORT: Rank = Rank(1);
    /// The 16-microsecond boundary of the timer.
    pub const CLOCK_STEP: Rank = Rank(2);
    /// CD-ROM.
    pub const CDROM: Rank = Rank(3);
    /// Files.
    pub const FILES: Rank = Rank(4);
    /// Audio time.
    pub const AUDIO: Rank = Rank(5);
    /// Input.
    pub const INPUT: Rank = Rank(6);
    /// What was held back.
    pub const HELD: Rank = Rank(7);
}

/// Something due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it was due; handlers re-arm from here, never from "now".
    pub at: Tick,
    /// Who is told.
    pub target: Target,
    /// Which of the target's events.
    pub tag: u16,
    /// What the target noted.
    pub data: u64,
}

/// Names a scheduled event so that it can be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventId {
    at: Tick,
    rank: Rank,
    seq: u64,
}

/// Everything due, in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EventQueue {
    due: BTreeMap<(Tick, Rank, u64), Event>,
    next_seq: u64,
}

impl EventQueue {
    /// Notes an event.
    pub fn schedule(&mut self, rank: Rank, event: Event) -> EventId {
        let seq = self.next_seq;
        self.next_seq += 1;
        self.due.insert((event.at, rank, seq), event);
        EventId {
            at: event.at,
            rank,
            seq,
        }
    }

    /// Removes an event; false when it is gone already.
    pub fn cancel(&mut self, id: EventId) -> bool {
        self.due.remove(&(id.at, id.rank, id.seq)).is_some()
    }

    /// When the next event is due.
    pub fn next_tick(&self) -> Tick {
        match self.due.first_key_value() {
            Some((&(at, _, _), _)) => at,
            None => Tick::NEVER,
        }
    }

    /// Takes the next event that is due at `now`.
    pub fn pop_due(&mut self, now: Tick) -> Option<Event> {
        if self.next_tick() > now {
            return None;
        }
        self.due.pop_first().map(|(_, event)| event)
    }

    /// Whether a queue from a file fits the clock: nothing long overdue, and of the vertical
    /// blanks exactly number `field`, at `field_at`.
    pub(crate) fn is_sound(&self, now: Tick, field: u64, field_at: Tick) -> bool {
        let fits = |(&(at, _, seq), event): (&(Tick, Rank, u64), &Event)| {
            at == event.at && !at.is_long_before(now) && seq < self.next_seq
        };
        let mut fields = self
            .due
            .values()
            .filter(|event| event.target == Target::Field);
        let the_field = fields.next();
        self.next_seq <= u64::MAX / 2
            && self.due.iter().all(fits)
            && the_field.is_some_and(|event| event.data == field && event.at == field_at)
            && fields.next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_go_by_rank_then_by_insertion() {
        let mut queue = EventQueue::default();
        let event = |at, tag| Event {
            at: Tick(at),
            target: Target::Field,
            tag,
            data: 0,
        };
        queue.schedule(Rank::CDROM, event(5, 1));
        queue.schedule(Rank::CLOCK_STEP, event(5, 2));
        queue.schedule(Rank::CLOCK_STEP, event(5, 3));
        let cancelled = queue.schedule(Rank::FIELD, event(5, 4));
        queue.schedule(Rank::INPUT, event(4, 5));
        assert!(queue.cancel(cancelled));
        assert!(!queue.cancel(cancelled));
        assert_eq!(queue.pop_due(Tick(3)), None);
        let order: Vec<u16> = std::iter::from_fn(|| queue.pop_due(Tick(9)))
            .map(|event| event.tag)
            .collect();
        assert_eq!(order, [5, 2, 3, 1]);
    }
}
