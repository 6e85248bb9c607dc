//! A range of words that is handed out in pieces, lowest first.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is free of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::kernel::portfolio::audio) struct Space {
    start: u32,
    end: u32,
    /// Length by start.
    free: BTreeMap<u32, u32>,
}

impl Space {
    pub(super) fn new(start: u32, end: u32) -> Space {
        Space {
            start,
            end,
            free: BTreeMap::from([(start, end - start)]),
        }
    }

    /// Whether every free piece lies in the range and behind the one before it.
    pub(super) fn is_sound(&self) -> bool {
        let mut at = self.start;
        let in_order = self.free.iter().all(|(&start, &len)| {
            let fits = start >= at && len <= self.end.saturating_sub(start);
            at = start.saturating_add(len);
            fits
        });
        in_order && self.start <= self.end && at <= self.end
    }

    /// Words in use.
    pub(super) fn used(&self) -> u32 {
        let free: u32 = self.free.values().sum();
        (self.end - self.start).saturating_sub(free)
    }

    /// The lowest free words that begin at a multiple of `align`.
    pub(super) fn take(&mut self, len: u32, align: u32) -> Option<u32> {
        let mut pieces = self.free.iter().map(|(&start, &room)| (start, room));
        let (start, room, at) = pieces.find_map(|(start, room)| {
            let at = start.checked_next_multiple_of(align)?;
            let need = (at - start).checked_add(len)?;
            (need <= room).then_some((start, room, at))
        })?;
        self.free.remove(&start);
        if at > start {
            self.free.insert(start, at - start);
        }
        let behind = at + len;
        if start + room > behind {
            self.free.insert(behind, start + room - behind);
        }
        Some(at)
    }

    /// Takes back what was handed out; what never was is not taken.
    pub(super) fn give(&mut self, start: u32, len: u32) {
        let Some(end) = start.checked_add(len).filter(|&end| end <= self.end) else {
            return;
        };
        let before = self.free.range(..=start).next_back();
        let before = before.map(|(&start, &len)| (start, start.saturating_add(len)));
        let overlaps = before.is_some_and(|(_, end)| end > start)
            || self.free.range(start..end).next().is_some();
        if start < self.start || len == 0 || overlaps {
            return;
        }
        let mut piece = (start, len);
        if let Some((before, _)) = before.filter(|&(_, end)| end == start) {
            self.free.remove(&before);
            piece = (before, end - before);
        }
        if let Some(after) = self.free.remove(&end) {
            piece.1 += after;
        }
        self.free.insert(piece.0, piece.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_merge_again() {
        let mut space = Space::new(8, 112);
        let places = [3, 1, 20, 5].map(|len| (space.take(len, 1).unwrap(), len));
        assert_eq!(places.map(|(at, _)| at), [8, 11, 12, 32]);
        assert_eq!(space.used(), 29);
        for n in [1, 3, 0, 2] {
            space.give(places[n].0, places[n].1);
        }
        assert_eq!(space, Space::new(8, 112));
    }

    #[test]
    fn what_was_never_handed_out_is_not_taken_back() {
        let mut space = Space::new(8, 112);
        space.take(10, 1);
        let before = space.clone();
        for (start, len) in [(0, 4), (17, 2), (110, 10), (u32::MAX, 2), (8, 0)] {
            space.give(start, len);
            assert_eq!(space, before);
        }
    }
}
