//! What was never given back, as text and as JSON.

use emu_core::profile::{Leak, Lost};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Lines that people are shown.
const ROWS: usize = 50;

/// What is alike: task and its name, thing, call, who asked, whether it was taken back.
type Alike<'a> = (i32, &'a str, &'a str, &'a str, &'a [String], bool);

/// For people: what is alike takes one line.
pub fn text(leaks: &[Leak]) -> String {
    let mut alike: BTreeMap<Alike<'_>, (u64, u64, &Leak)> = BTreeMap::new();
    for leak in leaks {
        let key = (
            leak.task.0,
            leak.task_name.as_str(),
            leak.what.as_str(),
            leak.call.as_str(),
            leak.by.as_slice(),
            leak.taken_back,
        );
        let sum = alike.entry(key).or_insert((0, 0, leak));
        sum.0 += 1;
        sum.1 += u64::from(leak.size);
        if leak.since < sum.2.since {
            sum.2 = leak;
        }
    }
    if alike.is_empty() {
        return "everything was given back\n".to_owned();
    }
    let mut rows: Vec<_> = alike.into_iter().collect();
    // The most memory first, then the most items.
    rows.sort_by_key(|(_, (count, bytes, _))| std::cmp::Reverse((*bytes, *count)));
    let count = |kind| leaks.iter().filter(|leak| leak.kind == kind).count();
    let (items, blocks) = (count(Lost::Item), count(Lost::Memory));
    let bytes: u64 = leaks.iter().map(|leak| u64::from(leak.size)).sum();
    let rights = match count(Lost::Right) {
        0 => String::new(),
        rights => format!(", {rights} rights of Mach"),
    };
    let mut lines = vec![format!(
        "never given back: {items} items, {blocks} blocks of memory with {bytes} bytes{rights}"
    )];
    let more = rows.len().saturating_sub(ROWS);
    for ((_, task, what, call, by, taken_back), (count, bytes, first)) in rows.iter().take(ROWS) {
        let size = match bytes {
            0 => String::new(),
            bytes => format!(", {bytes} bytes"),
        };
        let end = if *taken_back { ", until its end" } else { "" };
        let by = match by.is_empty() {
            true => String::new(),
            false => format!(" in {}", by.join(" < ")),
        };
        lines.push(format!(
            "  {task}: {count} x {what}{size}, from {call}{by}, first at {}{end}",
            first.since
        ));
    }
    if more > 0 {
        lines.push(format!("  and {more} more kinds; --json has all"));
    }
    lines.join("\n") + "\n"
}

/// For scripts: one by one.
pub fn json(leaks: &[Leak]) -> Value {
    leaks
        .iter()
        .map(|leak| {
            json!({
                "task": leak.task.0, "name": leak.task_name, "what": leak.what,
                "kind": match leak.kind {
                    Lost::Item => "item",
                    Lost::Memory => "memory",
                    Lost::Right => "right",
                },
                "at": leak.at, "size": leak.size, "call": leak.call, "by": leak.by,
                "cycle": leak.since.0, "taken_back": leak.taken_back,
            })
        })
        .collect()
}
