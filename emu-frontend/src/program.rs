//! Finds and reads the program to run.
//!
//! A file, a built-in ROM, or the `LaunchMe` of a disc image or folder, which its disc starts.

use crate::disc::DiscError;
use crate::drive::{self, Medium};
use emu_core::loader::aif::{Image, LoadError};
use emu_core::mem::MEMORY_END;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use thiserror::Error;

/// Before the name of a built-in program.
const ROM_PREFIX: &str = "rom:";
/// What the console starts from a disc.
pub(crate) const LAUNCH_ME: &str = "LaunchMe";
/// Bytes of a command line that the guest's start-up takes, without the end mark.
const COMMAND_LINE_MAX: usize = 1023;

/// Why there is nothing to run. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// The path leads nowhere.
    #[error(
        "{0}: no such file or folder; give an AIF program, a disc image, a folder with a \
         LaunchMe, or rom:NAME"
    )]
    NotFound(String),
    /// The system refuses to read it.
    #[error("{path}: {source}; check the file and its permissions")]
    Unreadable {
        /// Where.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A folder without a program.
    #[error("{0}: the folder has no LaunchMe; name the program file itself")]
    NoLaunchMe(String),
    /// A disc that nobody can open or read.
    #[error(transparent)]
    Disc(#[from] DiscError),
    /// A disc without a program.
    #[error(
        "{0}: the disc has no LaunchMe, which is what a console starts; `overture disc ls` shows \
         what is on it"
    )]
    NothingToStart(String),
    /// A disc whose first program is none.
    #[error("{path}: the LaunchMe of the disc: {source}")]
    BadLaunchMe {
        /// The disc.
        path: String,
        /// What is wrong with the program.
        source: LoadError,
    },
    /// Not built in.
    #[error("rom:{0}: no built-in program has this name; `overture roms` lists them")]
    UnknownRom(String),
    /// Not a program.
    #[error("{path}: {source}")]
    Load {
        /// Where.
        path: String,
        /// What is wrong with it.
        source: LoadError,
    },
    /// An argument the guest would not get in one piece.
    #[error("argument {number} of the guest program, {argument:?}, {why}")]
    Argument {
        /// Counted from 1.
        number: usize,
        /// The argument.
        argument: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The arguments do not fit.
    #[error(
        "the guest's command line has {0} bytes, but the system takes {COMMAND_LINE_MAX}; \
         pass fewer or shorter arguments after `--`"
    )]
    ArgumentsTooLong(usize),
}

/// A program that is ready to be loaded.
#[derive(Clone, Debug)]
pub struct Program {
    /// The name of the file, which its task will bear.
    pub name: String,
    /// The file.
    pub image: Image,
    /// Arguments to use when the user gives none, with spaces between.
    pub default_arguments: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a program comes from, and so who loads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The host: it is in memory when the machine starts.
    Host,
    /// The disc in the drive: the machine reads it from there.
    Disc,
}

/// The built-in program that runs when none is named.
const DEMONSTRATION: &str = "overture";

impl Program {
    /// Finds what the user named, with the disc it comes from; nothing = the demonstration.
    pub fn find(image: Option<&OsStr>) -> Result<(Program, Option<Medium>), ProgramError> {
        let alone = |program| (program, None);
        let Some(image) = image else {
            return Program::built_in(DEMONSTRATION);
        };
        if let Some(name) = image
            .to_str()
            .and_then(|text| text.strip_prefix(ROM_PREFIX))
        {
            return Program::built_in(name);
        }
        let path = Path::new(image);
        let disc = || drive::bootable(path).map(|(program, medium)| (program, Some(medium)));
        if path.is_dir() {
            look_for_launch_me(path)?;
            return disc();
        }
        match Program::read(path) {
            Ok(program) => Ok(alone(program)),
            Err(ProgramError::Load {
                source: LoadError::Disc(_),
                ..
            }) => disc(),
            // Not every image shows at its beginning that it is one.
            Err(error @ ProgramError::Load { .. }) => match drive::open(path) {
                Ok(_) => disc(),
                Err(_) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// A program of the host whose bytes are known already, under the name it was run by.
    pub fn known(name: &str, bytes: Vec<u8>) -> Result<Program, ProgramError> {
        let image = Image::parse(&bytes).map_err(|source| ProgramError::Load {
            path: shown(name),
            source,
        })?;
        let name = name.strip_prefix(ROM_PREFIX).unwrap_or(name);
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        Ok(Program {
            name: task_name(name),
            image,
            default_arguments: String::new(),
            origin: Origin::Host,
        })
    }

    fn built_in(name: &str) -> Result<(Program, Option<Medium>), ProgramError> {
        let rom = roms::by_name(name).ok_or_else(|| ProgramError::UnknownRom(shown(name)))?;
        let image = Image::parse(rom.bytes).map_err(|source| ProgramError::Load {
            path: format!("{ROM_PREFIX}{name}"),
            source,
        })?;
        let medium = match rom.disc {
            true => Some(drive::built_in()?),
            false => None,
        };
        let program = Program {
            name: rom.name.to_owned(),
            image,
            default_arguments: rom.args.to_owned(),
            origin: Origin::Host,
        };
        Ok((program, medium))
    }

    fn read(path: &Path) -> Result<Program, ProgramError> {
        let bytes = contents(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ProgramError::NotFound(show(path)),
            _ => unreadable(path, source),
        })?;
        let image = Image::parse(&bytes).map_err(|source| ProgramError::Load {
            path: show(path),
            source,
        })?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Program {
            name: task_name(&name.to_string_lossy()),
            image,
            default_arguments: String::new(),
            origin: Origin::Host,
        })
    }
}

/// A file's bytes; of one that no console could hold, only the beginning.
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    at_most(path, u64::from(MEMORY_END)).map(|(bytes, _)| bytes)
}

/// A file's bytes, one more than `most` at most, and whether it has no more than `most`.
pub(crate) fn at_most(path: &Path, most: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes, read as u64 <= most))
}

/// Whether a folder has a program, whatever the case of its name: asked before everything below
/// the folder is looked at.
fn look_for_launch_me(folder: &Path) -> Result<(), ProgramError> {
    let entries = fs::read_dir(folder).map_err(|source| unreadable(folder, source))?;
    let found = entries
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.eq_ignore_ascii_case(LAUNCH_ME))
        .any(|name| folder.join(name).is_file());
    match found {
        true => Ok(()),
        false => Err(ProgramError::NoLaunchMe(show(folder))),
    }
}

fn unreadable(path: &Path, source: io::Error) -> ProgramError {
    ProgramError::Unreadable {
        path: show(path),
        source,
    }
}

/// A path in an error, which is one line.
pub(crate) fn show(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// A file's name as a guest can bear it: printable, and one word of a command line.
pub(crate) fn task_name(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_graphic() { c } else { '_' })
        .collect()
}

/// The guest's command line: `$app/NAME`, or `$boot/LaunchMe` on a disc, and the arguments, one
/// space between.
pub fn command_line(program: &Program, arguments: &[OsString]) -> Result<Vec<u8>, ProgramError> {
    let mut line = match program.origin {
        Origin::Host => format!("$app/{}", program.name),
        Origin::Disc => format!("$boot/{LAUNCH_ME}"),
    };
    if arguments.is_empty() && !program.default_arguments.is_empty() {
        line.push(' ');
        line.push_str(&program.default_arguments);
    }
    for (index, argument) in arguments.iter().enumerate() {
        let argument = argument.to_string_lossy();
        if let Some(why) = unfit(&argument) {
            return Err(ProgramError::Argument {
                number: index + 1,
                argument: argument.chars().take(60).collect(),
                why,
            });
        }
        line.push(' ');
        line.push_str(&argument);
    }
    match line.len() {
        ..=COMMAND_LINE_MAX => Ok(line.into_bytes()),
        len => Err(ProgramError::ArgumentsTooLong(len)),
    }
}

/// Why the guest could not get this argument as it is.
fn unfit(argument: &str) -> Option<&'static str> {
    if argument.is_empty() {
        return Some("is empty; the guest splits its command line at spaces and would not see it");
    }
    if argument.contains(' ') {
        return Some(
            "contains a space; the guest splits its command line at spaces, pass the words apart",
        );
    }
    if argument.chars().any(char::is_control) {
        return Some(
            "contains a control character, which ends the guest's command line; remove it",
        );
    }
    (!argument.is_ascii())
        .then_some("is not plain ASCII, which is all the guest knows; spell it so")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(name: &str) -> Program {
        let mut program = Program::built_in(DEMONSTRATION)
            .expect("the demonstration is built in")
            .0;
        program.name = name.to_owned();
        program.default_arguments = "one two".to_owned();
        program
    }

    fn line(arguments: &[&str]) -> Result<String, ProgramError> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        command_line(&program("LaunchMe"), &arguments)
            .map(|line| String::from_utf8(line).expect("ASCII"))
    }

    #[test]
    fn the_command_line_is_the_path_and_the_arguments() {
        assert_eq!(
            line(&["1", "500000"]).expect("valid"),
            "$app/LaunchMe 1 500000"
        );
        assert_eq!(line(&[]).expect("valid"), "$app/LaunchMe one two");
        let disc = Program {
            origin: Origin::Disc,
            default_arguments: String::new(),
            ..program("launchme")
        };
        let line = |arguments: &[OsString]| command_line(&disc, arguments).expect("valid");
        assert_eq!(line(&[]), b"$boot/LaunchMe");
        assert_eq!(line(&["1".into()]), b"$boot/LaunchMe 1");
    }

    #[test]
    fn arguments_the_guest_would_not_get_are_refused() {
        for (argument, words) in [
            ("a b", "contains a space"),
            ("", "is empty"),
            ("a\nb", "control character"),
            ("\u{7F}", "control character"),
            ("ü", "not plain ASCII"),
        ] {
            let error = line(&["ok", argument]).expect_err(argument).to_string();
            assert!(
                error.contains(words) && error.contains("argument 2"),
                "{error}"
            );
            assert!(!error.contains('\n'));
        }
    }

    #[test]
    fn the_command_line_has_1023_bytes_at_most() {
        let fits = "x".repeat(COMMAND_LINE_MAX - "$app/LaunchMe ".len());
        assert_eq!(line(&[&fits]).expect("fits").len(), 1023);
        let error = line(&[&format!("{fits}x")]).expect_err("too long");
        assert!(matches!(error, ProgramError::ArgumentsTooLong(1024)));
    }

    #[test]
    fn names_become_one_word() {
        assert_eq!(task_name("My Game\u{1}ü"), "My_Game__");
    }

    #[test]
    fn folders_need_a_launch_me_in_any_case() {
        let scratch = tempfile::tempdir().expect("temporary folder");
        let folder = scratch.path();
        let error = Program::find(Some(folder.as_os_str())).expect_err("empty");
        assert!(matches!(error, ProgramError::NoLaunchMe(_)));
        let rom = roms::by_name(DEMONSTRATION).expect("built in");
        fs::write(folder.join("LAUNCHME"), rom.bytes).expect("written");
        let (program, medium) = Program::find(Some(folder.as_os_str())).expect("found");
        assert_eq!(program.name, "LAUNCHME");
        assert!(program.origin == Origin::Disc && medium.is_some());
        let file = folder.join("LAUNCHME");
        let (program, medium) = Program::find(Some(file.as_os_str())).expect("found");
        assert!(program.origin == Origin::Host && medium.is_none());
    }

    #[test]
    fn what_is_not_there_is_said() {
        for (image, words) in [
            ("/no/such/file", "no such file or folder"),
            ("rom:nothing", "overture roms"),
            ("/dev/null", "is empty"),
        ] {
            let error = Program::find(Some(OsStr::new(image))).expect_err(image);
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
