//! The events of a run so far: it is run again and written down.

use super::travel::Debugger;
use super::views::ItemKind;
use crate::device::Board;
use crate::kernel::portfolio::items::Item;
use crate::machine::{Machine, Outside};
use crate::media::Discs;
use crate::time::{CPU_HZ, Tick};
use crate::trace::{Category, Event, Hex, Record, Sink, Stamped, Tape};

/// How far back events are told, in ticks: two minutes.
const LONGEST: u64 = 120 * CPU_HZ;
/// Bytes of a tape after which its older half is dropped.
const BYTES_MAX: usize = 32 << 20;

/// A tape that forgets its beginning rather than growing for ever.
#[derive(Default)]
struct Bounded {
    before: Tape,
    now: Tape,
}

impl Sink for Bounded {
    fn wants(&self, category: Category) -> bool {
        category == Category::EVENTS
    }
    fn record(&mut self, _record: Record) {}
    fn event(&mut self, at: Tick, actor: Item, event: &Event) {
        if self.now.bytes().len() > BYTES_MAX {
            self.before = std::mem::take(&mut self.now);
        }
        self.now.push(at, actor, event);
    }
}

/// What is there told as made now: other events speak of numbers only.
pub(super) fn as_made<B: Board>(machine: &mut Machine<B>) -> Vec<Stamped> {
    let (at, actor) = (machine.now(), Item::NONE);
    let mut told = Vec::new();
    for view in machine.item_views() {
        let (item, name) = (view.item, view.name);
        if matches!(view.kind, ItemKind::Task { .. }) {
            let event = Event::Task {
                task: item,
                name: name.clone(),
                priority: view.priority,
            };
            told.push(Stamped { at, actor, event });
        }
        let event = Event::Item {
            item,
            folio: view.folio,
            kind: view.number,
            owner: view.owner,
            at: Hex(view.address),
            name,
        };
        told.push(Stamped { at, actor, event });
    }
    told
}

impl<B: Board + Clone> Debugger<B> {
    /// What has happened until now, two minutes back at most.
    pub fn tape(&self, discs: &dyn Discs) -> Tape {
        let here = self.position().at;
        let from = Tick(here.0.saturating_sub(LONGEST));
        let mark = self.history().before(from);
        let mut machine = mark.frozen.thaw();
        let mut bounded = Bounded::default();
        for Stamped { at, actor, event } in as_made(&mut machine) {
            bounded.event(at, actor, &event);
        }
        let mut outside = Outside {
            sink: &mut bounded,
            discs,
        };
        let kept = (&mut machine, mark.changes);
        self.history().replay(kept, here, &mut outside);
        let Bounded { before, now } = bounded;
        let mut tape = before;
        tape.extend(&now);
        tape
    }
}
