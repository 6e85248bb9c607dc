//! Requests of recorded runs: explained to the last cycle, drawn in full.
//!
//! Every guest program of the table is recorded; what is read here of a picture is read as any
//! viewer would.
#![forbid(unsafe_code)]

use emu_core::machine::Config;
use emu_core::time::Ticks;
use emu_core::trace::explain::{Life, PartKind, lives};
use emu_core::trace::{Asker, Event, Header, Recording, Tape};
use emu_frontend::trace::export;
use roms::Rom;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tests::run::{LONG_ENOUGH, go, start};

/// A recording of ten simulated seconds of a program, or of all of it.
fn recording(rom: &Rom) -> Recording {
    let mut machine = start(rom, Config::default());
    let mut tape = Tape::new();
    machine.record_start(&mut tape);
    go(&mut machine, LONG_ENOUGH, &mut tape);
    machine.record_checksums(&mut tape);
    Recording {
        header: Header::default(),
        tape,
    }
}

fn recording_of(name: &str) -> Recording {
    recording(roms::by_name(name).expect("a program of the table"))
}

fn ticks(life: &Life, kind: PartKind) -> u64 {
    let parts = life.parts().into_iter();
    let of_kind = parts.filter(|part| part.kind == kind);
    of_kind.map(|part| part.ticks.0).sum()
}

/// More than the longest instruction takes, LDM of all registers from video memory.
const INSTRUCTION_MAX: u64 = 200;

#[test]
fn the_parts_of_every_request_of_every_program_sum_to_its_cycles() {
    let mut explained = BTreeMap::new();
    for rom in roms::all() {
        for life in lives(&recording(rom).tape) {
            let sum = life.parts().iter().map(|part| part.ticks.0).sum();
            let name = format!("{}: {life:?}", rom.name);
            if let Some(total) = life.total() {
                assert_eq!(Ticks(sum), total, "{name}");
                let key = life.service.as_ref().map(|s| format!("{:?}", s.device));
                *explained.entry((rom.name, key)).or_insert(0) += 1;
            }
            // Nothing is swept under the two parts that could hide a rest.
            assert!(
                ticks(&life, PartKind::Instruction) < INSTRUCTION_MAX,
                "{name}"
            );
            let has_file = life.service.is_none() && life.by == Asker::Request;
            assert!(has_file || ticks(&life, PartKind::Files) == 0, "{name}");
        }
    }
    for (rom, device) in [
        ("disc_raw", Some("CdRom")),
        ("disc_walk", Some("CdRom")),
        ("disc_stream", None),
        ("metronome", Some("Timer")),
        ("message_io", Some("Timer")),
        ("mach_async", Some("Timer")),
        ("mach_disc", Some("CdRom")),
        ("nvram_save", Some("Ram")),
        ("nvram_save", None),
    ] {
        let key = (rom, device.map(str::to_owned));
        assert!(explained.contains_key(&key), "{key:?} in {explained:?}");
    }
}

#[test]
fn a_drive_that_takes_its_time_says_where_it_went() {
    let lives = lives(&recording_of("disc_raw").tape);
    let reads = lives.iter().filter(|life| life.total() > Some(Ticks(0)));
    let reads: Vec<&Life> = reads.filter(|life| life.service.is_some()).collect();
    assert!(reads.len() > 5);
    for life in reads {
        let device = ticks(life, PartKind::Device);
        assert_eq!(device, 0, "{life:?}");
    }
}

#[test]
fn a_sleeper_is_woken_by_its_own_request() {
    let lives = lives(&recording_of("message_io").tape);
    let woken = lives.iter().filter_map(|life| life.woken);
    assert!(woken.count() > 2);
    for life in &lives {
        let ends = (life.woken, life.ending);
        if let (Some((_, at)), Some(ending)) = ends {
            assert!(at >= ending.at, "{life:?}");
        }
    }
}

/// An entry of a picture.
struct Entry {
    phase: String,
    name: String,
    track: (u64, u64),
    /// Nanoseconds.
    at: u64,
    id: String,
    cat: String,
    dur: u64,
}

/// Microseconds with three digits, as the file spells them: exactly nanoseconds.
fn nanoseconds(value: &Value) -> u64 {
    let text = value.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let part: u64 = format!("{part:0<3}").parse().expect("three digits");
    whole.parse::<u64>().expect("microseconds") * 1000 + part
}

fn picture(recording: &Recording) -> Vec<Entry> {
    let mut bytes = Vec::new();
    export::write(recording, &mut bytes).expect("memory takes it");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    let entries = value["traceEvents"].as_array().expect("events");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entry = |entry: &Value| Entry {
        phase: text(&entry["ph"]),
        name: text(&entry["name"]),
        track: (
            entry["pid"].as_u64().expect("a process"),
            entry["tid"].as_u64().expect("a thread"),
        ),
        at: nanoseconds(&entry["ts"]),
        id: text(&entry["id"]),
        cat: text(&entry["cat"]),
        dur: match &entry["dur"] {
            Value::Null => 0,
            dur => nanoseconds(dur),
        },
    };
    entries.iter().map(entry).collect()
}

/// What every picture must be, whatever it is of.
fn check(name: &str, entries: &[Entry]) {
    let mut depth: BTreeMap<(u64, u64), Vec<u64>> = BTreeMap::new();
    let mut open: BTreeMap<(String, String), Vec<u64>> = BTreeMap::new();
    let mut flows: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    let mut named = BTreeSet::new();
    let mut slices: BTreeMap<(u64, u64), Vec<(u64, u64)>> = BTreeMap::new();
    let mut latest: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    for entry in entries {
        let what = format!("{name}: {} at {}", entry.name, entry.at);
        let key = (entry.cat.clone(), entry.id.clone());
        match entry.phase.as_str() {
            "M" => {
                named.insert(entry.track);
            }
            "B" | "E" => {
                let before = latest.insert(entry.track, entry.at);
                assert!(before <= Some(entry.at), "{what} goes back");
                assert!(named.contains(&entry.track), "{what} has no track");
                let stack = depth.entry(entry.track).or_default();
                match entry.phase.as_str() {
                    "B" => stack.push(entry.at),
                    _ => assert!(stack.pop().is_some(), "{what} ends nothing"),
                }
            }
            "b" => open.entry(key).or_default().push(entry.at),
            "e" => {
                let from = open.get_mut(&key).and_then(Vec::pop);
                assert!(from.is_some_and(|from| from <= entry.at), "{what}");
            }
            "s" => {
                assert!(
                    flows.insert(&entry.id, (entry.at, false)).is_none(),
                    "{what}"
                );
            }
            "t" | "f" => {
                let flow = flows.get_mut(entry.id.as_str()).expect(&what);
                assert!(!flow.1 && flow.0 <= entry.at, "{what}");
                *flow = (entry.at, entry.phase == "f");
            }
            "X" => {
                let all = slices.entry(entry.track).or_default();
                all.push((entry.at, entry.at + entry.dur));
            }
            "i" | "C" => (),
            other => panic!("{what}: {other}"),
        }
        if matches!(entry.phase.as_str(), "s" | "t" | "f") {
            let stack = depth.get(&entry.track);
            assert!(
                stack.is_some_and(|s| !s.is_empty()),
                "{what} is tied to nothing"
            );
        }
    }
    for (track, stack) in depth {
        assert!(stack.is_empty(), "{name}: {track:?} has open slices");
    }
    for (track, mut all) in slices {
        all.sort_by_key(|&(from, to)| (from, u64::MAX - to));
        let mut around: Vec<u64> = Vec::new();
        for (from, to) in all {
            around.retain(|&end| end > from);
            let fits = around.last().is_none_or(|&end| to <= end);
            assert!(fits, "{name}: {track:?} at {from} overlaps");
            around.push(to);
        }
    }
}

#[test]
fn the_picture_of_every_program_is_sound() {
    for rom in roms::all() {
        check(rom.name, &picture(&recording(rom)));
    }
}

#[test]
fn an_arrow_leads_from_the_call_to_the_device_and_to_the_wake_up() {
    let recording = recording_of("message_io");
    let entries = picture(&recording);
    let of = |phase: &str| entries.iter().filter(|e| e.phase == phase).count();
    let count = |is: fn(&Event) -> bool| recording.tape.iter().filter(|s| is(&s.event)).count();
    assert_eq!(of("s"), count(|event| matches!(event, Event::Ask { .. })));
    assert_eq!(of("s"), of("f"), "every request ended");
    let at = |phase: &str| entries.iter().position(|e| e.phase == phase).expect("one");
    let id = &entries[at("s")].id;
    let way: Vec<(&str, u64)> = entries
        .iter()
        .filter(|e| e.cat == "flow" && e.id == *id)
        .map(|e| (e.phase.as_str(), e.track.0))
        .collect();
    assert_eq!(way, [("s", 1), ("t", 2), ("t", 2), ("f", 1)]);
}

#[test]
fn the_terms_of_a_read_are_inside_its_request() {
    let entries = picture(&recording_of("disc_raw"));
    let request = entries.iter().position(|e| e.name == "cdrom 0 read 150");
    let id = &entries[request.expect("a read")].id;
    let of = entries.iter().filter(|e| e.cat == "request" && e.id == *id);
    let names: Vec<&str> = of
        .filter(|e| e.phase == "b")
        .map(|e| e.name.as_str())
        .collect();
    let expected = [
        "cdrom 0 read 150",
        "queue",
        "command",
        "seek",
        "reading",
        "transfer",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_picture_counts_what_each_unit_has() {
    let entries = picture(&recording_of("disc_raw"));
    let counters = entries.iter().filter(|e| e.phase == "C");
    let names: BTreeSet<&str> = counters.map(|e| e.name.as_str()).collect();
    assert!(names.contains("requests at cdrom 0"), "{names:?}");
    assert!(names.contains("free memory"), "{names:?}");
}

#[test]
fn a_tick_is_eighty_nanoseconds_in_a_picture() {
    let recording = recording_of("hello");
    let entries = picture(&recording);
    let last = recording.tape.end();
    let latest = entries.iter().map(|e| e.at + e.dur).max();
    assert_eq!(latest, Some(last.0 * 80));
    assert!(entries.iter().all(|e| e.at.is_multiple_of(80)));
}
