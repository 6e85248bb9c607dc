//! Reading and writing messages at the offsets of Mach sheet 1.5.

use super::Fault;
use super::header::{Descriptor, Header, MACH_MSGH_BITS_COMPLEX, Ndr};

/// The big-endian word at an offset.
pub fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_be_bytes(*four))
}

/// A length rounded up to whole words.
pub fn round4(length: usize) -> usize {
    length.next_multiple_of(4)
}

/// A message whose scalars are read at offsets, in the byte order that its NDR record names.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    bytes: &'a [u8],
    little: bool,
    short: Fault,
}

impl<'a> Body<'a> {
    /// A message with its NDR record at an offset; reading past the end gives `short`.
    pub fn new(bytes: &'a [u8], ndr: usize, short: Fault) -> Body<'a> {
        let little = Ndr::decode(bytes, ndr).is_some_and(|ndr| ndr.is_little());
        Body {
            bytes,
            little,
            short,
        }
    }

    /// Bytes of the message.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// `length` bytes at an offset.
    ///
    /// # Errors
    /// The fault given at the beginning, when the message ends before.
    pub fn bytes(&self, at: usize, length: usize) -> Result<&'a [u8], Fault> {
        let end = at.checked_add(length).ok_or(self.short)?;
        self.bytes.get(at..end).ok_or(self.short)
    }

    /// The unsigned word at an offset.
    ///
    /// # Errors
    /// As [`Body::bytes`].
    pub fn u32(&self, at: usize) -> Result<u32, Fault> {
        let big = word(self.bytes, at).ok_or(self.short)?;
        Ok(if self.little { big.swap_bytes() } else { big })
    }

    /// The signed word at an offset.
    ///
    /// # Errors
    /// As [`Body::bytes`].
    pub fn i32(&self, at: usize) -> Result<i32, Fault> {
        Ok(self.u32(at)? as i32)
    }

    /// The halfword at an offset.
    ///
    /// # Errors
    /// As [`Body::bytes`].
    pub fn u16(&self, at: usize) -> Result<u16, Fault> {
        let bytes = self.bytes.get(at..).and_then(|rest| rest.first_chunk());
        let big = u16::from_be_bytes(*bytes.ok_or(self.short)?);
        Ok(if self.little { big.swap_bytes() } else { big })
    }

    /// Signed words from an offset on.
    ///
    /// # Errors
    /// As [`Body::bytes`].
    pub fn ints(&self, at: usize, count: usize) -> Result<Vec<i32>, Fault> {
        (0..count).map(|index| self.i32(at + 4 * index)).collect()
    }
}

/// A message that is being written, from its beginning to its end.
#[derive(Clone, Debug)]
pub struct Builder {
    out: Vec<u8>,
}

impl Builder {
    /// A message of a header alone; [`Builder::finish`] fills in its size.
    pub fn new(header: &Header) -> Builder {
        Builder {
            out: header.encode(),
        }
    }

    /// Adds the count 1 and one descriptor, and sets the complex bit.
    pub fn descriptor(mut self, descriptor: Descriptor) -> Builder {
        if let Some(first) = self.out.first_mut() {
            *first |= (MACH_MSGH_BITS_COMPLEX >> 24) as u8;
        }
        self = self.u32(1);
        self.out.extend(descriptor.encode());
        self
    }

    /// Adds the guest's NDR record.
    pub fn ndr(mut self) -> Builder {
        self.out.extend(Ndr::BIG.encode());
        self
    }

    /// Adds an unsigned word.
    pub fn u32(mut self, word: u32) -> Builder {
        self.out.extend(word.to_be_bytes());
        self
    }

    /// Adds a signed word.
    pub fn i32(self, word: i32) -> Builder {
        self.u32(word as u32)
    }

    /// Adds bytes, then zeros up to a whole word.
    pub fn padded(mut self, bytes: &[u8]) -> Builder {
        self.out.extend(bytes);
        self.out.resize(round4(self.out.len()), 0);
        self
    }

    /// Adds signed words.
    pub fn ints(mut self, ints: &[i32]) -> Builder {
        self.out
            .extend(ints.iter().flat_map(|int| int.to_be_bytes()));
        self
    }

    /// The message, its size in the header.
    pub fn finish(mut self) -> Vec<u8> {
        let size = (self.out.len() as u32).to_be_bytes();
        for (to, from) in self.out.iter_mut().skip(4).zip(size) {
            *to = from;
        }
        self.out
    }
}
