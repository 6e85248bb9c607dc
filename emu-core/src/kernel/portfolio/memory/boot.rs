//! What memory there is, and who has it at first.

use super::Portfolio;
use super::pages::{BITS_SIZE, KINDS, bit, init_list, set_bit};
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::{KernelBase, List, MemHdr, MemList, Node, node_type};
use crate::mem::{DRAM_SIZE, GuestPtr, GuestType, MEMORY_END, Memory, USER_DRAM, USER_VRAM};

/// The name of lists that were made without one.
const DEFAULT_LIST_NAME: &[u8] = b"unnamed list\0";

/// One kind of memory as it is at boot.
pub(super) struct Kind {
    types: u32,
    pub base: u32,
    pub top: u32,
    /// Pages inside are free at first.
    free: (u32, u32),
    pub page_shift: u8,
    pub vram_page_shift: u8,
}

pub(super) const ALL: [Kind; KINDS] = [
    Kind {
        types: 0x003E_0000,
        base: 0,
        top: DRAM_SIZE,
        free: USER_DRAM,
        page_shift: 15,
        vram_page_shift: 15,
    },
    // The kernel's 4 KiB at the top make the whole last page the kernel's.
    Kind {
        types: 0x5037_0000,
        base: DRAM_SIZE,
        top: MEMORY_END,
        free: USER_VRAM,
        page_shift: 14,
        vram_page_shift: 11,
    },
];

impl Portfolio {
    /// Builds headers, page bits and the kernel's own pools. `kernel_base` must be set.
    pub(crate) fn boot_memory(&mut self, mem: &mut Memory) -> Result<(), Status> {
        let name = self.heap_alloc(mem, DEFAULT_LIST_NAME.len() as u32)?;
        if let Some(bytes) = mem.bytes_mut(name, DEFAULT_LIST_NAME.len() as u32) {
            bytes.copy_from_slice(DEFAULT_LIST_NAME);
        }
        let headers = GuestPtr::<List>::new(self.heap_alloc(mem, List::SIZE)?);
        init_list(mem, headers, name);
        for kind in &ALL {
            self.boot_header(mem, headers, kind)?;
        }
        mem.poke(self.kernel_base.at(KernelBase::kb_MemHdrList), headers);
        let own = self.new_task_memory(mem)?;
        for (meml, header) in self.pools_of(mem, own) {
            let bits = mem.peek(meml.at(MemList::meml_OwnBits));
            for n in header.pages(header.base, header.top) {
                let free = bit(mem, header.free, n);
                set_bit(mem, bits, n, !free);
            }
        }
        mem.poke(self.kernel_base.at(KernelBase::kb_MemFreeLists), own);
        Ok(())
    }

    fn boot_header(
        &mut self,
        mem: &mut Memory,
        headers: GuestPtr<List>,
        kind: &Kind,
    ) -> Result<(), Status> {
        let at = GuestPtr::<MemHdr>::new(self.heap_alloc(mem, MemHdr::SIZE)?);
        let free = GuestPtr::<u32>::new(self.heap_alloc(mem, BITS_SIZE)?);
        let node: GuestPtr<Node> = at.cast();
        mem.poke(node.at(Node::n_SubsysType), 1);
        mem.poke(node.at(Node::n_Type), node_type::MEMHDRNODE);
        mem.poke(node.at(Node::n_Size), MemHdr::SIZE as i32);
        mem.poke(at.at(MemHdr::memh_Types), kind.types);
        let (page, vram_page) = (1 << kind.page_shift, 1 << kind.vram_page_shift);
        mem.poke(at.at(MemHdr::memh_PageSize), page);
        // The masks of offsets inside a page; their sense is inferred.
        mem.poke(at.at(MemHdr::memh_PageMask), page - 1);
        mem.poke(at.at(MemHdr::memh_VRAMPageSize), vram_page);
        mem.poke(at.at(MemHdr::memh_VRAMPageMask), vram_page - 1);
        mem.poke(at.at(MemHdr::memh_FreePageBits), free);
        mem.poke(at.at(MemHdr::memh_MemBase), kind.base);
        mem.poke(at.at(MemHdr::memh_MemTop), kind.top);
        mem.poke(at.at(MemHdr::memh_FreePageBitsSize), (BITS_SIZE / 4) as u8);
        mem.poke(at.at(MemHdr::memh_PageShift), kind.page_shift);
        mem.poke(at.at(MemHdr::memh_VRAMPageShift), kind.vram_page_shift);
        let first = (kind.free.0 - kind.base).div_ceil(page);
        for n in first..(kind.free.1 - kind.base) / page {
            set_bit(mem, free, n, true);
        }
        let _ = Links::kernel(mem).add_tail(headers, node);
        Ok(())
    }
}
