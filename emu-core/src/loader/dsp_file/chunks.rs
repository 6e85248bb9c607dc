//! IFF: chunks, and forms of chunks, with their places in the file.

use super::{Damage, DspError};

/// Bytes of a chunk's header.
const HEADER: u32 = 8;

/// A chunk: four characters and bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk<'a> {
    pub id: [u8; 4],
    /// The whole file.
    file: &'a [u8],
    /// Where its bytes begin.
    start: u32,
    /// Where they end.
    end: u32,
}

/// A chunk that holds chunks, and says of what kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'a> {
    pub kind: [u8; 4],
    inside: Chunk<'a>,
}

fn error_at(offset: u32, why: Damage) -> DspError {
    DspError { offset, why }
}

impl<'a> Chunk<'a> {
    /// Bytes in it.
    pub fn len(&self) -> u32 {
        self.end - self.start
    }

    /// Its bytes.
    pub fn bytes(&self) -> &'a [u8] {
        let range = self.start as usize..self.end as usize;
        self.file.get(range).unwrap_or_default()
    }

    /// Its bytes with its header.
    pub fn with_header(&self) -> &'a [u8] {
        let range = self.start.saturating_sub(HEADER) as usize..self.end as usize;
        self.file.get(range).unwrap_or_default()
    }

    /// What is wrong with it, at its beginning.
    pub fn error(&self, why: Damage) -> DspError {
        error_at(self.start, why)
    }

    /// What is wrong with it at one of its bytes.
    pub fn error_in(&self, at: u32, why: Damage) -> DspError {
        error_at(self.start.saturating_add(at).min(self.end), why)
    }

    fn array<const N: usize>(&self, at: u32) -> Result<[u8; N], DspError> {
        let start = at as usize;
        let bytes = start
            .checked_add(N)
            .and_then(|end| self.bytes().get(start..end));
        let array = bytes.and_then(|bytes| bytes.try_into().ok());
        array.ok_or(self.error_in(at, Damage::CutOff))
    }

    /// A byte.
    pub fn byte(&self, at: u32) -> Result<u8, DspError> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    /// A half-word.
    pub fn half(&self, at: u32) -> Result<u16, DspError> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// A word.
    pub fn word(&self, at: u32) -> Result<u32, DspError> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// A word with a sign.
    pub fn int(&self, at: u32) -> Result<i32, DspError> {
        self.array(at).map(i32::from_be_bytes)
    }

    /// Its bytes up to the first zero.
    pub fn text(&self) -> &'a [u8] {
        until_zero(self.bytes())
    }

    /// The form that it is, if it is one.
    pub fn form(&self) -> Result<Option<Form<'a>>, DspError> {
        if self.id != *b"FORM" {
            return Ok(None);
        }
        let kind = self.array(0)?;
        let inside = Chunk {
            start: self.start + 4,
            ..*self
        };
        Ok(Some(Form { kind, inside }))
    }
}

/// The bytes before the first zero.
pub(super) fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

impl<'a> Form<'a> {
    /// The form that a file is; bytes behind it are not looked at.
    pub fn outermost(file: &'a [u8]) -> Result<Form<'a>, DspError> {
        let not_it = error_at(0, Damage::NotAnInstrument);
        if file.get(..4) != Some(b"FORM") || file.get(8..12) != Some(b"3INS") {
            return Err(not_it);
        }
        let end = u32::try_from(file.len()).map_err(|_| not_it)?;
        let whole = Chunk {
            id: *b"FORM",
            file,
            start: 0,
            end,
        };
        let first = whole.next_at(0)?.map(|(chunk, _)| chunk);
        first.ok_or(not_it)?.form()?.ok_or(not_it)
    }

    /// What is wrong with it.
    pub fn error(&self, why: Damage) -> DspError {
        self.inside.error(why)
    }

    /// Its chunks in order; the first error ends them.
    pub fn chunks(&self) -> impl Iterator<Item = Result<Chunk<'a>, DspError>> {
        let inside = self.inside;
        let mut at = Some(inside.start);
        std::iter::from_fn(move || {
            let found = inside.next_at(at.take()?);
            let found = found.transpose()?;
            Some(found.map(|(chunk, next)| {
                at = Some(next);
                chunk
            }))
        })
    }

    /// Its chunk with an id, if there is one; a second one is an error.
    pub fn chunk(&self, id: &[u8; 4], name: &'static str) -> Result<Option<Chunk<'a>>, DspError> {
        let mut only = None;
        for chunk in self.chunks() {
            let chunk = chunk?;
            if chunk.id == *id && only.replace(chunk).is_some() {
                return Err(chunk.error(Damage::Twice(name)));
            }
        }
        Ok(only)
    }

    /// Its chunk with an id, which must be there.
    pub fn required(&self, id: &[u8; 4], name: &'static str) -> Result<Chunk<'a>, DspError> {
        self.chunk(id, name)?
            .ok_or(self.error(Damage::Missing(name)))
    }

    /// The first form of a kind in it.
    pub fn inner(&self, kind: &[u8; 4]) -> Result<Option<Form<'a>>, DspError> {
        for chunk in self.chunks() {
            if let Some(form) = chunk?.form()?
                && form.kind == *kind
            {
                return Ok(Some(form));
            }
        }
        Ok(None)
    }
}

impl<'a> Chunk<'a> {
    /// The chunk inside that begins at an offset of the file, and where the next one does.
    fn next_at(&self, at: u32) -> Result<Option<(Chunk<'a>, u32)>, DspError> {
        // Less than a header is padding.
        if self.end.saturating_sub(at) < HEADER {
            return Ok(None);
        }
        let within = at - self.start;
        let (id, len) = (self.array(within)?, self.word(within + 4)?);
        let start = at + HEADER;
        let end = start.checked_add(len).filter(|&end| end <= self.end);
        let end = end.ok_or(error_at(at, Damage::CutOff))?;
        let chunk = Chunk {
            id,
            file: self.file,
            start,
            end,
        };
        Ok(Some((chunk, end.saturating_add(len & 1))))
    }
}
