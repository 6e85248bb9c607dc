//! The README's table of calls: how many of each system are in which state.
//!
//! The table stands between two marks, which are comments of Markdown:
//!
//! ```text
//! <!-- calls:begin -->
//! | system | implemented | refused | missing |
//! ...
//! <!-- calls:end -->
//! ```

use crate::{Problems, root};
use emu_core::kernel::call::{CallTable, Entry, Row, State, System};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

const FILE: &str = "README.md";
const BEGIN: &str = "<!-- calls:begin -->\n";
const END: &str = "<!-- calls:end -->";

/// Compares the table with the call table, or writes it anew.
pub fn check(fix: bool) -> Result<(), Problems> {
    let path = root().join(FILE);
    let text = fs::read_to_string(&path).map_err(|e| vec![format!("{FILE}: {e}")])?;
    let wanted = with_table(&text, &table(CallTable::get().rows())).map_err(|e| vec![e])?;
    if wanted == text {
        return Ok(());
    }
    if fix {
        println!("tidy: {FILE}: table of calls written anew");
        return fs::write(&path, wanted).map_err(|e| vec![format!("{FILE}: {e}")]);
    }
    Err(vec![format!(
        "{FILE}: its table of calls is not what the call table says; run `cargo xtask tidy --fix`"
    )])
}

/// The text with another table between its marks.
fn with_table(text: &str, table: &str) -> Result<String, String> {
    let marks = || format!("{FILE}: wants the lines {} and {END}", BEGIN.trim_end());
    let (before, rest) = text.split_once(BEGIN).ok_or_else(marks)?;
    let (_, after) = rest.split_once(END).ok_or_else(marks)?;
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
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
        let text = format!("a\n{BEGIN}old\n{END}\nb\n");
        let wanted = format!("a\n{BEGIN}new\n{END}\nb\n");
        assert_eq!(with_table(&text, "new\n"), Ok(wanted));
        assert!(with_table("a\n", "new\n").is_err());
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
