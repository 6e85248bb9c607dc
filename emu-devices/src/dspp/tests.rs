//! Programs like the standard instruments, and what they must give.

mod channels;
mod engines;
mod programs;
mod sums;

use super::*;
use emu_core::loader::dsp_code::{Compute, Instruction, OperandWord};

/// Where samples are.
const DATA: u32 = 0x20_0000;

/// A processor with memory, and what has been heard of it.
struct Rig {
    dspp: Dspp,
    memory: Memory,
    frame: u64,
    heard: Vec<StereoFrame>,
}

impl Rig {
    /// One that runs a program in every frame. SLEEP is added.
    fn new(program: &[Instruction]) -> Rig {
        let mut rig = Rig {
            dspp: Dspp::new(),
            memory: Memory::bare(),
            frame: 0,
            heard: Vec::new(),
        };
        rig.place(0, program);
        rig.enter(&[(0, When::Every)]);
        rig
    }

    fn place(&mut self, at: u16, program: &[Instruction]) {
        self.dspp.write_code(at, &assemble(program));
    }

    fn enter(&mut self, entries: &[(u16, When)]) {
        let entry = |&(at, when)| Entry { at, when };
        let entries: Vec<Entry> = entries.iter().map(entry).collect();
        self.dspp.set_entries(&entries);
    }

    /// Samples in memory, from there on.
    fn put(&mut self, addr: u32, samples: &[u16]) {
        for (n, &sample) in (0..).zip(samples) {
            self.memory.set_half(addr + 2 * n, sample);
        }
    }

    fn halves(&self, addr: u32, many: u32) -> Vec<u16> {
        let half = |n| self.memory.half(addr + 2 * n).unwrap_or(0xDEAD);
        (0..many).map(half).collect()
    }

    fn pass(&mut self, channel: Channel, now: Option<Passage>, next: Option<Passage>) {
        let transfer = Transfer {
            now,
            next,
            is_loop: false,
        };
        self.dspp.set_transfer(channel, transfer, true);
    }

    /// Runs up to so many frames.
    fn run(&mut self, many: u32) -> Ran {
        let (dspp, memory) = (&mut self.dspp, &mut self.memory);
        let ran = dspp.run(memory, self.frame, many, &mut self.heard);
        self.frame += u64::from(ran.frames);
        ran
    }

    /// What is at an address after each of so many frames.
    fn words(&mut self, at: u16, frames: u32) -> Vec<i16> {
        let mut next = |_| {
            assert_eq!(self.run(1).frames, 1);
            self.dspp.read(at) as i16
        };
        (0..frames).map(&mut next).collect()
    }
}

fn assemble(program: &[Instruction]) -> Vec<u16> {
    let sleep = [Instruction::Sleep];
    let all = program.iter().chain(&sleep);
    all.flat_map(Instruction::encode).collect()
}

fn passage(addr: u32, samples: u32) -> Option<Passage> {
    let bytes = samples * 2;
    Some(Passage { addr, bytes })
}

fn at(at: u16) -> OperandWord {
    OperandWord::at(at)
}

fn number(value: i16) -> OperandWord {
    OperandWord::immediate(value).expect("a number that fits")
}

fn compute(compute: Compute) -> Instruction {
    Instruction::Compute(compute)
}

fn copy(to: u16, from: OperandWord) -> Instruction {
    let indirect = false;
    Instruction::MoveToAddress { to, indirect, from }
}
