//! A folder of its own for each test, and recordings of built-in programs.

use super::record;
use crate::cli::{self, Command};
use crate::config::RunConfig;
use emu_core::trace::{Event, Recording, Tape};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that goes with the test.
pub struct Scratch(TempDir);

impl Scratch {
    /// An empty one.
    pub fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("temporary folder"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a recording into it, making folders on the way.
    pub fn put(&self, name: &str, recording: &Recording) -> PathBuf {
        let path = self.0.path().join(name);
        let folder = path.parent().expect("a folder");
        fs::create_dir_all(folder).expect("folders");
        record::save(&path, recording).expect("written");
        path
    }
}

/// A recording of a built-in program.
pub fn recording(rom: &str) -> Recording {
    let words = ["overture", "run", &format!("rom:{rom}"), "--until", "exit"].map(OsString::from);
    let Ok(Some(Command::Run(args))) = cli::parse(words).map(|cli| cli.command) else {
        panic!("no run");
    };
    let config = RunConfig::new(&args).expect("a run");
    record::make(&config).expect("a recording")
}

/// The same with the status of its end changed.
pub fn ended_with(recording: &Recording, wanted: i32) -> Recording {
    let mut tape = Tape::new();
    for mut stamped in &recording.tape {
        if let Event::Stop { status, .. } = &mut stamped.event {
            *status = wanted;
        }
        tape.extend([stamped]);
    }
    let header = recording.header.clone();
    Recording { header, tape }
}
