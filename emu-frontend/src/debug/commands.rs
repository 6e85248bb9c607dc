//! The one table of commands: prompt, help and documentation come from it.

use super::journey::Journey;
use super::{Answer, Debugging, changes, going, objects, past, profile, stops, symbols, views};
use serde_json::json;
use std::io::Write;

/// A command.
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// A short form.
    pub short: &'static str,
    /// What follows it.
    pub usage: &'static str,
    /// One line about it.
    pub about: &'static str,
    what: What,
}

/// What a command does.
#[derive(Clone, Copy)]
enum What {
    Help,
    Quit,
    Going(going::Way),
    Stops(stops::Change),
    View(views::View),
    Change(changes::Way),
    Symbols,
    Profile,
    Leaks,
    Objects(objects::View),
    Past(past::View),
}

macro_rules! commands {
    ($($name:literal $short:literal $usage:literal $about:literal => $what:expr;)*) => {
        /// All commands, in the order of the help.
        pub const COMMANDS: &[Command] = &[$(Command {
            name: $name,
            short: $short,
            usage: $usage,
            about: $about,
            what: $what,
        }),*];
    };
}

commands! {
    "run" "c" "[UNTIL]" "go on until a breakpoint, the end, or vbl:N, time:SECONDS, cycle:N" => What::Going(going::Way::Run);
    "step" "s" "[N]" "execute one instruction, or N" => What::Going(going::Way::Step);
    "next" "n" "" "the same, but run through a called function or system call" => What::Going(going::Way::Next);
    "finish" "fin" "" "run until the present function returns" => What::Going(going::Way::Finish);
    "call" "sc" "" "run until any system call is about to be made" => What::Going(going::Way::Call);
    "completion" "io" "" "run until any device has done with a request" => What::Going(going::Way::Completion);
    "field" "f" "[N]" "run to the next vertical blank, or the N-th from here" => What::Going(going::Way::Field);
    "back" "bs" "[N]" "take back one instruction, or N" => What::Going(going::Way::Back);
    "reverse" "rc" "" "go back to the last place that a breakpoint waits for" => What::Going(going::Way::Reverse);
    "origin" "ro" "" "go back to where the present function was called" => What::Going(going::Way::Origin);
    "writer" "w" "ADDRESS [LENGTH]" "go back to what last wrote there, and say who did" => What::Going(going::Way::Writer);
    "goto" "g" "WHEN" "go to vbl:N, time:SECONDS or cycle:N, in either direction" => What::Going(going::Way::Goto);
    "break" "b" "WHAT [task NAME] [if CONDITION]" "stop at an address, CALL, request, complete or failed [DEVICE [UNIT] [COMMAND]] [error ERROR], error ERROR, file \"NAME\", item N, text \"...\", event KIND" => What::Stops(stops::Change::Break);
    "tbreak" "tb" "WHAT [task NAME] [if CONDITION]" "the same, for one stop" => What::Stops(stops::Change::Temporary);
    "watch" "wa" "[change] ADDRESS [LENGTH] [if CONDITION]" "stop behind writes to memory, by whomever, or only behind those that change it" => What::Stops(stops::Change::Watch);
    "delete" "d" "NUMBER" "remove a breakpoint" => What::Stops(stops::Change::Delete);
    "enable" "en" "NUMBER" "heed a breakpoint again" => What::Stops(stops::Change::Enable);
    "disable" "dis" "NUMBER" "do not heed a breakpoint for now" => What::Stops(stops::Change::Disable);
    "ignore" "ig" "NUMBER COUNT" "pass a breakpoint by so many times on the way forward" => What::Stops(stops::Change::Ignore);
    "breaks" "bl" "" "list the breakpoints" => What::Stops(stops::Change::List);
    "set" "se" "REGISTER VALUE" "change a register of the running task" => What::Change(changes::Way::Set);
    "poke" "po" "ADDRESS VALUE..." "change memory: words, b:BYTE, \"text\"" => What::Change(changes::Way::Poke);
    "where" "wh" "" "say where the machine stands" => What::View(views::View::Where);
    "regs" "r" "[TASK]" "show the registers" => What::View(views::View::Registers);
    "list" "l" "[ADDRESS] [N]" "disassemble" => What::View(views::View::List);
    "mem" "x" "ADDRESS [WORDS]" "show memory as big-endian words and text" => What::View(views::View::Memory);
    "struct" "st" "NAME ADDRESS" "show a structure of the system by its fields" => What::View(views::View::Struct);
    "stack" "bt" "" "show the callers" => What::View(views::View::Stack);
    "print" "p" "EXPRESSION" "compute an expression such as [sp+4] & 0xff" => What::View(views::View::Print);
    "tasks" "t" "" "list the tasks and what they wait for" => What::View(views::View::Tasks);
    "items" "i" "[TASK]" "list items, or those of a task" => What::View(views::View::Items);
    "requests" "rq" "" "list what devices still have to do, and when it is due" => What::View(views::View::Requests);
    "item" "it" "ITEM" "show an item with all it has, and what has happened to it" => What::Objects(objects::View::Item);
    "ports" "pt" "" "list message ports with what lies there" => What::Objects(objects::View::Ports);
    "messages" "ms" "" "list messages" => What::Objects(objects::View::Messages);
    "semaphores" "sem" "" "list semaphores with holder and waiters" => What::Objects(objects::View::Semaphores);
    "ioreqs" "ior" "" "list I/O requests with their devices and states" => What::Objects(objects::View::Requests);
    "memory" "me" "" "list the memory of each program: owned, used, free" => What::Objects(objects::View::Memory);
    "mach" "ma" "" "list Mach's ports, rights, done queues and devices" => What::Objects(objects::View::Mach);
    "graph" "gr" "[all] [FILE]" "show who owns, holds, waits for what; in a FILE for Graphviz" => What::Objects(objects::View::Graph);
    "events" "ev" "[N] [task NAME] [call NAME] [kind KIND] [item N]" "list the last events" => What::Past(past::View::Events);
    "cause" "ca" "" "explain what has woken the present task, and go back to the call that asked for it" => What::Past(past::View::Cause);
    "sound" "so" "" "list instruments, channels, and what is used of the signal processor" => What::View(views::View::Sound);
    "why" "y" "[TASK]" "say why a task waits, and what can wake it" => What::View(views::View::Why);
    "symbols" "sy" "[FILE [BASE]]" "list the names of addresses there are, or read more from a map or program" => What::Symbols;
    "profile" "pf" "[on, off, clear, FILE]" "count what cycles go into; show that, or write it (.txt, .json, else folded stacks)" => What::Profile;
    "leaks" "lk" "" "say what was never given back since `profile on`: items, memory, rights of Mach, who asked" => What::Leaks;
    "history" "hi" "" "say what is kept of the past" => What::View(views::View::History);
    "help" "h" "[COMMAND]" "list the commands, or explain one" => What::Help;
    "quit" "q" "" "end" => What::Quit;
}

/// A command that was begun.
pub enum Begun {
    /// It is done.
    Done(Answer),
    /// It lets time pass.
    Under(Journey),
}

/// Executes a command with what follows it.
pub fn execute<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    line: &str,
) -> Result<Answer, String> {
    let (what, rest) = parse(line)?;
    match what {
        What::Help => help(rest),
        What::Quit => {
            debugging.done = true;
            Ok(Answer::said(""))
        }
        What::Going(way) => going::go(debugging, way, rest),
        What::Stops(change) => stops::change(debugging, change, rest),
        What::Objects(view) => objects::show(debugging, view, rest),
        What::Past(view) => past::show(debugging, view, rest),
        What::Change(way) => changes::change(debugging, way, rest),
        What::View(view) => views::show(debugging, view, rest),
        What::Symbols => symbols::command(debugging, rest),
        What::Profile => profile::command(debugging, rest),
        What::Leaks => profile::leaks(debugging),
    }
}

/// The name of a command, by its name or its short form.
pub fn full_name(name: &str) -> Result<&'static str, String> {
    find(name).map(|command| command.name)
}

/// Whether a command lets time pass.
pub fn lets_time_pass(name: &str) -> bool {
    find(name).is_ok_and(|command| matches!(command.what, What::Going(_)))
}

/// Executes a command, or begins it if it lets time pass.
pub fn begin<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    line: &str,
) -> Result<Begun, String> {
    match parse(line)? {
        (What::Going(way), rest) => Journey::begin(debugging, way, rest).map(Begun::Under),
        _ => execute(debugging, line).map(Begun::Done),
    }
}

fn parse(line: &str) -> Result<(What, &str), String> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    Ok((find(name)?.what, rest.trim()))
}

fn find(name: &str) -> Result<&'static Command, String> {
    let is_it = |command: &&Command| command.name == name || command.short == name;
    COMMANDS.iter().find(is_it).ok_or_else(|| {
        let near = COMMANDS
            .iter()
            .find(|command| command.name.starts_with(name));
        match near {
            Some(command) => format!(
                "there is no command {name:?}; did you mean {}?",
                command.name
            ),
            None => format!("there is no command {name:?}; `help` lists them"),
        }
    })
}

fn help(name: &str) -> Result<Answer, String> {
    let line = |command: &Command| {
        let left = format!("{} {}", command.name, command.usage);
        format!("  {:<4}{left:<42} {}", command.short, command.about)
    };
    let shown: Vec<&Command> = match name {
        "" => COMMANDS.iter().collect(),
        name => vec![find(name)?],
    };
    let text: Vec<String> = shown.iter().map(|command| line(command)).collect();
    let rows = shown.iter().map(|command| {
        json!({
            "name": command.name,
            "short": command.short,
            "usage": command.usage,
            "about": command.about,
        })
    });
    Ok(Answer {
        text: text.join("\n"),
        json: json!({ "commands": rows.collect::<Vec<_>>() }),
    })
}

/// A number: decimal, or hexadecimal with 0x.
pub fn number(word: &str) -> Result<u64, String> {
    let value = match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => word.parse(),
    };
    value.map_err(|_| format!("{word:?} is no number; write 12 or 0x1f"))
}

/// An address, as a number or as an expression without spaces.
pub fn address<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    word: &str,
) -> Result<u32, String> {
    if word.is_empty() {
        return Err("an address is missing, such as 0x48000 or sp+4".to_owned());
    }
    let expression = emu_core::debug::Expression::parse(word).map_err(|e| e.to_string())?;
    let value = debugging.debugger.value(&expression);
    let value = value.and_then(|value| u32::try_from(value).ok());
    value.ok_or_else(|| format!("{word:?} is no address"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_and_short_form_means_one_command() {
        let names = COMMANDS.iter().flat_map(|c| [c.name, c.short]);
        let all: Vec<&str> = names.collect();
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
    }

    #[test]
    fn help_names_every_command() {
        let text = help("").expect("help").text;
        assert_eq!(text.lines().count(), COMMANDS.len());
        assert!(
            help("nothing")
                .expect_err("no command")
                .contains("no command")
        );
        assert!(help("ru").expect_err("no command").contains("run"));
    }

    #[test]
    fn numbers_come_in_two_forms() {
        assert_eq!(number("12"), Ok(12));
        assert_eq!(number("0x1F"), Ok(31));
        assert!(number("x").is_err() && number("").is_err() && number("-1").is_err());
    }
}
