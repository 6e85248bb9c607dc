//! What is around binary files of this project: versions, checksum, sections.
//!
//! ```text
//! offset  0   8 bytes  magic, one for each kind of file
//!         8   2        format version, big-endian like all that follows
//!        10   2        oldest version of a reader that understands it
//!        12   4        feature bits that a reader must know
//!        16   4        feature bits that it may ignore
//!        20   8        length of the payload
//!        28   4        CRC-32 of the payload
//!        32            payload: sections
//! section 0   4 bytes  name; one that begins with a small letter may be skipped
//!         4   8        length
//!        12            content
//! ```

use thiserror::Error;

/// Bytes before the payload.
const LENGTH: usize = 32;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its first bytes.
    pub magic: &'static [u8; 8],
    /// Its version now.
    pub version: u16,
    /// The oldest version that is read, and that reads what is written now.
    pub oldest: u16,
}

/// An envelope that cannot be opened. Each text goes on behind the name of the kind of file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Another kind of file.
    #[error("does not begin as such a file does")]
    Magic,
    /// Its form is of another version.
    #[error(
        "has format version {found}, this program reads {oldest} to {version}; make it again, or use the program that wrote it"
    )]
    Version {
        /// The file's.
        found: u16,
        /// The oldest that is read.
        oldest: u16,
        /// The newest.
        version: u16,
    },
    /// It uses something that this version does not have.
    #[error("needs features {0:#x}, which this program does not have; use a newer one")]
    Feature(u32),
    /// The file ends early or goes on too long.
    #[error("should have {expected} bytes and has {found}: the file is damaged")]
    Length {
        /// What it says.
        expected: u64,
        /// The file's length.
        found: u64,
    },
    /// The checksum does not match.
    #[error("has another checksum than it says: the file is damaged")]
    Checksum,
    /// A section does not end where it should.
    #[error("has a section that is cut off: the file is damaged")]
    Cut,
}

/// A named part of the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its name.
    pub name: [u8; 4],
    /// What it holds.
    pub content: &'a [u8],
}

impl Section<'_> {
    /// Whether a reader that does not know it may go on.
    pub fn is_optional(&self) -> bool {
        self.name[0].is_ascii_lowercase()
    }

    /// Its name, for showing to people.
    pub fn shown(&self) -> String {
        self.name.escape_ascii().to_string()
    }
}

impl Envelope {
    /// A file with these sections: the name of each, and the pieces that it holds.
    pub fn seal(&self, sections: &[(&[u8; 4], &[&[u8]])]) -> Vec<u8> {
        let length_of = |pieces: &[&[u8]]| pieces.iter().map(|piece| piece.len()).sum::<usize>();
        let whole = sections.iter().map(|(_, pieces)| 12 + length_of(pieces));
        let whole: usize = whole.sum();
        let mut file = Vec::with_capacity(LENGTH + whole);
        file.extend(self.magic);
        file.extend(self.version.to_be_bytes());
        file.extend(self.oldest.to_be_bytes());
        file.extend([0; 8]);
        file.extend((whole as u64).to_be_bytes());
        file.extend([0; 4]);
        for (name, pieces) in sections {
            file.extend(*name);
            file.extend((length_of(pieces) as u64).to_be_bytes());
            for piece in *pieces {
                file.extend_from_slice(piece);
            }
        }
        let sum = crc32fast::hash(file.get(LENGTH..).unwrap_or_default());
        if let Some(place) = file.get_mut(LENGTH - 4..LENGTH) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        file
    }

    /// The sections of a file, in their order.
    pub fn open<'a>(&self, file: &'a [u8]) -> Result<Vec<Section<'a>>, EnvelopeError> {
        let mut payload = self.check(file)?;
        let mut sections = Vec::new();
        while !payload.is_empty() {
            let (section, rest) = section(payload).ok_or(EnvelopeError::Cut)?;
            sections.push(section);
            payload = rest;
        }
        Ok(sections)
    }

    fn check<'a>(&self, file: &'a [u8]) -> Result<&'a [u8], EnvelopeError> {
        if !file.starts_with(self.magic) {
            return Err(EnvelopeError::Magic);
        }
        let found = file.len() as u64;
        let (envelope, payload) =
            file.split_first_chunk::<LENGTH>()
                .ok_or(EnvelopeError::Length {
                    expected: LENGTH as u64,
                    found,
                })?;
        let half = |at: usize| u16::from_be_bytes([envelope[at], envelope[at + 1]]);
        let Envelope {
            version, oldest, ..
        } = *self;
        if half(8) < oldest || half(10) > version {
            let found = half(8);
            return Err(EnvelopeError::Version {
                found,
                oldest,
                version,
            });
        }
        let word = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|n| envelope[at + n]));
        if word(12) != 0 {
            return Err(EnvelopeError::Feature(word(12)));
        }
        let length = u64::from(word(20)) << 32 | u64::from(word(24));
        if payload.len() as u64 != length {
            let expected = length.saturating_add(LENGTH as u64);
            return Err(EnvelopeError::Length { expected, found });
        }
        match crc32fast::hash(payload) == word(28) {
            true => Ok(payload),
            false => Err(EnvelopeError::Checksum),
        }
    }
}

/// The first section, and what follows.
fn section(payload: &[u8]) -> Option<(Section<'_>, &[u8])> {
    let (&name, rest) = payload.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Section { name, content }, rest))
}
