//! A debugger without a window: stops, steps, explains and goes back.
//!
//! | module | what is there |
//! |---|---|
//! | `history` | the machine at many instants, in little space |
//! | `drive` | running over changes made by hand |
//! | `tape` | the events of the run so far |
//! | `hear` | the sound of the instants before this one |
//! | `travel` | going to any instant, and backwards |
//! | `stops` | breakpoints: addresses, calls, requests, tasks, memory |
//! | `expression` | conditions over registers, memory and the fields of an event |
//! | `listen` | hears what happens, and knows what to stop for |
//! | `stride` | one instruction, within limits |
//! | `ledger` | the events of a run by number, and looking for some |
//! | [`views`] | items, requests, memory, Mach, and their graph, as data |
//! | `why` | why a task waits, and what could wake it |
//! | `stack` | callers, from frames |
//! | [`timeline`] | what devices and tasks were at, over time |
//! | `counting` | profiles of what is run for the first time |
//! | `symbols` | names of addresses, from program files and maps |
//!
//! Nothing here knows a device, and nothing lets a machine behave otherwise than without a
//! debugger: breakpoints are marks in the decoded
//! instructions, watched memory takes the way of stores to code, calls and requests are the
//! events of a recording.

mod counting;
mod drive;
mod expression;
mod hear;
mod history;
mod ledger;
mod listen;
mod stack;
mod stops;
mod stride;
mod symbols;
mod tape;
pub mod timeline;
mod travel;
pub mod views;
mod why;

pub use expression::{BadExpression, Expression, Scope};
pub use history::History;
pub use ledger::{Ledger, Search};
pub use stack::{Frame, call_stack};
pub use stops::{On, StopPoint, StopPoints, Trouble, Wanted, command_number, is_about};
pub use symbols::{BadSymbols, Kind, Near, Signature, Source, Symbol, Symbols, Table};
pub use travel::{Debugger, WayBack};
pub use why::{Class, Link, WaitReport};

use crate::kernel::portfolio::items::Item;
use crate::machine::{Stop, Write};
use crate::time::Tick;
use crate::trace::Event;

/// Why a debugged machine stands still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The steps that were asked for are done.
    Stepped,
    /// A breakpoint on an address: its number.
    Address(u32),
    /// An event that a breakpoint waits for: its number, and the event.
    Event(u32, Item, Event),
    /// A watched part of memory: the number of the breakpoint, and the writes and loads.
    Written(u32, Vec<Write>),
    /// The instant that was asked for.
    There,
    /// The first instant there is.
    Start,
    /// The run itself has ended.
    Ended(Stop),
}

/// Where a debugged machine stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The clock.
    pub at: Tick,
    /// Guest instructions since the start.
    pub instructions: u64,
}
