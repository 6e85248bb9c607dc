//! What a run came to, as far as runs are compared.

use crate::config::RunConfig;
use crate::session::{End, Session};
use crate::sink::RunSink;
use crate::until::Until;
use emu_core::machine::{FaultReport, StuckReport};
use emu_core::time::{CPU_HZ, Tick};
use emu_core::trace::lint::{Severity, lint};
use emu_core::trace::{Event, Tape};
use std::collections::BTreeSet;
use std::io;

/// What two runs are compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// What is printed.
    pub text: bool,
    /// The mistakes that lint is sure of.
    pub lint: bool,
}

/// A run that is over.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended, in words.
    pub ending: String,
    /// Whether the limit ended it.
    is_endless: bool,
    text: String,
    mistakes: BTreeSet<&'static str>,
    /// When.
    pub at: Tick,
}

/// How long a disturbed run may take: delays are short, but they add up.
pub fn patience(undisturbed: Tick) -> Tick {
    Tick(undisturbed.0.saturating_mul(3)) + emu_core::time::Ticks(10 * CPU_HZ)
}

impl Outcome {
    /// Runs a machine to its end, or to `limit`. The tape is left out if nobody asked for it.
    pub fn of(
        config: &RunConfig,
        limit: Tick,
        compared: Compared,
        is_recording: bool,
    ) -> Result<(Outcome, Recorded), String> {
        let mut session = Session::start(config)?;
        let mut printed = Vec::new();
        let mut sink = RunSink::new(&mut printed, io::sink())
            .with_texts(config.until.texts())
            .recording(is_recording || compared.lint);
        let end = session.run_to(limit, &config.until, &config.shelf, &mut sink);
        let end = end.unwrap_or(End::Limit);
        let tape = sink.tape().map(|tape| {
            session.end_recording(&end, tape);
            std::mem::take(tape)
        });
        sink.output().flush();
        drop(sink);
        let found = match (&tape, compared.lint) {
            (Some(tape), true) => lint(tape),
            _ => Vec::new(),
        };
        let errors = found.iter().filter(|f| f.severity() == Severity::Error);
        let outcome = Outcome {
            ending: words(&end),
            is_endless: end == End::Limit,
            text: String::from_utf8_lossy(&printed).into_owned(),
            mistakes: errors.map(|finding| finding.rule.name()).collect(),
            at: session.now(),
        };
        let recorded = Recorded { session, tape };
        Ok((outcome, recorded))
    }

    /// What is worse about a disturbed run, in words; runs with the same words fail alike.
    pub fn failure(&self, usual: &Outcome, compared: Compared) -> Option<String> {
        // A run that is stopped somewhere may have got less far, and that is no failure.
        if self.ending != usual.ending {
            return Some(self.ending.clone());
        }
        let cut = self.is_endless;
        if compared.text && !cut && self.text != usual.text {
            return Some(difference(&usual.text, &self.text));
        }
        let new: Vec<&str> = self.mistakes.difference(&usual.mistakes).copied().collect();
        (!new.is_empty()).then(|| format!("lint finds {}", new.join(", ")))
    }
}

/// A run with all that can be kept of it.
pub struct Recorded {
    /// The machine at its end.
    pub session: Session,
    /// The recording, if one was made.
    pub tape: Option<Tape>,
}

impl Recorded {
    /// The requests that were disturbed, sorted.
    pub fn held(&self) -> Vec<u64> {
        let events = self.tape.iter().flatten().map(|stamped| stamped.event);
        let held = events.filter_map(|event| match event {
            Event::Held { req, .. } => Some(req),
            _ => None,
        });
        let held: BTreeSet<u64> = held.collect();
        held.into_iter().collect()
    }
}

/// An end without the instant, which is another one in every run.
fn words(end: &End) -> String {
    match end {
        End::Exit(status) => format!("the program ends with status {status}"),
        End::Until(Until::Stuck) => "nothing can wake the program".to_owned(),
        End::Until(until) => format!("{until}"),
        End::Stuck(StuckReport { tasks }) => {
            let tasks: Vec<String> = tasks.iter().map(|task| without_numbers(task)).collect();
            format!("nothing can wake the program: {}", tasks.join("; "))
        }
        End::NotStarted(code) => format!("LaunchMe cannot be started ({:#x})", code.0),
        End::Fault(FaultReport {
            name, pc, fault, ..
        }) => format!("task \"{name}\" dies at pc {pc:#x}: {fault}"),
        End::Missing(name) => format!("the missing call {name} is made"),
        End::Limit => "the program goes on and on".to_owned(),
        End::Unheard | End::Closed => "the run was ended".to_owned(),
    }
}

/// What has a name is known by it: numbers of items are others in every run.
fn without_numbers(words: &str) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let is_kept = |(n, word): (usize, &&str)| {
        let has_name = words.get(n + 1).is_some_and(|next| next.starts_with('"'));
        !(has_name && word.starts_with("0x"))
    };
    let all = words.iter().enumerate();
    let kept: Vec<&str> = all
        .filter(|&(n, word)| is_kept((n, word)))
        .map(|(_, word)| *word)
        .collect();
    kept.join(" ")
}

/// The first line that is another one.
fn difference(usual: &str, found: &str) -> String {
    let (mut usual, mut found) = (usual.lines(), found.lines());
    loop {
        match (usual.next(), found.next()) {
            (a, b) if a == b && a.is_some() => (),
            (Some(a), Some(b)) => return format!("it prints {b:?} instead of {a:?}"),
            (Some(a), None) => return format!("it does not print {a:?}"),
            (None, Some(b)) => return format!("it prints {b:?} too"),
            (None, None) => return "its last line ends in another way".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_a_name_lose_their_number() {
        let words = "task 0x20 \"main\" waits for signals 0x100 (WaitSignal)";
        let kept = "task \"main\" waits for signals 0x100 (WaitSignal)";
        assert_eq!(without_numbers(words), kept);
    }

    #[test]
    fn texts_differ_at_the_first_line_that_does() {
        assert_eq!(
            difference("a\nb\n", "a\nc\n"),
            "it prints \"c\" instead of \"b\""
        );
        assert_eq!(difference("a\nb\n", "a\n"), "it does not print \"b\"");
        assert_eq!(difference("a\n", "a\nb\n"), "it prints \"b\" too");
    }
}
