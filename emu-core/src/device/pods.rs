//! Pads, mice and whatever else hangs on the control port, as data.
//!
//! A pod is one thing in the chain; its state is words as the control port delivers them, the
//! buttons left-justified in the first (device sheet 7.7, 7.8).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Pods in one chain, at most.
pub const PODS_MAX: usize = 8;

/// What kind of thing a pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PodKind {
    /// The pad that comes with a console.
    ControlPad,
    /// A pad that can be sent more than the usual one.
    ExtendedPad,
    /// A pad with more of both.
    SuperPad,
    /// Mouse or track ball.
    Mouse,
    /// A gun that sees the beam of the screen.
    LightGun,
    /// Glasses whose lenses can be made dark.
    Glasses,
    /// Joystick with three axes.
    Stick,
    /// Keyboard.
    Keyboard,
}

impl PodKind {
    /// Every kind.
    pub const ALL: [PodKind; 8] = [
        PodKind::ControlPad,
        PodKind::ExtendedPad,
        PodKind::SuperPad,
        PodKind::Mouse,
        PodKind::LightGun,
        PodKind::Glasses,
        PodKind::Stick,
        PodKind::Keyboard,
    ];

    /// The word for it in input scripts and messages.
    pub fn name(self) -> &'static str {
        match self {
            PodKind::ControlPad => "pad",
            PodKind::ExtendedPad => "extended-pad",
            PodKind::SuperPad => "super-pad",
            PodKind::Mouse => "mouse",
            PodKind::LightGun => "gun",
            PodKind::Glasses => "glasses",
            PodKind::Stick => "stick",
            PodKind::Keyboard => "keyboard",
        }
    }

    /// Which kind a word stands for.
    pub fn of_name(name: &str) -> Option<PodKind> {
        PodKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a user can do with it, if anything.
    pub fn controls(self) -> Option<Controls> {
        match self {
            PodKind::ControlPad | PodKind::ExtendedPad | PodKind::SuperPad => Some(Controls::Pad),
            PodKind::Mouse => Some(Controls::Mouse),
            PodKind::LightGun => Some(Controls::Gun),
            PodKind::Stick => Some(Controls::Stick),
            PodKind::Glasses | PodKind::Keyboard => None,
        }
    }
}

/// What there is to press and move: pods of several kinds may have the same controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Controls {
    /// A cross and seven buttons.
    Pad,
    /// Buttons, and two sums of movement.
    Mouse,
    /// A trigger, and what the sensor saw.
    Gun,
    /// Buttons, and three axes.
    Stick,
}

/// A name and a bit of the button word.
pub type Button = (&'static str, u32);

impl Controls {
    /// All of them.
    pub const ALL: [Controls; 4] = [
        Controls::Pad,
        Controls::Mouse,
        Controls::Gun,
        Controls::Stick,
    ];

    /// The word for it in input scripts and messages.
    pub fn name(self) -> &'static str {
        match self {
            Controls::Pad => "pad",
            Controls::Mouse => "mouse",
            Controls::Gun => "gun",
            Controls::Stick => "stick",
        }
    }

    /// Its buttons, in the order of their bits.
    pub fn buttons(self) -> &'static [Button] {
        match self {
            Controls::Pad => &[
                ("down", 0x8000_0000),
                ("up", 0x4000_0000),
                ("right", 0x2000_0000),
                ("left", 0x1000_0000),
                ("A", 0x0800_0000),
                ("B", 0x0400_0000),
                ("C", 0x0200_0000),
                ("start", 0x0100_0000),
                ("X", 0x0080_0000),
                ("R", 0x0040_0000),
                ("L", 0x0020_0000),
            ],
            Controls::Mouse => &[
                ("left", 0x8000_0000),
                ("middle", 0x4000_0000),
                ("right", 0x2000_0000),
                ("shift", 0x1000_0000),
            ],
            Controls::Gun => &[("trigger", 0x8000_0000)],
            Controls::Stick => &[
                ("fire", 0x8000_0000),
                ("A", 0x4000_0000),
                ("B", 0x2000_0000),
                ("C", 0x1000_0000),
                ("up", 0x0800_0000),
                ("down", 0x0400_0000),
                ("right", 0x0200_0000),
                ("left", 0x0100_0000),
                ("play", 0x0080_0000),
                ("stop", 0x0040_0000),
                ("L", 0x0020_0000),
                ("R", 0x0010_0000),
            ],
        }
    }

    /// The bit of a button by its name, ignoring case.
    pub fn button(self, name: &str) -> Option<u32> {
        let mut all = self.buttons().iter();
        all.find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|&(_, bit)| bit)
    }

    /// Names of the buttons whose bits are set, separated by spaces.
    pub fn names_of(self, buttons: u32) -> String {
        let all = self.buttons().iter();
        let names: Vec<&str> = all
            .filter(|(_, bit)| buttons & bit != 0)
            .map(|&(name, _)| name)
            .collect();
        names.join(" ")
    }

    /// How many of the values beside the button word it has.
    pub fn axes(self) -> usize {
        match self {
            Controls::Pad => 0,
            Controls::Mouse | Controls::Gun => 2,
            Controls::Stick => 3,
        }
    }
}

/// What a pod reports in a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodState {
    /// One bit a button.
    pub buttons: u32,
    /// Mouse: the sums of all movement since it was plugged in, right and down counting up.
    /// Gun: the count of its clock when the beam passed, and lines on which it did (0 = never).
    /// Stick: horizontal, vertical, depth, 0 to 1023.
    pub axes: [i32; 3],
}

/// What a pod can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PodOutput {
    /// Which channels the ear-phones of a pad play: 0 none, 1 right on both sides, 2 left on
    /// both sides, 3 each its own.
    Channels(u8),
    /// When the left and the right lens are clear: 0 always, 1 odd fields, 2 even ones, 3 never.
    View(u8, u8),
    /// Lamps of a keyboard: 1 scroll, 2 numbers, 4 capitals.
    KeyboardLamps(u8),
    /// The two lamps of a gun, in the highest bits.
    GunLamps(u8),
}

/// One pod of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pod {
    /// Names it as long as it is plugged in; never reused in a run.
    pub serial: u32,
    /// What it is.
    pub kind: PodKind,
    /// What it reports now.
    pub state: PodState,
    /// What it was told last.
    pub output: Option<PodOutput>,
}

/// A pod as its user calls it: the n-th with these controls, counted from the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodName {
    /// What it has.
    pub controls: Controls,
    /// Counted from 1.
    pub number: u8,
}

impl fmt::Display for PodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.controls.name(), self.number)
    }
}

/// What somebody does to the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PodEvent {
    /// Another one is plugged in at the end of the chain.
    Plug(PodKind),
    /// The one at this place of the chain is taken out; those behind it move up.
    Unplug(u8),
    /// Buttons go down.
    Press(PodName, u32),
    /// Buttons come up.
    Release(PodName, u32),
    /// A mouse is moved.
    Move {
        /// Which mouse.
        mouse: u8,
        /// To the right.
        right: i32,
        /// Towards its user.
        down: i32,
    },
    /// A stick is put into a position.
    Tilt {
        /// Which stick.
        stick: u8,
        /// Horizontal, vertical, depth, 0 to 1023.
        axes: [u16; 3],
    },
    /// A gun is pointed at a pixel of the screen, or away from it.
    Aim {
        /// Which gun.
        gun: u8,
        /// From the left and from the top.
        at: Option<(u16, u16)>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_has_a_name_and_a_bit_of_its_own() {
        for controls in Controls::ALL {
            let mut seen = 0;
            for &(name, bit) in controls.buttons() {
                assert_eq!(bit.count_ones(), 1);
                assert_eq!(seen & bit, 0, "{name}");
                seen |= bit;
                assert_eq!(controls.button(&name.to_lowercase()), Some(bit));
            }
            assert_eq!(controls.button("none"), None);
        }
        assert_eq!(Controls::Pad.names_of(0x0900_0000), "A start");
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in PodKind::ALL {
            assert_eq!(PodKind::of_name(kind.name()), Some(kind));
        }
        assert_eq!(PodKind::of_name("Pad"), None);
    }
}
