//! `overture trace lint`: mistakes of programs in recordings.

use super::load;
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use clap::Args;
use emu_core::trace::Field;
use emu_core::trace::lint::{Finding, Rule, Severity, lint};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
A finding has the time in seconds, how bad it is, the rule, what has happened, the task, and the
call in which it became known with its address. Notes may be meant: a program can look at memory
without a call.

Exit status: 0 nothing as bad as --deny was found; 1 something was; 2 wrong usage or an unreadable
file.";

/// Options of `trace lint`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct LintArgs {
    /// Recordings.
    #[arg(required_unless_present = "rules")]
    pub files: Vec<PathBuf>,
    /// One JSON list of all findings.
    #[arg(long)]
    pub json: bool,
    /// Exit with status 1 from this on: note, warning or error.
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "error")]
    pub deny: Severity,
    /// Show only what is at least so bad: note, warning or error.
    #[arg(long, value_name = "SEVERITY", value_parser = severity, default_value = "note")]
    pub show: Severity,
    /// List the rules.
    #[arg(long)]
    pub rules: bool,
}

/// A severity by its word.
fn severity(word: &str) -> Result<Severity, String> {
    Severity::of_name(word).ok_or_else(|| "use note, warning or error".to_owned())
}

/// Does it.
pub fn run(args: &LintArgs) -> Status {
    let mut out = Output::new(io::stdout().lock());
    if args.rules {
        list_rules(&mut out, args.json);
        return out.finish();
    }
    let mut rows = Vec::new();
    let mut is_denied = false;
    for path in &args.files {
        let recording = match load(path) {
            Ok(recording) => recording,
            Err(error) => return refuse(&error.to_string()),
        };
        let found = lint(&recording.tape);
        is_denied |= found.iter().any(|f| f.severity() >= args.deny);
        let shown: Vec<&Finding> = found
            .iter()
            .filter(|f| f.severity() >= args.show.min(args.deny))
            .collect();
        match args.json {
            true => rows.extend(shown.iter().map(|finding| row(path, finding))),
            false => tell(&mut out, path, &shown),
        }
    }
    if args.json {
        out.line(&Value::from(rows).to_string());
    }
    match out.finish() {
        Status::Success if is_denied => Status::Failure,
        status => status,
    }
}

/// The findings of one recording, then what to do about each rule that was broken.
fn tell<W: io::Write>(out: &mut Output<W>, path: &Path, found: &[&Finding]) {
    let path = path.display();
    if found.is_empty() {
        out.line(&format!("{path}: nothing found"));
        return;
    }
    for finding in found {
        out.line(&format!("{path}: {finding}"));
    }
    let rules: BTreeSet<Rule> = found.iter().map(|finding| finding.rule).collect();
    for rule in rules {
        out.line(&format!("  {rule}: {} {}", rule.what(), rule.advice()));
    }
}

fn row(path: &Path, finding: &Finding) -> Value {
    let place = finding.place.map(|place| {
        let mut call = String::new();
        place.call.write(&mut call);
        json!({ "call": call, "pc": place.pc.0 })
    });
    json!({
        "file": path.display().to_string(),
        "rule": finding.rule.name(),
        "severity": finding.severity().name(),
        "cycles": finding.at.0,
        "seconds": finding.at.seconds(),
        "event": finding.index,
        "task": finding.task.0,
        "task_name": finding.name,
        "item": finding.item.0,
        "what": finding.what,
        "place": place,
        "times": finding.times,
        "advice": finding.rule.advice(),
    })
}

fn list_rules<W: io::Write>(out: &mut Output<W>, json: bool) {
    if json {
        let row = |rule: &Rule| {
            json!({
                "rule": rule.name(),
                "severity": rule.severity().name(),
                "what": rule.what(),
                "advice": rule.advice(),
            })
        };
        let rows: Vec<Value> = Rule::ALL.iter().map(row).collect();
        out.line(&Value::from(rows).to_string());
        return;
    }
    for rule in Rule::ALL {
        let (name, severity) = (rule.name(), rule.severity().name());
        out.line(&format!("{name:<18} {severity:<8} {}", rule.what()));
        out.line(&format!("{:27} {}", "", rule.advice()));
    }
}
