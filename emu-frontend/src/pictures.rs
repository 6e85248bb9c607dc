//! Pictures as PNG files: one at the end of a run, or one for every field.

#[cfg(test)]
mod tests;

use crate::program::show;
use emu_core::device::display::Picture;
use png::{BitDepth, ColorType, Compression, Encoder};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a picture is not written. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum PictureError {
    /// A place where no picture can be written; found before the run.
    #[error("{path}: {why}")]
    NoPlace {
        /// What was given.
        path: String,
        /// Why, and what to do.
        why: &'static str,
    },
    /// The host refuses.
    #[error("{path}: the picture was not written: {source}; {advice}")]
    Unwritable {
        /// The file or folder.
        path: String,
        /// What the host says.
        source: io::Error,
        /// What to do.
        advice: &'static str,
    },
}

fn unwritable(path: &Path, source: io::Error) -> PictureError {
    PictureError::Unwritable {
        path: show(path),
        advice: match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "check the permissions, or give another place"
            }
            _ => "check that the folder is there and can be written, or give another place",
        },
        source,
    }
}

/// Writes a picture as a PNG of eight bits a colour; a file that is there is replaced.
pub fn save(path: &Path, picture: &Picture) -> Result<(), PictureError> {
    File::create(path)
        .and_then(|file| encode(file, picture))
        .map_err(|source| unwritable(path, source))
}

/// Writes a picture to a file that was not there: `STEM.png`, or `STEM-2.png` and so on. Where
/// it was written.
pub fn save_new(folder: &Path, stem: &str, picture: &Picture) -> Result<PathBuf, PictureError> {
    /// Pictures of one field; more are a key that is stuck.
    const SAME_MAX: u32 = 999;
    let mut number = 1;
    loop {
        let name = match number {
            1 => format!("{stem}.png"),
            _ => format!("{stem}-{number}.png"),
        };
        let path = folder.join(name);
        match File::create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < SAME_MAX => {
                number += 1;
            }
            file => {
                return file
                    .and_then(|file| encode(file, picture))
                    .map(|()| path.clone())
                    .map_err(|source| unwritable(&path, source));
            }
        }
    }
}

/// Writes a picture as a PNG. Fast rather than small: a run may write one for every field.
pub fn encode(to: impl Write, picture: &Picture) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    let mut encoder = Encoder::new(&mut to, picture.width, picture.height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().map_err(io::Error::from)?;
    let written = writer.write_image_data(&picture.rgb);
    written.and_then(|()| writer.finish())?;
    to.flush()
}

/// Whether a picture can lie there: known before the run, not after an hour of it.
pub fn check_file(path: &Path) -> Result<(), PictureError> {
    let no_place = |why| {
        let path = show(path);
        Err(PictureError::NoPlace { path, why })
    };
    if path.is_dir() {
        return no_place("is a folder; give the name of a PNG file");
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            no_place("its folder is not there; make it, or give another place")
        }
        Some(_) => Ok(()),
        None => no_place("is no name of a file; give the name of a PNG file"),
    }
}

/// A folder that gets a picture for every field.
#[derive(Debug)]
pub struct Frames {
    folder: PathBuf,
    written: u64,
    failed: Option<PictureError>,
}

impl Frames {
    /// Makes the folder if it is not there.
    pub fn into_folder(folder: &Path) -> Result<Frames, PictureError> {
        fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
        Ok(Frames {
            folder: folder.to_owned(),
            written: 0,
            failed: None,
        })
    }

    /// The name of the picture of a field: counted by the vertical blank that ended it.
    pub fn name(field: u64) -> String {
        format!("frame-{:06}.png", field.saturating_add(1))
    }

    /// Whether more pictures are worth making: none is written after one that failed.
    pub fn wanted(&self) -> bool {
        self.failed.is_none()
    }

    /// Writes the picture of a field.
    pub fn write(&mut self, field: u64, picture: &Picture) {
        if self.failed.is_some() {
            return;
        }
        match save(&self.folder.join(Frames::name(field)), picture) {
            Ok(()) => self.written += 1,
            Err(error) => self.failed = Some(error),
        }
    }

    /// Pictures so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What went wrong, if anything.
    pub fn finish(self) -> Result<(), PictureError> {
        self.failed.map_or(Ok(()), Err)
    }
}
