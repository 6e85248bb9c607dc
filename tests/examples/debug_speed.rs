//! What the debugger takes: `cargo xtask bench` runs this.
//!
//! `plain`, `idle`, `points` and `history` run a program for a while and say nothing: their host
//! instructions are counted from outside. `travel` prints figures, a name and a value a line.
#![forbid(unsafe_code)]

use emu_core::debug::{Debugger, History, On};
use emu_core::machine::{Config, Outside};
use emu_core::time::{CPU_HZ, Tick, Ticks};
use emu_core::trace::Silent;
use emu_devices::board::ConsoleBoard;
use roms::Rom;
use std::time::Instant;
use tests::run::{Console, Dice, start, with_discs};

/// A program that draws cels, sounds, reads and waits, for the costs.
const BUSY: &str = "overture";
/// One that draws in each field and is never over, for ways back.
const ENDLESS: &str = "sketch";
/// Seconds of the guest that are counted, and ten minutes.
const COUNTED: u64 = 4;
const LONG: u64 = 600;
/// Steps back in a row, and jumps.
const STEPS: usize = 500;
const JUMPS: usize = 200;

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let name = if mode == "travel" { ENDLESS } else { BUSY };
    let rom = roms::by_name(name).expect("a program of the table");
    // Nobody presses the button that ends it.
    let rom = Rom { input: "", ..*rom };
    let machine = start(&rom, Config::default());
    match mode.as_str() {
        "start" => (),
        "plain" => plain(machine),
        "idle" => drop(run(without_past(machine))),
        "points" => {
            let mut debugger = without_past(machine);
            for n in 0..100 {
                // Addresses of the program's own pages that nothing executes.
                debugger
                    .points
                    .add(On::Address(0x4_7000 + n * 4), None, None);
            }
            drop(run(debugger));
        }
        "history" => drop(run(Debugger::new(machine))),
        "travel" => travel(machine),
        other => panic!("{other:?}: start, plain, idle, points, history or travel"),
    }
}

fn plain(mut machine: Console) {
    with_discs(|discs| {
        let sink = &mut Silent;
        machine.run_with(Tick(CPU_HZ * COUNTED), &mut Outside { sink, discs })
    });
}

/// A debugger that keeps nothing on the way.
fn without_past(mut machine: Console) -> Debugger<ConsoleBoard> {
    let never = Ticks(CPU_HZ * 1_000_000);
    let history = History::new(&mut machine).with_limits(never, usize::MAX);
    Debugger::with_history(machine, history)
}

fn run(mut debugger: Debugger<ConsoleBoard>) -> Debugger<ConsoleBoard> {
    with_discs(|discs| debugger.run(Tick(CPU_HZ * COUNTED), discs, &mut Silent));
    debugger
}

/// Milliseconds of the one at this place of a thousand.
fn at(sorted: &[f64], place: usize) -> f64 {
    let n = sorted.len() * place / 1000;
    sorted.get(n.min(sorted.len() - 1)).copied().unwrap_or(0.0)
}

fn travel(machine: Console) {
    let mut debugger = Debugger::new(machine);
    let mut dice = Dice(1);
    let end = Tick(CPU_HZ * LONG);
    with_discs(|discs| {
        let begun = Instant::now();
        debugger.run(end, discs, &mut Silent);
        assert_eq!(debugger.machine().now(), end, "it has ended before");
        println!("ten minutes, seconds\t{}", begun.elapsed().as_secs_f64());
        let bytes = debugger.history().bytes() as f64;
        println!("history, MiB\t{}", bytes / f64::from(1 << 20));
        let timed = |work: &mut dyn FnMut()| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64() * 1e3
        };
        let mut steps: Vec<f64> = Vec::new();
        for place in [end, Tick(end.0 / 2)] {
            debugger.goto(place, discs, &mut Silent);
            for _ in 0..STEPS {
                steps.push(timed(&mut || drop(debugger.step_back(discs))));
            }
        }
        steps.sort_by(f64::total_cmp);
        println!("step back, median ms\t{}", at(&steps, 500));
        println!("step back, p99 ms\t{}", at(&steps, 990));
        let mut jumps: Vec<f64> = Vec::new();
        for _ in 0..JUMPS {
            let to = Tick(dice.below(end.0));
            jumps.push(timed(&mut || drop(debugger.goto(to, discs, &mut Silent))));
        }
        jumps.sort_by(f64::total_cmp);
        println!("jump, median ms\t{}", at(&jumps, 500));
        println!("jump, p99 ms\t{}", at(&jumps, 990));
    });
    println!("peak memory, MiB\t{}", peak() / 1024.0);
}

/// The most memory that this process has had, in KiB, where the system tells.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0.0)
}
