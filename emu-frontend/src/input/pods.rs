//! Lines about pads, mice, sticks, guns, and what is plugged in.

use super::{Action, LineError, operand, word};
use emu_core::device::pods::{Controls, PODS_MAX, PodEvent, PodKind, PodName};

/// Counts of a mouse in one line.
const MOVEMENT_MAX: i32 = 30_000;
/// Highest value of a stick's axis, and of a pixel's place.
const PLACE_MAX: u16 = 1023;

/// What is done to the n-th thing with these controls.
pub(super) fn control(controls: Controls, text: &str) -> Result<Action, LineError> {
    let device = controls.name();
    let (number, rest) = word(text);
    let number = match number.parse() {
        Ok(number @ 1..=8) => number,
        _ => {
            let why = format!("wants a number from 1 to {PODS_MAX} behind it, not {number:?}");
            return Err(operand(device, &why));
        }
    };
    let name = PodName { controls, number };
    let (verb, rest) = word(rest);
    let event = match (controls, verb) {
        (_, "press") => PodEvent::Press(name, buttons(controls, rest)?),
        (_, "release") => PodEvent::Release(name, buttons(controls, rest)?),
        (_, "tap") => return Ok(Action::Tap(name, buttons(controls, rest)?)),
        (Controls::Mouse, "move") => {
            let [right, down] = numbers(device, rest, -MOVEMENT_MAX, MOVEMENT_MAX)?;
            PodEvent::Move {
                mouse: number,
                right,
                down,
            }
        }
        (Controls::Stick, "move") => PodEvent::Tilt {
            stick: number,
            axes: places(device, rest)?,
        },
        (Controls::Gun, "aim") if rest == "off" => PodEvent::Aim {
            gun: number,
            at: None,
        },
        (Controls::Gun, "aim") => {
            let [x, y] = places(device, rest)?;
            PodEvent::Aim {
                gun: number,
                at: Some((x, y)),
            }
        }
        _ => return Err(unknown(verb, knows(controls))),
    };
    Ok(Action::Pods(event))
}

/// What is plugged in and out.
pub(super) fn plugs(text: &str) -> Result<Action, LineError> {
    let (verb, rest) = word(text);
    let event = match verb {
        "plug" => PodEvent::Plug(PodKind::of_name(rest).ok_or_else(|| {
            let names: Vec<&str> = PodKind::ALL.iter().map(|kind| kind.name()).collect();
            let why = format!("wants one of {}, not {rest:?}", names.join(", "));
            operand("pods plug", &why)
        })?),
        "unplug" => match rest.parse() {
            Ok(place @ 1..=8) => PodEvent::Unplug(place),
            _ => {
                let why = format!("wants a place of the chain from 1 to {PODS_MAX}, not {rest:?}");
                return Err(operand("pods unplug", &why));
            }
        },
        _ => return Err(unknown(verb, "`pods` knows plug KIND and unplug PLACE")),
    };
    Ok(Action::Pods(event))
}

fn knows(controls: Controls) -> &'static str {
    match controls {
        Controls::Pad => "a pad knows press, release and tap BUTTONS",
        Controls::Mouse => "a mouse knows press, release and tap BUTTONS, move RIGHT DOWN",
        Controls::Gun => "a gun knows press, release and tap BUTTONS, aim X Y, aim off",
        Controls::Stick => "a stick knows press, release and tap BUTTONS, move X Y Z",
    }
}

fn unknown(verb: &str, knows: &'static str) -> LineError {
    let what = match verb {
        "" => "what happens is missing".to_owned(),
        _ => format!("there is no action {verb:?}"),
    };
    LineError::Action { what, knows }
}

/// One button or several.
fn buttons(controls: Controls, text: &str) -> Result<u32, LineError> {
    let mut bits = 0;
    for name in text.split_whitespace() {
        bits |= controls
            .button(name)
            .ok_or_else(|| no_button(controls, name))?;
    }
    match bits {
        0 => Err(no_button(controls, "")),
        bits => Ok(bits),
    }
}

fn no_button(controls: Controls, name: &str) -> LineError {
    let names: Vec<&str> = controls.buttons().iter().map(|&(name, _)| name).collect();
    let why = format!("has the buttons {}, not {name:?}", names.join(", "));
    operand(controls.name(), &why)
}

/// As many whole numbers as wanted, and nothing else.
fn numbers<const N: usize>(
    device: &'static str,
    text: &str,
    least: i32,
    most: i32,
) -> Result<[i32; N], LineError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let read: Vec<i32> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let fits = words.len() == read.len() && read.iter().all(|n| (least..=most).contains(n));
    <[i32; N]>::try_from(read)
        .ok()
        .filter(|_| fits)
        .ok_or_else(|| {
            let why = format!("wants {N} whole numbers from {least} to {most}, not {text:?}");
            operand(device, &why)
        })
}

fn places<const N: usize>(device: &'static str, text: &str) -> Result<[u16; N], LineError> {
    let read = numbers::<N>(device, text, 0, i32::from(PLACE_MAX))?;
    Ok(read.map(|n| n.clamp(0, i32::from(PLACE_MAX)) as u16))
}
