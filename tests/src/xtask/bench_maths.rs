//! What the matrix calls cost the host.

use crate::bench::{Figure, timed};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// The guest program that multiplies a thousand vectors as often as it is told.
const PROGRAM: &str = "rom:maths";
/// Calls that are counted, and those that are taken off for start and end.
const CALLS: u32 = 20_000;
const FEW: u32 = 100;
/// Runs; the fastest counts.
const RUNS: u32 = 3;
/// Microseconds of the host for one call.
const CALL_REQUIRED: f64 = 30.0;

/// Measures; the row goes to `figures`.
pub fn measure(overture: &Path, figures: &mut Vec<Figure>) -> Result<Value, String> {
    let few = fastest(overture, FEW)?;
    let many = fastest(overture, CALLS)?;
    let each = many.saturating_sub(few).as_secs_f64() * 1e6 / f64::from(CALLS - FEW);
    figures.push(Figure {
        name: "a thousand vectors times a matrix".to_owned(),
        value: format!("{each:.1} us"),
        required: Some((format!("under {CALL_REQUIRED:.0} us"), each < CALL_REQUIRED)),
    });
    Ok(json!({ "thousand_vectors_microseconds": each }))
}

fn fastest(overture: &Path, calls: u32) -> Result<Duration, String> {
    let calls = calls.to_string();
    let words = [
        "run",
        PROGRAM,
        "--headless",
        "--until",
        "exit",
        "--",
        &calls,
    ];
    let runs = (0..RUNS).map(|_| timed(overture, &words));
    let runs = runs.collect::<Result<Vec<Duration>, String>>()?;
    Ok(runs.into_iter().min().unwrap_or_default())
}
