//! The program `overture`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    emu_frontend::main(std::env::args_os()).into()
}
