//! Where each view is, and the file that remembers it.
//!
//! ```text
//! left = 400
//! above-right = 230
//! left: screen* frame-buffer display-list cel
//! ```
//! What cannot be read is as if it were not there; a view that is in no place comes to where it
//! usually is.

use super::views::View;
use crate::folders;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

macro_rules! places {
    ($($name:ident $word:literal $title:literal)*) => {
        /// A place of the window that shows one view of several.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Place {
            $(
                #[doc = $title]
                $name,
            )*
        }

        impl Place {
            /// All of them.
            pub const ALL: &[Place] = &[$(Place::$name),*];

            /// Its word in the file.
            pub fn word(self) -> &'static str {
                match self { $(Place::$name => $word),* }
            }

            /// For people.
            pub fn title(self) -> &'static str {
                match self { $(Place::$name => $title),* }
            }
        }
    };
}

places! {
    AboveLeft "above-left" "left, above"
    Left "left" "left, below"
    Middle "middle" "middle"
    AboveRight "above-right" "right, above"
    Right "right" "right, below"
    Below "below" "below"
}

/// Where everything is at first.
const USUAL: &[(Place, &[View])] = &[
    (
        Place::AboveLeft,
        &[
            View::Screen,
            View::FrameBuffer,
            View::DisplayList,
            View::Cel,
        ],
    ),
    (Place::Left, &[View::Tasks, View::Requests, View::Items]),
    (
        Place::Middle,
        &[View::Disassembly, View::Memory, View::Graph],
    ),
    (Place::AboveRight, &[View::Registers, View::Structure]),
    (Place::Right, &[View::Stack, View::Breakpoints]),
    (
        Place::Below,
        &[
            View::Command,
            View::Console,
            View::Events,
            View::Timeline,
            View::Sound,
        ],
    ),
];

/// Columns of the sides, rows of what is above them and below all: fits 1280 x 800.
const USUAL_SIZES: &[(Side, f32)] = &[
    (Side::Left, 360.0),
    (Side::Right, 330.0),
    (Side::AboveLeft, 320.0),
    (Side::AboveRight, 240.0),
    (Side::Below, 200.0),
];

/// What can be made larger or smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The left column.
    Left,
    /// The right column.
    Right,
    /// The upper part of the left column.
    AboveLeft,
    /// The upper part of the right column.
    AboveRight,
    /// The lowest part.
    Below,
}

impl Side {
    /// Its word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
            Side::AboveLeft => "above-left",
            Side::AboveRight => "above-right",
            Side::Below => "below",
        }
    }
}

/// Smallest and largest size that is remembered.
const SIZES: std::ops::RangeInclusive<f32> = 60.0..=4000.0;

/// The tabs of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tabs {
    /// Its views, from the left.
    pub views: Vec<View>,
    /// Which one is in front.
    pub front: usize,
}

impl Tabs {
    /// The view in front.
    pub fn shown(&self) -> Option<View> {
        self.views.get(self.front).or(self.views.first()).copied()
    }
}

/// Where everything is.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    tabs: BTreeMap<Place, Tabs>,
    sizes: BTreeMap<Side, f32>,
    /// Columns and rows of the window.
    pub window: Option<(u32, u32)>,
}

impl Default for Layout {
    fn default() -> Layout {
        let tabs = USUAL.iter().map(|(place, views)| {
            let views = views.to_vec();
            (*place, Tabs { views, front: 0 })
        });
        Layout {
            tabs: tabs.collect(),
            sizes: USUAL_SIZES.iter().copied().collect(),
            window: None,
        }
    }
}

impl Layout {
    /// The tabs of a place.
    pub fn tabs(&self, place: Place) -> Tabs {
        self.tabs.get(&place).cloned().unwrap_or_default()
    }

    /// How large a side is.
    pub fn size(&self, side: Side) -> f32 {
        self.sizes.get(&side).copied().unwrap_or(200.0)
    }

    /// Notes how large a side is.
    pub fn set_size(&mut self, side: Side, size: f32) {
        if SIZES.contains(&size) {
            self.sizes.insert(side, size.round());
        }
    }

    /// Brings a view to the front of its place.
    pub fn show(&mut self, view: View) {
        for tabs in self.tabs.values_mut() {
            if let Some(n) = tabs.views.iter().position(|other| *other == view) {
                tabs.front = n;
            }
        }
    }

    /// Whether a view is in front of its place.
    pub fn is_shown(&self, view: View) -> bool {
        self.tabs.values().any(|tabs| tabs.shown() == Some(view))
    }

    /// Moves a view to another place, and to its front.
    pub fn take(&mut self, view: View, to: Place) {
        for tabs in self.tabs.values_mut() {
            if let Some(n) = tabs.views.iter().position(|other| *other == view) {
                tabs.views.remove(n);
                if tabs.front >= n {
                    tabs.front = tabs.front.saturating_sub(1);
                }
            }
        }
        let tabs = self.tabs.entry(to).or_default();
        tabs.views.push(view);
        tabs.front = tabs.views.len() - 1;
    }

    /// Reads what was remembered.
    pub fn load(path: &Path) -> Layout {
        let text = folders::remembered(path);
        text.map_or_else(Layout::default, |text| Layout::parse(&text))
    }

    /// Remembers.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        folders::remember(path, &self.to_string())
    }

    /// Lines that are not understood change nothing.
    fn parse(text: &str) -> Layout {
        let mut layout = Layout::default();
        let (mut width, mut height) = (None, None);
        let pixels = |value: &str| {
            value
                .parse()
                .ok()
                .filter(|side| (320..=16384).contains(side))
        };
        for line in text.lines() {
            if let Some((word, value)) = line.split_once('=') {
                let (word, value) = (word.trim(), value.trim());
                match word {
                    "width" => width = pixels(value),
                    "height" => height = pixels(value),
                    _ => {
                        let side = USUAL_SIZES.iter().find(|(side, _)| side.word() == word);
                        if let (Some((side, _)), Ok(size)) = (side, value.parse()) {
                            layout.set_size(*side, size);
                        }
                    }
                }
            } else if let Some((word, views)) = line.split_once(':') {
                let place = Place::ALL.iter().find(|place| place.word() == word.trim());
                if let Some(place) = place {
                    layout.read_tabs(*place, views);
                }
            }
        }
        layout.window = width.zip(height);
        layout
    }

    fn read_tabs(&mut self, place: Place, words: &str) {
        let mut front = None;
        for word in words.split_whitespace() {
            if let Some(view) = View::of(word.trim_end_matches('*')) {
                self.take(view, place);
                if word.ends_with('*') {
                    front = Some(view);
                }
            }
        }
        if let Some(view) = front {
            self.show(view);
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((width, height)) = self.window {
            writeln!(f, "width = {width}\nheight = {height}")?;
        }
        for (side, size) in &self.sizes {
            writeln!(f, "{} = {size}", side.word())?;
        }
        for (place, tabs) in &self.tabs {
            write!(f, "{}:", place.word())?;
            for view in &tabs.views {
                let mark = if tabs.shown() == Some(*view) { "*" } else { "" };
                write!(f, " {}{mark}", view.word())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_has_one_place_at_first() {
        let layout = Layout::default();
        for view in View::ALL {
            let count = |tabs: &Tabs| tabs.views.iter().filter(|other| *other == view).count();
            assert_eq!(
                layout.tabs.values().map(count).sum::<usize>(),
                1,
                "{view:?}"
            );
        }
    }

    #[test]
    fn a_layout_is_read_back() {
        let mut layout = Layout::default();
        layout.take(View::Events, Place::Middle);
        layout.show(View::Cel);
        layout.set_size(Side::Below, 333.0);
        layout.window = Some((1280, 800));
        let read = Layout::parse(&layout.to_string());
        assert_eq!(read.to_string(), layout.to_string());
        assert!(read.is_shown(View::Events) && read.is_shown(View::Cel));
    }

    #[test]
    fn nonsense_changes_nothing() {
        for text in [
            "",
            "\0\u{FFFD}",
            "left = -1\nleft = NaN\nleft = inf\nwidth = 5",
            "left: nothing nowhere*",
            "nowhere: screen",
            ":::===",
        ] {
            assert_eq!(Layout::parse(text), Layout::default(), "{text:?}");
        }
    }

    #[test]
    fn a_place_may_become_empty_and_full_again() {
        let mut layout = Layout::default();
        for view in View::ALL {
            layout.take(*view, Place::Middle);
        }
        assert_eq!(layout.tabs(Place::Left).shown(), None);
        assert_eq!(layout.tabs(Place::Middle).views.len(), View::ALL.len());
        layout.take(View::Tasks, Place::Left);
        assert_eq!(layout.tabs(Place::Left).shown(), Some(View::Tasks));
    }
}
