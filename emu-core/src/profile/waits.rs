//! How long tasks waited, in which call, and for which device.
//!
//! A wait begins when its call blocks and ends when the call returns, so it includes the time
//! until the task gets the CPU. Whose doing the end was is known when a device spoke at the
//! instant at which the task was told.

use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use crate::trace::{Event, Field, Waits as Reason};
use std::collections::BTreeMap;

/// Different waits that are told apart, at most.
const MOST: usize = 1 << 16;

/// What was waited for where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub task: Item,
    pub call: Option<CallKey>,
    /// The device or file, or else the kind of thing.
    pub what: String,
}

#[derive(Clone, Debug)]
struct Waiting {
    since: Tick,
    call: Option<CallKey>,
    reason: Reason,
    on: u32,
    /// Who ended it.
    by: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Waits {
    calls: BTreeMap<Item, CallKey>,
    waiting: BTreeMap<Item, Waiting>,
    /// The device or file of each IOReq's last request.
    asked: BTreeMap<Item, String>,
    /// The kind of device that has each request.
    submitted: BTreeMap<u64, String>,
    /// The last device that spoke, and when.
    voice: Option<(Tick, String)>,
    /// Cycles and how often.
    waited: BTreeMap<Key, (u64, u64)>,
}

fn words(value: &impl Field) -> String {
    let mut words = String::new();
    value.write(&mut words);
    words
}

impl Waits {
    /// Nothing is known of what is under way any more.
    pub fn forget(&mut self) {
        self.calls.clear();
        self.waiting.clear();
        self.submitted.clear();
        self.voice = None;
    }

    /// Something has happened. `name` gives the names of items.
    pub fn event(&mut self, at: Tick, actor: Item, event: &Event, name: impl Fn(Item) -> String) {
        match *event {
            Event::Call { call, .. } => {
                self.calls.insert(actor, call);
            }
            Event::Block { waits, on } => {
                let call = self.calls.get(&actor).copied();
                let waiting = Waiting {
                    since: at,
                    call,
                    reason: waits,
                    on: on.0,
                    by: None,
                };
                self.waiting.insert(actor, waiting);
            }
            Event::Return { .. } => self.end(at, actor),
            Event::End { task, .. } => {
                self.end(at, task);
                self.calls.remove(&task);
            }
            Event::Ask { ior, device, .. } => {
                self.asked.insert(ior, name(device));
            }
            Event::Submit { req, device, .. } => {
                self.submitted.insert(req, words(&device));
            }
            Event::Complete { req, .. } => {
                self.voice = self.submitted.remove(&req).map(|device| (at, device));
            }
            Event::Beat { req, .. } => {
                let device = self.submitted.get(&req).cloned();
                self.voice = device.map(|device| (at, device));
            }
            Event::Done { ior, to, .. } => {
                let device = self.asked.get(&ior).cloned();
                self.told(device, |task, waiting| match waiting.reason {
                    Reason::Io => waiting.on == ior.0 as u32,
                    Reason::Signal => task == to,
                    Reason::Message => waiting.on == to.0 as u32,
                    _ => false,
                });
            }
            Event::Signal { task, .. } => {
                let device = self.speaker(at);
                self.told(device, |other, waiting| {
                    other == task && waiting.reason == Reason::Signal
                });
            }
            Event::Message { message, port, .. } => {
                let device = self.speaker(at);
                self.told(device, |_, waiting| match waiting.reason {
                    Reason::Message => waiting.on == message.0 as u32,
                    Reason::Port => waiting.on == port.0 as u32,
                    _ => false,
                });
            }
            _ => (),
        }
    }

    /// The device that has spoken at this instant.
    fn speaker(&self, at: Tick) -> Option<String> {
        let voice = self.voice.as_ref().filter(|(when, _)| *when == at);
        voice.map(|(_, device)| device.clone())
    }

    /// Tasks hear what they wait for.
    fn told(&mut self, device: Option<String>, hears: impl Fn(Item, &Waiting) -> bool) {
        let Some(device) = device else { return };
        for (&task, waiting) in &mut self.waiting {
            if hears(task, waiting) {
                waiting.by.get_or_insert_with(|| device.clone());
            }
        }
    }

    fn end(&mut self, at: Tick, task: Item) {
        if let Some(waiting) = self.waiting.remove(&task) {
            let (key, cycles) = Waits::sum_of(task, &waiting, &self.asked, at);
            Waits::add(&mut self.waited, key, cycles);
        }
    }

    fn sum_of(
        task: Item,
        waiting: &Waiting,
        asked: &BTreeMap<Item, String>,
        at: Tick,
    ) -> (Key, u64) {
        let device = waiting.by.clone().or_else(|| match waiting.reason {
            Reason::Io => asked.get(&Item(waiting.on as i32)).cloned(),
            _ => None,
        });
        let key = Key {
            task,
            call: waiting.call,
            what: device.unwrap_or_else(|| words(&waiting.reason)),
        };
        (key, at.0.saturating_sub(waiting.since.0))
    }

    fn add(waited: &mut BTreeMap<Key, (u64, u64)>, key: Key, cycles: u64) {
        if waited.len() < MOST || waited.contains_key(&key) {
            let sum = waited.entry(key).or_default();
            sum.0 += cycles;
            sum.1 += 1;
        }
    }

    /// All waits until now, those that go on included.
    pub(super) fn sums(&self, now: Tick) -> BTreeMap<Key, (u64, u64)> {
        let mut sums = self.waited.clone();
        for (&task, waiting) in &self.waiting {
            let (key, cycles) = Waits::sum_of(task, waiting, &self.asked, now);
            Waits::add(&mut sums, key, cycles);
        }
        sums
    }
}
