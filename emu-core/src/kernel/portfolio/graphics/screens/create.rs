//! CreateScreenGroup (graphics sheet 4.1).

use crate::kernel::abi::{ArgKind, Arguments, FromGuest, Trouble};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::graphics::bitmaps::NewBitmap;
use crate::kernel::portfolio::graphics::codes::{
    BADBITMAPSPEC, BADDISPDIMS, BADPTR, BADTAG, BADVDLTYPE, NOMEM, NOTYET, VDL_LENGTH, VDLWIDTH,
};
use crate::kernel::portfolio::graphics::memory::Block;
use crate::kernel::portfolio::graphics::modes::DisplayType;
use crate::kernel::portfolio::graphics::query::DEFAULT_SIZE;
use crate::kernel::portfolio::graphics::value_at;
use crate::kernel::portfolio::graphics::vdl::build::{full_list, simple_list};
use crate::kernel::portfolio::graphics::vdl::words::modulo_code;
use crate::kernel::portfolio::graphics::vdl::{NewVdl, Submission, submitted_type, vdl_type};
use crate::kernel::portfolio::items::{Item, MAX_ITEMS};
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::memory::memtype;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::structs::graphics::{
    Bitmap, GRAFNODE, Screen, ScreenGroup, VDL, kind,
};
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestPtr, GuestType, Memory};
use crate::time::Video;

/// Screens of a group whose tags do not say.
const DEFAULT_COUNT: i32 = 2;
/// Bytes of a page of video memory.
pub(in super::super) const VRAM_PAGE: u32 = 2048;

/// Where the tags of a group are: tags of its own, with numbers of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct GroupTagList(GuestPtr<TagArg>);

impl FromGuest for GroupTagList {
    const KIND: ArgKind = ArgKind::NamedTags(&[
        "displayheight",
        "screencount",
        "screenheight",
        "bitmapcount",
        "bitmapwidths",
        "bitmapheights",
        "bitmapbufs",
        "vdltype",
        "vdls",
        "vdllengths",
        "sportbits",
        "displaytype",
    ]);
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        GroupTagList(GuestPtr::new(arguments.word()))
    }
}

/// The tags as they were given.
#[derive(Clone, Copy, Debug)]
struct GroupTags {
    display_height: i32,
    count: i32,
    screen_height: i32,
    bitmaps: i32,
    widths: GuestPtr<i32>,
    heights: GuestPtr<i32>,
    buffers: GuestPtr<u32>,
    vdl_type: u32,
    lists: GuestPtr<u32>,
    lengths: GuestPtr<u32>,
    sport_bits: u32,
    display: u32,
}

impl Default for GroupTags {
    fn default() -> Self {
        let height = DEFAULT_SIZE.1 as i32;
        GroupTags {
            display_height: height,
            count: DEFAULT_COUNT,
            screen_height: height,
            bitmaps: 1,
            widths: GuestPtr::NULL,
            heights: GuestPtr::NULL,
            buffers: GuestPtr::NULL,
            vdl_type: vdl_type::SIMPLE,
            lists: GuestPtr::NULL,
            lengths: GuestPtr::NULL,
            sport_bits: 0,
            display: 0,
        }
    }
}

impl GroupTags {
    /// Reads a list; these tags are not those of the rest of the system, so there is no NOP and
    /// no JUMP.
    fn read(cx: &mut CallCx<'_>, list: GroupTagList) -> Result<GroupTags, Status> {
        let mut tags = GroupTags::default();
        let GroupTagList(mut at) = list;
        while !at.is_null() {
            let tag = value_at(cx.mem, at.at(TagArg::ta_Tag))?;
            if tag == 0 {
                break;
            }
            let value = value_at(cx.mem, at.at(TagArg::ta_Arg))?;
            match tag {
                1 => tags.display_height = value as i32,
                2 => tags.count = value as i32,
                3 => tags.screen_height = value as i32,
                4 => tags.bitmaps = value as i32,
                5 => tags.widths = GuestPtr::new(value),
                6 => tags.heights = GuestPtr::new(value),
                7 => tags.buffers = GuestPtr::new(value),
                8 => tags.vdl_type = value,
                9 => tags.lists = GuestPtr::new(value),
                10 => tags.lengths = GuestPtr::new(value),
                11 => tags.sport_bits = value,
                12 => tags.display = value,
                _ => return Err(BADTAG),
            }
            cx.charge.0 += 4;
            at = at.index(1);
        }
        Ok(tags)
    }
}

/// A group that may be made.
#[derive(Clone, Copy, Debug)]
struct Plan {
    tags: GroupTags,
    display: DisplayType,
    /// VDLTYPE_*.
    vdl_type: u32,
    width: i32,
    height: i32,
}

impl Plan {
    /// Checks in the sheet's order.
    fn new(mem: &Memory, video: Video, tags: GroupTags) -> Result<Plan, Status> {
        let display = DisplayType::find(video, tags.display)?;
        if tags.display_height < 1 || tags.display_height > display.height() as i32 {
            return Err(BADDISPDIMS);
        }
        let vdl_type = match tags.vdl_type {
            vdl_type::SIMPLE if tags.lists.is_null() => vdl_type::SIMPLE,
            // A program's own list is one of type FULL, whether it says so or leaves it out.
            vdl_type::SIMPLE | vdl_type::FULL => vdl_type::FULL,
            vdl_type::COLOR..=vdl_type::DYNAMIC => return Err(NOTYET),
            _ => return Err(BADVDLTYPE),
        };
        if !tags.lists.is_null() && tags.lengths.is_null() {
            return Err(VDL_LENGTH);
        }
        if tags.count < 1 || tags.screen_height < tags.display_height {
            return Err(BADDISPDIMS);
        }
        if tags.bitmaps < 0 || tags.bitmaps > 1 && tags.heights.is_null() {
            return Err(BADBITMAPSPEC);
        }
        let or = |array: GuestPtr<i32>, otherwise| match array.is_null() {
            true => Ok(otherwise),
            false => value_at(mem, array),
        };
        let width = or(tags.widths, display.width() as i32)?;
        if modulo_code(width as u32).is_none() {
            return Err(VDLWIDTH);
        }
        Ok(Plan {
            tags,
            display,
            vdl_type,
            width,
            height: or(tags.heights, tags.screen_height)?,
        })
    }
}

impl Portfolio {
    fn place_group(&mut self, mem: &mut Memory, plan: &Plan) -> Result<Item, Status> {
        let common = CommonTags::default();
        let owner = self.caller();
        let node = common.into_item(GRAFNODE, kind::SCREENGROUP, ScreenGroup::SIZE, owner);
        let item = self.new_item(mem, &node)?;
        let group: GuestPtr<ScreenGroup> = self.graphics_item(mem, item, kind::SCREENGROUP)?;
        let (screen, display) = (plan.tags.screen_height, plan.tags.display_height);
        mem.poke(group.at(ScreenGroup::sg_ScreenHeight), screen);
        mem.poke(group.at(ScreenGroup::sg_DisplayHeight), display);
        self.init_list(mem, group.at(ScreenGroup::sg_SharedList));
        self.init_list(mem, group.at(ScreenGroup::sg_ScreenList));
        Ok(self.give_to_caller(item))
    }

    /// Screen number `n` of a group, with its bitmap and its list.
    fn place_screen(
        &mut self,
        cx: &mut CallCx<'_>,
        plan: &Plan,
        group: GuestPtr<ScreenGroup>,
        n: u32,
    ) -> Result<Item, Trouble> {
        let common = CommonTags::default();
        let node = common.into_item(GRAFNODE, kind::SCREEN, Screen::SIZE, self.caller());
        let item = self.new_item(cx.mem, &node)?;
        self.give_to_caller(item);
        let screen: GuestPtr<Screen> = self.graphics_item(cx.mem, item, kind::SCREEN)?;
        cx.mem.poke(screen.at(Screen::scr_ScreenGroupPtr), group);
        self.init_list(cx.mem, screen.at(Screen::scr_BitmapList));
        self.init_list(cx.mem, screen.at(Screen::scr_SharedList));
        let screens = group.at(ScreenGroup::sg_ScreenList);
        let _ = Links::kernel(cx.mem).add_tail(screens, screen.cast());

        let bitmap = self.place_screen_bitmap(cx, plan, n)?;
        let bitmap: GuestPtr<Bitmap> = self.graphics_item(cx.mem, bitmap, kind::BITMAP)?;
        cx.mem.poke(screen.at(Screen::scr_BitmapCount), 1);
        cx.mem.poke(screen.at(Screen::scr_TempBitmap), bitmap);
        let bitmaps = screen.at(Screen::scr_BitmapList);
        let _ = Links::kernel(cx.mem).add_tail(bitmaps, bitmap.cast());

        let buffer = cx.mem.peek(bitmap.at(Bitmap::bm_Buffer));
        let vdl_item = self.place_screen_list(cx, plan, buffer, n)?;
        self.give_to_caller(vdl_item);
        let vdl: GuestPtr<VDL> = self.graphics_item(cx.mem, vdl_item, kind::VDL)?;
        self.attach_vdl(cx.mem, screen, vdl, vdl_item);
        Ok(item)
    }

    /// A bitmap in the program's buffer, or in one that the folio allocates for the program.
    fn place_screen_bitmap(
        &mut self,
        cx: &mut CallCx<'_>,
        plan: &Plan,
        n: u32,
    ) -> Result<Item, Trouble> {
        let mut new = NewBitmap::new(0, plan.width, plan.height);
        let bytes = new.bytes()?;
        if !plan.tags.buffers.is_null() {
            new.buffer = value_at(cx.mem, plan.tags.buffers.index(n))?;
        }
        let block = match new.buffer {
            0 => Some(self.alloc_buffer(cx, plan.tags.sport_bits, bytes)?),
            _ => None,
        };
        if let Some(block) = block {
            new.buffer = block.start;
        }
        let item = match self.place_bitmap(cx.mem, CommonTags::default(), &new) {
            Ok(item) => item,
            Err(error) => {
                if let Some(block) = block {
                    self.free_mem(cx, block.start, block.len as i32)?;
                }
                return Err(error.into());
            }
        };
        self.give_to_caller(item);
        if let Some(block) = block {
            self.graphics.buffers.insert(item, block);
            let bitmap: GuestPtr<Bitmap> = self.graphics_item(cx.mem, item, kind::BITMAP)?;
            cx.mem.poke(bitmap.at(Bitmap::bm_SysMalloc), 1);
        }
        Ok(item)
    }

    /// A frame buffer of the program's; for SPORT whole pages of the banks it names.
    fn alloc_buffer(
        &mut self,
        cx: &mut CallCx<'_>,
        sport_bits: u32,
        bytes: u32,
    ) -> Result<Block, Trouble> {
        let kind = memtype::VRAM | memtype::CEL;
        let (flags, len) = match sport_bits {
            0 => (kind, bytes),
            banks => (
                kind | memtype::STARTPAGE | banks & memtype::KINDS,
                bytes.next_multiple_of(VRAM_PAGE),
            ),
        };
        match self.alloc_mem(cx, len as i32, flags)? {
            0 => Err(NOMEM.into()),
            start => Ok(Block { start, len }),
        }
    }

    fn place_screen_list(
        &mut self,
        cx: &mut CallCx<'_>,
        plan: &Plan,
        buffer: u32,
        n: u32,
    ) -> Result<Item, Status> {
        let lines = plan.tags.display_height as u32;
        let display = plan.display;
        if !plan.tags.lists.is_null() {
            submitted_type(plan.vdl_type)?;
            let submission = Submission {
                data: value_at(cx.mem, plan.tags.lists.index(n))?,
                words: value_at(cx.mem, plan.tags.lengths.index(n))?,
                display,
                lines,
            };
            return self.submit_vdl(cx, CommonTags::default(), &submission);
        }
        let build = match plan.vdl_type {
            vdl_type::FULL => full_list,
            _ => simple_list,
        };
        let new = NewVdl {
            vdl_type: plan.vdl_type,
            display,
            lines,
            entries: build(display, buffer, plan.width as u32, lines),
        };
        self.place_vdl(cx.mem, CommonTags::default(), new)
    }
}

/// The group's item; those of its screens go to `screens`.
pub(super) fn create_screen_group(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screens: GuestPtr<u32>,
    tags: GroupTagList,
) -> Result<Item, Trouble> {
    k.check_graphics_open(k.caller())?;
    let tags = GroupTags::read(cx, tags)?;
    let plan = Plan::new(cx.mem, k.graphics.video, tags)?;
    let count = plan.tags.count as u32;
    if count as usize > MAX_ITEMS {
        return Err(NOMEM.into());
    }
    cx.mem
        .check_writable(screens.addr(), count * 4)
        .map_err(|_| BADPTR)?;
    let item = k.place_group(cx.mem, &plan)?;
    let group: GuestPtr<ScreenGroup> = k.graphics_item(cx.mem, item, kind::SCREENGROUP)?;
    let mut made = Vec::new();
    for n in 0..count {
        cx.charge.0 += 1000;
        match k.place_screen(cx, &plan, group, n) {
            Ok(screen) => made.push(screen),
            Err(trouble) => {
                k.delete_owned(cx, item);
                return Err(trouble);
            }
        }
    }
    for (n, screen) in (0..).zip(made) {
        cx.mem.poke(screens.index(n), screen.0 as u32);
    }
    Ok(item)
}
