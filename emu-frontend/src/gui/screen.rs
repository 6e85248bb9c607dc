//! Where in the window the picture lies, and how its pixels get there.
//!
//! A television picture is four to three, whatever its pixels are: those of 320 x 288 are wider
//! than high.

use emu_core::device::display::{Picture, Scaling};

/// Bytes of a pixel of the window: red, green, blue, and one that is always 255.
pub const PIXEL: usize = 4;

/// How the picture fills the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fit {
    /// Every line is the same whole number of lines of the window.
    #[default]
    Whole,
    /// As large as fits at four to three.
    Large,
    /// The whole window.
    Stretched,
}

impl Fit {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: [Fit; 3] = [Fit::Whole, Fit::Large, Fit::Stretched];

    /// The word for it in settings and messages.
    pub fn name(self) -> &'static str {
        match self {
            Fit::Whole => "whole",
            Fit::Large => "large",
            Fit::Stretched => "stretched",
        }
    }

    /// The next one.
    pub fn next(self) -> Fit {
        match self {
            Fit::Whole => Fit::Large,
            Fit::Large => Fit::Stretched,
            Fit::Stretched => Fit::Whole,
        }
    }
}

/// A part of the window, in its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Columns left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Its columns.
    pub width: u32,
    /// Its rows.
    pub height: u32,
}

/// Width and height of the display behind a picture.
pub fn display_size(picture: &Picture, scaling: Scaling) -> (u32, u32) {
    match scaling {
        Scaling::Plain => (picture.width, picture.height),
        Scaling::Interpolated => (picture.width / 2, picture.height / 2),
    }
}

/// Where a display with so many lines lies in a window of this size.
pub fn place(lines: u32, window: (u32, u32), fit: Fit) -> Area {
    let (columns, rows) = window;
    let wide = |height: u64| height * 4 / 3;
    let largest = {
        let height = u64::from(rows).min(u64::from(columns) * 3 / 4);
        (wide(height) as u32, height as u32)
    };
    let (width, height) = match fit {
        Fit::Stretched => window,
        Fit::Large => largest,
        Fit::Whole => {
            let lines = u64::from(lines.max(1));
            let times = (u64::from(rows) / lines).min(u64::from(columns) / wide(lines).max(1));
            match times {
                // Smaller than the display: all of it is better than a part.
                0 => largest,
                _ => (wide(lines * times) as u32, (lines * times) as u32),
            }
        }
    };
    Area {
        x: (columns - width.min(columns)) / 2,
        y: (rows - height.min(rows)) / 2,
        width,
        height,
    }
}

/// Which pixel of a display is seen at a place of the window.
pub fn pixel_at(area: Area, display: (u32, u32), at: (f64, f64)) -> Option<(u16, u16)> {
    let along = |at: f64, start: u32, length: u32, pixels: u32| {
        let inside = (at - f64::from(start)) / f64::from(length.max(1));
        (0.0..1.0)
            .contains(&inside)
            .then(|| (inside * f64::from(pixels)) as u16)
    };
    Some((
        along(at.0, area.x, area.width, display.0)?,
        along(at.1, area.y, area.height, display.1)?,
    ))
}

/// Fills a window of this width with the picture in its area, and black around it.
pub fn compose(window: &mut [u8], width: u32, picture: &Picture, area: Area) {
    let row_bytes = width as usize * PIXEL;
    if row_bytes == 0 {
        return;
    }
    let source_row = |n: u32| {
        let row = u64::from(n - area.y) * u64::from(picture.height) / u64::from(area.height.max(1));
        let bytes = picture.width as usize * 3;
        picture.rgb.chunks_exact(bytes.max(1)).nth(row as usize)
    };
    // Which byte of a row of the picture each column shows.
    let columns: Vec<usize> = (0..u64::from(area.width.min(width)))
        .map(|n| (n * u64::from(picture.width) / u64::from(area.width.max(1))) as usize * 3)
        .collect();
    let mut previous: Option<(*const u8, usize)> = None;
    for n in 0..window.len() / row_bytes {
        let start = n * row_bytes;
        let inside = (area.y..area.y.saturating_add(area.height)).contains(&(n as u32));
        let source = inside.then(|| source_row(n as u32)).flatten();
        // The same line of the picture again.
        if let (Some(source), Some((line, from))) = (source, previous)
            && line == source.as_ptr()
        {
            window.copy_within(from..from + row_bytes, start);
            continue;
        }
        let row = &mut window[start..start + row_bytes];
        for pixel in row.chunks_exact_mut(PIXEL) {
            pixel.copy_from_slice(&[0, 0, 0, 255]);
        }
        let Some(source) = source else { continue };
        let shown = row.chunks_exact_mut(PIXEL).skip(area.x as usize);
        for (pixel, &from) in shown.zip(&columns) {
            if let Some(colour) = source.get(from..from + 3) {
                pixel[..3].copy_from_slice(colour);
            }
        }
        previous = Some((source.as_ptr(), start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
        Area {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn whole_multiples_lie_in_the_middle() {
        for (window, wanted) in [
            ((320, 240), area(0, 0, 320, 240)),
            ((960, 720), area(0, 0, 960, 720)),
            ((1000, 560), area(180, 40, 640, 480)),
            ((1920, 1080), area(320, 60, 1280, 960)),
            ((3840, 2160), area(480, 0, 2880, 2160)),
        ] {
            assert_eq!(place(240, window, Fit::Whole), wanted, "{window:?}");
        }
    }

    #[test]
    fn a_display_of_288_lines_is_four_to_three_too() {
        assert_eq!(place(288, (1000, 600), Fit::Whole), area(116, 12, 768, 576));
        assert_eq!(place(288, (384, 288), Fit::Whole), area(0, 0, 384, 288));
    }

    #[test]
    fn a_window_that_is_too_small_shows_all_of_the_picture() {
        assert_eq!(place(240, (160, 200), Fit::Whole), area(0, 40, 160, 120));
        assert_eq!(place(240, (1, 1), Fit::Whole).width, 0);
        assert_eq!(place(0, (0, 0), Fit::Whole), area(0, 0, 0, 0));
    }

    #[test]
    fn other_fits_fill_more() {
        assert_eq!(place(240, (1000, 600), Fit::Large), area(100, 0, 800, 600));
        assert_eq!(place(240, (600, 1000), Fit::Large), area(0, 275, 600, 450));
        assert_eq!(place(240, (999, 77), Fit::Stretched), area(0, 0, 999, 77));
        let mut fit = Fit::Whole;
        for next in [Fit::Large, Fit::Stretched, Fit::Whole] {
            fit = fit.next();
            assert_eq!(fit, next);
        }
    }

    #[test]
    fn no_area_lies_outside_its_window() {
        for fit in Fit::ALL {
            for lines in [240, 288] {
                for window in (0..900).step_by(7).map(|n| (n, (n * 37) % 1100)) {
                    let area = place(lines, window, fit);
                    assert!(area.x + area.width <= window.0, "{fit:?} {window:?}");
                    assert!(area.y + area.height <= window.1, "{fit:?} {window:?}");
                }
            }
        }
    }

    #[test]
    fn the_pixel_under_the_mouse_is_found() {
        let area = area(10, 20, 640, 480);
        let at = |x, y| pixel_at(area, (320, 240), (x, y));
        assert_eq!(at(10.0, 20.0), Some((0, 0)));
        assert_eq!(at(11.9, 21.9), Some((0, 0)));
        assert_eq!(at(12.0, 22.0), Some((1, 1)));
        assert_eq!(at(649.9, 499.9), Some((319, 239)));
        assert_eq!(at(650.0, 30.0), None);
        assert_eq!(at(9.9, 30.0), None);
        assert_eq!(at(30.0, f64::NAN), None);
    }

    fn picture(width: u32, height: u32) -> Picture {
        let mut picture = Picture::black(width, height);
        for (n, pixel) in picture.rgb.chunks_exact_mut(3).enumerate() {
            pixel.copy_from_slice(&[(n as u8).wrapping_add(1), (n >> 8) as u8, 200]);
        }
        picture
    }

    fn pixel(window: &[u8], width: usize, x: usize, y: usize) -> [u8; 4] {
        let at = (y * width + x) * PIXEL;
        window[at..at + PIXEL].try_into().expect("a pixel")
    }

    #[test]
    fn every_pixel_becomes_a_square_and_the_rest_is_black() {
        let picture = picture(4, 3);
        let (width, height) = (14, 11);
        let area = place(3, (width, height), Fit::Whole);
        assert_eq!(
            area,
            Area {
                x: 1,
                y: 1,
                width: 12,
                height: 9
            }
        );
        let mut window = vec![7; width as usize * height as usize * PIXEL];
        compose(&mut window, width, &picture, area);
        for y in 0..height {
            for x in 0..width {
                let inside = (1..13).contains(&x) && (1..10).contains(&y);
                let wanted = match inside {
                    true => {
                        let n = (y - 1) / 3 * 4 + (x - 1) / 3;
                        [n as u8 + 1, 0, 200, 255]
                    }
                    false => [0, 0, 0, 255],
                };
                assert_eq!(
                    pixel(&window, width as usize, x as usize, y as usize),
                    wanted
                );
            }
        }
    }

    #[test]
    fn odd_sizes_are_filled_without_a_gap() {
        let picture = picture(320, 288);
        for window in [(1000, 600), (333, 250), (100, 100), (1, 1), (0, 0)] {
            for fit in Fit::ALL {
                let (width, height) = window;
                let mut bytes = vec![9; width as usize * height as usize * PIXEL];
                let area = place(288, window, fit);
                compose(&mut bytes, width, &picture, area);
                assert!(bytes.chunks_exact(PIXEL).all(|pixel| pixel[3] == 255));
                let lit = bytes
                    .chunks_exact(PIXEL)
                    .filter(|pixel| pixel[2] == 200)
                    .count();
                assert_eq!(lit as u32, area.width * area.height, "{window:?} {fit:?}");
            }
        }
    }
}
