//! `overture trace diff`: two recordings, compared.

use super::{commands, load};
use crate::output::Output;
use crate::program::show;
use crate::refuse;
use crate::report::Status;
use crate::trace::check::level;
use clap::Args;
use emu_core::trace::{Level, Report, differences, report};
use serde_json::json;
use std::io;
use std::path::PathBuf;

/// Options of `trace diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The recording that says what is expected.
    pub expected: PathBuf,
    /// The other one.
    pub found: PathBuf,
    /// What is compared, instead of what the first one says: exact, order or behaviour.
    #[arg(long, value_parser = level)]
    pub level: Option<Level>,
    /// List the first difference of each task and each request, as level behaviour sees them.
    #[arg(long, conflicts_with = "level")]
    pub all: bool,
    /// Write one JSON object for each difference.
    #[arg(long)]
    pub json: bool,
}

/// Does it: status 1 says that they differ.
pub fn run(args: &DiffArgs) -> Status {
    let loaded = load(&args.expected).and_then(|expected| Ok((expected, load(&args.found)?)));
    let (expected, found) = match loaded {
        Ok(both) => both,
        Err(error) => return refuse(&error.to_string()),
    };
    let file = show(&args.expected);
    let commands = commands();
    let mut reports: Vec<Report> = match args.all {
        true => differences(&expected.tape, &found.tape)
            .into_iter()
            .map(|difference| {
                let level = Level::Behaviour;
                Report::of(&file, &expected, &found, level, &commands, difference)
            })
            .collect(),
        false => {
            let level = args.level.unwrap_or(expected.header.level);
            report(&file, &expected, &found, level, &commands)
                .into_iter()
                .collect()
        }
    };
    let mut out = Output::new(io::stdout().lock());
    for report in &mut reports {
        report.other = Some(show(&args.found));
        if args.json {
            let value = json!({
                "file": report.file,
                "other": report.other,
                "level": report.level.name(),
                "event": report.number(),
                "cause": report.cause().to_string(),
                "report": report.lines(),
            });
            out.line(&value.to_string());
        } else if args.all {
            out.line(&in_short(report));
        } else {
            out.line(&report.to_string());
        }
    }
    if !args.json {
        match reports.len() {
            0 => out.line("the same"),
            1 => (),
            count => out.line(&format!("{count} tasks and requests differ")),
        }
    }
    match (out.finish(), reports.is_empty()) {
        (Status::Success, false) => Status::Failure,
        (status, _) => status,
    }
}

/// A difference on three lines.
fn in_short(report: &Report) -> String {
    let words = |line: &Option<emu_core::trace::Line>| match line {
        Some(line) => line.to_string(),
        None => "nothing".to_owned(),
    };
    format!(
        "{}\n  expected {}\n  found    {}",
        report.cause(),
        words(&report.expected),
        words(&report.found)
    )
}
