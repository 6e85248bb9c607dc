//! What lies in the drive: a disc, its name, and the program it starts.

use crate::disc::{DiscError, open};
use crate::program::{LAUNCH_ME, Origin, Program, ProgramError, show, task_name};
use emu_core::loader::aif::Image;
use emu_core::loader::opera_fs::{FsError, Volume};
use emu_core::mem::MEMORY_END;
use emu_devices::media::{Disc, iso};
use std::path::Path;

/// What errors call the disc that is part of the program.
const BUILT_IN: &str = "the built-in disc";

/// A disc of the host.
#[derive(Debug)]
pub struct Medium {
    /// Its sectors.
    pub disc: Disc,
    /// The name in its label; none if it has no label, as a disc of sound.
    pub label: Option<String>,
}

/// Opens what is to lie in the drive beside a program: any disc that a console would know.
pub fn open(path: &Path) -> Result<Medium, DiscError> {
    let disc = open::disc(path)?;
    let has_sound = disc.tracks().iter().any(|track| !track.sectors.is_data());
    let label = match Volume::mount(&disc) {
        Ok(volume) => Some(volume.label().name.clone()),
        Err(FsError::NoLabel) if has_sound => None,
        Err(source) => {
            let path = show(path);
            return Err(DiscError::Fs { path, source });
        }
    };
    Ok(Medium { disc, label })
}

/// Opens a disc that is to be started, and looks at its first program as the console will.
pub fn bootable(path: &Path) -> Result<(Program, Medium), ProgramError> {
    start(open::disc(path)?, &show(path))
}

/// The disc of this project.
pub fn built_in() -> Result<Medium, ProgramError> {
    let path = BUILT_IN.to_owned();
    let disc = iso::open(Box::new(roms::disc().to_vec()));
    let disc = disc.map_err(|source| DiscError::Media { path, source })?;
    let label = Volume::mount(&disc).ok();
    let label = label.map(|volume| volume.label().name.clone());
    Ok(Medium { disc, label })
}

/// Looks at a disc's first program as the console will; `path` names the disc in errors.
fn start(disc: Disc, path: &str) -> Result<(Program, Medium), ProgramError> {
    let fs = |source| {
        let path = path.to_owned();
        ProgramError::Disc(DiscError::Fs { path, source })
    };
    let volume = Volume::mount(&disc).map_err(fs)?;
    let entry = match volume.find(LAUNCH_ME) {
        Ok(entry) => entry,
        Err(FsError::NotFound(_)) => return Err(ProgramError::NothingToStart(path.to_owned())),
        Err(error) => return Err(fs(error)),
    };
    // Of one that no console could hold, only the beginning.
    let mut bytes = vec![0; entry.byte_count.min(MEMORY_END + 1) as usize];
    volume.read(&entry, 0, &mut bytes).map_err(fs)?;
    let image = Image::parse(&bytes).map_err(|source| ProgramError::BadLaunchMe {
        path: path.to_owned(),
        source,
    })?;
    let label = Some(volume.label().name.clone());
    let program = Program {
        name: task_name(&entry.name),
        image,
        default_arguments: String::new(),
        origin: Origin::Disc,
    };
    Ok((program, Medium { disc, label }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use emu_core::loader::opera_fs::writer::{Content, Item, pack};
    use std::fs;
    use std::path::PathBuf;
    use tempfile::TempDir;

    struct Scratch(TempDir);

    impl Scratch {
        fn new() -> Scratch {
            Scratch(tempfile::tempdir().expect("temporary folder"))
        }

        fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let path = self.0.path().join(name);
            fs::write(&path, bytes).expect("written");
            path
        }
    }

    fn image(name: &str, bytes: &[u8]) -> Vec<u8> {
        let item = Item {
            name: name.to_owned(),
            content: Content::File(bytes.to_vec()),
        };
        pack(&[item], "Test").expect("packs")
    }

    #[test]
    fn the_first_program_of_a_disc_is_found_in_any_case() {
        let scratch = Scratch::new();
        let hello = roms::by_name("hello").expect("built in").bytes;
        let path = scratch.file("x.iso", &image("launchme", hello));
        let (program, medium) = bootable(&path).expect("bootable");
        assert_eq!(program.name, "launchme");
        assert_eq!(program.origin, Origin::Disc);
        assert_eq!(program.image.bytes, hello);
        assert_eq!(medium.label.as_deref(), Some("Test"));
    }

    #[test]
    fn discs_that_start_nothing_are_refused_with_one_line() {
        let scratch = Scratch::new();
        let huge = vec![0xE1; 4 << 20];
        for (name, bytes, words) in [
            ("empty", vec![], "is empty"),
            ("blank", vec![0; 4096], "no disc label"),
            ("other", image("ReadMe", b"x"), "has no LaunchMe"),
            ("text", image("LaunchMe", b"read me\n"), "a text file"),
            ("hollow", image("LaunchMe", b""), "is empty"),
            ("huge", image("LaunchMe", &huge), "LaunchMe"),
        ] {
            let path = scratch.file(name, &bytes);
            let error = bootable(&path).expect_err(name).to_string();
            assert!(error.contains(words) && error.contains(name), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_disc_beside_a_program_needs_a_label_or_sound() {
        let scratch = Scratch::new();
        let path = scratch.file("data.iso", &image("ReadMe", b"x"));
        assert_eq!(open(&path).expect("opens").label.as_deref(), Some("Test"));
        let path = scratch.file("blank.iso", &[0; 4096]);
        let error = open(&path).expect_err("no label").to_string();
        assert!(error.contains("no disc label"), "{error}");
        scratch.file("sound.bin", &[0; 2352 * 300]);
        let sheet = "FILE \"sound.bin\" BINARY\n TRACK 01 AUDIO\n  INDEX 01 00:00:00\n";
        let path = scratch.file("sound.cue", sheet.as_bytes());
        assert_eq!(open(&path).expect("opens").label, None);
    }
}
