//! The parts of a request's time, and what each means.

use super::{Life, Service};
use crate::device::{DeviceClass, Op, Terms};
use crate::time::Ticks;
use crate::trace::event::{Asker, Told};

/// What a stretch of time was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// The kernel, between the call and the device.
    Kernel,
    /// Requests before it.
    Queue,
    /// The disc comes to turn.
    SpinUp,
    /// The drive understands the command.
    Command,
    /// The disc comes to turn at another speed.
    SpeedChange,
    /// The head moves.
    Seek,
    /// The blocks pass under the head.
    Reading,
    /// The last bytes go to memory.
    Transfer,
    /// A device that does not say more.
    Device,
    /// A completion that is held back.
    Held,
    /// The processor's last instruction.
    Instruction,
    /// The file system.
    Files,
    /// Mach's part of an operation.
    Operation,
    /// The processor works for others.
    Processor,
}

/// A stretch of a request's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it was spent on.
    pub kind: PartKind,
    /// How long it took.
    pub ticks: Ticks,
    /// What that means.
    pub meaning: &'static str,
}

impl PartKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            PartKind::Kernel => "kernel",
            PartKind::Queue => "queue",
            PartKind::SpinUp => "spin-up",
            PartKind::Command => "command",
            PartKind::SpeedChange => "speed change",
            PartKind::Seek => "seek",
            PartKind::Reading => "reading",
            PartKind::Transfer => "transfer",
            PartKind::Device => "device",
            PartKind::Held => "held back",
            PartKind::Instruction => "instruction",
            PartKind::Files => "file system",
            PartKind::Operation => "operation",
            PartKind::Processor => "processor",
        }
    }

    /// What it means, whatever the device.
    fn meaning(self) -> &'static str {
        match self {
            PartKind::Kernel => "from the call to the device: the kernel had not passed it on yet",
            PartKind::Queue => "requests that came before it had the drive",
            PartKind::SpinUp => "the disc was recognised and came to turn",
            PartKind::Command => "the drive understood the command",
            PartKind::SpeedChange => "the disc came to turn at the speed that was asked for",
            PartKind::Seek => "the head moved to the first block, or read on until there",
            PartKind::Reading => "the blocks passed under the head, one after the other",
            PartKind::Transfer => "the last block went to memory",
            PartKind::Device => "the device had it",
            PartKind::Held => "the end was held back: the run looks for races",
            PartKind::Instruction => "the processor ended the instruction that it had begun",
            PartKind::Files => "the file system had it: the blocks it wanted, or NVRAM's time",
            PartKind::Operation => "Mach had the result and passed it on",
            PartKind::Processor => {
                "its task was ready; the kernel's own work and tasks before it had the processor"
            }
        }
    }
}

/// The kinds of the terms that a device gives, in the order of [`Terms::parts`].
const TERMS: [PartKind; 7] = [
    PartKind::Queue,
    PartKind::SpinUp,
    PartKind::Command,
    PartKind::SpeedChange,
    PartKind::Seek,
    PartKind::Reading,
    PartKind::Transfer,
];

/// Puts parts one after the other.
struct Parts(Vec<Part>);

impl Parts {
    fn add(&mut self, kind: PartKind, ticks: Ticks) {
        self.add_meaning(kind, ticks, kind.meaning());
    }

    fn add_meaning(&mut self, kind: PartKind, ticks: Ticks, meaning: &'static str) {
        if ticks.0 > 0 {
            self.0.push(Part {
                kind,
                ticks,
                meaning,
            });
        }
    }
}

/// The parts of a life that has ended; of an open one those that are over.
pub(super) fn of(life: &Life) -> Vec<Part> {
    let mut parts = Parts(Vec::new());
    let after_device = match &life.service {
        None => life.asked,
        Some(service) => {
            parts.add(PartKind::Kernel, service.from.since(life.begun));
            let Some(to) = service.to else {
                return parts.0;
            };
            add_service(&mut parts, service, to.since(service.from));
            to
        }
    };
    let Some(ending) = life.ending else {
        return parts.0;
    };
    let behind = match (life.by, &life.service) {
        (Asker::Mach, _) => PartKind::Operation,
        (_, None) => {
            parts.add(PartKind::Kernel, life.asked.since(life.begun));
            PartKind::Files
        }
        _ => PartKind::Kernel,
    };
    parts.add(behind, ending.at.since(after_device));
    if let Some((_, at)) = life.woken {
        parts.add(PartKind::Processor, at.since(ending.at));
    }
    parts.0
}

fn add_service(parts: &mut Parts, service: &Service, whole: Ticks) {
    let Service { terms, held, .. } = service;
    if !service.has_terms() {
        let held = Ticks(held.0.min(whole.0));
        let own = Ticks(whole.0 - held.0);
        let kind = PartKind::Device;
        let meaning = meaning_without_terms(service, own);
        // An answer that takes no time is worth a line all the same.
        match own.0 {
            0 => parts.0.push(Part {
                kind,
                ticks: own,
                meaning,
            }),
            _ => parts.add_meaning(kind, own, meaning),
        }
        parts.add(PartKind::Held, held);
        return;
    }
    add_terms(parts, terms, whole);
    let late = Ticks(whole.0.saturating_sub(terms.total().0));
    let held = Ticks(held.0.min(late.0));
    parts.add(PartKind::Held, held);
    parts.add(PartKind::Instruction, Ticks(late.0 - held.0));
}

/// The device's own terms. Those of a damaged recording may claim more than there was.
fn add_terms(parts: &mut Parts, terms: &Terms, whole: Ticks) {
    let mut left = whole.0;
    for (kind, (_, ticks)) in TERMS.into_iter().zip(terms.parts()) {
        let ticks = ticks.0.min(left);
        left -= ticks;
        parts.add(kind, Ticks(ticks));
    }
}

/// The timer's units and commands (timer device sheet 3.2).
const TIMER_VBLANK: u8 = 0;
const TIMER_METRONOME: Op = Op::Control(5);

/// What the time of a device means that gives no terms.
fn meaning_without_terms(service: &Service, ticks: Ticks) -> &'static str {
    if ticks.0 == 0 {
        return match service.error {
            Some(_) => "the device refused it at once",
            None => "the device answered at once, inside the call",
        };
    }
    match (service.device, service.unit, service.op) {
        (DeviceClass::Timer, _, TIMER_METRONOME) => {
            "the timer beat for it until it was aborted: a metronome has no end of its own"
        }
        (DeviceClass::Timer, TIMER_VBLANK, _) => "until the vertical blank that it asked for",
        (DeviceClass::Timer, ..) => {
            "until the microsecond that it asked for; the system clock counts in steps of 16"
        }
        (DeviceClass::ControlPort, ..) => {
            "until the vertical blank at which the port is read and written"
        }
        (DeviceClass::Sport, ..) => "until the vertical blank in which video memory moves pages",
        (DeviceClass::CdRom, ..) => "the drive ended it early, before it said where the time went",
        _ => PartKind::Device.meaning(),
    }
}

/// How the end of a request is told, in words.
pub fn told_in_words(told: Told) -> &'static str {
    match told {
        Told::Quiet => "nothing was sent: the call itself brought the result",
        Told::Signal => "a signal to its owner",
        Told::Message => "its message came back to the reply port",
        Told::CallBack => "its driver was called back",
        Told::Queue => "a record in a done queue",
        Told::Reply => "a reply message",
        Told::Thread => "the thread that waits in its call",
        Told::Nobody => "nobody: who asked is gone",
    }
}
