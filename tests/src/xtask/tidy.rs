//! `cargo xtask tidy`: rules about the tree that no compiler checks.

use crate::{Problems, conformance, readme, roms, root, source};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// A source file longer than this is worth splitting.
const LONG_FILE: usize = 800;

/// The first line of a file is its tagline; a longer one is worth shortening.
const LONG_TAGLINE: usize = 80;

/// Runs the task: rules are errors, long files are only mentioned.
pub fn run(args: &[String]) -> Result<(), Problems> {
    let fix = match args {
        [] => false,
        [one] if one == "--fix" => true,
        _ => return Err(vec!["takes nothing but --fix".to_owned()]),
    };
    let mut problems = Vec::new();
    let files = tracked_files().map_err(|e| vec![e])?;
    // Binary files have no lines to look at; deleted ones no bytes.
    let texts: Vec<(&str, String)> = files
        .iter()
        .filter_map(|file| Some((file.as_str(), fs::read_to_string(root().join(file)).ok()?)))
        .collect();
    let tests: BTreeSet<String> = texts
        .iter()
        .filter(|(file, _)| file.ends_with(".rs"))
        .flat_map(|(file, text)| source::test_modules(file, text))
        .collect();
    for (file, text) in &texts {
        check_text(file, text, &mut problems);
        if file.ends_with(".rs") {
            source::check_panics(file, text, &tests, &mut problems);
        }
    }
    let long = |(file, text): &&(&str, String)| {
        file.ends_with(".rs") && text.lines().next().is_some_and(|l| l.len() > LONG_TAGLINE)
    };
    let long: Vec<&str> = texts.iter().filter(long).map(|(file, _)| *file).collect();
    for file in long {
        problems.push(format!(
            "{file}: its first line has more than {LONG_TAGLINE} characters"
        ));
    }
    problems.extend(readme::check(fix).err().unwrap_or_default());
    problems.extend(conformance::check(&texts, fix).err().unwrap_or_default());
    check_roms(&files, &mut problems).map_err(|e| vec![e])?;
    if problems.is_empty() {
        println!("tidy: {} files", files.len());
        Ok(())
    } else {
        Err(problems)
    }
}

fn tracked_files() -> Result<Vec<String>, String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|e| format!("git: {e}"))?;
    if !output.status.success() {
        return Err("git ls-files failed; is this a clone of the repository?".to_string());
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_string)
        .collect())
}

fn check_text(file: &str, text: &str, problems: &mut Problems) {
    if file.ends_with(".rs") && !text.starts_with("//!") {
        problems.push(format!(
            "{file}: begins without a `//!` line that says what it is"
        ));
    }
    // Split here, or this file would be one.
    if let Some(line) = text
        .lines()
        .position(|line| line.starts_with(concat!("<<<<", "<<< ")))
    {
        problems.push(format!("{file}:{}: a merge that is not finished", line + 1));
    }
    if file.ends_with("/mod.rs") {
        problems.push(format!("{file}: modules are `foo.rs` and `foo/` here"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if source::bare_mark(line) {
            problems.push(format!("{file}:{number}: does not say what is to be done"));
        }
        if let Some(path) = machine_path(line) {
            problems.push(format!(
                "{file}:{number}: names a folder of one machine: {path}"
            ));
        }
    }
    let lines = text.lines().count();
    if lines > LONG_FILE && (file.ends_with(".rs") || file.ends_with(".s")) {
        println!("tidy: {file} has {lines} lines, split it where it divides by itself");
    }
}

/// The first absolute path into somebody's folders. The names are put together
/// here so that this file passes its own check.
fn machine_path(line: &str) -> Option<&str> {
    for folder in ["work", "home", "root"] {
        let path = format!("/{folder}/");
        for (at, _) in line.match_indices(&path) {
            let absolute =
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-)}>$~".contains(c));
            if absolute {
                let rest = &line[at..];
                let end = rest.find(|c: char| c.is_whitespace() || "\"'`)".contains(c));
                return Some(&rest[..end.unwrap_or(rest.len())]);
            }
        }
    }
    None
}

/// Sources, binaries, rows of the library and rows of the table agree.
fn check_roms(files: &[String], problems: &mut Problems) -> Result<(), String> {
    let outputs = roms::outputs()?;
    let expected: BTreeSet<&str> = outputs.iter().map(|o| o.file.as_str()).collect();
    let present: BTreeSet<&str> = files
        .iter()
        .filter_map(|f| f.strip_prefix("roms/bin/"))
        .collect();
    for file in expected.difference(&present) {
        problems.push(format!(
            "roms/bin/{file} is missing: run `cargo xtask roms`"
        ));
    }
    for file in present.difference(&expected) {
        problems.push(format!("roms/bin/{file} has no source in roms/src"));
    }

    let table = fs::read_to_string(root().join("roms/README.md"))
        .map_err(|e| format!("roms/README.md: {e}"))?;
    let rows: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    let sources: BTreeSet<&str> = outputs.iter().map(|o| o.source.as_str()).collect();
    for name in sources.difference(&rows) {
        problems.push(format!("roms/README.md has no row for `{name}`"));
    }
    for name in rows.difference(&sources) {
        problems.push(format!(
            "roms/README.md has a row for `{name}`, which does not exist"
        ));
    }

    for output in outputs.iter().filter(|o| o.file.ends_with(".aif")) {
        if ::roms::by_name(&output.source).is_none() {
            problems.push(format!(
                "roms/src/lib.rs has no row for `{}`",
                output.source
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_one_machine_are_found() {
        let path = format!("/{}/someone/notes.txt", "home");
        let line = format!("see {path} for more");
        assert_eq!(machine_path(&line), Some(path.as_str()));
        assert_eq!(machine_path("a frame/work/shop"), None);
        assert_eq!(machine_path("nothing here"), None);
    }
}
