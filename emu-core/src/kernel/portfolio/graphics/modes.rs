//! Display types: their sizes, times and names (graphics sheet 1.4).

use super::codes::BADDISPLAYTYPE;
use crate::device::display::DisplayMode;
use crate::kernel::portfolio::errors::Status;
use crate::time::Video;

/// A display type as programs name it (DI_TYPE_*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DisplayType {
    /// Its number.
    pub(super) number: u32,
    /// How large its picture is.
    pub(super) mode: DisplayMode,
    /// What it is called.
    pub(super) name: &'static str,
}

const NTSC: DisplayType = DisplayType {
    number: 1,
    mode: DisplayMode::Ntsc,
    name: "NTSC",
};
const PAL_NARROW: DisplayType = DisplayType {
    number: 2,
    mode: DisplayMode::PalNarrow,
    name: "PAL (Narrow)",
};
const PAL_WIDE: DisplayType = DisplayType {
    number: 3,
    mode: DisplayMode::PalWide,
    name: "PAL",
};

impl DisplayType {
    /// Those of a machine; the first is the default.
    pub(super) fn of(video: Video) -> &'static [DisplayType] {
        match video {
            Video::Ntsc => &[NTSC],
            Video::Pal => &[PAL_NARROW, PAL_WIDE],
        }
    }

    /// The one of a machine with that number; 0 is the default.
    pub(super) fn find(video: Video, number: u32) -> Result<DisplayType, Status> {
        let all = DisplayType::of(video);
        let wanted = |known: &&DisplayType| number == 0 || known.number == number;
        all.iter().find(wanted).copied().ok_or(BADDISPLAYTYPE)
    }

    /// Pixels in a line.
    pub(super) fn width(self) -> u32 {
        self.mode.size().0
    }

    /// Lines.
    pub(super) fn height(self) -> u32 {
        self.mode.size().1
    }

    /// Black lines above a display of so many lines, which is centred. PAL has one more, unless
    /// the display fills the picture.
    pub(super) fn top_lines(self, lines: u32) -> u32 {
        let rest = self.height().saturating_sub(lines);
        let extra = u32::from(self.mode != DisplayMode::Ntsc);
        (rest / 2 + extra).min(rest)
    }
}

/// The length of a field in microseconds, as programs are told.
pub(super) fn field_micros(video: Video) -> u32 {
    match video {
        Video::Ntsc => 16684,
        Video::Pal => 20000,
    }
}

/// Fields in a second, as programs are told.
pub(super) fn field_frequency(video: Video) -> u32 {
    match video {
        Video::Ntsc => 60,
        Video::Pal => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_the_types_of_its_fields() {
        for (number, ntsc, pal) in [(0, true, true), (1, true, false), (2, false, true)] {
            assert_eq!(DisplayType::find(Video::Ntsc, number).is_ok(), ntsc);
            assert_eq!(DisplayType::find(Video::Pal, number).is_ok(), pal);
        }
        assert_eq!(DisplayType::find(Video::Pal, 3), Ok(PAL_WIDE));
        assert_eq!(DisplayType::find(Video::Pal, 0), Ok(PAL_NARROW));
        assert_eq!(DisplayType::find(Video::Pal, 4), Err(BADDISPLAYTYPE));
    }

    #[test]
    fn a_short_display_is_centred() {
        assert_eq!(NTSC.top_lines(240), 0);
        assert_eq!(NTSC.top_lines(200), 20);
        assert_eq!(PAL_NARROW.top_lines(240), 25);
        assert_eq!(PAL_WIDE.top_lines(288), 0);
        assert_eq!(PAL_WIDE.top_lines(287), 1);
        assert_eq!(NTSC.top_lines(u32::MAX), 0);
    }
}
