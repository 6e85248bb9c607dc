//! Lines and rectangles as cels of one pixel.
//!
//! Graphics sheet 4.5. Positions and deltas wrap as those of a 32-bit processor do; only what
//! lies far outside any bitmap notices.

use crate::device::display::ccb_flag::{
    ACCW, ACE, ACW, BGND, CCBPRE, LAST, LDPPMP, LDPRS, LDSIZE, NOBLK, NPABS, PPABS, SPABS, YOXY,
};
use crate::kernel::portfolio::structs::graphics::CCB;
use crate::mem::{GuestPtr, Memory};

/// Shapes are drawn whichever way round they are, and black is drawn as black.
const FLAGS: u32 = LAST
    | NPABS
    | SPABS
    | PPABS
    | LDSIZE
    | LDPRS
    | LDPPMP
    | CCBPRE
    | YOXY
    | ACE
    | ACW
    | ACCW
    | BGND
    | NOBLK;
/// The colour as it is, in both P-modes.
const PIXC: u32 = 0x1F40_1F40;
/// One row of 16-bit pixels that are colours.
const PRE0: u32 = 0x16;
/// One pixel in it; bit 0 of blue as it is.
const PRE1: u32 = 0x1000;
/// The widest that HDX, a signed number with twelve bits before the point, can make a pixel.
const WIDEST: i32 = 0x7FF;

/// Consecutive columns or rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    first: i32,
    last: i32,
}

impl Extent {
    /// From one to the other, both included, in any order.
    pub(super) fn between(a: i32, b: i32) -> Extent {
        Extent {
            first: a.min(b),
            last: a.max(b),
        }
    }

    /// What of it is among the first `count`; nothing if none is.
    pub(super) fn within(self, count: i32) -> Option<Extent> {
        let first = self.first.max(0);
        let last = self.last.min(count.saturating_sub(1));
        (first <= last).then_some(Extent { first, last })
    }

    fn count(self) -> i32 {
        self.last.wrapping_sub(self.first).wrapping_add(1)
    }
}

/// A parallelogram: a place and two sides, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    origin: (i32, i32),
    /// The side that a row of the cel becomes, HDX and HDY.
    across: (i32, i32),
    /// The side that a column of it becomes, VDX and VDY.
    down: (i32, i32),
}

impl Shape {
    /// A rectangle. What of it is outside the clip region has been cut off, so that a side of
    /// any length fits into its delta.
    pub(super) fn rectangle(columns: Extent, rows: Extent) -> Shape {
        let (width, height) = ((columns.count(), 0), (0, rows.count()));
        let (across, down) = if width.0 <= WIDEST {
            (width, height)
        } else {
            (height, width)
        };
        Shape {
            origin: (columns.first, rows.first),
            across,
            down,
        }
    }

    /// A line with both its ends, one pixel in each column or, if it is steep, in each row.
    pub(super) fn line(from: (i32, i32), to: (i32, i32)) -> Shape {
        let (upper, lower) = if from.1 <= to.1 {
            (from, to)
        } else {
            (to, from)
        };
        let rightwards = lower.0 >= upper.0;
        let dx = lower.0.abs_diff(upper.0);
        let dy = lower.1.abs_diff(upper.1);
        let columns = dx.wrapping_add(1) as i32;
        let rows = dy.wrapping_add(1) as i32;
        let sideways = if rightwards {
            columns
        } else {
            columns.wrapping_neg()
        };
        if dx < dy {
            return Shape {
                origin: upper,
                across: (1, 0),
                down: (sideways, rows),
            };
        }
        // A line to the left begins with the right edge of its first pixel.
        let edge = i32::from(!rightwards);
        Shape {
            origin: (upper.0.wrapping_add(edge), upper.1),
            across: (0, -1),
            down: (sideways, rows),
        }
    }

    /// Writes the cel whose pixel is at `pixel`.
    pub(super) fn write(&self, mem: &mut Memory, ccb: GuestPtr<CCB>, pixel: u32) {
        let words = [
            (CCB::ccb_Flags, FLAGS),
            (CCB::ccb_NextPtr, 0),
            (CCB::ccb_SourcePtr, pixel),
            (CCB::ccb_PLUTPtr, 0),
            (CCB::ccb_PIXC, PIXC),
            (CCB::ccb_PRE0, PRE0),
            (CCB::ccb_PRE1, PRE1),
        ];
        for (field, word) in words {
            mem.poke(ccb.at(field), word);
        }
        let numbers = [
            (CCB::ccb_XPos, self.origin.0 << 16),
            (CCB::ccb_YPos, self.origin.1 << 16),
            (CCB::ccb_HDX, self.across.0 << 20),
            (CCB::ccb_HDY, self.across.1 << 20),
            (CCB::ccb_VDX, self.down.0 << 16),
            (CCB::ccb_VDY, self.down.1 << 16),
            (CCB::ccb_HDDX, 0),
            (CCB::ccb_HDDY, 0),
            (CCB::ccb_Width, 1),
            (CCB::ccb_Height, 1),
        ];
        for (field, number) in numbers {
            mem.poke(ccb.at(field), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(origin: (i32, i32), across: (i32, i32), down: (i32, i32)) -> Shape {
        Shape {
            origin,
            across,
            down,
        }
    }

    #[test]
    fn flat_lines_are_sheared_by_one_row() {
        let right = shape((5, 5), (0, -1), (5, 1));
        assert_eq!(Shape::line((5, 5), (9, 5)), right);
        let left = shape((10, 5), (0, -1), (-5, 1));
        assert_eq!(Shape::line((9, 5), (5, 5)), left);
    }

    #[test]
    fn steep_lines_are_one_pixel_wide() {
        let straight = shape((5, 5), (1, 0), (1, 5));
        assert_eq!(Shape::line((5, 5), (5, 9)), straight);
        assert_eq!(Shape::line((5, 9), (5, 5)), straight, "from its upper end");
        let left = shape((7, 1), (1, 0), (-3, 9));
        assert_eq!(Shape::line((7, 1), (5, 9)), left);
    }

    #[test]
    fn a_rectangle_has_its_corners_in_any_order() {
        let columns = Extent::between(12, 10).within(320).unwrap();
        let rows = Extent::between(11, 11).within(240).unwrap();
        let expected = shape((10, 11), (3, 0), (0, 1));
        assert_eq!(Shape::rectangle(columns, rows), expected);
    }

    #[test]
    fn a_rectangle_is_cut_at_the_clip_region() {
        let cut = |a, b, count| {
            let extent = Extent::between(a, b).within(count);
            extent.map(|extent| (extent.first, extent.count()))
        };
        assert_eq!(cut(i32::MIN, i32::MAX, 320), Some((0, 320)));
        assert_eq!(cut(319, 320, 320), Some((319, 1)));
        assert_eq!(cut(320, 400, 320), None);
        assert_eq!(cut(-7, -1, 320), None);
        assert_eq!(cut(0, 0, 0), None);
    }

    #[test]
    fn a_rectangle_too_wide_for_hdx_lies_on_its_side() {
        let columns = Extent::between(0, 2047).within(2048).unwrap();
        let rows = Extent::between(1, 2).within(100).unwrap();
        let expected = shape((0, 1), (0, 2), (2048, 0));
        assert_eq!(Shape::rectangle(columns, rows), expected);
    }

    proptest! {
        #[test]
        fn any_line_is_a_shape(from: (i32, i32), to: (i32, i32)) {
            let mut mem = Memory::new();
            Shape::line(from, to).write(&mut mem, GuestPtr::new(0x9000), 0x9100);
        }
    }
}
