//! Pages, pools and free lists of guest memory.

use super::Portfolio;
use crate::mem::Memory;

impl Portfolio {
    /// Takes free pages from the top of the user DRAM pool for the kernel heap: at least `len`
    /// bytes, returned as start and length.
    pub(crate) fn take_kernel_pages(&mut self, _mem: &mut Memory, _len: u32) -> Option<(u32, u32)> {
        None
    }
}
