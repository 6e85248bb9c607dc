//! Why a run ended, in the guest's terms.

use crate::device::DeviceId;
use crate::kernel::abi::Fault;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::mem::Range;
use crate::time::Tick;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The main program ended with this status.
    Exit(i32),
    /// The disc's first program could not be started.
    NotStarted(Status),
    /// The main program died of a fault.
    Fault(FaultReport),
    /// Nothing can ever wake a task again.
    Stuck(StuckReport),
    /// The clock reached the limit.
    Limit,
    /// The sink asked for it.
    Sink,
    /// The one instruction that was asked for is done.
    Stepped,
    /// The next instruction has a breakpoint.
    Breakpoint {
        /// Its address.
        pc: u32,
    },
    /// Watched memory was written, or read by an instruction.
    Written(Vec<Write>),
    /// A call that is missing was made, and the machine is strict.
    Missing(String),
}

/// Who writes to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The program's own instructions: the one before the program counter.
    Program,
    /// The kernel, for a call or for the end of a request.
    Kernel,
    /// A device, for a request or by itself.
    Device(DeviceId),
}

/// A write to watched memory, or a load from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// What was written.
    pub range: Range,
    /// By whom.
    pub by: Writer,
    /// Whose turn it was.
    pub task: Item,
    /// Whether it was read and not written.
    pub is_load: bool,
}

/// A guest's mistake: which task, where, what, and after which call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultReport {
    /// The task's number.
    pub task: Item,
    /// The task's name.
    pub name: String,
    /// The address of the instruction.
    pub pc: u32,
    /// What it did.
    pub fault: Fault,
    /// The last system call that the task made.
    pub last_call: Option<String>,
    /// When.
    pub at: Tick,
}

impl Default for FaultReport {
    fn default() -> Self {
        FaultReport {
            task: Item::NONE,
            name: String::new(),
            pc: 0,
            fault: Fault::Fetch { addr: 0 },
            last_call: None,
            at: Tick::default(),
        }
    }
}

impl fmt::Display for FaultReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "task {:?} \"{}\" died at pc {:#010x}: {}",
            self.task, self.name, self.pc, self.fault
        )?;
        match &self.last_call {
            Some(call) => write!(f, "; its last system call was {call}"),
            None => write!(f, "; it had made no system call"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Access(access) => write!(f, "{access}"),
            Fault::Fetch { addr } => {
                write!(f, "there is no code at {addr:#010x} to execute")
            }
            Fault::Undefined { word } => match crate::cpu::diagnosis(*word) {
                Some(what) => write!(f, "undefined instruction {word:#010x} ({what})"),
                None => write!(f, "undefined instruction {word:#010x}"),
            },
            Fault::NoSuchCall { number } => {
                write!(f, "there is no system call SWI {number:#x}")
            }
            Fault::Supervisor { slot } => write!(
                f,
                "kernel vector {slot} may be entered only in supervisor mode"
            ),
            Fault::StackOverflow { sp, base } => write!(
                f,
                "stack overflow: stack pointer {sp:#x} is outside the stack, which begins at {base:#x}"
            ),
        }
    }
}

/// Every task with what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckReport {
    /// One line a task, such as `task 0x12 "main" waits for signals 0x100 (WaitSignal)`.
    pub tasks: Vec<String>,
}
