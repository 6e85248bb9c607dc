//! The fast engine against the reference interpreter.
//!
//! Both must leave the same registers, flags, memory,
//! exits and clock, on random instructions and on random programs that rewrite themselves.
#![forbid(unsafe_code)]

use emu_core::cpu::{Abort, Bus, Cpu, Engine, Exit, Mode, Physical, Psr, Stored, Timing};
use emu_core::dice::Dice;
use emu_core::time::{Tick, Ticks};
use std::collections::BTreeSet;

/// Instructions and what they work on.
struct Random(Dice);

impl Random {
    fn next(&mut self) -> u32 {
        self.0.word()
    }

    fn below(&mut self, limit: u32) -> u32 {
        self.0.below(u64::from(limit)) as u32
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        self.0.pick(from)
    }

    /// An instruction of any class; most are unconditional.
    fn word(&mut self) -> u32 {
        let cond = match self.below(10) {
            0..=6 => 14,
            _ => self.below(16),
        };
        // Bits 27-20, and bits 11-4 with a mask of those that are fixed.
        let (high, low, fixed) = match self.below(16) {
            0..=2 => (0x20 | self.below(0x20), 0, 0),
            3..=4 => (self.below(0x20), 0, 1),
            5 => (self.below(0x20), 1, 9),
            6 => (self.below(4), 9, 0xF),
            7 => (0x10 | self.below(2) << 2, 9, 0xFF),
            8 => (0x10 | self.below(0x10), 0, 0xFF),
            9..=10 => (0x40 | self.below(0x20), 0, 0),
            11 => (0x60 | self.below(0x20), 0, 1),
            12..=13 => (0x80 | self.below(0x20), 0, 0),
            14 => (0xA0 | self.below(0x20), 0, 0),
            _ => (self.below(0x100), 0, 0),
        };
        let rest = self.next() & 0x000F_FFFF & !(fixed << 4);
        cond << 28 | high << 20 | low << 4 | rest
    }

    /// A PSR transfer in one of its defined forms.
    fn psr_transfer(&mut self) -> u32 {
        let form = self.pick(&[0xE10F_0000, 0xE129_F000, 0xE128_F000, 0xE328_F000]);
        let free = match form {
            0xE10F_0000 => 0xF000,
            0xE328_F000 => 0xFFF,
            _ => 0xF,
        };
        form | self.next() & free | self.below(2) << 22
    }

    /// A value as programs have them: mostly corners and addresses.
    fn value(&mut self) -> u32 {
        match self.below(6) {
            0 => self.below(64),
            1 => self.below(64).wrapping_neg(),
            2 => self.pick(&[0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF, 0]),
            3 => self.below(RAM as u32),
            4 => self.below(RAM as u32) & !3,
            _ => self.next(),
        }
    }

    fn cpu(&mut self) -> Cpu {
        let mut cpu = Cpu::user();
        for register in Physical::all() {
            let value = match register {
                Physical::Cpsr | Physical::Spsr(_) => self.psr().bits(),
                _ => self.value(),
            };
            cpu.set_physical(register, value);
        }
        cpu
    }

    fn psr(&mut self) -> Psr {
        let mode = match self.below(20) {
            0 => self.below(32),
            _ => self.pick(&Mode::ALL).bits(),
        };
        Psr::new(self.next() & !0x1F | mode)
    }
}

/// Memory that answers every load from its address and remembers every store.
#[derive(Default)]
struct Oracle {
    word: u32,
    code: Vec<u32>,
    stores: Vec<(u32, u32)>,
}

impl Oracle {
    fn content(addr: u32) -> Result<u32, Abort> {
        match addr >> 28 {
            0xA => Err(Abort),
            _ => Ok(addr.wrapping_mul(0x9E37_79B9).rotate_left(addr % 31)),
        }
    }

    fn store(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        self.stores.push((addr, value));
        Oracle::content(addr).map(|_| Stored::Plain)
    }
}

impl Bus for Oracle {
    fn fetch(&mut self, _: u32) -> Result<u32, Abort> {
        Ok(self.word)
    }

    fn load_word(&mut self, addr: u32) -> Result<u32, Abort> {
        Oracle::content(addr)
    }

    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort> {
        Oracle::content(addr).map(|word| word as u8)
    }

    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        self.store(addr, value)
    }

    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort> {
        self.store(addr, u32::from(value))
    }

    fn note_code(&mut self, _: u32) {}

    fn take_code_writes(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.code)
    }
}

#[test]
fn two_million_single_instructions() {
    let timing = Timing {
        s: 1,
        n: 1 << 10,
        i: 1 << 20,
    };
    let mut random = Random(Dice(0x3D0_0001));
    let mut engine = Engine::new(timing);
    let mut start = random.cpu();
    for n in 0..2_000_000u32 {
        // A new state now and then, and a new program counter and mode more often.
        match n % 16 {
            0 => start = random.cpu(),
            8 => start.set_cpsr(random.psr()),
            _ => {
                let register = random.below(15) as usize;
                let value = random.value();
                start.set_reg(register, value);
            }
        }
        let pc = match random.below(64) {
            0 => 0xFFFF_FFF8 + 4 * random.below(2),
            _ => 0x1000 + 4 * random.below(512),
        };
        start.set_pc(pc);
        let word = match random.below(20) {
            0 => random.psr_transfer(),
            _ => random.word(),
        };
        let (mut slow, mut fast) = (start.clone(), start.clone());
        let mut slow_bus = Oracle {
            word,
            ..Oracle::default()
        };
        let mut fast_bus = Oracle {
            word,
            code: vec![pc],
            ..Oracle::default()
        };
        let (mut slow_clock, mut fast_clock) = (Tick(0), Tick(0));
        let slow_exit = engine.run_reference(&mut slow, &mut slow_bus, &mut slow_clock, Tick(1));
        let fast_exit = engine.run(&mut fast, &mut fast_bus, &mut fast_clock, Tick(1));
        let context = || format!("{word:08X} at {pc:08X}, number {n}\n{start:?}");
        assert_eq!(slow_exit, fast_exit, "{}", context());
        assert_eq!(slow, fast, "{}", context());
        assert_eq!(slow_clock, fast_clock, "{}", context());
        assert_eq!(slow_bus.stores, fast_bus.stores, "{}", context());
    }
}

const RAM: usize = 0x2000;

/// A little memory, and nothing around it.
#[derive(Clone)]
struct Ram {
    bytes: Vec<u8>,
    code: Vec<bool>,
    code_stores: u32,
}

impl Ram {
    fn stored(&mut self, addr: u32) -> Stored {
        if self.code[addr as usize / 512] {
            self.code_stores += 1;
            Stored::Code
        } else {
            Stored::Plain
        }
    }
}

impl Bus for Ram {
    fn fetch(&mut self, addr: u32) -> Result<u32, Abort> {
        self.load_word(addr)
    }

    fn load_word(&mut self, addr: u32) -> Result<u32, Abort> {
        let bytes = self.bytes.get(addr as usize..).ok_or(Abort)?;
        Ok(u32::from_be_bytes(*bytes.first_chunk().ok_or(Abort)?))
    }

    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort> {
        self.bytes.get(addr as usize).copied().ok_or(Abort)
    }

    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        let bytes = self.bytes.get_mut(addr as usize..).ok_or(Abort)?;
        *bytes.first_chunk_mut().ok_or(Abort)? = value.to_be_bytes();
        Ok(self.stored(addr))
    }

    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort> {
        *self.bytes.get_mut(addr as usize).ok_or(Abort)? = value;
        Ok(self.stored(addr))
    }

    fn note_code(&mut self, addr: u32) {
        self.code[addr as usize / 512] = true;
    }

    fn take_code_writes(&mut self) -> Vec<u32> {
        Vec::new()
    }
}

/// How to spend the time of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Reference,
    AtOnce,
    InSlices,
}

/// Everything that must agree.
#[derive(PartialEq, Eq, Debug)]
struct End {
    cpu: Cpu,
    bytes: Vec<u8>,
    clock: Tick,
    instructions: u64,
    exits: Vec<Exit>,
}

/// Runs a program for 3000 ticks; SWIs and undefined words are passed over, aborts lead
/// back into the memory.
fn run(way: Way, cpu: &Cpu, ram: &Ram, slices: &mut Random) -> (End, u32) {
    let (mut cpu, mut ram, mut clock) = (cpu.clone(), ram.clone(), Tick(0));
    let mut engine = Engine::default();
    let end = Tick(3000);
    let mut exits = Vec::new();
    while clock < end {
        let exit = match way {
            Way::Reference => engine.run_reference(&mut cpu, &mut ram, &mut clock, end),
            Way::AtOnce => engine.run(&mut cpu, &mut ram, &mut clock, end),
            Way::InSlices => {
                let next = clock + Ticks(u64::from(1 + slices.below(40)));
                engine.run(&mut cpu, &mut ram, &mut clock, next.min(end))
            }
        };
        match exit {
            Exit::Until => continue,
            Exit::Swi(_) | Exit::Undefined(_) => {}
            Exit::PrefetchAbort(at) => cpu.set_pc(at >> 3 & (RAM as u32 - 1)),
            Exit::DataAbort { .. } => cpu.set_pc(cpu.pc() + 4),
            Exit::Breakpoint(at) => panic!("a breakpoint at {at:08X}"),
            Exit::Watched => panic!("nobody watches memory"),
        }
        exits.push(exit);
    }
    let end = End {
        cpu,
        bytes: ram.bytes,
        clock,
        instructions: engine.instructions(),
        exits,
    };
    (end, ram.code_stores)
}

#[test]
fn programs_that_rewrite_themselves() {
    let mut random = Random(Dice(0x3D0_0002));
    let mut code_stores = 0;
    for n in 0..4000 {
        let mut ram = Ram {
            bytes: Vec::new(),
            code: vec![false; RAM / 512],
            code_stores: 0,
        };
        for i in 0..RAM as u32 / 4 {
            let word = match random.below(12) {
                // Short branches keep programs inside, and make loops.
                0 => {
                    random.pick(&[0xEA00_0000, 0x1A00_0000, 0xBA00_0000, 0xEB00_0000])
                        | (random.below(64).wrapping_sub(40) & 0x00FF_FFFF)
                }
                // Stores near the program counter.
                1 => {
                    0xE50F_0000
                        | random.below(2) << 23
                        | random.below(13) << 12
                        | random.below(32) << 2
                }
                2 => {
                    0xE54F_0000 | random.below(2) << 23 | random.below(13) << 12 | random.below(128)
                }
                _ => random.word(),
            };
            // A third of the memory is data at first.
            let word = if i % 3 == 0 { random.value() } else { word };
            ram.bytes.extend(word.to_be_bytes());
        }
        let mut cpu = random.cpu();
        for register in 0..15 {
            if random.below(3) != 0 {
                cpu.set_reg(register, random.below(RAM as u32));
            }
        }
        cpu.set_pc(random.below(RAM as u32));
        let (reference, stores) = run(Way::Reference, &cpu, &ram, &mut random);
        code_stores += stores;
        for way in [Way::AtOnce, Way::InSlices] {
            let (fast, stores) = run(way, &cpu, &ram, &mut random);
            code_stores += stores;
            // Not `assert_eq`: it would print the memory.
            assert!(fast.cpu == reference.cpu, "program {n}, {way:?}: registers");
            assert!(fast.clock == reference.clock, "program {n}, {way:?}: clock");
            assert!(fast == reference, "program {n}, {way:?}");
        }
    }
    assert!(code_stores > 1000, "only {code_stores} stores into code");
}

/// `MOV R0, R0` all over, and one loop of four instructions at 0x100.
fn looping() -> (Cpu, Ram) {
    let mut ram = Ram {
        bytes: [0xE1, 0xA0, 0, 0].repeat(RAM / 4),
        code: vec![false; RAM / 512],
        code_stores: 0,
    };
    for (i, word) in [0xE280_0001u32, 0xE281_1001, 0xE282_2001, 0xEAFF_FFFB]
        .into_iter()
        .enumerate()
    {
        let at = 0x100 + 4 * i;
        ram.bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }
    let mut cpu = Cpu::user();
    cpu.set_pc(0x100);
    (cpu, ram)
}

#[test]
fn breakpoints_stop_before_and_are_passed_afterwards() {
    for reference in [true, false] {
        let (mut cpu, mut ram) = looping();
        let mut engine = Engine::default();
        let mut clock = Tick(0);
        let mut run = |engine: &mut Engine, cpu: &mut Cpu, clock: &mut Tick, until| {
            if reference {
                engine.run_reference(cpu, &mut ram, clock, until)
            } else {
                engine.run(cpu, &mut ram, clock, until)
            }
        };
        engine.set_breakpoints(&BTreeSet::from([0x100, 0x108]));
        for turn in 1..4 {
            let exit = run(&mut engine, &mut cpu, &mut clock, Tick::NEVER);
            assert_eq!(exit, Exit::Breakpoint(0x100));
            assert_eq!((cpu.pc(), cpu.reg(0)), (0x100, turn - 1));
            // A slice that ends on the other breakpoint has not reported it.
            let two = clock + Ticks(2);
            assert_eq!(run(&mut engine, &mut cpu, &mut clock, two), Exit::Until);
            assert_eq!((cpu.pc(), cpu.reg(1), cpu.reg(2)), (0x108, turn, turn - 1));
            let exit = run(&mut engine, &mut cpu, &mut clock, Tick::NEVER);
            assert_eq!(exit, Exit::Breakpoint(0x108));
            assert_eq!(cpu.reg(2), turn - 1);
        }
        assert_eq!(engine.instructions(), 3 * 2 + 2 * 2);
        engine.set_breakpoints(&BTreeSet::new());
        let later = clock + Ticks(100);
        assert_eq!(run(&mut engine, &mut cpu, &mut clock, later), Exit::Until);
    }
}

#[test]
fn aborts_leave_the_program_counter_on_the_instruction() {
    for reference in [true, false] {
        let (mut cpu, mut ram) = looping();
        // LDR R5, [R4], #4 with R4 outside the memory: late abort, the base moves.
        ram.bytes[0x108..0x10C].copy_from_slice(&0xE494_5004u32.to_be_bytes());
        cpu.set_reg(4, 0x8000_0002);
        cpu.set_reg(5, 7);
        let mut engine = Engine::default();
        let mut clock = Tick(0);
        let exit = if reference {
            engine.run_reference(&mut cpu, &mut ram, &mut clock, Tick::NEVER)
        } else {
            engine.run(&mut cpu, &mut ram, &mut clock, Tick::NEVER)
        };
        let abort = Exit::DataAbort {
            addr: 0x8000_0002,
            write: false,
        };
        assert_eq!(exit, abort);
        assert_eq!(cpu.pc(), 0x108);
        assert_eq!((cpu.reg(4), cpu.reg(5)), (0x8000_0006, 7));
        assert_eq!(clock, Tick(1 + 1 + 4));
    }
}

#[test]
fn a_clone_of_an_engine_has_no_cache() {
    let (mut cpu, mut ram) = looping();
    let mut engine = Engine::default();
    let mut clock = Tick(0);
    engine.run(&mut cpu, &mut ram, &mut clock, Tick(50));
    // Another machine: the same address holds a SWI there.
    let (mut other_cpu, mut other_ram) = looping();
    other_ram.bytes[0x100..0x104].copy_from_slice(&0xEF00_0005u32.to_be_bytes());
    let mut other_clock = Tick(0);
    let exit = engine
        .clone()
        .run(&mut other_cpu, &mut other_ram, &mut other_clock, Tick(50));
    assert_eq!(exit, Exit::Swi(5));
}

#[test]
fn the_end_of_time_does_not_overflow() {
    let (mut cpu, mut ram) = looping();
    let mut engine = Engine::default();
    let mut clock = Tick(u64::MAX - 1);
    assert_eq!(
        engine.run(&mut cpu, &mut ram, &mut clock, Tick::NEVER),
        Exit::Until
    );
}
