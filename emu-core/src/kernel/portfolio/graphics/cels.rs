//! DrawCels, DrawScreenCels and MapCel.
//!
//! Graphics sheet 2.1, 2.15, 4.6. The engine is the display's; it is told the registers that the
//! bitmap has at the moment of the call, and takes the bus for what its work costs.

use super::codes::CELTIMEOUT;
use crate::calls;
use crate::device::display::{CelEnd, CelJob};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::graphics::{Bitmap, CCB, Point, Screen, kind};
use crate::kernel::portfolio::structs::{List, Node};
use crate::mem::{GuestPtr, Memory};
use crate::time::Ticks;

/// Cycles for each count of bm_WatchDogCtr, of which 62500 are about a second.
const CYCLES_PER_COUNT: u64 = 200;
/// The most bitmaps of one screen that are looked at, whatever a saved state says of its list.
const MOST_BITMAPS: usize = 64;

/// The engine's registers as a bitmap has them now.
fn job(mem: &Memory, bitmap: GuestPtr<Bitmap>, first: u32) -> CelJob {
    let count = mem.peek(bitmap.at(Bitmap::bm_WatchDogCtr)).max(0);
    let cycles = u64::from(count.unsigned_abs()) * CYCLES_PER_COUNT;
    let register = |field| mem.peek(bitmap.at(field));
    CelJob {
        control: register(Bitmap::bm_CEControl),
        registers: [
            register(Bitmap::bm_REGCTL0),
            register(Bitmap::bm_REGCTL1),
            register(Bitmap::bm_REGCTL2),
            register(Bitmap::bm_REGCTL3),
        ],
        first,
        watchdog: Ticks(cycles),
    }
}

impl Portfolio {
    /// Draws a list of cels into a bitmap.
    pub(super) fn run_cels(
        &self,
        cx: &mut CallCx<'_>,
        bitmap: GuestPtr<Bitmap>,
        first: u32,
    ) -> Result<(), Status> {
        let job = job(cx.mem, bitmap, first);
        let report = self.with_display(cx, |display, device| display.draw_cels(&job, device));
        match report.flatten().map(|report| report.end) {
            Some(CelEnd::TimedOut) => Err(CELTIMEOUT),
            Some(CelEnd::NoMemory { ccb, addr }) => {
                self.warn(cx, bad_list(ccb, addr));
                Ok(())
            }
            Some(CelEnd::Finished) | None => Ok(()),
        }
    }

    /// The bitmaps of a screen, in their order.
    pub(super) fn bitmaps_of(
        &self,
        mem: &Memory,
        screen: GuestPtr<Screen>,
    ) -> Vec<GuestPtr<Bitmap>> {
        let list = screen.at(Screen::scr_BitmapList);
        let first = mem.peek(list.at(List::ListAnchor_head));
        let next = |node: &GuestPtr<Node>| Some(mem.peek(node.at(Node::n_Next)));
        // The list ends at its own anchor, whose link is null.
        std::iter::successors(Some(first), next)
            .take_while(|node| !node.is_null() && !mem.peek(node.at(Node::n_Next)).is_null())
            .take(MOST_BITMAPS)
            .map(GuestPtr::cast)
            .collect()
    }
}

/// What a program is told about a list that leads out of memory.
fn bad_list(ccb: u32, addr: u32) -> String {
    if ccb == addr {
        format!("the cel engine stops: the CCB at {ccb:#x} is no memory")
    } else {
        format!("the cel engine stops: the CCB at {ccb:#x} points to {addr:#x}, which is no memory")
    }
}

fn draw_cels(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    ccb: GuestPtr<CCB>,
) -> Result<i32, Trouble> {
    let bitmap = k.own_graphics_item(cx.mem, bitmap, kind::BITMAP)?;
    k.run_cels(cx, bitmap, ccb.addr())?;
    Ok(0)
}

fn draw_screen_cels(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    screen: Item,
    ccb: GuestPtr<CCB>,
) -> Result<i32, Trouble> {
    let screen = k.own_graphics_item(cx.mem, screen, kind::SCREEN)?;
    for bitmap in k.bitmaps_of(cx.mem, screen) {
        k.run_cels(cx, bitmap, ccb.addr())?;
    }
    Ok(0)
}

/// Where a cel lies on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mapping {
    /// XPos and YPos.
    origin: (i32, i32),
    /// HDX and HDY.
    across: (i32, i32),
    /// VDX and VDY.
    down: (i32, i32),
    /// HDDX and HDDY.
    twist: (i32, i32),
}

/// Maps a cel of this size to four corners, clockwise from the upper left one. Nothing for a
/// size that cannot be divided by.
fn map_to([q0, q1, q2, q3]: [(i32, i32); 4], width: i32, height: i32) -> Option<Mapping> {
    let area = width.wrapping_mul(height);
    if width == 0 || height == 0 || area == 0 {
        return None;
    }
    /// All is arithmetic of 32 bits, as a 32-bit processor does it; division is towards zero.
    fn axis([p0, p1, p2, p3]: [i32; 4], (width, height, area): (i32, i32, i32)) -> [i32; 4] {
        let twist = p2.wrapping_sub(p3).wrapping_sub(p1).wrapping_add(p0);
        [
            (p0 << 16).wrapping_add(0x8000),
            (p1.wrapping_sub(p0) << 20).wrapping_div(width),
            (p3.wrapping_sub(p0) << 16).wrapping_div(height),
            (twist << 20).wrapping_div(area),
        ]
    }
    let size = (width, height, area);
    let x = axis([q0.0, q1.0, q2.0, q3.0], size);
    let y = axis([q0.1, q1.1, q2.1, q3.1], size);
    Some(Mapping {
        origin: (x[0], y[0]),
        across: (x[1], y[1]),
        down: (x[2], y[2]),
        twist: (x[3], y[3]),
    })
}

fn map_cel(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    ccb: GuestPtr<CCB>,
    quad: GuestPtr<Point>,
) -> Result<(), Trouble> {
    let mut corners = [(0, 0); 4];
    for (n, corner) in (0..).zip(&mut corners) {
        let point = quad.index(n);
        *corner = (
            cx.mem.read(point.at(Point::pt_X))?,
            cx.mem.read(point.at(Point::pt_Y))?,
        );
    }
    let width = cx.mem.read(ccb.at(CCB::ccb_Width))?;
    let height = cx.mem.read(ccb.at(CCB::ccb_Height))?;
    let Some(mapping) = map_to(corners, width, height) else {
        return Ok(());
    };
    for (field, value) in [
        (CCB::ccb_XPos, mapping.origin.0),
        (CCB::ccb_YPos, mapping.origin.1),
        (CCB::ccb_HDX, mapping.across.0),
        (CCB::ccb_HDY, mapping.across.1),
        (CCB::ccb_VDX, mapping.down.0),
        (CCB::ccb_VDY, mapping.down.1),
        (CCB::ccb_HDDX, mapping.twist.0),
        (CCB::ccb_HDDY, mapping.twist.1),
    ] {
        cx.mem.write(ccb.at(field), value)?;
    }
    Ok(())
}

calls! { pub(crate) CALLS: Graphics;
    swi 23 DrawScreenCels(screen: Item, ccb: GuestPtr<CCB>) -> Number = draw_screen_cels, cost 400;
    swi 39 DrawCels(bitmap: Item, ccb: GuestPtr<CCB>) -> Number = draw_cels, cost 350;
    vec 1 MapCel(ccb: GuestPtr<CCB>, quad: GuestPtr<Point>) -> Nothing = map_cel, cost 500;
    vec 43 DrawCels(bitmap: Item, ccb: GuestPtr<CCB>) -> Number = draw_cels, cost 400;
    vec 44 DrawScreenCels(screen: Item, ccb: GuestPtr<CCB>) -> Number = draw_screen_cels, cost 450;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: i32 = 1 << 16;

    #[test]
    fn a_cel_is_mapped_to_a_square_of_its_own_size() {
        let square = [(10, 20), (18, 20), (18, 24), (10, 24)];
        let mapping = Mapping {
            origin: (10 * ONE + 0x8000, 20 * ONE + 0x8000),
            across: (ONE << 4, 0),
            down: (0, ONE),
            twist: (0, 0),
        };
        assert_eq!(map_to(square, 8, 4), Some(mapping));
    }

    #[test]
    fn quotients_are_rounded_towards_zero() {
        let mapping = map_to([(0, 0), (1, -1), (1, -2), (-1, -1)], 3, 3).unwrap();
        assert_eq!(mapping.across, ((1 << 20) / 3, -((1 << 20) / 3)));
        assert_eq!(mapping.down, (-(ONE / 3), -(ONE / 3)));
        assert_eq!(mapping.twist.0, (1 << 20) / 9);
        assert_eq!(mapping.twist.1, 0);
    }

    #[test]
    fn a_trapezoid_twists() {
        let mapping = map_to([(40, 0), (60, 0), (100, 50), (0, 50)], 10, 50).unwrap();
        assert_eq!(mapping.across, (2 << 20, 0));
        assert_eq!(mapping.down, (-(40 * ONE / 50), ONE));
        assert_eq!(mapping.twist, ((80 << 20) / 500, 0));
    }

    #[test]
    fn a_size_of_zero_changes_nothing() {
        for (width, height) in [(0, 5), (5, 0), (0, 0), (0x1_0000, 0x1_0000)] {
            assert_eq!(
                map_to([(0, 0), (1, 0), (1, 1), (0, 1)], width, height),
                None
            );
        }
    }

    proptest! {
        #[test]
        fn any_numbers_can_be_mapped(
            points: [(i32, i32); 4],
            width: i32,
            height: i32,
        ) {
            let _ = map_to(points, width, height);
            let _ = map_to(points, -1, 1);
        }
    }

    #[test]
    fn the_watchdog_of_a_bitmap_is_about_a_second() {
        let mut mem = Memory::new();
        let bitmap = GuestPtr::<Bitmap>::new(0x9000);
        for (count, cycles) in [
            (62_500, 12_500_000),
            (1, 200),
            (0, 0),
            (-1, 0),
            (i32::MAX, 429_496_729_400),
        ] {
            mem.poke(bitmap.at(Bitmap::bm_WatchDogCtr), count);
            assert_eq!(job(&mem, bitmap, 0).watchdog, Ticks(cycles));
        }
    }
}
