//! CHD images: hunks of frames, and metadata that says what tracks they are.
//!
//! The crate `chd` unpacks hunks. What it would believe of a damaged file, at the price of all the
//! host's memory or stack, is checked before: sizes, and hunks that stand for each other.

use super::{Disc, Format, MediaError, Sectors, Source, Track};
use chd::Chd;
use chd::map::{CompressionTypeV5, MapEntry};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(test)]
mod tests;

/// Bytes of the header of version 5, the only one since 2012.
const HEADER: usize = 124;

/// Bytes of a frame: a sector and its subcode.
const FRAME: u32 = 2448;

/// Tracks begin at a multiple of this many frames.
const PADDING: u32 = 4;

/// Largest hunk; usual are eight frames.
const HUNK_MAX: u32 = 1 << 20;

/// Frames of the longest disc, and room for the padding of 99 tracks.
const FRAMES_MAX: u64 = 100 * 60 * 75 + 99 * 4;

/// Hunks that are kept unpacked.
const CACHED: usize = 32;

/// Most pieces of metadata, and the longest that describes a track.
const METADATA_MAX: usize = 1000;
const TEXT_MAX: usize = 512;

fn bad(why: impl Into<String>) -> MediaError {
    MediaError::BadChd { why: why.into() }
}

/// The disc of a CHD image.
pub fn open(source: Box<dyn Source>) -> Result<Disc, MediaError> {
    let header = Header::read(source.as_ref())?;
    let rows = rows(source.as_ref(), header.metadata)?;
    let tracks = tracks(&rows, header.frames)?;
    let length = u64::from(header.frames) * u64::from(FRAME);
    let file = Reader { source, at: 0 };
    let chd = guarded(|| Chd::open(file, None)).map_err(|error| bad(damaged(error)))?;
    let hunks = RefCell::new(Hunks {
        chd,
        size: header.hunk as usize,
        packed: Vec::new(),
        unpacked: VecDeque::new(),
    });
    Ok(Disc {
        format: Format::Chd,
        sources: vec![Box::new(Image { length, hunks })],
        tracks,
    })
}

/// Calls the crate, which panics at some damaged code tables instead of refusing them.
fn guarded<T>(call: impl FnOnce() -> chd::Result<T>) -> chd::Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(chd::Error::InvalidData))
}

fn damaged(error: chd::Error) -> String {
    format!("is damaged ({error}); make it anew with `chdman createcd`")
}

/// What is needed of the header.
struct Header {
    frames: u32,
    hunk: u32,
    metadata: u64,
}

fn word(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    }
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) << 32 | u64::from(word(bytes, at + 4))
}

fn read<const N: usize>(source: &dyn Source, offset: u64) -> Result<[u8; N], MediaError> {
    let mut bytes = [0; N];
    let unreadable = |why| MediaError::Unreadable { offset, why };
    source.read_at(offset, &mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

impl Header {
    fn read(source: &dyn Source) -> Result<Header, MediaError> {
        if source.length() < HEADER as u64 {
            return Err(bad("is cut off"));
        }
        let head: [u8; 16] = read(source, 0)?;
        let version = word(&head, 12);
        if version != 5 {
            return Err(bad(format!(
                "is of version {version}, but 5 is wanted; `chdman copy` brings it up to date"
            )));
        }
        let head: [u8; HEADER] = read(source, 0)?;
        let (length, map) = (long(&head, 32), long(&head, 40));
        let (hunk, unit) = (word(&head, 56), word(&head, 60));
        if unit != FRAME {
            return Err(bad("holds no CD but another kind of disk"));
        }
        if head[104..124].iter().any(|&byte| byte != 0) {
            return Err(bad(
                "is a difference to another image; `chdman copy` with its parent makes it whole",
            ));
        }
        if word(&head, 8) as usize != HEADER
            || hunk == 0
            || hunk > HUNK_MAX
            || !hunk.is_multiple_of(FRAME)
            || length > FRAMES_MAX * u64::from(FRAME)
        {
            return Err(bad("has a header that contradicts itself"));
        }
        let metadata = long(&head, 48);
        if map.max(metadata).saturating_add(16) > source.length() {
            return Err(bad("is cut off"));
        }
        let hunks = length.div_ceil(u64::from(hunk));
        let map_bytes = match word(&head, 16) {
            0 => hunks * 4,
            _ => u64::from(word(&read::<16>(source, map)?, 0)),
        };
        if map.saturating_add(map_bytes) > source.length() {
            return Err(bad("is cut off"));
        }
        Ok(Header {
            frames: (length / u64::from(FRAME)) as u32,
            hunk,
            metadata,
        })
    }
}

/// The lines that describe tracks.
fn rows(source: &dyn Source, first: u64) -> Result<Vec<String>, MediaError> {
    let mut rows = Vec::new();
    let mut at = first;
    for _ in 0..METADATA_MAX {
        if at == 0 {
            return Ok(rows);
        }
        let head: [u8; 16] = read(source, at)?;
        let length = (word(&head, 4) & 0x00FF_FFFF) as usize;
        if matches!(&head[..4], b"CHT2" | b"CHTR") {
            if length > TEXT_MAX {
                return Err(bad("describes a track at too great a length"));
            }
            let mut text = vec![0; length];
            let offset = at.saturating_add(16);
            let unreadable = |why| MediaError::Unreadable { offset, why };
            source.read_at(offset, &mut text).map_err(unreadable)?;
            let text = String::from_utf8_lossy(&text);
            rows.push(text.trim_end_matches('\0').to_owned());
        }
        at = long(&head, 8);
    }
    Err(bad("has metadata without end"))
}

/// The value of a field such as `FRAMES:100`.
fn field<'a>(row: &'a str, name: &str) -> Option<&'a str> {
    let mut words = row.split_ascii_whitespace();
    words.find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))
}

fn tracks(rows: &[String], frames_held: u32) -> Result<Vec<Track>, MediaError> {
    let mut tracks: Vec<Track> = Vec::new();
    // The frame of the image, and of the disc counted from the first track's beginning.
    let mut held: u32 = 0;
    let mut disc: u32 = 0;
    let mut zero = None;
    for (number, row) in (1..=99).zip(rows) {
        let wrong = || bad(format!("describes track {number} as {row:?}"));
        let count = |name| match field(row, name) {
            Some(digits) => digits.parse::<u32>().ok().filter(|&n| n < 1 << 20),
            None => Some(0),
        };
        let all = field(row, "FRAMES").and_then(|_| count("FRAMES"));
        let all = all.ok_or_else(wrong)?;
        let pregap = count("PREGAP").ok_or_else(wrong)?;
        let postgap = count("POSTGAP").ok_or_else(wrong)?;
        if field(row, "TRACK").and_then(|digits| digits.parse().ok()) != Some(number) {
            return Err(wrong());
        }
        let sectors = match field(row, "TYPE").unwrap_or_default() {
            "MODE1" | "MODE1/2048" => Sectors::Data,
            "MODE1_RAW" | "MODE1/2352" | "MODE2_RAW" | "MODE2/2352" => Sectors::Raw,
            "MODE2" | "MODE2/2336" | "MODE2_FORM_MIX" => Sectors::Mode2,
            "MODE2_FORM1" | "MODE2/2048" => Sectors::Form1,
            "AUDIO" => Sectors::Audio { swapped: true },
            _ => return Err(wrong()),
        };
        // A V says that the gap's frames are held like the track's.
        let gap_held = field(row, "PGTYPE").is_some_and(|kind| kind.starts_with('V'));
        let skip = if gap_held { pregap.min(all) } else { 0 };
        disc += pregap.max(skip);
        let zero = *zero.get_or_insert(disc);
        if held + all > frames_held {
            return Err(bad(format!(
                "ends before its track {number}; it is cut off"
            )));
        }
        tracks.push(Track {
            number,
            sectors,
            start: disc - zero,
            frames: all - skip,
            source: 0,
            offset: u64::from(held + skip) * u64::from(FRAME),
            stride: FRAME,
        });
        disc += all - skip + postgap;
        held += all.next_multiple_of(PADDING);
    }
    match rows.len() {
        0 => Err(bad("has no tracks")),
        100.. => Err(bad("has more tracks than a disc")),
        _ => Ok(tracks),
    }
}

/// A source as the crate wants it.
struct Reader {
    source: Box<dyn Source>,
    at: u64,
}

impl Read for Reader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let left = self.source.length().saturating_sub(self.at);
        let part = usize::try_from(left).unwrap_or(usize::MAX).min(to.len());
        self.source
            .read_at(self.at, &mut to[..part])
            .map_err(io::Error::other)?;
        self.at += part as u64;
        Ok(part)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.source.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// The frames of the image, one behind the other.
struct Image {
    length: u64,
    hunks: RefCell<Hunks>,
}

struct Hunks {
    chd: Chd<Reader>,
    size: usize,
    packed: Vec<u8>,
    /// The hunk used last at the end.
    unpacked: VecDeque<(u32, Vec<u8>)>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CHD of {} bytes", self.length)
    }
}

impl Source for Image {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        let mut hunks = self.hunks.borrow_mut();
        let size = hunks.size;
        let (mut offset, mut rest) = (offset, to);
        while !rest.is_empty() {
            let number = u32::try_from(offset / size as u64).map_err(|_| "past the end")?;
            let start = (offset % size as u64) as usize;
            let (part, next) = rest.split_at_mut((size - start).min(rest.len()));
            part.copy_from_slice(&hunks.get(number)?[start..start + part.len()]);
            offset += part.len() as u64;
            rest = next;
        }
        Ok(())
    }
}

impl Hunks {
    fn get(&mut self, number: u32) -> Result<&[u8], String> {
        let kept = self.unpacked.iter().position(|(kept, _)| *kept == number);
        let hunk = match kept.and_then(|at| self.unpacked.remove(at)) {
            Some(hunk) => hunk,
            None => {
                let oldest = match self.unpacked.len() {
                    CACHED.. => self.unpacked.pop_front(),
                    _ => None,
                };
                let mut bytes = oldest.map_or_else(|| vec![0; self.size], |(_, bytes)| bytes);
                self.unpack(number, &mut bytes)?;
                (number, bytes)
            }
        };
        self.unpacked.push_back(hunk);
        let last = self.unpacked.back().map(|(_, bytes)| bytes.as_slice());
        last.ok_or_else(|| "no hunk".to_owned())
    }

    fn unpack(&mut self, number: u32, to: &mut [u8]) -> Result<(), String> {
        let number = self.original(number)?;
        let (chd, packed) = (&mut self.chd, &mut self.packed);
        match guarded(|| chd.hunk(number)?.read_hunk_in(packed, to)) {
            Ok(length) if length == to.len() => Ok(()),
            Ok(_) => Err(format!("hunk {number} is too short")),
            Err(error) => Err(format!("hunk {number}: {error}")),
        }
    }

    /// The hunk that a hunk is said to be equal to. It comes before the other, so that this ends.
    fn original(&self, mut number: u32) -> Result<u32, String> {
        loop {
            let Some(MapEntry::V5Compressed(entry)) = self.chd.map().get_entry(number as usize)
            else {
                return Ok(number);
            };
            match entry.hunk_type() {
                Ok(CompressionTypeV5::CompressionSelf) => {
                    let equal = u32::try_from(entry.block_offset()).ok();
                    let equal = equal.filter(|&equal| equal < number);
                    number = equal.ok_or_else(|| format!("hunk {number} stands for itself"))?;
                }
                _ => return Ok(number),
            }
        }
    }
}
