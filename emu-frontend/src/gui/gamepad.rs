//! Game pads of the host as pads of the console: the first is pad 1.

use super::pads::Hands;
use emu_core::device::pods::Controls;
use gilrs::{Axis, Button, EventType, GamepadId, Gilrs};

/// How far a stick is pushed before it counts as a direction.
const PUSHED: f32 = 0.5;

/// The game pads that are there.
pub struct GamePads {
    /// None: the host has no way to ask.
    gilrs: Option<Gilrs>,
    /// In the order in which they were first used.
    known: Vec<GamepadId>,
}

impl GamePads {
    /// Looks for them.
    pub fn new() -> GamePads {
        let gilrs = Gilrs::new().inspect_err(|error| log::info!("no game pads: {error}"));
        GamePads {
            gilrs: gilrs.ok(),
            known: Vec::new(),
        }
    }

    /// Does what was done since the last time.
    pub fn report(&mut self, hands: &mut Hands) {
        let Some(gilrs) = &mut self.gilrs else { return };
        while let Some(event) = gilrs.next_event() {
            let place = self.known.iter().position(|known| *known == event.id);
            let place = place.unwrap_or_else(|| {
                self.known.push(event.id);
                self.known.len() - 1
            });
            let number = u8::try_from(place + 1).unwrap_or(u8::MAX);
            let mut set = |name, down| {
                if let Some(bit) = Controls::Pad.button(name) {
                    hands.set(Controls::Pad, number, bit, down);
                }
            };
            match event.event {
                EventType::ButtonPressed(button, _) => {
                    button_name(button)
                        .into_iter()
                        .for_each(|name| set(name, true));
                }
                EventType::ButtonReleased(button, _) => {
                    button_name(button)
                        .into_iter()
                        .for_each(|name| set(name, false));
                }
                EventType::AxisChanged(axis, value, _) => {
                    for (name, down) in directions(axis, value) {
                        set(name, down);
                    }
                }
                EventType::Disconnected => {
                    let all = Controls::Pad.buttons().iter();
                    all.for_each(|(name, _)| set(name, false));
                }
                _ => (),
            }
        }
    }
}

/// The button of a pad for a button of a game pad: A, B, C from left to right.
fn button_name(button: Button) -> Option<&'static str> {
    Some(match button {
        Button::DPadUp => "up",
        Button::DPadDown => "down",
        Button::DPadLeft => "left",
        Button::DPadRight => "right",
        Button::West => "A",
        Button::South => "B",
        Button::East => "C",
        Button::LeftTrigger | Button::LeftTrigger2 => "L",
        Button::RightTrigger | Button::RightTrigger2 => "R",
        Button::Start => "start",
        Button::Select => "X",
        _ => return None,
    })
}

/// What a stick, or a cross that is one, says about two directions.
fn directions(axis: Axis, value: f32) -> Vec<(&'static str, bool)> {
    let (less, more) = match axis {
        Axis::LeftStickX | Axis::DPadX => ("left", "right"),
        Axis::LeftStickY | Axis::DPadY => ("down", "up"),
        _ => return Vec::new(),
    };
    vec![(less, value < -PUSHED), (more, value > PUSHED)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_button_of_a_pad() {
        use Button::*;
        for button in [
            DPadUp,
            DPadDown,
            DPadLeft,
            DPadRight,
            West,
            South,
            East,
            LeftTrigger,
            RightTrigger,
            Start,
            Select,
        ] {
            let name = button_name(button).expect("means something");
            assert!(Controls::Pad.button(name).is_some(), "{name}");
        }
        assert_eq!(button_name(Mode), None);
    }

    #[test]
    fn a_stick_is_a_cross() {
        let x = |value| directions(Axis::LeftStickX, value);
        assert_eq!(x(-1.0), [("left", true), ("right", false)]);
        assert_eq!(x(0.1), [("left", false), ("right", false)]);
        assert_eq!(x(f32::NAN), [("left", false), ("right", false)]);
        let y = directions(Axis::LeftStickY, 0.9);
        assert_eq!(y, [("down", false), ("up", true)]);
        assert!(directions(Axis::RightZ, 1.0).is_empty());
    }
}
