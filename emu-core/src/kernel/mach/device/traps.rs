//! How programs ask for reads and writes: traps.
//!
//! | module | traps |
//! |---|---|
//! | `asynchronous` | -94 to -99: their ends are a done queue's completions |
//! | `synchronous` | -77 to -82: the caller waits, or names a reply port |
//! | `direct` | -203 to -208: the project's own, for programs without messages |
//!
//! Mach sheet 1.7, 3.2, 5.3.

pub(in crate::kernel::mach) mod asynchronous;
pub(in crate::kernel::mach) mod direct;
pub(in crate::kernel::mach) mod synchronous;

use super::collect::Collect;
use super::operation::{Sink, Wish};
use crate::kernel::abi::{ArgKind, Arguments, FromGuest};
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::rpc::done;
use crate::kernel::mach::waiting::Waiting;
use crate::kernel::portfolio::Portfolio;
use crate::mem::GuestPtr;

impl FromGuest for DevMode {
    const KIND: ArgKind = ArgKind::DevMode;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        DevMode::from_bits_retain(arguments.word())
    }
}

/// A number that the call log shows in decimal: a record, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u32);

impl FromGuest for Count {
    const KIND: ArgKind = ArgKind::Int;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Count(arguments.word())
    }
}

/// A status flavor as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flavor(pub u32);

impl FromGuest for Flavor {
    const KIND: ArgKind = ArgKind::Flavor;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Flavor(arguments.word())
    }
}

/// The bytes of a write, as they are at the time of the call.
fn captured(
    cx: &CallCx<'_>,
    data: GuestPtr<u8>,
    count: u32,
    unreadable: i32,
) -> Result<Vec<u8>, i32> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let bytes = cx.mem.read_bytes(data.addr(), count);
    bytes.map_err(|_| unreadable)
}

/// Waits for what is wished of a device if that is accepted, or gives the code why not.
fn wait_for(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    wish: Result<(u32, Wish), i32>,
    collect: Collect,
) -> Answer {
    let task = k.caller();
    k.mach_caller();
    // Before the operation begins, as it may be over at once.
    let waiting = Waiting::Operation {
        collect,
        record: None,
    };
    let flow = k.mach_block(cx, waiting, None);
    let accepted = wish.and_then(|(device, wish)| k.accept(cx, device, wish, Sink::Thread(task)));
    match accepted {
        Ok(()) => Ok(flow),
        Err(code) => {
            k.stop_waiting(cx, task);
            done(code)
        }
    }
}
