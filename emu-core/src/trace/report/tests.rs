//! Reports of small recordings.

use super::*;
use crate::device::{Buffer, DeviceClass, Op, Terms};
use crate::kernel::call::{CallTable, Entry, System};
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::{Tick, Ticks};
use crate::trace::event::{Asker, Part, Told};
use crate::trace::field::{Hex, Value, Words};
use crate::trace::header::Header;

const MAIN: Item = Item(0x20);
const TIMER: Item = Item(0x13);
const IOR: Item = Item(0x21);

fn call(name: &str) -> CallKey {
    let rows = CallTable::get().rows().iter();
    let mut rows = rows.filter(|row| row.system == System::Kernel && row.name == name);
    let row = rows.find(|row| matches!(row.entry, Entry::Swi(_)));
    CallKey::of(row.expect("a system call of the kernel"))
}

fn item(item: Item, kind: u8, name: &str) -> Event {
    Event::Item {
        item,
        folio: 1,
        kind,
        owner: Item::NONE,
        at: Hex(0x1000),
        name: name.to_owned(),
    }
}

/// A program that asks the timer once, waits and prints; `seek` cycles of the request's time.
fn events(seek: u64, actual: u32) -> Vec<(u64, Item, Event)> {
    let mut args = Words::default();
    args.push(IOR.0 as u32);
    args.push(0x4_ff70);
    let terms = Terms {
        seek: Ticks(seek),
        reading: Ticks(8),
        ..Terms::default()
    };
    vec![
        (0, Item::NONE, item(TIMER, 15, "timer")),
        (
            0,
            Item::NONE,
            Event::Task {
                task: MAIN,
                name: "main".to_owned(),
                priority: 100,
            },
        ),
        (100, MAIN, item(IOR, 14, "")),
        (
            200,
            MAIN,
            Event::Call {
                call: call("SendIO"),
                pc: Hex(0x4_8000),
                args,
            },
        ),
        (
            200,
            MAIN,
            Event::Ask {
                ior: IOR,
                device: TIMER,
                command: 3,
                unit: 1,
                offset: 0,
                option: 0,
                send: Buffer::None,
                data: Hex(0),
                recv: Buffer::None,
            },
        ),
        (
            200,
            MAIN,
            Event::Submit {
                req: 4,
                device: DeviceClass::Timer,
                unit: 1,
                op: Op::Control(3),
                offset: 0,
                option: 0,
                send: Buffer::None,
                recv: Buffer::None,
                by: Asker::Request,
                of: Hex(IOR.0 as u32),
            },
        ),
        (
            210,
            MAIN,
            Event::Return {
                call: call("SendIO"),
                value: Some(Value(0)),
            },
        ),
        (
            300 + seek,
            Item::NONE,
            Event::Complete {
                req: 4,
                actual,
                error: None,
                data: Hex(0),
                terms,
            },
        ),
        (
            300 + seek,
            Item::NONE,
            Event::Done {
                ior: IOR,
                actual,
                error: 0,
                told: Told::Signal,
                to: MAIN,
                data: Hex(0),
            },
        ),
    ]
}

fn recording(events: &[(u64, Item, Event)], cdrom: u32) -> Recording {
    let mut tape = Tape::new();
    for (at, actor, event) in events {
        tape.push(Tick(*at), *actor, event);
    }
    let header = Header {
        versions: vec![("cdrom".to_owned(), cdrom)],
        ..Header::default()
    };
    Recording { header, tape }
}

fn compared(a: &Recording, b: &Recording, level: Level) -> Option<Report> {
    report("a.trace", a, b, level, &Commands::default())
}

fn sums(at: u64, dram: u32, kernel: u32) -> [(u64, Item, Event); 2] {
    [(Part::Dram, dram), (Part::Kernel, kernel)].map(|(part, value)| {
        let value = Hex(value);
        (at, Item::NONE, Event::Hash { part, value })
    })
}

#[test]
fn a_report_has_names_fields_call_history_versions_and_command() {
    let (a, b) = (recording(&events(50, 1), 1), recording(&events(70, 2), 2));
    let report = compared(&a, &b, Level::Exact).expect("different");
    let text = report.to_string();
    for part in [
        "a.trace: event 8 differs (level exact)",
        "expected      8    0.000028 main         timer request 4 for request 0x21 \"timer\" ends",
        "time: expected 0.000028, found 0.000029, 20 cycles later",
        "terms.seek: expected 50, found 70",
        "actual: expected 1, found 2",
        "main was last in SendIO(ior=0x21 \"timer\", ioiP=0x4ff70), called at pc 0x48000",
        "asks \"timer\" for ",
        "behaviour has changed: cdrom: recorded 1, now 2",
        "look at it: overture trace show a.trace --around 8",
        "stop there: overture debug a.trace --at cycle:",
    ] {
        // The argument's name is the table's business.
        let part = part.replace("ioiP", call_argument());
        assert!(text.contains(&part), "{part}\n{text}");
    }
    assert_eq!(
        report.cause().to_string(),
        "`complete time, terms.seek, actual` of timer (cdrom: recorded 1, now 2)"
    );
}

fn call_argument() -> &'static str {
    let row = call("SendIO").row().expect("a row");
    row.args[1].name
}

/// A recording from before a change of timing still says what the program must do.
#[test]
fn each_level_sees_less() {
    let a = recording(&events(50, 1), 1);
    let later = recording(&events(70, 1), 1);
    assert!(compared(&a, &later, Level::Exact).is_some());
    assert_eq!(compared(&a, &later, Level::Order), None);
    assert_eq!(compared(&a, &later, Level::Behaviour), None);
    let other = recording(&events(50, 2), 1);
    for level in Level::ALL {
        let report = compared(&a, &other, level).expect("different");
        let actual = report.changes.iter().find(|c| c.field == "actual");
        assert!(actual.is_some(), "{level:?}: {report}");
    }
}

/// Also when nothing but the instant differs.
#[test]
fn exact_sees_a_cycle() {
    let mut late = events(50, 1);
    late[6].0 += 1;
    let (a, b) = (recording(&events(50, 1), 1), recording(&late, 1));
    let report = compared(&a, &b, Level::Exact).expect("different");
    assert_eq!(report.number(), 7);
    assert_eq!(report.cause().what, "return time");
    assert_eq!(compared(&a, &b, Level::Order), None);
}

#[test]
fn what_no_event_shows_is_bracketed_by_checksums() {
    let with = |kernel: u32, end: u64| {
        let mut all = events(50, 1);
        all.extend(sums(1_000_000, 1, 1));
        all.extend(sums(2_000_000, 2, kernel));
        all.push((end, MAIN, Event::Run {}));
        recording(&all, 1)
    };
    let report = compared(&with(2, 2_500_000), &with(3, 2_500_000), Level::Exact);
    let report = report.expect("different");
    let silence = report.silence.clone().expect("silent");
    assert_eq!(silence.since, Tick(1_000_000));
    assert_eq!(silence.until, Tick(2_000_000));
    assert_eq!(silence.parts, ["kernel"]);
    assert_eq!(silence.shows_at, None);
    assert_eq!(report.cause().to_string(), "`checksum of kernel`");
    let text = report.to_string();
    assert!(text.contains("--from 0.080000 --to 0.160000"), "{text}");
    let report = compared(&with(2, 2_500_000), &with(3, 2_600_000), Level::Exact);
    let silence = report.expect("different").silence.expect("silent");
    assert_eq!(silence.shows_at, Some((14, Tick(2_500_000))));
}

/// A field more in a saved state is no reason to record everything anew.
#[test]
fn checksums_of_another_layout_are_not_compared() {
    let with = |layout: u32, dram: u32, kernel: u32| {
        let mut all = events(50, 1);
        all.extend(sums(1_000_000, dram, kernel));
        let mut recording = recording(&all, 1);
        recording.header.versions.push(("state".to_owned(), layout));
        recording
    };
    let old = with(6, 1, 1);
    assert!(compared(&old, &with(6, 1, 2), Level::Exact).is_some());
    assert_eq!(compared(&old, &with(7, 1, 2), Level::Exact), None);
    // Memory has one layout only.
    assert!(compared(&old, &with(7, 2, 2), Level::Exact).is_some());
}

#[test]
fn a_recording_that_is_over_early_differs_in_what_is_missing() {
    let all = events(50, 1);
    let (a, b) = (recording(&all, 1), recording(&all[..8], 1));
    let report = compared(&a, &b, Level::Exact).expect("different");
    assert!(report.to_string().contains("found    nothing"), "{report}");
    assert_eq!(report.cause().to_string(), "`missing done` of timer");
    let report = compared(&b, &a, Level::Exact).expect("different");
    assert_eq!(report.cause().to_string(), "`additional done` of timer");
    assert!(report.command().ends_with("--kind stop"), "{report}");
}

#[test]
fn runs_that_are_not_the_same_are_told_of() {
    let a = recording(&events(50, 1), 1);
    let mut b = recording(&events(70, 1), 1);
    b.header.options = vec!["--seed".to_owned(), "3".to_owned()];
    b.header.inputs = vec![(Tick(1), "disc open".to_owned())];
    let text = compared(&a, &b, Level::Exact)
        .expect("different")
        .to_string();
    let line = "the runs are not the same: options (none and --seed 3), other inputs";
    assert!(text.contains(line), "{text}");
}

/// Many fields, a long past, many versions, a long text: twenty lines are enough.
#[test]
fn a_report_is_never_longer_than_twenty_lines() {
    let fill = |n: u32| {
        let mut all = events(50, 1);
        for _ in 0..50 {
            all.push((400, MAIN, all[3].2.clone()));
        }
        all.push((
            500,
            if n == 0 { MAIN } else { TIMER },
            Event::Ask {
                ior: Item(0x30 + n as i32),
                device: Item(n as i32),
                command: n as u8,
                unit: n as u8,
                offset: n,
                option: n,
                send: Buffer::Guest { addr: n, len: n },
                data: Hex(n),
                recv: Buffer::Guest { addr: n, len: n },
            },
        ));
        let mut recording = recording(&all, n);
        recording.header.options = vec!["x".repeat(100 * n as usize)];
        recording
    };
    let report = compared(&fill(0), &fill(1), Level::Exact).expect("different");
    assert_eq!(report.changes.len(), 10);
    assert!(report.lines().len() <= 20, "{report}");
    assert!(report.to_string().contains("and 6 more fields"), "{report}");
    let long = |c: &str| {
        let text = c.repeat(5_000);
        recording(&[(0, MAIN, Event::Text { text })], 1)
    };
    let report = compared(&long("a"), &long("\u{1b}\n"), Level::Order).expect("different");
    let lines = report.lines();
    assert!(
        lines.iter().all(|line| line.chars().count() < 260),
        "{report}"
    );
    assert!(!report.to_string().contains('\u{1b}'));
}
