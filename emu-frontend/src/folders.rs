//! Where a user's files are: hosts differ.

use crate::program::at_most;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of this program's own under those of a user.
const OWN: &str = "overture";

/// What programs keep for their user: NVRAM.
pub fn data() -> Option<PathBuf> {
    own(Kind::Data)
}

/// How a user likes programs to be: the size of the window.
pub fn settings() -> Option<PathBuf> {
    own(Kind::Settings)
}

/// The text of a file that remembers something, if there is one that can be read. It has some
/// hundred bytes; whatever is much longer is another.
pub fn remembered(path: &Path) -> Option<String> {
    // Opening a pipe would wait for whoever writes to it.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let (bytes, is_whole) = at_most(path, 1 << 16).ok()?;
    String::from_utf8(bytes).ok().filter(|_| is_whole)
}

/// Writes such a file, with the folders on the way.
pub fn remember(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

/// The environment variable that says where all this is.
pub fn variable() -> &'static str {
    Host::THIS.variable()
}

fn own(kind: Kind) -> Option<PathBuf> {
    let folder = Host::THIS.folder(kind, |name| std::env::var_os(name));
    folder.map(|folder| folder.join(OWN))
}

/// What is kept there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Data,
    Settings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    Unix,
    MacOs,
    Windows,
}

impl Host {
    const THIS: Host = if cfg!(windows) {
        Host::Windows
    } else if cfg!(target_os = "macos") {
        Host::MacOs
    } else {
        Host::Unix
    };

    fn variable(self) -> &'static str {
        match self {
            Host::Unix | Host::MacOs => "HOME",
            Host::Windows => "APPDATA",
        }
    }

    fn folder(self, kind: Kind, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        let folder = |name: &str| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some(PathBuf::from(value))
        };
        let home = || folder(self.variable());
        let (xdg, below_home) = match kind {
            Kind::Data => ("XDG_DATA_HOME", ".local/share"),
            Kind::Settings => ("XDG_CONFIG_HOME", ".config"),
        };
        match self {
            Host::Windows => home(),
            Host::MacOs => Some(home()?.join("Library").join("Application Support")),
            // The XDG base directory specification: a relative path does not count.
            Host::Unix => folder(xdg)
                .filter(|path| path.is_absolute())
                .or_else(|| Some(home()?.join(below_home))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(host: Host, kind: Kind, set: &[(&str, &str)]) -> Option<PathBuf> {
        host.folder(kind, |name| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    const HOME: (&str, &str) = ("HOME", "/users/u");

    #[test]
    fn every_host_has_its_own_places() {
        let mac = "/users/u/Library/Application Support";
        let cases = [
            (
                Host::MacOs,
                &[HOME, ("XDG_DATA_HOME", "/data")][..],
                Some(mac),
            ),
            (Host::MacOs, &[], None),
            (
                Host::Windows,
                &[("APPDATA", "/roaming"), HOME],
                Some("/roaming"),
            ),
            (Host::Windows, &[HOME], None),
            (Host::Unix, &[HOME], Some("/users/u/.local/share")),
            (
                Host::Unix,
                &[HOME, ("XDG_DATA_HOME", "")],
                Some("/users/u/.local/share"),
            ),
            (
                Host::Unix,
                &[HOME, ("XDG_DATA_HOME", "data")],
                Some("/users/u/.local/share"),
            ),
            (Host::Unix, &[("HOME", "")], None),
        ];
        for (host, set, wanted) in cases {
            let wanted = wanted.map(PathBuf::from);
            assert_eq!(folder(host, Kind::Data, set), wanted, "{host:?} {set:?}");
        }
    }

    #[test]
    fn settings_lie_apart_from_data_where_the_host_wants_that() {
        let both = [HOME, ("XDG_DATA_HOME", "/data")];
        let found = folder(Host::Unix, Kind::Settings, &both);
        assert_eq!(found, Some(PathBuf::from("/users/u/.config")));
        // What is absolute depends on the host of the test.
        #[cfg(unix)]
        for (kind, variable) in [
            (Kind::Data, "XDG_DATA_HOME"),
            (Kind::Settings, "XDG_CONFIG_HOME"),
        ] {
            let found = folder(Host::Unix, kind, &[HOME, (variable, "/there")]);
            assert_eq!(found, Some(PathBuf::from("/there")));
        }
    }

    #[test]
    fn the_program_has_a_folder_of_its_own() {
        for folder in [data(), settings()].into_iter().flatten() {
            assert!(folder.ends_with("overture"));
        }
    }
}
