//! The event broker: requests, focus, queues (device sheet 7, checks 13-15).

#![forbid(unsafe_code)]

mod broker;
mod deliveries;
mod listeners;

use emu_core::device::pods::{Controls, PodEvent};
use emu_core::kernel::portfolio::errors::{BADITEM, BADPRIV, NOTOWNER, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{Message, MsgPort};
use emu_core::trace::{Category, Record, TraceEvent};
use tests::guest::events::{Listener, Wants, pad_button, pod, words_of};
use tests::guest::{Guest, Word, both_profiles};
use tests::run::Dice;

const PRESSED: u32 = 0x8000_0000;
const RELEASED: u32 = 0x4000_0000;
const UPDATE: u32 = 0x2000_0000;
const ARRIVED: u32 = 0x1000_0000;
const GIVING_FOCUS: u32 = 0x2000;
const LOSING_FOCUS: u32 = 0x1000;
const fn error(number: u8) -> Status {
    Status(0xF14C_D000_u32 as i32 | number as i32)
}
const BAD_ITEM: Status = error(1);
const NO_MEM: Status = error(6);
const SOFT_ERR: Status = error(8);
const BAD_PTR: Status = error(9);
const NOT_SUPPORTED: Status = error(16);
fn warnings(g: &Guest) -> usize {
    let all = g.records().records.iter();
    all.filter(|Record { event, .. }| matches!(event, TraceEvent::Warning(_)))
        .count()
}
/// Whether a port has no message.
fn is_quiet(g: &mut Guest, port: Item) -> bool {
    g.get_msg(port) == Status::OK
}
