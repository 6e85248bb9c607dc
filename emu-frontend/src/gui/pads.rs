//! What somebody holds in the hands, as events for the machine.
//!
//! Keys, game pads and the mouse report as they like; the machine is told once a field, before
//! the field begins. A button that goes down and up between two fields is seen in one of them.

use emu_core::device::pods::{Controls, PodEvent, PodKind, PodName};
use std::collections::BTreeMap;

/// Buttons of one pod.
#[derive(Clone, Copy, Debug, Default)]
struct Buttons {
    /// Held now.
    held: u32,
    /// What the machine believes.
    told: u32,
    /// Pressed or released since the machine was told.
    touched: u32,
}

impl Buttons {
    fn set(&mut self, buttons: u32, down: bool) {
        let held = match down {
            true => self.held | buttons,
            false => self.held & !buttons,
        };
        self.touched |= held ^ self.held;
        self.held = held;
    }

    /// What the machine is told next. What was touched and is as it was before was pressed and
    /// released, or the reverse: that is told now, and the present state a field later.
    fn tell(&mut self) -> u32 {
        let back = self.touched & !(self.held ^ self.told);
        self.touched = 0;
        self.told = self.held ^ back;
        self.told
    }
}

/// Everything that is held and moved.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    /// How many there are of each.
    plugged: BTreeMap<Controls, u8>,
    buttons: BTreeMap<(Controls, u8), Buttons>,
    /// Movement of the first mouse that is not told yet; fractions of a count stay.
    movement: (f64, f64),
    /// Where the first gun points, and what the machine believes.
    aim: Option<(u16, u16)>,
    aim_told: Option<(u16, u16)>,
}

impl Hands {
    /// Hands on these pods; what is done to others is lost.
    pub fn on(pods: impl IntoIterator<Item = PodKind>) -> Hands {
        let mut hands = Hands::default();
        for controls in pods.into_iter().filter_map(PodKind::controls) {
            *hands.plugged.entry(controls).or_default() += 1;
        }
        hands
    }

    /// Whether there is such a pod.
    pub fn has(&self, controls: Controls, number: u8) -> bool {
        let count = self.plugged.get(&controls).copied().unwrap_or_default();
        (1..=count).contains(&number)
    }

    /// Buttons go down or come up.
    pub fn set(&mut self, controls: Controls, number: u8, buttons: u32, down: bool) {
        if self.has(controls, number) {
            let all = self.buttons.entry((controls, number)).or_default();
            all.set(buttons, down);
        }
    }

    /// Everything comes up: the window is no longer the one that hears keys.
    pub fn release_all(&mut self) {
        for buttons in self.buttons.values_mut() {
            buttons.set(u32::MAX, false);
        }
    }

    /// The mouse is moved by so many counts.
    pub fn move_mouse(&mut self, right: f64, down: f64) {
        if self.has(Controls::Mouse, 1) && right.is_finite() && down.is_finite() {
            self.movement.0 += right;
            self.movement.1 += down;
        }
    }

    /// The gun points at a pixel of the display, or away from it.
    pub fn aim(&mut self, at: Option<(u16, u16)>) {
        if self.has(Controls::Gun, 1) {
            self.aim = at;
        }
    }

    /// What to tell the machine before the next field.
    pub fn events(&mut self) -> Vec<PodEvent> {
        /// Counts that one event moves a mouse, at most.
        const MOVEMENT_MAX: f64 = 30_000.0;
        let mut events = Vec::new();
        // A shot hits what the gun points at.
        if self.aim != self.aim_told {
            self.aim_told = self.aim;
            let at = self.aim;
            events.push(PodEvent::Aim { gun: 1, at });
        }
        let whole = |rest: &mut f64| {
            let counts = rest.trunc().clamp(-MOVEMENT_MAX, MOVEMENT_MAX);
            *rest = rest.fract();
            counts as i32
        };
        let (right, down) = (whole(&mut self.movement.0), whole(&mut self.movement.1));
        if (right, down) != (0, 0) {
            let mouse = 1;
            events.push(PodEvent::Move { mouse, right, down });
        }
        for (&(controls, number), buttons) in &mut self.buttons {
            let name = PodName { controls, number };
            let before = buttons.told;
            let now = buttons.tell();
            if before & !now != 0 {
                events.push(PodEvent::Release(name, before & !now));
            }
            if now & !before != 0 {
                events.push(PodEvent::Press(name, now & !before));
            }
        }
        events
    }

    /// The machine has forgotten everything: it was reset.
    pub fn forget_told(&mut self) {
        self.aim_told = None;
        for buttons in self.buttons.values_mut() {
            buttons.told = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAD: Controls = Controls::Pad;

    fn pad(number: u8) -> PodName {
        PodName {
            controls: PAD,
            number,
        }
    }

    fn two_pads() -> Hands {
        Hands::on([PodKind::ControlPad, PodKind::SuperPad, PodKind::Glasses])
    }

    #[test]
    fn what_changes_between_two_fields_is_told_once() {
        let mut hands = two_pads();
        assert_eq!(hands.events(), []);
        hands.set(PAD, 1, 3, true);
        hands.set(PAD, 2, 8, true);
        hands.set(PAD, 1, 3, true);
        assert_eq!(
            hands.events(),
            [PodEvent::Press(pad(1), 3), PodEvent::Press(pad(2), 8)]
        );
        assert_eq!(hands.events(), []);
        hands.set(PAD, 1, 1, false);
        hands.set(PAD, 1, 4, true);
        assert_eq!(
            hands.events(),
            [PodEvent::Release(pad(1), 1), PodEvent::Press(pad(1), 4)]
        );
    }

    #[test]
    fn a_tap_between_two_fields_is_not_lost() {
        let mut hands = two_pads();
        hands.set(PAD, 1, 1, true);
        hands.set(PAD, 1, 1, false);
        assert_eq!(hands.events(), [PodEvent::Press(pad(1), 1)]);
        assert_eq!(hands.events(), [PodEvent::Release(pad(1), 1)]);
        assert_eq!(hands.events(), []);
    }

    #[test]
    fn a_short_release_is_not_lost() {
        let mut hands = two_pads();
        hands.set(PAD, 1, 1, true);
        hands.events();
        hands.set(PAD, 1, 1, false);
        hands.set(PAD, 1, 1, true);
        assert_eq!(hands.events(), [PodEvent::Release(pad(1), 1)]);
        assert_eq!(hands.events(), [PodEvent::Press(pad(1), 1)]);
        assert_eq!(hands.events(), []);
    }

    #[test]
    fn pods_that_are_not_there_are_told_nothing() {
        let mut hands = Hands::on([PodKind::ControlPad]);
        hands.set(PAD, 2, 1, true);
        hands.set(PAD, 0, 1, true);
        hands.set(Controls::Mouse, 1, 1, true);
        hands.move_mouse(9.0, 9.0);
        hands.aim(Some((1, 1)));
        assert_eq!(hands.events(), []);
    }

    #[test]
    fn losing_the_keyboard_releases_everything() {
        let mut hands = two_pads();
        hands.set(PAD, 1, 6, true);
        hands.events();
        hands.release_all();
        assert_eq!(hands.events(), [PodEvent::Release(pad(1), 6)]);
    }

    #[test]
    fn fractions_of_a_movement_add_up() {
        let mut hands = Hands::on([PodKind::Mouse]);
        let mut moved = (0, 0);
        for _ in 0..10 {
            hands.move_mouse(0.75, -0.5);
            for event in hands.events() {
                let PodEvent::Move {
                    mouse: 1,
                    right,
                    down,
                } = event
                else {
                    panic!("{event:?}")
                };
                moved = (moved.0 + right, moved.1 + down);
            }
        }
        assert_eq!(moved, (7, -5));
        hands.move_mouse(f64::NAN, 1.0);
        hands.move_mouse(1e300, 0.0);
        assert_eq!(hands.events().len(), 1);
    }

    #[test]
    fn a_gun_points_before_it_shoots() {
        let mut hands = Hands::on([PodKind::LightGun]);
        hands.set(Controls::Gun, 1, 0x8000_0000, true);
        hands.aim(Some((3, 4)));
        let events = hands.events();
        assert!(matches!(
            events[0],
            PodEvent::Aim {
                gun: 1,
                at: Some((3, 4))
            }
        ));
        assert!(matches!(events[1], PodEvent::Press(..)));
        hands.aim(None);
        assert!(matches!(hands.events()[0], PodEvent::Aim { at: None, .. }));
    }

    #[test]
    fn after_a_reset_what_is_held_is_told_again() {
        let mut hands = two_pads();
        hands.set(PAD, 1, 1, true);
        hands.events();
        hands.forget_told();
        assert_eq!(hands.events(), [PodEvent::Press(pad(1), 1)]);
    }
}
