//! Which pods are logged in, and what they did since the last field.
//!
//! Device sheet 7.4, 7.8. A pod is logged in and out when the chain has looked the same for ten
//! fields; what is plugged in before the first field was there at power-on.

use super::frames::{Frame, Happened, Place};
use crate::device::pods::{Controls, PODS_MAX, Pod, PodKind, PodState};
use serde::{Deserialize, Serialize};

/// Fields for which a changed chain must look the same.
const SETTLING_FIELDS: u64 = 10;
/// A mouse reports ten bits of movement a field; what is more comes in the next.
const MOVEMENT_PER_FIELD: (i32, i32) = (-512, 511);
/// A stick has moved when an axis has changed by more.
const STICK_JITTER: u32 = 1;
/// The trigger of a gun.
const TRIGGER: u32 = 0x8000_0000;

/// A pod that programs know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    serial: u32,
    /// What programs call it as long as it is plugged in.
    pub(super) number: u8,
    pub(super) kind: PodKind,
    /// What it reported in the last field.
    pub(super) state: PodState,
    /// Where a stick was when it was last told to have moved.
    told: [i32; 3],
    /// Whether it is still plugged in, and has reported in this field.
    pub(super) present: bool,
}

impl LoggedIn {
    fn new(pod: &Pod, number: u8) -> LoggedIn {
        LoggedIn {
            serial: pod.serial,
            number,
            kind: pod.kind,
            state: pod.state,
            told: pod.state.axes,
            present: true,
        }
    }

    /// The device's name for it.
    pub(super) fn serial(&self) -> u32 {
        self.serial
    }
}

/// The pods that are logged in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PodChain {
    /// In the order of the chain.
    logged_in: Vec<LoggedIn>,
    /// Another chain that may become the one, and the field since which it looks so.
    candidate: Option<(Vec<u32>, u64)>,
    /// Whether the first field has come.
    started: bool,
    /// Whether a mouse has moved further than it could report.
    lags: bool,
}

/// Numbers of the events of one class: pressed, released, update, moved or tracking, arrived.
struct Numbers {
    pressed: u8,
    released: u8,
    update: u8,
    moved: Option<u8>,
    arrived: u8,
}

fn numbers(controls: Controls) -> Numbers {
    let of = |first: u8, moved: Option<u8>| Numbers {
        pressed: first,
        released: first + 1,
        update: first + 2,
        moved,
        arrived: first + 3 + u8::from(moved.is_some()),
    };
    match controls {
        Controls::Pad => of(1, None),
        Controls::Mouse => of(5, Some(8)),
        Controls::Gun => of(21, Some(24)),
        Controls::Stick => of(26, Some(29)),
    }
}

impl PodChain {
    pub(super) fn is_sound(&self) -> bool {
        let candidate = self.candidate.as_ref();
        self.logged_in.len() <= PODS_MAX
            && candidate.is_none_or(|(serials, _)| serials.len() <= PODS_MAX)
    }

    /// The pods in the order of the chain.
    pub(super) fn logged_in(&self) -> &[LoggedIn] {
        &self.logged_in
    }

    /// Whether the next field must be looked at although nothing has changed.
    pub(super) fn wants_field(&self) -> bool {
        let trigger = |pod: &LoggedIn| {
            pod.kind.controls() == Some(Controls::Gun) && pod.state.buttons & TRIGGER != 0
        };
        !self.started || self.candidate.is_some() || self.lags || self.logged_in.iter().any(trigger)
    }

    /// Whether programs would find other pods than those that are logged in.
    pub(super) fn before_first_field(&self) -> bool {
        !self.started
    }

    /// Logs in what is plugged in and out what is not. A new pod gets the lowest free number.
    pub(super) fn log_in_all(&mut self, pods: &[Pod]) {
        let old = std::mem::take(&mut self.logged_in);
        for pod in pods.iter().take(PODS_MAX) {
            let known = old.iter().find(|known| known.serial == pod.serial);
            let logged_in = known.cloned().unwrap_or_else(|| {
                let all = || old.iter().filter(|known| is_plugged(pods, known));
                let is_taken = |number: u8| {
                    let mut taken = all().chain(&self.logged_in);
                    taken.any(|known| known.number == number)
                };
                let free = (1..=u8::MAX).find(|&number| !is_taken(number));
                LoggedIn::new(pod, free.unwrap_or(u8::MAX))
            });
            self.logged_in.push(logged_in);
        }
        self.candidate = None;
    }

    /// Takes what the pods report in this field; what happened is what has changed.
    pub(super) fn sample(&mut self, pods: &[Pod], field: u64) -> Happened {
        let mut happened = Happened {
            port_changed: self.settle(pods, field),
            ..Happened::default()
        };
        self.lags = false;
        for at in 0..self.logged_in.len() {
            let place = self.place(at);
            let Some(known) = self.logged_in.get_mut(at) else {
                break;
            };
            let pod = pods.iter().find(|pod| pod.serial == known.serial);
            known.present = pod.is_some();
            let raw = pod.map_or(known.state, |pod| pod.state);
            let Some(controls) = known.kind.controls() else {
                known.state = raw;
                continue;
            };
            let new = match controls {
                Controls::Mouse => reported(known.state, raw),
                _ => raw,
            };
            self.lags |= new != raw;
            let moved = match controls {
                Controls::Pad => false,
                Controls::Mouse => new.axes != known.state.axes,
                Controls::Gun => (known.state.buttons | new.buttons) & TRIGGER != 0,
                Controls::Stick => {
                    let mut axes = new.axes.iter().zip(&known.told);
                    axes.any(|(new, told)| new.abs_diff(*told) > STICK_JITTER)
                }
            };
            if moved {
                known.told = new.axes;
            }
            let old = std::mem::replace(&mut known.state, new);
            let present = known.present;
            frames_of(controls, place, old, new, moved, present, &mut happened);
        }
        happened
    }

    /// The updates of all pods as they are now, for whoever has lost events between fields.
    pub(super) fn updates(&self) -> Vec<Frame> {
        let pods = (0..).zip(&self.logged_in);
        pods.filter_map(|(at, pod)| {
            let controls = pod.kind.controls()?;
            Some(Frame {
                happened: false,
                is_update: true,
                ..Frame::of_pod(
                    numbers(controls).update,
                    self.place(at),
                    controls,
                    pod.state,
                )
            })
        })
        .collect()
    }

    /// Whether the chain is another one since this field.
    fn settle(&mut self, pods: &[Pod], field: u64) -> bool {
        let is_first = !std::mem::replace(&mut self.started, true);
        let same = pods.len() == self.logged_in.len()
            && pods
                .iter()
                .zip(&self.logged_in)
                .all(|(pod, known)| pod.serial == known.serial);
        if same {
            self.candidate = None;
            return false;
        }
        if is_first {
            self.log_in_all(pods);
            return false;
        }
        let serials: Vec<u32> = pods.iter().map(|pod| pod.serial).collect();
        match &self.candidate {
            Some((known, since)) if *known == serials => {
                if field.saturating_sub(*since) < SETTLING_FIELDS {
                    return false;
                }
                self.log_in_all(pods);
                true
            }
            _ => {
                self.candidate = Some((serials, field));
                false
            }
        }
    }

    /// Where a pod stands, as programs are told.
    pub(super) fn place(&self, at: usize) -> Place {
        let Some(pod) = self.logged_in.get(at) else {
            return Place::default();
        };
        let before = self.logged_in.iter().take(at + 1);
        let same = before.filter(|other| other.kind.controls() == pod.kind.controls());
        Place {
            number: pod.number,
            position: (at + 1) as u8,
            generic: same.count() as u8,
        }
    }
}

fn is_plugged(pods: &[Pod], known: &LoggedIn) -> bool {
    pods.iter().any(|pod| pod.serial == known.serial)
}

/// What a mouse can say of where it is, when it last said where it was.
fn reported(old: PodState, raw: PodState) -> PodState {
    let (least, most) = MOVEMENT_PER_FIELD;
    let mut axes = old.axes;
    for (axis, raw) in axes.iter_mut().zip(raw.axes) {
        let step = raw.wrapping_sub(*axis).clamp(least, most);
        *axis = axis.wrapping_add(step);
    }
    PodState { axes, ..raw }
}

fn frames_of(
    controls: Controls,
    place: Place,
    old: PodState,
    new: PodState,
    moved: bool,
    present: bool,
    happened: &mut Happened,
) {
    let numbers = numbers(controls);
    let (pressed, released) = (new.buttons & !old.buttons, old.buttons & !new.buttons);
    let mut frame = |number: u8, buttons: u32, is_so: bool| {
        let state = PodState { buttons, ..new };
        let is_update = number == numbers.update;
        if is_so || is_update {
            happened.frames.push(Frame {
                happened: is_so,
                is_update,
                ..Frame::of_pod(number, place, controls, state)
            });
        }
    };
    frame(numbers.pressed, pressed, pressed != 0);
    frame(numbers.released, released, released != 0);
    frame(numbers.update, new.buttons, (pressed | released) != 0);
    if let Some(number) = numbers.moved {
        frame(number, new.buttons, moved && present);
    }
    frame(numbers.arrived, new.buttons, present);
}

#[cfg(test)]
mod tests;
