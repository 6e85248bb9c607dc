//! Memory as pages that many copies share, for a history of a machine.

use super::{MEMORY_END, Memory, plain};
use std::mem;
use std::sync::Arc;

/// Bytes in a page.
const PAGE: usize = 4096;

/// The content of memory at an instant. Pages that are the same as in another one are shared.
#[derive(Clone)]
pub struct SharedPages {
    pages: Vec<Arc<[u8; PAGE]>>,
    attr: Vec<u8>,
    low_load: Option<u32>,
}

impl SharedPages {
    /// The content of `memory`; what is as in `like` is shared with it.
    pub fn of(memory: &Memory, like: Option<&SharedPages>) -> SharedPages {
        let (pages, _) = memory.ram.as_chunks::<PAGE>();
        let old = |n: usize| like.and_then(|like| like.pages.get(n));
        let pages = pages.iter().enumerate().map(|(n, page)| match old(n) {
            Some(old) if **old == *page => Arc::clone(old),
            _ => Arc::new(*page),
        });
        SharedPages {
            pages: pages.collect(),
            attr: memory.attr.iter().map(|bits| plain(*bits)).collect(),
            low_load: memory.low_load,
        }
    }

    /// Memory with this content. Nothing in it is watched.
    pub fn to_memory(&self) -> Memory {
        let mut ram = Vec::with_capacity(MEMORY_END as usize);
        for page in &self.pages {
            ram.extend_from_slice(&page[..]);
        }
        Memory {
            ram,
            attr: self.attr.clone(),
            low_load: self.low_load,
            ..Memory::hollow()
        }
    }

    /// Bytes that this one takes beside another.
    pub fn bytes_beside(&self, other: Option<&SharedPages>) -> usize {
        let is_shared = |(n, page): &(usize, &Arc<_>)| {
            let other = other.and_then(|other| other.pages.get(*n));
            other.is_some_and(|other| Arc::ptr_eq(other, page))
        };
        let shared = self.pages.iter().enumerate().filter(is_shared).count();
        (self.pages.len() - shared) * PAGE + self.attr.len() + self.pages.len() * 8
    }
}

impl Memory {
    /// Takes the memory away and leaves nothing.
    pub(crate) fn take(&mut self) -> Memory {
        mem::replace(self, Memory::hollow())
    }
}
