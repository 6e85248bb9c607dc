//! Runs the program, and looks at what it leaves.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The program, with no display to open a window on.
pub fn command<A: AsRef<str>>(arguments: &[A]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overture"));
    command.args(arguments.iter().map(AsRef::as_ref));
    for variable in ["RUST_LOG", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the program where the tests are.
pub fn overture(arguments: &[&str]) -> Ran {
    Ran::of(command(arguments).output().expect("overture runs"))
}

/// What a run has said.
pub struct Ran {
    pub status: i32,
    /// Standard output as text; what is none of it stands as U+FFFD.
    pub out: String,
    /// Standard output.
    pub bytes: Vec<u8>,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            status: output.status.code().expect("no signal"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            bytes: output.stdout,
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Status 0 and silence.
    pub fn fine(self) -> Ran {
        assert_eq!((self.status, self.err.as_str()), (0, ""));
        self
    }

    /// A usage error: status 2, nothing on standard output, one line that says all of this.
    pub fn is_refused(&self, words: &[&str]) {
        assert_eq!(self.status, 2, "{}", self.err);
        assert_eq!(self.out, "");
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        assert!(self.err.starts_with("overture: "), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word}: {}", self.err);
        }
    }

    /// The report: the last line of standard output.
    pub fn report(&self) -> Value {
        let line = self.out.lines().last().expect("a line");
        serde_json::from_str(line).expect("JSON")
    }
}

/// A folder of a test's own, removed at the end; commands run in it.
pub struct Scratch(TempDir);

impl Scratch {
    pub fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("temporary folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// A file in it, and the folders on the way.
    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.join(name);
        fs::create_dir_all(path.parent().expect("below")).expect("folder");
        fs::write(&path, bytes).expect("written");
        path
    }

    /// Names of the files in a folder of it, in order.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.join(folder)).expect("there");
        let names = entries.map(|entry| entry.expect("readable").file_name());
        let mut names: Vec<String> = names
            .map(|name| name.into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    /// Runs the program in it with these words.
    pub fn run<A: AsRef<str>>(&self, arguments: &[A]) -> Ran {
        let mut command = command(arguments);
        let output = command.current_dir(self.path()).output();
        Ran::of(output.expect("overture runs"))
    }

    /// The same; words have single spaces between them.
    pub fn overture(&self, line: &str) -> Ran {
        self.run(&line.split(' ').collect::<Vec<_>>())
    }
}
