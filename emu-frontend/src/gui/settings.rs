//! What the window remembers from one run to the next: a small text file.
//!
//! ```text
//! width = 960
//! height = 720
//! full-screen = no
//! interpolation = no
//! fit = whole
//! volume = 100
//! muted = no
//! ```
//!
//! What cannot be read is as if it were not there, and what cannot be written is forgotten: a
//! size of a window is no reason to stop.

use super::screen::Fit;
use super::sound::Volume;
use crate::folders;
use std::fmt;
use std::io;
use std::path::Path;

/// Smallest and largest sides of a window that is remembered.
const SIDES: std::ops::RangeInclusive<u32> = 160..=16384;

/// What is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Columns and rows of the window, without its frame; none = a size that fits most screens.
    pub size: Option<(u32, u32)>,
    /// Whether it fills the screen.
    pub full_screen: bool,
    /// Whether pixels are blended.
    pub interpolation: bool,
    /// How the picture fills the window.
    pub fit: Fit,
    /// How loud it is.
    pub volume: Volume,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            size: None,
            full_screen: false,
            interpolation: false,
            fit: Fit::Whole,
            volume: Volume::default(),
        }
    }
}

impl Settings {
    /// Reads what was remembered.
    pub fn load(path: &Path) -> Settings {
        let text = folders::remembered(path);
        text.map_or_else(Settings::default, |text| Settings::parse(&text))
    }

    /// Remembers.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        folders::remember(path, &self.to_string())
    }

    /// Lines that are not understood change nothing.
    fn parse(text: &str) -> Settings {
        let mut settings = Settings::default();
        let (mut width, mut height) = (None, None);
        let side = |value: &str| value.parse().ok().filter(|side| SIDES.contains(side));
        let answer = |value: &str| match value {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let value = value.trim();
            match name.trim() {
                "width" => width = side(value),
                "height" => height = side(value),
                "full-screen" => settings.full_screen = answer(value).unwrap_or_default(),
                "interpolation" => settings.interpolation = answer(value).unwrap_or_default(),
                "fit" => {
                    let found = Fit::ALL.into_iter().find(|fit| fit.name() == value);
                    settings.fit = found.unwrap_or_default();
                }
                "volume" => {
                    let found = value.parse().ok().filter(|percent| *percent <= 100);
                    settings.volume.percent = found.unwrap_or(Volume::default().percent);
                }
                "muted" => settings.volume.is_muted = answer(value).unwrap_or_default(),
                _ => (),
            }
        }
        settings.size = width.zip(height);
        settings
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = |yes| if yes { "yes" } else { "no" };
        if let Some((width, height)) = self.size {
            writeln!(f, "width = {width}\nheight = {height}")?;
        }
        writeln!(f, "full-screen = {}", answer(self.full_screen))?;
        writeln!(f, "interpolation = {}", answer(self.interpolation))?;
        writeln!(f, "fit = {}", self.fit.name())?;
        writeln!(f, "volume = {}", self.volume.percent)?;
        writeln!(f, "muted = {}", answer(self.volume.is_muted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn settings_are_read_back() {
        for fit in Fit::ALL {
            for flag in [false, true] {
                for size in [None, Some((960, 720))] {
                    let settings = Settings {
                        size,
                        full_screen: flag,
                        interpolation: !flag,
                        fit,
                        volume: Volume {
                            percent: if flag { 0 } else { 70 },
                            is_muted: !flag,
                        },
                    };
                    assert_eq!(Settings::parse(&settings.to_string()), settings);
                }
            }
        }
    }

    #[test]
    fn nonsense_changes_nothing() {
        for text in [
            "",
            "\0\u{FFFD}",
            "width = 5\nheight = 700",
            "width = -1",
            "width=99999999999999999999\nheight=1",
            "full-screen = perhaps",
            "fit",
            "fit =",
            "volume = 101\nmuted = perhaps",
            "volume = -1",
            "colour = blue",
        ] {
            assert_eq!(Settings::parse(text), Settings::default(), "{text:?}");
        }
    }

    #[test]
    fn files_that_cannot_be_are_no_reason_to_stop() {
        let scratch = tempfile::tempdir().expect("temporary folder");
        let folder = scratch.path();
        let path = folder.join("new").join("window");
        let settings = Settings {
            size: Some((640, 480)),
            ..Settings::default()
        };
        assert_eq!(Settings::load(&path), Settings::default());
        settings.save(&path).expect("saved");
        assert_eq!(Settings::load(&path), settings);
        // A folder instead of the file, and a file instead of the folder.
        assert_eq!(Settings::load(folder), Settings::default());
        assert!(settings.save(folder).is_err());
        assert!(settings.save(&path.join("window")).is_err());
        fs::write(&path, [0xFF; 40]).expect("written");
        assert_eq!(Settings::load(&path), Settings::default());
    }
}
