//! A bitmap to draw into, and what has been drawn.

use super::graphics::BITMAP;
use super::{Guest, Tags, Word};
use emu_core::kernel::call::System;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::graphics::{GrafCon, Rect};
use emu_core::mem::{GuestPtr, GuestType};
use emu_core::trace::TraceEvent;
use std::collections::BTreeSet;

/// A bitmap of the main program, and a GrafCon.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// The bitmap.
    pub item: Item,
    /// Its buffer.
    pub buffer: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// A GrafCon with all fields 0.
    pub gc: u32,
}

impl Canvas {
    /// A black bitmap in the program's own memory.
    pub fn new(g: &mut Guest, width: u32, height: u32) -> Canvas {
        let buffer = g.alloc(width * height * 2);
        let tags = Tags::new().and(11, width).and(12, height).and(13, buffer);
        Canvas {
            item: g.new_item(BITMAP, tags),
            buffer,
            width,
            height,
            gc: g.alloc(GrafCon::SIZE),
        }
    }

    /// Where a pixel is.
    pub fn address(&self, x: u32, y: u32) -> u32 {
        self.buffer + (y >> 1) * self.width * 4 + x * 4 + (y & 1) * 2
    }

    /// A pixel.
    pub fn pixel(&self, g: &Guest, x: u32, y: u32) -> u32 {
        let word = g.read(self.address(x, y) & !2);
        if y & 1 == 0 {
            word >> 16
        } else {
            word & 0xFFFF
        }
    }

    /// Makes all pixels the same.
    pub fn fill(&self, g: &mut Guest, pixel: u32) {
        for at in (0..self.width * self.height * 2).step_by(4) {
            g.write(self.buffer + at, pixel << 16 | pixel);
        }
    }

    /// The places of all pixels that are not 0.
    pub fn drawn(&self, g: &Guest) -> BTreeSet<(u32, u32)> {
        self.places(g, |pixel| pixel != 0)
    }

    /// The places of all pixels of a kind.
    pub fn places(&self, g: &Guest, is_one: impl Fn(u32) -> bool) -> BTreeSet<(u32, u32)> {
        let rows = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        rows.filter(|&(x, y)| is_one(self.pixel(g, x, y))).collect()
    }

    /// Calls SetFGPen.
    pub fn pen(&self, g: &mut Guest, colour: u32) {
        g.graphics(24, &[self.gc, colour]);
    }

    /// Calls MoveTo.
    pub fn move_to(&self, g: &mut Guest, x: i32, y: i32) {
        g.graphics(30, &[self.gc, x.word(), y.word()]);
    }

    /// Where the pen is.
    pub fn pen_at(&self, g: &Guest) -> (i32, i32) {
        let gc = GuestPtr::<GrafCon>::new(self.gc);
        (
            g.peek(gc.at(GrafCon::gc_PenX)),
            g.peek(gc.at(GrafCon::gc_PenY)),
        )
    }

    /// Calls DrawTo.
    pub fn draw_to(&self, g: &mut Guest, x: i32, y: i32) -> Status {
        g.graphics(33, &[self.item.word(), self.gc, x.word(), y.word()])
    }

    /// Calls FillRect.
    pub fn fill_rect(&self, g: &mut Guest, [left, top, right, bottom]: [i32; 4]) -> Status {
        let rect = [left, top, right, bottom].map(Word::word);
        let rect = g.words(&rect);
        assert_eq!(Rect::SIZE, 16);
        g.graphics(34, &[self.item.word(), self.gc, rect])
    }

    /// Calls DrawText8.
    pub fn text(&self, g: &mut Guest, text: &str) -> Status {
        let text = g.string(text);
        g.graphics(37, &[self.gc, self.item.word(), text])
    }
}

impl Guest {
    /// Makes a call of vector `n` of the Graphics folio.
    pub fn graphics(&mut self, n: u8, arguments: &[u32]) -> Status {
        self.begin_vec_of(self.folio_of(System::Graphics), n, arguments);
        self.wait();
        self.last()
    }

    /// The same of a call that must not come back: the task is killed.
    pub fn graphics_fault(&mut self, n: u8, arguments: &[u32]) {
        self.begin_vec_of(self.folio_of(System::Graphics), n, arguments);
        self.advance(20_000);
        assert!(!self.exists(self.me()), "vector {n} came back");
    }

    /// All that the program has been warned of, a line each.
    pub fn warnings(&self) -> String {
        let texts = self
            .records()
            .records
            .iter()
            .map(|record| match &record.event {
                TraceEvent::Warning(text) => format!("{text}\n"),
                _ => String::new(),
            });
        texts.collect()
    }
}
