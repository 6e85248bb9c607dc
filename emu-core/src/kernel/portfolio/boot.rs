//! Power-on: KernelBase, folios with their vector tables, stub page, devices.
//!
//! ```text
//! a folio in memory (addresses grow downwards in this picture)
//!   base + ...   the folio's structure (ItemNode, f_MaxSwiFunctions, ...)
//!   base - 4*n   user vector n: address of a stub
//!   base - 4*(f_MaxUserFunctions + 1 + s)   system call s: address of a stub
//! a stub:  SWI 0xF0ffnn ; MOV pc,lr        ff = folio, nn = vector; only valid in the stub page
//! ```

use super::Portfolio;
use super::audio::sample::{CREATE_ROUTINE, DEFINE_ROUTINE, LOAD_ROUTINE, UNLOAD_ROUTINE};
use super::compression;
use super::errors::Status;
use super::files::EXECUTE_ROUTINE;
use super::folios::{FOLIOS, FolioInfo};
use super::items::NewItem;
use super::list::Links;
use super::structs::node_type::FOLIONODE;
use super::structs::{Folio, KernelBase, List};
use crate::device::Board;
use crate::kernel::call::System;
use crate::mem::{GuestPtr, GuestType, Memory, STUB_PAGE};

/// `SWI 0xF0ffnn` in the stub page: vector nn of folio ff.
pub(crate) const VECTOR_TRAP: u32 = 0xF0_0000;
/// `SWI 0xF1ffnn` in the stub page: a private entry of this project's guest routines.
pub(crate) const PRIVATE_TRAP: u32 = 0xF1_0000;

const SWI: u32 = 0xEF00_0000;
const MOV_PC_LR: u32 = 0xE1A0_F00E;

/// Vectors that need guest code of their own, and where their entries begin in the page.
const PRINT_VECTOR: u8 = 21;
const INSERT_VECTOR: u8 = 17;
/// Those of the other folios. The last word of a routine that is marked so is filled in with
/// the address of KernelBase.
const ROUTINES: &[(System, u8, &[u32], bool)] = &[
    (System::File, 13, EXECUTE_ROUTINE, true),
    (System::Audio, 11, UNLOAD_ROUTINE, false),
    (System::Audio, 38, LOAD_ROUTINE, false),
    (System::Audio, 41, DEFINE_ROUTINE, false),
    (System::Audio, 44, CREATE_ROUTINE, false),
    compression::ROUTINES[0],
    compression::ROUTINES[1],
    compression::ROUTINES[2],
];
/// User vectors of the kernel; the supervisor's follow up to its table size.
const KERNEL_USER_VECTORS: u8 = 45;
const KERNEL_VECTORS: u8 = 79;
const KERNEL_SWIS: u8 = 43;

const CPU_FLAGS: u32 = 0x20 | 0x40 | 0x80 | 8 | 0x1_0000 | 0x8000 | 2 | 1;

/// Vector 21, the print core: r0 FILE, r1 format, r2 values, r3 float formatter, [sp] putc.
/// The text is formatted at once by a private call and handed to the guest's putc byte by
/// byte, so all state is on the guest's stack.
const PRINT_ROUTINE: &[u32] = &[
    0xE92D_4070, //         stmfd sp!, {r4-r6, lr}
    0xE1A0_4000, //         mov   r4, r0
    0xE59D_5010, //         ldr   r5, [sp, #16]
    0xEFF1_0101, //         swi   FormatBegin
    0xE1A0_6000, //         mov   r6, r0
    0xEFF1_0102, // next:   swi   FormatNext
    0xE350_0000, //         cmp   r0, #0
    0xBA00_0003, //         blt   done
    0xE1A0_1004, //         mov   r1, r4
    0xE1A0_E00F, //         mov   lr, pc
    0xE1A0_F005, //         mov   pc, r5
    0xEAFF_FFF8, //         b     next
    0xE1A0_0006, // done:   mov   r0, r6
    0xE8BD_8070, //         ldmfd sp!, {r4-r6, pc}
];

/// Vector 17, UniversalInsertNode: r0 list, r1 node, r2 function(new, existing).
const INSERT_ROUTINE: &[u32] = &[
    0xE92D_41F0, //         stmfd sp!, {r4-r8, lr}
    0xE1A0_4000, //         mov   r4, r0
    0xE1A0_5001, //         mov   r5, r1
    0xE1A0_6002, //         mov   r6, r2
    0xE280_8018, //         add   r8, r0, #0x18
    0xE590_7014, //         ldr   r7, [r0, #0x14]
    0xE157_0008, // next:   cmp   r7, r8
    0x0A00_0006, //         beq   found
    0xE1A0_0005, //         mov   r0, r5
    0xE1A0_1007, //         mov   r1, r7
    0xE1A0_E00F, //         mov   lr, pc
    0xE1A0_F006, //         mov   pc, r6
    0xE350_0000, //         cmp   r0, #0
    0x0597_7000, //         ldreq r7, [r7]
    0x0AFF_FFF6, //         beq   next
    0xE1A0_0004, // found:  mov   r0, r4
    0xE1A0_1005, //         mov   r1, r5
    0xE1A0_2007, //         mov   r2, r7
    0xEFF1_0103, //         swi   InsertBefore
    0xE8BD_81F0, //         ldmfd sp!, {r4-r8, pc}
];

/// Hands out the words of the stub page.
struct StubPage {
    next: u32,
}

impl StubPage {
    fn routine(&mut self, mem: &mut Memory, words: &[u32]) -> u32 {
        let start = self.next;
        for &word in words {
            mem.set_word(self.next, word);
            self.next += 4;
        }
        start
    }

    fn stub(&mut self, mem: &mut Memory, number: u32) -> u32 {
        self.routine(mem, &[SWI | number, MOV_PC_LR])
    }
}

impl Portfolio {
    /// Builds everything a program expects to find.
    pub(crate) fn boot(&mut self, mem: &mut Memory, board: &mut dyn Board) -> Result<(), Status> {
        let mut stubs = StubPage { next: STUB_PAGE };
        let print = stubs.routine(mem, PRINT_ROUTINE);
        let insert = stubs.routine(mem, INSERT_ROUTINE);
        let kernel = FolioInfo {
            system: System::Kernel,
            name: "kernel",
            number: Some(1),
            swis: KERNEL_SWIS,
            vectors: KERNEL_VECTORS,
            types: 18,
            size: KernelBase::SIZE,
        };
        let base = self.place_folio(mem, &mut stubs, &kernel)?;
        mem.set_word(base - 4 * u32::from(PRINT_VECTOR), print);
        mem.set_word(base - 4 * u32::from(INSERT_VECTOR), insert);
        self.kernel_base = GuestPtr::new(base);
        self.boot_lists(mem)?;
        self.name_folio(mem, &kernel, base, 254)?;

        let kb = self.kernel_base;
        mem.poke(kb.at(KernelBase::kb_CPUFlags), CPU_FLAGS);
        mem.poke(kb.at(KernelBase::kb_MadamRev), 1);
        mem.poke(kb.at(KernelBase::kb_ClioRev), 1);
        mem.poke(kb.at(KernelBase::kb_numticks), 4);
        mem.poke(kb.at(KernelBase::kb_MemEnd), crate::mem::MEMORY_END);
        mem.poke(kb.at(KernelBase::kb_FolioTableSize), 16);
        let volume = self.heap_alloc(mem, 32)?;
        mem.poke(kb.at(KernelBase::kb_BootVolumeName), GuestPtr::new(volume));

        self.boot_memory(mem)?;
        for info in FOLIOS {
            let base = self.place_folio(mem, &mut stubs, info)?;
            self.name_folio(mem, info, base, 0)?;
            for &(_, vector, words, wants_base) in ROUTINES
                .iter()
                .filter(|(system, ..)| *system == info.system)
            {
                let mut words = words.to_vec();
                if let Some(last) = words.last_mut().filter(|_| wants_base) {
                    *last = self.kernel_base.addr();
                }
                let routine = stubs.routine(mem, &words);
                mem.set_word(base - 4 * u32::from(vector), routine);
            }
        }
        self.boot_devices(mem, board)?;
        self.boot_graphics(mem, board)?;
        self.boot_drawing(mem)?;
        self.boot_file_driver(mem)?;
        self.boot_events(mem, board)
    }

    /// The lists that KernelBase points to, and the item table.
    fn boot_lists(&mut self, mem: &mut Memory) -> Result<(), Status> {
        for field in [
            KernelBase::kb_RomTags,
            KernelBase::kb_FolioList,
            KernelBase::kb_Drivers,
            KernelBase::kb_Devices,
            KernelBase::kb_TaskWaitQ,
            KernelBase::kb_TaskReadyQ,
            KernelBase::kb_MsgPorts,
            KernelBase::kb_Semaphores,
            KernelBase::kb_Tasks,
        ] {
            let list = GuestPtr::<List>::new(self.heap_alloc(mem, List::SIZE)?);
            self.init_list(mem, list);
            mem.poke(self.kernel_base.at(field), list);
        }
        let table = self.heap_alloc(mem, 32 * 4)?;
        let field = self.kernel_base.at(KernelBase::kb_ItemTable);
        mem.poke(field, GuestPtr::new(table));
        Ok(())
    }

    /// A folio's structure with its vector table in front; returns its address.
    fn place_folio(
        &mut self,
        mem: &mut Memory,
        stubs: &mut StubPage,
        info: &FolioInfo,
    ) -> Result<u32, Status> {
        let slots = u32::from(info.vectors) + u32::from(info.swis) + 1;
        let below = (slots * 4).next_multiple_of(16);
        let base = self.heap_alloc(mem, below + info.size)? + below;
        let folio = u32::from(info.system.folio());
        for n in 1..=u32::from(info.vectors) {
            let stub = stubs.stub(mem, VECTOR_TRAP | folio << 8 | n);
            mem.set_word(base - 4 * n, stub);
            if info.system == System::Kernel && n == 37 {
                self.exit_stub = stub;
            }
        }
        for n in 0..u32::from(info.swis) {
            let stub = stubs.stub(mem, folio << 16 | n);
            let slot = u32::from(info.vectors) + 1 + n;
            mem.set_word(base - 4 * slot, stub);
        }
        Ok(base)
    }

    fn name_folio(
        &mut self,
        mem: &mut Memory,
        info: &FolioInfo,
        base: u32,
        priority: u8,
    ) -> Result<(), Status> {
        let new = NewItem {
            subsystem: 1,
            kind: FOLIONODE,
            size: info.size,
            name: Some(info.name.as_bytes().to_vec()),
            priority,
            version: 24,
            revision: 225,
            ..NewItem::default()
        };
        match info.number {
            Some(number) => self.new_fixed_item(mem, number, base, &new)?,
            None => self.new_placed_item(mem, base, &new)?,
        };
        let folio = GuestPtr::<Folio>::new(base);
        mem.poke(folio.at(Folio::f_MaxSwiFunctions), info.swis);
        mem.poke(folio.at(Folio::f_MaxUserFunctions), info.vectors);
        mem.poke(folio.at(Folio::f_MaxNodeType), info.types);
        let list = mem.peek(self.kernel_base.at(KernelBase::kb_FolioList));
        let _ = Links::kernel(mem).insert_from_tail(list, folio.cast());
        Ok(())
    }

    /// Whether a vector of the kernel belongs to supervisor mode.
    pub(crate) fn is_supervisor_vector(folio: u8, n: u8) -> bool {
        folio == 1 && n > KERNEL_USER_VECTORS
    }
}
