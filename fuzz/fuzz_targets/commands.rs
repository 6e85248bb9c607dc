//! Commands of the debugger, a line each, at a machine that runs.
#![no_main]

use emu_frontend::cli::{self, Command};
use emu_frontend::debug::{Debugging, commands, start};
use emu_frontend::sink::RunSink;
use libfuzzer_sys::fuzz_target;
use std::io;

/// Commands that write or read files.
const FILES: [&str; 6] = ["graph", "gr", "profile", "pf", "symbols", "sy"];
/// Lines that are executed; ways back take their time.
const LINES: usize = 40;

fuzz_target!(|text: &str| {
    let words = ["overture", "debug", "rom:metronome"].map(Into::into);
    let Ok(parsed) = cli::parse(words) else {
        return;
    };
    let Some(Command::Debug(args)) = parsed.command else {
        return;
    };
    let Ok((config, session)) = start(&args) else {
        return;
    };
    let sink = RunSink::new(io::sink(), io::sink());
    let mut debugging = Debugging::new(session, &config, sink);
    for line in text.lines().take(LINES) {
        let name = line.split(char::is_whitespace).next().unwrap_or_default();
        if !FILES.contains(&name) {
            let _ = commands::execute(&mut debugging, line);
        }
    }
});
