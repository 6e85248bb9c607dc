//! The fast engine: instructions are decoded once, lowered to compact ops, and executed
//! from pages of 128 of them.
//!
//! The loop in [`Engine::run`] leaves a page only when a branch or the end of the page
//! does. A breakpoint is an op in the cache and costs nothing elsewhere. A store that hits
//! code clears the one op of that word, so the next instruction already sees the new one.

mod core;
mod lower;
mod op;
mod page;

use self::core::{Core, Refused};
use super::bus::{Abort, Bus, Stored};
use super::decode::Alu;
use super::registers::{Cpu, Reg};
use super::timing::{Timing, multiply_cycles};
use super::{Exit, execute};
use crate::time::Tick;
use lower::lower;
use op::{Form, Kind, Op};
use page::{Page, Pages, base_of, index_of};
use std::collections::BTreeSet;
use std::fmt;

/// Runs a [`Cpu`]. Holds no machine state: only decoded instructions, breakpoints, the
/// cycle lengths and a counter.
#[derive(Default)]
pub struct Engine {
    pages: Pages,
    timing: Timing,
    breakpoints: BTreeSet<u32>,
    instructions: u64,
    /// The breakpoint the last exit reported, and the instruction count then: the next run
    /// passes it if nothing has happened in between.
    reported: Option<(u32, u64)>,
}

impl Clone for Engine {
    /// The copy decodes for itself.
    fn clone(&self) -> Engine {
        Engine {
            pages: Pages::default(),
            timing: self.timing,
            breakpoints: self.breakpoints.clone(),
            instructions: self.instructions,
            reported: self.reported,
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("timing", &self.timing)
            .field("breakpoints", &self.breakpoints)
            .field("instructions", &self.instructions)
            .finish_non_exhaustive()
    }
}

/// How the loop goes on after an instruction.
enum Next {
    /// At this address, which may be anywhere.
    Jump(u32),
    /// Not at all.
    Exit(Exit),
}

impl Engine {
    /// An empty engine with these cycle lengths.
    pub fn new(timing: Timing) -> Engine {
        Engine {
            timing,
            ..Engine::default()
        }
    }

    /// The cycle lengths.
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// Changes the cycle lengths; they are part of the decoded instructions.
    pub fn set_timing(&mut self, timing: Timing) {
        self.timing = timing;
        self.flush();
    }

    /// Instructions executed so far, by any of the ways to run: those whose condition
    /// failed, SWIs and undefined ones count; one that could not be fetched does not.
    pub fn instructions(&self) -> u64 {
        self.instructions
    }

    /// Stops before executing these addresses from now on.
    pub fn set_breakpoints(&mut self, breakpoints: &BTreeSet<u32>) {
        self.breakpoints.clone_from(breakpoints);
        self.flush();
    }

    /// Forgets every decoded instruction.
    pub fn flush(&mut self) {
        self.pages.clear();
    }

    /// Executes one instruction, breakpoint or not.
    pub fn step(&mut self, cpu: &mut Cpu, bus: &mut impl Bus, clock: &mut Tick) -> Option<Exit> {
        let mut noting = Noting::new(bus);
        let outcome = execute::step(cpu, &mut noting);
        for addr in noting.code() {
            self.pages.forget(addr, None);
        }
        *clock += self.timing.of(outcome.cycles);
        if !matches!(outcome.exit, Some(Exit::PrefetchAbort(_))) {
            self.instructions += 1;
        }
        outcome.exit
    }

    /// Runs until the clock reaches `until` or something needs an answer, one instruction
    /// after the other through the reference interpreter.
    pub fn run_reference(
        &mut self,
        cpu: &mut Cpu,
        bus: &mut impl Bus,
        clock: &mut Tick,
        until: Tick,
    ) -> Exit {
        for addr in bus.take_code_writes() {
            self.pages.forget(addr, None);
        }
        while *clock < until {
            let at = cpu.pc();
            if self.breakpoints.contains(&at) && !self.passes(at) {
                return self.report(at);
            }
            if let Some(exit) = self.step(cpu, bus, clock) {
                return exit;
            }
        }
        Exit::Until
    }

    /// Whether the breakpoint at `at` was the last thing reported.
    fn passes(&mut self, at: u32) -> bool {
        self.reported.take() == Some((at, self.instructions))
    }

    fn report(&mut self, at: u32) -> Exit {
        self.reported = Some((at, self.instructions));
        Exit::Breakpoint(at)
    }

    /// Runs until the clock reaches `until` or something needs an answer.
    pub fn run(
        &mut self,
        cpu: &mut Cpu,
        bus: &mut impl Bus,
        clock: &mut Tick,
        until: Tick,
    ) -> Exit {
        for addr in bus.take_code_writes() {
            self.pages.forget(addr, None);
        }
        if self.reported.is_some()
            && *clock < until
            && self.passes(cpu.pc())
            && let Some(exit) = self.step(cpu, bus, clock)
        {
            return exit;
        }
        // No sum of ticks below can overflow.
        let until = until.min(Tick(u64::MAX >> 1));
        let mut pc = cpu.pc();
        let mut core = Core::enter(cpu);
        let mut now = *clock;
        let exit = loop {
            let mut page = self.pages.take(pc);
            let next = self.run_page(&mut core, bus, &mut page, &mut pc, &mut now, until);
            self.pages.put(page);
            match next {
                Next::Jump(target) => pc = target,
                Next::Exit(exit) => break exit,
            }
        };
        core.leave(pc);
        *clock = now;
        if let Exit::Breakpoint(at) = exit {
            return self.report(at);
        }
        exit
    }

    /// Runs from `pc` until control leaves the page. On an exit `pc` is where the program
    /// continues.
    #[inline(always)]
    fn run_page(
        &mut self,
        core: &mut Core<'_>,
        bus: &mut impl Bus,
        page: &mut Page,
        pc: &mut u32,
        clock: &mut Tick,
        until: Tick,
    ) -> Next {
        let mut now = clock.0;
        let mut index = index_of(*pc);
        // Words passed since a jump are instructions executed.
        let mut entered = index;
        let skipped = u64::from(self.timing.s);
        let next = 'page: loop {
            if now >= until.0 {
                *pc = page.address(index);
                break 'page Next::Exit(Exit::Until);
            }
            let Some(op) = page.ops.get(index) else {
                break 'page Next::Jump(page.address(index));
            };
            index += 1;
            if op.conditional && !core.hold(op.cond) {
                now += skipped;
                continue 'page;
            }
            let cost = u64::from(op.cost);
            now += cost;
            /// Stores, drops a decoded copy of the word, and goes on unless refused.
            macro_rules! store {
                (word, $addr:expr, $value:expr) => {{
                    let (addr, value) = ($addr, $value);
                    store!(addr, bus.store_word(addr & !3, value))
                }};
                (byte, $addr:expr, $value:expr) => {{
                    let (addr, value) = ($addr, $value);
                    store!(addr, bus.store_byte(addr, value as u8))
                }};
                ($addr:expr, $result:expr) => {
                    match $result {
                        Ok(Stored::Plain) => Ok(()),
                        Ok(Stored::Code) => {
                            self.pages.forget($addr, Some(page));
                            Ok(())
                        }
                        Err(Abort) => Err(Refused {
                            addr: $addr,
                            write: true,
                        }),
                    }
                };
            }
            let target = 'target: {
                let access = op::dispatch!(core, op, {
                    Kind::BranchNear => {
                        self.instructions += (index - entered) as u64;
                        index = op.imm as usize;
                        entered = index;
                        continue 'page;
                    }
                    Kind::Branch => break 'target op.imm,
                    Kind::BranchLink => {
                        let target = op.imm;
                        core.set(Reg::Lr, page.address(index));
                        break 'target target;
                    }
                    Kind::BranchRegister => break 'target core.get(op.rm) & !3,
                    Kind::Mul => {
                        let factor = core.get(op.rn);
                        now += u64::from(multiply_cycles(factor)) * u64::from(self.timing.i);
                        core.set(op.rd, core.get(op.rm).wrapping_mul(factor));
                        continue 'page;
                    }
                    Kind::Mla => {
                        let factor = core.get(op.rn);
                        now += u64::from(multiply_cycles(factor)) * u64::from(self.timing.i);
                        let product = core.get(op.rm).wrapping_mul(factor);
                        let sum = product.wrapping_add(core.get(Reg::at(op.imm, 0)));
                        core.set(op.rd, sum);
                        continue 'page;
                    }
                    Kind::LoadLiteral => core.load_word(bus, op.rd, op.imm),
                    Kind::LoadWord => core.load_word(bus, op.rd, core.offset(op)),
                    Kind::LoadByte => core.load_byte(bus, op.rd, core.offset(op)),
                    Kind::StoreWord => store!(word, core.offset(op), core.get(op.rd)),
                    Kind::StoreByte => store!(byte, core.offset(op), core.get(op.rd)),
                    Kind::LoadWordPre => {
                        let addr = core.pre(op);
                        core.load_word(bus, op.rd, addr)
                    }
                    Kind::LoadBytePre => {
                        let addr = core.pre(op);
                        core.load_byte(bus, op.rd, addr)
                    }
                    Kind::LoadWordPost => {
                        let addr = core.post(op);
                        core.load_word(bus, op.rd, addr)
                    }
                    Kind::LoadBytePost => {
                        let addr = core.post(op);
                        core.load_byte(bus, op.rd, addr)
                    }
                    // The old base is stored when it is the register, too.
                    Kind::StoreWordPre => {
                        let value = core.get(op.rd);
                        store!(word, core.pre(op), value)
                    }
                    Kind::StoreBytePre => {
                        let value = core.get(op.rd);
                        store!(byte, core.pre(op), value)
                    }
                    Kind::StoreWordPost => {
                        let value = core.get(op.rd);
                        store!(word, core.post(op), value)
                    }
                    Kind::StoreBytePost => {
                        let value = core.get(op.rd);
                        store!(byte, core.post(op), value)
                    }
                    Kind::LoadWordIndexed => core.load_word(bus, op.rd, core.indexed(op)),
                    Kind::LoadByteIndexed => core.load_byte(bus, op.rd, core.indexed(op)),
                    Kind::StoreWordIndexed => store!(word, core.indexed(op), core.get(op.rd)),
                    Kind::StoreByteIndexed => store!(byte, core.indexed(op), core.get(op.rd)),
                    Kind::LoadBlock => core.load_block(bus, op).map(drop),
                    Kind::LoadBlockPc => match core.load_block_pc(bus, op) {
                        Ok(target) => break 'target target & !3,
                        Err(refused) => Err(refused),
                    },
                    Kind::StoreBlock => {
                        let op = *op;
                        core.store_block(bus, &op, |addr| self.pages.forget(addr, Some(page)))
                    }
                    Kind::Skip => continue 'page,
                    Kind::Swi => {
                        *pc = page.address(index);
                        break 'page Next::Exit(Exit::Swi(op.imm));
                    }
                    Kind::Undefined => {
                        *pc = page.address(index);
                        break 'page Next::Exit(Exit::Undefined(op.imm));
                    }
                    Kind::Slow => {
                        let word = op.imm;
                        let at = page.address(index - 1);
                        match self.slow(core, bus, page, at, word, &mut now) {
                            None => break 'target core.cpu.pc(),
                            Some(exit) => {
                                *pc = core.cpu.pc();
                                break 'page Next::Exit(exit);
                            }
                        }
                    }
                    Kind::Decode => {
                        index -= 1;
                        let at = page.address(index);
                        match self.decode(bus, at) {
                            Ok(op) => page.ops[index] = op,
                            Err(Abort) => {
                                *pc = at;
                                now += self.timing.exception_entry().0;
                                break 'page Next::Exit(Exit::PrefetchAbort(at));
                            }
                        }
                        continue 'page;
                    }
                    Kind::Breakpoint => {
                        index -= 1;
                        *pc = page.address(index);
                        break 'page Next::Exit(Exit::Breakpoint(*pc));
                    }
                });
                match access {
                    Ok(()) => continue 'page,
                    Err(Refused { addr, write }) => {
                        *pc = page.address(index - 1);
                        // The handler's entry is charged instead of the access.
                        now += self.timing.exception_entry().0;
                        now -= cost;
                        break 'page Next::Exit(Exit::DataAbort { addr, write });
                    }
                }
            };
            if base_of(target) != page.base {
                break 'page Next::Jump(target);
            }
            self.instructions += (index - entered) as u64;
            index = index_of(target);
            entered = index;
        };
        *clock = Tick(now);
        self.instructions += (index - entered) as u64;
        next
    }

    /// Fetches and lowers the instruction at `at`.
    #[cold]
    #[inline(never)]
    fn decode(&mut self, bus: &mut impl Bus, at: u32) -> Result<Op, Abort> {
        if self.breakpoints.contains(&at) {
            return Ok(Op::BREAKPOINT);
        }
        let word = bus.fetch(at)?;
        bus.note_code(at);
        Ok(lower(at, word, &self.timing))
    }

    /// Executes `word` at `at` through the reference interpreter.
    #[inline(never)]
    fn slow(
        &mut self,
        core: &mut Core<'_>,
        bus: &mut impl Bus,
        page: &mut Page,
        at: u32,
        word: u32,
        now: &mut u64,
    ) -> Option<Exit> {
        core.leave(at);
        let mut noting = Noting::new(bus);
        let outcome = execute::execute(core.cpu, &mut noting, at, word);
        for addr in noting.code() {
            self.pages.forget(addr, Some(page));
        }
        core.resume();
        *now += self.timing.of(outcome.cycles).0;
        outcome.exit
    }
}

/// A bus that remembers which code the one instruction executed through it has changed.
struct Noting<'b, B> {
    bus: &'b mut B,
    code: [u32; 16],
    len: usize,
}

impl<'b, B: Bus> Noting<'b, B> {
    fn new(bus: &'b mut B) -> Noting<'b, B> {
        Noting {
            bus,
            code: [0; 16],
            len: 0,
        }
    }

    /// The addresses changed: at most sixteen, the registers of a block transfer.
    fn code(&self) -> impl Iterator<Item = u32> {
        self.code.into_iter().take(self.len)
    }

    fn note(&mut self, addr: u32, stored: Result<Stored, Abort>) -> Result<Stored, Abort> {
        if stored == Ok(Stored::Code)
            && let Some(place) = self.code.get_mut(self.len)
        {
            *place = addr;
            self.len += 1;
        }
        stored
    }
}

impl<B: Bus> Bus for Noting<'_, B> {
    fn fetch(&mut self, addr: u32) -> Result<u32, Abort> {
        self.bus.fetch(addr)
    }

    fn load_word(&mut self, addr: u32) -> Result<u32, Abort> {
        self.bus.load_word(addr)
    }

    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort> {
        self.bus.load_byte(addr)
    }

    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        let stored = self.bus.store_word(addr, value);
        self.note(addr, stored)
    }

    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort> {
        let stored = self.bus.store_byte(addr, value);
        self.note(addr, stored)
    }

    fn note_code(&mut self, addr: u32) {
        self.bus.note_code(addr);
    }

    fn take_code_writes(&mut self) -> Vec<u32> {
        self.bus.take_code_writes()
    }
}
