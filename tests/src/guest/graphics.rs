//! Screens, bitmaps and display lists.

use super::{Guest, Tags, Word};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::ItemNode;
use emu_core::kernel::portfolio::structs::graphics::{Bitmap, GrafFolio, Screen, VDL};
use emu_core::machine::Config;
use emu_core::mem::{Field, GuestPtr, GuestValue};
use emu_core::quirks::Profile;
use emu_core::time::Video;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The Graphics folio's item.
pub const GRAPHICS: Item = Item(2);
/// The node id of a bitmap.
pub const BITMAP: u32 = 0x203;
/// The node id of a display list.
pub const VDL_NODE: u32 = 0x204;

/// Tags of CreateScreenGroup.
#[allow(missing_docs)]
pub mod csg {
    pub const DISPLAYHEIGHT: u32 = 1;
    pub const SCREENCOUNT: u32 = 2;
    pub const SCREENHEIGHT: u32 = 3;
    pub const BITMAPCOUNT: u32 = 4;
    pub const WIDTHS: u32 = 5;
    pub const HEIGHTS: u32 = 6;
    pub const BUFFERS: u32 = 7;
    pub const VDLTYPE: u32 = 8;
    pub const VDLS: u32 = 9;
    pub const VDL_LENGTHS: u32 = 10;
    pub const SPORTBITS: u32 = 11;
    pub const DISPLAYTYPE: u32 = 12;
}

/// Runs a test once under each profile, with the Graphics folio open.
pub fn with_graphics(test: impl Fn(&mut Guest)) {
    super::both_profiles(|g| {
        g.open_graphics();
        test(g);
    });
}

/// The same on a PAL machine.
pub fn with_pal_graphics(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let config = Config {
            profile,
            video: Video::Pal,
            ..Config::default()
        };
        let run = catch_unwind(AssertUnwindSafe(|| {
            let mut g = Guest::with_config(config);
            g.open_graphics();
            test(&mut g);
        }));
        if let Err(failure) = run {
            eprintln!("the failure is under profile `{}`", profile.name());
            resume_unwind(failure);
        }
    }
}

/// A group and its screens.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group's item.
    pub item: Item,
    /// Its screens.
    pub screens: Vec<Item>,
}

impl Guest {
    /// Opens the Graphics folio for the acting task.
    pub fn open_graphics(&mut self) {
        let opened = self.call("OpenItem", &[GRAPHICS.word(), 0]);
        assert_eq!(opened, Status(GRAPHICS.0), "OpenItem of the Graphics folio");
    }

    /// CreateScreenGroup with room for four screens; the result and where the screens are.
    pub fn try_screen_group(&mut self, tags: &[(u32, u32)]) -> (Status, u32) {
        let screens = self.alloc(16);
        let mut words: Vec<u32> = tags.iter().flat_map(|&(tag, value)| [tag, value]).collect();
        words.push(0);
        let tags = self.words(&words);
        (self.call("CreateScreenGroup", &[screens, tags]), screens)
    }

    /// A screen group that must come into being.
    pub fn screen_group(&mut self, tags: &[(u32, u32)]) -> Group {
        let (result, screens) = self.try_screen_group(tags);
        assert!(result.0 > 0, "CreateScreenGroup: {result:?}");
        let screens = (0..4).map(|n| Item(self.read(screens + n * 4) as i32));
        Group {
            item: Item(result.0),
            screens: screens.filter(|item| item.0 != 0).collect(),
        }
    }

    /// A bitmap in memory of its own, which must come into being.
    pub fn bitmap(&mut self, width: u32, height: u32) -> Item {
        let buffer = self.call("AllocMemBlocks", &[width * height * 2, 0x1_8000]);
        assert!(buffer.0 > 0, "AllocMemBlocks: {buffer:?}");
        let tags = Tags::new().and(11, width).and(12, height).and(13, buffer);
        self.new_item(BITMAP, tags)
    }

    /// DisplayScreen.
    pub fn display_screens(&mut self, first: Item, second: Item) -> Status {
        self.call("DisplayScreen", &[first.word(), second.word()])
    }

    /// The bitmap of a screen, as programs find it.
    pub fn bitmap_of(&self, screen: Item) -> Item {
        let bitmap = self.field(screen, Screen::scr_TempBitmap);
        self.peek(bitmap.at(Bitmap::bm).at(ItemNode::n_Item))
    }

    /// The display list of a screen.
    pub fn vdl_of(&self, screen: Item) -> Item {
        self.field(screen, Screen::scr_VDLItem)
    }

    /// The words of a display list in memory.
    pub fn list_of(&self, vdl: Item) -> Vec<u32> {
        let start = self.field(vdl, VDL::vdl_DataPtr);
        let bytes = self.field(vdl, VDL::vdl_DataSize) as u32;
        (0..bytes / 4).map(|n| self.read(start + n * 4)).collect()
    }

    /// A field of GrafBase.
    pub fn graf_base<T: GuestValue>(&self, field: Field<GrafFolio, T>) -> T {
        self.field(GRAPHICS, field)
    }

    /// CreateItem of a display list of these words, with further tags.
    pub fn try_vdl(&mut self, words: &[u32], tags: Tags) -> Status {
        let at = self.words(words);
        let count = words.len() as u32;
        self.create(VDL_NODE, tags.and(102, count).and(104, at))
    }

    /// SubmitVDL of type FULL.
    pub fn submit_vdl(&mut self, words: &[u32]) -> Status {
        let at = self.words(words);
        self.call("SubmitVDL", &[at, words.len() as u32, 1])
    }

    /// Where the display begins to read a list, from the next vertical blank on.
    pub fn list_start(&self, vdl: Item) -> GuestPtr<u32> {
        GuestPtr::new(self.field(vdl, VDL::vdl_DataPtr))
    }
}
