//! Makes an image of a tree of files.
//!
//! The layout is that of the public disc tool (device sheet 6.3): the label in block 0, `rom_tags`
//! from block 1 if the root has it, all directories in depth-first order, then the files, and
//! `signatures` last. Equal trees make equal images.

use super::directory::{ENTRY_SIZE, Entry, HEADER_SIZE, flag};
use super::label::{LABEL_SIZE, Label, TOTAL_BLOCKS};
use super::{BLOCK_SIZE, DEPTH_MAX, ILLEGAL, NAME_MAX};
use std::collections::{BTreeMap, BTreeSet};
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

/// A file or folder to be put on a disc; `F` stands for the bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<F = Vec<u8>> {
    /// Its name.
    pub name: String,
    /// What it is.
    pub content: Content<F>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<F = Vec<u8>> {
    /// A file.
    File(F),
    /// A folder's items, in any order.
    Folder(Vec<Item<F>>),
}

/// Where every block of an image comes from. The files themselves need not be read for it.
#[derive(Debug)]
pub struct Layout<F> {
    /// Blocks of the image.
    pub blocks: u32,
    /// The label and the directories by their first block, each a whole number of blocks.
    pub own: BTreeMap<u32, Vec<u8>>,
    /// The files that have bytes, in the order of the image. What neither they nor the blocks of
    /// the image's own reach is zero.
    pub files: Vec<Placed<F>>,
}

/// A file's place.
#[derive(Debug)]
pub struct Placed<F> {
    /// Its first block.
    pub block: u32,
    /// Its bytes; it has enough blocks for them.
    pub length: u32,
    /// The file.
    pub file: F,
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
struct Directory<F> {
    /// Its entry in its parent, and its own number there.
    parent: Option<(usize, usize)>,
    rows: Vec<Row<F>>,
    first_block: u32,
}

struct Row<F> {
    entry: Entry,
    file: Option<F>,
}

impl<F> Directory<F> {
    fn blocks(&self) -> u32 {
        self.rows.len().div_ceil(ENTRIES_PER_BLOCK).max(1) as u32
    }
}

/// Packs a tree into an image whose length is a whole number of blocks.
pub fn pack(root: &[Item], label: &str) -> Result<Vec<u8>, PackError> {
    let layout = layout(lent(root, 1), label, |data| data.len() as u64)?;
    let mut image = vec![0; layout.blocks as usize * BLOCK_SIZE];
    let mut put = |block: u32, data: &[u8]| {
        let at = block as usize * BLOCK_SIZE;
        image[at..at + data.len()].copy_from_slice(data);
    };
    for (block, data) in &layout.own {
        put(*block, data);
    }
    for placed in &layout.files {
        put(placed.block, placed.file);
    }
    Ok(image)
}

/// The same tree without a copy of its files; what is nested too deep to be packed is left out.
fn lent(items: &[Item], depth: usize) -> Vec<Item<&[u8]>> {
    if depth > DEPTH_MAX + 1 {
        return Vec::new();
    }
    items
        .iter()
        .map(|item| Item {
            name: item.name.clone(),
            content: match &item.content {
                Content::File(data) => Content::File(data.as_slice()),
                Content::Folder(items) => Content::Folder(lent(items, depth + 1)),
            },
        })
        .collect()
}

/// Gives everything in a tree its place, with `length` to tell the bytes of a file.
pub fn layout<F>(
    root: Vec<Item<F>>,
    label: &str,
    length: impl Fn(&F) -> u64,
) -> Result<Layout<F>, PackError> {
    if name_fault(label).is_some() {
        return Err(PackError::Label(label.to_owned()));
    }
    let mut plan = Plan {
        directories: Vec::new(),
        next_id: 2,
        checksum: crc32fast::Hasher::new(),
        length,
    };
    plan.checksum.update(label.as_bytes());
    plan.directory(root, "", None, 1)?;
    plan.finish(label)
}

struct Plan<F, L> {
    directories: Vec<Directory<F>>,
    next_id: u32,
    /// Of names and lengths: nobody should have to read hundreds of megabytes for an id.
    checksum: crc32fast::Hasher,
    length: L,
}

impl<F, L: Fn(&F) -> u64> Plan<F, L> {
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
        items: Vec<Item<F>>,
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
            rows.push(Row { entry, file: None });
        }
        self.directories.push(Directory {
            parent,
            rows,
            first_block: 0,
        });
        let mut sorted = items;
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
            let (row, below) = match item.content {
                Content::File(file) => {
                    let length = (self.length)(&file);
                    let needed = length.div_ceil(BLOCK_SIZE as u64);
                    let length =
                        u32::try_from(length).map_err(|_| PackError::TooLarge { needed })?;
                    self.checksum.update(&[0]);
                    self.checksum.update(&length.to_be_bytes());
                    let kind = kind(name, parent.is_none());
                    let entry = self.entry(name, flag::READ_ONLY, kind, length);
                    let file = Some(file);
                    (Row { entry, file }, None)
                }
                Content::Folder(items) => {
                    self.checksum.update(&[1]);
                    let flags = flag::DIRECTORY | flag::READ_ONLY | flag::FOR_FILESYSTEM;
                    let entry = self.entry(name, flags, *b"*dir", 0);
                    (Row { entry, file: None }, Some(items))
                }
            };
            let number = self.directories[this].rows.len();
            self.directories[this].rows.push(row);
            if let Some(items) = below {
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
        let in_root = |row: &Row<F>, name| row.file.is_some() && row.entry.name == name;
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
            for row in directory.rows.iter_mut().filter(|row| row.file.is_some()) {
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

    fn finish(mut self, name: &str) -> Result<Layout<F>, PackError> {
        let count = self.place()?;
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
        let mut bytes = label.to_bytes().to_vec();
        bytes.resize(BLOCK_SIZE, 0);
        let mut own = BTreeMap::from([(0, bytes)]);
        let mut files = Vec::new();
        for directory in self.directories {
            own.insert(directory.first_block, directory_bytes(&directory));
            for row in directory.rows {
                let (block, length) = (row.entry.first_block(), row.entry.byte_count);
                if let Some(file) = row.file.filter(|_| length > 0) {
                    files.push(Placed {
                        block,
                        length,
                        file,
                    });
                }
            }
        }
        files.sort_by_key(|placed| placed.block);
        Ok(Layout {
            blocks: count,
            own,
            files,
        })
    }
}

fn directory_bytes<F>(directory: &Directory<F>) -> Vec<u8> {
    let blocks = directory.blocks() as usize;
    let mut bytes = Vec::with_capacity(blocks * BLOCK_SIZE);
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
        bytes.extend(header.iter().flat_map(|word| word.to_be_bytes()));
        for (number, row) in rows.iter().enumerate() {
            let mut entry = row.entry.clone();
            if number + 1 == rows.len() {
                entry.flags |= flag::LAST_IN_BLOCK;
                entry.flags |= if ends { flag::LAST_IN_DIRECTORY } else { 0 };
            }
            bytes.extend(entry.to_bytes());
        }
        bytes.resize((index + 1) * BLOCK_SIZE, 0);
    }
    bytes
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
