//! What the debugger's keys do: the one table.

use super::views::View;
use crate::gui::keys;
use egui::Key;
use winit::keyboard::KeyCode;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Lets time pass, or stops it.
    RunOrPause,
    /// Back to the breakpoint before.
    Reverse,
    /// One instruction, through calls.
    Over,
    /// One instruction.
    Into,
    /// To the caller.
    Out,
    /// One instruction back.
    Back,
    /// Back to where the function was called.
    Origin,
    /// To the next system call.
    Call,
    /// To the next completion.
    Completion,
    /// To the next vertical blank.
    Field,
    /// To the vertical blank before.
    FieldBack,
    /// A breakpoint where the listing's cursor is, or none.
    Breakpoint,
    /// As fast as a console, or as the host can.
    Speed,
    /// To the command line, with the words of `goto`.
    Goto,
    /// To the command line.
    CommandLine,
    /// To the search for events.
    Search,
    /// A view.
    Show(View),
    /// Stops what is under way, and gives the keyboard back.
    Interrupt,
    /// Shows or hides the keys.
    Help,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The key.
    pub key: Key,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Ctrl is held.
    pub ctrl: bool,
    /// What it is called.
    pub label: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    /// What it does.
    pub does: Does,
}

const fn plain(key: Key, label: &'static str, does: Does, about: &'static str) -> Row {
    Row {
        key,
        shift: false,
        ctrl: false,
        label,
        about,
        does,
    }
}

const fn shift(key: Key, label: &'static str, does: Does, about: &'static str) -> Row {
    Row {
        shift: true,
        ..plain(key, label, does, about)
    }
}

const fn ctrl(key: Key, label: &'static str, does: Does, about: &'static str) -> Row {
    Row {
        ctrl: true,
        ..plain(key, label, does, about)
    }
}

const fn both(key: Key, label: &'static str, does: Does, about: &'static str) -> Row {
    Row {
        shift: true,
        ..ctrl(key, label, does, about)
    }
}

/// Every key that does something.
pub const KEYS: &[Row] = &[
    plain(Key::F1, "F1", Does::Help, "these keys"),
    plain(Key::Questionmark, "?", Does::Help, "these keys"),
    shift(Key::Questionmark, "? ", Does::Help, "these keys"),
    plain(Key::F5, "F5", Does::RunOrPause, "run, or pause"),
    shift(
        Key::F5,
        "Shift+F5",
        Does::Reverse,
        "back to the breakpoint before",
    ),
    plain(Key::F6, "F6", Does::Field, "to the next vertical blank"),
    shift(
        Key::F6,
        "Shift+F6",
        Does::FieldBack,
        "to the vertical blank before",
    ),
    plain(
        Key::F7,
        "F7",
        Does::Completion,
        "to the next completion of a device",
    ),
    plain(Key::F8, "F8", Does::Call, "to the next system call"),
    plain(
        Key::F9,
        "F9",
        Does::Breakpoint,
        "a breakpoint at the listing's cursor, or none",
    ),
    plain(
        Key::F10,
        "F10",
        Does::Over,
        "one instruction, through calls",
    ),
    shift(Key::F10, "Shift+F10", Does::Back, "one instruction back"),
    plain(Key::F11, "F11", Does::Into, "one instruction"),
    shift(
        Key::F11,
        "Shift+F11",
        Does::Out,
        "run until the function returns",
    ),
    ctrl(
        Key::F11,
        "Ctrl+F11",
        Does::Origin,
        "back to where the function was called",
    ),
    plain(
        Key::F4,
        "F4",
        Does::Speed,
        "as fast as a console, or as this computer can",
    ),
    ctrl(Key::G, "Ctrl+G", Does::Goto, "go to an instant"),
    ctrl(Key::L, "Ctrl+L", Does::CommandLine, "the command line"),
    ctrl(Key::F, "Ctrl+F", Does::Search, "search the events"),
    plain(
        Key::Escape,
        "Esc",
        Does::Interrupt,
        "stop what is under way; give back the keyboard",
    ),
    ctrl(Key::Num1, "Ctrl+1", Does::Show(View::Screen), "screen"),
    ctrl(
        Key::Num2,
        "Ctrl+2",
        Does::Show(View::Disassembly),
        "disassembly",
    ),
    ctrl(Key::Num3, "Ctrl+3", Does::Show(View::Memory), "memory"),
    ctrl(
        Key::Num4,
        "Ctrl+4",
        Does::Show(View::Registers),
        "registers",
    ),
    ctrl(Key::Num5, "Ctrl+5", Does::Show(View::Stack), "stack"),
    ctrl(
        Key::Num6,
        "Ctrl+6",
        Does::Show(View::Structure),
        "structure",
    ),
    ctrl(Key::Num7, "Ctrl+7", Does::Show(View::Tasks), "tasks"),
    ctrl(Key::Num8, "Ctrl+8", Does::Show(View::Requests), "requests"),
    ctrl(Key::Num9, "Ctrl+9", Does::Show(View::Events), "events"),
    both(
        Key::Num1,
        "Ctrl+Shift+1",
        Does::Show(View::Timeline),
        "timeline",
    ),
    both(
        Key::Num2,
        "Ctrl+Shift+2",
        Does::Show(View::Console),
        "console",
    ),
    both(
        Key::Num3,
        "Ctrl+Shift+3",
        Does::Show(View::Breakpoints),
        "breakpoints",
    ),
    both(Key::Num4, "Ctrl+Shift+4", Does::Show(View::Items), "items"),
    both(
        Key::Num5,
        "Ctrl+Shift+5",
        Does::Show(View::FrameBuffer),
        "frame buffer",
    ),
    both(
        Key::Num6,
        "Ctrl+Shift+6",
        Does::Show(View::DisplayList),
        "display list",
    ),
    both(Key::Num7, "Ctrl+Shift+7", Does::Show(View::Cel), "cel"),
    both(Key::Num8, "Ctrl+Shift+8", Does::Show(View::Graph), "graph"),
    both(Key::Num9, "Ctrl+Shift+9", Does::Show(View::Sound), "sound"),
];

/// What a key does; while text is typed, letters do nothing.
pub fn meaning(key: Key, modifiers: egui::Modifiers, is_typing: bool) -> Option<Does> {
    let fits = |row: &&Row| {
        row.key == key && row.shift == modifiers.shift && row.ctrl == modifiers.command
    };
    let row = KEYS.iter().find(fits)?;
    let is_letter = row.key == Key::Questionmark;
    let is_text = is_typing && is_letter;
    (!modifiers.alt && !is_text).then_some(row.does)
}

/// The key of something, for a toolbar.
pub fn label_of(does: Does) -> &'static str {
    let row = KEYS.iter().find(|row| row.does == does);
    row.map_or("", |row| row.label)
}

/// Keys of the pads, as both crates call them.
const SAME: &[(Key, KeyCode)] = &[
    (Key::ArrowUp, KeyCode::ArrowUp),
    (Key::ArrowDown, KeyCode::ArrowDown),
    (Key::ArrowLeft, KeyCode::ArrowLeft),
    (Key::ArrowRight, KeyCode::ArrowRight),
    (Key::A, KeyCode::KeyA),
    (Key::S, KeyCode::KeyS),
    (Key::D, KeyCode::KeyD),
    (Key::Q, KeyCode::KeyQ),
    (Key::W, KeyCode::KeyW),
    (Key::Enter, KeyCode::Enter),
    (Key::Backspace, KeyCode::Backspace),
    (Key::I, KeyCode::KeyI),
    (Key::K, KeyCode::KeyK),
    (Key::J, KeyCode::KeyJ),
    (Key::L, KeyCode::KeyL),
    (Key::B, KeyCode::KeyB),
    (Key::N, KeyCode::KeyN),
    (Key::M, KeyCode::KeyM),
    (Key::U, KeyCode::KeyU),
    (Key::O, KeyCode::KeyO),
    (Key::Y, KeyCode::KeyY),
    (Key::H, KeyCode::KeyH),
];

/// The pad's number and button of a key, as in the ordinary window.
pub fn button(key: Key) -> Option<(u8, u32)> {
    let (_, code) = SAME.iter().find(|(own, _)| *own == key)?;
    match keys::meaning(*code, false)? {
        keys::Does::Pad(number, button) => Some((number, button)),
        keys::Does::Command(_) => None,
    }
}

/// A button of the host's mouse under the name that the ordinary window knows it by.
pub fn mouse_button(button: egui::PointerButton) -> winit::event::MouseButton {
    use egui::PointerButton;
    use winit::event::MouseButton;
    match button {
        PointerButton::Primary => MouseButton::Left,
        PointerButton::Secondary => MouseButton::Right,
        PointerButton::Middle => MouseButton::Middle,
        PointerButton::Extra1 => MouseButton::Back,
        PointerButton::Extra2 => MouseButton::Forward,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_does_two_things() {
        let keys: BTreeSet<_> = KEYS
            .iter()
            .map(|row| (row.key, row.shift, row.ctrl))
            .collect();
        let labels: BTreeSet<_> = KEYS.iter().map(|row| row.label).collect();
        assert_eq!((keys.len(), labels.len()), (KEYS.len(), KEYS.len()));
    }

    #[test]
    fn every_view_but_the_command_line_has_a_key() {
        for view in View::ALL {
            let does = match view {
                View::Command => Does::CommandLine,
                view => Does::Show(*view),
            };
            assert!(!label_of(does).is_empty(), "{view:?}");
        }
    }

    #[test]
    fn every_button_of_both_pads_has_its_key_of_the_ordinary_window() {
        for pad in [1, 2] {
            let of = |rows: &mut dyn Iterator<Item = (u8, u32)>| {
                rows.filter(|(number, _)| *number == pad)
                    .fold(0, |all, (_, button)| all | button)
            };
            let ours = of(&mut SAME.iter().filter_map(|(key, _)| button(*key)));
            let theirs = of(&mut keys::KEYS.iter().filter_map(|row| match row.does {
                keys::Does::Pad(number, button) => Some((number, button)),
                keys::Does::Command(_) => None,
            }));
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn letters_are_text_where_text_is_typed() {
        let none = egui::Modifiers::NONE;
        assert_eq!(meaning(Key::Questionmark, none, true), None);
        assert_eq!(meaning(Key::Questionmark, none, false), Some(Does::Help));
        assert_eq!(
            meaning(Key::F5, egui::Modifiers::SHIFT, true),
            Some(Does::Reverse)
        );
        assert_eq!(meaning(Key::F5, egui::Modifiers::ALT, false), None);
    }
}
