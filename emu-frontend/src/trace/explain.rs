//! `overture trace explain`: what the time of a request went into.

mod formula;
#[cfg(test)]
mod tests;

use super::{load, origin};
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use clap::Args;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::explain::{Ending, Life, PartKind, lives, told_in_words};
use emu_core::trace::{Asker, Field, Header};
use emu_devices::cdrom::DriveProfile;
use serde_json::{Value, json};
use std::io;
use std::path::PathBuf;

/// Options of `trace explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
The time runs from the entry of the call that asked to the moment at which the task that was
woken has the processor; the parts follow each other and sum to it. Requests are numbered as in
the recording (`submit req=4`). The file system's own requests, for a volume, and those of Mach's
device interface are requests too.")]
pub struct ExplainArgs {
    /// The recording.
    pub file: PathBuf,
    /// The request with this number.
    #[arg(long, value_name = "N", conflicts_with = "ior")]
    pub request: Option<u64>,
    /// All requests made with this IOReq, such as 0x22.
    #[arg(long, value_name = "ITEM", value_parser = item)]
    pub ior: Option<Item>,
    /// All requests, a line each; the default.
    #[arg(long, conflicts_with_all = ["request", "ior"])]
    pub list: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// An item, in decimal or hexadecimal.
fn item(word: &str) -> Result<Item, String> {
    let number = match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    };
    let number = number.ok_or_else(|| "use an item number such as 0x22".to_owned())?;
    Ok(Item(number as i32))
}

/// Does it.
pub fn run(args: &ExplainArgs) -> Status {
    let recording = match load(&args.file) {
        Ok(recording) => recording,
        Err(error) => return refuse(&error.to_string()),
    };
    let mut lives = lives(&recording.tape);
    let file = args.file.display();
    if let Some(request) = args.request {
        lives.retain(|life| life.req() == Some(request));
        if lives.is_empty() {
            return refuse(&format!(
                "{file}: has no request {request}; --list shows all of them"
            ));
        }
    }
    if let Some(ior) = args.ior {
        lives.retain(|life| life.by == Asker::Request && life.of == ior.0 as u32);
        if lives.is_empty() {
            return refuse(&format!(
                "{file}: no request is made with IOReq {:#x}; --list shows all of them",
                ior.0
            ));
        }
    }
    let drive = drive_of(&recording.header);
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        let all: Vec<Value> = lives.iter().map(|life| as_json(life, drive)).collect();
        out.line(&Value::from(all).to_string());
    } else if args.request.is_some() || args.ior.is_some() {
        for (n, life) in lives.iter().enumerate() {
            if n > 0 {
                out.line("");
            }
            for line in in_words(life, drive) {
                out.line(&line);
            }
        }
    } else {
        out.line(LIST_HEAD);
        for life in &lives {
            out.line(&row(life));
        }
    }
    out.finish()
}

/// The drive of a recorded run; that of a usual one if this version does not know the machine.
fn drive_of(header: &Header) -> DriveProfile {
    origin::arguments(header).map_or_else(|_| DriveProfile::default(), |args| args.drive_profile())
}

const LIST_HEAD: &str = "request       for                    begun      microseconds  what";

/// A request in one line.
fn row(life: &Life) -> String {
    let total = life
        .total()
        .map_or_else(|| "open".to_owned(), Ticks::micros_text);
    format!(
        "{:<13} {:<16} {:>11} {:>17}  {}",
        number(life),
        for_whom(life),
        life.begun.to_string(),
        total,
        what(life)
    )
}

/// Its number; what the kernel asks for itself has none, nor has what came to no device.
fn number(life: &Life) -> String {
    match life.req() {
        Some(u64::MAX) | None => "-".to_owned(),
        Some(req) => req.to_string(),
    }
}

fn for_whom(life: &Life) -> String {
    match life.by {
        Asker::Request => format!("IOReq {:#x}", life.of),
        Asker::Volume => format!("volume {:#x}", life.of),
        Asker::Mach => format!("operation {}", life.of),
        Asker::Kernel => "kernel".to_owned(),
    }
}

/// What is to be done, where.
fn what(life: &Life) -> String {
    let mut text = String::new();
    if let Some((_, name)) = &life.target {
        let command = life.command.unwrap_or_default();
        text = format!("command {command} of \"{}\"", name.escape_debug());
    }
    if let Some(service) = &life.service {
        if !text.is_empty() {
            text.push_str(", ");
        }
        service.device.write(&mut text);
        text.push_str(&format!(" {} ", service.unit));
        service.op.write(&mut text);
        text.push_str(&format!(" {}", service.offset));
        let len = service.send.len().max(service.recv.len());
        if len > 0 {
            text.push_str(&format!(", {len} bytes"));
        }
    }
    text
}

/// The task, and the call that it asked in.
fn asker(life: &Life) -> String {
    let mut text = match life.asker {
        Item::NONE => "the kernel by itself".to_owned(),
        task => format!("{} ({:#x})", life.asker_name.escape_debug(), task.0),
    };
    if let Some(call) = life.call {
        text.push_str(" in ");
        call.write(&mut text);
    }
    text
}

/// How it ended.
fn ending(life: &Life, ending: &Ending) -> String {
    let mut text = format!("ended at {}: ", ending.at);
    let error = life.service.as_ref().and_then(|service| service.error);
    match (ending.code, error) {
        (0, None) => text.push_str("no error"),
        (0, Some(error)) => error.write(&mut text),
        (code, _) => text.push_str(&format!("error {:#010x}", code as u32)),
    }
    text.push_str(&format!(", actual {}", ending.actual));
    if let Some(told) = ending.told {
        text.push_str(&format!("; told: {}", told_in_words(told)));
    }
    text
}

/// Everything about a request.
pub(crate) fn in_words(life: &Life, drive: DriveProfile) -> Vec<String> {
    let mut lines = vec![
        format!(
            "request {} for {}: {}",
            number(life),
            for_whom(life),
            what(life)
        ),
        format!("asked by {} at {}", asker(life), life.begun),
    ];
    if !life.waited_for_by.is_empty() {
        let names = life.waited_for_by.iter();
        let names: Vec<String> = names.map(|item| format!("{:#x}", item.0)).collect();
        lines.push(format!("waited for by {}", names.join(", ")));
    }
    if !life.inner.is_empty() {
        let numbers = life.inner.iter().filter(|&&req| req != u64::MAX);
        let numbers: Vec<String> = numbers.map(u64::to_string).collect();
        let numbers = match numbers.is_empty() {
            true => "NVRAM, at once".to_owned(),
            false => format!("requests {}", numbers.join(", ")),
        };
        lines.push(format!("the file system meanwhile: {numbers}"));
    }
    match &life.ending {
        Some(end) => lines.push(ending(life, end)),
        None => lines.push("still open at the end".to_owned()),
    }
    let parts = life.parts();
    if !parts.is_empty() {
        lines.push(format!("{:>12}  {:>16}  part", "cycles", "microseconds"));
    }
    for part in &parts {
        let mut meaning = part.meaning.to_owned();
        if let Some(formula) = formula::of(part.kind, life, drive) {
            meaning.push_str(&format!(" ({formula})"));
        }
        lines.push(format!(
            "{:>12}  {:>16}  {:<13} {meaning}",
            part.ticks.0,
            part.ticks.micros_text(),
            part.kind.name()
        ));
    }
    if let Some(total) = life.total() {
        let end = match life.woken {
            Some((task, _)) => format!("until task {:#x} runs again", task.0),
            None => "until its end; nobody slept for it then".to_owned(),
        };
        lines.push(format!(
            "{:>12}  {:>16}  {:<13} {end}",
            total.0,
            total.micros_text(),
            "together"
        ));
    }
    lines
}

fn as_json(life: &Life, drive: DriveProfile) -> Value {
    let part = |part: &emu_core::trace::explain::Part| {
        json!({
            "part": part.kind.name(),
            "cycles": part.ticks.0,
            "meaning": part.meaning,
            "formula": formula::of(part.kind, life, drive),
        })
    };
    let word = |value: Option<String>| value.map_or(Value::Null, Value::from);
    let spelled = |field: &dyn Fn(&mut String)| {
        let mut text = String::new();
        field(&mut text);
        text
    };
    let ending = life.ending.map(|end| {
        json!({
            "at": end.at.0,
            "code": end.code,
            "actual": end.actual,
            "told": end.told.map(|told| spelled(&|to| told.write(to))),
        })
    });
    let service = life.service.as_ref().map(|service| {
        json!({
            "device": spelled(&|to| service.device.write(to)),
            "unit": service.unit,
            "op": spelled(&|to| service.op.write(to)),
            "offset": service.offset,
            "from": service.from.0,
            "to": service.to.map(|Tick(at)| at),
            "error": service.error.map(|error| spelled(&|to| error.write(to))),
        })
    });
    json!({
        "request": life.req().filter(|&req| req != u64::MAX),
        "by": spelled(&|to| life.by.write(to)),
        "of": life.of,
        "task": life.asker.0,
        "task_name": &*life.asker_name,
        "call": word(life.call.map(|call| spelled(&|to| call.write(to)))),
        "begun": life.begun.0,
        "target": life.target.as_ref().map(|(item, name)| json!({"item": item.0, "name": &**name})),
        "command": life.command,
        "service": service,
        "inner": life.inner.iter().filter(|&&req| req != u64::MAX).collect::<Vec<_>>(),
        "waited_for_by": life.waited_for_by.iter().map(|item| item.0).collect::<Vec<_>>(),
        "ending": ending,
        "woken": life.woken.map(|(task, at)| json!({"task": task.0, "at": at.0})),
        "cycles": life.total().map(|Ticks(total)| total),
        "parts": life.parts().iter().map(part).collect::<Vec<_>>(),
    })
}

/// Whether a part is one of the drive's own.
fn is_of_drive(kind: PartKind) -> bool {
    use PartKind::{Command, Queue, Reading, Seek, SpeedChange, SpinUp, Transfer};
    matches!(
        kind,
        Queue | SpinUp | Command | SpeedChange | Seek | Reading | Transfer
    )
}
