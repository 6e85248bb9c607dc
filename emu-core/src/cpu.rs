//! The ARM60 (ARMv3, big-endian).
//!
//! The ARM60 is an ARM6 core wired big-endian, without cache, memory management or
//! coprocessors.
//!
//! [`Cpu`] is the state, a plain value. Two interpreters change it: [`step`] decodes and
//! executes one instruction in the plainest way and is the reference; [`Engine`] keeps
//! decoded instructions and is the one that is fast. Both charge the same cycles to the
//! clock and stop at the same places. References "ARM60 data sheet, chapter n" are to
//! Zarlink DS3553.

mod bus;
mod decode;
mod disasm;
mod exceptions;
mod execute;
mod fast;
mod observe;
mod psr;
mod registers;
mod timing;

pub use bus::{Abort, Bus, Stored};
pub use decode::{
    Alu, Cond, Fields, Index, Instr, Offset, Operand, Operation, Reserved, Shift, Shifted, decode,
    diagnosis,
};
pub use disasm::{REGISTER_NAMES, disasm};
pub use exceptions::Exception;
pub use fast::Engine;
pub use observe::{Observer, Transfer, Unobserved, Way};
pub use psr::{Mode, Psr};
pub use registers::{Cpu, Physical, Reg, UnknownRegister};
pub use timing::{Cycles, Timing, multiply_cycles};

use crate::time::Tick;

/// Why a run ended.
///
/// The clock has been charged for everything that happened, including the entry into the
/// handler where there is one: the caller either answers on the host or calls
/// [`Cpu::take_exception`], and neither costs more. R14 of the handler comes out right
/// because the program counter is left as described here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The clock reached its limit at an instruction boundary.
    Until,
    /// A software interrupt with its 24-bit number. The program counter is on the next
    /// instruction; 2S+1N are charged.
    Swi(u32),
    /// An undefined or coprocessor instruction, with its word. The program counter is on
    /// the next instruction; 2S+1N+1I are charged.
    Undefined(u32),
    /// The instruction at this address could not be fetched. The program counter is on it;
    /// 2S+1N are charged, and no instruction is counted.
    PrefetchAbort(u32),
    /// A data access was refused. The program counter is on the instruction that made it;
    /// 2S+1N are charged. The base has been written back, nothing else has changed except
    /// the words a block transfer moved.
    DataAbort {
        /// The address of the access.
        addr: u32,
        /// A store, not a load.
        write: bool,
    },
    /// An instruction stored what somebody watches ([`Bus::wants_exit`]). The program counter is on
    /// the next one.
    Watched,
    /// The next instruction, at this address, has a breakpoint. The run that follows
    /// executes it.
    Breakpoint(u32),
}

/// The reference interpreter: fetches, decodes and executes one instruction and charges
/// the clock for it.
pub fn step(cpu: &mut Cpu, bus: &mut impl Bus, timing: &Timing, clock: &mut Tick) -> Option<Exit> {
    let outcome = execute::step(cpu, bus);
    *clock += timing.of(outcome.cycles);
    outcome.exit
}
