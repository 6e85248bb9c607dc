//! The fast path of unpacked cels along the axes that are copied or averaged.
//!
//! Which column of the frame buffer shows which source pixel is the same in every row, so it is
//! found once. Pixels and costs are those of the general path.

use super::canvas::Canvas;
use super::ccb::Registers;
use super::cost;
use super::decode::{Source, Texel};
use super::fast;
use super::pen::{Pen, Uniform};

/// Instead of a texel: nothing is drawn.
const TRANSPARENT: u32 = 0x8000;

/// Columns of such a cel.
pub(super) struct Strip {
    uniform: Uniform,
    /// Visible columns that it covers.
    columns: (i32, i32),
    /// The source pixel that each of them shows.
    shows: Vec<u16>,
    /// How many of them each source pixel has.
    counts: Vec<u16>,
    /// Source pixels that have none.
    lost: u32,
    /// A row of source pixels, prepared.
    ready: Vec<u32>,
}

impl Strip {
    /// `None` if the cel is no such one, or nothing of its columns is visible.
    pub fn new(
        uniform: Uniform,
        registers: &Registers,
        canvas: &Canvas,
        columns: u32,
    ) -> Option<Strip> {
        let r = registers;
        if r.hdy != 0 || r.vdx != 0 || r.hddx != 0 || r.hddy != 0 || !canvas.is_plain() {
            return None;
        }
        let (x, step) = (i64::from(r.x), i64::from(r.hdx));
        let last = x + step * i64::from(columns);
        let last = i32::try_from(last).ok()?;
        let (first, last) = (r.x >> 16, last >> 16);
        let visible = canvas.columns(first.min(last), first.max(last));
        let width = usize::try_from(visible.1 - visible.0).ok()?;
        let mut strip = Strip {
            uniform,
            columns: visible,
            shows: vec![0; width],
            counts: vec![0; columns as usize],
            lost: 0,
            ready: vec![TRANSPARENT; columns as usize],
        };
        let mut from = first;
        for (n, count) in strip.counts.iter_mut().enumerate() {
            let to = ((x + step * (n as i64 + 1)) >> 16) as i32;
            let (left, right) = (from.min(to).max(visible.0), from.max(to).min(visible.1));
            from = to;
            if left >= right {
                strip.lost += 1;
                continue;
            }
            *count = (right - left) as u16;
            let place = (left - visible.0) as usize..(right - visible.0) as usize;
            strip.shows.get_mut(place)?.fill(n as u16);
        }
        (width > 0).then_some(strip)
    }

    /// Draws the next row of the source if the watchdog cannot bark in it; otherwise nothing has
    /// happened.
    pub fn draw(
        &mut self,
        pen: &mut Pen<'_>,
        registers: &Registers,
        source: &mut Source,
        number: u32,
    ) -> bool {
        let Some(rows) = fast::rows_of(registers, &pen.canvas) else {
            return false;
        };
        let (wide, high) = (self.shows.len() as u64, i64::from(rows.1 - rows.0));
        let columns = self.counts.len() as u64;
        let Ok(high @ 1..) = u64::try_from(high) else {
            return false;
        };
        // No row has more words than this.
        let most = wide * high * self.uniform.cost + columns * (cost::MISS + cost::SOURCE_WORD);
        if most > pen.meter.left() || !fast::are_memory(pen, rows, self.columns) {
            return false;
        }
        let (mut transparent, mut unseen, mut unseen_lost) = (0, 0, 0);
        let (uniform, processor, counts) = (self.uniform, &pen.processor, &self.counts);
        let mut places = self.ready.iter_mut().zip(counts);
        let each = |texel: Option<Texel>| {
            let Some((place, &count)) = places.next() else {
                return;
            };
            *place = match texel {
                Some(texel) => uniform.prepare(processor, texel),
                None => {
                    transparent += 1;
                    unseen += u64::from(count);
                    unseen_lost += u64::from(count == 0);
                    TRANSPARENT
                }
            };
        };
        let Ok(cost) = source.each_unpacked(number, &registers.plut, pen.memory, each) else {
            return false;
        };
        pen.meter.charge(cost, 1);
        let pixels = (wide - unseen) * high;
        pen.meter.charge(self.uniform.cost, pixels);
        pen.meter.pixels += pixels;
        let misses = transparent + u64::from(self.lost) - unseen_lost;
        pen.meter.charge(cost::MISS, misses);
        for y in rows.0..rows.1 {
            self.write(pen, y, transparent == 0);
        }
        true
    }

    /// Writes one row of the frame buffer.
    #[inline]
    fn write(&self, pen: &mut Pen<'_>, y: i32, opaque: bool) {
        let at = pen.canvas.write.address(self.columns.0, y);
        let length = 4 * self.shows.len() as u32 - 2;
        let Some(pixels) = pen.memory.bytes_mut(at, length) else {
            return;
        };
        // The last column has no other line's pixel behind it.
        let (squares, last) = pixels.as_chunks_mut::<4>();
        let places = squares.iter_mut().map(|square| &mut square[..2]);
        let places = places.chain(std::iter::once(last)).zip(&self.shows);
        let texels = self.ready.as_slice();
        let texel = |n: u16| texels.get(usize::from(n)).copied().unwrap_or(TRANSPARENT);
        let store = |to: &mut [u8], pixel: u16| to.copy_from_slice(&pixel.to_be_bytes());
        let Strip { uniform, .. } = self;
        if uniform.average && uniform.direct && opaque {
            places.for_each(|(to, &n)| {
                let frame = u16::from_be_bytes([to[0], to[1]]);
                store(to, Uniform::mean(texel(n), frame));
            });
        } else if uniform.average {
            let processor = &pen.processor;
            places.for_each(|(to, &n)| {
                let ready = texel(n);
                if ready & TRANSPARENT == 0 {
                    let frame = u16::from_be_bytes([to[0], to[1]]);
                    store(to, uniform.mix(processor, ready, frame));
                }
            });
        } else if opaque {
            places.for_each(|(to, &n)| store(to, (texel(n) >> 16) as u16));
        } else {
            places.for_each(|(to, &n)| {
                let ready = texel(n);
                if ready & TRANSPARENT == 0 {
                    store(to, (ready >> 16) as u16);
                }
            });
        }
    }
}
