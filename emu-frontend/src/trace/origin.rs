//! What a header leads to: options of a machine, and files beside it.
//!
//! A recording or a saved state may come from anybody. Its words describe machines and nothing
//! else, and its names lead to files beside it or below the current folder, never elsewhere:
//! whoever wants another file names that himself.

use crate::cli::{self, Command, Refusal, RunArgs};
use crate::program::show;
use emu_core::trace::Header;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// Before the name of a built-in program.
const BUILT_IN: &str = "rom:";

/// Why a header is not followed. Each is the end of one line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OriginError {
    /// The words that describe the machine.
    #[error("it asks for a machine that this version does not have: {0}")]
    Options(String),
    /// A name that leads out of the folders where files are looked for.
    #[error(
        "it names {name}, which is neither beside it nor below the current folder; put the file \
         beside it, or give it with {option}"
    )]
    Elsewhere {
        /// The name.
        name: String,
        /// What names the file.
        option: &'static str,
    },
    /// A file that is not there.
    #[error(
        "it is of {name}, which is neither beside it nor below the current folder; put the file \
         there, or give it with {option}"
    )]
    Missing {
        /// The name.
        name: String,
        /// What names the file.
        option: &'static str,
    },
}

/// The command line that describes the machine, and nothing but that.
pub fn arguments(header: &Header) -> Result<RunArgs, OriginError> {
    let words = ["overture", "run", "--headless"].map(str::to_owned);
    let words = words.into_iter().chain(header.options.iter().cloned());
    let cli = cli::parse(words.map(OsString::from)).map_err(|refusal| {
        OriginError::Options(match refusal {
            Refusal::Usage(line) => line,
            Refusal::Help(_) => "it asks for help".to_owned(),
        })
    })?;
    let verbose = cli.verbose;
    let Some(Command::Run(mut args)) = cli.command else {
        return Err(OriginError::Options("it asks for no run".to_owned()));
    };
    // Never files to write.
    let is_machine = args
        == RunArgs {
            headless: true,
            ..args.of_machine()
        };
    if !is_machine || verbose > 0 {
        return Err(OriginError::Options(
            "its options do more than that".to_owned(),
        ));
    }
    args.arguments = header.arguments.iter().map(OsString::from).collect();
    Ok(args)
}

/// Whether a name stands for a program that is part of this one.
pub fn is_built_in(name: &str) -> bool {
    name.starts_with(BUILT_IN)
}

/// Where a name in `file` leads: a built-in program, a file beside `file`, or one below the
/// current folder. `option` is what gives another one.
pub fn place(name: &str, file: &Path, option: &'static str) -> Result<PathBuf, OriginError> {
    if is_built_in(name) {
        return Ok(PathBuf::from(name));
    }
    let path = Path::new(name);
    let is_inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let folder = file.parent().unwrap_or(Path::new(""));
    let beside = |name: &OsStr| Some(folder.join(name)).filter(|path| path.exists());
    let whole = is_inside.then(|| beside(path.as_os_str())).flatten();
    if let Some(found) = whole.or_else(|| beside(path.file_name()?)) {
        return Ok(found);
    }
    let name = show(path);
    match is_inside {
        true if path.exists() => Ok(path.to_owned()),
        true => Err(OriginError::Missing { name, option }),
        false => Err(OriginError::Elsewhere { name, option }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn header(options: &[&str]) -> Header {
        Header {
            options: options.iter().map(|&word| word.to_owned()).collect(),
            ..Header::default()
        }
    }

    #[test]
    fn options_describe_a_machine() {
        let args = arguments(&header(&["--profile", "retail", "--seed", "7"])).expect("a machine");
        assert_eq!((args.seed, args.headless), (7, true));
        assert_eq!(args.machine_words(), ["--profile", "retail", "--seed", "7"]);
    }

    #[test]
    fn options_that_do_more_are_refused_with_one_line() {
        for words in [
            &["--record", "x"][..],
            &["--screenshot", "x.png"],
            &["--frames", "x"],
            &["--wav", "x.wav"],
            &["--mute"],
            &["--nvram", "x"],
            &["--input", "x"],
            &["--disc", "x"],
            &["--save-at", "1", "x"],
            &["--window"],
            &["--json"],
            &["--until", "exit"],
            &["--", "x"],
            &["other"],
            &["-v"],
            &["--help"],
            &["--version"],
            &["--unknown"],
            &["--seed"],
            &["--seed", "x"],
            &[""],
            &["a\nb"],
        ] {
            let error = arguments(&header(words)).expect_err("more than a machine");
            let line = error.to_string();
            assert!(!line.contains('\n'), "{words:?}: {line}");
        }
    }

    #[test]
    fn names_lead_beside_the_file_or_below_here_and_nowhere_else() {
        let scratch = tempfile::tempdir().expect("temporary folder");
        let folder = scratch.path();
        fs::create_dir_all(folder.join("sub")).expect("a folder");
        fs::write(folder.join("a"), b"").expect("written");
        fs::write(folder.join("sub/b"), b"").expect("written");
        let file = folder.join("sub/x.trace");
        let found = |name: &str| place(name, &file, "--image");
        assert_eq!(found("rom:hello"), Ok(PathBuf::from("rom:hello")));
        assert_eq!(found("b"), Ok(folder.join("sub/b")));
        assert_eq!(found("/elsewhere/b"), Ok(folder.join("sub/b")));
        assert_eq!(found("../b"), Ok(folder.join("sub/b")));
        for name in ["../a", "/etc/passwd", "x/../../a", ".."] {
            let error = found(name).expect_err(name);
            assert!(matches!(error, OriginError::Elsewhere { .. }), "{error}");
        }
        for name in ["a", "", "no such file"] {
            let found = found(name);
            let is_missing = matches!(found, Err(OriginError::Missing { .. }));
            assert!(is_missing || name.is_empty(), "{name}: {found:?}");
        }
    }
}
