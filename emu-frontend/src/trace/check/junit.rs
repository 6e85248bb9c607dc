//! The outcome of a check in the form of JUnit, which every CI reads.

use super::all::Tally;
use super::one::{Checked, Outcome};
use std::fmt::Write;
use std::time::Duration;

/// The whole file: one test case for each recording.
pub fn document(checked: &[Checked], took: Duration) -> String {
    let Tally {
        different,
        unusable,
        ..
    } = Tally::of(checked);
    let counts = format!(
        "tests=\"{}\" failures=\"{different}\" errors=\"{unusable}\" time=\"{:.3}\"",
        checked.len(),
        took.as_secs_f64()
    );
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"overture trace check\" {counts}>\n\
         <testsuite name=\"traces\" skipped=\"0\" {counts}>\n"
    );
    for one in checked {
        let name = escaped(&one.file());
        let took = one.took.as_secs_f64();
        let _ = write!(
            text,
            "<testcase classname=\"traces\" name=\"{name}\" time=\"{took:.3}\""
        );
        let (element, message, content) = match &one.outcome {
            Outcome::Same | Outcome::Renewed => {
                text.push_str("/>\n");
                continue;
            }
            Outcome::Differs { report, .. } => {
                let message = format!("differs first in {}", report.cause());
                ("failure", message, report.to_string())
            }
            Outcome::Unusable(error) => ("error", error.clone(), error.clone()),
        };
        let (message, content) = (escaped(&message), escaped(&content));
        let _ = write!(
            text,
            ">\n<{element} message=\"{message}\" type=\"{}\">{content}</{element}>\n</testcase>\n",
            one.outcome.word()
        );
    }
    text.push_str("</testsuite>\n</testsuites>\n");
    text
}

/// A text for an attribute or between two tags. What XML 1.0 has no way to write becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut to = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '&' => to.push_str("&amp;"),
            '"' => to.push_str("&quot;"),
            '\n' | '\t' => to.push(c),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => to.push('\u{FFFD}'),
            c => to.push(c),
        }
    }
    to
}

#[cfg(test)]
mod tests;
