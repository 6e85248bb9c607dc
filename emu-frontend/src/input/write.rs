//! Actions as the words of a script, which read as the same action.

use super::Action;
use emu_core::input::{Input, write_buttons};
use emu_core::media::{DiscNumber, MediaEvent};
use std::fmt;

impl Action {
    /// The action that an input comes from; `file_of` names the file of a disc. One that never
    /// stands in a script alone, the release behind a tap, is a line of its own.
    pub fn of(input: &Input, file_of: impl Fn(DiscNumber) -> String) -> Action {
        match input {
            Input::Media(MediaEvent::Insert(Some((number, _)))) => Action::Insert(file_of(*number)),
            Input::Media(event) => Action::Media(event.clone()),
            Input::Pods(event) => Action::Pods(*event),
            Input::Console(bytes) => Action::Console(bytes.clone()),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Media(event) => Input::Media(event.clone()).fmt(f),
            Action::Insert(file) => write!(f, "disc insert {file}"),
            Action::Console(bytes) => Input::Console(bytes.clone()).fmt(f),
            Action::Pods(event) => Input::Pods(*event).fmt(f),
            Action::Tap(name, buttons) => write_buttons(f, *name, "tap", *buttons),
        }
    }
}
