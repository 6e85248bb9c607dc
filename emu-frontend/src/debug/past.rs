//! What has happened: the last events, an item's story, and what woke a task.

use super::commands::number;
use super::{Answer, Debugging, views};
use crate::trace::commands;
use crate::trace::explain::in_words;
use emu_core::debug::is_about;
use emu_core::kernel::portfolio::items::Item;
use emu_core::trace::explain::{Life, lives};
use emu_core::trace::{Event, Narrator, Stamped};
use serde_json::json;
use std::io::Write;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The last events.
    Events,
    /// What woke the present task.
    Cause,
}

/// Events that are shown, unless told otherwise, and at most.
const EVENTS: u64 = 20;
const EVENTS_MAX: u64 = 10_000;

/// Shows it.
pub fn show<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    view: View,
    rest: &str,
) -> Result<Answer, String> {
    match view {
        View::Events => events(debugging, rest),
        View::Cause if rest.is_empty() => cause(debugging),
        View::Cause => Err("cause is about the present task and takes nothing".to_owned()),
    }
}

/// The events that pass, in words.
fn told<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    passes: impl Fn(&Stamped, &str) -> bool,
) -> Vec<String> {
    let tape = debugging.debugger.tape(debugging.discs);
    let commands = commands();
    let mut narrator = Narrator::new(&commands);
    let mut lines = Vec::new();
    for (index, stamped) in (0..).zip(&tape) {
        narrator.learn(&stamped);
        let line = narrator.line(index, &stamped);
        if passes(&stamped, &line.task) {
            lines.push(line.to_string());
        }
    }
    lines
}

/// The story of an item.
pub fn about<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, item: Item) -> Vec<String> {
    told(debugging, |stamped, _| is_about(&stamped.event, item))
}

/// What events must pass to be shown.
#[derive(Default)]
struct Filter {
    task: Option<String>,
    call: Option<String>,
    kind: Option<String>,
    item: Option<Item>,
}

impl Filter {
    fn passes(&self, stamped: &Stamped, task: &str) -> bool {
        let event = &stamped.event;
        let is_call = |wanted: &String| match event {
            Event::Call { call, .. } | Event::Return { call, .. } => {
                let row = call.row();
                row.is_some_and(|row| row.name.eq_ignore_ascii_case(wanted))
            }
            _ => false,
        };
        self.task.as_deref().is_none_or(|wanted| wanted == task)
            && self.call.as_ref().is_none_or(is_call)
            && self
                .kind
                .as_deref()
                .is_none_or(|wanted| wanted == event.word())
            && self.item.is_none_or(|item| is_about(event, item))
    }
}

fn events<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let mut words = rest.split_whitespace();
    let mut filter = Filter::default();
    let mut count = EVENTS;
    while let Some(word) = words.next() {
        let mut next = || {
            words
                .next()
                .ok_or_else(|| format!("{word} wants a word behind it"))
        };
        match word {
            "task" => filter.task = Some(next()?.to_owned()),
            "call" => filter.call = Some(next()?.to_owned()),
            "kind" => filter.kind = Some(next()?.to_owned()),
            "item" => {
                let wanted = i32::try_from(number(next()?)?);
                filter.item = Some(Item(wanted.map_err(|_| "that is no item")?));
            }
            count_word => count = number(count_word)?.clamp(1, EVENTS_MAX),
        }
    }
    let lines = told(debugging, |stamped, task| filter.passes(stamped, task));
    let skipped = lines.len().saturating_sub(count as usize);
    let lines = &lines[skipped..];
    Ok(Answer {
        text: match lines.is_empty() {
            true => "no such event so far".to_owned(),
            false => lines.join("\n"),
        },
        json: json!({ "events": lines }),
    })
}

/// Goes back to the call that asked for what has woken the present task.
fn cause<W: Write, E: Write>(debugging: &mut Debugging<'_, W, E>) -> Result<Answer, String> {
    let machine = debugging.debugger.machine();
    let task = machine.kernel().current_task();
    let task = task.ok_or("no task runs here; `step` goes to where one does")?;
    let here = debugging.debugger.position().at;
    let tape = debugging.debugger.tape(debugging.discs);
    let woke = |life: &Life| {
        life.woken
            .filter(|&(woken, at)| woken == task && at <= here)
    };
    let all = lives(&tape);
    let life = all.iter().filter_map(|life| Some((woke(life)?.1, life)));
    let life = life.max_by_key(|(at, _)| *at).map(|(_, life)| life);
    let life = life.ok_or("no request has woken this task so far")?;
    let mut text = in_words(life, debugging.drive);
    // The call is entered when its instruction has been executed.
    debugging
        .debugger
        .goto(life.begun, debugging.discs, &mut debugging.sink);
    debugging.debugger.step_back(debugging.discs);
    let place = views::place(debugging);
    text.push(place.text);
    let mut json = place.json;
    json["request"] = json!(life.req());
    json["of"] = json!(life.of);
    json["begun"] = json!(life.begun.0);
    json["words"] = json!(text);
    Ok(Answer {
        text: text.join("\n"),
        json,
    })
}
