//! Pages: which are free, who owns and who may write them.

use super::boot::{ALL, Kind};
use super::{Portfolio, memtype};
use crate::kernel::portfolio::errors::{NOMEM, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::{
    KernelBase, List, MemHdr, MemList, Node, Task, node_flag, node_type,
};
use crate::mem::{CString, GuestPtr, GuestType, Memory};

/// Kinds of memory: DRAM and VRAM.
pub(super) const KINDS: usize = 2;
/// Bytes of one set of page bits: both kinds of memory have 64 pages.
pub(super) const BITS_SIZE: u32 = 8;
/// Where the free list's head stands behind its MemList.
const FREE_LIST_AT: u32 = 0x40;
const OWN_BITS_AT: u32 = FREE_LIST_AT + List::SIZE;
const WRITE_BITS_AT: u32 = OWN_BITS_AT + BITS_SIZE;
/// One MemList with what belongs to it.
const MEM_LIST_ROOM: u32 = 0x70;
/// A program's list of MemLists with everything that hangs on it.
const LISTS_ROOM: u32 = List::SIZE + KINDS as u32 * MEM_LIST_ROOM;

/// Whether bit `n` is set; bit 31 of the first word is number 0.
pub(super) fn bit(mem: &Memory, bits: GuestPtr<u32>, n: u32) -> bool {
    mem.peek(bits.index(n / 32)) << (n % 32) >> 31 != 0
}

pub(super) fn set_bit(mem: &mut Memory, bits: GuestPtr<u32>, n: u32, on: bool) {
    let word = mem.peek(bits.index(n / 32));
    let mask = 1 << (31 - n % 32);
    mem.poke(
        bits.index(n / 32),
        if on { word | mask } else { word & !mask },
    );
}

/// One kind of physical memory, as its MemHdr describes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) at: GuestPtr<MemHdr>,
    pub(super) types: u32,
    pub(super) base: u32,
    pub(super) top: u32,
    pub(super) page: u32,
    vram_page: u32,
    pub(super) free: GuestPtr<u32>,
}

impl Header {
    /// A header that describes no memory of this machine, as a damaged saved state may have,
    /// reads as one of no memory at all.
    fn read(mem: &Memory, at: GuestPtr<MemHdr>) -> Header {
        let header = Header {
            at,
            types: mem.peek(at.at(MemHdr::memh_Types)),
            base: mem.peek(at.at(MemHdr::memh_MemBase)),
            top: mem.peek(at.at(MemHdr::memh_MemTop)),
            page: mem.peek(at.at(MemHdr::memh_PageSize)),
            vram_page: mem.peek(at.at(MemHdr::memh_VRAMPageSize)),
            free: mem.peek(at.at(MemHdr::memh_FreePageBits)),
        };
        if ALL.iter().any(|kind| header.describes(kind)) {
            return header;
        }
        let (page, vram_page) = (1 << ALL[0].page_shift, 1 << ALL[0].vram_page_shift);
        Header {
            types: 0,
            base: 0,
            top: 0,
            page,
            vram_page,
            ..header
        }
    }

    fn describes(&self, kind: &Kind) -> bool {
        (self.base, self.top) == (kind.base, kind.top)
            && self.page == 1 << kind.page_shift
            && self.vram_page == 1 << kind.vram_page_shift
    }

    /// Whether this memory has all the kind bits of a request.
    pub(super) fn serves(&self, flags: u32) -> bool {
        flags & memtype::KINDS & !self.types == 0
    }

    /// The page size that a request with these flags means.
    pub(super) fn page_for(&self, flags: u32) -> u32 {
        let vram = flags & memtype::VRAM != 0 && flags & memtype::SYSTEMPAGESIZE == 0;
        if vram { self.vram_page } else { self.page }
    }

    pub(super) fn contains(&self, addr: u32) -> bool {
        (self.base..self.top).contains(&addr)
    }

    /// The numbers of the pages that `[start, end)` touches.
    pub(super) fn pages(&self, start: u32, end: u32) -> std::ops::Range<u32> {
        let first = start.saturating_sub(self.base) / self.page;
        let last = end.min(self.top).saturating_sub(self.base);
        first..last.div_ceil(self.page)
    }

    /// Where page `n` starts.
    fn address(&self, n: u32) -> u32 {
        self.base + n * self.page
    }

    /// Takes `pages` free pages in a row, the lowest or the highest there are.
    fn take_run(&self, mem: &mut Memory, pages: u32, from_top: bool) -> Option<u32> {
        let all = self.pages(self.base, self.top).end;
        if pages == 0 || pages > all {
            return None;
        }
        let starts = 0..=all - pages;
        let fits = |&first: &u32| (first..first + pages).all(|n| bit(mem, self.free, n));
        let first = match from_top {
            true => starts.rev().find(fits),
            false => starts.into_iter().find(fits),
        }?;
        for n in first..first + pages {
            set_bit(mem, self.free, n, false);
        }
        Some(self.address(first))
    }

    /// Bytes in free pages.
    pub(super) fn free_bytes(&self, mem: &Memory) -> u32 {
        let pages = self.pages(self.base, self.top);
        pages.filter(|&n| bit(mem, self.free, n)).count() as u32 * self.page
    }
}

/// Makes an empty list in kernel memory.
pub(super) fn init_list(mem: &mut Memory, list: GuestPtr<List>, name: u32) {
    let node: GuestPtr<Node> = list.cast();
    mem.poke(node.at(Node::n_SubsysType), 1);
    mem.poke(node.at(Node::n_Type), node_type::LISTNODE);
    mem.poke(node.at(Node::n_Flags), node_flag::NAMEVALID);
    mem.poke(node.at(Node::n_Size), List::SIZE as i32);
    mem.poke(node.at(Node::n_Name), GuestPtr::new(name));
    // Kernel memory: the memory door refuses nothing.
    let _ = Links::kernel(mem).clear(list);
}

impl Portfolio {
    /// The nodes of one of the kernel's own lists, at most four.
    fn short_list(mem: &Memory, list: GuestPtr<List>) -> Vec<GuestPtr<Node>> {
        let mut nodes = Vec::new();
        if list.is_null() {
            return nodes;
        }
        let end = list.at(List::ListAnchor_filler).cast();
        let mut node = mem.peek(list.at(List::ListAnchor_head));
        while node != end && nodes.len() < 4 {
            nodes.push(node);
            node = mem.peek(node.at(Node::n_Next));
        }
        nodes
    }

    /// Every kind of memory, DRAM first.
    pub(super) fn headers(&self, mem: &Memory) -> Vec<Header> {
        let list = mem.peek(self.kernel_base.at(KernelBase::kb_MemHdrList));
        let nodes = Self::short_list(mem, list);
        nodes
            .iter()
            .map(|node| Header::read(mem, node.cast()))
            .collect()
    }

    /// The kind of memory an address is in.
    pub(super) fn header_of(&self, mem: &Memory, addr: u32) -> Option<Header> {
        let headers = self.headers(mem);
        headers.into_iter().find(|header| header.contains(addr))
    }

    /// The MemLists of a program, or of the kernel, with their headers.
    pub(super) fn pools_of(
        &self,
        mem: &Memory,
        lists: GuestPtr<List>,
    ) -> Vec<(GuestPtr<MemList>, Header)> {
        let nodes = Self::short_list(mem, lists);
        let with_header = |node: &GuestPtr<Node>| {
            let meml: GuestPtr<MemList> = node.cast();
            (
                meml,
                Header::read(mem, mem.peek(meml.at(MemList::meml_MemHdr))),
            )
        };
        nodes.iter().map(with_header).collect()
    }

    /// The memory lists of a task: those of its program if it is a thread.
    pub(crate) fn memory_of(&self, mem: &Memory, task: Item) -> Option<GuestPtr<List>> {
        let task = self.item_of::<Task>(mem, task, node_type::TASKNODE).ok()?;
        let lists = mem.peek(task.at(Task::t_FreeMemoryLists));
        (!lists.is_null()).then_some(lists)
    }

    /// The memory lists of the running task.
    pub(super) fn current_memory(&self, mem: &Memory) -> Option<GuestPtr<List>> {
        self.memory_of(mem, self.current?)
    }

    /// Makes the empty memory lists of a new program: DRAM, then VRAM.
    pub(crate) fn new_task_memory(&mut self, mem: &mut Memory) -> Result<GuestPtr<List>, Status> {
        let headers = self.headers(mem);
        if headers.len() != KINDS {
            return Err(NOMEM);
        }
        let room = self.heap_alloc(mem, LISTS_ROOM)?;
        let name = self.default_list_name(mem);
        let lists = GuestPtr::<List>::new(room);
        init_list(mem, lists, name.addr());
        for (n, header) in headers.iter().enumerate() {
            let at = room + List::SIZE + n as u32 * MEM_LIST_ROOM;
            let meml = GuestPtr::<MemList>::new(at);
            let free = GuestPtr::<List>::new(at + FREE_LIST_AT);
            init_list(mem, free, name.addr());
            let node: GuestPtr<Node> = meml.cast();
            mem.poke(node.at(Node::n_SubsysType), 1);
            mem.poke(node.at(Node::n_Type), node_type::MEMLISTNODE);
            mem.poke(node.at(Node::n_Size), MemList::SIZE as i32);
            mem.poke(meml.at(MemList::meml_Types), header.types);
            mem.poke(meml.at(MemList::meml_MemHdr), header.at);
            mem.poke(meml.at(MemList::meml_l), free);
            mem.poke(meml.at(MemList::meml_OwnBitsSize), (BITS_SIZE / 4) as u8);
            mem.poke(
                meml.at(MemList::meml_OwnBits),
                GuestPtr::new(at + OWN_BITS_AT),
            );
            mem.poke(
                meml.at(MemList::meml_WriteBits),
                GuestPtr::new(at + WRITE_BITS_AT),
            );
            let _ = Links::kernel(mem).add_tail(lists, node);
        }
        Ok(lists)
    }

    /// The name that lists get when their maker gives none: that of the list of headers.
    pub(crate) fn default_list_name(&self, mem: &Memory) -> GuestPtr<CString> {
        let list = mem.peek(self.kernel_base.at(KernelBase::kb_MemHdrList));
        mem.peek(list.cast::<Node>().at(Node::n_Name))
    }

    /// Makes the program of `lists` the owner of the pages that `[start, start+len)` touches;
    /// they must have been taken from the system or from another owner before.
    pub(crate) fn own_pages(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        start: u32,
        len: u32,
        writable: bool,
    ) {
        self.mark_pages(mem, lists, start, len, Some(true), Some(writable));
    }

    /// Sets or clears ownership and write permission of pages, and keeps the protection of the
    /// running program current.
    pub(super) fn mark_pages(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        start: u32,
        len: u32,
        own: Option<bool>,
        write: Option<bool>,
    ) {
        let runs = self.current_memory(mem) == Some(lists);
        for (meml, header) in self.pools_of(mem, lists) {
            if !header.contains(start) {
                continue;
            }
            for n in header.pages(start, start.saturating_add(len)) {
                if let Some(own) = own {
                    let bits = mem.peek(meml.at(MemList::meml_OwnBits));
                    set_bit(mem, bits, n, own);
                }
                if let Some(write) = write {
                    let bits = mem.peek(meml.at(MemList::meml_WriteBits));
                    set_bit(mem, bits, n, write);
                    if runs {
                        let at = header.address(n);
                        mem.set_writable(at, at + header.page, write);
                    }
                }
            }
        }
    }

    /// Lets a program write pages that are not its own, or no longer.
    pub(crate) fn allow_writes(
        &self,
        mem: &mut Memory,
        program: Item,
        start: u32,
        len: u32,
        may: bool,
    ) {
        if let Some(lists) = self.memory_of(mem, program) {
            self.mark_pages(mem, lists, start, len, None, Some(may));
        }
    }

    /// Whether the program of `lists` owns every page that `[start, end)` touches.
    pub(super) fn owns_pages(
        &self,
        mem: &Memory,
        lists: GuestPtr<List>,
        start: u32,
        end: u32,
    ) -> bool {
        let pools = self.pools_of(mem, lists);
        let mut at = start;
        while at < end {
            let Some((meml, header)) = pools.iter().find(|(_, header)| header.contains(at)) else {
                return false;
            };
            let bits = mem.peek(meml.at(MemList::meml_OwnBits));
            let part = end.min(header.top);
            if !header.pages(at, part).all(|n| bit(mem, bits, n)) {
                return false;
            }
            at = part;
        }
        true
    }

    /// Takes pages of memory with the kind bits of `flags` from the system and gives them to
    /// the program of `lists`, writable: at least `len` bytes in a row. Returns start and length.
    pub(super) fn grab_pages(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        header: &Header,
        len: u32,
        from_top: bool,
    ) -> Option<(u32, u32)> {
        let pages = len.div_ceil(header.page);
        let start = header.take_run(mem, pages, from_top)?;
        let len = pages * header.page;
        self.own_pages(mem, lists, start, len, true);
        Some((start, len))
    }

    /// Whole pages in a row from the bottom of DRAM for a program's image or stack: owned and
    /// writable by the program of `lists`. Returns the start.
    pub(crate) fn alloc_program_pages(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        bytes: u32,
    ) -> Option<u32> {
        let headers = self.headers(mem);
        let dram = headers.iter().find(|header| header.serves(memtype::DRAM))?;
        let pages = self.grab_pages(mem, lists, dram, bytes, false)?;
        Some(pages.0)
    }

    /// The end of the protection page that `end` lies in or touches from below.
    pub(crate) fn page_end(&self, mem: &Memory, end: u32) -> u32 {
        match self.header_of(mem, end.saturating_sub(1)) {
            Some(header) => end.next_multiple_of(header.page),
            None => end,
        }
    }

    /// The bounds of the protection pages that `[start, end)` touches.
    pub(crate) fn page_span(&self, mem: &Memory, start: u32, end: u32) -> (u32, u32) {
        match self.header_of(mem, start) {
            Some(header) => (start - start % header.page, self.page_end(mem, end)),
            None => (start, end),
        }
    }

    /// Takes exactly the pages that `[start, start+len)` touches for an image with a fixed
    /// address; false, and nothing is taken, when one of them is not free.
    pub(crate) fn claim_pages(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        start: u32,
        len: u32,
    ) -> bool {
        let Some(header) = self.header_of(mem, start) else {
            return false;
        };
        let pages = header.pages(start, start.saturating_add(len));
        let fits = start.checked_add(len).is_some_and(|end| end <= header.top);
        if !fits || !pages.clone().all(|n| bit(mem, header.free, n)) {
            return false;
        }
        for n in pages {
            set_bit(mem, header.free, n, false);
        }
        self.own_pages(mem, lists, start, len, true);
        true
    }

    /// Gives the pages that `[start, start+len)` touches back to the system: nobody owns them
    /// and nobody may write them any more. Free blocks there must have been cut out before.
    pub(super) fn return_pages(
        &self,
        mem: &mut Memory,
        lists: GuestPtr<List>,
        start: u32,
        len: u32,
    ) {
        self.mark_pages(mem, lists, start, len, Some(false), Some(false));
        for others in self.all_memory(mem) {
            self.mark_pages(mem, others, start, len, None, Some(false));
        }
        if let Some(header) = self.header_of(mem, start) {
            for n in header.pages(start, start.saturating_add(len)) {
                set_bit(mem, header.free, n, true);
            }
        }
    }

    /// The memory lists of every program.
    pub(super) fn all_memory(&self, mem: &Memory) -> Vec<GuestPtr<List>> {
        let programs = self
            .tasks
            .iter()
            .filter(|(item, task)| task.program == **item);
        programs
            .filter_map(|(item, _)| self.memory_of(mem, *item))
            .collect()
    }

    /// Sets the protection of memory to what the program of `lists` may write. To be called at
    /// every switch to a task of another program.
    pub(crate) fn load_permissions(&self, mem: &mut Memory, lists: GuestPtr<List>) {
        mem.revoke_all_writes();
        for (meml, header) in self.pools_of(mem, lists) {
            let bits = mem.peek(meml.at(MemList::meml_WriteBits));
            for n in header.pages(header.base, header.top) {
                if bit(mem, bits, n) {
                    let at = header.address(n);
                    mem.set_writable(at, at + header.page, true);
                }
            }
        }
    }

    /// The program of `lists` is gone: its pages go back to the system, its lists are freed.
    /// Requests into its pages must have ended before.
    pub(crate) fn release_task_memory(&mut self, mem: &mut Memory, lists: GuestPtr<List>) {
        for (meml, header) in self.pools_of(mem, lists) {
            let bits = mem.peek(meml.at(MemList::meml_OwnBits));
            for n in header.pages(header.base, header.top) {
                if bit(mem, bits, n) {
                    self.return_pages(mem, lists, header.address(n), header.page);
                }
            }
            self.forget_tracks(mem, meml);
            // What other programs had allowed it to write.
            self.mark_pages(
                mem,
                lists,
                header.base,
                header.top - header.base,
                None,
                Some(false),
            );
        }
        self.heap_free(lists.addr(), LISTS_ROOM);
    }

    /// Takes free pages from the top of the user DRAM pool for the kernel heap: at least `len`
    /// bytes, returned as start and length.
    pub(crate) fn take_kernel_pages(&mut self, mem: &mut Memory, len: u32) -> Option<(u32, u32)> {
        self.take_pages_of(mem, memtype::DRAM, len)
    }

    /// The same of a kind of memory.
    pub(crate) fn take_pages_of(
        &mut self,
        mem: &mut Memory,
        kind: u32,
        len: u32,
    ) -> Option<(u32, u32)> {
        let headers = self.headers(mem);
        let header = headers.iter().find(|header| header.serves(kind))?;
        let pages = len.div_ceil(header.page);
        let start = header.take_run(mem, pages, true)?;
        let len = pages * header.page;
        let own = mem.peek(self.kernel_base.at(KernelBase::kb_MemFreeLists));
        self.mark_pages(mem, own, start, len, Some(true), None);
        Some((start, len))
    }
}
