//! What Mach's calls cost the host: a message's round trip, done queues, ports.

use crate::bench::{Figure, peak_memory_of, references, timed};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// The guest program that makes one kind of call many times.
const PROGRAM: &str = "rom:mach_load";
/// Round trips that are counted.
const TRIPS: u32 = 2_000;
/// Guest instructions of one: the loop of the program.
const TRIP_INSTRUCTIONS: f64 = 9.0;
/// Host instructions of one beyond the guest's own code.
const TRIP_REQUIRED: f64 = 3_000.0;
/// Asynchronous reads through one done queue.
const READS: u32 = 1_000_000;
/// Seconds for all of them.
const READS_REQUIRED: f64 = 5.0;
/// Ports that are made and destroyed.
const PORTS: u32 = 100_000;
/// KiB that the process may be larger for it.
const PORTS_REQUIRED: u64 = 512;

/// Measures; the rows go to `figures`. `each` is what a guest instruction costs.
pub fn measure(
    overture: &Path,
    each: Option<f64>,
    figures: &mut Vec<Figure>,
) -> Result<Value, String> {
    let mut report = json!({});
    if let Some(each) = each {
        let few = instructions(overture, TRIPS)?;
        let many = instructions(overture, 3 * TRIPS)?;
        let trip = many.saturating_sub(few) as f64 / f64::from(2 * TRIPS);
        let own = (trip - TRIP_INSTRUCTIONS * each).max(0.0);
        report["round_trip_host_instructions"] = json!(own);
        figures.push(Figure {
            name: "host instructions, device_get_status by message".to_owned(),
            value: format!("{own:.0}"),
            required: Some((format!("at most {TRIP_REQUIRED:.0}"), own <= TRIP_REQUIRED)),
        });
    }
    let reads = timed(overture, &words("timer", &READS.to_string()))?.as_secs_f64();
    report["done_queue_seconds"] = json!(reads);
    figures.push(Figure {
        name: "a million reads through a done queue".to_owned(),
        value: format!("{reads:.2} s"),
        required: Some((
            format!("under {READS_REQUIRED:.0} s"),
            reads < READS_REQUIRED,
        )),
    });
    let few = peak_memory_of(overture, &words("ports", "100"))?;
    let many = peak_memory_of(overture, &words("ports", &PORTS.to_string()))?;
    let growth = many.saturating_sub(few);
    report["ports_growth_kib"] = json!(growth);
    figures.push(Figure {
        name: "growth by 100,000 ports, made and destroyed".to_owned(),
        value: format!("{growth} KiB"),
        required: Some((
            format!("at most {PORTS_REQUIRED} KiB"),
            growth <= PORTS_REQUIRED,
        )),
    });
    Ok(report)
}

/// A run of the program.
fn words<'a>(kind: &'a str, count: &'a str) -> [&'a str; 8] {
    [
        "run",
        PROGRAM,
        "--headless",
        "--until",
        "exit",
        "--",
        kind,
        count,
    ]
}

/// Instructions that the host executes for so many round trips.
fn instructions(overture: &Path, trips: u32) -> Result<u64, String> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(overture)
        .args(words("status", &trips.to_string()));
    let output = command.output().map_err(|e| format!("valgrind: {e}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind: {}", text.trim_end()));
    }
    references(&text).ok_or_else(|| format!("valgrind: no count in '{}'", text.trim_end()))
}
