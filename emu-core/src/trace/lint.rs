//! Mistakes of guest programs that can be read from a recording.
//!
//! | module | rules about |
//! |---|---|
//! | `requests` | IOReqs: sent twice, never sent, aborted, errors nobody looks at |
//! | `buffers` | memory of requests in progress: changed, freed, shared |
//! | `messages` | messages under way, replies that nobody takes |
//! | `queues` | results in Mach's done queues |
//! | `signals` | signals that are lost in one another |
//! | `locks` | semaphores: in which order, and never let go |
//! | `items` | what a task leaves to the system |
//! | `scene` | what the rules share: who is who, and who is in which call |
//!
//! A rule says only what a recording proves. What may be meant, or what a program can have looked
//! at without a call, is a note.

mod buffers;
mod items;
mod locks;
mod messages;
mod queues;
mod requests;
mod scene;
mod signals;
#[cfg(test)]
mod tests;

use self::scene::Scene;
pub(crate) use self::scene::noun;
use super::event::Event;
use super::field::{Field, Hex};
use super::tape::{Stamped, Tape};
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use std::collections::BTreeMap;
use std::fmt;

/// Different findings of one recording, at most: a program that goes wrong in a new way each
/// time has been described by then.
const MOST: usize = 10_000;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; it may be meant.
    Note,
    /// It can go wrong.
    Warning,
    /// The program does what no program may.
    Error,
}

impl Severity {
    /// All of them.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity with this word.
    pub fn of_name(name: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|all| all.name() == name)
    }
}

/// Declares the rules: name in the language, word, severity, what is wrong, what to do.
macro_rules! rules {
    ($($name:ident $word:literal $severity:ident $what:literal, $advice:literal;)*) => {
        /// A rule that programs should keep.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $what] $name,)*
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Rule] = &[$(Rule::$name),*];

            /// Its word.
            pub fn name(self) -> &'static str {
                match self { $(Rule::$name => $word,)* }
            }

            /// How bad it is to break it.
            pub fn severity(self) -> Severity {
                match self { $(Rule::$name => Severity::$severity,)* }
            }

            /// What is wrong, in one line.
            pub fn what(self) -> &'static str {
                match self { $(Rule::$name => $what,)* }
            }

            /// What to do about it, in one line.
            pub fn advice(self) -> &'static str {
                match self { $(Rule::$name => $advice,)* }
            }
        }
    };
}

rules! {
    RequestInFlight "request-in-flight" Error
        "A request is sent again before it has ended.",
        "Wait for it with WaitIO, or use a second IOReq.";
    BufferChanged "buffer-changed" Error
        "What a request sends was changed before it had ended.",
        "Leave the buffer alone until WaitIO has returned, or send a copy.";
    BufferFreed "buffer-freed" Error
        "Memory of a request in progress was given back.",
        "Free the buffer after WaitIO, or after AbortIO and WaitIO.";
    BuffersOverlap "buffers-overlap" Error
        "Two requests in progress share memory that one of them writes.",
        "Give each request a buffer of its own until it has ended.";
    MessageUnderWay "message-under-way" Error
        "A message is sent or answered while it is under way.",
        "Send a message when its reply is back, and answer it once.";
    WaitWithoutSend "wait-without-send" Warning
        "A task waits for a request that was never sent.",
        "Call SendIO first; WaitIO returns at once here and waits for nothing.";
    UndrainedQueue "undrained-queue" Warning
        "A done queue keeps results that nobody collects.",
        "Call io_done_queue_wait once for each request, or terminate the queue.";
    LockOrder "lock-order" Warning
        "Two tasks lock the same two semaphores in opposite orders.",
        "Lock them in one order everywhere: each task can end up waiting for the other.";
    LockKept "lock-kept" Warning
        "A task ends with a semaphore locked.",
        "Call UnlockSemaphore as often as LockSemaphore, on every way out.";
    UndrainedPort "undrained-port" Note
        "A port keeps replies that nobody takes.",
        "Take every reply with GetMsg or WaitPort before the message or its port goes.";
    IgnoredError "ignored-error" Note
        "A request failed and no call has told the program so.",
        "Look at what WaitIO or DoIO returns; a program that reads io_Error itself is right too.";
    AbortUncollected "abort-uncollected" Note
        "A request was aborted and sent again without WaitIO.",
        "Call WaitIO after AbortIO: the request may end later, and its signal stays behind.";
    LeftInFlight "left-in-flight" Note
        "A task ends while one of its requests is in progress.",
        "Abort the request and wait for it; the system does both for you, in an order of its own.";
    LostSignal "lost-signal" Note
        "A signal is sent to a task that has not taken the one before: they count as one.",
        "Count elsewhere what must be counted, and look at all of it after each WaitSignal.";
    Polling "polling" Note
        "A task asks again and again whether a request has ended.",
        "Wait for it: other tasks and the devices get no time meanwhile.";
    LeakedItems "leaked-items" Note
        "A task ends without deleting what it has made.",
        "The system does it; in a task that is started again and again, delete your items yourself.";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A call and where it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub call: CallKey,
    /// Where.
    pub pc: Hex,
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub rule: Rule,
    /// When, the first time.
    pub at: Tick,
    /// The event, counted from 0.
    pub index: u64,
    /// Who: a task, or nobody in particular.
    pub task: Item,
    /// Its name.
    pub name: String,
    /// The request, the port, the semaphore: a number, and what it is in words.
    pub item: Item,
    /// What has happened, in words.
    pub what: String,
    /// The call in which it became known.
    pub place: Option<Place>,
    /// How often that happened there.
    pub times: u64,
}

impl Finding {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}

/// One line: what, who, where.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity().name();
        write!(f, "{} {severity} {}: {}", self.at, self.rule, self.what)?;
        if self.task != Item::NONE {
            write!(f, "; task {:#x} \"{}\"", self.task.0, self.name)?;
        }
        if let Some(Place { call, pc }) = self.place {
            let mut word = String::new();
            call.write(&mut word);
            write!(f, " in {word} at pc {:#x}", pc.0)?;
        }
        if self.times > 1 {
            write!(f, " ({} times)", self.times)?;
        }
        Ok(())
    }
}

/// What a rule watches a run with.
trait Watch {
    /// Looks at an event, before the scene knows of it.
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings);

    /// The recording ends.
    fn end(&mut self, _scene: &Scene, _findings: &mut Findings) {}
}

/// What has been found so far.
#[derive(Default)]
struct Findings {
    found: Vec<Finding>,
    known: BTreeMap<(Rule, Item, Item, u32), usize>,
    now: (Tick, u64),
}

impl Findings {
    /// Takes a finding about `item` of `task`; the same once more is only counted.
    fn add(&mut self, scene: &Scene, rule: Rule, task: Item, item: Item, what: String) {
        let place = scene.place_of(task);
        let pc = place.map_or(0, |place| place.pc.0);
        let next = self.found.len();
        match self.known.get(&(rule, task, item, pc)) {
            Some(&known) => self.found[known].times += 1,
            None if next < MOST => {
                self.known.insert((rule, task, item, pc), next);
                self.found.push(Finding {
                    rule,
                    at: self.now.0,
                    index: self.now.1,
                    task,
                    name: scene.name_of(task),
                    item,
                    what,
                    place,
                    times: 1,
                });
            }
            None => (),
        }
    }
}

/// Everything that the rules find, in the order in which it became known.
pub fn lint(tape: &Tape) -> Vec<Finding> {
    let mut scene = Scene::default();
    let mut findings = Findings::default();
    let mut watches: [Box<dyn Watch>; 7] = [
        Box::<requests::Requests>::default(),
        Box::<buffers::Buffers>::default(),
        Box::<messages::Messages>::default(),
        Box::<queues::Queues>::default(),
        Box::<signals::Signals>::default(),
        Box::<locks::Locks>::default(),
        Box::<items::Items>::default(),
    ];
    for (index, stamped) in (0..).zip(tape) {
        findings.now = (stamped.at, index);
        scene.enter(&stamped);
        for watch in &mut watches {
            watch.see(&scene, &stamped, &mut findings);
        }
        scene.leave(&stamped);
    }
    for watch in &mut watches {
        watch.end(&scene, &mut findings);
    }
    findings.found
}

/// The result of a call, if it is one.
fn result_of(event: &Event) -> Option<i32> {
    match event {
        Event::Return {
            value: Some(value), ..
        } => Some(value.0 as i32),
        _ => None,
    }
}
