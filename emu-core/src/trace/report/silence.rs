//! Differences that no event shows: only checksums differ.

use crate::time::Tick;
use crate::trace::compare::{Divergence, Placed, first_event_apart};
use crate::trace::event::Event;
use crate::trace::field::Field;
use crate::trace::tape::Tape;

/// What is known of such a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The last time that all checksums were the same; the start if there is none.
    pub since: Tick,
    /// When they differ first.
    pub until: Tick,
    /// The parts that differ then.
    pub parts: Vec<String>,
    /// The first event that differs later, if one does: its number in the recording.
    pub shows_at: Option<(u64, Tick)>,
}

/// Looks whether a difference is one of checksums.
pub(super) fn of(divergence: &Divergence, expected: &Tape, found: &Tape) -> Option<Silence> {
    let Divergence {
        expected: Some(a),
        found: Some(b),
    } = divergence
    else {
        return None;
    };
    let is_sum = |placed: &Placed| matches!(placed.seen, Event::Hash { .. } | Event::Free { .. });
    if !is_sum(a) || !is_sum(b) || a.stamped.at != b.stamped.at {
        return None;
    }
    let until = a.stamped.at;
    let since = expected
        .iter()
        .take_while(|stamped| stamped.at < until)
        .filter(|stamped| matches!(stamped.event, Event::Hash { .. }))
        .last()
        .map_or(Tick::default(), |stamped| stamped.at);
    let apart = first_event_apart(expected, found);
    let apart = apart.and_then(|apart| apart.expected.or(apart.found));
    Some(Silence {
        since,
        until,
        parts: parts(expected, found, a.index, until),
        shows_at: apart.map(|placed| (placed.index.saturating_add(1), placed.stamped.at)),
    })
}

/// Which checksums differ from the event at `index` on that were taken at `until`. The tapes
/// are the same before, so their places are too.
fn parts(expected: &Tape, found: &Tape, index: u64, until: Tick) -> Vec<String> {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    let pairs = expected.iter().zip(found).skip(index);
    let pairs = pairs.take_while(|(a, b)| a.at == until && b.at == until);
    let mut parts = Vec::new();
    for (a, b) in pairs {
        match (a.event, b.event) {
            (Event::Hash { part, value: then }, Event::Hash { value: now, .. }) if then != now => {
                let mut word = String::new();
                part.write(&mut word);
                parts.push(word);
            }
            (a @ Event::Free { .. }, b) if a != b => parts.push("free memory".to_owned()),
            _ => (),
        }
    }
    parts
}

impl Silence {
    /// What a person is told.
    pub(super) fn lines(&self) -> Vec<String> {
        let Silence { since, until, .. } = self;
        let mut lines = vec![
            format!("  {} at {until} s", self.parts.join(", ")),
            match *since {
                Tick(0) => "  every event up to there is the same".to_owned(),
                _ => format!(
                    "  every event up to there is the same, and the checksums of {since} s are"
                ),
            },
        ];
        lines.push(match self.shows_at {
            Some((number, at)) => {
                format!(
                    "  the first event that differs is {number}, at {at} s: it is a consequence"
                )
            }
            None => "  no event differs later either".to_owned(),
        });
        lines.push(
            "  something was stored that no event tells of, or saved states have another layout \
             and the old version"
                .to_owned(),
        );
        lines
    }
}
