//! `overture disc pack`: an image of a folder.

use super::DiscError;
use crate::cli::disc::PackArgs;
use crate::program::show;
use crate::progress::Progress;
use crate::report::Status;
use emu_core::loader::opera_fs::label::TOTAL_BLOCKS;
use emu_core::loader::opera_fs::writer::{self, Content, Item, PackError};
use emu_core::loader::opera_fs::{BLOCK_SIZE, DEPTH_MAX};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Makes the image and writes it beside its place first, so that an old one is replaced whole.
pub fn run(args: &PackArgs) -> Result<Status, DiscError> {
    let out = args.output.as_path();
    let is_folder = fs::metadata(&args.folder)
        .map_err(|error| DiscError::host(&args.folder, error))?
        .is_dir();
    if !is_folder {
        let why = "not a folder; give the folder that holds the files of the disc";
        return Err(DiscError::refused(&args.folder, why));
    }
    if out.is_dir() {
        return Err(DiscError::refused(out, "is a folder; name the image file"));
    }
    if !args.force && out.symlink_metadata().is_ok() {
        let why = "is already there; --force replaces it";
        return Err(DiscError::refused(out, why));
    }
    let tree = tree(&args.folder)?;
    let image = writer::pack(&tree, &args.label).map_err(|source| DiscError::Pack {
        path: show(&args.folder),
        source,
    })?;
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = out.with_file_name(name);
    let written = File::create_new(&part)
        .and_then(|mut file| file.write_all(&image))
        .and_then(|()| fs::rename(&part, out));
    written.map_err(|source| {
        // What is left of it helps nobody; the first error is the one to tell.
        let _ = fs::remove_file(&part);
        DiscError::Host {
            path: show(out),
            source,
            advice: "; check that the folder is there, can be written and has room",
        }
    })?;
    Ok(Status::Success)
}

/// Reads a folder and everything below it.
pub fn tree(folder: &Path) -> Result<Vec<Item>, DiscError> {
    let mut reader = Reader {
        root: folder,
        bytes: 0,
        files: 0,
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
    files: u32,
    progress: Option<Progress>,
}

impl Reader<'_> {
    fn refuse(&self, source: PackError) -> DiscError {
        let path = show(self.root);
        DiscError::Pack { path, source }
    }

    fn folder(&mut self, folder: &Path, depth: usize) -> Result<Vec<Item>, DiscError> {
        if depth > DEPTH_MAX {
            return Err(self.refuse(PackError::TooDeep(show(folder))));
        }
        let host = |error| DiscError::host(folder, error);
        let mut items = Vec::new();
        for entry in fs::read_dir(folder).map_err(host)? {
            let path = entry.map_err(host)?.path();
            items.push(self.item(&path, depth)?);
        }
        Ok(items)
    }

    fn item(&mut self, path: &Path, depth: usize) -> Result<Item, DiscError> {
        let host = |error| DiscError::host(path, error);
        let name = path.file_name().unwrap_or_default().to_str();
        let name = name.ok_or_else(|| DiscError::refused(path, "not a name in text; rename it"))?;
        let link = path.symlink_metadata().map_err(host)?.is_symlink();
        let metadata = fs::metadata(path).map_err(host)?;
        let content = if metadata.is_dir() && !link {
            Content::Folder(self.folder(path, depth + 1)?)
        } else if metadata.is_file() {
            self.bytes = self.bytes.saturating_add(metadata.len());
            self.files += 1;
            let needed = self.bytes / BLOCK_SIZE as u64;
            if needed > u64::from(TOTAL_BLOCKS) {
                return Err(self.refuse(PackError::TooLarge { needed }));
            }
            let (files, bytes) = (self.files, self.bytes);
            if let Some(progress) = &mut self.progress {
                progress.say(|| format!("{files} files, {bytes} bytes read"));
            }
            Content::File(fs::read(path).map_err(host)?)
        } else {
            let why = "neither a file nor a folder of its own; leave it out";
            return Err(DiscError::refused(path, why));
        };
        let name = name.to_owned();
        Ok(Item { name, content })
    }
}
