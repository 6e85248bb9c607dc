//! The file system of NVRAM: a chain of blocks, as pure functions over bytes.
//!
//! ```text
//!   0        132        152                                          size
//!   | label  | anchor   | file: header 64, data | free: header 20 |...|
//!               ^  \------^ forward: the next block, in address order
//!               \------------------------------------------------/
//!                                     the last one goes back to the anchor
//! ```
//!
//! Every byte behind the anchor belongs to one block (device sheet 6.8). An image may come from
//! anywhere, so a chain is believed only as far as it was checked: readers stop at the first
//! contradiction, and what changes the chain checks the whole of it before the first write.

mod chain;
#[cfg(test)]
mod tests;

use super::opera_fs::label::{HIGHEST_AVATAR, LABEL_SIZE, Label, SIGNATURE, VERSION_LINKED_MEM};
use super::opera_fs::{text, word};
use chain::{Block, Kind};
use std::cell::Cell;
use thiserror::Error;

/// Bytes of the console's NVRAM.
pub const NVRAM_BYTES: usize = 32768;

/// Name of the console's NVRAM volume.
pub const NVRAM_NAME: &str = "nvram";

/// Bytes of the header of a file.
pub const FILE_HEADER: u32 = 64;

/// Longest name of a file.
pub const NAME_MAX: usize = 31;

/// Type of a new file: four spaces.
pub const NEW_TYPE: u32 = 0x2020_2020;

/// What cannot be in a name because paths need it.
const NOT_IN_NAMES: &[u8] = b"/${}|";

/// Less than this is not split off a block: a file with this much data must fit.
const LEAST_SPLIT: u32 = FILE_HEADER + 32;

/// Why something in a volume cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FsError {
    /// No label of such a volume, or it says something that cannot be.
    #[error("no NVRAM volume: {0}; format the NVRAM")]
    NoVolume(&'static str),
    /// The chain of blocks contradicts itself.
    #[error("the NVRAM volume is damaged at byte {offset:#x}: {why}")]
    Damaged {
        /// Where the block begins.
        offset: u32,
        /// What is wrong.
        why: &'static str,
    },
    /// No free block is large enough.
    #[error("no free block of the NVRAM volume has {wanted} bytes; delete a file")]
    NoSpace {
        /// Bytes that the block must have, its header included.
        wanted: u64,
    },
    /// There is a file of this name.
    #[error("a file of this name exists in the NVRAM volume")]
    Exists,
    /// There is no such file.
    #[error("no such file in the NVRAM volume")]
    NotFound,
    /// Beyond the blocks of the file.
    #[error("byte {end} is outside the {blocks} blocks of the file")]
    OutOfRange {
        /// Where the access ends, or the byte count asked for.
        end: i64,
        /// Data blocks of the file.
        blocks: u32,
    },
    /// Not a name.
    #[error("not a name of a file: {0}")]
    BadName(&'static str),
}

/// A file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where its block begins: what names the file in calls, until it moves or is deleted.
    pub offset: u32,
    /// The name, padded with NUL.
    pub name: [u8; 32],
    /// Type: four characters as a word.
    pub kind: u32,
    /// Unique id.
    pub id: u32,
    /// Bytes in the file, at most `blocks`.
    pub bytes: u32,
    /// Blocks of one byte for data; often a few more than were asked for.
    pub blocks: u32,
}

impl Entry {
    /// The name without its padding.
    pub fn name(&self) -> &[u8] {
        until_nul(&self.name)
    }

    /// Where the data begins.
    pub fn data(&self) -> u32 {
        self.offset + FILE_HEADER
    }
}

/// How full a volume is, in bytes, as FSSTAT tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Room for data in all free blocks together.
    pub free: u32,
    /// The label, the anchor and the files with their headers.
    pub used: u32,
    /// Room for data in the largest free block.
    pub largest: u32,
}

/// A volume in a byte image.
#[derive(Debug)]
pub struct LinkedMem<'a> {
    image: &'a mut [u8],
    anchor: u32,
    touched: Cell<u64>,
}

/// Whether the image has a label of such a volume, and an anchor where the label says.
pub fn is_formatted(image: &[u8]) -> bool {
    probe(image).is_ok()
}

/// Makes an empty volume of the whole image, everything else zero.
///
/// An image too small for one file (216 bytes) is left zero, which is no volume.
pub fn format(image: &mut [u8], name: &str) {
    image.fill(0);
    let anchor = LABEL_SIZE as u32;
    let first = anchor + chain::HEADER;
    let Ok(size) = u32::try_from(image.len()) else {
        return;
    };
    if size < first + FILE_HEADER {
        return;
    }
    let label = Label {
        block: 0,
        flags: 0,
        comment: String::new(),
        name: name.to_owned(),
        id: u32::MAX,
        block_size: 1,
        block_count: size,
        root_id: u32::MAX - 1,
        root_blocks: 0,
        root_block_size: 1,
        root_avatars: vec![anchor],
    };
    let mut label = label.to_bytes();
    label[6] = VERSION_LINKED_MEM;
    image[..LABEL_SIZE].copy_from_slice(&label);
    let mut volume = LinkedMem {
        image,
        anchor,
        touched: Cell::new(0),
    };
    let count = first - anchor;
    volume.put_block(Kind::Anchor, anchor, count, first, first);
    volume.put_block(Kind::Free, first, size - first, anchor, anchor);
}

/// The NVRAM of a console that was never used.
pub fn fresh() -> Vec<u8> {
    let mut image = vec![0; NVRAM_BYTES];
    format(&mut image, NVRAM_NAME);
    image
}

/// Size of the volume and place of its anchor.
fn probe(image: &[u8]) -> Result<(usize, u32), FsError> {
    let Some(label) = image.get(..LABEL_SIZE) else {
        return Err(FsError::NoVolume("too small for a label"));
    };
    if !label.starts_with(&SIGNATURE) || label[6] != VERSION_LINKED_MEM {
        return Err(FsError::NoVolume("no label"));
    }
    if word(label, 76) != 1 {
        return Err(FsError::NoVolume("blocks of more than one byte"));
    }
    let size = word(label, 80) as usize;
    if size > image.len() {
        return Err(FsError::NoVolume("the label tells of more bytes"));
    }
    if word(label, 96) > HIGHEST_AVATAR {
        return Err(FsError::NoVolume("too many copies of the root"));
    }
    let anchor = word(label, 100);
    if (anchor as usize) < LABEL_SIZE {
        return Err(FsError::NoVolume("the anchor is inside the label"));
    }
    match chain::header(&image[..size], anchor) {
        Some(header) if header.fingerprint == Kind::Anchor.fingerprint() => Ok((size, anchor)),
        _ => Err(FsError::NoVolume("no anchor where the label says")),
    }
}

fn until_nul(name: &[u8]) -> &[u8] {
    let len = name.iter().position(|&byte| byte == 0);
    &name[..len.unwrap_or(name.len())]
}

/// A name as the header of a file has it.
fn padded(name: &[u8]) -> Result<[u8; 32], FsError> {
    if name.is_empty() {
        return Err(FsError::BadName("it is empty"));
    }
    if name.len() > NAME_MAX {
        return Err(FsError::BadName("it has more than 31 characters"));
    }
    if name.contains(&0) || name.iter().any(|byte| NOT_IN_NAMES.contains(byte)) {
        return Err(FsError::BadName("it contains NUL or one of / $ { } |"));
    }
    let mut padded = [0; 32];
    padded[..name.len()].copy_from_slice(name);
    Ok(padded)
}

impl<'a> LinkedMem<'a> {
    /// The volume in an image. What lies behind the label's size is left alone.
    pub fn open(image: &'a mut [u8]) -> Result<LinkedMem<'a>, FsError> {
        let (size, anchor) = probe(image)?;
        Ok(LinkedMem {
            image: &mut image[..size],
            anchor,
            touched: Cell::new(0),
        })
    }

    /// Bytes that a driver would have read or written for the calls so far.
    pub fn touched(&self) -> u64 {
        self.touched.get()
    }

    /// Bytes of the volume.
    pub fn size(&self) -> u32 {
        word(self.image, 80)
    }

    /// Name of the volume.
    pub fn name(&self) -> String {
        text(&self.image[40..72])
    }

    /// All files, in the order of their addresses.
    pub fn entries(&self) -> Result<Vec<Entry>, FsError> {
        self.files().collect()
    }

    /// File number `n`, counted from 0 in the order of addresses.
    pub fn nth(&self, n: usize) -> Result<Entry, FsError> {
        for (at, entry) in self.files().enumerate() {
            let entry = entry?;
            if at == n {
                return Ok(entry);
            }
        }
        Err(FsError::NotFound)
    }

    /// The file of a name; upper and lower case are the same.
    pub fn find(&self, name: &[u8]) -> Result<Entry, FsError> {
        for entry in self.files() {
            let entry = entry?;
            if entry.name().eq_ignore_ascii_case(until_nul(name)) {
                return Ok(entry);
            }
        }
        Err(FsError::NotFound)
    }

    /// The file whose block begins at `offset`, which must be one of the chain.
    pub fn entry(&self, offset: u32) -> Result<Entry, FsError> {
        for block in self.walk() {
            let block = block?;
            if block.at > offset {
                break;
            }
            if block.at == offset && block.kind == Kind::File {
                // A driver knows where its open file is and does not walk.
                self.touch(FILE_HEADER);
                return Ok(self.entry_of(&block));
            }
        }
        Err(FsError::NotFound)
    }

    /// How full the volume is.
    pub fn statistics(&self) -> Result<Statistics, FsError> {
        let blocks = self.blocks()?;
        let mut sum = Statistics {
            used: LABEL_SIZE as u32,
            ..Statistics::default()
        };
        for block in blocks {
            if block.kind == Kind::Free {
                let room = block.count.saturating_sub(FILE_HEADER);
                sum.free += room;
                sum.largest = sum.largest.max(room);
            } else {
                sum.used += block.count;
            }
        }
        Ok(sum)
    }

    /// Makes an empty file in the first free block that holds a header.
    pub fn create(&mut self, name: &[u8]) -> Result<Entry, FsError> {
        let name = padded(name)?;
        match self.find(&name) {
            Ok(_) => return Err(FsError::Exists),
            Err(FsError::NotFound) => {}
            Err(error) => return Err(error),
        }
        let blocks = self.blocks()?;
        let free = self.first_free(&blocks, FILE_HEADER)?;
        let mut header = [0; (FILE_HEADER - chain::HEADER) as usize];
        header[8..12].copy_from_slice(&NEW_TYPE.to_be_bytes());
        header[12..].copy_from_slice(&name);
        self.put(free.at + chain::HEADER, &header);
        self.carve(&free, free.count, free.forward, FILE_HEADER);
        self.entry(free.at)
    }

    /// Deletes a file and merges its block with free neighbours.
    pub fn delete(&mut self, offset: u32) -> Result<(), FsError> {
        let blocks = self.blocks()?;
        let place = place(&blocks, offset)?;
        self.free(&blocks, place);
        Ok(())
    }

    /// Adds `delta` blocks to a file, or takes some away; where its block is then.
    ///
    /// A file grows into a free block behind it, else it moves to the first free block that is
    /// large enough. The byte count stays, unless a smaller file cannot have it.
    pub fn allocate(&mut self, offset: u32, delta: i32) -> Result<u32, FsError> {
        let blocks = self.blocks()?;
        let here = place(&blocks, offset)?;
        let old = blocks[here];
        let entry = self.entry_of(&old);
        let wanted = i64::from(old.count) + i64::from(delta);
        if wanted < i64::from(FILE_HEADER) {
            return Err(FsError::OutOfRange {
                end: wanted - i64::from(FILE_HEADER),
                blocks: entry.blocks,
            });
        }
        let Ok(wanted) = u32::try_from(wanted) else {
            let wanted = wanted.unsigned_abs();
            return Err(FsError::NoSpace { wanted });
        };
        if delta == 0 {
            return Ok(offset);
        }
        let next = blocks.get(here + 1).filter(|next| next.kind == Kind::Free);
        let (total, behind) = match next {
            Some(next) => (old.count + next.count, next.forward),
            None => (old.count, old.forward),
        };
        if wanted <= total {
            let count = self.carve(&old, total, behind, wanted);
            let bytes = entry.bytes.min(count - FILE_HEADER);
            self.put_word(offset + 20, bytes);
            return Ok(offset);
        }
        let new = self.first_free(&blocks, wanted)?;
        let kept = FILE_HEADER - chain::HEADER + entry.bytes;
        self.copy(offset + chain::HEADER, new.at + chain::HEADER, kept);
        self.carve(&new, new.count, new.forward, wanted);
        self.put_word(new.at + 20, entry.bytes);
        self.delete(offset)?;
        Ok(new.at)
    }

    /// Sets the byte count of a file, which its blocks must hold.
    pub fn set_eof(&mut self, offset: u32, bytes: u32) -> Result<(), FsError> {
        let entry = self.entry(offset)?;
        self.range(&entry, bytes, 0)?;
        self.put_word(offset + 20, bytes);
        Ok(())
    }

    /// Sets the type of a file.
    pub fn set_type(&mut self, offset: u32, kind: u32) -> Result<(), FsError> {
        self.entry(offset)?;
        self.put_word(offset + 28, kind);
        Ok(())
    }

    /// Reads blocks of a file from block `at` on. Only its blocks count, not its byte count.
    pub fn read(&self, offset: u32, at: u32, to: &mut [u8]) -> Result<(), FsError> {
        let entry = self.entry(offset)?;
        let start = self.range(&entry, at, to.len())?;
        to.copy_from_slice(&self.image[start..start + to.len()]);
        self.touched.set(self.touched() + to.len() as u64);
        Ok(())
    }

    /// Writes blocks of a file from block `at` on; the byte count grows to where this ends.
    pub fn write(&mut self, offset: u32, at: u32, from: &[u8]) -> Result<(), FsError> {
        let entry = self.entry(offset)?;
        let start = self.range(&entry, at, from.len())?;
        self.put(start as u32, from);
        let end = at + from.len() as u32;
        if !from.is_empty() && end > entry.bytes {
            self.put_word(offset + 20, end);
        }
        Ok(())
    }

    /// Where in the image `len` bytes from block `at` of a file begin.
    fn range(&self, entry: &Entry, at: u32, len: usize) -> Result<usize, FsError> {
        let end = u64::from(at).saturating_add(len as u64);
        if end > u64::from(entry.blocks) {
            let end = i64::try_from(end).unwrap_or(i64::MAX);
            let blocks = entry.blocks;
            return Err(FsError::OutOfRange { end, blocks });
        }
        Ok((entry.data() + at) as usize)
    }

    /// The files, each checked when it is reached.
    fn files(&self) -> impl Iterator<Item = Result<Entry, FsError>> + '_ {
        self.walk().filter_map(|block| match block {
            Ok(block) => {
                self.touch(chain::HEADER);
                (block.kind == Kind::File).then(|| {
                    self.touch(FILE_HEADER - chain::HEADER);
                    Ok(self.entry_of(&block))
                })
            }
            Err(error) => Some(Err(error)),
        })
    }

    /// What the header of a file says; the walk has checked its place.
    fn entry_of(&self, block: &Block) -> Entry {
        let header = &self.image[block.at as usize..];
        let blocks = block.count - FILE_HEADER;
        let mut name = [0; 32];
        name.copy_from_slice(&header[32..64]);
        Entry {
            offset: block.at,
            name,
            kind: word(header, 28),
            id: word(header, 24),
            bytes: word(header, 20).min(blocks),
            blocks,
        }
    }
}

/// Which of the blocks is the file at `offset`.
fn place(blocks: &[Block], offset: u32) -> Result<usize, FsError> {
    blocks
        .iter()
        .position(|block| block.at == offset && block.kind == Kind::File)
        .ok_or(FsError::NotFound)
}
