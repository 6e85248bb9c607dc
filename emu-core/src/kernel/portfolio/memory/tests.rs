//! What programs see of memory.

use super::pools::{Access, Pool};
use super::{CALLS, memtype};
use crate::device::ReqId;
use crate::kernel::abi::{Fault, Trouble};
use crate::kernel::call::{Entry, Flow};
use crate::kernel::portfolio::errors::{BAD_MEM_CMD, BADITEM, BADPTR};
use crate::kernel::portfolio::io::Pending;
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::rig::Rig;
use crate::kernel::portfolio::structs::{
    IOBuf, IOInfo, IOReq, KernelBase, List, MemHdr, MemList, Node, node_type,
};
use crate::kernel::portfolio::wait::Wait;
use crate::mem::{GuestPtr, GuestType};

pub(super) const DRAM: u32 = memtype::DRAM;
pub(super) const VRAM: u32 = memtype::VRAM;
/// Free memory at boot.
pub(super) const FREE: (u32, u32) = (53 * 0x8000, 63 * 0x4000);

impl Rig {
    pub(super) fn alloc(&mut self, size: i32, flags: u32) -> u32 {
        self.vec(CALLS, 7, &[self.lists.addr(), size as u32, flags])
    }

    pub(super) fn free(&mut self, p: u32, size: i32) {
        self.vec(CALLS, 8, &[self.lists.addr(), p, size as u32]);
    }

    fn control(&mut self, arguments: [u32; 4]) -> Result<u32, Trouble> {
        let reply = self.call(CALLS, Entry::Swi(20), &arguments)?;
        Ok(reply.result.unwrap())
    }

    /// What AvailMem would find: free pages of the system and free bytes of the program's pools.
    pub(super) fn avail(&self) -> [(u32, u32); 2] {
        let pools = self.k.pools_of(&self.mem, self.lists);
        let both: Vec<(u32, u32)> = pools
            .into_iter()
            .map(|pair| {
                let free = pair.1.free_bytes(&self.mem);
                let pool = Pool::of_kernel(&self.mem, self.lists, pair, Access::Kernel);
                (free, pool.blocks(&self.mem).map(|block| block.len).sum())
            })
            .collect();
        [both[0], both[1]]
    }

    pub(super) fn warnings(&self) -> usize {
        self.sink.records.len()
    }

    /// The first free block of the DRAM pool.
    fn first_block(&self) -> u32 {
        let (meml, _) = self.k.pools_of(&self.mem, self.lists)[0];
        let list = self.mem.peek(meml.at(MemList::meml_l));
        self.mem.peek(list.at(List::ListAnchor_head)).addr()
    }
}

#[test]
fn headers_describe_the_machine() {
    let rig = Rig::new();
    let list = rig
        .mem
        .peek(rig.k.kernel_base.at(KernelBase::kb_MemHdrList));
    let dram = rig.mem.peek(list.at(List::ListAnchor_head));
    let vram = rig.mem.peek(dram.at(Node::n_Next));
    let word = |header: GuestPtr<Node>, field| rig.mem.peek(header.cast::<MemHdr>().at(field));
    assert_eq!(word(dram, MemHdr::memh_Types), 0x003E_0000);
    assert_eq!(word(vram, MemHdr::memh_Types), 0x5037_0000);
    assert_eq!(word(dram, MemHdr::memh_PageSize), 0x8000);
    assert_eq!(word(vram, MemHdr::memh_PageSize), 0x4000);
    assert_eq!(word(vram, MemHdr::memh_VRAMPageSize), 0x800);
    let bits = rig
        .mem
        .peek(dram.cast::<MemHdr>().at(MemHdr::memh_FreePageBits));
    assert_eq!(rig.mem.peek(bits), 0x007F_FFFF);
    assert_eq!(rig.mem.peek(bits.index(1)), 0xFFFF_FFFC);
    let bits = rig
        .mem
        .peek(vram.cast::<MemHdr>().at(MemHdr::memh_FreePageBits));
    assert_eq!(rig.mem.peek(bits), 0xFFFF_FFFF);
    assert_eq!(rig.mem.peek(bits.index(1)), 0xFFFF_FFFE);
    assert_eq!(rig.avail(), [(FREE.0, 0), (FREE.1, 0)]);
}

#[test]
fn page_sizes() {
    let mut rig = Rig::new();
    let mut size = |flags| rig.vec(CALLS, 15, &[flags]);
    assert_eq!(size(0), 32768);
    assert_eq!(size(DRAM), 32768);
    assert_eq!(size(VRAM), 2048);
    assert_eq!(size(0x5001_0000), 2048);
    assert_eq!(size(VRAM | memtype::SYSTEMPAGESIZE), 16384);
    assert_eq!(size(0x6001_0000), 0);
    assert_eq!(rig.vec(CALLS, 39, &[0]), 16);
}

#[test]
fn find_mh() {
    let mut rig = Rig::new();
    let dram = rig.vec(CALLS, 25, &[0x10]);
    let vram = rig.vec(CALLS, 25, &[0x2F_FFFF]);
    assert_eq!(rig.mem.word(dram + 0x14), 0x003E_0000);
    assert_eq!(rig.mem.word(vram + 0x14), 0x5037_0000);
    assert_eq!(rig.vec(CALLS, 25, &[0x30_0000]), 0);
}

/// Check 41, and where the memory comes from.
#[test]
fn the_first_word_is_the_rounded_size() {
    let mut rig = Rig::new();
    let p = rig.alloc(100, 0);
    assert_eq!(p, 0x48000);
    assert_eq!(rig.mem.word(p), 112);
    assert_eq!(rig.avail()[0], (FREE.0 - 0x8000, 0x8000 - 112));
    let q = rig.alloc(32, memtype::FILL | 0xAB);
    assert_eq!(q, p + 112);
    assert_eq!(rig.mem.bytes(q, 32).unwrap(), [0xAB; 32]);
    rig.free(p, 100);
    rig.free(q, 32);
    assert_eq!(rig.avail()[0], (FREE.0 - 0x8000, 0x8000));
    assert_eq!(rig.vec(CALLS, 11, &[]), 0x8000);
    assert_eq!(rig.avail()[0], (FREE.0, 0));
    assert!(rig.mem.check_writable(p, 4).is_err());
}

#[test]
fn nothing_for_nothing() {
    let mut rig = Rig::new();
    for size in [0, -1, i32::MIN, i32::MAX, 0x20_0000] {
        assert_eq!(rig.alloc(size, DRAM), 0, "{size}");
    }
    assert_eq!(rig.alloc(16, memtype::MYPOOL), 0);
    assert_eq!(rig.alloc(0x801, VRAM | memtype::INPAGE), 0);
    assert_eq!(rig.alloc(16, 0x6001_0000), 0);
    rig.free(0, 16);
    rig.free(0x48000, 0);
    assert_eq!(rig.warnings(), 0);
    // Dram used up: the next pool answers.
    assert_ne!(rig.alloc(FREE.0 as i32, 0), 0);
    assert_eq!(rig.alloc(16, 0), 0x20_0000);
    assert_eq!(rig.alloc(16, DRAM), 0);
}

/// Check 42, and the other page rules.
#[test]
fn pages_are_respected() {
    let mut rig = Rig::new();
    rig.alloc(16, VRAM);
    let p = rig.alloc(100, VRAM | memtype::STARTPAGE);
    assert_eq!(p, 0x20_0800);
    let q = rig.alloc(100, VRAM | memtype::STARTPAGE | memtype::SYSTEMPAGESIZE);
    assert_eq!(q % 0x4000, 0);
    // 0x200010..0x200800 and 0x200870... are free: 0x7A0 bytes do not cross in the first.
    let r = rig.alloc(0x7A0, VRAM | memtype::INPAGE);
    assert_eq!(r, 0x20_0010);
    let s = rig.alloc(0x7A0, VRAM | memtype::INPAGE);
    assert_eq!(s, 0x20_1000);
    let t = rig.alloc(0x7A0, VRAM | memtype::INPAGE | memtype::FROMTOP);
    assert_eq!(t, 0x20_8000 - 0x7A0);
    let u = rig.alloc(0x80, VRAM | memtype::INPAGE | memtype::FROMTOP);
    assert_eq!(u / 0x800, (u + 0x7F) / 0x800);
    let v = rig.alloc(0x40, VRAM | memtype::STARTPAGE | memtype::FROMTOP);
    assert_eq!(v % 0x800, 0);
    assert!(v > u - 0x1000);
    let w = rig.alloc(16, DRAM | memtype::FROMTOP);
    assert_eq!(w, 0x50000 - 16);
}

/// Check 43.
#[test]
fn tracked_sizes() {
    let mut rig = Rig::new();
    let p = rig.alloc(100, memtype::TRACKSIZE);
    assert_eq!(p % 16, 4);
    assert_eq!(rig.vec(CALLS, 40, &[p]), 100);
    let q = rig.alloc(5000, VRAM | memtype::TRACKSIZE | memtype::STARTPAGE);
    assert_eq!(q % 2048, 0);
    assert_eq!(rig.vec(CALLS, 40, &[q]), 5000);
    assert_eq!(rig.vec(CALLS, 40, &[q + 16]), 0);
    rig.free(p, -1);
    rig.free(q, -7);
    assert_eq!(
        rig.avail(),
        [(FREE.0 - 0x8000, 0x8000), (FREE.1 - 0x4000, 0x4000)]
    );
    assert_eq!(rig.vec(CALLS, 40, &[q]), 0);
    rig.free(q, -1);
    assert_eq!(rig.warnings(), 1);
}

#[test]
fn wrong_ranges_change_nothing() {
    let mut rig = Rig::new();
    let p = rig.alloc(64, 0);
    let before = rig.avail();
    rig.free(p + 64, 16);
    rig.free(p, 0x100);
    rig.free(0x1F_0000, 64);
    rig.free(0x60000, 64);
    rig.free(0x30_0000, 64);
    rig.free(p, i32::MAX);
    assert_eq!(rig.warnings(), 6);
    assert_eq!(rig.avail(), before);
    rig.free(p, 64);
    rig.free(p, 64);
    assert_eq!(rig.warnings(), 7);
}

#[test]
fn a_damaged_list_is_survived() {
    for (offset, value) in [
        (0, 0x48000),
        (0, 0x1000),
        (0, 0xFFFF_FFF0),
        (0, 0),
        (12, 0),
        (12, 0x7FFF_FFF0),
        (12, 0xFFFF_FFF0),
        (12, 17),
    ] {
        let mut rig = Rig::new();
        rig.alloc(16, 0);
        let block = rig.first_block();
        rig.mem.set_word(block + offset, value);
        let kernel = rig.mem.bytes(0, 0x48000).unwrap().to_vec();
        let p = rig.alloc(64, DRAM);
        assert!(p == 0 || rig.mem.check_writable(p, 64).is_ok());
        rig.free(0x48000, 16);
        rig.vec(CALLS, 11, &[]);
        let words = rig.mem.bytes(0, 0x48000).unwrap();
        let changed = words.iter().zip(&kernel).filter(|(a, b)| a != b).count();
        // Page bits and list heads only.
        assert!(
            changed < 64,
            "{offset} {value:#x}: {changed} bytes of the kernel changed"
        );
    }
}

#[test]
fn the_kernels_pools_are_not_the_programs() {
    let mut rig = Rig::new();
    let kernel = rig
        .mem
        .peek(rig.k.kernel_base.at(KernelBase::kb_MemFreeLists));
    assert_eq!(rig.vec(CALLS, 7, &[kernel.addr(), 16, 0]), 0);
    rig.vec(CALLS, 8, &[kernel.addr(), 0x8000, 16]);
    let wild = rig.call(CALLS, Entry::Vector(7), &[0x30_0000, 16, 0]);
    assert!(matches!(wild, Err(Trouble::Fault(Fault::Access(_)))));
    assert_eq!(rig.vec(CALLS, 26, &[0x8000, 16, 0]), 0);
}

#[test]
fn private_pools() {
    let mut rig = Rig::new();
    let buffer = rig.alloc(0x1000, 0);
    let before = rig.avail();
    let pool = rig.vec(CALLS, 28, &[buffer, 0]);
    assert_ne!(pool, 0);
    assert_eq!(rig.vec(CALLS, 26, &[pool, 16, 0]), 0);
    rig.vec(CALLS, 27, &[pool, buffer, 0x1000]);
    let p = rig.vec(CALLS, 26, &[pool, 100, 0]);
    assert_eq!((p, rig.mem.word(p)), (buffer, 112));
    let tracked = memtype::TRACKSIZE | memtype::STARTPAGE;
    assert_eq!(rig.vec(CALLS, 26, &[pool, 0x800, tracked]), 0);
    rig.vec(CALLS, 27, &[pool, p, 100]);
    assert_eq!(rig.vec(CALLS, 26, &[pool, 0x1000, 0]), buffer);
    assert_eq!(rig.vec(CALLS, 26, &[pool, 16, 0]), 0);
    rig.vec(CALLS, 29, &[pool]);
    assert_eq!(rig.avail(), before);
    assert_eq!(rig.vec(CALLS, 28, &[0x30_0000, 0]), 0);
    let foreign = rig.call(CALLS, Entry::Vector(27), &[pool, 0x9000, 64]);
    assert!(foreign.is_ok());
}

#[test]
fn blocks_are_pages() {
    let mut rig = Rig::new();
    let mut blocks = |size: u32, flags| {
        let reply = rig.call(CALLS, Entry::Swi(13), &[size, flags]);
        reply.unwrap().result.unwrap()
    };
    let mine = blocks(100, VRAM | memtype::TASKMEM);
    let kernels = blocks(0x8001, 0);
    assert_eq!((mine, kernels), (0x20_0000, 0x48000));
    assert_eq!(blocks(u32::MAX, 0), 0);
    assert_eq!(rig.mem.word(mine), 0x4000);
    assert_eq!(rig.mem.word(kernels), 0x10000);
    assert!(rig.mem.check_writable(mine, 0x4000).is_ok());
    assert!(rig.mem.check_writable(kernels, 4).is_err());
}

#[test]
fn control_mem() {
    let mut rig = Rig::new();
    let other = rig.program("other");
    let main = rig.k.current.unwrap();
    let (main, other) = (main.0 as u32, other.0 as u32);
    let p = rig.alloc(0x8000, 0);
    let error = |status| Err(Trouble::Error(status));
    assert_eq!(rig.control([p, 0, 9, 0]), Ok(0));
    assert_eq!(rig.control([0x8000, 4, 1, 0]), error(BADPTR));
    assert_eq!(rig.control([p, 0x8001, 1, 0]), error(BADPTR));
    assert_eq!(rig.control([0x30_0000, 4, 1, 0]), error(BADPTR));
    assert_eq!(rig.control([p, 4, 1, 999]), error(BADITEM));
    assert_eq!(rig.control([p, 4, 2, 0]), error(BAD_MEM_CMD));
    assert_eq!(rig.control([p, 4, 5, 0]), error(BAD_MEM_CMD));
    assert_eq!(rig.control([p, 4, 1, main]), Ok(0));
    assert_eq!(rig.vec(CALLS, 43, &[p, 4]), 0);
    assert_eq!(rig.control([p, 4, 2, main]), Ok(0));
    assert_eq!(rig.vec(CALLS, 43, &[p, 4]), 1);
    // Another program may write, then everybody may not.
    assert_eq!(rig.control([p, 4, 2, other]), Ok(0));
    rig.switch_to(Item(other as i32));
    assert_eq!(rig.vec(CALLS, 43, &[p, 4]), 1);
    rig.switch_to(Item(main as i32));
    assert_eq!(rig.control([p, 4, 1, 0]), Ok(0));
    assert_eq!(rig.vec(CALLS, 43, &[p, 4]), 0);
    // Given away: not the caller's any more, the receiver can free and give it back.
    assert_eq!(rig.control([p, 4, 3, other]), Ok(0));
    assert_eq!(rig.control([p, 4, 2, main]), error(BADPTR));
    rig.switch_to(Item(other as i32));
    rig.free(p, 0x8000);
    assert_eq!(rig.avail()[0], (FREE.0 - 0x8000, 0x8000));
    assert_eq!(rig.control([p, 4, 3, 0]), Ok(0));
    assert_eq!(rig.avail()[0], (FREE.0, 0));
}

/// Pages that a device still writes into are neither given away nor scavenged.
#[test]
fn requests_keep_their_pages() {
    let mut rig = Rig::new();
    let new = NewItem {
        subsystem: 1,
        kind: node_type::IOREQNODE,
        size: IOReq::SIZE,
        ..NewItem::default()
    };
    let ior = rig.k.new_item(&mut rig.mem, &new).unwrap();
    let request = rig.k.item_of::<IOReq>(&rig.mem, ior, node_type::IOREQNODE);
    let recv = request.unwrap().at(IOReq::io_Info).at(IOInfo::ioi_Recv);
    let p = rig.alloc(0x8000, 0);
    rig.mem.poke(recv.at(IOBuf::iob_Buffer), p + 100);
    rig.mem.poke(recv.at(IOBuf::iob_Len), 4);
    rig.k.pending.insert(ReqId(0), Pending::Request(ior));
    let give = [p, 4, 3, 0];
    let wait = match rig.flow(CALLS, Entry::Swi(20), &give) {
        Ok(Flow::Block(wait)) => wait,
        _ => panic!("it does not wait"),
    };
    let (start, end, task) = (p, p + 0x8000, Item::NONE);
    let expected = Wait::PagesQuiet {
        start,
        end,
        command: 3,
        task,
    };
    assert_eq!(wait, expected);
    rig.free(p, 0x8000);
    assert_eq!(rig.vec(CALLS, 11, &[]), 0);
    rig.k.pending.clear();
    assert!(rig.k.requests_into(&rig.mem, start, end).is_empty());
    rig.k
        .finish_control_mem(&mut rig.mem, start, end, 3, task)
        .unwrap();
    assert_eq!(rig.avail()[0], (FREE.0, 0));
}

#[test]
fn address_checks() {
    let mut rig = Rig::new();
    let p = rig.alloc(16, 0);
    for (start, len, readable, writable) in [
        (0, 0, 1, 0),
        (0x1FF, 1, 0, 0),
        (0x200, 4, 1, 0),
        (0x2F_FFFC, 4, 1, 0),
        (0x2F_FFFC, 5, 0, 0),
        (0xFFFF_FFFF, 2, 0, 0),
        (p, 0x8000, 1, 1),
        (p, 0x8001, 1, 0),
        (p, 0xFFFF_FFFF, 0, 0),
    ] {
        assert_eq!(
            rig.vec(CALLS, 42, &[start, len]),
            readable,
            "{start:#x} {len:#x}"
        );
        assert_eq!(
            rig.vec(CALLS, 43, &[start, len]),
            writable,
            "{start:#x} {len:#x}"
        );
    }
}

/// Check 11.
#[test]
fn block_copies_overlap_safely() {
    let mut rig = Rig::new();
    let p = rig.alloc(64, 0);
    for (n, byte) in rig.mem.bytes_mut(p, 8).unwrap().iter_mut().enumerate() {
        *byte = n as u8;
    }
    assert_eq!(rig.vec(CALLS, 14, &[p + 2, p, 8]), p + 2);
    assert_eq!(
        rig.mem.bytes(p, 10).unwrap(),
        [0, 1, 0, 1, 2, 3, 4, 5, 6, 7]
    );
    rig.vec(CALLS, 14, &[p, p + 2, 8]);
    assert_eq!(rig.mem.bytes(p, 8).unwrap(), [0, 1, 2, 3, 4, 5, 6, 7]);
    rig.vec(CALLS, 13, &[p, 0x1FF, 3]);
    assert_eq!(rig.mem.bytes(p, 4).unwrap(), [255, 255, 255, 3]);
    rig.vec(CALLS, 14, &[p, 0, 4]);
    assert_eq!(rig.mem.word(p), 0);
    for wild in [
        [0x8000, p, 4],
        [p, 0x30_0000, 4],
        [p, p, u32::MAX],
        [0, p, 4],
    ] {
        let fault = rig.call(CALLS, Entry::Vector(14), &wild);
        assert!(matches!(fault, Err(Trouble::Fault(_))));
    }
    assert_eq!(rig.vec(CALLS, 14, &[0, 0, 0]), 0);
}

#[test]
fn divisions() {
    let mut rig = Rig::new();
    let mut divide = |n, arguments: &[u32]| {
        let reply = rig.call(CALLS, Entry::Vector(n), arguments).unwrap();
        (reply.result.unwrap() as i32, reply.second.unwrap() as i32)
    };
    let minus = |n: i32| -n as u32;
    assert_eq!(divide(33, &[3, minus(7)]), (-2, -1));
    assert_eq!(divide(33, &[minus(3), 7]), (-2, 1));
    assert_eq!(divide(33, &[minus(1), 0x8000_0000]), (i32::MIN, 0));
    assert_eq!(divide(34, &[3, minus(7)]), (0x5555_5553, 0));
    assert_eq!(divide(35, &[minus(23)]), (-2, -3));
    assert_eq!(divide(36, &[23]), (2, 3));
    assert_eq!(divide(33, &[0, 9]), (0, 9));
    assert_eq!(divide(34, &[0, 9]), (0, 9));
    assert_eq!(rig.warnings(), 2);
    assert_eq!(rig.vec(CALLS, 18, &[33]), 2);
}

#[test]
fn kernel_takes_from_the_top_and_programs_from_the_bottom() {
    let mut rig = Rig::new();
    assert_eq!(
        rig.k.take_kernel_pages(&mut rig.mem, 1),
        Some((0x1E_8000, 0x8000))
    );
    let lists = rig.k.new_task_memory(&mut rig.mem).unwrap();
    assert!(!rig.k.claim_pages(&mut rig.mem, lists, 0x1E_0000, 0x8001));
    assert!(rig.k.claim_pages(&mut rig.mem, lists, 0x48000, 1));
    let image = rig.k.alloc_program_pages(&mut rig.mem, lists, 0x8001);
    assert_eq!(image, Some(0x50000));
    rig.k.give_to_pool(&mut rig.mem, lists, 0x5F001, 0xFFF);
    rig.lists = lists;
    assert_eq!(rig.avail()[0], (FREE.0 - 4 * 0x8000, 0xFF0));
    rig.k.load_permissions(&mut rig.mem, lists);
    assert!(rig.mem.check_writable(0x50000, 0x10000).is_ok());
    assert!(rig.mem.check_writable(0x60000, 4).is_err());
    let free = rig.k.heap.available();
    rig.k.release_task_memory(&mut rig.mem, lists);
    assert!(rig.k.heap.available() > free);
    let again = rig.k.new_task_memory(&mut rig.mem).unwrap();
    assert_eq!(again, lists);
    assert_eq!(rig.avail()[0], (FREE.0 - 0x8000, 0));
}

/// Check 40: the C library's malloc and free, which keep the size in the first word.
#[test]
fn a_hundred_thousand_mallocs_leave_nothing_behind() {
    let mut rig = Rig::new();
    let anchor = rig.alloc(16, 0);
    let before = rig.avail();
    let mut live = Vec::new();
    let mut random = 1_u32;
    for _ in 0..100_000 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if live.len() < 100 && random >> 31 == 0 {
            let p = rig.alloc((random >> 20 & 0xFFF) as i32 + 5, 0);
            live.push(p);
        } else if !live.is_empty() {
            let p = live.swap_remove((random >> 8) as usize % live.len());
            let size = rig.mem.word(p) as i32;
            rig.free(p, size);
        }
    }
    for p in live {
        let size = rig.mem.word(p) as i32;
        rig.free(p, size);
    }
    rig.vec(CALLS, 11, &[]);
    assert_eq!(rig.avail(), before);
    assert_eq!((anchor, rig.warnings()), (0x48000, 0));
}
