//! `overture disc`: what is on a disc image, and images made of folders.

mod extract;
pub mod open;
mod pack;
mod tree;

use crate::cli::disc::{CatArgs, DiscArgs, DiscCommand, InfoArgs, LsArgs};
use crate::output::Output;
use crate::program::show;
use crate::report::Status;
use crate::{complain, refuse};
use emu_core::loader::opera_fs::directory::Entry;
use emu_core::loader::opera_fs::writer::PackError;
use emu_core::loader::opera_fs::{Blocks, FsError, Listed, Volume};
use emu_devices::media::{Disc, MediaError, Track};
use serde_json::{Value, json};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use thiserror::Error;

/// Bytes that go from a disc to the host at once.
const CHUNK: usize = 1 << 16;

/// Why a disc cannot be opened, or a command of `disc` does not go on. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum DiscError {
    /// The host refuses.
    #[error("{path}: {source}{advice}")]
    Host {
        /// What.
        path: String,
        /// Why.
        source: io::Error,
        /// What to do; begins with a semicolon, or is empty.
        advice: &'static str,
    },
    /// Not an image.
    #[error("{path}: {source}")]
    Media {
        /// What.
        path: String,
        /// Why.
        source: MediaError,
    },
    /// Not a volume, or nothing of this name on it.
    #[error("{path}: {source}")]
    Fs {
        /// What.
        path: String,
        /// Why.
        source: FsError,
    },
    /// A folder that cannot be a disc.
    #[error("{path}: {source}")]
    Pack {
        /// What.
        path: String,
        /// Why.
        source: PackError,
    },
    /// Anything else.
    #[error("{path}: {why}")]
    Refused {
        /// What.
        path: String,
        /// Why.
        why: String,
    },
}

impl DiscError {
    fn host(path: &Path, source: io::Error) -> DiscError {
        let advice = match source.kind() {
            ErrorKind::NotFound => "; give a disc image (.iso, .bin, .cue, .chd) or a folder",
            ErrorKind::PermissionDenied => "; check its permissions",
            _ => "",
        };
        let path = show(path);
        DiscError::Host {
            path,
            source,
            advice,
        }
    }

    fn fs(path: &Path) -> impl Fn(FsError) -> DiscError {
        let path = show(path);
        move |source| DiscError::Fs {
            path: path.clone(),
            source,
        }
    }

    fn refused(path: &Path, why: impl Into<String>) -> DiscError {
        let (path, why) = (show(path), why.into());
        DiscError::Refused { path, why }
    }
}

/// Runs a command of `disc`.
pub fn run(args: &DiscArgs) -> Status {
    let result = match &args.command {
        DiscCommand::Info(args) => info(args),
        DiscCommand::Ls(args) => ls(args),
        DiscCommand::Cat(args) => cat(args),
        DiscCommand::Extract(args) => extract::run(args),
        DiscCommand::Pack(args) => pack::run(args),
    };
    result.unwrap_or_else(|error| refuse(&error.to_string()))
}

/// A name or text of the disc, with what would confuse a terminal written in digits.
fn shown(text: &str) -> String {
    let show = |c: char| match c.is_control() {
        true => format!("\\x{:02x}", u32::from(c)),
        false => c.to_string(),
    };
    text.chars().map(show).collect()
}

fn info(args: &InfoArgs) -> Result<Status, DiscError> {
    let disc = open::disc(&args.image)?;
    let volume = Volume::mount(&disc).map_err(DiscError::fs(&args.image))?;
    let listed = volume.list(&volume.root());
    let report = report(&disc, &volume, listed.as_deref());
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        out.line(&report.to_string());
    } else {
        let label = volume.label();
        let row = |name: &str, text: String| format!("{name:<12}{text}\n");
        let mut text = row("format", disc.format().name().to_owned());
        text += &row("volume", shown(&label.name));
        if !label.comment.is_empty() {
            text += &row("comment", shown(&label.comment));
        }
        text += &row("id", format!("{:#010x}", label.id));
        let blocks = (label.block_count, label.block_size);
        text += &row("blocks", format!("{} of {} bytes", blocks.0, blocks.1));
        for track in disc.tracks() {
            let (start, frames) = (track.start, track.frames);
            let about = format!("{}, {frames} frames from {start}", track_kind(track));
            text += &row(&format!("track {}", track.number), about);
        }
        let root = format!("block {}", label.root_avatars.first().unwrap_or(&0));
        text += &row(
            "root",
            format!("{root}, copies: {}", label.root_avatars.len()),
        );
        let start = match report["launch_me"].as_u64() {
            Some(bytes) => format!("LaunchMe, {bytes} bytes"),
            None => "no LaunchMe: a console would not start anything".to_owned(),
        };
        text += &row("starts", start);
        if listed.is_ok() {
            let number = |name: &str| report[name].as_u64().unwrap_or(0);
            let (files, bytes) = (number("files"), number("file_bytes"));
            let directories = number("directories");
            let about = format!("{files} files of {bytes} bytes, {directories} directories");
            text += &row("content", about);
        }
        out.write(&text);
    }
    let mut status = out.finish();
    for problem in problems(&disc, &volume, listed.as_deref()) {
        complain(&format!("{}: {problem}", show(&args.image)));
        status = Status::Usage;
    }
    Ok(status)
}

fn track_kind(track: &Track) -> String {
    match track.sectors.is_data() {
        true => format!("data, {} bytes a sector", track.sectors.size()),
        false => "audio".to_owned(),
    }
}

/// What is wrong with an image that can be looked at all the same.
fn problems<T>(disc: &Disc, volume: &Volume<'_, Disc>, listed: Result<T, &FsError>) -> Vec<String> {
    let mut problems = Vec::new();
    let (has, says) = (disc.block_count(), volume.label().block_count);
    if has < says {
        problems.push(format!(
            "the image has {has} of the {says} blocks its label promises; it is cut off"
        ));
    }
    problems.extend(listed.err().map(FsError::to_string));
    problems
}

fn report(disc: &Disc, volume: &Volume<'_, Disc>, listed: Result<&[Listed], &FsError>) -> Value {
    let label = volume.label();
    let rows = listed.unwrap_or_default();
    // The label is no file of anybody's.
    let file = |row: &&Listed| !row.entry.is_directory() && !row.entry.is_label();
    let files = || rows.iter().filter(file);
    let directories = rows.iter().filter(|row| row.entry.is_directory());
    let bytes: u64 = files().map(|row| u64::from(row.entry.byte_count)).sum();
    let launch_me = volume.find("LaunchMe").ok().map(|entry| entry.byte_count);
    let tracks: Vec<Value> = disc
        .tracks()
        .iter()
        .map(|track| {
            json!({
                "number": track.number,
                "kind": if track.sectors.is_data() { "data" } else { "audio" },
                "sector_bytes": track.sectors.size(),
                "start": track.start,
                "frames": track.frames,
            })
        })
        .collect();
    json!({
        "format": disc.format().name(),
        "volume": label.name,
        "comment": label.comment,
        "id": label.id,
        "label_block": label.block,
        "block_size": label.block_size,
        "block_count": label.block_count,
        "image_blocks": disc.block_count(),
        "root_id": label.root_id,
        "root_blocks": label.root_blocks,
        "root_avatars": label.root_avatars,
        "tracks": tracks,
        "launch_me": launch_me,
        "files": files().count(),
        "directories": directories.count(),
        "file_bytes": bytes,
        "problems": problems(disc, volume, listed),
    })
}

fn ls(args: &LsArgs) -> Result<Status, DiscError> {
    let failed = DiscError::fs(&args.image);
    let disc = open::disc(&args.image)?;
    let volume = Volume::mount(&disc).map_err(&failed)?;
    let entry = volume.find(&args.path).map_err(&failed)?;
    let rows = if !entry.is_directory() {
        let path = entry.name.clone();
        vec![Listed { path, entry }]
    } else if args.recursive {
        volume.list(&entry).map_err(&failed)?
    } else {
        let entries = volume.read_directory(&entry).map_err(&failed)?;
        let row = |entry: Entry| Listed {
            path: entry.name.clone(),
            entry,
        };
        entries.into_iter().map(row).collect()
    };
    let mut out = Output::new(io::stdout().lock());
    for Listed { path, entry } in rows {
        let slash = if entry.is_directory() { "/" } else { "" };
        let name = shown(&path);
        if args.long {
            let kind: String = entry.kind.map(char::from).iter().collect();
            let kind = shown(kind.trim_matches(['\0', ' ']));
            let (bytes, block) = (entry.byte_count, entry.first_block());
            out.line(&format!("{bytes:>10} {block:>7} {kind:<4} {name}{slash}"));
        } else {
            out.line(&format!("{name}{slash}"));
        }
        if out.closed() {
            break;
        }
    }
    Ok(out.finish())
}

fn cat(args: &CatArgs) -> Result<Status, DiscError> {
    let failed = DiscError::fs(&args.image);
    let disc = open::disc(&args.image)?;
    let volume = Volume::mount(&disc).map_err(&failed)?;
    let entry = volume.find(&args.path).map_err(&failed)?;
    let mut out = io::stdout().lock();
    let written = copy(&volume, &entry, &mut out).map_err(&failed)?;
    match written.and_then(|_| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(DiscError::refused(
            Path::new("standard output"),
            format!("{error}; the rest of the file is lost"),
        )),
        _ => Ok(Status::Success),
    }
}

/// Copies a file piece by piece; the inner error is the host's.
fn copy(
    volume: &Volume<'_, Disc>,
    entry: &Entry,
    to: &mut impl Write,
) -> Result<io::Result<()>, FsError> {
    let mut bytes = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        let length = volume.read(entry, offset, &mut bytes)?;
        if length == 0 {
            return Ok(Ok(()));
        }
        if let Err(error) = to.write_all(&bytes[..length]) {
            return Ok(Err(error));
        }
        offset = offset.saturating_add(length as u32);
    }
}
