//! Commands that let time pass, in either direction.

use super::commands::number;
use super::journey::Journey;
use super::{Answer, Debugging, views};
use crate::until::Until;
use emu_core::debug::Halt;
use emu_core::machine::Stop;
use emu_core::time::{Tick, Ticks};
use serde_json::json;
use std::io::Write;

/// How time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To a breakpoint or a condition.
    Run,
    /// One instruction.
    Step,
    /// One instruction, through calls.
    Next,
    /// To the caller.
    Finish,
    /// To the next system call.
    Call,
    /// To the next completion of a device.
    Completion,
    /// To a vertical blank.
    Field,
    /// One instruction back.
    Back,
    /// To the breakpoint before.
    Reverse,
    /// To the call of the present function.
    Origin,
    /// To the last write of some memory.
    Writer,
    /// To an instant.
    Goto,
}

/// Instructions that one command executes, at most.
pub(super) const STEPS_MAX: u64 = 10_000_000;

/// Lets time pass and says where that led.
pub fn go<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    way: Way,
    rest: &str,
) -> Result<Answer, String> {
    let mut journey = Journey::begin(debugging, way, rest)?;
    loop {
        if let Some(answer) = journey.advance(debugging, Ticks(u64::MAX), STEPS_MAX) {
            return Ok(answer);
        }
    }
}

/// An instant by its words.
pub(crate) fn instant<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    words: &str,
) -> Result<Tick, String> {
    if let Some(cycle) = words.strip_prefix("cycle:") {
        return number(cycle).map(Tick);
    }
    match words.parse() {
        Ok(Until::Time(at)) => Ok(at),
        Ok(Until::Vblank(field)) => Ok(debugging.video.field_start(field)),
        _ => Err(format!(
            "{words:?} is no instant; write cycle:N, time:SECONDS or vbl:N"
        )),
    }
}

/// Where the machine stands, and why.
pub(crate) fn answer<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, halt: &Halt) -> Answer {
    let (why, word) = reason(debugging, halt);
    let place = views::place(debugging);
    let text = match why.is_empty() {
        true => place.text,
        false => format!("{why}\n{}", place.text),
    };
    let mut json = place.json;
    if let Some(object) = json.as_object_mut() {
        object.insert("halt".to_owned(), json!(word));
        object.insert("why".to_owned(), json!(why));
        if let Halt::Address(number) | Halt::Event(number, ..) | Halt::Written(number, _) = halt {
            object.insert("breakpoint".to_owned(), json!(number));
        }
    }
    Answer { text, json }
}

fn reason<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    halt: &Halt,
) -> (String, &'static str) {
    let name = |number: u32| {
        let mut points = debugging.debugger.points.iter();
        match points.any(|point| point.number == number) {
            true => format!("breakpoint {number}: "),
            // One for this command only.
            false => String::new(),
        }
    };
    match halt {
        Halt::Stepped => (String::new(), "stepped"),
        Halt::There => (String::new(), "there"),
        Halt::Start => ("this is where the history begins".to_owned(), "start"),
        Halt::Address(number) => (format!("breakpoint {number}"), "address"),
        Halt::Event(number, actor, event) => {
            let mut words = String::new();
            event.write(&mut words);
            let task = debugging.debugger.machine().item_name(*actor);
            (format!("{}{task} {words}", name(*number)), "event")
        }
        Halt::Written(number, writes) => {
            let machine = debugging.debugger.machine();
            let words: Vec<String> = writes
                .iter()
                .map(|write| {
                    let by = machine.writer_words(write.by);
                    let range = write.range;
                    let what = if write.is_load { "read" } else { "written" };
                    let near = debugging.debugger.symbols.at(range.start);
                    let near = near.map_or(String::new(), |near| format!(" <{near}>"));
                    format!("{:#x}-{:#x}{near} {what} by {by}", range.start, range.end)
                })
                .collect();
            (format!("{}{}", name(*number), words.join(", ")), "written")
        }
        Halt::Ended(stop) => match stop {
            Stop::Exit(status) => (
                format!("the program has ended with status {status}"),
                "exit",
            ),
            Stop::Fault(report) => (report.to_string(), "fault"),
            Stop::Stuck(report) => {
                let tasks = report.tasks.join("\n  ");
                (
                    format!("stuck: nothing can ever wake a task\n  {tasks}"),
                    "stuck",
                )
            }
            Stop::NotStarted(_) => (
                "the disc's program could not be started".to_owned(),
                "fault",
            ),
            Stop::Missing(name) => (format!("{name} is not in this version"), "missing"),
            _ => ("stopped".to_owned(), "stopped"),
        },
    }
}
