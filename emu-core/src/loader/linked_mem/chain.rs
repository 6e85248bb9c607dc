//! The chain of blocks: walked with every link checked, cut and merged.

use super::{FILE_HEADER, FsError, LEAST_SPLIT, LinkedMem, word};

/// Bytes of the header of the anchor and of a free block, and the first of a file's.
pub(super) const HEADER: u32 = 20;

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Anchor,
    File,
    Free,
}

impl Kind {
    pub(super) fn fingerprint(self) -> u32 {
        match self {
            Kind::Anchor => 0x855A_02B6,
            Kind::File => 0xBE4F_32A6,
            Kind::Free => 0x7AA5_65BD,
        }
    }

    fn header(self) -> u32 {
        match self {
            Kind::Anchor | Kind::Free => HEADER,
            Kind::File => FILE_HEADER,
        }
    }
}

/// The first words of a block, unchecked.
pub(super) struct Header {
    pub(super) fingerprint: u32,
    forward: u32,
    back: u32,
    count: u32,
    header: u32,
}

/// The header at `at`, if it lies inside the volume.
pub(super) fn header(volume: &[u8], at: u32) -> Option<Header> {
    let bytes = volume.get(at as usize..)?.get(..HEADER as usize)?;
    Some(Header {
        fingerprint: word(bytes, 0),
        forward: word(bytes, 4),
        back: word(bytes, 8),
        count: word(bytes, 12),
        header: word(bytes, 16),
    })
}

/// A block that was checked: it and its header lie inside the volume.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) at: u32,
    pub(super) kind: Kind,
    /// The next block; the last one's is the anchor.
    pub(super) forward: u32,
    pub(super) back: u32,
    /// Bytes, the header included.
    pub(super) count: u32,
}

/// The blocks from the anchor on. Each must begin where the one before ends, so a walk always
/// ends, and the last must end with the volume.
pub(super) struct Walk<'m> {
    volume: &'m [u8],
    anchor: u32,
    anchor_back: u32,
    /// The block before and the place of the next; nothing when the walk is over.
    next: Option<(u32, u32)>,
}

impl Walk<'_> {
    fn check(&mut self, before: u32, at: u32) -> Result<Block, FsError> {
        let damaged = |why| Err(FsError::Damaged { offset: at, why });
        let Some(header) = header(self.volume, at) else {
            return damaged("no room for a block here");
        };
        let kinds = [Kind::Anchor, Kind::File, Kind::Free];
        let kind = kinds.into_iter().find(|&kind| {
            // There is one anchor, and it is the first block.
            kind.fingerprint() == header.fingerprint
                && (kind == Kind::Anchor) == (at == self.anchor)
        });
        let Some(kind) = kind else {
            return damaged("not the mark of a block");
        };
        if header.header != kind.header() || header.count < header.header {
            return damaged("the size of the block or its header cannot be");
        }
        let size = self.volume.len() as u64;
        let end = u64::from(at) + u64::from(header.count);
        if end > size {
            return damaged("the block ends behind the volume");
        }
        let follows = if end == size {
            u64::from(self.anchor)
        } else {
            end
        };
        if u64::from(header.forward) != follows {
            return damaged("the forward link is not the block's end");
        }
        if at == self.anchor {
            self.anchor_back = header.back;
        } else if header.back != before {
            return damaged("the backward link is not the block before");
        }
        if end < size {
            self.next = Some((at, header.forward));
        } else if self.anchor_back != at {
            return damaged("the anchor does not link back to the last block");
        }
        Ok(Block {
            at,
            kind,
            forward: header.forward,
            back: header.back,
            count: header.count,
        })
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Block, FsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (before, at) = self.next.take()?;
        Some(self.check(before, at))
    }
}

impl LinkedMem<'_> {
    pub(super) fn walk(&self) -> Walk<'_> {
        Walk {
            volume: self.image,
            anchor: self.anchor,
            anchor_back: self.anchor,
            next: Some((self.anchor, self.anchor)),
        }
    }

    /// All blocks of a sound volume, the anchor first.
    pub(super) fn blocks(&self) -> Result<Vec<Block>, FsError> {
        self.walk().inspect(|_| self.touch(HEADER)).collect()
    }

    pub(super) fn touch(&self, bytes: u32) {
        self.touched.set(self.touched() + u64::from(bytes));
    }

    /// The first free block of at least `wanted` bytes.
    pub(super) fn first_free(&self, blocks: &[Block], wanted: u32) -> Result<Block, FsError> {
        let large = |block: &&Block| block.kind == Kind::Free && block.count >= wanted;
        let wanted = u64::from(wanted);
        let found = blocks.iter().find(large).copied();
        found.ok_or(FsError::NoSpace { wanted })
    }

    /// Makes a file of `wanted` bytes where `block` begins, in `total` bytes that end at the
    /// block `behind`. What is left becomes a free block, or stays with the file if it is too
    /// small for one. The bytes the file has then.
    pub(super) fn carve(&mut self, block: &Block, total: u32, behind: u32, wanted: u32) -> u32 {
        let (at, back) = (block.at, block.back);
        let rest = total - wanted;
        if rest < LEAST_SPLIT {
            self.put_block(Kind::File, at, total, behind, back);
            self.put_word(behind + 8, at);
            return total;
        }
        let free = at + wanted;
        self.put_block(Kind::File, at, wanted, free, back);
        self.put_block(Kind::Free, free, rest, behind, at);
        self.put_word(behind + 8, free);
        wanted
    }

    /// Makes a block free, one with its free neighbours.
    pub(super) fn free(&mut self, blocks: &[Block], place: usize) {
        let is_free = |block: &&Block| block.kind == Kind::Free;
        let mut merged = blocks[place];
        if let Some(next) = blocks.get(place + 1).filter(is_free) {
            merged.count += next.count;
            merged.forward = next.forward;
        }
        let before = place.checked_sub(1).and_then(|before| blocks.get(before));
        if let Some(before) = before.filter(is_free) {
            merged.count += before.count;
            merged.at = before.at;
            merged.back = before.back;
        }
        let Block {
            at,
            count,
            forward,
            back,
            ..
        } = merged;
        self.put_block(Kind::Free, at, count, forward, back);
        self.put_word(forward + 8, at);
    }

    /// Writes the header that all blocks have.
    pub(super) fn put_block(&mut self, kind: Kind, at: u32, count: u32, forward: u32, back: u32) {
        let words = [kind.fingerprint(), forward, back, count, kind.header()];
        for (n, word) in (0..).zip(words) {
            self.put_word(at + 4 * n, word);
        }
    }

    pub(super) fn put_word(&mut self, at: u32, word: u32) {
        self.put(at, &word.to_be_bytes());
    }

    /// Writes bytes at a place that a walk has checked.
    pub(super) fn put(&mut self, at: u32, bytes: &[u8]) {
        let at = at as usize;
        if let Some(to) = self.image.get_mut(at..at + bytes.len()) {
            to.copy_from_slice(bytes);
            self.touch(bytes.len() as u32);
        }
    }

    /// Copies bytes between two blocks that a walk has checked.
    pub(super) fn copy(&mut self, from: u32, to: u32, len: u32) {
        let (from, to) = (from as usize, to as usize);
        let bytes = self.image[from..from + len as usize].to_vec();
        self.touch(len);
        self.put(to as u32, &bytes);
    }
}
