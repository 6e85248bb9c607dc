//! Devices by their Mach names (Mach sheet 1.3, 3.2, 5.4).
//!
//! ```text
//! trap, message or direct trap ── operation ── model ─┬─ over at once
//!                                                     ├─ request to the board (as Portfolio's)
//!                                                     └─ waits for input
//! the end of an operation ── its sink: reply message, done queue, waiting thread, nobody
//! ```
//! | module | what is there |
//! |---|---|
//! | `names` | from a name to a device |
//! | `open` | opening and closing; the one port of a device |
//! | `operation` | reads and writes from their acceptance to their end |
//! | `collect` | results into a task's memory |
//! | `map` | what can be mapped |
//! | `traps`, `messages` | how programs ask |
//! | `model` | what each device does |

mod collect;
mod map;
mod messages;
mod model;
mod names;
mod open;
mod operation;
mod traps;

pub use collect::{Collect, Record};
pub use operation::Operation;
pub(crate) use operation::code_of as device_code;

pub(super) use messages::MESSAGES;
pub(super) use model::TEST_MARK;
pub(super) use traps::{asynchronous, direct, synchronous};

use self::model::Models;
use super::space::PortId;
use crate::kernel::abi::{ArgKind, Arguments, FromGuest};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Names one operation from its acceptance to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OperationId(pub u64);

/// A port's name as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortName(pub u32);

impl FromGuest for PortName {
    const KIND: ArgKind = ArgKind::Port;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        PortName(arguments.word())
    }
}

/// A device that is open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenDevice {
    /// Its one port.
    pub port: PortId,
    /// How often it is open.
    pub opens: u32,
    /// Requests that may be in progress at once; 0 = any number.
    pub limit: u32,
    /// Requests that are in progress.
    pub active: u32,
    /// Requests beyond the limit.
    pub held: VecDeque<OperationId>,
    /// How often its medium had changed when it was opened last.
    pub changes: u64,
}

/// All devices, and what is asked of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Devices {
    open: BTreeMap<u32, OpenDevice>,
    operations: BTreeMap<OperationId, Operation>,
    /// Bytes the kernel holds for operations and for completions that nobody has collected.
    held_bytes: u64,
    /// Completions that nobody has collected.
    uncollected: u32,
    /// Operations that a limit has held back are being begun.
    #[serde(skip)]
    is_beginning: bool,
    models: Models,
}

impl Devices {
    /// Devices that are open, with their names.
    pub fn opened(&self) -> impl Iterator<Item = (&'static str, &OpenDevice)> {
        let open = self.open.iter();
        open.map(|(&number, device)| (self.name(number), device))
    }

    /// The name of a device.
    pub fn name(&self, device: u32) -> &'static str {
        names::NAMES
            .get(device as usize)
            .map_or("device", |row| row.name)
    }
}
