//! The fast engine: pre-decoded instructions.
//!
//! Instructions are decoded once, lowered to compact ops, and executed
//! from pages of 128 of them.
//!
//! Straight-line ops go through a table of small functions ("handlers"), one for each
//! shape; the loop keeps branches and everything else that concerns more than registers
//! and memory. It leaves a page only when the program does. A breakpoint is an op in the cache and costs nothing elsewhere. A store that hits
//! code clears the one op of that word, so the next instruction already sees the new one.

mod core;
mod handlers;
mod lower;
mod op;
mod page;

use self::core::{Core, EVENT, Refused};
use super::bus::{Abort, Bus, Stored};
use super::decode::{Operation, decode};
use super::observe::{Observer, Transfer, Unobserved, Way};
use super::registers::{Cpu, Reg};
use super::timing::Timing;
use super::{Exit, execute};
use crate::time::Tick;
use handlers::Handlers;
use lower::lower;
use op::{Control, Op};
use page::{PAGE_WORDS, Page, Pages, base_of, index_of};
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
        // What is decoded knows them: only others make it worthless.
        if self.breakpoints != *breakpoints {
            self.breakpoints.clone_from(breakpoints);
            self.flush();
        }
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

    /// The same, and tells where control went.
    pub fn step_observed<O: Observer>(
        &mut self,
        cpu: &mut Cpu,
        bus: &mut impl Bus,
        clock: &mut Tick,
        observer: &mut O,
    ) -> Option<Exit> {
        if !O::LISTENS {
            return self.step(cpu, bus, clock);
        }
        let from = cpu.pc();
        let way = match bus.fetch(from).map(|word| decode(word).operation) {
            Ok(Operation::Branch { link: true, .. }) => Way::Call,
            Ok(Operation::Branch { .. }) => Way::Branch,
            _ => Way::Jump,
        };
        let exit = self.step(cpu, bus, clock);
        let to = cpu.pc();
        if exit.is_none() && to != from.wrapping_add(4) {
            observer.transfer(&Transfer {
                way,
                from,
                to,
                lr: cpu.visible[14],
                sp: cpu.visible[13],
                at: clock.0,
                instructions: self.instructions,
            });
        }
        exit
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
        self.run_reference_observed(cpu, bus, clock, until, &mut Unobserved)
    }

    /// The same, and tells where control goes.
    pub fn run_reference_observed<O: Observer>(
        &mut self,
        cpu: &mut Cpu,
        bus: &mut impl Bus,
        clock: &mut Tick,
        until: Tick,
        observer: &mut O,
    ) -> Exit {
        for addr in bus.take_code_writes() {
            self.pages.forget(addr, None);
        }
        while *clock < until {
            let at = cpu.pc();
            if self.breakpoints.contains(&at) && !self.passes(at) {
                return self.report(at);
            }
            if let Some(exit) = self.step_observed(cpu, bus, clock, observer) {
                return exit;
            }
            if bus.wants_exit() {
                return Exit::Watched;
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
        self.run_observed(cpu, bus, clock, until, &mut Unobserved)
    }

    /// The same, and tells where control goes.
    pub fn run_observed<O: Observer>(
        &mut self,
        cpu: &mut Cpu,
        bus: &mut impl Bus,
        clock: &mut Tick,
        until: Tick,
        observer: &mut O,
    ) -> Exit {
        for addr in bus.take_code_writes() {
            self.pages.forget(addr, None);
        }
        if self.reported.is_some() && *clock < until && self.passes(cpu.pc()) {
            if let Some(exit) = self.step_observed(cpu, bus, clock, observer) {
                return exit;
            }
            if bus.wants_exit() {
                return Exit::Watched;
            }
        }
        // No sum of ticks below can overflow.
        let until = until.0.min(u64::MAX >> 1);
        let mut pc = cpu.pc();
        let mut core = Core::enter(cpu, until, self.timing.i);
        let mut now = clock.0;
        let exit = loop {
            let mut page = self.pages.take(pc);
            let place = (&mut pc, &mut now);
            let next = self.run_page(&mut core, cpu, bus, &mut page, place, observer);
            self.pages.put(page);
            match next {
                Next::Jump(target) => pc = target,
                Next::Exit(exit) => break exit,
            }
        };
        core.leave(cpu, pc);
        *clock = Tick(now);
        if let Exit::Breakpoint(at) = exit {
            return self.report(at);
        }
        exit
    }

    /// Runs from `pc` until control leaves the page. On an exit `pc` is where the program
    /// continues.
    #[inline(always)]
    fn run_page<B: Bus, O: Observer>(
        &mut self,
        core: &mut Core,
        cpu: &mut Cpu,
        bus: &mut B,
        page: &mut Page,
        (pc, clock): (&mut u32, &mut u64),
        observer: &mut O,
    ) -> Next {
        let skipped = u64::from(self.timing.s);
        let mut index = index_of(*pc);
        let mut now = *clock;
        let until = core.until;
        loop {
            // Straight on, until something concerns more than registers and memory.
            let mut entered = index;
            let mut straight = page.ops[index % PAGE_WORDS..].iter();
            let op = loop {
                if now >= until {
                    break None;
                }
                let Some(op) = straight.next() else {
                    break None;
                };
                if op.conditional && !core.flags.hold(op.cond) {
                    now += skipped;
                    continue;
                }
                now += u64::from(op.cost);
                if let Some(handler) = Handlers::<B>::ALL.get(usize::from(op.handler)) {
                    let more = handler(core, bus, op);
                    if more == EVENT {
                        break Some(op);
                    }
                    now += more;
                } else if op.control == Control::BranchNear {
                    let behind = PAGE_WORDS - straight.len();
                    self.instructions += (behind - entered) as u64;
                    entered = op.imm as usize % PAGE_WORDS;
                    if O::LISTENS {
                        observer.transfer(&Transfer {
                            way: Way::Branch,
                            from: page.address(behind).wrapping_sub(4),
                            to: page.address(entered),
                            lr: core.get(Reg::Lr),
                            sp: core.get(Reg::Sp),
                            at: now,
                            instructions: self.instructions,
                        });
                    }
                    straight = page.ops[entered..].iter();
                } else {
                    break Some(op);
                }
            };
            index = PAGE_WORDS - straight.len();
            self.instructions += (index - entered) as u64;
            *clock = now;
            let Some(&op) = op else {
                *pc = page.address(index);
                return if now >= until {
                    Next::Exit(Exit::Until)
                } else {
                    Next::Jump(*pc)
                };
            };
            let target = match op.control {
                Control::BranchNear | Control::Branch => op.imm,
                Control::BranchLink => {
                    core.set(Reg::Lr, page.address(index));
                    op.imm
                }
                Control::BranchRegister => core.get(op.rm) & !3,
                Control::LoadBlockPc => match core.load_block_pc(bus, &op) {
                    Some(target) => target,
                    None => match core.take_watched_target() {
                        Some(target) => {
                            *pc = target;
                            return Next::Exit(Exit::Watched);
                        }
                        None => return self.refused(core, page.address(index - 1), &op, pc, clock),
                    },
                },
                Control::Settle => {
                    for addr in core.take_code() {
                        self.pages.forget(addr, Some(page));
                    }
                    if core.refused.is_some() {
                        return self.refused(core, page.address(index - 1), &op, pc, clock);
                    }
                    if bus.wants_exit() {
                        *pc = page.address(index);
                        return Next::Exit(Exit::Watched);
                    }
                    page.address(index)
                }
                Control::Skip => page.address(index),
                Control::Swi => {
                    *pc = page.address(index);
                    return Next::Exit(Exit::Swi(op.imm));
                }
                Control::Undefined => {
                    *pc = page.address(index);
                    return Next::Exit(Exit::Undefined(op.imm));
                }
                Control::Slow => {
                    let at = page.address(index - 1);
                    let outcome = self.slow(core, cpu, bus, page, at, op.imm);
                    now += self.timing.of(outcome.cycles).0;
                    *clock = now;
                    *pc = cpu.pc();
                    match outcome.exit {
                        None if bus.wants_exit() => return Next::Exit(Exit::Watched),
                        None => *pc,
                        Some(exit) => return Next::Exit(exit),
                    }
                }
                Control::Decode => {
                    index -= 1;
                    self.instructions -= 1;
                    *pc = page.address(index);
                    match self.decode(bus, *pc) {
                        Ok(op) => page.ops[index] = op,
                        Err(Abort) => {
                            *clock += self.timing.exception_entry().0;
                            return Next::Exit(Exit::PrefetchAbort(*pc));
                        }
                    }
                    continue;
                }
                Control::Breakpoint => {
                    self.instructions -= 1;
                    *pc = page.address(index - 1);
                    return Next::Exit(Exit::Breakpoint(*pc));
                }
            };
            if O::LISTENS && target != page.address(index) {
                observer.transfer(&Transfer {
                    way: match op.control {
                        Control::BranchLink => Way::Call,
                        Control::BranchNear | Control::Branch => Way::Branch,
                        _ => Way::Jump,
                    },
                    from: page.address(index).wrapping_sub(4),
                    to: target,
                    lr: core.get(Reg::Lr),
                    sp: core.get(Reg::Sp),
                    at: now,
                    instructions: self.instructions,
                });
            }
            if base_of(target) != page.base {
                return Next::Jump(target);
            }
            index = index_of(target);
        }
    }

    /// The data access of `op`, at address `at`, was refused.
    #[cold]
    fn refused(
        &mut self,
        core: &mut Core,
        at: u32,
        op: &Op,
        pc: &mut u32,
        clock: &mut u64,
    ) -> Next {
        *pc = at;
        // The handler's entry is charged instead of the access.
        *clock += self.timing.exception_entry().0;
        *clock -= u64::from(op.cost);
        Next::Exit(match core.refused.take() {
            Some(Refused { addr, write }) => Exit::DataAbort { addr, write },
            None => Exit::Until,
        })
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
        core: &mut Core,
        cpu: &mut Cpu,
        bus: &mut impl Bus,
        page: &mut Page,
        at: u32,
        word: u32,
    ) -> execute::Outcome {
        core.leave(cpu, at);
        let mut noting = Noting::new(bus);
        let outcome = execute::execute(cpu, &mut noting, at, word);
        for addr in noting.code() {
            self.pages.forget(addr, Some(page));
        }
        core.resume(cpu);
        outcome
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

    fn watched_word(&mut self, addr: u32) -> Option<u32> {
        self.bus.watched_word(addr)
    }

    fn watched_byte(&mut self, addr: u32) -> Option<u8> {
        self.bus.watched_byte(addr)
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

    fn wants_exit(&self) -> bool {
        self.bus.wants_exit()
    }

    fn take_code_writes(&mut self) -> Vec<u32> {
        self.bus.take_code_writes()
    }
}
