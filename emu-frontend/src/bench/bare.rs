//! The bare harness of the benchmark guests.
//!
//! A processor, flat memory and two host calls.
//!
//! The image is loaded at 0x10000 and entered at its first word in user mode.
//! `SWI 1` adds r1 to r0; `SWI 0xFFFFFF` ends the run with its result in r0.

use crate::cli::EngineArg;
use emu_core::cpu::{Cpu, Engine, Exit};
use emu_core::mem::Memory;
use emu_core::time::Tick;
use roms::bench::{LOAD_ADDRESS, SWI_FINISH, SWI_SERVICE};
use thiserror::Error;

/// Far more cycles than any benchmark guest needs.
const CYCLE_LIMIT: Tick = Tick(1 << 40);

/// What a guest did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BareRun {
    /// r0 at the end.
    pub result: u32,
    /// Instructions without the call that ended the run.
    pub instructions: u64,
    /// Cycles with it.
    pub cycles: u64,
}

/// Why a guest did not end as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BareError {
    /// The image does not fit.
    #[error("the image does not fit into memory")]
    TooLarge,
    /// It stopped for a reason that is no host call.
    #[error("stopped at {pc:#010x}: {exit:?}")]
    Stopped {
        /// Where.
        pc: u32,
        /// How.
        exit: Exit,
    },
}

/// Runs a guest to its end.
pub fn run(image: &[u8], engine: EngineArg) -> Result<BareRun, BareError> {
    let mut memory = Memory::bare();
    u32::try_from(image.len())
        .ok()
        .and_then(|len| memory.bytes_mut(LOAD_ADDRESS, len))
        .ok_or(BareError::TooLarge)?
        .copy_from_slice(image);
    let mut cpu = Cpu::user();
    cpu.set_pc(LOAD_ADDRESS);
    let mut interpreter = Engine::default();
    let mut clock = Tick::default();
    loop {
        let exit = match engine {
            EngineArg::Fast => interpreter.run(&mut cpu, &mut memory, &mut clock, CYCLE_LIMIT),
            EngineArg::Reference => {
                interpreter.run_reference(&mut cpu, &mut memory, &mut clock, CYCLE_LIMIT)
            }
        };
        match exit {
            Exit::Swi(SWI_SERVICE) => cpu.set_reg(0, cpu.reg(0).wrapping_add(cpu.reg(1))),
            Exit::Swi(SWI_FINISH) => {
                return Ok(BareRun {
                    result: cpu.reg(0),
                    instructions: interpreter.instructions().saturating_sub(1),
                    cycles: clock.0,
                });
            }
            exit => return Err(BareError::Stopped { pc: cpu.pc(), exit }),
        }
    }
}
