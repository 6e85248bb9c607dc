//! Rules about Rust sources that need a look at more than one line.

use crate::Problems;
use std::collections::BTreeSet;

/// Where nothing may unwrap: what runs when a guest or a file misbehaves.
const NEVER_PANIC: [&str; 3] = ["emu-core/src/", "emu-devices/src/", "emu-frontend/src/"];

/// The files, without `.rs`, that a `#[cfg(test)] mod name;` in `file` makes tests; what is in
/// the folder of that name is a test too.
pub fn test_modules(file: &str, text: &str) -> Vec<String> {
    let folder = match file
        .strip_suffix("/lib.rs")
        .or(file.strip_suffix("/main.rs"))
    {
        Some(folder) => folder,
        None => file.strip_suffix(".rs").unwrap_or(file),
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines
        .windows(2)
        .filter(|pair| pair[0] == "#[cfg(test)]")
        .filter_map(|pair| {
            let name = pair[1].strip_suffix(';')?.rsplit_once("mod ")?.1;
            Some(format!("{folder}/{name}"))
        })
        .collect()
}

/// Finds `unwrap` and `expect` outside tests.
pub fn check_panics(file: &str, text: &str, tests: &BTreeSet<String>, problems: &mut Problems) {
    if !NEVER_PANIC.iter().any(|folder| file.starts_with(folder)) {
        return;
    }
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let parents = stem.match_indices('/').map(|(at, _)| &stem[..at]);
    if parents.chain([stem]).any(|path| tests.contains(path)) {
        return;
    }
    for (number, line) in outside_tests(text) {
        let code = line.trim_start();
        let panics = [".unwrap()", ".expect(", ".unwrap_err()", ".expect_err("];
        if !code.starts_with("//") && panics.iter().any(|call| code.contains(call)) {
            problems.push(format!(
                "{file}:{number}: unwraps outside a test; a guest or a file could end the program"
            ));
        }
    }
}

/// The lines, with their numbers, that do not lie in a module or function under `#[cfg(test)]`.
/// That one ends with the first closing brace as far to the left as the attribute: rustfmt sees
/// to it.
fn outside_tests(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    // Where the test began, and whether its opening brace has been seen.
    let mut test: Option<(usize, bool)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let indent = line.len() - line.trim_start().len();
        match &mut test {
            None if line.trim() == "#[cfg(test)]" => test = Some((indent, false)),
            None => lines.push((number, line)),
            Some((begin, open)) => {
                *open |= line.ends_with('{');
                let closed = *open && indent == *begin && line.trim_start().starts_with('}');
                if closed || !*open && line.ends_with(';') {
                    test = None;
                }
            }
        }
    }
    lines
}

/// A mark of unfinished work that does not say what is to be done.
pub fn bare_mark(line: &str) -> bool {
    // Put together here so that this file passes its own check.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    let word = |c: char| c.is_alphanumeric() || c == '_';
    marks.iter().any(|mark| {
        line.match_indices(mark).any(|(at, _)| {
            let rest = &line[at + mark.len()..];
            let alone = !line[..at].ends_with(word) && !rest.starts_with(word);
            alone && rest.chars().filter(|c| c.is_alphanumeric()).count() < 8
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panics(file: &str, text: &str, tests: &[&str]) -> Problems {
        let mut problems = Vec::new();
        let tests = tests.iter().map(|t| t.to_string()).collect();
        check_panics(file, text, &tests, &mut problems);
        problems
    }

    #[test]
    fn unwrap_is_found_outside_tests_only() {
        let text = "fn a() { b.unwrap(); }\n#[cfg(test)]\nmod tests {\n    fn c() {\n        \
                    b.unwrap();\n    }\n}\n// d.unwrap()\nfn e() { f.expect(\"g\"); }\n";
        let found = panics("emu-core/src/a.rs", text, &[]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("emu-core/src/a.rs:1:"));
        assert!(found[1].starts_with("emu-core/src/a.rs:9:"));
        assert!(panics("tests/src/a.rs", text, &[]).is_empty());
    }

    #[test]
    fn files_of_test_modules_are_tests() {
        let parent = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\npub(crate) mod rig;\nmod other;\n";
        let found = test_modules("emu-core/src/a.rs", parent);
        assert_eq!(found, ["emu-core/src/a/tests", "emu-core/src/a/rig"]);
        assert_eq!(
            test_modules("emu-core/src/lib.rs", parent)[0],
            "emu-core/src/tests"
        );
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        let text = "fn a() { b.unwrap(); }\n";
        assert!(panics("emu-core/src/a/tests.rs", text, &found).is_empty());
        assert!(panics("emu-core/src/a/tests/b.rs", text, &found).is_empty());
        assert_eq!(panics("emu-core/src/a/other.rs", text, &found).len(), 1);
        // What follows a declaration is no test.
        let text = "#[cfg(test)]\nmod tests;\nfn a() { b.unwrap(); }\n";
        assert_eq!(panics("emu-core/src/a.rs", text, &[]).len(), 1);
    }

    #[test]
    fn marks_want_words() {
        let (todo, fixme) = (format!("TO{}", "DO"), format!("FIX{}", "ME"));
        assert!(bare_mark(&format!("// {todo}")));
        assert!(bare_mark(&format!("@ {fixme}: ?")));
        assert!(!bare_mark(&format!(
            "// {todo}: read the second header too"
        )));
        assert!(!bare_mark(&format!("let MASTO{} = 1;", "DON")));
    }
}
