//! What the systems hold: items by kind, memory, Mach's objects.

use super::commands::number;
use super::{Answer, Debugging, past};
use crate::explain::error_name;
use emu_core::debug::views::{ItemKind, ItemView};
use emu_core::kernel::portfolio::items::Item;
use emu_core::mem::Range;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// One item with its story.
    Item,
    /// Message ports.
    Ports,
    /// Messages.
    Messages,
    /// Semaphores.
    Semaphores,
    /// IOReqs.
    Requests,
    /// Memory.
    Memory,
    /// Mach.
    Mach,
    /// Everything in relation.
    Graph,
}

/// Shows it.
pub fn show<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    view: View,
    rest: &str,
) -> Result<Answer, String> {
    match view {
        View::Item => item(debugging, rest),
        View::Ports => Ok(list(debugging, "ports", |kind| {
            matches!(kind, ItemKind::Port { .. })
        })),
        View::Messages => Ok(list(debugging, "messages", |kind| {
            matches!(kind, ItemKind::Message { .. })
        })),
        View::Semaphores => Ok(list(debugging, "semaphores", |kind| {
            matches!(kind, ItemKind::Semaphore { .. })
        })),
        View::Requests => Ok(list(debugging, "ioreqs", |kind| {
            matches!(kind, ItemKind::Request { .. })
        })),
        View::Memory => Ok(memory(debugging)),
        View::Mach => Ok(mach(debugging)),
        View::Graph => graph(debugging, rest),
    }
}

/// Lines, or that there are none.
fn lines(lines: &[String], none: &str) -> String {
    match lines.is_empty() {
        true => none.to_owned(),
        false => lines.join("\n"),
    }
}

/// An item with its name.
fn named<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, item: Item) -> String {
    if item == Item::NONE {
        return "nobody".to_owned();
    }
    let name = debugging.debugger.machine().item_name(item);
    match name.is_empty() {
        true => format!("{item:?}"),
        false => format!("{item:?} \"{name}\""),
    }
}

fn all_named<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, items: &[Item]) -> String {
    let names: Vec<String> = items.iter().map(|&item| named(debugging, item)).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}

/// What an item's kind has, in words.
fn kind_words<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, kind: &ItemKind) -> String {
    let named = |item: Item| named(debugging, item);
    match kind {
        ItemKind::Task {
            phase, waits, pc, ..
        } => match waits.as_str() {
            "" => format!("{}, pc {pc:#x}", format!("{phase:?}").to_lowercase()),
            waits => format!("waits for {waits}, pc {pc:#x}"),
        },
        ItemKind::Port { signal, messages } => {
            let messages = all_named(debugging, messages);
            format!("signal {signal:#x}, messages: {messages}")
        }
        ItemKind::Message {
            reply_port,
            port,
            data: (data, size),
            result,
        } => format!(
            "at port {}, answered to port {}, data {data:#x} {size:#x}, result {result}",
            named(*port),
            named(*reply_port)
        ),
        ItemKind::Semaphore {
            holder,
            nested,
            waiters,
        } => {
            let waiters = all_named(debugging, waiters);
            match *holder {
                Item::NONE => format!("free, waiters: {waiters}"),
                holder => format!(
                    "held by {}, {nested} deep, waiters: {waiters}",
                    named(holder)
                ),
            }
        }
        ItemKind::Request {
            device_name,
            pending,
            done,
            command: (command, unit, offset),
            error,
            actual,
            ..
        } => {
            let state = match (pending, done) {
                (true, _) => "in progress",
                (false, true) => "done or not sent",
                (false, false) => "not done, and in progress nowhere",
            };
            let error = error_name(*error).map_or_else(|| error.to_string(), str::to_owned);
            format!(
                "{device_name} unit {unit}, command {command}, offset {offset}: {state}, error \
                 {error}, actual {actual}"
            )
        }
        ItemKind::Device { opens, units } => {
            format!("{opens} opens, highest unit {units}")
        }
        ItemKind::Folio { opens } => format!("{opens} opens"),
        ItemKind::Other => String::new(),
    }
}

fn json_of<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, view: &ItemView) -> Value {
    let numbers = |items: &[Item]| items.iter().map(|item| item.0).collect::<Vec<_>>();
    let mut value = json!({
        "item": view.item.0,
        "type": view.type_name,
        "name": view.name,
        "owner": view.owner.0,
        "priority": view.priority,
        "address": view.address,
        "openers": numbers(&view.openers),
        "words": kind_words(debugging, &view.kind),
    });
    match &view.kind {
        ItemKind::Port { messages, .. } => value["messages"] = json!(numbers(messages)),
        ItemKind::Message { port, .. } => value["port"] = json!(port.0),
        ItemKind::Semaphore {
            holder, waiters, ..
        } => {
            value["holder"] = json!(holder.0);
            value["waiters"] = json!(numbers(waiters));
        }
        ItemKind::Request {
            device,
            pending,
            done,
            error,
            ..
        } => {
            value["device"] = json!(device.0);
            value["pending"] = json!(pending);
            value["done"] = json!(done);
            value["error"] = json!(error);
        }
        _ => (),
    }
    value
}

fn line_of<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, view: &ItemView) -> String {
    let owner = named(debugging, view.owner);
    let item = named(debugging, view.item);
    let words = kind_words(debugging, &view.kind);
    format!("{item} of {owner}: {words}")
}

fn list<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    what: &str,
    is_wanted: impl Fn(&ItemKind) -> bool,
) -> Answer {
    let views = debugging.debugger.machine().item_views().into_iter();
    let views: Vec<ItemView> = views.filter(|view| is_wanted(&view.kind)).collect();
    let texts: Vec<String> = views.iter().map(|v| line_of(debugging, v)).collect();
    let rows: Vec<Value> = views.iter().map(|v| json_of(debugging, v)).collect();
    Answer {
        text: lines(&texts, &format!("there are no {what}")),
        json: json!({ what: rows }),
    }
}

/// Events of an item's story that are shown, at most.
const STORY_MAX: usize = 200;

fn item<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, rest: &str) -> Result<Answer, String> {
    let wanted = i32::try_from(number(rest)?).map(Item);
    let wanted = wanted.map_err(|_| format!("{rest} is no item; `items` lists them"))?;
    let view = debugging.debugger.machine().item_view(wanted);
    let story = past::about(debugging, wanted);
    if view.is_none() && story.is_empty() {
        return Err(format!(
            "there is and was no item {rest}; `items` lists them"
        ));
    }
    let mut texts = match &view {
        None => vec![format!("{wanted:?} is not there (any more)")],
        Some(view) => vec![
            format!(
                "{} {} of {}, priority {}, at {:#x}",
                view.type_name,
                named(debugging, view.item),
                named(debugging, view.owner),
                view.priority,
                view.address
            ),
            kind_words(debugging, &view.kind),
            format!("opened by: {}", all_named(debugging, &view.openers)),
        ],
    };
    texts.retain(|text| !text.is_empty());
    let skipped = story.len().saturating_sub(STORY_MAX);
    if skipped > 0 {
        texts.push(format!("{skipped} earlier events"));
    }
    texts.extend(story.iter().skip(skipped).cloned());
    Ok(Answer {
        text: texts.join("\n"),
        json: json!({
            "item": view.map(|view| json_of(debugging, &view)),
            "events": story,
        }),
    })
}

fn range_words(range: &Range) -> String {
    format!("{:#x}-{:#x}", range.start, range.end)
}

fn memory<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let views = debugging.debugger.machine().memory_views();
    let (mut texts, mut rows) = (Vec::new(), Vec::new());
    for view in views {
        let owned: Vec<String> = view.owned.iter().map(range_words).collect();
        let free: Vec<String> = view.free.iter().map(range_words).collect();
        texts.push(format!(
            "{} types {:#x}: {} bytes used; pages {}; free {}",
            named(debugging, view.task),
            view.types,
            view.used(),
            lines(&owned, "none").replace('\n', " "),
            lines(&free, "none").replace('\n', " ")
        ));
        rows.push(json!({
            "task": view.task.0,
            "types": view.types,
            "used": view.used(),
            "owned": owned,
            "free": free,
        }));
    }
    Answer {
        text: lines(&texts, "no program has memory"),
        json: json!({ "memory": rows }),
    }
}

fn mach<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let view = debugging.debugger.machine().kernel().mach_view();
    let mut texts = Vec::new();
    for device in &view.devices {
        texts.push(format!(
            "device {} at port {}: {} opens, {} in progress, {} held back",
            device.name, device.port, device.opens, device.active, device.held
        ));
    }
    for queue in &view.queues {
        texts.push(format!(
            "done queue at port {}: {} in progress, {} done, waiters: {}{}",
            queue.port,
            queue.in_progress,
            queue.done,
            all_named(debugging, &queue.waiters),
            if queue.ends { ", terminated" } else { "" }
        ));
    }
    for port in &view.ports {
        let set = port
            .set
            .map_or(String::new(), |set| format!(", in set {set}"));
        texts.push(format!(
            "port {} {}: {} of {} messages, {} send, {} send-once{set}",
            port.id, port.stands_for, port.queued.0, port.queued.1, port.sends, port.send_onces
        ));
    }
    for task in &view.tasks {
        for right in &task.rights {
            let of = match (right.port, right.set) {
                (Some(port), _) => format!(" of port {port}"),
                (_, Some(set)) => format!(" {set}"),
                _ => String::new(),
            };
            texts.push(format!(
                "{} names {:#x}: {}{of}, {} references",
                named(debugging, task.task),
                right.name,
                right.words,
                right.sends
            ));
        }
    }
    let rights = |task: &emu_core::kernel::mach::inspect::TaskView| {
        let rows = task.rights.iter().map(|right| {
            json!({ "name": right.name, "right": right.words, "port": right.port,
                    "set": right.set, "references": right.sends })
        });
        json!({ "task": task.task.0, "rights": rows.collect::<Vec<_>>() })
    };
    let port = |port: &emu_core::kernel::mach::inspect::PortView| {
        json!({ "port": port.id, "words": port.stands_for, "queued": port.queued.0,
                "sends": port.sends, "send_onces": port.send_onces, "set": port.set })
    };
    Answer {
        text: lines(&texts, "nobody has used Mach"),
        json: json!({
            "tasks": view.tasks.iter().map(rights).collect::<Vec<_>>(),
            "ports": view.ports.iter().map(port).collect::<Vec<_>>(),
            "done_queues": view.queues.len(),
            "devices": view.devices.iter().map(|d| d.name).collect::<Vec<_>>(),
        }),
    }
}

fn graph<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let whole = debugging.debugger.machine().graph();
    let (is_all, file) = match rest.strip_prefix("all") {
        Some(file) if file.is_empty() || file.starts_with(' ') => (true, file.trim()),
        _ => (false, rest),
    };
    let graph = if is_all { whole } else { whole.busy() };
    let (things, relations) = (graph.nodes.len(), graph.edges.len());
    let text = match file {
        "" => {
            let texts: Vec<String> = graph.text().lines().map(str::to_owned).collect();
            lines(
                &texts,
                "nobody waits, holds or receives; `graph all` shows everything",
            )
        }
        "--dot" => graph.dot(),
        file => {
            let written = fs::write(file, graph.dot());
            written.map_err(|error| format!("{file}: {error}"))?;
            format!("{things} things and {relations} relations written to {file}")
        }
    };
    let nodes = graph
        .nodes
        .iter()
        .map(|node| json!({ "id": node.id, "label": node.label, "kind": node.kind }));
    let edges = graph
        .edges
        .iter()
        .map(|edge| json!({ "from": edge.from, "relation": edge.relation.words(), "to": edge.to }));
    Ok(Answer {
        text,
        json: json!({
            "nodes": nodes.collect::<Vec<_>>(),
            "edges": edges.collect::<Vec<_>>(),
        }),
    })
}
