//! What the cel engine takes of the host, list by list.
//!
//! A line `figure TAB microseconds` for each; `--more` compares the paths.
//!
//! `cargo run --release -p tests --example cel_speed`; `cargo xtask bench` runs it, too.

use emu_core::device::display::{CelJob, CelReport};
use emu_core::mem::Memory;
use emu_core::time::{CPU_HZ, Ticks};
use emu_devices::cels::CelEngine;
use std::hint::black_box;
use std::time::{Duration, Instant};

const SCREEN: u32 = 0x20_0000;
const CCBS: u32 = 0x5_0000;
const DATA: u32 = 0x8_0000;
const PLUT: u32 = 0x4_8000;
/// Runs of each list; the fastest counts.
const RUNS: u32 = 7;

/// ccb_Flags: absolute pointers, everything loaded but a PLUT, either way round, black drawn.
const FLAGS: u32 = 0x3F66_4030;
const LAST: u32 = 0x4000_0000;
const LDPLUT: u32 = 0x0080_0000;
const PACKED: u32 = 0x0000_0200;
const SKIP: u32 = 0x8000_0000;
const TRANSPARENT_ZERO: u32 = !0x20;
/// PIXC of colours as they are, and of averages with the frame buffer.
const PLAIN: u32 = 0x1F40_1F40;
const AVERAGE: u32 = 0x1F81_1F81;
const ONE_H: i32 = 1 << 20;
const ONE_V: i32 = 1 << 16;
/// 16 bits, uncoded.
const DIRECT: u32 = 0x16;

#[derive(Clone, Copy)]
struct Cel {
    flags: u32,
    at: [i32; 2],
    /// HDX, HDY, VDX, VDY.
    steps: [i32; 4],
    /// HDDX, HDDY.
    bend: [i32; 2],
    pixc: u32,
    pre: [u32; 2],
}

impl Cel {
    fn new(width: u32, height: u32) -> Cel {
        let words = width.div_ceil(2).max(2);
        Cel {
            flags: FLAGS,
            at: [0, 0],
            steps: [ONE_H, 0, 0, ONE_V],
            bend: [0, 0],
            pixc: PLAIN,
            pre: [
                (height - 1) << 6 | DIRECT,
                (words - 2) << 16 | 0x1000 | (width - 1),
            ],
        }
    }

    /// Pixels of these bits through the PLUT, rows as close as they can be.
    fn coded(self, bits: u32) -> Cel {
        let width = (self.pre[1] & 0x7FF) + 1;
        let words = (width * bits).div_ceil(32).max(2) - 2;
        let (code, shift) = match bits {
            1 => (1, 24),
            4 => (3, 24),
            8 => (5, 16),
            _ => (6, 16),
        };
        Cel {
            flags: self.flags | LDPLUT,
            pre: [
                self.pre[0] & !0x1F | code,
                words << shift | 0x1000 | (width - 1),
            ],
            ..self
        }
    }

    fn steps(self, steps: [i32; 4]) -> Cel {
        Cel { steps, ..self }
    }

    fn write(&self, memory: &mut Memory, at: u32, next: u32) {
        let [x, y] = self.at.map(|whole| (whole << 16) as u32);
        let [hdx, hdy, vdx, vdy] = self.steps.map(|step| step as u32);
        let [hddx, hddy] = self.bend.map(|bend| bend as u32);
        let last = if next == 0 { LAST } else { 0 };
        let words = [
            self.flags | last,
            next,
            DATA,
            PLUT,
            x,
            y,
            hdx,
            hdy,
            vdx,
            vdy,
        ];
        let more = [hddx, hddy, self.pixc, self.pre[0], self.pre[1]];
        for (n, word) in words.iter().chain(&more).enumerate() {
            memory.set_word(at + 4 * n as u32, *word);
        }
    }
}

/// Memory with noise as source data and colours as PLUT.
fn memory() -> Memory {
    let mut memory = Memory::bare();
    let mut noise = 0x1234_5678_u32;
    for at in (DATA..SCREEN)
        .step_by(4)
        .chain((PLUT..PLUT + 64).step_by(4))
    {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        memory.set_word(at, (noise ^ noise >> 15) & 0x7FFF_7FFF | 0x0400_0400);
    }
    memory
}

/// The shortest time that drawing from a fresh machine takes.
fn measure(memory: &Memory, literal: bool) -> (Duration, CelReport) {
    let job = CelJob {
        control: 0xE150_0000,
        registers: [0x1414, 239 << 16 | 319, SCREEN, SCREEN],
        first: CCBS,
        watchdog: Ticks(4 * CPU_HZ),
    };
    let run = |_| {
        let mut memory = memory.clone();
        let mut engine = CelEngine::default();
        let start = Instant::now();
        let report = if literal {
            engine.draw_to_the_letter(&job, &mut memory)
        } else {
            engine.draw(&job, &mut memory)
        };
        let time = start.elapsed();
        black_box(memory);
        (time, report)
    };
    let runs = (0..RUNS).map(run);
    runs.min_by_key(|run| run.0).expect("a run")
}

fn print(name: &str, memory: &Memory) {
    let (fast, report) = measure(memory, false);
    let micros = fast.as_secs_f64() * 1e6;
    println!("{name}\t{micros:.0}");
    if std::env::args().any(|argument| argument == "--more") {
        let (literal, _) = measure(memory, true);
        let ratio = literal.as_secs_f64() / fast.as_secs_f64();
        println!("    to the letter {ratio:.1} times as long; {report:?}");
    }
}

/// `count` cels all over the screen.
fn scattered(cel: Cel, count: u32) -> Memory {
    let mut memory = memory();
    for n in 0..count {
        let at = CCBS + n * 0x40;
        let next = if n + 1 == count { 0 } else { at + 0x40 };
        let place = [(n * 37 % 290) as i32, (n * 59 % 210) as i32];
        Cel { at: place, ..cel }.write(&mut memory, at, next);
    }
    memory
}

fn one(cel: Cel) -> Memory {
    scattered(cel, 1)
}

/// A cel that is its own successor.
fn endless(cel: Cel) -> Memory {
    let mut memory = memory();
    cel.write(&mut memory, CCBS, CCBS);
    memory
}

fn main() {
    let screen = Cel::new(320, 240);
    print("a full screen of 16 bits", &one(screen));
    print("a full screen of 8 bits", &one(screen.coded(8)));
    print(
        "a full screen blended",
        &one(Cel {
            pixc: AVERAGE,
            ..screen
        }),
    );
    let (cosine, sine) = (908_093 / 16, 524_288 / 16);
    let turned = [cosine << 4, sine << 4, -sine, cosine];
    print(
        "a full screen turned by 30 degrees",
        &one(screen.steps(turned)),
    );

    let small = Cel::new(16, 16).steps([ONE_H * 3 / 2, 0, 0, ONE_V * 3 / 2]);
    let blended = Cel {
        pixc: AVERAGE,
        ..small
    };
    print(
        "1,000 small cels, scaled and blended",
        &scattered(blended, 1000),
    );
    print(
        "1,000 small cels, scaled, of 4 bits",
        &scattered(small.coded(4), 1000),
    );
    let turned = Cel::new(16, 16).steps(turned);
    print("1,000 small cels, turned", &scattered(turned, 1000));

    let huge = Cel::new(2047, 400);
    let thin = [ONE_H / 64, 0, ONE_V / 64, ONE_V * 240 / 400];
    let bent = Cel {
        bend: [1 << 9, -(1 << 8)],
        ..huge.steps([ONE_H * 5, ONE_H * 900, -ONE_V * 3, ONE_V * 7])
    };
    let hostile = [
        (
            "skipped",
            Cel {
                flags: FLAGS | SKIP,
                ..huge
            },
        ),
        ("of no size", huge.steps([0; 4])),
        (
            "larger than the screen",
            huge.steps([ONE_H * 900, 0, 0, ONE_V * 900]),
        ),
        (
            "larger, turned",
            huge.steps([ONE_H * 300, ONE_H * 200, -ONE_V * 301, ONE_V * 199]),
        ),
        (
            "of slivers",
            huge.steps([1, ONE_H * 1000, ONE_V, ONE_V * 1000]),
        ),
        ("of thin slivers", huge.steps(thin)),
        ("in wild perspective", bent),
        ("of bits", huge.coded(1)),
        (
            "of transparent bits",
            Cel {
                flags: (FLAGS | LDPLUT) & TRANSPARENT_ZERO,
                ..huge.coded(1)
            },
        ),
        (
            "of packets",
            Cel {
                flags: FLAGS | PACKED,
                ..huge
            },
        ),
        (
            "blended",
            Cel {
                pixc: AVERAGE,
                ..huge.steps([ONE_H / 6, 0, 0, ONE_V])
            },
        ),
    ];
    let mut worst = Duration::ZERO;
    for (name, cel) in hostile {
        let (time, report) = measure(&endless(cel), false);
        worst = worst.max(time);
        if std::env::args().any(|argument| argument == "--more") {
            println!("    endless {name}: {time:?}, {report:?}");
        }
    }
    println!("the worst endless list\t{:.0}", worst.as_secs_f64() * 1e6);
}
