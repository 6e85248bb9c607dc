//! What is plugged into the control port: pads, mice, guns, sticks.
//!
//! ```text
//! console ── pod 1 ── pod 2 ── ...        plugged in at the end, taken out anywhere
//! ```
//!
//! The chain answers with what each pod would send in a field; who looks, and how often, is
//! the kernel's business. See device sheet 7.7, 7.8.

mod beam;
#[cfg(test)]
mod tests;

use emu_core::device::pods::{
    Controls, PODS_MAX, Pod, PodEvent, PodKind, PodName, PodOutput, PodState,
};
use emu_core::time::Video;
use serde::{Deserialize, Serialize};

/// The middle of a stick's axis.
const STICK_MIDDLE: i32 = 512;
/// Highest value of a stick's axis.
const STICK_MAX: u16 = 1023;
/// Directions of a pad that cannot be held together.
const OPPOSITES: [u32; 2] = [0xC000_0000, 0x3000_0000];

/// One pod, and what is held on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Plugged {
    pod: Pod,
    /// Buttons that are held, of a pad both of two opposite directions perhaps.
    held: u32,
}

/// The chain of pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pads {
    video: Video,
    chain: Vec<Plugged>,
    next_serial: u32,
    changes: u64,
}

impl Pads {
    /// A chain with one pad.
    pub fn new(video: Video) -> Pads {
        Pads::of(video, &[PodKind::ControlPad])
    }

    /// A chain of these; what does not fit is left out.
    pub fn of(video: Video, kinds: &[PodKind]) -> Pads {
        let mut pads = Pads {
            video,
            chain: Vec::new(),
            next_serial: 1,
            changes: 0,
        };
        for &kind in kinds {
            pads.plug(kind);
        }
        pads
    }

    /// The pods in the order of the chain.
    pub fn pods(&self) -> Vec<Pod> {
        self.chain
            .iter()
            .map(|plugged| plugged.pod.clone())
            .collect()
    }

    /// How often anything about them has changed.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Somebody does something. False: there is no such pod, or no room for another.
    pub fn event(&mut self, event: &PodEvent) -> bool {
        let done = self.try_event(event).is_some();
        self.changes += u64::from(done);
        done
    }

    fn try_event(&mut self, event: &PodEvent) -> Option<()> {
        match *event {
            PodEvent::Plug(kind) => return self.plug(kind).then_some(()),
            PodEvent::Unplug(position) => {
                let place = usize::from(position).checked_sub(1)?;
                (place < self.chain.len()).then(|| self.chain.remove(place))?;
            }
            PodEvent::Press(name, buttons) => {
                let held = self.find(name)?.held;
                self.hold(name, held | buttons)?;
            }
            PodEvent::Release(name, buttons) => {
                let held = self.find(name)?.held;
                self.hold(name, held & !buttons)?;
            }
            PodEvent::Move { mouse, right, down } => {
                let axes = &mut self.named(Controls::Mouse, mouse)?.axes;
                axes[0] = axes[0].wrapping_add(right);
                axes[1] = axes[1].wrapping_add(down);
            }
            PodEvent::Tilt { stick, axes } => {
                let to = axes.map(|value| i32::from(value.min(STICK_MAX)));
                self.named(Controls::Stick, stick)?.axes = to;
            }
            PodEvent::Aim { gun, at } => {
                let (counter, lines) = beam::seen_at(self.video, at);
                let axes = &mut self.named(Controls::Gun, gun)?.axes;
                (axes[0], axes[1]) = (counter, lines);
            }
        }
        Some(())
    }

    /// Tells a pod something.
    pub fn drive(&mut self, serial: u32, output: PodOutput) {
        let mut chain = self.chain.iter_mut();
        if let Some(plugged) = chain.find(|plugged| plugged.pod.serial == serial) {
            plugged.pod.output = Some(output);
        }
    }

    /// Whether a chain from a file can be worked on.
    pub fn is_sound(&self) -> bool {
        let serials = self.chain.iter().map(|plugged| plugged.pod.serial);
        self.chain.len() <= PODS_MAX
            && self.changes <= u64::MAX / 2
            && self.next_serial <= u32::MAX / 2
            && serials.clone().is_sorted_by(|a, b| a < b)
            && serials.max().is_none_or(|last| last < self.next_serial)
    }

    fn plug(&mut self, kind: PodKind) -> bool {
        if self.chain.len() >= PODS_MAX {
            return false;
        }
        let axes = match kind {
            PodKind::Stick => [STICK_MIDDLE; 3],
            _ => [0; 3],
        };
        let pod = Pod {
            serial: self.next_serial,
            kind,
            state: PodState { buttons: 0, axes },
            output: None,
        };
        self.next_serial += 1;
        self.chain.push(Plugged { pod, held: 0 });
        true
    }

    fn find(&mut self, name: PodName) -> Option<&mut Plugged> {
        let place = usize::from(name.number).checked_sub(1)?;
        self.chain
            .iter_mut()
            .filter(|plugged| plugged.pod.kind.controls() == Some(name.controls))
            .nth(place)
    }

    fn named(&mut self, controls: Controls, number: u8) -> Option<&mut PodState> {
        let name = PodName { controls, number };
        self.find(name).map(|plugged| &mut plugged.pod.state)
    }

    fn hold(&mut self, name: PodName, held: u32) -> Option<()> {
        let known = name.controls.buttons().iter();
        let known = known.fold(0, |all, (_, bit)| all | bit);
        let plugged = self.find(name)?;
        plugged.held = held & known;
        plugged.pod.state.buttons = reported(name.controls, plugged.held);
        Some(())
    }
}

/// A cross cannot be tilted to both sides at once.
fn reported(controls: Controls, held: u32) -> u32 {
    if controls != Controls::Pad {
        return held;
    }
    OPPOSITES
        .iter()
        .filter(|&&both| held & both == both)
        .fold(held, |held, both| held & !both)
}
