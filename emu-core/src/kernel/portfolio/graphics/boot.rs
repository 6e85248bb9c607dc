//! GrafBase, the display types and the blank display.
//!
//! Graphics sheet 3.3, 4.7. All of it but GrafBase is in video memory that the kernel owns.

use super::Displayed;
use super::memory::KERNEL_VRAM;
use super::modes::{DisplayType, field_frequency, field_micros};
use super::query::DEFAULT_SIZE;
use super::screens::VRAM_PAGE;
use super::vdl::build::{Entry, black_list, default_control};
use super::vdl::vdl_type;
use super::vdl::words::command;
use crate::device::Board;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::graphics::{DisplayInfo, GRAFNODE, GrafFolio, VDL, kind};
use crate::kernel::portfolio::structs::{Node, node_flag};
use crate::mem::{CString, GuestPtr, GuestType, Memory};
use crate::time::Video;

/// The two pages at the end of memory: one that is all zero, and one for the VIRS signal.
const PAGES: [u32; 2] = [0x2F_F000, 0x2F_F800];
/// Fields that are as long as this are PAL's.
const PAL_FIELD: u64 = 250_000;
/// The aspect of every pixel: 1.0.
const SQUARE: u32 = 0x1_0000;

impl Portfolio {
    /// Makes what a program finds in GrafBase, and shows nothing.
    pub(in crate::kernel::portfolio) fn boot_graphics(
        &mut self,
        mem: &mut Memory,
        board: &mut dyn Board,
    ) -> Result<(), Status> {
        let folio = self.items.at_index(usize::from(GRAFNODE));
        let Some(node) = folio.and_then(|folio| self.items.lookup(folio)) else {
            return Ok(());
        };
        let base: GuestPtr<GrafFolio> = node.cast();
        let is_pal = board.field_start(1).0 >= PAL_FIELD;
        let video = if is_pal { Video::Pal } else { Video::Ntsc };
        self.graphics.base = base;
        self.graphics.video = video;
        self.graphics.lists.add(KERNEL_VRAM);

        let kinds = DisplayType::of(video);
        let default = kinds[0];
        let mask = kinds.iter().fold(0, |mask, kind| mask | 1 << kind.number);
        for (field, value) in [
            (GrafFolio::gf_ZeroPage, PAGES[0]),
            (GrafFolio::gf_VIRSPage, PAGES[1]),
            (GrafFolio::gf_VRAMPageSize, VRAM_PAGE),
            (GrafFolio::gf_DefaultDisplayWidth, DEFAULT_SIZE.0),
            (GrafFolio::gf_DefaultDisplayHeight, DEFAULT_SIZE.1),
            (GrafFolio::gf_VBLTime, field_micros(video)),
            (GrafFolio::gf_VBLFreq, field_frequency(video)),
            (GrafFolio::gf_DefaultDisplayType, default.number),
            (GrafFolio::gf_DisplayTypeMask, mask),
        ] {
            mem.poke(base.at(field), value);
        }
        self.init_list(mem, base.at(GrafFolio::gf_FontLRUList));
        let infos = base.at(GrafFolio::gf_DisplayInfoList);
        self.init_list(mem, infos);
        for &kind in kinds {
            let info = self.place_display_info(mem, video, kind)?;
            let _ = Links::kernel(mem).add_tail(infos, info.cast());
        }
        let blank = self.boot_lists_of_display(mem, default)?;
        let displayed = Displayed::nothing(default.mode, blank);
        self.graphics.wanted = displayed;
        self.graphics.told = displayed.lists;
        self.graphics.latched = displayed.lists;
        let display = self.graphics.display.and_then(|(id, _)| board.device(id));
        if let Some(display) = display {
            display.show(displayed.shown(displayed.lists));
        }
        Ok(())
    }

    /// The lists that every display needs; the result shows nothing.
    fn boot_lists_of_display(
        &mut self,
        mem: &mut Memory,
        kind: DisplayType,
    ) -> Result<u32, Status> {
        let base = self.graphics.base;
        let post = self.place_list(mem, &black_list(), 0)?.start;
        // The end of all lists leads to itself.
        mem.set_word(post + 12, post);
        let commands = vec![default_control(kind), 0, command::BACKGROUND];
        let blank = self.place_list(mem, &[Entry::new(0, 0, commands)], post)?;
        let commands = vec![default_control(kind)];
        let pre = self.place_list(mem, &[Entry::new(1, 0, commands)], blank.start)?;
        let vdl = GuestPtr::<VDL>::new(self.alloc_list(mem, VDL::SIZE)?.start);
        mem.poke(vdl.at(VDL::vdl_DataPtr), blank.start);
        mem.poke(vdl.at(VDL::vdl_DataSize), blank.len as i32);
        mem.poke(vdl.at(VDL::vdl_Type), vdl_type::SYSTEM as i32);
        mem.poke(vdl.at(VDL::vdl_DisplayType), kind.number);
        mem.poke(vdl.at(VDL::vdl_Height), kind.height() as i32);
        for (field, value) in [
            (GrafFolio::gf_VDLForcedFirst, pre.start),
            (GrafFolio::gf_VDLPreDisplay, pre.start),
            (GrafFolio::gf_VDLPostDisplay, post),
            (GrafFolio::gf_VDLBlank, blank.start),
            (GrafFolio::gf_VDLDisplayLink, pre.start + 12),
            (GrafFolio::gf_CurrentVDLEven, vdl.addr()),
            (GrafFolio::gf_CurrentVDLOdd, vdl.addr()),
            (GrafFolio::gf_BlankVDL, vdl.addr()),
        ] {
            mem.poke(base.at(field), value);
        }
        Ok(blank.start)
    }

    /// The list that every other list ends with.
    pub(super) fn post_display_list(&self, mem: &Memory) -> u32 {
        mem.peek(self.graphics.base.at(GrafFolio::gf_VDLPostDisplay))
    }

    fn place_display_info(
        &mut self,
        mem: &mut Memory,
        video: Video,
        kind: DisplayType,
    ) -> Result<GuestPtr<DisplayInfo>, Status> {
        let text = self.alloc_list(mem, kind.name.len() as u32 + 1)?;
        if let Some(bytes) = mem.bytes_mut(text.start, kind.name.len() as u32) {
            bytes.copy_from_slice(kind.name.as_bytes());
        }
        // Every display can be interlaced and stereoscopic.
        let tags = [
            (1, kind.number),
            (2, kind.width()),
            (3, kind.height()),
            (4, field_micros(video)),
            (5, field_frequency(video)),
            (6, SQUARE),
            (7, 1),
            (8, 1),
            (9, 0),
            (10, 0),
            (11, text.start),
            (0, 0),
        ];
        let size = Node::SIZE + tags.len() as u32 * 8;
        let info = GuestPtr::<DisplayInfo>::new(self.alloc_list(mem, size)?.start);
        let node: GuestPtr<Node> = info.cast();
        mem.poke(node.at(Node::n_SubsysType), GRAFNODE);
        mem.poke(node.at(Node::n_Type), kind::DISPLAYINFO);
        mem.poke(node.at(Node::n_Flags), node_flag::NAMEVALID);
        mem.poke(node.at(Node::n_Size), size as i32);
        let name = GuestPtr::<CString>::new(text.start);
        mem.poke(node.at(Node::n_Name), name);
        let first = info.at(DisplayInfo::di_Tags).addr();
        for (n, (tag, value)) in (0..).zip(tags) {
            mem.set_word(first + n * 8, tag);
            mem.set_word(first + n * 8 + 4, value);
        }
        Ok(info)
    }
}
