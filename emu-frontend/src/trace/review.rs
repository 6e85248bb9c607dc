//! `overture trace review`, `accept`, `reject`: what a check has kept.
//!
//! A change of the emulator may change hundreds of recordings in the same way. They are grouped by
//! what differs first, so that one look at each group is enough.

use super::{FileError, commands, find, load};
use crate::output::Output;
use crate::program::show;
use crate::refuse;
use crate::report::Status;
use clap::Args;
use emu_core::trace::{Commands, Report, report};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Recordings of a group that are named unless all are asked for.
const SHOWN: usize = 5;

/// Options of `trace review`.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Where to look: a folder and all below it, or one recording.
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Name every recording of a group.
    #[arg(long)]
    pub all: bool,
    /// Write one JSON object for each group.
    #[arg(long)]
    pub json: bool,
}

/// Options of `trace accept` and `trace reject`.
#[derive(Debug, Args)]
pub struct TakeArgs {
    /// One recording, or a folder and all below it.
    #[arg(required_unless_present_any = ["all", "group"])]
    pub path: Option<PathBuf>,
    /// Only this group, by its number in what `trace review` lists of the same folder.
    #[arg(long, value_name = "N")]
    pub group: Option<usize>,
    /// Everything here and below.
    #[arg(long, conflicts_with_all = ["path", "group"])]
    pub all: bool,
}

/// Recordings that differ first in the same.
#[derive(Clone, Debug)]
pub struct Group {
    /// In what.
    pub cause: String,
    /// What waits.
    pub files: Vec<PathBuf>,
    /// What is expected and what was found in the first of them.
    pub example: Vec<String>,
}

/// What waits at `path`, the largest group first.
pub fn groups(path: &Path) -> Result<Vec<Group>, FileError> {
    let commands = commands();
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for new in find::pending(path)? {
        let (cause, example) = match compare(&new, &commands) {
            Ok(Some(report)) => (report.cause().to_string(), example(&report)),
            Ok(None) => ("nothing that counts".to_owned(), Vec::new()),
            Err(error) => (
                "what cannot be compared".to_owned(),
                vec![error.to_string()],
            ),
        };
        let group = groups.entry(cause.clone()).or_insert(Group {
            cause,
            files: Vec::new(),
            example,
        });
        group.files.push(new);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.files.len()));
    Ok(groups)
}

fn compare(new: &Path, commands: &Commands) -> Result<Option<Report>, FileError> {
    let old = find::old_of(new);
    let (expected, found) = (load(&old)?, load(new)?);
    let level = expected.header.level;
    Ok(report(&show(&old), &expected, &found, level, commands))
}

fn example(report: &Report) -> Vec<String> {
    let lines = report.lines().into_iter();
    let lines = lines.skip(1).take_while(|line| line.starts_with("  "));
    lines.take(5).map(|line| line.trim().to_owned()).collect()
}

/// Lists the groups.
pub fn run(args: &ReviewArgs) -> Status {
    let groups = match groups(&args.path) {
        Ok(groups) => groups,
        Err(error) => return refuse(&error.to_string()),
    };
    let mut out = Output::new(io::stdout().lock());
    for (number, group) in (1..).zip(&groups) {
        match args.json {
            true => out.line(&as_json(number, group).to_string()),
            false => out.line(&as_text(number, group, args.all)),
        }
    }
    if !args.json {
        out.line(&match groups.is_empty() {
            true => "nothing waits; `overture trace check --keep` writes what differs".to_owned(),
            false => format!(
                "`overture trace accept {0} --group N` takes a group, `overture trace reject {0} \
                 --group N` removes it",
                show(&args.path)
            ),
        });
    }
    out.finish()
}

fn as_text(number: usize, group: &Group, all: bool) -> String {
    let (count, cause) = (group.files.len(), &group.cause);
    let mut text = match count {
        1 => format!("{number}: 1 recording differs first in {cause}"),
        _ => format!("{number}: {count} recordings differ first in {cause}"),
    };
    let shown = if all { count } else { SHOWN };
    for file in group.files.iter().take(shown) {
        text.push_str(&format!("\n     {}", show(file)));
    }
    if count > shown {
        text.push_str(&format!("\n     and {} more", count - shown));
    }
    for line in &group.example {
        text.push_str(&format!("\n       {line}"));
    }
    text
}

fn as_json(number: usize, group: &Group) -> Value {
    let files: Vec<String> = group.files.iter().map(|file| show(file)).collect();
    json!({
        "group": number,
        "cause": group.cause,
        "files": files,
        "example": group.example,
    })
}

/// Takes what waits in place of the old recordings.
pub fn accept(args: &TakeArgs) -> Status {
    accept_to(args, io::stdout().lock())
}

fn accept_to(args: &TakeArgs, out: impl Write) -> Status {
    settle(args, "accepted", out, |new| {
        // What is no recording would be an error of every check from now on.
        load(new)?;
        fs::rename(new, find::old_of(new)).map_err(|source| unwritable(new, source))
    })
}

/// Removes what waits.
pub fn reject(args: &TakeArgs) -> Status {
    reject_to(args, io::stdout().lock())
}

fn reject_to(args: &TakeArgs, out: impl Write) -> Status {
    settle(args, "rejected", out, |new| {
        fs::remove_file(new).map_err(|source| unwritable(new, source))
    })
}

fn unwritable(path: &Path, source: io::Error) -> FileError {
    let path = show(path);
    FileError::Unwritable { path, source }
}

/// What the command line names.
fn chosen(args: &TakeArgs) -> Result<Vec<PathBuf>, String> {
    let here = PathBuf::from(".");
    let path = args.path.as_ref().unwrap_or(&here);
    let Some(number) = args.group else {
        return find::pending(path).map_err(|error| error.to_string());
    };
    let groups = groups(path).map_err(|error| error.to_string())?;
    let count = groups.len();
    let group = number
        .checked_sub(1)
        .and_then(|n| groups.into_iter().nth(n));
    let group = group.ok_or_else(|| {
        format!("--group {number}: there are {count}; `overture trace review` lists them")
    });
    group.map(|group| group.files)
}

fn settle(
    args: &TakeArgs,
    word: &str,
    out: impl Write,
    settle_one: impl Fn(&Path) -> Result<(), FileError>,
) -> Status {
    let files = match chosen(args) {
        Ok(files) => files,
        Err(line) => return refuse(&line),
    };
    let mut out = Output::new(out);
    let mut status = Status::Success;
    for new in &files {
        match settle_one(new) {
            Ok(()) => out.line(&format!("{word}: {}", show(&find::old_of(new)))),
            Err(error) => status = refuse(&error.to_string()),
        }
    }
    if files.is_empty() {
        out.line("nothing waits");
    }
    match out.finish() {
        Status::Success => status,
        other => other,
    }
}

#[cfg(test)]
mod tests;
