//! Places in the tree of all volumes.

use super::volume::VolumeId;
use crate::loader::opera_fs::directory::{Entry, flag};
use serde::{Deserialize, Serialize};

/// Files whose directory can be read.
pub const SUPPORTS_DIRSCAN: u32 = 8;
/// Directories whose entries can be made and deleted.
pub const SUPPORTS_ENTRY: u32 = 0x20;

/// Type word of directories.
pub const DIRECTORY_TYPE: [u8; 4] = *b"*dir";

/// A file or directory: the entries that lead to it, from its volume's root on.
///
/// Without a volume it is `/`, the directory of all volumes. An entry is a copy of what its
/// directory says: on a disc that never changes, on NVRAM it is looked up again before use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Where; none for `/` itself.
    pub volume: Option<VolumeId>,
    /// The root's entry, then one for each name of the path; not empty if there is a volume.
    pub trail: Vec<Entry>,
}

impl Place {
    /// `/`.
    pub const ROOT: Place = Place {
        volume: None,
        trail: Vec::new(),
    };

    /// The root of a volume.
    pub fn root_of(volume: VolumeId, entry: Entry) -> Place {
        Place {
            volume: Some(volume),
            trail: vec![entry],
        }
    }

    /// Its entry; none for `/`.
    pub fn entry(&self) -> Option<&Entry> {
        self.trail.last()
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.entry().is_none_or(Entry::is_directory)
    }

    /// A file or directory in it.
    pub fn child(&self, entry: Entry) -> Place {
        let mut trail = self.trail.clone();
        trail.push(entry);
        Place {
            volume: self.volume,
            trail,
        }
    }

    /// What it lies in; `/` lies in itself.
    pub fn parent(&self) -> Place {
        match self.trail.len() {
            0 | 1 => Place::ROOT,
            n => Place {
                volume: self.volume,
                trail: self.trail[..n - 1].to_vec(),
            },
        }
    }

    /// Its name; empty for `/`.
    pub fn name(&self) -> &str {
        self.entry().map_or("", |entry| &entry.name)
    }

    /// Its absolute path.
    pub fn path(&self) -> Vec<u8> {
        if self.trail.is_empty() {
            return b"/".to_vec();
        }
        let mut path = Vec::new();
        for entry in &self.trail {
            path.push(b'/');
            path.extend(to_bytes(&entry.name));
        }
        path
    }

    /// Whether both are the same file, whatever became of it meanwhile.
    pub fn is_same(&self, other: &Place) -> bool {
        let names = |a: &Entry, b: &Entry| a.name.eq_ignore_ascii_case(&b.name);
        self.volume == other.volume
            && self.trail.len() == other.trail.len()
            && self
                .trail
                .iter()
                .zip(&other.trail)
                .all(|(a, b)| names(a, b))
    }

    /// The flags a program is shown.
    pub fn flags(&self) -> u32 {
        self.entry().map_or(
            flag::DIRECTORY | flag::READ_ONLY | flag::FOR_FILESYSTEM | SUPPORTS_DIRSCAN,
            |entry| entry.flags,
        )
    }
}

/// Names are kept with one character a byte.
pub fn to_bytes(name: &str) -> Vec<u8> {
    name.chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect()
}

/// The reverse of [`to_bytes`].
pub fn to_text(name: &[u8]) -> String {
    name.iter().map(|&byte| char::from(byte)).collect()
}
