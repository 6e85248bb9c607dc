//! `overture calls`: every documented call with its state.

use crate::cli::{CallsArgs, StateArg};
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use emu_core::kernel::call::{CallTable, Entry, Row, State};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallRow {
    /// Which part of the system.
    pub system: &'static str,
    /// Its name in the guest's spelling.
    pub name: &'static str,
    /// Number of the system call, trap or message, or offset of the vector from its base.
    pub number: i64,
    /// swi, vector, trap or message.
    pub entry: &'static str,
    /// implemented, refused or missing.
    pub state: &'static str,
}

impl CallRow {
    /// A row that a guest program can reach by its own doing.
    fn new(row: &Row) -> Option<CallRow> {
        let entry = match row.entry {
            Entry::Swi(_) => "swi",
            Entry::Vector(_) => "vector",
            Entry::Private(_) => return None,
            Entry::Trap(_) => "trap",
            Entry::Message(_) => "message",
        };
        Some(CallRow {
            system: row.system.name(),
            name: row.name,
            number: row.number(),
            entry,
            state: row.state.name(),
        })
    }
}

/// Lists the calls.
pub fn run(args: &CallsArgs) -> Status {
    let mut all = CallTable::get().rows().to_vec();
    all.sort_by_key(|row| (row.system, row.entry));
    let all: Vec<CallRow> = all.into_iter().filter_map(CallRow::new).collect();
    match select(&all, args) {
        Ok(rows) => print(&rows, args.json),
        Err(line) => refuse(&line),
    }
}

/// The rows that are asked for.
fn select(all: &[CallRow], args: &CallsArgs) -> Result<Vec<CallRow>, String> {
    let mut rows = all.to_vec();
    if let Some(system) = &args.system {
        rows.retain(|row| row.system.eq_ignore_ascii_case(system));
        if rows.is_empty() {
            let mut known: Vec<&str> = all.iter().map(|row| row.system).collect();
            known.dedup();
            return Err(format!(
                "--system {}: this version has no calls of it; there are {}",
                system.escape_debug(),
                known.join(", ")
            ));
        }
    }
    if let Some(state) = args.state {
        let state = match state {
            StateArg::Implemented => State::Implemented,
            StateArg::Refused => State::Refused,
            StateArg::Missing => State::Missing,
        };
        rows.retain(|row| row.state == state.name());
    }
    Ok(rows)
}

fn print(rows: &[CallRow], json: bool) -> Status {
    let mut out = Output::new(io::stdout().lock());
    if json {
        // Strings and numbers only: there is nothing that could fail.
        out.line(&serde_json::to_string(rows).unwrap_or_default());
        return out.finish();
    }
    for row in rows {
        let number = match row.number {
            number @ 0.. => format!("{number:#x}"),
            number => format!("-{:#x}", -number),
        };
        out.line(&format!(
            "{:<13} {:<6} {number:>8}  {:<11}  {}",
            row.system, row.entry, row.state, row.name
        ));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.state).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    out.line(&format!("{} calls: {}", rows.len(), counts.join(", ")));
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<CallRow> {
        let row = |system, name, number, state| CallRow {
            system,
            name,
            number,
            entry: "swi",
            state,
        };
        vec![
            row("kernel", "SendIO", 0x10018, "implemented"),
            row("kernel", "RSACheck", 0x1001A, "refused"),
            row("file", "OpenDiskFile", 0x30000, "missing"),
        ]
    }

    fn names(system: Option<&str>, state: Option<StateArg>) -> Result<Vec<&'static str>, String> {
        let args = CallsArgs {
            json: false,
            system: system.map(str::to_owned),
            state,
        };
        select(&rows(), &args).map(|rows| rows.iter().map(|row| row.name).collect())
    }

    #[test]
    fn rows_are_selected_by_system_and_state() {
        assert_eq!(names(None, None).expect("all").len(), 3);
        assert_eq!(names(Some("File"), None), Ok(vec!["OpenDiskFile"]));
        assert_eq!(names(None, Some(StateArg::Refused)), Ok(vec!["RSACheck"]));
        assert_eq!(names(Some("kernel"), Some(StateArg::Missing)), Ok(vec![]));
        let error = names(Some("mach"), None).expect_err("none");
        assert!(error.contains("kernel, file"), "{error}");
    }

    #[test]
    fn a_row_is_an_object() {
        let json = serde_json::to_value(&rows()[0]).expect("JSON");
        assert_eq!(
            json,
            serde_json::json!({
                "system": "kernel", "name": "SendIO", "number": 0x10018, "entry": "swi",
                "state": "implemented",
            })
        );
    }
}
