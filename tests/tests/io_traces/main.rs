//! Worked I/O traces, I/O acceptance checks, the timer through the kernel.
//!
//! Traces A to H (kernel sheet 5.17), acceptance checks 18 to 28 (11.2), the timer
//! through the kernel, and its quirks (5.18).

#![forbid(unsafe_code)]

mod ends;
mod requests;
mod timer;
mod traces;

use emu_core::kernel::portfolio::errors::{
    ABORTED, BADCOMMAND, BADIOARG, BADITEM, BADPTR, BADSIZE, BADTAG, BADUNIT, IO_NOT_DONE,
    ITEM_NOT_OPEN, NO_REPLY_PORT, NOTOWNER, Status,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{
    Device, IOInfo, IOReq, ItemNode, List, Message, Task, TimerDevice,
};
use emu_core::time::Ticks;
use tests::guest::{Guest, Io, Tags, Word, both_profiles};

const SIGF_IODONE: u32 = 8;
fn take_iodone(g: &mut Guest) {
    assert_eq!(g.call("WaitSignal", &[SIGF_IODONE]), Status(8));
}
