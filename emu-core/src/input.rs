//! What happens to the machine from outside, as data with a time.

use crate::device::pods::{Controls, PodEvent, PodName};
use crate::media::MediaEvent;
use crate::time::CPU_HZ;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that somebody does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// To the disc drive.
    Media(MediaEvent),
    /// To the pads, mice and whatever else hangs on the control port.
    Pods(PodEvent),
    /// At the keyboard of the system's console: these bytes arrive.
    Console(Vec<u8>),
}

/// The words of an input script. A disc that is put in is named by its number.
impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Media(event) => write_media(f, event),
            Input::Pods(event) => write_pods(f, event),
            Input::Console(bytes) => write!(f, "console {}", Quoted(bytes)),
        }
    }
}

fn write_media(f: &mut fmt::Formatter<'_>, event: &MediaEvent) -> fmt::Result {
    match event {
        MediaEvent::Open => f.write_str("disc open"),
        MediaEvent::Close => f.write_str("disc close"),
        MediaEvent::Insert(None) => f.write_str("disc remove"),
        MediaEvent::Insert(Some((number, _))) => write!(f, "disc insert disc {}", number.0),
        MediaEvent::FailFrame(frame) => write!(f, "disc fail {frame}"),
        MediaEvent::SlowFrame { frame, extra } => {
            write!(f, "disc slow {frame} {}ms", extra.0 / (CPU_HZ / 1000))
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

/// `pad 1 press A`: a device, a verb and the names of buttons.
pub fn write_buttons(
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
