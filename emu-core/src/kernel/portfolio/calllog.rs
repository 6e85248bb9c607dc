//! Calls in words: `SendIO(ior=0x2c "timer" {cmd=3 unit=1 ...}) = 0`.

use super::Portfolio;
use super::errors::{self, Status};
use super::items::Item;
use super::structs::node_type::IOREQNODE;
use super::structs::{IOBuf, IOInfo, IOReq, TagArg, TimeVal};
use crate::kernel::abi::{ArgKind, Arguments, Registers, Reply};
use crate::kernel::call::{CallCx, Entry, ResultKind, Row};
use crate::kernel::mach::codes::code_text;
use crate::mem::{GuestPtr, Memory};
use std::fmt::Write;

/// Tags of a list that are shown; the rest is an ellipsis.
const SHOWN_TAGS: u32 = 8;

/// Whether a call is worth a line. The C library prints with one kprintf("%c") per character,
/// and the print routine fetches each from the host: the text itself says it better.
pub(crate) fn is_shown(mem: &Memory, row: &Row, registers: &Registers) -> bool {
    let is_putc = row.name == "kprintf"
        && mem
            .read_string(GuestPtr::new(registers.r[0]), 3)
            .is_ok_and(|format| format == b"%c");
    !is_putc && !matches!(row.entry, Entry::Private(_))
}

/// The call with its arguments.
pub(crate) fn call_text(
    kernel: &Portfolio,
    cx: &mut CallCx<'_>,
    row: &Row,
    registers: &Registers,
) -> String {
    let mem: &Memory = cx.mem;
    let mut last_item = Item::NONE;
    let mut arguments = Arguments::new(registers, mem, cx.convention);
    let mut text = format!("{}(", row.name);
    let mut first = true;
    for argument in row.args {
        if argument.kind == ArgKind::Hidden {
            continue;
        }
        if !std::mem::take(&mut first) {
            text.push_str(", ");
        }
        let word = arguments.word();
        let name = argument.name;
        let shown = match argument.kind {
            ArgKind::Int => (word as i32).to_string(),
            ArgKind::Bits | ArgKind::Pointer | ArgKind::Hidden => format!("{word:#x}"),
            ArgKind::Error => error_text(Status(word as i32)),
            ArgKind::String => string_text(mem, word),
            ArgKind::Item => {
                last_item = Item(word as i32);
                item_text(kernel, mem, last_item)
            }
            ArgKind::Port | ArgKind::DevMode | ArgKind::Flavor | ArgKind::MsgOption => {
                let caller = kernel.caller();
                let program = kernel
                    .task_state(caller)
                    .map_or(caller, |task| task.program);
                kernel.mach_word_text(argument.kind, program, word)
            }
            ArgKind::Tags => tags_text(mem, word),
            ArgKind::NamedTags(names) => named_tags_text(mem, word, names),
            ArgKind::IoInfo => {
                let command = mem.peek(GuestPtr::<IOInfo>::new(word).at(IOInfo::ioi_Command));
                let name = kernel.command_name(mem, cx.board, last_item, command);
                ioinfo_text(mem, word, name)
            }
        };
        let _ = write!(text, "{name}={shown}");
    }
    text.push(')');
    text
}

/// ` = ` and the result, as the row says it is to be shown.
pub(crate) fn result_text(row: &Row, outcome: &Result<Reply, Status>) -> String {
    let reply = match outcome {
        Ok(reply) => *reply,
        Err(error) => return format!(" = {}", error_text(*error)),
    };
    let Some(value) = reply.result else {
        return match reply.second {
            Some(second) => format!(" = {second}"),
            None => String::new(),
        };
    };
    let Some(shown) = value_text(row.result, value) else {
        return String::new();
    };
    match reply.second {
        Some(second) => format!(" = {shown}, {second}"),
        None => format!(" = {shown}"),
    }
}

/// A result of this kind; `None` if the call has none.
pub(crate) fn value_text(kind: ResultKind, value: u32) -> Option<String> {
    Some(match kind {
        ResultKind::Nothing => return None,
        ResultKind::Code => code_text(value as i32),
        ResultKind::Pointer | ResultKind::Word => format!("{value:#x}"),
        _ if (value as i32) < 0 => error_text(Status(value as i32)),
        ResultKind::Number => value.to_string(),
        ResultKind::Item | ResultKind::Bits => format!("{value:#x}"),
    })
}

/// An error code with its name, or a plain number.
pub(crate) fn error_text(status: Status) -> String {
    match errors::name(status.0) {
        Some(name) => format!("{status:?} {name}"),
        None if status.is_error() => format!("{status:?}"),
        None => status.0.to_string(),
    }
}

fn string_text(mem: &Memory, addr: u32) -> String {
    match mem.read_string(GuestPtr::new(addr), 64) {
        Ok(bytes) => format!("{:?}", String::from_utf8_lossy(&bytes)),
        Err(_) => format!("{addr:#x}"),
    }
}

/// An item with its name; a request with the name of its device.
fn item_text(kernel: &Portfolio, mem: &Memory, item: Item) -> String {
    let name = match kernel.item_of::<IOReq>(mem, item, IOREQNODE) {
        Ok(_) => kernel.device_name_of(mem, item),
        Err(_) => kernel.item_name(mem, item),
    };
    if name.is_empty() {
        format!("{item:?}")
    } else {
        format!("{item:?} {name:?}")
    }
}

fn tags_text(mem: &Memory, addr: u32) -> String {
    if addr == 0 {
        return "{}".to_owned();
    }
    let list = GuestPtr::<TagArg>::new(addr);
    let mut text = "{".to_owned();
    for n in 0..SHOWN_TAGS {
        let tag = mem.peek(list.index(n).at(TagArg::ta_Tag));
        let value = mem.peek(list.index(n).at(TagArg::ta_Arg));
        if n > 0 && tag != 0 {
            text.push(' ');
        }
        match tag {
            0 => break,
            1 => {
                let _ = write!(text, "name={}", string_text(mem, value));
            }
            2 => {
                let _ = write!(text, "pri={value}");
            }
            254 => {
                let _ = write!(text, "jump={value:#x}");
                break;
            }
            255 => text.push_str("nop"),
            _ => {
                let _ = write!(text, "{tag}={value:#x}");
            }
        }
        if n + 1 == SHOWN_TAGS {
            text.push_str(" ...");
        }
    }
    text.push('}');
    text
}

/// A list that has neither the common tags nor jumps.
fn named_tags_text(mem: &Memory, addr: u32, names: &[&str]) -> String {
    let mut tags = Vec::new();
    let list = GuestPtr::<TagArg>::new(addr);
    for n in 0..=SHOWN_TAGS {
        let tag = mem.peek(list.index(n).at(TagArg::ta_Tag));
        if addr == 0 || tag == 0 {
            break;
        }
        let value = mem.peek(list.index(n).at(TagArg::ta_Arg));
        let name = (tag as usize).checked_sub(1).and_then(|n| names.get(n));
        tags.push(match name {
            _ if n == SHOWN_TAGS => "...".to_owned(),
            Some(name) => format!("{name}={value:#x}"),
            None => format!("{tag}={value:#x}"),
        });
    }
    format!("{{{}}}", tags.join(" "))
}

fn ioinfo_text(mem: &Memory, addr: u32, command: Option<&str>) -> String {
    let info = GuestPtr::<IOInfo>::new(addr);
    if mem.check_readable(addr, 32).is_err() {
        return format!("{addr:#x}");
    }
    let command = match command {
        Some(name) => name.to_owned(),
        None => mem.peek(info.at(IOInfo::ioi_Command)).to_string(),
    };
    let unit = mem.peek(info.at(IOInfo::ioi_Unit));
    let mut text = format!("{{cmd={command} unit={unit}");
    let flags = mem.peek(info.at(IOInfo::ioi_Flags));
    if flags & 2 != 0 {
        text.push_str(" QUICK");
    }
    for (name, value) in [
        ("options", mem.peek(info.at(IOInfo::ioi_CmdOptions))),
        ("user", mem.peek(info.at(IOInfo::ioi_User))),
    ] {
        if value != 0 {
            let _ = write!(text, " {name}={value:#x}");
        }
    }
    let offset = mem.peek(info.at(IOInfo::ioi_Offset));
    if offset != 0 {
        let _ = write!(text, " offset={offset}");
    }
    for (name, field) in [("send", IOInfo::ioi_Send), ("recv", IOInfo::ioi_Recv)] {
        let buffer = info.at(field);
        let at = mem.peek(buffer.at(IOBuf::iob_Buffer));
        let len = mem.peek(buffer.at(IOBuf::iob_Len));
        if len == 0 {
            continue;
        }
        let _ = write!(text, " {name}={at:#x}+{len}");
        if name == "send" && len == 8 {
            let time = GuestPtr::<TimeVal>::new(at);
            let seconds = mem.peek(time.at(TimeVal::tv_sec));
            let micros = mem.peek(time.at(TimeVal::tv_usec));
            let _ = write!(text, "({seconds}, {micros})");
        }
    }
    text.push('}');
    text
}
