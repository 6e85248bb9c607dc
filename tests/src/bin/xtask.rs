//! Developer tasks: `cargo xtask TASK`. Building and testing need none of them.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::{Command, ExitCode};

#[path = "../xtask/aif.rs"]
mod aif;
#[path = "../xtask/bench.rs"]
mod bench;
#[path = "../xtask/bench_cels.rs"]
mod bench_cels;
#[path = "../xtask/bench_debug.rs"]
mod bench_debug;
#[path = "../xtask/bench_disc.rs"]
mod bench_disc;
#[path = "../xtask/bench_dspp.rs"]
mod bench_dspp;
#[path = "../xtask/bench_mach.rs"]
mod bench_mach;
#[path = "../xtask/bench_maths.rs"]
mod bench_maths;
#[path = "../xtask/bench_trace.rs"]
mod bench_trace;
#[path = "../xtask/ci.rs"]
mod ci;
#[path = "../xtask/conformance.rs"]
mod conformance;
#[path = "../xtask/disc.rs"]
mod disc;
#[path = "../xtask/golden.rs"]
mod golden;
#[path = "../xtask/include.rs"]
mod include;
#[path = "../xtask/program.rs"]
mod program;
#[path = "../xtask/readme.rs"]
mod readme;
#[path = "../xtask/roms.rs"]
mod roms;
#[path = "../xtask/seeds.rs"]
mod seeds;
#[path = "../xtask/source.rs"]
mod source;
#[path = "../xtask/tidy.rs"]
mod tidy;
#[path = "../xtask/window.rs"]
mod window;

const HELP: &str = "\
Developer tasks: cargo xtask TASK

  roms [--check] [NAME...]   generate roms/src/portfolio.inc and assemble the guest
                             programs into roms/bin, then pack roms/disc; --check
                             compares with the committed files instead, and our
                             disassembly of every word with objdump's
  bench [--json]             speed and memory of a release build, beside what is
                             required of them
  ci [STEP]...               everything that must hold before a change goes in, or the steps named
  fuzz-seeds                 write valid inputs for the fuzz targets
  golden                     write the golden tests' expected results anew and
                             show what changed
  tidy [--fix]               what a compiler does not check: file headers, ROM
                             table, the README's counts of calls, the tests of every
                             statement about Mach, unwraps, machine paths, overlong
                             files; --fix writes counts and matrix anew
  help                       this text

bench counts host instructions with valgrind, where that is installed.
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
        "bench" => bench::run(rest),
        "ci" => ci::run(rest),
        "fuzz-seeds" => seeds::run(rest),
        "golden" => golden::run(rest),
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

/// A folder with nothing in it that goes away again.
pub(crate) fn scratch() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|e| format!("temporary folder: {e}"))
}

/// Runs cargo in the working copy, with its output on ours.
fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|e| format!("cargo: {e}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("cargo {} failed", arguments.join(" "))),
    }
}
