//! What a recording is of: all that must be the same for it to happen again.

use super::compare::Level;
use crate::machine::FORMAT_VERSION;
use crate::time::Tick;

/// Behaviour of the parts of this crate: a number goes up when a part answers a program in
/// another way or at another time than before, so that a recording from before says why it
/// differs. Recordings are compared nevertheless.
pub const VERSIONS: &[(&str, u32)] = &[
    ("cpu", 1),
    ("kernel", 1),
    ("files", 1),
    ("graphics", 1),
    ("audio", 3),
    ("events", 1),
    ("mach", 1),
    (STATE, FORMAT_VERSION),
];

/// The layout of saved states, and so of what the checksums of a machine's parts are made of. It
/// is no behaviour: recordings of another layout are compared without those checksums.
const STATE: &str = "state";

/// The program of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramId {
    /// How it was named: a file's name, or `rom:NAME`.
    pub name: String,
    /// SHA-256 of its file.
    pub sha256: [u8; 32],
    /// Bytes of its file.
    pub size: u64,
}

/// A file of a disc that the program has read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscFile {
    /// Its path on the disc; empty for what belongs to no file, such as label and directories.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// The disc that lay in the drive at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiscId {
    /// How it was named.
    pub name: String,
    /// The files read, by path. Others may differ.
    pub files: Vec<DiscFile>,
}

/// A saved state that a recording begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateId {
    /// The file's name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// What a recording is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// What a check of it compares.
    pub level: Level,
    /// The program.
    pub program: ProgramId,
    /// The guest's arguments.
    pub arguments: Vec<String>,
    /// Words of the command line that describe the machine.
    pub options: Vec<String>,
    /// The disc.
    pub disc: Option<DiscId>,
    /// NVRAM at the start, unless it was fresh: its bytes.
    pub nvram: Option<Vec<u8>>,
    /// Behaviour of each part of the emulator.
    pub versions: Vec<(String, u32)>,
    /// The saved state that it begins with, unless that is power-on. Program, disc, NVRAM and
    /// options are then those of the run that was saved.
    pub state: Option<StateId>,
    /// What somebody did since it began, as lines of an input script.
    pub inputs: Vec<(Tick, String)>,
}

impl Header {
    /// Whether the checksums of parts of the machine are made of the same in both recordings.
    pub fn has_state_of(&self, other: &Header) -> bool {
        let layout = |header: &Header| {
            let mut versions = header.versions.iter();
            versions.find(|(name, _)| name == STATE).map(|&(_, v)| v)
        };
        layout(self) == layout(other)
    }

    /// The parts whose behaviour has another version in `now`: name, the recording's, now's.
    pub fn changed_versions(
        &self,
        now: &[(String, u32)],
    ) -> Vec<(String, Option<u32>, Option<u32>)> {
        let of = |all: &[(String, u32)], name: &str| {
            let mut all = all.iter();
            all.find(|(known, _)| known == name).map(|&(_, v)| v)
        };
        let mut names: Vec<&String> = self.versions.iter().chain(now).map(|(n, _)| n).collect();
        names.sort();
        names.dedup();
        let rows = names.into_iter();
        rows.map(|name| (name.clone(), of(&self.versions, name), of(now, name)))
            .filter(|(_, then, now)| then != now)
            .collect()
    }
}
