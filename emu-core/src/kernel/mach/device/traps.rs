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

use super::collect::{Collect, Form};
use super::operation::{Sink, Wish};
use crate::kernel::abi::{ArgKind, Arguments, FromGuest, IntoReply};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::mach::codes;
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::rpc::KernCode;
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

/// What a write asks for.
fn write_wish(
    device: u32,
    form: Form,
    mode: DevMode,
    recnum: u32,
    data: Vec<u8>,
    sink: Sink,
) -> Wish {
    Wish {
        device,
        form,
        mode,
        recnum,
        bytes_wanted: 0,
        addr: 0,
        data,
        sink,
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

/// The result of a trap that might have waited.
fn done(result: Result<(), i32>) -> Answer {
    let code = result.err().unwrap_or(codes::KERN_SUCCESS);
    Ok(Flow::Done(KernCode(code).into_reply()))
}

/// Waits for an operation that has been accepted for the caller, or gives the code why not.
fn wait_for(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    wish: Result<Wish, i32>,
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
    let accepted = wish.and_then(|wish| {
        let sink = Sink::Thread(task);
        k.accept(cx, Wish { sink, ..wish })
    });
    k.settle_ports(cx);
    match accepted {
        Ok(()) => Ok(flow),
        Err(code) => {
            k.stop_waiting(cx, task);
            Ok(Flow::Done(KernCode(code).into_reply()))
        }
    }
}

/// What a read asks for.
fn wish(device: u32, form: Form, mode: DevMode, recnum: u32, bytes_wanted: i32, addr: u32) -> Wish {
    Wish {
        device,
        form,
        mode,
        recnum,
        bytes_wanted,
        addr,
        data: Vec::new(),
        sink: Sink::Nobody,
    }
}
