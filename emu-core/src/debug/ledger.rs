//! The events of a tape by number, and those somebody looks for.
//!
//! A tape is read from its beginning; a list on a screen wants rows from anywhere. One place in
//! [`STRIDE`] is noted, so that no row is far from one. Looking for something takes its time,
//! and is done in parts.

use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use crate::trace::{Event, Place, Stamped, Tape};
use std::collections::BTreeMap;
use std::ops::Range;

/// Events from one noted place to the next.
const STRIDE: usize = 64;

/// What is looked for: all of it must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
}

impl Search {
    /// Words in any order. Each fits an event that has it in its text, its time or its actor's
    /// name, whatever the case of the letters; `-word` fits one that has it nowhere.
    pub fn new(text: &str) -> Search {
        let words = text.split_whitespace().map(str::to_lowercase);
        Search {
            words: words.filter(|word| word != "-").collect(),
        }
    }

    /// Whether it fits everything.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn fits(&self, line: &str) -> bool {
        self.words.iter().all(|word| match word.strip_prefix('-') {
            Some(other) => !line.contains(other),
            None => line.contains(word.as_str()),
        })
    }
}

/// An index of a tape that grows.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Every [`STRIDE`]th event's place, and when it is.
    places: Vec<(Place, Tick)>,
    /// How many events were read, and where the next one is.
    read: u64,
    next: Place,
    /// Names of tasks, as far as they were heard of.
    names: BTreeMap<Item, String>,
    /// Texts that tasks printed, by the number of the event.
    texts: Vec<u32>,
    search: Search,
    /// What was found, and how many events have been looked at.
    found: Vec<u32>,
    looked: u64,
}

impl Ledger {
    /// Reads what is new on the tape, `most` events at once; whether that was all.
    pub fn read(&mut self, tape: &Tape, most: usize) -> bool {
        let mut events = tape.from_place(self.next);
        for _ in 0..most {
            let place = events.place(tape);
            let Some(stamped) = events.next() else {
                break;
            };
            if self.read.is_multiple_of(STRIDE as u64) {
                self.places.push((place, stamped.at));
            }
            let number = u32::try_from(self.read).unwrap_or(u32::MAX);
            match &stamped.event {
                Event::Task { task, name, .. } => {
                    self.names.insert(*task, name.clone());
                }
                Event::Text { .. } => self.texts.push(number),
                _ => {}
            }
            self.read += 1;
        }
        self.next = events.place(tape);
        self.read >= tape.len()
    }

    /// How many events were read.
    pub fn len(&self) -> usize {
        self.read as usize
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// The name of a task.
    pub fn name(&self, task: Item) -> &str {
        self.names.get(&task).map_or("", String::as_str)
    }

    /// Gives a task a name that no event on the tape does: it was there before.
    pub fn call(&mut self, task: Item, name: String) {
        self.names.entry(task).or_insert(name);
    }

    /// Begins anew, with another tape; what is looked for stays.
    pub fn restart(&mut self) {
        *self = Ledger {
            search: std::mem::take(&mut self.search),
            names: std::mem::take(&mut self.names),
            ..Ledger::default()
        };
    }

    /// What `pick` finds in the last event up to `at` in which it finds anything.
    pub fn last<T>(
        &self,
        tape: &Tape,
        at: Tick,
        pick: impl Fn(&Stamped) -> Option<T>,
    ) -> Option<T> {
        for block in (0..self.places.len()).rev() {
            let start = block * STRIDE;
            let mut found = None;
            self.visit(tape, start..start + STRIDE, &mut |stamped| {
                if stamped.at <= at {
                    found = pick(&stamped).or(found.take());
                }
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Looks for something else from now on.
    pub fn look_for(&mut self, search: Search) {
        if search != self.search {
            self.search = search;
            self.found.clear();
            self.looked = 0;
        }
    }

    /// Looks on, at `most` events; whether all have been looked at.
    pub fn look(&mut self, tape: &Tape, most: usize) -> bool {
        if self.search.is_empty() {
            return true;
        }
        let end = self.len().min(self.looked as usize + most);
        let start = self.looked as usize;
        let mut found = Vec::new();
        let mut number = start;
        self.visit(tape, start..end, &mut |stamped| {
            let mut line = self.line(&stamped);
            line.make_ascii_lowercase();
            if self.search.fits(&line) {
                found.push(number as u32);
            }
            number += 1;
        });
        self.found.extend(found);
        self.looked = end as u64;
        end == self.len()
    }

    /// How many rows a list has: what was found, or all.
    pub fn rows(&self) -> usize {
        match self.search.is_empty() {
            true => self.len(),
            false => self.found.len(),
        }
    }

    /// The events of these rows, with their numbers.
    pub fn at(&self, tape: &Tape, rows: Range<usize>) -> Vec<(usize, Stamped)> {
        let rows = rows.start..rows.end.min(self.rows());
        if self.search.is_empty() {
            let mut all = Vec::new();
            let mut number = rows.start;
            self.visit(tape, rows, &mut |stamped| {
                all.push((number, stamped));
                number += 1;
            });
            return all;
        }
        self.by_number(tape, self.found.get(rows).unwrap_or_default())
    }

    /// What tasks have printed, `rows` of it counted from the first text on.
    pub fn texts(&self, tape: &Tape, rows: Range<usize>) -> Vec<(usize, Stamped)> {
        let rows = rows.start..rows.end.min(self.texts.len());
        self.by_number(tape, self.texts.get(rows).unwrap_or_default())
    }

    /// How many texts there are.
    pub fn texts_len(&self) -> usize {
        self.texts.len()
    }

    fn by_number(&self, tape: &Tape, numbers: &[u32]) -> Vec<(usize, Stamped)> {
        let mut all = Vec::new();
        for &number in numbers {
            let number = number as usize;
            self.visit(tape, number..number + 1, &mut |stamped| {
                all.push((number, stamped));
            });
        }
        all
    }

    /// The first row that is not before `at`.
    pub fn row_at(&self, tape: &Tape, at: Tick) -> usize {
        if !self.search.is_empty() {
            return self.found.partition_point(|&number| {
                let number = number as usize;
                self.when(tape, number).is_some_and(|when| when < at)
            });
        }
        let block = self.places.partition_point(|(_, when)| *when < at);
        let start = block.saturating_sub(1) * STRIDE;
        let mut row = start;
        self.visit(tape, start..start + STRIDE, &mut |stamped| {
            row += usize::from(stamped.at < at);
        });
        row
    }

    fn when(&self, tape: &Tape, number: usize) -> Option<Tick> {
        let mut when = None;
        self.visit(tape, number..number + 1, &mut |stamped| {
            when = Some(stamped.at)
        });
        when
    }

    fn visit(&self, tape: &Tape, numbers: Range<usize>, to: &mut dyn FnMut(Stamped)) {
        let Some((place, _)) = self.places.get(numbers.start / STRIDE) else {
            return;
        };
        let end = numbers.end.min(self.len());
        let count = end.saturating_sub(numbers.start);
        let events = tape.from_place(*place).skip(numbers.start % STRIDE);
        events.take(count).for_each(to);
    }

    /// An event as people read it: when, who, what.
    pub fn line(&self, stamped: &Stamped) -> String {
        let mut line = format!("{} {} ", stamped.at, self.name(stamped.actor));
        stamped.event.write(&mut line);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task that is named, then prints its number again and again.
    fn tape(count: u64) -> Tape {
        let mut tape = Tape::new();
        let (task, name) = (Item(7), "Seven".to_owned());
        let priority = 100;
        let parent = Event::Task {
            task,
            name,
            priority,
        };
        tape.push(Tick(0), Item::NONE, &parent);
        for n in 1..count {
            let text = format!("line {n}");
            tape.push(Tick(n * 10), task, &Event::Text { text });
        }
        tape
    }

    fn read(tape: &Tape) -> Ledger {
        let mut ledger = Ledger::default();
        while !ledger.read(tape, 100) {}
        ledger
    }

    #[test]
    fn every_row_is_the_event_of_its_number() {
        let tape = tape(1000);
        let ledger = read(&tape);
        let all: Vec<Stamped> = tape.iter().collect();
        assert_eq!((ledger.len(), ledger.rows()), (1000, 1000));
        for start in [0, 1, 63, 64, 65, 500, 998] {
            for (number, stamped) in ledger.at(&tape, start..start + 5) {
                assert_eq!(stamped, all[number]);
            }
        }
        assert_eq!(ledger.at(&tape, 998..1005).len(), 2);
        assert_eq!(ledger.at(&tape, 2000..2005).len(), 0);
    }

    #[test]
    fn a_search_finds_words_in_any_order_and_leaves_out_others() {
        let tape = tape(300);
        let mut ledger = read(&tape);
        for (text, rows) in [
            ("line 299", 1),
            ("SEVEN text", 299),
            ("text -seven", 0),
            ("-text", 1),
            ("nothing", 0),
            ("", 300),
            ("-", 300),
        ] {
            ledger.look_for(Search::new(text));
            while !ledger.look(&tape, 50) {}
            assert_eq!(ledger.rows(), rows, "{text}");
        }
    }

    #[test]
    fn what_comes_later_is_found_as_well() {
        let tape = tape(10);
        let mut ledger = Ledger::default();
        ledger.look_for(Search::new("text"));
        assert!(!ledger.read(&tape, 5));
        ledger.look(&tape, 100);
        assert_eq!(ledger.rows(), 4);
        assert!(ledger.read(&tape, 5));
        ledger.look(&tape, 100);
        assert_eq!((ledger.rows(), ledger.texts_len()), (9, 9));
        assert_eq!(ledger.texts(&tape, 8..20).len(), 1);
    }

    #[test]
    fn the_last_event_before_an_instant_is_found_from_behind() {
        let tape = tape(1000);
        let mut ledger = read(&tape);
        let text = |stamped: &Stamped| match &stamped.event {
            Event::Text { text } if text.ends_with('7') => Some(text.clone()),
            _ => None,
        };
        let last = |at: u64| ledger.last(&tape, Tick(at), text);
        assert_eq!(last(99_999).as_deref(), Some("line 997"));
        assert_eq!(last(6400).as_deref(), Some("line 637"));
        assert_eq!(last(69), None);
        ledger.restart();
        assert!(ledger.is_empty() && ledger.name(Item(7)) == "Seven");
    }

    #[test]
    fn an_instant_has_a_row() {
        let tape = tape(1000);
        let mut ledger = read(&tape);
        for (at, row) in [
            (0, 0),
            (1, 1),
            (10, 1),
            (641, 65),
            (9990, 999),
            (99_999, 1000),
        ] {
            assert_eq!(ledger.row_at(&tape, Tick(at)), row, "{at}");
        }
        ledger.look_for(Search::new("line"));
        while !ledger.look(&tape, 64) {}
        assert_eq!(ledger.row_at(&tape, Tick(10)), 0);
        assert_eq!(ledger.row_at(&tape, Tick(9990)), 998);
    }
}
