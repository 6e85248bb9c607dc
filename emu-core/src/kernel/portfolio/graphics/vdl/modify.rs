//! ModifyVDL: what every display control word of a list says.
//!
//! Graphics sheet 4.3.

use super::build::command_addresses;
use super::list_of;
use super::words::{command, is_control};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::graphics::codes::{BADPTR, BADTAG, BADTAGVAL};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::TagArg;
use crate::kernel::portfolio::structs::graphics::{VDL, kind};
use crate::kernel::portfolio::tags::TagWalk;
use crate::mem::GuestPtr;

/// Bits to be cleared, then bits to be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Change {
    clear: u32,
    set: u32,
}

impl Change {
    /// Adds what one tag says; later tags win.
    fn add(&mut self, tag: u32, value: u32) -> Result<(), Status> {
        // A switch has one bit; a source has two, of which its values 1 and 2 are each one.
        let (bits, most) = match tag {
            11 => (command::BACK_TRANSPARENT, 1),
            12 => (command::SMOOTH_H, 1),
            13 => (command::SMOOTH_V, 1),
            14 => (command::HORIZONTAL, 2),
            15 => (command::VERTICAL, 2),
            16 => (command::SWAP, 1),
            17 => (command::BYPASS, 1),
            18 => (command::WINDOW_SMOOTH_H, 1),
            19 => (command::WINDOW_SMOOTH_V, 1),
            20 => (command::WINDOW_HORIZONTAL, 2),
            21 => (command::WINDOW_VERTICAL, 2),
            22 => (command::WINDOW_SWAP, 1),
            _ => return Err(BADTAG),
        };
        if value > most {
            return Err(BADTAGVAL);
        }
        self.clear |= bits;
        self.set = self.set & !bits | value << bits.trailing_zeros();
        Ok(())
    }

    fn apply(self, word: u32) -> u32 {
        word & !self.clear | self.set
    }
}

/// Nothing changes unless all tags are right.
pub(super) fn modify_vdl(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    vdl: Item,
    tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    let vdl: GuestPtr<VDL> = k.own_graphics_item(cx.mem, vdl, kind::VDL)?;
    let mut change = Change::default();
    for tag in TagWalk::new(cx.mem, tags) {
        let (tag, value) = tag.map_err(|_| BADPTR)?;
        cx.charge.0 += 4;
        change.add(tag, value)?;
    }
    let words = command_addresses(cx.mem, list_of(cx.mem, vdl));
    cx.charge.0 += words.len() as u64;
    for at in words {
        let word = cx.mem.word(at);
        if is_control(word) {
            cx.mem.set_word(at, change.apply(word));
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(tags: &[(u32, u32)], word: u32) -> Result<u32, Status> {
        let mut change = Change::default();
        for &(tag, value) in tags {
            change.add(tag, value)?;
        }
        Ok(change.apply(word))
    }

    /// Graphics sheet 1.3, 4.3: the bits of each tag, and that 1 enables.
    #[test]
    fn each_tag_has_its_bits() {
        const PLAIN: u32 = 0xC001_0020;
        for (tag, value, bits) in [
            (11, 1, 0x40_0000),
            (12, 1, 4),
            (13, 1, 8),
            (14, 1, 0x40),
            (14, 2, 0x80),
            (15, 1, 0x100),
            (15, 2, 0x200),
            (16, 1, 0x400),
            (17, 1, 0x200_0000),
            (18, 1, 0x2000),
            (19, 1, 0x4000),
            (20, 1, 0x2_0000),
            (20, 2, 0x4_0000),
            (21, 1, 0x8_0000),
            (21, 2, 0x10_0000),
            (22, 1, 0x20_0000),
        ] {
            assert_eq!(changed(&[(tag, value)], PLAIN), Ok(PLAIN | bits), "{tag}");
            assert_eq!(changed(&[(tag, 0)], PLAIN | bits), Ok(PLAIN), "{tag}");
        }
        assert_eq!(changed(&[(14, 1), (14, 2)], PLAIN), Ok(PLAIN | 0x80));
    }

    #[test]
    fn what_no_tag_means_is_refused() {
        assert_eq!(changed(&[(10, 0)], 0), Err(BADTAG));
        assert_eq!(changed(&[(23, 0)], 0), Err(BADTAG));
        assert_eq!(changed(&[(12, 2)], 0), Err(BADTAGVAL));
        assert_eq!(changed(&[(15, 3)], 0), Err(BADTAGVAL));
        assert_eq!(changed(&[(17, u32::MAX)], 0), Err(BADTAGVAL));
    }
}
