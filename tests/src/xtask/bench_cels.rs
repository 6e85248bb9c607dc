//! What the cel engine takes of the host.

use crate::bench::Figure;
use crate::root;
use serde_json::{Value, json};
use std::process::Command;

/// Figures that something is required of, in microseconds.
const REQUIRED: [(&str, f64); 3] = [
    ("a full screen of 16 bits", 1_000.0),
    ("1,000 small cels, scaled and blended", 4_000.0),
    ("the worst endless list", 1_000_000.0),
];

/// Measures with the example `cel_speed`; the rows go to `figures`.
pub fn measure(figures: &mut Vec<Figure>) -> Result<Value, String> {
    let mut report = json!({});
    for (name, micros) in measured("cel_speed")? {
        let required = REQUIRED.iter().find(|required| required.0 == name);
        report[&name] = json!(micros);
        figures.push(Figure {
            name: format!("cels: {name}"),
            value: format!("{:.2} ms", micros / 1e3),
            required: required
                .map(|&(_, most)| (format!("under {:.0} ms", most / 1e3), micros < most)),
        });
    }
    Ok(report)
}

/// What an example prints: a line `figure TAB number` for each.
pub fn measured(example: &str) -> Result<Vec<(String, f64)>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--release", "-p", "tests", "--example"])
        .arg(example)
        .current_dir(root())
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines
        .map(|(name, number)| match number.parse() {
            Ok(number) => Ok((name.to_owned(), number)),
            Err(error) => Err(format!("{name}: {error}")),
        })
        .collect()
}
