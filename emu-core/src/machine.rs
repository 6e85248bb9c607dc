//! The machine: CPU, memory, kernel, board, clock. State is a value.

use crate::kernel::abi::Fault;
use crate::kernel::portfolio::items::Item;
use crate::quirks::Profile;
use crate::time::{Tick, Video};
use serde::{Deserialize, Serialize};

/// What a machine is built with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Behaviour where pages and shipped system differ.
    pub profile: Profile,
    /// Television standard.
    pub video: Video,
    /// Seed of the guest's hardware random numbers.
    pub seed: u64,
    /// Whether a call that is missing ends the run.
    pub strict: bool,
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The main program ended with this status.
    Exit(i32),
    /// The main program died of a fault.
    Fault(FaultReport),
    /// Nothing can ever wake a task again.
    Stuck(StuckReport),
    /// The clock reached the limit.
    Limit,
    /// The sink asked for it.
    Sink,
    /// A call that is missing was made, and the machine is strict.
    Missing(&'static str),
}

/// A guest's mistake in the guest's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub last_call: Option<&'static str>,
    /// When.
    pub at: Tick,
}

/// Every task with what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StuckReport {
    /// One line a task, such as `main waits for signal 0x100 (WaitSignal)`.
    pub tasks: Vec<String>,
}
