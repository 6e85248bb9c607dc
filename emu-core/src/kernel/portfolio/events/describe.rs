//! Pods as programs see them: types, flags, ranks (device sheet 7.8).

use super::bytes::Words;
use super::pods::LoggedIn;
use crate::device::pods::PodKind;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::structs::events::{EventBrokerHeader, PodDescription};
use crate::mem::GuestType;

/// Classes of pods; a pod may be of several.
pub(super) mod class {
    pub const GLASSES: u8 = 3;
    pub const AUDIO: u8 = 4;
    pub const KEYBOARD: u8 = 5;
    pub const LIGHT_GUN: u8 = 6;
    /// How many there are.
    pub const COUNT: u8 = 16;
}

/// Bytes of a list of pods before the second.
const LIST_FIRST: u32 = EventBrokerHeader::SIZE + 4 + PodDescription::SIZE;

/// What the system says of a kind of pods; numbers that no page gives are 0.
struct Traits {
    id: u32,
    flags: u32,
    bits_in: u32,
    bits_out: u32,
}

fn traits(kind: PodKind) -> Traits {
    let (id, flags, bits_in, bits_out) = match kind {
        PodKind::ControlPad => (0x80, 0x8800_000E, 16, 2),
        PodKind::ExtendedPad => (0xA0, 0x8800_000E, 16, 4),
        PodKind::SuperPad => (0xC0, 0x8800_000E, 24, 8),
        PodKind::Mouse => (0x49, 0x4000_0006, 32, 0),
        PodKind::LightGun => (0x4D, 0x0200_0002, 32, 2),
        PodKind::Glasses => (0x41, 0x1800_0000, 0, 0),
        PodKind::Stick => (0x01, 0x0100_0002, 72, 0),
        PodKind::Keyboard => (0x02, 0x0400_0000, 0, 0),
    };
    Traits {
        id,
        flags,
        bits_in,
        bits_out,
    }
}

/// Whether pods of a kind are of a class.
pub(super) fn is_of(kind: PodKind, class: u8) -> bool {
    class < class::COUNT && traits(kind).flags & 0x8000_0000 >> class != 0
}

/// The rank of the pod at a place of the chain among those of a class, or 0.
pub(super) fn rank(pods: &[LoggedIn], at: usize, class: u8) -> u8 {
    match pods.get(at) {
        Some(pod) if is_of(pod.kind, class) => {
            let same = pods.iter().take(at + 1);
            same.filter(|other| is_of(other.kind, class)).count() as u8
        }
        _ => 0,
    }
}

impl Portfolio {
    /// As many descriptions as fit, how many these are, and whether they are all.
    pub(super) fn describe_pods(&self, room: Option<u32>) -> ((u32, bool), Words) {
        let pods = self.events.pods.logged_in();
        let mut list = Words::default();
        let mut count = 0;
        for (at, pod) in pods.iter().enumerate() {
            let needed = LIST_FIRST + PodDescription::SIZE * count;
            if room.is_some_and(|room| room <= needed) {
                break;
            }
            let kind = traits(pod.kind);
            list.bytes(&[pod.number, (at + 1) as u8, 0, 0])
                .word(kind.id)
                .word(kind.bits_in)
                .word(kind.bits_out)
                .word(kind.flags);
            for class in 0..class::COUNT {
                list.bytes(&[rank(pods, at, class)]);
            }
            list.word(0);
            count += 1;
        }
        ((count, count as usize == pods.len()), list)
    }
}
