//! OperaFS, the file system of a disc: pure functions over blocks.
//!
//! | module | what it knows |
//! |---|---|
//! | [`label`] | the disc label, and where it may be |
//! | [`directory`] | directory blocks and entries as bytes |
//! | [`writer`] | a tree of files as an image |
//!
//! A [`Volume`] puts the first two together: look-up by path, listing, reading. Disc builders
//! disagree about end marks, copies and places (device sheet 6.1), so the reader trusts no field
//! more than it must, and an image that lies costs a bounded amount of work and memory.

pub mod directory;
pub mod label;
#[cfg(test)]
mod tests;
pub mod writer;

use directory::{Entry, Fault};
use label::Label;
use thiserror::Error;

/// Bytes of a block of a disc.
pub const BLOCK_SIZE: usize = 2048;

/// Longest name of a file, in characters.
pub const NAME_MAX: usize = 31;

/// Longest path (device sheet 6.5).
pub const PATH_MAX: usize = 256;

/// Most blocks of one directory; the widest seen has 3.
const DIRECTORY_BLOCKS_MAX: u32 = 4096;

/// Deepest nesting of directories in a listing.
pub const DEPTH_MAX: usize = 64;

/// Most entries of a listing.
const ENTRIES_MAX: usize = 200_000;

/// Most directory blocks a listing reads.
const WALK_BLOCKS_MAX: u32 = 65_536;

/// What a volume is read from, in blocks of 2048 bytes.
pub trait Blocks {
    /// How many there are.
    fn block_count(&self) -> u32;
    /// Reads block `n`.
    fn read_block(&self, n: u32, to: &mut [u8; BLOCK_SIZE]) -> Result<(), BlockError>;
}

/// An image in memory.
impl Blocks for [u8] {
    fn block_count(&self) -> u32 {
        u32::try_from(self.len() / BLOCK_SIZE).unwrap_or(u32::MAX)
    }

    fn read_block(&self, n: u32, to: &mut [u8; BLOCK_SIZE]) -> Result<(), BlockError> {
        let count = self.block_count();
        let start = n as usize * BLOCK_SIZE;
        let bytes = self
            .get(start..start + BLOCK_SIZE)
            .ok_or(BlockError::PastEnd { block: n, count })?;
        to.copy_from_slice(bytes);
        Ok(())
    }
}

/// Why a block cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlockError {
    /// There is no such block.
    #[error(
        "block {block} lies past the end of the image, which has {count} blocks; it is cut off or damaged"
    )]
    PastEnd {
        /// The block.
        block: u32,
        /// How many there are.
        count: u32,
    },
    /// The block holds no data, such as one of an audio track.
    #[error("block {block} holds no data: {why}")]
    NoData {
        /// The block.
        block: u32,
        /// What it holds instead.
        why: &'static str,
    },
    /// The host cannot read it.
    #[error("block {block} cannot be read: {why}")]
    Unreadable {
        /// The block.
        block: u32,
        /// What the host says.
        why: String,
    },
}

/// Why a volume, a path or a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FsError {
    /// No label where one may be.
    #[error("no 3DO disc label at block 0, 225 or their copies; this is not a 3DO disc")]
    NoLabel,
    /// A block is missing.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A label or a directory contradicts itself.
    #[error("damaged at byte {offset:#x} of block {block}: {fault}")]
    Damaged {
        /// The block.
        block: u32,
        /// The byte in it.
        offset: u32,
        /// What is wrong.
        fault: Fault,
    },
    /// The path leads nowhere.
    #[error("{0}: no such file or directory on the disc")]
    NotFound(String),
    /// A plain file in the middle of a path, or where a directory is needed.
    #[error("{0}: not a directory")]
    NotADirectory(String),
    /// A directory where a file is needed.
    #[error("{0}: is a directory")]
    IsADirectory(String),
    /// Not a path.
    #[error("{path}: {why}")]
    BadPath {
        /// What was given.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// More than a disc can sensibly hold.
    #[error("more than {limit} {what}; the image is damaged")]
    TooMuch {
        /// The bound.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
}

/// A mounted volume.
#[derive(Debug)]
pub struct Volume<'a, B: Blocks + ?Sized> {
    blocks: &'a B,
    label: Label,
}

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Path below the directory that was listed, without a slash at the front. The names between
    /// the slashes are the disc's own and may be `..`.
    pub path: String,
    /// The entry.
    pub entry: Entry,
}

impl<'a, B: Blocks + ?Sized> Volume<'a, B> {
    /// Looks for the label and reads it.
    pub fn mount(blocks: &'a B) -> Result<Volume<'a, B>, FsError> {
        Ok(Volume {
            blocks,
            label: label::find(blocks)?,
        })
    }

    /// The label.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// The root directory, as if it had an entry.
    pub fn root(&self) -> Entry {
        self.label.root_entry()
    }

    /// The entries of a directory, in the order of the disc. Another copy of the directory is
    /// tried when one is damaged.
    pub fn read_directory(&self, directory: &Entry) -> Result<Vec<Entry>, FsError> {
        let mut budget = DIRECTORY_BLOCKS_MAX;
        self.directory(directory, &mut budget)
    }

    fn directory(&self, directory: &Entry, budget: &mut u32) -> Result<Vec<Entry>, FsError> {
        if !directory.is_directory() {
            return Err(FsError::NotADirectory(directory.name.clone()));
        }
        self.first_good(directory, |avatar| {
            self.directory_copy(directory, avatar, budget)
        })
    }

    /// What the first readable copy gives; if none does, the first copy's error.
    fn first_good<T>(
        &self,
        entry: &Entry,
        mut read: impl FnMut(u32) -> Result<T, FsError>,
    ) -> Result<T, FsError> {
        let mut first = None;
        for &avatar in &entry.avatars {
            match read(avatar) {
                Ok(value) => return Ok(value),
                Err(error @ FsError::TooMuch { .. }) => return Err(error),
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        Err(first.unwrap_or(FsError::NotFound(entry.name.clone())))
    }

    fn directory_copy(
        &self,
        directory: &Entry,
        avatar: u32,
        budget: &mut u32,
    ) -> Result<Vec<Entry>, FsError> {
        let size = directory::block_size(directory, avatar)?;
        let per_block = (size / BLOCK_SIZE) as u32;
        let mut bytes = vec![0; size];
        let mut entries = Vec::new();
        let mut index = 0;
        let mut visits = 0;
        loop {
            *budget = budget.checked_sub(per_block).ok_or(FsError::TooMuch {
                limit: WALK_BLOCKS_MAX as usize,
                what: "directory blocks",
            })?;
            let at = index * u64::from(per_block) + u64::from(avatar);
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            for (n, chunk) in (0..).zip(bytes.chunks_exact_mut(BLOCK_SIZE)) {
                self.read_into(at.saturating_add(n), chunk)?;
            }
            let damaged = |(offset, fault)| FsError::Damaged {
                block: at,
                offset,
                fault,
            };
            let block = directory::parse(&bytes, &mut entries).map_err(damaged)?;
            visits += 1;
            let Some(next) = block.next else {
                return Ok(entries);
            };
            // One copy of the directory is all its blocks, each visited at most once.
            let count = directory.block_count.min(DIRECTORY_BLOCKS_MAX);
            if next >= count {
                return Err(damaged((0, Fault::NextBlock { next, count })));
            }
            if visits >= count {
                return Err(damaged((0, Fault::Loop)));
            }
            index = u64::from(next);
        }
    }

    /// Finds a file or directory by its path from the root of the volume (device sheet 6.5: the
    /// case of ASCII letters does not matter; `.`, `..`, `^` and `//` are understood).
    pub fn find(&self, path: &str) -> Result<Entry, FsError> {
        let bad = |why| FsError::BadPath {
            path: path.to_owned(),
            why,
        };
        if path.len() > PATH_MAX {
            return Err(bad("a path has at most 256 characters"));
        }
        // `//` restarts at the root.
        let tail = path.rfind("//").map_or(path, |at| &path[at + 2..]);
        let mut trail = vec![self.root()];
        for name in tail.split('/').filter(|name| !name.is_empty()) {
            let here = match trail.last() {
                Some(entry) if entry.is_directory() => entry,
                _ => return Err(FsError::NotADirectory(path.to_owned())),
            };
            match name {
                "." => {}
                ".." => {
                    if trail.len() > 1 {
                        trail.pop();
                    }
                }
                "^" => trail.truncate(1),
                _ if name.chars().count() > NAME_MAX => {
                    return Err(bad("a name has at most 31 characters"));
                }
                _ if name.contains(ILLEGAL) => {
                    return Err(bad(
                        "aliases and alternatives ($ { } |) work inside a guest only",
                    ));
                }
                _ => {
                    let found = self
                        .read_directory(here)?
                        .into_iter()
                        .find(|entry| entry.name.eq_ignore_ascii_case(name))
                        .ok_or_else(|| FsError::NotFound(path.to_owned()))?;
                    trail.push(found);
                }
            }
        }
        match trail.pop() {
            Some(entry) if path.ends_with('/') && !entry.is_directory() => {
                Err(FsError::NotADirectory(path.to_owned()))
            }
            Some(entry) => Ok(entry),
            None => Err(FsError::NotFound(path.to_owned())),
        }
    }

    /// Everything below a directory, each directory before what is in it.
    pub fn list(&self, directory: &Entry) -> Result<Vec<Listed>, FsError> {
        let mut listed: Vec<Listed> = Vec::new();
        let mut budget = WALK_BLOCKS_MAX;
        // Entries still to be told, the next one last, each with its ancestors' places.
        let mut rest: Vec<(String, Entry, Vec<u32>)> = Vec::new();
        let mut open = Some((String::new(), directory.clone(), Vec::new()));
        loop {
            if let Some((path, directory, mut above)) = open.take() {
                let place = directory.first_block();
                if above.contains(&place) || above.len() >= DEPTH_MAX {
                    return Err(FsError::Damaged {
                        block: place,
                        offset: 0,
                        fault: Fault::Loop,
                    });
                }
                above.push(place);
                let entries = self.directory(&directory, &mut budget)?;
                if listed.len() + rest.len() + entries.len() > ENTRIES_MAX {
                    return Err(FsError::TooMuch {
                        limit: ENTRIES_MAX,
                        what: "entries",
                    });
                }
                for entry in entries.into_iter().rev() {
                    // A slash in a name, which no builder writes, would be another path.
                    let name = entry.name.replace('/', "_");
                    let path = match path.as_str() {
                        "" => name,
                        above => format!("{above}/{name}"),
                    };
                    let above = match entry.is_directory() {
                        true => above.clone(),
                        false => Vec::new(),
                    };
                    rest.push((path, entry, above));
                }
            }
            let Some((path, entry, above)) = rest.pop() else {
                return Ok(listed);
            };
            if entry.is_directory() {
                open = Some((path.clone(), entry.clone(), above));
            }
            listed.push(Listed { path, entry });
        }
    }

    /// Reads bytes of a file from `offset`; the result is how many there were before its end.
    pub fn read(&self, file: &Entry, offset: u32, to: &mut [u8]) -> Result<usize, FsError> {
        if file.is_directory() {
            return Err(FsError::IsADirectory(file.name.clone()));
        }
        let left = file.byte_count.saturating_sub(offset) as usize;
        let length = left.min(to.len());
        if length == 0 {
            return Ok(0);
        }
        self.first_good(file, |avatar| {
            let mut block = avatar.saturating_add(offset / BLOCK_SIZE as u32);
            let mut skip = offset as usize % BLOCK_SIZE;
            let mut done = 0;
            let mut bytes = [0; BLOCK_SIZE];
            while done < length {
                self.read_into(block, &mut bytes)?;
                let part = (BLOCK_SIZE - skip).min(length - done);
                to[done..done + part].copy_from_slice(&bytes[skip..skip + part]);
                (done, skip) = (done + part, 0);
                block = block.saturating_add(1);
            }
            Ok(length)
        })
    }

    /// A whole file. One that claims more bytes than the image has is refused before any memory
    /// is set aside.
    pub fn read_file(&self, file: &Entry) -> Result<Vec<u8>, FsError> {
        let blocks = file.byte_count.div_ceil(BLOCK_SIZE as u32);
        let count = self.blocks.block_count();
        if blocks > count {
            let block = file.first_block().saturating_add(blocks);
            return Err(BlockError::PastEnd { block, count }.into());
        }
        let mut bytes = vec![0; file.byte_count as usize];
        self.read(file, 0, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, block: u32, to: &mut [u8]) -> Result<(), FsError> {
        let count = self.blocks.block_count();
        if block >= count {
            return Err(BlockError::PastEnd { block, count }.into());
        }
        let mut bytes = [0; BLOCK_SIZE];
        self.blocks.read_block(block, &mut bytes)?;
        for (to, from) in to.iter_mut().zip(bytes) {
            *to = from;
        }
        Ok(())
    }
}

/// Characters with a meaning in paths.
const ILLEGAL: [char; 5] = ['/', '$', '{', '}', '|'];

/// A big-endian word; zero past the end.
pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// Text padded with zeros; each byte is one character (ISO 8859-1), so that none is lost.
pub(super) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
