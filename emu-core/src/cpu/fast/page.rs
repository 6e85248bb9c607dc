//! The cache of lowered instructions.

use super::op::Op;

/// Bytes of guest memory a cache page covers: the grain of the machine's memory attributes.
const PAGE_BYTES: u32 = 512;
/// Words of a page.
pub(super) const PAGE_WORDS: usize = 128;
/// 4 MiB of guest memory without conflicts: more than the console has.
const SLOTS: usize = 8192;

/// The address of the page that contains `addr`.
pub(super) const fn base_of(addr: u32) -> u32 {
    addr & !(PAGE_BYTES - 1)
}

/// The word of its page that contains `addr`.
pub(super) const fn index_of(addr: u32) -> usize {
    (addr >> 2) as usize % PAGE_WORDS
}

/// The lowered instructions of 512 bytes.
pub(super) struct Page {
    pub base: u32,
    pub ops: [Op; PAGE_WORDS],
}

impl Page {
    fn new(base: u32) -> Box<Page> {
        Box::new(Page {
            base,
            ops: [Op::UNKNOWN; PAGE_WORDS],
        })
    }

    /// The address of word `index`; one past the end is the next page.
    pub fn address(&self, index: usize) -> u32 {
        self.base.wrapping_add(4 * index as u32)
    }

    /// The memory of a word changed. Breakpoints are found again when it is decoded again.
    fn forget(&mut self, addr: u32) {
        self.ops[index_of(addr)] = Op::UNKNOWN;
    }
}

/// Direct-mapped pages, tagged with their address.
///
/// The running page is taken out and put back, so that a store can reach the others.
#[derive(Default)]
pub(super) struct Pages {
    slots: Vec<Option<Box<Page>>>,
}

impl Pages {
    fn slot(addr: u32) -> usize {
        (addr / PAGE_BYTES) as usize % SLOTS
    }

    /// The page of `addr`, emptied if another one was in its place.
    #[inline(never)]
    pub fn take(&mut self, addr: u32) -> Box<Page> {
        match self.slots.get_mut(Pages::slot(addr)).map(Option::take) {
            Some(Some(page)) if page.base == base_of(addr) => page,
            _ => Page::new(base_of(addr)),
        }
    }

    /// Returns what [`Pages::take`] gave.
    #[inline]
    pub fn put(&mut self, page: Box<Page>) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let slot = Pages::slot(page.base);
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(page);
        }
    }

    /// The word at `addr` changed; `running` is the page taken out, if any.
    ///
    /// Only that word goes: data often lives next to code, and a store to it stays cheap.
    #[inline(never)]
    pub fn forget(&mut self, addr: u32, running: Option<&mut Page>) {
        match running {
            Some(page) if page.base == base_of(addr) => page.forget(addr),
            _ => {
                if let Some(Some(page)) = self.slots.get_mut(Pages::slot(addr))
                    && page.base == base_of(addr)
                {
                    page.forget(addr);
                }
            }
        }
    }

    /// Empties the cache.
    pub fn clear(&mut self) {
        self.slots.clear();
    }
}
