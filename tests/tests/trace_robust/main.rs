//! Recordings and saved states that can be trusted.
//!
//! Whatever a file holds, there is an answer of one line, in little memory and time. A recording
//! is of one program, one disc and one state, and says so when it gets others. Where two runs
//! part is found to the instruction.

mod bisect;
mod hostile;
mod memory;
mod origins;

use emu_core::trace::Recording;
use emu_frontend::cli::{self, Command};
use emu_frontend::config::RunConfig;
use emu_frontend::session::Session;
use emu_frontend::sink::RunSink;
use emu_frontend::trace::record;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use tempfile::TempDir;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// A folder of its own for a test, removed at the end.
struct Scratch(TempDir);

impl Scratch {
    fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path.to_string_lossy().into_owned()
    }
}

/// The run that these words of the command line ask for.
fn config(words: &[&str]) -> RunConfig {
    let words = ["overture", "run", "--headless"]
        .into_iter()
        .chain(words.iter().copied());
    let cli = cli::parse(words.map(OsString::from)).expect("a command line");
    let Some(Command::Run(args)) = cli.command else {
        panic!("not a run");
    };
    RunConfig::new(&args).unwrap_or_else(|error| panic!("{error}"))
}

/// A recording of it.
fn record(config: &RunConfig) -> Recording {
    let mut session = Session::start(config).expect("starts");
    let mut sink = RunSink::new(io::sink(), io::sink()).recording(true);
    let end = session.run(&config.until, &config.shelf, &mut sink);
    let mut tape = sink.tape().map(std::mem::take).expect("a tape");
    session.end_recording(&end, &mut tape);
    Recording {
        header: record::header(config, &session, &tape),
        tape,
    }
}

/// A text for people that is one line, and not a long one.
fn assert_one_line(text: &str) {
    assert!(!text.contains(['\n', '\r']), "{text}");
    assert!(
        !text.is_empty() && text.len() < 700,
        "{} bytes: {text}",
        text.len()
    );
}
