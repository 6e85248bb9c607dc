//! The file that keeps NVRAM: read, checked, and replaced whole or not at all.
//!
//! It holds the 32768 bytes of the console and nothing else, so other programs can share it.

#[cfg(test)]
mod tests;

use crate::folders;
use crate::program::show;
use emu_core::loader::linked_mem::{self, NVRAM_BYTES, is_formatted};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Names tried for the temporary file; one that exists was left by a process that was ended.
const NAMES: u32 = 100;

/// Why NVRAM is not read or kept. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum NvramError {
    /// The host does not let it be read.
    #[error("{path}: NVRAM cannot be read: {source}; {advice}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the host says.
        source: io::Error,
        /// What to do.
        advice: &'static str,
    },
    /// A folder or a device.
    #[error("{path}: is not a file; give the file that keeps NVRAM")]
    NotAFile {
        /// What was given.
        path: String,
    },
    /// Not as long as NVRAM.
    #[error(
        "{path}: has {len} bytes, but NVRAM has {NVRAM_BYTES}; give another file, \
         or move this one away to begin with an empty one"
    )]
    WrongLength {
        /// The file.
        path: String,
        /// Its bytes.
        len: u64,
    },
    /// As long as NVRAM, but something else.
    #[error(
        "{path}: holds something, but no NVRAM volume (its label is missing or damaged); \
         give another file, or move this one away to begin with an empty one"
    )]
    NoVolume {
        /// The file.
        path: String,
    },
    /// The host does not let it be written; what was there before is still there.
    #[error("{path}: NVRAM was not saved: {source}; {advice}")]
    Unwritable {
        /// The file.
        path: String,
        /// What the host says.
        source: io::Error,
        /// What to do.
        advice: &'static str,
    },
    /// What should be saved is not NVRAM.
    #[error("{path}: NVRAM was not saved: {len} bytes instead of {NVRAM_BYTES}; report this")]
    NotNvram {
        /// The file.
        path: String,
        /// Bytes that were given.
        len: usize,
    },
    /// Nobody says where a user's files are.
    #[error("no folder for saved data is known; set {variable}, or name a file for NVRAM")]
    NoFolder {
        /// What would say it.
        variable: &'static str,
    },
}

/// Where the bytes of NVRAM come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// There was no file; they are an empty volume.
    New,
    /// The file was blank, all bytes the same; they are an empty volume.
    Blank,
    /// The file.
    File,
}

/// NVRAM as a run begins with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nvram {
    /// The bytes, [`NVRAM_BYTES`] of them, with a volume in them.
    pub bytes: Vec<u8>,
    /// Where they come from.
    pub origin: Origin,
}

impl Nvram {
    fn fresh(origin: Origin) -> Nvram {
        let bytes = linked_mem::fresh();
        Nvram { bytes, origin }
    }
}

/// Reads the file. Nothing is written, not even a file that was missing.
pub fn load(path: &Path) -> Result<Nvram, NvramError> {
    let unreadable = |source: io::Error| NvramError::Unreadable {
        path: show(path),
        advice: match source.kind() {
            ErrorKind::PermissionDenied => "check its permissions",
            _ => "check the file, or give another one",
        },
        source,
    };
    // Asked first: to open a pipe would wait for ever.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Nvram::fresh(Origin::New)),
        Err(error) => return Err(unreadable(error)),
    };
    if !metadata.is_file() {
        let path = show(path);
        return Err(NvramError::NotAFile { path });
    }
    let mut bytes = Vec::with_capacity(NVRAM_BYTES + 1);
    File::open(path)
        .and_then(|file| file.take(NVRAM_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() != NVRAM_BYTES {
        let len = metadata.len();
        let path = show(path);
        return Err(NvramError::WrongLength { path, len });
    }
    if is_formatted(&bytes) {
        let origin = Origin::File;
        return Ok(Nvram { bytes, origin });
    }
    if bytes.iter().all(|&byte| byte == bytes[0]) {
        return Ok(Nvram::fresh(Origin::Blank));
    }
    // The console would format it. Here it may be a file that somebody named by mistake.
    let path = show(path);
    Err(NvramError::NoVolume { path })
}

/// Saves what a run has made of NVRAM; a run that has changed nothing leaves the file alone.
pub fn keep(path: &Path, before: &[u8], after: &[u8]) -> Result<(), NvramError> {
    match before == after {
        true => Ok(()),
        false => save(path, after),
    }
}

/// Replaces the file, whose folder is made if it is missing. After an error, and after a loss of
/// power at any moment, the file is the old one or the new one.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), NvramError> {
    if bytes.len() != NVRAM_BYTES {
        let (path, len) = (show(path), bytes.len());
        return Err(NvramError::NotNvram { path, len });
    }
    replace(path, |file| file.write_all(bytes)).map_err(|source| NvramError::Unwritable {
        path: show(path),
        advice: match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                "check the permissions of the file and its folder, or give another file"
            }
            _ => "check that its folder is there and can be written, or give another file",
        },
        source,
    })
}

/// Writes a temporary file in the same folder, then gives it the name of the old one.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    // A link to a file elsewhere stays a link.
    let real = fs::canonicalize(path);
    let path = real.as_deref().unwrap_or(path);
    let old = fs::metadata(path).ok();
    if let Some(old) = &old {
        if !old.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "is not a file"));
        }
        // Renaming would not ask.
        if old.permissions().readonly() {
            let why = "the file is write-protected";
            return Err(io::Error::new(ErrorKind::PermissionDenied, why));
        }
    }
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(ErrorKind::InvalidInput, "no name of a file"));
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let (part, mut file) = temporary(folder, name.to_owned())?;
    let written = write(&mut file)
        .and_then(|()| file.flush())
        .and_then(|()| match &old {
            Some(old) => file.set_permissions(old.permissions()),
            None => Ok(()),
        })
        .and_then(|()| file.sync_all());
    // Some hosts rename no open file.
    drop(file);
    written
        .and_then(|()| fs::rename(&part, path))
        .inspect_err(|_| {
            // What is left of it helps nobody; the first error is the one to tell.
            let _ = fs::remove_file(&part);
        })?;
    // The new name is on the disk when the folder is. Not every host can do that, and the file is
    // whole either way.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A new file that nobody else has.
fn temporary(folder: &Path, name: OsString) -> io::Result<(PathBuf, File)> {
    let mut n = 0;
    loop {
        let mut name = name.clone();
        name.push(format!(".{}.{n}.part", std::process::id()));
        let part = folder.join(name);
        match File::create_new(&part) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && n < NAMES => n += 1,
            result => return result.map(|file| (part, file)),
        }
    }
}

/// The file for all discs that a run with a window uses when none is named; runs without one
/// begin with a fresh NVRAM then.
pub fn default_path() -> Result<PathBuf, NvramError> {
    let folder = folders::data().ok_or(NvramError::NoFolder {
        variable: folders::variable(),
    })?;
    Ok(folder.join("nvram"))
}
