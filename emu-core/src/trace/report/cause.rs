//! Why recordings differ, in so few words that they can be grouped by it.

use super::Report;
use crate::trace::event::Event;
use std::fmt;

/// What the first differences of several recordings may have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// What differs: `complete terms.seek`.
    pub what: String,
    /// The device, or nothing.
    pub device: String,
    /// Parts of the emulator that behave differently since.
    pub versions: Vec<(String, Option<u32>, Option<u32>)>,
}

impl Report {
    /// What it may have in common with other reports.
    pub fn cause(&self) -> Cause {
        let expected = self.divergence.expected.as_ref();
        let found = self.divergence.found.as_ref();
        let word = |event: &Event| match event {
            Event::Call { call, .. } | Event::Return { call, .. } => match call.row() {
                Some(row) => format!("{} {}", event.word(), row.name),
                None => event.word().to_owned(),
            },
            _ => event.word().to_owned(),
        };
        let what = match (&self.silence, expected, found) {
            (Some(silence), ..) => format!("checksum of {}", silence.parts.join(", ")),
            (None, Some(a), Some(b)) if a.seen.code() == b.seen.code() => {
                let fields: Vec<&str> = self.changes.iter().map(|c| c.field.as_str()).collect();
                format!("{} {}", a.seen.word(), fields.join(", "))
            }
            (None, Some(a), Some(b)) => format!("{} instead of {}", word(&b.seen), word(&a.seen)),
            (None, Some(a), None) => format!("missing {}", word(&a.seen)),
            (None, None, Some(b)) => format!("additional {}", word(&b.seen)),
            (None, None, None) => String::new(),
        };
        Cause {
            what,
            device: self.device.clone(),
            versions: self.versions.clone(),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.what)?;
        if !self.device.is_empty() {
            write!(f, " of {}", self.device)?;
        }
        if !self.versions.is_empty() {
            let versions: Vec<String> = self.versions.iter().map(super::version_words).collect();
            write!(f, " ({})", versions.join("; "))?;
        }
        Ok(())
    }
}
