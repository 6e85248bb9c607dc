//! Events in words, for whoever watches.

use super::bytes::word_at;
use super::frames::Frame;
use crate::device::pods::Controls;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::trace::{Category, Record, TraceEvent};

/// The name of an event, without the prefix of the header, and whose buttons it has.
fn name(number: u8) -> Option<(&'static str, Option<Controls>)> {
    let pad = Some(Controls::Pad);
    let mouse = Some(Controls::Mouse);
    let gun = Some(Controls::Gun);
    let stick = Some(Controls::Stick);
    Some(match number {
        1 => ("ControlButtonPressed", pad),
        2 => ("ControlButtonReleased", pad),
        3 => ("ControlButtonUpdate", pad),
        4 => ("ControlButtonArrived", pad),
        5 => ("MouseButtonPressed", mouse),
        6 => ("MouseButtonReleased", mouse),
        7 => ("MouseUpdate", mouse),
        8 => ("MouseMoved", mouse),
        9 => ("MouseDataArrived", mouse),
        10 => ("GunButtonPressed", None),
        11 => ("GunButtonReleased", None),
        12 => ("GunUpdate", None),
        13 => ("GunDataArrived", None),
        14 => ("KeyboardKeyPressed", None),
        15 => ("KeyboardKeyReleased", None),
        16 => ("KeyboardUpdate", None),
        17 => ("KeyboardDataArrived", None),
        18 => ("CharacterEntered", None),
        19 => ("GivingFocus", None),
        20 => ("LosingFocus", None),
        21 => ("LightGunButtonPressed", gun),
        22 => ("LightGunButtonReleased", gun),
        23 => ("LightGunUpdate", gun),
        24 => ("LightGunFireTracking", gun),
        25 => ("LightGunDataArrived", gun),
        26 => ("StickButtonPressed", stick),
        27 => ("StickButtonReleased", stick),
        28 => ("StickUpdate", stick),
        29 => ("StickMoved", stick),
        30 => ("StickDataArrived", stick),
        31 => ("IRKeyPressed", None),
        32 => ("IRKeyReleased", None),
        64 => ("DeviceOnline", None),
        65 => ("DeviceOffline", None),
        66 => ("FilesystemMounted", None),
        67 => ("FilesystemOffline", None),
        68 => ("FilesystemDismounted", None),
        69 => ("ControlPortChange", None),
        70 => ("PleaseSaveAndExit", None),
        71 => ("PleaseExitImmediately", None),
        72 => ("EventQueueOverflow", None),
        _ => return None,
    })
}

/// One frame: `ControlButtonPressed of pad 1 (A)`.
fn describe(frame: &Frame) -> String {
    let Some((name, controls)) = name(frame.number) else {
        return format!("event {}", frame.number);
    };
    let Some(controls) = controls else {
        return name.to_owned();
    };
    let buttons = controls.names_of(word_at(&frame.data, 0));
    let mut told = vec![if buttons.is_empty() {
        "nothing".to_owned()
    } else {
        buttons
    }];
    for axis in 0..controls.axes() as u32 {
        told.push((word_at(&frame.data, 4 + 4 * axis) as i32).to_string());
    }
    let told = told.join(", ");
    format!(
        "{name} of {} {} ({told})",
        controls.name(),
        frame.place.generic
    )
}

impl Portfolio {
    /// Says which events a listener has been sent.
    pub(super) fn tell_of_events(
        &self,
        cx: &mut CallCx<'_>,
        port: Item,
        message: Item,
        frames: &[(Frame, bool)],
    ) {
        if !cx.sink.wants(Category::CALLS) {
            return;
        }
        let names = match self.item_name(cx.mem, port) {
            name if name.is_empty() => format!("port {port:?}"),
            name => format!("port {port:?} \"{name}\""),
        };
        let frames: Vec<String> = frames.iter().map(|(frame, _)| describe(frame)).collect();
        let text = format!(
            "events of field {} to {names} in message {message:?}: {}",
            self.events.field,
            frames.join("; ")
        );
        let record = Record {
            at: cx.now,
            task: self.item_name(cx.mem, self.owner_of(cx.mem, port)),
            event: TraceEvent::Call(text),
        };
        cx.sink.record(record);
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::Place;
    use super::*;
    use crate::device::pods::PodState;

    #[test]
    fn frames_are_told_with_their_pod_and_its_buttons() {
        let place = Place {
            number: 4,
            position: 2,
            generic: 1,
        };
        let frame = |number, controls, buttons, axes| {
            describe(&Frame::of_pod(
                number,
                place,
                controls,
                PodState { buttons, axes },
            ))
        };
        let pressed = frame(1, Controls::Pad, 0x0900_0000, [0; 3]);
        assert_eq!(pressed, "ControlButtonPressed of pad 1 (A start)");
        let moved = frame(8, Controls::Mouse, 0, [5, -3, 0]);
        assert_eq!(moved, "MouseMoved of mouse 1 (nothing, 5, -3)");
        assert_eq!(describe(&Frame::plain(72)), "EventQueueOverflow");
        assert_eq!(describe(&Frame::plain(200)), "event 200");
        let short = Frame {
            data: Vec::new(),
            ..Frame::plain(30)
        };
        assert_eq!(
            describe(&short),
            "StickDataArrived of stick 0 (nothing, 0, 0, 0)"
        );
    }
}
