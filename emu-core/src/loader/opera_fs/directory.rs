//! Directory blocks and entries as bytes (device sheet 6.1).

use super::{BLOCK_SIZE, FsError, text, word};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Bytes of a directory block's header.
pub const HEADER_SIZE: usize = 20;

/// Bytes of an entry without its list of copies.
pub const ENTRY_SIZE: usize = 68;

/// Largest block of a directory that is believed.
const BLOCK_SIZE_MAX: usize = 1 << 16;

/// Flags of an entry (SDK header filesystem.h).
pub mod flag {
    /// A directory.
    pub const DIRECTORY: u32 = 1;
    /// Cannot be written.
    pub const READ_ONLY: u32 = 2;
    /// The file system's own.
    pub const FOR_FILESYSTEM: u32 = 4;
    /// The last entry of its block.
    pub const LAST_IN_BLOCK: u32 = 0x4000_0000;
    /// The last entry of its directory.
    pub const LAST_IN_DIRECTORY: u32 = 0x8000_0000;
}

/// What is wrong with a label or a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// No size for a block.
    #[error("a block size of {0} bytes")]
    BlockSize(u32),
    /// More copies than there may be.
    #[error("{0} is no number of a last copy")]
    Avatars(u32),
    /// The entries begin or end outside the block.
    #[error("the entries are said to reach from byte {first} to {free} of a block")]
    Extent {
        /// Of the first entry.
        first: u32,
        /// Of the first free byte.
        free: u32,
    },
    /// An entry that runs out of its block.
    #[error("an entry runs out of its block")]
    Straddles,
    /// A next block outside the directory.
    #[error("the next block is {next} of a directory of {count}")]
    NextBlock {
        /// Where it points.
        next: u32,
        /// How many there are.
        count: u32,
    },
    /// A directory that contains itself.
    #[error("the directories go round in a circle")]
    Loop,
}

/// A file or directory in a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// See [`flag`].
    pub flags: u32,
    /// Unique id.
    pub id: u32,
    /// Four characters; they mean nothing to the file system.
    pub kind: [u8; 4],
    /// Bytes of a block, as a program is told.
    pub block_size: u32,
    /// Bytes of the file.
    pub byte_count: u32,
    /// Blocks set aside for it.
    pub block_count: u32,
    /// Blocks in a row, for interleaved files; no known disc uses it.
    pub burst: u32,
    /// Blocks between.
    pub gap: u32,
    /// The name, each byte one character.
    pub name: String,
    /// First block of each copy; there is at least one.
    pub avatars: Vec<u32>,
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.flags & flag::DIRECTORY != 0
    }

    /// Whether it is the disc's label in the guise of a file.
    pub fn is_label(&self) -> bool {
        self.kind == *b"*lbl" && self.first_block() == 0
    }

    /// First block of the first copy.
    pub fn first_block(&self) -> u32 {
        self.avatars.first().copied().unwrap_or(0)
    }

    /// As the bytes of a directory.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENTRY_SIZE + 4 * self.avatars.len());
        let mut put = |word: u32| bytes.extend(word.to_be_bytes());
        put(self.flags);
        put(self.id);
        put(u32::from_be_bytes(self.kind));
        put(self.block_size);
        put(self.byte_count);
        put(self.block_count);
        put(self.burst);
        put(self.gap);
        let mut name = [0; 32];
        super::label::put_text(&mut name, &self.name);
        bytes.extend(name);
        bytes.extend((self.avatars.len().saturating_sub(1) as u32).to_be_bytes());
        bytes.extend(self.avatars.iter().flat_map(|block| block.to_be_bytes()));
        bytes
    }
}

/// What a directory block says beside its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The next block, counted within the directory.
    pub next: Option<u32>,
}

/// Bytes of a directory's blocks.
pub(crate) fn block_size(directory: &Entry, at: u32) -> Result<usize, FsError> {
    let size = directory.block_size as usize;
    if size == 0 || size > BLOCK_SIZE_MAX || !size.is_multiple_of(BLOCK_SIZE) {
        return Err(FsError::Damaged {
            block: at,
            offset: 0,
            fault: Fault::BlockSize(directory.block_size),
        });
    }
    Ok(size)
}

/// An entry as it stands in its block.
#[derive(Clone, Copy, Debug)]
pub struct RawEntry<'a>(&'a [u8]);

impl RawEntry<'_> {
    /// The name without its padding.
    pub fn name(&self) -> &[u8] {
        let name = &self.0[32..64];
        let end = name.iter().position(|&byte| byte == 0);
        &name[..end.unwrap_or(name.len())]
    }

    /// Taken apart.
    pub fn entry(&self) -> Entry {
        let at = |offset| word(self.0, offset);
        let copies = (self.0.len() - ENTRY_SIZE) / 4;
        Entry {
            flags: at(0) & !(flag::LAST_IN_BLOCK | flag::LAST_IN_DIRECTORY),
            id: at(4),
            kind: at(8).to_be_bytes(),
            block_size: at(12),
            byte_count: at(16),
            block_count: at(20),
            burst: at(24),
            gap: at(28),
            name: text(&self.0[32..64]),
            avatars: (0..copies).map(|n| at(ENTRY_SIZE + 4 * n)).collect(),
        }
    }
}

/// Finds a block's entries and puts them at the end of `entries`. They end at a last flag or at
/// the first free byte, whichever comes first: some builders set no flags and leave filler behind
/// the entries, others would be read past the end without the flag.
pub fn split<'a>(bytes: &'a [u8], entries: &mut Vec<RawEntry<'a>>) -> Result<Block, (u32, Fault)> {
    let (next, free, first) = (word(bytes, 0), word(bytes, 12), word(bytes, 16));
    let (end, mut at) = (free as usize, first as usize);
    if end > bytes.len() || at < HEADER_SIZE || at > end.max(HEADER_SIZE) {
        return Err((12, Fault::Extent { first, free }));
    }
    let mut last = false;
    while at + ENTRY_SIZE <= end {
        let straddles = (at as u32, Fault::Straddles);
        let avatars = word(bytes, at + 64);
        if avatars > 255 {
            return Err((at as u32 + 64, Fault::Avatars(avatars)));
        }
        let size = ENTRY_SIZE + 4 * (avatars as usize + 1);
        let entry = bytes.get(at..at + size).ok_or(straddles)?;
        let flags = word(entry, 0);
        entries.push(RawEntry(entry));
        last = flags & flag::LAST_IN_DIRECTORY != 0;
        if last || flags & flag::LAST_IN_BLOCK != 0 {
            break;
        }
        at += size;
    }
    // Negative: none.
    let next = (!last && (next as i32) >= 0).then_some(next);
    Ok(Block { next })
}

/// Reads a block's entries to the end of `entries`.
pub fn parse(bytes: &[u8], entries: &mut Vec<Entry>) -> Result<Block, (u32, Fault)> {
    let mut found = Vec::new();
    let block = split(bytes, &mut found);
    entries.extend(found.iter().map(RawEntry::entry));
    block
}
