//! The matrix of Mach's conformance: every statement has a test that exists.
//!
//! `docs/mach-conformance.md` is written from the table in `conformance/rows`.

#[path = "conformance/rows.rs"]
mod rows;

use crate::{Problems, root};
use rows::{ACCEPTANCE, EXTRA, SECTIONS, Section};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

const FILE: &str = "docs/mach-conformance.md";
const SUITES: &str = "tests/tests/mach_";
const CORE: &str = "emu-core/src/kernel/mach/";

/// Compares the page with the table and the table with the tests; `fix` writes the page anew.
pub fn check(texts: &[(&str, String)], fix: bool) -> Result<(), Problems> {
    let tests = Tests::of(texts);
    let mut problems = find_problems(SECTIONS, ACCEPTANCE, EXTRA, &tests);
    let wanted = page(SECTIONS, EXTRA, &tests);
    let path = root().join(FILE);
    if fs::read_to_string(&path).ok().as_ref() != Some(&wanted) {
        if fix {
            println!("tidy: {FILE} written anew");
            fs::write(&path, wanted).map_err(|e| vec![format!("{FILE}: {e}")])?;
        } else {
            problems.push(format!(
                "{FILE} is not what its table and the tests say; run `cargo xtask tidy --fix`"
            ));
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// Whether a function is run by `cargo test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Test,
    Ignored,
    Helper,
}

/// The functions of the suites and of the core's unit tests.
#[derive(Default)]
struct Tests {
    /// Functions of the suites: name, then suite and kind.
    suites: BTreeMap<String, Vec<(String, Kind)>>,
    /// Functions of the core: `core::codes::name`.
    core: BTreeMap<String, Kind>,
}

impl Tests {
    fn of(texts: &[(&str, String)]) -> Tests {
        let mut tests = Tests::default();
        for (file, text) in texts {
            let Some(path) = file.strip_suffix(".rs") else {
                continue;
            };
            if path.starts_with(SUITES) {
                let name = path.trim_start_matches("tests/tests/");
                let suite = name.split('/').next().unwrap_or(name);
                for (name, kind) in functions(text) {
                    let places = tests.suites.entry(name).or_default();
                    places.push((suite.to_owned(), kind));
                }
            } else if let Some(path) = path.strip_prefix(CORE) {
                let module = path.replace('/', "::");
                for (name, kind) in functions(text) {
                    tests.core.insert(format!("core::{module}::{name}"), kind);
                }
            }
        }
        tests
    }

    /// The tests that a row means, as `suite::name`, or what is wrong with it.
    fn find(&self, wanted: &str) -> Result<Vec<String>, String> {
        if wanted.starts_with("core::") {
            return match self.core.get(wanted) {
                Some(Kind::Test) => Ok(vec![wanted.to_owned()]),
                Some(kind) => Err(not_run(wanted, *kind)),
                None => Err(format!("`{wanted}` does not exist in {CORE}")),
            };
        }
        if let Some(beginning) = wanted.strip_suffix('*') {
            let mut found = Vec::new();
            let all = self.suites.iter();
            for (name, places) in all.filter(|(name, _)| name.starts_with(beginning)) {
                let run = places.iter().filter(|(_, kind)| *kind == Kind::Test);
                found.extend(run.map(|(suite, _)| format!("{suite}::{name}")));
            }
            return match found.is_empty() {
                true => Err(format!("no test `{wanted}` exists in {SUITES}*.rs")),
                false => Ok(found),
            };
        }
        let places = self.suites.get(wanted).map(Vec::as_slice);
        match places.unwrap_or_default() {
            [] => Err(format!("`{wanted}` does not exist in {SUITES}*.rs")),
            [(suite, Kind::Test)] => Ok(vec![format!("{suite}::{wanted}")]),
            [(_, kind)] => Err(not_run(wanted, *kind)),
            [(one, _), (other, _), ..] => Err(format!(
                "`{wanted}` is in {one} and again in {other}; a name of the list is for one test"
            )),
        }
    }
}

fn not_run(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Ignored => format!("`{name}` is ignored"),
        _ => format!("`{name}` is a function without #[test]"),
    }
}

/// The functions of a source with the attributes above them.
fn functions(text: &str) -> Vec<(String, Kind)> {
    let mut found = Vec::new();
    let mut kind = Kind::Helper;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[ignore") {
            kind = Kind::Ignored;
        } else if line == "#[test]" && kind == Kind::Helper {
            kind = Kind::Test;
        } else if let Some(name) = function(line) {
            found.push((name.to_owned(), kind));
            kind = Kind::Helper;
        } else if !line.is_empty() && !line.starts_with("//") && !line.starts_with("#[") {
            kind = Kind::Helper;
        }
    }
    found
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) => rest.split_once("fn ").map(|(_, rest)| rest),
        None => line.strip_prefix("fn "),
    }?;
    let end = line.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    (end > 0 && line[end..].starts_with(['(', '<'])).then(|| &line[..end])
}

/// What is wrong with the table and its tests.
fn find_problems(
    sections: &[Section],
    acceptance: &[&str],
    extra: &[(&str, &str)],
    tests: &Tests,
) -> Problems {
    let mut problems = Vec::new();
    let mut numbers = BTreeSet::new();
    // Every test with the rows that name it, in the order of the table.
    let mut named: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in sections.iter().flat_map(|section| section.rows) {
        if !numbers.insert(row.number) {
            problems.push(format!("{FILE}: two statements have number {}", row.number));
        }
        if row.tests.is_empty() {
            problems.push(format!("{FILE}: no test proves statement {}", row.number));
        }
        for test in row.tests {
            match named.iter_mut().find(|(name, _)| name == test) {
                Some((_, rows)) => rows.push(row.number),
                None => named.push((test, vec![row.number])),
            }
        }
    }
    for (name, why) in extra {
        if !acceptance.contains(name) {
            problems.push(format!(
                "{FILE}: the extra test `{name}` is not of the list"
            ));
        }
        if why.is_empty() {
            problems.push(format!("{FILE}: the extra test `{name}` has no purpose"));
        }
        if let Some((_, rows)) = named.iter().find(|(test, _)| test == name) {
            let rows = rows.join(", ");
            problems.push(format!("{FILE}: `{name}` is extra, but {rows} names it"));
        }
    }
    for (test, rows) in &named {
        if let Err(problem) = tests.find(test) {
            let rows = rows.join(", ");
            problems.push(format!("{FILE}: test of {rows}: {problem}"));
        }
    }
    for test in acceptance {
        if named.iter().any(|(name, _)| name == test) {
            continue;
        }
        if !extra.iter().any(|(name, _)| name == test) {
            problems.push(format!(
                "{FILE}: no statement names the acceptance test `{test}`, nor is it extra"
            ));
        }
        if let Err(problem) = tests.find(test) {
            problems.push(format!("{FILE}: acceptance test: {problem}"));
        }
    }
    problems
}

/// The page.
fn page(sections: &[Section], extra: &[(&str, &str)], tests: &Tests) -> String {
    let rows = sections.iter().map(|section| section.rows.len());
    let mut text = format!(
        "# Conformance of Mach's device interface\n\n\
         Written by `cargo xtask tidy --fix` from the table in `tests/src/xtask/conformance/rows`; tidy \
         checks\nthat every statement has a test and that the tests exist. {} statements.\n\n\
         Statements are restated, not quoted. A source is the manual page of the function (\"page\"), or a \
         section\nof the Mach sheet ([sources](sources.md)). `core` are unit tests under `{CORE}`,\nthe other \
         suites files in `tests/tests`. Without a remark both profiles do the same.\n",
        rows.sum::<usize>()
    );
    // Writing to a string cannot fail.
    for section in sections {
        let _ = writeln!(text, "\n## {}\n", section.title);
        text.push_str("| | statement | source | tests | remarks |\n|---|---|---|---|---|\n");
        for row in section.rows {
            let cells: Vec<String> = row.tests.iter().map(|test| cell(test, tests)).collect();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                row.number,
                row.says,
                row.source,
                cells.join(", "),
                row.remarks
            );
        }
    }
    text.push_str("\n## Tests of no single statement\n\n| tests | purpose |\n|---|---|\n");
    for (test, why) in extra {
        let _ = writeln!(text, "| {} | {why} |", cell(test, tests));
    }
    text
}

fn cell(test: &str, tests: &Tests) -> String {
    match tests.find(test) {
        Ok(found) => {
            let quoted: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
            quoted.join(", ")
        }
        Err(_) => format!("`{test}` (missing)"),
    }
}

#[cfg(test)]
#[path = "conformance/tests.rs"]
mod tests;
