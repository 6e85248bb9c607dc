//! `cargo xtask golden`: writes the expected results of the golden tests anew.

use crate::{Problems, cargo, root};
use std::process::Command;

/// Where the expected results are.
const FOLDER: &str = "tests/data/golden";

/// Runs the task: the tests with `UPDATE_GOLDEN=1`, then what has changed.
pub fn run(args: &[String]) -> Result<(), Problems> {
    if let Some(argument) = args.first() {
        return Err(vec![format!("takes no argument, got '{argument}'")]);
    }
    if !root().join("tests/tests/determinism.rs").is_file() {
        return Err(vec!["there are no golden tests yet".to_owned()]);
    }
    let update = [("UPDATE_GOLDEN", "1")];
    cargo(&["test", "-p", "tests", "--test", "determinism"], &update).map_err(|e| vec![e])?;
    git(&["add", "--intent-to-add", FOLDER])?;
    git(&["diff", "--stat", "--", FOLDER])
}

/// Runs git in the working copy, with its output on ours.
fn git(arguments: &[&str]) -> Result<(), Problems> {
    let status = Command::new("git")
        .args(["--no-pager"])
        .args(arguments)
        .current_dir(root())
        .status()
        .map_err(|e| vec![format!("git: {e}")])?;
    match status.success() {
        true => Ok(()),
        false => Err(vec![format!("git {} failed", arguments.join(" "))]),
    }
}
