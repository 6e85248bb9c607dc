//! Tasks, threads, scheduling and signals.
//!
//! Acceptance checks 29 to 35 (kernel sheet 11.2) and
//! section 6.

#![forbid(unsafe_code)]

mod lives;
mod scheduling;
mod settings;
mod signals;

use emu_core::kernel::portfolio::errors::{
    ABORTED, BAD_EXIT_STATUS, BAD_PRIORITY, BAD_QUANTA, BAD_STACK_SIZE, BADAIF, BADITEM, BADPRIV,
    BADPTR, BADSUBTYPE, BADTAG, BADTAGVAL, CANT_SET_OWNER, ILLEGAL_SIGNAL, IO_NOT_DONE, NOMEM,
    NOSUPPORT, NOTOWNER, Status, TASK_KILLED, THREAD_ERROR,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{
    IOReq, ItemNode, KernelBase, List, MemList, Message, Task,
};
use emu_core::machine::Stop;
use emu_core::mem::GuestPtr;
use emu_core::trace::TraceEvent;
use tests::guest::{
    Guest, Io, RETURN, SLEEP_ON_FIRST_SIGNAL, SPIN, Tags, Word, YIELD, add, both_profiles, branch,
    call_vector, ldr, mov, mov_reg, program_image, str, swi,
};

const SIGF_ABORT: u32 = 4;
const SIGF_DEADTASK: u32 = 0x10;
const TASK: u32 = 0x105;
/// Adds one to the word at r1 for ever.
const COUNT_FOR_EVER: [u32; 4] = [ldr(2, 1, 0), add(2, 2, 1), str(2, 1, 0), branch(-3)];
/// When which task got the CPU since the record number `from`.
fn dispatches(g: &Guest, from: usize) -> Vec<(u64, String)> {
    g.records().records[from..]
        .iter()
        .filter(|record| record.event == TraceEvent::Task("runs".to_owned()))
        .map(|record| (record.at.0, record.task.clone()))
        .collect()
}
