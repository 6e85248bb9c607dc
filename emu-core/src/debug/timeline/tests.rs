//! Lanes hold what happened, and show as much of it as a screen has pixels.

use super::*;
use crate::device::{Buffer, DeviceClass, Op, Terms};
use crate::trace::{Asker, Hex, Told};
use proptest::prelude::*;

const MAIN: Item = Item(0x20);
const OTHER: Item = Item(0x30);

fn ask(timeline: &mut Timeline, at: u64, ior: i32) {
    let event = Event::Ask {
        ior: Item(ior),
        device: Item(0x1b),
        command: 4,
        unit: 0,
        offset: 0,
        option: 0,
        send: Buffer::None,
        data: Hex(0),
        recv: Buffer::None,
    };
    take(timeline, at, MAIN, event);
}

fn submit(timeline: &mut Timeline, at: u64, req: u64, ior: i32) {
    let event = Event::Submit {
        req,
        device: DeviceClass::CdRom,
        unit: 0,
        op: Op::Read,
        offset: 0,
        option: 0,
        send: Buffer::None,
        recv: Buffer::None,
        by: Asker::Request,
        of: Hex(ior as u32),
    };
    take(timeline, at, MAIN, event);
}

fn complete(timeline: &mut Timeline, at: u64, req: u64) {
    let event = Event::Complete {
        req,
        actual: 0,
        error: None,
        data: Hex(0),
        terms: Terms::default(),
    };
    take(timeline, at, Item::NONE, event);
}

fn done(timeline: &mut Timeline, at: u64, ior: i32, error: i32) {
    let event = Event::Done {
        ior: Item(ior),
        actual: 0,
        error,
        told: Told::Quiet,
        to: Item::NONE,
        data: Hex(0),
    };
    take(timeline, at, Item::NONE, event);
}

fn task(timeline: &mut Timeline, at: u64, task: Item, name: &str) {
    let event = Event::Task {
        task,
        name: name.to_owned(),
        priority: 100,
    };
    take(timeline, at, Item::NONE, event);
}

fn take(timeline: &mut Timeline, at: u64, actor: Item, event: Event) {
    let at = Tick(at);
    timeline.take(&Stamped { at, actor, event });
}

fn spans(timeline: &Timeline, name: &str) -> Vec<Vec<(u64, u64, What)>> {
    let lane = timeline.lanes().find(|lane| lane.name == name);
    let rows = lane.map_or(&[][..], |lane| &lane.rows);
    let row = |row: &Row| {
        let spans = row.spans().iter();
        spans.map(|s| (s.from.0, s.to.0, s.what)).collect()
    };
    rows.iter().map(row).collect()
}

#[test]
fn requests_that_overlap_get_rows_of_their_own() {
    let mut timeline = Timeline::default();
    task(&mut timeline, 0, MAIN, "main");
    for (at, req, ior) in [(10, 1, 0x41), (20, 2, 0x42)] {
        ask(&mut timeline, at, ior);
        submit(&mut timeline, at, req, ior);
    }
    complete(&mut timeline, 30, 1);
    done(&mut timeline, 30, 0x41, 0);
    ask(&mut timeline, 35, 0x41);
    submit(&mut timeline, 35, 3, 0x41);
    complete(&mut timeline, 40, 2);
    let rows = spans(&timeline, "cdrom 0");
    let never = Tick::NEVER.0;
    let request = What::Request;
    assert_eq!(
        rows,
        [
            vec![(10, 30, request(0)), (35, never, request(2))],
            vec![(20, 40, request(1))]
        ]
    );
}

#[test]
fn what_the_board_never_gets_is_the_drivers() {
    let mut timeline = Timeline::default();
    let item = Event::Item {
        item: Item(0x1b),
        folio: 1,
        kind: 15,
        owner: Item::NONE,
        at: Hex(0),
        name: "echo".to_owned(),
    };
    take(&mut timeline, 0, Item::NONE, item);
    ask(&mut timeline, 10, 0x41);
    done(&mut timeline, 10, 0x41, 0);
    ask(&mut timeline, 20, 0x41);
    task(&mut timeline, 21, OTHER, "other");
    done(&mut timeline, 50, 0x41, -5);
    let rows = spans(&timeline, "echo 0x1b");
    let request = What::Request;
    assert_eq!(rows, [[(10, 10, request(0)), (20, 50, request(1))]]);
    let names: Vec<&str> = timeline.lanes().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["echo 0x1b", "other"]);
    let failed = Wanted::parse("failed").unwrap();
    assert_eq!(timeline.find(0, &failed, true), Some(1));
    assert_eq!(timeline.find(1, &failed, false), None);
}

#[test]
fn a_task_runs_waits_and_is_ready() {
    let mut timeline = Timeline::default();
    task(&mut timeline, 0, MAIN, "main");
    take(&mut timeline, 0, MAIN, Event::Run {});
    task(&mut timeline, 10, OTHER, "other");
    take(&mut timeline, 20, OTHER, Event::Run {});
    let waits = Waits::Signal;
    let on = Hex(1);
    take(&mut timeline, 30, OTHER, Event::Block { waits, on });
    take(&mut timeline, 30, MAIN, Event::Run {});
    let never = Tick::NEVER.0;
    let wait = What::Waits(waits);
    assert_eq!(
        spans(&timeline, "main"),
        [[
            (0, 20, What::Runs),
            (20, 30, What::Ready),
            (30, never, What::Runs)
        ]]
    );
    assert_eq!(
        spans(&timeline, "other"),
        [[
            (10, 20, What::Ready),
            (20, 30, What::Runs),
            (30, never, wait)
        ]]
    );
}

/// A lone task goes on without being given the processor anew.
#[test]
fn a_signal_wakes_who_waits_for_it() {
    let mut timeline = Timeline::default();
    task(&mut timeline, 0, MAIN, "main");
    take(&mut timeline, 0, MAIN, Event::Run {});
    let signal = |timeline: &mut Timeline, at, bits| {
        let (task, bits) = (MAIN, Hex(bits));
        take(timeline, at, Item::NONE, Event::Signal { task, bits });
    };
    let waits = Waits::Signal;
    let on = Hex(0x100);
    take(&mut timeline, 10, MAIN, Event::Block { waits, on });
    signal(&mut timeline, 20, 0x200);
    signal(&mut timeline, 30, 0x100);
    let never = Tick::NEVER.0;
    let wait = What::Waits(waits);
    let wanted = [(0, 10, What::Runs), (10, 30, wait), (30, never, What::Runs)];
    assert_eq!(spans(&timeline, "main"), [wanted]);
}

#[test]
fn searches_are_words_numbers_and_lengths() {
    let mut timeline = Timeline::default();
    task(&mut timeline, 0, MAIN, "Main");
    for n in 0..4 {
        ask(&mut timeline, n * 10_000_000, 0x41 + n as i32);
        submit(&mut timeline, n * 10_000_000, n + 1, 0x41 + n as i32);
        if n < 3 {
            complete(&mut timeline, n * 10_000_000 + n * 12_500, n + 1);
            done(
                &mut timeline,
                n * 10_000_000 + n * 12_500,
                0x41 + n as i32,
                0,
            );
        }
    }
    let find = |text: &str| timeline.find(0, &Wanted::parse(text).unwrap(), true);
    assert_eq!(find("main CDROM read"), Some(0));
    assert_eq!(find("write"), None);
    assert_eq!(find("0x43"), Some(2));
    assert_eq!(find("2"), Some(1));
    assert_eq!(find("open"), Some(3));
    assert_eq!(find(">500us"), Some(1));
    assert_eq!(find(">1ms"), Some(2));
    for bad in [
        ">",
        ">5h",
        ">-1",
        ">99999999999999999999",
        ">18446744073709551615s",
    ] {
        assert!(Wanted::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn rows_are_bounded() {
    let mut timeline = Timeline::default();
    for n in 0..100 {
        ask(&mut timeline, n, 0x100 + n as i32);
        submit(&mut timeline, n, n, 0x100 + n as i32);
    }
    let lane = timeline.lanes().next().unwrap();
    assert_eq!((lane.rows.len(), lane.hidden), (32, 68));
    for n in 0..100 {
        complete(&mut timeline, 200, n);
    }
    ask(&mut timeline, 300, 0x41);
    submit(&mut timeline, 300, 1000, 0x41);
    let lane = timeline.lanes().next().unwrap();
    assert_eq!(lane.rows[0].spans().len(), 2);
}

proptest! {
    /// Every span of the window is in exactly one bar, and bars are as many as pixels allow.
    #[test]
    fn bars_show_everything_in_few_pieces(
        lengths in prop::collection::vec((0u64..40, 0u64..40), 1..200),
        from in 0u64..3000,
        width in 1u64..3000,
        pixel in 1u64..200,
    ) {
        let mut row = Lane::new(Of::Unit(0, 0), "");
        let mut at = 0;
        for (n, (gap, length)) in lengths.iter().enumerate() {
            at += gap;
            let place = row.begin(Tick(at), n);
            at += length;
            row.end(place, n, Tick(at));
        }
        let row = &row.rows[0];
        let (from, to) = (Tick(from), Tick(from + width));
        let bars = row.bars(from, to, Ticks(pixel));
        let shown: usize = bars.iter().map(|bar| bar.count).sum();
        let inside = row.spans().iter().filter(|span| span.to >= from && span.from < to);
        prop_assert_eq!(shown, inside.count());
        prop_assert!(bars.len() as u64 <= 2 * (width / pixel + 2), "{} bars", bars.len());
        for bar in &bars {
            prop_assert!(bar.from >= from && bar.to <= to && bar.from <= bar.to);
        }
        for pair in bars.windows(2) {
            prop_assert!(pair[0].to <= pair[1].from);
        }
    }
}
