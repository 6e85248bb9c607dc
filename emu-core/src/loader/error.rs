//! Why a file is not loaded: what, where, and what to do, in one sentence each.

use crate::loader::identify::Foreign;
use crate::mem::MEMORY_END;
use thiserror::Error;

/// Why a file is not loaded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// No bytes at all.
    #[error("the file is empty; give an AIF program such as LaunchMe")]
    Empty,
    /// Nothing but zeros.
    #[error(
        "all {len} bytes of the file are zero, as after a failed download; fetch the file again"
    )]
    Zeros {
        /// Bytes in the file.
        len: usize,
    },
    /// Shorter than a header.
    #[error(
        "the file has {len} bytes, but the header of a program alone has 128; \
         check that it was copied completely"
    )]
    TooShort {
        /// Bytes in the file.
        len: usize,
    },
    /// Another kind of file.
    #[error("this is {0}, not a 3DO program; {advice}", advice = .0.advice())]
    Foreign(Foreign),
    /// A disc image.
    #[error("this is {0}; {advice}", advice = .0.advice())]
    Disc(Foreign),
    /// The mark of the format is missing.
    #[error(
        "this is not a 3DO program: the word at 0x10 is {found:#010x} instead of 0xef000011 \
         (SWI 0x11); give an AIF program such as LaunchMe"
    )]
    NotAif {
        /// What is there instead.
        found: u32,
    },
    /// A size in the header cannot be.
    #[error(
        "the header is damaged: the {field} size at {offset:#x} is {value:#010x}; \
         fetch or link the program again"
    )]
    BadSize {
        /// Which size.
        field: &'static str,
        /// Where it stands.
        offset: u32,
        /// What stands there.
        value: u32,
    },
    /// The file ends before what its header promises.
    #[error(
        "the file is cut off: it ends at {len:#x}, but its {what} ends at {needed:#x}; \
         check that it was copied completely"
    )]
    Truncated {
        /// What is missing.
        what: &'static str,
        /// Bytes that the file should have at least.
        needed: u64,
        /// Bytes in the file.
        len: usize,
    },
    /// The self-relocation call leaves the file.
    #[error(
        "the header is damaged: the relocation call at 0x4 goes to {target:#x}, \
         outside the file of {len:#x} bytes; fetch or link the program again"
    )]
    Relocation {
        /// Where the call goes.
        target: u32,
        /// Bytes in the file.
        len: usize,
    },
    /// More than the console has.
    #[error(
        "the program needs {needed} bytes, but the console has {MEMORY_END} bytes of memory; \
         link a smaller program"
    )]
    TooLarge {
        /// What it needs.
        needed: u64,
    },
}

impl LoadError {
    /// Whether the console's own loader answers BADAIF (kernel sheet 2.3): file shorter than a
    /// header, wrong exit word, sizes that cannot be. The other refusals are this project's.
    pub fn is_bad_aif(&self) -> bool {
        match self {
            LoadError::Truncated { .. }
            | LoadError::Relocation { .. }
            | LoadError::TooLarge { .. } => false,
            LoadError::Empty
            | LoadError::Zeros { .. }
            | LoadError::TooShort { .. }
            | LoadError::Foreign(_)
            | LoadError::Disc(_)
            | LoadError::NotAif { .. }
            | LoadError::BadSize { .. } => true,
        }
    }
}
