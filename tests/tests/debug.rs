//! The debugger without a window: stops, steps, and ways back.
#![forbid(unsafe_code)]

use emu_core::debug::{Class, Debugger, Expression, Halt, History, On, Position, WaitReport};
use emu_core::device::{Buffer, DeviceClass};
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::{Config, Stop, Writer};
use emu_core::mem::Range;
use emu_core::time::{CPU_HZ, Tick, Ticks};
use emu_core::trace::{Category, Event, Recorder, Silent, Waits};
use emu_devices::board::ConsoleBoard;
use tests::run::{Dice, cases, start, with_discs};

type Console = Debugger<ConsoleBoard>;

fn debugger(rom: &str) -> Console {
    let rom = roms::by_name(rom).expect("a program of the table");
    Debugger::new(start(rom, Config::default()))
}

fn run(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.run(Tick(CPU_HZ * 60), discs, &mut Silent))
}

fn back(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.run_back(discs))
}

fn step(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.step(discs, &mut Silent))
}

fn step_back(debugger: &mut Console) -> Halt {
    with_discs(|discs| debugger.step_back(discs))
}

fn goto(debugger: &mut Console, at: Tick) -> Halt {
    with_discs(|discs| debugger.goto(at, discs, &mut Silent))
}

fn call(name: &str) -> On {
    On::Call(name.to_owned())
}

/// The saved state: everything that is state.
fn state(debugger: &Console) -> Vec<u8> {
    debugger.machine().save()
}

fn pc(debugger: &Console) -> u32 {
    let task = debugger.machine().kernel().current_task();
    let registers = task.and_then(|task| debugger.machine().task_registers(task));
    registers.map_or(0, |registers| registers.pc())
}

/// Wherever one goes, the machine is what it was there on the way forward.
#[test]
fn any_instant_is_the_same_on_every_way_to_it() {
    let mut dice = Dice(1);
    for rom in [
        "demo",
        "metronome",
        "disc_walk",
        "nvram_save",
        "mach_async",
        "race",
    ] {
        let mut debugger = debugger(rom);
        let mut seen = Vec::new();
        let mut at = 0;
        // Forward, with looks at random instants.
        loop {
            at += dice.below(CPU_HZ / 200) + 1;
            let halt = goto(&mut debugger, Tick(at));
            if halt != Halt::There {
                break;
            }
            seen.push((Tick(at), debugger.position(), state(&debugger)));
            if seen.len() > 100 {
                break;
            }
        }
        assert!(seen.len() > 3, "{rom} is over too soon");
        for _ in 0..cases(40) {
            let (to, position, expected) = &seen[dice.below(seen.len() as u64) as usize];
            goto(&mut debugger, *to);
            assert_eq!(debugger.position(), *position, "{rom} at {to}");
            assert!(state(&debugger) == *expected, "{rom} differs at {to}");
        }
    }
}

/// A small budget thins the past out; every instant can still be gone to.
#[test]
fn a_history_keeps_to_its_budget() {
    let rom = roms::by_name("metronome").expect("a program of the table");
    let mut machine = start(rom, Config::default());
    let budget = 12 << 20;
    let history = History::new(&mut machine).with_limits(Ticks(50_000), budget);
    let mut debugger = Debugger::with_history(machine, history);
    run(&mut debugger);
    let history = debugger.history();
    assert!(history.bytes() <= budget, "{}", history.bytes());
    assert!(history.len() > 10, "{}", history.len());
    let end = debugger.position();
    goto(&mut debugger, Tick(end.at.0 / 2));
    let middle = state(&debugger);
    goto(&mut debugger, Tick(0));
    goto(&mut debugger, Tick(end.at.0 / 2));
    assert!(state(&debugger) == middle);
}

#[test]
fn a_call_is_stopped_for_before_it_is_made() {
    let mut debugger = debugger("message_io");
    debugger.points.add(call("sendio"), None, None);
    let mut at = Vec::new();
    for _ in 0..3 {
        let halt = run(&mut debugger);
        let Halt::Event(1, _, Event::Call { pc: from, .. }) = halt else {
            panic!("{halt:?}");
        };
        assert_eq!(from.0, pc(&debugger));
        // SWI 0x10018 is next.
        let word = debugger.machine().memory().word(from.0);
        assert_eq!(word & 0x0FFF_FFFF, 0x0F01_0018);
        at.push(debugger.position());
    }
    assert!(at[0].at < at[1].at && at[1].at < at[2].at);
    // And back through the same three.
    for position in [at[1], at[0]] {
        let halt = back(&mut debugger);
        assert!(matches!(halt, Halt::Event(1, ..)), "{halt:?}");
        assert_eq!(debugger.position(), position);
    }
    assert_eq!(back(&mut debugger), Halt::Start);
    assert_eq!(
        debugger.points.iter().next().map(|point| point.hits),
        Some(5)
    );
}

#[test]
fn conditions_choose_among_calls() {
    let mut debugger = debugger("metronome");
    let condition = Expression::parse("ior == 0x22 && r1 > 0").expect("a condition");
    debugger.points.add(call("SendIO"), None, Some(condition));
    let halt = run(&mut debugger);
    let Halt::Event(_, _, Event::Call { args, .. }) = halt else {
        panic!("{halt:?}");
    };
    assert_eq!(args.as_slice()[0], 0x22);
    let never = Expression::parse("ior == 1").expect("a condition");
    let mut debugger = self::debugger("metronome");
    debugger.points.add(call("SendIO"), None, Some(never));
    assert_eq!(run(&mut debugger), Halt::Ended(Stop::Exit(0)));
}

#[test]
fn failing_requests_of_a_device_are_stopped_for() {
    let mut debugger = debugger("metronome");
    let timer = Some(DeviceClass::Timer);
    debugger.points.add(On::Failed(timer.into()), None, None);
    let halt = run(&mut debugger);
    assert!(
        matches!(
            halt,
            Halt::Event(1, _, Event::Complete { error: Some(_), .. })
        ),
        "{halt:?}"
    );
    let mut debugger = self::debugger("metronome");
    debugger
        .points
        .add(On::Failed(Some(DeviceClass::CdRom).into()), None, None);
    assert_eq!(run(&mut debugger), Halt::Ended(Stop::Exit(0)));
}

#[test]
fn an_address_is_stopped_at_each_time() {
    let mut debugger = debugger("metronome");
    debugger.points.add(call("SendIO"), None, None);
    run(&mut debugger);
    let address = pc(&debugger);
    let first = debugger.position();
    debugger.points = Default::default();
    goto(&mut debugger, Tick(0));
    debugger.points.add(On::Address(address), None, None);
    assert_eq!(run(&mut debugger), Halt::Address(1));
    assert_eq!(debugger.position(), first);
    // On from there: not the same stop again.
    run(&mut debugger);
    assert!(debugger.position().instructions > first.instructions);
    goto(&mut debugger, Tick(first.at.0 + 1_000));
    assert_eq!(back(&mut debugger), Halt::Address(1));
    assert_eq!(debugger.position(), first);
}

/// Step by step forward, and the same instants backward.
#[test]
fn steps_are_taken_back_one_by_one() {
    let mut debugger = debugger("message_io");
    goto(&mut debugger, Tick(CPU_HZ / 200));
    step(&mut debugger);
    let mut way: Vec<(Position, u32, Vec<u8>)> = Vec::new();
    for _ in 0..40 {
        way.push((debugger.position(), pc(&debugger), state(&debugger)));
        assert_eq!(step(&mut debugger), Halt::Stepped);
    }
    for (position, pc_then, expected) in way.iter().rev() {
        assert_eq!(step_back(&mut debugger), Halt::Stepped);
        assert_eq!(debugger.position().instructions, position.instructions);
        assert_eq!(pc(&debugger), *pc_then);
        assert_eq!(debugger.position(), *position);
        assert!(state(&debugger) == *expected);
    }
}

#[test]
fn the_beginning_is_the_beginning() {
    let mut debugger = debugger("hello");
    assert_eq!(step_back(&mut debugger), Halt::Start);
    step(&mut debugger);
    step(&mut debugger);
    assert_eq!(step_back(&mut debugger), Halt::Stepped);
    assert_eq!(step_back(&mut debugger), Halt::Stepped);
    assert_eq!(debugger.position().instructions, 0);
    assert_eq!(step_back(&mut debugger), Halt::Start);
}

/// Who wrote a byte last: here a device, for a read.
#[test]
fn watched_memory_tells_who_writes() {
    let mut debugger = debugger("disc_raw");
    let cdrom = Some(DeviceClass::CdRom);
    debugger.points.add(On::Request(cdrom.into()), None, None);
    debugger.points.add(On::Complete(cdrom.into()), None, None);
    let mut reading = None;
    let addr = loop {
        match run(&mut debugger) {
            Halt::Event(_, _, Event::Submit { req, recv, .. }) => {
                if let Buffer::Guest { addr, len: 2048.. } = recv {
                    reading = Some((req, addr));
                }
            }
            Halt::Event(
                _,
                _,
                Event::Complete {
                    req, error: None, ..
                },
            ) => {
                if let Some((_, addr)) = reading.filter(|(of, _)| *of == req) {
                    break addr;
                }
            }
            Halt::Event(..) => (),
            halt => panic!("{halt:?}"),
        }
    };
    let there = debugger.position();
    debugger.points = Default::default();
    debugger
        .points
        .add(On::Write(Range::new(addr, 4)), None, None);
    let halt = back(&mut debugger);
    let Halt::Written(1, writes) = &halt else {
        panic!("{halt:?}");
    };
    assert!(matches!(writes[0].by, Writer::Device(_)), "{writes:?}");
    assert!(debugger.position().at <= there.at);
}

/// Stores of the program itself end the run right behind the instruction, on both engines.
#[test]
fn stores_of_the_program_are_caught_at_once() {
    for reference_cpu in [false, true] {
        let rom = roms::by_name("message_io").expect("a program of the table");
        let config = Config {
            reference_cpu,
            ..Config::default()
        };
        let mut debugger = Debugger::new(start(rom, config));
        goto(&mut debugger, Tick(2_000));
        let task = debugger.machine().kernel().main_task();
        let registers = debugger.machine().task_registers(task).expect("a task");
        let stack = Range::new(registers.sp() - 2048, 2048);
        debugger.points.add(On::Write(stack), None, None);
        for _ in 0..5 {
            let halt = run(&mut debugger);
            let Halt::Written(1, writes) = &halt else {
                panic!("{halt:?}");
            };
            assert!(
                writes
                    .iter()
                    .all(|w| w.by == Writer::Program || w.by == Writer::Kernel)
            );
        }
        let there = debugger.position();
        let halt = back(&mut debugger);
        assert!(matches!(halt, Halt::Written(..)), "{halt:?}");
        assert!(debugger.position().at < there.at);
        run(&mut debugger);
        assert_eq!(debugger.position(), there);
    }
}

/// What was told on the way forward is not told again, and all of it is told once.
#[test]
fn going_back_says_nothing_twice() {
    let mut plain = Recorder::new(Category::CONSOLE);
    let mut debugger = debugger("metronome");
    with_discs(|discs| debugger.run(Tick(CPU_HZ * 60), discs, &mut plain));
    let expected = plain.console();
    let mut sink = Recorder::new(Category::CONSOLE);
    let mut debugger = self::debugger("metronome");
    with_discs(|discs| {
        debugger.run(Tick(CPU_HZ), discs, &mut sink);
        debugger.goto(Tick(CPU_HZ / 2), discs, &mut sink);
        debugger.points.add(call("SendIO"), None, None);
        debugger.run_back(discs);
        debugger.points = Default::default();
        debugger.run(Tick(CPU_HZ * 60), discs, &mut sink);
    });
    assert_eq!(sink.console(), expected);
}

/// Runs to where a task goes to sleep for a reason, and says why it does.
fn why_blocked(rom: &str, waits: Waits) -> WaitReport {
    let mut debugger = debugger(rom);
    debugger
        .points
        .add(On::Kind("block".to_owned()), None, None);
    loop {
        match run(&mut debugger) {
            Halt::Event(_, task, Event::Block { waits: found, .. }) if found == waits => {
                return debugger.machine().clone().why(task).expect("a task");
            }
            Halt::Event(..) => (),
            halt => panic!("{halt:?}"),
        }
    }
}

#[test]
fn nobody_wakes_who_waits_for_a_signal_that_nobody_sends() {
    let mut debugger = debugger("deadlock");
    let halt = run(&mut debugger);
    assert!(matches!(halt, Halt::Ended(Stop::Stuck(_))), "{halt:?}");
    let task = debugger.machine().kernel().main_task();
    let mut machine = debugger.machine().clone();
    let report = machine.why(task).expect("a task");
    assert_eq!(report.class, Class::Nothing, "{report}");
    assert!(machine.why(Item(0x7FF)).is_none());
}

#[test]
fn a_waiting_task_knows_when_its_device_is_due() {
    let report = why_blocked("message_io", Waits::Port);
    assert_eq!(report.class, Class::Device, "{report}");
    assert!(report.chain[0].due.is_some(), "{report}");
}

#[test]
fn who_waits_for_a_semaphore_waits_for_its_holder() {
    let report = why_blocked("semaphores", Waits::Semaphore);
    assert_eq!(report.class, Class::Task, "{report}");
    assert_eq!(report.chain.len(), 2, "{report}");
}
