//! `overture bench`: guest speed on the built-in benchmark guests.
//!
//! Each guest's result and instruction count are checked: a fast wrong answer is a failure.

mod bare;

pub use bare::{BareError, BareRun, CallTape};

use crate::cli::{BenchArgs, EngineArg};
use crate::output::Output;
use crate::progress::Progress;
use crate::report::Status;
use crate::{complain, refuse};
use roms::bench::Guest;
use serde::Serialize;
use std::io;
use std::time::{Duration, Instant};

/// The guests of the small set bear this after their name.
const SMALL: &str = "-small";

/// The measurements of one guest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    /// Its name.
    pub name: String,
    /// Its result.
    pub result: u32,
    /// Instructions in one run.
    pub instructions: u64,
    /// Cycles in one run.
    pub cycles: u64,
    /// Runs measured.
    pub runs: u32,
    /// Seconds of the host for one run, median.
    pub seconds: f64,
    /// Millions of guest instructions per second of the host.
    pub mips: f64,
}

/// All measurements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchReport {
    /// fast or reference.
    pub engine: &'static str,
    /// Whether the small set ran.
    pub quick: bool,
    /// One row a guest.
    pub guests: Vec<Measurement>,
    /// Geometric mean of the guests' speeds.
    pub mips: Option<f64>,
}

/// Measures.
pub fn run(args: &BenchArgs) -> Status {
    let guests = match select(&args.guest, args.quick) {
        Ok(guests) => guests,
        Err(line) => return refuse(&line),
    };
    let mut out = Output::new(io::stdout().lock());
    let mut progress = Progress::on_terminal();
    let mut rows = Vec::new();
    for guest in guests {
        let row = match measure(guest, args, progress.as_mut()) {
            Ok(Some(row)) => row,
            Ok(None) => continue,
            Err(line) => {
                complain(&line);
                return Status::Failure;
            }
        };
        if !args.json {
            out.line(&format!(
                "{:<8} {:>12} instructions  {:>9.4} s  {:>7.1} MIPS",
                row.name, row.instructions, row.seconds, row.mips
            ));
        }
        rows.push(row);
    }
    let report = BenchReport {
        engine: match args.engine {
            EngineArg::Fast => "fast",
            EngineArg::Reference => "reference",
        },
        quick: args.quick,
        mips: geometric_mean(&rows),
        guests: rows,
    };
    if args.json {
        // Strings and numbers only: there is nothing that could fail.
        out.line(&serde_json::to_string(&report).unwrap_or_default());
    } else if let Some(mips) = report.mips {
        out.line(&format!(
            "{} engine, geometric mean {mips:.1} MIPS",
            report.engine
        ));
    }
    out.finish()
}

/// The guests asked for.
fn select(names: &[String], quick: bool) -> Result<Vec<&'static Guest>, String> {
    let set: Vec<_> = roms::bench::all()
        .iter()
        .filter(|guest| guest.name.ends_with(SMALL) == quick)
        .collect();
    let known = |name: &str| set.iter().any(|guest| short(guest.name) == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<&str> = set.iter().map(|guest| short(guest.name)).collect();
        return Err(format!(
            "bench --guest {}: no such guest; there are {}",
            unknown.escape_debug(),
            all.join(", ")
        ));
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == short(name));
    Ok(set.into_iter().filter(|guest| wanted(guest.name)).collect())
}

/// A guest's name without the set it belongs to.
fn short(name: &str) -> &str {
    name.strip_suffix(SMALL).unwrap_or(name)
}

fn measure(
    guest: &Guest,
    args: &BenchArgs,
    mut progress: Option<&mut Progress>,
) -> Result<Option<Measurement>, String> {
    let name = short(guest.name);
    let mut times = Vec::new();
    let mut last = None;
    // The table of calls is built once, and that belongs to the start-up.
    let blank = match args.record {
        true => Some(CallTape::new()?),
        false => None,
    };
    for n in 1..=args.count {
        if let Some(progress) = progress.as_deref_mut() {
            progress.write(&format!("{name}: run {n} of {}", args.count));
        }
        let mut calls = blank.clone();
        let start = Instant::now();
        let run = bare::run(guest.bytes, args.engine, calls.as_mut());
        let run = run.map_err(|e| format!("bench {name}: {e}"))?;
        times.push(start.elapsed());
        check(guest, &run)?;
        last = Some(run);
    }
    if let Some(progress) = progress {
        progress.clear();
    }
    let (Some(run), Some(median)) = (last, median(times)) else {
        return Ok(None);
    };
    let seconds = median.as_secs_f64();
    Ok(Some(Measurement {
        name: name.to_owned(),
        result: run.result,
        instructions: run.instructions,
        cycles: run.cycles,
        runs: args.count,
        seconds,
        mips: run.instructions as f64 / seconds / 1e6,
    }))
}

/// Compares a run with what any correct processor does.
fn check(guest: &Guest, run: &BareRun) -> Result<(), String> {
    let name = guest.name;
    if run.result != guest.expect_r0 {
        return Err(format!(
            "bench {name}: the result is {:#010x} instead of {:#010x}; the processor computes \
             something wrong",
            run.result, guest.expect_r0
        ));
    }
    if run.instructions != guest.instructions {
        return Err(format!(
            "bench {name}: {} instructions instead of {}; the processor counts something wrong",
            run.instructions, guest.instructions
        ));
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

fn geometric_mean(rows: &[Measurement]) -> Option<f64> {
    let logs: f64 = rows.iter().map(|row| row.mips.ln()).sum();
    (!rows.is_empty()).then(|| (logs / rows.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_are_selected_by_name_and_set() {
        for quick in [false, true] {
            assert_eq!(select(&[], quick).expect("all").len(), 4);
            let one = select(&["fixmul".to_owned()], quick).expect("one");
            assert_eq!(one.len(), 1);
            assert_eq!(one[0].name.ends_with(SMALL), quick);
        }
        let error = select(&["nothing".to_owned()], false).expect_err("unknown");
        assert!(error.contains("dhry"), "{error}");
    }

    #[test]
    fn the_small_set_computes_what_it_should_on_both_engines() {
        for guest in select(&[], true).expect("all") {
            let fast = bare::run(guest.bytes, EngineArg::Fast, None).expect(guest.name);
            let reference = bare::run(guest.bytes, EngineArg::Reference, None).expect(guest.name);
            assert_eq!(fast, reference, "{}", guest.name);
            let mut calls = CallTape::new().expect("a call of this version");
            let recorded = bare::run(guest.bytes, EngineArg::Fast, Some(&mut calls));
            assert_eq!(recorded, Ok(fast), "{}", guest.name);
            let is_caller = guest.name.starts_with("swiloop");
            assert_eq!(calls.tape().len() > 1000, is_caller, "{}", guest.name);
            assert_eq!(check(guest, &fast), Ok(()));
        }
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let seconds = |list: &[u64]| list.iter().copied().map(Duration::from_secs).collect();
        assert_eq!(median(seconds(&[9, 1, 2])), Some(Duration::from_secs(2)));
        assert_eq!(median(seconds(&[])), None);
    }

    #[test]
    fn wrong_answers_are_told() {
        let guest = select(&[], true).expect("all")[0];
        let run = BareRun {
            result: guest.expect_r0,
            instructions: guest.instructions,
            cycles: 0,
        };
        assert_eq!(check(guest, &run), Ok(()));
        let wrong = BareRun { result: 1, ..run };
        assert!(check(guest, &wrong).is_err_and(|line| line.contains("0x00000001")));
        let longer = BareRun {
            instructions: 3,
            ..run
        };
        assert!(check(guest, &longer).is_err_and(|line| line.contains("3 instructions")));
    }
}
