//! Writes spans of one texel: to the letter, or well prepared.

use super::canvas::Canvas;
use super::cost::{self, Meter};
use super::decode::Texel;
use super::fast::Block;
use super::memo::Memos;
use super::processor::Processor;
use super::projector::Finish;
use emu_core::mem::Memory;

/// How pixels are computed; the results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paths {
    /// Each pixel by itself, as the sheet has it.
    Literal,
    Fast,
}

/// What a cel's pixels are drawn with.
pub(super) struct Pen<'a> {
    pub memory: &'a mut Memory,
    pub canvas: Canvas,
    pub meter: &'a mut Meter,
    pub processor: Processor,
    pub memos: &'a mut Memos,
    /// What is known of both halves of PIXC.
    pub plans: [Plan; 2],
    pub paths: Paths,
    pub blocks: &'a mut Vec<Block>,
}

/// One half of PIXC for the whole cel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Where its results are remembered.
    memo: usize,
    /// Colours come out as they went in.
    plain: bool,
    average: bool,
    reads_frame: bool,
    /// Half cycles for a pixel.
    cost: u64,
    finish: Finish,
}

impl Plan {
    /// Both halves; `pixel_cost` is that of a pixel that is only written.
    pub fn both(processor: &Processor, memos: &mut Memos, pixel_cost: u64) -> [Plan; 2] {
        let places = memos.find(&processor.halves);
        [0, 1].map(|half| {
            let math = &processor.halves[half];
            Plan {
                memo: places[half],
                plain: math.is_plain(),
                average: math.is_average(),
                reads_frame: math.reads_frame(),
                cost: pixel_cost + u64::from(math.reads_frame()) * cost::FRAME_READ,
                finish: processor.projector.prepare(math.is_frame_first()),
            }
        })
    }
}

/// A texel of which all is known but the frame buffer's pixel.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    Literal(Texel),
    Solid(u16),
    Blend(Blend),
}

/// Rows of the memo of that half of PIXC, and the bits that are set in the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blend {
    half: u8,
    red: u8,
    green: u8,
    blue: u8,
    set: u16,
}

/// What a cel does to every pixel alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uniform {
    /// Mixed with the frame buffer, half of each; otherwise as it is.
    pub average: bool,
    /// Means are written as they are, but for bits that are set.
    pub direct: bool,
    /// Half cycles for a pixel.
    pub cost: u64,
    finish: Finish,
}

impl Uniform {
    /// `plans` if they do the same and it is simple.
    pub fn of(plans: &[Plan; 2], processor: &Processor) -> Option<Uniform> {
        let [first, second] = plans;
        let simple = |plan: &Plan| plan.plain || plan.average;
        let same = (first.average, first.cost, first.finish)
            == (second.average, second.cost, second.finish);
        (simple(first) && simple(second) && same).then_some(Uniform {
            average: first.average,
            direct: processor.takes_means() && first.finish.is_whole(),
            cost: first.cost,
            finish: first.finish,
        })
    }

    /// Gets a texel ready: bits that are set in the end above, its colour below; what is done is
    /// all above.
    #[inline]
    pub fn prepare(&self, processor: &Processor, texel: Texel) -> u32 {
        let mut set = self.finish.set;
        if self.finish.from_vh != 0 {
            set |= processor.projector.swapped(texel.value) & self.finish.from_vh;
        }
        let colour = processor.decoded(texel) & 0x7FFF;
        if self.average {
            return u32::from(set) << 16 | u32::from(colour);
        }
        u32::from(self.finish.apply(processor.blacken(colour), set, 0)) << 16
    }

    /// [`Uniform::mix`] where that is [`Uniform::direct`].
    #[inline]
    pub fn mean(ready: u32, frame: u16) -> u16 {
        let (own, seen) = (ready as u16, frame & 0x7FFF);
        let mean = (own & seen) + ((own ^ seen) >> 1 & 0x3DEF);
        mean | (ready >> 16) as u16
    }

    /// The pixel for a frame buffer's one.
    #[inline]
    pub fn mix(&self, processor: &Processor, ready: u32, frame: u16) -> u16 {
        let (own, seen) = (ready as u16, processor.frame_blue.apply(frame) & 0x7FFF);
        // The mean of each component: what both have, and half of what one has.
        let mean = (own & seen) + ((own ^ seen) >> 1 & 0x3DEF);
        let colour = processor.blacken(mean);
        self.finish.apply(colour, (ready >> 16) as u16, frame)
    }
}

impl Pen<'_> {
    /// Half cycles for a pixel of this texel.
    #[inline]
    pub fn cost_of(&self, texel: Texel) -> u64 {
        self.plans[self.processor.half(texel)].cost
    }

    /// The most that a pixel may cost.
    pub fn highest_cost(&self) -> u64 {
        self.plans[0].cost.max(self.plans[1].cost)
    }

    /// Gets a texel ready.
    #[inline]
    pub fn ink(&mut self, texel: Texel) -> Ink {
        if self.paths == Paths::Literal {
            return Ink::Literal(texel);
        }
        let half = self.processor.half(texel);
        let plan = self.plans[half];
        let decoded = self.processor.decoded(texel);
        let mut set = plan.finish.set;
        if plan.finish.from_vh != 0 {
            set |= self.processor.projector.swapped(texel.value) & plan.finish.from_vh;
        }
        if plan.plain {
            let colour = self.processor.blacken(decoded & 0x7FFF);
            return Ink::Solid(plan.finish.apply(colour, set, 0));
        }
        let row = |at: u16, multiplier: u16| (multiplier << 5 & 0xE0 | decoded >> at & 0x1F) as u8;
        let red = row(10, texel.multipliers >> 6);
        let green = row(5, texel.multipliers >> 3);
        let blue = row(0, texel.multipliers);
        if !plan.reads_frame {
            let mut part = |row| u16::from(self.memos.single(plan.memo, row));
            let colour = part(red) << 10 | part(green) << 5 | part(blue);
            let colour = self.processor.blacken(colour);
            return Ink::Solid(plan.finish.apply(colour, set, 0));
        }
        for row in [red, green, blue] {
            self.memos.prepare(plan.memo, row);
        }
        Ink::Blend(Blend {
            half: half as u8,
            red,
            green,
            blue,
            set,
        })
    }

    /// Writes the visible pixels `[x0, x1)` of a row. Nothing happens where no memory is.
    #[inline]
    pub fn span(&mut self, ink: &Ink, cost: u64, y: i32, x0: i32, x1: i32) {
        let count = (x1 - x0) as u32;
        self.meter.charge(cost, u64::from(count));
        self.meter.pixels += u64::from(count);
        let write = self.canvas.write.address(x0, y);
        match ink {
            Ink::Literal(texel) => self.literal(*texel, y, x0, x1),
            Ink::Solid(pixel) => {
                for n in 0..count {
                    self.memory.set_half(write + 4 * n, *pixel);
                }
            }
            Ink::Blend(blend) => {
                let read = self.canvas.read.address(x0, y);
                let blender = Blender::new(blend, &self.plans, self.memos, &self.processor);
                for n in 0..count {
                    let frame = self.memory.half(read + 4 * n).unwrap_or(0);
                    self.memory.set_half(write + 4 * n, blender.pixel(frame));
                }
            }
        }
    }

    fn literal(&mut self, texel: Texel, y: i32, x0: i32, x1: i32) {
        for x in x0..x1 {
            let frame = self.memory.half(self.canvas.read.address(x, y));
            let pixel = self.processor.process(texel, frame.unwrap_or(0));
            let write = self.canvas.write.address(x, y);
            self.memory.set_half(write, pixel);
        }
    }
}

/// All that the frame buffer's pixel has to go through.
#[derive(Clone, Copy)]
pub(super) struct Blender<'a> {
    red: &'a [u8; 32],
    green: &'a [u8; 32],
    blue: &'a [u8; 32],
    finish: Finish,
    set: u16,
    processor: &'a Processor,
}

impl<'a> Blender<'a> {
    #[inline]
    pub fn new(
        blend: &Blend,
        plans: &[Plan; 2],
        memos: &'a Memos,
        processor: &'a Processor,
    ) -> Blender<'a> {
        let plan = &plans[usize::from(blend.half & 1)];
        let rows = memos.rows(plan.memo);
        Blender {
            red: &rows[usize::from(blend.red)],
            green: &rows[usize::from(blend.green)],
            blue: &rows[usize::from(blend.blue)],
            finish: plan.finish,
            set: blend.set,
            processor,
        }
    }

    /// What becomes of it.
    #[inline]
    pub fn pixel(&self, frame: u16) -> u16 {
        let seen = self.processor.frame_blue.apply(frame);
        let of = |row: &[u8; 32], at: u16| u16::from(row[usize::from(seen >> at & 31)]);
        let colour = of(self.red, 10) << 10 | of(self.green, 5) << 5 | of(self.blue, 0);
        let colour = self.processor.blacken(colour);
        self.finish.apply(colour, self.set, frame)
    }
}
