//! The include files of guest programs, from the call table and the layouts.
//!
//! A guest program and the emulator then cannot disagree about a number silently. What no public
//! Rust declaration of Portfolio holds is in `roms/src/constants.inc`, written by hand; `mach` makes
//! the file of Mach's numbers.

#[path = "include_mach.rs"]
mod mach;

use emu_core::device::timer;
use emu_core::kernel::call::{CallTable, Entry, System};
use emu_core::kernel::portfolio::errors::{self, Status};
use emu_core::kernel::portfolio::structs::{self, io_flag, node_flag, node_type};
use emu_core::mem::FieldKind;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The text of a file, or what is wrong with its sources.
pub type Text = Result<String, Vec<String>>;

/// Makes the text of a file.
pub type Maker = fn() -> Text;

/// The files this makes, from the root of the repository.
pub const FILES: [(&str, Maker); 2] = [
    ("roms/src/portfolio.inc", text),
    ("roms/src/mach_numbers.inc", mach::text),
];

const HEADER: &str = "\
@ portfolio.inc - Portfolio as a guest program sees it: call numbers, vector
@ offsets, structure offsets and error codes. No code, no data.
@
@ Generated from the emulator's call table and structure layouts by
@ `cargo xtask roms`: do not edit. constants.inc has the rest, written by hand.
";

/// Second names of calls: two functions of the SDK are one call of the kernel.
const CALL_ALIASES: [(&str, &str); 2] =
    [("SendSmallMsg", "SendMsg"), ("ReplySmallMsg", "ReplyMsg")];

/// Second names of vectors, shorter than the SDK's own.
const VECTOR_ALIASES: [(&str, &str); 2] = [("sdiv", "SignedDivide"), ("udiv", "UnsignedDivide")];

/// Second names of fields: the SDK reaches a list's anchor through a union.
const FIELD_ALIASES: [(&str, &str); 3] = [
    ("l_Head", "ListAnchor_head"),
    ("l_Filler", "ListAnchor_filler"),
    ("l_Tail", "ListAnchor_tail"),
];

/// Long symbols of errors that have a short one too, where guests use the long one.
const LONG_ERRORS: [&str; 1] = ["ER_Kr_BadSize"];

/// Node types of the kernel; each makes an identifier `ID_` for item calls too.
const NODE_TYPES: [(&str, u8); 8] = [
    ("FOLIO", node_type::FOLIONODE),
    ("TASK", node_type::TASKNODE),
    ("SEMAPHORE", node_type::SEMA4NODE),
    ("MESSAGE", node_type::MESSAGENODE),
    ("MSGPORT", node_type::MSGPORTNODE),
    ("IOREQ", node_type::IOREQNODE),
    ("DEVICE", node_type::DEVICENODE),
    ("ERRORTEXT", node_type::ERRORTEXTNODE),
];

/// The prefix of a system's vector offsets.
fn vector_prefix(system: System) -> &'static str {
    match system {
        System::Host => "HOSTV_",
        System::Kernel => "KBV_",
        System::File => "FILEV_",
        System::Graphics => "GRAFV_",
        System::Audio => "AUDIOV_",
        System::Operamath => "MATHV_",
        System::International => "INTLV_",
        System::Compression => "COMPV_",
        System::Jstring => "JSTRV_",
        System::Mach => "MACHV_",
    }
}

/// The lines written so far, and what each name means.
#[derive(Default)]
struct Sheet {
    text: String,
    names: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Sheet {
    fn new(header: &str) -> Sheet {
        Sheet {
            text: header.to_owned(),
            ..Sheet::default()
        }
    }

    fn finish(self) -> Text {
        match self.problems.is_empty() {
            true => Ok(self.text),
            false => Err(self.problems),
        }
    }

    fn heading(&mut self, text: &str) {
        let rule = "-".repeat(78_usize.saturating_sub(text.len() + 3));
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(self.text, "\n@ {rule} {text}");
    }

    fn note(&mut self, text: &str) {
        let _ = writeln!(self.text, "@ {text}");
    }

    /// A definition; a second one of the same name must agree and is left out.
    fn define(&mut self, name: &str, value: String) {
        match self.names.get(name) {
            Some(old) if *old == value => return,
            Some(old) => {
                self.problems
                    .push(format!("{name} is both {old} and {value}"));
                return;
            }
            None => {}
        }
        let name_and_comma = format!("{name},");
        let _ = writeln!(self.text, "        .equ    {name_and_comma:<23} {value}");
        self.names.insert(name.to_owned(), value);
    }
}

/// The whole text, or where two declarations disagree about one name.
fn text() -> Text {
    let mut sheet = Sheet::new(HEADER);
    calls(&mut sheet);
    layouts(&mut sheet);
    numbers(&mut sheet);
    errors(&mut sheet);
    sheet.heading("everything else");
    sheet.text.push_str("        .include \"constants.inc\"\n");
    sheet.finish()
}

fn calls(sheet: &mut Sheet) {
    let mut rows = CallTable::get().rows().to_vec();
    rows.sort_by_key(|row| (row.system, row.entry));
    let mut last = None;
    for row in rows {
        let (what, prefix) = match row.entry {
            Entry::Swi(_) => ("calls", ""),
            Entry::Vector(_) => ("vectors", vector_prefix(row.system)),
            Entry::Private(_) | Entry::Trap(_) | Entry::Message(_) => continue,
        };
        if last != Some((row.system, what)) {
            last = Some((row.system, what));
            sheet.heading(&format!("{} {what}", row.system.name()));
            if what == "vectors" {
                sheet.note("offsets from the folio of the words that hold the routines' addresses");
            }
        }
        let number = row.number();
        let sign = if number < 0 { "-" } else { "" };
        let value = format!("{sign}0x{:02X}", number.unsigned_abs());
        sheet.define(&format!("{prefix}{}", row.name), value.clone());
        let aliases: &[(&str, &str)] = match row.entry {
            Entry::Swi(_) => &CALL_ALIASES,
            _ => &VECTOR_ALIASES,
        };
        for (alias, _) in aliases.iter().filter(|(_, name)| *name == row.name) {
            sheet.define(&format!("{prefix}{alias}"), value.clone());
        }
    }
}

fn layouts(sheet: &mut Sheet) {
    sheet.heading("structures");
    for info in structs::ALL {
        sheet.note(info.name);
        for field in info.fields {
            // What a structure begins with has the fields' own names.
            if field.offset == 0 && matches!(field.kind, FieldKind::Struct(_)) {
                continue;
            }
            let value = format!("0x{:02X}", field.offset);
            sheet.define(field.name, value.clone());
            for (alias, _) in FIELD_ALIASES.iter().filter(|(_, name)| *name == field.name) {
                sheet.define(alias, value.clone());
            }
        }
        sheet.define(
            &format!("{}_size", info.name),
            format!("0x{:02X}", info.size),
        );
    }
}

fn numbers(sheet: &mut Sheet) {
    sheet.heading("node types and item identifiers");
    sheet.define("KERNELNODE", System::Kernel.folio().to_string());
    for (name, kind) in NODE_TYPES {
        sheet.define(&format!("{name}NODE"), kind.to_string());
        let id = u32::from(System::Kernel.folio()) << 8 | u32::from(kind);
        sheet.define(&format!("ID_{name}"), format!("0x{id:X}"));
    }
    sheet.heading("flags");
    for (name, bits) in [
        ("IO_DONE", io_flag::IO_DONE),
        ("IO_QUICK", io_flag::IO_QUICK),
        ("IO_INTERNAL", io_flag::IO_INTERNAL),
        ("IO_WAITING", io_flag::IO_WAITING),
        ("MESSAGE_SENT", node_flag::MESSAGE_SENT.into()),
        ("MESSAGE_REPLIED", node_flag::MESSAGE_REPLIED.into()),
        ("MESSAGE_SMALL", node_flag::MESSAGE_SMALL.into()),
        (
            "MESSAGE_PASS_BY_VALUE",
            node_flag::MESSAGE_PASS_BY_VALUE.into(),
        ),
    ] {
        sheet.define(name, bits.to_string());
    }
    sheet.heading("timer device");
    for (name, number) in [
        ("TIMERCMD_DELAY", u32::from(timer::CMD_DELAY)),
        ("TIMERCMD_DELAYUNTIL", timer::CMD_DELAYUNTIL.into()),
        ("TIMERCMD_METRONOME", timer::CMD_METRONOME.into()),
        ("TIMER_UNIT_VBLANK", timer::UNIT_VBLANK.into()),
        ("TIMER_UNIT_USEC", timer::UNIT_USEC.into()),
    ] {
        sheet.define(name, number.to_string());
    }
}

fn errors(sheet: &mut Sheet) {
    sheet.heading("error codes");
    for class in [Status::kernel, Status::kernel_own] {
        for code in (0..=u8::MAX).map(|number| class(number).0) {
            if let Some(name) = errors::name(code) {
                sheet.define(name, format!("0x{code:08X}"));
            }
        }
    }
    for long in LONG_ERRORS {
        match errors::by_name(long) {
            Some(code) => sheet.define(long, format!("0x{code:08X}")),
            None => sheet.problems.push(format!("no error is called {long}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_value() {
        for (file, text) in FILES {
            assert_eq!(text().err(), None, "{file}");
        }
    }

    #[test]
    fn a_name_with_two_values_is_a_problem() {
        let mut sheet = Sheet::default();
        sheet.define("a", "1".to_owned());
        sheet.define("a", "1".to_owned());
        assert!(sheet.problems.is_empty());
        sheet.define("a", "2".to_owned());
        assert_eq!(sheet.problems, ["a is both 1 and 2"]);
        assert_eq!(sheet.text.lines().count(), 1);
    }
}
