//! The text of `roms/src/mach_numbers.inc`: traps, messages, codes, records.
//!
//! Trap numbers are `TRAP_name`, ids of requests `MSG_name`; the names of the library's routines in
//! `roms/src/mach.inc` are the calls' own, so the numbers need a prefix.

use super::{Sheet, Text};
use emu_core::kernel::call::{CallTable, Entry, System};
use emu_core::kernel::mach::mig::header;
use emu_core::kernel::mach::mig::routine::{REPLY_OFFSET, Routine};
use emu_core::kernel::mach::names::{OPTIONS, other_messages};
use emu_core::kernel::mach::records::{
    self, DevMode, IoDoneControl, IoDoneResult, Tvalspec, flavors, status,
};
use emu_core::kernel::mach::{MACH_TRAP, MACH_TRAP_STACK, codes, space};

const HEADER: &str = "\
@ mach_numbers.inc - numbers of Mach's device interface as a guest program sees them:
@ traps, message ids, return codes, records, flavors. No code, no data.
@
@ Generated from the emulator's call table and declarations by `cargo xtask roms`: do
@ not edit. mach.inc has the rest, written by hand.
";

/// Families of codes as headings.
const FAMILIES: [(codes::Family, &str); 4] = [
    (codes::Family::Kernel, "codes of the kernel"),
    (codes::Family::Device, "codes of devices"),
    (codes::Family::Mig, "codes of stubs and servers"),
    (codes::Family::Message, "codes of messages"),
];

/// Names of fields with their offsets.
type Fields = &'static [(&'static str, usize)];

/// Records with the prefix of their fields and the name of their size.
const RECORDS: [(&str, &str, Fields, usize); 4] = [
    (
        "IO_DONE_CONTROL",
        "",
        IoDoneControl::FIELDS,
        IoDoneControl::SIZE,
    ),
    ("TVALSPEC", "mach_", Tvalspec::FIELDS, Tvalspec::SIZE),
    (
        "DEV_SIZE",
        "devsize_",
        status::DevSize::FIELDS,
        status::DevSize::SIZE,
    ),
    (
        "CD_TOC_ENTRY",
        "cdtoc_",
        status::CdTocEntry::FIELDS,
        status::CdTocEntry::SIZE,
    ),
];

/// The whole text, or where two declarations disagree about one name.
pub fn text() -> Text {
    let mut sheet = Sheet::new(HEADER);
    calls(&mut sheet);
    messages(&mut sheet);
    for (family, heading) in FAMILIES {
        sheet.heading(heading);
        for code in codes::TABLE.iter().filter(|code| code.family == family) {
            sheet.define(code.name, signed(code.value.into()));
        }
    }
    records(&mut sheet);
    sheet.finish()
}

/// Small numbers as people write them, codes of messages in hexadecimal.
fn signed(value: i64) -> String {
    match value {
        ..0x1000 => value.to_string(),
        _ => format!("0x{value:08X}"),
    }
}

fn calls(sheet: &mut Sheet) {
    sheet.heading("how traps are called");
    sheet.define("MACH_TRAP", format!("0x{MACH_TRAP:02X}"));
    sheet.define("MACH_TRAP_STACK", format!("0x{MACH_TRAP_STACK:02X}"));
    let mut rows = CallTable::get().rows().to_vec();
    rows.retain(|row| row.system == System::Mach);
    rows.sort_by_key(|row| row.number().abs());
    sheet.heading("traps");
    for row in &rows {
        if let Entry::Trap(_) = row.entry {
            sheet.define(&format!("TRAP_{}", row.name), row.number().to_string());
        }
    }
    sheet.heading("ids of requests");
    sheet.note("a reply's id is its request's and MIG_REPLY_OFFSET");
    sheet.define("MIG_REPLY_OFFSET", REPLY_OFFSET.to_string());
    for routine in Routine::ALL {
        let name = format!("MSG_{}", routine.name());
        sheet.define(&name, routine.request_id().to_string());
    }
    for row in &rows {
        if let Entry::Message(_) = row.entry {
            sheet.define(&format!("MSG_{}", row.name), row.number().to_string());
        }
    }
    for (id, name) in other_messages() {
        sheet.define(&format!("MSG_{name}"), id.to_string());
    }
}

fn messages(sheet: &mut Sheet) {
    sheet.heading("messages");
    for (name, value) in [
        ("MACH_PORT_NULL", header::MACH_PORT_NULL),
        ("MACH_PORT_DEAD", header::MACH_PORT_DEAD),
        ("MACH_MSGH_BITS_COMPLEX", header::MACH_MSGH_BITS_COMPLEX),
        ("MIG_REQUEST_BITS", header::REQUEST_BITS),
        (
            "MACH_MSG_TYPE_PORT_NAME",
            header::MACH_MSG_TYPE_PORT_NAME.into(),
        ),
        (
            "MACH_MSG_TYPE_MOVE_RECEIVE",
            header::MACH_MSG_TYPE_MOVE_RECEIVE.into(),
        ),
        (
            "MACH_MSG_TYPE_MOVE_SEND",
            header::MACH_MSG_TYPE_MOVE_SEND.into(),
        ),
        (
            "MACH_MSG_TYPE_MOVE_SEND_ONCE",
            header::MACH_MSG_TYPE_MOVE_SEND_ONCE.into(),
        ),
        (
            "MACH_MSG_TYPE_COPY_SEND",
            header::MACH_MSG_TYPE_COPY_SEND.into(),
        ),
        (
            "MACH_MSG_TYPE_MAKE_SEND",
            header::MACH_MSG_TYPE_MAKE_SEND.into(),
        ),
        (
            "MACH_MSG_TYPE_MAKE_SEND_ONCE",
            header::MACH_MSG_TYPE_MAKE_SEND_ONCE.into(),
        ),
        (
            "MACH_MSG_PHYSICAL_COPY",
            header::MACH_MSG_PHYSICAL_COPY.into(),
        ),
        (
            "MACH_MSG_VIRTUAL_COPY",
            header::MACH_MSG_VIRTUAL_COPY.into(),
        ),
        ("MACH_PORT_RIGHT_SEND", space::RightKind::Send as u32),
        ("MACH_PORT_RIGHT_RECEIVE", space::RightKind::Receive as u32),
        (
            "MACH_PORT_RIGHT_SEND_ONCE",
            space::RightKind::SendOnce as u32,
        ),
        ("MACH_PORT_RIGHT_PORT_SET", space::RightKind::PortSet as u32),
        (
            "MACH_PORT_RIGHT_DEAD_NAME",
            space::RightKind::DeadName as u32,
        ),
    ] {
        sheet.define(name, signed(value.into()));
    }
    for (bit, name) in OPTIONS {
        sheet.define(&format!("MACH_{name}"), format!("0x{bit:X}"));
    }
}

fn records(sheet: &mut Sheet) {
    sheet.heading("limits");
    for (name, value) in [
        ("IO_INBAND_MAX", records::IO_INBAND_MAX),
        ("DEV_NAME_MAX", records::DEV_NAME_MAX),
        ("DEV_STATUS_MAX", records::DEV_STATUS_MAX),
        ("FILTER_MAX", records::FILTER_MAX),
    ] {
        sheet.define(name, value.to_string());
    }
    sheet.heading("modes");
    for (name, mode) in DevMode::all().iter_names() {
        sheet.define(name, mode.bits().to_string());
    }
    sheet.heading("records");
    for (name, prefix, fields, size) in RECORDS {
        for (field, at) in fields {
            sheet.define(&format!("{prefix}{field}"), at.to_string());
        }
        sheet.define(&format!("{name}_SIZE"), size.to_string());
    }
    sheet.define("qd_inline", IoDoneResult::INLINE.to_string());
    sheet.define("IO_DONE_RESULT_SIZE", IoDoneResult::SIZE.to_string());
    for (name, value) in [
        ("IO_DONE_READ", records::IO_DONE_READ),
        ("IO_DONE_WRITE", records::IO_DONE_WRITE),
        ("IO_DONE_OVERWRITE", records::IO_DONE_OVERWRITE),
    ] {
        sheet.define(name, value.to_string());
    }
    sheet.heading("flavors");
    for flavor in flavors::TABLE {
        sheet.define(flavor.name, format!("0x{:X}", flavor.value));
    }
}
