//! Reports that other tools read.

use super::*;
use crate::trace::check::all::check;
use crate::trace::check::one::Settings;
use crate::trace::test_rig::{Scratch, ended_with, recording};
use std::fs;
use std::num::NonZeroUsize;

/// Whether each tag that opens closes in order, and nothing else stands in the text that XML
/// does not allow.
fn is_well_formed(document: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    while let Some(text) = rest.filter(|text| !text.trim().is_empty()) {
        let (before, after) = text.split_once('<').unwrap_or((text, ""));
        let entities = before.split('&').skip(1);
        let known = ["lt;", "gt;", "amp;", "quot;"];
        if !entities
            .clone()
            .all(|e| known.iter().any(|k| e.starts_with(k)))
        {
            return false;
        }
        let Some((tag, after)) = after.split_once('>') else {
            return false;
        };
        let name = tag.split(' ').next().unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        if tag.matches('"').count() % 2 != 0 {
            return false;
        }
        rest = Some(after);
    }
    open.is_empty() && document.chars().all(|c| c == '\n' || !c.is_control())
}

#[test]
fn a_test_case_for_each_recording_with_the_report_as_its_failure() {
    let scratch = Scratch::new();
    let then = recording("hello");
    let bad = scratch.path().join("bad.trace");
    fs::write(&bad, "nothing").expect("written");
    let files = [
        scratch.put("a.trace", &then),
        scratch.put("b <&\"\u{1b}>.trace", &ended_with(&then, 1)),
        bad,
    ];
    let jobs = NonZeroUsize::MIN;
    let checked = check(&files, jobs, &Settings::default(), |_, _| ());
    let text = document(&checked, Duration::from_millis(1_500));
    assert!(is_well_formed(&text), "{text}");
    let counts = "tests=\"3\" failures=\"1\" errors=\"1\" time=\"1.500\"";
    assert!(text.contains(counts), "{text}");
    assert_eq!(text.matches("<testcase ").count(), 3);
    assert!(text.contains("differs first in `stop status`"), "{text}");
    assert!(text.contains("b &lt;&amp;&quot;?&gt;.trace"), "{text}");
    assert!(text.contains("status: expected 1, found 0"), "{text}");
}

#[test]
fn what_xml_cannot_say_is_replaced() {
    let text = escaped("<a href=\"&\">\u{0}\u{7}\r\n\u{fffe}ä");
    assert_eq!(
        text,
        "&lt;a href=&quot;&amp;&quot;&gt;\u{fffd}\u{fffd}\u{fffd}\n\u{fffd}ä"
    );
}
