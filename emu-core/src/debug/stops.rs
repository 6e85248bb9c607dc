//! What a debugged machine stops for.

mod on;
mod trouble;

pub(super) use on::Requested;
pub use on::{On, Wanted, command_number, is_about};
pub use trouble::Trouble;

use super::expression::{Expression, Scope};
use crate::mem::{Memory, Range};
use crate::trace::Event;
use std::collections::{BTreeMap, BTreeSet};

/// A breakpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopPoint {
    /// Its number, from 1.
    pub number: u32,
    /// What it waits for.
    pub on: On,
    /// Only when a task of this name runs.
    pub task: Option<String>,
    /// Only when this is met.
    pub condition: Option<Expression>,
    /// Whether it is to be heeded.
    pub enabled: bool,
    /// How often it has stopped the run.
    pub hits: u64,
    /// How often it is still to be passed by on the way forward.
    pub ignore: u64,
    /// Whether it goes away when it has stopped the run.
    pub temporary: bool,
}

impl StopPoint {
    /// Whether an event may be what it waits for, apart from task and condition. `request` is the
    /// event's request at a device.
    pub(super) fn hears(&self, event: &Event, request: Option<&Requested>) -> bool {
        self.enabled && self.on.hears(event, request)
    }

    /// Whether task and condition fit.
    pub(super) fn fits(&self, task: &str, scope: &dyn Scope) -> bool {
        let is_its = self.task.as_deref().is_none_or(|name| name == task);
        let condition = self.condition.as_ref();
        is_its && condition.is_none_or(|condition| condition.holds(scope))
    }
}

/// All breakpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StopPoints {
    points: Vec<StopPoint>,
    last: u32,
}

impl StopPoints {
    /// Adds one and gives its number.
    pub fn add(&mut self, on: On, task: Option<String>, condition: Option<Expression>) -> u32 {
        self.last += 1;
        self.points.push(StopPoint {
            number: self.last,
            on,
            task,
            condition,
            enabled: true,
            hits: 0,
            ignore: 0,
            temporary: false,
        });
        self.last
    }

    /// Removes one; whether it was there.
    pub fn remove(&mut self, number: u32) -> bool {
        let before = self.points.len();
        self.points.retain(|point| point.number != number);
        self.points.len() < before
    }

    /// One of them.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut StopPoint> {
        let mut points = self.points.iter_mut();
        points.find(|point| point.number == number)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &StopPoint> {
        self.points.iter()
    }

    /// The addresses to stop at.
    pub(super) fn addresses(&self) -> BTreeSet<u32> {
        let enabled = self.points.iter().filter(|point| point.enabled);
        enabled
            .filter_map(|point| match point.on {
                On::Address(address) => Some(address),
                _ => None,
            })
            .collect()
    }

    /// The memory to watch.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let enabled = self.points.iter().filter(|point| point.enabled);
        enabled.filter_map(|point| point.on.range()).collect()
    }

    /// The memory to watch for loads.
    pub(super) fn loads(&self) -> Vec<Range> {
        let enabled = self.points.iter().filter(|point| point.enabled);
        let loads = enabled.filter_map(|point| match point.on {
            On::Read(range) => Some(range),
            _ => None,
        });
        loads.collect()
    }

    /// Whether any waits for an event.
    pub(super) fn want_events(&self) -> bool {
        let waits = |point: &StopPoint| point.enabled && point.on.wants_events();
        self.points.iter().any(waits)
    }

    /// Counts a stop at one of them.
    pub(super) fn count(&mut self, number: u32) {
        if let Some(point) = self.get_mut(number) {
            point.hits += 1;
            if point.temporary {
                self.remove(number);
            }
        }
    }

    /// Whether this stop is one to pass by.
    pub(super) fn is_passed_by(&mut self, number: u32) -> bool {
        let point = self.get_mut(number).filter(|point| point.ignore > 0);
        point.map(|point| point.ignore -= 1).is_some()
    }
}

/// What stood in the memory that is watched for changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents(BTreeMap<u32, Vec<u8>>);

impl Contents {
    /// What stands there now.
    pub fn of(points: &StopPoints, mem: &Memory) -> Contents {
        let watched = points.iter().filter(|point| point.enabled);
        let watched = watched.filter_map(|point| match point.on {
            On::Change(range) => {
                let bytes = mem.bytes(range.start, range.end - range.start);
                Some((point.number, bytes.unwrap_or_default().to_vec()))
            }
            _ => None,
        });
        Contents(watched.collect())
    }

    /// The breakpoints whose memory holds something else than at the last look.
    pub fn look(&mut self, points: &StopPoints, mem: &Memory) -> BTreeSet<u32> {
        let now = Contents::of(points, mem);
        let before = std::mem::replace(self, now);
        let differs = |(number, bytes): &(&u32, &Vec<u8>)| before.0.get(number) != Some(bytes);
        let changed = self.0.iter().filter(differs);
        changed.map(|(&number, _)| number).collect()
    }
}
