//! Tests of the cel engine: cels of one's own, and where they are drawn.

mod cost;
mod equal;
mod geometry;
mod list;
mod model;
mod processing;
mod source;
mod table;

use super::CelEngine;
use super::ccb::Flags;
use emu_core::device::display::{CelEnd, CelJob, CelReport, ccb_flag};
use emu_core::mem::Memory;
use emu_core::time::{CPU_HZ, Ticks};

/// The screen, 320 x 240.
const SCREEN: u32 = 0x20_0000;
const CCB: u32 = 0x5_0000;
const DATA: u32 = 0x6_0000;
const PLUT: u32 = 0x7_0000;
/// CECONTROL as bitmaps are born with it.
const DEFAULT_CONTROL: u32 = 0xE150_0000;
/// PIXC of both P-modes that lets colours through.
const PLAIN: u32 = 0x1F40_1F40;
/// 1.0 as HDX has it, and as VDY has it.
const UNIT_H: i32 = 1 << 20;
const UNIT_V: i32 = 1 << 16;
/// The last CCB, everything loaded, all pointers absolute, either way round, black kept.
const FLAGS: u32 = ccb_flag::LAST
    | ccb_flag::NPABS
    | ccb_flag::SPABS
    | ccb_flag::PPABS
    | ccb_flag::LDSIZE
    | ccb_flag::LDPRS
    | ccb_flag::LDPPMP
    | ccb_flag::CCBPRE
    | ccb_flag::YOXY
    | ccb_flag::ACW
    | ccb_flag::ACCW
    | ccb_flag::ACE
    | ccb_flag::BGND
    | ccb_flag::NOBLK;

/// A cel as a program would build it.
#[derive(Clone, Debug)]
struct Cel {
    flags: u32,
    next: u32,
    source: u32,
    plut: u32,
    /// X, Y, HDX, HDY, VDX, VDY, HDDX, HDDY as in the CCB.
    place: [i32; 8],
    pixc: u32,
    pre: [u32; 2],
}

impl Cel {
    /// Uncoded pixels of 16 bits at unit scale in the corner.
    fn new(width: u32, height: u32) -> Cel {
        let words = (width.div_ceil(2)).max(2);
        Cel {
            flags: FLAGS,
            next: 0,
            source: DATA,
            plut: PLUT,
            place: [0, 0, UNIT_H, 0, 0, UNIT_V, 0, 0],
            pixc: PLAIN,
            pre: [
                (height - 1) << 6 | 0x16,
                (words - 2) << 16 | 0x1000 | (width - 1),
            ],
        }
    }

    fn at(mut self, x: i32, y: i32) -> Cel {
        self.place[..2].copy_from_slice(&[x << 16, y << 16]);
        self
    }

    fn scaled(mut self, hdx: i32, vdy: i32) -> Cel {
        (self.place[2], self.place[5]) = (hdx, vdy);
        self
    }

    fn with(mut self, flags: u32) -> Cel {
        self.flags |= flags;
        self
    }

    fn without(mut self, flags: u32) -> Cel {
        self.flags &= !flags;
        self
    }

    fn pixc(mut self, pixc: u32) -> Cel {
        self.pixc = pixc;
        self
    }

    /// The CCB's words; groups that are not loaded are absent.
    fn words(&self) -> Vec<u32> {
        let flags = Flags(self.flags);
        let place = self.place.map(|value| value as u32);
        let mut words = vec![self.flags, self.next, self.source, self.plut];
        words.extend(&place[..2]);
        let groups: [(u32, &[u32]); 3] = [
            (ccb_flag::LDSIZE, &place[2..6]),
            (ccb_flag::LDPRS, &place[6..]),
            (ccb_flag::LDPPMP, &[self.pixc]),
        ];
        for (flag, group) in groups {
            if flags.has(flag) {
                words.extend(group);
            }
        }
        if flags.has(ccb_flag::CCBPRE) {
            words.extend(&self.pre[..if flags.has(ccb_flag::PACKED) { 1 } else { 2 }]);
        }
        words
    }
}

/// Memory, the engine, and a screen to draw to.
#[derive(Clone)]
struct Rig {
    memory: Memory,
    engine: CelEngine,
    job: CelJob,
}

impl Rig {
    fn new() -> Rig {
        Rig {
            memory: Memory::bare(),
            engine: CelEngine::default(),
            job: CelJob {
                control: DEFAULT_CONTROL,
                registers: [0x1414, 239 << 16 | 319, SCREEN, SCREEN],
                first: CCB,
                watchdog: Ticks(CPU_HZ),
            },
        }
    }

    fn poke_words(&mut self, at: u32, words: &[u32]) {
        for (n, word) in words.iter().enumerate() {
            self.memory.set_word(at + 4 * n as u32, *word);
        }
    }

    fn poke_halves(&mut self, at: u32, halves: &[u16]) {
        for (n, half) in halves.iter().enumerate() {
            self.memory.set_half(at + 2 * n as u32, *half);
        }
    }

    fn poke_bytes(&mut self, at: u32, bytes: &[u8]) {
        let to = self.memory.bytes_mut(at, bytes.len() as u32);
        to.expect("memory").copy_from_slice(bytes);
    }

    /// Draws the cel on both paths, which must agree.
    fn draw(&mut self, cel: &Cel) -> CelReport {
        self.poke_words(CCB, &cel.words());
        self.run()
    }

    /// Draws the list on both paths, which must agree.
    fn run(&mut self) -> CelReport {
        let mut other = self.clone();
        let report = self.engine.draw(&self.job, &mut self.memory);
        let letter = other
            .engine
            .draw_to_the_letter(&other.job, &mut other.memory);
        assert_eq!(report, letter);
        assert_eq!(self.engine, other.engine);
        let end = emu_core::mem::MEMORY_END;
        let same = self.memory.bytes(0, end) == other.memory.bytes(0, end);
        assert!(same, "the paths draw different pixels");
        report
    }

    fn pixel(&self, x: u32, y: u32) -> u16 {
        self.memory.half(SCREEN + lr_offset(x, y)).expect("a pixel")
    }

    fn set_pixel(&mut self, x: u32, y: u32, pixel: u16) {
        self.memory.set_half(SCREEN + lr_offset(x, y), pixel);
    }

    fn fill(&mut self, pixel: u16) {
        for y in 0..240 {
            for x in 0..320 {
                self.set_pixel(x, y, pixel);
            }
        }
    }

    /// Pixels that are not 0, from the top, from the left.
    fn lit(&self) -> Vec<(u32, u32, u16)> {
        let all = (0..240).flat_map(|y| (0..320).map(move |x| (x, y)));
        all.map(|(x, y)| (x, y, self.pixel(x, y)))
            .filter(|&(_, _, pixel)| pixel != 0)
            .collect()
    }

    fn places(&self) -> Vec<(u32, u32)> {
        self.lit().iter().map(|&(x, y, _)| (x, y)).collect()
    }
}

/// Where a pixel is in a screen of 320 columns.
fn lr_offset(x: u32, y: u32) -> u32 {
    (y >> 1) * 1280 + x * 4 + (y & 1) * 2
}
