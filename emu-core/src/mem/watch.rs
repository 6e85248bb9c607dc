//! Which parts of memory somebody watches, and what happened there.

use super::{ATTR_SHIFT, HIDDEN, LOADS, MEMORY_END, Memory, READ, WATCH, unwatched};

/// Bytes `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The first byte.
    pub start: u32,
    /// The first byte after.
    pub end: u32,
}

impl Range {
    /// `len` bytes from `start`, or fewer at the end of the address space.
    pub fn new(start: u32, len: u32) -> Range {
        Range {
            start,
            end: start.saturating_add(len),
        }
    }

    /// Whether both have a byte in common.
    pub fn meets(self, other: Range) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Accesses that are kept until somebody asks: a run stops long before.
const MOST: usize = 64;

/// An access to a watched part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// What was read or written.
    pub range: Range,
    /// The number of the device, if one did it inside a call.
    pub device: Option<u8>,
    /// Whether it was read.
    pub is_load: bool,
}

/// The watched parts and what happened to them. An observer's, never part of the machine's state.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    stores: Vec<Range>,
    loads: Vec<Range>,
    seen: Vec<Access>,
}

impl Watch {
    /// Something near is written: kept if it is watched.
    #[cold]
    pub fn note(&mut self, start: u32, end: u32) {
        let range = Range { start, end };
        if self.stores.iter().any(|watched| watched.meets(range)) {
            self.keep(range, false);
        }
    }

    fn keep(&mut self, range: Range, is_load: bool) {
        if self.seen.len() < MOST {
            self.seen.push(Access {
                range,
                device: None,
                is_load,
            });
        }
    }

    /// Whether something watched was touched.
    pub fn has_hit(&self) -> bool {
        !self.seen.is_empty()
    }
}

impl Memory {
    /// Watches writes to these parts of memory from now on, and to no others; and loads that
    /// instructions make from those.
    pub fn watch(&mut self, stores: &[Range], loads: &[Range]) {
        for attr in &mut self.attr {
            *attr = unwatched(*attr);
        }
        for range in stores {
            for attr in self.attributes_mut(*range) {
                *attr |= WATCH;
            }
        }
        for range in loads {
            for attr in self.attributes_mut(*range) {
                let hidden = if *attr & READ != 0 { HIDDEN } else { 0 };
                *attr = *attr & !READ | LOADS | hidden;
            }
        }
        self.watch = Watch {
            stores: stores.to_vec(),
            loads: loads.to_vec(),
            seen: Vec::new(),
        };
    }

    fn attributes_mut(&mut self, range: Range) -> impl Iterator<Item = &mut u8> {
        let end = range.end.min(MEMORY_END).div_ceil(1 << ATTR_SHIFT);
        let blocks = (range.start >> ATTR_SHIFT) as usize..end as usize;
        self.attr.get_mut(blocks).into_iter().flatten()
    }

    /// An instruction loads from here: kept if it is watched. Whether loads from near are.
    #[cold]
    pub(super) fn note_load(&mut self, addr: u32, len: u32) -> bool {
        let is_near = self.attr_of(addr) & LOADS != 0;
        let range = Range::new(addr, len);
        if is_near && self.watch.loads.iter().any(|watched| watched.meets(range)) {
            self.watch.keep(range, true);
        }
        is_near
    }

    /// Whether a watched part was touched since that was last asked for.
    #[inline]
    pub fn has_watched_accesses(&self) -> bool {
        self.watch.has_hit()
    }

    /// A device has been at work inside a call: what was written since was written by it.
    #[inline]
    pub fn attribute_writes(&mut self, device: u8) {
        for access in &mut self.watch.seen {
            access.device.get_or_insert(device);
        }
    }

    /// What happened to watched parts since the last call.
    pub fn take_watched_accesses(&mut self) -> Vec<Access> {
        std::mem::take(&mut self.watch.seen)
    }
}
