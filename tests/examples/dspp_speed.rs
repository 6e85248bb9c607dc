//! What the audio signal processor takes of the host.
//!
//! A line `figure TAB nanoseconds a frame` for each; `--more` adds the percentage of a core at
//! 44,100 frames a second, and the plain interpreter.
//!
//! `cargo run --release -p tests --example dspp_speed`; `cargo xtask bench` runs it, too.

use emu_core::device::sound::{
    Channel, Entry, FRAME_RATE, Passage, SignalProcessor, Transfer, When,
};
use emu_core::loader::dsp_code::{Compute, Condition, Input, Instruction, Op, OperandWord, Shift};
use emu_core::mem::Memory;
use emu_devices::dspp::Dspp;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Runs of each program; the fastest counts.
const RUNS: u32 = 5;
/// A second of sound.
const FRAMES: u32 = FRAME_RATE;

/// One voice as instruments are: a sample by a gain, an oscillator, both added to the mix.
fn voice(n: u16) -> Vec<Instruction> {
    let (ei, i) = (n % 13 * 8, 0x108 + n % 30 * 8);
    let fifo = OperandWord::at(0xF0 + n % 13);
    let at = OperandWord::at;
    let mix = |to: u16, input: u16, gain: u16| {
        Compute::new(Input::Product, Op::Add, Input::First)
            .shifted(Shift::Clip)
            .with(at(input))
            .with(at(gain))
            .with(at(to).back())
    };
    let computations = [
        // A sample player.
        Compute::product().with(fifo).with(at(ei)).with(at(i)),
        // A sawtooth.
        Compute::new(Input::First, Op::Add, Input::Second)
            .with(at(i + 1).back())
            .with(at(ei + 1)),
        Compute::product()
            .by_accumulator()
            .with(at(ei + 2))
            .with(at(i + 2)),
        mix(0x106, i, ei + 3),
        mix(0x107, i + 2, ei + 4),
    ];
    computations.map(Instruction::Compute).into()
}

/// Voices with branches, of so many code words.
fn program(words: usize) -> Vec<u16> {
    let mut code = Vec::new();
    for n in 0.. {
        let mut part: Vec<u16> = voice(n).iter().flat_map(Instruction::encode).collect();
        let to = (code.len() + part.len() + 2) as u16;
        let when = Condition::LESS;
        part.extend(Instruction::Branch { when, to }.encode());
        part.extend(Instruction::Nop.encode());
        if code.len() + part.len() >= words {
            break;
        }
        code.extend(part);
    }
    let sleep = Instruction::Sleep.encode();
    let nop = Instruction::Nop
        .encode()
        .repeat(words.saturating_sub(code.len() + sleep.len()));
    [code, nop, sleep].concat()
}

/// Instructions of one word each, which is as many of them as a frame can have.
fn short(many: usize) -> Vec<u16> {
    let forms = [
        Compute::new(Input::Accumulator, Op::Increment, Input::Accumulator),
        Compute::new(Input::Accumulator, Op::Add, Input::Accumulator).shifted(Shift::Clip),
        Compute::new(Input::Accumulator, Op::Logical, Input::Accumulator).shifted(Shift::Right1),
    ];
    let words = forms.map(|form| Instruction::Compute(form).encode()[0]);
    let mut code: Vec<u16> = words.iter().copied().cycle().take(many - 1).collect();
    code.extend(Instruction::Sleep.encode());
    code
}

fn processor(code: &[u16]) -> (Dspp, Memory) {
    let (mut dspp, mut memory) = (Dspp::new(), Memory::bare());
    for addr in (0x20_0000..0x30_0000).step_by(4) {
        memory.set_word(addr, addr.wrapping_mul(0x9E37_79B9));
    }
    for at in 0..0x70 {
        dspp.write(at, 0x1000 + at * 0x20);
    }
    dspp.write_code(0, code);
    let when = When::Every;
    dspp.set_entries(&[Entry { at: 0, when }]);
    for n in 0..13 {
        let addr = 0x20_0000 + u32::from(n) * 0x4000;
        let passage = Some(Passage {
            addr,
            bytes: 0x4000,
        });
        let transfer = Transfer {
            now: passage,
            next: passage,
            is_loop: true,
        };
        dspp.set_transfer(Channel::In(n), transfer, true);
    }
    (dspp, memory)
}

fn second(dspp: &mut Dspp, memory: &mut Memory, literal: bool) -> Duration {
    let mut heard = Vec::with_capacity(FRAMES as usize);
    let start = Instant::now();
    let mut frame = 0;
    while frame < FRAMES {
        let left = (FRAMES - frame).min(32);
        let ran = match literal {
            true => dspp.run_to_the_letter(memory, frame.into(), left, &mut heard),
            false => dspp.run(memory, frame.into(), left, &mut heard),
        };
        frame += ran.frames;
    }
    let time = start.elapsed();
    black_box(heard);
    time
}

fn print(name: &str, code: &[u16]) {
    let measure = |literal| {
        let (mut dspp, mut memory) = processor(code);
        let runs = (0..RUNS).map(|_| second(&mut dspp, &mut memory, literal));
        let fastest = runs.min().unwrap_or_default();
        assert_eq!(dspp.cut_off(), None);
        (fastest.as_secs_f64(), dspp.ticks_used())
    };
    let (fast, ticks) = measure(false);
    println!("{name}\t{:.0}", fast * 1e9 / f64::from(FRAMES));
    if std::env::args().any(|argument| argument == "--more") {
        let (literal, _) = measure(true);
        let (percent, ratio) = (fast * 100.0, literal / fast);
        println!(
            "    {ticks} ticks, {percent:.1} % of a core; to the letter {ratio:.1} times as long"
        );
    }
}

fn main() {
    print("a frame without instruments", &program(0));
    print("100 ticks of instruments", &program(100));
    print("500 ticks of instruments", &program(500));
    print("500 ticks of the shortest instructions", &short(500));
}
