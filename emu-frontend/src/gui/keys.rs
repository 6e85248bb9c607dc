//! What the keys do: the table, which the help and the window read.
//!
//! Keys count by their place, not by what is printed on them: A, S and D are the three keys in
//! the middle row of any keyboard.

use emu_core::device::pods::Controls;
use winit::keyboard::KeyCode;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// A button of the pad with this number.
    Pad(u8, u32),
    /// Something to the emulator.
    Command(Command),
}

/// What can be done to the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Shows or hides the help.
    Help,
    /// Stops time, and lets it go on.
    Pause,
    /// Lets one field pass, then stops time.
    Step,
    /// As fast as the host can, while it is held.
    FastForward,
    /// Slow motion.
    Slower,
    /// Faster again.
    Faster,
    /// As fast as a console.
    NormalSpeed,
    /// Power off and on.
    Reset,
    /// Blended pixels or plain ones.
    Interpolation,
    /// How the picture fills the window.
    Fit,
    /// The whole screen, or a window.
    FullScreen,
    /// Writes what is seen to a file.
    Screenshot,
    /// Makes the sound less loud.
    Quieter,
    /// Makes it louder.
    Louder,
    /// Sound on or off.
    Mute,
    /// Gives the mouse back to the host.
    FreeMouse,
    /// Ends the run.
    Quit,
}

/// One line of the table: what the help calls the key, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The key.
    pub key: KeyCode,
    /// What it is called.
    pub label: &'static str,
    /// What it does.
    pub does: Does,
}

const fn row(key: KeyCode, label: &'static str, does: Does) -> Row {
    Row { key, label, does }
}

const fn command(key: KeyCode, label: &'static str, command: Command) -> Row {
    row(key, label, Does::Command(command))
}

const DOWN: u32 = 0x8000_0000;
const UP: u32 = 0x4000_0000;
const RIGHT: u32 = 0x2000_0000;
const LEFT: u32 = 0x1000_0000;
const A: u32 = 0x0800_0000;
const B: u32 = 0x0400_0000;
const C: u32 = 0x0200_0000;
const START: u32 = 0x0100_0000;
const STOP: u32 = 0x0080_0000;
const RIGHT_SHIFT: u32 = 0x0040_0000;
const LEFT_SHIFT: u32 = 0x0020_0000;

/// Every key that does something.
pub const KEYS: &[Row] = &[
    row(KeyCode::ArrowUp, "UP", Does::Pad(1, UP)),
    row(KeyCode::ArrowDown, "DOWN", Does::Pad(1, DOWN)),
    row(KeyCode::ArrowLeft, "LEFT", Does::Pad(1, LEFT)),
    row(KeyCode::ArrowRight, "RIGHT", Does::Pad(1, RIGHT)),
    row(KeyCode::KeyA, "A", Does::Pad(1, A)),
    row(KeyCode::KeyS, "S", Does::Pad(1, B)),
    row(KeyCode::KeyD, "D", Does::Pad(1, C)),
    row(KeyCode::KeyQ, "Q", Does::Pad(1, LEFT_SHIFT)),
    row(KeyCode::KeyW, "W", Does::Pad(1, RIGHT_SHIFT)),
    row(KeyCode::Enter, "ENTER", Does::Pad(1, START)),
    row(KeyCode::Backspace, "BACKSPACE", Does::Pad(1, STOP)),
    row(KeyCode::Escape, "ESC", Does::Pad(1, STOP)),
    row(KeyCode::KeyI, "I", Does::Pad(2, UP)),
    row(KeyCode::KeyK, "K", Does::Pad(2, DOWN)),
    row(KeyCode::KeyJ, "J", Does::Pad(2, LEFT)),
    row(KeyCode::KeyL, "L", Does::Pad(2, RIGHT)),
    row(KeyCode::KeyB, "B", Does::Pad(2, A)),
    row(KeyCode::KeyN, "N", Does::Pad(2, B)),
    row(KeyCode::KeyM, "M", Does::Pad(2, C)),
    row(KeyCode::KeyU, "U", Does::Pad(2, LEFT_SHIFT)),
    row(KeyCode::KeyO, "O", Does::Pad(2, RIGHT_SHIFT)),
    row(KeyCode::KeyY, "Y", Does::Pad(2, START)),
    row(KeyCode::KeyH, "H", Does::Pad(2, STOP)),
    command(KeyCode::F1, "F1", Command::Help),
    command(KeyCode::Space, "SPACE", Command::Pause),
    command(KeyCode::KeyP, "P", Command::Pause),
    command(KeyCode::Period, ".", Command::Step),
    command(KeyCode::Tab, "TAB", Command::FastForward),
    command(KeyCode::Minus, "-", Command::Slower),
    command(KeyCode::Equal, "=", Command::Faster),
    command(KeyCode::Digit0, "0", Command::NormalSpeed),
    command(KeyCode::F2, "F2", Command::Quieter),
    command(KeyCode::F3, "F3", Command::Louder),
    command(KeyCode::F4, "F4", Command::Mute),
    command(KeyCode::F5, "F5", Command::Reset),
    command(KeyCode::F7, "F7", Command::FreeMouse),
    command(KeyCode::F8, "F8", Command::Interpolation),
    command(KeyCode::F9, "F9", Command::Fit),
    command(KeyCode::F10, "F10", Command::Quit),
    command(KeyCode::F11, "F11", Command::FullScreen),
    command(KeyCode::F12, "F12", Command::Screenshot),
];

/// What a key does; with Alt held only a few do anything.
pub fn meaning(key: KeyCode, alt: bool) -> Option<Does> {
    match (key, alt) {
        (KeyCode::Enter, true) => Some(Does::Command(Command::FullScreen)),
        // Alt and Tab belong to the desktop.
        (_, true) => None,
        (_, false) => KEYS.iter().find(|row| row.key == key).map(|row| row.does),
    }
}

/// The button of a mouse pod, or the trigger of a gun, for a button of the host's mouse.
pub fn mouse_button(button: winit::event::MouseButton, controls: Controls) -> Option<u32> {
    use winit::event::MouseButton;
    let name = match (controls, button) {
        (Controls::Mouse, MouseButton::Left) => "left",
        (Controls::Mouse, MouseButton::Middle) => "middle",
        (Controls::Mouse, MouseButton::Right) => "right",
        (Controls::Mouse, MouseButton::Back) => "shift",
        (Controls::Gun, MouseButton::Left) => "trigger",
        _ => return None,
    };
    controls.button(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_does_two_things() {
        let keys: BTreeSet<_> = KEYS.iter().map(|row| row.key).collect();
        let labels: BTreeSet<_> = KEYS.iter().map(|row| row.label).collect();
        assert_eq!((keys.len(), labels.len()), (KEYS.len(), KEYS.len()));
    }

    #[test]
    fn both_pads_have_all_buttons() {
        for pad in [1, 2] {
            let all = KEYS.iter().fold(0, |all, row| match row.does {
                Does::Pad(number, button) if number == pad => all | button,
                _ => all,
            });
            let wanted = Controls::Pad.buttons().iter();
            assert_eq!(all, wanted.fold(0, |all, (_, button)| all | button));
        }
    }

    #[test]
    fn constants_are_the_buttons_of_scripts() {
        for (name, button) in [
            ("down", DOWN),
            ("up", UP),
            ("right", RIGHT),
            ("left", LEFT),
            ("A", A),
            ("B", B),
            ("C", C),
            ("start", START),
            ("X", STOP),
            ("R", RIGHT_SHIFT),
            ("L", LEFT_SHIFT),
        ] {
            assert_eq!(Controls::Pad.button(name), Some(button), "{name}");
        }
    }

    #[test]
    fn alt_and_enter_fill_the_screen() {
        let full = Some(Does::Command(Command::FullScreen));
        assert_eq!(meaning(KeyCode::Enter, true), full);
        assert_eq!(meaning(KeyCode::F11, false), full);
        assert_eq!(meaning(KeyCode::Enter, false), Some(Does::Pad(1, START)));
        assert_eq!(meaning(KeyCode::Tab, true), None);
        assert_eq!(meaning(KeyCode::KeyZ, false), None);
    }

    #[test]
    fn the_mouse_has_what_a_mouse_and_a_gun_have() {
        use winit::event::MouseButton;
        let left = mouse_button(MouseButton::Left, Controls::Mouse);
        assert_eq!(left, Some(0x8000_0000));
        let trigger = mouse_button(MouseButton::Left, Controls::Gun);
        assert_eq!(trigger, Some(0x8000_0000));
        assert_eq!(mouse_button(MouseButton::Right, Controls::Gun), None);
    }
}
