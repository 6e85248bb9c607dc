//! Actions as the words of a script, which read as the same action.

use super::Action;
use emu_core::device::pods::{Controls, PodEvent, PodName};
use emu_core::input::Input;
use emu_core::media::{DiscNumber, MediaEvent};
use emu_core::time::CPU_HZ;
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
            Action::Media(MediaEvent::Open) => f.write_str("disc open"),
            Action::Media(MediaEvent::Close) => f.write_str("disc close"),
            Action::Media(MediaEvent::Insert(None)) => f.write_str("disc remove"),
            Action::Media(MediaEvent::Insert(Some((number, _)))) => {
                write!(f, "disc insert disc {}", number.0)
            }
            Action::Media(MediaEvent::FailFrame(frame)) => write!(f, "disc fail {frame}"),
            Action::Media(MediaEvent::SlowFrame { frame, extra }) => {
                write!(f, "disc slow {frame} {}ms", extra.0 / (CPU_HZ / 1000))
            }
            Action::Insert(file) => write!(f, "disc insert {file}"),
            Action::Console(bytes) => write!(f, "console {}", Quoted(bytes)),
            Action::Pods(event) => write_pods(f, event),
            Action::Tap(name, buttons) => write_buttons(f, *name, "tap", *buttons),
        }
    }
}

fn write_pods(f: &mut fmt::Formatter<'_>, event: &PodEvent) -> fmt::Result {
    match *event {
        PodEvent::Plug(kind) => write!(f, "pods plug {}", kind.name()),
        PodEvent::Unplug(place) => write!(f, "pods unplug {place}"),
        PodEvent::Press(name, buttons) => write_buttons(f, name, "press", buttons),
        PodEvent::Release(name, buttons) => write_buttons(f, name, "release", buttons),
        PodEvent::Move { mouse, right, down } => {
            write!(f, "{} {mouse} move {right} {down}", Controls::Mouse.name())
        }
        PodEvent::Tilt { stick, axes } => {
            let [x, y, z] = axes;
            write!(f, "{} {stick} move {x} {y} {z}", Controls::Stick.name())
        }
        PodEvent::Aim { gun, at: None } => write!(f, "{} {gun} aim off", Controls::Gun.name()),
        PodEvent::Aim {
            gun,
            at: Some((x, y)),
        } => write!(f, "{} {gun} aim {x} {y}", Controls::Gun.name()),
    }
}

fn write_buttons(
    f: &mut fmt::Formatter<'_>,
    name: PodName,
    verb: &str,
    buttons: u32,
) -> fmt::Result {
    write!(f, "{name} {verb} {}", name.controls.names_of(buttons))
}

/// Bytes between quotation marks.
struct Quoted<'a>(&'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for &byte in self.0 {
            match byte {
                b'\n' => f.write_str("\\n")?,
                b'\t' => f.write_str("\\t")?,
                b'"' => f.write_str("\\\"")?,
                b'\\' => f.write_str("\\\\")?,
                b' '..=b'~' => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "\\x{byte:02X}")?,
            }
        }
        f.write_str("\"")
    }
}
