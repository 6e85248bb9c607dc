//! A folder of the host as a tree of files that are read when they are needed.

use super::DiscError;
use super::open::{read_exact_at, unlike};
use crate::program::show;
use crate::progress::Progress;
use emu_core::loader::opera_fs::label::TOTAL_BLOCKS;
use emu_core::loader::opera_fs::writer::{Content, Item, PackError};
use emu_core::loader::opera_fs::{BLOCK_SIZE, DEPTH_MAX};
use emu_devices::media::Source;
use emu_devices::media::folder;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Files of a tree that are kept open; a system allows a process some hundreds.
const OPEN_MAX: usize = 16;

/// Looks at a folder and everything below it.
pub fn tree(folder: &Path) -> Result<Vec<Item<folder::File>>, DiscError> {
    let mut reader = Reader {
        root: folder,
        bytes: 0,
        files: 0,
        open: Arc::default(),
        progress: Progress::on_terminal(),
    };
    let tree = reader.folder(folder, 1);
    if let Some(progress) = &mut reader.progress {
        progress.clear();
    }
    tree
}

struct Reader<'a> {
    root: &'a Path,
    bytes: u64,
    files: usize,
    open: Arc<Open>,
    progress: Option<Progress>,
}

impl Reader<'_> {
    fn refuse(&self, source: PackError) -> DiscError {
        let path = show(self.root);
        DiscError::Pack { path, source }
    }

    fn folder(
        &mut self,
        folder: &Path,
        depth: usize,
    ) -> Result<Vec<Item<folder::File>>, DiscError> {
        if depth > DEPTH_MAX {
            return Err(self.refuse(PackError::TooDeep(show(folder))));
        }
        let host = |error| DiscError::host(folder, error);
        let mut items = Vec::new();
        for entry in fs::read_dir(folder).map_err(host)? {
            let path = entry.map_err(host)?.path();
            items.push(self.item(path, depth)?);
        }
        Ok(items)
    }

    fn item(&mut self, path: PathBuf, depth: usize) -> Result<Item<folder::File>, DiscError> {
        let host = |source: io::Error| DiscError::Host {
            path: show(&path),
            source,
            advice: "; leave it out, or see that it can be read",
        };
        let name = path.file_name().unwrap_or_default().to_str();
        let name =
            name.ok_or_else(|| DiscError::refused(&path, "not a name in text; rename it"))?;
        let name = name.to_owned();
        let link = path.symlink_metadata().map_err(host)?.is_symlink();
        let metadata = fs::metadata(&path).map_err(host)?;
        let content: Content<folder::File> = if metadata.is_dir() && !link {
            Content::Folder(self.folder(&path, depth + 1)?)
        } else if metadata.is_file() {
            let length = metadata.len();
            self.bytes = self.bytes.saturating_add(length);
            self.files += 1;
            let needed = self.bytes / BLOCK_SIZE as u64;
            if needed > u64::from(TOTAL_BLOCKS) {
                return Err(self.refuse(PackError::TooLarge { needed }));
            }
            let (files, bytes) = (self.files, self.bytes);
            if let Some(progress) = &mut self.progress {
                progress.say(|| format!("{files} files, {bytes} bytes found"));
            }
            let file = HostFile {
                number: files,
                path,
                length,
                open: Arc::clone(&self.open),
            };
            Content::File(Box::new(file))
        } else {
            let why = "neither a file nor a folder of its own; leave it out";
            return Err(DiscError::refused(&path, why));
        };
        Ok(Item { name, content })
    }
}

/// The files of a tree that are open at present, the one used last at the end.
#[derive(Debug, Default)]
struct Open(Mutex<Vec<(usize, File)>>);

/// A file of a tree.
#[derive(Debug)]
struct HostFile {
    number: usize,
    path: PathBuf,
    length: u64,
    open: Arc<Open>,
}

impl Source for HostFile {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        let failed = |error| format!("{}: {}", show(&self.path), unlike(error));
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match open.iter().position(|(number, _)| *number == self.number) {
            Some(at) => open.remove(at).1,
            None => File::open(&self.path).map_err(failed)?,
        };
        read_exact_at(&file, offset, to).map_err(failed)?;
        if open.len() >= OPEN_MAX {
            open.remove(0);
        }
        open.push((self.number, file));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emu_core::loader::opera_fs::{BlockError, FsError, Volume};

    #[test]
    fn files_that_go_away_or_shrink_cannot_be_read() {
        let scratch = tempfile::tempdir().expect("temporary folder");
        let root = scratch.path();
        let put = |name: &str| fs::write(root.join(name), [3; 5000]).expect("written");
        (0..40).for_each(|n| put(&format!("kept{n}")));
        put("gone");
        put("shrunk");
        let disc = folder::disc(tree(root).expect("a tree"), "x").expect("a disc");
        fs::remove_file(root.join("gone")).expect("removed");
        fs::write(root.join("shrunk"), [3; 4999]).expect("written");
        let volume = Volume::mount(&disc).expect("mounts");
        let read = |name: &str| volume.read_file(&volume.find(name).expect("there"));
        for _ in 0..2 {
            for n in 0..40 {
                assert_eq!(read(&format!("kept{n}")), Ok(vec![3; 5000]));
            }
        }
        for (name, words) in [("gone", "No such file"), ("shrunk", "too short")] {
            let error = read(name).expect_err(name);
            assert!(matches!(
                error,
                FsError::Block(BlockError::Unreadable { .. })
            ));
            let text = error.to_string();
            assert!(text.contains(name) && text.contains(words), "{text}");
        }
    }
}
