//! Hears what happens, and knows what to stop for.

use super::expression::Scope;
use super::stops::{Requested, StopPoints, command_number};
use super::symbols::Symbols;
use crate::device::display::{Picture, Scaling};
use crate::device::sound::StereoFrame;
use crate::kernel::portfolio::items::Item;
use crate::mem::{GuestPtr, Memory};
use crate::time::Tick;
use crate::trace::{Category, Event, Record, Sink};
use std::collections::BTreeMap;

/// Events between two opportunities to stop that are kept; more are of no use.
const MOST: usize = 256;

/// An event that some breakpoint may wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub actor: Item,
    pub event: Event,
    pub request: Option<Requested>,
}

/// Stands between a machine and the sink of whoever debugs.
pub(super) struct Listener<'a> {
    pub outer: &'a mut dyn Sink,
    pub points: &'a StopPoints,
    /// What happens before this instant was told already.
    pub told: Tick,
    /// Calls of this instant have been stopped for already.
    pub passed: Option<Tick>,
    /// The requests in progress.
    pub requests: &'a mut BTreeMap<u64, Requested>,
    /// Several things can happen before the run stops, and conditions choose among them.
    pub heard: Vec<Heard>,
}

impl Sink for Listener<'_> {
    fn wants(&self, category: Category) -> bool {
        category == Category::EVENTS && self.points.want_events() || self.outer.wants(category)
    }

    fn record(&mut self, record: Record) {
        if record.at >= self.told {
            self.outer.record(record);
        }
    }

    fn event(&mut self, at: Tick, actor: Item, event: &Event) {
        if at >= self.told && self.outer.wants(Category::EVENTS) {
            self.outer.event(at, actor, event);
        }
        let request = match event {
            Event::Submit {
                req,
                device,
                unit,
                op,
                ..
            } => {
                let request = Requested {
                    device: *device,
                    unit: Some(*unit),
                    command: Some(command_number(*op)),
                };
                self.requests.insert(*req, request);
                Some(request)
            }
            Event::Complete { req, .. } => self.requests.remove(req),
            _ => None,
        };
        let is_passed = self.passed == Some(at) && matches!(event, Event::Call { .. });
        let mut points = self.points.iter();
        if !is_passed
            && self.heard.len() < MOST
            && points.any(|point| point.hears(event, request.as_ref()))
        {
            self.heard.push(Heard {
                actor,
                event: event.clone(),
                request,
            });
        }
    }

    fn wants_picture(&mut self, field: u64) -> Option<Scaling> {
        self.outer.wants_picture(field)
    }

    fn picture(&mut self, field: u64, picture: Picture) {
        self.outer.picture(field, picture);
    }

    fn wants_last_picture(&self) -> bool {
        self.outer.wants_last_picture()
    }

    fn last_picture(&mut self, picture: Picture) {
        self.outer.last_picture(picture);
    }

    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        self.outer.sound(first, frames);
    }

    fn wants_stop(&self) -> bool {
        !self.heard.is_empty() || self.outer.wants_stop()
    }
}

/// What a condition sees: the running task's registers, memory, and the event, if there is one.
pub(super) struct Present<'a> {
    pub registers: [u32; 17],
    pub mem: &'a Memory,
    pub event: Option<&'a Event>,
    pub symbols: &'a Symbols,
}

impl Scope for Present<'_> {
    fn register(&self, number: u8) -> u32 {
        let n = usize::from(number);
        // At a call the first four arguments are what the registers held; r0 is a result by now.
        if let Some(Event::Call { args, .. }) = self.event
            && let Some(&word) = args.as_slice().get(n).filter(|_| n < 4)
        {
            return word;
        }
        self.registers.get(n).copied().unwrap_or(0)
    }

    fn word(&self, address: u32) -> u32 {
        self.mem.word(address & !3)
    }

    fn byte(&self, address: u32) -> u8 {
        self.mem.peek(GuestPtr::<u8>::new(address))
    }

    fn field(&self, name: &str) -> Option<i64> {
        let named = || self.symbols.address(name).map(i64::from);
        self.event_field(name).or_else(named)
    }
}

impl Present<'_> {
    fn event_field(&self, name: &str) -> Option<i64> {
        let event = self.event?;
        if let Event::Call { call, args, .. } = event {
            let row = call.row()?;
            let place = row.args.iter().position(|arg| arg.name == name);
            if let Some(word) = place.and_then(|n| args.as_slice().get(n)) {
                return Some(i64::from(*word));
            }
        }
        let fields = event.fields();
        let (_, text) = fields.iter().find(|(known, _)| *known == name)?;
        match text.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        }
    }
}
