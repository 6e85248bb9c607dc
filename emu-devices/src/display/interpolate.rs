//! Four output pixels for each, blended with neighbours (graphics sheet 1.5).
//!
//! ```text
//! each pixel has its very colour at one corner of its four; between the corners of neighbours
//! colours are mixed by distance, first down, then across
//!
//!   P .  Q .        with both corners upper left     P     (P+Q)/2
//!   . .  . .                                       (P+R)/2 (P+Q+R+S)/4
//!   R .  S .
//! ```
//!
//! The hardware's weights are published nowhere; these are exact where the sheet is.

use super::color::Dot;
use super::scan::Line;
use super::vdl::Rgb;
use emu_core::device::display::Picture;

/// Columns are mixed in sixths, which is exact: two or three output pixels lie between corners.
const FINE: u32 = 6;

/// Red, green, blue in sixths.
type Fine = [u32; 3];

/// The picture of twice the width and height.
pub(super) fn interpolate(lines: &[Line], width: u32, height: u32) -> Picture {
    let mut picture = Picture::black(width * 2, height * 2);
    let rows = picture.rgb.chunks_exact_mut(width as usize * 6);
    for (row, out) in rows.enumerate() {
        let lower = row % 2 == 1;
        let Some(line) = lines.get(row / 2) else {
            break;
        };
        let up = (row / 2).checked_sub(1).and_then(|y| lines.get(y));
        let down = lines.get(row / 2 + 1);
        let column = |x| mixed_down(line, up, down, x, lower);
        let fine: Vec<Fine> = (0..line.dots.len()).map(column).collect();
        let pixels = out.chunks_exact_mut(3).take(fine.len() * 2);
        for (x, pixel) in pixels.enumerate() {
            pixel.copy_from_slice(&mixed_across(&line.dots, &fine, x / 2, x % 2 == 1));
        }
    }
    picture
}

fn fine(dot: &Dot) -> Fine {
    dot.rgb.map(|part| u32::from(part) * FINE)
}

/// The mean of two colours, `a` and `b` times.
fn mix(first: Fine, a: u32, second: Fine, b: u32) -> Fine {
    std::array::from_fn(|part| (first[part] * a + second[part] * b) / (a + b))
}

/// Column `x` of an output row: the upper or the lower one of a line.
fn mixed_down(line: &Line, up: Option<&Line>, down: Option<&Line>, x: usize, lower: bool) -> Fine {
    let own = &line.dots[x];
    if !own.blend[1] || own.corner[1] == lower {
        return fine(own);
    }
    if lower {
        let Some((down, below)) = down.and_then(|down| Some((down, down.dots.get(x)?))) else {
            return fine(own);
        };
        let upper = down.above.as_ref().and_then(|above| above.get(x));
        let to_below = 1 + u32::from(below.corner[1]);
        mix(fine(upper.unwrap_or(own)), to_below, fine(below), 1)
    } else {
        let up = line.above.as_ref().or(up.map(|up| &up.dots));
        let Some(above) = up.and_then(|up| up.get(x)) else {
            return fine(own);
        };
        let to_above = 2 - u32::from(above.corner[1]);
        mix(fine(above), 1, fine(own), to_above)
    }
}

/// The left or right output pixel of column `x` of a row.
fn mixed_across(dots: &[Dot], row: &[Fine], x: usize, right: bool) -> Rgb {
    let own = &dots[x];
    let neighbour = if right { Some(x + 1) } else { x.checked_sub(1) };
    let neighbour = neighbour.and_then(|x| Some((dots.get(x)?, *row.get(x)?)));
    let mixed = match neighbour {
        Some((dot, other)) if own.blend[0] && own.corner[0] != right => {
            let (to_other, to_own) = if right {
                (1 + u32::from(dot.corner[0]), 1)
            } else {
                (2 - u32::from(dot.corner[0]), 1)
            };
            mix(row[x], to_other, other, to_own)
        }
        _ => row[x],
    };
    mixed.map(|part| (part / FINE) as u8)
}
