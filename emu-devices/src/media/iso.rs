//! Images of one file, recognised by their first bytes.

use super::{Disc, FIRST_FRAME, Format, HEAD, MediaError, SYNC, Sectors, Source, Track};
use emu_core::loader::opera_fs::label::{is_label, places};
use emu_core::loader::opera_fs::{BLOCK_SIZE, Blocks};

/// How a CHD file begins.
const CHD: &[u8] = b"MComprHD";

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cue sheet: read its text, then its files.
    Cue,
    /// Anything else: [`open`] knows more.
    Image,
}

/// Whether a file that begins so is a cue sheet.
pub fn kind(head: &[u8]) -> Kind {
    if head.contains(&0) {
        return Kind::Image;
    }
    let text = String::from_utf8_lossy(head).to_ascii_uppercase();
    let word = |word: &str| {
        text.lines()
            .any(|line| line.trim_start().starts_with(word) && line.len() > word.len())
    };
    match word("FILE ") || word("TRACK ") {
        true => Kind::Cue,
        false => Kind::Image,
    }
}

/// Reads what is needed to know the image that `source` holds.
pub fn open(source: Box<dyn Source>) -> Result<Disc, MediaError> {
    let length = source.length();
    if length == 0 {
        return Err(MediaError::Empty);
    }
    let mut head = vec![0; usize::try_from(length).unwrap_or(HEAD).min(HEAD)];
    let unreadable = |why| MediaError::Unreadable { offset: 0, why };
    source.read_at(0, &mut head).map_err(unreadable)?;
    if head.starts_with(CHD) {
        #[cfg(feature = "chd")]
        return super::chd::open(source);
        #[cfg(not(feature = "chd"))]
        return Err(MediaError::Chd);
    }
    let (format, sectors) = if !head.starts_with(&SYNC) {
        (Format::Iso, Sectors::Data)
    } else if head.get(2352..).is_some_and(|next| next.starts_with(&SYNC)) {
        (Format::Raw, Sectors::Raw)
    } else if head.get(2448..).is_some_and(|next| next.starts_with(&SYNC)) {
        (Format::RawSubcode, Sectors::RawSubcode)
    } else {
        return Err(MediaError::NotADisc(
            "it begins with a raw sector, but no second one follows",
        ));
    };
    let disc = one_track(source, format, sectors);
    if disc.frames() == 0 {
        return Err(MediaError::NotADisc("it is shorter than one sector"));
    }
    let labelled = |disc: &Disc, shift: u32| {
        places().any(|block| {
            let mut bytes = [0; BLOCK_SIZE];
            disc.read_block(block + shift, &mut bytes).is_ok() && is_label(&bytes)
        })
    };
    if labelled(&disc, 0) {
        Ok(disc)
    } else if labelled(&disc, FIRST_FRAME) {
        // A dump that begins with the two seconds before the first block.
        Ok(without_first_frames(disc))
    } else {
        Err(MediaError::NotADisc("it has no disc label"))
    }
}

pub(super) fn one_track(source: Box<dyn Source>, format: Format, sectors: Sectors) -> Disc {
    let frames = source.length() / u64::from(sectors.size());
    let track = Track {
        number: 1,
        sectors,
        start: 0,
        frames: u32::try_from(frames).unwrap_or(u32::MAX),
        source: 0,
        offset: 0,
        stride: sectors.size(),
    };
    Disc {
        format,
        sources: vec![source],
        tracks: vec![track],
    }
}

fn without_first_frames(mut disc: Disc) -> Disc {
    for track in &mut disc.tracks {
        track.offset += u64::from(FIRST_FRAME) * u64::from(track.stride);
        track.frames = track.frames.saturating_sub(FIRST_FRAME);
    }
    disc
}
