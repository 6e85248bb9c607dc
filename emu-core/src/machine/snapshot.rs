//! The whole machine as bytes, and back.
//!
//! ```text
//! offset  0   8 bytes  magic "OVERTURE"
//!         8   4        format version, big-endian
//!        12  32        SHA-256 of the program
//!        44   8        length of the body
//!        52   4        CRC-32 of the body
//!        56            body: the machine in postcard's wire format, then where its requests read to
//! ```

use super::Machine;
use crate::device::{Board, Buffer, DeviceId, ReqId};
use crate::time::Tick;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use thiserror::Error;

const MAGIC: &[u8; 8] = b"OVERTURE";
/// Changes whenever the body's meaning does; independent of the program's version.
pub const FORMAT_VERSION: u32 = 9;
const HEADER: usize = 56;
/// No run gets as far: more than a thousand years.
const LATEST: Tick = Tick(1 << 60);

/// A saved state that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// The file is something else.
    #[error("this is not a saved state: it does not begin with \"OVERTURE\"")]
    NotASnapshot,
    /// Another format version wrote it.
    #[error(
        "the saved state has format version {found}, this program reads version {expected}; save it again with this program"
    )]
    Version {
        /// The file's.
        found: u32,
        /// This program's.
        expected: u32,
    },
    /// The file ends early or goes on too long.
    #[error("the saved state should have {expected} bytes and has {found}: the file is damaged")]
    Length {
        /// The file's length.
        found: u64,
        /// What its header says.
        expected: u64,
    },
    /// The checksum does not match.
    #[error("the saved state's checksum does not match: the file is damaged")]
    Checksum,
    /// The body cannot be decoded.
    #[error("the saved state's body cannot be read ({0}): the file is damaged")]
    Body(String),
    /// The body decodes to a machine that cannot exist.
    #[error("the saved state describes an impossible machine ({0})")]
    Impossible(&'static str),
}

impl<B: Board + Serialize + DeserializeOwned> Machine<B> {
    /// The machine as bytes. Equal machines give equal bytes.
    pub fn save(&self) -> Vec<u8> {
        // Encoding into a vector cannot fail: every length is known and nothing is skipped.
        let body = postcard::to_stdvec(&(self, self.kernel.notes.reading())).unwrap_or_default();
        let mut file = Vec::with_capacity(HEADER + body.len());
        file.extend(MAGIC);
        file.extend(FORMAT_VERSION.to_be_bytes());
        file.extend(self.program);
        file.extend((body.len() as u64).to_be_bytes());
        file.extend(crc32fast::hash(&body).to_be_bytes());
        file.extend(body);
        file
    }

    /// The machine that was saved.
    pub fn load(file: &[u8]) -> Result<Machine<B>, SnapshotError> {
        let body = check_envelope(file)?;
        let ((mut machine, reading), rest): ((Machine<B>, BTreeMap<ReqId, Buffer>), _) =
            postcard::take_from_bytes(body)
                .map_err(|error| SnapshotError::Body(error.to_string()))?;
        machine.kernel.notes.set_reading(reading);
        if !rest.is_empty() {
            return Err(SnapshotError::Impossible("bytes are left over"));
        }
        if !machine.mem.is_whole() {
            return Err(SnapshotError::Impossible("memory has the wrong size"));
        }
        if !machine.kernel.is_sound(machine.now) {
            return Err(SnapshotError::Impossible(
                "kernel tables do not fit together",
            ));
        }
        machine.check_clocks()?;
        Ok(machine)
    }

    /// Whether the clocks of a machine from a file agree. One that lags far behind would work
    /// through all the time in between, which may be longer than anybody lives.
    fn check_clocks(&mut self) -> Result<(), SnapshotError> {
        let impossible = |what| Err(SnapshotError::Impossible(what));
        if self.now > LATEST || self.bus.stall.0 > LATEST.0 {
            return impossible("the clock is beyond any run");
        }
        let next = self.fields.saturating_add(1);
        // No field is shorter than 200000 ticks.
        if self.fields > self.now.0 / 200_000
            || !self
                .bus
                .events
                .is_sound(self.now, next, self.board.field_start(next))
        {
            return impossible("events do not fit the clock");
        }
        for n in 0..self.board.device_count() {
            let device = self.board.device(DeviceId(n));
            if device.is_some_and(|device| !device.is_sound(self.now)) {
                return impossible("a device does not fit the clock");
            }
        }
        Ok(())
    }
}

fn check_envelope(file: &[u8]) -> Result<&[u8], SnapshotError> {
    let (magic, rest) = file
        .split_first_chunk::<8>()
        .ok_or(SnapshotError::NotASnapshot)?;
    if magic != MAGIC {
        return Err(SnapshotError::NotASnapshot);
    }
    let damaged = SnapshotError::Length {
        found: file.len() as u64,
        expected: HEADER as u64,
    };
    let (version, rest) = rest.split_first_chunk::<4>().ok_or(damaged.clone())?;
    let found = u32::from_be_bytes(*version);
    if found != FORMAT_VERSION {
        return Err(SnapshotError::Version {
            found,
            expected: FORMAT_VERSION,
        });
    }
    let (_program, rest) = rest.split_first_chunk::<32>().ok_or(damaged.clone())?;
    let (length, rest) = rest.split_first_chunk::<8>().ok_or(damaged.clone())?;
    let (checksum, body) = rest.split_first_chunk::<4>().ok_or(damaged)?;
    let length = u64::from_be_bytes(*length);
    if body.len() as u64 != length {
        return Err(SnapshotError::Length {
            found: file.len() as u64,
            expected: length.saturating_add(HEADER as u64),
        });
    }
    if crc32fast::hash(body) != u32::from_be_bytes(*checksum) {
        return Err(SnapshotError::Checksum);
    }
    Ok(body)
}
