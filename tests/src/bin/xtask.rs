//! Developer tasks: `cargo xtask TASK`. Nothing here is needed to build or test.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

#[path = "../xtask/aif.rs"]
mod aif;
#[path = "../xtask/include.rs"]
mod include;
#[path = "../xtask/roms.rs"]
mod roms;
#[path = "../xtask/tidy.rs"]
mod tidy;

const HELP: &str = "\
Developer tasks: cargo xtask TASK

  roms [--check] [NAME...]   generate roms/src/portfolio.inc and assemble the guest
                             programs into roms/bin; --check compares with the
                             committed files instead, and our disassembly of
                             every word with objdump's
  tidy                       what a compiler does not check: file headers, ROM
                             table, machine paths, overlong files
  help                       this text

roms needs GNU binutils for ARM (Debian package binutils-arm-none-eabi). Without
them `roms --check` passes over, except where the variable CI is set.";

/// What a task says when it fails: one line a problem.
type Problems = Vec<String>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match args.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", &[][..]),
    };
    // One row a task; a task lives in a module of its own beside `roms`.
    let result = match task {
        "roms" => roms::run(rest),
        "tidy" => tidy::run(rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(vec![format!(
            "no task '{other}'; `cargo xtask help` lists them"
        )]),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in &problems {
                eprintln!("{task}: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The root of the working copy this binary was built from.
fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
