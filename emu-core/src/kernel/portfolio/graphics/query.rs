//! What is asked about display and fields.
//!
//! Graphics sheet 4.7.

use super::codes::{BADPTR, BADTAG};
use super::modes::{DisplayType, field_frequency, field_micros};
use crate::calls;
use crate::kernel::abi::{ArgKind, Arguments, FromGuest, Trouble};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::structs::graphics::{DisplayInfo, GrafFolio};
use crate::kernel::portfolio::structs::{List, TagArg};
use crate::kernel::portfolio::tags::TagWalk;
use crate::mem::GuestPtr;

/// Pixels and lines that every machine can display.
pub(super) const DEFAULT_SIZE: (u32, u32) = (320, 240);
/// Tags of SetVBLAttrs and GetVBLAttrs.
const VBL_TAGS: std::ops::RangeInclusive<u32> = 256..=263;

/// Where questions are: tags with numbers of their own, and where their answers go.
#[derive(Clone, Copy, Debug)]
struct Questions(GuestPtr<TagArg>);

impl FromGuest for Questions {
    const KIND: ArgKind = ArgKind::NamedTags(&[
        "fieldfreq",
        "fieldtime",
        "fieldcount",
        "defaultwidth",
        "defaultheight",
        "defaultdisplaytype",
    ]);
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Questions(GuestPtr::new(arguments.word()))
    }
}

impl Portfolio {
    /// The answer to a tag of QueryGraphics.
    fn graphics_fact(&self, cx: &CallCx<'_>, tag: u32) -> Result<u32, Status> {
        let video = self.graphics.video;
        Ok(match tag {
            1 => field_frequency(video),
            2 => field_micros(video),
            3 => {
                let count = self.graphics.base.at(GrafFolio::gf_VBLNumber);
                cx.mem.peek(count)
            }
            4 => DEFAULT_SIZE.0,
            5 => DEFAULT_SIZE.1,
            6 => DisplayType::find(video, 0)?.number,
            _ => return Err(BADTAG),
        })
    }
}

fn query_graphics(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    tag: u32,
    result: GuestPtr<u32>,
) -> Result<i32, Trouble> {
    if tag != 0 {
        let fact = k.graphics_fact(cx, tag)?;
        cx.mem.write(result, fact)?;
    }
    Ok(0)
}

/// Answers before a wrong tag stay given.
fn query_graphics_list(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    questions: Questions,
) -> Result<i32, Trouble> {
    let Questions(mut at) = questions;
    while !at.is_null() {
        // One at a time: an answer may be written into the list itself.
        let tag = cx.mem.read(at.at(TagArg::ta_Tag))?;
        if tag == 0 {
            break;
        }
        let result = cx.mem.read(at.at(TagArg::ta_Arg))?;
        let fact = k.graphics_fact(cx, tag)?;
        cx.mem.write(GuestPtr::new(result), fact)?;
        cx.charge.0 += 10;
        at = at.index(1);
    }
    Ok(0)
}

fn get_first_display_info(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
) -> Result<GuestPtr<DisplayInfo>, Trouble> {
    let list = k.graphics.base.at(GrafFolio::gf_DisplayInfoList);
    Ok(cx.mem.peek(list.at(List::ListAnchor_head)).cast())
}

/// SetVBLAttrs and GetVBLAttrs: what SlipStream and the VIRS signal are to be; neither is there.
fn vbl_attributes(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    let mut count = 0;
    for tag in TagWalk::new(cx.mem, tags) {
        let (tag, _) = tag.map_err(|_| BADPTR)?;
        if !VBL_TAGS.contains(&tag) {
            return Err(BADTAG.into());
        }
        count += 4;
    }
    cx.charge.0 += count;
    Ok(0)
}

calls! { pub(crate) CALLS: Graphics;
    swi 52 SetVBLAttrs(tags: GuestPtr<TagArg>) -> Number = vbl_attributes;
    swi 53 GetVBLAttrs(tags: GuestPtr<TagArg>) -> Number = vbl_attributes;
    vec 46 GetFirstDisplayInfo() -> Pointer = get_first_display_info;
    vec 48 QueryGraphics(tag: u32, result: GuestPtr<u32>) -> Number = query_graphics;
    vec 49 QueryGraphicsList(tags: Questions) -> Number = query_graphics_list;
    vec 51 SetVBLAttrs(tags: GuestPtr<TagArg>) -> Number = vbl_attributes, cost 300;
    vec 52 GetVBLAttrs(tags: GuestPtr<TagArg>) -> Number = vbl_attributes, cost 300;
}
