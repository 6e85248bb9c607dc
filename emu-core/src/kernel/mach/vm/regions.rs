//! What is noted of a task's pages: whose they are, what may be done.

use crate::kernel::mach::codes;
use crate::kernel::mach::memory_object::Source;
use crate::kernel::mach::records::VmProt;
use crate::mem::MEMORY_END;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `host_page_size`, in bytes.
pub const PAGE: u32 = 4096;

/// What a page of a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// Memory of the program's pool, to be given back.
    Owned,
    /// Somebody else's memory that the task sees: only the record goes.
    Mapped {
        /// Whose.
        source: Source,
        /// How often it is mapped: always at the same address.
        times: u32,
    },
}

/// What may be done with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Now.
    pub current: VmProt,
    /// At most.
    pub most: VmProt,
}

impl Default for Protection {
    fn default() -> Protection {
        Protection {
            current: VmProt::READ.union(VmProt::WRITE),
            most: VmProt::ALL_THREE,
        }
    }
}

/// A page of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Whose it is.
    pub page: Page,
    /// What may be done with it.
    pub protection: Protection,
}

/// The pages of a task, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regions(BTreeMap<u32, Region>);

/// The pages that a range touches: first address, and the first address behind.
pub fn pages(addr: u32, size: u32) -> Option<(u32, u32)> {
    let start = addr & !(PAGE - 1);
    let end = addr.checked_add(size)?.checked_next_multiple_of(PAGE)?;
    (end <= MEMORY_END).then_some((start, end))
}

impl Regions {
    /// Notes new memory of the task's own.
    pub fn own(&mut self, addr: u32, size: u32) {
        let region = Region {
            page: Page::Owned,
            protection: Protection::default(),
        };
        if let Some((start, end)) = pages(addr, size) {
            let all = (start..end).step_by(PAGE as usize);
            self.0.extend(all.map(|at| (at, region)));
        }
    }

    /// Notes that pages of a source are mapped, once more if they are already.
    pub fn map(
        &mut self,
        (start, end): (u32, u32),
        source: Source,
        protection: Protection,
    ) -> Result<(), i32> {
        let all = || (start..end).step_by(PAGE as usize);
        let fits = |at: u32| match self.0.get(&at).map(|region| region.page) {
            None => true,
            Some(Page::Owned) => false,
            Some(Page::Mapped { source: old, times }) => old == source && times < u32::MAX,
        };
        if !all().all(fits) {
            return Err(codes::KERN_NO_SPACE);
        }
        for at in all() {
            let page = Page::Mapped { source, times: 0 };
            let new = Region { page, protection };
            let region = self.0.entry(at).or_insert(new);
            region.protection = protection;
            if let Page::Mapped { times, .. } = &mut region.page {
                *times = times.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Forgets the pages in a range, one mapping of each; those that were the task's own.
    pub fn forget(&mut self, start: u32, end: u32) -> Vec<u32> {
        let touched: Vec<u32> = self.0.range(start..end).map(|(&at, _)| at).collect();
        let mut owned = Vec::new();
        for at in touched {
            match self.0.get_mut(&at).map(|region| &mut region.page) {
                Some(Page::Mapped { times, .. }) if *times > 1 => *times -= 1,
                Some(Page::Mapped { .. }) | None => {
                    self.0.remove(&at);
                }
                Some(Page::Owned) => {
                    self.0.remove(&at);
                    owned.push(at);
                }
            }
        }
        owned
    }

    /// The source that is mapped at an address.
    pub fn source_at(&self, addr: u32) -> Option<Source> {
        match self.0.get(&(addr & !(PAGE - 1)))?.page {
            Page::Owned => None,
            Page::Mapped { source, .. } => Some(source),
        }
    }

    /// Whether any page of a source is mapped.
    pub fn has_mapped(&self, source: Source) -> bool {
        let mut all = self.0.values().map(|region| region.page);
        all.any(|page| matches!(page, Page::Mapped { source: own, .. } if own == source))
    }

    /// Whether every page that a range touches is a region's.
    pub fn covers(&self, addr: u32, size: u32) -> bool {
        pages(addr, size).is_some_and(|(start, end)| {
            let mut all = (start..end).step_by(PAGE as usize);
            all.all(|at| self.0.contains_key(&at))
        })
    }

    /// Whether no region that a range touches is protected against this.
    pub fn allows(&self, addr: u32, size: u32, wanted: VmProt) -> bool {
        pages(addr, size).is_none_or(|(start, end)| {
            let mut touched = self.0.range(start..end);
            touched.all(|(_, region)| region.protection.current.contains(wanted))
        })
    }

    /// Sets what may be done with pages, or the most that may ever be; nothing if a page is none
    /// of the task's, or has less than that at most.
    pub fn protect(
        &mut self,
        addr: u32,
        size: u32,
        set_most: bool,
        wanted: VmProt,
    ) -> Result<(), i32> {
        let invalid = codes::KERN_INVALID_ADDRESS;
        if !self.covers(addr, size) {
            return Err(invalid);
        }
        let (start, end) = pages(addr, size).ok_or(invalid)?;
        let mut touched = self.0.range(start..end);
        if !touched.all(|(_, region)| region.protection.most.contains(wanted)) {
            return Err(codes::KERN_PROTECTION_FAILURE);
        }
        for (_, region) in self.0.range_mut(start..end) {
            let protection = &mut region.protection;
            if set_most {
                protection.most = wanted;
                protection.current &= wanted;
            } else {
                protection.current = wanted;
            }
        }
        Ok(())
    }

    /// Sets what may be done with pages that were made just now.
    pub fn set_protection(&mut self, addr: u32, size: u32, protection: Protection) {
        if let Some((start, end)) = pages(addr, size) {
            for (_, region) in self.0.range_mut(start..end) {
                region.protection = protection;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: VmProt = VmProt::READ.union(VmProt::WRITE);

    #[test]
    fn a_protection_is_bounded_by_the_most_there_may_be() {
        let mut regions = Regions::default();
        regions.own(0x10_0000, 2 * PAGE);
        let at = 0x10_0010;
        assert_eq!(regions.protect(at, 8, false, VmProt::READ), Ok(()));
        assert!(!regions.allows(at, 1, VmProt::WRITE));
        assert!(regions.allows(at + PAGE, 1, VmProt::WRITE), "another page");
        assert_eq!(regions.protect(at, 8, false, VmProt::ALL_THREE), Ok(()));
        assert_eq!(regions.protect(at, 2 * PAGE - 0x10, true, BOTH), Ok(()));
        assert!(regions.allows(at, 8, BOTH));
        assert!(
            !regions.allows(at, 8, VmProt::EXECUTE),
            "taken with the most"
        );
        let failed = Err(codes::KERN_PROTECTION_FAILURE);
        for set_most in [false, true] {
            let raised = regions.protect(at, 8, set_most, VmProt::ALL_THREE);
            assert_eq!(raised, failed);
        }
        let beyond = regions.protect(at, 2 * PAGE, false, VmProt::READ);
        assert_eq!(beyond, Err(codes::KERN_INVALID_ADDRESS));
        assert!(regions.allows(at, PAGE, BOTH), "nothing was changed");
    }

    #[test]
    fn a_page_goes_with_the_last_of_its_mappings() {
        let mut regions = Regions::default();
        let (at, size) = (0x4_0000, PAGE);
        let page = (at, at + size);
        for _ in 0..3 {
            let mapped = regions.map(page, Source::Test, Protection::default());
            assert_eq!(mapped, Ok(()));
        }
        let other = regions.map(page, Source::Time, Protection::default());
        assert_eq!(other, Err(codes::KERN_NO_SPACE));
        for _ in 0..3 {
            assert!(regions.covers(at, size) && regions.has_mapped(Source::Test));
            assert_eq!(regions.forget(at, at + size), []);
        }
        assert!(!regions.covers(at, size) && !regions.has_mapped(Source::Test));
        regions.own(at, size);
        let mapped = regions.map(page, Source::Test, Protection::default());
        assert_eq!(mapped, Err(codes::KERN_NO_SPACE), "memory of its own");
        assert_eq!(regions.forget(at, at + size), [at]);
    }

    #[test]
    fn ranges_out_of_memory_are_no_regions() {
        let mut regions = Regions::default();
        regions.own(MEMORY_END - PAGE, PAGE);
        for (addr, size) in [
            (MEMORY_END - PAGE, PAGE + 1),
            (MEMORY_END, 1),
            (u32::MAX, 1),
            (MEMORY_END - 1, u32::MAX),
        ] {
            assert!(!regions.covers(addr, size), "{addr:#x} {size:#x}");
        }
        assert!(regions.covers(MEMORY_END - 1, 1));
    }
}
