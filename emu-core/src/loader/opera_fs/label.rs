//! The disc label: the volume's name and size and the place of its root.

use super::directory::{Entry, Fault, flag};
use super::{BLOCK_SIZE, Blocks, FsError, text, word};

/// Bytes of a label; what follows in its block belongs to the disc's builder.
pub const LABEL_SIZE: usize = 132;

/// Block of the first copy of the label (SDK header discdata.h).
pub const LABEL_OFFSET: u32 = 225;

/// Blocks between copies of the label.
pub const AVATAR_DELTA: u32 = 32786;

/// Highest copy of the label, and highest copy of the root directory.
pub const HIGHEST_AVATAR: u32 = 7;

/// Blocks of the largest disc.
pub const TOTAL_BLOCKS: u32 = 330_000;

/// How every label begins: record type and sync bytes.
pub const SIGNATURE: [u8; 6] = [1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A];

/// Structure of an optical disc.
pub const VERSION_OPTICAL: u8 = 1;

/// Structure of a volume in NVRAM (`linked_mem`); its label has the same fields.
pub const VERSION_LINKED_MEM: u8 = 2;

/// A disc label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The block it was found in.
    pub block: u32,
    /// Bit 0: a data disc.
    pub flags: u8,
    /// Commentary.
    pub comment: String,
    /// Name of the volume.
    pub name: String,
    /// Unique id of the volume.
    pub id: u32,
    /// Bytes of a block: 2048.
    pub block_size: u32,
    /// Blocks of the volume.
    pub block_count: u32,
    /// Unique id of the root directory.
    pub root_id: u32,
    /// Blocks of one copy of the root directory.
    pub root_blocks: u32,
    /// Bytes of a block of the root directory.
    pub root_block_size: u32,
    /// First block of each copy of the root directory.
    pub root_avatars: Vec<u32>,
}

/// The blocks that may hold a label, in the order the system looks at them.
pub fn places() -> impl Iterator<Item = u32> {
    let copies = (0..=HIGHEST_AVATAR).map(|copy| LABEL_OFFSET + copy * AVATAR_DELTA);
    std::iter::once(0).chain(copies)
}

/// Whether these bytes begin like a label of an optical disc.
pub fn is_label(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE) && bytes.get(6) == Some(&VERSION_OPTICAL)
}

/// The first valid label. If there is none but something that begins like one, its fault.
pub(super) fn find<B: Blocks + ?Sized>(blocks: &B) -> Result<Label, FsError> {
    let mut damaged = None;
    let mut unreadable = None;
    for block in places().filter(|&block| block < blocks.block_count()) {
        let mut bytes = [0; BLOCK_SIZE];
        if let Err(error) = blocks.read_block(block, &mut bytes) {
            unreadable.get_or_insert(error);
        } else if is_label(&bytes) {
            match Label::parse(&bytes, block) {
                Ok(label) => return Ok(label),
                Err(error) => {
                    damaged.get_or_insert(error);
                }
            }
        }
    }
    Err(damaged
        .or(unreadable.map(FsError::Block))
        .unwrap_or(FsError::NoLabel))
}

impl Label {
    /// Reads a label from the start of its block.
    pub fn parse(bytes: &[u8], block: u32) -> Result<Label, FsError> {
        let damaged = |offset, fault| FsError::Damaged {
            block,
            offset,
            fault,
        };
        if !is_label(bytes) || bytes.len() < LABEL_SIZE {
            return Err(FsError::NoLabel);
        }
        let block_size = word(bytes, 76);
        if block_size as usize != BLOCK_SIZE {
            return Err(damaged(76, Fault::BlockSize(block_size)));
        }
        let last = word(bytes, 96);
        if last > HIGHEST_AVATAR {
            return Err(damaged(96, Fault::Avatars(last)));
        }
        let avatars = (0..=last as usize).map(|n| word(bytes, 100 + 4 * n));
        Ok(Label {
            block,
            flags: bytes[7],
            comment: text(&bytes[8..40]),
            name: text(&bytes[40..72]),
            id: word(bytes, 72),
            block_size,
            block_count: word(bytes, 80),
            root_id: word(bytes, 84),
            root_blocks: word(bytes, 88),
            root_block_size: word(bytes, 92),
            root_avatars: avatars.collect(),
        })
    }

    /// The root directory, as if it had an entry.
    pub fn root_entry(&self) -> Entry {
        Entry {
            flags: flag::DIRECTORY | flag::READ_ONLY | flag::FOR_FILESYSTEM,
            id: self.root_id,
            kind: *b"*dir",
            block_size: self.root_block_size,
            byte_count: self.root_blocks.saturating_mul(self.root_block_size),
            block_count: self.root_blocks,
            burst: 0,
            gap: 0,
            name: String::new(),
            avatars: self.root_avatars.clone(),
        }
    }

    /// As the first bytes of its block.
    pub(in crate::loader) fn to_bytes(&self) -> [u8; LABEL_SIZE] {
        let mut bytes = [0; LABEL_SIZE];
        bytes[..6].copy_from_slice(&SIGNATURE);
        bytes[6] = VERSION_OPTICAL;
        bytes[7] = self.flags;
        put_text(&mut bytes[8..40], &self.comment);
        put_text(&mut bytes[40..72], &self.name);
        let last = self.root_avatars.len().saturating_sub(1) as u32;
        let words = [
            self.id,
            self.block_size,
            self.block_count,
            self.root_id,
            self.root_blocks,
            self.root_block_size,
            last,
        ];
        let words = words.iter().chain(&self.root_avatars);
        for (to, word) in bytes[72..].chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }
}

/// Text of characters below 256, padded with what is there; the last byte stays.
pub(super) fn put_text(to: &mut [u8], text: &str) {
    let room = to.len().saturating_sub(1);
    for (to, c) in to[..room].iter_mut().zip(text.chars()) {
        *to = u8::try_from(c).unwrap_or(b'_');
    }
}
