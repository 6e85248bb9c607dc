//! The Graphics folio: screens, bitmaps, display lists, drawing.
//!
//! Graphics sheet, sections 3 and 4. What a guest can see of it is in guest memory (`structs`);
//! what it shows and draws is the work of the board's display (`device::display`).
//!
//! | module | what it knows |
//! |---|---|
//! | `codes` | error codes; structures are in `structs::graphics` |
//! | `boot` | GrafBase, display types, the blank display |
//! | `modes` | display types: their sizes, times and names |
//! | `memory` | where display lists are kept, and when their memory may be used again |
//! | `items` | which module makes and deletes which item; whose they are |
//! | `screens` | screen groups and screens, what is shown |
//! | `bitmaps` | bitmaps, their clip region and registers |
//! | `vdl` | display lists, submitted, proofed and modified; colours |
//! | `query` | what is asked about display and fields |
//! | `cels` | DrawCels, DrawScreenCels, MapCel |
//! | `draw` | pens, pixels, lines, rectangles |
//! | `text`, `font` | characters and strings; the project's own font |
//! | `refused` | calls that the shipped folio has and answers with NOTYET |

pub(super) mod bitmaps;
mod boot;
pub(super) mod cels;
mod codes;
pub(super) mod draw;
mod font;
mod items;
mod memory;
mod modes;
pub(super) mod query;
pub(super) mod refused;
pub(super) mod screens;
pub(super) mod text;
pub(super) mod vdl;

use self::codes::BADPTR;
use self::draw::{Backgrounds, Scratch};
use self::font::Fonts;
use self::memory::{Block, ListMemory};
use self::screens::{Displayed, Overlay};
use super::errors::Status;
use super::items::Item;
use super::structs::graphics::GrafFolio;
use crate::device::DeviceId;
use crate::device::display::ShownList;
use crate::event::Rank;
use crate::mem::{GuestPtr, GuestValue, Memory};
use crate::time::Video;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value that a caller points to, for calls whose answer to a wild pointer is an error.
fn value_at<T: GuestValue>(mem: &Memory, at: GuestPtr<T>) -> Result<T, Status> {
    mem.read(at).map_err(|_| BADPTR)
}

/// What the Graphics folio knows that guests cannot see.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Graphics {
    /// The board's display, if there is one.
    pub(super) display: Option<(DeviceId, Rank)>,
    /// The folio's structure; null before power-on.
    base: GuestPtr<GrafFolio>,
    /// What the machine's fields are like.
    video: Video,
    lists: ListMemory,
    /// What is to be shown, by itself.
    wanted: Displayed,
    overlay: Option<Overlay>,
    /// The lists that the display was last told to show: those of `wanted`, or spliced ones.
    told: [ShownList; 2],
    /// The lists that it shows in the present field.
    latched: [ShownList; 2],
    /// Lists with the overlay, which belong to no item.
    spliced: Vec<Block>,
    /// Frame buffers that the folio has allocated, by bitmap.
    buffers: BTreeMap<Item, Block>,
    scratch: Scratch,
    fonts: Fonts,
    /// GrafCons whose background pen somebody has set.
    backgrounds: Backgrounds,
}

impl Graphics {
    /// Whether what was read from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        let mut blocks = self.buffers.values().chain(&self.spliced);
        self.lists.is_sound() && blocks.all(|block| block.is_sound())
    }

    /// A task has ended.
    pub(super) fn forget_task(&mut self, task: Item) {
        self.backgrounds.forget_task(task);
    }
}
