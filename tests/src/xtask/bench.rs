//! `cargo xtask bench`: the figures of speed and memory in one table.
//!
//! Figures are reported beside what is required of them. No figure makes the task fail: what a
//! clock shows depends on the machine, and what does not is for a reader to judge.

use crate::{
    Problems, aif, bench_cels, bench_debug, bench_disc, bench_dspp, bench_mach, bench_maths,
    bench_trace, program,
};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Host instructions per guest instruction: required now, and wanted next.
const HOST_REQUIRED: f64 = 60.0;
const HOST_GOAL: f64 = 50.0;
/// Seconds of the host for one idle hour of the guest.
const HOUR_REQUIRED: f64 = 1.0;
/// Peak resident memory of a headless run in KiB.
const MEMORY_REQUIRED: u64 = 32 * 1024;
/// Seconds from the start of the process to the guest's first instruction.
const START_REQUIRED: f64 = 0.020;

/// Runs of a benchmark guest; the median counts.
const SPEED_RUNS: &str = "3";
/// Starts of the program; the fastest counts.
const STARTS: u32 = 20;
/// Programs whose memory is looked at; the largest counts.
const MEMORY_PROGRAMS: [&str; 4] = ["rom:demo", "rom:memory", "rom:preempt", "rom:hour"];

/// One row of the table.
pub(crate) struct Figure {
    /// What was measured.
    pub name: String,
    /// The figure and its unit.
    pub value: String,
    /// What is required of it, and whether that is met.
    pub required: Option<(String, bool)>,
}

/// Runs the task.
pub fn run(args: &[String]) -> Result<(), Problems> {
    let as_json = match args {
        [] => false,
        [one] if one == "--json" => true,
        _ => return Err(vec!["takes nothing but --json".to_owned()]),
    };
    let overture = program::release().map_err(|e| vec![e])?;
    let (figures, report) = measure(&overture).map_err(|e| vec![e])?;
    if as_json {
        println!("{report}");
    } else {
        print(&figures);
    }
    Ok(())
}

fn print(figures: &[Figure]) {
    let width = |text: fn(&Figure) -> &str| figures.iter().map(|f| text(f).len()).max();
    let name = width(|f| &f.name).unwrap_or(0);
    let value = width(|f| &f.value).unwrap_or(0);
    for figure in figures {
        let required = match &figure.required {
            None => String::new(),
            Some((what, true)) => format!("{what}: met"),
            Some((what, false)) => format!("{what}: NOT MET"),
        };
        let line = format!(
            "{:<name$}  {:>value$}  {required}",
            figure.name, figure.value
        );
        println!("{}", line.trim_end());
    }
}

fn measure(overture: &Path) -> Result<(Vec<Figure>, Value), String> {
    let mut figures = Vec::new();
    let mut report = json!({});
    for engine in ["fast", "reference"] {
        report[engine] = speed(overture, engine, &mut figures)?;
    }
    report["host_instructions"] = host_instructions(overture, &mut figures)?;

    // A pad is plugged in, and nobody listens to it.
    let hours = [
        (
            "rom:hour",
            "idle_hour_seconds",
            "one idle hour of the guest",
        ),
        (
            "rom:audio_hour",
            "silent_hour_seconds",
            "one hour of silent sound",
        ),
    ];
    for (program, key, name) in hours {
        let hour = timed(overture, &[program, "--until", "exit"])?.as_secs_f64();
        report[key] = json!(hour);
        figures.push(Figure {
            name: name.to_owned(),
            value: format!("{hour:.3} s"),
            required: Some((
                format!("at most {HOUR_REQUIRED:.0} s"),
                hour < HOUR_REQUIRED,
            )),
        });
    }

    let memory = peak_memory(overture)?;
    report["peak_memory_kib"] = json!(memory);
    figures.push(Figure {
        name: "peak resident memory".to_owned(),
        value: format!("{memory} KiB"),
        required: Some((
            format!("at most {MEMORY_REQUIRED} KiB"),
            memory < MEMORY_REQUIRED,
        )),
    });

    report["disc"] = bench_disc::measure(overture, &mut figures)?;
    let each = report["host_instructions"]["mean"].as_f64();
    report["mach"] = bench_mach::measure(overture, each, &mut figures)?;

    report["maths"] = bench_maths::measure(overture, &mut figures)?;
    report["cels"] = bench_cels::measure(&mut figures)?;
    report["dspp"] = bench_dspp::measure(&mut figures)?;
    report["trace"] = bench_trace::measure(overture, each.is_some(), &mut figures)?;

    report["debug"] = bench_debug::measure(each.is_some(), &mut figures)?;

    let start = start(overture)?;
    report["start_seconds"] = json!(start);
    figures.push(Figure {
        name: "start, first instruction, end".to_owned(),
        value: format!("{:.1} ms", start * 1e3),
        required: Some((
            format!("at most {:.0} ms", START_REQUIRED * 1e3),
            start < START_REQUIRED,
        )),
    });
    Ok((figures, report))
}

/// Millions of guest instructions per second, guest by guest.
fn speed(overture: &Path, engine: &str, figures: &mut Vec<Figure>) -> Result<Value, String> {
    let arguments = ["bench", "--json", "--count", SPEED_RUNS, "--engine", engine];
    let report = bench_report(overture, &arguments)?;
    let mut row = |name: &str, mips: f64| {
        figures.push(Figure {
            name: format!("{engine} engine, {name}"),
            value: format!("{mips:.1} MIPS"),
            required: None,
        });
    };
    for guest in guests(&report)? {
        row(&guest.name, guest.mips);
    }
    let mean = report["mips"].as_f64().ok_or("bench: no mean")?;
    row("geometric mean", mean);
    Ok(report)
}

/// What is read of a guest in the report of `overture bench`.
struct Guest {
    name: String,
    instructions: f64,
    mips: f64,
}

fn guests(report: &Value) -> Result<Vec<Guest>, String> {
    let rows = report["guests"].as_array().ok_or("bench: no guests")?;
    rows.iter()
        .map(|row| {
            Some(Guest {
                name: row["name"].as_str()?.to_owned(),
                instructions: row["instructions"].as_f64()?,
                mips: row["mips"].as_f64()?,
            })
        })
        .map(|guest| guest.ok_or_else(|| "bench: a guest without its figures".to_owned()))
        .collect()
}

fn bench_report(overture: &Path, arguments: &[&str]) -> Result<Value, String> {
    let text = succeed(Command::new(overture).args(arguments))?;
    serde_json::from_str(&text).map_err(|e| format!("overture {}: {e}", arguments.join(" ")))
}

/// Host instructions per guest instruction, counted by cachegrind.
fn host_instructions(overture: &Path, figures: &mut Vec<Figure>) -> Result<Value, String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!(
            "bench: host instructions are not counted; cachegrind is in the package valgrind \
             (apt install valgrind)"
        );
        return Ok(Value::Null);
    }
    let report = bench_report(overture, &["bench", "--json", "--count", "1"])?;
    let mut rows = json!({});
    let mut logs = 0.0;
    let guests = guests(&report)?;
    for guest in &guests {
        let start_up = cachegrind(overture, &guest.name, 0)?;
        let whole = cachegrind(overture, &guest.name, 1)?;
        let each = whole.saturating_sub(start_up) as f64 / guest.instructions;
        logs += each.ln();
        rows[&guest.name] = json!(each);
        figures.push(Figure {
            name: format!("host instructions, {}", guest.name),
            value: format!("{each:.1}"),
            required: None,
        });
    }
    let mean = (logs / guests.len() as f64).exp();
    rows["mean"] = json!(mean);
    figures.push(Figure {
        name: "host instructions, geometric mean".to_owned(),
        value: format!("{mean:.1}"),
        required: Some((
            format!("at most {HOST_REQUIRED:.0}, goal {HOST_GOAL:.0}"),
            mean <= HOST_REQUIRED,
        )),
    });
    Ok(rows)
}

/// Instructions that the host executes for `count` runs of a guest.
fn cachegrind(overture: &Path, guest: &str, count: u32) -> Result<u64, String> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(overture)
        .args(["bench", "--guest", guest, "--count", &count.to_string()]);
    let output = command.output().map_err(|e| format!("valgrind: {e}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("valgrind: {}", text.trim_end()));
    }
    references(&text).ok_or_else(|| format!("valgrind: no count in '{}'", text.trim_end()))
}

/// The number of the line `==123== I refs: 1,234,567`; newer versions align it otherwise.
pub(crate) fn references(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| {
        let words: Vec<&str> = line.split_whitespace().skip(1).take(2).collect();
        matches!(words[..], ["I", "refs:"])
    })?;
    line.split_whitespace()
        .last()?
        .replace(',', "")
        .parse()
        .ok()
}

/// The largest peak of [`MEMORY_PROGRAMS`] in KiB.
fn peak_memory(overture: &Path) -> Result<u64, String> {
    let mut largest = 0;
    for program in MEMORY_PROGRAMS {
        let arguments = ["--headless", program, "--until", "exit"];
        largest = largest.max(peak_memory_of(overture, &arguments)?);
    }
    Ok(largest)
}

/// The peak of one run in KiB.
pub(crate) fn peak_memory_of(overture: &Path, arguments: &[&str]) -> Result<u64, String> {
    match fs::metadata("/usr/bin/time") {
        Ok(_) => peak_by_time(overture, arguments),
        Err(_) => peak_by_proc(overture, arguments),
    }
}

fn peak_by_time(overture: &Path, arguments: &[&str]) -> Result<u64, String> {
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M"])
        .arg(overture)
        .args(arguments)
        .output()
        .map_err(|e| format!("time: {e}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let last = text.lines().last().unwrap_or_default();
    let size = last.trim().parse();
    size.map_err(|_| format!("time: no size in '{}'", text.trim_end()))
}

/// Looks at the process while it runs: what it takes in its last moments may be missed.
fn peak_by_proc(overture: &Path, arguments: &[&str]) -> Result<u64, String> {
    let mut child = Command::new(overture)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("overture: {e}"))?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait().map_err(|e| e.to_string())?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        peak = peak.max(high_water(&text).unwrap_or(0));
        thread::sleep(Duration::from_micros(200));
    }
    match peak {
        0 => Err("overture: ended before its memory could be looked at".to_owned()),
        peak => Ok(peak),
    }
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Seconds of a whole process whose guest ends at its first instruction; the fastest of many.
fn start(overture: &Path) -> Result<f64, String> {
    const SWI_EXIT: [u8; 4] = [0xEF, 0, 0, 0x11];
    const MOV_PC_LR: [u8; 4] = [0xE1, 0xA0, 0xF0, 0x0E];
    let image = aif::Image {
        bytes: SWI_EXIT.to_vec(),
        read_only: 4,
        zero_init: 0,
        relocations: Vec::new(),
    };
    let carried = aif::Carried {
        self_reloc: MOV_PC_LR.to_vec(),
        zero_init: Vec::new(),
    };
    let program = aif::write("first", &image, &carried, &aif::Options::default())?;
    let scratch = crate::scratch()?;
    let path = scratch.path().join("first.aif");
    fs::write(&path, program).map_err(|e| format!("{}: {e}", path.display()))?;
    let file = path.to_string_lossy().into_owned();
    let runs = (0..STARTS).map(|_| timed(overture, &[&file, "--headless"]));
    let fastest = runs.collect::<Result<Vec<Duration>, String>>()?;
    let fastest = fastest.into_iter().min().unwrap_or_default();
    Ok(fastest.as_secs_f64())
}

/// How long a run takes from outside, start of the process included.
pub(crate) fn timed(overture: &Path, arguments: &[&str]) -> Result<Duration, String> {
    let start = Instant::now();
    succeed(Command::new(overture).args(arguments))?;
    Ok(start.elapsed())
}

/// Runs `overture` to its end; what it printed.
fn succeed(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("overture: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("overture: {}: {}", output.status, text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_of_cachegrind_is_found() {
        let old = "==7== Cachegrind\n==7== \n==7== I   refs:      1,234,567\n";
        assert_eq!(references(old), Some(1_234_567));
        assert_eq!(references("==7== I refs:  12"), Some(12));
        assert_eq!(references("==7== D refs:  12"), None);
    }

    #[test]
    fn the_high_water_mark_is_found() {
        let status = "Name:\toverture\nVmHWM:\t   10240 kB\nVmRSS:\t 1 kB\n";
        assert_eq!(high_water(status), Some(10240));
        assert_eq!(high_water(""), None);
    }

    #[test]
    fn the_report_of_bench_is_read() {
        let report = json!({"guests": [{"name": "a", "instructions": 10, "mips": 2.5}]});
        let guests = guests(&report).expect("well formed");
        assert_eq!((guests[0].instructions, guests[0].mips), (10.0, 2.5));
        assert!(super::guests(&json!({"guests": [{}]})).is_err());
    }
}
