//! The fast path of rows that lie along the axes: blocks.
//!
//! Pixels, their order where it matters, and the cost are those of the general path.

use super::canvas::Canvas;
use super::ccb::Registers;
use super::cost;
use super::decode::{Row, Run};
use super::pen::{Blender, Ink, Pen};

/// Columns of one texel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// The first one, counted from the left end of what the row covers.
    first: u32,
    count: u32,
    ink: Ink,
}

/// A row of blocks.
struct Blocks {
    x: i64,
    step: i64,
    /// What is visible of what the row covers.
    rows: (i32, i32),
    columns: (i32, i32),
}

/// Draws the row if it is one for this path and the watchdog cannot bark in it; otherwise
/// nothing has happened.
pub(super) fn draw(pen: &mut Pen<'_>, registers: &Registers, row: &Row) -> bool {
    let r = registers;
    if r.hdy != 0 || r.vdx != 0 || r.hddx != 0 || r.hddy != 0 {
        return false;
    }
    let (x, step) = (i64::from(r.x), i64::from(r.hdx));
    let last_x = x + step * i64::from(row.columns);
    let Some(rows) = rows_of(r, &pen.canvas) else {
        return false;
    };
    if i32::try_from(last_x).is_err() {
        return false;
    }
    let (x0, x1) = ((x >> 16) as i32, (last_x >> 16) as i32);
    let columns = pen.canvas.columns(x0.min(x1), x0.max(x1));
    let (wide, high) = (columns.1 - columns.0, rows.1 - rows.0);
    if wide <= 0 || high <= 0 {
        let misses = row.runs.iter().map(|run| u64::from(run.count)).sum();
        pen.meter.charge(cost::MISS, misses);
        return true;
    }
    let area = wide as u64 * high as u64;
    let most = area * pen.highest_cost() + u64::from(row.decoded) * cost::MISS;
    if most > pen.meter.left() || !pen.canvas.is_plain() || !are_memory(pen, rows, columns) {
        return false;
    }
    let blocks = Blocks {
        x,
        step,
        rows,
        columns,
    };
    pen.blocks.clear();
    for run in &row.runs {
        blocks.add(pen, run);
    }
    for y in rows.0..rows.1 {
        blocks.draw(pen, y);
    }
    true
}

/// The visible rows that the row of source pixels covers at which the registers stand; `None` if
/// its end is beyond all numbers.
pub(super) fn rows_of(registers: &Registers, canvas: &Canvas) -> Option<(i32, i32)> {
    let last = registers.y.checked_add(registers.vdy)? >> 16;
    let first = registers.y >> 16;
    Some(canvas.rows(first.min(last), first.max(last)))
}

/// Whether all pixels of a rectangle are memory.
pub(super) fn are_memory(pen: &Pen<'_>, rows: (i32, i32), columns: (i32, i32)) -> bool {
    let last = pen.canvas.write.address(columns.1 - 1, (rows.1 - 1) | 1);
    pen.memory.half(last).is_some()
}

impl Blocks {
    /// Visible columns that a number of source pixels from `column` on cover; whether that is all
    /// they cover.
    #[inline]
    fn columns(&self, column: u32, count: u32) -> (i32, i32, bool) {
        let from = self.x + self.step * i64::from(column);
        let to = from + self.step * i64::from(count);
        let (from, to) = ((from >> 16) as i32, (to >> 16) as i32);
        let (from, to) = (from.min(to), from.max(to));
        let (x0, x1) = (from.max(self.columns.0), to.min(self.columns.1));
        (x0, x1, (x0, x1) == (from, to))
    }

    #[inline]
    fn add(&self, pen: &mut Pen<'_>, run: &Run) {
        let (x0, x1, all) = self.columns(run.column, run.count);
        if x0 >= x1 {
            pen.meter.charge(cost::MISS, u64::from(run.count));
            return;
        }
        if run.count > 1 && !(all && self.step.abs() >= 0x1_0000) {
            // Some of them become nothing.
            let missed = |n: &u32| {
                let (x0, x1, _) = self.columns(run.column + n, 1);
                x0 >= x1
            };
            let misses = (0..run.count).filter(missed).count();
            pen.meter.charge(cost::MISS, misses as u64);
        }
        let count = (x1 - x0) as u32;
        let pixels = u64::from(count) * (self.rows.1 - self.rows.0) as u64;
        let cost = pen.cost_of(run.texel);
        pen.meter.charge(cost, pixels);
        pen.meter.pixels += pixels;
        let ink = pen.ink(run.texel);
        pen.blocks.push(Block {
            first: (x0 - self.columns.0) as u32,
            count,
            ink,
        });
    }

    /// Writes all blocks of one row of pixels.
    fn draw(&self, pen: &mut Pen<'_>, y: i32) {
        let at = pen.canvas.write.address(self.columns.0, y);
        let length = 4 * (self.columns.1 - self.columns.0) as u32 - 2;
        let Some(pixels) = pen.memory.bytes_mut(at, length) else {
            return;
        };
        for block in pen.blocks.iter() {
            let from = 4 * block.first as usize;
            let to = from + 4 * block.count as usize - 2;
            let Some(pixels) = pixels.get_mut(from..to) else {
                continue;
            };
            match &block.ink {
                Ink::Literal(_) => {}
                Ink::Solid(pixel) => {
                    let bytes = pixel.to_be_bytes();
                    for to in pixels.chunks_mut(4) {
                        to[..2].copy_from_slice(&bytes);
                    }
                }
                Ink::Blend(blend) => {
                    let blender = Blender::new(blend, &pen.plans, pen.memos, &pen.processor);
                    for to in pixels.chunks_mut(4) {
                        let frame = u16::from_be_bytes([to[0], to[1]]);
                        to[..2].copy_from_slice(&blender.pixel(frame).to_be_bytes());
                    }
                }
            }
        }
    }
}
