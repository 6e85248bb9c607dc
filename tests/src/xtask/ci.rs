//! `cargo xtask ci`: everything that must hold before a change goes in.
//!
//! A step that fails does not keep the later ones from running: one run shows all that is wrong.

use crate::{Problems, cargo, program, roms, scratch, tidy, window};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A step and what it does.
struct Step {
    name: &'static str,
    work: fn() -> Result<(), Problems>,
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        work: || with(&["fmt", "--all", "--check"]),
    },
    Step {
        name: "clippy",
        work: || {
            let what = ["clippy", "--workspace", "--all-targets", "--all-features"];
            with(&[&what[..], &["--", "-D", "warnings"]].concat())
        },
    },
    // As the README writes it.
    Step {
        name: "tests",
        work: || with(&["test"]),
    },
    // What `cargo test` leaves out: the front end, and devices with features of their own.
    Step {
        name: "tests with all features",
        work: || {
            let packages = ["-p", "emu-devices", "-p", "emu-frontend"];
            with(&[&["test", "--all-features"], &packages[..]].concat())
        },
    },
    // The only step that runs the window, in the build that the one before it has made.
    Step {
        name: "window",
        work: window::run,
    },
    Step {
        name: BY_NAME_ONLY,
        work: same_in_release,
    },
    Step {
        name: "guest programs",
        work: || roms::run(&["--check".to_owned()]),
    },
    Step {
        name: "tidy",
        work: || tidy::run(&[]),
    },
    Step {
        name: "documentation",
        work: || {
            // With the features of clippy, which has looked at everything below them.
            let arguments = ["doc", "--workspace", "--no-deps", "--all-features"];
            cargo(&arguments, &[("RUSTDOCFLAGS", "-D warnings")]).map_err(|e| vec![e])
        },
    },
    Step {
        name: "the program as a user runs it",
        work: as_a_user,
    },
];

/// Left out unless it is named: it builds the program a third time, which takes minutes, and what
/// it compares depends on nothing but the compiler.
const BY_NAME_ONLY: &str = "release gives the same call logs";

/// Runs the task: all steps but one, or those that are named.
pub fn run(args: &[String]) -> Result<(), Problems> {
    let is_step = |name: &&String| STEPS.iter().any(|step| step.name == name.as_str());
    if let Some(argument) = args.iter().find(|name| !is_step(name)) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(vec![format!(
            "no step '{argument}'; there are: {}",
            names.join(", ")
        )]);
    }
    let is_wanted = |step: &&Step| match args.is_empty() {
        true => step.name != BY_NAME_ONLY,
        false => args.iter().any(|name| name == step.name),
    };
    let mut problems = Vec::new();
    let mut times: Vec<(&str, Duration, bool)> = Vec::new();
    for step in STEPS.iter().filter(is_wanted) {
        println!("\n==== {}", step.name);
        let start = Instant::now();
        let result = (step.work)();
        times.push((step.name, start.elapsed(), result.is_ok()));
        for problem in result.err().unwrap_or_default() {
            eprintln!("ci: {problem}");
            problems.push(format!("{}: {problem}", step.name));
        }
    }
    println!("\n==== steps");
    let all: Duration = times.iter().map(|(_, time, _)| *time).sum();
    for (name, time, passed) in times {
        let passed = if passed { "passed" } else { "FAILED" };
        println!("{:>7.1} s  {passed}  {name}", time.as_secs_f64());
    }
    println!("{:>7.1} s  in all", all.as_secs_f64());
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn with(arguments: &[&str]) -> Result<(), Problems> {
    cargo(arguments, &[]).map_err(|e| vec![e])
}

/// Every guest program in both builds of `overture`: the same text, log and end.
fn same_in_release() -> Result<(), Problems> {
    let whole = |e| vec![e];
    let programs = [program::debug(), program::release()];
    let [debug, release] = programs;
    let (debug, release) = (debug.map_err(whole)?, release.map_err(whole)?);
    let folder = scratch().map_err(whole)?;
    let mut problems = Problems::new();
    for rom in ::roms::all() {
        let name = format!("rom:{}", rom.name);
        // Long enough for the first calls of those that take minutes.
        let arguments = ["run", &name, "--headless", "--calls", "--until", "time:3"];
        // Both at once: there is a core for each.
        let started = [&debug, &release].map(|program| {
            let mut command = Command::new(program);
            command.args(arguments).current_dir(folder.path());
            command.stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = command.spawn();
            child.map_err(|e| format!("{}: {e}", program.display()))
        });
        let [debug, release] = started.map(|child| {
            let output = child?.wait_with_output();
            output.map_err(|e| format!("{name}: {e}"))
        });
        let (debug, release) = (debug.map_err(whole)?, release.map_err(whole)?);
        if debug.stdout != release.stdout || debug.stderr != release.stderr {
            problems.push(format!("{name}: the release build gives another log"));
        }
        if debug.status != release.status {
            problems.push(format!(
                "{name}: {} in debug, {} in release",
                debug.status, release.status
            ));
        }
    }
    if problems.is_empty() {
        println!(
            "{} programs run the same in both builds",
            ::roms::all().len()
        );
        Ok(())
    } else {
        Err(problems)
    }
}

/// The real program in an empty folder: the demonstration, the list of calls, an explanation.
fn as_a_user() -> Result<(), Problems> {
    let overture = program::debug().map_err(|e| vec![e])?;
    let folder = scratch().map_err(|e| vec![e])?;
    let run = |arguments: &[&str]| run_in(folder.path(), &overture, arguments);
    let mut problems = Vec::new();
    let checks: [Result<(), String>; 3] = [
        run(&[]).and_then(|text| contains(&text, "the done queue gave")),
        run(&["calls", "--json"]).and_then(|text| call_list(&text)),
        run(&["explain", "0xD57B900F"]).and_then(|text| contains(&text, "ER_IONotDone")),
    ];
    problems.extend(checks.into_iter().filter_map(Result::err));
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// Runs a program to its end, shows what it printed, and gives it back.
fn run_in(folder: &Path, program: &Path, arguments: &[&str]) -> Result<String, String> {
    let line = format!("overture {}", arguments.join(" "));
    println!("$ {}", line.trim_end());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("{line}: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // A list for machines is one long line.
    match text.char_indices().nth(4000) {
        None => print!("{text}"),
        Some((end, _)) => println!("{} ...", &text[..end]),
    }
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("{line}: {}", output.status)),
    }
}

fn contains(text: &str, wanted: &str) -> Result<(), String> {
    match text.contains(wanted) {
        true => Ok(()),
        false => Err(format!("'{wanted}' was not printed")),
    }
}

/// Whether this is the list of calls as the specification of `--json` has it.
fn call_list(text: &str) -> Result<(), String> {
    let list: Value = serde_json::from_str(text).map_err(|e| format!("calls --json: {e}"))?;
    let rows = list.as_array().ok_or("calls --json: not a list")?;
    for row in rows {
        let texts = ["system", "name", "state"].map(|key| row[key].as_str());
        let known = matches!(texts[2], Some("implemented" | "refused" | "missing"));
        if texts.contains(&None) || !row["number"].is_i64() || !known {
            return Err(format!("calls --json: not a call: {row}"));
        }
    }
    let send_io = |row: &Value| row["system"] == "kernel" && row["name"] == "SendIO";
    match rows.iter().any(send_io) {
        true => Ok(()),
        false => Err("calls --json: SendIO is not there".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_calls_is_recognised() {
        let row = r#"{"system":"kernel","name":"SendIO","number":65560,"state":"implemented"}"#;
        assert_eq!(call_list(&format!("[{row}]")), Ok(()));
        assert!(call_list("[]").is_err());
        assert!(call_list("{}").is_err());
        assert!(call_list("no json").is_err());
        let odd = row.replace("implemented", "perhaps");
        assert!(call_list(&format!("[{row},{odd}]")).is_err());
    }

    #[test]
    fn steps_have_names_of_their_own() {
        for step in STEPS {
            assert_eq!(STEPS.iter().filter(|s| s.name == step.name).count(), 1);
        }
    }
}
