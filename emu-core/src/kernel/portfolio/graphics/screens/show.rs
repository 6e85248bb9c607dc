//! What is shown: DisplayScreen, and what becomes of it (graphics sheet 4.2).
//!
//! The lists that the screens have at the call are what is shown, not the screens: another list
//! for one of them counts from the next call on.

use crate::device::display::{DisplayMode, Shown, ShownList};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::graphics::codes::{
    BADITEM, MIXEDDISPLAYS, MIXEDSCREENS, SGINUSE, SGNOTINUSE,
};
use crate::kernel::portfolio::graphics::modes::DisplayType;
use crate::kernel::portfolio::graphics::vdl::list_of;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::structs::graphics::{GrafFolio, Screen, ScreenGroup, VDL, kind};
use crate::mem::{GuestPtr, Memory};
use serde::{Deserialize, Serialize};

/// What a display shows: in even fields, and in odd ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displayed {
    /// How large the picture is.
    pub(in super::super) mode: DisplayMode,
    /// The lists, as the display reads them.
    pub(in super::super) lists: [ShownList; 2],
    screens: [Item; 2],
    vdls: [Item; 2],
}

impl Displayed {
    /// The list that shows nothing, which belongs to no item.
    pub(in super::super) fn nothing(mode: DisplayMode, first: u32) -> Displayed {
        let list = ShownList {
            first,
            top_lines: 0,
        };
        Displayed {
            mode,
            lists: [list; 2],
            ..Displayed::default()
        }
    }

    /// Whether one of the fields shows that screen.
    pub(super) fn has_screen(&self, screen: Item) -> bool {
        self.screens.contains(&screen)
    }

    /// Whether one of the fields shows the list of that item.
    pub(in super::super) fn has_list_of(&self, vdl: Item) -> bool {
        self.vdls.contains(&vdl)
    }

    /// What the display is told when these are the lists.
    pub(in super::super) fn shown(&self, [even, odd]: [ShownList; 2]) -> Shown {
        Shown {
            mode: self.mode,
            even,
            odd,
        }
    }
}

impl Portfolio {
    /// Shows something from the next vertical blank on.
    pub(super) fn display(&mut self, cx: &mut CallCx<'_>, displayed: Displayed) {
        self.graphics.wanted = displayed;
        let spliced = std::mem::take(&mut self.graphics.spliced);
        let [even, odd] = displayed.lists;
        let first = self.with_overlay(cx.mem, even);
        let second = match even == odd {
            true => first,
            false => self.with_overlay(cx.mem, odd),
        };
        let lists = [first, second];
        self.graphics.told = lists;
        let words = self.graphics.spliced.iter().map(|block| block.len / 4);
        cx.charge.0 += words.map(u64::from).sum::<u64>();
        for block in spliced {
            self.free_list(block.start, block.len);
        }
        self.with_display(cx, |display, _| display.show(displayed.shown(lists)));
    }

    /// Shows nothing from the next vertical blank on if what is wanted now says so.
    pub(in super::super) fn blank_if(
        &mut self,
        cx: &mut CallCx<'_>,
        ends: impl FnOnce(&Displayed) -> bool,
    ) {
        if ends(&self.graphics.wanted) {
            let blank = cx.mem.peek(self.graphics.base.at(GrafFolio::gf_VDLBlank));
            self.display(cx, Displayed::nothing(self.graphics.wanted.mode, blank));
        }
    }

    /// The list of even fields, if it is an item's.
    pub(in super::super) fn shown_vdl(&self, mem: &Memory) -> Option<GuestPtr<VDL>> {
        let item = self.graphics.wanted.vdls[0];
        self.graphics_item(mem, item, kind::VDL).ok()
    }

    /// A vertical blank has begun; `count` of them since power-on. The display has taken what it
    /// was told last.
    pub(in crate::kernel::portfolio) fn graphics_field(&mut self, cx: &mut CallCx<'_>, count: u64) {
        let base = self.graphics.base;
        if base.is_null() {
            return;
        }
        // Its bit 0 is the field's parity.
        cx.mem.poke(base.at(GrafFolio::gf_VBLNumber), count as u32);
        self.graphics.latched = self.graphics.told;
        self.graphics.lists.release_dying();
        self.publish_shown(cx.mem, (count & 1) as usize);
        if self.graphics.overlay.is_some() {
            self.display(cx, self.graphics.wanted);
        }
    }

    /// Keeps current what GrafBase says is shown.
    fn publish_shown(&self, mem: &mut Memory, parity: usize) {
        let base = self.graphics.base;
        let blank = mem.peek(base.at(GrafFolio::gf_BlankVDL));
        let fields = [GrafFolio::gf_CurrentVDLEven, GrafFolio::gf_CurrentVDLOdd];
        for (field, item) in fields.into_iter().zip(self.graphics.wanted.vdls) {
            let vdl = self.items.lookup(item).map_or(blank, GuestPtr::addr);
            mem.poke(base.at(field), vdl);
        }
        let link = mem.peek(base.at(GrafFolio::gf_VDLDisplayLink));
        mem.set_word(link, self.graphics.latched[parity].first);
    }
}

/// A group can be added once.
pub(super) fn add_screen_group(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    group: Item,
    _tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    let group: GuestPtr<ScreenGroup> = k.own_graphics_item(cx.mem, group, kind::SCREENGROUP)?;
    let added = group.at(ScreenGroup::sg_Add_SG_Called);
    if cx.mem.peek(added) != 0 {
        return Err(SGINUSE.into());
    }
    cx.mem.poke(added, 1);
    Ok(0)
}

/// What is shown stays.
pub(super) fn remove_screen_group(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    group: Item,
) -> Result<i32, Trouble> {
    let group: GuestPtr<ScreenGroup> = k.own_graphics_item(cx.mem, group, kind::SCREENGROUP)?;
    let added = group.at(ScreenGroup::sg_Add_SG_Called);
    if cx.mem.peek(added) == 0 {
        return Err(SGNOTINUSE.into());
    }
    cx.mem.poke(added, 0);
    Ok(0)
}

/// Returns at once; the pair is shown from the next vertical blank on.
pub(super) fn display_screen(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screen0: Item,
    screen1: Item,
) -> Result<i32, Trouble> {
    let items = match screen1 {
        Item::NONE => [screen0; 2],
        _ => [screen0, screen1],
    };
    for item in items {
        let _: GuestPtr<Screen> = k.graphics_item(cx.mem, item, kind::SCREEN)?;
    }
    let mut screens = [GuestPtr::<Screen>::NULL; 2];
    for (screen, item) in screens.iter_mut().zip(items) {
        *screen = k.own_graphics_item(cx.mem, item, kind::SCREEN)?;
    }
    let [first, second] = screens;
    let group = |screen: GuestPtr<Screen>| cx.mem.peek(screen.at(Screen::scr_ScreenGroupPtr));
    if group(first) != group(second) {
        return Err(MIXEDSCREENS.into());
    }
    let displayed = displayed_of(k, cx.mem, items, screens)?;
    k.display(cx, displayed);
    Ok(0)
}

fn displayed_of(
    k: &Portfolio,
    mem: &Memory,
    items: [Item; 2],
    screens: [GuestPtr<Screen>; 2],
) -> Result<Displayed, Status> {
    let mut displayed = Displayed {
        screens: items,
        ..Displayed::default()
    };
    let mut types = [0; 2];
    for (n, screen) in screens.into_iter().enumerate() {
        let vdl = mem.peek(screen.at(Screen::scr_VDLPtr));
        if vdl.is_null() {
            return Err(BADITEM);
        }
        types[n] = mem.peek(vdl.at(VDL::vdl_DisplayType));
        displayed.vdls[n] = mem.peek(screen.at(Screen::scr_VDLItem));
        displayed.lists[n] = ShownList {
            first: list_of(mem, vdl).start,
            top_lines: mem.peek(vdl.at(VDL::vdl_Offset)).max(0) as u32,
        };
    }
    if types[0] != types[1] {
        return Err(MIXEDDISPLAYS);
    }
    displayed.mode = DisplayType::find(k.graphics.video, types[0])?.mode;
    Ok(displayed)
}
