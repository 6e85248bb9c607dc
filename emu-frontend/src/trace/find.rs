//! Recordings below folders, in the same order everywhere.

use super::FileError;
use crate::program::show;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The endings of recordings: text and bytes.
const ENDINGS: [&str; 2] = [".trace", ".otr"];
/// Behind the name of a recording that waits to be accepted.
pub const NEW: &str = ".new";

/// The recordings that `paths` name: files as they are, and all below folders, sorted.
pub fn recordings(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FileError> {
    let is_recording = |name: &str| ENDINGS.iter().any(|ending| name.ends_with(ending));
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        match path.is_dir() {
            true => below(path, &is_recording, &mut found)?,
            false => found.push(path.clone()),
        }
        if found.len() == before {
            return Err(FileError::Nothing(show(path)));
        }
    }
    // The same file may be named in two ways.
    let mut found: Vec<PathBuf> = found.into_iter().map(plain).collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// A path without `.` in it.
fn plain(path: PathBuf) -> PathBuf {
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

/// What waits to be accepted at `path`: in a folder and all below it, or beside a recording.
pub fn pending(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    let is_new = |name: &str| {
        let old = name.strip_suffix(NEW);
        old.is_some_and(|old| ENDINGS.iter().any(|ending| old.ends_with(ending)))
    };
    let mut found = Vec::new();
    if path.is_dir() {
        below(path, &is_new, &mut found)?;
        found.sort();
        return Ok(found.into_iter().map(plain).collect());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = match is_new(&name) {
        true => path.to_owned(),
        false => beside(path),
    };
    match new.is_file() {
        true => Ok(vec![new]),
        false => Err(FileError::NothingNew(show(path))),
    }
}

/// Where the new recording goes that differs from the one at `path`.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(NEW);
    PathBuf::from(name)
}

/// The recording that a new one is for.
pub fn old_of(new: &Path) -> PathBuf {
    new.with_extension("")
}

/// Files below a folder whose names are wanted. Hidden folders and what cargo builds are left
/// out, and links to folders are not followed.
fn below(
    folder: &Path,
    is_wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<PathBuf>,
) -> Result<(), FileError> {
    let unreadable = |source: io::Error| FileError::Unreadable {
        path: show(folder),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            if !name.starts_with('.') && !path.join("CACHEDIR.TAG").exists() {
                below(&path, is_wanted, found)?;
            }
        } else if is_wanted(&name) {
            found.push(path);
        }
    }
    Ok(())
}
