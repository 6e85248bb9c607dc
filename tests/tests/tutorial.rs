//! The page for the first hour is true.
#![forbid(unsafe_code)]

use emu_frontend::debug::answers;

const PAGE: &str = include_str!("../../docs/first-hour.md");

/// A command of the page with what it is said to answer.
struct Shown {
    command: &'static str,
    answer: Vec<&'static str>,
}

/// The session of the page: the options of its first line, and its commands.
fn session() -> (Vec<&'static str>, Vec<Shown>) {
    let mut options = Vec::new();
    let mut commands: Vec<Shown> = Vec::new();
    let mut is_inside = false;
    for line in PAGE.lines() {
        if line.starts_with("```") {
            is_inside = line == "```debugger";
            continue;
        }
        if !is_inside {
            continue;
        }
        if let Some(words) = line.strip_prefix("$ overture debug ") {
            options = words.split_whitespace().collect();
        } else if let Some(command) = line.strip_prefix("> ") {
            let answer = Vec::new();
            commands.push(Shown { command, answer });
        } else if let Some(shown) = commands.last_mut() {
            shown.answer.push(line);
        }
    }
    (options, commands)
}

#[test]
fn every_command_of_the_page_answers_what_it_shows() {
    let (options, commands) = session();
    assert!(
        commands.len() > 8,
        "the page has {} commands",
        commands.len()
    );
    let lines: Vec<&str> = commands.iter().map(|shown| shown.command).collect();
    let told = answers(&options, &lines).expect("the session of the page");
    for (shown, told) in commands.iter().zip(&told) {
        let mut told = told.lines();
        let mut may_skip = false;
        for line in &shown.answer {
            // Three dots stand for lines that are left out.
            if line.trim() == "..." {
                may_skip = true;
                continue;
            }
            let found = match may_skip {
                true => told.any(|told| told.trim_end() == line.trim_end()),
                false => told.next().map(str::trim_end) == Some(line.trim_end()),
            };
            assert!(found, "{}: the page shows {line:?}", shown.command);
            may_skip = false;
        }
        let rest = told.next();
        assert!(may_skip || rest.is_none(), "{}: {rest:?}", shown.command);
    }
}
