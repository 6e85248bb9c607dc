//! `monitor`: the commands of the prompt, the last events, what a code means.

use super::guest::Guest;
use crate::debug::{commands, going};
use crate::explain;
use gdbstub::target::ext::monitor_cmd::{ConsoleOutput, MonitorCmd};
use std::convert::Infallible;

/// Bytes of an answer, at most.
const ANSWER_MAX: usize = 1 << 20;
/// Bytes that go out together.
const PIECE: usize = 4096;

/// Commands beside those of the prompt.
const OWN: [(&str, &str); 4] = [
    ("trace [N]", "the same as `events`"),
    (
        "explain CODE",
        "say what a number or name of an error means",
    ),
    ("programs", "list programs and where they were loaded"),
    (
        "goto WHEN",
        "let the next `continue` go to vbl:N, time:SECONDS or cycle:N, in either direction",
    ),
];

impl MonitorCmd for Guest<'_> {
    fn handle_monitor_cmd(
        &mut self,
        command: &[u8],
        mut out: ConsoleOutput<'_>,
    ) -> Result<(), Infallible> {
        let line = String::from_utf8_lossy(command).trim().to_owned();
        let mut text = self
            .monitor(&line)
            .unwrap_or_else(|why| format!("error: {why}"));
        if text.len() > ANSWER_MAX {
            let end = (0..=ANSWER_MAX).rev().find(|&n| text.is_char_boundary(n));
            text.truncate(end.unwrap_or(0));
            text.push_str("\n(there is more)");
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        for piece in text.as_bytes().chunks(PIECE) {
            out.write_raw(piece);
        }
        Ok(())
    }
}

impl Guest<'_> {
    /// Executes a line; the error is one line.
    fn monitor(&mut self, line: &str) -> Result<String, String> {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match name {
            "" => Err("monitor wants a command; `monitor help` lists them".to_owned()),
            "trace" => self.execute(&format!("events {rest}")),
            "explain" => explain::words(rest),
            "programs" => Ok(self.programs()),
            "help" | "h" if rest.is_empty() => Ok(self.help()),
            _ => {
                let full = commands::full_name(name)?;
                match full {
                    "goto" => self.goto(rest),
                    "quit" => Err(
                        "GDB ends the session with `kill`, and leaves it with `detach`".to_owned(),
                    ),
                    _ if commands::lets_time_pass(full) => Err(instead(full)),
                    "delete" | "enable" | "disable" => {
                        let number = commands::number(rest)?;
                        match u32::try_from(number).is_ok_and(|number| self.is_own(number)) {
                            true => Err(format!(
                                "{number} is GDB's own; use `{full}` without monitor"
                            )),
                            false => self.execute(line),
                        }
                    }
                    _ => self.execute(line),
                }
            }
        }
    }

    fn execute(&mut self, line: &str) -> Result<String, String> {
        commands::execute(&mut self.debugging, line).map(|answer| answer.text)
    }

    fn help(&self) -> String {
        let rows = commands::COMMANDS.iter();
        let rows = rows.filter(|row| !commands::lets_time_pass(row.name) && row.name != "quit");
        let rows = rows.map(|row| (format!("{} {}", row.name, row.usage), row.about));
        let own = OWN
            .iter()
            .map(|(usage, about)| ((*usage).to_owned(), *about));
        let lines = rows
            .chain(own)
            .map(|(left, about)| format!("  {left:<42} {about}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn programs(&self) -> String {
        let machine = self.debugging.debugger.machine();
        let there = self.started.iter();
        let there = there.filter(|(task, program)| {
            program.at <= machine.now() && machine.task(**task).is_some()
        });
        let lines: Vec<String> = there
            .map(|(task, program)| {
                let (name, start) = (&program.name, program.start);
                format!("{task:?}  {name} at {start:#x}, since {}", program.at)
            })
            .collect();
        match lines.is_empty() {
            true => "no program has been started since GDB came".to_owned(),
            false => lines.join("\n"),
        }
    }

    fn goto(&mut self, when: &str) -> Result<String, String> {
        let at = going::instant(&self.debugging, when)?;
        self.next_instant = Some(at);
        Ok(format!("`continue` goes to {at} now"))
    }
}

/// What to use instead of a command that lets time pass behind GDB's back.
fn instead(name: &str) -> String {
    let other = match name {
        "run" => "`continue`",
        "step" => "`stepi`",
        "next" => "`nexti`",
        "finish" => "`finish`",
        "back" => "`reverse-stepi`",
        "reverse" => "`reverse-continue`",
        "origin" => "`reverse-finish`",
        "writer" => "`watch` and `reverse-continue`",
        "call" => "`monitor break event call` and `continue`",
        "completion" => "`monitor break complete` and `continue`",
        "field" => "`monitor goto vbl:N` and `continue`",
        _ => "`continue`",
    };
    format!("GDB would not notice that time passes: use {other}, not `monitor {name}`")
}
