//! `overture disc extract`: files of a disc as files of the host.

use super::{DiscError, copy, open, shown};
use crate::cli::disc::ExtractArgs;
use crate::complain;
use crate::program::show;
use crate::progress::Progress;
use crate::report::Status;
use emu_core::loader::opera_fs::{BLOCK_SIZE, Blocks, FsError, Listed, Volume};
use emu_devices::media::Disc;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Times the size of its image that a disc's files may claim: copies may share blocks, but an
/// image that unpacks to much more is made to fill the host's disk.
const BOMB: u64 = 8;

/// Copies files out.
pub fn run(args: &ExtractArgs) -> Result<Status, DiscError> {
    let failed = DiscError::fs(&args.image);
    let disc = open::disc(&args.image)?;
    let volume = Volume::mount(&disc).map_err(&failed)?;
    let rows = wanted(&volume, &args.path).map_err(&failed)?;
    let files = rows.iter().filter(|row| !row.entry.is_directory());
    let claimed: u64 = files.map(|row| u64::from(row.entry.byte_count)).sum();
    let bytes = u64::from(disc.block_count()) * BLOCK_SIZE as u64;
    if claimed > bytes.saturating_mul(BOMB) && !args.force {
        let why = format!(
            "its files claim {claimed} bytes, but the image has {bytes}; it is damaged, \
             --force extracts it all the same"
        );
        return Err(DiscError::refused(&args.image, why));
    }
    let plan = plan(&args.dir, &rows)?;
    if !args.force
        && let Some((_, path)) = plan
            .iter()
            .find(|(row, path)| !row.entry.is_directory() && path.symlink_metadata().is_ok())
    {
        return Err(DiscError::refused(
            path,
            "is already there; --force replaces it",
        ));
    }
    fs::create_dir_all(&args.dir).map_err(|error| DiscError::host(&args.dir, error))?;
    write(&volume, &plan, args)
}

/// What is to be copied, with paths below the folder. The label is the disc's own and is made
/// anew by `pack`.
fn wanted(volume: &Volume<'_, Disc>, path: &str) -> Result<Vec<Listed>, FsError> {
    let top = volume.find(path)?;
    let mut rows = Vec::new();
    if top.is_directory() {
        rows = volume.list(&top)?;
        for row in &mut rows {
            if !top.name.is_empty() {
                row.path = format!("{}/{}", top.name, row.path);
            }
        }
        rows.retain(|row| !row.entry.is_label());
    }
    if !top.name.is_empty() {
        let path = top.name.clone();
        rows.insert(0, Listed { path, entry: top });
    }
    Ok(rows)
}

/// Where everything goes. Each part of a path is a name that leads nowhere but down.
fn plan<'a>(dir: &Path, rows: &'a [Listed]) -> Result<Vec<(&'a Listed, PathBuf)>, DiscError> {
    let mut places = BTreeSet::new();
    let mut plan = Vec::new();
    for row in rows {
        let mut path = dir.to_owned();
        path.extend(row.path.split('/').map(host_name));
        if !places.insert(path.clone()) {
            return Err(DiscError::refused(
                &path,
                "two files of the disc would have this name; extract them one by one with PATH",
            ));
        }
        plan.push((row, path));
    }
    Ok(plan)
}

/// A name that every host takes and that means nothing but itself.
fn host_name(name: &str) -> String {
    let odd = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let name = name.replace(odd, "_");
    match name.as_str() {
        "" | "." | ".." => "_".to_owned(),
        _ => name,
    }
}

fn write(
    volume: &Volume<'_, Disc>,
    plan: &[(&Listed, PathBuf)],
    args: &ExtractArgs,
) -> Result<Status, DiscError> {
    let mut progress = Progress::on_terminal();
    let mut status = Status::Success;
    for (number, (row, path)) in plan.iter().enumerate() {
        if let Some(progress) = &mut progress {
            progress.say(|| format!("{} of {} files and folders", number, plan.len()));
        }
        let result = if row.entry.is_directory() {
            folder(path)
        } else {
            file(volume, row, path).map(|damaged| {
                if let Some(error) = damaged {
                    if let Some(progress) = &mut progress {
                        progress.clear();
                    }
                    let (image, name) = (show(&args.image), shown(&row.path));
                    complain(&format!("{image}: {name}: {error}; left out"));
                    status = Status::Usage;
                }
            })
        };
        if let Err(error) = result {
            if let Some(progress) = &mut progress {
                progress.clear();
            }
            return Err(DiscError::host(path, error));
        }
    }
    if let Some(progress) = &mut progress {
        progress.clear();
    }
    Ok(status)
}

/// Makes a folder; a link to elsewhere is none.
fn folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if path.symlink_metadata()?.is_dir() {
                return Ok(());
            }
            Err(io::Error::other(
                "is there, but is no folder of its own; move it away",
            ))
        }
        result => result,
    }
}

/// Writes a file that is not there, or replaces the one that is: never what a link points to.
fn file(volume: &Volume<'_, Disc>, row: &Listed, path: &Path) -> io::Result<Option<FsError>> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut to = OpenOptions::new().write(true).create_new(true).open(path)?;
    let result = copy(volume, &row.entry, &mut to);
    drop(to);
    match result {
        Ok(Ok(())) => Ok(None),
        Ok(Err(error)) => {
            // Half a file helps nobody; the first error is the one to tell.
            let _ = fs::remove_file(path);
            Err(error)
        }
        Err(error) => {
            fs::remove_file(path)?;
            Ok(Some(error))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_but_down() {
        for (name, host) in [
            ("Disc label", "Disc label"),
            ("a.b", "a.b"),
            ("..", "_"),
            (".", "_"),
            ("", "_"),
            ("C:\\x", "C__x"),
            ("a\u{1b}[2J", "a_[2J"),
            ("a/b", "a_b"),
        ] {
            assert_eq!(host_name(name), host);
        }
    }
}
