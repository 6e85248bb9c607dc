//! The chunks of an AIFF file, one by one.

use super::{AiffError, Compression, Extended, Loop, MARKERS_MAX, Notes, Sound};

/// Bytes in front of the first chunk, and of what is in front of every chunk's content.
const FORM_HEADER: usize = 12;
const CHUNK_HEADER: usize = 8;
/// Shortest contents.
const COMMON_AIFF: usize = 18;
const COMMON_AIFC: usize = 22;
const INSTRUMENT: usize = 20;
const SOUND_HEADER: usize = 8;

/// What COMM says.
pub(super) struct Common {
    pub channels: u8,
    pub frames: u32,
    pub bits: u8,
    pub rate: Extended,
    pub compression: Compression,
}

/// A position with a number.
pub(super) struct Marker {
    id: i16,
    frame: u32,
}

/// What INST says; loops by the numbers of their markers.
pub(super) struct Instrument {
    pub notes: Notes,
    pub sustain: Option<(i16, i16)>,
    pub release: Option<(i16, i16)>,
}

/// One chunk.
pub(super) enum Chunk {
    Common(Common),
    Markers(Vec<Marker>),
    Instrument(Instrument),
    Sound(Sound),
    Other,
}

/// The loop between two markers, if both exist and something lies between them.
pub(super) fn loop_between(markers: &[Marker], (first, last): (i16, i16)) -> Option<Loop> {
    let at = |id: i16| markers.iter().find(|m| m.id == id).map(|m| m.frame);
    let (begin, end) = (at(first)?, at(last)?);
    (begin < end).then_some(Loop { begin, end })
}

/// Big-endian fields of a content that is known to be long enough.
fn half(bytes: &[u8], at: usize) -> u16 {
    let field = bytes.get(at..at + 2).and_then(|b| b.try_into().ok());
    field.map_or(0, u16::from_be_bytes)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let field = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
    field.map_or(0, u32::from_be_bytes)
}

fn id(bytes: &[u8], at: usize) -> [u8; 4] {
    word(bytes, at).to_be_bytes()
}

/// The chunks of a file in order.
pub(super) fn walk(
    file: &[u8],
    is_whole: bool,
) -> Result<impl Iterator<Item = Result<Chunk, AiffError>> + '_, AiffError> {
    if file.len() < FORM_HEADER || id(file, 0) != *b"FORM" {
        return Err(AiffError::NotForm);
    }
    let form = id(file, 8);
    let is_compressed = match &form {
        b"AIFF" => false,
        b"AIFC" => true,
        _ => return Err(AiffError::NotAiff { found: form }),
    };
    // What is behind the form is somebody else's; a form that is too long is a file cut short.
    let end = (word(file, 4) as usize).saturating_add(CHUNK_HEADER);
    let end = end.min(file.len());
    let mut at = FORM_HEADER;
    Ok(std::iter::from_fn(move || {
        if at + CHUNK_HEADER > end {
            return None;
        }
        let (name, len) = (id(file, at), word(file, at + 4) as usize);
        let start = at + CHUNK_HEADER;
        let behind = start.saturating_add(len);
        at = behind.saturating_add(len % 2);
        let is_cut = behind > end;
        let content = &file[start..behind.min(end)];
        if is_cut && is_whole {
            at = end;
            return Some(Err(AiffError::Cut {
                chunk: name,
                offset: start as u32 - CHUNK_HEADER as u32,
                needed: behind as u64,
                len: end,
            }));
        }
        let offset = start as u32;
        Some(match &name {
            b"SSND" => sound(content, offset, len),
            _ if is_cut => Ok(Chunk::Other),
            b"COMM" => common(content, offset, is_compressed),
            b"MARK" => markers(content, offset),
            b"INST" => instrument(content, offset),
            _ => Ok(Chunk::Other),
        })
    }))
}

fn short(chunk: &[u8; 4], offset: u32, len: usize, needed: usize) -> Result<(), AiffError> {
    if len < needed {
        return Err(AiffError::Short {
            chunk: *chunk,
            offset,
            needed,
            len,
        });
    }
    Ok(())
}

fn common(content: &[u8], offset: u32, is_compressed: bool) -> Result<Chunk, AiffError> {
    let needed = if is_compressed {
        COMMON_AIFC
    } else {
        COMMON_AIFF
    };
    short(b"COMM", offset, content.len(), needed)?;
    let (channels, bits) = (half(content, 0), half(content, 6));
    let wrong = |field, at, value: u16| AiffError::Value {
        field,
        offset: offset + at,
        value: u32::from(value),
    };
    let rate = content.get(8..18).and_then(|b| b.try_into().ok());
    let rate = Extended(rate.unwrap_or_default());
    if rate.frac16().is_none() {
        return Err(wrong("rate", 8, half(content, 8)));
    }
    let compression = if is_compressed {
        let id = id(content, 18);
        Compression::from_id(id).ok_or(AiffError::Compression {
            offset: offset + 18,
            id,
        })?
    } else {
        Compression::None
    };
    Ok(Chunk::Common(Common {
        channels: u8::try_from(channels).ok().filter(|&n| n > 0).ok_or(wrong(
            "count of channels",
            0,
            channels,
        ))?,
        frames: word(content, 2),
        bits: u8::try_from(bits)
            .ok()
            .filter(|n| (1..=32).contains(n))
            .ok_or(wrong("width", 6, bits))?,
        rate,
        compression,
    }))
}

fn markers(content: &[u8], offset: u32) -> Result<Chunk, AiffError> {
    short(b"MARK", offset, content.len(), 2)?;
    let count = usize::from(half(content, 0));
    if count > MARKERS_MAX {
        return Err(AiffError::TooManyMarkers { offset, count });
    }
    let mut markers = Vec::with_capacity(count);
    let mut at = 2;
    for _ in 0..count {
        short(b"MARK", offset, content.len(), at + 7)?;
        let (id, frame) = (half(content, at) as i16, word(content, at + 2));
        markers.push(Marker { id, frame });
        // A text with its length in front, together an even number of bytes.
        let text = content.get(at + 6).map_or(0, |&len| usize::from(len)) + 1;
        at += 6 + text.next_multiple_of(2);
    }
    Ok(Chunk::Markers(markers))
}

fn instrument(content: &[u8], offset: u32) -> Result<Chunk, AiffError> {
    short(b"INST", offset, content.len(), INSTRUMENT)?;
    let byte = |at: usize| content.get(at).copied().unwrap_or_default();
    // Mode 0 is no loop; there and back is played as a plain one.
    let ends = |at| {
        let is_loop = half(content, at) != 0;
        is_loop.then(|| (half(content, at + 2) as i16, half(content, at + 4) as i16))
    };
    Ok(Chunk::Instrument(Instrument {
        notes: Notes {
            base: byte(0),
            detune: byte(1) as i8,
            notes: (byte(2), byte(3)),
            velocities: (byte(4), byte(5)),
        },
        sustain: ends(8),
        release: ends(14),
    }))
}

fn sound(content: &[u8], offset: u32, len: usize) -> Result<Chunk, AiffError> {
    short(b"SSND", offset, content.len(), SOUND_HEADER)?;
    let skipped = word(content, 0);
    let room = (len - SOUND_HEADER) as u32;
    let len = room.checked_sub(skipped).ok_or(AiffError::Value {
        field: "offset of the sound",
        offset,
        value: skipped,
    })?;
    let offset = offset.saturating_add(SOUND_HEADER as u32);
    Ok(Chunk::Sound(Sound {
        offset: offset.saturating_add(skipped),
        len,
    }))
}
