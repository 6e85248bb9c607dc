//! The bare harness of the benchmark guests.
//!
//! A processor, flat memory and two host calls.
//!
//! The image is loaded at 0x10000 and entered at its first word in user mode.
//! `SWI 1` adds r1 to r0; `SWI 0xFFFFFF` ends the run with its result in r0.

use crate::cli::EngineArg;
use emu_core::cpu::{Cpu, Engine, Exit};
use emu_core::kernel::portfolio::CallKey;
use emu_core::kernel::portfolio::items::Item;
use emu_core::mem::Memory;
use emu_core::time::Tick;
use emu_core::trace::{Event, Field, Hex, Tape, Value, Words};
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

/// What the guests' host call is recorded as: a call of the console with two arguments.
const SERVICE: &str = "kernel.SendIO";

/// A recording of host calls, to see what recording costs: a call and its return for each.
#[derive(Clone, Debug)]
pub struct CallTape {
    call: CallKey,
    tape: Tape,
}

impl CallTape {
    /// An empty one; the error is one line.
    pub fn new() -> Result<CallTape, String> {
        let call = CallKey::parse(SERVICE).map_err(|e| format!("bench --record: {e}"))?;
        let tape = Tape::new();
        Ok(CallTape { call, tape })
    }

    fn push_call(&mut self, at: Tick, cpu: &Cpu) {
        let mut args = Words::default();
        args.push(cpu.reg(0));
        args.push(cpu.reg(1));
        let pc = Hex(cpu.pc().wrapping_sub(4));
        let call = self.call;
        self.tape
            .push(at, Item::NONE, &Event::Call { call, pc, args });
    }

    fn push_return(&mut self, at: Tick, value: u32) {
        let (call, value) = (self.call, Some(Value(value)));
        self.tape
            .push(at, Item::NONE, &Event::Return { call, value });
    }

    /// What was recorded.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }
}

/// Runs a guest to its end; its host calls go to `calls` if there is one.
pub fn run(
    image: &[u8],
    engine: EngineArg,
    mut calls: Option<&mut CallTape>,
) -> Result<BareRun, BareError> {
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
            Exit::Swi(SWI_SERVICE) => {
                if let Some(calls) = &mut calls {
                    calls.push_call(clock, &cpu);
                }
                let sum = cpu.reg(0).wrapping_add(cpu.reg(1));
                cpu.set_reg(0, sum);
                if let Some(calls) = &mut calls {
                    calls.push_return(clock, sum);
                }
            }
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
