//! What the window says over the picture: the keys, and short messages.

use super::font;
use super::keys::{Command, Does, KEYS};
use super::screen::PIXEL;
use emu_core::device::pods::Controls;

/// Dots between the beginnings of two characters.
const ADVANCE: usize = font::WIDTH + 1;
/// Dots between the tops of two lines.
const LINE: usize = font::HEIGHT + 3;
/// Dots around a text.
const MARGIN: usize = 6;

/// Where a text lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the middle.
    Middle,
    /// At the lower left.
    Below,
}

/// All keys, a line each, from the table that the window uses.
pub fn lines() -> Vec<String> {
    let mut lines = vec!["KEYS                 PAD 1      PAD 2".to_owned()];
    let key_of = |number, button| {
        let mut rows = KEYS.iter();
        rows.find(|row| row.does == Does::Pad(number, button))
            .map_or("", |row| row.label)
    };
    for &(name, button) in Controls::Pad.buttons() {
        let name = match name {
            "start" => "P (play, pause)",
            "X" => "X (stop)",
            "L" => "left shift",
            "R" => "right shift",
            name => name,
        };
        lines.push(format!(
            "{name:<21}{:<11}{}",
            key_of(1, button),
            key_of(2, button)
        ));
    }
    lines.push(String::new());
    for (command, words) in COMMANDS {
        let keys: Vec<&str> = KEYS
            .iter()
            .filter(|row| row.does == Does::Command(*command))
            .map(|row| row.label)
            .collect();
        lines.push(format!("{words:<32}{}", keys.join(" or ")));
    }
    lines.push(String::new());
    lines.push("Drop a program or a disc here to start it;".to_owned());
    lines.push("with Shift held, to put it into the drive.".to_owned());
    lines
}

const COMMANDS: &[(Command, &str)] = &[
    (Command::Help, "this help"),
    (Command::Pause, "pause"),
    (Command::Step, "one field, then pause"),
    (Command::FastForward, "fast forward, while held"),
    (Command::Slower, "slower"),
    (Command::Faster, "faster"),
    (Command::NormalSpeed, "normal speed"),
    (Command::Quieter, "less loud"),
    (Command::Louder, "louder"),
    (Command::Mute, "sound on or off"),
    (Command::Reset, "reset"),
    (Command::Interpolation, "interpolation"),
    (Command::Fit, "whole, large or stretched"),
    (Command::FullScreen, "full screen"),
    (Command::Screenshot, "screenshot"),
    (Command::FreeMouse, "let the mouse go"),
    (Command::Quit, "quit"),
];

/// Draws a text into a window of this width: light on a darkened box.
pub fn draw<S: AsRef<str>>(window: &mut [u8], width: u32, lines: &[S], place: Place) {
    let columns = width as usize;
    let Some(rows) = (window.len() / PIXEL).checked_div(columns) else {
        return;
    };
    let longest = lines.iter().map(|line| line.as_ref().chars().count());
    let Some(longest) = longest.max().filter(|longest| *longest > 0) else {
        return;
    };
    let (wide, high) = (
        longest * ADVANCE + 2 * MARGIN,
        lines.len() * LINE + 2 * MARGIN,
    );
    let limit = match place {
        Place::Middle => usize::MAX,
        Place::Below => 2,
    };
    let scale = (columns / wide).min(rows / high).clamp(1, limit.min(4));
    let (wide, high) = (wide * scale, high * scale);
    let (left, top) = match place {
        Place::Middle => (
            columns.saturating_sub(wide) / 2,
            rows.saturating_sub(high) / 2,
        ),
        Place::Below => (0, rows.saturating_sub(high)),
    };
    for row in window
        .chunks_exact_mut(columns * PIXEL)
        .skip(top)
        .take(high)
    {
        for pixel in row.chunks_exact_mut(PIXEL).skip(left).take(wide) {
            pixel[..3].iter_mut().for_each(|colour| *colour /= 5);
        }
    }
    let (left, top) = (left + MARGIN * scale, top + MARGIN * scale);
    for (n, line) in lines.iter().enumerate() {
        for (m, character) in line.as_ref().chars().enumerate() {
            let corner = (left + m * ADVANCE * scale, top + n * LINE * scale);
            draw_character(window, columns, corner, scale, character);
        }
    }
}

fn draw_character(
    window: &mut [u8],
    columns: usize,
    (left, top): (usize, usize),
    scale: usize,
    character: char,
) {
    for y in 0..font::HEIGHT * scale {
        for x in 0..font::WIDTH * scale {
            let (column, row) = (left + x, top + y);
            if column >= columns || !font::dot(character, x / scale, y / scale) {
                continue;
            }
            let start = (row * columns + column) * PIXEL;
            if let Some(pixel) = window.get_mut(start..start + 3) {
                pixel.copy_from_slice(&[255, 255, 255]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_command_and_its_keys() {
        let text = lines().join("\n");
        for row in KEYS {
            if let Does::Command(command) = row.does {
                let (_, words) = COMMANDS
                    .iter()
                    .find(|(named, _)| *named == command)
                    .expect("in the help");
                let mut all = text.lines();
                let line = all.find(|line| line.starts_with(words)).expect("a line");
                assert!(line.contains(row.label), "{line}: {}", row.label);
            }
        }
        assert!(text.contains("P (play, pause)      ENTER      Y"), "{text}");
    }

    fn white(window: &[u8]) -> usize {
        let pixels = window.chunks_exact(PIXEL);
        pixels.filter(|pixel| pixel[..3] == [255; 3]).count()
    }

    #[test]
    fn a_text_is_light_on_a_darkened_box() {
        let (width, height) = (640, 480);
        let mut window = vec![100; width * height * PIXEL];
        draw(&mut window, width as u32, &["L"], Place::Below);
        // Eleven dots, twice as wide and high.
        assert_eq!(white(&window), 11 * 4);
        let corner = (height - 1) * width * PIXEL;
        assert_eq!(window[corner..corner + 4], [20, 20, 20, 100]);
        assert_eq!(window[..4], [100; 4]);
    }

    #[test]
    fn no_window_is_too_small_for_a_text() {
        for (width, height) in [(0, 0), (1, 1), (3, 50), (320, 240), (200, 10)] {
            for place in [Place::Middle, Place::Below] {
                let mut window = vec![100; width * height * PIXEL];
                draw(&mut window, width as u32, &lines(), place);
                draw(&mut window, width as u32, &[""; 0], place);
                draw(&mut window, width as u32, &["", ""], place);
            }
        }
    }

    #[test]
    fn the_help_fits_into_the_smallest_usual_window() {
        let lines = lines();
        let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
        assert!(longest * ADVANCE + 2 * MARGIN <= 320, "{longest}");
        assert!(lines.len() * LINE + 2 * MARGIN <= 360, "{}", lines.len());
    }
}
