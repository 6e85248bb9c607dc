//! From a path of the host to a disc.

use super::{DiscError, tree};
use crate::program::show;
use emu_core::loader::opera_fs::writer::DEFAULT_LABEL;
use emu_devices::media::cue::Sheet;
use emu_devices::media::iso::{self, Kind};
use emu_devices::media::{self, Disc, HEAD, MediaError, Source};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// A cue sheet is not longer than this.
const SHEET_MAX: u64 = 1 << 20;

/// A file of the host, of which only what is needed is read.
#[derive(Debug)]
struct Host {
    file: File,
    length: u64,
}

impl Source for Host {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        read_exact_at(&self.file, offset, to).map_err(unlike)
    }
}

/// Fills `to` from a place in a file, with one call of the system where it has one for that.
#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, offset: u64, to: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, to, offset)
}

/// Fills `to` from a place in a file.
#[cfg(not(unix))]
pub(super) fn read_exact_at(mut file: &File, offset: u64, to: &mut [u8]) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(to)
}

/// Opens whatever can be a disc: an image of one file, a cue sheet with its files, a folder.
/// Files stay open or are opened when they are read; a disc holds no more than its directories.
pub fn disc(path: &Path) -> Result<Disc, DiscError> {
    let media = |source| DiscError::Media {
        path: show(path),
        source,
    };
    let metadata = fs::metadata(path).map_err(|error| DiscError::host(path, error))?;
    if metadata.is_dir() {
        return folder(path, DEFAULT_LABEL);
    }
    if !metadata.is_file() {
        return Err(DiscError::refused(
            path,
            "neither a file nor a folder; give a disc image",
        ));
    }
    let source = host(path).map_err(|error| DiscError::host(path, error))?;
    let mut head = Vec::new();
    (&source.file)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(|error| DiscError::host(path, error))?;
    match iso::kind(&head) {
        Kind::Image => iso::open(Box::new(source)).map_err(media),
        Kind::Cue => sheet(path, source),
    }
}

/// The disc that a folder would be.
pub(super) fn folder(path: &Path, label: &str) -> Result<Disc, DiscError> {
    let tree = tree::tree(path)?;
    media::folder::disc(tree, label).map_err(|source| DiscError::Pack {
        path: show(path),
        source,
    })
}

/// What the host says, but for a file that ends too early.
pub(super) fn unlike(error: io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => {
            "the file is too short; it was cut off or has changed".to_owned()
        }
        _ => error.to_string(),
    }
}

fn host(path: &Path) -> io::Result<Host> {
    // Before it is opened: opening a pipe would wait for somebody to write to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a plain file"));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(Host { file, length })
}

/// Opens a cue sheet and the files it names, which lie beside it.
fn sheet(path: &Path, source: Host) -> Result<Disc, DiscError> {
    let media = |source| DiscError::Media {
        path: show(path),
        source,
    };
    let mut bytes = vec![0; source.length.min(SHEET_MAX) as usize];
    let unreadable = |why| media(MediaError::Unreadable { offset: 0, why });
    source.read_at(0, &mut bytes).map_err(unreadable)?;
    let sheet = Sheet::parse(&String::from_utf8_lossy(&bytes)).map_err(media)?;
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    for name in sheet.files() {
        // The last part only: a sheet made elsewhere may name a folder of that machine.
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let file = path.with_file_name(name);
        let source = host(&file).map_err(|error| {
            let why = format!("its file {name:?}: {error}; put it beside the cue sheet");
            DiscError::refused(path, why)
        })?;
        sources.push(Box::new(source));
    }
    sheet.disc(sources).map_err(media)
}
