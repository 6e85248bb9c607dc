//! Values in words: errors, arguments and results, kinds of items.

use super::Narrator;
use crate::kernel::abi::ArgKind;
use crate::kernel::call::ResultKind;
use crate::kernel::mach::names;
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::node_type;
use crate::kernel::portfolio::{error_text, value_text};
use crate::trace::field::{Field, SYSTEMS, Value};

/// Words of the names of calls without a row: `kernel.swi99`.
fn call_name(call: CallKey) -> String {
    match call.row() {
        Some(row) => row.name.to_owned(),
        None => {
            let mut name = String::new();
            call.write(&mut name);
            name
        }
    }
}

impl Narrator<'_> {
    /// A call with its arguments by name. What they point at is not on the tape.
    pub(super) fn call_words(&self, call: CallKey, words: &[u32]) -> String {
        let known = call.row().map_or(&[][..], |row| row.args);
        let mut known = known.iter();
        let shown = words.iter().filter_map(|&word| {
            let Some(argument) = known.next() else {
                return Some(format!("{word:#x}"));
            };
            let value = match argument.kind {
                ArgKind::Hidden => return None,
                ArgKind::Int => (word as i32).to_string(),
                ArgKind::Item => self.item(Item(word as i32)),
                ArgKind::Error => error_text(Status(word as i32)),
                ArgKind::Flavor => names::flavor_text(word),
                ArgKind::DevMode => names::mode_text(word),
                ArgKind::MsgOption => names::option_text(word),
                ArgKind::Bits
                | ArgKind::Pointer
                | ArgKind::String
                | ArgKind::Tags
                | ArgKind::NamedTags(_)
                | ArgKind::IoInfo
                | ArgKind::Port => format!("{word:#x}"),
            };
            Some(format!("{}={value}", argument.name))
        });
        let shown: Vec<String> = shown.collect();
        format!("{}({})", call_name(call), shown.join(", "))
    }
}

/// The result of a call.
pub(super) fn return_words(call: CallKey, value: Option<Value>) -> String {
    let name = call_name(call);
    let Some(Value(value)) = value else {
        return format!("{name} is over");
    };
    let kind = call.row().map_or(ResultKind::Word, |row| row.result);
    match value_text(kind, value) {
        Some(text) => format!("{name} = {text}"),
        None => format!("{name} = {value:#x}"),
    }
}

/// A text between quotation marks, without anything that a terminal would act upon.
pub(super) fn quoted(text: &str) -> String {
    let mut to = String::new();
    text.to_owned().write(&mut to);
    to
}

/// The same without the marks.
pub(in crate::trace) fn plain(text: &str) -> String {
    let quoted = quoted(text);
    quoted.get(1..quoted.len() - 1).unwrap_or("").to_owned()
}

/// The folio of tasks, requests and messages.
const KERNEL: u8 = 1;

/// What an item is, in a word or two.
pub(super) fn item_kind(folio: u8, kind: u8) -> String {
    if let Some(word) = node_type::name(kind).filter(|_| folio == KERNEL) {
        return word.to_owned();
    }
    match SYSTEMS.iter().find(|system| system.folio() == folio) {
        Some(system) => format!("{} item of kind {kind},", system.name()),
        None => format!("item of folio {folio}, kind {kind},"),
    }
}
