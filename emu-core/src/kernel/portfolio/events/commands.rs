//! What pods can be told (device sheet 7.8).
//!
//! The first byte of a command is a class of pods, the second a command of that class.

use super::codes::{BAD_UNIT, NOT_SUPPORTED};
use super::describe::{class, is_of};
use crate::device::pods::PodOutput;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;

/// The only command of every class.
const FIRST: u8 = 0;
/// Lamps that a gun has, in the highest bits.
const GUN_LAMPS: u8 = 0xC0;
/// The highest value of channels and of views.
const CHOICES_LAST: u8 = 3;

/// What a command says, and to which class.
fn understood(told: &[u8]) -> Option<(u8, PodOutput)> {
    Some(match *told {
        [class::AUDIO, FIRST, channels @ 0..=CHOICES_LAST, ..] => {
            (class::AUDIO, PodOutput::Channels(channels))
        }
        [
            class::GLASSES,
            FIRST,
            left @ 0..=CHOICES_LAST,
            right @ 0..=CHOICES_LAST,
            ..,
        ] => (class::GLASSES, PodOutput::View(left, right)),
        // Of its two bytes the second has the lamps.
        [class::KEYBOARD, FIRST, _, lamps, ..] => {
            (class::KEYBOARD, PodOutput::KeyboardLamps(lamps))
        }
        [class::LIGHT_GUN, FIRST, lamps, ..] => {
            (class::LIGHT_GUN, PodOutput::GunLamps(lamps & GUN_LAMPS))
        }
        _ => return None,
    })
}

impl Portfolio {
    /// Tells a pod something, if it is one that understands it.
    pub(super) fn command_pod(&self, cx: &mut CallCx<'_>, number: i32, told: &[u8]) -> Status {
        let mut pods = self.events.pods.logged_in().iter();
        let Some(pod) = pods.find(|pod| i32::from(pod.number) == number) else {
            return BAD_UNIT;
        };
        let device = self.events.device.and_then(|id| cx.board.device(id));
        match (understood(told), device) {
            (Some((class, output)), Some(device)) if is_of(pod.kind, class) => {
                device.drive_pod(pod.serial(), output);
                Status::OK
            }
            _ => NOT_SUPPORTED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_one_command_with_its_bytes() {
        for (told, wanted) in [
            (&[4, 0, 1][..], Some((4, PodOutput::Channels(1)))),
            (&[4, 0, 3, 9], Some((4, PodOutput::Channels(3)))),
            (&[4, 0, 4], None),
            (&[4, 0], None),
            (&[4, 1, 0], None),
            (&[3, 0, 1, 2], Some((3, PodOutput::View(1, 2)))),
            (&[3, 0, 1], None),
            (&[3, 0, 4, 0], None),
            (&[5, 0, 0, 7], Some((5, PodOutput::KeyboardLamps(7)))),
            (&[6, 0, 0xFF], Some((6, PodOutput::GunLamps(0xC0)))),
            (&[0, 0, 0, 0], None),
            (&[6], None),
            (&[], None),
        ] {
            assert_eq!(understood(told), wanted, "{told:?}");
        }
    }
}
