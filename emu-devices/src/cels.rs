//! The cel engine: draws lists of cels into frame buffers (graphics sheet 2).
//!
//! Knows memory and registers, and nothing of a folio.
//!
//! | module | what is there |
//! |---|---|
//! | `ccb` | cel control blocks, the registers they load, how a list is walked |
//! | `preamble` | the words that tell the shape of source data |
//! | `decode` | source data to texels, packed and unpacked |
//! | `geometry` | where a source pixel goes, and what it covers there |
//! | `processor`, `projector` | what a texel and the frame become; bits 15 and 0 |
//! | `canvas` | clip region and frame buffers |
//! | `pen` | spans of one texel into memory |
//! | `look` | one cel by itself, for whoever debugs |
//! | `strip`, `fast`, `memo` | what makes it fast; equal to the rest bit by bit |
//! | `cost` | the constants of the cost model, and the watchdog |

mod canvas;
mod ccb;
mod cost;
mod decode;
mod fast;
mod geometry;
mod look;
mod memo;
mod pen;
mod preamble;
mod processor;
mod projector;
mod strip;
#[cfg(test)]
mod tests;

pub use look::{CelLook, cel_look};

use canvas::Canvas;
use ccb::{Ccb, Flags, Registers};
use cost::Meter;
use decode::{Row, Source};
use emu_core::device::display::{CelEnd, CelJob, CelReport, ccb_flag};
use emu_core::mem::Memory;
use fast::Block;
use geometry::{Band, Quad, Turns};
use memo::Memos;
use pen::{Paths, Pen, Plan, Uniform};
use processor::Processor;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use strip::Strip;

/// CECONTROL's master switch of super-clipping.
const ASCALL: u32 = 0x0400_0000;
/// 1.0 in 16.16.
const ONE: i32 = 0x1_0000;

/// Why a list is not drawn to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    TimedOut,
    /// No memory at this address.
    NoMemory(u32),
}

/// The engine's registers, which keep their values from cel to cel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CelEngine {
    registers: Registers,
}

impl CelEngine {
    /// Draws a list of cels.
    pub fn draw(&mut self, job: &CelJob, memory: &mut Memory) -> CelReport {
        self.draw_by(Paths::Fast, job, memory)
    }

    /// The same without short cuts, pixel by pixel as the sheet has it: what [`CelEngine::draw`]
    /// is compared with.
    pub fn draw_to_the_letter(&mut self, job: &CelJob, memory: &mut Memory) -> CelReport {
        self.draw_by(Paths::Literal, job, memory)
    }

    fn draw_by(&mut self, paths: Paths, job: &CelJob, memory: &mut Memory) -> CelReport {
        let mut list = List {
            registers: &mut self.registers,
            memory,
            canvas: Canvas::new(job),
            control: job.control,
            meter: Meter::new(job.watchdog),
            memos: Memos::default(),
            row: Row::default(),
            blocks: Vec::new(),
            paths,
            cels: 0,
        };
        let end = list.run(job.first);
        CelReport {
            end,
            cels: list.cels,
            pixels: list.meter.pixels,
            cost: list.meter.cost(),
        }
    }
}

/// A list that is being drawn.
struct List<'a> {
    registers: &'a mut Registers,
    memory: &'a mut Memory,
    canvas: Canvas,
    control: u32,
    meter: Meter,
    memos: Memos,
    row: Row,
    blocks: Vec<Block>,
    paths: Paths,
    cels: u64,
}

impl List<'_> {
    fn run(&mut self, first: u32) -> CelEnd {
        let mut at = first & ccb::ADDRESS;
        while at != 0 {
            match self.step(at) {
                Ok(next) => at = next,
                Err(Stop::TimedOut) => return CelEnd::TimedOut,
                Err(Stop::NoMemory(addr)) => return CelEnd::NoMemory { ccb: at, addr },
            }
        }
        CelEnd::Finished
    }

    /// Processes one CCB; gives the next one's address, or 0.
    fn step(&mut self, at: u32) -> Result<u32, Stop> {
        let ccb = Ccb::load(at, self.registers, self.memory, &mut self.meter)?;
        self.cels += 1;
        self.check_time()?;
        if !ccb.flags.has(ccb_flag::SKIP) {
            self.draw(&ccb)?;
        }
        Ok(if ccb.flags.has(ccb_flag::LAST) {
            0
        } else {
            ccb.next
        })
    }

    fn check_time(&self) -> Result<(), Stop> {
        if self.meter.is_over() {
            return Err(Stop::TimedOut);
        }
        Ok(())
    }

    fn draw(&mut self, ccb: &Ccb) -> Result<(), Stop> {
        let turns = Turns::new(ccb.flags);
        let Some(mut source) = Source::new(self.registers, ccb) else {
            return Ok(());
        };
        if turns.none() || self.is_twisted_away(ccb.flags, turns) {
            return Ok(());
        }
        let processor = Processor::new(self.registers, ccb.flags, self.control);
        let super_clips = self.control & ASCALL != 0
            && (ccb.flags.has(ccb_flag::ACSC) || ccb.flags.has(ccb_flag::ALSC));
        let flat = self.registers.hddx == 0 && self.registers.hddy == 0;
        // All quadrilaterals of a parallelogram turn the same way.
        let shown = !flat || turns.allow(self.registers.area());
        let turns = (!flat).then_some(turns);
        let pixel_cost = self.registers.pixel_cost(ccb.flags);
        let plans = Plan::both(&processor, &mut self.memos, pixel_cost);
        let mut pen = Pen {
            plans,
            blocks: &mut self.blocks,
            memory: self.memory,
            canvas: self.canvas,
            meter: &mut self.meter,
            processor,
            memos: &mut self.memos,
            paths: self.paths,
        };
        let single = ccb.flags.has(ccb_flag::MARIA);
        let fast = self.paths == Paths::Fast && !single;
        let mut strip = None;
        if fast
            && shown
            && let Some(uniform) = Uniform::of(&plans, &pen.processor)
            && let Some(columns) = source.columns()
        {
            strip = Strip::new(uniform, self.registers, &pen.canvas, columns);
        }
        for number in 0..source.rows {
            if let Some(strip) = &mut strip
                && strip.draw(&mut pen, self.registers, &mut source, number)
            {
                self.registers.end_row();
                continue;
            }
            let band = Band::new(self.registers);
            let missed = |columns| !shown || band.is_outside(columns, &pen.canvas);
            let (decoded, transparent, missed) = match source.columns() {
                Some(0) => (0, 0, true),
                Some(columns) if missed(columns) => {
                    let cost = source.pass(number, pen.memory)?;
                    pen.meter.charge(cost, 1);
                    (columns, 0, true)
                }
                _ => {
                    let row = &mut self.row;
                    let cost = source.read(number, &self.registers.plut, pen.memory, row)?;
                    pen.meter.charge(cost, 1);
                    (row.decoded, row.transparent, missed(row.columns))
                }
            };
            if missed {
                // Super-clipping sees at once that nothing of a row is to be drawn.
                pen.meter
                    .charge(cost::MISS * u64::from(!super_clips), u64::from(decoded));
            } else {
                pen.meter.charge(cost::MISS, u64::from(transparent));
                let done = fast && fast::draw(&mut pen, self.registers, &self.row);
                if !done {
                    pen.draw_quads(&self.row, &band, turns, single)?;
                }
            }
            self.registers.end_row();
            if pen.meter.is_over() {
                return Err(Stop::TimedOut);
            }
        }
        Ok(())
    }

    /// TWD: the first source pixel turns a way that is not drawn.
    fn is_twisted_away(&self, flags: Flags, turns: Turns) -> bool {
        if !flags.has(ccb_flag::TWD) {
            return false;
        }
        let band = Band::new(self.registers);
        let mut areas = band.quads(0, 1).map(|quad| quad.area());
        areas.any(|area| area != 0 && !turns.allow(area))
    }
}

impl Pen<'_> {
    /// Draws a row as quadrilaterals, one for each source pixel. The watchdog is looked at after
    /// each of them, and inside large ones after each row.
    fn draw_quads(
        &mut self,
        row: &Row,
        band: &Band,
        turns: Option<Turns>,
        single: bool,
    ) -> Result<(), Stop> {
        let canvas = self.canvas;
        for run in &row.runs {
            let ink = self.ink(run.texel);
            let cost = self.cost_of(run.texel);
            for quad in band.quads(run.column, run.count) {
                let misses = if single {
                    match quad.single(&canvas, turns) {
                        Some((x, y)) => {
                            self.span(&ink, cost, y, x, x + 1);
                            0
                        }
                        None => 1,
                    }
                } else {
                    let filled = quad.fill(&canvas, turns, |y, x0, x1| {
                        self.span(&ink, cost, y, x0, x1);
                        if self.meter.is_over() {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        }
                    });
                    filled.misses
                };
                self.meter.charge(cost::MISS, misses);
                if self.meter.is_over() {
                    return Err(Stop::TimedOut);
                }
            }
        }
        Ok(())
    }
}

impl Band {
    /// The quadrilaterals of `count` source pixels from `column` on.
    fn quads(&self, column: u32, count: u32) -> impl Iterator<Item = Quad> {
        let (mut top, mut bottom) = (self.top, self.bottom);
        top.at = top.corner(column);
        bottom.at = bottom.corner(column);
        (0..count).map(move |_| {
            let (a, d) = (top.at, bottom.at);
            top.at = top.corner(1);
            bottom.at = bottom.corner(1);
            Quad([a, top.at, bottom.at, d])
        })
    }
}

impl Registers {
    /// Twice the area of a source pixel's parallelogram; positive if it turns clockwise.
    fn area(&self) -> i128 {
        let times = |a: i32, b: i32| i128::from(a) * i128::from(b);
        times(self.hdx, self.vdy) - times(self.hdy, self.vdx)
    }

    fn end_row(&mut self) {
        self.x = self.x.wrapping_add(self.vdx);
        self.y = self.y.wrapping_add(self.vdy);
        self.hdx = self.hdx.wrapping_add(self.hddx);
        self.hdy = self.hdy.wrapping_add(self.hddy);
    }

    /// Half cycles for each pixel that is written.
    fn pixel_cost(&self, flags: Flags) -> u64 {
        let straight = self.hdy == 0 && self.vdx == 0 && self.hddx == 0 && self.hddy == 0;
        let unit = |step: i32| step == ONE || step == -ONE;
        if !(straight && unit(self.hdx) && unit(self.vdy)) {
            cost::PIXEL_MAPPED
        } else if flags.has(ccb_flag::ACE) {
            cost::PIXEL
        } else {
            cost::PIXEL_OF_ONE_ENGINE
        }
    }
}
