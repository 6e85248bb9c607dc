//! Display lists: submitted, attached to screens, deleted.
//!
//! Graphics sheet 1.3, 4.3.

pub(super) mod build;
pub(in crate::kernel::portfolio) mod colors;
mod modify;
mod proof;
pub(super) mod words;

use self::build::{Entry, default_control};
use self::modify::modify_vdl;
use self::proof::proof;
use self::words::{MOST_COMMANDS, command, is_control};
use super::codes::{BADDISPDIMS, BADPTR, BADTAG, BADVDLTYPE, NOTYET, PROOF_ERR};
use super::memory::Block;
use super::modes::DisplayType;
use crate::calls;
use crate::device::display::DisplayMode;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::structs::graphics::{GRAFNODE, Screen, VDL, kind};
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestPtr, GuestType, Memory};

/// VDLTYPE_*.
pub(super) mod vdl_type {
    /// The system's own.
    pub const SYSTEM: u32 = 0;
    /// As the program wants it, or an entry for each line.
    pub const FULL: u32 = 1;
    /// Colours for each line: never supported.
    pub const COLOR: u32 = 2;
    /// The last that was never supported.
    pub const DYNAMIC: u32 = 5;
    /// One entry for the whole display.
    pub const SIMPLE: u32 = 4;
}

/// A display list that is to become an item.
pub(super) struct NewVdl {
    /// VDLTYPE_*.
    pub(super) vdl_type: u32,
    /// What display it is for.
    pub(super) display: DisplayType,
    /// Lines of the display it is for.
    pub(super) lines: u32,
    /// Its entries.
    pub(super) entries: Vec<Entry>,
}

/// A list as a program submits it.
pub(super) struct Submission {
    /// Where it is.
    pub(super) data: u32,
    /// Words of it.
    pub(super) words: u32,
    /// What display it is for.
    pub(super) display: DisplayType,
    /// Lines of the display it is for.
    pub(super) lines: u32,
}

/// Lines of a list whose tags do not say.
const DEFAULT_LINES: u32 = 240;

/// A type of list that a program may submit: FULL only.
pub(super) fn submitted_type(wanted: u32) -> Result<(), Status> {
    match wanted {
        vdl_type::FULL => Ok(()),
        vdl_type::COLOR..=vdl_type::DYNAMIC if wanted != vdl_type::SIMPLE => Err(NOTYET),
        _ => Err(BADVDLTYPE),
    }
}

impl Portfolio {
    /// CreateItem of a display list.
    pub(super) fn create_vdl(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let (mut wanted, mut display, mut lines) = (vdl_type::FULL, 0, DEFAULT_LINES);
        let (mut data, mut words) = (0, 0);
        for &(tag, value) in tags {
            match tag {
                // They are for types of lists that there are not.
                11..=22 => (),
                100 => wanted = value,
                101 => display = value,
                102 => words = value,
                103 => lines = value,
                104 => data = value,
                _ => return Err(BADTAG),
            }
        }
        submitted_type(wanted)?;
        let display = DisplayType::find(self.graphics.video, display)?;
        let submission = Submission {
            data,
            words,
            display,
            lines,
        };
        self.submit_vdl(cx, common, &submission)
    }

    /// Proofs a program's list and makes an item of a copy.
    pub(super) fn submit_vdl(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        submission: &Submission,
    ) -> Result<Item, Status> {
        let &Submission {
            data,
            words,
            display,
            lines,
        } = submission;
        if lines < 1 || lines > display.height() {
            return Err(BADDISPDIMS);
        }
        let bytes = words.checked_mul(4).ok_or(BADPTR)?;
        let bytes = cx.mem.read_bytes(data, bytes).map_err(|_| BADPTR)?;
        let words: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|word| word.iter().fold(0, |all, &byte| all << 8 | u32::from(byte)))
            .collect();
        let mut entries = proof(&words, data, lines).ok_or(PROOF_ERR)?.entries;
        cx.charge.0 += entries
            .iter()
            .map(|e| 8 + e.commands.len() as u64)
            .sum::<u64>();
        finish_entries(&mut entries, display);
        let new = NewVdl {
            vdl_type: vdl_type::FULL,
            display,
            lines,
            entries,
        };
        self.place_vdl(cx.mem, common, new)
    }

    /// Makes the item of a list and puts the list where no program can change it.
    pub(super) fn place_vdl(
        &mut self,
        mem: &mut Memory,
        common: CommonTags,
        new: NewVdl,
    ) -> Result<Item, Status> {
        let end = self.post_display_list(mem);
        let block = self.place_list(mem, &new.entries, end)?;
        let node = common.into_item(GRAFNODE, kind::VDL, VDL::SIZE, self.caller());
        let item = match self.new_item(mem, &node) {
            Ok(item) => item,
            Err(error) => {
                self.free_list(block.start, block.len);
                return Err(error);
            }
        };
        let vdl: GuestPtr<VDL> = self.graphics_item(mem, item, kind::VDL)?;
        mem.poke(vdl.at(VDL::vdl_DataPtr), block.start);
        mem.poke(vdl.at(VDL::vdl_Type), new.vdl_type as i32);
        mem.poke(vdl.at(VDL::vdl_DataSize), block.len as i32);
        mem.poke(vdl.at(VDL::vdl_DisplayType), new.display.number);
        mem.poke(vdl.at(VDL::vdl_Height), new.lines as i32);
        let top = new.display.top_lines(new.lines);
        mem.poke(vdl.at(VDL::vdl_Offset), top as i32);
        Ok(item)
    }

    /// A display list's end. What shows it shows nothing from the next vertical blank on.
    pub(super) fn delete_vdl(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.blank_if(cx, |displayed| displayed.has_list_of(item));
        if let Ok(vdl) = self.graphics_item::<VDL>(cx.mem, item, kind::VDL) {
            let block = list_of(cx.mem, vdl);
            self.free_list(block.start, block.len);
            self.detach_vdl(cx.mem, vdl);
        }
        self.free_item(cx.mem, item);
    }

    /// No screen has the list any more.
    fn detach_vdl(&mut self, mem: &mut Memory, vdl: GuestPtr<VDL>) {
        let screens: Vec<GuestPtr<Screen>> = self
            .items
            .iter()
            .filter_map(|item| self.graphics_item(mem, item, kind::SCREEN).ok())
            .collect();
        for screen in screens {
            if mem.peek(screen.at(Screen::scr_VDLPtr)) == vdl {
                mem.poke(screen.at(Screen::scr_VDLPtr), GuestPtr::NULL);
                mem.poke(screen.at(Screen::scr_VDLItem), Item::NONE);
            }
        }
    }

    /// Gives a screen a list.
    pub(super) fn attach_vdl(
        &self,
        mem: &mut Memory,
        screen: GuestPtr<Screen>,
        vdl: GuestPtr<VDL>,
        item: Item,
    ) {
        let vdl_type = mem.peek(vdl.at(VDL::vdl_Type));
        mem.poke(screen.at(Screen::scr_VDLPtr), vdl);
        mem.poke(screen.at(Screen::scr_VDLItem), item);
        mem.poke(screen.at(Screen::scr_VDLType), vdl_type);
        mem.poke(vdl.at(VDL::vdl_ScreenPtr), screen);
    }
}

/// What the system adds to a list that has passed: the timing of wide PAL, and what the display
/// does until the list says otherwise. The shipped system shows a list of its own before each
/// field for that; here the first entry says it, if it has room and says nothing itself.
fn finish_entries(entries: &mut [Entry], display: DisplayType) {
    let control = default_control(display);
    if let Some(first) = entries.first_mut()
        && first.commands.len() < MOST_COMMANDS as usize
        && !first.commands.iter().copied().any(is_control)
    {
        let commands = [&[control], &first.commands[..]].concat();
        let (current, previous) = (first.current, first.previous);
        *first = Entry::new(first.control, current, commands);
        first.previous = previous;
    }
    if display.mode == DisplayMode::PalWide {
        let words = entries.iter_mut().flat_map(|entry| &mut entry.commands);
        for word in words.filter(|word| is_control(**word)) {
            *word |= command::PAL;
        }
    }
}

/// Where the list of an item is.
pub(super) fn list_of(mem: &Memory, vdl: GuestPtr<VDL>) -> Block {
    Block {
        start: mem.peek(vdl.at(VDL::vdl_DataPtr)),
        len: mem.peek(vdl.at(VDL::vdl_DataSize)).max(0) as u32,
    }
}

fn submit_vdl(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    data: GuestPtr<u32>,
    words: u32,
    wanted: u32,
) -> Result<Item, Trouble> {
    let tags = [(100, wanted), (102, words), (104, data.addr())];
    let item = k.create_vdl(cx, CommonTags::default(), &tags)?;
    Ok(k.give_to_caller(item))
}

/// The list that the screen had before.
fn set_vdl(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screen: Item,
    vdl: Item,
) -> Result<Item, Trouble> {
    let screen: GuestPtr<Screen> = k.own_graphics_item(cx.mem, screen, kind::SCREEN)?;
    let new: GuestPtr<VDL> = k.own_graphics_item(cx.mem, vdl, kind::VDL)?;
    let before = cx.mem.peek(screen.at(Screen::scr_VDLItem));
    let old = cx.mem.peek(screen.at(Screen::scr_VDLPtr));
    if !old.is_null() && cx.mem.peek(old.at(VDL::vdl_ScreenPtr)) == screen {
        cx.mem.poke(old.at(VDL::vdl_ScreenPtr), GuestPtr::NULL);
    }
    k.attach_vdl(cx.mem, screen, new, vdl);
    Ok(before)
}

calls! { pub(crate) CALLS: Graphics;
    swi 47 SetVDL(screen: Item, vdl: Item) -> Item = set_vdl;
    swi 51 ModifyVDL(vdl: Item, tags: GuestPtr<TagArg>) -> Number = modify_vdl;
    vec 41 SetVDL(screen: Item, vdl: Item) -> Item = set_vdl, cost 300;
    vec 42 SubmitVDL(data: GuestPtr<u32>, words: u32, kind: u32) -> Item = submit_vdl, cost 900;
    vec 47 ModifyVDL(vdl: Item, tags: GuestPtr<TagArg>) -> Number = modify_vdl, cost 300;
}
