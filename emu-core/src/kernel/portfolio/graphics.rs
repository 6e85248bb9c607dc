//! The Graphics folio: screens, bitmaps, display lists, drawing.
//!
//! Graphics sheet, sections 3 and 4. What a guest can see of it is in guest memory (`structs`);
//! what it shows and draws is the work of the board's display (`device::display`).
//!
//! | module | what it knows |
//! |---|---|
//! | `codes` | error codes; structures are in `structs::graphics` |
//! | `boot` | GrafBase, display types, the blank display |
//! | `items` | which module makes and deletes which item; whose they are |
//! | `screens` | screen groups and screens, what is shown |
//! | `bitmaps` | bitmaps, their clip region and registers |
//! | `vdl` | display lists, submitted, proofed and modified; colours |
//! | `query` | what is asked about display and fields |
//! | `cels` | DrawCels, DrawScreenCels, MapCel |
//! | `draw` | pens, pixels, lines, rectangles |
//! | `text`, `font` | characters and strings; the project's own font |

pub(super) mod bitmaps;
mod boot;
pub(super) mod cels;
mod codes;
pub(super) mod draw;
mod font;
mod items;
pub(super) mod query;
pub(super) mod screens;
pub(super) mod text;
pub(super) mod vdl;

use crate::device::DeviceId;
use crate::event::Rank;
use serde::{Deserialize, Serialize};

/// What the Graphics folio knows that guests cannot see.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Graphics {
    /// The board's display, if there is one.
    pub(super) display: Option<(DeviceId, Rank)>,
}
