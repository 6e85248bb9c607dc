//! One lane: rows of spans in order, and what of them a window of time shows.

use crate::time::{Tick, Ticks};
use crate::trace::Waits;

/// Rows of a lane: requests beyond them are counted and not drawn.
const ROWS_MAX: usize = 32;

/// Whose lane it is; lanes stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// A unit of a device of the board: class and unit.
    Unit(u8, u8),
    /// A device or file that answers without the board, by its item.
    Driver(crate::kernel::portfolio::items::Item),
    /// A task.
    Task(crate::kernel::portfolio::items::Item),
}

/// What a span says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A request, by its place among all.
    Request(u32),
    /// The task has the processor.
    Runs,
    /// It could run, but others do.
    Ready,
    /// It waits.
    Waits(Waits),
}

/// A part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first instant.
    pub from: Tick,
    /// Its end; [`Tick::NEVER`] while it is open.
    pub to: Tick,
    /// What it says.
    pub what: What,
}

/// Spans that do not overlap, in order.
#[derive(Clone, Debug, Default)]
pub struct Row {
    spans: Vec<Span>,
}

/// What a screen shows of a row: one span, or some that are too short to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Where it begins; not before the window.
    pub from: Tick,
    /// Where it ends; not after the window.
    pub to: Tick,
    /// The first of its spans.
    pub first: Span,
    /// How many spans it stands for.
    pub count: usize,
}

impl Row {
    /// All spans.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The span at an instant.
    pub fn at(&self, at: Tick) -> Option<&Span> {
        let after = self.spans.partition_point(|span| span.from <= at);
        let span = &self.spans[after.checked_sub(1)?];
        (at < span.to || span.from == at).then_some(span)
    }

    /// What is to be seen of `[from, to)` where a pixel is `pixel` long: at most two bars a pixel,
    /// however many spans there are.
    pub fn bars(&self, from: Tick, to: Tick, pixel: Ticks) -> Vec<Bar> {
        let pixel = pixel.0.max(1);
        let mut bars = Vec::new();
        let mut n = self.spans.partition_point(|span| span.to < from);
        while let Some(&span) = self.spans.get(n).filter(|span| span.from < to) {
            let start = span.from.max(from);
            let bar = |last: Span, count| Bar {
                from: start,
                to: last.to.min(to),
                first: span,
                count,
            };
            if span.to.since(start).0 >= pixel {
                bars.push(bar(span, 1));
                n += 1;
                continue;
            }
            // Up to the end of this pixel; only the last one may reach beyond it.
            let edge = Tick(from.0 + (start.since(from).0 / pixel + 1) * pixel).min(to);
            let mut next = n + self.spans[n..].partition_point(|span| span.from < edge);
            let last = self.spans[next - 1];
            if next - 1 > n && last.to.since(last.from).0 >= pixel {
                next -= 1;
            }
            bars.push(bar(self.spans[next - 1], next - n));
            n = next;
        }
        bars
    }
}

/// A lane.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Whose.
    pub of: Of,
    /// What it is called.
    pub name: String,
    /// Its rows: more than one where requests overlap.
    pub rows: Vec<Row>,
    /// Requests for which no row was left.
    pub hidden: u64,
}

impl Lane {
    pub(super) fn new(of: Of, name: &str) -> Lane {
        Lane {
            of,
            name: name.to_owned(),
            rows: Vec::new(),
            hidden: 0,
        }
    }

    /// A request begins; the row that it is in.
    pub(super) fn begin(&mut self, from: Tick, request: usize) -> usize {
        let is_free = |row: &Row| row.spans.last().is_none_or(|last| last.to <= from);
        let free = self.rows.iter().position(is_free);
        let row = match free {
            Some(row) => row,
            None if self.rows.len() < ROWS_MAX => {
                self.rows.push(Row::default());
                self.rows.len() - 1
            }
            None => {
                self.hidden += 1;
                return usize::MAX;
            }
        };
        let what = What::Request(u32::try_from(request).unwrap_or(u32::MAX));
        let to = Tick::NEVER;
        self.rows[row].spans.push(Span { from, to, what });
        row
    }

    /// A request ends, which is the last one of its row.
    pub(super) fn end(&mut self, row: usize, request: usize, to: Tick) {
        let last = self.rows.get_mut(row).and_then(|row| row.spans.last_mut());
        let Ok(request) = u32::try_from(request) else {
            return;
        };
        if let Some(last) = last.filter(|last| last.what == What::Request(request)) {
            last.to = to.max(last.from);
        }
    }

    /// What the lane's task is at from now on.
    pub(super) fn state(&mut self, from: Tick, what: What) {
        if self.rows.is_empty() {
            self.rows.push(Row::default());
        }
        self.close(from);
        let to = Tick::NEVER;
        self.rows[0].spans.push(Span { from, to, what });
    }

    /// The lane's task is at nothing any more.
    pub(super) fn close(&mut self, at: Tick) {
        let Some(row) = self.rows.first_mut() else {
            return;
        };
        // What took no time is not worth a span.
        if row.spans.last().is_some_and(|last| last.from == at) {
            row.spans.pop();
        } else if let Some(last) = row.spans.last_mut() {
            last.to = last.to.min(at);
        }
    }
}
