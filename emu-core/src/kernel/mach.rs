//! OSF Mach's device interface, beside Portfolio on the same machine.
//!
//! | module | what it knows |
//! |---|---|
//! | `codes`, `records` | return codes, limits, the records of devices and done queues |
//! | `names` | numbers in words, for the call log |
//! | `mig` | messages as bytes: the 2800 subsystem, requests and replies |
//! | `space` | ports, names, rights, port sets, queued messages |
//! | `task` | who is a Mach task: a program with its threads; its end |
//! | `msg` | trap -32: messages from guest memory and to it |
//! | `rpc` | messages to the kernel: from an id to its server and back |
//! | `waiting` | what a thread waits for, time-outs |
//! | `device` | devices by their Mach names; reads and writes in every form |
//! | `queue` | done queues |
//! | `bootstrap` | special ports, the bootstrap port, the ends of tasks and threads |
//! | `host`, `clock` | what the host is; time, sleeps, alarms; giving way |
//! | `semaphore` | semaphores |
//! | `ports` | names and rights on request: subsystem 3200 |
//! | `vm` | memory a task gets from the kernel |
//! | `inspect` | all of this as a debugger lists it |
//! | `memory_object` | memory of devices and clocks that tasks map |
//!
//! Traps come through `SWI 0x80` (arguments in registers) and `SWI 0x81` (arguments from the fifth
//! on the stack) with the negative number in r12; the project's own traps from -200 on are for
//! programs without message code. Scheduler, clock and devices are those of Portfolio: a Mach
//! thread is a Portfolio task, a Mach task is a program.

pub mod codes;
pub mod inspect;
pub mod mig;
pub mod names;
pub mod records;
pub mod rpc;
pub mod space;

pub(crate) mod waiting;

mod bootstrap;
mod clock;
mod device;
mod host;
mod memory_object;
mod msg;
mod ports;
mod queue;
mod semaphore;
mod task;
mod vm;

pub(in crate::kernel) use self::device::OperationId;
pub(crate) use self::device::device_code;

use self::device::Devices;
use self::memory_object::MemoryObjects;
use self::queue::{DoneQueue, QueueId};
use self::semaphore::Semaphore;
use self::space::{Message, PortId, Ports};
use self::task::{MachTask, Roots, Thread};
use self::waiting::Timer;
use crate::kernel::call::{CallCx, Row};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// `SWI` number of a Mach trap whose arguments are in registers.
pub const MACH_TRAP: u32 = 0x80;
/// `SWI` number of a Mach trap whose arguments from the fifth on are on the stack.
pub const MACH_TRAP_STACK: u32 = 0x81;

/// Mistaken numbers that are kept and told; a guest that makes numbers up gets no more lines.
const MOST_UNKNOWN: usize = 512;

/// The call rows of every module.
pub const TABLES: &[&[Row]] = &[
    task::CALLS,
    msg::CALLS,
    device::asynchronous::CALLS,
    device::synchronous::CALLS,
    device::direct::CALLS,
    device::MESSAGES,
    queue::CALLS,
    queue::MESSAGES,
    bootstrap::CALLS,
    bootstrap::MESSAGES,
    host::CALLS,
    host::MESSAGES,
    clock::CALLS,
    clock::MESSAGES,
    semaphore::MESSAGES,
    ports::CALLS,
    ports::MESSAGES,
    vm::CALLS,
    vm::MESSAGES,
    memory_object::CALLS,
    memory_object::MESSAGES,
];

/// What may be different from one machine to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachConfig {
    /// Done queues that can exist at a time; one more is KERN_RESOURCE_SHORTAGE.
    pub done_queues: u32,
    /// Cycles that a trap costs beside those of its instruction (Mach sheet 5.2).
    pub trap_cycles: u32,
}

impl Default for MachConfig {
    fn default() -> MachConfig {
        MachConfig {
            done_queues: 1024,
            trap_cycles: 400,
        }
    }
}

/// The Mach half of the kernel's state. Empty until a program makes its first Mach call.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Mach {
    pub(in crate::kernel) config: MachConfig,
    ports: Ports,
    roots: Option<Roots>,
    tasks: BTreeMap<Item, MachTask>,
    threads: BTreeMap<Item, Thread>,
    devices: Devices,
    queues: BTreeMap<QueueId, DoneQueue>,
    semaphores: BTreeMap<u64, Semaphore>,
    memory: MemoryObjects,
    /// Traps and messages that do not exist and were tried: each is told once.
    unknown: BTreeSet<String>,
    /// What is due for whom.
    timers: BTreeMap<u64, Timer>,
    /// The port that the caller of trap -32 will receive from, when what comes first can be handed
    /// over without its queue.
    #[serde(skip)]
    expects: Option<PortId>,
    /// The reply that came meanwhile.
    #[serde(skip)]
    direct: Option<Message>,
    /// The bytes of the message that is being sent: not state, kept for its room.
    #[serde(skip)]
    scratch: Vec<u8>,
    /// The body of a reply that has been handed over, kept for its room.
    #[serde(skip)]
    spare: Vec<u8>,
    /// Names the next queue, semaphore, timer, operation.
    next_id: u64,
}

impl Portfolio {
    /// Tells once that a program has tried what does not exist.
    pub(in crate::kernel) fn report_unknown(&mut self, cx: &mut CallCx<'_>, what: String) {
        if self.mach.unknown.len() < MOST_UNKNOWN && self.mach.unknown.insert(what.clone()) {
            self.warn(cx, what);
        }
    }

    /// Sets bounds and costs of the Mach side.
    pub(crate) fn configure_mach(&mut self, config: MachConfig) {
        self.mach.config = config;
    }
}

impl Mach {
    /// Whether state from a file can be worked on: counters leave room to count on, and who waits
    /// exists.
    pub(in crate::kernel) fn is_sound(&self, now: Tick) -> bool {
        self.next_id <= now.0.saturating_add(1 << 32)
            && self.timers.keys().all(|&number| number <= self.next_id)
            && self.queues.keys().all(|queue| queue.0 <= self.next_id)
            && self
                .semaphores
                .keys()
                .all(|&semaphore| semaphore <= self.next_id)
            && self
                .threads
                .values()
                .all(|thread| thread.since <= self.next_id)
            && self.memory.is_sound()
            && self.config.trap_cycles <= 1 << 20
    }

    /// A number that was not given before.
    fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}
