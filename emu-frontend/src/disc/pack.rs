//! `overture disc pack`: an image of a folder.

use super::{CHUNK, DiscError, open};
use crate::cli::disc::PackArgs;
use crate::program::show;
use crate::progress::Progress;
use crate::report::Status;
use emu_core::loader::opera_fs::{BLOCK_SIZE, BlockError, Blocks};
use emu_devices::media::Disc;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
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
    if let Ok(there) = out.symlink_metadata() {
        if !args.force {
            let why = "is already there; --force replaces it";
            return Err(DiscError::refused(out, why));
        }
        // Root could replace a device with a file, and nobody would want it.
        if !there.is_file() && !there.is_symlink() {
            let why = "is no plain file and is not replaced; name the image file";
            return Err(DiscError::refused(out, why));
        }
    }
    let disc = open::folder(&args.folder, &args.label)?;
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = out.with_file_name(name);
    let written = File::create_new(&part)
        .map_err(|error| refused(out, error))
        .and_then(|file| write(&disc, file, args))
        .and_then(|()| fs::rename(&part, out).map_err(|error| refused(out, error)));
    if written.is_err() {
        // What is left of it helps nobody; the first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    written.map(|()| Status::Success)
}

fn refused(out: &Path, source: io::Error) -> DiscError {
    DiscError::Host {
        path: show(out),
        source,
        advice: "; check that the folder is there, can be written and has room",
    }
}

fn write(disc: &Disc, file: File, args: &PackArgs) -> Result<(), DiscError> {
    let failed = |error: io::Error| refused(&args.output, error);
    let fs = |error: BlockError| DiscError::fs(&args.folder)(error.into());
    let mut progress = Progress::on_terminal();
    let mut file = BufWriter::with_capacity(CHUNK, file);
    let mut bytes = [0; BLOCK_SIZE];
    let count = disc.block_count();
    let mut result = Ok(());
    for n in 0..count {
        if let Some(progress) = &mut progress {
            progress.say(|| format!("{n} of {count} blocks written"));
        }
        result = disc
            .read_block(n, &mut bytes)
            .map_err(fs)
            .and_then(|()| file.write_all(&bytes).map_err(failed));
        if result.is_err() {
            break;
        }
    }
    if let Some(progress) = &mut progress {
        progress.clear();
    }
    result.and_then(|()| file.flush().map_err(failed))
}
