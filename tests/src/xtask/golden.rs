//! `cargo xtask golden`: writes the expected results of the golden tests anew.

use crate::{Problems, cargo, root};
use std::process::Command;

/// Where the expected results are: of a script of Mach's calls, and recordings of all programs.
const FOLDERS: [&str; 2] = ["tests/data/golden", "tests/traces"];

/// Runs the task: the tests that renew what they compare with, then what has changed.
pub fn run(args: &[String]) -> Result<(), Problems> {
    if let Some(argument) = args.first() {
        return Err(vec![format!("takes no argument, got '{argument}'")]);
    }
    let update = [("UPDATE_GOLDEN", "1"), ("UPDATE_TRACES", "1")];
    let tests = ["--test", "traces", "--test", "mach_robust"];
    let command = [&["test", "-p", "tests"], &tests[..]].concat();
    cargo(&command, &update).map_err(|e| vec![e])?;
    // New files are part of what changed.
    git(&[&["add", "--intent-to-add"], &FOLDERS[..]].concat())?;
    let changes = git(&[&["diff", "--stat", "--"], &FOLDERS[..]].concat())?;
    match changes.is_empty() {
        true => println!("golden: nothing changed"),
        false => print!("{changes}"),
    }
    Ok(())
}

/// Runs git in the working copy; what it printed.
fn git(arguments: &[&str]) -> Result<String, Problems> {
    let output = Command::new("git")
        .arg("--no-pager")
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|e| vec![format!("git: {e}")])?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(vec![format!(
            "git {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim_end()
        )]),
    }
}
