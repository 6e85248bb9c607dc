//! What `trace chaos` found, for people and as JSON.

use super::{ChaosArgs, Failure, Found, Late};
use crate::cli::RunArgs;
use crate::cli::chaos::DisturbArgs;
use emu_core::chaos::Chaos;
use emu_core::time::{CPU_HZ, Ticks};
use emu_core::trace::Asker;
use serde_json::{Value, json};
use std::fmt::Write;

/// For people.
pub fn text(args: &ChaosArgs, found: &Found) -> String {
    let last = args.from.saturating_add(args.seeds.saturating_sub(1));
    let mut text = format!("undisturbed: {}\n", found.usual);
    if found.failures.is_empty() {
        let _ = writeln!(text, "seeds {} to {last}: the same", args.from);
        return text;
    }
    for failure in &found.failures {
        let Failure {
            what,
            chaos,
            seeds,
            held,
            command,
            recording,
        } = failure;
        let _ = writeln!(
            text,
            "\nseed {} ({seeds} of {}): {what}",
            chaos.seed, args.seeds
        );
        if held.is_empty() {
            let _ = writeln!(text, "  no completion is late: {}", causes(chaos));
        }
        for Late {
            req,
            whose,
            delay,
            fails,
        } in held
        {
            let late = format!("is {} late", time(*delay));
            let what = match (*delay, *fails) {
                (Ticks(0), _) => "fails".to_owned(),
                (_, true) => format!("fails and {late}"),
                _ => late,
            };
            let _ = writeln!(text, "  request {req} ({whose}) {what}");
        }
        let _ = writeln!(text, "  {command}");
        if let Some(path) = recording {
            let _ = writeln!(text, "  recorded in {}", path.display());
        }
    }
    text
}

/// As JSON, in one line.
pub fn json(args: &ChaosArgs, found: &Found) -> String {
    let late = |late: &Late| json!({ "request": late.req, "whose": late.whose, "cycles": late.delay.0, "fails": late.fails });
    let failure = |failure: &Failure| {
        json!({
            "what": failure.what,
            "seed": failure.chaos.seed,
            "seeds": failure.seeds,
            "only": failure.chaos.only,
            "held": failure.held.iter().map(late).collect::<Vec<Value>>(),
            "command": failure.command,
            "recording": failure.recording,
        })
    };
    let report = json!({
        "from": args.from,
        "seeds": args.seeds,
        "undisturbed": found.usual,
        "failures": found.failures.iter().map(failure).collect::<Vec<Value>>(),
    });
    report.to_string()
}

/// What a seed does besides holding completions back.
fn causes(chaos: &Chaos) -> String {
    let mut causes = Vec::new();
    if chaos.has_instant_drive() {
        causes.push("the drive takes no time".to_owned());
    }
    if let Some(quantum) = chaos.quantum() {
        causes.push(format!("tasks take turns of at most {}", time(quantum)));
    }
    causes.join(", ")
}

/// A length of time in the unit that suits it.
fn time(length: Ticks) -> String {
    let nanoseconds = length.0 * (1_000_000_000 / CPU_HZ);
    match nanoseconds {
        ns @ 0..1_000 => format!("{ns} ns"),
        ns @ 1_000..1_000_000 => format!("{}.{} us", ns / 1_000, ns % 1_000 / 100),
        ns => format!("{}.{:02} ms", ns / 1_000_000, ns % 1_000_000 / 10_000),
    }
}

/// Whose request it is and of which device.
pub fn whose(device: &str, by: Asker, of: u32) -> String {
    match by {
        Asker::Request => format!("IOReq {of:#x} of the {device}"),
        Asker::Volume => format!("the file system's of the {device}"),
        Asker::Mach => format!("Mach operation {of} of the {device}"),
        Asker::Kernel => format!("the kernel's of the {device}"),
    }
}

/// The command line that repeats a run.
pub fn command(args: &RunArgs, chaos: &Chaos) -> String {
    let shown = |word: &std::ffi::OsStr| word.to_string_lossy().into_owned();
    let mut words = vec!["overture".to_owned(), "run".to_owned()];
    words.extend(args.image.as_deref().map(shown));
    words.push("--headless".to_owned());
    let disturbed = RunArgs {
        chaos: DisturbArgs::of(chaos),
        ..args.of_machine()
    };
    words.extend(disturbed.machine_words());
    let files = [
        ("--disc", &args.disc),
        ("--nvram", &args.nvram),
        ("--input", &args.input),
    ];
    for (option, path) in files {
        if let Some(path) = path {
            words.extend([option.to_owned(), shown(path.as_os_str())]);
        }
    }
    for until in &args.until {
        words.extend(["--until".to_owned(), until.to_string()]);
    }
    if !args.arguments.is_empty() {
        words.push("--".to_owned());
        words.extend(args.arguments.iter().map(|word| shown(word)));
    }
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// As a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_command_is_quoted_for_a_shell() {
        let args = RunArgs {
            image: Some("a b.aif".into()),
            disc: Some(PathBuf::from("it's.iso")),
            arguments: vec!["-x".into(), "".into()],
            ..RunArgs::default()
        };
        let chaos = Chaos {
            seed: 4,
            media: true,
            only: Some(vec![2, 9]),
        };
        assert_eq!(
            command(&args, &chaos),
            r"overture run 'a b.aif' --headless --chaos 4 --chaos-media --chaos-only 2,9 --disc 'it'\''s.iso' -- -x ''"
        );
    }

    #[test]
    fn times_have_the_unit_that_suits_them() {
        let shown = [1, 13, 12_500, 1_000_000].map(|ticks| time(Ticks(ticks)));
        assert_eq!(shown, ["80 ns", "1.0 us", "1.00 ms", "80.00 ms"]);
    }
}
