//! What happened, as event frames (device sheet 7.5, 7.7).

use super::bytes::{Words, word_at};
use crate::device::pods::{Controls, PodState};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::events::{EventBrokerHeader, EventFrameHeader};
use crate::mem::GuestType;

/// Bytes of a frame without data.
const HEADER: u32 = EventFrameHeader::SIZE;

/// Where a pod stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Its own number.
    pub number: u8,
    /// Counted along the chain.
    pub position: u8,
    /// Counted among those of its class.
    pub generic: u8,
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its number.
    pub number: u8,
    /// The pod it is about, or what a program says there.
    pub place: Place,
    /// The machine it happened on; 0 is this one.
    pub system: u32,
    /// The port of the program that has sent it.
    pub submitter: Item,
    /// What belongs to it.
    pub data: Vec<u8>,
    /// Whether it has happened: the updates of pods are at hand without that.
    pub happened: bool,
    /// Whether it says how a pod is, which a listener that lost events is told.
    pub is_update: bool,
    /// Whether it comes from somewhere else than a pod's field.
    pub dispatched: bool,
}

impl Frame {
    /// An event without a pod.
    pub(super) fn plain(number: u8) -> Frame {
        Frame {
            number,
            happened: true,
            ..Frame::default()
        }
    }

    /// An event of a pod in this state.
    pub(super) fn of_pod(number: u8, place: Place, controls: Controls, state: PodState) -> Frame {
        Frame {
            place,
            data: record(controls, state),
            ..Frame::plain(number)
        }
    }

    /// Its bytes in a message.
    pub(super) fn write(&self, stamp: u32, trigger: bool, to: &mut Words) {
        let Place {
            number,
            position,
            generic,
        } = self.place;
        to.word(HEADER + self.data.len() as u32)
            .word(self.system)
            .word(stamp)
            .word(self.submitter.0 as u32)
            .bytes(&[self.number, number, position, generic])
            .bytes(&[u8::from(trigger), 0, 0, 0])
            .word(0)
            .bytes(&self.data);
    }
}

/// The data of a pod's events, as the pod table has them too.
pub(super) fn record(controls: Controls, state: PodState) -> Vec<u8> {
    let mut words = Words::default();
    words.word(state.buttons);
    for &axis in state.axes.iter().take(controls.axes()) {
        words.word(axis as u32);
    }
    words.0
}

/// All that happened at one instant.
#[derive(Clone, Debug, Default)]
pub(super) struct Happened {
    /// In the order in which listeners read them.
    pub frames: Vec<Frame>,
    /// Whether a pod was logged in or out.
    pub port_changed: bool,
}

/// The frames that a program has written into a message; none if they are not well formed. The
/// broker sets time and submitter itself.
pub(super) fn parse(data: &[u8], submitter: Item) -> Option<Vec<Frame>> {
    let mut frames = Vec::new();
    let mut rest = data.get(EventBrokerHeader::SIZE as usize..)?;
    loop {
        // The end of the data ends the frames as the empty frame does.
        let size = word_at(rest, EventFrameHeader::ef_ByteCount.offset());
        if size == 0 {
            return Some(frames);
        }
        if size < HEADER || !size.is_multiple_of(4) {
            return None;
        }
        let (frame, behind) = rest.split_at_checked(size as usize)?;
        let byte = |field: u32| frame.get(field as usize).copied().unwrap_or(0);
        frames.push(Frame {
            place: Place {
                number: byte(EventFrameHeader::ef_PodNumber.offset()),
                position: byte(EventFrameHeader::ef_PodPosition.offset()),
                generic: byte(EventFrameHeader::ef_GenericPosition.offset()),
            },
            system: word_at(frame, EventFrameHeader::ef_SystemID.offset()),
            submitter,
            data: frame.get(HEADER as usize..)?.to_vec(),
            dispatched: true,
            ..Frame::plain(byte(EventFrameHeader::ef_EventNumber.offset()))
        });
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(frames: &[Frame]) -> Vec<u8> {
        let mut words = Words::default();
        words.word(5);
        for frame in frames {
            frame.write(7, false, &mut words);
        }
        words.word(0);
        words.0
    }

    #[test]
    fn frames_have_the_sizes_of_their_data() {
        for (controls, size) in [
            (Controls::Pad, 32),
            (Controls::Mouse, 40),
            (Controls::Gun, 40),
            (Controls::Stick, 44),
        ] {
            let frame = Frame::of_pod(1, Place::default(), controls, PodState::default());
            assert_eq!(message(&[frame]).len(), 4 + size + 4);
        }
        assert_eq!(message(&[Frame::plain(72)]).len(), 4 + 28 + 4);
    }

    #[test]
    fn damaged_frames_are_refused() {
        let good = message(&[Frame::plain(1), Frame::plain(2)]);
        assert_eq!(parse(&good, Item(3)).map(|frames| frames.len()), Some(2));
        let end = good.len() - 4;
        assert_eq!(parse(&good[..end], Item(3)).map(|f| f.len()), Some(2));
        for (at, size) in [
            (4, 27),
            (4, 24),
            (4, 30),
            (4, 1000),
            (32, 36),
            (32, u32::MAX),
        ] {
            let mut bad = good.clone();
            bad[at..at + 4].copy_from_slice(&size.to_be_bytes());
            assert_eq!(parse(&bad, Item(3)), None, "{at} {size}");
        }
        assert_eq!(parse(&[0; 3], Item(3)), None);
        assert_eq!(parse(&[0; 4], Item(3)), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_frames_or_not(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&data, Item(1));
        }

        #[test]
        fn what_is_written_is_read_again(
            number: u8, pod: u8, position: u8, generic: u8, system: u32,
            words in proptest::collection::vec(any::<u8>(), 0..8),
        ) {
            let data: Vec<u8> = words.iter().flat_map(|&b| [b; 4]).collect();
            let place = Place { number: pod, position, generic };
            let frame = Frame { place, system, data, dispatched: true, submitter: Item(9), ..Frame::plain(number) };
            prop_assert_eq!(parse(&message(std::slice::from_ref(&frame)), Item(9)), Some(vec![frame]));
        }
    }
}
