//! Many recordings side by side, told of in order.

use super::one::{Checked, Outcome, Settings, check as check_one};
use crate::report::Status;
use crate::trace::commands;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Checks all recordings, `jobs` at a time. `tell` gets each in the order of `files`, as soon as
/// all before it are done, with the number of those that it has got.
pub fn check(
    files: &[PathBuf],
    jobs: NonZeroUsize,
    settings: &Settings,
    mut tell: impl FnMut(usize, &Checked),
) -> Vec<Checked> {
    let commands = commands();
    let next = AtomicUsize::new(0);
    let (to, from) = mpsc::channel();
    let mut done = Vec::with_capacity(files.len());
    thread::scope(|scope| {
        for _ in 0..jobs.get().min(files.len()) {
            let (to, next, commands) = (to.clone(), &next, &commands);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(index) else {
                        return;
                    };
                    let checked = check_one(path, settings, commands);
                    if to.send((index, checked)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(to);
        let mut early = BTreeMap::new();
        for (index, checked) in from {
            early.insert(index, checked);
            while let Some(checked) = early.remove(&done.len()) {
                tell(done.len() + 1, &checked);
                done.push(checked);
            }
        }
    });
    done
}

/// How many came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Happen again.
    pub same: usize,
    /// Do not.
    pub different: usize,
    /// Did not, and do now.
    pub renewed: usize,
    /// Could not be checked.
    pub unusable: usize,
}

impl Tally {
    /// Counts.
    pub fn of(checked: &[Checked]) -> Tally {
        let mut tally = Tally::default();
        for Checked { outcome, .. } in checked {
            *match outcome {
                Outcome::Same => &mut tally.same,
                Outcome::Differs { .. } => &mut tally.different,
                Outcome::Renewed => &mut tally.renewed,
                Outcome::Unusable(_) => &mut tally.unusable,
            } += 1;
        }
        tally
    }

    /// What the process says about it.
    pub fn status(self) -> Status {
        match (self.unusable, self.different) {
            (0, 0) => Status::Success,
            (0, _) => Status::Failure,
            _ => Status::Usage,
        }
    }

    fn all(self) -> usize {
        self.same + self.different + self.renewed + self.unusable
    }

    /// The last line.
    pub fn words(self, took: Duration) -> String {
        let mut text = match self.all() {
            1 => "1 recording".to_owned(),
            all => format!("{all} recordings"),
        };
        text.push_str(&format!(
            " in {:.1} s: {} the same",
            took.as_secs_f64(),
            self.same
        ));
        for (count, word) in [
            (self.different, "different"),
            (self.renewed, "renewed"),
            (self.unusable, "that could not be checked"),
        ] {
            if count > 0 {
                text.push_str(&format!(", {count} {word}"));
            }
        }
        text
    }

    /// The last line for other programs.
    pub fn json(self, took: Duration) -> Value {
        json!({
            "recordings": self.all(),
            "same": self.same,
            "different": self.different,
            "renewed": self.renewed,
            "unusable": self.unusable,
            "seconds": took.as_secs_f64(),
        })
    }
}
