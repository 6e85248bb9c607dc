//! The display: shows frame buffers as display lists say (graphics sheet 1).
//!
//! ```text
//! show() --> next                       any time; what was there before is forgotten
//!              |  at each vertical blank, after the list of the field that ended has been stepped
//!              v
//!            shown --list--> registers  colour table, background, control, addresses
//!              |                        (they stay: a list sets what it wants changed)
//!              +--picture()             from a copy, only when somebody looks
//! ```
//!
//! | module | what it knows |
//! |---|---|
//! | `vdl` | what the words of a display list mean |
//! | `scan` | how a field goes through its list, line by line |
//! | `listing` | a list in words, for whoever debugs |
//! | `color` | how a pixel becomes a colour |
//! | `interpolate` | how each pixel becomes four |

mod color;
mod interpolate;
mod listing;
mod scan;
#[cfg(test)]
mod tests;
mod vdl;

pub use listing::ListedWord;

use crate::cels::CelEngine;
use emu_core::device::display::{
    CelJob, CelReport, DisplayMode, Picture, Scaling, Shown, ShownList,
};
use emu_core::device::{
    DevError, Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request,
    Submit,
};
use emu_core::event::{Event, Rank};
use emu_core::mem::Memory;
use emu_core::time::{Tick, Video};
use scan::Registers;
use serde::{Deserialize, Serialize};

/// The display and its cel engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// From the next vertical blank on.
    next: Shown,
    /// In the present field.
    shown: Shown,
    /// The present field's number.
    field: u64,
    /// As they were when the present field began.
    registers: Registers,
    cels: CelEngine,
}

impl Display {
    /// A display at power-on, black.
    pub fn new(video: Video) -> Display {
        let mode = match video {
            Video::Ntsc => DisplayMode::Ntsc,
            Video::Pal => DisplayMode::PalNarrow,
        };
        let black = Shown {
            mode,
            ..Shown::default()
        };
        Display {
            next: black,
            shown: black,
            ..Display::default()
        }
    }

    /// Ends the present field and begins the one with this number.
    pub fn begin_field(&mut self, number: u64, memory: &Memory) {
        let (_, height) = self.shown.mode.size();
        self.registers
            .run(memory, self.list(), height, |_, _, _, _| ());
        self.shown = self.next;
        self.field = number;
    }

    /// What the present field looks like, with memory as it is now.
    pub fn picture(&self, memory: &Memory, scaling: Scaling) -> Picture {
        let (width, height) = self.shown.mode.size();
        let whole = scaling == Scaling::Interpolated;
        let registers = self.registers.clone();
        let (size, odd) = ((width, height), self.is_odd());
        let lines = scan::lines(registers, memory, self.list(), size, odd, whole);
        if whole {
            return interpolate::interpolate(&lines, width, height);
        }
        let mut picture = Picture::black(width, height);
        let rows = picture.rgb.chunks_exact_mut(width as usize * 3);
        for (row, line) in rows.zip(&lines) {
            for (pixel, dot) in row.chunks_exact_mut(3).zip(&line.dots) {
                pixel.copy_from_slice(&dot.rgb);
            }
        }
        picture
    }

    fn is_odd(&self) -> bool {
        !self.field.is_multiple_of(2)
    }

    /// The list of the present field.
    fn list(&self) -> ShownList {
        if self.is_odd() {
            self.shown.odd
        } else {
            self.shown.even
        }
    }
}

impl Device for Display {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "display",
            class: DeviceClass::Display,
            max_unit: 0,
            commands: &[],
            rank: Rank::FIELD,
            counts_fields: false,
        }
    }

    fn submit(&mut self, _request: Request, _cx: &mut DeviceCx<'_>) -> Submit {
        Submit::Done(Finished::failed(DevError::BadCommand))
    }

    fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}

    fn abort(&mut self, _id: ReqId, _cx: &mut DeviceCx<'_>) -> bool {
        false
    }

    fn show(&mut self, shown: Shown) {
        self.next = shown;
    }

    fn draw_cels(&mut self, job: &CelJob, cx: &mut DeviceCx<'_>) -> Option<CelReport> {
        let report = self.cels.draw(job, cx.memory());
        cx.stall(report.cost);
        Some(report)
    }

    fn field(&mut self, count: u64, cx: &mut DeviceCx<'_>) {
        self.begin_field(count, cx.memory());
    }

    fn is_sound(&self, now: Tick) -> bool {
        self.field <= now.0
    }

    fn pending(&self) -> Vec<PendingWork> {
        Vec::new()
    }
}
