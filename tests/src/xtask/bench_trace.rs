//! What recordings cost: host instructions, bytes, and the time to draw them.

use crate::bench::{Figure, references, timed};
use emu_core::trace::Recording;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Benchmark guests, and how much more they may cost when they are recorded. One of them does
/// nothing but make calls.
const GUESTS: [(&str, f64); 4] = [
    ("dhry", 1.05),
    ("memscan", 1.05),
    ("fixmul", 1.05),
    ("swiloop", 2.0),
];
/// Of the guest programs that are no benchmark, the one with the most calls in a second of
/// simulated time.
const CALLER: &str = "rom:memory";
/// How much more that may cost.
const CALLER_REQUIRED: f64 = 1.5;
/// The program that fills a long recording, and how: six events for each round.
const LONG: [&str; 5] = ["rom:mach_load", "--headless", "--until", "exit", "--record"];
const LONG_ARGS: [&str; 3] = ["--", "timer", "170000"];
/// Events of a long recording; figures are for as many.
const EVENTS: u64 = 1_000_000;
/// MB that they may take.
const BYTES_REQUIRED: f64 = 16.0;
/// Seconds until they are drawn.
const EXPORT_REQUIRED: f64 = 5.0;

/// Measures; the rows go to `figures`. Without cachegrind there are no ratios.
pub fn measure(
    overture: &Path,
    has_cachegrind: bool,
    figures: &mut Vec<Figure>,
) -> Result<Value, String> {
    let mut report = json!({});
    if has_cachegrind {
        for (guest, required) in GUESTS {
            let count = |count: &str, more: &[&str]| {
                let words = ["bench", "--guest", guest, "--count", count];
                instructions(overture, &[&words[..], more].concat())
            };
            let record: &[&str] = &["--record"];
            let one_run =
                |more| Ok::<u64, String>(count("1", more)?.saturating_sub(count("0", more)?));
            let ratio = ratio(one_run(record)?, one_run(&[])?, 0);
            report[guest] = json!(ratio);
            figures.push(more(guest, ratio, required));
        }
        let scratch = crate::scratch()?;
        let name = file_in(&scratch, "tape.otr");
        let plain = [CALLER, "--headless", "--until", "exit"];
        let recorded = [&plain[..], &["--record", &name]].concat();
        let start = [CALLER, "--headless", "--until", "time:0.000001"];
        let start = instructions(overture, &start)?;
        let plain = instructions(overture, &plain)?;
        let ratio = ratio(instructions(overture, &recorded)?, plain, start);
        report[CALLER] = json!(ratio);
        figures.push(more(CALLER, ratio, CALLER_REQUIRED));
    }
    long(overture, &mut report, figures)?;
    Ok(report)
}

/// A recording of a million events: what it takes, and how long the picture of it does.
fn long(overture: &Path, report: &mut Value, figures: &mut Vec<Figure>) -> Result<(), String> {
    let scratch = crate::scratch()?;
    let name = file_in(&scratch, "tape.otr");
    timed(overture, &[&LONG[..], &[&name], &LONG_ARGS].concat())?;
    let bytes = fs::read(&name).map_err(|e| format!("{name}: {e}"))?;
    let recording = Recording::parse(&bytes).map_err(|e| format!("{name}: {e}"))?;
    let events = recording.tape.len();
    if events < EVENTS {
        return Err(format!("{name}: only {events} events"));
    }
    let million = |figure: f64| figure * EVENTS as f64 / events as f64;
    let size = million(bytes.len() as f64) / 1e6;
    report["million_events_mb"] = json!(size);
    figures.push(Figure {
        name: "a million recorded events".to_owned(),
        value: format!("{size:.1} MB"),
        required: Some((
            format!("at most {BYTES_REQUIRED:.0} MB"),
            size <= BYTES_REQUIRED,
        )),
    });
    let drawn = file_in(&scratch, "picture.json");
    let words = ["trace", "export", &name, "-o", &drawn];
    let seconds = million(timed(overture, &words)?.as_secs_f64());
    report["million_events_export_seconds"] = json!(seconds);
    figures.push(Figure {
        name: "a million recorded events as a picture".to_owned(),
        value: format!("{seconds:.2} s"),
        required: Some((
            format!("under {EXPORT_REQUIRED:.0} s"),
            seconds < EXPORT_REQUIRED,
        )),
    });
    Ok(())
}

fn more(name: &str, ratio: f64, required: f64) -> Figure {
    let percent = |ratio: f64| (ratio - 1.0) * 100.0;
    Figure {
        name: format!("host instructions, {name} recorded"),
        value: format!("{:+.1} %", percent(ratio)),
        required: Some((
            format!("at most {:+.0} %", percent(required)),
            ratio <= required,
        )),
    }
}

/// How often `plain` fits into `recorded`, both without what the start takes.
fn ratio(recorded: u64, plain: u64, start: u64) -> f64 {
    recorded.saturating_sub(start) as f64 / plain.saturating_sub(start).max(1) as f64
}

/// Instructions that the host executes for a command line.
fn instructions(overture: &Path, words: &[&str]) -> Result<u64, String> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(overture)
        .args(words);
    let output = command.output().map_err(|e| format!("valgrind: {e}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    references(&text).ok_or_else(|| format!("valgrind: no count in '{}'", text.trim_end()))
}

fn file_in(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_counts_on_neither_side() {
        assert_eq!(ratio(250, 200, 100), 1.5);
        assert_eq!(ratio(100, 100, 100), 0.0);
    }

    #[test]
    fn what_is_asked_for_is_said_in_percent() {
        let figure = more("dhry", 1.02, 1.05);
        let required = Some(("at most +5 %".to_owned(), true));
        assert_eq!(
            (figure.value.as_str(), figure.required),
            ("+2.0 %", required)
        );
    }
}
