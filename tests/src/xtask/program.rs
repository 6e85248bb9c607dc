//! The program `overture` as the tasks run it.

use crate::{cargo, root};
use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

/// Builds the release program without its window, which nothing that runs it asks for and which
/// takes six times as long; where it is.
pub fn release() -> Result<PathBuf, String> {
    let features = ["--no-default-features", "--features", "chd"];
    let build = ["build", "--release", "-p", "emu-frontend"];
    cargo(&[&build[..], &features].concat(), &[])?;
    built("release")
}

/// Builds the program unoptimised, with every feature; where it is.
pub fn debug() -> Result<PathBuf, String> {
    cargo(
        &[
            "build",
            "--all-features",
            "-p",
            "emu-devices",
            "-p",
            "emu-frontend",
        ],
        &[],
    )?;
    built("debug")
}

fn built(profile: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| format!("xtask: {e}"))?;
    // This program is in `target/debug` or the like; the other is next door.
    let target = own
        .ancestors()
        .nth(2)
        .map_or_else(|| root().join("target"), |folder| folder.to_path_buf());
    let path = target.join(profile).join(format!("overture{EXE_SUFFIX}"));
    match path.is_file() {
        true => Ok(path),
        false => Err(format!("{} is not there", path.display())),
    }
}
