//! What devices and tasks were at, over time, in lanes.
//!
//! A lane is a unit of a device, a driver that never asks the board, or a task. Its rows hold
//! spans that do not overlap, in order, so that any part of hours can be looked at in steps of a
//! pixel: what is shorter than that is drawn together, found by halving and not by counting.

mod lanes;
#[cfg(test)]
mod tests;

pub use lanes::{Bar, Lane, Of, Row, Span, What};

use super::tape::as_made;
use crate::device::{Board, DevError};
use crate::kernel::portfolio::items::Item;
use crate::machine::Machine;
use crate::time::{Tick, Ticks};
use crate::trace::explain::{Life, Lives};
use crate::trace::{Event, Field, Place, Stamped, Tape, Waits};
use std::collections::BTreeMap;

/// Everything that is known of a run, by lanes.
#[derive(Default)]
pub struct Timeline {
    lives: Lives,
    lanes: Vec<Lane>,
    places: BTreeMap<Of, usize>,
    /// Where the open spans of a request are: lane, row.
    open: BTreeMap<usize, Vec<(usize, usize)>>,
    /// Requests of this instant that no device of the board has yet.
    undecided: Vec<usize>,
    tasks: BTreeMap<Item, TaskLane>,
    running: Option<Item>,
    end: Tick,
    /// What was there before the first event, for a tape that begins anew.
    known: Vec<Stamped>,
    /// Where on the tape the next event is.
    next: Place,
}

/// What a task is at.
struct TaskLane {
    lane: usize,
    state: What,
    /// The item that it waits for, or the mask of signals.
    on: u32,
}

impl TaskLane {
    /// Whether it sleeps so that these signals wake it.
    fn is_woken_by(&self, bits: u32) -> bool {
        matches!(self.state, What::Waits(waits) if waits.is_woken_by(self.on, bits))
    }
}

impl Timeline {
    /// All that a tape tells.
    pub fn of(tape: &Tape) -> Timeline {
        let mut timeline = Timeline::default();
        for stamped in tape {
            timeline.take(&stamped);
        }
        timeline
    }

    /// That of a run that begins with this machine, of which nothing has been heard yet.
    pub fn of_machine<B: Board>(machine: &mut Machine<B>) -> Timeline {
        let mut timeline = Timeline {
            known: as_made(machine),
            ..Timeline::default()
        };
        timeline.restart();
        timeline
    }

    /// Forgets what was heard: another tape begins.
    pub fn restart(&mut self) {
        let known = std::mem::take(&mut self.known);
        *self = Timeline::default();
        for stamped in &known {
            self.take(stamped);
        }
        self.known = known;
    }

    /// Hears what is new on a tape, `most` events at once.
    pub fn read(&mut self, tape: &Tape, most: usize) {
        let mut events = tape.from_place(self.next);
        for stamped in events.by_ref().take(most) {
            self.take(&stamped);
        }
        self.next = events.place(tape);
    }

    /// Its lanes: devices by class and unit, drivers, then tasks in the order they were made.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.places.values().map(|&place| &self.lanes[place])
    }

    /// Every request, in the order in which they were made: spans name them by place.
    pub fn requests(&self) -> &[Life] {
        self.lives.all()
    }

    /// The last instant that anything is known of.
    pub fn end(&self) -> Tick {
        self.end
    }

    /// Hears the next event.
    pub fn take(&mut self, stamped: &Stamped) {
        let &Stamped { at, actor, .. } = stamped;
        if at > self.end && !self.undecided.is_empty() {
            self.decide();
        }
        self.end = self.end.max(at);
        self.lives.take(stamped);
        for n in 0..self.lives.touched().len() {
            self.touch(self.lives.touched()[n]);
        }
        match &stamped.event {
            Event::Task { task, name, .. } => {
                let lane = self.lane(Of::Task(*task), name);
                let state = What::Ready;
                self.lanes[lane].state(at, state);
                let on = 0;
                self.tasks.insert(*task, TaskLane { lane, state, on });
            }
            Event::End { task, .. } => {
                if let Some(gone) = self.tasks.remove(task) {
                    self.lanes[gone.lane].close(at);
                }
                self.running = self.running.filter(|running| running != task);
            }
            Event::Block { waits, on } => {
                self.becomes(at, actor, What::Waits(*waits));
                if let Some(lane) = self.tasks.get_mut(&actor) {
                    lane.on = on.0;
                }
                self.running = self.running.filter(|running| *running != actor);
            }
            Event::Run {} => self.runs(at, actor),
            Event::Signal { task, bits } => {
                let lane = self.tasks.get(task);
                if lane.is_some_and(|lane| lane.is_woken_by(bits.0)) {
                    match self.running {
                        // Nobody has to give the processor away for it.
                        None => self.runs(at, *task),
                        Some(_) => self.becomes(at, *task, What::Ready),
                    }
                }
            }
            // Whoever does something has the processor.
            _ if self.tasks.contains_key(&actor) => self.runs(at, actor),
            _ => (),
        }
    }

    fn runs(&mut self, at: Tick, task: Item) {
        if self.running == Some(task) {
            return;
        }
        if let Some(other) = self.running {
            self.becomes(at, other, What::Ready);
        }
        self.becomes(at, task, What::Runs);
        self.running = Some(task);
    }

    fn becomes(&mut self, at: Tick, task: Item, state: What) {
        if let Some(lane) = self.tasks.get_mut(&task)
            && lane.state != state
        {
            lane.state = state;
            self.lanes[lane.lane].state(at, state);
        }
    }

    /// What a device or driver has had, or has done with.
    fn touch(&mut self, request: usize) {
        let life = &self.lives.all()[request];
        let is_undecided = self.undecided.contains(&request);
        let is_open = self.open.contains_key(&request);
        let ending = life.ending;
        if let Some(service) = &life.service {
            let (from, to) = (service.from, service.to);
            let mut name = String::new();
            service.device.write(&mut name);
            let of = Of::Unit(service.device as u8, service.unit);
            let lane = self.lane(of, &format!("{name} {}", service.unit));
            let open = self.open.get(&request);
            let is_here = open.is_some_and(|open| open.iter().any(|(other, _)| *other == lane));
            match to {
                None if !is_here => self.begin(lane, from, request),
                Some(to) => self.close(request, to, Some(lane)),
                None => (),
            }
        } else if is_undecided && ending.is_some() {
            self.undecided.retain(|&other| other != request);
            self.at_driver(request);
        } else if ending.is_none() && !is_undecided && !is_open {
            self.undecided.push(request);
        }
        if let Some(ending) = ending {
            self.close(request, ending.at, None);
        }
    }

    fn begin(&mut self, lane: usize, from: Tick, request: usize) {
        let row = self.lanes[lane].begin(from, request);
        self.open.entry(request).or_default().push((lane, row));
    }

    /// A request leaves a lane, or all.
    fn close(&mut self, request: usize, at: Tick, only: Option<usize>) {
        let Some(open) = self.open.get_mut(&request) else {
            return;
        };
        for &(lane, row) in open.iter() {
            if only.is_none_or(|only| only == lane) {
                self.lanes[lane].end(row, request, at);
            }
        }
        open.retain(|(lane, _)| only.is_some_and(|only| only != *lane));
        if open.is_empty() {
            self.open.remove(&request);
        }
    }

    /// Time goes on: what the board has not got is its driver's own affair.
    fn decide(&mut self) {
        for request in std::mem::take(&mut self.undecided) {
            let life = &self.lives.all()[request];
            if life.service.is_none() && life.ending.is_none() {
                self.at_driver(request);
            }
        }
    }

    fn at_driver(&mut self, request: usize) {
        let life = &self.lives.all()[request];
        let Some((item, name)) = life.target.clone() else {
            return;
        };
        let asked = life.asked;
        let name = match &*name {
            "" => format!("{item:?}"),
            name => format!("{name} {item:?}"),
        };
        let lane = self.lane(Of::Driver(item), &name);
        self.begin(lane, asked, request);
    }

    fn lane(&mut self, of: Of, name: &str) -> usize {
        let lanes = &mut self.lanes;
        *self.places.entry(of).or_insert_with(|| {
            lanes.push(Lane::new(of, name));
            lanes.len() - 1
        })
    }

    /// The first request from `place` on, in either direction, that fits.
    pub fn find(&self, place: usize, wanted: &Wanted, forward: bool) -> Option<usize> {
        let all = self.lives.all();
        let fits = |&n: &usize| wanted.fits(&all[n]);
        match forward {
            true => (place..all.len()).find(fits),
            false => (0..place.min(all.len())).rev().find(fits),
        }
    }
}

/// What a search looks for: words, each of which must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// Part of the name of a task, device, driver or command, in small letters.
    Text(String),
    /// The number of a request, IOReq or operation.
    Number(u64),
    Open,
    Failed,
    LongerThan(Ticks),
}

/// How a search is written.
pub const SEARCH: &str = "words of task, device or command; a number of a request or IOReq; \
                          `open`; `failed`; `>5ms` for longer ones (us, ms, s or cycles)";

impl Wanted {
    /// Reads a search; the error is one line.
    pub fn parse(text: &str) -> Result<Wanted, String> {
        let words = text.split_whitespace().map(|word| {
            let number = match word.strip_prefix("0x") {
                Some(digits) => u64::from_str_radix(digits, 16).ok(),
                None => word.parse().ok(),
            };
            Ok(match (word, number) {
                (_, Some(number)) => Word::Number(number),
                ("open", _) => Word::Open,
                ("failed", _) => Word::Failed,
                _ => match word.strip_prefix('>') {
                    Some(length) => Word::LongerThan(duration(length)?),
                    None => Word::Text(word.to_lowercase()),
                },
            })
        });
        let words = words.collect::<Result<_, String>>()?;
        Ok(Wanted { words })
    }

    /// Whether a request is one of them.
    pub fn fits(&self, life: &Life) -> bool {
        self.words.iter().all(|word| word.fits(life))
    }
}

/// A length of time in words; without a unit, cycles.
fn duration(text: &str) -> Result<Ticks, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let number: Option<u64> = digits.parse().ok();
    let cycles = match unit {
        "" => Some((1, 1)),
        "us" => Some((25, 2)),
        "ms" => Some((12_500, 1)),
        "s" => Some((12_500_000, 1)),
        _ => None,
    };
    let length = number
        .zip(cycles)
        .and_then(|(n, (times, by))| Some(n.checked_mul(times)? / by));
    let wrong = || format!("{text:?} is no length of time; write 500us, 5ms, 2s or cycles");
    length.map(Ticks).ok_or_else(wrong)
}

impl Word {
    fn fits(&self, life: &Life) -> bool {
        let service = life.service.as_ref();
        match self {
            Word::Number(number) => life.req() == Some(*number) || u64::from(life.of) == *number,
            Word::Open => life.ending.is_none(),
            Word::Failed => failure(life).is_some(),
            Word::LongerThan(length) => life.total().is_some_and(|total| total > *length),
            Word::Text(text) => {
                let holds = |name: &str| name.to_lowercase().contains(text.as_str());
                let target = life.target.as_ref();
                let words = service.is_some_and(|service| {
                    let mut words = String::new();
                    service.device.write(&mut words);
                    words.push(' ');
                    service.op.write(&mut words);
                    holds(&words)
                });
                words || holds(&life.asker_name) || target.is_some_and(|(_, name)| holds(name))
            }
        }
    }
}

/// What went wrong with a request: the device's error, or the code it ended with.
pub fn failure(life: &Life) -> Option<(Option<DevError>, i32)> {
    let error = life.service.as_ref().and_then(|service| service.error);
    let code = life.ending.map_or(0, |ending| ending.code);
    (error.is_some() || code != 0).then_some((error, code))
}

/// What a task waits for, in words.
pub fn waits_in_words(waits: Waits) -> &'static str {
    match waits {
        Waits::Signal => "waits for signals",
        Waits::Io => "waits for a request",
        Waits::Port => "waits at a port",
        Waits::Message => "waits for a message",
        Waits::Semaphore => "waits for a semaphore",
        Waits::Death => "waits for the end of a task",
        Waits::Device => "waits for a device",
        Waits::Pages => "waits until devices leave pages",
        Waits::File => "waits for the file system",
        Waits::AudioTime => "waits for audio time",
        Waits::Mach => "waits in Mach",
        Waits::OwnDeath => "ends",
    }
}
