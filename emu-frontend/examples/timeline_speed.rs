//! What a frame of the timeline takes with a million requests.
//!
//! A line `figure TAB milliseconds` for each.
//!
//! `cargo run --release -p emu-frontend --example timeline_speed`

use egui::{Context, RawInput, Rect, Vec2, pos2};
use emu_core::debug::timeline::Timeline;
use emu_core::device::{Buffer, DeviceClass, Op, Terms};
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Tick;
use emu_core::trace::{Asker, Event, Hex, Stamped, Told, Waits};
use emu_frontend::gui::debugger::timeline::TimelineView;
use std::hint::black_box;
use std::time::Instant;

/// Requests of the run.
const REQUESTS: u64 = 1_000_000;
/// Cycles between two of them: all are an hour's.
const EVERY: u64 = 45_000;
const TASKS: u64 = 12;
/// Frames of each measurement; the median counts.
const FRAMES: usize = 15;

/// Twelve tasks ask six units of three devices, and sleep until they are woken.
fn busy_hour() -> Timeline {
    let mut timeline = Timeline::default();
    let mut take = |at: u64, actor: Item, event: Event| {
        let at = Tick(at);
        timeline.take(&Stamped { at, actor, event });
    };
    let task = |n: u64| Item(0x20 + n as i32);
    for n in 0..TASKS {
        let event = Event::Task {
            task: task(n),
            name: format!("task {n}"),
            priority: 100,
        };
        take(0, Item::NONE, event);
    }
    for n in 0..REQUESTS {
        let at = n * EVERY;
        let (actor, ior) = (task(n % TASKS), Item(0x100 + (n % TASKS) as i32));
        let device = [DeviceClass::Timer, DeviceClass::CdRom, DeviceClass::Ram][n as usize % 3];
        let unit = (n / 3 % 2) as u8;
        take(at, actor, Event::Run {});
        let ask = Event::Ask {
            ior,
            device: Item(0x13),
            command: 4,
            unit,
            offset: n as u32,
            option: 0,
            send: Buffer::None,
            data: Hex(0),
            recv: Buffer::None,
        };
        take(at, actor, ask);
        let submit = Event::Submit {
            req: n,
            device,
            unit,
            op: Op::Read,
            offset: n as u32,
            option: 0,
            send: Buffer::None,
            recv: Buffer::None,
            by: Asker::Request,
            of: Hex(ior.0 as u32),
        };
        take(at, actor, submit);
        let (waits, on) = (Waits::Io, Hex(ior.0 as u32));
        take(at + 10, actor, Event::Block { waits, on });
        let complete = Event::Complete {
            req: n,
            actual: 0,
            error: None,
            data: Hex(0),
            terms: Terms::default(),
        };
        take(at + 30_000, Item::NONE, complete);
        let done = Event::Done {
            ior,
            actual: 0,
            error: 0,
            told: Told::Signal,
            to: actor,
            data: Hex(0),
        };
        take(at + 30_000, Item::NONE, done);
        let bits = Hex(0x10);
        let task = actor;
        take(at + 30_000, Item::NONE, Event::Signal { task, bits });
    }
    timeline
}

fn main() {
    let begun = Instant::now();
    let timeline = busy_hour();
    println!("hear {REQUESTS} requests\t{:.1}", millis(begun));
    let end = timeline.end();
    for (figure, from, length) in [
        ("the whole hour", 0, end.0),
        ("a minute", end.0 / 2, 750_000_000),
        ("a second", end.0 / 2, 12_500_000),
        ("a millisecond", end.0 / 2, 12_500),
    ] {
        let mut view = TimelineView::default();
        view.look_at(Tick(from), length);
        let context = Context::default();
        let mut times = Vec::new();
        for _ in 0..FRAMES {
            let begun = Instant::now();
            let size = Vec2::new(1280.0, 800.0);
            let input = RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), size)),
                ..RawInput::default()
            };
            let output = context.run_ui(input, |ui| {
                view.show(ui, &timeline, end);
            });
            black_box(context.tessellate(output.shapes, output.pixels_per_point));
            times.push(millis(begun));
        }
        times.sort_by(f64::total_cmp);
        println!("{figure}\t{:.2}", times[FRAMES / 2]);
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
