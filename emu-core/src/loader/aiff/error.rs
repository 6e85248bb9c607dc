//! Why a sound file is refused: what, where, and what to do.

use super::MARKERS_MAX;
use thiserror::Error;

/// Why a sound file is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AiffError {
    /// Another kind of file.
    #[error("this is no sound file: it does not begin with FORM; give an AIFF or AIFC file")]
    NotForm,
    /// An IFF file of another kind.
    #[error(
        "this is a FORM of type '{}', not a sound file; give an AIFF or AIFC file",
        .found.escape_ascii()
    )]
    NotAiff {
        /// Its type.
        found: [u8; 4],
    },
    /// A chunk ends behind the file.
    #[error(
        "the file is cut off: it ends at {len:#x}, but its chunk {} at {offset:#x} ends at {needed:#x}; \
         check that it was copied completely",
        .chunk.escape_ascii()
    )]
    Cut {
        /// Which.
        chunk: [u8; 4],
        /// Where it begins.
        offset: u32,
        /// Where it ends.
        needed: u64,
        /// Where the file ends.
        len: usize,
    },
    /// A chunk is too small for what belongs into it.
    #[error(
        "the file is damaged: the content of its chunk {} at {offset:#x} has {len} bytes, not {needed}; \
         save it again",
        .chunk.escape_ascii()
    )]
    Short {
        /// Which.
        chunk: [u8; 4],
        /// Where its content begins.
        offset: u32,
        /// Bytes it should have at least.
        needed: usize,
        /// Bytes it has.
        len: usize,
    },
    /// A number that cannot be.
    #[error("the file is damaged: the {field} at {offset:#x} is {value:#x}; save it again")]
    Value {
        /// Which.
        field: &'static str,
        /// Where it stands.
        offset: u32,
        /// What stands there.
        value: u32,
    },
    /// A compression that the console does not know.
    #[error(
        "the sound is compressed as '{}' (at {offset:#x}); save it as SDX2, ADP4 or uncompressed",
        .id.escape_ascii()
    )]
    Compression {
        /// Where it stands.
        offset: u32,
        /// Which.
        id: [u8; 4],
    },
    /// More markers than the folio keeps.
    #[error("the file has {count} markers (at {offset:#x}), more than {MARKERS_MAX}; remove some")]
    TooManyMarkers {
        /// Where their chunk's content begins.
        offset: u32,
        /// How many.
        count: usize,
    },
    /// No COMM.
    #[error("the file does not say what its sound is: it has no chunk COMM; save it again")]
    NoCommon,
    /// Frames, but no SSND.
    #[error("the file has no sound: it has no chunk SSND; save it again")]
    NoSound,
}
