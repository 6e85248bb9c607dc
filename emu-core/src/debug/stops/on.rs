//! What a breakpoint waits for, and which events are that.

use super::Trouble;
use crate::device::{DevError, DeviceClass, Op};
use crate::kernel::abi::ArgKind;
use crate::kernel::call::{ResultKind, System};
use crate::kernel::portfolio::items::Item;
use crate::machine::Machine;
use crate::mem::{GuestPtr, Memory, Range};
use crate::trace::{Event, Hex, Waits};

/// Longest file name that is read from guest memory.
const NAME_MAX: u32 = 256;

/// Requests to devices: all of them, or those of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The device; any if none.
    pub device: Option<DeviceClass>,
    /// Its unit.
    pub unit: Option<u8>,
    /// The number of the command: 0 writes, 1 reads, 2 asks for the status.
    pub command: Option<u16>,
    /// How the request has to end; meant for ends only.
    pub error: Option<Trouble>,
}

impl From<Option<DeviceClass>> for Wanted {
    fn from(device: Option<DeviceClass>) -> Wanted {
        Wanted {
            device,
            ..Wanted::default()
        }
    }
}

impl Wanted {
    /// Whether a request is one of these. What is not known of it is not what is wanted.
    fn fits(&self, request: Option<&Requested>) -> bool {
        let Some(request) = request else {
            let error = self.error;
            return *self
                == Wanted {
                    error,
                    ..Wanted::default()
                };
        };
        self.device.is_none_or(|device| device == request.device)
            && self.unit.is_none_or(|unit| request.unit == Some(unit))
            && self.command.is_none_or(|n| request.command == Some(n))
    }

    /// Whether the end of a request is one of these.
    fn ends(&self, request: Option<&Requested>, error: Option<DevError>) -> bool {
        let class = request.map(|request| request.device);
        let is_it = |wanted: Trouble| error.is_some_and(|error| wanted.is_of_device(error, class));
        self.fits(request) && self.error.is_none_or(is_it)
    }
}

/// What is known of a request to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requested {
    /// The device.
    pub device: DeviceClass,
    /// Its unit, if that is known.
    pub unit: Option<u8>,
    /// The number of the command, if that is known.
    pub command: Option<u16>,
}

/// The number of a command.
pub fn command_number(op: Op) -> u16 {
    match op {
        Op::Write => 0,
        Op::Read => 1,
        Op::Status => 2,
        Op::Control(n) => n,
    }
}

/// What a breakpoint waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// The instruction at this address is next.
    Address(u32),
    /// Something writes here.
    Write(Range),
    /// An instruction loads from here. What the system and devices read is not noticed.
    Read(Range),
    /// Something writes here, and other bytes than there were.
    Change(Range),
    /// A call of this name is about to be made, whatever the case of its letters.
    Call(String),
    /// A device of the board gets a request.
    Request(Wanted),
    /// A device of the board has done with a request.
    Complete(Wanted),
    /// The same, with an error.
    Failed(Wanted),
    /// A call gives, or a request ends with, such a code of Portfolio or Mach.
    Error(Trouble),
    /// A file of this name is asked for by a call, or gets a request.
    File(String),
    /// Something happens to this item.
    Item(Item),
    /// Any event of this kind, by its word.
    Kind(String),
    /// A task prints something that holds this.
    Text(String),
}

impl On {
    /// Whether it waits for events.
    pub fn wants_events(&self) -> bool {
        !matches!(
            self,
            On::Address(_) | On::Read(_) | On::Write(_) | On::Change(_)
        )
    }

    /// The memory it watches for writes.
    pub fn range(&self) -> Option<Range> {
        match self {
            On::Write(range) | On::Change(range) => Some(*range),
            _ => None,
        }
    }

    /// Whether an event may be what it waits for. `request` is the event's request at a device.
    pub(in crate::debug) fn hears(&self, event: &Event, request: Option<&Requested>) -> bool {
        match (self, event) {
            (On::Call(name), Event::Call { call, .. }) => {
                let row = call.row();
                row.is_some_and(|row| row.name.eq_ignore_ascii_case(name))
            }
            (On::Request(wanted), Event::Submit { .. }) => wanted.fits(request),
            (On::Complete(wanted), Event::Complete { error, .. })
            | (
                On::Failed(wanted),
                Event::Complete {
                    error: error @ Some(_),
                    ..
                },
            ) => wanted.ends(request, *error),
            (On::Error(wanted), event) => wanted.is_told_by(event),
            (On::Item(item), event) => is_about(event, *item),
            // The name stands in memory, at which [`On::finds`] looks.
            (On::File(_), Event::Ask { .. } | Event::Call { .. }) => true,
            (On::Kind(word), event) => event.word() == word,
            (On::Text(text), Event::Text { text: said }) => said.contains(text.as_str()),
            _ => false,
        }
    }

    /// Whether an event that it hears is what it waits for, as far as memory says.
    pub(in crate::debug) fn finds<B: crate::device::Board>(
        &self,
        event: &Event,
        machine: &Machine<B>,
    ) -> bool {
        let On::File(wanted) = self else {
            return true;
        };
        match event {
            Event::Ask { device, .. } => is_path_of(&machine.item_name(*device), wanted),
            event => paths(event, machine.memory())
                .iter()
                .any(|path| is_path_of(path, wanted)),
        }
    }
}

/// Whether a path names a file: all of it, or its end.
fn is_path_of(path: &str, wanted: &str) -> bool {
    let fits = |path: &str| {
        let behind = path.len().checked_sub(wanted.len());
        behind.is_some_and(|at| {
            let whole = at == 0 || path.as_bytes()[at - 1] == b'/';
            whole && path.as_bytes()[at..].eq_ignore_ascii_case(wanted.as_bytes())
        })
    };
    // A command that starts a program has words behind the path.
    !wanted.is_empty() && (fits(path) || path.split(' ').next().is_some_and(fits))
}

/// The names of files among the arguments of a call.
fn paths(event: &Event, mem: &Memory) -> Vec<String> {
    let Event::Call { call, args, .. } = event else {
        return Vec::new();
    };
    let Some(row) = call.row() else {
        return Vec::new();
    };
    let loads = row.name.starts_with("Load") || row.name.starts_with("Scan");
    if row.system != System::File && !loads {
        return Vec::new();
    }
    let strings = row.args.iter().zip(args.as_slice());
    let strings = strings.filter(|(arg, _)| matches!(arg.kind, ArgKind::String));
    strings
        .filter_map(|(_, &at)| mem.read_string(GuestPtr::new(at), NAME_MAX).ok())
        .map(|name| String::from_utf8_lossy(&name).into_owned())
        .collect()
}

/// Whether an event is about an item: it is made, used, told, or gone.
pub fn is_about(event: &Event, wanted: Item) -> bool {
    let on = |on: &Hex| on.0 == wanted.0 as u32;
    match event {
        Event::Item { item, owner, .. } => *item == wanted || *owner == wanted,
        Event::Gone { item } => *item == wanted,
        Event::Task { task, .. } | Event::End { task, .. } | Event::Signal { task, .. } => {
            *task == wanted
        }
        Event::Ask { ior, device, .. } => *ior == wanted || *device == wanted,
        Event::Done { ior, to, .. } => *ior == wanted || *to == wanted,
        Event::Message { message, port, .. } => *message == wanted || *port == wanted,
        Event::Block { waits, on: what } => {
            let is_item = !matches!(waits, Waits::Signal | Waits::Pages | Waits::Mach);
            is_item && on(what)
        }
        Event::Call { call, args, .. } => call.row().is_some_and(|row| {
            let mut words = row.args.iter().zip(args.as_slice());
            words.any(|(arg, &word)| matches!(arg.kind, ArgKind::Item) && word == wanted.0 as u32)
        }),
        Event::Return {
            call,
            value: Some(value),
        } => {
            let kind = call.row().map(|row| row.result);
            kind == Some(ResultKind::Item) && value.0 == wanted.0 as u32
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_path_or_the_end_of_it() {
        assert!(is_path_of("$boot/art/Logo.cel", "logo.CEL"));
        assert!(is_path_of("logo.cel", "logo.cel"));
        assert!(is_path_of("game -v", "game"));
        assert!(is_path_of("/a/b c", "b c"));
        assert!(!is_path_of("biglogo.cel", "logo.cel"));
        assert!(!is_path_of("a", "é/a") && !is_path_of("a", ""));
    }

    #[test]
    fn what_is_not_known_of_a_request_is_not_what_is_wanted() {
        let any = Wanted::default();
        let reads = Wanted {
            command: Some(1),
            ..Wanted::from(Some(DeviceClass::CdRom))
        };
        let known = Requested {
            device: DeviceClass::CdRom,
            unit: Some(0),
            command: Some(1),
        };
        let half = Requested {
            command: None,
            ..known
        };
        assert!(any.fits(None) && any.fits(Some(&half)) && reads.fits(Some(&known)));
        assert!(!reads.fits(None) && !reads.fits(Some(&half)));
    }
}
