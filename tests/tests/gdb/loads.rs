//! Watched loads and changed machines, as the debugger itself has them.

use emu_core::debug::{Debugger, Halt, On, Position};
use emu_core::machine::{Config, Stop};
use emu_core::mem::Range;
use emu_core::time::{CPU_HZ, Tick};
use emu_core::trace::Silent;
use emu_devices::board::ConsoleBoard;
use tests::run::{start, with_discs};

fn debugger(rom: &str, reference_cpu: bool) -> Debugger<ConsoleBoard> {
    let rom = roms::by_name(rom).expect("a program of the table");
    let config = Config {
        reference_cpu,
        ..Config::default()
    };
    Debugger::new(start(rom, config))
}

fn run(debugger: &mut Debugger<ConsoleBoard>) -> Halt {
    with_discs(|discs| debugger.run(Tick(CPU_HZ * 60), discs, &mut Silent))
}

/// The stops at loads from a part of memory, at most so many, and the state at the end.
fn loads(reference_cpu: bool, range: Range, most: usize) -> (Vec<Position>, Vec<u8>) {
    let mut debugger = debugger("metronome", reference_cpu);
    debugger.points.add(On::Read(range), None, None);
    let mut stops = Vec::new();
    while stops.len() < most {
        match run(&mut debugger) {
            Halt::Written(1, accesses) => {
                assert!(accesses.iter().all(|access| access.is_load));
                let mut near = accesses.iter().filter(|access| access.range.meets(range));
                assert!(near.next().is_some(), "{accesses:?}");
                stops.push(debugger.position());
            }
            Halt::Ended(Stop::Exit(0)) => break,
            halt => panic!("{halt:?}"),
        }
    }
    debugger.points = Default::default();
    assert_eq!(run(&mut debugger), Halt::Ended(Stop::Exit(0)));
    (stops, debugger.machine().save())
}

/// The stack has loads of every form, those that return from a function among them.
#[test]
fn both_engines_stop_at_the_same_loads_and_go_on_as_if_nobody_watched() {
    let mut plain = debugger("metronome", false);
    assert_eq!(run(&mut plain), Halt::Ended(Stop::Exit(0)));
    let plain = plain.machine().save();
    for (range, most) in [
        (Range::new(0x4_F000, 0x1000), 300),
        (Range::new(0x4_8000, 0x1000), 300),
        (Range::new(0, 0x200), 10),
        (Range::new(0x4_FFB4, 4), 300),
    ] {
        let (fast, end) = loads(false, range, most);
        let (reference, other_end) = loads(true, range, most);
        assert_eq!(fast, reference, "{range:?}");
        assert!(
            range.start == 0 || fast.len() > 3,
            "{range:?}: {}",
            fast.len()
        );
        // The reference interpreter is a part of the configuration that is saved.
        assert!(end == plain && other_end.len() == plain.len(), "{range:?}");
    }
}

#[test]
fn a_watched_load_is_found_backwards_too() {
    let mut debugger = debugger("metronome", false);
    let range = Range::new(0x4_F000, 0x1000);
    debugger.points.add(On::Read(range), None, None);
    let mut stops = Vec::new();
    for _ in 0..20 {
        assert!(matches!(run(&mut debugger), Halt::Written(1, _)));
        stops.push(debugger.position());
    }
    for position in stops.iter().rev().skip(1) {
        let halt = with_discs(|discs| debugger.run_back(discs));
        assert!(matches!(halt, Halt::Written(1, _)), "{halt:?}");
        assert_eq!(debugger.position(), *position);
    }
}

/// Changes at many places, and the way back through all of them.
#[test]
fn changes_are_undone_and_made_again() {
    let mut debugger = debugger("metronome", false);
    let counter = Range::new(0x1E_0000, 4);
    let goto = |debugger: &mut Debugger<ConsoleBoard>, at: u64| {
        with_discs(|discs| debugger.goto(Tick(at), discs, &mut Silent))
    };
    let value = |debugger: &Debugger<ConsoleBoard>| debugger.machine().memory().word(counter.start);
    let first = value(&debugger);
    for n in 1..=20 {
        goto(&mut debugger, u64::from(n) * 100_000);
        debugger.change(|machine| machine.memory_mut().set_word(counter.start, n));
    }
    goto(&mut debugger, 3_000_000);
    assert_eq!(value(&debugger), 20);
    goto(&mut debugger, 1_050_000);
    assert_eq!(value(&debugger), 10);
    goto(&mut debugger, 3_000_000);
    assert_eq!(value(&debugger), 20, "changes are made again on the way");
    goto(&mut debugger, 150_000);
    assert_eq!(value(&debugger), 1);
    goto(&mut debugger, 0);
    assert_eq!(value(&debugger), first);
    goto(&mut debugger, 1_050_000);
    debugger.change(|machine| machine.memory_mut().set_word(counter.start, 99));
    goto(&mut debugger, 3_000_000);
    assert_eq!(
        value(&debugger),
        99,
        "one in the past replaces what followed it"
    );
}
