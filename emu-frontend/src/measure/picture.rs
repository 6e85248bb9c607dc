//! A profile for Perfetto: curves over fields, and all stacks side by side.

use crate::trace::export::json::{Arg, Entry, Phase, TraceJson, Track};
use emu_core::profile::Report;
use emu_core::time::{Tick, Ticks, Video};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The process of the curves.
const FIELDS: Track = Track { pid: 1, tid: 0 };
/// The process of the stacks.
const STACKS: Track = Track { pid: 2, tid: 0 };

/// Writes it.
pub fn write(
    report: &Report,
    folded: &BTreeMap<String, u64>,
    video: Video,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut json = TraceJson::begin(to, "profile")?;
    for (track, name) in [
        (FIELDS, "cycles of each field"),
        (STACKS, "all stacks, by cost and not by time"),
    ] {
        json.put(&Entry {
            phase: Phase::Metadata,
            at: Tick(0),
            track,
            cat: "profile",
            name: "process_name",
            args: &[("name", Arg::Text(name))],
        })?;
    }
    for field in &report.fields {
        json.put(&Entry {
            phase: Phase::Counter,
            at: video.field_start(field.number),
            track: FIELDS,
            cat: "profile",
            name: "cycles",
            args: &[
                ("guest", Arg::Number(field.guest)),
                ("system", Arg::Number(field.kernel)),
                ("engines", Arg::Number(field.engines)),
                ("idle", Arg::Number(field.idle)),
            ],
        })?;
    }
    stacks(folded, &mut json)?;
    json.finish()
}

/// A slice for each function of each stack, as long as all that was spent below it.
fn stacks<W: Write>(folded: &BTreeMap<String, u64>, json: &mut TraceJson<W>) -> io::Result<()> {
    // Stacks with the same beginning follow one another when they are sorted by their parts.
    let mut all: Vec<(Vec<&str>, u64)> = folded
        .iter()
        .map(|(stack, cycles)| (stack.split(';').collect(), *cycles))
        .collect();
    all.sort();
    let mut open: Vec<(&str, u64)> = Vec::new();
    let mut at = 0;
    for (parts, cycles) in &all {
        let same = open.iter().zip(parts).take_while(|(a, b)| a.0 == **b);
        let same = same.count();
        close(&mut open, same, at, json)?;
        open.extend(parts[same..].iter().map(|part| (*part, at)));
        at += cycles;
    }
    close(&mut open, 0, at, json)
}

fn close<W: Write>(
    open: &mut Vec<(&str, u64)>,
    keep: usize,
    at: u64,
    json: &mut TraceJson<W>,
) -> io::Result<()> {
    for (name, since) in open.drain(keep..).rev() {
        json.put(&Entry {
            phase: Phase::Complete(Ticks(at - since)),
            at: Tick(since),
            track: STACKS,
            cat: "profile",
            name,
            args: &[("cycles", Arg::Number(at - since))],
        })?;
    }
    Ok(())
}
