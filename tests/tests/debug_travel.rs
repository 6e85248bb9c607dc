//! The debugger goes anywhere: jumps at random, back over stops, over changes.
#![forbid(unsafe_code)]

use emu_core::debug::{Debugger, Expression, Halt, History, On, Position, Wanted};
use emu_core::device::DeviceClass;
use emu_core::device::sound::frame_at;
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::{Config, Stop};
use emu_core::mem::Range;
use emu_core::time::{CPU_HZ, Tick, Ticks};
use emu_core::trace::{Category, Event, Recorder, Silent};
use emu_devices::board::ConsoleBoard;
use std::hash::Hasher;
use tests::run::{Dice, cases, start, with_discs};

type Console = Debugger<ConsoleBoard>;

/// A debugger whose past is thin: a few megabytes, in steps of four milliseconds.
fn debugger(rom: &str) -> Console {
    let rom = roms::by_name(rom).expect("a program of the table");
    let mut machine = start(rom, Config::default());
    let history = History::new(&mut machine).with_limits(Ticks(50_000), 8 << 20);
    Debugger::with_history(machine, history)
}

fn run(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.run(Tick(CPU_HZ * 60), discs, &mut Silent))
}

fn back(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.run_back(discs))
}

fn goto(debugger: &mut Console, at: Tick) -> Halt {
    with_discs(|discs| debugger.goto(at, discs, &mut Silent))
}

fn step(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.step(discs, &mut Silent))
}

fn step_back(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.step_back(discs))
}

/// The sum of everything that is state.
fn state(debugger: &Console) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(&debugger.machine().save());
    hasher.finish()
}

/// A thousand jumps over programs that use the disc, NVRAM, tasks, sound and Mach: the machine is
/// everywhere what it was there on the way forward, with a past that does not hold all of it.
#[test]
fn after_any_jump_the_machine_is_what_it_was_there() {
    let mut dice = Dice(7);
    let roms = [
        "disc_stream",
        "nvram_save",
        "disc_swap",
        "metronome",
        "mach_async",
        "preempt",
        "race",
        "load_program",
    ];
    for rom in roms {
        let mut debugger = debugger(rom);
        let mut seen = Vec::new();
        let mut at = 0;
        while seen.len() < 60 {
            at += dice.below(CPU_HZ / 50) + 1;
            if goto(&mut debugger, Tick(at)) != Halt::There {
                break;
            }
            seen.push((Tick(at), debugger.position(), state(&debugger)));
        }
        assert!(seen.len() > 3, "{rom} is over too soon");
        for n in 0..cases(125) {
            let (to, position, expected) = seen[dice.below(seen.len() as u64) as usize];
            goto(&mut debugger, to);
            // Some arrive by a step back and on again.
            if n % 8 == 0 && step_back(&mut debugger) == Halt::Stepped {
                goto(&mut debugger, to);
            }
            assert_eq!(debugger.position(), position, "{rom} at {to}");
            assert_eq!(state(&debugger), expected, "{rom} differs at {to}");
        }
        let history = debugger.history();
        assert!(history.bytes() <= 8 << 20, "{rom}: {}", history.bytes());
    }
}

/// The frames before an instant are those of the way forward, wherever one comes from, and the
/// machine is not another one for it.
#[test]
fn the_sound_before_an_instant_is_heard_again() {
    let mut dice = Dice(11);
    for name in ["tone", "envelope", "loop"] {
        let mut debugger = debugger(name);
        let end = Tick(CPU_HZ);
        let mut heard = Recorder::new(Category::empty());
        with_discs(|discs| debugger.goto(end, discs, &mut heard));
        let mut all = vec![[0; 2]; 2 * 44_100];
        for (number, frame) in &heard.sound {
            all[*number as usize] = *frame;
        }
        for _ in 0..cases(20) {
            // The last frames of the way forward have not been told of.
            let at = Tick(dice.below(CPU_HZ - 20_000));
            goto(&mut debugger, at);
            let before = state(&debugger);
            let frames = with_discs(|discs| debugger.last_frames(500, discs));
            assert_eq!(state(&debugger), before);
            let now = frame_at(debugger.position().at) as usize + 1;
            let first = now.saturating_sub(500);
            let silent = 500 - (now - first);
            assert!(frames[..silent].iter().all(|frame| *frame == [0; 2]));
            assert!(frames[silent..] == all[first..now], "{name} at {at}");
        }
    }
}

/// Every stop on the way forward, and the same from the last to the first.
#[test]
fn stops_come_back_in_reverse_order() {
    for rom in ["metronome", "disc_raw", "message_io", "nvram_save"] {
        let mut debugger = debugger(rom);
        let points = &mut debugger.points;
        points.add(On::Call("SendIO".to_owned()), None, None);
        points.add(On::Complete(Wanted::default()), None, None);
        points.add(On::Kind("signal".to_owned()), None, None);
        let mut way: Vec<(Position, Halt)> = Vec::new();
        while way.len() < 40 {
            match run(&mut debugger) {
                halt @ Halt::Event(..) => way.push((debugger.position(), halt)),
                _ => break,
            }
        }
        assert!(way.len() > 3, "{rom} stops {} times", way.len());
        // It stands at the last of these, unless the program has ended behind it.
        let stands = usize::from(way.len() == 40);
        for (position, halt) in way.iter().rev().skip(stands) {
            assert_eq!(&back(&mut debugger), halt, "{rom}");
            assert_eq!(debugger.position(), *position, "{rom}");
        }
        assert_eq!(back(&mut debugger), Halt::Start, "{rom}");
    }
}

#[test]
fn requests_are_chosen_by_device_unit_and_command() {
    let mut debugger = debugger("disc_raw");
    let reads = Wanted {
        unit: Some(0),
        command: Some(1),
        ..Wanted::from(Some(DeviceClass::CdRom))
    };
    debugger.points.add(On::Request(reads), None, None);
    debugger.points.add(On::Complete(reads), None, None);
    let mut requests = Vec::new();
    loop {
        match run(&mut debugger) {
            Halt::Event(1, _, Event::Submit { req, device, .. }) => {
                assert_eq!(device, DeviceClass::CdRom);
                requests.push(req);
            }
            Halt::Event(2, _, Event::Complete { req, .. }) => assert!(requests.contains(&req)),
            Halt::Ended(_) => break,
            halt => panic!("{halt:?}"),
        }
    }
    assert!(requests.len() > 2, "{requests:?}");
    let other = Wanted {
        unit: Some(3),
        ..reads
    };
    let mut debugger = self::debugger("disc_raw");
    debugger.points.add(On::Request(other), None, None);
    assert_eq!(run(&mut debugger), Halt::Ended(Stop::Exit(0)));
}

/// Whoever asks for completions in the middle of a run hears of requests from before.
#[test]
fn a_request_from_before_the_breakpoint_is_known() {
    let mut debugger = debugger("disc_raw");
    let cdrom = Wanted::from(Some(DeviceClass::CdRom));
    debugger.points.add(On::Request(cdrom), None, None);
    run(&mut debugger);
    let at = debugger.position().at;
    let mut debugger = self::debugger("disc_raw");
    goto(&mut debugger, Tick(at.0 + 500));
    debugger.points.add(On::Complete(cdrom), None, None);
    let halt = run(&mut debugger);
    assert!(
        matches!(halt, Halt::Event(1, _, Event::Complete { .. })),
        "{halt:?}"
    );
}

#[test]
fn an_error_a_file_and_an_item_are_stopped_for() {
    let mut debugger = debugger("metronome");
    // ABORTED of the kernel.
    debugger
        .points
        .add(On::Error((-713_322_486).into()), None, None);
    let halt = run(&mut debugger);
    assert!(matches!(halt, Halt::Event(1, ..)), "{halt:?}");

    let mut debugger = self::debugger("metronome");
    debugger.points.add(On::Item(Item(0x22)), None, None);
    let halt = run(&mut debugger);
    assert!(
        matches!(halt, Halt::Event(_, _, Event::Item { .. })),
        "{halt:?}"
    );
    // Made and given to its maker in one instant, then used.
    let halt = run(&mut debugger);
    assert!(
        matches!(halt, Halt::Event(_, _, Event::Return { .. })),
        "{halt:?}"
    );
    let halt = run(&mut debugger);
    assert!(
        matches!(halt, Halt::Event(_, _, Event::Call { .. })),
        "{halt:?}"
    );

    let mut debugger = self::debugger("load_program");
    debugger
        .points
        .add(On::File("hello".to_owned()), None, None);
    debugger
        .points
        .add(On::File("no such file of all".to_owned()), None, None);
    let halt = run(&mut debugger);
    assert!(matches!(halt, Halt::Event(1, ..)), "{halt:?}");
}

/// When several things happen before a stop is possible, the condition sees each.
#[test]
fn a_condition_is_asked_of_every_event() {
    let mut debugger = debugger("message_io");
    debugger
        .points
        .add(On::Kind("complete".to_owned()), None, None);
    let halt = run(&mut debugger);
    assert!(matches!(halt, Halt::Event(..)), "{halt:?}");
    let at = debugger.position();
    // What follows the completion at the same instant.
    let mut debugger = self::debugger("message_io");
    let never = Expression::parse("actual == 123456789").expect("a condition");
    debugger
        .points
        .add(On::Kind("complete".to_owned()), None, Some(never));
    debugger.points.add(On::Kind("done".to_owned()), None, None);
    let halt = run(&mut debugger);
    assert!(
        matches!(halt, Halt::Event(2, _, Event::Done { .. })),
        "{halt:?}"
    );
    assert!(debugger.position().at >= at.at);
}

#[test]
fn a_breakpoint_is_passed_by_and_goes_away_as_asked() {
    let mut debugger = debugger("message_io");
    let call = || On::Call("SendIO".to_owned());
    debugger.points.add(call(), None, None);
    run(&mut debugger);
    run(&mut debugger);
    run(&mut debugger);
    let third = debugger.position();
    let mut debugger = self::debugger("message_io");
    let number = debugger.points.add(call(), None, None);
    let point = debugger.points.get_mut(number).expect("a breakpoint");
    (point.ignore, point.temporary) = (2, true);
    run(&mut debugger);
    assert_eq!(debugger.position(), third);
    assert_eq!(debugger.points.iter().count(), 0);
}

/// Watching for changes stops at fewer writes than watching for writes, and at the same on the
/// way back.
#[test]
fn a_write_of_the_same_is_no_change() {
    let stops = |on: fn(Range) -> On| {
        let mut debugger = debugger("metronome");
        goto(&mut debugger, Tick(2_000));
        let task = debugger.machine().kernel().main_task();
        let registers = debugger.machine().task_registers(task).expect("a task");
        let stack = Range::new((registers.sp() - 64) & !3, 4);
        debugger.points.add(on(stack), None, None);
        let mut way = Vec::new();
        while way.len() < 200 {
            match run(&mut debugger) {
                Halt::Written(..) => way.push(debugger.position()),
                _ => break,
            }
        }
        for position in way.iter().rev().skip(1).take(10) {
            let halt = back(&mut debugger);
            assert!(matches!(halt, Halt::Written(..)), "{halt:?}");
            if debugger.position() != *position {
                // It stood behind the last one, when the program has ended.
                assert!(debugger.position().at > position.at);
                back(&mut debugger);
            }
            assert_eq!(debugger.position(), *position);
        }
        way
    };
    let (writes, changes) = (stops(On::Write), stops(On::Change));
    assert!(!changes.is_empty() && changes.len() < writes.len());
    assert!(changes.iter().all(|at| writes.contains(at)));
}

/// A change by hand belongs to the run: every way to a later instant has seen it, and no way to
/// an earlier one.
#[test]
fn a_change_is_made_again_on_every_way_to_what_follows() {
    let mut dice = Dice(3);
    for rom in ["message_io", "metronome", "disc_raw"] {
        let mut debugger = debugger(rom);
        goto(&mut debugger, Tick(CPU_HZ / 100));
        let before = (debugger.position(), state(&debugger));
        goto(&mut debugger, Tick(CPU_HZ / 50));
        let task = debugger.machine().kernel().main_task();
        // Two at one instant, and one later.
        debugger.change(|machine| machine.memory_mut().set_word(0x47_000, 0x1234));
        debugger.change(|machine| {
            let registers = machine.task_registers_mut(task).expect("a task");
            registers.r[9] = 0x77;
        });
        let changed = (debugger.position(), state(&debugger));
        let mut seen = vec![before, changed];
        for n in 1..20 {
            goto(&mut debugger, Tick(CPU_HZ / 50 + n * 9_999));
            if n == 10 {
                debugger.change(|machine| machine.memory_mut().set_word(0x47_004, 0x5678));
            }
            seen.push((debugger.position(), state(&debugger)));
        }
        assert_eq!(debugger.history().changes(), 2, "{rom}");
        for _ in 0..cases(60) {
            let (position, expected) = seen[dice.below(seen.len() as u64) as usize];
            goto(&mut debugger, position.at);
            assert_eq!(debugger.position(), position, "{rom}");
            assert_eq!(state(&debugger), expected, "{rom} at {}", position.at);
        }
        // By steps over the change, there and back.
        goto(&mut debugger, changed.0.at);
        let instructions = debugger.position().instructions;
        for _ in 0..3 {
            assert_eq!(step_back(&mut debugger), Halt::Stepped);
        }
        assert_eq!(debugger.machine().memory().word(0x47_000), 0, "{rom}");
        while debugger.position().instructions <= instructions {
            assert_eq!(step(&mut debugger), Halt::Stepped);
        }
        assert_eq!(debugger.machine().memory().word(0x47_000), 0x1234, "{rom}");
        assert_eq!(step_back(&mut debugger), Halt::Stepped);
        assert_eq!(debugger.machine().memory().word(0x47_000), 0x1234, "{rom}");
    }
}

/// Another change in the past makes another future.
#[test]
fn a_change_in_the_past_replaces_what_followed() {
    let mut debugger = debugger("metronome");
    let word = |debugger: &Console| debugger.machine().memory().word(0x47_000);
    let poke = |debugger: &mut Console, value| {
        debugger.change(|machine| machine.memory_mut().set_word(0x47_000, value));
    };
    goto(&mut debugger, Tick(200_000));
    poke(&mut debugger, 1);
    goto(&mut debugger, Tick(300_000));
    poke(&mut debugger, 2);
    goto(&mut debugger, Tick(100_000));
    assert_eq!(word(&debugger), 0);
    goto(&mut debugger, Tick(250_000));
    assert_eq!(word(&debugger), 1);
    poke(&mut debugger, 3);
    goto(&mut debugger, Tick(400_000));
    assert_eq!(word(&debugger), 3);
    goto(&mut debugger, Tick(10));
    goto(&mut debugger, Tick(240_000));
    assert_eq!(word(&debugger), 1);
    // More than are kept: the past before the oldest is forgotten, and nothing else.
    for n in 0..300 {
        goto(&mut debugger, Tick(400_000 + n * 10));
        poke(&mut debugger, 10 + n as u32);
    }
    assert_eq!(debugger.history().changes(), 256);
    goto(&mut debugger, Tick(400_000 + 100 * 10 + 5));
    assert_eq!(word(&debugger), 110);
    goto(&mut debugger, Tick(0));
    assert!(debugger.position().at.0 >= 400_000);
}

/// Nothing that a script pokes anywhere takes the host down.
#[test]
fn wild_changes_are_borne() {
    let mut dice = Dice(11);
    for rom in ["message_io", "mach_async", "disc_walk"] {
        for _ in 0..cases(6) {
            let mut debugger = debugger(rom);
            goto(&mut debugger, Tick(dice.below(CPU_HZ / 20)));
            for _ in 0..20 {
                let at = dice.below(0x30_0000) as u32 & !3;
                let at = if dice.below(2) == 0 { at & 0xFFFF } else { at };
                let value = [0, u32::MAX, at, 0x7FFF_FFFC][dice.below(4) as usize];
                debugger.change(|machine| machine.memory_mut().set_word(at, value));
                let now = debugger.position().at;
                goto(&mut debugger, Tick(now.0 + dice.below(100_000)));
                let task = debugger.machine().kernel().main_task();
                let _ = debugger.machine().clone().why(task);
            }
        }
    }
}
