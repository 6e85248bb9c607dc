//! What a light gun's clock shows when the beam passes a pixel.
//!
//! The clock counts from the beginning of the field at 20 MHz nominally. Lengths of a line and of
//! its visible part, and the count at the first pixel, are those that the SDK's light gun
//! example measured and calculates positions with.

use emu_core::time::Video;

/// Lines that a simple gun says it saw.
const LINES_SEEN: i32 = 15;

struct Raster {
    /// Tenths of a count in a line.
    line: u64,
    /// Counts in the visible part of a line.
    visible: u64,
    /// The count at the first pixel.
    first: u64,
    /// Pixels of a line.
    width: u64,
}

const NTSC: Raster = Raster {
    line: 12_707,
    visible: 1030,
    first: 12_835,
    width: 320,
};
const PAL: Raster = Raster {
    line: 12_796,
    visible: 1051,
    first: 58_995,
    width: 388,
};

/// Counter and lines of a gun that points at a pixel, from the left and from the top.
pub(super) fn seen_at(video: Video, at: Option<(u16, u16)>) -> (i32, i32) {
    let Some((x, y)) = at else {
        return (0, 0);
    };
    let raster = match video {
        Video::Ntsc => NTSC,
        Video::Pal => PAL,
    };
    let down = (u64::from(y) * raster.line).div_ceil(10);
    let right = (u64::from(x) * raster.visible).div_ceil(raster.width);
    let counter = raster.first + down + right;
    (i32::try_from(counter).unwrap_or(i32::MAX), LINES_SEEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The way back, as the SDK's example goes it.
    fn position(raster: &Raster, counter: i32) -> (u64, u64) {
        let counter = counter as u64 - raster.first;
        let x = 10 * counter % raster.line * raster.width / (raster.visible * 10);
        (x, 10 * counter / raster.line)
    }

    #[test]
    fn programs_calculate_the_pixel_that_was_aimed_at() {
        for (video, raster) in [(Video::Ntsc, &NTSC), (Video::Pal, &PAL)] {
            for (x, y) in [(0, 0), (1, 1), (160, 120), (319, 239), (7, 200), (300, 3)] {
                let (counter, lines) = seen_at(video, Some((x, y)));
                assert_eq!(lines, 15);
                let (back_x, back_y) = position(raster, counter);
                assert_eq!(back_y, u64::from(y), "{x},{y}");
                assert!(back_x.abs_diff(u64::from(x)) <= 1, "{x},{y}: {back_x}");
            }
        }
        assert_eq!(seen_at(Video::Ntsc, None), (0, 0));
    }
}
