//! Where two recordings differ first.
//!
//! | level | what counts |
//! |---|---|
//! | `exact` | everything, to the cycle and to the last checksum of the same layout |
//! | `order` | what happened in which order, not when |
//! | `behaviour` | what each task and each request went through, without times, addresses, numbers given out in order, and checksums of data |
//!
//! For `behaviour` events are told apart by whose they are: how tasks take turns is a matter of
//! time. A task is known by its name, the second one of a name as the second. Calls that only
//! repeat the ones before, as somebody makes who polls, count once.

use super::Recording;
use super::event::{Event, Part};
use super::field::Hex;
use super::tape::{Stamped, Tape};
use crate::kernel::portfolio::items::Item;
use std::collections::{BTreeMap, BTreeSet};

/// How much a comparison sees; later ones see less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything.
    #[default]
    Exact,
    /// What happened in which order.
    Order,
    /// What each task and each request went through.
    Behaviour,
}

impl Level {
    /// All of them.
    pub const ALL: [Level; 3] = [Level::Exact, Level::Order, Level::Behaviour];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Level::Exact => "exact",
            Level::Order => "order",
            Level::Behaviour => "behaviour",
        }
    }

    /// The level with this word.
    pub fn of_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// An event and its place on its tape, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its place.
    pub index: u64,
    /// The event.
    pub stamped: Stamped,
    /// What the comparison saw of it.
    pub seen: Event,
}

/// The first difference: at least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// What the first recording has.
    pub expected: Option<Placed>,
    /// What the second has.
    pub found: Option<Placed>,
}

impl Divergence {
    /// Its place for ordering: the earlier of the two.
    fn index(&self) -> u64 {
        let index = |side: &Option<Placed>| side.as_ref().map(|placed| placed.index);
        let (a, b) = (index(&self.expected), index(&self.found));
        a.into_iter().chain(b).min().unwrap_or(u64::MAX)
    }
}

/// Where `found` differs first from `expected`, as far as `level` sees.
pub fn first_difference(expected: &Tape, found: &Tape, level: Level) -> Option<Divergence> {
    match level {
        Level::Behaviour => by_owner(expected, found).into_iter().next(),
        _ => in_line(seen(expected, level), seen(found, level), level),
    }
}

/// The same for whole recordings: where saved states have another layout, the checksums that are
/// made of them say nothing.
pub fn first_difference_of(
    expected: &Recording,
    found: &Recording,
    level: Level,
) -> Option<Divergence> {
    let tapes = (&expected.tape, &found.tape);
    if level > Level::Exact || expected.header.has_state_of(&found.header) {
        return first_difference(tapes.0, tapes.1, level);
    }
    let without = |tape| seen(tape, level).map(without_state);
    in_line(without(tapes.0), without(tapes.1), level)
}

/// An event without the checksum of what depends on the layout of saved states.
fn without_state(placed: Placed) -> Placed {
    let seen = match placed.seen {
        Event::Hash {
            part: part @ (Part::Machine | Part::Kernel | Part::Devices | Part::Bus),
            ..
        } => Event::Hash {
            part,
            value: Hex::default(),
        },
        other => other,
    };
    Placed { seen, ..placed }
}

/// The first difference in the life of each task and each request, as `behaviour` sees them, in
/// the order of the recordings.
pub fn differences(expected: &Tape, found: &Tape) -> Vec<Divergence> {
    by_owner(expected, found)
}

/// The first difference of two recordings beside those of checksums and free memory.
pub(super) fn first_event_apart(expected: &Tape, found: &Tape) -> Option<Divergence> {
    let is_event =
        |placed: &Placed| !matches!(placed.seen, Event::Hash { .. } | Event::Free { .. });
    let events = |tape| seen(tape, Level::Exact).filter(is_event);
    in_line(events(expected), events(found), Level::Exact)
}

fn seen(tape: &Tape, level: Level) -> impl Iterator<Item = Placed> + '_ {
    (0..).zip(tape).filter_map(move |(index, stamped)| {
        let seen = stamped.event.clone().seen_at(level)?;
        Some(Placed {
            index,
            stamped,
            seen,
        })
    })
}

fn in_line(
    mut expected: impl Iterator<Item = Placed>,
    mut found: impl Iterator<Item = Placed>,
    level: Level,
) -> Option<Divergence> {
    loop {
        let (a, b) = (expected.next(), found.next());
        let same = match (&a, &b) {
            (None, None) => return None,
            (Some(a), Some(b)) => {
                let (then, now) = (&a.stamped, &b.stamped);
                a.seen == b.seen
                    && then.actor == now.actor
                    && (level > Level::Exact || then.at == now.at)
            }
            _ => false,
        };
        if !same {
            return Some(Divergence {
                expected: a,
                found: b,
            });
        }
    }
}

/// Whose an event is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// Nobody's in particular.
    Nobody,
    /// What a task does: its name, and which of that name.
    Task(String, u32),
    /// What a task prints.
    Printer(String, u32),
    /// How the requests end that a task makes with its n-th request object.
    Request(String, u32, u32),
    /// How an operation of Mach ends.
    Operation(u64),
}

/// Knows tasks and requests by what is the same in every run.
#[derive(Default)]
struct Owners {
    named: BTreeMap<String, u32>,
    tasks: BTreeMap<Item, (String, u32)>,
    requests: BTreeMap<Item, ((String, u32), u32)>,
    asked: BTreeMap<(String, u32), u32>,
}

impl Owners {
    fn task(&self, item: Item) -> (String, u32) {
        self.tasks.get(&item).cloned().unwrap_or_default()
    }

    fn of(&mut self, stamped: &Stamped) -> Owner {
        let actor = self.task(stamped.actor);
        match &stamped.event {
            Event::Task { task, name, .. } => {
                let count = self.named.entry(name.clone()).or_default();
                *count += 1;
                self.tasks.insert(*task, (name.clone(), *count));
            }
            Event::Ask { ior, .. } => {
                let is_known = self.requests.get(ior).is_some_and(|(who, _)| *who == actor);
                if !is_known {
                    let count = self.asked.entry(actor.clone()).or_default();
                    *count += 1;
                    self.requests.insert(*ior, (actor.clone(), *count));
                }
            }
            Event::Done { ior, .. } => {
                if let Some(((name, nth), request)) = self.requests.get(ior) {
                    return Owner::Request(name.clone(), *nth, *request);
                }
            }
            Event::MachDone { operation, .. } => return Owner::Operation(*operation),
            Event::Text { .. } => return Owner::Printer(actor.0, actor.1),
            Event::Stop { .. } => return Owner::Nobody,
            _ => (),
        }
        match actor {
            (_, 0) => Owner::Nobody,
            (name, nth) => Owner::Task(name, nth),
        }
    }
}

fn by_owner(expected: &Tape, found: &Tape) -> Vec<Divergence> {
    let (expected, found) = (lanes(expected), lanes(found));
    let none = Vec::new();
    let owners: BTreeSet<&Owner> = expected.keys().chain(found.keys()).collect();
    let differences = owners.into_iter().filter_map(|owner| {
        let a = expected.get(owner).unwrap_or(&none);
        let b = found.get(owner).unwrap_or(&none);
        let mut pairs = (0..a.len().max(b.len())).map(|n| (a.get(n), b.get(n)));
        let differs = |pair: &(Option<&Placed>, Option<&Placed>)| {
            pair.0.map(|placed| &placed.seen) != pair.1.map(|placed| &placed.seen)
        };
        pairs.find(differs).map(|(a, b)| Divergence {
            expected: a.cloned(),
            found: b.cloned(),
        })
    });
    let mut differences: Vec<Divergence> = differences.collect();
    differences.sort_by_key(Divergence::index);
    differences
}

fn lanes(tape: &Tape) -> BTreeMap<Owner, Vec<Placed>> {
    let mut owners = Owners::default();
    let mut lanes: BTreeMap<Owner, Vec<Placed>> = BTreeMap::new();
    for (index, stamped) in (0..).zip(tape) {
        let owner = owners.of(&stamped);
        let Some(seen) = stamped.event.clone().seen_at(Level::Behaviour) else {
            continue;
        };
        let lane = lanes.entry(owner).or_default();
        if let Event::Text { text } = seen {
            print(lane, index, stamped, &text);
            continue;
        }
        lane.push(Placed {
            index,
            stamped,
            seen,
        });
        drop_repetition(lane);
    }
    lanes
}

/// Where a text is cut depends on who else runs; its lines do not.
fn print(lane: &mut Vec<Placed>, index: u64, stamped: Stamped, text: &str) {
    for piece in text.split_inclusive('\n') {
        if let Some(Placed {
            seen: Event::Text { text },
            ..
        }) = lane.last_mut()
            && !text.ends_with('\n')
        {
            text.push_str(piece);
            continue;
        }
        let seen = Event::Text {
            text: piece.to_owned(),
        };
        lane.push(Placed {
            index,
            stamped: stamped.clone(),
            seen,
        });
    }
}

/// A call with its result that only repeats the one before.
fn drop_repetition(lane: &mut Vec<Placed>) {
    if let [.., a, b, c, d] = lane.as_slice()
        && matches!(b.seen, Event::Return { .. })
        && a.seen == c.seen
        && b.seen == d.seen
        && matches!(a.seen, Event::Call { .. })
    {
        lane.truncate(lane.len() - 2);
    }
}
