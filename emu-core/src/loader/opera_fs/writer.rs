//! Makes an image of a tree of files.
//!
//! The layout is that of the public disc tool (device sheet 6.3): the label in block 0, `rom_tags`
//! from block 1 if the root has it, all directories in depth-first order, then the files, and
//! `signatures` last. Equal trees make equal images.

use super::directory::{ENTRY_SIZE, Entry, HEADER_SIZE, flag};
use super::label::{LABEL_SIZE, Label, TOTAL_BLOCKS};
use super::{BLOCK_SIZE, DEPTH_MAX, ILLEGAL, NAME_MAX};
use std::collections::BTreeSet;
use thiserror::Error;

/// Name of a volume whose maker does not choose one.
pub const DEFAULT_LABEL: &str = "CD-ROM";

/// The label's own entry; a file of this name in the root of a tree is not taken over.
pub const LABEL_ENTRY: &str = "Disc label";

/// The boot information, which stands right behind the label.
const ROM_TAGS: &str = "rom_tags";
/// What the boot information's maker signed, which stands at the end.
const SIGNATURES: &str = "signatures";
/// What the console starts.
const LAUNCH_ME: &str = "LaunchMe";

/// Bytes of an entry with one copy.
const ENTRY: usize = ENTRY_SIZE + 4;
/// Entries of a directory block.
const ENTRIES_PER_BLOCK: usize = (BLOCK_SIZE - HEADER_SIZE) / ENTRY;

/// A file or folder to be put on a disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// What it is.
    pub content: Content,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A file's bytes.
    File(Vec<u8>),
    /// A folder's items, in any order.
    Folder(Vec<Item>),
}

/// Why there is no image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PackError {
    /// A name the file system cannot hold, or a program could not say.
    #[error("{path}: {why}; rename it")]
    Name {
        /// Where.
        path: String,
        /// What is wrong with the name.
        why: &'static str,
    },
    /// Two names that differ in case only.
    #[error("{0}: another name in this folder differs only in the case of its letters; rename one")]
    Twice(String),
    /// Folders in folders in folders.
    #[error("{0}: nested deeper than {DEPTH_MAX} folders; move it up")]
    TooDeep(String),
    /// More than a disc holds.
    #[error(
        "the files need {needed} blocks of 2048 bytes, but a disc has {TOTAL_BLOCKS}; leave some out"
    )]
    TooLarge {
        /// Blocks.
        needed: u64,
    },
    /// Not a name of a volume.
    #[error(
        "label {0:?}: a volume's name has 1 to 31 characters without / $ {{ }} |; choose another"
    )]
    Label(String),
}

/// A directory on its way to the image.
struct Directory<'a> {
    /// Its entry in its parent, and its own number there.
    parent: Option<(usize, usize)>,
    rows: Vec<Row<'a>>,
    first_block: u32,
}

struct Row<'a> {
    entry: Entry,
    data: Option<&'a [u8]>,
}

impl Directory<'_> {
    fn blocks(&self) -> u32 {
        self.rows.len().div_ceil(ENTRIES_PER_BLOCK).max(1) as u32
    }
}

/// Packs a tree into an image whose length is a whole number of blocks.
pub fn pack(root: &[Item], label: &str) -> Result<Vec<u8>, PackError> {
    if name_fault(label).is_some() {
        return Err(PackError::Label(label.to_owned()));
    }
    let mut plan = Plan {
        directories: Vec::new(),
        next_id: 2,
        checksum: crc32fast::Hasher::new(),
    };
    plan.checksum.update(label.as_bytes());
    plan.directory(root, "", None, 1)?;
    plan.write(label)
}

struct Plan<'a> {
    directories: Vec<Directory<'a>>,
    next_id: u32,
    checksum: crc32fast::Hasher,
}

impl<'a> Plan<'a> {
    fn entry(&mut self, name: &str, flags: u32, kind: [u8; 4], bytes: u32) -> Entry {
        let id = self.next_id;
        self.next_id += 1;
        Entry {
            flags,
            id,
            kind,
            block_size: BLOCK_SIZE as u32,
            byte_count: bytes,
            block_count: bytes.div_ceil(BLOCK_SIZE as u32),
            burst: 0,
            gap: 0,
            name: name.to_owned(),
            avatars: vec![0],
        }
    }

    /// Plans a directory and what is below it; ids count in depth-first order.
    fn directory(
        &mut self,
        items: &'a [Item],
        path: &str,
        parent: Option<(usize, usize)>,
        depth: usize,
    ) -> Result<(), PackError> {
        if depth > DEPTH_MAX {
            return Err(PackError::TooDeep(path.to_owned()));
        }
        let this = self.directories.len();
        let mut rows = Vec::new();
        if parent.is_none() {
            let flags = flag::READ_ONLY | flag::FOR_FILESYSTEM;
            let entry = self.entry(LABEL_ENTRY, flags, *b"*lbl", LABEL_SIZE as u32);
            rows.push(Row { entry, data: None });
        }
        self.directories.push(Directory {
            parent,
            rows,
            first_block: 0,
        });
        let mut sorted: Vec<&Item> = items.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        let mut names = BTreeSet::new();
        for item in sorted {
            let name = item.name.as_str();
            let at = match path {
                "" => name.to_owned(),
                path => format!("{path}/{name}"),
            };
            if parent.is_none() && name.eq_ignore_ascii_case(LABEL_ENTRY) {
                continue;
            }
            if let Some(why) = name_fault(name) {
                return Err(PackError::Name { path: at, why });
            }
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(PackError::Twice(at));
            }
            self.checksum.update(at.as_bytes());
            let row = match &item.content {
                Content::File(data) => {
                    let length = u32::try_from(data.len()).map_err(|_| PackError::TooLarge {
                        needed: data.len().div_ceil(BLOCK_SIZE) as u64,
                    })?;
                    self.checksum.update(&[0]);
                    self.checksum.update(&length.to_be_bytes());
                    self.checksum.update(data);
                    let kind = kind(name, parent.is_none());
                    Row {
                        entry: self.entry(name, flag::READ_ONLY, kind, length),
                        data: Some(data),
                    }
                }
                Content::Folder(_) => {
                    self.checksum.update(&[1]);
                    let flags = flag::DIRECTORY | flag::READ_ONLY | flag::FOR_FILESYSTEM;
                    Row {
                        entry: self.entry(name, flags, *b"*dir", 0),
                        data: None,
                    }
                }
            };
            let number = self.directories[this].rows.len();
            self.directories[this].rows.push(row);
            if let Content::Folder(items) = &item.content {
                self.directory(items, &at, Some((this, number)), depth + 1)?;
                self.checksum.update(&[2]);
            }
        }
        Ok(())
    }

    /// Gives everything its place; the result is the number of blocks.
    fn place(&mut self) -> Result<u32, PackError> {
        let rows = self.directories.iter().flat_map(|d| &d.rows);
        let files: u64 = rows.map(|row| u64::from(row.entry.block_count)).sum();
        let directories = self.directories.iter().map(|d| u64::from(d.blocks()));
        let needed = 1 + files + directories.sum::<u64>();
        if needed > u64::from(TOTAL_BLOCKS) {
            return Err(PackError::TooLarge { needed });
        }
        let mut next = 1;
        let mut take = |count: u32| {
            let first = next;
            next += count;
            first
        };
        let in_root = |row: &Row<'_>, name| row.data.is_some() && row.entry.name == name;
        // The root is the first directory.
        if let Some(root) = self.directories.first_mut() {
            match root.rows.iter_mut().find(|row| in_root(row, ROM_TAGS)) {
                Some(row) => row.entry.avatars = vec![take(row.entry.block_count)],
                // The place behind the label stays the boot information's.
                None => drop(take(1)),
            }
        }
        for number in 0..self.directories.len() {
            let blocks = self.directories[number].blocks();
            let first = take(blocks);
            self.directories[number].first_block = first;
            if let Some((above, row)) = self.directories[number].parent {
                let entry = &mut self.directories[above].rows[row].entry;
                entry.block_count = blocks;
                entry.byte_count = blocks * BLOCK_SIZE as u32;
                entry.avatars = vec![first];
            }
        }
        let mut last = None;
        for (number, directory) in self.directories.iter_mut().enumerate() {
            for row in directory.rows.iter_mut().filter(|row| row.data.is_some()) {
                if number == 0 && row.entry.name == SIGNATURES {
                    last = Some(row);
                } else if row.entry.block_count > 0 && row.entry.avatars == [0] {
                    row.entry.avatars = vec![take(row.entry.block_count)];
                }
            }
        }
        if let Some(row) = last.filter(|row| row.entry.block_count > 0) {
            row.entry.avatars = vec![take(row.entry.block_count)];
        }
        Ok(next)
    }

    fn write(mut self, name: &str) -> Result<Vec<u8>, PackError> {
        let count = self.place()?;
        let mut image = vec![0; count as usize * BLOCK_SIZE];
        let id = self.checksum.clone().finalize();
        let label = Label {
            block: 0,
            flags: 0,
            comment: String::new(),
            name: name.to_owned(),
            id,
            block_size: BLOCK_SIZE as u32,
            block_count: count,
            root_id: !id,
            root_blocks: self.directories[0].blocks(),
            root_block_size: BLOCK_SIZE as u32,
            root_avatars: vec![self.directories[0].first_block],
        };
        image[..LABEL_SIZE].copy_from_slice(&label.to_bytes());
        for directory in &self.directories {
            write_directory(directory, &mut image);
            for row in &directory.rows {
                let at = row.entry.first_block() as usize * BLOCK_SIZE;
                let data = row.data.unwrap_or_default();
                image[at..at + data.len()].copy_from_slice(data);
            }
        }
        Ok(image)
    }
}

fn write_directory(directory: &Directory<'_>, image: &mut [u8]) {
    let blocks = directory.blocks() as usize;
    for index in 0..blocks {
        let first = index * ENTRIES_PER_BLOCK;
        let last = (first + ENTRIES_PER_BLOCK).min(directory.rows.len());
        let rows = &directory.rows[first..last];
        let ends = index + 1 == blocks;
        let header = [
            if ends { u32::MAX } else { index as u32 + 1 },
            (index as u32).wrapping_sub(1),
            0,
            (HEADER_SIZE + rows.len() * ENTRY) as u32,
            HEADER_SIZE as u32,
        ];
        let mut bytes: Vec<u8> = header.iter().flat_map(|word| word.to_be_bytes()).collect();
        for (number, row) in rows.iter().enumerate() {
            let mut entry = row.entry.clone();
            if number + 1 == rows.len() {
                entry.flags |= flag::LAST_IN_BLOCK;
                entry.flags |= if ends { flag::LAST_IN_DIRECTORY } else { 0 };
            }
            bytes.extend(entry.to_bytes());
        }
        let at = (directory.first_block as usize + index) * BLOCK_SIZE;
        image[at..at + bytes.len()].copy_from_slice(&bytes);
    }
}

/// What is wrong with a name of a file, a folder or a volume.
fn name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("an empty name")
    } else if name.chars().count() > NAME_MAX {
        Some("a name on a disc has at most 31 characters")
    } else if matches!(name, "." | ".." | "^") || name.contains(ILLEGAL) {
        Some("this name, or one of / $ { } |, has a meaning of its own in paths")
    } else if name.chars().any(|c| c.is_control() || c > '\u{FF}') {
        Some("a name on a disc has printable characters of ISO 8859-1 only")
    } else {
        None
    }
}

/// A file's type: the first letters of what follows the last dot; it means nothing to the system.
fn kind(name: &str, in_root: bool) -> [u8; 4] {
    if in_root && name == LAUNCH_ME {
        return *b"*zap";
    }
    let mut kind = [0; 4];
    if let Some((_, extension)) = name.rsplit_once('.')
        && !extension.is_empty()
        && extension.is_ascii()
    {
        kind = *b"    ";
        for (to, from) in kind.iter_mut().zip(extension.bytes()) {
            *to = from;
        }
    }
    kind
}
