//! From a path to a place (device sheet 6.2, 6.5).
//!
//! ```text
//! /cd-rom/Sub/a.txt     absolute; the first name is a volume's or a mount point's
//! a.txt  ./a  ../a      from the current directory
//! ^/Sub                 from the root of the volume
//! $boot/Sub             an alias, of the task, its owner, ... , the system
//! {one|two}/x           the first alternative that exists
//! a//cd-rom             a second slash begins again at /
//! ```

use super::Miss;
use super::codes::{
    BAD_NAME, DAMAGED, ILLEGAL_NAME, NO_FILE, NO_FILE_SYSTEM, NO_MEM, NOT_A_DIRECTORY,
};
use super::place::{Place, to_text};
use super::volume::{Layout, VolumeId, Wanted};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::loader::opera_fs::directory::{self, Entry, flag};
use crate::loader::opera_fs::{NAME_MAX, PATH_MAX};
use crate::mem::{CString, GuestPtr};

/// Aliases in one path, those in the texts of aliases included.
const EXPANSIONS_MAX: u32 = 31;
/// Names in one path, those of every alternative tried included.
const STEPS_MAX: u32 = 2048;
/// Blocks of a directory that are looked at: more than 28,000 entries.
const DIRECTORY_BLOCKS_MAX: u32 = 1024;
/// Directory blocks that count as one step.
const BLOCKS_A_STEP: u32 = 16;
/// Directories inside each other.
const DEPTH_MAX: usize = 128;
const ILLEGAL: &[u8] = b"/${}|";

/// An entry of a directory, and what follows it there.
#[derive(Clone, Debug)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// The last-in-block and last-in-directory flags as a reader sees them.
    pub last_flags: u32,
}

/// One resolution under way.
struct Walk {
    task: Item,
    expansions: u32,
    steps: u32,
}

impl Portfolio {
    /// A path argument of a call.
    pub(super) fn path_argument(
        &self,
        cx: &CallCx<'_>,
        path: GuestPtr<CString>,
    ) -> Result<Vec<u8>, Status> {
        let bytes = cx.mem.read_string(path, PATH_MAX as u32 + 1);
        let bytes = bytes.map_err(|_| super::codes::BAD_PTR)?;
        if bytes.len() > PATH_MAX {
            return Err(BAD_NAME);
        }
        Ok(bytes)
    }

    /// The place of a path, for `task`, beginning at `from`.
    pub(super) fn find_place(
        &self,
        cx: &mut CallCx<'_>,
        task: Item,
        from: &Place,
        path: &[u8],
    ) -> Result<Place, Miss> {
        if self.files.is_starting() && task != Item::NONE {
            return Err(Miss::Startup);
        }
        let mut walk = Walk {
            task,
            expansions: 0,
            steps: 0,
        };
        self.walk(cx, &mut walk, from.clone(), path, 0)
    }

    fn walk(
        &self,
        cx: &mut CallCx<'_>,
        walk: &mut Walk,
        mut here: Place,
        path: &[u8],
        depth: u32,
    ) -> Result<Place, Miss> {
        if depth > EXPANSIONS_MAX {
            return Err(ILLEGAL_NAME.into());
        }
        let mut rest = path;
        let mut is_first = true;
        while let Some((name, tail)) = first_name(rest) {
            // Once used up it stays so: alternatives inside each other multiply.
            walk.steps += 1;
            if walk.steps > STEPS_MAX {
                return Err(NO_MEM.into());
            }
            rest = tail.unwrap_or_default();
            if name.is_empty() {
                // The slash in front, or the second of two; at the end it means nothing.
                if is_first || !rest.is_empty() {
                    here = Place::ROOT;
                }
                is_first = false;
                continue;
            }
            is_first = false;
            if let Some(choice) = name.strip_prefix(b"{") {
                let choice = choice.strip_suffix(b"}").ok_or(ILLEGAL_NAME)?;
                return self.walk_choice(cx, walk, here, choice, tail, depth);
            }
            here = match name {
                _ if !here.is_directory() => return Err(NOT_A_DIRECTORY.into()),
                b"." => here,
                b".." => here.parent(),
                b"^" => match here.volume {
                    Some(_) => Place {
                        volume: here.volume,
                        trail: here.trail.into_iter().take(1).collect(),
                    },
                    None => here,
                },
                _ => match name.strip_prefix(b"$") {
                    Some(alias) => self.walk_alias(cx, walk, here, alias, depth)?,
                    None => {
                        // A large directory costs more to look through.
                        let blocks = here.entry().map_or(0, |entry| entry.block_count);
                        walk.steps += blocks.min(DIRECTORY_BLOCKS_MAX) / BLOCKS_A_STEP;
                        self.walk_name(cx, &here, name)?
                    }
                },
            };
            if here.trail.len() > DEPTH_MAX {
                return Err(DAMAGED.into());
            }
        }
        Ok(here)
    }

    fn walk_alias(
        &self,
        cx: &mut CallCx<'_>,
        walk: &mut Walk,
        here: Place,
        alias: &[u8],
        depth: u32,
    ) -> Result<Place, Miss> {
        walk.expansions += 1;
        if walk.expansions > EXPANSIONS_MAX {
            return Err(ILLEGAL_NAME.into());
        }
        if alias.eq_ignore_ascii_case(b"progdir") {
            return Ok(self.program_directory(walk.task));
        }
        let text = self
            .alias_text(cx.mem, walk.task, alias)
            .ok_or(ILLEGAL_NAME)?;
        self.walk(cx, walk, here, &text, depth + 1)
    }

    /// `{a|b}`: each alternative is tried with all that follows.
    fn walk_choice(
        &self,
        cx: &mut CallCx<'_>,
        walk: &mut Walk,
        here: Place,
        choice: &[u8],
        tail: Option<&[u8]>,
        depth: u32,
    ) -> Result<Place, Miss> {
        let mut failed = Miss::Error(NO_FILE);
        for alternative in alternatives(choice) {
            let mut path = alternative.to_vec();
            if let Some(tail) = tail {
                path.push(b'/');
                path.extend(tail);
            }
            match self.walk(cx, walk, here.clone(), &path, depth + 1) {
                Err(Miss::Error(error)) => failed = Miss::Error(error),
                other => return other,
            }
        }
        Err(failed)
    }

    fn walk_name(&self, cx: &mut CallCx<'_>, here: &Place, name: &[u8]) -> Result<Place, Miss> {
        check_name(name)?;
        let text = to_text(name);
        let Some(id) = here.volume else {
            let named = self.volume_named(&text);
            return named.ok_or(NO_FILE_SYSTEM.into());
        };
        let found = self.scan(cx, id, here, |other| other.eq_ignore_ascii_case(name))?;
        found
            .map(|found| here.child(found.entry))
            .ok_or(NO_FILE.into())
    }

    /// The root of the mounted volume of that name or mount point.
    pub(super) fn volume_named(&self, name: &str) -> Option<Place> {
        let mut volumes = self.files.volumes.iter();
        volumes.find_map(|(&id, volume)| {
            let is_it = volume.name.eq_ignore_ascii_case(name)
                || volume.mount_name.eq_ignore_ascii_case(name);
            let root = volume.root.as_ref().filter(|_| is_it)?;
            Some(Place::root_of(id, root.clone()))
        })
    }

    /// The first entry of a directory whose name is wanted.
    pub(super) fn scan(
        &self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        here: &Place,
        wanted: impl FnMut(&[u8]) -> bool,
    ) -> Result<Option<Found>, Miss> {
        let volume = self.online(id)?;
        match (volume.layout, here.entry()) {
            (Layout::Optical, Some(directory)) => self.scan_disc(id, directory, wanted),
            (Layout::LinkedMemory, Some(_)) => self.scan_memory(cx, id, wanted),
            (_, None) => Ok(None),
        }
    }

    /// The same for a directory on a disc: block after block, from those that were read.
    fn scan_disc(
        &self,
        id: VolumeId,
        directory: &Entry,
        mut wanted: impl FnMut(&[u8]) -> bool,
    ) -> Result<Option<Found>, Miss> {
        let volume = self.online(id)?;
        let size = directory::block_size(directory, directory.first_block());
        let size = size.map_err(|_| DAMAGED)? as u32;
        let step = size / crate::loader::opera_fs::BLOCK_SIZE as u32;
        let (mut index, mut visits) = (0_u32, 0);
        let mut entries = Vec::new();
        loop {
            let place = |first: &u32| first.checked_add(step.checked_mul(index)?);
            let copies: Option<Vec<u32>> = directory.avatars.iter().map(place).collect();
            let copies = copies.ok_or(DAMAGED)?;
            let key = copies.first().copied().ok_or(DAMAGED)?;
            if key.saturating_add(step) > volume.blocks {
                return Err(DAMAGED.into());
            }
            let Some(bytes) = volume.cached(key) else {
                return Err(Miss::Block(Wanted {
                    volume: id,
                    key,
                    copies,
                    size,
                }));
            };
            entries.clear();
            let block = directory::split(bytes, &mut entries).map_err(|_| DAMAGED)?;
            if let Some(n) = entries.iter().position(|entry| wanted(entry.name())) {
                let last_flags = match (n + 1 == entries.len(), block.next) {
                    (false, _) => 0,
                    (true, Some(_)) => flag::LAST_IN_BLOCK,
                    (true, None) => flag::LAST_IN_BLOCK | flag::LAST_IN_DIRECTORY,
                };
                let entry = entries[n].entry();
                check_extent(&entry, volume.blocks)?;
                return Ok(Some(Found { entry, last_flags }));
            }
            visits += 1;
            let Some(next) = block.next else {
                return Ok(None);
            };
            // A directory is no longer than it says, and goes nowhere twice.
            let count = directory.block_count.min(DIRECTORY_BLOCKS_MAX);
            if next >= count || visits >= count {
                return Err(DAMAGED.into());
            }
            index = next;
        }
    }
}

/// An entry whose copies all lie on the volume.
fn check_extent(entry: &Entry, blocks: u32) -> Result<(), Miss> {
    let lies_within = |&first: &u32| first.saturating_add(entry.block_count) <= blocks;
    if entry.avatars.iter().all(lies_within) {
        Ok(())
    } else {
        Err(DAMAGED.into())
    }
}

/// Whether a name can be one.
pub(super) fn check_name(name: &[u8]) -> Result<(), Status> {
    match name.len() {
        0 => Err(ILLEGAL_NAME),
        n if n == NAME_MAX + 1 => Err(BAD_NAME),
        n if n > NAME_MAX => Err(ILLEGAL_NAME),
        _ if name.iter().any(|byte| ILLEGAL.contains(byte)) => Err(ILLEGAL_NAME),
        _ => Ok(()),
    }
}

/// The first name of a path and what follows its slash; slashes inside braces do not count.
fn first_name(path: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    if path.is_empty() {
        return None;
    }
    let mut depth = 0_u32;
    for (n, &byte) in path.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => return Some((&path[..n], Some(&path[n + 1..]))),
            _ => (),
        }
    }
    Some((path, None))
}

/// What stands between the bars of `a|b|c`; bars inside inner braces do not count.
fn alternatives(choice: &[u8]) -> Vec<&[u8]> {
    let (mut depth, mut start, mut found) = (0_u32, 0, Vec::new());
    for (n, &byte) in choice.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'|' if depth == 0 => {
                found.push(&choice[start..n]);
                start = n + 1;
            }
            _ => (),
        }
    }
    found.push(&choice[start..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_at_slashes_outside_braces() {
        assert_eq!(first_name(b""), None);
        assert_eq!(first_name(b"a"), Some((&b"a"[..], None)));
        assert_eq!(first_name(b"/a"), Some((&b""[..], Some(&b"a"[..]))));
        assert_eq!(
            first_name(b"{/x/y|$b/z}/q"),
            Some((&b"{/x/y|$b/z}"[..], Some(&b"q"[..])))
        );
    }

    #[test]
    fn alternatives_may_be_nested() {
        assert_eq!(alternatives(b"a|{b|c}/d|"), [&b"a"[..], b"{b|c}/d", b""]);
    }

    #[test]
    fn a_name_of_32_characters_has_an_error_of_its_own() {
        assert_eq!(check_name(&[b'a'; 31]), Ok(()));
        assert_eq!(check_name(&[b'a'; 32]), Err(BAD_NAME));
        assert_eq!(check_name(&[b'a'; 33]), Err(ILLEGAL_NAME));
        assert_eq!(check_name(b"a|b"), Err(ILLEGAL_NAME));
    }
}
