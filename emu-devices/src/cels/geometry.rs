//! Source pixels as quadrilaterals (graphics sheet 2.12 to 2.14).

use super::canvas::Canvas;
use super::ccb::{Flags, Registers};
use emu_core::device::display::ccb_flag;
use std::ops::ControlFlow;

/// A corner in 16.16, and how it moves from column to column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub x: i32,
    pub y: i32,
}

impl Point {
    #[inline]
    fn plus(self, step: Point) -> Point {
        Point {
            x: self.x.wrapping_add(step.x),
            y: self.y.wrapping_add(step.y),
        }
    }

    fn times(self, count: u32) -> Point {
        Point {
            x: self.x.wrapping_mul(count as i32),
            y: self.y.wrapping_mul(count as i32),
        }
    }
}

/// The corners along one side of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub at: Point,
    pub step: Point,
}

impl Side {
    /// Corner `column`: what that many additions lead to.
    pub fn corner(&self, column: u32) -> Point {
        self.at.plus(self.step.times(column))
    }
}

/// A row of source pixels between two sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub top: Side,
    pub bottom: Side,
}

impl Band {
    /// The row that the registers stand at.
    pub fn new(r: &Registers) -> Band {
        let at = Point { x: r.x, y: r.y };
        let down = Point { x: r.vdx, y: r.vdy };
        let step = Point { x: r.hdx, y: r.hdy };
        let turn = Point {
            x: r.hddx,
            y: r.hddy,
        };
        Band {
            top: Side { at, step },
            bottom: Side {
                at: at.plus(down),
                step: step.plus(turn),
            },
        }
    }

    /// Whether all of the first `columns` quadrilaterals lie on one side of the clip region.
    pub fn is_outside(&self, columns: u32, canvas: &Canvas) -> bool {
        let ends = [self.top, self.bottom].map(|side| {
            let end = |at: i32, step: i32| i64::from(at) + i64::from(step) * i64::from(columns);
            let (x, y) = (end(side.at.x, side.step.x), end(side.at.y, side.step.y));
            [(i64::from(side.at.x), i64::from(side.at.y)), (x, y)]
        });
        let corners = ends.as_flattened();
        let sum = |(x, y): (i64, i64)| i32::try_from(x).is_ok() && i32::try_from(y).is_ok();
        if !corners.iter().all(|&corner| sum(corner)) {
            return false;
        }
        let beyond = |low: i64, high: i64, last: i32| {
            high >> 16 <= 0 || low >> 16 > i64::from(last) || low >> 16 == high >> 16
        };
        let range = |of: fn(&(i64, i64)) -> i64| {
            let all = corners.iter().map(of);
            (all.clone().min().unwrap_or(0), all.max().unwrap_or(0))
        };
        let (left, right) = range(|corner| corner.0);
        let (top, bottom) = range(|corner| corner.1);
        beyond(left, right, canvas.right) || beyond(top, bottom, canvas.bottom)
    }
}

/// Which way round quadrilaterals may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns {
    pub clockwise: bool,
    pub counter: bool,
}

impl Turns {
    pub fn new(flags: Flags) -> Turns {
        Turns {
            clockwise: flags.has(ccb_flag::ACW),
            counter: flags.has(ccb_flag::ACCW),
        }
    }

    pub fn none(self) -> bool {
        !self.clockwise && !self.counter
    }

    fn all(self) -> bool {
        self.clockwise && self.counter
    }

    /// Whether one with this sign of its area is drawn; one without area goes neither way.
    pub fn allow(self, sign: i128) -> bool {
        match sign.signum() {
            1 => self.clockwise,
            -1 => self.counter,
            _ => self.all(),
        }
    }
}

/// The image of one source pixel: corners A, B, C, D.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quad(pub [Point; 4]);

/// Truncated corners with their extent.
#[derive(Clone, Copy, Debug)]
struct Outline {
    x: [i32; 4],
    y: [i32; 4],
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

/// What filling a quadrilateral came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    /// Visible rows without a pixel; 1 if there is nothing visible at all.
    pub misses: u64,
}

const NOTHING: Filled = Filled { misses: 1 };
const ALL: Filled = Filled { misses: 0 };

fn cross(a: Point, b: Point, c: Point, d: Point) -> i128 {
    let d_of = |to: i32, from: i32| i128::from(to) - i128::from(from);
    d_of(b.x, a.x) * d_of(d.y, c.y) - d_of(b.y, a.y) * d_of(d.x, c.x)
}

impl Quad {
    /// Twice the signed area: positive if it turns clockwise on the screen.
    pub fn area(&self) -> i128 {
        let [a, b, c, d] = self.0;
        cross(a, c, b, d)
    }

    /// Whether it crosses itself: two of its corners turn each way.
    fn is_twisted(&self) -> bool {
        let turns = [0, 1, 2, 3].map(|n| {
            let [a, b, c] = [n, (n + 1) % 4, (n + 2) % 4].map(|n: usize| self.0[n]);
            cross(a, b, b, c).signum()
        });
        let of = |sign| turns.iter().filter(|&&turn| turn == sign).count();
        of(1) == 2 && of(-1) == 2
    }

    fn outline(&self) -> Outline {
        let x = self.0.map(|corner| corner.x >> 16);
        let y = self.0.map(|corner| corner.y >> 16);
        let low = |of: [i32; 4]| of[0].min(of[1]).min(of[2]).min(of[3]);
        let high = |of: [i32; 4]| of[0].max(of[1]).max(of[2]).max(of[3]);
        Outline {
            x,
            y,
            left: low(x),
            right: high(x),
            top: low(y),
            bottom: high(y),
        }
    }

    /// Fills it row by row with visible, non-empty spans `(y, x0, x1)`. `turns` is looked at
    /// unless the cel as a whole has been.
    pub fn fill(
        &self,
        canvas: &Canvas,
        turns: Option<Turns>,
        mut span: impl FnMut(i32, i32, i32) -> ControlFlow<()>,
    ) -> Filled {
        let outline = self.outline();
        let Some((y0, y1)) = outline.visible_rows(canvas) else {
            return NOTHING;
        };
        let mut each = turns.filter(|turns| !turns.all());
        if let Some(turns) = each
            && !self.is_twisted()
        {
            if !turns.allow(self.area()) {
                return NOTHING;
            }
            each = None;
        }
        if outline.is_rectangle() && each.is_none() {
            let (x0, x1) = canvas.columns(outline.left, outline.right);
            for y in y0..y1 {
                if span(y, x0, x1).is_break() {
                    break;
                }
            }
            return ALL;
        }
        let (edges, count) = outline.edges();
        let edges = &edges[..count];
        let mut misses = 0;
        for y in y0..y1 {
            let mut empty = true;
            let (crossings, count) = crossings(edges, y);
            for pair in crossings[..count].chunks_exact(2) {
                let (x0, x1) = canvas.columns(pair[0].x, pair[1].x);
                let allowed = each.is_none_or(|turns| {
                    // The left edge of what turns clockwise goes up.
                    turns.allow(if pair[0].down { -1 } else { 1 })
                });
                if x0 < x1 && allowed {
                    empty = false;
                    if span(y, x0, x1).is_break() {
                        return Filled { misses };
                    }
                }
            }
            misses += u64::from(empty);
        }
        Filled { misses }
    }

    /// The one pixel that is left of it without region fill, if it is visible: the one at corner A.
    pub fn single(&self, canvas: &Canvas, turns: Option<Turns>) -> Option<(i32, i32)> {
        let outline = self.outline();
        let allowed = turns.is_none_or(|turns| turns.all() || turns.allow(self.area()));
        if outline.is_empty() || !allowed {
            return None;
        }
        // Right of A, or below it, there may be nothing of the quadrilateral.
        let x = outline.x[0] - i32::from(outline.x[0] == outline.right);
        let y = outline.y[0] - i32::from(outline.y[0] == outline.bottom);
        let visible = (0..=canvas.right).contains(&x) && (0..=canvas.bottom).contains(&y);
        visible.then_some((x, y))
    }
}

/// Where an edge meets a row.
#[derive(Clone, Copy, Debug, Default)]
struct Crossing {
    x: i32,
    down: bool,
}

impl Outline {
    /// Whether it covers nothing: no width, no height, or opposite edges that coincide.
    fn is_empty(&self) -> bool {
        let same = |a: usize, b: usize| self.x[a] == self.x[b] && self.y[a] == self.y[b];
        self.left == self.right
            || self.top == self.bottom
            || same(0, 1) && same(2, 3)
            || same(0, 3) && same(1, 2)
    }

    /// Rows of the clip region that it may cover.
    fn visible_rows(&self, canvas: &Canvas) -> Option<(i32, i32)> {
        let (x0, x1) = canvas.columns(self.left, self.right);
        let (y0, y1) = canvas.rows(self.top, self.bottom);
        (x0 < x1 && y0 < y1 && !self.is_empty()).then_some((y0, y1))
    }

    fn is_rectangle(&self) -> bool {
        let (x, y) = (&self.x, &self.y);
        let upright = y[0] == y[1] && y[2] == y[3] && x[0] == x[3] && x[1] == x[2];
        upright || x[0] == x[1] && x[2] == x[3] && y[0] == y[3] && y[1] == y[2]
    }

    /// The edges that are not level.
    fn edges(&self) -> ([Edge; 4], usize) {
        let mut edges = [Edge::default(); 4];
        let mut count = 0;
        for from in 0..4 {
            let to = (from + 1) & 3;
            let down = self.y[from] < self.y[to];
            let (upper, lower) = if down { (from, to) } else { (to, from) };
            if self.y[upper] < self.y[lower] {
                edges[count] = Edge {
                    x: self.x[upper],
                    top: self.y[upper],
                    bottom: self.y[lower],
                    wide: self.x[lower] - self.x[upper],
                    down,
                };
                count += 1;
            }
        }
        (edges, count)
    }
}

/// A side of a quadrilateral from its upper end.
#[derive(Clone, Copy, Debug, Default)]
struct Edge {
    x: i32,
    top: i32,
    bottom: i32,
    wide: i32,
    down: bool,
}

impl Edge {
    /// Where it meets row `y`.
    #[inline]
    fn crossing(&self, y: i32) -> i32 {
        let below = y - self.top;
        if below == 0 || self.wide == 0 {
            return self.x;
        }
        let (wide, below) = (i64::from(self.wide), i64::from(below));
        self.x + divide(wide * below, i64::from(self.bottom - self.top))
    }
}

/// Where the edges meet row `y`, from left to right; always an even number.
fn crossings(edges: &[Edge], y: i32) -> ([Crossing; 4], usize) {
    let mut found = [Crossing::default(); 4];
    let mut count = 0;
    for edge in edges {
        if y < edge.top || y >= edge.bottom {
            continue;
        }
        let x = edge.crossing(y);
        let mut place = count;
        while place > 0 && found[place - 1].x > x {
            found[place] = found[place - 1];
            place -= 1;
        }
        found[place] = Crossing { x, down: edge.down };
        count += 1;
    }
    (found, count)
}

/// Divides; the quotient cuts towards zero, so that edges to the left mirror those to the right.
#[inline]
fn divide(value: i64, by: i64) -> i32 {
    match i32::try_from(value) {
        Ok(value) => value / by as i32,
        Err(_) => (value / by) as i32,
    }
}
