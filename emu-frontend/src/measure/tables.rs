//! A profile as text and as JSON.

use emu_core::profile::{Field, Report, Row};
use emu_core::time::CPU_HZ;
use serde_json::{Value, json};
use std::fmt::Write;

/// Rows of each table that people are shown.
const ROWS: usize = 30;
/// Fields that are drawn: of a longer run, several fields share a bar.
const BARS: usize = 40;
/// Characters of a bar.
const WIDTH: u64 = 50;

/// A part of something in percent, with two digits.
fn percent(part: u64, of: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(of.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// For people.
pub fn text(report: &Report) -> String {
    let mut to = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(report, &mut to);
    to
}

fn write_text(report: &Report, to: &mut String) -> std::fmt::Result {
    let elapsed = report.elapsed;
    let seconds = elapsed as f64 / CPU_HZ as f64;
    writeln!(
        to,
        "{elapsed} cycles ({seconds:.6} s), {} instructions",
        report.instructions
    )?;
    for (name, cycles) in [
        ("guest", report.guest),
        ("system", report.kernel),
        ("engines", report.engines),
        ("idle", report.idle),
    ] {
        writeln!(
            to,
            "  {name:<8} {cycles:>12}  {:>7}",
            percent(cycles, elapsed)
        )?;
    }
    writeln!(
        to,
        "\ntask             guest       system      engines       waited"
    )?;
    for row in &report.tasks {
        writeln!(
            to,
            "{:<8} {:>12} {:>12} {:>12} {:>12}  {}",
            format!("{:#x}", row.task.0),
            row.guest,
            row.kernel,
            row.engines,
            row.waited,
            row.name
        )?;
    }
    writeln!(
        to,
        "\n         own             with callees        calls  function"
    )?;
    for function in report.functions.iter().take(ROWS) {
        let of = match report.tasks.len() {
            0 | 1 => String::new(),
            _ => format!("  ({:#x})", function.task.0),
        };
        writeln!(
            to,
            "{:>12} {:>7} {:>12} {:>7} {:>9}  {}{of}",
            function.own,
            percent(function.own, elapsed),
            function.total,
            percent(function.total, elapsed),
            function.calls,
            function.name
        )?;
    }
    more(to, report.functions.len(), "functions")?;
    for (title, rows) in [
        ("system call", &report.calls),
        ("system by itself", &report.system),
        ("the CPU stood still for", &report.stalls),
    ] {
        table(to, title, rows, elapsed)?;
    }
    if !report.waits.is_empty() {
        writeln!(to, "\n      waited          times  call, for what")?;
    }
    for row in report.waits.iter().take(ROWS) {
        let Row {
            name,
            cycles,
            times,
        } = Row {
            name: format!("{}, {} ({:#x})", row.call, row.what, row.task.0),
            cycles: row.cycles,
            times: row.times,
        };
        writeln!(
            to,
            "{cycles:>12} {:>7} {times:>6}  {name}",
            percent(cycles, elapsed)
        )?;
    }
    more(to, report.waits.len(), "waits")?;
    if !report.stacks.is_empty() {
        writeln!(to, "\nstack  deepest     size")?;
    }
    for stack in &report.stacks {
        writeln!(
            to,
            "{:<8} {:>6} {:>8}  {:>7}  {}",
            format!("{:#x}", stack.task.0),
            stack.used,
            stack.size,
            percent(stack.used.into(), stack.size.into()),
            stack.name
        )?;
    }
    bars(to, &report.fields)
}

fn more(to: &mut String, rows: usize, what: &str) -> std::fmt::Result {
    match rows.saturating_sub(ROWS) {
        0 => Ok(()),
        rest => writeln!(to, "             and {rest} more {what}"),
    }
}

fn table(to: &mut String, title: &str, rows: &[Row], elapsed: u64) -> std::fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(to, "\n      cycles          times  {title}")?;
    for row in rows.iter().take(ROWS) {
        let part = percent(row.cycles, elapsed);
        writeln!(
            to,
            "{:>12} {part:>7} {:>6}  {}",
            row.cycles, row.times, row.name
        )?;
    }
    more(to, rows.len(), "rows")
}

/// A bar for each field, or for as many fields together as there is room.
fn bars(to: &mut String, fields: &[Field]) -> std::fmt::Result {
    let group = fields.len().div_ceil(BARS).max(1);
    writeln!(
        to,
        "\nfields of {group}: # guest, + system, = engines, . idle"
    )?;
    for part in fields.chunks(group) {
        let sum = part.iter().fold(Field::default(), |sum, field| Field {
            number: sum.number,
            guest: sum.guest + field.guest,
            kernel: sum.kernel + field.kernel,
            engines: sum.engines + field.engines,
            idle: sum.idle + field.idle,
        });
        let (mut bar, mut done, total) = (String::new(), 0, sum.total().max(1));
        for (letter, cycles) in [
            ("#", sum.guest),
            ("+", sum.kernel),
            ("=", sum.engines),
            (".", sum.idle),
        ] {
            // Rounded at the ends of parts, so that a bar is always full.
            let drawn = bar.len() as u64;
            done += cycles;
            let end = (u128::from(done) * u128::from(WIDTH) / u128::from(total)) as u64;
            bar.push_str(&letter.repeat(end.saturating_sub(drawn) as usize));
        }
        let first = part.first().map_or(0, |field| field.number);
        writeln!(to, "{first:>7} |{bar:<50}|")?;
    }
    Ok(())
}

fn rows(rows: &[Row]) -> Vec<Value> {
    let all = rows.iter();
    all.map(|row| json!({ "name": row.name, "cycles": row.cycles, "times": row.times }))
        .collect()
}

/// For scripts: every row.
pub fn json(report: &Report) -> Value {
    let tasks = report.tasks.iter().map(|row| {
        json!({
            "task": row.task.0, "name": row.name, "guest": row.guest, "system": row.kernel,
            "engines": row.engines, "waited": row.waited,
        })
    });
    let functions = report.functions.iter().map(|row| {
        json!({
            "task": row.task.0, "name": row.name, "address": row.address, "own": row.own,
            "total": row.total, "instructions": row.instructions, "calls": row.calls,
        })
    });
    let waits = report.waits.iter().map(|row| {
        json!({
            "task": row.task.0, "call": row.call, "for": row.what, "cycles": row.cycles,
            "times": row.times,
        })
    });
    let stacks = report.stacks.iter().map(|row| {
        json!({
            "task": row.task.0, "name": row.name, "base": row.base, "size": row.size,
            "used": row.used,
        })
    });
    let fields = report.fields.iter().map(|field| {
        json!({
            "field": field.number, "guest": field.guest, "system": field.kernel,
            "engines": field.engines, "idle": field.idle,
        })
    });
    json!({
        "cycles": report.elapsed, "instructions": report.instructions, "guest": report.guest,
        "system": report.kernel, "engines": report.engines, "idle": report.idle,
        "tasks": tasks.collect::<Vec<_>>(), "functions": functions.collect::<Vec<_>>(),
        "calls": rows(&report.calls), "system_rows": rows(&report.system),
        "stalls": rows(&report.stalls), "waits": waits.collect::<Vec<_>>(),
        "stacks": stacks.collect::<Vec<_>>(), "fields": fields.collect::<Vec<_>>(),
    })
}
