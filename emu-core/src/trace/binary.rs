//! Recordings as bytes, for long ones: an envelope with two sections.
//!
//! ```text
//! HEAD    the header as its lines of text
//! EVTS    8 bytes with the number of events, then the events
//! ```

use super::envelope::{Envelope, EnvelopeError};
use super::header::Header;
use super::tape::Tape;
use super::text::{Lines, read_header};
use super::{OLDEST_READER, Recording, TraceError, VERSION};

pub(super) const MAGIC: &[u8; 8] = b"OVTRACE\0";

const ENVELOPE: Envelope = Envelope {
    magic: MAGIC,
    version: VERSION,
    oldest: OLDEST_READER,
};

impl Recording {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = format!("{}events\n", self.header.to_text());
        let count = self.tape.len().to_be_bytes();
        ENVELOPE.seal(&[
            (b"HEAD", &[head.as_bytes()]),
            (b"EVTS", &[&count, self.tape.bytes()]),
        ])
    }

    /// Reads bytes.
    pub fn from_bytes(file: &[u8]) -> Result<Recording, TraceError> {
        let mut header: Option<Header> = None;
        let mut tape = None;
        for section in ENVELOPE.open(file)? {
            match &section.name {
                b"HEAD" if header.is_none() => {
                    let text = std::str::from_utf8(section.content);
                    let text = text.map_err(|_| TraceError::Section { name: "HEAD" })?;
                    let mut lines = Lines::new(text);
                    header = Some(read_header(&mut lines)?);
                    if lines.next().is_some() {
                        return Err(TraceError::Section { name: "HEAD" });
                    }
                }
                b"EVTS" if tape.is_none() => tape = Some(read_events(section.content)?),
                _ if section.is_optional() => (),
                _ => {
                    let name = section.shown();
                    return Err(TraceError::UnknownSection { name });
                }
            }
        }
        Ok(Recording {
            header: header.ok_or(TraceError::Section { name: "HEAD" })?,
            tape: tape.ok_or(TraceError::Section { name: "EVTS" })?,
        })
    }
}

fn read_events(content: &[u8]) -> Result<Tape, TraceError> {
    let (count, events) = content
        .split_first_chunk::<8>()
        .ok_or(TraceError::Section { name: "EVTS" })?;
    let count = u64::from_be_bytes(*count);
    // No event has fewer than two bytes.
    if count > events.len() as u64 / 2 {
        let found = events.len() as u64 / 2;
        return Err(TraceError::Count { count, found });
    }
    Tape::from_bytes(events.to_vec(), count)
        .map_err(|(event, damage)| TraceError::Event { event, damage })
}

impl From<EnvelopeError> for TraceError {
    fn from(error: EnvelopeError) -> TraceError {
        match error {
            EnvelopeError::Magic => TraceError::NotATrace,
            EnvelopeError::Version { found, .. } => TraceError::Version { found },
            EnvelopeError::Feature(bits) => TraceError::Feature { bits },
            EnvelopeError::Length { expected, found } => TraceError::Length { expected, found },
            EnvelopeError::Checksum => TraceError::Checksum,
            EnvelopeError::Cut => TraceError::Section { name: "last" },
        }
    }
}
