//! What the debugger costs, and how fast it goes back.

use crate::bench::{Figure, references};
use crate::root;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Ways to run a program under the debugger, and how many percent more they may cost.
const COSTS: [(&str, &str, f64); 3] = [
    ("idle", "debugger attached", 1.0),
    ("points", "a hundred breakpoints", 3.0),
    ("history", "keeping the past", 10.0),
];

/// Figures of ten minutes and of ways back, and the most they may be.
const REQUIRED: [(&str, f64); 4] = [
    ("history, MiB", 256.0),
    ("step back, median ms", 5.0),
    ("step back, p99 ms", 50.0),
    ("jump, p99 ms", 300.0),
];

/// Measures with the example `debug_speed`; the rows go to `figures`. Without cachegrind
/// nothing is counted.
pub fn measure(has_cachegrind: bool, figures: &mut Vec<Figure>) -> Result<Value, String> {
    let example = build()?;
    let mut report = json!({});
    if has_cachegrind {
        let start = count(&example, "start")?;
        let of = |mode| Ok::<u64, String>(count(&example, mode)?.saturating_sub(start));
        let plain = of("plain")?.max(1);
        for (mode, name, most) in COSTS {
            let more = (of(mode)? as f64 / plain as f64 - 1.0) * 100.0;
            report[mode] = json!(more);
            figures.push(Figure {
                name: format!("host instructions, {name}"),
                value: format!("{more:+.2} %"),
                required: Some((format!("at most {most:+.0} %"), more <= most)),
            });
        }
    }
    let output = Command::new(&example).arg("travel").output();
    let output = output.map_err(|e| format!("{}: {e}", example.display()))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    for (name, value) in rows(&String::from_utf8_lossy(&output.stdout)) {
        let required = REQUIRED.iter().find(|required| required.0 == name);
        report[name] = json!(value);
        figures.push(Figure {
            name: format!("debugger: {name}"),
            value: format!("{value:.2}"),
            required: required.map(|&(_, most)| (format!("at most {most:.0}"), value <= most)),
        });
    }
    Ok(report)
}

/// The lines of the example.
fn rows(text: &str) -> Vec<(&str, f64)> {
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(name, value)| Some((name, value.parse().ok()?)))
        .collect()
}

fn build() -> Result<PathBuf, String> {
    let build = ["build", "--release", "-p", "tests", "--example"];
    crate::cargo(&[&build[..], &["debug_speed"]].concat(), &[])?;
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/examples/debug_speed"))
}

/// Instructions that the host executes.
fn count(example: &Path, mode: &str) -> Result<u64, String> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(example)
        .arg(mode);
    let output = command.output().map_err(|e| format!("valgrind: {e}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    references(&text).ok_or_else(|| format!("valgrind: no count in '{}'", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_and_a_value() {
        let rows = rows("history, MiB\t12.5\nnothing\nbad\tx\n");
        assert_eq!(rows, [("history, MiB", 12.5)]);
    }
}
