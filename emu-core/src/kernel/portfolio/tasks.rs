//! Tasks and threads.

use super::items::Item;
use super::resources::Resources;
use super::wait::Wait;
use crate::kernel::abi::{Fault, Registers};
use serde::{Deserialize, Serialize};

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// It has the CPU.
    Running,
    /// It wants the CPU.
    Ready,
    /// It waits.
    Waiting,
}

/// The half of a task that guests cannot see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskState {
    /// Its registers; those of the running task are current only while the kernel works.
    pub registers: Registers,
    /// What it is doing.
    pub phase: Phase,
    /// What it waits for, or waited for when a signal made it ready.
    pub wait: Option<Wait>,
    /// What it owns and has open.
    pub resources: Resources,
    /// The program whose memory it uses: itself unless it is a thread.
    pub program: Item,
}

/// How the machine's main program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// It exited.
    Exit {
        /// With this status.
        status: i32,
    },
    /// It broke a rule.
    Fault {
        /// Which.
        fault: Fault,
    },
}
