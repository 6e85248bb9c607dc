//! The samples of a WAVE file, as a track of sound wants them.

use super::Source;

/// Most chunks before the samples; usual is one.
const CHUNKS_MAX: u32 = 1000;

/// A part of a source.
#[derive(Debug)]
struct Part {
    source: Box<dyn Source>,
    offset: u64,
    length: u64,
}

impl Source for Part {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        match offset.checked_add(to.len() as u64) {
            Some(end) if end <= self.length => self.source.read_at(self.offset + offset, to),
            _ => Err("past the end".to_owned()),
        }
    }
}

/// The bytes of the file's samples; the error is what is wrong with it.
pub fn samples(source: Box<dyn Source>) -> Result<Box<dyn Source>, &'static str> {
    const BAD: &str = "the file is no WAVE file";
    let mut head = [0; 12];
    source.read_at(0, &mut head).map_err(|_| BAD)?;
    if &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
        return Err(BAD);
    }
    let mut at = 12;
    let mut fits = false;
    for _ in 0..CHUNKS_MAX {
        let mut chunk = [0; 8];
        if source.read_at(at, &mut chunk).is_err() {
            break;
        }
        let [a, b, c, d, size @ ..] = chunk;
        let (size, start) = (u64::from(u32::from_le_bytes(size)), at + 8);
        match &[a, b, c, d] {
            b"fmt " => fits = is_cd_sound(source.as_ref(), start, size),
            b"data" if !fits => {
                return Err(
                    "the sound must be 16-bit stereo samples, 44100 a second; convert the file",
                );
            }
            // Programs that write to a pipe do not know the size.
            b"data" => {
                let length = size.min(source.length().saturating_sub(start));
                return Ok(Box::new(Part {
                    source,
                    offset: start,
                    length,
                }));
            }
            _ => {}
        }
        at = start + size.next_multiple_of(2);
    }
    Err("the WAVE file has no samples")
}

fn is_cd_sound(source: &dyn Source, at: u64, size: u64) -> bool {
    let mut format = [0; 26];
    let known = format
        .len()
        .min(usize::try_from(size).unwrap_or(usize::MAX));
    if source.read_at(at, &mut format[..known]).is_err() {
        return false;
    }
    let half = |n: usize| u16::from_le_bytes([format[n], format[n + 1]]);
    // The extended form says at its byte 24 what the plain one says at once.
    let coding = match half(0) {
        0xFFFE => half(24),
        coding => coding,
    };
    let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
    (coding, half(2), rate, half(14)) == (1, 2, 44_100, 16)
}
