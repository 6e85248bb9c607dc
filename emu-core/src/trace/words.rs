//! Events in words: what a person reads of a recording.
//!
//! A tape speaks of numbers; the names of tasks, items and requests stand in its earlier events.
//! A [`Narrator`] goes along a tape and remembers them.

mod device;
#[cfg(test)]
mod tests;
mod value;

use super::event::{Asker, Event, Told, Waits};
use super::field::{Field, Hex};
use super::tape::Stamped;
use crate::device::{Board, Buffer, DeviceClass, DeviceId, DeviceInfo};
use crate::kernel::mach::codes::code_text;
use crate::kernel::portfolio::error_text;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
pub(super) use value::plain;
use value::{item_kind, quoted};

/// Names of the commands of a board's devices, which no tape holds.
#[derive(Clone, Debug, Default)]
pub struct Commands(Vec<DeviceInfo>);

impl Commands {
    /// Those of this board.
    pub fn of(board: &mut dyn Board) -> Commands {
        let ids = (0..board.device_count()).map(DeviceId);
        Commands(
            ids.filter_map(|id| Some(board.device(id)?.info()))
                .collect(),
        )
    }
}

/// One event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number on its tape, counted from 1.
    pub number: u64,
    /// When it happened.
    pub at: Tick,
    /// Name of the task that it is about: of the one that ran, else of who is told; empty if
    /// nobody's.
    pub task: String,
    /// What happened.
    pub words: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = match self.task.as_str() {
            "" => "-",
            name => name,
        };
        let at = self.at.to_string();
        write!(
            f,
            "{:>6} {at:>11} {task:<12} {}",
            self.number,
            self.words.as_str()
        )
    }
}

/// What is known of an item.
#[derive(Clone, Debug, Default)]
struct Named {
    folio: u8,
    kind: u8,
    name: String,
}

/// What is known of a request to a device of the board.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submitted {
    pub device: DeviceClass,
    pub by: Asker,
    pub of: u32,
}

/// Knows who is who at one place of a tape.
#[derive(Clone, Debug, Default)]
pub struct Narrator<'a> {
    commands: Option<&'a Commands>,
    items: BTreeMap<Item, Named>,
    tasks: BTreeMap<Item, String>,
    /// Who made a request last, and of which device.
    asked: BTreeMap<Item, (Item, Item)>,
    submitted: BTreeMap<u64, Submitted>,
}

impl<'a> Narrator<'a> {
    /// At the beginning of a tape.
    pub fn new(commands: &'a Commands) -> Narrator<'a> {
        Narrator {
            commands: Some(commands),
            ..Narrator::default()
        }
    }

    /// Remembers the names in an event. To be called with each, in order, before its words are
    /// asked for.
    pub fn learn(&mut self, stamped: &Stamped) {
        match &stamped.event {
            Event::Task { task, name, .. } => {
                self.tasks.insert(*task, plain(name));
            }
            Event::Item {
                item,
                folio,
                kind,
                name,
                ..
            } => {
                let (folio, kind) = (*folio, *kind);
                let name = name.clone();
                self.items.insert(*item, Named { folio, kind, name });
            }
            Event::Ask { ior, device, .. } => {
                self.asked.insert(*ior, (stamped.actor, *device));
            }
            Event::Submit {
                req,
                device,
                by,
                of,
                ..
            } => {
                let (device, by, of) = (*device, *by, of.0);
                self.submitted.insert(*req, Submitted { device, by, of });
            }
            _ => (),
        }
    }

    /// The event at `index` of the tape, counted from 0, in words.
    pub fn line(&self, index: u64, stamped: &Stamped) -> Line {
        Line {
            number: index.saturating_add(1),
            at: stamped.at,
            task: self.task_of(stamped),
            words: self.words(&stamped.event),
        }
    }

    /// Name of a task; empty if it is none.
    pub(super) fn task_name(&self, task: Item) -> &str {
        self.tasks.get(&task).map_or("", String::as_str)
    }

    /// The task that an event is about.
    pub(super) fn task_item(&self, stamped: &Stamped) -> Item {
        if stamped.actor != Item::NONE {
            return stamped.actor;
        }
        let asker = |ior: &Item| self.asked.get(ior).map_or(Item::NONE, |&(task, _)| task);
        match &stamped.event {
            Event::Signal { task, .. } => *task,
            Event::Done { ior, .. } => asker(ior),
            Event::Submit { req, .. }
            | Event::Complete { req, .. }
            | Event::Beat { req, .. }
            | Event::Abort { req }
            | Event::Held { req, .. } => match self.submitted.get(req) {
                Some(Submitted {
                    by: Asker::Request,
                    of,
                    ..
                }) => asker(&Item(*of as i32)),
                _ => Item::NONE,
            },
            _ => Item::NONE,
        }
    }

    fn task_of(&self, stamped: &Stamped) -> String {
        let task = self.task_item(stamped);
        match self.tasks.get(&task) {
            Some(name) => name.clone(),
            None if task == Item::NONE => String::new(),
            None => format!("{task:?}"),
        }
    }

    /// What is known of a request to a device.
    pub(super) fn submitted(&self, req: u64) -> Option<&Submitted> {
        self.submitted.get(&req)
    }

    /// An item with its name: `0x2c "timer"`; a request with the name of its device.
    fn item(&self, item: Item) -> String {
        let name = match (self.items.get(&item), self.asked.get(&item)) {
            (Some(Named { name, .. }), _) if !name.is_empty() => name,
            (_, Some((_, device))) => match self.items.get(device) {
                Some(Named { name, .. }) => name,
                None => return format!("{item:?}"),
            },
            _ => return self.task_with_name(item),
        };
        match name.is_empty() {
            true => format!("{item:?}"),
            false => format!("{item:?} {}", quoted(name)),
        }
    }

    fn task_with_name(&self, item: Item) -> String {
        match self.tasks.get(&item) {
            Some(name) if !name.is_empty() => format!("{item:?} \"{name}\""),
            _ => format!("{item:?}"),
        }
    }

    /// An item with what it is.
    fn described(&self, item: Item) -> String {
        let kind = match self.items.get(&item) {
            Some(&Named { folio, kind, .. }) => item_kind(folio, kind),
            None => "item".to_owned(),
        };
        format!("{kind} {}", self.item(item))
    }

    /// An event in words, without time and task.
    pub fn words(&self, event: &Event) -> String {
        match event {
            Event::Call { call, args, .. } => self.call_words(*call, args.as_slice()),
            Event::Return { call, value } => value::return_words(*call, *value),
            Event::Block { waits, on } => self.wait_words(*waits, *on),
            Event::Run {} => "runs".to_owned(),
            Event::Task { task, priority, .. } => {
                format!(
                    "task {} is made, priority {priority}",
                    self.task_with_name(*task)
                )
            }
            Event::End { task, status } => {
                let task = self.task_with_name(*task);
                format!(
                    "task {task} ends with status {}",
                    error_text(Status(*status))
                )
            }
            Event::Fault { pc, what } => format!("faults at pc {:#x}: {}", pc.0, plain(what)),
            Event::Item { item, owner, .. } => match *owner {
                Item::NONE => format!("{} is made", self.described(*item)),
                owner => format!("{} is made for {}", self.described(*item), self.item(owner)),
            },
            Event::Gone { item } => format!("{} is gone", self.described(*item)),
            Event::Ask { .. }
            | Event::Submit { .. }
            | Event::Complete { .. }
            | Event::Done { .. }
            | Event::Beat { .. }
            | Event::Abort { .. }
            | Event::Held { .. } => self.request_words(event),
            Event::MachDone {
                operation,
                code,
                count,
                told,
            } => {
                let code = code_text(*code);
                let told = told_words(*told);
                format!("operation {operation} of Mach ends: {code}, {count} done, {told}")
            }
            Event::Signal { task, bits } => {
                format!("signals {:#x} to {}", bits.0, self.task_with_name(*task))
            }
            Event::Message {
                message,
                port,
                reply,
            } => {
                let how = if *reply {
                    "comes back to"
                } else {
                    "arrives at"
                };
                let (message, port) = (self.item(*message), self.item(*port));
                format!("message {message} {how} port {port}")
            }
            Event::Text { text } => format!("prints {}", quoted(text)),
            Event::Warning { text } => format!("warning: {}", plain(text)),
            Event::Input { what } => format!("from outside: {}", plain(what)),
            Event::Hash { part, value } => {
                let mut part_word = String::new();
                part.write(&mut part_word);
                format!("checksum of {part_word}: {:#x}", value.0)
            }
            Event::Free { dram, vram } => {
                format!("free memory: {dram} bytes of DRAM, {vram} of VRAM")
            }
            Event::Sound { block, hash } => format!("sound of block {block}: {:#x}", hash.0),
            Event::Stop {
                why,
                status,
                picture,
            } => {
                let mut word = String::new();
                why.write(&mut word);
                let status = error_text(Status(*status));
                format!(
                    "the recording ends: {word}, status {status}, picture {:#x}",
                    picture.0
                )
            }
        }
    }

    fn wait_words(&self, waits: Waits, on: Hex) -> String {
        let item = || self.item(Item(on.0 as i32));
        match waits {
            Waits::Signal => format!("waits for signals {:#x}", on.0),
            Waits::Io => format!("waits for request {}", item()),
            Waits::Port => format!("waits at port {}", item()),
            Waits::Message => format!("waits for message {}", item()),
            Waits::Semaphore => format!("waits for semaphore {}", item()),
            Waits::Death => format!("waits for the end of {}", item()),
            Waits::Device => format!("waits for a device to let {} go", item()),
            Waits::Pages => format!("waits for devices to leave the pages at {:#x}", on.0),
            Waits::File => "waits for the file system".to_owned(),
            Waits::AudioTime => format!("waits for an instant of audio time, cue {}", item()),
            Waits::Mach => "waits in Mach".to_owned(),
            Waits::OwnDeath => "waits for its own end".to_owned(),
        }
    }
}

/// How an end is told, as the end of a sentence.
fn told_words(told: Told) -> &'static str {
    match told {
        Told::Quiet => "told by nothing",
        Told::Signal => "told by a signal",
        Told::Message => "told by its message",
        Told::CallBack => "told to the driver that asked",
        Told::Queue => "told in a done queue",
        Told::Reply => "told in a reply",
        Told::Thread => "told to the thread that waits",
        Told::Nobody => "told to nobody, for who asked is gone",
    }
}

/// Appends ` name 0x4ff70+8` unless there is no buffer.
fn put_buffer(to: &mut String, name: &str, buffer: Buffer) {
    if buffer != Buffer::None {
        let _ = write!(to, " {name} ");
        buffer.write(to);
    }
}
