//! What led to an event: the last call, and what came before of the same.

use crate::kernel::abi::ArgKind;
use crate::kernel::portfolio::items::Item;
use crate::trace::compare::Placed;
use crate::trace::event::{Asker, Event, Waits};
use crate::trace::field::Hex;
use crate::trace::tape::{Stamped, Tape};
use crate::trace::words::{Commands, Line, Narrator};
use std::collections::{BTreeMap, VecDeque};

/// Events that are told of before a difference.
const BEFORE: usize = 6;
/// How many of them are about the same thing, if there are so many; the rest is of the same task
/// or device.
const ABOUT: usize = 4;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// A request object, a message, a port, a semaphore ...
    Item(Item),
    /// A request to a device of the board.
    Request(u64),
    /// An operation of Mach.
    Operation(u64),
}

/// What led to an event of a tape.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// The event in words.
    pub line: Line,
    /// The task that ran; "nobody" if none.
    pub actor: String,
    /// The device it is about.
    pub device: String,
    /// What its task called last, and where.
    pub last_call: Option<String>,
    /// What came before.
    pub before: Vec<Line>,
}

impl History {
    /// Goes along `tape` up to the event at `placed`.
    pub fn of(tape: &Tape, placed: &Placed, commands: &Commands) -> History {
        let mut narrator = Narrator::new(commands);
        for (index, stamped) in (0..).zip(tape) {
            narrator.learn(&stamped);
            if index >= placed.index {
                break;
            }
        }
        let line = narrator.line(placed.index, &placed.stamped);
        let actor = match placed.stamped.actor {
            Item::NONE => "nobody".to_owned(),
            task => format!("{} {task:?}", narrator.task_name(task)),
        };
        let device = narrator.device_of(&placed.stamped.event);
        let task = narrator.task_item(&placed.stamped);
        let subjects = with_askers(subjects(&placed.stamped.event), &narrator);
        let about = About {
            task,
            subjects: &subjects,
            device: &device,
        };
        let past = Past::of(tape, placed.index, &about, &narrator);
        let last_call = past.last_call.map(|(pc, call)| {
            let task = match narrator.task_name(task) {
                "" => "it",
                name => name,
            };
            format!("{task} was last in {call}, called at pc {:#x}", pc.0)
        });
        let mut before: BTreeMap<u64, Stamped> = BTreeMap::new();
        before.extend(past.about.kept.into_iter().rev().take(ABOUT));
        // The latest ones of the same task fill up, then those of the same device.
        let own = past.own.kept.into_iter().rev();
        for (index, stamped) in own.chain(past.of_device.kept.into_iter().rev()) {
            if before.len() < BEFORE {
                before.insert(index, stamped);
            }
        }
        let before = before.iter();
        let before = before.map(|(index, stamped)| narrator.line(*index, stamped));
        History {
            line,
            actor,
            device,
            last_call,
            before: before.collect(),
        }
    }
}

/// The latest few of many events.
#[derive(Default)]
struct Latest {
    kept: VecDeque<(u64, Stamped)>,
}

impl Latest {
    fn push(&mut self, index: u64, stamped: &Stamped) {
        if self.kept.len() == BEFORE {
            self.kept.pop_front();
        }
        self.kept.push_back((index, stamped.clone()));
    }
}

/// What an event has to do with, for those before it.
struct About<'a> {
    task: Item,
    subjects: &'a [Subject],
    device: &'a str,
}

/// What is found on the way to an event.
#[derive(Default)]
struct Past {
    about: Latest,
    own: Latest,
    of_device: Latest,
    last_call: Option<(Hex, String)>,
}

impl Past {
    fn of(tape: &Tape, index: u64, with: &About<'_>, narrator: &Narrator<'_>) -> Past {
        let task = with.task;
        let mut past = Past::default();
        let mut call = None;
        for (at, stamped) in (0..index).zip(tape) {
            if is_background(&stamped.event) {
                continue;
            }
            let is_own = task != Item::NONE && stamped.actor == task;
            if is_own && matches!(stamped.event, Event::Call { .. }) {
                call = Some(stamped.event.clone());
            }
            let known = subjects(&stamped.event);
            if known.iter().any(|subject| with.subjects.contains(subject)) {
                past.about.push(at, &stamped);
            }
            if is_own {
                past.own.push(at, &stamped);
            } else if !with.device.is_empty() && narrator.device_of(&stamped.event) == with.device {
                past.of_device.push(at, &stamped);
            }
        }
        past.last_call = call.map(|event| match &event {
            Event::Call { pc, .. } => (*pc, narrator.words(&event)),
            _ => (Hex::default(), String::new()),
        });
        past
    }
}

/// What happens anyway, whoever does what.
fn is_background(event: &Event) -> bool {
    matches!(
        event,
        Event::Run {} | Event::Hash { .. } | Event::Free { .. }
    )
}

/// What an event is about. Tasks are no subject: everything is about one.
fn subjects(event: &Event) -> Vec<Subject> {
    match event {
        Event::Ask { ior, .. } | Event::Done { ior, .. } => vec![Subject::Item(*ior)],
        Event::Submit { req, by, of, .. } => {
            let mut subjects = vec![Subject::Request(*req)];
            subjects.extend(asker(*by, *of));
            subjects
        }
        Event::Complete { req, .. }
        | Event::Beat { req, .. }
        | Event::Abort { req }
        | Event::Held { req, .. } => vec![Subject::Request(*req)],
        Event::MachDone { operation, .. } => vec![Subject::Operation(*operation)],
        Event::Message { message, port, .. } => {
            vec![Subject::Item(*message), Subject::Item(*port)]
        }
        Event::Item { item, .. } | Event::Gone { item } => vec![Subject::Item(*item)],
        Event::Block {
            waits: Waits::Io | Waits::Port | Waits::Message | Waits::Semaphore | Waits::AudioTime,
            on,
        } => vec![Subject::Item(Item(on.0 as i32))],
        Event::Call { call, args, .. } => {
            let known = call.row().map_or(&[][..], |row| row.args);
            let words = known.iter().zip(args.as_slice());
            let items = words.filter(|(known, word)| known.kind == ArgKind::Item && **word != 0);
            items
                .map(|(_, word)| Subject::Item(Item(*word as i32)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// For whom a device works.
fn asker(by: Asker, of: Hex) -> Option<Subject> {
    match by {
        Asker::Request => Some(Subject::Item(Item(of.0 as i32))),
        Asker::Mach => Some(Subject::Operation(of.0.into())),
        Asker::Volume | Asker::Kernel => None,
    }
}

/// With the requests of programs that those to devices were made for.
fn with_askers(mut subjects: Vec<Subject>, narrator: &Narrator<'_>) -> Vec<Subject> {
    let askers: Vec<Subject> = subjects
        .iter()
        .filter_map(|subject| match subject {
            Subject::Request(req) => {
                let known = narrator.submitted(*req)?;
                asker(known.by, Hex(known.of))
            }
            _ => None,
        })
        .collect();
    subjects.extend(askers);
    subjects
}
