//! Tables in documents that come from the program.
//!
//! Each stands between two marks, which are comments of Markdown:
//!
//! ```text
//! <!-- calls:begin -->
//! | system | implemented | refused | missing |
//! ...
//! <!-- calls:end -->
//! ```

use crate::{Problems, root};
use emu_core::kernel::call::{CallTable, Entry, Row, State, System};
use emu_frontend::debug::commands::COMMANDS;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

/// A table, and the document it is in.
struct Table {
    file: &'static str,
    mark: &'static str,
    text: fn() -> String,
}

const TABLES: [Table; 2] = [
    Table {
        file: "README.md",
        mark: "calls",
        text: || table(CallTable::get().rows()),
    },
    Table {
        file: "docs/debugger.md",
        mark: "commands",
        text: commands,
    },
];

/// Compares the tables with the program, or writes them anew.
pub fn check(fix: bool) -> Result<(), Problems> {
    let problems: Problems = TABLES
        .iter()
        .filter_map(|table| check_table(table, fix).err())
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn check_table(Table { file, mark, text }: &Table, fix: bool) -> Result<(), String> {
    let path = root().join(file);
    let found = fs::read_to_string(&path).map_err(|e| format!("{file}: {e}"))?;
    let wanted = with_table(&found, mark, &text()).map_err(|why| format!("{file}: {why}"))?;
    if wanted == found {
        return Ok(());
    }
    if fix {
        println!("tidy: {file}: table of {mark} written anew");
        return fs::write(&path, wanted).map_err(|e| format!("{file}: {e}"));
    }
    Err(format!(
        "{file}: its table of {mark} is not what the program has; run `cargo xtask tidy --fix`"
    ))
}

/// The text with another table between its marks.
fn with_table(text: &str, mark: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- {mark}:begin -->\n"),
        format!("<!-- {mark}:end -->"),
    );
    let marks = || format!("wants the lines {} and {end}", begin.trim_end());
    let (before, rest) = text.split_once(&begin).ok_or_else(marks)?;
    let (_, after) = rest.split_once(&end).ok_or_else(marks)?;
    Ok(format!("{before}{begin}{table}{end}{after}"))
}

/// The commands of the debugger, a line each.
fn commands() -> String {
    let mut text = "| command | short | what it does |\n|---|---|---|\n".to_owned();
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.usage);
        let usage = usage.trim_end().replace('|', "\\|");
        let _ = writeln!(
            text,
            "| `{usage}` | `{}` | {} |",
            command.short, command.about
        );
    }
    text
}

/// The table: one line a system and one for all, as `overture calls` counts.
fn table(rows: &[&Row]) -> String {
    let mut systems: BTreeMap<System, [usize; 3]> = BTreeMap::new();
    let mut total = [0; 3];
    for row in rows {
        // Entries of our own routines are none of the guest's.
        if matches!(row.entry, Entry::Private(_)) {
            continue;
        }
        let column = match row.state {
            State::Implemented => 0,
            State::Refused => 1,
            State::Missing => 2,
        };
        systems.entry(row.system).or_default()[column] += 1;
        total[column] += 1;
    }
    let mut text =
        "| system | implemented | refused | missing |\n|---|---:|---:|---:|\n".to_owned();
    let lines = systems
        .iter()
        .map(|(system, counts)| (system.name(), counts));
    for (name, [implemented, refused, missing]) in lines.chain([("all", &total)]) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | {implemented} | {refused} | {missing} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_replaces_what_is_between_the_marks() {
        let text = |table: &str| format!("a\n<!-- x:begin -->\n{table}<!-- x:end -->\nb\n");
        assert_eq!(with_table(&text("old\n"), "x", "new\n"), Ok(text("new\n")));
        assert!(with_table("a\n", "x", "new\n").is_err());
    }

    #[test]
    fn every_system_has_a_line_and_the_last_counts_all() {
        let rows = CallTable::get().rows();
        let text = table(rows);
        let own = |row: &&&Row| !matches!(row.entry, Entry::Private(_));
        let sum: usize = text.lines().last().map_or(0, |line| {
            line.split('|')
                .filter_map(|n| n.trim().parse::<usize>().ok())
                .sum()
        });
        assert_eq!(sum, rows.iter().filter(own).count());
        assert!(text.contains("\n| kernel | "));
    }
}
